//! One dossier as lists show it: a part of its row, because a list has many.

use crate::args;
use crate::engine::{Args, Cursor, Row, Sql, StorageError, Tx};
use crate::rows::Day;
use domain::dossier::{DossierCode, Owner, Status};
use domain::ids::{DossierId, PersonId, ReformId, UnitId};
use domain::organisation::{Placed, Places};
use domain::post::Post;
use domain::procedure::Channel;
use domain::time::Instant;
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The columns of a [`ListCard`], in the order it reads them.
macro_rules! listed_columns {
    () => {
        "id, code, procedure, procedure_name, channel, status, next_act, owner_unit, owner_post, owner_person, holder, held_since, \
         receiving_unit, competent_unit, collect_at, desk, reform, filed_at, answer_by, received_at, due_at, promised_at, clock_at, waiting, \
         reply_by, finished_at, owed_vnd, applicant, version, changed_at, is_open"
    };
}
pub(crate) use listed_columns;

/// Most rows that are kept at hand: the open lists of a few hundred people.
const SHELVED_MAX: usize = 10_000;
/// Most people whose rows are kept in their order.
const HANDS_MAX: usize = 1_000;
/// So many rows that are not at hand are read one by one; of more the list is read as a whole.
const MISSING_MAX: usize = 4;

crate::statements! {
    ONE: concat!("SELECT ", listed_columns!(), " FROM dossier WHERE id = $1");
    HAND: "SELECT changes FROM hand WHERE owner_person = $1";
}

/// One dossier as lists show it: of the row of the read model what a list says, sorts by or reckons with.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the like-named part of crate::dossiers::Card")]
pub struct ListCard {
    pub id: DossierId,
    pub code: DossierCode,
    pub procedure: String,
    pub procedure_name: String,
    pub channel: Channel,
    pub status: Status,
    pub next_act: String,
    pub owner_unit: UnitId,
    pub owner_post: Post,
    pub owner_person: Option<PersonId>,
    pub holder: String,
    pub held_since: Instant,
    pub receiving_unit: UnitId,
    pub competent_unit: UnitId,
    pub collect_at: UnitId,
    pub desk: UnitId,
    pub reform: Option<ReformId>,
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
    pub version: u32,
    pub changed_at: Instant,
    pub is_open: bool,
}

impl Row for ListCard {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self {
            id: row.take()?,
            code: row.take()?,
            procedure: row.take()?,
            procedure_name: row.take()?,
            channel: row.take()?,
            status: row.take()?,
            next_act: row.take()?,
            owner_unit: row.take()?,
            owner_post: row.take()?,
            owner_person: row.take()?,
            holder: row.take()?,
            held_since: row.take()?,
            receiving_unit: row.take()?,
            competent_unit: row.take()?,
            collect_at: row.take()?,
            desk: row.take()?,
            reform: row.take()?,
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
            version: row.take()?,
            changed_at: row.take()?,
            is_open: row.take()?,
        })
    }
}

impl Placed for ListCard {
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

/// Rows of lists that were read a while ago. A list is the same dossiers all day and changes by one or two of them, so it is asked only
/// which dossiers it has and in which version: a row of the same version is the same row, because every change is an event.
///
/// What one person has in hand is asked even less: whether any of it changed since it was read.
#[derive(Default)]
pub struct Shelf {
    rows: Mutex<FxHashMap<DossierId, Arc<ListCard>>>,
    hands: Mutex<Hands>,
}

#[derive(Default)]
struct Hands {
    of: FxHashMap<PersonId, Hand>,
    /// How many rows they have together.
    rows: usize,
}

/// What somebody has in hand, at most so many.
struct Hand {
    /// The number that is another one whenever any of it changed.
    changes: Option<i64>,
    most: u32,
    rows: Vec<Arc<ListCard>>,
}

impl Shelf {
    /// What a person has in hand, at most so many; `read` asks for it as [`Shelf::rows`] does.
    pub(crate) fn in_hand(
        &self,
        tx: &Tx,
        person: PersonId,
        most: u32,
        read: impl FnOnce() -> Result<Vec<Arc<ListCard>>, StorageError>,
    ) -> Result<Vec<Arc<ListCard>>, StorageError> {
        // What is written in a transaction may come to nothing, and its number be that of something else.
        if !tx.only_reads() {
            return read();
        }
        let changes = tx.opt(HAND, args![person])?;
        let is_same = |it: &&Hand| it.changes == changes && it.most == most;
        let known = self.hands().of.get(&person).filter(is_same).map(|it| it.rows.clone());
        if let Some(rows) = known {
            return Ok(rows);
        }
        let rows = read()?;
        let mut hands = self.hands();
        if hands.of.len() >= HANDS_MAX || hands.rows + rows.len() > SHELVED_MAX {
            *hands = Hands::default();
        }
        let before = hands.of.insert(person, Hand { changes, most, rows: rows.clone() });
        hands.rows = hands.rows + rows.len() - before.map_or(0, |it| it.rows.len());
        Ok(rows)
    }

    fn hands(&self) -> MutexGuard<'_, Hands> {
        self.hands.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The rows of a list: `named` asks for their ids and versions, `whole` for all of them.
    pub(crate) fn rows(
        &self,
        tx: &Tx,
        (named, name_args): (Sql, Args<'_>),
        (whole, args): (Sql, Args<'_>),
    ) -> Result<Vec<Arc<ListCard>>, StorageError> {
        let names: Vec<(DossierId, u32)> = tx.all(named, name_args)?;
        let mut rows = self.at_hand(&names);
        let missing = rows.iter().filter(|it| it.is_none()).count();
        if missing > MISSING_MAX {
            return Ok(self.keep(tx.all(whole, args)?));
        }
        for (row, (id, _)) in rows.iter_mut().zip(&names) {
            if row.is_none() {
                *row = self.keep(vec![tx.one(ONE, args![*id])?]).pop();
            }
        }
        Ok(rows.into_iter().flatten().collect())
    }

    fn at_hand(&self, names: &[(DossierId, u32)]) -> Vec<Option<Arc<ListCard>>> {
        let shelved = self.shelved();
        let of = |(id, version): &(DossierId, u32)| shelved.get(id).filter(|it| it.version == *version).map(Arc::clone);
        names.iter().map(of).collect()
    }

    fn keep(&self, rows: Vec<ListCard>) -> Vec<Arc<ListCard>> {
        let rows: Vec<Arc<ListCard>> = rows.into_iter().map(Arc::new).collect();
        let mut shelved = self.shelved();
        if shelved.len() + rows.len() > SHELVED_MAX {
            shelved.clear();
        }
        shelved.extend(rows.iter().map(|it| (it.id, Arc::clone(it))));
        rows
    }

    fn shelved(&self) -> MutexGuard<'_, FxHashMap<DossierId, Arc<ListCard>>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One dossier as lists show it.
///
/// # Errors
/// The storage failed.
pub fn one(tx: &Tx, id: DossierId) -> Result<Option<ListCard>, StorageError> {
    tx.opt(ONE, args![id])
}
