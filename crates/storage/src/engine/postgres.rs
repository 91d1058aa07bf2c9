//! PostgreSQL: one connection, running statements on it, translating what it answers.
//!
//! Statements whose answer nobody waits for ([`Session::put`], locks, the beginning of a transaction) are kept and leave in one
//! message with the next that somebody does wait for; the server works them off in order. A transaction in which any of them
//! failed cannot be committed, and the closure is told so, whether or not it looked at the error.

mod connect;
mod said;
mod values;
mod wait;

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    fmt::{self, Display},
    future::{poll_fn, ready},
    pin::{Pin, pin},
    sync::Arc,
};

use futures_core::Stream;
use sha2::{Digest, Sha256};
use tokio::runtime::Handle;
use tokio_postgres::{Client, Error, Statement};

pub(super) use connect::Way;
pub(super) use said::Trouble;
pub(super) use values::cell;

use super::{
    db::Options,
    error::StorageError,
    migrate,
    row::{Args, Cursor, Kept, Param},
    sql::Sql,
    tx::{Control, Shape},
};
use values::Bound;
use wait::{Running, look, tell, together, wait};

/// So many statements are told together at most.
const AHEAD_MAX: usize = 64;
/// The lock of whoever brings the schema up to date: an arbitrary number of ours.
const SCHEMA_LOCK: i64 = 0x6d6f_7463_7561;

const LOCK: Sql = Sql::registered(module_path!(), "LOCK", "SELECT pg_advisory_xact_lock($1)", b"");
const SHARE: Sql = Sql::registered(module_path!(), "SHARE", "SELECT pg_advisory_xact_lock_shared($1)", b"");

/// One connection, and the transaction that is open on it, if one is.
pub(super) struct Session {
    client: Client,
    running: Running,
    understood: RefCell<HashMap<&'static str, Statement>>,
    ahead: RefCell<Vec<Ahead>>,
    is_open: Cell<bool>,
    /// True once the server has heard of the transaction.
    is_told: Cell<bool>,
    has_changed: Cell<bool>,
    trouble: Cell<Trouble>,
}

/// Something the server is told together with what follows.
enum Ahead {
    Step(&'static str),
    Statement { sql: Sql, statement: Statement, values: Vec<Kept> },
}

impl Ahead {
    fn answer<'a>(&'a self, client: &'a Client) -> Pin<Box<dyn Future<Output = Result<u64, Error>> + 'a>> {
        match self {
            Self::Step(text) => Box::pin(async move { client.batch_execute(text).await.map(|()| 0) }),
            Self::Statement { statement, values, .. } => {
                Box::pin(client.execute_raw(statement, values.iter().map(|kept| Bound(kept.value()))))
            }
        }
    }

    /// A lock gives a row, too.
    fn may_change(&self) -> bool {
        matches!(self, Self::Statement { sql, .. } if !reads_only(*sql))
    }
}

impl Display for Ahead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step(text) => f.write_str(text),
            Self::Statement { sql, .. } => sql.fmt(f),
        }
    }
}

impl Session {
    /// One more connection to the server.
    pub(super) fn open(way: &Way, runtime: &Handle) -> Result<Self, StorageError> {
        let (client, running) = way.connect(runtime)?;
        Ok(Self {
            client,
            running,
            understood: RefCell::default(),
            ahead: RefCell::default(),
            is_open: Cell::new(false),
            is_told: Cell::new(false),
            has_changed: Cell::new(false),
            trouble: Cell::new(Trouble::None),
        })
    }

