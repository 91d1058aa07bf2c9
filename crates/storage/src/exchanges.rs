//! What a citizen and the office wrote to each other about a dossier.

use crate::args;
use crate::engine::{Cursor, Row, StorageError, Tx};
use domain::ids::{DossierId, ExchangeId, PersonId, UnitId};
use domain::time::Instant;

crate::statements! {
    ADD: "INSERT INTO exchange (id, dossier, at, person, unit, body, answer_by, answered_at) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)";
    OF_DOSSIER: "SELECT id, dossier, at, person, unit, body, answer_by, answered_at FROM exchange WHERE dossier = $1 ORDER BY at, id LIMIT 500";
    OPEN: "SELECT id, dossier, at, person, unit, body, answer_by, answered_at FROM exchange WHERE answer_by IS NOT NULL AND answered_at IS NULL ORDER BY answer_by, id LIMIT $1";
    ANSWERED: "UPDATE exchange SET answered_at = $2 WHERE dossier = $1 AND answer_by IS NOT NULL AND answered_at IS NULL";
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Its id.
    pub id: ExchangeId,
    /// About which dossier.
    pub dossier: DossierId,
    /// When.
    pub at: Instant,
    /// Who wrote.
    pub person: PersonId,
    /// In which unit's name, for the office's; none for the citizen's.
    pub unit: Option<UnitId>,
    /// The words.
    pub body: String,
    /// By when the office answers, for the citizen's.
    pub answer_by: Option<Instant>,
    /// When it did.
    pub answered_at: Option<Instant>,
}

impl Exchange {
    /// True where the office still owes an answer.
    pub const fn is_open(&self) -> bool {
        self.answer_by.is_some() && self.answered_at.is_none()
    }
}

impl Row for Exchange {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self {
            id: row.take()?,
            dossier: row.take()?,
            at: row.take()?,
            person: row.take()?,
            unit: row.take()?,
            body: row.take()?,
            answer_by: row.take()?,
            answered_at: row.take()?,
        })
    }
}

/// Keeps a message.
///
/// # Errors
/// The storage failed.
pub fn add(tx: &mut Tx, it: &Exchange) -> Result<(), StorageError> {
    tx.put(ADD, args![it.id, it.dossier, it.at, it.person, it.unit, it.body, it.answer_by])
}

/// All messages about a dossier, the oldest first.
///
/// # Errors
/// The storage failed.
pub fn of_dossier(tx: &Tx, dossier: DossierId) -> Result<Vec<Exchange>, StorageError> {
    tx.all(OF_DOSSIER, args![dossier])
}

/// Messages nobody answered yet, the most urgent first.
///
/// # Errors
/// The storage failed.
pub fn open(tx: &Tx, most: u32) -> Result<Vec<Exchange>, StorageError> {
    tx.all(OPEN, args![most])
}

/// The office answered everything that was asked about a dossier.
///
/// # Errors
/// The storage failed.
pub fn answered(tx: &mut Tx, dossier: DossierId, at: Instant) -> Result<(), StorageError> {
    tx.put(ANSWERED, args![dossier, at])
}
