//! The catalogue as control officers keep it: list, one procedure, writing, trying, deciding, what units do otherwise.

use askama::Template;

use super::{ChipView, ChoiceView, LinkView, StaffField};
use crate::citizen::views::FormView;
use crate::page::{FieldLink, Icon, Page, Pager};
use crate::say_with;
use crate::texts::{Language, language};

/// Words of the page, or of the source: these are not translated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LinePart {
    /// The words.
    pub words: String,
    /// Whether they are of the source.
    pub stated: bool,
}

impl LinePart {
    /// Whether they are marked: words of the source on a page in another language.
    pub fn is_marked(&self) -> bool {
        self.stated && language() != Language::Vietnamese
    }
}

/// A line about a procedure: words of the page around words of the source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProcedureLine {
    /// Its parts, one behind the other.
    pub parts: Vec<LinePart>,
}

impl ProcedureLine {
    /// The same, followed by words of the page.
    #[must_use]
    pub fn said(mut self, words: impl Into<String>) -> Self {
        self.parts.push(LinePart { words: words.into(), stated: false });
        self
    }

    /// The same, followed by words of the source.
    #[must_use]
    pub fn stated(mut self, words: impl Into<String>) -> Self {
        self.parts.push(LinePart { words: words.into(), stated: true });
        self
    }

    /// Several as one, parted by semicolons.
    pub fn joined(lines: Vec<Self>) -> Self {
        lines.into_iter().fold(Self::default(), |all, line| {
            let mut all = if all.parts.is_empty() { all } else { all.said("; ") };
            all.parts.extend(line.parts);
            all
        })
    }
}

impl From<String> for ProcedureLine {
    fn from(words: String) -> Self {
        Self::default().said(words)
    }
}

impl From<&str> for ProcedureLine {
    fn from(words: &str) -> Self {
        Self::default().said(words)
    }
}

/// A fact about a procedure.
#[derive(Debug, Clone, Default)]
pub struct ProcedureFact {
    /// "Thời hạn".
    pub label: &'static str,
    /// "3 ngày làm việc".
    pub value: ProcedureLine,
}

/// One procedure of the list.
#[derive(Debug, Clone, Default)]
pub struct CatalogueRow {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Sector.
    pub sector: String,
    /// "quận", "phường".
    pub level: String,
    /// "3 ngày làm việc"; empty where the source gives none.
    pub term: String,
    /// "bản 2".
    pub revision: String,
    /// Everything that stands out of it, in words.
    pub chips: Vec<ChipView>,
    /// Its page.
    pub href: String,
}

impl CatalogueRow {
    /// "Hộ tịch, cấp phường".
    pub fn place(&self) -> String {
        say_with("keeping-where", &[("sector", &self.sector), ("level", &self.level)])
    }
}

/// All procedures.
#[doc(alias = "danh mục thủ tục hành chính")]
#[derive(Debug, Template)]
#[template(path = "staff/catalogue.html")]
pub struct CataloguePage {
    /// Frame of the page.
    pub page: Page,
    /// Words typed.
    pub text: String,
    /// Sectors to choose from.
    pub sectors: Vec<ChoiceView>,
    /// Levels.
    pub levels: Vec<ChoiceView>,
    /// States.
    pub states: Vec<ChoiceView>,
    /// How many there are with these words: "12 thủ tục".
    pub total: String,
    /// This part of the list.
    pub rows: Vec<CatalogueRow>,
    /// Where in the list.
    pub pager: Pager,
}

/// One thing that changed, marked by a word and not by its colour alone.
#[derive(Debug, Clone, Default)]
pub struct ChangeRow {
    /// "Thêm", "Bỏ", "Sửa".
    pub mark: ChipView,
    /// What.
    pub what: String,
    /// Before.
    pub before: ProcedureLine,
    /// Now.
    pub now: ProcedureLine,
}

/// A part of two revisions beside each other.
#[derive(Debug, Clone, Default)]
pub struct BesideRow {
    /// Which part.
    pub part: &'static str,
    /// Its lines in the older one.
    pub before: Vec<ProcedureLine>,
    /// Its lines in the newer one.
    pub now: Vec<ProcedureLine>,
    /// Whether they differ.
    pub changed: bool,
}

/// Two revisions beside each other.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// Revisions to choose the older one from.
    pub olds: Vec<ChoiceView>,
    /// And the newer one.
    pub news: Vec<ChoiceView>,
    /// "Bản 1".
    pub old: String,
    /// "Bản đang soạn".
    pub new: String,
    /// What changed.
    pub changes: Vec<ChangeRow>,
    /// Both in full.
    pub beside: Vec<BesideRow>,
}

impl Comparison {
    /// "3 chỗ khác nhau:".
    pub fn counted(&self) -> String {
        say_with("keeping-differences", &[("count", &self.changes.len())])
    }
}

/// What one unit does otherwise, as a row.
#[derive(Debug, Clone, Default)]
pub struct LocalRow {
    /// Its id, for the button.
    pub unit: String,
    /// Its name.
    pub name: String,
    /// What is otherwise, one line each.
    pub lines: Vec<String>,
    /// The decision.
    pub basis: String,
    /// Where it is mended.
    pub href: String,
}

