//! Lists of dossiers: queues of officers, dossiers of a citizen, searches.

use crate::args;
use crate::dossiers;
use crate::engine::{Cursor, Row, StorageError, Tx};
use crate::list_card::listed_columns;
pub use crate::list_card::{ListCard, Shelf, one};
use crate::rows::Day;
use domain::dossier::{Event, Status};
use domain::ids::{DossierId, PersonId, UnitId};
use domain::post::Post;
use domain::time::Instant;
use jiff::civil::Date;
use std::collections::HashMap;
use std::sync::Arc;

/// Longest page of a list.
pub const PAGE_MAX: u32 = 100;

// Which unit a row lies with today: the columns are named here and in no statement besides, so that a reorganisation changes
// these answers (`domain::organisation::Placed` is the same for one dossier). Each is there twice: for a house whose histories tell
// all, and for one that is `moving`, while a plan is in force and not every history tells of it yet.

/// The rows of the read model. While moving: as they will be once their histories tell of the last plan in force.
macro_rules! rows {
    (settled) => {
        "dossier"
    };
    (moving) => {
        "(SELECT d.id, d.code, d.foreign_code, d.revision, d.procedure, d.procedure_name, d.sector, d.channel, d.status, d.step, d.step_kind, \
         CASE WHEN t.dossier IS NULL OR d.next_act NOT IN ('work', 'assign') THEN d.next_act \
         WHEN t.owner_person IS NULL AND t.owner_post = 'specialist' THEN 'assign' ELSE 'work' END AS next_act, \
         COALESCE(t.owner_unit, d.owner_unit) AS owner_unit, COALESCE(t.owner_post, d.owner_post) AS owner_post, \
         CASE WHEN t.dossier IS NULL THEN d.owner_person ELSE t.owner_person END AS owner_person, d.holder, \
         CASE WHEN t.dossier IS NOT NULL AND d.holder = 'post' AND (t.owner_unit <> d.owner_unit OR t.owner_post <> d.owner_post OR \
         t.owner_person IS DISTINCT FROM d.owner_person) AND r.flipped_at > d.held_since THEN r.flipped_at ELSE d.held_since END AS held_since, \
         d.receiving_unit, COALESCE(t.competent_unit, d.competent_unit) AS competent_unit, COALESCE(t.collect_at, d.collect_at) AS collect_at, \
         d.filed_at, d.answer_by, d.received_at, d.due_at, d.promised_at, d.clock_at, d.waiting, d.reply_by, d.finished_at, d.owed_vnd, \
         d.applicant, d.applicant_folded, d.number_hash, d.phone_tail, d.number_tail, d.account, d.unusual, d.version, d.last_hash, \
         CASE WHEN r.flipped_at > d.changed_at THEN r.flipped_at ELSE d.changed_at END AS changed_at, d.is_open, \
         COALESCE(t.desk, d.desk) AS desk, COALESCE(t.reform, d.reform) AS reform, COALESCE(t.needs_routing, d.needs_routing) AS needs_routing, \
         COALESCE(t.fell_to_head, d.fell_to_head) AS fell_to_head \
         FROM dossier d LEFT JOIN transfer t ON t.dossier = d.id AND t.settled_at IS NULL AND t.reform = (SELECT u.reform FROM transfer u \
         JOIN reform p ON p.id = u.reform WHERE u.dossier = d.id AND u.settled_at IS NULL AND p.state = 'in_force' \
         ORDER BY p.effective_at DESC, p.planned_at DESC, p.id DESC LIMIT 1) LEFT JOIN reform r ON r.id = t.reform) dossier"
    };
}
/// Looks first where an index leads, then whether the row says so: a transfer may be of a plan that is still to come.
macro_rules! owned_by {
    (settled) => {
        "owner_unit = $1 AND owner_post = $2"
    };
    (moving) => {
        "id IN (SELECT o.id FROM dossier o WHERE o.owner_unit = $1 AND o.owner_post = $2 AND o.is_open = 1 \
         UNION ALL SELECT n.dossier FROM transfer n WHERE n.owner_unit = $1 AND n.owner_post = $2 AND n.settled_at IS NULL) \
         AND owner_unit = $1 AND owner_post = $2"
    };
}
macro_rules! in_hand_of {
    (settled) => {
        "owner_person = $1"
    };
    (moving) => {
        "id IN (SELECT o.id FROM dossier o WHERE o.owner_person = $1 AND o.is_open = 1 \
         UNION ALL SELECT n.dossier FROM transfer n WHERE n.owner_person = $1 AND n.settled_at IS NULL) AND owner_person = $1"
    };
}
macro_rules! responsible {
    () => {
        "competent_unit"
    };
}
/// Each way says that it is open: the indexes are looked for each by itself.
macro_rules! answered_by {
    (settled) => {
        "competent_unit = $1 AND ((owner_unit = $1 AND is_open = 1) OR (competent_unit = $1 AND competent_unit <> owner_unit AND is_open = 1))"
    };
    (moving) => {
        "id IN (SELECT o.id FROM dossier o WHERE o.owner_unit = $1 AND o.competent_unit = $1 AND o.is_open = 1 \
         UNION ALL SELECT w.id FROM dossier w WHERE w.competent_unit = $1 AND w.competent_unit <> w.owner_unit AND w.is_open = 1 \
         UNION ALL SELECT n.dossier FROM transfer n WHERE n.competent_unit = $1 AND n.settled_at IS NULL) AND competent_unit = $1"
    };
}
/// Of what is closed: it does not move, and belongs to the heirs of whoever knew it.
/// Each way says that it is closed: an index of the closed ones is looked for each by itself.
macro_rules! known_to {
    () => {
        "((owner_unit = $1 AND is_open = 0) OR (receiving_unit = $1 AND is_open = 0) OR (competent_unit = $1 AND is_open = 0) \
         OR (owner_unit IN (SELECT h.unit FROM heir h WHERE h.heir = $1) AND is_open = 0) \
         OR (receiving_unit IN (SELECT h.unit FROM heir h WHERE h.heir = $1) AND is_open = 0) \
         OR (competent_unit IN (SELECT h.unit FROM heir h WHERE h.heir = $1) AND is_open = 0))"
    };
}
macro_rules! received_by {
    () => {
        "receiving_unit"
    };
}

