//! The clock that knows when the office works: due dates, working minutes, pauses.

use jiff::civil::{Date, DateTime, Time, time};
use jiff::{SignedDuration, ToSpan};
use serde::{Deserialize, Serialize};

use super::hours::HoursHistory;
use super::table::WorkingCalendar;
use super::term::Term;

/// Most working minutes that can be added at once: more than ten years of open doors.
const MINUTES_MAX: i64 = 3_650 * 24 * 60;

/// What the clock does with a year whose days off are not published yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unpublished {
    /// Refuse and name the year.
    #[default]
    Refuse,
    /// Take the days of the Labour Code, and mark the answer provisional.
    Project,
}

/// The parts of a regime that the clock obeys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ClockRules {
    /// A same-day act received after this moment is due the next working day.
    pub same_day_cutoff: Time,
    /// What to do about a year without a table.
    pub unpublished: Unpublished,
}

impl Default for ClockRules {
    fn default() -> Self {
        Self { same_day_cutoff: time(15, 0, 0, 0), unpublished: Unpublished::Refuse }
    }
}

/// Why the clock gives no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClockRefusal {
    /// A day had to be looked at in a year whose days off are not published, or that is out of reach of any projection.
    #[error("the days off of {year} are not published")]
    YearNotPublished {
        /// The year.
        year: i16,
    },
    /// A number of minutes below zero or beyond what any term needs.
    #[error("{minutes} minutes, expected 0 to {minutes_max}")]
    Minutes {
        /// What was asked.
        minutes: i64,
        /// Most that can be asked.
        minutes_max: i64,
    },
    /// A pause that ends before it begins.
    #[error("a pause from {from} to {to}")]
    PauseBackwards {
        /// Beginning.
        from: DateTime,
        /// End.
        to: DateTime,
    },
}

/// A due moment, for people; statistics use its date.
#[doc(alias = "ngày hẹn trả")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Due {
    /// When.
    pub at: DateTime,
    /// Whether a year without a published table took part: the moment may move when the table comes.
    pub provisional: bool,
}

/// The working time of one unit: its calendar, its hours, its rules.
///
/// All moments are local time of the office. `07:30-11:30` holds both its ends: what arrives at 11:30 sharp arrived in
/// the morning, and a term that uses up the morning is due at 11:30, not at the opening of the afternoon.
///
/// ```
/// use domain::calendar::{ClockRules, HoursHistory, Term, WorkingCalendar, WorkingClock};
/// use jiff::civil::date;
///
/// let calendar = WorkingCalendar::parse("[[day_off]]\ndate = \"2025-01-01\"").unwrap();
/// let hours = HoursHistory::default();
/// let clock = WorkingClock::new(&calendar, &hours, ClockRules::default());
/// let due = clock.due(date(2025, 1, 3).at(10, 0, 0, 0), Term::WorkingDays(1)).unwrap();
/// assert_eq!(due.at, date(2025, 1, 6).at(10, 0, 0, 0), "Friday's receipt, Monday's due date");
/// ```
#[doc(alias = "thời gian làm việc")]
#[derive(Clone, Copy, Debug)]
pub struct WorkingClock<'a> {
    calendar: &'a WorkingCalendar,
    hours: &'a HoursHistory,
    rules: ClockRules,
}

impl<'a> WorkingClock<'a> {
    /// Joins the three.
    pub fn new(calendar: &'a WorkingCalendar, hours: &'a HoursHistory, rules: ClockRules) -> Self {
        Self { calendar, hours, rules }
    }

    /// The same days off and rules with the hours of another unit.
    pub fn with_hours<'b>(&self, hours: &'b HoursHistory) -> WorkingClock<'b>
    where
        'a: 'b,
    {
        WorkingClock { calendar: self.calendar, hours, rules: self.rules }
    }
}

