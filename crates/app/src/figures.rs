//! The figures everybody may read: received, resolved, in time, online, by month and by unit. Counted from facts, once a minute at
//! most, however many ask.

use crate::error::AppError;
use crate::house::House;
use crate::report::{self, By, Columns};
use domain::kpi::StoppedIn;
use domain::time::Instant;
use jiff::civil::Date;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use storage::reports::{self, MonthNumbers, Period};
use tokio::sync::Mutex;

/// So long what was counted is shown again.
const KEPT: Duration = Duration::from_secs(60);
/// First year that can be asked for.
const YEAR_MIN: i16 = 1990;
/// Most periods kept; more than anybody reads.
const PERIODS_MAX: usize = 200;

/// Heads of the columns of the CSV.
const HEADS: [&str; 12] = [
    "loai",
    "ten",
    "tu_ngay",
    "den_ngay",
    "dem_luc",
    "tiep_nhan",
    "tiep_nhan_truc_tuyen",
    "da_giai_quyet",
    "da_giai_quyet_truc_tuyen",
    "truoc_han",
    "dung_han",
    "qua_han",
];

/// A year, or a quarter of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The year.
    pub year: i16,
    /// 1 to 4; none for the whole year.
    pub quarter: Option<i8>,
}

impl Span {
    /// "2025" or "2025-q1"; none for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, quarter) = match text.split_once("-q") {
            None => (text, None),
            Some((year, quarter)) => (year, Some(quarter.parse::<i8>().ok().filter(|it| (1..=4).contains(it))?)),
        };
        let is_year = year.len() == 4 && year.bytes().all(|it| it.is_ascii_digit());
        let year = if is_year { year.parse().ok() } else { None }?;
        Some(Self { year, quarter })
    }

    /// Its word in addresses.
    pub fn key(&self) -> String {
        match self.quarter {
            None => self.year.to_string(),
            Some(quarter) => format!("{}-q{quarter}", self.year),
        }
    }

    /// Its first day and its last.
    pub fn days(&self) -> (Date, Date) {
        let (first, last) = match self.quarter {
            None => (1, 12),
            Some(quarter) => (quarter * 3 - 2, quarter * 3),
        };
        let day = |month| Date::new(self.year, month, 1).unwrap_or(Date::MIN);
        (day(first), day(last).last_of_month())
    }
}

/// What is told of a month, of a unit or of the whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is what its name says")]
pub struct Line {
    pub received: i64,
    pub received_online: i64,
    pub resolved: i64,
    pub resolved_online: i64,
    pub early: i64,
    pub on_time: i64,
    pub late: i64,
}

impl Line {
    /// Resolved before their date or on it.
    pub const fn in_time(&self) -> i64 {
        self.early + self.on_time
    }

    fn of_month(it: &MonthNumbers) -> Self {
        Self {
            received: it.received,
            received_online: it.received_online,
            resolved: it.resolved,
            resolved_online: it.resolved_online,
            early: it.early,
            on_time: it.on_time,
            late: it.late,
        }
    }

    fn of_form(it: &Columns) -> Self {
        Self {
            received: it.received_online + it.received_direct_post,
            received_online: it.received_online,
            resolved: it.resolved_total,
            resolved_online: it.resolved_online,
            early: it.resolved_early,
            on_time: it.resolved_on_time,
            late: it.resolved_late,
        }
    }
}

/// The figures of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// First day.
    pub from: Date,
    /// Last day: of the period, or today where it goes on.
    pub to: Date,
    /// When they were counted.
    pub counted_at: Instant,
    /// Month by month, from the first of the period to its last, also those with nothing.
    pub months: Vec<(Date, Line)>,
    /// By unit as it was, part by part where a reorganisation cuts the period.
    pub units: Vec<(String, Line)>,
    /// All together: the same as form II.06a says.
    pub total: Line,
    /// Periods one may ask for, the latest first: each year with its quarters.
    pub spans: Vec<Span>,
}

