//! Accounts: who may sign in, with which password, and the sessions that come of it.
//!
//! Passwords are hashed apart from any transaction; wrong tries are counted by a keyed hash of the login, whether it exists or
//! not. Start with [`sign_in`]; [`Journal`] is the queue for what a page notes without changing anything.

mod forgotten;
mod guide;
mod journal;
mod password;
mod registration;
mod second_proof;
mod sessions;
mod staff;
pub(crate) mod tries;
pub(crate) mod turns;

pub use forgotten::{CODE_DIGITS, CODE_MINUTES, ask_code, set_password_by_code};
pub use guide::{DemoAccount, demo_accounts, keep_demo_accounts, name_of, profile};
pub use journal::Journal;
pub use password::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, hash_password, made as made_password, verify};
pub use registration::{Contact, Registration, change_contact, register_citizen};
pub use second_proof::{
    Asked, MUST, Offered, Proved, Standing, asked, choose_password, forget_device, prove, standing,
};
pub(crate) use sessions::idle_since;
pub use sessions::{
    Kind, Origin, SignedIn, all_sessions, begin_anonymous, change_password, count_registration, is_news, revoke_any,
    revoke_others, revoke_own, session, session_with_name, sessions_of, sign_in, sign_out, token_hash,
};
pub use staff::{
    NewMember, account_of, add_member, close_account, end_mandate, give_mandate, new_password, open_account,
};

use crate::error::{AppError, FieldProblem};
use crate::house::House;
use domain::ids::{PersonId, UnitId};
use domain::organisation::Mandate;
use domain::person::Phone;
use domain::post::Post;
use domain::time::Instant;
use std::fmt;
use std::sync::Arc;
use storage::engine::{Constraint, Tx};
use storage::people::{self, Person};
use unicode_normalization::UnicodeNormalization;

/// Longest login, in characters.
const LOGIN_CHARS_MAX: usize = 100;
/// Shortest login, in characters.
const LOGIN_CHARS_MIN: usize = 3;

/// A login as accounts are found by: a telephone number in one way of writing, anything else in lower case.
pub fn normal_login(text: &str) -> String {
    let text: String = text.trim().nfc().take(LOGIN_CHARS_MAX + 1).collect();
    match Phone::parse(&text) {
        Ok(phone) => phone.as_str().to_owned(),
        Err(_) => text.to_lowercase(),
    }
}

/// What is wrong with a login, already normalised.
fn login_problem(login: &str) -> Option<FieldProblem> {
    let chars = login.chars().count();
    if chars == 0 {
        return Some(FieldProblem::new("login", "gap-missing"));
    }
    if chars > LOGIN_CHARS_MAX {
        return Some(FieldProblem::new("login", "gap-too-long").with("max", LOGIN_CHARS_MAX));
    }
    let plain = login.chars().all(|it| it.is_alphanumeric() || "@._+-".contains(it));
    (chars < LOGIN_CHARS_MIN || !plain).then(|| FieldProblem::new("login", "gap-login"))
}

fn taken() -> AppError {
    AppError::invalid("login", "gap-login-taken")
}

/// Keyed hash under which the wrong tries of a login are counted.
fn subject(house: &House, login: &str) -> String {
    house.key.hash("login", login)
}

fn add(
    tx: &mut Tx,
    house: &House,
    person: &Person,
    login: &str,
    password_hash: &str,
    now: Instant,
) -> Result<(), AppError> {
    let login = normal_login(login);
    if people::account(tx, &login)?.is_some() {
        return Err(taken());
    }
    people::add(tx, person, now)?;
    match people::add_account(tx, person.id, &login, password_hash, now) {
        Err(error) if error.constraint() == Some(Constraint::Unique) => return Err(taken()),
        added => added?,
    }
    // Somebody may have tried this login before there was one.
    people::forget_tries(tx, tries::LOGIN, &subject(house, &login))?;
    Ok(())
}

/// Takes somebody onto the staff with an account, in a transaction of the caller's: posts come as mandates.
///
/// # Errors
/// The login is taken, the person is no staff, or the storage failed.
pub fn add_staff(
    tx: &mut Tx,
    house: &House,
    person: &Person,
    login: &str,
    password_hash: &str,
    now: Instant,
) -> Result<(), AppError> {
    if !person.is_staff() {
        return Err(AppError::fault("taking somebody onto the staff", "the person is a citizen"));
    }
    add(tx, house, person, login, password_hash, now)?;
    storage::house::audit(tx, now, None, "staff added", &person.id.to_string(), "")?;
    // Every node keeps the names of the staff.
    storage::house::next_edition(tx, storage::house::ORGANISATION)?;
    Ok(())
}

