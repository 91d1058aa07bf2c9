//! Which days of a year are worked, by the Labour Code alone: what a clock uses before the Government publishes the
//! year.
//!
//! Căn cứ: Bộ luật Lao động 45/2019/QH14, Điều 112 khoản 1 (eleven days off) và Điều 111 khoản 3 (a holiday on the
//! weekly rest day is made good on the next working day). What the Government decides each year cannot be computed:
//! which five days around Tết, which neighbour of 2 September, and all swapped days with their worked Saturdays. So a
//! projected day is provisional for ever.

use std::sync::LazyLock;

use jiff::civil::{Date, Weekday, date};

use super::lunar;

/// First year that can be projected.
const YEAR_MIN: i16 = 1990;
/// Last year that can be projected; also what bounds every walk of the clock.
const YEAR_MAX: i16 = 2199;

static YEARS: LazyLock<Vec<YearDays>> = LazyLock::new(|| (YEAR_MIN..=YEAR_MAX).map(project).collect());

/// The worked days of one year, a bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct YearDays([u64; 6]);

impl YearDays {
    /// Monday to Friday worked, Saturday and Sunday not. Căn cứ: Quyết định 188/1999/QĐ-TTg.
    pub(super) fn weekdays(year: i16) -> Self {
        let mut days = Self([0; 6]);
        for day in date(year, 1, 1).series(jiff::Span::new().days(1)).take_while(|day| day.year() == year) {
            days.set(day, !is_weekly_rest(day));
        }
        days
    }

    pub(super) fn set(&mut self, day: Date, worked: bool) {
        let (word, bit) = place(day);
        if let Some(word) = self.0.get_mut(word) {
            *word = if worked { *word | bit } else { *word & !bit };
        }
    }

    pub(super) fn worked(&self, day: Date) -> bool {
        let (word, bit) = place(day);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    /// How many days are worked from one to the day before another, which is of the same year or the first of the next.
    pub(super) fn worked_between(&self, from: Date, before: Date) -> i32 {
        let from = u32::from(from.day_of_year().unsigned_abs());
        let until = before.yesterday().map_or(0, |last| u32::from(last.day_of_year().unsigned_abs()) + 1);
        let among = |(word, days): (u32, &u64)| {
            let begins = word * u64::BITS;
            (days & lowest(until.saturating_sub(begins)) & !lowest(from.saturating_sub(begins))).count_ones()
        };
        (0..).zip(&self.0).map(among).sum::<u32>().cast_signed()
    }
}

/// The lowest so many bits.
const fn lowest(bits: u32) -> u64 {
    if bits >= u64::BITS { u64::MAX } else { (1 << bits) - 1 }
}

fn place(day: Date) -> (usize, u64) {
    let nth = day.day_of_year().unsigned_abs();
    (usize::from(nth / 64), 1 << (nth % 64))
}

/// The projected days of a year, none outside the years that can be projected.
pub(super) fn year(year: i16) -> Option<&'static YearDays> {
    let nth = usize::try_from(i32::from(year) - i32::from(YEAR_MIN)).ok()?;
    YEARS.get(nth)
}

/// Whether Saturday or Sunday.
pub(super) fn is_weekly_rest(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn project(year: i16) -> YearDays {
    let mut days = YearDays::weekdays(year);
    let mut holidays: Vec<Date> = lunar::tet_days(year).chain(lunar::hung_kings(year)).collect();
    holidays.extend([
        date(year, 1, 1),
        date(year, 4, 30),
        date(year, 5, 1),
        date(year, 9, 2),
        beside_national_day(year),
    ]);
    holidays.sort_unstable();
    holidays.dedup();
    for holiday in &holidays {
        days.set(*holiday, false);
    }
    // Only now: the day that makes good must not itself be a holiday.
    for holiday in holidays.iter().filter(|day| is_weekly_rest(**day)) {
        let next =
            std::iter::successors(holiday.tomorrow().ok(), |day| day.tomorrow().ok()).find(|day| days.worked(*day));
        if let Some(next) = next {
            days.set(next, false);
        }
    }
    days
}

/// The second day of the national holiday: the neighbour that lengthens the weekend, and never a rest day.
fn beside_national_day(year: i16) -> Date {
    match date(year, 9, 2).weekday() {
        Weekday::Monday | Weekday::Thursday | Weekday::Sunday => date(year, 9, 3),
        Weekday::Tuesday | Weekday::Wednesday | Weekday::Friday | Weekday::Saturday => date(year, 9, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days_off(of: i16) -> Vec<Date> {
        let days = year(of).unwrap();
        let all = date(of, 1, 1).series(jiff::Span::new().days(1)).take_while(|day| day.year() == of);
        all.filter(|day| !is_weekly_rest(*day) && !days.worked(*day)).collect()
    }

    #[test]
    fn a_projected_year_has_eleven_days_off_on_weekdays() {
        for of in YEAR_MIN..=YEAR_MAX {
            let off = days_off(of).len();
            // Ten when the Hùng Kings fall on 30 April or 1 May.
            assert!(off == 11 || off == 10, "{of}: {off}");
        }
    }

    /// What the years 2023 and 2027 were, or should be, without swaps.
    #[test]
    fn holidays_on_rest_days_are_made_good_on_the_next_working_day() {
        let off = days_off(2023);
        for day in
            [date(2023, 1, 2), date(2023, 5, 1), date(2023, 5, 2), date(2023, 5, 3), date(2023, 9, 1), date(2023, 9, 4)]
        {
            assert!(off.contains(&day), "{day}");
        }
        let off = days_off(2027);
        for day in [
            date(2027, 2, 5),
            date(2027, 2, 8),
            date(2027, 2, 9),
            date(2027, 4, 16),
            date(2027, 5, 3),
            date(2027, 9, 3),
        ] {
            assert!(off.contains(&day), "{day}");
        }
    }

    #[test]
    fn years_beyond_the_projection_are_unknown() {
        assert!(year(YEAR_MIN - 1).is_none() && year(YEAR_MAX + 1).is_none() && year(i16::MIN).is_none());
    }
}
