//! What a verification finds, each kind by itself: the command line and the log say it in English, a page in the language of whoever
//! reads.

use domain::ids::DocumentId;
use serde::{Deserialize, Serialize};

/// Something that is not as the events say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The dossier, the unit, or what was counted and what is there ("96/95").
    pub subject: String,
    /// What is wrong: `chain`, `body`, `fold`, `read model`, `facts`, `due dates`, `owner`, `blob`, `heirs`, `counts`.
    pub part: &'static str,
    /// How.
    pub how: How,
}

/// How something differs from what the events say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// Something does not hold of the history as it is stored.
    #[error("{0}")]
    Flaw(Flaw),
    /// An event cannot have happened after those before it.
    #[error("event {seq}: {why}")]
    EventRefused {
        /// Its number.
        seq: u32,
        /// Why, as the program says it.
        why: String,
    },
    /// There is none.
    #[error("no events")]
    NoEvents,
    /// The row of the read model is gone.
    #[error("the row is missing")]
    RowMissing,
    /// The row of the read model says something else.
    #[error("differs in {columns}")]
    RowDiffers {
        /// In which columns.
        columns: String,
    },
    /// A row that no event speaks of.
    #[error("a row without any event")]
    RowAlone,
    /// Nobody would have to act on it.
    #[error("an open dossier needs one owner, one next act and one clock")]
    Unsound,
    /// What reports count.
    #[error("what reports count is not what the events say")]
    FactsDiffer,
    /// The days it was due.
    #[error("the history of due dates is not what the events say")]
    DuesDiffer,
    /// Who takes over from an ended unit.
    #[error("its heir is not the one the log of units names; motcua rebuild writes it anew")]
    HeirDiffers,
    /// How much lies with each post.
    #[error(
        "how many open dossiers are counted for the posts is not how many there are; motcua rebuild counts them anew"
    )]
    LyingDiffers,
}

/// What does not hold of a stored history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Flaw {
    /// An event is missing, or one too many.
    #[error("event {seq} stands at place {place}")]
    OutOfPlace {
        /// Its number.
        seq: u32,
        /// Where it stands.
        place: usize,
    },
    /// The one before it is another than when it was written.
    #[error("event {seq} does not follow the one before it")]
    Unlinked {
        /// Its number.
        seq: u32,
    },
    /// It is another than when it was written.
    #[error("event {seq} was changed")]
    Changed {
        /// Its number.
        seq: u32,
    },
    /// Its words are others than when they were written.
    #[error("the words of event {seq} were changed")]
    WordsChanged {
        /// Its number.
        seq: u32,
    },
    /// Its words are gone, and nothing says that they were erased.
    #[error("the words of event {seq} are missing")]
    WordsMissing {
        /// Its number.
        seq: u32,
    },
    /// It is no event.
    #[error("event {seq} cannot be read")]
    Unreadable {
        /// Its number.
        seq: u32,
    },
    /// Nobody would find that file.
    #[error("the row of file {file} is missing")]
    FileMissing {
        /// Which.
        file: DocumentId,
    },
}

impl Flaw {
    /// What part of the history it is about.
    pub(super) const fn part(&self) -> &'static str {
        match self {
            Self::OutOfPlace { .. } | Self::Unlinked { .. } | Self::Changed { .. } => "chain",
            Self::WordsChanged { .. } | Self::WordsMissing { .. } => "body",
            Self::Unreadable { .. } => "fold",
            Self::FileMissing { .. } => "blob",
        }
    }
}
