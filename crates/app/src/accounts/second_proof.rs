//! The second proof at the staff's door: the code of the moment from an app on one's own telephone (RFC 6238), or one of ten codes
//! on paper for the day the telephone is lost.
//!
//! Whoever watches over procedures or keeps the installation must show it ([`MUST`]); an account that has a device once is asked for
//! it whatever its posts. Until the code is shown, and a first password replaced, a session opens nothing: [`standing`].
//! What the telephone knows is made of the installation's key and a nonce, so that a copy of the database gives nobody a code.

use super::sessions::{begin, token_hash};
use super::tries::{self, Limit};
use super::{assert_administrator, password, sessions};
use crate::clock::Clock;
use crate::error::AppError;
use crate::house::House;
use domain::ids::PersonId;
use domain::post::Post;
use std::sync::Arc;
use storage::engine::Tx;
use storage::proofs::{self, SecondProof};
use storage::sessions::{Proof, Session};
use storage::{house as notes, people};
use totp_rs::{Builder, Secret, Totp};

/// Posts whose holders must show a second proof.
pub const MUST: [Post; 2] = [Post::ControlOfficer, Post::Administrator];
/// How long somebody may look for their telephone, in seconds.
pub(super) const HALF_SECONDS: i64 = 600;
/// What apps show above the code.
const ISSUER: &str = "motcua";
/// Codes on paper.
const SPARES: usize = 10;
/// Random bytes of one: sixteen digits of hexadecimal.
const SPARE_BYTES: usize = 8;
/// Digits of the code of a moment.
const DIGITS: usize = 6;

/// How far a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It opens what its person may open.
    Whole,
    /// It waits for a code.
    WaitsForCode,
    /// Its password was somebody else's choice: it waits for another.
    WaitsForPassword,
    /// It began with a password alone, and a post came since that asks for more: signing in anew is what is left.
    Outgrown,
}

/// How far a session is today. Nothing is asked of the database.
pub fn standing(house: &House, session: &Session) -> Standing {
    match session.proof {
        Proof::Waits => Standing::WaitsForCode,
        Proof::Password if session.person.is_some_and(|it| must(house, it)) => Standing::Outgrown,
        Proof::Password | Proof::Whole if session.first_password => Standing::WaitsForPassword,
        Proof::Password | Proof::Whole => Standing::Whole,
    }
}

/// True where one of somebody's posts of today asks for the second proof.
fn must(house: &House, person: PersonId) -> bool {
    house.now_known().mandates.of(person, house.clock.now().day()).any(|it| MUST.contains(&it.post))
}

/// What a right password gives: half a session where a code is to be shown. A device is offered where there is none yet.
pub(super) async fn asked_of(house: &Arc<House>, person: PersonId) -> Result<Proof, AppError> {
    let known = house.db.read_now(|tx| proofs::find(tx, person))?;
    if known.as_ref().is_some_and(|it| it.confirmed_at.is_some()) {
        return Ok(Proof::Waits);
    }
    if !must(house, person) {
        return Ok(Proof::Password);
    }
    // Each time another one: nobody who saw an earlier offer holds the device that is confirmed.
    let (nonce, now) = (house.ids.token(), house.clock.now());
    house.db.write(move |tx| proofs::offer(tx, person, &nonce, now)).await?;
    Ok(Proof::Waits)
}

/// What is asked of somebody between their password and their work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What they sign in with.
    pub login: String,
    /// The device to set up first; none where theirs is known.
    pub offered: Option<Offered>,
    /// Codes on paper that are left.
    pub spares_left: u32,
    /// In a demonstration, the code of the moment: there is no telephone to look at.
    pub demo_code: Option<String>,
}

/// A device to set up.
#[derive(Clone, PartialEq, Eq)]
pub struct Offered {
    /// What is typed into the app, in groups of four.
    pub secret: String,
    /// What the app reads from the drawing.
    pub url: String,
}

impl std::fmt::Debug for Offered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Offered(•••)")
    }
}