macro_rules! queue {
    ($state:ident, $what:expr, $end:literal) => {
        concat!(
            "SELECT ",
            $what,
            " FROM ",
            rows!($state),
            " WHERE ",
            owned_by!($state),
            " AND is_open = 1 AND (\
             ($3 = 'to_receive' AND status = 1) OR \
             ($3 = 'unclaimed' AND status IN (2, 4) AND (owner_person IS NULL OR NOT EXISTS (SELECT 1 FROM mandate m WHERE m.person = dossier.owner_person AND m.unit = dossier.owner_unit \
             AND m.post = dossier.owner_post AND m.from_on <= $9 AND (m.until_on IS NULL OR m.until_on > $9))) AND holder = 'post' AND next_act NOT IN ('sign', 'issue')) OR \
             ($3 = 'citizen' AND holder IN ('citizen', 'payment')) OR \
             ($3 = 'outside' AND holder = 'outside') OR \
             ($3 = 'to_sign' AND next_act = 'sign') OR \
             ($3 = 'to_issue' AND next_act = 'issue') OR \
             ($3 = 'to_hand_over' AND status = 9)) \
             AND ($4 = '' OR code = $5 OR applicant_folded LIKE '%' || $4 || '%' ESCAPE '\\') \
             AND ($6 = 0 OR channel = $6) AND ($7 = 0 OR (clock_at < $7 AND waiting = 0)) AND ($8 = '' OR procedure = $8)",
            $end
        )
    };
}

