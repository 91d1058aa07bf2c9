//! The database of one office: opening, writing, reading, closing.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use super::{
    address::Address,
    batch::Batch,
    error::StorageError,
    in_file::InFile,
    on_server::OnServer,
    row::{Args, Row},
    sql::Sql,
    tx::Tx,
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
    /// How many closures may wait to be written into a file; further callers wait for room.
    pub queue: usize,
    /// How many closures are written at the same time to a server, each on a connection of its own.
    pub writers: usize,
    /// Memory for pages on the connection that writes.
    pub writer_cache_kib: u32,
    /// Memory for pages on each connection that reads.
    pub reader_cache_kib: u32,
    /// The log is emptied into the database each time it has grown by so many pages of 4 KiB.
    pub checkpoint_pages: u32,
    /// So long a reader of a file keeps its picture for whoever reads next, while this program commits nothing. What another program
    /// commits meanwhile is seen so much later; zero: each has a picture of its own.
    pub picture_kept: Duration,
    /// The database may not grow beyond this; `None` leaves the disk as the only limit.
    pub size_mib_max: Option<u32>,
    /// After so long a server gives up a statement, or a transaction that lies still. 0: never, for copying a whole database.
    pub patience_seconds: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            durability: Durability::Full,
            readers: 4,
            queue: 1024,
            writers: 12,
            writer_cache_kib: 64 << 10,
            reader_cache_kib: 16 << 10,
            checkpoint_pages: 8192,
            picture_kept: Duration::ZERO,
            size_mib_max: None,
            patience_seconds: 60,
        }
    }
}

/// What one program writes another sees so much later: whoever changes what is in a data folder holds it, and what comes of another
/// command beside a server (a backup was made, or put back; a seal) may be shown that late.
const PICTURE_KEPT: Duration = Duration::from_millis(5);

impl Options {
    /// As a house is served: who reads keeps a picture for whoever reads next.
    pub fn of_a_house() -> Self {
        Self { picture_kept: PICTURE_KEPT, ..Self::default() }
    }
}

/// Where a database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In a file on this machine, for one process.
    File(PathBuf),
    /// On a server, for as many nodes as there are.
    Server(Address),
}

impl Place {
    /// Reads `sqlite:PATH`, `postgres://…` or a plain path.
    ///
    /// # Errors
    /// In words, what is wrong with the address.
    pub fn parse(text: &str) -> Result<Self, String> {
        if Address::is_one(text) {
            return Address::parse(text).map(Self::Server);
        }
        match text.strip_prefix("sqlite:") {
            Some(path) => Ok(Self::File(PathBuf::from(path))),
            None if text.contains("://") => {
                Err("a database is sqlite:FILE or postgres://USER@HOST/DATABASE".to_owned())
            }
            None => Ok(Self::File(PathBuf::from(text))),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "sqlite:{}", path.display()),
            Self::Server(address) => address.fmt(f),
        }
    }
}

/// The database of one office. Cheap to clone; the last clone to go closes it in good order.
#[derive(Clone)]
pub struct Db {
    inner: Inner,
}

/// The databases, as [`Tx`] has them.
#[derive(Clone)]
enum Inner {
    InFile(Arc<InFile>),
    OnServer(Arc<OnServer>),
}

impl Db {
    /// Opens the database in a file, creates it if there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// It cannot be used.
    pub fn open(path: &Path, options: Options) -> Result<Self, StorageError> {
        Ok(Self { inner: Inner::InFile(Arc::new(InFile::open(path, options)?)) })
    }

    /// Opens the database of a place and brings its schema up to date.
    ///
    /// # Errors
    /// It cannot be reached or used.
    pub fn at(place: &Place, options: Options) -> Result<Self, StorageError> {
        match place {
            Place::File(path) => Self::open(path, options),
            Place::Server(address) => {
                Ok(Self { inner: Inner::OnServer(Arc::new(OnServer::open(address.clone(), options)?)) })
            }
        }
    }

    /// The same database for reading it as a whole, which may take its time: on a server over connections of its own.
    ///
    /// # Errors
    /// It cannot be reached.
    pub fn unhurried(&self) -> Result<Self, StorageError> {
        match &self.inner {
            Inner::InFile(_) => Ok(self.clone()),
            Inner::OnServer(it) => {
                let options = Options { patience_seconds: 0, readers: 1, writers: 1, ..Options::default() };
                Self::at(&Place::Server(it.address().clone()), options)
            }
        }
    }

