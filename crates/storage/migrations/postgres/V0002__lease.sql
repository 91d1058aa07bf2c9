-- Who of several nodes does what only one may do at a time, such as the timers, and until when.
CREATE TABLE lease (name TEXT COLLATE "C" NOT NULL PRIMARY KEY, holder BYTEA NOT NULL, until_at BIGINT NOT NULL);
