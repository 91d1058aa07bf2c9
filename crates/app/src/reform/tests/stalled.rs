//! A plan that cannot be put in force at its instant: everybody reads on, nobody acts, somebody is told, and it goes on once the
//! fault is mended or the plan is given up.

use super::super::carrying_out::{end_staging, go_on};
use super::*;
use crate::health::{figures, readiness};
use domain::organisation::Mandate;
use storage::args;

storage::statements! {
    WRITE: "UPDATE reform SET body = $2 WHERE id = $1";
}

/// Writes into the row of a plan, as a hand in the database does.
fn written(test: &TestHouse, id: ReformId, body: &str) {
    let change = |tx: &mut Tx| {
        assert_eq!(tx.exec(WRITE, args![id, body])?, 1);
        storage::house::next_edition(tx, storage::house::ORGANISATION)
    };
    test.house.db.write_now(change).unwrap();
    test.house.refresh().unwrap();
}

/// Two faults that do not pass: a plan that ends a unit there never was, and one nobody can read.
fn faults(reform: &Reorganisation) -> [String; 2] {
    let mut wrong = reform.clone();
    wrong.ends.push(UnitId::from_uuid(uuid::Uuid::from_u128(9)));
    [serde_json::to_string(&wrong).unwrap(), "{".to_owned()]
}

#[test]
fn a_plan_that_cannot_be_put_in_force_stops_the_acts_and_not_the_pages() {
    run(async {
        for fault in [0, 1] {
            let test = TestHouse::with_catalogue();
            let (open, reform) = (test.file_at_desk(|_| {}).await, staged(&test).await);
            written(&test, reform.id, &faults(&reform)[fault]);
            test.act("tiep.nhan", &test.file_at_desk(|_| {}).await, Command::Withdraw { reason: "Thôi".to_owned() })
                .await;
            assert!(stalled(&test.house).is_none() && readiness(&test.house).await.reorganisation == (fault == 0));
            turned(&test, "2025-04-02T08:00");
            flip_before_reading(&test.house).await.unwrap();
            go_on(&test.house, [1; 16]).await.unwrap();
            let take = || Asked {
                actor: Actor::Staff(staff_id("tiep.nhan")),
                id: open.id,
                version: None,
                command: Command::Withdraw { reason: "Không cần nữa".to_owned() },
                once: None,
            };
            let refused = handle(&test.house, take()).await;
            assert!(
                matches!(&refused, Err(AppError::ReformStalled { instrument, .. }) if instrument == "Nghị quyết 12/NQ-HĐND"),
                "{refused:?}"
            );
            let it = stalled(&test.house).unwrap();
            assert_eq!((it.plan, it.effective_at), (reform.id, reform.effective_at));
            assert_eq!(figures(&test.house).await.unwrap().plans_stalled, 1);
            assert!(!readiness(&test.house).await.reorganisation);
            assert_eq!(dossier(&test, &open).competent_unit, test.unit("phuong"));
            // A house that is opened now is opened.
            test.house.beside(test.house.db.clone(), test.house.blobs.clone()).unwrap();
            let listed = list(&test.house).unwrap();
            assert_eq!((listed.len(), listed[0].key.as_str()), (1, "thu"));
            assert_eq!(listed[0].state_word(), if fault == 0 { "staging" } else { "unreadable" });
            let undone = undo(&test.house, reform.id, None).await.unwrap();
            assert_eq!(undone, Undone::GivenUpLate { since: reform.effective_at });
            assert_eq!(list(&test.house).unwrap()[0].state_word(), "given_up");
            assert!(stalled(&test.house).is_none());
            assert_eq!(figures(&test.house).await.unwrap().plans_stalled, 0);
            handle(&test.house, take()).await.unwrap();
            assert_eq!(dossier(&test, &open).competent_unit, test.unit("phuong"), "all is as it was");
        }
    });
}

