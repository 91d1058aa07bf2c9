//! The Vietnamese lunar calendar, as far as days off need it: the first day of Tết and the tenth of the third month.
//!
//! Months begin on the day, at 105° east (UTC+7), of the new moon; the eleventh month holds the winter solstice; in a
//! year of thirteen months the first month without a major solar term is the leap one. New moons and the sun's
//! longitude follow the series published by J. Meeus, good to a few minutes, which is enough unless a new moon falls
//! within minutes of midnight.

use jiff::civil::{Date, date};
use jiff::{SignedDuration, ToSpan};

/// Julian day number of 1 January 1970.
const EPOCH: i64 = 2_440_588;
/// UTC+7 as a part of a day.
const ZONE: f64 = 7.0 / 24.0;
/// Mean length of a lunar month in days.
const SYNODIC: f64 = 29.530_588_68;

/// The first day of the first lunar month that begins in `year` ("mùng một Tết").
pub(super) fn new_year(year: i16) -> Option<Date> {
    month_start(year, 1).and_then(date_of)
}

/// The commemoration of the Hùng Kings: the tenth day of the third lunar month of `year`.
pub(super) fn hung_kings(year: i16) -> Option<Date> {
    month_start(year, 3).and_then(|first| date_of(first + 9))
}

/// Julian day number of the first day of the ordinary (not leap) lunar month 1..=10 of `year`.
fn month_start(year: i16, month: i64) -> Option<i64> {
    let before = eleventh_month(year.checked_sub(1)?)?;
    let after = eleventh_month(year)?;
    // The eleventh month is number 0, the twelfth 1, the first of the new year 2.
    let plain = month + 1;
    let leap = (after - before == 13).then(|| leap_after(before)).flatten();
    let shift = i64::from(leap.is_some_and(|leap| leap <= plain));
    Some(new_moon_day(before + plain + shift))
}

/// Number of the new moon that opens the eleventh month of `year`: the last one not after the day of the winter
/// solstice.
fn eleventh_month(year: i16) -> Option<i64> {
    let from = day_number(Date::new(year, 12, 19).ok()?);
    let solstice = (from..from + 6).find(|day| sun_longitude(midnight(day + 1)) >= 270.0)?;
    let mut moon = ((solstice as f64 - 2_415_021.0) / SYNODIC).floor() as i64 + 1;
    while new_moon_day(moon) > solstice {
        moon -= 1;
    }
    Some(moon)
}

/// Which month after the eleventh (1, 2, …) has no major solar term.
fn leap_after(eleventh: i64) -> Option<i64> {
    let sector = |moon: i64| (sun_longitude(midnight(new_moon_day(moon))) / 30.0).floor() as i64;
    (1..=13).find(|n| sector(eleventh + n) == sector(eleventh + n + 1))
}

/// Julian day number of the local day of new moon number `moon`, counted from January 1900.
fn new_moon_day(moon: i64) -> i64 {
    let k = moon as f64;
    let t = k / 1236.85;
    let (t2, t3) = (t * t, t * t * t);
    let sin = |degrees: f64| degrees.to_radians().sin();
    let sun = 359.2242 + 29.105_356_08 * k - 0.000_033_3 * t2 - 0.000_003_47 * t3;
    let moon = 306.0253 + 385.816_918_06 * k + 0.010_730_6 * t2 + 0.000_012_36 * t3;
    let node = 21.2964 + 390.670_506_46 * k - 0.001_652_8 * t2 - 0.000_002_39 * t3;
    let mean = 2_415_020.759_33 + SYNODIC * k + 0.000_117_8 * t2 - 0.000_000_155 * t3
        + 0.000_33 * sin(166.56 + 132.87 * t - 0.009_173 * t2);
    let correction = (0.1734 - 0.000_393 * t) * sin(sun) + 0.0021 * sin(2.0 * sun) - 0.4068 * sin(moon)
        + 0.0161 * sin(2.0 * moon)
        - 0.0004 * sin(3.0 * moon)
        + 0.0104 * sin(2.0 * node)
        - 0.0051 * sin(sun + moon)
        - 0.0074 * sin(sun - moon)
        + 0.0004 * sin(2.0 * node + sun)
        - 0.0004 * sin(2.0 * node - sun)
        - 0.0006 * sin(2.0 * node + moon)
        + 0.0010 * sin(2.0 * node - moon)
        + 0.0005 * sin(2.0 * moon + sun);
    // Dynamical time runs ahead of the clock on the wall by this part of a day.
    let ahead = -0.000_278 + 0.000_265 * t + 0.000_262 * t2;
    (mean + correction - ahead + 0.5 + ZONE).floor() as i64
}

