-- What a plan did to rights when it came into force, and which plan it takes back: for the way back.
ALTER TABLE reform ADD COLUMN made TEXT COLLATE "C";
ALTER TABLE reform ADD COLUMN undoes BYTEA;
-- Number of the event that tells of a transfer: what is before it lay with the old unit, what is after it is the new one's doing.
ALTER TABLE transfer ADD COLUMN told_seq BIGINT;

-- That nothing was lost: counted from the events before and after, signed with the installation's key. One for each plan, for ever.
CREATE TABLE certificate (
    reform BYTEA NOT NULL PRIMARY KEY, made_at BIGINT NOT NULL, body TEXT COLLATE "C" NOT NULL, public_key TEXT COLLATE "C" NOT NULL,
    signature TEXT COLLATE "C" NOT NULL
);
