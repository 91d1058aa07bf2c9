//! Correcting what was written down at the reception, and handing a decision to the right person.

use super::world::*;
use crate::dossier::*;

fn corrected(change: impl FnOnce(&mut Filing)) -> Command {
    let mut filing = request(crate::procedure::Channel::Counter).filing;
    change(&mut filing);
    Command::Correct { filing: Box::new(filing), reason: "Ghi sai so với căn cước".into() }
}

/// Căn cứ: NĐ 61/2018/NĐ-CP Điều 17 (giấy hẹn ghi đúng người, đúng ngày): what is corrected moves no date.
#[test]
fn a_correction_says_what_was_and_what_is_and_moves_nothing_else() {
    let before = given(received());
    let (due, owner, last) = (before.state().due, before.state().owner, before.state().last_forward);
    let command = corrected(|it| {
        it.submitter.name = "Nguyễn Thị Kiểu Mẫu".into();
        it.collection = Collection::Post { address: "Số 1 phố Mẫu".into() };
    });
    let life = before.when(RECEPTIONIST, command).accepted();
    let Event::Corrected { changes, body } = &life.log.last().unwrap().event else { panic!() };
    let said: Vec<(&str, &str, &str)> =
        body.get().unwrap().changes.iter().map(|it| (it.what.as_str(), it.was.as_str(), it.is.as_str())).collect();
    assert_eq!(
        said,
        [("submitter-name", "Nguyễn Thị Mẫu", "Nguyễn Thị Kiểu Mẫu"), ("collection", "desk", "post: Số 1 phố Mẫu"),]
    );
    assert_eq!(*changes, 2);
    let it = life.state();
    assert_eq!((it.due, it.owner, it.last_forward), (due, owner, last));
    assert_eq!(it.filing.get().unwrap().submitter.name, "Nguyễn Thị Kiểu Mẫu");
    assert_eq!(it.filing.get().unwrap().account, Some(CITIZEN), "the account is nobody's to correct");
}

#[test]
fn a_correction_needs_a_difference_a_reason_and_a_name() {
    let asks = |command| given(received()).when(RECEPTIONIST, command);
    asks(corrected(|_| {})).refused(&DossierRefusal::NothingCorrected);
    asks(corrected(|it| it.submitter.name = "  ".into())).refused(&DossierRefusal::NameMissing);
    asks(corrected(|it| it.submitter.address = "x".repeat(TEXT_CHARS_MAX + 1)))
        .refused(&DossierRefusal::TextTooLong { max: TEXT_CHARS_MAX });
    let Command::Correct { filing, .. } = corrected(|it| it.submitter.address = "Số 1".into()) else { panic!() };
    asks(Command::Correct { filing, reason: " ".into() }).refused(&DossierRefusal::ReasonMissing);
}

#[test]
fn before_the_reception_and_after_the_signature_nothing_is_corrected() {
    let command = || corrected(|it| it.submitter.address = "Số 1".into());
    given(filed_online()).when(RECEPTIONIST, command()).not_in_this_status();
    given(signed(Outcome::Granted)).when(RECEPTIONIST, command()).refused(&DossierRefusal::NotAtThisStep);
    given(decided()).when(RECEPTIONIST, command()).not_in_this_status();
}

/// An event of the time before folds as it did: it knew of no proxy and no digits.
#[test]
fn a_hand_over_written_before_is_still_read() {
    let old = r#"{"delivered":{"body":{"receiver":"A","receiver_paper":"","proxy_paper":"","proof":""}}}"#;
    let Event::Delivered { by_proxy, body } = serde_json::from_str(old).unwrap() else { panic!() };
    assert!(!by_proxy);
    assert_eq!(body.get().unwrap().number_tail, "");
}

/// Căn cứ: handbook §1.8.
#[test]
fn a_decision_goes_to_the_owner_s_digits_or_to_a_proxy() {
    let hands = |tail: &str, by_proxy| {
        let evidence = Evidence {
            receiver: "Nguyễn Thị Mẫu".into(),
            number_tail: tail.into(),
            proxy_paper: "GUQ 12/2025".into(),
            ..Evidence::default()
        };
        given(decided()).when(RECEPTIONIST, Command::Deliver { evidence, by_proxy })
    };
    hands("0001", Proxy::Owner).goes_to(10);
    hands("", Proxy::Owner).goes_to(10);
    hands("0002", Proxy::Owner).refused(&DossierRefusal::NumberTailDiffers);
    hands("0002", Proxy::Representative).goes_to(10);
    for wrong in ["1", "00011", "٠٠٠١", "abcd"] {
        hands(wrong, Proxy::Owner).refused(&DossierRefusal::NumberTailWrong);
    }
}
