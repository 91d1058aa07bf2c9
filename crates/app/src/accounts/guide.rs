//! Names of people with accounts, and who can log in to a demonstration.

use crate::error::AppError;
use crate::house::House;
use domain::ids::PersonId;
use serde::{Deserialize, Serialize};

/// Where a demonstration keeps its guide.
const DEMO_ACCOUNTS: &str = "demo_accounts";

/// Somebody one can be in a demonstration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DemoAccount {
    /// Login.
    pub login: String,
    /// Invented name.
    pub name: String,
    /// Post and unit.
    pub who: String,
    /// `staff` or `citizen`.
    pub kind: String,
    /// The password everybody of the demonstration shares.
    pub password: String,
}

/// Full name of somebody with an account; empty where there is nobody.
///
/// # Errors
/// The house failed.
pub fn name_of(house: &House, person: PersonId) -> Result<String, AppError> {
    let found = house.db.read_now(|tx| Ok::<_, AppError>(storage::people::find(tx, person)?))?;
    Ok(found.map(|it| it.name).unwrap_or_default())
}

/// What the house knows of somebody with an account, for their own page.
///
/// # Errors
/// Nobody there, or the house failed.
pub fn profile(house: &House, person: PersonId) -> Result<storage::people::Person, AppError> {
    house.db.read_now(|tx| storage::people::find(tx, person)?.ok_or(AppError::NotFound))
}

/// Who can log in to this demonstration; nobody in a real house.
///
/// # Errors
/// The house failed.
pub fn demo_accounts(house: &House) -> Result<Vec<DemoAccount>, AppError> {
    if !house.rules.demo {
        return Ok(Vec::new());
    }
    let text = house.db.read_now(|tx| Ok::<_, AppError>(storage::house::text(tx, DEMO_ACCOUNTS)?))?;
    serde_json::from_str(text.as_deref().unwrap_or("[]"))
        .map_err(|why| AppError::fault("reading the demo's guide", why))
}

/// Keeps who can log in to this demonstration.
///
/// # Errors
/// The house failed.
pub fn keep_demo_accounts(house: &House, accounts: &[DemoAccount]) -> Result<(), AppError> {
    let text = serde_json::to_string(accounts).map_err(|why| AppError::fault("keeping the demo's guide", why))?;
    house.db.write_now(|tx| Ok(storage::house::put_text(tx, DEMO_ACCOUNTS, &text)?))
}
