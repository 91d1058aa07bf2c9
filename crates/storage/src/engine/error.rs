//! What can go wrong beneath the office: each fault says what we were doing.

use std::{error::Error, fmt::Display, path::PathBuf, sync::Arc};

/// What the driver or the operating system said; shared, because every caller of a failed commit hears of it.
pub type Cause = Arc<dyn Error + Send + Sync>;

/// The rule of the schema that a statement broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constraint {
    /// The same key is already there.
    Unique,
    /// A row points to a row that is not there, or is still pointed to.
    ForeignKey,
    /// A value is missing.
    NotNull,
    /// A value lies outside what the schema allows.
    Check,
    /// Another rule, such as the type of a column.
    Other,
}

/// A fault of the storage: never a lawful "no", always something for whoever runs the machine.
///
/// Messages name statements, tables and files, never values: no personal data reaches a log through them.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StorageError {
    /// The linked SQLite is older than the first one that cannot corrupt a database in write-ahead mode.
    #[error(
        "SQLite {found} is too old: {needed} or newer is needed, older ones can corrupt a database while it is checkpointed"
    )]
    OldSqlite {
        /// The version linked into this program.
        found: String,
        /// The oldest version accepted.
        needed: String,
    },
    /// The database file cannot be opened or created.
    #[error("cannot open the database {}: {reason}; the folder must exist and be writable by the account that runs the program", path.display())]
    CannotOpen {
        /// The file.
        path: PathBuf,
        /// In words, why.
        reason: String,
    },
    /// The server of the database does not answer, or does not let us in.
    #[error("cannot reach the database {place}: {reason}")]
    CannotReach {
        /// Its address, without a password.
        place: String,
        /// In words, why.
        reason: String,
    },
    /// The server is there, but what we promise cannot be kept on it.
    #[error("the database {place} cannot be used: {reason}")]
    Unsuitable {
        /// Its address, without a password.
        place: String,
        /// In words, why, and what to change.
        reason: String,
    },
    /// The database was last used by a newer program.
    #[error(
        "the database was made by a newer program (its schema is number {found}, this program knows up to {known}): install that program again, or restore a backup made before the upgrade"
    )]
    NewerSchema {
        /// The number found in the database.
        found: i64,
        /// The highest number this program knows.
        known: i64,
    },
    /// The schema could not be brought up to date.
    #[error("cannot bring the database up to date: {reason}")]
    Migration {
        /// In words, which step and why.
        reason: String,
    },
    /// Another program holds the database, or there is more work than it can take now.
    #[error("the database was busy while {doing}")]
    Busy {
        /// What we were doing.
        doing: String,
        /// What the driver said.
        #[source]
        source: Cause,
    },
    /// The disk, or the space granted to the database, is full.
    #[error("no space left for the database while {doing}")]
    Full {
        /// What we were doing.
        doing: String,
        /// What the driver said.
        #[source]
        source: Cause,
    },
    /// The database can only be read.
    #[error("the database is read-only while {doing}")]
    ReadOnly {
        /// What we were doing.
        doing: String,
        /// What the driver said.
        #[source]
        source: Cause,
    },
    /// The connection to the database was cut; nothing of the work was kept.
    #[error("the connection to the database was cut while {doing}")]
    Cut {
        /// What we were doing.
        doing: String,
        /// What the driver said.
        #[source]
        source: Cause,
    },
    /// The connection was cut between the commit and its answer: the work was kept, or it was not. Whoever tries again must
    /// come with the same key.
    #[error("the connection to the database was cut before it said whether the work was kept")]
    Unconfirmed {
        /// What the driver said.
        #[source]
        source: Cause,
    },
    /// The disk failed or refused.
    #[error("the disk failed while {doing}")]
    Disk {
        /// What we were doing.
        doing: String,
        /// What the driver or the system said.
        #[source]
        source: Cause,
    },
    /// The file is damaged or is no database.
    #[error(
        "the database is damaged or is no database, found while {doing}: stop, keep the files and restore a backup"
    )]
    Corrupt {
        /// What we were doing.
        doing: String,
        /// What the driver said.
        #[source]
        source: Cause,
    },
    /// A rule of the schema was broken.
    #[error("{rule:?} constraint broken while {doing}: {detail}")]
    Broken {
        /// Which kind of rule.
        rule: Constraint,
        /// What we were doing.
        doing: String,
        /// The table and columns, as the database names them.
        detail: String,
    },
    /// A row that must be there is not.
    #[error("no row while {doing}")]
    NoRow {
        /// What we were doing.
        doing: String,
    },
    /// One row was asked for and more came.
    #[error("more than one row while {doing}")]
    ManyRows {
        /// What we were doing.
        doing: String,
    },
    /// A column does not hold what the program expects.
    #[error("column {column} held {found} instead of {expected} while {doing}")]
    Column {
        /// What we were doing.
        doing: String,
        /// Which column, from 0.
        column: usize,
        /// What should have been there.
        expected: &'static str,
        /// The kind of value that was there; never the value.
        found: &'static str,
    },
    /// The closure of a transaction panicked; its work was undone.
    #[error("a transaction panicked: {message}")]
    Panicked {
        /// The words of the panic.
        message: String,
    },
    /// The database gave the transaction up, as it may when the disk is full; nothing of it was kept.
    #[error("the transaction was given up by the database before {doing}")]
    Lost {
        /// What we were about to do.
        doing: String,
    },
    /// The database is being closed.
    #[error("the database is closed")]
    Closed,
    /// Any other answer of the driver: a fault of ours.
    #[error("{doing}: {source}")]
    Driver {
        /// What we were doing.
        doing: String,
        /// What the driver said.
        #[source]
        source: Cause,
    },
}

impl StorageError {
    /// True where trying again later, or another disk, may help: the page is "unavailable", not "broken".
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::CannotOpen { .. }
            | Self::CannotReach { .. }
            | Self::Cut { .. }
            | Self::Unconfirmed { .. }
            | Self::Busy { .. }
            | Self::Full { .. }
            | Self::ReadOnly { .. }
            | Self::Disk { .. }
            | Self::Lost { .. }
            | Self::Closed => true,
            Self::OldSqlite { .. }
            | Self::Unsuitable { .. }
            | Self::NewerSchema { .. }
            | Self::Migration { .. }
            | Self::Corrupt { .. }
            | Self::Broken { .. }
            | Self::NoRow { .. }
            | Self::ManyRows { .. }
            | Self::Column { .. }
            | Self::Panicked { .. }
            | Self::Driver { .. } => false,
        }
    }

    /// The kind of schema rule that was broken, if one was.
    pub fn constraint(&self) -> Option<Constraint> {
        match self {
            Self::Broken { rule, .. } => Some(*rule),
            _ => None,
        }
    }

    /// A fault of the program itself, in words.
    pub(super) fn ours(doing: impl Display, words: &'static str) -> Self {
        let source: Box<dyn Error + Send + Sync> = words.into();
        Self::Driver { doing: doing.to_string(), source: source.into() }
    }

    pub(super) fn disk(doing: impl Into<String>, source: std::io::Error) -> Self {
        Self::Disk { doing: doing.into(), source: Arc::new(source) }
    }
}
