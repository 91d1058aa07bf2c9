//! What an office may choose: one TOML file, and `MOTCUA_SECTION_KEY` variables that override it.
//!
//! Nothing is guessed: an unknown key is refused with the nearest name, a wrong value with what was expected, and every
//! problem is told at once. `docs/operations/settings.md` and `motcua.example.toml` explain each key; a test holds them to it.

mod keys;
mod messages;
mod shown;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use domain::dossier::CodePattern;
use domain::kpi::StoppedIn;
use ipnet::IpNet;
use jiff::civil::Time;
use storage::backup::PublicKey;
use storage::engine::Address;
use toml::de::{DeTable, DeValue};

pub use keys::backup_to;
use keys::{Given, KEYS, Key, Raw};
pub use messages::{Centre, Gateway, MailServer, MailWay, Text, TextWay};

/// The largest settings file that is read.
const FILE_BYTES_MAX: u64 = 256 * 1024;
/// What every variable of ours begins with.
const PREFIX: &str = "MOTCUA_";
/// Variables that are not settings: the command line's, the log's and the browser journeys'.
const OTHER_VARIABLES: &[&str] = &[
    "MOTCUA_CONFIG",
    "MOTCUA_DATA",
    "MOTCUA_LOG",
    "MOTCUA_LOG_FORMAT",
    "MOTCUA_BIN",
    "MOTCUA_DEMO_DATA",
    "MOTCUA_CHROMIUM",
];

/// Everything an office may choose, checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Where the program listens and how it is reached.
    pub server: Server,
    /// Where it keeps what it knows.
    pub data: Data,
    /// The server its database is on, if it is on one.
    pub database: Database,
    /// Where its files are, and what locks them.
    pub files: Files,
    /// Whose one-stop shop it is.
    pub office: Office,
    /// How dossier codes are formed.
    pub code: Code,
    /// How much may be attached.
    pub upload: Upload,
    /// How long a sign-in lasts.
    pub session: Session,
    /// How often one may try.
    pub limits: Limits,
    /// Where messages wait, and how they leave.
    pub outbox: Outbox,
    /// What text messages cost, and how long they may be.
    pub text: Text,
    /// The mail server, where letters leave through one.
    pub smtp: MailServer,
    /// The gateway, where text messages leave through one.
    pub gateway: Gateway,
    /// The message centre, where text messages leave through one.
    pub smpp: Centre,
    /// How the statutory reports are read.
    pub reports: Reports,
    /// How supplements are asked for.
    pub supplement: Supplement,
    /// What signs the checkpoints.
    pub key: SigningKey,
    /// Where backups go, who can open them, and when they are made.
    pub backup: Backup,
    /// Who may read the figures of the program.
    pub metrics: Metrics,
}

/// Where the program listens and how it is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Address and port it listens at.
    pub listen: SocketAddr,
    /// How people reach it, without a slash at the end; none: as it listens. Links and QR codes are made of it.
    pub public_url: Option<String>,
    /// Proxies whose word about a visitor's address is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The certificate (PEM, with those above it) it shows; none: it speaks no TLS, a proxy does.
    pub tls_certificate: Option<PathBuf>,
    /// The key of that certificate (PEM).
    pub tls_key: Option<PathBuf>,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            public_url: None,
            trusted_proxies: Vec::new(),
            tls_certificate: None,
            tls_key: None,
        }
    }
}

impl Server {
    /// The address that links begin with.
    pub fn base_url(&self) -> String {
        self.public_url.clone().unwrap_or_else(|| self.own_url())
    }

    /// The address it listens at.
    pub fn own_url(&self) -> String {
        let scheme = if self.tls_certificate.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.listen)
    }
}

/// Where the program keeps what it knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Data {
    /// The folder of database and files.
    pub dir: PathBuf,
}

impl Default for Data {
    fn default() -> Self {
        Self { dir: PathBuf::from("data") }
    }
}

/// The PostgreSQL server of an office that has outgrown one machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Database {
    /// Its address; none: the database is a file in the data folder.
    pub address: Option<Address>,
    /// The password of the address's user; none: the server asks for none.
    pub password: Option<Secret>,
    /// The certificates the server's is checked with; none: the system's.
    pub ca_file: Option<PathBuf>,
    /// Connections of this node, of which a quarter only reads.
    pub connections: u32,
}

