-- A rating can also be given at the screen of a hall, by whoever knows code and digits: then no account stands behind it.
ALTER TABLE rating ALTER COLUMN person DROP NOT NULL;
ALTER TABLE rating ADD COLUMN channel TEXT COLLATE "C" NOT NULL DEFAULT 'online';
ALTER TABLE rating ALTER COLUMN channel DROP DEFAULT;

-- What stands on a slip is forgotten some time after it was given: found by when.
CREATE INDEX desk_slip_given ON desk_slip (at);
