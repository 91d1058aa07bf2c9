//! Plans of reorganisation that a control officer prepares, step by step: kept in the house between the steps, checked anew at
//! each, and begun once nothing is left to settle.
//!
//! The file of the plan is the only truth: what somebody settles on a page is written into it ([`Amendment`]) and read again.

mod begun;
mod looked;

pub use begun::{Rehearsed, begin, give_up, progress, stage_beside, take_back, unreadable};
pub use looked::{Foreseen, Looked, REASON_CHARS_MAX, Scope, Way, look_at, settle};
pub use storage::reform_drafts::ReformDraft;
pub use storage::reforms::{Reform, Unreadable};
pub use storage::transfers::Counts;

use crate::error::AppError;
use crate::house::House;
use crate::reform::{self, PlanError};
use domain::ids::{PersonId, ReformId};
use domain::organisation::reform::Reorganisation;
use domain::post::Post;
use domain::procedure::{FILE_BYTES_MAX, ImportProblem};
use std::sync::Arc;
use storage::engine::Tx;
use storage::reform_drafts as drafts;
use storage::{house as houses, locks, reforms};

/// Most plans on their way at once: an office prepares a few.
pub const DRAFTS_MAX: u32 = 50;
/// Largest file of a plan, in bytes.
pub const PLAN_BYTES_MAX: usize = FILE_BYTES_MAX;
/// Longest name of a file that is kept, in characters.
const FILE_CHARS_MAX: usize = 100;

/// Why a plan on its way is not kept, not settled, not begun.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReformDraftRefusal {
    /// There are as many on their way as an office can mean.
    #[error("{max} plans are on their way already")]
    TooManyPlans {
        /// How many.
        max: u32,
    },
    /// Somebody wrote it anew, or threw it away, since the page was made.
    #[error("the plan was written anew since")]
    PlanWrittenSince,
    /// It is begun: its text is fixed.
    #[error("the plan is begun")]
    PlanBegun,
    /// Somebody changed the units or the catalogue between the last look and the beginning.
    #[error("the house changed since the plan was looked at")]
    HouseChangedSince,
    /// There is something somebody must settle first.
    #[error("{count} conflicts are left")]
    ConflictsLeft {
        /// How many.
        count: usize,
    },
    /// What was typed is not the number of the resolution.
    #[error("another number than the plan's was typed")]
    OtherNumber,
    /// It was not rehearsed as it is now, and nobody said that it need not be.
    #[error("the plan was not rehearsed as it is now")]
    NotRehearsed,
    /// That conflict is not there any more.
    #[error("there is no such conflict any more")]
    ConflictGone,
    /// Words why are missing.
    #[error("no reason was given")]
    WhyMissing,
    /// A rehearsal is on its way.
    #[error("a rehearsal is running")]
    RehearsalRuns,
    /// The plan touches units that are not all below one where this person watches over procedures.
    #[error("the control officer of {unit:?} decides about the plan")]
    NotAbove {
        /// The name of the unit whose control officer decides.
        unit: String,
    },
    /// No unit of the house stands above all it touches, nor above most of it: only the operator carries it out.
    #[error("no control officer decides about the plan")]
    NobodyAbove,
    /// The plan gives the person who would begin it a post they do not hold: somebody else must decide about that.
    #[error("the plan gives its own author the post {post}")]
    FavoursAuthor {
        /// Which.
        post: Post,
    },
}

