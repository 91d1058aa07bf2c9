//! Days off and opening hours as control officers change them, with what a change does seen before it is saved.
//!
//! A date that was given stays: the slip in somebody's hand is a promise. What a new table would say of open dossiers is shown, so that the
//! office can write to those whose date would fall on a day off.

use crate::catalogue::{self, BASIS_CHARS_MAX};
use crate::error::{AppError, FieldProblem};
use crate::house::{House, Snapshot};
use crate::publication;
use domain::calendar::{
    CalendarChange, CalendarError, CalendarRows, ClockRules, HoursHistory, OpeningHours, Term, TimeLimit, Unpublished,
    WorkingCalendar, WorkingClock,
};
use domain::ids::{PersonId, UnitId};
use domain::organisation::{UnitAttributes, UnitEvent};
use domain::post::Post;
use domain::procedure::RevisionId;
use domain::time::Instant;
use jiff::civil::{Date, DateTime};
use std::collections::HashMap;
use std::sync::Arc;
use storage::calendars as stored;
use storage::dossiers::Card;

/// Most open dossiers that are looked at for one change.
pub const LOOKED_AT_MAX: u32 = 20_000;
/// Most tables a page lists.
const HISTORY_MAX: u32 = 20;
/// Longest address or telephone of a unit, in characters.
pub const PLACE_CHARS_MAX: usize = 200;
/// Terms a change is shown with.
const EXAMPLES: [Term; 4] = [Term::WorkingHours(4), Term::WorkingDays(1), Term::WorkingDays(3), Term::CalendarDays(10)];

/// A date as it is, and as it would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved<T> {
    /// What it is of.
    pub of: T,
    /// As it is.
    pub before: DateTime,
    /// As it would be.
    pub after: DateTime,
    /// True where a year without a published table was projected for it.
    pub provisional: bool,
}

/// What a change would do.
#[derive(Clone, Debug, Default)]
pub struct Effect {
    /// When something filed at that moment would be ready, by term.
    pub examples: Vec<(DateTime, Vec<Moved<Term>>)>,
    /// Open dossiers whose date would be another if it were given by the change; the earliest first.
    pub dossiers: Vec<Moved<Card>>,
    /// How many open dossiers were looked at.
    pub looked_at: usize,
    /// True where there are more than were looked at.
    pub cut: bool,
}

fn assert_control(house: &House, officer: PersonId) -> Result<(), AppError> {
    let today = house.clock.now().day();
    let holds = house.now_known().mandates.of(officer, today).any(|it| it.post == Post::ControlOfficer);
    if holds { Ok(()) } else { Err(AppError::Forbidden) }
}

/// Nothing is decided further ahead than two years: a slip of the pen in the year is told at once.
fn is_too_far(house: &House, day: Date) -> bool {
    day > house.clock.now().day().saturating_add(jiff::Span::new().days(publication::AHEAD_DAYS_MAX))
}

fn basis_of(text: &str) -> Result<String, AppError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(AppError::invalid("quyet-dinh", "gap-missing"));
    }
    if text.chars().any(char::is_control) {
        return Err(AppError::invalid("quyet-dinh", "gap-one-line"));
    }
    if text.chars().count() > BASIS_CHARS_MAX {
        let problem = FieldProblem::new("quyet-dinh", "gap-too-long").with("max", BASIS_CHARS_MAX);
        return Err(AppError::Invalid(vec![problem]));
    }
    Ok(text.to_owned())
}

// ---- days off ----

/// The table in force as rows.
///
/// # Errors
/// The house failed.
pub fn rows(house: &House) -> Result<CalendarRows, AppError> {
    CalendarRows::of(house.calendar(&house.now_known()))
        .map_err(|why| AppError::fault("reading the table of days off", why))
}

/// Tables decided on here, the newest first: number, decision, when, by whom.
///
/// # Errors
/// The house failed.
pub async fn history(house: &Arc<House>) -> Result<Vec<stored::Decided>, AppError> {
    house.db.read(|tx| Ok::<_, AppError>(stored::history(tx, HISTORY_MAX)?)).await
}

fn changed(house: &House, change: &CalendarChange) -> Result<WorkingCalendar, AppError> {
    let day = match change {
        CalendarChange::Off(row) => Some(row.date),
        CalendarChange::Worked(day) => Some(*day),
        CalendarChange::Published(_) => None,
    };
    // What has passed was worked or not: dates rest on it.
    if day.is_some_and(|day| day <= house.clock.now().day()) {
        return Err(AppError::invalid("ngay", "gap-day-off-passed"));
    }
    if day.is_some_and(|day| is_too_far(house, day)) {
        return Err(AppError::invalid("ngay", "gap-from-today"));
    }
    let before = rows(house)?;
    let after = before.clone().changed(change);
    if after == before {
        return Err(AppError::invalid("ngay", "gap-nothing-changed"));
    }
    after.table().map_err(|why| {
        let (field, key) = match why {
            CalendarError::NoRestDay { .. } => ("lam-bu", "gap-no-rest-day"),
            CalendarError::OffAndWorked { .. } | CalendarError::Twice { .. } => ("lam-bu", "gap-off-and-worked"),
            CalendarError::TooLarge { .. }
            | CalendarError::Syntax { .. }
            | CalendarError::Date { .. }
            | CalendarError::Unlisted { .. } => ("ngay", "gap-table"),
        };
        AppError::invalid(field, key)
    })
}

