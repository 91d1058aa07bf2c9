-- Who was competent for a dossier until which day (the first one on which it was another), before the unit its fact names now: made from
-- events, for reports by unit as it was. Most dossiers never move and have no row.
CREATE TABLE competence (
    dossier BLOB NOT NULL, nth INTEGER NOT NULL, unit BLOB NOT NULL, until_on INTEGER NOT NULL, PRIMARY KEY (dossier, nth)
) STRICT, WITHOUT ROWID;

-- Whether it moved, and where its subject lives without the house number (none: not told yet, `rebuild` tells it).
ALTER TABLE dossier_fact ADD COLUMN moved INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dossier_fact ADD COLUMN place TEXT;

-- What never moved is read in the order it is counted, as before; what moved stands beside it.
DROP INDEX dossier_fact_form;
CREATE INDEX dossier_fact_form ON dossier_fact (moved, competent_unit, sector, received_on, finished_on, channel, outcome, stopped, dossier);

-- Who has the duties of a unit that ended: what is closed does not move, and is found where its heir looks. Made from the events of units.
CREATE TABLE heir (
    unit BLOB NOT NULL PRIMARY KEY, heir BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX heir_of ON heir (heir);

-- What a plan in force moved to somebody, until every history tells of it.
CREATE INDEX transfer_person ON transfer (owner_person) WHERE settled_at IS NULL;
CREATE INDEX transfer_competent ON transfer (competent_unit) WHERE settled_at IS NULL;
