//! What every page shows around its own matter: identity bar, demo banner, navigation, footer; and the icons.
//!
//! Knows nothing of routes or of the database. Every view struct of this crate has a field `page: Page`, and its template extends
//! `base.html`. A module that derives a template must have [`Icon`] in scope, because `base.html` names it.

use crate::say_with;
use crate::texts::{Language, as_it_stands};
use std::sync::Arc;

/// Address of the one stylesheet.
pub const STYLESHEET: &str = "/tai-san/motcua.css";
/// Address of the one script, an ES module which only improves pages that work without it.
pub const SCRIPT: &str = "/tai-san/motcua.js";
/// Address of the sign of the house shown on a browser's tab.
pub const FAVICON: &str = "/tai-san/icon.svg";

/// Longest title that is shown in the size of a title, in characters.
const TITLE_CHARS_MAX: usize = 120;

/// The class of a heading: the longest names of procedures would fill a screen.
pub fn title_class(title: &str) -> &'static str {
    if title.chars().nth(TITLE_CHARS_MAX).is_some() { "long" } else { "" }
}

/// The frame of a page: who speaks, where we are, who is signed in.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// What the page is about; after an error it begins with "Lỗi: " (see [`Page::with_error_title`]).
    pub title: String,
    /// Which entry of the citizens' navigation is current.
    pub section: Section,
    /// The density and print behaviour of the page.
    pub body_class: BodyClass,
    /// Name, as of today, of the unit whose door this is ("Quận Lê Chân").
    pub unit_name: String,
    /// The place named beside it, after the shop ("Thành phố Hải Phòng"); empty for none.
    pub place: String,
    /// The demonstration's banner; `None` in a real installation.
    pub demo: Option<DemoBanner>,
    /// Who is signed in.
    pub user: Option<UserChip>,
    /// Navigation of staff, already filtered by posts. Empty: the citizens' navigation is shown.
    pub nav: Vec<NavItem>,
    /// True for a control officer: who read what, and what was asked beyond the law, are theirs alone to see.
    pub for_control: bool,
    /// The token every POST form carries in its hidden input `csrf`.
    pub csrf: String,
    /// Path and query of this page, to come back to after signing in.
    pub path: String,
    /// The language it is read in.
    pub language: Language,
    /// Address of this page in the other language, when there is one.
    pub other_language: Option<OtherLanguage>,
    /// What just happened, said once above the page's matter.
    pub flash: Option<Flash>,
    /// The desk named at the foot of the citizens' pages.
    pub desk: Option<Arc<DeskFooter>>,
    /// A reorganisation that is near or fresh.
    pub reform: Option<ReformNotice>,
}

/// What every page says of a reorganisation that is near or fresh.
#[derive(Debug, Clone)]
pub struct ReformNotice {
    /// What happens.
    pub strong: String,
    /// What stays.
    pub rest: String,
    /// Its page.
    pub href: String,
    /// Words of the link.
    pub link: String,
}

impl Page {
    /// A citizens' page about `title`; everything else is to be filled in from the request.
    pub fn citizen(title: impl Into<String>, section: Section) -> Self {
        Self { title: title.into(), section, ..Self::default() }
    }

    /// A page of the staff about `title`, dense, with the navigation of the posts of the person.
    pub fn staff(title: impl Into<String>, nav: Vec<NavItem>) -> Self {
        Self { title: title.into(), body_class: BodyClass::Desk, nav, ..Self::default() }
    }

    /// The same page with its title announcing that something must be corrected.
    #[must_use]
    pub fn with_error_title(mut self) -> Self {
        self.title = say_with("frame-error", &[("title", &self.title)]);
        self
    }

    /// True when staff are signed in: their bar offers a search over all dossiers.
    pub fn for_staff(&self) -> bool {
        self.user.as_ref().is_some_and(|user| user.kind == UserKind::Staff)
    }
}

/// Which entry of the citizens' navigation is current.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Section {
    /// None of them.
    #[default]
    Elsewhere,
    /// Thủ tục: search, list, procedure page, application.
    Procedures,
    /// Tra cứu.
    LookUp,
    /// Hồ sơ của tôi.
    MyDossiers,
    /// Tài khoản.
    Account,
}

/// Density of a page and how it prints.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BodyClass {
    /// Large text and large targets.
    #[default]
    Citizen,
    /// Dense, for officers.
    Desk,
    /// Only the paper itself prints.
    Paper,
}

as_it_stands!(BodyClass, |it, out| out.write_str(match it {
    Self::Citizen => "citizen",
    Self::Desk => "desk",
    Self::Paper => "paper",
}));

/// The line that says: this is a demonstration, and which moment it plays.
#[derive(Debug, Clone)]
pub struct DemoBanner {
    /// The simulated moment in words ("thứ Hai, 31/03/2025, 8 giờ 00").
    pub simulated: String,
}

/// The person signed in, as the bar names them.
#[derive(Debug, Clone)]
pub struct UserChip {
    /// Full name.
    pub name: String,
    /// Citizen or staff.
    pub kind: UserKind,
}

