//! SQLite: opening it safely, running statements on it, translating what it answers.

use std::{
    cell::Cell,
    fmt::Display,
    fs::OpenOptions,
    io,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
        mpsc::{Receiver, SyncSender},
    },
    time::Duration,
};

use rusqlite::{
    CachedStatement, Connection, ErrorCode, OpenFlags, ToSql,
    config::DbConfig,
    ffi,
    types::{ToSqlOutput, ValueRef},
};

use super::{
    db::{Durability, Options},
    error::{Constraint, StorageError},
    readers::Idle,
    row::{Args, Cursor, Value},
    sql::Sql,
    tx::{Control, Shape},
};

/// From this version on a commit beside a checkpoint cannot corrupt the database.
const OLDEST: (i32, &str) = (3_051_003, "3.51.3");
/// How long to wait for another program that writes, such as an import from the command line.
const WAIT_FOR_OTHERS: Duration = Duration::from_secs(5);
/// How many understood statements a connection keeps.
const STATEMENTS_KEPT: usize = 512;
/// How much of the log file is left on the disk once it has been emptied: longer than it usually gets, so that it is written over and
/// not made longer again. A page that lengthens a file costs the system several times one that is written over.
const LOG_KEPT_BYTES: u32 = 64 << 20;
/// At this many times the usual length of the log, the writer itself helps to empty it, whatever that takes.
const LOG_URGENT: u32 = 8;
/// So many times in a row the log is emptied of what was written while it was being emptied.
const PASSES_MAX: u32 = 3;
/// So long the writer waits for those who read while it empties the log: most read for less.
const PATIENCE: Duration = Duration::from_millis(2);
/// With so few pages left the writer empties the rest between two commits, and begins the log anew: some milliseconds.
const NEARLY_EMPTY_PAGES: u32 = 2048;

/// How far a checkpoint goes.
#[derive(Clone, Copy)]
pub(super) enum Reach {
    /// As far as it disturbs nobody.
    Undisturbing,
    /// To the end, and waits [`PATIENCE`] until nobody reads in the log, so that the next commit begins it anew.
    Patient,
    /// To the end, leaving an empty log: at closing.
    Everything,
}

pub(super) fn assert_version() -> Result<(), StorageError> {
    let (oldest, needed) = OLDEST;
    if rusqlite::version_number() >= oldest {
        return Ok(());
    }
    Err(StorageError::OldSqlite { found: rusqlite::version().to_owned(), needed: needed.to_owned() })
}

/// The connection that writes. Creates the file if there is none.
pub(super) fn open_writer(path: &Path, options: &Options) -> Result<Connection, StorageError> {
    create_private(path)
        .map_err(|error| StorageError::CannotOpen { path: path.to_owned(), reason: error.to_string() })?;
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let doing = "setting up the database";
    let mode: String = connection
        .pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))
        .map_err(|error| fault(doing, error))?;
    if mode != "wal" {
        let reason = format!("its disk does not allow a write-ahead log (it stays in mode {mode})");
        return Err(StorageError::CannotOpen { path: path.to_owned(), reason });
    }
    synchronous(&connection, options)?;
    cache(&connection, options.writer_cache_kib)?;
    foreign_keys(&connection, true)?;
    let set = |name: &str, value: u32| connection.pragma_update(None, name, value).map_err(|error| fault(doing, error));
    set("wal_autocheckpoint", 0)?;
    // What is erased is written over: else names and answers would stay in the file until something else needs their room.
    set("secure_delete", 1)?;
    if let Some(mib) = options.size_mib_max {
        let page_bytes: u32 =
            connection.pragma_query_value(None, "page_size", |row| row.get(0)).map_err(|error| fault(doing, error))?;
        let pages = (u64::from(mib) << 20) / u64::from(page_bytes.max(1));
        set("max_page_count", u32::try_from(pages).unwrap_or(u32::MAX).max(1))?;
    }
    set("journal_size_limit", LOG_KEPT_BYTES)?;
    // Where closures run in savepoints (ADR 0022), what their pages were before is kept in memory, not in a file beside the database.
    connection.pragma_update(None, "temp_store", "MEMORY").map_err(|error| fault(doing, error))?;
    Ok(connection)
}

/// A connection that only reads.
pub(super) fn open_reader(path: &Path, options: &Options) -> Result<Connection, StorageError> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    cache(&connection, options.reader_cache_kib)?;
    Ok(connection)
}

/// The connection of the thread that empties the log.
pub(super) fn open_checkpointer(path: &Path, options: &Options) -> Result<Connection, StorageError> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    synchronous(&connection, options)?;
    Ok(connection)
}

