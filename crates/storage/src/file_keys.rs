//! Keys of files in their rows: which of them a rotation still has to touch, and what it writes.

use crate::args;
use crate::blobs::{BlobName, WrappedKey};
use crate::drafts;
use crate::engine::{Cursor, Row, StorageError, Tx};
use domain::ids::DocumentId;

crate::statements! {
    USES: "SELECT COALESCE(key_id, ''), count(*) FROM document GROUP BY COALESCE(key_id, '')";
    OTHERS: "SELECT blob, key_id, data_key FROM document WHERE blob > $1 AND key_id <> $2 ORDER BY blob LIMIT $3";
    REWRAP: "UPDATE document SET key_id = $3, data_key = $4 WHERE blob = $1 AND key_id = $2";
    PLAIN: "SELECT id, blob, sha256 FROM document WHERE blob > $1 AND key_id IS NULL ORDER BY blob LIMIT $2";
    SEALED: "UPDATE document SET blob = $3, key_id = $4, data_key = $5 WHERE id = $1 AND blob = $2 AND key_id IS NULL";
}

/// How many files each key of the ring holds, by its id; files that lie there in plain under the empty one.
///
/// # Errors
/// The storage failed.
pub fn uses(tx: &Tx) -> Result<Vec<(String, i64)>, StorageError> {
    tx.all(USES, args![])
}

/// A file whose key is not wrapped with the key in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    /// Its name in the store.
    pub blob: String,
    /// Its key as it is wrapped.
    pub key: Option<WrappedKey>,
}

impl Row for Other {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self { blob: row.take()?, key: drafts::key(row)? })
    }
}

/// Files whose keys are wrapped with another key than this one, after a name, in order.
///
/// # Errors
/// The storage failed.
pub fn wrapped_otherwise(tx: &Tx, after: &str, ring_key: &str, most: u32) -> Result<Vec<Other>, StorageError> {
    tx.all(OTHERS, args![after, ring_key, most])
}

/// Writes a key wrapped anew where it is still wrapped as it was; false where somebody was faster, or the file is gone.
///
/// # Errors
/// The storage failed.
pub fn rewrap(tx: &mut Tx, blob: &str, before: &WrappedKey, after: &WrappedKey) -> Result<bool, StorageError> {
    Ok(tx.exec(REWRAP, args![blob, before.ring_key, after.ring_key, after.bytes])? == 1)
}

/// A file that lies in the store in plain, from before there were keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plain {
    /// Its row.
    pub id: DocumentId,
    /// Its name in the store.
    pub blob: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

impl Row for Plain {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self { id: row.take()?, blob: row.take()?, sha256: row.take()? })
    }
}

/// Files that lie there in plain, after a name, in order.
///
/// # Errors
/// The storage failed.
pub fn plain(tx: &Tx, after: &str, most: u32) -> Result<Vec<Plain>, StorageError> {
    tx.all(PLAIN, args![after, most])
}

/// The row names the sealed file from now on; false where somebody was faster, or the row is gone.
///
/// # Errors
/// The storage failed.
pub fn sealed(tx: &mut Tx, it: &Plain, name: &BlobName, key: &WrappedKey) -> Result<bool, StorageError> {
    Ok(tx.exec(SEALED, args![it.id, it.blob, name, key.ring_key, key.bytes])? == 1)
}
