//! Who came after a unit, and who was there before it.

use super::{Extent, Organisation, Succession, Unit};
use crate::ids::UnitId;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// No chain of reorganisations is followed further than this.
const REFORMS_MAX: usize = 64;

impl Organisation {
    /// Who has the duties of a unit today, where nothing more is known than the unit: itself while it stands, else its heir, or
    /// of several the one that takes what no rule sends elsewhere. The log of a unit says "ended" only once it has.
    pub fn heir_of(&self, unit: UnitId) -> UnitId {
        let mut here = unit;
        // Nearly every unit that is asked for stands.
        if !self.followed.contains(&here) {
            return here;
        }
        for _ in 0..REFORMS_MAX {
            let successors = self.units.get(&here).map_or(&[][..], Unit::successors);
            let heir = successors
                .iter()
                .find(|it| matches!(it.extent, Extent::Whole | Extent::DefaultPart))
                .or_else(|| successors.first());
            match heir {
                Some(heir) => here = heir.unit,
                None => return here,
            }
        }
        here
    }

    /// The day on which one of those who came after a unit took its place: the last reorganisation on the way to it. None where no
    /// way leads there.
    pub fn came_to(&self, unit: UnitId, heir: UnitId) -> Option<Date> {
        let mut open = vec![unit];
        let mut seen = BTreeSet::new();
        while let Some(here) = open.pop() {
            let Some(known) = self.units.get(&here).filter(|_| seen.insert(here)) else { continue };
            if known.successors().iter().any(|it| it.unit == heir) {
                return known.ended_on();
            }
            open.extend(known.successors().iter().map(|it| it.unit));
        }
        None
    }

    /// The units that stand on that day on the ground of a unit: itself where it stands, else all who came after it, through
    /// however many reorganisations. Whole only where every one of them was whole.
    pub fn successors_of(&self, unit: UnitId, on: Date) -> Vec<Succession> {
        let mut found: BTreeMap<UnitId, Extent> = BTreeMap::new();
        let mut open = vec![Succession { unit, extent: Extent::Whole }];
        let mut steps = 0_usize;
        while let Some(here) = open.pop() {
            let Some(known) = self.units.get(&here.unit) else { continue };
            if known.ended_on().is_none_or(|end| on < end) || steps >= self.units.len().saturating_mul(REFORMS_MAX) {
                let extent = found.get(&here.unit).map_or(here.extent, |before| (*before).min(here.extent));
                found.insert(here.unit, extent);
                continue;
            }
            steps += 1;
            open.extend(
                known.successors().iter().map(|it| Succession { unit: it.unit, extent: here.extent.then(it.extent) }),
            );
        }
        found.into_iter().map(|(unit, extent)| Succession { unit, extent }).collect()
    }

    /// The units whose duties, or a part of them, a unit has on that day, itself left out: for the sums of a successor.
    pub fn predecessors_of(&self, unit: UnitId, on: Date) -> Vec<Succession> {
        let comes_to = |old: &Unit| {
            let heirs = self.successors_of(old.id, on);
            heirs.into_iter().find(|it| it.unit == unit).map(|it| Succession { unit: old.id, extent: it.extent })
        };
        self.units.values().filter(|old| old.id != unit).filter_map(comes_to).collect()
    }
}

impl Extent {
    /// How much of a unit comes through two reorganisations one after the other.
    const fn then(self, next: Self) -> Self {
        match (self, next) {
            (Self::Whole, next) => next,
            (before, Self::Whole) => before,
            (Self::DefaultPart, Self::DefaultPart) => Self::DefaultPart,
            (Self::Part | Self::DefaultPart, Self::Part) | (Self::Part, Self::DefaultPart) => Self::Part,
        }
    }
}
