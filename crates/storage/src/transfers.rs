//! Transfers: where a plan of reorganisation puts a dossier, from the staging until the dossier's own history tells of it.

use crate::args;
use crate::dossiers::{self, LinkedEvent, NewEvent, competence_rows};
use crate::engine::{Cursor, Row, StorageError, Tx};
use domain::dossier::{Dossier, DossierCode, NextAct, Owner, Recorded, Transfer};
use domain::ids::{DossierId, ReformId, UnitId};
use domain::organisation::{Placement, Transfers};
use domain::time::Instant;
use std::collections::HashMap;

crate::statements! {
    PUT: "INSERT INTO transfer (reform, dossier, competent_unit, desk, collect_at, owner_unit, owner_post, owner_person, needs_routing, \
        fell_to_head) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (reform, dossier) DO UPDATE SET \
        competent_unit = excluded.competent_unit, desk = excluded.desk, collect_at = excluded.collect_at, owner_unit = excluded.owner_unit, \
        owner_post = excluded.owner_post, owner_person = excluded.owner_person, needs_routing = excluded.needs_routing, \
        fell_to_head = excluded.fell_to_head";
    DROP: "DELETE FROM transfer WHERE reform = $1 AND dossier = $2 AND settled_at IS NULL";
    FORGET: "DELETE FROM transfer WHERE reform = $1 AND settled_at IS NULL";
    DROP_CLOSED: "DELETE FROM transfer WHERE reform = $1 AND NOT EXISTS \
        (SELECT 1 FROM dossier d WHERE d.id = transfer.dossier AND d.is_open = 1)";
    IN_FORCE: "SELECT id FROM reform WHERE state = 'in_force' ORDER BY effective_at, planned_at, id";
    PLACES: "SELECT dossier, competent_unit, desk, collect_at, owner_unit, owner_post, owner_person FROM transfer \
        WHERE reform = $1 AND settled_at IS NULL";
    UNTOLD_OF: "SELECT t.reform, t.dossier, t.competent_unit, t.desk, t.collect_at, t.owner_unit, t.owner_post, t.owner_person, t.needs_routing, \
        t.fell_to_head FROM transfer t JOIN reform r ON r.id = t.reform WHERE t.dossier = $1 AND t.settled_at IS NULL AND r.state = 'in_force' \
        ORDER BY r.effective_at, r.planned_at, r.id";
    UNTOLD: "SELECT reform, dossier, competent_unit, desk, collect_at, owner_unit, owner_post, owner_person, needs_routing, fell_to_head \
        FROM transfer WHERE reform = $1 AND dossier > $2 AND settled_at IS NULL ORDER BY dossier LIMIT $3";
    UNTOLD_LOGS: "SELECT e.dossier, e.seq, e.at, e.actor, e.unit, e.kind, e.facts, e.hash, e.body FROM transfer t \
        JOIN dossier_event e ON e.dossier = t.dossier \
        WHERE t.reform = $1 AND t.dossier > $2 AND t.dossier <= $3 AND t.settled_at IS NULL ORDER BY t.dossier, e.seq";
    STANDING: "SELECT d.id, d.version, d.last_hash FROM transfer t JOIN dossier d ON d.id = t.dossier \
        WHERE t.reform = $1 AND t.dossier >= $2 AND t.dossier <= $3 AND t.settled_at IS NULL";
    /// Of the read model what a transfer changes, and nothing else: an index over what stays is left alone.
    TELL_DOSSIER: "UPDATE dossier SET next_act = $2, owner_unit = $3, owner_post = $4, owner_person = $5, held_since = $6, competent_unit = $7, \
        collect_at = $8, version = $9, last_hash = $10, changed_at = $11, desk = $12, reform = $13, needs_routing = $14, fell_to_head = $15 WHERE id = $1";
    TELL_FACT: "UPDATE dossier_fact SET competent_unit = $2, moved = $3 WHERE dossier = $1";
    TELL_COMPETENCE: "INSERT INTO competence (dossier, nth, unit, until_on) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (dossier, nth) DO UPDATE SET unit = excluded.unit, until_on = excluded.until_on";
    TOLD: "UPDATE transfer SET settled_at = $3, told_seq = $4 WHERE reform = $1 AND dossier = $2 AND settled_at IS NULL";
    TOLD_AFTER: "SELECT dossier, told_seq, competent_unit FROM transfer WHERE reform = $1 AND told_seq IS NOT NULL AND dossier > $2 ORDER BY dossier LIMIT $3";
    MOVED: "SELECT dossier, competent_unit, collect_at FROM transfer WHERE reform = $1 AND dossier > $2 ORDER BY dossier LIMIT $3";
    COUNTS: "SELECT count(*), count(*) FILTER (WHERE settled_at IS NOT NULL), \
        count(*) FILTER (WHERE settled_at IS NULL AND needs_routing = 1), count(*) FILTER (WHERE fell_to_head = 1) FROM transfer WHERE reform = $1";
    STILL_TO_ROUTE: "SELECT count(*) FROM dossier WHERE id IN (SELECT id FROM dossier WHERE needs_routing = 1) AND is_open = 1 AND reform = $1";
    FIRST_ACT: "SELECT d.id, d.code, e.at, e.unit, e.seq FROM transfer t JOIN dossier_event e ON e.dossier = t.dossier AND e.seq > t.told_seq \
        JOIN dossier d ON d.id = t.dossier WHERE t.reform = $1 AND e.unit IS NOT NULL ORDER BY e.at, e.dossier, e.seq LIMIT 1";
}

