//! Pages that say no, or not now: what happened, why, what to do.

use super::{Fact, HistoryLine, Link};
use crate::kept::KeptForm;
use crate::page::{Icon, Page};
use askama::Template;

/// 404: the same for everything that does not exist or may not be seen.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "citizen/not_found.html")]
pub struct NotFoundPage {
    /// The frame.
    pub page: Page,
}

/// 403, to staff only: the act belongs to another post.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "citizen/forbidden.html")]
pub struct ForbiddenPage {
    /// The frame.
    pub page: Page,
    /// True where somebody of the staff holds no post today: units were reorganised, or a mandate ended.
    pub is_without_post: bool,
    /// Back.
    pub back: Link,
}

/// 409: somebody else acted first; nothing was overwritten.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "citizen/stale.html")]
pub struct StalePage {
    /// The frame.
    pub page: Page,
    /// What one tried ("Chuyển hồ sơ").
    pub tried: String,
    /// True where nobody acted: a reorganisation of units moved it.
    pub is_moved: bool,
    /// What changed meanwhile.
    pub changes: Vec<HistoryLine>,
    /// What one typed, to copy.
    pub typed: Vec<Fact>,
    /// The page as it is now.
    pub again: Link,
}

/// 409 or 422: a lawful no.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "citizen/refused.html")]
pub struct RefusedPage {
    /// The frame.
    pub page: Page,
    /// What happened, a whole sentence.
    pub what: String,
    /// Why, whole sentences.
    pub why: Option<String>,
    /// Legal basis.
    pub legal: Option<String>,
    /// What to do now: the first is the main way on.
    pub now: Vec<Link>,
    /// What was typed, to be sent again with one button.
    pub kept: Option<KeptForm>,
}

/// Signed in again in the middle of something: one button sends what was typed before.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "citizen/continue.html")]
pub struct ContinuePage {
    /// The frame.
    pub page: Page,
    /// What was typed.
    pub kept: KeptForm,
}

/// 413: too large, or too many.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "citizen/too_large.html")]
pub struct TooLargePage {
    /// The frame.
    pub page: Page,
    /// The limits in words.
    pub limits: String,
    /// Back.
    pub back: Link,
}

/// 500: our fault.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "citizen/fault.html")]
pub struct FaultPage {
    /// The frame.
    pub page: Page,
    /// Short code that is also in the log.
    pub code: String,
    /// What was typed, to be sent again with one button.
    pub kept: Option<KeptForm>,
}

/// 503: not now.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "citizen/unavailable.html")]
pub struct UnavailablePage {
    /// The frame.
    pub page: Page,
    /// When it should be back, in words.
    pub until: Option<String>,
    /// True where only the files cannot be used.
    pub about_files: bool,
    /// What was typed, to be sent again with one button.
    pub kept: Option<KeptForm>,
}
