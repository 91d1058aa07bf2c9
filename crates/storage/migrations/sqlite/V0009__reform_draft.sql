-- Plans of reorganisation that somebody prepares: the text of the file, who wrote it, and how its rehearsal went. A plan that is
-- carried out has the id of its draft; `expected` is how many dossiers it was to move when it was begun.
CREATE TABLE reform_draft (
    id BLOB NOT NULL PRIMARY KEY, file TEXT NOT NULL, body TEXT NOT NULL, version INTEGER NOT NULL,
    made_at INTEGER NOT NULL, made_by BLOB NOT NULL, changed_at INTEGER NOT NULL, changed_by BLOB NOT NULL, rehearsal TEXT NOT NULL, expected INTEGER NOT NULL
) STRICT;