    /// Refuses a server that is not fit, and brings the schema up to date; one node at a time.
    pub(super) fn prepare_server(&mut self, way: &Way, options: &Options) -> Result<(), StorageError> {
        let place = way.address().to_string();
        wait(&self.running, connect::assess(&self.client, options.durability))
            .map_err(|reason| StorageError::Unsuitable { place, reason })?;
        // Only for this connection, which is closed afterwards; with it goes the lock.
        let unhurried = "SET default_transaction_read_only = off; SET statement_timeout = 0; SET lock_timeout = 0";
        let alone = format!("SELECT pg_advisory_lock({SCHEMA_LOCK})");
        let doing = "waiting for another node to bring the database up to date";
        for step in [unhurried, &alone] {
            wait(&self.running, self.client.batch_execute(step)).map_err(|error| said::fault(&doing, &error).0)?;
        }
        let newest = wait(&self.running, newest_step(&self.client))
            .map_err(|error| said::fault(&"reading the schema", &error).0)?;
        let Self { client, running, .. } = self;
        migrate::on_server(newest, |runner| wait(running, runner.run_async(client)))
    }

    /// Has the server look at its tables, outside any transaction.
    pub(super) fn count_rows(&self) -> Result<(), StorageError> {
        wait(&self.running, self.client.batch_execute("ANALYZE"))
            .map_err(|error| said::fault(&"counting rows for the planner", &error).0)
    }

    /// How often the server waited for its disk to keep its log.
    pub(super) fn syncs(&self) -> Result<u64, StorageError> {
        let told = wait(&self.running, self.client.query_one("SELECT wal_sync FROM pg_stat_wal", &[]))
            .map_err(|error| said::fault(&"asking the server for its waits", &error).0)?;
        Ok(u64::try_from(told.get::<_, i64>(0)).unwrap_or(0))
    }

    /// False once the server or the way to it has gone.
    pub(super) fn is_alive(&self) -> bool {
        self.trouble.get() != Trouble::Gone && look(&self.running)
    }

    pub(super) fn is_open(&self) -> bool {
        self.is_open.get()
    }

    pub(super) fn trouble(&self) -> Trouble {
        self.trouble.get()
    }

    /// True if a statement of the transaction changed something.
    pub(super) fn has_changed(&self) -> bool {
        self.has_changed.get()
    }

