//! Rights that end, terms that stay, data that is erased.

use app::AppError;
use app::actor::Actor;
use app::catalogue::{self, TermEntry};
use domain::dossier::{Command, Status};
use testkit::Office;

#[tokio::test]
async fn a_term_entered_by_a_control_officer_outlives_the_next_import() {
    let office = Office::open();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue");
    let known = office.house.now_known();
    let without = known.catalogue.all().find(|it| it.time_limit.is_none()).unwrap().procedure.clone();
    let entry = |basis: &str| TermEntry {
        procedure: without.clone(),
        legal: "5wd".into(),
        committed: "3wd".into(),
        basis: basis.into(),
    };
    let refused = catalogue::enter_term(&office.house, office.staff.reception, entry("QĐ 1/QĐ-UBND")).await;
    assert!(matches!(refused, Err(AppError::Forbidden)));
    assert!(matches!(
        catalogue::enter_term(&office.house, office.staff.control, entry("")).await,
        Err(AppError::Invalid(_))
    ));
    let id = catalogue::enter_term(&office.house, office.staff.control, entry("QĐ 1/QĐ-UBND")).await.unwrap();
    let again = catalogue::publish(&office.house, &catalogue::read_folder(&folder).unwrap(), None).unwrap();
    assert_eq!((again.new, again.changed), (0, 0), "importing again changes nothing");
    let current = office.house.now_known().catalogue.current(&without).unwrap();
    assert_eq!(current.id, id);
    assert_eq!(current.time_limit.as_ref().map(|it| it.legal.to_string()), Some("5wd".to_owned()));
}

#[tokio::test]
async fn who_holds_no_post_any_more_reads_nothing_whatever_the_reason() {
    let office = Office::open();
    let filed = office.file_online("dang-ky-khai-sinh@ward").await;
    let former = office.staff.former;
    let reason = app::dossiers::give_reason(&office.house, former, &filed.code, "kiểm tra lại việc cũ").await;
    assert!(matches!(reason, Err(AppError::Forbidden)));
    let opened = app::dossiers::open(&office.house, &Actor::Staff(former), &filed.code).await;
    assert!(matches!(opened, Err(AppError::Forbidden)));
    let other = office.staff.other_specialist;
    let closed = app::dossiers::open(&office.house, &Actor::Staff(other), &filed.code).await;
    assert!(matches!(closed, Err(AppError::ReasonNeeded)));
    app::dossiers::give_reason(&office.house, other, &filed.code, "đối chiếu hồ sơ trùng").await.unwrap();
    assert!(app::dossiers::open(&office.house, &Actor::Staff(other), &filed.code).await.is_ok());
}

#[tokio::test]
async fn what_is_erased_is_gone_and_the_chain_still_holds() {
    let office = Office::open();
    let filed = office.file_online("dang-ky-khai-sinh@ward").await;
    let withdraw = Command::Withdraw { reason: "không cần nữa".into() };
    office.ask(Actor::Citizen(office.citizen), filed.id, withdraw, None).await.unwrap();
    let erase = || Command::Erase { basis: "Luật 91/2025/QH15 Điều 4".into() };
    assert!(matches!(office.act(office.staff.reception, filed.id, erase()).await, Err(AppError::Forbidden)));
    office.act(office.staff.control, filed.id, erase()).await.unwrap();
    let left = office.dossier(filed.id);
    assert_eq!((left.status, left.erased, left.filing.get()), (Status::Withdrawn, true, None));
    let names = office.house.db.read_now(|tx| storage::lists::anywhere(tx, "", "quynh tram", 10)).unwrap();
    assert_eq!(names, [], "no list finds the name");
    let messages = office.house.db.read_now(|tx| storage::outbox::latest(tx, 100)).unwrap();
    assert!(messages.iter().all(|it| it.dossier != Some(filed.id)), "no message is left");
    let found = app::integrity::verify(&office.house, |_, _| {}).await.unwrap();
    assert_eq!(found.differences, []);
    assert!(office.dossier(filed.id).code == filed.code, "the code is for ever");
}

#[tokio::test]
async fn a_dossier_of_somebody_who_left_is_seen_by_the_post_again() {
    let office = Office::open();
    let id = office.receive_at_counter("dang-ky-khai-tu@ward").await.id;
    office.act(office.staff.specialist, id, Command::TakeOn).await.unwrap();
    office
        .house
        .db
        .write_now(|tx| storage::units::end_mandates(tx, office.staff.specialist, office.house.clock.now().day()))
        .unwrap();
    office.house.refresh().unwrap();
    let colleague = office.staff.second_specialist;
    let queue = app::work::Queue::Unclaimed;
    let listed = app::desk::listed(&office.house, colleague, queue, app::work::Filter::default()).await.unwrap();
    assert_eq!(listed.cards.len(), 1, "nothing stalls in silence");
    office.act(office.staff.second_specialist, id, Command::TakeOn).await.unwrap();
}
