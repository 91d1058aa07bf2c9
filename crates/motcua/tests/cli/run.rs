//! Running the program.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// What a run ended with.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// The same, after making sure that it was done.
    #[track_caller]
    pub fn done(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }
}

/// The program, without any setting of the machine it runs on.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_motcua"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("MOTCUA_")) {
        command.env_remove(name);
    }
    command
}

pub fn motcua(args: &[&str]) -> Ran {
    motcua_told(args, "")
}

/// Runs it with something on stdin.
pub fn motcua_told(args: &[&str], stdin: &str) -> Ran {
    told_to(program().args(args), stdin)
}

/// Runs a command with something on stdin.
pub fn told_to(command: &mut Command, stdin: &str) -> Ran {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Something of the checkout's catalogue.
pub fn catalogue(part: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue").join(part)
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A small demo, lived into a folder.
pub fn small_demo(dir: &Path, seed: u32) -> Ran {
    let seed = seed.to_string();
    motcua(&["demo", "--data", text(dir), "--no-serve", "--scale-percent", "4", "--seed", &seed]).done()
}

/// Copies a folder with everything in it.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let there = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &there);
        } else {
            std::fs::copy(entry.path(), &there).unwrap();
        }
    }
}

/// The program while it serves; it ends with the test.
pub struct Serving {
    child: Child,
    address: String,
    said: Receiver<String>,
    heard: Vec<String>,
}

/// So long a test waits for a word of the program.
const PATIENCE: Duration = Duration::from_secs(120);

impl Serving {
    /// Serves a folder at a free port.
    pub fn start(data: &Path) -> Self {
        Self::start_with(&["--data", text(data)], &[])
    }

    /// Serves at a free port what these words name, with variables.
    pub fn start_with(place: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = program();
        command.args(["serve", "--port", "0"]).args(place).envs(variables.iter().copied());
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let (say, said) = channel();
        // Somebody must listen, or it stops when nobody does.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| drop(say.send(line))));
        let mut serving = Self { child, address: String::new(), said, heard: Vec::new() };
        let line = serving.hears("listening on ");
        serving.address = line.rsplit("//").next().unwrap().to_owned();
        serving
    }

    /// Waits until it says something with these words in it, and answers with that line.
    #[track_caller]
    pub fn hears(&mut self, words: &str) -> String {
        loop {
            match self.said.recv_timeout(PATIENCE) {
                Ok(line) => {
                    self.heard.push(line.clone());
                    if line.contains(words) {
                        return line;
                    }
                }
                Err(_) => panic!("it never said {words:?}, only: {}", self.heard.join("\n")),
            }
        }
    }

    /// Where it listens: address and port.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The whole answer to a GET.
    pub fn get(&self, path: &str) -> String {
        self.get_with(path, "")
    }

    /// The same with more lines in the head.
    pub fn get_with(&self, path: &str, more: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{more}\r\n", self.address).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Sends it a signal.
    pub fn signal(&self, name: &str) {
        let told = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
    }

    /// Waits for its end; its exit code, and everything it said.
    pub fn ended(mut self) -> (Option<i32>, String) {
        let code = self.child.wait().unwrap().code();
        self.heard.extend(self.said.iter());
        (code, self.heard.join("\n"))
    }

    /// Tells it to stop, and answers with its exit code.
    pub fn stop(self) -> Option<i32> {
        self.signal("TERM");
        self.ended().0
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Ended already, or the test failed: either way nothing is left running.
        if self.child.kill().is_ok() {
            self.child.wait().unwrap();
        }
    }
}
