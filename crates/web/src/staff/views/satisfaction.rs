//! How satisfied people are, as figures.

use askama::Template;

use super::Num;
use crate::page::{FieldLink, Icon, Page};

/// The ratings of a period.
#[doc(alias = "mức độ hài lòng")]
#[derive(Debug, Template)]
#[template(path = "staff/satisfaction.html")]
pub struct SatisfactionPage {
    /// Frame of the page.
    pub page: Page,
    /// First day as people write it.
    pub from: String,
    /// Last day, likewise.
    pub to: String,
    /// Errors in the questions.
    pub errors: Vec<FieldLink>,
    /// How many ratings.
    pub count: Num,
    /// "trong 12 đánh giá".
    pub of_count: String,
    /// Share of the dossiers solved in the same days, and how many ratings came from the screen of a hall.
    pub answered: String,
    /// Share of the satisfied.
    pub satisfied: String,
    /// Mean points of the four questions, of 8.
    pub points: String,
    /// Mean number of visits.
    pub visits: String,
    /// The five grades, the best first.
    pub grades: Vec<GradeBar>,
    /// By unit, most ratings first.
    pub units: Vec<UnitSatisfaction>,
    /// What was written, the latest first.
    pub remarks: Vec<RemarkRow>,
}

/// One grade.
#[derive(Debug, Clone, Default)]
pub struct GradeBar {
    /// "Rất hài lòng".
    pub label: String,
    /// How many.
    pub count: Num,
    /// Share of all.
    pub share: String,
    /// Length of its bar, 0 to 1000.
    pub bar: u16,
}

/// Ratings of one unit.
#[derive(Debug, Clone, Default)]
pub struct UnitSatisfaction {
    /// Its name at the end of the period.
    pub unit: String,
    /// How many ratings.
    pub count: Num,
    /// Share of the satisfied.
    pub satisfied: String,
    /// How many find it middling.
    pub middling: Num,
    /// How many are not satisfied.
    pub unsatisfied: Num,
    /// Mean points of the four questions.
    pub points: String,
    /// Mean number of visits.
    pub visits: String,
    /// Share of the satisfied, 0 to 1000.
    pub bar: u16,
}

/// What somebody wrote with a rating.
#[derive(Debug, Clone, Default)]
pub struct RemarkRow {
    /// When.
    pub at: String,
    /// The unit that solved.
    pub unit: String,
    /// The grade beside it.
    pub grade: String,
    /// The words.
    pub text: String,
}
