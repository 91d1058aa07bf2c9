//! What a reorganisation does to one dossier.

use super::event::{Event, Recorded};
use crate::ids::{DossierId, ReformId, UnitId};
use crate::organisation::Placement;
use crate::time::Instant;

/// One dossier on its way to a successor: computed from a plan before its instant, carried out from the instant on.
#[doc(alias = "chuyển giao hồ sơ")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// Which reorganisation.
    pub reform: ReformId,
    /// The resolution it rests on, as papers cite it.
    pub instrument: String,
    /// Which dossier.
    pub dossier: DossierId,
    /// Where it goes.
    pub to: Placement,
    /// True where its unit is split and no rule, or more than one, says where it belongs.
    #[doc(alias = "cần phân tuyến")]
    pub needs_routing: bool,
    /// True where nobody holds its post in the successor: it goes to the head.
    pub fell_to_head: bool,
}

impl Transfer {
    /// What the dossier's history says of it.
    pub fn event(&self) -> Event {
        Event::Transferred {
            reform: self.reform,
            instrument: self.instrument.clone(),
            competent_unit: self.to.competent,
            desk: self.to.desk,
            collect_at: self.to.collect,
            owner: self.to.owner,
            needs_routing: self.needs_routing,
            fell_to_head: self.fell_to_head,
        }
    }
}

/// Where the decision was to be handed over at a moment: what a paper of that moment says.
pub fn collected_then(log: &[Recorded], at: Instant) -> Option<UnitId> {
    let mut said = log.iter().filter(|it| it.at <= at).filter_map(|it| {
        if let Event::Filed { collect_at, .. }
        | Event::Transferred { collect_at, .. }
        | Event::Routed { collect_at, .. } = &it.event
        {
            Some(*collect_at)
        } else {
            None
        }
    });
    said.next_back()
}

/// Between which units a transfer of this log moved its dossier: the desk of its citizen, or who is competent where the desk stays.
pub fn moved_between(log: &[Recorded], seq: u32) -> Option<(UnitId, UnitId)> {
    let places = log.iter().filter(|it| it.seq <= seq).filter_map(|it| {
        if let Event::Filed { receiving_unit: desk, competent_unit, .. }
        | Event::Transferred { desk, competent_unit, .. }
        | Event::Routed { desk, competent_unit, .. } = &it.event
        {
            Some((*desk, *competent_unit))
        } else {
            None
        }
    });
    let places: Vec<(UnitId, UnitId)> = places.collect();
    let [.., before, after] = places.as_slice() else { return None };
    let pairs = [(before.0, after.0), (before.1, after.1)];
    pairs.into_iter().find(|(from, to)| from != to)
}

/// The act that stands in the way of taking a reorganisation back: the first one the office did on this dossier since. What the
/// citizen or a timer did stands in nobody's way.
pub fn undo_stopped_by(log: &[Recorded], reform: ReformId) -> Option<&Recorded> {
    let moved = |it: &Recorded| matches!(&it.event, Event::Transferred { reform: by, .. } if *by == reform);
    log.iter().skip_while(|it| !moved(it)).skip(1).find(|it| it.unit.is_some())
}
