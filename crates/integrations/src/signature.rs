//! The signature of a request between us and a gateway, in both directions: HMAC-SHA256 over id, moment and body, as the
//! Standard Webhooks specification has it.

use crate::Secret;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// So far the clocks of both sides may be apart, in seconds; an older request is a repeated one.
const CLOCKS_APART_SECONDS_MAX: i64 = 300;
/// Most signatures one request may carry: two while a secret is being changed.
const SIGNATURES_MAX: usize = 4;

/// A request is not from who it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureFault {
    /// The moment is no number, or too long ago, or to come.
    #[error("the moment is not now")]
    NotNow,
    /// No signature fits.
    #[error("no signature fits")]
    Wrong,
}

fn keyed(secret: &Secret, id: &str, at: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    let word = secret.reveal();
    let key = match word.strip_prefix("whsec_") {
        Some(coded) => STANDARD.decode(coded).ok()?,
        None => word.as_bytes().to_vec(),
    };
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    for part in [id.as_bytes(), b".", at.as_bytes(), b".", body] {
        mac.update(part);
    }
    Some(mac)
}

/// The signature of a request sent at a moment (seconds since 1970): `v1,` and 32 bytes in Base64.
pub fn signed(secret: &Secret, id: &str, at: i64, body: &[u8]) -> String {
    let mac = keyed(secret, id, &at.to_string(), body);
    mac.map_or_else(String::new, |mac| format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

/// Whether a request that came now bears a signature of ours: one of those in `signatures`, parted by spaces.
pub(crate) fn check(
    secret: &Secret,
    (id, at, signatures): (&str, &str, &str),
    body: &[u8],
    now: i64,
) -> Result<(), SignatureFault> {
    let moment: i64 = at.parse().map_err(|_| SignatureFault::NotNow)?;
    if now.saturating_sub(moment).saturating_abs() > CLOCKS_APART_SECONDS_MAX {
        return Err(SignatureFault::NotNow);
    }
    let fits = |signature: &str| {
        let bytes = signature.strip_prefix("v1,").and_then(|it| STANDARD.decode(it).ok());
        // Compared in the same time wherever they begin to differ.
        bytes.is_some_and(|it| keyed(secret, id, at, body).is_some_and(|mac| mac.verify_slice(&it).is_ok()))
    };
    if signatures.split(' ').take(SIGNATURES_MAX).any(fits) { Ok(()) } else { Err(SignatureFault::Wrong) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's own reference libraries.
    #[test]
    fn the_published_example_has_the_published_signature() {
        let secret = Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let (id, at, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(signed(&secret, id, at, body), expected);
        let both = format!("v1,AAAA {expected}");
        assert_eq!(check(&secret, (id, "1614265330", &both), body, at + 300), Ok(()));
        assert_eq!(check(&secret, (id, "1614265330", &both), body, at + 301), Err(SignatureFault::NotNow));
        assert_eq!(check(&secret, (id, "1614265330", &both), b"{}", at), Err(SignatureFault::Wrong));
        assert_eq!(check(&secret, ("msg", "1614265330", &both), body, at), Err(SignatureFault::Wrong));
        assert_eq!(check(&secret, (id, "1614265331", &both), body, at), Err(SignatureFault::Wrong));
        assert_eq!(check(&Secret::new("another"), (id, "1614265330", &both), body, at), Err(SignatureFault::Wrong));
        assert_eq!(check(&secret, (id, "x", &both), body, at), Err(SignatureFault::NotNow));
    }
}
