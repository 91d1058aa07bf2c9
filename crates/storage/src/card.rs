//! The row of one dossier in the read model: made from its events, put beside them, and compared with them by `verify`.

use crate::args;
use crate::engine::{Cursor, Row, StorageError, Tx};
use crate::rows::Day;
use domain::dossier::{Dossier, DossierCode, DueDate, Holder, NextAct, Owner, Status};
use domain::ids::{DossierId, PersonId, ReformId, UnitId};
use domain::organisation::{Placed, Places};
use domain::person::fold;
use domain::post::Post;
use domain::procedure::Channel;
use domain::time::Instant;

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
    /// What a mere step changes, and nothing else: an index over what stays is left alone.
    STEP_DOSSIER: "UPDATE dossier SET status = $2, step = $3, step_kind = $4, next_act = $5, owner_unit = $6, owner_post = $7, owner_person = $8, \
        holder = $9, held_since = $10, version = $11, last_hash = $12, changed_at = $13 WHERE id = $1";
    CARD: concat!("SELECT ", card_columns!(), " FROM dossier WHERE id = $1");
}

/// What the read model needs beside the dossier itself.
#[derive(Clone, Debug)]
pub struct Titles {
    /// Name of the pinned procedure.
    pub procedure_name: String,
    /// Keyed hash of the owner's personal number; empty where there is none.
    pub number_hash: String,
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

/// Writes of its row what a mere step changes: for one that stands as it stood ([`Standing`]).
pub(crate) fn put_step(tx: &mut Tx, it: &Card) -> Result<(), StorageError> {
    tx.put(
        STEP_DOSSIER,
        args![
            it.id,
            it.status,
            it.step,
            it.step_kind,
            it.next_act,
            it.owner_unit,
            it.owner_post,
            it.owner_person,
            it.holder,
            it.held_since,
            it.version,
            it.last_hash,
            it.changed_at
        ],
    )
}

/// Of a dossier everything that its row and its facts hold and a step leaves as it is; whose it is and where they live is told by its
/// events ([`domain::dossier::Event::renames`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    dates: [Option<Instant>; 4],
    due: Option<DueDate>,
    reply_by: Option<Day>,
    waits: bool,
    is_open: bool,
    is_stopped: bool,
    owed_vnd: i64,
    unusual: u16,
    competent: (UnitId, usize),
    places: [UnitId; 3],
    reform: Option<ReformId>,
    marks: [bool; 2],
}

impl Standing {
    pub(crate) fn of(it: &Dossier) -> Self {
        Self {
            dates: [it.answer_by, it.received_at, it.finished_at, it.promised_at()],
            due: it.due,
            reply_by: reply_by(it),
            waits: it.pause.is_some(),
            is_open: it.status.is_open(),
            is_stopped: matches!(it.status, Status::Withdrawn | Status::Discontinued),
            owed_vnd: it.still_owed_vnd(),
            unusual: it.unusual_requests,
            competent: (it.competent_unit, it.competent_before().count()),
            places: [it.receiving_unit, it.collect_at, it.desk],
            reform: it.reform,
            marks: [it.needs_routing, it.fell_to_head],
        }
    }
}

fn reply_by(it: &Dossier) -> Option<Day> {
    it.supplement.as_ref().map(|open| open.reply_by).or_else(|| it.confirm_by()).map(Day)
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
    pub channel: Channel,
    pub status: Status,
    pub step: u16,
    pub step_kind: String,
    pub next_act: String,
    pub owner_unit: UnitId,
    pub owner_post: Post,
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
            next_act: it.next_act().map_or("", NextAct::key).to_owned(),
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
            reply_by: reply_by(it),
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
