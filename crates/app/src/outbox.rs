//! Messages on their way out of the house: at least once, in order for each dossier, the same message never two different files.
//!
//! [`run_once`] takes what may go now and hands it to a [`Carrier`]; nothing is carried within a transaction. What fails comes back
//! later and later, and at last lies dead until an administrator sends it again.

mod folder;

pub use folder::Folder;

use crate::accounts::assert_administrator;
use crate::error::{AppError, in_full};
use crate::house::House;
use domain::ids::{MessageId, PersonId};
use domain::time::Instant;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use storage::engine::StorageError;
use storage::outbox::{self, Message};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Most messages that are carried at the same time.
const BATCH_MAX: u32 = 20;
/// Tries before a message is given up.
const TRIES_MAX: u32 = 8;
/// Seconds until the second try; each further one waits twice as long.
const AGAIN_AFTER_SECONDS: i64 = 60;
/// So long a partner may take for one message.
const PATIENCE: Duration = Duration::from_secs(30);
/// So long a message is kept from other nodes, in seconds: longer than a partner may take, or it would go twice.
const CLAIMED_SECONDS: i64 = 120;
/// So long the worker rests where nothing waits.
const REST: Duration = Duration::from_secs(1);
/// Longest reason of a failure that is kept, in characters.
const REASON_CHARS_MAX: usize = 300;
/// Most messages in a list.
const LIST_MAX: u32 = 200;
/// Most dead letters sent again at once.
const RESENT_MAX: u32 = 1_000;

/// Why a message did not arrive, without a word of what is in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CarryError(pub String);

/// Who takes messages out of the house. Carrying the same message twice must do the same as carrying it once.
pub trait Carrier: Send + Sync + 'static {
    /// Carries one message; returns once it has arrived for good.
    fn carry(&self, message: Message) -> impl Future<Output = Result<(), CarryError>> + Send;
}

/// Carries what may go now to the outbox folder. Says how many messages were tried; 0 means that nothing waits.
///
/// # Errors
/// The database cannot be used. A message that does not arrive is no error.
pub async fn run_once(house: &Arc<House>) -> Result<usize, AppError> {
    let folder = Arc::new(Folder::new(house.rules.outbox_folder.clone()));
    run_once_with(house, &folder, PATIENCE).await
}

/// The same with another carrier, and with how long one message may take.
///
/// # Errors
/// As [`run_once`].
pub async fn run_once_with<C: Carrier>(
    house: &Arc<House>,
    carrier: &Arc<C>,
    patience: Duration,
) -> Result<usize, AppError> {
    let now = house.clock.now();
    let ready = ready(house, now).await?;
    let tried = ready.len();
    let mut on_the_way = JoinSet::new();
    for message in ready {
        let carrier = Arc::clone(carrier);
        on_the_way.spawn(async move {
            let (id, tries) = (message.id, message.tries);
            // A carrier that breaks counts as one that failed: its own task keeps the others safe.
            let carrying = tokio::spawn(async move { carrier.carry(message).await });
            let stop = carrying.abort_handle();
            let outcome = match timeout(patience, carrying).await {
                Ok(Ok(outcome)) => outcome,
                Ok(Err(broken)) => Err(CarryError(format!("the carrier broke: {broken}"))),
                Err(_) => {
                    stop.abort();
                    Err(CarryError(format!("no answer within {} seconds", patience.as_secs())))
                }
            };
            (id, tries, outcome)
        });
    }
    while let Some(carried) = on_the_way.join_next().await {
        let (id, tries, outcome) = carried.map_err(|why| AppError::fault("carrying a message", why))?;
        note(house, id, tries, outcome).await?;
    }
    Ok(tried)
}

/// What may go now; where other nodes carry too, kept from them for as long as carrying may take.
async fn ready(house: &House, now: Instant) -> Result<Vec<Message>, AppError> {
    let ready = house.db.read(move |tx| outbox::ready(tx, now, BATCH_MAX)).await?;
    if ready.is_empty() || !house.db.is_shared() {
        return Ok(ready);
    }
    let until = now.plus_seconds(CLAIMED_SECONDS);
    Ok(house.db.write(move |tx| outbox::claim(tx, now, until, BATCH_MAX)).await?)
}

