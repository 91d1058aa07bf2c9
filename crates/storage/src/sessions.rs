//! Sessions: kept by the hash of their token, listed and revocable.

use crate::args;
use crate::engine::{Cursor, Db, Row, StorageError, Tx};
use domain::ids::{MessageId, PersonId};
use domain::time::Instant;

crate::statements! {
    ADD: "INSERT INTO session (token_hash, id, person, csrf, created_at, last_seen_at, expires_at, device, proof, first_password) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    FIND: "SELECT id, person, csrf, created_at, last_seen_at, expires_at, device, proof, first_password FROM session WHERE token_hash = $1";
    OF_PERSON: "SELECT id, person, csrf, created_at, last_seen_at, expires_at, device, proof, first_password FROM session WHERE person = $1 ORDER BY last_seen_at DESC LIMIT 200";
    ALL: "SELECT id, person, csrf, created_at, last_seen_at, expires_at, device, proof, first_password FROM session WHERE person IS NOT NULL ORDER BY last_seen_at DESC LIMIT $1";
    SEEN: "UPDATE session SET last_seen_at = $2 WHERE token_hash = $1 AND last_seen_at < $2";
    PROVE: "UPDATE session SET proof = 'whole' WHERE token_hash = $1";
    CHOSEN: "UPDATE session SET first_password = 0 WHERE person = $1";
    END_ALL: "DELETE FROM session WHERE person = $1";
    END_OTHERS: "DELETE FROM session WHERE person = $1 AND token_hash <> $2";
    END: "DELETE FROM session WHERE token_hash = $1";
    REVOKE: "DELETE FROM session WHERE id = $1 AND person = $2";
    REVOKE_OTHERS: "DELETE FROM session WHERE person = $1 AND id <> $2";
    REVOKE_ANY: "DELETE FROM session WHERE id = $1";
    GO_WITH_THE_CLOCK: "UPDATE session SET last_seen_at = last_seen_at + $1, expires_at = expires_at + $1";
    SWEEP: "DELETE FROM session WHERE expires_at < $1 OR last_seen_at < $2";
}

/// What somebody showed to begin a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// A password; nothing more was asked of the account then.
    Password,
    /// A password, and a code is waited for.
    Waits,
    /// A password and a code.
    Whole,
}

impl Proof {
    const fn word(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Waits => "waits",
            Self::Whole => "whole",
        }
    }

    fn of_word(word: &str) -> Self {
        match word {
            "whole" => Self::Whole,
            "waits" => Self::Waits,
            _ => Self::Password,
        }
    }
}

/// A browser that talks to us: signed in, or on the way to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its name in lists; not its token.
    pub id: MessageId,
    /// Who signed in.
    pub person: Option<PersonId>,
    /// What every form must carry.
    pub csrf: String,
    /// Since when.
    pub created_at: Instant,
    /// When it was last heard of.
    pub last_seen_at: Instant,
    /// When it ends in any case.
    pub expires_at: Instant,
    /// What the browser says it is.
    pub device: String,
    /// What was shown to begin it.
    pub proof: Proof,
    /// The password it began with was somebody else's choice: another has to be chosen first.
    pub first_password: bool,
}

impl Row for Session {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self {
            id: row.take()?,
            person: row.take()?,
            csrf: row.take()?,
            created_at: row.take()?,
            last_seen_at: row.take()?,
            expires_at: row.take()?,
            device: row.take()?,
            proof: Proof::of_word(&row.take::<String>()?),
            first_password: row.take()?,
        })
    }
}

/// Begins a session.
///
/// # Errors
/// The storage failed.
pub fn add(tx: &mut Tx, token_hash: &str, it: &Session) -> Result<(), StorageError> {
    tx.put(
        ADD,
        args![
            token_hash,
            it.id,
            it.person,
            it.csrf,
            it.created_at,
            it.last_seen_at,
            it.expires_at,
            it.device,
            it.proof.word(),
            it.first_password
        ],
    )
}

/// The session of a token, asked by itself: for whoever opens a page.
///
/// # Errors
/// The storage failed.
pub fn find(db: &Db, token_hash: &str) -> Result<Option<Session>, StorageError> {
    db.ask(FIND, args![token_hash])
}

/// Sessions of one person.
///
/// # Errors
/// The storage failed.
pub fn of_person(tx: &Tx, person: PersonId) -> Result<Vec<Session>, StorageError> {
    tx.all(OF_PERSON, args![person])
}

/// Sessions of everybody.
///
/// # Errors
/// The storage failed.
pub fn all(tx: &Tx, most: u32) -> Result<Vec<Session>, StorageError> {
    tx.all(ALL, args![most])
}

/// Notes that a session was heard of.
///
/// # Errors
/// The storage failed.
pub fn seen(tx: &mut Tx, token_hash: &str, at: Instant) -> Result<u64, StorageError> {
    tx.exec(SEEN, args![token_hash, at])
}

/// The code was shown too.
///
/// # Errors
/// The storage failed.
pub fn prove(tx: &mut Tx, token_hash: &str) -> Result<u64, StorageError> {
    tx.exec(PROVE, args![token_hash])
}

/// Its owner chose a password.
///
/// # Errors
/// The storage failed.
pub fn password_chosen(tx: &mut Tx, person: PersonId) -> Result<u64, StorageError> {
    tx.exec(CHOSEN, args![person])
}

/// Ends all sessions of one person. Gives how many there were.
///
/// # Errors
/// The storage failed.
pub fn end_all(tx: &mut Tx, person: PersonId) -> Result<u64, StorageError> {
    tx.exec(END_ALL, args![person])
}

/// Ends all sessions of one person but that of a token.
///
/// # Errors
/// The storage failed.
pub fn end_others(tx: &mut Tx, person: PersonId, token_hash: &str) -> Result<u64, StorageError> {
    tx.exec(END_OTHERS, args![person, token_hash])
}

/// Ends a session.
///
/// # Errors
/// The storage failed.
pub fn end(tx: &mut Tx, token_hash: &str) -> Result<u64, StorageError> {
    tx.exec(END, args![token_hash])
}

/// Ends one of a person's sessions, by its name in lists.
///
/// # Errors
/// The storage failed.
pub fn revoke(tx: &mut Tx, id: MessageId, person: PersonId) -> Result<u64, StorageError> {
    tx.exec(REVOKE, args![id, person])
}

/// Ends every session of a person but one.
///
/// # Errors
/// The storage failed.
pub fn revoke_others(tx: &mut Tx, person: PersonId, kept: MessageId) -> Result<u64, StorageError> {
    tx.exec(REVOKE_OTHERS, args![person, kept])
}

/// Ends anybody's session: for the administrator.
///
/// # Errors
/// The storage failed.
pub fn revoke_any(tx: &mut Tx, id: MessageId) -> Result<u64, StorageError> {
    tx.exec(REVOKE_ANY, args![id])
}

/// The clock of a demo is turned forward by so many microseconds: sessions go with it, and nobody is signed out.
///
/// # Errors
/// The storage failed.
pub fn go_with_the_clock(tx: &mut Tx, micros: i64) -> Result<u64, StorageError> {
    tx.exec(GO_WITH_THE_CLOCK, args![micros])
}

/// Removes sessions past their end, and those not heard of since `idle`.
///
/// # Errors
/// The storage failed.
pub fn sweep(tx: &mut Tx, now: Instant, idle: Instant) -> Result<u64, StorageError> {
    tx.exec(SWEEP, args![now, idle])
}
