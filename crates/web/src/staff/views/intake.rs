//! The counter on one screen: procedure, person, papers, fee, way of the decision, due date.
//!
//! One form, one address. Every button is a value of `lenh`, so the page works without a script; a script only asks for
//! the parts ([`ProcedureHits`], [`PersonPart`], [`DuePart`]) that change while one types.

use askama::Template;

use super::{ChoiceView, FactView, LinkView, Num, StaffField};
use crate::page::{FieldLink, Icon, Page};
use crate::{counted, say_with};

/// A procedure to choose.
#[derive(Debug, Clone, Default)]
pub struct ProcedureHit {
    /// Sent as `chon`.
    pub id: String,
    /// Code of the State, or ours where the State gives none.
    pub code: String,
    /// Name.
    pub name: String,
    /// "trong ngày", or why it cannot be received.
    pub note: String,
    /// What it costs, as the source says it; empty where it says nothing or it cannot be received.
    pub fee: String,
    /// Can be received here and now.
    pub receivable: bool,
    /// Can be chosen: also where the term is missing, for then the page says who can enter it.
    pub may_be_chosen: bool,
}

/// The procedure that was chosen.
#[derive(Debug, Clone, Default)]
pub struct ChosenProcedure {
    /// Its id, kept in the form as `thu-tuc`.
    pub id: String,
    /// Revision shown, kept as `ban`.
    pub revision: String,
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Who solves it and in what time.
    pub note: String,
    /// Why it cannot be received, and who can change that; empty when it can.
    pub blocked: String,
    /// Where the control officer enters what is missing; empty when this person may not.
    pub mend_href: String,
}

impl askama::filters::HtmlSafe for ProcedureHits {}
impl askama::filters::HtmlSafe for PersonPart {}
impl askama::filters::HtmlSafe for DuePart {}
impl askama::filters::HtmlSafe for CostPart {}

/// Answer to a search for a procedure (fragment `phan=thu-tuc`, element `#goi-y`).
#[derive(Debug, Clone, Default, Template)]
#[template(path = "staff/intake_hits.html")]
pub struct ProcedureHits {
    /// What was typed.
    pub text: String,
    /// Something was searched for.
    pub asked: bool,
    /// Best first; at most eight.
    pub hits: Vec<ProcedureHit>,
}

impl ProcedureHits {
    /// How many were found; where there are none, what to try.
    pub fn said(&self) -> String {
        match self.hits.len() {
            0 => say_with("intake-no-hits", &[("text", &self.text)]),
            count => counted("intake-hits", count),
        }
    }
}

/// A dossier of the same procedure that the person already has running.
#[derive(Debug, Clone, Default)]
pub struct RunningDossier {
    /// Its code.
    pub code: String,
    /// Its page.
    pub href: String,
    /// "nộp ngày 27/06 ở phường Dư Hàng Kênh, nay do Vũ Đình Khang giữ".
    pub note: String,
}

/// The person at the counter (fragment `phan=nguoi`, element `#nguoi`).
#[derive(Debug, Clone, Default, Template)]
#[template(path = "staff/intake_person.html")]
pub struct PersonPart {
    /// Text of the card's QR code (`the`); emptied once it is split into the fields.
    pub card: Option<StaffField>,
    /// Number, name, birth, phone, e-mail, address: names `so`, `ten`, `sinh`, `dien-thoai`, `thu`, `dia-chi`.
    pub fields: Vec<StaffField>,
    /// Role of the person: applicant, parent, representative (`tu-cach`).
    pub role: Option<StaffField>,
    /// The applicant is someone else (`chu-khac`): then `applicant` is asked.
    pub other_applicant: bool,
    /// About the applicant who is not here: `chu-so`, `chu-ten`, `chu-sinh`, `uy-quyen`.
    pub applicant: Vec<StaffField>,
    /// Card and number disagree: said in words; empty for none.
    pub mismatch: String,
    /// Why the officer goes on all the same (`ly-do-lech`).
    pub mismatch_reason: Option<StaffField>,
    /// Dossiers of the same procedure that run already.
    pub running: Vec<RunningDossier>,
    /// Where the data came from: "Đọc từ thẻ lúc 9 giờ 31"; empty for none.
    pub source: String,
}

