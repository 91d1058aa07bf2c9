//! Histories read a moment ago. Whoever sends a form has just opened its dossier: what was folded for the page serves for the act.
//!
//! A history is known by the hash of its last event, which is asked for each time, in the transaction that uses it. Another node, a
//! command taken back and an erasure all leave another hash; nothing here is ever told that something changed.

use domain::dossier::{Dossier, Recorded};
use domain::ids::DossierId;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use storage::dossiers;
use storage::engine::{StorageError, Tx};

/// Most histories that are kept: those of the pages of the last seconds.
const KEPT_MAX: usize = 128;

/// All that happened to a dossier, for whoever reads it: it is copied where more happens to it.
pub(crate) type Log = Arc<Vec<Recorded>>;

/// A dossier with all that happened to it.
#[derive(Clone)]
pub(crate) struct History {
    pub(crate) dossier: Dossier,
    pub(crate) log: Log,
    /// The hash of the last event.
    pub(crate) last_hash: String,
}

/// The histories, the latest read last.
#[derive(Default)]
pub(crate) struct Lately(Mutex<VecDeque<Arc<History>>>);

impl Lately {
    /// The dossier with its log, as this transaction sees it.
    pub(crate) fn find(&self, tx: &Tx, id: DossierId) -> Result<Option<History>, StorageError> {
        let known = self.kept().iter().rev().find(|it| it.dossier.id == id).cloned();
        if let Some(known) = known
            && dossiers::last_hash(tx, id)?.is_some_and(|it| it == known.last_hash)
        {
            return Ok(Some(History::clone(&known)));
        }
        let Some((dossier, log, last_hash)) = dossiers::find_to_last(tx, id)? else { return Ok(None) };
        let found = History { dossier, log: Arc::new(log), last_hash };
        let fresh = Arc::new(found.clone());
        let mut kept = self.kept();
        kept.retain(|it| it.dossier.id != id);
        if kept.len() >= KEPT_MAX {
            kept.pop_front();
        }
        kept.push_back(fresh);
        Ok(Some(found))
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<Arc<History>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{TestHouse, run};

    #[test]
    fn a_history_is_read_again_once_it_has_gone_on_and_only_so_many_are_kept() {
        run(async {
            let test = TestHouse::with_catalogue();
            let lately = Lately::default();
            let found = |id| test.house.db.read_now(|tx| lately.find(tx, id)).unwrap();
            let find = |id| found(id).map(|it| (it.dossier, Vec::clone(&it.log)));
            let filed = test.file_online(|_| {}).await;
            let stored = |id| test.house.db.read_now(|tx| dossiers::find(tx, id)).unwrap();
            for _ in 0..2 {
                assert_eq!(find(filed.id), stored(filed.id));
            }
            test.ask_for_papers(&filed).await;
            let after = find(filed.id).unwrap();
            assert_eq!(Some(&after), stored(filed.id).as_ref(), "what happened meanwhile is seen");
            for _ in 0..KEPT_MAX + 5 {
                let other = test.file_at_desk(|_| {}).await;
                assert!(find(other.id).is_some());
            }
            assert_eq!(lately.kept().len(), KEPT_MAX);
            assert_eq!(find(filed.id), Some(after));
            assert_eq!(find(DossierId::from_uuid(test.house.ids.uuid(test.now()))), None);
        });
    }
}
