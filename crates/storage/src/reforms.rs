//! Reorganisations: plans as they were checked, what became of each, and what one looks at before. Where they put dossiers:
//! [`transfers`].

use crate::args;
use crate::engine::{Cursor, Row, StorageError, Tx};
use crate::rows::Day;
use crate::{house, transfers, undecodable};
use domain::dossier::{DossierCode, Owner, Status};
use domain::ids::{DossierId, PersonId, ReformId, UnitId};
use domain::organisation::Places;
use domain::organisation::reform::{MandateChanges, NumberSeries, OpenDossier, Reorganisation};
use domain::post::Post;
use domain::time::Instant;
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};

crate::statements! {
    ADD: "INSERT INTO reform (id, key, instrument, effective_at, state, body, planned_at, planned_by, undoes) \
        VALUES ($1, $2, $3, $4, 'staging', $5, $6, $7, $8)";
    ALL: "SELECT id, state, body, flipped_at, settled_at, made, undoes, key, instrument, effective_at FROM reform ORDER BY effective_at, planned_at, id";
    FIND: "SELECT id, state, body, flipped_at, settled_at, made, undoes, key, instrument, effective_at FROM reform WHERE id = $1";
    BODY: "SELECT body FROM reform WHERE id = $1";
    NAMED: "SELECT key, instrument, effective_at FROM reform WHERE id = $1";
    STANDING: "SELECT state, effective_at FROM reform WHERE id = $1";
    STAGED: "UPDATE reform SET state = 'staged' WHERE id = $1 AND state = 'staging'";
    DUE: "SELECT id, state, instrument, effective_at FROM reform WHERE state IN ('staging', 'staged') AND undoes IS NULL AND effective_at <= $1 ORDER BY effective_at, planned_at, id LIMIT 1";
    FLIP: "UPDATE reform SET state = 'in_force', flipped_at = $2, made = $3 WHERE id = $1 AND state = 'staged'";
    SETTLE: "UPDATE reform SET state = 'settled', settled_at = $2 WHERE id = $1 AND state = 'in_force' AND NOT EXISTS \
        (SELECT 1 FROM transfer t WHERE t.reform = reform.id AND t.settled_at IS NULL)";
    STAGE_AGAIN: "UPDATE reform SET state = 'staging' WHERE state = 'staged' AND undoes IS NULL";
    GIVE_UP: "UPDATE reform SET state = 'given_up' WHERE id = $1 AND state IN ('staging', 'staged')";
    UNDONE: "UPDATE reform SET state = 'undone' WHERE id = $1 AND state = 'settled'";
    TAKEN_BACK: "SELECT flipped_at, planned_by FROM reform WHERE undoes = $1 AND flipped_at IS NOT NULL ORDER BY flipped_at LIMIT 1";
    FORGET: "DELETE FROM reform WHERE id = $1 AND undoes IS NOT NULL AND state IN ('staging', 'staged')";
    PAID: "SELECT e.dossier, e.kind, e.facts FROM dossier_event e JOIN dossier d ON d.id = e.dossier WHERE d.is_open = 1 AND e.kind IN ('paid', 'refunded')";
    SERIES: "SELECT unit, last FROM dossier_number n WHERE day = (SELECT max(m.day) FROM dossier_number m WHERE m.unit = n.unit AND m.day <= $1) ORDER BY unit";
    LAST_NUMBER: "SELECT day, last FROM dossier_number WHERE unit = $1 AND day <= $2 ORDER BY day DESC LIMIT 1";
    FIRST_FILED: "SELECT id, code, filed_at, receiving_unit FROM dossier WHERE (receiving_unit = $1 OR (owner_unit = $1 AND competent_unit = $1 AND is_open = 1) \
        OR (competent_unit = $1 AND competent_unit <> owner_unit AND is_open = 1) \
        OR (competent_unit = $1 AND is_open = 0)) AND filed_at >= $2 \
        ORDER BY filed_at, id LIMIT 1";
    OPEN_DOSSIERS: "SELECT d.id, d.status, d.competent_unit, d.owner_unit, d.owner_post, d.owner_person, d.desk, d.collect_at, d.receiving_unit, \
        d.reform, d.owed_vnd, b.body FROM dossier d LEFT JOIN dossier_event b ON b.dossier = d.id AND b.seq = 1 \
        WHERE d.is_open = 1 AND d.id > $1 ORDER BY d.id LIMIT $2";
    OPEN_IDS: "SELECT id FROM dossier WHERE is_open = 1 AND id > $1 ORDER BY id LIMIT $2";
    END_MANDATE: "UPDATE mandate SET until_on = $5 WHERE person = $1 AND unit = $2 AND post = $3 AND from_on = $4";
    ADD_MANDATE: "INSERT INTO mandate (person, unit, post, from_on, until_on) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (person, unit, post, from_on) DO UPDATE SET until_on = excluded.until_on";
    END_SESSIONS: "DELETE FROM session WHERE person = $1";
}

