//! Applying online: unit, e-form, papers, review, sent.

use super::{Choice, Control, Fact, FieldView, FormView, Link, StepMark};
use crate::page::{FieldLink, Icon, Page, title_class};
use crate::staff::work_list::cut;
use askama::Template;

/// What one is applying for: shown beside every step.
#[derive(Debug, Clone, Default)]
pub struct ApplicationSummary {
    /// The procedure.
    pub procedure: String,
    /// Its page.
    pub procedure_href: String,
    /// Unit, term, fee.
    pub facts: Vec<Fact>,
    /// The steps Hướng dẫn, Khai thông tin, Giấy tờ, Xem lại và nộp.
    pub steps: Vec<StepMark>,
    /// Number of the step one is at, from 1.
    pub step_number: usize,
}

impl ApplicationSummary {
    /// The class of the heading that names the procedure.
    pub fn title_class(&self) -> &'static str {
        title_class(&self.procedure)
    }
}

/// Step 1: what awaits one, and which unit receives.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "citizen/apply_start.html")]
pub struct ApplyStartPage {
    /// The frame.
    pub page: Page,
    /// What one is applying for.
    pub application: ApplicationSummary,
    /// Where the form goes.
    pub action: String,
    /// What must be corrected.
    pub errors: Vec<FieldLink>,
    /// The papers to have at hand, beside the numbers of identity papers.
    pub at_hand: Vec<PaperName>,
    /// How the unit follows from the address, in words.
    pub unit_hint: String,
    /// The units that may receive it, or the likely one; the address is the choice's hint. Sent as `don_vi`.
    pub units: Vec<Choice>,
    /// The other units where one is likely: folded away.
    pub elsewhere: Vec<Choice>,
    /// What is wrong with the unit.
    pub unit_error: Option<String>,
    /// Other questions of this step: case variant, on whose behalf.
    pub fields: Vec<FieldView>,
    /// Drafts of the same procedure that could be taken up again.
    pub drafts: Vec<Link>,
}

/// Step 2: the e-form.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "citizen/apply_form.html")]
pub struct ApplyFormPage {
    /// The frame.
    pub page: Page,
    /// What one is applying for.
    pub application: ApplicationSummary,
    /// Where the form goes. Buttons send `viec`: `tiep` on, `luu` save and leave; also `them` and `bo` for rows.
    pub action: String,
    /// Where the script saves the form while one types; answers the words to show ("Đã lưu lúc 10 giờ 42") as plain text.
    pub autosave: String,
    /// A hidden field: what the form held when this page was opened.
    pub seen: String,
    /// What must be corrected.
    pub errors: Vec<FieldLink>,
    /// The questions.
    pub form: FormView,
    /// When it was last saved, in words ("Đã lưu lúc 10 giờ 42").
    pub saved: Option<String>,
    /// The step before.
    pub back: String,
    /// Opened from the review: it leads back there.
    pub reviewing: bool,
}

impl ApplyFormPage {
    /// Words of the button that goes on.
    fn onward(&self) -> &'static str {
        crate::say(if self.reviewing { "apply-back-to-review" } else { "apply-continue" })
    }
}

/// Step 3: papers.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "citizen/apply_papers.html")]
pub struct ApplyPapersPage {
    /// The frame.
    pub page: Page,
    /// What one is applying for.
    pub application: ApplicationSummary,
    /// Where the multipart form goes. Buttons send `viec` = `tai` upload, `tiep` on, `luu` save and leave, or `bo` = a file's key.
    pub action: String,
    /// What must be corrected.
    pub errors: Vec<FieldLink>,
    /// The papers nobody can do without.
    pub papers: Vec<PaperUpload>,
    /// Those asked for on a condition, or welcome: folded away until somebody needs them.
    pub if_needed: Vec<PaperUpload>,
    /// Accepted kinds, as in the `accept` attribute.
    pub accept: String,
    /// The limits in words.
    pub limits: String,
    /// When it was last saved, in words.
    pub saved: Option<String>,
    /// The step before.
    pub back: String,
}

/// A paper asked for, with what has been given so far.
#[derive(Debug, Clone, Default)]
pub struct PaperUpload {
    /// Name of its file input, unique in its page.
    pub id: String,
    /// What it is.
    pub name: PaperName,
    /// Its condition as a question ("Gửi hồ sơ qua bưu chính?"); none where it has none.
    pub question: Option<String>,
    /// When or how it is needed.
    pub note: Option<String>,
    /// How many of what.
    pub copies: String,
    /// Without it the dossier cannot be sent.
    pub required: bool,
    /// Why it is asked (again), in the officer's words.
    pub reason: Option<String>,
    /// Files given so far.
    pub files: Vec<FileView>,
    /// A tick that lets data stand in for it, when some can.
    pub use_data: Option<FieldView>,
    /// Further questions about it: why it is missing, a note to the officer.
    pub fields: Vec<FieldView>,
    /// What is wrong with what was given.
    pub error: Option<String>,
}

impl PaperUpload {
    /// True where something was given for it, or is wrong with it: it is not folded away.
    pub fn is_begun(&self) -> bool {
        let by_data = self.use_data.as_ref().is_some_and(|it| matches!(it.control, Control::Tick { checked: true }));
        !self.files.is_empty() || self.error.is_some() || by_data
    }
}

/// Longest name of a paper that stands whole in a list, in characters.
const NAME_CHARS_MAX: usize = 70;

