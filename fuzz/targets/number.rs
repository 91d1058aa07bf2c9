//! What people type about themselves: numbers, telephones, addresses, names, days of birth, codes of dossiers.
#![no_main]

use domain::dossier::DossierCode;
use domain::person::{Email, PartialBirth, PersonName, PersonalNumber, Phone, fold};
use jiff::civil::date;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let today = date(2025, 3, 3);
    if let Ok((number, _)) = PersonalNumber::parse(text, today) {
        assert!(number.as_str().len() == 12 && number.as_str().bytes().all(|it| it.is_ascii_digit()));
        assert!(number.birth_year() <= today.year());
        assert_eq!(PersonalNumber::parse(number.as_str(), today).map(|it| it.0), Ok(number.clone()));
        assert!(!number.masked().contains(number.as_str()));
        let _ = (number.sex(), number.place_name());
    }
    if let Ok(phone) = Phone::parse(text) {
        assert_eq!(Phone::parse(phone.as_str()), Ok(phone.clone()));
        assert_eq!(Phone::parse(&phone.international()), Ok(phone.clone()));
        assert!(!phone.masked().contains(phone.as_str()));
    }
    if let Ok(email) = Email::parse(text) {
        assert_eq!(Email::parse(email.as_str()), Ok(email.clone()));
        assert!(!email.as_str().contains(|it: char| it.is_control() || it.is_whitespace() || it == '<' || it == ','));
    }
    if let Ok(name) = PersonName::parse(text) {
        assert_eq!(PersonName::parse(name.as_str()), Ok(name.clone()));
        assert!(!name.as_str().contains(char::is_control));
    }
    if let Ok(birth) = text.parse::<PartialBirth>() {
        assert_eq!(birth.to_string().parse(), Ok(birth));
    }
    if let Ok(code) = DossierCode::parse(text) {
        assert_eq!(DossierCode::parse(code.as_str()), Ok(code));
    }
    assert_eq!(fold(&fold(text)), fold(text));
});
