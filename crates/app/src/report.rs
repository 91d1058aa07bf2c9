//! Form II.06a/VPCP/KSTT: received, resolved, open, in the thirteen columns the form has.
//!
//! A reorganisation cuts a period: each part of it counts under the units of its own last day, so that nobody's lateness passes to
//! who came after. The same dossiers can be summed under who has them today, and by where people live; all three come to one total.

use crate::error::AppError;
use crate::house::{House, Snapshot};
use crate::rows::ListCard;
use crate::words;
use domain::ids::{DossierId, UnitId};
use domain::kpi::StoppedIn;
use domain::organisation::reform::{Address, Grounds, Reorganisation};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use storage::engine::Tx;
use storage::reforms::{self, State};
use storage::reports::{self, Numbers, Period};

/// What a row of the form stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// A sector.
    Sector,
    /// A unit as it was: who was competent on the last day of the period, or of its part before a reorganisation.
    Unit,
    /// A unit of today, with everything its predecessors left it.
    Successor,
    /// A unit of today, on whose ground the subjects live.
    Territory,
}

impl By {
    /// Every kind of rows.
    pub const ALL: [Self; 4] = [Self::Sector, Self::Unit, Self::Successor, Self::Territory];

    /// Its word in addresses.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Sector => "linh-vuc",
            Self::Unit => "don-vi",
            Self::Successor => "ke-thua",
            Self::Territory => "dia-ban",
        }
    }

    /// Heading of the rows.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Sector => "Lĩnh vực",
            Self::Unit | Self::Successor => "Đơn vị",
            Self::Territory => "Địa bàn",
        }
    }
}

/// Name of the row that sums all others.
pub const TOTAL: &str = "Tổng cộng";

/// Columns 3 to 13 of the form, with the online share of column 7.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "columns of form II.06a, handbook §7.3")]
pub struct Columns {
    pub received_total: i64,
    pub received_online: i64,
    pub received_direct_post: i64,
    pub carried_over: i64,
    pub resolved_total: i64,
    pub resolved_online: i64,
    pub resolved_early: i64,
    pub resolved_on_time: i64,
    pub resolved_late: i64,
    pub open_total: i64,
    pub open_within: i64,
    pub open_late: i64,
}

impl Columns {
    /// Names of the columns for programs, in the order of the form; the online share stands behind column 7.
    pub const NAMES: [&str; 12] = [
        "received_total",
        "received_online",
        "received_direct_post",
        "carried_over",
        "resolved_total",
        "resolved_online",
        "resolved_early",
        "resolved_on_time",
        "resolved_late",
        "open_total",
        "open_within",
        "open_late",
    ];

    /// The numbers in the order of [`Self::NAMES`].
    pub const fn values(&self) -> [i64; 12] {
        [
            self.received_total,
            self.received_online,
            self.received_direct_post,
            self.carried_over,
            self.resolved_total,
            self.resolved_online,
            self.resolved_early,
            self.resolved_on_time,
            self.resolved_late,
            self.open_total,
            self.open_within,
            self.open_late,
        ]
    }

    fn add(&mut self, it: &Numbers) {
        self.received_online += it.received_online;
        self.received_direct_post += it.received_direct_post;
        self.carried_over += it.carried_over;
        self.received_total += it.received_online + it.received_direct_post + it.carried_over;
        self.resolved_early += it.resolved_early;
        self.resolved_on_time += it.resolved_on_time;
        self.resolved_late += it.resolved_late;
        self.resolved_total += it.resolved_early + it.resolved_on_time + it.resolved_late;
        self.resolved_online += it.resolved_online;
        self.open_total += it.open;
        self.open_late += it.open_late;
        self.open_within += it.open - it.open_late;
    }

    /// Two parts of a period, one after the other: what is open at the end of the first is what the second carries over. Gives what
    /// left in between for others, and adds to the carried over what came from them.
    fn then(&self, next: &Self) -> (Self, i64) {
        let left = self.open_total - next.carried_over;
        let mut whole = Self {
            received_online: self.received_online + next.received_online,
            received_direct_post: self.received_direct_post + next.received_direct_post,
            carried_over: self.carried_over + (-left).max(0),
            resolved_online: self.resolved_online + next.resolved_online,
            resolved_early: self.resolved_early + next.resolved_early,
            resolved_on_time: self.resolved_on_time + next.resolved_on_time,
            resolved_late: self.resolved_late + next.resolved_late,
            resolved_total: self.resolved_total + next.resolved_total,
            ..*next
        };
        whole.received_total = whole.received_online + whole.received_direct_post + whole.carried_over;
        (whole, left.max(0))
    }

