//! The connections of a file that only read, and the pictures they keep.
//!
//! To begin a picture and to end it SQLite asks the system twice for a lock, and runs two statements. Where a program has the file to
//! itself a reader keeps its picture for whoever reads next: nothing was committed since it began, so it is that of now.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use tokio::sync::Semaphore;

use super::{
    db::Options,
    error::StorageError,
    row::{Args, Row},
    sql::Sql,
    sqlite,
    tx::{Control, Tx, guarded},
};

/// The connections that only read: the one used last is used first, because its pages are warm.
pub(super) struct Readers {
    path: PathBuf,
    options: Options,
    idle: Arc<Idle>,
    idle_max: usize,
    turns: Arc<Semaphore>,
}

/// So often pictures that are older than that, or not of now, are ended: another program that closes the file waits some seconds for them.
const LOOKED_AFTER: Duration = Duration::from_millis(50);

/// Connections nobody reads on, some of them with a picture.
#[derive(Default)]
pub(super) struct Idle {
    lying: Mutex<Lying>,
    /// Told when the first picture is kept, and at the end.
    news: Condvar,
    /// Goes on with every commit, and whenever pictures are to be let go.
    age: AtomicU64,
}

#[derive(Default)]
struct Lying {
    readers: Vec<Reader>,
    /// True while one of them may have a picture.
    keeps: bool,
    is_over: bool,
}

/// A connection that reads, with its picture.
struct Reader {
    tx: Tx,
    picture: Option<Picture>,
}

/// One consistent picture of the file.
#[derive(Clone, Copy)]
struct Picture {
    /// It is no older than that.
    age: u64,
    begun: Instant,
}

