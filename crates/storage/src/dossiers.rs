//! Dossiers: their chain, their read model, what reports count of them, and their way back into the domain.

use crate::args;
pub use crate::card::{Card, Titles, card};
use crate::card::{Standing, put_card, put_step};
use crate::chain::{self, Envelope};
use crate::engine::{Cursor, Row, StorageError, Tx};
use crate::kept_event;
pub(crate) use crate::kept_event::{join, split};
use crate::rows::Day;
use crate::undecodable;
use domain::calendar::Timeliness;
use domain::dossier::{Dossier, DossierCode, Event, Recorded};
use domain::ids::{DossierId, PersonId, UnitId};
use domain::kpi;
use domain::time::Instant;
use jiff::civil::Date;

/// That a column is that code: its end first, by which the index of codes is ordered (ADR 0023). The end of a code under eleven
/// characters is another on each engine, so nobody else cuts it off.
macro_rules! has_code {
    ($column:literal, $code:literal) => {
        concat!(
            "substr(",
            $column,
            ", length(",
            $column,
            ") - 10) = substr(",
            $code,
            ", length(",
            $code,
            ") - 10) AND ",
            $column,
            " = ",
            $code
        )
    };
}
pub(crate) use has_code;

crate::statements! {
    NEXT_NUMBER: "INSERT INTO dossier_number (unit, day, last) VALUES ($1, $2, 1) \
                  ON CONFLICT (unit, day) DO UPDATE SET last = dossier_number.last + 1 RETURNING last";
    SET_NUMBER: "INSERT INTO dossier_number (unit, day, last) VALUES ($1, $2, $3) \
                 ON CONFLICT (unit, day) DO UPDATE SET last = excluded.last";
    FIND_ID: concat!("SELECT id FROM dossier WHERE ", has_code!("code", "$1"));
    TAILS: concat!("SELECT id, phone_tail, number_tail FROM dossier WHERE ", has_code!("code", "$1"));
    LOG: "SELECT e.seq, e.at, e.actor, e.unit, e.kind, e.facts, e.body, e.hash FROM dossier_event e WHERE e.dossier = $1 ORDER BY e.seq";
    LOG_FACTS: "SELECT seq, at, actor, unit, kind, facts FROM dossier_event WHERE dossier = $1 ORDER BY seq";
    LAST_HASH: "SELECT hash FROM dossier_event WHERE dossier = $1 ORDER BY seq DESC LIMIT 1";
    SUPPLIED: "SELECT count(*) FROM dossier_event WHERE dossier = $1 AND kind = 'supplemented'";
    ADD_EVENT: "INSERT INTO dossier_event (dossier, seq, at, actor, unit, kind, facts, body_hash, previous, hash, salt, body) \
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    PUT_FACT: "INSERT INTO dossier_fact (dossier, received_on, channel, receiving_unit, competent_unit, sector, finished_on, outcome, stopped, \
        moved, place) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (dossier) DO UPDATE SET received_on = excluded.received_on, \
        competent_unit = excluded.competent_unit, finished_on = excluded.finished_on, outcome = excluded.outcome, stopped = excluded.stopped, \
        moved = excluded.moved, place = excluded.place \
        WHERE dossier_fact.received_on <> excluded.received_on OR dossier_fact.competent_unit <> excluded.competent_unit \
        OR dossier_fact.finished_on IS DISTINCT FROM excluded.finished_on OR dossier_fact.outcome IS DISTINCT FROM excluded.outcome \
        OR dossier_fact.stopped <> excluded.stopped OR dossier_fact.moved <> excluded.moved \
        OR dossier_fact.place IS DISTINCT FROM excluded.place";
    PUT_COMPETENCE: "INSERT INTO competence (dossier, nth, unit, until_on) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (dossier, nth) DO UPDATE SET unit = excluded.unit, until_on = excluded.until_on";
    LAST_DUE: "SELECT due_on, waiting FROM due_history WHERE dossier = $1 ORDER BY seq DESC LIMIT 1";
    ADD_DUE: "INSERT INTO due_history (dossier, seq, from_on, due_on, waiting) VALUES ($1, $2, $3, $4, $5)";
    ERASE_BODIES: "UPDATE dossier_event SET salt = NULL, body = NULL WHERE dossier = $1";
    ERASE_MESSAGES: "DELETE FROM outbox WHERE dossier = $1";
    ERASE_DOCUMENTS: "DELETE FROM document WHERE dossier = $1";
    ERASE_READINGS: "UPDATE reading SET reason = '', what = '' WHERE dossier = $1";
    ERASE_REMARK: "UPDATE rating SET remark = '' WHERE dossier = $1";
    ERASE_EXCHANGES: "DELETE FROM exchange WHERE dossier = $1";
    ERASE_SHARES: "DELETE FROM share WHERE dossier = $1";
}

