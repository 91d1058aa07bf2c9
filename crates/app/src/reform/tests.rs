//! Two wards become one while dossiers are open: before the instant all is old, after it all is new, and nothing is lost.

mod certificate;
mod lease;
mod lists;
mod settling;
mod stalled;
mod told;
mod undo;

use super::*;
use crate::actor::Actor;
use crate::handle::{Asked, Handled, handle};
use crate::integrity::verify;
use crate::testing::{TestHouse, run, staff_id};
use domain::dossier::{Command, Dossier, Event};
use domain::organisation::reform::Matter;
use domain::post::Post;
use domain::time::Instant;
use jiff::civil::date;
use storage::dossiers;
use storage::engine::Tx;
use storage::lists::Histories;

pub(crate) const PLAN: &str = r#"
schema = "motcua.reform/1"
id = "thu"
title = "Sắp xếp phường Một và phường Hai"
instrument = "Nghị quyết"
number = "12/NQ-HĐND"
signed_on = "2025-03-20"
effective_at = "2025-04-02T00:00"
ends = ["phuong", "phuong-hai"]
[provenance]
invented = ["everything"]
[[unit]]
key = "phuong-moi"
name = "Phường Mới"
level = "ward"
standing = "authority"
parent = "quan"
codes = { agency = "H99.30.03" }
[[edge]]
from = ["phuong", "phuong-hai"]
to = "phuong-moi"
extent = "whole"
[[staff]]
from = ["phuong", "phuong-hai"]
to = "phuong-moi"
"#;

async fn staged(test: &TestHouse) -> Reorganisation {
    let reorganisation = check(&test.house, "thu.toml", PLAN).unwrap();
    plan(&test.house, &reorganisation, None).await.unwrap();
    reorganisation
}

pub(crate) fn turned(test: &TestHouse, local: &str) {
    test.house.clock.turn_to(Instant::from_local(local.parse().unwrap()));
}

fn dossier(test: &TestHouse, it: &Handled) -> Dossier {
    test.house.db.read_now(|tx| Ok::<_, AppError>(dossiers::find(tx, it.id)?.unwrap().0)).unwrap()
}

async fn is_sound(test: &TestHouse) {
    assert_eq!(verify(&test.house, |_, _| {}).await.unwrap().differences, []);
}

#[test]
fn before_the_instant_all_is_old_and_after_it_all_is_new() {
    run(async {
        let test = TestHouse::with_catalogue();
        let open = test.file_at_desk(|_| {}).await;
        let asked = check(&test.house, "thu.toml", PLAN).unwrap();
        let found = consequences(&test.house, &asked).unwrap();
        assert_eq!((found.transfers.len(), found.total(&Matter::Notices), found.conflicts.len()), (1, 1, 0));
        let reform = staged(&test).await;
        let late = test.file_at_desk(|_| {}).await;
        let (old, new) = (test.unit("phuong"), reform.begins[0].0);
        let organisation = || test.house.now_known().organisation.clone();
        assert_eq!(organisation().responsible_now(&dossier(&test, &open)), old);
        assert!(flip_due(&test.house).await.unwrap().is_empty(), "its instant has not come");
        turned(&test, "2025-04-02T00:00");
        assert_eq!(flip_due(&test.house).await.unwrap(), [reform.id]);
        for it in [&open, &late] {
            let found = dossier(&test, it);
            assert_eq!((found.competent_unit, organisation().responsible_now(&found)), (old, new), "not settled yet");
            assert_eq!(organisation().desk_now(&found), new);
        }
        let known = test.house.now_known();
        let (today, officer) = (date(2025, 4, 2), staff_id("thu.ly"));
        assert!(known.mandates.holds(officer, new, Post::Specialist, today));
        assert!(!known.mandates.holds(officer, old, Post::Specialist, today));
        let waiting = |unit| {
            let holds = |person| known.mandates.holds(person, unit, Post::Specialist, today);
            let counts = |tx: &Tx| {
                Ok::<_, AppError>(storage::lists::counts(tx, Histories::of(tx)?, (unit, Post::Specialist), holds)?)
            };
            test.house.db.read_now(counts).unwrap().unclaimed
        };
        let in_hand = test.house.db.read_now(|tx| storage::lists::mine_count(tx, Histories::of(tx)?, officer)).unwrap();
        assert_eq!((waiting(old), waiting(new), in_hand), (0, 0, 2), "who had it in hand has it in hand");
        let before = dossier(&test, &open);
        assert_eq!(settle(&test.house).await.unwrap(), 2);
        assert_eq!(settle(&test.house).await.unwrap(), 0, "twice is once");
        let begun_before = test.file_online(|_| {}).await;
        assert_eq!(begun_before.code.as_str(), "H99.30.03-250402-0001", "a form for the old desk goes to its heir");
        assert_eq!(dossier(&test, &begun_before).receiving_unit, new);
        let after = dossier(&test, &open);
        assert_eq!((after.competent_unit, after.desk, after.reform), (new, new, Some(reform.id)));
        assert_eq!((after.code.clone(), after.due, after.receiving_unit), (before.code, before.due, old));
        assert!(test.house.now_known().in_force.is_empty());
        is_sound(&test).await;
    });
}

