//! Who may decide about a plan: whoever watches over procedures in the unit that stands above everything it touches. The rights of
//! the command line are those of whoever runs the machine; here it is about people.

use super::plan::Reorganisation;
use super::router::MandateChanges;
use crate::ids::{PersonId, UnitId};
use crate::organisation::{Mandates, Organisation};
use crate::post::Post;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// No chain of parents is longer than this.
const PARENTS_MAX: usize = 16;

impl Reorganisation {
    /// The authority whose control officer decides about the plan, as units stand on its eve: the lowest that stands above all it
    /// touches. Where nobody stands above all of them (two districts, and the house knows no city), the topmost unit with most of
    /// them below it. None where several have as many: then it is not for a person to decide on a page.
    pub fn decided_by(&self, organisation: &Organisation) -> Option<UnitId> {
        let eve = self.eve();
        let is_begun = |unit: UnitId| self.begins.iter().any(|(id, _)| *id == unit);
        let mut touched: Vec<UnitId> = self.touches().filter(|it| !is_begun(*it)).collect();
        touched.sort();
        touched.dedup();
        let chains: Vec<Vec<UnitId>> = touched.iter().map(|it| chain(organisation, *it, eve)).collect();
        let first = chains.first()?;
        let above_all = first.iter().find(|it| chains.iter().all(|chain| chain.contains(it)));
        if let Some(unit) = above_all {
            return Some(organisation.authority_of(*unit, eve));
        }
        let mut below: BTreeMap<UnitId, usize> = BTreeMap::new();
        for top in chains.iter().filter_map(|it| it.last()) {
            *below.entry(*top).or_default() += 1;
        }
        let most = below.values().copied().max()?;
        let mut tops = below.into_iter().filter(|it| it.1 == most).map(|it| it.0);
        let top = tops.next()?;
        tops.next().is_none().then_some(top)
    }

    /// Whether somebody decides about the plan: a control officer today of the unit of [`Self::decided_by`], or of one above it. Once
    /// the plan is in force that unit may have ended: then whoever was it on the eve, and still watches over procedures somewhere.
    pub fn is_decided_by(&self, person: PersonId, organisation: &Organisation, held: &Mandates, today: Date) -> bool {
        let Some(unit) = self.decided_by(organisation) else { return false };
        let eve = self.eve();
        let above = |day: Date| {
            let posts = held.of(person, day).filter(|it| it.post == Post::ControlOfficer);
            posts.map(|it| it.unit).any(|own| organisation.is_within(unit, own, eve))
        };
        let watches_now = held.of(person, today).any(|it| it.post == Post::ControlOfficer);
        above(today) || (today > eve && watches_now && above(eve))
    }

    /// A post the plan gives somebody that they held nowhere until its instant: who would gain by it does not decide about it alone.
    pub fn favours(&self, person: PersonId, changes: &MandateChanges, held: &Mandates) -> Option<Post> {
        let on = self.effective_on();
        let had = |post: Post| {
            let runs = |it: &&crate::organisation::Mandate| it.until.is_none_or(|until| until >= on);
            held.all().iter().filter(runs).any(|it| it.person == person && it.post == post)
        };
        changes.begun.iter().find(|it| it.person == person && !had(it.post)).map(|it| it.post)
    }

    fn eve(&self) -> Date {
        self.effective_on().yesterday().unwrap_or(self.effective_on())
    }
}

/// A unit and those above it, the topmost last.
fn chain(organisation: &Organisation, unit: UnitId, on: Date) -> Vec<UnitId> {
    let mut chain = vec![unit];
    let mut here = organisation.attributes_on(unit, on).and_then(|it| it.parent);
    while let Some(parent) = here.filter(|_| chain.len() < PARENTS_MAX) {
        chain.push(parent);
        here = organisation.attributes_on(parent, on).and_then(|it| it.parent);
    }
    chain
}
