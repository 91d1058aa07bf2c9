//! The personal number (số định danh cá nhân): twelve digits that say where a birth was registered, in which century,
//! sex and year.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Digits of a number.
const DIGITS: usize = 12;
/// Place codes from here on are countries of registration, of which no complete list is at hand.
const PLACE_CODE_ABROAD: u16 = 100;

/// The provinces of birth registration as they were before 1 July 2025. The list never shrinks: a number outlives its
/// province.
const PLACES: [(u16, &str); 63] = [
    (1, "Hà Nội"),
    (2, "Hà Giang"),
    (4, "Cao Bằng"),
    (6, "Bắc Kạn"),
    (8, "Tuyên Quang"),
    (10, "Lào Cai"),
    (11, "Điện Biên"),
    (12, "Lai Châu"),
    (14, "Sơn La"),
    (15, "Yên Bái"),
    (17, "Hòa Bình"),
    (19, "Thái Nguyên"),
    (20, "Lạng Sơn"),
    (22, "Quảng Ninh"),
    (24, "Bắc Giang"),
    (25, "Phú Thọ"),
    (26, "Vĩnh Phúc"),
    (27, "Bắc Ninh"),
    (30, "Hải Dương"),
    (31, "Hải Phòng"),
    (33, "Hưng Yên"),
    (34, "Thái Bình"),
    (35, "Hà Nam"),
    (36, "Nam Định"),
    (37, "Ninh Bình"),
    (38, "Thanh Hóa"),
    (40, "Nghệ An"),
    (42, "Hà Tĩnh"),
    (44, "Quảng Bình"),
    (45, "Quảng Trị"),
    (46, "Thừa Thiên Huế"),
    (48, "Đà Nẵng"),
    (49, "Quảng Nam"),
    (51, "Quảng Ngãi"),
    (52, "Bình Định"),
    (54, "Phú Yên"),
    (56, "Khánh Hòa"),
    (58, "Ninh Thuận"),
    (60, "Bình Thuận"),
    (62, "Kon Tum"),
    (64, "Gia Lai"),
    (66, "Đắk Lắk"),
    (67, "Đắk Nông"),
    (68, "Lâm Đồng"),
    (70, "Bình Phước"),
    (72, "Tây Ninh"),
    (74, "Bình Dương"),
    (75, "Đồng Nai"),
    (77, "Bà Rịa - Vũng Tàu"),
    (79, "Thành phố Hồ Chí Minh"),
    (80, "Long An"),
    (82, "Tiền Giang"),
    (83, "Bến Tre"),
    (84, "Trà Vinh"),
    (86, "Vĩnh Long"),
    (87, "Đồng Tháp"),
    (89, "An Giang"),
    (91, "Kiên Giang"),
    (92, "Cần Thơ"),
    (93, "Hậu Giang"),
    (94, "Sóc Trăng"),
    (95, "Bạc Liêu"),
    (96, "Cà Mau"),
];

/// Sex as the number and the card state it.
#[doc(alias = "giới tính")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// Nam.
    Male,
    /// Nữ.
    Female,
}

/// A citizen's number for life: `PPP C YY NNNNNN`, place code, century and sex, year of birth, six random digits. No
/// check digit.
///
/// `Debug` shows it masked; `Display` in full.
///
/// Căn cứ: Luật Căn cước 26/2023/QH15, Điều 12.
///
/// ```
/// use domain::person::{PersonalNumber, Sex};
/// use jiff::civil::date;
///
/// let (number, warnings) = PersonalNumber::parse("999094000904", date(2025, 3, 31)).unwrap();
/// assert_eq!((number.sex(), number.birth_year()), (Sex::Male, 1994));
/// assert_eq!(number.masked(), "9990•••••904");
/// assert_eq!(warnings.len(), 1, "no province has the code 999");
/// ```
#[doc(alias = "số định danh cá nhân")]
#[doc(alias = "số căn cước")]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonalNumber([u8; DIGITS]);

