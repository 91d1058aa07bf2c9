//! The keys of the house's files: a few lines in a file of its own, kept apart from what they lock.
//!
//! Each file has a data key, which lies in its row wrapped with one of these. To put a new key in use therefore rewraps some
//! hundred bytes a file and touches no file. The ring is read again when its file changes, so that a running program learns of a
//! new key; keys are told apart by an id that is derived from them.

use std::{
    fmt, io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use chacha20poly1305::{
    Key, XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use domain::time::Instant;
use jiff::civil::DateTime;
use sha2::{Digest, Sha256};

use super::{BlobError, BlobName};
use crate::chain::hex;
use crate::secret_file;

/// The longest ring that is read.
const FILE_BYTES_MAX: u64 = 64 << 10;
const ID_DIGITS: usize = 16;
const NONCE_BYTES: usize = 24;
/// What stands behind a key that is not in use yet.
const WAITS: &str = "waits";
const HEAD: &str = "\
# Keys of the files of this house: id, made at, key. The last one that does not wait is in use; the others open older files.
# Keep a copy of this file apart from the copies of the data: without it no file can be read.
";

/// The data key of a file as its row keeps it: useless without the ring.
#[derive(Clone, PartialEq, Eq)]
pub struct WrappedKey {
    /// Which key of the ring it is wrapped with.
    pub ring_key: String,
    /// Nonce and sealed key.
    pub bytes: Vec<u8>,
}

impl WrappedKey {
    /// Reads what [`WrappedKey`] shows as text.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, digits) = text.split_once('.')?;
        Some(Self { ring_key: id.to_owned(), bytes: unhex(digits)? })
    }
}

impl fmt::Display for WrappedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.ring_key, hex(&self.bytes))
    }
}

impl fmt::Debug for WrappedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WrappedKey({})", self.ring_key)
    }
}

/// Chance for one new file: its data key, and the nonce it is wrapped under. Minted by the caller, as ids are.
pub struct NewKey {
    key: [u8; 32],
    nonce: [u8; NONCE_BYTES],
}

impl NewKey {
    /// From chance that nobody can guess and nothing else uses.
    pub fn of(key: [u8; 32], nonce: [u8; NONCE_BYTES]) -> Self {
        Self { key, nonce }
    }

    pub(super) fn key(&self) -> &[u8; 32] {
        &self.key
    }
}

impl fmt::Debug for NewKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewKey(…)")
    }
}

/// Whether a new key is used at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Every new file uses it.
    Now,
    /// It waits until every node has it.
    Later,
}

/// The ring cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RingError {
    /// Not readable or writable.
    #[error("the file of keys {} cannot be used", path.display())]
    File {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Not a ring.
    #[error("line {line} of the file of keys {} is no key: id, moment and 64 hexadecimal digits are expected", path.display())]
    Form {
        /// Where.
        path: PathBuf,
        /// Which line, counted from 1.
        line: usize,
    },
    /// No key is in use.
    #[error("no key in the file of keys {} is in use", path.display())]
    Empty {
        /// Where.
        path: PathBuf,
    },
}

#[derive(Clone)]
struct RingKey {
    id: String,
    made_at: String,
    key: [u8; 32],
    waits: bool,
}

impl RingKey {
    fn new(key: [u8; 32], made_at: Instant, waits: bool) -> Self {
        Self { id: id_of(&key), made_at: made_at.local().to_string(), key, waits }
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(self.key))
    }
}

/// A key as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownKey {
    /// Its id.
    pub id: String,
    /// When it was made, in local time.
    pub made_at: String,
    /// True where it waits.
    pub waits: bool,
}

/// The ring. Its `Debug` shows no key.
pub struct KeyRing {
    path: PathBuf,
    state: Mutex<State>,
}

#[derive(Clone)]
struct State {
    keys: Vec<RingKey>,
    /// When the file was changed last and how long it was, as far as we know.
    seen: Option<(SystemTime, u64)>,
}

impl State {
    fn current(&self) -> Option<&RingKey> {
        self.keys.iter().rev().find(|it| !it.waits)
    }