/// What can come of working on a plan.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// What is wrong with its file, each with its line.
    #[error("{}", domain::procedure::listed(.0))]
    Wrong(Vec<ImportProblem>),
    /// A lawful no.
    #[error(transparent)]
    Refused(#[from] ReformDraftRefusal),
    /// The house failed.
    #[error(transparent)]
    House(#[from] AppError),
}

impl From<storage::engine::StorageError> for DraftError {
    fn from(error: storage::engine::StorageError) -> Self {
        Self::House(error.into())
    }
}

impl From<PlanError> for DraftError {
    fn from(error: PlanError) -> Self {
        match error {
            PlanError::Wrong(problems) => Self::Wrong(problems),
            PlanError::HouseChanged => Self::Refused(ReformDraftRefusal::HouseChangedSince),
            PlanError::House(error) => Self::House(error),
        }
    }
}

/// Plans on their way, the last written first.
///
/// # Errors
/// No control officer, or the house failed.
pub fn all(house: &House, person: PersonId) -> Result<Vec<ReformDraft>, AppError> {
    assert_may_reorganise(house, person)?;
    house.db.read_now(|tx| Ok::<_, AppError>(drafts::all(tx, DRAFTS_MAX)?))
}

/// One of them.
///
/// # Errors
/// No control officer, no such plan, or the house failed.
pub fn find(house: &House, person: PersonId, id: ReformId) -> Result<ReformDraft, AppError> {
    assert_may_reorganise(house, person)?;
    house.db.read_now(|tx| drafts::find(tx, id)?.ok_or(AppError::NotFound))
}

/// Decided about a plan is by the control officer of the unit that stands above all it touches
/// ([`Reorganisation::is_decided_by`]); other control officers may read it.
pub(crate) fn assert_decides(house: &House, person: PersonId, plan: &Reorganisation) -> Result<(), DraftError> {
    assert_may_reorganise(house, person)?;
    let (known, today) = (house.now_known(), house.clock.now().day());
    if plan.is_decided_by(person, &known.organisation, &known.mandates, today) {
        return Ok(());
    }
    let eve = plan.effective_on().yesterday().unwrap_or(plan.effective_on());
    let no = match plan.decided_by(&known.organisation) {
        Some(unit) => ReformDraftRefusal::NotAbove { unit: known.organisation.name_on(unit, eve).to_owned() },
        None => ReformDraftRefusal::NobodyAbove,
    };
    Err(no.into())
}

/// The same of a plan on its way, by what its text says now. Text that is no plan any more nobody can carry out: whoever wrote it
/// last may write it anew or throw it away, and so may the control officer of a topmost unit.
fn assert_decides_about(house: &House, person: PersonId, draft: &ReformDraft) -> Result<(), DraftError> {
    match reform::check(house, &draft.file, &draft.text) {
        Ok(plan) => assert_decides(house, person, &plan),
        Err(PlanError::House(error)) => Err(error.into()),
        Err(PlanError::Wrong(_) | PlanError::HouseChanged) => {
            let may = draft.changed_by == person || controls_a_topmost_unit(house, person);
            if may { Ok(()) } else { Err(ReformDraftRefusal::NobodyAbove.into()) }
        }
    }
}

fn controls_a_topmost_unit(house: &House, person: PersonId) -> bool {
    let (known, today) = (house.now_known(), house.clock.now().day());
    let controls = known.mandates.of(person, today).filter(|it| it.post == Post::ControlOfficer);
    controls.map(|it| it.unit).any(|unit| known.root_unit(today, unit) == unit)
}

/// Reading plans is the business of everybody who watches over procedures.
pub(crate) fn assert_may_reorganise(house: &House, person: PersonId) -> Result<(), AppError> {
    let today = house.clock.now().day();
    let may = house.now_known().mandates.of(person, today).any(|it| it.post == Post::ControlOfficer);
    if may { Ok(()) } else { Err(AppError::Forbidden) }
}

/// A file as it is kept: lines end in one way, so that their numbers are those a page shows.
pub fn plain(text: &str) -> String {
    text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n")
}

/// Keeps a plan, once its file says nothing that cannot be. Gives its id: of the one that lies here already, or was begun, where the
/// same text was brought in before.
///
/// # Errors
/// Everything wrong with the file; there are too many plans; no control officer; the house failed.
pub async fn bring_in(house: &Arc<House>, by: PersonId, file: &str, text: &str) -> Result<ReformId, DraftError> {
    assert_may_reorganise(house, by)?;
    let file = named(file);
    let text = plain(text);
    // Of one that is begun the file says what cannot be any more: its page says how far it is.
    if let Some(begun) = reform::begun(house, &text)? {
        return Ok(begun.id);
    }
    assert_decides(house, by, &reform::check(house, &file, &text)?)?;
    let now = house.clock.now();
    let id = ReformId::from_uuid(house.ids.uuid(now));
    house
        .db
        .write(move |tx| {
            locks::reform_drafts(tx)?;
            for same in drafts::all(tx, DRAFTS_MAX)?.iter().filter(|it| it.text == text) {
                if assert_not_begun(tx, same.id).is_ok() {
                    return Ok(same.id);
                }
            }
            if drafts::count(tx)? >= i64::from(DRAFTS_MAX) {
                return Err(ReformDraftRefusal::TooManyPlans { max: DRAFTS_MAX }.into());
            }
            drafts::add(tx, id, &file, &text, now, by)?;
            houses::audit(tx, now, Some(by), "reform plan brought in", &id.to_string(), "")?;
            Ok::<_, DraftError>(id)
        })
        .await
}

/// The name of a file without a path, short; one of our own where it has none.
fn named(file: &str) -> String {
    let name = file.rsplit(['/', '\\']).next().unwrap_or("").trim();
    let name: String = name.chars().filter(|c| !c.is_control()).take(FILE_CHARS_MAX).collect();
    if name.is_empty() { "phuong-an.toml".to_owned() } else { name }
}

/// Writes a plan anew. `seen` is the version its writer saw.
///
/// # Errors
/// Everything wrong with the file; somebody wrote it meanwhile; it is begun; no control officer; the house failed.
pub async fn amend(house: &Arc<House>, by: PersonId, id: ReformId, seen: u32, text: &str) -> Result<(), DraftError> {
    let draft = find(house, by, id)?;
    let text = plain(text);
    assert_decides_about(house, by, &draft)?;
    assert_decides(house, by, &reform::check(house, &draft.file, &text)?)?;
    let now = house.clock.now();
    house
        .db
        .write(move |tx| {
            locks::reform_drafts(tx)?;
            assert_not_begun(tx, id)?;
            if !drafts::amend(tx, id, seen, &text, now, by)? {
                return Err(ReformDraftRefusal::PlanWrittenSince.into());
            }
            houses::audit(tx, now, Some(by), "reform plan written", &id.to_string(), "")?;
            Ok::<_, DraftError>(())
        })
        .await
}

/// Throws a plan away that is not begun.
///
/// # Errors
/// Somebody wrote it meanwhile; it is begun; no control officer; the house failed.
pub async fn throw_away(house: &Arc<House>, by: PersonId, id: ReformId, seen: u32) -> Result<(), DraftError> {
    assert_decides_about(house, by, &find(house, by, id)?)?;
    let now = house.clock.now();
    house
        .db
        .write(move |tx| {
            locks::reform_drafts(tx)?;
            assert_not_begun(tx, id)?;
            if !drafts::throw_away(tx, id, seen)? {
                return Err(ReformDraftRefusal::PlanWrittenSince.into());
            }
            houses::audit(tx, now, Some(by), "reform plan thrown away", &id.to_string(), "")?;
            Ok::<_, DraftError>(())
        })
        .await
}

pub(crate) fn assert_not_begun(tx: &Tx, id: ReformId) -> Result<(), DraftError> {
    match reforms::standing(tx, id)? {
        Some(_) => Err(ReformDraftRefusal::PlanBegun.into()),
        None => Ok(()),
    }
}
