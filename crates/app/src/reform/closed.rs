//! What was closed before its unit was split.

use crate::house::Snapshot;
use domain::dossier::{Dossier, Recorded};
use domain::ids::UnitId;
use domain::organisation::Placed;
use domain::organisation::reform::{Address, Reorganisation};

/// The unit that has the ground on which the subject of a closed dossier lives, where that is not the one that keeps what was closed:
/// plans that came into force since are asked with the address, as they would have been of an open one. None where both are one unit,
/// where the dossier is open, and where its words were erased.
pub(crate) fn ground_of_closed(known: &Snapshot, dossier: &Dossier, log: &[Recorded]) -> Option<UnitId> {
    if dossier.status.is_open() {
        return None;
    }
    let ended_at = log.last()?.at;
    let since: Vec<&Reorganisation> = known.carried_out().into_iter().filter(|it| it.effective_at > ended_at).collect();
    if since.is_empty() {
        return None;
    }
    let address = Address::read(&dossier.filing.get()?.owner().address);
    let unit = since.into_iter().fold(dossier.places().competent, |unit, plan| plan.heir_at(unit, &address).0);
    (unit != known.organisation.responsible_now(dossier)).then_some(unit)
}
