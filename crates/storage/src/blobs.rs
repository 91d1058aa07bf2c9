//! Files of the office: scans, attachments, signed papers, kept beside the database and named by it.
//!
//! A file is whole and on the disk before anybody is told, so the row that names it is written afterwards; a file without
//! a row is an orphan that the sweep takes once it is old enough. Names are random and minted by the caller: they say
//! nothing of whom or what a file is about. What is inside is the caller's business: they are kept as they are handed in.

use std::{
    fmt, io,
    ops::Range,
    path::{Path as FilePath, PathBuf},
    sync::Arc,
    time::UNIX_EPOCH,
};

use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload, local::LocalFileSystem, path::Path};
use sha2::{Digest, Sha256};

use crate::engine::{Column, Mismatch, Param, Value};

/// So much is gathered before it is handed to the disk.
const PART_BYTES: usize = 256 << 10;
/// Digits of a name.
const NAME_DIGITS: usize = 32;

/// The random name of a file: 32 hexadecimal digits, as of a UUID without its hyphens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobName(String);

impl BlobName {
    /// The name for these random bytes, such as those of a UUID.
    pub fn of(random: [u8; 16]) -> Self {
        Self(random.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Reads a name; `None` if it is not 32 hexadecimal digits in lower case.
    pub fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == NAME_DIGITS && text.bytes().all(is_digit)).then(|| Self(text.to_owned()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Folders go by the *last* two digits: they are random even where a name begins with the time.
    fn path(&self) -> Path {
        let folder = self.0.get(NAME_DIGITS - 2..).unwrap_or_default();
        Path::from_iter([folder, self.0.as_str()])
    }
}

impl fmt::Display for BlobName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Param for BlobName {
    fn value(&self) -> Value<'_> {
        Value::Text(&self.0)
    }
}

impl Column for BlobName {
    fn read(value: Value<'_>) -> Result<Self, Mismatch> {
        String::read(value).and_then(|text| Self::parse(&text).ok_or(Mismatch("the name of a file")))
    }
}

/// What was kept of a file: enough to check it years later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// Its length.
    pub size_bytes: u64,
    /// SHA-256 of what lies on the disk.
    pub sha256: [u8; 32],
}

/// What can go wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// The file is longer than the caller allows; nothing of it was kept.
    #[error("the file is longer than {limit_bytes} bytes")]
    TooLarge {
        /// The limit.
        limit_bytes: u64,
    },
    /// No file has this name.
    #[error("there is no file {name}")]
    Missing {
        /// The name.
        name: BlobName,
    },
    /// The upload was already given up after an earlier error.
    #[error("the upload of {name} was given up")]
    GivenUp {
        /// The name.
        name: BlobName,
    },
    /// The folder of files cannot be used.
    #[error("cannot use the folder {} for files: it must be writable by the account that runs the program", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The disk failed or refused.
    #[error("the store of files failed while {doing}")]
    Store {
        /// What we were doing.
        doing: String,
        /// What the store said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl BlobError {
    /// True where trying again later, or another disk, may help.
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Folder { .. } | Self::Store { .. } => true,
            Self::TooLarge { .. } | Self::Missing { .. } | Self::GivenUp { .. } => false,
        }
    }
}

/// Nobody else on the machine may look into the folder.
fn create_private(path: &FilePath) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}

fn failed(doing: impl Into<String>, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> BlobError {
    BlobError::Store { doing: doing.into(), source: source.into() }
}

/// The store of files. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Blobs {
    store: Arc<LocalFileSystem>,
    root: PathBuf,
}

impl Blobs {
    /// Files in this folder, which is created if there is none.
    pub fn folder(path: &FilePath) -> Result<Self, BlobError> {
        let unusable = |source| BlobError::Folder { path: path.to_owned(), source };
        create_private(path).map_err(unusable)?;
        let store = LocalFileSystem::new_with_prefix(path).map_err(|error| unusable(error.into()))?;
        // Without this the files would be left to the operating system's leisure.
        Ok(Self { store: Arc::new(store.with_fsync(true)), root: path.to_owned() })
    }

    /// Keeps a file that is already in memory. Durable when it returns.
    pub async fn put(&self, name: &BlobName, bytes: &[u8], limit_bytes: u64) -> Result<Stored, BlobError> {
        let mut upload = self.upload(name, limit_bytes).await?;
        upload.write(bytes).await?;
        upload.finish().await
    }

