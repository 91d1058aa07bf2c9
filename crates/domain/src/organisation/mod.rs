//! The units of local government, their names by date, their posts and who holds them.
//!
//! A unit is an id for ever with dated attributes; it is never edited in place and never deleted: it begins, changes from a
//! day on, and ends naming its successors. Everything that wants to know a unit asks one of three questions: who answers for
//! this dossier now ([`Organisation::responsible_now`], with [`Organisation::owner_now`], [`Organisation::desk_now`] and
//! [`Organisation::collect_now`] for its parts), what was it called then ([`Organisation::name_on`]), which unit carried this code
//! ([`Organisation::unit_by_code`]). Outside `domain` and `storage` nothing reads the units a dossier was filed with: the names of
//! their fields appear nowhere else (`cargo xtask tidy`).
//!
//! [`reform`] turns a plan of merging and splitting units into what follows from it. From the instant of a plan on, every answer
//! about a dossier goes through its [`Transfers`] until the dossier's own history says the same, and through the successors of
//! an ended unit where nothing else is said.

pub mod reform;

mod entries;
mod mandate;
mod succession;
mod transfers;
mod unit;

pub use entries::{HOUSE_KEYS, UNITS_MAX, UnitEntry, read_units};
pub use mandate::{Mandate, Mandates};
pub use transfers::{Placement, Transfers};
pub use unit::{Extent, Standing, Succession, Unit, UnitAttributes, UnitCode, UnitEvent};

use crate::calendar::HoursHistory;
use crate::dossier::Owner;
use crate::ids::{DossierId, ReformId, UnitId};
use crate::post::Post;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// No chain of parents is longer than this.
const PARENTS_MAX: usize = 16;

/// A log of unit events that contradicts itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrganisationError {
    /// An event for a unit that was never established.
    #[error("unit {0} has events before it was established")]
    NotEstablished(UnitId),
    /// A second establishment of the same unit.
    #[error("unit {0} is established twice")]
    EstablishedTwice(UnitId),
    /// A unit that ended earlier is changed.
    #[error("unit {0} changes after it ended")]
    ChangedAfterEnd(UnitId),
    /// A unit changes or ends before its first day.
    #[error("unit {0} changes or ends before it began")]
    BeforeItBegan(UnitId),
    /// A unit stands again that had not ended.
    #[error("unit {0} stands again though it had not ended by that day")]
    NotEnded(UnitId),
}

/// The units a dossier names, as its own events say. Only [`Organisation`] reads them: it knows what became of them since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places {
    /// Who is competent.
    pub competent: UnitId,
    /// Who owes the next act.
    pub owner: Owner,
    /// The desk its citizen turns to.
    pub desk: UnitId,
    /// Where its decision is handed over.
    pub collect: UnitId,
    /// The desk that took it in.
    pub received_by: UnitId,
    /// The last reorganisation its history tells of: what this one set is told already.
    pub reform: Option<ReformId>,
}

/// A dossier, or a row about one, that names units.
pub trait Placed {
    /// Which dossier.
    fn dossier(&self) -> DossierId;

    /// The units as its events say.
    fn places(&self) -> Places;
}

/// All units there are and ever were, folded from their events.
#[derive(Clone, Debug, Default)]
pub struct Organisation {
    units: BTreeMap<UnitId, Unit>,
    /// Those somebody came after.
    followed: BTreeSet<UnitId>,
    transfers: Arc<Transfers>,
}

