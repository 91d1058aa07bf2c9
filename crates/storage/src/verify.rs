//! Checking that the house is what its events say, making the read model again, and sealing a day.

mod how;

pub use how::{Difference, Flaw, How};

use crate::args;
use crate::blobs::WrappedKey;
use crate::chain::{self, Envelope};
use crate::dossiers::{self, Card, CompetenceRow, DueRow, Titles, competence_rows};
use crate::engine::{Cursor, Row, StorageError, Tx};
use crate::rows::Day;
use crate::{drafts, house, locks, units};
use domain::dossier::{Dossier, Recorded};
use domain::ids::{DocumentId, DossierId, UnitId};
use domain::kpi;
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

crate::statements! {
    IDS: "SELECT DISTINCT dossier FROM dossier_event WHERE dossier > $1 ORDER BY dossier LIMIT $2";
    COUNT: "SELECT count(DISTINCT dossier), count(*) FROM dossier_event";
    ENVELOPES: "SELECT e.dossier, e.seq, e.at, e.actor, e.unit, e.kind, e.facts, e.body_hash, e.previous, e.hash, e.salt, e.body \
        FROM dossier_event e WHERE e.dossier = $1 ORDER BY e.seq";
    FACT: "SELECT received_on, channel, receiving_unit, competent_unit, sector, finished_on, outcome, stopped, moved, place FROM dossier_fact WHERE dossier = $1";
    COMPETENCES: "SELECT nth, unit, until_on FROM competence WHERE dossier = $1 ORDER BY nth";
    DUES: "SELECT seq, from_on, due_on, waiting FROM due_history WHERE dossier = $1 ORDER BY seq";
    ROWS_WITHOUT_LOG: "SELECT x.id FROM (SELECT d.id AS id FROM dossier d UNION SELECT f.dossier AS id FROM dossier_fact f \
        UNION SELECT h.dossier AS id FROM due_history h UNION SELECT c.dossier AS id FROM competence c) x WHERE NOT EXISTS (SELECT 1 FROM dossier_event e WHERE e.dossier = x.id) LIMIT 100";
    LEAVES: "SELECT e.dossier, e.seq, e.hash FROM dossier_event e WHERE e.at <= $1 AND e.seq = \
        (SELECT max(l.seq) FROM dossier_event l WHERE l.dossier = e.dossier AND l.at <= $1) ORDER BY e.dossier";
    SEAL: "INSERT INTO checkpoint (sealed_at, dossiers, events, root, public_key, signature) VALUES ($1, $2, $3, $4, $5, $6)";
    LAST_SEAL: "SELECT sealed_at, dossiers, events, root, public_key, signature FROM checkpoint ORDER BY sealed_at DESC LIMIT 1";
    DOCUMENTS: "SELECT blob, sha256, key_id, data_key FROM document WHERE blob > $1 ORDER BY blob LIMIT $2";
    DOCUMENTS_OF: "SELECT id FROM document WHERE dossier = $1";
    LYING_AMISS: "SELECT count(*), COALESCE((SELECT CAST(sum(l.dossiers) AS BIGINT) FROM lying l), 0), \
        (SELECT count(*) FROM dossier o WHERE o.is_open = 1) FROM (SELECT owner_unit, owner_post, status, holder, next_act, owner_person, \
        count(*) AS dossiers FROM dossier WHERE is_open = 1 GROUP BY owner_unit, owner_post, status, holder, next_act, owner_person \
        EXCEPT SELECT owner_unit, owner_post, status, holder, next_act, owner_person, dossiers FROM lying) x";
    CLEAR_CARD: "DELETE FROM dossier WHERE id = $1";
    CLEAR_FACT: "DELETE FROM dossier_fact WHERE dossier = $1";
    CLEAR_DUES: "DELETE FROM due_history WHERE dossier = $1";
    CLEAR_COMPETENCES: "DELETE FROM competence WHERE dossier = $1";
}

/// An event as its rows hold it.
pub(crate) struct Stored {
    pub(crate) envelope: Envelope,
    pub(crate) hash: String,
    salt: Option<Vec<u8>>,
    pub(crate) body: Option<String>,
}

impl Row for Stored {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self {
            envelope: Envelope {
                dossier: row.take()?,
                seq: row.take()?,
                at: row.take()?,
                actor: row.take()?,
                unit: row.take()?,
                kind: row.take()?,
                facts: row.take()?,
                body_hash: row.take()?,
                previous: row.take()?,
            },
            hash: row.take()?,
            salt: row.take()?,
            body: row.take()?,
        })
    }
}

