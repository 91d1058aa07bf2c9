//! Queues before the counters: services, counters, the numbers of a day and its tickets.

use crate::args;
use crate::engine::{Cursor, Row, StorageError, Tx};
use crate::rows::Day;
use domain::ids::{PersonId, ReformId, TicketId, UnitId};
use domain::organisation::reform::Named;
use domain::queue::{Counter, Series, Service, Setup, Ticket, TicketNumber};
use domain::time::Instant;
use std::collections::BTreeMap;

crate::statements! {
    SERVICES: "SELECT series, name FROM queue_service WHERE unit = $1 ORDER BY series";
    ADD_SERVICE: "INSERT INTO queue_service (unit, series, name, reform) VALUES ($1, $2, $3, $4)";
    DROP_SERVICES: "DELETE FROM queue_service WHERE unit = $1";
    COUNTERS: "SELECT number, serves, is_open, seat, seat_at FROM queue_counter WHERE unit = $1 ORDER BY number";
    ADD_COUNTER: "INSERT INTO queue_counter (unit, number, serves, is_open, seat, seat_at, reform) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    DROP_COUNTERS: "DELETE FROM queue_counter WHERE unit = $1";
    STAND_UP: "UPDATE queue_counter SET seat = NULL, seat_at = NULL WHERE unit = $1 AND seat = $2";
    SIT_DOWN: "UPDATE queue_counter SET seat = $3, seat_at = $4 WHERE unit = $1 AND number = $2";
    UNITS: "SELECT DISTINCT unit FROM queue_service ORDER BY unit LIMIT 5000";
    HIGHEST: "SELECT max(number) FROM queue_ticket WHERE at_unit = $1 AND day = $2 AND series = $3";
    NEXT_NUMBER: "INSERT INTO queue_number (unit, day, series, last) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (unit, day, series) DO UPDATE SET last = queue_number.last + 1 RETURNING last";
    EDITION: "SELECT number FROM queue_edition WHERE unit = $1";
    NEXT_EDITION: "INSERT INTO queue_edition (unit, number) VALUES ($1, 1) ON CONFLICT (unit) DO UPDATE SET number = queue_edition.number + 1";
    ADD: "INSERT INTO queue_ticket (id, unit, at_unit, day, series, number, wants, for_counter, lane, state, taken_at, first_called_at, called_at, \
        counter, officer, calls) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    CHANGE: "UPDATE queue_ticket SET wants = $2, for_counter = $3, state = $4, first_called_at = $5, called_at = $6, counter = $7, officer = $8, \
        calls = $9 WHERE id = $1";
    FIND: "SELECT id, unit, at_unit, day, series, number, wants, for_counter, lane, state, taken_at, first_called_at, called_at, counter, officer, \
        calls FROM queue_ticket WHERE id = $1";
    OF_DAY: "SELECT id, unit, at_unit, day, series, number, wants, for_counter, lane, state, taken_at, first_called_at, called_at, counter, officer, \
        calls FROM queue_ticket WHERE at_unit = $1 AND day = $2 ORDER BY taken_at, series, number LIMIT 30000";
    FORGET: "DELETE FROM queue_ticket WHERE day < $1";
    FORGET_NUMBERS: "DELETE FROM queue_number WHERE day < $1";
    NAMED_COUNTERS: "SELECT unit, count(*) FROM queue_counter GROUP BY unit ORDER BY unit";
    NAMED_TICKETS: "SELECT at_unit, count(*) FROM queue_ticket WHERE day = $1 AND state <= 3 GROUP BY at_unit ORDER BY at_unit";
    REFORM_OF_SERVICE: "SELECT series, reform FROM queue_service WHERE unit = $1";
    REFORM_OF_COUNTER: "SELECT number, reform FROM queue_counter WHERE unit = $1";
    MOVE_TICKETS: "UPDATE queue_ticket SET at_unit = $2, wants = $4, for_counter = NULL, counter = NULL, officer = NULL, state = 1 \
        WHERE at_unit = $1 AND wants = $3 AND day = $5 AND state <= 2";
    MOVE_ABSENT: "UPDATE queue_ticket SET at_unit = $2, wants = $4, for_counter = NULL, counter = NULL, officer = NULL \
        WHERE at_unit = $1 AND wants = $3 AND day = $5 AND state = 3";
    DROP_BROUGHT_SERVICES: "DELETE FROM queue_service WHERE reform = $1";
    DROP_BROUGHT_COUNTERS: "DELETE FROM queue_counter WHERE reform = $1";
    TICKETS_BACK: "UPDATE queue_ticket SET at_unit = unit, wants = series, for_counter = NULL, counter = NULL, officer = NULL, state = 1 \
        WHERE unit = $1 AND at_unit <> $1 AND day = $2 AND state <= 2";
}

