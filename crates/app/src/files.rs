//! The files as a whole: new keys for all of them, and an end to those that nothing names.

use crate::clock::Clock;
use crate::error::AppError;
use crate::house::House;
use domain::time::Instant;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use storage::blobs::{BlobError, BlobName, KeyRing, NewKey, RingError, ShownKey, Use, WrappedKey};
use storage::engine::{Db, StorageError, Tx};
use storage::file_keys::{self, Other, Plain};
use storage::{drafts, house as texts};

/// A file no row names is kept this long, in seconds: its form may still be on the way.
pub const ORPHAN_SECONDS: i64 = 24 * 3_600;
/// Keys wrapped anew in one transaction.
const PIECE: u32 = 50;
/// House text: the id of the key of the ring that is in use, and since when, where there was another before.
const IN_USE: &str = "files_key";

/// Why the files' keys cannot be used as they are asked to be.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The ring lacks the key the house uses: it is another house's, or an old copy.
    #[error("the file of keys lacks the key {0} that this house uses")]
    AnotherRing(String),
    /// Other nodes would not have the new key: it has to be prepared and carried to them first.
    #[error("the new key must be prepared first, so that every node has it")]
    PrepareFirst,
    /// There is no such key.
    #[error("there is no key {0}")]
    Unknown(String),
    /// It is in use.
    #[error("the key {0} is in use")]
    InUse(String),
    /// Files still need it.
    #[error("{files} files need the key {id}")]
    Needed {
        /// The key.
        id: String,
        /// How many files.
        files: i64,
    },
    /// The key in use is so new that forms on their way may still carry the one before.
    #[error("the key in use is not a day old")]
    TooEarly,
    /// The ring cannot be read or written.
    #[error(transparent)]
    Ring(#[from] RingError),
    /// The house failed.
    #[error(transparent)]
    House(#[from] AppError),
}

impl From<StorageError> for KeysError {
    fn from(error: StorageError) -> Self {
        Self::House(error.into())
    }
}

impl From<BlobError> for KeysError {
    fn from(error: BlobError) -> Self {
        Self::House(error.into())
    }
}

/// True where the house has a ring of keys already: then none may be made in its place.
///
/// # Errors
/// The database failed.
pub fn has_ring(db: &Db) -> Result<bool, StorageError> {
    Ok(db.read_now(|tx| texts::text(tx, IN_USE))?.is_some())
}

/// Makes sure that this ring is the house's; the first one becomes it.
///
/// # Errors
/// It is another one, or the database failed.
pub fn agree_on_ring(db: &Db, ring: &KeyRing) -> Result<(), KeysError> {
    let own = ring.current();
    let agreed = db.write_now(|tx| texts::agree(tx, IN_USE, &own))?;
    let id = agreed.split(' ').next().unwrap_or_default();
    if ring.has(id) { Ok(()) } else { Err(KeysError::AnotherRing(id.to_owned())) }
}

/// A key of the ring and how many files need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyUse {
    /// The key.
    pub key: ShownKey,
    /// True where every new file uses it.
    pub in_use: bool,
    /// Files whose keys are wrapped with it.
    pub files: i64,
}

/// Every key of the ring, oldest first, and how many files lie there in plain.
///
/// # Errors
/// The database failed.
pub fn keys(house: &House) -> Result<(Vec<KeyUse>, i64), AppError> {
    let uses = house.db.read_now(|tx| Ok::<_, AppError>(file_keys::uses(tx)?))?;
    let files_of = |id: &str| uses.iter().find(|it| it.0 == id).map_or(0, |it| it.1);
    let (ring, current) = (house.blobs.ring(), house.blobs.ring().current());
    let keys = ring.shown().into_iter().map(|key| KeyUse { in_use: key.id == current, files: files_of(&key.id), key });
    Ok((keys.collect(), files_of("")))
}

/// Makes a key that waits, so that the ring can be carried to every node before it is used. Says its id; a key that waits already
/// is enough.
///
/// # Errors
/// The ring cannot be written.
pub fn prepare(house: &House) -> Result<String, KeysError> {
    let ring = house.blobs.ring();
    match ring.waiting() {
        Some(id) => Ok(id),
        None => Ok(ring.add(house.ids.bytes(), Clock::system().now(), Use::Later)?),
    }
}

