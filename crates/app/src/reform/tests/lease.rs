//! Two nodes on one server: each of them puts a plan in force, one of them tells the histories.

use super::super::carrying_out::go_on;
use super::super::settling::settle_while;
use super::*;
use storage::engine::{Db, Options, Place};
use testkit::Postgres;

const ONE: [u8; 16] = [1; 16];
const OTHER: [u8; 16] = [2; 16];
/// Longer than a node keeps the lease without a word, in seconds.
const SILENT: i64 = 61;

/// How many histories tell of the plan, and how many it moves.
fn how_far(test: &TestHouse, id: ReformId) -> (u64, u64) {
    let counts = counts(&test.house, id).unwrap();
    (counts.settled, counts.moved)
}

#[test]
fn of_two_nodes_one_settles_and_the_other_goes_on_once_it_is_gone() {
    run(async {
        let server = Postgres::start();
        let place = Place::parse(&server.url()).unwrap();
        let test = TestHouse::in_database(&place);
        test.publish();
        let again = Db::at(&place, Options::of_a_house()).unwrap();
        let other = test.house.beside(again, test.house.blobs.clone()).unwrap();
        let mut open = Vec::new();
        for _ in 0..3 {
            open.push(test.file_at_desk(|_| {}).await);
        }
        let reform = staged(&test).await;
        other.refresh().unwrap();
        // Who looks first while a plan waits holds the lease.
        turned(&test, "2025-04-01T23:59:50");
        go_on(&other, OTHER).await.unwrap();
        turned(&test, "2025-04-02T00:00");
        go_on(&test.house, ONE).await.unwrap();
        assert_eq!(list(&test.house).unwrap()[0].state, State::InForce, "every node puts in force");
        assert_eq!(how_far(&test, reform.id), (0, 3), "the other one settles");
        assert_eq!(settle_while(&test.house, Some(ONE)).await.unwrap(), 0, "who lost the lease stops");
        assert_eq!(how_far(&test, reform.id), (0, 3));
        test.later(SILENT);
        go_on(&test.house, ONE).await.unwrap();
        assert_eq!(how_far(&test, reform.id), (3, 3), "the other one is gone");
        assert_eq!(list(&test.house).unwrap()[0].state, State::Settled);
        // It comes back, and finds it done.
        other.refresh().unwrap();
        go_on(&other, OTHER).await.unwrap();
        for it in &open {
            let log = test.house.db.read_now(|tx| dossiers::log(tx, it.id)).unwrap();
            assert_eq!(log.iter().filter(|it| it.event.kind() == "transferred").count(), 1);
        }
        assert_eq!(check_certificate(&test.house, reform.id).unwrap().unwrap().mismatches, []);
        is_sound(&test).await;
    });
}
