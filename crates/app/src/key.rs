//! The installation's key: signs checkpoints, and hashes what must be comparable but not readable.

use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::fmt;
use std::path::Path;
use storage::chain::hex;
use storage::secret_file;

/// The key of one installation. Its `Debug` shows the public half only.
#[derive(Clone)]
pub struct InstallationKey {
    signing: SigningKey,
    /// Has taken in its key, and nothing else yet.
    hashing: Hmac<Sha256>,
}

impl fmt::Debug for InstallationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InstallationKey({})", self.public())
    }
}

/// The key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Not readable or writable.
    #[error("the key file {path} cannot be used")]
    File {
        /// Where.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Not 64 hexadecimal digits.
    #[error("the key file {path} does not hold 64 hexadecimal digits")]
    Form {
        /// Where.
        path: String,
    },
}

impl InstallationKey {
    /// From 32 secret bytes.
    pub fn from_secret(secret: [u8; 32]) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"motcua.hashing.1");
        hash.update(secret);
        // A key of 32 bytes counts as one of 64 with nothing behind it.
        let mut key = [0; 64];
        key.iter_mut().zip(hash.finalize()).for_each(|(place, byte)| *place = byte);
        Self { signing: SigningKey::from_bytes(&secret), hashing: Hmac::new(&key.into()) }
    }

    /// Reads the key file, or makes one from `fresh` that only its owner can read.
    ///
    /// # Errors
    /// The file cannot be read, written, or does not hold a key.
    pub fn load_or_make(path: &Path, fresh: &str) -> Result<Self, KeyError> {
        let shown = || path.display().to_string();
        let failed = |source| KeyError::File { path: shown(), source };
        let text = match std::fs::read_to_string(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => match secret_file::make(path, fresh) {
                // Somebody who starts at the same moment made it.
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => std::fs::read_to_string(path),
                made => made.map(|()| fresh.to_owned()),
            },
            read => read,
        };
        let text = text.map_err(failed)?;
        unhex(text.trim()).map(Self::from_secret).ok_or_else(|| KeyError::Form { path: shown() })
    }

    /// The public half, in hexadecimal digits.
    pub fn public(&self) -> String {
        hex(self.signing.verifying_key().as_bytes())
    }

    /// Signs.
    pub fn sign(&self, message: &[u8]) -> String {
        hex(&self.signing.sign(message).to_bytes())
    }

    /// A keyed hash: the same text under the same purpose gives the same hash, and nobody without the key can guess back.
    pub fn hash(&self, purpose: &str, text: &str) -> String {
        let mut mac = self.hashing.clone();
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        hex(&mac.finalize().into_bytes())
    }

    /// Twenty secret bytes of a purpose and a text, for whoever must know the same and nothing else.
    pub fn secret(&self, purpose: &str, text: &str) -> [u8; 20] {
        let digest = Sha256::digest(self.hash(purpose, text).as_bytes());
        let mut secret = [0; 20];
        secret.iter_mut().zip(digest).for_each(|(byte, from)| *byte = from);
        secret
    }
}

/// Whether a signature in hexadecimal digits is that public key's.
pub fn is_signed_by(public: &str, message: &[u8], signature: &str) -> bool {
    let key = unhex(public).and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok());
    let signature = unhex::<64>(signature).map(|bytes| Signature::from_bytes(&bytes));
    matches!((key, signature), (Some(key), Some(signature)) if key.verify(message, &signature).is_ok())
}

fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let text = text.as_bytes();
    if text.len() != N * 2 {
        return None;
    }
    let mut bytes = [0_u8; N];
    for (byte, pair) in bytes.iter_mut().zip(text.chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_message_and_key_only() {
        let key = InstallationKey::from_secret([7; 32]);
        let other = InstallationKey::from_secret([8; 32]);
        let signature = key.sign(b"root");
        assert!(is_signed_by(&key.public(), b"root", &signature));
        assert!(!is_signed_by(&key.public(), b"Root", &signature));
        assert!(!is_signed_by(&other.public(), b"root", &signature));
        assert_ne!(key.hash("number", "1"), other.hash("number", "1"));
        assert_ne!(key.hash("number", "1"), key.hash("phone", "1"));
    }
}
