//! Finding a procedure and reading what it asks: home, search, list, procedure page.

use super::{Fact, Link, LookUpForm, PaperName, Tab};
use crate::page::{Icon, Page, Pager};
use askama::Template;

/// The first page: what do you need to get done?
#[derive(Debug, Clone, Default, Template)]
#[template(path = "citizen/home.html")]
pub struct HomePage {
    /// The frame.
    pub page: Page,
    /// What the office says today.
    pub announcements: Vec<Said>,
    /// A few searches people often make.
    pub frequent: Vec<Link>,
    /// Things that happen in a life, with what they ask for.
    pub life_events: Vec<LifeEvent>,
    /// How many procedures there are.
    pub procedure_count: usize,
    /// The look-up box.
    pub look_up: LookUpForm,
    /// Three or four facts about the desk; may be empty.
    pub desk_facts: Vec<Fact>,
}

impl HomePage {
    fn look_up_form(&self) -> &LookUpForm {
        &self.look_up
    }

    fn look_up_is_main(&self) -> bool {
        false
    }
}

/// What the office says to everybody, or to those of one unit.
#[doc(alias = "thông báo")]
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// One line.
    pub title: String,
    /// For whom; empty for everybody.
    pub to: String,
    /// Paragraphs.
    pub text: Vec<String>,
    /// "đến hết 31/03/2025".
    pub until: String,
}

/// A thing that happens in a life.
#[derive(Debug, Clone)]
pub struct LifeEvent {
    /// Its drawing.
    pub icon: Icon,
    /// Its name ("Sinh con").
    pub title: String,
    /// Procedures or searches.
    pub links: Vec<Link>,
}

/// What a search found, best first.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "citizen/search.html")]
pub struct SearchPage {
    /// The frame.
    pub page: Page,
    /// What was asked, as typed.
    pub query: String,
    /// What was found.
    pub hits: Vec<ProcedureCard>,
    /// Said when another authority does it.
    pub elsewhere: Option<Elsewhere>,
    /// Other words to try.
    pub other_words: Vec<Link>,
}

/// An answer that leads to another authority.
#[derive(Debug, Clone, Default)]
pub struct Elsewhere {
    /// What it is about ("Ly hôn").
    pub matter: String,
    /// Who does it ("Tòa án nhân dân quận Lê Chân").
    pub authority: String,
    /// Where to go and what to know, whole sentences.
    pub explanation: String,
    /// Where to read on.
    pub link: Option<Link>,
}

/// A procedure in a list.
#[derive(Debug, Clone, Default)]
pub struct ProcedureCard {
    /// Its page.
    pub href: String,
    /// Its name.
    pub name: String,
    /// Who does it ("Phường", "Quận").
    pub level: String,
    /// Its sector.
    pub sector: String,
    /// How long it takes.
    pub term: TermView,
    /// What it costs, in words; `None`: the source does not say.
    pub fee: Option<String>,
    /// How far it can be done online, in words ("nộp và nhận trực tuyến"); `None`: the source does not say.
    pub online: Option<String>,
    /// True when the row was rebuilt from its sector and not read in a list of the place.
    pub reconstructed: bool,
}

/// How long a procedure takes.
#[derive(Debug, Clone, Default)]
pub enum TermView {
    /// The source gives no term: it cannot be received until a control officer enters one.
    #[default]
    NotInSource,
    /// Legal limit and office commitment.
    Known {
        /// What the office commits to ("02 ngày làm việc").
        committed: String,
        /// What the law allows, when longer.
        legal: Option<String>,
    },
}

/// The list of all procedures.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "citizen/procedures.html")]
pub struct ProcedureListPage {
    /// The frame.
    pub page: Page,
    /// Words the list is narrowed to; may be empty.
    pub query: String,
    /// By level, with counts.
    pub tabs: Vec<Tab>,
    /// By sector, with counts, within the tab.
    pub sectors: Vec<Tab>,
    /// The sector chosen, and the address of the list without it.
    pub sector: Option<Link>,
    /// Hidden inputs that keep the other choices when searching: name and value.
    pub kept: Vec<(String, String)>,
    /// How many rows were read in a source of the right level.
    pub verified_count: usize,
    /// How many were rebuilt from their sector.
    pub reconstructed_count: usize,
    /// The rows of this page.
    pub rows: Vec<ProcedureCard>,
    /// Links to the others.
    pub pager: Pager,
}

