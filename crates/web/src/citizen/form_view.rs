//! A procedure's form as a page shows it, and what a browser posts of it: both walk the form, so nothing else gets in or out.

use super::views::{Choice, Control, FieldView, FormView, RepeatRow, SectionView, TextKind};
use crate::page::FieldLink;
use crate::posted::{Posted, in_one_line};
use crate::spoken;
use crate::texts;
use crate::{say, say_with};
use app::words;
use domain::person::{EmailError, NameError, NumberError, PhoneError};
use domain::procedure::{
    AnswerGap, AnswerProblem, ApplicationForm, Condition, DocumentNumberProblem, Field, FieldKind, RawAnswers,
    day_in_words, day_typed,
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// What a ticked box sends.
pub const TICKED: &str = "co";
/// More options than this are a list to unfold.
const RADIO_OPTIONS_MAX: usize = 6;
/// Rows of a repeat that are read at most.
const ROWS_MAX: usize = 200;

// ---- reading ----

/// What was posted on a form, as the domain reads it: boxes of a day joined, ticks as `true`, everything else as typed.
pub fn read_form(form: &ApplicationForm, posted: &Posted) -> RawAnswers {
    let mut raw = RawAnswers::new();
    let fields: Vec<&Field> = form.fields().collect();
    read_fields(&fields, "", posted, &mut raw);
    raw
}

fn read_fields(fields: &[&Field], path: &str, posted: &Posted, raw: &mut RawAnswers) {
    for field in fields {
        let name = format!("{path}{}", field.id);
        let children: Vec<&Field> = field.children.iter().collect();
        match field.kind {
            FieldKind::Attachments => {}
            FieldKind::Group => read_fields(&children, &format!("{name}."), posted, raw),
            FieldKind::Repeat => {
                for row in row_numbers(posted.fields(), &name) {
                    read_fields(&children, &format!("{name}.{row}."), posted, raw);
                }
            }
            FieldKind::Date | FieldKind::Datetime => {
                if let Some(joined) = joined(field.kind, &name, posted) {
                    raw.insert(name, vec![joined]);
                }
            }
            FieldKind::Bool | FieldKind::Consent => {
                let ticked = matches!(posted.trimmed(&name), TICKED | "true" | "on");
                if ticked {
                    raw.insert(name, vec!["true".to_owned()]);
                } else if posted.has(&name) {
                    raw.insert(name, vec!["false".to_owned()]);
                }
            }
            FieldKind::Textarea => {
                if posted.has(&name) {
                    raw.insert(name.clone(), posted.all(&name).to_vec());
                }
            }
            _ => {
                if posted.has(&name) {
                    raw.insert(name.clone(), posted.all(&name).iter().map(|it| in_one_line(it)).collect());
                }
            }
        }
    }
}

/// "5/3/2025" or "5/3/2025 10:30" of the boxes of a question; empty where all are; none where none came.
fn joined(kind: FieldKind, name: &str, posted: &Posted) -> Option<String> {
    let part = |part: &str| posted.trimmed(&format!("{name}.{part}")).replace(char::is_whitespace, "");
    let came = posted.has(name) || ["d", "m", "y"].iter().any(|it| posted.has(&format!("{name}.{it}")));
    if !came {
        return None;
    }
    let (d, m, y) = (part("d"), part("m"), part("y"));
    let day = match (d.is_empty(), m.is_empty() && y.is_empty()) {
        (true, true) => posted.trimmed(name).to_owned(),
        // Somebody who writes the whole day into the first box means it.
        (false, true) if d.contains(['/', '-']) => d,
        // What parts a day must not stand within a part: each box gets its own back.
        _ => [d, m, y].map(|it| it.replace('/', "-")).join("/"),
    };
    if kind == FieldKind::Date {
        return Some(day);
    }
    let (h, minute) = (part("h"), part("mi"));
    Some(match (day.is_empty(), h.is_empty() && minute.is_empty()) {
        (_, true) => day,
        (true, false) => format!("// {h}:{minute}"),
        (false, false) if minute.is_empty() => format!("{day} {h}:00"),
        (false, false) => format!("{day} {h}:{minute}"),
    })
}

/// The numbers of rows there are under a name.
pub fn row_numbers<T>(posted: &BTreeMap<String, T>, name: &str) -> Vec<u32> {
    let prefix = format!("{name}.");
    let numbers: BTreeSet<u32> = posted
        .range(prefix.clone()..)
        .map(|(key, _)| key)
        .take_while(|key| key.starts_with(&prefix))
        .filter_map(|key| key.strip_prefix(&prefix)?.split_once('.')?.0.parse().ok())
        .collect();
    numbers.into_iter().take(ROWS_MAX).collect()
}

/// Adds an empty row to a repeat of the form.
pub fn add_row(form: &ApplicationForm, raw: &mut RawAnswers, id: &str) {
    let Some(field) = form.fields().find(|it| it.id == id && it.kind == FieldKind::Repeat) else { return };
    let rows = row_numbers(raw, id);
    let Some(first) = field.children.first().filter(|_| rows.len() < usize::from(field.max_rows)) else { return };
    let number = rows.last().map_or(u32::from(field.required), |last| last.saturating_add(1));
    raw.insert(format!("{id}.{number}.{}", first.id), vec![String::new()]);
    if rows.is_empty() && field.required {
        raw.insert(format!("{id}.0.{}", first.id), vec![String::new()]);
    }
}

/// Takes a row away: `key` is "con.2".
pub fn remove_row(raw: &mut RawAnswers, key: &str) {
    let prefix = format!("{key}.");
    raw.retain(|name, _| !name.starts_with(&prefix));
}

// ---- showing ----

struct Showing<'a> {
    raw: &'a RawAnswers,
    errors: BTreeMap<&'a str, String>,
}

