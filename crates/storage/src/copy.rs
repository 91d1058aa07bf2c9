//! Carrying a whole house from one database to another, table by table, and seeing that all of it arrived.
//!
//! The rows are read from one picture of the source and written in one transaction of the target, so that a copy is there
//! whole or not at all. Files are not in the database: they stay where they are; their
//! wrapped keys are carried with their rows.

use crate::args;
use crate::engine::{Batch, Cursor, Db, Kept, Param, Row, Sql, StorageError, Tx, Value};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::cell::RefCell;

/// So many rows are carried at once.
const ROWS_MAX: usize = 500;

/// One table: how its rows are read and written.
struct Table {
    name: &'static str,
    columns: &'static str,
    read: Sql,
    write: Sql,
}

macro_rules! tables {
    ($($read:ident $write:ident $name:literal ($columns:literal) ($values:literal);)+) => {
        crate::statements! {
            $(
                $read: concat!("SELECT ", $columns, " FROM ", $name);
                $write: concat!("INSERT INTO ", $name, " (", $columns, ") VALUES (", $values, ")");
            )+
        }
        /// Every table but the list of schema steps: what is pointed to comes before what points to it.
        const TABLES: &[Table] = &[$(Table { name: $name, columns: $columns, read: $read, write: $write }),+];
    };
}

