//! Money, decisions, hand-overs, erasure, and what a dossier counts as in the reports.

use super::world::*;
use crate::calendar::Timeliness;
use crate::dossier::*;
use crate::kpi::{Facts, facts};
use crate::procedure::Channel;
use jiff::civil::date;

fn with_fee(fee_vnd: i64) -> Life {
    let request = FileRequest { fee_vnd, ..request(Channel::Counter) };
    nothing().then_did(RECEPTIONIST, Command::ReceiveAtDesk(Box::new(request)))
}

fn decided_with_fee(fee_vnd: i64) -> Life {
    with_fee(fee_vnd)
        .then_did(HEAD, forward_to(SPECIALIST))
        .then_did(SPECIALIST, forward())
        .then_did(HEAD, submit(Outcome::Granted))
        .then_did(LEADER, Command::Sign)
        .then_did(CLERK, issue())
}

#[test]
fn a_duty_adds_up_line_by_line() {
    let line = |amount_vnd| ObligationItem { name: "Tiền sử dụng đất".into(), amount_vnd };
    let notify = |items| Command::NotifyObligation { items, pay_by: Some(date(2025, 4, 1)), note: String::new() };
    let life = given(in_progress()).when(SPECIALIST, notify(vec![line(1_000), line(250)])).goes_to(6);
    assert_eq!((life.state().owed_vnd, life.state().still_owed_vnd()), (1_250, 1_250));
    let out_of_range = DossierRefusal::AmountOutOfRange { max_vnd: 1_000_000_000_000 };
    for items in [vec![], vec![line(0)], vec![line(-5)], vec![line(i64::MAX)], vec![line(1_000_000_000_000); 2]] {
        given(in_progress()).when(SPECIALIST, notify(items)).refused(&out_of_range);
    }
    let nameless = ObligationItem { name: " ".into(), amount_vnd: 1 };
    given(in_progress()).when(SPECIALIST, notify(vec![nameless])).refused(&DossierRefusal::ReasonMissing);
    given(in_progress()).when(SPECIALIST, notify(vec![line(1); 101])).refused(&DossierRefusal::TooMany { max: 100 });
}

#[test]
fn no_more_is_taken_than_is_owed() {
    let owed = |owed_vnd| DossierRefusal::MoreThanOwed { owed_vnd };
    given(to_pay()).when(RECEPTIONIST, pay(500_001)).refused(&owed(500_000));
    given(in_progress()).when(RECEPTIONIST, pay(1)).refused(&owed(0));
    let out_of_range = DossierRefusal::AmountOutOfRange { max_vnd: 1_000_000_000_000 };
    given(to_pay()).when(RECEPTIONIST, pay(0)).refused(&out_of_range);
    given(to_pay()).when(RECEPTIONIST, pay(-1)).refused(&out_of_range);
    let paid = given(to_pay()).then_did(RECEPTIONIST, pay(500_000));
    assert_eq!((paid.state().paid_vnd, paid.state().still_owed_vnd()), (500_000, 0));
    given(paid).when(RECEPTIONIST, pay(1)).refused(&owed(0));
}

/// A fee due at the hand-over does not hold up a dossier whose duty is paid.
#[test]
fn the_duty_asked_for_is_what_the_clock_waits_for() {
    let waiting = with_fee(8_000).then_did(HEAD, forward_to(SPECIALIST)).then_did(SPECIALIST, duty(500_000));
    let life = given(waiting).at("2025-03-04T09:00").when(RECEPTIONIST, pay(500_000)).goes_to(4);
    assert_eq!(life.state().still_owed_vnd(), 8_000);
    assert_eq!(life.state().due.map(|it| it.at), Some(moment("2025-03-11T09:00")), "a day waited, a day later");
}

#[test]
fn a_fee_may_be_paid_at_any_open_moment() {
    for open in [with_fee(8_000), with_fee(8_000).then_did(HEAD, forward()), decided_with_fee(8_000)] {
        let status = open.state().status;
        let life = given(open).when(RECEPTIONIST, pay(8_000)).accepted();
        assert_eq!((life.state().status, life.state().still_owed_vnd()), (status, 0));
    }
    given(with_fee(8_000).then_did(CITIZEN, withdraw())).when(RECEPTIONIST, pay(8_000)).not_in_this_status();
}

