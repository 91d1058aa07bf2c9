-- Every work-list asks how many dossiers no rule placed: few of a million, found without looking at the others.
CREATE INDEX dossier_needs_routing ON dossier (id) WHERE needs_routing = 1;
CREATE INDEX transfer_needs_routing ON transfer (reform, dossier) WHERE needs_routing = 1 AND settled_at IS NULL;
