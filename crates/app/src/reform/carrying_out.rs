//! Carrying a plan out: staged before its instant, flipped at it, settled after it ([`super::settling`]).
//!
//! Every part can be killed and started again: staging and settling go on where they were, the instant is one transaction.

use super::settling::{is_ours, settle_while};
use super::{Lies, PlanError, catalogue_entries, contradiction};
use crate::catalogue;
use crate::error::{AppError, in_full};
use crate::house::{House, Snapshot};
use domain::dossier::Dossier;
use domain::ids::{DossierId, PersonId, ReformId};
use domain::organisation::Placed;
use domain::organisation::reform::{Consequences, Reorganisation, Router};
use domain::procedure::{ProcedureId, ProcedureRevision, RevisionId};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use storage::catalogue::Publisher;
use storage::engine::Tx;
use storage::reforms::{self, Due, Reform, State};
use storage::{locks, transfers, units};
use tokio::sync::watch;
use tokio::time::timeout;

/// Dossiers staged in one transaction: a commit is worth it, and nobody waits long for the writer.
pub(super) const PIECE: u32 = 100;
/// Between two looks at whether the instant of a plan has come.
const LOOKED_EVERY: Duration = Duration::from_secs(1);

/// The units, rights and catalogue that somebody counted in what follows from a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Editions {
    organisation: i64,
    catalogue: i64,
}

impl Editions {
    /// Those of now; what is looked at afterwards in memory is not older.
    ///
    /// # Errors
    /// The house failed.
    pub fn now(house: &House) -> Result<Self, AppError> {
        let editions = house.db.read_now(Self::of)?;
        house.refresh()?;
        Ok(editions)
    }

    /// Those of a transaction.
    pub(crate) fn of(tx: &Tx) -> Result<Self, AppError> {
        let (organisation, catalogue, _) = storage::house::editions(tx)?;
        Ok(Self { organisation, catalogue })
    }
}

/// Keeps a checked plan and writes where it puts every open dossier. To every reader all stays as it is.
///
/// # Errors
/// The house failed; asking [`stage`] again goes on.
pub async fn plan(house: &Arc<House>, plan: &Reorganisation, by: Option<PersonId>) -> Result<u64, AppError> {
    match plan_counted_in(house, plan, by, None).await {
        Ok(staged) => Ok(staged),
        Err(PlanError::House(error)) => Err(error),
        Err(other) => Err(AppError::fault("keeping a plan", other)),
    }
}

/// The same, where nobody changed units, rights or catalogue since what follows from the plan was counted: somebody looked at that,
/// and found nothing to settle.
///
/// # Errors
/// As [`plan()`], or somebody did; then nothing is begun.
pub async fn plan_as_counted(
    house: &Arc<House>,
    plan: &Reorganisation,
    by: Option<PersonId>,
    counted_in: Editions,
) -> Result<u64, PlanError> {
    plan_counted_in(house, plan, by, Some(counted_in)).await
}

async fn plan_counted_in(
    house: &Arc<House>,
    plan: &Reorganisation,
    by: Option<PersonId>,
    counted_in: Option<Editions>,
) -> Result<u64, PlanError> {
    let (kept, now) = (plan.clone(), house.clock.now());
    let keep = move |tx: &mut Tx| {
        // A filing that knows nothing of the plan yet is waited for, or staging would not see its dossier.
        locks::whole_history(tx)?;
        let is_as_counted = match counted_in {
            Some(counted_in) => Editions::of(tx)? == counted_in,
            None => true,
        };
        if is_as_counted {
            reforms::add(tx, &kept, now, by, None)?;
        }
        Ok::<_, AppError>(is_as_counted)
    };
    if !house.db.write(keep).await? {
        return Err(PlanError::HouseChanged);
    }
    house.refresh()?;
    Ok(stage(house, plan.id).await?)
}

/// Writes where a plan puts every open dossier, in small transactions; gives how many move. Doing it twice changes nothing.
///
/// # Errors
/// The house failed, or there is no such plan.
pub async fn stage(house: &Arc<House>, id: ReformId) -> Result<u64, AppError> {
    let _alone = house.reorganising.lock().await;
    stage_all(house, id).await
}

/// Goes on with every plan whose staging was cut off, or whose dossiers lie elsewhere since another one came into force.
async fn stage_unfinished(house: &Arc<House>) -> Result<(), AppError> {
    if house.now_known().staged.is_empty() {
        return Ok(());
    }
    let _alone = house.reorganising.lock().await;
    let all = house.db.read(move |tx| Ok::<_, AppError>(reforms::all(tx)?)).await?;
    // One whose instant has come is staged by whoever puts it in force.
    let now = house.clock.now();
    let is_unfinished = |it: &&Reform| it.state == State::Staging && it.undoes.is_none() && it.plan.effective_at > now;
    for it in all.iter().filter(is_unfinished) {
        if house.tries.lately().is_some() {
            break;
        }
        match stage_all(house, it.plan.id).await {
            Ok(_) => house.tries.clear(),
            Err(error @ AppError::Unavailable(_)) => return Err(error),
            Err(error) => {
                let Reorganisation { id, instrument, effective_at, .. } = it.plan.clone();
                house.tries.note(Due { id, state: it.state, instrument, effective_at }, &error);
            }
        }
    }
    Ok(())
}