#[test]
fn a_fee_set_anew_is_owed_and_what_was_paid_too_much_goes_back() {
    let paid = with_fee(2_000).then_did(RECEPTIONIST, pay(2_000));
    let raised = given(paid.clone()).when(RECEPTIONIST, set_fee(10_000)).accepted();
    assert_eq!(
        (raised.state().fee_vnd, raised.state().still_owed_vnd(), raised.state().overpaid_vnd()),
        (10_000, 8_000, 0)
    );
    given(raised).when(RECEPTIONIST, set_fee(10_000)).refused(&DossierRefusal::FeeAsBefore);
    let out_of_range = DossierRefusal::AmountOutOfRange { max_vnd: 1_000_000_000_000 };
    given(paid.clone()).when(RECEPTIONIST, set_fee(-1)).refused(&out_of_range);
    let silent = Command::SetFee { fee_vnd: 1, reason: " ".into() };
    given(paid.clone()).when(RECEPTIONIST, silent).refused(&DossierRefusal::ReasonMissing);

    let over = |over_vnd| DossierRefusal::MoreThanOverpaid { over_vnd };
    given(paid.clone()).when(RECEPTIONIST, refund(1)).refused(&over(0));
    let lowered = given(paid).when(RECEPTIONIST, set_fee(500)).accepted();
    assert_eq!((lowered.state().still_owed_vnd(), lowered.state().overpaid_vnd()), (0, 1_500));
    given(lowered.clone()).when(RECEPTIONIST, refund(1_501)).refused(&over(1_500));
    let left = given(lowered.clone().then_did(CITIZEN, withdraw())).when(RECEPTIONIST, refund(1_500)).accepted();
    assert_eq!((left.state().paid_vnd, left.state().overpaid_vnd()), (500, 0), "also after it ended");

    let at_work = lowered.then_did(HEAD, forward_to(SPECIALIST));
    given(at_work.clone()).when(SPECIALIST, duty(9_000)).refused(&DossierRefusal::Overpaid { over_vnd: 1_500 });
    let waiting = at_work.then_did(RECEPTIONIST, refund(1_500)).then_did(SPECIALIST, duty(9_000));
    given(waiting).when(RECEPTIONIST, set_fee(0)).not_in_this_status();
}

/// Căn cứ: handbook §1.7: the reasons go to the citizen in writing.
#[test]
fn to_decline_is_to_give_reasons() {
    let decline = |text: &str| Command::SubmitForSignature {
        outcome: Outcome::Declined,
        draft: Draft { text: text.into(), document: None },
        to: None,
    };
    given(reviewed()).when(HEAD, decline(" ")).refused(&DossierRefusal::ReasonMissing);
    let life = given(reviewed())
        .then_did(HEAD, decline("Không đủ điều kiện theo Điều 28"))
        .then_did(LEADER, Command::Sign)
        .when(CLERK, issue())
        .goes_to(9);
    let decision = life.state().decision.as_ref().unwrap();
    assert_eq!((decision.outcome, decision.code.as_str()), (Outcome::Declined, "H24.30-250303-0001-KQ1"));
    assert_eq!(life.state().draft.as_ref().and_then(|(_, it)| it.get()).map(|it| it.text.len() > 5), Some(true));
    let granted = Command::SubmitForSignature { outcome: Outcome::Granted, draft: Draft::default(), to: None };
    given(reviewed()).when(HEAD, granted).accepted();
}

#[test]
fn a_draft_goes_to_a_leader_who_holds_the_post() {
    let to =
        |person| Command::SubmitForSignature { outcome: Outcome::Granted, draft: Draft::default(), to: Some(person) };
    given(reviewed()).when(HEAD, to(LEADER)).accepted();
    given(reviewed()).when(HEAD, to(SPECIALIST)).refused(&DossierRefusal::NotInThatPost);
}

