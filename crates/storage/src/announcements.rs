//! What the office says to everybody, or to those of one unit.

use crate::args;
use crate::engine::{Cursor, Row, StorageError, Tx};
use crate::rows::Day;
use domain::ids::{MessageId, PersonId, UnitId};
use domain::time::Instant;
use jiff::civil::Date;

crate::statements! {
    ADD: "INSERT INTO announcement (id, unit, title, body, from_on, until_on, made_at, made_by, withdrawn_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL)";
    ON_DAY: "SELECT id, unit, title, body, from_on, until_on, made_at, made_by, withdrawn_at FROM announcement \
        WHERE from_on <= $1 AND until_on >= $1 AND withdrawn_at IS NULL ORDER BY from_on DESC, id DESC LIMIT $2";
    ALL: "SELECT id, unit, title, body, from_on, until_on, made_at, made_by, withdrawn_at FROM announcement ORDER BY made_at DESC, id LIMIT $1";
    FIND: "SELECT id, unit, title, body, from_on, until_on, made_at, made_by, withdrawn_at FROM announcement WHERE id = $1";
    WITHDRAW: "UPDATE announcement SET withdrawn_at = $2 WHERE id = $1 AND withdrawn_at IS NULL";
}

/// One announcement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// Its name in addresses.
    pub id: MessageId,
    /// For whom: those of one unit, or everybody.
    pub unit: Option<UnitId>,
    /// One line.
    pub title: String,
    /// Paragraphs, parted by line ends.
    pub text: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Date,
    /// When it was written.
    pub made_at: Instant,
    /// By whom.
    pub made_by: PersonId,
    /// When it was taken back.
    pub withdrawn_at: Option<Instant>,
}

impl Row for Announcement {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self {
            id: row.take()?,
            unit: row.take()?,
            title: row.take()?,
            text: row.take()?,
            from: row.take::<Day>()?.0,
            until: row.take::<Day>()?.0,
            made_at: row.take()?,
            made_by: row.take()?,
            withdrawn_at: row.take()?,
        })
    }
}

/// Writes one.
///
/// # Errors
/// The storage failed.
pub fn add(tx: &mut Tx, it: &Announcement) -> Result<(), StorageError> {
    tx.put(ADD, args![it.id, it.unit, it.title, it.text, Day(it.from), Day(it.until), it.made_at, it.made_by])
}

/// Those said on a day, the newest first.
///
/// # Errors
/// The storage failed.
pub fn on_day(tx: &Tx, day: Date, most: u32) -> Result<Vec<Announcement>, StorageError> {
    tx.all(ON_DAY, args![Day(day), most])
}

/// The latest, whatever became of them.
///
/// # Errors
/// The storage failed.
pub fn all(tx: &Tx, most: u32) -> Result<Vec<Announcement>, StorageError> {
    tx.all(ALL, args![most])
}

/// One of them.
///
/// # Errors
/// The storage failed.
pub fn find(tx: &Tx, id: MessageId) -> Result<Option<Announcement>, StorageError> {
    tx.opt(FIND, args![id])
}

/// Takes one back. Gives 0 where it was.
///
/// # Errors
/// The storage failed.
pub fn withdraw(tx: &mut Tx, id: MessageId, at: Instant) -> Result<u64, StorageError> {
    tx.exec(WITHDRAW, args![id, at])
}