#[test]
fn whoever_acts_in_the_second_of_the_instant_acts_under_the_new_units() {
    run(async {
        let test = TestHouse::with_catalogue();
        let reform = staged(&test).await;
        turned(&test, "2025-04-02T00:00");
        // The worker looks at the same time as an officer acts.
        let (flipped, again) = tokio::join!(flip_due(&test.house), flip_due(&test.house));
        let flipped = [flipped.unwrap(), again.unwrap()].concat();
        assert_eq!(flipped, [reform.id], "once");
        let test = TestHouse::with_catalogue();
        let other = test.file_at_desk(|_| {}).await;
        let reform = staged(&test).await;
        turned(&test, "2025-04-02T00:00");
        test.act("nguoi.la", &other, Command::TakeOn).await;
        let after = dossier(&test, &other);
        assert_eq!(after.owner.unit, reform.begins[0].0, "nobody had looked yet");
    });
}

#[test]
fn the_first_command_on_a_dossier_settles_it() {
    run(async {
        let test = TestHouse::with_catalogue();
        let open = test.file_at_desk(|_| {}).await;
        let reform = staged(&test).await;
        turned(&test, "2025-04-02T08:00");
        flip_due(&test.house).await.unwrap();
        let version = Some(dossier(&test, &open).version);
        let stranger = Asked {
            actor: Actor::Staff(staff_id("kiem.soat")),
            id: open.id,
            version,
            command: Command::TakeOn,
            once: None,
        };
        assert!(handle(&test.house, stranger).await.is_err());
        let officer = Actor::Staff(staff_id("nguoi.la"));
        let asked = Asked { actor: officer, id: open.id, version, command: Command::TakeOn, once: None };
        handle(&test.house, asked).await.unwrap();
        let after = dossier(&test, &open);
        assert_eq!((after.owner.unit, after.owner.person), (reform.begins[0].0, Some(staff_id("nguoi.la"))));
        let log = test.house.db.read_now(|tx| dossiers::log(tx, open.id)).unwrap();
        let kinds: Vec<&str> = log.iter().map(|it| it.event.kind()).collect();
        assert_eq!(kinds.get(kinds.len() - 2..), Some(&["transferred", "assigned"][..]));
        let moved = &log[log.len() - 2];
        assert_eq!((moved.at, moved.actor), (reform.effective_at, None));
        assert!(matches!(&moved.event, Event::Transferred { instrument, .. } if instrument == "Nghị quyết 12/NQ-HĐND"));
        assert_eq!(settle(&test.house).await.unwrap(), 0);
        is_sound(&test).await;
    });
}

#[test]
fn what_is_closed_before_the_instant_does_not_move() {
    run(async {
        let test = TestHouse::with_catalogue();
        let open = test.file_at_desk(|_| {}).await;
        staged(&test).await;
        test.act("tiep.nhan", &open, Command::Withdraw { reason: "Không cần nữa".to_owned() }).await;
        turned(&test, "2025-04-02T08:00");
        flip_due(&test.house).await.unwrap();
        assert_eq!(settle(&test.house).await.unwrap(), 0);
        let after = dossier(&test, &open);
        let (old, known) = (test.unit("phuong"), test.house.now_known());
        assert_eq!((after.competent_unit, after.reform), (old, None));
        let heir = known.organisation.responsible_now(&after);
        assert_eq!(
            known.organisation.name_on(heir, date(2025, 4, 2)),
            "Phường Mới",
            "asked about it, the heir answers"
        );
        is_sound(&test).await;
    });
}

#[test]
fn a_plan_is_given_up_while_it_is_staged() {
    run(async {
        let test = TestHouse::with_catalogue();
        let open = test.file_at_desk(|_| {}).await;
        let reform = staged(&test).await;
        let again = check(&test.house, "thu.toml", PLAN);
        assert!(
            matches!(again, Err(PlanError::Wrong(problems)) if problems[0].expected.contains("waits for its instant"))
        );
        assert!(give_up(&test.house, reform.id).await.unwrap());
        turned(&test, "2025-04-02T08:00");
        assert!(flip_due(&test.house).await.unwrap().is_empty());
        assert_eq!(test.house.now_known().organisation.responsible_now(&dossier(&test, &open)), test.unit("phuong"));
        assert!(check(&test.house, "thu.toml", PLAN).is_err(), "its instant has passed");
    });
}

