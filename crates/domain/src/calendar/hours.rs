//! The hours a unit is open, and how they changed over time.

use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;
use jiff::civil::{Date, Time, date, time};
use serde::{Deserialize, Serialize};

/// Most spans in a day.
const SPANS_MAX: usize = 6;
/// Longest text of hours that is read.
const TEXT_BYTES_MAX: usize = 200;
/// Most changes of hours in the life of a unit.
const PERIODS_MAX: usize = 500;

/// One stretch of opening: from `opens` to `closes`, both moments still inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// First moment.
    pub opens: Time,
    /// Last moment.
    pub closes: Time,
}

/// The hours of a working day: one span or more, in order, apart from each other, on whole minutes.
///
/// ```
/// use domain::calendar::OpeningHours;
///
/// let hours: OpeningHours = "07:30-11:30,13:30-17:30".parse().unwrap();
/// assert_eq!(hours.minutes(), 480);
/// assert_eq!(hours.to_string(), "07:30-11:30,13:30-17:30");
/// assert!("13:30-17:30,07:30-11:30".parse::<OpeningHours>().is_err());
/// ```
#[doc(alias = "giờ làm việc")]
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OpeningHours {
    spans: Vec<Span>,
    /// Of all spans together: asked once for every day between two moments.
    whole: SignedDuration,
}

/// Why hours cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// No span at all.
    #[error("no hours")]
    Empty,
    /// More spans, or more text, than a day has room for.
    #[error("more than {spans_max} spans")]
    TooMany {
        /// Most spans.
        spans_max: usize,
    },
    /// A span that is not `HH:MM-HH:MM`.
    #[error("expected hours such as 07:30-11:30, found {text:?}")]
    Unreadable {
        /// What stands there.
        text: String,
    },
    /// A span that does not end after it begins.
    #[error("hours that close at {closes} do not open before, at {opens}")]
    Backwards {
        /// Opening.
        opens: Time,
        /// Closing.
        closes: Time,
    },
    /// A span that begins before the one before it ended, or the moment it did.
    #[error("hours that open at {opens} touch those that close at {closes}")]
    Overlap {
        /// Closing of the earlier one.
        closes: Time,
        /// Opening of the later one.
        opens: Time,
    },
    /// Two entries of a history begin on the same day, or it has more entries than a unit can have.
    #[error("the history of hours has no entry, too many, or two from the same day")]
    History,
}

impl OpeningHours {
    /// Reads `07:30-11:30,13:30-17:30`.
    pub fn parse(text: &str) -> Result<Self, HoursError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(HoursError::TooMany { spans_max: SPANS_MAX });
        }
        if text.trim().is_empty() {
            return Err(HoursError::Empty);
        }
        Self::new(text.split(',').map(read_span).collect::<Result<_, _>>()?)
    }

    /// From spans, in order and apart from each other.
    pub fn new(spans: Vec<Span>) -> Result<Self, HoursError> {
        if spans.is_empty() {
            return Err(HoursError::Empty);
        }
        if spans.len() > SPANS_MAX {
            return Err(HoursError::TooMany { spans_max: SPANS_MAX });
        }
        let mut before: Option<Span> = None;
        for span in &spans {
            if span.opens >= span.closes {
                return Err(HoursError::Backwards { opens: span.opens, closes: span.closes });
            }
            if let Some(before) = before.filter(|before| before.closes >= span.opens) {
                return Err(HoursError::Overlap { closes: before.closes, opens: span.opens });
            }
            before = Some(*span);
        }
        Ok(Self::of(spans))
    }

    fn of(spans: Vec<Span>) -> Self {
        let lengths = spans.iter().map(|span| span.opens.duration_until(span.closes));
        let whole = lengths.fold(SignedDuration::ZERO, SignedDuration::saturating_add);
        Self { spans, whole }
    }

    /// The spans, in order; never empty.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// When the day's work begins.
    pub fn opens(&self) -> Time {
        self.spans.first().map_or(Time::MIN, |span| span.opens)
    }

    /// When the day's work ends.
    pub fn closes(&self) -> Time {
        self.spans.last().map_or(Time::MIN, |span| span.closes)
    }

    /// Working minutes of a day.
    pub fn minutes(&self) -> i64 {
        self.whole.as_mins()
    }

    /// Working time of a day from its opening to its close.
    pub(super) fn whole(&self) -> SignedDuration {
        self.whole
    }

    /// Whether the office is open at that time of a working day, the moments of opening and closing included.
    pub fn contains(&self, at: Time) -> bool {
        self.spans.iter().any(|span| span.opens <= at && at <= span.closes)
    }

    /// The first moment inside hours not before `at`, on the same day.
    pub(super) fn at_or_after(&self, at: Time) -> Option<Time> {
        self.spans.iter().find(|span| at <= span.closes).map(|span| at.max(span.opens))
    }

    /// A time of day carried over from other hours: kept inside hours, else the next opening of the day, after the
    /// last the close.
    pub(super) fn clamp(&self, at: Time) -> Time {
        self.at_or_after(at).unwrap_or_else(|| self.closes())
    }

    /// Working time from `from` to `to` of one day.
    pub(super) fn between(&self, from: Time, to: Time) -> SignedDuration {
        let shared = |span: &Span| (span.opens.max(from), span.closes.min(to));
        let overlaps = self.spans.iter().map(shared).filter(|(from, to)| from < to);
        overlaps.fold(SignedDuration::ZERO, |sum, (from, to)| sum.saturating_add(from.duration_until(to)))
    }
}

