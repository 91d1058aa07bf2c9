//! Decisions that wait for their owners: whether one lies at the desk is asked of the database, and is what its history tells.

use app::actor::Actor;
use app::uncollected;
use domain::dossier::{Collection, Command, Draft, Outcome};
use domain::ids::{DocumentId, DossierId};
use domain::procedure::Channel;
use testkit::Office;

const PROCEDURE: &str = "dang-ky-khai-sinh@ward";
/// What the database looks for, typed by somebody.
const TYPED: &str = r#"Số 1 {"how":"electronic"} {"collection":{"how":"electronic"}}"#;

/// Received at the counter, to come back so.
async fn received(office: &Office, collection: Collection) -> DossierId {
    let mut plan = office.plan(PROCEDURE, Channel::Counter, office.ward, None);
    plan.filing.collection = collection;
    app::handle::file(&office.house, Actor::Staff(office.staff.reception), plan, None).await.unwrap().id
}

/// Filed online to come back so, received, and chosen otherwise.
async fn chosen_otherwise(office: &Office, before: Collection, after: Collection) -> DossierId {
    let mut plan = office.plan(PROCEDURE, Channel::Online, office.ward, Some(office.citizen));
    plan.filing.collection = before;
    let citizen = Actor::Citizen(office.citizen);
    let id = app::handle::file(&office.house, citizen.clone(), plan, None).await.unwrap().id;
    office.act(office.staff.reception, id, Command::Accept).await.unwrap();
    office.ask(citizen, id, Command::ChooseCollection(after), None).await.unwrap();
    id
}

/// Received at the counter, and what was written down about how it comes back corrected.
async fn corrected(office: &Office, before: Collection, after: Collection) -> DossierId {
    let id = received(office, before).await;
    let mut filing = office.dossier(id).filing.get().unwrap().clone();
    filing.collection = after;
    let correction = Command::Correct { filing: Box::new(filing), reason: "Ghi sai cách nhận".into() };
    office.act(office.staff.reception, id, correction).await.unwrap();
    id
}

async fn issued(office: &Office, id: DossierId, document: Option<DocumentId>) {
    let staff = office.staff;
    office.act(staff.specialist, id, Command::TakeOn).await.unwrap();
    for _ in 0..8 {
        let draft = Command::SubmitForSignature { outcome: Outcome::Granted, draft: Draft::default(), to: None };
        if office.act(staff.specialist, id, draft).await.is_ok() {
            break;
        }
        let on = Command::Forward { to: None, note: String::new() };
        office.act(staff.specialist, id, on).await.unwrap();
    }
    office.act(staff.leader, id, Command::Sign).await.unwrap();
    office.act(staff.clerk, id, Command::Issue { number: "77/2025".into(), document }).await.unwrap();
}

async fn what_lies_at_the_desk_is_what_the_histories_tell(office: Office) {
    let file = Some(DocumentId::from_uuid(office.house.ids.uuid(office.house.clock.now())));
    let post = || Collection::Post { address: "Số 1".to_owned() };
    let mut typed = office.plan(PROCEDURE, Channel::Counter, office.ward, None);
    typed.filing.submitter.address = TYPED.to_owned();
    let reception = Actor::Staff(office.staff.reception);
    let typed = app::handle::file(&office.house, reception, typed, None).await.unwrap().id;
    let at_desk = [
        (received(&office, Collection::Desk).await, None),
        (received(&office, post()).await, file),
        (chosen_otherwise(&office, Collection::Electronic, Collection::Desk).await, file),
        (corrected(&office, Collection::Electronic, post()).await, file),
        (typed, file),
    ];
    let without_file = [
        (received(&office, Collection::Electronic).await, None),
        (corrected(&office, Collection::Desk, Collection::Electronic).await, None),
    ];
    let nowhere = [
        (received(&office, Collection::Electronic).await, file),
        (chosen_otherwise(&office, Collection::Desk, Collection::Electronic).await, file),
        (corrected(&office, post(), Collection::Electronic).await, file),
    ];
    for (id, document) in at_desk.iter().chain(&without_file).chain(&nowhere) {
        issued(&office, *id, *document).await;
    }
    let mut expected: Vec<(DossierId, bool)> = at_desk.iter().map(|it| (it.0, false)).collect();
    expected.extend(without_file.iter().map(|it| (it.0, true)));
    expected.sort_unstable();
    let found = uncollected::waiting(&office.house, office.staff.reception).await.unwrap();
    let mut lies: Vec<(DossierId, bool)> = found.at_desk.iter().map(|it| (it.card.id, it.lacks_file)).collect();
    lies.sort_unstable();
    assert_eq!(lies, expected);
    assert_eq!(found.electronic, 3);
}

#[tokio::test]
async fn in_a_file_what_lies_at_the_desk_is_what_the_histories_tell() {
    what_lies_at_the_desk_is_what_the_histories_tell(Office::open()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_server_what_lies_at_the_desk_is_what_the_histories_tell() {
    what_lies_at_the_desk_is_what_the_histories_tell(Office::open_on_server()).await;
}