impl Default for Database {
    fn default() -> Self {
        Self { address: None, password: None, ca_file: None, connections: 16 }
    }
}

/// Where the office keeps its files, and the keys that lock them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// The folder; none: `tep` in the data folder.
    pub folder: Option<PathBuf>,
    /// A bucket that speaks S3, instead of a folder.
    pub bucket: Option<String>,
    /// The bucket's server; none: Amazon's own of the region.
    pub endpoint: Option<String>,
    /// The region its requests are signed for.
    pub region: String,
    /// Certificates the bucket's server is checked with, beside those of the system.
    pub ca_file: Option<PathBuf>,
    /// Whether the way to a server elsewhere may be without TLS.
    pub allow_http: bool,
    /// Who asks the bucket.
    pub access_key: Option<Secret>,
    /// The secret its requests are signed with.
    pub secret_key: Option<Secret>,
    /// The file of the keys; none: `files.keys` in the data folder, made at the first start.
    pub keys_file: Option<PathBuf>,
}

impl Default for Files {
    fn default() -> Self {
        Self {
            folder: None,
            bucket: None,
            endpoint: None,
            region: "us-east-1".to_owned(),
            ca_file: None,
            allow_http: false,
            access_key: None,
            secret_key: None,
            keys_file: None,
        }
    }
}

/// Whose one-stop shop it is.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Office {
    /// The name in the head of the citizens' pages; none: the topmost unit's name today.
    pub name: Option<String>,
    /// The place named beside "Một cửa" in the head of pages ("Thành phố Hải Phòng"); none: nothing.
    pub place: Option<String>,
    /// The legal regime new dossiers are received under, by its key; none: the one in force on the day.
    pub regime: Option<String>,
    /// Whether citizens may have accounts of the house; none: as the regime says.
    pub citizen_accounts: Option<bool>,
}

/// How dossier codes are formed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Code {
    /// The pattern; none: the regime's.
    pub pattern: Option<CodePattern>,
}

/// How much may be attached to a dossier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// The largest single file.
    pub file_bytes_max: u64,
    /// The most files of one dossier.
    pub files_max: u32,
    /// All files of one dossier together.
    pub dossier_bytes_max: u64,
}

impl Default for Upload {
    fn default() -> Self {
        Self { file_bytes_max: 20 * 1024 * 1024, files_max: 30, dossier_bytes_max: 100 * 1024 * 1024 }
    }
}

/// How long a sign-in lasts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Without an act of the person.
    pub idle_minutes: u32,
    /// At the very most.
    pub absolute_hours: u32,
}

impl Default for Session {
    fn default() -> Self {
        Self { idle_minutes: 30, absolute_hours: 12 }
    }
}

/// How often one may try what one should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Wrong passwords for one account.
    pub login_tries: u32,
    /// Wrong look-ups of one code.
    pub lookup_tries: u32,
    /// Wrong passwords and look-ups from one address.
    pub address_tries: u32,
    /// How long the account, the code or the address is locked then.
    pub lock_minutes: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { login_tries: 5, lookup_tries: 5, address_tries: 100, lock_minutes: 60 }
    }
}

/// Where messages to people wait.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outbox {
    /// The folder e-mails and text messages are written to; none: `outbox` in the data folder.
    pub folder: Option<PathBuf>,
    /// How letters leave.
    pub mail: MailWay,
    /// How text messages leave.
    pub text: TextWay,
}

/// How the statutory reports are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reports {
    /// Where a stopped dossier goes.
    pub stopped_in: StoppedIn,
}

/// How supplements are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Supplement {
    /// Requests at one stage without a leader's override; none: the regime's.
    pub max_per_stage: Option<u16>,
    /// Calendar days the citizen has; none: the regime's.
    pub citizen_days: Option<u16>,
}

/// The installation's key, which signs the checkpoints of history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SigningKey {
    /// Its file; none: `installation.key` in the data folder, made at the first start.
    pub file: Option<PathBuf>,
    /// The key itself in PEM, instead of a file.
    pub pem: Option<Secret>,
}

