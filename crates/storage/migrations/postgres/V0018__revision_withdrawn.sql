-- Which plan of reorganisation published a revision, and since when it is withdrawn because that plan was taken back.
ALTER TABLE procedure_revision ADD COLUMN reform BYTEA;
ALTER TABLE procedure_revision ADD COLUMN withdrawn_at BIGINT;
