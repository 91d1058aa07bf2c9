//! What is to become of procedures: revisions on their way, withdrawals, and what single units do otherwise.

use crate::args;
use crate::engine::{Cursor, Row, StorageError, Tx};
use crate::rows::Day;
use crate::{house, undecodable};
use domain::ids::{PersonId, UnitId};
use domain::procedure::{LocalRule, ProcedureId, ProcedureRevision, RevisionId};
use domain::time::Instant;
use jiff::civil::Date;

crate::statements! {
    DRAFT: "SELECT slug, tab, base, version, body, changed_at, changed_by, publish_on, basis FROM procedure_draft WHERE slug = $1 AND tab = $2";
    DRAFTS: "SELECT slug, tab, publish_on FROM procedure_draft ORDER BY slug, tab";
    DUE: "SELECT slug, tab, base, version, body, changed_at, changed_by, publish_on, basis FROM procedure_draft WHERE publish_on <= $1 ORDER BY publish_on, slug, tab";
    PUT: "INSERT INTO procedure_draft (slug, tab, base, version, body, changed_at, changed_by, publish_on, basis) VALUES ($1, $2, $3, 1, $4, $5, $6, NULL, '') \
        ON CONFLICT (slug, tab) DO UPDATE SET base = excluded.base, version = procedure_draft.version + 1, body = excluded.body, \
        changed_at = excluded.changed_at, changed_by = excluded.changed_by, publish_on = NULL, basis = ''";
    SCHEDULE: "UPDATE procedure_draft SET publish_on = $4, basis = $5, version = version + 1, changed_at = $6, changed_by = $7 WHERE slug = $1 AND tab = $2 AND version = $3";
    DROP: "DELETE FROM procedure_draft WHERE slug = $1 AND tab = $2 AND version = $3";
    WITHDRAWALS: "SELECT slug, tab, from_on, basis FROM procedure_withdrawal ORDER BY slug, tab";
    WITHDRAW: "INSERT INTO procedure_withdrawal (slug, tab, from_on, basis, at, decided_by) VALUES ($1, $2, $3, $4, $5, $6) \
        ON CONFLICT (slug, tab) DO UPDATE SET from_on = excluded.from_on, basis = excluded.basis, at = excluded.at, decided_by = excluded.decided_by";
    TAKE_BACK: "DELETE FROM procedure_withdrawal WHERE slug = $1 AND tab = $2";
    LOCALS: "SELECT slug, tab, unit, body, basis FROM procedure_local ORDER BY slug, tab, unit";
    PUT_LOCAL: "INSERT INTO procedure_local (slug, tab, unit, body, basis, at, decided_by) VALUES ($1, $2, $3, $4, $5, $6, $7) \
        ON CONFLICT (slug, tab, unit) DO UPDATE SET body = excluded.body, basis = excluded.basis, at = excluded.at, decided_by = excluded.decided_by";
    DROP_LOCAL: "DELETE FROM procedure_local WHERE slug = $1 AND tab = $2 AND unit = $3";
    RUNNING: "SELECT revision, count(*) FROM dossier WHERE procedure = $1 AND is_open = 1 GROUP BY revision ORDER BY revision";
}

/// A revision on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionDraft {
    /// Which writing of it.
    pub version: u32,
    /// The number of the revision it was written on.
    pub base: u32,
    /// What would be published.
    pub revision: ProcedureRevision,
    /// When it was written last.
    pub changed_at: Instant,
    /// By whom.
    pub changed_by: PersonId,
    /// From when it holds, once the decision is there.
    pub publish_on: Option<Date>,
    /// The decision; empty before.
    pub basis: String,
}

impl Row for RevisionDraft {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        let (_slug, _tab): (String, String) = (row.take()?, row.take()?);
        let (base, version) = (row.take()?, row.take()?);
        let body: String = row.take()?;
        let revision = serde_json::from_str(&body).map_err(|why| undecodable("reading a revision on its way", why))?;
        let (changed_at, changed_by) = (row.take()?, row.take()?);
        let publish_on: Option<Day> = row.take()?;
        let basis = row.take()?;
        Ok(Self { version, base, revision, changed_at, changed_by, publish_on: publish_on.map(|it| it.0), basis })
    }
}

/// The revision on its way of a procedure.
///
/// # Errors
/// The storage failed.
pub fn draft(tx: &Tx, id: &ProcedureId) -> Result<Option<RevisionDraft>, StorageError> {
    tx.opt(DRAFT, args![id.slug, id.tab.as_str()])
}

/// Which procedures have one on its way, and from when it holds where that is decided.
///
/// # Errors
/// The storage failed.
pub fn drafts(tx: &Tx) -> Result<Vec<(ProcedureId, Option<Date>)>, StorageError> {
    let rows: Vec<(String, String, Option<Day>)> = tx.all(DRAFTS, args![])?;
    rows.into_iter().map(|(slug, tab, day)| Ok((named(&slug, &tab)?, day.map(|it| it.0)))).collect()
}

/// Those that hold from that day or an earlier one, and are not published yet.
///
/// # Errors
/// The storage failed.
pub fn due(tx: &Tx, today: Date) -> Result<Vec<RevisionDraft>, StorageError> {
    tx.all(DUE, args![Day(today)])
}

