//! What a citizen and the office wrote to each other about a dossier.

use crate::args;
use crate::engine::{Cursor, Row, StorageError, Tx};
use domain::dossier::Owner;
use domain::ids::{DossierId, ExchangeId, PersonId, UnitId};
use domain::organisation::{Placed, Places};
use domain::time::Instant;

crate::statements! {
    ADD: "INSERT INTO exchange (id, dossier, at, person, unit, body, answer_by, answered_at) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)";
    OF_DOSSIER: "SELECT id, dossier, at, person, unit, body, answer_by, answered_at FROM exchange WHERE dossier = $1 ORDER BY at, id LIMIT 500";
    /// So many as no house leaves open: a row of it is small.
    OPEN_PLACES: "SELECT e.id, d.id, d.is_open, d.owner_unit, d.owner_post, d.owner_person, d.receiving_unit, d.competent_unit, d.collect_at, d.desk, d.reform \
        FROM exchange e JOIN dossier d ON d.id = e.dossier WHERE e.answer_by IS NOT NULL AND e.answered_at IS NULL ORDER BY e.answer_by, e.id LIMIT 20000";
    ONE: "SELECT id, dossier, at, person, unit, body, answer_by, answered_at FROM exchange WHERE id = $1";
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

/// One message.
///
/// # Errors
/// The storage failed.
pub fn one(tx: &Tx, id: ExchangeId) -> Result<Option<Exchange>, StorageError> {
    tx.opt(ONE, args![id])
}

/// A message nobody answered yet, and where its dossier lies: by that, whose it is to answer.
#[derive(Clone, Debug)]
pub struct OpenPlace {
    /// The message.
    pub id: ExchangeId,
    /// Whether the dossier is open.
    pub is_open: bool,
    dossier: DossierId,
    places: Places,
}

impl Row for OpenPlace {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        let (id, dossier, is_open) = (row.take()?, row.take()?, row.take()?);
        let owner = Owner { unit: row.take()?, post: row.take()?, person: row.take()? };
        let (received_by, competent) = (row.take()?, row.take()?);
        let (collect, desk, reform) = (row.take()?, row.take()?, row.take()?);
        Ok(Self { id, is_open, dossier, places: Places { competent, owner, desk, collect, received_by, reform } })
    }
}

impl Placed for OpenPlace {
    fn dossier(&self) -> DossierId {
        self.dossier
    }

    fn places(&self) -> Places {
        self.places
    }
}

/// The messages nobody answered yet, the most urgent first.
///
/// # Errors
/// The storage failed.
pub fn open_places(tx: &Tx) -> Result<Vec<OpenPlace>, StorageError> {
    tx.all(OPEN_PLACES, args![])
}

/// The office answered everything that was asked about a dossier.
///
/// # Errors
/// The storage failed.
pub fn answered(tx: &mut Tx, dossier: DossierId, at: Instant) -> Result<(), StorageError> {
    tx.put(ANSWERED, args![dossier, at])
}
