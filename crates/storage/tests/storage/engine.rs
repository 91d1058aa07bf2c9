//! The engine: what was promised is on the disk, one caller's fault is no other's, and readers see one picture.

use std::{
    path::Path,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
};

use storage::{
    args,
    engine::{Constraint, Cursor, Db, Durability, Options, Row, StorageError, Tx},
};
use tempfile::TempDir;

storage::statements! {
    CREATE: "CREATE TABLE try_slip (code TEXT PRIMARY KEY, number INTEGER NOT NULL CHECK (number >= 0), note TEXT) STRICT";
    CREATE_FILE: "CREATE TABLE try_file (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT";
    CREATE_CHILD: "CREATE TABLE try_child (code TEXT NOT NULL REFERENCES try_slip (code)) STRICT";
    CREATE_LATE: "CREATE TABLE try_late (code TEXT REFERENCES try_slip (code) DEFERRABLE INITIALLY DEFERRED) STRICT";
    INSERT_LATE: "INSERT INTO try_late (code) VALUES ($1)";
    INSERT: "INSERT INTO try_slip (code, number, note) VALUES ($1, $2, $3)";
    /// The arguments stand in the text in another order than they are numbered, and one is used twice.
    INSERT_REVERSED: "INSERT INTO try_slip (note, number, code) VALUES ('costs $9; ' || $3 || $1, $2, $1)";
    INSERT_RETURNING: "INSERT INTO try_slip (code, number) VALUES ($1, 1)
        ON CONFLICT (code) DO UPDATE SET number = try_slip.number + 1 RETURNING number";
    INSERT_FILE: "INSERT INTO try_file (id, body) VALUES ($1, $2)";
    INSERT_CHILD: "INSERT INTO try_child (code) VALUES ($1)";
    COUNT: "SELECT count(*) FROM try_slip";
    COUNT_FILES: "SELECT count(*) FROM try_file";
    ALL: "SELECT code, number, note FROM try_slip ORDER BY code";
    FIND: "SELECT code, number, note FROM try_slip WHERE code = $1";
    FROM_THE_FUTURE: "INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
        VALUES (9999, 'from_the_future', '2030-01-01T00:00:00Z', '1')";
    KINDS: "SELECT $1, $2, $3, $4, $5, $6";
    WRONG: "SELECT no_such_column FROM try_slip";
    IS_TEXT: "SELECT 'chín'";
    IS_REAL: "SELECT 0.5";
}

#[derive(Debug, PartialEq)]
struct Slip {
    code: String,
    number: i64,
    note: Option<String>,
}

impl Row for Slip {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self { code: row.take()?, number: row.take()?, note: row.take()? })
    }
}

/// The error of a caller, to see that the engine carries it untouched.
#[derive(Debug)]
enum Answer {
    No(&'static str),
    Fault(StorageError),
}

impl From<StorageError> for Answer {
    fn from(error: StorageError) -> Self {
        Self::Fault(error)
    }
}

struct World {
    db: Db,
    folder: TempDir,
}

fn world(options: Options) -> World {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&folder.path().join("office.db"), options).unwrap();
    db.write_now(|tx| {
        tx.exec(CREATE, args![])?;
        tx.exec(CREATE_FILE, args![])?;
        tx.exec(CREATE_CHILD, args![])
    })
    .unwrap();
    World { db, folder }
}

impl World {
    /// Closes the database in good order and opens it again.
    fn reopened(self) -> Self {
        let Self { db, folder } = self;
        drop(db);
        let db = Db::open(&folder.path().join("office.db"), Options::default()).unwrap();
        Self { db, folder }
    }
}

fn insert(tx: &mut Tx, code: &str, number: i64) -> Result<u64, StorageError> {
    tx.exec(INSERT, args![code, number, None::<String>])
}

fn count(db: &Db) -> i64 {
    db.read_now(|tx| tx.one::<i64>(COUNT, args![])).unwrap()
}

#[test]
fn a_row_goes_in_and_comes_back() {
    let world = world(Options::default());
    let slip = Slip { code: "H29.18-260301-0001".to_owned(), number: 3, note: Some("Đặng Thị Nở".to_owned()) };
    world.db.write_now(|tx| tx.exec(INSERT, args![slip.code, slip.number, slip.note])).unwrap();
    let world = world.reopened();
    let found: Option<Slip> = world.db.read_now(|tx| tx.opt(FIND, args![slip.code])).unwrap();
    assert_eq!(found, Some(slip));
    let missing = world.db.read_now(|tx| tx.one::<Slip>(FIND, args!["H29.18-260301-0002"])).unwrap_err();
    assert!(matches!(missing, StorageError::NoRow { .. }));
    assert!(missing.to_string().contains("engine::FIND"), "{missing}");
}

