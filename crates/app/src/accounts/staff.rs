//! Who works here, kept by the administrator: posts with their dates, closed accounts, first passwords.
//!
//! Nobody gives themselves a post, and the last administrator neither closes their own account nor ends their own post: somebody must be
//! left who can open the door. Every change is written down with who made it.

use super::{assert_administrator, password};
use crate::error::{AppError, FieldProblem};
use crate::house::House;
use domain::ids::{PersonId, UnitId};
use domain::organisation::Mandate;
use domain::post::Post;
use domain::time::Instant;
use jiff::civil::Date;
use std::sync::Arc;
use storage::engine::Tx;
use storage::house::{self as notes, ORGANISATION};
use storage::{people, proofs, sessions, units};

/// How long a password works that an administrator chose, in seconds: two days.
const FIRST_PASSWORD_SECONDS: i64 = 48 * 3_600;

/// Gives somebody a post in a unit from a day on, until a day where one is named (the first on which it no longer holds).
///
/// # Errors
/// Not an administrator, their own post, a day that has passed, a unit that does not stand then, a post held already, or the house
/// failed.
pub async fn give_mandate(house: &Arc<House>, administrator: PersonId, new: Mandate) -> Result<(), AppError> {
    assert_administrator(house, administrator)?;
    let now = house.clock.now();
    let (today, known) = (now.day(), house.now_known());
    let mut problems = Vec::new();
    if new.person == administrator {
        problems.push(FieldProblem::new("post", "gap-own-post"));
    }
    if known.staff_name(new.person).is_empty() {
        return Err(AppError::NotFound);
    }
    if new.from < today {
        problems.push(FieldProblem::new("from", "gap-day-passed"));
    }
    if new.until.is_some_and(|until| until <= new.from) {
        problems.push(FieldProblem::new("until", "gap-day-before-first"));
    }
    if !known.organisation.find_unit(new.unit).is_some_and(|it| it.stands_on(new.from)) {
        problems.push(FieldProblem::new("unit", "gap-unit-not-then"));
    }
    let meets = |it: &&Mandate| {
        it.person == new.person
            && it.unit == new.unit
            && it.post == new.post
            && it.until.is_none_or(|end| end > new.from)
            && new.until.is_none_or(|end| it.from < end)
    };
    if known.mandates.all().iter().any(|it| meets(&it)) {
        problems.push(FieldProblem::new("post", "gap-post-held"));
    }
    if !problems.is_empty() {
        return Err(AppError::Invalid(problems));
    }
    house
        .db
        .write(move |tx| {
            units::add_mandate(tx, &new)?;
            let detail = format!("{} {} {}", new.unit, new.post, new.from);
            changed(tx, now, administrator, new.person, "mandate given", &detail)
        })
        .await?;
    house.refresh()
}

/// Ends one post of somebody: `until` is the first day on which it no longer holds.
///
/// # Errors
/// Not an administrator, no such post, a day that has passed, the last administrator, or the house failed.
pub async fn end_mandate(
    house: &Arc<House>,
    administrator: PersonId,
    held: Mandate,
    until: Date,
) -> Result<(), AppError> {
    assert_administrator(house, administrator)?;
    let now = house.clock.now();
    if until < now.day() {
        return Err(AppError::invalid("until", "gap-day-passed"));
    }
    if held.post == Post::Administrator && is_last(house, held.person) {
        return Err(AppError::invalid("until", "gap-last-administrator"));
    }
    let until = until.max(held.from);
    house
        .db
        .write(move |tx| {
            if units::end_mandate(tx, &held, until)? == 0 {
                return Err(AppError::NotFound);
            }
            let detail = format!("{} {} {until}", held.unit, held.post);
            changed(tx, now, administrator, held.person, "mandate ended", &detail)
        })
        .await?;
    house.refresh()
}

/// Closes somebody's account: their sessions end, their posts and what they hold stay until somebody else takes them over.
///
/// # Errors
/// Not an administrator, no such account, closed already, the last administrator, or the house failed.
pub async fn close_account(house: &Arc<House>, administrator: PersonId, person: PersonId) -> Result<(), AppError> {
    assert_staff(house, administrator, person)?;
    if is_last(house, person) {
        return Err(AppError::invalid("account", "gap-last-administrator"));
    }
    set_active(house, administrator, person, false).await
}

/// Opens a closed account again; it needs a new password where the old one is not trusted.
///
/// # Errors
/// Not an administrator, no such account, open already, or the house failed.
pub async fn open_account(house: &Arc<House>, administrator: PersonId, person: PersonId) -> Result<(), AppError> {
    assert_staff(house, administrator, person)?;
    set_active(house, administrator, person, true).await
}

