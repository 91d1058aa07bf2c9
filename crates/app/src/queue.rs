//! The queue before the counters of a desk: taking a number, calling, what a hall and its leaders see.
//!
//! Nothing here knows who holds a ticket: it keeps a number, a service and a lane, so that no personal data is written and none
//! has to be forgotten. The rules are `domain::queue`'s; here they are read for, authorised and kept. [`setting_up`] is how a unit
//! gets services and counters, [`moving`] what a reorganisation does to them.

pub(crate) mod moving;
pub mod setting_up;
#[cfg(test)]
mod tests;

use crate::accounts::tries::{self, Answer, Limit};
use crate::error::AppError;
use crate::house::{House, Snapshot};
use domain::ids::{PersonId, TicketId, UnitId};
use domain::organisation::HOUSE_KEYS;
use domain::person::in_order;
use domain::post::Post;
use domain::queue::order::{self, Shown, Waits};
use domain::queue::{
    Counter, Destination, Lane, NUMBER_MAX, QueueRefusal, Series, Setup, Ticket, TicketNumber, TicketState,
};
use domain::time::Instant;
use jiff::civil::Date;
use std::net::IpAddr;
use std::sync::Arc;
use storage::engine::Tx;
use storage::{locks, queue as kept};

/// Tickets are kept for the figures of so many days.
const KEPT_DAYS: i32 = 400;

/// The unit an address names: by the key it has or ever had, or by its id. Where it ended, who took its place: a code on the wall
/// of an old ward leads to the desk of the new one.
pub fn unit_of(known: &Snapshot, key: &str, today: Date) -> Option<UnitId> {
    let organisation = &known.organisation;
    let ever = || {
        organisation.ids().find(|id| {
            let unit = organisation.find_unit(*id);
            unit.is_some_and(|it| it.all_attributes().any(|it| it.has_code(HOUSE_KEYS, key)))
        })
    };
    let by_id = || key.parse::<UnitId>().ok().filter(|id| organisation.find_unit(*id).is_some());
    let found = organisation.unit_by_code(HOUSE_KEYS, key, today).or_else(ever).or_else(by_id)?;
    Some(organisation.heir_of(found)).filter(|it| organisation.find_unit(*it).is_some_and(|it| it.stands_on(today)))
}

/// How an address names a unit: by its key, else by its id.
pub fn key_of(known: &Snapshot, unit: UnitId, today: Date) -> String {
    let key = known.organisation.attributes_on(unit, today).and_then(|it| it.code(HOUSE_KEYS));
    key.map_or_else(|| unit.to_string(), str::to_owned)
}

/// The queue of one unit today, as of one moment.
#[derive(Clone, Debug)]
pub struct Queue {
    /// Whose.
    pub unit: UnitId,
    /// What it offers.
    pub setup: Setup,
    /// Everybody's tickets, in the order they were taken.
    pub tickets: Vec<Ticket>,
    /// When.
    pub now: Instant,
    /// Rises whenever anything changes.
    pub edition: i64,
    /// True while tickets are given.
    pub is_open: bool,
    /// How many of priority may follow one another; nought where there is no such lane.
    pub priority_in_a_row: u32,
}

impl Queue {
    /// What the board shows.
    pub fn board(&self) -> Vec<Shown> {
        order::board(&self.tickets)
    }

    /// How people wait for each service.
    pub fn waits(&self) -> Vec<Waits> {
        self.setup.services.iter().map(|it| order::waits(&self.tickets, it.series, self.now)).collect()
    }

    /// How many are called before this one.
    pub fn ahead(&self, of: &Ticket) -> usize {
        order::ahead(&self.tickets, of, self.priority_in_a_row)
    }

    /// Minutes it will wait at the pace of the last hour; none where nobody can tell.
    pub fn wait_minutes(&self, of: &Ticket) -> Option<i64> {
        order::wait_minutes(&self.tickets, of, self.priority_in_a_row, self.now)
    }

    /// Whom a counter has called and who has not come.
    pub fn called_to(&self, counter: &Counter) -> Option<&Ticket> {
        self.tickets.iter().find(|it| it.state == TicketState::Called && it.counter == Some(counter.number))
    }

    /// Whom a counter called last and who came.
    pub fn served_last_at(&self, counter: &Counter) -> Option<&Ticket> {
        let served = |it: &&Ticket| it.state == TicketState::Served && it.counter == Some(counter.number);
        self.tickets.iter().filter(served).max_by_key(|it| (it.called_at, it.number))
    }

    /// Whom a counter would call next.
    pub fn next_at(&self, counter: &Counter) -> Option<&Ticket> {
        order::next(&self.tickets, counter, self.priority_in_a_row)
    }

    /// Those who did not come, the last called first.
    pub fn absent(&self) -> Vec<&Ticket> {
        let mut absent: Vec<&Ticket> = self.tickets.iter().filter(|it| it.state == TicketState::Absent).collect();
        absent.sort_by_key(|it| std::cmp::Reverse((it.called_at, it.number)));
        absent
    }
}