/// Where backups lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BackupTo {
    /// In a folder: of a mounted disk of another machine, or of a disk of its own.
    Folder(PathBuf),
    /// In a bucket of an S3 server: its name, and a folder in it.
    Bucket(String, String),
}

impl fmt::Display for BackupTo {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => write!(out, "{}", path.display()),
            Self::Bucket(name, folder) => write!(out, "s3://{name}/{folder}"),
        }
    }
}

/// The backups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// Where they lie; none: nobody makes any by themselves.
    pub to: Option<BackupTo>,
    /// Who can open them.
    pub keys: Vec<PublicKey>,
    /// When one is made and proved every day; none: when somebody asks.
    pub at: Option<Time>,
    /// So many stay.
    pub keep: u32,
    /// The folder for what lies open while one is made or proved; none: `scratch` in the data folder.
    pub scratch: Option<PathBuf>,
    /// The S3 server; none: Amazon's.
    pub endpoint: Option<String>,
    /// The bucket's region.
    pub region: String,
    /// Who we are to the S3 server.
    pub access_key: Option<Secret>,
    /// What proves it.
    pub secret_key: Option<Secret>,
}

impl Default for Backup {
    fn default() -> Self {
        Self {
            to: None,
            keys: Vec::new(),
            at: None,
            keep: 14,
            scratch: None,
            endpoint: None,
            region: "us-east-1".to_owned(),
            access_key: None,
            secret_key: None,
        }
    }
}

/// Who may read the figures of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metrics {
    /// Addresses and ranges.
    pub allowed: Vec<IpNet>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self { allowed: ["127.0.0.0/8", "::1"].iter().filter_map(|it| web::address::network(it)).collect() }
    }
}

/// A word nobody should read in a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The word itself, for the one place that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret(…)")
    }
}

/// One thing wrong with the settings, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsProblem {
    /// The file or the variable.
    pub source: String,
    /// The line in the file, counted from 1.
    pub line: Option<usize>,
    /// The key, with its section; empty when the whole file is meant.
    pub key: String,
    /// What is wrong and what was expected; never the value of a secret.
    pub message: String,
}

impl fmt::Display for SettingsProblem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.source)?;
        if let Some(line) = self.line {
            write!(out, ":{line}")?;
        }
        if !self.key.is_empty() {
            write!(out, ": {}", self.key)?;
        }
        write!(out, ": {}", self.message)
    }
}

impl std::error::Error for SettingsProblem {}

impl Settings {
    /// Reads the file, if there is one, then the variables, and checks all of it.
    ///
    /// Paths in the file count from the file's folder, paths in variables from the current one.
    ///
    /// # Errors
    /// Every problem there is, in the order of the file and then of the variables' names.
    pub fn load(
        path: Option<&Path>,
        env: impl Iterator<Item = (String, String)>,
    ) -> Result<Settings, Vec<SettingsProblem>> {
        let mut reading = Reading::default();
        if let Some(path) = path {
            reading.file(path);
        }
        let mut variables: Vec<_> = env.filter(|(name, _)| name.starts_with(PREFIX)).collect();
        variables.sort();
        for (name, value) in &variables {
            reading.variable(name, value);
        }
        reading.together();
        if reading.problems.is_empty() { Ok(reading.settings) } else { Err(reading.problems) }
    }

    /// This server with the password and the certificates of the settings.
    pub fn with_secrets(&self, address: Address) -> Address {
        let address = match &self.database.password {
            Some(password) => address.with_password(password.reveal()),
            None => address,
        };
        match &self.database.ca_file {
            Some(path) => address.with_ca_file(path),
            None => address,
        }
    }

    /// The folder e-mails and text messages are written to.
    pub fn outbox_folder(&self) -> PathBuf {
        self.outbox.folder.clone().unwrap_or_else(|| self.data.dir.join("outbox"))
    }

    /// The folder of the files, where they are in one.
    pub fn files_folder(&self) -> PathBuf {
        self.files.folder.clone().unwrap_or_else(|| self.data.dir.join("tep"))
    }

    /// The file of the keys that lock the files.
    pub fn files_keys(&self) -> PathBuf {
        self.files.keys_file.clone().unwrap_or_else(|| self.data.dir.join("files.keys"))
    }

