//! A reorganisation as the public sees it.

use super::{Chip, Fact, Link};
use crate::page::{Icon, Page};
use crate::reform_picture::ReformPicture;
use crate::texts::{self, Language};
use askama::Template;

/// The list of reorganisations.
#[derive(Debug, Clone, Template)]
#[template(path = "citizen/reforms.html")]
pub struct ReformListPage {
    /// The frame.
    pub page: Page,
    /// In which language.
    pub language: Language,
    /// Newest first.
    pub reforms: Vec<ReformCard>,
}

/// One of them in the list.
#[derive(Debug, Clone)]
pub struct ReformCard {
    /// What it is called, and its page.
    pub link: Link,
    /// To come, or in force.
    pub chip: Chip,
    /// Since when.
    pub effective: String,
    /// The resolution.
    pub instrument: String,
}

/// One reorganisation.
#[derive(Debug, Clone, Template)]
#[template(path = "citizen/reform.html")]
pub struct ReformPage {
    /// The frame.
    pub page: Page,
    /// In which language.
    pub language: Language,
    /// Back to the list.
    pub back: Link,
    /// It, as in the list.
    pub reform: ReformCard,
    /// True while its instant is to come.
    pub is_ahead: bool,
    /// What of it is made up.
    pub invented: Vec<String>,
    /// The question which unit one belongs to.
    pub question: WhereQuestion,
    /// What one reads after asking.
    pub answer: Option<WhereAnswer>,
    /// What stays.
    pub kept: Vec<KeptLine>,
    /// The law by which it stays.
    pub bases: String,
    /// The first day of the new units.
    pub first_day: String,
    /// What became of its units since, where later plans went on.
    pub since_then: Vec<String>,
    /// The new units; those of today where later plans went on.
    pub units: Vec<UnitCard>,
    /// Old to new.
    pub picture: ReformPicture,
    /// The minutes of what is handed over, for those who sign or check them.
    pub minutes: Option<Link>,
}

/// A reorganisation that was announced and is not carried out, or was taken back.
#[derive(Debug, Clone, Template)]
#[template(path = "citizen/reform_withdrawn.html")]
pub struct ReformWithdrawnPage {
    /// The frame.
    pub page: Page,
    /// In which language.
    pub language: Language,
    /// Back to the list.
    pub back: Link,
    /// It, as in the list.
    pub reform: ReformCard,
    /// What was decided about it.
    pub what: String,
    /// What holds now, a sentence each.
    pub now: Vec<String>,
    /// The units that stand.
    pub units: Vec<UnitCard>,
}

/// Old ward, and in a split residential group or street.
#[derive(Debug, Clone, Default)]
pub struct WhereQuestion {
    /// Where it is asked.
    pub action: String,
    /// Key, name, and whether it is the chosen one.
    pub wards: Vec<(String, String, bool)>,
    /// As typed.
    pub group: String,
    /// As typed.
    pub street: String,
    /// No ward was chosen.
    pub error: Option<String>,
}

/// Where one belongs.
#[derive(Debug, Clone)]
pub struct WhereAnswer {
    /// How certain it is.
    pub chip: Chip,
    /// More in smaller words.
    pub more: Vec<String>,
    /// Whom to turn to.
    pub units: Vec<UnitCard>,
}

/// Something that stays as it is.
#[derive(Debug, Clone)]
pub struct KeptLine {
    /// Its drawing.
    pub icon: Icon,
    /// In short.
    pub strong: String,
    /// And more.
    pub rest: String,
}

/// A unit with its address.
#[derive(Debug, Clone)]
pub struct UnitCard {
    /// Its name.
    pub name: String,
    /// Address, telephone, hours.
    pub facts: Vec<Fact>,
}

impl ReformListPage {
    fn word(&self, key: &str) -> String {
        texts::word_in(self.language, key)
    }
}

impl ReformWithdrawnPage {
    fn word(&self, key: &str) -> String {
        texts::word_in(self.language, key)
    }
}

impl ReformPage {
    fn word(&self, key: &str) -> String {
        texts::word_in(self.language, key)
    }
}
