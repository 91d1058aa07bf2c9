//! Codes and keys of procedures.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Longest key of a procedure, in characters.
pub const SLUG_CHARS_MAX: usize = 100;

/// The tabs a catalogue may have. A tab is data: a reform adds one here and nowhere else.
const TABS: [&str; 2] = ["district", "ward"];

/// Why a key or code of a procedure cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeProblem {
    /// The key is not made of a-z, 0-9 and single hyphens.
    #[error("{0:?} is not a key: a-z, 0-9 and hyphens, at most 100 characters")]
    Slug(String),
    /// No tab of the catalogue has this name.
    #[error("{0:?} is not a tab: district or ward")]
    Tab(String),
    /// The key of a procedure is written `slug@tab`.
    #[error("{0:?} is not slug@tab")]
    Procedure(String),
    /// The key of a revision is written `slug@tab#number`.
    #[error("{0:?} is not slug@tab#number")]
    Revision(String),
    /// A national code is written `1.000948`, with `.H38` behind it where a province has its own.
    #[error("{0:?} is not a procedure code: 1.000948 or 1.000948.H38")]
    Code(String),
}

/// The tab of the public catalogue under which a level of government lists its procedures.
///
/// Levels are data: nothing in the code branches on a tab except the standard workflow a row without steps is given.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[doc(alias = "cấp thực hiện")]
pub struct Tab(String);

impl Tab {
    /// The tab of the district.
    pub fn district() -> Self {
        Self("district".to_owned())
    }

    /// The tab of the wards.
    pub fn ward() -> Self {
        Self("ward".to_owned())
    }

    /// The name as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key of its words on a page: `tab-ward`.
    pub fn label_key(&self) -> String {
        format!("tab-{}", self.0)
    }
}

impl FromStr for Tab {
    type Err = CodeProblem;

    fn from_str(text: &str) -> Result<Self, CodeProblem> {
        if TABS.contains(&text) { Ok(Self(text.to_owned())) } else { Err(CodeProblem::Tab(text.to_owned())) }
    }
}

/// The key of a procedure in the catalogue: our own stable name and the tab it is published under.
///
/// ```
/// use domain::procedure::ProcedureId;
/// let id: ProcedureId = "dang-ky-khai-sinh@ward".parse().unwrap();
/// assert_eq!((id.slug.as_str(), id.tab.as_str()), ("dang-ky-khai-sinh", "ward"));
/// assert_eq!(id.to_string(), "dang-ky-khai-sinh@ward");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[doc(alias = "thủ tục hành chính")]
pub struct ProcedureId {
    /// Our stable name, in the letters of a URL.
    pub slug: String,
    /// Where the catalogue lists it.
    pub tab: Tab,
}

impl ProcedureId {
    /// The key of the n-th revision.
    pub fn revision(&self, number: u32) -> RevisionId {
        RevisionId(format!("{self}#{number}"))
    }
}

impl FromStr for ProcedureId {
    type Err = CodeProblem;

    fn from_str(text: &str) -> Result<Self, CodeProblem> {
        let (slug, tab) = text.split_once('@').ok_or_else(|| CodeProblem::Procedure(text.to_owned()))?;
        Ok(Self { slug: parse_slug(slug)?, tab: tab.parse()? })
    }
}

/// A key in the letters of a URL: a-z, 0-9 and single hyphens between them.
pub fn parse_slug(text: &str) -> Result<String, CodeProblem> {
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if text.len() <= SLUG_CHARS_MAX && text.split('-').all(plain) {
        Ok(text.to_owned())
    } else {
        Err(CodeProblem::Slug(text.to_owned()))
    }
}

/// The key of one revision of a procedure: `dang-ky-khai-sinh@ward#1`. A dossier pins it at reception.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[doc(alias = "phiên bản TTHC")]
pub struct RevisionId(pub String);

