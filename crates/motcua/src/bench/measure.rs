//! Asking, and counting what it costs the server.

use super::client::{Answers, Load, ask};
use super::figures::{Beside, Figures, Filling, Floor, Operation, Resident, Syncs};
use super::ground::Ground;
use super::requests::Asked;
use super::server::Serving;
use crate::ended::{Stop, say};
use crate::settings::Settings;
use anyhow::Context;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// Connections that ask at the same time.
pub const CONNECTIONS: usize = 64;
/// Nothing is asked for longer.
const AT_MOST: Duration = Duration::from_secs(15);
/// So long the look-ups beside the submitters last.
const BESIDE: Duration = Duration::from_secs(4);
/// A server that took no processor time for so long is at rest.
const RESTED: Duration = Duration::from_millis(500);
/// So often it is looked at; then it is measured as it is.
const RESTS_MAX: u32 = 240;
/// So late a server tells how often its idle connections waited for the disk.
const TOLD_LATE: Duration = Duration::from_secs(12);
/// Requests to the floor: processor time is counted in hundredths of a second, and each of them takes little.
const FLOOR: usize = 100_000;
/// Beside a small house, which is measured roughly anyway.
const FLOOR_LEAST: usize = 5_000;
/// Least requests of one measurement, however small the house is.
const LEAST: usize = 128;

/// A server on a filled house, and what is asked of it.
pub struct Bench {
    serving: Serving,
    ground: Ground,
    runtime: Runtime,
    first_page: Duration,
    /// The floor as it was each time.
    floors: Vec<Floor>,
}

impl Bench {
    /// Starts the server and waits for its first page.
    ///
    /// # Errors
    /// It does not start.
    pub fn start(settings: &Settings, ground: Ground) -> Result<Self, Stop> {
        // One thread is enough to ask, and leaves the rest to the server.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting")?;
        let began = Instant::now();
        let serving = Serving::start(server_over(settings)?)?;
        runtime.block_on(ask(&load(serving.at.pages, &ground.requests.home, 1)))?;
        Ok(Self { serving, ground, runtime, first_page: began.elapsed(), floors: Vec::new() })
    }

    /// Measures everything and lets the server end.
    ///
    /// # Errors
    /// An answer was not the expected one, or something broke.
    pub fn run(mut self) -> Result<Figures, Stop> {
        self.let_rest()?;
        let started_mb = self.serving.watched().resident_mb()?;
        let requests = &self.ground.requests;
        let (lookup, worklist, report) =
            (Arc::clone(&requests.lookup), Arc::clone(&requests.worklist), Arc::clone(&requests.report_06a));
        let worklist_page_ms = self.alone(&worklist, 400)?;
        let report_06a_ms = self.alone(&report, 5)?;
        let mut operations = vec![
            self.operation("lookup", &lookup, self.sized(20_000), 200)?,
            self.operation("worklist", &worklist, self.sized(8_000), 200)?,
            self.operation("report_06a", &report, self.sized(LEAST), 200)?,
        ];
        let advance = Arc::clone(&self.ground.requests.advance);
        operations.insert(1, self.operation("advance", &advance, advance.len(), 303)?);
        // It changes most, so it comes last.
        let half = self.half_of_the_drafts();
        let (submit, syncs) = self.submit(half)?;
        operations.insert(1, submit);
        let lookup_beside_submitters = self.beside(&lookup)?;
        // Each thread tells the kernel of its pages now and then, so that a peak can read lower than what was resident before it.
        let peak_mb = self.serving.watched().peak_mb()?.max(started_mb);
        let Self { serving, ground, first_page, floors, .. } = self;
        serving.stop()?;
        let filling = ground.filling.map(|it| Filling {
            seconds: it.as_secs_f64(),
            rate: f64::from(ground.dossiers) / it.as_secs_f64().max(1e-6),
        });
        Ok(Figures {
            engine: ground.engine.to_owned(),
            dossiers: ground.dossiers,
            events: u64::from(ground.dossiers) * 6,
            connections: CONNECTIONS,
            floor: mean(&floors),
            operations,
            filling,
            start_to_first_page_ms: first_page.as_secs_f64() * 1e3,
            resident: Resident { started_mb, peak_mb },
            syncs,
            lookup_beside_submitters,
            worklist_page_ms,
            report_06a_ms,
            raw: None,
            small: None,
            demo_resident_mb: None,
            reorganised: None,
        })
    }

