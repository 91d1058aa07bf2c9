//! A PostgreSQL of one's own: started by the test that wants one, as an unprivileged user, gone when it is dropped.
//!
//! It needs Debian's package `postgresql` and nothing that runs already. It listens at a socket in a folder of its own, so that
//! no port is taken and nobody else gets in. This file uses the standard library only: tests below this crate include it by its
//! path, and `xtask` does, to start one server for all tests of a run.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

/// Names the folder of a server that runs for all tests; each test then makes a database of its own there.
pub const SHARED: &str = "STORAGE_TEST_SERVER";
/// Where Debian puts the programs, by version.
const VERSIONS: &str = "/usr/lib/postgresql";
/// Whom root becomes: PostgreSQL refuses to run as root.
const UNPRIVILEGED: &str = "postgres";
/// Owner of the databases.
const USER: &str = "motcua";
/// What the server says once it can be used.
const READY: &str = "ready to accept connections";

/// A server. It must not outlive the thread that started it: the system ends it with that thread, so that nothing is left of a
/// test that was killed.
pub struct Server {
    folder: PathBuf,
    programs: PathBuf,
    process: Child,
    /// Its last words, for whoever wonders.
    said: Arc<Mutex<String>>,
}

impl Server {
    /// Starts one with an empty cluster. Everything is synced to the disk, as it would be in an office.
    ///
    /// # Panics
    /// PostgreSQL is not installed, or does not start.
    pub fn start() -> Self {
        let programs = programs();
        let folder = own_folder();
        make(&folder);
        let data = folder.join("data");
        let mut initdb = as_unprivileged(&programs.join("initdb"));
        initdb.arg("--pgdata").arg(&data).args([
            "--username",
            USER,
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
        ]);
        // Only the empty cluster is not synced; the server itself syncs.
        run(initdb.args(["--no-sync", "--no-instructions"]));
        let mut server = as_unprivileged(&programs.join("postgres"));
        server.arg("-D").arg(&data);
        let socket = format!("unix_socket_directories={}", folder.display());
        for setting in ["listen_addresses=", &socket, "max_connections=200", "shared_buffers=32MB", "lc_messages=C"] {
            server.args(["-c", setting]);
        }
        let mut process = server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines().map_while(Result::ok);
        let mut told = String::new();
        let is_ready = lines.by_ref().any(|line| {
            told.push_str(&line);
            told.push('\n');
            line.contains(READY)
        });
        assert!(is_ready, "PostgreSQL did not start: {told}");
        let said = Arc::new(Mutex::new(told));
        let kept = Arc::clone(&said);
        // Somebody must listen, or it stops when nobody does.
        std::thread::spawn(move || {
            for line in lines {
                let mut said = kept.lock().unwrap();
                said.push_str(&line);
                said.push('\n');
            }
        });
        Self { folder, programs, process, said }
    }

    /// The folder of its socket: what [`SHARED`] names.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What it has said so far.
    pub fn log(&self) -> String {
        self.said.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let mut stop = as_unprivileged(&self.programs.join("pg_ctl"));
        stop.args(["stop", "--mode=immediate", "--pgdata"]).arg(self.folder.join("data"));
        if !stop.stdout(Stdio::null()).status().is_ok_and(|it| it.success()) {
            drop(self.process.kill());
        }
        drop(self.process.wait());
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// A database of its own on a server: the shared one where there is one, else one's own.
pub struct Postgres {
    name: String,
    folder: PathBuf,
    programs: PathBuf,
    /// Dropped last.
    own: Option<Server>,
}

impl Postgres {
    /// An empty database.
    ///
    /// # Panics
    /// As [`Server::start`].
    pub fn start() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let shared = std::env::var_os(SHARED).map(PathBuf::from);
        let own = if shared.is_none() { Some(Server::start()) } else { None };
        let folder = shared.or_else(|| own.as_ref().map(|it| it.folder.clone())).unwrap();
        let name = format!("t{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let postgres = Self { name, folder, programs: programs(), own };
        run(postgres.tool("createdb").args(["--template=template0", &postgres.name]));
        postgres
    }

    /// Its address.
    pub fn url(&self) -> String {
        let folder = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://{USER}@{folder}/{}", self.name)
    }

    /// What the server has said; empty where it is not this test's own.
    pub fn log(&self) -> String {
        self.own.as_ref().map(Server::log).unwrap_or_default()
    }

    fn tool(&self, name: &str) -> Command {
        let mut tool = Command::new(self.programs.join(name));
        tool.arg("--host").arg(&self.folder).args(["--username", USER]);
        tool
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if self.own.is_none() {
            drop(self.tool("dropdb").args(["--force", "--if-exists", &self.name]).status());
        }
    }
}

/// The newest version there is.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir(VERSIONS).into_iter().flatten().flatten();
    let version = |path: &Path| path.file_name().and_then(|it| it.to_str()).and_then(|it| it.parse::<u32>().ok());
    let found = versions.map(|it| it.path()).filter(|it| it.join("bin/postgres").exists()).max_by_key(|it| version(it));
    found.expect("PostgreSQL is not here: apt-get install postgresql").join("bin")
}

/// A short name: a socket's path must not be longer than about a hundred bytes.
fn own_folder() -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("motcua-pg-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let folder = std::env::temp_dir();
    if folder.as_os_str().len() > 40 { Path::new("/tmp").join(name) } else { folder.join(name) }
}

/// Belongs to whoever runs the server, and to nobody else.
fn make(folder: &Path) {
    drop(std::fs::remove_dir_all(folder));
    let mut install = Command::new("install");
    install.args(["-d", "-m", "700"]);
    if is_root() {
        install.args(["-o", UNPRIVILEGED, "-g", UNPRIVILEGED]);
    }
    run(install.arg(folder));
}

/// The program as somebody who may do nothing else, to be ended with the thread that starts it.
fn as_unprivileged(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "QUIT"]);
    if is_root() {
        let ids = [format!("--reuid={UNPRIVILEGED}"), format!("--regid={UNPRIVILEGED}")];
        command.args(ids).arg("--init-groups");
    }
    command.arg(program).current_dir("/").env("LC_ALL", "C.UTF-8");
    command
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|answer| answer.stdout.trim_ascii() == b"0")
}

fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {words}");
}
