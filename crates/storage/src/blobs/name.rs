//! The names of files.

use crate::engine::{Column, Mismatch, Param, Value};
use object_store::path::Path;
use std::fmt;

/// Digits of a name.
const NAME_DIGITS: usize = 32;

/// The random name of a file: 32 hexadecimal digits, as of a UUID without its hyphens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobName(String);

impl BlobName {
    /// The name for these random bytes, such as those of a UUID.
    pub fn of(random: [u8; 16]) -> Self {
        Self(random.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Reads a name; `None` if it is not 32 hexadecimal digits in lower case.
    pub fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == NAME_DIGITS && text.bytes().all(is_digit)).then(|| Self(text.to_owned()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Folders go by the *last* two digits: they are random even where a name begins with the time.
    pub(super) fn path(&self) -> Path {
        let folder = self.0.get(NAME_DIGITS - 2..).unwrap_or_default();
        Path::from_iter([folder, self.0.as_str()])
    }
}

impl fmt::Display for BlobName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Param for BlobName {
    fn value(&self) -> Value<'_> {
        Value::Text(&self.0)
    }
}

impl Column for BlobName {
    fn read(value: Value<'_>) -> Result<Self, Mismatch> {
        String::read(value).and_then(|text| Self::parse(&text).ok_or(Mismatch("the name of a file")))
    }
}
