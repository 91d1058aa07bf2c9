//! What an applicant answered on a form: read from what a browser posted, every gap named.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::answer::{self, AnswerProblem};
use super::form::{ApplicationForm, Condition, Field, FieldKind, Section};
use super::import_form::REPEAT_ROWS_MAX;
use super::in_words::day_in_words;

/// What a browser posts: the name of a control and everything typed under it. A control in a row is named `id.0.child`, one in a
/// group `id.child`.
pub type RawAnswers = BTreeMap<String, Vec<String>>;

/// The answers on a form, by field. Days are kept as `2025-03-31`, moments as `2025-03-31T10:30`, numbers as digits, a ticked box as
/// `true`; a box that is not ticked and a question nobody answered are absent.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[doc(alias = "nội dung tờ khai")]
pub struct Answers(pub BTreeMap<String, Answer>);

/// One answer. A group's fields are answers of their own, named `group.child`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    /// One value.
    Text(String),
    /// Several options.
    Many(Vec<String>),
    /// Rows of the same fields.
    Rows(Vec<BTreeMap<String, Answer>>),
}

/// Whether a form is only put aside, or is to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completeness {
    /// Put aside: what is missing is no gap, and everything typed is kept, also what cannot stand.
    Draft,
    /// To be sent: every question must be answered, and what was not asked is dropped.
    Complete,
}

/// One place where a form cannot stand as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AnswerGap {
    /// Name of the control on the page: `con_ho_ten`, `nganh_nghe.0.ten`.
    pub field_id: String,
    /// The question, as printed; with its part of the form where another part prints the same.
    pub label: String,
    /// What is wrong.
    pub problem: AnswerProblem,
}

impl fmt::Debug for Answers {
    /// Answers are personal data: only their number is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answers({} answers)", self.0.len())
    }
}

impl fmt::Debug for Answer {
    /// An answer is personal data: only its shape is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(_) => f.write_str("Text(…)"),
            Self::Many(values) => write!(f, "Many({})", values.len()),
            Self::Rows(rows) => write!(f, "Rows({})", rows.len()),
        }
    }
}

impl Answer {
    fn line(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Many(_) | Self::Rows(_) => None,
        }
    }

    fn day(&self) -> Option<Date> {
        self.line()?.parse().ok()
    }
}

impl Answers {
    /// The one value of a field, by its id or `group.child`.
    pub fn text(&self, id: &str) -> Option<&str> {
        match self.0.get(id) {
            Some(Answer::Text(text)) => Some(text),
            Some(Answer::Many(_) | Answer::Rows(_)) | None => None,
        }
    }

    /// Whether a box was ticked.
    pub fn is_ticked(&self, id: &str) -> bool {
        self.text(id) == Some("true")
    }

    /// The answers as a browser would post them again: to show a form filled in, and to check a draft anew.
    pub fn to_raw(&self) -> RawAnswers {
        let mut raw = RawAnswers::new();
        post(&self.0, "", &mut raw);
        raw
    }
}

fn post(answers: &BTreeMap<String, Answer>, prefix: &str, raw: &mut RawAnswers) {
    for (id, answer) in answers {
        let name = format!("{prefix}{id}");
        match answer {
            Answer::Text(text) => {
                raw.insert(name, vec![text.clone()]);
            }
            Answer::Many(values) => {
                raw.insert(name, values.clone());
            }
            Answer::Rows(rows) => {
                for (index, row) in rows.iter().enumerate() {
                    post(row, &format!("{name}.{index}."), raw);
                }
            }
        }
    }
}

/// Reads what was posted on a form. Returns the answers and, in the order of the form, everything that cannot stand.
///
/// Text is composed (NFC) and otherwise kept as typed; mark-up is text. Controls the form does not have are ignored. A question whose
/// condition does not hold makes no gap; its answer is kept in a draft, in case the applicant changes their mind, and dropped from a
/// form to be sent. A day in words is never read: it follows from its day.
pub fn validate(
    form: &ApplicationForm,
    raw: &RawAnswers,
    today: Date,
    completeness: Completeness,
) -> (Answers, Vec<AnswerGap>) {
    let mut reading = Reading { raw, today, completeness, gaps: Vec::new() };
    let mut answers = BTreeMap::new();
    let fields: Vec<&Field> = form.fields().collect();
    reading.fields(&fields, "", "", &mut answers);
    let mut gaps = reading.gaps;
    for gap in &mut gaps {
        if let Some(part) = part_to_name(form, gap) {
            gap.label = format!("{} ({part})", gap.label);
        }
    }
    (Answers(answers), gaps)
}