    fn find(&self, id: &str) -> Option<&RingKey> {
        self.keys.iter().find(|it| it.id == id)
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing").field("path", &self.path).finish_non_exhaustive()
    }
}

impl KeyRing {
    /// Reads the ring.
    ///
    /// # Errors
    /// There is none, it cannot be read, or it is none.
    pub fn open(path: &Path) -> Result<Self, RingError> {
        let state = read(path)?;
        Ok(Self { path: path.to_owned(), state: Mutex::new(state) })
    }

    /// Makes a ring with one key, in a file that only its owner can read.
    ///
    /// # Errors
    /// There is one already, or it cannot be written.
    pub fn make(path: &Path, key: [u8; 32], at: Instant) -> Result<Self, RingError> {
        if path.exists() {
            let source = io::Error::from(io::ErrorKind::AlreadyExists);
            return Err(RingError::File { path: path.to_owned(), source });
        }
        write(path, &[RingKey::new(key, at, false)])?;
        Self::open(path)
    }

    /// A ring without a file, for tests.
    pub fn of(key: [u8; 32]) -> Self {
        let keys = vec![RingKey::new(key, Instant::from_micros(0), false)];
        Self { path: PathBuf::new(), state: Mutex::new(State { keys, seen: None }) }
    }

    /// A ring without keys: for whoever carries files as they lie there and opens none.
    pub fn without_keys() -> Self {
        Self { path: PathBuf::new(), state: Mutex::new(State { keys: Vec::new(), seen: None }) }
    }

    /// Its file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The keys, oldest first.
    pub fn shown(&self) -> Vec<ShownKey> {
        let shown = |it: &RingKey| ShownKey { id: it.id.clone(), made_at: it.made_at.clone(), waits: it.waits };
        self.fresh().keys.iter().map(shown).collect()
    }

    /// The id of the key in use; empty where there is none.
    pub fn current(&self) -> String {
        self.fresh().current().map_or_else(String::new, |it| it.id.clone())
    }

    /// The newest key that waits.
    pub fn waiting(&self) -> Option<String> {
        self.fresh().keys.iter().rev().find(|it| it.waits).map(|it| it.id.clone())
    }

    /// True where the ring has this key.
    pub fn has(&self, id: &str) -> bool {
        self.fresh().find(id).is_some()
    }

