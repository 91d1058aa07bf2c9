//! Following a dossier: look-up without signing in, my dossiers, the dossier's page, supplement, withdrawal.

use super::{
    Chip, Fact, FieldView, Link, PaperName, PaperUpload, ReviewSection, SectionView, Sentence, StepMark, Tab, TalkView,
    When,
};
use crate::page::{FieldLink, Icon, Page, Tone};
use askama::Template;

/// The two questions of a look-up: `ma` and `so`. Sent by POST to `/tra-cuu`.
#[derive(Debug, Clone, Default)]
pub struct LookUpForm {
    /// The code as typed.
    pub code: String,
    /// What is wrong with the code.
    pub code_error: Option<String>,
    /// The four digits as typed; never filled in again.
    pub digits: String,
    /// What is wrong with them.
    pub digits_error: Option<String>,
}

impl LookUpForm {
    /// True where one of the two is missing.
    pub fn is_wrong(&self) -> bool {
        self.code_error.is_some() || self.digits_error.is_some()
    }
}

/// Look-up without signing in.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "citizen/look_up.html")]
pub struct LookUpPage {
    /// The frame.
    pub page: Page,
    /// The questions.
    pub form: LookUpForm,
    /// The answer.
    pub answer: LookUpAnswer,
    /// The open dossiers of whoever is signed in.
    pub own: Vec<Link>,
}

impl LookUpPage {
    fn look_up_form(&self) -> &LookUpForm {
        &self.form
    }

    fn look_up_is_main(&self) -> bool {
        true
    }
}

/// What a look-up answers.
#[derive(Debug, Clone, Default)]
pub enum LookUpAnswer {
    /// Nothing asked yet.
    #[default]
    Blank,
    /// The same words for every miss.
    NotFound,
    /// Too many wrong tries for that code.
    Locked {
        /// Until when, in words ("10 giờ 30").
        until: String,
    },
    /// Found.
    Found(Box<PublicStatus>),
}

/// What everybody with the code may know. Never the procedure's name nor a person's data.
#[derive(Debug, Clone, Default)]
pub struct PublicStatus {
    /// The code.
    pub code: String,
    /// Said when the unit changed since ("Nay thuộc …").
    pub unit_note: Option<String>,
    /// The line of four steps.
    pub steps: Vec<StepMark>,
    /// Short state.
    pub chip: Chip,
    /// How it stands.
    pub status: Sentence,
    /// Whom to ask where it is late.
    pub late: Option<WhomToAsk>,
    /// What the person must do; they sign in to do it.
    pub your_turn: Option<String>,
    /// Unit, received, due, holder, what is next, how long is left.
    pub facts: Vec<Fact>,
    /// Where the dossier is seen in full, after signing in.
    pub dossier_href: String,
    /// When it was asked, in words: a print says of when it tells.
    pub asked_at: String,
}

/// My dossiers.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "citizen/my_dossiers.html")]
pub struct MyDossiersPage {
    /// The frame.
    pub page: Page,
    /// Drafts, running, done, with counts.
    pub tabs: Vec<Tab>,
    /// The dossiers of the tab.
    pub cards: Vec<DossierCard>,
    /// What to say when there are none.
    pub empty: String,
    /// The form that accepts a code, in the part of what one follows.
    pub accept: Option<AcceptForm>,
}

/// The form that accepts to follow a dossier.
#[derive(Debug, Clone, Default)]
pub struct AcceptForm {
    /// The code as typed; sent as `ma_chia_se`.
    pub code: String,
    /// What is wrong with it.
    pub error: Option<String>,
}

/// A dossier, or a draft, in my list.
#[derive(Debug, Clone, Default)]
pub struct DossierCard {
    /// Its page.
    pub href: String,
    /// The procedure, in short: its page has all of it.
    pub title: String,
    /// Its code; drafts have none.
    pub code: Option<String>,
    /// Whose dossier.
    pub applicant: String,
    /// Unit, as called today.
    pub unit: String,
    /// Short state.
    pub chip: Chip,
    /// One sentence: how it stands, how long is left.
    pub line: String,
    /// Said in the first place when the ball is with the citizen ("Cần gửi thêm 1 giấy tờ").
    pub your_turn: Option<String>,
    /// Last act, in words.
    pub last_act: String,
    /// Where a draft is thrown away (POST).
    pub discard: Option<String>,
}

/// The citizen's page of a dossier.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "citizen/dossier.html")]
pub struct DossierPage {
    /// The frame.
    pub page: Page,
    /// The procedure.
    pub title: String,
    /// The code.
    pub code: String,
    /// Who applied, in which unit ("Người nộp: …").
    pub submitter: String,
    /// Said when the unit changed since.
    pub unit_note: Option<String>,
    /// The line of four steps.
    pub steps: Vec<StepMark>,
    /// How it stands, who holds it, how long is left.
    pub status: Sentence,
    /// Whom to ask where it is late.
    pub late: Option<WhomToAsk>,
    /// What the citizen must do; `None` when the ball is not with them.
    pub todo: Option<Todo>,
    /// The apology and both dates, when there is one.
    pub apology: Option<ApologyView>,
    /// Papers received from the office.
    pub issued: Vec<IssuedPaper>,
    /// Papers given.
    pub papers: Vec<GivenPaper>,
    /// Everything typed.
    pub sections: Vec<ReviewSection>,
    /// What happened, newest first.
    pub history: Vec<HistoryLine>,
    /// Short state.
    pub chip: Chip,
    /// Holder, next, time left, due, fee, collection.
    pub facts: Vec<Fact>,
    /// How long it usually takes; may be empty.
    pub usual: Vec<Fact>,
    /// Where to withdraw, while that is possible.
    pub withdraw: Option<String>,
    /// Where one lets somebody else follow it.
    pub share: Option<String>,
    /// Where a rating given is looked at and changed, with what it says.
    pub rated: Option<Link>,
    /// What was written to and fro; none where it is only followed.
    pub talk: Option<TalkView>,
    /// Where the way to get the decision is changed, while that is possible.
    pub collecting: Option<String>,
    /// The proof that it was sent, while the desk has not answered.
    pub deposit: Option<String>,
    /// What the usual times are counted from.
    pub usual_note: String,
    /// What ends it, sent as `thoi`, where it is somebody else's and only followed.
    pub followed: Option<String>,
}

