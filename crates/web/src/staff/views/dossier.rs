//! The dossier as an officer sees it, the acts on it, and the page for two people acting at once.

use askama::Template;

use super::{ChipView, ChoiceView, ControlView, Left, LinkView, Num, StaffField, TabView};
use crate::citizen::views::PaperName;
use crate::page::{FieldLink, Icon, Page};
use crate::texts::Vietnamese;

/// A clock of the dossier in words.
#[derive(Debug, Clone)]
pub struct ClockView {
    /// "Hẹn trả công dân".
    pub label: String,
    /// "thứ Năm, 17/07/2025, 9 giờ".
    pub at: String,
    /// What is left.
    pub left: Left,
    /// A line about it: "ban đầu 14/07, dời vì 3 ngày chờ bổ sung"; empty for none.
    pub note: String,
}

/// A fact: name and value, with an address where the value leads somewhere.
#[derive(Debug, Clone, Default)]
pub struct FactView {
    /// "Số định danh".
    pub label: String,
    /// The value; masked where the law wants it.
    pub value: String,
    /// Where it leads; empty for none.
    pub href: String,
    /// Printed in tabular figures.
    pub code: bool,
    /// A name, an address, what somebody wrote: not in our words, so not translated.
    pub is_data: bool,
    /// A word beside it: "khác bản vẽ", "đã đổi ngày 27/03"; empty for none.
    pub remark: String,
    /// Of an answer: the field, under which it can be marked; empty where it cannot.
    pub field: String,
    /// Of an answer that is marked: what is wrong with it, in words the citizen reads.
    pub wrong: String,
    /// Of an answer put right: what stood there before and when it was changed; empty for none.
    pub before: String,
}

impl FactView {
    /// In which language the value is.
    pub fn lang(&self) -> Vietnamese {
        Vietnamese { is_so: self.is_data }
    }
}

/// A part of the electronic form with its answers.
#[derive(Debug, Clone, Default)]
pub struct AnswerSection {
    /// Title as in the form.
    pub title: String,
    /// Questions and answers.
    pub answers: Vec<FactView>,
}

impl AnswerSection {
    /// True where an answer of it is marked as wrong.
    pub fn is_marked(&self) -> bool {
        self.answers.iter().any(|it| !it.wrong.is_empty())
    }

    /// True where an answer of it can be marked.
    pub fn is_answered(&self) -> bool {
        self.answers.iter().any(|it| !it.field.is_empty())
    }
}

/// What an officer thinks of a paper.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PaperMark {
    /// Not looked at.
    #[default]
    Unseen,
    /// In order.
    Good,
    /// Not in order, with a reason.
    Wrong,
}

/// One paper of the dossier.
#[derive(Debug, Clone, Default)]
pub struct PaperView {
    /// Its place among the papers of the dossier; also part of the control's name.
    pub key: String,
    /// Name of the paper.
    pub name: PaperName,
    /// "điện tử, đã ký số", "bản chính, nộp lại 27/06".
    pub kind: String,
    /// How many.
    pub count: Num,
    /// Files: name with size, and where they open.
    pub files: Vec<LinkView>,
    /// The mark.
    pub mark: PaperMark,
    /// Why it is not in order: the citizen reads it word for word.
    pub reason: String,
    /// What is wrong with the reason; empty for none.
    pub error: String,
    /// A later paper took its place: it is not marked any more.
    pub replaced: bool,
}

/// One holder's share of the minutes.
#[doc(alias = "ai đã giữ bao nhiêu phút")]
#[derive(Debug, Clone)]
pub struct LedgerLine {
    /// Holder by the name of that day.
    pub holder: String,
    /// "thụ lý, đến 30/06/2025"; empty for none.
    pub note: String,
    /// Working minutes.
    pub minutes: Num,
    /// The same in days and hours.
    pub words: String,
    /// Colour 1 to 7.
    pub colour: u8,
}

/// A stretch of the bar: one holder without a break.
#[derive(Debug, Clone, Copy)]
pub struct LedgerBar {
    /// Where it begins, in thousandths of the whole.
    pub from: u16,
    /// How long it is, in thousandths.
    pub length: u16,
    /// Colour of its holder.
    pub colour: u8,
}

/// Who held the dossier for how many working minutes; the parts make the whole.
#[derive(Debug, Clone)]
pub struct LedgerView {
    /// The bar from left to right.
    pub bars: Vec<LedgerBar>,
    /// Where the unit changed, in thousandths, with its words: "01/07, chuyển đơn vị".
    pub turns: Vec<(u16, String)>,
    /// Words at the left end: "16/06, 9 giờ".
    pub from: String,
    /// Words at the right end: "bây giờ".
    pub to: String,
    /// One line per holder.
    pub lines: Vec<LedgerLine>,
    /// All minutes since reception.
    pub total: Num,
    /// The same in days and hours.
    pub total_words: String,
    /// The lines sum to the total.
    pub sum_holds: bool,
}

