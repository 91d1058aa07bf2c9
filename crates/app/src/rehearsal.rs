//! A rehearsal of a plan of reorganisation: the whole house is copied into a scratch folder, the plan is carried out there to its
//! end, and what came of it is kept with the plan. The copy goes with the rehearsal; nothing leaves it.
//!
//! The copy is a database in a file also where the house is on a server: the rows are read from one picture of it, as for a
//! backup, and writers do not wait for that.

use crate::clock::{Clock, Ids};
use crate::error::{AppError, in_full};
use crate::house::House;
use crate::reform::{self, Mismatch};
use crate::reform_drafts::{self, DraftError, ReformDraft, ReformDraftRefusal};
use domain::ids::{PersonId, ReformId};
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use storage::engine::{Db, Durability, Options};
use storage::{locks, reform_drafts as drafts, reforms, transfers};

/// Between two words about how far it is.
const SAID_EVERY: Duration = Duration::from_secs(2);
/// A rehearsal nobody heard of for so long was cut off, in seconds.
const SILENT_SECONDS: i64 = 60;
/// The beginning of the name of a folder with a copy.
const COPY: &str = "rehearsal-";
/// Most differences that are kept.
const FINDINGS_MAX: usize = 20;
/// The database of the copy.
const DATABASE: &str = "motcua.db";

/// What a rehearsal does, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The house is copied.
    Copy,
    /// The plan is staged.
    Stage,
    /// The instant.
    Flip,
    /// The histories tell of it.
    Settle,
    /// The certificate is drawn up, and computed again.
    Certificate,
}

impl Part {
    /// All of them, in their order.
    pub const ALL: [Self; 5] = [Self::Copy, Self::Stage, Self::Flip, Self::Settle, Self::Certificate];
}

/// One part that is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Took {
    /// Which.
    pub part: Part,
    /// How long, in milliseconds.
    pub millis: u64,
    /// How many rows or dossiers.
    pub count: u64,
}

/// What is not as it should be after a rehearsal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// No certificate was drawn up.
    NoCertificate,
    /// What went from one unit to another is not the same before and after.
    Unequal {
        /// The name of the one.
        from: String,
        /// The name of the other.
        to: String,
    },
    /// The certificate says what is not so.
    Mismatch(Mismatch),
    /// As an earlier version of the program wrote it down: with its own English words for what differs, or in Vietnamese.
    #[serde(untagged)]
    AsWritten(String),
}

/// How a rehearsal ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// The plan was carried out, and the certificate holds.
    Held,
    /// The plan was carried out, and the certificate does not hold: what differs.
    Differs(Vec<Finding>),
    /// It could not be carried out.
    Failed(String),
}

/// A rehearsal, on its way or done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rehearsal {
    /// Of which version of the plan.
    pub version: u32,
    /// When it was begun by the office's clock, in microseconds since 1970, UTC.
    pub begun_at: i64,
    /// When it was heard of last, by the real one.
    pub heard_at: i64,
    /// What it is doing now; none once it ended.
    pub doing: Option<Part>,
    /// How many rows were copied, or dossiers done, of the part it is doing.
    pub done: u64,
    /// The parts that are done.
    pub took: Vec<Took>,
    /// Dossiers that no rule routed.
    pub needs_routing: u64,
    /// Dossiers that fell to a head.
    pub fell_to_head: u64,
    /// How it ended.
    pub ended: Option<Ended>,
}

impl Rehearsal {
    /// True where it was of the plan as it is written now.
    pub fn is_of(&self, draft: &ReformDraft) -> bool {
        self.version == draft.version
    }

    /// True while somebody works on it: a program that was killed says nothing any more.
    pub fn runs(&self) -> bool {
        let silent = Instant::from_micros(self.heard_at).plus_seconds(SILENT_SECONDS);
        self.ended.is_none() && Clock::system().now() < silent
    }
}

