//! Is the program alive, can it work, and what does it carry? For probes and monitoring; there is never a person in it.

use crate::backup;
use crate::error::AppError;
use crate::house::House;
use crate::reform;
use domain::ids::ReformId;
use domain::notice::NoticeChannel;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant as Moment};
use storage::engine::{StorageError, schema_step_known};
use storage::reforms::{State, Unreadable};
use storage::{house, lists, outbox};
use tokio::time::timeout;

/// A worker that gave no sign for so long is held for dead: four times what one partner may take.
const SILENT: Duration = Duration::from_secs(120);
/// So long the database may take to answer a probe.
const PATIENCE: Duration = Duration::from_secs(2);

/// The last sign of life of something that runs beside the pages.
#[derive(Debug)]
pub struct Pulse {
    began: Moment,
    /// Milliseconds after that, plus one; 0 for never.
    beat: AtomicU64,
}

impl Default for Pulse {
    fn default() -> Self {
        Self { began: Moment::now(), beat: AtomicU64::new(0) }
    }
}

impl Pulse {
    /// Gives a sign of life.
    pub fn beat(&self) {
        self.beat.store(self.now(), Ordering::Relaxed);
    }

    /// Whether there was one lately.
    pub fn is_alive(&self) -> bool {
        self.was_within(SILENT)
    }

    fn was_within(&self, silent: Duration) -> bool {
        let beat = self.beat.load(Ordering::Relaxed);
        let silent = u64::try_from(silent.as_millis()).unwrap_or(u64::MAX);
        beat > 0 && self.now().saturating_sub(beat) <= silent
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX).saturating_add(1)
    }
}

/// The signs of life of the outbox: each channel is worked on by itself, and each can fall silent by itself.
#[derive(Debug, Default)]
pub struct OutboxPulse([Pulse; NoticeChannel::ALL.len()]);

impl OutboxPulse {
    /// Gives a sign of life of a channel.
    pub fn beat(&self, channel: NoticeChannel) {
        let pulses = NoticeChannel::ALL.iter().zip(&self.0);
        pulses.filter(|it| *it.0 == channel).for_each(|it| it.1.beat());
    }

    /// Whether all channels gave one lately.
    pub fn is_alive(&self) -> bool {
        self.0.iter().all(Pulse::is_alive)
    }
}

/// What must hold before this node gets work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// The database answers.
    pub database: bool,
    /// Its schema is the one this program knows: neither older nor brought further by a newer node.
    pub schema: bool,
    /// Messages are being carried, on every channel.
    pub outbox: bool,
    /// No plan of reorganisation waits past its instant, or cannot be read. It is said, and takes no node from its work: pages are
    /// served meanwhile, and all nodes are alike in it.
    pub reorganisation: bool,
}

impl Readiness {
    /// Whether all of it holds.
    pub fn is_ready(self) -> bool {
        self.database && self.schema && self.outbox
    }
}

/// Looks whether this node can work.
pub async fn readiness(house: &Arc<House>) -> Readiness {
    let asked = timeout(PATIENCE, house.db.read(house::schema_step)).await;
    let step = asked.ok().and_then(Result::ok);
    Readiness {
        database: step.is_some(),
        schema: step == Some(schema_step_known()),
        outbox: house.outbox_pulse.is_alive(),
        reorganisation: plans_stalled(house) == 0,
    }
}

/// Plans of reorganisation that wait past their instant or cannot be read, as far as this node knows.
fn plans_stalled(house: &House) -> i64 {
    let known = house.now_known();
    let is_off = |it: &&Unreadable| matches!(it.state, Some(State::GivenUp | State::Undone));
    let unreadable: Vec<ReformId> = known.unreadable.iter().filter(|it| !is_off(it)).map(|it| it.id).collect();
    let waits = reform::stalled(house).filter(|it| !unreadable.contains(&it.plan));
    i64::try_from(unreadable.len() + usize::from(waits.is_some())).unwrap_or(i64::MAX)
}

/// What the house carries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Dossiers received and not finished.
    pub open: i64,
    /// Of those, the ones past their day.
    pub late: i64,
    /// Of those, the ones whose clock stands.
    pub paused: i64,
    /// Messages that wait.
    pub outbox_waiting: i64,
    /// Messages that were given up.
    pub outbox_dead: i64,
    /// How long the oldest waiting message waits, in seconds.
    pub outbox_oldest_seconds: i64,
    /// When a backup was last put back and found whole, in seconds since 1970, UTC; 0 for never.
    pub proved_at_seconds: i64,
    /// Plans of reorganisation that could not be put in force at their instant, or cannot be read.
    pub plans_stalled: i64,
}

/// Counts what the house carries.
///
/// # Errors
/// The house failed.
pub async fn figures(house: &Arc<House>) -> Result<Figures, AppError> {
    let now = house.clock.now();
    let start_of_day = domain::time::Instant::from_local(now.day().to_datetime(jiff::civil::Time::midnight()));
    let (units, (waiting, dead, oldest)) = house
        .db
        .read(move |tx| {
            let units = lists::by_unit(tx, start_of_day, start_of_day)?;
            Ok::<_, StorageError>((units, outbox::backlog(tx)?))
        })
        .await?;
    let proved = backup::state(house)?.proved;
    Ok(Figures {
        open: units.iter().map(|it| it.open).sum(),
        late: units.iter().map(|it| it.late).sum(),
        paused: units.iter().map(|it| it.waiting).sum(),
        outbox_waiting: waiting,
        outbox_dead: dead,
        outbox_oldest_seconds: oldest.map_or(0, |it| (now.micros() - it.micros()).max(0) / 1_000_000),
        proved_at_seconds: proved.map_or(0, |it| it.at / 1_000_000),
        plans_stalled: plans_stalled(house),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outbox_is_alive_when_every_channel_is() {
        let pulse = OutboxPulse::default();
        for channel in NoticeChannel::ALL {
            assert!(!pulse.is_alive());
            pulse.beat(*channel);
        }
        assert!(pulse.is_alive());
    }

    #[test]
    fn a_worker_that_never_began_or_fell_silent_is_not_alive() {
        let pulse = Pulse::default();
        assert!(!pulse.is_alive());
        pulse.beat();
        assert!(pulse.is_alive());
        let old = Pulse { began: Moment::now(), beat: AtomicU64::new(1) };
        assert!(old.was_within(SILENT));
        let earlier = Moment::now().checked_sub(Duration::from_secs(200)).unwrap();
        assert!(!Pulse { began: earlier, beat: AtomicU64::new(1) }.is_alive());
    }
}