/// Decisions to be handed over that are wanted as a file, each with what its issue says. How a decision comes back is said by the
/// last event that speaks of it, in these very words: nobody can type them, because a quotation mark within a text is kept as `\"`.
macro_rules! wanted_as_file {
    ($state:ident) => {
        concat!(
            "SELECT id, (SELECT i.facts FROM dossier_event i WHERE i.dossier = dossier.id AND i.kind = 'issued' \
             ORDER BY i.seq DESC LIMIT 1) FROM ",
            rows!($state),
            " WHERE ",
            owned_by!($state),
            " AND is_open = 1 AND status = 9 AND EXISTS (SELECT 1 FROM dossier_event b WHERE b.dossier = dossier.id AND b.seq = \
             (SELECT max(e.seq) FROM dossier_event e WHERE e.dossier = dossier.id AND e.kind IN ('filed', 'corrected', 'collection_chosen')) \
             AND (b.body = '{\"how\":\"electronic\"}' OR replace(b.body, '\"collection\":{\"how\":\"electronic\"}', '') <> b.body)) \
             ORDER BY clock_at, id LIMIT $3"
        )
    };
}

macro_rules! mine {
    ($state:ident, $what:expr, $end:literal) => {
        concat!(
            "SELECT ",
            $what,
            " FROM ",
            rows!($state),
            " WHERE ",
            in_hand_of!($state),
            " AND is_open = 1 AND status IN (2, 4) AND holder = 'post' \
             AND ($2 = '' OR code = $3 OR applicant_folded LIKE '%' || $2 || '%' ESCAPE '\\') \
             AND ($4 = 0 OR channel = $4) AND ($5 = 0 OR (clock_at < $5 AND waiting = 0)) AND ($6 = '' OR procedure = $6)",
            $end
        )
    };
}

/// All that one person has in hand, unless it is narrowed: told by the index alone.
macro_rules! in_hand {
    ($end:literal) => {
        concat!(
            "SELECT id, version FROM dossier WHERE owner_person = $1 AND is_open = 1 AND status IN (2, 4) AND holder = 'post'",
            $end
        )
    };
}

macro_rules! done {
    ($what:expr, $end:literal) => {
        concat!(
            "SELECT ",
            $what,
            " FROM dossier WHERE ",
            known_to!(),
            " AND ($2 = '' OR code = $3 OR applicant_folded LIKE '%' || $2 || '%' ESCAPE '\\') \
             AND ($4 = 0 OR channel = $4) AND ($5 = '' OR procedure = $5)",
            $end
        )
    };
}

macro_rules! of_account {
    ($state:ident) => {
        concat!(
            "SELECT ",
            listed_columns!(),
            " FROM ",
            rows!($state),
            " WHERE account = $1 ORDER BY changed_at DESC LIMIT 200"
        )
    };
}

macro_rules! anywhere {
    ($state:ident) => {
        concat!(
            "SELECT ",
            listed_columns!(),
            " FROM ",
            rows!($state),
            " WHERE code = $1 OR ($2 <> '' AND applicant_folded LIKE '%' || $2 || '%' ESCAPE '\\') ORDER BY changed_at DESC LIMIT $3"
        )
    };
}

macro_rules! of_desk {
    ($state:ident) => {
        concat!(
            "SELECT ",
            listed_columns!(),
            " FROM ",
            rows!($state),
            " WHERE ",
            received_by!(),
            " = $1 ORDER BY filed_at DESC, id LIMIT $2"
        )
    };
}

macro_rules! by_unit {
    ($state:ident) => {
        concat!(
            "SELECT ",
            responsible!(),
            ", count(*) FILTER (WHERE received_at IS NOT NULL AND finished_at IS NULL), \
             count(*) FILTER (WHERE status IN (2, 4) AND waiting = 0 AND due_at < $1), \
             count(*) FILTER (WHERE status IN (2, 4) AND waiting = 0 AND due_at >= $1 AND due_at < $2), \
             count(*) FILTER (WHERE waiting = 1), count(*) FILTER (WHERE next_act = 'sign'), count(*) FILTER (WHERE status = 9), \
             count(*) FILTER (WHERE status = 1) FROM ",
            rows!($state),
            " WHERE is_open = 1 GROUP BY ",
            responsible!()
        )
    };
}

