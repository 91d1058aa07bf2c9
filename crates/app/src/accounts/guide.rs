//! Names of people with accounts, and who can log in to a demonstration.

use crate::error::AppError;
use crate::house::{House, Snapshot};
use domain::ids::{PersonId, UnitId};
use domain::post::Post;
use jiff::civil::Date;
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
    /// Post and unit, of somebody of the staff those of today.
    pub who: String,
    /// Who of the staff.
    pub person: Option<PersonId>,
    /// What they are called in the unit they work in as the demonstration begins.
    pub title: String,
    /// That unit.
    pub unit: Option<UnitId>,
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
    Ok(storage::people::name_now(&house.db, person)?.unwrap_or_default())
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
    let mut accounts: Vec<DemoAccount> = serde_json::from_str(text.as_deref().unwrap_or("[]"))
        .map_err(|why| AppError::fault("reading the demo's guide", why))?;
    let (known, today) = (house.now_known(), house.clock.now().day());
    for it in &mut accounts {
        if let (Some(person), Some(unit)) = (it.person, it.unit) {
            it.who = called(&known, today, person, (&it.title, unit));
        }
    }
    Ok(accounts)
}

/// Whoever a reorganisation put elsewhere is called by the post they hold there.
fn called(known: &Snapshot, today: Date, person: PersonId, (title, unit): (&str, UnitId)) -> String {
    let mandate = known.mandates.of(person, today).next();
    let name = known.organisation.name_on(mandate.map_or(unit, |it| it.unit), today);
    // A ward that merged goes on under its name, and its chairman is a chairman.
    let is_same = name == known.organisation.name_on(unit, today);
    let title = mandate.filter(|_| !is_same).map_or(title, |it| titled(it.post));
    format!("{title}, {name}")
}

/// What somebody in that post is called where nothing closer is known.
const fn titled(post: Post) -> &'static str {
    match post {
        Post::Reception => "Cán bộ tiếp nhận và trả kết quả",
        Post::Specialist => "Chuyên viên",
        Post::Head => "Lãnh đạo bộ phận chuyên môn",
        Post::Leader => "Lãnh đạo UBND",
        Post::Clerk => "Văn thư",
        Post::ControlOfficer => "Cán bộ kiểm soát thủ tục hành chính",
        Post::Administrator => "Quản trị hệ thống",
    }
}

/// Keeps who can log in to this demonstration.
///
/// # Errors
/// The house failed.
pub fn keep_demo_accounts(house: &House, accounts: &[DemoAccount]) -> Result<(), AppError> {
    let text = serde_json::to_string(accounts).map_err(|why| AppError::fault("keeping the demo's guide", why))?;
    house.db.write_now(|tx| Ok(storage::house::put_text(tx, DEMO_ACCOUNTS, &text)?))
}
