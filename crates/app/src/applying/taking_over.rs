//! Parts of a form that an answer says are about who applies: what the house knows of them is put in once, and taken out again where the
//! part turns out to be about somebody else. What a person typed, changed or emptied is theirs and stays.
//!
//! A page that stands open does not show what the house did meanwhile: what it sends is compared with what it showed.

use super::{NAME, known_in, typed};
use domain::dossier::Party;
use domain::person::fold;
use domain::procedure::{RawAnswers, Section, day_typed};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where an answer is that the house knew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// In the draft: the house put it in.
    #[default]
    In,
    /// Out of it: the house took it out again.
    Out,
    /// Somebody changed or emptied it: the house leaves it alone.
    Decided,
}

/// An answer that the house put into a draft.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filled {
    /// The answer.
    pub value: String,
    /// Where it is now.
    pub fate: Fate,
    /// The opening of the page that was sent when the house put it in or took it out: that page does not show what the house did.
    pub page: String,
    /// True where that page showed the answer.
    pub was_shown: bool,
}

impl Filled {
    /// True as long as nobody decided anything.
    pub(super) fn is_of_house(&self) -> bool {
        self.fate != Fate::Decided
    }

    /// True where a page sends what it showed.
    fn is_as_shown(&self, page: &str, sent: &str) -> bool {
        let was_shown = if self.page == page { self.was_shown } else { self.fate == Fate::In };
        if was_shown { says_the_same(sent, &self.value) } else { sent.is_empty() }
    }
}

/// Whom a part names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    Nobody,
    Submitter,
    Another,
}

/// Puts into a part what the house knows of who applies, as far as a page left it empty, or takes it out again. `page` is the opening of
/// the page that sent these answers; `filled` is what the house put in before.
pub(super) fn take_over(
    part: &Section,
    who: &Party,
    page: &str,
    filled: &mut BTreeMap<String, Filled>,
    raw: &mut RawAnswers,
) {
    let asked: Vec<&str> = part.fields.iter().filter(|it| it.prefill.is_some()).map(|it| it.id.as_str()).collect();
    for field in &asked {
        let sent = typed(raw, field);
        if let Some(mark) = filled.get_mut(*field).filter(|it| !it.is_as_shown(page, sent)) {
            mark.fate = Fate::Decided;
        }
    }
    match (part.is_about_submitter(raw), whom(&asked, who, filled, raw)) {
        (true, Named::Nobody | Named::Submitter) => put_in(part, who, page, filled, raw),
        (true, Named::Another) => take_out(&asked, page, filled, raw),
        (false, Named::Submitter) => {
            take_out(&asked, page, filled, raw);
            filled.retain(|field, it| it.is_of_house() || !asked.contains(&field.as_str()));
        }
        // Somebody made it another's part: what they left in it may well be true of them, too.
        (false, Named::Nobody | Named::Another) => filled.retain(|field, _| !asked.contains(&field.as_str())),
    }
}

fn whom(asked: &[&str], who: &Party, filled: &BTreeMap<String, Filled>, raw: &RawAnswers) -> Named {
    let Some(field) = asked.iter().find(|it| it.contains(NAME)) else { return Named::Submitter };
    let mark = filled.get(*field);
    let name = mark.filter(|it| it.fate == Fate::In).map_or_else(|| typed(raw, field), |it| it.value.as_str());
    let is = |own: &str| fold(name) == fold(own);
    if name.is_empty() {
        Named::Nobody
    } else if is(&who.name) || mark.is_some_and(|it| is(&it.value)) {
        Named::Submitter
    } else {
        Named::Another
    }
}

fn put_in(part: &Section, who: &Party, page: &str, filled: &mut BTreeMap<String, Filled>, raw: &mut RawAnswers) {
    for (field, value) in known_in(part, who) {
        let was_shown = !typed(raw, &field).is_empty();
        match filled.get(&field).map(|it| (it.fate, it.value.clone())) {
            Some((Fate::Decided, _)) => {}
            Some((Fate::In, before)) => {
                raw.insert(field, vec![before]);
            }
            // Typed by hand.
            None if was_shown => {}
            Some((Fate::Out, _)) | None => {
                let mark = Filled { value: value.clone(), fate: Fate::In, page: page.to_owned(), was_shown };
                filled.insert(field.clone(), mark);
                raw.insert(field, vec![value]);
            }
        }
    }
}

fn take_out(asked: &[&str], page: &str, filled: &mut BTreeMap<String, Filled>, raw: &mut RawAnswers) {
    for field in asked {
        let was_shown = !typed(raw, field).is_empty();
        let Some(mark) = filled.get_mut(*field).filter(|it| it.is_of_house()) else { continue };
        if mark.fate == Fate::In {
            mark.fate = Fate::Out;
            mark.page = page.to_owned();
            mark.was_shown = was_shown;
        }
        raw.remove(*field);
    }
}

/// The same answer, however its day or its spaces are written.
fn says_the_same(one: &str, other: &str) -> bool {
    match (day_typed(one), day_typed(other)) {
        (Some(one), Some(other)) => one == other,
        (Some(_), None) | (None, Some(_)) => false,
        (None, None) => one.split_whitespace().eq(other.split_whitespace()),
    }
}
