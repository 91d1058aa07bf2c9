//! Papers as print pages: form 01 (reception slip) and the letters of forms 02, 03 and 04, in the wording of the 2018 regime.
//!
//! Căn cứ: Thông tư 01/2018/TT-VPCP, mẫu 01 đến 04. A paper carries the names of the day it was issued; nothing here looks them up.

use crate::citizen::views::Link;
use crate::page::{Icon, Page};
use askama::Template;

/// Head, code and QR that all forms share.
#[derive(Debug, Clone, Default)]
pub struct PaperHead {
    /// Superior body, in capitals as printed ("ỦY BAN NHÂN DÂN QUẬN LÊ CHÂN").
    pub superior: String,
    /// Issuing body, in capitals as printed; lines divided by `\n` here and above.
    pub issuer: String,
    /// Number of a letter ("Số: 12/PXL"); slips have none.
    pub number: Option<String>,
    /// "Hàng Kênh, ngày 26 tháng 3 năm 2025".
    pub place_and_day: String,
    /// The dossier's code; a refusal at the counter has none.
    pub code: Option<String>,
    /// A whole `<svg class="qr" role="img" aria-label="…">` made by this program, written as it is; empty: none.
    pub qr_svg: String,
    /// Which copy ("Liên giao người nộp").
    pub copy: Option<String>,
    /// Said on a paper printed again ("Bản thay thế bản lập ngày …").
    pub replaces: Option<String>,
}

/// One line of label and value.
#[derive(Debug, Clone, Default)]
pub struct PaperLine {
    /// Printed label ("Địa chỉ").
    pub label: String,
    /// Value.
    pub value: String,
}

/// A row of the table of papers.
#[derive(Debug, Clone, Default)]
pub struct PaperRow {
    /// Name of the paper.
    pub name: String,
    /// Originals.
    pub originals: u32,
    /// Certified copies.
    pub copies: u32,
    /// Photocopies or scans.
    pub photocopies: u32,
}

/// Who signs on one side.
#[derive(Debug, Clone, Default)]
pub struct SignBlock {
    /// In capitals ("NGƯỜI TIẾP NHẬN HỒ SƠ"); lines divided by `\n`.
    pub post: String,
    /// "(Ký và ghi rõ họ tên)".
    pub instruction: String,
    /// Name.
    pub name: String,
}

/// Form 01: giấy tiếp nhận hồ sơ và hẹn trả kết quả.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "paper/slip.html")]
pub struct SlipPage {
    /// The frame; its `body_class` is `Paper`.
    pub page: Page,
    /// Back to where one came from.
    pub back: Link,
    /// Where the desk goes on after it, where it was made a moment ago.
    pub onward: Option<Link>,
    /// Said above the paper, not printed (a change of unit since).
    pub notice: Option<String>,
    /// Head.
    pub head: PaperHead,
    /// The desk that received.
    pub desk: String,
    /// "Bà Lê Thu Trang".
    pub submitter: String,
    /// "trực tuyến", "tại quầy", "qua bưu chính".
    pub channel: String,
    /// Address, telephone, e-mail, identity number of the submitter, masked as the law asks.
    pub submitter_lines: Vec<PaperLine>,
    /// Procedure and short content.
    pub matter: String,
    /// Applicant and their address, when another person than the submitter.
    pub applicant_lines: Vec<PaperLine>,
    /// 1. Papers.
    pub papers: Vec<PaperRow>,
    /// 2. "01 (bộ)".
    pub sets: String,
    /// 3. "05 ngày làm việc".
    pub term: String,
    /// 4. "09 giờ 30 phút, ngày 26/3/2025".
    pub received: String,
    /// 5. The due date in the same form.
    pub due: String,
    /// 6. Where and how the paper is handed over.
    pub collect: String,
    /// 7. Fee and its state.
    pub fee: String,
    /// 8. "quyển số 02, số thứ tự 0614".
    pub register: Option<String>,
    /// Left: the submitter; `None` online.
    pub left: Option<SignBlock>,
    /// Right: the officer.
    pub right: SignBlock,
    /// Small print: where to look up, what to bring.
    pub foot: String,
}

/// Forms 02, 03 and 04 as a letter.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "paper/letter.html")]
pub struct LetterPage {
    /// The frame; its `body_class` is `Paper`.
    pub page: Page,
    /// Back to where one came from.
    pub back: Link,
    /// Head.
    pub head: PaperHead,
    /// In capitals ("PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ").
    pub title: String,
    /// "Kính gửi" of form 04.
    pub addressee: Option<String>,
    /// The body in order.
    pub body: Vec<LetterBlock>,
    /// "Nơi nhận" of form 04; empty for the slips.
    pub copies_to: Vec<String>,
    /// Left signature, where the form has one.
    pub left: Option<SignBlock>,
    /// Right signature.
    pub right: SignBlock,
}

