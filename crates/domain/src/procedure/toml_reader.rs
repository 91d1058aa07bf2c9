//! Walks a TOML file and notes every problem with its line, instead of stopping at the first.

use std::cell::RefCell;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::import::{ImportProblem, PROBLEMS_MAX, clean, too_large};

/// A file being read, with what was found wrong so far.
pub(crate) struct Reading<'a> {
    file: &'a str,
    text: &'a str,
    problems: RefCell<Vec<ImportProblem>>,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text, problems: RefCell::new(Vec::new()) }
    }

    /// The root of the file, or its syntax errors.
    pub(crate) fn parse(&self) -> Result<Spanned<DeTable<'a>>, Vec<ImportProblem>> {
        if let Some(problem) = too_large(self.file, self.text) {
            return Err(vec![problem]);
        }
        DeTable::parse(self.text).map_err(|error| {
            let line = self.line(error.span().map_or(0, |span| span.start));
            vec![ImportProblem::new(self.file, line, "file", "TOML", error.message())]
        })
    }

    /// What was read, if nothing was wrong.
    pub(crate) fn finish<T>(self, value: T) -> Result<T, Vec<ImportProblem>> {
        let mut problems = self.problems.into_inner();
        if problems.is_empty() {
            return Ok(value);
        }
        problems.sort_by_key(|problem| problem.line);
        Err(problems)
    }

    /// The file's name.
    pub(crate) fn file(&self) -> &'a str {
        self.file
    }

    fn note(&self, line: usize, field: String, expected: impl Into<String>, found: &str) {
        let mut problems = self.problems.borrow_mut();
        if problems.len() < PROBLEMS_MAX {
            problems.push(ImportProblem::new(self.file, line, field, expected, found));
        }
    }

    fn line(&self, offset: usize) -> usize {
        1 + self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
    }
}

/// A table of the file.
pub(crate) struct Table<'r, 'a> {
    reading: &'r Reading<'a>,
    path: String,
    line: usize,
    table: &'r DeTable<'a>,
}

impl<'r, 'a> Table<'r, 'a> {
    /// The root; other keys than these are refused.
    pub(crate) fn root(reading: &'r Reading<'a>, root: &'r Spanned<DeTable<'a>>, keys: &[&str]) -> Self {
        Self::checked(reading, String::new(), 1, root.get_ref(), keys)
    }

    fn checked(reading: &'r Reading<'a>, path: String, line: usize, table: &'r DeTable<'a>, keys: &[&str]) -> Self {
        let this = Self { reading, path, line, table };
        for key in table.keys() {
            let name = key.get_ref().as_ref();
            if !keys.contains(&name) {
                let line = reading.line(key.span().start);
                reading.note(line, this.field(name), format!("one of the keys {}", keys.join(", ")), name);
            }
        }
        this
    }

    /// The line of the table's head.
    pub(crate) fn line(&self) -> usize {
        self.line
    }

    /// The line of a key, or of the table when the key is missing.
    pub(crate) fn line_of(&self, key: &str) -> usize {
        self.value(key).map_or(self.line, |value| self.reading.line(value.span().start))
    }

    /// Notes a problem with a key.
    pub(crate) fn note(&self, key: &str, expected: impl Into<String>, found: &str) {
        self.reading.note(self.line_of(key), self.field(key), expected, found);
    }

    fn field(&self, key: &str) -> String {
        match (self.path.as_str(), key) {
            ("", key) => key.to_owned(),
            (path, "") => path.to_owned(),
            (path, key) => format!("{path}.{key}"),
        }
    }

    fn value(&self, key: &str) -> Option<&'r Spanned<DeValue<'a>>> {
        self.table.get(key)
    }

    fn missing(&self, key: &str, expected: &str) {
        self.note(key, expected, "nothing");
    }

    fn wrong(&self, key: &str, expected: &str, value: &DeValue<'_>) {
        self.note(key, expected, &shown(value));
    }

    /// A text that must stand there and say something.
    pub(crate) fn text(&self, key: &str, chars_max: usize) -> String {
        let text = self.text_or_empty(key, chars_max);
        if self.value(key).and_then(|value| value.get_ref().as_str()).is_some_and(|text| text.trim().is_empty()) {
            self.missing(key, "text");
        }
        text
    }

    /// A text that must stand there and may be empty.
    pub(crate) fn text_or_empty(&self, key: &str, chars_max: usize) -> String {
        if self.value(key).is_none() {
            self.missing(key, "text");
        }
        self.optional_text(key, chars_max).unwrap_or_default()
    }

    /// A text that may be left out.
    pub(crate) fn optional_text(&self, key: &str, chars_max: usize) -> Option<String> {
        let value = self.value(key)?.get_ref();
        let Some(text) = value.as_str() else {
            self.wrong(key, "text", value);
            return None;
        };
        match clean(text, chars_max) {
            Ok(text) => Some(text),
            Err(expected) => {
                self.note(key, expected, text);
                None
            }
        }
    }

    /// One of these words, which must stand there.
    pub(crate) fn word<T: Copy>(&self, key: &str, words: &[(&str, T)]) -> Option<T> {
        if self.value(key).is_none() {
            self.missing(key, &choices(words));
        }
        self.optional_word(key, words)
    }