/// One procedure with everything that is kept of it.
#[derive(Debug, Template)]
#[template(path = "staff/catalogue_procedure.html")]
pub struct CatalogueProcedurePage {
    /// Frame of the page.
    pub page: Page,
    /// It, as in the list.
    pub row: CatalogueRow,
    /// Facts: term, fee, ways to file, decision, who goes on by which revision.
    pub facts: Vec<ProcedureFact>,
    /// What one can do, the first one most likely.
    pub acts: Vec<LinkView>,
    /// The page of the citizens.
    pub public: String,
    /// Said of a revision on its way; empty for none.
    pub on_its_way: String,
    /// The comparison; none with one revision and nothing on its way.
    pub comparison: Option<Comparison>,
    /// Revisions so far, the newest first.
    pub history: Vec<ProcedureLine>,
    /// What units do otherwise.
    pub locals: Vec<LocalRow>,
}

/// A row of several boxes: a paper, a fee, a step, a question.
#[derive(Debug, Clone, Default)]
pub struct WriteRow {
    /// "Giấy tờ 1"; the row's name to those who do not see the table.
    pub title: String,
    /// Its boxes.
    pub fields: Vec<StaffField>,
}

/// A part of the form that writes a revision.
#[derive(Debug, Clone, Default)]
pub struct WritePart {
    /// Its heading.
    pub title: &'static str,
    /// A line under it; empty for none.
    pub hint: &'static str,
    /// Anchor.
    pub id: String,
    /// Whether it is shown folded.
    pub folded: bool,
    /// Its rows.
    pub rows: Vec<WriteRow>,
}

impl WritePart {
    /// "Mở 3 dòng để sửa".
    pub fn unfolds(&self) -> String {
        say_with("keeping-write-open", &[("count", &self.rows.len())])
    }
}

/// Writing the next revision.
#[derive(Debug, Template)]
#[template(path = "staff/catalogue_write.html")]
pub struct CatalogueWritePage {
    /// Frame of the page.
    pub page: Page,
    /// The procedure.
    pub row: CatalogueRow,
    /// Where the form goes.
    pub action: String,
    /// Back to the procedure.
    pub back: String,
    /// Errors with links to the fields.
    pub errors: Vec<FieldLink>,
    /// Hidden fields: what was seen.
    pub seen: Vec<(String, String)>,
    /// Said above: somebody wrote on it, a day is decided on; empty for nothing.
    pub said: String,
    /// Its parts.
    pub parts: Vec<WritePart>,
}

/// What came of a trial.
#[derive(Debug, Clone, Default)]
pub struct TrialResult {
    /// In one sentence.
    pub sentence: String,
    /// Whether it would be taken.
    pub passes: bool,
    /// What would be refused, with links to it.
    pub refused: Vec<FieldLink>,
    /// What the slip would say.
    pub facts: Vec<ProcedureFact>,
}

/// Trying a revision as a citizen would file it.
#[derive(Debug, Template)]
#[template(path = "staff/catalogue_trial.html")]
pub struct CatalogueTrialPage {
    /// Frame of the page.
    pub page: Page,
    /// The procedure.
    pub row: CatalogueRow,
    /// "Nộp thử bản đang soạn" or "Nộp thử bản 2".
    pub title: String,
    /// Where the form goes.
    pub action: String,
    /// Back to the procedure.
    pub back: String,
    /// Desk, way, day and hour, quantities.
    pub fields: Vec<StaffField>,
    /// Papers one may tick.
    pub papers: StaffField,
    /// The form as citizens see it.
    pub form: Option<FormView>,
    /// What came of it.
    pub result: Option<TrialResult>,
}

/// Deciding: publishing, withdrawing, offering again.
#[derive(Debug, Template)]
#[template(path = "staff/catalogue_decide.html")]
pub struct CatalogueDecidePage {
    /// Frame of the page.
    pub page: Page,
    /// The procedure.
    pub row: CatalogueRow,
    /// Heading.
    pub title: &'static str,
    /// What it means, one sentence each.
    pub means: Vec<String>,
    /// What changes.
    pub changes: Vec<ChangeRow>,
    /// Where the form goes.
    pub action: String,
    /// Back to the procedure.
    pub back: String,
    /// Errors with links to the fields.
    pub errors: Vec<FieldLink>,
    /// Hidden fields: what was seen.
    pub seen: Vec<(String, String)>,
    /// Day and decision.
    pub fields: Vec<StaffField>,
    /// Words of the button.
    pub button: &'static str,
    /// Words of another act on the same page; empty for none.
    pub other: &'static str,
}

impl CatalogueDecidePage {
    /// "Thay đổi 3 chỗ".
    pub fn changed(&self) -> String {
        say_with("keeping-decide-changes", &[("count", &self.changes.len())])
    }
}

/// What units do otherwise with one procedure.
#[derive(Debug, Template)]
#[template(path = "staff/catalogue_locals.html")]
pub struct CatalogueLocalsPage {
    /// Frame of the page.
    pub page: Page,
    /// The procedure.
    pub row: CatalogueRow,
    /// Where the form goes.
    pub action: String,
    /// Back to the procedure.
    pub back: String,
    /// What there is.
    pub locals: Vec<LocalRow>,
    /// Errors with links to the fields.
    pub errors: Vec<FieldLink>,
    /// Unit, amounts, ways, place, hours, decision.
    pub fields: Vec<StaffField>,
}
