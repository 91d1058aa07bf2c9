//! What the statutory forms count, from facts written with the events.

use crate::args;
use crate::engine::{Cursor, Row, StorageError, Tx};
use crate::lists::is_moving;
use crate::rows::Day;
use domain::ids::{DossierId, UnitId};
use domain::time::Instant;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// The dossiers of a period as the form sees them: received by its last day and in the books on its first; counted under a unit,
/// with what else is asked of them.
macro_rules! in_period {
    ($unit:expr, $more:expr, $which:expr) => {
        concat!(
            "(SELECT ",
            $unit,
            " AS counted_unit, ",
            $more,
            "f.sector, f.channel, f.received_on, f.outcome, \
              CASE WHEN $3 = 1 AND f.stopped = 1 THEN NULL ELSE f.finished_on END AS finished, \
              CASE WHEN f.stopped = 1 AND $3 = 1 THEN NULL WHEN f.finished_on IS NOT NULL AND f.finished_on <= $2 THEN NULL ELSE \
              (SELECT CASE WHEN h.waiting = 1 THEN NULL ELSE h.due_on END FROM due_history h WHERE h.dossier = f.dossier AND h.from_on <= $2 \
              ORDER BY h.seq DESC LIMIT 1) END AS due_then \
              FROM dossier_fact f WHERE ",
            $which,
            " AND f.received_on <= $2 AND (f.finished_on IS NULL OR f.finished_on >= $1 OR ($3 = 1 AND f.stopped = 1))) x"
        )
    };
}

/// Columns 4, 5, 6, 8, 9, 10, the online share of 7, 11 and 13.
macro_rules! columns {
    () => {
        "count(*) FILTER (WHERE x.received_on >= $1 AND x.channel = 2), \
        count(*) FILTER (WHERE x.received_on >= $1 AND x.channel <> 2), \
        count(*) FILTER (WHERE x.received_on < $1), \
        count(*) FILTER (WHERE x.finished <= $2 AND x.outcome = 'early'), \
        count(*) FILTER (WHERE x.finished <= $2 AND x.outcome = 'on_time'), \
        count(*) FILTER (WHERE x.finished <= $2 AND x.outcome = 'late'), \
        count(*) FILTER (WHERE x.finished <= $2 AND x.channel = 2), \
        count(*) FILTER (WHERE x.finished IS NULL OR x.finished > $2), \
        count(*) FILTER (WHERE (x.finished IS NULL OR x.finished > $2) AND x.due_then < $2) FROM "
    };
}

macro_rules! form_06a {
    ($unit:expr, $which:expr) => {
        concat!(
            "SELECT x.counted_unit, x.sector, ",
            columns!(),
            in_period!($unit, "", $which),
            " GROUP BY x.counted_unit, x.sector"
        )
    };
}

/// Who was competent before that day was over, where another is now.
macro_rules! unit_before {
    ($day:literal) => {
        concat!(
            "(SELECT c.unit FROM competence c WHERE c.dossier = f.dossier AND c.until_on > ",
            $day,
            " ORDER BY c.nth LIMIT 1)"
        )
    };
}

/// Who is competent by a plan in force before that moment, where the dossier's own history does not say so yet.
macro_rules! unit_by_plan {
    ($moment:literal) => {
        concat!(
            "(SELECT t.competent_unit FROM transfer t JOIN reform r ON r.id = t.reform WHERE t.dossier = f.dossier AND t.settled_at IS NULL \
             AND r.state = 'in_force' AND r.effective_at < ",
            $moment,
            " ORDER BY r.effective_at DESC, r.planned_at DESC, r.id DESC LIMIT 1)"
        )
    };
}

macro_rules! unit_on {
    ($day:literal, $moment:literal) => {
        concat!("COALESCE(", unit_before!($day), ", ", unit_by_plan!($moment), ", f.competent_unit)")
    };
}