    /// One durable transaction: resolves after the commit is on the disk.
    ///
    /// In a file, closures that wait at the same time share a commit; on a server each has a transaction of its own, and those
    /// that touch the same things must say so with [`Tx::lock`]. Either way an error or a panic undoes the work of its own
    /// closure only. The closure may run again, so it must do nothing but use the [`Tx`];
    /// and it must be short (a millisecond), because others wait behind it. If the future is dropped before the turn of its
    /// closure, the closure does not run. After [`StorageError::Unconfirmed`], or a disk fault of the commit, it is not certain
    /// that the work is gone: a caller that tries again must come with the same key.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: Fn(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        match &self.inner {
            Inner::InFile(it) => it.write(work).await,
            Inner::OnServer(it) => it.write(work).await,
        }
    }

    /// One durable transaction on this thread: for the command line. Never call it inside another transaction.
    pub fn write_now<T, E: From<StorageError>>(&self, work: impl Fn(&mut Tx) -> Result<T, E>) -> Result<T, E> {
        match &self.inner {
            Inner::InFile(it) => it.write_now(work),
            Inner::OnServer(it) => it.write_now(work),
        }
    }

    /// Takes one transaction for many closures with one commit, on this thread: for imports and for building the demo.
    pub fn batch(&self) -> Result<Batch<'_>, StorageError> {
        match &self.inner {
            Inner::InFile(it) => it.batch(),
            Inner::OnServer(it) => it.batch(),
        }
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
        match &self.inner {
            Inner::InFile(it) => it.read(work).await,
            Inner::OnServer(it) => it.read(work).await,
        }
    }

    /// One consistent picture of the database, read right here: for look-ups by a key (tens of microseconds in a file, the
    /// way there and back on a server) and for the command line. Anything longer would hold up the other work of this thread.
    pub fn read_now<T, E: From<StorageError>>(&self, work: impl Fn(&Tx) -> Result<T, E>) -> Result<T, E> {
        match &self.inner {
            Inner::InFile(it) => it.read_now(work),
            Inner::OnServer(it) => it.read_now(work),
        }
    }

    /// The one row of a key, read right here and without a transaction of its own: one statement sees one picture by itself, or that
    /// which its reader keeps.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn ask<T: Row>(&self, sql: Sql, args: Args<'_>) -> Result<Option<T>, StorageError> {
        match &self.inner {
            Inner::InFile(it) => it.ask(sql, args),
            Inner::OnServer(it) => it.read_now(|tx| tx.opt(sql, args)),
        }
    }

    /// One consistent picture for a page about one thing: a dossier with its history, the hundred rows of a list. In a file it is read
    /// right here, as by [`Db::read_now`], without the way to another thread and back. On a server as
    /// by [`Db::read`].
    pub async fn read_page<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: Fn(&Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        match &self.inner {
            Inner::InFile(it) => it.read_now(work),
            Inner::OnServer(it) => it.read(work).await,
        }
    }

    /// After much was written at once: a server counts its rows, by which it plans statements; otherwise it would do so some minutes
    /// later. A file is planned without counting.
    ///
    /// # Errors
    /// The server does not answer, or may not.
    pub fn count_rows(&self) -> Result<(), StorageError> {
        match &self.inner {
            Inner::InFile(_) => Ok(()),
            Inner::OnServer(it) => it.count_rows(),
        }
    }

    /// How many commits of this node changed something since the database was opened.
    pub fn commits(&self) -> u64 {
        match &self.inner {
            Inner::InFile(it) => it.commits(),
            Inner::OnServer(it) => it.commits(),
        }
    }

    /// How often somebody waited for the disk: each commit of a file does; a server lets several share it, and tells of the waits of an
    /// idle connection ten seconds late. For measuring.
    ///
    /// # Errors
    /// The server does not say (from PostgreSQL 18 on it counts elsewhere).
    pub fn syncs(&self) -> Result<u64, StorageError> {
        match &self.inner {
            Inner::InFile(it) => Ok(it.commits()),
            Inner::OnServer(it) => it.syncs(),
        }
    }

    /// True where other nodes may write to the same database: what is kept in memory must be asked for again.
    pub fn is_shared(&self) -> bool {
        matches!(self.inner, Inner::OnServer(_))
    }
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Db");
        match &self.inner {
            Inner::InFile(it) => shown.field("path", &it.path()),
            Inner::OnServer(it) => shown.field("address", it.address()),
        };
        shown.finish_non_exhaustive()
    }
}