/// Dossiers after an id, in order: for walks in small pieces.
///
/// # Errors
/// The storage failed.
pub fn ids_after(tx: &Tx, after: Option<DossierId>, most: u32) -> Result<Vec<DossierId>, StorageError> {
    let after = after.map_or_else(|| vec![0_u8; 16], |id| id.as_bytes().to_vec());
    tx.all(IDS, args![after, most])
}

/// How many dossiers and events there are.
///
/// # Errors
/// The storage failed.
pub fn count(tx: &Tx) -> Result<(i64, i64), StorageError> {
    tx.one(COUNT, args![])
}

/// Folds one dossier again and compares everything kept beside its events.
///
/// # Errors
/// The storage failed.
pub fn dossier(tx: &Tx, id: DossierId, titles: &dyn Fn(&Dossier) -> Titles) -> Result<Vec<Difference>, StorageError> {
    let mut found = Vec::new();
    let rows = stored(tx, id)?;
    let subject = dossiers::card(tx, id)?.map_or_else(|| id.to_string(), |it| it.code.to_string());
    let mut note = |part, how: How| found.push(Difference { subject: subject.clone(), part, how });
    check_chain(&rows, &mut |flaw| note(flaw.part(), How::Flaw(flaw)));
    let mut states = Vec::with_capacity(rows.len());
    let mut state = None;
    for row in &rows {
        let next = dossiers::join(&row.envelope.kind, &row.envelope.facts, row.body.as_deref())
            .map_err(|e| e.to_string())
            .and_then(|event| {
                let recorded = Recorded {
                    seq: row.envelope.seq,
                    at: row.envelope.at,
                    actor: row.envelope.actor,
                    unit: row.envelope.unit,
                    event,
                };
                Dossier::apply(id, state.clone(), &recorded).map_err(|e| e.to_string())
            });
        match next {
            Ok(next) => {
                states.push((row.envelope.at, next.clone()));
                state = Some(next);
            }
            Err(why) => {
                note("fold", How::EventRefused { seq: row.envelope.seq, why });
                return Ok(found);
            }
        }
    }
    let Some(after) = state else {
        note("fold", How::NoEvents);
        return Ok(found);
    };
    let (hash, at) = rows.last().map_or((chain::START, after.filed_at), |it| (it.hash.as_str(), it.envelope.at));
    match dossiers::card(tx, id)? {
        None => note("read model", How::RowMissing),
        Some(card) => {
            let expected = Card::of(&after, &titles(&after), hash, at);
            if card != expected {
                note("read model", How::RowDiffers { columns: differing(&card, &expected) });
            }
        }
    }
    if !after.is_sound() {
        note("owner", How::Unsound);
    }
    check_facts(tx, &after, &mut note)?;
    check_dues(tx, id, &states, &mut note)?;
    for file in missing_documents(tx, &after)? {
        let flaw = Flaw::FileMissing { file };
        note(flaw.part(), How::Flaw(flaw));
    }
    Ok(found)
}

/// Files that the papers of a dossier name and that have no row any more: nobody would find them.
fn missing_documents(tx: &Tx, it: &Dossier) -> Result<Vec<DocumentId>, StorageError> {
    if named_documents(it).next().is_none() {
        return Ok(Vec::new());
    }
    Ok(missing_among(it, &tx.all::<DocumentId>(DOCUMENTS_OF, args![it.id])?))
}

/// The same where these are the rows there are.
pub(crate) fn missing_among(it: &Dossier, stored: &[DocumentId]) -> Vec<DocumentId> {
    named_documents(it).filter(|it| !stored.contains(it)).collect()
}

fn named_documents(it: &Dossier) -> impl Iterator<Item = DocumentId> + '_ {
    let papers = it.filing.get().map(|it| it.papers.as_slice()).unwrap_or_default();
    papers.iter().flat_map(|it| it.documents.iter().copied())
}

