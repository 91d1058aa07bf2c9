//! Carrying a plan out: staged before its instant, flipped at it, settled after it.
//!
//! Every part can be killed and started again: staging and settling go on where they were, the instant is one transaction.

use super::{Lies, PlanError, catalogue_entries, certificate, contradiction};
use crate::catalogue;
use crate::error::{AppError, in_full};
use crate::handle::{Minted, note_sealed};
use crate::house::{House, Snapshot};
use crate::notices;
use crate::timers;
use domain::dossier::{Command, Dossier, Recorded, Transfer, decide};
use domain::ids::{DossierId, PersonId, ReformId};
use domain::organisation::Placed;
use domain::organisation::reform::{Consequences, Reorganisation, RevisionClone, Router, World};
use domain::procedure::{ProcedureId, ProcedureRevision};
use domain::time::Instant;
use std::sync::Arc;
use std::time::Duration;
use storage::catalogue::Publisher;
use storage::certificates::{self, Signed};
use storage::dossiers::{self, NewEvent};
use storage::engine::Tx;
use storage::reforms::{self, Due, Reform, State};
use storage::{locks, units};
use tokio::sync::watch;
use tokio::time::timeout;

/// Dossiers staged or settled in one transaction: a commit is worth it, and nobody waits long for the writer.
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
            reforms::put_transfer(tx, &transfer)?;
            Ok(true)
        }
        None => {
            reforms::drop_transfer(tx, router.plan().id, id)?;
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
            reforms::drop_transfer(tx, plan.id, dossier.id)?;
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
    for (unit, event) in plan.unit_events() {
        units::append(tx, unit, plan.effective_at, None, &event)?;
    }
    units::put_heirs(tx)?;
    crate::queue::moving::carry_over(tx, &plan, &router)?;
    for (revision, to) in offered_anew(&plan, &known)? {
        let revision = ProcedureRevision { procedure: to, ..revision };
        catalogue::publish_one(tx, &revision, plan.effective_at, Publisher::Reform(id), &plan.instrument)?;
    }
    reforms::change_mandates(tx, &mandates, plan.effective_on())?;
    Ok(true)
}

/// What the successors offer that their level did not offer before: each revision with the procedure it becomes.
fn offered_anew(plan: &Reorganisation, known: &Snapshot) -> Result<Vec<(ProcedureRevision, ProcedureId)>, AppError> {
    let world = World {
        organisation: &known.organisation,
        mandates: &known.mandates,
        dossiers: &[],
        sessions: &[],
        series: &[],
        catalogue: &catalogue_entries(known)?,
        named: &[],
        plans: &[],
    };
    let clones = Consequences::of(plan, &world).map_err(contradiction)?.clones;
    let current = |it: &RevisionClone| known.catalogue.all().find(|known| known.id == it.from).cloned();
    let found = clones.into_iter().filter_map(|it| current(&it).map(|from| (ProcedureRevision::clone(&from), it.to)));
    Ok(found.collect())
}

/// Writes the transfers of plans in force into the histories of their dossiers, in small transactions; gives how many.
///
/// # Errors
/// The house failed; asking again goes on.
pub async fn settle(house: &Arc<House>) -> Result<u64, AppError> {
    settle_while(house, None).await
}

/// The same; a worker that lost its lease meanwhile stops, for another one goes on.
async fn settle_while(house: &Arc<House>, holder: Option<[u8; 16]>) -> Result<u64, AppError> {
    let mut settled = 0;
    for plan in house.now_known().in_force.clone() {
        let id = plan.plan.id;
        loop {
            let ids = house.db.read(move |tx| Ok::<_, AppError>(reforms::unsettled(tx, id, PIECE)?)).await?;
            if ids.is_empty() {
                break;
            }
            if let Some(holder) = holder
                && !timers::is_ours(house, LEASE, LEASE_SECONDS, holder).await
            {
                return Ok(settled);
            }
            settled += ids.len() as u64;
            let minted: Vec<Minted> = ids.iter().map(|_| Minted::new(house)).collect();
            let inside = Arc::clone(house);
            house.db.write(move |tx| settle_piece(tx, &inside, &ids, &minted)).await?;
            tokio::task::yield_now().await;
        }
        let signed = certificate::make(house, &plan).await?;
        house.db.write(move |tx| settle_whole(tx, id, &signed)).await?;
    }
    house.refresh()?;
    Ok(settled)
}

/// Every history tells of the plan, and its certificate is signed: both or neither.
fn settle_whole(tx: &mut Tx, id: ReformId, signed: &Signed) -> Result<(), AppError> {
    if reforms::settle(tx, id, signed.made_at)? {
        certificates::keep(tx, signed)?;
    }
    Ok(())
}

