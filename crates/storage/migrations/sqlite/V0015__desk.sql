-- Who of a desk looks at an online application right now: for some minutes, so that two do not answer the same one.
CREATE TABLE desk_claim (
    dossier BLOB NOT NULL PRIMARY KEY, person BLOB NOT NULL, at INTEGER NOT NULL
) STRICT;
CREATE INDEX desk_claim_at ON desk_claim (at);

-- Slips given at a counter before there is a dossier: guidance (form 02) and refusal (form 03). Numbered by unit, kind and year; names
-- and words lie in the body alone.
CREATE TABLE desk_slip (
    id BLOB NOT NULL PRIMARY KEY, unit BLOB NOT NULL, kind TEXT NOT NULL, year INTEGER NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL,
    person BLOB NOT NULL, procedure TEXT NOT NULL, ground TEXT NOT NULL, body TEXT NOT NULL, once_key TEXT NOT NULL,
    UNIQUE (unit, kind, year, number), UNIQUE (person, once_key)
) STRICT;
CREATE INDEX desk_slip_at ON desk_slip (unit, at);

-- The last number of a unit, a kind and a year: taken inside the transaction that writes the slip, so there is no gap.
CREATE TABLE desk_slip_number (
    unit BLOB NOT NULL, kind TEXT NOT NULL, year INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (unit, kind, year)
) STRICT;

-- Reminders of decisions nobody fetched.
CREATE INDEX outbox_uncollected ON outbox (dossier, created_at) WHERE kind = 'uncollected';
