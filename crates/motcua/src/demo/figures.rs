//! The figures the demo must meet. Three of them are the district's own for the first quarter of 2025: dossiers resolved, how many
//! of those had been filed online, and how few were late. Every split of them is invented.

use crate::ended::Stop;
use app::house::House;
use app::report::{By, Columns, form_06a};
use jiff::civil::{Date, date};

/// First day of the quarter.
pub const FROM: Date = date(2025, 1, 1);
/// Last day of the quarter.
pub const TO: Date = date(2025, 3, 31);

const RESOLVED: u32 = 4_859;
const RESOLVED_ONLINE: u32 = 4_495;
const LATE_MAX: i64 = 4;

/// How many dossiers of each kind are lived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Column 7.
    pub resolved: u32,
    /// Of those, filed online.
    pub resolved_online: u32,
    /// Received in December and resolved in the quarter, filed online.
    pub carried_online: u32,
    /// The same, at the counter.
    pub carried_direct: u32,
    /// Received in December and still open at the end.
    pub carried_open: u32,
    /// Received and resolved in December.
    pub december: u32,
    /// Resolved late.
    pub late: u32,
    /// Late and still open.
    pub open_late: u32,
    percent: u32,
}

impl Figures {
    /// The figures of a world of so many hundredths.
    pub fn scaled(percent: u32) -> Self {
        let part = |whole: u32| (whole * percent).div_ceil(100);
        Self {
            resolved: RESOLVED * percent / 100,
            resolved_online: RESOLVED_ONLINE * percent / 100,
            carried_online: part(178),
            carried_direct: part(18),
            carried_open: part(6),
            december: part(380),
            late: part(3),
            open_late: part(3),
            percent,
        }
    }

    /// So many of a whole world's.
    pub fn part(&self, whole: u32) -> u32 {
        (whole * self.percent).div_ceil(100)
    }
}

/// The form of the quarter, after making sure that it says what it must.
///
/// # Errors
/// A figure is missed, or the house failed.
pub fn assert_met(house: &House, asked: &Figures) -> Result<Columns, Stop> {
    let total = form_06a(house, FROM, TO, None, By::Sector)?.total;
    let carried = asked.carried_online + asked.carried_direct + asked.carried_open;
    let mut missed = Vec::new();
    let mut compare = |what: &str, found: i64, wanted: u32| {
        if found != i64::from(wanted) {
            missed.push(format!("{what}: {found}, expected {wanted}"));
        }
    };
    compare("resolved_total", total.resolved_total, asked.resolved);
    compare("resolved_online", total.resolved_online, asked.resolved_online);
    compare("resolved_late", total.resolved_late, asked.late);
    compare("open_late", total.open_late, asked.open_late);
    compare("carried_over", total.carried_over, carried);
    if !total.adds_up() || total.resolved_late > LATE_MAX {
        missed.push(format!("the form does not add up or has too many late: {total:?}"));
    }
    if missed.is_empty() {
        Ok(total)
    } else {
        Err(anyhow::anyhow!("the demo misses its figures: {}", missed.join("; ")).into())
    }
}
