//! Plans of reorganisation that a control officer prepares, step by step: kept in the house between the steps, checked anew at
//! each, and begun once nothing is left to settle.
//!
//! The file of the plan is the only truth: what somebody settles on a page is written into it ([`Amendment`]) and read again.

use crate::error::AppError;
use crate::house::{House, Snapshot};
use crate::reform::{self, Editions, PlanError, UndoError, Undone};
use domain::dossier::Transfer;
use domain::ids::{PersonId, ReformId, UnitId};
use domain::organisation::reform::{Amendment, Conflict, Consequences, Reorganisation};
use domain::organisation::{HOUSE_KEYS, Organisation};
use domain::post::Post;
use domain::procedure::{FILE_BYTES_MAX, ImportProblem, ProcedureId};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use storage::engine::Tx;
use storage::reform_drafts as drafts;
pub use storage::reform_drafts::ReformDraft;
pub use storage::reforms::{Counts, Reform};
use storage::{house as houses, locks, people, reforms};

/// Most plans on their way at once: an office prepares a few.
pub const DRAFTS_MAX: u32 = 50;
/// Largest file of a plan, in bytes.
pub const PLAN_BYTES_MAX: usize = FILE_BYTES_MAX;
/// Longest words why something may stay as it is, in characters.
pub const REASON_CHARS_MAX: usize = 500;
/// Longest name of a file that is kept, in characters.
const FILE_CHARS_MAX: usize = 100;
/// Most people offered for a post that nobody holds.
const CANDIDATES_MAX: usize = 30;

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
            let (known, today) = (house.now_known(), house.clock.now().day());
            let controls = known.mandates.of(person, today).filter(|it| it.post == Post::ControlOfficer);
            let is_topmost = controls.map(|it| it.unit).any(|unit| known.root_unit(today, unit) == unit);
            if draft.changed_by == person || is_topmost { Ok(()) } else { Err(ReformDraftRefusal::NobodyAbove.into()) }
        }
    }
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

/// Keeps a plan, once its file says nothing that cannot be. Gives its id.
///
/// # Errors
/// Everything wrong with the file; there are too many plans; no control officer; the house failed.
pub async fn bring_in(house: &Arc<House>, by: PersonId, file: &str, text: &str) -> Result<ReformId, DraftError> {
    assert_may_reorganise(house, by)?;
    let file = named(file);
    let text = plain(text);
    assert_decides(house, by, &reform::check(house, &file, &text)?)?;
    let now = house.clock.now();
    let id = ReformId::from_uuid(house.ids.uuid(now));
    house
        .db
        .write(move |tx| {
            locks::reform_drafts(tx)?;
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
    match reforms::find(tx, id)? {
        Some(_) => Err(ReformDraftRefusal::PlanBegun.into()),
        None => Ok(()),
    }
}

/// A plan with everything that follows from it in the house as it is.
pub struct Looked {
    /// The plan on its way.
    pub draft: ReformDraft,
    /// What its file says.
    pub plan: Reorganisation,
    /// What follows.
    pub found: Consequences,
    /// The house it was looked at in.
    pub known: Arc<Snapshot>,
    /// The units from the instant on.
    pub after: Organisation,
    /// Logins of the staff.
    pub logins: HashMap<PersonId, String>,
    editions: Editions,
}

/// Looks at a plan: reads its file, checks it, counts what follows. It takes its time; not for a thread others wait for.
///
/// # Errors
/// Everything wrong with the file in the house as it is now; no control officer; no such plan; the house failed.
pub fn look_at(house: &House, by: PersonId, id: ReformId) -> Result<Looked, DraftError> {
    let draft = find(house, by, id)?;
    // The editions first: what changes while one looks is then noticed when the plan is begun.
    let editions = Editions::now(house)?;
    let logins = house.db.read_now(|tx| Ok::<_, AppError>(people::logins(tx)?))?;
    let mut plan = reform::check(house, &draft.file, &draft.text)?;
    plan.id = draft.id;
    let known = house.now_known();
    let found = reform::consequences(house, &plan)?;
    let mut after = known.organisation.clone();
    for (unit, event) in plan.unit_events() {
        after.apply(unit, &event).map_err(|why| AppError::fault("following a plan", why))?;
    }
    let logins = logins.into_iter().map(|(person, login, _)| (person, login)).collect();
    Ok(Looked { draft, plan, found, known, after, logins, editions })
}

/// What can be done about a conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// The person works in this unit only.
    OnlyIn(UnitId),
    /// It may be as the plan says, with words why.
    AsItIs,
    /// The workflow of this entry of the catalogue holds, with words why.
    Keep(ProcedureId),
    /// This person takes the post over and leaves the others.
    Given(PersonId),
}

/// How far a way of settling reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// This conflict.
    One,
    /// Every conflict of its kind to which the same way is open.
    AllAlike,
}

