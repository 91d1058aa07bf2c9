//! A database in one file: one thread writes for everybody, readers have connections of their own.

use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
        mpsc::sync_channel,
    },
    thread::{self, JoinHandle},
};

use tokio::sync::{Semaphore, mpsc};

use super::{
    batch::Batch,
    db::Options,
    error::StorageError,
    migrate,
    readers::{Idle, Readers},
    row::{Args, Row},
    sql::Sql,
    sqlite::{self, Log},
    tx::Tx,
    writer::{self, Job, Waiting, Writer},
};

/// Steps of rank (`nice`) yielded by whoever writes, which is for many at once and for milliseconds on end, and by whoever empties the
/// log after them: otherwise those who only read wait for them (ADR 0024).
const YIELDS: i32 = 5;

/// The one process that has the file open.
pub(super) struct InFile {
    /// `None` only while closing.
    queue: Option<mpsc::Sender<Box<dyn Job>>>,
    writer: Arc<Mutex<Writer>>,
    readers: Readers,
    commits: Arc<AtomicU64>,
    writing: Option<JoinHandle<()>>,
    emptying: Option<JoinHandle<()>>,
    looking: Option<JoinHandle<()>>,
}

impl InFile {
    /// Opens the file, creates it if there is none, and brings its schema up to date.
    pub(super) fn open(path: &Path, options: Options) -> Result<Self, StorageError> {
        sqlite::assert_version()?;
        let mut connection = sqlite::open_writer(path, &options)?;
        migrate::in_file(&mut connection)?;
        let (wake, woken) = sync_channel(1);
        let idle = Arc::<Idle>::default();
        let log = Log::watch(&mut connection, options.checkpoint_pages, wake, Arc::clone(&idle))?;
        let (commits, length) = (log.commits(), log.length());
        let checkpointer = sqlite::open_checkpointer(path, &options)?;
        let writer = Arc::new(Mutex::new(Writer::new(Tx::sqlite(connection), log)));
        let (queue, queued) = mpsc::channel(options.queue.clamp(1, Semaphore::MAX_PERMITS));
        let shared = Arc::clone(&writer);
        let writing = spawn("storage-writer", YIELDS, move || writer::serve(&shared, queued))?;
        let emptying = spawn("storage-log", YIELDS, move || sqlite::keep_log_short(&checkpointer, &woken, &length))?;
        Ok(Self {
            queue: Some(queue),
            writer,
            looking: spawn_looking(&idle, &options)?,
            readers: Readers::new(path, options, idle),
            commits,
            writing: Some(writing),
            emptying: Some(emptying),
        })
    }

    pub(super) fn path(&self) -> &Path {
        self.readers.path()
    }

    pub(super) async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: Fn(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        let (job, answer) = Waiting::new(work);
        let Some(queue) = &self.queue else { return Err(StorageError::Closed.into()) };
        if queue.send(Box::new(job)).await.is_err() {
            return Err(StorageError::Closed.into());
        }
        answer.await.unwrap_or_else(|_| Err(StorageError::Closed.into()))
    }

    pub(super) fn write_now<T, E: From<StorageError>>(&self, work: impl Fn(&mut Tx) -> Result<T, E>) -> Result<T, E> {
        writer::lock(&self.writer).write(work)
    }

    pub(super) fn batch(&self) -> Result<Batch<'_>, StorageError> {
        Batch::in_file(writer::lock(&self.writer))
    }

    pub(super) async fn read<T, E, F>(self: &Arc<Self>, work: F) -> Result<T, E>
    where
        F: Fn(&Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        let Ok(turn) = Arc::clone(self.readers.turns()).acquire_owned().await else {
            return Err(StorageError::Closed.into());
        };
        let inside = Arc::clone(self);
        let running = tokio::task::spawn_blocking(move || {
            let outcome = inside.readers.read(work);
            drop(turn);
            outcome
        });
        running.await.unwrap_or_else(|_| Err(StorageError::Closed.into()))
    }

    pub(super) fn read_now<T, E: From<StorageError>>(&self, work: impl Fn(&Tx) -> Result<T, E>) -> Result<T, E> {
        self.readers.read(work)
    }

    pub(super) fn ask<T: Row>(&self, sql: Sql, args: Args<'_>) -> Result<Option<T>, StorageError> {
        self.readers.ask(sql, args)
    }

    pub(super) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }
}

impl Drop for InFile {
    fn drop(&mut self) {
        // First whoever waits is served, then nobody empties the log beside us, then we empty it and close.
        self.queue = None;
        join(self.writing.take());
        writer::lock(&self.writer).stop_log();
        join(self.emptying.take());
        self.readers.stop();
        join(self.looking.take());
        self.readers.close();
        if let Err(error) = writer::lock(&self.writer).finish() {
            tracing::warn!(error = %error, "the log of the database was not emptied at closing; it will be at opening");
        }
    }
}

/// Where no picture is kept, nobody need look after them.
fn spawn_looking(idle: &Arc<Idle>, options: &Options) -> Result<Option<JoinHandle<()>>, StorageError> {
    if options.picture_kept.is_zero() {
        return Ok(None);
    }
    let idle = Arc::clone(idle);
    spawn("storage-looks", 0, move || idle.look_after()).map(Some)
}

/// A thread that yields so much to the others while there are not processors enough for all.
fn spawn(name: &str, yields: i32, life: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StorageError> {
    let life = move || {
        yield_to_others(yields);
        life();
    };
    let started = thread::Builder::new().name(name.to_owned()).spawn(life);
    started.map_err(|error| StorageError::disk(format!("starting the thread {name}"), error))
}

/// Linux gives every thread a rank of its own.
#[cfg(target_os = "linux")]
fn yield_to_others(yields: i32) {
    if yields > 0
        && let Err(error) = rustix::process::nice(yields)
    {
        let name = thread::current().name().unwrap_or_default().to_owned();
        tracing::info!(error = %error, "the thread {name} does not yield to others");
    }
}

#[cfg(not(target_os = "linux"))]
fn yield_to_others(_: i32) {}

fn join(thread: Option<JoinHandle<()>>) {
    // A closure may own the last clone of the database: then the writer closes it, and cannot wait for itself.
    let Some(thread) = thread.filter(|thread| thread.thread().id() != thread::current().id()) else { return };
    if thread.join().is_err() {
        tracing::error!("a thread of the database had panicked");
    }
}
