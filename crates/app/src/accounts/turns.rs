//! Turns of those who try the same thing at the same time in this program: one after the other, or a few at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Subjects that are kept before those nobody tries any more are swept out.
const KEPT: usize = 4_096;

/// Who tries what right now.
#[derive(Debug, Default)]
pub(crate) struct Turns(Mutex<HashMap<String, Weak<Semaphore>>>);

/// One turn; it ends when this is dropped.
pub(crate) struct Turn {
    _permit: Option<OwnedSemaphorePermit>,
}

impl Turns {
    /// Waits until fewer than `at_once` others have a turn at the subject.
    pub(crate) async fn wait(&self, subject: &str, at_once: u32) -> Turn {
        let places = self.places(subject, at_once);
        // Nobody closes them.
        Turn { _permit: places.acquire_owned().await.ok() }
    }

    fn places(&self, subject: &str, at_once: u32) -> Arc<Semaphore> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(places) = all.get(subject).and_then(Weak::upgrade) {
            return places;
        }
        if all.len() >= KEPT {
            all.retain(|_, places| places.strong_count() > 0);
        }
        let places = Arc::new(Semaphore::new(usize::try_from(at_once).unwrap_or(1)));
        all.insert(subject.to_owned(), Arc::downgrade(&places));
        places
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::run;

    #[test]
    fn so_many_have_a_turn_at_once_and_nothing_is_kept_of_those_who_left() {
        run(async {
            let turns = Turns::default();
            let (first, _second) = (turns.wait("a", 2).await, turns.wait("a", 2).await);
            let third = turns.wait("a", 2);
            tokio::pin!(third);
            tokio::select! {
                biased;
                _ = &mut third => panic!("a third at once"),
                () = std::future::ready(()) => {}
            }
            let _other = turns.wait("b", 1).await;
            drop(first);
            let _third = third.await;
            for number in 0..KEPT + 10 {
                drop(turns.wait(&number.to_string(), 1).await);
            }
            assert!(turns.0.lock().unwrap().len() <= KEPT);
        });
    }
}