macro_rules! soon {
    ($state:ident) => {
        concat!(
            "SELECT ",
            listed_columns!(),
            " FROM ",
            rows!($state),
            " WHERE ",
            answered_by!($state),
            " AND is_open = 1 AND status IN (2, 4) AND waiting = 0 AND due_at < $2 ORDER BY due_at, id LIMIT $3"
        )
    };
}

crate::statements! {
    IS_MOVING: "SELECT count(*) FROM (SELECT 1 FROM reform WHERE state = 'in_force' LIMIT 1) x";
    QUEUE_NAMES: queue!(settled, "id, version", " ORDER BY clock_at, id LIMIT $10");
    QUEUE: queue!(settled, listed_columns!(), " ORDER BY clock_at, id LIMIT $10");
    QUEUE_COUNT: queue!(settled, "count(*)", "");
    QUEUE_MOVING: queue!(moving, listed_columns!(), " ORDER BY clock_at, id LIMIT $10");
    QUEUE_COUNT_MOVING: queue!(moving, "count(*)", "");
    WANTED_AS_FILE: wanted_as_file!(settled);
    WANTED_AS_FILE_MOVING: wanted_as_file!(moving);
    IN_HAND: in_hand!(" ORDER BY clock_at, id LIMIT $2");
    MINE_NAMES: mine!(settled, "id, version", " ORDER BY clock_at, id LIMIT $7");
    MINE: mine!(settled, listed_columns!(), " ORDER BY clock_at, id LIMIT $7");
    MINE_COUNT: mine!(settled, "count(*)", "");
    MINE_MOVING: mine!(moving, listed_columns!(), " ORDER BY clock_at, id LIMIT $7");
    MINE_COUNT_MOVING: mine!(moving, "count(*)", "");
    DONE: done!(listed_columns!(), " ORDER BY changed_at DESC, id LIMIT $6");
    DONE_COUNT: done!("count(*)", "");
    TAB_COUNTS: "SELECT status, holder, next_act, owner_person, dossiers FROM lying WHERE owner_unit = $1 AND owner_post = $2";
    TAB_COUNTS_MOVING: concat!("SELECT status, holder, next_act, owner_person, count(*) FROM ", rows!(moving), " WHERE ", owned_by!(moving),
        " AND is_open = 1 GROUP BY status, holder, next_act, owner_person");
    OF_ACCOUNT: of_account!(settled);
    OF_ACCOUNT_MOVING: of_account!(moving);
    RUNNING_TWIN: "SELECT code FROM dossier WHERE substr(number_hash, 1, 12) = substr($1, 1, 12) AND number_hash = $1 AND procedure = $2 \
        AND is_open = 1 ORDER BY filed_at DESC LIMIT 1";
    ANYWHERE: anywhere!(settled);
    ANYWHERE_MOVING: anywhere!(moving);
    LAPSED: "SELECT id, status FROM dossier WHERE reply_by IS NOT NULL AND reply_by < $1 ORDER BY reply_by LIMIT $2";
    RECEIVED_BY: of_desk!(settled);
    RECEIVED_BY_MOVING: of_desk!(moving);
    BY_UNIT: by_unit!(settled);
    BY_UNIT_MOVING: by_unit!(moving);
    SOON: soon!(settled);
    SOON_MOVING: soon!(moving);
    LATEST_OF_UNIT: concat!("SELECT code FROM dossier WHERE ", received_by!(), " = $1 AND channel <> 2 ORDER BY filed_at DESC, id LIMIT 1");
    RECEIVED_TODAY: concat!("SELECT count(*) FROM dossier WHERE ", received_by!(), " = $1 AND channel <> 2 AND filed_at >= $2");
    // Each way by itself, so that the index of a desk leads it.
    TAKEN_IN: concat!("SELECT x.procedure, count(*) FROM (SELECT d.procedure FROM dossier d WHERE d.", received_by!(), " = $1 AND d.channel <> 2 \
        AND d.filed_at >= $2 AND d.filed_at < $3 UNION ALL SELECT o.procedure FROM heir h JOIN dossier o ON o.", received_by!(), " = h.unit \
        WHERE h.heir = $1 AND o.channel <> 2 AND o.filed_at >= $2 AND o.filed_at < $3) x GROUP BY x.procedure");
    UNUSUAL: "SELECT d.code, d.procedure_name, e.at, e.actor, e.facts FROM dossier d JOIN dossier_event e ON e.dossier = d.id \
        WHERE d.unusual > 0 AND e.kind = 'supplement_requested' ORDER BY e.at DESC LIMIT $1";
    TO_ROUTE: concat!("SELECT ", listed_columns!(), " FROM dossier WHERE is_open = 1 AND id IN (SELECT id FROM dossier WHERE needs_routing = 1) \
        ORDER BY clock_at, id LIMIT $1 OFFSET $2");
    ANY_TO_ROUTE: "SELECT count(*) FROM (SELECT id FROM dossier WHERE needs_routing = 1 LIMIT 1) x";
    TO_ROUTE_MOVING: concat!("SELECT ", listed_columns!(), " FROM dossier WHERE is_open = 1 AND id IN (SELECT id FROM dossier WHERE needs_routing = 1 \
        UNION SELECT t.dossier FROM transfer t JOIN reform r ON r.id = t.reform WHERE t.needs_routing = 1 AND t.settled_at IS NULL \
        AND r.state = 'in_force') ORDER BY clock_at, id LIMIT $1 OFFSET $2");
    STATUSES: "SELECT status, count(*) FROM dossier GROUP BY status ORDER BY status";
}

