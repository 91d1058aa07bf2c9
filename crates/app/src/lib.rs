//! What people and timers do in the one-stop shop, one public function each: the same for pages, demo and command line.
//!
//! Here a command is loaded for, authorised, decided by `domain`, appended, and its messages put in the outbox, in one
//! transaction. There is no SQL, no HTML and no call to the outside here. Start with [`handle`], then [`authorise`] (the one
//! table of who may do what) and [`house`] (what everything rests on).

pub mod accounts;
pub mod actor;
pub mod announcements;
pub mod answering;
pub mod applying;
pub mod authorise;
pub mod backup;
pub mod batch;
pub mod calendars;
pub mod catalogue;
pub mod clock;
pub mod demo_clock;
pub mod desk;
pub mod dossiers;
pub mod error;
pub mod exchanges;
pub mod figures;
pub mod files;
pub mod filing;
pub mod handle;
pub mod handover;
pub mod health;
pub mod house;
pub mod integrity;
pub mod key;
mod lately;
pub mod lives;
pub mod lookup;
pub mod notice_texts;
mod notices;
pub mod outbox;
pub mod publication;
pub mod queue;

pub mod ratings;
pub mod readers;
pub mod reform;
pub mod reform_drafts;
pub mod rehearsal;
pub mod report;
pub mod routing;
pub mod rows;
pub mod search;
pub mod sharing;
pub mod slips;
pub mod supplying;

#[cfg(test)]
mod testing;
pub mod timers;
pub mod trial;
pub mod uncollected;
pub mod units;
pub mod uploads;
pub mod usual;
pub mod verification;

pub mod words;
pub mod work;

pub use error::{AppError, FieldProblem};
