//! What only a server does: it cuts connections, makes two step back from each other, and forgets nobody's words.

use std::sync::{
    Arc, Barrier,
    atomic::{AtomicUsize, Ordering},
};

use crate::world::{FIND, INSERT, Kind, Slip, World, count, insert};
use storage::{
    args,
    engine::{Constraint, Db, Options, Place, StorageError},
};

storage::statements! {
    CUT_MINE: "SELECT pg_terminate_backend(pg_backend_pid())";
    CUT_OTHERS: "SELECT count(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()) cut";
    CREATE_LATE: "CREATE TABLE try_late (code TEXT REFERENCES try_slip (code) DEFERRABLE INITIALLY DEFERRED)";
    INSERT_LATE: "INSERT INTO try_late (code) VALUES ($1)";
    CREATE_CUTTING: "CREATE FUNCTION try_cut() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(10); RETURN NULL; END'";
    CUT_AT_COMMIT: "CREATE CONSTRAINT TRIGGER try_cut AFTER INSERT ON try_slip DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION try_cut()";
    SLOW: "SELECT pg_sleep(5)";
    LANGUAGE: "SELECT current_setting('synchronous_commit')";
}

fn world() -> World {
    World::new(Kind::OnServer, Options::default())
}

#[test]
fn a_closure_whose_connection_was_cut_runs_again_and_once_only_counts() {
    let world = world();
    let runs = AtomicUsize::new(0);
    let rows = world
        .db
        .write_now(|tx| {
            let rows = insert(tx, "a", 1)?;
            if runs.fetch_add(1, Ordering::SeqCst) == 0 {
                let cut = tx.opt::<bool>(CUT_MINE, args![]);
                assert!(matches!(cut, Err(StorageError::Cut { .. })), "{cut:?}");
                cut?;
            }
            Ok::<_, StorageError>(rows)
        })
        .unwrap();
    assert_eq!((rows, runs.load(Ordering::SeqCst), count(&world.db)), (1, 2, 1));
}

#[test]
fn connections_that_were_cut_while_they_lay_idle_are_noticed() {
    let world = world();
    let other = world.another();
    world.db.write_now(|tx| insert(tx, "a", 1)).unwrap();
    for round in 0..20 {
        let cut: i64 = other.read_now(|tx| tx.one(CUT_OTHERS, args![])).unwrap();
        assert!(cut > 0, "round {round}");
        assert_eq!(count(&world.db), 1 + round);
        world.db.write_now(|tx| insert(tx, &format!("{round}"), 1)).unwrap();
    }
}

#[test]
fn a_commit_nobody_answered_is_said_to_be_unconfirmed_and_never_runs_again() {
    let world = world();
    for statement in [CREATE_CUTTING, CUT_AT_COMMIT] {
        world.db.write_now(|tx| tx.exec(statement, args![])).unwrap();
    }
    let runs = AtomicUsize::new(0);
    let outcome = world.db.write_now(|tx| {
        runs.fetch_add(1, Ordering::SeqCst);
        insert(tx, "a", 1)
    });
    assert!(matches!(outcome, Err(StorageError::Unconfirmed { .. })), "{outcome:?}");
    assert!(outcome.is_err_and(|error| error.is_unavailable()));
    assert_eq!((runs.load(Ordering::SeqCst), count(&world.db)), (1, 0));
}

#[test]
fn a_commit_that_breaks_a_rule_is_surely_not_kept() {
    let world = world();
    world.db.write_now(|tx| tx.exec(CREATE_LATE, args![])).unwrap();
    let refused = world.db.write_now(|tx| {
        insert(tx, "a", 1)?;
        tx.put(INSERT_LATE, args!["nobody"])
    });
    assert_eq!(refused.unwrap_err().constraint(), Some(Constraint::ForeignKey));
    assert_eq!(count(&world.db), 0);
}

