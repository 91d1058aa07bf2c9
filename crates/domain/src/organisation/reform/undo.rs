//! Taking a reorganisation back: every unit that ended stands again, every dossier lies where it lay.

use super::plan::Reorganisation;
use super::router::MandateChanges;
use crate::dossier::{Dossier, Event, Recorded, Transfer, undo_stopped_by};
use crate::ids::{DossierId, ReformId, UnitId};
use crate::organisation::{Extent, Mandate, Organisation, Placed, Succession, UnitEvent};
use jiff::civil::Date;

/// The plan that takes another one back, from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compensation<'a> {
    /// Its own id.
    pub id: ReformId,
    /// The decision it rests on.
    pub instrument: String,
    /// What it takes back.
    pub of: &'a Reorganisation,
    /// The first day all is as before.
    pub on: Date,
}

/// Why a reorganisation can no longer be taken back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UndoRefusal {
    /// The successor acted on a dossier.
    #[error("the successor acted on dossier {dossier} (event {seq})")]
    ActedOn {
        /// Which dossier.
        dossier: DossierId,
        /// The act.
        seq: u32,
    },
    /// A dossier was filed with a successor.
    #[error("dossier {dossier} was filed with a unit that the plan founded")]
    FiledSince {
        /// Which dossier.
        dossier: DossierId,
    },
    /// A later plan is about a unit of this one.
    #[error("a later plan, {plan}, is about a unit of this one")]
    LaterPlan {
        /// Its key.
        plan: String,
    },
}

impl Compensation<'_> {
    /// What happens to the units: those founded end, those ended stand again, those changed are as they were.
    pub fn unit_events(&self, before: &Organisation) -> Vec<(UnitId, UnitEvent)> {
        let instrument = || self.instrument.clone();
        let eve = self.of.effective_on().yesterday().unwrap_or(self.of.effective_on());
        let again =
            self.of.ends.iter().map(|id| (*id, UnitEvent::Reinstated { on: self.on, instrument: instrument() }));
        let changed_back = self.of.changes.iter().filter_map(|(id, _)| {
            let attributes = before.attributes_on(*id, eve)?.clone();
            Some((*id, UnitEvent::Changed { from: self.on, attributes }))
        });
        let ended = self.of.begins.iter().map(|(id, _)| {
            let gave = self.of.edges.iter().filter(|it| it.to == *id);
            let back = |(place, it): (usize, &super::plan::Edge)| {
                let extent = if place == 0 { Extent::DefaultPart } else { Extent::Part };
                Succession { unit: it.from, extent }
            };
            let successors = gave.enumerate().map(back).collect();
            (*id, UnitEvent::Ended { on: self.on, successors, instrument: instrument() })
        });
        again.chain(changed_back).chain(ended).collect()
    }

    /// What happens to rights: what was granted ends, what ended is granted anew.
    pub fn mandates(&self, made: &MandateChanges) -> MandateChanges {
        let begun = made.ended.iter().filter(|it| it.until.is_none_or(|until| until > self.on));
        let again = |it: &Mandate| Mandate { from: it.from.max(self.on), ..it.clone() };
        MandateChanges { ended: made.begun.clone(), begun: begun.map(again).collect() }
    }

    /// What happens to a settled dossier: it goes back to where its history says it lay before.
    ///
    /// # Errors
    /// The office acted on it since.
    pub fn transfer_back(&self, id: DossierId, log: &[Recorded]) -> Result<Option<Transfer>, UndoRefusal> {
        if let Some(act) = undo_stopped_by(log, self.of.id) {
            return Err(UndoRefusal::ActedOn { dossier: id, seq: act.seq });
        }
        let moved = |it: &&Recorded| matches!(&it.event, Event::Transferred { reform, .. } if *reform == self.of.id);
        let Some(at) = log.iter().find(moved) else {
            let filed_since = log.first().is_some_and(|it| it.at >= self.of.effective_at);
            let with_a_new_one = matches!(
                log.first().map(|it| &it.event),
                Some(Event::Filed { receiving_unit, competent_unit, .. })
                    if self.of.begins.iter().any(|(unit, _)| unit == receiving_unit || unit == competent_unit)
            );
            return if filed_since && with_a_new_one { Err(UndoRefusal::FiledSince { dossier: id }) } else { Ok(None) };
        };
        let before = log.iter().filter(|it| it.seq < at.seq);
        let Ok(dossier) = Dossier::fold(id, before) else { return Ok(None) };
        Ok(Some(Transfer {
            reform: self.id,
            instrument: self.instrument.clone(),
            dossier: id,
            to: dossier.places().into(),
            needs_routing: dossier.needs_routing,
            fell_to_head: dossier.fell_to_head,
        }))
    }

    /// Whether a later plan stands in the way.
    ///
    /// # Errors
    /// A later plan touches a unit of this one.
    pub fn stands_alone(&self, plans: &[Reorganisation]) -> Result<(), UndoRefusal> {
        let ours =
            |unit: UnitId| self.of.begins.iter().any(|(id, _)| *id == unit) || self.of.touches().any(|id| id == unit);
        let mut later = plans.iter().filter(|it| it.id != self.of.id && it.effective_at >= self.of.effective_at);
        match later.find(|it| it.touches().any(ours)) {
            Some(it) => Err(UndoRefusal::LaterPlan { plan: it.key.clone() }),
            None => Ok(()),
        }
    }
}