    /// One of these words, which may be left out.
    pub(crate) fn optional_word<T: Copy>(&self, key: &str, words: &[(&str, T)]) -> Option<T> {
        let value = self.value(key)?.get_ref();
        let known = value.as_str().and_then(|text| words.iter().find(|(word, _)| *word == text));
        if known.is_none() {
            self.wrong(key, &choices(words), value);
        }
        known.map(|(_, meaning)| *meaning)
    }

    /// A number in this range, which must stand there.
    pub(crate) fn number(&self, key: &str, min: i64, max: i64) -> i64 {
        if self.value(key).is_none() {
            self.missing(key, "a whole number");
        }
        self.optional_number(key, min, max).unwrap_or(min)
    }

    /// A number in this range, which may be left out.
    pub(crate) fn optional_number(&self, key: &str, min: i64, max: i64) -> Option<i64> {
        let value = self.value(key)?.get_ref();
        let number = integer(value).filter(|number| (min..=max).contains(number));
        if number.is_none() {
            self.wrong(key, &format!("a whole number from {min} to {max}"), value);
        }
        number
    }

    /// Yes or no, which may be left out.
    pub(crate) fn optional_bool(&self, key: &str) -> Option<bool> {
        let value = self.value(key)?.get_ref();
        let answer = value.as_bool();
        if answer.is_none() {
            self.wrong(key, "true or false", value);
        }
        answer
    }

    /// Yes or no, which must stand there.
    pub(crate) fn bool(&self, key: &str) -> bool {
        if self.value(key).is_none() {
            self.missing(key, "true or false");
        }
        self.optional_bool(key).unwrap_or_default()
    }

    /// A list of texts; nothing is an empty list.
    pub(crate) fn texts(&self, key: &str, count_max: usize, chars_max: usize) -> Vec<String> {
        self.entries(key, "a list of texts", count_max)
            .iter()
            .filter_map(|entry| {
                let Some(text) = entry.get_ref().as_str() else {
                    self.wrong(key, "a list of texts", entry.get_ref());
                    return None;
                };
                clean(text, chars_max).map_err(|expected| self.note(key, expected, text)).ok()
            })
            .collect()
    }

    /// A list of numbers in this range; nothing is an empty list.
    pub(crate) fn numbers(&self, key: &str, count_max: usize, min: i64, max: i64) -> Vec<i64> {
        let expected = format!("a list of whole numbers from {min} to {max}");
        self.entries(key, &expected, count_max)
            .iter()
            .filter_map(|entry| {
                let number = integer(entry.get_ref()).filter(|number| (min..=max).contains(number));
                if number.is_none() {
                    self.wrong(key, &expected, entry.get_ref());
                }
                number
            })
            .collect()
    }

    /// A table, which may be left out; other keys than these are refused.
    pub(crate) fn optional_table(&self, key: &str, keys: &[&str]) -> Option<Table<'r, 'a>> {
        let value = self.value(key)?;
        let Some(table) = value.get_ref().as_table() else {
            self.wrong(key, "a table", value.get_ref());
            return None;
        };
        Some(Self::checked(self.reading, self.field(key), self.reading.line(value.span().start), table, keys))
    }

    /// A table that must stand there; other keys than these are refused.
    pub(crate) fn table(&self, key: &str, keys: &[&str]) -> Option<Table<'r, 'a>> {
        if self.value(key).is_none() {
            self.missing(key, "a table");
        }
        self.optional_table(key, keys)
    }

    /// A list of tables; nothing is an empty list. Other keys than these are refused.
    pub(crate) fn tables(&self, key: &str, count_max: usize, keys: &[&str]) -> Vec<Table<'r, 'a>> {
        let entries = self.entries(key, "a list of tables", count_max);
        let tables = entries.iter().enumerate().filter_map(|(index, entry)| {
            let Some(table) = entry.get_ref().as_table() else {
                self.wrong(key, "a list of tables", entry.get_ref());
                return None;
            };
            let path = format!("{}[{}]", self.field(key), index + 1);
            Some(Self::checked(self.reading, path, self.reading.line(entry.span().start), table, keys))
        });
        tables.collect()
    }

    fn entries(&self, key: &str, expected: &str, count_max: usize) -> Vec<&'r Spanned<DeValue<'a>>> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let Some(list) = value.get_ref().as_array() else {
            self.wrong(key, expected, value.get_ref());
            return Vec::new();
        };
        if list.len() > count_max {
            self.note(key, format!("at most {count_max} entries"), &format!("{} entries", list.len()));
        }
        list.iter().take(count_max).collect()
    }
}

fn integer(value: &DeValue<'_>) -> Option<i64> {
    let digits = value.as_integer()?;
    i64::from_str_radix(digits.as_str(), digits.radix()).ok()
}

fn choices<T>(words: &[(&str, T)]) -> String {
    words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(" | ")
}

/// A value in a few words.
fn shown(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.as_str().to_owned(),
        DeValue::Float(number) => number.as_str().to_owned(),
        DeValue::Boolean(answer) => answer.to_string(),
        DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => format!("a {}", value.type_str()),
    }
}
