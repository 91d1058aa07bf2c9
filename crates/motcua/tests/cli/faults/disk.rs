//! A disk that is full, a file that may not grow, a file system that nobody may write to any more.

use super::client::{Client, Door};
use super::grounds::Grounds;
use super::ledger::{Answer, Ledger};
use super::node::{Around, Node};
use super::{chance, until};
use std::path::Path;
use std::process::Command;

/// Size of the disk, in MiB: the house and some room.
const DISK: &str = "96m";
/// Most that is received before a full disk must show.
const RECEIVED_MAX: usize = 3_000;

/// A program in a view of the files of its own; what a script does to it first, nobody else sees.
fn in_a_view_of_its_own(script: &str, arguments: &[&str]) -> Around {
    let mut before: Vec<String> = ["unshare", "--mount"].map(str::to_owned).to_vec();
    if !is_root() {
        before.push("--map-root-user".to_owned());
    }
    let script = format!("set -e; {script}; shift {}; exec \"$@\"", arguments.len());
    before.extend(["sh".to_owned(), "-c".to_owned(), script, "sh".to_owned()]);
    before.extend(arguments.iter().map(|it| (*it).to_owned()));
    Around { before, variables: Vec::new() }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().unwrap().stdout.trim_ascii() == b"0"
}

/// Does something to the files as the program sees them.
#[track_caller]
fn within(node: &Node, script: &str, arguments: &[&Path]) {
    let mut enter = Command::new("nsenter");
    if !is_root() {
        enter.args(["--user", "--preserve-credentials"]);
    }
    enter.args(["--mount", "--target", &node.id().to_string(), "sh", "-c", &format!("set -e; {script}"), "sh"]);
    let ran = enter.args(arguments).output().unwrap();
    assert!(ran.status.success(), "{script}: {}", String::from_utf8_lossy(&ran.stderr));
}

/// A house with a first dossier, and who receives there.
struct Desk {
    grounds: Grounds,
    node: Node,
    door: Door,
    reception: Client,
    ledger: Ledger,
}

impl Desk {
    #[track_caller]
    fn open(grounds: Grounds, around: &Around) -> Self {
        let node = Node::start_in(&grounds.config, around);
        let door = Door::new(node.address);
        let reception = Grounds::reception(&door);
        let ledger = Ledger::open(&reception);
        assert_eq!(ledger.send(&reception, ledger.next()), Answer::Acknowledged);
        Self { grounds, node, door, reception, ledger }
    }

    /// Receives until it is told that the house cannot.
    #[track_caller]
    fn receive_until_busy(&self) {
        for _ in 0..RECEIVED_MAX {
            match self.ledger.send(&self.reception, self.ledger.next()) {
                Answer::Acknowledged => {}
                Answer::Busy => return,
                Answer::Cut => panic!("no answer at all: {}", self.node.said()),
            }
        }
        panic!("{RECEIVED_MAX} were received, and nothing was wrong");
    }

    /// Pages for which nothing is written are there all the while, for everybody.
    #[track_caller]
    fn serves_pages(&self) {
        let guest = Client::guest(&self.door);
        for page in ["/", "/thu-tuc", "/tra-cuu"] {
            assert_eq!(guest.get(page).unwrap().status, 200, "{page}");
        }
        assert_eq!(self.reception.get("/quay/tiep-nhan").unwrap().status, 200, "the desk sees its page");
    }

    #[track_caller]
    fn goes_on(&self) {
        until("the house to go on", || self.ledger.send(&self.reception, self.ledger.next()) == Answer::Acknowledged);
    }

    #[track_caller]
    fn settle(self) {
        self.ledger.settle(&self.grounds, &self.door, &mut chance());
        self.node.stop();
        self.ledger.verify(&self.grounds);
    }
}

#[test]
fn on_a_full_disk_the_house_says_so_and_goes_on_when_there_is_room() {
    let grounds = Grounds::in_file();
    let data = grounds.data();
    let small = "mount -t tmpfs -o \"size=$2\" disk /mnt; cp -a \"$1/.\" /mnt/; mount --bind /mnt \"$1\"";
    let desk = Desk::open(grounds, &in_a_view_of_its_own(small, &[data.to_str().unwrap(), DISK]));
    for _ in 0..3 {
        within(&desk.node, "dd if=/dev/zero of=\"$1/filler\" bs=4k 2>/dev/null || test -s \"$1/filler\"", &[&data]);
        desk.receive_until_busy();
        desk.serves_pages();
        within(&desk.node, "rm \"$1/filler\"", &[&data]);
        desk.goes_on();
    }
    let said = desk.node.said();
    assert!(said.contains("no space left") || said.contains("No space left"), "whoever looks after it is told: {said}");
    desk.ledger.settle(&desk.grounds, &desk.door, &mut chance());
    // The disk goes with the program: what lies on it is taken home as a power cut would leave it.
    let stopped = Command::new("kill").args(["-STOP", &desk.node.id().to_string()]).status().unwrap();
    assert!(stopped.success());
    let home = desk.grounds.beside("home");
    within(&desk.node, "cp -a \"$1\" \"$2\"", &[&data, &home]);
    desk.node.kill();
    std::fs::remove_dir_all(&data).unwrap();
    std::fs::rename(&home, &data).unwrap();
    desk.ledger.verify(&desk.grounds);
}

#[test]
fn a_file_that_may_not_grow_ends_nothing_but_the_receiving() {
    let grounds = Grounds::in_file();
    let desk = Desk::open(grounds, &Around::default());
    let limit = |limit: &str| {
        let words = [format!("--fsize={limit}:"), "--pid".to_owned(), desk.node.id().to_string()];
        assert!(Command::new("prlimit").args(words).status().unwrap().success());
    };
    for room in [0, 512 << 10] {
        let log = desk.grounds.data().join("motcua.db-wal").metadata().unwrap().len();
        limit(&(log + room).to_string());
        desk.receive_until_busy();
        desk.serves_pages();
        limit("unlimited");
        desk.goes_on();
    }
    assert!(desk.node.said().contains("the disk failed"), "whoever looks after it is told: {}", desk.node.said());
    desk.settle();
}

#[test]
fn a_disk_that_became_read_only_is_told_and_nothing_is_lost() {
    let grounds = Grounds::in_file();
    let data = grounds.data();
    let read_only = "mount --bind \"$1\" \"$1\"; mount -o remount,bind,ro \"$1\"";
    let mut desk = Desk::open(grounds, &in_a_view_of_its_own(":", &[]));
    within(&desk.node, read_only, &[&data]);
    // The database has its files open already; whatever is opened anew has no place any more.
    desk.receive_until_busy();
    desk.serves_pages();
    assert!(desk.node.said().contains("Read-only file system"), "{}", desk.node.said());
    desk.node.kill();
    let refused = Node::try_start(&desk.grounds.config, &in_a_view_of_its_own(read_only, &[data.to_str().unwrap()]));
    let said = refused.err().expect("it cannot serve where it cannot write");
    assert!(said.contains(data.to_str().unwrap()) && said.contains("Read-only"), "{said}");
    desk.node = Node::start(&desk.grounds.config);
    desk.door.moved_to(desk.node.address);
    desk.settle();
}
