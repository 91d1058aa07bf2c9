//! Backups of the house, and the proof that they can be put back: made, read back from where they lie, restored into a scratch
//! folder, verified as a house is, and compared with what was saved.
//!
//! The server holds public keys only. For the proof every backup gets one more, whose secret half lives in memory until the proof
//! is done: so what is proved is what lies there, and nobody who takes the server can open the backups of the past.

use crate::clock::Clock;
use crate::error::AppError;
use crate::house::House;
use crate::integrity;
use crate::timers::is_ours;
use domain::time::Instant;
use jiff::civil::Time;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
pub use storage::backup::{BackupError, BackupName, BackupPlace, Bucket, Made, PublicKey, SecretKey, Unpacked, unpack};
use storage::backup::{Source, make as make_archive};
use storage::blobs::{Blobs, KeyRing};
use storage::engine::{Db, Options, Place};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::timeout;

/// The name of the installation's key among the [keys](Plan::key_files) of a backup.
pub const INSTALLATION_KEY: &str = "installation.key";
/// The name of the keys of the files in a backup.
pub const FILES_KEYS: &str = "files.keys";
/// House text with the [`State`].
const STATE: &str = "backup";
/// What the node that makes the nightly backup holds.
const LEASE: &str = "backup";
/// So long it holds it without a word, in seconds.
const LEASE_SECONDS: i64 = 600;
/// Between two looks at the clock, and two words about the lease.
const EVERY: Duration = Duration::from_secs(60);
/// After a failure it is tried again so much later, in seconds.
const AGAIN_AFTER_SECONDS: i64 = 3_600;
/// What lies in the scratch folder while a backup is made or proved.
const LOCK: &str = "backup.lock";
const MAKING: &str = "making";
const PROVING: &str = "proving";
const PROVED_FILES: &str = "files";

/// How an office makes backups.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Where they lie.
    pub place: BackupPlace,
    /// Who can open them.
    pub keys: Vec<PublicKey>,
    /// When one is made and proved every day; none: when somebody asks.
    pub at: Option<Time>,
    /// So many stay; older ones go once a newer one is proved.
    pub keep: usize,
    /// A folder with room for the database and, while one is proved, for the files too.
    pub scratch: PathBuf,
    /// The server of the database, which is then read on a connection that may take its time; none for a file.
    pub server: Option<Place>,
    /// Names and files of the keys a restored house needs; those kept elsewhere are not among them.
    pub key_files: Vec<(&'static str, PathBuf)>,
}

/// What is known of the backups: kept in the house, shown to the administrator.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// When one was begun last, in microseconds since 1970, UTC.
    pub tried_at: Option<i64>,
    /// Why the last one failed; none where it did not.
    pub failed: Option<String>,
    /// The last one that was put back and found whole.
    pub proved: Option<Proved>,
}

/// A backup that was put back and found whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proved {
    /// When that was found, in microseconds since 1970, UTC.
    pub at: i64,
    /// Its name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Rows compared.
    pub rows: u64,
    /// Dossiers whose histories were folded again.
    pub dossiers: u64,
    /// Files compared.
    pub files: u64,
    /// How long making and proving took.
    pub seconds: u64,
}

