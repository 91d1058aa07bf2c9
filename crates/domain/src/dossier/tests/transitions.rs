//! The table of transitions, row by row (handbook §1.10), and that nothing else leads anywhere.

use super::world::*;
use crate::calendar::TimeLimit;
use crate::dossier::*;
use crate::procedure::Channel;

fn due(at: &str, legal_at: &str) -> DueDate {
    DueDate { at: moment(at), legal_at: moment(legal_at), provisional: false, promised_at: None }
}

/// Căn cứ: NĐ 45/2020/NĐ-CP (trả lời trong 8 giờ làm việc); NĐ 61/2018/NĐ-CP Điều 26 (mã số hồ sơ).
#[test]
fn to_file_online_is_to_be_newly_registered_and_answered_within_eight_hours() {
    let life = given(nothing()).when(CITIZEN, file()).goes_to(1);
    let Event::Filed { code, channel, receiving_unit, competent_unit, collect_at, owner, answer_by, regime, .. } =
        &life.log[0].event
    else {
        panic!("{:?}", life.log);
    };
    assert_eq!((code.as_str(), *channel, regime.as_str()), ("H24.30-250303-0001", Channel::Online, "2018"));
    assert_eq!((*receiving_unit, *competent_unit, *collect_at), (DISTRICT, DIVISION, DISTRICT));
    assert_eq!((owner.unit, owner.post, owner.person), (DISTRICT, crate::post::Post::Reception, None));
    assert_eq!(*answer_by, Some(moment("2025-03-04T09:00")));
    let dossier = life.state();
    assert_eq!((dossier.next_act(), dossier.received_at, dossier.due), (Some(NextAct::Answer), None, None));
}

#[test]
fn a_way_of_filing_that_is_not_offered_is_refused() {
    let mut counter_only = nothing();
    counter_only.world.revision.channels = vec![Channel::Counter];
    given(counter_only.clone()).when(CITIZEN, file()).refused(&DossierRefusal::ChannelNotOffered);
    let by_post = Command::ReceiveAtDesk(Box::new(request(Channel::Post)));
    given(counter_only).when(RECEPTIONIST, by_post).refused(&DossierRefusal::ChannelNotOffered);
    let online_at_desk = Command::ReceiveAtDesk(Box::new(request(Channel::Online)));
    given(nothing()).when(RECEPTIONIST, online_at_desk).refused(&DossierRefusal::ChannelNotOffered);
    let counter_online = Command::File(Box::new(request(Channel::Counter)));
    given(nothing()).when(CITIZEN, counter_online).refused(&DossierRefusal::ChannelNotOffered);
}

/// Căn cứ: NĐ 63/2010/NĐ-CP Điều 8 (thời hạn giải quyết là bộ phận tạo thành TTHC): nobody makes one up.
#[test]
fn without_a_time_limit_nothing_is_taken() {
    let mut unlimited = nothing();
    unlimited.world.revision.time_limit = None;
    given(unlimited.clone()).when(CITIZEN, file()).refused(&DossierRefusal::NoTimeLimit);
    given(unlimited).when(RECEPTIONIST, receive_at_desk()).refused(&DossierRefusal::NoTimeLimit);
    let mut filed = filed_online();
    filed.world.revision.time_limit = None;
    given(filed).when(RECEPTIONIST, Command::Accept).refused(&DossierRefusal::NoTimeLimit);
}

#[test]
fn what_is_filed_is_filed_once_and_nothing_comes_before() {
    given(filed_online()).when(CITIZEN, file()).refused(&DossierRefusal::AlreadyFiled);
    given(received()).when(RECEPTIONIST, receive_at_desk()).refused(&DossierRefusal::AlreadyFiled);
    given(nothing()).when(RECEPTIONIST, Command::Accept).refused(&DossierRefusal::NotFiled);
}

/// Căn cứ: NĐ 61/2018/NĐ-CP Điều 17 khoản 2 (giấy tiếp nhận và hẹn trả).
#[test]
fn to_accept_is_to_receive_with_a_due_date() {
    let life = given(filed_online()).at("2025-03-03T14:00").when(RECEPTIONIST, Command::Accept).goes_to(2);
    let dossier = life.state();
    assert_eq!(dossier.due, Some(due("2025-03-10T14:00", "2025-03-17T14:00")));
    assert_eq!((dossier.first_due, dossier.answer_by), (dossier.due, None));
    assert_eq!(dossier.received_at, Some(moment("2025-03-03T14:00")));
    assert_eq!((dossier.step.number, dossier.owner.person), (2, Some(HEAD)));
    for wrong in [received(), in_progress(), asked_at_intake(), not_accepted(), decided()] {
        given(wrong).when(RECEPTIONIST, Command::Accept).not_in_this_status();
    }
}

