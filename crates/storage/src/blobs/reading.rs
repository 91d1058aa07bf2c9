//! Files on their way out.

use super::error::failed;
use super::sealing::{Opener, SEALED_CHUNK_BYTES};
use super::{BlobError, BlobName};
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt};
use std::{fmt, sync::Arc};

/// So much is read at once: whole sealed chunks, about 4 MiB.
const READ_BYTES: u64 = 64 * SEALED_CHUNK_BYTES as u64;

/// A file while it is read, a few megabytes at a time. Each of them is a question of its own to the store, so that a slow reader
/// holds nothing open.
pub struct Reading {
    pub(super) store: Arc<dyn ObjectStore>,
    pub(super) name: BlobName,
    /// `None` for a file that is read as it lies there.
    pub(super) opener: Option<Opener>,
    pub(super) at: u64,
    /// As it lies there; known after the first piece.
    pub(super) size_bytes: Option<u64>,
}

impl Reading {
    /// The next piece; none at the end. What was changed or cut off is noticed before any of it is given out.
    ///
    /// # Errors
    /// There is no such file, it was changed, or the store failed.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, BlobError> {
        if self.size_bytes.is_some_and(|size| self.at >= size) {
            return Ok(None);
        }
        let (piece, size_bytes) = self.fetch().await?;
        self.size_bytes = Some(size_bytes);
        self.at = self.at.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        let is_end = self.at >= size_bytes;
        let Some(opener) = &mut self.opener else {
            return Ok(if piece.is_empty() { None } else { Some(piece) });
        };
        let opened = opener.open(&piece, is_end);
        opened.map(Some).map_err(|_| BlobError::Damaged { name: self.name.clone() })
    }

    /// All that is left.
    ///
    /// # Errors
    /// As [`Reading::next`].
    pub async fn whole(mut self) -> Result<Vec<u8>, BlobError> {
        let mut whole = Vec::new();
        while let Some(mut piece) = self.next().await? {
            whole.append(&mut piece);
        }
        Ok(whole)
    }

    /// What lies behind what was read, and how long the whole is.
    async fn fetch(&self) -> Result<(Vec<u8>, u64), BlobError> {
        let path = self.name.path();
        let range = GetRange::Bounded(self.at..self.at.saturating_add(READ_BYTES));
        let found = match self.store.get_opts(&path, GetOptions::new().with_range(Some(range))).await {
            Ok(found) => found,
            Err(error @ object_store::Error::NotFound { .. }) => return Err(read_failed(&self.name, error)),
            // Of an empty file there is no part, whichever way a store says so.
            Err(error) => match self.store.head(&path).await {
                Ok(about) if about.size <= self.at => return Ok((Vec::new(), self.at)),
                _ => return Err(read_failed(&self.name, error)),
            },
        };
        let size_bytes = found.meta.size;
        let bytes = found.bytes().await.map_err(|error| read_failed(&self.name, error))?;
        Ok((bytes.into(), size_bytes))
    }
}

impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reading").field("name", &self.name).field("at", &self.at).finish_non_exhaustive()
    }
}

fn read_failed(name: &BlobName, error: object_store::Error) -> BlobError {
    match error {
        object_store::Error::NotFound { .. } => BlobError::Missing { name: name.clone() },
        other => failed(format!("reading the file {name}"), other),
    }
}