/// Whether the histories of all dossiers tell where they lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Histories {
    /// Each of them does.
    Tell,
    /// A plan of reorganisation is in force, and not every history tells of it yet.
    Lag,
}

impl Histories {
    /// As a transaction finds them.
    ///
    /// # Errors
    /// The storage failed.
    pub fn of(tx: &Tx) -> Result<Self, StorageError> {
        Ok(if is_moving(tx)? { Self::Lag } else { Self::Tell })
    }
}

/// True while a plan of reorganisation is in force and not every history tells of it.
pub(crate) fn is_moving(tx: &Tx) -> Result<bool, StorageError> {
    Ok(tx.one::<i64>(IS_MOVING, args![])? > 0)
}

/// What narrows a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Folded words of a name, or a code.
    pub text: String,
    /// National code of the channel; 0 for all.
    pub channel: u8,
    /// Only what is due before; none for all.
    pub due_before: Option<Instant>,
    /// One procedure; empty for all.
    pub procedure: String,
}

impl Filter {
    fn code(&self) -> String {
        self.text.to_ascii_uppercase()
    }

    fn due(&self) -> i64 {
        self.due_before.map_or(0, Instant::micros)
    }
}

/// Most urgent dossiers of a post's queue, and how many there are in all.
///
/// # Errors
/// The storage failed.
pub fn queue(
    tx: &Tx,
    (histories, shelf): (Histories, &Shelf),
    (unit, post): (UnitId, Post),
    queue: &str,
    filter: &Filter,
    (today, most): (Date, u32),
) -> Result<(Vec<Arc<ListCard>>, i64), StorageError> {
    let (code, due, today) = (filter.code(), filter.due(), Day(today));
    let args = args![unit, post, queue, filter.text, code, filter.channel, due, filter.procedure, today, most];
    let (counted, rows) = if histories == Histories::Lag {
        (QUEUE_COUNT_MOVING, shared(tx.all(QUEUE_MOVING, args)?))
    } else {
        (QUEUE_COUNT, shelf.rows(tx, (QUEUE_NAMES, args), (QUEUE, args))?)
    };
    let count = how_many(&rows, most, || {
        tx.one(counted, args![unit, post, queue, filter.text, code, filter.channel, due, filter.procedure, today])
    })?;
    Ok((rows, count))
}

