//! Words people give with an act.

use crate::dossier::DossierRefusal;
use crate::dossier::event::{Erasable, Words};

/// Longest reason, note or draft, in characters.
pub const TEXT_CHARS_MAX: usize = 4_000;
/// Most items in one request, one filing or one duty.
pub(in crate::dossier) const ITEMS_MAX: usize = 100;

/// A text that may be empty.
pub(in crate::dossier) fn note(text: &str) -> Result<String, DossierRefusal> {
    let text = text.trim();
    if text.chars().count() > TEXT_CHARS_MAX {
        return Err(DossierRefusal::TextTooLong { max: TEXT_CHARS_MAX });
    }
    Ok(text.to_owned())
}

/// A text that must not be empty.
pub(super) fn reason(text: &str) -> Result<String, DossierRefusal> {
    let text = note(text)?;
    if text.is_empty() { Err(DossierRefusal::ReasonMissing) } else { Ok(text) }
}

/// As a body of an event.
pub(super) fn body(text: String) -> Erasable<Words> {
    if text.is_empty() { Erasable::default() } else { Erasable::kept(Words { text }) }
}

/// A reason with its law, as one text.
pub(super) fn reason_and_law(reason_text: &str, legal_basis: &str) -> Result<Erasable<Words>, DossierRefusal> {
    let text = reason(reason_text)?;
    let law = note(legal_basis)?;
    Ok(body(if law.is_empty() { text } else { format!("{text}\nCăn cứ: {law}") }))
}

/// Refuses more than [`ITEMS_MAX`] entries.
pub(in crate::dossier) const fn at_most(count: usize) -> Result<(), DossierRefusal> {
    if count > ITEMS_MAX { Err(DossierRefusal::TooMany { max: ITEMS_MAX }) } else { Ok(()) }
}