    /// The folder for what lies open while a backup is made or proved.
    pub fn scratch_folder(&self) -> PathBuf {
        self.backup.scratch.clone().unwrap_or_else(|| self.data.dir.join("scratch"))
    }

    /// The file of the installation's key.
    pub fn key_file(&self) -> PathBuf {
        self.key.file.clone().unwrap_or_else(|| self.data.dir.join("installation.key"))
    }
}

/// Settings half read.
#[derive(Default)]
struct Reading {
    settings: Settings,
    problems: Vec<SettingsProblem>,
    /// Where each key was given, for the checks of several keys together.
    places: BTreeMap<&'static str, (String, Option<usize>)>,
}

impl Reading {
    fn problem(&mut self, source: &str, line: Option<usize>, key: &str, message: impl Into<String>) {
        let (source, key, message) = (source.to_owned(), key.to_owned(), message.into());
        self.problems.push(SettingsProblem { source, line, key, message });
    }

    fn file(&mut self, path: &Path) {
        let source = path.display().to_string();
        let text = match read(path) {
            Ok(text) => text,
            Err(message) => return self.problem(&source, None, "", message),
        };
        let line_at = |at: usize| Some(1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count());
        let (table, errors) = DeTable::parse_recoverable(&text);
        for error in errors {
            let line = error.span().and_then(|span| line_at(span.start));
            self.problem(&source, line, "", format!("not TOML: {}", error.message()));
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        for (section, value) in table.get_ref() {
            let (name, line) = (section.get_ref().as_ref(), line_at(section.span().start));
            let Some(keys) = value.get_ref().as_table() else {
                self.problem(&source, line, name, format!("stands outside a section; {}", nearest_key(name)));
                continue;
            };
            if keys.is_empty() && !KEYS.iter().any(|key| key.section() == name) {
                self.problem(&source, line, name, format!("unknown section; {}", nearest_key(name)));
            }
            for (key, value) in keys {
                let (name, line) = (format!("{name}.{}", key.get_ref()), line_at(key.span().start));
                match KEYS.iter().find(|known| known.name == name) {
                    Some(known) if known.only_as_variable => {
                        let message = format!("a secret does not belong in a file; set {} instead", known.variable());
                        self.problem(&source, line, &name, message);
                    }
                    Some(known) => self.set(known, &Given { raw: raw(value.get_ref()), folder }, &source, line),
                    None => self.problem(&source, line, &name, format!("unknown key; {}", nearest_key(&name))),
                }
            }
        }
    }

    fn variable(&mut self, name: &str, value: &str) {
        if OTHER_VARIABLES.contains(&name) {
            return;
        }
        match KEYS.iter().find(|key| key.variable() == name) {
            Some(key) => self.set(key, &Given { raw: Raw::Variable(value), folder: Path::new("") }, name, None),
            None => {
                let variables =
                    KEYS.iter().map(Key::variable).chain(OTHER_VARIABLES.iter().map(|&other| other.to_owned()));
                let near = nearest(name, variables.collect());
                self.problem(name, None, "", format!("unknown variable; did you mean {near}?"));
            }
        }
    }

    fn set(&mut self, key: &'static Key, given: &Given<'_>, source: &str, line: Option<usize>) {
        self.places.insert(key.name, (source.to_owned(), line));
        if let Err(message) = (key.set)(&mut self.settings, given) {
            self.problem(source, line, key.name, message);
        }
    }

    /// What no key can say alone.
    fn together(&mut self) {
        let (upload, session, key) = (&self.settings.upload, &self.settings.session, &self.settings.key);
        let mut found = Vec::new();
        if upload.dossier_bytes_max < upload.file_bytes_max {
            let (all, one) = (upload.dossier_bytes_max, upload.file_bytes_max);
            let message = format!("{all} for all files is less than upload.file_bytes_max, {one} for one");
            found.push((["upload.dossier_bytes_max", "upload.file_bytes_max"], message));
        }
        if u64::from(session.idle_minutes) > u64::from(session.absolute_hours) * 60 {
            let (idle, hours) = (session.idle_minutes, session.absolute_hours);
            let message = format!("{idle} minutes are longer than session.absolute_hours, {hours}");
            found.push((["session.idle_minutes", "session.absolute_hours"], message));
        }
        if key.file.is_some() && key.pem.is_some() {
            found.push((["key.pem", "key.file"], "the key is given twice, as a file and by itself".to_owned()));
        }
        found.extend(bucket_problems(&self.settings.files));
        found.extend(self.settings.lacking_for_messages());
        let server = &self.settings.server;
        if server.tls_certificate.is_some() != server.tls_key.is_some() {
            let message = "a certificate and its key come together, and one is missing".to_owned();
            found.push((["server.tls_certificate", "server.tls_key"], message));
        }
        if self.settings.backup.at.is_some() && self.settings.backup.to.is_none() {
            found.push((["backup.at", "backup.to"], "backups need a place: set backup.to".to_owned()));
        }
        for (keys, message) in found {
            let given = keys.iter().find_map(|key| self.places.get(key).map(|place| (*key, place.clone())));
            if let Some((key, (source, line))) = given {
                self.problem(&source, line, key, message);
            }
        }
    }
}

/// What is wrong with a bucket as a whole.
fn bucket_problems(files: &Files) -> Vec<([&'static str; 2], String)> {
    let mut found = Vec::new();
    if files.bucket.is_none() && files.endpoint.is_some() {
        found.push((["files.endpoint", "files.bucket"], "a server without files.bucket is not used".to_owned()));
    }
    if files.bucket.is_some() && (files.access_key.is_none() || files.secret_key.is_none()) {
        let message = "a bucket needs MOTCUA_FILES_ACCESS_KEY and MOTCUA_FILES_SECRET_KEY".to_owned();
        found.push((["files.bucket", "files.bucket"], message));
    }
    let plain = files.endpoint.as_deref().and_then(|it| it.strip_prefix("http://"));
    if plain.is_some_and(|place| !files.allow_http && !is_loopback(place)) {
        let message = "files would travel without TLS: use https://, or set files.allow_http where the way is safe";
        found.push((["files.endpoint", "files.allow_http"], message.to_owned()));
    }
    found
}

/// Whether a host, with or without a port, is this machine.
pub fn is_loopback(place: &str) -> bool {
    let host = match place.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|it| it.is_ascii_digit()) => host,
        _ => place,
    };
    let host = host.trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|it| it.is_loopback())
}