#[test]
fn arguments_go_by_their_number_not_by_their_place() {
    let world = world(Options::default());
    world.db.write_now(|tx| tx.exec(INSERT_REVERSED, args!["mã", 7, "ghi chú "])).unwrap();
    let found: Slip = world.db.read_now(|tx| tx.one(ALL, args![])).unwrap();
    assert_eq!(found, Slip { code: "mã".to_owned(), number: 7, note: Some("costs $9; ghi chú mã".to_owned()) });
    let too_few = world.db.write_now(|tx| tx.exec(INSERT, args!["mã"])).unwrap_err();
    assert!(too_few.to_string().contains("engine::INSERT"), "{too_few}");
}

#[test]
fn every_kind_of_value_comes_back_as_it_was() {
    let world = world(Options::default());
    let (flag, bytes, id, none) = (true, vec![0_u8, 255], [7_u8; 16], None::<u32>);
    type Kinds = (bool, Vec<u8>, [u8; 16], Option<u32>, u16, String);
    let back: Kinds = world.db.read_now(|tx| tx.one(KINDS, args![flag, bytes, id, none, 65_535_u16, "chữ"])).unwrap();
    assert_eq!(back, (flag, bytes, id, none, 65_535, "chữ".to_owned()));
    let text = world.db.read_now(|tx| tx.one::<i64>(IS_TEXT, args![])).unwrap_err();
    assert!(text.to_string().contains("column 0 held text instead of an integer"), "{text}");
    let real = world.db.read_now(|tx| tx.one::<i64>(IS_REAL, args![])).unwrap_err();
    assert!(real.to_string().contains("a real number"), "{real}");
}

#[test]
fn many_waiting_closures_share_one_commit() {
    let world = world(Options::default());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let before = world.db.commits();
        // While the batch holds the writer, everybody else queues up behind it.
        let batch = world.db.batch().unwrap();
        let callers: Vec<_> = (0..200)
            .map(|number| {
                let db = world.db.clone();
                tokio::spawn(async move { db.write(move |tx| insert(tx, &format!("{number:03}"), number)).await })
            })
            .collect();
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        drop(batch);
        for caller in callers {
            assert_eq!(caller.await.unwrap().unwrap(), 1);
        }
        let commits = world.db.commits() - before;
        assert!((1..=50).contains(&commits), "200 closures took {commits} commits");
    });
    assert_eq!(count(&world.db), 200);
}

#[test]
fn an_error_or_a_panic_undoes_only_its_own_work() {
    let world = world(Options::default());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let batch = world.db.batch().unwrap();
        let callers: Vec<_> = (0..9)
            .map(|number| {
                let db = world.db.clone();
                tokio::spawn(async move {
                    db.write(move |tx| {
                        insert(tx, &format!("{number}"), number)?;
                        match number % 3 {
                            1 => Err(Answer::No("not today")),
                            2 => panic!("the closure broke"),
                            _ => Ok(number),
                        }
                    })
                    .await
                })
            })
            .collect();
        tokio::task::yield_now().await;
        drop(batch);
        for (number, caller) in (0..9).zip(callers) {
            match (number % 3, caller.await.unwrap()) {
                (0, Ok(back)) => assert_eq!(back, number),
                (1, Err(Answer::No(why))) => assert_eq!(why, "not today"),
                (2, Err(Answer::Fault(StorageError::Panicked { message }))) => assert_eq!(message, "the closure broke"),
                (_, other) => panic!("caller {number} heard {other:?}"),
            }
        }
    });
    let kept: Vec<Slip> = world.db.read_now(|tx| tx.all(ALL, args![])).unwrap();
    assert_eq!(kept.iter().map(|slip| slip.code.as_str()).collect::<Vec<_>>(), ["0", "3", "6"]);
}

