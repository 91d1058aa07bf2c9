//! Files handed in: streamed to the file store, typed by what is in them, named by a row once they are whole.
//!
//! Begin with [`begin`], [`Incoming::write`] what comes, and end with [`Incoming::finish`] or one of the `attach_` functions. A file
//! that is given up or refused on the way leaves nothing behind.

mod kind;
mod name;

pub use kind::FileKind;

use crate::actor::{Actor, Relation, relations};
use crate::authorise;
use crate::error::{AppError, FieldProblem, in_full};
use crate::house::House;
use domain::dossier::{Dossier, DossierCode};
use domain::ids::{DocumentId, DossierId, DraftId, PersonId};
use domain::time::Instant;
use kind::{Glimpse, NotTaken, UNPACKED_BYTES_MAX};
use name::clean_name;
use std::fmt;
use std::sync::Arc;
use storage::blobs::{BlobError, BlobName, NewKey, Reading, Upload};
use storage::drafts::{self, Document};
use storage::engine::Tx;
use storage::{dossiers, locks, readings};

/// Longest id of a requirement, in characters.
const REQUIREMENT_CHARS_MAX: usize = 120;
/// The field that problems of a file are reported for.
const FIELD: &str = "file";
const MIB: u64 = 1 << 20;

/// A file while it arrives.
pub struct Incoming {
    upload: Upload,
    blob: BlobName,
    id: DocumentId,
    at: Instant,
    size_bytes: u64,
    glimpse: Glimpse,
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Incoming")
            .field("blob", &self.blob)
            .field("size_bytes", &self.size_bytes)
            .finish_non_exhaustive()
    }
}

/// Begins to take a file of at most `limit` bytes, and never more than the office allows.
///
/// # Errors
/// The house has no key for it.
pub fn begin(house: &House, limit: u64) -> Result<Incoming, AppError> {
    let at = house.clock.now();
    let blob = BlobName::of(house.ids.salt());
    let key = NewKey::of(house.ids.bytes(), house.ids.bytes());
    let upload = house.blobs.upload(&blob, &key, limit.min(house.rules.file_bytes_max))?;
    let id = DocumentId::from_uuid(house.ids.uuid(at));
    Ok(Incoming { upload, blob, id, at, size_bytes: 0, glimpse: Glimpse::default() })
}

impl Incoming {
    /// The next piece.
    ///
    /// # Errors
    /// The file is too large (nothing of it is kept then), or the file store failed.
    pub async fn write(&mut self, piece: &[u8]) -> Result<(), AppError> {
        self.size_bytes = self.size_bytes.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        self.glimpse.take(piece);
        self.upload.write(piece).await.map_err(|error| match error {
            BlobError::TooLarge { limit_bytes } => AppError::Invalid(vec![
                FieldProblem::new(FIELD, "gap-file-too-large").with("max_mib", limit_bytes / MIB),
            ]),
            BlobError::Missing { .. }
            | BlobError::GivenUp { .. }
            | BlobError::Damaged { .. }
            | BlobError::NoKey { .. }
            | BlobError::AnotherHouse { .. }
            | BlobError::Bucket { .. }
            | BlobError::Folder { .. }
            | BlobError::Store { .. } => error.into(),
        })
    }

