//! A plan is taken back while nobody of a successor has acted; after that it is said who did, on what, and when.

use super::*;
use crate::testing::citizen_id;
use domain::dossier::{Draft, Outcome};
use domain::organisation::reform::Reorganisation;

async fn carried_out(test: &TestHouse) -> Reorganisation {
    let reform = staged(test).await;
    turned(test, "2025-04-02T08:00");
    assert_eq!(flip_due(&test.house).await.unwrap(), [reform.id]);
    reform
}

fn submission() -> Command {
    let draft = Draft { text: "Đề nghị ký.".to_owned(), document: None };
    Command::SubmitForSignature { outcome: Outcome::Granted, draft, to: Some(staff_id("lanh.dao")) }
}

fn state(test: &TestHouse, reform: &Reorganisation) -> &'static str {
    let all = list(&test.house).unwrap();
    all.iter().find(|it| it.id == reform.id).unwrap().state_word()
}

#[test]
fn taken_back_after_the_instant_everything_is_as_before() {
    run(async {
        let test = TestHouse::with_catalogue();
        let open = test.file_at_desk(|_| {}).await;
        let before = dossier(&test, &open);
        let reform = carried_out(&test).await;
        assert_eq!(state(&test, &reform), "flipped");
        let Undone::TakenBack { by, dossiers } = undo(&test.house, reform.id, None).await.unwrap() else {
            panic!("its instant had come");
        };
        assert_eq!(dossiers, 1);
        let (old, new) = (test.unit("phuong"), reform.begins[0].0);
        let known = test.house.now_known();
        assert_eq!(known.organisation.responsible_now(&dossier(&test, &open)), old, "before any history says so");
        let (today, officer) = (date(2025, 4, 2), staff_id("thu.ly"));
        assert!(known.mandates.holds(officer, old, Post::Specialist, today));
        assert!(!known.mandates.holds(officer, new, Post::Specialist, today));
        assert_eq!(settle(&test.house).await.unwrap(), 1);
        let after = dossier(&test, &open);
        assert_eq!((after.competent_unit, after.desk, after.collect_at), (old, old, before.collect_at));
        assert_eq!((after.owner, after.due, after.status), (before.owner, before.due, before.status));
        let all = list(&test.house).unwrap();
        assert_eq!(all.iter().map(Listed::state_word).collect::<Vec<_>>(), ["undone", "settled"]);
        assert_eq!((all[0].undone_by, all[1].undoes), (Some(by), Some(reform.id)));
        for it in [reform.id, by] {
            assert_eq!(check_certificate(&test.house, it).unwrap().unwrap().mismatches, []);
        }
        assert!(matches!(undo(&test.house, reform.id, None).await, Err(UndoError::DoneBefore)));
        assert!(matches!(undo(&test.house, by, None).await, Err(UndoError::IsUndo)));
        test.act("thu.ly", &open, submission()).await;
        assert_eq!(dossier(&test, &open).owner.unit, old, "the old unit works on");
        is_sound(&test).await;
    });
}

#[test]
fn the_same_plan_can_be_carried_out_again_after_it_was_taken_back() {
    run(async {
        let test = TestHouse::with_catalogue();
        let open = test.file_at_desk(|_| {}).await;
        let reform = carried_out(&test).await;
        undo(&test.house, reform.id, None).await.unwrap();
        settle(&test.house).await.unwrap();
        let later = PLAN.replace("2025-04-02T00:00", "2025-04-03T00:00");
        let again = check(&test.house, "thu.toml", &later).unwrap();
        plan(&test.house, &again, None).await.unwrap();
        turned(&test, "2025-04-03T00:00");
        flip_due(&test.house).await.unwrap();
        assert_eq!(settle(&test.house).await.unwrap(), 1);
        assert_eq!(dossier(&test, &open).competent_unit, again.begins[0].0);
        is_sound(&test).await;
    });
}