/// Apparent longitude of the sun in degrees, 0..360, at a Julian date.
fn sun_longitude(julian: f64) -> f64 {
    let t = (julian - 2_451_545.0) / 36_525.0;
    let t2 = t * t;
    let anomaly = (357.5291 + 35_999.050_3 * t - 0.000_155_9 * t2).to_radians();
    let mean = 280.466_45 + 36_000.769_83 * t + 0.000_303_2 * t2;
    let centre = (1.9146 - 0.004_817 * t) * anomaly.sin()
        + (0.019_993 - 0.000_101 * t) * (2.0 * anomaly).sin()
        + 0.000_29 * (3.0 * anomaly).sin();
    let node = (125.04 - 1934.136 * t).to_radians();
    (mean + centre - 0.005_69 - 0.004_78 * node.sin()).rem_euclid(360.0)
}

/// Julian date of local midnight at the beginning of a day.
fn midnight(day: i64) -> f64 {
    day as f64 - 0.5 - ZONE
}

fn day_number(day: Date) -> i64 {
    EPOCH + day.duration_since(date(1970, 1, 1)).as_hours() / 24
}

fn date_of(day: i64) -> Option<Date> {
    date(1970, 1, 1).checked_add(SignedDuration::from_hours((day - EPOCH).checked_mul(24)?)).ok()
}

/// The eve and the four first days of the year: the five days of Tết as most often chosen.
pub(super) fn tet_days(year: i16) -> impl Iterator<Item = Date> {
    new_year(year).into_iter().flat_map(|first| (-1..4).filter_map(move |n: i64| first.checked_add(n.days()).ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tet_falls_on_the_days_of_the_vietnamese_almanac() {
        let known = [
            (1968, 1, 29), // a day before the Chinese new year
            (1985, 1, 21), // a month before it
            (2000, 2, 5),
            (2007, 2, 17), // a day before it
            (2019, 2, 5),
            (2020, 1, 25),
            (2021, 2, 12),
            (2022, 2, 1),
            (2023, 1, 22),
            (2024, 2, 10),
            (2025, 1, 29),
            (2026, 2, 17),
            (2027, 2, 6),
            (2028, 1, 26),
            (2029, 2, 13),
            (2030, 2, 2), // a day before it
            (2031, 1, 23),
            (2032, 2, 11),
            (2033, 1, 31),
            (2034, 2, 19),
        ];
        for (year, month, day) in known {
            assert_eq!(new_year(year), Some(date(year, month, day)), "Tết {year}");
        }
    }

    #[test]
    fn the_hung_kings_are_remembered_on_the_tenth_of_the_third_month() {
        // 2023 had a leap second month, which pushed the third back.
        for (year, month, day) in [
            (2020, 4, 2),
            (2021, 4, 21),
            (2022, 4, 10),
            (2023, 4, 29),
            (2024, 4, 18),
            (2025, 4, 7),
            (2026, 4, 26),
            (2027, 4, 16),
        ] {
            assert_eq!(hung_kings(year), Some(date(year, month, day)), "Giỗ Tổ {year}");
        }
    }
}
