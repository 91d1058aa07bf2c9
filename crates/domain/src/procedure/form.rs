//! Application forms: what a citizen is asked.

use super::answers::RawAnswers;
use super::fee::Quantity;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// An application form of a procedure, as the State prescribes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[doc(alias = "mẫu đơn, tờ khai")]
pub struct ApplicationForm {
    /// Its title.
    pub title: String,
    /// The prescribed template it follows.
    pub template: String,
    /// Its parts, in order.
    pub sections: Vec<Section>,
}

impl ApplicationForm {
    /// Every field of the form, without the fields inside repeated rows and groups.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.sections.iter().flat_map(|section| &section.fields)
    }

    /// The field with that name that can be answered by itself, `id` or `group.child`, as its question is printed; none where there is
    /// no such field, or it only holds others or papers, or follows from another answer.
    pub fn answerable(&self, name: &str) -> Option<String> {
        let asks = |it: &Field| !matches!(it.kind, FieldKind::Group | FieldKind::Attachments) && it.words_of.is_none();
        match name.split_once('.') {
            None => self.fields().find(|it| it.id == name && asks(it)).map(|it| it.label.clone()),
            Some((group, child)) => {
                let group = self.fields().find(|it| it.id == group && it.kind == FieldKind::Group)?;
                let child = group.children.iter().find(|it| it.id == child && asks(it))?;
                Some(format!("{}: {}", group.label, child.label))
            }
        }
    }
}

/// A part of a form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// The answer that says that it is about whoever submits the form: what the house knows of them fills it in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitter_if: Option<Condition>,
    /// Its fields, in order.
    pub fields: Vec<Field>,
}

impl Section {
    /// True where what was typed says that it is about whoever submits the form.
    pub fn is_about_submitter(&self, raw: &RawAnswers) -> bool {
        self.submitter_if.as_ref().is_some_and(|it| it.is_met_by(raw))
    }
}

/// One thing a form asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Name within the form, in the letters of an HTML name.
    pub id: String,
    /// The question, as printed.
    pub label: String,
    /// What sort of answer it takes.
    pub kind: FieldKind,
    /// Whether an application is incomplete without it.
    pub required: bool,
    /// The register that may fill it in: `csdl_dan_cu`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefill: Option<String>,
    /// The answers to choose from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// A hint printed under the question.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hint: String,
    /// Asked only under this condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show_if: Option<Condition>,
    /// The fields of one row of a repeat, or of a group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Field>,
    /// How many rows a repeat may have.
    #[serde(default)]
    pub max_rows: u16,
    /// Smallest number accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// Largest number accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// Whether the day asked for has already come: a birth, a death, the issue of a paper.
    #[serde(default)]
    pub past: bool,
    /// Of what the answer says how many the applicant asks for: the fee is counted by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts: Option<Quantity>,
    /// The day beside it that this line repeats in words; nobody is asked, the words follow from the day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words_of: Option<String>,
    /// The day or year beside it that it must lie before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Before>,
}

impl Field {
    /// A plain field, for builders and tests.
    pub fn new(id: &str, label: &str, kind: FieldKind) -> Self {
        Self {
            id: id.to_owned(),
            label: label.to_owned(),
            kind,
            required: false,
            prefill: None,
            options: Vec::new(),
            hint: String::new(),
            show_if: None,
            children: Vec::new(),
            max_rows: 0,
            min: None,
            max: None,
            past: false,
            counts: None,
            words_of: None,
            before: None,
        }
    }
}

/// How long a day or a year must lie before another of the same form (or row): what is nearer is a slip of the pen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// The other day or year, asked earlier.
    pub field: String,
    /// How many years at least.
    pub years: u8,
}

