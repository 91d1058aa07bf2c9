//! Building the real parts of a house from its settings: database, files, key, calendar, regimes, rules.

use crate::embedded;
use crate::ended::Stop;
use crate::partners;
use crate::settings::{BackupTo, Secret, Settings, is_loopback};
use anyhow::Context;
use app::backup::{self, BackupPlace, FILES_KEYS, INSTALLATION_KEY, Plan};
use app::clock::{Clock, Ids};
use app::files::{self, KeysError};
use app::house::{House, OfficeRules, Parts};
use app::key::InstallationKey;
use domain::calendar::WorkingCalendar;
use domain::regime::Regimes;
use domain::time::Instant;
use ed25519_dalek::pkcs8::DecodePrivateKey;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use storage::blobs::{Blobs, Bucket, KeyRing};
use storage::engine::{self, Db, Durability, Options, StorageError};

/// The database's file in the data folder.
pub const DATABASE: &str = "motcua.db";
/// The folder of outgoing messages of a demo, in its data folder.
pub const DEMO_OUTBOX: &str = "hop-thu-di";
/// House text that a demo's folder carries: its seed.
pub const DEMO: &str = "demo";
/// House text with the public half of the installation's key: every node must have the same.
pub const INSTALLATION: &str = "installation";
/// What the clock of a demo shows at first.
pub const DEMO_BEGINS: jiff::civil::DateTime = jiff::civil::date(2025, 3, 31).at(8, 0, 0, 0);

/// Where the house is.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Place {
    /// Data folder; everything else at its usual value.
    #[arg(long, value_name = "DIR", global = true, conflicts_with = "config")]
    pub data: Option<PathBuf>,
    /// Settings file.
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
}

/// The settings' file: as called, else as `MOTCUA_CONFIG` says, unless a data folder was named.
pub fn config_file(place: &Place) -> Option<PathBuf> {
    let named = place.config.clone();
    named.or_else(|| if place.data.is_some() { None } else { std::env::var_os("MOTCUA_CONFIG").map(PathBuf::from) })
}

/// The settings of the house.
///
/// # Errors
/// Every problem with them, as a call that makes no sense.
pub fn settings(place: &Place) -> Result<Settings, Stop> {
    let mut settings = Settings::load(config_file(place).as_deref(), std::env::vars())
        .map_err(|problems| Stop::Usage(problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))?;
    let from_variable = || std::env::var_os("MOTCUA_DATA").filter(|_| place.config.is_none()).map(PathBuf::from);
    if let Some(dir) = place.data.clone().or_else(from_variable) {
        settings.data.dir = dir;
    }
    Ok(settings)
}

/// How a house is opened.
#[derive(Default)]
pub struct How {
    /// The clock; the real one, or the demo's, where none.
    pub clock: Option<Clock>,
    /// Chance; the operating system's where none.
    pub ids: Option<Ids>,
    /// What a commit promises.
    pub durability: Durability,
    /// The seed of a demo that begins here.
    pub new_demo: Option<u64>,
}

/// Opens the house of a data folder, which must have a database already.
///
/// # Errors
/// There is none, or it cannot be used.
pub fn open_existing(settings: &Settings) -> Result<Arc<House>, Stop> {
    if !has_database(settings) {
        return Err(Stop::refused(format!(
            "Không có dữ liệu ở {}: chưa có tệp {DATABASE}. Chạy `motcua import …` hoặc `motcua demo` trước.",
            settings.data.dir.display()
        )));
    }
    open(settings, How::default())
}

/// True where there is a database already, or a server is named that has one.
pub fn has_database(settings: &Settings) -> bool {
    settings.database.address.is_some() || settings.data.dir.join(DATABASE).exists()
}

/// The store of files for whoever carries them as they lie there, sealed: it opens none of them.
///
/// # Errors
/// It cannot be used.
pub fn sealed_files(settings: &Settings) -> Result<Blobs, Stop> {
    store(settings, KeyRing::without_keys())
}