impl Looked {
    /// The units from both sides: before the instant, else from it on.
    pub fn unit_name(&self, unit: UnitId) -> &str {
        let on = self.plan.effective_on();
        match self.after.attributes_on(unit, on).or_else(|| self.known.organisation.attributes_on(unit, on)) {
            Some(it) => &it.name,
            None => "",
        }
    }

    /// The key by which files name a unit.
    pub fn key_of(&self, unit: UnitId) -> &str {
        let on = self.plan.effective_on();
        let attributes = self.after.attributes_on(unit, on).or_else(|| self.known.organisation.attributes_on(unit, on));
        let code = attributes.and_then(|it| it.codes.iter().find(|code| code.scheme == HOUSE_KEYS));
        code.map_or("", |it| it.value.as_str())
    }

    fn login_of(&self, person: PersonId) -> &str {
        self.logins.get(&person).map_or("", String::as_str)
    }

    /// The name of a conflict that stays the same each time the plan is looked at: units that begin get their ids only once it is
    /// carried out.
    pub fn name_of(&self, conflict: &Conflict) -> String {
        match conflict {
            Conflict::TwoWorkflows { one, other } => format!("quy-trinh:{one}:{other}"),
            Conflict::PersonInUnits { person, .. } => format!("nhieu-don-vi:{}", self.login_of(*person)),
            Conflict::PersonLeaves { person, .. } => format!("khong-don-vi:{}", self.login_of(*person)),
            Conflict::PostOpen { unit, post, .. } => format!("vi-tri:{}:{}", self.key_of(*unit), post.as_str()),
            Conflict::SplitWithoutRule { unit } => format!("chia:{}", self.key_of(*unit)),
            Conflict::EdgeToEnding { from, to } => format!("canh:{}:{}", self.key_of(*from), self.key_of(*to)),
            Conflict::PlanOverlaps { plan, unit } => format!("phuong-an:{plan}:{}", self.key_of(*unit)),
            Conflict::SameCode { scheme, value, .. } => format!("ma:{scheme}:{value}"),
        }
    }

    /// What can be done about a conflict on a page; nothing where the file must be written anew by hand.
    pub fn ways(&self, conflict: &Conflict) -> Vec<Way> {
        match conflict {
            Conflict::TwoWorkflows { one, other } => vec![Way::Keep(one.clone()), Way::Keep(other.clone())],
            Conflict::PersonInUnits { units, .. } => {
                units.iter().map(|it| Way::OnlyIn(*it)).chain([Way::AsItIs]).collect()
            }
            Conflict::PersonLeaves { unit, .. } => {
                let heirs = self.plan.successors_of(*unit).into_iter().map(|it| Way::OnlyIn(it.unit));
                heirs.chain([Way::AsItIs]).collect()
            }
            Conflict::PostOpen { unit, post, .. } => {
                self.candidates(*unit, *post).into_iter().map(Way::Given).chain([Way::AsItIs]).collect()
            }
            Conflict::SplitWithoutRule { .. }
            | Conflict::EdgeToEnding { .. }
            | Conflict::PlanOverlaps { .. }
            | Conflict::SameCode { .. } => Vec::new(),
        }
    }