/// The form with everything typed, and what is wrong beside each question. A section that still holds what the house knew
/// says where that is from; one that may turn out to be about the citizen says that it then fills itself in.
pub fn form_view(
    form: &ApplicationForm,
    raw: &RawAnswers,
    known: &RawAnswers,
    gaps: &[AnswerGap],
    today: Date,
) -> FormView {
    let errors = gaps.iter().rev().map(|gap| (gap.field_id.as_str(), problem_words(&gap.problem, today))).collect();
    let showing = Showing { raw, errors };
    let all: Vec<&Field> = form.fields().collect();
    let sections = form.sections.iter().map(|section| {
        let fields: Vec<&Field> = section.fields.iter().collect();
        let is_known =
            section.fields.iter().any(|it| known.get(&it.id).is_some_and(|own| raw.get(&it.id) == Some(own)));
        SectionView {
            title: section.title.clone(),
            intro: (section.submitter_if.is_some() && !is_known).then(|| say("form-fills-from-account").to_owned()),
            known_from: is_known.then(|| say("form-from-account").to_owned()),
            fields: showing.fields(&fields, &all, ""),
        }
    });
    FormView { title: form.title.clone(), sections: sections.filter(|it| !it.fields.is_empty()).collect() }
}

/// The lines of the summary above a form; each leads to its question on the same page.
pub fn error_links(gaps: &[AnswerGap], today: Date) -> Vec<FieldLink> {
    gaps.iter()
        .map(|gap| FieldLink {
            href: format!("#{}", gap.field_id),
            text: format!("{}: {}", gap.label, problem_words(&gap.problem, today)),
        })
        .collect()
}

