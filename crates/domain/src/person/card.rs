//! What the QR code on an identity card says. The code is not signed: it fills in a form, it proves nothing.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::name::{NameError, PersonName, collapse};
use super::number::{NumberError, NumberWarning, PersonalNumber, Sex};

/// Longest text that is read, in characters.
const TEXT_CHARS_MAX: usize = 2_000;
/// Fields that every card has; newer cards have more.
const FIELDS_MIN: usize = 7;

/// A birth as papers state it: the full date, or the year alone (old papers often know no more).
///
/// Written `1994-03-15` or `1994`.
#[doc(alias = "ngày sinh")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum PartialBirth {
    /// The year alone.
    Year(i16),
    /// Day, month and year.
    Full(Date),
}

/// Why a stored birth cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a date such as 1994-03-15 or a year")]
pub struct PartialBirthError;

impl PartialBirth {
    /// The year.
    pub fn year(&self) -> i16 {
        match self {
            Self::Year(year) => *year,
            Self::Full(date) => date.year(),
        }
    }
}

impl fmt::Display for PartialBirth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(year) => write!(f, "{year:04}"),
            Self::Full(date) => write!(f, "{date}"),
        }
    }
}

impl std::str::FromStr for PartialBirth {
    type Err = PartialBirthError;

    fn from_str(text: &str) -> Result<Self, PartialBirthError> {
        if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
            return Err(PartialBirthError);
        }
        match text.len() {
            4 => text.parse().ok().filter(|year| *year > 0).map(Self::Year).ok_or(PartialBirthError),
            10 => text.parse().map(Self::Full).map_err(|_| PartialBirthError),
            _ => Err(PartialBirthError),
        }
    }
}

impl TryFrom<String> for PartialBirth {
    type Error = PartialBirthError;

    fn try_from(text: String) -> Result<Self, PartialBirthError> {
        text.parse()
    }
}

impl From<PartialBirth> for String {
    fn from(birth: PartialBirth) -> Self {
        birth.to_string()
    }
}

/// The content of a card's QR code: seven fields between `|`, and on newer cards more, whose order no source tells.
///
/// `Debug` shows the number masked and nothing else.
///
/// Căn cứ: Thông tư 16/2024/TT-BCA; Luật Căn cước 26/2023/QH15, Điều 20 khoản 3: who shows the card is not asked for
/// papers that repeat it.
#[doc(alias = "mã QR trên thẻ căn cước")]
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardQr {
    /// Personal number.
    pub number: PersonalNumber,
    /// The old identity number, as it stands there.
    pub old_number: Option<String>,
    /// Full name.
    pub name: PersonName,
    /// Birth.
    pub birth: PartialBirth,
    /// Sex.
    pub sex: Sex,
    /// Place of residence, as it stands there.
    pub address: String,
    /// Day of issue.
    pub issued_on: Option<Date>,
    /// Whatever follows the seventh field, raw.
    pub extras: Vec<String>,
    /// What is odd about the number.
    #[serde(default)]
    pub warnings: Vec<NumberWarning>,
}

/// The fields of a card that can be unreadable by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CardField {
    /// Birth.
    Birth,
    /// Sex.
    Sex,
    /// Day of issue.
    IssuedOn,
}

/// What the card says against its own number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "disagreement", rename_all = "snake_case")]
pub enum CardDisagreement {
    /// The year of birth.
    Birth {
        /// On the card.
        card: PartialBirth,
        /// In the number.
        number_year: i16,
    },
    /// The sex.
    Sex {
        /// On the card.
        card: Sex,
        /// In the number.
        number: Sex,
    },
}

/// Why a text is not the content of a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "card_error", rename_all = "snake_case")]
pub enum CardError {
    /// Longer than any code.
    #[error("longer than {chars_max} characters")]
    TooLong {
        /// Most characters.
        chars_max: usize,
    },
    /// A control character within the text.
    #[error("control character {found:?}")]
    ControlCharacter {
        /// The first one.
        found: char,
    },
    /// Fewer than seven fields.
    #[error("{found} fields, expected {fields_min} or more")]
    TooFewFields {
        /// How many.
        found: usize,
        /// How many there must be.
        fields_min: usize,
    },
    /// The number.
    #[error("number: {0}")]
    Number(NumberError),
    /// The name.
    #[error("name: {0}")]
    Name(NameError),
    /// A date that does not exist or is not written as cards do, or an unknown sex.
    #[error("{field:?}: cannot read {text:?}")]
    Unreadable {
        /// Which field.
        field: CardField,
        /// What stands there.
        text: String,
    },
    /// A birth after today.
    #[error("born on {birth}, after today")]
    BirthAhead {
        /// On the card.
        birth: PartialBirth,
    },
    /// Birth or sex that disagrees with the number.
    #[error("the card disagrees with its number: {0:?}")]
    Disagrees(CardDisagreement),
}

impl CardError {
    /// Whether an officer may go on all the same, with a reason.
    pub fn overridable(&self) -> bool {
        matches!(self, Self::Disagrees(_))
    }
}