/// Where a plan puts one dossier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Which plan.
    pub reform: ReformId,
    /// Which dossier.
    pub dossier: DossierId,
    /// Where it goes.
    pub to: Placement,
    /// True where no rule placed it.
    pub needs_routing: bool,
    /// True where nobody holds its post there.
    pub fell_to_head: bool,
}

impl Row for Stored {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self {
            reform: row.take()?,
            dossier: row.take()?,
            to: placement(row)?,
            needs_routing: row.take()?,
            fell_to_head: row.take()?,
        })
    }
}

fn placement(row: &Cursor<'_>) -> Result<Placement, StorageError> {
    Ok(Placement {
        competent: row.take()?,
        desk: row.take()?,
        collect: row.take()?,
        owner: Owner { unit: row.take()?, post: row.take()?, person: row.take()? },
    })
}

/// A dossier with its place, and nothing besides: read for all of a plan at its instant.
struct Placed(DossierId, Placement);

impl Row for Placed {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self(row.take()?, placement(row)?))
    }
}

/// Writes where a plan puts a dossier, instead of what was written before.
///
/// # Errors
/// The storage failed.
pub fn put(tx: &mut Tx, it: &Transfer) -> Result<(), StorageError> {
    let to = it.to;
    tx.put(
        PUT,
        args![
            it.reform,
            it.dossier,
            to.competent,
            to.desk,
            to.collect,
            to.owner.unit,
            to.owner.post,
            to.owner.person,
            it.needs_routing,
            it.fell_to_head
        ],
    )
}

/// A dossier that a plan no longer moves.
///
/// # Errors
/// The storage failed.
pub fn drop_one(tx: &mut Tx, reform: ReformId, dossier: DossierId) -> Result<(), StorageError> {
    tx.put(DROP, args![reform, dossier])
}

/// Everything of a plan that no history tells of.
///
/// # Errors
/// The storage failed.
pub fn forget(tx: &mut Tx, reform: ReformId) -> Result<(), StorageError> {
    tx.put(FORGET, args![reform])
}

/// Transfers of dossiers that were closed meanwhile are dropped.
///
/// # Errors
/// The storage failed.
pub fn drop_closed(tx: &mut Tx, reform: ReformId) -> Result<(), StorageError> {
    tx.put(DROP_CLOSED, args![reform])
}

/// Everything plans in force moved and no history tells of yet.
///
/// # Errors
/// The storage failed.
pub fn in_force(tx: &Tx) -> Result<Transfers, StorageError> {
    let mut transfers = Transfers::default();
    for reform in tx.all::<ReformId>(IN_FORCE, args![])? {
        let moved: Vec<Placed> = tx.all(PLACES, args![reform])?;
        transfers.put_all(reform, moved.into_iter().map(|Placed(dossier, to)| (dossier, to)));
    }
    Ok(transfers)
}

