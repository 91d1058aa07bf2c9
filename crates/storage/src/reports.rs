//! What the statutory forms count, from facts written with the events.

use crate::args;
use crate::engine::{Cursor, Row, StorageError, Tx};
use crate::rows::Day;
use domain::ids::{DossierId, UnitId};
use jiff::civil::Date;

/// The dossiers of a period as the form sees them: received by its last day and in the books on its first.
macro_rules! in_period {
    () => {
        "(SELECT f.dossier, f.competent_unit, f.sector, f.channel, f.received_on, f.outcome, \
              CASE WHEN $3 = 1 AND f.stopped = 1 THEN NULL ELSE f.finished_on END AS finished, \
              CASE WHEN f.stopped = 1 AND $3 = 1 THEN NULL WHEN f.finished_on IS NOT NULL AND f.finished_on <= $2 THEN NULL ELSE \
              (SELECT CASE WHEN h.waiting = 1 THEN NULL ELSE h.due_on END FROM due_history h WHERE h.dossier = f.dossier AND h.from_on <= $2 \
              ORDER BY h.seq DESC LIMIT 1) END AS due_then \
              FROM dossier_fact f WHERE f.received_on <= $2 AND (f.finished_on IS NULL OR f.finished_on >= $1 OR ($3 = 1 AND f.stopped = 1))) x"
    };
}

crate::statements! {
    FORM_06A: concat!("SELECT x.competent_unit, x.sector, \
        count(*) FILTER (WHERE x.received_on >= $1 AND x.channel = 2), \
        count(*) FILTER (WHERE x.received_on >= $1 AND x.channel <> 2), \
        count(*) FILTER (WHERE x.received_on < $1), \
        count(*) FILTER (WHERE x.finished <= $2 AND x.outcome = 'early'), \
        count(*) FILTER (WHERE x.finished <= $2 AND x.outcome = 'on_time'), \
        count(*) FILTER (WHERE x.finished <= $2 AND x.outcome = 'late'), \
        count(*) FILTER (WHERE x.finished <= $2 AND x.channel = 2), \
        count(*) FILTER (WHERE x.finished IS NULL OR x.finished > $2), \
        count(*) FILTER (WHERE (x.finished IS NULL OR x.finished > $2) AND x.due_then < $2) \
        FROM ", in_period!(), " GROUP BY x.competent_unit, x.sector");
    BEHIND_06A: concat!("SELECT x.dossier, x.competent_unit FROM ", in_period!(), " WHERE ($4 = 0 OR x.sector = $5) AND CASE \
        WHEN $6 = 3 THEN 1 = 1 WHEN $6 = 4 THEN x.received_on >= $1 AND x.channel = 2 WHEN $6 = 5 THEN x.received_on >= $1 AND x.channel <> 2 \
        WHEN $6 = 6 THEN x.received_on < $1 WHEN $6 = 7 THEN x.finished <= $2 \
        WHEN $6 = 8 THEN x.finished <= $2 AND x.outcome = 'early' WHEN $6 = 9 THEN x.finished <= $2 AND x.outcome = 'on_time' \
        WHEN $6 = 10 THEN x.finished <= $2 AND x.outcome = 'late' WHEN $6 = 11 THEN x.finished IS NULL OR x.finished > $2 \
        WHEN $6 = 12 THEN (x.finished IS NULL OR x.finished > $2) AND (x.due_then IS NULL OR x.due_then >= $2) \
        WHEN $6 = 13 THEN (x.finished IS NULL OR x.finished > $2) AND x.due_then < $2 ELSE 1 = 0 END \
        ORDER BY x.received_on, x.dossier");
}

/// Form II.06a for one competent unit and sector.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "columns of form II.06a, handbook §7.3")]
pub struct Counted {
    pub unit: UnitId,
    pub sector: String,
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

impl Row for Counted {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self {
            unit: row.take()?,
            sector: row.take()?,
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

/// What form II.06a counts between two days, both counted, as of the second.
///
/// # Errors
/// The storage failed.
pub fn form_06a(tx: &Tx, from: Date, to: Date, stopped_stay_open: bool) -> Result<Vec<Counted>, StorageError> {
    tx.all(FORM_06A, args![Day(from), Day(to), stopped_stay_open])
}

/// The dossiers that a column of form II.06a counts, numbered as the form numbers them (3 to 13), of one sector or of all,
/// with their competent units; in the order they were received.
///
/// # Errors
/// The storage failed.
pub fn behind_06a(
    tx: &Tx,
    (from, to): (Date, Date),
    stopped_stay_open: bool,
    sector: Option<&str>,
    column: u8,
) -> Result<Vec<(DossierId, UnitId)>, StorageError> {
    let (by_sector, sector) = (sector.is_some(), sector.unwrap_or_default());
    tx.all(BEHIND_06A, args![Day(from), Day(to), stopped_stay_open, by_sector, sector, i64::from(column)])
}
