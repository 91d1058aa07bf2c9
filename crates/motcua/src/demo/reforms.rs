//! The two reorganisations of the demo, as a control officer and the clock carry them out.

use super::people::Citizen;
use crate::ended::Stop;
use anyhow::Context;
use app::house::House;
use app::reform::{self, PlanError};
use domain::ids::PersonId;
use domain::organisation::reform::{Address, Reorganisation, Router};
use std::sync::Arc;

/// A plan is read, checked and staged: nothing is any different until its instant.
///
/// # Errors
/// The plan is wrong, somebody would have to settle something first, or the house failed.
pub fn stage(
    house: &Arc<House>,
    runtime: &tokio::runtime::Runtime,
    (file, text): (&str, &str),
    by: PersonId,
) -> Result<Reorganisation, Stop> {
    let plan = match reform::check(house, file, text) {
        Ok(plan) => plan,
        Err(PlanError::House(error)) => return Err(error.into()),
        Err(wrong @ PlanError::Wrong(_)) => return Err(anyhow::anyhow!("{wrong}").context("checking a plan").into()),
    };
    let conflicts = reform::consequences(house, &plan)?.conflicts;
    if !conflicts.is_empty() {
        return Err(anyhow::anyhow!("{file} leaves something to settle: {conflicts:#?}").into());
    }
    runtime.block_on(reform::plan(house, &plan, Some(by)))?;
    Ok(plan)
}

/// Its instant: units, rights and dossiers are the new ones', and so are the wards people live in. Gives how many dossiers moved.
///
/// # Errors
/// The house failed.
pub fn carry_out(
    house: &Arc<House>,
    runtime: &tokio::runtime::Runtime,
    plan: &Reorganisation,
    citizens: &mut [Citizen],
) -> Result<u64, Stop> {
    let known = house.now_known();
    let router = Router::new(plan, &known.organisation, &known.mandates).context("following a plan")?;
    for it in citizens {
        it.home = router.heir(it.home, &Address::read(&it.person.address));
    }
    house.clock.turn_to(plan.effective_at);
    runtime.block_on(async {
        let flipped = reform::flip_due(house).await?;
        anyhow::ensure!(flipped == [plan.id], "{} did not come into force: {flipped:?}", plan.key);
        Ok::<_, anyhow::Error>(())
    })?;
    Ok(runtime.block_on(reform::settle(house))?)
}
