//! Messages on their way out of the house: at least once, in order for each channel and dossier, each channel for itself.
//!
//! [`run_once`] takes what may go now and hands it to a [`Carrier`]; nothing is carried within a transaction. What fails comes back
//! later and later, and at last lies dead until an administrator sends it again; what its partner refuses for good is dead at
//! once. [`carriers`] says who carries what, [`delivery`] what partners report afterwards.

mod carriers;
mod delivery;
mod folder;

pub use carriers::{Carriers, TextWay};
pub use delivery::{PartReach, gateway_reports, hear, reach_of, report_of_gateway};
pub use folder::Folder;

use crate::accounts::assert_administrator;
use crate::error::{AppError, in_full};
use crate::house::House;
use domain::ids::{MessageId, PersonId};
use domain::notice::NoticeChannel;
use domain::time::Instant;
use integrations::Refused;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use storage::engine::{StorageError, Tx};
use storage::outbox::{self, Message};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Most messages of a channel that are carried at the same time.
const BATCH_MAX: u32 = 20;
/// Tries before a message is given up.
const TRIES_MAX: u32 = 8;
/// Seconds until the second try; each further one waits twice as long.
const AGAIN_AFTER_SECONDS: i64 = 60;
/// So long a partner may take for one message.
pub const PATIENCE: Duration = Duration::from_secs(30);
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

/// A part of a message that a partner has, under its own name for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Which partner.
    pub partner: &'static str,
    /// The part, from 1.
    pub part: u16,
    /// The partner's name for it.
    pub reference: String,
}

/// What came of carrying a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// What the partner took now, also where it did not take all.
    pub taken: Vec<Taken>,
    /// Whether it has all of it for good. The words of a refusal hold nothing of what is in the message.
    pub outcome: Result<(), Refused>,
}

impl Carried {
    /// It has arrived, or it has not, and the partner gave no name.
    pub fn whole(outcome: Result<(), Refused>) -> Self {
        Self { taken: Vec::new(), outcome }
    }
}

/// Who takes messages out of the house. Carrying the same message twice must do the same as carrying it once.
pub trait Carrier: Send + Sync + 'static {
    /// Carries one message, but not those parts which its partner took before; returns once it has arrived for good, or not.
    fn carry(&self, message: Message, taken: Vec<u16>) -> impl Future<Output = Carried> + Send;
}

/// Carries what may go now to the outbox folder. Says how many messages were tried; 0 means that nothing waits.
///
/// # Errors
/// The database cannot be used. A message that does not arrive is no error.
pub async fn run_once(house: &Arc<House>) -> Result<usize, AppError> {
    let carriers = Arc::new(Carriers::to_folder(house.rules.outbox_folder.clone()));
    run_once_with(house, &carriers, PATIENCE).await
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
    let texts = run_channel(house, NoticeChannel::Text, carrier, patience);
    let letters = run_channel(house, NoticeChannel::Mail, carrier, patience);
    let (texts, letters) = tokio::join!(texts, letters);
    Ok(texts? + letters?)
}

/// The same for one channel.
///
/// # Errors
/// As [`run_once`].
pub async fn run_channel<C: Carrier>(
    house: &Arc<House>,
    channel: NoticeChannel,
    carrier: &Arc<C>,
    patience: Duration,
) -> Result<usize, AppError> {
    let now = house.clock.now();
    let ready = ready(house, channel, now).await?;
    let tried = ready.len();
    let mut on_the_way = JoinSet::new();
    for message in ready {
        let carrier = Arc::clone(carrier);
        // A part goes twice only where nobody knows that it went: what a first try left behind is asked for.
        let taken = if message.tries == 0 { Vec::new() } else { delivery::parts_taken(house, message.id).await? };
        on_the_way.spawn(async move {
            let (id, tries) = (message.id, message.tries);
            (id, tries, carried(carrier, message, taken, patience).await)
        });
    }
    while let Some(first) = on_the_way.join_next().await {
        // Those that arrived together are written down together.
        let mut all = vec![first];
        while let Some(other) = on_the_way.try_join_next() {
            all.push(other);
        }
        let all: Result<Vec<_>, _> = all.into_iter().collect();
        note(house, all.map_err(|why| AppError::fault("carrying a message", why))?).await?;
    }
    Ok(tried)
}

