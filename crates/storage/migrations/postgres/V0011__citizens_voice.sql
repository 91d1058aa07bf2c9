-- What citizens say and allow about a dossier, beside its chain: its rating, and who else may follow it.
CREATE TABLE rating (
    dossier BYTEA NOT NULL PRIMARY KEY, person BYTEA NOT NULL, unit BYTEA NOT NULL, first_at BIGINT NOT NULL, rated_at BIGINT NOT NULL,
    rated_on BIGINT NOT NULL, grade BIGINT NOT NULL, timing BIGINT NOT NULL, contacts BIGINT NOT NULL, agencies BIGINT NOT NULL,
    attitude BIGINT NOT NULL, visits BIGINT NOT NULL, remark TEXT COLLATE "C" NOT NULL
);
CREATE INDEX rating_on ON rating (rated_on);

-- A dossier its applicant lets somebody else follow: by a code until it is accepted, then by account, until it is ended.
CREATE TABLE share (
    id BYTEA NOT NULL PRIMARY KEY, dossier BYTEA NOT NULL, code TEXT COLLATE "C" NOT NULL, offered_at BIGINT NOT NULL, expires_at BIGINT NOT NULL,
    person BYTEA, accepted_at BIGINT, ended_at BIGINT
);
CREATE INDEX share_dossier ON share (dossier);
CREATE INDEX share_person ON share (person) WHERE person IS NOT NULL;
CREATE UNIQUE INDEX share_code ON share (code) WHERE code <> '';
