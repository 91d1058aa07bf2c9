//! The table of days off that the Government publishes for each year, read from `holidays.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use jiff::civil::Date;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use toml::Spanned;

use super::clock::Unpublished;
use super::projection::{self, YearDays, is_weekly_rest};

/// Longest table that is read.
const TEXT_BYTES_MAX: usize = 1_048_576;
/// Most rows that are read.
const ROWS_MAX: usize = 5_000;

/// Which days the office works: the published days off, the swapped days and the Saturdays worked for them.
///
/// A year is *published* when the table has days off for it and none of them is graded `projected`. Days marked
/// `unconfirmed` are working days until somebody confirms them.
///
/// Căn cứ: Bộ luật Lao động 45/2019/QH14, Điều 111, 112, và thông báo nghỉ lễ hằng năm của Chính phủ.
///
/// ```
/// use domain::calendar::WorkingCalendar;
/// use jiff::civil::date;
///
/// let table = WorkingCalendar::parse(r#"
/// [[day_off]]
/// date = "2025-05-02"
/// name = "Nghỉ hoán đổi"
/// kind = "swapped"
/// made_up_on = "2025-04-26"
/// [[make_up]]
/// date = "2025-04-26"
/// for = "2025-05-02"
/// "#).unwrap();
/// assert!(!table.is_working_day(date(2025, 5, 2)));
/// assert!(table.is_working_day(date(2025, 4, 26)), "a worked Saturday");
/// assert!(!table.publishes(2026));
/// ```
#[doc(alias = "lịch làm việc")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkingCalendar {
    published: BTreeMap<i16, YearDays>,
    foreseen: BTreeMap<i16, YearDays>,
    names: BTreeMap<Date, String>,
    worked_rest_days: BTreeSet<Date>,
    unconfirmed: BTreeMap<Date, String>,
    version: String,
    text: String,
}

