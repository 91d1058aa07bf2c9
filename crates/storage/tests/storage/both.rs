//! What the engine promises on either database.

use std::process::Command;

use crate::world::{ALL, COUNT, FIND, INSERT, Kind, SET, Slip, World, count, insert, on_both, run};
use storage::{
    args,
    engine::{Constraint, Db, Durability, Options, Place, StorageError},
};

storage::statements! {
    INSERT_CHILD: "INSERT INTO try_child (code) VALUES ($1)";
    /// The arguments stand in the text in another order than they are numbered, and one is used twice.
    INSERT_REVERSED: "INSERT INTO try_slip (note, number, code) VALUES ('costs $9; ' || $3 || $1, $2, $1)";
    INSERT_RETURNING: "INSERT INTO try_slip (code, number) VALUES ($1, 1)
        ON CONFLICT (code) DO UPDATE SET number = try_slip.number + 1 RETURNING number";
    INSERT_KINDS: "INSERT INTO try_kinds (flag, bytes, id, absent, number, word) VALUES ($1, $2, $3, $4, $5, $6)";
    KINDS: "SELECT flag, bytes, id, absent, number, word FROM try_kinds";
    AFTER: "SELECT code FROM try_slip WHERE ($1 = 0 OR number > $1) AND ($2 = '' OR code = $2) ORDER BY code";
    HOUSE_NAMES: "SELECT name FROM house ORDER BY name";
    FROM_THE_FUTURE: "INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
        VALUES (9999, 'from_the_future', '2030-01-01T00:00:00Z', '1')";
    WRONG: "SELECT no_such_column FROM try_slip";
    IS_TEXT: "SELECT 'chín'";
    IS_REAL: "SELECT 0.5";
    IS_FLAG: "SELECT 2 > 1";
}

on_both!(
    a_row_goes_in_and_comes_back,
    arguments_go_by_their_number_not_by_their_place,
    every_kind_of_value_comes_back_as_it_was,
    a_moment_fits_where_a_statement_compares_with_nought,
    texts_are_sorted_by_their_bytes,
    an_error_or_a_panic_undoes_only_its_own_work,
    what_was_told_ahead_is_done_or_refused,
    a_batch_is_kept_whole_or_not_at_all,
    readers_keep_their_picture_while_others_write,
    many_readers_run_at_once_and_a_panic_costs_none_of_them,
    writes_from_many_callers_all_arrive,
    who_locks_before_reading_loses_no_write,
    rules_of_the_schema_are_told_apart,
    nobody_asks_while_rows_are_handed_out,
    two_programs_may_write_one_after_the_other,
    a_database_of_a_newer_program_is_refused_in_words,
    statements_can_be_understood_without_running_them,
    a_killed_program_loses_nothing_it_promised,
);

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

fn a_row_goes_in_and_comes_back(kind: Kind) {
    let world = World::new(kind, Options::default());
    let slip = Slip { code: "H29.18-260301-0001".to_owned(), number: 3, note: Some("Đặng Thị Nở".to_owned()) };
    world.db.write_now(|tx| tx.exec(INSERT, args![slip.code, slip.number, slip.note])).unwrap();
    let world = world.reopened();
    let found: Option<Slip> = world.db.read_now(|tx| tx.opt(FIND, args![slip.code])).unwrap();
    assert_eq!(found, Some(slip));
    let missing = world.db.read_now(|tx| tx.one::<Slip>(FIND, args!["H29.18-260301-0002"])).unwrap_err();
    assert!(matches!(missing, StorageError::NoRow { .. }));
    assert!(missing.to_string().contains("world::FIND"), "{missing}");
}

fn arguments_go_by_their_number_not_by_their_place(kind: Kind) {
    let world = World::new(kind, Options::default());
    world.db.write_now(|tx| tx.exec(INSERT_REVERSED, args!["mã", 7, "ghi chú "])).unwrap();
    let found: Slip = world.db.read_now(|tx| tx.one(ALL, args![])).unwrap();
    assert_eq!(found, Slip { code: "mã".to_owned(), number: 7, note: Some("costs $9; ghi chú mã".to_owned()) });
    let too_few = world.db.write_now(|tx| tx.exec(INSERT, args!["mã"])).unwrap_err();
    assert!(too_few.to_string().contains("world::INSERT"), "{too_few}");
}

