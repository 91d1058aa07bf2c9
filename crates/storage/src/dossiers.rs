//! Dossiers: their chain, their read model, what reports count of them, and their way back into the domain.

use crate::args;
use crate::chain::{self, Envelope};
use crate::engine::{Cursor, Row, Sql, StorageError, Tx};
use crate::rows::Day;
use crate::undecodable;
use domain::calendar::Timeliness;
use domain::dossier::{Dossier, DossierCode, Event, Holder, Owner, Recorded, Status};
use domain::ids::{DossierId, PersonId, ReformId, UnitId};
use domain::kpi;
use domain::organisation::{Placed, Places};
use domain::person::fold;
use domain::time::Instant;
use jiff::civil::Date;
use serde_json::Value as Json;

/// The columns of a [`Card`], in the order it reads them.
macro_rules! card_columns {
    () => {
        "id, code, foreign_code, revision, procedure, procedure_name, sector, channel, status, step, step_kind, next_act, owner_unit, \
         owner_post, owner_person, holder, held_since, receiving_unit, competent_unit, collect_at, filed_at, answer_by, received_at, due_at, \
         promised_at, clock_at, waiting, reply_by, finished_at, owed_vnd, applicant, applicant_folded, number_hash, phone_tail, number_tail, \
         account, unusual, version, last_hash, changed_at, is_open, desk, reform, needs_routing, fell_to_head"
    };
}
pub(crate) use card_columns;

crate::statements! {
    NEXT_NUMBER: "INSERT INTO dossier_number (unit, day, last) VALUES ($1, $2, 1) \
                  ON CONFLICT (unit, day) DO UPDATE SET last = dossier_number.last + 1 RETURNING last";
    SET_NUMBER: "INSERT INTO dossier_number (unit, day, last) VALUES ($1, $2, $3) \
                 ON CONFLICT (unit, day) DO UPDATE SET last = excluded.last";
    FIND_ID: "SELECT id FROM dossier WHERE code = $1";
    TAILS: "SELECT id, phone_tail, number_tail FROM dossier WHERE code = $1";
    LOG: "SELECT e.seq, e.at, e.actor, e.unit, e.kind, e.facts, b.body, e.hash FROM dossier_event e \
          LEFT JOIN dossier_event_body b ON b.dossier = e.dossier AND b.seq = e.seq WHERE e.dossier = $1 ORDER BY e.seq";
    LOG_FACTS: "SELECT seq, at, actor, unit, kind, facts, NULL, hash FROM dossier_event WHERE dossier = $1 ORDER BY seq";
    LAST_HASH: "SELECT hash FROM dossier_event WHERE dossier = $1 ORDER BY seq DESC LIMIT 1";
    ADD_EVENT: "INSERT INTO dossier_event (dossier, seq, at, actor, unit, kind, facts, body_hash, previous, hash) \
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    ADD_BODY: "INSERT INTO dossier_event_body (dossier, seq, salt, body) VALUES ($1, $2, $3, $4)";
    PUT_DOSSIER: concat!("INSERT INTO dossier (", card_columns!(), ") \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, \
        $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45) \
        ON CONFLICT (id) DO UPDATE SET status = excluded.status, step = excluded.step, step_kind = excluded.step_kind, \
        next_act = excluded.next_act, owner_unit = excluded.owner_unit, owner_post = excluded.owner_post, owner_person = excluded.owner_person, \
        holder = excluded.holder, held_since = excluded.held_since, answer_by = excluded.answer_by, received_at = excluded.received_at, \
        due_at = excluded.due_at, promised_at = excluded.promised_at, clock_at = excluded.clock_at, waiting = excluded.waiting, \
        reply_by = excluded.reply_by, finished_at = excluded.finished_at, owed_vnd = excluded.owed_vnd, applicant = excluded.applicant, \
        applicant_folded = excluded.applicant_folded, number_hash = excluded.number_hash, phone_tail = excluded.phone_tail, \
        number_tail = excluded.number_tail, account = excluded.account, unusual = excluded.unusual, version = excluded.version, last_hash = excluded.last_hash, \
        changed_at = excluded.changed_at, is_open = excluded.is_open, competent_unit = excluded.competent_unit, collect_at = excluded.collect_at, \
        desk = excluded.desk, reform = excluded.reform, needs_routing = excluded.needs_routing, fell_to_head = excluded.fell_to_head");
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
    ERASE_BODIES: "DELETE FROM dossier_event_body WHERE dossier = $1";
    ERASE_MESSAGES: "DELETE FROM outbox WHERE dossier = $1";
    ERASE_DOCUMENTS: "DELETE FROM document WHERE dossier = $1";
    ERASE_READINGS: "UPDATE reading SET reason = '', what = '' WHERE dossier = $1";
    ERASE_REMARK: "UPDATE rating SET remark = '' WHERE dossier = $1";
    ERASE_EXCHANGES: "DELETE FROM exchange WHERE dossier = $1";
    ERASE_SHARES: "DELETE FROM share WHERE dossier = $1";
    CARD: concat!("SELECT ", card_columns!(), " FROM dossier WHERE id = $1");
}