tables! {
    HOUSES HOUSE "house" ("name, value") ("$1, $2");
    EDITIONS EDITION "edition" ("name, number") ("$1, $2");
    UNIT_EVENTS UNIT_EVENT "unit_event" ("unit, seq, at, actor, body") ("$1, $2, $3, $4, $5");
    PERSONS PERSON "person" ("id, kind, name, number, birth, phone, email, address, created_at") ("$1, $2, $3, $4, $5, $6, $7, $8, $9");
    ACCOUNTS ACCOUNT "account" ("person, login, password_hash, active, created_at, password_until") ("$1, $2, $3, $4, $5, $6");
    MANDATES MANDATE "mandate" ("person, unit, post, from_on, until_on") ("$1, $2, $3, $4, $5");
    SESSIONS SESSION "session" ("token_hash, id, person, csrf, created_at, last_seen_at, expires_at, device, proof, first_password")
        ("$1, $2, $3, $4, $5, $6, $7, $8, $9, $10");
    SECOND_PROOFS SECOND_PROOF "second_proof" ("person, nonce, made_at, confirmed_at, last_step") ("$1, $2, $3, $4, $5");
    SPARE_CODES SPARE_CODE "spare_code" ("person, code_hash, used_at") ("$1, $2, $3");
    ANNOUNCEMENTS ANNOUNCEMENT "announcement" ("id, unit, title, body, from_on, until_on, made_at, made_by, withdrawn_at")
        ("$1, $2, $3, $4, $5, $6, $7, $8, $9");
    ATTEMPTS ATTEMPT "attempt" ("scope, subject, tries, since_at, locked_until") ("$1, $2, $3, $4, $5");
    REVISIONS REVISION "procedure_revision" ("id, slug, tab, number, hash, imported_hash, published_at, published_by, basis, body, reform, withdrawn_at")
        ("$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12");
    PROCEDURE_DRAFTS PROCEDURE_DRAFT "procedure_draft" ("slug, tab, base, version, body, changed_at, changed_by, publish_on, basis")
        ("$1, $2, $3, $4, $5, $6, $7, $8, $9");
    WITHDRAWALS WITHDRAWAL "procedure_withdrawal" ("slug, tab, from_on, basis, at, decided_by") ("$1, $2, $3, $4, $5, $6");
    LOCALS LOCAL "procedure_local" ("slug, tab, unit, body, basis, at, decided_by") ("$1, $2, $3, $4, $5, $6, $7");
    CALENDARS CALENDAR "calendar_table" ("number, body, basis, at, decided_by") ("$1, $2, $3, $4, $5");
    NUMBERS NUMBER "dossier_number" ("unit, day, last") ("$1, $2, $3");
    EVENTS EVENT "dossier_event" ("dossier, seq, at, actor, unit, kind, facts, body_hash, previous, hash, salt, body")
        ("$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12");
    DOSSIERS DOSSIER "dossier" ("id, code, foreign_code, revision, procedure, procedure_name, sector, channel, status, step, step_kind, next_act, \
        owner_unit, owner_post, owner_person, holder, held_since, receiving_unit, competent_unit, collect_at, filed_at, answer_by, received_at, \
        due_at, promised_at, clock_at, waiting, reply_by, finished_at, owed_vnd, applicant, applicant_folded, number_hash, phone_tail, number_tail, \
        account, unusual, version, last_hash, changed_at, is_open, desk, reform, needs_routing, fell_to_head")
        ("$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, \
        $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45");
    REFORMS REFORM "reform" ("id, key, instrument, effective_at, state, body, planned_at, planned_by, flipped_at, settled_at, made, undoes")
        ("$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12");
    TRANSFERS TRANSFER "transfer" ("reform, dossier, competent_unit, desk, collect_at, owner_unit, owner_post, owner_person, needs_routing, \
        fell_to_head, settled_at, told_seq") ("$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12");
    CERTIFICATES CERTIFICATE "certificate" ("reform, made_at, body, public_key, signature") ("$1, $2, $3, $4, $5");
    REFORM_DRAFTS REFORM_DRAFT "reform_draft" ("id, file, body, version, made_at, made_by, changed_at, changed_by, rehearsal, expected")
        ("$1, $2, $3, $4, $5, $6, $7, $8, $9, $10");
    QUEUE_SERVICES QUEUE_SERVICE "queue_service" ("unit, series, name, reform") ("$1, $2, $3, $4");
    QUEUE_COUNTERS QUEUE_COUNTER "queue_counter" ("unit, number, serves, is_open, seat, seat_at, reform") ("$1, $2, $3, $4, $5, $6, $7");
    QUEUE_NUMBERS QUEUE_NUMBER "queue_number" ("unit, day, series, last") ("$1, $2, $3, $4");
    QUEUE_EDITIONS QUEUE_EDITION "queue_edition" ("unit, number") ("$1, $2");
    QUEUE_TICKETS QUEUE_TICKET "queue_ticket" ("id, unit, at_unit, day, series, number, wants, for_counter, lane, state, taken_at, first_called_at, \
        called_at, counter, officer, calls") ("$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16");
    FACTS FACT "dossier_fact" ("dossier, received_on, channel, receiving_unit, competent_unit, sector, finished_on, outcome, stopped, \
        moved, place") ("$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11");
    COMPETENCES COMPETENCE "competence" ("dossier, nth, unit, until_on") ("$1, $2, $3, $4");
    HEIRS HEIR "heir" ("unit, heir") ("$1, $2");
    DUES DUE "due_history" ("dossier, seq, from_on, due_on, waiting") ("$1, $2, $3, $4, $5");
    DRAFTS DRAFT "draft" ("id, person, revision, procedure, unit, body, updated_at, sent_as") ("$1, $2, $3, $4, $5, $6, $7, $8");
    DOCUMENTS DOCUMENT "document" ("id, blob, dossier, draft, owner, requirement, name, media_type, size_bytes, sha256, uploaded_at, key_id, data_key")
        ("$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13");
    ANSWERS ANSWER "idempotency" ("actor, key, act, body_hash, answer, at") ("$1, $2, $3, $4, $5, $6");
    MESSAGES MESSAGE "outbox" ("id, channel, dossier, kind, recipient, subject, body, created_at, tries, next_try_at, delivered_at, dead_at, last_error, \
        template, details") ("$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15");
    TEMPLATES TEMPLATE "notice_template" ("kind, channel, number, text, marks, registered_as, saved_at, saved_by") ("$1, $2, $3, $4, $5, $6, $7, $8");
    REPORTS REPORT "delivery_report" ("partner, reference, message, part, reach, reason, at") ("$1, $2, $3, $4, $5, $6, $7");
    READINGS READING "reading" ("person, dossier, at, what, reason") ("$1, $2, $3, $4, $5");
    RATINGS RATING "rating" ("dossier, person, channel, unit, first_at, rated_at, rated_on, grade, timing, contacts, agencies, attitude, visits, \
        remark") ("$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14");
    EXCHANGES EXCHANGE "exchange" ("id, dossier, at, person, unit, body, answer_by, answered_at") ("$1, $2, $3, $4, $5, $6, $7, $8");
    SHARES SHARE "share" ("id, dossier, code, offered_at, expires_at, person, accepted_at, ended_at") ("$1, $2, $3, $4, $5, $6, $7, $8");
    AUDITS AUDIT "audit" ("at, actor, act, subject, detail") ("$1, $2, $3, $4, $5");
    CHECKPOINTS CHECKPOINT "checkpoint" ("sealed_at, dossiers, events, root, public_key, signature") ("$1, $2, $3, $4, $5, $6");
    CLAIMS CLAIM "desk_claim" ("dossier, person, at") ("$1, $2, $3");
    SLIPS SLIP "desk_slip" ("id, unit, kind, year, number, at, person, procedure, ground, body, once_key") ("$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11");
    SLIP_NUMBERS SLIP_NUMBER "desk_slip_number" ("unit, kind, year, last") ("$1, $2, $3, $4");
    LEASES LEASE "lease" ("name, holder, until_at") ("$1, $2, $3");
}

/// What is known of a table's content: the number of its rows, and a sum over them that no order changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Content {
    rows: u64,
    sum: [u64; 4],
}

/// One table that was carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// Its name.
    pub table: &'static str,
    /// How many rows.
    pub rows: u64,
}

/// Why a house was not carried.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// One of the databases failed; the target holds nothing of it.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// There is a house in the target already.
    #[error("the target is not empty: there are {rows} rows in {table}")]
    NotEmpty {
        /// The first table with something in it.
        table: &'static str,
        /// How many rows it has.
        rows: u64,
    },
    /// What arrived is not what was sent: the target must not be used.
    #[error("{table} was carried and is not the same: {sent} rows were sent and {arrived} are there")]
    Differs {
        /// The table.
        table: &'static str,
        /// Rows read.
        sent: u64,
        /// Rows found afterwards.
        arrived: u64,
    },
}

