//! Preparing and carrying out a reorganisation, step by step.

use askama::Template;

use super::{ChipView, FoundRow, LinkView, Num, StaffField};
use crate::citizen::views::StepMark;
use crate::page::{FieldLink, Icon, Page, Pager, Tone};
use crate::texts::{Language, WrittenIn, language};

/// What every step shows above its own matter.
#[derive(Debug, Clone, Default)]
pub struct ReformHead {
    /// What the plan is called.
    pub title: String,
    /// "Nghị quyết 1232/NQ-UBTVQH15, ký 24/10/2024 · có hiệu lực 0 giờ, thứ Tư, 01/01/2025".
    pub about: String,
    /// What of the plan is made up, a sentence each.
    pub invented: Vec<String>,
    /// The steps, with where one is.
    pub steps: Vec<StepMark>,
    /// Address of the plan: forms go below it.
    pub base: String,
    /// The version its reader sees, sent back with every form.
    pub version: String,
    /// The step after this one.
    pub next: Option<LinkView>,
}

/// One thing wrong with the file of a plan.
#[derive(Debug, Clone, Default)]
pub struct PlanProblem {
    /// The line, from 1.
    pub line: usize,
    /// The key, with the path to it.
    pub field: String,
    /// What should stand there.
    pub expected: String,
    /// What stands there.
    pub found: String,
    /// The line as it is.
    pub quoted: String,
}

/// A plan in a list.
#[derive(Debug, Clone, Default)]
pub struct ReformRow {
    /// What it is called.
    pub title: String,
    /// Its page.
    pub href: String,
    /// Resolution and instant, or file and version.
    pub about: String,
    /// Who wrote it last, and when; empty for one from the command line.
    pub by: String,
    /// How far it is.
    pub state: ChipView,
}

/// A plan that comes with the program.
#[derive(Debug, Clone, Default)]
pub struct ShippedPlan {
    /// Its file, sent back as `san-co`.
    pub file: String,
    /// What it is called.
    pub title: String,
    /// Its instant, or why it cannot be used here.
    pub about: String,
}

/// All plans, and where a new one is brought in.
#[doc(alias = "sắp xếp đơn vị")]
#[derive(Debug, Template)]
#[template(path = "staff/reforms.html")]
pub struct ReformsPage {
    /// Frame of the page.
    pub page: Page,
    /// Plans being prepared.
    pub drafts: Vec<ReformRow>,
    /// Plans begun or carried out.
    pub reforms: Vec<ReformRow>,
    /// Plans that come with the program and fit this house (`san-co`).
    pub shipped: Vec<ShippedPlan>,
    /// Those that do not, and why.
    pub not_here: Vec<ShippedPlan>,
    /// Errors with links to the fields.
    pub errors: Vec<FieldLink>,
    /// What is wrong with the plan that was sent.
    pub problems: Vec<PlanProblem>,
    /// The file (`tep`).
    pub file: StaffField,
    /// The text (`van-ban`), kept where it was refused.
    pub text: StaffField,
}

/// The decision: the text of the plan.
#[derive(Debug, Template)]
#[template(path = "staff/reform_decision.html")]
pub struct ReformDecisionPage {
    /// Frame of the page.
    pub page: Page,
    /// The plan.
    pub head: ReformHead,
    /// The plan as the resolution says it, in a few facts.
    pub facts: Vec<(String, String)>,
    /// Errors with links to the fields.
    pub errors: Vec<FieldLink>,
    /// What is wrong with the text shown.
    pub problems: Vec<PlanProblem>,
    /// The text.
    pub text: StaffField,
    /// Its number of lines.
    pub lines: usize,
    /// The same in words.
    pub length: String,
    /// A file instead of it (`tep`).
    pub file: StaffField,
    /// The plan is begun: its text is fixed.
    pub is_fixed: bool,
}

/// One unit in the tree of before or of after.
#[derive(Debug, Clone, Default)]
pub struct TreeNode {
    /// How deep it stands, from 0.
    pub depth: usize,
    /// Its name.
    pub name: String,
    /// "kết thúc", "thành lập mới", "đổi tên", "giữ nguyên".
    pub mark: ChipView,
    /// Where what it has goes, or where what it has comes from.
    pub flows: String,
}