impl RevisionId {
    /// The procedure and the number inside the key.
    pub fn parts(&self) -> Result<(ProcedureId, u32), CodeProblem> {
        let wrong = || CodeProblem::Revision(self.0.clone());
        let (procedure, number) = self.0.split_once('#').ok_or_else(wrong)?;
        let number: u32 = number.parse().map_err(|_| wrong())?;
        let procedure: ProcedureId = procedure.parse()?;
        if number > 0 && procedure.revision(number) == *self { Ok((procedure, number)) } else { Err(wrong()) }
    }
}

impl FromStr for RevisionId {
    type Err = CodeProblem;

    fn from_str(text: &str) -> Result<Self, CodeProblem> {
        let id = Self(text.to_owned());
        id.parts().map(|_| id)
    }
}

/// The State's code of a procedure, as the national portal lists it: `1.001193`, or `1.000948.H38` where a province
/// has its own. It may change while the procedure stays the same, and some procedures have none.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[doc(alias = "mã TTHC")]
pub struct ProcedureCode(String);

impl ProcedureCode {
    /// The code as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part every province shares: `1.000948`.
    pub fn national(&self) -> &str {
        self.0.get(..8).unwrap_or(&self.0)
    }

    /// The province's own suffix, where there is one: `H38`.
    pub fn province(&self) -> Option<&str> {
        self.0.get(9..)
    }
}

impl FromStr for ProcedureCode {
    type Err = CodeProblem;

    fn from_str(text: &str) -> Result<Self, CodeProblem> {
        let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
        let parts: Vec<&str> = text.split('.').collect();
        let known = match parts.as_slice() {
            [group, serial] => digits(group, 1) && digits(serial, 6),
            [group, serial, province] => {
                digits(group, 1)
                    && digits(serial, 6)
                    && province.strip_prefix('H').is_some_and(|number| digits(number, 2))
            }
            _ => false,
        };
        if known { Ok(Self(text.to_owned())) } else { Err(CodeProblem::Code(text.to_owned())) }
    }
}

/// Reading and writing as text, the same in files, addresses and the database.
macro_rules! as_text {
    ($($name:ty => |$value:ident| $text:expr;)*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let $value = self;
                f.write_str($text)
            }
        }
        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.to_string()
            }
        }
        impl TryFrom<String> for $name {
            type Error = CodeProblem;
            fn try_from(text: String) -> Result<Self, CodeProblem> {
                text.parse()
            }
        }
    )*};
}

as_text! {
    Tab => |tab| &tab.0;
    ProcedureId => |id| &format!("{}@{}", id.slug, id.tab);
    ProcedureCode => |code| &code.0;
}

impl fmt::Display for RevisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_national_code_is_read_strictly() {
        for good in ["1.000948", "2.000908", "1.000948.H38"] {
            assert_eq!(good.parse::<ProcedureCode>().unwrap().to_string(), good);
        }
        for bad in [
            "",
            "1000948",
            "1.00094",
            "11.000948",
            "1.000948.38",
            "1.000948.H3",
            "1.00094８",
            " 1.000948",
            "1.000948.H38.H1",
        ] {
            assert_eq!(bad.parse::<ProcedureCode>(), Err(CodeProblem::Code(bad.to_owned())));
        }
        let code: ProcedureCode = "1.000948.H38".parse().unwrap();
        assert_eq!((code.national(), code.province()), ("1.000948", Some("H38")));
    }

    #[test]
    fn keys_of_procedures_and_revisions_come_back_as_written() {
        let id: ProcedureId = "trich-luc-ho-tich@district".parse().unwrap();
        assert_eq!(id.revision(3).parts(), Ok((id.clone(), 3)));
        assert_eq!(id.tab.label_key(), "tab-district");
        for bad in ["a", "a@b", "@ward", "a--b@ward", "A@ward", "a@ward@ward"] {
            assert!(bad.parse::<ProcedureId>().is_err(), "{bad}");
        }
        for bad in ["a@ward", "a@ward#", "a@ward#0", "a@ward#01", "a@ward#-1"] {
            assert!(bad.parse::<RevisionId>().is_err(), "{bad}");
        }
        assert!(serde_json::from_str::<ProcedureId>("\"a@moon\"").is_err());
    }
}