/// Why there is no backup, or no proof.
#[derive(Debug, thiserror::Error)]
pub enum BackupFailure {
    /// Making or unpacking it failed.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The house failed.
    #[error(transparent)]
    House(#[from] AppError),
    /// A key file or the scratch folder cannot be used.
    #[error("{} cannot be used: {source}", path.display())]
    Scratch {
        /// Which.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Another backup is being made there.
    #[error("another backup is being made (its scratch folder is {})", path.display())]
    Busy {
        /// The folder.
        path: PathBuf,
    },
    /// What was put back is not what it should be.
    #[error("what was put back is not sound: {}", findings.join("; "))]
    Unsound {
        /// The first things found.
        findings: Vec<String>,
    },
}

/// Who hears how far it is.
pub type OnStep<'a> = &'a dyn Fn(&'static str, u64);

/// Makes a backup on this thread, which must not be one of the runtime's own.
///
/// # Errors
/// It was not made; nothing of it stays.
pub fn make(house: &House, plan: &Plan, runtime: &Handle, on_step: OnStep<'_>) -> Result<Made, BackupFailure> {
    let scratch = Scratch::take(&plan.scratch)?;
    make_for(house, plan, &plan.keys, &scratch, runtime, on_step)
}

/// Makes a backup, puts it back into a scratch folder, verifies it there and compares it with what was saved; then older ones
/// than [`Plan::keep`] go. What came of it is kept for the administrator. On this thread, which must not be one of the
/// runtime's own.
///
/// # Errors
/// It was not made, or what was put back is not what it should be.
pub fn make_and_prove(
    house: &House,
    plan: &Plan,
    runtime: &Handle,
    on_step: OnStep<'_>,
) -> Result<Proved, BackupFailure> {
    let mut known = state(house)?;
    known.tried_at = Some(Clock::system().now().micros());
    keep_state(house, &known)?;
    let outcome = proved(house, plan, runtime, on_step);
    match &outcome {
        Ok(proved) => {
            known.failed = None;
            known.proved = Some(proved.clone());
        }
        Err(error) => known.failed = Some(error.to_string().chars().take(500).collect()),
    }
    keep_state(house, &known)?;
    if let Ok(it) = &outcome {
        tracing::info!(backup.name = it.name, dossiers = it.dossiers, "a backup was made, put back and found whole");
    }
    outcome
}

fn proved(house: &House, plan: &Plan, runtime: &Handle, on_step: OnStep<'_>) -> Result<Proved, BackupFailure> {
    let began = std::time::Instant::now();
    let scratch = Scratch::take(&plan.scratch)?;
    let proof = SecretKey::new();
    let mut keys = plan.keys.clone();
    if keys.is_empty() {
        return Err(BackupError::NoKey.into());
    }
    keys.push(proof.public());
    let made = make_for(house, plan, &keys, &scratch, runtime, on_step)?;
    let there = scratch.empty(PROVING)?;
    let carried = there.join(PROVED_FILES);
    let sealed = Blobs::folder(&carried, Arc::new(KeyRing::without_keys())).map_err(BackupError::from)?;
    let unpacked = unpack(&plan.place, &made.name, &[proof], &there, &sealed, runtime, on_step)?;
    if unpacked.contents != made.contents {
        return Err(BackupError::Damaged { how: "it does not say what was saved".to_owned() }.into());
    }
    // With the keys that are in the backup: the house's own would open files that nobody could open after a restore.
    let blobs = Blobs::folder(&carried, Arc::new(ring(&unpacked, &there)?)).map_err(BackupError::from)?;
    let copy = house.beside(unpacked.db.clone(), blobs)?;
    let found = runtime.block_on(integrity::verify(&copy, |done, _| on_step("dossiers", done)))?;
    if !found.differences.is_empty() {
        let shown = found.differences.iter().take(10);
        let findings = shown.map(|it| format!("{}: {}: {}", it.part, it.subject, it.how)).collect();
        return Err(BackupFailure::Unsound { findings });
    }
    let removed = runtime.block_on(remove_old(plan))?;
    tracing::info!(removed, "old backups were removed");
    Ok(Proved {
        at: Clock::system().now().micros(),
        name: made.name.to_string(),
        bytes: made.bytes,
        rows: made.contents.rows(),
        dossiers: found.dossiers,
        files: found.files,
        seconds: began.elapsed().as_secs(),
    })
}

/// The keys of the files as they are in the backup.
fn ring(unpacked: &Unpacked, there: &Path) -> Result<KeyRing, BackupFailure> {
    let Some((_, text)) = unpacked.keys.iter().find(|(name, _)| name == FILES_KEYS) else {
        return Ok(KeyRing::without_keys());
    };
    let path = there.join(FILES_KEYS);
    let failed = |source| BackupFailure::Scratch { path: path.clone(), source };
    std::fs::write(&path, text).map_err(failed)?;
    KeyRing::open(&path).map_err(|why| failed(io::Error::other(why)))
}

fn make_for(
    house: &House,
    plan: &Plan,
    keys: &[PublicKey],
    scratch: &Scratch,
    runtime: &Handle,
    on_step: OnStep<'_>,
) -> Result<Made, BackupFailure> {
    let unhurried = Options { patience_seconds: 0, readers: 1, writers: 1, ..Options::default() };
    let db = match &plan.server {
        Some(server) => Db::at(server, unhurried).map_err(BackupError::from)?,
        None => house.db.clone(),
    };
    let mut secrets = Vec::new();
    for (name, path) in &plan.key_files {
        let text = std::fs::read_to_string(path);
        secrets.push((*name, text.map_err(|source| BackupFailure::Scratch { path: path.clone(), source })?));
    }
    let source = Source {
        db: &db,
        blobs: &house.blobs,
        keys: &secrets,
        made_at: Clock::system().now().micros(),
        program: env!("CARGO_PKG_VERSION"),
    };
    let there = scratch.empty(MAKING)?;
    let made = make_archive(&source, &plan.place, keys, &there, runtime, on_step)?;
    for blob in &made.contents.missing {
        tracing::error!(blob.name = blob, "a file of the house is missing, and so it is in the backup");
    }
    std::fs::remove_dir_all(&there).map_err(|source| BackupFailure::Scratch { path: there, source })?;
    Ok(made)
}

async fn remove_old(plan: &Plan) -> Result<usize, BackupError> {
    let names = plan.place.names().await?;
    let old = names.len().saturating_sub(plan.keep.max(1));
    for (name, _) in names.iter().take(old) {
        plan.place.remove(name).await?;
    }
    Ok(old)
}

/// What is known of the backups.
///
/// # Errors
/// The house failed.
pub fn state(house: &House) -> Result<State, AppError> {
    let text = house.db.read_now(|tx| Ok::<_, AppError>(storage::house::text(tx, STATE)?))?;
    let read = text.map(|it| serde_json::from_str(&it)).transpose();
    read.map(Option::unwrap_or_default).map_err(|why| AppError::fault("reading what is known of the backups", why))
}

fn keep_state(house: &House, state: &State) -> Result<(), AppError> {
    let text = serde_json::to_string(state).map_err(|why| AppError::fault("keeping what is known of backups", why))?;
    house.db.write_now(|tx| Ok::<_, AppError>(storage::house::put_text(tx, STATE, &text)?))
}

/// Makes and proves a backup every day at the plan's time, on one node of several, until told to stop. Without a time it ends
/// at once. A backup that runs when the program is told to stop is left: nothing of it stays.
pub async fn worker(house: Arc<House>, plan: Option<Arc<Plan>>, mut stop: watch::Receiver<bool>) {
    let Some((plan, at)) = plan.and_then(|it| it.at.map(|at| (it, at))) else { return };
    let holder = house.ids.salt();
    while !*stop.borrow() {
        let now = Clock::system().now();
        match state(&house) {
            Ok(known) if is_due(&known, at, now) && is_ours(&house, LEASE, LEASE_SECONDS, holder).await => {
                tokio::select! {
                    () = run(&house, &plan, holder) => {}
                    _ = stop.wait_for(|it| *it) => return,
                }
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(error = %error, "what is known of the backups could not be read"),
        }
        if matches!(timeout(EVERY, stop.changed()).await, Ok(Err(_))) {
            break;
        }
    }
}

/// Due: today's time has come and nothing was begun since; or the last one failed an hour ago.
fn is_due(known: &State, at: Time, now: Instant) -> bool {
    let due = Instant::from_local(now.day().to_datetime(at));
    match known.tried_at.map(Instant::from_micros) {
        None => now >= due,
        Some(tried) if known.failed.is_some() => now >= tried.plus_seconds(AGAIN_AFTER_SECONDS),
        Some(tried) => now >= due && tried < due,
    }
}

async fn run(house: &Arc<House>, plan: &Arc<Plan>, holder: [u8; 16]) {
    let (inside, planned, runtime) = (Arc::clone(house), Arc::clone(plan), Handle::current());
    let mut running =
        tokio::task::spawn_blocking(move || make_and_prove(&inside, &planned, &runtime, &|_, _| {}).map(|_| ()));
    loop {
        match timeout(EVERY, &mut running).await {
            Ok(Ok(Ok(()))) => return,
            Ok(Ok(Err(error))) => {
                return tracing::error!(error = %error, "there is no proved backup of today; it is tried again in an hour");
            }
            Ok(Err(broken)) => return tracing::error!(error = %broken, "the backup broke"),
            Err(_) => {
                is_ours(house, LEASE, LEASE_SECONDS, holder).await;
            }
        }
    }
}

/// The scratch folder while one backup uses it; what it held goes with this.
struct Scratch {
    dir: PathBuf,
    /// Locked as long as it is open.
    _lock: File,
}

impl Scratch {
    fn take(dir: &Path) -> Result<Self, BackupFailure> {
        let failed = |source| BackupFailure::Scratch { path: dir.to_owned(), source };
        storage::blobs::create_private(dir).map_err(failed)?;
        let lock = File::options().create(true).truncate(false).write(true).open(dir.join(LOCK)).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { dir: dir.to_owned(), _lock: lock }),
            Err(std::fs::TryLockError::WouldBlock) => Err(BackupFailure::Busy { path: dir.to_owned() }),
            Err(std::fs::TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// An empty folder in it; what a killed backup left there goes first.
    fn empty(&self, name: &str) -> Result<PathBuf, BackupFailure> {
        let path = self.dir.join(name);
        let failed = |source| BackupFailure::Scratch { path: path.clone(), source };
        match std::fs::remove_dir_all(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        storage::blobs::create_private(&path).map_err(failed)?;
        Ok(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        for name in [MAKING, PROVING] {
            let path = self.dir.join(name);
            if let Err(error) = std::fs::remove_dir_all(&path)
                && error.kind() != io::ErrorKind::NotFound
            {
                tracing::warn!(error = %error, "a scratch folder with personal data stays until the next backup");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};

    #[test]
    fn a_backup_is_due_once_a_day_and_again_an_hour_after_a_failure() {
        let at = time(2, 0, 0, 0);
        let moment = |day, hour, minute| Instant::from_local(date(2025, 3, day).at(hour, minute, 0, 0));
        let tried = |it: Instant| State { tried_at: Some(it.micros()), ..State::default() };
        assert!(!is_due(&State::default(), at, moment(3, 1, 59)));
        assert!(is_due(&State::default(), at, moment(3, 2, 0)));
        assert!(!is_due(&tried(moment(3, 2, 0)), at, moment(3, 23, 59)));
        assert!(is_due(&tried(moment(3, 2, 0)), at, moment(4, 2, 0)));
        // The night was slept through: it is made at the first chance.
        assert!(is_due(&tried(moment(3, 2, 0)), at, moment(5, 9, 0)));
        let failed = State { failed: Some("no disk".to_owned()), ..tried(moment(3, 2, 0)) };
        assert!(!is_due(&failed, at, moment(3, 2, 59)));
        assert!(is_due(&failed, at, moment(3, 3, 0)));
    }

    #[test]
    fn two_backups_do_not_share_a_scratch_folder_and_nothing_is_left_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let first = Scratch::take(folder.path()).unwrap();
        std::fs::write(first.empty(MAKING).unwrap().join("motcua.db"), "rows").unwrap();
        assert!(matches!(Scratch::take(folder.path()), Err(BackupFailure::Busy { .. })));
        assert_eq!(first.empty(MAKING).unwrap().read_dir().unwrap().count(), 0);
        drop(first);
        let second = Scratch::take(folder.path()).unwrap();
        assert!(!folder.path().join(MAKING).exists());
        drop(second);
    }
}
