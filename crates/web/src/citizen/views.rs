//! What the citizens' pages show, as plain values: no rules, no SQL, no requests.
//!
//! A handler fills one of these structs and renders it; every text that comes from people or data is escaped by the template. Dates,
//! times, sums and remaining time arrive here already in words. Start reading with [`form`], which the application pages share.

mod account;
mod apply;
mod catalogue;
mod dossier;
mod figures;
mod form;
mod outcome;
mod reform;
mod voice;

pub use account::*;
pub use apply::*;
pub use catalogue::*;
pub use dossier::*;
pub use figures::*;
pub use form::*;
pub use outcome::*;
pub use reform::*;
pub use voice::*;

use crate::page::{Icon, Tone};

/// A link: where to and in which words.
#[derive(Debug, Clone, Default)]
pub struct Link {
    /// Address.
    pub href: String,
    /// Words.
    pub label: String,
}

/// One fact of a list of facts.
#[derive(Debug, Clone, Default)]
pub struct Fact {
    /// What it is about.
    pub label: String,
    /// What is the case.
    pub value: String,
    /// A second, smaller line under the value.
    pub note: Option<String>,
}

/// A sentence whose first part carries the weight.
#[derive(Debug, Clone, Default)]
pub struct Sentence {
    /// The part in bold.
    pub strong: String,
    /// The rest, with its own full stop.
    pub rest: String,
}

/// A moment or a day in words, with its machine form for `<time>`.
#[derive(Debug, Clone, Default)]
pub struct When {
    /// "2025-03-31" or "2025-03-31T08:00".
    pub iso: String,
    /// "thứ Hai, 31/03/2025".
    pub day: String,
    /// "8 giờ 00", when the time of day matters.
    pub clock: Option<String>,
}

/// A tab or a facet with its count.
#[derive(Debug, Clone, Default)]
pub struct Tab {
    /// Words.
    pub label: String,
    /// How many stand behind it.
    pub count: usize,
    /// Address.
    pub href: String,
    /// True for the one being looked at.
    pub current: bool,
}

/// One mark on the line of steps of a dossier or of an application.
#[derive(Debug, Clone)]
pub struct StepMark {
    /// Words ("Đang giải quyết").
    pub label: String,
    /// Behind, here or ahead.
    pub state: StepState,
    /// Leads back to a step of the application already done.
    pub href: Option<String>,
}

impl StepMark {
    /// The icon beside the words: none for what lies ahead.
    pub fn icon(&self) -> Option<Icon> {
        match self.state {
            StepState::Done => Some(Icon::Check),
            StepState::Paused => Some(Icon::Pause),
            StepState::Ended => Some(Icon::X),
            StepState::Current | StepState::Ahead => None,
        }
    }

    /// True for the step the dossier or the person stands at.
    pub fn is_here(&self) -> bool {
        matches!(self.state, StepState::Current | StepState::Paused | StepState::Ended)
    }
}

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    /// Behind us.
    Done,
    /// Here, the clock runs.
    Current,
    /// Here, the clock is paused.
    Paused,
    /// Here it ended without the end: refused, withdrawn, discontinued.
    Ended,
    /// Still to come.
    Ahead,
}

/// A short state: words with an icon and a colour.
#[derive(Debug, Clone, Default)]
pub struct Chip {
    /// How it stands.
    pub tone: Tone,
    /// The words.
    pub words: String,
}