impl Readers {
    pub(super) fn new(path: &Path, options: Options, idle: Arc<Idle>) -> Self {
        let readers = options.readers.clamp(1, Semaphore::MAX_PERMITS);
        let threads = thread::available_parallelism().map_or(1, usize::from);
        Self {
            path: path.to_owned(),
            options,
            idle,
            idle_max: readers + threads,
            turns: Arc::new(Semaphore::new(readers)),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// So many read at the same time on threads of their own.
    pub(super) const fn turns(&self) -> &Arc<Semaphore> {
        &self.turns
    }

    pub(super) fn read<T, E: From<StorageError>>(&self, work: impl Fn(&Tx) -> Result<T, E>) -> Result<T, E> {
        let reader = self.look(self.one()?)?;
        let outcome = guarded(|| work(&reader.tx));
        // After a failure nothing is kept of it.
        if outcome.is_ok() {
            self.back(reader)
        } else {
            self.back_with_nothing(reader)
        }
        outcome
    }

    /// Where pictures are not kept, without a transaction: one statement needs none.
    pub(super) fn ask<T: Row>(&self, sql: Sql, args: Args<'_>) -> Result<Option<T>, StorageError> {
        let mut reader = self.one()?;
        if !self.options.picture_kept.is_zero() {
            reader = self.look(reader)?;
        }
        let found = reader.tx.first_row(sql, args);
        if found.is_ok() {
            self.back(reader);
        }
        found
    }

    /// Nobody waits here: if every connection is out, another is opened.
    fn one(&self) -> Result<Reader, StorageError> {
        let idle = self.idle.lying().readers.pop();
        match idle {
            Some(reader) => Ok(reader),
            None => self.open(),
        }
    }

    fn open(&self) -> Result<Reader, StorageError> {
        Ok(Reader { tx: Tx::sqlite(sqlite::open_reader(&self.path, &self.options)?), picture: None })
    }

    /// One that shows the file as it is now.
    fn look(&self, mut reader: Reader) -> Result<Reader, StorageError> {
        if self.is_of_now(&reader) {
            return Ok(reader);
        }
        if reader.end().is_err() {
            reader = self.open()?;
        }
        // First the age: what is committed before the picture begins has it taken for older than it is, never for younger.
        let picture = Picture { age: self.idle.age(), begun: Instant::now() };
        reader.tx.control(Control::BeginRead)?;
        reader.picture = Some(picture);
        Ok(reader)
    }

    fn is_of_now(&self, reader: &Reader) -> bool {
        reader.is_of(self.idle.age(), self.options.picture_kept)
    }

    fn back(&self, reader: Reader) {
        let mut idle = self.idle.lying();
        // Looked at under the lock: whoever lets pictures go finds it here, or it is not kept.
        if !self.is_of_now(&reader) {
            drop(idle);
            return self.back_with_nothing(reader);
        }
        if !std::mem::replace(&mut idle.keeps, true) {
            self.idle.news.notify_all();
        }
        self.lay(idle, reader);
    }

    fn back_with_nothing(&self, mut reader: Reader) {
        if reader.end().is_ok() {
            self.lay(self.idle.lying(), reader);
        }
    }

    /// Where too many lie idle it is closed.
    fn lay(&self, mut idle: MutexGuard<'_, Lying>, reader: Reader) {
        if idle.readers.len() < self.idle_max {
            idle.readers.push(reader);
        }
    }

    /// Lets the thread that looks after the pictures end.
    pub(super) fn stop(&self) {
        self.idle.lying().is_over = true;
        self.idle.news.notify_all();
    }

    pub(super) fn close(&self) {
        self.idle.lying().readers.clear();
    }
}

impl Reader {
    /// True where its picture is of that age, began less than so long ago, and was not given up by the database.
    fn is_of(&self, age: u64, kept: Duration) -> bool {
        self.picture.is_some_and(|it| it.age == age && it.begun.elapsed() < kept) && self.tx.is_open()
    }

    fn end(&mut self) -> Result<(), StorageError> {
        if self.picture.take().is_some() { self.tx.control(Control::Commit) } else { Ok(()) }
    }
}

impl Idle {
    fn age(&self) -> u64 {
        self.age.load(Ordering::Acquire)
    }

    /// Something was committed: no picture is that of now any more.
    pub(super) fn outdate(&self) {
        self.age.fetch_add(1, Ordering::AcqRel);
    }

    /// Ends every picture nobody reads, and those that are read as soon as nobody does: for whoever empties the log, before it and, where
    /// the log is to be begun anew, once more after it.
    pub(super) fn let_pictures_go(&self) {
        self.outdate();
        drop(self.end_where(self.lying(), |_| true));
    }

    /// Ends those pictures. Nobody who reads waits for that: the readers are taken out meanwhile.
    fn end_where<'l>(
        &'l self,
        mut lying: MutexGuard<'l, Lying>,
        is_over: impl Fn(&Reader) -> bool,
    ) -> MutexGuard<'l, Lying> {
        let (mut over, kept) = lying.readers.drain(..).partition(|it| it.picture.is_some() && is_over(it));
        lying.readers = kept;
        drop(lying);
        Vec::retain_mut(&mut over, |it| it.end().is_ok());
        let mut lying = self.lying();
        // Beneath those used last.
        over.append(&mut lying.readers);
        lying.readers = over;
        lying
    }

    /// The life of the thread that ends what nobody looks at: while there is no picture it sleeps.
    pub(super) fn look_after(&self) {
        let mut lying = self.lying();
        while !lying.is_over {
            if lying.keeps {
                let waited = self.news.wait_timeout_while(lying, LOOKED_AFTER, |it| !it.is_over);
                lying = waited.unwrap_or_else(PoisonError::into_inner).0;
                let age = self.age();
                lying = self.end_where(lying, |it| !it.is_of(age, LOOKED_AFTER));
                lying.keeps = lying.readers.iter().any(|it| it.picture.is_some());
            } else {
                lying = self.news.wait(lying).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    fn lying(&self) -> MutexGuard<'_, Lying> {
        self.lying.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
