//! What a unit offers its visitors: services with their letters, and counters that serve them.

use super::Series;
use crate::ids::PersonId;
use crate::time::Instant;

/// Most services of one unit: more do not fit a kiosk.
pub const SERVICES_MAX: usize = 8;
/// The highest number of a counter.
pub const COUNTER_MAX: u32 = 30;
/// Longest name of a service, in characters.
pub const NAME_CHARS_MAX: usize = 60;

/// A kind of business people come for, with the letter of its tickets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its letter.
    pub series: Series,
    /// What it is called on the kiosk.
    pub name: String,
}

/// A counter of a desk.
#[doc(alias = "quầy")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counter {
    /// The number above it.
    pub number: u32,
    /// What it serves.
    pub serves: Vec<Series>,
    /// False where nobody is called to it for now.
    pub is_open: bool,
    /// Who sat down there last, and when: only of the same day it means anything.
    pub seat: Option<(PersonId, Instant)>,
}

impl Counter {
    /// Who sits there at this moment: whoever sat down today.
    pub fn sitting(&self, now: Instant) -> Option<PersonId> {
        self.seat.filter(|(_, since)| since.day() == now.day()).map(|(person, _)| person)
    }

    /// True where it is open and serves that.
    pub fn takes(&self, series: Series) -> bool {
        self.is_open && self.serves.contains(&series)
    }
}

/// The services and counters of one unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setup {
    /// In the order of their letters.
    pub services: Vec<Service>,
    /// In the order of their numbers.
    pub counters: Vec<Counter>,
}

impl Setup {
    /// The name of a service; its letter where it is gone.
    pub fn name_of(&self, series: Series) -> String {
        let found = self.services.iter().find(|it| it.series == series);
        found.map_or_else(|| series.to_string(), |it| it.name.clone())
    }

    /// The counter of that number.
    pub fn counter(&self, number: u32) -> Option<&Counter> {
        self.counters.iter().find(|it| it.number == number)
    }

    /// Where somebody sits now.
    pub fn counter_of(&self, person: PersonId, now: Instant) -> Option<&Counter> {
        self.counters.iter().find(|it| it.sitting(now) == Some(person))
    }

    /// True where tickets for that can be given: it is offered, and some open counter serves it.
    pub fn offers(&self, series: Series) -> bool {
        self.services.iter().any(|it| it.series == series) && self.counters.iter().any(|it| it.takes(series))
    }

    /// True where nobody set anything up.
    pub fn is_empty(&self) -> bool {
        self.services.is_empty() && self.counters.is_empty()
    }
}