/// What became of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Its transfers are being written; to every reader all is old.
    Staging,
    /// Its transfers are written; to every reader all is old.
    Staged,
    /// The instant has come; to every reader all is new.
    InForce,
    /// Every dossier's history tells of it.
    Settled,
    /// Another plan took it back.
    Undone,
    /// It was given up before its instant.
    GivenUp,
}

impl State {
    const ALL: [Self; 6] = [Self::Staging, Self::Staged, Self::InForce, Self::Settled, Self::Undone, Self::GivenUp];

    /// The word stored.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Staging => "staging",
            Self::Staged => "staged",
            Self::InForce => "in_force",
            Self::Settled => "settled",
            Self::Undone => "undone",
            Self::GivenUp => "given_up",
        }
    }
}

/// A plan with what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reform {
    /// The plan as it was checked.
    pub plan: Reorganisation,
    /// What became of it.
    pub state: State,
    /// When it came into force.
    pub flipped_at: Option<Instant>,
    /// When the last dossier told of it.
    pub settled_at: Option<Instant>,
    /// What it did to rights when it came into force.
    pub made: Option<MandateChanges>,
    /// The plan it takes back.
    pub undoes: Option<ReformId>,
}

/// A plan whose row cannot be read any more: what can still be said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Its id.
    pub id: ReformId,
    /// The key of its file.
    pub key: String,
    /// The resolution.
    pub instrument: String,
    /// The instant it names.
    pub effective_at: Instant,
    /// What became of it, as far as that can be read.
    pub state: Option<State>,
    /// The plan it takes back.
    pub undoes: Option<ReformId>,
    /// Why it cannot be read.
    pub why: String,
}

impl Unreadable {
    /// True where it is still to come.
    pub fn waits(&self) -> bool {
        self.undoes.is_none() && matches!(self.state, Some(State::Staging | State::Staged))
    }
}

struct Stored(Result<Reform, Unreadable>);

impl Row for Stored {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        let id: ReformId = row.take()?;
        let (state, body): (String, String) = (row.take()?, row.take()?);
        let (flipped_at, settled_at, made) = (row.take()?, row.take()?, row.take::<Option<String>>()?);
        let undoes = row.take()?;
        let state = State::ALL.into_iter().find(|it| it.key() == state);
        let plan: Result<Reorganisation, _> = serde_json::from_str(&body);
        let made = made.map(|it| serde_json::from_str(&it)).transpose();
        let why = match (plan, made, state) {
            (Ok(plan), Ok(made), Some(state)) => {
                return Ok(Self(Ok(Reform { plan, state, flipped_at, settled_at, made, undoes })));
            }
            (Err(why), _, _) | (Ok(_), Err(why), _) => why.to_string(),
            (Ok(_), Ok(_), None) => "an unknown state".to_owned(),
        };
        let (key, instrument, effective_at) = (row.take()?, row.take()?, row.take()?);
        Ok(Self(Err(Unreadable { id, key, instrument, effective_at, state, undoes, why })))
    }
}

/// Of a [`Filing`](domain::dossier::Filing) what a plan looks at; of a hundred thousand nothing else is read.
#[derive(Deserialize)]
struct Moving {
    submitter: Living,
    applicant: Option<Living>,
    papers: Vec<Shelved>,
    by_message: bool,
}

