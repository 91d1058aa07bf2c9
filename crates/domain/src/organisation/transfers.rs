//! Where dossiers lie that a reorganisation in force moved and whose own history does not say so yet.

use super::{Organisation, Placed, Places};
use crate::dossier::Owner;
use crate::ids::{DossierId, ReformId, UnitId};
use std::collections::HashMap;
use std::sync::Arc;

/// The units and the owner of one dossier, as a reorganisation sets them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placement {
    /// Who is competent.
    pub competent: UnitId,
    /// Who owes the next act.
    pub owner: Owner,
    /// The desk its citizen turns to.
    pub desk: UnitId,
    /// Where its decision is handed over.
    pub collect: UnitId,
}

impl From<Places> for Placement {
    fn from(it: Places) -> Self {
        Self { competent: it.competent, owner: it.owner, desk: it.desk, collect: it.collect }
    }
}

/// The transfers of plans in force: those of plans still to come are never in here. One that a dossier's own history tells of is
/// passed over, so that it does no harm that it is still here.
#[derive(Clone, Debug, Default)]
pub struct Transfers(Vec<(ReformId, HashMap<DossierId, Placement>)>);

impl Transfers {
    /// What one more plan moves. Plans come in the order of their instants: of two the later one holds.
    pub fn put_all(&mut self, reform: ReformId, moved: impl IntoIterator<Item = (DossierId, Placement)>) {
        self.0.push((reform, moved.into_iter().collect()));
    }

    /// Where a dossier lies, if its history does not say so yet; `told` is the last reorganisation it tells of.
    pub fn find(&self, dossier: DossierId, told: Option<ReformId>) -> Option<&Placement> {
        let untold = self.0.iter().rev().take_while(|(reform, _)| Some(*reform) != told);
        untold.filter_map(|(_, moved)| moved.get(&dossier)).next()
    }

    /// How many dossiers are named, by all plans together.
    pub fn len(&self) -> usize {
        self.0.iter().map(|(_, moved)| moved.len()).sum()
    }

    /// True where no dossier is named.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Organisation {
    /// Answers through these transfers from now on, instead of those before.
    pub fn answer_through(&mut self, transfers: Arc<Transfers>) {
        self.transfers = transfers;
    }

    /// The units a dossier lies with: its own, else those a plan in force sets.
    pub(super) fn placement(&self, dossier: &impl Placed) -> Placement {
        let places = dossier.places();
        self.transfers.find(dossier.dossier(), places.reform).copied().unwrap_or_else(|| places.into())
    }
}
