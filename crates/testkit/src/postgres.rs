//! A PostgreSQL of one's own: started by the test that wants one, as an unprivileged user, gone when it is dropped.
//!
//! It needs Debian's package `postgresql` and nothing that runs already. It listens at a socket in a folder of its own, so that
//! no port is taken and nobody else gets in. A server can be killed and started again, followed by another and have it take its
//! place. This file uses the standard library only: tests below this crate include it by its path, and `xtask` does, to start
//! one server for all tests of a run.

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
/// What the server says once it can be used: by everybody, or (where it follows another) by who only reads.
const READY: &str = "ready to accept ";
/// The name of its port where none is chosen: part of the name of its socket.
const PORT: u16 = 5432;

/// A server. It must not outlive the thread that started it: the system ends it with that thread, so that nothing is left of a
/// test that was killed.
pub struct Server {
    folder: PathBuf,
    programs: PathBuf,
    settings: Vec<String>,
    /// `None` while it is down.
    process: Option<Child>,
    /// Its last words, for whoever wonders.
    said: Arc<Mutex<String>>,
}

impl Server {
    /// Starts one with an empty cluster. Everything is synced to the disk, as it would be in an office.
    ///
    /// # Panics
    /// PostgreSQL is not installed, or does not start.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// The same with settings of its own, each `name=value`.
    ///
    /// # Panics
    /// As [`Server::start`].
    pub fn start_with(settings: &[&str]) -> Self {
        let mut server = Self::down(settings);
        server.found();
        server.start_again();
        server
    }

    /// An empty cluster that nobody started yet: for whoever puts something into [`Server::data`] first.
    ///
    /// # Panics
    /// PostgreSQL is not installed.
    pub fn found_only(settings: &[&str]) -> Self {
        let server = Self::down(settings);
        server.found();
        server
    }

    /// Starts one that follows another: a copy of it as it is now, kept up to date until it is promoted.
    ///
    /// # Panics
    /// As [`Server::start`].
    pub fn following(other: &Self, settings: &[&str]) -> Self {
        let mut server = Self::down(settings);
        let mut copy = as_unprivileged(&server.programs.join("pg_basebackup"));
        copy.arg("--host").arg(&other.folder).args(["--username", USER, "--pgdata"]).arg(server.data());
        // Where it is, and that it only follows, is written down there.
        run(copy.args(["--wal-method=stream", "--checkpoint=fast", "--write-recovery-conf", "--no-sync"]));
        server.start_again();
        server
    }

    fn down(settings: &[&str]) -> Self {
        let programs = programs();
        let folder = own_folder();
        make(&folder);
        let settings = settings.iter().map(|it| (*it).to_owned()).collect();
        Self { folder, programs, settings, process: None, said: Arc::default() }
    }

    fn found(&self) {
        let mut initdb = as_unprivileged(&self.programs.join("initdb"));
        initdb.arg("--pgdata").arg(self.data()).args([
            "--username",
            USER,
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
        ]);
        // Only the empty cluster is not synced; the server itself syncs.
        run(initdb.args(["--no-sync", "--no-instructions"]));
    }

    /// Starts it where it is down, as it was left.
    ///
    /// # Panics
    /// It does not start.
    pub fn start_again(&mut self) {
        let mut server = as_unprivileged(&self.programs.join("postgres"));
        server.arg("-D").arg(self.data());
        let socket = format!("unix_socket_directories={}", self.folder.display());
        for setting in ["listen_addresses=", &socket, "max_connections=200", "shared_buffers=32MB", "lc_messages=C"] {
            server.args(["-c", setting]);
        }
        for setting in &self.settings {
            server.args(["-c", setting]);
        }
        let mut process = server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines().map_while(Result::ok);
        self.process = Some(process);
        let mut told = String::new();
        let is_ready = lines.by_ref().any(|line| {
            told.push_str(&line);
            told.push('\n');
            line.contains(READY)
        });
        assert!(is_ready, "PostgreSQL did not start: {told}");
        self.said.lock().unwrap().push_str(&told);
        let kept = Arc::clone(&self.said);
        // Somebody must listen, or it stops when nobody does.
        std::thread::spawn(move || {
            for line in lines {
                let mut said = kept.lock().unwrap();
                said.push_str(&line);
                said.push('\n');
            }
        });
    }

    /// Kills it and everything it started, as a power cut would: with -9, and nothing is written any more.
    pub fn kill(&mut self) {
        let Some(mut process) = self.process.take() else { return };
        let all = with_children(process.id());
        kill_all(&all);
        drop(process.wait());
        while all.iter().any(|id| is_running(*id)) {
            std::thread::yield_now();
        }
    }

