//! Lists that are read again and again: rows at hand are the rows of the database.

use app::desk;
use app::house::House;
use app::rows::ListCard;
use app::work::{Filter, Queue};
use domain::dossier::{Command, SupplementItem};
use domain::ids::{DossierId, PersonId};
use std::sync::Arc;
use testkit::Office;

const PROCEDURE: &str = "dang-ky-khai-tu@ward";

async fn listed(house: &Arc<House>, person: PersonId, queue: Queue) -> Vec<Arc<ListCard>> {
    desk::listed(house, person, queue, Filter::default()).await.unwrap().cards
}

/// The same rows read from the database one by one.
fn stored(house: &House, rows: &[Arc<ListCard>]) -> Vec<ListCard> {
    let read = |it: &Arc<ListCard>| house.db.read_now(|tx| storage::lists::one(tx, it.id)).unwrap().unwrap();
    rows.iter().map(read).collect()
}

fn plain(rows: &[Arc<ListCard>]) -> Vec<ListCard> {
    rows.iter().map(|it| ListCard::clone(it)).collect()
}

fn request(office: &Office, id: DossierId) -> Command {
    let dossier = office.dossier(id);
    let paper = dossier.filing.get().unwrap().papers[0].requirement.clone();
    let clearer =
        SupplementItem { requirement: Some(paper), what: "Bản rõ hơn".to_owned(), ..SupplementItem::default() };
    Command::RequestSupplement {
        items: vec![clearer],
        reason: "Bản gửi mờ".to_owned(),
        legal_basis: "Điều mẫu".to_owned(),
        override_reason: String::new(),
        days: None,
    }
}

async fn a_list_read_again_is_the_list_of_now(office: Office) {
    let (house, specialist) = (&office.house, office.staff.specialist);
    let mut ids = Vec::new();
    for _ in 0..8 {
        ids.push(office.receive_at_counter(PROCEDURE).await.id);
    }
    let loose = listed(house, specialist, Queue::Unclaimed).await;
    assert_eq!(loose.len(), ids.len());
    for (taken, id) in (1..).zip(&ids) {
        office.act(specialist, *id, Command::TakeOn).await.unwrap();
        let mine = listed(house, specialist, Queue::Mine).await;
        assert_eq!((mine.len(), plain(&mine)), (taken, stored(house, &mine)));
        assert!(mine.iter().any(|it| it.id == *id && it.owner_person == Some(specialist)));
        let loose = listed(house, specialist, Queue::Unclaimed).await;
        assert_eq!((loose.len(), plain(&loose)), (ids.len() - taken, stored(house, &loose)));
    }
    let again = listed(house, specialist, Queue::Mine).await;
    let before = listed(house, specialist, Queue::Mine).await;
    assert!(again.iter().zip(&before).all(|(a, b)| Arc::ptr_eq(a, b)), "what did not change is not read again");
    // All of them change at once: more than are read one by one.
    for id in &ids {
        office.act(specialist, *id, request(&office, *id)).await.unwrap();
    }
    let waiting = listed(house, specialist, Queue::Citizen).await;
    assert_eq!((waiting.len(), plain(&waiting)), (ids.len(), stored(house, &waiting)));
    assert!(waiting.iter().all(|it| it.waiting), "they stand still now");
    let mine = listed(house, specialist, Queue::Mine).await;
    assert_eq!(plain(&mine), stored(house, &mine), "and in the hand of whoever has them they are what they are now");
}

#[tokio::test]
async fn in_a_file_a_list_read_again_is_the_list_of_now() {
    a_list_read_again_is_the_list_of_now(Office::open()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_server_a_list_read_again_is_the_list_of_now() {
    a_list_read_again_is_the_list_of_now(Office::open_on_server()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_node_did_stands_in_the_list() {
    let office = Office::open_on_server();
    let other = office.another_node();
    let id = office.receive_at_counter(PROCEDURE).await.id;
    let specialist = office.staff.specialist;
    assert_eq!(listed(&other, specialist, Queue::Unclaimed).await.len(), 1);
    office.act(specialist, id, Command::TakeOn).await.unwrap();
    assert_eq!(listed(&other, specialist, Queue::Unclaimed).await, []);
    let mine = listed(&other, specialist, Queue::Mine).await;
    assert_eq!(plain(&mine), stored(&office.house, &mine));
    office.act(specialist, id, request(&office, id)).await.unwrap();
    let waiting = listed(&other, specialist, Queue::Citizen).await;
    assert_eq!((waiting.len(), plain(&waiting)), (1, stored(&office.house, &waiting)));
}
