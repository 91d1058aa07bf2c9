-- Plans of reorganisation that somebody prepares: the text of the file, who wrote it, and how its rehearsal went. A plan that is
-- carried out has the id of its draft; `expected` is how many dossiers it was to move when it was begun.
CREATE TABLE reform_draft (
    id BYTEA NOT NULL PRIMARY KEY, file TEXT COLLATE "C" NOT NULL, body TEXT COLLATE "C" NOT NULL, version BIGINT NOT NULL,
    made_at BIGINT NOT NULL, made_by BYTEA NOT NULL, changed_at BIGINT NOT NULL, changed_by BYTEA NOT NULL, rehearsal TEXT COLLATE "C" NOT NULL, expected BIGINT NOT NULL
);
