//! What can go wrong with a file.

use super::BlobName;
use std::{io, path::PathBuf};

/// What can go wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// The file is longer than the caller allows; nothing of it was kept.
    #[error("the file is longer than {limit_bytes} bytes")]
    TooLarge {
        /// The limit.
        limit_bytes: u64,
    },
    /// No file has this name.
    #[error("there is no file {name}")]
    Missing {
        /// The name.
        name: BlobName,
    },
    /// The upload was already given up after an earlier error.
    #[error("the upload of {name} was given up")]
    GivenUp {
        /// The name.
        name: BlobName,
    },
    /// The file was changed, cut off, or is not the one its row speaks of.
    #[error("the file {name} was changed: it does not open with its key")]
    Damaged {
        /// The name.
        name: BlobName,
    },
    /// The ring lacks the key that the file's own key is wrapped with.
    #[error("the file of keys lacks the key {ring_key} of the file {name}")]
    NoKey {
        /// The name.
        name: BlobName,
        /// The key.
        ring_key: String,
    },
    /// The store holds the files of somebody else.
    #[error("the store of files belongs to another house ({owner})")]
    AnotherHouse {
        /// Whose it is.
        owner: String,
    },
    /// The bucket cannot be used as it is described.
    #[error("the bucket for files cannot be used: {why}")]
    Bucket {
        /// Why.
        why: String,
    },
    /// The folder of files cannot be used.
    #[error("cannot use the folder {} for files: it must be writable by the account that runs the program", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The disk or the bucket failed, refused or did not answer.
    #[error("the store of files failed while {doing}")]
    Store {
        /// What we were doing.
        doing: String,
        /// What the store said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl BlobError {
    /// True where trying again later, or another disk, may help.
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Folder { .. } | Self::Store { .. } => true,
            Self::TooLarge { .. }
            | Self::Missing { .. }
            | Self::GivenUp { .. }
            | Self::Damaged { .. }
            | Self::NoKey { .. }
            | Self::AnotherHouse { .. }
            | Self::Bucket { .. } => false,
        }
    }
}

pub(super) fn failed(
    doing: impl Into<String>,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> BlobError {
    BlobError::Store { doing: doing.into(), source: source.into() }
}
