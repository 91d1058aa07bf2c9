//! Signing in and out, and the sessions that come of it: kept by the hash of a random token, listed, revocable.

use super::second_proof::{self, HALF_SECONDS};
use super::tries::{self, Answer, Limit};
use super::{assert_administrator, normal_login, password, subject};
use crate::error::AppError;
use crate::house::House;
use domain::ids::{MessageId, PersonId};
use domain::time::Instant;
use sha2::{Digest, Sha256};
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use storage::engine::Tx;
use storage::people;
use storage::sessions::{self, Proof, Session};

/// Digits of a token.
const TOKEN_CHARS: usize = 64;
/// Longest description of a browser, in characters.
const DEVICE_CHARS_MAX: usize = 200;
/// Characters of a hash in the log.
const LOGGED_CHARS: usize = 12;
/// The last moment of a session is kept as exactly as this, in seconds.
const NOTED_EVERY_SECONDS: i64 = 60;
/// Most sessions in the administrator's list.
const LIST_MAX: u32 = 500;

/// Which door somebody signs in by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The citizens' door.
    Citizen,
    /// The door of the staff.
    Staff,
}

/// Where somebody signs in from.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// What the browser says it is.
    pub device: &'a str,
    /// The address they ask from.
    pub address: IpAddr,
}

/// Somebody signed in. `Debug` hides the token.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// What the browser keeps: nobody else may see it.
    pub token: String,
    /// Who.
    pub person: PersonId,
    /// False where a code, or a password of their own choosing, is still waited for.
    pub is_whole: bool,
}

impl fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedIn").field("person", &self.person).finish_non_exhaustive()
    }
}

/// What is stored of a token.
pub fn token_hash(token: &str) -> String {
    storage::chain::hex(&Sha256::digest(token.as_bytes()))
}

fn wrong() -> AppError {
    AppError::invalid("login", "gap-login-wrong")
}

struct Found {
    person: PersonId,
    hash: String,
    may_enter: bool,
    /// The password is somebody else's choice and works until then.
    until: Option<Instant>,
}

/// Signs somebody in under a fresh token. End the browser's earlier session with [`sign_out`] afterwards.
///
/// # Errors
/// Wrong (the same for an unknown login, a wrong password, the other door and a closed account), locked, or the house failed.
pub async fn sign_in(
    house: &Arc<House>,
    login: &str,
    password: &str,
    from: Origin<'_>,
    kind: Kind,
) -> Result<SignedIn, AppError> {
    let login = normal_login(login);
    let tried = Tried { login: subject(house, &login), address: tries::address_subject(house, from.address) };
    if let Err(why) = count_try(house, &tried).await {
        tried.noted("locked");
        return Err(why);
    }
    let found = house.db.read_now(|tx| find(tx, &login, kind))?;
    let hash = found.as_ref().map_or(password::NOBODY, |it| it.hash.as_str());
    let is_right = password::verify_apart(password, hash).await?;
    let Some(found) = found.filter(|it| is_right && it.may_enter) else {
        tried.noted("wrong");
        return Err(wrong());
    };
    let person = found.person;
    if found.until.is_some_and(|until| until <= house.clock.now()) {
        tried.noted("too late");
        return Err(AppError::invalid("login", "gap-password-ended"));
    }
    tried.noted("right");
    let proof = if kind == Kind::Staff { second_proof::asked_of(house, person).await? } else { Proof::Password };
    let token = begin(house, Some(person), from.device, Some(tried), proof, found.until.is_some()).await?;
    Ok(SignedIn { token, person, is_whole: proof != Proof::Waits && found.until.is_none() })
}

fn find(tx: &Tx, login: &str, kind: Kind) -> Result<Option<Found>, AppError> {
    let Some(it) = people::account(tx, login)? else { return Ok(None) };
    let is_staff = people::find(tx, it.person)?.is_some_and(|it| it.is_staff());
    let may_enter = it.active && is_staff == (kind == Kind::Staff);
    Ok(Some(Found { person: it.person, hash: it.hash, may_enter, until: it.until }))
}

/// The two subjects under which a try is counted.
#[derive(Clone)]
pub(super) struct Tried {
    login: String,
    address: String,
}

impl Tried {
    /// One line in the log: who and from where only as hashes under the house's key, so that tries can be told apart and nobody is
    /// named.
    fn noted(&self, outcome: &'static str) {
        let short = |text: &str| text.chars().take(LOGGED_CHARS).collect::<String>();
        let (login, address) = (short(&self.login), short(&self.address));
        tracing::info!(sign_in.outcome = outcome, sign_in.login = login, sign_in.from = address, "somebody signs in");
    }
}