#[test]
fn the_desk_asks_for_a_correction_before_it_receives() {
    let life = given(filed_online()).when(RECEPTIONIST, ask()).goes_to(5);
    assert!(matches!(life.log[1].event, Event::SupplementRequested { stage: Stage::Intake, .. }));
    assert_eq!((life.state().next_act(), life.state().holder()), (Some(NextAct::Supply), &Holder::Citizen));
}

/// Căn cứ: NĐ 61/2018/NĐ-CP Điều 17 khoản 1 điểm c (phiếu từ chối nêu rõ lý do).
#[test]
fn to_refuse_needs_a_reason_and_never_follows_a_reception() {
    let life = given(filed_online()).when(RECEPTIONIST, refuse()).goes_to(3);
    assert_eq!(life.state().finished_at, Some(moment(MONDAY)));
    let silent = Command::Refuse { reason: " \n".into(), legal_basis: "NĐ 61/2018".into() };
    given(filed_online()).when(RECEPTIONIST, silent).refused(&DossierRefusal::ReasonMissing);
    for received in [received(), in_progress(), asked_for_papers(), to_pay(), decided(), delivered(), withdrawn()] {
        given(received).when(RECEPTIONIST, refuse()).refused(&DossierRefusal::ReceivedAlready);
    }
    given(not_accepted()).when(RECEPTIONIST, refuse()).not_in_this_status();
}

#[test]
fn the_desk_files_and_receives_in_one_act() {
    for channel in [Channel::Counter, Channel::Post] {
        let life = given(nothing()).when(RECEPTIONIST, Command::ReceiveAtDesk(Box::new(request(channel)))).goes_to(2);
        let [filed, received] = life.log.as_slice() else { panic!("{:?}", life.log) };
        assert!(matches!(filed.event, Event::Filed { answer_by: None, .. }));
        let Event::Received { counted_from, limit, due: at, step, .. } = &received.event else {
            panic!("{received:?}")
        };
        assert_eq!(*counted_from, moment(MONDAY));
        assert_eq!(*limit, TimeLimit { legal: "10wd".parse().unwrap(), committed: Some("5wd".parse().unwrap()) });
        assert_eq!((*at, step.number), (due("2025-03-10T09:00", "2025-03-17T09:00"), 2));
    }
}

#[test]
fn a_received_dossier_is_worked_on_once_it_is_assigned_or_sent_on() {
    given(received()).when(HEAD, forward()).goes_to(4);
    given(received()).when(HEAD, assign(HEAD)).goes_to(4);
    given(received()).when(HEAD, Command::TakeOn).refused(&DossierRefusal::NotAtThisStep);
    for wrong in [filed_online(), asked_for_papers(), to_pay(), decided(), delivered(), withdrawn(), discontinued()] {
        given(wrong.clone()).when(HEAD, forward()).not_in_this_status();
        given(wrong).when(HEAD, assign(SPECIALIST)).not_in_this_status();
    }
}

#[test]
fn the_specialist_asks_for_papers_and_the_clock_stands_still() {
    let life = given(in_progress()).when(SPECIALIST, ask()).goes_to(5);
    assert!(matches!(life.log[3].event, Event::SupplementRequested { stage: Stage::Appraisal, .. }));
    assert_eq!(life.state().pause.map(|it| it.cause), Some(PauseCause::Supplement));
    given(received()).when(HEAD, ask()).not_in_this_status();
    given(submitted(Outcome::Granted)).when(LEADER, ask()).refused(&DossierRefusal::NotAtThisStep);
    given(signed(Outcome::Granted)).when(CLERK, ask()).refused(&DossierRefusal::NotAtThisStep);
}

#[test]
fn what_is_supplied_goes_back_to_whoever_asked() {
    let life = given(asked_for_papers()).when(CITIZEN, supply()).goes_to(4);
    assert_eq!(life.state().holder(), &Holder::Post { owner: life.state().owner });
    assert_eq!(life.state().owner.person, Some(SPECIALIST));
    let life = given(asked_at_intake()).when(CITIZEN, supply()).goes_to(1);
    assert_eq!(life.state().next_act(), Some(NextAct::Answer));
    given(in_progress()).when(CITIZEN, supply()).not_in_this_status();
}

