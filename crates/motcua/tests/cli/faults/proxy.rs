//! The way to the database, with somebody on it who cuts: before the commit is heard, between the commit and its answer, or in
//! the middle of a word.

use rand::RngExt;
use rand_chacha::ChaCha12Rng;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How the driver says that the work is to be kept.
const COMMIT: &[u8] = b"COMMIT\0";
/// So long the server may take to carry out a commit whose answer nobody will hear.
const SETTLING: Duration = Duration::from_millis(200);

/// Where a connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cut {
    /// The server never hears of the commit.
    Before,
    /// The server has kept the work; nobody is told.
    After,
    /// The same, in the middle of the answer.
    Within,
}

/// Somebody between the program and its database: listens on the loopback, leads to a server's socket.
pub struct Proxy {
    pub address: SocketAddr,
    inside: Arc<Inside>,
}

struct Inside {
    target: Mutex<PathBuf>,
    chance: Mutex<ChaCha12Rng>,
    /// One commit of so many is cut; 0 for none.
    one_of: AtomicU32,
    cuts: Mutex<[u32; 3]>,
    open: Mutex<Vec<TcpStream>>,
    is_over: AtomicBool,
}

impl Proxy {
    /// Leads to this socket, and cuts nothing yet.
    pub fn to(socket: &Path, chance: ChaCha12Rng) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let inside = Arc::new(Inside {
            target: Mutex::new(socket.to_owned()),
            chance: Mutex::new(chance),
            one_of: AtomicU32::new(0),
            cuts: Mutex::default(),
            open: Mutex::default(),
            is_over: AtomicBool::new(false),
        });
        let own = Arc::clone(&inside);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if own.is_over.load(Ordering::Relaxed) {
                    return;
                }
                own.lead(stream);
            }
        });
        Self { address, inside }
    }

    /// The address of a database behind it.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://motcua@{}/{database}", self.address)
    }

    /// From now on it leads elsewhere; whoever is connected is cut.
    pub fn lead_to(&self, socket: &Path) {
        socket.clone_into(&mut self.inside.target.lock().unwrap());
        self.cut_all();
    }

    /// From now on one commit of so many is cut; 0: none.
    pub fn cut_one_of(&self, commits: u32) {
        self.inside.one_of.store(commits, Ordering::Relaxed);
    }

    /// How often it cut before, after and within a commit.
    pub fn cuts(&self) -> [u32; 3] {
        *self.inside.cuts.lock().unwrap()
    }

    /// Cuts everybody who is connected.
    pub fn cut_all(&self) {
        for stream in self.inside.open.lock().unwrap().drain(..) {
            drop(stream.shutdown(Shutdown::Both));
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.inside.is_over.store(true, Ordering::Relaxed);
        self.cut_all();
        // Whoever waits for the next visitor gets one, and goes home.
        drop(TcpStream::connect(self.address));
    }
}

impl Inside {
    /// Leads one visitor to the server; where that is away, the visitor is turned away.
    fn lead(self: &Arc<Self>, visitor: TcpStream) {
        let target = self.target.lock().unwrap().clone();
        let Ok(server) = UnixStream::connect(target) else { return };
        // One word, one message: the answer must not wait for the next.
        drop(visitor.set_nodelay(true));
        let Ok(kept) = visitor.try_clone() else { return };
        self.open.lock().unwrap().push(kept);
        let way = Arc::new(Way { visitor, server, cut: Mutex::new(None) });
        let (there, back, inside) = (Arc::clone(&way), way, Arc::clone(self));
        std::thread::spawn(move || there.carry_there(&inside));
        std::thread::spawn(move || back.carry_back());
    }

    /// Whether this commit is cut, and where.
    fn decide(&self) -> Option<Cut> {
        let one_of = self.one_of.load(Ordering::Relaxed);
        let mut chance = self.chance.lock().unwrap();
        if one_of == 0 || !chance.random_ratio(1, one_of) {
            return None;
        }
        let kind = chance.random_range(0..3_usize);
        self.cuts.lock().unwrap()[kind] += 1;
        Some([Cut::Before, Cut::After, Cut::Within][kind])
    }
}

/// One visitor's way to the server and back.
struct Way {
    visitor: TcpStream,
    server: UnixStream,
    /// What happens to the next answer.
    cut: Mutex<Option<Cut>>,
}

impl Way {
    fn carry_there(&self, inside: &Inside) {
        let mut bytes = vec![0; 64 << 10];
        let (mut visitor, mut server) = (&self.visitor, &self.server);
        while let Ok(count) = visitor.read(&mut bytes) {
            let said = &bytes[..count];
            if said.is_empty() {
                break;
            }
            // The driver sends what belongs together in one message, and it is short: its end comes with it.
            let cut = if says(said, COMMIT) { inside.decide() } else { None };
            if cut == Some(Cut::Before) {
                break;
            }
            *self.cut.lock().unwrap() = cut;
            if server.write_all(said).is_err() {
                break;
            }
        }
        self.end();
    }

    fn carry_back(&self) {
        let mut bytes = vec![0; 64 << 10];
        let (mut visitor, mut server) = (&self.visitor, &self.server);
        while let Ok(count) = server.read(&mut bytes) {
            let said = &bytes[..count];
            if said.is_empty() {
                break;
            }
            match *self.cut.lock().unwrap() {
                None => {
                    if visitor.write_all(said).is_err() {
                        break;
                    }
                    continue;
                }
                Some(Cut::Within) => drop(visitor.write_all(&said[..count / 2])),
                Some(_) => {}
            }
            self.let_it_settle(says(said, COMMIT));
            break;
        }
        self.end();
    }

    /// Waits until the server has said that it kept the work, or something else.
    fn let_it_settle(&self, is_said: bool) {
        let mut bytes = vec![0; 64 << 10];
        let mut server = &self.server;
        let mut is_said = is_said;
        drop(server.set_read_timeout(Some(SETTLING)));
        while !is_said {
            match server.read(&mut bytes) {
                Ok(count) if count > 0 => is_said = says(&bytes[..count], COMMIT),
                _ => return,
            }
        }
    }

    fn end(&self) {
        drop(self.visitor.shutdown(Shutdown::Both));
        drop(self.server.shutdown(Shutdown::Both));
    }
}

fn says(bytes: &[u8], words: &[u8]) -> bool {
    bytes.windows(words.len()).any(|it| it == words)
}
