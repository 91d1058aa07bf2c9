//! Bringing the schema up to date, one numbered step after the other, never backwards.

use refinery::{Runner, error::Kind};
use rusqlite::Connection;

use super::{error::StorageError, sqlite};

mod embedded {
    refinery::embed_migrations!("migrations/sqlite");
}

/// Runs every step this database lacks, all in one transaction; refuses a database that knows more steps than we do.
pub(super) fn run(connection: &mut Connection) -> Result<(), StorageError> {
    let runner = embedded::migrations::runner().set_grouped(true);
    let known = runner.get_migrations().iter().map(|step| i64::from(step.version())).max().unwrap_or(0);
    let found = sqlite::newest_step(connection)?;
    if found > known {
        return Err(StorageError::NewerSchema { found, known });
    }
    // A table can only be rebuilt while nobody checks who points to it; afterwards everything is checked at once.
    sqlite::foreign_keys(connection, false)?;
    let outcome = apply(connection, &runner);
    sqlite::foreign_keys(connection, true)?;
    outcome
}

fn apply(connection: &mut Connection, runner: &Runner) -> Result<(), StorageError> {
    let report = runner.run(connection).map_err(failed)?;
    let steps = report.applied_migrations();
    if steps.is_empty() {
        return Ok(());
    }
    tracing::info!(steps = steps.len(), "the database was brought up to date");
    match sqlite::dangling_table(connection)? {
        None => Ok(()),
        Some(table) => Err(StorageError::Migration { reason: format!("rows of {table} point to rows that are gone") }),
    }
}

fn failed(error: refinery::Error) -> StorageError {
    let reason = match error.kind() {
        Kind::DivergentVersion(applied, ours) => {
            format!("step {applied} was applied to this database with another text than {ours} in this program has")
        }
        Kind::MissingVersion(step) => {
            format!("step {step} is known to the database or to the program, but not to both")
        }
        Kind::Connection(doing, source) => format!("{doing}: {source}"),
        other => other.to_string(),
    };
    StorageError::Migration { reason }
}
