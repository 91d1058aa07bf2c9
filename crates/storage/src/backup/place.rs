//! Where backups lie: a folder, such as a mounted disk of another machine, or a bucket.

use super::BackupError;
use crate::bucket::asked_straight;
use bytes::Bytes;
use futures_core::Stream;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload};
use std::fmt;
use std::io::{self, Read, Write};
use std::pin::{Pin, pin};
use std::sync::Arc;
use tokio::runtime::Handle;

/// So much is handed over at once; a bucket takes 10,000 of them.
const PART_BYTES: usize = 32 << 20;
/// The most parts of one backup: 320 GB.
const PARTS_MAX: usize = 10_000;
/// So much is fetched at once.
const FETCHED_BYTES: u64 = 8 << 20;
/// How a name begins and ends.
const NAME_BEGINS: &str = "motcua-";
const NAME_ENDS: &str = ".tar.age";

/// The name of one backup: when it was made, to the second, in UTC. Later ones sort behind earlier ones.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BackupName(String);

impl BackupName {
    /// The name of a backup made at that moment (microseconds since 1970, UTC).
    pub fn at(micros: i64) -> Self {
        let moment = jiff::Timestamp::from_microsecond(micros).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        Self(format!("{NAME_BEGINS}{}{NAME_ENDS}", moment.strftime("%Y%m%dT%H%M%SZ")))
    }