impl WorkingClock<'_> {
    /// Whether the unit works on a day.
    pub fn is_working_day(&self, day: Date) -> Result<bool, ClockRefusal> {
        self.calendar.worked(day, self.rules.unpublished).ok_or(ClockRefusal::YearNotPublished { year: day.year() })
    }

    /// The moment a receipt counts from: itself inside hours, else the next opening (after lunch, or of the next
    /// working day).
    pub fn normalise(&self, at: DateTime) -> Result<DateTime, ClockRefusal> {
        let day = at.date();
        if self.is_working_day(day)?
            && let Some(inside) = self.hours.on(day).at_or_after(at.time())
        {
            return Ok(day.to_datetime(inside));
        }
        let next = self.working_day_after(day)?;
        Ok(next.to_datetime(self.hours.on(next).opens()))
    }

    /// When an act received at that moment is due.
    ///
    /// Working days keep the time of day of the normalised receipt; where the hours of the last day differ, a time
    /// that falls into its break moves to the opening after it, and one after its close to the close. Calendar days
    /// and `sameday` are due at the close. The first day is not counted. Căn cứ: Bộ luật Dân sự 2015, Điều 147 khoản 2
    /// và Điều 148 khoản 5.
    pub fn due(&self, received: DateTime, term: Term) -> Result<Due, ClockRefusal> {
        let from = self.normalise(received)?;
        let at = match term {
            Term::WorkingDays(count) => {
                let mut day = from.date();
                for _ in 0..count {
                    day = self.working_day_after(day)?;
                }
                day.to_datetime(self.hours.on(day).clamp(from.time()))
            }
            Term::WorkingHours(count) => self.add_minutes(from, i64::from(count) * 60)?,
            Term::CalendarDays(count) => {
                let day = from.date().saturating_add(i32::from(count).days());
                self.close_of(self.working_day_from(day)?)
            }
            Term::SameDay if from.time() > self.rules.same_day_cutoff => {
                self.close_of(self.working_day_after(from.date())?)
            }
            Term::SameDay => self.close_of(from.date()),
        };
        Ok(self.due_since(received, at))
    }

    /// Working minutes between two moments, negative when `to` is the earlier.
    ///
    /// Moments are taken by the minute their clock shows, so that adjacent stretches add up exactly.
    pub fn elapsed(&self, from: DateTime, to: DateTime) -> Result<i64, ClockRefusal> {
        if to < from {
            return self.elapsed(to, from).map(|minutes| -minutes);
        }
        let (from, to) = (whole_minute(from), whole_minute(to));
        let (first, last) = (from.date(), to.date());
        if first == last {
            return Ok(self.open_between(first, from.time(), to.time())?.as_mins());
        }
        let begun = self.open_between(first, from.time(), Time::MAX)?;
        let whole = self.open_on_days(next_day(first)?, last)?;
        let ended = self.open_between(last, Time::MIN, to.time())?;
        Ok(begun.saturating_add(whole).saturating_add(ended).as_mins())
    }

    /// How long the unit is open on a day between two times of it.
    fn open_between(&self, day: Date, from: Time, to: Time) -> Result<SignedDuration, ClockRefusal> {
        if !self.is_working_day(day)? {
            return Ok(SignedDuration::ZERO);
        }
        Ok(self.hours.on(day).between(from, to))
    }

    /// How long the unit is open from one day to the day before another: under the same hours days are counted, not walked.
    fn open_on_days(&self, from: Date, before: Date) -> Result<SignedDuration, ClockRefusal> {
        let mut sum = SignedDuration::ZERO;
        let mut day = from;
        while day < before {
            let hours = self.hours.on(day);
            let new_year = next_day(day.last_of_year())?;
            let end = self.hours.change_after(day).unwrap_or(before).min(before).min(new_year);
            let worked = self
                .calendar
                .worked_between(day, end, self.rules.unpublished)
                .ok_or(ClockRefusal::YearNotPublished { year: day.year() })?;
            sum = sum.saturating_add(hours.whole().saturating_mul(worked));
            day = end;
        }
        Ok(sum)
    }

    /// The moment after so many working minutes; one that falls on the end of a span is its close, not the next
    /// opening. Nothing added to a moment outside hours is the next opening.
    pub fn add_minutes(&self, from: DateTime, minutes: i64) -> Result<DateTime, ClockRefusal> {
        if !(0..=MINUTES_MAX).contains(&minutes) {
            return Err(ClockRefusal::Minutes { minutes, minutes_max: MINUTES_MAX });
        }
        let mut at = self.normalise(from)?;
        let mut left = SignedDuration::from_mins(minutes);
        loop {
            let hours = self.hours.on(at.date());
            for span in hours.spans().iter().filter(|span| at.time() <= span.closes) {
                let begin = at.time().max(span.opens);
                let room = begin.duration_until(span.closes);
                if left <= room {
                    return Ok(at.date().to_datetime(begin.saturating_add(left)));
                }
                left = left.saturating_sub(room);
            }
            let next = self.working_day_after(at.date())?;
            at = next.to_datetime(self.hours.on(next).opens());
        }
    }

    /// The due moment after a pause: moved by the working minutes waited, so always inside hours; a pause of no
    /// working minute changes nothing.
    #[doc(alias = "tạm dừng tính thời gian")]
    pub fn shift_due(&self, due: DateTime, paused_from: DateTime, paused_to: DateTime) -> Result<Due, ClockRefusal> {
        if paused_to < paused_from {
            return Err(ClockRefusal::PauseBackwards { from: paused_from, to: paused_to });
        }
        let waited = self.elapsed(paused_from, paused_to)?;
        let at = if waited == 0 { due } else { self.add_minutes(due, waited)? };
        Ok(self.due_since(paused_from.min(due), at))
    }

    /// The day `n` working days before a moment's day: the day itself not counted, whether worked or not. Zero is the
    /// day itself, or the last working day before it.
    pub fn working_days_before(&self, at: DateTime, n: u16) -> Result<Date, ClockRefusal> {
        let mut day = at.date();
        let mut left = n;
        if left == 0 && self.is_working_day(day)? {
            return Ok(day);
        }
        loop {
            day = day.yesterday().map_err(|_| ClockRefusal::YearNotPublished { year: day.year() })?;
            if self.is_working_day(day)? {
                left = left.saturating_sub(1);
                if left == 0 {
                    return Ok(day);
                }
            }
        }
    }

    /// Working minutes the hours of that day hold, if it is worked.
    pub fn minutes_per_day(&self, day: Date) -> i64 {
        self.hours.on(day).minutes()
    }

    fn due_since(&self, since: DateTime, at: DateTime) -> Due {
        let provisional = (since.year()..=at.year()).any(|year| !self.calendar.publishes(year));
        Due { at, provisional }
    }

    fn close_of(&self, day: Date) -> DateTime {
        day.to_datetime(self.hours.on(day).closes())
    }

    /// The first working day after a day.
    fn working_day_after(&self, day: Date) -> Result<Date, ClockRefusal> {
        self.working_day_from(next_day(day)?)
    }

    /// The day itself, or the first working day after it.
    fn working_day_from(&self, mut day: Date) -> Result<Date, ClockRefusal> {
        while !self.is_working_day(day)? {
            day = next_day(day)?;
        }
        Ok(day)
    }
}

fn next_day(day: Date) -> Result<Date, ClockRefusal> {
    day.tomorrow().map_err(|_| ClockRefusal::YearNotPublished { year: day.year() })
}

fn whole_minute(at: DateTime) -> DateTime {
    at.date().at(at.hour(), at.minute(), 0, 0)
}

/// Whether a dossier was finished before its due date, on it or after it.
#[doc(alias = "đúng hạn, trước hạn, quá hạn")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timeliness {
    /// Before the day (trước hạn).
    Early,
    /// On the day (đúng hạn).
    OnTime,
    /// After the day (quá hạn).
    Late,
}

/// Judges by date, never by minute; no due date is on time.
pub fn timeliness(finished: Date, due: Option<Date>) -> Timeliness {
    match due.map(|due| finished.cmp(&due)) {
        Some(std::cmp::Ordering::Less) => Timeliness::Early,
        Some(std::cmp::Ordering::Equal) | None => Timeliness::OnTime,
        Some(std::cmp::Ordering::Greater) => Timeliness::Late,
    }
}
