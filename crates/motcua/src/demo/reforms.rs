//! The two reorganisations of the demo, as a control officer and the clock carry them out.

use super::people::Citizen;
use super::words;
use crate::ended::Stop;
use anyhow::Context;
use app::actor::Actor;
use app::handle::{Asked, handle};
use app::house::House;
use app::reform::{self, PlanError};
use app::routing::TO_ROUTE_MAX;
use domain::dossier::Command;
use domain::ids::{DossierId, PersonId};
use domain::organisation::HOUSE_KEYS;
use domain::organisation::reform::{Conflict, Reorganisation, Router};
use domain::post::Post;
use domain::time::Instant;
use jiff::civil::DateTime;
use std::collections::BTreeSet;
use std::sync::Arc;
use storage::lists::Histories;

/// A plan is read, what it leaves open is settled, and it is staged: nothing is any different until its instant.
///
/// # Errors
/// The plan is wrong, something is left that nobody can settle by a rule, or the house failed.
pub fn stage(
    house: &Arc<House>,
    runtime: &tokio::runtime::Runtime,
    (file, text): (&str, &str),
    by: PersonId,
) -> Result<Reorganisation, Stop> {
    let plan = checked(house, file, text)?;
    let found = reform::consequences(house, &plan)?.conflicts;
    let settled: String = found.iter().filter_map(|it| settlement(&plan, it)).collect();
    let plan = checked(house, file, &format!("{text}{settled}"))?;
    let left = reform::consequences(house, &plan)?.conflicts;
    if !left.is_empty() {
        return Err(anyhow::anyhow!("{file} leaves something to settle: {left:#?}").into());
    }
    runtime.block_on(reform::plan(house, &plan, Some(by)))?;
    Ok(plan)
}

/// The desks say of the dossiers that no rule placed where these belong, all but some that are left to whoever opens the demo.
/// They stay where they lie: what is said is that it was looked at.
///
/// # Errors
/// Nobody sits at a desk, or the house failed.
pub fn route(
    house: &Arc<House>,
    runtime: &tokio::runtime::Runtime,
    at: DateTime,
    left: &BTreeSet<DossierId>,
) -> Result<(), Stop> {
    house.clock.turn_to(Instant::from_local(at));
    let known = house.now_known();
    let cards = house.db.read_now(|tx| storage::lists::to_route(tx, Histories::of(tx)?, TO_ROUTE_MAX, 0))?;
    for card in cards.iter().filter(|it| !left.contains(&it.id)) {
        let to = known.organisation.responsible_now(card);
        let desk = known.organisation.desk_now(card);
        let officer = known.mandates.holders(desk, Post::Reception, at.date()).next().context("nobody at a desk")?;
        let command = Command::Route { to, reason: words::ROUTED.to_owned() };
        let asked = Asked { actor: Actor::Staff(officer), id: card.id, version: None, command, once: None };
        runtime.block_on(handle(house, asked))?;
    }
    Ok(())
}

fn checked(house: &House, file: &str, text: &str) -> Result<Reorganisation, Stop> {
    match reform::check(house, file, text) {
        Ok(plan) => Ok(plan),
        Err(PlanError::House(error)) => Err(error.into()),
        Err(wrong) => Err(anyhow::anyhow!("{wrong}").context("checking a plan").into()),
    }
}

/// What the control officer writes into the plan where it leaves something open; nothing where they would not know what.
fn settlement(plan: &Reorganisation, conflict: &Conflict) -> Option<String> {
    match conflict {
        Conflict::TwoWorkflows { other, .. } => Some(format!(
            "\n[[settled]]\nwhat = \"workflow\"\nkeep = \"{other}\"\nreason = \"Giữ quy trình phường đang dùng (số liệu mẫu).\"\n"
        )),
        Conflict::PostOpen { unit, post, .. } => {
            let (_, it) = plan.begins.iter().find(|(id, _)| id == unit)?;
            let key = it.code(HOUSE_KEYS)?;
            Some(format!(
                "\n[[settled]]\nwhat = \"post_open\"\nunit = \"{key}\"\npost = \"{post}\"\nreason = \"Phường bổ nhiệm sau (số liệu mẫu).\"\n"
            ))
        }
        Conflict::PersonInUnits { .. }
        | Conflict::PersonLeaves { .. }
        | Conflict::SplitWithoutRule { .. }
        | Conflict::EdgeToEnding { .. }
        | Conflict::PlanOverlaps { .. }
        | Conflict::SameCode { .. } => None,
    }
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
        it.home = router.heir(it.home, &it.person.address);
    }
    house.clock.turn_to(plan.effective_at);
    runtime.block_on(async {
        let flipped = reform::flip_due(house).await?;
        anyhow::ensure!(flipped == [plan.id], "{} did not come into force: {flipped:?}", plan.key);
        Ok::<_, anyhow::Error>(())
    })?;
    Ok(runtime.block_on(reform::settle(house))?)
}
