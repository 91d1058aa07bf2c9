//! Wrong tries: counted before it is known whether a try is right, so that many at once do not slip through.

use crate::house::House;
use domain::dossier::DossierCode;
use domain::time::Instant;
use std::net::IpAddr;
use storage::dossiers::Tails;
use storage::engine::{StorageError, Tx};
use storage::locks;
use storage::people::{self, Tries};

/// Scope of the tries at logins.
pub(crate) const LOGIN: &str = "login";
/// Scope of the tries at codes of the second proof.
const CODE: &str = "code";
/// Scope of the tries at codes of dossiers.
pub(crate) const LOOK_UP: &str = "lookup";
/// Scope of the tries at either from one address.
const ADDRESS: &str = "address";
/// Scope of the tries at codes that let somebody follow a dossier.
const SHARE: &str = "share";
/// Scope of the codes asked for by whoever forgot a password, by login.
const FORGOTTEN: &str = "forgotten";
/// Scope of the tries at those codes, by login.
const PASSWORD_CODE: &str = "password_code";
/// Scope of the accounts opened from one address.
const REGISTER: &str = "register";
/// Scope of the tickets taken from one address.
const TICKETS: &str = "tickets";
/// Bits of an IPv6 address that one subscriber has: the rest they choose themselves.
const SUBSCRIBER_BITS: u32 = 64;

/// How many wrong tries there may be, and what then.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    scope: &'static str,
    tries: u32,
    lock_seconds: i64,
}

impl Limit {
    /// Of logins.
    pub(crate) fn of_logins(house: &House) -> Self {
        Self::new(LOGIN, house.rules.login_tries, house)
    }

    /// Of the codes of the second proof.
    pub(crate) fn of_codes(house: &House) -> Self {
        Self::new(CODE, house.rules.login_tries, house)
    }

    /// Of codes asked for by whoever forgot a password.
    pub(crate) fn of_forgotten(house: &House) -> Self {
        Self::new(FORGOTTEN, house.rules.login_tries, house)
    }

    /// Of tries at such a code.
    pub(crate) fn of_password_codes(house: &House) -> Self {
        Self::new(PASSWORD_CODE, house.rules.login_tries, house)
    }

    /// Of look-ups.
    pub(crate) fn of_look_ups(house: &House) -> Self {
        Self::new(LOOK_UP, house.rules.lookup_tries, house)
    }

    /// Of both, from one address.
    pub(crate) fn of_addresses(house: &House) -> Self {
        Self::new(ADDRESS, house.rules.address_tries, house)
    }

    /// Of opening accounts, from one address.
    pub(crate) fn of_registrations(house: &House) -> Self {
        Self::new(REGISTER, house.rules.address_tries, house)
    }

    /// Of codes that let somebody follow a dossier, by account.
    pub(crate) fn of_shares(house: &House) -> Self {
        Self::new(SHARE, house.rules.lookup_tries, house)
    }

    /// Of taking numbers of a queue, from one address.
    pub(crate) fn of_tickets(house: &House) -> Self {
        Self::new(TICKETS, house.rules.queue_tickets_per_address, house)
    }

    fn new(scope: &'static str, tries: u32, house: &House) -> Self {
        Self { scope, tries: tries.max(1), lock_seconds: i64::from(house.rules.lock_minutes) * 60 }
    }
}

/// Whether a try may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It may, and was counted.
    Allowed,
    /// It may not for so long.
    Locked {
        /// Minutes left, begun ones counted.
        minutes: i64,
    },
}

/// Counts one try. The transaction must be kept also where the try turns out wrong; a right one then [`forget`]s.
pub(crate) fn count(tx: &mut Tx, limit: Limit, subject: &str, now: Instant) -> Result<Answer, StorageError> {
    locks::tries(tx, limit.scope, subject)?;
    let before = people::tries(tx, limit.scope, subject)?;
    let lock_ends = now.plus_seconds(limit.lock_seconds);
    // A clock that was set back must not make a lock longer than it is.
    let until = before.locked_until.min(lock_ends);
    if until > now {
        if until != before.locked_until {
            people::put_tries(tx, limit.scope, subject, Tries { locked_until: until, ..before })?;
        }
        let micros = until.micros() - now.micros();
        return Ok(Answer::Locked { minutes: micros.saturating_add(59_999_999) / 60_000_000 });
    }
    let goes_on =
        before.count < limit.tries && before.since <= now && now < before.since.plus_seconds(limit.lock_seconds);
    let (count, since) = if goes_on { (before.count + 1, before.since) } else { (1, now) };
    let locked_until = if count >= limit.tries { lock_ends } else { Instant::default() };
    people::put_tries(tx, limit.scope, subject, Tries { count, since, locked_until })?;
    Ok(Answer::Allowed)
}

/// Counts one try of a subject from an address: an address with too many is locked for every subject.
pub(crate) fn count_from(
    tx: &mut Tx,
    (limit, subject): (Limit, &str),
    (by_address, address): (Limit, &str),
    now: Instant,
) -> Result<Answer, StorageError> {
    match count(tx, by_address, address, now)? {
        Answer::Allowed => count(tx, limit, subject, now),
        locked @ Answer::Locked { .. } => Ok(locked),
    }
}

/// Takes back the one try that turned out right: those before it still count, or anybody with an account could go on for ever.
pub(crate) fn take_back(tx: &mut Tx, limit: Limit, subject: &str) -> Result<(), StorageError> {
    locks::tries(tx, limit.scope, subject)?;
    let before = people::tries(tx, limit.scope, subject)?;
    let after = Tries { count: before.count.saturating_sub(1), locked_until: Instant::default(), ..before };
    people::put_tries(tx, limit.scope, subject, after)
}

/// The dossier of a code, with what is held against that subject and against the address it is tried from, before one more try, while at
/// most so many others of that address are being looked at that are not counted yet. Nothing is written.
pub(crate) fn look_up(
    tx: &Tx,
    code: Option<&DossierCode>,
    (limit, subject): (Limit, &str),
    (by_address, address, others): (Limit, &str, u32),
    now: Instant,
) -> Result<([Room; 2], Option<Tails>), StorageError> {
    let found = people::look_up(tx, (limit.scope, subject), (by_address.scope, address), code)?;
    let [own, of_address] = found.tries;
    Ok(([room_after(own, limit, 0, now), room_after(of_address, by_address, others, now)], found.tails))
}

fn room_after(before: Tries, limit: Limit, others: u32, now: Instant) -> Room {
    if before == Tries::default() {
        return if others < limit.tries { Room::Untried } else { Room::None };
    }
    let is_locked = before.locked_until > now;
    let room = before.count.saturating_add(others) < limit.tries;
    if room && !is_locked { Room::Tried } else { Room::None }
}

/// What is held against a subject before a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Room {
    /// Nothing at all.
    Untried,
    /// Wrong tries, and still fewer than lock it.
    Tried,
    /// Too many, or it is not certain: count first.
    None,
}

/// Keyed hash under which the tries of an address are counted.
pub(crate) fn address_subject(house: &House, address: IpAddr) -> String {
    let counted = match address.to_canonical() {
        IpAddr::V4(own) => own.to_string(),
        IpAddr::V6(own) => (own.to_bits() >> (128 - SUBSCRIBER_BITS)).to_string(),
    };
    house.key.hash("address", &counted)
}

/// A try was right: nothing is held against the subject any more.
pub(crate) fn forget(tx: &mut Tx, limit: Limit, subject: &str) -> Result<(), StorageError> {
    people::forget_tries(tx, limit.scope, subject)
}