    /// Measures the named operations and lets the server end.
    ///
    /// # Errors
    /// There is none of that name, an answer was not the expected one, or something broke.
    pub fn only(mut self, names: &[String]) -> Result<(Floor, Vec<Operation>), Stop> {
        let mut operations = Vec::new();
        for name in names {
            let requests = &self.ground.requests;
            let (asked, total, expects) = match name.as_str() {
                "lookup" => (Arc::clone(&requests.lookup), self.sized(20_000), 200),
                "worklist" => (Arc::clone(&requests.worklist), self.sized(8_000), 200),
                "report_06a" => (Arc::clone(&requests.report_06a), LEAST, 200),
                "advance" => (Arc::clone(&requests.advance), requests.advance.len(), 303),
                "submit" => {
                    let asked = self.half_of_the_drafts();
                    let total = asked.len();
                    (asked, total, 303)
                }
                _ => return Err(Stop::Usage(format!("--only: bench measures no operation called {name}"))),
            };
            operations.push(self.operation(name, &asked, total, expects)?);
        }
        let floor = mean(&self.floors);
        self.serving.stop()?;
        Ok((floor, operations))
    }

    /// Waits until the server has done what a house does once and not for a request: the night's seal over everything, first of all.
    fn let_rest(&self) -> Result<(), Stop> {
        let server = self.serving.watched();
        for _ in 0..RESTS_MAX {
            let before = server.cpu()?;
            self.wait(RESTED);
            if server.cpu()? == before {
                return Ok(());
            }
        }
        say("máy chủ chưa lúc nào nghỉ: các số đo gồm cả việc riêng của nó");
        Ok(())
    }

    fn wait(&self, so_long: Duration) {
        self.runtime.block_on(async { tokio::time::sleep(so_long).await });
    }

    /// How much is asked of a house of this size.
    fn sized(&self, most: usize) -> usize {
        usize::try_from(self.ground.dossiers / 4).unwrap_or(most).clamp(LEAST, most.max(LEAST))
    }

    /// A machine that has other work is slower now and faster then: each operation is compared with the floor right before it and
    /// right after it.
    fn floor(&mut self) -> Result<Floor, Stop> {
        // What an operation left to be done is not the floor's.
        self.let_rest()?;
        let asked = Arc::clone(&self.ground.requests.floor);
        let total = usize::try_from(self.ground.dossiers)?.clamp(FLOOR_LEAST, FLOOR);
        let load = load(self.serving.at.floor, &asked, total);
        let (answers, cpu_us) = self.cost(&load)?;
        let floor = Floor { cpu_us, rate: answers.rate() };
        self.floors.push(floor);
        Ok(floor)
    }

    fn operation(&mut self, name: &str, asked: &Asked, total: usize, expects: u16) -> Result<Operation, Stop> {
        say(&format!("đo {name}"));
        let load = Load { expects, ..load(self.serving.at.pages, asked, total) };
        let before = self.floor()?;
        let (answers, cpu_us) = self.cost(&load)?;
        Ok(operation(name, &answers, cpu_us, mean(&[before, self.floor()?])))
    }

    /// Asks, and says how much processor time each answer cost the server, in microseconds.
    fn cost(&self, load: &Load) -> Result<(Answers, f64), Stop> {
        let server = self.serving.watched();
        let before = server.cpu()?;
        let answers = self.runtime.block_on(ask(load))?;
        let spent = server.cpu()?.saturating_sub(before);
        Ok((answers.clone(), per_answer_us(spent, &answers)))
    }

    /// With one connection: half of the answers took no longer, in milliseconds.
    fn alone(&self, asked: &Asked, total: usize) -> Result<f64, Stop> {
        let load = Load { connections: 1, ..load(self.serving.at.pages, asked, total) };
        Ok(self.runtime.block_on(ask(&load))?.within_ms(50))
    }

    fn half_of_the_drafts(&mut self) -> Asked {
        let submits = &mut self.ground.requests.submit;
        Arc::new(submits.split_off(submits.len() / 2))
    }