/// What a change of the days off would do, to the units and hours as they are. Nothing is saved.
///
/// # Errors
/// A day that has passed, a swap that does not hold together, or the house failed.
pub async fn try_days(house: &Arc<House>, change: CalendarChange) -> Result<Effect, AppError> {
    let table = changed(house, &change)?;
    let before = match &change {
        CalendarChange::Off(row) => row.date,
        CalendarChange::Worked(day) => *day,
        CalendarChange::Published(year) => Date::new(*year, 1, 1).unwrap_or(house.clock.now().day()),
    };
    let inside = Arc::clone(house);
    house
        .db
        .read(move |tx| {
            let known = inside.known_in(tx)?;
            let new = New { calendar: Some(&table), hours: None };
            effect(&inside, tx, &known, &new, before)
        })
        .await
}

/// Puts a change of the days off in force, by a decision. `seen` is the number of the table the officer saw.
///
/// # Errors
/// Not a control officer, somebody was faster, or a field to correct.
pub async fn save_days(
    house: &Arc<House>,
    officer: PersonId,
    seen: u32,
    (change, decision): (CalendarChange, &str),
) -> Result<u32, AppError> {
    assert_control(house, officer)?;
    let (table, basis, now) = (changed(house, &change)?, basis_of(decision)?, house.clock.now());
    let number = house
        .db
        .write(move |tx| {
            tx.lock("calendar_table", b"")?;
            let last = stored::newest(tx)?.map_or(0, |it| it.0);
            if last != seen {
                return Err(AppError::invalid("ngay", "gap-table-changed"));
            }
            stored::add(tx, last + 1, (table.text(), &basis), (now, officer))?;
            let subject = format!("{} {}", last + 1, table.version());
            storage::house::audit(tx, now, Some(officer), "days off changed", &subject, &basis)?;
            Ok(last + 1)
        })
        .await?;
    house.refresh()?;
    Ok(number)
}

// ---- hours ----

/// Hours, place and telephone of a unit from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoursChange {
    /// Which unit.
    pub unit: UnitId,
    /// First day.
    pub from: Date,
    /// The hours.
    pub hours: OpeningHours,
    /// Where it sits; empty where that stays.
    pub seat: String,
    /// Its telephone; empty where that stays.
    pub phone: String,
}

fn attributes_after(house: &House, known: &Snapshot, change: &HoursChange) -> Result<UnitAttributes, AppError> {
    if change.from <= house.clock.now().day() {
        return Err(AppError::invalid("tu-ngay", "gap-hours-passed"));
    }
    if is_too_far(house, change.from) {
        return Err(AppError::invalid("tu-ngay", "gap-from-today"));
    }
    let stands = known.organisation.find_unit(change.unit).is_some_and(|it| it.stands_on(change.from));
    let now = known.organisation.attributes_on(change.unit, change.from).filter(|_| stands);
    let now = now.ok_or_else(|| AppError::invalid("don-vi", "gap-unit"))?;
    for (field, text) in [("noi", &change.seat), ("dien-thoai", &change.phone)] {
        if text.chars().count() > PLACE_CHARS_MAX {
            let problem = FieldProblem::new(field, "gap-too-long").with("max", PLACE_CHARS_MAX);
            return Err(AppError::Invalid(vec![problem]));
        }
        if text.chars().any(char::is_control) {
            return Err(AppError::invalid(field, "gap-one-line"));
        }
    }
    let typed = |text: &str, now: &str| if text.trim().is_empty() { now.to_owned() } else { text.trim().to_owned() };
    let after = UnitAttributes {
        hours: change.hours.clone(),
        seat: typed(&change.seat, &now.seat),
        phone: typed(&change.phone, &now.phone),
        ..now.clone()
    };
    if after == *now { Err(AppError::invalid("gio", "gap-hours-same")) } else { Ok(after) }
}

/// What new hours of a unit would do. Nothing is saved.
///
/// # Errors
/// A day that has passed, a unit that is not there then, hours that are as they were, or the house failed.
pub async fn try_hours(house: &Arc<House>, change: HoursChange) -> Result<Effect, AppError> {
    attributes_after(house, &house.now_known(), &change)?;
    let inside = Arc::clone(house);
    house
        .db
        .read(move |tx| {
            let known = inside.known_in(tx)?;
            let now = known.hours(change.unit).cloned().unwrap_or_default();
            let after = now
                .changed_from(change.from, change.hours.clone())
                .map_err(|_| AppError::invalid("gio", "gap-hours"))?;
            let new = New { calendar: None, hours: Some((change.unit, &after)) };
            effect(&inside, tx, &known, &new, change.from)
        })
        .await
}