/// The names of all tables and their columns, as they are carried: for the test that none is forgotten.
pub fn tables() -> Vec<(&'static str, Vec<&'static str>)> {
    TABLES.iter().map(|table| (table.name, table.columns.split(", ").map(str::trim).collect())).collect()
}

/// Carries everything from one database into another, which must be empty; compares every row afterwards. `on_rows` hears
/// how many rows of which table were read so far. Open both with [`Options::patience_seconds`](crate::engine::Options) of 0, and
/// let nobody write to the source meanwhile: what is written after the beginning stays behind.
///
/// # Errors
/// A database failed, the target is not empty, or what arrived is not what was sent.
pub fn copy(from: &Db, to: &Db, on_rows: &dyn Fn(&'static str, u64)) -> Result<Vec<Carried>, CopyError> {
    for (table, content) in TABLES.iter().zip(counted(to)?) {
        if content.rows > 0 {
            return Err(CopyError::NotEmpty { table: table.name, rows: content.rows });
        }
    }
    let sent = from.read_now(|source| {
        let batch = RefCell::new(to.batch()?);
        let carried = TABLES.iter().map(|table| carry(source, &batch, table, on_rows));
        let sent = carried.collect::<Result<Vec<Content>, StorageError>>()?;
        batch.into_inner().commit()?;
        Ok::<_, StorageError>(sent)
    })?;
    let mut carried = Vec::with_capacity(TABLES.len());
    for ((table, sent), arrived) in TABLES.iter().zip(sent).zip(counted(to)?) {
        if sent != arrived {
            return Err(CopyError::Differs { table: table.name, sent: sent.rows, arrived: arrived.rows });
        }
        carried.push(Carried { table: table.name, rows: sent.rows });
    }
    Ok(carried)
}

fn carry(
    source: &Tx,
    target: &RefCell<Batch<'_>>,
    table: &Table,
    on_rows: &dyn Fn(&'static str, u64),
) -> Result<Content, StorageError> {
    let mut content = Content::default();
    let mut waiting: Vec<AnyRow> = Vec::with_capacity(ROWS_MAX);
    source.each(table.read, args![], |row: AnyRow| {
        content.add(&row);
        waiting.push(row);
        if waiting.len() == ROWS_MAX {
            write(&mut target.borrow_mut(), table, &waiting)?;
            waiting.clear();
            on_rows(table.name, content.rows);
        }
        Ok::<(), StorageError>(())
    })?;
    write(&mut target.borrow_mut(), table, &waiting)?;
    on_rows(table.name, content.rows);
    Ok(content)
}

fn write(target: &mut Batch<'_>, table: &Table, rows: &[AnyRow]) -> Result<(), StorageError> {
    if rows.is_empty() {
        return Ok(());
    }
    target.write(|tx| {
        for AnyRow(values) in rows {
            let values: Vec<Value<'_>> = values.iter().map(Param::value).collect();
            tx.put(table.write, &values)?;
        }
        Ok(())
    })
}

/// What is in one table: the same on both engines where the rows are the same, in whatever order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableContent {
    /// Its name.
    pub table: String,
    /// How many rows.
    pub rows: u64,
    /// A sum over the hashes of all rows, as 64 hexadecimal digits.
    pub sum: String,
}

/// What is in every table, from one picture.
///
/// # Errors
/// The database failed.
pub fn contents(db: &Db) -> Result<Vec<TableContent>, StorageError> {
    let tables = TABLES.iter().zip(counted(db)?);
    Ok(tables
        .map(|(table, it)| TableContent { table: table.name.to_owned(), rows: it.rows, sum: it.digits() })
        .collect())
}

fn counted(db: &Db) -> Result<Vec<Content>, StorageError> {
    db.read_now(|tx| {
        TABLES
            .iter()
            .map(|table| {
                let mut content = Content::default();
                tx.each(table.read, args![], |row: AnyRow| {
                    content.add(&row);
                    Ok::<(), StorageError>(())
                })?;
                Ok(content)
            })
            .collect()
    })
}

impl Content {
    fn add(&mut self, AnyRow(values): &AnyRow) {
        let mut hash = Sha256::new();
        for value in values {
            let number;
            let (kind, bytes): (u8, &[u8]) = match value {
                Kept::Null => (0, &[]),
                Kept::Int(it) => {
                    number = it.to_be_bytes();
                    (1, &number)
                }
                Kept::Text(text) => (2, text.as_bytes()),
                Kept::Bytes(bytes) => (3, bytes),
            };
            hash.update([kind]);
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        }
        let digest = hash.finalize();
        for (sum, part) in self.sum.iter_mut().zip(digest.chunks(8)) {
            let part = part.iter().fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
            *sum = sum.wrapping_add(part);
        }
        self.rows += 1;
    }

    fn digits(&self) -> String {
        self.sum.iter().map(|it| format!("{it:016x}")).collect()
    }
}

/// A row of whatever width.
struct AnyRow(Vec<Kept>);

impl Row for AnyRow {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        (0..row.width()).map(|column| row.get(column)).collect::<Result<_, _>>().map(Self)
    }
}
