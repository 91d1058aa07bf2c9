//! Who owes the next act, and in whose hands the dossier lies.

use crate::ids::{PersonId, UnitId};
use crate::post::Post;
use crate::time::Instant;
use serde::{Deserialize, Serialize};

/// Who answers for a dossier, at every moment while it is open, also while the citizen has the ball.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The unit.
    pub unit: UnitId,
    /// The post.
    pub post: Post,
    /// The person, once somebody took it on.
    pub person: Option<PersonId>,
}

impl Owner {
    /// The same post elsewhere: whoever had it in hand keeps it where they hold the post there, and who alone holds it takes it over.
    pub(crate) fn taken_over(unit: UnitId, post: Post, before: Option<PersonId>, holders: &[PersonId]) -> Self {
        let person = match (holders, before) {
            (holders, Some(person)) if holders.contains(&person) => Some(person),
            ([only], Some(_)) => Some(*only),
            _ => None,
        };
        Self { unit, post, person }
    }
}

/// In whose hands the dossier lies: each working minute belongs to exactly one of these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "who", rename_all = "snake_case")]
pub enum Holder {
    /// A post of a unit.
    Post {
        /// Who.
        owner: Owner,
    },
    /// The citizen, asked for papers or to collect.
    Citizen,
    /// Waiting for money.
    Payment,
    /// Somebody outside the house.
    Outside {
        /// The step that waits: its partner is named in the pinned revision.
        step: u16,
    },
    /// Nobody: it is closed.
    Nobody,
}

/// From when the dossier lay in whose hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Who.
    pub holder: Holder,
    /// Since when.
    pub since: Instant,
}

/// The one thing that must happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NextAct {
    /// The desk answers an online application.
    Answer,
    /// A leader of the office names somebody.
    Assign,
    /// Whoever holds the step does its work.
    Work,
    /// Somebody outside answers.
    AwaitOutside,
    /// The citizen supplies.
    Supply,
    /// The citizen pays.
    Pay,
    /// The competent person signs.
    Sign,
    /// The clerk numbers, seals, issues.
    Issue,
    /// The desk hands over.
    HandOver,
}

impl NextAct {
    /// Every one.
    pub const ALL: [Self; 9] = [
        Self::Answer,
        Self::Assign,
        Self::Work,
        Self::AwaitOutside,
        Self::Supply,
        Self::Pay,
        Self::Sign,
        Self::Issue,
        Self::HandOver,
    ];

    /// The word stored and used as a key for texts.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Assign => "assign",
            Self::Work => "work",
            Self::AwaitOutside => "await_outside",
            Self::Supply => "supply",
            Self::Pay => "pay",
            Self::Sign => "sign",
            Self::Issue => "issue",
            Self::HandOver => "hand_over",
        }
    }
}