/// A ticket as it lies in its row.
struct Kept(Ticket);

impl Row for Kept {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        let (id, unit, at_unit) = (row.take()?, row.take()?, row.take()?);
        let day: Day = row.take()?;
        Ok(Self(Ticket {
            id,
            unit,
            at_unit,
            day: day.0,
            number: TicketNumber { series: row.take()?, number: row.take()? },
            wants: row.take()?,
            for_counter: row.take()?,
            lane: row.take()?,
            state: row.take()?,
            taken_at: row.take()?,
            first_called_at: row.take()?,
            called_at: row.take()?,
            counter: row.take()?,
            officer: row.take()?,
            calls: row.take()?,
        }))
    }
}

/// Services and counters of a unit.
///
/// # Errors
/// The storage failed.
pub fn setup(tx: &Tx, unit: UnitId) -> Result<Setup, StorageError> {
    let services = tx.all::<(Series, String)>(SERVICES, args![unit])?;
    let counters = tx.all::<(u32, String, bool, Option<PersonId>, Option<Instant>)>(COUNTERS, args![unit])?;
    Ok(Setup {
        services: services.into_iter().map(|(series, name)| Service { series, name }).collect(),
        counters: counters
            .into_iter()
            .map(|(number, serves, is_open, seat, seat_at)| Counter {
                number,
                serves: serves.chars().filter_map(|it| it.to_string().parse().ok()).collect(),
                is_open,
                seat: seat.zip(seat_at),
            })
            .collect(),
    })
}

/// Writes the services and counters of a unit anew, as they are now. What a reorganisation brought is remembered to be its.
///
/// # Errors
/// The storage failed.
pub fn put_setup(tx: &mut Tx, unit: UnitId, setup: &Setup) -> Result<(), StorageError> {
    put(tx, unit, setup, None)
}

/// The same where a reorganisation brings some of it.
///
/// # Errors
/// The storage failed.
pub fn put_joined(tx: &mut Tx, unit: UnitId, setup: &Setup, reform: ReformId) -> Result<(), StorageError> {
    put(tx, unit, setup, Some(reform))
}

fn put(tx: &mut Tx, unit: UnitId, setup: &Setup, reform: Option<ReformId>) -> Result<(), StorageError> {
    let services: BTreeMap<Series, Option<ReformId>> = tx.all(REFORM_OF_SERVICE, args![unit])?.into_iter().collect();
    let counters: BTreeMap<u32, Option<ReformId>> = tx.all(REFORM_OF_COUNTER, args![unit])?.into_iter().collect();
    tx.put(DROP_SERVICES, args![unit])?;
    tx.put(DROP_COUNTERS, args![unit])?;
    for it in &setup.services {
        let brought = services.get(&it.series).copied().unwrap_or(reform);
        tx.put(ADD_SERVICE, args![unit, it.series, it.name, brought])?;
    }
    for it in &setup.counters {
        let brought = counters.get(&it.number).copied().unwrap_or(reform);
        let serves: String = it.serves.iter().map(|it| it.letter()).collect();
        let (seat, seat_at) = (it.seat.map(|it| it.0), it.seat.map(|it| it.1));
        tx.put(ADD_COUNTER, args![unit, it.number, serves, it.is_open, seat, seat_at, brought])?;
    }
    changed(tx, unit)
}

/// Somebody sits down at a counter, and nowhere else any more.
///
/// # Errors
/// The storage failed.
pub fn sit_down(tx: &mut Tx, unit: UnitId, number: u32, who: PersonId, at: Instant) -> Result<(), StorageError> {
    tx.put(STAND_UP, args![unit, who])?;
    tx.put(SIT_DOWN, args![unit, number, who, at])
}

/// Units that offer anything.
///
/// # Errors
/// The storage failed.
pub fn units(tx: &Tx) -> Result<Vec<UnitId>, StorageError> {
    tx.all(UNITS, args![])
}

/// The next number of a series of the day: however many ask at once, on however many nodes, each gets another one.
///
/// # Errors
/// The storage failed.
pub fn next_number(tx: &mut Tx, unit: UnitId, day: jiff::civil::Date, series: Series) -> Result<u32, StorageError> {
    // A successor that begins in the middle of a day goes on after the tickets it took over.
    let highest: Option<u32> = tx.one(HIGHEST, args![unit, Day(day), series])?;
    tx.one(NEXT_NUMBER, args![unit, Day(day), series, highest.unwrap_or(0) + 1])
}

