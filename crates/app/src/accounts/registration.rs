//! Citizens open accounts of the house themselves, where the regime of the day has such accounts.

use super::{add, login_problem, normal_login, password, taken};
use crate::error::{AppError, FieldProblem};
use crate::house::House;
use domain::ids::PersonId;
use domain::person::{Email, NameError, PartialBirth, PersonName, PersonalNumber, Phone};
use domain::time::Instant;
use std::fmt;
use std::sync::Arc;
use storage::people::{self, Person};
use unicode_normalization::UnicodeNormalization;

/// Longest address of a home, in characters.
const ADDRESS_CHARS_MAX: usize = 300;

/// What a citizen types to open an account. `Debug` shows nothing of it.
#[derive(Clone, Default)]
pub struct Registration {
    /// Full name.
    pub name: String,
    /// Personal number; may be empty.
    pub number: String,
    /// Date of birth, `31/12/1990`, `1990-12-31` or the year alone; may be empty.
    pub birth: String,
    /// Telephone; may be empty where there is an e-mail.
    pub phone: String,
    /// E-mail; may be empty where there is a telephone.
    pub email: String,
    /// Where they live; may be empty.
    pub address: String,
    /// What they will sign in with; the telephone, e-mail or number where empty.
    pub login: String,
    /// Password.
    pub password: String,
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Registration(•••)")
    }
}

struct Checked {
    person: Person,
    login: String,
}

/// Opens a citizen's account.
///
/// # Errors
/// Citizens have no accounts of the house today, fields to correct, or the house failed.
pub async fn register_citizen(house: &Arc<House>, form: Registration) -> Result<PersonId, AppError> {
    let now = house.clock.now();
    if !house.regime_on(now.day())?.citizen_accounts {
        return Err(AppError::Forbidden);
    }
    let id = PersonId::from_uuid(house.ids.uuid(now));
    let Checked { person, login } = checked(id, &form, now).map_err(AppError::Invalid)?;
    if house.db.read_now(|tx| people::number_taken(tx, &person.number))? {
        return Err(AppError::invalid("number", "gap-number-taken"));
    }
    if house.db.read_now(|tx| people::account(tx, &login))?.is_some() {
        return Err(taken());
    }
    let hash = password::hash_apart(house, &form.password).await?;
    let inside = Arc::clone(house);
    house.db.write(move |tx| add(tx, &inside, &person, &login, &hash, now)).await?;
    Ok(id)
}

fn checked(id: PersonId, form: &Registration, now: Instant) -> Result<Checked, Vec<FieldProblem>> {
    let mut problems = Vec::new();
    let name = name(&form.name, &mut problems);
    let number = number(&form.number, now, &mut problems);
    let birth = birth(&form.birth, now, &mut problems);
    let phone = phone(&form.phone, &mut problems);
    let email = email(&form.email, &mut problems);
    let address = address(&form.address, &mut problems);
    if form.phone.trim().is_empty() && form.email.trim().is_empty() {
        problems.push(FieldProblem::new("phone", "gap-missing"));
    }
    let login = [&form.login, &phone, &email, &number]
        .into_iter()
        .map(|it| normal_login(it))
        .find(|it| !it.is_empty())
        .unwrap_or_default();
    // A name that was not typed is made of what else is right: it is no second mistake.
    if problems.is_empty() || !form.login.trim().is_empty() {
        problems.extend(login_problem(&login));
    }
    problems.extend(password::problem("password", &form.password, &[&login, &name, &phone, &number, &birth]));
    if !problems.is_empty() {
        return Err(problems);
    }
    let person = Person { id, kind: "citizen".to_owned(), name, number, birth, phone, email, address };
    Ok(Checked { person, login })
}

pub(super) fn name(text: &str, problems: &mut Vec<FieldProblem>) -> String {
    match PersonName::parse(text) {
        Ok(name) => return name.to_string(),
        Err(NameError::Empty) if text.trim().is_empty() => problems.push(FieldProblem::new("name", "gap-missing")),
        Err(NameError::TooLong { chars_max }) => {
            problems.push(FieldProblem::new("name", "gap-too-long").with("max", chars_max));
        }
        Err(NameError::Empty | NameError::Character { .. }) => problems.push(FieldProblem::new("name", "gap-name")),
    }
    String::new()
}