/// How an entry of the history is drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum HistoryMark {
    /// Passed.
    #[default]
    Past,
    /// The latest.
    Now,
    /// The unit changed.
    Turn,
}

/// One act of the history, by the names of its day.
#[doc(alias = "tiến trình")]
#[derive(Debug, Clone, Default)]
pub struct HistoryLine {
    /// For machines: "2025-07-01T07:30".
    pub datetime: String,
    /// For people: "01/07/2025, 7:30".
    pub at: String,
    /// What happened: "Yêu cầu bổ sung".
    pub what: String,
    /// Who, in which unit as it was called then.
    pub who: String,
    /// A note, a reason, a legal basis; empty for none.
    pub note: String,
    /// Links to papers made by it.
    pub papers: Vec<LinkView>,
    /// How it is drawn.
    pub mark: HistoryMark,
}

/// An entry of the one menu of acts.
#[doc(alias = "quyết định")]
#[derive(Debug, Clone, Default)]
pub struct ActView {
    /// Name of the act in the address: `yeu-cau-bo-sung`.
    pub key: String,
    /// "Yêu cầu bổ sung".
    pub label: String,
    /// What the citizen will receive.
    pub explains: String,
    /// Its page.
    pub href: String,
    /// Why it cannot be done now; empty when it can.
    pub disabled: String,
    /// The act that the dossier waits for: the one filled button. At most one.
    pub main: bool,
    /// Ends the matter against the citizen's wish: drawn in the colour of refusal.
    pub grave: bool,
}

/// An opinion that another office was asked for.
#[doc(alias = "lấy ý kiến")]
#[derive(Debug, Clone, Default)]
pub struct OpinionView {
    /// The office by the name of that day.
    pub office: String,
    /// "Đồng ý, đúng hạn 2 ngày".
    pub state: ChipView,
    /// The words.
    pub text: String,
    /// Who and when.
    pub by: String,
}

/// One dossier, for the person who must decide on it.
#[doc(alias = "trang hồ sơ")]
#[derive(Debug, Template)]
#[template(path = "staff/dossier.html")]
pub struct DossierPage {
    /// Frame of the page.
    pub page: Page,
    /// What was written to and fro with the citizen.
    pub talk: crate::citizen::views::TalkView,
    /// Back to the list it came from.
    pub back: LinkView,
    /// Dossier before in the list.
    pub before: Option<String>,
    /// "19/57"; empty outside a list.
    pub place: String,
    /// Dossier after in the list.
    pub after: Option<String>,
    /// Name of the procedure.
    pub procedure: String,
    /// Code of the dossier.
    pub code: String,
    /// Other codes: former, of the national portal.
    pub other_codes: Vec<String>,
    /// Applicant; empty where the personal data were erased.
    pub applicant: String,
    /// "Nhận từ quận Lê Chân, nay thuộc phường Lê Chân"; empty when nothing changed.
    pub succession: String,
    /// Status.
    pub status: ChipView,
    /// Flags: late, fee unpaid, provisional due date.
    pub flags: Vec<ChipView>,
    /// Clocks: of the step, of the commitment, of the law.
    pub clocks: Vec<ClockView>,
    /// Who holds it.
    pub holder: String,
    /// Holder's unit and since when.
    pub holder_note: String,
    /// Who answers for it, also while the citizen has the ball.
    pub owner: String,
    /// The next act in words.
    pub next_act: String,
    /// Its unit was split and no rule says where it belongs: a sentence that says with whom it lies, and the act that says it, where
    /// this person may.
    pub routing: Option<(String, Option<String>)>,
    /// Answers of the electronic form.
    pub answers: Vec<AnswerSection>,
    /// Papers.
    pub papers: Vec<PaperView>,
    /// The papers beside the facts.
    pub side: String,
    /// There is a draft, the first of them.
    pub has_draft: bool,
    /// Where the marks are sent; empty when this person may not mark.
    pub marks_action: String,
    /// What is wrong with the marks sent, with links to the reasons.
    pub errors: Vec<FieldLink>,
    /// Version shown, sent with every form.
    pub version: u64,
    /// Fees.
    pub fees: Vec<FactView>,
    /// Opinions of other offices.
    pub opinions: Vec<OpinionView>,
    /// Minutes; none before reception.
    pub ledger: Option<LedgerView>,
    /// History, newest first.
    pub history: Vec<HistoryLine>,
    /// The one menu of acts.
    pub acts: Vec<ActView>,
    /// Said when there is no act: who has the ball.
    pub no_act: String,
    /// About the applicant and submitter, masked.
    pub people: Vec<FactView>,
    /// Papers issued so far: slip, supplement request.
    pub issued: Vec<LinkView>,
    /// The counter filled in from this dossier; empty where this reader sits at no counter.
    pub copy_href: String,
}