/// All of it. Where units or rights changed meanwhile, here or on another node, what was written first is looked at again.
async fn stage_all(house: &Arc<House>, id: ReformId) -> Result<u64, AppError> {
    loop {
        let (began_in, mut after, mut staged) = (house.db.read(organisation_edition).await?, None, 0);
        loop {
            let inside = Arc::clone(house);
            let (last, moved) = house.db.write(move |tx| stage_piece(tx, &inside, id, after)).await?;
            staged += moved;
            match last {
                Some(last) => after = Some(last),
                None => break,
            }
            tokio::task::yield_now().await;
        }
        if house.db.write(move |tx| end_staging(tx, id, began_in)).await? {
            return Ok(staged);
        }
    }
}

fn organisation_edition(tx: &Tx) -> Result<i64, AppError> {
    Ok(storage::house::editions(tx)?.0)
}

/// Says that a plan is staged, unless another plan came into force, or rights changed, since its dossiers were looked at.
pub(super) fn end_staging(tx: &mut Tx, id: ReformId, began_in: i64) -> Result<bool, AppError> {
    // Nobody puts a plan in force between the look and the word.
    locks::history(tx)?;
    let is_as_then = organisation_edition(tx)? == began_in;
    if is_as_then {
        reforms::staged(tx, id)?;
    }
    Ok(is_as_then)
}

fn stage_piece(
    tx: &mut Tx,
    house: &House,
    id: ReformId,
    after: Option<DossierId>,
) -> Result<(Option<DossierId>, u64), AppError> {
    let reform = reforms::find(tx, id)?.ok_or(AppError::NotFound)?;
    if !matches!(reform.state, State::Staging | State::Staged) {
        return Ok((None, 0));
    }
    let known = house.known_in(tx)?;
    let router = known.router(&reform.plan).map_err(contradiction)?;
    // Nobody may change a dossier between its being read and its transfer being written.
    let ids = reforms::open_ids(tx, after, PIECE)?;
    for id in &ids {
        locks::dossier(tx, *id)?;
    }
    let mut moved = 0;
    for it in reforms::open_dossiers(tx, after, PIECE)?.iter().filter(|it| ids.contains(&it.id)) {
        moved += u64::from(write_transfer(tx, &router, it.id, it, &it.address)?);
    }
    Ok((ids.last().copied(), moved))
}

fn write_transfer(
    tx: &mut Tx,
    router: &Router<'_>,
    id: DossierId,
    it: &impl Placed,
    address: &str,
) -> Result<bool, AppError> {
    match router.transfer(id, Lies(it, router.before()).places(), address) {
        Some(transfer) => {
            transfers::put(tx, &transfer)?;
            Ok(true)
        }
        None => {
            transfers::drop_one(tx, router.plan().id, id)?;
            Ok(false)
        }
    }
}

/// A dossier that was just received or changed: plans still to come look at it again, in the same transaction.
pub(crate) fn restage(tx: &mut Tx, known: &Snapshot, dossier: &Dossier) -> Result<(), AppError> {
    for plan in &known.staged {
        if dossier.status.is_open() {
            let address = dossier.filing.get().map_or("", |it| it.owner().address.as_str());
            match known.router(plan) {
                Ok(router) => {
                    write_transfer(tx, &router, dossier.id, dossier, address)?;
                }
                // A plan that contradicts the units keeps nobody from acting before its instant: it is looked at again before that.
                Err(_) => reforms::stage_again(tx)?,
            }
        } else {
            transfers::drop_one(tx, plan.id, dossier.id)?;
        }
    }
    Ok(())
}

/// Puts every plan in force whose instant has come: one small transaction each. A plan whose staging was cut off is staged first.
///
/// # Errors
/// The house failed, or a plan cannot be put in force: the first that cannot keeps back those after it, which may build on it.
/// Asking again goes on.
pub async fn flip_due(house: &Arc<House>) -> Result<Vec<ReformId>, AppError> {
    let mut flipped = Vec::new();
    let _alone = house.reorganising.lock().await;
    loop {
        let now = house.clock.now();
        let Some(due) = house.db.read(move |tx| Ok::<_, AppError>(reforms::due(tx, now)?)).await? else {
            house.tries.clear();
            return Ok(flipped);
        };
        match flip_one(house, &due).await {
            Ok(true) => flipped.push(due.id),
            Ok(false) => {}
            // That passes by itself, and everybody who acts is told of it anyway.
            Err(error @ AppError::Unavailable(_)) => return Err(error),
            Err(error) => return Err(house.tries.note(due, &error)),
        }
    }
}

