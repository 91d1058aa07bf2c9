//! Plans of reorganisation that somebody prepares: kept between the steps, so that nothing is lost when a session ends.

use crate::args;
use crate::engine::{Cursor, Row, StorageError, Tx};
use domain::ids::{PersonId, ReformId};
use domain::time::Instant;

crate::statements! {
    ADD: "INSERT INTO reform_draft (id, file, body, version, made_at, made_by, changed_at, changed_by, rehearsal, expected) \
        VALUES ($1, $2, $3, 1, $4, $5, $4, $5, '', 0)";
    ALL: "SELECT id, file, body, version, made_at, made_by, changed_at, changed_by, rehearsal, expected FROM reform_draft ORDER BY changed_at DESC, id LIMIT $1";
    COUNT: "SELECT count(*) FROM reform_draft d WHERE NOT EXISTS (SELECT 1 FROM reform r WHERE r.id = d.id)";
    FIND: "SELECT id, file, body, version, made_at, made_by, changed_at, changed_by, rehearsal, expected FROM reform_draft WHERE id = $1";
    AMEND: "UPDATE reform_draft SET body = $3, version = version + 1, changed_at = $4, changed_by = $5 WHERE id = $1 AND version = $2";
    REHEARSED: "UPDATE reform_draft SET rehearsal = $2 WHERE id = $1";
    EXPECTED: "UPDATE reform_draft SET expected = $2 WHERE id = $1";
    DROP: "DELETE FROM reform_draft WHERE id = $1 AND version = $2";
}

/// A plan on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReformDraft {
    /// Its id, and that of the reorganisation it becomes.
    pub id: ReformId,
    /// What its file was called.
    pub file: String,
    /// The file.
    pub text: String,
    /// Which writing of it: who saw an older one changes nothing.
    pub version: u32,
    /// When it was brought in.
    pub made_at: Instant,
    /// By whom.
    pub made_by: PersonId,
    /// When it was written last.
    pub changed_at: Instant,
    /// By whom.
    pub changed_by: PersonId,
    /// How its rehearsal went, as JSON; the application layer knows its shape. Empty where there was none.
    pub rehearsal: String,
    /// How many dossiers it was to move when it was begun; 0 before.
    pub expected: u64,
}

impl Row for ReformDraft {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self {
            id: row.take()?,
            file: row.take()?,
            text: row.take()?,
            version: row.take()?,
            made_at: row.take()?,
            made_by: row.take()?,
            changed_at: row.take()?,
            changed_by: row.take()?,
            rehearsal: row.take()?,
            expected: u64::try_from(row.take::<i64>()?).unwrap_or(0),
        })
    }
}

/// Keeps a new plan: its first writing.
///
/// # Errors
/// The storage failed.
pub fn add(tx: &mut Tx, id: ReformId, file: &str, text: &str, at: Instant, by: PersonId) -> Result<(), StorageError> {
    tx.put(ADD, args![id, file, text, at, by])
}

/// Plans on their way, the last written first.
///
/// # Errors
/// The storage failed.
pub fn all(tx: &Tx, most: u32) -> Result<Vec<ReformDraft>, StorageError> {
    tx.all(ALL, args![most])
}

/// How many there are.
///
/// # Errors
/// The storage failed.
pub fn count(tx: &Tx) -> Result<i64, StorageError> {
    tx.one(COUNT, args![])
}

/// One of them.
///
/// # Errors
/// The storage failed.
pub fn find(tx: &Tx, id: ReformId) -> Result<Option<ReformDraft>, StorageError> {
    tx.opt(FIND, args![id])
}

/// Writes a plan anew. False where somebody else wrote it since that version, or threw it away.
///
/// # Errors
/// The storage failed.
pub fn amend(
    tx: &mut Tx,
    id: ReformId,
    version: u32,
    text: &str,
    at: Instant,
    by: PersonId,
) -> Result<bool, StorageError> {
    Ok(tx.exec(AMEND, args![id, version, text, at, by])? == 1)
}

/// Keeps how far the rehearsal of a plan is.
///
/// # Errors
/// The storage failed.
pub fn put_rehearsal(tx: &mut Tx, id: ReformId, rehearsal: &str) -> Result<(), StorageError> {
    tx.put(REHEARSED, args![id, rehearsal])
}

/// Keeps how many dossiers a plan is to move: it is begun.
///
/// # Errors
/// The storage failed.
pub fn put_expected(tx: &mut Tx, id: ReformId, dossiers: i64) -> Result<(), StorageError> {
    tx.put(EXPECTED, args![id, dossiers])
}

/// Throws a plan away. False where somebody else wrote it since that version.
///
/// # Errors
/// The storage failed.
pub fn throw_away(tx: &mut Tx, id: ReformId, version: u32) -> Result<bool, StorageError> {
    Ok(tx.exec(DROP, args![id, version])? == 1)
}