/// Whoever had a task in hand has it in hand, in the successor; whose post nobody holds there, it lies with the head, who sees why.
/// What was done stays done, and the minutes until the instant stay with who held it.
#[test]
fn open_tasks_go_to_the_same_post_or_to_the_head() {
    run(async {
        for (lines, post, login) in [
            (String::new(), Post::Specialist, "thu.ly"),
            (
                "post = \"specialist\"\nas = \"clerk\"\n[[staff]]\nfrom = [\"phuong\"]\nto = \"phuong-moi\"\n"
                    .to_owned(),
                Post::Leader,
                "lanh.dao",
            ),
        ] {
            let test = TestHouse::with_catalogue();
            let open = test.file_at_desk(|_| {}).await;
            let (old, before) = (test.unit("phuong"), dossier(&test, &open));
            assert_eq!(before.owner.person, Some(staff_id("thu.ly")));
            let text = format!("{PLAN}{lines}");
            let reform = check(&test.house, "thu.toml", &text).unwrap();
            plan(&test.house, &reform, None).await.unwrap();
            let (new, instant) = (reform.begins[0].0, reform.effective_at);
            turned(&test, "2025-04-03T10:00");
            flip_due(&test.house).await.unwrap();
            settle(&test.house).await.unwrap();
            let after = dossier(&test, &open);
            assert_eq!((after.owner.unit, after.owner.post, after.owner.person), (new, post, Some(staff_id(login))));
            assert_eq!((after.fell_to_head, after.step), (post == Post::Leader, before.step));
            let view = crate::dossiers::open(&test.house, &Actor::Staff(staff_id(login)), &open.code).await.unwrap();
            let of = |unit: UnitId| {
                let held = view
                    .shares
                    .iter()
                    .filter(|it| matches!(&it.holder, domain::dossier::Holder::Post { owner } if owner.unit == unit));
                held.map(|it| (it.from, it.until, it.minutes)).collect::<Vec<_>>()
            };
            let (then, now) = (of(old), of(new));
            assert!(then.iter().all(|it| it.1 <= instant) && now.iter().all(|it| it.0 >= instant), "{:?}", view.shares);
            let known = test.house.now_known();
            let regime = test.house.regime_named(&after.regime).unwrap();
            let clock = test.house.working_clock(&known, new, regime);
            let elapsed = |from: Instant, until: Instant| clock.elapsed(from.local(), until.local()).unwrap();
            let sum = |of: &[(Instant, Instant, i64)]| of.iter().map(|it| it.2).sum::<i64>();
            assert_eq!((sum(&then), sum(&now)), (elapsed(before.filed_at, instant), elapsed(instant, test.now())));
            assert!(sum(&then) > 800 && sum(&now) > 500, "{:?}", view.shares);
            is_sound(&test).await;
        }
    });
}

/// The State gives the code of an old unit to a new one, and a plan may be carried out at noon.
#[test]
fn numbers_of_a_code_that_is_given_again_go_on() {
    run(async {
        let test = TestHouse::with_catalogue();
        let same_code = PLAN.replace("H99.30.03", "H99.30.01").replace("2025-04-02T00:00", "2025-04-02T12:00");
        let reorganisation = check(&test.house, "thu.toml", &same_code).unwrap();
        plan(&test.house, &reorganisation, None).await.unwrap();
        turned(&test, "2025-04-02T08:00");
        let before = [test.file_at_desk(|_| {}).await, test.file_at_desk(|_| {}).await];
        turned(&test, "2025-04-02T14:00");
        flip_due(&test.house).await.unwrap();
        let after = [test.file_at_desk(|_| {}).await, test.file_at_desk(|_| {}).await];
        let codes: Vec<&str> = before.iter().chain(&after).map(|it| it.code.as_str()).collect();
        assert_eq!(codes, [1, 2, 3, 4].map(|nth| format!("H99.30.01-250402-000{nth}")));
        is_sound(&test).await;
    });
}

#[test]
fn a_search_by_old_names_and_codes_finds_what_the_heirs_have() {
    run(async {
        let test = TestHouse::with_catalogue();
        let open = test.file_at_desk(|_| {}).await;
        staged(&test).await;
        turned(&test, "2025-04-02T08:00");
        flip_due(&test.house).await.unwrap();
        for _ in ["unsettled", "settled"] {
            for text in [
                "Phường Một",
                "phuong mot",
                "Một",
                "H99.30.01",
                "Phường Mới",
                "H99.30.03",
                open.code.as_str(),
                "nguyen thi thu",
            ] {
                let found = crate::work::search_all(&test.house, text).await.unwrap();
                assert_eq!(found.iter().map(|it| it.id).collect::<Vec<_>>(), [open.id], "{text}");
            }
            assert_eq!(crate::work::search_all(&test.house, "Phường Ba").await.unwrap(), []);
            settle(&test.house).await.unwrap();
        }
    });
}