/// What one event takes to be stored beside itself: chance and words that this crate must not make up.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// The event.
    pub recorded: Recorded,
    /// Sixteen random bytes.
    pub salt: [u8; 16],
}

/// What the read model needs beside the dossier itself.
#[derive(Clone, Debug)]
pub struct Titles {
    /// Name of the pinned procedure.
    pub procedure_name: String,
    /// Keyed hash of the owner's personal number; empty where there is none.
    pub number_hash: String,
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
pub fn tails(tx: &Tx, code: &DossierCode) -> Result<Option<(DossierId, String, String)>, StorageError> {
    tx.opt(TAILS, args![code])
}

/// All events of a dossier, oldest first; bodies that were erased come back as erased.
///
/// # Errors
/// The storage failed, or an event cannot be read.
pub fn log(tx: &Tx, id: DossierId) -> Result<Vec<Recorded>, StorageError> {
    Ok(read_log(tx, LOG, id)?.0)
}

/// The events of a dossier, and the hash of the last; empty where there are none.
fn read_log(tx: &Tx, statement: Sql, id: DossierId) -> Result<(Vec<Recorded>, String), StorageError> {
    let (mut log, mut last_hash) = (Vec::with_capacity(12), String::new());
    tx.each(statement, args![id], |stored: StoredEvent| {
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

/// The dossier with its log, and the hash of its last event: see [`last_hash`].
///
/// # Errors
/// The storage failed, or the log cannot be folded.
pub fn find_to_last(tx: &Tx, id: DossierId) -> Result<Option<(Dossier, Vec<Recorded>, String)>, StorageError> {
    let (log, last_hash) = read_log(tx, LOG, id)?;
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
    let (log, _) = read_log(tx, LOG_FACTS, id)?;
    let Some(last) = log.last() else { return Ok(None) };
    let dossier = Dossier::fold(id, &log).map_err(|why| undecodable("folding a dossier", why))?;
    Ok(Some((dossier, last.at)))
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

/// Cuts an event into its facts and its body.
pub(crate) fn split(event: &Event) -> Result<(String, Option<String>), StorageError> {
    let failed = |why| undecodable("writing an event", why);
    let mut written = serde_json::to_value(event).map_err(failed)?;
    let Some(Json::Object(mut whole)) = written.get_mut(event.kind()).map(Json::take) else {
        return Err(undecodable("writing an event", "it is no object"));
    };
    let body = match whole.remove("body") {
        None | Some(Json::Null) => None,
        Some(body) => Some(body.to_string()),
    };
    Ok((Json::Object(whole).to_string(), body))
}

/// Puts an event together again.
pub(crate) fn join(kind: &str, facts: &str, body: Option<&str>) -> Result<Event, StorageError> {
    let failed = |why: &dyn std::fmt::Display| undecodable("reading an event", why);
    let inner = facts.strip_prefix('{').and_then(|it| it.strip_suffix('}')).ok_or_else(|| failed(&"no object"))?;
    let mut whole = String::with_capacity(kind.len() + facts.len() + body.map_or(0, str::len) + 24);
    whole.push('{');
    whole.push_str(&serde_json::to_string(kind).map_err(|why| failed(&why))?);
    whole.push_str(":{");
    whole.push_str(inner);
    if let Some(body) = body {
        whole.push_str(if inner.trim().is_empty() { "\"body\":" } else { ",\"body\":" });
        whole.push_str(body);
    }
    whole.push_str("}}");
    serde_json::from_str(&whole).map_err(|why| failed(&why))
}

/// Writes new events of a dossier: chain, bodies, read model, facts and due dates, all in the caller's transaction.
///
/// # Errors
/// The storage failed.
pub fn append(tx: &mut Tx, after: &Dossier, events: &[NewEvent], titles: &Titles) -> Result<(), StorageError> {
    let mut previous = last_hash(tx, after.id)?.unwrap_or_else(|| chain::START.to_owned());
    for new in events {
        previous = add_event(tx, after.id, new, previous)?;
    }
    let changed_at = events.last().map_or(after.filed_at, |it| it.recorded.at);
    put_card(tx, &Card::of(after, titles, &previous, changed_at))?;
    put_facts(tx, after, changed_at)?;
    if events.iter().any(|it| matches!(it.recorded.event, Event::Erased { .. })) {
        erase(tx, after.id)?;
    }
    Ok(())
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
                self.hash
            ],
        )?;
        match &self.body {
            Some(body) => tx.put(ADD_BODY, args![it.dossier, it.seq, self.salt, body]),
            None => Ok(()),
        }
    }
}

pub(crate) const fn holder_key(holder: &Holder) -> &'static str {
    match holder {
        Holder::Post { .. } => "post",
        Holder::Citizen => "citizen",
        Holder::Payment => "payment",
        Holder::Outside { .. } => "outside",
        Holder::Nobody => "nobody",
    }
}

fn tail(text: &str) -> String {
    let digits: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
    digits.iter().skip(digits.len().saturating_sub(4)).collect()
}

/// Writes one dossier's row of the read model.
pub(crate) fn put_card(tx: &mut Tx, it: &Card) -> Result<(), StorageError> {
    tx.put(
        PUT_DOSSIER,
        args![
            it.id,
            it.code,
            it.foreign_code,
            it.revision,
            it.procedure,
            it.procedure_name,
            it.sector,
            it.channel,
            it.status,
            it.step,
            it.step_kind,
            it.next_act,
            it.owner_unit,
            it.owner_post,
            it.owner_person,
            it.holder,
            it.held_since,
            it.receiving_unit,
            it.competent_unit,
            it.collect_at,
            it.filed_at,
            it.answer_by,
            it.received_at,
            it.due_at,
            it.promised_at,
            it.clock_at,
            it.waiting,
            it.reply_by,
            it.finished_at,
            it.owed_vnd,
            it.applicant,
            it.applicant_folded,
            it.number_hash,
            it.phone_tail,
            it.number_tail,
            it.account,
            it.unusual,
            it.version,
            it.last_hash,
            it.changed_at,
            it.is_open,
            it.desk,
            it.reform,
            it.needs_routing,
            it.fell_to_head
        ],
    )
}

pub(crate) const fn outcome_key(outcome: Timeliness) -> &'static str {
    match outcome {
        Timeliness::Early => "early",
        Timeliness::OnTime => "on_time",
        Timeliness::Late => "late",
    }
}