    fn submit(&mut self, asked: Asked) -> Result<(Operation, Syncs), Stop> {
        let before = self.serving.syncs()?;
        let submit = self.operation("submit", &asked, asked.len(), 303)?;
        if self.ground.engine != "sqlite" {
            self.wait(TOLD_LATE);
        }
        let syncs = self.serving.syncs()?.saturating_sub(before);
        let submits = submit.requests;
        let per_submit = syncs as f64 / submits.max(1) as f64;
        Ok((submit, Syncs { submits, syncs, per_submit }))
    }

    /// Look-ups of 64 with nobody else there, and the same while another 64 submit the rest of the drafts. As with the floor, what is
    /// compared with is measured right before and right after.
    fn beside(&mut self, lookup: &Asked) -> Result<Beside, Stop> {
        say("đo lookup trong khi 64 người nộp");
        let rest = Arc::new(std::mem::take(&mut self.ground.requests.submit));
        let looking = Load { at_most: BESIDE, ..load(self.serving.at.pages, lookup, usize::MAX >> 1) };
        let before = self.p99_alone(&looking)?;
        let ended = Arc::new(AtomicBool::new(false));
        let total = rest.len();
        let many = Load { expects: 303, at_most: BESIDE, ..load(self.serving.at.pages, &rest, total) };
        let until_ended = Load { stop: Arc::clone(&ended), ..looking.clone() };
        let (beside, submitted) = self.runtime.block_on(async {
            let submitting = async {
                let outcome = ask(&many).await;
                ended.store(true, Ordering::Relaxed);
                outcome
            };
            let (submitted, beside) = tokio::join!(submitting, ask(&until_ended));
            Ok::<_, Stop>((beside?, submitted?))
        })?;
        let alone_p99_ms = (before + self.p99_alone(&looking)?) / 2.0;
        let beside_p99_ms = beside.within_ms(99);
        let ratio = beside_p99_ms / alone_p99_ms.max(1e-3);
        Ok(Beside { alone_p99_ms, beside_p99_ms, ratio, submits_rate: submitted.rate() })
    }

    fn p99_alone(&self, looking: &Load) -> Result<f64, Stop> {
        self.let_rest()?;
        let alone = Load { at_most: BESIDE / 2, ..looking.clone() };
        Ok(self.runtime.block_on(ask(&alone))?.within_ms(99))
    }
}

/// Asked by all connections, each as soon as it is answered.
pub fn load(to: SocketAddr, requests: &Asked, total: usize) -> Load {
    let (requests, stop) = (Arc::clone(requests), Arc::default());
    Load { to, requests, total, connections: CONNECTIONS, expects: 200, at_most: AT_MOST, stop, thinks: Duration::ZERO }
}

/// The system counts in hundredths of a second: less than one is told as one.
fn per_answer_us(spent: Duration, answers: &Answers) -> f64 {
    spent.as_secs_f64().max(0.01) * 1e6 / answers.count().max(1) as f64
}

fn mean(floors: &[Floor]) -> Floor {
    let count = floors.len().max(1) as f64;
    Floor {
        cpu_us: floors.iter().map(|it| it.cpu_us).sum::<f64>() / count,
        rate: floors.iter().map(|it| it.rate).sum::<f64>() / count,
    }
}

fn operation(name: &str, answers: &Answers, cpu_us: f64, floor: Floor) -> Operation {
    Operation {
        name: name.to_owned(),
        cpu_us,
        rate: answers.rate(),
        p50_ms: answers.within_ms(50),
        p99_ms: answers.within_ms(99),
        floor_cpu_us: floor.cpu_us,
        ratio_to_floor: cpu_us / floor.cpu_us,
        requests: answers.count(),
    }
}

/// This program again, as the server over the house of these settings.
///
/// # Errors
/// The system does not say where this program is.
pub fn server_over(settings: &Settings) -> Result<Command, Stop> {
    let mut command = this_program()?;
    command.arg("bench-server").arg("--data").arg(&settings.data.dir).env_remove("MOTCUA_CONFIG");
    match &settings.database.address {
        Some(address) => command.env("MOTCUA_DATABASE_URL", address.to_string()),
        None => command.env_remove("MOTCUA_DATABASE_URL"),
    };
    Ok(command)
}

/// This program, to be started once more.
///
/// # Errors
/// The system does not say where it is.
pub fn this_program() -> Result<Command, Stop> {
    let path = std::env::current_exe().context("looking for this program")?;
    Ok(Command::new::<&Path>(&path))
}