fn open(path: &Path, mode: OpenFlags) -> Result<Connection, StorageError> {
    let cannot = |error: rusqlite::Error| StorageError::CannotOpen { path: path.to_owned(), reason: error.to_string() };
    let connection = Connection::open_with_flags(path, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(cannot)?;
    connection.busy_timeout(WAIT_FOR_OTHERS).map_err(cannot)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    // "name" is a name and never text, as in PostgreSQL; and SQL cannot touch the inside of the file. A plan is made without looking
    // at the arguments: otherwise every statement that sorts is understood anew each time it runs, because its arguments changed.
    for (setting, on) in [
        (DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true),
        (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DDL, false),
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
    ] {
        connection.set_db_config(setting, on).map_err(cannot)?;
    }
    Ok(connection)
}

/// Creates the file if there is none, so that nobody else on the machine may read it; the log and its index follow.
fn create_private(path: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new();
    file.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    file.open(path).map(drop)
}

fn synchronous(connection: &Connection, options: &Options) -> Result<(), StorageError> {
    let level = match options.durability {
        Durability::Full => "FULL",
        Durability::Relaxed => "OFF",
    };
    connection.pragma_update(None, "synchronous", level).map_err(|error| fault("setting up the database", error))
}

fn cache(connection: &Connection, kib: u32) -> Result<(), StorageError> {
    // A negative size is in KiB, a positive one in pages.
    connection
        .pragma_update(None, "cache_size", -i64::from(kib))
        .map_err(|error| fault("setting up the database", error))
}

pub(super) fn foreign_keys(connection: &Connection, on: bool) -> Result<(), StorageError> {
    connection.pragma_update(None, "foreign_keys", on).map_err(|error| fault("setting up the database", error))
}

/// The number of the last step of the schema this database has seen; 0 for a fresh one.
pub(super) fn newest_step(connection: &Connection) -> Result<i64, StorageError> {
    let table_is_there = "SELECT count(*) FROM sqlite_schema WHERE name = 'refinery_schema_history'";
    let newest = "SELECT COALESCE(max(version), 0) FROM refinery_schema_history";
    let number = |sql: &str| {
        connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(|error| fault("reading the schema", error))
    };
    if number(table_is_there)? == 0 { Ok(0) } else { number(newest) }
}

/// A table with rows that point to rows that are not there, if there is one.
pub(super) fn dangling_table(connection: &Connection) -> Result<Option<String>, StorageError> {
    let found = connection.query_row("PRAGMA foreign_key_check", [], |row| row.get(0));
    match found {
        Ok(table) => Ok(Some(table)),
        Err(rusqlite::Error::QueryReturnedNoRows) => Ok(None),
        Err(error) => Err(fault("checking who points to whom", error)),
    }
}

/// Watches the log of the writer: counts commits, and has it emptied before it grows long.
pub(super) struct Log {
    pages: Arc<AtomicU32>,
    nearly_empty: Arc<AtomicBool>,
    commits: Arc<AtomicU64>,
    readers: Arc<Idle>,
    seen_pages: u32,
    step_pages: u32,
    wake: Option<SyncSender<()>>,
}

impl Log {
    pub(super) fn watch(
        connection: &mut Connection,
        step_pages: u32,
        wake: SyncSender<()>,
        readers: Arc<Idle>,
    ) -> Result<Self, StorageError> {
        let (pages, commits) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU64::new(0)));
        let (seen, counted, outdated) = (Arc::clone(&pages), Arc::clone(&commits), Arc::clone(&readers));
        connection
            .wal_hook(Some(move |_: &mut _, pages: i32| {
                seen.store(u32::try_from(pages).unwrap_or(0), Ordering::Relaxed);
                counted.fetch_add(1, Ordering::Relaxed);
                outdated.outdate();
                Ok(())
            }))
            .map_err(|error| fault("watching the log", error))?;
        let nearly_empty = Arc::new(AtomicBool::new(false));
        Ok(Self {
            pages,
            nearly_empty,
            commits,
            readers,
            seen_pages: 0,
            step_pages: step_pages.max(1),
            wake: Some(wake),
        })
    }

    /// What the thread that empties the log watches.
    pub(super) fn length(&self) -> LogLength {
        LogLength {
            pages: Arc::clone(&self.pages),
            nearly_empty: Arc::clone(&self.nearly_empty),
            readers: Arc::clone(&self.readers),
        }
    }

    pub(super) fn commits(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.commits)
    }

    /// After a commit: has the log emptied at every step it has grown; true if the writer must help.
    pub(super) fn has_outgrown(&mut self) -> bool {
        let pages = self.pages.load(Ordering::Relaxed);
        if pages < self.seen_pages {
            self.seen_pages = 0;
        }
        // The log begins anew only where nothing is left of it, and while we write something always is.
        if self.nearly_empty.swap(false, Ordering::Relaxed) {
            return true;
        }
        if pages - self.seen_pages < self.step_pages {
            return false;
        }
        self.seen_pages = pages;
        if let Some(wake) = &self.wake {
            // A full channel means that it is already on its way.
            let _ = wake.try_send(());
        }
        pages >= self.step_pages.saturating_mul(LOG_URGENT)
    }

    /// Nobody who reads nothing may keep the log from being emptied.
    pub(super) fn let_pictures_go(&self) {
        self.readers.let_pictures_go();
    }

    /// Lets the thread that empties the log end.
    pub(super) fn stop(&mut self) {
        self.wake = None;
    }
}

