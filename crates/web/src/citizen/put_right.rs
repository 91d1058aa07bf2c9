//! Answers of the form that the office marked: shown one by one with what is wrong, put right, and nothing else of the form with them.

use super::form_view::{add_row, error_links as links, form_view, read_form, remove_row};
use super::views::{FieldView, SectionView};
use crate::page::FieldLink;
use crate::posted::Posted;
use crate::say;
use crate::telling;
use app::dossiers::DossierView;
use domain::dossier::{SupplementItem, form_of, is_of_field, put_right};
use domain::procedure::{AnswerGap, ApplicationForm, Field, RawAnswers, Section};

/// Said beside an answer that was left as it was without a word.
const UNCHANGED: &str = "put-right-unchanged";

/// The part of a form that holds only these fields, to be put right: each is asked whatever else was answered.
pub fn part_of(form: &ApplicationForm, fields: &[&str]) -> ApplicationForm {
    let freed = |field: &Field| Field { show_if: None, ..field.clone() };
    let mut asked: Vec<Field> = Vec::new();
    for name in fields {
        match name.split_once('.') {
            None => asked.extend(form.fields().find(|it| it.id == *name).map(freed)),
            Some((group, child)) => {
                let Some(group) = form.fields().find(|it| it.id == group) else { continue };
                let Some(child) = group.children.iter().find(|it| it.id == child).map(freed) else { continue };
                match asked.iter_mut().find(|it| it.id == group.id) {
                    Some(known) => known.children.push(child),
                    None => asked.push(Field { children: vec![child], ..freed(group) }),
                }
            }
        }
    }
    let section = Section { title: say("put-right-title").to_owned(), fields: asked, ..Section::default() };
    ApplicationForm { sections: vec![section], ..form.clone() }
}

/// The part of the form that is asked; none where no answer is.
fn asked(view: &DossierView) -> Option<ApplicationForm> {
    let fields: Vec<&str> = view.dossier.asked_fields().collect();
    if fields.is_empty() { None } else { form_of(&view.revision).map(|form| part_of(form, &fields)) }
}

/// The answers that stand now, of the fields that are asked.
fn standing(view: &DossierView) -> RawAnswers {
    let mut raw = view.dossier.filing.get().map(|it| it.answers.to_raw()).unwrap_or_default();
    raw.retain(|control, _| view.dossier.asked_fields().any(|field| is_of_field(control, field)));
    raw
}

/// What was typed for the fields that are asked.
pub fn typed(view: &DossierView, posted: &Posted) -> RawAnswers {
    asked(view).map(|form| read_form(&form, posted)).unwrap_or_default()
}

/// Adds a row to a list of the form that is asked, or takes one away, as the pressed button says; false where none of them was pressed.
pub fn rows_changed(view: &DossierView, posted: &Posted, typed: &mut RawAnswers) -> bool {
    let (more, away) = (posted.trimmed("them"), posted.trimmed("bo"));
    let is_asked = |control: &str| view.dossier.asked_fields().any(|field| is_of_field(control, field));
    match asked(view) {
        Some(form) if is_asked(more) => add_row(&form, typed, more),
        Some(_) if is_asked(away) => remove_row(typed, away),
        Some(_) | None => return false,
    }
    true
}

/// True where something else was typed than what stands.
pub fn is_changed(view: &DossierView, typed: &RawAnswers) -> bool {
    !typed.is_empty() && {
        let (changed, gaps) = put_right(&view.dossier, typed, &view.revision, view.now.day());
        !changed.is_empty() || !gaps.is_empty()
    }
}

/// What cannot stand, and, where no word says why, which answers are as they were.
pub fn problems(view: &DossierView, typed: &RawAnswers, is_silent: bool) -> (Vec<AnswerGap>, Vec<String>) {
    if typed.is_empty() {
        return Default::default();
    }
    let (changed, gaps) = put_right(&view.dossier, typed, &view.revision, view.now.day());
    let is_settled = |field: &str| {
        changed.iter().any(|it| it.field == field) || gaps.iter().any(|it| is_of_field(&it.field_id, field))
    };
    let unchanged = view.dossier.asked_fields().filter(|it| is_silent && !is_settled(it)).map(str::to_owned);
    let unchanged = unchanged.collect();
    (gaps, unchanged)
}

/// The section with the answers to put right, each with the officer's words; none where no answer is asked.
pub fn section(
    view: &DossierView,
    items: &[SupplementItem],
    typed: Option<&RawAnswers>,
    gaps: &[AnswerGap],
    unchanged: &[String],
) -> Option<SectionView> {
    let form = asked(view)?;
    let own = standing(view);
    let raw = typed.filter(|it| !it.is_empty()).unwrap_or(&own);
    let shown = form_view(&form, raw, &RawAnswers::new(), gaps, view.now.day());
    let mut section = shown.sections.into_iter().next()?;
    let name = form.sections.first().map(|it| it.title.clone()).unwrap_or_default();
    section.intro = Some(say("put-right-intro").to_owned());
    section.title = name;
    for field in &mut section.fields {
        tell(field, items, unchanged);
    }
    Some(section)
}

/// What the officer wrote stands above the answer; so it does above one inside a group.
fn tell(field: &mut FieldView, items: &[SupplementItem], unchanged: &[String]) {
    if let Some(item) = items.iter().find(|it| it.field.as_deref() == Some(field.id.as_str())) {
        field.asked = Some(telling::stopped(&item.what));
        if field.error.is_none() && unchanged.contains(&field.id) {
            field.error = Some(say(UNCHANGED).to_owned());
        }
    }
    if let super::views::Control::Group { fields } = &mut field.control {
        for child in fields {
            tell(child, items, unchanged);
        }
    }
}

/// Links to what is to be mended.
pub fn error_links(view: &DossierView, gaps: &[AnswerGap], unchanged: &[String]) -> Vec<FieldLink> {
    let same = unchanged.iter().map(|field| {
        let question = form_of(&view.revision).and_then(|form| form.answerable(field)).unwrap_or_default();
        FieldLink { href: format!("#{field}"), text: format!("{question}: {}", say(UNCHANGED)) }
    });
    links(gaps, view.now.day()).into_iter().chain(same).collect()
}