impl Showing<'_> {
    fn value(&self, name: &str) -> &str {
        self.raw.get(name).and_then(|it| it.first()).map_or("", String::as_str)
    }

    fn fields(&self, fields: &[&Field], siblings: &[&Field], path: &str) -> Vec<FieldView> {
        fields
            .iter()
            .filter(|field| field.words_of.is_none() && revealed_by(field, fields).is_none())
            .map(|field| self.field(field, fields, siblings, path))
            .collect()
    }

    fn field(&self, field: &Field, beside: &[&Field], siblings: &[&Field], path: &str) -> FieldView {
        let id = format!("{path}{}", field.id);
        let control = self.control(field, &id, beside, siblings, path);
        let condition = match revealed_by(field, beside) {
            None => field.show_if.as_ref().map(|it| only_if(it, siblings)),
            Some(_) => None,
        };
        let words = beside.iter().any(|it| it.words_of.as_ref() == Some(&field.id)).then(|| self.in_words(&id));
        let hint = [Some(field.hint.clone()), condition, words].into_iter().flatten().filter(|it| !it.is_empty());
        let hint: Vec<String> = hint.collect();
        FieldView {
            error: self.errors.get(id.as_str()).cloned(),
            hint: (!hint.is_empty()).then(|| hint.join(" ")),
            id,
            label: field.label.clone(),
            required: field.required,
            control,
            of_form: true,
            ..FieldView::default()
        }
    }

    /// Beside a day that the form also writes in words: nobody writes them.
    fn in_words(&self, id: &str) -> String {
        let day = day_typed(self.value(id));
        day.map_or_else(
            || say("form-words-follow").to_owned(),
            |day| say_with("form-words-are", &[("words", &day_in_words(day))]),
        )
    }

    fn control(&self, field: &Field, id: &str, beside: &[&Field], siblings: &[&Field], path: &str) -> Control {
        let value = self.value(id).to_owned();
        let line = |kind| Control::Text { value: value.clone(), kind, suggestions: Vec::new() };
        match field.kind {
            FieldKind::Text | FieldKind::PersonName | FieldKind::Address | FieldKind::Unit | FieldKind::Facility => {
                line(TextKind::Plain)
            }
            // A passport has letters: no keyboard of digits only.
            FieldKind::NationalId | FieldKind::BankAccount => line(TextKind::Code),
            FieldKind::Phone => line(TextKind::Phone),
            FieldKind::Email => line(TextKind::Email),
            FieldKind::Year => line(TextKind::Year),
            FieldKind::Textarea => Control::TextArea { value },
            FieldKind::Date => {
                let [day, month, year] = boxes(&value);
                Control::Date { day, month, year }
            }
            FieldKind::Datetime => date_time(&value),
            FieldKind::Int | FieldKind::Decimal => Control::Number { value, unit: String::new() },
            FieldKind::Money => Control::Money { value },
            FieldKind::Bool | FieldKind::Consent if is_radio(field, beside) => {
                let options = [("true", say("form-yes")), ("false", say("form-no"))];
                let choices = options
                    .map(|(option, label)| self.choice(field, option, label, value == option, beside, siblings, path));
                Control::Radio { options: choices.into() }
            }
            FieldKind::Bool | FieldKind::Consent => Control::Tick { checked: value == "true" },
            FieldKind::Enum if is_radio(field, beside) => {
                let options = field.options.iter();
                Control::Radio {
                    options: options
                        .map(|it| self.choice(field, it, it, value == *it, beside, siblings, path))
                        .collect(),
                }
            }
            FieldKind::Enum => {
                Control::Select { options: field.options.iter().map(|it| plain_choice(it, value == *it)).collect() }
            }
            FieldKind::MultiEnum => {
                let chosen = self.raw.get(id).map(Vec::as_slice).unwrap_or_default();
                Control::Checks {
                    options: field.options.iter().map(|it| plain_choice(it, chosen.contains(it))).collect(),
                }
            }
            FieldKind::Group => {
                let children: Vec<&Field> = field.children.iter().collect();
                Control::Group { fields: self.fields(&children, &children, &format!("{id}.")) }
            }
            FieldKind::Repeat => self.repeat(field, id),
            FieldKind::Attachments => Control::Note { text: say_with("form-files-later", &[("label", &field.label)]) },
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one option of one question, with what it reveals")]
    fn choice(
        &self,
        field: &Field,
        value: &str,
        label: &str,
        selected: bool,
        beside: &[&Field],
        siblings: &[&Field],
        path: &str,
    ) -> Choice {
        let reveals = beside
            .iter()
            .filter(|it| revealed_by(it, beside) == Some((field.id.as_str(), value)))
            .map(|it| self.field(it, beside, siblings, path))
            .collect();
        Choice { value: value.to_owned(), label: label.to_owned(), hint: None, selected, reveals }
    }

    fn repeat(&self, field: &Field, id: &str) -> Control {
        let mut numbers = row_numbers(self.raw, id);
        if numbers.is_empty() && field.required {
            numbers.push(0);
        }
        let children: Vec<&Field> = field.children.iter().collect();
        let rows = numbers.iter().zip(1..).map(|(number, place)| RepeatRow {
            title: say_with("form-row", &[("label", &short(&field.label)), ("place", &place)]),
            fields: self.fields(&children, &children, &format!("{id}.{number}.")),
            remove: format!("{id}.{number}"),
        });
        let is_full = numbers.len() >= usize::from(field.max_rows);
        Control::Repeat { rows: rows.collect(), add: (!is_full).then(|| say("form-add-row").to_owned()) }
    }
}

fn plain_choice(option: &str, selected: bool) -> Choice {
    Choice { value: option.to_owned(), label: option.to_owned(), selected, ..Choice::default() }
}

/// The label without what stands in brackets.
fn short(label: &str) -> &str {
    label.split(" (").next().unwrap_or(label)
}

/// True where the answers stand in view one by one, so that one of them can reveal more.
fn is_radio(field: &Field, beside: &[&Field]) -> bool {
    match field.kind {
        FieldKind::Enum => field.options.len() <= RADIO_OPTIONS_MAX,
        // "No" must be an answer: a box that must be ticked has none.
        FieldKind::Bool => {
            !field.required && beside.iter().any(|it| it.show_if.as_ref().is_some_and(|on| on.field == field.id))
        }
        _ => false,
    }
}

/// The question and the answer that reveal a field, where exactly one answer of a question beside it does.
fn revealed_by<'a>(field: &'a Field, beside: &[&Field]) -> Option<(&'a str, &'a str)> {
    let condition = field.show_if.as_ref()?;
    let [answer] = condition.equals.as_slice() else { return None };
    let asks = beside.iter().find(|it| it.id == condition.field)?;
    let is_offered = asks.kind != FieldKind::Enum || asks.options.contains(answer);
    (is_radio(asks, beside) && is_offered).then_some((condition.field.as_str(), answer.as_str()))
}

