//! How long dossiers of a procedure took at a unit: what their last ones tell.

use crate::args;
use crate::engine::{StorageError, Tx};
use domain::ids::UnitId;
use domain::time::Instant;

crate::statements! {
    LATEST: "SELECT received_at, finished_at FROM dossier WHERE procedure = $1 AND competent_unit = $2 AND finished_at IS NOT NULL \
        AND finished_at >= $3 AND received_at IS NOT NULL AND status IN (9, 10) ORDER BY finished_at DESC LIMIT $4";
}

/// Reception and decision of the latest decided dossiers of a procedure at a unit, since a moment.
///
/// # Errors
/// The storage failed.
pub fn latest(
    tx: &Tx,
    procedure: &str,
    unit: UnitId,
    since: Instant,
    most: u32,
) -> Result<Vec<(Instant, Instant)>, StorageError> {
    tx.all(LATEST, args![procedure, unit, since, most])
}
