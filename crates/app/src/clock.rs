//! The moment and the names of new things: the only places where time and chance come in.

use domain::time::Instant;
use rand::SeedableRng;
use rand::{Rng, RngExt};
use rand_chacha::ChaCha12Rng;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use uuid::Uuid;

/// The clock on the office's wall: the real one, one that was set and runs on, or one that stands until it is turned.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Kind>);

#[derive(Debug)]
enum Kind {
    System,
    Set { began: std::time::Instant, at: AtomicI64 },
    Standing(AtomicI64),
}

impl Clock {
    /// The real time.
    pub fn system() -> Self {
        Self(Arc::new(Kind::System))
    }

    /// A clock set to a moment, running on from there: the demo's.
    pub fn set_to(at: Instant) -> Self {
        Self(Arc::new(Kind::Set { began: std::time::Instant::now(), at: AtomicI64::new(at.micros()) }))
    }

    /// A clock that stands until it is turned: a test's.
    pub fn standing(at: Instant) -> Self {
        Self(Arc::new(Kind::Standing(AtomicI64::new(at.micros()))))
    }

    /// Now.
    #[expect(clippy::disallowed_methods, reason = "the one place where the real time comes in")]
    pub fn now(&self) -> Instant {
        match &*self.0 {
            Kind::System => {
                let since =
                    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or(Duration::ZERO);
                Instant::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
            }
            Kind::Set { began, at } => {
                let passed = i64::try_from(began.elapsed().as_micros()).unwrap_or(i64::MAX);
                Instant::from_micros(at.load(Ordering::Relaxed).saturating_add(passed))
            }
            Kind::Standing(at) => Instant::from_micros(at.load(Ordering::Relaxed)),
        }
    }

    /// Turns a standing or set clock; the real one cannot be turned.
    pub fn turn_to(&self, now: Instant) {
        match &*self.0 {
            Kind::System => {}
            Kind::Set { began, at } => {
                let passed = i64::try_from(began.elapsed().as_micros()).unwrap_or(0);
                at.store(now.micros() - passed, Ordering::Relaxed);
            }
            Kind::Standing(at) => at.store(now.micros(), Ordering::Relaxed),
        }
    }

    /// True where the clock does not show the real time: pages say so.
    pub fn is_simulated(&self) -> bool {
        !matches!(&*self.0, Kind::System)
    }
}

/// New ids, salts and tokens: from the operating system, or from a seed so that the same seed gives the same world.
#[derive(Clone)]
pub struct Ids(Arc<Mutex<Source>>);

struct Source {
    chance: ChaCha12Rng,
    last_millis: u64,
    counter: u16,
}

impl std::fmt::Debug for Ids {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ids")
    }
}

impl Ids {
    /// Chance from the operating system.
    ///
    /// # Errors
    /// The operating system has no randomness to give.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut seed = [0_u8; 32];
        getrandom::fill(&mut seed)?;
        Ok(Self::from(ChaCha12Rng::from_seed(seed)))
    }

    /// Chance from a seed.
    pub fn seeded(seed: u64) -> Self {
        Self::from(ChaCha12Rng::seed_from_u64(seed))
    }

    fn from(chance: ChaCha12Rng) -> Self {
        Self(Arc::new(Mutex::new(Source { chance, last_millis: 0, counter: 0 })))
    }

    /// A new id: later ones are greater (UUID version 7, with a counter within the millisecond).
    pub fn uuid(&self, now: Instant) -> Uuid {
        let millis = u64::try_from(now.micros() / 1_000).unwrap_or(0);
        let mut source = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if millis > source.last_millis {
            source.last_millis = millis;
            source.counter = 0;
        } else if source.counter == 0x0FFF {
            source.last_millis += 1;
            source.counter = 0;
        } else {
            source.counter += 1;
        }
        let mut rest = [0_u8; 10];
        source.chance.fill_bytes(&mut rest);
        let [first, second, ..] = &mut rest;
        [*first, *second] = source.counter.to_be_bytes();
        uuid::Builder::from_unix_timestamp_millis(source.last_millis, &rest).into_uuid()
    }

    /// Sixteen random bytes.
    pub fn salt(&self) -> [u8; 16] {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).chance.random()
    }

    /// Random bytes for a key or a nonce.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.lock().unwrap_or_else(PoisonError::into_inner).chance.fill_bytes(&mut bytes);
        bytes
    }

    /// A secret of 256 bits, as 64 hexadecimal digits.
    pub fn token(&self) -> String {
        let bytes: [u8; 32] = self.0.lock().unwrap_or_else(PoisonError::into_inner).chance.random();
        storage::chain::hex(&bytes)
    }
}
