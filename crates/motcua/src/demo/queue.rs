//! The queue of the demo's last morning: counters at two desks, people with numbers, officers who call. Nobody's name is in it.

use super::places::DISTRICT;
use crate::ended::Stop;
use app::AppError;
use app::house::House;
use app::queue::setting_up::{set_up, units_of};
use app::queue::{DeskAct, Wish, act, fresh_id, take, unit_of};
use domain::ids::{PersonId, UnitId};
use domain::post::Post;
use domain::queue::{Counter, Lane, Series, Service, Setup};
use domain::time::Instant;
use jiff::civil::Date;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

/// Desks with a queue, as they were called in March 2025.
const DESKS: [&str; 2] = [DISTRICT, "phuong-hang-kenh"];
const SERVICES: [(char, &str); 4] =
    [('A', "Hộ tịch, chứng thực"), ('B', "Đất đai, xây dựng"), ('C', "Lao động, xã hội"), ('D', "Trả kết quả")];
const COUNTERS: [(u32, &str); 4] = [(1, "AC"), (2, "AB"), (3, "D"), (4, "BC")];
/// Who comes: minutes after opening, for what, and whether in the priority lane.
const COME: [(i64, char, bool); 24] = [
    (0, 'A', false),
    (1, 'A', false),
    (1, 'D', false),
    (2, 'B', false),
    (3, 'A', true),
    (4, 'C', false),
    (5, 'A', false),
    (6, 'D', false),
    (7, 'B', false),
    (9, 'A', false),
    (10, 'A', true),
    (12, 'D', false),
    (14, 'C', false),
    (16, 'A', false),
    (17, 'B', false),
    (18, 'A', false),
    (19, 'D', false),
    (20, 'A', true),
    (22, 'A', false),
    (23, 'B', false),
    (25, 'D', false),
    (26, 'A', false),
    (27, 'C', false),
    (28, 'A', false),
];
/// Minutes between two calls of a counter.
const CALLED_EVERY: i64 = 4;
/// Of so many who are called one does not come.
const ABSENT_EVERY: usize = 6;
/// So many minutes of the morning are lived before the visitor comes.
const MINUTES: i64 = 29;

/// Lives the first half hour of the morning of that day; only the set-up where nobody works.
///
/// # Errors
/// The house failed.
pub fn live(house: &Arc<House>, runtime: &tokio::runtime::Runtime, day: Date, guided: &[PersonId]) -> Result<(), Stop> {
    let known = house.now_known();
    let mut units: Vec<UnitId> = DESKS.iter().filter_map(|key| unit_of(&known, key, day)).collect();
    units.dedup();
    for (nth, unit) in units.into_iter().enumerate() {
        let mut control = known.mandates.all().iter().filter(|it| it.holds_on(day)).map(|it| it.person);
        let Some(control) = control.find(|it| units_of(&known, *it, day).contains(&unit)) else { continue };
        let opens = known.organisation.hours(unit).on(day).opens();
        let opens = Instant::from_local(day.to_datetime(opens));
        // Whoever is tried out finds a free counter.
        let officers = known.mandates.holders(unit, Post::Reception, day).filter(|it| !guided.contains(it));
        let officers: Vec<PersonId> = officers.take(3 - nth.min(1)).collect();
        house.clock.turn_to(opens);
        runtime.block_on(async {
            set_up(house, control, unit, setup()).await?;
            morning(house, unit, &officers, opens, nth).await
        })?;
    }
    Ok(())
}

fn series(letter: char) -> Option<Series> {
    letter.to_string().parse().ok()
}

fn setup() -> Setup {
    let service = |(letter, name): (char, &str)| Some(Service { series: series(letter)?, name: name.to_owned() });
    Setup {
        services: SERVICES.into_iter().filter_map(service).collect(),
        counters: COUNTERS
            .into_iter()
            .map(|(number, serves)| Counter {
                number,
                serves: serves.chars().filter_map(series).collect(),
                is_open: true,
                seat: None,
            })
            .collect(),
    }
}

async fn morning(
    house: &Arc<House>,
    unit: UnitId,
    officers: &[PersonId],
    opens: Instant,
    nth: usize,
) -> Result<(), AppError> {
    let from = IpAddr::V4(Ipv4Addr::new(192, 0, 2, u8::try_from(nth).unwrap_or(0) + 1));
    let mut called = vec![None; officers.len()];
    let mut calls = 0_usize;
    for minute in 0..=MINUTES {
        house.clock.turn_to(opens.plus_seconds(minute * 60));
        for (_, letter, is_priority) in COME.iter().filter(|it| it.0 == minute) {
            let Some(series) = series(*letter) else { continue };
            let lane = if *is_priority { Lane::Priority } else { Lane::Ordinary };
            match take(house, Wish { unit, series, lane, id: fresh_id(house), from }).await {
                Ok(_) => {}
                // A day off: there is a desk, and nobody at it.
                Err(AppError::Queue(_)) => return Ok(()),
                Err(other) => return Err(other),
            }
        }
        // Counter 1 stays free: whoever tries the demo out sits down there.
        for (place, (officer, seat)) in officers.iter().zip(2_u32..).enumerate() {
            let turn = i64::try_from(place).unwrap_or(0);
            if minute == 1 {
                act(house, *officer, unit, DeskAct::Sit(seat)).await?;
            }
            let is_due = minute > 1 && (minute + turn) % CALLED_EVERY == 0;
            let Some(before) = called.get_mut(place).filter(|_| is_due) else { continue };
            if let Some(id) = before.take() {
                calls += 1;
                let came = !calls.is_multiple_of(ABSENT_EVERY);
                act(house, *officer, unit, if came { DeskAct::Serve(id) } else { DeskAct::Skip(id) }).await?;
            }
            match act(house, *officer, unit, DeskAct::Next).await {
                Ok(next) => *before = next.map(|it| it.id),
                Err(AppError::Queue(_)) => {}
                Err(other) => return Err(other),
            }
        }
    }
    Ok(())
}