/// How long the log is, whether the writer is to empty the rest of it, and who may keep it from being emptied.
pub(super) struct LogLength {
    pages: Arc<AtomicU32>,
    nearly_empty: Arc<AtomicBool>,
    readers: Arc<Idle>,
}

/// The life of the thread that empties the log: again and again, until what came meanwhile is little.
pub(super) fn keep_log_short(connection: &Connection, wake: &Receiver<()>, log: &LogLength) {
    while wake.recv().is_ok() {
        for _ in 0..PASSES_MAX {
            log.readers.let_pictures_go();
            match checkpoint(connection, Reach::Undisturbing) {
                Ok(emptied) if log.pages.load(Ordering::Relaxed).saturating_sub(emptied) <= NEARLY_EMPTY_PAGES => {
                    log.nearly_empty.store(true, Ordering::Relaxed);
                    break;
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(error = %error, "the log of the database could not be emptied");
                    break;
                }
            }
        }
    }
}

/// Empties the log into the database; gives how many of its pages lie there by now.
pub(super) fn checkpoint(connection: &Connection, reach: Reach) -> Result<u32, StorageError> {
    let doing = "emptying the log";
    let (sql, patience) = match reach {
        Reach::Undisturbing => ("PRAGMA wal_checkpoint(PASSIVE)", WAIT_FOR_OTHERS),
        Reach::Patient => ("PRAGMA wal_checkpoint(RESTART)", PATIENCE),
        Reach::Everything => ("PRAGMA wal_checkpoint(TRUNCATE)", WAIT_FOR_OTHERS),
    };
    connection.busy_timeout(patience).map_err(|error| fault(doing, error))?;
    let emptied: rusqlite::Result<i64> = connection.query_row(sql, [], |row| row.get(2));
    connection.busy_timeout(WAIT_FOR_OTHERS).map_err(|error| fault(doing, error))?;
    Ok(u32::try_from(emptied.map_err(|error| fault(doing, error))?).unwrap_or(0))
}

/// The counts that the triggers of the schema keep (V0023, V0024), from the rows as they are.
pub(super) fn count_lying_anew(connection: &Connection) -> Result<(), StorageError> {
    // Nothing is deleted: their changes go on being counted from where they were.
    let sql = "UPDATE lying_count SET dossiers = 0, changes = changes + 1; \
        INSERT INTO lying_count SELECT owner_unit, owner_post, status, holder, next_act, COALESCE(owner_person, x''), count(*), 1 \
        FROM dossier WHERE is_open = 1 GROUP BY 1, 2, 3, 4, 5, 6 ON CONFLICT DO UPDATE SET dossiers = excluded.dossiers";
    connection.execute_batch(sql).map_err(|error| fault("counting what lies with each post", error))
}

pub(super) fn control(connection: &Connection, step: Control) -> Result<(), StorageError> {
    let sql = match step {
        Control::BeginWrite => "BEGIN IMMEDIATE",
        Control::BeginRead => "BEGIN DEFERRED",
        Control::Savepoint => "SAVEPOINT job",
        Control::RollbackToSavepoint => "ROLLBACK TO job",
        Control::ReleaseSavepoint => "RELEASE job",
        Control::Commit => "COMMIT",
        Control::Rollback => "ROLLBACK",
    };
    connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.raw_execute())
        .map(|_| ())
        .map_err(|error| fault(sql, error))
}

