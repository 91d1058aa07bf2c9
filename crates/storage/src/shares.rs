//! Dossiers that somebody else may follow: offered by a code, accepted by an account, ended by either.

use crate::args;
use crate::engine::{Cursor, Row, StorageError, Tx};
use crate::lists::{self, ListCard};
use domain::ids::{DossierId, PersonId, ShareId};
use domain::time::Instant;

crate::statements! {
    OFFER: "INSERT INTO share (id, dossier, code, offered_at, expires_at, person, accepted_at, ended_at) VALUES ($1, $2, $3, $4, $5, NULL, NULL, NULL)";
    OF_DOSSIER: "SELECT id, dossier, code, offered_at, expires_at, person, accepted_at, ended_at FROM share WHERE dossier = $1 AND ended_at IS NULL ORDER BY offered_at, id LIMIT 50";
    BY_CODE: "SELECT id, dossier, code, offered_at, expires_at, person, accepted_at, ended_at FROM share WHERE code = $1";
    FIND: "SELECT id, dossier, code, offered_at, expires_at, person, accepted_at, ended_at FROM share WHERE id = $1";
    ACCEPT: "UPDATE share SET person = $2, accepted_at = $3, code = '' WHERE id = $1 AND person IS NULL AND ended_at IS NULL";
    END: "UPDATE share SET ended_at = $2, code = '' WHERE id = $1 AND ended_at IS NULL";
    IS_SHARED: "SELECT count(*) FROM share WHERE dossier = $1 AND person = $2 AND ended_at IS NULL";
    SHARED_WITH: "SELECT dossier FROM share WHERE person = $1 AND ended_at IS NULL ORDER BY accepted_at DESC LIMIT 100";
}

/// A dossier somebody else may follow, or is asked to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// Its id.
    pub id: ShareId,
    /// Which dossier.
    pub dossier: DossierId,
    /// What opens it while nobody accepted; empty afterwards.
    pub code: String,
    /// When the applicant offered it.
    pub offered_at: Instant,
    /// Until when the code opens it.
    pub expires_at: Instant,
    /// Who accepted.
    pub person: Option<PersonId>,
    /// When.
    pub accepted_at: Option<Instant>,
    /// When either of the two ended it.
    pub ended_at: Option<Instant>,
}

impl Row for Share {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self {
            id: row.take()?,
            dossier: row.take()?,
            code: row.take()?,
            offered_at: row.take()?,
            expires_at: row.take()?,
            person: row.take()?,
            accepted_at: row.take()?,
            ended_at: row.take()?,
        })
    }
}

/// Offers a dossier.
///
/// # Errors
/// The storage failed.
pub fn offer(tx: &mut Tx, it: &Share) -> Result<(), StorageError> {
    tx.put(OFFER, args![it.id, it.dossier, it.code, it.offered_at, it.expires_at])
}

/// What is offered and followed of a dossier, the oldest first.
///
/// # Errors
/// The storage failed.
pub fn of_dossier(tx: &Tx, dossier: DossierId) -> Result<Vec<Share>, StorageError> {
    tx.all(OF_DOSSIER, args![dossier])
}

/// What a code opens.
///
/// # Errors
/// The storage failed.
pub fn by_code(tx: &Tx, code: &str) -> Result<Option<Share>, StorageError> {
    tx.opt(BY_CODE, args![code])
}

/// One share.
///
/// # Errors
/// The storage failed.
pub fn find(tx: &Tx, id: ShareId) -> Result<Option<Share>, StorageError> {
    tx.opt(FIND, args![id])
}

/// Somebody accepts. False where another was faster.
///
/// # Errors
/// The storage failed.
pub fn accept(tx: &mut Tx, id: ShareId, person: PersonId, at: Instant) -> Result<bool, StorageError> {
    Ok(tx.exec(ACCEPT, args![id, person, at])? == 1)
}

/// Ends it.
///
/// # Errors
/// The storage failed.
pub fn end(tx: &mut Tx, id: ShareId, at: Instant) -> Result<(), StorageError> {
    tx.put(END, args![id, at])
}

/// Whether somebody may follow a dossier that is not theirs.
///
/// # Errors
/// The storage failed.
pub fn is_shared(tx: &Tx, dossier: DossierId, person: PersonId) -> Result<bool, StorageError> {
    tx.one::<i64>(IS_SHARED, args![dossier, person]).map(|count| count > 0)
}

/// The dossiers of others that somebody follows, the latest accepted first.
///
/// # Errors
/// The storage failed.
pub fn shared_with(tx: &Tx, person: PersonId) -> Result<Vec<ListCard>, StorageError> {
    let ids: Vec<DossierId> = tx.all(SHARED_WITH, args![person])?;
    ids.into_iter().map(|id| lists::one(tx, id)).filter_map(Result::transpose).collect()
}