    /// Reads a name; `None` where it is not one of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let middle = text.strip_prefix(NAME_BEGINS)?.strip_suffix(NAME_ENDS)?;
        let is_ours = middle.len() == 16 && middle.bytes().all(|it| it.is_ascii_digit() || it == b'T' || it == b'Z');
        is_ours.then(|| Self(text.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BackupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A bucket of an S3 server.
#[derive(Clone, PartialEq, Eq)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// Folder in it; empty for none.
    pub prefix: String,
    /// The server, where it is not Amazon's: `https://s3.example`.
    pub endpoint: Option<String>,
    /// Its region.
    pub region: String,
    /// Who we are there.
    pub access_key: String,
    /// What proves it.
    pub secret_key: String,
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bucket").field("name", &self.name).field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// Where backups lie. Cheap to clone.
#[derive(Clone, Debug)]
pub struct BackupPlace {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
    shown: String,
}

impl BackupPlace {
    /// A folder, which is made if there is none. Nobody else on the machine may look into a new one.
    ///
    /// # Errors
    /// It cannot be used.
    pub fn folder(path: &std::path::Path) -> Result<Self, BackupError> {
        let shown = path.display().to_string();
        let unusable = |why: io::Error| BackupError::disk(format!("opening the folder {shown}"), why);
        crate::blobs::create_private(path).map_err(unusable)?;
        let store = LocalFileSystem::new_with_prefix(path).map_err(|why| unusable(why.into()))?;
        Ok(Self { store: Arc::new(store.with_fsync(true)), prefix: Path::default(), shown })
    }

    /// A bucket. Nothing is asked of it yet.
    ///
    /// # Errors
    /// What names it makes no sense.
    pub fn bucket(it: &Bucket) -> Result<Self, BackupError> {
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&it.name)
            .with_region(&it.region)
            .with_access_key_id(&it.access_key)
            .with_secret_access_key(&it.secret_key);
        if let Some(endpoint) = &it.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        // The settings let only this machine be asked without TLS.
        let allow_http = it.endpoint.as_ref().is_some_and(|it| it.starts_with("http://"));
        let shown = format!("s3://{}/{}", it.name, it.prefix);
        let store = asked_straight(builder, allow_http, None)
            .build()
            .map_err(|why| BackupError::store(format!("opening {shown}"), why))?;
        let prefix = Path::parse(&it.prefix).map_err(|why| BackupError::store(format!("opening {shown}"), why))?;
        Ok(Self { store: Arc::new(store), prefix, shown })
    }

    /// The backups that lie there, oldest first, with their sizes in bytes.
    ///
    /// # Errors
    /// The place cannot be read.
    pub async fn names(&self) -> Result<Vec<(BackupName, u64)>, BackupError> {
        let mut listed = pin!(self.store.list(Some(&self.prefix)));
        let mut found = Vec::new();
        while let Some(object) = next(listed.as_mut()).await {
            let object = object.map_err(|why| BackupError::store(format!("listing {}", self.shown), why))?;
            if let Some(name) = object.location.filename().and_then(BackupName::parse) {
                found.push((name, object.size));
            }
        }
        found.sort();
        Ok(found)
    }

    /// Takes a backup away for good.
    ///
    /// # Errors
    /// The place refused.
    pub async fn remove(&self, name: &BackupName) -> Result<(), BackupError> {
        let removed = self.store.delete(&self.path(name)).await;
        removed.map_err(|why| BackupError::store(format!("removing {name} from {}", self.shown), why))
    }

    /// Begins a backup; it is there only once it is [finished](PlaceWriter::finish).
    pub(super) fn write(&self, name: &BackupName, runtime: &Handle) -> Result<PlaceWriter, BackupError> {
        let begun = runtime.block_on(self.store.put_multipart(&self.path(name)));
        let parts = begun.map_err(|why| BackupError::store(format!("beginning {name} in {}", self.shown), why))?;
        Ok(PlaceWriter { parts: Some(parts), pending: Vec::new(), handed: 0, bytes: 0, runtime: runtime.clone() })
    }

    /// Reads a backup from its beginning.
    pub(super) fn read(&self, name: &BackupName, runtime: &Handle) -> Result<PlaceReader, BackupError> {
        let path = self.path(name);
        match runtime.block_on(self.store.head(&path)) {
            Ok(about) => Ok(PlaceReader {
                store: Arc::clone(&self.store),
                path,
                at: 0,
                size: about.size,
                fetched: Bytes::new(),
                runtime: runtime.clone(),
            }),
            Err(object_store::Error::NotFound { .. }) => Err(BackupError::NoBackup { place: self.shown.clone() }),
            Err(why) => Err(BackupError::store(format!("opening {name} in {}", self.shown), why)),
        }
    }

    fn path(&self, name: &BackupName) -> Path {
        self.prefix.clone().join(name.as_str())
    }
}

impl fmt::Display for BackupPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

async fn next<S: Stream>(mut stream: Pin<&mut S>) -> Option<S::Item> {
    std::future::poll_fn(|context| stream.as_mut().poll_next(context)).await
}

/// A backup while it is written. Dropped before it is finished, nothing of it stays.
pub(super) struct PlaceWriter {
    /// `None` once finished or given up.
    parts: Option<Box<dyn MultipartUpload>>,
    pending: Vec<u8>,
    handed: usize,
    bytes: u64,
    runtime: Handle,
}

impl PlaceWriter {
    /// Puts the backup under its name; says its size in bytes.
    pub(super) fn finish(mut self) -> io::Result<u64> {
        self.hand_over()?;
        let Some(mut parts) = self.parts.take() else { return Err(given_up()) };
        self.runtime.block_on(parts.complete()).map_err(io::Error::other)?;
        Ok(self.bytes)
    }

    fn hand_over(&mut self) -> io::Result<()> {
        if self.handed == PARTS_MAX {
            return Err(io::Error::other("the backup is larger than 320 GB"));
        }
        let part = std::mem::take(&mut self.pending);
        let Some(parts) = &mut self.parts else { return Err(given_up()) };
        self.handed += 1;
        self.bytes += part.len() as u64;
        self.runtime.block_on(parts.put_part(PutPayload::from(part))).map_err(io::Error::other)
    }
}

fn given_up() -> io::Error {
    io::Error::other("the backup was given up")
}

impl Write for PlaceWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = PART_BYTES - self.pending.len();
        let taken = bytes.get(..room.min(bytes.len())).unwrap_or_default();
        self.pending.extend_from_slice(taken);
        if self.pending.len() == PART_BYTES {
            self.hand_over()?;
        }
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for PlaceWriter {
    fn drop(&mut self) {
        let Some(mut parts) = self.parts.take() else { return };
        if let Err(error) = self.runtime.block_on(parts.abort()) {
            tracing::warn!(error = %error, "parts of an unfinished backup stay in its place");
        }
    }
}

/// A backup while it is read.
pub(super) struct PlaceReader {
    store: Arc<dyn ObjectStore>,
    path: Path,
    at: u64,
    size: u64,
    fetched: Bytes,
    runtime: Handle,
}

impl Read for PlaceReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.fetched.is_empty() && self.at < self.size {
            let until = self.size.min(self.at + FETCHED_BYTES);
            let fetching = self.store.get_range(&self.path, self.at..until);
            self.fetched = self.runtime.block_on(fetching).map_err(io::Error::other)?;
            self.at = until;
        }
        let taken = out.len().min(self.fetched.len());
        let part = self.fetched.split_to(taken);
        if let Some(room) = out.get_mut(..taken) {
            room.copy_from_slice(&part);
        }
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_is_named_by_its_moment() {
        let name = BackupName::at(1_743_379_200_000_000);
        assert_eq!(name.as_str(), "motcua-20250331T000000Z.tar.age");
        assert_eq!(BackupName::parse(name.as_str()), Some(name));
        for other in ["motcua-.tar.age", "motcua-20250331T000000Z.tar", "../motcua-20250331T000000Z.tar.age", ""] {
            assert_eq!(BackupName::parse(other), None, "{other}");
        }
    }

    #[test]
    fn what_is_not_finished_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
        let place = BackupPlace::folder(folder.path()).unwrap();
        let (kept, dropped) = (BackupName::at(0), BackupName::at(1_000_000));
        let mut writer = place.write(&kept, runtime.handle()).unwrap();
        writer.write_all(&[7; 100_000]).unwrap();
        assert_eq!(writer.finish().unwrap(), 100_000);
        let mut writer = place.write(&dropped, runtime.handle()).unwrap();
        writer.write_all(&[7; 100]).unwrap();
        drop(writer);
        assert_eq!(runtime.block_on(place.names()).unwrap(), [(kept.clone(), 100_000)]);
        let mut bytes = Vec::new();
        place.read(&kept, runtime.handle()).unwrap().read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes, [7; 100_000]);
        assert!(matches!(place.read(&dropped, runtime.handle()), Err(BackupError::NoBackup { .. })));
        runtime.block_on(place.remove(&kept)).unwrap();
        assert_eq!(runtime.block_on(place.names()).unwrap(), []);
    }
}
