//! One transaction, as the rest of the program sees it.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind},
};

use rusqlite::Connection;

use super::{
    error::StorageError,
    postgres::{Session, Trouble},
    row::{Args, Row},
    sql::Sql,
    sqlite,
};

/// One open transaction: a snapshot when lent by [`Db::read`](super::Db::read), and durable work when lent by
/// [`Db::write`](super::Db::write). Nobody outside the engine can make one or keep one.
///
/// ```
/// use storage::{args, engine::{StorageError, Tx}};
///
/// storage::statements! {
///     FIND: "SELECT name FROM unit WHERE code = $1";
///     RENAME: "UPDATE unit SET name = $2 WHERE code = $1";
/// }
///
/// fn rename(tx: &mut Tx, code: &str, name: &str) -> Result<bool, StorageError> {
///     tx.lock("unit", code.as_bytes())?;
///     let before: Option<String> = tx.opt(FIND, args![code])?;
///     Ok(before.as_deref() != Some(name) && tx.exec(RENAME, args![code, name])? == 1)
/// }
/// ```
pub struct Tx {
    engine: Engine,
    /// True while the rows of a statement are handed out.
    reading: Cell<bool>,
    /// True where the transaction was begun for reading.
    only_reads: bool,
    /// True where a statement failed that may have left something half done, which no count of changed rows tells.
    failed_oddly: Cell<bool>,
    /// True where it could not be given up: nothing of it may be kept, and nothing begins before it is.
    is_doomed: bool,
    /// The editions of what every node keeps in memory, as this picture shows them: every page asks.
    editions: Cell<Option<Editions>>,
}

/// How often the units, the catalogue and the texts of notices were changed.
pub(crate) type Editions = (i64, i64, i64);

/// The databases: two arms, and no caller knows which.
enum Engine {
    Sqlite(Connection),
    Postgres(Session),
}

/// What a statement takes and gives, as the database understood it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// How many arguments it takes.
    pub arguments: usize,
    /// The names of the columns it gives.
    pub columns: Vec<String>,
    /// True if it changes nothing.
    pub reads_only: bool,
    /// Arguments and columns of another kind than integer, text or bytes, in the database's words. SQLite never says.
    pub strange: Vec<String>,
}

/// The steps of a transaction, the same in every database.
#[derive(Clone, Copy)]
pub(super) enum Control {
    BeginWrite,
    BeginRead,
    Savepoint,
    RollbackToSavepoint,
    ReleaseSavepoint,
    Commit,
    Rollback,
}

impl Tx {
    pub(super) fn sqlite(connection: Connection) -> Self {
        Self::on(Engine::Sqlite(connection))
    }

    pub(super) fn postgres(session: Session) -> Self {
        Self::on(Engine::Postgres(session))
    }

    const fn on(engine: Engine) -> Self {
        Self {
            engine,
            reading: Cell::new(false),
            only_reads: false,
            failed_oddly: Cell::new(false),
            is_doomed: false,
            editions: Cell::new(None),
        }
    }

    /// True for a picture that cannot change: what it shows was committed by whoever wrote it.
    pub const fn only_reads(&self) -> bool {
        self.only_reads
    }

    /// The editions, asked for once in a picture that cannot change.
    pub(crate) fn editions(
        &self,
        ask: impl FnOnce() -> Result<Editions, StorageError>,
    ) -> Result<Editions, StorageError> {
        if !self.only_reads {
            return ask();
        }
        if let Some(known) = self.editions.get() {
            return Ok(known);
        }
        let found = ask()?;
        self.editions.set(Some(found));
        Ok(found)
    }

    /// The one row that must be there.
    pub fn one<T: Row>(&self, sql: Sql, args: Args<'_>) -> Result<T, StorageError> {
        self.opt(sql, args)?.ok_or_else(|| StorageError::NoRow { doing: sql.to_string() })
    }

    /// The one row, if it is there. More than one is a fault: write `LIMIT 1` where any will do.
    pub fn opt<T: Row>(&self, sql: Sql, args: Args<'_>) -> Result<Option<T>, StorageError> {
        let mut found = None;
        self.each(sql, args, |row: T| match found.replace(row) {
            None => Ok(()),
            Some(_) => Err(StorageError::ManyRows { doing: sql.to_string() }),
        })?;
        Ok(found)
    }

