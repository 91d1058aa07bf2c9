//! What PostgreSQL answered, in our words.

use std::{error::Error as _, fmt::Display, sync::Arc};

use tokio_postgres::{
    Error,
    error::{DbError, Severity},
};

use crate::engine::error::{Cause, Constraint, StorageError};

/// What went wrong in a transaction, as far as it decides whether its closure runs again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Trouble {
    /// Nothing: it goes on.
    None,
    /// A statement failed; the server takes nothing more of this transaction.
    Spoiled,
    /// Two stood in each other's way, and the server chose this one to step back: it may run again at once.
    Crossed,
    /// A key was there already. It may not have been when the closure looked: run once more, it sees what the other wrote.
    Taken,
    /// The connection is gone and nothing was kept: it may run again on another.
    Gone,
    /// The connection went while the commit was under way: kept or not, nobody knows, so it must not run again.
    Unknown,
}

/// The words of a fault. Not the driver's own: PostgreSQL's details quote the row that was refused, and so would our log.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Said(pub(super) String);

/// What the driver or the server said, without a value in it.
pub(super) fn in_words(error: &Error) -> String {
    match error.as_db_error() {
        Some(said) => format!("{} (SQLSTATE {})", said.message(), said.code().code()),
        None => match error.source() {
            Some(why) => format!("{error}: {why}"),
            None => error.to_string(),
        },
    }
}

/// True where the server ended the connection with these words.
pub(super) fn is_last_word(said: &DbError) -> bool {
    matches!(said.parsed_severity(), Some(Severity::Fatal | Severity::Panic))
}

/// The fault as our callers know it, and what it means for the transaction.
pub(super) fn fault(doing: &dyn Display, error: &Error) -> (StorageError, Trouble) {
    let doing = doing.to_string();
    let source: Cause = Arc::new(Said(in_words(error)));
    let Some(said) = error.as_db_error() else {
        // Closed, or bytes that make no sense: either way nothing more comes of this connection.
        let is_gone = error.is_closed() || error.source().is_some_and(|why| why.is::<std::io::Error>());
        return if is_gone {
            (StorageError::Cut { doing, source }, Trouble::Gone)
        } else {
            (StorageError::Driver { doing, source }, Trouble::Spoiled)
        };
    };
    if is_last_word(said) {
        return (StorageError::Cut { doing, source }, Trouble::Gone);
    }
    let code = said.code().code();
    if code == "0A000" && doing.starts_with("BEGIN") {
        // It only follows another server now: whoever leads is to be found anew.
        return (StorageError::ReadOnly { doing, source }, Trouble::Gone);
    }
    let trouble = match code {
        "40001" | "40P01" => Trouble::Crossed,
        "23505" => Trouble::Taken,
        _ => Trouble::Spoiled,
    };
    (translated(code, doing, source, said), trouble)
}

fn translated(code: &str, doing: String, source: Cause, said: &DbError) -> StorageError {
    let broken = |rule| StorageError::Broken { rule, doing: doing.clone(), detail: place(said) };
    match code {
        "23505" => broken(Constraint::Unique),
        "23503" => broken(Constraint::ForeignKey),
        "23502" => broken(Constraint::NotNull),
        "23514" => broken(Constraint::Check),
        "25P02" => StorageError::Lost { doing },
        "25006" | "42501" => StorageError::ReadOnly { doing, source },
        "53100" => StorageError::Full { doing, source },
        // Stepped back, waited too long for a lock or an answer, or the server has no room for more.
        "40001" | "40P01" | "55P03" | "57014" => StorageError::Busy { doing, source },
        "58030" => StorageError::Disk { doing, source },
        "XX001" | "XX002" => StorageError::Corrupt { doing, source },
        _ if code.starts_with("23") => broken(Constraint::Other),
        _ if code.starts_with("53") => StorageError::Busy { doing, source },
        _ => StorageError::Driver { doing, source },
    }
}

/// Which rule of which table, never which value.
fn place(said: &DbError) -> String {
    let named = [said.table(), said.column(), said.constraint()];
    let words: Vec<&str> = named.into_iter().flatten().collect();
    if words.is_empty() { said.message().to_owned() } else { words.join(", ") }
}

/// The fault of a commit nobody answered.
pub(super) fn unconfirmed(error: &Error) -> StorageError {
    StorageError::Unconfirmed { source: Arc::new(Said(in_words(error))) }
}
