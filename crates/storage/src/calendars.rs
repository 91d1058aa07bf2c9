//! Tables of days off that were decided on in the house.

use crate::args;
use crate::card::{Card, card_columns};
use crate::engine::{StorageError, Tx};
use crate::house;
use domain::ids::PersonId;
use domain::time::Instant;

crate::statements! {
    NEWEST: "SELECT number, body FROM calendar_table ORDER BY number DESC LIMIT 1";
    HISTORY: "SELECT number, basis, at, decided_by FROM calendar_table ORDER BY number DESC LIMIT $1";
    ADD: "INSERT INTO calendar_table (number, body, basis, at, decided_by) VALUES ($1, $2, $3, $4, $5)";
    DATED: concat!("SELECT ", card_columns!(), " FROM dossier WHERE is_open = 1 AND due_at >= $1 AND finished_at IS NULL ORDER BY due_at, id LIMIT $2");
}

/// The newest table and its number; none where the file the house was founded with holds.
///
/// # Errors
/// The storage failed.
pub fn newest(tx: &Tx) -> Result<Option<(u32, String)>, StorageError> {
    tx.opt(NEWEST, args![])
}

/// One table that was decided on: number, decision, when, by whom.
pub type Decided = (u32, String, Instant, PersonId);

/// The latest tables, the newest first.
///
/// # Errors
/// The storage failed.
pub fn history(tx: &Tx, most: u32) -> Result<Vec<Decided>, StorageError> {
    tx.all(HISTORY, args![most])
}

/// Puts a table in force; every node reads it.
///
/// # Errors
/// The storage failed.
pub fn add(
    tx: &mut Tx,
    number: u32,
    (text, basis): (&str, &str),
    (at, by): (Instant, PersonId),
) -> Result<(), StorageError> {
    tx.put(ADD, args![number, text, basis, at, by])?;
    house::next_edition(tx, house::ORGANISATION)
}

/// Open dossiers due at that moment or later, the earliest first, so many at most.
///
/// # Errors
/// The storage failed.
pub fn dated(tx: &Tx, from: Instant, most: u32) -> Result<Vec<Card>, StorageError> {
    tx.all(DATED, args![from, most])
}
