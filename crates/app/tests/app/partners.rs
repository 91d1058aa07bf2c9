//! Partners of the outbox who hang, lie, answer late or twice, on either engine and with two nodes: each message is taken at
//! least once or lies dead where somebody sees it, the first of a dossier before the second, always with the same words.

use app::house::House;
use app::outbox::{Carried, Carrier, run_once_with};
use integrations::Refused;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use storage::outbox::{self, Message};
use testkit::Office;

/// So long a partner may take, here.
const PATIENCE: Duration = Duration::from_millis(40);
/// Seeds, each another night.
const NIGHTS: u64 = 3;

/// What a partner makes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mood {
    /// Takes it and says so.
    Honest,
    /// Says no and has not taken it.
    Refuses,
    /// Takes it and says that it did not.
    Denies,
    /// Says that it took it and did not.
    Lies,
    /// Takes it, and answers when nobody listens any more.
    Late,
    /// Never answers.
    Hangs,
    /// Breaks in the middle, after taking it.
    Breaks,
}

const MOODS: [Mood; 7] = [Mood::Honest, Mood::Refuses, Mood::Denies, Mood::Lies, Mood::Late, Mood::Hangs, Mood::Breaks];

/// A partner with a ledger of its own.
struct Partner {
    chance: Mutex<ChaCha12Rng>,
    is_well: Mutex<bool>,
    taken: Mutex<Vec<Message>>,
    told_yes: Mutex<BTreeSet<String>>,
    lied_about: Mutex<BTreeSet<String>>,
}

impl Partner {
    fn new(seed: u64) -> Arc<Self> {
        Arc::new(Self {
            chance: Mutex::new(ChaCha12Rng::seed_from_u64(seed)),
            is_well: Mutex::new(false),
            taken: Mutex::default(),
            told_yes: Mutex::default(),
            lied_about: Mutex::default(),
        })
    }

    fn mood(&self) -> Mood {
        let chosen = self.chance.lock().unwrap().random_range(0..MOODS.len());
        if *self.is_well.lock().unwrap() { Mood::Honest } else { MOODS[chosen] }
    }
}

impl Carrier for Partner {
    async fn carry(&self, message: Message, _: Vec<u16>) -> Carried {
        Carried::whole(self.asked(message).await)
    }
}

impl Partner {
    async fn asked(&self, message: Message) -> Result<(), Refused> {
        let (mood, id) = (self.mood(), message.id.to_string());
        if !matches!(mood, Mood::Refuses | Mood::Lies | Mood::Hangs) {
            self.taken.lock().unwrap().push(message);
        }
        match mood {
            Mood::Honest => {
                self.told_yes.lock().unwrap().insert(id);
                Ok(())
            }
            Mood::Refuses | Mood::Denies => Err(Refused::Later("busy".to_owned())),
            Mood::Lies => {
                self.told_yes.lock().unwrap().insert(id.clone());
                self.lied_about.lock().unwrap().insert(id);
                Ok(())
            }
            Mood::Late => {
                // Where nobody listens any more it does not even get to say so.
                tokio::time::sleep(PATIENCE * 3).await;
                self.told_yes.lock().unwrap().insert(id);
                Ok(())
            }
            Mood::Hangs => std::future::pending().await,
            Mood::Breaks => panic!("the partner broke, as the seed says"),
        }
    }
}

/// All nodes carry what may go now, until nothing waits; the clock is turned to the next try each time.
async fn carried(office: &Office, nodes: &[Arc<House>], partner: &Arc<Partner>, hours: u32) {
    for _ in 0..hours {
        loop {
            let mut tried = 0;
            let each = nodes.iter().map(|node| {
                let (node, partner) = (Arc::clone(node), Arc::clone(partner));
                tokio::spawn(async move { run_once_with(&node, &partner, PATIENCE).await.unwrap() })
            });
            for one in each.collect::<Vec<_>>() {
                tried += one.await.unwrap();
            }
            if tried == 0 {
                break;
            }
        }
        for node in nodes {
            node.clock.turn_to(node.clock.now().plus_seconds(3_600));
        }
    }
    assert!(nodes.iter().any(|it| Arc::ptr_eq(it, &office.house)));
}

