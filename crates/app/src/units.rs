//! Founding the units of a house from a file.

use crate::error::AppError;
use crate::house::House;
use domain::calendar::OpeningHours;
use domain::ids::UnitId;
use domain::organisation::{Organisation, Standing, UnitAttributes, UnitCode, UnitEvent};
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Scheme of the keys by which a file names its units.
pub const HOUSE_KEYS: &str = "house";
/// Largest file of units, in bytes.
const FILE_BYTES_MAX: usize = 1 << 20;
/// Most units of one file.
const UNITS_MAX: usize = 5_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    unit: Vec<UnitEntry>,
}

/// One unit of the file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct UnitEntry {
    key: String,
    name: String,
    level: String,
    standing: Standing,
    #[serde(default)]
    parent: Option<String>,
    from: String,
    #[serde(default)]
    codes: BTreeMap<String, String>,
    #[serde(default)]
    seat: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    hours: Option<OpeningHours>,
    #[serde(default)]
    sectors: Vec<String>,
}

/// A file of units that cannot be taken.
#[derive(Debug, thiserror::Error)]
pub enum UnitsError {
    /// Not readable as the file it should be.
    #[error("{file}: {source}")]
    Unreadable {
        /// Which file.
        file: String,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// Too large.
    #[error("{file}: larger than {max} bytes or more than {UNITS_MAX} units", max = FILE_BYTES_MAX)]
    TooLarge {
        /// Which file.
        file: String,
    },
    /// One unit that contradicts the others.
    #[error("{file}: unit {key:?}: {problem}")]
    Unit {
        /// Which file.
        file: String,
        /// Its key.
        key: String,
        /// What is wrong and what was expected.
        problem: String,
    },
    /// The house failed.
    #[error(transparent)]
    House(#[from] AppError),
}

/// What an import of units did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportedUnits {
    /// Units founded.
    pub founded: usize,
    /// Units whose attributes change from a day on.
    pub changed: usize,
    /// Units that stay as they are.
    pub unchanged: usize,
}

/// The unit of that key.
pub fn by_key(organisation: &Organisation, key: &str, on: Date) -> Option<UnitId> {
    organisation.unit_by_code(HOUSE_KEYS, key, on)
}

/// Founds the units of a file, all or none. Importing the same again changes nothing.
///
/// # Errors
/// Everything wrong with the file is named with its unit.
pub fn import(house: &House, file: &str, text: &str) -> Result<ImportedUnits, UnitsError> {
    if text.len() > FILE_BYTES_MAX {
        return Err(UnitsError::TooLarge { file: file.to_owned() });
    }
    let entries = toml::from_str::<File>(text)
        .map_err(|source| UnitsError::Unreadable { file: file.to_owned(), source: Box::new(source) })?
        .unit;
    if entries.len() > UNITS_MAX {
        return Err(UnitsError::TooLarge { file: file.to_owned() });
    }
    let known = house.now_known();
    let events =
        planned(file, &entries, &known.organisation, &mut || UnitId::from_uuid(house.ids.uuid(house.clock.now())))?;
    let now = house.clock.now();
    let mut done = ImportedUnits { unchanged: entries.len() - events.len(), ..ImportedUnits::default() };
    for (_, event) in &events {
        match event {
            UnitEvent::Established { .. } => done.founded += 1,
            UnitEvent::Changed { .. } | UnitEvent::Ended { .. } => done.changed += 1,
        }
    }
    house.db.write_now(|tx| {
        for (unit, event) in &events {
            storage::units::append(tx, *unit, now, None, event)?;
        }
        Ok::<_, AppError>(())
    })?;
    house.refresh()?;
    Ok(done)
}

fn planned(
    file: &str,
    entries: &[UnitEntry],
    organisation: &Organisation,
    fresh: &mut dyn FnMut() -> UnitId,
) -> Result<Vec<(UnitId, UnitEvent)>, UnitsError> {
    let mut ids: BTreeMap<&str, UnitId> = BTreeMap::new();
    let mut events = Vec::new();
    for entry in entries {
        let wrong = |problem: String| UnitsError::Unit { file: file.to_owned(), key: entry.key.clone(), problem };
        let from: Date = entry
            .from
            .parse()
            .map_err(|_| wrong(format!("from = {:?}, expected a day like 2025-01-01", entry.from)))?;
        if entry.key.trim().is_empty() || entry.name.trim().is_empty() || entry.level.trim().is_empty() {
            return Err(wrong("key, name and level must not be empty".to_owned()));
        }
        let parent = match entry.parent.as_deref().filter(|it| !it.is_empty()) {
            None => None,
            Some(key) => Some(
                ids.get(key)
                    .copied()
                    .or_else(|| by_key(organisation, key, from))
                    .ok_or_else(|| wrong(format!("parent {key:?} is not above it in the file nor in the house")))?,
            ),
        };
        let existing = by_key(organisation, &entry.key, from);
        let id = existing.unwrap_or_else(&mut *fresh);
        if ids.insert(&entry.key, id).is_some() {
            return Err(wrong("stands twice in the file".to_owned()));
        }
        let attributes = attributes(entry, parent);
        match existing.and_then(|unit| organisation.attributes_on(unit, from)) {
            Some(now) if *now == attributes => {}
            Some(_) => events.push((id, UnitEvent::Changed { from, attributes })),
            None => events.push((id, UnitEvent::Established { on: from, attributes })),
        }
    }
    Ok(events)
}

fn attributes(entry: &UnitEntry, parent: Option<UnitId>) -> UnitAttributes {
    let mut codes: Vec<UnitCode> =
        entry.codes.iter().map(|(scheme, value)| UnitCode { scheme: scheme.clone(), value: value.clone() }).collect();
    codes.push(UnitCode { scheme: HOUSE_KEYS.to_owned(), value: entry.key.clone() });
    UnitAttributes {
        name: entry.name.clone(),
        level: entry.level.clone(),
        standing: entry.standing,
        parent,
        codes,
        seat: entry.seat.clone(),
        phone: entry.phone.clone(),
        hours: entry.hours.clone().unwrap_or_default(),
        sectors: entry.sectors.clone(),
    }
}