/// What one event takes to be stored beside itself: chance and words that this crate must not make up.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// The event.
    pub recorded: Recorded,
    /// Sixteen random bytes.
    pub salt: [u8; 16],
}

/// The next number of a unit on a day: unbroken, because it is taken inside the transaction that files.
///
/// # Errors
/// The storage failed.
pub fn next_number(tx: &mut Tx, unit: UnitId, on: Date) -> Result<u32, StorageError> {
    tx.one(NEXT_NUMBER, args![unit, Day(on)])
}

/// The last number of a unit on a day, where the codes of a whole day were given beforehand ([`crate::lives`]).
///
/// # Errors
/// The storage failed.
pub fn set_number(tx: &mut Tx, unit: UnitId, on: Date, last: u32) -> Result<(), StorageError> {
    tx.put(SET_NUMBER, args![unit, Day(on), last])
}

/// The dossier of that code.
///
/// # Errors
/// The storage failed.
pub fn find_id(tx: &Tx, code: &DossierCode) -> Result<Option<DossierId>, StorageError> {
    tx.opt(FIND_ID, args![code])
}

/// The dossier of that code, with the last digits of the telephone and of the personal number that open its look-up.
///
/// # Errors
/// The storage failed.
pub fn tails(tx: &Tx, code: &DossierCode) -> Result<Option<Tails>, StorageError> {
    tx.opt(TAILS, args![code])
}

/// A dossier with the last digits of the telephone and of the personal number that open its look-up.
pub type Tails = (DossierId, String, String);

/// All events of a dossier, oldest first; bodies that were erased come back as erased.
///
/// # Errors
/// The storage failed, or an event cannot be read.
pub fn log(tx: &Tx, id: DossierId) -> Result<Vec<Recorded>, StorageError> {
    Ok(read_log(tx, id)?.0)
}

/// The events of a dossier, and the hash of the last; empty where there are none.
fn read_log(tx: &Tx, id: DossierId) -> Result<(Vec<Recorded>, String), StorageError> {
    let (mut log, mut last_hash) = (Vec::with_capacity(12), String::new());
    tx.each(LOG, args![id], |stored: StoredEvent| {
        let (recorded, hash) = stored.linked()?;
        log.push(recorded);
        last_hash = hash;
        Ok::<(), StorageError>(())
    })?;
    Ok((log, last_hash))
}

/// The hash of the last event of a dossier: histories that end with the same one are the same.
///
/// # Errors
/// The storage failed.
pub fn last_hash(tx: &Tx, id: DossierId) -> Result<Option<String>, StorageError> {
    tx.opt(LAST_HASH, args![id])
}

/// True where its citizen was asked for something and sent it.
///
/// # Errors
/// The storage failed.
pub fn was_supplied(tx: &Tx, id: DossierId) -> Result<bool, StorageError> {
    Ok(tx.one::<i64>(SUPPLIED, args![id])? > 0)
}

/// The dossier with its log, and the hash of its last event: see [`last_hash`].
///
/// # Errors
/// The storage failed, or the log cannot be folded.
pub fn find_to_last(tx: &Tx, id: DossierId) -> Result<Option<(Dossier, Vec<Recorded>, String)>, StorageError> {
    let (log, last_hash) = read_log(tx, id)?;
    if log.is_empty() {
        return Ok(None);
    }
    let dossier = Dossier::fold(id, &log).map_err(|why| undecodable("folding a dossier", why))?;
    Ok(Some((dossier, log, last_hash)))
}

