-- The tabs of a work-list count a post's open dossiers that stand alike: from this index alone, in its order.
CREATE INDEX dossier_tabs ON dossier (owner_unit, owner_post, status, holder, next_act, owner_person) WHERE is_open = 1;