#[test]
fn everybody_hears_of_a_commit_that_failed() {
    let world = world(Options::default());
    world.db.write_now(|tx| tx.exec(CREATE_LATE, args![])).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let batch = world.db.batch().unwrap();
        let callers: Vec<_> = (0..3)
            .map(|number| {
                let db = world.db.clone();
                tokio::spawn(async move {
                    // What the second one does is only found out at the commit; no statement of ours may do so.
                    db.write(move |tx| {
                        let rows = insert(tx, &format!("{number}"), number)?;
                        if number == 1 { tx.exec(INSERT_LATE, args!["nobody"]) } else { Ok(rows) }
                    })
                    .await
                })
            })
            .collect();
        tokio::task::yield_now().await;
        drop(batch);
        let mut kept = 0;
        for (number, caller) in callers.into_iter().enumerate() {
            match caller.await.unwrap() {
                Err(error) => assert_eq!(error.constraint(), Some(Constraint::ForeignKey), "{error}"),
                // A machine under load may give a commit of their own to those who came before or after.
                Ok(_) if number != 1 => kept += 1,
                Ok(_) => panic!("the second closure was confirmed"),
            }
        }
        assert_eq!(count(&world.db), kept, "who heard yes is there, who heard no is not");
        assert_eq!(world.db.write(|tx| insert(tx, "afterwards", 1)).await.unwrap(), 1);
    });
}

#[test]
fn a_batch_is_kept_whole_or_not_at_all() {
    let world = world(Options::default());
    let before = world.db.commits();
    let mut batch = world.db.batch().unwrap();
    for number in 0..1000 {
        batch.write(|tx| insert(tx, &format!("{number}"), number)).unwrap();
    }
    let again = batch.write(|tx| insert(tx, "999", 1)).unwrap_err();
    assert_eq!(again.constraint(), Some(Constraint::Unique));
    assert_eq!(count(&world.db), 0, "nobody sees it before the commit");
    batch.commit().unwrap();
    assert_eq!((count(&world.db), world.db.commits() - before), (1000, 1));

    let mut dropped = world.db.batch().unwrap();
    dropped.write(|tx| insert(tx, "dropped", 1)).unwrap();
    drop(dropped);
    assert_eq!(count(&world.db), 1000);
}

#[test]
fn readers_keep_their_picture_while_others_write() {
    let world = world(Options::default());
    world.db.write_now(|tx| insert(tx, "before", 1)).unwrap();
    let seen = world
        .db
        .read_now(|tx| {
            let first: i64 = tx.one(COUNT, args![])?;
            world.db.write_now(|tx| insert(tx, "meanwhile", 1))?;
            let second: i64 = tx.one(COUNT, args![])?;
            Ok::<_, StorageError>((first, second))
        })
        .unwrap();
    assert_eq!((seen, count(&world.db)), ((1, 1), 2));
    let refused = world.db.read_now(|tx| tx.one::<i64>(INSERT_RETURNING, args!["x"])).unwrap_err();
    assert!(matches!(refused, StorageError::ReadOnly { .. }), "{refused}");
}

#[test]
fn many_readers_run_at_once_and_a_panic_costs_none_of_them() {
    let world = world(Options { readers: 2, ..Options::default() });
    world.db.write_now(|tx| insert(tx, "a", 1)).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    runtime.block_on(async {
        let broken = world.db.read(|_| -> Result<i64, StorageError> { panic!("the reader broke") }).await;
        assert!(matches!(broken, Err(StorageError::Panicked { .. })));
        let callers: Vec<_> = (0..50)
            .map(|_| {
                let db = world.db.clone();
                tokio::spawn(async move { db.read(|tx| tx.one::<i64>(COUNT, args![])).await })
            })
            .collect();
        for caller in callers {
            assert_eq!(caller.await.unwrap().unwrap(), 1);
        }
    });
}

#[test]
fn ten_thousand_writes_from_many_callers_all_arrive() {
    let world = world(Options { durability: Durability::Relaxed, checkpoint_pages: 16, ..Options::default() });
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    runtime.block_on(async {
        let callers: Vec<_> = (0..100)
            .map(|caller| {
                let db = world.db.clone();
                tokio::spawn(async move {
                    for number in 0..100 {
                        db.write(move |tx| insert(tx, &format!("{caller}/{number}"), number)).await.unwrap();
                    }
                })
            })
            .collect();
        for caller in callers {
            caller.await.unwrap();
        }
    });
    assert_eq!(count(&world.db), 10_000);
    assert!(world.db.commits() < 9_000, "{} commits", world.db.commits());
    let log = world.folder.path().join("office.db-wal");
    // Without emptying, the log would keep every page of every commit: far over a hundred times this.
    assert!(log.metadata().unwrap().len() < 8 << 20, "the log grew to {} bytes", log.metadata().unwrap().len());
    let world = world.reopened();
    assert_eq!(count(&world.db), 10_000);
}

