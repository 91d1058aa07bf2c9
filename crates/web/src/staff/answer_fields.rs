//! The electronic form of a procedure in the office: read beside a dossier, and typed in at the counter where somebody wants to.

use super::phrases::list_moment;
use super::views::{AnswerSection, ChoiceView, FactView, QuestionGroup, StaffField};
use crate::citizen::form_view::problem_words;
use crate::citizen::views::Answer;
use crate::citizen::words::{Correcting, answer_in_words, answered};
use crate::page::FieldLink;
use crate::posted::Posted;
use crate::{say, say_with};
use app::dossiers::DossierView;
use app::words::short_day;
use domain::dossier::{Event, form_of};
use domain::procedure::{
    AnswerGap, Answers, ApplicationForm, Completeness, Field, FieldKind, RawAnswers, Section, day_in_words, day_typed,
    validate,
};
use jiff::civil::Date;

/// What the names of the form's controls begin with on a page that asks other things too.
pub const PREFIX: &str = "d.";
/// Rows of a repeat that the counter shows at once, and one more than are filled in.
const ROWS_MAX: usize = 10;

/// The answers of a dossier, section by section, with what is marked in them and what was put right.
pub fn sections(view: &DossierView) -> Vec<AnswerSection> {
    let answers = view.dossier.filing.get().map(|it| &it.answers);
    let (Some(form), Some(answers)) = (form_of(&view.revision), answers) else { return Vec::new() };
    if answers.0.is_empty() {
        return Vec::new();
    }
    answered(form, &answers.to_raw(), Correcting::default())
        .into_iter()
        .map(|section| AnswerSection {
            title: section.title,
            answers: section
                .answers
                .into_iter()
                .filter(|it| !it.value.is_empty() || view.dossier.marks.answer(&it.field).is_some())
                .map(|it| answer(view, it))
                .collect(),
        })
        .filter(|it| !it.answers.is_empty())
        .map(once_a_field)
        .collect()
}

/// Rows of one list are marked together: only the first of them has the box.
fn once_a_field(mut section: AnswerSection) -> AnswerSection {
    let mut last = String::new();
    for answer in &mut section.answers {
        if !answer.field.is_empty() && answer.field == last {
            answer.field.clear();
        } else {
            last.clone_from(&answer.field);
        }
    }
    section
}

fn answer(view: &DossierView, it: Answer) -> FactView {
    let form = form_of(&view.revision);
    let wrong = view.dossier.marks.answer(&it.field).unwrap_or_default().to_owned();
    let put_right = view.log.iter().rev().find_map(|recorded| match &recorded.event {
        Event::Supplemented { body, .. } => {
            let found = body.get()?.answers.iter().find(|right| right.field == it.field)?;
            Some((found.before.clone(), recorded.at))
        }
        _ => None,
    });
    let before = put_right.map(|(before, at)| {
        let said = match (form, before) {
            (Some(form), Some(before)) => format!("“{}”", answer_in_words(form, &it.field, &before)),
            _ => say("case-left-empty").to_owned(),
        };
        say_with("case-put-right", &[("at", &list_moment(at)), ("said", &said)])
    });
    let is_own = form.is_some_and(|form| form.answerable(&it.field).is_some());
    FactView {
        label: it.label,
        value: it.value,
        field: if is_own { it.field } else { String::new() },
        wrong,
        before: before.unwrap_or_default(),
        ..FactView::default()
    }
}

/// What was posted for fields that are to be put right at the counter.
pub fn posted_answers(posted: &Posted) -> RawAnswers {
    posted
        .fields()
        .iter()
        .filter_map(|(name, values)| Some((name.strip_prefix(PREFIX)?.to_owned(), values.clone())))
        .collect()
}

/// The questions of a part of a form with the answers that stand.
pub fn fields_with(form: &ApplicationForm, raw: &RawAnswers, today: Date) -> Vec<StaffField> {
    let asking = Asking { raw, gaps: &[], today };
    let mut fields = Vec::new();
    for field in form.fields() {
        asking.field(field, "", "", &mut fields);
    }
    fields
}

/// The control of a field on a page of the office.
pub fn control_of(field: &str) -> String {
    format!("{PREFIX}{field}")
}

/// What was typed into the form.
fn typed(posted: &Posted) -> RawAnswers {
    posted
        .fields()
        .iter()
        .filter_map(|(name, values)| Some((name.strip_prefix(PREFIX)?.to_owned(), values.clone())))
        .filter(|(_, values)| values.iter().any(|it| !it.trim().is_empty()))
        .collect()
}

/// The answers typed at the counter over what is known of the submitter, and what cannot stand among them. Where the form is here on
/// paper nothing is missing: it is a draft.
pub fn read(
    form: &ApplicationForm,
    known: RawAnswers,
    posted: &Posted,
    today: Date,
    completeness: Completeness,
) -> (Answers, Vec<AnswerGap>) {
    let mut raw = typed(posted);
    for (field, values) in known {
        raw.entry(field).or_insert(values);
    }
    validate(form, &raw, today, completeness)
}

/// What is known and cannot stand, where nothing was typed: the box shows it beside its error, with days as people write them.
pub fn filled_in(known: &RawAnswers, posted: &Posted, gaps: &[AnswerGap]) -> RawAnswers {
    let typed = typed(posted);
    let shown = |it: &String| day_typed(it).map_or_else(|| it.clone(), short_day);
    gaps.iter()
        .filter(|it| !typed.contains_key(&it.field_id))
        .filter_map(|it| Some((it.field_id.clone(), known.get(&it.field_id)?.iter().map(shown).collect::<Vec<_>>())))
        .collect()
}

