//! How far the demo is lived, and what its clock shows when it is opened.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, date};

/// The day it is lived through where nobody says otherwise.
pub const THROUGH: Date = date(2025, 3, 31);
/// The last one there is.
const THROUGH_LAST: Date = date(2025, 7, 31);
/// The reorganisations it can leave to whoever opens it, by their day.
const LEFT: [Date; 2] = [date(2025, 1, 1), date(2025, 7, 1)];

/// Reads `--through`.
///
/// # Errors
/// No day the demo can be lived to.
pub fn through(text: &str) -> Result<Date, String> {
    let day: Date = text.parse().map_err(|_| "a day is written as 2025-07-31".to_owned())?;
    let fits = (THROUGH..=THROUGH_LAST).contains(&day);
    if fits { Ok(day) } else { Err(format!("the demo is lived through a day from {THROUGH} to {THROUGH_LAST}")) }
}

/// Reads `--before`.
///
/// # Errors
/// No reorganisation it can stop before.
pub fn before(text: &str) -> Result<Date, String> {
    let day = text.parse().ok().filter(|it| LEFT.contains(it));
    day.ok_or_else(|| {
        format!("the demo can stop before a reorganisation: {}", LEFT.map(|it| it.to_string()).join(" or "))
    })
}

/// How far a demo is lived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// To the morning of that day.
    Morning(Date),
    /// To the evening before the reorganisation of that day, which is left to whoever opens it.
    LeftTo(Date),
}

impl Until {
    /// As it is kept in the house.
    pub fn key(self) -> String {
        match self {
            Self::Morning(day) => day.to_string(),
            Self::LeftTo(day) => format!("before {day}"),
        }
    }

    /// Reads what is kept.
    pub fn of_key(key: &str) -> Option<Self> {
        match key.strip_prefix("before ") {
            Some(day) => day.parse().ok().map(Self::LeftTo),
            None => key.parse().ok().map(Self::Morning),
        }
    }

    /// The day its clock shows at first.
    pub fn day(self) -> Date {
        match self {
            Self::Morning(day) => day,
            Self::LeftTo(day) => day.saturating_sub(1.day()),
        }
    }

    /// Nothing is done after that: staff have gone home.
    pub fn ends_at(self) -> DateTime {
        match self {
            Self::Morning(day) => day.saturating_sub(1.day()).at(23, 0, 0, 0),
            Self::LeftTo(_) => self.day().at(19, 0, 0, 0),
        }
    }

    /// What its clock shows at first.
    pub fn opens_at(self) -> DateTime {
        match self {
            Self::Morning(day) => day.at(8, 0, 0, 0),
            Self::LeftTo(_) => self.day().at(20, 0, 0, 0),
        }
    }

    /// True where it leaves the reorganisation of that day.
    pub fn leaves(self, reform: Date) -> bool {
        self == Self::LeftTo(reform)
    }

    /// "đến ngày 31/03/2025".
    pub fn words(self) -> String {
        let on = |day: Date| day.strftime("%d/%m/%Y").to_string();
        match self {
            Self::Morning(day) => format!("đến ngày {}", on(day)),
            Self::LeftTo(day) => format!("đến tối trước lần sắp xếp ngày {}", on(day)),
        }
    }
}
