//! The public figures as a page: tiles, a drawing, its table, the units.

use super::Link;
use crate::page::{Icon, Page};
use crate::texts::{self, Language};
use askama::Template;

/// The public figures of a period.
#[derive(Debug, Clone, Template)]
#[template(path = "citizen/figures.html")]
pub struct FiguresPage {
    /// The frame.
    pub page: Page,
    /// In which language.
    pub language: Language,
    /// Years and quarters one may choose, with whether it is this one.
    pub spans: Vec<(Link, bool)>,
    /// "Từ 01/01/2025 đến hết 31/03/2025".
    pub period: String,
    /// "Đếm lúc 8 giờ 00, thứ Hai, 31/03/2025 …".
    pub counted: String,
    /// All together.
    pub total: FiguresRow,
    /// By month.
    pub months: Vec<FiguresRow>,
    /// By unit.
    pub units: Vec<FiguresRow>,
    /// The drawing; none where nothing happened.
    pub chart: Option<FiguresChart>,
    /// The same as a file.
    pub csv: String,
}

/// One row of the figures.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "each is what its name says, as people read it")]
pub struct FiguresRow {
    pub name: String,
    pub received: String,
    pub received_online: String,
    pub resolved: String,
    pub resolved_online: String,
    pub in_time: String,
    pub late: String,
    pub in_time_share: String,
}

/// Two bars for each month. Lengths and places are units of the drawing.
#[derive(Debug, Clone)]
pub struct FiguresChart {
    /// Height of the drawing.
    pub height: usize,
    /// The months.
    pub months: Vec<ChartMonth>,
}

/// One month of the drawing.
#[derive(Debug, Clone)]
pub struct ChartMonth {
    /// "01/2025".
    pub name: String,
    /// "đúng hạn 99,9 %", in two lines.
    pub in_time: String,
    /// Its upper edge.
    pub top: usize,
    /// What was received, then what was resolved.
    pub bars: [ChartBar; 2],
}

/// One bar: what came online, and the rest.
#[derive(Debug, Clone, Copy, Default)]
pub struct ChartBar {
    /// Its upper edge.
    pub top: usize,
    /// Length of the part that came online.
    pub online: usize,
    /// Length of the rest.
    pub rest: usize,
    /// How many in all.
    pub count: i64,
    /// Where the number stands.
    pub end: usize,
    /// The base line of the number.
    pub base: usize,
}

impl FiguresPage {
    fn word(&self, key: &str) -> String {
        texts::word_in(self.language, key)
    }

    fn number(&self, count: &i64) -> String {
        texts::number_in(self.language, *count)
    }
}