/// One paper of the check-list. Names in the form: `giay-{key}`, `chinh-{key}`, `sao-{key}`, `tep-{key}`, `co-tep-{key}`.
#[derive(Debug, Clone, Default)]
pub struct PaperLine {
    /// Key of the requirement in the pinned revision.
    pub key: String,
    /// Name.
    pub name: String,
    /// "xuất trình", "1 bản chính, 2 bản sao".
    pub note: String,
    /// In which case it is needed, as the source says it; empty for always.
    pub when: String,
    /// What may replace it; empty for nothing.
    pub instead: String,
    /// Needed in every case.
    pub required: bool,
    /// Is here.
    pub received: bool,
    /// Originals.
    pub originals: String,
    /// Copies.
    pub copies: String,
    /// Scan already taken in: its name; empty for none.
    pub kept: String,
    /// Key of the kept scan, sent back as `co-tep-{key}`.
    pub kept_key: String,
    /// The data of the State replaces it: nothing to hand in; says which; empty for none.
    pub replaced: String,
    /// What is wrong; empty for none.
    pub error: String,
}

/// One line of the fee. Its quantity is named `sl-{key}`.
#[derive(Debug, Clone, Default)]
pub struct FeeLine {
    /// Key of the fee in the pinned revision.
    pub key: String,
    /// "Chứng thực bản sao".
    pub label: String,
    /// "trang", "bản"; empty for a fee that is paid once.
    pub unit: String,
    /// "2.000 đồng".
    pub rate: String,
    /// How many; empty for a fee that is paid once.
    pub quantity: String,
    /// "16.000 đồng", "miễn".
    pub amount: String,
    /// A rule about it: "từ trang thứ ba 1.000 đồng, không quá 200.000 đồng một bản"; empty for none.
    pub note: String,
    /// What is wrong; empty for none.
    pub error: String,
    /// "5 trang", where a question of the form says how many; then nothing is typed here.
    pub asked: String,
    /// Where that question stands.
    pub question: String,
}

/// What it costs and how it is paid (element `#phi`; it comes with the fragment `phan=hen`).
#[derive(Debug, Clone, Default, Template)]
#[template(path = "staff/intake_cost.html")]
pub struct CostPart {
    /// Whether a procedure is chosen.
    pub chosen: bool,
    /// Line by line.
    pub fees: Vec<FeeLine>,
    /// How it is paid (`tra`): cash, transfer, later.
    pub payment: Vec<ChoiceView>,
    /// The number of the receipt, as typed (`bien-lai`).
    pub receipt: String,
}

/// Both parts that change with what is asked for (fragment `phan=hen`).
#[derive(Debug, Clone, Default, Template)]
#[template(source = "{{ due }}{{ cost }}", ext = "html")]
pub struct DueAndCost {
    /// When.
    pub due: DuePart,
    /// For how much.
    pub cost: CostPart,
}

/// When it will be ready, if received now (fragment `phan=hen`, element `#hen`).
#[derive(Debug, Clone, Default, Template)]
#[template(path = "staff/intake_due.html")]
pub struct DuePart {
    /// "17 giờ 30 hôm nay"; empty as long as no procedure is chosen.
    pub due: String,
    /// "thứ Ba, 08/07/2025".
    pub day: String,
    /// The term the office commits to: "3 ngày làm việc (cam kết sớm hơn 2 ngày)".
    pub committed: String,
    /// The term of the law and its date: "5 ngày làm việc, đến 15/07/2025".
    pub legal: String,
    /// From when it counts: "nhận ngoài giờ: tính từ 7 giờ 30 thứ Tư"; empty for none.
    pub counts_from: String,
    /// Holiday table missing: the date is provisional; said in words; empty for none.
    pub provisional: String,
    /// Why there is no date; empty when there is one.
    pub missing: String,
    /// More facts: what is paid, papers here and scanned, where the code comes from.
    pub facts: Vec<FactView>,
    /// Sum to pay in words of money: "16.000 đồng".
    pub total: String,
}