    /// Who works in that authority from the instant on, by name: each could take a post over.
    fn candidates(&self, unit: UnitId, post: Post) -> Vec<PersonId> {
        let on = self.plan.effective_on();
        let authority = self.after.authority_of(unit, on);
        let begun = self.found.mandates.begun.iter();
        let near = begun.filter(|it| it.post != post && self.after.authority_of(it.unit, on) == authority);
        let mut found: Vec<PersonId> = near.map(|it| it.person).collect::<BTreeSet<_>>().into_iter().collect();
        found.sort_by_key(|it| self.known.staff_name(*it).to_owned());
        found.truncate(CANDIDATES_MAX);
        found
    }

    /// Where somebody works until the instant, by the keys of the units.
    fn works_in(&self, person: PersonId) -> Vec<String> {
        let on = self.plan.effective_on();
        let goes_on = self.known.mandates.all().iter().filter(|it| it.until.is_none_or(|until| until > on));
        let units: BTreeSet<UnitId> = goes_on.filter(|it| it.person == person).map(|it| it.unit).collect();
        units.iter().map(|it| self.key_of(*it)).filter(|it| !it.is_empty()).map(str::to_owned).collect()
    }

    /// Other conflicts of the same kind that can be settled alike: the workflows of a whole level, or people who leave.
    pub fn alike(&self, conflict: &Conflict) -> impl Iterator<Item = &Conflict> {
        let same = |it: &&Conflict| match (*it, conflict) {
            (Conflict::TwoWorkflows { .. }, Conflict::TwoWorkflows { .. })
            | (Conflict::PersonLeaves { .. }, Conflict::PersonLeaves { .. })
            | (Conflict::PersonInUnits { .. }, Conflict::PersonInUnits { .. })
            | (Conflict::PostOpen { .. }, Conflict::PostOpen { .. }) => *it != conflict,
            _ => false,
        };
        let same: Vec<&Conflict> = self.found.conflicts.iter().filter(same).collect();
        same.into_iter()
    }

    /// The same way for another conflict of the kind, where it is open there.
    fn way_alike(&self, conflict: &Conflict, way: &Way) -> Option<Way> {
        let alike = |it: &Way| match (it, way) {
            (Way::Keep(one), Way::Keep(other)) => one.tab == other.tab,
            (Way::Given(_), Way::Given(_)) => false,
            (one, other) => one == other,
        };
        self.ways(conflict).into_iter().find(alike)
    }

    /// What is written into the file where a conflict is settled that way.
    fn amendment(&self, conflict: &Conflict, way: &Way, reason: &str) -> Option<Amendment> {
        let reason = reason.to_owned();
        let moved = |person: PersonId, to: UnitId, becomes: Option<Post>| Amendment::Move {
            from: self.works_in(person),
            person: self.login_of(person).to_owned(),
            to: self.key_of(to).to_owned(),
            becomes,
        };
        match (conflict, way) {
            (Conflict::TwoWorkflows { .. }, Way::Keep(keep)) => {
                Some(Amendment::Workflow { keep: keep.clone(), reason })
            }
            (Conflict::PersonInUnits { person, .. } | Conflict::PersonLeaves { person, .. }, Way::OnlyIn(unit)) => {
                Some(moved(*person, *unit, None))
            }
            (Conflict::PersonInUnits { person, .. }, Way::AsItIs) => {
                Some(Amendment::PersonInUnits { person: self.login_of(*person).to_owned(), reason })
            }
            (Conflict::PersonLeaves { person, .. }, Way::AsItIs) => {
                Some(Amendment::PersonLeaves { person: self.login_of(*person).to_owned(), reason })
            }
            (Conflict::PostOpen { unit, post, .. }, Way::Given(person)) => Some(moved(*person, *unit, Some(*post))),
            (Conflict::PostOpen { unit, post, .. }, Way::AsItIs) => {
                Some(Amendment::PostOpen { unit: self.key_of(*unit).to_owned(), post: *post, reason })
            }
            _ => None,
        }
    }

