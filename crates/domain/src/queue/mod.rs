//! The queue before the counters of a one-stop desk: who holds which number, who is called next, and what becomes of a ticket.
//!
//! A ticket says nothing about its holder: no name, no number of theirs, no procedure, only what kind of service they want and
//! whether they asked for the priority lane. So nothing here is personal data. Start with [`Ticket`] (what may happen to one) and
//! [`order`] (who is next).

mod joined;
mod numbers;
pub mod order;
mod refusal;
mod setup;
mod ticket;

pub use joined::{Joined, joined};
pub use numbers::{NUMBER_MAX, Series, TicketNumber};
pub use refusal::QueueRefusal;
pub use setup::{COUNTER_MAX, Counter, NAME_CHARS_MAX, SERVICES_MAX, Service, Setup};
pub use ticket::{CALLS_MAX, Destination, Lane, Ticket, TicketState};

#[cfg(test)]
mod tests;
