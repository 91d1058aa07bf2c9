//! The one way of backups to the files of a house: as they lie in the store, named as the database names them.

use crate::blobs::{BlobError, BlobName, Blobs};
use sha2::{Digest, Sha256};
use tokio::runtime::Handle;

/// What lies in the store under a name; `None` where nothing does.
pub(super) fn read(blobs: &Blobs, name: &BlobName, runtime: &Handle) -> Result<Option<Vec<u8>>, BlobError> {
    match runtime.block_on(blobs.raw_get(name).whole()) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(BlobError::Missing { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Puts it there again, over whatever an unfinished restore left.
pub(super) fn write(blobs: &Blobs, name: &BlobName, bytes: &[u8], runtime: &Handle) -> Result<(), BlobError> {
    runtime.block_on(async {
        let mut file = blobs.raw_put(name);
        file.write(bytes).await?;
        file.finish().await
    })
}

/// A hash over names and contents of files, in the order they are added.
#[derive(Default)]
pub(super) struct Listing(Sha256);

impl Listing {
    pub(super) fn add(&mut self, name: &str, bytes: &[u8]) {
        self.0.update(name);
        self.0.update(Sha256::digest(bytes));
    }

    pub(super) fn digits(self) -> String {
        crate::chain::hex(&self.0.finalize())
    }
}
