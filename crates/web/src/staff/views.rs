//! What the pages of the office show: plain data, already put into words.
//!
//! A view struct holds strings as a person will read them (dates with their weekday, remaining time in working
//! hours, masked numbers). Nothing here decides, asks the database or knows the clock: a handler fills a struct, the
//! template prints it, and every value is escaped on the way. Start with [`WorkList`] and [`DossierPage`].

mod admin;
mod calendars;
mod catalogue;
mod control;
mod desk;
mod dossier;
mod intake;
mod list;
mod reform;
mod satisfaction;
mod talking;

pub use admin::*;
pub use calendars::*;
pub use catalogue::*;
pub use control::*;
pub use desk::*;
pub use dossier::*;
pub use intake::*;
pub use list::*;
pub use reform::*;
pub use satisfaction::*;
pub use talking::*;

use askama::Template;

use crate::kept::KeptForm;
use crate::page::{Icon, Page, Tone};
use crate::texts::{Language, Vietnamese, as_it_stands, language, number_in};

/// Address of the stylesheet that only the office loads.
pub const DESK_STYLESHEET: &str = "/tai-san/desk.css";
/// Address of the script that only the office loads; every page works without it.
pub const DESK_SCRIPT: &str = "/tai-san/desk.js";

/// A count as the office writes it, thousands parted by a dot: 4.859; in English by a comma.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Num(pub u64);

impl From<u64> for Num {
    fn from(count: u64) -> Self {
        Self(count)
    }
}

as_it_stands!(Num, |it, out| out.write_str(&number_in(language(), i64::try_from(it.0).unwrap_or(i64::MAX))));

/// So many tenths: "87,5", in English "87.5".
pub fn tenths(count: i64) -> String {
    let point = if language() == Language::English { '.' } else { ',' };
    format!("{}{point}{}", count / 10, count % 10)
}

/// A short state in words with its symbol: "Đang thẩm định".
#[derive(Debug, Clone, Default)]
pub struct ChipView {
    /// The words; never empty.
    pub words: String,
    /// Its colour.
    pub tone: Tone,
    /// Another symbol than the one that goes with the colour.
    pub symbol: Option<Icon>,
}

impl ChipView {
    /// A chip with the symbol that goes with its colour.
    pub fn new(tone: Tone, words: impl Into<String>) -> Self {
        Self { words: words.into(), tone, symbol: None }
    }

    /// The same chip with another symbol.
    #[must_use]
    pub fn with_icon(mut self, icon: Icon) -> Self {
        self.symbol = Some(icon);
        self
    }

    /// The symbol shown.
    pub fn icon(&self) -> Icon {
        self.symbol.unwrap_or_else(|| self.tone.icon())
    }
}

/// What is left of a time limit, in working hours, and how urgent it is.
#[doc(alias = "còn lại")]
#[derive(Debug, Clone)]
pub enum Left {
    /// Past the date: "Quá 1 ngày 2 giờ".
    Late(String),
    /// To be done within a working day: "Còn 4 giờ".
    Soon(String),
    /// In good time: "Còn 2 ngày 3 giờ".
    Within(String),
    /// The clock stands still: "Tạm dừng, chờ công dân".
    Hold(String),
    /// Nothing runs any more: "Xong trước hạn 2 ngày".
    Done(String),
}

impl Left {
    /// The words.
    pub fn words(&self) -> &str {
        match self {
            Self::Late(w) | Self::Soon(w) | Self::Within(w) | Self::Hold(w) | Self::Done(w) => w,
        }
    }

    /// The symbol, where one is shown.
    pub fn icon(&self) -> Option<Icon> {
        match self {
            Self::Late(_) => Some(Icon::Late),
            Self::Soon(_) => Some(Icon::Clock),
            Self::Hold(_) => Some(Icon::Pause),
            Self::Within(_) | Self::Done(_) => None,
        }
    }

