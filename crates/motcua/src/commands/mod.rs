//! The subcommands, one module each.

pub mod backup;
pub mod check;
pub mod clock;
pub mod db;
pub mod files;
pub mod import;
pub mod keys;
pub mod person;
pub mod reorganise;
pub mod report;
pub mod restore;
pub mod search;
pub mod user;
pub mod verify;

use app::house::House;
use domain::ids::UnitId;
use jiff::civil::Date;

/// The unit that somebody names by its key, its agency code or its statistics code, on that day.
pub fn unit_named(house: &House, text: &str, on: Date) -> Option<UnitId> {
    let known = house.now_known();
    let text = text.trim();
    [app::units::HOUSE_KEYS, app::filing::AGENCY_CODES, "gso"]
        .into_iter()
        .find_map(|scheme| known.organisation.unit_by_code(scheme, text, on))
}
