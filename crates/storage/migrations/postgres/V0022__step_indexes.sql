-- A step of an open dossier touches the indexes over who holds it, and no other: what is closed has indexes of its own.
DROP INDEX dossier_queue;
CREATE INDEX dossier_queue ON dossier (owner_unit, owner_post, is_open, clock_at, id) WHERE is_open = 1;
DROP INDEX dossier_owner;
CREATE INDEX dossier_owner ON dossier (owner_person, is_open, clock_at, id, status, holder, version)
    WHERE is_open = 1 AND owner_person IS NOT NULL;
DROP INDEX dossier_account;
CREATE INDEX dossier_account ON dossier (account) WHERE account IS NOT NULL;
DROP INDEX dossier_closed;
CREATE INDEX dossier_closed ON dossier (competent_unit, changed_at) WHERE is_open = 0;
CREATE INDEX dossier_closed_owner ON dossier (owner_unit, changed_at) WHERE is_open = 0;
CREATE INDEX dossier_competent ON dossier (competent_unit, is_open) WHERE is_open = 1;