pub(crate) fn put_facts(tx: &mut Tx, it: &Dossier, changed_at: Instant) -> Result<(), StorageError> {
    let facts = kpi::facts(it);
    if facts.received_on.is_none() {
        return Ok(());
    }
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

/// The row of one dossier in the read model. Lists read a part of it: [`crate::lists::ListCard`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the like-named part of domain::dossier::Dossier")]
pub struct Card {
    pub id: DossierId,
    pub code: DossierCode,
    pub foreign_code: bool,
    pub revision: String,
    pub procedure: String,
    pub procedure_name: String,
    pub sector: String,
    pub channel: domain::procedure::Channel,
    pub status: Status,
    pub step: u16,
    pub step_kind: String,
    pub next_act: String,
    pub owner_unit: UnitId,
    pub owner_post: domain::post::Post,
    pub owner_person: Option<PersonId>,
    pub holder: String,
    pub held_since: Instant,
    pub receiving_unit: UnitId,
    pub competent_unit: UnitId,
    pub collect_at: UnitId,
    pub filed_at: Instant,
    pub answer_by: Option<Instant>,
    pub received_at: Option<Instant>,
    pub due_at: Option<Instant>,
    pub promised_at: Option<Instant>,
    pub clock_at: i64,
    pub waiting: bool,
    pub reply_by: Option<Day>,
    pub finished_at: Option<Instant>,
    pub owed_vnd: i64,
    pub applicant: String,
    pub applicant_folded: String,
    pub number_hash: String,
    pub phone_tail: String,
    pub number_tail: String,
    pub account: Option<PersonId>,
    pub unusual: u16,
    pub version: u32,
    pub last_hash: String,
    pub changed_at: Instant,
    pub is_open: bool,
    pub desk: UnitId,
    pub reform: Option<ReformId>,
    pub needs_routing: bool,
    pub fell_to_head: bool,
}

impl Row for Card {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self {
            id: row.take()?,
            code: row.take()?,
            foreign_code: row.take()?,
            revision: row.take()?,
            procedure: row.take()?,
            procedure_name: row.take()?,
            sector: row.take()?,
            channel: row.take()?,
            status: row.take()?,
            step: row.take()?,
            step_kind: row.take()?,
            next_act: row.take()?,
            owner_unit: row.take()?,
            owner_post: row.take()?,
            owner_person: row.take()?,
            holder: row.take()?,
            held_since: row.take()?,
            receiving_unit: row.take()?,
            competent_unit: row.take()?,
            collect_at: row.take()?,
            filed_at: row.take()?,
            answer_by: row.take()?,
            received_at: row.take()?,
            due_at: row.take()?,
            promised_at: row.take()?,
            clock_at: row.take()?,
            waiting: row.take()?,
            reply_by: row.take()?,
            finished_at: row.take()?,
            owed_vnd: row.take()?,
            applicant: row.take()?,
            applicant_folded: row.take()?,
            number_hash: row.take()?,
            phone_tail: row.take()?,
            number_tail: row.take()?,
            account: row.take()?,
            unusual: row.take()?,
            version: row.take()?,
            last_hash: row.take()?,
            changed_at: row.take()?,
            is_open: row.take()?,
            desk: row.take()?,
            reform: row.take()?,
            needs_routing: row.take()?,
            fell_to_head: row.take()?,
        })
    }
}