    /// Class of the words.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Late(_) => "bad",
            Self::Soon(_) => "warn",
            Self::Hold(_) | Self::Done(_) => "muted",
            Self::Within(_) => "",
        }
    }

    /// Class of the row in the work-list.
    pub fn row_class(&self) -> &'static str {
        match self {
            Self::Late(_) => "is-late",
            Self::Soon(_) => "is-soon",
            Self::Hold(_) => "is-hold",
            Self::Within(_) | Self::Done(_) => "",
        }
    }
}

/// A link with its words.
#[derive(Debug, Clone, Default)]
pub struct LinkView {
    /// The words.
    pub label: String,
    /// Where it leads.
    pub href: String,
}

/// One value to choose from.
#[derive(Debug, Clone, Default)]
pub struct ChoiceView {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// A second line: what the choice means; empty for none.
    pub note: String,
    /// Chosen now.
    pub chosen: bool,
    /// What is read is a name: of a unit, a person, a procedure. It is not translated.
    pub is_name: bool,
}

impl ChoiceView {
    /// A value with its words.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), ..Self::default() }
    }

    /// The same with a second line.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// The same, chosen.
    #[must_use]
    pub fn chosen(mut self) -> Self {
        self.chosen = true;
        self
    }

    /// The same, with a name to read.
    #[must_use]
    pub fn as_name(mut self) -> Self {
        self.is_name = true;
        self
    }

    /// Marks a name.
    pub fn lang(&self) -> Vietnamese {
        Vietnamese { is_so: self.is_name }
    }
}

/// How a question is answered.
#[derive(Debug, Clone)]
pub enum ControlView {
    /// One line; the kind is an HTML input type (`text`, `email`, `tel`, `password`).
    Line {
        /// HTML input type.
        kind: &'static str,
        /// HTML input mode, empty for none: `numeric`.
        mode: &'static str,
    },
    /// Several lines.
    Lines {
        /// How many are shown.
        rows: u8,
    },
    /// One of many, in a list that opens.
    Select(Vec<ChoiceView>),
    /// One of a few, all visible.
    Radios(Vec<ChoiceView>),
    /// Any of a few.
    Ticks(Vec<ChoiceView>),
    /// One statement to agree to.
    Tick(ChoiceView),
    /// A file to upload.
    File {
        /// Accepted kinds: `.pdf,.jpg,.png`.
        accept: &'static str,
        /// Name of a file sent before and kept; empty for none.
        kept: String,
    },
}

/// One question of a staff form with everything typed kept.
#[derive(Debug, Clone)]
pub struct StaffField {
    /// Name in the form, also the id in the page: letters, digits, `-`, `_`.
    pub name: String,
    /// The question.
    pub label: String,
    /// A line of help; empty for none.
    pub hint: String,
    /// What is wrong with the answer, in words; empty for none.
    pub error: String,
    /// May stay empty; shown as "(không bắt buộc)".
    pub optional: bool,
    /// What was typed (for `Line` and `Lines`).
    pub value: String,
    /// How it is answered.
    pub control: ControlView,
    /// Asked only under one choice of another question, by that choice's value; empty: by itself.
    pub under: String,
    /// Folded away under these words until somebody needs it; empty: always seen.
    pub folded: &'static str,
    /// A question of a procedure's form: it stands as it was published, in Vietnamese.
    pub is_form: bool,
}