/// When a question that is always in view must be answered.
fn only_if(condition: &Condition, siblings: &[&Field]) -> String {
    let label = siblings.iter().find(|it| it.id == condition.field).map_or("", |it| short(&it.label));
    match condition.equals.as_slice() {
        [] => say_with("form-if-filled", &[("label", &label)]),
        [answer] if answer == "true" => say_with("form-if-ticked", &[("label", &label)]),
        answers => say_with("form-if-is", &[("label", &label), ("answers", &answers.join(say("form-or")))]),
    }
}

/// A day as typed in its three boxes; what cannot be divided stands whole in the first.
pub fn boxes(value: &str) -> [String; 3] {
    let iso: Vec<&str> = value.split('-').collect();
    if let [year, month, day] = iso.as_slice()
        && year.len() == 4
        && !value.contains('/')
    {
        return [(*day).to_owned(), (*month).to_owned(), (*year).to_owned()];
    }
    let parts: Vec<&str> = value.split('/').collect();
    match parts.as_slice() {
        [day, month, year] => [(*day).to_owned(), (*month).to_owned(), (*year).to_owned()],
        _ => [value.to_owned(), String::new(), String::new()],
    }
}

fn date_time(value: &str) -> Control {
    let (date, time) = value.split_once(['T', ' ']).unwrap_or((value, ""));
    let [day, month, year] = boxes(date);
    let (hour, minute) = time.split_once(':').unwrap_or((time, ""));
    Control::DateTime { day, month, year, hour: hour.to_owned(), minute: minute.to_owned() }
}