fn stored(office: &Office) -> Vec<Message> {
    office.house.db.read_now(|tx| outbox::latest(tx, 1_000)).unwrap()
}

/// Nothing that anybody may say about a message is against what its partner knows.
fn assert_honest(partner: &Partner, stored: &[Message]) {
    let (taken, yes) = (partner.taken.lock().unwrap(), partner.told_yes.lock().unwrap());
    let lied = partner.lied_about.lock().unwrap();
    let by_id: BTreeMap<String, &Message> = stored.iter().map(|it| (it.id.to_string(), it)).collect();
    for message in taken.iter() {
        let own = by_id[&message.id.to_string()];
        assert_eq!((&own.recipient, &own.subject, &own.body), (&message.recipient, &message.subject, &message.body));
    }
    for (id, message) in &by_id {
        let was_taken = taken.iter().any(|it| it.id == message.id);
        match (message.delivered_at, message.dead_at) {
            (Some(_), None) => assert!(yes.contains(id), "{id}: delivered, and nobody said so"),
            (None, Some(_)) => assert!(!message.last_error.is_empty(), "{id}: dead without a reason"),
            other => panic!("{id} still waits: {other:?}"),
        }
        assert!(was_taken || lied.contains(id) || message.dead_at.is_some(), "{id}: nobody has it");
    }
}

/// No message of a dossier was taken for the first time before the one that came before it was settled.
fn assert_in_order(partner: &Partner) {
    let taken = partner.taken.lock().unwrap();
    let mut first_taken: BTreeMap<(String, String), Vec<u128>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for message in taken.iter().filter(|it| seen.insert(it.id)) {
        let line = (message.channel.clone(), format!("{:?}", message.dossier));
        first_taken.entry(line).or_default().push(u128::from_be_bytes(*message.id.as_bytes()));
    }
    for (line, ids) in first_taken {
        assert!(ids.is_sorted(), "out of order: {line:?}");
    }
}

async fn a_bad_night(office: &Office, nodes: Vec<Arc<House>>, seed: u64) {
    let partner = Partner::new(seed);
    for _ in 0..6 {
        let filed = office.file_online("dang-ky-khai-sinh@ward").await;
        office.act(office.staff.reception, filed.id, domain::dossier::Command::Accept).await.unwrap();
    }
    let written = stored(office).len();
    assert!(written >= 12, "only {written} messages");
    carried(office, &nodes, &partner, 24).await;
    assert_honest(&partner, &stored(office));
    assert_in_order(&partner);
    // In the morning the partner is well, and somebody sends again what lies dead.
    *partner.is_well.lock().unwrap() = true;
    let dead = stored(office).iter().filter(|it| it.dead_at.is_some()).count();
    let resent = app::outbox::resend_all(&office.house, office.staff.administrator).await.unwrap();
    assert_eq!(resent, dead);
    carried(office, &nodes, &partner, 1).await;
    let after = stored(office);
    assert_eq!(after.len(), written, "no message was made twice");
    assert!(after.iter().all(|it| it.delivered_at.is_some()), "seed {seed}: something still waits");
    assert_honest(&partner, &after);
    // Somebody answers once more, and once more otherwise: it stays as it was.
    let (id, now) = (after[0].id, office.house.clock.now());
    let twice = office.house.db.write_now(|tx| outbox::delivered(tx, id, now));
    let otherwise = office.house.db.write_now(|tx| outbox::failed(tx, id, now, Some(now), "no, after all"));
    assert_eq!((twice.unwrap(), otherwise.unwrap()), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_partner_does_no_message_of_a_file_is_lost_or_changed() {
    for seed in 1..=NIGHTS {
        let office = Office::open();
        let nodes = vec![Arc::clone(&office.house)];
        a_bad_night(&office, nodes, seed).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_partner_does_no_message_of_two_nodes_is_lost_or_changed() {
    for seed in 1..=NIGHTS {
        let office = Office::open_on_server();
        let nodes = vec![Arc::clone(&office.house), office.another_node()];
        a_bad_night(&office, nodes, seed).await;
    }
}
