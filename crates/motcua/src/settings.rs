//! What an office may choose: one TOML file, and `MOTCUA_SECTION_KEY` variables that override it.
//!
//! Nothing is guessed: an unknown key is refused with the nearest name, a wrong value with what was expected, and every
//! problem is told at once. `docs/operations/settings.md` and `motcua.example.toml` explain each key; a test holds them to it.

mod keys;
mod messages;
mod reading;
mod shown;
mod store;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use domain::dossier::CodePattern;
use domain::kpi::StoppedIn;
use ipnet::IpNet;
use storage::engine::Address;

pub use keys::backup_to;
pub use messages::{Centre, Gateway, MailServer, MailWay, Text, TextWay};
use reading::Reading;
pub use store::{Backup, BackupTo, Data, Database, Files, is_loopback};

/// What every variable of ours begins with.
const PREFIX: &str = "MOTCUA_";
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
    /// The queue before the counters.
    pub queue: Queue,
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
    /// How soon messages of citizens are answered.
    pub exchange: Exchange,
    /// How long a finished dossier can be rated.
    pub rating: Rating,
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

/// Whose one-stop shop it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Office {
    /// The name in the head of the citizens' pages; none: the topmost unit's name today.
    pub name: Option<String>,
    /// The place named beside "Một cửa" in the head of pages ("Thành phố Hải Phòng"); none: nothing.
    pub place: Option<String>,
    /// The legal regime new dossiers are received under, by its key; none: the one in force on the day.
    pub regime: Option<String>,
    /// Whether citizens may have accounts of the house; none: as the regime says.
    pub citizen_accounts: Option<bool>,
    /// The command that reads announcements aloud, with its arguments; empty: none does.
    pub speech_command: Vec<String>,
    /// Days between two reminders of a decision nobody fetched, and before the first.
    pub remind_every_days: u32,
}

impl Default for Office {
    fn default() -> Self {
        Self {
            name: None,
            place: None,
            regime: None,
            citizen_accounts: None,
            speech_command: Vec::new(),
            remind_every_days: 10,
        }
    }
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

/// The queue before the counters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// How many of the priority lane are called one after the other while somebody else waits; 0: there is no such lane.
    pub priority_in_a_row: u32,
    /// Tickets from one address before it is locked.
    pub tickets_per_address: u32,
}

impl Default for Queue {
    fn default() -> Self {
        Self { priority_in_a_row: 2, tickets_per_address: 300 }
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

/// How soon messages of citizens are answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Working days until a message is answered.
    pub answer_working_days: u16,
}

impl Default for Exchange {
    fn default() -> Self {
        Self { answer_working_days: 2 }
    }
}

/// How long a finished dossier can be rated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rating {
    /// Calendar days after its end in which the applicant rates it, or changes the rating.
    pub days: u16,
}

impl Default for Rating {
    fn default() -> Self {
        Self { days: 30 }
    }
}

/// The installation's key, which signs the checkpoints of history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SigningKey {
    /// Its file; none: `installation.key` in the data folder, made at the first start.
    pub file: Option<PathBuf>,
    /// The key itself in PEM, instead of a file.
    pub pem: Option<Secret>,
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
