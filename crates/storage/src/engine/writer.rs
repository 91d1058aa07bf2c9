//! The one writer of a file: gathers waiting closures into one commit.
//!
//! To be able to undo a closure alone, the database keeps a copy of every page it changes. Almost none has to be undone: nearly
//! every lawful no is said before anything is written. So they run with nothing around them; after one that failed with something
//! written the transaction is given up, the others run again, and the rest of that commit in savepoints (ADR 0022).

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use tokio::sync::{mpsc, oneshot};

use super::{
    error::StorageError,
    sqlite::{Log, Reach},
    tx::{Control, Tx},
};

/// At most this many closures share a commit.
const GATHERED_MAX: usize = 256;
/// No closure is added to a commit that has been open for so long.
const GATHERING_MAX: Duration = Duration::from_millis(20);

/// So many in one commit are a crowd: while some wait for the disk, others are on their way.
const CROWD: usize = 4;
/// With so many the writer does not wait for others.
const CROWD_GATHERED: usize = 32;
/// In a crowd the writer waits so long for the next one before it commits. It waits for the disk longer than that anyway.
const CROWD_PAUSE: Duration = Duration::from_micros(500);
/// Between two looks at the queue meanwhile.
const LOOK: Duration = Duration::from_micros(100);

/// The connection that writes, whoever holds it.
pub(super) struct Writer {
    tx: Tx,
    log: Log,
    /// How many shared the last commit.
    gathered: usize,
}

/// A closure that waits for its turn, whatever it answers.
pub(super) trait Job: Send {
    /// True if nobody waits for the answer any more.
    fn is_abandoned(&self) -> bool;
    /// Runs and keeps the outcome; true where it failed and left something that is undone only with the whole transaction, which in a
    /// savepoint nothing does. May be called again if the transaction was given up the first time.
    fn run(&mut self, tx: &mut Tx, apart: bool) -> bool;
    /// Tells the caller: its own outcome, or that the commit failed.
    fn answer(self: Box<Self>, commit: Result<(), StorageError>);
}