/// A dossier once received is stopped (8), one never received is not accepted (3).
#[test]
fn a_supplement_that_never_came_ends_the_dossier() {
    given(asked_for_papers()).at("2025-04-03T07:00").when(None, Command::LapseSupplement).goes_to(8);
    given(asked_at_intake()).at("2025-04-03T07:00").when(None, Command::LapseSupplement).goes_to(3);
    let early = DossierRefusal::StillTimeToSupply { reply_by: jiff::civil::date(2025, 4, 2) };
    given(asked_for_papers()).at("2025-04-02T23:59").when(None, Command::LapseSupplement).refused(&early);
    given(in_progress()).when(None, Command::LapseSupplement).not_in_this_status();
}

#[test]
fn a_duty_is_notified_and_waits_for_the_money() {
    let life = given(in_progress()).when(SPECIALIST, duty(500_000)).goes_to(6);
    assert_eq!((life.state().next_act(), life.state().holder()), (Some(NextAct::Pay), &Holder::Payment));
    given(received()).when(HEAD, duty(1)).not_in_this_status();
    given(submitted(Outcome::Granted)).when(LEADER, duty(1)).refused(&DossierRefusal::NotAtThisStep);
    given(to_pay()).when(RECEPTIONIST, pay(500_000)).goes_to(4);
}

#[test]
fn an_apology_keeps_the_dossier_in_progress() {
    given(in_progress()).when(HEAD, apologise("2025-03-14T10:00")).goes_to(4);
    given(received()).when(HEAD, apologise("2025-03-14T10:00")).goes_to(2);
    for wrong in [filed_online(), asked_for_papers(), to_pay(), decided(), discontinued()] {
        given(wrong).when(HEAD, apologise("2025-03-14T10:00")).not_in_this_status();
    }
}

/// Căn cứ: TT 03/2025/TT-VPCP mẫu 05 (trước khi có kết quả).
#[test]
fn the_office_stops_what_it_has_not_decided() {
    for open in [in_progress(), asked_for_papers(), to_pay()] {
        given(open).when(HEAD, discontinue()).goes_to(8);
    }
    let silent = Command::Discontinue { reason: String::new(), legal_basis: "Luật Hộ tịch".into() };
    given(in_progress()).when(HEAD, silent).refused(&DossierRefusal::ReasonMissing);
    given(signed(Outcome::Granted)).when(HEAD, discontinue()).refused(&DossierRefusal::NotAtThisStep);
    for wrong in [filed_online(), asked_at_intake(), received(), decided(), delivered(), withdrawn(), not_accepted()] {
        given(wrong).when(HEAD, discontinue()).not_in_this_status();
    }
}

#[test]
fn the_citizen_takes_it_back_while_it_is_not_decided() {
    for open in [filed_online(), received(), in_progress(), asked_at_intake(), asked_for_papers(), to_pay()] {
        let life = given(open).when(CITIZEN, withdraw()).goes_to(7);
        assert_eq!((life.state().holder(), life.state().next_act()), (&Holder::Nobody, None));
    }
    given(received())
        .when(CITIZEN, Command::Withdraw { reason: String::new() })
        .refused(&DossierRefusal::ReasonMissing);
    for closed in [not_accepted(), withdrawn(), discontinued(), decided(), delivered()] {
        given(closed).when(CITIZEN, withdraw()).not_in_this_status();
    }
}

#[test]
fn the_way_to_get_the_decision_changes_until_it_is_issued_and_moves_nothing_else() {
    let by_post = |to: &str| Command::ChooseCollection(Collection::Post { address: to.into() });
    for (open, status) in [(filed_online(), 1), (received(), 2), (in_progress(), 4), (asked_for_papers(), 5)] {
        let before = given(open);
        let (holder, due) = (before.state().holder().clone(), before.state().due);
        let life = before.when(CITIZEN, by_post(" Số 9 ngõ Mẫu ")).goes_to(status);
        assert_eq!((life.state().holder(), life.state().due), (&holder, due));
        let chosen = life.state().filing.get().map(|it| it.collection.clone());
        assert_eq!(chosen, Some(Collection::Post { address: "Số 9 ngõ Mẫu".into() }));
    }
    given(received()).when(CITIZEN, by_post(" ")).refused(&DossierRefusal::AddressMissing);
    given(received()).when(CITIZEN, by_post(&"a".repeat(301))).refused(&DossierRefusal::TextTooLong { max: 300 });
    let desk = Command::ChooseCollection(Collection::Desk);
    given(received()).when(CITIZEN, desk).refused(&DossierRefusal::CollectionAsBefore);
    for late in [decided(), delivered(), withdrawn(), not_accepted()] {
        given(late).when(CITIZEN, by_post("Số 9 ngõ Mẫu")).not_in_this_status();
    }
}