/// Changes hours, place and telephone of a unit from a day on, by a decision.
///
/// # Errors
/// Not a control officer, or a field to correct.
pub async fn save_hours(
    house: &Arc<House>,
    officer: PersonId,
    (change, decision): (HoursChange, &str),
) -> Result<(), AppError> {
    assert_control(house, officer)?;
    let (basis, now) = (basis_of(decision)?, house.clock.now());
    attributes_after(house, &house.now_known(), &change)?;
    let inside = Arc::clone(house);
    house
        .db
        .write(move |tx| {
            tx.lock("unit", change.unit.to_string().as_bytes())?;
            let known = inside.known_in(tx)?;
            let attributes = attributes_after(&inside, &known, &change)?;
            let event = UnitEvent::Changed { from: change.from, attributes };
            storage::units::append(tx, change.unit, now, Some(officer), &event)?;
            let subject = format!("{} {}", change.unit, change.from);
            storage::house::audit(tx, now, Some(officer), "hours changed", &subject, &basis)?;
            Ok::<_, AppError>(())
        })
        .await?;
    house.refresh()
}

// ---- what a change does ----

struct New<'a> {
    calendar: Option<&'a WorkingCalendar>,
    hours: Option<(UnitId, &'a HoursHistory)>,
}

impl<'a> New<'a> {
    /// The clock of a unit as it would be.
    fn clock(&'a self, house: &'a House, known: &'a Snapshot, unit: UnitId, rules: ClockRules) -> WorkingClock<'a> {
        let calendar = self.calendar.unwrap_or_else(|| house.calendar(known));
        let own = self.hours.filter(|it| it.0 == unit).map(|it| it.1);
        let hours = own.or_else(|| known.hours(unit)).unwrap_or(house.default_hours());
        WorkingClock::new(calendar, hours, rules)
    }
}

fn effect(
    house: &House,
    tx: &storage::engine::Tx,
    known: &Snapshot,
    new: &New<'_>,
    changed_on: Date,
) -> Result<Effect, AppError> {
    let now = house.clock.now();
    let regime = house.regime_on(now.day())?;
    let rules = ClockRules { same_day_cutoff: regime.same_day_cutoff, unpublished: Unpublished::Project };
    let first = known.organisation.standing_on(now.day()).next().map(|it| it.0);
    let shown = new.hours.map(|it| it.0).or(first);
    let mut effect = Effect::default();
    if let Some(unit) = shown {
        let (old, new) = (house.working_clock(known, unit, regime), new.clock(house, known, unit, rules));
        for received in moments_before(&old, changed_on) {
            let mut lines = Vec::new();
            for term in EXAMPLES {
                let (before, after) = (old.due(received, term)?, new.due(received, term)?);
                lines.push(Moved { of: term, before: before.at, after: after.at, provisional: after.provisional });
            }
            effect.examples.push((received, lines));
        }
    }
    let most = LOOKED_AT_MAX;
    let cards = stored::dated(tx, Instant::from_local(changed_on.at(0, 0, 0, 0)).max(now), most)?;
    (effect.looked_at, effect.cut) = (cards.len(), cards.len() >= most as usize);
    let mut limits: HashMap<String, Option<TimeLimit>> = HashMap::new();
    for card in cards {
        let unit = known.organisation.responsible_now(&card);
        if new.hours.is_some_and(|it| it.0 != unit) {
            continue;
        }
        let limit = match limits.get(&card.revision) {
            Some(limit) => *limit,
            None => {
                let revision = catalogue::revision(tx, known, &RevisionId(card.revision.clone()))?;
                limits.insert(card.revision.clone(), revision.time_limit);
                revision.time_limit
            }
        };
        let (Some(limit), Some(due)) = (limit, card.due_at) else { continue };
        let old = house.working_clock(known, unit, regime);
        let clock = new.clock(house, known, unit, rules);
        let after = due_after(&old, &clock, &card, (limit.binding(), due.local(), now.local()))?;
        if after.at != due.local() {
            effect.dossiers.push(Moved {
                of: card,
                before: due.local(),
                after: after.at,
                provisional: after.provisional,
            });
        }
    }
    Ok(effect)
}

/// The date a dossier would have: counted anew from its reception where nothing moved it since, else with what is left of its time.
fn due_after(
    old: &WorkingClock<'_>,
    new: &WorkingClock<'_>,
    card: &Card,
    (term, due, now): (Term, DateTime, DateTime),
) -> Result<domain::calendar::Due, AppError> {
    if let Some(received) = card.received_at
        && old.due(received.local(), term)?.at == due
    {
        return Ok(new.due(received.local(), term)?);
    }
    let left = old.elapsed(now, due)?;
    Ok(new.shift_due(new.add_minutes(now, left)?, now, now)?)
}

/// Moments shortly before a day, at which people file: the last working day before it, at nine and at four.
fn moments_before(clock: &WorkingClock<'_>, day: Date) -> Vec<DateTime> {
    let last = clock.working_days_before(day.at(0, 0, 0, 0), 1).ok();
    last.map(|it| vec![it.at(9, 0, 0, 0), it.at(16, 0, 0, 0)]).unwrap_or_default()
}
