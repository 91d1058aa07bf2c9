//! Bringing the schema up to date, one numbered step after the other, never backwards. Both databases have the same numbers.

use std::error::Error;

use refinery::{Report, Runner, error::Kind};
use rusqlite::Connection;

use super::{error::StorageError, sqlite};

mod sqlite_steps {
    refinery::embed_migrations!("migrations/sqlite");
}

mod postgres_steps {
    refinery::embed_migrations!("migrations/postgres");
}

/// Runs every step this file lacks, all in one transaction; refuses a database that knows more steps than we do.
pub(super) fn in_file(connection: &mut Connection) -> Result<(), StorageError> {
    let runner = sqlite_steps::migrations::runner().set_grouped(true);
    refuse_newer(&runner, sqlite::newest_step(connection)?)?;
    // A table can only be rebuilt while nobody checks who points to it; afterwards everything is checked at once.
    sqlite::foreign_keys(connection, false)?;
    let outcome = apply_in_file(connection, &runner);
    sqlite::foreign_keys(connection, true)?;
    outcome
}

/// The same on a server, whose connection is the caller's: `newest` is the last step it has seen, `run` runs the others.
pub(super) fn on_server(
    newest: i64,
    run: impl FnOnce(&Runner) -> Result<Report, refinery::Error>,
) -> Result<(), StorageError> {
    let runner = postgres_steps::migrations::runner().set_grouped(true);
    refuse_newer(&runner, newest)?;
    run(&runner).map(|report| tell(&report)).map_err(failed)
}

/// The number of the newest step this program knows: what every database it has opened is at.
pub fn schema_step_known() -> i64 {
    newest_of(&sqlite_steps::migrations::runner())
}

fn newest_of(runner: &Runner) -> i64 {
    runner.get_migrations().iter().map(|step| i64::from(step.version())).max().unwrap_or(0)
}

fn refuse_newer(runner: &Runner, found: i64) -> Result<(), StorageError> {
    let known = newest_of(runner);
    if found > known { Err(StorageError::NewerSchema { found, known }) } else { Ok(()) }
}

fn apply_in_file(connection: &mut Connection, runner: &Runner) -> Result<(), StorageError> {
    let report = runner.run(connection).map_err(failed)?;
    if report.applied_migrations().is_empty() {
        return Ok(());
    }
    tell(&report);
    match sqlite::dangling_table(connection)? {
        None => Ok(()),
        Some(table) => Err(StorageError::Migration { reason: format!("rows of {table} point to rows that are gone") }),
    }
}

fn tell(report: &Report) {
    let steps = report.applied_migrations().len();
    if steps > 0 {
        tracing::info!(steps, "the database was brought up to date");
    }
}

/// The driver of servers says "db error" and leaves the words to the cause.
fn with_causes(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        words = format!("{words}: {deeper}");
        cause = deeper.source();
    }
    words
}

fn failed(error: refinery::Error) -> StorageError {
    let reason = match error.kind() {
        Kind::DivergentVersion(applied, ours) => {
            format!("step {applied} was applied to this database with another text than {ours} in this program has")
        }
        Kind::MissingVersion(step) => {
            format!("step {step} is known to the database or to the program, but not to both")
        }
        Kind::Connection(doing, source) => format!("{doing}: {}", with_causes(&**source)),
        other => other.to_string(),
    };
    StorageError::Migration { reason }
}