/// What a citizen gets of an act, made by the same functions as when it is done.
#[doc(alias = "xem trước")]
#[derive(Debug, Clone, Default)]
pub struct PreviewView {
    /// The text message; empty for none.
    pub text: String,
    /// Where it goes and how long it is: "tới ••••••412 · 118 ký tự, 1 phần"; or that none goes.
    pub text_note: String,
    /// The e-mail; empty for none.
    pub mail: String,
    /// Where it goes.
    pub mail_note: String,
    /// Form 01.
    pub slip: Option<Box<crate::paper::SlipPage>>,
    /// Form 02, 03 or 04.
    pub letter: Option<Box<crate::paper::LetterPage>>,
}

/// The form of one act, with what the citizen will get.
#[doc(alias = "thực hiện một việc")]
#[derive(Debug, Template)]
#[template(path = "staff/act.html")]
pub struct ActPage {
    /// Frame of the page.
    pub page: Page,
    /// Back to the dossier.
    pub back: LinkView,
    /// Code.
    pub code: String,
    /// Procedure and applicant.
    pub about: String,
    /// The act.
    pub act: ActView,
    /// Clocks, so that nobody decides without seeing them.
    pub clocks: Vec<ClockView>,
    /// Where the form goes: `/nghiep-vu/ho-so/{code}/{act}`.
    pub action: String,
    /// Version that the person saw.
    pub version: u64,
    /// Key that makes a double click one act.
    pub once: String,
    /// Errors with links to the fields.
    pub errors: Vec<FieldLink>,
    /// The questions.
    pub fields: Vec<StaffField>,
    /// Money that comes before the hand-over; none where nothing is owed.
    pub due_first: Option<DueFirst>,
    /// What the citizen will get; none before it was asked for, where it depends on what is typed.
    pub preview: Option<PreviewView>,
    /// Papers that will be made: "Phiếu yêu cầu bổ sung (mẫu 02)".
    pub papers: Vec<String>,
    /// What would be signed, to be read first; empty for other acts.
    pub draft: Vec<DraftPiece>,
    /// What happens to the clocks and the holder, one line each.
    pub effects: Vec<String>,
    /// Words of the button that binds: "Gửi yêu cầu bổ sung".
    pub button: String,
    /// The form can be asked to show again what the citizen gets, with what was typed (button `lenh=xem-truoc`).
    pub previews: bool,
    /// What the citizen gets depends on what is typed and was not looked at yet: the button that binds comes after it.
    pub must_preview: bool,
    /// It was looked at: the button that binds stands under it.
    pub bound_below: bool,
    /// Legal basis, in words; empty for none.
    pub legal: String,
}

impl ActPage {
    /// The question asked under a choice.
    fn under(&self, choice: &ChoiceView) -> Option<&StaffField> {
        self.fields.iter().find(|it| it.under == choice.value)
    }

    /// The choices of a question with others under them; none where it has none.
    fn asking<'a>(&'a self, field: &'a StaffField) -> Option<&'a [ChoiceView]> {
        let ControlView::Ticks(choices) = &field.control else { return None };
        choices.iter().any(|it| self.under(it).is_some()).then_some(choices.as_slice())
    }

    /// What is seldom asked: the words it is folded away under, and whether somebody needs it already.
    fn folded(&self) -> Option<(&'static str, bool)> {
        let folded = || self.fields.iter().filter(|it| !it.folded.is_empty());
        let is_open = folded().any(|it| !it.value.is_empty() || !it.error.is_empty());
        folded().next().map(|it| (it.folded, is_open))
    }
}

/// Money still owed for a decision that is to be handed over, with the form that records it.
#[derive(Debug)]
pub struct DueFirst {
    /// How much: "8.000 đồng".
    pub amount: String,
    /// Where the payment goes; empty where this person may not record it.
    pub action: String,
    /// The questions of the payment.
    pub fields: Vec<StaffField>,
    /// Act to go on with, sent as `roi`.
    pub then: &'static str,
}