/// How often anything changed in the queue of a unit.
///
/// # Errors
/// The storage failed.
pub fn edition(tx: &Tx, unit: UnitId) -> Result<i64, StorageError> {
    Ok(tx.opt(EDITION, args![unit])?.unwrap_or(0))
}

fn changed(tx: &mut Tx, unit: UnitId) -> Result<(), StorageError> {
    tx.put(NEXT_EDITION, args![unit])
}

/// Keeps a new ticket.
///
/// # Errors
/// The storage failed.
pub fn add(tx: &mut Tx, it: &Ticket) -> Result<(), StorageError> {
    tx.put(
        ADD,
        args![
            it.id,
            it.unit,
            it.at_unit,
            Day(it.day),
            it.number.series,
            it.number.number,
            it.wants,
            it.for_counter,
            it.lane,
            it.state,
            it.taken_at,
            it.first_called_at,
            it.called_at,
            it.counter,
            it.officer,
            it.calls
        ],
    )?;
    changed(tx, it.at_unit)
}

/// Writes what became of a ticket.
///
/// # Errors
/// The storage failed.
pub fn change(tx: &mut Tx, it: &Ticket) -> Result<(), StorageError> {
    tx.put(
        CHANGE,
        args![
            it.id,
            it.wants,
            it.for_counter,
            it.state,
            it.first_called_at,
            it.called_at,
            it.counter,
            it.officer,
            it.calls
        ],
    )?;
    changed(tx, it.at_unit)
}

/// One ticket.
///
/// # Errors
/// The storage failed.
pub fn find(tx: &Tx, id: TicketId) -> Result<Option<Ticket>, StorageError> {
    Ok(tx.opt::<Kept>(FIND, args![id])?.map(|it| it.0))
}

/// The tickets a unit calls on that day, in the order they were taken.
///
/// # Errors
/// The storage failed.
pub fn of_day(tx: &Tx, unit: UnitId, day: jiff::civil::Date) -> Result<Vec<Ticket>, StorageError> {
    Ok(tx.all::<Kept>(OF_DAY, args![unit, Day(day)])?.into_iter().map(|it| it.0).collect())
}

/// Forgets the tickets of the days before that one.
///
/// # Errors
/// The storage failed.
pub fn forget(tx: &mut Tx, before: jiff::civil::Date) -> Result<u64, StorageError> {
    tx.exec(FORGET_NUMBERS, args![Day(before)])?;
    tx.exec(FORGET, args![Day(before)])
}

/// Units that counters, and tickets of that day which are not served, name: for what follows from a reorganisation.
///
/// # Errors
/// The storage failed.
pub fn named(tx: &Tx, day: jiff::civil::Date) -> Result<Vec<Named>, StorageError> {
    let named = |what: &str, rows: Vec<(UnitId, i64)>| -> Vec<Named> {
        let named = |(unit, count)| Named { what: what.to_owned(), unit, count: u64::try_from(count).unwrap_or(0) };
        rows.into_iter().map(named).collect()
    };
    let mut all = named("counter", tx.all(NAMED_COUNTERS, args![])?);
    all.extend(named("ticket", tx.all(NAMED_TICKETS, args![Day(day)])?));
    Ok(all)
}

/// Tickets of that day that are not served are called by another unit from now on, for the services its letters stand for.
///
/// # Errors
/// The storage failed.
pub fn move_tickets(
    tx: &mut Tx,
    (from, to): (UnitId, UnitId),
    letters: &BTreeMap<Series, Series>,
    day: jiff::civil::Date,
) -> Result<(), StorageError> {
    for (old, new) in letters {
        tx.put(MOVE_TICKETS, args![from, to, *old, *new, Day(day)])?;
        tx.put(MOVE_ABSENT, args![from, to, *old, *new, Day(day)])?;
    }
    changed(tx, from)?;
    changed(tx, to)
}

/// Takes back what a reorganisation brought, and gives units that stand again their tickets of that day.
///
/// # Errors
/// The storage failed.
pub fn take_back(
    tx: &mut Tx,
    reform: ReformId,
    standing_again: &[UnitId],
    day: jiff::civil::Date,
) -> Result<(), StorageError> {
    tx.put(DROP_BROUGHT_SERVICES, args![reform])?;
    tx.put(DROP_BROUGHT_COUNTERS, args![reform])?;
    for unit in standing_again {
        tx.put(TICKETS_BACK, args![*unit, Day(day)])?;
        changed(tx, *unit)?;
    }
    Ok(())
}
