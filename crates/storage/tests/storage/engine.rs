//! What only a database in a file promises: one writer gathers, files are private, a full disk fails who is too big.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use crate::world::{COUNT, FIND, INSERT, Kind, Slip, World, count, insert};
use storage::{
    args,
    engine::{Constraint, Db, Durability, Options, StorageError},
};

storage::statements! {
    CREATE_LATE: "CREATE TABLE try_late (code TEXT REFERENCES try_slip (code) DEFERRABLE INITIALLY DEFERRED) STRICT";
    INSERT_LATE: "INSERT INTO try_late (code) VALUES ($1)";
    INSERT_FILE: "INSERT INTO try_file (id, body) VALUES ($1, $2)";
    COUNT_FILES: "SELECT count(*) FROM try_file";
    ERASE_FILE: "DELETE FROM try_file WHERE id = $1";
    FIND_NONE: "SELECT number FROM try_slip WHERE code = 'nobody'";
    EMPTY_FILE: "UPDATE try_file SET body = $2 WHERE id = $1";
}

fn world(options: Options) -> World {
    World::new(Kind::InFile, options)
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
fn a_crowd_of_callers_shares_its_commits_and_one_alone_waits_for_nobody() {
    let world = world(Options::default());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let before = world.db.commits();
    runtime.block_on(async {
        let callers: Vec<_> = (0..64)
            .map(|caller| {
                let db = world.db.clone();
                tokio::spawn(async move {
                    for number in 0..20 {
                        db.write(move |tx| insert(tx, &format!("{caller}/{number}"), number)).await.unwrap();
                    }
                })
            })
            .collect();
        for caller in callers {
            caller.await.unwrap();
        }
    });
    let commits = world.db.commits() - before;
    assert!(commits * 10 <= 64 * 20, "1,280 writes of 64 callers took {commits} commits");
    let before = world.db.commits();
    runtime.block_on(async {
        for number in 0..10 {
            world.db.write(move |tx| insert(tx, &format!("alone/{number}"), number)).await.unwrap();
        }
    });
    assert_eq!(world.db.commits() - before, 10);
    assert_eq!(count(&world.db), 64 * 20 + 10);
}

#[test]
fn what_a_failed_closure_wrote_goes_and_the_others_run_again_at_most_once() {
    let world = world(Options::default());
    let runs: Arc<[AtomicUsize; 9]> = Arc::default();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let batch = world.db.batch().unwrap();
        let callers: Vec<_> = (0..9)
            .map(|number| {
                let (db, runs) = (world.db.clone(), Arc::clone(&runs));
                tokio::spawn(async move {
                    db.write(move |tx| {
                        runs[number].fetch_add(1, Ordering::Relaxed);
                        // The third says no before it writes anything, the fifth and the seventh after it.
                        if number != 2 {
                            insert(tx, &format!("{number}"), 1)?;
                        }
                        if [2, 4, 6].contains(&number) { Err(StorageError::Closed) } else { Ok(()) }
                    })
                    .await
                })
            })
            .collect();
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        drop(batch);
        for (number, caller) in callers.into_iter().enumerate() {
            assert_eq!(caller.await.unwrap().is_err(), [2, 4, 6].contains(&number), "caller {number}");
        }
    });
    assert_eq!(count(&world.db), 6);
    let runs: Vec<usize> = runs.iter().map(|it| it.load(Ordering::Relaxed)).collect();
    assert!(runs.iter().all(|it| (1..=2).contains(it)), "{runs:?}");
    // A slow machine may make two commits of them: then one of those behind the first that failed can be there twice, too.
    assert!(runs[..4].contains(&2) && runs[4..].iter().filter(|it| **it == 1).count() >= 3, "{runs:?}");
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
    let log = world.folder().join("office.db-wal");
    // Without emptying, the log would keep every page of every commit: far over a hundred times this.
    assert!(log.metadata().unwrap().len() < 8 << 20, "the log grew to {} bytes", log.metadata().unwrap().len());
    let world = world.reopened();
    assert_eq!(count(&world.db), 10_000);
}

/// Longer than a test.
const AN_HOUR: Duration = Duration::from_secs(3_600);

