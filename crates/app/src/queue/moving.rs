//! What a reorganisation does to counters and tickets: at its instant, in the transaction that puts it in force.
//!
//! Reorganisations come at midnight, when yesterday's tickets are over. One carried out in the middle of a day keeps every promise
//! all the same: whoever waits is called by the successor, under the number on their ticket.

use super::kept;
use crate::error::AppError;
use domain::ids::UnitId;
use domain::organisation::reform::{Reorganisation, Router};
use domain::queue::{Setup, joined};
use std::collections::BTreeMap;
use storage::engine::Tx;

/// Counters of units that end go to those who take their place; those of one successor get numbers of their own each.
pub(crate) fn carry_over(tx: &mut Tx, plan: &Reorganisation, router: &Router<'_>) -> Result<(), AppError> {
    let mut by_heir: BTreeMap<UnitId, Vec<(UnitId, Setup)>> = BTreeMap::new();
    for unit in &plan.ends {
        let (heir, setup) = (router.heir(*unit, ""), kept::setup(tx, *unit)?);
        if heir != *unit && !setup.is_empty() {
            by_heir.entry(heir).or_default().push((*unit, setup));
        }
    }
    for (heir, come) in by_heir {
        let own = kept::setup(tx, heir)?;
        let (units, setups): (Vec<UnitId>, Vec<Setup>) = come.into_iter().unzip();
        let found = joined(&own, &setups);
        kept::put_joined(tx, heir, &found.setup, plan.id)?;
        for (unit, letters) in units.into_iter().zip(&found.letters) {
            kept::move_tickets(tx, (unit, heir), letters, plan.effective_on())?;
        }
    }
    Ok(())
}
