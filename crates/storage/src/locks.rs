//! What two transactions must not do at the same time. In a file a writer is alone and these do nothing; on a server they hold
//! until the transaction ends.
//!
//! Take them before reading what the writing depends on, and in the order they stand here: then nobody waits in a circle. Where a
//! row that is there already would be written twice, its key says so, and the closure runs again: that needs no lock.

use crate::engine::{StorageError, Tx};
use domain::ids::{DossierId, DraftId, PersonId, UnitId};

/// Shared by everybody who writes events; only a seal waits for them.
///
/// # Errors
/// The storage failed, or somebody held it for too long.
pub fn history(tx: &mut Tx) -> Result<(), StorageError> {
    tx.share("history", b"")
}

/// Waits until nobody is writing events, and keeps everybody from it for a moment.
///
/// # Errors
/// As [`history`].
pub fn whole_history(tx: &mut Tx) -> Result<(), StorageError> {
    tx.lock("history", b"")
}

/// The key of a form, so that sending it twice at once is sending it once.
///
/// # Errors
/// As [`history`].
pub fn once(tx: &mut Tx, actor: PersonId, key: &str) -> Result<(), StorageError> {
    let which = [actor.as_bytes().as_slice(), key.as_bytes()].concat();
    tx.lock("once", &which)
}

/// A dossier: its log, what is read from it, and its files.
///
/// # Errors
/// As [`history`].
pub fn dossier(tx: &mut Tx, id: DossierId) -> Result<(), StorageError> {
    tx.lock("dossier", id.as_bytes())
}

/// A draft and its files.
///
/// # Errors
/// As [`history`].
pub fn draft(tx: &mut Tx, id: DraftId) -> Result<(), StorageError> {
    tx.lock("draft", id.as_bytes())
}

/// The count of wrong tries of one subject.
///
/// # Errors
/// As [`history`].
pub fn tries(tx: &mut Tx, scope: &str, subject: &str) -> Result<(), StorageError> {
    tx.lock(scope, subject.as_bytes())
}

/// The text of a notice: two who save it come one after the other.
pub fn notice_text(tx: &mut Tx, kind: &str) -> Result<(), StorageError> {
    tx.lock("notice text", kind.as_bytes())
}

/// Plans of reorganisation on their way: writing one, rehearsing one and beginning one come one after the other.
///
/// # Errors
/// As [`history`].
pub fn reform_drafts(tx: &mut Tx) -> Result<(), StorageError> {
    tx.lock("reform drafts", b"")
}

/// What is known of the verifications of the house.
///
/// # Errors
/// As [`history`].
pub fn verification(tx: &mut Tx) -> Result<(), StorageError> {
    tx.lock("verification", b"")
}

/// The queue of a unit: who calls, and who sets its counters up.
///
/// # Errors
/// As [`history`].
pub fn queue(tx: &mut Tx, unit: UnitId) -> Result<(), StorageError> {
    tx.lock("queue", unit.as_bytes())
}
