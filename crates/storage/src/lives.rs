//! Whole lives of dossiers, written at once: the bulk path.
//!
//! Everything that does not need the database (texts, hashes, the fold) is done beforehand, so that the transaction only writes:
//! each event once, and the read model, the facts and the last row of a dossier once instead of once for each event. What is written
//! is what [`append`](crate::dossiers::append) would have left, event after event: `verify` cannot tell them apart.

use crate::card::{Card, Titles, put_card};
use crate::chain;
use crate::dossiers::{DueRow, LinkedEvent, NewEvent, put_due, put_fact};
use crate::engine::{StorageError, Tx};
use crate::rows::Day;
use domain::dossier::Dossier;
use domain::ids::DossierId;
use domain::kpi;

/// A dossier's life so far, on its way to be stored.
pub struct Life {
    id: DossierId,
    events: Vec<LinkedEvent>,
    dues: Vec<DueRow>,
}

/// A life that is complete, with the rows it makes.
pub struct Whole {
    events: Vec<LinkedEvent>,
    dues: Vec<DueRow>,
    after: Dossier,
    card: Card,
}

impl Life {
    /// Before its first event.
    pub const fn of(id: DossierId) -> Self {
        Self { id, events: Vec::new(), dues: Vec::new() }
    }

    /// One event, and the dossier as it stood after it.
    ///
    /// # Errors
    /// The event cannot be written as text.
    pub fn then(&mut self, new: &NewEvent, after: &Dossier) -> Result<(), StorageError> {
        let previous = self.events.last().map_or_else(|| chain::START.to_owned(), |it| it.hash.clone());
        self.events.push(LinkedEvent::of(self.id, new, previous)?);
        let facts = kpi::facts(after);
        let due = (facts.due_on.map(Day), facts.waiting);
        if facts.received_on.is_some() && self.dues.last().map(|it| (it.2, it.3)) != Some(due) {
            self.dues.push((after.version, Day(new.recorded.at.day()), due.0, due.1));
        }
        Ok(())
    }

    /// The life as far as it goes: `after` is the dossier after its last event, at that moment.
    pub fn whole(self, after: Dossier, titles: &Titles) -> Whole {
        let hash = self.events.last().map_or(chain::START, |it| it.hash.as_str());
        let changed_at = self.events.last().map_or(after.filed_at, LinkedEvent::at);
        let card = Card::of(&after, titles, hash, changed_at);
        Whole { events: self.events, dues: self.dues, after, card }
    }
}

impl Whole {
    /// Which dossier.
    pub const fn id(&self) -> DossierId {
        self.after.id
    }
}

/// Writes whole lives of dossiers that are not there yet, in the caller's transaction.
///
/// # Errors
/// The storage failed, or one of them is there already.
pub fn add(tx: &mut Tx, lives: &[Whole]) -> Result<(), StorageError> {
    for it in lives {
        for event in &it.events {
            event.put(tx)?;
        }
        put_card(tx, &it.card)?;
        put_fact(tx, &it.after, &kpi::facts(&it.after))?;
        for due in &it.dues {
            put_due(tx, it.after.id, due)?;
        }
    }
    Ok(())
}