fn shared(rows: Vec<ListCard>) -> Vec<Arc<ListCard>> {
    rows.into_iter().map(Arc::new).collect()
}

/// How many there are in all: only where a list is full is that another question.
fn how_many(
    rows: &[Arc<ListCard>],
    most: u32,
    counted: impl FnOnce() -> Result<i64, StorageError>,
) -> Result<i64, StorageError> {
    match i64::try_from(rows.len()) {
        Ok(listed) if listed < i64::from(most) => Ok(listed),
        Ok(_) | Err(_) => counted(),
    }
}

/// Of the decisions that a post is to hand over those that are wanted as a file, the most urgent as in its queue: true where one was
/// issued as a file. One statement, however many there are.
///
/// # Errors
/// The storage failed, or an issue cannot be read.
pub fn wanted_as_file(
    tx: &Tx,
    histories: Histories,
    (unit, post): (UnitId, Post),
    most: u32,
) -> Result<HashMap<DossierId, bool>, StorageError> {
    let wanted = if histories == Histories::Lag { WANTED_AS_FILE_MOVING } else { WANTED_AS_FILE };
    let mut found = HashMap::new();
    tx.each(wanted, args![unit, post, most], |(id, issued): (DossierId, Option<String>)| {
        let is_file = match issued {
            Some(facts) => matches!(dossiers::join("issued", &facts, None)?, Event::Issued { document: Some(_), .. }),
            None => false,
        };
        found.insert(id, is_file);
        Ok::<(), StorageError>(())
    })?;
    Ok(found)
}

/// What one person has in hand.
///
/// # Errors
/// The storage failed.
pub fn mine(
    tx: &Tx,
    (histories, shelf): (Histories, &Shelf),
    person: PersonId,
    filter: &Filter,
    most: u32,
) -> Result<(Vec<Arc<ListCard>>, i64), StorageError> {
    let (code, due) = (filter.code(), filter.due());
    let args = args![person, filter.text, code, filter.channel, due, filter.procedure, most];
    let (counted, rows) = if histories == Histories::Lag {
        (MINE_COUNT_MOVING, shared(tx.all(MINE_MOVING, args)?))
    } else if *filter == Filter::default() {
        let read = || shelf.rows(tx, (IN_HAND, args![person, most]), (MINE, args));
        (MINE_COUNT, shelf.in_hand(tx, person, most, read)?)
    } else {
        (MINE_COUNT, shelf.rows(tx, (MINE_NAMES, args), (MINE, args))?)
    };
    let count = how_many(&rows, most, || {
        tx.one(counted, args![person, filter.text, code, filter.channel, due, filter.procedure])
    })?;
    Ok((rows, count))
}

/// Closed dossiers of a unit, newest first.
///
/// # Errors
/// The storage failed.
pub fn done(tx: &Tx, unit: UnitId, filter: &Filter, most: u32) -> Result<(Vec<Arc<ListCard>>, i64), StorageError> {
    let code = filter.code();
    let rows = shared(tx.all(DONE, args![unit, filter.text, code, filter.channel, filter.procedure, most])?);
    let count =
        how_many(&rows, most, || tx.one(DONE_COUNT, args![unit, filter.text, code, filter.channel, filter.procedure]))?;
    Ok((rows, count))
}

/// How much lies in each queue of a post.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the like-named queue")]
pub struct Counts {
    pub to_receive: i64,
    pub unclaimed: i64,
    pub citizen: i64,
    pub outside: i64,
    pub to_sign: i64,
    pub to_issue: i64,
    pub to_hand_over: i64,
}