/// What is asked of the half session of a token.
///
/// # Errors
/// Nothing is ([`AppError::NotFound`]), or the house failed.
pub fn asked(house: &House, token: &str) -> Result<Asked, AppError> {
    let (_, person) = waiting(house, token)?;
    let (found, login, spares_left) = house.db.read_now(|tx| {
        let login = people::login_of(tx, person)?.map(|it| it.0).unwrap_or_default();
        Ok::<_, AppError>((proofs::find(tx, person)?, login, proofs::spares_left(tx, person)?))
    })?;
    let device = found.ok_or(AppError::NotFound)?;
    let totp = totp(house, person, &device, &login)?;
    let offered = match device.confirmed_at {
        Some(_) => None,
        None => Some(Offered {
            secret: in_groups(&totp.secret().to_base32(), ' '),
            url: totp.to_url().map_err(|why| AppError::fault("naming a device", why))?,
        }),
    };
    let demo_code = house.rules.demo.then(|| totp.generate(seconds()).to_string());
    Ok(Asked { login, offered, spares_left, demo_code })
}

fn waiting(house: &House, token: &str) -> Result<(Session, PersonId), AppError> {
    let session = sessions::session(house, token)?.ok_or(AppError::NotFound)?;
    let person = session.person.ok_or(AppError::NotFound)?;
    match standing(house, &session) {
        Standing::WaitsForCode => Ok((session, person)),
        Standing::Whole | Standing::WaitsForPassword | Standing::Outgrown => Err(AppError::NotFound),
    }
}

fn totp(house: &House, person: PersonId, device: &SecondProof, login: &str) -> Result<Totp, AppError> {
    let secret = house.key.secret("second-proof", &format!("{person} {}", device.nonce));
    // An app would take a colon for the end of the issuer's name.
    let login = login.replace(':', " ");
    Builder::new()
        .with_secret(Secret::new_stack(secret))
        .with_account_name(login)
        .with_issuer(Some(ISSUER))
        .build()
        .map_err(|why| AppError::fault("making the codes of a device", why))
}

/// Seconds of the true clock: a telephone knows no other, whatever day the house lives in.
fn seconds() -> u64 {
    u64::try_from(Clock::system().now().micros() / 1_000_000).unwrap_or(0)
}

fn in_groups(text: &str, between: char) -> String {
    let letters: Vec<char> = text.chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|it| it.iter().collect()).collect();
    groups.join(&between.to_string())
}

/// Somebody showed the second proof.
#[derive(Clone, PartialEq, Eq)]
pub struct Proved {
    /// The whole session's token; the half one has ended.
    pub token: String,
    /// Who.
    pub person: PersonId,
    /// Codes on paper, said once: where the device is new.
    pub spares: Vec<String>,
}

impl std::fmt::Debug for Proved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Proved").field("person", &self.person).finish_non_exhaustive()
    }
}

/// Takes the code of the moment, or one from paper, and gives the whole session instead of the half one.
///
/// # Errors
/// The session waits for no code, the code is wrong or was used already, too many were wrong, or the house failed.
pub async fn prove(house: &Arc<House>, token: &str, code: &str) -> Result<Proved, AppError> {
    let (session, person) = waiting(house, token)?;
    let typed: String = code.chars().filter(|it| !it.is_whitespace() && *it != '-').take(64).collect();
    if typed.is_empty() {
        return Err(AppError::invalid("code", "gap-missing"));
    }
    let (limit, subject, now) =
        (Limit::of_codes(house), house.key.hash("code", &person.to_string()), house.clock.now());
    let counted = subject.clone();
    sessions::allowed(house.db.write(move |tx| tries::count(tx, limit, &counted, now)).await?)?;
    let device = house.db.read_now(|tx| proofs::find(tx, person))?.ok_or(AppError::NotFound)?;
    let is_new = device.confirmed_at.is_none();
    let shown = if typed.len() == DIGITS {
        let step = totp(house, person, &device, "")?.check(&typed, seconds()).ok_or_else(wrong)?;
        Shown::Moment(i64::try_from(step).unwrap_or(i64::MAX))
    } else if is_new {
        return Err(wrong());
    } else {
        Shown::Paper(house.key.hash("spare", &format!("{person} {}", typed.to_lowercase())))
    };
    let spares: Vec<String> = if is_new { (0..SPARES).map(|_| spare(house)).collect() } else { Vec::new() };
    let plain = |it: &String| house.key.hash("spare", &format!("{person} {}", it.replace('-', "")));
    let hashes: Vec<String> = spares.iter().map(plain).collect();
    // A demonstration shows its codes to everybody: there they may count twice.
    let (twice, nonce) = (house.rules.demo, device.nonce);
    house
        .db
        .write(move |tx| {
            if proofs::find(tx, person)?.is_none_or(|it| it.nonce != nonce) {
                return Err(wrong());
            }
            match &shown {
                Shown::Moment(step) if !proofs::use_step(tx, person, *step)? && !twice => {
                    return Err(AppError::invalid("code", "gap-code-used"));
                }
                Shown::Paper(hash) if !proofs::use_spare(tx, person, hash, now)? => return Err(wrong()),
                Shown::Moment(_) | Shown::Paper(_) => {}
            }
            if is_new {
                proofs::confirm(tx, person, now)?;
                proofs::put_spares(tx, person, &hashes)?;
                noted(tx, now, person, person, "second proof set up")?;
            }
            Ok(tries::forget(tx, limit, &subject)?)
        })
        .await?;
    let whole = begin(house, Some(person), &session.device, None, Proof::Whole, session.first_password).await?;
    sessions::sign_out(house, token).await?;
    Ok(Proved { token: whole, person, spares })
}