/// The queue of a unit as it is now.
///
/// # Errors
/// The house failed.
pub async fn queue(house: &Arc<House>, unit: UnitId) -> Result<Queue, AppError> {
    let inside = Arc::clone(house);
    house.db.read(move |tx| read(tx, &inside, unit, inside.clock.now())).await
}

fn read(tx: &Tx, house: &House, unit: UnitId, now: Instant) -> Result<Queue, AppError> {
    let known = house.known_in(tx)?;
    Ok(Queue {
        unit,
        setup: kept::setup(tx, unit)?,
        tickets: kept::of_day(tx, unit, now.day())?,
        now,
        edition: kept::edition(tx, unit)?,
        is_open: is_open(house, &known, unit, now)?,
        priority_in_a_row: house.rules.queue_priority_in_a_row,
    })
}

/// How often anything changed in the queue of a unit: what waits for news asks this and nothing else.
///
/// # Errors
/// The house failed.
pub async fn edition(house: &Arc<House>, unit: UnitId) -> Result<i64, AppError> {
    house.db.read(move |tx| Ok::<_, AppError>(kept::edition(tx, unit)?)).await
}

/// Units that give tickets today, by name.
///
/// # Errors
/// The house failed.
pub async fn units(house: &Arc<House>) -> Result<Vec<UnitId>, AppError> {
    let (known, today) = (house.now_known(), house.clock.now().day());
    let mut found = house.db.read(|tx| Ok::<_, AppError>(kept::units(tx)?)).await?;
    found.retain(|it| known.organisation.find_unit(*it).is_some_and(|it| it.stands_on(today)));
    found.sort_by_key(|it| in_order(known.organisation.name_on(*it, today)));
    Ok(found)
}

/// Tickets are given on working days, from opening to closing, the pause at noon included: nobody takes a place at night before
/// those who come in the morning.
fn is_open(house: &House, known: &Snapshot, unit: UnitId, now: Instant) -> Result<bool, AppError> {
    let day = now.day();
    let stands = known.organisation.find_unit(unit).is_some_and(|it| it.stands_on(day));
    let clock = house.working_clock(known, unit, house.regime_on(day)?);
    let hours = known.organisation.hours(unit);
    let (opens, closes) = (hours.on(day).opens(), hours.on(day).closes());
    let time = now.local().time();
    Ok(stands && clock.is_working_day(day)? && time >= opens && time < closes)
}

/// What somebody at a kiosk or on a telephone asks for.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// Of which unit.
    pub unit: UnitId,
    /// For which service.
    pub series: Series,
    /// In which lane.
    pub lane: Lane,
    /// The id that came with the form: sent twice it is one ticket.
    pub id: TicketId,
    /// The address they ask from.
    pub from: IpAddr,
}

/// A new id for a form.
pub fn fresh_id(house: &House) -> TicketId {
    TicketId::from_uuid(house.ids.uuid(house.clock.now()))
}

/// Gives the next number of a service. The same form sent twice gives the same ticket.
///
/// # Errors
/// A refusal of the queue, [`AppError::Locked`] after too many from one address, or the house failed.
pub async fn take(house: &Arc<House>, wish: Wish) -> Result<TicketId, AppError> {
    let (inside, now, fresh) = (Arc::clone(house), house.clock.now(), fresh_id(house));
    // What is to be kept also where the answer is no must come as `Ok`: an error would undo the counting.
    house.db.write(move |tx| give(tx, &inside, wish, fresh, now)).await?
}

fn give(
    tx: &mut Tx,
    house: &House,
    wish: Wish,
    fresh: TicketId,
    now: Instant,
) -> Result<Result<TicketId, AppError>, AppError> {
    let Wish { unit, series, .. } = wish;
    let day = now.day();
    let before = kept::find(tx, wish.id)?;
    if before.as_ref().is_some_and(|it| it.at_unit == unit && it.day == day) {
        return Ok(Ok(wish.id));
    }
    if !kept::setup(tx, unit)?.offers(series) {
        return Err(QueueRefusal::NoSuchService.into());
    }
    let known = house.known_in(tx)?;
    if !is_open(house, &known, unit, now)? {
        return Err(QueueRefusal::DeskClosed.into());
    }
    let address = tries::address_subject(house, wish.from);
    if let Answer::Locked { minutes } = tries::count(tx, Limit::of_tickets(house), &address, now)? {
        return Ok(Err(AppError::Locked { minutes }));
    }
    let number = kept::next_number(tx, unit, day, series)?;
    if number > NUMBER_MAX {
        return Err(QueueRefusal::NumbersUsedUp.into());
    }
    let lane = if house.rules.queue_priority_in_a_row == 0 { Lane::Ordinary } else { wish.lane };
    let ticket = Ticket {
        // A form of another day or unit: its id stands for a ticket that is over.
        id: if before.is_some() { fresh } else { wish.id },
        unit,
        at_unit: unit,
        day,
        number: TicketNumber { series, number },
        wants: series,
        for_counter: None,
        lane,
        state: TicketState::Waiting,
        taken_at: now,
        first_called_at: None,
        called_at: None,
        counter: None,
        officer: None,
        calls: 0,
    };
    kept::add(tx, &ticket)?;
    Ok(Ok(ticket.id))
}