    /// How much came so far.
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// Makes the file durable and says what its row must be. Nothing names it yet: the caller writes the row.
    ///
    /// # Errors
    /// Empty, of a kind we do not take, or the file store failed.
    pub async fn finish(self, name: &str, requirement: &str, owner: Option<PersonId>) -> Result<Document, AppError> {
        if self.size_bytes == 0 {
            return Err(AppError::invalid(FIELD, "gap-file-empty"));
        }
        let refused = |key, name_of_limit, limit: String| {
            let problem = FieldProblem::new(FIELD, key).with("name", clean_name(name, None));
            AppError::Invalid(vec![problem.with(name_of_limit, limit)])
        };
        let kind = self.glimpse.kind().map_err(|why| match why {
            NotTaken::Kind => refused("gap-file-kind", "kinds", FileKind::names()),
            NotTaken::Unpacked => refused("gap-file-unpacked", "max_mib", (UNPACKED_BYTES_MAX / MIB).to_string()),
        });
        let kind =
            kind.inspect_err(|_| tracing::warn!(file.requirement = requirement, "a file is refused for its kind"))?;
        let stored = self.upload.finish().await?;
        Ok(Document {
            id: self.id,
            blob: self.blob.as_str().to_owned(),
            dossier: None,
            draft: None,
            owner,
            requirement: requirement.chars().filter(|it| !it.is_control()).take(REQUIREMENT_CHARS_MAX).collect(),
            name: clean_name(name, Some(kind)),
            media_type: kind.media_type().to_owned(),
            size_bytes: i64::try_from(stored.size_bytes).unwrap_or(i64::MAX),
            sha256: storage::chain::hex(&stored.sha256),
            uploaded_at: self.at,
            key: Some(stored.key),
        })
    }
}

/// The files that one application, or one answer to a request, may have.
struct Room {
    files: usize,
    bytes: u64,
}

impl Room {
    /// `rounds` is how often papers could be handed in: once, and once more for every request.
    fn of(house: &House, rounds: usize) -> Self {
        let bytes = house.rules.dossier_bytes_max.saturating_mul(u64::try_from(rounds).unwrap_or(u64::MAX));
        Self { files: house.rules.files_max.saturating_mul(rounds), bytes }
    }

    fn assert_holds(&self, there: &[Document], more_bytes: u64) -> Result<(), AppError> {
        if there.len() >= self.files {
            return Err(AppError::Invalid(vec![
                FieldProblem::new(FIELD, "gap-files-too-many").with("max", self.files),
            ]));
        }
        let used: u64 = there.iter().map(|it| u64::try_from(it.size_bytes).unwrap_or(0)).sum();
        if used.saturating_add(more_bytes) > self.bytes {
            let problem = FieldProblem::new(FIELD, "gap-files-too-large").with("max_mib", self.bytes / MIB);
            return Err(AppError::Invalid(vec![problem]));
        }
        Ok(())
    }
}

/// Puts a file that has arrived with a draft of the person's own.
///
/// # Errors
/// No such draft of theirs, a file we do not take, too many or too large together, or the house failed.
pub async fn attach_to_draft(
    house: &Arc<House>,
    person: PersonId,
    draft: DraftId,
    requirement: &str,
    name: &str,
    incoming: Incoming,
) -> Result<Document, AppError> {
    let more = incoming.size_bytes();
    house.db.read_now(|tx| draft_has_room(tx, house, person, draft, more))?;
    let document = Document { draft: Some(draft), ..incoming.finish(name, requirement, Some(person)).await? };
    let (inside, row) = (Arc::clone(house), document.clone());
    let written = house
        .db
        .write(move |tx| {
            locks::draft(tx, draft)?;
            draft_has_room(tx, &inside, person, draft, more)?;
            Ok::<_, AppError>(drafts::add_document(tx, &row)?)
        })
        .await;
    kept_or_dropped(house, document, written).await
}

fn draft_has_room(tx: &Tx, house: &House, person: PersonId, draft: DraftId, more: u64) -> Result<(), AppError> {
    let found = drafts::find(tx, draft)?;
    found.filter(|it| it.person == person && it.sent_as.is_none()).ok_or(AppError::NotFound)?;
    Room::of(house, 1).assert_holds(&drafts::documents_of_draft(tx, draft)?, more)
}

/// Puts a file that has arrived with a dossier: the applicant's while papers are asked for, or one of the officers who work on it.
///
/// # Errors
/// Not theirs to add to now, a file we do not take, too many or too large together, or the house failed.
pub async fn attach_to_dossier(
    house: &Arc<House>,
    actor: &Actor,
    dossier: DossierId,
    requirement: &str,
    name: &str,
    incoming: Incoming,
) -> Result<Document, AppError> {
    let more = incoming.size_bytes();
    let asking = actor.clone();
    house.db.read_now(|tx| dossier_has_room(tx, house, &asking, dossier, more))?;
    let document = incoming.finish(name, requirement, actor.person()).await?;
    let document = Document { dossier: Some(dossier), ..document };
    let (inside, row) = (Arc::clone(house), document.clone());
    let written = house
        .db
        .write(move |tx| {
            locks::dossier(tx, dossier)?;
            dossier_has_room(tx, &inside, &asking, dossier, more)?;
            Ok::<_, AppError>(drafts::add_document(tx, &row)?)
        })
        .await;
    kept_or_dropped(house, document, written).await
}