#[test]
fn once_the_fault_is_mended_the_plan_comes_into_force() {
    run(async {
        let test = TestHouse::with_catalogue();
        let (open, reform) = (test.file_at_desk(|_| {}).await, staged(&test).await);
        written(&test, reform.id, &faults(&reform)[1]);
        turned(&test, "2025-04-02T08:00");
        assert!(matches!(flip_due(&test.house).await, Err(AppError::ReformStalled { .. })));
        written(&test, reform.id, &serde_json::to_string(&reform).unwrap());
        assert!(flip_before_acting(&test.house).await.is_err(), "it is not tried at every request");
        assert_eq!(flip_due(&test.house).await.unwrap(), [reform.id]);
        assert!(stalled(&test.house).is_none());
        assert_eq!(settle(&test.house).await.unwrap(), 1);
        assert_eq!(dossier(&test, &open).competent_unit, reform.begins[0].0);
        is_sound(&test).await;
    });
}

fn granted(test: &TestHouse, login: &str, post: Post) {
    let (person, unit) = (staff_id(login), test.unit("phuong"));
    let mandate = Mandate { person, unit, post, from: date(2024, 12, 1), until: None };
    test.house.db.write_now(|tx| storage::units::add_mandate(tx, &mandate)).unwrap();
    test.house.refresh().unwrap();
}

#[test]
fn what_was_counted_in_another_house_is_not_begun() {
    run(async {
        let test = TestHouse::with_catalogue();
        let counted_in = Editions::now(&test.house).unwrap();
        let reform = check(&test.house, "thu.toml", PLAN).unwrap();
        assert_eq!(consequences(&test.house, &reform).unwrap().conflicts.len(), 0);
        granted(&test, "quan.tri", Post::Head);
        let begun = plan_as_counted(&test.house, &reform, None, counted_in).await;
        assert!(matches!(begun, Err(PlanError::HouseChanged)), "{begun:?}");
        assert_eq!(list(&test.house).unwrap().len(), 0);
        let counted_in = Editions::now(&test.house).unwrap();
        plan_as_counted(&test.house, &reform, None, counted_in).await.unwrap();
        assert_eq!(list(&test.house).unwrap()[0].state, State::Staged);
    });
}

/// A command asks where a plan puts its dossier; that is worked out once for the units and rights there are.
#[test]
fn where_a_plan_puts_dossiers_is_worked_out_once() {
    run(async {
        let test = TestHouse::with_catalogue();
        let reform = staged(&test).await;
        let known = test.house.now_known();
        let one = known.router(&reform).unwrap();
        test.file_at_desk(|_| {}).await;
        let other = known.router(&reform).unwrap();
        assert!(std::ptr::eq(one.mandates(), other.mandates()), "not worked out anew");
        granted(&test, "quan.tri", Post::Head);
        let known = test.house.now_known();
        assert!(!std::ptr::eq(one.mandates(), known.router(&reform).unwrap().mandates()), "rights changed");
    });
}

/// Another node puts a plan in force between the last piece and the word that this one is staged.
#[test]
fn a_plan_is_not_called_staged_when_units_or_rights_changed_since_it_was_looked_at() {
    run(async {
        let test = TestHouse::with_catalogue();
        let reform = check(&test.house, "thu.toml", PLAN).unwrap();
        let keep = |tx: &mut Tx| reforms::add(tx, &reform, test.now(), None, None);
        test.house.db.write_now(keep).unwrap();
        test.house.refresh().unwrap();
        let began_in = test.house.db.read_now(|tx| Ok::<_, AppError>(storage::house::editions(tx)?.0)).unwrap();
        granted(&test, "quan.tri", Post::Head);
        assert!(!test.house.db.write_now(|tx| end_staging(tx, reform.id, began_in)).unwrap());
        assert_eq!(list(&test.house).unwrap()[0].state, State::Staging);
        stage(&test.house, reform.id).await.unwrap();
        assert_eq!(list(&test.house).unwrap()[0].state, State::Staged);
    });
}
