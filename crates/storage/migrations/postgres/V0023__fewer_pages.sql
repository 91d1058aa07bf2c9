-- Codes of one day lie together, whichever desk gave them: the day stands at their end.
ALTER TABLE dossier DROP CONSTRAINT dossier_code_key;
CREATE UNIQUE INDEX dossier_code ON dossier (substr(code, length(code) - 10), code);

-- How many open dossiers lie alike with each post. A server counts them when asked, by the index over them: kept by triggers as in a
-- file, the counts of a busy unit would be rows that everybody who acts there waits for.
CREATE VIEW lying AS SELECT owner_unit, owner_post, status, holder, next_act, owner_person, count(*) AS dossiers
    FROM dossier WHERE is_open = 1 GROUP BY owner_unit, owner_post, status, holder, next_act, owner_person;

-- Who answers for a dossier is nearly always whoever owes the next act on it: only where it is not, an index of its own says so.
DROP INDEX dossier_competent;
CREATE INDEX dossier_elsewhere ON dossier (competent_unit) WHERE is_open = 1 AND competent_unit <> owner_unit;

-- Keys of forms are made in the order of time: what is remembered of them lies together.
ALTER TABLE idempotency DROP CONSTRAINT idempotency_pkey;
ALTER TABLE idempotency ADD PRIMARY KEY (key, actor);

-- In the order in which they are to be answered.
DROP INDEX exchange_open;
CREATE INDEX exchange_open ON exchange (answer_by, id) WHERE answer_by IS NOT NULL AND answered_at IS NULL;

-- An event and its words are one row, as in a file.
ALTER TABLE dossier_event ADD COLUMN salt BYTEA;
ALTER TABLE dossier_event ADD COLUMN body TEXT COLLATE "C";
UPDATE dossier_event SET salt = b.salt, body = b.body FROM dossier_event_body b
    WHERE b.dossier = dossier_event.dossier AND b.seq = dossier_event.seq;
DROP TABLE dossier_event_body;
ALTER TABLE dossier_event ADD CHECK ((salt IS NULL) = (body IS NULL));

-- Who has something like it running already is asked of what is open, and twelve digits of the hash of a person lead there.
DROP INDEX dossier_person;
CREATE INDEX dossier_person ON dossier (substr(number_hash, 1, 12)) WHERE is_open = 1;
