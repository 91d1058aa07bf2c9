//! Files of the office: scans, attachments, signed papers, kept beside the database and named by it, in a folder or in a bucket.
//!
//! A file is whole and durable before anybody is told, so the row that names it is written afterwards; a file without
//! a row is an orphan that the sweep takes once it is old enough. Names are random and minted by the caller: they say
//! nothing of whom or what a file is about. What is inside is sealed with a key of its own ([`sealing`]), which the row keeps
//! wrapped with a key of the house ([`KeyRing`]); a row without a key names a file of before, which lies there in plain.
//!
//! Start with [`Blobs::upload`] and [`Blobs::read`]. The functions whose names begin with `raw_` carry files as they lie there, sealed:
//! copies of them are worth nothing without rows and ring.

mod error;
mod name;
mod place;
mod reading;
mod ring;
mod sealing;
mod upload;

use std::{
    io,
    path::{Path as FilePath, PathBuf},
    sync::Arc,
    time::UNIX_EPOCH,
};

use object_store::{ObjectStore, ObjectStoreExt, PutPayload, local::LocalFileSystem, path::Path};
use sha2::{Digest, Sha256};

use error::failed;

pub use error::BlobError;
pub use name::BlobName;
pub use place::Bucket;
pub use reading::Reading;
pub use ring::{KeyRing, NewKey, RingError, ShownKey, Use, WrappedKey};
use sealing::{Opener, Sealer};
pub use upload::{RawUpload, Upload};

/// So much is gathered before it is handed to a disk.
const FOLDER_PART_BYTES: usize = 256 << 10;
/// So much is gathered before it is handed to a bucket, which takes no smaller parts than this (the last one apart).
const BUCKET_PART_BYTES: usize = 5 << 20;
/// The object that says whose files these are.
const OWNER: &str = "motcua-house";

/// What was kept of a file: enough to read it and to check it years later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its length.
    pub size_bytes: u64,
    /// SHA-256 of the file as it came, not as it lies there sealed.
    pub sha256: [u8; 32],
    /// Its key, for its row.
    pub key: WrappedKey,
}

/// A file as it lies in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: BlobName,
    /// How long it is, sealed.
    pub size_bytes: u64,
    /// When it was written, by the store's clock, in microseconds since 1970, UTC.
    pub written_micros: i64,
}

/// Makes a folder that nobody else on the machine may look into, and those above it; one that is there stays as it is.
///
/// # Errors
/// It cannot be made.
pub fn create_private(path: &FilePath) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}

/// The store of files. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
    ring: Arc<KeyRing>,
    part_bytes: usize,
    /// Where it is a folder.
    root: Option<PathBuf>,
}

impl Blobs {
    /// Files in this folder, which is created if there is none.
    ///
    /// # Errors
    /// The folder cannot be used.
    pub fn folder(path: &FilePath, ring: Arc<KeyRing>) -> Result<Self, BlobError> {
        let unusable = |source| BlobError::Folder { path: path.to_owned(), source };
        create_private(path).map_err(unusable)?;
        let store = LocalFileSystem::new_with_prefix(path).map_err(|error| unusable(error.into()))?;
        // Without this the files would be left to the operating system's leisure.
        let store = Arc::new(store.with_fsync(true));
        Ok(Self { store, ring, part_bytes: FOLDER_PART_BYTES, root: Some(path.to_owned()) })
    }

    /// Files in a bucket. Nobody asks it anything yet: a house opens also while its bucket is away.
    ///
    /// # Errors
    /// What describes the bucket makes no sense.
    pub fn bucket(bucket: &Bucket, ring: Arc<KeyRing>) -> Result<Self, BlobError> {
        Ok(Self { store: bucket.store()?, ring, part_bytes: BUCKET_PART_BYTES, root: None })
    }

    /// The keys of the files.
    pub fn ring(&self) -> &KeyRing {
        &self.ring
    }

    /// Begins to keep a file that arrives piece by piece, such as from a form, sealed with this new key.
    ///
    /// # Errors
    /// No key of the ring is in use.
    pub fn upload(&self, name: &BlobName, new: &NewKey, limit_bytes: u64) -> Result<Upload, BlobError> {
        Ok(Upload {
            raw: self.raw_put(name),
            key: self.ring.wrap(name, new)?,
            sealer: Sealer::new(new.key()),
            digest: Sha256::new(),
            size_bytes: 0,
            limit_bytes,
        })
    }

    /// A file to be read piece by piece, opened with the key its row keeps; without one, as it lies there.
    ///
    /// # Errors
    /// The ring lacks the key of the key, or that was changed.
    pub fn read(&self, name: &BlobName, key: Option<&WrappedKey>) -> Result<Reading, BlobError> {
        let opener = match key {
            Some(wrapped) => Some(Opener::new(&self.ring.unwrap(name, wrapped)?)),
            None => None,
        };
        Ok(Reading { store: Arc::clone(&self.store), name: name.clone(), opener, at: 0, size_bytes: None })
    }

