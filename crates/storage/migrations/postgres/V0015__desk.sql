-- Who of a desk looks at an online application right now: for some minutes, so that two do not answer the same one.
CREATE TABLE desk_claim (
    dossier BYTEA NOT NULL PRIMARY KEY, person BYTEA NOT NULL, at BIGINT NOT NULL
);
CREATE INDEX desk_claim_at ON desk_claim (at);

-- Slips given at a counter before there is a dossier: guidance (form 02) and refusal (form 03). Numbered by unit, kind and year; names
-- and words lie in the body alone.
CREATE TABLE desk_slip (
    id BYTEA NOT NULL PRIMARY KEY, unit BYTEA NOT NULL, kind TEXT COLLATE "C" NOT NULL, year BIGINT NOT NULL, number BIGINT NOT NULL, at BIGINT NOT NULL,
    person BYTEA NOT NULL, procedure TEXT COLLATE "C" NOT NULL, ground TEXT COLLATE "C" NOT NULL, body TEXT COLLATE "C" NOT NULL, once_key TEXT COLLATE "C" NOT NULL,
    UNIQUE (unit, kind, year, number), UNIQUE (person, once_key)
);
CREATE INDEX desk_slip_at ON desk_slip (unit, at);

-- The last number of a unit, a kind and a year: taken inside the transaction that writes the slip, so there is no gap.
CREATE TABLE desk_slip_number (
    unit BYTEA NOT NULL, kind TEXT COLLATE "C" NOT NULL, year BIGINT NOT NULL, last BIGINT NOT NULL, PRIMARY KEY (unit, kind, year)
);

-- Reminders of decisions nobody fetched.
CREATE INDEX outbox_uncollected ON outbox (dossier, created_at) WHERE kind = 'uncollected';
