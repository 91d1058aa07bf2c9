//! Backups: a whole house in one encrypted archive, made while people work, and put back into an empty place on either engine.
//!
//! A backup is a tar archive encrypted with age: `about.json`, the files, the keys, the database, `contents.json`.
//! The database in it is always one file of SQLite, carried there by [`copy`](crate::copy) from one picture of the house; so a
//! backup of either engine is restored on either, an older one is brought up to date as an older house is, and any `age`, `tar` and
//! `sqlite3` can read one without this program. Start at [`make()`], then [`unpack`].

mod files;
mod keys;
mod make;
mod place;
mod unpack;

pub use keys::{PublicKey, SecretKey};
pub use make::{Made, Source, make};
pub use place::{BackupName, BackupPlace, Bucket};
pub use unpack::{Unpacked, unpack};

use crate::blobs::BlobError;
use crate::copy::{CopyError, TableContent};
use crate::engine::StorageError;
use serde::{Deserialize, Serialize};
use std::io;

crate::statements! {
    FORGET_FILE: "DELETE FROM document WHERE blob = $1";
}

/// The form of archive this program writes.
const FORMAT: u32 = 1;
/// The parts of an archive.
const ABOUT: &str = "about.json";
const FILES: &str = "files/";
const KEYS: &str = "keys/";
const DATABASE: &str = "motcua.db";
const CONTENTS: &str = "contents.json";

/// What a backup says of itself before anything else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The form of the archive.
    pub format: u32,
    /// The number of the newest schema step of the database in it.
    pub schema_step: i64,
    /// When it was made: microseconds since 1970, UTC.
    pub made_at: i64,
    /// The version of the program that made it.
    pub program: String,
}

/// What a backup says it holds: compared with what is there after a restore.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// Every table with a sum over its rows.
    pub tables: Vec<TableContent>,
    /// How many files.
    pub files: u64,
    /// Their bytes together.
    pub files_bytes: u64,
    /// A hash over the names and the hashes of all files, in the order of their names.
    pub files_hash: String,
    /// Files that were missing in the house already.
    pub missing: Vec<String>,
}

impl Contents {
    /// The rows of all tables together.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|it| it.rows).sum()
    }
}

/// Why a backup was not made, or not put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The database was not carried.
    #[error(transparent)]
    Copy(#[from] CopyError),
    /// The store of files failed.
    #[error(transparent)]
    Files(#[from] BlobError),
    /// The disk failed or is full.
    #[error("{doing} failed: {source}")]
    Disk {
        /// What we were doing.
        doing: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The place of backups failed or refused.
    #[error("{doing} failed: {source}")]
    Place {
        /// What we were doing.
        doing: String,
        /// What it said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// There is a backup of that name already.
    #[error("there is a backup of the name {name} already")]
    Taken {
        /// The name.
        name: BackupName,
    },
    /// There is no such backup.
    #[error("there is no such backup in {place}")]
    NoBackup {
        /// Where.
        place: String,
    },
    /// Nobody is named who could open it.
    #[error("a backup needs at least one public key")]
    NoKey,
    /// It was encrypted for others.
    #[error("this key does not open the backup")]
    WrongKey,
    /// It was made by a newer program.
    #[error("the backup was made by a newer program ({what} {found}, this program knows up to {known})")]
    Newer {
        /// What is newer.
        what: &'static str,
        /// The number in the backup.
        found: i64,
        /// The highest number we know.
        known: i64,
    },
    /// What was read is not what was written.
    #[error("the backup is damaged: {how}")]
    Damaged {
        /// Where and how.
        how: String,
    },
}

impl BackupError {
    fn disk(doing: impl Into<String>, source: io::Error) -> Self {
        Self::Disk { doing: doing.into(), source }
    }

    fn store(doing: impl Into<String>, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Place { doing: doing.into(), source: source.into() }
    }

    fn damaged(how: impl Into<String>) -> Self {
        Self::Damaged { how: how.into() }
    }
}
