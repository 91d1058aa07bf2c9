//! Any form, question by question: the e-form of a procedure and the small forms of the house are all drawn from these values.

use crate::page::Icon;
use crate::texts::Vietnamese;
use askama::Template;

/// A form: its sections in order.
#[derive(Debug, Clone, Default)]
pub struct FormView {
    /// Title of the form ("Tờ khai đăng ký khai sinh").
    pub title: String,
    /// Its sections.
    pub sections: Vec<SectionView>,
}

/// A section of a form.
#[derive(Debug, Clone, Default)]
pub struct SectionView {
    /// Heading.
    pub title: String,
    /// A sentence under the heading.
    pub intro: Option<String>,
    /// Said in green: what has been filled in from data ("Lấy từ tài khoản của bạn, không phải gõ lại.").
    pub known_from: Option<String>,
    /// The questions.
    pub fields: Vec<FieldView>,
}

/// One question with its answer so far and what is wrong with it. Writes itself as HTML.
///
/// `id` is both the name of the control and the anchor of its error: links in an error summary go to `#id`. Rows and groups carry full
/// names ("con.0.ho_ten"); the three boxes of a date are named `id.d`, `id.m`, `id.y`, hours and minutes `id.h`, `id.mi`.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "citizen/field.html")]
pub struct FieldView {
    /// Name of the control, unique in its page.
    pub id: String,
    /// The question.
    pub label: String,
    /// A line under the question.
    pub hint: Option<String>,
    /// Without an answer the form cannot be sent.
    pub required: bool,
    /// How one answers, with the answer so far.
    pub control: Control,
    /// What is wrong with the answer and what would be right.
    pub error: Option<String>,
    /// What an officer found wrong with the answer that stands, in their words: it is to be put right.
    pub asked: Option<String>,
    /// The `autocomplete` token when the question is about the person at the keyboard ("name", "tel", "email"); empty otherwise.
    pub autocomplete: &'static str,
    /// A question of a published form: its words stay Vietnamese in every language.
    pub of_form: bool,
}

/// The template of a field escapes everything it is given.
impl askama::filters::HtmlSafe for FieldView {}

impl FieldView {
    /// A required question in one line.
    pub fn text(id: impl Into<String>, label: impl Into<String>, kind: TextKind, value: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            label: label.into(),
            required: true,
            control: Control::Text { value: value.into(), kind, suggestions: Vec::new() },
            ..Self::default()
        }
    }

    /// Marks the words of a published form.
    pub fn lang(&self) -> Vietnamese {
        Vietnamese { is_so: self.of_form }
    }

    /// Name of one box of a date: `part` is "d", "m", "y", "h" or "mi".
    pub fn part(&self, part: &str) -> String {
        format!("{}.{part}", self.id)
    }

    /// The ids of the hint and the error, for `aria-describedby`.
    pub fn described_by(&self) -> Option<String> {
        let said = [("can-sua", self.asked.is_some()), ("goi-y", self.hint.is_some()), ("loi", self.error.is_some())];
        let ids: Vec<String> = said.iter().filter(|it| it.1).map(|(part, _)| format!("{}-{part}", self.id)).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    /// True when the question has several controls and needs a `fieldset` around them.
    pub fn is_group(&self) -> bool {
        match self.control {
            Control::Date { .. }
            | Control::DateTime { .. }
            | Control::Radio { .. }
            | Control::Checks { .. }
            | Control::Group { .. }
            | Control::Repeat { .. } => true,
            Control::Text { .. }
            | Control::TextArea { .. }
            | Control::Number { .. }
            | Control::Money { .. }
            | Control::Secret
            | Control::Select { .. }
            | Control::Tick { .. }
            | Control::File { .. }
            | Control::Note { .. } => false,
        }
    }
}

impl FieldView {
    /// True for a frame around other questions, which is neither required nor optional itself.
    pub fn is_container(&self) -> bool {
        matches!(self.control, Control::Group { .. } | Control::Repeat { .. })
    }

    /// True when choosing a file belongs to the question: its form must be `multipart/form-data`.
    pub fn is_file(&self) -> bool {
        matches!(self.control, Control::File { .. })
    }
}