enum Shown {
    Moment(i64),
    Paper(String),
}

fn wrong() -> AppError {
    AppError::invalid("code", "gap-code-wrong")
}

fn spare(house: &House) -> String {
    in_groups(&storage::chain::hex(&house.ids.bytes::<SPARE_BYTES>()), '-')
}

/// Forgets somebody's device and codes on paper, and ends their sessions: the next sign-in sets up another.
///
/// # Errors
/// Not an administrator, there is no device, or the house failed.
pub async fn forget_device(house: &Arc<House>, administrator: PersonId, person: PersonId) -> Result<(), AppError> {
    assert_administrator(house, administrator)?;
    let now = house.clock.now();
    house
        .db
        .write(move |tx| {
            if proofs::forget(tx, person)? == 0 {
                return Err(AppError::NotFound);
            }
            storage::sessions::end_all(tx, person)?;
            noted(tx, now, administrator, person, "second proof forgotten")
        })
        .await
}

fn noted(tx: &mut Tx, now: domain::time::Instant, by: PersonId, of: PersonId, act: &str) -> Result<(), AppError> {
    Ok(notes::audit(tx, now, Some(by), act, &of.to_string(), "")?)
}

/// Chooses a password instead of the one somebody else chose: the session goes on, all others end.
///
/// # Errors
/// The session waits for none, the password cannot be one or is the one before, or the house failed.
pub async fn choose_password(house: &Arc<House>, token: &str, new: &str) -> Result<PersonId, AppError> {
    let session = sessions::session(house, token)?.ok_or(AppError::NotFound)?;
    let person = session.person.ok_or(AppError::NotFound)?;
    if standing(house, &session) != Standing::WaitsForPassword {
        return Err(AppError::NotFound);
    }
    let (login, before) = house.db.read_now(|tx| {
        let (login, _) = people::login_of(tx, person)?.ok_or(AppError::NotFound)?;
        let hash = people::account(tx, &login)?.ok_or(AppError::NotFound)?.hash;
        Ok::<_, AppError>((login, hash))
    })?;
    if let Some(problem) = password::problem("new_password", new, &[&login]) {
        return Err(AppError::Invalid(vec![problem]));
    }
    if password::verify_apart(new, &before).await? {
        return Err(AppError::invalid("new_password", "gap-password-same"));
    }
    let fresh = password::hash_apart(house, new).await?;
    let (now, keep) = (house.clock.now(), token_hash(token));
    house
        .db
        .write(move |tx| {
            people::set_password(tx, person, &fresh, None)?;
            storage::sessions::password_chosen(tx, person)?;
            storage::sessions::end_others(tx, person, &keep)?;
            noted(tx, now, person, person, "password changed")
        })
        .await?;
    Ok(person)
}
