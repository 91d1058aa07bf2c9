//! Who holds which post in which unit, from when until when.

use crate::ids::{PersonId, UnitId};
use crate::post::Post;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// One person's right to act in one post of one unit between two days.
#[doc(alias = "phân công nhiệm vụ")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mandate {
    /// Who.
    pub person: PersonId,
    /// Where.
    pub unit: UnitId,
    /// As what.
    pub post: Post,
    /// First day.
    pub from: Date,
    /// First day it no longer holds.
    pub until: Option<Date>,
}

impl Mandate {
    /// True on every day from the first to the one before its end.
    pub fn holds_on(&self, on: Date) -> bool {
        on >= self.from && self.until.is_none_or(|end| on < end)
    }
}

/// All mandates of the house, found by who holds them and by where.
#[derive(Clone, Debug, Default)]
pub struct Mandates {
    all: Vec<Mandate>,
    /// Places in `all`.
    by_person: HashMap<PersonId, Vec<usize>>,
    by_seat: HashMap<(UnitId, Post), Vec<usize>>,
}

impl Mandates {
    /// From the rows of the house.
    pub fn new(all: Vec<Mandate>) -> Self {
        let mut by_person: HashMap<PersonId, Vec<usize>> = HashMap::new();
        let mut by_seat: HashMap<(UnitId, Post), Vec<usize>> = HashMap::new();
        for (place, it) in all.iter().enumerate() {
            by_person.entry(it.person).or_default().push(place);
            by_seat.entry((it.unit, it.post)).or_default().push(place);
        }
        Self { all, by_person, by_seat }
    }

    fn at<'a>(&'a self, places: Option<&'a Vec<usize>>, on: Date) -> impl Iterator<Item = &'a Mandate> {
        places.into_iter().flatten().filter_map(|place| self.all.get(*place)).filter(move |it| it.holds_on(on))
    }

    /// What a person may act as on that day.
    pub fn of(&self, person: PersonId, on: Date) -> impl Iterator<Item = &Mandate> {
        self.at(self.by_person.get(&person), on)
    }

    /// Who holds a post in a unit on that day.
    pub fn holders(&self, unit: UnitId, post: Post, on: Date) -> impl Iterator<Item = PersonId> + '_ {
        self.at(self.by_seat.get(&(unit, post)), on).map(|it| it.person)
    }

    /// True where the person holds that post in that unit on that day.
    pub fn holds(&self, person: PersonId, unit: UnitId, post: Post, on: Date) -> bool {
        self.of(person, on).any(|it| it.unit == unit && it.post == post)
    }

    /// Every mandate, past and to come.
    pub fn all(&self) -> &[Mandate] {
        &self.all
    }
}
