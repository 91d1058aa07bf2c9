-- Ids are 16 bytes; instants are microseconds UTC; days are yyyymmdd; flags are 0 or 1; statuses are the national codes.

CREATE TABLE unit_event (
    unit BLOB NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, actor BLOB, body TEXT NOT NULL,
    PRIMARY KEY (unit, seq)
) STRICT;

CREATE TABLE person (
    id BLOB NOT NULL PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, number TEXT NOT NULL, birth TEXT NOT NULL,
    phone TEXT NOT NULL, email TEXT NOT NULL, address TEXT NOT NULL, created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE account (
    person BLOB NOT NULL PRIMARY KEY, login TEXT NOT NULL UNIQUE, password_hash TEXT NOT NULL, active INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE mandate (
    person BLOB NOT NULL, unit BLOB NOT NULL, post TEXT NOT NULL, from_on INTEGER NOT NULL, until_on INTEGER,
    PRIMARY KEY (person, unit, post, from_on)
) STRICT;

CREATE TABLE session (
    token_hash TEXT NOT NULL PRIMARY KEY, id BLOB NOT NULL UNIQUE, person BLOB, csrf TEXT NOT NULL, created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, device TEXT NOT NULL
) STRICT;
CREATE INDEX session_person ON session (person);

-- Wrong tries of a login or a look-up, counted by a keyed hash of what was tried.
CREATE TABLE attempt (
    scope TEXT NOT NULL, subject TEXT NOT NULL, tries INTEGER NOT NULL, since_at INTEGER NOT NULL, locked_until INTEGER NOT NULL,
    PRIMARY KEY (scope, subject)
) STRICT;

-- Numbers that grow when something every node keeps in memory changes: the organisation, the catalogue.
CREATE TABLE edition (name TEXT NOT NULL PRIMARY KEY, number INTEGER NOT NULL) STRICT;

-- Texts of the installation: its key pair, the regime data in force, facts of the demo.
CREATE TABLE house (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE procedure_revision (
    id TEXT NOT NULL PRIMARY KEY, slug TEXT NOT NULL, tab TEXT NOT NULL, number INTEGER NOT NULL, hash TEXT NOT NULL,
    imported_hash TEXT NOT NULL, published_at INTEGER NOT NULL, published_by BLOB, basis TEXT NOT NULL, body TEXT NOT NULL,
    UNIQUE (slug, tab, number)
) STRICT;

-- The last number given by a unit on a day. A number is taken inside the transaction that files, so there is no gap.
CREATE TABLE dossier_number (
    unit BLOB NOT NULL, day INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (unit, day)
) STRICT;

-- The chain: envelopes for ever.
CREATE TABLE dossier_event (
    dossier BLOB NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, actor BLOB, unit BLOB, kind TEXT NOT NULL,
    facts TEXT NOT NULL, body_hash TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL,
    PRIMARY KEY (dossier, seq)
) STRICT, WITHOUT ROWID;

-- Names, answers and reasons: what the law can ask to be erased.
CREATE TABLE dossier_event_body (
    dossier BLOB NOT NULL, seq INTEGER NOT NULL, salt BLOB NOT NULL, body TEXT NOT NULL, PRIMARY KEY (dossier, seq)
) STRICT, WITHOUT ROWID;

-- The read model: what lists and pages ask for. Made from the events only; `rebuild` makes it again.
CREATE TABLE dossier (
    id BLOB NOT NULL PRIMARY KEY, code TEXT NOT NULL UNIQUE, foreign_code INTEGER NOT NULL, revision TEXT NOT NULL,
    procedure TEXT NOT NULL, procedure_name TEXT NOT NULL, sector TEXT NOT NULL, channel INTEGER NOT NULL,
    status INTEGER NOT NULL, step INTEGER NOT NULL, step_kind TEXT NOT NULL, next_act TEXT NOT NULL,
    owner_unit BLOB NOT NULL, owner_post TEXT NOT NULL, owner_person BLOB, holder TEXT NOT NULL, held_since INTEGER NOT NULL,
    receiving_unit BLOB NOT NULL, competent_unit BLOB NOT NULL, collect_at BLOB NOT NULL,
    filed_at INTEGER NOT NULL, answer_by INTEGER, received_at INTEGER, due_at INTEGER, promised_at INTEGER,
    clock_at INTEGER NOT NULL, waiting INTEGER NOT NULL, reply_by INTEGER, finished_at INTEGER, owed_vnd INTEGER NOT NULL,
    applicant TEXT NOT NULL, applicant_folded TEXT NOT NULL, number_hash TEXT NOT NULL, phone_tail TEXT NOT NULL, number_tail TEXT NOT NULL,
    account BLOB, unusual INTEGER NOT NULL, version INTEGER NOT NULL, last_hash TEXT NOT NULL, changed_at INTEGER NOT NULL, is_open INTEGER NOT NULL
) STRICT;
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
    dossier BLOB NOT NULL PRIMARY KEY, received_on INTEGER NOT NULL, channel INTEGER NOT NULL, receiving_unit BLOB NOT NULL,
    competent_unit BLOB NOT NULL, sector TEXT NOT NULL, finished_on INTEGER, outcome TEXT, stopped INTEGER NOT NULL
) STRICT;
CREATE INDEX dossier_fact_received ON dossier_fact (received_on);
CREATE INDEX dossier_fact_finished ON dossier_fact (finished_on);

-- Every due date a dossier ever had, and from which day.
CREATE TABLE due_history (
    dossier BLOB NOT NULL, seq INTEGER NOT NULL, from_on INTEGER NOT NULL, due_on INTEGER, waiting INTEGER NOT NULL,
    PRIMARY KEY (dossier, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE document (
    id BLOB NOT NULL PRIMARY KEY, blob TEXT NOT NULL UNIQUE, dossier BLOB, draft BLOB, owner BLOB, requirement TEXT NOT NULL,
    name TEXT NOT NULL, media_type TEXT NOT NULL, size_bytes INTEGER NOT NULL, sha256 TEXT NOT NULL, uploaded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX document_dossier ON document (dossier);
CREATE INDEX document_draft ON document (draft);

CREATE TABLE draft (
    id BLOB NOT NULL PRIMARY KEY, person BLOB NOT NULL, revision TEXT NOT NULL, procedure TEXT NOT NULL, unit BLOB NOT NULL,
    body TEXT NOT NULL, updated_at INTEGER NOT NULL, sent_as BLOB
) STRICT;
CREATE INDEX draft_person ON draft (person, updated_at);

CREATE TABLE idempotency (
    actor BLOB NOT NULL, key TEXT NOT NULL, act TEXT NOT NULL, body_hash TEXT NOT NULL, answer TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (actor, key)
) STRICT;
CREATE INDEX idempotency_at ON idempotency (at);

CREATE TABLE outbox (
    id BLOB NOT NULL PRIMARY KEY, channel TEXT NOT NULL, dossier BLOB, kind TEXT NOT NULL, recipient TEXT NOT NULL,
    subject TEXT NOT NULL, body TEXT NOT NULL, created_at INTEGER NOT NULL, tries INTEGER NOT NULL, next_try_at INTEGER NOT NULL,
    delivered_at INTEGER, dead_at INTEGER, last_error TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_waiting ON outbox (next_try_at) WHERE delivered_at IS NULL AND dead_at IS NULL;
CREATE INDEX outbox_dossier ON outbox (dossier, channel);

-- Who read whose data, when and why. Kept apart from the dossier: a GET changes no dossier.
CREATE TABLE reading (
    person BLOB NOT NULL, dossier BLOB NOT NULL, at INTEGER NOT NULL, what TEXT NOT NULL, reason TEXT NOT NULL,
    PRIMARY KEY (dossier, at, person)
) STRICT;
CREATE INDEX reading_at ON reading (at);

-- What was changed that has no log of events: accounts, mandates, revisions, resent messages.
CREATE TABLE audit (
    at INTEGER NOT NULL, actor BLOB, act TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL
) STRICT;
CREATE INDEX audit_at ON audit (at);

CREATE TABLE checkpoint (
    sealed_at INTEGER NOT NULL PRIMARY KEY, dossiers INTEGER NOT NULL, events INTEGER NOT NULL, root TEXT NOT NULL,
    public_key TEXT NOT NULL, signature TEXT NOT NULL
) STRICT;
