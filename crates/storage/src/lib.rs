//! All SQL of the one-stop shop: rows to domain types and back, transactions, migrations, and the files' store.
//!
//! It must never hold a rule of the office, a word for users or a type of HTTP. Start with [`engine::Db`] (how a transaction
//! runs), then [`dossiers`] (the chain and the read model). SQL is the subset that SQLite and PostgreSQL share; every statement
//! is registered by `statements!`, and a test prepares all of them.

pub mod announcements;
pub mod backup;
pub mod blobs;
mod bucket;
pub mod calendars;
mod card;
pub mod catalogue;
pub mod certificates;
pub mod chain;
pub mod claims;
pub mod copy;
pub mod delivery;
pub mod dossiers;
pub mod drafts;
pub mod engine;
pub mod exchanges;
pub mod file_keys;
pub mod house;
mod kept_event;
mod list_card;
pub mod lists;
pub mod lives;
pub mod loads;
pub mod locks;
pub mod notices;
pub mod outbox;
pub mod people;
pub mod proofs;
pub mod publication;
pub mod queue;
pub mod ratings;
pub mod readings;
pub mod reform_drafts;
pub mod reforms;
pub mod reports;
mod rows;
pub mod secret_file;
pub mod sessions;
pub mod shares;
pub mod slips;
pub mod transfers;
pub mod units;
pub mod usual;
pub mod verify;

pub use rows::Day;

use engine::{Sql, StorageError};

/// Every statement of the program: a test prepares them all and checks what they give.
pub fn statements() -> Vec<Sql> {
    [
        backup::STATEMENTS,
        calendars::STATEMENTS,
        card::STATEMENTS,
        catalogue::STATEMENTS,
        certificates::STATEMENTS,
        claims::STATEMENTS,
        copy::STATEMENTS,
        delivery::STATEMENTS,
        dossiers::STATEMENTS,
        drafts::STATEMENTS,
        exchanges::STATEMENTS,
        file_keys::STATEMENTS,
        house::STATEMENTS,
        list_card::STATEMENTS,
        lists::STATEMENTS,
        loads::STATEMENTS,
        notices::STATEMENTS,
        outbox::STATEMENTS,
        people::STATEMENTS,
        publication::STATEMENTS,
        queue::STATEMENTS,
        ratings::STATEMENTS,
        readings::STATEMENTS,
        reform_drafts::STATEMENTS,
        reforms::STATEMENTS,
        reports::STATEMENTS,
        sessions::STATEMENTS,
        shares::STATEMENTS,
        slips::STATEMENTS,
        transfers::STATEMENTS,
        units::STATEMENTS,
        usual::STATEMENTS,
        verify::STATEMENTS,
    ]
    .concat()
}

/// Something stored that this program cannot read: a fault, not a refusal.
pub(crate) fn undecodable(doing: &'static str, why: impl std::fmt::Display) -> StorageError {
    StorageError::Driver { doing: doing.to_owned(), source: std::sync::Arc::from(Box::from(why.to_string())) }
}
