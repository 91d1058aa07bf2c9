//! Moments as the office reads them.

use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

/// Local time of every office this program serves: Indochina time, seven hours ahead of UTC, without daylight saving since 1975.
const LOCAL: Offset = Offset::constant(7);

/// A moment in microseconds since 1970-01-01T00:00:00Z, as it is stored. People read it as local time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(i64);

impl Instant {
    /// From microseconds UTC.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds UTC.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The moment a clock on the office's wall shows `local`. Times beyond the calendar's range saturate.
    pub fn from_local(local: DateTime) -> Self {
        LOCAL.to_timestamp(local).map_or(Self(i64::MAX), |at| Self(at.as_microsecond()))
    }

    /// What the clock on the office's wall shows. Moments beyond the calendar's range saturate.
    pub fn local(self) -> DateTime {
        jiff::Timestamp::from_microsecond(self.0).map_or(DateTime::MAX, |at| LOCAL.to_datetime(at))
    }

    /// The local day.
    pub fn day(self) -> Date {
        self.local().date()
    }

    /// This moment plus whole seconds (negative goes back).
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }
}
