//! Form II.06a/VPCP/KSTT: received, resolved, open, in the thirteen columns the form has.

use crate::error::AppError;
use crate::house::{House, Snapshot};
use crate::rows::Card;
use domain::ids::{DossierId, UnitId};
use domain::kpi::StoppedIn;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use storage::reports::{self, Counted};

/// What a row of the form stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// A sector.
    Sector,
    /// A competent unit.
    Unit,
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

    fn add(&mut self, it: &Counted) {
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

    /// The check the form carries: column 3 = column 7 + column 11.
    pub const fn adds_up(&self) -> bool {
        self.received_total == self.resolved_total + self.open_total
    }
}

/// What a row sums: a sector (empty where the source names none), or a competent unit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is what its name says")]
pub enum RowOf {
    Sector(String),
    Unit(UnitId),
}

/// One row of the form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportRow {
    /// What it sums.
    #[serde(skip)]
    pub of: RowOf,
    /// The sector's or unit's name.
    pub name: String,
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
    /// Row by row, by name.
    pub rows: Vec<ReportRow>,
    /// All rows together.
    pub total: Columns,
}

impl Report06a {
    /// The form as CSV, the total last, under these heads: the name's and those of [`Columns::NAMES`].
    ///
    /// # Errors
    /// Never in practice: nothing is written but to memory.
    pub fn csv(&self, name: &str, heads: [&str; 12]) -> Result<String, AppError> {
        let fault = |why: &dyn std::fmt::Display| AppError::fault("writing form 06a as CSV", why.to_string());
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(std::iter::once(name).chain(heads)).map_err(|why| fault(&why))?;
        let rows = self.rows.iter().map(|it| (it.name.as_str(), &it.columns));
        for (name, columns) in rows.chain([(TOTAL, &self.total)]) {
            let numbers = columns.values().map(|it| it.to_string());
            writer.write_record(std::iter::once(name.to_owned()).chain(numbers)).map_err(|why| fault(&why))?;
        }
        let bytes = writer.into_inner().map_err(|why| fault(&why))?;
        String::from_utf8(bytes).map_err(|why| fault(&why))
    }
}

/// Form II.06a of a period, as of its last day; of one unit with all below it, or of the whole house. For the command line:
/// it holds up its thread.
///
/// # Errors
/// A period that ends before it begins, or the house failed.
pub fn form_06a(house: &House, from: Date, to: Date, unit: Option<UnitId>, by: By) -> Result<Report06a, AppError> {
    assert_period(from, to)?;
    let stopped_stay_open = house.rules.stopped_in == StoppedIn::Open;
    let known = house.now_known();
    let counted = house.db.read_now(|tx| Ok::<_, AppError>(reports::form_06a(tx, from, to, stopped_stay_open)?))?;
    Ok(summed(&known, &counted, from, to, unit, by))
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
    let stopped_stay_open = house.rules.stopped_in == StoppedIn::Open;
    let known = house.now_known();
    let counted = house.db.read(move |tx| reports::form_06a(tx, from, to, stopped_stay_open)).await?;
    Ok(summed(&known, &counted, from, to, unit, by))
}

fn assert_period(from: Date, to: Date) -> Result<(), AppError> {
    if from > to { Err(AppError::invalid("to", "gap-period")) } else { Ok(()) }
}

/// The dossiers behind one number of the form: of a row or of the total, in a column as the form numbers it (3 to 13), in
/// the order they were received. There are as many as the number says. It waits for its turn among the long readings.
///
/// # Errors
/// The house failed.
pub async fn behind_06a(
    house: &Arc<House>,
    period: (Date, Date),
    unit: Option<UnitId>,
    row: Option<&RowOf>,
    column: u8,
) -> Result<Vec<DossierId>, AppError> {
    let stopped_stay_open = house.rules.stopped_in == StoppedIn::Open;
    let known = house.now_known();
    let sector = match row {
        Some(RowOf::Sector(sector)) => Some(sector.clone()),
        Some(RowOf::Unit(_)) | None => None,
    };
    let counted =
        house.db.read(move |tx| reports::behind_06a(tx, period, stopped_stay_open, sector.as_deref(), column)).await?;
    let wanted = |of: UnitId| match row {
        Some(RowOf::Unit(own)) => of == *own,
        Some(RowOf::Sector(_)) | None => unit.is_none_or(|unit| known.organisation.is_within(of, unit, period.1)),
    };
    Ok(counted.into_iter().filter(|it| wanted(it.1)).map(|it| it.0).collect())
}

/// The cards of dossiers, in that order.
///
/// # Errors
/// The house failed.
pub fn cards(house: &House, ids: &[DossierId]) -> Result<Vec<Card>, AppError> {
    house.db.read_now(|tx| {
        let cards = ids.iter().map(|id| storage::dossiers::card(tx, *id));
        Ok::<_, AppError>(cards.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    })
}

fn summed(known: &Snapshot, counted: &[Counted], from: Date, to: Date, unit: Option<UnitId>, by: By) -> Report06a {
    let within = |it: &&Counted| unit.is_none_or(|unit| known.organisation.is_within(it.unit, unit, to));
    let mut rows: BTreeMap<(String, Option<UnitId>), (RowOf, Columns)> = BTreeMap::new();
    let mut total = Columns::default();
    for it in counted.iter().filter(within) {
        let (name, of) = match by {
            By::Sector if it.sector.is_empty() => {
                (("(nguồn không ghi lĩnh vực)".to_owned(), None), RowOf::Sector(String::new()))
            }
            By::Sector => ((it.sector.clone(), None), RowOf::Sector(it.sector.clone())),
            By::Unit => ((known.organisation.name_on(it.unit, to).to_owned(), Some(it.unit)), RowOf::Unit(it.unit)),
        };
        rows.entry(name).or_insert_with(|| (of, Columns::default())).1.add(it);
        total.add(it);
    }
    let rows = rows.into_iter().map(|((name, _), (of, columns))| ReportRow { of, name, columns }).collect();
    Report06a { from, to, rows, total }
}
