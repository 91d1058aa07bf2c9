//! What an officer thinks of the papers and answers of a dossier, and what a citizen put right of them.

use super::decide::words::{at_most, note};
use super::event::{Erasable, Event};
use super::filing::{FiledPaper, Filing};
use super::{Dossier, DossierRefusal};
use crate::procedure::{Answer, AnswerGap, ApplicationForm, Completeness, ProcedureRevision, RawAnswers, validate};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Whether a paper is in order.
#[doc(alias = "đạt, không đạt, chưa xem")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Nobody has looked at it yet, or somebody took their mark back.
    #[default]
    Unseen,
    /// In order.
    Good,
    /// Not in order: the reason goes to the citizen word for word.
    Wrong,
}

/// The mark of one paper.
#[doc(alias = "đánh giá giấy tờ")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperMark {
    /// Its place among the papers filed and supplied, from 0.
    pub place: u16,
    /// What is thought of it.
    pub mark: Mark,
    /// Why it is not in order; empty otherwise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// The mark of one answer of the form.
#[doc(alias = "mục khai sai")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerMark {
    /// The field, `id` or `group.child`.
    pub field: String,
    /// What is wrong with it, in words the citizen reads; empty where the mark is taken back.
    pub note: String,
}

/// What changed in the marks of a dossier.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Examination {
    /// Papers.
    #[serde(default)]
    pub papers: Vec<PaperMark>,
    /// Answers.
    #[serde(default)]
    pub answers: Vec<AnswerMark>,
}

/// The marks of a dossier as they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    papers: BTreeMap<u16, (Mark, String)>,
    answers: BTreeMap<String, String>,
}

impl Marks {
    /// What is thought of the paper at a place, and why.
    pub fn paper(&self, place: usize) -> (Mark, &str) {
        let found = u16::try_from(place).ok().and_then(|place| self.papers.get(&place));
        found.map_or((Mark::Unseen, ""), |(mark, reason)| (*mark, reason.as_str()))
    }

    /// What is wrong with an answer; none where nothing is.
    pub fn answer(&self, field: &str) -> Option<&str> {
        self.answers.get(field).map(String::as_str)
    }

    /// Every answer that is not in order, with what is wrong, by field.
    pub fn answers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.answers.iter().map(|(field, note)| (field.as_str(), note.as_str()))
    }

    /// Takes an examination in.
    pub(super) fn take(&mut self, said: &Examination) {
        for it in &said.papers {
            match it.mark {
                Mark::Unseen => self.papers.remove(&it.place),
                Mark::Good | Mark::Wrong => self.papers.insert(it.place, (it.mark, it.reason.clone())),
            };
        }
        for it in &said.answers {
            match it.note.is_empty() {
                true => self.answers.remove(&it.field),
                false => self.answers.insert(it.field.clone(), it.note.clone()),
            };
        }
    }

    /// An answer was put right: what was wrong with it is no more.
    pub(super) fn put_right(&mut self, field: &str) {
        self.answers.remove(field);
    }
}

/// An answer that a citizen put right when the office asked for it: the one before stays in the history.
#[doc(alias = "sửa mục khai")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutRight {
    /// The field, `id` or `group.child`.
    pub field: String,
    /// What stood there; none where nothing did.
    pub before: Option<Answer>,
    /// What stands there now; none where the answer was taken away.
    pub after: Option<Answer>,
}

impl Filing {
    /// True where a later paper took the place of this one: of the same requirement, or of the same name outside the list.
    pub fn is_replaced(&self, place: usize) -> bool {
        let Some(own) = self.papers.get(place) else { return false };
        let same = |it: &&FiledPaper| match own.requirement.is_empty() {
            true => it.requirement.is_empty() && it.name == own.name,
            false => it.requirement == own.requirement,
        };
        self.papers.iter().skip(place + 1).any(|it| same(&it))
    }
}

impl Dossier {
    /// Papers and answers that are marked as not in order, papers replaced since left out.
    pub fn not_in_order(&self) -> usize {
        let Some(filing) = self.filing.get() else { return 0 };
        let papers = (0..filing.papers.len())
            .filter(|place| self.marks.paper(*place).0 == Mark::Wrong && !filing.is_replaced(*place));
        papers.count() + self.marks.answers.len()
    }

