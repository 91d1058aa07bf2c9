//! A bad night: servers killed, disks full, clocks turned, connections cut; and a client that wrote down what it was promised.
//!
//! Always the same is asked afterwards ([`ledger::Ledger::settle`]): what was acknowledged is there, nothing is there twice,
//! nothing half; chains and checkpoints verify; and whoever came in between was told in words what is wrong.
//!
//! Every choice of a test comes from one seed. A test that fails shows it; `cargo xtask faults --rounds N --seed S` runs them
//! again, or longer.

pub mod client;
mod clock;
mod disk;
pub mod grounds;
mod killed;
pub mod ledger;
mod load;
mod log_cut;
pub mod node;
mod patroni;
mod postgres;
mod proxy;
mod reorganised;

use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;
use std::time::Duration;

/// How many rounds a test runs, instead of as many as fit into the time of a change.
const ROUNDS: &str = "MOTCUA_FAULT_ROUNDS";
/// Where its chance begins.
const SEED: &str = "MOTCUA_FAULT_SEED";

/// Rounds of a test: as many as asked for, else `usual`.
fn rounds(usual: u32) -> u32 {
    number(ROUNDS).and_then(|it| u32::try_from(it).ok()).unwrap_or(usual)
}

/// The chance of a test, from its seed, which a failure shows.
fn chance() -> ChaCha12Rng {
    let seed = number(SEED).unwrap_or(1);
    eprintln!("seed {seed}: the same again with {SEED}={seed}");
    ChaCha12Rng::seed_from_u64(seed)
}

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is not a number: {text}")))
}

/// Lets time pass while others work.
#[expect(clippy::disallowed_methods, reason = "a fault comes at a moment that nobody can wait for")]
pub fn pause(millis: u64) {
    std::thread::sleep(Duration::from_millis(millis));
}

/// Waits until something is so, for a minute at most.
#[track_caller]
fn until(what: &str, is_so: impl FnMut() -> bool) {
    within_seconds(60, what, is_so);
}

/// Waits until something is so, for so long at most.
#[track_caller]
fn within_seconds(seconds: u64, what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = std::time::Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(seconds), "waited {seconds} seconds for: {what}");
        pause(20);
    }
}