/// Căn cứ: NĐ 30/2020/NĐ-CP Điều 15 (số của văn bản).
#[test]
fn a_decision_has_a_number_and_ends_the_clock() {
    let unnumbered = Command::Issue { number: "  ".into(), document: None };
    given(signed(Outcome::Granted)).when(CLERK, unnumbered).refused(&DossierRefusal::NumberMissing);
    let life = given(signed(Outcome::Granted)).at("2025-03-06T09:00").when(CLERK, issue()).accepted();
    assert_eq!(life.state().finished_at, Some(moment("2025-03-06T09:00")));
    assert_eq!((life.state().pause, life.state().step.number), (None, 7));
}

/// Căn cứ: handbook §1.8: identity, a proxy's paper, and what is due after.
#[test]
fn a_decision_is_handed_to_somebody_known() {
    let hands =
        |evidence: Evidence, by_proxy| given(decided()).when(RECEPTIONIST, Command::Deliver { evidence, by_proxy });
    let known = Evidence { receiver: "Trần Văn Mẫu".into(), ..Evidence::default() };
    hands(Evidence::default(), Proxy::Owner).refused(&DossierRefusal::ReceiverMissing);
    hands(known.clone(), Proxy::Representative).refused(&DossierRefusal::ProxyPaperMissing);
    hands(Evidence { proxy_paper: "GUQ 12/2025".into(), ..known.clone() }, Proxy::Representative).goes_to(10);
    let life = hands(known, Proxy::Owner).goes_to(10);
    assert_eq!((life.state().holder(), life.state().next_act()), (&Holder::Nobody, None));
}

#[test]
fn nothing_is_handed_over_before_the_fee_is_paid() {
    let life = given(decided_with_fee(8_000))
        .when(RECEPTIONIST, deliver())
        .refused(&DossierRefusal::StillOwed { owed_vnd: 8_000 });
    let life = life.then_did(RECEPTIONIST, pay(5_000));
    let life = life.when(RECEPTIONIST, deliver()).refused(&DossierRefusal::StillOwed { owed_vnd: 3_000 });
    life.then_did(RECEPTIONIST, pay(3_000)).when(RECEPTIONIST, deliver()).goes_to(10);
}

/// The log with every body removed folds to the very state the house had after erasing.
pub fn without_bodies(log: &[Recorded], erased: impl Fn(usize) -> bool) -> Vec<Recorded> {
    log.iter()
        .enumerate()
        .map(|(place, recorded)| {
            let mut json = serde_json::to_value(&recorded.event).unwrap();
            if erased(place) {
                json[recorded.event.kind()].as_object_mut().unwrap().remove("body");
            }
            Recorded { event: serde_json::from_value(json).unwrap(), ..recorded.clone() }
        })
        .collect()
}

/// Căn cứ: Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15 (xóa dữ liệu).
#[test]
fn what_is_erased_leaves_the_facts() {
    for closed in [delivered(), withdrawn(), discontinued(), not_accepted()] {
        let before = facts(closed.state());
        let life = given(closed).at("2026-02-02T09:00").when(HEAD, erase()).accepted();
        assert!(life.state().erased && life.state().filing.get().is_none());
        assert_eq!(facts(life.state()), before);
        let bare = without_bodies(&life.log, |_| true);
        assert_eq!(Dossier::fold(ID, &bare).as_ref(), Ok(life.state()));
        assert_eq!(
            bare.iter().map(|it| it.event.kind()).collect::<Vec<_>>(),
            life.log.iter().map(|it| it.event.kind()).collect::<Vec<_>>()
        );
        life.when(HEAD, erase()).not_in_this_status();
    }
}

#[test]
fn nothing_is_erased_while_the_dossier_is_open_or_without_a_basis() {
    for open in [filed_online(), received(), in_progress(), asked_for_papers(), to_pay(), decided()] {
        given(open).when(HEAD, erase()).not_in_this_status();
    }
    given(delivered()).when(HEAD, Command::Erase { basis: String::new() }).refused(&DossierRefusal::ReasonMissing);
}