impl Placed for Card {
    fn dossier(&self) -> DossierId {
        self.id
    }

    fn places(&self) -> Places {
        Places {
            competent: self.competent_unit,
            owner: Owner { unit: self.owner_unit, post: self.owner_post, person: self.owner_person },
            desk: self.desk,
            collect: self.collect_at,
            received_by: self.receiving_unit,
            reform: self.reform,
        }
    }
}

impl Card {
    /// The row a dossier must have: `verify` compares it with the one that is there.
    pub fn of(it: &Dossier, titles: &Titles, last_hash: &str, changed_at: Instant) -> Self {
        let filing = it.filing.get();
        let applicant = filing.map_or("", |it| it.owner().name.as_str());
        let submitter = filing.map_or("", |it| it.submitter.name.as_str());
        let step_kind = serde_json::to_value(it.step.kind).ok().and_then(|kind| kind.as_str().map(str::to_owned));
        Self {
            id: it.id,
            code: it.code.clone(),
            foreign_code: it.foreign_code,
            revision: it.revision.0.clone(),
            procedure: it.procedure.to_string(),
            procedure_name: titles.procedure_name.clone(),
            sector: it.sector.clone(),
            channel: it.channel,
            status: it.status,
            step: it.step.number,
            step_kind: step_kind.unwrap_or_default(),
            next_act: it.next_act().map_or("", domain::dossier::NextAct::key).to_owned(),
            owner_unit: it.owner.unit,
            owner_post: it.owner.post,
            owner_person: it.owner.person,
            holder: holder_key(it.holder()).to_owned(),
            held_since: it.held_since(),
            receiving_unit: it.receiving_unit,
            competent_unit: it.competent_unit,
            collect_at: it.collect_at,
            filed_at: it.filed_at,
            answer_by: it.answer_by,
            received_at: it.received_at,
            due_at: it.due.map(|due| due.at),
            promised_at: it.promised_at(),
            clock_at: it.promised_at().or(it.answer_by).map_or(i64::MAX, Instant::micros),
            waiting: it.pause.is_some(),
            reply_by: it.supplement.as_ref().map(|open| open.reply_by).or_else(|| it.confirm_by()).map(Day),
            finished_at: it.finished_at,
            owed_vnd: it.still_owed_vnd(),
            applicant: applicant.to_owned(),
            applicant_folded: fold(&format!("{applicant} {submitter}")),
            number_hash: if filing.is_some() { titles.number_hash.clone() } else { String::new() },
            phone_tail: tail(filing.map_or("", |it| it.submitter.phone.as_str())),
            number_tail: tail(filing.map_or("", |it| it.submitter.number.as_str())),
            account: filing.and_then(|it| it.account),
            unusual: it.unusual_requests,
            version: it.version,
            last_hash: last_hash.to_owned(),
            changed_at,
            is_open: it.status.is_open(),
            desk: it.desk,
            reform: it.reform,
            needs_routing: it.needs_routing,
            fell_to_head: it.fell_to_head,
        }
    }
}

/// The card of one dossier.
///
/// # Errors
/// The storage failed.
pub fn card(tx: &Tx, id: DossierId) -> Result<Option<Card>, StorageError> {
    tx.opt(CARD, args![id])
}