fn every_kind_of_value_comes_back_as_it_was(kind: Kind) {
    let world = World::new(kind, Options::default());
    let (flag, bytes, id, none) = (true, vec![0_u8, 255], [7_u8; 16], None::<u32>);
    type Kinds = (bool, Vec<u8>, [u8; 16], Option<u32>, u16, String);
    world.db.write_now(|tx| tx.exec(INSERT_KINDS, args![flag, bytes, id, none, 65_535_u16, "chữ"])).unwrap();
    let back: Kinds = world.db.read_now(|tx| tx.one(KINDS, args![])).unwrap();
    assert_eq!(back, (flag, bytes, id, none, 65_535, "chữ".to_owned()));
    assert!(world.db.read_now(|tx| tx.one::<bool>(IS_FLAG, args![])).unwrap());
    let text = world.db.read_now(|tx| tx.one::<i64>(IS_TEXT, args![])).unwrap_err();
    assert!(text.to_string().contains("column 0 held text instead of an integer"), "{text}");
    let real = world.db.read_now(|tx| tx.one::<i64>(IS_REAL, args![])).unwrap_err();
    assert!(real.to_string().contains("a real number"), "{real}");
}

fn a_moment_fits_where_a_statement_compares_with_nought(kind: Kind) {
    let world = World::new(kind, Options::default());
    let moment = 1_743_379_200_000_000_i64;
    world.db.write_now(|tx| insert(tx, "a", moment + 1)).unwrap();
    let after = |than: i64| world.db.read_now(|tx| tx.all::<String>(AFTER, args![than, ""])).unwrap();
    assert_eq!((after(moment).len(), after(moment + 1).len(), after(0).len()), (1, 0, 1));
}

fn texts_are_sorted_by_their_bytes(kind: Kind) {
    let world = World::founded(kind, Options::default());
    let names = ["Ân", "an", "Bình", "Zung", "ánh"];
    world.db.write_now(|tx| names.iter().try_for_each(|name| storage::house::put_text(tx, name, ""))).unwrap();
    let mut expected = names.to_vec();
    expected.sort_unstable();
    let found: Vec<String> = world.db.read_now(|tx| tx.all(HOUSE_NAMES, args![])).unwrap();
    assert_eq!(found, expected);
}