/// What this counter did today.
#[derive(Debug, Clone, Default)]
pub struct CounterDay {
    /// Received today.
    pub received: Num,
    /// The latest dossier.
    pub latest: Option<LinkView>,
    /// Slip of the latest, to print again.
    pub slip: Option<LinkView>,
}

/// Which step of the counter is on the screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum IntakeStage {
    /// Receiving.
    #[default]
    Open,
    /// "Từ chối nhận" was pressed: the reason is asked first.
    Refusing,
    /// "Phiếu hướng dẫn" was pressed: what is missing is asked first.
    Guiding,
}

/// A part of an electronic form with its questions.
#[derive(Debug, Clone, Default)]
pub struct QuestionGroup {
    /// Its heading.
    pub title: String,
    /// Its questions.
    pub fields: Vec<StaffField>,
}

/// One person is received at the counter, on one screen.
///
/// Căn cứ: Nghị định 61/2018/NĐ-CP điều 17; Thông tư 01/2018/TT-VPCP mẫu 01.
#[doc(alias = "tiếp nhận tại quầy")]
#[derive(Debug, Template)]
#[template(path = "staff/intake.html")]
pub struct IntakePage {
    /// Frame of the page.
    pub page: Page,
    /// "Quầy 3" or the name of the desk.
    pub counter: String,
    /// Key that makes a double click one dossier.
    pub once: String,
    /// Errors with links to the fields.
    pub errors: Vec<FieldLink>,
    /// What was just done: "Đã tiếp nhận H24.47-250708-0031."; empty for none.
    pub done: String,
    /// Links to it: dossier, slip.
    pub done_links: Vec<LinkView>,
    /// The chosen procedure.
    pub chosen: Option<ChosenProcedure>,
    /// Search for a procedure.
    pub hits: ProcedureHits,
    /// The last ones at this counter; at most ten.
    pub recent: Vec<ProcedureHit>,
    /// The person.
    pub person: PersonPart,
    /// The check-list.
    pub papers: Vec<PaperLine>,
    /// A form on paper was handed in: the electronic one need not be filled in (`don-giay`).
    pub paper_form: bool,
    /// The electronic form; none until a procedure with one is chosen.
    pub answers: Vec<QuestionGroup>,
    /// The questions whose box a page filled in (`da-dien`): emptied, they stay empty.
    pub filled: Vec<String>,
    /// What it costs.
    pub cost: CostPart,
    /// How the decision reaches the citizen (`nhan`): counter, post, electronic.
    pub channels: Vec<ChoiceView>,
    /// Address for the post (`nhan-dia-chi`).
    pub postal: Option<StaffField>,
    /// The code of the national portal, where the person filed there before (`ma-cong`).
    pub foreign: StaffField,
    /// How the citizen is told (`bao`): text message, e-mail.
    pub notices: Vec<ChoiceView>,
    /// The date.
    pub due: DuePart,
    /// Today at this counter.
    pub today: CounterDay,
    /// What is asked now.
    pub stage: IntakeStage,
    /// Why it is not received (`ly-do-tu-choi`), with the legal ground; asked in stage `Refusing`.
    pub refusal: Vec<StaffField>,
    /// What is to be brought or put right (`thieu`, `ghi-huong-dan`); asked in stage `Guiding`.
    pub guidance: Vec<StaffField>,
    /// Where in the desk.
    pub tab: super::DeskTab,
}

impl IntakePage {
    /// Whether the counter may receive now: a procedure with a term is chosen.
    pub fn can_receive(&self) -> bool {
        self.chosen.as_ref().is_some_and(|chosen| chosen.blocked.is_empty())
    }
}
