//! What reading a catalogue file may find wrong, and the limits of such files.

use std::fmt;

use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

/// Largest file that is read.
pub const FILE_BYTES_MAX: usize = 1_048_576;
/// Most rows of a list of procedures.
pub const ROWS_MAX: usize = 5_000;
/// Most steps of a procedure.
pub const STEPS_MAX: usize = 100;
/// Most fields of a procedure's forms, the fields of rows and groups included.
pub const FIELDS_MAX: usize = 200;
/// Most papers of a procedure.
pub const PAPERS_MAX: usize = 100;
/// Most entries of any other list.
pub const ENTRIES_MAX: usize = 300;
/// Longest name of a procedure, a paper or a field, in characters.
pub const NAME_CHARS_MAX: usize = 600;
/// Longest other text, in characters.
pub const TEXT_CHARS_MAX: usize = 2_000;
/// Most problems listed for one file.
pub(super) const PROBLEMS_MAX: usize = 200;
/// How much of a wrong value is repeated.
const FOUND_CHARS_MAX: usize = 80;

/// One thing wrong with a catalogue file. A file with a problem is not taken at all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImportProblem {
    /// The file, as it was named to the reader.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The key or column, with the path to it: `step[2].role`.
    pub field: String,
    /// What should stand there.
    pub expected: String,
    /// What stands there, shortened.
    pub found: String,
}

impl ImportProblem {
    /// A problem; a long or unprintable value is shortened and escaped.
    pub fn new(file: &str, line: usize, field: impl Into<String>, expected: impl Into<String>, found: &str) -> Self {
        let mut shown: String = found.chars().take(FOUND_CHARS_MAX).flat_map(escape).collect();
        if found.chars().nth(FOUND_CHARS_MAX).is_some() {
            shown.push('…');
        }
        Self { file: file.to_owned(), line, field: field.into(), expected: expected.into(), found: shown }
    }
}

impl fmt::Display for ImportProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, field, expected, found } = self;
        write!(f, "{file}:{line}: {field}: expected {expected}, found {found:?}")
    }
}

fn escape(c: char) -> Vec<char> {
    if c.is_control() { c.escape_unicode().collect() } else { vec![c] }
}

/// Problems one below the other, as a command line lists them.
pub fn listed(problems: &[ImportProblem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Text as it is kept: composed (NFC) and without spaces at its ends; or what is wrong with it.
pub(super) fn clean(text: &str, chars_max: usize) -> Result<String, String> {
    let text: String = text.trim().nfc().collect();
    if text.chars().any(char::is_control) {
        Err("text without control characters".to_owned())
    } else if text.chars().nth(chars_max).is_some() {
        Err(format!("at most {chars_max} characters"))
    } else {
        Ok(text)
    }
}

/// The problem of a file that is too large to look at.
pub(super) fn too_large(file: &str, text: &str) -> Option<ImportProblem> {
    (text.len() > FILE_BYTES_MAX).then(|| {
        ImportProblem::new(file, 1, "file", format!("at most {FILE_BYTES_MAX} bytes"), &format!("{} bytes", text.len()))
    })
}
