//! Where an office keeps what it has: its database, its files, its backups.

use super::Secret;
use jiff::civil::Time;
use std::fmt;
use std::path::PathBuf;
use storage::backup::PublicKey;
use storage::engine::Address;

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

/// What is wrong with a bucket as a whole.
pub(super) fn bucket_problems(files: &Files) -> Vec<([&'static str; 2], String)> {
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
