//! The program while it serves, to be killed.

use crate::run::program;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// So long the program may take to serve, also on a machine with much else to do.
const STARTING_MAX: Duration = Duration::from_secs(90);

/// How the program is started.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// What stands before it on the line: another program that becomes it.
    pub before: Vec<String>,
    /// Variables.
    pub variables: Vec<(String, String)>,
}

/// One node. It ends with the test.
pub struct Node {
    child: Child,
    pub address: SocketAddr,
    said: Arc<Mutex<String>>,
}

impl Node {
    /// Serves the house of these settings at a free port.
    pub fn start(config: &Path) -> Self {
        Self::start_in(config, &Around::default())
    }

    /// The same as something else's.
    #[track_caller]
    pub fn start_in(config: &Path, around: &Around) -> Self {
        match Self::try_start(config, around) {
            Ok(node) => node,
            Err(said) => panic!("the program did not start: {said}"),
        }
    }

    /// The same; what it said where it did not start.
    pub fn try_start(config: &Path, around: &Around) -> Result<Self, String> {
        let program = program();
        // The system ends it with the thread that starts it, so that nothing is left of a test that was killed.
        let mut words = around.before.clone();
        words.extend(["setpriv", "--pdeathsig", "KILL"].map(str::to_owned));
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).arg(program.get_program());
        for (name, value) in program.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.args(["serve", "--port", "0", "--config"]).arg(config);
        command.envs(around.variables.iter().map(|(name, value)| (name, value)));
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let (said, listening) = listen(&mut child);
        match listening.recv_timeout(STARTING_MAX) {
            Ok(address) => Ok(Self { child, address, said }),
            Err(_) => {
                drop(child.kill());
                drop(child.wait());
                let said = said.lock().unwrap().clone();
                Err(said)
            }
        }
    }

    /// What it said so far.
    pub fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// Its number, for whoever changes what is around it.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills it with -9; answers with its last words.
    #[track_caller]
    pub fn kill(mut self) -> String {
        assert!(self.child.try_wait().unwrap().is_none(), "it had ended by itself: {}", self.said());
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.said()
    }

    /// Tells it to stop, and waits for its good end.
    #[track_caller]
    pub fn stop(mut self) {
        let told = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(told.success());
        let ended = self.child.wait().unwrap();
        assert_eq!(ended.code(), Some(0), "{}", self.said());
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            drop(self.child.kill());
            drop(self.child.wait());
        }
        if std::thread::panicking() {
            eprintln!("-- what the program at {} said:\n{}", self.address, self.said());
        }
    }
}

/// Keeps what it says, and tells where it listens once it does.
fn listen(child: &mut Child) -> (Arc<Mutex<String>>, Receiver<SocketAddr>) {
    let lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    let said = Arc::new(Mutex::new(String::new()));
    let kept = Arc::clone(&said);
    let (tell, listening) = channel();
    std::thread::spawn(move || {
        for line in lines {
            if let Some(address) = line.strip_prefix("listening on http://") {
                tell.send(address.parse().unwrap()).ok();
            }
            let mut said = kept.lock().unwrap();
            // The last words are what counts; a long night has many.
            if said.len() > 1 << 20 {
                said.clear();
            }
            said.push_str(&line);
            said.push('\n');
        }
    });
    (said, listening)
}