/// Open dossiers of a post that stand alike: status, holder, next act, who took them on, how many.
type Alike = (Status, String, String, Option<PersonId>, i64);

impl Counts {
    fn add(&mut self, (status, holder, next_act, person, count): Alike, holds: impl Fn(PersonId) -> bool) {
        let in_work = matches!(status, Status::Received | Status::InProgress);
        let is_loose = person.is_none_or(|person| !holds(person)) && holder == "post";
        if status == Status::New {
            self.to_receive += count;
        }
        if in_work && is_loose && next_act != "sign" && next_act != "issue" {
            self.unclaimed += count;
        }
        match holder.as_str() {
            "citizen" | "payment" => self.citizen += count,
            "outside" => self.outside += count,
            _ => {}
        }
        match next_act.as_str() {
            "sign" => self.to_sign += count,
            "issue" => self.to_issue += count,
            _ => {}
        }
        if status == Status::Decided {
            self.to_hand_over += count;
        }
    }
}

/// The counts of all queues of a post; `holds` says who holds it today: what somebody took on who no longer does is nobody's.
///
/// # Errors
/// The storage failed.
pub fn counts(
    tx: &Tx,
    histories: Histories,
    (unit, post): (UnitId, Post),
    holds: impl Fn(PersonId) -> bool,
) -> Result<Counts, StorageError> {
    let mut counts = Counts::default();
    tx.each(
        if histories == Histories::Lag { TAB_COUNTS_MOVING } else { TAB_COUNTS },
        args![unit, post],
        |alike: Alike| {
            counts.add(alike, &holds);
            Ok::<(), StorageError>(())
        },
    )?;
    Ok(counts)
}

/// How many one person has in hand.
///
/// # Errors
/// The storage failed.
pub fn mine_count(tx: &Tx, histories: Histories, person: PersonId) -> Result<i64, StorageError> {
    let counted = if histories == Histories::Lag { MINE_COUNT_MOVING } else { MINE_COUNT };
    tx.one(counted, args![person, "", "", 0_i64, 0_i64, ""])
}

/// Dossiers of a citizen's account, newest act first.
///
/// # Errors
/// The storage failed.
pub fn of_account(tx: &Tx, person: PersonId) -> Result<Vec<ListCard>, StorageError> {
    tx.all(if is_moving(tx)? { OF_ACCOUNT_MOVING } else { OF_ACCOUNT }, args![person])
}

/// A running dossier of the same person and procedure.
///
/// # Errors
/// The storage failed.
pub fn running_twin(tx: &Tx, number_hash: &str, procedure: &str) -> Result<Option<String>, StorageError> {
    if number_hash.is_empty() {
        return Ok(None);
    }
    tx.opt(RUNNING_TWIN, args![number_hash, procedure])
}

/// Dossiers anywhere in the house by code or name.
///
/// # Errors
/// The storage failed.
pub fn anywhere(tx: &Tx, code: &str, folded_name: &str, most: u32) -> Result<Vec<ListCard>, StorageError> {
    tx.all(if is_moving(tx)? { ANYWHERE_MOVING } else { ANYWHERE }, args![code, folded_name, most])
}

/// The latest dossiers a desk took in, whatever became of the desk.
///
/// # Errors
/// The storage failed.
pub fn of_desk(tx: &Tx, unit: UnitId, most: u32) -> Result<Vec<ListCard>, StorageError> {
    tx.all(if is_moving(tx)? { RECEIVED_BY_MOVING } else { RECEIVED_BY }, args![unit, most])
}

/// Dossiers whose time to supply has passed.
///
/// # Errors
/// The storage failed.
pub fn lapsed(tx: &Tx, today: Date, most: u32) -> Result<Vec<(DossierId, Status)>, StorageError> {
    tx.all(LAPSED, args![Day(today), most])
}

