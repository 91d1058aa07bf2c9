use super::*;
use crate::accounts::{Kind, sign_in};
use crate::handle::Once;
use crate::testing::{PASSWORD, TestHouse, run, staff_id};
use domain::dossier::{Event, Status};
use storage::dossiers;

const DAY: i64 = 24 * 3_600;

#[test]
fn a_request_nobody_answered_ends_the_dossier_on_the_day_after_its_last() {
    run(async {
        let test = TestHouse::with_catalogue();
        let filed = test.file_online(|_| {}).await;
        let waiting = test.file_online(|_| {}).await;
        test.ask_for_papers(&filed).await;
        assert_eq!(tick(&test.house).await.unwrap().lapsed, 0);
        let (dossier, _) = test.house.db.read_now(|tx| dossiers::find(tx, filed.id)).unwrap().unwrap();
        let last = dossier.supplement.unwrap().reply_by;
        while test.now().day() < last {
            test.later(DAY);
        }
        assert_eq!(tick(&test.house).await.unwrap().lapsed, 0, "the last day is still theirs");
        test.later(DAY);
        assert_eq!(tick(&test.house).await.unwrap().lapsed, 1);
        assert_eq!(tick(&test.house).await.unwrap().lapsed, 0);
        let (dossier, log) = test.house.db.read_now(|tx| dossiers::find(tx, filed.id)).unwrap().unwrap();
        assert!(!dossier.status.is_open());
        let ended = log.last().unwrap();
        assert!(matches!(ended.event, Event::SupplementLapsed {}) && ended.actor.is_none());
        let (other, _) = test.house.db.read_now(|tx| dossiers::find(tx, waiting.id)).unwrap().unwrap();
        assert_eq!(other.status, Status::New);
    });
}

#[test]
fn what_need_not_be_kept_is_forgotten_after_thirty_days() {
    run(async {
        let test = TestHouse::with_catalogue();
        test.file_at_desk(|_| {}).await;
        let answered =
            storage::house::Answered { act: "take_on".to_owned(), body_hash: String::new(), answer: String::new() };
        let (person, now) = (staff_id("tiep.nhan"), test.now());
        let once = Once::new("phím", b"");
        test.house.db.write(move |tx| storage::house::remember(tx, person, &once.key, &answered, now)).await.unwrap();
        crate::outbox::run_once(&test.house).await.unwrap();
        let from = crate::accounts::Origin { device: "", address: std::net::Ipv4Addr::LOCALHOST.into() };
        sign_in(&test.house, "tiep.nhan", PASSWORD, from, Kind::Staff).await.unwrap();
        assert_eq!(tick(&test.house).await.unwrap(), Ticked::default());
        test.later(31 * 60);
        assert_eq!(tick(&test.house).await.unwrap(), Ticked { sessions: 1, ..Ticked::default() });
        test.later(30 * DAY);
        assert_eq!(tick(&test.house).await.unwrap(), Ticked { forgotten: 1, emptied: 2, ..Ticked::default() });
        let messages = test.house.db.read_now(|tx| outbox::latest(tx, 10)).unwrap();
        assert!(messages.iter().all(|it| it.body.is_empty() && it.recipient.is_empty()));
    });
}

#[test]
fn the_worker_stops_when_told() {
    run(async {
        let test = TestHouse::new();
        let (stop, stopped) = watch::channel(false);
        let working = tokio::spawn(worker(Arc::clone(&test.house), stopped));
        stop.send(true).unwrap();
        working.await.unwrap();
    });
}
