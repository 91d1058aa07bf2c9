//! Slips given at a counter before there is a dossier: guidance and refusal, each numbered by unit, kind and year.

use crate::args;
use crate::engine::{Cursor, Row, StorageError, Tx};
use domain::ids::{PersonId, SlipId, UnitId};
use domain::time::Instant;

crate::statements! {
    NUMBER: "INSERT INTO desk_slip_number (unit, kind, year, last) VALUES ($1, $2, $3, 1) \
        ON CONFLICT (unit, kind, year) DO UPDATE SET last = desk_slip_number.last + 1 RETURNING last";
    ADD: "INSERT INTO desk_slip (id, unit, kind, year, number, at, person, procedure, ground, body, once_key) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    FIND: "SELECT id, unit, kind, year, number, at, person, procedure, ground, body FROM desk_slip WHERE id = $1";
    SENT: "SELECT id, unit, kind, year, number, at, person, procedure, ground, body FROM desk_slip WHERE person = $1 AND once_key = $2";
    OF_UNIT: "SELECT id, unit, kind, year, number, at, person, procedure, ground, body FROM desk_slip \
        WHERE unit = $1 AND at >= $2 AND at < $3 ORDER BY at DESC, id DESC LIMIT $4";
    FORGET: "UPDATE desk_slip SET body = $2 WHERE at < $1 AND body <> $2";
    COUNTS: "SELECT unit, kind, procedure, ground, count(*) FROM desk_slip WHERE at >= $1 AND at < $2 GROUP BY unit, kind, procedure, ground";
}

/// One slip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    /// Its id.
    pub id: SlipId,
    /// Of which desk.
    pub unit: UnitId,
    /// `guidance` or `refusal`.
    pub kind: String,
    /// The year it is numbered in.
    pub year: i16,
    /// Its number in that year.
    pub number: u32,
    /// When it was given.
    pub at: Instant,
    /// By whom.
    pub person: PersonId,
    /// About which procedure; empty where none was chosen.
    pub procedure: String,
    /// The ground of a refusal; empty for a guidance.
    pub ground: String,
    /// To whom and what, as JSON; the application layer knows its shape.
    pub body: String,
}

impl Row for Slip {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self {
            id: row.take()?,
            unit: row.take()?,
            kind: row.take()?,
            year: i16::try_from(row.take::<i64>()?).unwrap_or(0),
            number: row.take()?,
            at: row.take()?,
            person: row.take()?,
            procedure: row.take()?,
            ground: row.take()?,
            body: row.take()?,
        })
    }
}

/// How many slips of one kind a desk gave about one procedure on one ground.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlipCount {
    /// Of which desk.
    pub unit: UnitId,
    /// `guidance` or `refusal`.
    pub kind: String,
    /// About which procedure.
    pub procedure: String,
    /// On which ground.
    pub ground: String,
    /// How many.
    pub count: i64,
}

impl Row for SlipCount {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self {
            unit: row.take()?,
            kind: row.take()?,
            procedure: row.take()?,
            ground: row.take()?,
            count: row.take()?,
        })
    }
}

/// The next number of a desk, a kind and a year.
///
/// # Errors
/// The storage failed.
pub fn next_number(tx: &mut Tx, unit: UnitId, kind: &str, year: i16) -> Result<u32, StorageError> {
    tx.one(NUMBER, args![unit, kind, i64::from(year)])
}

/// Keeps a slip; `once` is the key of the form that wrote it.
///
/// # Errors
/// The storage failed.
pub fn add(tx: &mut Tx, it: &Slip, once: &str) -> Result<(), StorageError> {
    tx.put(
        ADD,
        args![
            it.id,
            it.unit,
            it.kind,
            i64::from(it.year),
            it.number,
            it.at,
            it.person,
            it.procedure,
            it.ground,
            it.body,
            once
        ],
    )
}

/// One slip.
///
/// # Errors
/// The storage failed.
pub fn find(tx: &Tx, id: SlipId) -> Result<Option<Slip>, StorageError> {
    tx.opt(FIND, args![id])
}

/// The slip that somebody's form wrote before.
///
/// # Errors
/// The storage failed.
pub fn sent(tx: &Tx, person: PersonId, once: &str) -> Result<Option<Slip>, StorageError> {
    tx.opt(SENT, args![person, once])
}

/// Slips of a desk in a period, the latest first.
///
/// # Errors
/// The storage failed.
pub fn of_unit(tx: &Tx, unit: UnitId, (from, until): (Instant, Instant), most: u32) -> Result<Vec<Slip>, StorageError> {
    tx.all(OF_UNIT, args![unit, from, until, most])
}

/// Puts this in place of what stands on the slips given before a moment: their numbers, kinds and grounds stay. Gives how many.
///
/// # Errors
/// The storage failed.
pub fn forget(tx: &mut Tx, before: Instant, body: &str) -> Result<u64, StorageError> {
    tx.exec(FORGET, args![before, body])
}

/// Counts of a period.
///
/// # Errors
/// The storage failed.
pub fn counts(tx: &Tx, (from, until): (Instant, Instant)) -> Result<Vec<SlipCount>, StorageError> {
    tx.all(COUNTS, args![from, until])
}
