//! Reorganisations of units: what follows from a plan, carrying it out, taking it back, and proving that nothing was lost
//! (ADR 0011).
//!
//! Here a plan is checked and its consequences are counted; [`carrying_out`] stages and flips it, [`settling`] tells
//! the histories, [`undo()`] takes it back,
//! [`certificate()`] says what was equal before and after, [`list`] shows what became of every plan.

mod carrying_out;
mod certificate;
mod closed;
pub mod faults;
mod listing;
mod mismatch;
mod settling;
mod stalled;
#[cfg(test)]
pub(crate) mod tests;
mod undo;

pub(crate) use carrying_out::restage;
pub use carrying_out::{
    Editions, flip_before_acting, flip_before_reading, flip_due, give_up, plan, plan_as_counted, stage, worker,
};
pub use certificate::{Certificate, Checked, Equality, Line, Statement, Sums, certificate, check_certificate};
pub(crate) use closed::ground_of_closed;
pub use listing::{Listed, TakenBack, TakenBackBy, Withdrawn, begun, counts, list, standing, taken_back, withdrawn};
pub use mismatch::{Broken, Claim, Mismatch};
pub use settling::settle;
pub(crate) use settling::{as_told, settle_first};
pub(crate) use stalled::Tries;
pub use stalled::{Stalled, stalled};
pub use storage::reforms::State;
pub use storage::transfers::Counts;
pub use undo::{UndoError, Undone, may_undo, undo};

use crate::error::AppError;
use crate::house::{House, Snapshot};
use domain::ids::{PersonId, ReformId, UnitId};
use domain::organisation::reform::{
    CatalogueEntry, Consequences, OpenDossier, Plan, Reorganisation, Surroundings, World,
};
use domain::organisation::{Organisation, OrganisationError, Placed};
use domain::procedure::{ImportProblem, ProcedureRevision};
use domain::time::Instant;
use std::collections::BTreeMap;
use storage::reforms;

/// Dossiers read at once where nothing is written.
const READ_AT_ONCE: u32 = 2_000;
/// Most sessions that are looked at.
const SESSIONS_MAX: u32 = 100_000;

/// A plan that is not taken.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// What is wrong with it, each with its line.
    #[error("{}", domain::procedure::listed(.0))]
    Wrong(Vec<ImportProblem>),
    /// Somebody changed units, rights or catalogue since what follows from it was counted.
    #[error("the house changed since what follows from the plan was counted")]
    HouseChanged,
    /// The house failed.
    #[error(transparent)]
    House(#[from] AppError),
}

/// Reads and checks the file of a plan against the house as it is. Nothing is kept.
///
/// # Errors
/// Everything wrong with the plan, each with its line.
pub fn check(house: &House, file: &str, text: &str) -> Result<Reorganisation, PlanError> {
    let (plan, now) = (Plan::read(file, text).map_err(PlanError::Wrong)?, house.clock.now());
    assert_key_is_free(house, file, text, &plan)?;
    checked(house, plan, now)
}

/// The same for a plan that is carried out at once, whatever moment its file names.
///
/// # Errors
/// As [`check`]; so a resolution that is not signed yet.
pub fn check_for_now(house: &House, file: &str, text: &str) -> Result<Reorganisation, PlanError> {
    let (plan, now) = (Plan::read(file, text).map_err(PlanError::Wrong)?, house.clock.now());
    assert_key_is_free(house, file, text, &plan)?;
    checked(house, plan.carried_out_at(now), now)
}

/// People and commands name a plan by its key: one that holds or is to come keeps it for itself. A plan that was begun is not begun
/// again: said before anything else, for all else would say that it is in its own way.
fn assert_key_is_free(house: &House, file: &str, text: &str, plan: &Plan) -> Result<(), PlanError> {
    let known = house.now_known();
    let mut carried_out = known.in_force.iter().chain(&known.settled).map(|it| &it.plan);
    let is_other = |it: &&Reorganisation| it.key == plan.key && it.text_sha256 != plan.text_sha256;
    let expected = if known.staged.iter().any(|it| it.key == plan.key) {
        "a plan that is not prepared yet: this one waits for its instant"
    } else if carried_out.any(|it| is_other(&it)) {
        "an id that no other plan has"
    } else {
        return Ok(());
    };
    let line = text.lines().position(|it| it.trim_start().starts_with("id")).map_or(1, |line| line + 1);
    Err(PlanError::Wrong(vec![ImportProblem::new(file, line, "id", expected, &plan.key)]))
}

