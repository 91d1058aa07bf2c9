//! Files of the office: scans, attachments, signed papers, kept beside the database and named by it, in a folder or in a bucket.
//!
//! A file is whole and durable before anybody is told, so the row that names it is written afterwards; a file without
//! a row is an orphan that the sweep takes once it is old enough. Names are random and minted by the caller: they say
//! nothing of whom or what a file is about. What is inside is sealed with a key of its own ([`sealing`]), which the row keeps
//! wrapped with a key of the house ([`KeyRing`]); a row without a key names a file of before, which lies there in plain.
//!
//! Start with [`Blobs::upload`] and [`Blobs::read`]. The functions whose names begin with `raw_` carry files as they lie there, sealed:
//! copies of them are worth nothing without rows and ring.

mod place;
mod ring;
mod sealing;

use std::{
    fmt, io,
    path::{Path as FilePath, PathBuf},
    sync::Arc,
    time::UNIX_EPOCH,
};

use object_store::{
    GetOptions, GetRange, MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload, local::LocalFileSystem, path::Path,
};
use sha2::{Digest, Sha256};

use crate::engine::{Column, Mismatch, Param, Value};
pub use place::Bucket;
pub use ring::{KeyRing, NewKey, RingError, ShownKey, Use, WrappedKey};
use sealing::{Opener, SEALED_CHUNK_BYTES, Sealer};

/// So much is gathered before it is handed to a disk.
const FOLDER_PART_BYTES: usize = 256 << 10;
/// So much is gathered before it is handed to a bucket, which takes no smaller parts than this (the last one apart).
const BUCKET_PART_BYTES: usize = 5 << 20;
/// So much is read at once: whole sealed chunks, about 4 MiB.
const READ_BYTES: u64 = 64 * SEALED_CHUNK_BYTES as u64;
/// Digits of a name.
const NAME_DIGITS: usize = 32;
/// The object that says whose files these are.
const OWNER: &str = "motcua-house";

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
    /// The file was changed, cut off, or is not the one its row speaks of.
    #[error("the file {name} was changed: it does not open with its key")]
    Damaged {
        /// The name.
        name: BlobName,
    },
    /// The ring lacks the key that the file's own key is wrapped with.
    #[error("the file of keys lacks the key {ring_key} of the file {name}")]
    NoKey {
        /// The name.
        name: BlobName,
        /// The key.
        ring_key: String,
    },
    /// The store holds the files of somebody else.
    #[error("the store of files belongs to another house ({owner})")]
    AnotherHouse {
        /// Whose it is.
        owner: String,
    },
    /// The bucket cannot be used as it is described.
    #[error("the bucket for files cannot be used: {why}")]
    Bucket {
        /// Why.
        why: String,
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
    /// The disk or the bucket failed, refused or did not answer.
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
            Self::TooLarge { .. }
            | Self::Missing { .. }
            | Self::GivenUp { .. }
            | Self::Damaged { .. }
            | Self::NoKey { .. }
            | Self::AnotherHouse { .. }
            | Self::Bucket { .. } => false,
        }
    }
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

fn failed(doing: impl Into<String>, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> BlobError {
    BlobError::Store { doing: doing.into(), source: source.into() }
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

/// A file while it is read, a few megabytes at a time. Each of them is a question of its own to the store, so that a slow reader
/// holds nothing open.
pub struct Reading {
    store: Arc<dyn ObjectStore>,
    name: BlobName,
    /// `None` for a file that is read as it lies there.
    opener: Option<Opener>,
    at: u64,
    /// As it lies there; known after the first piece.
    size_bytes: Option<u64>,
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

/// A file while it arrives, to be sealed on its way. Dropped before [`Upload::finish`], nothing of it is kept.
pub struct Upload {
    raw: RawUpload,
    key: WrappedKey,
    sealer: Sealer,
    digest: Sha256,
    size_bytes: u64,
    limit_bytes: u64,
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
    store: Arc<dyn ObjectStore>,
    name: BlobName,
    part_bytes: usize,
    pending: Vec<u8>,
    /// Once there was more than one part.
    parts: Option<Box<dyn MultipartUpload>>,
    is_given_up: bool,
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

#[cfg(test)]
mod tests;
