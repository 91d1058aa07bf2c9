-- What the office says to everybody, or to those of one unit, from one day to another (the last one counted).
CREATE TABLE announcement (
    id BYTEA NOT NULL PRIMARY KEY, unit BYTEA, title TEXT COLLATE "C" NOT NULL, body TEXT COLLATE "C" NOT NULL, from_on BIGINT NOT NULL, until_on BIGINT NOT NULL,
    made_at BIGINT NOT NULL, made_by BYTEA NOT NULL, withdrawn_at BIGINT
);
CREATE INDEX announcement_until ON announcement (until_on);
