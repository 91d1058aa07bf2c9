//! Where a plan puts one dossier, and who works where after it.

use super::plan::{Reorganisation, StaffMove};
use super::territory::{Address, TerritoryRule, resolve};
use crate::dossier::{Owner, Transfer};
use crate::ids::{DossierId, PersonId, UnitId};
use crate::organisation::{Extent, Mandate, Mandates, Organisation, OrganisationError, Placement, Places};
use crate::post::Post;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;

/// What becomes of a unit.
#[derive(Debug)]
enum Fate {
    /// All of it goes to one.
    Whole(UnitId),
    /// Where a subject lives decides.
    Split {
        /// Who takes what no rule sends elsewhere: a successor, or the unit itself where it stands on.
        default: UnitId,
        /// Which of the plan's rules are about it.
        rules: Vec<usize>,
    },
}

impl Fate {
    /// The heir, and whether a rule says so where there are several.
    fn heir(&self, unit: UnitId, of_plan: &[TerritoryRule], address: &Address) -> (UnitId, bool) {
        match self {
            Self::Whole(heir) => (*heir, true),
            Self::Split { default, rules } => match resolve(rules.iter().filter_map(|it| of_plan.get(*it)), address) {
                Some(heir) => (heir, true),
                // A unit that only gives a part away keeps what no rule takes: nothing is in doubt.
                None => (*default, *default == unit),
            },
        }
    }
}

impl Reorganisation {
    /// Who has the duties of a unit from the instant on, for a subject at that address, and whether that is certain: where a unit is
    /// split and no rule fits, the default successor answers until somebody looked. The same rules a dossier is routed by, asked
    /// of the plan alone: also once its units have ended.
    pub fn heir_at(&self, unit: UnitId, address: &Address) -> (UnitId, bool) {
        fates(self).get(&unit).map_or((unit, true), |fate| fate.heir(unit, &self.territory, address))
    }

    /// Everybody who may come after a unit: itself where the plan leaves it alone.
    pub fn heirs_of(&self, unit: UnitId) -> Vec<UnitId> {
        let heirs: Vec<UnitId> = self.successors_of(unit).into_iter().map(|it| it.unit).collect();
        let gives_only = !heirs.is_empty() && !self.ends.contains(&unit);
        if heirs.is_empty() {
            vec![unit]
        } else if gives_only {
            std::iter::once(unit).chain(heirs).collect()
        } else {
            heirs
        }
    }
}

/// Answers for one plan where every dossier goes. Made once; each question is then quick.
pub struct Router<'a> {
    plan: &'a Reorganisation,
    before: &'a Organisation,
    ways: Arc<Ways>,
}

/// What a plan makes of the units and the rights there are: all a [`Router`] had to work out. It holds as long as these do, and is
/// kept beside them.
#[derive(Debug)]
pub struct Ways {
    after: Organisation,
    held_after: HashMap<(UnitId, Post), Vec<PersonId>>,
    fates: HashMap<UnitId, Fate>,
    mandates: MandateChanges,
    on: Date,
}

/// Rights that end and rights that begin at the instant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MandateChanges {
    /// What ends: held in a unit that ends, until the instant.
    pub ended: Vec<Mandate>,
    /// What is granted anew.
    pub begun: Vec<Mandate>,
}

impl MandateChanges {
    /// Every mandate of the house once they are made.
    pub fn applied_to(&self, mandates: &Mandates, on: Date) -> Mandates {
        let keeps = |it: &Mandate| {
            let until = if self.ended.contains(it) { Some(on) } else { it.until };
            Mandate { until, ..it.clone() }
        };
        Mandates::new(mandates.all().iter().map(keeps).chain(self.begun.iter().cloned()).collect())
    }
}

