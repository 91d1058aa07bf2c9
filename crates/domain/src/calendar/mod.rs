//! When the office works and when a dossier is due: the days, the hours, the terms, and the clock that joins them.
//!
//! Start with [`WorkingClock`]: it answers "when is it due" and "how many working minutes went by". It stands on three
//! things:
//!
//! - [`WorkingCalendar`]: which *days* are worked (days off, swapped days, worked Saturdays), from the published table;
//! - [`HoursHistory`]: which *hours* a unit is open, by validity date;
//! - [`Term`] and [`TimeLimit`]: how long the law, or the shorter promise of the office, allows.
//!
//! Nothing here knows what time it is: every moment is handed in, as local time of the office.
//!
//! The rules, in one place:
//!
//! - the day of receipt is not counted (Căn cứ: Bộ luật Dân sự 2015, Điều 147 khoản 2);
//! - a term that would end on a day off ends on the next working day (Điều 148 khoản 5);
//! - a receipt outside hours counts from the next opening; the moment of closing itself still belongs to the hours;
//! - late or not is a question of dates, never of minutes ([`timeliness`]).

mod clock;
mod hours;
mod lunar;
mod projection;
mod rows;
mod table;
mod term;
#[cfg(test)]
mod tests;

pub use clock::{ClockRefusal, ClockRules, Due, Timeliness, Unpublished, WorkingClock, timeliness};
pub use hours::{HoursError, HoursHistory, HoursPeriod, OpeningHours, Span};
pub use rows::{CalendarChange, CalendarRows, DAY_NAME_CHARS_MAX, DayKind, DayRow, WorkedRow};
pub use table::{CalendarError, WorkingCalendar};
pub use term::{Term, TermError, TimeLimit, TimeLimitError};