/// Why a text is no personal number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum NumberError {
    /// A digit of another script, such as a full-width or Arabic one.
    #[error("{found:?} is a digit, but not one of 0-9")]
    ForeignDigit {
        /// The first one.
        found: char,
    },
    /// Something that is no digit.
    #[error("{found:?} is no digit")]
    NotDigit {
        /// The first one.
        found: char,
    },
    /// Not twelve digits.
    #[error("{digits} digits, expected 12")]
    Length {
        /// How many there are.
        digits: usize,
    },
    /// A place code below 100 that no province ever had.
    #[error("no province has the code {place_code:03}")]
    UnassignedPlace {
        /// The code.
        place_code: u16,
    },
    /// A year of birth that has not come yet.
    #[error("born in {birth_year}, but this is {current_year}")]
    BirthYearAhead {
        /// The year the number states.
        birth_year: i16,
        /// The year it is.
        current_year: i16,
    },
}

/// What is odd about a number that is accepted all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "warning", rename_all = "snake_case")]
pub enum NumberWarning {
    /// A place code of 100 or more: registered in another country, or nowhere.
    PlaceNotListed {
        /// The code.
        place_code: u16,
    },
}

impl PersonalNumber {
    /// Reads a number, spaces around it dropped; `today` decides whether its year of birth can be.
    pub fn parse(text: &str, today: Date) -> Result<(Self, Vec<NumberWarning>), NumberError> {
        let number = Self::read(text.trim())?;
        let place_code = number.place_code();
        if place_code < PLACE_CODE_ABROAD && number.place_name().is_none() {
            return Err(NumberError::UnassignedPlace { place_code });
        }
        let (birth_year, current_year) = (number.birth_year(), today.year());
        if birth_year > current_year {
            return Err(NumberError::BirthYearAhead { birth_year, current_year });
        }
        let abroad = place_code >= PLACE_CODE_ABROAD;
        Ok((number, abroad.then_some(NumberWarning::PlaceNotListed { place_code }).into_iter().collect()))
    }

    /// Twelve ASCII digits, whatever they say.
    fn read(text: &str) -> Result<Self, NumberError> {
        match text.chars().find(|c| !c.is_ascii_digit()) {
            Some(found) if found.is_numeric() => return Err(NumberError::ForeignDigit { found }),
            Some(found) => return Err(NumberError::NotDigit { found }),
            None => {}
        }
        text.as_bytes().try_into().map(Self).map_err(|_| NumberError::Length { digits: text.len() })
    }

    /// All twelve digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Where the birth was registered: the province, or from 100 on the country.
    pub fn place_code(&self) -> u16 {
        let [a, b, c, ..] = self.0.map(|byte| u16::from(byte - b'0'));
        a * 100 + b * 10 + c
    }

    /// The province of the place code, as it was called before 1 July 2025.
    pub fn place_name(&self) -> Option<&'static str> {
        let code = self.place_code();
        PLACES.iter().find(|(listed, _)| *listed == code).map(|(_, name)| *name)
    }

    /// The sex registered at birth: an even fourth digit is male.
    pub fn sex(&self) -> Sex {
        if self.century_and_sex().is_multiple_of(2) { Sex::Male } else { Sex::Female }
    }

    /// The year of birth, 1900 to 2399.
    pub fn birth_year(&self) -> i16 {
        let [.., tens, ones, _, _, _, _, _, _] = self.0.map(|byte| i16::from(byte - b'0'));
        1900 + i16::from(self.century_and_sex() / 2) * 100 + tens * 10 + ones
    }

    /// For screens others can see: the first four and the last three digits.
    pub fn masked(&self) -> String {
        let (first, last) = (self.as_str().get(..4), self.as_str().get(9..));
        format!("{}•••••{}", first.unwrap_or_default(), last.unwrap_or_default())
    }

    fn century_and_sex(&self) -> u8 {
        let [_, _, _, digit, ..] = self.0;
        digit - b'0'
    }
}