impl Figures {
    /// Months, units and the whole as CSV, each row with the days it counts and the moment it was counted.
    ///
    /// # Errors
    /// Never in practice: nothing is written but to memory.
    pub fn csv(&self, name_of_whole: &str) -> Result<String, AppError> {
        let fault = |why: &dyn std::fmt::Display| AppError::fault("writing the public figures as CSV", why.to_string());
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(HEADS).map_err(|why| fault(&why))?;
        let month_name = |month: &Date| format!("{:02}/{}", month.month(), month.year());
        let months = self.months.iter().map(|(month, it)| ("thang", month_name(month), it));
        let units = self.units.iter().map(|(name, it)| ("don_vi", name.clone(), it));
        let whole = std::iter::once(("tong", name_of_whole.to_owned(), &self.total));
        let at = self.counted_at.local().strftime("%Y-%m-%dT%H:%M").to_string();
        for (kind, name, it) in months.chain(units).chain(whole) {
            let head = [kind.to_owned(), name, self.from.to_string(), self.to.to_string(), at.clone()];
            let counts =
                [it.received, it.received_online, it.resolved, it.resolved_online, it.early, it.on_time, it.late];
            let record = head.into_iter().chain(counts.map(|it| it.to_string()));
            writer.write_record(record).map_err(|why| fault(&why))?;
        }
        let bytes = writer.into_inner().map_err(|why| fault(&why))?;
        String::from_utf8(bytes).map_err(|why| fault(&why))
    }
}

/// What was counted last, by period. One counts at a time: the others wait for it and find it.
#[derive(Debug, Default)]
pub struct Kept(Mutex<HashMap<Span, (std::time::Instant, Arc<Figures>)>>);

/// The figures of a period, at most a minute old.
///
/// # Errors
/// A period that has not begun, or lies before anybody kept books; or the house failed.
pub async fn public_figures(house: &Arc<House>, span: Span) -> Result<Arc<Figures>, AppError> {
    let now = house.clock.now();
    if span.year < YEAR_MIN || span.days().0 > now.day() {
        return Err(AppError::NotFound);
    }
    let mut kept = house.figures.0.lock().await;
    if let Some((since, figures)) = kept.get(&span)
        && since.elapsed() < KEPT
        && (0..60_000_000).contains(&now.micros().saturating_sub(figures.counted_at.micros()))
    {
        return Ok(Arc::clone(figures));
    }
    let figures = Arc::new(count(house, span, now).await?);
    if kept.len() >= PERIODS_MAX {
        kept.clear();
    }
    kept.insert(span, (std::time::Instant::now(), Arc::clone(&figures)));
    Ok(figures)
}

async fn count(house: &Arc<House>, span: Span, now: Instant) -> Result<Figures, AppError> {
    let (from, to) = span.days();
    let to = to.min(now.day());
    let period = Period { from, to, stopped_stay_open: house.rules.stopped_in == StoppedIn::Open };
    let form = report::form_06a_in_turn(house, from, to, None, By::Unit).await?;
    let (counted, first) = house
        .db
        .read(move |tx| Ok::<_, AppError>((reports::by_month(tx, &period)?, reports::first_received(tx)?)))
        .await?;
    let months = months_of(from, to)
        .map(|month| {
            let own = counted.iter().find(|it| it.0 == (month.year(), month.month()));
            (month, own.map(|it| Line::of_month(&it.1)).unwrap_or_default())
        })
        .collect();
    let units = form.rows.iter().map(|it| (it.label(&form), Line::of_form(&it.columns)));
    Ok(Figures {
        from,
        to,
        counted_at: now,
        months,
        units: units.filter(|it| it.1 != Line::default()).collect(),
        total: Line::of_form(&form.total),
        spans: spans(first.unwrap_or(now.day()), now.day()),
    })
}

fn months_of(from: Date, to: Date) -> impl Iterator<Item = Date> {
    let next = |day: &Date| day.last_of_month().tomorrow().ok();
    std::iter::successors(Some(from.first_of_month()), next).take_while(move |day| *day <= to)
}

fn spans(first: Date, today: Date) -> Vec<Span> {
    let years = first.year().max(YEAR_MIN)..=today.year();
    let all = years.rev().flat_map(|year| {
        let quarters = (1..=4).rev().map(move |it| Span { year, quarter: Some(it) });
        std::iter::once(Span { year, quarter: None }).chain(quarters)
    });
    all.filter(|it| it.days().0 <= today && it.days().1 >= first).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_period_is_a_year_or_a_quarter_and_nothing_else() {
        assert_eq!(Span::parse("2025").unwrap().days(), (date(2025, 1, 1), date(2025, 12, 31)));
        let quarter = Span::parse("2024-q1").unwrap();
        assert_eq!((quarter.days(), quarter.key().as_str()), ((date(2024, 1, 1), date(2024, 3, 31)), "2024-q1"));
        for wrong in ["", "25", "2025-q0", "2025-q5", "2025-q", "2025-1", "-2025", "２０２５", "2025-q1-q1"] {
            assert_eq!(Span::parse(wrong), None, "{wrong}");
        }
        let offered: Vec<String> = spans(date(2024, 12, 5), date(2025, 4, 1)).iter().map(Span::key).collect();
        assert_eq!(offered, ["2025", "2025-q2", "2025-q1", "2024", "2024-q4"]);
    }
}
