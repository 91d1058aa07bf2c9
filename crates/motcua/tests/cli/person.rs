//! `person check`: what a number and a card say, and why they cannot be right.

use crate::run::motcua;
use serde_json::Value;

const CARD: &str = "999094000904|031234567|Nguyễn Mẫu Văn|15031994|Nam|Số 1 Hồ Sen|01012022";

fn number(text: &str) -> (i32, String) {
    let ran = motcua(&["person", "check", "--number", text]);
    (ran.code, if ran.code == 0 { ran.stdout } else { ran.stderr })
}

fn card(text: &str) -> (i32, String) {
    let ran = motcua(&["person", "check", "--card-qr", text]);
    (ran.code, if ran.code == 0 { ran.stdout } else { ran.stderr })
}

#[test]
fn a_number_says_place_sex_and_year() {
    let (code, said) = number("031185000123");
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(code, 0);
    assert_eq!((&said["number"], &said["place"]), (&"031185000123".into(), &"Hải Phòng".into()));
    assert_eq!((&said["sex"], &said["birth_year"]), (&"female".into(), &1985.into()));
    assert_eq!(said["warnings"].as_array().map(Vec::len), Some(0));
    let said: Value = serde_json::from_str(&number("999094000904").1).unwrap();
    assert!(said["warning"].as_str().unwrap().contains("999"), "accepted with a warning");
    assert_eq!(said["place"], Value::Null);
}

#[test]
fn a_number_that_cannot_be_is_refused_in_words() {
    for (text, word) in [
        ("03118500012３", "0-9"),
        ("٠٣١١٨٥٠٠٠١٢٣", "0-9"),
        ("003094000904", "003"),
        ("031399000123", "2099"),
        ("03118500012", "12"),
        ("03118500012a", "a"),
        ("", "12"),
    ] {
        let (code, said) = number(text);
        assert_eq!(code, 1, "{text}");
        assert!(said.contains(word), "{text}: {said}");
    }
}

#[test]
fn a_card_is_read_field_by_field() {
    let (code, said) = card(CARD);
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(code, 0);
    assert_eq!((&said["name"], &said["birth"]), (&"Nguyễn Mẫu Văn".into(), &"1994-03-15".into()));
    assert_eq!((&said["old_number"], &said["issued_on"]), (&"031234567".into(), &"2022-01-01".into()));
    let (code, said) = card(&format!("{CARD}|bố|mẹ"));
    assert_eq!((code, said.contains("mẹ")), (0, true), "what follows the seventh field is kept");
    assert_eq!(card("999094000904||Nguyễn Mẫu Văn|1994|Nam||").0, 0, "the year alone may stand");
}

#[test]
fn a_card_that_cannot_be_is_refused_in_words() {
    for (text, word) in [
        ("999094000904|1|Nguyễn Mẫu|15031994|Nam|Hồ Sen", "6"),
        ("999094000904||  |15031994|Nam||01012022", "trống"),
        ("999094000904||Nguyễn 2 Mẫu|15031994|Nam||01012022", "2"),
        ("999094000904||Nguyễn 😀|15031994|Nam||01012022", "😀"),
        ("999094000904||Nguyễn Mẫu|30021994|Nam||01012022", "30021994"),
        ("999094000904||Nguyễn Mẫu|15031993|Nam||01012022", "1993"),
        ("999094000904||Nguyễn Mẫu|15031994|Nữ||01012022", "Giới tính"),
    ] {
        let (code, said) = card(text);
        assert_eq!(code, 1, "{text}");
        assert!(said.contains(word), "{text}: {said}");
    }
}

#[test]
fn one_of_the_two_is_asked() {
    assert_eq!(motcua(&["person", "check"]).code, 2);
    assert_eq!(motcua(&["person", "check", "--number", "1", "--card-qr", "x"]).code, 2);
}
