//! Applications not yet sent, and the files handed in with drafts and dossiers.

use crate::args;
use crate::blobs::WrappedKey;
use crate::engine::{Cursor, Row, StorageError, Tx};
use domain::ids::{DocumentId, DossierId, DraftId, PersonId, UnitId};
use domain::time::Instant;

crate::statements! {
    PUT: "INSERT INTO draft (id, person, revision, procedure, unit, body, updated_at, sent_as) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL) \
          ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, unit = excluded.unit, body = excluded.body, updated_at = excluded.updated_at";
    FIND: "SELECT id, person, revision, procedure, unit, body, updated_at, sent_as FROM draft WHERE id = $1";
    OF_PERSON: "SELECT id, person, revision, procedure, unit, body, updated_at, sent_as FROM draft WHERE person = $1 AND sent_as IS NULL ORDER BY updated_at DESC LIMIT 100";
    SENT: "UPDATE draft SET sent_as = $2, body = '{}' WHERE id = $1 AND sent_as IS NULL";
    DROP: "DELETE FROM draft WHERE id = $1 AND sent_as IS NULL";
    ADD_DOCUMENT: "INSERT INTO document (id, blob, dossier, draft, owner, requirement, name, media_type, size_bytes, sha256, uploaded_at, key_id, data_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    DOCUMENT: "SELECT id, blob, dossier, draft, owner, requirement, name, media_type, size_bytes, sha256, uploaded_at, key_id, data_key FROM document WHERE id = $1";
    OF_DRAFT: "SELECT id, blob, dossier, draft, owner, requirement, name, media_type, size_bytes, sha256, uploaded_at, key_id, data_key FROM document WHERE draft = $1 ORDER BY uploaded_at, id LIMIT 200";
    OF_DOSSIER: "SELECT id, blob, dossier, draft, owner, requirement, name, media_type, size_bytes, sha256, uploaded_at, key_id, data_key FROM document WHERE dossier = $1 ORDER BY uploaded_at, id LIMIT 1000";
    MOVE_TO_DOSSIER: "UPDATE document SET dossier = $2, draft = NULL WHERE draft = $1";
    DROP_DOCUMENTS: "DELETE FROM document WHERE draft = $1";
    DROP_DOCUMENT: "DELETE FROM document WHERE id = $1 AND draft = $2";
    DROP_OF_DOSSIER: "DELETE FROM document WHERE id = $1 AND dossier = $2 AND owner = $3";
    BLOBS_OF_DOSSIER: "SELECT blob FROM document WHERE dossier = $1 ORDER BY blob";
    IS_BLOB: "SELECT count(*) FROM document WHERE blob = $1";
}

/// An application on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Its id.
    pub id: DraftId,
    /// Whose.
    pub person: PersonId,
    /// The revision it was begun on.
    pub revision: String,
    /// The procedure.
    pub procedure: String,
    /// The desk it goes to.
    pub unit: UnitId,
    /// What was typed, as JSON; the application layer knows its shape.
    pub body: String,
    /// Last change.
    pub updated_at: Instant,
    /// The dossier it became.
    pub sent_as: Option<DossierId>,
}

impl Row for Draft {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self {
            id: row.take()?,
            person: row.take()?,
            revision: row.take()?,
            procedure: row.take()?,
            unit: row.take()?,
            body: row.take()?,
            updated_at: row.take()?,
            sent_as: row.take()?,
        })
    }
}

/// One file handed in, or made by the office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its id.
    pub id: DocumentId,
    /// Name of its bytes in the file store.
    pub blob: String,
    /// The dossier it belongs to.
    pub dossier: Option<DossierId>,
    /// The draft it belongs to.
    pub draft: Option<DraftId>,
    /// Who handed it in.
    pub owner: Option<PersonId>,
    /// The paper of the list it is.
    pub requirement: String,
    /// Its name as handed in.
    pub name: String,
    /// Its kind, read from its bytes.
    pub media_type: String,
    /// Bytes.
    pub size_bytes: i64,
    /// SHA-256 of its bytes, as they came.
    pub sha256: String,
    /// When.
    pub uploaded_at: Instant,
    /// The key it is sealed with, wrapped; none for a file that lies there in plain, from before.
    pub key: Option<WrappedKey>,
}

impl Row for Document {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self {
            id: row.take()?,
            blob: row.take()?,
            dossier: row.take()?,
            draft: row.take()?,
            owner: row.take()?,
            requirement: row.take()?,
            name: row.take()?,
            media_type: row.take()?,
            size_bytes: row.take()?,
            sha256: row.take()?,
            uploaded_at: row.take()?,
            key: key(row)?,
        })
    }
}

