//! Whole lives of dossiers, decided in memory and stored at once: for `motcua bench`, which fills a house with a million of them.
//!
//! Each act goes through the same `decide` and `apply` as everywhere else; what is left out is what the database would be asked
//! between two acts. Nobody is authorised here and nobody is told anything: what an officer or a citizen does goes through
//! [`handle`](crate::handle).

use crate::error::AppError;
use crate::house::{House, Snapshot};
use domain::dossier::{Command, Dossier, Recorded, decide};
use domain::ids::{DossierId, PersonId, UnitId};
use domain::procedure::ProcedureRevision;
use domain::regime::Regime;
use domain::time::Instant;
use storage::dossiers::NewEvent;
pub use storage::lives::{Whole, add};

/// One act of a life.
#[derive(Clone, Debug)]
pub struct Deed {
    /// When.
    pub at: Instant,
    /// Who.
    pub by: PersonId,
    /// In whose name; none for a citizen.
    pub unit: Option<UnitId>,
    /// What.
    pub command: Command,
}

/// What a life rests on.
pub struct Ground<'a> {
    /// The house.
    pub house: &'a House,
    /// What it keeps in memory.
    pub known: &'a Snapshot,
    /// The revision the dossier pins.
    pub revision: &'a ProcedureRevision,
    /// The regime it keeps.
    pub regime: &'a Regime,
    /// Whose opening hours count: who decides on it.
    pub unit: UnitId,
}

/// Lives the deeds, the first of which files.
///
/// # Errors
/// A lawful no, or the dossier would be left without owner, next act or clock.
pub fn live(ground: &Ground<'_>, deeds: &[Deed]) -> Result<Whole, AppError> {
    let Ground { house, known, revision, regime, unit } = *ground;
    let filed_at = deeds.first().map_or_else(Instant::default, |it| it.at);
    let id = DossierId::from_uuid(house.ids.uuid(filed_at));
    let mut life = storage::lives::Life::of(id);
    let mut state: Option<Dossier> = None;
    for deed in deeds {
        let context = house.context(known, unit, revision, regime, Some(deed.by), deed.at);
        for event in decide(state.as_ref(), &deed.command, &context)? {
            let seq = state.as_ref().map_or(1, |it| it.version + 1);
            let recorded = Recorded { seq, at: deed.at, actor: Some(deed.by), unit: deed.unit, event };
            let after = Dossier::apply(id, state, &recorded)
                .map_err(|why| AppError::fault("folding a decision of ours", why))?;
            life.then(&NewEvent { recorded, salt: house.ids.salt() }, &after)?;
            state = Some(after);
        }
    }
    let after = state.filter(Dossier::is_sound);
    let after = after.ok_or_else(|| AppError::fault("living a dossier", "it has no owner, next act or clock"))?;
    let titles = house.titles(&after, revision);
    Ok(life.whole(after, &titles))
}
