//! Correcting what was written down at the reception: what was, what is, and why. No date, paper, file or fee changes by it.

use super::words::{note, reason};
use crate::dossier::event::{Erasable, Event};
use crate::dossier::filing::{Change, Collection, Correction, Filing, Party};
use crate::dossier::{Dossier, DossierRefusal};

/// A part of a person, by its key.
type Part = (&'static str, fn(&Party) -> &String);
/// The parts of a person, in the order of the slip.
const PARTS: [Part; 6] = [
    ("name", |it| &it.name),
    ("number", |it| &it.number),
    ("birth", |it| &it.birth),
    ("phone", |it| &it.phone),
    ("email", |it| &it.email),
    ("address", |it| &it.address),
];

/// What stays whatever the form said: the account, who helped, papers and their files.
fn with_what_stays(before: &Filing, wanted: &Filing) -> Filing {
    Filing { account: before.account, assisted_by: before.assisted_by, papers: before.papers.clone(), ..wanted.clone() }
}

pub(super) fn correct(dossier: &Dossier, wanted: &Filing, why: &str) -> Result<Event, DossierRefusal> {
    let before = dossier.filing.get().ok_or(DossierRefusal::NotInThisStatus { status: dossier.status })?;
    let why = reason(why)?;
    let filing = with_what_stays(before, wanted);
    if filing.submitter.name.trim().is_empty() || filing.owner().name.trim().is_empty() {
        return Err(DossierRefusal::NameMissing);
    }
    let changes = changes(before, &filing);
    for it in &changes {
        note(&it.is)?;
    }
    if changes.is_empty() {
        return Err(DossierRefusal::NothingCorrected);
    }
    Ok(Event::Corrected {
        changes: u16::try_from(changes.len()).unwrap_or(u16::MAX),
        body: Erasable::kept(Correction { changes, reason: why, filing }),
    })
}

fn changes(before: &Filing, after: &Filing) -> Vec<Change> {
    let mut found = Vec::new();
    let mut note = |what: String, was: &str, is: &str| {
        if was != is {
            found.push(Change { what, was: was.to_owned(), is: is.to_owned() });
        }
    };
    let nobody = Party::default();
    let (owner_was, owner_is) =
        (before.applicant.as_ref().unwrap_or(&nobody), after.applicant.as_ref().unwrap_or(&nobody));
    for (who, was, is) in [("submitter", &before.submitter, &after.submitter), ("applicant", owner_was, owner_is)] {
        for (part, of) in PARTS {
            note(format!("{who}-{part}"), of(was), of(is));
        }
    }
    note("collection".to_owned(), &way(&before.collection), &way(&after.collection));
    note("by-message".to_owned(), yes(before.by_message), yes(after.by_message));
    let (was, is) = (before.answers.to_raw(), after.answers.to_raw());
    let mut questions: Vec<&String> = was.keys().chain(is.keys()).collect();
    questions.sort();
    questions.dedup();
    for question in questions {
        let said = |raw: Option<&Vec<String>>| raw.map(|it| it.join("; ")).unwrap_or_default();
        note(format!("answer.{question}"), &said(was.get(question)), &said(is.get(question)));
    }
    found
}

/// How the decision gets to the citizen, as one word with its address.
fn way(it: &Collection) -> String {
    match it {
        Collection::Desk => "desk".to_owned(),
        Collection::Post { address } => format!("post: {address}"),
        Collection::Electronic => "electronic".to_owned(),
    }
}

const fn yes(it: bool) -> &'static str {
    if it { "yes" } else { "no" }
}