/// How this office makes backups; none where it named no place for them.
///
/// # Errors
/// The place makes no sense or cannot be used, or nobody is named who could open them.
pub fn backup_plan(settings: &Settings) -> Result<Option<Plan>, Stop> {
    let Some(to) = &settings.backup.to else { return Ok(None) };
    if settings.backup.keys.is_empty() {
        return Err(Stop::Usage(
            "backup.keys: a backup needs at least one public key; make one with `motcua backup --make-key FILE`"
                .to_owned(),
        ));
    }
    Ok(Some(Plan {
        place: backup_place(settings, to)?,
        keys: settings.backup.keys.clone(),
        at: settings.backup.at,
        keep: usize::try_from(settings.backup.keep).unwrap_or(usize::MAX),
        scratch: settings.scratch_folder(),
        server: Some(database(settings)).filter(|it| matches!(it, engine::Place::Server(_))),
        key_files: key_files(settings),
    }))
}

/// The keys that go with a backup: one given as a variable is kept elsewhere already.
fn key_files(settings: &Settings) -> Vec<(&'static str, PathBuf)> {
    let own = settings.key.pem.is_none().then(|| (INSTALLATION_KEY, settings.key_file()));
    let files = settings.files_keys();
    own.into_iter().chain(files.exists().then_some((FILES_KEYS, files))).collect()
}

/// The place of backups.
///
/// # Errors
/// It makes no sense or cannot be used.
pub fn backup_place(settings: &Settings, to: &BackupTo) -> Result<BackupPlace, Stop> {
    match to {
        BackupTo::Folder(path) => Ok(BackupPlace::folder(path)?),
        BackupTo::Bucket(name, prefix) => {
            let secret = |it: &Option<Secret>, name| {
                let missing = || Stop::Usage(format!("{name}: a bucket needs it, as a variable"));
                it.as_ref().map(|it| it.reveal().to_owned()).ok_or_else(missing)
            };
            Ok(BackupPlace::bucket(&backup::Bucket {
                name: name.clone(),
                prefix: prefix.clone(),
                endpoint: settings.backup.endpoint.clone(),
                region: settings.backup.region.clone(),
                access_key: secret(&settings.backup.access_key, "MOTCUA_BACKUP_ACCESS_KEY")?,
                secret_key: secret(&settings.backup.secret_key, "MOTCUA_BACKUP_SECRET_KEY")?,
            })?)
        }
    }
}

/// What a restore that did not end leaves in the data folder.
pub const UNFINISHED_RESTORE: &str = "restore.unfinished";

/// Where the database is.
pub fn database(settings: &Settings) -> engine::Place {
    match &settings.database.address {
        Some(address) => engine::Place::Server(settings.with_secrets(address.clone())),
        None => engine::Place::File(settings.data.dir.join(DATABASE)),
    }
}

/// The file whose lock says that a program changes what is in the data folder.
const LOCK: &str = "motcua.lock";

