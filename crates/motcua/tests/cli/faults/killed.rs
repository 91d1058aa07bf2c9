//! The program killed with -9 again and again, while people work.

use super::client::{Client, Door};
use super::grounds::Grounds;
use super::ledger::Ledger;
use super::load::Load;
use super::node::Node;
use super::{chance, pause, rounds};
use rand::{Rng, RngExt};
use std::path::PathBuf;
use std::sync::Arc;
use testkit::Postgres;

/// Rounds on each engine within a change.
const USUAL: u32 = 100;
/// Longest a program lives that serves, in milliseconds.
const LIFE_MAX: u64 = 400;

/// Kills one node after the other; each time the latest promises are looked up as soon as somebody serves again.
#[track_caller]
fn killed_again_and_again(grounds: &Grounds, nodes: usize, rounds: u32) {
    let mut chance = chance();
    let configs: Vec<PathBuf> = (0..nodes).map(|_| grounds.config.clone()).collect();
    let mut serving: Vec<Node> = configs.iter().map(|it| Node::start(it)).collect();
    let doors: Vec<Door> = serving.iter().map(|it| Door::new(it.address)).collect();
    let ledger = Arc::new(Ledger::open(&Grounds::reception(&doors[0])));
    let mut load = Load::begin(&ledger, &doors, chance.next_u64());
    for _ in 0..rounds {
        pause(chance.random_range(20..LIFE_MAX));
        let which = chance.random_range(0..nodes);
        serving.remove(which).kill();
        let node = Node::start(&configs[which]);
        doors[which].moved_to(node.address);
        serving.insert(which, node);
        ledger.look_up_latest(&Client::guest(&doors[which]));
        load.goes_on();
    }
    load.until_more(&ledger, 1);
    load.end();
    let (tried, acknowledged) = ledger.counts();
    eprintln!("{rounds} rounds, {tried} tried, {acknowledged} acknowledged at once");
    assert!(acknowledged > usize::try_from(rounds).unwrap(), "hardly anything was acknowledged: {acknowledged}");
    ledger.settle(grounds, &doors[0], &mut chance);
    ledger.await_messages(grounds);
    serving.into_iter().for_each(Node::stop);
    ledger.verify(grounds);
}

#[test]
fn what_was_acknowledged_survives_every_kill_in_a_file() {
    killed_again_and_again(&Grounds::in_file(), 1, rounds(USUAL));
}

#[test]
fn what_was_acknowledged_survives_every_kill_of_two_nodes_on_a_server() {
    let server = Postgres::start();
    killed_again_and_again(&Grounds::on_server(&server.url()), 2, rounds(USUAL));
}
