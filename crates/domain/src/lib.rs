//! The rules of the one-stop shop: pure functions of their arguments.
//!
//! Nothing here reads a clock, rolls dice, opens a file or speaks to anybody: the moment, the ids and the people are passed in.
//! Start with [`dossier`] (what may happen to a dossier), [`calendar`] (when something is due), [`procedure`] (what the State
//! published) and [`organisation`] (which unit is which, by date).

#![deny(clippy::wildcard_enum_match_arm)]

pub mod calendar;
pub mod dossier;
pub mod feedback;
pub mod ids;
pub mod kpi;
pub mod notice;
pub mod organisation;
pub mod person;
pub mod post;
pub mod procedure;
pub mod queue;
pub mod regime;
pub mod text_message;
pub mod time;
pub mod typed;