/// Takes a key out of the ring that no file needs any more.
///
/// # Errors
/// Files need it, forms on their way may, or the ring cannot be written.
pub fn forget(house: &House, id: &str) -> Result<(), KeysError> {
    let (keys, _) = keys(house)?;
    let known = keys.iter().find(|it| it.key.id == id).ok_or_else(|| KeysError::Unknown(id.to_owned()))?;
    if known.in_use {
        return Err(KeysError::InUse(id.to_owned()));
    }
    if known.files > 0 {
        return Err(KeysError::Needed { id: id.to_owned(), files: known.files });
    }
    let text = house.db.read_now(|tx| texts::text(tx, IN_USE))?.unwrap_or_default();
    let since = text.split(' ').nth(1).and_then(|it| it.parse().ok()).map(Instant::from_micros);
    // Files are carried in forms for less than a day before a row names them. The ring lives in the real time.
    let is_old = since.is_none_or(|at| at.plus_seconds(ORPHAN_SECONDS) <= Clock::system().now());
    if !known.key.waits && !is_old {
        return Err(KeysError::TooEarly);
    }
    Ok(house.blobs.ring().forget(&[id.to_owned()])?)
}

/// What a rotation did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rotated {
    /// The key in use now.
    pub key: String,
    /// True where an earlier rotation that broke off was finished instead of beginning another.
    pub resumed: bool,
    /// Keys of files wrapped anew.
    pub rewrapped: u64,
    /// Files that lay there in plain and are sealed now.
    pub sealed: u64,
    /// Files left as they were, and why.
    pub wrong: Vec<(String, String)>,
}

/// Puts a new key of the ring in use, wraps every file's key with it, and seals files that lie there in plain. One that broke off
/// goes on where it was. `progress` hears done and total.
///
/// # Errors
/// Other nodes lack the new key, the ring cannot be written, or the house failed. A file that cannot be read is no error: it is
/// left as it was, and named.
pub async fn rotate(house: &Arc<House>, mut progress: impl FnMut(u64, u64)) -> Result<Rotated, KeysError> {
    let ring = house.blobs.ring();
    let (uses, plain) = keys(house)?;
    let resumed = uses.iter().any(|it| !it.in_use && it.files > 0);
    if !resumed {
        put_new_key_in_use(house)?;
    }
    let key = ring.current();
    note_in_use(house, &key)?;
    let others = |it: &&KeyUse| it.key.id != key;
    let total = uses.iter().filter(others).map(|it| it.files).sum::<i64>() + plain;
    let total = u64::try_from(total).unwrap_or(0);
    let mut done = Rotated { key, resumed, ..Rotated::default() };
    let mut after = String::new();
    loop {
        let page =
            house.db.read_now(|tx| Ok::<_, AppError>(file_keys::wrapped_otherwise(tx, &after, &done.key, PIECE)?))?;
        let Some(last) = page.last() else { break };
        after.clone_from(&last.blob);
        rewrap(house, page, &mut done).await?;
        progress(done.rewrapped, total);
    }
    after.clear();
    loop {
        let page = house.db.read_now(|tx| Ok::<_, AppError>(file_keys::plain(tx, &after, PIECE)?))?;
        let Some(last) = page.last() else { break };
        after.clone_from(&last.blob);
        for it in page {
            match seal(house, &it).await {
                Ok(true) => done.sealed += 1,
                Ok(false) => {}
                Err(error @ AppError::Unavailable(_)) => return Err(error.into()),
                Err(error) => done.wrong.push((it.blob, why(&error))),
            }
            progress(done.rewrapped + done.sealed, total);
        }
    }
    Ok(done)
}

fn put_new_key_in_use(house: &House) -> Result<(), KeysError> {
    let ring = house.blobs.ring();
    match ring.waiting() {
        Some(id) => ring.begin_using(&id)?,
        None if house.db.is_shared() => return Err(KeysError::PrepareFirst),
        None => drop(ring.add(house.ids.bytes(), Clock::system().now(), Use::Now)?),
    }
    Ok(())
}

