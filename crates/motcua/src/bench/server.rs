//! The side that is measured: `serve` itself, with an empty page at a port of its own for the floor, led by whoever started it.
//! Messages are written and stay in the outbox: how fast a partner takes them is not what is measured.
//!
//! It says its two addresses as one line of JSON on stdout. An empty line on stdin asks how often it waited for the disk, any other names
//! a plan that is to be carried out; the end of stdin stops it.

use super::process::Watched;
use super::reform::{self, CarriedOut};
use crate::ended::{Outcome, Stop, exit_code, print};
use crate::serve::{self, Messages};
use crate::wiring::{Place, hold, open_existing, settings};
use anyhow::Context;
use app::house::House;
use serde::{Deserialize, Serialize};
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use tokio::sync::oneshot;

/// Where it listens.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Addresses {
    /// The pages of the house.
    pub pages: SocketAddr,
    /// A page that is nothing but "ok".
    pub floor: SocketAddr,
}

/// Serves until the end of stdin.
///
/// # Errors
/// There is no house, or something broke.
pub fn command(place: &Place) -> Outcome {
    let mut settings = settings(place)?;
    let _log = crate::log::start();
    settings.server.listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let listener = serve::listen(&mut settings, None)?;
    let _held = hold(&settings)?;
    let house = open_existing(&settings)?;
    let floor = serve_floor()?;
    print(serde_json::to_string(&Addresses { pages: settings.server.listen, floor })?)?;
    let (stop, stopped) = oneshot::channel::<()>();
    let inside = Arc::clone(&house);
    std::thread::Builder::new().name("bench-leash".to_owned()).spawn(move || {
        answer_until_let_go(&inside);
        drop(stop);
    })?;
    serve::run_until(&house, &settings, listener, Messages::Kept, async { drop(stopped.await) })
}

/// Answers every line, until there is no more.
fn answer_until_let_go(house: &Arc<House>) {
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let answered = match line.as_str() {
            "" => house.db.syncs().map_err(Stop::from).and_then(print),
            plan => reform::carry_out(house, Path::new(plan))
                .and_then(|it| serde_json::to_string(&it).map_err(Stop::from))
                .and_then(print),
        };
        if let Err(why) = answered {
            exit_code(Err(why));
            return;
        }
    }
}

/// The floor: what an answer costs before there is anything in it.
fn serve_floor() -> Result<SocketAddr, Stop> {
    let listener = std::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).context("opening a port")?;
    listener.set_nonblocking(true).context("preparing the port")?;
    let address = listener.local_addr().context("asking for the address")?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting")?;
    std::thread::Builder::new().name("bench-floor".to_owned()).spawn(move || {
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            let site = axum::Router::new().route("/", axum::routing::get(|| async { "ok" }));
            axum::serve(listener, site).await
        })
    })?;
    Ok(address)
}

/// A server of another process, as long as this lives.
pub struct Serving {
    process: Child,
    leash: Option<ChildStdin>,
    said: BufReader<ChildStdout>,
    /// Where it listens.
    pub at: Addresses,
}

impl Serving {
    /// Starts one over the house of this command line's end.
    ///
    /// # Errors
    /// It does not start.
    pub fn start(mut command: Command) -> Result<Self, Stop> {
        let mut process =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("starting the server")?;
        let leash = process.stdin.take();
        let mut said = BufReader::new(process.stdout.take().context("hearing the server")?);
        let mut line = String::new();
        said.read_line(&mut line).context("hearing the server")?;
        match serde_json::from_str(&line) {
            Ok(at) => Ok(Self { process, leash, said, at }),
            Err(_) => {
                let ended = process.wait().context("waiting for the server")?;
                Err(Stop::refused(format!("Máy chủ đo không chạy được ({ended}).")))
            }
        }
    }

    /// The process.
    pub fn watched(&self) -> Watched {
        Watched::new(self.process.id())
    }

    /// How often it waited for the disk so far.
    ///
    /// # Errors
    /// It has ended.
    pub fn syncs(&mut self) -> Result<u64, Stop> {
        Ok(self.answer("")?.trim().parse().context("reading how often the server waited for its disk")?)
    }

    /// Has it carry out the plan of a file, and waits until every history tells of it.
    ///
    /// # Errors
    /// It refused, or has ended.
    pub fn reorganise(&mut self, plan: &Path) -> Result<CarriedOut, Stop> {
        let answer = self.answer(&plan.display().to_string())?;
        Ok(serde_json::from_str(&answer).context("reading what came of the plan")?)
    }

    fn answer(&mut self, asked: &str) -> Result<String, Stop> {
        let leash = self.leash.as_mut().context("asking the server")?;
        writeln!(leash, "{asked}").context("asking the server")?;
        let mut line = String::new();
        self.said.read_line(&mut line).context("hearing the server")?;
        Ok(line)
    }

    /// Lets it end in good order.
    ///
    /// # Errors
    /// It broke.
    pub fn stop(mut self) -> Result<(), Stop> {
        self.leash = None;
        let ended = self.process.wait().context("waiting for the server")?;
        if ended.success() { Ok(()) } else { Err(Stop::refused(format!("Máy chủ đo đã hỏng ({ended})."))) }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Ended already, or the run failed: either way nothing is left running.
        self.leash = None;
        if self.process.try_wait().is_ok_and(|ended| ended.is_none()) {
            drop(self.process.kill());
            drop(self.process.wait());
        }
    }
}
