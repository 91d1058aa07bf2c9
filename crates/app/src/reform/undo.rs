//! Taking a plan back: given up until it is in force; after that by a plan that undoes it, until a successor acted.

use super::carrying_out::{PIECE, give_up};
use super::settling::settle;
use crate::catalogue;
use crate::error::AppError;
use crate::house::House;
use domain::dossier::DossierCode;
use domain::ids::{DossierId, PersonId, ReformId, UnitId};
use domain::organisation::Mandate;
use domain::organisation::reform::{Compensation, MandateChanges, Reorganisation, UndoRefusal};
use domain::time::Instant;
use std::sync::Arc;
use storage::engine::Tx;
use storage::reforms::{self, Reform, State};
use storage::{dossiers, locks, transfers, units};

/// How a plan was taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undone {
    /// It was not in force yet: nothing of it happened.
    GivenUp,
    /// Its instant had come, and it could not be put in force: nothing of it happened either.
    GivenUpLate {
        /// Its instant.
        since: Instant,
    },
    /// Another plan undid it: units, rights and dossiers are as before. Histories are told of it as of any plan.
    TakenBack {
        /// That plan.
        by: ReformId,
        /// Dossiers that went back.
        dossiers: u64,
    },
}

/// Why a plan is not taken back.
#[derive(Debug, thiserror::Error)]
pub enum UndoError {
    /// There is no such plan.
    #[error("there is no such plan")]
    NotFound,
    /// It was given up or taken back before.
    #[error("it was given up or taken back before")]
    DoneBefore,
    /// It takes another plan back itself.
    #[error("it takes another plan back itself")]
    IsUndo,
    /// A successor acted on a dossier since.
    #[error("{unit_name} acted on dossier {code} since")]
    ActedOn {
        /// On which dossier.
        dossier: DossierId,
        /// Its code.
        code: DossierCode,
        /// When.
        at: Instant,
        /// In whose name.
        unit: UnitId,
        /// Its name.
        unit_name: String,
    },
    /// A dossier was filed with a successor since.
    #[error("dossier {code} was filed with {unit_name} since")]
    FiledSince {
        /// Which dossier.
        dossier: DossierId,
        /// Its code.
        code: DossierCode,
        /// When.
        at: Instant,
        /// With whom.
        unit: UnitId,
        /// Its name.
        unit_name: String,
    },
    /// A later plan is about a unit of this one.
    #[error("a later plan, {plan}, is about a unit of this one")]
    LaterPlan {
        /// Its key.
        plan: String,
    },
    /// The house failed.
    #[error(transparent)]
    House(#[from] AppError),
}

impl From<storage::engine::StorageError> for UndoError {
    fn from(error: storage::engine::StorageError) -> Self {
        Self::House(error.into())
    }
}

/// Whether a plan could be taken back as things are now.
///
/// # Errors
/// What [`undo`] would say.
pub fn may_undo(house: &House, id: ReformId) -> Result<(), UndoError> {
    house.db.read_now(|tx| match reforms::standing(tx, id)?.ok_or(UndoError::NotFound)?.0 {
        State::Undone | State::GivenUp => Err(UndoError::DoneBefore),
        State::Staging | State::Staged => Ok(()),
        State::InForce | State::Settled => {
            let reform = reforms::find(tx, id)?.ok_or(UndoError::NotFound)?;
            if reform.undoes.is_some() { Err(UndoError::IsUndo) } else { stopped(tx, house, &reform) }
        }
    })
}

/// Takes a plan back.
///
/// # Errors
/// It is lawful no more, or the house failed; then nothing changed.
pub async fn undo(house: &Arc<House>, id: ReformId, by: Option<PersonId>) -> Result<Undone, UndoError> {
    let found = || house.db.read_now(|tx| Ok::<_, UndoError>(reforms::find(tx, id)?));
    // The row alone is asked: a plan whose text cannot be read can still be given up.
    let (state, effective_at) =
        house.db.read_now(|tx| Ok::<_, UndoError>(reforms::standing(tx, id)?))?.ok_or(UndoError::NotFound)?;
    let is_late = effective_at <= house.clock.now();
    match state {
        State::Undone | State::GivenUp => return Err(UndoError::DoneBefore),
        State::Staging | State::Staged if give_up(house, id).await? => {
            return Ok(if is_late { Undone::GivenUpLate { since: effective_at } } else { Undone::GivenUp });
        }
        // Its instant came meanwhile, or long ago. Every history tells of it first, so that what comes after it is seen.
        State::Staging | State::Staged | State::InForce | State::Settled => {}
    }
    if found()?.ok_or(UndoError::NotFound)?.undoes.is_some() {
        return Err(UndoError::IsUndo);
    }
    settle(house).await?;
    let reform = found()?.ok_or(UndoError::NotFound)?;
    house.db.read_now(|tx| stopped(tx, house, &reform))?;
    let back = Arc::new((way_back(house, &reform.plan), reform));
    stage_back(house, &back, by).await?;
    let inside = (Arc::clone(house), Arc::clone(&back));
    let taken = house.db.write(move |tx| flip_back(tx, &inside.0, &inside.1)).await;
    if taken.is_err() {
        let id = back.0.id;
        house.db.write(move |tx| Ok::<_, AppError>(reforms::forget_undo(tx, id)?)).await?;
    }
    house.refresh()?;
    Ok(Undone::TakenBack { by: back.0.id, dossiers: taken? })
}

/// The plan that undoes another one, as it is kept. What it does to units and rights [`Compensation`] says.
fn way_back(house: &House, plan: &Reorganisation) -> Reorganisation {
    // Never before what it undoes, also where the clock was set back since.
    let now = house.event_time().max(plan.effective_at);
    Reorganisation {
        id: ReformId::from_uuid(house.ids.uuid(now)),
        key: format!("{}-thu-hoi", plan.key),
        title: format!("Thu hồi: {}", plan.title),
        instrument: format!("Thu hồi việc thực hiện {}", plan.instrument),
        signed_on: now.day(),
        effective_at: now,
        invented: plan.invented.clone(),
        era: None,
        begins: Vec::new(),
        changes: Vec::new(),
        ends: Vec::new(),
        edges: Vec::new(),
        territory: Vec::new(),
        staff: Vec::new(),
        offers: Vec::new(),
        settled: Vec::new(),
        text_sha256: String::new(),
    }
}

/// The plan that undoes, and the one that is undone.
type Pair = (Reorganisation, Reform);

fn compensation(pair: &Pair) -> Compensation<'_> {
    let (back, of) = pair;
    Compensation { id: back.id, instrument: back.instrument.clone(), of: &of.plan, on: back.effective_on() }
}

