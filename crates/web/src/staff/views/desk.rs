//! The desk beside receiving: online applications, slips, decisions nobody fetched, lists, postings.

use askama::Template;

use super::{FactView, Left, LinkView, Num, StaffField};
use crate::page::{FieldLink, Icon, Page, Pager};
use crate::say;

/// Which page of the desk is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DeskTab {
    /// Receiving somebody.
    #[default]
    Intake,
    /// The queue before the counters.
    Queue,
    /// Online applications.
    Online,
    /// A list of people for one procedure.
    Batch,
    /// Decisions nobody fetched.
    Uncollected,
    /// Slips given.
    Slips,
    /// Sheets to post on the board.
    Postings,
}

impl DeskTab {
    /// All of them: page, address.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::Intake, "/quay/tiep-nhan"),
        (Self::Queue, "/quay/hang-doi"),
        (Self::Online, "/quay/truc-tuyen"),
        (Self::Batch, "/quay/theo-danh-sach"),
        (Self::Uncollected, "/quay/cho-tra"),
        (Self::Slips, "/quay/phieu"),
        (Self::Postings, "/quay/niem-yet"),
    ];

    /// Its words.
    pub fn label(self) -> &'static str {
        say(match self {
            Self::Intake => "tabs-desk-intake",
            Self::Queue => "tabs-desk-queue",
            Self::Online => "tabs-desk-online",
            Self::Batch => "tabs-desk-batch",
            Self::Uncollected => "tabs-desk-uncollected",
            Self::Slips => "tabs-desk-slips",
            Self::Postings => "tabs-desk-postings",
        })
    }
}

/// An online application that waits for the desk's answer.
#[derive(Debug, Clone)]
pub struct OnlineRow {
    /// Its code.
    pub code: String,
    /// Where it opens.
    pub href: String,
    /// Procedure, short.
    pub procedure: String,
    /// Whose it is.
    pub applicant: String,
    /// When it was sent.
    pub sent: String,
    /// It was returned once and came back.
    pub came_back: bool,
    /// By when the desk answers.
    pub answer_by: String,
    /// What is left of that, in working hours.
    pub left: Left,
    /// Who looks at it right now: "tôi", a name; empty for nobody.
    pub taken: String,
    /// Address of the act that gives it back; empty where it is not mine.
    pub give_back: String,
}

/// Online applications that wait, with the hours left.
///
/// Căn cứ: Nghị định 45/2020/NĐ-CP (trả lời trong 8 giờ làm việc).
#[derive(Debug, Template)]
#[template(path = "staff/online.html")]
pub struct OnlinePage {
    /// Frame of the page.
    pub page: Page,
    /// Where in the desk.
    pub tab: DeskTab,
    /// The one to be answered first above.
    pub rows: Vec<OnlineRow>,
    /// How many are past their time.
    pub late: Num,
    /// How many have two hours or less.
    pub soon: Num,
    /// There is one nobody else looks at.
    pub can_take: bool,
    /// There are more than are listed at once.
    pub is_cut: bool,
    /// What can be opened of what was just done.
    pub done_links: Vec<LinkView>,
    /// Its pages.
    pub pager: Pager,
}

/// Slips of one desk in a period.
#[derive(Debug, Clone, Default)]
pub struct DeskSlips {
    /// The desk.
    pub desk: String,
    /// Guidance slips.
    pub guidance: Num,
    /// Refusals.
    pub refusal: Num,
    /// Refusals by ground, in the order of the grounds.
    pub by_ground: Vec<Num>,
}

/// How many slips the desks of an authority gave: for the report, with nobody's name.
#[derive(Debug, Template)]
#[template(path = "staff/slip_counts.html")]
pub struct SlipCountsPage {
    /// Frame of the page.
    pub page: Page,
    /// From which day, to which (`tu`, `den`).
    pub fields: Vec<StaffField>,
    /// Errors in them.
    pub errors: Vec<FieldLink>,
    /// "Từ 01/03/2025 đến hết 31/03/2025".
    pub period: String,
    /// Words of the grounds.
    pub grounds: Vec<String>,
    /// Desk by desk.
    pub rows: Vec<DeskSlips>,
    /// Their sum.
    pub total: DeskSlips,
}

/// A decision that lies at the desk.
#[derive(Debug, Clone, Default)]
pub struct UncollectedRow {
    /// Its code.
    pub code: String,
    /// Where it opens.
    pub href: String,
    /// The act that hands it over.
    pub deliver: String,
    /// Procedure, short.
    pub procedure: String,
    /// Whose it is.
    pub applicant: String,
    /// "12 ngày".
    pub age: String,
    /// Longer than a month.
    pub is_old: bool,
    /// Since which day.
    pub since: String,
    /// "chưa nhắc", "2 lần, gần nhất 03/03".
    pub reminded: String,
    /// A file was wanted, and none was issued.
    pub lacks_file: bool,
    /// Still to be paid; empty for nothing.
    pub owed: String,
    /// The act that reminds; empty where nobody is reminded now.
    pub remind: String,
    /// Why nobody can be told; empty where somebody can.
    pub unreachable: String,
}