/// How a question is answered.
#[derive(Debug, Clone)]
pub enum Control {
    /// One line.
    Text {
        /// What was typed, kept as typed.
        value: String,
        /// What is expected: chooses keyboard and width.
        kind: TextKind,
        /// Offered while typing.
        suggestions: Vec<String>,
    },
    /// Several lines.
    TextArea {
        /// What was typed.
        value: String,
    },
    /// A day, in three boxes.
    Date {
        /// Day of the month as typed.
        day: String,
        /// Month as typed.
        month: String,
        /// Year as typed.
        year: String,
    },
    /// A day and a time of day, in five boxes.
    DateTime {
        /// Day of the month as typed.
        day: String,
        /// Month as typed.
        month: String,
        /// Year as typed.
        year: String,
        /// Hour as typed.
        hour: String,
        /// Minute as typed.
        minute: String,
    },
    /// A number.
    Number {
        /// What was typed.
        value: String,
        /// The unit after the box ("bản", "m²"); may be empty.
        unit: String,
    },
    /// A sum in đồng.
    Money {
        /// What was typed.
        value: String,
    },
    /// A password: never filled in again.
    Secret,
    /// One of many.
    Select {
        /// The choices; an empty one comes first when none is chosen.
        options: Vec<Choice>,
    },
    /// One of few, each in view.
    Radio {
        /// The choices.
        options: Vec<Choice>,
    },
    /// Any of few.
    Checks {
        /// The choices.
        options: Vec<Choice>,
    },
    /// Yes or nothing: a statement one ticks. Sends `co`.
    Tick {
        /// Ticked.
        checked: bool,
    },
    /// A file to choose.
    File {
        /// Accepted kinds, as in the `accept` attribute.
        accept: String,
        /// Several at once.
        multiple: bool,
    },
    /// Several questions that belong together.
    Group {
        /// The questions.
        fields: Vec<FieldView>,
    },
    /// The same questions for each of several persons or things.
    Repeat {
        /// The rows so far.
        rows: Vec<RepeatRow>,
        /// Words of the button that adds one ("Thêm một người con"); `None` when the limit is reached. Sends `them` = the field's id.
        add: Option<String>,
    },
    /// No question: a paragraph between questions.
    Note {
        /// The paragraph.
        text: String,
    },
}

impl Default for Control {
    fn default() -> Self {
        Self::Text { value: String::new(), kind: TextKind::Plain, suggestions: Vec::new() }
    }
}

/// What a line of text is expected to be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TextKind {
    /// Any text.
    #[default]
    Plain,
    /// Twelve digits.
    PersonalNumber,
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// A year.
    Year,
    /// A code: dossier, bank account.
    Code,
    /// The name one signs in with.
    Login,
}

impl TextKind {
    /// The `type` attribute.
    pub fn input_type(self) -> &'static str {
        match self {
            Self::Phone => "tel",
            Self::Email => "email",
            Self::Plain | Self::PersonalNumber | Self::Year | Self::Code | Self::Login => "text",
        }
    }

    /// True when only digits are expected.
    pub fn is_digits(self) -> bool {
        matches!(self, Self::PersonalNumber | Self::Year)
    }

    /// The class that gives the box a width fitting the answer.
    pub fn class(self) -> &'static str {
        match self {
            Self::Plain | Self::Email => "w",
            Self::PersonalNumber | Self::Phone | Self::Login => "w-m",
            Self::Year => "num-s",
            Self::Code => "w code",
        }
    }
}

/// One choice of several.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// Words.
    pub label: String,
    /// A second line: what choosing it means.
    pub hint: Option<String>,
    /// Chosen.
    pub selected: bool,
    /// Questions that only matter when it is chosen.
    pub reveals: Vec<FieldView>,
}

/// One row of a repeated group.
#[derive(Debug, Clone, Default)]
pub struct RepeatRow {
    /// Heading ("Con thứ 2").
    pub title: String,
    /// The questions, with full names.
    pub fields: Vec<FieldView>,
    /// What the button that takes the row away sends as `bo`.
    pub remove: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(field: &FieldView) -> String {
        field.render().unwrap()
    }

    #[test]
    fn what_was_typed_comes_back_escaped() {
        let field = FieldView::text("ho_ten", "Họ và tên", TextKind::Plain, "<b>\"Trâm\"</b>");
        let html = html(&field);
        assert!(!html.contains("<b>\""));
        assert!(html.contains("Trâm"));
    }

    #[test]
    fn an_error_is_tied_to_its_control() {
        let mut field = FieldView::text("so", "Số định danh", TextKind::PersonalNumber, "12");
        field.hint = Some("12 chữ số".into());
        field.error = Some("Mới có 2 chữ số.".into());
        let html = html(&field);
        assert!(html.contains("aria-invalid=\"true\" aria-describedby=\"so-goi-y so-loi\""));
        assert!(html.contains("id=\"so-loi\""));
    }

    #[test]
    fn a_link_to_a_date_lands_in_its_first_box() {
        let date = Control::Date { day: "5".into(), month: "3".into(), year: "2025".into() };
        let field = FieldView { id: "ngay".into(), label: "Ngày sinh".into(), control: date, ..FieldView::default() };
        let html = html(&field);
        assert!(html.contains("id=\"ngay\" name=\"ngay.d\""));
        assert!(html.contains("id=\"ngay.y\" name=\"ngay.y\""));
    }

    #[test]
    fn rows_inside_rows_are_drawn() {
        let name = FieldView::text("con.0.ho_ten", "Họ và tên", TextKind::Plain, "");
        let row = RepeatRow { title: "Con thứ 1".into(), fields: vec![name], remove: "con.0".into() };
        let control = Control::Repeat { rows: vec![row], add: Some("Thêm".into()) };
        let field = FieldView { id: "con".into(), label: "Con".into(), control, ..FieldView::default() };
        let html = html(&field);
        assert!(html.contains("name=\"con.0.ho_ten\""));
        assert!(html.contains("name=\"bo\" value=\"con.0\""));
        assert!(html.contains("name=\"them\" value=\"con\""));
    }
}
