//! The partners outside the house and how each of them is spoken to: one module a partner, its protocol and nothing else.
//!
//! Nothing here knows the database, decides whether something may be sent, or tries twice: the outbox does that. Every wait has
//! an end, every answer a largest size. Start with [`Refused`], the two ways a partner can say no, then [`mail`],
//! [`text_gateway`] and [`smpp`].

pub mod mail;
mod said;
mod signature;
pub mod smpp;
pub mod text_gateway;
mod tls;

pub use said::plain;
pub use signature::{SignatureFault, signed};

use std::fmt;

/// A partner did not take a message. The words name neither the recipient nor what was to be told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not now: nobody answered, or the partner asks for patience, or it does not know us today.
    #[error("{0}")]
    Later(String),
    /// Not this message, however often it is sent.
    #[error("{0}")]
    Never(String),
}

/// The settings of a partner cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unusable(pub String);

/// A word nobody should read in a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// This word.
    pub fn new(word: impl Into<String>) -> Self {
        Self(word.into())
    }

    /// The word itself, for the one place that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret(…)")
    }
}

/// How far a text message came, as its partner says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The partner has it.
    Taken,
    /// It is on the phone.
    Delivered,
    /// It will not get there.
    Failed,
}

/// What a partner says of a text message, or of a part of one, that it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The name the partner gave it when it took it.
    pub reference: String,
    /// How far it came.
    pub reach: Reach,
    /// The partner's code or word for why it did not arrive; empty where it did.
    pub reason: String,
}

/// A phone number of Vietnam as networks write it: `84…` and nothing else. None where it is no such number.
///
/// ```
/// assert_eq!(integrations::network_number("0999 000 412").as_deref(), Some("84999000412"));
/// assert_eq!(integrations::network_number("+84999000412").as_deref(), Some("84999000412"));
/// assert_eq!(integrations::network_number("12"), None);
/// ```
pub fn network_number(phone: &str) -> Option<String> {
    let digits: String = phone.chars().filter(|it| !matches!(it, ' ' | '.' | '-' | '(' | ')')).collect();
    let rest = digits.strip_prefix("+84").or_else(|| digits.strip_prefix("84")).or_else(|| digits.strip_prefix('0'))?;
    let is_number = (8..=10).contains(&rest.len()) && rest.bytes().all(|it| it.is_ascii_digit());
    is_number.then(|| format!("84{rest}"))
}