#[test]
fn the_log_is_kept_as_it_was_said() {
    let lives =
        [delivered(), withdrawn(), discontinued(), not_accepted(), to_pay(), asked_for_papers(), with_the_citizen()];
    for recorded in lives.iter().flat_map(|it| &it.log) {
        let json = serde_json::to_string(&recorded.event).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&json).unwrap(), recorded.event);
        assert!(json.starts_with(&format!("{{\"{}\":{{", recorded.event.kind())));
        assert!(Event::KINDS.contains(&recorded.event.kind()));
    }
}

#[test]
fn a_log_that_nobody_can_have_lived_is_refused() {
    let log = in_progress().log;
    assert_eq!(Dossier::fold(ID, &[]), Err(FoldError::Empty));
    assert_eq!(Dossier::fold(ID, &log[1..]), Err(FoldError::Gap { expected: 1, found: 2 }));
    let received_first = Recorded { seq: 1, ..log[1].clone() };
    assert_eq!(Dossier::fold(ID, [&received_first]), Err(FoldError::NotFiledFirst("received")));
    let filed_again = Recorded { seq: 2, ..log[0].clone() };
    assert_eq!(Dossier::fold(ID, [&log[0], &filed_again]), Err(FoldError::FiledTwice));
    assert_eq!(Dossier::fold(ID, [&log[0], &log[2]]), Err(FoldError::Gap { expected: 2, found: 3 }));
}

/// Form II.06a counts the received; one never received is no dossier of the books.
#[test]
fn what_was_never_received_is_not_counted() {
    for life in [filed_online(), not_accepted(), asked_at_intake(), filed_online().then_did(CITIZEN, withdraw())] {
        let found = facts(life.state());
        assert_eq!((found.received_on, found.finished_on, found.outcome), (None, None, None));
    }
}

#[test]
fn early_on_time_and_late_are_days() {
    for (issued, outcome) in [
        ("2025-03-07T17:00", Timeliness::Early),
        ("2025-03-10T07:30", Timeliness::OnTime),
        ("2025-03-10T17:30", Timeliness::OnTime),
        ("2025-03-11T07:30", Timeliness::Late),
    ] {
        let life = given(signed(Outcome::Granted)).at(issued).then_did(CLERK, issue());
        let expected = Facts {
            received_on: Some(date(2025, 3, 3)),
            finished_on: Some(moment(issued).day()),
            outcome: Some(outcome),
            stopped: false,
            due_on: Some(date(2025, 3, 10)),
            waiting: false,
            place: String::new(),
        };
        assert_eq!(facts(life.state()), expected);
        let handed = life.at("2025-03-28T09:00").then_did(RECEPTIONIST, deliver());
        assert_eq!(facts(handed.state()), expected, "to be collected late is not to be late");
    }
}

/// Căn cứ: handbook §1.6: an apology does not make it on time.
#[test]
fn an_apology_does_not_make_it_on_time() {
    let life = given(submitted(Outcome::Granted))
        .at("2025-03-07T09:00")
        .then_did(HEAD, apologise("2025-03-14T10:00"))
        .at("2025-03-13T09:00")
        .then_did(LEADER, Command::Sign)
        .then_did(CLERK, issue());
    assert_eq!(facts(life.state()).outcome, Some(Timeliness::Late));
}

#[test]
fn a_pause_moves_the_day_that_counts() {
    let life = given(asked_for_papers()).at("2025-03-10T09:30");
    assert!(facts(life.state()).waiting);
    let life = life.then_did(CITIZEN, supply());
    assert_eq!((facts(life.state()).due_on, facts(life.state()).waiting), (Some(date(2025, 3, 17)), false));
}

/// Căn cứ: handbook §1.2: given back counts with "on time"; stopped is told apart.
#[test]
fn what_is_given_back_or_stopped_is_never_late() {
    let late = |command| given(in_progress()).at("2025-05-05T09:00").then_did(HEAD, command);
    let (taken, stopped) = (facts(late(withdraw()).state()), facts(late(discontinue()).state()));
    assert_eq!((taken.outcome, taken.stopped), (Some(Timeliness::OnTime), false));
    assert_eq!((stopped.outcome, stopped.stopped), (Some(Timeliness::OnTime), true));
    assert_eq!(stopped.finished_on, Some(date(2025, 5, 5)));
}