fn number(text: &str, now: Instant, problems: &mut Vec<FieldProblem>) -> String {
    if text.trim().is_empty() {
        return String::new();
    }
    // People read it in groups and type it so: "031 163 001 234".
    let together: String = text.chars().filter(|it| !it.is_whitespace() && *it != '.').collect();
    match PersonalNumber::parse(&together, now.day()) {
        Ok((number, _)) => number.as_str().to_owned(),
        Err(_) => {
            problems.push(FieldProblem::new("number", "gap-number"));
            String::new()
        }
    }
}

/// Kept as 1990-12-31, or 1990 where no more is known.
fn birth(text: &str, now: Instant, problems: &mut Vec<FieldProblem>) -> String {
    let text = text.trim();
    if text.is_empty() {
        return String::new();
    }
    let parts: Vec<&str> = text.split('/').collect();
    let year = parts.last().map_or("", |it| it.trim());
    if (1..4).contains(&year.len()) && year.bytes().all(|it| it.is_ascii_digit()) {
        problems.push(FieldProblem::new("birth", "gap-year"));
        return String::new();
    }
    let iso = match parts.as_slice() {
        [day, month, year] => format!("{year}-{month:0>2}-{day:0>2}"),
        _ => text.to_owned(),
    };
    let today = now.day();
    let has_come = |birth: &PartialBirth| match birth {
        PartialBirth::Year(year) => *year <= today.year(),
        PartialBirth::Full(date) => *date <= today,
    };
    match iso.parse::<PartialBirth>().ok().filter(has_come) {
        Some(birth) => birth.to_string(),
        None => {
            problems.push(FieldProblem::new("birth", "gap-date"));
            String::new()
        }
    }
}

pub(super) fn phone(text: &str, problems: &mut Vec<FieldProblem>) -> String {
    if text.trim().is_empty() {
        return String::new();
    }
    match Phone::parse(text) {
        Ok(phone) => phone.as_str().to_owned(),
        Err(_) => {
            problems.push(FieldProblem::new("phone", "gap-phone"));
            String::new()
        }
    }
}

pub(super) fn email(text: &str, problems: &mut Vec<FieldProblem>) -> String {
    if text.trim().is_empty() {
        return String::new();
    }
    match Email::parse(text) {
        Ok(email) => email.as_str().to_owned(),
        Err(_) => {
            problems.push(FieldProblem::new("email", "gap-email"));
            String::new()
        }
    }
}

fn address(text: &str, problems: &mut Vec<FieldProblem>) -> String {
    if text.chars().nth(ADDRESS_CHARS_MAX).is_some() {
        problems.push(FieldProblem::new("address", "gap-too-long").with("max", ADDRESS_CHARS_MAX));
        return String::new();
    }
    let one_line: String = text.nfc().map(|it| if it.is_control() { ' ' } else { it }).collect();
    one_line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How a citizen is reached, as typed.
#[derive(Clone, Default)]
pub struct Contact {
    /// Telephone; may be empty where there is an e-mail.
    pub phone: String,
    /// E-mail; may be empty where there is a telephone.
    pub email: String,
    /// Where they live; may be empty.
    pub address: String,
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Contact(•••)")
    }
}

/// Changes how a citizen is reached from now on: new applications begin with it, what was filed keeps what it said. The name one signs
/// in with stays.
///
/// # Errors
/// Fields to correct, not a citizen, or the house failed.
pub async fn change_contact(house: &Arc<House>, person: PersonId, form: &Contact) -> Result<(), AppError> {
    let mut problems = Vec::new();
    let phone = phone(&form.phone, &mut problems);
    let email = email(&form.email, &mut problems);
    let address = address(&form.address, &mut problems);
    if form.phone.trim().is_empty() && form.email.trim().is_empty() {
        problems.push(FieldProblem::new("phone", "gap-missing"));
    }
    if !problems.is_empty() {
        return Err(AppError::Invalid(problems));
    }
    let now = house.clock.now();
    house
        .db
        .write(move |tx| {
            people::find(tx, person)?.filter(|it| it.kind == "citizen").ok_or(AppError::Forbidden)?;
            people::set_contact(tx, person, &phone, &email, &address)?;
            Ok(storage::house::audit(tx, now, Some(person), "contact changed", &person.to_string(), "")?)
        })
        .await
}