/// The part a question stands in, where another part asks in the same words: "Năm sinh" of the mother and of the father.
fn part_to_name<'a>(form: &'a ApplicationForm, gap: &AnswerGap) -> Option<&'a str> {
    let asks_so = |it: &&Section| it.fields.iter().any(|field| field.label == gap.label);
    form.sections.iter().filter(asks_so).nth(1)?;
    let part = form.sections.iter().find(|it| it.fields.iter().any(|field| field.id == gap.field_id))?;
    Some(part.title.as_str()).filter(|it| !it.is_empty())
}

struct Reading<'a> {
    raw: &'a RawAnswers,
    today: Date,
    completeness: Completeness,
    gaps: Vec<AnswerGap>,
}

impl Reading<'_> {
    /// Reads fields whose controls are named `path` + id, and keeps the answers under `kept` + id.
    fn fields(&mut self, fields: &[&Field], path: &str, kept: &str, answers: &mut BTreeMap<String, Answer>) {
        let mut shown: BTreeMap<&str, bool> = BTreeMap::new();
        for field in fields {
            let asked = field.show_if.as_ref().is_none_or(|condition| {
                let asked_itself = shown.get(condition.field.as_str()).copied().unwrap_or_default();
                asked_itself && holds(condition, answers.get(&format!("{kept}{}", condition.field)))
            });
            shown.insert(&field.id, asked);
            if !asked && self.completeness == Completeness::Complete {
                continue;
            }
            let gaps_before = self.gaps.len();
            self.field(field, path, kept, asked, answers);
            if self.gaps.len() == gaps_before {
                self.gaps.extend(too_late(field, path, kept, answers));
            }
            if !asked {
                self.gaps.truncate(gaps_before);
            }
        }
    }

    fn field(&mut self, field: &Field, path: &str, kept: &str, asked: bool, answers: &mut BTreeMap<String, Answer>) {
        let name = format!("{path}{}", field.id);
        if let Some(day) = &field.words_of {
            let day = answers.get(&format!("{kept}{day}")).and_then(Answer::day);
            answers.extend(day.map(|it| (format!("{kept}{}", field.id), Answer::Text(day_in_words(it)))));
            return;
        }
        let answer = match field.kind {
            FieldKind::Attachments => return,
            FieldKind::Group => {
                let children: Vec<&Field> = field.children.iter().collect();
                let inside = format!("{kept}{}.", field.id);
                return self.fields(&children, &format!("{name}."), &inside, answers);
            }
            FieldKind::Repeat => self.rows(field, &name).map(Answer::Rows),
            FieldKind::MultiEnum => self.many(field, &name).map(Answer::Many),
            FieldKind::Bool | FieldKind::Consent => self.one(field, &name, answer::unticked).map(Answer::Text),
            FieldKind::Text
            | FieldKind::PersonName
            | FieldKind::Textarea
            | FieldKind::Date
            | FieldKind::Datetime
            | FieldKind::Year
            | FieldKind::Int
            | FieldKind::Decimal
            | FieldKind::Money
            | FieldKind::Enum
            | FieldKind::Address
            | FieldKind::Unit
            | FieldKind::Facility
            | FieldKind::NationalId
            | FieldKind::Phone
            | FieldKind::Email
            | FieldKind::BankAccount => self.one(field, &name, |typed| typed.trim().is_empty()).map(Answer::Text),
        };
        match answer {
            Some(answer) => {
                answers.insert(format!("{kept}{}", field.id), answer);
            }
            None if field.required && asked && self.completeness == Completeness::Complete => {
                self.gap(field, name, AnswerProblem::Missing);
            }
            None => {}
        }
    }

    fn gap(&mut self, field: &Field, field_id: String, problem: AnswerProblem) {
        self.gaps.push(AnswerGap { field_id, label: field.label.clone(), problem });
    }

    fn posted(&self, name: &str) -> &[String] {
        self.raw.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// The first value that says something.
    fn one(&mut self, field: &Field, name: &str, is_blank: impl Fn(&str) -> bool) -> Option<String> {
        let typed = self.posted(name).iter().find(|typed| !is_blank(typed))?.clone();
        match answer::read(field, &typed, self.today) {
            Ok(answer) => Some(answer),
            Err(problem) => {
                self.gap(field, name.to_owned(), problem);
                Some(as_typed(&typed))
            }
        }
    }

    fn many(&mut self, field: &Field, name: &str) -> Option<Vec<String>> {
        let mut chosen: Vec<String> = Vec::new();
        let mut problem = None;
        for typed in self.posted(name).iter().filter(|typed| !typed.trim().is_empty()) {
            let value = answer::read(field, typed, self.today).unwrap_or_else(|wrong| {
                problem = Some(wrong);
                as_typed(typed)
            });
            if !chosen.contains(&value) && chosen.len() <= field.options.len() {
                chosen.push(value);
            }
        }
        if let Some(problem) = problem {
            self.gap(field, name.to_owned(), problem);
        }
        (!chosen.is_empty()).then_some(chosen)
    }

    /// Rows in the order of their numbers; rows nobody wrote into are left out.
    fn rows(&mut self, field: &Field, name: &str) -> Option<Vec<BTreeMap<String, Answer>>> {
        let children: Vec<&Field> = field.children.iter().collect();
        let mut rows = Vec::new();
        let max = usize::from(field.max_rows);
        for index in self.row_numbers(name) {
            let gaps_before = self.gaps.len();
            let mut row = BTreeMap::new();
            self.fields(&children, &format!("{name}.{index}."), "", &mut row);
            if row.is_empty() {
                self.gaps.truncate(gaps_before);
            } else {
                rows.push(row);
            }
        }
        if rows.len() > max {
            self.gap(field, name.to_owned(), AnswerProblem::TooManyRows { max });
        }
        (!rows.is_empty()).then_some(rows)
    }

    /// The numbers of rows posted, bounded so that a flood of them costs nothing.
    fn row_numbers(&self, name: &str) -> Vec<u32> {
        let prefix = format!("{name}.");
        let number = |key: &String| -> Option<u32> {
            let (index, _) = key.strip_prefix(&prefix)?.split_once('.')?;
            let number: u32 = index.parse().ok()?;
            (number.to_string() == index).then_some(number)
        };
        let numbers: BTreeSet<u32> = self
            .raw
            .range(prefix.clone()..)
            .map(|(key, _)| key)
            .take_while(|key| key.starts_with(&prefix))
            .filter_map(number)
            .collect();
        numbers.into_iter().take(usize::try_from(REPEAT_ROWS_MAX).unwrap_or_default() + 1).collect()
    }
}