/// The two kinds of accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserKind {
    /// A citizen or an organisation's submitter.
    Citizen,
    /// A public servant with posts.
    Staff,
}

/// One entry of the staff's navigation.
#[derive(Debug, Clone)]
pub struct NavItem {
    /// Words of the entry ("Nghiệp vụ").
    pub label: String,
    /// Its address.
    pub href: String,
    /// True on the pages of that part.
    pub current: bool,
}

/// The same page in the other language.
#[derive(Debug, Clone)]
pub struct OtherLanguage {
    /// Which.
    pub language: Language,
    /// Address of the page in it.
    pub href: String,
}

/// One message about what just happened.
#[derive(Debug, Clone)]
pub struct Flash {
    /// How it went.
    pub tone: Tone,
    /// The message, a whole sentence.
    pub text: String,
}

/// How something stands; the words carry it, icon and colour repeat it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tone {
    /// Nothing to worry about, nothing to do.
    #[default]
    Plain,
    /// Under way, or a person's turn to act.
    Act,
    /// Done, in time.
    Good,
    /// Close to late, or something to look at.
    Warn,
    /// Paused: it waits for somebody.
    Hold,
    /// Late or refused.
    Bad,
}

impl Tone {
    /// The icon that goes with it.
    pub fn icon(self) -> Icon {
        match self {
            Self::Plain => Icon::Doc,
            Self::Act | Self::Warn => Icon::Clock,
            Self::Good => Icon::Check,
            Self::Hold => Icon::Pause,
            Self::Bad => Icon::Late,
        }
    }
}

// The name of its class.
as_it_stands!(Tone, |it, out| out.write_str(match it {
    Self::Plain => "muted",
    Self::Act => "act",
    Self::Good => "ok",
    Self::Warn | Self::Hold => "warn",
    Self::Bad => "bad",
}));

impl Flash {
    /// The icon that goes with it.
    pub fn icon(&self) -> Icon {
        match self.tone {
            Tone::Good => Icon::Check,
            Tone::Plain | Tone::Act => Icon::Bell,
            Tone::Warn | Tone::Hold | Tone::Bad => Icon::Alert,
        }
    }
}

/// The desk named at the foot of the citizens' pages.
#[derive(Debug, Clone)]
pub struct DeskFooter {
    /// Full name of the desk.
    pub name: String,
    /// Where it sits.
    pub address: String,
    /// When it is open, in words.
    pub hours: String,
}

/// A drawing of 24 units a side, one line thick, always beside words.
///
/// Writes itself as inline SVG which takes size and colour from the text around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the name is the drawing")]
pub enum Icon {
    Alert,
    Arrow,
    Baby,
    Back,
    Bell,
    Book,
    Chat,
    Check,
    Clock,
    Copy,
    Desk,
    Doc,
    Down,
    Flower,
    Heart,
    Home,
    Key,
    Late,
    Leave,
    Lock,
    Mail,
    Merge,
    Money,
    Pause,
    Pen,
    Person,
    Phone,
    Pin,
    Plus,
    Print,
    Ring,
    Scan,
    School,
    Screen,
    Search,
    Send,
    Shield,
    Shop,
    Stamp,
    Star,
    Swap,
    Trash,
    Undo,
    Up,
    Users,
    X,
}