#[test]
fn a_decision_is_signed_and_then_issued() {
    let life = given(submitted(Outcome::Granted)).when(LEADER, Command::Sign).goes_to(4);
    assert_eq!(life.state().next_act(), Some(NextAct::Issue));
    let life = given(life).when(CLERK, issue()).goes_to(9);
    assert_eq!((life.state().next_act(), life.state().collect_at), (Some(NextAct::HandOver), DISTRICT));
    given(reviewed()).when(LEADER, Command::Sign).refused(&DossierRefusal::NotAtThisStep);
    given(submitted(Outcome::Granted)).when(CLERK, issue()).refused(&DossierRefusal::NotAtThisStep);
    given(to_pay()).when(LEADER, Command::Sign).not_in_this_status();
}

/// Căn cứ: handbook §1.7: written reasons are the decision, within the normal term.
#[test]
fn to_refuse_to_solve_is_a_decision_too() {
    let life = given(signed(Outcome::Declined)).when(CLERK, issue()).goes_to(9);
    assert_eq!(life.state().decision.as_ref().map(|it| it.outcome), Some(Outcome::Declined));
}

#[test]
fn what_is_decided_is_handed_over() {
    let life = given(decided()).when(RECEPTIONIST, deliver()).goes_to(10);
    assert_eq!(life.state().finished_at, decided().state().finished_at, "the clock ended with the issue");
    given(signed(Outcome::Granted)).when(RECEPTIONIST, deliver()).not_in_this_status();
    given(delivered()).when(RECEPTIONIST, deliver()).not_in_this_status();
}

/// Every act from every status by everybody: only the rows of the table lead anywhere.
#[test]
fn nothing_but_the_table_leads_anywhere() {
    let lives: Vec<Life> = vec![
        filed_online(),
        received(),
        not_accepted(),
        in_progress(),
        reviewed(),
        submitted(Outcome::Granted),
        signed(Outcome::Granted),
        asked_at_intake(),
        asked_for_papers(),
        to_pay(),
        withdrawn(),
        discontinued(),
        decided(),
        delivered(),
    ];
    let mut found = std::collections::BTreeSet::new();
    for life in lives {
        let from = life.state().status.national_code();
        let life = life.at("2025-06-02T09:00");
        for who in CAST {
            for command in everything(&life) {
                let then = life.clone().when(who, command);
                if then.answer.is_ok() && then.life.state().status.national_code() != from {
                    found.insert((from, then.life.state().status.national_code()));
                }
            }
        }
    }
    let table = [
        (1, 2),
        (1, 3),
        (1, 5),
        (1, 7),
        (2, 4),
        (2, 7),
        (4, 5),
        (4, 6),
        (4, 7),
        (4, 8),
        (4, 9),
        (5, 1),
        (5, 3),
        (5, 4),
        (5, 7),
        (5, 8),
        (6, 4),
        (6, 7),
        (6, 8),
        (9, 10),
    ];
    assert_eq!(found.into_iter().collect::<Vec<_>>(), table);
}

/// Every command there is, as good as it can be made for that dossier, after its last day to supply.
fn everything(life: &Life) -> Vec<Command> {
    vec![
        file(),
        receive_at_desk(),
        Command::Accept,
        refuse(),
        ask_again(),
        supply(),
        Command::TakeOn,
        assign(life.state().owner.person.unwrap_or(SPECIALIST)),
        forward(),
        Command::Confirm,
        Command::TakeSilence,
        submit(Outcome::Granted),
        send_back(2),
        send_back(3),
        recall(),
        apologise("2025-06-16T09:00"),
        duty(500_000),
        pay(life.state().still_owed_vnd().max(1)),
        withdraw(),
        discontinue(),
        Command::Sign,
        issue(),
        deliver(),
        erase(),
        Command::LapseSupplement,
    ]
}