/// What stands in the way.
fn stopped(tx: &Tx, house: &House, reform: &Reform) -> Result<(), UndoError> {
    let (known, plan) = (house.known_in(tx)?, &reform.plan);
    let name = |unit, at: Instant| known.organisation.name_on(unit, at.day()).to_owned();
    if let Some(it) = transfers::first_act(tx, plan.id)? {
        let unit_name = name(it.unit, it.at);
        return Err(UndoError::ActedOn { dossier: it.dossier, code: it.code, at: it.at, unit: it.unit, unit_name });
    }
    for (begun, _) in &plan.begins {
        if let Some((dossier, code, at, unit)) = reforms::first_filed(tx, *begun, plan.effective_at)? {
            let unit_name = name(unit, at);
            return Err(UndoError::FiledSince { dossier, code, at, unit, unit_name });
        }
    }
    let others = reforms::all(tx)?.into_iter().filter(|it| {
        let is_off = matches!(it.state, State::GivenUp | State::Undone);
        !is_off && it.undoes.is_none()
    });
    let others: Vec<Reorganisation> = others.map(|it| it.plan).collect();
    let pair = (plan.clone(), reform.clone());
    compensation(&pair).stands_alone(&others).map_err(|why| match why {
        UndoRefusal::LaterPlan { plan } => UndoError::LaterPlan { plan },
        other => AppError::fault("taking a plan back", other).into(),
    })
}