/// What the citizen must do: supplement, pay, collect, rate.
#[derive(Debug, Clone, Default)]
pub struct Todo {
    /// The act and its date: "Gửi thêm 1 giấy tờ" / " trước thứ Sáu, 25/04/2025 (còn 24 ngày):".
    pub what: Sentence,
    /// What exactly, one by one.
    pub items: Vec<Sentence>,
    /// Sums, places, hours.
    pub facts: Vec<Fact>,
    /// The one act; `None` when it is done away from this page.
    pub act: Option<Link>,
    /// What follows from doing it.
    pub note: Option<String>,
}

/// Whom to ask about a dossier.
#[derive(Debug, Clone, Default)]
pub struct WhomToAsk {
    /// "Hỏi Bộ phận Một cửa phường Hàng Kênh".
    pub ask: String,
    /// Its telephone; empty where none is known.
    pub phone: String,
    /// Where one complains; empty where that cannot be done here.
    pub complain: String,
}

/// The apology: both dates and why.
#[derive(Debug, Clone, Default)]
pub struct ApologyView {
    /// First date.
    pub promised: String,
    /// New date.
    pub now: String,
    /// Why, in the office's words.
    pub reason: String,
    /// The letter.
    pub letter: Option<Link>,
}

/// A paper received from the office.
#[derive(Debug, Clone, Default)]
pub struct IssuedPaper {
    /// Name.
    pub name: String,
    /// Where to look at it.
    pub href: String,
    /// When and by whom, in words.
    pub issued: String,
}

/// A paper given, with what the office made of it.
#[derive(Debug, Clone, Default)]
pub struct GivenPaper {
    /// Name.
    pub name: PaperName,
    /// Where to look at it.
    pub href: Option<String>,
    /// In which form ("điện tử", "bản chụp", "dữ liệu dân cư").
    pub form: String,
    /// How it stands.
    pub tone: Tone,
    /// In words ("Đạt", "Chưa xem", "Chưa đạt: trang 2 mờ").
    pub check: String,
}

/// One act of the history.
#[derive(Debug, Clone, Default)]
pub struct HistoryLine {
    /// When.
    pub when: When,
    /// What.
    pub what: Sentence,
    /// Who, in which post and unit as called then.
    pub who: Option<String>,
    /// The paper of the act.
    pub paper: Option<Link>,
    /// Its place in the line.
    pub mark: HistoryMark,
}

/// Place of an act in the history.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum HistoryMark {
    /// Behind us.
    #[default]
    Past,
    /// The act that holds now.
    Now,
    /// The unit changed.
    Turn,
}

impl HistoryMark {
    /// The class of the line.
    pub fn class(self) -> &'static str {
        match self {
            Self::Past => "past",
            Self::Now => "now",
            Self::Turn => "turn",
        }
    }
}

/// Giving what the office asked for.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "citizen/supplement.html")]
pub struct SupplementPage {
    /// The frame.
    pub page: Page,
    /// The dossier's page.
    pub back: String,
    /// The code.
    pub code: String,
    /// The procedure.
    pub procedure: String,
    /// Where the multipart form goes. Buttons send `viec` = `tai` upload, `gui` send, or `bo` = a file's key.
    pub action: String,
    /// Version of the dossier the page shows, sent back as `phien`.
    pub version: String,
    /// Until when, in words with what is left.
    pub until: String,
    /// Who asks, in which post.
    pub asked_by: String,
    /// The letter (form 02).
    pub letter: Option<Link>,
    /// What must be corrected.
    pub errors: Vec<FieldLink>,
    /// The papers asked for.
    pub papers: Vec<PaperUpload>,
    /// "Gửi thêm 2 giấy tờ", "Sửa 1 mục trong tờ khai".
    pub count: String,
    /// Answers to put right, and the message.
    pub sections: Vec<SectionView>,
    /// Accepted kinds, as in the `accept` attribute.
    pub accept: String,
    /// The limits in words.
    pub limits: String,
    /// What follows from sending, whole sentences.
    pub after: String,
}

/// Withdrawing a dossier.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "citizen/withdraw.html")]
pub struct WithdrawPage {
    /// The frame.
    pub page: Page,
    /// The dossier's page.
    pub back: String,
    /// The code.
    pub code: String,
    /// The procedure.
    pub procedure: String,
    /// Where the form goes.
    pub action: String,
    /// Version of the dossier the page shows, sent back as `phien`.
    pub version: String,
    /// What it means: fee, papers, applying again.
    pub meaning: Vec<String>,
    /// What must be corrected.
    pub errors: Vec<FieldLink>,
    /// Reason, and a tick that one means it.
    pub fields: Vec<FieldView>,
}