fn dossier_has_room(tx: &Tx, house: &House, actor: &Actor, id: DossierId, more: u64) -> Result<(), AppError> {
    let (dossier, log) = dossiers::find(tx, id)?.ok_or(AppError::NotFound)?;
    let relations = relations(actor, &dossier, &log, &house.now_known(), house.clock.now());
    let works_on_it = [Relation::Owner, Relation::Colleague, Relation::Desk].iter().any(|it| relations.contains(it));
    match actor {
        Actor::Citizen(_) if relations.contains(&Relation::Applicant) && dossier.supplement.is_some() => {}
        Actor::Staff(_) if works_on_it && dossier.status.is_open() => {}
        Actor::Citizen(_) => {
            authorise::noted(actor, id);
            return Err(AppError::NotFound);
        }
        Actor::Staff(_) | Actor::Timer => return Err(AppError::Forbidden),
    }
    let rounds = 1 + usize::from(dossier.asked_at_intake) + usize::from(dossier.asked_at_appraisal);
    Room::of(house, rounds).assert_holds(&drafts::documents_of_dossier(tx, id)?, more)
}

/// A file whose row could not be written is dropped again.
async fn kept_or_dropped(
    house: &House,
    document: Document,
    written: Result<(), AppError>,
) -> Result<Document, AppError> {
    match written {
        Ok(()) => Ok(document),
        // Whether the row is there is not certain after such a fault: the sweep finds out.
        Err(error @ AppError::Unavailable(_)) => Err(error),
        Err(error) => {
            drop_blob(house, &document.blob).await;
            Err(error)
        }
    }
}

/// Deletes what nothing names any more; where that fails, the sweep does it later.
pub(crate) async fn drop_blob(house: &House, blob: &str) {
    let Some(name) = BlobName::parse(blob) else { return };
    if let Err(error) = house.blobs.delete(&name).await {
        tracing::warn!(error = in_full(&error), blob.name = blob, "a file nothing names stays until the sweep");
    }
}

/// Takes a file out of a draft of the person's own, and deletes it.
///
/// # Errors
/// No such file in a draft of theirs, or the house failed.
pub async fn remove_from_draft(
    house: &Arc<House>,
    person: PersonId,
    draft: DraftId,
    document: DocumentId,
) -> Result<(), AppError> {
    let blob = house
        .db
        .write(move |tx| {
            locks::draft(tx, draft)?;
            let own = drafts::find(tx, draft)?.filter(|it| it.person == person && it.sent_as.is_none());
            let row = drafts::document(tx, document)?;
            let (Some(_), Some(row)) = (own, row) else { return Err(AppError::NotFound) };
            match drafts::drop_document(tx, document, draft)? {
                0 => Err(AppError::NotFound),
                _ => Ok(row.blob),
            }
        })
        .await?;
    drop_blob(house, &blob).await;
    Ok(())
}

/// A file on its way out, piece by piece. The first piece is there already: that the file can be read is known.
pub struct Opened {
    /// What is known of it.
    pub document: Document,
    first: Option<Vec<u8>>,
    rest: Reading,
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened").field("document", &self.document.id).finish_non_exhaustive()
    }
}

impl Opened {
    /// The next piece; none at the end.
    ///
    /// # Errors
    /// The file was changed, or the file store failed.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, AppError> {
        match self.first.take() {
            Some(piece) => Ok(Some(piece)),
            None => Ok(self.rest.next().await?),
        }
    }

    /// The whole file in memory: for small ones.
    ///
    /// # Errors
    /// As [`Opened::next`].
    pub async fn whole(mut self) -> Result<Vec<u8>, AppError> {
        let mut whole = Vec::new();
        while let Some(mut piece) = self.next().await? {
            whole.append(&mut piece);
        }
        Ok(whole)
    }
}