    /// All rows. The statement must carry a limit, or read something that is small by its nature.
    pub fn all<T: Row>(&self, sql: Sql, args: Args<'_>) -> Result<Vec<T>, StorageError> {
        let mut rows = Vec::new();
        self.each(sql, args, |row| {
            rows.push(row);
            Ok::<(), StorageError>(())
        })?;
        Ok(rows)
    }

    /// Row after row, without holding them all; ends at the first error of `on_row`, which must not ask this transaction
    /// for anything: a server answers one statement after the other.
    pub fn each<T, E, F>(&self, sql: Sql, args: Args<'_>, mut on_row: F) -> Result<(), E>
    where
        T: Row,
        E: From<StorageError>,
        F: FnMut(T) -> Result<(), E>,
    {
        if self.reading.replace(true) {
            return Err(StorageError::ours(sql, "asked while the rows of another statement were handed out").into());
        }
        let outcome = match &self.engine {
            Engine::Sqlite(connection) => {
                sqlite::each_row(connection, sql, args, &self.failed_oddly, |row| on_row(T::read(row)?))
            }
            Engine::Postgres(session) => session.each_row(sql, args, |row| on_row(T::read(row)?)),
        };
        self.reading.set(false);
        outcome
    }

    /// Changes rows and says how many.
    pub fn exec(&mut self, sql: Sql, args: Args<'_>) -> Result<u64, StorageError> {
        match &self.engine {
            Engine::Sqlite(connection) => sqlite::execute(connection, sql, args, &self.failed_oddly),
            Engine::Postgres(session) => session.execute(sql, args),
        }
    }

    /// Changes rows where nobody asks how many: a server is told together with what comes next, in one message. What the
    /// server has against it may come to light with a later statement, at the latest at the commit; the error names this one.
    pub fn put(&mut self, sql: Sql, args: Args<'_>) -> Result<(), StorageError> {
        match &self.engine {
            Engine::Sqlite(connection) => sqlite::execute(connection, sql, args, &self.failed_oddly).map(|_| ()),
            Engine::Postgres(session) => session.put(sql, args),
        }
    }

    /// Until this transaction ends, nobody else gets past the same lock: for what is read, decided on and then written. Take
    /// it before the reading. In a file a writer is alone already, and nothing is done.
    ///
    /// `what` says what kind of thing is locked, `which` which one. Take locks in the order: a person's key, a dossier, a
    /// draft, anything else. A batch of thousands must not lock each of its things.
    pub fn lock(&mut self, what: &str, which: &[u8]) -> Result<(), StorageError> {
        match &self.engine {
            Engine::Sqlite(_) => Ok(()),
            Engine::Postgres(session) => session.lock(what, which),
        }
    }

    /// As [`Tx::lock`], but any number of transactions may share it; only a `lock` of the same thing waits for all of them,
    /// and they for it.
    pub fn share(&mut self, what: &str, which: &[u8]) -> Result<(), StorageError> {
        match &self.engine {
            Engine::Sqlite(_) => Ok(()),
            Engine::Postgres(session) => session.share(what, which),
        }
    }

    /// Has the database understand a statement without running it: for the test and the check of all statements.
    pub fn shape(&self, sql: Sql) -> Result<Shape, StorageError> {
        match &self.engine {
            Engine::Sqlite(connection) => sqlite::shape(connection, sql),
            Engine::Postgres(session) => session.shape(sql),
        }
    }

    pub(super) fn control(&mut self, step: Control) -> Result<(), StorageError> {
        // A panic may have ended the handing out of rows.
        self.reading.set(false);
        if let Control::BeginRead | Control::BeginWrite = step {
            self.only_reads = matches!(step, Control::BeginRead);
            self.editions.set(None);
            if self.is_doomed {
                self.is_doomed = false;
                self.give_up();
            }
        }
        match &self.engine {
            Engine::Sqlite(connection) => sqlite::control(connection, step),
            Engine::Postgres(session) => session.control(step),
        }
    }

    /// False when the database itself gave the transaction up, as SQLite may when the disk is full, or when its connection
    /// was cut.
    pub(super) fn is_open(&self) -> bool {
        match &self.engine {
            Engine::Sqlite(connection) => !self.is_doomed && !connection.is_autocommit(),
            Engine::Postgres(session) => session.is_open(),
        }
    }

    /// Undoes the whole transaction, if the database has not done so. Where even that fails, nothing of it is kept all the same.
    pub(super) fn give_up(&mut self) {
        if !self.is_open() {
            return;
        }
        if let Err(error) = self.control(Control::Rollback) {
            tracing::error!(error = %error, "a transaction could not be rolled back");
            self.is_doomed = true;
        }
    }

    /// Moves committed pages into the database file: as far as nobody is disturbed, or (at the end) entirely; gives how many of the log
    /// lie there by now.
    pub(super) fn checkpoint(&self, reach: sqlite::Reach) -> Result<u32, StorageError> {
        match &self.engine {
            Engine::Sqlite(connection) => sqlite::checkpoint(connection, reach),
            Engine::Postgres(_) => Ok(0),
        }
    }

    /// Counts anew what lies with each post, where that is kept: a server counts it when asked.
    pub(crate) fn count_lying_anew(&mut self) -> Result<(), StorageError> {
        match &self.engine {
            Engine::Sqlite(connection) => sqlite::count_lying_anew(connection),
            Engine::Postgres(_) => Ok(()),
        }
    }

    /// The first row of a statement outside a transaction; nothing where the database is a server, which is asked within one.
    pub(super) fn first_row<T: Row>(&self, sql: Sql, args: Args<'_>) -> Result<Option<T>, StorageError> {
        match &self.engine {
            Engine::Sqlite(connection) => sqlite::first_row(connection, sql, args, |row| T::read(row)),
            Engine::Postgres(_) => self.opt(sql, args),
        }
    }

    /// The connection to a server, for whoever keeps those.
    pub(super) fn session(&self) -> Option<&Session> {
        match &self.engine {
            Engine::Sqlite(_) => None,
            Engine::Postgres(session) => Some(session),
        }
    }

    /// What went wrong in the transaction, as far as it decides whether the closure runs again.
    pub(super) fn trouble(&self) -> Trouble {
        self.session().map_or(Trouble::None, Session::trouble)
    }

    /// Waits for whatever the database was told and has not answered.
    fn settle(&self) -> Result<(), StorageError> {
        self.session().map_or(Ok(()), Session::settle)
    }

    /// Runs one closure with nothing around it to undo it by, for a file; true beside its outcome where it failed after it had changed
    /// something: that stays until the whole transaction is given up. One that swallows a fault of the database has failed.
    pub(super) fn bare<T, E: From<StorageError>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> (Result<T, E>, bool) {
        self.reading.set(false);
        self.failed_oddly.set(false);
        let before = self.changes();
        let outcome = guarded(|| {
            let value = work(self)?;
            if self.failed_oddly.get() {
                return Err(lost_at_end().into());
            }
            Ok(value)
        });
        if !self.is_open() {
            return (outcome.and_then(|_| Err(lost_at_end().into())), false);
        }
        let leaves_something = outcome.is_err() && (self.failed_oddly.get() || self.changes() != before);
        (outcome, leaves_something)
    }

    /// Rows changed since the connection was opened, those of statements that were undone not among them.
    fn changes(&self) -> u64 {
        match &self.engine {
            Engine::Sqlite(connection) => connection.total_changes(),
            Engine::Postgres(_) => 0,
        }
    }

    /// Runs one closure so that its failure or panic undoes its own work only.
    ///
    /// If the transaction itself is gone afterwards ([`Tx::is_open`]), so is the work of everybody in it.
    pub(super) fn isolated<T, E: From<StorageError>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.control(Control::Savepoint)?;
        let outcome = guarded(|| {
            let value = work(self)?;
            self.settle()?;
            Ok(value)
        });
        if !self.is_open() {
            return outcome.and_then(|_| Err(lost_at_end().into()));
        }
        let ended = match &outcome {
            Ok(_) => self.control(Control::ReleaseSavepoint),
            Err(_) => self.control(Control::RollbackToSavepoint).and_then(|()| self.control(Control::ReleaseSavepoint)),
        };
        match ended {
            Ok(()) => outcome,
            Err(error) => {
                // Nothing is certain any more about this transaction: give all of it up.
                self.give_up();
                outcome.and_then(|_| Err(error.into()))
            }
        }
    }
}

/// The closure swallowed it that the database gave its transaction up.
fn lost_at_end() -> StorageError {
    StorageError::Lost { doing: "the end of its work".to_owned() }
}

/// Turns a panic into an error of this caller: the connection and everybody else's work live on.
pub(super) fn guarded<T, E: From<StorageError>>(work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let message = panic
            .downcast_ref::<&str>()
            .map(|words| (*words).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "without words".to_owned());
        Err(StorageError::Panicked { message }.into())
    })
}