crate::statements! {
    FIRST_RECEIVED: "SELECT min(received_on) FROM dossier_fact";
    MONTHS_RECEIVED: "SELECT received_on / 100, count(*), count(*) FILTER (WHERE channel = 2) FROM dossier_fact \
        WHERE received_on BETWEEN $1 AND $2 GROUP BY received_on / 100";
    MONTHS_RESOLVED: "SELECT finished_on / 100, count(*), count(*) FILTER (WHERE channel = 2), count(*) FILTER (WHERE outcome = 'early'), \
        count(*) FILTER (WHERE outcome = 'on_time'), count(*) FILTER (WHERE outcome = 'late') FROM dossier_fact \
        WHERE finished_on BETWEEN $1 AND $2 AND ($3 = 0 OR stopped = 0) GROUP BY finished_on / 100";
    CUTS: "SELECT effective_at FROM reform WHERE flipped_at IS NOT NULL AND undoes IS NULL AND state <> 'undone' ORDER BY effective_at";
    // Read in the order of its index, and nothing besides.
    FORM_06A: form_06a!("f.competent_unit", "f.moved = $4");
    FORM_06A_MOVED: form_06a!(concat!("COALESCE(", unit_before!("$2"), ", f.competent_unit)"), "f.moved = 1");
    FORM_06A_MOVING: form_06a!(unit_on!("$4", "$5"), "1 = 1");
    FORM_06A_PLACE: concat!("SELECT x.place, ", columns!(), in_period!("f.competent_unit", "f.place, ", "f.received_on >= $4 AND f.received_on < $5"),
        " GROUP BY x.place");
    BEHIND_06A: concat!("SELECT x.dossier, x.counted_unit, x.unit_today, x.place, x.received_on FROM ",
        in_period!(unit_on!("$2", "$7"), concat!(unit_on!("99999999", "$8"), " AS unit_today, f.dossier, f.place, "), "1 = 1"),
        " WHERE ($4 = 0 OR x.sector = $5) AND CASE \
        WHEN $6 = 3 THEN 1 = 1 WHEN $6 = 4 THEN x.received_on >= $1 AND x.channel = 2 WHEN $6 = 5 THEN x.received_on >= $1 AND x.channel <> 2 \
        WHEN $6 = 6 THEN x.received_on < $1 WHEN $6 = 7 THEN x.finished <= $2 \
        WHEN $6 = 8 THEN x.finished <= $2 AND x.outcome = 'early' WHEN $6 = 9 THEN x.finished <= $2 AND x.outcome = 'on_time' \
        WHEN $6 = 10 THEN x.finished <= $2 AND x.outcome = 'late' WHEN $6 = 11 THEN x.finished IS NULL OR x.finished > $2 \
        WHEN $6 = 12 THEN (x.finished IS NULL OR x.finished > $2) AND (x.due_then IS NULL OR x.due_then >= $2) \
        WHEN $6 = 13 THEN (x.finished IS NULL OR x.finished > $2) AND x.due_then < $2 ELSE 1 = 0 END \
        ORDER BY x.received_on, x.dossier");
}

/// The period of a form, as of its last day, both days counted; and whether a stopped dossier stays in the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is what its name says")]
pub struct Period {
    pub from: Date,
    pub to: Date,
    pub stopped_stay_open: bool,
}

impl Period {
    /// The first moment after it.
    fn end(&self) -> Instant {
        self.to.tomorrow().map_or(Instant::from_micros(i64::MAX), |day| Instant::from_local(day.at(0, 0, 0, 0)))
    }
}

/// What form II.06a counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "columns of form II.06a, handbook §7.3")]
pub struct Numbers {
    pub received_online: i64,
    pub received_direct_post: i64,
    pub carried_over: i64,
    pub resolved_early: i64,
    pub resolved_on_time: i64,
    pub resolved_late: i64,
    pub resolved_online: i64,
    pub open: i64,
    pub open_late: i64,
}

impl Row for Numbers {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self {
            received_online: row.take()?,
            received_direct_post: row.take()?,
            carried_over: row.take()?,
            resolved_early: row.take()?,
            resolved_on_time: row.take()?,
            resolved_late: row.take()?,
            resolved_online: row.take()?,
            open: row.take()?,
            open_late: row.take()?,
        })
    }
}

/// Form II.06a for one unit and sector; the same two may come more than once.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is what its name says")]
pub struct Counted {
    pub unit: UnitId,
    pub sector: String,
    pub numbers: Numbers,
}

impl Row for Counted {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self { unit: row.take()?, sector: row.take()?, numbers: Numbers::read(row)? })
    }
}

/// Form II.06a for everybody who lives at one place (`domain::organisation::reform::Address::key`); none where nobody told it yet.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is what its name says")]
pub struct CountedPlace {
    pub place: Option<String>,
    pub numbers: Numbers,
}

impl Row for CountedPlace {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self { place: row.take()?, numbers: Numbers::read(row)? })
    }
}

/// The instants at which plans came into force that were not taken back: they cut a period.
///
/// # Errors
/// The storage failed.
pub fn cuts(tx: &Tx) -> Result<Vec<Instant>, StorageError> {
    tx.all(CUTS, args![])
}

/// What form II.06a counts under each unit that was competent on the last day of the period, by plans in force, settled or not.
///
/// # Errors
/// The storage failed.
pub fn form_06a(tx: &Tx, it: &Period) -> Result<Vec<Counted>, StorageError> {
    let (from, to, stopped) = (Day(it.from), Day(it.to), it.stopped_stay_open);
    if is_moving(tx)? {
        return tx.all(FORM_06A_MOVING, args![from, to, stopped, to, it.end()]);
    }
    let mut counted: Vec<Counted> = tx.all(FORM_06A, args![from, to, stopped, false])?;
    counted.extend(tx.all::<Counted>(FORM_06A_MOVED, args![from, to, stopped])?);
    Ok(counted)
}

