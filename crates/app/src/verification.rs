//! Verifying the house because somebody asked on a page: it goes on beside them, and what it found is kept until the next one.

use crate::clock::Clock;
use crate::error::{AppError, in_full};
use crate::house::House;
use crate::integrity::{self, How, Verified};
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use storage::engine::Tx;
use storage::verify::Checkpoint;
use storage::{house, locks};

/// Name of what is kept in the house.
const STATE: &str = "verification";
/// Between two words about how far it is.
const SAID_EVERY: Duration = Duration::from_secs(2);
/// A verification nobody heard of for so long was cut off, in seconds.
const SILENT_SECONDS: i64 = 60;
/// Most differences of one part that are kept.
const FINDINGS_MAX: usize = 20;
/// Longest reason that is kept, in characters.
const REASON_CHARS_MAX: usize = 500;

/// What is known of the verifications: kept in the house, shown to the administrator.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[doc(alias = "kiểm tra toàn vẹn")]
pub struct State {
    /// The one on its way, or cut off.
    pub begun: Option<Begun>,
    /// Why the last one came to no end; none where it did.
    pub failed: Option<String>,
    /// The last that came to its end.
    pub last: Option<Verification>,
}

impl State {
    /// True while somebody works on one: a program that was killed says nothing any more.
    pub fn runs(&self) -> bool {
        let now = Clock::system().now();
        self.begun.as_ref().is_some_and(|it| now < Instant::from_micros(it.heard_at).plus_seconds(SILENT_SECONDS))
    }
}

/// A verification that has no end yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// When, by the office's clock, in microseconds since 1970, UTC.
    pub at: i64,
    /// When it was heard of last, by the real one.
    pub heard_at: i64,
    /// Dossiers folded.
    pub done: u64,
    /// Of how many; what comes after them is not counted beforehand.
    pub total: u64,
}

/// A verification that came to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// When, by the office's clock, in microseconds since 1970, UTC.
    pub at: i64,
    /// How long it took.
    pub seconds: u64,
    /// Dossiers folded.
    pub dossiers: u64,
    /// Files compared with their hashes.
    pub files: u64,
    /// Certificates of reorganisations, each counted again.
    pub certificates: u64,
    /// What is not as it should be, by part.
    pub wrong: Vec<Wrong>,
    /// The checkpoint that was checked.
    pub checkpoint: Option<Checkpoint>,
}

impl Verification {
    fn of(found: Verified, at: i64, seconds: u64) -> Self {
        let mut wrong: Vec<Wrong> = Vec::new();
        for it in found.differences {
            let place = wrong.iter().position(|own| own.part == it.part).unwrap_or_else(|| {
                wrong.push(Wrong { part: it.part.to_owned(), ..Wrong::default() });
                wrong.len() - 1
            });
            let Some(own) = wrong.get_mut(place) else { continue };
            own.count += 1;
            if own.found.len() < FINDINGS_MAX {
                own.found.push(Finding { subject: it.subject, how: it.how });
            }
        }
        let Verified { dossiers, files, certificates, checkpoint, .. } = found;
        Self { at, seconds, dossiers, files, certificates, wrong, checkpoint }
    }

    /// How many differences.
    pub fn differences(&self) -> u64 {
        self.wrong.iter().map(|it| it.count).sum()
    }
}

/// What is wrong with one part.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wrong {
    /// Which, as [`integrity::Difference`] names it.
    pub part: String,
    /// In how many places.
    pub count: u64,
    /// The first of them; none in what an earlier program kept.
    #[serde(default)]
    pub found: Vec<Finding>,
}

/// One place that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is about, as [`integrity::Difference`] names it.
    pub subject: String,
    /// How.
    pub how: How,
}

/// What is known of the verifications.
///
/// # Errors
/// The house failed.
pub fn state(house: &House) -> Result<State, AppError> {
    house.db.read_now(state_in)
}

fn state_in(tx: &Tx) -> Result<State, AppError> {
    let read = house::text(tx, STATE)?.map(|it| serde_json::from_str(&it)).transpose();
    read.map(Option::unwrap_or_default).map_err(|why| AppError::fault("reading what is known of verifications", why))
}

fn keep_in(tx: &mut Tx, state: &State) -> Result<(), AppError> {
    let text =
        serde_json::to_string(state).map_err(|why| AppError::fault("keeping what is known of verifications", why))?;
    Ok(house::put_text(tx, STATE, &text)?)
}

/// Begins a verification beside whoever asked for it. One at a time: who asks while one runs follows that one.
///
/// # Errors
/// The house failed.
pub async fn begin(house: &Arc<House>) -> Result<(), AppError> {
    let (at, heard_at) = (house.clock.now().micros(), Clock::system().now().micros());
    let begun = Begun { at, heard_at, done: 0, total: 0 };
    let is_ours = house
        .db
        .write(move |tx| {
            locks::verification(tx)?;
            let state = state_in(tx)?;
            if state.runs() {
                return Ok(false);
            }
            keep_in(tx, &State { begun: Some(begun), ..state })?;
            Ok::<_, AppError>(true)
        })
        .await?;
    if is_ours {
        tokio::spawn(run(Arc::clone(house), begun));
    }
    Ok(())
}

/// How far it is, for whoever works on it and whoever writes it down.
#[derive(Default)]
struct Said {
    done: AtomicU64,
    total: AtomicU64,
}

async fn run(house: Arc<House>, mut begun: Begun) {
    let (since, said) = (std::time::Instant::now(), Arc::new(Said::default()));
    let mut looking = looked(&house, &said);
    let found = loop {
        match tokio::time::timeout(SAID_EVERY, &mut looking).await {
            Ok(found) => break found,
            Err(_) => {
                begun.heard_at = Clock::system().now().micros();
                begun.done = said.done.load(Ordering::Relaxed);
                begun.total = said.total.load(Ordering::Relaxed);
                keep(&house, move |state| state.begun = Some(begun)).await;
            }
        }
    };
    let found = found.unwrap_or_else(|why| Err(AppError::fault("verifying the house", why)));
    let (at, seconds) = (house.clock.now().micros(), since.elapsed().as_secs());
    let ended = found.map(|it| Verification::of(it, at, seconds)).map_err(|error| {
        tracing::error!(error = in_full(&error), "a verification failed");
        in_full(&error).chars().take(REASON_CHARS_MAX).collect::<String>()
    });
    keep(&house, move |state| {
        state.begun = None;
        state.failed = ended.as_ref().err().cloned();
        if let Ok(it) = &ended {
            state.last = Some(it.clone());
        }
    })
    .await;
}

/// The work itself, on a thread where it may take its time.
fn looked(house: &Arc<House>, said: &Arc<Said>) -> tokio::task::JoinHandle<Result<Verified, AppError>> {
    let (house, said) = (Arc::clone(house), Arc::clone(said));
    let runtime = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || {
        runtime.block_on(integrity::verify(&house, |done, total| {
            said.done.store(done, Ordering::Relaxed);
            said.total.store(total, Ordering::Relaxed);
        }))
    })
}

async fn keep(house: &House, change: impl Fn(&mut State) + Send + Sync + 'static) {
    let kept = house.db.write(move |tx| {
        locks::verification(tx)?;
        let mut state = state_in(tx)?;
        change(&mut state);
        keep_in(tx, &state)
    });
    if let Err(error) = kept.await {
        tracing::error!(error = in_full(&error), "what is known of a verification could not be kept");
    }
}
