-- What citizens say and allow about a dossier, beside its chain: its rating, and who else may follow it.
CREATE TABLE rating (
    dossier BLOB NOT NULL PRIMARY KEY, person BLOB NOT NULL, unit BLOB NOT NULL, first_at INTEGER NOT NULL, rated_at INTEGER NOT NULL,
    rated_on INTEGER NOT NULL, grade INTEGER NOT NULL, timing INTEGER NOT NULL, contacts INTEGER NOT NULL, agencies INTEGER NOT NULL,
    attitude INTEGER NOT NULL, visits INTEGER NOT NULL, remark TEXT NOT NULL
) STRICT;
CREATE INDEX rating_on ON rating (rated_on);

-- A dossier its applicant lets somebody else follow: by a code until it is accepted, then by account, until it is ended.
CREATE TABLE share (
    id BLOB NOT NULL PRIMARY KEY, dossier BLOB NOT NULL, code TEXT NOT NULL, offered_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
    person BLOB, accepted_at INTEGER, ended_at INTEGER
) STRICT;
CREATE INDEX share_dossier ON share (dossier);
CREATE INDEX share_person ON share (person) WHERE person IS NOT NULL;
CREATE UNIQUE INDEX share_code ON share (code) WHERE code <> '';
