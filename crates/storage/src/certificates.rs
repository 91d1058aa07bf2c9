//! Certificates of equality: that a reorganisation lost nothing, as it was signed; and the events they are counted from.

use crate::engine::{Cursor, Row, StorageError, Tx};
use crate::verify::{self, Flaw, Stored};
use crate::{args, dossiers, transfers};
use domain::dossier::{Dossier, Recorded};
use domain::ids::{DocumentId, DossierId, ReformId, UnitId};
use domain::time::Instant;
use std::collections::HashMap;

crate::statements! {
    KEEP: "INSERT INTO certificate (reform, made_at, body, public_key, signature) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (reform) DO NOTHING";
    FIND: "SELECT reform, made_at, body, public_key, signature FROM certificate WHERE reform = $1";
    ALL: "SELECT reform FROM certificate ORDER BY reform";
    ENVELOPES: "SELECT e.dossier, e.seq, e.at, e.actor, e.unit, e.kind, e.facts, e.body_hash, e.previous, e.hash, e.salt, e.body FROM transfer t \
        JOIN dossier_event e ON e.dossier = t.dossier \
        WHERE t.reform = $1 AND t.dossier >= $2 AND t.dossier <= $3 AND t.told_seq IS NOT NULL ORDER BY t.dossier, e.seq";
    DOCUMENTS: "SELECT d.dossier, d.id FROM transfer t JOIN document d ON d.dossier = t.dossier \
        WHERE t.reform = $1 AND t.dossier >= $2 AND t.dossier <= $3 AND t.told_seq IS NOT NULL";
}

/// A certificate as it was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Of which plan.
    pub reform: ReformId,
    /// When it was made.
    pub made_at: Instant,
    /// What it says, letter by letter as it was signed.
    pub body: String,
    /// The key that signed.
    pub public_key: String,
    /// Its signature over [`Signed::message`].
    pub signature: String,
}

impl Signed {
    /// What is signed.
    pub fn message(body: &str) -> Vec<u8> {
        format!("motcua.certificate.1\n{body}").into_bytes()
    }
}

impl Row for Signed {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self {
            reform: row.take()?,
            made_at: row.take()?,
            body: row.take()?,
            public_key: row.take()?,
            signature: row.take()?,
        })
    }
}

/// Keeps a certificate. One that is there already stays: it was made of the same events.
///
/// # Errors
/// The storage failed.
pub fn keep(tx: &mut Tx, it: &Signed) -> Result<(), StorageError> {
    tx.put(KEEP, args![it.reform, it.made_at, it.body, it.public_key, it.signature])
}

/// The certificate of a plan.
///
/// # Errors
/// The storage failed.
pub fn find(tx: &Tx, reform: ReformId) -> Result<Option<Signed>, StorageError> {
    tx.opt(FIND, args![reform])
}

/// The plans that have one.
///
/// # Errors
/// The storage failed.
pub fn all(tx: &Tx) -> Result<Vec<ReformId>, StorageError> {
    tx.all(ALL, args![])
}

/// One event of a history, with its place in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linked {
    /// The event.
    pub recorded: Recorded,
    /// The hash before it.
    pub previous: String,
    /// Its hash.
    pub hash: String,
}

/// A history as it is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Its events, oldest first; those from the first unreadable one on are left out.
    pub events: Vec<Linked>,
    /// What does not hold of its chain.
    pub broken: Vec<Flaw>,
    /// True where personal data was erased since.
    pub erased: bool,
}

/// A dossier that a plan moved.
#[derive(Clone, Debug)]
pub struct Told {
    /// Which.
    pub dossier: DossierId,
    /// The number of the event that tells of it.
    pub seq: u32,
    /// Who is competent since then, as the row of the transfer says.
    pub competent: UnitId,
    /// Its history.
    pub history: History,
}

/// Dossiers whose histories tell of a plan, after an id, in order, each with its history, the chain checked.
///
/// # Errors
/// The storage failed.
pub fn histories(tx: &Tx, reform: ReformId, after: Option<DossierId>, most: u32) -> Result<Vec<Told>, StorageError> {
    let told = transfers::told_after(tx, reform, after, most)?;
    let (Some((first, ..)), Some((last, ..))) = (told.first(), told.last()) else { return Ok(Vec::new()) };
    let mut events: Vec<Stored> = tx.all(ENVELOPES, args![reform, first, last])?;
    let documents: Vec<(DossierId, DocumentId)> = tx.all(DOCUMENTS, args![reform, first, last])?;
    let mut documents_of: HashMap<DossierId, Vec<DocumentId>> = HashMap::new();
    for (dossier, document) in documents {
        documents_of.entry(dossier).or_default().push(document);
    }
    let mut found = Vec::with_capacity(told.len());
    // Both come in the order of their ids: each history is the end of what is left, seen from behind.
    for (dossier, seq, competent) in told.into_iter().rev() {
        let own = events.iter().rposition(|it| it.envelope.dossier != dossier).map_or(0, |before| before + 1);
        let rows = events.split_off(own);
        let history = history(dossier, rows, documents_of.get(&dossier).map_or(&[], Vec::as_slice));
        found.push(Told { dossier, seq, competent, history });
    }
    found.reverse();
    Ok(found)
}

fn history(id: DossierId, rows: Vec<Stored>, documents: &[DocumentId]) -> History {
    let mut found = History::default();
    verify::check_chain(&rows, &mut |flaw| found.broken.push(flaw));
    found.erased = rows.iter().any(|it| it.envelope.kind == "erased");
    for row in rows {
        let it = row.envelope;
        let Ok(event) = dossiers::join(&it.kind, &it.facts, row.body.as_deref()) else {
            found.broken.push(Flaw::Unreadable { seq: it.seq });
            break;
        };
        let recorded = Recorded { seq: it.seq, at: it.at, actor: it.actor, unit: it.unit, event };
        found.events.push(Linked { recorded, previous: it.previous, hash: row.hash });
    }
    if let Ok(now) = Dossier::fold(id, found.events.iter().map(|it| &it.recorded)) {
        let missing = verify::missing_among(&now, documents).into_iter();
        found.broken.extend(missing.map(|file| Flaw::FileMissing { file }));
    }
    found
}
