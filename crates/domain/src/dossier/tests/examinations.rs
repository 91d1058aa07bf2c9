//! Which papers and answers are in order: who says so, with which reasons, and how a citizen puts right what is not.

use super::world::*;
use crate::dossier::*;
use crate::procedure::{Answer, RawAnswers};

fn wrong_field(life: Life) -> Life {
    let asked =
        SupplementItem {
            field: Some("ngay_sinh".into()), what: "Khác giấy chứng sinh".into(), ..Default::default()
        };
    life.then_did(SPECIALIST, mark_answer("ngay_sinh", "Khác giấy chứng sinh"))
        .then_did(SPECIALIST, ask_for(vec![asked]))
}

fn answers(pairs: &[(&str, &str)]) -> RawAnswers {
    pairs.iter().map(|(field, text)| ((*field).to_owned(), vec![(*text).to_owned()])).collect()
}

fn put(pairs: &[(&str, &str)]) -> Command {
    Command::Supply { papers: Vec::new(), answers: answers(pairs), note: String::new() }
}

#[test]
fn a_paper_that_is_not_in_order_has_a_reason() {
    let life = given(in_progress()).when(SPECIALIST, mark(0, Mark::Wrong, "Mờ, không đọc được số")).accepted();
    assert_eq!(life.state().marks.paper(0), (Mark::Wrong, "Mờ, không đọc được số"));
    assert!(matches!(life.log.last().unwrap().event, Event::Examined { good: 0, wrong: 1, .. }));
    life.when(SPECIALIST, mark(0, Mark::Wrong, "  ")).refused(&DossierRefusal::MarkWithoutReason { place: 0 });
}

#[test]
fn a_mark_is_corrected_by_a_later_one_and_the_same_mark_is_no_event() {
    let life = given(in_progress()).then_did(SPECIALIST, mark(0, Mark::Wrong, "Mờ"));
    let life = life.when(SPECIALIST, mark(0, Mark::Wrong, "Mờ")).refused(&DossierRefusal::NothingExamined);
    let life = life.then_did(SPECIALIST, mark(0, Mark::Good, "thừa"));
    assert_eq!(life.state().marks.paper(0), (Mark::Good, ""));
    let life = life.then_did(SPECIALIST, mark(0, Mark::Unseen, ""));
    assert_eq!((life.state().marks.paper(0), life.state().not_looked_at()), ((Mark::Unseen, ""), 1));
}

#[test]
fn what_the_dossier_does_not_have_is_not_marked() {
    for command in
        [mark(1, Mark::Good, ""), mark_answer("la", "Sai"), mark_answer("me", "Sai"), mark_answer("me.la", "Sai")]
    {
        given(in_progress()).when(SPECIALIST, command).refused(&DossierRefusal::NotOnTheDossier);
    }
    given(in_progress()).when(SPECIALIST, mark_answer("me.ho_ten", "Thiếu")).accepted();
    given(asked_for_papers()).when(SPECIALIST, mark(0, Mark::Good, "")).not_in_this_status();
}

#[test]
fn what_is_not_in_order_is_neither_received_nor_granted() {
    let no = DossierRefusal::NotInOrder { count: 1 };
    given(filed_online())
        .then_did(RECEPTIONIST, mark(0, Mark::Wrong, "Mờ"))
        .when(RECEPTIONIST, Command::Accept)
        .refused(&no);
    let life = given(reviewed()).then_did(HEAD, mark(0, Mark::Wrong, "Mờ"));
    let life = life.when(HEAD, submit(Outcome::Granted)).refused(&no);
    life.when(HEAD, submit(Outcome::Declined)).accepted();
}

#[test]
fn a_paper_supplied_takes_the_place_of_the_one_that_was_wrong() {
    let life = given(in_progress()).then_did(SPECIALIST, mark(0, Mark::Wrong, "Mờ")).then_did(SPECIALIST, ask());
    let life = life.then_did(CITIZEN, supply());
    assert!(life.state().filing.get().unwrap().is_replaced(0));
    assert_eq!((life.state().not_in_order(), life.state().not_looked_at()), (0, 1));
    assert_eq!(life.state().marks.paper(0), (Mark::Wrong, "Mờ"), "what was said of the old one stays said");
}

#[test]
fn the_citizen_puts_right_exactly_what_was_asked_for() {
    let life = wrong_field(in_progress());
    assert_eq!(life.state().asked_fields().collect::<Vec<_>>(), ["ngay_sinh"]);
    let life = life.then_did(CITIZEN, put(&[("ngay_sinh", "1/1/2025"), ("ho_ten", "Người khác")]));
    let filing = life.state().filing.get().unwrap();
    assert_eq!(filing.answers.text("ngay_sinh"), Some("2025-01-01"));
    assert_eq!(filing.answers.text("ho_ten"), Some("Nguyễn Văn Mẫu"), "nothing else");
    assert_eq!(life.state().not_in_order(), 0);
    let Event::Supplemented { body, .. } = &life.log.last().unwrap().event else { panic!() };
    let text = |it: &str| Some(Answer::Text(it.to_owned()));
    let right = PutRight { field: "ngay_sinh".into(), before: text("2025-02-01"), after: text("2025-01-01") };
    assert_eq!(body.get().unwrap().answers, [right], "the old answer stays in the history");
}

#[test]
fn an_answer_that_cannot_stand_is_not_taken() {
    let no = DossierRefusal::AnswersWrong { count: 1 };
    for typed in ["31/2/2025", ""] {
        wrong_field(in_progress()).when(CITIZEN, put(&[("ngay_sinh", typed)])).refused(&no);
    }
    let same = put(&[("ngay_sinh", "1/2/2025")]);
    wrong_field(in_progress()).when(CITIZEN, same).refused(&DossierRefusal::NothingSupplied);
    let word =
        Command::Supply {
            papers: Vec::new(), answers: answers(&[("ngay_sinh", "1/2/2025")]), note: "Đúng rồi".into()
        };
    let life = wrong_field(in_progress()).then_did(CITIZEN, word);
    assert_eq!(life.state().not_in_order(), 1, "the officer looks at it again");
}

#[test]
fn a_request_for_an_answer_says_what_is_wrong_with_it() {
    let item =
        |field: &str, what: &str| SupplementItem { field: Some(field.into()), what: what.into(), ..Default::default() };
    let asks = |it| given(in_progress()).when(SPECIALIST, ask_for(vec![it]));
    asks(item("ngay_sinh", " ")).refused(&DossierRefusal::ReasonMissing);
    asks(item("la", "Sai")).refused(&DossierRefusal::NotOnTheDossier);
    let life = asks(item("ngay_sinh", "Sai năm")).accepted();
    let Event::SupplementRequested { beyond_list, body, .. } = &life.log.last().unwrap().event else { panic!() };
    assert_eq!((*beyond_list, body.get().unwrap().items[0].name.as_str()), (false, "Ngày sinh"));
}
