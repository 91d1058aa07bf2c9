-- Revisions of procedures on their way: the text as it would be published, who wrote it last; once the decision is there, its number and the
-- day from which it holds. `base` is the number of the revision it was written on: a newer one asks to look again.
CREATE TABLE procedure_draft (
    slug TEXT NOT NULL, tab TEXT NOT NULL, base INTEGER NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL,
    changed_at INTEGER NOT NULL, changed_by BLOB NOT NULL, publish_on INTEGER, basis TEXT NOT NULL, PRIMARY KEY (slug, tab)
) STRICT, WITHOUT ROWID;
CREATE INDEX procedure_draft_due ON procedure_draft (publish_on) WHERE publish_on IS NOT NULL;

-- Procedures withdrawn from a day on: nothing is received any more, what was received goes on by the revision it pinned.
CREATE TABLE procedure_withdrawal (
    slug TEXT NOT NULL, tab TEXT NOT NULL, from_on INTEGER NOT NULL, basis TEXT NOT NULL, at INTEGER NOT NULL, decided_by BLOB NOT NULL,
    PRIMARY KEY (slug, tab)
) STRICT, WITHOUT ROWID;

-- What one unit does otherwise than the catalogue says, as JSON: amounts its city sets, further ways to file, a word on place and hours.
CREATE TABLE procedure_local (
    slug TEXT NOT NULL, tab TEXT NOT NULL, unit BLOB NOT NULL, body TEXT NOT NULL, basis TEXT NOT NULL, at INTEGER NOT NULL, decided_by BLOB NOT NULL,
    PRIMARY KEY (slug, tab, unit)
) STRICT, WITHOUT ROWID;

-- Tables of days off decided on in this house: the newest holds, the file it was founded with where there is none.
CREATE TABLE calendar_table (
    number INTEGER NOT NULL PRIMARY KEY, body TEXT NOT NULL, basis TEXT NOT NULL, at INTEGER NOT NULL, decided_by BLOB NOT NULL
) STRICT;