    /// Papers nobody has looked at, papers replaced since left out.
    pub fn not_looked_at(&self) -> usize {
        let Some(filing) = self.filing.get() else { return 0 };
        (0..filing.papers.len())
            .filter(|place| self.marks.paper(*place).0 == Mark::Unseen && !filing.is_replaced(*place))
            .count()
    }

    /// Fields of the form the citizen was asked to put right and has not yet.
    pub fn asked_fields(&self) -> impl Iterator<Item = &str> {
        let asked = self.supplement.as_ref().and_then(|it| it.request.get());
        asked.into_iter().flat_map(|it| &it.items).filter_map(|it| it.field.as_deref())
    }
}

/// Marks papers and answers: what is the same as before is no event.
pub(super) fn examine(
    dossier: &Dossier,
    papers: &[PaperMark],
    answers: &[AnswerMark],
    revision: &ProcedureRevision,
) -> Result<Event, DossierRefusal> {
    at_most(papers.len())?;
    at_most(answers.len())?;
    let filed = dossier.filing.get().map_or(0, |it| it.papers.len());
    let mut said = Examination::default();
    for it in papers {
        if usize::from(it.place) >= filed {
            return Err(DossierRefusal::NotOnTheDossier);
        }
        let reason = if it.mark == Mark::Wrong { note(&it.reason)? } else { String::new() };
        if it.mark == Mark::Wrong && reason.is_empty() {
            return Err(DossierRefusal::MarkWithoutReason { place: it.place });
        }
        if dossier.marks.paper(usize::from(it.place)) != (it.mark, reason.as_str()) {
            said.papers.push(PaperMark { place: it.place, mark: it.mark, reason });
        }
    }
    for it in answers {
        let words = note(&it.note)?;
        if form_of(revision).and_then(|form| form.answerable(&it.field)).is_none() {
            return Err(DossierRefusal::NotOnTheDossier);
        }
        if dossier.marks.answer(&it.field).unwrap_or_default() != words {
            said.answers.push(AnswerMark { field: it.field.clone(), note: words });
        }
    }
    if said == Examination::default() {
        return Err(DossierRefusal::NothingExamined);
    }
    let count = |mark: Mark| u16::try_from(said.papers.iter().filter(|it| it.mark == mark).count()).unwrap_or(u16::MAX);
    let answers = u16::try_from(said.answers.iter().filter(|it| !it.note.is_empty()).count()).unwrap_or(u16::MAX);
    Ok(Event::Examined {
        good: count(Mark::Good),
        wrong: count(Mark::Wrong).saturating_add(answers),
        body: Erasable::kept(said),
    })
}

/// The form a dossier was filed with.
pub fn form_of(revision: &ProcedureRevision) -> Option<&ApplicationForm> {
    revision.forms.first()
}

/// True for a control of a field: the field itself, and what a row or a group of it is named.
pub fn is_of_field(control: &str, field: &str) -> bool {
    control.strip_prefix(field).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The answers a citizen was asked to put right, read from what was posted: only those, every other answer stays as it is. Returns
/// what changed, and what cannot stand.
pub fn put_right(
    dossier: &Dossier,
    posted: &RawAnswers,
    revision: &ProcedureRevision,
    today: Date,
) -> (Vec<PutRight>, Vec<AnswerGap>) {
    let (Some(form), Some(filing)) = (form_of(revision), dossier.filing.get()) else { return Default::default() };
    let asked: Vec<&str> = dossier.asked_fields().collect();
    let is_asked = |control: &str| asked.iter().any(|field| is_of_field(control, field));
    let mut raw = filing.answers.to_raw();
    raw.retain(|control, _| !is_asked(control));
    raw.extend(posted.iter().filter(|it| is_asked(it.0)).map(|(control, typed)| (control.clone(), typed.clone())));
    let (answers, gaps) = validate(form, &raw, today, Completeness::Complete);
    let changed = asked.iter().filter_map(|field| {
        let (before, after) = (filing.answers.0.get(*field).cloned(), answers.0.get(*field).cloned());
        (before != after).then(|| PutRight { field: (*field).to_owned(), before, after })
    });
    let gaps = gaps.into_iter().filter(|it| is_asked(&it.field_id)).collect();
    (changed.collect(), gaps)
}
