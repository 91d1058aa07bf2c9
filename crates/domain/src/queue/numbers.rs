//! What stands on a ticket: a letter for the service and a number of the day.

use std::fmt;
use std::str::FromStr;

/// The highest number of one series on one day: three digits fit a board and a memory.
pub const NUMBER_MAX: u32 = 999;

/// The letter of a service of one unit: its tickets are numbered by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Series(char);

impl Series {
    /// Every letter there is, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        ('A'..='Z').map(Self)
    }

    /// The letter.
    pub const fn letter(self) -> char {
        self.0
    }
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Not one capital letter from A to Z.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a letter from A to Z")]
pub struct NoSeries;

impl FromStr for Series {
    type Err = NoSeries;

    fn from_str(text: &str) -> Result<Self, NoSeries> {
        let mut letters = text.chars();
        match (letters.next(), letters.next()) {
            (Some(letter @ 'A'..='Z'), None) => Ok(Self(letter)),
            _ => Err(NoSeries),
        }
    }
}

/// The number on a ticket, as people read it out: `A012`. One of a kind for its unit and day.
#[doc(alias = "số thứ tự")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TicketNumber {
    /// The letter of the service it was taken for.
    pub series: Series,
    /// From 1, anew each day.
    pub number: u32,
}

impl fmt::Display for TicketNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:03}", self.series, self.number)
    }
}