impl Ways {
    /// Works them out.
    ///
    /// # Errors
    /// As [`Router::new`].
    pub fn new(
        plan: &Reorganisation,
        before: &Organisation,
        held_before: &Mandates,
    ) -> Result<Self, OrganisationError> {
        let on = plan.effective_on();
        let mut after = before.clone();
        for (unit, event) in plan.unit_events() {
            after.apply(unit, &event)?;
        }
        let mandates = mandate_changes(plan, held_before);
        let mut held_after: HashMap<(UnitId, Post), Vec<PersonId>> = HashMap::new();
        for it in mandates.applied_to(held_before, on).all().iter().filter(|it| it.holds_on(on)) {
            held_after.entry((it.unit, it.post)).or_default().push(it.person);
        }
        Ok(Self { after, held_after, fates: fates(plan), mandates, on })
    }
}

impl<'a> Router<'a> {
    /// Takes the units and the rights there are until the instant, earlier plans of the same instant included.
    ///
    /// # Errors
    /// A plan that contradicts the units: it was checked against others.
    pub fn new(
        plan: &'a Reorganisation,
        before: &'a Organisation,
        held_before: &Mandates,
    ) -> Result<Self, OrganisationError> {
        Ok(Self::over(plan, before, Arc::new(Ways::new(plan, before, held_before)?)))
    }

    /// The same where it was worked out before, of the same plan, units and rights.
    pub fn over(plan: &'a Reorganisation, before: &'a Organisation, ways: Arc<Ways>) -> Self {
        Self { plan, before, ways }
    }

    /// The plan.
    pub fn plan(&self) -> &Reorganisation {
        self.plan
    }

    /// The units as they are until the instant.
    pub fn before(&self) -> &Organisation {
        self.before
    }

    /// The units as they are from the instant on.
    pub fn after(&self) -> &Organisation {
        &self.ways.after
    }

    /// Rights that end and begin.
    pub fn mandates(&self) -> &MandateChanges {
        &self.ways.mandates
    }

    /// Who holds a post from the instant on.
    pub fn holders_after(&self, unit: UnitId, post: Post) -> &[PersonId] {
        self.ways.held_after.get(&(unit, post)).map_or(&[], Vec::as_slice)
    }

    /// The unit that has the duties of another from the instant on, for a subject who lives at that address, as people write it.
    pub fn heir(&self, unit: UnitId, address: &str) -> UnitId {
        self.routed(unit, &self.address(&[unit], address)).0
    }

    /// The heir, and whether a rule says so where there are several.
    fn routed(&self, unit: UnitId, address: &Address) -> (UnitId, bool) {
        self.ways.fates.get(&unit).map_or((unit, true), |fate| fate.heir(unit, &self.plan.territory, address))
    }

    /// The heir of a desk: of several the one that is competent, so that the citizen has one address.
    fn heir_near(&self, unit: UnitId, competent: UnitId, address: &Address) -> UnitId {
        let authority = self.ways.after.authority_of(competent, self.ways.on);
        match self.ways.fates.get(&unit) {
            Some(Fate::Split { default, rules }) => {
                let inherits = |it: UnitId| {
                    *default == it
                        || rules.iter().any(|rule| self.plan.territory.get(*rule).is_some_and(|rule| rule.to == it))
                };
                [authority, competent]
                    .into_iter()
                    .find(|it| inherits(*it))
                    .unwrap_or_else(|| self.routed(unit, address).0)
            }
            Some(Fate::Whole(_)) | None => self.routed(unit, address).0,
        }
    }

    /// What the plan does to an open dossier; nothing where all its units stand on and keep it.
    pub fn transfer(&self, dossier: DossierId, places: Places, address: &str) -> Option<Transfer> {
        if !self.concerns(&places) {
            return None;
        }
        let units = [places.competent, places.desk, places.collect, places.owner.unit];
        let address = self.address(&units, address);
        let (competent, is_certain) = self.routed(places.competent, &address);
        let desk = self.heir_near(places.desk, competent, &address);
        let collect = self.heir_near(places.collect, competent, &address);
        let here = Placement { competent, desk, collect, owner: places.owner };
        let (owner, fell_to_head) = self.owner(&places, &here, &address);
        let to = Placement { owner, ..here };
        let moves = to != Placement::from(places);
        moves.then(|| Transfer {
            reform: self.plan.id,
            instrument: self.plan.instrument.clone(),
            dossier,
            to,
            needs_routing: !is_certain,
            fell_to_head,
        })
    }