    /// Dossiers to look at before and after: the same ones each time, picked by the plan's id.
    pub fn sample(&self, most: usize) -> Vec<&Transfer> {
        let mut picked: Vec<([u8; 32], &Transfer)> = self.found.transfers.iter().map(|it| (self.lot(it), it)).collect();
        picked.sort_by_key(|(lot, _)| *lot);
        picked.into_iter().take(most).map(|(_, it)| it).collect()
    }

    fn lot(&self, it: &Transfer) -> [u8; 32] {
        Sha256::new().chain_update(self.draft.id.as_bytes()).chain_update(it.dossier.as_bytes()).finalize().into()
    }

    /// True where this very text was rehearsed to its end and its certificate held.
    pub fn is_rehearsed(&self) -> bool {
        crate::rehearsal::held(&self.draft)
    }

    /// Numbers of one matter, by what they count.
    pub fn totals(&self) -> BTreeMap<&domain::organisation::reform::Matter, (u64, i64)> {
        let mut totals = BTreeMap::new();
        for ((matter, _, _), counted) in &self.found.counted {
            let total: &mut (u64, i64) = totals.entry(matter).or_default();
            total.0 += counted.count;
            total.1 += counted.vnd;
        }
        totals
    }
}

/// Settles a conflict, and others of its kind alike where asked: what is chosen is written into the file, which is then checked
/// again. The name is of [`Looked::name_of`].
///
/// # Errors
/// The conflict is gone; words why are missing; somebody wrote the plan meanwhile; it is begun; the file cannot be as it would
/// then be; no control officer; the house failed.
pub async fn settle(
    house: &Arc<House>,
    by: PersonId,
    looked: &Looked,
    (name, way, scope): (&str, &Way, Scope),
    reason: &str,
) -> Result<(), DraftError> {
    let conflict = looked.found.conflicts.iter().find(|it| looked.name_of(it) == name);
    let conflict = conflict.ok_or(ReformDraftRefusal::ConflictGone)?;
    if !looked.ways(conflict).contains(way) {
        return Err(ReformDraftRefusal::ConflictGone.into());
    }
    let words = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    let reason: String = words.chars().take(REASON_CHARS_MAX).collect();
    if reason.is_empty() && matches!(way, Way::AsItIs | Way::Keep(_)) {
        return Err(ReformDraftRefusal::WhyMissing.into());
    }
    let mut amendments = vec![looked.amendment(conflict, way, &reason).ok_or(ReformDraftRefusal::ConflictGone)?];
    if scope == Scope::AllAlike {
        let alike = |it: &Conflict| looked.amendment(it, &looked.way_alike(it, way)?, &reason);
        amendments.extend(looked.alike(conflict).filter_map(alike));
    }
    let text = amendments.iter().fold(looked.draft.text.clone(), |text, it| it.added_to(&text));
    amend(house, by, looked.draft.id, looked.draft.version, &text).await
}

/// Whether a plan may be begun without a rehearsal of what it says now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rehearsed {
    /// Only where a rehearsal of this version came to its end and its certificate held.
    Required,
    /// Somebody decided that it need not.
    Waived,
}