impl fmt::Display for PersonalNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for PersonalNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonalNumber({})", self.masked())
    }
}

impl TryFrom<String> for PersonalNumber {
    type Error = NumberError;

    /// Reads a stored number back: twelve digits, not judged again.
    fn try_from(text: String) -> Result<Self, NumberError> {
        Self::read(&text)
    }
}

impl From<PersonalNumber> for String {
    fn from(number: PersonalNumber) -> Self {
        number.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    const TODAY: Date = date(2025, 3, 31);

    fn parse(text: &str) -> Result<(PersonalNumber, Vec<NumberWarning>), NumberError> {
        PersonalNumber::parse(text, TODAY)
    }

    #[test]
    fn a_number_says_place_sex_and_year() {
        for (text, place, sex, year) in [
            ("031094000001", 31, Sex::Male, 1994),
            ("031194000001", 31, Sex::Female, 1994),
            ("001225000001", 1, Sex::Male, 2025),
            ("096300000001", 96, Sex::Female, 2000),
        ] {
            let (number, warnings) = parse(text).unwrap();
            assert_eq!((number.place_code(), number.sex(), number.birth_year()), (place, sex, year));
            assert!(warnings.is_empty() && number.place_name().is_some());
        }
    }

    #[test]
    fn what_is_no_number_is_refused_with_the_reason() {
        let cases = [
            ("", NumberError::Length { digits: 0 }),
            ("03109400000", NumberError::Length { digits: 11 }),
            ("0310940000011", NumberError::Length { digits: 13 }),
            ("0310940000\u{ff11}1", NumberError::ForeignDigit { found: '\u{ff11}' }),
            ("٠٣١٠٩٤٠٠٠٠٠١", NumberError::ForeignDigit { found: '٠' }),
            ("0310 9400 0001", NumberError::NotDigit { found: ' ' }),
            ("+31094000001", NumberError::NotDigit { found: '+' }),
            ("003094000001", NumberError::UnassignedPlace { place_code: 3 }),
            ("000094000001", NumberError::UnassignedPlace { place_code: 0 }),
            ("099094000001", NumberError::UnassignedPlace { place_code: 99 }),
            ("031226000001", NumberError::BirthYearAhead { birth_year: 2026, current_year: 2025 }),
            ("031999000001", NumberError::BirthYearAhead { birth_year: 2399, current_year: 2025 }),
        ];
        for (text, refusal) in cases {
            assert_eq!(parse(text), Err(refusal), "{text}");
        }
    }

    #[test]
    fn a_place_code_from_100_on_is_accepted_with_a_warning() {
        for (text, place_code) in [("100094000001", 100), ("999094000001", 999)] {
            let (_, warnings) = parse(text).unwrap();
            assert_eq!(warnings, [NumberWarning::PlaceNotListed { place_code }]);
        }
    }

    #[test]
    fn debug_hides_the_number_and_storage_keeps_it() {
        let (number, _) = parse(" 999094123904\r\n").unwrap();
        assert_eq!(format!("{number:?}"), "PersonalNumber(9990•••••904)");
        let stored = serde_json::to_string(&number).unwrap();
        assert_eq!(stored, "\"999094123904\"");
        assert_eq!(serde_json::from_str::<PersonalNumber>(&stored).unwrap(), number);
        assert!(serde_json::from_str::<PersonalNumber>("\"12\"").is_err());
        // Stored before a rule changed: still readable.
        assert!(serde_json::from_str::<PersonalNumber>("\"003094000001\"").is_ok());
    }

    proptest! {
        #[test]
        fn reading_never_panics_and_prints_what_it_read(text in "[0-9]{12}|\\PC{0,20}") {
            if let Ok((number, _)) = parse(&text) {
                prop_assert_eq!(number.to_string(), text.trim());
                prop_assert!(number.birth_year() <= 2025);
            }
        }
    }
}