/// The wrapped key of a file, from two columns.
pub(crate) fn key(row: &Cursor<'_>) -> Result<Option<WrappedKey>, StorageError> {
    let (ring_key, bytes): (Option<String>, Option<Vec<u8>>) = (row.take()?, row.take()?);
    Ok(ring_key.zip(bytes).map(|(ring_key, bytes)| WrappedKey { ring_key, bytes }))
}

/// Keeps a draft as it stands.
///
/// # Errors
/// The storage failed.
pub fn put(tx: &mut Tx, it: &Draft) -> Result<(), StorageError> {
    tx.put(PUT, args![it.id, it.person, it.revision, it.procedure, it.unit, it.body, it.updated_at])
}

/// One draft.
///
/// # Errors
/// The storage failed.
pub fn find(tx: &Tx, id: DraftId) -> Result<Option<Draft>, StorageError> {
    tx.opt(FIND, args![id])
}

/// Drafts of one person, newest first.
///
/// # Errors
/// The storage failed.
pub fn of_person(tx: &Tx, person: PersonId) -> Result<Vec<Draft>, StorageError> {
    tx.all(OF_PERSON, args![person])
}

/// The draft became a dossier, and its files with it. False where it had been sent already.
///
/// # Errors
/// The storage failed.
pub fn sent(tx: &mut Tx, id: DraftId, dossier: DossierId) -> Result<bool, StorageError> {
    let sent = tx.exec(SENT, args![id, dossier])? == 1;
    if sent {
        tx.put(MOVE_TO_DOSSIER, args![id, dossier])?;
    }
    Ok(sent)
}

/// Throws a draft away, with the names of its files: the sweep takes the files.
///
/// # Errors
/// The storage failed.
pub fn drop_draft(tx: &mut Tx, id: DraftId) -> Result<u64, StorageError> {
    tx.put(DROP_DOCUMENTS, args![id])?;
    tx.exec(DROP, args![id])
}

/// Names a file; its bytes are in the file store already.
///
/// # Errors
/// The storage failed.
pub fn add_document(tx: &mut Tx, it: &Document) -> Result<(), StorageError> {
    tx.put(
        ADD_DOCUMENT,
        args![
            it.id,
            it.blob,
            it.dossier,
            it.draft,
            it.owner,
            it.requirement,
            it.name,
            it.media_type,
            it.size_bytes,
            it.sha256,
            it.uploaded_at,
            it.key.as_ref().map(|it| &it.ring_key),
            it.key.as_ref().map(|it| &it.bytes)
        ],
    )
}

/// One file.
///
/// # Errors
/// The storage failed.
pub fn document(tx: &Tx, id: DocumentId) -> Result<Option<Document>, StorageError> {
    tx.opt(DOCUMENT, args![id])
}

/// Files of a draft.
///
/// # Errors
/// The storage failed.
pub fn documents_of_draft(tx: &Tx, id: DraftId) -> Result<Vec<Document>, StorageError> {
    tx.all(OF_DRAFT, args![id])
}

/// Files of a dossier.
///
/// # Errors
/// The storage failed.
pub fn documents_of_dossier(tx: &Tx, id: DossierId) -> Result<Vec<Document>, StorageError> {
    tx.all(OF_DOSSIER, args![id])
}

/// Names of the files of a dossier in the file store, all of them.
///
/// # Errors
/// The storage failed.
pub fn blobs_of_dossier(tx: &Tx, id: DossierId) -> Result<Vec<String>, StorageError> {
    tx.all(BLOBS_OF_DOSSIER, args![id])
}

/// Takes a file out of a draft.
///
/// # Errors
/// The storage failed.
pub fn drop_document(tx: &mut Tx, id: DocumentId, draft: DraftId) -> Result<u64, StorageError> {
    tx.exec(DROP_DOCUMENT, args![id, draft])
}

/// Takes a file its owner handed in out of a dossier.
///
/// # Errors
/// The storage failed.
pub fn drop_from_dossier(
    tx: &mut Tx,
    id: DocumentId,
    dossier: DossierId,
    owner: PersonId,
) -> Result<u64, StorageError> {
    tx.exec(DROP_OF_DOSSIER, args![id, dossier, owner])
}

/// True where some row names that file: the sweep must not take it.
///
/// # Errors
/// The storage failed.
pub fn is_named(tx: &Tx, blob: &str) -> Result<bool, StorageError> {
    tx.one::<i64>(IS_BLOB, args![blob]).map(|count| count > 0)
}