/// How a paper is shown beside the facts.
#[derive(Debug, Clone)]
pub enum SideShown {
    /// A picture.
    Image {
        /// Its address.
        href: String,
        /// Name and size.
        label: String,
    },
    /// A PDF, by the browser's own viewer.
    Pdf {
        /// Its address.
        href: String,
        /// Name and size.
        label: String,
    },
    /// A file no browser shows: it is taken home.
    Other {
        /// Its address.
        href: String,
        /// Name and size.
        label: String,
    },
    /// Words of a draft.
    Text(String),
    /// Handed in on paper, no file.
    Nothing,
}

/// A part of a draft, to be read before it is signed.
#[derive(Debug, Clone)]
pub struct DraftPiece {
    /// "Dự thảo: giải quyết theo yêu cầu".
    pub title: String,
    /// The file, or the words.
    pub shown: SideShown,
}

/// The mark of the paper in view.
#[derive(Debug, Clone)]
pub struct SideMark {
    /// Its place among the papers.
    pub place: String,
    /// The mark.
    pub mark: PaperMark,
    /// Why it is not in order.
    pub reason: String,
    /// Where a mark is sent; empty where this person may not.
    pub action: String,
}

/// Signing beside the paper.
#[derive(Debug, Clone)]
pub struct SideSigning {
    /// Where it goes; empty where this person may not sign now.
    pub action: String,
    /// Twice is once.
    pub once: String,
    /// Where giving back goes; empty where it cannot be.
    pub send_back: String,
    /// Twice is once.
    pub send_back_once: String,
    /// To which step, and why.
    pub send_back_fields: Vec<StaffField>,
    /// Who else may sign, who is away.
    pub others: Vec<String>,
}

/// A paper beside the facts of its dossier.
#[doc(alias = "xem giấy tờ cạnh thông tin")]
#[derive(Debug, Template)]
#[template(path = "staff/side.html")]
pub struct SidePage {
    /// Frame of the page.
    pub page: Page,
    /// Back to the list.
    pub back: LinkView,
    /// The dossier before in the list.
    pub before: Option<String>,
    /// "3/17".
    pub place: String,
    /// The dossier after in the list.
    pub after: Option<String>,
    /// The dossier's page.
    pub dossier: LinkView,
    /// Procedure and applicant.
    pub about: String,
    /// Code.
    pub code: String,
    /// Name of the paper in view.
    pub title: String,
    /// That name is one as published, not one of our words.
    pub is_named: bool,
    /// All papers.
    pub tabs: Vec<TabView>,
    /// The paper before.
    pub previous: Option<String>,
    /// The paper after.
    pub next: Option<String>,
    /// "2/5".
    pub counted: String,
    /// The same paper larger, or as wide as its place.
    pub zoom: String,
    /// Shown large.
    pub large: bool,
    /// The paper.
    pub shown: SideShown,
    /// Its mark.
    pub mark: Option<SideMark>,
    /// The clocks.
    pub clocks: Vec<ClockView>,
    /// Answers of the form.
    pub answers: Vec<AnswerSection>,
    /// Whose dossier it is.
    pub people: Vec<FactView>,
    /// Signing, at the step where it is signed.
    pub signing: Option<SideSigning>,
    /// Version shown, sent with every form.
    pub version: u64,
}

/// What was typed into a form that came too late.
#[derive(Debug, Clone, Default)]
pub struct TypedLine {
    /// The question.
    pub label: String,
    /// The answer, to copy.
    pub value: String,
}

/// The form that opens an act anew with what was typed into one that came too late.
#[derive(Debug, Clone, Default)]
pub struct AgainForm {
    /// Words of the button.
    pub label: String,
    /// Where it goes.
    pub action: String,
    /// What was typed, name and value.
    pub hidden: Vec<(String, String)>,
}

/// Somebody else acted first: what changed, and everything typed to copy.
#[doc(alias = "hồ sơ vừa thay đổi")]
#[derive(Debug, Template)]
#[template(path = "staff/stale.html")]
pub struct StalePage {
    /// Frame of the page.
    pub page: Page,
    /// Code.
    pub code: String,
    /// What the person wanted to do: "Yêu cầu bổ sung".
    pub wanted: String,
    /// True where nobody acted: a reorganisation of units moved it.
    pub is_moved: bool,
    /// What happened since, newest first.
    pub changes: Vec<HistoryLine>,
    /// What was typed.
    pub typed: Vec<TypedLine>,
    /// The dossier as it is now.
    pub dossier: LinkView,
    /// The same act again with everything typed, where it is still possible.
    pub again: Option<AgainForm>,
}
