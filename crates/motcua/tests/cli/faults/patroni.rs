//! A cluster that Patroni looks after, led now by one server and now by the other, while people work: by a command only
//! (`cargo xtask faults --patroni`), because it takes a while and needs two more Debian packages.

use super::client::{Client, Door};
use super::grounds::Grounds;
use super::ledger::Ledger;
use super::load::Load;
use super::node::Node;
use super::{chance, pause, rounds, within_seconds};
use rand::Rng;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Says that the cluster is wanted.
const WANTED: &str = "MOTCUA_FAULT_PATRONI";
/// Between two switchovers.
const EVERY: Duration = Duration::from_secs(10);
/// So long one may take, with everything that is started again for it.
const SWITCHING_SECONDS: u64 = 60;
/// Whom root becomes.
const UNPRIVILEGED: &str = "postgres";
const DATABASE: &str = "motcua";

/// A process of the cluster: told to stop when it is dropped, and ended with the test in any case.
struct Running(Child);

impl Running {
    fn start(program: &str, words: &[String], folder: &Path) -> Self {
        let log = std::fs::File::create(folder.with_extension("log")).unwrap();
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "TERM"]);
        command.args([
            format!("--reuid={UNPRIVILEGED}"),
            format!("--regid={UNPRIVILEGED}"),
            "--init-groups".to_owned(),
        ]);
        command.arg(program).args(words).current_dir("/").env("LC_ALL", "C.UTF-8");
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        Self(command.spawn().unwrap())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(Command::new("kill").arg(self.0.id().to_string()).status());
        drop(self.0.wait());
    }
}

/// One server with whoever looks after it.
struct Member {
    name: &'static str,
    api: u16,
    port: u16,
    _patroni: Running,
}

/// The cluster: dropped in this order, servers first.
struct Cluster {
    members: [Member; 2],
    _etcd: Running,
    folder: TempDir,
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Where Debian keeps the newest programs of PostgreSQL.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").unwrap().map(|it| it.unwrap().path());
    let number = |path: &PathBuf| path.file_name().and_then(|it| it.to_str()?.parse::<u32>().ok());
    versions.max_by_key(number).unwrap().join("bin")
}

/// What Patroni is told of one member: every commit waits for the other, always.
fn settings(name: &str, folder: &Path, etcd: u16, api: u16, port: u16) -> String {
    let (folder, programs) = (folder.display(), programs().display().to_string());
    format!(
        "scope: motcua
name: {name}
restapi: {{listen: '127.0.0.1:{api}', connect_address: '127.0.0.1:{api}'}}
etcd3: {{host: '127.0.0.1:{etcd}'}}
bootstrap:
  dcs:
    ttl: 20
    loop_wait: 2
    retry_timeout: 3
    synchronous_mode: true
    synchronous_mode_strict: true
    postgresql:
      use_pg_rewind: true
      parameters: {{wal_log_hints: 'on', max_connections: 100, shared_buffers: 32MB}}
  initdb: [{{encoding: UTF8}}, {{locale: C.UTF-8}}]
postgresql:
  listen: 127.0.0.1:{port}
  connect_address: 127.0.0.1:{port}
  data_dir: {folder}/{name}
  bin_dir: {programs}
  pgpass: {folder}/{name}.pgpass
  authentication:
    superuser: {{username: motcua, password: tried}}
    replication: {{username: replicator, password: tried}}
    rewind: {{username: rewinder, password: tried}}
  parameters: {{unix_socket_directories: {folder}}}
  pg_hba: ['local all all trust', 'host all all 127.0.0.1/32 trust', 'host replication all 127.0.0.1/32 trust']
"
    )
}