impl Icon {
    /// The line to draw, as SVG path data.
    fn path(self) -> &'static str {
        match self {
            Self::Alert => "M12 4L2.5 20h19zM12 10v4M12 17v.01",
            Self::Arrow => "M5 12h14M13 6l6 6-6 6",
            Self::Baby => {
                "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM9 11v.01M15 11v.01M8.5 14.5c1.8 2.4 5.2 2.4 7 0M12 3c1 1 1 2.2 0 3"
            }
            Self::Back => "M19 12H5M11 6l-6 6 6 6",
            Self::Bell => "M6 17V11a6 6 0 0 1 12 0v6l2 1H4zM10 21h4",
            Self::Book => "M4 5c3-1.5 6-1 8 1 2-2 5-2.5 8-1v14c-3-1.5-6-1-8 1-2-2-5-2.5-8-1zM12 6v14",
            Self::Chat => "M4 4h16v12H9l-5 4z",
            Self::Check => "M5 12.5l4.5 4.5L19 7",
            Self::Clock => "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM12 7v5l3 2",
            Self::Copy => "M9 9h11v11H9zM5 15H4V4h11v1",
            Self::Desk => "M3 10h18M5 10v10M19 10v10M9 10V5h6v5",
            Self::Doc => "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
            Self::Down => "M12 4v12M6 11l6 6 6-6M4 21h16",
            Self::Flower => "M12 21v-9M12 12c-4 0-6-3-6-7 4 0 6 3 6 7c0-4 2-7 6-7 0 4-2 7-6 7M12 18c-2 0-4-1-5-3",
            Self::Heart => {
                "M12 20s-8-5-8-10.5C4 6.5 6.2 5 8.2 5 10 5 11.3 6 12 7.5 12.7 6 14 5 15.8 5 17.8 5 20 6.5 20 9.5 20 15 12 20 12 20z"
            }
            Self::Home => "M3 11l9-8 9 8M5 10v11h14V10M10 21v-6h4v6",
            Self::Key => "M8 11a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM11 12l9-9M16 7l3 3",
            Self::Late => "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM12 7v6M12 16.5v.01",
            Self::Leave => "M14 4H5v16h9M10 12h11M17 8l4 4-4 4",
            Self::Lock => "M5 11h14v10H5zM8 11V8a4 4 0 0 1 8 0v3M12 15v2",
            Self::Mail => "M3 5h18v14H3zM3 7l9 6 9-6",
            Self::Merge => "M5 4c0 8 7 6 7 16M19 4c0 8-7 6-7 16M9 17l3 3 3-3",
            Self::Money => "M3 6h18v12H3zM12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6z",
            Self::Pause => "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM10 9v6M14 9v6",
            Self::Pen => "M4 20l1-5L16 4l4 4L9 19z",
            Self::Person => "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4 21c0-4.5 3.5-7 8-7s8 2.5 8 7",
            Self::Phone => "M5 4h4l2 5-3 2c1 2.5 2.5 4 5 5l2-3 5 2v4c-9 1-16-6-15-15z",
            Self::Pin => {
                "M12 21s-7-6.5-7-11.5a7 7 0 0 1 14 0C19 14.5 12 21 12 21zM12 7a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z"
            }
            Self::Plus => "M12 5v14M5 12h14",
            Self::Print => "M7 8V3h10v5M7 17H4V8h16v9h-3M7 14h10v7H7z",
            Self::Ring => {
                "M8.5 8.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM15.5 8.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM10 4h4l-2 3z"
            }
            Self::Scan => "M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M4 12h16",
            Self::School => "M2 9l10-5 10 5-10 5zM6 11v5c3.5 3 8.5 3 12 0v-5M22 9v6",
            Self::Screen => "M3 4h18v12H3zM8 20h8M12 16v4",
            Self::Search => "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.5 15.5L21 21",
            Self::Send => "M21 3L10 14M21 3l-7 18-4-7-7-4z",
            Self::Shield => "M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6zM9 12l2 2 4-4",
            Self::Shop => {
                "M4 9l1.5-5h13L20 9M4 9v12h16V9M4 9c0 4 5.3 4 5.3 0 0 4 5.4 4 5.4 0 0 4 5.3 4 5.3 0M10 21v-6h4v6"
            }
            Self::Stamp => "M9 3h6l-1 7h4v5H6v-5h4zM5 20h14",
            Self::Star => "M12 3l2.8 6 6.2.7-4.6 4.3 1.3 6.5L12 17.2 6.3 20.5 7.6 14 3 9.7 9.2 9z",
            Self::Swap => "M4 8h14M14 4l4 4-4 4M20 16H6M10 12l-4 4 4 4",
            Self::Trash => "M4 7h16M9 7V4h6v3M6 7l1 14h10l1-14M10 11v6M14 11v6",
            Self::Undo => "M4 10h11a5 5 0 0 1 0 10H9M8 6l-4 4 4 4",
            Self::Up => "M12 17V4M6 9l6-6 6 6M4 21h16",
            Self::Users => {
                "M9 4.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM2.5 20c0-4 3-6 6.5-6s6.5 2 6.5 6M16 5a3.5 3.5 0 0 1 0 6.5M18 14.5c2.2.8 3.5 2.7 3.5 5.5"
            }
            Self::X => "M6 6l12 12M18 6L6 18",
        }
    }
}

// An icon is written from constants of this file only, so it needs no escaping.
as_it_stands!(Icon, |it, out| {
    out.write_str("<svg class=\"i\" viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"")?;
    out.write_str(it.path())?;
    out.write_str("\"/></svg>")
});

/// A line of the summary above a form that was refused, or a gap still to be filled: it leads to the field.
#[derive(Debug, Clone)]
pub struct FieldLink {
    /// Address of the field ("#ho-ten" or another page with its anchor).
    pub href: String,
    /// What is wrong there and what would be right.
    pub text: String,
}

/// Links to the pages of a long list.
#[derive(Debug, Clone, Default)]
pub struct Pager {
    /// Number of the first row shown, from 1.
    pub first: usize,
    /// Number of the last row shown.
    pub last: usize,
    /// How many rows there are.
    pub total: usize,
    /// Address of the page before.
    pub previous: Option<String>,
    /// Address of the page after.
    pub next: Option<String>,
    /// The numbered pages.
    pub links: Vec<PageLink>,
}

impl Pager {
    /// True when the list has more than one page.
    pub fn is_needed(&self) -> bool {
        self.previous.is_some() || self.next.is_some()
    }
}

/// A numbered page of a long list.
#[derive(Debug, Clone)]
pub struct PageLink {
    /// Its number.
    pub label: String,
    /// Its address.
    pub href: String,
    /// True for the page being looked at.
    pub current: bool,
}
