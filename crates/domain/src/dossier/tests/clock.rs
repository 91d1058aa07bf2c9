//! The clock of a dossier: when it runs, when it stands still, and to whom its minutes belong.

use super::world::*;
use crate::calendar::TimeLimit;
use crate::dossier::*;
use crate::regime::AfterSupplement;

fn local(at: Option<crate::time::Instant>) -> String {
    at.map(|it| it.local().strftime("%m-%d %H:%M").to_string()).unwrap_or_default()
}

#[track_caller]
fn is_due(life: &Life, at: &str, legal_at: &str) {
    let due = life.state().due;
    assert_eq!((local(due.map(|it| it.at)), local(due.map(|it| it.legal_at))), (at.to_owned(), legal_at.to_owned()));
}

fn view(life: &Life) -> ClockView {
    life.state().clock_view(&life.world.clock(), life.now).unwrap()
}

/// Căn cứ: NĐ 45/2020/NĐ-CP (trả lời trong 8 giờ làm việc).
#[test]
fn the_desk_answers_within_eight_working_hours() {
    for (filed, answer_by) in [
        ("2025-03-03T07:30", "03-03 17:30"),
        ("2025-03-03T10:00", "03-04 10:00"),
        ("2025-03-03T12:00", "03-04 11:30"),
        ("2025-03-07T16:30", "03-10 16:30"),
        ("2025-03-08T22:00", "03-10 17:30"),
        ("2025-01-24T16:30", "02-03 16:30"),
    ] {
        let life = given(nothing()).at(filed).when(CITIZEN, file()).accepted();
        assert_eq!(local(life.state().answer_by), answer_by, "{filed}");
    }
    let life = given(filed_online()).at("2025-03-03T14:00");
    assert_eq!(view(&life), ClockView::Answering { by: moment("2025-03-04T09:00"), minutes_left: 300 });
    let life = life.at("2025-03-04T10:00");
    assert_eq!(view(&life), ClockView::Answering { by: moment("2025-03-04T09:00"), minutes_left: -60 });
}

#[test]
fn the_eight_hours_start_again_with_what_was_supplied() {
    let life = given(asked_at_intake()).at("2025-03-05T16:00");
    assert_eq!(view(&life), ClockView::Paused { cause: PauseCause::Supplement, minutes_left: None });
    let life = life.when(CITIZEN, supply()).goes_to(1);
    assert_eq!((local(life.state().answer_by), life.state().due), ("03-06 16:00".to_owned(), None));
}

/// Căn cứ: handbook §4: a receipt outside hours counts from the next opening.
#[test]
fn the_term_counts_from_the_next_opening() {
    let life = given(filed_online()).at("2025-03-07T18:10").when(RECEPTIONIST, Command::Accept).accepted();
    is_due(&life, "03-17 07:30", "03-24 07:30");
    assert!(
        matches!(life.log[1].event, Event::Received { counted_from, .. } if counted_from == moment("2025-03-10T07:30"))
    );
}

#[test]
fn without_a_promise_the_law_binds() {
    let mut plain = nothing();
    plain.world.revision.time_limit = Some(TimeLimit { legal: "sameday".parse().unwrap(), committed: None });
    is_due(&given(plain.clone()).then_did(RECEPTIONIST, receive_at_desk()), "03-03 17:30", "03-03 17:30");
    is_due(
        &given(plain).at("2025-03-03T15:30").then_did(RECEPTIONIST, receive_at_desk()),
        "03-04 17:30",
        "03-04 17:30",
    );
}

#[test]
fn a_year_without_a_table_is_projected_and_marked() {
    let life = given(nothing()).at("2031-06-02T09:00").when(RECEPTIONIST, receive_at_desk()).goes_to(2);
    assert_eq!(life.state().due.map(|it| it.provisional), Some(true));
}

/// Both dates move by the working time waited, and what is left is left.
#[test]
fn the_clock_stands_still_while_the_citizen_has_the_ball() {
    let life = given(asked_for_papers()).at("2025-03-20T11:00");
    let left = ClockView::Paused { cause: PauseCause::Supplement, minutes_left: Some(5 * 480 - 30) };
    assert_eq!(view(&life), left);
    let life = life.at("2025-03-05T11:30").when(CITIZEN, supply()).goes_to(4);
    is_due(&life, "03-12 11:00", "03-19 11:00");
    assert_eq!(view(&life), ClockView::Running { promised: moment("2025-03-12T11:00"), minutes_left: 5 * 480 - 30 });
    assert_eq!(local(life.state().first_due.map(|it| it.at)), "03-10 09:00", "the first date is never forgotten");
}

