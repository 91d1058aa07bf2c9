//! Who asks, and what they are to the dossier they ask about.

use crate::house::Snapshot;
use crate::reform;
use domain::dossier::{Dossier, Recorded};
use domain::ids::{PersonId, UnitId};
use domain::organisation::Placed;
use domain::post::Post;
use domain::time::Instant;
use jiff::civil::Date;

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A citizen with an account.
    Citizen(PersonId),
    /// Somebody of the staff.
    Staff(PersonId),
    /// A timer of the house.
    Timer,
}

impl Actor {
    /// The person, where it is one.
    pub const fn person(&self) -> Option<PersonId> {
        match self {
            Self::Citizen(person) | Self::Staff(person) => Some(*person),
            Self::Timer => None,
        }
    }
}

/// What somebody is to one dossier. One person can be several things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// It was filed with their account.
    Applicant,
    /// They owe the next act: it is theirs, or their post's and nobody took it on yet.
    Owner,
    /// They hold the owing post, and a colleague took it on.
    Colleague,
    /// They sit at the desk that took it in or hands it over.
    Desk,
    /// They lead the office that answers for it, or the authority above.
    Supervisor,
    /// They did something on it before, and still hold a post in the authority.
    TookPart,
    /// They watch over procedures in the authority.
    Control,
    /// They watch over procedures somewhere in the house, be it in another authority.
    HouseControl,
    /// A timer.
    Timer,
}

impl Relation {
    /// Every relation.
    pub const ALL: [Self; 9] = [
        Self::Applicant,
        Self::Owner,
        Self::Colleague,
        Self::Desk,
        Self::Supervisor,
        Self::TookPart,
        Self::Control,
        Self::HouseControl,
        Self::Timer,
    ];
}

/// What the actor is to a dossier on that day.
pub fn relations(actor: &Actor, dossier: &Dossier, log: &[Recorded], house: &Snapshot, now: Instant) -> Vec<Relation> {
    let today = now.day();
    match actor {
        Actor::Timer => vec![Relation::Timer],
        Actor::Citizen(person) => {
            let filed = dossier.filing.get().and_then(|it| it.account) == Some(*person);
            if filed { vec![Relation::Applicant] } else { Vec::new() }
        }
        Actor::Staff(person) => staff_relations(*person, dossier, log, house, today),
    }
}

fn staff_relations(
    person: PersonId,
    dossier: &Dossier,
    log: &[Recorded],
    house: &Snapshot,
    today: Date,
) -> Vec<Relation> {
    let holds = |unit: UnitId, post: Post| house.mandates.holds(person, unit, post, today);
    let responsible = house.organisation.responsible_now(dossier);
    let authority = house.organisation.authority_of(responsible, today);
    let mut found = Vec::new();
    let owner = house.organisation.owner_now(dossier);
    if holds(owner.unit, owner.post) {
        let mine = owner.person.is_none_or(|owner| owner == person);
        found.push(if mine { Relation::Owner } else { Relation::Colleague });
    }
    found.extend(relations_by_unit(person, dossier, house, today));
    // What is closed lies with one heir, and another may have the ground its subject lives on: who serves them there reads it, too.
    if let Some(unit) = reform::ground_of_closed(house, dossier, log) {
        let desks = [house.organisation.authority_of(unit, today); 2];
        let there = relations_in(person, (unit, desks), house, today);
        found.extend(there.into_iter().filter(|it| !matches!(it, Relation::Control | Relation::HouseControl)));
    }
    let still_here = house.mandates.of(person, today).any(|it| house.organisation.is_within(it.unit, authority, today));
    if still_here && log.iter().any(|it| it.actor == Some(person)) {
        found.push(Relation::TookPart);
    }
    found
}

/// What somebody of the staff is to a dossier by the units it lies with alone, whoever did what on it: also for the rows of a list.
pub(crate) fn relations_by_unit(
    person: PersonId,
    dossier: &impl Placed,
    house: &Snapshot,
    today: Date,
) -> Vec<Relation> {
    let desks = [house.organisation.desk_now(dossier), house.organisation.collect_now(dossier)];
    relations_in(person, (house.organisation.responsible_now(dossier), desks), house, today)
}

/// The same where that unit answers for it, and these desks see its citizen.
fn relations_in(
    person: PersonId,
    (responsible, desks): (UnitId, [UnitId; 2]),
    house: &Snapshot,
    today: Date,
) -> Vec<Relation> {
    let holds = |unit: UnitId, post: Post| house.mandates.holds(person, unit, post, today);
    let authority = house.organisation.authority_of(responsible, today);
    let mut found = Vec::new();
    if desks.into_iter().any(|desk| holds(desk, Post::Reception)) {
        found.push(Relation::Desk);
    }
    if holds(responsible, Post::Head) || holds(responsible, Post::Leader) || holds(authority, Post::Leader) {
        found.push(Relation::Supervisor);
    }
    if holds(authority, Post::ControlOfficer) || holds(house.root_unit(today, responsible), Post::ControlOfficer) {
        found.push(Relation::Control);
    }
    if house.mandates.of(person, today).any(|it| it.post == Post::ControlOfficer) {
        found.push(Relation::HouseControl);
    }
    found
}
