//! `motcua serve`: the pages, the timers and the outbox, until somebody says stop.

use crate::ended::{Ended, Outcome, Stop, say};
use crate::log;
use crate::partners;
use crate::settings::Settings;
use crate::tls::{self, Certificates, Hangup, TlsListener};
use crate::wiring::{Place, backup_plan, hold, open_existing, settings};
use anyhow::Context;
use app::accounts::Journal;
use app::house::House;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use web::measure::Meters;
use web::{Parts, Web};

/// Requests in flight may take so long once the program is told to stop.
const STOPPING: Duration = Duration::from_secs(30);
/// What is still running then may take so long.
const ENDING: Duration = Duration::from_secs(10);

/// Serves a house that exists.
///
/// # Errors
/// There is none, the port is taken, or something broke.
pub fn command(place: &Place, port: Option<u16>) -> Outcome {
    let mut settings = settings(place)?;
    let _log = log::start();
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

/// Serves an open house until it is told to stop.
///
/// # Errors
/// Something broke.
pub fn run(house: &Arc<House>, settings: &Settings, listener: std::net::TcpListener) -> Outcome {
    let words = format!("listening on {}", settings.server.own_url());
    let stop = async move {
        let told = told_to_stop();
        say(&words);
        told.await;
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
    let certificates = Certificates::named(settings).transpose();
    let certificates = certificates.map_err(|why| Stop::Usage(format!("server.tls_certificate: {why}")))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting")?;
    let outcome = runtime.block_on(async {
        let _told = outlive_full_files().context("listening for signals")?;
        let listener = TcpListener::from_std(listener).context("listening")?;
        // Switched off at the instant of a plan, the house is as the plan says before anybody sees it.
        // One that cannot be carried out keeps nobody from the pages: acts are refused, and the log says why.
        app::reform::flip_before_reading(house).await.context("carrying out a plan whose instant has come")?;
        let (end, ended) = watch::channel(false);
        let mut workers = beside_the_pages(house, settings, messages, &ended)?;
        workers.push(tokio::spawn(tls::keep_fresh(certificates.clone(), Hangup::listen(), ended)));
        let web = Web::from(Parts {
            house: Arc::clone(house),
            journal: Journal::start(house),
            settings: settings.shown(),
            proxies: settings.server.trusted_proxies.clone(),
            meters: Meters::new(settings.metrics.allowed.clone()),
            feeds: Arc::default(),
        });
        let served = match certificates {
            Some(certificates) => serve_until_told(web, TlsListener::new(listener, certificates)?, stop).await,
            None => serve_until_told(web, listener, stop).await,
        };
        end.send_replace(true);
        for worker in workers {
            worker.await.context("ending what runs beside the pages")?;
        }
        served?;
        Ok(Ended::Done)
    });
    // Whoever holds the house ends before it is closed; only a backup on its way is given up, which could take an hour.
    runtime.shutdown_timeout(ENDING);
    outcome
}

/// What runs beside the pages, until told to end.
fn beside_the_pages(
    house: &Arc<House>,
    settings: &Settings,
    messages: Messages,
    ended: &watch::Receiver<bool>,
) -> Result<Vec<JoinHandle<()>>, Stop> {
    let backups = backup_plan(settings)?.map(Arc::new);
    let mut workers = vec![
        tokio::spawn(keep_demo_clock(Arc::clone(house), ended.clone())),
        tokio::spawn(app::house::keep_fresh(Arc::clone(house), ended.clone())),
        tokio::spawn(app::timers::worker(Arc::clone(house), ended.clone())),
        tokio::spawn(app::reform::worker(Arc::clone(house), ended.clone())),
        tokio::spawn(app::backup::worker(Arc::clone(house), backups, ended.clone())),
    ];
    if messages == Messages::Carried {
        let partners = partners::open(house, settings)?;
        let carriers = Arc::new(partners.carriers);
        workers.push(tokio::spawn(app::outbox::worker(Arc::clone(house), carriers, ended.clone())));
        if let Some(heard) = partners.heard {
            workers.push(tokio::spawn(app::outbox::hear(Arc::clone(house), heard, ended.clone())));
        }
    }
    Ok(workers)
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

/// Takes visitors until told to stop; then nobody new, and whoever is inside is served to the end, for a while.
async fn serve_until_told<L: web::Listener<Addr = SocketAddr>>(
    web: Web,
    listener: L,
    asked: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Stop> {
    let journal = web.journal.clone();
    let (told, mut heard) = watch::channel(false);
    let stopping = async move {
        asked.await;
        tracing::info!("told to stop: nobody new comes in, requests in flight are finished");
        told.send_replace(true);
    };
    let out_of_patience = async {
        // An error: the pages ended by themselves, and the other branch says so.
        if heard.wait_for(|it| *it).await.is_err() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(STOPPING).await;
    };
    tokio::select! {
        ended = web::serve(web, listener, stopping) => ended.context("serving the pages")?,
        () = out_of_patience => {
            tracing::warn!(seconds = STOPPING.as_secs(), "requests in flight took too long and are cut off");
            journal.flush().await;
        }
    }
    Ok(())
}

/// Resolves when the operating system or somebody at the keyboard says stop; it listens from the moment it is called.
#[cfg(unix)]
fn told_to_stop() -> impl Future<Output = ()> + Send + 'static {
    use tokio::signal::unix::{SignalKind, signal};
    let (interrupt, terminate) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    async move {
        match (interrupt, terminate) {
            (Ok(mut interrupt), Ok(mut terminate)) => {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
            }
            _ => drop(tokio::signal::ctrl_c().await),
        }
    }
}

/// Resolves when somebody at the keyboard says stop.
#[cfg(not(unix))]
async fn told_to_stop() {
    drop(tokio::signal::ctrl_c().await);
}

/// Between two looks at whether another node of a demo turned the clock.
const CLOCK_FOLLOWED_EVERY: Duration = Duration::from_secs(1);

/// A demo's clock goes on where it stood, so what it shows is kept; several nodes have one clock.
async fn keep_demo_clock(house: Arc<House>, mut stopped: watch::Receiver<bool>) {
    if !house.rules.demo {
        return;
    }
    let mut looks: i64 = 0;
    loop {
        let ended = tokio::time::timeout(CLOCK_FOLLOWED_EVERY, stopped.wait_for(|it| *it)).await.is_ok();
        looks += 1;
        let is_saved = ended || looks % app::demo_clock::SAVED_EVERY_SECONDS == 0;
        let followed = if house.db.is_shared() { app::demo_clock::follow(&house).await } else { Ok(()) };
        let kept = if is_saved { app::demo_clock::save(&house).await } else { Ok(()) };
        if let Err(error) = followed.and(kept) {
            tracing::warn!(error = %error, "the clock of the demo was not kept");
        }
        if ended {
            return;
        }
    }
}
