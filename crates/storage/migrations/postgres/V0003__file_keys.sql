-- The key of each file, wrapped with a key of the house's ring, and which one. A file whose row has none lies in plain, from before.
ALTER TABLE document ADD COLUMN key_id TEXT COLLATE "C";
ALTER TABLE document ADD COLUMN data_key BYTEA;