impl StaffField {
    fn new(name: impl Into<String>, label: impl Into<String>, control: ControlView) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            hint: String::new(),
            error: String::new(),
            optional: false,
            value: String::new(),
            control,
            under: String::new(),
            folded: "",
            is_form: false,
        }
    }

    /// A line of text.
    pub fn line(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::of_kind(name, label, "text")
    }

    /// A day as people write it, 31/03/2025: a browser's own date box follows the machine's language and misleads.
    pub fn day(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::of_kind(name, label, "text")
    }

    /// A line of another HTML input type: `email`, `tel`, `password`, `search`.
    pub fn of_kind(name: impl Into<String>, label: impl Into<String>, kind: &'static str) -> Self {
        Self::new(name, label, ControlView::Line { kind, mode: "" })
    }

    /// A line of digits.
    pub fn digits(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new(name, label, ControlView::Line { kind: "text", mode: "numeric" })
    }

    /// Several lines of text.
    pub fn lines(name: impl Into<String>, label: impl Into<String>, rows: u8) -> Self {
        Self::new(name, label, ControlView::Lines { rows })
    }

    /// One of many.
    pub fn select(name: impl Into<String>, label: impl Into<String>, choices: Vec<ChoiceView>) -> Self {
        Self::new(name, label, ControlView::Select(choices))
    }

    /// One of a few.
    pub fn radios(name: impl Into<String>, label: impl Into<String>, choices: Vec<ChoiceView>) -> Self {
        Self::new(name, label, ControlView::Radios(choices))
    }

    /// Any of a few.
    pub fn ticks(name: impl Into<String>, label: impl Into<String>, choices: Vec<ChoiceView>) -> Self {
        Self::new(name, label, ControlView::Ticks(choices))
    }

    /// A statement to agree to.
    pub fn tick(name: impl Into<String>, label: impl Into<String>, choice: ChoiceView) -> Self {
        Self::new(name, label, ControlView::Tick(choice))
    }

    /// A file.
    pub fn file(name: impl Into<String>, label: impl Into<String>, accept: &'static str) -> Self {
        Self::new(name, label, ControlView::File { accept, kept: String::new() })
    }

    /// The same question with what was typed.
    #[must_use]
    pub fn with_value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// What a value sent for it says to people: the words of a choice, or the value itself.
    pub fn choice_label<'a>(&'a self, value: &'a str) -> &'a str {
        match &self.control {
            ControlView::Select(choices) | ControlView::Radios(choices) | ControlView::Ticks(choices) => {
                choices.iter().find(|it| it.value == value).map_or(value, |it| it.label.as_str())
            }
            ControlView::Tick(choice) if choice.value == value => &choice.label,
            ControlView::Line { .. } | ControlView::Lines { .. } | ControlView::Tick(_) | ControlView::File { .. } => {
                value
            }
        }
    }

    /// The same question with a line of help.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// The same question with what is wrong with its answer.
    #[must_use]
    pub fn with_error(mut self, error: impl Into<String>) -> Self {
        self.error = error.into();
        self
    }

    /// The same question, may stay empty.
    #[must_use]
    pub fn as_optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// The same question, asked only under a choice of another.
    #[must_use]
    pub fn under(mut self, choice: impl Into<String>) -> Self {
        self.under = choice.into();
        self
    }

    /// The same question, folded away under these words.
    #[must_use]
    pub fn folded(mut self, words: &'static str) -> Self {
        self.folded = words;
        self
    }

    /// Id of the hint and error, for screen readers; empty when there is neither.
    pub fn described_by(&self) -> String {
        match (self.hint.is_empty(), self.error.is_empty()) {
            (true, true) => String::new(),
            (false, true) => format!("{}-h", self.name),
            (true, false) => format!("{}-loi", self.name),
            (false, false) => format!("{0}-h {0}-loi", self.name),
        }
    }
}

/// Where staff prove who they are.
#[doc(alias = "đăng nhập cán bộ")]
#[derive(Debug, Template)]
#[template(path = "staff/sign_in.html")]
pub struct SignInPage {
    /// Frame of the page.
    pub page: Page,
    /// What was typed as the account name.
    pub login: String,
    /// Why it did not work, in words that do not say which of the two was wrong; empty for none.
    pub error: String,
    /// Where to go afterwards: a path of this site.
    pub onward: String,
    /// Said above when somebody came here in the middle of something; empty for nothing.
    pub why: String,
    /// Hidden fields of a form that waits for somebody to be signed in.
    pub carried: Vec<(String, String)>,
    /// Accounts of the demonstration; empty outside it.
    pub demo_accounts: Vec<DemoAccount>,
}

