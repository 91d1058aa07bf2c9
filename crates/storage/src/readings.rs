//! Who read whose data.

use crate::args;
use crate::dossiers::has_code;
use crate::engine::{StorageError, Tx};
use domain::ids::{DossierId, PersonId};
use domain::time::Instant;

crate::statements! {
    ADD: "INSERT INTO reading (person, dossier, at, what, reason) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (dossier, at, person) DO NOTHING";
    OF_DOSSIER: "SELECT person, at, what, reason FROM reading WHERE dossier = $1 ORDER BY at DESC LIMIT 200";
    LOG: "SELECT r.person, r.at, r.what, r.reason, d.code FROM reading r JOIN dossier d ON d.id = r.dossier \
        WHERE r.at >= $1 AND r.at < $2 AND r.what <> $4 ORDER BY r.at DESC LIMIT $3";
    LOG_OF_DOSSIER: concat!("SELECT r.person, r.at, r.what, r.reason, d.code FROM reading r JOIN dossier d ON d.id = r.dossier \
        WHERE ", has_code!("d.code", "$4"), " AND r.at >= $1 AND r.at < $2 ORDER BY r.at DESC LIMIT $3");
    OF_ACCOUNT: "SELECT r.person, r.at, r.what, r.reason, d.code, d.procedure_name FROM dossier d JOIN reading r ON r.dossier = d.id \
        WHERE d.account = $1 AND r.person <> $1 AND r.what <> '' ORDER BY r.at DESC LIMIT $2";
    REASON_SINCE: "SELECT max(at) FROM reading WHERE person = $1 AND dossier = $2 AND reason <> ''";
}

/// What was shown where a name stood in a list.
pub const IN_A_LIST: &str = "danh sách";

/// One reading of personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Who read.
    pub person: PersonId,
    /// Whose dossier.
    pub dossier: DossierId,
    /// When.
    pub at: Instant,
    /// What was shown.
    pub what: String,
    /// Why, where it lay outside the reader's task.
    pub reason: String,
}

/// Writes readings down.
///
/// # Errors
/// The storage failed.
pub fn add(tx: &mut Tx, it: &Reading) -> Result<(), StorageError> {
    tx.put(ADD, args![it.person, it.dossier, it.at, it.what, it.reason])
}

/// Who read a dossier, newest first.
///
/// # Errors
/// The storage failed.
pub fn of_dossier(tx: &Tx, id: DossierId) -> Result<Vec<(PersonId, Instant, String, String)>, StorageError> {
    tx.all(OF_DOSSIER, args![id])
}

/// A reading with the code of its dossier; a reason where it lay outside the reader's task.
pub type Logged = (PersonId, Instant, String, String, String);

/// Readings of a span of time, the latest first: of one dossier with the lists it stood in, or of all without them.
///
/// # Errors
/// The storage failed.
pub fn log(tx: &Tx, code: &str, (from, until): (Instant, Instant), most: u32) -> Result<Vec<Logged>, StorageError> {
    if code.is_empty() {
        return tx.all(LOG, args![from, until, most, IN_A_LIST]);
    }
    tx.all(LOG_OF_DOSSIER, args![from, until, most, code])
}

/// A reading with its dossier's code and procedure.
pub type OfAccount = (PersonId, Instant, String, String, String, String);

/// Who else read the dossiers of one account, the latest first.
///
/// # Errors
/// The storage failed.
pub fn of_account(tx: &Tx, person: PersonId, most: u32) -> Result<Vec<OfAccount>, StorageError> {
    tx.all(OF_ACCOUNT, args![person, most])
}

/// When that person last gave a reason for that dossier.
///
/// # Errors
/// The storage failed.
pub fn reason_given(tx: &Tx, person: PersonId, dossier: DossierId) -> Result<Option<Instant>, StorageError> {
    tx.one(REASON_SINCE, args![person, dossier])
}
