//! The write-ahead log of the file cut at any place, as a power cut may leave it: the house opens as it was a while before.

use super::chance;
use super::client::Door;
use super::grounds::Grounds;
use super::ledger::{Answer, Ledger};
use super::node::Node;
use crate::run::{copy, motcua, text};
use rand::RngExt;
use rusqlite::Connection;
use std::fs::{File, OpenOptions};
use std::path::Path;

/// Dossiers received one after the other.
const RECEIVED: usize = 24;
/// Places to cut at.
const CUTS: usize = 16;

/// How long the log is now.
fn length(data: &Path) -> u64 {
    data.join("motcua.db-wal").metadata().map_or(0, |it| it.len())
}

/// How many dossiers a house has that was opened after a fault.
fn count(data: &Path) -> usize {
    let db = Connection::open(data.join("motcua.db")).unwrap();
    let count: i64 = db.query_row("SELECT count(*) FROM dossier", [], |row| row.get(0)).unwrap();
    usize::try_from(count).unwrap()
}

#[test]
fn a_house_whose_log_is_cut_opens_as_it_was_before() {
    let mut chance = chance();
    let grounds = Grounds::in_file();
    let node = Node::start(&grounds.config);
    let door = Door::new(node.address);
    let reception = Grounds::reception(&door);
    let ledger = Ledger::open(&reception);
    let mut lengths = vec![length(&grounds.data())];
    for _ in 0..RECEIVED {
        assert_eq!(ledger.send(&reception, ledger.next()), Answer::Acknowledged);
        lengths.push(length(&grounds.data()));
    }
    assert!(lengths.is_sorted(), "the log was emptied meanwhile: {lengths:?}");
    node.kill();
    let (first, last) = (lengths[0], lengths[RECEIVED]);
    for number in 0..CUTS {
        let data = grounds.beside(&format!("cut-{number}"));
        copy(&grounds.data(), &data);
        let at = if number == 0 { last } else { chance.random_range(first..last) };
        let log = OpenOptions::new().write(true).open(data.join("motcua.db-wal")).unwrap();
        log.set_len(at).unwrap();
        if number % 2 == 1 {
            spoil(&log, at, &mut chance);
        }
        let ran = motcua(&["verify", "--data", text(&data)]).done();
        // Each was acknowledged when the log was so long: whatever lies before the cut is there, and nothing else.
        let kept = count(&data);
        let acknowledged = lengths.iter().skip(1).filter(|length| **length <= at).count();
        assert!(
            (acknowledged..=acknowledged + 1).contains(&kept),
            "cut at {at}: {kept} of {acknowledged}, {lengths:?}"
        );
        assert!(ran.stderr.contains(&format!("Đã kiểm {kept} hồ sơ")), "{}", ran.stderr);
        std::fs::remove_dir_all(&data).unwrap();
    }
}

/// The last that reached the disk may be nonsense: what follows the cut is.
fn spoil(log: &File, at: u64, chance: &mut impl rand::Rng) {
    use std::os::unix::fs::FileExt;
    let mut nonsense = vec![0_u8; chance.random_range(1..20_000)];
    chance.fill_bytes(&mut nonsense);
    log.write_all_at(&nonsense, at).unwrap();
}
