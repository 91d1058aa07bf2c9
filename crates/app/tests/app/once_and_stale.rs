//! Twice is once; somebody faster wins and the other is told.

use app::AppError;
use app::actor::Actor;
use app::handle::{self, Asked, Once};
use domain::dossier::Command;
use testkit::Office;

#[tokio::test]
async fn a_double_click_makes_one_dossier() {
    let office = Office::open();
    let once = Some(Once::new("key", b"contents"));
    let plan =
        || office.plan("dang-ky-khai-sinh@ward", domain::procedure::Channel::Online, office.ward, Some(office.citizen));
    let actor = Actor::Citizen(office.citizen);
    let (first, second) = tokio::join!(
        handle::file(&office.house, actor.clone(), plan(), once.clone()),
        handle::file(&office.house, actor.clone(), plan(), once.clone())
    );
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first.code, second.code);
    assert!(first.fresh != second.fresh);
    let other = handle::file(&office.house, actor, plan(), Some(Once::new("key", b"other contents"))).await;
    assert!(matches!(other, Err(AppError::KeyReused)));
}

#[tokio::test]
async fn of_two_at_once_one_wins_and_the_other_is_told_what_changed() {
    let office = Office::open();
    let id = office.receive_at_counter("dang-ky-khai-tu@ward").await.id;
    let version = Some(office.dossier(id).version);
    let take = |person| Asked { actor: Actor::Staff(person), id, version, command: Command::TakeOn, once: None };
    let (one, two) = tokio::join!(
        handle::handle(&office.house, take(office.staff.specialist)),
        handle::handle(&office.house, take(office.staff.second_specialist))
    );
    let (won, lost) = if one.is_ok() { (one, two) } else { (two, one) };
    won.unwrap();
    match lost {
        Err(AppError::Stale { since }) => assert_eq!(since.len(), 1),
        other => panic!("{other:?}"),
    }
}
