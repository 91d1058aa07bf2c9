//! The queue for what a page notes without changing anything: that a session was heard of, and who read whose data.
//!
//! What is noted is in the database within a second, in a transaction of its own.

use crate::clock::Clock;
use crate::error::{AppError, in_full};
use crate::house::House;
use domain::ids::{DossierId, PersonId};
use domain::time::Instant;
use jiff::civil::Date;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use storage::engine::StorageError;
use storage::readings::{self, IN_A_LIST, Reading};
use storage::sessions;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant as Tick, timeout, timeout_at};

/// Most notes that wait.
const NOTES_MAX: usize = 4_096;
/// Most rows of lists that are remembered as noted; then some are noted again.
const LISTED_MAX: usize = 100_000;
/// Most rows of one transaction.
const ROWS_MAX: usize = 200;
/// So long notes are gathered before they are written.
const GATHERED_FOR: Duration = Duration::from_millis(400);
/// So long until a write that failed is tried again.
const AGAIN_AFTER: Duration = Duration::from_secs(1);
/// So long somebody who wants everything written waits for it.
const FLUSHED_WITHIN: Duration = Duration::from_secs(5);

enum Note {
    Seen { token_hash: String, at: Instant },
    Read(Reading),
    Flush(oneshot::Sender<()>),
}

/// The way to the queue. Cheap to clone; the last clone to go ends the queue once it is empty.
#[derive(Clone)]
pub struct Journal {
    notes: mpsc::Sender<Note>,
    clock: Clock,
    listed: Arc<Mutex<Listed>>,
}

/// Who saw which dossier in a list today.
#[derive(Default)]
struct Listed {
    day: Option<Date>,
    seen: HashSet<(PersonId, DossierId)>,
}

impl Journal {
    /// Starts the queue of a house, on the runtime that is running.
    pub fn start(house: &Arc<House>) -> Self {
        let (notes, queue) = mpsc::channel(NOTES_MAX);
        tokio::spawn(serve(Arc::clone(house), queue));
        Self { notes, clock: house.clock.clone(), listed: Arc::default() }
    }

    /// Notes that a session was heard of now. Under a flood it may be forgotten: the next page says it again.
    pub fn seen(&self, token_hash: impl Into<String>) {
        let note = Note::Seen { token_hash: token_hash.into(), at: self.clock.now() };
        if self.notes.try_send(note).is_err() {
            tracing::warn!("the journal is full: a session's last moment was not noted");
        }
    }

    /// Notes who reads whose data. Show nothing where it cannot be noted.
    ///
    /// # Errors
    /// The queue is full or has ended.
    pub fn read(&self, reading: Reading) -> Result<(), AppError> {
        self.notes.try_send(Note::Read(reading)).map_err(|_| AppError::Unavailable(Box::new(StorageError::Closed)))
    }

    /// Notes whose names somebody of the staff saw in a list: once a day for each reader and dossier, however often the list is drawn.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn listed(&self, person: PersonId, dossiers: impl IntoIterator<Item = DossierId>) -> Result<(), AppError> {
        let at = self.clock.now();
        let mut listed = self.listed.lock().unwrap_or_else(PoisonError::into_inner);
        if listed.day != Some(at.day()) || listed.seen.len() >= LISTED_MAX {
            *listed = Listed { day: Some(at.day()), seen: HashSet::new() };
        }
        for dossier in dossiers {
            if listed.seen.contains(&(person, dossier)) {
                continue;
            }
            self.read(Reading { person, dossier, at, what: IN_A_LIST.to_owned(), reason: String::new() })?;
            listed.seen.insert((person, dossier));
        }
        Ok(())
    }

    /// Returns once everything noted before was written, or could not be: for tests, and before the program ends.
    pub async fn flush(&self) {
        let (done, heard) = oneshot::channel();
        let told = async {
            if self.notes.send(Note::Flush(done)).await.is_ok() {
                drop(heard.await);
            }
        };
        if timeout(FLUSHED_WITHIN, told).await.is_err() {
            tracing::error!("the journal was not written in time; what waits in it may be lost");
        }
    }
}

#[derive(Default)]
struct Pending {
    seen: HashMap<String, Instant>,
    readings: Vec<Reading>,
    waiting: Vec<oneshot::Sender<()>>,
}

impl Pending {
    fn rows(&self) -> usize {
        self.seen.len() + self.readings.len()
    }

    fn take(&mut self, note: Note) {
        match note {
            Note::Seen { token_hash, at } => {
                let last = self.seen.entry(token_hash).or_insert(at);
                *last = at.max(*last);
            }
            Note::Read(reading) => self.readings.push(reading),
            Note::Flush(done) => self.waiting.push(done),
        }
    }

    async fn write(&mut self, house: &House) {
        if self.rows() > 0 {
            let rows = Arc::new((std::mem::take(&mut self.seen), std::mem::take(&mut self.readings)));
            let written = Arc::clone(&rows);
            let outcome = house
                .db
                .write(move |tx| {
                    for (token_hash, at) in &written.0 {
                        sessions::seen(tx, token_hash, *at)?;
                    }
                    for reading in &written.1 {
                        readings::add(tx, reading)?;
                    }
                    Ok::<(), StorageError>(())
                })
                .await;
            if let Err(error) = outcome {
                tracing::error!(
                    error = in_full(&error),
                    journal.rows = rows.0.len() + rows.1.len(),
                    "the journal could not be written; it will be tried again"
                );
                let (seen, readings) = Arc::try_unwrap(rows).unwrap_or_else(|shared| (*shared).clone());
                (self.seen, self.readings) = (seen, readings);
            }
        }
        for done in self.waiting.drain(..) {
            // Whoever no longer waits does not hear it.
            done.send(()).ok();
        }
    }
}

async fn serve(house: Arc<House>, mut queue: mpsc::Receiver<Note>) {
    let mut pending = Pending::default();
    loop {
        // What could not be written is tried again, also where nothing new comes.
        let first = if pending.rows() == 0 {
            queue.recv().await
        } else {
            match timeout(AGAIN_AFTER, queue.recv()).await {
                Ok(note) => note,
                Err(_) => {
                    pending.write(&house).await;
                    continue;
                }
            }
        };
        let Some(first) = first else { break };
        pending.take(first);
        let until = Tick::now() + GATHERED_FOR;
        while pending.waiting.is_empty() && pending.rows() < ROWS_MAX {
            match timeout_at(until, queue.recv()).await {
                Ok(Some(note)) => pending.take(note),
                Ok(None) | Err(_) => break,
            }
        }
        pending.write(&house).await;
        while pending.rows() >= ROWS_MAX && !queue.is_closed() {
            // The database is not to be had: nothing more is taken until it is, so that readers are refused and not lost.
            tokio::time::sleep(AGAIN_AFTER).await;
            pending.write(&house).await;
        }
    }
    pending.write(&house).await;
}
