//! The bytes of one file under its own key: sealed chunk by chunk, so that no file has to be in memory as a whole.
//!
//! ChaCha20-Poly1305 in the STREAM construction: every chunk is bound to its place and the last one says that it is the last, so
//! that none can be changed, moved, doubled or cut off. A key seals one file and never another, so the nonce begins with zeros.

use aead_stream::{NewStream, Nonce, StreamBE32, StreamPrimitive};
use chacha20poly1305::{ChaCha20Poly1305, Key};

/// So much of a file is sealed at once.
const CHUNK_BYTES: usize = 64 << 10;
/// The same once it is sealed.
pub(super) const SEALED_CHUNK_BYTES: usize = CHUNK_BYTES + TAG_BYTES;
/// What sealing adds to a chunk.
const TAG_BYTES: usize = 16;

type Cipher = ChaCha20Poly1305;

/// Something that does not open: changed, cut off, or sealed with another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Damaged;

fn stream(key: &[u8; 32]) -> StreamBE32<Cipher> {
    StreamBE32::new(&Key::from(*key), &Nonce::<Cipher, StreamBE32<Cipher>>::default())
}

/// Seals what comes piece by piece.
pub(super) struct Sealer {
    stream: StreamBE32<Cipher>,
    position: u32,
    /// Of the next chunk; a full one waits until it is known whether it is the last.
    pending: Vec<u8>,
}

impl Sealer {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        Self { stream: stream(key), position: 0, pending: Vec::with_capacity(SEALED_CHUNK_BYTES) }
    }

    /// Takes a piece and appends every chunk that became full to `out`.
    pub(super) fn push(&mut self, mut piece: &[u8], out: &mut Vec<u8>) -> Result<(), Damaged> {
        while !piece.is_empty() {
            if self.pending.len() == CHUNK_BYTES {
                self.stream.encrypt_in_place(self.position, false, b"", &mut self.pending).map_err(|_| Damaged)?;
                self.position = self.position.checked_add(1).ok_or(Damaged)?;
                out.append(&mut self.pending);
            }
            let room = CHUNK_BYTES - self.pending.len();
            let (now, later) = piece.split_at(room.min(piece.len()));
            self.pending.extend_from_slice(now);
            piece = later;
        }
        Ok(())
    }

    /// Appends the last chunk; an empty file has one, too.
    pub(super) fn finish(mut self, out: &mut Vec<u8>) -> Result<(), Damaged> {
        self.stream.encrypt_in_place(self.position, true, b"", &mut self.pending).map_err(|_| Damaged)?;
        out.append(&mut self.pending);
        Ok(())
    }
}

/// Opens chunk by chunk what a [`Sealer`] sealed.
pub(super) struct Opener {
    stream: StreamBE32<Cipher>,
    position: u32,
}

impl Opener {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        Self { stream: stream(key), position: 0 }
    }

    /// Opens whole chunks; `is_end` where nothing comes behind them.
    pub(super) fn open(&mut self, sealed: &[u8], is_end: bool) -> Result<Vec<u8>, Damaged> {
        if sealed.is_empty() {
            return Err(Damaged);
        }
        let mut plain = Vec::with_capacity(sealed.len());
        let mut chunks = sealed.chunks(SEALED_CHUNK_BYTES).peekable();
        while let Some(chunk) = chunks.next() {
            let is_last = is_end && chunks.peek().is_none();
            let mut opened = self.stream.decrypt(self.position, is_last, chunk).map_err(|_| Damaged)?;
            self.position = self.position.checked_add(1).ok_or(Damaged)?;
            plain.append(&mut opened);
        }
        Ok(plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [9; 32];

    fn sealed(plain: &[u8], piece: usize) -> Vec<u8> {
        let (mut sealer, mut out) = (Sealer::new(&KEY), Vec::new());
        for piece in plain.chunks(piece) {
            sealer.push(piece, &mut out).unwrap();
        }
        sealer.finish(&mut out).unwrap();
        out
    }

    fn opened(sealed: &[u8]) -> Result<Vec<u8>, Damaged> {
        Opener::new(&KEY).open(sealed, true)
    }

    #[test]
    fn what_is_sealed_opens_whatever_its_length_and_pieces() {
        for length in [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES] {
            let plain: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
            let once = sealed(&plain, usize::MAX);
            assert_eq!(once, sealed(&plain, 1_000), "pieces make no difference");
            assert_eq!(once.len(), length + TAG_BYTES * length.div_ceil(CHUNK_BYTES).max(1));
            assert_eq!(opened(&once).unwrap(), plain);
        }
    }

    #[test]
    fn nothing_can_be_changed_moved_doubled_or_cut_off() {
        let plain = vec![7; 2 * CHUNK_BYTES + 10];
        let whole = sealed(&plain, usize::MAX);
        let (first, rest) = whole.split_at(SEALED_CHUNK_BYTES);
        let (second, last) = rest.split_at(SEALED_CHUNK_BYTES);
        let mut changed = whole.clone();
        changed[CHUNK_BYTES + 500] ^= 1;
        for wrong in [
            changed,
            [second, first, last].concat(),
            [first, first, second, last].concat(),
            [first, last].concat(),
            [first, second].concat(),
            first.to_vec(),
            [whole.as_slice(), last].concat(),
            whole[..whole.len() - 1].to_vec(),
            Vec::new(),
        ] {
            assert_eq!(opened(&wrong), Err(Damaged), "{} bytes", wrong.len());
        }
        assert_eq!(Opener::new(&[8; 32]).open(&whole, true), Err(Damaged), "another key");
    }
}