/// The dossier with its log.
///
/// # Errors
/// The storage failed, or the log cannot be folded.
pub fn find(tx: &Tx, id: DossierId) -> Result<Option<(Dossier, Vec<Recorded>)>, StorageError> {
    Ok(find_to_last(tx, id)?.map(|(dossier, log, _)| (dossier, log)))
}

/// The dossier as its facts alone tell it, as if every body were erased, and when something last happened to it: who may know where
/// it stands and no more gets this.
///
/// # Errors
/// The storage failed, or the log cannot be folded.
pub fn find_facts(tx: &Tx, id: DossierId) -> Result<Option<(Dossier, Instant)>, StorageError> {
    let (mut dossier, mut last) = (None, None);
    tx.each(LOG_FACTS, args![id], |Told(recorded)| {
        last = Some(recorded.at);
        Dossier::take_in(id, &mut dossier, &recorded).map_err(|why| undecodable("folding a dossier", why))
    })?;
    Ok(dossier.zip(last))
}

/// An event as its facts alone tell it.
struct Told(Recorded);

impl Row for Told {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self(Recorded {
            seq: row.take()?,
            at: row.take()?,
            actor: row.take()?,
            unit: row.take()?,
            event: kept_event::of_facts(row.text()?, row.text()?)?,
        }))
    }
}

struct StoredEvent {
    seq: u32,
    at: Instant,
    actor: Option<PersonId>,
    unit: Option<UnitId>,
    kind: String,
    facts: String,
    body: Option<String>,
    hash: String,
}

impl Row for StoredEvent {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self {
            seq: row.take()?,
            at: row.take()?,
            actor: row.take()?,
            unit: row.take()?,
            kind: row.take()?,
            facts: row.take()?,
            body: row.take()?,
            hash: row.take()?,
        })
    }
}

impl StoredEvent {
    /// The event, and the hash it has in its chain.
    fn linked(self) -> Result<(Recorded, String), StorageError> {
        let event = join(&self.kind, &self.facts, self.body.as_deref())?;
        Ok((Recorded { seq: self.seq, at: self.at, actor: self.actor, unit: self.unit, event }, self.hash))
    }
}

/// A dossier as it stood before new events.
#[derive(Clone, Debug)]
pub struct Stood {
    standing: Standing,
    last_hash: String,
}

impl Stood {
    /// With the hash of its last event, as this transaction sees it: see [`last_hash`].
    pub fn new(dossier: &Dossier, last_hash: String) -> Self {
        Self { standing: Standing::of(dossier), last_hash }
    }
}

/// Writes new events of a dossier: chain, bodies, read model, facts and due dates, all in the caller's transaction; gives the hash of
/// the last one. `stood` is none for one that is filed by them.
///
/// # Errors
/// The storage failed.
pub fn append(
    tx: &mut Tx,
    stood: Option<Stood>,
    after: &Dossier,
    events: &[NewEvent],
    titles: &Titles,
) -> Result<String, StorageError> {
    let (standing, mut previous) =
        stood.map_or((None, chain::START.to_owned()), |it| (Some(it.standing), it.last_hash));
    for new in events {
        previous = add_event(tx, after.id, new, previous)?;
    }
    let changed_at = events.last().map_or(after.filed_at, |it| it.recorded.at);
    let card = Card::of(after, titles, &previous, changed_at);
    let is_step = standing == Some(Standing::of(after)) && !events.iter().any(|it| it.recorded.event.renames());
    if is_step {
        put_step(tx, &card)?;
    } else {
        put_card(tx, &card)?;
        put_facts(tx, after, changed_at)?;
    }
    if events.iter().any(|it| matches!(it.recorded.event, Event::Erased { .. })) {
        erase(tx, after.id)?;
    }
    Ok(previous)
}

fn add_event(tx: &mut Tx, dossier: DossierId, new: &NewEvent, previous: String) -> Result<String, StorageError> {
    let linked = LinkedEvent::of(dossier, new, previous)?;
    linked.put(tx)?;
    Ok(linked.hash)
}

/// An event as its rows hold it: linked to the one before, its words apart.
pub(crate) struct LinkedEvent {
    envelope: Envelope,
    pub(crate) hash: String,
    salt: [u8; 16],
    body: Option<String>,
}