    /// Begins to keep a file that arrives piece by piece, such as from a form.
    pub async fn upload(&self, name: &BlobName, limit_bytes: u64) -> Result<Upload, BlobError> {
        let parts = self
            .store
            .put_multipart(&name.path())
            .await
            .map_err(|error| failed(format!("beginning the file {name}"), error))?;
        Ok(Upload {
            name: name.clone(),
            parts: Some(parts),
            pending: Vec::new(),
            digest: Sha256::new(),
            size_bytes: 0,
            limit_bytes,
        })
    }

    /// The whole file.
    pub async fn get(&self, name: &BlobName) -> Result<Vec<u8>, BlobError> {
        let found = self.store.get(&name.path()).await.map_err(|error| read_failed(name, error))?;
        let bytes = found.bytes().await.map_err(|error| read_failed(name, error))?;
        Ok(bytes.into())
    }

    /// A part of the file, cut off at its end: for sending a large file piece by piece.
    pub async fn get_range(&self, name: &BlobName, range: Range<u64>) -> Result<Vec<u8>, BlobError> {
        let bytes = self.store.get_range(&name.path(), range).await.map_err(|error| read_failed(name, error))?;
        Ok(bytes.into())
    }

    /// How long the file is; an error if there is none.
    pub async fn size_bytes(&self, name: &BlobName) -> Result<u64, BlobError> {
        let found = self.store.head(&name.path()).await.map_err(|error| read_failed(name, error))?;
        Ok(found.size)
    }

    /// Deletes a file; false if there was none.
    pub async fn delete(&self, name: &BlobName) -> Result<bool, BlobError> {
        match self.store.delete(&name.path()).await {
            Ok(()) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(failed(format!("deleting the file {name}"), error)),
        }
    }

    /// The files of one of the 256 folders written before this instant (microseconds since 1970, UTC): what the sweep
    /// compares with the rows, one folder at a time.
    pub async fn list_older_than(&self, folder: u8, before_micros: i64) -> Result<Vec<BlobName>, BlobError> {
        let prefix = Path::from(format!("{folder:02x}"));
        let listed = self
            .store
            .list_with_delimiter(Some(&prefix))
            .await
            .map_err(|error| failed(format!("listing the files in {prefix}"), error))?;
        let old = listed.objects.into_iter().filter(|file| file.last_modified.timestamp_micros() < before_micros);
        Ok(old.filter_map(|file| file.location.filename().and_then(BlobName::parse)).collect())
    }