#[test]
fn a_dropped_caller_is_not_served() {
    let world = world(Options::default());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let batch = world.db.batch().unwrap();
        let ran = Arc::new(AtomicUsize::new(0));
        let (inside, db) = (Arc::clone(&ran), world.db.clone());
        let gone = tokio::spawn(async move {
            db.write(move |tx| {
                inside.fetch_add(1, Ordering::SeqCst);
                insert(tx, "gone", 1)
            })
            .await
        });
        tokio::task::yield_now().await;
        gone.abort();
        assert!(gone.await.unwrap_err().is_cancelled());
        drop(batch);
        world.db.write(|tx| insert(tx, "stays", 1)).await.unwrap();
        assert_eq!(ran.load(Ordering::SeqCst), 0);
    });
    assert_eq!(count(&world.db), 1);
}

#[test]
fn a_full_database_refuses_who_is_too_big_and_serves_the_others() {
    let world = world(Options { size_mib_max: Some(1), ..Options::default() });
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let batch = world.db.batch().unwrap();
        let callers: Vec<_> = (0..9)
            .map(|number| {
                let db = world.db.clone();
                tokio::spawn(async move {
                    let size = if number % 3 == 1 { 4 << 20 } else { 10 };
                    db.write(move |tx| {
                        insert(tx, &format!("{number}"), 1)?;
                        tx.exec(INSERT_FILE, args![number, vec![0_u8; size]])
                    })
                    .await
                })
            })
            .collect();
        tokio::task::yield_now().await;
        drop(batch);
        for (number, caller) in callers.into_iter().enumerate() {
            match (number % 3, caller.await.unwrap()) {
                (1, Err(error)) => {
                    assert!(matches!(error, StorageError::Full { .. }), "{error}");
                    assert!(error.is_unavailable());
                }
                (0 | 2, Ok(rows)) => assert_eq!(rows, 1),
                (_, other) => panic!("caller {number} heard {other:?}"),
            }
        }
    });
    let files: i64 = world.db.read_now(|tx| tx.one(COUNT_FILES, args![])).unwrap();
    assert_eq!((count(&world.db), files), (6, 6));
}

#[test]
fn a_closure_that_swallows_a_full_disk_keeps_nothing() {
    let world = world(Options { size_mib_max: Some(1), ..Options::default() });
    let outcome = world.db.write_now(|tx| {
        insert(tx, "first", 1)?;
        let full = tx.exec(INSERT_FILE, args![1, vec![0_u8; 4 << 20]]);
        assert!(matches!(full, Err(StorageError::Full { .. })));
        insert(tx, "second", 1)
    });
    // SQLite may give up the statement or the whole transaction; either way the row and the answer agree.
    assert_eq!(count(&world.db), if outcome.is_ok() { 2 } else { 0 }, "{outcome:?}");
    world.db.write_now(|tx| insert(tx, "third", 1)).unwrap();
}

#[test]
fn rules_of_the_schema_are_told_apart() {
    let world = world(Options::default());
    world.db.write_now(|tx| insert(tx, "a", 1)).unwrap();
    let rule = |outcome: Result<u64, StorageError>| outcome.unwrap_err().constraint();
    assert_eq!(rule(world.db.write_now(|tx| insert(tx, "a", 1))), Some(Constraint::Unique));
    assert_eq!(rule(world.db.write_now(|tx| insert(tx, "b", -1))), Some(Constraint::Check));
    let nothing = world.db.write_now(|tx| tx.exec(INSERT, args!["b", None::<i64>, "x"]));
    assert_eq!(rule(nothing), Some(Constraint::NotNull));
    let orphan = world.db.write_now(|tx| tx.exec(INSERT_CHILD, args!["nobody"]));
    assert_eq!(rule(orphan), Some(Constraint::ForeignKey));
    assert_eq!(world.db.write_now(|tx| tx.one::<i64>(INSERT_RETURNING, args!["a"])).unwrap(), 2);
}

#[test]
fn a_killed_program_loses_nothing_it_promised() {
    let folder = tempfile::tempdir().unwrap();
    let told = killed_while_writing(folder.path());
    let db = Db::open(&folder.path().join("office.db"), Options::default()).unwrap();
    let kept = count(&db);
    assert!(told > 0 && kept >= told, "{told} were promised and {kept} kept");
    db.write_now(|tx| insert(tx, "afterwards", 1)).unwrap();
}