impl Moving {
    /// As notices are sent.
    fn is_told(&self) -> bool {
        (self.by_message && !self.submitter.phone.is_empty()) || !self.submitter.email.is_empty()
    }
}

#[derive(Deserialize)]
struct Living {
    phone: String,
    email: String,
    address: String,
}

#[derive(Deserialize)]
struct Shelved {
    originals: u8,
}

struct StoredDossier(OpenDossier);

impl Row for StoredDossier {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        let (id, status): (DossierId, Status) = (row.take()?, row.take()?);
        let competent: UnitId = row.take()?;
        let owner = Owner { unit: row.take()?, post: row.take::<Post>()?, person: row.take::<Option<PersonId>>()? };
        let (desk, collect, received_by) = (row.take()?, row.take()?, row.take()?);
        let reform: Option<ReformId> = row.take()?;
        let owed_vnd: i64 = row.take()?;
        let body: Option<String> = row.take()?;
        let filing: Option<Moving> = body.and_then(|it| serde_json::from_str(&it).ok());
        Ok(Self(OpenDossier {
            id,
            status,
            places: Places { competent, owner, desk, collect, received_by, reform },
            papers: filing
                .as_ref()
                .map_or(0, |it| it.papers.iter().map(|paper| u32::from(paper.originals)).sum::<u32>())
                + u32::from(status == Status::Decided),
            is_told: filing.as_ref().is_some_and(Moving::is_told),
            address: filing.map(|it| it.applicant.unwrap_or(it.submitter).address).unwrap_or_default(),
            owed_vnd,
            paid_vnd: 0,
            asked: None,
        }))
    }
}

/// Keeps a checked plan: staged from now on. `undoes` is the plan it takes back.
///
/// # Errors
/// The storage failed.
pub fn add(
    tx: &mut Tx,
    plan: &Reorganisation,
    at: Instant,
    by: Option<PersonId>,
    undoes: Option<ReformId>,
) -> Result<(), StorageError> {
    let body = serde_json::to_string(plan).map_err(|why| undecodable("writing a plan", why))?;
    tx.put(ADD, args![plan.id, plan.key, plan.instrument, plan.effective_at, body, at, by, undoes])?;
    house::next_edition(tx, house::ORGANISATION)
}

/// Every plan that can be read, in the order of their instants.
///
/// # Errors
/// The storage failed.
pub fn all(tx: &Tx) -> Result<Vec<Reform>, StorageError> {
    Ok(all_and_unreadable(tx)?.0)
}

/// Every plan in the order of their instants, and those whose rows cannot be read: one of them keeps nobody from the others.
///
/// # Errors
/// The storage failed.
pub fn all_and_unreadable(tx: &Tx) -> Result<(Vec<Reform>, Vec<Unreadable>), StorageError> {
    let (mut read, mut not) = (Vec::new(), Vec::new());
    for it in tx.all::<Stored>(ALL, args![])? {
        match it.0 {
            Ok(reform) => read.push(reform),
            Err(unreadable) => not.push(unreadable),
        }
    }
    Ok((read, not))
}

/// One plan.
///
/// # Errors
/// The storage failed, or the plan cannot be read.
pub fn find(tx: &Tx, id: ReformId) -> Result<Option<Reform>, StorageError> {
    let found: Option<Stored> = tx.opt(FIND, args![id])?;
    found.map(|it| it.0.map_err(|it| undecodable("reading a plan", it.why))).transpose()
}

/// What became of a plan, and its instant; also of one that cannot be read.
///
/// # Errors
/// The storage failed, or its state is none we know.
pub fn standing(tx: &Tx, id: ReformId) -> Result<Option<(State, Instant)>, StorageError> {
    let found: Option<(String, Instant)> = tx.opt(STANDING, args![id])?;
    let known = |(word, at): (String, Instant)| {
        let state = State::ALL.into_iter().find(|it| it.key() == word);
        Ok((state.ok_or_else(|| undecodable("reading a plan", "an unknown state"))?, at))
    };
    found.map(known).transpose()
}

