//! Several nodes on one database: what is carried once, what only one does, what all of them keep to.

use std::collections::BTreeMap;

use crate::world::{Kind, World, on_both};
use domain::ids::{DossierId, MessageId};
use domain::time::Instant;
use storage::engine::{Db, Options, StorageError};
use storage::outbox::{self, Message};
use storage::{house, locks, verify};
use uuid::Uuid;

on_both!(
    a_message_is_claimed_by_one_node_and_in_order,
    a_message_whose_node_is_gone_is_claimed_again,
    only_one_node_holds_a_lease,
    what_a_clock_that_was_ahead_took_or_put_off_is_free_once_it_is_right,
    a_text_is_agreed_on_once,
    nothing_gets_a_moment_that_is_closed,
);

fn at(second: i64) -> Instant {
    Instant::from_micros(second * 1_000_000)
}

fn message(number: u128, dossier: u128) -> Message {
    Message {
        id: MessageId::from_uuid(Uuid::from_u128(number)),
        channel: "sms".to_owned(),
        dossier: Some(DossierId::from_uuid(Uuid::from_u128(dossier))),
        kind: "received".to_owned(),
        recipient: "0999000412".to_owned(),
        subject: String::new(),
        body: "Hồ sơ đã được tiếp nhận".to_owned(),
        created_at: at(10),
        tries: 0,
        next_try_at: at(10),
        delivered_at: None,
        dead_at: None,
        last_error: String::new(),
        template: String::new(),
        details: String::new(),
    }
}

/// Three messages for each of so many dossiers, and two nodes.
fn waiting(kind: Kind, dossiers: u128) -> (World, [Db; 2]) {
    let world = World::founded(kind, Options::default());
    world
        .db
        .write_now(|tx| {
            for number in 0..3 * dossiers {
                outbox::add(tx, &message(1 + number, 1 + number % dossiers))?;
            }
            Ok::<_, StorageError>(())
        })
        .unwrap();
    // A file belongs to one process: its nodes are clones of one.
    let second = if kind == Kind::InFile { world.db.clone() } else { world.another() };
    let nodes = [world.db.clone(), second];
    (world, nodes)
}

fn a_message_is_claimed_by_one_node_and_in_order(kind: Kind) {
    let (world, nodes) = waiting(kind, 20);
    let carried: Vec<Vec<Message>> = std::thread::scope(|scope| {
        let carrying = nodes.each_ref().map(|node| {
            scope.spawn(move || {
                let mut carried = Vec::new();
                loop {
                    let claimed = node.write_now(|tx| outbox::claim(tx, "sms", at(20), at(140), 7)).unwrap();
                    for message in claimed {
                        let delivered = node.write_now(|tx| outbox::delivered(tx, message.id, at(20))).unwrap();
                        assert_eq!(delivered, 1);
                        carried.push(message);
                    }
                    if node.read_now(outbox::waiting).unwrap() == 0 {
                        return carried;
                    }
                    std::thread::yield_now();
                }
            })
        });
        carrying.into_iter().map(|it| it.join().unwrap()).collect()
    });
    let mut ids: Vec<MessageId> = carried.iter().flatten().map(|it| it.id).collect();
    assert_eq!(ids.len(), 60, "nothing goes twice");
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 60);
    for node in &carried {
        let mut last: BTreeMap<Option<DossierId>, MessageId> = BTreeMap::new();
        for message in node {
            let before = last.insert(message.dossier, message.id);
            assert!(before.is_none_or(|it| it < message.id), "in order for each dossier");
        }
    }
    assert_eq!(world.db.read_now(outbox::waiting).unwrap(), 0);
}