#[test]
fn a_pause_outside_hours_moves_nothing() {
    let life = given(in_progress()).at("2025-03-07T17:30").then_did(SPECIALIST, ask());
    is_due(&life.at("2025-03-09T20:00").then_did(CITIZEN, supply()), "03-10 09:00", "03-17 09:00");
}

/// Căn cứ: NĐ 61/2018/NĐ-CP Điều 19, one reading: the whole term again from the day it is complete.
#[test]
fn where_the_regime_says_so_the_term_starts_again() {
    let mut restart = asked_for_papers();
    restart.world.regime.after_supplement = AfterSupplement::Restart;
    let life = given(restart).at("2025-03-20T10:00").then_did(CITIZEN, supply());
    is_due(&life, "03-27 10:00", "04-03 10:00");
    let mut duty_only = to_pay();
    duty_only.world.regime.after_supplement = AfterSupplement::Restart;
    is_due(&given(duty_only).at("2025-03-04T09:30").then_did(CITIZEN, pay(500_000)), "03-11 09:00", "03-18 09:00");
}

#[test]
fn the_clock_stands_still_until_the_duty_is_paid() {
    let life = given(to_pay()).at("2025-03-03T10:30").then_did(RECEPTIONIST, pay(200_000));
    assert_eq!(life.state().status, Status::AwaitingPayment);
    is_due(&life, "03-10 09:00", "03-17 09:00");
    is_due(&life.at("2025-03-04T09:30").then_did(RECEPTIONIST, pay(300_000)), "03-11 09:00", "03-18 09:00");
}

#[test]
fn a_step_the_law_does_not_count_stops_the_clock() {
    let life = given(with_another_body());
    assert_eq!(life.state().pause, Some(Pause { cause: PauseCause::Outside, since: moment("2025-03-03T09:30") }));
    assert_eq!(life.state().holder(), &Holder::Outside { step: 3 });
    let life = life.at("2025-03-04T09:30").then_did(SPECIALIST, forward());
    is_due(&life, "03-11 09:00", "03-18 09:00");
    assert_eq!(life.state().pause.map(|it| it.since), Some(moment("2025-03-04T09:30")), "the next step waits too");
    is_due(&life.at("2025-03-04T10:30").then_did(CITIZEN, Command::Confirm), "03-11 10:00", "03-18 10:00");
}

#[test]
fn sent_back_or_recalled_from_a_waiting_step_the_clock_runs_on() {
    let back = given(with_another_body()).at("2025-03-04T09:30").then_did(SPECIALIST, send_back(2));
    is_due(&back, "03-11 09:00", "03-18 09:00");
    assert_eq!(back.state().pause, None);
    let recalled = given(with_another_body()).at("2025-03-03T10:30").then_did(SPECIALIST, recall());
    is_due(&recalled, "03-10 10:00", "03-17 10:00");
    assert_eq!((recalled.state().pause, recalled.state().step.number), (None, 2));
}

#[test]
fn sent_back_or_recalled_into_a_waiting_step_the_clock_waits_again() {
    let signing = given(with_the_citizen())
        .at("2025-03-03T10:00")
        .then_did(CITIZEN, Command::Confirm)
        .then_did(SPECIALIST, submit(Outcome::Granted));
    let back = signing.at("2025-03-03T10:30").then_did(LEADER, send_back(3));
    assert_eq!(back.state().pause, Some(Pause { cause: PauseCause::Outside, since: moment("2025-03-03T10:30") }));
    let recalled = given(with_the_citizen()).at("2025-03-03T10:00").then_did(SPECIALIST, recall());
    assert_eq!(recalled.state().pause, Some(Pause { cause: PauseCause::Outside, since: moment("2025-03-03T10:00") }));
    is_due(&recalled, "03-10 09:30", "03-17 09:30");
}

/// The clock had stood still already: it goes on standing still, and no minute is counted twice or lost.
#[test]
fn papers_asked_for_while_another_body_has_it() {
    let life = given(with_another_body()).at("2025-03-03T10:30").then_did(SPECIALIST, ask());
    assert_eq!(life.state().pause, Some(Pause { cause: PauseCause::Supplement, since: moment("2025-03-03T09:30") }));
    let life = life.at("2025-03-04T09:30").then_did(CITIZEN, supply());
    is_due(&life, "03-11 09:00", "03-18 09:00");
    assert_eq!(life.state().holder(), &Holder::Outside { step: 3 }, "the other body still has it");
    assert_eq!(life.state().pause, Some(Pause { cause: PauseCause::Outside, since: moment("2025-03-04T09:30") }));
}