/// Decisions nobody fetched, the oldest first.
#[doc(alias = "kết quả chưa trả")]
#[derive(Debug, Template)]
#[template(path = "staff/uncollected.html")]
pub struct UncollectedPage {
    /// Frame of the page.
    pub page: Page,
    /// Where in the desk.
    pub tab: DeskTab,
    /// How many lie there, by age: "quá 30 ngày", "10 đến 30 ngày" …
    pub ages: Vec<FactView>,
    /// How many may be reminded now.
    pub due: Num,
    /// How many decisions are electronic and lie at no desk.
    pub electronic: Num,
    /// The list those stand in.
    pub electronic_href: String,
    /// Days between two reminders.
    pub every_days: u32,
    /// True where anything lies there, looked for or not.
    pub is_any: bool,
    /// What is looked for among them.
    pub looked_for: String,
    /// The oldest first.
    pub rows: Vec<UncollectedRow>,
    /// Its pages.
    pub pager: Pager,
}

/// A slip of the list.
#[derive(Debug, Clone, Default)]
pub struct SlipRow {
    /// "12/HDHS".
    pub number: String,
    /// Its paper.
    pub href: String,
    /// "Phiếu hướng dẫn".
    pub kind: String,
    /// To whom.
    pub name: String,
    /// About what.
    pub matter: String,
    /// What it says, cut.
    pub words: String,
    /// When.
    pub at: String,
    /// By whom.
    pub officer: String,
}

/// Counts of one procedure.
#[derive(Debug, Clone, Default)]
pub struct SlipCountRow {
    /// The procedure, or "(chưa chọn thủ tục)".
    pub name: String,
    /// Guidance slips.
    pub guidance: Num,
    /// Refusals.
    pub refusal: Num,
}

/// Slips a desk gave in a period, with their counts.
#[doc(alias = "phiếu hướng dẫn, phiếu từ chối")]
#[derive(Debug, Template)]
#[template(path = "staff/slips.html")]
pub struct SlipsPage {
    /// Frame of the page.
    pub page: Page,
    /// Where in the desk.
    pub tab: DeskTab,
    /// From which day, to which (`tu`, `den`).
    pub fields: Vec<StaffField>,
    /// Errors in them.
    pub errors: Vec<FieldLink>,
    /// "Từ 01/03/2025 đến hết 31/03/2025".
    pub period: String,
    /// Sums: guidance, refusal, refusals by ground.
    pub sums: Vec<FactView>,
    /// By procedure, the most first.
    pub counts: Vec<SlipCountRow>,
    /// The latest first.
    pub rows: Vec<SlipRow>,
    /// There are more than are listed at once.
    pub is_cut: bool,
    /// Its pages.
    pub pager: Pager,
}

/// Something wrong in a list.
#[derive(Debug, Clone, Default)]
pub struct BatchFault {
    /// "Dòng 7".
    pub line: String,
    /// What.
    pub text: String,
}

/// One person of a list.
#[derive(Debug, Clone, Default)]
pub struct BatchRow {
    /// The line.
    pub line: String,
    /// Name.
    pub name: String,
    /// Personal number, masked.
    pub number: String,
    /// Birth.
    pub birth: String,
    /// Telephone, masked.
    pub phone: String,
    /// Address.
    pub address: String,
    /// The dossier, once received.
    pub dossier: Option<LinkView>,
    /// Its slip.
    pub slip: Option<LinkView>,
}

/// Receiving a list of people for one procedure.
#[doc(alias = "tiếp nhận theo danh sách")]
#[derive(Debug, Template)]
#[template(path = "staff/batch.html")]
pub struct BatchPage {
    /// Frame of the page.
    pub page: Page,
    /// Where in the desk.
    pub tab: DeskTab,
    /// Key that makes a double click one list.
    pub once: String,
    /// Errors with links to the fields.
    pub errors: Vec<FieldLink>,
    /// The procedures to choose from (`thu-tuc`).
    pub choice: StaffField,
    /// The chosen one; empty as long as none is.
    pub procedure: String,
    /// Its id.
    pub procedure_id: String,
    /// Its revision (`ban`).
    pub revision: String,
    /// Term and fee of each.
    pub about: String,
    /// How many dossiers, and what they owe together.
    pub sum: String,
    /// Why it cannot be received here; empty where it can.
    pub blocked: String,
    /// Papers that are here of everybody (`giay`).
    pub papers: StaffField,
    /// The list (`danh-sach`).
    pub list: StaffField,
    /// The same as a file (`tep`).
    pub file: StaffField,
    /// What is wrong, line by line.
    pub faults: Vec<BatchFault>,
    /// Who is on the list.
    pub rows: Vec<BatchRow>,
    /// The list is right and can be received.
    pub is_checked: bool,
    /// Who was received just now, with codes.
    pub received: Vec<BatchRow>,
}

/// A procedure of the list of postings.
#[derive(Debug, Clone, Default)]
pub struct PostingRow {
    /// Its number in the set.
    pub number: Num,
    /// Name.
    pub name: String,
    /// Code of the State, or ours.
    pub code: String,
    /// Its sheet.
    pub href: String,
    /// What the source leaves out; empty for nothing.
    pub gap: String,
}

/// The procedures of a field of administration.
#[derive(Debug, Clone, Default)]
pub struct PostingSector {
    /// Its name.
    pub name: String,
    /// Its procedures.
    pub rows: Vec<PostingRow>,
}

/// The procedures a desk posts, and the way to their sheets.
#[doc(alias = "niêm yết công khai")]
#[derive(Debug, Template)]
#[template(path = "staff/postings.html")]
pub struct PostingsPage {
    /// Frame of the page.
    pub page: Page,
    /// Where in the desk.
    pub tab: DeskTab,
    /// Whose.
    pub unit: String,
    /// By field of administration.
    pub sectors: Vec<PostingSector>,
    /// How many in all.
    pub total: Num,
}
