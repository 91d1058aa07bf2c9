-- The same tables, columns and indexes as migrations/sqlite/V0001: a test compares the two.
-- Integers are BIGINT, also flags and small numbers, so that one way of reading serves both databases.
-- Texts are compared byte by byte, as SQLite does: lists have the same order in both, whatever the server's language is.
-- Ids are 16 bytes; instants are microseconds UTC; days are yyyymmdd; flags are 0 or 1; statuses are the national codes.

CREATE TABLE unit_event (
    unit BYTEA NOT NULL, seq BIGINT NOT NULL, at BIGINT NOT NULL, actor BYTEA, body TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (unit, seq)
);

CREATE TABLE person (
    id BYTEA NOT NULL PRIMARY KEY, kind TEXT COLLATE "C" NOT NULL, name TEXT COLLATE "C" NOT NULL, number TEXT COLLATE "C" NOT NULL,
    birth TEXT COLLATE "C" NOT NULL,
    phone TEXT COLLATE "C" NOT NULL, email TEXT COLLATE "C" NOT NULL, address TEXT COLLATE "C" NOT NULL, created_at BIGINT NOT NULL
);

CREATE TABLE account (
    person BYTEA NOT NULL PRIMARY KEY, login TEXT COLLATE "C" NOT NULL UNIQUE, password_hash TEXT COLLATE "C" NOT NULL,
    active BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE mandate (
    person BYTEA NOT NULL, unit BYTEA NOT NULL, post TEXT COLLATE "C" NOT NULL, from_on BIGINT NOT NULL, until_on BIGINT,
    PRIMARY KEY (person, unit, post, from_on)
);

CREATE TABLE session (
    token_hash TEXT COLLATE "C" NOT NULL PRIMARY KEY, id BYTEA NOT NULL UNIQUE, person BYTEA, csrf TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, device TEXT COLLATE "C" NOT NULL
);
CREATE INDEX session_person ON session (person);

-- Wrong tries of a login or a look-up, counted by a keyed hash of what was tried.
CREATE TABLE attempt (
    scope TEXT COLLATE "C" NOT NULL, subject TEXT COLLATE "C" NOT NULL, tries BIGINT NOT NULL, since_at BIGINT NOT NULL,
    locked_until BIGINT NOT NULL,
    PRIMARY KEY (scope, subject)
);

-- Numbers that grow when something every node keeps in memory changes: the organisation, the catalogue.
CREATE TABLE edition (name TEXT COLLATE "C" NOT NULL PRIMARY KEY, number BIGINT NOT NULL);

-- Texts of the installation: its key pair, the regime data in force, facts of the demo.
CREATE TABLE house (name TEXT COLLATE "C" NOT NULL PRIMARY KEY, value TEXT COLLATE "C" NOT NULL);

CREATE TABLE procedure_revision (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY, slug TEXT COLLATE "C" NOT NULL, tab TEXT COLLATE "C" NOT NULL, number BIGINT NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    imported_hash TEXT COLLATE "C" NOT NULL, published_at BIGINT NOT NULL, published_by BYTEA, basis TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    UNIQUE (slug, tab, number)
);

-- The last number given by a unit on a day. A number is taken inside the transaction that files, so there is no gap.
CREATE TABLE dossier_number (
    unit BYTEA NOT NULL, day BIGINT NOT NULL, last BIGINT NOT NULL, PRIMARY KEY (unit, day)
);

-- The chain: envelopes for ever.
CREATE TABLE dossier_event (
    dossier BYTEA NOT NULL, seq BIGINT NOT NULL, at BIGINT NOT NULL, actor BYTEA, unit BYTEA, kind TEXT COLLATE "C" NOT NULL,
    facts TEXT COLLATE "C" NOT NULL, body_hash TEXT COLLATE "C" NOT NULL, previous TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (dossier, seq)
);

-- Names, answers and reasons: what the law can ask to be erased.
CREATE TABLE dossier_event_body (
    dossier BYTEA NOT NULL, seq BIGINT NOT NULL, salt BYTEA NOT NULL, body TEXT COLLATE "C" NOT NULL, PRIMARY KEY (dossier, seq)
);

-- The read model: what lists and pages ask for. Made from the events only; `rebuild` makes it again.
CREATE TABLE dossier (
    id BYTEA NOT NULL PRIMARY KEY, code TEXT COLLATE "C" NOT NULL UNIQUE, foreign_code BIGINT NOT NULL, revision TEXT COLLATE "C" NOT NULL,
    procedure TEXT COLLATE "C" NOT NULL, procedure_name TEXT COLLATE "C" NOT NULL, sector TEXT COLLATE "C" NOT NULL,
    channel BIGINT NOT NULL,
    status BIGINT NOT NULL, step BIGINT NOT NULL, step_kind TEXT COLLATE "C" NOT NULL, next_act TEXT COLLATE "C" NOT NULL,
    owner_unit BYTEA NOT NULL, owner_post TEXT COLLATE "C" NOT NULL, owner_person BYTEA, holder TEXT COLLATE "C" NOT NULL,
    held_since BIGINT NOT NULL,
    receiving_unit BYTEA NOT NULL, competent_unit BYTEA NOT NULL, collect_at BYTEA NOT NULL,
    filed_at BIGINT NOT NULL, answer_by BIGINT, received_at BIGINT, due_at BIGINT, promised_at BIGINT,
    clock_at BIGINT NOT NULL, waiting BIGINT NOT NULL, reply_by BIGINT, finished_at BIGINT, owed_vnd BIGINT NOT NULL,
    applicant TEXT COLLATE "C" NOT NULL, applicant_folded TEXT COLLATE "C" NOT NULL, number_hash TEXT COLLATE "C" NOT NULL,
    phone_tail TEXT COLLATE "C" NOT NULL, number_tail TEXT COLLATE "C" NOT NULL,
    account BYTEA, unusual BIGINT NOT NULL, version BIGINT NOT NULL, last_hash TEXT COLLATE "C" NOT NULL, changed_at BIGINT NOT NULL,
    is_open BIGINT NOT NULL
);
CREATE INDEX dossier_queue ON dossier (owner_unit, owner_post, is_open, clock_at, id);
CREATE INDEX dossier_owner ON dossier (owner_person, is_open, clock_at, id);
CREATE INDEX dossier_account ON dossier (account, changed_at);
CREATE INDEX dossier_person ON dossier (number_hash, procedure);
CREATE INDEX dossier_desk ON dossier (receiving_unit, filed_at);
CREATE INDEX dossier_closed ON dossier (competent_unit, is_open, changed_at);
CREATE INDEX dossier_unusual ON dossier (changed_at) WHERE unusual > 0;
CREATE INDEX dossier_reply ON dossier (reply_by) WHERE reply_by IS NOT NULL;

-- What the statutory forms count, written with the events.
CREATE TABLE dossier_fact (
    dossier BYTEA NOT NULL PRIMARY KEY, received_on BIGINT NOT NULL, channel BIGINT NOT NULL, receiving_unit BYTEA NOT NULL,
    competent_unit BYTEA NOT NULL, sector TEXT COLLATE "C" NOT NULL, finished_on BIGINT, outcome TEXT COLLATE "C", stopped BIGINT NOT NULL
);
CREATE INDEX dossier_fact_received ON dossier_fact (received_on);
CREATE INDEX dossier_fact_finished ON dossier_fact (finished_on);

-- Every due date a dossier ever had, and from which day.
CREATE TABLE due_history (
    dossier BYTEA NOT NULL, seq BIGINT NOT NULL, from_on BIGINT NOT NULL, due_on BIGINT, waiting BIGINT NOT NULL,
    PRIMARY KEY (dossier, seq)
);

CREATE TABLE document (
    id BYTEA NOT NULL PRIMARY KEY, blob TEXT COLLATE "C" NOT NULL UNIQUE, dossier BYTEA, draft BYTEA, owner BYTEA,
    requirement TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL, media_type TEXT COLLATE "C" NOT NULL, size_bytes BIGINT NOT NULL, sha256 TEXT COLLATE "C" NOT NULL,
    uploaded_at BIGINT NOT NULL
);
CREATE INDEX document_dossier ON document (dossier);
CREATE INDEX document_draft ON document (draft);

CREATE TABLE draft (
    id BYTEA NOT NULL PRIMARY KEY, person BYTEA NOT NULL, revision TEXT COLLATE "C" NOT NULL, procedure TEXT COLLATE "C" NOT NULL,
    unit BYTEA NOT NULL,
    body TEXT COLLATE "C" NOT NULL, updated_at BIGINT NOT NULL, sent_as BYTEA
);
CREATE INDEX draft_person ON draft (person, updated_at);

CREATE TABLE idempotency (
    actor BYTEA NOT NULL, key TEXT COLLATE "C" NOT NULL, act TEXT COLLATE "C" NOT NULL, body_hash TEXT COLLATE "C" NOT NULL,
    answer TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL,
    PRIMARY KEY (actor, key)
);
CREATE INDEX idempotency_at ON idempotency (at);

CREATE TABLE outbox (
    id BYTEA NOT NULL PRIMARY KEY, channel TEXT COLLATE "C" NOT NULL, dossier BYTEA, kind TEXT COLLATE "C" NOT NULL,
    recipient TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL, body TEXT COLLATE "C" NOT NULL, created_at BIGINT NOT NULL, tries BIGINT NOT NULL,
    next_try_at BIGINT NOT NULL,
    delivered_at BIGINT, dead_at BIGINT, last_error TEXT COLLATE "C" NOT NULL
);
CREATE INDEX outbox_waiting ON outbox (next_try_at) WHERE delivered_at IS NULL AND dead_at IS NULL;
CREATE INDEX outbox_dossier ON outbox (dossier, channel);

-- Who read whose data, when and why. Kept apart from the dossier: a GET changes no dossier.
CREATE TABLE reading (
    person BYTEA NOT NULL, dossier BYTEA NOT NULL, at BIGINT NOT NULL, what TEXT COLLATE "C" NOT NULL, reason TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (dossier, at, person)
);
CREATE INDEX reading_at ON reading (at);

-- What was changed that has no log of events: accounts, mandates, revisions, resent messages.
CREATE TABLE audit (
    at BIGINT NOT NULL, actor BYTEA, act TEXT COLLATE "C" NOT NULL, subject TEXT COLLATE "C" NOT NULL, detail TEXT COLLATE "C" NOT NULL
);
CREATE INDEX audit_at ON audit (at);

CREATE TABLE checkpoint (
    sealed_at BIGINT NOT NULL PRIMARY KEY, dossiers BIGINT NOT NULL, events BIGINT NOT NULL, root TEXT COLLATE "C" NOT NULL,
    public_key TEXT COLLATE "C" NOT NULL, signature TEXT COLLATE "C" NOT NULL
);
