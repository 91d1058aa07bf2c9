//! Procedure revisions: written once, never changed.

use crate::args;
use crate::engine::{StorageError, Tx};
use crate::{house, undecodable};
use domain::ids::{PersonId, ReformId};
use domain::procedure::{ProcedureRevision, RevisionId};
use domain::time::Instant;

crate::statements! {
    CURRENT: "SELECT r.body FROM procedure_revision r WHERE r.number = (SELECT max(n.number) FROM procedure_revision n WHERE n.slug = r.slug AND n.tab = r.tab \
        AND n.withdrawn_at IS NULL) ORDER BY r.slug, r.tab";
    REVISION: "SELECT body FROM procedure_revision WHERE id = $1";
    ALL_WITH_HASH: "SELECT id, hash, body FROM procedure_revision ORDER BY id";
    LAST: "SELECT number, imported_hash FROM procedure_revision WHERE slug = $1 AND tab = $2 AND withdrawn_at IS NULL ORDER BY number DESC LIMIT 1";
    NUMBERED: "SELECT max(number) FROM procedure_revision WHERE slug = $1 AND tab = $2";
    ADD: "INSERT INTO procedure_revision (id, slug, tab, number, hash, imported_hash, published_at, published_by, basis, body, reform) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    /// What was entered on top of it since goes with it.
    WITHDRAW: "UPDATE procedure_revision SET withdrawn_at = $2 WHERE withdrawn_at IS NULL AND EXISTS (SELECT 1 FROM procedure_revision p \
        WHERE p.reform = $1 AND p.slug = procedure_revision.slug AND p.tab = procedure_revision.tab AND p.number <= procedure_revision.number)";
    HISTORY: "SELECT id, number, published_at, published_by, basis FROM procedure_revision WHERE slug = $1 AND tab = $2 AND withdrawn_at IS NULL \
        ORDER BY number DESC";
}

fn decode(body: &str) -> Result<ProcedureRevision, StorageError> {
    serde_json::from_str(body).map_err(|why| undecodable("reading a procedure revision", why))
}

/// The newest revision of every procedure.
///
/// # Errors
/// The storage failed.
pub fn current(tx: &Tx) -> Result<Vec<ProcedureRevision>, StorageError> {
    let bodies: Vec<String> = tx.all(CURRENT, args![])?;
    bodies.iter().map(|body| decode(body)).collect()
}

/// One revision, whatever its age.
///
/// # Errors
/// The storage failed.
pub fn revision(tx: &Tx, id: &RevisionId) -> Result<Option<ProcedureRevision>, StorageError> {
    let body: Option<String> = tx.opt(REVISION, args![id.0])?;
    body.as_deref().map(decode).transpose()
}

/// Number of the revision of a procedure that holds, and the hash of the file's content it goes back to.
///
/// # Errors
/// The storage failed.
pub fn last(tx: &Tx, slug: &str, tab: &str) -> Result<Option<(u32, String)>, StorageError> {
    tx.opt(LAST, args![slug, tab])
}

/// The highest number a revision of a procedure ever had, also where it was withdrawn: no number is given twice.
///
/// # Errors
/// The storage failed.
pub fn numbered(tx: &Tx, slug: &str, tab: &str) -> Result<u32, StorageError> {
    Ok(tx.one::<Option<u32>>(NUMBERED, args![slug, tab])?.unwrap_or(0))
}

/// Withdraws what a plan of reorganisation published: the revisions before hold again, and whoever pinned one keeps it.
///
/// # Errors
/// The storage failed.
pub fn withdraw(tx: &mut Tx, reform: ReformId, at: Instant) -> Result<u64, StorageError> {
    let withdrawn = tx.exec(WITHDRAW, args![reform, at])?;
    if withdrawn > 0 {
        house::next_edition(tx, house::CATALOGUE)?;
    }
    Ok(withdrawn)
}

/// Who publishes a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Publisher {
    /// Somebody, or a file.
    Person(Option<PersonId>),
    /// A plan of reorganisation, at its instant.
    Reform(ReformId),
}

/// Publishes a revision with its own hash and that of the file's content it goes back to; every node reads the catalogue again.
///
/// # Errors
/// The storage failed.
pub fn publish(
    tx: &mut Tx,
    it: &ProcedureRevision,
    (hash, imported_hash): (&str, &str),
    at: Instant,
    by: Publisher,
    basis: &str,
) -> Result<(), StorageError> {
    let (by, reform) = match by {
        Publisher::Person(by) => (by, None),
        Publisher::Reform(reform) => (None, Some(reform)),
    };
    let body = serde_json::to_string(it).map_err(|why| undecodable("writing a procedure revision", why))?;
    let tab = it.procedure.tab.as_str();
    tx.put(ADD, args![it.id.0, it.procedure.slug, tab, it.number, hash, imported_hash, at, by, basis, body, reform])?;
    house::next_edition(tx, house::CATALOGUE)
}

/// One line of a procedure's history.
pub type Published = (String, u32, Instant, Option<PersonId>, String);

/// All revisions of a procedure that were not withdrawn, newest first.
///
/// # Errors
/// The storage failed.
pub fn history(tx: &Tx, slug: &str, tab: &str) -> Result<Vec<Published>, StorageError> {
    tx.all(HISTORY, args![slug, tab])
}

/// Every revision with the hash kept beside it; none where its text cannot be read any more.
///
/// # Errors
/// The storage failed.
pub fn all_with_hash(tx: &Tx) -> Result<Vec<(String, String, Option<ProcedureRevision>)>, StorageError> {
    let rows: Vec<(String, String, String)> = tx.all(ALL_WITH_HASH, args![])?;
    Ok(rows.into_iter().map(|(id, hash, body)| (id, hash, decode(&body).ok())).collect())
}