/// Compares who is kept as the heir of each ended unit with what the units' own log says: lists of what is closed go by it.
///
/// # Errors
/// The storage failed, or the log of units contradicts itself.
pub fn heirs(tx: &Tx) -> Result<Vec<Difference>, StorageError> {
    let (stored, expected) = (units::stored_heirs(tx)?, units::heirs(tx)?);
    let (stored, expected): (BTreeMap<_, _>, BTreeMap<_, _>) =
        (stored.into_iter().collect(), expected.into_iter().collect());
    let all: BTreeSet<UnitId> = stored.keys().chain(expected.keys()).copied().collect();
    let differs = all.into_iter().filter(|unit| stored.get(unit) != expected.get(unit));
    Ok(differs.map(|unit| Difference { subject: unit.to_string(), part: "heirs", how: How::HeirDiffers }).collect())
}

/// Compares the counts of what lies with each post with the rows they count: the tabs of every work-list show them. A difference is told
/// with both sums, which may be the same where posts were taken for each other.
///
/// # Errors
/// The storage failed.
pub fn lying(tx: &Tx) -> Result<Vec<Difference>, StorageError> {
    let (amiss, counted, there): (i64, i64, i64) = tx.one(LYING_AMISS, args![])?;
    let differs = amiss > 0 || counted != there;
    let difference = || Difference { subject: format!("{counted}/{there}"), part: "counts", how: How::LyingDiffers };
    Ok(differs.then(difference).into_iter().collect())
}

/// Counts them anew.
///
/// # Errors
/// The storage failed.
pub fn count_lying_anew(tx: &mut Tx) -> Result<(), StorageError> {
    tx.count_lying_anew()
}

/// The events of a dossier as they are stored, oldest first.
fn stored(tx: &Tx, id: DossierId) -> Result<Vec<Stored>, StorageError> {
    tx.all(ENVELOPES, args![id])
}

pub(crate) fn check_chain(rows: &[Stored], note: &mut impl FnMut(Flaw)) {
    let mut previous = chain::START.to_owned();
    let erased = rows.iter().any(|it| it.envelope.kind == "erased");
    for (place, row) in rows.iter().enumerate() {
        let seq = row.envelope.seq;
        if u32::try_from(place + 1) != Ok(seq) {
            note(Flaw::OutOfPlace { seq, place: place + 1 });
        }
        if row.envelope.previous != previous {
            note(Flaw::Unlinked { seq });
        }
        if row.envelope.hash() != row.hash {
            note(Flaw::Changed { seq });
        }
        match (&row.salt, &row.body) {
            (Some(salt), Some(body)) if chain::body_hash(salt, body) == row.envelope.body_hash => {}
            (_, Some(_)) => note(Flaw::WordsChanged { seq }),
            (None, None) if erased || row.envelope.body_hash.is_empty() => {}
            (_, None) => note(Flaw::WordsMissing { seq }),
        }
        previous.clone_from(&row.hash);
    }
}

/// The names of the columns that differ.
fn differing(stored: &Card, expected: &Card) -> String {
    let (stored, expected) = (format!("{stored:?}"), format!("{expected:?}"));
    let names: Vec<&str> = stored
        .split(", ")
        .zip(expected.split(", "))
        .filter(|(a, b)| a != b)
        .filter_map(|(a, _)| a.split(':').next())
        .take(6)
        .collect();
    names.join(", ")
}

/// What reports count of a dossier, as it is kept.
#[derive(PartialEq)]
struct FactRow {
    received_on: Day,
    channel: domain::procedure::Channel,
    units: (UnitId, UnitId),
    sector: String,
    finished_on: Option<Day>,
    outcome: Option<String>,
    stopped: bool,
    moved: bool,
    /// None in a row of an earlier program: nothing was told.
    place: Option<String>,
}

impl Row for FactRow {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self {
            received_on: row.take()?,
            channel: row.take()?,
            units: (row.take()?, row.take()?),
            sector: row.take()?,
            finished_on: row.take()?,
            outcome: row.take()?,
            stopped: row.take()?,
            moved: row.take()?,
            place: row.take()?,
        })
    }
}

