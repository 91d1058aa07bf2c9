//! Control of procedures: the report 06a, missing terms, papers asked for outside the law, who read what.

use askama::Template;

use super::{LinkView, Num, StaffField};
use crate::page::{FieldLink, Icon, Page, Pager};
use crate::texts::Vietnamese;

/// One row of the report 06a: columns 2 to 13.
///
/// Căn cứ: Thông tư 02/2017/TT-VPCP, biểu II.06a/VPCP/KSTT.
#[derive(Debug, Clone, Default)]
pub struct ReportRow {
    /// Column 2: sector or unit.
    pub name: String,
    /// Columns 3 to 13, each with the dossiers behind it.
    pub cells: [CountCell; 11],
    /// Column 2 is the name of a sector or unit, which is not translated.
    pub is_name: bool,
}

impl ReportRow {
    /// Marks the name.
    pub fn lang(&self) -> Vietnamese {
        Vietnamese { is_so: self.is_name }
    }
}

/// A number of the report with the dossiers behind it.
#[derive(Debug, Clone, Default)]
pub struct CountCell {
    /// How many.
    pub count: Num,
    /// The dossiers; empty for a zero.
    pub href: String,
}

/// Form II.06a: how dossiers were received and solved in a period.
#[doc(alias = "biểu 06a")]
#[derive(Debug, Template)]
#[template(path = "staff/report_06a.html")]
pub struct ReportPage {
    /// Frame of the page.
    pub page: Page,
    /// First day as people write it: 01/01/2025.
    pub from: String,
    /// Last day, likewise.
    pub to: String,
    /// Units to choose from (`don-vi`).
    pub units: Vec<super::ChoiceView>,
    /// What the rows are (`theo`: `linh-vuc`, `don-vi`, `ke-thua`, `dia-ban`).
    pub by: Vec<super::ChoiceView>,
    /// Errors in the questions.
    pub errors: Vec<FieldLink>,
    /// Head of the paper; none until a period is asked for and valid.
    pub sheet: Option<ReportSheet>,
}

/// The dossiers behind a number of form II.06a.
#[derive(Debug, Template)]
#[template(path = "staff/report_behind.html")]
pub struct BehindPage {
    /// Frame of the page.
    pub page: Page,
    /// Back to the form.
    pub back: LinkView,
    /// "Cột (8): đã giải quyết trước hạn".
    pub title: String,
    /// Period, and the row where it is one.
    pub about: String,
    /// How many there are: the number of the form.
    pub total: Num,
    /// In which order, in words.
    pub sorted: String,
    /// The dossiers of this part of the list, in the order they were received.
    pub rows: Vec<super::FoundRow>,
    /// Where in the list.
    pub pager: Pager,
    /// By which rule they are counted.
    pub note: String,
}

/// The report as it lies on paper.
#[derive(Debug, Clone, Default)]
pub struct ReportSheet {
    /// "UBND phường Lê Chân".
    pub reporting_unit: String,
    /// "UBND thành phố Hải Phòng".
    pub receiving_unit: String,
    /// "Từ ngày 01/01/2025 đến hết ngày 31/03/2025".
    pub period: String,
    /// "Biểu II.06a, từ ngày … đến hết ngày …, theo lĩnh vực".
    pub caption: String,
    /// Rows.
    pub rows: Vec<ReportRow>,
    /// All rows together.
    pub total: ReportRow,
    /// Column 3 = 7 + 11, in numbers: "5.084 = 4.859 + 225".
    pub sum_check: String,
    /// The sums agree.
    pub sum_holds: bool,
    /// What is counted how, one line each.
    pub notes: Vec<String>,
    /// "Số liệu tính đến hết 31/03/2025, lập lúc 8 giờ 05".
    pub counted: String,
    /// CSV and JSON.
    pub exports: Vec<LinkView>,
}

/// A procedure that has no term in its source: it cannot be received.
#[derive(Debug, Clone, Default)]
pub struct TermlessRow {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Sector.
    pub sector: String,
    /// "quận", "phường".
    pub level: String,
    /// What the source says: "3 (đơn vị không ghi trong nguồn)"; empty for nothing.
    pub stated: String,
    /// Where the term is entered.
    pub href: String,
}

/// Procedures nobody can receive until somebody enters a term.
#[doc(alias = "thủ tục chưa có thời hạn")]
#[derive(Debug, Template)]
#[template(path = "staff/termless.html")]
pub struct TermlessPage {
    /// Frame of the page.
    pub page: Page,
    /// Words typed to narrow the list.
    pub text: String,
    /// The procedures.
    pub rows: Vec<TermlessRow>,
    /// Where in the list.
    pub pager: Pager,
}

/// A term is entered with its legal basis; it makes a new revision.
#[doc(alias = "nhập thời hạn giải quyết")]
#[derive(Debug, Template)]
#[template(path = "staff/term_entry.html")]
pub struct TermEntryPage {
    /// Frame of the page.
    pub page: Page,
    /// The procedure.
    pub procedure: TermlessRow,
    /// Where the form goes.
    pub action: String,
    /// Revision that the person saw.
    pub revision: String,
    /// Errors with links to the fields.
    pub errors: Vec<FieldLink>,
    /// Legal term, committed term, legal basis, number and date of the decision, in force from.
    pub fields: Vec<StaffField>,
    /// Revisions so far: date, who, what.
    pub revisions: Vec<LinkView>,
}