/// Runs this test program as another process that writes until it is killed; says how many writes it confirmed.
fn killed_while_writing(folder: &Path) -> i64 {
    use std::io::{BufRead, BufReader};
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "engine::writes_until_killed", "--nocapture"])
        .env("STORAGE_TEST_KILLED_IN", folder)
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let mut told = 0;
    for line in output.lines().map_while(Result::ok) {
        told += i64::from(line.starts_with("kept "));
        if told == 25 {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    told
}

/// Not a test by itself: the other process of the one above.
#[test]
fn writes_until_killed() {
    let Ok(folder) = std::env::var("STORAGE_TEST_KILLED_IN") else { return };
    let db = Db::open(&Path::new(&folder).join("office.db"), Options::default()).unwrap();
    db.write_now(|tx| tx.exec(CREATE, args![])).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for number in 0.. {
        runtime.block_on(db.write(move |tx| insert(tx, &format!("{number}"), number))).unwrap();
        println!("\nkept {number}");
    }
}

#[test]
fn two_programs_may_write_one_after_the_other() {
    let world = world(Options::default());
    let other = Db::open(&world.folder.path().join("office.db"), Options::default()).unwrap();
    let (began, begins) = mpsc::channel();
    std::thread::scope(|scope| {
        let mut batch = world.db.batch().unwrap();
        batch.write(|tx| insert(tx, "first", 1)).unwrap();
        scope.spawn(move || {
            began.send(()).unwrap();
            other.write_now(|tx| insert(tx, "second", 1)).unwrap();
        });
        begins.recv().unwrap();
        batch.commit().unwrap();
    });
    assert_eq!(count(&world.db), 2);
}

#[test]
fn a_database_of_a_newer_program_is_refused_in_words() {
    let World { db, folder } = world(Options::default());
    db.write_now(|tx| tx.exec(FROM_THE_FUTURE, args![])).unwrap();
    drop(db);
    let refused = Db::open(&folder.path().join("office.db"), Options::default()).unwrap_err();
    assert!(matches!(refused, StorageError::NewerSchema { found: 9999, .. }));
    assert!(refused.to_string().contains("newer program"), "{refused}");
}

#[cfg(unix)]
#[test]
fn nobody_else_on_the_machine_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let world = world(Options::default());
    for name in ["office.db", "office.db-wal"] {
        let mode = world.folder.path().join(name).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_file_that_cannot_be_a_database_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let open = |path: &Path| Db::open(path, Options::default()).unwrap_err();
    let missing = open(&folder.path().join("nowhere").join("office.db"));
    assert!(matches!(missing, StorageError::CannotOpen { .. }) && missing.is_unavailable());
    assert!(missing.to_string().contains("nowhere") && missing.to_string().contains("writable"), "{missing}");

    let letter = folder.path().join("letter.txt");
    std::fs::write(&letter, "Kính gửi Ủy ban nhân dân phường, ".repeat(100)).unwrap();
    let text = open(&letter);
    assert!(matches!(text, StorageError::Corrupt { .. }), "{text}");
    assert!(std::fs::read_to_string(&letter).unwrap().starts_with("Kính gửi"), "it was not touched");
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_is_refused_in_words() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let closed = folder.path().join("closed");
    std::fs::create_dir(&closed).unwrap();
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o555)).unwrap();
    // Whoever may do everything is not stopped by permissions; the kernel's own folder stops everybody.
    let privileged = std::fs::write(closed.join("probe"), "").is_ok();
    let path = if privileged { Path::new("/proc/office.db").to_owned() } else { closed.join("office.db") };
    let refused = Db::open(&path, Options::default()).unwrap_err();
    assert!(matches!(refused, StorageError::CannotOpen { .. }), "{refused}");
    assert!(refused.to_string().contains("must exist and be writable"), "{refused}");
}

#[test]
fn statements_can_be_understood_without_running_them() {
    let world = world(Options::default());
    let shape = world.db.read_now(|tx| tx.shape(FIND)).unwrap();
    assert_eq!((shape.arguments, shape.reads_only), (1, true));
    assert_eq!(shape.columns, ["code", "number", "note"]);
    let wrong = world.db.read_now(|tx| tx.shape(WRONG)).unwrap_err();
    assert!(wrong.to_string().contains("engine::WRONG"), "{wrong}");
    let names: Vec<_> = STATEMENTS.iter().map(|statement| statement.name()).collect();
    assert!(names.contains(&"INSERT_REVERSED") && names.len() == 19, "{names:?}");
}