impl CardQr {
    /// Reads a card; a disagreement with the number is an error (an [overridable](CardError::overridable) one).
    pub fn parse(text: &str, today: Date) -> Result<Self, CardError> {
        let (card, disagreements) = Self::read(text, today)?;
        match disagreements.into_iter().next() {
            Some(disagreement) => Err(CardError::Disagrees(disagreement)),
            None => Ok(card),
        }
    }

    /// Reads a card for the counter: disagreements with the number come beside it, for the officer to judge.
    pub fn read(text: &str, today: Date) -> Result<(Self, Vec<CardDisagreement>), CardError> {
        let text = clean(text)?;
        let fields: Vec<&str> = text.split('|').map(str::trim).collect();
        let [number, old_number, name, birth, sex, address, issued_on, extras @ ..] = fields.as_slice() else {
            return Err(CardError::TooFewFields { found: fields.len(), fields_min: FIELDS_MIN });
        };
        let (number, warnings) = PersonalNumber::parse(number, today).map_err(CardError::Number)?;
        let card = Self {
            number,
            old_number: Some(*old_number).filter(|old| !old.is_empty()).map(str::to_owned),
            name: PersonName::parse(name).map_err(CardError::Name)?,
            birth: read_birth(birth, today)?,
            sex: read_sex(sex)?,
            address: collapse(address),
            issued_on: read_issued_on(issued_on)?,
            extras: extras.iter().map(|&extra| extra.to_owned()).collect(),
            warnings,
        };
        let disagreements = card.disagreements();
        Ok((card, disagreements))
    }

    fn disagreements(&self) -> Vec<CardDisagreement> {
        let number_year = self.number.birth_year();
        let birth =
            (self.birth.year() != number_year).then_some(CardDisagreement::Birth { card: self.birth, number_year });
        let number = self.number.sex();
        let sex = (self.sex != number).then_some(CardDisagreement::Sex { card: self.sex, number });
        birth.into_iter().chain(sex).collect()
    }
}

impl fmt::Debug for CardQr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CardQr({})", self.number.masked())
    }
}

/// Composed, without what scanners add around and line breaks within.
fn clean(text: &str) -> Result<String, CardError> {
    if text.chars().nth(TEXT_CHARS_MAX).is_some() {
        return Err(CardError::TooLong { chars_max: TEXT_CHARS_MAX });
    }
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let composed: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).nfc().collect();
    match composed.chars().find(|c| c.is_control()) {
        Some(found) => Err(CardError::ControlCharacter { found }),
        None => Ok(composed),
    }
}

fn unreadable(field: CardField, text: &str) -> CardError {
    CardError::Unreadable { field, text: text.chars().take(20).collect() }
}

/// `15031994`; the year alone as `1994` or, where a program filled it up, `00001994`.
fn read_birth(text: &str, today: Date) -> Result<PartialBirth, CardError> {
    let year = text.strip_prefix("0000").unwrap_or(text);
    let birth = if year.len() == 4 { year.parse().ok() } else { read_date(text).map(PartialBirth::Full) };
    let birth = birth.ok_or_else(|| unreadable(CardField::Birth, text))?;
    let ahead = match birth {
        PartialBirth::Year(year) => year > today.year(),
        PartialBirth::Full(date) => date > today,
    };
    if ahead { Err(CardError::BirthAhead { birth }) } else { Ok(birth) }
}

fn read_sex(text: &str) -> Result<Sex, CardError> {
    match text.to_lowercase().as_str() {
        "nam" => Ok(Sex::Male),
        "nữ" => Ok(Sex::Female),
        _ => Err(unreadable(CardField::Sex, text)),
    }
}

fn read_issued_on(text: &str) -> Result<Option<Date>, CardError> {
    if text.is_empty() {
        return Ok(None);
    }
    read_date(text).map(Some).ok_or_else(|| unreadable(CardField::IssuedOn, text))
}