#[test]
fn whoever_reads_after_a_commit_sees_it_however_long_pictures_are_kept() {
    let world = world(Options { durability: Durability::Relaxed, picture_kept: AN_HOUR, ..Options::default() });
    for number in 0..100 {
        assert_eq!((count(&world.db), count(&world.db)), (number, number));
        world.db.write_now(|tx| insert(tx, &format!("{number}"), number)).unwrap();
    }
    let mut batch = world.db.batch().unwrap();
    batch.write(|tx| insert(tx, "batch", 1)).unwrap();
    batch.commit().unwrap();
    assert_eq!(count(&world.db), 101);
    let failed = world.db.read_now(|tx| tx.one::<i64>(FIND_NONE, args![]));
    assert!(matches!(failed, Err(StorageError::NoRow { .. })));
    let panicked = world.db.read_now(|_| -> Result<(), StorageError> { panic!("a closure that reads") });
    assert!(matches!(panicked, Err(StorageError::Panicked { .. })));
    let within = world.db.read_now(|tx| Ok::<_, StorageError>((tx.one::<i64>(COUNT, args![])?, count(&world.db))));
    assert_eq!(within.unwrap(), (101, 101), "one who reads may read beside that");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().unwrap();
    runtime.block_on(async {
        let callers: Vec<_> = (0..8)
            .map(|caller| {
                let db = world.db.clone();
                tokio::spawn(async move {
                    for number in 0..50 {
                        let code = format!("{caller}/{number}");
                        let own = code.clone();
                        db.write(move |tx| insert(tx, &own, number)).await.unwrap();
                        let seen = db.read_now(|tx| tx.opt::<Slip>(FIND, args![code])).unwrap();
                        assert_eq!(seen.map(|it| it.number), Some(number), "what was told to be kept is seen");
                        assert_eq!(db.ask::<Slip>(FIND, args![code]).unwrap().map(|it| it.number), Some(number));
                    }
                })
            })
            .collect();
        for caller in callers {
            caller.await.unwrap();
        }
    });
    assert_eq!(count(&world.db), 501);
}

#[test]
fn another_program_s_commits_are_seen_when_a_picture_ends_and_it_closes_the_file_at_once() {
    let world = world(Options { picture_kept: AN_HOUR, ..Options::default() });
    let other = Db::at(&world.place, Options::default()).unwrap();
    let mut was_kept = false;
    for number in 0..20 {
        assert_eq!(count(&world.db), number);
        other.write_now(|tx| insert(tx, &format!("{number}"), number)).unwrap();
        // Until somebody looks after the pictures, the same one is shown: that is what is saved.
        was_kept |= count(&world.db) == number;
        let began = Instant::now();
        while count(&world.db) == number && began.elapsed() < Duration::from_secs(5) {
            std::thread::yield_now();
        }
    }
    assert!(was_kept);
    assert_eq!(count(&world.db), 20);
    let began = Instant::now();
    drop(other);
    assert!(
        began.elapsed() < Duration::from_secs(3),
        "it closed after {:?}: nobody keeps it from that",
        began.elapsed()
    );
}

#[test]
fn pictures_that_are_kept_do_not_keep_the_log_from_being_begun_anew() {
    let options =
        Options { durability: Durability::Relaxed, checkpoint_pages: 64, picture_kept: AN_HOUR, ..Options::default() };
    let world = world(options);
    let log = world.folder().join("office.db-wal");
    // Each time the log is begun anew it bears another mark.
    let mark = || std::fs::read(&log).unwrap().get(16..24).map(<[u8]>::to_vec);
    world.db.write_now(|tx| insert(tx, "0", 0)).unwrap();
    let (mut before, mut begun_anew) = (mark(), 0);
    let began = Instant::now();
    for number in 1.. {
        // A picture that begins in the log, and lies there while it is emptied.
        assert_eq!(count(&world.db), number);
        // Some six pages, so that a step is soon over.
        let note = "x".repeat(20_000);
        world.db.write_now(|tx| tx.exec(INSERT, args![format!("{number}"), number, note])).unwrap();
        let now = mark();
        begun_anew += u32::from(now != before);
        before = now;
        if begun_anew >= 5 {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "begun anew {begun_anew} times in {number} writes");
    }
}

#[test]
fn whoever_reads_long_holds_up_nobody_who_writes() {
    let world = world(Options { durability: Durability::Relaxed, checkpoint_pages: 1, ..Options::default() });
    world.db.write_now(|tx| insert(tx, "0", 0)).unwrap();
    let (began, to_end) = (std::sync::Barrier::new(2), std::sync::Barrier::new(2));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let read = world.db.read_now(|tx| {
                let count = tx.one::<i64>(COUNT, args![])?;
                began.wait();
                to_end.wait();
                assert_eq!(tx.one::<i64>(COUNT, args![])?, count, "one picture");
                Ok::<_, StorageError>(())
            });
            read.unwrap();
        });
        began.wait();
        let writing = Instant::now();
        // Each of them finds the log too long, and this reader in it.
        let written: Vec<_> = (1..=20)
            .map(|number| {
                let note = "x".repeat(40_000);
                world.db.write_now(|tx| tx.exec(INSERT, args![format!("{number}"), number, note]))
            })
            .collect();
        let took = writing.elapsed();
        to_end.wait();
        assert_eq!(written.into_iter().filter(Result::is_ok).count(), 20);
        assert!(took < Duration::from_secs(4), "twenty writes beside somebody who reads took {took:?}");
    });
    assert_eq!(count(&world.db), 21);

    // Whoever writes in another program is waited for as ever.
    let other = Db::at(&world.place, Options::default()).unwrap();
    let (holds, held) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let written = other.write_now(|tx| {
                insert(tx, "other", 1)?;
                holds.send(()).unwrap();
                // Longer than the patience with those who read.
                let holding = Instant::now();
                while holding.elapsed() < Duration::from_millis(300) {
                    std::thread::yield_now();
                }
                Ok::<_, StorageError>(())
            });
            written.unwrap();
        });
        held.recv().unwrap();
        world.db.write_now(|tx| insert(tx, "after", 1)).unwrap();
    });
    assert_eq!(count(&world.db), 23);
}