/// Whether anything was typed into the form.
pub fn is_empty(posted: &Posted) -> bool {
    typed(posted).is_empty()
}

/// Links to the answers that cannot stand.
pub fn error_links(gaps: &[AnswerGap], today: Date) -> Vec<FieldLink> {
    gaps.iter()
        .map(|it| FieldLink {
            href: format!("#{PREFIX}{}", it.field_id),
            text: format!("{}: {}", it.label, problem_words(&it.problem, today)),
        })
        .collect()
}

/// The questions of the form as typed, and as the page filled them in ([`filled_in`]), section by section.
pub fn groups(
    form: &ApplicationForm,
    posted: &Posted,
    filled: &RawAnswers,
    gaps: &[AnswerGap],
    today: Date,
) -> Vec<QuestionGroup> {
    let mut raw = typed(posted);
    raw.extend(filled.iter().map(|it| (it.0.clone(), it.1.clone())));
    let asking = Asking { raw: &raw, gaps, today };
    let group = |section: &Section| {
        let mut fields = Vec::new();
        for field in &section.fields {
            asking.field(field, "", "", &mut fields);
        }
        QuestionGroup { title: section.title.clone(), fields }
    };
    form.sections.iter().map(group).filter(|it| !it.fields.is_empty()).collect()
}

/// The same without their sections.
pub fn fields(form: &ApplicationForm, posted: &Posted, gaps: &[AnswerGap], today: Date) -> Vec<StaffField> {
    groups(form, posted, &RawAnswers::new(), gaps, today).into_iter().flat_map(|it| it.fields).collect()
}

struct Asking<'a> {
    raw: &'a RawAnswers,
    gaps: &'a [AnswerGap],
    today: Date,
}

impl Asking<'_> {
    fn values(&self, name: &str) -> &[String] {
        self.raw.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    fn field(&self, field: &Field, path: &str, before: &str, fields: &mut Vec<StaffField>) {
        let id = format!("{path}{}", field.id);
        if let Some(day) = &field.words_of {
            return self.in_words(&format!("{path}{day}"), fields);
        }
        let name = format!("{PREFIX}{id}");
        let label = if before.is_empty() { field.label.clone() } else { format!("{before}: {}", field.label) };
        let value = self.values(&id).first().cloned().unwrap_or_default();
        let asked = match field.kind {
            FieldKind::Attachments => return,
            FieldKind::Group => {
                for child in &field.children {
                    self.field(child, &format!("{id}."), &label, fields);
                }
                return;
            }
            FieldKind::Repeat => return self.rows(field, &id, &label, fields),
            FieldKind::Textarea => StaffField::lines(name, label, 2).with_value(value),
            FieldKind::Enum => StaffField::select(name, label, self.choices(field, &id, true)),
            FieldKind::MultiEnum => StaffField::ticks(name, label, self.choices(field, &id, false)),
            FieldKind::Bool | FieldKind::Consent => {
                let choice = ChoiceView { chosen: !value.is_empty(), ..ChoiceView::new("true", label).as_name() };
                StaffField::tick(name, String::new(), choice)
            }
            FieldKind::Int | FieldKind::Year | FieldKind::Money | FieldKind::BankAccount | FieldKind::NationalId => {
                StaffField::digits(name, label).with_value(value)
            }
            FieldKind::Phone => StaffField::of_kind(name, label, "tel").with_value(value),
            FieldKind::Date | FieldKind::Datetime => StaffField::day(name, label).with_value(value),
            FieldKind::Email => StaffField::of_kind(name, label, "email").with_value(value),
            FieldKind::Text
            | FieldKind::PersonName
            | FieldKind::Decimal
            | FieldKind::Address
            | FieldKind::Unit
            | FieldKind::Facility => StaffField::line(name, label).with_value(value),
        };
        let asked = StaffField { is_form: true, ..asked };
        let asked = if field.hint.is_empty() { asked } else { asked.with_hint(field.hint.clone()) };
        let wrong = self.gaps.iter().find(|it| it.field_id == id);
        fields.push(match wrong {
            Some(gap) => asked.with_error(problem_words(&gap.problem, self.today)),
            None => asked,
        });
    }

    /// Words that follow from a day stand under it.
    fn in_words(&self, day: &str, fields: &mut [StaffField]) {
        let words = self.values(day).first().and_then(|it| day_typed(it)).map(day_in_words);
        if let Some(asked) = fields.iter_mut().find(|it| it.name == control_of(day)) {
            asked.hint = match words {
                Some(words) => say_with("form-words-are", &[("words", &words)]),
                None => say("case-words-fill").to_owned(),
            };
        }
    }

    fn rows(&self, field: &Field, id: &str, label: &str, fields: &mut Vec<StaffField>) {
        let filled = (0..ROWS_MAX).rev().find(|row| {
            let start = format!("{id}.{row}.");
            self.raw.keys().any(|it| it.starts_with(&start))
        });
        let shown = filled.map_or(1, |it| it + 2).min(usize::from(field.max_rows).max(1)).min(ROWS_MAX);
        for row in 0..shown {
            for child in &field.children {
                self.field(child, &format!("{id}.{row}."), &format!("{label} {}", row + 1), fields);
            }
        }
    }

    fn choices(&self, field: &Field, id: &str, with_none: bool) -> Vec<ChoiceView> {
        let chosen = self.values(id);
        let none = with_none.then(|| ChoiceView::new("", "–"));
        let options = field
            .options
            .iter()
            .map(|it| ChoiceView { chosen: chosen.contains(it), ..ChoiceView::new(it, it).as_name() });
        none.into_iter().chain(options).collect()
    }
}