/// Counts one attempt to open an account from an address, whatever comes of it: its answers tell whose number and which login are
/// known here, and each costs a hash.
///
/// # Errors
/// Too many from there, or the house failed.
pub async fn count_registration(house: &Arc<House>, from: IpAddr) -> Result<(), AppError> {
    let (limit, address, now) =
        (Limit::of_registrations(house), tries::address_subject(house, from), house.clock.now());
    allowed(house.db.write(move |tx| tries::count(tx, limit, &address, now)).await?)
}

async fn count_try(house: &Arc<House>, tried: &Tried) -> Result<(), AppError> {
    let (logins, addresses) = (Limit::of_logins(house), Limit::of_addresses(house));
    let (now, tried) = (house.clock.now(), tried.clone());
    let counted = move |tx: &mut Tx| tries::count_from(tx, (logins, &tried.login), (addresses, &tried.address), now);
    allowed(house.db.write(counted).await?)
}

pub(super) fn allowed(answer: Answer) -> Result<(), AppError> {
    match answer {
        Answer::Allowed => Ok(()),
        Answer::Locked { minutes } => Err(AppError::Locked { minutes }),
    }
}

/// Begins a session without a person, so that the forms before signing in are protected too. Gives its token.
///
/// # Errors
/// The house failed.
pub async fn begin_anonymous(house: &Arc<House>, device: &str) -> Result<String, AppError> {
    begin(house, None, device, None, Proof::Password, false).await
}

pub(super) async fn begin(
    house: &Arc<House>,
    person: Option<PersonId>,
    device: &str,
    was_right: Option<Tried>,
    proof: Proof,
    first_password: bool,
) -> Result<String, AppError> {
    let now = house.clock.now();
    let token = house.ids.token();
    let hash = token_hash(&token);
    let seconds = match proof {
        Proof::Waits => HALF_SECONDS,
        Proof::Password | Proof::Whole => i64::from(house.rules.absolute_hours) * 3_600,
    };
    let session = Session {
        id: MessageId::from_uuid(house.ids.uuid(now)),
        person,
        csrf: house.ids.token(),
        created_at: now,
        last_seen_at: now,
        expires_at: now.plus_seconds(seconds),
        device: device.chars().filter(|it| !it.is_control()).take(DEVICE_CHARS_MAX).collect(),
        proof,
        first_password,
    };
    let (logins, addresses) = (Limit::of_logins(house), Limit::of_addresses(house));
    house
        .db
        .write(move |tx| {
            if let Some(tried) = &was_right {
                // The address first, as the counting does: two who took them in another order would wait for each other.
                tries::take_back(tx, addresses, &tried.address)?;
                tries::forget(tx, logins, &tried.login)?;
            }
            sessions::add(tx, &hash, &session)
        })
        .await?;
    Ok(token)
}

/// The running session of a token; none where it ended, was not heard of for too long, or never was.
///
/// # Errors
/// The database cannot be read.
pub fn session(house: &House, token: &str) -> Result<Option<Session>, AppError> {
    Ok(session_with_name(house, token)?.map(|it| it.0))
}

/// The same with the name of a citizen; empty for the staff, whom the house knows.
///
/// # Errors
/// The database cannot be read.
pub fn session_with_name(house: &House, token: &str) -> Result<Option<(Session, String)>, AppError> {
    if token.len() != TOKEN_CHARS {
        return Ok(None);
    }
    let found = sessions::find(&house.db, &token_hash(token))?.filter(|it| is_running(it, house));
    let Some(found) = found else { return Ok(None) };
    let known = house.now_known();
    let citizen = found.person.filter(|it| known.staff_name(*it).is_empty());
    let name = match citizen {
        Some(person) => people::name_now(&house.db, person)?.unwrap_or_default(),
        None => String::new(),
    };
    Ok(Some((found, name)))
}

/// True where a session was not heard of for a minute or more: only then is it noted again, so that not every page writes.
pub fn is_news(house: &House, it: &Session) -> bool {
    it.last_seen_at.plus_seconds(NOTED_EVERY_SECONDS) <= house.clock.now()
}

fn is_running(it: &Session, house: &House) -> bool {
    let now = house.clock.now();
    let idle = i64::from(house.rules.idle_minutes) * 60;
    // One that began under a clock that was ahead would outlive its hours once the clock is right again.
    let began_ahead = it.created_at > now.plus_seconds(idle);
    now < it.expires_at && now < it.last_seen_at.plus_seconds(idle) && !began_ahead
}