/// Somebody of the staff to be added from the command line.
#[derive(Clone, Default)]
pub struct NewUser {
    /// Full name.
    pub name: String,
    /// What they sign in with.
    pub login: String,
    /// Their first password.
    pub password: String,
    /// Telephone; may be empty.
    pub phone: String,
    /// E-mail; may be empty.
    pub email: String,
    /// What they are there to do: unit and post, from today on.
    pub mandates: Vec<(UnitId, Post)>,
}

impl fmt::Debug for NewUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewUser").field("mandates", &self.mandates).finish_non_exhaustive()
    }
}

/// Adds somebody of the staff with an account and posts, durably: from the command line, where nobody is signed in.
///
/// # Errors
/// Fields to correct, a unit that does not stand today, or the house failed.
pub async fn add_user(house: &Arc<House>, user: NewUser) -> Result<PersonId, AppError> {
    add_user_by(house, None, user, None).await
}

/// The same in the name of an administrator; the password works for so many seconds where one is set.
pub(crate) async fn add_user_by(
    house: &Arc<House>,
    by: Option<PersonId>,
    user: NewUser,
    password_seconds: Option<i64>,
) -> Result<PersonId, AppError> {
    let now = house.clock.now();
    let today = now.day();
    let Checked { name, login, phone, email } = checked(house, &user).map_err(AppError::Invalid)?;
    let id = PersonId::from_uuid(house.ids.uuid(now));
    let person = Person {
        id,
        kind: "staff".to_owned(),
        name,
        number: String::new(),
        birth: String::new(),
        phone,
        email,
        address: String::new(),
    };
    let hash = password::hash_apart(house, &user.password).await?;
    let inside = Arc::clone(house);
    let mandates = user.mandates;
    house
        .db
        .write(move |tx| {
            add_staff(tx, &inside, &person, &login, &hash, now)?;
            if let Some(seconds) = password_seconds {
                people::set_password(tx, id, &hash, Some(now.plus_seconds(seconds)))?;
            }
            let mut given: Vec<(UnitId, Post)> = Vec::new();
            for (unit, post) in &mandates {
                if given.contains(&(*unit, *post)) {
                    continue;
                }
                given.push((*unit, *post));
                let mandate = Mandate { person: id, unit: *unit, post: *post, from: today, until: None };
                storage::units::add_mandate(tx, &mandate)?;
                storage::house::audit(tx, now, by, "mandate given", &id.to_string(), &format!("{unit} {post}"))?;
            }
            Ok::<_, AppError>(())
        })
        .await?;
    house.refresh()?;
    Ok(id)
}

struct Checked {
    name: String,
    login: String,
    phone: String,
    email: String,
}

fn checked(house: &House, user: &NewUser) -> Result<Checked, Vec<FieldProblem>> {
    let (known, today) = (house.now_known(), house.clock.now().day());
    let mut problems = Vec::new();
    let name = registration::name(&user.name, &mut problems);
    let login = normal_login(&user.login);
    problems.extend(login_problem(&login));
    problems.extend(password::problem("password", &user.password, &[&login, &user.name]));
    let phone = registration::phone(&user.phone, &mut problems);
    let email = registration::email(&user.email, &mut problems);
    let stands = |unit| known.organisation.find_unit(unit).is_some_and(|it| it.stands_on(today));
    if user.mandates.iter().any(|(unit, _)| !stands(*unit)) {
        problems.push(FieldProblem::new("unit", "gap-unit"));
    }
    if problems.is_empty() { Ok(Checked { name, login, phone, email }) } else { Err(problems) }
}

/// Refuses whoever does not administer the installation today.
pub(crate) fn assert_administrator(house: &House, person: PersonId) -> Result<(), AppError> {
    let today = house.clock.now().day();
    let administers = house.now_known().mandates.of(person, today).any(|it| it.post == Post::Administrator);
    if administers { Ok(()) } else { Err(AppError::Forbidden) }
}

#[cfg(test)]
mod tests;
