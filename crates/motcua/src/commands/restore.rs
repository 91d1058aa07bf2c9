//! `motcua restore`: a backup put back into an empty place, on either engine.

use crate::commands::backup::runtime;
use crate::commands::verify::{self, progress};
use crate::ended::{Outcome, Stop, say};
use crate::settings::{Settings, backup_to};
use crate::wiring::{
    DATABASE, INSTALLATION, Place, UNFINISHED_RESTORE, backup_place, database, make_private, sealed_files, settings,
};
use anyhow::Context;
use app::backup::{BackupError, BackupName, BackupPlace, FILES_KEYS, INSTALLATION_KEY, SecretKey, Unpacked, unpack};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use storage::copy::CopyError;
use storage::engine::{self, Db, Options};
use storage::secret_file;
use tokio::runtime::Runtime;

/// The largest file of secret keys.
const KEY_FILE_BYTES_MAX: u64 = 64 << 10;
/// Where the database waits, in the data folder, until everything else is in its place.
const SCRATCH: &str = "restore.scratch";
const WAITING: &str = "motcua.db.restored";

/// What is asked.
#[derive(Debug, clap::Args)]
pub struct RestoreArgs {
    /// The folder or s3://BUCKET/FOLDER where backups lie, instead of backup.to.
    #[arg(long, value_name = "PLACE")]
    from: Option<String>,
    /// Which one (`motcua backup --list`); the newest where none is named.
    #[arg(long, value_name = "NAME")]
    backup: Option<String>,
    /// The file with the secret key.
    #[arg(long, value_name = "FILE")]
    key_file: PathBuf,
}

/// Puts a backup back where the settings say the house is: nothing may be there yet, but what an earlier restore left unfinished.
///
/// # Errors
/// Something is there already, the key does not open the backup, it is damaged, or what arrived is not sound.
pub fn command(place: &Place, asked: &RestoreArgs) -> Outcome {
    let settings = settings(place)?;
    let from = match (&asked.from, &settings.backup.to) {
        (Some(words), _) => backup_to(words).map_err(|why| Stop::Usage(format!("--from: {why}")))?,
        (None, Some(to)) => to.clone(),
        (None, None) => {
            return Err(Stop::Usage(
                "backup.to: no place is set for backups, and none was named with --from".to_owned(),
            ));
        }
    };
    let keys = secret_keys(&asked.key_file)?;
    let runtime = runtime()?;
    refuse_occupied(&settings, &runtime)?;
    let place = backup_place(&settings, &from)?;
    let name = named(&place, asked.backup.as_deref(), &runtime)?;
    let dir = &settings.data.dir;
    make_private(dir).with_context(|| format!("making the data folder {}", dir.display()))?;
    let marker = dir.join(UNFINISHED_RESTORE);
    std::fs::write(&marker, format!("{name}\n")).with_context(|| format!("writing {}", marker.display()))?;
    let scratch = empty(&dir.join(SCRATCH))?;
    let bar = progress("");
    let on_step = |what, done| {
        bar.set_message(what);
        bar.set_position(done);
    };
    let unpacked = unpack(&place, &name, &keys, &scratch, &sealed_files(&settings)?, runtime.handle(), &on_step);
    let unpacked = unpacked.map_err(|why| refused(why, &name))?;
    put_keys(&settings, &unpacked)?;
    put_database(&settings, &unpacked, &on_step).map_err(|why| refused(why, &name))?;
    bar.finish_and_clear();
    let (rows, held) = (unpacked.contents.rows(), unpacked.contents.files);
    drop(unpacked);
    std::fs::remove_dir_all(&scratch).with_context(|| format!("emptying {}", scratch.display()))?;
    std::fs::remove_file(&marker).with_context(|| format!("removing {}", marker.display()))?;
    say(&format!("Đã khôi phục {name}: {rows} dòng, {held} tệp. Kiểm tra lại từng hồ sơ:"));
    verify::verify_at(&settings, verify::After::Nothing)
}

fn secret_keys(file: &Path) -> Result<Vec<SecretKey>, Stop> {
    let about = std::fs::metadata(file).with_context(|| format!("reading {}", file.display()))?;
    if about.len() > KEY_FILE_BYTES_MAX {
        return Err(Stop::Usage(format!("--key-file: {} is larger than a key file", file.display())));
    }
    let text = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    SecretKey::all_in(&text).map_err(|why| Stop::Usage(format!("--key-file {}: {why}", file.display())))
}

