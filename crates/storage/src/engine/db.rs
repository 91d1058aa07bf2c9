//! The database of one office: opening, writing, reading, closing.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc::sync_channel,
    },
    thread::{self, JoinHandle},
};

use tokio::sync::{Semaphore, mpsc};

use super::{
    error::StorageError,
    migrate,
    sqlite::{self, Log},
    tx::{Control, Tx, guarded},
    writer::{self, Batch, Job, Waiting, Writer},
};

/// How sure we are that what was promised survives a power cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// Every commit is on the disk before anybody is told: the only choice for an office that gives out slips.
    #[default]
    Full,
    /// The operating system writes when it likes: for the demo, whose world can be made again from its seed.
    Relaxed,
}

/// How a database is opened. The defaults suit a ward; a province sets the caches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// What a commit promises.
    pub durability: Durability,
    /// How many reads ([`Db::read`]) run at the same time.
    pub readers: usize,
    /// How many closures may wait to be written; further callers wait for room.
    pub queue: usize,
    /// Memory for pages on the connection that writes.
    pub writer_cache_kib: u32,
    /// Memory for pages on each connection that reads.
    pub reader_cache_kib: u32,
    /// The log is emptied into the database each time it has grown by so many pages of 4 KiB.
    pub checkpoint_pages: u32,
    /// The database may not grow beyond this; `None` leaves the disk as the only limit.
    pub size_mib_max: Option<u32>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            durability: Durability::Full,
            readers: 4,
            queue: 1024,
            writer_cache_kib: 64 << 10,
            reader_cache_kib: 16 << 10,
            checkpoint_pages: 8192,
            size_mib_max: None,
        }
    }
}

/// The database of one office. Cheap to clone; the last clone to go closes it in good order.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    /// `None` only while closing.
    queue: Option<mpsc::Sender<Box<dyn Job>>>,
    writer: Arc<Mutex<Writer>>,
    readers: Readers,
    commits: Arc<AtomicU64>,
    writing: Option<JoinHandle<()>>,
    emptying: Option<JoinHandle<()>>,
}

impl Db {
    /// Opens the database, creates it if there is none, and brings its schema up to date.
    pub fn open(path: &Path, options: Options) -> Result<Self, StorageError> {
        sqlite::assert_version()?;
        let mut connection = sqlite::open_writer(path, &options)?;
        migrate::run(&mut connection)?;
        let (wake, woken) = sync_channel(1);
        let log = Log::watch(&mut connection, options.checkpoint_pages, wake)?;
        let commits = log.commits();
        let checkpointer = sqlite::open_checkpointer(path, &options)?;
        let writer = Arc::new(Mutex::new(Writer::new(Tx::sqlite(connection), log)));
        let (queue, queued) = mpsc::channel(options.queue.clamp(1, Semaphore::MAX_PERMITS));
        let shared = Arc::clone(&writer);
        let writing = spawn("storage-writer", move || writer::serve(&shared, queued))?;
        let emptying = spawn("storage-log", move || sqlite::keep_log_short(&checkpointer, &woken))?;
        let inner = Inner {
            queue: Some(queue),
            writer,
            readers: Readers::new(path, options),
            commits,
            writing: Some(writing),
            emptying: Some(emptying),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// One durable transaction: resolves after the commit is on the disk.
    ///
    /// Closures that wait at the same time share a commit, each in a savepoint of its own: an error or a panic undoes the
    /// work of its own closure only. The closure may run again, so it must do nothing but use the [`Tx`]; and it must be
    /// short (a millisecond), because everybody waits behind it. If the future is dropped before the turn of its closure,
    /// the closure does not run. An error of the commit itself reaches everybody who shared it; after a disk fault it is
    /// not certain that the work is gone, so a caller that tries again must come with the same key.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: Fn(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        let (job, answer) = Waiting::new(work);
        let Some(queue) = &self.inner.queue else { return Err(StorageError::Closed.into()) };
        if queue.send(Box::new(job)).await.is_err() {
            return Err(StorageError::Closed.into());
        }
        answer.await.unwrap_or_else(|_| Err(StorageError::Closed.into()))
    }

    /// One durable transaction on this thread: for the command line. Never call it inside another transaction.
    pub fn write_now<T, E: From<StorageError>>(&self, work: impl Fn(&mut Tx) -> Result<T, E>) -> Result<T, E> {
        writer::lock(&self.inner.writer).write(work)
    }

    /// Takes the writer for many closures with one commit, on this thread: for imports and for building the demo.
    pub fn batch(&self) -> Result<Batch<'_>, StorageError> {
        Batch::begin(writer::lock(&self.inner.writer))
    }

