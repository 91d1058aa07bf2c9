//! Names of people, and the folding of Vietnamese text that search compares by.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longest name, in characters after composition.
const NAME_CHARS_MAX: usize = 100;
/// Longest text that is looked at before composition.
const TEXT_CHARS_MAX: usize = 500;

/// A person's full name as on the papers: composed (NFC), single spaces, any case.
///
/// Letters and marks of any script, spaces, `'`, `-` and `.`; the typographic apostrophe becomes `'` ("H'Hen Niê").
/// `Debug` shows nothing of it.
#[doc(alias = "họ và tên")]
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonName(String);

/// Why a text is no name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum NameError {
    /// Nothing, or no letter in it.
    #[error("no letter in the name")]
    Empty,
    /// Longer than any name.
    #[error("longer than {chars_max} characters")]
    TooLong {
        /// Most characters.
        chars_max: usize,
    },
    /// A character that no name has: a digit, a symbol, a control character, an emoji.
    #[error("{found:?} in a name")]
    Character {
        /// The first one.
        found: char,
    },
}

impl PersonName {
    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let too_long = NameError::TooLong { chars_max: NAME_CHARS_MAX };
        if text.chars().nth(TEXT_CHARS_MAX).is_some() {
            return Err(too_long);
        }
        let composed: String = text.nfc().map(|c| if c == '\u{2019}' { '\'' } else { c }).collect();
        let name = collapse(&composed);
        if let Some(found) = name.chars().find(|c| !may_stand_in_name(*c)) {
            return Err(NameError::Character { found });
        }
        if !name.chars().any(is_letter) {
            return Err(NameError::Empty);
        }
        if name.chars().nth(NAME_CHARS_MAX).is_some() {
            return Err(too_long);
        }
        Ok(Self(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as search compares it.
    pub fn folded(&self) -> String {
        fold(&self.0)
    }
}

impl fmt::Display for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName(•••)")
    }
}

impl std::str::FromStr for PersonName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::parse(text)
    }
}

fn may_stand_in_name(c: char) -> bool {
    is_letter(c) || is_combining_mark(c) || matches!(c, ' ' | '\'' | '-' | '.')
}

/// Letters proper: the property "alphabetic" also holds for numerals such as Ⅷ and for enclosed letters such as Ⓐ and
/// 🄰.
fn is_letter(c: char) -> bool {
    c.is_alphabetic() && !c.is_numeric() && !matches!(c, '\u{24b6}'..='\u{24e9}' | '\u{1f130}'..='\u{1f189}')
}

/// White space around dropped, runs of it made one space.
pub(super) fn collapse(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text as search compares it: lower case, without diacritics (đ is d), single spaces.
///
/// ```
/// use domain::person::fold;
///
/// assert_eq!(fold("  ĐẶNG  Thị Tuyết "), "dang thi tuyet");
/// ```
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return collapse(&text.to_ascii_lowercase());
    }
    let plain: String = text
        .nfkd()
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .map(|c| if c == 'đ' { 'd' } else { c })
        .collect();
    collapse(&plain)
}

/// The letters in their Vietnamese order; f, j, w and z stand where other languages have them.
const ALPHABET: &str = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz";

/// By what lists of names are sorted: letters in their Vietnamese order (đ after d, before e), tones only where all else is the same.
///
/// ```
/// use domain::person::in_order;
///
/// let mut wards = ["Phường Đông Hải", "Phường An Biên", "Phường Ê Đê", "Phường Dư Hàng", "Phường Ân Thi"];
/// wards.sort_by_key(|it| in_order(it));
/// assert_eq!(wards, ["Phường An Biên", "Phường Ân Thi", "Phường Dư Hàng", "Phường Đông Hải", "Phường Ê Đê"]);
/// ```
pub fn in_order(text: &str) -> (Vec<u32>, String) {
    // The tones are taken off, the marks that make another letter stay: ấ is â.
    let is_tone = |c: &char| matches!(c, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}');
    let letters = text.nfd().flat_map(char::to_lowercase).filter(|it| !is_tone(it)).nfc();
    let first = u32::from('a');
    let rank = |c: char| match ALPHABET.chars().position(|it| it == c) {
        Some(place) => first + u32::try_from(place).unwrap_or(0),
        None if u32::from(c) < first => u32::from(c),
        None => u32::from(c) + 1_000,
    };
    (letters.map(rank).collect(), text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_composed_and_spaced_once() {
        let decomposed = "  Nguye\u{302}\u{303}n \t Thi\u{323}  A\u{301}nh ";
        assert_eq!(PersonName::parse(decomposed).unwrap().as_str(), "Nguyễn Thị Ánh");
        for name in ["NGUYỄN VĂN BÌNH", "H'Hen Niê", "Y Moan Ênuôl", "Anne-Marie St. Clair", "李小龍", "Ng"] {
            assert_eq!(PersonName::parse(name).unwrap().as_str(), name);
        }
        assert_eq!(PersonName::parse("H\u{2019}Hen Niê").unwrap().as_str(), "H'Hen Niê");
    }

    #[test]
    fn what_no_name_has_is_refused() {
        for (text, found) in [
            ("Bình 2", '2'),
            ("Bình <b>", '<'),
            ("Bình 😀", '😀'),
            ("Bi\u{0}nh", '\u{0}'),
            ("A,B", ','),
            ("Henry Ⅷ", 'Ⅷ'),
            ("Ⓐ", 'Ⓐ'),
            ("A\u{200b}B", '\u{200b}'),
            ("A\u{202e}B", '\u{202e}'),
            ("A_B", '_'),
        ] {
            assert_eq!(PersonName::parse(text), Err(NameError::Character { found }), "{text}");
        }
        for text in ["", "  \r\n", "'", "- .", "\u{301}"] {
            assert_eq!(PersonName::parse(text), Err(NameError::Empty), "{text:?}");
        }
        let chars_max = NAME_CHARS_MAX;
        assert!(PersonName::parse(&"ễ".repeat(100)).is_ok());
        assert_eq!(PersonName::parse(&"ễ".repeat(101)), Err(NameError::TooLong { chars_max }));
        assert_eq!(PersonName::parse(&"a".repeat(1_000_000)), Err(NameError::TooLong { chars_max }));
    }

    #[test]
    fn folding_drops_every_vietnamese_diacritic() {
        let letters = "ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ";
        assert!(fold(letters).chars().all(|c| c.is_ascii_lowercase()));
        assert_eq!(fold(letters), fold(&letters.to_uppercase()));
        assert_eq!(fold(letters), fold(&letters.nfd().collect::<String>()));
        assert_eq!(fold("Đường\u{a0}Trần  Nguyên Hãn"), "duong tran nguyen han");
        assert_eq!(fold(""), "");
    }

    proptest! {
        #[test]
        fn folding_again_changes_nothing(text in "\\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn a_name_read_again_is_the_same(text in "\\PC{0,40}|[a-zà-ỹ' .-]{1,30}") {
            if let Ok(name) = PersonName::parse(&text) {
                prop_assert_eq!(PersonName::parse(name.as_str()), Ok(name.clone()));
            }
        }
    }
}
