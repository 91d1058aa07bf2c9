//! The QR code of an identity card, as a scanner types it at the counter.
#![no_main]

use domain::person::{CardQr, PersonName, PersonalNumber};
use jiff::civil::date;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let today = date(2025, 3, 3);
    let Ok((card, disagreements)) = CardQr::read(text, today) else { return };
    assert_eq!(CardQr::parse(text, today).is_ok(), disagreements.is_empty());
    let (number, _) = PersonalNumber::parse(card.number.as_str(), today).expect("the number of a card is one");
    assert_eq!(number, card.number);
    let name = PersonName::parse(card.name.as_str()).expect("the name of a card is one");
    assert_eq!(name, card.name);
    assert!(!card.address.chars().any(char::is_control));
    assert!(card.birth.year() <= today.year());
});