    /// Kills one of its processes with -9, such as one that serves a connection: it then ends all others and recovers by
    /// itself. False where that is none of its processes.
    pub fn kill_one(&self, id: u32) -> bool {
        let Some(process) = &self.process else { return false };
        with_children(process.id()).contains(&id) && kill_all(&[id])
    }

    /// Ends the following: from now on it takes what is written itself.
    pub fn promote(&self) {
        let mut promote = as_unprivileged(&self.programs.join("pg_ctl"));
        run(promote.args(["promote", "--wait", "--pgdata"]).arg(self.data()));
    }

    /// Asks it something with `psql`; answers with what that prints, fields parted by `|`.
    ///
    /// # Panics
    /// It does not answer.
    pub fn query(&self, database: &str, sql: &str) -> String {
        let mut psql = self.tool("psql");
        psql.args(["--no-psqlrc", "--tuples-only", "--no-align", "--dbname", database, "--command", sql]);
        let output = psql.stdin(Stdio::null()).output().unwrap();
        assert!(output.status.success(), "{sql}: {}\n{}", String::from_utf8_lossy(&output.stderr), self.log());
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// An empty database of this name.
    ///
    /// # Panics
    /// It cannot be made.
    pub fn create(&self, database: &str) {
        run(self.tool("createdb").args(["--template=template0", database]));
    }

    /// The address of a database on it, by its socket.
    pub fn url(&self, database: &str) -> String {
        let folder = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://{USER}@{folder}/{database}")
    }

    /// The folder of its socket: what [`SHARED`] names.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its socket.
    pub fn socket(&self) -> PathBuf {
        self.folder.join(format!(".s.PGSQL.{}", self.port()))
    }

    /// The folder of its cluster; only whom [`Server::give`] gives a file to may read there.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Puts a file into the folder of its cluster, readable by the server alone.
    pub fn give(&self, name: &str, text: &str) {
        let beside = self.folder.with_extension("given");
        std::fs::write(&beside, text).unwrap();
        let mut install = Command::new("install");
        install.args(["-m", "600"]);
        if is_root() {
            install.args(["-o", UNPRIVILEGED, "-g", UNPRIVILEGED]);
        }
        run(install.arg(&beside).arg(self.data().join(name)));
        std::fs::remove_file(&beside).unwrap();
    }

    /// What it has said so far.
    pub fn log(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    fn port(&self) -> u16 {
        let own = self.settings.iter().find_map(|it| it.strip_prefix("port="));
        own.map_or(PORT, |it| it.parse().unwrap())
    }

    fn tool(&self, name: &str) -> Command {
        let mut tool = Command::new(self.programs.join(name));
        tool.arg("--host").arg(&self.folder).args(["--username", USER, "--port", &self.port().to_string()]);
        tool
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let mut stop = as_unprivileged(&self.programs.join("pg_ctl"));
            stop.args(["stop", "--mode=immediate", "--pgdata"]).arg(self.data());
            if !stop.stdout(Stdio::null()).status().is_ok_and(|it| it.success()) {
                drop(process.kill());
            }
            drop(process.wait());
        }
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

    /// Its name on the server.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Has the server do something to this database that the program never would.
    ///
    /// # Panics
    /// The server refuses.
    pub fn does(&self, statement: &str) {
        self.told_in(&self.name, statement);
    }

    /// The same from outside of it, while nobody need be in it.
    ///
    /// # Panics
    /// As [`Postgres::does`].
    pub fn suffers(&self, statement: &str) {
        self.told_in("postgres", statement);
    }

    fn told_in(&self, database: &str, statement: &str) {
        let words = ["--quiet", "--set=ON_ERROR_STOP=1", "--dbname", database, "--command", statement];
        run(self.tool("psql").args(words));
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

/// A process and those it started.
fn with_children(parent: u32) -> Vec<u32> {
    let all = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = all.filter_map(|it| it.file_name().to_str()?.parse::<u32>().ok());
    let started = ids.filter(|id| status(*id).is_some_and(|(_, its_parent)| its_parent == parent));
    std::iter::once(parent).chain(started.collect::<Vec<_>>()).collect()
}

/// The state of a process, as one letter, and who started it.
fn status(id: u32) -> Option<(char, u32)> {
    let text = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name stands in brackets and may hold anything.
    let mut words = text.rsplit_once(')')?.1.split_whitespace();
    Some((words.next()?.chars().next()?, words.next()?.parse().ok()?))
}

/// False also for one that has ended and whose parent has not asked yet.
fn is_running(id: u32) -> bool {
    status(id).is_some_and(|(state, _)| !matches!(state, 'Z' | 'X'))
}

fn kill_all(ids: &[u32]) -> bool {
    let ids = ids.iter().map(u32::to_string);
    Command::new("kill").arg("-9").args(ids).stderr(Stdio::null()).status().is_ok_and(|it| it.success())
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|answer| answer.stdout.trim_ascii() == b"0")
}

fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {words}");
}
