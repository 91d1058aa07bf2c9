//! Small things of the installation: editions of what nodes keep in memory, its texts, what was changed by whom.

use crate::args;
use crate::engine::{StorageError, Tx};
use domain::ids::PersonId;
use domain::time::Instant;

/// Edition of the units and mandates.
pub const ORGANISATION: &str = "organisation";
/// Edition of the catalogue.
pub const CATALOGUE: &str = "catalogue";
/// Edition of the texts of notices.
pub const NOTICES: &str = "notices";

crate::statements! {
    EDITIONS: "SELECT name, number FROM edition";
    NEXT_EDITION: "INSERT INTO edition (name, number) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET number = edition.number + 1";
    TEXT: "SELECT value FROM house WHERE name = $1";
    PUT_TEXT: "INSERT INTO house (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    AUDIT: "INSERT INTO audit (at, actor, act, subject, detail) VALUES ($1, $2, $3, $4, $5)";
    AUDITED: "SELECT at, actor, act, subject, detail FROM audit ORDER BY at DESC LIMIT $1";
    ANSWERED: "SELECT act, body_hash, answer FROM idempotency WHERE actor = $1 AND key = $2";
    REMEMBER: "INSERT INTO idempotency (actor, key, act, body_hash, answer, at) VALUES ($1, $2, $3, $4, $5, $6)";
    /// A lease that ends later than two terms from now was taken by a clock that was ahead: nobody would ever wait it out.
    LEASE: "INSERT INTO lease (name, holder, until_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, \
            until_at = excluded.until_at WHERE lease.until_at <= $4 OR lease.until_at - $3 > $3 - $4 OR lease.holder = excluded.holder";
    SCHEMA_STEP: "SELECT CAST(max(version) AS BIGINT) FROM refinery_schema_history";
    FORGET: "DELETE FROM idempotency WHERE at < $1";
}

/// How often the organisation, the catalogue and the texts of notices changed.
///
/// # Errors
/// The storage failed.
pub fn editions(tx: &Tx) -> Result<(i64, i64, i64), StorageError> {
    tx.editions(|| {
        let all: Vec<(String, i64)> = tx.all(EDITIONS, args![])?;
        let number = |name: &str| all.iter().find(|it| it.0 == name).map_or(0, |it| it.1);
        Ok((number(ORGANISATION), number(CATALOGUE), number(NOTICES)))
    })
}

/// Tells every node to read something again.
///
/// # Errors
/// The storage failed.
pub fn next_edition(tx: &mut Tx, name: &str) -> Result<(), StorageError> {
    tx.put(NEXT_EDITION, args![name])
}

/// The newest schema step the database has seen. Another node of a newer program may have brought it further than we know.
///
/// # Errors
/// The storage failed.
pub fn schema_step(tx: &Tx) -> Result<i64, StorageError> {
    tx.one(SCHEMA_STEP, args![])
}

/// A text of the installation.
///
/// # Errors
/// The storage failed.
pub fn text(tx: &Tx, name: &str) -> Result<Option<String>, StorageError> {
    tx.opt(TEXT, args![name])
}

/// Keeps a text of the installation.
///
/// # Errors
/// The storage failed.
pub fn put_text(tx: &mut Tx, name: &str, value: &str) -> Result<(), StorageError> {
    tx.put(PUT_TEXT, args![name, value])
}

/// A text every node must have the same: kept where there is none yet, and the one that is there where there is.
///
/// # Errors
/// The storage failed.
pub fn agree(tx: &mut Tx, name: &str, own: &str) -> Result<String, StorageError> {
    tx.lock("house", name.as_bytes())?;
    if let Some(there) = text(tx, name)? {
        return Ok(there);
    }
    put_text(tx, name, own)?;
    Ok(own.to_owned())
}

/// Writes down that somebody changed something that has no log of its own.
///
/// # Errors
/// The storage failed.
pub fn audit(
    tx: &mut Tx,
    at: Instant,
    actor: Option<PersonId>,
    act: &str,
    subject: &str,
    detail: &str,
) -> Result<(), StorageError> {
    tx.put(AUDIT, args![at, actor, act, subject, detail])
}

/// One line of what was changed.
pub type Audited = (Instant, Option<PersonId>, String, String, String);

/// The latest changes, newest first.
///
/// # Errors
/// The storage failed.
pub fn audited(tx: &Tx, most: u32) -> Result<Vec<Audited>, StorageError> {
    tx.all(AUDITED, args![most])
}

/// An answer given before under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// To which act.
    pub act: String,
    /// With which contents.
    pub body_hash: String,
    /// The answer.
    pub answer: String,
}

/// What was answered to that actor under that key.
///
/// # Errors
/// The storage failed.
pub fn answered(tx: &Tx, actor: PersonId, key: &str) -> Result<Option<Answered>, StorageError> {
    let row: Option<(String, String, String)> = tx.opt(ANSWERED, args![actor, key])?;
    Ok(row.map(|(act, body_hash, answer)| Answered { act, body_hash, answer }))
}

/// Keeps an answer under a key, in the transaction that made it true.
///
/// # Errors
/// The storage failed.
pub fn remember(tx: &mut Tx, actor: PersonId, key: &str, answered: &Answered, at: Instant) -> Result<(), StorageError> {
    tx.put(REMEMBER, args![actor, key, answered.act, answered.body_hash, answered.answer, at])
}

/// Forgets answers older than that.
///
/// # Errors
/// The storage failed.
pub fn forget(tx: &mut Tx, before: Instant) -> Result<u64, StorageError> {
    tx.exec(FORGET, args![before])
}

/// One of several nodes takes on, or goes on with, what only one may do at a time. False where another one has it.
///
/// # Errors
/// The storage failed.
pub fn take_lease(
    tx: &mut Tx,
    name: &str,
    holder: [u8; 16],
    now: Instant,
    until: Instant,
) -> Result<bool, StorageError> {
    tx.exec(LEASE, args![name, holder, until, now]).map(|taken| taken == 1)
}
