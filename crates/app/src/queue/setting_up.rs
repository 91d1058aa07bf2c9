//! How a unit gets services and counters: its administrator or control officer says so.

use super::kept;
use crate::error::{AppError, FieldProblem};
use crate::house::{House, Snapshot};
use domain::ids::{PersonId, UnitId};
use domain::organisation::Standing;
use domain::person::in_order;
use domain::post::Post;
use domain::queue::{COUNTER_MAX, Counter, NAME_CHARS_MAX, SERVICES_MAX, Setup};
use domain::time::Instant;
use jiff::civil::Date;
use std::sync::Arc;
use storage::engine::Tx;
use storage::locks;

/// Field of the name of a service, before its letter.
pub const SERVICE_FIELD: &str = "dich-vu-";
/// Field of what a counter serves, before its number.
pub const COUNTER_FIELD: &str = "quay-";

/// Desks somebody may set up: of the authority they hold such a post in, and of those below it.
pub fn units_of(known: &Snapshot, person: PersonId, today: Date) -> Vec<UnitId> {
    let mut found: Vec<(String, UnitId)> = known
        .organisation
        .standing_on(today)
        .filter(|(unit, it)| it.standing == Standing::Authority && may_set_up(known, person, *unit, today))
        .map(|(unit, it)| (it.name.clone(), unit))
        .collect();
    found.sort_by_cached_key(|(name, unit)| (in_order(name), *unit));
    found.into_iter().map(|(_, unit)| unit).collect()
}

fn may_set_up(known: &Snapshot, person: PersonId, unit: UnitId, today: Date) -> bool {
    let posts = [Post::ControlOfficer, Post::Administrator];
    known
        .mandates
        .of(person, today)
        .filter(|it| posts.contains(&it.post))
        .any(|it| known.organisation.is_within(unit, it.unit, today))
}

/// Writes what a unit offers and which counters it has. Whoever sits at a counter that stays goes on sitting there.
///
/// # Errors
/// [`AppError::Forbidden`] for anybody else, [`AppError::Invalid`] with what is wrong beside its field, or the house failed.
pub async fn set_up(house: &Arc<House>, person: PersonId, unit: UnitId, setup: Setup) -> Result<(), AppError> {
    let (inside, now) = (Arc::clone(house), house.clock.now());
    house.db.write(move |tx| write(tx, &inside, (person, unit), &setup, now)).await
}

fn write(
    tx: &mut Tx,
    house: &House,
    (person, unit): (PersonId, UnitId),
    wanted: &Setup,
    now: Instant,
) -> Result<(), AppError> {
    locks::queue(tx, unit)?;
    let known = house.known_in(tx)?;
    if !may_set_up(&known, person, unit, now.day()) {
        return Err(AppError::Forbidden);
    }
    let mut problems = wrong(wanted);
    // Whoever waits must still be called somewhere.
    for it in kept::of_day(tx, unit, now.day())?.iter().filter(|it| it.is_open()) {
        let is_served = match it.for_counter.or(it.counter) {
            Some(number) => wanted.counter(number).is_some_and(|it| it.is_open),
            None => wanted.offers(it.wants),
        };
        let field = format!("{SERVICE_FIELD}{}", it.wants);
        if !is_served && !problems.iter().any(|it| it.field == field) {
            problems.push(FieldProblem::new(field, "queue-still-waits").with("number", it.number));
        }
    }
    if !problems.is_empty() {
        return Err(AppError::Invalid(problems));
    }
    let before = kept::setup(tx, unit)?;
    let seated = |it: &Counter| before.counter(it.number).and_then(|old| old.seat);
    let counters = wanted.counters.iter().map(|it| Counter { seat: seated(it), ..it.clone() }).collect();
    let setup = Setup { services: wanted.services.clone(), counters };
    kept::put_setup(tx, unit, &setup)?;
    Ok(())
}

fn wrong(wanted: &Setup) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    for it in wanted.services.iter().skip(SERVICES_MAX) {
        let field = format!("{SERVICE_FIELD}{}", it.series);
        problems.push(FieldProblem::new(field, "queue-too-many-services").with("max", SERVICES_MAX));
    }
    for (nth, it) in wanted.services.iter().enumerate() {
        let field = format!("{SERVICE_FIELD}{}", it.series);
        let same = |other: &str| other.to_lowercase() == it.name.to_lowercase();
        if it.name.chars().count() > NAME_CHARS_MAX {
            problems.push(FieldProblem::new(field, "queue-name-too-long").with("max", NAME_CHARS_MAX));
        } else if wanted.services.iter().take(nth).any(|other| same(&other.name)) {
            problems.push(FieldProblem::new(field, "queue-name-twice"));
        } else if !wanted.counters.iter().any(|counter| counter.serves.contains(&it.series)) {
            problems.push(FieldProblem::new(field, "queue-nobody-serves"));
        }
    }
    for it in &wanted.counters {
        let field = format!("{COUNTER_FIELD}{}", it.number);
        let known = |series| wanted.services.iter().any(|it| it.series == series);
        if it.number == 0 || it.number > COUNTER_MAX {
            problems.push(FieldProblem::new(field, "queue-counter-number").with("max", COUNTER_MAX));
        } else if !it.serves.iter().all(|series| known(*series)) {
            problems.push(FieldProblem::new(field, "queue-counter-serves-nothing"));
        }
    }
    problems
}
