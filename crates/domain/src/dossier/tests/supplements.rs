//! Asking the citizen for papers: what may be asked, how often, for how long, and what becomes of it.

use super::world::*;
use crate::dossier::*;
use crate::ids::PersonId;
use crate::procedure::RawAnswers;
use jiff::civil::date;

fn asks(items: Vec<SupplementItem>, legal_basis: &str, days: Option<u16>) -> Command {
    Command::RequestSupplement {
        items,
        reason: "Hồ sơ chưa đủ".into(),
        legal_basis: legal_basis.into(),
        override_reason: String::new(),
        days,
    }
}

fn beyond(name: &str) -> SupplementItem {
    SupplementItem { requirement: None, field: None, name: name.into(), what: "Bản chính".into() }
}

/// Căn cứ: NĐ 61/2018/NĐ-CP Điều 17 khoản 1 điểm b (hướng dẫn một lần, đầy đủ).
#[test]
fn a_request_names_the_papers_as_they_were_published() {
    let life = given(in_progress()).when(SPECIALIST, ask()).accepted();
    let Event::SupplementRequested { stage, reply_by, beyond_list, overridden, body } = &life.log[3].event else {
        panic!("{:?}", life.log);
    };
    assert_eq!((*stage, *reply_by, *beyond_list, *overridden), (Stage::Appraisal, date(2025, 4, 2), false, false));
    let item = &body.get().unwrap().items[0];
    assert_eq!((item.requirement.as_deref(), item.name.as_str()), (Some("to-khai"), "Tờ khai"));
}

/// Căn cứ: NĐ 61/2018/NĐ-CP Điều 5 (không yêu cầu giấy tờ ngoài quy định).
#[test]
fn papers_outside_the_published_list_need_a_named_law() {
    let not_listed = |what: &str| DossierRefusal::NotOnTheList { what: what.into() };
    let sworn = || beyond("Giấy cam đoan");
    given(in_progress()).when(SPECIALIST, ask_for(vec![sworn()])).refused(&not_listed("Giấy cam đoan"));
    let unknown = SupplementItem { name: "Giấy lạ".into(), ..asked("giay-la") };
    given(in_progress()).when(SPECIALIST, ask_for(vec![unknown])).refused(&not_listed("Giấy lạ"));
    given(in_progress()).when(SPECIALIST, ask_for(vec![asked("giay-la")])).refused(&DossierRefusal::NothingAsked);
    given(in_progress()).when(SPECIALIST, asks(vec![sworn()], "  ", None)).refused(&not_listed("Giấy cam đoan"));
    let mixed = asks(vec![asked("to-khai"), sworn()], "Luật Hộ tịch 2014 Điều 28", None);
    let life = given(in_progress()).when(SPECIALIST, mixed).goes_to(5);
    assert!(matches!(life.log[3].event, Event::SupplementRequested { beyond_list: true, .. }));
}

#[test]
fn a_paper_abolished_since_counts_as_outside_the_list() {
    let old = SupplementItem { name: "Sổ hộ khẩu".into(), ..asked("so-ho-khau") };
    let no = DossierRefusal::NotOnTheList { what: "Sổ hộ khẩu".into() };
    given(in_progress()).when(SPECIALIST, ask_for(vec![old])).refused(&no);
}

#[test]
fn a_request_asks_for_something_and_says_why() {
    given(in_progress()).when(SPECIALIST, ask_for(Vec::new())).refused(&DossierRefusal::NothingAsked);
    given(in_progress()).when(SPECIALIST, asks(vec![beyond(" ")], "Luật", None)).refused(&DossierRefusal::NothingAsked);
    given(in_progress())
        .when(SPECIALIST, ask_for(vec![asked("to-khai"); 101]))
        .refused(&DossierRefusal::TooMany { max: 100 });
    let silent = Command::RequestSupplement {
        items: vec![asked("to-khai")],
        reason: String::new(),
        legal_basis: String::new(),
        override_reason: String::new(),
        days: None,
    };
    given(in_progress()).when(SPECIALIST, silent).refused(&DossierRefusal::ReasonMissing);
    let endless = SupplementItem { what: "ă".repeat(TEXT_CHARS_MAX + 1), ..asked("to-khai") };
    let too_long = DossierRefusal::TextTooLong { max: TEXT_CHARS_MAX };
    given(in_progress()).when(SPECIALIST, ask_for(vec![endless])).refused(&too_long);
}

#[test]
fn the_citizen_has_thirty_days_or_what_the_request_says() {
    for (days, reply_by) in [
        (None, date(2025, 4, 2)),
        // The fifth day is a Saturday: the desk takes papers on the Monday after.
        (Some(5), date(2025, 3, 10)),
        (Some(0), date(2025, 3, 4)),
        (Some(9_999), date(2026, 3, 3)),
    ] {
        let life = given(in_progress()).when(SPECIALIST, asks(vec![asked("to-khai")], "", days)).accepted();
        assert_eq!(life.state().supplement.as_ref().map(|it| it.reply_by), Some(reply_by), "{days:?}");
    }
}