/// A carrier that breaks or takes too long counts as one that failed: a task of its own keeps the others safe.
async fn carried<C: Carrier>(carrier: Arc<C>, message: Message, taken: Vec<u16>, patience: Duration) -> Carried {
    let carrying = tokio::spawn(async move { carrier.carry(message, taken).await });
    let stop = carrying.abort_handle();
    let why = match timeout(patience, carrying).await {
        Ok(Ok(carried)) => return carried,
        Ok(Err(broken)) => format!("the carrier broke: {broken}"),
        Err(_) => {
            stop.abort();
            format!("no answer within {} seconds", patience.as_secs())
        }
    };
    Carried::whole(Err(Refused::Later(why)))
}

/// What may go now; where other nodes carry too, kept from them for as long as carrying may take.
async fn ready(house: &House, channel: NoticeChannel, now: Instant) -> Result<Vec<Message>, AppError> {
    let channel = channel.key();
    let ready = house.db.read(move |tx| outbox::ready(tx, channel, now, BATCH_MAX)).await?;
    if ready.is_empty() || !house.db.is_shared() {
        return Ok(ready);
    }
    let until = now.plus_seconds(CLAIMED_SECONDS);
    Ok(house.db.write(move |tx| outbox::claim(tx, channel, now, until, BATCH_MAX)).await?)
}

/// A message that was carried, how many tries it had before, and what came of it.
type Tried = (MessageId, u32, Carried);

async fn note(house: &House, all: Vec<Tried>) -> Result<(), AppError> {
    let now = house.clock.now();
    for (id, tries, carried) in &all {
        if let Err(error) = &carried.outcome {
            tracing::warn!(message.id = %id, message.tries = tries + 1, error = %error, "a message did not arrive");
        }
    }
    house.db.write(move |tx| all.iter().try_for_each(|it| note_one(tx, it, now))).await?;
    Ok(())
}

fn note_one(tx: &mut Tx, (id, tries, carried): &Tried, now: Instant) -> Result<(), StorageError> {
    for it in &carried.taken {
        storage::delivery::taken(tx, it.partner, &it.reference, (*id, it.part), now)?;
    }
    match &carried.outcome {
        Ok(()) => outbox::delivered(tx, *id, now),
        Err(Refused::Later(why)) => {
            let (next_try_at, dead_at) = after_failure(*tries, now);
            outbox::failed(tx, *id, next_try_at, dead_at, &kept(why))
        }
        Err(Refused::Never(why)) => outbox::failed(tx, *id, now, Some(now), &kept(why)),
    }
    .map(drop)
}

fn kept(why: &str) -> String {
    why.chars().take(REASON_CHARS_MAX).collect()
}

/// When it is tried next, and since when it is given up; `tries` are those before this one.
fn after_failure(tries: u32, now: Instant) -> (Instant, Option<Instant>) {
    let wait = AGAIN_AFTER_SECONDS.saturating_mul(1_i64.checked_shl(tries.min(TRIES_MAX)).unwrap_or(i64::MAX));
    let wait = wait.min(outbox::WAIT_SECONDS_MAX);
    (now.plus_seconds(wait), (tries + 1 >= TRIES_MAX).then_some(now))
}

/// Carries what waits, and rests where nothing does, until told to stop. Each channel for itself: a partner that hangs holds up
/// nobody's messages but its own.
pub async fn worker<C: Carrier>(house: Arc<House>, carrier: Arc<C>, stop: watch::Receiver<bool>) {
    let mut channels = JoinSet::new();
    for channel in NoticeChannel::ALL {
        channels.spawn(work_on(Arc::clone(&house), *channel, Arc::clone(&carrier), stop.clone()));
    }
    while let Some(ended) = channels.join_next().await {
        if let Err(broken) = ended {
            tracing::error!(error = %broken, "the outbox of a channel broke");
        }
    }
}

async fn work_on<C: Carrier>(
    house: Arc<House>,
    channel: NoticeChannel,
    carrier: Arc<C>,
    mut stop: watch::Receiver<bool>,
) {
    while !*stop.borrow() {
        house.outbox_pulse.beat(channel);
        match run_channel(&house, channel, &carrier, PATIENCE).await {
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