    /// Adds a key and says its id. Durable when it returns.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn add(&self, key: [u8; 32], at: Instant, when: Use) -> Result<String, RingError> {
        self.change(|keys| {
            let new = RingKey::new(key, at, when == Use::Later);
            let id = new.id.clone();
            keys.push(new);
            id
        })
    }

    /// Puts a key that waited in use.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn begin_using(&self, id: &str) -> Result<(), RingError> {
        self.change(|keys| {
            // In use is the last one that does not wait.
            if let Some(at) = keys.iter().position(|it| it.id == id) {
                let key = keys.remove(at);
                keys.push(RingKey { waits: false, ..key });
            }
        })
    }

    /// Takes keys out; the one in use stays.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn forget(&self, ids: &[String]) -> Result<(), RingError> {
        let current = self.current();
        self.change(|keys| keys.retain(|it| it.id == current || !ids.contains(&it.id)))
    }

    fn change<T>(&self, change: impl FnOnce(&mut Vec<RingKey>) -> T) -> Result<T, RingError> {
        let mut state = self.fresh();
        let mut keys = state.keys.clone();
        let answer = change(&mut keys);
        write(&self.path, &keys)?;
        *state = read(&self.path)?;
        Ok(answer)
    }

    /// Wraps the key of a new file with the one in use; it opens for a file of this name only.
    pub(super) fn wrap(&self, name: &BlobName, new: &NewKey) -> Result<WrappedKey, BlobError> {
        let state = self.fresh();
        let Some(ring_key) = state.current() else {
            return Err(BlobError::NoKey { name: name.clone(), ring_key: "in use".to_owned() });
        };
        let payload = Payload { msg: &new.key, aad: name.as_str().as_bytes() };
        let sealed = ring_key.cipher().encrypt(&XNonce::from(new.nonce), payload);
        let sealed = sealed.map_err(|_| BlobError::Damaged { name: name.clone() })?;
        Ok(WrappedKey { ring_key: ring_key.id.clone(), bytes: [new.nonce.as_slice(), &sealed].concat() })
    }

    /// The data key of a file.
    pub(super) fn unwrap(&self, name: &BlobName, wrapped: &WrappedKey) -> Result<[u8; 32], BlobError> {
        let state = self.fresh();
        let Some(ring_key) = state.find(&wrapped.ring_key) else {
            return Err(BlobError::NoKey { name: name.clone(), ring_key: wrapped.ring_key.clone() });
        };
        let damaged = || BlobError::Damaged { name: name.clone() };
        let (nonce, sealed) = wrapped.bytes.split_first_chunk::<NONCE_BYTES>().ok_or_else(damaged)?;
        let payload = Payload { msg: sealed, aad: name.as_str().as_bytes() };
        let key = ring_key.cipher().decrypt(&XNonce::from(*nonce), payload).map_err(|_| damaged())?;
        key.try_into().map_err(|_| damaged())
    }

    /// The same data key wrapped with the key in use, under a nonce of chance.
    ///
    /// # Errors
    /// The ring lacks the key it is wrapped with, or it was changed.
    pub fn rewrap(
        &self,
        name: &BlobName,
        wrapped: &WrappedKey,
        nonce: [u8; NONCE_BYTES],
    ) -> Result<WrappedKey, BlobError> {
        let key = self.unwrap(name, wrapped)?;
        self.wrap(name, &NewKey { key, nonce })
    }

    /// The ring as its file has it now. One that cannot be read at the moment changes nothing.
    fn fresh(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if self.path.as_os_str().is_empty() || seen(&self.path) == state.seen {
            return state;
        }
        match read(&self.path) {
            Ok(new) => *state = new,
            Err(error) => tracing::warn!(error = %error, "the keys of the files stay as they were read before"),
        }
        state
    }
}

fn id_of(key: &[u8; 32]) -> String {
    let mut hash = Sha256::new();
    hash.update(b"motcua.files.key.1");
    hash.update(key);
    hex(&hash.finalize()).chars().take(ID_DIGITS).collect()
}

fn seen(path: &Path) -> Option<(SystemTime, u64)> {
    let about = std::fs::metadata(path).ok()?;
    Some((about.modified().ok()?, about.len()))
}

fn read(path: &Path) -> Result<State, RingError> {
    let failed = |source| RingError::File { path: path.to_owned(), source };
    let seen = seen(path);
    if std::fs::metadata(path).map_err(failed)?.len() > FILE_BYTES_MAX {
        return Err(failed(io::Error::from(io::ErrorKind::FileTooLarge)));
    }
    let text = std::fs::read_to_string(path).map_err(failed)?;
    let mut keys = Vec::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#')) {
        keys.push(parse(line).ok_or_else(|| RingError::Form { path: path.to_owned(), line: at + 1 })?);
    }
    let state = State { keys, seen };
    if state.current().is_none() {
        return Err(RingError::Empty { path: path.to_owned() });
    }
    Ok(state)
}

fn parse(line: &str) -> Option<RingKey> {
    let mut words = line.split_whitespace();
    let (id, made_at, digits) = (words.next()?, words.next()?, words.next()?);
    let waits = match words.next() {
        None => false,
        Some(WAITS) => true,
        Some(_) => return None,
    };
    let made_at = made_at.parse::<DateTime>().ok()?.to_string();
    let key: [u8; 32] = unhex(digits)?.try_into().ok()?;
    (id == id_of(&key) && words.next().is_none()).then(|| RingKey { id: id.to_owned(), made_at, key, waits })
}

