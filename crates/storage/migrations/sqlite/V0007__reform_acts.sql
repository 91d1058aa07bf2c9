-- What a plan did to rights when it came into force, and which plan it takes back: for the way back.
ALTER TABLE reform ADD COLUMN made TEXT;
ALTER TABLE reform ADD COLUMN undoes BLOB;
-- Number of the event that tells of a transfer: what is before it lay with the old unit, what is after it is the new one's doing.
ALTER TABLE transfer ADD COLUMN told_seq INTEGER;

-- That nothing was lost: counted from the events before and after, signed with the installation's key. One for each plan, for ever.
CREATE TABLE certificate (
    reform BLOB NOT NULL PRIMARY KEY, made_at INTEGER NOT NULL, body TEXT NOT NULL, public_key TEXT NOT NULL, signature TEXT NOT NULL
) STRICT;