/// Căn cứ: NĐ 61/2018/NĐ-CP Điều 19 (xin lỗi, hẹn lại không quá một lần).
#[test]
fn an_apology_gives_one_new_date_and_leaves_the_due_date() {
    let life = given(in_progress()).at("2025-03-07T09:00").then_did(HEAD, apologise("2025-03-14T10:00"));
    is_due(&life, "03-10 09:00", "03-17 09:00");
    assert_eq!(local(life.state().promised_at()), "03-14 10:00");
    let Some(apology) = &life.state().apology else { panic!("{:?}", life.log) };
    assert_eq!((local(Some(apology.promised)), apology.at_fault), ("03-10 09:00".to_owned(), DIVISION));
    life.when(HEAD, apologise("2025-03-20T10:00")).refused(&DossierRefusal::ReappointedAlready);
}

#[test]
fn a_new_date_is_later_and_when_the_office_works() {
    let early = DossierRefusal::NewDateTooEarly { promised: "2025-03-10T09:00".parse().unwrap() };
    let apologises = |now: &str, date: &str| given(in_progress()).at(now).when(HEAD, apologise(date));
    apologises("2025-03-07T09:00", "2025-03-10T09:00").refused(&early);
    apologises("2025-03-20T09:00", "2025-03-14T10:00").refused(&early);
    for closed in ["2025-03-15T10:00", "2025-03-14T12:00", "2025-03-14T18:00", "2025-04-30T09:00"] {
        apologises("2025-03-07T09:00", closed).refused(&DossierRefusal::NewDateNotWorking);
    }
    let silent =
        Command::Apologise { reason: String::new(), at_fault: DIVISION, new_date: "2025-03-14T10:00".parse().unwrap() };
    given(in_progress()).when(HEAD, silent).refused(&DossierRefusal::ReasonMissing);
    apologises("2025-03-20T09:00", "2025-03-21T10:00").accepted();
}

/// The new date is a promise like the due date: a pause moves both.
#[test]
fn a_pause_moves_the_new_date_too() {
    let life = given(in_progress())
        .at("2025-03-07T09:00")
        .then_did(HEAD, apologise("2025-03-14T10:00"))
        .then_did(SPECIALIST, ask())
        .at("2025-03-11T09:00");
    assert_eq!(view(&life), ClockView::Paused { cause: PauseCause::Supplement, minutes_left: Some(5 * 480 + 60) });
    let life = life.then_did(CITIZEN, supply());
    is_due(&life, "03-12 09:00", "03-19 09:00");
    assert_eq!(local(life.state().promised_at()), "03-18 10:00");
    assert_eq!(view(&life), ClockView::Running { promised: moment("2025-03-18T10:00"), minutes_left: 5 * 480 + 60 });
}

/// Each working minute belongs to exactly one holder, and the parts sum to the whole.
#[test]
fn the_ledger_of_minutes() {
    let life = given(filed_online())
        .at("2025-03-03T10:00")
        .then_did(RECEPTIONIST, Command::Accept)
        .at("2025-03-03T10:30")
        .then_did(HEAD, forward_to(SPECIALIST))
        .at("2025-03-03T14:30")
        .then_did(SPECIALIST, ask())
        .at("2025-03-05T08:30")
        .then_did(CITIZEN, supply())
        .at("2025-03-05T09:00")
        .then_did(SPECIALIST, duty(100_000))
        .at("2025-03-05T10:00")
        .then_did(CITIZEN, pay(100_000))
        .at("2025-03-05T10:30")
        .then_did(SPECIALIST, forward())
        .then_did(HEAD, submit(Outcome::Granted))
        .at("2025-03-05T11:00")
        .then_did(LEADER, Command::Sign)
        .at("2025-03-05T13:45")
        .then_did(CLERK, issue())
        .at("2025-03-20T09:00");
    let shares = life.state().shares(&life.world.clock(), &life.world.organisation, life.now).unwrap();
    let minutes: Vec<i64> = shares.iter().map(|it| it.minutes).collect();
    // Desk, head, specialist, citizen, specialist, payment, specialist, head, leader, clerk; nothing after the issue.
    assert_eq!(minutes, [60, 30, 120, 720, 30, 60, 30, 0, 30, 45]);
    let whose = |holder: &Holder| shares.iter().filter(|it| it.holder == *holder).map(|it| it.minutes).sum::<i64>();
    assert_eq!((whose(&Holder::Citizen), whose(&Holder::Payment)), (720, 60));
    assert_eq!(view(&life), ClockView::Ended);
    let early = life.state().shares(&life.world.clock(), &life.world.organisation, moment("2025-03-03T11:30")).unwrap();
    assert_eq!(early.iter().map(|it| it.minutes).collect::<Vec<_>>(), [60, 30, 60], "as it stood that morning");
}