/// A supplement asked for outside the published list, or a second time.
#[derive(Debug, Clone, Default)]
pub struct ExtraRequest {
    /// When.
    pub at: String,
    /// Code.
    pub code: String,
    /// Its page.
    pub href: String,
    /// Procedure.
    pub procedure: String,
    /// Who asked, in which unit as it was called then.
    pub by: String,
    /// What was asked for.
    pub asked: String,
    /// Why it stands out: "lần thứ 2", "giấy tờ ngoài thành phần hồ sơ".
    pub why: String,
    /// Legal basis named; empty where none was.
    pub legal: String,
    /// Leader who agreed; empty where none did.
    pub approved: String,
}

/// Supplements to look into.
///
/// Căn cứ: Nghị định 61/2018/NĐ-CP điều 5 (không yêu cầu giấy tờ ngoài quy định).
#[doc(alias = "yêu cầu bổ sung ngoài quy định")]
#[derive(Debug, Template)]
#[template(path = "staff/extra_requests.html")]
pub struct ExtraRequestsPage {
    /// Frame of the page.
    pub page: Page,
    /// First day as people write it: 01/01/2025.
    pub from: String,
    /// Last day, likewise.
    pub to: String,
    /// The requests.
    pub rows: Vec<ExtraRequest>,
    /// Where in the list.
    pub pager: Pager,
}

/// Someone read personal data.
#[derive(Debug, Clone, Default)]
pub struct ReadingRow {
    /// When.
    pub at: String,
    /// Who.
    pub who: String,
    /// Post and unit.
    pub post: String,
    /// Code.
    pub code: String,
    /// Its page.
    pub href: String,
    /// What was read: "trang hồ sơ", "tệp giấy chứng sinh", "hiện số định danh".
    pub what: String,
    /// The reason given; empty when it was their task.
    pub reason: String,
}

/// Who read whose data, when and why.
#[doc(alias = "nhật ký xem hồ sơ")]
#[derive(Debug, Template)]
#[template(path = "staff/reading_log.html")]
pub struct ReadingLogPage {
    /// Frame of the page.
    pub page: Page,
    /// Questions: person, code, from, to, only outside the task.
    pub fields: Vec<StaffField>,
    /// The readings, newest first.
    pub rows: Vec<ReadingRow>,
    /// There are earlier ones which are not listed.
    pub is_cut: bool,
    /// Where in the list.
    pub pager: Pager,
}

/// One notice with the texts it is told with.
#[derive(Debug, Clone, Default)]
pub struct NoticeTextRow {
    /// What it tells.
    pub kind: String,
    /// The text of its text message.
    pub text: String,
    /// "2 phần, 1.700 đồng".
    pub cost: String,
    /// "bản 3", "bản có sẵn".
    pub text_revision: String,
    /// Where it is written.
    pub text_href: String,
    /// The same of its letter.
    pub letter_revision: String,
    /// Where that is written.
    pub letter_href: String,
}

/// The texts notices are told with.
#[doc(alias = "mẫu tin")]
#[derive(Debug, Template)]
#[template(path = "staff/notice_texts.html")]
pub struct NoticeTextsPage {
    /// Frame of the page.
    pub page: Page,
    /// Who looks controls procedures; else they administer the installation.
    pub for_control: bool,
    /// What one part costs, a whole sentence.
    pub price: String,
    /// The notices.
    pub rows: Vec<NoticeTextRow>,
}

/// What a text message costs one way.
#[derive(Debug, Clone, Default)]
pub struct NoticeCostRow {
    /// "Có dấu", "Không dấu".
    pub way: &'static str,
    /// The way that is chosen.
    pub chosen: bool,
    /// Alphabet and what fits into a part.
    pub alphabet: &'static str,
    /// "84 ký tự".
    pub length: String,
    /// "2 phần".
    pub parts: String,
    /// "1.700 đồng".
    pub price: String,
}

/// One text being written: preview, length and price beside it.
#[doc(alias = "soạn mẫu tin")]
#[derive(Debug, Template)]
#[template(path = "staff/notice_text.html")]
pub struct NoticeTextPage {
    /// Frame of the page.
    pub page: Page,
    /// "Tin nhắn: báo đã tiếp nhận và hẹn trả".
    pub title: String,
    /// Where the form goes.
    pub action: String,
    /// Revision that its writer saw.
    pub revision: String,
    /// What the costs shown are of, sent back as `da-xem`.
    pub seen: String,
    /// What is shown is what was just typed, so that it can be saved.
    pub was_shown: bool,
    /// Errors with links to the fields.
    pub errors: Vec<FieldLink>,
    /// Text, marks, registered name.
    pub fields: Vec<StaffField>,
    /// What may stand in braces: "{ma}: mã hồ sơ".
    pub places: Vec<String>,
    /// The message as it would arrive; empty where the text is wrong.
    pub shown: String,
    /// What it costs, each way; none for letters.
    pub costs: Vec<NoticeCostRow>,
    /// Revisions so far, newest first.
    pub revisions: Vec<LinkView>,
}