impl Organisation {
    /// Folds the log of unit events, oldest first.
    ///
    /// # Errors
    /// A log that contradicts itself.
    pub fn fold<'a>(events: impl IntoIterator<Item = (UnitId, &'a UnitEvent)>) -> Result<Self, OrganisationError> {
        let mut organisation = Self::default();
        for (id, event) in events {
            organisation.apply(id, event)?;
        }
        Ok(organisation)
    }

    /// Takes one more event of one unit.
    ///
    /// # Errors
    /// An event that contradicts what went before.
    pub fn apply(&mut self, id: UnitId, event: &UnitEvent) -> Result<(), OrganisationError> {
        match event {
            UnitEvent::Established { on, attributes } => {
                if self.units.contains_key(&id) {
                    return Err(OrganisationError::EstablishedTwice(id));
                }
                self.units.insert(id, Unit::new(id, *on, attributes.clone()));
            }
            UnitEvent::Changed { from, attributes } => {
                self.existing(id)?.change(*from, attributes.clone())?;
            }
            UnitEvent::Ended { on, successors, .. } => {
                self.existing(id)?.end(*on, successors.clone())?;
            }
            UnitEvent::Reinstated { on, .. } => self.existing(id)?.reinstate(*on)?,
        }
        if self.existing(id)?.successors().is_empty() {
            self.followed.remove(&id);
        } else {
            self.followed.insert(id);
        }
        Ok(())
    }

    fn existing(&mut self, id: UnitId) -> Result<&mut Unit, OrganisationError> {
        self.units.get_mut(&id).ok_or(OrganisationError::NotEstablished(id))
    }

    /// The unit that answers for this dossier today.
    pub fn responsible_now(&self, dossier: &impl Placed) -> UnitId {
        self.heir_of(self.placement(dossier).competent)
    }

    /// Who owes the next act on it today: a post in a unit, and a person where somebody took it on.
    pub fn owner_now(&self, dossier: &impl Placed) -> Owner {
        let owner = self.placement(dossier).owner;
        Owner { unit: self.heir_of(owner.unit), ..owner }
    }

    /// The desk its citizen turns to today.
    pub fn desk_now(&self, dossier: &impl Placed) -> UnitId {
        self.heir_of(self.placement(dossier).desk)
    }

    /// Where its decision is handed over today.
    pub fn collect_now(&self, dossier: &impl Placed) -> UnitId {
        self.heir_of(self.placement(dossier).collect)
    }

    /// The desk that took it in, for ever: for papers and figures of that day. Print it with [`Self::name_on`] and the day; for
    /// what holds today ask [`Self::desk_now`].
    pub fn received_by(&self, dossier: &impl Placed) -> UnitId {
        dossier.places().received_by
    }

    /// What the unit was called on that day: what a paper of that day must say. An unknown unit has no name.
    #[doc(alias = "tên đơn vị")]
    pub fn name_on(&self, unit: UnitId, on: Date) -> &str {
        self.attributes_on(unit, on).map_or("", |it| it.name.as_str())
    }

    /// The unit that carried this external code on that day. The State re-uses codes: without a day a code means nothing.
    pub fn unit_by_code(&self, scheme: &str, code: &str, on: Date) -> Option<UnitId> {
        self.units
            .values()
            .filter(|unit| unit.stands_on(on))
            .find(|unit| unit.attributes_on(on).is_some_and(|it| it.has_code(scheme, code)))
            .map(|unit| unit.id)
    }

    /// All dated attributes of a unit as they stood on that day; the first ones for a day before it began.
    pub fn attributes_on(&self, unit: UnitId, on: Date) -> Option<&UnitAttributes> {
        self.units.get(&unit).and_then(|it| it.attributes_on(on))
    }

    /// The unit itself.
    pub fn find_unit(&self, unit: UnitId) -> Option<&Unit> {
        self.units.get(&unit)
    }

    /// Units standing on that day, in the order they were founded.
    pub fn standing_on(&self, on: Date) -> impl Iterator<Item = (UnitId, &UnitAttributes)> {
        self.units
            .values()
            .filter(move |unit| unit.stands_on(on))
            .filter_map(move |unit| unit.attributes_on(on).map(|it| (unit.id, it)))
    }

    /// The opening hours of a unit through time; the house's hours where it has none of its own.
    pub fn hours(&self, unit: UnitId) -> HoursHistory {
        self.units.get(&unit).map(Unit::hours).unwrap_or_default()
    }

    /// The unit where a post is to be found for work a unit is competent for: leaders and clerks sit with the authority above
    /// an office, everybody else in the unit itself.
    pub fn seat_of(&self, competent: UnitId, post: Post, on: Date) -> UnitId {
        match post {
            Post::Leader | Post::Clerk | Post::ControlOfficer | Post::Administrator => self.authority_of(competent, on),
            Post::Reception | Post::Specialist | Post::Head => competent,
        }
    }

    /// The authority (committee) a unit belongs to: itself where it is one.
    pub fn authority_of(&self, unit: UnitId, on: Date) -> UnitId {
        let mut here = unit;
        for _ in 0..PARENTS_MAX {
            match self.attributes_on(here, on) {
                Some(it) if it.standing == Standing::Authority => return here,
                Some(it) => match it.parent {
                    Some(parent) => here = parent,
                    None => return here,
                },
                None => return here,
            }
        }
        here
    }

    /// True where `unit` is `above` or lies anywhere below it on that day.
    pub fn is_within(&self, unit: UnitId, above: UnitId, on: Date) -> bool {
        let mut here = Some(unit);
        for _ in 0..PARENTS_MAX {
            match here {
                Some(id) if id == above => return true,
                Some(id) => here = self.attributes_on(id, on).and_then(|it| it.parent),
                None => return false,
            }
        }
        false
    }

    /// Every unit there is or was.
    pub fn ids(&self) -> impl Iterator<Item = UnitId> {
        self.units.keys().copied()
    }

    /// How many units are known.
    pub fn len(&self) -> usize {
        self.units.len()
    }

    /// True before the first unit was founded.
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }
}

#[cfg(test)]
mod tests;
