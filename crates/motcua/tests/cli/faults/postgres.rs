//! What can happen to a PostgreSQL and to the way there, while people work.

use super::client::{Client, Door};
use super::grounds::Grounds;
use super::ledger::Ledger;
use super::load::Load;
use super::node::Node;
use super::proxy::Proxy;
use super::{chance, pause, rounds, until};
use rand::seq::IndexedRandom;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use std::sync::Arc;
use testkit::Server;

/// The name of the database in a cluster of the test's own.
const DATABASE: &str = "motcua";
/// Whoever serves a connection to it.
const CONNECTED: &str =
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
/// A code that was never given.
const NOBODYS: [(&str, &str); 2] = [("ma", "H00-000000-0000"), ("so", "0000")];

/// Two nodes at work, each with a way of its own to the database.
struct Office {
    grounds: Grounds,
    nodes: Vec<Node>,
    doors: Vec<Door>,
    ledger: Arc<Ledger>,
}

impl Office {
    #[track_caller]
    fn open(server: &Server, ways: &[String]) -> Self {
        let grounds = Grounds::on_server(&server.url(DATABASE));
        let configs = ways.iter().enumerate().map(|(number, url)| grounds.config_with(&format!("{number}.toml"), url));
        let nodes: Vec<Node> = configs.map(|it| Node::start(&it)).collect();
        let doors: Vec<Door> = nodes.iter().map(|it| Door::new(it.address)).collect();
        let ledger = Arc::new(Ledger::open(&Grounds::reception(&doors[0])));
        Self { grounds, nodes, doors, ledger }
    }

    /// Waits until every node answers again, then looks up the latest promises.
    #[track_caller]
    fn look_up_latest(&self) {
        for door in &self.doors {
            let guest = Client::guest(door);
            until("the house to be open again", || {
                guest.post("/tra-cuu", &NOBODYS).is_some_and(|it| {
                    assert!(matches!(it.status, 404 | 429) || it.says_busy(), "{} {}", it.status, it.text());
                    it.status != 503
                })
            });
            self.ledger.look_up_latest(&guest);
        }
    }

    #[track_caller]
    fn close(self, load: Load, mut chance: ChaCha12Rng) {
        load.end();
        let (tried, acknowledged) = self.ledger.counts();
        eprintln!("{tried} tried, {acknowledged} acknowledged at once");
        self.ledger.settle(&self.grounds, &self.doors[0], &mut chance);
        self.nodes.into_iter().for_each(Node::stop);
        self.ledger.verify(&self.grounds);
    }
}

fn server() -> Server {
    let server = Server::start();
    server.create(DATABASE);
    server
}

#[test]
fn a_killed_postgresql_loses_nothing_and_the_house_says_so_meanwhile() {
    let mut chance = chance();
    let mut server = server();
    let office = Office::open(&server, &[server.url(DATABASE), server.url(DATABASE)]);
    let mut load = Load::begin(&office.ledger, &office.doors, chance.next_u64());
    for round in 0..rounds(12) {
        load.until_more(&office.ledger, 10);
        if round % 2 == 0 {
            server.kill();
            let guest = Client::guest(&office.doors[0]);
            let told = guest.post("/tra-cuu", &NOBODYS).expect("the house is open, and says what is wrong");
            assert!(told.says_busy(), "{} {}", told.status, told.text());
            pause(chance.random_range(0..300));
            server.start_again();
        } else {
            // A connection may end before it is killed; then another is chosen.
            until("somebody to be killed", || {
                let connected = server.query(DATABASE, CONNECTED);
                let ids: Vec<u32> = connected.lines().filter_map(|it| it.parse().ok()).collect();
                ids.choose(&mut chance).is_some_and(|id| server.kill_one(*id))
            });
        }
        office.look_up_latest();
        load.goes_on();
    }
    load.until_more(&office.ledger, 10);
    office.close(load, chance);
}

#[test]
fn connections_cut_around_the_commit_double_nothing() {
    let mut chance = chance();
    let server = server();
    let way = |number: u64| Proxy::to(&server.socket(), ChaCha12Rng::seed_from_u64(number));
    let proxies = [way(chance.next_u64()), way(chance.next_u64())];
    let office = Office::open(&server, &proxies.each_ref().map(|it| it.url(DATABASE)));
    let mut load = Load::begin(&office.ledger, &office.doors, chance.next_u64());
    for _ in 0..rounds(8) {
        proxies.iter().for_each(|it| it.cut_one_of(4));
        load.until_more(&office.ledger, 25);
        proxies.iter().for_each(|it| it.cut_one_of(0));
        proxies[chance.random_range(0..2)].cut_all();
        office.look_up_latest();
    }
    load.until_more(&office.ledger, 10);
    office.close(load, chance);
    for proxy in proxies {
        let [before, after, within] = proxy.cuts();
        assert!(before > 0 && after > 0 && within > 0, "cuts before {before}, after {after}, within {within}");
    }
}

#[test]
fn a_promoted_replica_has_everything_that_was_acknowledged() {
    let mut chance = chance();
    let mut leader = server();
    let mut follower = Server::following(&leader, &WAITING);
    leader.query("postgres", "ALTER SYSTEM SET synchronous_standby_names = '*'");
    leader.query("postgres", "SELECT pg_reload_conf()");
    is_waited_for(&leader);
    // One node is led to whoever leads; the other knows both and finds out by itself.
    let way = |to: &Server, number: u64| Proxy::to(&to.socket(), ChaCha12Rng::seed_from_u64(number));
    let led = way(&leader, chance.next_u64());
    let mut known = [way(&leader, chance.next_u64()), way(&follower, chance.next_u64())];
    let [one, other] = known.each_ref().map(|it| it.address);
    let both = format!("postgres://motcua@{one},{other}/{DATABASE}");
    let office = Office::open(&leader, &[led.url(DATABASE), both]);
    let mut load = Load::begin(&office.ledger, &office.doors, chance.next_u64());
    for _ in 0..rounds(3) {
        load.until_more(&office.ledger, 20);
        pause(chance.random_range(0..200));
        leader.kill();
        known[0].cut_all();
        led.cut_all();
        pause(chance.random_range(0..300));
        follower.promote();
        led.lead_to(&follower.socket());
        leader = follower;
        // Whatever is asked from here on is acknowledged only once there is a follower again.
        follower = Server::following(&leader, &WAITING);
        is_waited_for(&leader);
        known[0].lead_to(&follower.socket());
        known.swap(0, 1);
        office.look_up_latest();
        load.goes_on();
    }
    load.until_more(&office.ledger, 10);
    let config = office.grounds.config_with("leader.toml", &leader.url(DATABASE));
    std::fs::rename(config, &office.grounds.config).unwrap();
    office.close(load, chance);
    drop(follower);
}

/// Whoever leads waits with every commit until somebody who follows has it, too.
const WAITING: [&str; 1] = ["synchronous_standby_names=*"];

#[track_caller]
fn is_waited_for(leader: &Server) {
    until("the follower to be waited for", || {
        leader.query("postgres", "SELECT sync_state FROM pg_stat_replication") == "sync"
    });
}