fn checked(house: &House, plan: Plan, now: Instant) -> Result<Reorganisation, PlanError> {
    let known = house.now_known();
    let logins = house.db.read_now(|tx| Ok::<_, AppError>(storage::people::logins(tx)?)).map_err(PlanError::House)?;
    let logins: BTreeMap<String, PersonId> = logins.into_iter().map(|(person, login, _)| (login, person)).collect();
    let around = Surroundings {
        organisation: &known.organisation,
        plans: &known.staged,
        person: &|login| logins.get(login).copied(),
        now,
    };
    let mut fresh = || UnitId::from_uuid(house.ids.uuid(now));
    let id = ReformId::from_uuid(house.ids.uuid(now));
    plan.check(id, &around, &mut fresh).map_err(PlanError::Wrong)
}

/// Everything that follows from a plan in the house as it is, read in one picture. Nothing is kept.
///
/// # Errors
/// The house failed.
pub fn consequences(house: &House, plan: &Reorganisation) -> Result<Consequences, AppError> {
    let (known, now) = (house.now_known(), house.clock.now());
    house.db.read_now(|tx| {
        let paid = reforms::paid(tx)?;
        let mut dossiers = Vec::new();
        loop {
            let mut piece = reforms::open_dossiers(tx, dossiers.last().map(|it: &OpenDossier| it.id), READ_AT_ONCE)?;
            if piece.is_empty() {
                break;
            }
            dossiers.append(&mut piece);
        }
        for it in &mut dossiers {
            it.paid_vnd = paid.get(&it.id).copied().unwrap_or(0);
            it.owed_vnd += it.paid_vnd;
            it.places = Lies(&*it, &known.organisation).places();
        }
        let sessions = storage::sessions::all(tx, SESSIONS_MAX)?;
        let sessions: Vec<_> =
            sessions.iter().filter_map(|it| it.person.map(|person| (person, it.last_seen_at))).collect();
        let world = World {
            organisation: &known.organisation,
            mandates: &known.mandates,
            dossiers: &dossiers,
            sessions: &sessions,
            series: &reforms::series(tx, now.day())?,
            catalogue: &catalogue_entries(&known)?,
            named: &storage::queue::named(tx, plan.effective_on())?,
            plans: &known.staged,
        };
        Consequences::of(plan, &world).map_err(contradiction)
    })
}

fn catalogue_entries(known: &Snapshot) -> Result<Vec<CatalogueEntry>, AppError> {
    let entry = |it: &ProcedureRevision| {
        let workflow = serde_json::to_string(&it.steps).map_err(|why| AppError::fault("comparing workflows", why))?;
        let competent = it.authorities.iter().map(|it| (it.era.clone(), it.level.clone())).collect();
        Ok(CatalogueEntry { revision: it.id.clone(), procedure: it.procedure.clone(), workflow, competent })
    };
    known.catalogue.all().map(|it| entry(it)).collect()
}

fn contradiction(why: OrganisationError) -> AppError {
    AppError::fault("following a plan", why)
}

/// Where the units of a dossier lie before the plan: through those in force.
struct Lies<'a, P: Placed>(&'a P, &'a Organisation);

impl<P: Placed> Lies<'_, P> {
    fn places(&self) -> domain::organisation::Places {
        let (it, organisation) = (self.0, self.1);
        domain::organisation::Places {
            competent: organisation.responsible_now(it),
            owner: organisation.owner_now(it),
            desk: organisation.desk_now(it),
            collect: organisation.collect_now(it),
            ..it.places()
        }
    }
}