fn a_message_whose_node_is_gone_is_claimed_again(kind: Kind) {
    let (_world, [one, other]) = waiting(kind, 1);
    let claim = |node: &Db, now: i64| node.write_now(|tx| outbox::claim(tx, "sms", at(now), at(now + 120), 7)).unwrap();
    let first = claim(&one, 20);
    assert_eq!(first.len(), 1, "the others wait behind it");
    assert_eq!(claim(&other, 100), []);
    let again = claim(&other, 141);
    assert_eq!(again.iter().map(|it| it.id).collect::<Vec<_>>(), [first[0].id]);
    other.write_now(|tx| outbox::delivered(tx, again[0].id, at(142))).unwrap();
    // The first comes back and says that it failed: too late, the other has delivered it.
    let failed = one.write_now(|tx| outbox::failed(tx, first[0].id, at(200), Some(at(200)), "too late")).unwrap();
    assert_eq!(failed, 0);
}

fn what_a_clock_that_was_ahead_took_or_put_off_is_free_once_it_is_right(kind: Kind) {
    let (_world, [one, other]) = waiting(kind, 1);
    let ahead = 400 * 86_400;
    let take = |who: u8, now: i64| {
        one.write_now(|tx| house::take_lease(tx, "timers", [who; 16], at(now), at(now + 300))).unwrap()
    };
    assert!(take(1, ahead) && take(2, 100), "nobody waits four hundred days for a lease");
    assert!(take(2, 160), "a clock set back a minute changes nothing");
    assert!(!take(1, 101), "who is a minute behind does not take it away");
    let first = one.write_now(|tx| outbox::claim(tx, "sms", at(ahead), at(ahead + 120), 7)).unwrap();
    let why = "the line was busy, and the clock ahead";
    one.write_now(|tx| outbox::failed(tx, first[0].id, at(ahead + 60), None, why)).unwrap();
    assert_eq!(other.read_now(|tx| outbox::ready(tx, "sms", at(100), 7)).unwrap().len(), 1);
    assert_eq!(other.write_now(|tx| outbox::claim(tx, "sms", at(100), at(220), 7)).unwrap().len(), 1);
    assert_eq!(other.read_now(|tx| outbox::ready(tx, "sms", at(100), 7)).unwrap(), [], "it is claimed, as ever");
}

fn only_one_node_holds_a_lease(kind: Kind) {
    let (_world, [one, other]) = waiting(kind, 1);
    let take = |node: &Db, who: u8, now: i64| {
        node.write_now(|tx| house::take_lease(tx, "timers", [who; 16], at(now), at(now + 300))).unwrap()
    };
    assert!(take(&one, 1, 0));
    assert!(!take(&other, 2, 100) && take(&one, 1, 100), "who has it goes on with it");
    assert!(!take(&other, 2, 399));
    assert!(take(&other, 2, 400) && !take(&one, 1, 401));
}

fn a_text_is_agreed_on_once(kind: Kind) {
    let (_world, [one, other]) = waiting(kind, 1);
    assert_eq!(one.write_now(|tx| house::agree(tx, "installation", "a")).unwrap(), "a");
    assert_eq!(other.write_now(|tx| house::agree(tx, "installation", "b")).unwrap(), "a");
}

fn nothing_gets_a_moment_that_is_closed(kind: Kind) {
    let (_world, [one, other]) = waiting(kind, 1);
    assert_eq!(one.read_now(verify::closed_until).unwrap(), None);
    if kind == Kind::OnServer {
        // Whoever writes an event is waited for.
        let mut writing = one.batch().unwrap();
        writing.write(locks::history).unwrap();
        let (done, heard) = std::sync::mpsc::channel();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                other.write_now(|tx| verify::close_history(tx, at(50))).unwrap();
                done.send(()).unwrap();
            });
            let waited = heard.recv_timeout(std::time::Duration::from_millis(300));
            assert!(waited.is_err(), "it closed under somebody's hands");
            writing.commit().unwrap();
        });
    } else {
        other.write_now(|tx| verify::close_history(tx, at(50))).unwrap();
    }
    one.write_now(|tx| verify::close_history(tx, at(40))).unwrap();
    assert_eq!(other.read_now(verify::closed_until).unwrap(), Some(at(50)), "it never opens again");
}