fn read(path: &Path) -> Result<String, String> {
    let about = std::fs::metadata(path).map_err(|error| format!("cannot be read: {error}"))?;
    if about.len() > FILE_BYTES_MAX {
        return Err(format!("is larger than {FILE_BYTES_MAX} bytes"));
    }
    std::fs::read_to_string(path).map_err(|error| format!("cannot be read: {error}"))
}

fn raw<'a>(value: &'a DeValue<'_>) -> Raw<'a> {
    match value {
        DeValue::String(text) => Raw::Text(text),
        DeValue::Integer(number) => {
            let digits = number.as_str().replace('_', "");
            i64::from_str_radix(&digits, number.radix()).map_or(Raw::Other("a number out of range"), Raw::Whole)
        }
        DeValue::Boolean(flag) => Raw::Flag(*flag),
        DeValue::Array(values) => {
            let words: Option<Vec<&str>> = values.iter().map(|value| value.get_ref().as_str()).collect();
            words.map_or(Raw::Other("a list of other things than texts"), Raw::List)
        }
        DeValue::Float(_) => Raw::Other("a number with a fraction"),
        DeValue::Datetime(_) => Raw::Other("a date"),
        DeValue::Table(_) => Raw::Other("a section"),
    }
}

fn nearest_key(name: &str) -> String {
    let names = KEYS.iter().map(|key| key.name.to_owned()).collect();
    format!("did you mean {}?", nearest(name, names))
}

/// The known name most like this one, by the whole name or by its last part.
fn nearest(name: &str, known: Vec<String>) -> String {
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    let likeness = |other: &String| {
        let whole = strsim::jaro_winkler(name, other);
        whole.max(0.95 * strsim::jaro_winkler(&last(name), &last(other)))
    };
    known.into_iter().max_by(|one, other| likeness(one).total_cmp(&likeness(other))).unwrap_or_default()
}
