//! Texts of notices as the office wrote them: every saving a revision of its own, dated, with who; nothing is overwritten.

use crate::args;
use crate::engine::{Cursor, Row, StorageError, Tx};
use crate::locks;
use domain::ids::PersonId;
use domain::time::Instant;

crate::statements! {
    CURRENT: "SELECT t.kind, t.channel, t.number, t.text, t.marks, t.registered_as, t.saved_at, t.saved_by FROM notice_template t WHERE NOT EXISTS \
        (SELECT 1 FROM notice_template l WHERE l.kind = t.kind AND l.channel = t.channel AND l.number > t.number) ORDER BY t.kind, t.channel";
    REVISIONS: "SELECT kind, channel, number, text, marks, registered_as, saved_at, saved_by FROM notice_template \
        WHERE kind = $1 AND channel = $2 ORDER BY number DESC LIMIT $3";
    NEWEST: "SELECT COALESCE(max(number), 0) FROM notice_template WHERE kind = $1 AND channel = $2";
    ADD: "INSERT INTO notice_template (kind, channel, number, text, marks, registered_as, saved_at, saved_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
}

/// One revision of the text of a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedTemplate {
    /// What it tells, by its key.
    pub kind: String,
    /// `sms` or `email`.
    pub channel: String,
    /// Its number: from 1, without a gap.
    pub number: u32,
    /// The text with its places.
    pub text: String,
    /// 1 where a text message keeps the marks of its letters.
    pub marks: i64,
    /// The name it is registered under with the operator; empty where it is not.
    pub registered_as: String,
    /// When it was saved.
    pub saved_at: Instant,
    /// By whom.
    pub saved_by: PersonId,
}

impl Row for SavedTemplate {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self {
            kind: row.take()?,
            channel: row.take()?,
            number: row.take()?,
            text: row.take()?,
            marks: row.take()?,
            registered_as: row.take()?,
            saved_at: row.take()?,
            saved_by: row.take()?,
        })
    }
}

/// The revisions that speak now.
///
/// # Errors
/// The storage failed.
pub fn current(tx: &Tx) -> Result<Vec<SavedTemplate>, StorageError> {
    tx.all(CURRENT, args![])
}

/// The revisions of one text, newest first.
///
/// # Errors
/// The storage failed.
pub fn revisions(tx: &Tx, kind: &str, channel: &str, most: u32) -> Result<Vec<SavedTemplate>, StorageError> {
    tx.all(REVISIONS, args![kind, channel, most])
}

/// Saves a revision, unless somebody saved one since `it.number - 1` was read. Says whether it was saved.
///
/// # Errors
/// The storage failed.
pub fn add(tx: &mut Tx, it: &SavedTemplate) -> Result<bool, StorageError> {
    locks::notice_text(tx, &it.kind)?;
    let newest: i64 = tx.one(NEWEST, args![it.kind, it.channel])?;
    if newest + 1 != i64::from(it.number) {
        return Ok(false);
    }
    tx.put(ADD, args![it.kind, it.channel, it.number, it.text, it.marks, it.registered_as, it.saved_at, it.saved_by])?;
    Ok(true)
}
