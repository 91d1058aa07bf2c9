-- What a citizen and the office wrote to each other about a dossier. A question has a day to be answered by until it is answered.
CREATE TABLE exchange (
    id BLOB NOT NULL PRIMARY KEY, dossier BLOB NOT NULL, at INTEGER NOT NULL, person BLOB NOT NULL, unit BLOB, body TEXT NOT NULL,
    answer_by INTEGER, answered_at INTEGER
) STRICT;
CREATE INDEX exchange_dossier ON exchange (dossier, at);
CREATE INDEX exchange_open ON exchange (answer_by) WHERE answer_by IS NOT NULL AND answered_at IS NULL;

-- How long a procedure usually takes at a unit is asked of its last finished dossiers.
CREATE INDEX dossier_usual ON dossier (procedure, competent_unit, finished_at) WHERE finished_at IS NOT NULL;