fn check_facts(tx: &Tx, it: &Dossier, note: &mut impl FnMut(&'static str, How)) -> Result<(), StorageError> {
    let facts = kpi::facts(it);
    let stored: Option<FactRow> = tx.opt(FACT, args![it.id])?;
    let before: Vec<CompetenceRow> = tx.all(COMPETENCES, args![it.id])?;
    let told = stored.as_ref().is_none_or(|it| it.place.is_some());
    let expected = facts.received_on.map(|on| FactRow {
        received_on: Day(on),
        channel: it.channel,
        units: (it.receiving_unit, it.competent_unit),
        sector: it.sector.clone(),
        finished_on: facts.finished_on.map(Day),
        outcome: facts.outcome.map(|it| dossiers::outcome_key(it).to_owned()),
        stopped: facts.stopped,
        moved: it.competent_before().next().is_some(),
        place: told.then_some(facts.place),
    });
    let expected_before = if expected.is_some() { competence_rows(it) } else { Vec::new() };
    if stored != expected || before != expected_before {
        note("facts", How::FactsDiffer);
    }
    Ok(())
}

fn check_dues(
    tx: &Tx,
    id: DossierId,
    states: &[(Instant, Dossier)],
    note: &mut impl FnMut(&'static str, How),
) -> Result<(), StorageError> {
    let stored: Vec<DueRow> = tx.all(DUES, args![id])?;
    if stored != due_rows(states) {
        note("due dates", How::DuesDiffer);
    }
    Ok(())
}

fn due_rows(states: &[(Instant, Dossier)]) -> Vec<DueRow> {
    let mut rows: Vec<DueRow> = Vec::new();
    for (at, state) in states {
        let facts = kpi::facts(state);
        if facts.received_on.is_none() {
            continue;
        }
        let now = (facts.due_on.map(Day), facts.waiting);
        if rows.last().map(|it| (it.2, it.3)) != Some(now) {
            rows.push((state.version, Day(at.day()), now.0, now.1));
        }
    }
    rows
}

/// Rows of the read model that no event speaks of.
///
/// # Errors
/// The storage failed.
pub fn rows_without_log(tx: &Tx) -> Result<Vec<Difference>, StorageError> {
    let ids: Vec<DossierId> = tx.all(ROWS_WITHOUT_LOG, args![])?;
    let alone = |id: &DossierId| Difference { subject: id.to_string(), part: "read model", how: How::RowAlone };
    Ok(ids.iter().map(alone).collect())
}

/// Makes everything kept beside the events of one dossier again.
///
/// # Errors
/// The storage failed, or the log cannot be folded.
pub fn rebuild(tx: &mut Tx, id: DossierId, titles: &dyn Fn(&Dossier) -> Titles) -> Result<(), StorageError> {
    locks::dossier(tx, id)?;
    let rows: Vec<Stored> = tx.all(ENVELOPES, args![id])?;
    for statement in [CLEAR_CARD, CLEAR_FACT, CLEAR_DUES, CLEAR_COMPETENCES] {
        tx.put(statement, args![id])?;
    }
    let log = dossiers::log(tx, id)?;
    let mut state = None;
    for recorded in &log {
        let next = Dossier::apply(id, state, recorded).map_err(|why| crate::undecodable("rebuilding", why))?;
        dossiers::put_facts(tx, &next, recorded.at)?;
        state = Some(next);
    }
    if let (Some(after), Some(last)) = (state, rows.last()) {
        crate::card::put_card(tx, &Card::of(&after, &titles(&after), &last.hash, last.envelope.at))?;
    }
    Ok(())
}

/// A sealed day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// When.
    pub sealed_at: Instant,
    /// How many dossiers.
    pub dossiers: i64,
    /// How many events.
    pub events: i64,
    /// Root over the last hash of every dossier.
    pub root: String,
    /// The key that signed.
    pub public_key: String,
    /// Its signature over [`Checkpoint::message`].
    pub signature: String,
}

impl Checkpoint {
    /// What is signed.
    pub fn message(&self) -> Vec<u8> {
        let (at, dossiers, events) = (self.sealed_at.micros(), self.dossiers, self.events);
        format!("motcua.checkpoint.1\n{at}\n{dossiers}\n{events}\n{}", self.root).into_bytes()
    }
}

impl Row for Checkpoint {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self {
            sealed_at: row.take()?,
            dossiers: row.take()?,
            events: row.take()?,
            root: row.take()?,
            public_key: row.take()?,
            signature: row.take()?,
        })
    }
}

/// Root and counts of everything that happened until a moment.
///
/// # Errors
/// The storage failed.
pub fn root_at(tx: &Tx, at: Instant) -> Result<(i64, i64, String), StorageError> {
    let (mut dossiers, mut events, mut tree) = (0, 0, chain::Tree::default());
    tx.each(LEAVES, args![at], |(dossier, count, last): (DossierId, u32, String)| {
        dossiers += 1;
        events += i64::from(count);
        tree.grow(dossier, count, &last);
        Ok::<(), StorageError>(())
    })?;
    Ok((dossiers, events, tree.root()))
}