    fn concerns(&self, it: &Places) -> bool {
        [it.competent, it.desk, it.collect, it.owner.unit].iter().any(|unit| self.ways.fates.contains_key(unit))
    }

    /// Where a subject lives, read only where one of these units is split: nothing else asks, and reading takes longer than all the rest.
    fn address(&self, units: &[UnitId], text: &str) -> Address {
        let is_split = |unit: &UnitId| matches!(self.ways.fates.get(unit), Some(Fate::Split { .. }));
        if units.iter().any(is_split) { Address::read(text) } else { Address::default() }
    }

    /// The same post in the successor, and the same person where they hold it there; where nobody does, the head.
    fn owner(&self, places: &Places, to: &Placement, address: &Address) -> (Owner, bool) {
        let Owner { unit, post, person } = places.owner;
        let new_unit = if post == Post::Reception && unit == places.desk {
            to.desk
        } else if post == Post::Reception && unit == places.collect {
            to.collect
        } else if unit == self.before.seat_of(places.competent, post, self.ways.on) {
            self.ways.after.seat_of(to.competent, post, self.ways.on)
        } else {
            self.heir_near(unit, to.competent, address)
        };
        if new_unit == unit {
            return (places.owner, false);
        }
        let holders = self.holders_after(new_unit, post);
        if !holders.is_empty() {
            return (Owner::taken_over(new_unit, post, person, holders), false);
        }
        let leads =
            [(to.competent, Post::Head), (self.ways.after.authority_of(to.competent, self.ways.on), Post::Leader)];
        let head = leads.into_iter().find(|(unit, post)| !self.holders_after(*unit, *post).is_empty());
        match head {
            Some((unit, post)) => (Owner::taken_over(unit, post, person, self.holders_after(unit, post)), true),
            None => (Owner { unit: new_unit, post, person: None }, false),
        }
    }
}

fn fates(plan: &Reorganisation) -> HashMap<UnitId, Fate> {
    let mut fates = HashMap::new();
    for edge in &plan.edges {
        let of_unit = |it: &(usize, &TerritoryRule)| it.1.from.contains(&edge.from);
        let rules = || plan.territory.iter().enumerate().filter(of_unit).map(|it| it.0).collect();
        match edge.extent {
            Extent::Whole => {
                fates.insert(edge.from, Fate::Whole(edge.to));
            }
            Extent::DefaultPart => {
                fates.insert(edge.from, Fate::Split { default: edge.to, rules: rules() });
            }
            Extent::Part => {
                fates.entry(edge.from).or_insert_with(|| Fate::Split { default: edge.from, rules: rules() });
            }
        }
    }
    fates
}

/// Everything held in a unit that ends, ends; who goes on is granted anew by the closest line of the plan.
fn mandate_changes(plan: &Reorganisation, held: &Mandates) -> MandateChanges {
    let on = plan.effective_on();
    let mut changes = MandateChanges::default();
    for it in held.all().iter().filter(|it| it.until.is_none_or(|until| until > on)) {
        let ends = plan.ends.contains(&it.unit);
        let closest = plan.staff.iter().filter(|line| fits(line, it)).max_by_key(|line| closeness(line));
        if ends || closest.is_some() {
            changes.ended.push(it.clone());
        }
        if let Some(line) = closest {
            let post = line.becomes.unwrap_or(it.post);
            let new = Mandate { person: it.person, unit: line.to, post, from: it.from.max(on), until: it.until };
            let is_held = held
                .all()
                .iter()
                .any(|old| (old.person, old.unit, old.post) == (new.person, new.unit, new.post) && old.holds_on(on));
            let is_begun =
                changes.begun.iter().any(|old| (old.person, old.unit, old.post) == (new.person, new.unit, new.post));
            if !is_held && !is_begun {
                changes.begun.push(new);
            }
        }
    }
    changes
}

fn fits(line: &StaffMove, it: &Mandate) -> bool {
    line.from == it.unit
        && line.person.is_none_or(|person| person == it.person)
        && line.post.is_none_or(|post| post == it.post)
}

fn closeness(line: &StaffMove) -> u8 {
    u8::from(line.person.is_some()) * 2 + u8::from(line.post.is_some())
}
