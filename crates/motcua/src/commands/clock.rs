//! `motcua clock`: due dates and working minutes, without a house.

use crate::embedded;
use crate::ended::{Ended, Outcome, Stop, print};
use domain::calendar::{
    ClockRefusal, ClockRules, HoursHistory, OpeningHours, Term, Unpublished, WorkingCalendar, WorkingClock,
};
use jiff::civil::DateTime;
use std::path::PathBuf;

/// Largest table of days off that is read, in bytes.
const CALENDAR_BYTES_MAX: u64 = 1 << 20;

/// Reads a local time. One with an offset is refused: the office has one time, and dropping the offset would be another moment.
///
/// # Errors
/// Not a local time.
pub fn local(text: &str) -> Result<DateTime, String> {
    let time = text.split_once(['T', 't', ' ']).map_or("", |it| it.1);
    if time.contains(['+', '-', '[', 'Z', 'z']) {
        return Err("expected a local time such as 2025-04-23T10:00, without an offset".to_owned());
    }
    text.parse().map_err(|why| format!("expected a local time such as 2025-04-23T10:00: {why}"))
}

/// When the office works.
#[derive(Debug, clap::Args)]
pub struct OfficeArgs {
    /// Opening hours.
    #[arg(long, value_name = "HOURS", default_value = "07:30-11:30,13:30-17:30")]
    hours: OpeningHours,
    /// Table of days off; the one within the program where none is named.
    #[arg(long, value_name = "FILE")]
    calendar: Option<PathBuf>,
}

/// What is asked of `clock due`.
#[derive(Debug, clap::Args)]
pub struct DueArgs {
    /// When it was received (local time).
    #[arg(long, value_name = "AT", value_parser = local)]
    received: DateTime,
    /// The term: 5wd (working days), 8wh (working hours), 15d (days) or sameday.
    #[arg(long)]
    term: Term,
    #[command(flatten)]
    office: OfficeArgs,
}

/// Prints the moment an act is due.
///
/// # Errors
/// A year without a table, or a table that cannot be read.
pub fn due(asked: &DueArgs) -> Outcome {
    let (calendar, hours) = office(&asked.office)?;
    let due = clock(&calendar, &hours).due(asked.received, asked.term).map_err(refused)?;
    print(shown(due.at))?;
    Ok(Ended::Done)
}

/// Prints the working minutes between two moments.
///
/// # Errors
/// A year without a table, or a table that cannot be read.
pub fn elapsed(from: DateTime, to: DateTime, asked: &OfficeArgs) -> Outcome {
    let (calendar, hours) = office(asked)?;
    print(clock(&calendar, &hours).elapsed(from, to).map_err(refused)?)?;
    Ok(Ended::Done)
}

fn clock<'a>(calendar: &'a WorkingCalendar, hours: &'a HoursHistory) -> WorkingClock<'a> {
    WorkingClock::new(calendar, hours, ClockRules { unpublished: Unpublished::Refuse, ..ClockRules::default() })
}

fn office(asked: &OfficeArgs) -> Result<(WorkingCalendar, HoursHistory), Stop> {
    let hours = HoursHistory::always(asked.hours.clone());
    let Some(path) = &asked.calendar else { return Ok((WorkingCalendar::parse(embedded::HOLIDAYS)?, hours)) };
    let shown = path.display();
    let size = std::fs::metadata(path).map_err(|why| Stop::refused(format!("Không đọc được {shown}: {why}")))?.len();
    if size > CALENDAR_BYTES_MAX {
        return Err(Stop::refused(format!("{shown}: lớn hơn {CALENDAR_BYTES_MAX} byte.")));
    }
    let text = std::fs::read_to_string(path).map_err(|why| Stop::refused(format!("Không đọc được {shown}: {why}")))?;
    let calendar = WorkingCalendar::parse(&text).map_err(|why| Stop::refused(format!("{shown}: {why}")))?;
    Ok((calendar, hours))
}

fn refused(why: ClockRefusal) -> Stop {
    match why {
        ClockRefusal::YearNotPublished { year } => Stop::refused(format!(
            "Chưa có bảng ngày nghỉ của năm {year}: không tính được. Dùng --calendar để đưa bảng của năm đó."
        )),
        ClockRefusal::Minutes { .. } | ClockRefusal::PauseBackwards { .. } => Stop::Fault(why.into()),
    }
}

/// Local time to the minute, or to the second where there are seconds.
fn shown(at: DateTime) -> String {
    let form = if at.second() == 0 { "%Y-%m-%dT%H:%M" } else { "%Y-%m-%dT%H:%M:%S" };
    at.strftime(form).to_string()
}
