//! The clock on the wall of a demo: it goes on where it stood when the server stopped, and may be turned forward, so that nobody has
//! to wait for midnight to see a reorganisation come into force. A house in use has no such clock.

use crate::error::AppError;
use crate::house::House;
use crate::reform_drafts::assert_may_reorganise;
use domain::ids::{PersonId, ReformId};
use domain::time::Instant;
use std::sync::Arc;
use storage::engine::{StorageError, Tx};
use storage::{house as houses, reforms, sessions};

/// House text of a demo: what its clock showed last, in microseconds.
const DEMO_CLOCK: &str = "demo_clock";
/// A clock that was saved is at most so old, in seconds: the demo's goes on from after that.
pub const SAVED_EVERY_SECONDS: i64 = 10;
/// A clock turned towards an instant shows so many seconds before it: one sees it come.
const BEFORE_THE_INSTANT_SECONDS: i64 = 5;

/// What the clock shows when the server starts again: never before anything that happened in the demo. None where none was saved.
///
/// # Errors
/// The storage failed.
pub fn saved(tx: &Tx) -> Result<Option<Instant>, StorageError> {
    Ok(told(tx)?.map(|it| it.plus_seconds(SAVED_EVERY_SECONDS)))
}

/// Remembers what the clock shows, unless another node's shows more.
///
/// # Errors
/// The storage failed.
pub async fn save(house: &House) -> Result<(), StorageError> {
    let now = house.clock.now();
    let keep = move |tx: &mut Tx| if told(tx)?.is_some_and(|it| it > now) { Ok(()) } else { put(tx, now) };
    house.db.write(keep).await
}

/// Turns the clock to what another node's showed, where that is more: of several nodes one alone is asked to turn it.
///
/// # Errors
/// The storage failed.
pub async fn follow(house: &House) -> Result<(), StorageError> {
    if let Some(told) = house.db.read(told).await?.filter(|it| *it > house.clock.now()) {
        house.clock.turn_to(told);
    }
    Ok(())
}

fn told(tx: &Tx) -> Result<Option<Instant>, StorageError> {
    let told = houses::text(tx, DEMO_CLOCK)?.and_then(|it| it.parse().ok());
    Ok(told.map(Instant::from_micros))
}

/// Has the clock go on from that moment when the demo is opened.
///
/// # Errors
/// The storage failed.
pub fn set(house: &House, opens: Instant) -> Result<(), StorageError> {
    house.db.write_now(|tx| put(tx, opens.plus_seconds(-SAVED_EVERY_SECONDS)))
}

fn put(tx: &mut Tx, now: Instant) -> Result<(), StorageError> {
    houses::put_text(tx, DEMO_CLOCK, &now.micros().to_string())
}

/// True where the clock can be turned to shortly before that moment: in a demo, and only forward.
pub fn may_turn_to(house: &House, instant: Instant) -> bool {
    house.rules.demo && house.clock.now() < shortly_before(instant)
}

fn shortly_before(instant: Instant) -> Instant {
    instant.plus_seconds(-BEFORE_THE_INSTANT_SECONDS)
}

/// Turns the clock to seconds before the instant of a plan that waits for it. Nothing is done in the time between, and nobody is
/// signed out by it. False where there is nothing to turn: no such plan waits, or its instant is near.
///
/// # Errors
/// No demo; no control officer; the house failed.
pub async fn turn_towards(house: &Arc<House>, by: PersonId, plan: ReformId) -> Result<bool, AppError> {
    assert_may_reorganise(house, by)?;
    if !house.rules.demo {
        return Err(AppError::NotFound);
    }
    let found = house.db.read_now(|tx| reforms::find(tx, plan))?.ok_or(AppError::NotFound)?;
    let waits = matches!(found.state, reforms::State::Staging | reforms::State::Staged);
    if !waits || !may_turn_to(house, found.plan.effective_at) {
        return Ok(false);
    }
    let to = shortly_before(found.plan.effective_at);
    let now = house.clock.now();
    let micros = to.micros().saturating_sub(now.micros());
    house
        .db
        .write(move |tx| {
            sessions::go_with_the_clock(tx, micros)?;
            put(tx, to)?;
            Ok::<_, AppError>(houses::audit(tx, to, Some(by), "demo clock turned", &plan.to_string(), "")?)
        })
        .await?;
    house.clock.turn_to(to);
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Clock, Ids};
    use crate::testing::{TestHouse, run};

    #[test]
    fn a_clock_that_is_turned_on_one_node_is_turned_on_the_others() {
        run(async {
            let test = TestHouse::new();
            let (began, noon) = (test.now(), test.now().plus_seconds(4 * 3_600));
            let (db, blobs) = (test.house.db.clone(), test.house.blobs.clone());
            let other = test.house.beside_at(db, blobs, Clock::standing(began), Ids::seeded(8)).unwrap();
            test.house.clock.turn_to(noon);
            save(&test.house).await.unwrap();
            save(&other).await.unwrap();
            assert_eq!(test.house.db.read_now(told).unwrap(), Some(noon), "a clock that is behind turns none back");
            follow(&other).await.unwrap();
            assert_eq!(other.clock.now(), noon);
            other.clock.turn_to(noon.plus_seconds(60));
            follow(&other).await.unwrap();
            assert_eq!(other.clock.now(), noon.plus_seconds(60));
        });
    }
}