    /// A file as it lies there, sealed: for copies.
    pub fn raw_get(&self, name: &BlobName) -> Reading {
        Reading { store: Arc::clone(&self.store), name: name.clone(), opener: None, at: 0, size_bytes: None }
    }

    /// Begins to put a file as it is: for what a copy brings back.
    pub fn raw_put(&self, name: &BlobName) -> RawUpload {
        RawUpload {
            store: Arc::clone(&self.store),
            name: name.clone(),
            part_bytes: self.part_bytes,
            pending: Vec::new(),
            parts: None,
            is_given_up: false,
        }
    }

    /// The files of one of the 256 folders, as they lie there: whoever wants all asks for one folder after the other.
    ///
    /// # Errors
    /// The store failed.
    pub async fn raw_list(&self, folder: u8) -> Result<Vec<Listed>, BlobError> {
        let prefix = Path::from(format!("{folder:02x}"));
        let listed = self.store.list_with_delimiter(Some(&prefix)).await;
        let listed = listed.map_err(|error| failed(format!("listing the files in {prefix}"), error))?;
        let file = |it: object_store::ObjectMeta| {
            let name = it.location.filename().and_then(BlobName::parse)?;
            Some(Listed { name, size_bytes: it.size, written_micros: it.last_modified.timestamp_micros() })
        };
        Ok(listed.objects.into_iter().filter_map(file).collect())
    }

    /// Whether nothing at all lies there.
    ///
    /// # Errors
    /// The store failed.
    pub async fn is_empty(&self) -> Result<bool, BlobError> {
        let listed = self.store.list_with_delimiter(None).await;
        let listed = listed.map_err(|error| failed("looking whether there are files", error))?;
        Ok(listed.objects.is_empty() && listed.common_prefixes.is_empty())
    }

    /// Deletes a file; false if there was none, as far as the store says (a bucket does not).
    ///
    /// # Errors
    /// The store failed.
    pub async fn delete(&self, name: &BlobName) -> Result<bool, BlobError> {
        match self.store.delete(&name.path()).await {
            Ok(()) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(failed(format!("deleting the file {name}"), error)),
        }
    }

    /// Makes sure that these are the files of this house, named by something public: the first one to ask owns them. Asked before
    /// anything is swept, so that a wrong bucket in the settings costs nobody a file.
    ///
    /// # Errors
    /// They are another house's, or the store failed.
    pub async fn claim(&self, house: &str) -> Result<(), BlobError> {
        let path = Path::from(OWNER);
        let doing = || "asking whose files these are".to_owned();
        let owner = match self.store.get(&path).await {
            Ok(found) => found.bytes().await.map_err(|error| failed(doing(), error))?,
            Err(object_store::Error::NotFound { .. }) => {
                let put = self.store.put(&path, PutPayload::from(house.as_bytes().to_vec())).await;
                return put.map(drop).map_err(|error| failed(doing(), error));
            }
            Err(error) => return Err(failed(doing(), error)),
        };
        if owner == house.as_bytes() {
            return Ok(());
        }
        Err(BlobError::AnotherHouse { owner: String::from_utf8_lossy(&owner).chars().take(80).collect() })
    }

    /// Deletes what a crash left of uploads begun before this instant (microseconds since 1970, UTC); says how many. A bucket
    /// forgets them by itself, where its rules say so.
    ///
    /// # Errors
    /// The store failed.
    pub async fn remove_unfinished_older_than(&self, before_micros: i64) -> Result<u64, BlobError> {
        let Some(root) = self.root.clone() else { return Ok(0) };
        let removed = tokio::task::spawn_blocking(move || remove_unfinished(&root, before_micros)).await;
        removed
            .map_err(io::Error::other)
            .and_then(|removed| removed)
            .map_err(|error| failed("removing unfinished files", error))
    }
}

/// Unfinished files carry a `#` behind their name, which no finished one can.
fn remove_unfinished(root: &FilePath, before_micros: i64) -> io::Result<u64> {
    let mut removed = 0;
    for folder in std::fs::read_dir(root)? {
        let folder = folder?;
        if !folder.file_type()?.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(folder.path())? {
            let file = file?;
            if !file.file_name().to_string_lossy().contains('#') {
                continue;
            }
            let age = file.metadata()?.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
            if i64::try_from(age.as_micros()).unwrap_or(i64::MAX) < before_micros {
                std::fs::remove_file(file.path())?;
                removed += 1;
            }
        }
    }
    Ok(removed)
}

#[cfg(test)]
mod tests;