/// The map from old to new.
#[derive(Debug, Template)]
#[template(path = "staff/reform_map.html")]
pub struct ReformMapPage {
    /// Frame of the page.
    pub page: Page,
    /// The plan.
    pub head: ReformHead,
    /// The drawing.
    pub drawing: TreeDrawing,
    /// The same for a phone, where two trees have no room beside each other.
    pub stacked: Vec<Joined>,
    /// The last day of before, as a heading.
    pub eve: String,
    /// The first day of after, as a heading.
    pub day: String,
    /// The units of before.
    pub before: Vec<TreeNode>,
    /// The units of after.
    pub after: Vec<TreeNode>,
}

/// A unit of after, below everything that comes to it.
#[derive(Debug, Clone, Default)]
pub struct Joined {
    /// What comes to it: the class of its line, the unit of before, by how much.
    pub from: Vec<(&'static str, String, &'static str)>,
    /// Its name.
    pub to: String,
}

/// Two trees side by side, and what flows from one to the other; 880 wide.
#[derive(Debug, Clone, Default)]
pub struct TreeDrawing {
    /// How high it is.
    pub height: usize,
    /// The units.
    pub boxes: Vec<TreeBox>,
    /// What flows: its class and its line, as SVG path data.
    pub flows: Vec<(&'static str, String)>,
}

/// One unit of the drawing.
#[derive(Debug, Clone, Default)]
pub struct TreeBox {
    /// Class of its box.
    pub class: &'static str,
    /// Left edge.
    pub x: usize,
    /// Upper edge.
    pub y: usize,
    /// How wide.
    pub width: usize,
    /// Where its name begins.
    pub text_x: usize,
    /// Base line of its name.
    pub text_y: usize,
    /// Its name, shortened to the box.
    pub name: String,
}

/// A number of what moves.
#[derive(Debug, Clone, Default)]
pub struct MoveRow {
    /// What.
    pub label: String,
    /// How many.
    pub count: Num,
    /// "168.000 đồng", where it is about money.
    pub money: String,
    /// What it means, in a sentence.
    pub note: String,
    /// The list behind it; empty where there is none.
    pub href: String,
}

/// A group of numbers.
#[derive(Debug, Clone, Default)]
pub struct MoveGroup {
    /// "Hồ sơ đang giải quyết".
    pub title: String,
    /// Its numbers.
    pub rows: Vec<MoveRow>,
}

/// What moves, as numbers.
#[derive(Debug, Template)]
#[template(path = "staff/reform_moves.html")]
pub struct ReformMovesPage {
    /// Frame of the page.
    pub page: Page,
    /// The plan.
    pub head: ReformHead,
    /// "1.204 hồ sơ đổi đơn vị; 3.655 hồ sơ giữ nguyên."
    pub summary: String,
    /// The numbers.
    pub groups: Vec<MoveGroup>,
}

/// One entry of a list behind a number that is no dossier.
#[derive(Debug, Clone, Default)]
pub struct MovedThing {
    /// What it is.
    pub name: String,
    /// From where.
    pub from: String,
    /// To where; empty where nowhere.
    pub to: String,
}

/// The list behind a number.
#[derive(Debug, Template)]
#[template(path = "staff/reform_moved.html")]
pub struct ReformMovedPage {
    /// Frame of the page.
    pub page: Page,
    /// The plan.
    pub head: ReformHead,
    /// Back to the numbers.
    pub back: LinkView,
    /// What the number counts.
    pub label: String,
    /// How many there are.
    pub total: Num,
    /// From where to where, each with its part of the number and its own list.
    pub parts: Vec<MoveRow>,
    /// The dossiers of this part of the list.
    pub dossiers: Vec<FoundRow>,
    /// Anything else.
    pub things: Vec<MovedThing>,
    /// Where in the list.
    pub pager: Pager,
}

/// Something to settle.
#[derive(Debug, Clone, Default)]
pub struct ConflictView {
    /// Its name, sent back as `vuong-mac`; also the end of its anchor.
    pub name: String,
    /// Its anchor.
    pub id: String,
    /// What it is.
    pub title: String,
    /// Why it must be settled, and what to do.
    pub why: String,
    /// The ways (`cach`); none where the text must be changed.
    pub ways: Option<StaffField>,
    /// Words why (`ly-do`); none where no way needs them.
    pub reason: Option<StaffField>,
    /// How many others of its kind may be settled alike (`tat-ca`), in words; empty where each is its own case.
    pub alike: String,
}

/// Conflicts, one by one.
#[derive(Debug, Template)]
#[template(path = "staff/reform_conflicts.html")]
pub struct ReformConflictsPage {
    /// Frame of the page.
    pub page: Page,
    /// The plan.
    pub head: ReformHead,
    /// How many there are, in words; empty where there is none.
    pub left: String,
    /// How many of them are not shown yet, in words; empty where all are.
    pub more: String,
    /// Errors with links to the fields.
    pub errors: Vec<FieldLink>,
    /// What is wrong with the plan as it would become.
    pub problems: Vec<PlanProblem>,
    /// The first ones.
    pub conflicts: Vec<ConflictView>,
    /// What was settled, with the words why.
    pub settled: Vec<(String, String)>,
}

/// A dossier before and after.
#[derive(Debug, Clone, Default)]
pub struct SampleRow {
    /// Code.
    pub code: String,
    /// Its page.
    pub href: String,
    /// Its procedure.
    pub procedure: String,
    /// Due date, the same before and after.
    pub due: String,
    /// Responsible unit before.
    pub unit_before: String,
    /// Responsible unit after.
    pub unit_after: String,
    /// Owner before.
    pub owner_before: String,
    /// Owner after.
    pub owner_after: String,
    /// Desk before.
    pub desk_before: String,
    /// Desk after.
    pub desk_after: String,
    /// What to look at: "cần phân tuyến", "về trưởng đơn vị".
    pub flags: Vec<ChipView>,
}

/// Twenty dossiers before and after.
#[derive(Debug, Template)]
#[template(path = "staff/reform_sample.html")]
pub struct ReformSamplePage {
    /// Frame of the page.
    pub page: Page,
    /// The plan.
    pub head: ReformHead,
    /// How many these are, and how many move in all.
    pub summary: String,
    /// The dossiers.
    pub rows: Vec<SampleRow>,
}

/// One part of a rehearsal.
#[derive(Debug, Clone, Default)]
pub struct RehearsalRow {
    /// What it does.
    pub label: String,
    /// How far it is.
    pub state: ChipView,
    /// How many.
    pub count: String,
    /// How long.
    pub time: String,
}

/// A line about what went wrong, and the language it is in.
#[derive(Debug, Clone)]
pub struct FindingView {
    /// The line.
    pub text: String,
    /// Its language: what was written down may be in another than the page.
    pub language: Language,
}

impl FindingView {
    /// A line in the language of the page.
    pub fn said(text: String) -> Self {
        Self { text, language: language() }
    }

