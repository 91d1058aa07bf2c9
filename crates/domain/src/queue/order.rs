//! Who is next, how many are before somebody, and how long it takes: from the tickets of one unit and day, and nothing else.

use super::{Counter, Lane, Series, Ticket, TicketNumber, TicketState};
use crate::time::Instant;

/// The pace is measured over so many seconds before now.
const PACE_SECONDS: i64 = 3_600;
/// From fewer calls no pace is told.
const PACE_CALLS_MIN: usize = 3;

/// The ticket a counter calls next: of those it may call the one taken first, with the priority lane before the other; but after
/// `in_a_row_max` of priority at this counter comes an ordinary one where one waits, so that nobody is passed by for ever.
/// Nought means: there is no priority, and everybody comes in the order of coming.
pub fn next<'a>(tickets: &'a [Ticket], counter: &Counter, in_a_row_max: u32) -> Option<&'a Ticket> {
    let waiting = || tickets.iter().filter(|it| it.is_for(counter));
    if in_a_row_max == 0 {
        return waiting().min_by_key(|it| place(it));
    }
    let first = |lane: Lane| waiting().filter(|it| it.lane == lane).min_by_key(|it| place(it));
    let (priority, ordinary) = (first(Lane::Priority), first(Lane::Ordinary));
    let is_due = priority_in_a_row(tickets, counter) >= in_a_row_max;
    if is_due { ordinary.or(priority) } else { priority.or(ordinary) }
}

/// Where a ticket stands in its lane.
fn place(it: &Ticket) -> (Instant, TicketNumber) {
    (it.taken_at, it.number)
}

/// How many of priority this counter called one after the other until now.
fn priority_in_a_row(tickets: &[Ticket], counter: &Counter) -> u32 {
    let mut called: Vec<&Ticket> = tickets.iter().filter(|it| it.counter == Some(counter.number)).collect();
    called.sort_by_key(|it| (std::cmp::Reverse(it.called_at), std::cmp::Reverse(it.number)));
    let run = called.iter().take_while(|it| it.lane == Lane::Priority).count();
    u32::try_from(run).unwrap_or(u32::MAX)
}

/// How many who wait for the same service are called before this one, as things are now: whoever of priority comes later may still
/// go before it.
pub fn ahead(tickets: &[Ticket], of: &Ticket, in_a_row_max: u32) -> usize {
    let mut waiting: Vec<&Ticket> = tickets
        .iter()
        .filter(|it| it.state == TicketState::Waiting && it.wants == of.wants && it.for_counter == of.for_counter)
        .collect();
    waiting.sort_by_key(|it| place(it));
    let before = |lane: Lane| waiting.iter().filter(|it| it.lane == lane && place(it) < place(of)).count();
    let all = |lane: Lane| waiting.iter().filter(|it| it.lane == lane).count();
    let most = usize::try_from(in_a_row_max).unwrap_or(usize::MAX);
    match (of.lane, most) {
        (_, 0) => before(Lane::Ordinary) + before(Lane::Priority),
        // Before each ordinary one, this one included, so many of priority go.
        (Lane::Ordinary, most) => {
            let own = before(Lane::Ordinary);
            own + all(Lane::Priority).min(most.saturating_mul(own + 1))
        }
        // After each full turn of priority one ordinary goes.
        (Lane::Priority, most) => {
            let own = before(Lane::Priority);
            own + all(Lane::Ordinary).min(own / most)
        }
    }
}

/// Seconds between two calls for a service in the last hour; none where too few were called to tell.
pub fn pace_seconds(tickets: &[Ticket], series: Series, now: Instant) -> Option<i64> {
    let since = now.plus_seconds(-PACE_SECONDS);
    let calls: Vec<Instant> = tickets
        .iter()
        .filter(|it| it.wants == series)
        .filter_map(|it| it.first_called_at)
        .filter(|at| *at >= since && *at <= now)
        .collect();
    let first = calls.iter().min()?;
    let count = i64::try_from(calls.len()).ok().filter(|_| calls.len() >= PACE_CALLS_MIN)?;
    Some(((now.micros() - first.micros()) / 1_000_000 / count).max(1))
}

/// Minutes somebody will wait at the pace of the last hour, at least one; none where nobody can tell.
pub fn wait_minutes(tickets: &[Ticket], of: &Ticket, in_a_row_max: u32, now: Instant) -> Option<i64> {
    let turns = i64::try_from(ahead(tickets, of, in_a_row_max)).ok()? + 1;
    let seconds = pace_seconds(tickets, of.wants, now)?.saturating_mul(turns);
    Some(seconds.saturating_add(59) / 60)
}

/// How people waited for a service today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waits {
    /// For which.
    pub series: Series,
    /// How many wait now.
    pub waiting: usize,
    /// How many were called.
    pub called: usize,
    /// How many of those came.
    pub served: usize,
    /// How many were called and did not come.
    pub absent: usize,
    /// How long those who were called had waited, in minutes on average; none where nobody was.
    pub average_minutes: Option<i64>,
    /// How long the one waits who waits longest now.
    pub longest_minutes: Option<i64>,
}

/// How people waited for a service until now.
pub fn waits(tickets: &[Ticket], series: Series, now: Instant) -> Waits {
    let own: Vec<&Ticket> = tickets.iter().filter(|it| it.wants == series).collect();
    let minutes = |from: Instant, to: Instant| (to.micros() - from.micros()).max(0) / 60_000_000;
    let count = |state: TicketState| own.iter().filter(|it| it.state == state).count();
    let waited: Vec<i64> =
        own.iter().filter_map(|it| it.first_called_at.map(|called| minutes(it.taken_at, called))).collect();
    let sum: i64 = waited.iter().sum();
    Waits {
        series,
        waiting: count(TicketState::Waiting),
        called: waited.len(),
        served: count(TicketState::Served),
        absent: count(TicketState::Absent),
        average_minutes: i64::try_from(waited.len()).ok().filter(|it| *it > 0).map(|it| sum / it),
        longest_minutes: own
            .iter()
            .filter(|it| it.state == TicketState::Waiting)
            .map(|it| minutes(it.taken_at, now))
            .max(),
    }
}

/// One line of the board: a number, and the counter it is called to. Nothing else is ever shown to a hall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The number.
    pub number: TicketNumber,
    /// The counter.
    pub counter: u32,
    /// True while its holder has not come.
    pub is_called: bool,
    /// When it was called last.
    pub called_at: Instant,
}

/// What the board shows: the last number of every counter, the newest call first. Who did not come disappears.
pub fn board(tickets: &[Ticket]) -> Vec<Shown> {
    let mut shown: Vec<Shown> = tickets
        .iter()
        .filter(|it| matches!(it.state, TicketState::Called | TicketState::Served))
        .filter_map(|it| {
            let (counter, called_at) = (it.counter?, it.called_at?);
            Some(Shown { number: it.number, counter, is_called: it.state == TicketState::Called, called_at })
        })
        .collect();
    shown.sort_by_key(|it| (std::cmp::Reverse(it.called_at), it.counter, std::cmp::Reverse(it.number)));
    let mut counters = std::collections::BTreeSet::new();
    shown.retain(|it| counters.insert(it.counter));
    shown
}