/// Keeps what would be published; a decision made on an older writing is gone.
///
/// # Errors
/// The storage failed.
pub fn put_draft(
    tx: &mut Tx,
    base: u32,
    it: &ProcedureRevision,
    at: Instant,
    by: PersonId,
) -> Result<(), StorageError> {
    let body = serde_json::to_string(it).map_err(|why| undecodable("writing a revision on its way", why))?;
    tx.put(PUT, args![it.procedure.slug, it.procedure.tab.as_str(), base, body, at, by])
}

/// Says from when it holds and by which decision, or takes that back. False where somebody wrote it meanwhile.
///
/// # Errors
/// The storage failed.
pub fn schedule(
    tx: &mut Tx,
    id: &ProcedureId,
    seen: u32,
    decided: Option<(Date, &str)>,
    (at, by): (Instant, PersonId),
) -> Result<bool, StorageError> {
    let (day, basis) = (decided.map(|it| Day(it.0)), decided.map_or("", |it| it.1));
    Ok(tx.exec(SCHEDULE, args![id.slug, id.tab.as_str(), seen, day, basis, at, by])? == 1)
}

/// Drops it. False where somebody wrote it meanwhile.
///
/// # Errors
/// The storage failed.
pub fn drop_draft(tx: &mut Tx, id: &ProcedureId, seen: u32) -> Result<bool, StorageError> {
    Ok(tx.exec(DROP, args![id.slug, id.tab.as_str(), seen])? == 1)
}

fn named(slug: &str, tab: &str) -> Result<ProcedureId, StorageError> {
    format!("{slug}@{tab}").parse().map_err(|why| undecodable("reading the name of a procedure", why))
}

/// From when procedures are withdrawn, and by which decision.
///
/// # Errors
/// The storage failed.
pub fn withdrawals(tx: &Tx) -> Result<Vec<(ProcedureId, Date, String)>, StorageError> {
    let rows: Vec<(String, String, Day, String)> = tx.all(WITHDRAWALS, args![])?;
    rows.into_iter().map(|(slug, tab, day, basis)| Ok((named(&slug, &tab)?, day.0, basis))).collect()
}

/// Withdraws a procedure from a day on; every node reads the catalogue again.
///
/// # Errors
/// The storage failed.
pub fn withdraw(
    tx: &mut Tx,
    id: &ProcedureId,
    (from, basis): (Date, &str),
    (at, by): (Instant, PersonId),
) -> Result<(), StorageError> {
    tx.put(WITHDRAW, args![id.slug, id.tab.as_str(), Day(from), basis, at, by])?;
    house::next_edition(tx, house::CATALOGUE)
}

/// Takes a withdrawal back.
///
/// # Errors
/// The storage failed.
pub fn take_back(tx: &mut Tx, id: &ProcedureId) -> Result<bool, StorageError> {
    let done = tx.exec(TAKE_BACK, args![id.slug, id.tab.as_str()])? == 1;
    house::next_edition(tx, house::CATALOGUE)?;
    Ok(done)
}

/// What one unit does otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Local {
    /// Of which procedure.
    pub procedure: ProcedureId,
    /// Which unit.
    pub unit: UnitId,
    /// What.
    pub rule: LocalRule,
    /// The decision.
    pub basis: String,
}

/// What units do otherwise than the catalogue says.
///
/// # Errors
/// The storage failed.
pub fn locals(tx: &Tx) -> Result<Vec<Local>, StorageError> {
    let rows: Vec<(String, String, UnitId, String, String)> = tx.all(LOCALS, args![])?;
    rows.into_iter()
        .map(|(slug, tab, unit, body, basis)| {
            let rule =
                serde_json::from_str(&body).map_err(|why| undecodable("reading what a unit does otherwise", why))?;
            Ok(Local { procedure: named(&slug, &tab)?, unit, rule, basis })
        })
        .collect()
}

/// Keeps what a unit does otherwise; every node reads the catalogue again.
///
/// # Errors
/// The storage failed.
pub fn put_local(tx: &mut Tx, it: &Local, (at, by): (Instant, PersonId)) -> Result<(), StorageError> {
    let body = serde_json::to_string(&it.rule).map_err(|why| undecodable("writing what a unit does otherwise", why))?;
    tx.put(PUT_LOCAL, args![it.procedure.slug, it.procedure.tab.as_str(), it.unit, body, it.basis, at, by])?;
    house::next_edition(tx, house::CATALOGUE)
}

/// The unit does as the catalogue says again.
///
/// # Errors
/// The storage failed.
pub fn drop_local(tx: &mut Tx, id: &ProcedureId, unit: UnitId) -> Result<bool, StorageError> {
    let done = tx.exec(DROP_LOCAL, args![id.slug, id.tab.as_str(), unit])? == 1;
    house::next_edition(tx, house::CATALOGUE)?;
    Ok(done)
}

/// How many open dossiers go on by which revision of a procedure.
///
/// # Errors
/// The storage failed.
pub fn running(tx: &Tx, id: &ProcedureId) -> Result<Vec<(RevisionId, i64)>, StorageError> {
    let rows: Vec<(String, i64)> = tx.all(RUNNING, args![id.to_string()])?;
    Ok(rows.into_iter().map(|(revision, count)| (RevisionId(revision), count)).collect())
}