async fn set_active(
    house: &Arc<House>,
    administrator: PersonId,
    person: PersonId,
    active: bool,
) -> Result<(), AppError> {
    let now = house.clock.now();
    house
        .db
        .write(move |tx| {
            if people::set_active(tx, person, active)? == 0 {
                return Err(AppError::invalid("account", "gap-account-so-already"));
            }
            sessions::end_all(tx, person)?;
            let act = if active { "account opened" } else { "account closed" };
            changed(tx, now, administrator, person, act, "")
        })
        .await
}

/// Gives somebody a password for their next sign-in: it works for two days, and they choose another first thing. Their sessions end.
/// Gives the password, to be said once.
///
/// # Errors
/// Not an administrator, their own account, no such account, or the house failed.
pub async fn new_password(house: &Arc<House>, administrator: PersonId, person: PersonId) -> Result<String, AppError> {
    assert_staff(house, administrator, person)?;
    if person == administrator {
        return Err(AppError::invalid("account", "gap-own-password"));
    }
    let made = password::made(&house.ids);
    let hash = password::hash_apart(house, &made).await?;
    let now = house.clock.now();
    house
        .db
        .write(move |tx| {
            if people::set_password(tx, person, &hash, Some(now.plus_seconds(FIRST_PASSWORD_SECONDS)))? == 0 {
                return Err(AppError::NotFound);
            }
            sessions::end_all(tx, person)?;
            changed(tx, now, administrator, person, "password given", "")
        })
        .await?;
    Ok(made)
}

fn assert_staff(house: &House, administrator: PersonId, person: PersonId) -> Result<(), AppError> {
    assert_administrator(house, administrator)?;
    if house.now_known().staff_name(person).is_empty() { Err(AppError::NotFound) } else { Ok(()) }
}

/// True where nobody else administers the house from today on without an end.
fn is_last(house: &House, person: PersonId) -> bool {
    let (known, today) = (house.now_known(), house.clock.now().day());
    let lasts = |it: &&Mandate| it.post == Post::Administrator && it.holds_on(today) && it.until.is_none();
    let mut others = known.mandates.all().iter().filter(lasts).map(|it| it.person).filter(|it| *it != person);
    known.mandates.of(person, today).any(|it| it.post == Post::Administrator) && others.next().is_none()
}

fn changed(tx: &mut Tx, now: Instant, by: PersonId, of: PersonId, act: &str, detail: &str) -> Result<(), AppError> {
    notes::audit(tx, now, Some(by), act, &of.to_string(), detail)?;
    // Every node keeps who holds which post.
    Ok(notes::next_edition(tx, ORGANISATION)?)
}

/// What of somebody's account an administrator sees: login, open, with a second proof.
///
/// # Errors
/// Not an administrator, nobody of the staff, or the house failed.
pub fn account_of(
    house: &House,
    administrator: PersonId,
    person: PersonId,
) -> Result<(Option<(String, bool)>, bool), AppError> {
    assert_staff(house, administrator, person)?;
    house.db.read_now(|tx| {
        let device = proofs::find(tx, person)?.is_some_and(|it| it.confirmed_at.is_some());
        Ok::<_, AppError>((people::login_of(tx, person)?, device))
    })
}

/// Somebody new on the staff, as the administrator types them.
#[derive(Clone, Debug, Default)]
pub struct NewMember {
    /// Full name.
    pub name: String,
    /// What they sign in with.
    pub login: String,
    /// Telephone; may be empty.
    pub phone: String,
    /// Unit of the first post.
    pub unit: Option<UnitId>,
    /// First post.
    pub post: Option<Post>,
}

/// Takes somebody onto the staff with a first post from today on and a password for two days, which is given back to be said once.
///
/// # Errors
/// Not an administrator, fields to correct, or the house failed.
pub async fn add_member(
    house: &Arc<House>,
    administrator: PersonId,
    new: NewMember,
) -> Result<(PersonId, String), AppError> {
    assert_administrator(house, administrator)?;
    let mut missing = Vec::new();
    if new.unit.is_none() {
        missing.push(FieldProblem::new("unit", "gap-missing"));
    }
    if new.post.is_none() {
        missing.push(FieldProblem::new("post", "gap-missing"));
    }
    let made = password::made(&house.ids);
    let user = super::NewUser {
        name: new.name,
        login: new.login,
        password: made.clone(),
        phone: new.phone,
        mandates: new.unit.into_iter().zip(new.post).collect(),
        ..super::NewUser::default()
    };
    if !missing.is_empty() {
        let mut wrong = super::checked(house, &user).err().unwrap_or_default();
        wrong.extend(missing);
        return Err(AppError::Invalid(wrong));
    }
    let person = super::add_user_by(house, Some(administrator), user, Some(FIRST_PASSWORD_SECONDS)).await?;
    Ok((person, made))
}
