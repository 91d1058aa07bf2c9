//! What a certificate says that is not so: each kind by itself, so that a page can say it in the language of whoever reads.

use serde::{Deserialize, Serialize};
use std::fmt::{self, Display};
use storage::verify::Flaw;

/// What a certificate says, by its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// Its signature is of what it says.
    Signature,
    /// This installation signed it.
    Installation,
    /// The plan it is of.
    Plan,
    /// What a unit is called.
    Name,
    /// What the plan did to a unit.
    Units,
    /// How many pairs of units there are.
    Lines,
    /// How many dossiers.
    Dossiers,
    /// Where they stand.
    Statuses,
    /// What is owed.
    Owed,
    /// What is paid.
    Paid,
    /// Papers handed in.
    Papers,
    /// Files handed in.
    Files,
    /// Their codes.
    Codes,
    /// Their due dates.
    DueDates,
    /// Their histories.
    Histories,
    /// The history of one dossier, whose code is what is stated.
    Chain,
}

impl Claim {
    /// The word for programs.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::Installation => "installation",
            Self::Plan => "plan",
            Self::Name => "name",
            Self::Units => "units",
            Self::Lines => "lines",
            Self::Dossiers => "dossiers",
            Self::Statuses => "statuses",
            Self::Owed => "owed",
            Self::Paid => "paid",
            Self::Papers => "papers",
            Self::Files => "files",
            Self::Codes => "codes",
            Self::DueDates => "due_dates",
            Self::Histories => "histories",
            Self::Chain => "chain",
        }
    }
}

/// What does not hold of the history of a dossier that a plan moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Broken {
    /// It is not stored as it was written.
    #[error("{0}")]
    Flaw(Flaw),
    /// No event tells of the transfer.
    #[error("no event tells of the transfer")]
    Untold,
    /// The transfer is the first of its events.
    #[error("nothing happened before the transfer")]
    NothingBefore,
    /// Its events cannot have happened one after the other.
    #[error("{why}")]
    Refused {
        /// Why, as the program says it.
        why: String,
    },
    /// The row of the transfer is not as the history.
    #[error("the row of the transfer names another unit than the history")]
    AnotherUnit,
}

/// Something a certificate says that is not so, or not any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mismatch {
    /// From which unit to which, by the names then; none where it is about all.
    pub line: Option<(String, String)>,
    /// What.
    pub what: Claim,
    /// What it says.
    pub stated: String,
    /// What the events say; empty where [`Mismatch::broken`] says it.
    pub found: String,
    /// What is wrong with a history ([`Claim::Chain`]).
    pub broken: Option<Broken>,
}

/// For the command line and the log; a page has words of its own.
impl Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} / ", self.what.key(), self.stated)?;
        match &self.broken {
            Some(broken) => broken.fmt(f),
            None => f.write_str(&self.found),
        }
    }
}
