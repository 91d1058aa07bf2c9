//! One dossier as lists show it: a part of its row, because a list has many.

use crate::engine::{Cursor, Row, StorageError};
use crate::rows::Day;
use domain::dossier::{DossierCode, Owner, Status};
use domain::ids::{DossierId, PersonId, ReformId, UnitId};
use domain::organisation::{Placed, Places};
use domain::post::Post;
use domain::procedure::Channel;
use domain::time::Instant;

/// The columns of a [`ListCard`], in the order it reads them.
macro_rules! listed_columns {
    () => {
        "id, code, procedure, procedure_name, channel, status, next_act, owner_unit, owner_post, owner_person, holder, held_since, \
         receiving_unit, competent_unit, collect_at, desk, reform, filed_at, answer_by, received_at, due_at, promised_at, clock_at, waiting, \
         reply_by, finished_at, owed_vnd, applicant, version, changed_at, is_open"
    };
}
pub(crate) use listed_columns;

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