pub(super) fn each_row<E, F>(
    connection: &Connection,
    sql: Sql,
    args: Args<'_>,
    failed_oddly: &Cell<bool>,
    mut on_row: F,
) -> Result<(), E>
where
    E: From<StorageError>,
    F: FnMut(&Cursor<'_>) -> Result<(), E>,
{
    let mut statement = bound(connection, sql, args)?;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(|error| noted(fault(sql, error), failed_oddly))? {
        on_row(&Cursor::sqlite(row, sql))?;
    }
    Ok(())
}

pub(super) fn execute(
    connection: &Connection,
    sql: Sql,
    args: Args<'_>,
    failed_oddly: &Cell<bool>,
) -> Result<u64, StorageError> {
    let changed = bound(connection, sql, args)?.raw_execute();
    let changed = changed.map_err(|error| noted(fault(sql, error), failed_oddly))?;
    Ok(u64::try_from(changed).unwrap_or(u64::MAX))
}

/// A broken rule undoes its statement and nothing else; after anything else it is not certain that nothing is left of it.
fn noted(error: StorageError, failed_oddly: &Cell<bool>) -> StorageError {
    if !matches!(error, StorageError::Broken { .. }) {
        failed_oddly.set(true);
    }
    error
}

pub(super) fn shape(connection: &Connection, sql: Sql) -> Result<Shape, StorageError> {
    let statement = connection.prepare(sql.sqlite()).map_err(|error| fault(sql, error))?;
    Ok(Shape {
        arguments: statement.parameter_count(),
        columns: statement.column_names().map(str::to_owned).collect(),
        reads_only: statement.readonly(),
        strange: Vec::new(),
    })
}

/// The first row of a statement that only reads, outside a transaction: one statement is one picture by itself.
pub(super) fn first_row<T>(
    connection: &Connection,
    sql: Sql,
    args: Args<'_>,
    on_row: impl FnOnce(&Cursor<'_>) -> Result<T, StorageError>,
) -> Result<Option<T>, StorageError> {
    let mut statement = bound_alone(connection, sql, args)?;
    let mut rows = statement.raw_query();
    let row = rows.next().map_err(|error| fault(sql, error))?;
    row.map(|row| on_row(&Cursor::sqlite(row, sql))).transpose()
}

fn bound<'c>(connection: &'c Connection, sql: Sql, args: Args<'_>) -> Result<CachedStatement<'c>, StorageError> {
    if connection.is_autocommit() {
        // Never go on after the database gave the transaction up: each statement would be kept on its own.
        return Err(StorageError::Lost { doing: sql.to_string() });
    }
    bound_alone(connection, sql, args)
}

fn bound_alone<'c>(connection: &'c Connection, sql: Sql, args: Args<'_>) -> Result<CachedStatement<'c>, StorageError> {
    let mut statement = connection.prepare_cached(sql.sqlite()).map_err(|error| fault(sql, error))?;
    let expected = statement.parameter_count();
    if expected != args.len() {
        return Err(fault(sql, rusqlite::Error::InvalidParameterCount(args.len(), expected)));
    }
    for (at, value) in args.iter().enumerate() {
        statement.raw_bind_parameter(at + 1, Bound(*value)).map_err(|error| fault(sql, error))?;
    }
    Ok(statement)
}

struct Bound<'v>(Value<'v>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Null => ValueRef::Null,
            Value::Int(number) => ValueRef::Integer(number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// What SQLite answered, in our words.
pub(super) fn fault(doing: impl Display, error: rusqlite::Error) -> StorageError {
    let doing = doing.to_string();
    let (code, extended) = match &error {
        rusqlite::Error::SqliteFailure(failure, _) => (failure.code, failure.extended_code),
        _ => return StorageError::Driver { doing, source: Arc::new(error) },
    };
    if code == ErrorCode::ConstraintViolation {
        let rule = match extended {
            ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY => Constraint::Unique,
            ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Constraint::ForeignKey,
            ffi::SQLITE_CONSTRAINT_NOTNULL => Constraint::NotNull,
            ffi::SQLITE_CONSTRAINT_CHECK => Constraint::Check,
            _ => Constraint::Other,
        };
        return StorageError::Broken { rule, doing, detail: error.to_string() };
    }
    let source = Arc::new(error);
    match code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StorageError::Busy { doing, source },
        ErrorCode::DiskFull => StorageError::Full { doing, source },
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied => StorageError::ReadOnly { doing, source },
        ErrorCode::SystemIoFailure | ErrorCode::CannotOpen => StorageError::Disk { doing, source },
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StorageError::Corrupt { doing, source },
        _ => StorageError::Driver { doing, source },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args;
    use rusqlite::StatementStatus;

    #[test]
    fn a_statement_is_understood_once_however_often_it_runs() {
        let folder = tempfile::tempdir().unwrap();
        let mut connection = open_writer(&folder.path().join("office.db"), &Options::default()).unwrap();
        crate::engine::migrate::in_file(&mut connection).unwrap();
        // It sorts, and takes an argument.
        let sorted = crate::statements().into_iter().find(|it| it.name() == "OF_DOSSIER").unwrap();
        control(&connection, Control::BeginRead).unwrap();
        for id in [[1_u8; 16], [2; 16], [3; 16]] {
            each_row::<StorageError, _>(&connection, sorted, args![id], &Cell::default(), |_| Ok(())).unwrap();
        }
        let statement = connection.prepare_cached(sorted.sqlite()).unwrap();
        let (runs, again) = (StatementStatus::Run, StatementStatus::RePrepare);
        assert_eq!((statement.get_status(runs), statement.get_status(again)), (3, 0));
    }
}
