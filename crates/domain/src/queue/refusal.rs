//! Why something cannot be done with the queue.

use super::TicketNumber;

/// A lawful no of the queue.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueueRefusal {
    /// The unit gives no tickets for that.
    #[error("the unit gives no tickets for that service")]
    NoSuchService,
    /// The desk is not open at this hour.
    #[error("the desk is closed now")]
    DeskClosed,
    /// Every number of the day is given.
    #[error("every number of the day is given")]
    NumbersUsedUp,
    /// There is no such counter, or it is closed.
    #[error("there is no open counter of that number")]
    NoSuchCounter,
    /// The officer sits at no counter today.
    #[error("the officer sits at no counter")]
    NoCounterChosen,
    /// The counter has called somebody who neither came nor was passed over yet.
    #[error("{number} is called and has neither come nor been passed over")]
    StillCalled {
        /// Whom.
        number: TicketNumber,
    },
    /// Nobody waits for this counter.
    #[error("nobody waits for this counter")]
    NobodyWaits,
    /// The ticket is not where the page thought it was.
    #[error("{number} is not at this counter any more")]
    TicketMoved {
        /// Which.
        number: TicketNumber,
    },
    /// No open counter serves what it would be moved to.
    #[error("no open counter serves that")]
    NobodyServes,
}