impl Cluster {
    #[track_caller]
    fn start() -> Self {
        let folder = tempfile::tempdir_in("/tmp").unwrap();
        let mut give = Command::new("chown");
        assert!(give.arg(UNPRIVILEGED).arg(folder.path()).status().unwrap().success());
        let (clients, peers) = (free_port(), free_port());
        let [client, peer] = [clients, peers].map(|port| format!("http://127.0.0.1:{port}"));
        let data = folder.path().join("etcd").display().to_string();
        let words = [
            ["--data-dir", &data],
            ["--listen-client-urls", &client],
            ["--advertise-client-urls", &client],
            ["--listen-peer-urls", &peer],
            ["--initial-advertise-peer-urls", &peer],
            ["--initial-cluster", &format!("default={peer}")],
        ];
        let words: Vec<String> = words.into_iter().flatten().map(str::to_owned).collect();
        let etcd = Running::start("etcd", &words, &folder.path().join("etcd"));
        let member = |name: &'static str| {
            let (api, port) = (free_port(), free_port());
            let file = folder.path().join(format!("{name}.yml"));
            std::fs::write(&file, settings(name, folder.path(), clients, api, port)).unwrap();
            let patroni = Running::start("patroni", &[file.display().to_string()], &folder.path().join(name));
            Member { name, api, port, _patroni: patroni }
        };
        let first = member("one");
        within_seconds(120, "the first server to lead", || answers(first.api, "/leader"));
        let second = member("other");
        let cluster = Self { members: [first, second], _etcd: etcd, folder };
        within_seconds(120, "the second server to follow", || answers(cluster.members[1].api, "/synchronous"));
        cluster.create();
        cluster
    }

    fn create(&self) {
        let port = self.members[0].port.to_string();
        let mut create = Command::new(programs().join("createdb"));
        create.args(["--host", "127.0.0.1", "--port", &port, "--username", "motcua", "--template=template0", DATABASE]);
        assert!(create.status().unwrap().success());
    }

    /// The address of the database, wherever it is led.
    fn url(&self) -> String {
        let hosts = self.members.each_ref().map(|it| format!("127.0.0.1:{}", it.port));
        format!("postgres://motcua@{}/{DATABASE}", hosts.join(","))
    }

    /// Has the other one lead, and waits until it does and the first one follows.
    #[track_caller]
    fn switch_over(&self) {
        let leads = |it: &Member| answers(it.api, "/leader");
        let (from, to) = if leads(&self.members[0]) {
            (&self.members[0], &self.members[1])
        } else {
            (&self.members[1], &self.members[0])
        };
        let body = format!("{{\"leader\": \"{}\", \"candidate\": \"{}\"}}", from.name, to.name);
        within_seconds(SWITCHING_SECONDS, "the switchover to be accepted", || {
            let (status, said) = asked(from.api, "POST", "/switchover", &body).unwrap_or((0, String::new()));
            assert!(matches!(status, 0 | 200 | 202 | 412 | 500 | 503), "{status} {said}");
            status == 200 || leads(to)
        });
        within_seconds(SWITCHING_SECONDS, "the other to lead", || leads(to));
        within_seconds(SWITCHING_SECONDS, "the first to follow", || answers(from.api, "/synchronous"));
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if std::thread::panicking() {
            for member in &self.members {
                let log = self.folder.path().join(member.name).with_extension("log");
                eprintln!("-- {}:\n{}", member.name, std::fs::read_to_string(log).unwrap_or_default());
            }
        }
    }
}

fn answers(api: u16, path: &str) -> bool {
    asked(api, "GET", path, "").is_some_and(|(status, _)| status == 200)
}

fn asked(api: u16, method: &str, path: &str, body: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", api)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(SWITCHING_SECONDS))).ok()?;
    write!(
        stream,
        "{method} {path} HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some((answer.split(' ').nth(1)?.parse().ok()?, answer))
}

/// Without its variable it does nothing.
#[test]
fn a_cluster_that_is_switched_over_every_ten_seconds_keeps_every_promise() {
    if std::env::var_os(WANTED).is_none() {
        return;
    }
    let mut chance = chance();
    let cluster = Cluster::start();
    let grounds = Grounds::on_server(&cluster.url());
    let nodes = [Node::start(&grounds.config), Node::start(&grounds.config)];
    let doors = nodes.each_ref().map(|it| Door::new(it.address));
    let ledger = Arc::new(Ledger::open(&Grounds::reception(&doors[0])));
    let mut load = Load::begin(&ledger, &doors, chance.next_u64());
    for round in 0..rounds(6) {
        let begun = Instant::now();
        load.until_more(&ledger, 10);
        cluster.switch_over();
        let took = begun.elapsed();
        load.until_more(&ledger, 1);
        ledger.look_up_latest(&Client::guest(&doors[0]));
        let (tried, acknowledged) = ledger.counts();
        eprintln!("switchover {round}: {:.1} s; {tried} tried, {acknowledged} acknowledged", took.as_secs_f64());
        let left = EVERY.saturating_sub(begun.elapsed());
        pause(u64::try_from(left.as_millis()).unwrap());
    }
    load.until_more(&ledger, 10);
    load.end();
    ledger.settle(&grounds, &doors[0], &mut chance);
    ledger.await_messages(&grounds);
    nodes.into_iter().for_each(Node::stop);
    ledger.verify(&grounds);
}