    /// One consistent picture of the database, read on a thread of its own: for lists and reports.
    ///
    /// At most `readers` of them run at the same time. Needs a runtime of tokio.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: Fn(&Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        let Ok(turn) = Arc::clone(&self.inner.readers.turns).acquire_owned().await else {
            return Err(StorageError::Closed.into());
        };
        let inner = Arc::clone(&self.inner);
        let running = tokio::task::spawn_blocking(move || {
            let outcome = inner.readers.read(work);
            drop(turn);
            outcome
        });
        running.await.unwrap_or_else(|_| Err(StorageError::Closed.into()))
    }

    /// One consistent picture of the database, read right here: for look-ups by a key (tens of microseconds) and for the
    /// command line. Anything longer would hold up the other work of this thread.
    pub fn read_now<T, E: From<StorageError>>(&self, work: impl Fn(&Tx) -> Result<T, E>) -> Result<T, E> {
        self.inner.readers.read(work)
    }

    /// How many commits changed something since the database was opened.
    pub fn commits(&self) -> u64 {
        self.inner.commits.load(Ordering::Relaxed)
    }
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Db").field("path", &self.inner.readers.path).finish_non_exhaustive()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // First whoever waits is served, then nobody empties the log beside us, then we empty it and close.
        self.queue = None;
        join(self.writing.take());
        writer::lock(&self.writer).stop_log();
        join(self.emptying.take());
        self.readers.close();
        if let Err(error) = writer::lock(&self.writer).finish() {
            tracing::warn!(error = %error, "the log of the database was not emptied at closing; it will be at opening");
        }
    }
}

fn spawn(name: &str, life: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StorageError> {
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(life)
        .map_err(|error| StorageError::disk(format!("starting the thread {name}"), error))
}

fn join(thread: Option<JoinHandle<()>>) {
    // A closure may own the last clone of the database: then the writer closes it, and cannot wait for itself.
    let Some(thread) = thread.filter(|thread| thread.thread().id() != thread::current().id()) else { return };
    if thread.join().is_err() {
        tracing::error!("a thread of the database had panicked");
    }
}

/// The connections that only read: the one used last is used first, because its pages are warm.
struct Readers {
    path: PathBuf,
    options: Options,
    idle: Mutex<Vec<Tx>>,
    idle_max: usize,
    turns: Arc<Semaphore>,
}

impl Readers {
    fn new(path: &Path, options: Options) -> Self {
        let readers = options.readers.clamp(1, Semaphore::MAX_PERMITS);
        let threads = thread::available_parallelism().map_or(1, usize::from);
        Self {
            path: path.to_owned(),
            options,
            idle: Mutex::new(Vec::new()),
            idle_max: readers + threads,
            turns: Arc::new(Semaphore::new(readers)),
        }
    }

    /// Nobody waits here: if every connection is out, another is opened, and closed again when too many lie idle.
    fn read<T, E: From<StorageError>>(&self, work: impl Fn(&Tx) -> Result<T, E>) -> Result<T, E> {
        let idle = self.idle().pop();
        let mut reader = match idle {
            Some(reader) => reader,
            None => Tx::sqlite(sqlite::open_reader(&self.path, &self.options)?),
        };
        reader.control(Control::BeginRead)?;
        let outcome = guarded(|| work(&reader));
        if reader.control(Control::Commit).is_ok() {
            let mut idle = self.idle();
            if idle.len() < self.idle_max {
                idle.push(reader);
            }
        }
        outcome
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Tx>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn close(&self) {
        self.idle().clear();
    }
}