/// The house text with the moment until which the history is sealed, or is about to be.
const SEALED_UNTIL: &str = "sealed_until";

/// Closes the history until a moment, before it is read for sealing: once this is committed, everything that carries that
/// moment or an earlier one is there, and nothing new will.
///
/// # Errors
/// The storage failed.
pub fn close_history(tx: &mut Tx, until: Instant) -> Result<(), StorageError> {
    locks::whole_history(tx)?;
    let until = closed_until(tx)?.map_or(until, |before| before.max(until));
    house::put_text(tx, SEALED_UNTIL, &until.micros().to_string())
}

/// Until when the history is closed. Whoever writes events asks this after [`locks::history`] and gives them later moments.
///
/// # Errors
/// The storage failed.
pub fn closed_until(tx: &Tx) -> Result<Option<Instant>, StorageError> {
    let text = house::text(tx, SEALED_UNTIL)?;
    let micros =
        text.map(|it| it.parse().map_err(|why| crate::undecodable("reading until when history is sealed", why)));
    Ok(micros.transpose()?.map(Instant::from_micros))
}

/// Keeps a sealed day.
///
/// # Errors
/// The storage failed.
pub fn seal(tx: &mut Tx, it: &Checkpoint) -> Result<(), StorageError> {
    tx.put(SEAL, args![it.sealed_at, it.dossiers, it.events, it.root, it.public_key, it.signature])
}

/// The last sealed day.
///
/// # Errors
/// The storage failed.
pub fn last_seal(tx: &Tx) -> Result<Option<Checkpoint>, StorageError> {
    tx.opt(LAST_SEAL, args![])
}

/// What a file must be: its name in the store, the hash of its content, its wrapped key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its name in the store.
    pub blob: String,
    /// SHA-256 of what was handed in, in hexadecimal digits.
    pub sha256: String,
    /// Its key; none where it lies there in plain.
    pub key: Option<WrappedKey>,
}

impl Row for Named {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self { blob: row.take()?, sha256: row.take()?, key: drafts::key(row)? })
    }
}

/// What the files must be, after a name, in the order of their names.
///
/// # Errors
/// The storage failed.
pub fn documents_after(tx: &Tx, after: &str, most: u32) -> Result<Vec<Named>, StorageError> {
    tx.all(DOCUMENTS, args![after, most])
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn row(body_hash: String, salt: Option<&[u8]>, body: Option<&str>) -> Stored {
        let envelope = Envelope {
            dossier: DossierId::from_uuid(Uuid::from_u128(1)),
            seq: 1,
            at: Instant::from_micros(1),
            actor: None,
            unit: None,
            kind: "not_accepted".to_owned(),
            facts: "{}".to_owned(),
            body_hash,
            previous: chain::START.to_owned(),
        };
        let hash = envelope.hash();
        Stored { envelope, hash, salt: salt.map(<[u8]>::to_vec), body: body.map(str::to_owned) }
    }

    fn flaws(row: Stored) -> Vec<Flaw> {
        let mut found = Vec::new();
        check_chain(&[row], &mut |flaw| found.push(flaw));
        found
    }

    #[test]
    fn words_and_their_salt_stand_or_fall_together() {
        let (salt, words) = ([7; 16], r#"{"text":"thiếu giấy tờ"}"#);
        let hash = || chain::body_hash(&salt, words);
        let (changed, missing) = (vec![Flaw::WordsChanged { seq: 1 }], vec![Flaw::WordsMissing { seq: 1 }]);
        assert_eq!(flaws(row(hash(), Some(&salt), Some(words))), []);
        assert_eq!(flaws(row(String::new(), None, None)), []);
        assert_eq!(flaws(row(hash(), Some(&salt), Some("{}"))), changed);
        assert_eq!(flaws(row(hash(), None, Some(words))), changed, "without its salt nothing proves them");
        assert_eq!(flaws(row(String::new(), None, Some(words))), changed, "there never were any");
        assert_eq!(flaws(row(hash(), None, None)), missing);
        assert_eq!(flaws(row(hash(), Some(&salt), None)), missing);
    }
}
