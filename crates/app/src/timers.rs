//! What the house does by itself as time passes: requests for papers lapse, what need not be kept is forgotten.

use crate::accounts::idle_since;
use crate::actor::Actor;
use crate::answering;
use crate::error::{AppError, in_full};
use crate::files;
use crate::handle::{self, Asked};
use crate::house::House;
use crate::integrity;
use crate::publication;
use domain::dossier::{Command, Status};
use domain::time::Instant;
use std::sync::Arc;
use std::time::Duration;
use storage::{lists, outbox, sessions};
use tokio::sync::watch;
use tokio::time::timeout;

/// Most requests and questions that lapse before others get their turn.
const LAPSED_MAX: u32 = 50;
/// So long answers to forms are remembered, and delivered messages kept whole, in seconds.
const KEPT_SECONDS: i64 = 30 * 24 * 3_600;
/// So long wrong tries are remembered, in seconds.
const TRIES_SECONDS: i64 = 24 * 3_600;
/// What the node that runs the timers holds.
const LEASE: &str = "timers";
/// So long it holds it without a word, in seconds: some rounds.
const LEASE_SECONDS: i64 = 300;
/// Between two rounds of the worker.
const EVERY: Duration = Duration::from_secs(60);
/// A clock that went on by more than this since the last round may be wrong, in seconds: three days.
const LEAP_SECONDS: i64 = 3 * 24 * 3_600;
/// So long nothing is ended, forgotten or sealed under such a clock: time for somebody to set it right.
const DOUBT: Duration = Duration::from_secs(3_600);
/// House text: when the timers last ran, in microseconds.
const LAST_ROUND: &str = "timers_at";
/// Rounds between two sweeps of the files.
const ROUNDS_PER_SWEEP: u32 = 24 * 60;

/// What one round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ticked {
    /// Dossiers that ended because their papers did not come, or went on because their citizen did not answer.
    pub lapsed: usize,
    /// Revisions of procedures that hold from today.
    pub published: usize,
    /// Answers to forms forgotten.
    pub forgotten: u64,
    /// Messages emptied.
    pub emptied: u64,
    /// Sessions removed.
    pub sessions: u64,
}

/// One round of everything that is due.
///
/// # Errors
/// The house failed. A dossier that cannot lapse is no error of the round: it is logged, and tried again with the next.
pub async fn tick(house: &Arc<House>) -> Result<Ticked, AppError> {
    let lapsed = lapse(house).await?;
    let published = publication::publish_due(house).await?;
    let now = house.clock.now();
    let before = now.plus_seconds(-KEPT_SECONDS);
    let idle = idle_since(house, now);
    let (forgotten, emptied, sessions) = house
        .db
        .write(move |tx| {
            let forgotten = storage::house::forget(tx, before)?;
            let emptied = outbox::empty_old(tx, before)?;
            storage::delivery::forget(tx, before)?;
            answering::sweep(tx, now)?;
            storage::people::sweep_tries(tx, now.plus_seconds(-TRIES_SECONDS))?;
            crate::queue::forget_old(tx, now)?;
            crate::slips::forget_old(tx, now)?;
            Ok::<_, AppError>((forgotten, emptied, sessions::sweep(tx, now, idle)?))
        })
        .await?;
    Ok(Ticked { lapsed, published, forgotten, emptied, sessions })
}

/// Ends the dossiers whose time to supply has passed, and takes silence for consent where the step says so, one
/// transaction each.
async fn lapse(house: &Arc<House>) -> Result<usize, AppError> {
    let today = house.clock.now().day();
    let mut lapsed = 0;
    loop {
        let due = house.db.read(move |tx| lists::lapsed(tx, today, LAPSED_MAX)).await?;
        let (found, before) = (due.len(), lapsed);
        for (id, status) in due {
            let command = match status {
                Status::AwaitingSupplement => Command::LapseSupplement,
                _ => Command::TakeSilence,
            };
            let asked = Asked { actor: Actor::Timer, id, version: None, command, once: None };
            match handle::handle(house, asked).await {
                Ok(_) => lapsed += 1,
                Err(error @ AppError::Unavailable(_)) => return Err(error),
                Err(error) => {
                    tracing::warn!(dossier.id = %id, error = in_full(&error), "what its citizen did not answer in time did not go on")
                }
            }
        }
        if lapsed == before || found < usize::try_from(LAPSED_MAX).unwrap_or(usize::MAX) {
            return Ok(lapsed);
        }
        tokio::task::yield_now().await;
    }
}