/// The same under each unit that a dossier lies with today.
///
/// # Errors
/// The storage failed.
pub fn form_06a_today(tx: &Tx, it: &Period) -> Result<Vec<Counted>, StorageError> {
    let (from, to, stopped) = (Day(it.from), Day(it.to), it.stopped_stay_open);
    if is_moving(tx)? {
        return tx.all(FORM_06A_MOVING, args![from, to, stopped, i64::MAX, i64::MAX]);
    }
    let mut counted: Vec<Counted> = tx.all(FORM_06A, args![from, to, stopped, false])?;
    counted.extend(tx.all::<Counted>(FORM_06A, args![from, to, stopped, true])?);
    Ok(counted)
}

/// The same by where people live, of the dossiers received from one day until before another: what an address means changes with
/// every reorganisation.
///
/// # Errors
/// The storage failed.
pub fn form_06a_places(tx: &Tx, it: &Period, (since, before): (Date, Date)) -> Result<Vec<CountedPlace>, StorageError> {
    let (from, to, stopped) = (Day(it.from), Day(it.to), it.stopped_stay_open);
    tx.all(FORM_06A_PLACE, args![from, to, stopped, Day(since), Day(before)])
}

/// A dossier that a number of form II.06a counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behind {
    /// Which.
    pub dossier: DossierId,
    /// Who was competent on the last day of the period.
    pub unit: UnitId,
    /// With whom it lies today.
    pub unit_today: UnitId,
    /// Where its subject lives.
    pub place: Option<String>,
    /// When it was received.
    pub received_on: Date,
}

impl Row for Behind {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        let (dossier, unit, unit_today, place) = (row.take()?, row.take()?, row.take()?, row.take()?);
        let Day(received_on) = row.take()?;
        Ok(Self { dossier, unit, unit_today, place, received_on })
    }
}

/// The dossiers that a column of form II.06a counts, numbered as the form numbers them (3 to 13), of one sector or of all; in the
/// order they were received.
///
/// # Errors
/// The storage failed.
pub fn behind_06a(tx: &Tx, it: &Period, sector: Option<&str>, column: u8) -> Result<Vec<Behind>, StorageError> {
    let (by_sector, sector) = (sector.is_some(), sector.unwrap_or_default());
    let (from, to, stopped) = (Day(it.from), Day(it.to), it.stopped_stay_open);
    tx.all(BEHIND_06A, args![from, to, stopped, by_sector, sector, i64::from(column), it.end(), i64::MAX])
}

/// What was received and resolved in one month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is what its name says")]
pub struct MonthNumbers {
    pub received: i64,
    pub received_online: i64,
    pub resolved: i64,
    pub resolved_online: i64,
    pub early: i64,
    pub on_time: i64,
    pub late: i64,
}

/// A year and a month, with what it had.
pub type ByMonth = ((i16, i8), MonthNumbers);

/// What was received and resolved in each month of a period that had any, by year and month, in their order.
///
/// # Errors
/// The storage failed.
pub fn by_month(tx: &Tx, it: &Period) -> Result<Vec<ByMonth>, StorageError> {
    let (from, to) = (Day(it.from), Day(it.to));
    let mut months: BTreeMap<i64, MonthNumbers> = BTreeMap::new();
    for (month, count, online) in tx.all::<(i64, i64, i64)>(MONTHS_RECEIVED, args![from, to])? {
        let own = months.entry(month).or_default();
        (own.received, own.received_online) = (count, online);
    }
    let resolved = tx.all::<(i64, i64, i64, i64, i64, i64)>(MONTHS_RESOLVED, args![from, to, it.stopped_stay_open])?;
    for (month, count, online, early, on_time, late) in resolved {
        let own = months.entry(month).or_default();
        *own = MonthNumbers { resolved: count, resolved_online: online, early, on_time, late, ..*own };
    }
    let named = |month: i64| (i16::try_from(month / 100).unwrap_or(0), i8::try_from(month % 100).unwrap_or(0));
    Ok(months.into_iter().map(|(month, numbers)| (named(month), numbers)).collect())
}

/// The day on which the first dossier was received; none in a new house.
///
/// # Errors
/// The storage failed.
pub fn first_received(tx: &Tx) -> Result<Option<Date>, StorageError> {
    let day: Option<Day> = tx.one(FIRST_RECEIVED, args![])?;
    Ok(day.map(|it| it.0))
}
