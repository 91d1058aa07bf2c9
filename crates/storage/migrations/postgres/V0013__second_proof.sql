-- The second proof at the staff's door. What the device knows is made of the installation's key and the nonce: it stands nowhere.
CREATE TABLE second_proof (
    person BYTEA NOT NULL PRIMARY KEY, nonce TEXT COLLATE "C" NOT NULL, made_at BIGINT NOT NULL, confirmed_at BIGINT, last_step BIGINT NOT NULL
);
-- Codes on paper for the day the device is lost: each works once.
CREATE TABLE spare_code (
    person BYTEA NOT NULL, code_hash TEXT COLLATE "C" NOT NULL, used_at BIGINT, PRIMARY KEY (person, code_hash)
);
-- What a session still waits for: nothing, a code, or a password of its owner's choosing.
ALTER TABLE session ADD COLUMN proof TEXT COLLATE "C" NOT NULL DEFAULT 'password';
ALTER TABLE session ADD COLUMN first_password BIGINT NOT NULL DEFAULT 0;
-- A password that somebody else chose works until then, once.
ALTER TABLE account ADD COLUMN password_until BIGINT;
