//! One ticket, and what may happen to it.

use super::{Counter, QueueRefusal, Series, Setup, TicketNumber};
use crate::ids::{PersonId, TicketId, UnitId};
use crate::time::Instant;
use jiff::civil::Date;

/// More calls of one ticket are not counted.
pub const CALLS_MAX: u32 = 99;

/// Which of the two lanes of a queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lane {
    /// In the order of coming.
    #[default]
    Ordinary,
    /// Older people, people with disabilities, pregnant women, people with a small child: as they say themselves.
    ///
    /// Which of these is not asked and not kept. How far they go before the others is set by the office: no text of law that
    /// fixes it was found.
    Priority,
}

/// Where a ticket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TicketState {
    /// Waiting.
    Waiting,
    /// Called to a counter, and not there yet.
    Called,
    /// Called, and did not come. Whoever comes back the same day is called again.
    Absent,
    /// Came to a counter.
    Served,
}

/// Where a ticket goes instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Destination {
    /// For which service.
    pub series: Series,
    /// Only to this counter, where one was named.
    pub counter: Option<u32>,
}

/// A place in the queue of one unit on one day.
#[doc(alias = "số thứ tự, vé")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// For addresses: what its holder follows it by.
    pub id: TicketId,
    /// Whose kiosk gave it. With the day and the number it is one of a kind.
    pub unit: UnitId,
    /// Where it is called: the same, or who took that unit's place since.
    pub at_unit: UnitId,
    /// The day it holds on; the next morning it is over.
    pub day: Date,
    /// What stands on it. It never changes.
    pub number: TicketNumber,
    /// Which service its holder waits for now.
    pub wants: Series,
    /// The only counter that may call it, where it was sent to one.
    pub for_counter: Option<u32>,
    /// Its lane.
    pub lane: Lane,
    /// Where it stands.
    pub state: TicketState,
    /// When it was taken. Whoever is sent on keeps their place by it.
    pub taken_at: Instant,
    /// When it was first called.
    pub first_called_at: Option<Instant>,
    /// When it was called last.
    pub called_at: Option<Instant>,
    /// The counter that called it last.
    pub counter: Option<u32>,
    /// Who called it last.
    pub officer: Option<PersonId>,
    /// How often it was called there.
    pub calls: u32,
}

impl Ticket {
    /// Calls it to a counter: whoever waits there, or was called before and comes back.
    ///
    /// # Errors
    /// It is called elsewhere or over already, or it waits for another counter.
    pub fn call(self, counter: &Counter, officer: PersonId, now: Instant) -> Result<Self, QueueRefusal> {
        let may = match self.state {
            TicketState::Waiting => self.is_for(counter),
            TicketState::Absent => counter.is_open,
            TicketState::Called | TicketState::Served => false,
        };
        if !may {
            return Err(QueueRefusal::TicketMoved { number: self.number });
        }
        Ok(Self {
            state: TicketState::Called,
            first_called_at: self.first_called_at.or(Some(now)),
            called_at: Some(now),
            counter: Some(counter.number),
            officer: Some(officer),
            calls: 1,
            ..self
        })
    }

    /// Calls it once more to the counter it was called to.
    ///
    /// # Errors
    /// It is not called to this counter.
    pub fn recall(self, counter: &Counter, now: Instant) -> Result<Self, QueueRefusal> {
        let it = self.called_to(counter)?;
        Ok(Self { calls: (it.calls + 1).min(CALLS_MAX), called_at: Some(now), ..it })
    }

    /// Passes it over: its holder did not come.
    ///
    /// # Errors
    /// It is not called to this counter.
    pub fn skip(self, counter: &Counter) -> Result<Self, QueueRefusal> {
        Ok(Self { state: TicketState::Absent, ..self.called_to(counter)? })
    }

    /// Its holder came.
    ///
    /// # Errors
    /// It is not called to this counter.
    pub fn serve(self, counter: &Counter) -> Result<Self, QueueRefusal> {
        Ok(Self { state: TicketState::Served, ..self.called_to(counter)? })
    }

    /// Sends it on to another service or counter, from the counter where its holder is. It keeps its number and its place: by the
    /// time it was taken it is among the first there.
    ///
    /// # Errors
    /// It is not at this counter, or no open counter serves that.
    pub fn transfer(self, counter: &Counter, to: Destination, setup: &Setup) -> Result<Self, QueueRefusal> {
        let is_here = matches!(self.state, TicketState::Called | TicketState::Served);
        if !is_here || self.counter != Some(counter.number) {
            return Err(QueueRefusal::TicketMoved { number: self.number });
        }
        let taken = match to.counter {
            Some(number) => setup.counter(number).is_some_and(|it| it.is_open) && number != counter.number,
            None => setup.offers(to.series) && !(counter.takes(to.series) && self.wants == to.series),
        };
        if !taken {
            return Err(QueueRefusal::NobodyServes);
        }
        Ok(Self {
            state: TicketState::Waiting,
            wants: to.series,
            for_counter: to.counter,
            counter: None,
            officer: None,
            calls: 0,
            ..self
        })
    }

    /// True where it waits and this counter may call it.
    pub fn is_for(&self, counter: &Counter) -> bool {
        let named = match self.for_counter {
            Some(number) => number == counter.number && counter.is_open,
            None => counter.takes(self.wants),
        };
        self.state == TicketState::Waiting && named
    }

    /// True where its holder is neither served nor gone.
    pub fn is_open(&self) -> bool {
        matches!(self.state, TicketState::Waiting | TicketState::Called)
    }

    fn called_to(self, counter: &Counter) -> Result<Self, QueueRefusal> {
        if self.state == TicketState::Called && self.counter == Some(counter.number) {
            Ok(self)
        } else {
            Err(QueueRefusal::TicketMoved { number: self.number })
        }
    }
}