/// Everything about one procedure.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "citizen/procedure.html")]
pub struct ProcedurePage {
    /// The frame.
    pub page: Page,
    /// Its sector, linking to the list.
    pub sector: Link,
    /// Its name.
    pub name: String,
    /// What one gets out of it, in plain words.
    pub lead: Option<String>,
    /// How long.
    pub term: TermView,
    /// A line under the term ("nộp sau 15 giờ: trả ngày làm việc kế tiếp").
    pub term_note: Option<String>,
    /// How much, in words; `None`: the source does not say.
    pub fee: Option<String>,
    /// A line under the fee.
    pub fee_note: Option<String>,
    /// Which unit decides, as called today.
    pub competent: String,
    /// How the unit follows from the matter ("theo nơi ở của mẹ hoặc cha").
    pub competent_note: Option<String>,
    /// Whether and how one may start here.
    pub start: StartView,
    /// Who may apply.
    pub applicants: Vec<String>,
    /// May somebody else do it, and with what.
    pub authorization: Option<String>,
    /// What to prepare, always.
    pub papers: Vec<PaperView>,
    /// What to prepare in particular cases.
    pub special_papers: Vec<PaperView>,
    /// Every fee with its condition.
    pub fees: Vec<Fact>,
    /// Ways of applying.
    pub channels: Vec<ChannelView>,
    /// Units that do something otherwise, as far as law leaves it to them.
    pub locals: Vec<Fact>,
    /// Who does what, in order.
    pub steps: Vec<WorkStep>,
    /// True when the source gives no steps and the level's standard workflow is shown.
    pub standard_workflow: bool,
    /// What one gets.
    pub outcomes: Vec<Fact>,
    /// Legal basis.
    pub legal: Vec<String>,
    /// Code given by the State, when the source has one.
    pub code: Option<String>,
    /// Since when this revision holds ("01/01/2025").
    pub in_force_from: String,
    /// Where the data come from.
    pub provenance: Provenance,
    /// Blank forms to look at beforehand.
    pub samples: Vec<Link>,
    /// Procedures that go with it.
    pub related: Vec<Link>,
}

/// Whether one may start an application here.
#[derive(Debug, Clone)]
pub enum StartView {
    /// Yes.
    Online {
        /// Where the application starts.
        href: String,
        /// A line under the button ("Mất khoảng 10 phút. Dừng lúc nào cũng được.").
        note: Option<String>,
    },
    /// No, and why, and what to do instead.
    NotOnline {
        /// Why, a whole sentence.
        reason: String,
        /// What to do instead, a whole sentence.
        instead: String,
    },
}

impl Default for StartView {
    fn default() -> Self {
        Self::NotOnline { reason: String::new(), instead: String::new() }
    }
}

/// A paper to prepare.
#[derive(Debug, Clone, Default)]
pub struct PaperView {
    /// Its name.
    pub name: PaperName,
    /// When, or what may stand in for it.
    pub note: Option<String>,
    /// True where the note is ours, not the source's.
    pub is_our_note: bool,
    /// How many of what ("1 bản chính").
    pub copies: String,
    /// When it is not needed, because data say the same.
    pub not_needed_when: Option<String>,
}

/// A way of applying.
#[derive(Debug, Clone)]
pub struct ChannelView {
    /// Its drawing.
    pub icon: Icon,
    /// Its name ("Tại quầy").
    pub title: String,
    /// How it goes.
    pub text: String,
}

/// A step of the workflow.
#[derive(Debug, Clone, Default)]
pub struct WorkStep {
    /// Which post.
    pub post: String,
    /// Does what.
    pub act: String,
    /// Within which time, when the source says.
    pub time: Option<String>,
}

/// Where the data of a procedure come from.
#[derive(Debug, Clone, Default)]
pub enum Provenance {
    /// The source is not named.
    #[default]
    Unknown,
    /// Read in a source of the right level.
    Verified {
        /// Which.
        source: String,
    },
    /// Rebuilt from the procedure's sector.
    Reconstructed {
        /// From what.
        source: String,
    },
}