    pub(super) fn each_row<E, F>(&self, sql: Sql, args: Args<'_>, mut on_row: F) -> Result<(), E>
    where
        E: From<StorageError>,
        F: FnMut(&Cursor<'_>) -> Result<(), E>,
    {
        let statement = self.statement(sql, args)?;
        let rows = self.flight(&sql, self.client.query_raw(&statement, args.iter().map(|value| Bound(*value))))?;
        let mut rows = pin!(rows);
        while let Some(row) = wait(&self.running, poll_fn(|cx| rows.as_mut().poll_next(cx))) {
            let row = row.map_err(|error| self.fault(&sql, &error))?;
            on_row(&Cursor::postgres(&row, sql))?;
        }
        if !reads_only(sql) {
            self.has_changed.set(true);
        }
        Ok(())
    }

    pub(super) fn execute(&self, sql: Sql, args: Args<'_>) -> Result<u64, StorageError> {
        let statement = self.statement(sql, args)?;
        let values = args.iter().map(|value| Bound(*value));
        let changed = self.flight(&sql, self.client.execute_raw(&statement, values))?;
        self.has_changed.set(self.has_changed.get() || changed > 0);
        Ok(changed)
    }

    /// Keeps a statement until the next one that somebody waits for.
    pub(super) fn put(&self, sql: Sql, args: Args<'_>) -> Result<(), StorageError> {
        let statement = self.statement(sql, args)?;
        let values = args.iter().map(|value| Kept::from(*value)).collect();
        self.ahead.borrow_mut().push(Ahead::Statement { sql, statement, values });
        if self.ahead.borrow().len() >= AHEAD_MAX { self.settle() } else { Ok(()) }
    }

    pub(super) fn lock(&self, what: &str, which: &[u8]) -> Result<(), StorageError> {
        self.put(LOCK, &[number_of(what, which).value()])
    }

    pub(super) fn share(&self, what: &str, which: &[u8]) -> Result<(), StorageError> {
        self.put(SHARE, &[number_of(what, which).value()])
    }

    pub(super) fn shape(&self, sql: Sql) -> Result<Shape, StorageError> {
        let statement = self.understand(sql)?;
        Ok(Shape {
            arguments: statement.params().len(),
            columns: statement.columns().iter().map(|column| column.name().to_owned()).collect(),
            reads_only: reads_only(sql),
            strange: values::strange(&statement),
        })
    }

    /// Waits for the answers to everything that was told ahead.
    pub(super) fn settle(&self) -> Result<(), StorageError> {
        self.assert_sound(&"the end of its work")?;
        if self.ahead.borrow().is_empty() {
            return Ok(());
        }
        self.flight(&"nothing more", ready(Ok(())))
    }

    pub(super) fn control(&self, step: Control) -> Result<(), StorageError> {
        match step {
            Control::BeginWrite => self.begin("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"),
            Control::BeginRead => self.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
            Control::Savepoint => {
                self.assert_sound(&"a part of its work")?;
                self.ahead.borrow_mut().push(Ahead::Step("SAVEPOINT job"));
                Ok(())
            }
            Control::ReleaseSavepoint => self.flight(&"ending a part of the work", self.step("RELEASE SAVEPOINT job")),
            Control::RollbackToSavepoint => {
                // What was not told yet need not be; but the savepoint itself must be there.
                self.ahead.borrow_mut().retain(|it| matches!(it, Ahead::Step(_)));
                self.flight(&"undoing a part of the work", self.step("ROLLBACK TO SAVEPOINT job"))?;
                self.trouble.set(Trouble::None);
                Ok(())
            }
            Control::Commit => self.commit(),
            Control::Rollback => {
                self.leave();
                Ok(())
            }
        }
    }

    fn begin(&self, text: &'static str) -> Result<(), StorageError> {
        self.leave();
        self.is_open.set(true);
        self.is_told.set(false);
        self.has_changed.set(false);
        self.trouble.set(Trouble::None);
        self.ahead.borrow_mut().push(Ahead::Step(text));
        Ok(())
    }

    fn step(&self, text: &'static str) -> impl Future<Output = Result<(), Error>> {
        self.client.batch_execute(text)
    }

    /// Ends a transaction that keeps nothing: a reading, or work that failed. Nobody waits for the answer, which comes
    /// before that to the next statement.
    pub(super) fn leave(&self) {
        self.ahead.take();
        if self.is_open.replace(false) && self.is_told.get() {
            tell(&self.running, self.step("ROLLBACK"));
        }
    }

    /// Makes the work durable, or says honestly what became of it.
    fn commit(&self) -> Result<(), StorageError> {
        self.assert_sound(&"keeping the work")?;
        let is_empty = self.ahead.borrow().iter().all(|it| matches!(it, Ahead::Step(_)));
        if is_empty && !self.is_told.get() {
            // Nothing was asked of the server.
            self.leave();
            return Ok(());
        }
        if !look(&self.running) {
            // It went before the commit was sent: surely nothing was kept.
            self.trouble.set(Trouble::Gone);
            self.is_open.set(false);
            return Err(StorageError::Lost { doing: "keeping the work".to_owned() });
        }
        let (first, last) = self.answers(self.step("COMMIT"));
        self.is_open.set(false);
        // A statement that the server refused, even with its last word, was refused before it came to the commit. After any
        // other silence the commit may have been heard.
        let (doing, error, is_certain) = match (first, last) {
            (Ok(()), Ok(())) => return Ok(()),
            (Err((doing, error)), _) => {
                let is_certain = error.as_db_error().is_some();
                (doing, error, is_certain)
            }
            (Ok(()), Err(error)) => {
                let is_certain = error.as_db_error().is_some_and(|said| !said::is_last_word(said));
                ("keeping the work".to_owned(), error, is_certain)
            }
        };
        if is_certain {
            return Err(self.fault(&doing, &error));
        }
        self.trouble.set(Trouble::Unknown);
        Err(said::unconfirmed(&error))
    }

    /// A statement the server has understood, after a look at the transaction and at the arguments.
    fn statement(&self, sql: Sql, args: Args<'_>) -> Result<Statement, StorageError> {
        self.assert_sound(&sql)?;
        let statement = self.understand(sql)?;
        match values::fit(&statement, args) {
            Ok(()) => Ok(statement),
            Err(why) => {
                self.trouble.set(Trouble::Spoiled);
                Err(StorageError::Driver { doing: sql.to_string(), source: Arc::new(said::Said(why)) })
            }
        }
    }

    fn understand(&self, sql: Sql) -> Result<Statement, StorageError> {
        if let Some(known) = self.understood.borrow().get(sql.text()) {
            return Ok(known.clone());
        }
        let fresh = self.flight(&sql, understand(&self.client, sql.text()))?;
        self.understood.borrow_mut().insert(sql.text(), fresh.clone());
        Ok(fresh)
    }

    /// Never go on after the transaction was given up: the server would refuse every statement, and the commit would keep
    /// nothing without saying so.
    fn assert_sound(&self, doing: &dyn Display) -> Result<(), StorageError> {
        if self.is_open.get() && self.trouble.get() == Trouble::None {
            return Ok(());
        }
        Err(StorageError::Lost { doing: doing.to_string() })
    }

    /// Tells the server everything that was kept, and this, in one message; waits for all the answers.
    fn flight<T>(&self, doing: &dyn Display, last: impl Future<Output = Result<T, Error>>) -> Result<T, StorageError> {
        match self.answers(last) {
            (Ok(()), Ok(value)) => Ok(value),
            (Err((doing, error)), _) => Err(self.fault(&doing, &error)),
            (Ok(()), Err(error)) => Err(self.fault(doing, &error)),
        }
    }

    /// The answers: of what was told ahead the first that failed, and the last one.
    fn answers<T>(
        &self,
        last: impl Future<Output = Result<T, Error>>,
    ) -> (Result<(), (String, Error)>, Result<T, Error>) {
        let ahead = self.ahead.take();
        self.is_told.set(true);
        let first = ahead.iter().map(|it| it.answer(&self.client)).collect();
        let (answers, last) = wait(&self.running, together(first, last));
        let mut failed = Ok(());
        for (it, answer) in ahead.iter().zip(answers) {
            match answer {
                Ok(changed) => self.has_changed.set(self.has_changed.get() || (changed > 0 && it.may_change())),
                Err(error) if failed.is_ok() => failed = Err((it.to_string(), error)),
                Err(_) => {}
            }
        }
        (failed, last)
    }

    /// Notes what an error means for the transaction.
    fn fault(&self, doing: &dyn Display, error: &Error) -> StorageError {
        let (fault, trouble) = said::fault(doing, error);
        self.trouble.set(trouble);
        if trouble == Trouble::Gone {
            self.is_open.set(false);
        }
        fault
    }
}

fn reads_only(sql: Sql) -> bool {
    sql.text().trim_start().starts_with("SELECT")
}

/// The number of a lock. Two things that share one only wait for each other where they need not.
fn number_of(what: &str, which: &[u8]) -> i64 {
    let mut hash = Sha256::new();
    hash.update(what.as_bytes());
    hash.update([0]);
    hash.update(which);
    let digest = hash.finalize();
    digest.iter().take(8).fold(0_i64, |number, byte| (number << 8) | i64::from(*byte))
}

/// Has the server understand a statement, with every integer argument in 8 bytes.
async fn understand(client: &Client, text: &str) -> Result<Statement, Error> {
    let first = client.prepare(text).await?;
    let kinds: Vec<_> = first.params().iter().map(values::widened).collect();
    if kinds == first.params() {
        return Ok(first);
    }
    client.prepare_typed(text, &kinds).await
}

/// The number of the last step of the schema this database has seen; 0 for a fresh one.
async fn newest_step(client: &Client) -> Result<i64, Error> {
    let table_is_there = "SELECT to_regclass('refinery_schema_history') IS NOT NULL";
    if !client.query_one(table_is_there, &[]).await?.try_get::<_, bool>(0)? {
        return Ok(0);
    }
    let newest = "SELECT COALESCE(max(version), 0) FROM refinery_schema_history";
    client.query_one(newest, &[]).await?.try_get::<_, i32>(0).map(i64::from)
}
