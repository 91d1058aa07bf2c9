//! Founding the units of a house from a file.

use crate::error::AppError;
use crate::house::House;
use domain::ids::UnitId;
use domain::organisation::{Organisation, UnitEntry, UnitEvent, read_units};
use domain::procedure::ImportProblem;
use jiff::civil::Date;
use std::collections::BTreeMap;

pub use domain::organisation::HOUSE_KEYS;

/// A file of units that cannot be taken.
#[derive(Debug, thiserror::Error)]
pub enum UnitsError {
    /// What is wrong with it, each with its line.
    #[error("{}", domain::procedure::listed(.0))]
    Wrong(Vec<ImportProblem>),
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
    let entries = read_units(file, text).map_err(UnitsError::Wrong)?;
    let known = house.now_known();
    let events =
        planned(file, &entries, &known.organisation, &mut || UnitId::from_uuid(house.ids.uuid(house.clock.now())))?;
    let now = house.clock.now();
    let mut done = ImportedUnits { unchanged: entries.len() - events.len(), ..ImportedUnits::default() };
    for (_, event) in &events {
        match event {
            UnitEvent::Established { .. } => done.founded += 1,
            UnitEvent::Changed { .. } | UnitEvent::Ended { .. } | UnitEvent::Reinstated { .. } => done.changed += 1,
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
        let Some(from) = entry.from else { continue };
        let parent = match entry.parent.as_deref() {
            None => None,
            Some(key) => match ids.get(key).copied().or_else(|| by_key(organisation, key, from)) {
                Some(parent) => Some(parent),
                None => {
                    let expected = "a unit above it in the file, or one of the house";
                    let problem = ImportProblem::new(file, entry.line, "unit.parent", expected, key);
                    return Err(UnitsError::Wrong(vec![problem]));
                }
            },
        };
        let existing = by_key(organisation, &entry.key, from);
        let id = existing.unwrap_or_else(&mut *fresh);
        ids.insert(&entry.key, id);
        let attributes = entry.below(parent);
        match existing.and_then(|unit| organisation.attributes_on(unit, from)) {
            Some(now) if *now == attributes => {}
            Some(_) => events.push((id, UnitEvent::Changed { from, attributes })),
            None => events.push((id, UnitEvent::Established { on: from, attributes })),
        }
    }
    Ok(events)
}