/// Open work of a competent unit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is what its name says of open dossiers")]
pub struct UnitLoad {
    pub unit: UnitId,
    pub open: i64,
    pub late: i64,
    pub due_today: i64,
    pub waiting: i64,
    pub to_sign: i64,
    pub to_hand_over: i64,
    pub to_receive: i64,
}

impl Row for UnitLoad {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self {
            unit: row.take()?,
            open: row.take()?,
            late: row.take()?,
            due_today: row.take()?,
            waiting: row.take()?,
            to_sign: row.take()?,
            to_hand_over: row.take()?,
            to_receive: row.take()?,
        })
    }
}

/// Open work of every competent unit: late is what was due before today began, an apology or not.
///
/// # Errors
/// The storage failed.
pub fn by_unit(tx: &Tx, start_of_day: Instant, end_of_day: Instant) -> Result<Vec<UnitLoad>, StorageError> {
    tx.all(if is_moving(tx)? { BY_UNIT_MOVING } else { BY_UNIT }, args![start_of_day, end_of_day])
}

/// Running dossiers of a unit that are late or soon will be.
///
/// # Errors
/// The storage failed.
pub fn soon(tx: &Tx, unit: UnitId, before: Instant, most: u32) -> Result<Vec<Arc<ListCard>>, StorageError> {
    Ok(shared(tx.all(if is_moving(tx)? { SOON_MOVING } else { SOON }, args![unit, before, most])?))
}

/// What a desk took in since a moment, and the code of its latest.
///
/// # Errors
/// The storage failed.
pub fn desk_today(tx: &Tx, unit: UnitId, since: Instant) -> Result<(i64, Option<String>), StorageError> {
    Ok((tx.one(RECEIVED_TODAY, args![unit, since])?, tx.opt(LATEST_OF_UNIT, args![unit])?))
}

/// What a desk, and those it came after, took in at a counter or by post from one moment to before another: each procedure, how often.
///
/// # Errors
/// The storage failed.
pub fn taken_in(tx: &Tx, unit: UnitId, from: Instant, until: Instant) -> Result<Vec<(String, i64)>, StorageError> {
    tx.all(TAKEN_IN, args![unit, from, until])
}

/// A request for something outside the published list, or a further one.
pub type UnusualRequest = (String, String, Instant, Option<PersonId>, String);

/// The latest of them, for the control officer.
///
/// # Errors
/// The storage failed.
pub fn unusual_requests(tx: &Tx, most: u32) -> Result<Vec<UnusualRequest>, StorageError> {
    let asked: Vec<UnusualRequest> = tx.all(UNUSUAL, args![most])?;
    let is_unusual = |facts: &str| {
        let facts: serde_json::Value = serde_json::from_str(facts).unwrap_or_default();
        ["beyond_list", "overridden"].iter().any(|it| facts.get(it) == Some(&serde_json::Value::Bool(true)))
    };
    Ok(asked.into_iter().filter(|(_, _, _, _, facts)| is_unusual(facts)).collect())
}

/// Open dossiers of split units that no rule placed and nobody routed yet, the most urgent first; so many after so many.
///
/// # Errors
/// The storage failed.
pub fn to_route(tx: &Tx, histories: Histories, most: u32, skipped: u32) -> Result<Vec<ListCard>, StorageError> {
    if histories == Histories::Lag {
        return tx.all(TO_ROUTE_MOVING, args![most, skipped]);
    }
    // Almost always there are none: that is asked of an index with nothing in it.
    if tx.one::<i64>(ANY_TO_ROUTE, args![])? == 0 {
        return Ok(Vec::new());
    }
    tx.all(TO_ROUTE, args![most, skipped])
}

/// How many dossiers stand where.
///
/// # Errors
/// The storage failed.
pub fn statuses(tx: &Tx) -> Result<Vec<(Status, i64)>, StorageError> {
    tx.all(STATUSES, args![])
}
