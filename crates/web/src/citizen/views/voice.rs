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

/// A message of the citizen or of the office, for either to read.
#[derive(Debug, Clone, Default)]
pub struct MessageView {
    /// Who wrote: "Bạn", or name, post and unit.
    pub who: String,
    /// When, in words.
    pub at: String,
    /// The words, line by line.
    pub lines: Vec<String>,
    /// True for the reader's own side.
    pub own: bool,
    /// By when it is answered, while it is not ("trả lời chậm nhất …").
    pub waits: Option<String>,
    /// That day has passed.
    pub late: bool,
}

/// What was written to and fro about a dossier, and where one writes.
#[derive(Debug, Clone, Default)]
pub struct TalkView {
    /// All messages, the oldest first.
    pub messages: Vec<MessageView>,
    /// Where the form goes; none where this reader only reads.
    pub action: Option<String>,
    /// What was typed; sent as `noi_dung`.
    pub text: String,
    /// What is wrong with it.
    pub error: Option<String>,
}

/// Choosing how the decision comes.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "citizen/collecting.html")]
pub struct CollectingPage {
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
    /// Version of the dossier the page shows, sent back as `phien`.
    pub version: String,
    /// What must be corrected.
    pub errors: Vec<FieldLink>,
    /// What is paid first, a whole sentence; empty where nothing is owed.
    pub owed: String,
    /// The ways, one of them chosen.
    pub field: FieldView,
}
