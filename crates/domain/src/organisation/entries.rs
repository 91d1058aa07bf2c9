//! Units as files name them: one reader for `import units` and for plans of reorganisation.

use super::{Standing, UnitAttributes, UnitCode};
use crate::calendar::OpeningHours;
use crate::ids::UnitId;
use crate::procedure::ImportProblem;
use crate::procedure::toml_reader::{Reading, Table};
use jiff::civil::Date;

/// Scheme of the keys by which files name units.
pub const HOUSE_KEYS: &str = "house";
/// Most units of one file.
pub const UNITS_MAX: usize = 5_000;
const NAME_CHARS_MAX: usize = 200;
const KEY_CHARS_MAX: usize = 100;
const SECTORS_MAX: usize = 300;
const STANDINGS: [(&str, Standing); 2] = [("authority", Standing::Authority), ("office", Standing::Office)];
/// Lists of codes a file may name.
const SCHEMES: [&str; 3] = ["gso", "agency", "tax"];
pub(super) const UNIT_KEYS: [&str; 11] =
    ["key", "name", "level", "standing", "parent", "from", "codes", "seat", "phone", "hours", "sectors"];

/// One unit of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitEntry {
    /// The line it begins on.
    pub line: usize,
    /// Its key in files.
    pub key: String,
    /// The key of the unit above it.
    pub parent: Option<String>,
    /// First day, where the file says it.
    pub from: Option<Date>,
    attributes: UnitAttributes,
}

impl UnitEntry {
    /// Everything the file says of it, below that unit.
    pub fn below(&self, parent: Option<UnitId>) -> UnitAttributes {
        UnitAttributes { parent, ..self.attributes.clone() }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.attributes.name
    }
}

/// Reads a file of units. Every problem is named with its line; with one problem nothing of the file is taken.
///
/// # Errors
/// Everything wrong with the file.
pub fn read_units(file: &str, text: &str) -> Result<Vec<UnitEntry>, Vec<ImportProblem>> {
    let reading = Reading::new(file, text);
    let parsed = reading.parse()?;
    let root = Table::root(&reading, &parsed, &["unit"]);
    let tables = root.tables("unit", UNITS_MAX, &UNIT_KEYS);
    if tables.is_empty() {
        root.note("unit", "a unit", "nothing");
    }
    let mut entries: Vec<UnitEntry> = Vec::with_capacity(tables.len());
    for table in &tables {
        let entry = read_unit(table);
        if entry.from.is_none() {
            table.note("from", "a day such as 2025-01-01", &table.optional_text("from", 40).unwrap_or_default());
        }
        if entries.iter().any(|earlier| earlier.key == entry.key) {
            table.note("key", "a key no other unit of the file has", &entry.key);
        }
        entries.push(entry);
    }
    reading.finish(entries)
}

/// One unit; its day may be left out.
pub(super) fn read_unit(table: &Table<'_, '_>) -> UnitEntry {
    let key = table.text("key", KEY_CHARS_MAX);
    let mut codes = codes(table);
    codes.push(UnitCode { scheme: HOUSE_KEYS.to_owned(), value: key.clone() });
    UnitEntry {
        line: table.line(),
        parent: table.optional_text("parent", KEY_CHARS_MAX).filter(|it| !it.is_empty()),
        from: day(table, "from"),
        attributes: UnitAttributes {
            name: table.text("name", NAME_CHARS_MAX),
            level: table.text("level", KEY_CHARS_MAX),
            standing: table.word("standing", &STANDINGS).unwrap_or(Standing::Authority),
            parent: None,
            codes,
            seat: table.optional_text("seat", NAME_CHARS_MAX).unwrap_or_default(),
            phone: table.optional_text("phone", KEY_CHARS_MAX).unwrap_or_default(),
            hours: hours(table).unwrap_or_default(),
            sectors: table.texts("sectors", SECTORS_MAX, NAME_CHARS_MAX),
        },
        key,
    }
}

/// Codes of outside lists; none where the key is left out.
pub(super) fn codes(table: &Table<'_, '_>) -> Vec<UnitCode> {
    let Some(list) = table.optional_table("codes", &SCHEMES) else { return Vec::new() };
    let code = |scheme: &&str| {
        let value = list.optional_text(scheme, KEY_CHARS_MAX).filter(|it| !it.is_empty())?;
        Some(UnitCode { scheme: (*scheme).to_owned(), value })
    };
    // In the order of their names, so that the same file gives the same unit.
    let mut codes: Vec<UnitCode> = SCHEMES.iter().filter_map(code).collect();
    codes.sort_by(|a, b| a.scheme.cmp(&b.scheme));
    codes
}

/// Opening hours, where the key stands there.
pub(super) fn hours(table: &Table<'_, '_>) -> Option<OpeningHours> {
    let text = table.optional_text("hours", KEY_CHARS_MAX)?;
    match text.parse() {
        Ok(hours) => Some(hours),
        Err(_) => {
            table.note("hours", "spans such as 07:30-11:30,13:30-17:30", &text);
            None
        }
    }
}

/// A day, where the key stands there.
pub(super) fn day(table: &Table<'_, '_>, key: &str) -> Option<Date> {
    let text = table.optional_text(key, 40)?;
    match text.parse() {
        Ok(day) => Some(day),
        Err(_) => {
            table.note(key, "a day such as 2025-01-01", &text);
            None
        }
    }
}
