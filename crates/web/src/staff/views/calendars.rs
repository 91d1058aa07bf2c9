//! Days off and opening hours, with what a change does before it is saved.

use askama::Template;

use super::{ChipView, LinkView, StaffField};
use crate::page::{FieldLink, Icon, Page};

/// One day of the table.
#[derive(Debug, Clone, Default)]
pub struct DayRowView {
    /// "thứ Sáu, 02/05/2025".
    pub day: String,
    /// What it is called.
    pub name: String,
    /// True where the house calls it so, not who published it.
    pub is_our_name: bool,
    /// "nghỉ lễ", "nghỉ bù", "nghỉ hoán đổi, làm bù 26/04/2025", "làm bù".
    pub kind: String,
    /// How sure it is, in words.
    pub state: ChipView,
    /// The form filled for it; empty where it has passed.
    pub act: LinkView,
}

/// A term with the date before and after.
#[derive(Debug, Clone, Default)]
pub struct MovedRow {
    /// "3 ngày làm việc", or a dossier's code.
    pub what: String,
    /// Where it leads; empty for nowhere.
    pub href: String,
    /// More about it; empty for nothing.
    pub about: String,
    /// As it is.
    pub before: String,
    /// As it would be.
    pub after: String,
    /// "muộn hơn", "sớm hơn", "như cũ", with "tạm tính" where a year is projected.
    pub words: String,
    /// Whether they differ.
    pub moved: bool,
}

/// What a change does.
#[derive(Debug, Clone, Default)]
pub struct EffectView {
    /// "Nộp thứ Sáu, 25/04/2025, 16 giờ", with its rows.
    pub examples: Vec<(String, Vec<MovedRow>)>,
    /// Open dossiers with another date: those listed.
    pub dossiers: Vec<MovedRow>,
    /// How many of them there are: "3 hồ sơ".
    pub count: String,
    /// What stands above those listed.
    pub heading: String,
    /// How many open dossiers were looked at, and whether there are more.
    pub looked_at: String,
}

/// A page that changes days off or hours.
#[derive(Debug, Template)]
#[template(path = "staff/calendar.html")]
pub struct CalendarPage {
    /// Frame of the page.
    pub page: Page,
    /// "lich" or "gio": which of the two.
    pub here: &'static str,
    /// A sentence above.
    pub lead: &'static str,
    /// What is to be minded: a year without a table.
    pub warnings: Vec<String>,
    /// Years, or units, to look at.
    pub tabs: Vec<(LinkView, bool)>,
    /// Days of the year.
    pub days: Vec<DayRowView>,
    /// Units with their hours: name, hours, place, from when it changes, link.
    pub units: Vec<UnitHoursView>,
    /// Errors with links to the fields.
    pub errors: Vec<FieldLink>,
    /// Where the form goes.
    pub action: String,
    /// Hidden fields: what was seen.
    pub seen: Vec<(String, String)>,
    /// Its fields.
    pub fields: Vec<StaffField>,
    /// What it would do; none before one looked.
    pub effect: Option<EffectView>,
    /// What was decided before, one line each.
    pub history: Vec<String>,
}

/// The hours of a unit.
#[derive(Debug, Clone, Default)]
pub struct UnitHoursView {
    /// Its name.
    pub name: String,
    /// "07:30-11:30,13:30-17:30" in words.
    pub hours: String,
    /// Where it sits, and its telephone.
    pub place: String,
    /// "Từ 01/04/2025: …"; empty for no change to come.
    pub coming: String,
    /// The form filled for it.
    pub href: String,
}
