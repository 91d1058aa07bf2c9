//! The code people know a dossier by.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Longest code, in characters: foreign codes included.
pub const CODE_CHARS_MAX: usize = 40;
/// Longest pattern, in characters.
const PATTERN_CHARS_MAX: usize = 80;

/// The code printed on the slip, unique for ever. Nothing is ever read out of it: it is a name, not data.
///
/// Căn cứ: TT 01/2018/TT-VPCP Điều 19; NĐ 61/2018 Điều 26.
#[doc(alias = "mã hồ sơ")]
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DossierCode(String);

/// A text is not a dossier code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Nothing typed.
    #[error("empty code")]
    Empty,
    /// Longer than any code.
    #[error("longer than {max} characters")]
    TooLong {
        /// The limit.
        max: usize,
    },
    /// A character no code has.
    #[error("character {0:?} is in no code")]
    Character(char),
}

impl DossierCode {
    /// Reads a code as people type it: spaces around it and small letters are forgiven.
    ///
    /// # Errors
    /// Empty, too long, or a character outside letters, digits, `.`, `-` and `/`.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(CodeError::Empty);
        }
        if text.chars().count() > CODE_CHARS_MAX {
            return Err(CodeError::TooLong { max: CODE_CHARS_MAX });
        }
        if let Some(bad) = text.chars().find(|c| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-' | '/')) {
            return Err(CodeError::Character(bad));
        }
        Ok(Self(text.to_ascii_uppercase()))
    }

    /// The code as printed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DossierCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How the office forms its codes: `{unit}-{yymmdd}-{seq:04}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodePattern(String);

/// A pattern that would not give unique codes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// One of the three parts is missing: without it two dossiers could get the same code.
    #[error("the pattern lacks {0}")]
    Missing(&'static str),
    /// Something else in braces.
    #[error("the pattern has an unknown part")]
    Unknown,
    /// Longer than any code can be.
    #[error("the pattern is longer than {PATTERN_CHARS_MAX} characters")]
    TooLong,
}

impl CodePattern {
    /// Reads a pattern from the settings.
    ///
    /// # Errors
    /// A part missing or unknown.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        if text.chars().count() > PATTERN_CHARS_MAX {
            return Err(PatternError::TooLong);
        }
        for part in ["{unit}", "{yymmdd}", "{seq:04}"] {
            if !text.contains(part) {
                return Err(PatternError::Missing(part));
            }
        }
        let rest = text.replace("{unit}", "").replace("{yymmdd}", "").replace("{seq:04}", "");
        if rest.chars().any(|c| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-' | '/')) {
            return Err(PatternError::Unknown);
        }
        Ok(Self(text.to_owned()))
    }

    /// The code of the n-th dossier of a unit on a day. Past 9,999 it widens to five digits.
    pub fn code(&self, unit_code: &str, on: Date, sequence: u32) -> DossierCode {
        let day = format!("{:02}{:02}{:02}", on.year().rem_euclid(100), on.month(), on.day());
        let text = self
            .0
            .replace("{unit}", unit_code)
            .replace("{yymmdd}", &day)
            .replace("{seq:04}", &format!("{sequence:04}"));
        DossierCode(text.to_ascii_uppercase())
    }
}

/// As it is written in the settings.
impl fmt::Display for CodePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Default for CodePattern {
    fn default() -> Self {
        Self("{unit}-{yymmdd}-{seq:04}".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn codes_follow_the_pattern_and_widen() {
        let pattern = CodePattern::default();
        assert_eq!(pattern.code("H24.30.07", date(2025, 6, 26), 14).as_str(), "H24.30.07-250626-0014");
        assert_eq!(pattern.code("H24.30", date(2025, 6, 26), 10_000).as_str(), "H24.30-250626-10000");
    }

    #[test]
    fn a_pattern_is_shown_as_it_is_written() {
        let written = "X{unit}-{yymmdd}-{seq:04}";
        assert_eq!(CodePattern::parse(written).map(|it| it.to_string()), Ok(written.to_owned()));
    }

    #[test]
    fn a_pattern_without_day_unit_or_number_is_refused() {
        assert_eq!(CodePattern::parse("{unit}-{seq:04}"), Err(PatternError::Missing("{yymmdd}")));
        assert_eq!(CodePattern::parse("{unit}-{yymmdd}-{seq:04}-{x}"), Err(PatternError::Unknown));
    }

    #[test]
    fn typed_codes_are_forgiven_small_letters_and_spaces() {
        assert_eq!(DossierCode::parse(" h24.30-250626-0014 ").map(|c| c.to_string()), Ok("H24.30-250626-0014".into()));
        assert!(DossierCode::parse("000.00.06.H56-231027-0361").is_ok());
        assert_eq!(DossierCode::parse("a' or 1=1"), Err(CodeError::Character('\'')));
        assert_eq!(DossierCode::parse(&"9".repeat(41)), Err(CodeError::TooLong { max: 40 }));
    }
}