    /// Marks a line in another language.
    pub fn lang(&self) -> WrittenIn {
        WrittenIn(self.language)
    }
}

/// A rehearsal on a copy.
#[derive(Debug, Template)]
#[template(path = "staff/reform_rehearsal.html")]
pub struct ReformRehearsalPage {
    /// Frame of the page.
    pub page: Page,
    /// The plan.
    pub head: ReformHead,
    /// How the last one stands; none where there was none.
    pub verdict: Option<ChipView>,
    /// When, and of which version.
    pub about: String,
    /// What went wrong, a line each.
    pub findings: Vec<FindingView>,
    /// Its parts.
    pub rows: Vec<RehearsalRow>,
    /// It runs: the page looks again by itself.
    pub runs: bool,
    /// It may be begun.
    pub may_begin: bool,
    /// Why not: in words; empty where it may.
    pub why_not: String,
    /// The house's database is on a server.
    pub on_server: bool,
}

/// The appointed instant.
#[derive(Debug, Template)]
#[template(path = "staff/reform_instant.html")]
pub struct ReformInstantPage {
    /// Frame of the page.
    pub page: Page,
    /// The plan.
    pub head: ReformHead,
    /// The instant in words.
    pub instant: String,
    /// What must be so, with whether it is.
    pub checks: Vec<(ChipView, LinkView)>,
    /// Nothing stands in the way.
    pub may_begin: bool,
    /// What follows, a sentence each.
    pub effects: Vec<String>,
    /// Errors with links to the fields.
    pub errors: Vec<FieldLink>,
    /// Number of the resolution, and the tick where there was no rehearsal.
    pub fields: Vec<StaffField>,
}

/// A bar of progress.
#[derive(Debug, Clone, Default)]
pub struct ProgressBar {
    /// "Chuẩn bị".
    pub label: String,
    /// "1.204 trên 1.204 hồ sơ".
    pub words: String,
    /// How far, of 1,000.
    pub done: u64,
    /// How it stands.
    pub state: ChipView,
}

/// How far a plan is.
#[derive(Debug, Template)]
#[template(path = "staff/reform_progress.html")]
pub struct ReformProgressPage {
    /// Frame of the page.
    pub page: Page,
    /// The plan.
    pub head: ReformHead,
    /// One line on top.
    pub verdict: String,
    /// How it stands.
    pub tone: Tone,
    /// Staged, the instant, settled.
    pub bars: Vec<ProgressBar>,
    /// The page looks again by itself.
    pub looks_again: bool,
    /// It may still be given up.
    pub may_give_up: bool,
    /// What turning the clock of a demo towards the instant means; empty where there is nothing to turn.
    pub turns_to: String,
    /// Staging was cut off and may be asked for again.
    pub may_go_on: bool,
    /// Lists that must empty, and other numbers.
    pub notes: Vec<MoveRow>,
}

/// A plan whose row cannot be read any more.
#[derive(Debug, Template)]
#[template(path = "staff/reform_unreadable.html")]
pub struct ReformUnreadablePage {
    /// Frame of the page.
    pub page: Page,
    /// The key of its file, all that is left of its name, as a heading.
    pub title: String,
    /// The address of the plan.
    pub base: String,
    /// What is the matter.
    pub verdict: String,
    /// Its tone.
    pub tone: Tone,
    /// What it means and what to do, a sentence each.
    pub todo: Vec<String>,
    /// What is still known of it.
    pub facts: Vec<(String, String)>,
    /// True while it can be given up.
    pub may_give_up: bool,
}

/// What giving a plan up means, asked before it is done.
#[derive(Debug, Template)]
#[template(path = "staff/reform_give_up.html")]
pub struct ReformGiveUpPage {
    /// Frame of the page.
    pub page: Page,
    /// The plan.
    pub head: ReformHead,
    /// What follows, a sentence each.
    pub effects: Vec<String>,
}

/// One thing that is the same before and after.
#[derive(Debug, Clone, Default)]
pub struct EqualRow {
    /// What.
    pub label: String,
    /// Before.
    pub before: String,
    /// After.
    pub after: String,
    /// They are the same, to the last sign.
    pub holds: bool,
}

/// From one unit to another.
#[derive(Debug, Clone, Default)]
pub struct CertificateLine {
    /// The unit of before.
    pub from: String,
    /// The unit of after.
    pub to: String,
    /// Dossiers before.
    pub before: String,
    /// Dossiers after.
    pub after: String,
    /// All of it is the same.
    pub holds: bool,
}

/// The certificate as it lies on paper.
#[derive(Debug, Clone, Default)]
pub struct CertificateSheet {
    /// What the plan is called.
    pub title: String,
    /// The resolution.
    pub instrument: String,
    /// The instant.
    pub effective: String,
    /// When the events were counted.
    pub made: String,
    /// What of the plan is made up.
    pub invented: Vec<String>,
    /// What is the same.
    pub rows: Vec<EqualRow>,
    /// From each unit to each.
    pub lines: Vec<CertificateLine>,
    /// All of it is the same.
    pub holds: bool,
    /// SHA-256 of the plan's text.
    pub plan_sha256: String,
    /// The key that signed.
    pub public_key: String,
    /// Its signature.
    pub signature: String,
    /// It is a demonstration's.
    pub is_demo: bool,
}

/// The certificate of equality, and the way back.
#[doc(alias = "chứng nhận bảo toàn")]
#[derive(Debug, Template)]
#[template(path = "staff/reform_certificate.html")]
pub struct ReformCertificatePage {
    /// Frame of the page.
    pub page: Page,
    /// The plan.
    pub head: ReformHead,
    /// Its id, as the command line names it.
    pub id: String,
    /// What became of it.
    pub state: ChipView,
    /// The certificate; none while not every history tells of the plan.
    pub sheet: Option<CertificateSheet>,
    /// What counting again found; none where nobody asked.
    pub verdict: Option<ChipView>,
    /// What differs, and what to know.
    pub findings: Vec<String>,
    /// It may be taken back.
    pub may_undo: bool,
    /// Why not; empty where it may, or where it never could.
    pub why_not: String,
    /// Why it was not done just now.
    pub undo_error: String,
    /// What undoing it means for the dossiers it moved.
    pub moved: String,
}