fn write(path: &Path, keys: &[RingKey]) -> Result<(), RingError> {
    let mut text = HEAD.to_owned();
    for key in keys {
        let tail = if key.waits { format!(" {WAITS}") } else { String::new() };
        text.push_str(&format!("{} {} {}{tail}\n", key.id, key.made_at, hex(&key.key)));
    }
    secret_file::replace(path, &text).map_err(|source| RingError::File { path: path.to_owned(), source })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|it| it.is_ascii_hexdigit()) {
        return None;
    }
    let pair = |pair: &[u8]| std::str::from_utf8(pair).ok().and_then(|it| u8::from_str_radix(it, 16).ok());
    text.as_bytes().chunks(2).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(of: u8) -> BlobName {
        BlobName::of([of; 16])
    }

    #[test]
    fn a_wrapped_key_opens_for_its_file_and_with_its_ring_only() {
        let ring = KeyRing::of([1; 32]);
        let wrapped = ring.wrap(&name(1), &NewKey::of([5; 32], [6; 24])).unwrap();
        assert_eq!(ring.unwrap(&name(1), &wrapped).unwrap(), [5; 32]);
        assert!(!wrapped.bytes.windows(32).any(|it| it == [5; 32]), "the key is not there in plain");
        assert!(matches!(ring.unwrap(&name(2), &wrapped), Err(BlobError::Damaged { .. })));
        assert!(matches!(KeyRing::of([2; 32]).unwrap(&name(1), &wrapped), Err(BlobError::NoKey { .. })));
        let mut changed = wrapped.clone();
        *changed.bytes.last_mut().unwrap() ^= 1;
        assert!(matches!(ring.unwrap(&name(1), &changed), Err(BlobError::Damaged { .. })));
        changed.bytes.truncate(10);
        assert!(matches!(ring.unwrap(&name(1), &changed), Err(BlobError::Damaged { .. })));
        assert_eq!(WrappedKey::parse(&wrapped.to_string()).unwrap(), wrapped);
        assert_eq!(WrappedKey::parse("abc"), None);
        assert_eq!(WrappedKey::parse("abc.zz"), None);
    }

    #[test]
    fn a_new_key_is_in_use_when_it_is_told_to_be_and_old_ones_go_on_opening() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("files.keys");
        let at = Instant::from_micros(1_741_000_000_000_000);
        let ring = KeyRing::make(&path, [1; 32], at).unwrap();
        let first = ring.current();
        assert!(KeyRing::make(&path, [9; 32], at).is_err(), "a ring that is there is never written over");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let old = ring.wrap(&name(1), &NewKey::of([5; 32], [6; 24])).unwrap();
        let second = ring.add([2; 32], at, Use::Later).unwrap();
        assert_eq!((ring.current(), ring.waiting()), (first.clone(), Some(second.clone())));
        ring.begin_using(&second).unwrap();
        assert_eq!((ring.current(), ring.waiting()), (second.clone(), None));
        let again = KeyRing::open(&path).unwrap();
        assert_eq!(again.shown(), ring.shown());
        assert_eq!(again.unwrap(&name(1), &old).unwrap(), [5; 32]);
        let new = again.rewrap(&name(1), &old, [7; 24]).unwrap();
        assert_eq!((new.ring_key.as_str(), again.unwrap(&name(1), &new).unwrap()), (second.as_str(), [5; 32]));
        again.forget(&[first, second.clone()]).unwrap();
        assert_eq!(again.current(), second, "the one in use stays");
        assert!(matches!(again.unwrap(&name(1), &old), Err(BlobError::NoKey { .. })));
        let shown = format!("{ring:?} {:?} {new:?}", NewKey::of([5; 32], [6; 24]));
        assert!(!shown.contains("5, 5") && !shown.contains("0505"), "{shown}");
    }

    #[test]
    fn a_running_program_learns_of_a_new_key_and_keeps_its_ring_where_the_file_is_broken() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("files.keys");
        let running = KeyRing::make(&path, [1; 32], Instant::from_micros(0)).unwrap();
        let second = KeyRing::open(&path).unwrap().add([2; 32], Instant::from_micros(0), Use::Now).unwrap();
        assert_eq!(running.current(), second);
        std::fs::write(&path, "half a li").unwrap();
        assert_eq!(running.current(), second);
        assert!(matches!(KeyRing::open(&path), Err(RingError::Form { line: 1, .. })));
        std::fs::write(&path, HEAD).unwrap();
        assert!(matches!(KeyRing::open(&path), Err(RingError::Empty { .. })));
    }
}
