-- Codes of one day lie together, whichever desk gave them: the day stands at their end. The table is made anew because the order by its
-- beginning was part of it.
CREATE TABLE dossier_now (
    id BLOB NOT NULL PRIMARY KEY, code TEXT NOT NULL, foreign_code INTEGER NOT NULL, revision TEXT NOT NULL,
    procedure TEXT NOT NULL, procedure_name TEXT NOT NULL, sector TEXT NOT NULL, channel INTEGER NOT NULL,
    status INTEGER NOT NULL, step INTEGER NOT NULL, step_kind TEXT NOT NULL, next_act TEXT NOT NULL,
    owner_unit BLOB NOT NULL, owner_post TEXT NOT NULL, owner_person BLOB, holder TEXT NOT NULL, held_since INTEGER NOT NULL,
    receiving_unit BLOB NOT NULL, competent_unit BLOB NOT NULL, collect_at BLOB NOT NULL,
    filed_at INTEGER NOT NULL, answer_by INTEGER, received_at INTEGER, due_at INTEGER, promised_at INTEGER,
    clock_at INTEGER NOT NULL, waiting INTEGER NOT NULL, reply_by INTEGER, finished_at INTEGER, owed_vnd INTEGER NOT NULL,
    applicant TEXT NOT NULL, applicant_folded TEXT NOT NULL, number_hash TEXT NOT NULL, phone_tail TEXT NOT NULL, number_tail TEXT NOT NULL,
    account BLOB, unusual INTEGER NOT NULL, version INTEGER NOT NULL, last_hash TEXT NOT NULL, changed_at INTEGER NOT NULL, is_open INTEGER NOT NULL,
    desk BLOB NOT NULL DEFAULT x'', reform BLOB, needs_routing INTEGER NOT NULL DEFAULT 0, fell_to_head INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO dossier_now SELECT * FROM dossier;
DROP TABLE dossier;
ALTER TABLE dossier_now RENAME TO dossier;
CREATE UNIQUE INDEX dossier_code ON dossier (substr(code, length(code) - 10), code);
CREATE INDEX dossier_desk ON dossier (receiving_unit, filed_at);
CREATE INDEX dossier_unusual ON dossier (changed_at) WHERE unusual > 0;
CREATE INDEX dossier_reply ON dossier (reply_by) WHERE reply_by IS NOT NULL;
CREATE INDEX dossier_routing ON dossier (competent_unit) WHERE needs_routing = 1;
CREATE INDEX dossier_needs_routing ON dossier (id) WHERE needs_routing = 1;
CREATE INDEX dossier_usual ON dossier (procedure, competent_unit, finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX dossier_queue ON dossier (owner_unit, owner_post, is_open, clock_at, id) WHERE is_open = 1;
CREATE INDEX dossier_owner ON dossier (owner_person, is_open, clock_at, id, status, holder, version)
    WHERE is_open = 1 AND owner_person IS NOT NULL;
CREATE INDEX dossier_account ON dossier (account) WHERE account IS NOT NULL;
CREATE INDEX dossier_closed ON dossier (competent_unit, changed_at) WHERE is_open = 0;
CREATE INDEX dossier_closed_owner ON dossier (owner_unit, changed_at) WHERE is_open = 0;

-- How many open dossiers lie alike with each post, counted by the database itself as their rows change: the tabs of every work-list show
-- it, and counting rows takes the longer the larger the house. Kept like an index: nobody writes it but these triggers.
CREATE TABLE lying_count (
    owner_unit BLOB NOT NULL, owner_post TEXT NOT NULL, status INTEGER NOT NULL, holder TEXT NOT NULL, next_act TEXT NOT NULL,
    -- Without a byte: nobody took it on.
    owner_person BLOB NOT NULL, dossiers INTEGER NOT NULL,
    PRIMARY KEY (owner_unit, owner_post, status, holder, next_act, owner_person)
) STRICT, WITHOUT ROWID;
INSERT INTO lying_count SELECT owner_unit, owner_post, status, holder, next_act, COALESCE(owner_person, x''), count(*)
    FROM dossier WHERE is_open = 1 GROUP BY 1, 2, 3, 4, 5, 6;
CREATE VIEW lying AS SELECT owner_unit, owner_post, status, holder, next_act, NULLIF(owner_person, x'') AS owner_person, dossiers
    FROM lying_count WHERE dossiers > 0;

CREATE TRIGGER dossier_came AFTER INSERT ON dossier WHEN NEW.is_open = 1 BEGIN
    INSERT INTO lying_count VALUES (NEW.owner_unit, NEW.owner_post, NEW.status, NEW.holder, NEW.next_act, COALESCE(NEW.owner_person, x''), 1)
        ON CONFLICT DO UPDATE SET dossiers = dossiers + 1;
END;
CREATE TRIGGER dossier_went AFTER DELETE ON dossier WHEN OLD.is_open = 1 BEGIN
    UPDATE lying_count SET dossiers = dossiers - 1 WHERE owner_unit = OLD.owner_unit AND owner_post = OLD.owner_post
        AND status = OLD.status AND holder = OLD.holder AND next_act = OLD.next_act AND owner_person = COALESCE(OLD.owner_person, x'');
END;
CREATE TRIGGER dossier_left AFTER UPDATE OF owner_unit, owner_post, status, holder, next_act, owner_person, is_open ON dossier
    WHEN OLD.is_open = 1 AND (OLD.owner_unit, OLD.owner_post, OLD.status, OLD.holder, OLD.next_act, OLD.owner_person, OLD.is_open)
        IS NOT (NEW.owner_unit, NEW.owner_post, NEW.status, NEW.holder, NEW.next_act, NEW.owner_person, NEW.is_open) BEGIN
    UPDATE lying_count SET dossiers = dossiers - 1 WHERE owner_unit = OLD.owner_unit AND owner_post = OLD.owner_post
        AND status = OLD.status AND holder = OLD.holder AND next_act = OLD.next_act AND owner_person = COALESCE(OLD.owner_person, x'');
END;
CREATE TRIGGER dossier_arrived AFTER UPDATE OF owner_unit, owner_post, status, holder, next_act, owner_person, is_open ON dossier
    WHEN NEW.is_open = 1 AND (OLD.owner_unit, OLD.owner_post, OLD.status, OLD.holder, OLD.next_act, OLD.owner_person, OLD.is_open)
        IS NOT (NEW.owner_unit, NEW.owner_post, NEW.status, NEW.holder, NEW.next_act, NEW.owner_person, NEW.is_open) BEGIN
    INSERT INTO lying_count VALUES (NEW.owner_unit, NEW.owner_post, NEW.status, NEW.holder, NEW.next_act, COALESCE(NEW.owner_person, x''), 1)
        ON CONFLICT DO UPDATE SET dossiers = dossiers + 1;
END;

-- Who answers for a dossier is nearly always whoever owes the next act on it: only where it is not, an index of its own says so.
CREATE INDEX dossier_elsewhere ON dossier (competent_unit) WHERE is_open = 1 AND competent_unit <> owner_unit;

-- Keys of forms are made in the order of time: what is remembered of them lies together.
CREATE TABLE remembered (
    actor BLOB NOT NULL, key TEXT NOT NULL, act TEXT NOT NULL, body_hash TEXT NOT NULL, answer TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (key, actor)
) STRICT, WITHOUT ROWID;
INSERT INTO remembered (actor, key, act, body_hash, answer, at) SELECT actor, key, act, body_hash, answer, at FROM idempotency;
DROP TABLE idempotency;
ALTER TABLE remembered RENAME TO idempotency;
CREATE INDEX idempotency_at ON idempotency (at);

-- In the order in which they are to be answered.
DROP INDEX exchange_open;
CREATE INDEX exchange_open ON exchange (answer_by, id) WHERE answer_by IS NOT NULL AND answered_at IS NULL;

-- Events are written one after the other, and each was pushed in between those of its dossier: three to four pages for one act. They lie
-- in the order of time now, their words with them, and an index leads to those of a dossier. Erased words are written over.
CREATE TABLE event (
    dossier BLOB NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, actor BLOB, unit BLOB, kind TEXT NOT NULL, facts TEXT NOT NULL,
    body_hash TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL,
    -- Names, answers and reasons: what the law can ask to be erased.
    salt BLOB, body TEXT,
    PRIMARY KEY (dossier, seq), CHECK ((salt IS NULL) = (body IS NULL))
) STRICT;
INSERT INTO event (dossier, seq, at, actor, unit, kind, facts, body_hash, previous, hash, salt, body)
    SELECT e.dossier, e.seq, e.at, e.actor, e.unit, e.kind, e.facts, e.body_hash, e.previous, e.hash, b.salt, b.body
    FROM dossier_event e LEFT JOIN dossier_event_body b ON b.dossier = e.dossier AND b.seq = e.seq ORDER BY e.dossier, e.seq;
DROP TABLE dossier_event_body;
DROP TABLE dossier_event;
ALTER TABLE event RENAME TO dossier_event;

-- Who has something like it running already is asked of what is open, and twelve digits of the hash of a person lead there.
CREATE INDEX dossier_person ON dossier (substr(number_hash, 1, 12)) WHERE is_open = 1;