#[test]
fn a_closure_that_swallows_an_error_keeps_nothing() {
    let world = world();
    world.db.write_now(|tx| insert(tx, "a", 1)).unwrap();
    let outcome = world.db.write_now(|tx| {
        insert(tx, "b", 1)?;
        assert!(insert(tx, "b", -1).is_err());
        Ok::<_, StorageError>(())
    });
    assert!(matches!(outcome, Err(StorageError::Lost { .. })), "{outcome:?}");
    let mut batch = world.db.batch().unwrap();
    batch.write(|tx| insert(tx, "c", 1)).unwrap();
    let part = batch.write(|tx| {
        drop(insert(tx, "d", -1));
        Ok::<_, StorageError>(())
    });
    assert!(matches!(part, Err(StorageError::Lost { .. })), "{part:?}");
    batch.commit().unwrap();
    assert_eq!(count(&world.db), 2, "what came before in the batch stays");
}

#[test]
fn two_who_wait_for_each_other_both_get_through() {
    let world = world();
    let (first_run, runs) = (Arc::new(Barrier::new(2)), AtomicUsize::new(0));
    let crossed = |one: &'static str, other: &'static str| {
        let met = std::cell::Cell::new(false);
        world.db.write_now(|tx| {
            runs.fetch_add(1, Ordering::SeqCst);
            tx.lock("try", one.as_bytes())?;
            insert(tx, one, 1)?;
            if !met.replace(true) {
                first_run.wait();
            }
            tx.lock("try", other.as_bytes())?;
            tx.opt::<Slip>(FIND, args![other])
        })
    };
    std::thread::scope(|scope| {
        let one = scope.spawn(|| crossed("a", "b"));
        let other = scope.spawn(|| crossed("b", "a"));
        one.join().unwrap().unwrap();
        other.join().unwrap().unwrap();
    });
    assert_eq!((count(&world.db), runs.load(Ordering::SeqCst)), (2, 3), "one of them stepped back once");
}

#[test]
fn who_came_second_sees_what_the_first_wrote() {
    let world = world();
    let (both_looked, runs) = (Arc::new(Barrier::new(2)), AtomicUsize::new(0));
    let answer = || {
        let looked = std::cell::Cell::new(false);
        world.db.write_now(|tx| {
            runs.fetch_add(1, Ordering::SeqCst);
            if let Some(there) = tx.opt::<Slip>(FIND, args!["khóa"])? {
                return Ok::<_, StorageError>(there.number);
            }
            if !looked.replace(true) {
                both_looked.wait();
            }
            tx.put(INSERT, args!["khóa", 7, None::<String>])?;
            Ok(7)
        })
    };
    std::thread::scope(|scope| {
        let (one, other) = (scope.spawn(answer), scope.spawn(answer));
        assert_eq!((one.join().unwrap().unwrap(), other.join().unwrap().unwrap()), (7, 7));
    });
    assert_eq!((count(&world.db), runs.load(Ordering::SeqCst)), (1, 3));
}

#[test]
fn a_statement_that_takes_too_long_is_given_up() {
    let world = world();
    let hurried = Db::at(&world.place, Options { patience_seconds: 1, ..Options::default() }).unwrap();
    let given_up = hurried.read_now(|tx| tx.shape(SLOW).and_then(|_| tx.opt::<bool>(SLOW, args![])));
    assert!(matches!(given_up, Err(StorageError::Busy { .. })), "{given_up:?}");
}

#[test]
fn it_reads_and_writes_within_a_runtime_that_has_no_thread_to_spare() {
    let world = world();
    crate::world::run(async {
        let seen = world.db.read_now(|tx| tx.one::<String>(LANGUAGE, args![])).unwrap();
        assert_eq!(seen, "on");
        // More statements than the runtime lets a task wait for in one go.
        for number in 0..300 {
            world.db.write_now(|tx| insert(tx, &format!("{number}"), number)).unwrap();
        }
        let all = tokio::spawn({
            let db = world.db.clone();
            async move { db.read(|tx| tx.one::<i64>(crate::world::COUNT, args![])).await }
        });
        assert_eq!(all.await.unwrap().unwrap(), 300);
        // The last clone goes where tokio allows nobody to wait.
        let World { db, .. } = world;
        drop(db);
    });
}

#[test]
fn a_server_that_is_not_there_is_refused_in_words() {
    let place = Place::parse("postgres://motcua@%2Fno%2Fsuch%2Ffolder/motcua").unwrap();
    let refused = Db::at(&place, Options::default()).unwrap_err();
    assert!(matches!(refused, StorageError::CannotReach { .. }) && refused.is_unavailable(), "{refused}");
    assert!(refused.to_string().contains("postgres://motcua@"), "{refused}");
}