/// The house remembers the key from now on, also where that was missed because a rotation broke off.
fn note_in_use(house: &House, key: &str) -> Result<(), AppError> {
    let (text, at) = (format!("{key} {}", Clock::system().now().micros()), house.clock.now());
    house.db.write_now(|tx| {
        let known = texts::text(tx, IN_USE)?.unwrap_or_default();
        if known.split(' ').next() != Some(key) {
            texts::put_text(tx, IN_USE, &text)?;
            texts::audit(tx, at, None, "files key changed", key, "")?;
        }
        Ok(())
    })
}

async fn rewrap(house: &Arc<House>, page: Vec<Other>, done: &mut Rotated) -> Result<(), AppError> {
    let mut changes: Vec<(String, WrappedKey, WrappedKey)> = Vec::with_capacity(page.len());
    for Other { blob, key } in page {
        let name = BlobName::parse(&blob);
        let (Some(name), Some(before)) = (name, key) else {
            done.wrong.push((blob, "its name or its key is none".to_owned()));
            continue;
        };
        match house.blobs.ring().rewrap(&name, &before, house.ids.bytes()) {
            Ok(new) => changes.push((blob, before, new)),
            Err(error) => done.wrong.push((blob, error.to_string())),
        }
    }
    let write = move |tx: &mut Tx| {
        let mut changed = 0;
        for (blob, before, new) in &changes {
            changed += u64::from(file_keys::rewrap(tx, blob, before, new)?);
        }
        Ok::<_, AppError>(changed)
    };
    done.rewrapped += house.db.write(write).await?;
    Ok(())
}

/// Seals one file under a new name and lets its row name that; the plain one goes afterwards. What a crash leaves of either is an
/// orphan for the sweep. False where the row was gone meanwhile.
async fn seal(house: &Arc<House>, plain: &Plain) -> Result<bool, AppError> {
    let old = BlobName::parse(&plain.blob).ok_or_else(|| AppError::fault("naming a file", plain.blob.clone()))?;
    let name = BlobName::of(house.ids.salt());
    let mut upload = house.blobs.upload(&name, &NewKey::of(house.ids.bytes(), house.ids.bytes()), u64::MAX)?;
    let mut reading = house.blobs.read(&old, None)?;
    let mut digest = Sha256::new();
    while let Some(piece) = reading.next().await? {
        digest.update(&piece);
        upload.write(&piece).await?;
    }
    if storage::chain::hex(&digest.finalize()) != plain.sha256 {
        return Err(AppError::fault("sealing a file", "the file was changed"));
    }
    let stored = upload.finish().await?;
    let (row, key) = (plain.clone(), stored.key);
    if !house.db.write(move |tx| Ok::<_, AppError>(file_keys::sealed(tx, &row, &name, &key)?)).await? {
        return Ok(false);
    }
    crate::uploads::drop_blob(house, &plain.blob).await;
    Ok(true)
}

fn why(error: &AppError) -> String {
    match error {
        AppError::Fault { source, .. } => source.to_string(),
        other => other.to_string(),
    }
}

/// Deletes files that no row names and that are older than a day, and what a crash left of uploads. Says how many.
///
/// # Errors
/// The house failed, or the files are another house's.
pub async fn sweep_orphans(house: &Arc<House>) -> Result<u64, AppError> {
    // Files carry the time of the store, which no simulated clock turns.
    sweep_older_than(house, Clock::system().now().plus_seconds(-ORPHAN_SECONDS)).await
}

/// The same for files older than this.
///
/// # Errors
/// As [`sweep_orphans`].
pub async fn sweep_older_than(house: &Arc<House>, before: Instant) -> Result<u64, AppError> {
    house.blobs.claim(&house.key.public()).await?;
    let mut swept = 0;
    for folder in 0..=u8::MAX {
        let files = house.blobs.raw_list(folder).await?;
        for file in files.into_iter().filter(|it| it.written_micros < before.micros()) {
            let asked = file.name.clone();
            if !house.db.read(move |tx| drafts::is_named(tx, asked.as_str())).await?
                && house.blobs.delete(&file.name).await?
            {
                swept += 1;
            }
        }
    }
    Ok(swept + house.blobs.remove_unfinished_older_than(before.micros()).await?)
}
