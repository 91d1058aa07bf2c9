//! Looking at a plan on its way: what follows from it, what collides, how each conflict can be settled, and settling one.

use super::{DraftError, ReformDraft, ReformDraftRefusal, amend, find};
use crate::error::AppError;
use crate::house::{House, Snapshot};
use crate::reform::{self, Editions};
use domain::dossier::Transfer;
use domain::ids::{PersonId, ReformId, UnitId};
use domain::organisation::reform::{Amendment, Conflict, Consequences, Matter, Reorganisation};
use domain::organisation::{HOUSE_KEYS, Organisation};
use domain::person::in_order;
use domain::post::Post;
use domain::procedure::ProcedureId;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Deref;
use std::sync::Arc;
use storage::people;

/// Longest words why something may stay as it is, in characters.
pub const REASON_CHARS_MAX: usize = 500;

/// A plan with everything that follows from it in the house as it is.
pub struct Foreseen {
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
}

/// A plan on its way, with all that.
pub struct Looked {
    /// The plan on its way.
    pub draft: ReformDraft,
    /// What follows from it.
    pub foreseen: Foreseen,
    pub(super) editions: Editions,
}

impl Deref for Looked {
    type Target = Foreseen;

    fn deref(&self) -> &Foreseen {
        &self.foreseen
    }
}

/// Looks at a plan: reads its file, checks it, counts what follows. It takes its time; not for a thread others wait for.
///
/// # Errors
/// Everything wrong with the file in the house as it is now; no control officer; no such plan; the house failed.
pub fn look_at(house: &House, by: PersonId, id: ReformId) -> Result<Looked, DraftError> {
    let draft = find(house, by, id)?;
    // The editions first: what changes while one looks is then noticed when the plan is begun.
    let editions = Editions::now(house)?;
    let mut plan = reform::check(house, &draft.file, &draft.text)?;
    plan.id = draft.id;
    Ok(Looked { draft, foreseen: Foreseen::new(house, plan)?, editions })
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

impl Foreseen {
    /// Counts what follows from a checked plan. It takes its time; not for a thread others wait for.
    ///
    /// # Errors
    /// The house failed.
    pub fn new(house: &House, plan: Reorganisation) -> Result<Self, AppError> {
        let logins = house.db.read_now(|tx| Ok::<_, AppError>(people::logins(tx)?))?;
        let logins = logins.into_iter().map(|(person, login, _)| (person, login)).collect();
        let known = house.now_known();
        let found = reform::consequences(house, &plan)?;
        let mut after = known.organisation.clone();
        for (unit, event) in plan.unit_events() {
            after.apply(unit, &event).map_err(|why| AppError::fault("following a plan", why))?;
        }
        Ok(Self { plan, found, known, after, logins })
    }

    /// The entries of which one, written into the file, settles a conflict; none where the file itself must be another.
    pub fn entries(&self, conflict: &Conflict, reason: &str) -> Vec<String> {
        let written = |way: Way| self.amendment(conflict, &way, reason).map(|it| it.written());
        self.ways(conflict).into_iter().filter_map(written).collect()
    }

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

    /// Who works in that authority from the instant on, by name, all of them: each could take a post over, but who was given one
    /// already, for they leave the others.
    fn candidates(&self, unit: UnitId, post: Post) -> Vec<PersonId> {
        let on = self.plan.effective_on();
        let authority = self.after.authority_of(unit, on);
        let begun = self.found.mandates.begun.iter();
        let is_given =
            |person: PersonId| self.plan.staff.iter().any(|it| it.person == Some(person) && it.becomes.is_some());
        let near = begun.filter(|it| it.post != post && self.after.authority_of(it.unit, on) == authority);
        let near = near.filter(|it| !is_given(it.person));
        let mut found: Vec<PersonId> = near.map(|it| it.person).collect::<BTreeSet<_>>().into_iter().collect();
        found.sort_by_key(|it| in_order(self.known.staff_name(*it)));
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

    /// Numbers of one matter, by what they count.
    pub fn totals(&self) -> BTreeMap<&Matter, (u64, i64)> {
        let mut totals = BTreeMap::new();
        for ((matter, _, _), counted) in &self.found.counted {
            let total: &mut (u64, i64) = totals.entry(matter).or_default();
            total.0 += counted.count;
            total.1 += counted.vnd;
        }
        totals
    }
}

impl Looked {
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
