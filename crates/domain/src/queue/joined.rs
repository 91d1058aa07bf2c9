//! Desks that become one: what services and counters the successor has.

use super::{Counter, Series, Service, Setup};
use std::collections::BTreeMap;

/// What a successor has when others join it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Joined {
    /// Its services and counters.
    pub setup: Setup,
    /// Which letter each letter became, for each of those who joined, in their order.
    pub letters: Vec<BTreeMap<Series, Series>>,
}

/// Joins desks to what the successor has already: a service of the same name is one service; any other gets its own letter where
/// that is free, else the next free one. Counters keep their number where it is free, else they get the next one, so that there are
/// never two of one number. Nobody sits at them yet. A service for which no letter is left is served with the last one.
pub fn joined(own: &Setup, others: &[Setup]) -> Joined {
    let mut setup = own.clone();
    let mut letters = Vec::new();
    for other in others {
        let mut map = BTreeMap::new();
        for service in &other.services {
            map.insert(service.series, letter_for(&mut setup.services, service));
        }
        for counter in &other.counters {
            let mut serves: Vec<Series> = counter.serves.iter().filter_map(|it| map.get(it).copied()).collect();
            serves.sort();
            serves.dedup();
            let number = number_for(&setup.counters, counter.number);
            setup.counters.push(Counter { number, serves, is_open: counter.is_open, seat: None });
        }
        letters.push(map);
    }
    setup.services.sort_by_key(|it| it.series);
    setup.counters.sort_by_key(|it| it.number);
    Joined { setup, letters }
}

fn letter_for(services: &mut Vec<Service>, of: &Service) -> Series {
    if let Some(same) = services.iter().find(|it| it.name.to_lowercase() == of.name.to_lowercase()) {
        return same.series;
    }
    let is_free = |series: &Series| !services.iter().any(|it| it.series == *series);
    let free = std::iter::once(of.series).chain(Series::all()).find(is_free);
    match free {
        Some(series) => {
            services.push(Service { series, name: of.name.clone() });
            series
        }
        None => services.last().map_or(of.series, |it| it.series),
    }
}

fn number_for(counters: &[Counter], wanted: u32) -> u32 {
    let is_free = |number: u32| !counters.iter().any(|it| it.number == number);
    if is_free(wanted) { wanted } else { counters.iter().map(|it| it.number).max().unwrap_or(0) + 1 }
}