fn an_error_or_a_panic_undoes_only_its_own_work(kind: Kind) {
    let world = World::new(kind, Options::default());
    run(async {
        // In a file, everybody queues up behind the batch.
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

fn what_was_told_ahead_is_done_or_refused(kind: Kind) {
    let world = World::new(kind, Options::default());
    let before = world.db.commits();
    world
        .db
        .write_now(|tx| {
            for number in 0..150 {
                tx.put(INSERT, args![format!("{number:03}"), number, "trước"])?;
            }
            // Who reads sees what was told before.
            let seen: i64 = tx.one(COUNT, args![])?;
            tx.put(INSERT, args!["sau", seen, None::<String>])
        })
        .unwrap();
    assert_eq!((count(&world.db), world.db.commits() - before), (151, 1));
    assert!(world.db.syncs().is_ok(), "each says how often it waited for its disk");
    let refused = world
        .db
        .write_now(|tx| {
            tx.put(INSERT, args!["mới", 1, None::<String>])?;
            tx.put(INSERT, args!["001", 1, None::<String>])?;
            tx.put(INSERT, args!["mới hơn", 1, None::<String>])
        })
        .unwrap_err();
    assert_eq!(refused.constraint(), Some(Constraint::Unique));
    assert!(refused.to_string().contains("world::INSERT"), "{refused}");
    assert!(!refused.to_string().contains("001"), "no value in the words of a fault: {refused}");
    assert_eq!(count(&world.db), 151);
}

fn a_batch_is_kept_whole_or_not_at_all(kind: Kind) {
    let world = World::new(kind, Options::default());
    let before = world.db.commits();
    let mut batch = world.db.batch().unwrap();
    for number in 0..1000 {
        batch.write(|tx| tx.put(INSERT, args![format!("{number}"), number, None::<String>])).unwrap();
    }
    let again = batch.write(|tx| tx.put(INSERT, args!["999", 1, None::<String>])).unwrap_err();
    assert_eq!(again.constraint(), Some(Constraint::Unique));
    assert_eq!(count(&world.db), 0, "nobody sees it before the commit");
    batch.commit().unwrap();
    assert_eq!((count(&world.db), world.db.commits() - before), (1000, 1));

    let mut dropped = world.db.batch().unwrap();
    dropped.write(|tx| insert(tx, "dropped", 1)).unwrap();
    drop(dropped);
    assert_eq!(count(&world.db), 1000);
}

fn readers_keep_their_picture_while_others_write(kind: Kind) {
    let world = World::new(kind, Options::default());
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

fn many_readers_run_at_once_and_a_panic_costs_none_of_them(kind: Kind) {
    let world = World::new(kind, Options { readers: 2, ..Options::default() });
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

fn writes_from_many_callers_all_arrive(kind: Kind) {
    let each = if kind == Kind::InFile { 100 } else { 20 };
    let world = World::new(kind, Options { durability: Durability::Relaxed, ..Options::default() });
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    runtime.block_on(async {
        let callers: Vec<_> = (0..100)
            .map(|caller| {
                let db = world.db.clone();
                tokio::spawn(async move {
                    for number in 0..each {
                        db.write(move |tx| insert(tx, &format!("{caller}/{number}"), number)).await.unwrap();
                    }
                })
            })
            .collect();
        for caller in callers {
            caller.await.unwrap();
        }
    });
    let world = world.reopened();
    assert_eq!(count(&world.db), 100 * each);
}

fn who_locks_before_reading_loses_no_write(kind: Kind) {
    let world = World::new(kind, Options::default());
    world.db.write_now(|tx| insert(tx, "hàng", 0)).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    runtime.block_on(async {
        let callers: Vec<_> = (0..200)
            .map(|_| {
                let db = world.db.clone();
                tokio::spawn(async move {
                    db.write(|tx| {
                        tx.lock("try", "hàng".as_bytes())?;
                        let it: Slip = tx.one(FIND, args!["hàng"])?;
                        tx.exec(SET, args![it.code, it.number + 1])
                    })
                    .await
                })
            })
            .collect();
        for caller in callers {
            assert_eq!(caller.await.unwrap().unwrap(), 1);
        }
    });
    let end: Slip = world.db.read_now(|tx| tx.one(ALL, args![])).unwrap();
    assert_eq!(end.number, 200);
}

fn rules_of_the_schema_are_told_apart(kind: Kind) {
    let world = World::new(kind, Options::default());
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

fn nobody_asks_while_rows_are_handed_out(kind: Kind) {
    let world = World::new(kind, Options::default());
    world.db.write_now(|tx| insert(tx, "a", 1)).unwrap();
    let asked = world.db.read_now(|tx| {
        tx.each(ALL, args![], |_: Slip| tx.one::<i64>(COUNT, args![]).map(|_| ()))?;
        Ok::<_, StorageError>(())
    });
    assert!(matches!(asked, Err(StorageError::Driver { .. })), "{asked:?}");
    assert_eq!(count(&world.db), 1, "the connection is as good as before");
}

fn two_programs_may_write_one_after_the_other(kind: Kind) {
    let world = World::new(kind, Options::default());
    let other = world.another();
    let (began, begins) = std::sync::mpsc::channel();
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

fn a_database_of_a_newer_program_is_refused_in_words(kind: Kind) {
    let world = World::founded(kind, Options::default());
    world.db.write_now(|tx| tx.exec(FROM_THE_FUTURE, args![])).unwrap();
    let refused = Db::at(&world.place, Options::default()).unwrap_err();
    assert!(matches!(refused, StorageError::NewerSchema { found: 9999, .. }), "{refused}");
    assert!(refused.to_string().contains("newer program"), "{refused}");
}

fn statements_can_be_understood_without_running_them(kind: Kind) {
    let world = World::new(kind, Options::default());
    let shape = world.db.read_now(|tx| tx.shape(FIND)).unwrap();
    assert_eq!((shape.arguments, shape.reads_only), (1, true));
    assert_eq!((shape.columns, shape.strange), (vec!["code".into(), "number".into(), "note".into()], vec![]));
    let wrong = world.db.read_now(|tx| tx.shape(WRONG)).unwrap_err();
    assert!(wrong.to_string().contains("both::WRONG"), "{wrong}");
    assert!(crate::world::STATEMENTS.iter().any(|statement| statement.name() == "FIND"));
}

/// Names the place to the other process.
const KILLED_IN: &str = "STORAGE_TEST_KILLED_IN";

fn a_killed_program_loses_nothing_it_promised(kind: Kind) {
    let world = World::new(kind, Options::default());
    let told = killed_while_writing(&world.place);
    let kept = count(&world.db);
    assert!(told > 0 && kept >= told, "{told} were promised and {kept} kept");
    world.db.write_now(|tx| insert(tx, "afterwards", 1)).unwrap();
}

/// Runs this test program as another process that writes until it is killed; says how many writes it confirmed.
fn killed_while_writing(place: &Place) -> i64 {
    use std::io::{BufRead, BufReader};
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "both::writes_until_killed", "--nocapture"])
        .env(KILLED_IN, place.to_string())
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
    let Ok(place) = std::env::var(KILLED_IN) else { return };
    let db = Db::at(&Place::parse(&place).unwrap(), Options::default()).unwrap();
    for number in 0_i64.. {
        run(db.write(move |tx| insert(tx, &format!("{number}"), number))).unwrap();
        println!("\nkept {number}");
    }
}