/// A piece of a letter's body.
#[derive(Debug, Clone)]
pub enum LetterBlock {
    /// Label and value on a line.
    Line(PaperLine),
    /// A paragraph.
    Text(String),
    /// The table of papers asked for.
    Papers(Vec<PaperRow>),
    /// A paragraph that weighs ("Thời gian hẹn trả kết quả lại: …").
    Weighty(PaperLine),
    /// "Lý do:" one by one.
    Reasons(Vec<String>),
}

/// A line of the table of contents of postings.
#[derive(Debug, Clone, Default)]
pub struct PostingContent {
    /// Number of the sheet.
    pub number: usize,
    /// The procedure.
    pub name: String,
    /// Its code.
    pub code: String,
    /// Its field of administration, above the first of it; empty at the others.
    pub sector: String,
}

/// One procedure as a sheet for the board.
#[doc(alias = "niêm yết")]
#[derive(Debug, Clone, Default)]
pub struct PostingSheet {
    /// Number of the sheet in the set of its desk.
    pub number: usize,
    /// Name.
    pub name: String,
    /// Code of the State.
    pub code: String,
    /// Field of administration.
    pub sector: String,
    /// Term.
    pub term: String,
    /// Fees, line by line.
    pub fees: Vec<String>,
    /// Who decides, and where it is handed in.
    pub competent: String,
    /// Ways of filing.
    pub channels: String,
    /// Who may apply; empty where the source does not say.
    pub who: String,
    /// What one gets; empty where the source does not say.
    pub outcomes: String,
    /// Papers, with how many of each.
    pub papers: Vec<String>,
    /// Steps.
    pub steps: Vec<String>,
    /// The steps are those of the level, not of the procedure.
    pub is_standard: bool,
    /// Documents of law.
    pub legal: Vec<String>,
    /// A whole `<svg class="qr">` made by this program: the procedure's page.
    pub qr_svg: String,
    /// The promulgation decision.
    pub source: String,
}

/// Sheets for the board: one, or the whole set behind its table of contents.
#[derive(Debug, Clone, Template)]
#[template(path = "paper/postings.html")]
pub struct PostingSheets {
    /// The frame; its `body_class` is `Paper`.
    pub page: Page,
    /// Back to the list.
    pub back: Link,
    /// Whose.
    pub unit: String,
    /// Where one complains.
    pub complain: String,
    /// The day it is printed.
    pub printed: String,
    /// Table of contents; empty for one sheet.
    pub contents: Vec<PostingContent>,
    /// The sheets.
    pub sheets: Vec<PostingSheet>,
}

/// One pair of old and new unit whose minutes one may see.
#[derive(Debug, Clone)]
pub struct HandoverList {
    /// Who gives.
    pub from: String,
    /// Who takes.
    pub to: String,
    /// The paper.
    pub href: String,
}

/// The minutes of a reorganisation.
#[derive(Debug, Clone, Template)]
#[template(path = "staff/handovers.html")]
pub struct HandoverListPage {
    /// The frame.
    pub page: Page,
    /// The reorganisation.
    pub plan: Link,
    /// One for each pair.
    pub lists: Vec<HandoverList>,
}

/// Biên bản bàn giao of one old and one new unit.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "paper/handover.html")]
pub struct HandoverPage {
    /// The frame; its `body_class` is `Paper`.
    pub page: Page,
    /// Back to where one came from.
    pub back: Link,
    /// Head.
    pub head: PaperHead,
    /// The resolution.
    pub basis: String,
    /// Who gives and who takes.
    pub parties: Vec<PaperLine>,
    /// Of which moment the figures are.
    pub moment: String,
    /// What of the plan is made up.
    pub invented: Vec<String>,
    /// Dossiers by status.
    pub summary: Vec<PaperLine>,
    /// The lists.
    pub tables: Vec<HandoverTable>,
    /// There are more dossiers than one paper lists.
    pub is_cut: bool,
    /// Who gives.
    pub left: SignBlock,
    /// Who takes.
    pub right: SignBlock,
    /// The head of both sides, where that is one person: then somebody else signs beside them.
    pub both: String,
}

/// One list of the minutes.
#[derive(Debug, Clone, Default)]
pub struct HandoverTable {
    /// Its heading.
    pub title: String,
    /// Heads of its columns, the running number left out.
    pub heads: Vec<String>,
    /// Its rows, each cell with the head of its column: a phone shows it beside the cell.
    pub rows: Vec<Vec<PaperLine>>,
    /// Said instead where there are none.
    pub none: String,
    /// The sum under it.
    pub foot: String,
}
