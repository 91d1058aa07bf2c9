-- Revisions of procedures on their way: the text as it would be published, who wrote it last; once the decision is there, its number and the
-- day from which it holds. `base` is the number of the revision it was written on: a newer one asks to look again.
CREATE TABLE procedure_draft (
    slug TEXT COLLATE "C" NOT NULL, tab TEXT COLLATE "C" NOT NULL, base BIGINT NOT NULL, version BIGINT NOT NULL, body TEXT COLLATE "C" NOT NULL,
    changed_at BIGINT NOT NULL, changed_by BYTEA NOT NULL, publish_on BIGINT, basis TEXT COLLATE "C" NOT NULL, PRIMARY KEY (slug, tab)
);
CREATE INDEX procedure_draft_due ON procedure_draft (publish_on) WHERE publish_on IS NOT NULL;

-- Procedures withdrawn from a day on: nothing is received any more, what was received goes on by the revision it pinned.
CREATE TABLE procedure_withdrawal (
    slug TEXT COLLATE "C" NOT NULL, tab TEXT COLLATE "C" NOT NULL, from_on BIGINT NOT NULL, basis TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL, decided_by BYTEA NOT NULL,
    PRIMARY KEY (slug, tab)
);

-- What one unit does otherwise than the catalogue says, as JSON: amounts its city sets, further ways to file, a word on place and hours.
CREATE TABLE procedure_local (
    slug TEXT COLLATE "C" NOT NULL, tab TEXT COLLATE "C" NOT NULL, unit BYTEA NOT NULL, body TEXT COLLATE "C" NOT NULL, basis TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL, decided_by BYTEA NOT NULL,
    PRIMARY KEY (slug, tab, unit)
);

-- Tables of days off decided on in this house: the newest holds, the file it was founded with where there is none.
CREATE TABLE calendar_table (
    number BIGINT NOT NULL PRIMARY KEY, body TEXT COLLATE "C" NOT NULL, basis TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL, decided_by BYTEA NOT NULL
);
