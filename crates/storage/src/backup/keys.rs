//! The keys of backups: the public half encrypts on the server, the secret half opens and stays elsewhere.

use age::secrecy::ExposeSecret;
use age::x25519;
use std::fmt;
use std::str::FromStr;

/// Whom a backup is encrypted to: `age1…`.
#[derive(Clone)]
pub struct PublicKey(pub(super) x25519::Recipient);

impl FromStr for PublicKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // What is wrong with it is not repeated: somebody may have given the secret half.
        text.trim().parse().map(Self).map_err(|_| "not a public key like age1…".to_owned())
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl Eq for PublicKey {}

/// What opens backups: `AGE-SECRET-KEY-1…`. Its `Debug` shows the public half only.
#[derive(Clone)]
pub struct SecretKey(pub(super) x25519::Identity);

impl SecretKey {
    /// A new one, from the operating system's chance.
    pub fn new() -> Self {
        Self(x25519::Identity::generate())
    }

    /// The half that encrypts.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.to_public())
    }

    /// The key itself, for the one file that keeps it.
    pub fn reveal(&self) -> String {
        self.0.to_string().expose_secret().to_owned()
    }

    /// The keys in the text of a key file: one a line, lines that begin with `#` are words.
    ///
    /// # Errors
    /// In words, what is wrong with it; never what stands in it.
    pub fn all_in(text: &str) -> Result<Vec<Self>, String> {
        let lines = text.lines().map(str::trim).filter(|it| !it.is_empty() && !it.starts_with('#'));
        let keys: Vec<Self> = lines
            .map(|it| it.parse().map(Self).map_err(|_| "a line is no secret key like AGE-SECRET-KEY-1…".to_owned()))
            .collect::<Result<_, _>>()?;
        if keys.is_empty() { Err("there is no secret key in it".to_owned()) } else { Ok(keys) }
    }
}

impl Default for SecretKey {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey of {}", self.public())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_is_read_and_a_wrong_one_never_repeated() {
        let key = SecretKey::new();
        let text = format!("# made for a test\n{}\n\n", key.reveal());
        let read = SecretKey::all_in(&text).unwrap();
        assert_eq!(read.iter().map(|it| it.public().to_string()).collect::<Vec<_>>(), [key.public().to_string()]);
        assert_eq!(key.public().to_string().parse::<PublicKey>().unwrap(), key.public());
        assert!(!format!("{key:?}").contains(&key.reveal()));
        assert!(SecretKey::all_in("# nothing\n").is_err());
        let wrong = key.reveal().parse::<PublicKey>().unwrap_err();
        assert!(!wrong.contains("SECRET-KEY"), "{wrong}");
        let wrong = SecretKey::all_in("AGE-SECRET-KEY-1NONSENSE").unwrap_err();
        assert!(!wrong.contains("NONSENSE"), "{wrong}");
    }
}
