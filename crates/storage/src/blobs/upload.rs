//! Files on their way in.

use super::error::failed;
use super::sealing::Sealer;
use super::{BlobError, BlobName, Stored, WrappedKey};
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload};
use sha2::{Digest, Sha256};
use std::{fmt, sync::Arc};

/// A file while it arrives, to be sealed on its way. Dropped before [`Upload::finish`], nothing of it is kept.
pub struct Upload {
    pub(super) raw: RawUpload,
    pub(super) key: WrappedKey,
    pub(super) sealer: Sealer,
    pub(super) digest: Sha256,
    pub(super) size_bytes: u64,
    pub(super) limit_bytes: u64,
}

impl Upload {
    /// The next piece. After an error nothing of the file is kept, and further pieces are refused.
    ///
    /// # Errors
    /// The file is too long, or the store failed.
    pub async fn write(&mut self, piece: &[u8]) -> Result<(), BlobError> {
        self.raw.refuse_given_up()?;
        let size_bytes = self.size_bytes.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        if size_bytes > self.limit_bytes {
            self.raw.give_up().await;
            return Err(BlobError::TooLarge { limit_bytes: self.limit_bytes });
        }
        self.size_bytes = size_bytes;
        for part in piece.chunks(self.raw.part_bytes) {
            self.digest.update(part);
            let damaged = || BlobError::Damaged { name: self.raw.name.clone() };
            self.sealer.push(part, &mut self.raw.pending).map_err(|_| damaged())?;
            self.raw.hand_over_full().await?;
        }
        Ok(())
    }

    /// Makes the file durable under its name.
    ///
    /// # Errors
    /// The store failed.
    pub async fn finish(mut self) -> Result<Stored, BlobError> {
        self.raw.refuse_given_up()?;
        let damaged = BlobError::Damaged { name: self.raw.name.clone() };
        self.sealer.finish(&mut self.raw.pending).map_err(|_| damaged)?;
        self.raw.finish().await?;
        Ok(Stored { size_bytes: self.size_bytes, sha256: self.digest.finalize().into(), key: self.key })
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, size_bytes) = (&self.raw.name, &self.size_bytes);
        f.debug_struct("Upload").field("name", name).field("size_bytes", size_bytes).finish_non_exhaustive()
    }
}

/// Bytes on their way into the store as they are. Dropped before [`RawUpload::finish`], nothing of them is kept.
pub struct RawUpload {
    pub(super) store: Arc<dyn ObjectStore>,
    pub(super) name: BlobName,
    pub(super) part_bytes: usize,
    pub(super) pending: Vec<u8>,
    /// Once there was more than one part.
    pub(super) parts: Option<Box<dyn MultipartUpload>>,
    pub(super) is_given_up: bool,
}

impl RawUpload {
    /// The next piece. After an error nothing of the file is kept, and further pieces are refused.
    ///
    /// # Errors
    /// The store failed.
    pub async fn write(&mut self, piece: &[u8]) -> Result<(), BlobError> {
        self.refuse_given_up()?;
        for part in piece.chunks(self.part_bytes) {
            self.pending.extend_from_slice(part);
            self.hand_over_full().await?;
        }
        Ok(())
    }

    /// Makes the file durable under its name.
    ///
    /// # Errors
    /// The store failed.
    pub async fn finish(mut self) -> Result<(), BlobError> {
        self.refuse_given_up()?;
        let doing = format!("finishing the file {}", self.name);
        if self.parts.is_none() {
            let whole = PutPayload::from(std::mem::take(&mut self.pending));
            return self.store.put(&self.name.path(), whole).await.map(drop).map_err(|error| failed(doing, error));
        }
        if !self.pending.is_empty() {
            self.hand_over().await?;
        }
        let Some(mut parts) = self.parts.take() else { return Err(BlobError::GivenUp { name: self.name.clone() }) };
        if let Err(error) = parts.complete().await {
            self.parts = Some(parts);
            self.give_up().await;
            return Err(failed(doing, error));
        }
        Ok(())
    }

    async fn hand_over_full(&mut self) -> Result<(), BlobError> {
        if self.pending.len() >= self.part_bytes { self.hand_over().await } else { Ok(()) }
    }

    async fn hand_over(&mut self) -> Result<(), BlobError> {
        let part = PutPayload::from(std::mem::take(&mut self.pending));
        let doing = format!("writing the file {}", self.name);
        let mut parts = match self.parts.take() {
            Some(parts) => parts,
            None => match self.store.put_multipart(&self.name.path()).await {
                Ok(parts) => parts,
                Err(error) => {
                    self.give_up().await;
                    return Err(failed(doing, error));
                }
            },
        };
        let written = parts.put_part(part).await;
        self.parts = Some(parts);
        if let Err(error) = written {
            self.give_up().await;
            return Err(failed(doing, error));
        }
        Ok(())
    }

    async fn give_up(&mut self) {
        self.is_given_up = true;
        self.pending = Vec::new();
        if let Some(parts) = self.parts.take() {
            abort(parts, self.name.clone()).await;
        }
    }

    fn refuse_given_up(&self) -> Result<(), BlobError> {
        if self.is_given_up { Err(BlobError::GivenUp { name: self.name.clone() }) } else { Ok(()) }
    }
}

impl Drop for RawUpload {
    fn drop(&mut self) {
        // A folder cleans up by itself; a bucket has to be told.
        if let (Some(parts), Ok(runtime)) = (self.parts.take(), tokio::runtime::Handle::try_current()) {
            drop(runtime.spawn(abort(parts, self.name.clone())));
        }
    }
}

async fn abort(mut parts: Box<dyn MultipartUpload>, name: BlobName) {
    if let Err(error) = parts.abort().await {
        tracing::warn!(error = %error, blob.name = %name, "what came of an unfinished file stays in the store");
    }
}

impl fmt::Debug for RawUpload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawUpload").field("name", &self.name).finish_non_exhaustive()
    }
}
