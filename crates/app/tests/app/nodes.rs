//! Several nodes of one office, each a house of its own, on one PostgreSQL.

use app::AppError;
use app::actor::Actor;
use app::handle::{self, Asked, Handled, Once};
use app::house::House;
use domain::dossier::Command;
use domain::procedure::Channel;
use std::collections::BTreeSet;
use std::sync::Arc;
use testkit::Office;

const PROCEDURE: &str = "dang-ky-khai-sinh@ward";

async fn file(office: &Office, house: &Arc<House>, once: Option<Once>) -> Result<Handled, AppError> {
    let plan = office.plan(PROCEDURE, Channel::Online, office.ward, Some(office.citizen));
    handle::file(house, Actor::Citizen(office.citizen), plan, once).await
}

async fn is_whole(office: &Office) {
    let found = app::integrity::verify(&office.house, |_, _| {}).await.unwrap();
    assert_eq!(found.differences, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_who_act_on_the_same_page_one_is_told_what_changed() {
    let office = Office::open_on_server();
    let other = office.another_node();
    for _ in 0..10 {
        let filed = file(&office, &office.house, None).await.unwrap();
        let accept = |house: Arc<House>| {
            let actor = Actor::Staff(office.staff.reception);
            let version = Some(filed.version);
            let asked = Asked { actor, id: filed.id, version, command: Command::Accept, once: None };
            async move { handle::handle(&house, asked).await }
        };
        let answers = tokio::join!(accept(Arc::clone(&office.house)), accept(Arc::clone(&other)));
        let stale = match answers {
            (Ok(_), Err(no)) | (Err(no), Ok(_)) => no,
            both => panic!("{both:?}"),
        };
        assert!(matches!(stale, AppError::Stale { ref since } if !since.is_empty()), "{stale:?}");
    }
    is_whole(&office).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_form_sent_to_two_nodes_is_filed_once() {
    let office = Office::open_on_server();
    let other = office.another_node();
    for round in 0..10 {
        let once = Some(Once::new(&format!("khóa {round}"), b"contents"));
        let (one, two) = tokio::join!(file(&office, &office.house, once.clone()), file(&office, &other, once));
        let (one, two) = (one.unwrap(), two.unwrap());
        assert_eq!((one.id, &one.code), (two.id, &two.code));
        assert!(one.fresh != two.fresh, "one of them was the second");
    }
    let (dossiers, _) = office.house.db.read_now(storage::verify::count).unwrap();
    assert_eq!(dossiers, 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_are_unbroken_over_two_nodes() {
    let office = Arc::new(Office::open_on_server());
    let nodes = [Arc::clone(&office.house), office.another_node()];
    let filing: Vec<_> = (0..40)
        .map(|number| {
            let (office, house) = (Arc::clone(&office), Arc::clone(&nodes[number % 2]));
            tokio::spawn(async move { file(&office, &house, None).await.unwrap() })
        })
        .collect();
    let mut numbers = BTreeSet::new();
    for filed in filing {
        let code = filed.await.unwrap().code;
        numbers.insert(code.as_str().rsplit('-').next().unwrap().parse::<u32>().unwrap());
    }
    assert!(numbers.into_iter().eq(1..=40));
    is_whole(&office).await;
}

#[tokio::test]
async fn what_one_node_changes_the_others_know_when_they_look() {
    let office = Office::open_on_server();
    let other = office.another_node();
    let today = office.house.clock.now().day();
    let holds = |house: &House| house.now_known().mandates.of(office.staff.specialist, today).next().is_some();
    assert!(holds(&other));
    office.house.db.write_now(|tx| storage::units::end_mandates(tx, office.staff.specialist, today)).unwrap();
    other.refresh().unwrap();
    assert!(!holds(&other));
}

#[tokio::test]
async fn a_seal_of_one_node_binds_the_others() {
    let office = Office::open_on_server();
    let other = office.another_node();
    file(&office, &office.house, None).await.unwrap();
    let seal = app::integrity::seal(&other).unwrap();
    // The clock of this node stands still, so without a word from the other it would give the sealed moment again.
    let filed = file(&office, &office.house, None).await.unwrap();
    assert!(office.dossier(filed.id).filed_at > seal.sealed_at);
    is_whole(&office).await;
}

#[tokio::test]
async fn a_text_saved_on_one_node_speaks_on_the_others_and_is_not_written_over_there() {
    use app::notice_texts::{Draft, save};
    use domain::notice::{Marks, NoticeChannel, NoticeKind};
    let office = Office::open_on_server();
    let other = office.another_node();
    let (kind, channel) = (NoticeKind::Delivered, NoticeChannel::Text);
    let draft = |text: &str| {
        let (text, registered_as) = (text.to_owned(), String::new());
        Draft { kind, channel, text, marks: Marks::Kept, registered_as }
    };
    save(&office.house, office.staff.control, draft("{ma} đã trả."), 0).await.unwrap();
    let stale = save(&other, office.staff.administrator, draft("{ma} xong."), 0).await;
    assert!(matches!(stale, Err(AppError::Invalid(_))), "{stale:?}");
    other.refresh().unwrap();
    assert_eq!(other.now_known().notices.spoken(kind, channel).unwrap().text, "{ma} đã trả.");
}
