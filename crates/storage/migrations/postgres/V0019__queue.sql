-- The queue of a one-stop desk: what a unit offers, its counters, and the tickets of each day. A ticket names nobody who holds it.
-- `reform` is the reorganisation that brought a service or a counter here.
CREATE TABLE queue_service (
    unit BYTEA NOT NULL, series TEXT COLLATE "C" NOT NULL, name TEXT COLLATE "C" NOT NULL, reform BYTEA, PRIMARY KEY (unit, series)
);
CREATE TABLE queue_counter (
    unit BYTEA NOT NULL, number BIGINT NOT NULL, serves TEXT COLLATE "C" NOT NULL, is_open BIGINT NOT NULL, seat BYTEA, seat_at BIGINT, reform BYTEA,
    PRIMARY KEY (unit, number)
);
-- The last number given, and how often anything changed: both by unit.
CREATE TABLE queue_number (
    unit BYTEA NOT NULL, day BIGINT NOT NULL, series TEXT COLLATE "C" NOT NULL, last BIGINT NOT NULL, PRIMARY KEY (unit, day, series)
);
CREATE TABLE queue_edition (
    unit BYTEA NOT NULL PRIMARY KEY, number BIGINT NOT NULL
);
-- `unit` gave the number, `at_unit` calls it: the same, or who took its place on that day.
CREATE TABLE queue_ticket (
    id BYTEA NOT NULL PRIMARY KEY, unit BYTEA NOT NULL, at_unit BYTEA NOT NULL, day BIGINT NOT NULL, series TEXT COLLATE "C" NOT NULL, number BIGINT NOT NULL,
    wants TEXT COLLATE "C" NOT NULL, for_counter BIGINT, lane BIGINT NOT NULL, state BIGINT NOT NULL, taken_at BIGINT NOT NULL, first_called_at BIGINT,
    called_at BIGINT, counter BIGINT, officer BYTEA, calls BIGINT NOT NULL, UNIQUE (unit, day, series, number)
);
CREATE INDEX queue_ticket_of_day ON queue_ticket (at_unit, day);
CREATE INDEX queue_ticket_day ON queue_ticket (day);
