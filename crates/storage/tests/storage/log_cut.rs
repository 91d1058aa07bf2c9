//! The write-ahead log cut at any place and followed by nonsense, as a power cut may leave it: what is there again are the
//! first commits, whole, and at least those whose end the disk has.

use std::{
    fs::OpenOptions,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use crate::world::{Kind, Slip, World, insert};
use storage::{
    args,
    engine::{Db, Options},
};

/// Commits, and rows in each.
const COMMITS: i64 = 60;
const ROWS: i64 = 3;
/// Places where it is cut.
const CUTS: u64 = 200;

/// A number for a seed and a step: good enough to choose a place.
fn chosen(seed: u64, below: u64) -> u64 {
    let mixed = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9).rotate_left(17) % below
}

fn log_of(database: &Path) -> PathBuf {
    database.with_extension("db-wal")
}

#[test]
fn a_cut_log_is_a_prefix_of_what_was_acknowledged() {
    let world = World::new(Kind::InFile, Options { checkpoint_pages: u32::MAX, ..Options::default() });
    let database = world.folder().join("office.db");
    let length = || log_of(&database).metadata().unwrap().len();
    let mut ends = vec![length()];
    for commit in 0..COMMITS {
        world
            .db
            .write_now(|tx| (0..ROWS).try_for_each(|row| insert(tx, &format!("{commit:03}-{row}"), commit).map(|_| ())))
            .unwrap();
        ends.push(length());
    }
    assert!(ends.is_sorted());
    let (first, last) = (ends[0], ends[usize::try_from(COMMITS).unwrap()]);
    let folder = tempfile::tempdir().unwrap();
    for seed in 0..CUTS {
        let cut_at = first + chosen(seed, last - first + 1);
        let copy = folder.path().join(format!("{seed}.db"));
        std::fs::copy(&database, &copy).unwrap();
        std::fs::copy(log_of(&database), log_of(&copy)).unwrap();
        let log = OpenOptions::new().write(true).open(log_of(&copy)).unwrap();
        log.set_len(cut_at).unwrap();
        if seed % 3 == 0 {
            let nonsense: Vec<u8> = (0..chosen(seed, 9_000)).map(|at| u8::try_from(chosen(at, 256)).unwrap()).collect();
            log.write_all_at(&nonsense, cut_at).unwrap();
        }
        let whole = ends.iter().skip(1).filter(|end| **end <= cut_at).count();
        let db = Db::open(&copy, Options::default()).unwrap();
        let rows: Vec<Slip> = db.read_now(|tx| tx.all(crate::world::ALL, args![])).unwrap();
        let wanted: Vec<String> = (0..i64::try_from(whole).unwrap())
            .flat_map(|it| (0..ROWS).map(move |row| format!("{it:03}-{row}")))
            .collect();
        let found: Vec<String> = rows.into_iter().map(|it| it.code).collect();
        assert_eq!(found, wanted, "seed {seed}: cut at {cut_at} of {last}");
        drop(db);
        std::fs::remove_file(&copy).unwrap();
    }
}