/// What is wrong with a day or a year that must lie before another and does not, where both stand.
fn too_late(field: &Field, path: &str, kept: &str, answers: &BTreeMap<String, Answer>) -> Option<AnswerGap> {
    let before = field.before.as_ref()?;
    let given = |id: &str| answers.get(&format!("{kept}{id}")).and_then(Answer::line);
    let (own, other) = (given(&field.id)?, given(&before.field)?);
    let latest = before.latest(field.kind, other)?;
    // What is kept has its year first: it is compared as far as the latest answer goes.
    if own.get(..latest.len()).is_none_or(|it| it <= latest.as_str()) {
        return None;
    }
    let problem = AnswerProblem::NotBefore { other: other.to_owned(), years: before.years, latest };
    Some(AnswerGap { field_id: format!("{path}{}", field.id), label: field.label.clone(), problem })
}

/// Kept as it was typed, only composed.
fn as_typed(typed: &str) -> String {
    typed.nfc().collect()
}

fn holds(condition: &Condition, answer: Option<&Answer>) -> bool {
    let given: &[String] = match answer {
        Some(Answer::Text(text)) => std::slice::from_ref(text),
        Some(Answer::Many(values)) => values,
        Some(Answer::Rows(_)) => return condition.equals.is_empty(),
        None => return false,
    };
    condition.equals.is_empty() || condition.equals.iter().any(|wanted| given.contains(wanted))
}
