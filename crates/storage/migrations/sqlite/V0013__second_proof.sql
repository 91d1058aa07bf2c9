-- The second proof at the staff's door. What the device knows is made of the installation's key and the nonce: it stands nowhere.
CREATE TABLE second_proof (
    person BLOB NOT NULL PRIMARY KEY, nonce TEXT NOT NULL, made_at INTEGER NOT NULL, confirmed_at INTEGER, last_step INTEGER NOT NULL
) STRICT;
-- Codes on paper for the day the device is lost: each works once.
CREATE TABLE spare_code (
    person BLOB NOT NULL, code_hash TEXT NOT NULL, used_at INTEGER, PRIMARY KEY (person, code_hash)
) STRICT;
-- What a session still waits for: nothing, a code, or a password of its owner's choosing.
ALTER TABLE session ADD COLUMN proof TEXT NOT NULL DEFAULT 'password';
ALTER TABLE session ADD COLUMN first_password INTEGER NOT NULL DEFAULT 0;
-- A password that somebody else chose works until then, once.
ALTER TABLE account ADD COLUMN password_until INTEGER;