/// The rehearsal of a plan, whichever version it was of.
pub fn of(draft: &ReformDraft) -> Option<Rehearsal> {
    serde_json::from_str(&draft.rehearsal).ok()
}

/// True where this version of the plan was rehearsed to its end and the certificate held.
pub(crate) fn held(draft: &ReformDraft) -> bool {
    of(draft).is_some_and(|it| it.is_of(draft) && it.ended == Some(Ended::Held))
}

/// Begins a rehearsal beside whoever asked for it.
///
/// # Errors
/// One is running; the plan is begun, or somebody wrote it meanwhile; no control officer; the house failed.
pub async fn begin(house: &Arc<House>, by: PersonId, id: ReformId, seen: u32) -> Result<(), DraftError> {
    let draft = reform_drafts::find(house, by, id)?;
    house.db.read_now(|tx| reform_drafts::assert_not_begun(tx, id))?;
    reform_drafts::assert_decides(house, by, &reform::check(house, &draft.file, &draft.text)?)?;
    let now = Clock::system().now().micros();
    let fresh = Rehearsal {
        version: seen,
        begun_at: house.clock.now().micros(),
        heard_at: now,
        doing: Some(Part::Copy),
        done: 0,
        took: Vec::new(),
        needs_routing: 0,
        fell_to_head: 0,
        ended: None,
    };
    let kept = written(&fresh)?;
    let draft = house
        .db
        .write(move |tx| {
            locks::reform_drafts(tx)?;
            if reforms::standing(tx, id)?.is_some() {
                return Err(ReformDraftRefusal::PlanBegun.into());
            }
            // One at a time in a house: each is a whole copy of it.
            if drafts::all(tx, reform_drafts::DRAFTS_MAX)?.iter().any(|it| of(it).is_some_and(|it| it.runs())) {
                return Err(ReformDraftRefusal::RehearsalRuns.into());
            }
            let draft = drafts::find(tx, id)?.filter(|it| it.version == seen);
            let draft = draft.ok_or(ReformDraftRefusal::PlanWrittenSince)?;
            drafts::put_rehearsal(tx, id, &kept)?;
            Ok::<_, DraftError>(draft)
        })
        .await?;
    let house = Arc::clone(house);
    tokio::spawn(async move { run(house, draft, fresh).await });
    Ok(())
}

fn written(it: &Rehearsal) -> Result<String, AppError> {
    serde_json::to_string(it).map_err(|why| AppError::fault("keeping a rehearsal", why))
}

/// How far it is, for whoever works on it and whoever writes it down.
struct Said {
    rehearsal: Mutex<Rehearsal>,
    done: AtomicU64,
}

impl Said {
    fn doing(&self, part: Part) -> std::time::Instant {
        self.done.store(0, Ordering::Relaxed);
        self.change(|it| it.doing = Some(part));
        std::time::Instant::now()
    }

    fn did(&self, part: Part, since: std::time::Instant, count: u64) {
        let millis = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.change(|it| it.took.push(Took { part, millis, count }));
    }