/// The key, the resolution and the instant that stand beside the words of a plan: by them its row is found.
///
/// # Errors
/// The storage failed.
pub fn named(tx: &Tx, id: ReformId) -> Result<Option<(String, String, Instant)>, StorageError> {
    tx.opt(NAMED, args![id])
}

/// A plan still to come whose instant has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Which.
    pub id: ReformId,
    /// Whether all its transfers are written.
    pub state: State,
    /// The resolution.
    pub instrument: String,
    /// The instant.
    pub effective_at: Instant,
}

/// The earliest plan still to come whose instant has come; its row alone is asked, not what the plan says.
///
/// # Errors
/// The storage failed.
pub fn due(tx: &Tx, now: Instant) -> Result<Option<Due>, StorageError> {
    let due: Option<(ReformId, String, String, Instant)> = tx.opt(DUE, args![now])?;
    Ok(due.map(|(id, state, instrument, effective_at)| {
        let state = if state == State::Staged.key() { State::Staged } else { State::Staging };
        Due { id, state, instrument, effective_at }
    }))
}

/// All transfers of a plan are written.
///
/// # Errors
/// The storage failed.
pub fn staged(tx: &mut Tx, reform: ReformId) -> Result<(), StorageError> {
    tx.put(STAGED, args![reform])
}

/// Open dossiers after an id, in order, with where their subjects live: for walks in small pieces.
///
/// # Errors
/// The storage failed.
pub fn open_dossiers(tx: &Tx, after: Option<DossierId>, most: u32) -> Result<Vec<OpenDossier>, StorageError> {
    let after = after.map_or_else(|| vec![0_u8; 16], |id| id.as_bytes().to_vec());
    Ok(tx.all::<StoredDossier>(OPEN_DOSSIERS, args![after, most])?.into_iter().map(|it| it.0).collect())
}

/// The ids of open dossiers after an id, in order: for locking them before they are read.
///
/// # Errors
/// The storage failed.
pub fn open_ids(tx: &Tx, after: Option<DossierId>, most: u32) -> Result<Vec<DossierId>, StorageError> {
    let after = after.map_or_else(|| vec![0_u8; 16], |id| id.as_bytes().to_vec());
    tx.all(OPEN_IDS, args![after, most])
}

/// What was paid for open dossiers and did not go back, in đồng.
///
/// # Errors
/// The storage failed.
pub fn paid(tx: &Tx) -> Result<HashMap<DossierId, i64>, StorageError> {
    let mut paid: HashMap<DossierId, i64> = HashMap::new();
    tx.each(PAID, args![], |(dossier, kind, facts): (DossierId, String, String)| {
        let facts: serde_json::Value =
            serde_json::from_str(&facts).map_err(|why| undecodable("reading a payment", why))?;
        let amount_vnd = facts.get("amount_vnd").and_then(serde_json::Value::as_i64).unwrap_or(0);
        *paid.entry(dossier).or_default() += if kind == "refunded" { -amount_vnd } else { amount_vnd };
        Ok::<(), StorageError>(())
    })?;
    Ok(paid)
}

/// Every number series with the last number given until the end of a day.
///
/// # Errors
/// The storage failed.
pub fn series(tx: &Tx, on: jiff::civil::Date) -> Result<Vec<NumberSeries>, StorageError> {
    let rows: Vec<(UnitId, u32)> = tx.all(SERIES, args![Day(on)])?;
    Ok(rows.into_iter().map(|(unit, last)| NumberSeries { unit, last }).collect())
}

/// The last number of the series of a unit until the end of that day, and the day on which it was given.
///
/// # Errors
/// The storage failed.
pub fn last_number(
    tx: &Tx,
    unit: UnitId,
    on: jiff::civil::Date,
) -> Result<Option<(jiff::civil::Date, u32)>, StorageError> {
    let row: Option<(Day, u32)> = tx.opt(LAST_NUMBER, args![unit, Day(on)])?;
    Ok(row.map(|(day, last)| (day.0, last)))
}

