//! The second proof of an account: which device, which codes on paper, and which moment was used last.

use crate::args;
use crate::engine::{Cursor, Row, StorageError, Tx};
use domain::ids::PersonId;
use domain::time::Instant;

crate::statements! {
    FIND: "SELECT nonce, made_at, confirmed_at, last_step FROM second_proof WHERE person = $1";
    PUT: "INSERT INTO second_proof (person, nonce, made_at, confirmed_at, last_step) VALUES ($1, $2, $3, NULL, 0) \
        ON CONFLICT (person) DO UPDATE SET nonce = excluded.nonce, made_at = excluded.made_at, confirmed_at = NULL, last_step = 0";
    USED: "UPDATE second_proof SET last_step = $2 WHERE person = $1 AND last_step < $2";
    CONFIRMED: "UPDATE second_proof SET confirmed_at = $2 WHERE person = $1";
    DROP: "DELETE FROM second_proof WHERE person = $1";
    ADD_SPARE: "INSERT INTO spare_code (person, code_hash, used_at) VALUES ($1, $2, NULL)";
    USE_SPARE: "UPDATE spare_code SET used_at = $3 WHERE person = $1 AND code_hash = $2 AND used_at IS NULL";
    SPARES_LEFT: "SELECT count(*) FROM spare_code WHERE person = $1 AND used_at IS NULL";
    DROP_SPARES: "DELETE FROM spare_code WHERE person = $1";
}

/// The device of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondProof {
    /// What tells this device from the one before; the secret is made of it and the installation's key.
    pub nonce: String,
    /// When it was offered.
    pub made_at: Instant,
    /// When its owner showed the first code; none while it is only offered.
    pub confirmed_at: Option<Instant>,
    /// The newest moment, in steps of 30 seconds, whose code was used: none counts twice.
    pub last_step: i64,
}

impl Row for SecondProof {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self { nonce: row.take()?, made_at: row.take()?, confirmed_at: row.take()?, last_step: row.take()? })
    }
}

/// The device of an account; none where none was ever offered.
///
/// # Errors
/// The storage failed.
pub fn find(tx: &Tx, person: PersonId) -> Result<Option<SecondProof>, StorageError> {
    tx.opt(FIND, args![person])
}

/// Offers a device, instead of any before.
///
/// # Errors
/// The storage failed.
pub fn offer(tx: &mut Tx, person: PersonId, nonce: &str, at: Instant) -> Result<(), StorageError> {
    tx.put(PUT, args![person, nonce, at])
}

/// Uses the code of a moment. False where one as new was used already.
///
/// # Errors
/// The storage failed.
pub fn use_step(tx: &mut Tx, person: PersonId, step: i64) -> Result<bool, StorageError> {
    Ok(tx.exec(USED, args![person, step])? > 0)
}

/// Its owner showed the first code.
///
/// # Errors
/// The storage failed.
pub fn confirm(tx: &mut Tx, person: PersonId, at: Instant) -> Result<(), StorageError> {
    tx.put(CONFIRMED, args![person, at])
}

/// Forgets device and codes on paper. Gives 0 where there was no device.
///
/// # Errors
/// The storage failed.
pub fn forget(tx: &mut Tx, person: PersonId) -> Result<u64, StorageError> {
    tx.exec(DROP_SPARES, args![person])?;
    tx.exec(DROP, args![person])
}

/// New codes on paper, instead of those before.
///
/// # Errors
/// The storage failed.
pub fn put_spares(tx: &mut Tx, person: PersonId, hashes: &[String]) -> Result<(), StorageError> {
    tx.exec(DROP_SPARES, args![person])?;
    hashes.iter().try_for_each(|hash| tx.put(ADD_SPARE, args![person, hash]))
}

/// Uses a code on paper. False where there is none such left.
///
/// # Errors
/// The storage failed.
pub fn use_spare(tx: &mut Tx, person: PersonId, hash: &str, at: Instant) -> Result<bool, StorageError> {
    Ok(tx.exec(USE_SPARE, args![person, hash, at])? > 0)
}

/// How many codes on paper are left.
///
/// # Errors
/// The storage failed.
pub fn spares_left(tx: &Tx, person: PersonId) -> Result<u32, StorageError> {
    tx.one(SPARES_LEFT, args![person])
}
