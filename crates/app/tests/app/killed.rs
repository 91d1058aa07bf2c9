//! Killed with -9 under load, on either engine: what was acknowledged is there, once and whole.

use app::actor::Actor;
use app::handle::{self, Once};
use domain::procedure::Channel;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use testkit::{Office, Postgres};

/// Rounds of load and kill.
const ROUNDS: u32 = 20;
/// People who file at the same time.
const FILERS: u32 = 8;
/// Names the folder to the child, and the round.
const CHILD: &str = "MOTCUA_TEST_KILLED_IN";
const ROUND: &str = "MOTCUA_TEST_KILLED_ROUND";
/// Names the server to the child, where there is one.
const SERVER: &str = "MOTCUA_TEST_KILLED_ON";
const PROCEDURE: &str = "dang-ky-khai-sinh@ward";

async fn file(office: &Office, key: &str) -> handle::Handled {
    let plan = office.plan(PROCEDURE, Channel::Online, office.ward, Some(office.citizen));
    let once = Some(Once::new(key, key.as_bytes()));
    handle::file(&office.house, Actor::Citizen(office.citizen), plan, once).await.unwrap()
}

/// The child: files until it is killed, and says what was acknowledged. Without its variables it does nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child_that_files_until_it_is_killed() {
    let (Ok(folder), Ok(round)) = (std::env::var(CHILD), std::env::var(ROUND)) else { return };
    let office = Arc::new(opened(Path::new(&folder), std::env::var(SERVER).ok().as_deref()));
    let filers: Vec<_> = (0..FILERS)
        .map(|filer| {
            let (office, round) = (Arc::clone(&office), round.clone());
            tokio::spawn(async move {
                for n in 0.. {
                    let key = format!("{round}-{filer}-{n}");
                    say(&format!("TRY {key}"));
                    let handled = file(&office, &key).await;
                    say(&format!("ACK {key} {}", handled.code));
                }
            })
        })
        .collect();
    for filer in filers {
        filer.await.unwrap();
    }
}

fn opened(folder: &Path, server: Option<&str>) -> Office {
    match server {
        Some(url) => Office::open_in_on(folder, url),
        None => Office::open_in(folder),
    }
}

fn say(line: &str) {
    let mut out = std::io::stderr().lock();
    writeln!(out, "{line}").unwrap();
}

fn start(folder: &Path, server: Option<&str>, round: u32) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap());
    if let Some(url) = server {
        child.env(SERVER, url);
    }
    child
        .args(["--exact", "killed::child_that_files_until_it_is_killed", "--nocapture"])
        .env(CHILD, folder)
        .env(ROUND, round.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn what_was_acknowledged_survives_twenty_kills_once_and_whole() {
    survives_twenty_kills(None);
}

#[test]
fn what_a_server_acknowledged_survives_twenty_kills_once_and_whole() {
    let server = Postgres::start();
    survives_twenty_kills(Some(&server.url()));
}

fn survives_twenty_kills(server: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    let mut tried = Vec::new();
    let mut acknowledged: BTreeMap<String, String> = BTreeMap::new();
    drop(opened(folder.path(), server));
    for round in 0..ROUNDS {
        let mut child = start(folder.path(), server, round);
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut deadline = None;
        while let Some(Ok(line)) = lines.next() {
            let mut words = line.split(' ');
            match (words.next(), words.next(), words.next()) {
                (Some("TRY"), Some(key), None) => tried.push(key.to_owned()),
                (Some("ACK"), Some(key), Some(code)) => {
                    acknowledged.insert(key.to_owned(), code.to_owned());
                    let after = Duration::from_millis(u64::from(20 + round * 37 % 300));
                    deadline.get_or_insert_with(|| std::time::Instant::now() + after);
                }
                _ => {}
            }
            if deadline.is_some_and(|at| std::time::Instant::now() >= at) {
                child.kill().unwrap();
                deadline = None;
            }
        }
        child.wait().unwrap();
    }
    assert!(acknowledged.len() > 100, "only {} acknowledged in {ROUNDS} rounds", acknowledged.len());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(check(&opened(folder.path(), server), &tried, &acknowledged));
}

async fn check(office: &Office, tried: &[String], acknowledged: &BTreeMap<String, String>) {
    let mut codes = BTreeMap::new();
    for key in tried {
        let handled = file(office, key).await;
        if let Some(code) = acknowledged.get(key) {
            assert_eq!(handled.code.as_str(), code, "{key} was acknowledged and is now another");
            assert!(!handled.fresh, "{key} was acknowledged and was not there");
        }
        assert!(codes.insert(handled.code.to_string(), key).is_none(), "{key} shares its code");
    }
    let (dossiers, _) = office.house.db.read_now(storage::verify::count).unwrap();
    assert_eq!(usize::try_from(dossiers).unwrap(), tried.len(), "one dossier for each try, retried ones included");
    let numbers: Vec<u32> = codes.keys().filter_map(|code| code.rsplit('-').next()?.parse().ok()).collect();
    let last = numbers.iter().max().copied().unwrap_or(0);
    assert_eq!(usize::try_from(last).unwrap(), tried.len(), "numbers are unbroken");
    let found = app::integrity::verify(&office.house, |_, _| {}).await.unwrap();
    assert_eq!(found.differences, []);
}