/// Ends the plan where nothing of it waits any more; every node forgets its transfers. True where it did.
///
/// # Errors
/// The storage failed.
pub fn settle(tx: &mut Tx, reform: ReformId, at: Instant) -> Result<bool, StorageError> {
    let ended = tx.exec(SETTLE, args![reform, at])? > 0;
    if ended {
        house::next_edition(tx, house::ORGANISATION)?;
    }
    Ok(ended)
}

/// A plan as its row keeps it, word by word.
///
/// # Errors
/// The storage failed.
pub fn body(tx: &Tx, reform: ReformId) -> Result<Option<String>, StorageError> {
    tx.opt(BODY, args![reform])
}

/// The instant: the plan is in force, and what it does to rights is kept for the way back. False where somebody else did it.
///
/// # Errors
/// The storage failed.
pub fn flip(tx: &mut Tx, reform: ReformId, at: Instant, made: &MandateChanges) -> Result<bool, StorageError> {
    let made = serde_json::to_string(made).map_err(|why| undecodable("writing what became of rights", why))?;
    let flipped = tx.exec(FLIP, args![reform, at, made])? > 0;
    if flipped {
        // Where the other plans put a dossier was written from where it lay until now.
        stage_again(tx)?;
        house::next_edition(tx, house::ORGANISATION)?;
    }
    Ok(flipped)
}

/// Where the plans to come put every dossier is to be written anew.
///
/// # Errors
/// The storage failed.
pub fn stage_again(tx: &mut Tx) -> Result<(), StorageError> {
    tx.put(STAGE_AGAIN, args![])
}

/// Gives a staged plan up: nothing of it happens, and that it was meant stays on record. False where it is not staged.
///
/// # Errors
/// The storage failed.
pub fn give_up(tx: &mut Tx, reform: ReformId) -> Result<bool, StorageError> {
    let given_up = tx.exec(GIVE_UP, args![reform])? > 0;
    if given_up {
        transfers::forget(tx, reform)?;
        house::next_edition(tx, house::ORGANISATION)?;
    }
    Ok(given_up)
}

/// Forgets a way back that was begun and not taken: as if it had never been.
///
/// # Errors
/// The storage failed.
pub fn forget_undo(tx: &mut Tx, reform: ReformId) -> Result<(), StorageError> {
    if tx.exec(FORGET, args![reform])? > 0 {
        transfers::forget(tx, reform)?;
    }
    Ok(())
}

/// The plan is taken back by another one. False where it is not settled.
///
/// # Errors
/// The storage failed.
pub fn undone(tx: &mut Tx, reform: ReformId) -> Result<bool, StorageError> {
    Ok(tx.exec(UNDONE, args![reform])? > 0)
}

/// When a plan was taken back, and by whom; nobody where the operator did it.
///
/// # Errors
/// The storage failed.
pub fn taken_back(tx: &Tx, reform: ReformId) -> Result<Option<(Instant, Option<PersonId>)>, StorageError> {
    tx.opt(TAKEN_BACK, args![reform])
}

/// The first dossier filed with a unit since a moment: which, its code, when, with whom.
///
/// # Errors
/// The storage failed.
pub fn first_filed(
    tx: &Tx,
    unit: UnitId,
    since: Instant,
) -> Result<Option<(DossierId, DossierCode, Instant, UnitId)>, StorageError> {
    tx.opt(FIRST_FILED, args![unit, since])
}

/// Ends and grants rights, and ends the sessions of everybody who lost one.
///
/// # Errors
/// The storage failed.
pub fn change_mandates(tx: &mut Tx, changes: &MandateChanges, on: jiff::civil::Date) -> Result<(), StorageError> {
    for it in &changes.ended {
        tx.put(END_MANDATE, args![it.person, it.unit, it.post, Day(it.from), Day(on)])?;
    }
    for person in changes.ended.iter().map(|it| it.person).collect::<BTreeSet<_>>() {
        tx.put(END_SESSIONS, args![person])?;
    }
    for it in &changes.begun {
        tx.put(ADD_MANDATE, args![it.person, it.unit, it.post, Day(it.from), it.until.map(Day)])?;
    }
    house::next_edition(tx, house::ORGANISATION)
}
