//! The dossiers behind the numbers of a unit's load, as [`crate::lists::by_unit`] counts them.

use crate::args;
use crate::engine::{StorageError, Tx};
use crate::list_card::{ListCard, listed_columns};
use domain::time::Instant;

/// Most dossiers behind one number.
const BEHIND_MAX: u32 = 5_000;

crate::statements! {
    OPEN: concat!("SELECT ", listed_columns!(), " FROM dossier WHERE is_open = 1 AND received_at IS NOT NULL AND finished_at IS NULL \
        ORDER BY due_at, id LIMIT $1");
    DUE: concat!("SELECT ", listed_columns!(), " FROM dossier WHERE is_open = 1 AND status IN (2, 4) AND waiting = 0 \
        AND due_at >= $1 AND due_at < $2 ORDER BY due_at, id LIMIT $3");
    WAITING: concat!("SELECT ", listed_columns!(), " FROM dossier WHERE is_open = 1 AND waiting = 1 ORDER BY due_at, id LIMIT $1");
}

/// A number of a load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behind {
    /// Received and not finished.
    Open,
    /// In work, and due from one moment to before another.
    Due(Instant, Instant),
    /// Somebody outside the office is waited for.
    Waiting,
}

/// The dossiers of every unit behind a number, the first due first.
///
/// # Errors
/// The storage failed.
pub fn behind(tx: &Tx, number: Behind) -> Result<Vec<ListCard>, StorageError> {
    match number {
        Behind::Open => tx.all(OPEN, args![BEHIND_MAX]),
        Behind::Due(from, before) => tx.all(DUE, args![from, before, BEHIND_MAX]),
        Behind::Waiting => tx.all(WAITING, args![BEHIND_MAX]),
    }
}