    /// Deletes what a crash left of uploads begun before this instant (microseconds since 1970, UTC); says how many.
    pub async fn remove_unfinished_older_than(&self, before_micros: i64) -> Result<u64, BlobError> {
        let root = self.root.clone();
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

fn read_failed(name: &BlobName, error: object_store::Error) -> BlobError {
    match error {
        object_store::Error::NotFound { .. } => BlobError::Missing { name: name.clone() },
        other => failed(format!("reading the file {name}"), other),
    }
}

/// A file while it arrives. Dropped before [`Upload::finish`], nothing of it is kept.
pub struct Upload {
    name: BlobName,
    /// `None` once given up.
    parts: Option<Box<dyn MultipartUpload>>,
    pending: Vec<u8>,
    digest: Sha256,
    size_bytes: u64,
    limit_bytes: u64,
}

impl Upload {
    /// The next piece. After an error nothing of the file is kept, and further pieces are refused.
    pub async fn write(&mut self, piece: &[u8]) -> Result<(), BlobError> {
        self.parts()?;
        let size_bytes = self.size_bytes.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        if size_bytes > self.limit_bytes {
            self.give_up().await;
            return Err(BlobError::TooLarge { limit_bytes: self.limit_bytes });
        }
        self.size_bytes = size_bytes;
        for part in piece.chunks(PART_BYTES) {
            self.pending.extend_from_slice(part);
            if self.pending.len() >= PART_BYTES {
                self.hand_over().await?;
            }
        }
        Ok(())
    }

    /// Makes the file durable under its name.
    pub async fn finish(mut self) -> Result<Stored, BlobError> {
        self.hand_over().await?;
        let doing = format!("finishing the file {}", self.name);
        self.parts()?.complete().await.map_err(|error| failed(doing, error))?;
        Ok(Stored { size_bytes: self.size_bytes, sha256: self.digest.finalize().into() })
    }

    async fn hand_over(&mut self) -> Result<(), BlobError> {
        let part = std::mem::take(&mut self.pending);
        self.digest.update(&part);
        let doing = format!("writing the file {}", self.name);
        let written = self.parts()?.put_part(PutPayload::from(part)).await;
        if let Err(error) = written {
            self.give_up().await;
            return Err(failed(doing, error));
        }
        Ok(())
    }

    async fn give_up(&mut self) {
        self.pending = Vec::new();
        let Some(mut parts) = self.parts.take() else { return };
        if let Err(error) = parts.abort().await {
            tracing::warn!(error = %error, blob.name = %self.name, "an unfinished file stays until the next sweep");
        }
    }

    fn parts(&mut self) -> Result<&mut Box<dyn MultipartUpload>, BlobError> {
        self.parts.as_mut().ok_or_else(|| BlobError::GivenUp { name: self.name.clone() })
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload").field("name", &self.name).field("size_bytes", &self.size_bytes).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_kept_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let files = Blobs::folder(&folder.path().join("files")).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (large, small, empty) = (BlobName::of([1; 16]), BlobName::of([2; 16]), BlobName::of([3; 16]));
            let mut upload = files.upload(&large, 1 << 20).await.unwrap();
            for _ in 0..700 {
                upload.write(&[b'g'; 1000]).await.unwrap();
            }
            let stored = upload.finish().await.unwrap();
            assert_eq!(stored.size_bytes, 700_000);
            let once = files.put(&small, &[b'g'; 700_000], 700_000).await.unwrap();
            assert_eq!(stored.sha256, once.sha256, "pieces make no difference");
            assert_eq!(files.get(&large).await.unwrap(), files.get(&small).await.unwrap());
            assert_eq!(files.get_range(&large, 699_998..700_010).await.unwrap(), b"gg");
            assert_eq!(files.put(&empty, b"", 10).await.unwrap().size_bytes, 0);
            assert_eq!((files.size_bytes(&empty).await.unwrap(), files.get(&empty).await.unwrap()), (0, vec![]));

            let too_large = BlobName::of([4; 16]);
            let mut upload = files.upload(&too_large, 1000).await.unwrap();
            upload.write(&[0; 900]).await.unwrap();
            let refused = upload.write(&[0; 101]).await.unwrap_err();
            assert!(matches!(refused, BlobError::TooLarge { limit_bytes: 1000 }));
            assert!(matches!(upload.write(b"x").await, Err(BlobError::GivenUp { .. })));
            assert!(matches!(files.get(&too_large).await, Err(BlobError::Missing { .. })));
            let left = std::fs::read_dir(folder.path().join("files").join("04")).unwrap().count();
            assert_eq!(left, 0, "nothing lies about");

            assert!(files.delete(&small).await.unwrap());
            assert!(!files.delete(&small).await.unwrap());
        });
    }

    #[test]
    fn the_sweep_finds_old_files_and_what_a_crash_left() {
        let folder = tempfile::tempdir().unwrap();
        let files = Blobs::folder(folder.path()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let name = BlobName::of([0xab; 16]);
            files.put(&name, b"scan", 10).await.unwrap();
            let shard = folder.path().join("ab");
            std::fs::write(shard.join(format!("{name}#1")), "half").unwrap();
            assert_eq!(files.list_older_than(0xab, i64::MAX).await.unwrap(), std::slice::from_ref(&name));
            assert_eq!(files.list_older_than(0xab, 0).await.unwrap(), []);
            assert_eq!(files.list_older_than(0xac, i64::MAX).await.unwrap(), []);
            assert_eq!(files.remove_unfinished_older_than(0).await.unwrap(), 0);
            assert_eq!(files.remove_unfinished_older_than(i64::MAX).await.unwrap(), 1);
            assert_eq!(files.get(&name).await.unwrap(), b"scan");
        });
        assert_eq!(BlobName::parse("AB"), None);
        assert_eq!(BlobName::parse("0123456789abcdef0123456789abcdef").unwrap().as_str().len(), 32);
    }
}