/// A ticket with the queue it stands in.
///
/// # Errors
/// There is no such ticket, or the house failed.
pub async fn ticket(house: &Arc<House>, id: TicketId) -> Result<(Ticket, Queue), AppError> {
    let (inside, now) = (Arc::clone(house), house.clock.now());
    house
        .db
        .read(move |tx| {
            let ticket = kept::find(tx, id)?.ok_or(AppError::NotFound)?;
            let queue = read(tx, &inside, ticket.at_unit, now)?;
            Ok::<_, AppError>((ticket, queue))
        })
        .await
}

/// What a reception officer does with the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeskAct {
    /// Sits down at a counter.
    Sit(u32),
    /// Calls whoever is next.
    Next,
    /// Calls once more.
    Recall(TicketId),
    /// Passes over who did not come.
    Skip(TicketId),
    /// Whoever was called came.
    Serve(TicketId),
    /// Sends on to another service or counter.
    Transfer(TicketId, Destination),
    /// Calls whoever was passed over and is back.
    ComeBack(TicketId),
}

/// Does it, at the counter where the officer sits; gives the ticket it was about.
///
/// # Errors
/// [`AppError::Forbidden`] for anybody who does not receive at that unit today, a refusal of the queue, or the house failed.
pub async fn act(house: &Arc<House>, person: PersonId, unit: UnitId, act: DeskAct) -> Result<Option<Ticket>, AppError> {
    let (inside, now) = (Arc::clone(house), house.clock.now());
    house.db.write(move |tx| do_act(tx, &inside, (person, unit), act, now)).await
}

fn do_act(
    tx: &mut Tx,
    house: &House,
    (person, unit): (PersonId, UnitId),
    act: DeskAct,
    now: Instant,
) -> Result<Option<Ticket>, AppError> {
    locks::queue(tx, unit)?;
    let known = house.known_in(tx)?;
    if !known.mandates.holds(person, unit, Post::Reception, now.day()) {
        return Err(AppError::Forbidden);
    }
    let queue = read(tx, house, unit, now)?;
    if let DeskAct::Sit(number) = act {
        let there = queue.setup.counter(number).filter(|it| it.is_open);
        there.ok_or(QueueRefusal::NoSuchCounter)?;
        kept::sit_down(tx, unit, number, person, now)?;
        return Ok(None);
    }
    let here = queue.setup.counter_of(person, now).ok_or(QueueRefusal::NoCounterChosen)?;
    let of = |id: TicketId| queue.tickets.iter().find(|it| it.id == id).cloned().ok_or(AppError::NotFound);
    let free = || match queue.called_to(here) {
        Some(it) => Err(QueueRefusal::StillCalled { number: it.number }),
        None => Ok(()),
    };
    let changed = match act {
        DeskAct::Sit(_) => return Ok(None),
        DeskAct::Next => {
            free()?;
            let next = queue.next_at(here).cloned().ok_or(QueueRefusal::NobodyWaits)?;
            next.call(here, person, now)?
        }
        DeskAct::ComeBack(id) => {
            free()?;
            of(id)?.call(here, person, now)?
        }
        DeskAct::Recall(id) => of(id)?.recall(here, now)?,
        DeskAct::Skip(id) => of(id)?.skip(here)?,
        DeskAct::Serve(id) => of(id)?.serve(here)?,
        DeskAct::Transfer(id, to) => of(id)?.transfer(here, to, &queue.setup)?,
    };
    kept::change(tx, &changed)?;
    Ok(Some(changed))
}

/// Units whose queues somebody of the staff watches over: those of their own posts, with everything below the authority.
///
/// # Errors
/// The house failed.
pub async fn watched(house: &Arc<House>, person: PersonId) -> Result<Vec<Queue>, AppError> {
    let (inside, now) = (Arc::clone(house), house.clock.now());
    house
        .db
        .read(move |tx| {
            let (known, today) = (inside.known_in(tx)?, now.day());
            let posts = [Post::ControlOfficer, Post::Leader, Post::Head];
            let own = known.mandates.of(person, today).filter(|it| posts.contains(&it.post));
            let above: Vec<UnitId> = own.map(|it| known.organisation.authority_of(it.unit, today)).collect();
            let mut units = kept::units(tx)?;
            units.retain(|unit| {
                let stands = known.organisation.find_unit(*unit).is_some_and(|it| it.stands_on(today));
                stands && above.iter().any(|it| known.organisation.is_within(*unit, *it, today))
            });
            units.sort_by_key(|it| in_order(known.organisation.name_on(*it, today)));
            units.into_iter().map(|unit| read(tx, &inside, unit, now)).collect::<Result<Vec<_>, AppError>>()
        })
        .await
}

/// Forgets tickets nobody counts any more.
pub(crate) fn forget_old(tx: &mut Tx, now: Instant) -> Result<u64, storage::engine::StorageError> {
    use jiff::ToSpan;
    kept::forget(tx, now.day().saturating_sub(KEPT_DAYS.days()))
}