/// Căn cứ: handbook §1.4: once at each stage; a further request needs a leader and a reason.
#[test]
fn each_stage_asks_once() {
    let life = given(asked_at_intake()).then_did(CITIZEN, supply());
    let life = life.when(RECEPTIONIST, ask()).refused(&DossierRefusal::AskedAlready { asked: 1 });
    let life = life
        .then_did(RECEPTIONIST, Command::Accept)
        .then_did(HEAD, forward_to(SPECIALIST))
        .when(SPECIALIST, ask())
        .goes_to(5)
        .then_did(CITIZEN, supply());
    assert_eq!((life.state().asked_at_intake, life.state().asked_at_appraisal), (1, 1));
    life.when(SPECIALIST, ask()).refused(&DossierRefusal::AskedAlready { asked: 1 });
}

#[test]
fn only_a_leader_with_a_reason_asks_again() {
    let again = |who: PersonId, command| given(asked_for_papers()).then_did(CITIZEN, supply()).when(who, command);
    let no = DossierRefusal::AskedAlready { asked: 1 };
    for who in [SPECIALIST, COLLEAGUE, RECEPTIONIST, CLERK, STRANGER, CITIZEN] {
        again(who, ask_again()).refused(&no);
    }
    again(HEAD, ask()).refused(&no);
    for who in [HEAD, LEADER] {
        let life = again(who, ask_again()).goes_to(5);
        assert!(matches!(life.log.last().unwrap().event, Event::SupplementRequested { overridden: true, .. }));
        assert_eq!(life.state().asked_at_appraisal, 2);
    }
    let mut gone = asked_for_papers().then_did(CITIZEN, supply());
    gone.world.leaves(HEAD, "2025-03-03");
    given(gone).when(HEAD, ask_again()).refused(&no);
}

#[test]
fn how_often_is_a_rule_of_the_regime() {
    let mut twice = asked_for_papers();
    twice.world.regime.supplement_max_per_stage = 2;
    let life = given(twice).then_did(CITIZEN, supply()).when(SPECIALIST, ask()).goes_to(5);
    life.then_did(CITIZEN, supply()).when(SPECIALIST, ask()).refused(&DossierRefusal::AskedAlready { asked: 2 });
}

#[test]
fn to_supply_is_to_send_papers_or_a_word() {
    let nothing = Command::Supply { papers: Vec::new(), answers: RawAnswers::new(), note: " ".into() };
    given(asked_for_papers()).when(CITIZEN, nothing).refused(&DossierRefusal::NothingSupplied);
    let word =
        Command::Supply { papers: Vec::new(), answers: RawAnswers::new(), note: "Tôi đã nộp bản chính".into() };
    given(asked_for_papers()).when(CITIZEN, word).goes_to(4);
    let crate_of =
        Command::Supply { papers: vec![FiledPaper::default(); 101], answers: RawAnswers::new(), note: String::new() };
    given(asked_for_papers()).when(CITIZEN, crate_of).refused(&DossierRefusal::TooMany { max: 100 });
    let life = given(asked_for_papers()).when(CITIZEN, supply()).accepted();
    assert_eq!(life.state().filing.get().map(|it| it.papers.len()), Some(2), "what came lies with what was filed");
    assert_eq!(life.state().supplement, None);
}

#[test]
fn what_comes_after_the_day_but_before_the_timer_is_taken() {
    given(asked_for_papers()).at("2025-04-10T08:00").when(CITIZEN, supply()).goes_to(4);
}

/// Form 02 named a day: until then the desk does not refuse what it asked for.
#[test]
fn the_desk_waits_for_what_it_asked() {
    let waits = DossierRefusal::StillTimeToSupply { reply_by: date(2025, 4, 2) };
    given(asked_at_intake()).at("2025-04-02T17:00").when(RECEPTIONIST, refuse()).refused(&waits);
    given(asked_at_intake()).at("2025-04-03T07:30").when(RECEPTIONIST, refuse()).goes_to(3);
}

/// Once received never "not accepted", also where the desk had asked before.
#[test]
fn asked_twice_and_silent_is_stopped_not_refused() {
    let life = given(asked_at_intake())
        .then_did(CITIZEN, supply())
        .then_did(RECEPTIONIST, Command::Accept)
        .then_did(HEAD, forward_to(SPECIALIST))
        .then_did(SPECIALIST, ask());
    let life = life.at("2025-06-01T08:00").when(None, Command::LapseSupplement).then(&[Event::SupplementLapsed {}]);
    assert_eq!(life.state().status, Status::Discontinued);
}
