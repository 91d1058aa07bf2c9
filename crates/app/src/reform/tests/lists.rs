//! Every list of everybody just before the instant, just after it, and once every history tells of it: the last two are the same.

use super::*;
use crate::actor::Actor;
use crate::desk::listed;
use crate::dossiers::{of_citizen, open};
use crate::handle::Handled;
use crate::integrity::verify;
use crate::testing::{TestHouse, citizen_id, run, staff_id};
use crate::uncollected;
use crate::work::{Filter, Queue, clock_of, overview, search_all};
use domain::dossier::{Collection, Draft, Outcome, Status};
use domain::ids::DocumentId;
use domain::organisation::Mandate;
use domain::post::Post;
use jiff::civil::date;
use storage::lists::ListCard;

const EVERYBODY: [&str; 5] = ["tiep.nhan", "thu.ly", "lanh.dao", "van.thu", "nguoi.la"];

/// A row as the pages show it.
fn shown(test: &TestHouse, it: &ListCard) -> String {
    let known = test.house.now_known();
    let organisation = &known.organisation;
    let clock = clock_of(&test.house, &known, it, test.now()).unwrap();
    format!(
        "{} {:?} {} {:?} {} {} {} since {:?} changed {:?} {clock:?}",
        it.code,
        it.status,
        it.next_act,
        organisation.owner_now(it),
        organisation.responsible_now(it),
        organisation.desk_now(it),
        organisation.collect_now(it),
        it.held_since,
        it.changed_at,
    )
}

/// Every list of everybody, each with its name.
async fn lists(test: &TestHouse) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    for login in EVERYBODY {
        for queue in Queue::ALL {
            let it = listed(&test.house, staff_id(login), queue, Filter::default()).await.unwrap();
            let mut rows: Vec<String> = it.cards.iter().map(|card| shown(test, card)).collect();
            rows.push(format!("{:?} {}", it.counts, it.total));
            found.insert(format!("{login} {}", queue.key()), rows);
        }
    }
    let leader = overview(&test.house, staff_id("lanh.dao")).await.unwrap();
    let watched = leader.late.iter().chain(&leader.soon).chain(&leader.to_sign).map(|it| shown(test, &it.0));
    found.insert("leader".to_owned(), watched.chain([format!("{} {:?}", leader.unit, leader.loads)]).collect());
    let mut of_account: Vec<String> =
        of_citizen(&test.house, citizen_id()).await.unwrap().iter().map(|it| shown(test, it)).collect();
    of_account.sort();
    found.insert("citizen".to_owned(), of_account);
    let mut anywhere: Vec<String> =
        search_all(&test.house, "Thử").await.unwrap().iter().map(|it| shown(test, it)).collect();
    anywhere.sort();
    found.insert("search".to_owned(), anywhere);
    found
}

/// What everybody reads of a dossier and may do with it.
async fn pages(test: &TestHouse, all: &[Handled]) -> Vec<String> {
    let mut found = Vec::new();
    let readers = EVERYBODY.map(|login| Actor::Staff(staff_id(login))).into_iter();
    for actor in readers.chain([Actor::Citizen(citizen_id())]) {
        for it in all {
            found.push(match open(&test.house, &actor, &it.code).await {
                Ok(it) => format!("{:?} {:?} {:?} {:?} {:?}", it.dossier, it.log, it.relations, it.acts, it.shares),
                Err(why) => format!("{actor:?} {}: {why:?}", it.code),
            });
        }
    }
    found
}

/// Where only one person holds a post, nothing waits to be taken on.
fn second_specialist(test: &TestHouse) {
    let mandate = Mandate {
        person: staff_id("van.thu"),
        unit: test.unit("phuong"),
        post: Post::Specialist,
        from: date(2024, 12, 1),
        until: None,
    };
    test.house.db.write_now(|tx| storage::units::add_mandate(tx, &mandate)).unwrap();
    test.house.refresh().unwrap();
}

/// A dossier wherever an ordinary one can stand.
async fn everywhere(test: &TestHouse) -> Vec<Handled> {
    let mut all = vec![test.file_online(|_| {}).await];
    let asked = test.file_online(|_| {}).await;
    test.ask_for_papers(&asked).await;
    all.extend([asked, test.file_at_desk(|_| {}).await]);
    for acts in 1..=5 {
        let it = test.file_at_desk(|_| {}).await;
        let draft = Draft { text: "Đủ điều kiện".to_owned(), document: None };
        let course = [
            ("thu.ly", Command::TakeOn),
            ("thu.ly", Command::SubmitForSignature { outcome: Outcome::Granted, draft, to: None }),
            ("lanh.dao", Command::Sign),
            ("van.thu", Command::Issue { number: "12/2025".to_owned(), document: None }),
        ];
        for (login, command) in course.into_iter().take(acts) {
            test.act(login, &it, command).await;
        }
        if acts == 5 {
            let evidence =
                domain::dossier::Evidence { receiver: "Nguyễn Thị Thử".to_owned(), ..Default::default() };
            let handed = Command::Deliver { evidence, by_proxy: domain::dossier::Proxy::Owner };
            test.act("tiep.nhan", &it, handed).await;
        }
        all.push(it);
    }
    let closed = test.file_at_desk(|_| {}).await;
    test.act("tiep.nhan", &closed, Command::Withdraw { reason: "Không cần nữa".to_owned() }).await;
    all.push(closed);
    let statuses = test.house.db.read_now(storage::lists::statuses).unwrap();
    let statuses: Vec<Status> = statuses.into_iter().map(|it| it.0).collect();
    assert_eq!(statuses.len(), 7, "{statuses:?}");
    all
}