/// Writes where every dossier goes back to, in small transactions. Nobody reads it before the way back is taken.
async fn stage_back(house: &Arc<House>, back: &Arc<Pair>, by: Option<PersonId>) -> Result<(), UndoError> {
    let inside = Arc::clone(back);
    let begin = move |tx: &mut Tx| {
        let (plan, of) = &*inside;
        // One that was cut off begins anew: acts may have come since.
        for it in reforms::all(tx)?.iter().filter(|it| it.undoes == Some(of.plan.id)) {
            reforms::forget_undo(tx, it.plan.id)?;
        }
        Ok::<_, AppError>(reforms::add(tx, plan, plan.effective_at, by, Some(of.plan.id))?)
    };
    house.db.write(begin).await?;
    let mut after = None;
    loop {
        let inside = Arc::clone(back);
        match house.db.write(move |tx| stage_back_piece(tx, &inside, after)).await? {
            Some(last) => after = Some(last),
            None => break,
        }
        tokio::task::yield_now().await;
    }
    let id = back.0.id;
    Ok(house.db.write(move |tx| Ok::<_, AppError>(reforms::staged(tx, id)?)).await?)
}

fn stage_back_piece(tx: &mut Tx, back: &Pair, after: Option<DossierId>) -> Result<Option<DossierId>, AppError> {
    let moved = transfers::told_after(tx, back.1.plan.id, after, PIECE)?;
    for (id, ..) in &moved {
        locks::dossier(tx, *id)?;
        let (dossier, log) = dossiers::find(tx, *id)?.ok_or(AppError::NotFound)?;
        if !dossier.status.is_open() {
            continue;
        }
        // Somebody acted on it a moment ago: said when the way back is taken, with the code and the name.
        if let Ok(Some(transfer)) = compensation(back).transfer_back(*id, &log) {
            transfers::put(tx, &transfer)?;
        }
    }
    Ok(moved.last().map(|(id, ..)| *id))
}

fn flip_back(tx: &mut Tx, house: &House, back: &Pair) -> Result<u64, UndoError> {
    locks::whole_history(tx)?;
    let (plan, of) = back;
    stopped(tx, house, of)?;
    let known = house.known_in(tx)?;
    let made =
        of.made.as_ref().ok_or_else(|| AppError::fault("taking a plan back", "what it did to rights is not kept"))?;
    let (compensation, on) = (compensation(back), plan.effective_on());
    let mut mandates = compensation.mandates(made);
    mandates.ended.extend(granted_since(&of.plan, &mandates, known.mandates.all(), on));
    transfers::drop_closed(tx, plan.id)?;
    if !reforms::flip(tx, plan.id, plan.effective_at, &mandates)? || !reforms::undone(tx, of.plan.id)? {
        return Err(UndoError::DoneBefore);
    }
    units::append_all(tx, plan.effective_at, &compensation.unit_events(&known.organisation))?;
    units::put_heirs(tx)?;
    catalogue::withdraw(tx, of.plan.id, plan.effective_at)?;
    storage::queue::take_back(tx, of.plan.id, &of.plan.ends, on)?;
    reforms::change_mandates(tx, &mandates, on)?;
    Ok(transfers::counts(tx, plan.id)?.moved)
}

/// Rights granted since in a unit that the plan founded: they end with it.
fn granted_since<'a>(
    plan: &Reorganisation,
    known: &MandateChanges,
    all: &'a [Mandate],
    on: jiff::civil::Date,
) -> Vec<Mandate> {
    let founded = |unit: UnitId| plan.begins.iter().any(|(id, _)| *id == unit);
    let runs = |it: &&'a Mandate| it.until.is_none_or(|until| until > on);
    all.iter().filter(runs).filter(|it| founded(it.unit) && !known.ended.contains(it)).cloned().collect()
}