/// `ddMMyyyy`.
fn read_date(text: &str) -> Option<Date> {
    if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (day, rest) = text.split_at_checked(2)?;
    let (month, year) = rest.split_at_checked(2)?;
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    const TODAY: Date = date(2025, 3, 31);
    const CARD: &str =
        "999094000904|031000904|Nguyễn Văn Mẫu|15031994|Nam|12 Hồ Sen, Hàng Kênh, Lê Chân, Hải Phòng|05062021";

    fn parse(text: &str) -> Result<CardQr, CardError> {
        CardQr::parse(text, TODAY)
    }

    fn with(nth: usize, value: &str) -> String {
        let mut fields: Vec<&str> = CARD.split('|').collect();
        fields[nth] = value;
        fields.join("|")
    }

    #[test]
    fn the_seven_fields_are_read() {
        let card = parse(CARD).unwrap();
        assert_eq!(card.number.as_str(), "999094000904");
        assert_eq!(card.old_number.as_deref(), Some("031000904"));
        assert_eq!(card.name.as_str(), "Nguyễn Văn Mẫu");
        assert_eq!(card.birth, PartialBirth::Full(date(1994, 3, 15)));
        assert_eq!(card.sex, Sex::Male);
        assert_eq!(card.issued_on, Some(date(2021, 6, 5)));
        assert!(card.extras.is_empty());
        assert_eq!(card.warnings, [NumberWarning::PlaceNotListed { place_code: 999 }]);
        assert_eq!(format!("{card:?}"), "CardQr(9990•••••904)");
    }

    #[test]
    fn scanners_and_programs_are_forgiven() {
        let decomposed: String = CARD.nfd().collect();
        for text in [format!("\u{feff}{CARD}\r\n"), format!("  {CARD}\t"), decomposed, CARD.replace("|Nam", "\n| NAM ")]
        {
            assert_eq!(parse(&text), parse(CARD), "{text:?}");
        }
        assert_eq!(parse(&with(1, "")).unwrap().old_number, None);
        assert_eq!(parse(&with(6, "")).unwrap().issued_on, None);
        assert_eq!(parse(&with(3, "1994")).unwrap().birth, PartialBirth::Year(1994));
        assert_eq!(parse(&with(3, "00001994")).unwrap().birth, PartialBirth::Year(1994));
    }

    #[test]
    fn what_follows_the_seventh_field_is_kept_raw() {
        let card = parse(&format!("{CARD}||031000111| Trần Thị Mẫu |")).unwrap();
        assert_eq!(card.extras, ["", "031000111", "Trần Thị Mẫu", ""]);
    }

    #[test]
    fn what_is_no_card_is_refused_with_the_reason() {
        let unreadable = |field, text: &str| CardError::Unreadable { field, text: text.to_owned() };
        let cases = [
            (String::new(), CardError::TooFewFields { found: 1, fields_min: 7 }),
            ("a|b|c|d|e|f".to_owned(), CardError::TooFewFields { found: 6, fields_min: 7 }),
            (with(0, "12"), CardError::Number(NumberError::Length { digits: 2 })),
            (with(2, ""), CardError::Name(NameError::Empty)),
            (with(2, "Mẫu 2"), CardError::Name(NameError::Character { found: '2' })),
            (with(2, &"a".repeat(101)), CardError::Name(NameError::TooLong { chars_max: 100 })),
            (with(3, "30021994"), unreadable(CardField::Birth, "30021994")),
            (with(3, "29021994"), unreadable(CardField::Birth, "29021994")),
            (with(3, "15/03/1994"), unreadable(CardField::Birth, "15/03/1994")),
            (with(3, "0000"), unreadable(CardField::Birth, "0000")),
            (with(3, ""), unreadable(CardField::Birth, "")),
            (with(3, "١٥٠٣١٩٩٤"), unreadable(CardField::Birth, "١٥٠٣١٩٩٤")),
            (with(3, "01042025"), CardError::BirthAhead { birth: PartialBirth::Full(date(2025, 4, 1)) }),
            (with(4, "X"), unreadable(CardField::Sex, "X")),
            (with(6, "31062021"), unreadable(CardField::IssuedOn, "31062021")),
            (with(5, "a\u{0}b"), CardError::ControlCharacter { found: '\u{0}' }),
            ("|".repeat(3_000), CardError::TooLong { chars_max: 2_000 }),
        ];
        for (text, refusal) in cases {
            assert!(!refusal.overridable());
            assert_eq!(parse(&text), Err(refusal), "{text}");
        }
    }

    #[test]
    fn a_card_against_its_number_can_be_overridden() {
        let birth = CardDisagreement::Birth { card: PartialBirth::Year(1993), number_year: 1994 };
        let sex = CardDisagreement::Sex { card: Sex::Female, number: Sex::Male };
        assert_eq!(parse(&with(3, "1993")), Err(CardError::Disagrees(birth)));
        assert_eq!(parse(&with(4, "Nữ")), Err(CardError::Disagrees(sex)));
        assert!(CardError::Disagrees(sex).overridable());
        let both = with(3, "1993").replace("|Nam|", "|Nữ|");
        let (card, disagreements) = CardQr::read(&both, TODAY).unwrap();
        assert_eq!((card.sex, disagreements), (Sex::Female, vec![birth, sex]));
    }

    #[test]
    fn a_birth_is_stored_as_it_is_written() {
        for (birth, text) in
            [(PartialBirth::Year(1960), "\"1960\""), (PartialBirth::Full(date(1960, 1, 2)), "\"1960-01-02\"")]
        {
            assert_eq!(serde_json::to_string(&birth).unwrap(), text);
            assert_eq!(serde_json::from_str::<PartialBirth>(text).unwrap(), birth);
        }
        for text in ["", "0000", "19600", "1960-13-01", "+960", "1960-1-2"] {
            assert_eq!(text.parse::<PartialBirth>(), Err(PartialBirthError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,80}|[0-9|]{0,60}", nth in 0_usize..7) {
            let _ = CardQr::read(&text, TODAY);
            let _ = CardQr::read(&with(nth, &text), TODAY);
        }
    }
}