#[test]
fn every_list_is_old_before_the_instant_and_new_after_it_settled_or_not() {
    run(async {
        let test = TestHouse::with_catalogue();
        second_specialist(&test);
        let all = everywhere(&test).await;
        let reform = check(&test.house, "thu.toml", PLAN).unwrap();
        let unplanned = lists(&test).await;
        plan(&test.house, &reform, None).await.unwrap();
        assert_eq!(lists(&test).await, unplanned, "a plan to come changes no list");
        turned(&test, "2025-04-01T23:59:59");
        let before = lists(&test).await;
        turned(&test, "2025-04-02T00:00");
        flip_due(&test.house).await.unwrap();
        let (unsettled, read) = (lists(&test).await, pages(&test, &all).await);
        assert_eq!(settle(&test.house).await.unwrap(), 7);
        let (settled, read_after) = (lists(&test).await, pages(&test, &all).await);
        for (name, rows) in &settled {
            assert_eq!(unsettled.get(name), Some(rows), "{name}");
        }
        assert_eq!(read, read_after, "pages tell what the history will tell");

        let rows = |of: &BTreeMap<String, Vec<String>>, name: &str| of.get(name).map_or(0, |it| it.len() - 1);
        for queue in Queue::ALL {
            let name = |login: &str| format!("{login} {}", queue.key());
            let held: usize = EVERYBODY.iter().filter(|it| **it != "nguoi.la").map(|it| rows(&before, &name(it))).sum();
            let holds: usize =
                EVERYBODY.iter().filter(|it| **it != "nguoi.la").map(|it| rows(&settled, &name(it))).sum();
            assert_eq!((held > 0, held), (queue != Queue::Outside, holds), "{queue:?}");
        }
        // Who came from the other ward shares the queues of the post, and what is done is found by the heirs.
        for (queue, shared) in [(Queue::Unclaimed, 1), (Queue::Done, 2), (Queue::Mine, 0)] {
            let name = format!("nguoi.la {}", queue.key());
            assert_eq!((rows(&before, &name), rows(&settled, &name)), (0, shared), "{queue:?}");
        }
        assert_eq!(verify(&test.house, |_, _| {}).await.unwrap().differences, []);
        test.house.db.write_now(storage::units::put_heirs).unwrap();
        assert_eq!(lists(&test).await, settled);
    });
}

/// A decision that was issued, wanted so.
async fn decided(test: &TestHouse, collection: Collection, document: Option<DocumentId>) -> Handled {
    let it = test.file_at_desk(|plan| plan.filing.collection = collection).await;
    let draft = Draft { text: "Đủ điều kiện".to_owned(), document: None };
    let course = [
        ("thu.ly", Command::TakeOn),
        ("thu.ly", Command::SubmitForSignature { outcome: Outcome::Granted, draft, to: None }),
        ("lanh.dao", Command::Sign),
        ("van.thu", Command::Issue { number: "12/2025".to_owned(), document }),
    ];
    for (login, command) in course {
        test.act(login, &it, command).await;
    }
    it
}

#[test]
fn a_decision_lies_where_it_lay_whether_its_history_tells_of_the_reorganisation_or_not() {
    run(async {
        let test = TestHouse::with_catalogue();
        second_specialist(&test);
        let file = Some(DocumentId::from_uuid(test.house.ids.uuid(test.now())));
        let paper = decided(&test, Collection::Desk, None).await;
        let without_file = decided(&test, Collection::Electronic, None).await;
        decided(&test, Collection::Electronic, file).await;
        let told = async || {
            let found = uncollected::waiting(&test.house, staff_id("tiep.nhan")).await.unwrap();
            let mut lies: Vec<_> = found.at_desk.iter().map(|it| (it.card.id, it.lacks_file)).collect();
            lies.sort_unstable();
            (lies, found.electronic)
        };
        let mut lies = vec![(paper.id, false), (without_file.id, true)];
        lies.sort_unstable();
        assert_eq!(told().await, (lies.clone(), 1));
        let reform = check(&test.house, "thu.toml", PLAN).unwrap();
        plan(&test.house, &reform, None).await.unwrap();
        turned(&test, "2025-04-02T00:00");
        flip_due(&test.house).await.unwrap();
        assert_eq!(told().await, (lies.clone(), 1), "no history tells of it yet");
        assert_eq!(settle(&test.house).await.unwrap(), 3);
        assert_eq!(told().await, (lies, 1));
    });
}
