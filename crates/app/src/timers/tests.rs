use super::*;
use crate::accounts::{Kind, sign_in};
use crate::handle::Once;
use crate::testing::{PASSWORD, PROCEDURE, TestHouse, run, staff_id};
use domain::dossier::{Command, Event, Status};
use domain::procedure::{Step, StepClock, StepKind};
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

/// The citizen is told until when, and the dossier goes on by itself on the day after; its history says why.
#[test]
fn a_question_nobody_answered_is_consent_on_the_day_after_its_last() {
    run(async {
        let test = TestHouse::with_catalogue();
        let mut revision = (*test.house.now_known().catalogue.current(&PROCEDURE.parse().unwrap()).unwrap()).clone();
        let at = revision.steps.iter().position(|it| it.kind == StepKind::Work).unwrap() + 1;
        let asks = Step {
            kind: StepKind::Citizen,
            clock: StepClock::Paused,
            clock_stated: Some("waiting_applicant_max_1_day".to_owned()),
            ..revision.steps[at - 1].clone()
        };
        revision.steps.insert(at, asks);
        for (step, number) in revision.steps.iter_mut().zip(1..) {
            step.number = number;
        }
        crate::catalogue::publish(&test.house, &[revision], None).unwrap();
        let filed = test.file_online(|_| {}).await;
        test.act("tiep.nhan", &filed, Command::Accept).await;
        let onward = || Command::Forward { to: None, note: String::new() };
        test.act("thu.ly", &filed, onward()).await;
        let find = || test.house.db.read_now(|tx| dossiers::find(tx, filed.id)).unwrap().unwrap();
        let last = find().0.confirm_by().unwrap();
        let told = test.house.db.read_now(|tx| outbox::latest(tx, 10)).unwrap();
        let until = crate::words::day(last);
        assert!(told.iter().any(|it| it.body.contains("coi như bạn đồng ý") && it.body.contains(&until)), "{told:?}");
        while test.now().day() < last {
            test.later(DAY);
        }
        assert_eq!(tick(&test.house).await.unwrap().lapsed, 0, "the last day is still theirs");
        test.later(DAY);
        assert_eq!(tick(&test.house).await.unwrap().lapsed, 1);
        assert_eq!(tick(&test.house).await.unwrap().lapsed, 0);
        let (dossier, log) = find();
        assert_eq!((dossier.status, dossier.pause, dossier.confirm_by()), (Status::InProgress, None, None));
        let went_on = log.last().unwrap();
        let Event::Forwarded { body, .. } = &went_on.event else { panic!("{went_on:?}") };
        assert!(went_on.actor.is_none() && body.get().unwrap().text.contains("coi như đồng ý"));
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

#[test]
fn a_clock_that_leaped_is_not_believed_until_it_stays_so() {
    run(async {
        let test = TestHouse::new();
        let mut doubted = None;
        assert!(is_believed(&test.house, &mut doubted, DOUBT).await, "the first round of a house");
        test.later(3 * DAY);
        assert!(is_believed(&test.house, &mut doubted, DOUBT).await, "a long weekend");
        test.later(40 * DAY);
        for _ in 0..2 {
            assert!(!is_believed(&test.house, &mut doubted, DOUBT).await, "somebody may set it right yet");
        }
        test.later(-40 * DAY);
        assert!(is_believed(&test.house, &mut doubted, DOUBT).await && doubted.is_none(), "somebody did");
        test.later(-DAY);
        assert!(is_believed(&test.house, &mut doubted, DOUBT).await, "back is no leap");
        test.later(40 * DAY);
        assert!(!is_believed(&test.house, &mut doubted, DOUBT).await);
        assert!(is_believed(&test.house, &mut doubted, Duration::ZERO).await, "nobody did: the house was closed");
        assert!(is_believed(&test.house, &mut None, DOUBT).await, "and so it stays, for every node");
    });
}
