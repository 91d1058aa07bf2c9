//! Beginning a plan, seeing how far it is, giving it up and taking it back: all by who decides about it.

use super::{
    DraftError, Looked, ReformDraftRefusal, assert_decides, assert_may_reorganise, assert_not_begun,
    controls_a_topmost_unit,
};
use crate::error::AppError;
use crate::house::House;
use crate::reform::{self, Editions, UndoError, Undone};
use domain::ids::{PersonId, ReformId};
use std::sync::Arc;
use storage::reform_drafts as drafts;
use storage::reforms::{Reform, Unreadable};
use storage::transfers::Counts;
use storage::{house as houses, locks, reforms, transfers};

/// Whether a plan may be begun without a rehearsal of what it says now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rehearsed {
    /// Only where a rehearsal of this version came to its end and its certificate held.
    Required,
    /// Somebody decided that it need not.
    Waived,
}

/// Begins a plan: from now on it is staged, and carried out at its instant. `number` is what somebody typed as the number of the
/// resolution. Everything is checked once more against the house as it is in that very transaction.
///
/// # Errors
/// Something is left to settle; another number; no rehearsal; somebody wrote the plan, begun it or changed the house meanwhile;
/// no control officer; the house failed. Then nothing is begun.
pub async fn begin(
    house: &Arc<House>,
    by: PersonId,
    looked: &Looked,
    number: &str,
    rehearsed: Rehearsed,
) -> Result<(), DraftError> {
    assert_decides(house, by, &looked.plan)?;
    if let Some(post) = looked.plan.favours(by, &looked.found.mandates, &looked.known.mandates) {
        return Err(ReformDraftRefusal::FavoursAuthor { post }.into());
    }
    if !looked.found.conflicts.is_empty() {
        return Err(ReformDraftRefusal::ConflictsLeft { count: looked.found.conflicts.len() }.into());
    }
    if !looked.plan.is_its_number(number) {
        return Err(ReformDraftRefusal::OtherNumber.into());
    }
    if rehearsed == Rehearsed::Required && !looked.is_rehearsed() {
        return Err(ReformDraftRefusal::NotRehearsed.into());
    }
    let expected = i64::try_from(looked.found.transfers.len()).unwrap_or(i64::MAX);
    let (plan, seen, known, now) = (looked.plan.clone(), looked.draft.version, looked.editions, house.clock.now());
    house
        .db
        .write(move |tx| {
            locks::whole_history(tx)?;
            locks::reform_drafts(tx)?;
            assert_not_begun(tx, plan.id)?;
            match drafts::find(tx, plan.id)? {
                Some(draft) if draft.version == seen => {}
                Some(_) | None => return Err(ReformDraftRefusal::PlanWrittenSince.into()),
            }
            if Editions::of(tx)? != known {
                return Err(ReformDraftRefusal::HouseChangedSince.into());
            }
            reforms::add(tx, &plan, now, Some(by), None)?;
            drafts::put_expected(tx, plan.id, expected)?;
            houses::audit(tx, now, Some(by), "reform begun", &plan.id.to_string(), &plan.instrument)?;
            Ok::<_, DraftError>(())
        })
        .await?;
    house.refresh()?;
    Ok(())
}

/// Has a begun plan staged, beside whoever asked for it.
pub fn stage_beside(house: &Arc<House>, id: ReformId) {
    let house = Arc::clone(house);
    tokio::spawn(async move {
        match reform::stage(&house, id).await {
            Ok(dossiers) => tracing::info!(reform = %id, dossiers, "a reorganisation is staged"),
            Err(error) => {
                tracing::error!(reform = %id, error = crate::error::in_full(&error), "staging a reorganisation failed; it can be asked for again");
            }
        }
    });
}

/// A plan that is begun, and how far it is, by its id; none where it is not begun.
///
/// # Errors
/// No control officer, or the house failed.
pub fn progress(house: &House, by: PersonId, id: ReformId) -> Result<Option<(Reform, Counts)>, AppError> {
    assert_may_reorganise(house, by)?;
    house.db.read_now(|tx| {
        let Some(reform) = reforms::find(tx, id)? else { return Ok(None) };
        Ok(Some((reform, transfers::counts(tx, id)?)))
    })
}

/// Gives a begun plan up that is not in force. False where it is.
///
/// # Errors
/// No control officer, or the house failed.
pub async fn give_up(house: &Arc<House>, by: PersonId, id: ReformId) -> Result<bool, AppError> {
    assert_decides_about_begun(house, by, id)?;
    let given_up = reform::give_up(house, id).await?;
    if given_up {
        noted(house, by, id, "reform given up").await?;
    }
    Ok(given_up)
}

/// Takes a plan back that is in force, while that is lawful.
///
/// # Errors
/// It is not any more; no control officer; the house failed.
pub async fn take_back(house: &Arc<House>, by: PersonId, id: ReformId) -> Result<Undone, UndoError> {
    assert_decides_about_begun(house, by, id)?;
    let undone = reform::undo(house, id, Some(by)).await?;
    noted(house, by, id, "reform taken back").await?;
    Ok(undone)
}

/// A begun plan whose row cannot be read any more, by its id; none for every other.
///
/// # Errors
/// No control officer, or the house failed.
pub fn unreadable(house: &House, by: PersonId, id: ReformId) -> Result<Option<Unreadable>, AppError> {
    assert_may_reorganise(house, by)?;
    let (_, unreadable) = house.db.read_now(|tx| Ok::<_, AppError>(reforms::all_and_unreadable(tx)?))?;
    Ok(unreadable.into_iter().find(|it| it.id == id))
}

fn assert_decides_about_begun(house: &House, by: PersonId, id: ReformId) -> Result<(), AppError> {
    let decides = if unreadable(house, by, id)?.is_some() {
        // Nobody can say what it touches.
        controls_a_topmost_unit(house, by)
    } else {
        let reform = house.db.read_now(|tx| reforms::find(tx, id)?.ok_or(AppError::NotFound))?;
        let (known, today) = (house.now_known(), house.clock.now().day());
        reform.plan.is_decided_by(by, &known.organisation, &known.mandates, today)
    };
    if decides { Ok(()) } else { Err(AppError::Forbidden) }
}

async fn noted(house: &House, by: PersonId, id: ReformId, what: &'static str) -> Result<(), AppError> {
    let now = house.clock.now();
    house.db.write(move |tx| Ok::<_, AppError>(houses::audit(tx, now, Some(by), what, &id.to_string(), "")?)).await
}
