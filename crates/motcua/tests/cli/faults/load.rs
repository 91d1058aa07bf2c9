//! A busy desk: people who send one form after the other, and press again where nobody answered.

use super::client::Door;
use super::grounds::Grounds;
use super::ledger::{Answer, Ledger};
use super::pause;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

/// People at the same time.
const PEOPLE: u64 = 4;
/// So long somebody waits before pressing again, and before the next form, in milliseconds.
const AGAIN_AFTER: u64 = 30;
const NEXT_AFTER: u64 = 30;
/// More than so many unanswered forms lie before nobody.
const UNANSWERED_MAX: usize = 8;

/// Everybody at work; they stop with it.
pub struct Load {
    stop: Arc<AtomicBool>,
    people: Vec<JoinHandle<()>>,
}

impl Load {
    /// Begins; each person goes to one of the doors.
    #[track_caller]
    pub fn begin(ledger: &Arc<Ledger>, doors: &[Door], seed: u64) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (reception, specialist) = (Grounds::reception(&doors[0]), Grounds::specialist(&doors[0]));
        let people = (0..PEOPLE).map(|person| {
            let door = &doors[usize::try_from(person).unwrap() % doors.len()];
            let work = Person {
                reception: reception.at(door),
                specialist: specialist.at(door),
                ledger: Arc::clone(ledger),
                chance: ChaCha12Rng::seed_from_u64(seed.wrapping_mul(PEOPLE) + person),
                unanswered: Vec::new(),
            };
            let stop = Arc::clone(&stop);
            std::thread::spawn(move || work.until_told(&stop))
        });
        let people = people.collect();
        Self { stop, people }
    }

    /// Fails the test where somebody got an answer nobody should get.
    #[track_caller]
    pub fn goes_on(&mut self) {
        if self.people.iter().any(JoinHandle::is_finished) {
            self.finish();
            panic!("somebody went home");
        }
    }

    /// Waits until so many more were acknowledged.
    #[track_caller]
    pub fn until_more(&mut self, ledger: &Ledger, more: usize) {
        let (_, before) = ledger.counts();
        super::until("more to be acknowledged", || {
            self.goes_on();
            ledger.counts().1 >= before + more
        });
    }

    /// Everybody finishes what they are at.
    #[track_caller]
    pub fn end(mut self) {
        self.finish();
    }

    fn finish(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for person in self.people.drain(..) {
            if let Err(why) = person.join() {
                std::panic::resume_unwind(why);
            }
        }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

struct Person {
    reception: super::client::Client,
    specialist: super::client::Client,
    ledger: Arc<Ledger>,
    chance: ChaCha12Rng,
    unanswered: Vec<usize>,
}

impl Person {
    fn until_told(mut self, stop: &AtomicBool) {
        while !stop.load(Ordering::Relaxed) {
            let again = self.unanswered.len() >= UNANSWERED_MAX || self.chance.random_bool(0.5);
            let number = match self.unanswered.choose(&mut self.chance) {
                Some(number) if again => *number,
                _ => self.ledger.next(),
            };
            if self.ledger.send(&self.reception, number) == Answer::Acknowledged {
                self.unanswered.retain(|it| *it != number);
                if self.chance.random_bool(0.3) {
                    self.ledger.take_on(&self.specialist, number);
                }
                pause(NEXT_AFTER);
            } else {
                if !self.unanswered.contains(&number) {
                    self.unanswered.push(number);
                }
                pause(AGAIN_AFTER);
            }
        }
    }
}