#[test]
fn an_act_of_the_successor_is_named_and_stands_in_the_way() {
    run(async {
        let test = TestHouse::with_catalogue();
        let (open, other) = (test.file_at_desk(|_| {}).await, test.file_at_desk(|_| {}).await);
        let reform = carried_out(&test).await;
        test.later(60);
        test.act("nguoi.la", &other, Command::TakeOn).await;
        test.later(60);
        test.act("thu.ly", &open, submission()).await;
        let before = dossier(&test, &open);
        let Err(UndoError::ActedOn { code, at, unit, unit_name, .. }) = undo(&test.house, reform.id, None).await else {
            panic!("two acts stand in the way");
        };
        assert_eq!((code, unit, unit_name.as_str()), (other.code.clone(), reform.begins[0].0, "Phường Mới"));
        assert_eq!(at.local().to_string(), "2025-04-02T08:01:00", "the first of them");
        assert_eq!((state(&test, &reform), dossier(&test, &open)), ("settled", before), "nothing changed");
        assert_eq!(list(&test.house).unwrap().len(), 1);
        is_sound(&test).await;
    });
}

#[test]
fn a_dossier_filed_with_the_successor_stands_in_the_way() {
    run(async {
        let test = TestHouse::with_catalogue();
        let reform = carried_out(&test).await;
        let filed = test.file_online(|_| {}).await;
        let Err(UndoError::FiledSince { code, unit_name, .. }) = undo(&test.house, reform.id, None).await else {
            panic!("it was filed with the successor");
        };
        assert_eq!((code, unit_name.as_str()), (filed.code, "Phường Mới"));
    });
}

#[test]
fn what_the_citizen_did_stands_in_nobodys_way() {
    run(async {
        let test = TestHouse::with_catalogue();
        let (open, online) = (test.file_at_desk(|_| {}).await, test.file_online(|_| {}).await);
        let reform = carried_out(&test).await;
        let withdraw = Asked {
            actor: Actor::Citizen(citizen_id()),
            id: online.id,
            version: None,
            command: Command::Withdraw { reason: "Không cần nữa".to_owned() },
            once: None,
        };
        handle(&test.house, withdraw).await.unwrap();
        let undone = undo(&test.house, reform.id, None).await.unwrap();
        assert!(matches!(undone, Undone::TakenBack { dossiers: 1, .. }), "{undone:?}");
        assert_eq!(settle(&test.house).await.unwrap(), 1);
        let (open, closed) = (dossier(&test, &open), dossier(&test, &online));
        assert_eq!(open.competent_unit, test.unit("phuong"));
        assert!(
            !closed.status.is_open() && closed.competent_unit == reform.begins[0].0,
            "what is closed is left alone"
        );
        assert_eq!(test.house.now_known().organisation.responsible_now(&closed), test.unit("phuong"));
        is_sound(&test).await;
    });
}

/// The clock was set back after the instant: what undoes a plan is never before it.
#[test]
fn it_is_taken_back_also_where_the_clock_was_set_back() {
    run(async {
        let test = TestHouse::with_catalogue();
        let open = test.file_at_desk(|_| {}).await;
        let reform = carried_out(&test).await;
        settle(&test.house).await.unwrap();
        turned(&test, "2025-04-01T23:30");
        assert!(matches!(undo(&test.house, reform.id, None).await.unwrap(), Undone::TakenBack { dossiers: 1, .. }));
        settle(&test.house).await.unwrap();
        assert_eq!(dossier(&test, &open).competent_unit, test.unit("phuong"));
        is_sound(&test).await;
    });
}

#[test]
fn who_took_a_plan_back_is_a_name_or_nobody_known_or_the_command_line() {
    run(async {
        let nobody = PersonId::from_uuid(uuid::Uuid::from_u128(999));
        let cases = [
            (Some(staff_id("kiem.soat")), TakenBackBy::Person("kiem.soat".to_owned())),
            (Some(nobody), TakenBackBy::Unknown),
            (None, TakenBackBy::Operator),
        ];
        for (by, told) in cases {
            let test = TestHouse::with_catalogue();
            test.file_at_desk(|_| {}).await;
            let reform = carried_out(&test).await;
            assert_eq!(taken_back(&test.house, reform.id).unwrap(), None, "it is in force");
            undo(&test.house, reform.id, by).await.unwrap();
            assert_eq!(taken_back(&test.house, reform.id).unwrap().unwrap().by, told);
        }
    });
}