    /// The check the form carries: column 3 = column 7 + column 11.
    pub const fn adds_up(&self) -> bool {
        self.received_total == self.resolved_total + self.open_total
    }
}

/// What a row sums: a sector (empty where the source names none), a unit, or what no ground is known of.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is what its name says")]
pub enum RowOf {
    Sector(String),
    Unit(UnitId),
    Nowhere,
}

/// One row of the form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportRow {
    /// What it sums.
    #[serde(skip)]
    pub of: RowOf,
    /// The sector's or unit's name.
    pub name: String,
    /// First day it counts: of the period, or of its part after a reorganisation.
    pub from: Date,
    /// Last day it counts.
    pub to: Date,
    /// Its columns.
    #[serde(flatten)]
    pub columns: Columns,
}

/// The form for a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report06a {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// What its rows are.
    #[serde(skip)]
    pub by: By,
    /// The days on which a reorganisation cuts it: the first ones of its later parts.
    pub cuts: Vec<Date>,
    /// Row by row, by name; part by part where it is cut.
    pub rows: Vec<ReportRow>,
    /// The whole period. What one part leaves open is what the next carries over, and is counted once.
    pub total: Columns,
    /// Of a unit: open dossiers it handed over to others at the cuts. Column 3 = column 7 + column 11 + these.
    pub handed_over: i64,
}

impl ReportRow {
    /// Its name, with the part it counts where the period is cut.
    pub fn label(&self, report: &Report06a) -> String {
        let days = || format!("{}–{}", words::short_day(self.from), words::short_day(self.to));
        if report.cuts.is_empty() { self.name.clone() } else { format!("{} ({})", self.name, days()) }
    }
}

impl Report06a {
    /// The check the form carries, in every row and in the whole.
    pub fn adds_up(&self) -> bool {
        let total = &self.total;
        total.received_total == total.resolved_total + total.open_total + self.handed_over
            && self.rows.iter().all(|it| it.columns.adds_up())
    }

    /// The form as CSV, the total last, under these heads: the name's and those of [`Columns::NAMES`].
    ///
    /// # Errors
    /// Never in practice: nothing is written but to memory.
    pub fn csv(&self, name: &str, heads: [&str; 12]) -> Result<String, AppError> {
        let fault = |why: &dyn std::fmt::Display| AppError::fault("writing form 06a as CSV", why.to_string());
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(std::iter::once(name).chain(heads)).map_err(|why| fault(&why))?;
        let rows = self.rows.iter().map(|it| (it.label(self), &it.columns));
        for (name, columns) in rows.chain([(TOTAL.to_owned(), &self.total)]) {
            let numbers = columns.values().map(|it| it.to_string());
            writer.write_record(std::iter::once(name).chain(numbers)).map_err(|why| fault(&why))?;
        }
        let bytes = writer.into_inner().map_err(|why| fault(&why))?;
        String::from_utf8(bytes).map_err(|why| fault(&why))
    }
}

/// What is asked of the form.
#[derive(Clone, Copy)]
struct Asked {
    from: Date,
    to: Date,
    unit: Option<UnitId>,
    by: By,
}

/// Form II.06a of a period, as of its last day; of one unit with all below it, or of the whole house. For the command line:
/// it holds up its thread.
///
/// # Errors
/// A period that ends before it begins, or the house failed.
pub fn form_06a(house: &House, from: Date, to: Date, unit: Option<UnitId>, by: By) -> Result<Report06a, AppError> {
    assert_period(from, to)?;
    house.db.read_now(|tx| count(house, tx, Asked { from, to, unit, by }))
}

/// The same for a page: it waits for its turn among the long readings, so that many who ask at once take no more memory than a few.
///
/// # Errors
/// As [`form_06a`].
pub async fn form_06a_in_turn(
    house: &Arc<House>,
    from: Date,
    to: Date,
    unit: Option<UnitId>,
    by: By,
) -> Result<Report06a, AppError> {
    assert_period(from, to)?;
    let inside = Arc::clone(house);
    house.db.read(move |tx| count(&inside, tx, Asked { from, to, unit, by })).await
}

fn assert_period(from: Date, to: Date) -> Result<(), AppError> {
    if from > to { Err(AppError::invalid("to", "gap-period")) } else { Ok(()) }
}

fn period(house: &House, from: Date, to: Date) -> Period {
    Period { from, to, stopped_stay_open: house.rules.stopped_in == StoppedIn::Open }
}