/// The moment before which a session not heard of has ended.
pub(crate) fn idle_since(house: &House, now: Instant) -> Instant {
    now.plus_seconds(-i64::from(house.rules.idle_minutes) * 60)
}

/// Ends the session of a token.
///
/// # Errors
/// The house failed.
pub async fn sign_out(house: &Arc<House>, token: &str) -> Result<(), AppError> {
    let hash = token_hash(token);
    house.db.write(move |tx| sessions::end(tx, &hash)).await?;
    Ok(())
}

/// Running sessions of one person, the one heard of last first.
///
/// # Errors
/// The database cannot be read.
pub fn sessions_of(house: &House, person: PersonId) -> Result<Vec<Session>, AppError> {
    let mut found = house.db.read_now(|tx| sessions::of_person(tx, person))?;
    found.retain(|it| is_running(it, house));
    Ok(found)
}

/// Running sessions of everybody who signed in, for the administrator.
///
/// # Errors
/// Not an administrator, or the database cannot be read.
pub async fn all_sessions(house: &Arc<House>, administrator: PersonId) -> Result<Vec<Session>, AppError> {
    assert_administrator(house, administrator)?;
    let mut found = house.db.read(|tx| sessions::all(tx, LIST_MAX)).await?;
    found.retain(|it| is_running(it, house));
    Ok(found)
}

/// Ends one of a person's own sessions, by its name in the list.
///
/// # Errors
/// They have no such session, or the house failed.
pub async fn revoke_own(house: &Arc<House>, person: PersonId, id: MessageId) -> Result<(), AppError> {
    match house.db.write(move |tx| sessions::revoke(tx, id, person)).await? {
        0 => Err(AppError::NotFound),
        _ => Ok(()),
    }
}

/// Ends every session of a person but the one they look from. Says how many.
///
/// # Errors
/// The house failed.
pub async fn revoke_others(house: &Arc<House>, person: PersonId, kept: MessageId) -> Result<u64, AppError> {
    house.db.write(move |tx| Ok(sessions::revoke_others(tx, person, kept)?)).await
}

/// Ends anybody's session; it is written down who did.
///
/// # Errors
/// Not an administrator, no such session, or the house failed.
pub async fn revoke_any(house: &Arc<House>, administrator: PersonId, id: MessageId) -> Result<(), AppError> {
    assert_administrator(house, administrator)?;
    let now = house.clock.now();
    house
        .db
        .write(move |tx| {
            if sessions::revoke_any(tx, id)? == 0 {
                return Err(AppError::NotFound);
            }
            Ok(storage::house::audit(tx, now, Some(administrator), "session ended", &id.to_string(), "")?)
        })
        .await
}

/// Changes one's password and ends one's other sessions: all but `keep`, by its name in the list.
///
/// # Errors
/// The old password is wrong (counted like a wrong login), the new one cannot be one, or the house failed.
pub async fn change_password(
    house: &Arc<House>,
    person: PersonId,
    keep: Option<MessageId>,
    old: &str,
    new: &str,
) -> Result<(), AppError> {
    let (login, hash) = house
        .db
        .read(move |tx| {
            let logins = people::logins(tx)?;
            let (_, login, _) = logins.into_iter().find(|it| it.0 == person).ok_or(AppError::NotFound)?;
            let hash = people::account(tx, &login)?.ok_or(AppError::NotFound)?.hash;
            Ok::<_, AppError>((login, hash))
        })
        .await?;
    if let Some(problem) = password::problem("new_password", new, &[&login]) {
        return Err(AppError::Invalid(vec![problem]));
    }
    let subject = subject(house, &login);
    let (limit, now, tried) = (Limit::of_logins(house), house.clock.now(), subject.clone());
    allowed(house.db.write(move |tx| tries::count(tx, limit, &tried, now)).await?)?;
    if !password::verify_apart(old, &hash).await? {
        return Err(AppError::invalid("old_password", "gap-password-wrong"));
    }
    let fresh = password::hash_apart(house, new).await?;
    house
        .db
        .write(move |tx| {
            tries::forget(tx, limit, &subject)?;
            people::set_password(tx, person, &fresh, None)?;
            for other in sessions::of_person(tx, person)?.into_iter().filter(|it| Some(it.id) != keep) {
                sessions::revoke(tx, other.id, person)?;
            }
            Ok(storage::house::audit(tx, now, Some(person), "password changed", &person.to_string(), "")?)
        })
        .await
}
