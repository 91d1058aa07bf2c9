//! `motcua serve`: the pages, the timers and the outbox, until somebody says stop.

use crate::ended::{Ended, Outcome, Stop, say};
use crate::partners;
use crate::settings::Settings;
use crate::wiring::{DEMO_CLOCK_SAVED_EVERY_SECONDS, Place, hold, open_existing, save_demo_clock, settings};
use anyhow::Context;
use app::accounts::Journal;
use app::house::House;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use web::Web;

/// What is logged unless `MOTCUA_LOG` says otherwise: what went wrong, and everybody who signs in.
const USUAL_LOG: &str = "warn,app::accounts=info";

/// Serves a house that exists.
///
/// # Errors
/// There is none, the port is taken, or something broke.
pub fn command(place: &Place, port: Option<u16>) -> Outcome {
    let mut settings = settings(place)?;
    start_log();
    let listener = listen(&mut settings, port)?;
    let _held = hold(&settings)?;
    let house = open_existing(&settings)?;
    run(&house, &settings, listener)
}

/// Takes the port, before the house is opened: links and slips name the address that was really taken.
///
/// # Errors
/// The port is taken.
pub fn listen(settings: &mut Settings, port: Option<u16>) -> Result<std::net::TcpListener, Stop> {
    if let Some(port) = port {
        settings.server.listen.set_port(port);
    }
    let address: SocketAddr = settings.server.listen;
    let listener = std::net::TcpListener::bind(address)
        .map_err(|why| Stop::refused(format!("Không mở được cổng {address}: {why}. Dùng --port để chọn cổng khác.")))?;
    listener.set_nonblocking(true).context("preparing the port")?;
    settings.server.listen = listener.local_addr().context("asking for the address")?;
    Ok(listener)
}

/// Logs go to stderr, as `MOTCUA_LOG` says.
pub fn start_log() {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_env("MOTCUA_LOG").unwrap_or_else(|_| EnvFilter::new(USUAL_LOG));
    // At its finest level the driver writes down every statement.
    let filter = quiet().into_iter().fold(filter, EnvFilter::add_directive);
    let started = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
    if started.is_err() {
        say("motcua: nhật ký đã được mở trước đó.");
    }
}

/// Nobody may turn these up.
fn quiet() -> Vec<tracing_subscriber::filter::Directive> {
    ["tokio_postgres=warn", "rustls=warn"].iter().filter_map(|it| it.parse().ok()).collect()
}

/// Serves an open house until it is told to stop.
///
/// # Errors
/// Something broke.
pub fn run(house: &Arc<House>, settings: &Settings, listener: std::net::TcpListener) -> Outcome {
    let words = format!("listening on http://{}", settings.server.listen);
    let stop = async move {
        say(&words);
        told_to_stop().await;
    };
    run_until(house, settings, listener, Messages::Carried, stop)
}

/// What becomes of messages while the house is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Messages {
    /// They leave the house.
    Carried,
    /// They stay in the outbox.
    Kept,
}

/// Serves an open house until `stop`.
///
/// # Errors
/// Something broke.
pub fn run_until(
    house: &Arc<House>,
    settings: &Settings,
    listener: std::net::TcpListener,
    messages: Messages,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting")?;
    runtime.block_on(async {
        let _told = outlive_full_files().context("listening for signals")?;
        let listener = TcpListener::from_std(listener).context("listening")?;
        let (end, ended) = watch::channel(false);
        let mut workers = vec![
            tokio::spawn(keep_demo_clock(Arc::clone(house), ended.clone())),
            tokio::spawn(app::house::keep_fresh(Arc::clone(house), ended.clone())),
            tokio::spawn(app::timers::worker(Arc::clone(house), ended.clone())),
        ];
        if messages == Messages::Carried {
            let partners = partners::open(house, settings)?;
            workers.push(tokio::spawn(app::outbox::worker(
                Arc::clone(house),
                Arc::new(partners.carriers),
                ended.clone(),
            )));
            if let Some(heard) = partners.heard {
                workers.push(tokio::spawn(app::outbox::hear(Arc::clone(house), heard, ended)));
            }
        }
        let web = Web {
            house: Arc::clone(house),
            journal: Journal::start(house),
            settings: Arc::new(settings.shown()),
            proxies: settings.server.trusted_proxies.clone().into(),
        };
        let served = web::serve(web, listener, stop).await.context("serving the pages");
        end.send_replace(true);
        for worker in workers {
            worker.await.context("ending what runs beside the pages")?;
        }
        served?;
        Ok(Ended::Done)
    })
}

/// What the system says where a file may not grow any more. Its number on Linux.
#[cfg(target_os = "linux")]
const FILE_IS_FULL: i32 = 25;

/// A file that may not grow ends a program that does not listen; heard, it is an error of the one who writes, as a full disk is.
#[cfg(target_os = "linux")]
fn outlive_full_files() -> std::io::Result<impl Sized> {
    use tokio::signal::unix::{SignalKind, signal};
    signal(SignalKind::from_raw(FILE_IS_FULL))
}

#[cfg(not(target_os = "linux"))]
fn outlive_full_files() -> std::io::Result<impl Sized> {
    Ok(())
}

/// Resolves when the operating system or somebody at the keyboard says stop.
async fn told_to_stop() {
    let interrupt = async { drop(tokio::signal::ctrl_c().await) };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! {
                    () = interrupt => {}
                    _ = terminate.recv() => {}
                }
            }
            Err(_) => interrupt.await,
        }
    }
    #[cfg(not(unix))]
    interrupt.await;
}

/// A demo's clock goes on where it stood, so what it shows is kept.
async fn keep_demo_clock(house: Arc<House>, mut stopped: watch::Receiver<bool>) {
    if !house.rules.demo {
        return;
    }
    let every = Duration::from_secs(DEMO_CLOCK_SAVED_EVERY_SECONDS.unsigned_abs());
    loop {
        let ended = tokio::time::timeout(every, stopped.wait_for(|it| *it)).await.is_ok();
        if let Err(error) = save_demo_clock(&house).await {
            tracing::warn!(error = %error, "the clock of the demo was not saved");
        }
        if ended {
            return;
        }
    }
}