    fn change(&self, change: impl FnOnce(&mut Rehearsal)) {
        change(&mut self.rehearsal.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn now(&self) -> Rehearsal {
        let mut now = self.rehearsal.lock().unwrap_or_else(PoisonError::into_inner).clone();
        now.done = self.done.load(Ordering::Relaxed);
        now.heard_at = Clock::system().now().micros();
        now
    }
}

async fn run(house: Arc<House>, draft: ReformDraft, fresh: Rehearsal) {
    let id = draft.id;
    let said = Arc::new(Said { rehearsal: Mutex::new(fresh), done: AtomicU64::new(0) });
    let mut rehearsing = Box::pin(rehearse(&house, &draft, &said));
    let ended = loop {
        match tokio::time::timeout(SAID_EVERY, &mut rehearsing).await {
            Ok(ended) => break ended,
            Err(_) => keep(&house, id, &said.now()).await,
        }
    };
    let ended = ended.unwrap_or_else(|error| {
        tracing::error!(reform = %id, error = in_full(&error), "a rehearsal failed");
        Ended::Failed(in_full(&error).chars().take(500).collect())
    });
    said.change(|it| {
        it.doing = None;
        it.ended = Some(ended);
    });
    keep(&house, id, &said.now()).await;
}

async fn keep(house: &House, id: ReformId, now: &Rehearsal) {
    let Ok(text) = written(now) else { return };
    let kept = house.db.write(move |tx| Ok::<_, AppError>(drafts::put_rehearsal(tx, id, &text)?)).await;
    if let Err(error) = kept {
        tracing::warn!(error = in_full(&error), "how far a rehearsal is could not be written down");
    }
}

/// Carries the plan out in a copy of the house, to the end.
async fn rehearse(house: &Arc<House>, draft: &ReformDraft, said: &Arc<Said>) -> Result<Ended, AppError> {
    let since = said.doing(Part::Copy);
    let scratch = CopyFolder::make(&house.rules.scratch_folder, draft.id)?;
    let (inside, path, saying) = (Arc::clone(house), scratch.0.join(DATABASE), Arc::clone(said));
    let copying = tokio::task::spawn_blocking(move || copied(&inside, &path, &saying));
    let (copy, rows) = copying.await.map_err(|broken| AppError::fault("copying the house", broken))??;
    said.did(Part::Copy, since, rows);

    let since = said.doing(Part::Stage);
    let mut plan = match reform::check(&copy, &draft.file, &draft.text) {
        Ok(plan) => plan,
        Err(reform::PlanError::House(error)) => return Err(error),
        Err(wrong @ (reform::PlanError::Wrong(_) | reform::PlanError::HouseChanged)) => {
            return Ok(Ended::Failed(wrong.to_string()));
        }
    };
    plan.id = draft.id;
    let staged = reform::plan(&copy, &plan, None).await?;
    said.did(Part::Stage, since, staged);

    let since = said.doing(Part::Flip);
    copy.clock.turn_to(plan.effective_at);
    let flipped = reform::flip_due(&copy).await?;
    said.did(Part::Flip, since, flipped.len() as u64);

    let since = said.doing(Part::Settle);
    let id = draft.id;
    let needs_routing = copy.db.read(move |tx| Ok::<_, AppError>(transfers::counts(tx, id)?)).await?.needs_routing;
    let settled = reform::settle(&copy).await?;
    said.did(Part::Settle, since, settled);
    let counts = copy.db.read(move |tx| Ok::<_, AppError>(transfers::counts(tx, id)?)).await?;
    said.change(|it| {
        it.needs_routing = needs_routing;
        it.fell_to_head = counts.fell_to_head;
    });

    let since = said.doing(Part::Certificate);
    let ended = certified(&copy, id).await?;
    said.did(Part::Certificate, since, settled);
    Ok(ended)
}

fn copied(house: &House, path: &Path, said: &Said) -> Result<(Arc<House>, u64), AppError> {
    let options = Options { durability: Durability::Relaxed, ..Options::default() };
    let target = Db::open(path, options)?;
    let source = house.db.unhurried()?;
    let before = std::cell::Cell::new(("", 0_u64));
    let carried = storage::copy::copy(&source, &target, &|table, rows| {
        let (last, counted) = before.get();
        let fresh = if last == table { rows.saturating_sub(counted) } else { rows };
        before.set((table, rows));
        said.done.fetch_add(fresh, Ordering::Relaxed);
    });
    let carried = carried.map_err(|why| AppError::fault("copying the house", why))?;
    let clock = Clock::standing(house.clock.now());
    let ids = Ids::random().map_err(|why| AppError::fault("asking for randomness", why))?;
    let copy = house.beside_at(target, house.blobs.clone(), clock, ids)?;
    Ok((copy, carried.iter().map(|it| it.rows).sum()))
}

/// The folder of a copy: it holds personal data, and goes when this does.
struct CopyFolder(PathBuf);

impl CopyFolder {
    /// Also what killed rehearsals left goes first.
    fn make(scratch: &Path, id: ReformId) -> Result<Self, AppError> {
        let failed = |why: io::Error| AppError::fault(format!("using the scratch folder {}", scratch.display()), why);
        storage::blobs::create_private(scratch).map_err(failed)?;
        for entry in std::fs::read_dir(scratch).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if entry.file_name().to_string_lossy().starts_with(COPY) {
                std::fs::remove_dir_all(entry.path()).map_err(failed)?;
            }
        }
        let path = scratch.join(format!("{COPY}{id}"));
        storage::blobs::create_private(&path).map_err(failed)?;
        Ok(Self(path))
    }
}

impl Drop for CopyFolder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(error = %error, "the copy of a rehearsal, with personal data, stays until the next one");
        }
    }
}

