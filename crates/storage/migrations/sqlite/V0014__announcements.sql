-- What the office says to everybody, or to those of one unit, from one day to another (the last one counted).
CREATE TABLE announcement (
    id BLOB NOT NULL PRIMARY KEY, unit BLOB, title TEXT NOT NULL, body TEXT NOT NULL, from_on INTEGER NOT NULL, until_on INTEGER NOT NULL,
    made_at INTEGER NOT NULL, made_by BLOB NOT NULL, withdrawn_at INTEGER
) STRICT;
CREATE INDEX announcement_until ON announcement (until_on);