/// What plans in force do to a dossier that its history does not tell of yet, oldest first.
///
/// # Errors
/// The storage failed.
pub fn untold_of(tx: &Tx, dossier: DossierId) -> Result<Vec<Stored>, StorageError> {
    tx.all(UNTOLD_OF, args![dossier])
}

/// A dossier whose history does not tell of a plan in force yet, with that history.
#[derive(Clone, Debug)]
pub struct Untold {
    /// Where it lies.
    pub transfer: Stored,
    /// Its events until now.
    pub log: Vec<Recorded>,
    /// The hash of the last one.
    last_hash: String,
}

struct LogRow(DossierId, Recorded, String);

impl Row for LogRow {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        let dossier = row.take()?;
        let (seq, at, actor, unit) = (row.take()?, row.take()?, row.take()?, row.take()?);
        let (kind, facts): (String, String) = (row.take()?, row.take()?);
        let hash = row.take()?;
        let body: Option<String> = row.take()?;
        let event = dossiers::join(&kind, &facts, body.as_deref())?;
        Ok(Self(dossier, Recorded { seq, at, actor, unit, event }, hash))
    }
}

/// Dossiers after an id, in order, whose histories do not tell of a plan in force yet: for telling them piece by piece.
///
/// # Errors
/// The storage failed, or an event cannot be read.
pub fn untold(tx: &Tx, reform: ReformId, after: Option<DossierId>, most: u32) -> Result<Vec<Untold>, StorageError> {
    let after = bytes_after(after);
    let transfers: Vec<Stored> = tx.all(UNTOLD, args![reform, after, most])?;
    let Some(last) = transfers.last().map(|it| it.dossier) else { return Ok(Vec::new()) };
    let empty = |transfer| Untold { transfer, log: Vec::with_capacity(8), last_hash: String::new() };
    let mut found: Vec<Untold> = transfers.into_iter().map(empty).collect();
    let mut here = found.iter_mut().peekable();
    tx.each(UNTOLD_LOGS, args![reform, after, last], |LogRow(dossier, recorded, hash)| {
        // Both come in the order of their ids.
        while here.next_if(|it| it.transfer.dossier < dossier).is_some() {}
        if let Some(it) = here.peek_mut().filter(|it| it.transfer.dossier == dossier) {
            it.log.push(recorded);
            it.last_hash = hash;
        }
        Ok::<(), StorageError>(())
    })?;
    Ok(found)
}

/// What the history of one dossier will say of a transfer, ready to be written: nothing is left to be read or worked out.
pub struct Telling {
    event: LinkedEvent,
    after: Dossier,
    /// Version and last hash of the history it continues.
    continues: (u32, String),
}

impl Telling {
    /// `recorded` is the event that tells of it, `after` the dossier with it.
    ///
    /// # Errors
    /// The event cannot be written as text.
    pub fn of(it: &Untold, recorded: Recorded, after: Dossier) -> Result<Self, StorageError> {
        let continues = (recorded.seq.saturating_sub(1), it.last_hash.clone());
        // A transfer has no body, so that its salt hides nothing.
        let new = NewEvent { recorded, salt: [0; 16] };
        let event = LinkedEvent::of(after.id, &new, it.last_hash.clone())?;
        Ok(Self { event, after, continues })
    }

    /// Which dossier.
    pub const fn dossier(&self) -> DossierId {
        self.after.id
    }

    /// Writes the event and what it changes of the read model, the facts and the transfer. Neither the due date nor its history
    /// changes with a transfer.
    ///
    /// # Errors
    /// The storage failed.
    pub fn put(&self, tx: &mut Tx, reform: ReformId) -> Result<(), StorageError> {
        let it = &self.after;
        let at = self.event.at();
        self.event.put(tx)?;
        tx.put(
            TELL_DOSSIER,
            args![
                it.id,
                it.next_act().map_or("", NextAct::key),
                it.owner.unit,
                it.owner.post,
                it.owner.person,
                it.held_since(),
                it.competent_unit,
                it.collect_at,
                it.version,
                self.event.hash,
                at,
                it.desk,
                it.reform,
                it.needs_routing,
                it.fell_to_head
            ],
        )?;
        if it.received_at.is_some() {
            let before = competence_rows(it);
            for (nth, unit, until_on) in &before {
                tx.put(TELL_COMPETENCE, args![it.id, *nth, *unit, *until_on])?;
            }
            tx.put(TELL_FACT, args![it.id, it.competent_unit, !before.is_empty()])?;
        }
        told(tx, reform, it.id, at, it.version)
    }
}