fn count(house: &House, tx: &Tx, asked: Asked) -> Result<Report06a, AppError> {
    let (known, today) = (house.known_in(tx)?, house.clock.now().day());
    let Asked { from, to, unit, by } = asked;
    let whole = period(house, from, to);
    let within = |it: UnitId, on: Date| unit.is_none_or(|unit| known.organisation.is_within(it, unit, on));
    let mut report =
        Report06a { from, to, by, cuts: Vec::new(), rows: Vec::new(), total: Columns::default(), handed_over: 0 };
    match by {
        By::Sector | By::Unit => {
            // Without a unit, sectors are the same before and after.
            if by == By::Unit || unit.is_some() {
                report.cuts = cuts(tx, from, to)?;
            }
            for (place, (from, to)) in parts(from, to, &report.cuts).into_iter().enumerate() {
                let mut part = Part::of(&known, from, to);
                for it in reports::form_06a(tx, &Period { from, to, ..whole })?.iter().filter(|it| within(it.unit, to))
                {
                    let of = if by == By::Sector { RowOf::Sector(it.sector.clone()) } else { RowOf::Unit(it.unit) };
                    part.add(of, &it.numbers);
                }
                let total = part.total;
                report.rows.extend(part.rows());
                let (sum, handed_over) = if place == 0 { (total, 0) } else { report.total.then(&total) };
                (report.total, report.handed_over) = (sum, report.handed_over + handed_over);
            }
        }
        By::Successor => {
            let mut part = Part { named_on: today, ..Part::of(&known, from, to) };
            for it in reports::form_06a_today(tx, &whole)? {
                let heir = known.organisation.heir_of(it.unit);
                if within(heir, today) {
                    part.add(RowOf::Unit(heir), &it.numbers);
                }
            }
            (report.total, report.rows) = (part.total, part.rows());
        }
        By::Territory => {
            let mut part = Part { named_on: today, ..Part::of(&known, from, to) };
            let plans = carried_out(tx)?;
            let mut map = Map::new(&known, &plans, today);
            for (since, before) in map.eras() {
                for it in reports::form_06a_places(tx, &whole, (since, before))? {
                    let of = map.row(it.place, since);
                    let counts = match of {
                        RowOf::Unit(ground) => within(ground, today),
                        RowOf::Sector(_) | RowOf::Nowhere => unit.is_none(),
                    };
                    if counts {
                        part.add(of, &it.numbers);
                    }
                }
            }
            (report.total, report.rows) = (part.total, part.rows());
        }
    }
    Ok(report)
}

/// The days after the first on which a plan came into force: the units of before are counted until then.
fn cuts(tx: &Tx, from: Date, to: Date) -> Result<Vec<Date>, AppError> {
    let mut days: Vec<Date> = reports::cuts(tx)?.into_iter().map(|it| it.day()).collect();
    days.retain(|day| *day > from && *day <= to);
    days.dedup();
    Ok(days)
}

fn parts(from: Date, to: Date, cuts: &[Date]) -> Vec<(Date, Date)> {
    let begins = std::iter::once(from).chain(cuts.iter().copied());
    let ends = cuts.iter().map(|day| day.yesterday().unwrap_or(*day)).chain(std::iter::once(to));
    begins.zip(ends).collect()
}

/// Rows of a period, or of a part of it, while they are summed.
struct Part<'a> {
    known: &'a Snapshot,
    from: Date,
    to: Date,
    /// The day whose names it prints.
    named_on: Date,
    rows: BTreeMap<(String, Option<UnitId>), (RowOf, Columns)>,
    total: Columns,
}

impl<'a> Part<'a> {
    fn of(known: &'a Snapshot, from: Date, to: Date) -> Self {
        Self { known, from, to, named_on: to, rows: BTreeMap::new(), total: Columns::default() }
    }

    fn add(&mut self, of: RowOf, numbers: &Numbers) {
        let key = match &of {
            RowOf::Sector(sector) if sector.is_empty() => ("(nguồn không ghi lĩnh vực)".to_owned(), None),
            RowOf::Sector(sector) => (sector.clone(), None),
            RowOf::Unit(unit) => (self.known.organisation.name_on(*unit, self.named_on).to_owned(), Some(*unit)),
            RowOf::Nowhere => ("(địa chỉ không ghi rõ địa bàn)".to_owned(), None),
        };
        self.rows.entry(key).or_insert_with(|| (of, Columns::default())).1.add(numbers);
        self.total.add(numbers);
    }