/// A round every minute and a sweep of the files every day, until told to stop.
pub async fn worker(house: Arc<House>, mut stop: watch::Receiver<bool>) {
    let holder = house.ids.salt();
    let mut rounds: u32 = 0;
    let mut doubted = None;
    while !*stop.borrow() {
        if is_ours(&house, LEASE, LEASE_SECONDS, holder).await && is_believed(&house, &mut doubted, DOUBT).await {
            round(&house, rounds).await;
            rounds = rounds.wrapping_add(1);
        }
        if matches!(timeout(EVERY, stop.changed()).await, Ok(Err(_))) {
            break;
        }
    }
}

/// Everything that is due; what fails is tried again with the next round.
async fn round(house: &Arc<House>, rounds: u32) {
    if let Err(error) = tick(house).await {
        tracing::error!(error = in_full(&error), "a round of the timers failed; the next one tries again");
    }
    if rounds.is_multiple_of(ROUNDS_PER_SWEEP) {
        match files::sweep_orphans(house).await {
            Ok(0) => {}
            Ok(swept) => tracing::info!(files = swept, "files that nothing names were deleted"),
            Err(error) => tracing::error!(error = in_full(&error), "the sweep of the files failed"),
        }
    }
    let inside = Arc::clone(house);
    // Every dossier's last hash is read for it: not on a thread that others wait for.
    let sealed = tokio::task::spawn_blocking(move || integrity::seal_if_due(&inside)).await;
    match sealed.unwrap_or_else(|broken| Err(AppError::fault("sealing the history", broken))) {
        Ok(Some(seal)) => tracing::info!(dossiers = seal.dossiers, events = seal.events, "the history is sealed"),
        Ok(None) => {}
        Err(error) => tracing::error!(error = in_full(&error), "the history could not be sealed"),
    }
}

/// Whether what only one node may do is this node's: always where there is no other, else by a lease that a node which is gone loses.
pub(crate) async fn is_ours(house: &House, lease: &'static str, seconds: i64, holder: [u8; 16]) -> bool {
    if !house.db.is_shared() {
        return true;
    }
    let now = house.clock.now();
    let until = now.plus_seconds(seconds);
    let taken = house.db.write(move |tx| storage::house::take_lease(tx, lease, holder, now, until)).await;
    taken.unwrap_or_else(|error| {
        tracing::warn!(error = in_full(&error), lease, "it could not be found out which node holds a lease");
        false
    })
}

/// Whether the clock is to be believed. What the timers do cannot be taken back, and days may have passed because the house was
/// closed, or because somebody set the clock wrong: after a leap they wait for a while.
async fn is_believed(house: &House, doubted: &mut Option<std::time::Instant>, patience: Duration) -> bool {
    let now = house.clock.now();
    let last = match house.db.read(|tx| storage::house::text(tx, LAST_ROUND)).await {
        Ok(last) => last.and_then(|it| it.parse().ok()).map(Instant::from_micros),
        Err(error) => {
            tracing::warn!(error = in_full(&error), "it could not be found out when the timers last ran");
            return false;
        }
    };
    if let Some(last) = last.filter(|last| now > last.plus_seconds(LEAP_SECONDS)) {
        let since = *doubted.get_or_insert_with(|| {
            tracing::warn!(
                clock.before = %last.local(),
                clock.now = %now.local(),
                "the clock went on by days since the timers last ran: they wait an hour; if it is wrong, set it right now"
            );
            std::time::Instant::now()
        });
        if since.elapsed() < patience {
            return false;
        }
    }
    *doubted = None;
    let noted = now.micros().to_string();
    if let Err(error) = house.db.write(move |tx| storage::house::put_text(tx, LAST_ROUND, &noted)).await {
        tracing::warn!(error = in_full(&error), "it could not be noted when the timers ran");
        return false;
    }
    true
}

#[cfg(test)]
mod tests;
