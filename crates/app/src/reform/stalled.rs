//! A plan that could not be staged, or be put in force at its instant: from that instant on everybody reads, nobody acts on a
//! dossier, and it is tried again until it is in force or given up.

use crate::error::{AppError, in_full};
use crate::house::House;
use domain::ids::ReformId;
use domain::time::Instant;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant as Moment};
use storage::reforms::Due;

/// Between two tries: each may write anew where a hundred thousand dossiers go.
const TRIED_EVERY: Duration = Duration::from_secs(10);

/// Such a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stalled {
    /// Which.
    pub plan: ReformId,
    /// The resolution.
    pub instrument: String,
    /// Its instant.
    pub effective_at: Instant,
    /// What kept it, for those who look after the house.
    pub why: String,
}

/// What this node tried last and could not do.
#[derive(Debug, Default)]
pub(crate) struct Tries(Mutex<Option<(Stalled, Moment)>>);

impl Tries {
    /// Remembers what could not be done, says so in the log, and gives the error everybody gets who wants to act.
    pub(super) fn note(&self, due: Due, why: &AppError) -> AppError {
        let why = in_full(why);
        tracing::error!(
            reform = %due.id, reform.instrument = due.instrument, error = why,
            reform.effective_at = %due.effective_at.local(),
            "a reorganisation could not be staged or put in force: from its instant on acts are refused; it is tried again every ten seconds; motcua reorganise --undo gives it up"
        );
        let stalled = Stalled { plan: due.id, instrument: due.instrument, effective_at: due.effective_at, why };
        let error = stalled.error();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((stalled, Moment::now()));
        error
    }

    /// Nothing is in the way any more.
    pub(super) fn clear(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// What was tried a moment ago and would fail again.
    pub(super) fn lately(&self) -> Option<AppError> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|(_, at)| at.elapsed() < TRIED_EVERY).map(|(it, _)| it.error())
    }
}

impl Stalled {
    fn error(&self) -> AppError {
        AppError::ReformStalled { instrument: self.instrument.clone(), source: self.why.clone().into() }
    }
}

/// The plan that could not be staged or put in force, while it is still to come.
pub fn stalled(house: &House) -> Option<Stalled> {
    let kept = house.tries.0.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|it| it.0.clone());
    kept.filter(|it| house.now_known().waits_for(it.plan))
}