#[test]
fn a_closure_may_own_the_last_of_the_database() {
    for _ in 0..50 {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("office.db"), Options { picture_kept: AN_HOUR, ..Options::default() })
            .unwrap();
        crate::world::run(async {
            let batch = db.batch().unwrap();
            let (own, asking) = (db.clone(), db.clone());
            let gone = tokio::spawn(async move {
                asking
                    .write(move |_| {
                        assert_eq!(own.commits(), 0);
                        Ok::<(), StorageError>(())
                    })
                    .await
            });
            tokio::task::yield_now().await;
            gone.abort();
            assert!(gone.await.unwrap_err().is_cancelled());
            drop(batch);
        });
        drop(db);
    }
}

/// The ranks of the threads of this process that have that name.
#[cfg(target_os = "linux")]
fn ranks(name: &str) -> Vec<i32> {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    // A thread may end meanwhile.
    let stats = tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("stat")).ok());
    stats
        .filter_map(|stat| {
            let (own, rest) = stat.split_once('(')?.1.rsplit_once(") ")?;
            // What follows the name begins with the third column; the rank is the nineteenth.
            (own == name).then(|| rest.split(' ').nth(16).unwrap().parse().unwrap())
        })
        .collect()
}

#[cfg(target_os = "linux")]
#[test]
fn who_writes_yields_to_who_reads() {
    let own = std::fs::read_to_string("/proc/thread-self/comm").unwrap();
    let [own] = ranks(own.trim_end())[..] else { panic!("one thread has our name") };
    let world = world(Options::default());
    crate::world::run(world.db.write(|tx| insert(tx, "written", 1))).unwrap();
    // Of another test's there may be one that has just begun.
    assert!(ranks("storage-writer").iter().any(|it| *it > own), "{:?}", ranks("storage-writer"));
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
    // SQLite may give up the statement or the whole transaction; either way nobody is told that it went well.
    assert!(matches!(outcome, Err(StorageError::Lost { .. })), "{outcome:?}");
    assert_eq!(count(&world.db), 0);
    world.db.write_now(|tx| insert(tx, "third", 1)).unwrap();
}

#[test]
fn what_was_erased_is_not_in_the_file() {
    const NAME: &str = "Âu Dương Thị Kiên Nhẫn";
    let mut world = world(Options::default());
    // One that shares its page with others, one of many pages, one that becomes shorter.
    let bodies =
        [(1, NAME.to_owned()), (2, NAME.repeat(2_000)), (3, format!("{NAME}, {NAME}")), (4, "another".to_owned())];
    for (id, body) in &bodies {
        world.db.write_now(|tx| tx.exec(INSERT_FILE, args![*id, body.as_bytes().to_vec()])).unwrap();
    }
    world = world.reopened();
    let holds = |world: &World| {
        let file = std::fs::read(world.folder().join("office.db")).unwrap();
        file.windows(NAME.len()).filter(|it| *it == NAME.as_bytes()).count()
    };
    assert!(holds(&world) > 1_500, "the file is what is looked at");
    for id in [1, 2] {
        world.db.write_now(|tx| tx.exec(ERASE_FILE, args![id])).unwrap();
    }
    world.db.write_now(|tx| tx.exec(EMPTY_FILE, args![3, Vec::<u8>::new()])).unwrap();
    world = world.reopened();
    assert_eq!(holds(&world), 0, "of {NAME} something is left");
    assert_eq!(world.db.read_now(|tx| tx.one::<i64>(COUNT_FILES, args![])).unwrap(), 2);
}

#[cfg(unix)]
#[test]
fn nobody_else_on_the_machine_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let world = world(Options::default());
    for name in ["office.db", "office.db-wal"] {
        let mode = world.folder().join(name).metadata().unwrap().permissions().mode();
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
