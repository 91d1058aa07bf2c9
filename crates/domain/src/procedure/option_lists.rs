//! Named lists of options that several forms share: peoples, nationalities.

use std::collections::BTreeMap;

use super::import::{ENTRIES_MAX, ImportProblem, NAME_CHARS_MAX, TEXT_CHARS_MAX};
use super::toml_reader::{Reading, Table};

/// The named lists of options of a catalogue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OptionLists(BTreeMap<String, Vec<String>>);

impl OptionLists {
    /// The list of this name.
    pub fn get(&self, name: &str) -> Option<&[String]> {
        self.0.get(name).map(Vec::as_slice)
    }

    /// The names of the lists.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// Reads `option-lists.toml`: one table for each list, with `title`, `source` and `options`.
pub fn read_option_lists(file_name: &str, text: &str) -> Result<OptionLists, Vec<ImportProblem>> {
    let reading = Reading::new(file_name, text);
    let root = reading.parse()?;
    let names: Vec<String> = root.get_ref().keys().map(|key| key.get_ref().to_string()).collect();
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    let table = Table::root(&reading, &root, &known);
    let mut lists = BTreeMap::new();
    for name in &names {
        let Some(list) = table.table(name, &["title", "source", "options"]) else { continue };
        list.text("title", NAME_CHARS_MAX);
        list.text("source", TEXT_CHARS_MAX);
        let options = list.texts("options", ENTRIES_MAX, NAME_CHARS_MAX);
        check_options(&list, "options", &options);
        if options.is_empty() {
            list.note("options", "a list of texts", "nothing");
        }
        lists.insert(name.clone(), options);
    }
    reading.finish(OptionLists(lists))
}

/// Notes an empty or repeated option.
pub(super) fn check_options(table: &Table<'_, '_>, key: &str, options: &[String]) {
    for (index, option) in options.iter().enumerate() {
        if option.is_empty() || options.iter().take(index).any(|earlier| earlier == option) {
            table.note(key, "options that are not empty and differ from each other", option);
        }
    }
}
