//! Who of a desk looks at which online application right now. A claim is no event and no duty: it keeps two officers from answering
//! the same application, and goes by itself when nobody acted on it.

use crate::args;
use crate::engine::{Cursor, Row, StorageError, Tx};
use domain::ids::{DossierId, PersonId};
use domain::time::Instant;

crate::statements! {
    /// Writes nothing, and gives nothing, where somebody else's claim is younger than `$4`.
    CLAIM: "INSERT INTO desk_claim (dossier, person, at) VALUES ($1, $2, $3) ON CONFLICT (dossier) DO UPDATE SET person = excluded.person, at = excluded.at \
        WHERE desk_claim.person = excluded.person OR desk_claim.at < $4 RETURNING person";
    SINCE: "SELECT dossier, person, at FROM desk_claim WHERE at >= $1";
    LET_GO: "DELETE FROM desk_claim WHERE dossier = $1 AND person = $2";
    SWEEP: "DELETE FROM desk_claim WHERE at < $1";
}

/// One claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Of which dossier.
    pub dossier: DossierId,
    /// Whose.
    pub person: PersonId,
    /// Since when.
    pub at: Instant,
}

impl Row for Claim {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self { dossier: row.take()?, person: row.take()?, at: row.take()? })
    }
}

/// Claims a dossier; false where somebody else did so after `lapsed`.
///
/// # Errors
/// The storage failed.
pub fn claim(
    tx: &mut Tx,
    dossier: DossierId,
    person: PersonId,
    at: Instant,
    lapsed: Instant,
) -> Result<bool, StorageError> {
    Ok(tx.opt::<PersonId>(CLAIM, args![dossier, person, at, lapsed])?.is_some())
}

/// Claims made since a moment.
///
/// # Errors
/// The storage failed.
pub fn since(tx: &Tx, from: Instant) -> Result<Vec<Claim>, StorageError> {
    tx.all(SINCE, args![from])
}

/// Gives a claim of one's own up.
///
/// # Errors
/// The storage failed.
pub fn let_go(tx: &mut Tx, dossier: DossierId, person: PersonId) -> Result<(), StorageError> {
    tx.exec(LET_GO, args![dossier, person]).map(|_| ())
}

/// Forgets claims older than a moment.
///
/// # Errors
/// The storage failed.
pub fn sweep(tx: &mut Tx, before: Instant) -> Result<(), StorageError> {
    tx.exec(SWEEP, args![before]).map(|_| ())
}
