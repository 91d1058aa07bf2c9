//! The chain of a dossier: each envelope carries the hash of the one before, and of its body.

use data_encoding::HEXLOWER;
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
    HEXLOWER.encode(bytes)
}

/// A binary tree of hashes over all dossiers, in the order of their ids, grown leaf by leaf: of a million of them it keeps twenty.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    levels: Vec<Level>,
}

/// One level of the tree: how many nodes it has, and the last one while it waits for its neighbour.
#[derive(Clone, Debug, Default)]
struct Level {
    nodes: u64,
    waiting: Option<[u8; 32]>,
}

impl Tree {
    /// The next dossier: how many events it has, and the hash of the last one.
    pub fn grow(&mut self, dossier: DossierId, count: u32, last: &str) {
        let mut hash = Sha256::new();
        hash.update(b"motcua.leaf.1");
        hash.update(dossier.as_bytes());
        hash.update(count.to_be_bytes());
        hash.update(last.as_bytes());
        self.add(0, hash.finalize().into());
    }

    fn add(&mut self, mut height: usize, mut node: [u8; 32]) {
        loop {
            if self.levels.len() <= height {
                self.levels.resize_with(height + 1, Level::default);
            }
            let Some(level) = self.levels.get_mut(height) else { return };
            level.nodes += 1;
            match level.waiting.take() {
                Some(left) => node = parent(&[left, node]),
                None => {
                    level.waiting = Some(node);
                    return;
                }
            }
            height += 1;
        }
    }

    /// Its root. Nothing at all has the root of nothing.
    pub fn root(mut self) -> String {
        let mut height = 0;
        while let Some(level) = self.levels.get_mut(height) {
            let is_top = level.nodes == 1;
            match level.waiting.take() {
                Some(root) if is_top => return hex(&root),
                // A node without a neighbour goes up by itself.
                Some(alone) => self.add(height + 1, parent(&[alone])),
                None => {}
            }
            height += 1;
        }
        START.to_owned()
    }
}

fn parent(nodes: &[[u8; 32]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"motcua.node.1");
    for node in nodes {
        hash.update(node);
    }
    hash.finalize().into()
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

    fn root(leaves: &[(u128, u32)]) -> String {
        let mut tree = Tree::default();
        for (id, count) in leaves {
            tree.grow(DossierId::from_uuid(Uuid::from_u128(*id)), *count, "aa");
        }
        tree.root()
    }

    #[test]
    fn the_root_changes_with_any_leaf() {
        assert_ne!(root(&[(1, 1), (2, 1), (3, 1)]), root(&[(1, 1), (2, 2), (3, 1)]));
        assert_ne!(root(&[(1, 1), (2, 1), (3, 1)]), root(&[(1, 1), (2, 1)]));
        assert_eq!(root(&[]), START);
    }

    /// Level by level, as the first seals were made.
    fn root_of_levels(count: u128) -> String {
        let leaf = |id: u128| {
            let mut hash = Sha256::new();
            hash.update(b"motcua.leaf.1");
            hash.update(DossierId::from_uuid(Uuid::from_u128(id)).as_bytes());
            hash.update(1_u32.to_be_bytes());
            hash.update(b"aa");
            hash.finalize().into()
        };
        let mut level: Vec<[u8; 32]> = (1..=count).map(leaf).collect();
        while level.len() > 1 {
            level = level.chunks(2).map(parent).collect();
        }
        hex(&level[0])
    }

    #[test]
    fn a_tree_grown_leaf_by_leaf_has_the_root_of_one_built_level_by_level() {
        for count in 1..=70 {
            let leaves: Vec<(u128, u32)> = (1..=count).map(|id| (id, 1)).collect();
            assert_eq!(root(&leaves), root_of_levels(count), "{count} leaves");
        }
    }
}
