//! Reorganisation as one act: a plan in a file, what follows from it in the world as it is, and the way back.
//!
//! [`Plan::read`] takes a file, [`Plan::check`] makes a [`Reorganisation`] of it against the units there are, and
//! [`Consequences::of`] says what follows, dossier by dossier, with the conflicts somebody must settle first. [`Router`] answers
//! the same for one dossier received meanwhile. [`Compensation`] takes a plan back while nobody has acted on it. Nothing here
//! writes: staging, the instant and settling are the business of `app`.
//!
//! Căn cứ: NQ 190/2025/QH15 Điều 5, 10, 12; NQ 35/2023/UBTVQH15 Điều 21; handbook §11.

mod amendment;
mod check;
mod consequences;
mod file;
mod ground;
mod plan;
mod rights;
mod router;
mod territory;
#[cfg(test)]
mod tests;
mod undo;

pub use amendment::Amendment;
pub use check::Surroundings;
pub use consequences::{
    CatalogueEntry, Conflict, Consequences, Counted, Item, Matter, Named, NumberSeries, OpenDossier, RevisionClone,
    World,
};
pub use file::Plan;
pub use ground::Grounds;
pub use plan::{Edge, Offer, Reorganisation, Settled, Settlement, StaffMove};
pub use router::{MandateChanges, Router, Ways};
pub use territory::{Address, TerritoryRule};
pub use undo::{Compensation, UndoRefusal};
