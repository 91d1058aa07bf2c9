//! Messages of citizens that wait for an answer.

use askama::Template;

use super::Num;
use crate::page::{Icon, Page};

/// Messages that wait for this person's answer.
#[derive(Debug, Template)]
#[template(path = "staff/messages.html")]
pub struct MessagesPage {
    /// Frame of the page.
    pub page: Page,
    /// How many are past their day.
    pub late: Num,
    /// The messages, the most urgent first.
    pub rows: Vec<MessageRow>,
}

/// One of them.
#[derive(Debug, Clone, Default)]
pub struct MessageRow {
    /// The dossier's page, at its messages.
    pub href: String,
    /// Its code.
    pub code: String,
    /// The procedure, short.
    pub procedure: String,
    /// Whose dossier.
    pub applicant: String,
    /// The first words.
    pub text: String,
    /// When it was written.
    pub at: String,
    /// By when it is answered.
    pub by: String,
    /// That day has passed.
    pub late: bool,
    /// Who answers.
    pub owner: String,
}