async fn note(house: &House, id: MessageId, tries: u32, outcome: Result<(), CarryError>) -> Result<(), AppError> {
    let now = house.clock.now();
    if let Err(error) = &outcome {
        tracing::warn!(message.id = %id, message.tries = tries + 1, error = %error, "a message did not arrive");
    }
    house
        .db
        .write(move |tx| match &outcome {
            Ok(()) => outbox::delivered(tx, id, now),
            Err(CarryError(why)) => {
                let (next_try_at, dead_at) = after_failure(tries, now);
                let why: String = why.chars().take(REASON_CHARS_MAX).collect();
                outbox::failed(tx, id, next_try_at, dead_at, &why)
            }
        })
        .await?;
    Ok(())
}

/// When it is tried next, and since when it is given up; `tries` are those before this one.
fn after_failure(tries: u32, now: Instant) -> (Instant, Option<Instant>) {
    let wait = AGAIN_AFTER_SECONDS.saturating_mul(1_i64.checked_shl(tries.min(TRIES_MAX)).unwrap_or(i64::MAX));
    let wait = wait.min(outbox::WAIT_SECONDS_MAX);
    (now.plus_seconds(wait), (tries + 1 >= TRIES_MAX).then_some(now))
}

/// Carries what waits, and rests where nothing does, until told to stop.
pub async fn worker(house: Arc<House>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        match run_once(&house).await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => {
                tracing::error!(error = in_full(&error), "the outbox could not be worked on; it is tried again")
            }
        }
        if matches!(timeout(REST, stop.changed()).await, Ok(Err(_))) {
            break;
        }
    }
}

/// Tries a dead letter again; it is written down who asked for it.
///
/// # Errors
/// Not an administrator, no such dead letter, or the house failed.
pub async fn resend(house: &Arc<House>, administrator: PersonId, id: MessageId) -> Result<(), AppError> {
    match resend_these(house, administrator, vec![id]).await? {
        0 => Err(AppError::NotFound),
        _ => Ok(()),
    }
}

/// Tries every dead letter again. Says how many.
///
/// # Errors
/// Not an administrator, or the house failed.
pub async fn resend_all(house: &Arc<House>, administrator: PersonId) -> Result<usize, AppError> {
    assert_administrator(house, administrator)?;
    let dead = house.db.read(|tx| outbox::dead(tx, RESENT_MAX)).await?;
    let mut resent = 0;
    for some in dead.chunks(50) {
        resent += resend_these(house, administrator, some.iter().map(|it| it.id).collect()).await?;
    }
    Ok(resent)
}

async fn resend_these(house: &Arc<House>, administrator: PersonId, ids: Vec<MessageId>) -> Result<usize, AppError> {
    assert_administrator(house, administrator)?;
    let now = house.clock.now();
    let resent = house
        .db
        .write(move |tx| {
            let mut resent = 0;
            for id in &ids {
                if outbox::resend(tx, *id, now)? > 0 {
                    storage::house::audit(tx, now, Some(administrator), "message resent", &id.to_string(), "")?;
                    resent += 1;
                }
            }
            Ok::<usize, StorageError>(resent)
        })
        .await?;
    Ok(resent)
}

/// Dead letters, oldest first, for the administrator.
///
/// # Errors
/// Not an administrator, or the house failed.
pub async fn dead(house: &Arc<House>, administrator: PersonId) -> Result<Vec<Message>, AppError> {
    assert_administrator(house, administrator)?;
    Ok(house.db.read(|tx| outbox::dead(tx, LIST_MAX)).await?)
}

/// The latest messages, newest first, for the administrator.
///
/// # Errors
/// Not an administrator, or the house failed.
pub async fn latest(house: &Arc<House>, administrator: PersonId) -> Result<Vec<Message>, AppError> {
    assert_administrator(house, administrator)?;
    Ok(house.db.read(|tx| outbox::latest(tx, LIST_MAX)).await?)
}

#[cfg(test)]
mod tests;