/// Those whose histories still end where they ended when they were read; the others were told, or went on, meanwhile. Asked under
/// the locks of the dossiers, which are in the order of their ids.
///
/// # Errors
/// The storage failed.
pub fn unchanged<'a>(tx: &Tx, reform: ReformId, ready: &[&'a Telling]) -> Result<Vec<&'a Telling>, StorageError> {
    let (Some(first), Some(last)) = (ready.first(), ready.last()) else { return Ok(Vec::new()) };
    let standing: Vec<(DossierId, u32, String)> = tx.all(STANDING, args![reform, first.dossier(), last.dossier()])?;
    let standing: HashMap<DossierId, (u32, String)> =
        standing.into_iter().map(|(id, version, hash)| (id, (version, hash))).collect();
    let is_as_read = |it: &&&'a Telling| standing.get(&it.dossier()) == Some(&it.continues);
    Ok(ready.iter().filter(is_as_read).copied().collect())
}

/// A dossier's history tells of the plan now, by its event of that number.
///
/// # Errors
/// The storage failed.
pub fn told(tx: &mut Tx, reform: ReformId, dossier: DossierId, at: Instant, told_seq: u32) -> Result<(), StorageError> {
    tx.put(TOLD, args![reform, dossier, at, told_seq])
}

/// Dossiers a plan moved, after an id, in order, each with the number of the event that tells of it.
///
/// # Errors
/// The storage failed.
pub fn told_after(
    tx: &Tx,
    reform: ReformId,
    after: Option<DossierId>,
    most: u32,
) -> Result<Vec<(DossierId, u32, UnitId)>, StorageError> {
    tx.all(TOLD_AFTER, args![reform, bytes_after(after), most])
}

/// Dossiers a plan moves after an id, in order: which, the competent unit of after, and where its decision is handed over then.
///
/// # Errors
/// The storage failed.
pub fn moved(
    tx: &Tx,
    reform: ReformId,
    after: Option<DossierId>,
    most: u32,
) -> Result<Vec<(DossierId, UnitId, UnitId)>, StorageError> {
    tx.all(MOVED, args![reform, bytes_after(after), most])
}

fn bytes_after(id: Option<DossierId>) -> Vec<u8> {
    id.map_or_else(|| vec![0_u8; 16], |id| id.as_bytes().to_vec())
}

/// An act that stands in the way of taking a plan back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstAct {
    /// On which dossier.
    pub dossier: DossierId,
    /// Its code.
    pub code: DossierCode,
    /// When.
    pub at: Instant,
    /// In whose name.
    pub unit: UnitId,
    /// The event's number.
    pub seq: u32,
}

impl Row for FirstAct {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self { dossier: row.take()?, code: row.take()?, at: row.take()?, unit: row.take()?, seq: row.take()? })
    }
}

/// The first thing an office did on a dossier after the plan moved it.
///
/// # Errors
/// The storage failed.
pub fn first_act(tx: &Tx, reform: ReformId) -> Result<Option<FirstAct>, StorageError> {
    tx.opt(FIRST_ACT, args![reform])
}

/// How far a plan is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Dossiers it moves.
    pub moved: u64,
    /// Those whose history tells of it.
    pub settled: u64,
    /// Those that lie with a default successor and nobody has looked at yet.
    pub needs_routing: u64,
    /// Those that fell to a head.
    pub fell_to_head: u64,
}

/// How far a plan is.
///
/// # Errors
/// The storage failed.
pub fn counts(tx: &Tx, reform: ReformId) -> Result<Counts, StorageError> {
    let (moved, settled, to_route, fell_to_head): (i64, i64, i64, i64) = tx.one(COUNTS, args![reform])?;
    let still: i64 = tx.one(STILL_TO_ROUTE, args![reform])?;
    let [moved, settled, needs_routing, fell_to_head] =
        [moved, settled, to_route + still, fell_to_head].map(i64::unsigned_abs);
    Ok(Counts { moved, settled, needs_routing, fell_to_head })
}