impl Default for OpeningHours {
    /// The usual hours: 07:30-11:30, 13:30-17:30.
    fn default() -> Self {
        let span = |opens, closes| Span { opens, closes };
        Self::of(vec![span(time(7, 30, 0, 0), time(11, 30, 0, 0)), span(time(13, 30, 0, 0), time(17, 30, 0, 0))])
    }
}

impl fmt::Display for OpeningHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, span) in self.spans.iter().enumerate() {
            let comma = if nth == 0 { "" } else { "," };
            let (opens, closes) = (span.opens, span.closes);
            write!(f, "{comma}{:02}:{:02}-{:02}:{:02}", opens.hour(), opens.minute(), closes.hour(), closes.minute())?;
        }
        Ok(())
    }
}

impl FromStr for OpeningHours {
    type Err = HoursError;

    fn from_str(text: &str) -> Result<Self, HoursError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for OpeningHours {
    type Error = HoursError;

    fn try_from(text: String) -> Result<Self, HoursError> {
        Self::parse(&text)
    }
}

impl From<OpeningHours> for String {
    fn from(hours: OpeningHours) -> Self {
        hours.to_string()
    }
}

fn read_span(text: &str) -> Result<Span, HoursError> {
    let read = || {
        let (opens, closes) = text.trim().split_once('-')?;
        Some(Span { opens: read_time(opens.trim())?, closes: read_time(closes.trim())? })
    };
    read().ok_or_else(|| HoursError::Unreadable { text: text.chars().take(40).collect() })
}

/// Reads `HH:MM`, nothing else.
fn read_time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let two_digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !two_digits(hour) || !two_digits(minute) {
        return None;
    }
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

/// The hours of a unit by validity date. The first entry also answers for the days before it.
#[doc(alias = "giờ làm việc")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<HoursPeriod>", into = "Vec<HoursPeriod>")]
pub struct HoursHistory {
    first: HoursPeriod,
    later: Vec<HoursPeriod>,
}

/// Hours that hold from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoursPeriod {
    /// First day.
    pub from: Date,
    /// The hours.
    pub hours: OpeningHours,
}

impl HoursHistory {
    /// One set of hours for ever.
    pub fn always(hours: OpeningHours) -> Self {
        Self { first: HoursPeriod { from: date(1900, 1, 1), hours }, later: Vec::new() }
    }

    /// From entries in any order; refused when empty or when two begin on the same day.
    pub fn new(mut periods: Vec<HoursPeriod>) -> Result<Self, HoursError> {
        periods.sort_by_key(|period| period.from);
        let distinct = periods.windows(2).all(|pair| pair.first().map(|p| p.from) != pair.last().map(|p| p.from));
        if !distinct || periods.is_empty() || periods.len() > PERIODS_MAX {
            return Err(HoursError::History);
        }
        let first = periods.remove(0);
        Ok(Self { first, later: periods })
    }

    /// These hours, changed from a day on; an entry from the same day is replaced, later ones stay.
    pub fn changed_from(self, from: Date, hours: OpeningHours) -> Result<Self, HoursError> {
        let mut periods: Vec<HoursPeriod> = self.into();
        periods.retain(|period| period.from != from);
        periods.push(HoursPeriod { from, hours });
        Self::new(periods)
    }

    /// The hours on a day.
    pub fn on(&self, day: Date) -> &OpeningHours {
        let begun = self.later.partition_point(|period| period.from <= day);
        let period = begun.checked_sub(1).and_then(|nth| self.later.get(nth)).unwrap_or(&self.first);
        &period.hours
    }

    /// The first day after a day on which other hours begin.
    pub(super) fn change_after(&self, day: Date) -> Option<Date> {
        let begun = self.later.partition_point(|period| period.from <= day);
        self.later.get(begun).map(|period| period.from)
    }
}

impl Default for HoursHistory {
    fn default() -> Self {
        Self::always(OpeningHours::default())
    }
}

impl From<HoursHistory> for Vec<HoursPeriod> {
    fn from(history: HoursHistory) -> Self {
        std::iter::once(history.first).chain(history.later).collect()
    }
}

impl TryFrom<Vec<HoursPeriod>> for HoursHistory {
    type Error = HoursError;

    fn try_from(periods: Vec<HoursPeriod>) -> Result<Self, HoursError> {
        Self::new(periods)
    }
}
