//! Passwords: hashed with Argon2id, always apart from transactions and from the threads that serve pages.

use crate::clock::Ids;
use crate::error::{AppError, FieldProblem};
use crate::house::House;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;

/// Shortest password, in characters.
pub const PASSWORD_CHARS_MIN: usize = 10;
/// Longest password, in characters.
pub const PASSWORD_CHARS_MAX: usize = 200;
/// Memory of one hash, in KiB.
const MEMORY_KIB: u32 = 19_456;
/// Passes over that memory.
const PASSES: u32 = 2;
/// Most hashes at the same time: each takes its memory and a core.
const HASHES_MAX: usize = 4;

/// What an unknown login is checked against, so that it takes as long as a known one. Nobody's password gives it.
pub(super) const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bW90Y3VhIG5vIHBlcnNvbg$8PpbiJypWJdcXfAJNy4y1CTkcG75GYokmvhhzLW3gxc";

static TURNS: Semaphore = Semaphore::const_new(HASHES_MAX);

/// Hashes a password. It takes tens of milliseconds: never within a transaction, never on a thread that serves pages.
///
/// # Errors
/// The machine has no memory for it.
pub fn hash_password(password: &str, salt: [u8; 16]) -> Result<String, AppError> {
    let failed = |why: String| AppError::fault("hashing a password", why);
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|why| failed(why.to_string()))?;
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash: PasswordHash =
        hasher.hash_password_with_salt(composed(password).as_bytes(), &salt).map_err(|why| failed(why.to_string()))?;
    Ok(hash.to_string())
}

/// Whether a password gives this hash, with the cost the hash states. As slow as [`hash_password`].
pub fn verify(password: &str, hash: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else { return false };
    Argon2::default().verify_password(composed(password).as_bytes(), &hash).is_ok()
}

/// The same letters typed on another keyboard are the same password.
fn composed(password: &str) -> String {
    password.nfc().collect()
}

/// Words nobody's password may lean on, beside their own name and login.
const OWN_WORDS: [&str; 6] = ["motcua", "mot cua", "haiphong", "lechan", "matkhau", "vietnam"];

/// What keeps a text from being a password: its length, or that it is among the first a guesser tries (known passwords and words, dates,
/// rows of the keyboard, what `about` says of its owner).
pub(super) fn problem(field: &str, password: &str, about: &[&str]) -> Option<FieldProblem> {
    match composed(password).chars().count() {
        0 => Some(FieldProblem::new(field, "gap-missing")),
        chars if chars < PASSWORD_CHARS_MIN => {
            Some(FieldProblem::new(field, "gap-password-short").with("min", PASSWORD_CHARS_MIN))
        }
        chars if chars > PASSWORD_CHARS_MAX => {
            Some(FieldProblem::new(field, "gap-too-long").with("max", PASSWORD_CHARS_MAX))
        }
        _ if is_usual(&composed(password), about) => Some(FieldProblem::new(field, "gap-password-usual")),
        _ => None,
    }
}

fn is_usual(password: &str, about: &[&str]) -> bool {
    let known: Vec<&str> = OWN_WORDS.iter().chain(about).copied().filter(|it| it.chars().count() > 2).collect();
    zxcvbn::zxcvbn(password, &known).score() < zxcvbn::Score::Three
}

/// A password for somebody else's first day: eighty bits, letters nobody takes for one another.
pub fn made(ids: &Ids) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz234567899";
    let letter = |byte: &u8| LETTERS.get(usize::from(byte % 32)).copied().map_or('x', char::from);
    let groups: Vec<String> = ids.salt().chunks(4).map(|it| it.iter().map(letter).collect()).collect();
    groups.join("-")
}

/// [`hash_password`] on a thread of its own.
pub(super) async fn hash_apart(house: &House, password: &str) -> Result<String, AppError> {
    let (password, salt) = (password.to_owned(), house.ids.salt());
    apart(move || hash_password(&password, salt)).await?
}

/// [`verify`] on a thread of its own.
pub(super) async fn verify_apart(password: &str, hash: &str) -> Result<bool, AppError> {
    let (password, hash) = (password.to_owned(), hash.to_owned());
    apart(move || verify(&password, &hash)).await
}

async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
    let turn = TURNS.acquire().await.map_err(|why| AppError::fault("waiting to hash a password", why))?;
    let outcome = tokio::task::spawn_blocking(work).await;
    drop(turn);
    outcome.map_err(|why| AppError::fault("hashing a password", why))
}
