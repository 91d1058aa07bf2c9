//! The chain of a dossier: each envelope carries the hash of the one before, and of its body.

use domain::ids::{DossierId, PersonId, UnitId};
use domain::time::Instant;
use sha2::{Digest, Sha256};

/// The hash before the first event.
pub const START: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// What the chain links: everything of an event but the words that can be erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Which dossier.
    pub dossier: DossierId,
    /// 1, 2, 3 …
    pub seq: u32,
    /// When.
    pub at: Instant,
    /// Who; none for a timer.
    pub actor: Option<PersonId>,
    /// In which unit.
    pub unit: Option<UnitId>,
    /// What.
    pub kind: String,
    /// Numbers, ids and moments of the event, as JSON text.
    pub facts: String,
    /// Hash of salt and body.
    pub body_hash: String,
    /// Hash of the envelope before.
    pub previous: String,
}

impl Envelope {
    /// The hash of this envelope. Lengths stand before texts, so that no two envelopes read alike.
    pub fn hash(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(b"motcua.envelope.1");
        hash.update(self.dossier.as_bytes());
        hash.update(self.seq.to_be_bytes());
        hash.update(self.at.micros().to_be_bytes());
        for id in [self.actor.as_ref().map(PersonId::as_bytes), self.unit.as_ref().map(UnitId::as_bytes)] {
            match id {
                Some(bytes) => {
                    hash.update([1]);
                    hash.update(bytes);
                }
                None => hash.update([0]),
            }
        }
        for text in [&self.kind, &self.facts, &self.body_hash, &self.previous] {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text.as_bytes());
        }
        hex(&hash.finalize())
    }
}

/// The hash of a body under its salt: without the salt nobody can guess a short body from it.
pub fn body_hash(salt: &[u8], body: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(salt);
    hash.update(body.as_bytes());
    hex(&hash.finalize())
}

/// Bytes in small hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The root of a binary tree of hashes over all dossiers, in the order of their ids. Nothing at all has the root of nothing.
pub fn merkle_root(leaves: impl IntoIterator<Item = (DossierId, u32, String)>) -> String {
    let mut level: Vec<[u8; 32]> = leaves
        .into_iter()
        .map(|(dossier, count, last)| {
            let mut hash = Sha256::new();
            hash.update(b"motcua.leaf.1");
            hash.update(dossier.as_bytes());
            hash.update(count.to_be_bytes());
            hash.update(last.as_bytes());
            hash.finalize().into()
        })
        .collect();
    if level.is_empty() {
        return START.to_owned();
    }
    while level.len() > 1 {
        level = level
            .chunks(2)
            .map(|pair| {
                let mut hash = Sha256::new();
                hash.update(b"motcua.node.1");
                for leaf in pair {
                    hash.update(leaf);
                }
                hash.finalize().into()
            })
            .collect();
    }
    level.first().map_or_else(|| START.to_owned(), |root| hex(root))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn envelope() -> Envelope {
        Envelope {
            dossier: DossierId::from_uuid(Uuid::from_u128(1)),
            seq: 1,
            at: Instant::from_micros(5),
            actor: None,
            unit: None,
            kind: "filed".into(),
            facts: "{}".into(),
            body_hash: body_hash(b"salt", "body"),
            previous: START.into(),
        }
    }

    #[test]
    fn every_part_of_an_envelope_is_in_its_hash() {
        let hash = envelope().hash();
        let other = |change: fn(&mut Envelope)| {
            let mut it = envelope();
            change(&mut it);
            it.hash()
        };
        assert_ne!(hash, other(|it| it.seq = 2));
        assert_ne!(hash, other(|it| it.at = Instant::from_micros(6)));
        assert_ne!(hash, other(|it| it.actor = Some(PersonId::from_uuid(Uuid::from_u128(9)))));
        assert_ne!(hash, other(|it| it.unit = Some(UnitId::from_uuid(Uuid::from_u128(9)))));
        assert_ne!(hash, other(|it| it.kind = "filed{".into()));
        assert_ne!(hash, other(|it| it.facts = "}".into()));
        assert_ne!(hash, other(|it| it.body_hash = body_hash(b"salt", "Body")));
        assert_ne!(hash, other(|it| it.previous = "1".into()));
    }

    #[test]
    fn the_root_changes_with_any_leaf() {
        let leaf = |n: u128, count| (DossierId::from_uuid(Uuid::from_u128(n)), count, "aa".to_owned());
        let root = merkle_root([leaf(1, 1), leaf(2, 1), leaf(3, 1)]);
        assert_ne!(root, merkle_root([leaf(1, 1), leaf(2, 2), leaf(3, 1)]));
        assert_ne!(root, merkle_root([leaf(1, 1), leaf(2, 1)]));
        assert_eq!(merkle_root([]), START);
    }
}
