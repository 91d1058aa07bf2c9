//! What citizens say and allow about a dossier of theirs: rating it, letting somebody follow it.

use super::FieldView;
use crate::page::{FieldLink, Icon, Page};
use askama::Template;

/// Rating a finished dossier.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "citizen/rating.html")]
pub struct RatingPage {
    /// The frame.
    pub page: Page,
    /// The dossier's page.
    pub back: String,
    /// The code.
    pub code: String,
    /// The procedure.
    pub procedure: String,
    /// Where the form goes.
    pub action: String,
    /// The last day, in words.
    pub until: String,
    /// What was answered before, in words.
    pub given: Option<String>,
    /// What must be corrected.
    pub errors: Vec<FieldLink>,
    /// The questions.
    pub fields: Vec<FieldView>,
}

/// Who follows a dossier of one's own.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "citizen/sharing.html")]
pub struct SharingPage {
    /// The frame.
    pub page: Page,
    /// The dossier's page.
    pub back: String,
    /// The code.
    pub code: String,
    /// The procedure.
    pub procedure: String,
    /// Where the forms go: `thoi` ends the share of that key, without it a code is made.
    pub action: String,
    /// What must be corrected.
    pub errors: Vec<FieldLink>,
    /// As many follow as may.
    pub is_full: bool,
    /// How many may.
    pub most: usize,
    /// Days a code holds.
    pub days: i64,
    /// Who follows, and codes that wait.
    pub followers: Vec<FollowerView>,
}

/// Somebody who follows, or a code that waits.
#[derive(Debug, Clone, Default)]
pub struct FollowerView {
    /// What the button that ends it sends as `thoi`.
    pub key: String,
    /// The code, while nobody accepted.
    pub code: Option<String>,
    /// Who accepted.
    pub name: String,
    /// Since when, or until when.
    pub line: String,
}
