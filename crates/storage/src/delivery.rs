//! How far text messages came: what each partner took, part by part, and what it reported of it since.

use crate::args;
use crate::engine::{Cursor, Row, StorageError, Tx};
use domain::ids::MessageId;
use domain::time::Instant;

crate::statements! {
    /// A report that came first stays; a name that was another message's begins anew.
    TAKEN: "INSERT INTO delivery_report (partner, reference, message, part, reach, reason, at) VALUES ($1, $2, $3, $4, 'taken', '', $5) \
        ON CONFLICT (partner, reference) DO UPDATE SET \
        reach = CASE WHEN delivery_report.message IS NULL OR delivery_report.message = excluded.message THEN delivery_report.reach ELSE 'taken' END, \
        reason = CASE WHEN delivery_report.message IS NULL OR delivery_report.message = excluded.message THEN delivery_report.reason ELSE '' END, \
        message = excluded.message, part = excluded.part";
    /// Nothing is later than delivered, and nothing begins again.
    REPORTED: "INSERT INTO delivery_report (partner, reference, message, part, reach, reason, at) VALUES ($1, $2, NULL, 0, $3, $4, $5) \
        ON CONFLICT (partner, reference) DO UPDATE SET reach = excluded.reach, reason = excluded.reason, at = excluded.at \
        WHERE delivery_report.reach = 'taken' OR (delivery_report.reach = 'failed' AND excluded.reach = 'delivered')";
    OF_MESSAGE: "SELECT message, part, reach, reason, at FROM delivery_report WHERE message = $1 ORDER BY part, reference LIMIT $2";
    LATEST: "SELECT message, part, reach, reason, at FROM delivery_report WHERE message >= $1 AND message IS NOT NULL ORDER BY message DESC, part LIMIT $2";
    NAMED: "SELECT message FROM delivery_report WHERE partner = $1 AND reference = $2 AND message IS NOT NULL";
    FORGET: "DELETE FROM delivery_report WHERE at < $1";
}

/// What is known of one part of a text message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartReach {
    /// Of which message.
    pub message: MessageId,
    /// Its number, from 1; a partner that takes messages whole has one.
    pub part: u16,
    /// `taken`, `delivered` or `failed`.
    pub reach: String,
    /// The partner's word for why it failed.
    pub reason: String,
    /// When that was known.
    pub at: Instant,
}

impl Row for PartReach {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self { message: row.take()?, part: row.take()?, reach: row.take()?, reason: row.take()?, at: row.take()? })
    }
}

/// A partner took a part, under a name of its own.
///
/// # Errors
/// The storage failed.
pub fn taken(
    tx: &mut Tx,
    partner: &str,
    reference: &str,
    (message, part): (MessageId, u16),
    at: Instant,
) -> Result<(), StorageError> {
    tx.put(TAKEN, args![partner, reference, message, part, at])
}

/// A partner reported how far something came. Twice is once, and what is delivered stays so.
///
/// # Errors
/// The storage failed.
pub fn reported(
    tx: &mut Tx,
    partner: &str,
    reference: &str,
    (reach, reason): (&str, &str),
    at: Instant,
) -> Result<(), StorageError> {
    tx.put(REPORTED, args![partner, reference, reach, reason, at])
}

/// The parts of a message that a partner has.
///
/// # Errors
/// The storage failed.
pub fn of_message(tx: &Tx, message: MessageId, most: u32) -> Result<Vec<PartReach>, StorageError> {
    tx.all(OF_MESSAGE, args![message, most])
}

/// The parts of all messages from one on, newest message first.
///
/// # Errors
/// The storage failed.
pub fn since(tx: &Tx, first: MessageId, most: u32) -> Result<Vec<PartReach>, StorageError> {
    tx.all(LATEST, args![first, most])
}

/// Which message a partner calls by a name.
///
/// # Errors
/// The storage failed.
pub fn named(tx: &Tx, partner: &str, reference: &str) -> Result<Option<MessageId>, StorageError> {
    tx.opt(NAMED, args![partner, reference])
}

/// Forgets what was known before that.
///
/// # Errors
/// The storage failed.
pub fn forget(tx: &mut Tx, before: Instant) -> Result<u64, StorageError> {
    tx.exec(FORGET, args![before])
}