impl Before {
    /// The latest answer of that kind that stands beside the other one as it is kept: a day where both are days, else a year. None where
    /// the other one is neither.
    pub(super) fn latest(&self, kind: FieldKind, other: &str) -> Option<String> {
        let years = i64::from(self.years);
        match other.parse::<Date>() {
            Ok(day) if kind == FieldKind::Date => day.checked_sub(years.years()).ok().map(|it| it.to_string()),
            Ok(day) => Some((i64::from(day.year()) - years).to_string()),
            Err(_) => other.parse::<i64>().ok().map(|year| (year - years).to_string()),
        }
    }
}

/// When a field is asked: another field of the same form (or row) has one of these answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// The field it looks at.
    pub field: String,
    /// The answers that ask the question; with none, any answer does. A ticked box answers `true`.
    pub equals: Vec<String>,
}

impl Condition {
    /// True where what was typed is one of these answers, however it is cased: the question may be a line of text.
    pub fn is_met_by(&self, raw: &RawAnswers) -> bool {
        let given = raw.get(&self.field).map(Vec::as_slice).unwrap_or_default();
        let mut given = given.iter().map(|it| it.trim().to_lowercase()).filter(|it| !it.is_empty());
        given.any(|it| self.equals.is_empty() || self.equals.iter().any(|wanted| wanted.to_lowercase() == it))
    }
}

/// What sort of answer a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// One line of text.
    Text,
    /// The name of a person: letters, marks, space and `' - .`.
    PersonName,
    /// Several lines of text.
    Textarea,
    /// A day.
    Date,
    /// A day and a time of day.
    Datetime,
    /// A year.
    Year,
    /// A whole number.
    Int,
    /// A number with at most two decimals.
    Decimal,
    /// An amount in đồng.
    Money,
    /// One of the options.
    Enum,
    /// Some of the options.
    MultiEnum,
    /// A box that may be ticked.
    Bool,
    /// A declaration that is made by ticking it.
    Consent,
    /// An address, in one line.
    Address,
    /// The name of an administrative unit.
    Unit,
    /// The name of a facility, such as a hospital.
    Facility,
    /// The number of an identity paper: personal number, old identity card or passport.
    NationalId,
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// A bank account, in digits.
    BankAccount,
    /// Rows of the same fields.
    Repeat,
    /// Fields asked together under one heading.
    Group,
    /// Papers attached; uploads look after them.
    Attachments,
}

impl FieldKind {
    /// Every kind.
    pub const ALL: [Self; 23] = [
        Self::Text,
        Self::PersonName,
        Self::Textarea,
        Self::Date,
        Self::Datetime,
        Self::Year,
        Self::Int,
        Self::Decimal,
        Self::Money,
        Self::Enum,
        Self::MultiEnum,
        Self::Bool,
        Self::Consent,
        Self::Address,
        Self::Unit,
        Self::Facility,
        Self::NationalId,
        Self::Phone,
        Self::Email,
        Self::BankAccount,
        Self::Repeat,
        Self::Group,
        Self::Attachments,
    ];

    /// The name a catalogue file uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::PersonName => "person_name",
            Self::Textarea => "textarea",
            Self::Date => "date",
            Self::Datetime => "datetime",
            Self::Year => "year",
            Self::Int => "int",
            Self::Decimal => "decimal",
            Self::Money => "money",
            Self::Enum => "enum",
            Self::MultiEnum => "multi_enum",
            Self::Bool => "bool",
            Self::Consent => "consent",
            Self::Address => "address",
            Self::Unit => "unit",
            Self::Facility => "facility",
            Self::NationalId => "national_id",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::BankAccount => "bank_account",
            Self::Repeat => "repeat",
            Self::Group => "group",
            Self::Attachments => "attachments",
        }
    }

    /// The kind a catalogue file names, if it is one.
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether the answer is chosen among options.
    pub const fn has_options(self) -> bool {
        matches!(self, Self::Enum | Self::MultiEnum)
    }

    /// Whether the field is made of other fields.
    pub const fn has_children(self) -> bool {
        matches!(self, Self::Repeat | Self::Group)
    }
}