/// The second proof: the code of one's telephone, or the telephone to set up first.
#[doc(alias = "mã xác thực")]
#[derive(Debug, Template)]
#[template(path = "staff/prove.html")]
pub struct ProvePage {
    /// Frame of the page.
    pub page: Page,
    /// Who signs in.
    pub login: String,
    /// The drawing an app reads; none where the telephone is known.
    pub drawing: Option<String>,
    /// The same to type, in groups of four.
    pub secret: String,
    /// Codes on paper that are left.
    pub spares_left: u32,
    /// The code of the moment, in a demonstration; empty outside it.
    pub demo_code: String,
    /// Where to go afterwards: a path of this site.
    pub onward: String,
    /// Hidden fields of a form that waits.
    pub carried: Vec<(String, String)>,
    /// Why it did not work; empty for none.
    pub error: String,
}

/// Codes on paper, said once.
#[doc(alias = "mã dự phòng")]
#[derive(Debug, Template)]
#[template(path = "staff/spare_codes.html")]
pub struct SpareCodesPage {
    /// Frame of the page.
    pub page: Page,
    /// The codes.
    pub codes: Vec<String>,
    /// Where to go afterwards.
    pub onward: String,
    /// A form that waits: sent on from here.
    pub kept: Option<KeptForm>,
}

/// A password of one's own, instead of the one somebody else chose.
#[doc(alias = "đổi mật khẩu lần đầu")]
#[derive(Debug, Template)]
#[template(path = "staff/first_password.html")]
pub struct FirstPasswordPage {
    /// Frame of the page.
    pub page: Page,
    /// Where to go afterwards.
    pub onward: String,
    /// Hidden fields of a form that waits.
    pub carried: Vec<(String, String)>,
    /// Why it did not work; empty for none.
    pub error: String,
}

/// An account that the demonstration publishes.
#[derive(Debug, Clone, Default)]
pub struct DemoAccount {
    /// Account name.
    pub login: String,
    /// The invented person.
    pub person: String,
    /// Post and unit.
    pub post: String,
    /// What to try with it.
    pub tries: String,
}

/// Why a staff member opens a dossier outside their task; the reading is recorded.
///
/// Căn cứ: Nghị định 13/2023/NĐ-CP điều 3 (dữ liệu cá nhân chỉ được xử lý đúng mục đích).
#[doc(alias = "lý do xem hồ sơ")]
#[derive(Debug, Template)]
#[template(path = "staff/reading_reason.html")]
pub struct ReadingReasonPage {
    /// Frame of the page.
    pub page: Page,
    /// Code of the dossier.
    pub code: String,
    /// Who holds it now, in words.
    pub holder: String,
    /// Where the form goes.
    pub action: String,
    /// The questions: usually a choice of reasons and a line of words.
    pub fields: Vec<StaffField>,
    /// Back to where the person came from.
    pub back: LinkView,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_parted_by_dots() {
        let written: Vec<String> = [0, 7, 999, 1000, 4859, 1_000_000].map(|n| Num(n).to_string()).to_vec();
        assert_eq!(written, ["0", "7", "999", "1.000", "4.859", "1.000.000"]);
    }

    #[test]
    fn a_question_names_its_hint_and_error() {
        let field = StaffField::line("ly-do", "Lý do");
        assert_eq!(field.described_by(), "");
        assert_eq!(field.with_hint("h").with_error("e").described_by(), "ly-do-h ly-do-loi");
    }

    #[test]
    fn what_was_typed_is_escaped_also_in_a_part() {
        let part = ProcedureHits { text: "<script>".into(), asked: true, hits: vec![] };
        let html = part.render().unwrap();
        assert!(!html.contains("<script>") && html.contains("&#60;script&#62;"), "{html}");
    }
}