/// The name of a paper in a list: short where the law's own takes many lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PaperName {
    /// What to look for: the name without what the law adds in brackets and after a semicolon, where all of it is long.
    pub short: String,
    /// The whole name, where it says more.
    pub whole: Option<String>,
}

impl PaperName {
    /// Of the name as published.
    pub fn of(name: &str) -> Self {
        if name.chars().count() <= NAME_CHARS_MAX {
            return Self { short: name.to_owned(), whole: None };
        }
        let head = name.split(';').next().unwrap_or_default().split(" (").next().unwrap_or_default();
        let short = format!("{}…", cut(head, NAME_CHARS_MAX).trim_end_matches('…'));
        Self { short, whole: Some(name.to_owned()) }
    }
}

impl std::fmt::Display for PaperName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.short)
    }
}

/// A file given.
#[derive(Debug, Clone, Default)]
pub struct FileView {
    /// Its name.
    pub name: String,
    /// Its size in words ("1,2 MB").
    pub size: String,
    /// Where to look at it.
    pub href: Option<String>,
    /// What the button that takes it away sends as `bo`.
    pub key: String,
    /// The name of a file with the same bytes that the same person gave before it.
    pub same_as: Option<String>,
}

/// Step 4: read everything once more, and send.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "citizen/apply_review.html")]
pub struct ApplyReviewPage {
    /// The frame.
    pub page: Page,
    /// What one is applying for.
    pub application: ApplicationSummary,
    /// Where the form goes.
    pub action: String,
    /// Sent along as `khoa`, so that a double click makes one dossier.
    pub send_key: String,
    /// What was wrong with the questions of this page.
    pub errors: Vec<FieldLink>,
    /// What is still missing, each leading to its place.
    pub gaps: Vec<FieldLink>,
    /// What changed in the procedure since the draft was begun.
    pub differences: Vec<RevisionDifference>,
    /// Everything typed.
    pub sections: Vec<ReviewSection>,
    /// Everything given or missing.
    pub papers: Vec<ReviewPaper>,
    /// Names of the papers that nobody has to give and that were not given.
    pub papers_left: Vec<PaperName>,
    /// Back to the papers.
    pub papers_href: String,
    /// Where one is told: telephone, e-mail.
    pub contact: Vec<FieldView>,
    /// How one wants the paper back: a `Radio` whose choices reveal an address.
    pub collect: FieldView,
    /// What one declares: a `Tick`.
    pub consent: FieldView,
    /// What happens on sending: to whom, answered by when; whole sentences.
    pub promise: String,
}

/// Something in the procedure that changed since the draft was begun.
#[derive(Debug, Clone, Default)]
pub struct RevisionDifference {
    /// What.
    pub what: String,
    /// As it was.
    pub before: String,
    /// As it is.
    pub now: String,
}

/// A section of answers to read.
#[derive(Debug, Clone, Default)]
pub struct ReviewSection {
    /// Heading.
    pub title: String,
    /// Where to correct it; `None` once sent.
    pub edit: Option<String>,
    /// The answers.
    pub answers: Vec<Answer>,
}

impl ReviewSection {
    /// The questions that were answered, or must be.
    pub fn said(&self) -> impl Iterator<Item = &Answer> {
        self.answers.iter().filter(|it| !it.is_left())
    }

    /// The questions that may stay without an answer and did.
    pub fn left(&self) -> String {
        let labels: Vec<&str> = self.answers.iter().filter(|it| it.is_left()).map(|it| it.label.as_str()).collect();
        labels.join("; ")
    }

    /// Nothing was typed in it, and nothing had to be.
    pub fn is_blank(&self) -> bool {
        self.answers.iter().all(Answer::is_left)
    }
}

/// One answer to read.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The question.
    pub label: String,
    /// The answer in words; empty when none was given.
    pub value: String,
    /// Where the answer is missing or wrong: leads to the question.
    pub gap: Option<String>,
    /// The field it answers, `id` or `group.child`; rows of a repeat have the name of the repeat.
    pub field: String,
}

impl Answer {
    fn is_left(&self) -> bool {
        self.value.is_empty() && self.gap.is_none()
    }
}

/// A paper given, to read.
#[derive(Debug, Clone, Default)]
pub struct ReviewPaper {
    /// What it is.
    pub name: PaperName,
    /// The files, or the data that stand in for it, in words.
    pub given: Vec<String>,
    /// Where it is missing: leads to its place.
    pub gap: Option<String>,
}

/// Sent: unmistakably.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "citizen/sent.html")]
pub struct SentPage {
    /// The frame.
    pub page: Page,
    /// The dossier's code.
    pub code: String,
    /// The procedure.
    pub procedure: String,
    /// The unit it went to.
    pub unit: String,
    /// When, in words.
    pub sent_at: String,
    /// A whole `<svg class="qr" role="img" aria-label="…">` made by this program; written as it is.
    pub qr_svg: String,
    /// What happens next.
    pub next: Vec<NextStep>,
    /// How one will be told, a whole sentence.
    pub told: String,
    /// The dossier's page.
    pub dossier_href: String,
    /// The proof of deposit, to be printed.
    pub deposit_href: String,
    /// Address of the look-up, as one would type it.
    pub look_up_address: String,
}

/// What happens next, by whom, until when.
#[derive(Debug, Clone, Default)]
pub struct NextStep {
    /// What.
    pub what: String,
    /// By whom.
    pub who: String,
    /// Until when.
    pub until: String,
}