/// A file for somebody who may read it. It writes nothing down: the page does, as with every reading.
///
/// # Errors
/// Not there or not for this citizen ([`AppError::NotFound`], the same to them); staff outside their task must give a reason first
/// ([`AppError::ReasonNeeded`]); or the house failed.
pub async fn open(house: &Arc<House>, actor: &Actor, document: DocumentId) -> Result<Opened, AppError> {
    opened(house, actor, document, None).await
}

/// The same for an address that names the dossier, too: a file of another one is not there, whoever may read it elsewhere.
///
/// # Errors
/// As [`open`].
pub async fn open_of(
    house: &Arc<House>,
    actor: &Actor,
    dossier: &DossierCode,
    document: DocumentId,
) -> Result<Opened, AppError> {
    opened(house, actor, document, Some(dossier.clone())).await
}

async fn opened(
    house: &Arc<House>,
    actor: &Actor,
    document: DocumentId,
    of: Option<DossierCode>,
) -> Result<Opened, AppError> {
    let (inside, asking) = (Arc::clone(house), actor.clone());
    let found = house
        .db
        .read(move |tx| {
            let document = drafts::document(tx, document)?.ok_or(AppError::NotFound)?;
            if let Some(code) = &of {
                let named = dossiers::find_id(tx, code)?;
                if named.is_none() || named != document.dossier {
                    return Err(AppError::NotFound);
                }
            }
            readable(tx, &inside, &asking, document)
        })
        .await?;
    let name = BlobName::parse(&found.blob).ok_or_else(|| AppError::fault("naming a file", found.blob.clone()))?;
    let mut rest = house.blobs.read(&name, found.key.as_ref())?;
    let first = rest.next().await?;
    Ok(Opened { document: found, first, rest })
}

fn readable(tx: &Tx, house: &House, actor: &Actor, document: Document) -> Result<Document, AppError> {
    if let Some(draft) = document.draft {
        let person = drafts::find(tx, draft)?.map(|it| it.person);
        // What is not sent yet is nobody's but the citizen's.
        let is_own = matches!(actor, Actor::Citizen(asking) if Some(*asking) == person);
        return if is_own { Ok(document) } else { Err(AppError::NotFound) };
    }
    let dossier = document.dossier.ok_or(AppError::NotFound)?;
    let (dossier, log) = dossiers::find(tx, dossier)?.ok_or(AppError::NotFound)?;
    let (known, now) = (house.now_known(), house.clock.now());
    let relations = relations(actor, &dossier, &log, &known, now);
    match actor {
        Actor::Citizen(person)
            if authorise::reads_by_task(&relations) && is_for_citizen(&dossier, &document, *person) =>
        {
            Ok(document)
        }
        Actor::Citizen(_) | Actor::Timer => {
            authorise::noted(actor, dossier.id);
            Err(AppError::NotFound)
        }
        Actor::Staff(person) if known.mandates.of(*person, now.day()).next().is_none() => Err(AppError::Forbidden),
        Actor::Staff(_) if authorise::reads_by_task(&relations) => Ok(document),
        Actor::Staff(person) => {
            let given = readings::reason_given(tx, *person, dossier.id)?;
            let holds = given.is_some_and(|at| now <= at.plus_seconds(crate::dossiers::REASON_SECONDS));
            if holds { Ok(document) } else { Err(AppError::ReasonNeeded) }
        }
    }
}

/// What the citizen handed in and what was decided; the office's own drafts are not for them.
fn is_for_citizen(dossier: &Dossier, document: &Document, person: PersonId) -> bool {
    let handed_in =
        dossier.filing.get().is_some_and(|it| it.papers.iter().any(|it| it.documents.contains(&document.id)));
    let decided = dossier.decision.as_ref().and_then(|it| it.document) == Some(document.id);
    document.owner == Some(person) || handed_in || decided
}

#[cfg(test)]
mod tests;