/// Whether the certificate that was signed in the copy holds when its events are counted again.
async fn certified(copy: &Arc<House>, id: ReformId) -> Result<Ended, AppError> {
    let inside = Arc::clone(copy);
    let counting = tokio::task::spawn_blocking(move || reform::check_certificate(&inside, id));
    let checked = counting.await.map_err(|broken| AppError::fault("computing the certificate again", broken))??;
    let Some(checked) = checked else { return Ok(Ended::Differs(vec![Finding::NoCertificate])) };
    let statement = &checked.certificate.statement;
    let unequal = statement.lines.iter().filter(|it| !it.sums.holds());
    let unequal = unequal.map(|it| Finding::Unequal { from: it.from_name.clone(), to: it.to_name.clone() });
    let wrong = checked.mismatches.iter().cloned().map(Finding::Mismatch);
    let found: Vec<Finding> = unequal.chain(wrong).take(FINDINGS_MAX).collect();
    if found.is_empty() && statement.total.holds() { Ok(Ended::Held) } else { Ok(Ended::Differs(found)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reform::{Broken, Claim};
    use storage::verify::Flaw;

    /// As a version before [`Finding`] kept it.
    const KEPT: &str = r#"{"version":3,"begun_at":1,"heard_at":2,"doing":null,"done":0,"took":[],"needs_routing":0,"fell_to_head":0,"ended":{"differs":["certificate","owed: 1 / 2"]}}"#;

    #[test]
    fn what_an_earlier_version_found_is_read_and_kept_as_it_is() {
        let read: Rehearsal = serde_json::from_str(KEPT).unwrap();
        let as_written = ["certificate", "owed: 1 / 2"].map(|it| Finding::AsWritten(it.to_owned()));
        assert_eq!(read.ended, Some(Ended::Differs(as_written.to_vec())));
        assert_eq!(written(&read).unwrap(), KEPT);
    }

    #[test]
    fn what_is_found_is_read_as_what_it_was() {
        let mismatch = |what, broken| Mismatch {
            line: Some(("Phường Một".to_owned(), "Phường Mới".to_owned())),
            what,
            stated: "1".to_owned(),
            found: "2".to_owned(),
            broken,
        };
        let found = vec![
            Finding::NoCertificate,
            Finding::Unequal { from: "Phường Một".to_owned(), to: "Phường Mới".to_owned() },
            Finding::Mismatch(mismatch(Claim::Owed, None)),
            Finding::Mismatch(mismatch(Claim::Chain, Some(Broken::Untold))),
            Finding::Mismatch(mismatch(Claim::Chain, Some(Broken::Flaw(Flaw::OutOfPlace { seq: 3, place: 2 })))),
        ];
        let kept = serde_json::to_string(&Ended::Differs(found.clone())).unwrap();
        assert_eq!(serde_json::from_str::<Ended>(&kept).unwrap(), Ended::Differs(found));
    }
}
