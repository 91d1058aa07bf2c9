//! The clock of the machine set forward and back, under the program's feet and between two starts.

use super::client::{Client, Door};
use super::grounds::Grounds;
use super::ledger::{Answer, Ledger};
use super::node::{Around, Node};
use super::{chance, until};
use std::path::{Path, PathBuf};
use testkit::Postgres;

/// Where the clock is set to, one after the other, from the real time: the first line is when the office was founded.
const FOUNDED: &str = "-500d";
const TURNS: [&str; 7] = ["+0", "+3h", "-2h", "+40d", "-3d", "-400d", "+0"];

/// A clock on the wall that can be turned: what it shows is read anew each time.
struct Wall {
    file: PathBuf,
}

impl Wall {
    fn new(folder: &Path) -> Self {
        let wall = Self { file: folder.join("clock") };
        wall.turn("+0");
        wall
    }

    fn turn(&self, by: &str) {
        // Whole or not at all: the program may look at any moment.
        let aside = self.file.with_extension("part");
        std::fs::write(&aside, format!("{by}\n")).unwrap();
        std::fs::rename(aside, &self.file).unwrap();
    }

    fn variables(&self) -> Vec<(String, String)> {
        let pairs = [
            ("LD_PRELOAD", library()),
            ("FAKETIME_TIMESTAMP_FILE", self.file.display().to_string()),
            ("FAKETIME_NO_CACHE", "1".to_owned()),
            // Waiting is not what the clock on the wall is for.
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ];
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// Where Debian's package `faketime` lies.
fn library() -> String {
    let folders = std::fs::read_dir("/usr/lib").unwrap().map(|it| it.unwrap().path());
    let found = folders.map(|it| it.join("faketime/libfaketimeMT.so.1")).find(|it| it.exists());
    found.expect("faketime is not here: apt-get install faketime").display().to_string()
}

/// What is received and taken on while the clock shows this.
#[track_caller]
fn work(ledger: &Ledger, door: &Door, by: &str) {
    // Whoever was signed in may have to sign in again: their hours are over.
    let (reception, specialist) = (Grounds::reception(door), Grounds::specialist(door));
    for _ in 0..4 {
        let number = ledger.next();
        assert_eq!(ledger.send(&reception, number), Answer::Acknowledged, "received at {by}");
        assert_eq!(ledger.take_on(&specialist, number), Answer::Acknowledged, "taken on at {by}");
    }
    ledger.look_up_latest(&Client::guest(door));
}

#[track_caller]
fn turned(found: impl Fn(&Path, &[(String, String)]) -> Grounds) {
    let folder = tempfile::tempdir().unwrap();
    let wall = Wall::new(folder.path());
    wall.turn(FOUNDED);
    let grounds = found(folder.path(), &wall.variables());
    let around = Around { variables: wall.variables(), ..Around::default() };
    wall.turn("+0");
    let mut node = Node::start_in(&grounds.config, &around);
    let door = Door::new(node.address);
    let ledger = Ledger::open(&Grounds::reception(&door));
    for by in TURNS {
        wall.turn(by);
        work(&ledger, &door, by);
        // What is due at a start, such as the seal of the day, is done at this hour, too.
        node.kill();
        node = Node::start_in(&grounds.config, &around);
        door.moved_to(node.address);
        work(&ledger, &door, by);
    }
    ledger.settle(&grounds, &door, &mut chance());
    let said = node.said();
    node.stop();
    assert!(!said.contains("ERROR"), "{said}");
    ledger.verify(&grounds);
}

#[test]
fn a_clock_that_is_turned_loses_and_stalls_nothing_in_a_file() {
    turned(|_, clock| Grounds::in_file_under(clock));
}

#[test]
fn a_clock_that_is_turned_loses_and_stalls_nothing_on_a_server() {
    let server = Postgres::start();
    turned(|_, clock| Grounds::on_server_under(&server.url(), clock));
}

#[test]
fn who_signed_in_under_a_clock_that_was_ahead_signs_in_again() {
    let folder = tempfile::tempdir().unwrap();
    let wall = Wall::new(folder.path());
    wall.turn(FOUNDED);
    let grounds = Grounds::in_file_under(&wall.variables());
    wall.turn("+40d");
    let around = Around { variables: wall.variables(), ..Around::default() };
    let node = Node::start_in(&grounds.config, &around);
    let door = Door::new(node.address);
    let reception = Grounds::reception(&door);
    assert_eq!(reception.get("/quay/tiep-nhan").unwrap().status, 200);
    wall.turn("+0");
    until("the session to be over", || reception.get("/quay/tiep-nhan").unwrap().status != 200);
    assert_eq!(Grounds::reception(&door).get("/quay/tiep-nhan").unwrap().status, 200);
    node.stop();
}
