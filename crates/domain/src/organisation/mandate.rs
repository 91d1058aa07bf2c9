//! Who holds which post in which unit, from when until when.

use crate::ids::{PersonId, UnitId};
use crate::post::Post;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

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

/// All mandates of the house.
#[derive(Clone, Debug, Default)]
pub struct Mandates(Vec<Mandate>);

impl Mandates {
    /// From the rows of the house.
    pub fn new(mandates: Vec<Mandate>) -> Self {
        Self(mandates)
    }

    /// What a person may act as on that day.
    pub fn of(&self, person: PersonId, on: Date) -> impl Iterator<Item = &Mandate> {
        self.0.iter().filter(move |it| it.person == person && it.holds_on(on))
    }

    /// Who holds a post in a unit on that day.
    pub fn holders(&self, unit: UnitId, post: Post, on: Date) -> impl Iterator<Item = PersonId> + '_ {
        self.0.iter().filter(move |it| it.unit == unit && it.post == post && it.holds_on(on)).map(|it| it.person)
    }

    /// True where the person holds that post in that unit on that day.
    pub fn holds(&self, person: PersonId, unit: UnitId, post: Post, on: Date) -> bool {
        self.of(person, on).any(|it| it.unit == unit && it.post == post)
    }

    /// Every mandate, past and to come.
    pub fn all(&self) -> &[Mandate] {
        &self.0
    }
}