    fn rows(self) -> Vec<ReportRow> {
        let (from, to) = (self.from, self.to);
        let row = |((name, _), (of, columns))| ReportRow { of, name, from, to, columns };
        self.rows.into_iter().map(row).collect()
    }
}

/// Plans that were carried out and hold, oldest first.
fn carried_out(tx: &Tx) -> Result<Vec<Reorganisation>, AppError> {
    let all = reforms::all(tx)?.into_iter();
    Ok(all.filter(|it| matches!(it.state, State::InForce | State::Settled)).map(|it| it.plan).collect())
}

/// Which ground a place is today; each place is looked for once.
struct Map<'a> {
    grounds: Grounds<'a>,
    begins: Vec<Date>,
    found: HashMap<(String, Date), Option<UnitId>>,
}

impl<'a> Map<'a> {
    fn new(known: &'a Snapshot, plans: &'a [Reorganisation], today: Date) -> Self {
        let mut begins: Vec<Date> = plans.iter().map(Reorganisation::effective_on).collect();
        begins.dedup();
        Self { grounds: Grounds::new(&known.organisation, plans, today), begins, found: HashMap::new() }
    }

    /// Spans of days in which an address means the same: from a day until before another.
    fn eras(&self) -> Vec<(Date, Date)> {
        let begins = std::iter::once(Date::MIN).chain(self.begins.iter().copied());
        let ends = self.begins.iter().copied().chain(std::iter::once(Date::MAX));
        begins.zip(ends).collect()
    }

    /// The row of a place written on that day.
    fn row(&mut self, place: Option<String>, on: Date) -> RowOf {
        let era = self.begins.iter().rev().find(|begin| **begin <= on);
        // Any day before the first plan names the same ground as the last one before it.
        let on = era.copied().or_else(|| self.begins.first().and_then(|it| it.yesterday().ok())).unwrap_or(Date::MAX);
        let Some(place) = place.filter(|it| !it.is_empty()) else { return RowOf::Nowhere };
        let grounds = &self.grounds;
        let unit =
            *self.found.entry((place, on)).or_insert_with_key(|(place, on)| grounds.of(&Address::of_key(place), *on));
        unit.map_or(RowOf::Nowhere, RowOf::Unit)
    }
}

/// The dossiers behind one number of the form: of a row or of the total, in a column as the form numbers it (3 to 13), in
/// the order they were received. There are as many as the number says, where the period is that of the row. It waits for its turn
/// among the long readings.
///
/// # Errors
/// The house failed.
pub async fn behind_06a(
    house: &Arc<House>,
    (from, to): (Date, Date),
    unit: Option<UnitId>,
    (by, row): (By, Option<&RowOf>),
    column: u8,
) -> Result<Vec<DossierId>, AppError> {
    let today = house.clock.now().day();
    let sector = match row {
        Some(RowOf::Sector(sector)) => Some(sector.clone()),
        Some(RowOf::Unit(_) | RowOf::Nowhere) | None => None,
    };
    let (house, row) = (Arc::clone(house), row.cloned());
    let inside = Arc::clone(&house);
    inside
        .db
        .read(move |tx| {
            let known = house.known_in(tx)?;
            let plans = if by == By::Territory { carried_out(tx)? } else { Vec::new() };
            let mut map = Map::new(&known, &plans, today);
            let mut found = reports::behind_06a(tx, &period(&house, from, to), sector.as_deref(), column)?;
            found.retain(|it| {
                let (of, on) = match by {
                    By::Sector | By::Unit => (RowOf::Unit(it.unit), to),
                    By::Successor => (RowOf::Unit(known.organisation.heir_of(it.unit_today)), today),
                    By::Territory => (map.row(it.place.clone(), it.received_on), today),
                };
                let within = match &of {
                    RowOf::Unit(own) => unit.is_none_or(|unit| known.organisation.is_within(*own, unit, on)),
                    RowOf::Sector(_) | RowOf::Nowhere => unit.is_none(),
                };
                within && row.as_ref().is_none_or(|row| matches!(row, RowOf::Sector(_)) || *row == of)
            });
            Ok(found.into_iter().map(|it| it.dossier).collect())
        })
        .await
}

/// The cards of dossiers, in that order.
///
/// # Errors
/// The house failed.
pub fn cards(house: &House, ids: &[DossierId]) -> Result<Vec<ListCard>, AppError> {
    house.db.read_now(|tx| {
        let cards = ids.iter().map(|id| storage::lists::one(tx, *id));
        Ok::<_, AppError>(cards.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    })
}

mod sheet;
pub use sheet::SheetHead;

#[cfg(test)]
mod tests;