fn settle_piece(tx: &mut Tx, house: &House, ids: &[DossierId], minted: &[Minted]) -> Result<(), AppError> {
    locks::history(tx)?;
    note_sealed(tx, house)?;
    let known = house.known_in(tx)?;
    for (id, minted) in ids.iter().zip(minted) {
        locks::dossier(tx, *id)?;
        let (dossier, log) = dossiers::find(tx, *id)?.ok_or(AppError::NotFound)?;
        settle_first(tx, house, &known, dossier, log, minted)?;
    }
    Ok(())
}

/// The dossier as plans in force left it: what its history does not tell of yet is written first, in the same transaction.
pub(crate) fn settle_first(
    tx: &mut Tx,
    house: &House,
    known: &Snapshot,
    dossier: Dossier,
    mut log: Vec<Recorded>,
    minted: &Minted,
) -> Result<(Dossier, Vec<Recorded>), AppError> {
    // What is known in a transaction is never older than it: without a plan in force nothing is untold.
    if known.in_force.is_empty() {
        return Ok((dossier, log));
    }
    let mut state = dossier;
    let mut told_of = Vec::new();
    for (id, recorded, after) in untold(tx, house, known, &state, &log)? {
        let revision = catalogue::revision(tx, known, &after.revision)?;
        // A transfer has no body, so that its salt hides nothing.
        let new = [NewEvent { recorded: recorded.clone(), salt: [0; 16] }];
        dossiers::append(tx, &after, &new, &house.titles(&after, &revision))?;
        told_of.extend(new);
        reforms::settled(tx, id, after.id, recorded.at, recorded.seq)?;
        log.push(recorded);
        state = after;
    }
    // Moved twice before anybody looked, its citizen is told once: where it lies now.
    notices::enqueue(tx, house, known, &state, &told_of, minted.messages_of_transfers())?;
    Ok((state, log))
}

/// The dossier as plans in force left it, for readers: what its history will tell is told already.
pub(crate) fn as_told(
    tx: &Tx,
    house: &House,
    known: &Snapshot,
    dossier: Dossier,
    mut log: Vec<Recorded>,
) -> Result<(Dossier, Vec<Recorded>), AppError> {
    let mut state = dossier;
    if !known.in_force.is_empty() {
        for (_, recorded, after) in untold(tx, house, known, &state, &log)? {
            log.push(recorded);
            state = after;
        }
    }
    Ok((state, log))
}

/// What the history of a dossier does not tell of yet: each transfer as an event, and the dossier after it.
fn untold(
    tx: &Tx,
    house: &House,
    known: &Snapshot,
    dossier: &Dossier,
    log: &[Recorded],
) -> Result<Vec<(ReformId, Recorded, Dossier)>, AppError> {
    let mut found: Vec<(ReformId, Recorded, Dossier)> = Vec::new();
    for (id, to, needs_routing, fell_to_head) in reforms::unsettled_of(tx, dossier.id)? {
        let reform = known.in_force.iter().find(|it| it.plan.id == id);
        let Reform { plan, flipped_at, .. } =
            reform.ok_or_else(|| AppError::fault("settling", "a plan nobody knows"))?;
        let state = found.last().map_or(dossier, |it| &it.2);
        let instrument = plan.instrument.clone();
        let transfer = Transfer { reform: id, instrument, dossier: state.id, to, needs_routing, fell_to_head };
        let last = found.last().map(|it| it.1.at).or_else(|| log.last().map(|it| it.at)).unwrap_or(state.filed_at);
        let at = flipped_at.unwrap_or(plan.effective_at).max(last).max(house.sealed_until());
        let event = told(tx, house, known, state, &transfer, at)?;
        let recorded = Recorded { seq: state.version + 1, at, actor: None, unit: None, event };
        let after = Dossier::apply(state.id, Some(state.clone()), &recorded)
            .map_err(|why| AppError::fault("folding a transfer", why))?;
        found.push((id, recorded, after));
    }
    Ok(found)
}

fn told(
    tx: &Tx,
    house: &House,
    known: &Snapshot,
    dossier: &Dossier,
    transfer: &Transfer,
    at: Instant,
) -> Result<domain::dossier::Event, AppError> {
    let revision = catalogue::revision(tx, known, &dossier.revision)?;
    let regime = house.regime_named(&dossier.regime)?;
    let context = house.context(known, transfer.to.competent, &revision, regime, None, at);
    let command = Command::Transfer(Box::new(transfer.clone()));
    let events = decide(Some(dossier), &command, &context)?;
    events.into_iter().next().ok_or_else(|| AppError::fault("settling", "no event"))
}

/// What the node that settles holds: several would do the same work, and each find it done.
const LEASE: &str = "reorganisation";
/// So long it holds it without a word, in seconds.
const LEASE_SECONDS: i64 = 60;

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
    if !timers::is_ours(house, LEASE, LEASE_SECONDS, holder).await {
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
