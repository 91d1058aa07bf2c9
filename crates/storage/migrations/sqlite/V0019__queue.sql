-- The queue of a one-stop desk: what a unit offers, its counters, and the tickets of each day. A ticket names nobody who holds it.
-- `reform` is the reorganisation that brought a service or a counter here.
CREATE TABLE queue_service (
    unit BLOB NOT NULL, series TEXT NOT NULL, name TEXT NOT NULL, reform BLOB, PRIMARY KEY (unit, series)
) STRICT, WITHOUT ROWID;
CREATE TABLE queue_counter (
    unit BLOB NOT NULL, number INTEGER NOT NULL, serves TEXT NOT NULL, is_open INTEGER NOT NULL, seat BLOB, seat_at INTEGER, reform BLOB,
    PRIMARY KEY (unit, number)
) STRICT, WITHOUT ROWID;
-- The last number given, and how often anything changed: both by unit.
CREATE TABLE queue_number (
    unit BLOB NOT NULL, day INTEGER NOT NULL, series TEXT NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (unit, day, series)
) STRICT, WITHOUT ROWID;
CREATE TABLE queue_edition (
    unit BLOB NOT NULL PRIMARY KEY, number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- `unit` gave the number, `at_unit` calls it: the same, or who took its place on that day.
CREATE TABLE queue_ticket (
    id BLOB NOT NULL PRIMARY KEY, unit BLOB NOT NULL, at_unit BLOB NOT NULL, day INTEGER NOT NULL, series TEXT NOT NULL, number INTEGER NOT NULL,
    wants TEXT NOT NULL, for_counter INTEGER, lane INTEGER NOT NULL, state INTEGER NOT NULL, taken_at INTEGER NOT NULL, first_called_at INTEGER,
    called_at INTEGER, counter INTEGER, officer BLOB, calls INTEGER NOT NULL, UNIQUE (unit, day, series, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX queue_ticket_of_day ON queue_ticket (at_unit, day);
CREATE INDEX queue_ticket_day ON queue_ticket (day);