/// Begins a plan: from now on it is staged, and carried out at its instant. `number` is what somebody typed as the number of the
/// resolution. Everything is checked once more against the house as it is in that very transaction.
///
/// # Errors
/// Something is left to settle; another number; no rehearsal; somebody wrote the plan, begun it or changed the house meanwhile;
/// no control officer; the house failed. Then nothing is begun.
pub async fn begin(
    house: &Arc<House>,
    by: PersonId,
    looked: &Looked,
    number: &str,
    rehearsed: Rehearsed,
) -> Result<(), DraftError> {
    assert_decides(house, by, &looked.plan)?;
    if let Some(post) = looked.plan.favours(by, &looked.found.mandates, &looked.known.mandates) {
        return Err(ReformDraftRefusal::FavoursAuthor { post }.into());
    }
    if !looked.found.conflicts.is_empty() {
        return Err(ReformDraftRefusal::ConflictsLeft { count: looked.found.conflicts.len() }.into());
    }
    if !looked.plan.is_its_number(number) {
        return Err(ReformDraftRefusal::OtherNumber.into());
    }
    if rehearsed == Rehearsed::Required && !looked.is_rehearsed() {
        return Err(ReformDraftRefusal::NotRehearsed.into());
    }
    let expected = i64::try_from(looked.found.transfers.len()).unwrap_or(i64::MAX);
    let (plan, seen, known, now) = (looked.plan.clone(), looked.draft.version, looked.editions, house.clock.now());
    house
        .db
        .write(move |tx| {
            locks::whole_history(tx)?;
            locks::reform_drafts(tx)?;
            assert_not_begun(tx, plan.id)?;
            match drafts::find(tx, plan.id)? {
                Some(draft) if draft.version == seen => {}
                Some(_) | None => return Err(ReformDraftRefusal::PlanWrittenSince.into()),
            }
            if Editions::of(tx)? != known {
                return Err(ReformDraftRefusal::HouseChangedSince.into());
            }
            reforms::add(tx, &plan, now, Some(by), None)?;
            drafts::put_expected(tx, plan.id, expected)?;
            houses::audit(tx, now, Some(by), "reform begun", &plan.id.to_string(), &plan.instrument)?;
            Ok::<_, DraftError>(())
        })
        .await?;
    house.refresh()?;
    Ok(())
}

/// Has a begun plan staged, beside whoever asked for it.
pub fn stage_beside(house: &Arc<House>, id: ReformId) {
    let house = Arc::clone(house);
    tokio::spawn(async move {
        match reform::stage(&house, id).await {
            Ok(dossiers) => tracing::info!(reform = %id, dossiers, "a reorganisation is staged"),
            Err(error) => {
                tracing::error!(reform = %id, error = crate::error::in_full(&error), "staging a reorganisation failed; it can be asked for again");
            }
        }
    });
}

/// A plan that is begun, and how far it is, by its id; none where it is not begun.
///
/// # Errors
/// No control officer, or the house failed.
pub fn progress(house: &House, by: PersonId, id: ReformId) -> Result<Option<(Reform, Counts)>, AppError> {
    assert_may_reorganise(house, by)?;
    house.db.read_now(|tx| {
        let Some(reform) = reforms::find(tx, id)? else { return Ok(None) };
        Ok(Some((reform, reforms::counts(tx, id)?)))
    })
}

/// Gives a begun plan up that is not in force. False where it is.
///
/// # Errors
/// No control officer, or the house failed.
pub async fn give_up(house: &Arc<House>, by: PersonId, id: ReformId) -> Result<bool, AppError> {
    assert_decides_about_begun(house, by, id)?;
    let given_up = reform::give_up(house, id).await?;
    if given_up {
        noted(house, by, id, "reform given up").await?;
    }
    Ok(given_up)
}

/// Takes a plan back that is in force, while that is lawful.
///
/// # Errors
/// It is not any more; no control officer; the house failed.
pub async fn take_back(house: &Arc<House>, by: PersonId, id: ReformId) -> Result<Undone, UndoError> {
    assert_decides_about_begun(house, by, id)?;
    let undone = reform::undo(house, id, Some(by)).await?;
    noted(house, by, id, "reform taken back").await?;
    Ok(undone)
}

fn assert_decides_about_begun(house: &House, by: PersonId, id: ReformId) -> Result<(), AppError> {
    assert_may_reorganise(house, by)?;
    let reform = house.db.read_now(|tx| reforms::find(tx, id)?.ok_or(AppError::NotFound))?;
    let (known, today) = (house.now_known(), house.clock.now().day());
    let decides = reform.plan.is_decided_by(by, &known.organisation, &known.mandates, today);
    if decides { Ok(()) } else { Err(AppError::Forbidden) }
}

async fn noted(house: &House, by: PersonId, id: ReformId, what: &'static str) -> Result<(), AppError> {
    let now = house.clock.now();
    house.db.write(move |tx| Ok::<_, AppError>(houses::audit(tx, now, Some(by), what, &id.to_string(), "")?)).await
}