async fn flip_one(house: &Arc<House>, due: &Due) -> Result<bool, AppError> {
    let (inside, id) = (Arc::clone(house), due.id);
    if due.state == State::Staging {
        stage_all(house, id).await?;
    }
    let flipped = house.db.write(move |tx| flip(tx, &inside, id)).await?;
    house.refresh()?;
    Ok(flipped)
}

/// Nobody acts under the old units once the instant of a plan has come, not even in the second before the worker looks.
///
/// # Errors
/// As [`flip_due`]. A plan that cannot be put in force is tried every few seconds only, and everybody gets the same answer between.
pub async fn flip_before_acting(house: &Arc<House>) -> Result<(), AppError> {
    if house.now_known().is_due(house.clock.now()) {
        if let Some(error) = house.tries.lately() {
            return Err(error);
        }
        for id in flip_due(house).await? {
            tracing::warn!(reform = %id, "a reorganisation is in force");
        }
    }
    Ok(())
}

/// The same for who only reads: a plan that cannot be put in force keeps nobody from the pages.
///
/// # Errors
/// The house failed.
pub async fn flip_before_reading(house: &Arc<House>) -> Result<(), AppError> {
    match flip_before_acting(house).await {
        Ok(()) | Err(AppError::ReformStalled { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

fn flip(tx: &mut Tx, house: &House, id: ReformId) -> Result<bool, AppError> {
    locks::whole_history(tx)?;
    let Reform { plan, state, .. } = reforms::find(tx, id)?.ok_or(AppError::NotFound)?;
    if state != State::Staged {
        // Somebody else was quicker, or gave it up.
        return Ok(false);
    }
    let known = house.known_in(tx)?;
    let router = known.router(&plan).map_err(contradiction)?;
    let mandates = router.mandates().clone();
    if !reforms::flip(tx, id, plan.effective_at, &mandates)? {
        return Ok(false);
    }
    units::append_all(tx, plan.effective_at, &plan.unit_events())?;
    units::put_heirs_in(tx, router.after())?;
    crate::queue::moving::carry_over(tx, &plan, &router)?;
    for (from, to) in offered_anew(&router, &known)? {
        let revision = ProcedureRevision { procedure: to, ..ProcedureRevision::clone(&from) };
        catalogue::publish_one(tx, &revision, plan.effective_at, Publisher::Reform(id), &plan.instrument)?;
    }
    reforms::change_mandates(tx, &mandates, plan.effective_on())?;
    Ok(true)
}

/// What the successors offer that their level did not offer before: each revision with the procedure it becomes.
fn offered_anew(router: &Router<'_>, known: &Snapshot) -> Result<Vec<(Arc<ProcedureRevision>, ProcedureId)>, AppError> {
    if router.plan().offers.is_empty() {
        return Ok(Vec::new());
    }
    let clones = Consequences::clones(router.plan(), router, &catalogue_entries(known)?);
    let current: HashMap<&RevisionId, &Arc<ProcedureRevision>> = known.catalogue.all().map(|it| (&it.id, it)).collect();
    Ok(clones.into_iter().filter_map(|it| Some((Arc::clone(current.get(&it.from)?), it.to))).collect())
}

/// Watches for the instant of the next plan, and settles what is in force, until told to stop.
pub async fn worker(house: Arc<House>, mut stop: watch::Receiver<bool>) {
    let holder = house.ids.salt();
    while !*stop.borrow() {
        if let Err(error) = go_on(&house, holder).await {
            tracing::error!(error = in_full(&error), "a reorganisation could not go on; it is tried again");
        }
        if matches!(timeout(LOOKED_EVERY, stop.changed()).await, Ok(Err(_))) {
            break;
        }
    }
}

/// What is due now of all plans; nothing at all where there is none. Every node puts in force; one of them stages and settles.
pub(super) async fn go_on(house: &Arc<House>, holder: [u8; 16]) -> Result<(), AppError> {
    flip_before_reading(house).await?;
    let known = house.now_known();
    if known.staged.is_empty() && known.in_force.is_empty() {
        return Ok(());
    }
    if !is_ours(house, holder).await {
        return Ok(());
    }
    stage_unfinished(house).await?;
    if !house.now_known().in_force.is_empty() {
        let dossiers = settle_while(house, Some(holder)).await?;
        tracing::info!(dossiers, "a reorganisation is told by the histories of its dossiers");
    }
    Ok(())
}

/// Gives a plan up that is not in force: it stays on record as given up. False where it is in force already. One that could not be put
/// in force at its instant can be given up after it, too.
///
/// # Errors
/// The house failed.
pub async fn give_up(house: &Arc<House>, id: ReformId) -> Result<bool, AppError> {
    let given_up = house.db.write(move |tx| Ok::<_, AppError>(reforms::give_up(tx, id)?)).await?;
    house.tries.clear();
    house.refresh()?;
    Ok(given_up)
}
