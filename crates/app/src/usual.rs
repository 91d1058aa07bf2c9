//! How long a procedure usually takes at a unit, from the real history of its last dossiers: a habit, never a promise.

use crate::error::AppError;
use crate::house::House;
use domain::ids::UnitId;
use domain::regime::Regime;
use std::sync::Arc;

/// Fewer decided dossiers than this tell nothing.
pub const ENOUGH: usize = 20;
/// The latest that are looked at.
const LOOKED_AT_MAX: u32 = 200;
/// Days of history that count.
pub const DAYS: i64 = 365;

/// How long it usually takes, in working minutes from the reception to the decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usual {
    /// One of ten is faster.
    pub fast_minutes: i64,
    /// Half are faster.
    pub middle_minutes: i64,
    /// One of ten is slower.
    pub slow_minutes: i64,
    /// Of how many dossiers.
    pub count: usize,
}

impl Usual {
    /// Of these durations; none where there are too few.
    fn of(mut minutes: Vec<i64>) -> Option<Self> {
        minutes.sort_unstable();
        let count = minutes.len();
        let at = |tenths: usize| minutes.get((count.saturating_sub(1)) * tenths / 10).copied();
        if count < ENOUGH {
            return None;
        }
        Some(Self { fast_minutes: at(1)?, middle_minutes: at(5)?, slow_minutes: at(9)?, count })
    }
}

/// How long dossiers of that procedure usually took at that unit in the last year; none where too few were decided.
///
/// # Errors
/// The house failed.
pub async fn usual(
    house: &Arc<House>,
    procedure: &str,
    unit: UnitId,
    regime: &Regime,
) -> Result<Option<Usual>, AppError> {
    let since = house.clock.now().plus_seconds(-DAYS * 86_400);
    let procedure = procedure.to_owned();
    let spans = house
        .db
        .read(move |tx| Ok::<_, AppError>(storage::usual::latest(tx, &procedure, unit, since, LOOKED_AT_MAX)?))
        .await?;
    let known = house.now_known();
    let clock = house.working_clock(&known, unit, regime);
    let minutes = spans.iter().map(|(from, to)| clock.elapsed(from.local(), to.local())).collect::<Result<Vec<_>, _>>();
    Ok(Usual::of(minutes?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nineteen_tell_nothing_and_twenty_tell_three_lines() {
        assert_eq!(Usual::of((1..=19).collect()), None);
        let of_twenty = Usual::of((1..=20).rev().collect());
        assert_eq!(of_twenty, Some(Usual { fast_minutes: 2, middle_minutes: 10, slow_minutes: 18, count: 20 }));
    }
}