/// Why a table of days off cannot be taken; nothing of it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The text is longer, or has more rows, than a table can have.
    #[error("the table is larger than {bytes_max} bytes or {rows_max} rows")]
    TooLarge {
        /// Most bytes.
        bytes_max: usize,
        /// Most rows.
        rows_max: usize,
    },
    /// Not the format: bad TOML, a missing or unknown key, an unknown kind or grade.
    #[error("line {line}: {message}")]
    Syntax {
        /// Line, from 1.
        line: usize,
        /// What the reader of the format says.
        message: String,
    },
    /// A date that does not exist or is not written year-month-day.
    #[error("line {line}, {field}: expected a date such as 2025-04-30, found {text:?}")]
    Date {
        /// Line, from 1.
        line: usize,
        /// Key.
        field: &'static str,
        /// What stands there.
        text: String,
    },
    /// The same day is listed twice in the same list.
    #[error("line {line}, date: {date} is listed twice")]
    Twice {
        /// Line of the second, from 1.
        line: usize,
        /// The day.
        date: Date,
    },
    /// The same day is off and worked.
    #[error("line {line}, date: {date} is both a day off and worked")]
    OffAndWorked {
        /// Line, from 1.
        line: usize,
        /// The day.
        date: Date,
    },
    /// A worked day that is no Saturday or Sunday: it would be worked anyway.
    #[error("line {line}, date: {date} is no rest day, so it cannot make up for one")]
    NoRestDay {
        /// Line, from 1.
        line: usize,
        /// The day.
        date: Date,
    },
    /// A swapped day names a worked day that is not listed, or a worked day names a day off that is not.
    #[error("line {line}, {field}: {date} is not listed")]
    Unlisted {
        /// Line, from 1.
        line: usize,
        /// Key.
        field: &'static str,
        /// The day that is missing.
        date: Date,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableText {
    #[serde(default, rename = "meta")]
    _meta: Option<toml::Table>,
    #[serde(default)]
    day_off: Vec<DayOffText>,
    #[serde(default)]
    make_up: Vec<MakeUpText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DayOffText {
    date: Spanned<String>,
    #[serde(default)]
    name: String,
    #[serde(default, rename = "kind")]
    _kind: Option<Kind>,
    #[serde(default)]
    made_up_on: Option<Spanned<String>>,
    #[serde(default)]
    status: DayStatus,
    #[serde(default)]
    grade: Grade,
    #[serde(default, rename = "source")]
    _source: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MakeUpText {
    date: Spanned<String>,
    #[serde(default, rename = "for")]
    in_place_of: Option<Spanned<String>>,
    #[serde(default, rename = "grade")]
    _grade: Grade,
    #[serde(default, rename = "source")]
    _source: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Statutory,
    Compensatory,
    Swapped,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum DayStatus {
    #[default]
    Confirmed,
    Unconfirmed,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Grade {
    #[default]
    Verified,
    Library,
    Projected,
}

/// The rows with their dates read, and where they stood.
#[derive(Default)]
struct Rows {
    off: BTreeMap<Date, (usize, String, Grade)>,
    worked: BTreeMap<Date, usize>,
    unconfirmed: BTreeMap<Date, String>,
}

impl WorkingCalendar {
    /// Reads `holidays.toml`. A bad row refuses the whole table, naming line and key.
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        let too_large = CalendarError::TooLarge { bytes_max: TEXT_BYTES_MAX, rows_max: ROWS_MAX };
        if text.len() > TEXT_BYTES_MAX {
            return Err(too_large);
        }
        let table: TableText = toml::from_str(text).map_err(|error| CalendarError::Syntax {
            line: line_of(text, error.span().unwrap_or_default()),
            message: error.message().to_owned(),
        })?;
        if table.day_off.len().saturating_add(table.make_up.len()) > ROWS_MAX {
            return Err(too_large);
        }
        let rows = read_rows(text, &table)?;
        check_swaps(text, &table, &rows)?;
        Ok(Self::from_rows(rows, text))
    }

    fn from_rows(rows: Rows, text: &str) -> Self {
        let projected: BTreeSet<i16> = rows
            .off
            .iter()
            .filter(|(_, (_, _, grade))| *grade == Grade::Projected)
            .map(|(day, _)| day.year())
            .collect();
        let mut years: BTreeMap<i16, YearDays> =
            rows.off.keys().map(|day| (day.year(), YearDays::weekdays(day.year()))).collect();
        for day in rows.off.keys() {
            if let Some(year) = years.get_mut(&day.year()) {
                year.set(*day, false);
            }
        }
        for day in rows.worked.keys() {
            // A year known only by its worked Saturdays is not published, but what is known of it counts.
            let plain = || projection::year(day.year()).copied().unwrap_or_else(|| YearDays::weekdays(day.year()));
            years.entry(day.year()).or_insert_with(plain).set(*day, true);
        }
        let is_published = |year: &i16| !projected.contains(year) && rows.off.keys().any(|day| day.year() == *year);
        let (published, foreseen) = years.into_iter().partition(|(year, _)| is_published(year));
        Self {
            published,
            foreseen,
            names: rows.off.into_iter().map(|(day, (_, name, _))| (day, name)).collect(),
            worked_rest_days: rows.worked.into_keys().collect(),
            unconfirmed: rows.unconfirmed,
            version: version_of(text),
            text: text.to_owned(),
        }
    }

    /// Whether the published table makes this a working day. False for every day of a year it does not publish: ask
    /// [`publishes`](Self::publishes), or a [`WorkingClock`](super::WorkingClock) that may project.
    pub fn is_working_day(&self, d: Date) -> bool {
        self.published.get(&d.year()).is_some_and(|year| year.worked(d))
    }

    /// Which text this is, for a dossier to pin: the first twelve hexadecimal digits of its SHA-256.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The text it was read from: what a change of it begins with.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the Government's table for that year is here.
    pub fn publishes(&self, year: i16) -> bool {
        self.published.contains_key(&year)
    }

    /// The published years, in order.
    pub fn published_years(&self) -> impl Iterator<Item = i16> {
        self.published.keys().copied()
    }

    /// What the day off is called, also for projected ones; none on a working day and on a plain weekend.
    pub fn day_off_name(&self, d: Date) -> Option<&str> {
        self.names.get(&d).map(String::as_str)
    }

    /// Whether the day is a Saturday or Sunday worked in place of a swapped day.
    pub fn is_worked_rest_day(&self, d: Date) -> bool {
        self.worked_rest_days.contains(&d)
    }

    /// Days that somebody expects to become days off, with their names: worked until the office confirms them.
    pub fn unconfirmed(&self) -> impl Iterator<Item = (Date, &str)> {
        self.unconfirmed.iter().map(|(day, name)| (*day, name.as_str()))
    }

    /// The year whose table the office must bring in by now: this one, or from 1 December the next.
    pub fn missing_year(&self, today: Date) -> Option<i16> {
        let next = (today.month() == 12).then(|| today.year().saturating_add(1));
        [Some(today.year()), next].into_iter().flatten().find(|year| !self.publishes(*year))
    }

    /// Whether the day is worked; none when its year is not published and may not be projected, or is out of reach.
    pub(super) fn worked(&self, d: Date, unpublished: Unpublished) -> Option<bool> {
        self.year(d.year(), unpublished).map(|year| year.worked(d))
    }

    /// How many days are worked from one to the day before another, both in the year of the first or its end; none as above.
    pub(super) fn worked_between(&self, from: Date, before: Date, unpublished: Unpublished) -> Option<i32> {
        self.year(from.year(), unpublished).map(|year| year.worked_between(from, before))
    }

    fn year(&self, year: i16, unpublished: Unpublished) -> Option<&YearDays> {
        match (self.published.get(&year), unpublished) {
            (Some(days), Unpublished::Refuse | Unpublished::Project) => Some(days),
            (None, Unpublished::Refuse) => None,
            (None, Unpublished::Project) => self.foreseen.get(&year).or_else(|| projection::year(year)),
        }
    }
}

fn read_rows(text: &str, table: &TableText) -> Result<Rows, CalendarError> {
    let mut rows = Rows::default();
    let mut seen = BTreeSet::new();
    for row in &table.day_off {
        let (line, date) = read_date(text, "date", &row.date)?;
        if !seen.insert(date) {
            return Err(CalendarError::Twice { line, date });
        }
        match row.status {
            DayStatus::Confirmed => {
                rows.off.insert(date, (line, row.name.clone(), row.grade));
            }
            DayStatus::Unconfirmed => {
                rows.unconfirmed.insert(date, row.name.clone());
            }
        }
    }
    for row in &table.make_up {
        let (line, date) = read_date(text, "date", &row.date)?;
        if rows.worked.insert(date, line).is_some() {
            return Err(CalendarError::Twice { line, date });
        }
        if rows.off.contains_key(&date) {
            return Err(CalendarError::OffAndWorked { line, date });
        }
        if !is_weekly_rest(date) {
            return Err(CalendarError::NoRestDay { line, date });
        }
    }
    Ok(rows)
}

/// A swap has two ends, and the table must hold both.
fn check_swaps(text: &str, table: &TableText, rows: &Rows) -> Result<(), CalendarError> {
    for swapped in table.day_off.iter().filter(|row| row.status == DayStatus::Confirmed) {
        let Some(made_up_on) = &swapped.made_up_on else { continue };
        let (line, date) = read_date(text, "made_up_on", made_up_on)?;
        if !rows.worked.contains_key(&date) {
            return Err(CalendarError::Unlisted { line, field: "made_up_on", date });
        }
    }
    for worked in &table.make_up {
        let Some(in_place_of) = &worked.in_place_of else { continue };
        let (line, date) = read_date(text, "for", in_place_of)?;
        if !rows.off.contains_key(&date) && !rows.unconfirmed.contains_key(&date) {
            return Err(CalendarError::Unlisted { line, field: "for", date });
        }
    }
    Ok(())
}

fn read_date(text: &str, field: &'static str, value: &Spanned<String>) -> Result<(usize, Date), CalendarError> {
    let line = line_of(text, value.span());
    let written = value.get_ref();
    let shape = written.len() == 10 && written.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let date = shape.then(|| written.parse().ok()).flatten();
    date.map(|date| (line, date)).ok_or_else(|| CalendarError::Date {
        line,
        field,
        text: written.chars().take(40).collect(),
    })
}

fn line_of(text: &str, span: Range<usize>) -> usize {
    1 + text.bytes().take(span.start).filter(|byte| *byte == b'\n').count()
}

fn version_of(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}