/// The closure of one caller of [`Db::write`](super::Db::write).
pub(super) struct Waiting<F, T, E> {
    work: F,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Waiting<F, T, E> {
    pub(super) fn new(work: F) -> (Self, oneshot::Receiver<Result<T, E>>) {
        let (reply, answer) = oneshot::channel();
        (Self { work, outcome: None, reply }, answer)
    }
}

impl<F, T, E> Job for Waiting<F, T, E>
where
    F: Fn(&mut Tx) -> Result<T, E> + Send,
    T: Send,
    E: From<StorageError> + Send,
{
    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn run(&mut self, tx: &mut Tx, apart: bool) -> bool {
        let (outcome, leaves_something) = if apart { (tx.isolated(&self.work), false) } else { tx.bare(&self.work) };
        self.outcome = Some(outcome);
        leaves_something
    }

    fn answer(self: Box<Self>, commit: Result<(), StorageError>) {
        let outcome = match (self.outcome, commit) {
            (Some(Err(own)), _) => Err(own),
            (_, Err(error)) => Err(error.into()),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (None, Ok(())) => Err(StorageError::Closed.into()),
        };
        // A caller that has gone does not hear it; what was committed stays.
        drop(self.reply.send(outcome));
    }
}

/// The life of the writer's thread: until the queue is closed and empty.
pub(super) fn serve(writer: &Mutex<Writer>, mut queue: mpsc::Receiver<Box<dyn Job>>) {
    while let Some(first) = queue.blocking_recv() {
        // Answered when the writer is free again: a closure may own the last of the database, which takes the writer to close it.
        let (committed, jobs) = lock(writer).commit_together(first, &mut queue);
        for job in jobs {
            job.answer(committed.clone());
        }
    }
}

/// Nothing of a closure unwinds while the lock is held, so even a poisoned writer is whole.
pub(super) fn lock(writer: &Mutex<Writer>) -> MutexGuard<'_, Writer> {
    writer.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Writer {
    pub(super) fn new(tx: Tx, log: Log) -> Self {
        Self { tx, log, gathered: 0 }
    }

    /// Runs this closure and those that wait behind it and commits once; gives what came of the commit, and whoever is to hear it.
    fn commit_together(
        &mut self,
        first: Box<dyn Job>,
        queue: &mut mpsc::Receiver<Box<dyn Job>>,
    ) -> (Result<(), StorageError>, Vec<Box<dyn Job>>) {
        let begun = Instant::now();
        let mut heard: Vec<Box<dyn Job>> = Vec::new();
        let mut waiting = VecDeque::from([first]);
        let mut done: VecDeque<Box<dyn Job>> = VecDeque::new();
        let mut apart = false;
        let mut committed = self.tx.control(Control::BeginWrite);
        while committed.is_ok() {
            let room = done.len() < GATHERED_MAX && begun.elapsed() < GATHERING_MAX;
            let Some(mut job) =
                waiting.pop_front().or_else(|| if room { self.next_of_crowd(done.len(), queue) } else { None })
            else {
                committed = self.commit();
                self.gathered = done.len();
                break;
            };
            if job.is_abandoned() {
                heard.push(job);
                continue;
            }
            if job.run(&mut self.tx, apart) {
                self.roll_back();
                apart = true;
            }
            if self.tx.is_open() {
                done.push_back(job);
                continue;
            }
            // We or the database gave the transaction up because of this closure: it hears its own error, and the others,
            // whose work went with it, run again. Each time one leaves, so this ends.
            heard.push(job);
            done.append(&mut waiting);
            std::mem::swap(&mut waiting, &mut done);
            committed = self.tx.control(Control::BeginWrite);
        }
        heard.extend(done.into_iter().chain(waiting));
        (committed, heard)
    }

    /// The next closure that waits; in a crowd one that comes within a moment.
    fn next_of_crowd(&self, done: usize, queue: &mut mpsc::Receiver<Box<dyn Job>>) -> Option<Box<dyn Job>> {
        let found = queue.try_recv().ok();
        if found.is_some() || self.gathered < CROWD || done >= CROWD_GATHERED {
            return found;
        }
        let paused = Instant::now();
        while paused.elapsed() < CROWD_PAUSE {
            thread::park_timeout(LOOK);
            if let Ok(job) = queue.try_recv() {
                return Some(job);
            }
        }
        None
    }

    /// One closure in a transaction of its own, on the thread of the caller.
    pub(super) fn write<T, E: From<StorageError>>(&mut self, work: impl Fn(&mut Tx) -> Result<T, E>) -> Result<T, E> {
        self.tx.control(Control::BeginWrite)?;
        let (outcome, _) = self.tx.bare(work);
        let value = outcome.inspect_err(|_| self.roll_back())?;
        self.commit()?;
        Ok(value)
    }

    /// The transaction, for whoever holds the writer.
    pub(super) fn tx(&mut self) -> &mut Tx {
        &mut self.tx
    }

    pub(super) fn commit(&mut self) -> Result<(), StorageError> {
        if let Err(error) = self.tx.control(Control::Commit) {
            self.roll_back();
            return Err(error);
        }
        if self.log.has_outgrown() {
            // The other thread cannot keep up, because we never pause: help, and wait a moment for those who read.
            for reach in [Reach::Undisturbing, Reach::Patient] {
                self.log.let_pictures_go();
                if let Err(error) = self.tx.checkpoint(reach) {
                    tracing::warn!(error = %error, "the log of the database could not be emptied");
                }
            }
            // Whoever began to read meanwhile stands in the log, and it could not be begun anew; whoever begins from now on does not.
            self.log.let_pictures_go();
        }
        Ok(())
    }

    pub(super) fn roll_back(&mut self) {
        self.tx.give_up();
    }

    /// Lets the thread that empties the log end.
    pub(super) fn stop_log(&mut self) {
        self.log.stop();
    }

    /// Empties the log entirely: the last thing done to a database.
    pub(super) fn finish(&mut self) -> Result<(), StorageError> {
        self.roll_back();
        self.tx.checkpoint(Reach::Everything).map(|_| ())
    }
}