/// Nothing is written over: neither a database, nor a key, nor files.
fn refuse_occupied(settings: &Settings, runtime: &Runtime) -> Result<(), Stop> {
    let dir = &settings.data.dir;
    let occupied = |what: &Path| {
        Stop::refused(format!("Nơi khôi phục không trống: đã có {}. Chọn một thư mục trống.", what.display()))
    };
    let database_file = dir.join(DATABASE);
    if database_file.exists() {
        return Err(occupied(&database_file));
    }
    if let server @ engine::Place::Server(_) = database(settings) {
        let there = Db::at(&server, Options::default()).with_context(|| format!("opening the database {server}"))?;
        if there.read_now(|tx| storage::house::text(tx, INSTALLATION))?.is_some() {
            return Err(Stop::refused(format!("Cơ sở dữ liệu đích {server} không trống.")));
        }
    }
    if dir.join(UNFINISHED_RESTORE).exists() {
        return Ok(());
    }
    let has_key = settings.key.pem.is_none() && settings.key_file().exists();
    if has_key && settings.database.address.is_none() {
        return Err(occupied(&settings.key_file()));
    }
    if settings.files_keys().exists() && settings.database.address.is_none() {
        return Err(occupied(&settings.files_keys()));
    }
    if let Some(bucket) = &settings.files.bucket {
        let is_empty = runtime.block_on(sealed_files(settings)?.is_empty());
        // Another house would sweep what is put beside its own; and what this house has there is newer than the backup.
        return match is_empty.with_context(|| format!("looking into the bucket {bucket}"))? {
            true => Ok(()),
            false => Err(Stop::refused(format!(
                "Nơi khôi phục không trống: kho tệp s3://{bucket} đã có tệp. Chọn một kho trống (files.bucket)."
            ))),
        };
    }
    let kept = settings.files_folder();
    match std::fs::read_dir(&kept).map(|mut it| it.next().is_some()) {
        Ok(true) => Err(occupied(&kept)),
        _ => Ok(()),
    }
}

fn named(place: &BackupPlace, asked: Option<&str>, runtime: &Runtime) -> Result<BackupName, Stop> {
    match asked {
        Some(words) => BackupName::parse(words).ok_or_else(|| {
            Stop::Usage(format!("--backup: `{words}` is no name of a backup; see `motcua backup --list`"))
        }),
        None => {
            let newest = runtime.block_on(place.names())?.pop();
            newest.map(|(name, _)| name).ok_or_else(|| Stop::refused(format!("Không có bản sao lưu nào ở {place}.")))
        }
    }
}

fn empty(dir: &Path) -> Result<PathBuf, Stop> {
    match std::fs::remove_dir_all(dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(anyhow::Error::new(error).context(format!("emptying {}", dir.display())))?;
        }
        _ => {}
    }
    make_private(dir).with_context(|| format!("making {}", dir.display()))?;
    Ok(dir.to_owned())
}

/// The keys before the database: without them no sealed day holds and nobody is found by their number.
fn put_keys(settings: &Settings, unpacked: &Unpacked) -> Result<(), Stop> {
    if let Some((_, text)) = unpacked.keys.iter().find(|(name, _)| name == FILES_KEYS) {
        put_key(&settings.files_keys(), text)?;
    }
    if settings.key.pem.is_some() {
        return Ok(());
    }
    let file = settings.key_file();
    match unpacked.keys.iter().find(|(name, _)| name == INSTALLATION_KEY) {
        Some((_, text)) => put_key(&file, text),
        None if file.exists() => Ok(()),
        None => Err(Stop::refused(format!(
            "Bản sao lưu không chứa khóa cài đặt. Đặt khóa vào {} hoặc MOTCUA_KEY_PEM rồi chạy lại.",
            file.display()
        ))),
    }
}

fn put_key(file: &Path, text: &str) -> Result<(), Stop> {
    match std::fs::read_to_string(file) {
        Ok(there) if there.trim() == text.trim() => return Ok(()),
        // A power cut may leave a name without its text: that is nobody's key.
        Ok(there) if there.trim().is_empty() => {}
        Ok(_) => {
            let path = file.display();
            return Err(Stop::refused(format!("{path} là khóa của một cài đặt khác. Chuyển nó đi rồi chạy lại.")));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(anyhow::Error::new(error).context(format!("reading {}", file.display())).into()),
    }
    Ok(secret_file::replace(file, text).with_context(|| format!("writing {}", file.display()))?)
}

/// The database last, whole or not at all: on a server in one transaction, in a file under its name only once it is complete.
fn put_database(
    settings: &Settings,
    unpacked: &Unpacked,
    on_step: &dyn Fn(&'static str, u64),
) -> Result<(), BackupError> {
    let unhurried = Options { patience_seconds: 0, ..Options::default() };
    let dir = &settings.data.dir;
    let place = match database(settings) {
        engine::Place::File(_) => {
            let waiting = dir.join(WAITING);
            for end in ["", "-wal", "-shm"] {
                drop(std::fs::remove_file(dir.join(format!("{WAITING}{end}"))));
            }
            engine::Place::File(waiting)
        }
        server @ engine::Place::Server(_) => server,
    };
    let target = Db::at(&place, unhurried)?;
    unpacked.carry_to(&target, on_step)?;
    drop(target);
    if let engine::Place::File(waiting) = &place {
        let moved = std::fs::rename(waiting, dir.join(DATABASE)).and_then(|()| File::open(dir)?.sync_all());
        moved.map_err(|source| BackupError::Disk { doing: "putting the database in its place".to_owned(), source })?;
    }
    Ok(())
}

fn refused(error: BackupError, name: &BackupName) -> Stop {
    match error {
        BackupError::WrongKey => Stop::refused(format!("Khóa này không mở được {name}.")),
        BackupError::Damaged { how } => {
            Stop::refused(format!("Bản sao lưu {name} bị hỏng: {how}. Chọn bản khác (`motcua backup --list`)."))
        }
        BackupError::Copy(CopyError::NotEmpty { table, rows }) => {
            Stop::refused(format!("Cơ sở dữ liệu đích không trống: bảng {table} có {rows} dòng."))
        }
        other => anyhow::Error::new(other).context(format!("restoring {name}")).into(),
    }
}
