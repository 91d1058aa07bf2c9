-- What a citizen and the office wrote to each other about a dossier. A question has a day to be answered by until it is answered.
CREATE TABLE exchange (
    id BYTEA NOT NULL PRIMARY KEY, dossier BYTEA NOT NULL, at BIGINT NOT NULL, person BYTEA NOT NULL, unit BYTEA, body TEXT COLLATE "C" NOT NULL,
    answer_by BIGINT, answered_at BIGINT
);
CREATE INDEX exchange_dossier ON exchange (dossier, at);
CREATE INDEX exchange_open ON exchange (answer_by) WHERE answer_by IS NOT NULL AND answered_at IS NULL;

-- How long a procedure usually takes at a unit is asked of its last finished dossiers.
CREATE INDEX dossier_usual ON dossier (procedure, competent_unit, finished_at) WHERE finished_at IS NOT NULL;
