-- Who of several nodes does what only one may do at a time, such as the timers, and until when.
CREATE TABLE lease (name TEXT NOT NULL PRIMARY KEY, holder BLOB NOT NULL, until_at INTEGER NOT NULL) STRICT;
