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

-- Words longer than a quarter of a page are no longer walked over on the way to other words: the key lies by itself.
CREATE TABLE event_body (
    dossier BLOB NOT NULL, seq INTEGER NOT NULL, salt BLOB NOT NULL, body TEXT NOT NULL, PRIMARY KEY (dossier, seq)
) STRICT;
INSERT INTO event_body (dossier, seq, salt, body) SELECT dossier, seq, salt, body FROM dossier_event_body ORDER BY dossier, seq;
DROP TABLE dossier_event_body;
ALTER TABLE event_body RENAME TO dossier_event_body;
