//! A database on a server: every closure in a transaction of its own, on the connection that was used last.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use tokio::{
    runtime::{Builder, Handle, Runtime},
    sync::Semaphore,
};

use super::{
    address::Address,
    batch::Batch,
    db::Options,
    error::StorageError,
    postgres::{Session, Trouble, Way},
    tx::{Control, Tx, guarded},
};

/// A closure runs so often at most.
const RUNS_MAX: u32 = 5;
/// Threads beside those that closures wait on: to look up the server's name.
const THREADS_SPARE: usize = 2;

/// One node's connections. Cold ones have to understand every statement again, so the warmest goes first.
pub(super) struct OnServer {
    way: Way,
    /// Reads the sockets' news and runs the closures of those who do not wait themselves; `None` only while closing.
    runtime: Option<Runtime>,
    handle: Handle,
    idle: Mutex<Vec<Tx>>,
    idle_max: usize,
    writes: Arc<Semaphore>,
    reads: Arc<Semaphore>,
    commits: AtomicU64,
}

impl OnServer {
    /// Reaches the server, refuses one that is not fit, and brings the schema up to date.
    pub(super) fn open(address: Address, options: Options) -> Result<Self, StorageError> {
        let way = Way::new(address, &options)?;
        let writers = options.writers.clamp(1, Semaphore::MAX_PERMITS);
        let readers = options.readers.clamp(1, Semaphore::MAX_PERMITS);
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(writers + readers + THREADS_SPARE)
            .thread_name("storage-server")
            .enable_all()
            .build()
            .map_err(|error| StorageError::disk("starting the threads of the database", error))?;
        let handle = runtime.handle().clone();
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let server = Self {
            way,
            runtime: Some(runtime),
            handle,
            idle: Mutex::new(Vec::new()),
            idle_max: writers + readers + threads,
            writes: Arc::new(Semaphore::new(writers)),
            reads: Arc::new(Semaphore::new(readers)),
            commits: AtomicU64::new(0),
        };
        Session::open(&server.way, &server.handle)?.prepare_server(&server.way, &options)?;
        Ok(server)
    }

    pub(super) fn address(&self) -> &Address {
        self.way.address()
    }

    pub(super) async fn write<T, E, F>(self: &Arc<Self>, work: F) -> Result<T, E>
    where
        F: Fn(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        self.in_turn(&self.writes, move |server| server.write_now(work)).await
    }

    pub(super) async fn read<T, E, F>(self: &Arc<Self>, work: F) -> Result<T, E>
    where
        F: Fn(&Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        self.in_turn(&self.reads, move |server| server.read_now(work)).await
    }

    /// Waits for a turn, then runs on a thread that may wait for the server.
    async fn in_turn<T, E>(
        self: &Arc<Self>,
        turns: &Arc<Semaphore>,
        work: impl FnOnce(&Self) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        let Ok(turn) = Arc::clone(turns).acquire_owned().await else { return Err(StorageError::Closed.into()) };
        let inside = Arc::clone(self);
        let running = self.handle.spawn_blocking(move || {
            let outcome = work(&inside);
            drop(turn);
            outcome
        });
        running.await.unwrap_or_else(|_| Err(StorageError::Closed.into()))
    }

    pub(super) fn write_now<T, E: From<StorageError>>(&self, work: impl Fn(&mut Tx) -> Result<T, E>) -> Result<T, E> {
        self.until_clear(|tx| {
            tx.control(Control::BeginWrite)?;
            let value = work(tx)?;
            tx.control(Control::Commit)?;
            self.count(tx);
            Ok(value)
        })
    }

    pub(super) fn read_now<T, E: From<StorageError>>(&self, work: impl Fn(&Tx) -> Result<T, E>) -> Result<T, E> {
        self.until_clear(|tx| {
            tx.control(Control::BeginRead)?;
            work(tx)
        })
    }

    pub(super) fn batch(&self) -> Result<Batch<'_>, StorageError> {
        Batch::on_server(self, self.take()?)
    }

    /// Commits the transaction of a batch.
    pub(super) fn commit(&self, mut tx: Tx) -> Result<(), StorageError> {
        let outcome = tx.control(Control::Commit);
        if outcome.is_ok() {
            self.count(&tx);
        }
        self.give_back(tx);
        outcome
    }

    pub(super) fn count_rows(&self) -> Result<(), StorageError> {
        let tx = self.take()?;
        let outcome = tx.session().map_or(Ok(()), Session::count_rows);
        self.give_back(tx);
        outcome
    }

    pub(super) fn syncs(&self) -> Result<u64, StorageError> {
        let tx = self.take()?;
        let outcome = tx.session().map_or(Ok(0), Session::syncs);
        self.give_back(tx);
        outcome
    }

    pub(super) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    fn count(&self, tx: &Tx) {
        if tx.session().is_some_and(Session::has_changed) {
            self.commits.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Runs the work, and again where that may help and can double nothing.
    fn until_clear<T, E: From<StorageError>>(&self, work: impl Fn(&mut Tx) -> Result<T, E>) -> Result<T, E> {
        let mut runs = 0;
        let mut was_taken = false;
        loop {
            runs += 1;
            let mut tx = self.take()?;
            let outcome = guarded(|| work(&mut tx));
            let trouble = tx.trouble();
            self.give_back(tx);
            let again = match trouble {
                Trouble::Crossed | Trouble::Gone => true,
                // Once only: a login that is taken stays taken.
                Trouble::Taken => !std::mem::replace(&mut was_taken, true),
                Trouble::None | Trouble::Spoiled | Trouble::Unknown => false,
            };
            if outcome.is_ok() || !again || runs == RUNS_MAX {
                return outcome;
            }
            tracing::debug!(trouble = ?trouble, runs, "a transaction runs again");
        }
    }

    /// The warmest connection that still lives, or a new one. Nobody waits here: whoever may come has had a turn, or is one
    /// of as many as there are threads.
    fn take(&self) -> Result<Tx, StorageError> {
        loop {
            let Some(tx) = self.idle().pop() else { break };
            if tx.session().is_some_and(Session::is_alive) {
                return Ok(tx);
            }
        }
        Session::open(&self.way, &self.handle).map(Tx::postgres)
    }

    /// Takes a connection back, its transaction ended whichever way.
    pub(super) fn give_back(&self, tx: Tx) {
        let Some(session) = tx.session() else { return };
        session.leave();
        let is_alive = session.is_alive() && session.trouble() != Trouble::Unknown;
        let mut idle = self.idle();
        if !is_alive {
            // What cut this one may have cut the others: they are not worth a run each.
            idle.clear();
        } else if idle.len() < self.idle_max {
            idle.push(tx);
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Tx>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OnServer {
    fn drop(&mut self) {
        self.idle().clear();
        // Nobody is inside any more: each closure holds a clone. To wait here could be to wait for this very thread.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
