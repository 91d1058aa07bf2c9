//! What somebody typed, as it may be kept.

use std::borrow::Cow;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// A text in whole letters (NFC): almost everything that is typed is so already.
pub fn composed(text: &str) -> Cow<'_, str> {
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => Cow::Borrowed(text),
        IsNormalized::No | IsNormalized::Maybe => Cow::Owned(text.nfc().collect()),
    }
}

/// A sign that turns the direction of reading, and is not seen itself.
const fn turns(it: char) -> bool {
    matches!(it, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// One value of a form: composed letters, no control signs but tabs and ends of lines, nothing that turns the direction of reading.
///
/// ```
/// use domain::typed::kept;
///
/// assert_eq!(kept("Nga\u{303}\u{7}\u{202e}".to_owned()), "Ngã");
/// ```
pub fn kept(text: String) -> String {
    if text.bytes().all(|it| matches!(it, b' '..=b'~')) {
        return text;
    }
    text.nfc().filter(|it| matches!(it, '\n' | '\t') || !(it.is_control() || turns(*it))).collect()
}

/// What was typed into a box of several lines, without what stands around it: composed letters, no control signs but the ends of
/// lines, nothing that turns the direction of reading.
pub fn kept_lines(text: &str) -> String {
    text.trim().nfc().filter(|it| *it == '\n' || !(it.is_control() || turns(*it))).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_was_typed_is_kept_in_whole_letters_and_without_signs_nobody_sees() {
        let kept = |text: &str| super::kept(text.to_owned());
        assert_eq!(kept("De\u{302}\u{323}ng Thi\u{323}"), "Dệng Thị");
        assert_eq!(kept("a\u{0}\u{7}b\u{1b}[31m\r\nc\td\u{85}"), "ab[31m\nc\td");
        assert_eq!(kept("\u{202e}gnurt\u{2066} \u{200f}"), "gnurt ");
        assert_eq!(kept("👩\u{200d}👧 plain"), "👩\u{200d}👧 plain", "signs that join stay");
    }
}