impl LinkedEvent {
    pub(crate) fn of(dossier: DossierId, new: &NewEvent, previous: String) -> Result<Self, StorageError> {
        let recorded = &new.recorded;
        let (facts, body) = split(&recorded.event)?;
        let envelope = Envelope {
            dossier,
            seq: recorded.seq,
            at: recorded.at,
            actor: recorded.actor,
            unit: recorded.unit,
            kind: recorded.event.kind().to_owned(),
            facts,
            body_hash: body.as_deref().map(|it| chain::body_hash(&new.salt, it)).unwrap_or_default(),
            previous,
        };
        let hash = envelope.hash();
        Ok(Self { envelope, hash, salt: new.salt, body })
    }

    pub(crate) const fn at(&self) -> Instant {
        self.envelope.at
    }

    pub(crate) fn put(&self, tx: &mut Tx) -> Result<(), StorageError> {
        let it = &self.envelope;
        tx.put(
            ADD_EVENT,
            args![
                it.dossier,
                it.seq,
                it.at,
                it.actor,
                it.unit,
                it.kind,
                it.facts,
                it.body_hash,
                it.previous,
                self.hash,
                self.body.as_ref().map(|_| self.salt),
                self.body
            ],
        )
    }
}

pub(crate) const fn outcome_key(outcome: Timeliness) -> &'static str {
    match outcome {
        Timeliness::Early => "early",
        Timeliness::OnTime => "on_time",
        Timeliness::Late => "late",
    }
}

pub(crate) fn put_facts(tx: &mut Tx, it: &Dossier, changed_at: Instant) -> Result<(), StorageError> {
    if it.received_at.is_none() {
        return Ok(());
    }
    let facts = kpi::facts(it);
    put_fact(tx, it, &facts)?;
    let due_on = facts.due_on.map(Day);
    let last: Option<(Option<Day>, bool)> = tx.opt(LAST_DUE, args![it.id])?;
    if last != Some((due_on, facts.waiting)) {
        put_due(tx, it.id, &(it.version, Day(changed_at.day()), due_on, facts.waiting))?;
    }
    Ok(())
}

/// One unit that was competent before the present one: its place in their order, the unit, the first day it was not.
pub(crate) type CompetenceRow = (u32, UnitId, Day);

/// Who was competent for a dossier before the unit that is now, as its events say.
pub(crate) fn competence_rows(it: &Dossier) -> Vec<CompetenceRow> {
    (1..).zip(it.competent_before()).map(|(nth, (unit, until))| (nth, unit, Day(until.day()))).collect()
}

/// What reports count of a dossier that was received.
pub(crate) fn put_fact(tx: &mut Tx, it: &Dossier, facts: &kpi::Facts) -> Result<(), StorageError> {
    let Some(received_on) = facts.received_on else { return Ok(()) };
    let before = competence_rows(it);
    for (nth, unit, until_on) in &before {
        tx.put(PUT_COMPETENCE, args![it.id, *nth, *unit, *until_on])?;
    }
    tx.put(
        PUT_FACT,
        args![
            it.id,
            Day(received_on),
            it.channel,
            it.receiving_unit,
            it.competent_unit,
            it.sector,
            facts.finished_on.map(Day),
            facts.outcome.map(outcome_key),
            facts.stopped,
            !before.is_empty(),
            facts.place
        ],
    )
}

/// One due date a dossier had: since which version and day, the date, and whether its clock stood still.
pub(crate) type DueRow = (u32, Day, Option<Day>, bool);

pub(crate) fn put_due(
    tx: &mut Tx,
    id: DossierId,
    (seq, from_on, due_on, waiting): &DueRow,
) -> Result<(), StorageError> {
    tx.put(ADD_DUE, args![id, *seq, *from_on, *due_on, *waiting])
}

fn erase(tx: &mut Tx, id: DossierId) -> Result<(), StorageError> {
    for statement in
        [ERASE_BODIES, ERASE_MESSAGES, ERASE_DOCUMENTS, ERASE_READINGS, ERASE_REMARK, ERASE_SHARES, ERASE_EXCHANGES]
    {
        tx.put(statement, args![id])?;
    }
    Ok(())
}