/// The day of three boxes of a small form, as typed: "5/3/2025"; empty where nothing was.
pub fn day_of(posted: &Posted, name: &str) -> String {
    joined(FieldKind::Date, name, posted).unwrap_or_default()
}

// ---- what is wrong, in words ----

/// What is wrong with an answer and what would be right.
pub fn problem_words(problem: &AnswerProblem, today: Date) -> String {
    use AnswerProblem as P;
    let say = |key: &str, args: &[(&'static str, String)]| texts::word_with(&format!("answer-{key}"), args);
    match problem {
        P::Missing => say("missing", &[]),
        P::TooLong { max } => say("too-long", &[("max", number(*max))]),
        P::ControlCharacter => say("control-character", &[]),
        P::NotADate => say("not-a-date", &[]),
        P::NotADateTime => say("not-a-date-time", &[]),
        P::DateDoesNotExist => say("date-does-not-exist", &[]),
        P::InFuture => say("in-future", &[("today", spoken::short_day(today))]),
        P::NotANumber => say("not-a-number", &[]),
        P::OutOfRange { min, max } => say("out-of-range", &[("min", grouped(*min)), ("max", grouped(*max))]),
        P::NotBefore { other, years, latest } => {
            let args = [("other", day_or_year(other)), ("years", years.to_string()), ("latest", day_or_year(latest))];
            say("not-before", &args)
        }
        P::NotAnOption => say("not-an-option", &[]),
        P::BadDocumentNumber { reason: DocumentNumberProblem::NoPassport } => say("no-passport", &[]),
        P::BadDocumentNumber { reason: DocumentNumberProblem::PersonalNumber { error } } => number_words(error),
        P::BadBankAccount => say("bad-bank-account", &[]),
        P::BadPhone { reason } => phone_words(reason),
        P::BadEmail { reason } => email_words(reason),
        P::BadName { reason } => name_words(reason),
        P::TooManyRows { max } => say("too-many-rows", &[("max", number(*max))]),
    }
}

/// What is kept of a day or a year, as people write it.
fn day_or_year(kept: &str) -> String {
    kept.parse().map_or_else(|_| kept.to_owned(), spoken::short_day)
}

fn number_words(error: &NumberError) -> String {
    let (key, args) = match error {
        NumberError::ForeignDigit { found } => ("number-foreign-digit", vec![("found", found.to_string())]),
        NumberError::NotDigit { found } => ("number-not-digit", vec![("found", found.to_string())]),
        NumberError::Length { digits } => ("number-length", vec![("digits", number(*digits))]),
        NumberError::UnassignedPlace { place_code } => {
            ("number-unassigned", vec![("place", format!("{place_code:03}"))])
        }
        NumberError::BirthYearAhead { birth_year, .. } => {
            ("number-birth-ahead", vec![("year", birth_year.to_string())])
        }
    };
    texts::word_with(&format!("answer-{key}"), &args)
}

fn phone_words(error: &PhoneError) -> String {
    let (key, args) = match error {
        PhoneError::Empty => ("missing", Vec::new()),
        PhoneError::TooLong { chars_max } => ("too-long", vec![("max", number(*chars_max))]),
        PhoneError::Character { found } => ("phone-character", vec![("found", found.to_string())]),
        PhoneError::NotVietnamese => ("phone-not-vietnamese", Vec::new()),
        PhoneError::Length { digits } => ("phone-length", vec![("digits", number(*digits))]),
    };
    texts::word_with(&format!("answer-{key}"), &args)
}

fn email_words(error: &EmailError) -> String {
    let (key, args) = match error {
        EmailError::Empty => ("missing", Vec::new()),
        EmailError::TooLong { chars_max } => ("too-long", vec![("max", number(*chars_max))]),
        EmailError::At => ("email-at", Vec::new()),
        EmailError::Local => ("email-local", Vec::new()),
        EmailError::Domain => ("email-domain", Vec::new()),
    };
    texts::word_with(&format!("answer-{key}"), &args)
}

fn name_words(error: &NameError) -> String {
    let (key, args) = match error {
        NameError::Empty => ("name-empty", Vec::new()),
        NameError::TooLong { chars_max } => ("too-long", vec![("max", number(*chars_max))]),
        NameError::Character { found } => ("name-character", vec![("found", found.to_string())]),
    };
    texts::word_with(&format!("answer-{key}"), &args)
}

fn number(count: usize) -> String {
    grouped(i64::try_from(count).unwrap_or(i64::MAX))
}

/// Digits with dots between thousands, from ten thousand on: years stay as people write them.
fn grouped(amount: i64) -> String {
    if amount.abs() < 10_000 {
        return amount.to_string();
    }
    words::dong(amount).trim_end_matches(" đồng").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::procedure::{Completeness, Section, validate};
    use jiff::civil::date;

    fn posted(pairs: &[(&str, &str)]) -> Posted {
        Posted::from_pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    fn form() -> ApplicationForm {
        let mut repeat = Field::new("con", "Các con", FieldKind::Repeat);
        repeat.children = vec![
            Field::new("ho_ten", "Họ tên", FieldKind::PersonName),
            Field::new("sinh", "Sinh ngày", FieldKind::Date),
        ];
        repeat.max_rows = 2;
        let mut kind = Field::new("chu_the", "Chủ thể", FieldKind::Enum);
        kind.options = vec!["Cá nhân".to_owned(), "Hộ gia đình".to_owned()];
        let mut house = Field::new("ten_ho", "Tên hộ", FieldKind::Text);
        house.show_if = Some(Condition { field: "chu_the".to_owned(), equals: vec!["Hộ gia đình".to_owned()] });
        let fields = vec![
            Field::new("ngay", "Ngày", FieldKind::Date),
            Field::new("luc", "Lúc", FieldKind::Datetime),
            Field::new("cam_doan", "Cam đoan", FieldKind::Consent),
            kind,
            house,
            repeat,
        ];
        ApplicationForm {
            title: "Mẫu".to_owned(),
            sections: vec![Section { title: "I".to_owned(), fields, ..Section::default() }],
            ..ApplicationForm::default()
        }
    }

    #[test]
    fn boxes_are_joined_and_come_back_as_typed() {
        let sent = posted(&[
            ("ngay.d", "31"),
            ("ngay.m", "2"),
            ("ngay.y", "2025"),
            ("luc.d", "5"),
            ("luc.m", "3"),
            ("luc.y", "2025"),
            ("luc.h", "10"),
            ("luc.mi", "5"),
            ("cam_doan", "co"),
            ("khac", "x"),
        ]);
        let raw = read_form(&form(), &sent);
        assert_eq!(raw.get("ngay"), Some(&vec!["31/2/2025".to_owned()]));
        assert_eq!(raw.get("luc"), Some(&vec!["5/3/2025 10:5".to_owned()]));
        assert_eq!(raw.get("cam_doan"), Some(&vec!["true".to_owned()]));
        assert!(!raw.contains_key("khac"));
        let (_, gaps) = validate(&form(), &raw, date(2025, 3, 31), Completeness::Complete);
        assert_eq!(gaps.iter().map(|it| it.problem.clone()).collect::<Vec<_>>(), [AnswerProblem::DateDoesNotExist]);
        assert_eq!(boxes("31/2/2025"), ["31", "2", "2025"]);
        assert_eq!(boxes("hôm qua"), ["hôm qua", "", ""]);
        assert_eq!(boxes("/2/"), ["", "2", ""]);
    }

    #[test]
    fn a_whole_day_in_the_first_box_is_understood_and_rows_come_and_go() {
        let sent = posted(&[
            ("ngay.d", "5/3/2025"),
            ("ngay.m", ""),
            ("ngay.y", ""),
            ("con.0.ho_ten", "Lan"),
            ("con.7.ho_ten", ""),
        ]);
        let mut raw = read_form(&form(), &sent);
        assert_eq!(raw.get("ngay"), Some(&vec!["5/3/2025".to_owned()]));
        assert_eq!(row_numbers(&raw, "con"), [0, 7]);
        add_row(&form(), &mut raw, "con");
        assert_eq!(row_numbers(&raw, "con"), [0, 7], "two are the most");
        remove_row(&mut raw, "con.0");
        add_row(&form(), &mut raw, "con");
        assert_eq!(row_numbers(&raw, "con"), [7, 8]);
    }

    #[test]
    fn an_answer_reveals_its_question_under_itself() {
        let raw = RawAnswers::from([
            ("chu_the".to_owned(), vec!["Hộ gia đình".to_owned()]),
            ("ten_ho".to_owned(), vec!["<b>".to_owned()]),
        ]);
        let view = form_view(&form(), &raw, &RawAnswers::new(), &[], date(2025, 3, 31));
        let fields = &view.sections[0].fields;
        assert!(fields.iter().all(|it| it.id != "ten_ho"));
        let Control::Radio { options } = &fields.iter().find(|it| it.id == "chu_the").unwrap().control else {
            panic!()
        };
        assert!(options[0].reveals.is_empty());
        assert_eq!(options[1].reveals[0].id, "ten_ho");
        assert!(options[1].selected);
    }

    #[test]
    fn every_problem_has_words_with_its_data() {
        let problems = [
            AnswerProblem::Missing,
            AnswerProblem::TooLong { max: 5_000 },
            AnswerProblem::ControlCharacter,
            AnswerProblem::NotADate,
            AnswerProblem::NotADateTime,
            AnswerProblem::DateDoesNotExist,
            AnswerProblem::InFuture,
            AnswerProblem::NotANumber,
            AnswerProblem::OutOfRange { min: 0, max: 1_000_000 },
            AnswerProblem::NotBefore { other: "2025-02-28".to_owned(), years: 10, latest: "2015".to_owned() },
            AnswerProblem::NotAnOption,
            AnswerProblem::BadDocumentNumber { reason: DocumentNumberProblem::NoPassport },
            AnswerProblem::BadBankAccount,
            AnswerProblem::TooManyRows { max: 20 },
        ];
        let numbers = [
            NumberError::ForeignDigit { found: '٣' },
            NumberError::NotDigit { found: 'x' },
            NumberError::Length { digits: 11 },
            NumberError::UnassignedPlace { place_code: 3 },
            NumberError::BirthYearAhead { birth_year: 2099, current_year: 2025 },
        ];
        let phones = [
            PhoneError::Empty,
            PhoneError::TooLong { chars_max: 30 },
            PhoneError::Character { found: 'x' },
            PhoneError::NotVietnamese,
            PhoneError::Length { digits: 9 },
        ];
        let emails = [
            EmailError::Empty,
            EmailError::TooLong { chars_max: 254 },
            EmailError::At,
            EmailError::Local,
            EmailError::Domain,
        ];
        let names = [NameError::Empty, NameError::TooLong { chars_max: 100 }, NameError::Character { found: '😀' }];
        let all = problems
            .into_iter()
            .chain(numbers.into_iter().map(|error| AnswerProblem::BadDocumentNumber {
                reason: DocumentNumberProblem::PersonalNumber { error },
            }))
            .chain(phones.into_iter().map(|reason| AnswerProblem::BadPhone { reason }))
            .chain(emails.into_iter().map(|reason| AnswerProblem::BadEmail { reason }))
            .chain(names.into_iter().map(|reason| AnswerProblem::BadName { reason }));
        for problem in all {
            let words = problem_words(&problem, date(2025, 3, 31));
            assert!(
                !words.starts_with("answer-") && !words.contains('{') && !words.contains('$'),
                "{problem:?}: {words}"
            );
        }
    }
}
