//! One unit: an id for ever, attributes from a day on.

use super::OrganisationError;
use crate::calendar::{HoursHistory, HoursPeriod, OpeningHours};
use crate::ids::UnitId;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Whether a unit decides in its own name or prepares for the authority above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// A People's Committee: its leaders sign, its clerks seal.
    #[doc(alias = "Ủy ban nhân dân")]
    Authority,
    /// A specialised office: it appraises and drafts.
    #[doc(alias = "phòng chuyên môn")]
    Office,
}

/// A code the State or the house gives a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitCode {
    /// Which list of codes: `gso` (statistics), `agency` (QĐ 20/2020), …
    pub scheme: String,
    /// The code in that list.
    pub value: String,
}

/// What is true of a unit from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitAttributes {
    /// Its name as papers print it: "Phường Hàng Kênh".
    pub name: String,
    /// Level of government as data ("district", "ward"): levels vanish, so no code asks for one by name.
    pub level: String,
    /// Whether it signs itself.
    pub standing: Standing,
    /// The unit above it.
    pub parent: Option<UnitId>,
    /// Its codes in outside lists.
    pub codes: Vec<UnitCode>,
    /// Where it sits.
    pub seat: String,
    /// Its telephone, as printed on slips.
    pub phone: String,
    /// When it is open.
    pub hours: OpeningHours,
    /// Sectors it is competent for; empty for an authority that takes what none of its offices takes.
    pub sectors: Vec<String>,
}

impl UnitAttributes {
    /// True where the unit carries this code.
    pub fn has_code(&self, scheme: &str, code: &str) -> bool {
        self.codes.iter().any(|it| it.scheme == scheme && it.value == code)
    }

    /// Its code in a list.
    pub fn code(&self, scheme: &str) -> Option<&str> {
        self.codes.iter().find(|it| it.scheme == scheme).map(|it| it.value.as_str())
    }
}

/// How much of a unit went to a successor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// All of its ground and duties.
    Whole,
    /// A part, and everything of which no rule says where it goes.
    DefaultPart,
    /// A part: where a subject lives decides.
    Part,
}

/// One of those who inherit the duties of a unit.
#[doc(alias = "kế thừa")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Succession {
    /// Who inherits.
    pub unit: UnitId,
    /// How much.
    pub extent: Extent,
}

/// What happens to a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum UnitEvent {
    /// It begins.
    Established {
        /// First day.
        on: Date,
        /// What is true of it from then on.
        attributes: UnitAttributes,
    },
    /// Its name, seat, hours, codes or parent change from a day on; the unit stays the same.
    Changed {
        /// First day of the new attributes.
        from: Date,
        /// All attributes from then on.
        attributes: UnitAttributes,
    },
    /// It ends; others inherit its duties.
    Ended {
        /// First day it is no more.
        on: Date,
        /// Who inherits.
        successors: Vec<Succession>,
        /// The resolution that ended it.
        instrument: String,
    },
    /// The end was taken back before anybody acted on it: the same unit stands again.
    Reinstated {
        /// First day it stands again.
        on: Date,
        /// What took the end back.
        instrument: String,
    },
}

/// A unit through time.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Its id for ever.
    pub id: UnitId,
    began_on: Date,
    ended_on: Option<Date>,
    /// Days it did not stand: from the first to the one before the second.
    gaps: Vec<(Date, Date)>,
    successors: Vec<Succession>,
    attributes: Vec<(Date, UnitAttributes)>,
}

impl Unit {
    pub(super) fn new(id: UnitId, on: Date, attributes: UnitAttributes) -> Self {
        let attributes = vec![(on, attributes)];
        Self { id, began_on: on, ended_on: None, gaps: Vec::new(), successors: Vec::new(), attributes }
    }

    pub(super) fn change(&mut self, from: Date, attributes: UnitAttributes) -> Result<(), OrganisationError> {
        if self.ended_on.is_some_and(|end| from >= end) {
            return Err(OrganisationError::ChangedAfterEnd(self.id));
        }
        if from < self.began_on {
            return Err(OrganisationError::BeforeItBegan(self.id));
        }
        // The last word on a day holds: one day has one set of attributes, and so one set of hours.
        self.attributes.retain(|(day, _)| *day != from);
        let place = self.attributes.partition_point(|(day, _)| *day <= from);
        self.attributes.insert(place, (from, attributes));
        Ok(())
    }

    pub(super) fn end(&mut self, on: Date, successors: Vec<Succession>) -> Result<(), OrganisationError> {
        if self.ended_on.is_some() {
            return Err(OrganisationError::ChangedAfterEnd(self.id));
        }
        if on < self.began_on {
            return Err(OrganisationError::BeforeItBegan(self.id));
        }
        self.ended_on = Some(on);
        self.successors = successors;
        Ok(())
    }

    pub(super) fn reinstate(&mut self, on: Date) -> Result<(), OrganisationError> {
        let Some(end) = self.ended_on.filter(|end| on >= *end) else {
            return Err(OrganisationError::NotEnded(self.id));
        };
        self.gaps.push((end, on));
        self.ended_on = None;
        self.successors.clear();
        Ok(())
    }

    /// True on every day from its first to the one before its end.
    pub fn stands_on(&self, on: Date) -> bool {
        let is_gone = self.gaps.iter().any(|(from, until)| on >= *from && on < *until);
        on >= self.began_on && self.ended_on.is_none_or(|end| on < end) && !is_gone
    }

    /// First day.
    pub fn began_on(&self) -> Date {
        self.began_on
    }

    /// First day it is no more.
    pub fn ended_on(&self) -> Option<Date> {
        self.ended_on
    }

    /// Who inherited its duties; nobody while it stands.
    pub fn successors(&self) -> &[Succession] {
        &self.successors
    }

    /// What was true of it on that day; its first attributes before it began.
    pub fn attributes_on(&self, on: Date) -> Option<&UnitAttributes> {
        self.attributes.iter().rev().find(|(from, _)| *from <= on).or_else(|| self.attributes.first()).map(|(_, it)| it)
    }

    /// Its first attributes after a day that are others than those of the day, and from when they hold.
    pub fn next_change(&self, after: Date) -> Option<(Date, &UnitAttributes)> {
        self.attributes.iter().find(|(from, _)| *from > after).map(|(from, it)| (*from, it))
    }

    /// Everything it was ever called.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.all_attributes().map(|it| it.name.as_str())
    }

    /// Everything that was ever true of it, oldest first.
    pub fn all_attributes(&self) -> impl Iterator<Item = &UnitAttributes> {
        self.attributes.iter().map(|(_, it)| it)
    }

    pub(super) fn hours(&self) -> HoursHistory {
        let periods = self.attributes.iter().map(|(from, it)| HoursPeriod { from: *from, hours: it.hours.clone() });
        HoursHistory::new(periods.collect()).unwrap_or_default()
    }
}
