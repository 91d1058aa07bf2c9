//! How long the office may take: the terms of the law and of the office's own promise.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Longest term, in whatever unit.
const COUNT_MAX: u16 = 3_650;
/// Working hours that make a working day. Căn cứ: Bộ luật Lao động 45/2019/QH14, Điều 105 khoản 1.
const HOURS_PER_DAY: u32 = 8;

/// How long an act may take: `5wd`, `4wh`, `10d` or `sameday` in writing.
///
/// ```
/// use domain::calendar::Term;
///
/// assert_eq!("5WD".parse(), Ok(Term::WorkingDays(5)));
/// assert_eq!(Term::SameDay.to_string(), "sameday");
/// assert!("0wd".parse::<Term>().is_err());
/// ```
#[doc(alias = "thời hạn giải quyết")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Term {
    /// Working days (ngày làm việc); the time of day is kept.
    WorkingDays(u16),
    /// Working hours (giờ làm việc).
    WorkingHours(u16),
    /// Days of the calendar (ngày); the end rolls forward to a working day, at its close.
    CalendarDays(u16),
    /// In the day (trong ngày), or the next working day when received after the cut-off.
    SameDay,
}

/// Why a text is no term.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TermError {
    /// Not a number followed by `wd`, `wh` or `d`, nor `sameday`.
    #[error("expected a term such as 5wd, 4wh, 10d or sameday, found {text:?}")]
    Unreadable {
        /// What stands there.
        text: String,
    },
    /// A term of nothing.
    #[error("a term of zero")]
    Zero,
    /// Longer than any term.
    #[error("a term longer than {count_max}")]
    TooLong {
        /// Largest number.
        count_max: u16,
    },
}

impl FromStr for Term {
    type Err = TermError;

    fn from_str(text: &str) -> Result<Self, TermError> {
        let lower = text.to_ascii_lowercase();
        if lower == "sameday" {
            return Ok(Self::SameDay);
        }
        let unreadable = || TermError::Unreadable { text: text.chars().take(40).collect() };
        let unit_at = lower.find(|c: char| !c.is_ascii_digit()).ok_or_else(unreadable)?;
        let (digits, unit) = lower.split_at_checked(unit_at).ok_or_else(unreadable)?;
        let of: fn(u16) -> Self = match unit {
            "wd" => Self::WorkingDays,
            "wh" => Self::WorkingHours,
            "d" => Self::CalendarDays,
            _ => return Err(unreadable()),
        };
        let significant = digits.trim_start_matches('0');
        match (digits, significant) {
            ("", _) => Err(unreadable()),
            (_, "") => Err(TermError::Zero),
            (_, significant) => match significant.parse() {
                Ok(count) if count <= COUNT_MAX => Ok(of(count)),
                Ok(_) | Err(_) => Err(TermError::TooLong { count_max: COUNT_MAX }),
            },
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WorkingDays(count) => write!(f, "{count}wd"),
            Self::WorkingHours(count) => write!(f, "{count}wh"),
            Self::CalendarDays(count) => write!(f, "{count}d"),
            Self::SameDay => f.write_str("sameday"),
        }
    }
}

impl TryFrom<String> for Term {
    type Error = TermError;

    fn try_from(text: String) -> Result<Self, TermError> {
        text.parse()
    }
}

impl From<Term> for String {
    fn from(term: Term) -> Self {
        term.to_string()
    }
}

impl Term {
    /// Whether this term is longer than the other whenever it begins. False also where it depends on the days.
    ///
    /// `n` calendar days end on the `n`-th working day at the latest, because they roll to the next working day and no
    /// further.
    fn always_longer_than(self, other: Self) -> bool {
        let hours = |days: u16| u32::from(days) * HOURS_PER_DAY;
        match (self, other) {
            (Self::WorkingDays(this), Self::WorkingDays(that) | Self::CalendarDays(that))
            | (Self::WorkingHours(this), Self::WorkingHours(that))
            | (Self::CalendarDays(this), Self::CalendarDays(that)) => this > that,
            (Self::WorkingDays(this), Self::WorkingHours(that)) => hours(this) > u32::from(that),
            (Self::WorkingHours(this), Self::WorkingDays(that) | Self::CalendarDays(that)) => {
                u32::from(this) > hours(that)
            }
            (Self::WorkingHours(this), Self::SameDay) => u32::from(this) > HOURS_PER_DAY,
            (Self::WorkingDays(_) | Self::CalendarDays(_), Self::SameDay) => true,
            (Self::CalendarDays(_), Self::WorkingDays(_) | Self::WorkingHours(_)) => false,
            (Self::SameDay, Self::WorkingDays(_) | Self::WorkingHours(_) | Self::CalendarDays(_) | Self::SameDay) => {
                false
            }
        }
    }
}

/// The time limit of a procedure: what the law allows, and the shorter time the office commits itself to. Both are
/// shown; lateness is judged by the binding one.
#[doc(alias = "thời hạn giải quyết")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TimeLimit {
    /// What the law allows.
    pub legal: Term,
    /// What the office promises, if less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub committed: Option<Term>,
}

/// Why two terms make no time limit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimeLimitError {
    /// The office would promise more time than the law allows.
    #[error("the commitment of {committed} is longer than the legal limit of {legal}")]
    CommitmentTooLong {
        /// The legal limit.
        legal: Term,
        /// The commitment.
        committed: Term,
    },
}

impl TimeLimit {
    /// Joins the two; a commitment that is always longer than the law allows is refused.
    pub fn new(legal: Term, committed: Option<Term>) -> Result<Self, TimeLimitError> {
        match committed {
            Some(committed) if committed.always_longer_than(legal) => {
                Err(TimeLimitError::CommitmentTooLong { legal, committed })
            }
            Some(_) | None => Ok(Self { legal, committed }),
        }
    }

    /// The term the due date is computed from: the commitment, else the law.
    pub fn binding(&self) -> Term {
        self.committed.unwrap_or(self.legal)
    }
}
