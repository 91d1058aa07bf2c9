//! What a piece of settling says is worked out before it is written: what changed in between is looked at again.

use super::super::settling::{read_piece, write_piece};
use super::*;

fn transferred(test: &TestHouse, it: &Handled) -> usize {
    let log = test.house.db.read_now(|tx| dossiers::log(tx, it.id)).unwrap();
    log.iter().filter(|it| it.event.kind() == "transferred").count()
}

fn written(test: &TestHouse, reform: &Reorganisation, piece: super::super::settling::Piece) {
    test.house.db.write_now(|tx| write_piece(tx, &test.house, reform.id, &piece)).unwrap();
}

#[test]
fn what_somebody_did_on_a_dossier_meanwhile_is_neither_lost_nor_told_twice() {
    run(async {
        let test = TestHouse::with_catalogue();
        let mut open = Vec::new();
        for _ in 0..3 {
            open.push(test.file_at_desk(|_| {}).await);
        }
        let reform = staged(&test).await;
        turned(&test, "2025-04-02T08:00");
        flip_due(&test.house).await.unwrap();
        let piece = read_piece(&test.house, reform.id, None, 10).await.unwrap();
        // The first command on it settles it, and goes on.
        test.act("nguoi.la", &open[1], Command::TakeOn).await;
        written(&test, &reform, piece);
        assert_eq!(open.iter().map(|it| transferred(&test, it)).collect::<Vec<_>>(), [1, 1, 1]);
        assert_eq!(dossier(&test, &open[1]).owner.person, Some(staff_id("nguoi.la")));
        assert_eq!(settle(&test.house).await.unwrap(), 0, "nothing is left");
        assert_eq!(list(&test.house).unwrap()[0].state, State::Settled);
        assert_eq!(check_certificate(&test.house, reform.id).unwrap().unwrap().mismatches, []);
        is_sound(&test).await;
    });
}

#[test]
fn what_was_worked_out_before_the_day_was_sealed_is_worked_out_again() {
    run(async {
        let test = TestHouse::with_catalogue();
        let open = test.file_at_desk(|_| {}).await;
        let reform = staged(&test).await;
        turned(&test, "2025-04-02T08:00");
        flip_due(&test.house).await.unwrap();
        let piece = read_piece(&test.house, reform.id, None, 10).await.unwrap();
        let seal = crate::integrity::seal(&test.house).unwrap();
        written(&test, &reform, piece);
        let log = test.house.db.read_now(|tx| dossiers::log(tx, open.id)).unwrap();
        let told = log.last().unwrap();
        assert_eq!(told.event.kind(), "transferred");
        assert!(told.at > seal.sealed_at, "nothing is written into a day that is sealed");
        is_sound(&test).await;
    });
}

#[test]
fn a_piece_is_read_in_the_order_of_its_dossiers_and_after_the_one_before() {
    run(async {
        let test = TestHouse::with_catalogue();
        for _ in 0..5 {
            test.file_at_desk(|_| {}).await;
        }
        let reform = staged(&test).await;
        turned(&test, "2025-04-02T08:00");
        flip_due(&test.house).await.unwrap();
        let first = read_piece(&test.house, reform.id, None, 3).await.unwrap();
        let last = first.last();
        let second = read_piece(&test.house, reform.id, last, 3).await.unwrap();
        assert!(second.last() > last);
        written(&test, &reform, second);
        written(&test, &reform, first);
        assert_eq!(counts(&test.house, reform.id).unwrap().settled, 5);
        assert!(read_piece(&test.house, reform.id, None, 3).await.unwrap().last().is_none());
        is_sound(&test).await;
    });
}
