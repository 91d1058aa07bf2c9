//! A partner outside the house, as a process of its own: a mail server, a gateway, a message centre from npm (`e2e/partners/`).
//!
//! It says what it sees, takes orders for how to behave, and ends when it is dropped. It needs Node.js and the packages of
//! `e2e/` (`cd e2e && npm ci`).

use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// So long a partner may take to do what a test waits for.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Default)]
struct Seen {
    events: Mutex<Vec<Value>>,
    news: Condvar,
}

/// One partner.
pub struct Partner {
    process: Child,
    orders: Option<ChildStdin>,
    seen: Arc<Seen>,
    /// Where it listens, on the loopback address.
    pub port: u16,
}

impl Partner {
    /// Starts the script of that name with some words.
    ///
    /// # Panics
    /// Node.js or the packages are not there, or it does not start.
    pub fn start(script: &str, words: &[&str]) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../e2e");
        let hint = "the partners need Node.js and their packages: cd e2e && npm ci";
        assert!(
            folder.join("node_modules/smpp").exists() && folder.join("node_modules/smtp-server").exists(),
            "{hint}"
        );
        let mut command = Command::new("node");
        command.current_dir(&folder).arg(format!("partners/{script}.mjs")).args(words);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut process = command.spawn().expect(hint);
        let orders = process.stdin.take();
        let said = BufReader::new(process.stdout.take().expect("its words are ours"));
        let seen = Arc::new(Seen::default());
        let hearing = Arc::clone(&seen);
        std::thread::spawn(move || {
            for line in said.lines().map_while(Result::ok) {
                let event = serde_json::from_str(&line).unwrap_or(Value::String(line));
                hearing.events.lock().unwrap_or_else(PoisonError::into_inner).push(event);
                hearing.news.notify_all();
            }
        });
        let mut partner = Self { process, orders, seen, port: 0 };
        let port = partner.wait("port", 1).first().and_then(Value::as_u64).unwrap_or_default();
        partner.port = u16::try_from(port).expect("a port");
        partner
    }

    /// Tells it how to behave; returns once it does.
    ///
    /// # Panics
    /// It is gone.
    pub fn order(&mut self, order: &Value) {
        let before = self.seen("obeyed").len();
        let orders = self.orders.as_mut().expect("it takes orders until it is dropped");
        writeln!(orders, "{order}").expect("the partner is gone");
        orders.flush().expect("the partner is gone");
        self.wait("obeyed", before + 1);
    }

    /// What it saw of a kind, so far.
    pub fn seen(&self, kind: &str) -> Vec<Value> {
        let events = self.seen.events.lock().unwrap_or_else(PoisonError::into_inner);
        events.iter().filter_map(|it| it.get(kind).cloned()).collect()
    }

    /// Every event of a kind, whole, so far.
    pub fn events(&self, kind: &str) -> Vec<Value> {
        let events = self.seen.events.lock().unwrap_or_else(PoisonError::into_inner);
        events.iter().filter(|it| it.get(kind).is_some()).cloned().collect()
    }

    /// The same once there are so many.
    ///
    /// # Panics
    /// There were not, within some seconds.
    #[track_caller]
    pub fn wait(&self, kind: &str, count: usize) -> Vec<Value> {
        let until = Instant::now() + PATIENCE;
        let mut events = self.seen.events.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let found: Vec<Value> = events.iter().filter_map(|it| it.get(kind).cloned()).collect();
            if found.len() >= count {
                return found;
            }
            let left = until.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "the partner saw {kind} {} times, not {count}: {events:?}", found.len());
            events = self.seen.news.wait_timeout(events, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Drop for Partner {
    fn drop(&mut self) {
        // Closing its orders is what it ends by; whatever hinders that is not worth waiting for.
        drop(self.orders.take());
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