/// Holds a data folder for a program that changes what is in it: as long as this lives, no other one may. Who only reads asks
/// nobody; on a server the nodes meet in the database.
#[must_use = "the folder is let go when this is dropped"]
pub struct Held(#[expect(dead_code, reason = "its lock lives as long as it is open")] Option<std::fs::File>);

/// Takes the data folder.
///
/// # Errors
/// Another program has it, or the folder cannot be used.
pub fn hold(settings: &Settings) -> Result<Held, Stop> {
    let dir = &settings.data.dir;
    if settings.database.address.is_some() || !dir.join(DATABASE).exists() {
        return Ok(Held(None));
    }
    let path = dir.join(LOCK);
    let file = std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(&path);
    let file = file.with_context(|| format!("opening {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(Held(Some(file))),
        Err(std::fs::TryLockError::WouldBlock) => Err(Stop::refused(format!(
            "Thư mục {} đang được một chương trình motcua khác dùng. Dừng chương trình đó rồi chạy lại.",
            dir.display()
        ))),
        Err(std::fs::TryLockError::Error(why)) => {
            Err(anyhow::Error::new(why).context(format!("locking {}", path.display())).into())
        }
    }
}

/// Opens the house of a data folder, which is made if there is none.
///
/// # Errors
/// It cannot be used.
pub fn open(settings: &Settings, how: How) -> Result<Arc<House>, Stop> {
    let dir = &settings.data.dir;
    if dir.join(UNFINISHED_RESTORE).exists() {
        return Err(Stop::refused(format!(
            "Lần khôi phục vào {} chưa xong. Chạy lại `motcua restore` với cùng các tham số.",
            dir.display()
        )));
    }
    make_private(dir).with_context(|| format!("making the data folder {}", dir.display()))?;
    let (db, key) = database_and_key(settings, how.durability)?;
    if let Some(seed) = how.new_demo {
        db.write_now(|tx| storage::house::put_text(tx, DEMO, &seed.to_string()))?;
    }
    let demo = db.read_now(|tx| storage::house::text(tx, DEMO))?.is_some();
    let clock = match how.clock {
        Some(clock) => clock,
        None if demo => Clock::set_to(demo_now(&db)?),
        None => Clock::system(),
    };
    let ids = match how.ids {
        Some(ids) => ids,
        None => Ids::random().context("asking the operating system for randomness")?,
    };
    let blobs = files(settings, &db)?;
    let house = House::open(Parts {
        db,
        blobs,
        clock,
        ids,
        key,
        calendar: WorkingCalendar::parse(embedded::HOLIDAYS)?,
        regimes: Regimes::parse(embedded::REGIMES)?,
        rules: rules(settings, demo),
        words: embedded::search_words(),
    })?;
    Ok(house)
}

/// The database, and the key that belongs to it.
fn database_and_key(settings: &Settings, durability: Durability) -> Result<(Db, InstallationKey), Stop> {
    let place = database(settings);
    let connections = usize::try_from(settings.database.connections).unwrap_or(usize::MAX);
    let readers = if matches!(place, engine::Place::Server(_)) { connections / 4 } else { Options::default().readers };
    let options = Options { durability, readers, writers: connections - connections / 4, ..Options::of_a_house() };
    let opened = || Db::at(&place, options).with_context(|| format!("opening the database {place}"));
    let (db, key) = match &place {
        // The key first: where it cannot be made, no database may be left that has none.
        engine::Place::File(path) => {
            let key = key(settings, !path.exists())?;
            (opened()?, key)
        }
        engine::Place::Server(_) => {
            let db = opened()?;
            let is_new = db.read_now(|tx| storage::house::text(tx, INSTALLATION))?.is_none();
            (db, key(settings, is_new)?)
        }
    };
    let own = key.public();
    let agreed = db.write_now(|tx| storage::house::agree(tx, INSTALLATION, &own))?;
    if agreed != own {
        return Err(Stop::refused(
            "Khóa cài đặt ở đây không phải khóa của cơ sở dữ liệu này. Mọi nút phải dùng chung một khóa: chép tệp khóa từ nút đầu tiên.",
        ));
    }
    Ok((db, key))
}

/// The store of files with its keys. New keys are made for a house only that has none: with others nothing could be read.
fn files(settings: &Settings, db: &Db) -> Result<Blobs, Stop> {
    let path = settings.files_keys();
    let ring = if path.exists() {
        KeyRing::open(&path)?
    } else if files::has_ring(db)? {
        return Err(Stop::refused(format!(
            "Không thấy tệp khóa {}. Khôi phục tệp này từ bản sao, hoặc chép từ nút đầu tiên; không có nó thì không mở được tệp nào.",
            path.display()
        )));
    } else {
        let ids = Ids::random().context("asking the operating system for randomness")?;
        KeyRing::make(&path, ids.bytes(), Clock::system().now())?
    };
    match files::agree_on_ring(db, &ring) {
        Ok(()) => {}
        Err(KeysError::AnotherRing(_)) => {
            return Err(Stop::refused(format!(
                "Tệp khóa {} không phải của cơ sở dữ liệu này, hoặc là bản cũ. Mọi nút phải dùng chung một tệp khóa: chép tệp này từ nút đầu tiên.",
                path.display()
            )));
        }
        Err(other) => return Err(other.into()),
    }
    store(settings, ring)
}

fn store(settings: &Settings, ring: KeyRing) -> Result<Blobs, Stop> {
    let ring = Arc::new(ring);
    match bucket(settings)? {
        Some(bucket) => Ok(Blobs::bucket(&bucket, ring)?),
        None => Ok(Blobs::folder(&settings.files_folder(), ring)?),
    }
}

/// The bucket of the settings, if they name one.
fn bucket(settings: &Settings) -> Result<Option<Bucket>, Stop> {
    let it = &settings.files;
    let (Some(name), Some(access_key), Some(secret_key)) = (&it.bucket, &it.access_key, &it.secret_key) else {
        return Ok(None);
    };
    let read = |path: &PathBuf| std::fs::read(path).with_context(|| format!("reading {}", path.display()));
    let is_near = it.endpoint.as_deref().and_then(|it| it.strip_prefix("http://")).is_some_and(is_loopback);
    Ok(Some(Bucket {
        name: name.clone(),
        endpoint: it.endpoint.clone(),
        region: it.region.clone(),
        allow_http: it.allow_http || is_near,
        ca_pem: it.ca_file.as_ref().map(read).transpose()?,
        access_key: access_key.reveal().to_owned(),
        secret_key: secret_key.reveal().to_owned(),
    }))
}

/// What the clock of a demo shows: never before anything that happened in it.
fn demo_now(db: &Db) -> Result<Instant, StorageError> {
    let saved = db.read_now(app::demo_clock::saved)?;
    Ok(saved.unwrap_or_else(|| Instant::from_local(DEMO_BEGINS)))
}

/// Makes a folder only its owner looks into.
///
/// # Errors
/// It cannot be made.
pub fn make_private(dir: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(dir)
}

/// The installation's key. A new one is made for a new house only: with another key nothing that was sealed would hold.
fn key(settings: &Settings, is_new: bool) -> Result<InstallationKey, Stop> {
    if let Some(pem) = &settings.key.pem {
        let signing = ed25519_dalek::SigningKey::from_pkcs8_pem(pem.reveal())
            .map_err(|_| Stop::Usage("MOTCUA_KEY_PEM: not an Ed25519 key in PEM (PKCS #8)".to_owned()))?;
        return Ok(InstallationKey::from_secret(signing.to_bytes()));
    }
    let file = settings.key_file();
    if !is_new && !file.exists() {
        return Err(Stop::refused(format!(
            "Không thấy tệp khóa {}. Khôi phục tệp này từ bản sao; không có nó thì không kiểm tra được niêm phong và không tra được số định danh.",
            file.display()
        )));
    }
    let fresh = Ids::random().context("asking the operating system for randomness")?.token();
    Ok(InstallationKey::load_or_make(&file, &fresh)?)
}

fn rules(settings: &Settings, demo: bool) -> OfficeRules {
    let outbox_folder = if demo && settings.outbox.folder.is_none() {
        settings.data.dir.join(DEMO_OUTBOX)
    } else {
        settings.outbox_folder()
    };
    OfficeRules {
        office_name: settings.office.name.clone(),
        place: settings.office.place.clone().or_else(|| demo.then(|| "Thành phố Hải Phòng".to_owned())),
        regime: settings.office.regime.clone(),
        public_url: settings.server.base_url(),
        demo,
        code_pattern: settings.code.pattern.clone(),
        citizen_accounts: settings.office.citizen_accounts,
        supplement_max_per_stage: settings.supplement.max_per_stage,
        supplement_days: settings.supplement.citizen_days,
        answer_working_days: settings.exchange.answer_working_days,
        rating_days: settings.rating.days,
        remind_every_days: settings.office.remind_every_days,
        stopped_in: settings.reports.stopped_in,
        login_tries: settings.limits.login_tries,
        lookup_tries: settings.limits.lookup_tries,
        address_tries: settings.limits.address_tries,
        lock_minutes: settings.limits.lock_minutes,
        queue_priority_in_a_row: settings.queue.priority_in_a_row,
        queue_tickets_per_address: settings.queue.tickets_per_address,
        idle_minutes: settings.session.idle_minutes,
        absolute_hours: settings.session.absolute_hours,
        file_bytes_max: settings.upload.file_bytes_max,
        files_max: usize::try_from(settings.upload.files_max).unwrap_or(usize::MAX),
        dossier_bytes_max: settings.upload.dossier_bytes_max,
        outbox_folder,
        scratch_folder: settings.scratch_folder(),
        text_part_vnd: settings.text.part_price_vnd,
        text_parts_max: usize::try_from(settings.text.parts_max).unwrap_or(usize::MAX),
        gateway_secret: partners::gateway_secret(settings, demo),
        speech_command: settings.office.speech_command.clone(),
    }
}
