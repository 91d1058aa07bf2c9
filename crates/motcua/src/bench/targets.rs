//! What takes a run of its own: a small house to compare with, and a demo at rest.

use super::BenchArgs;
use super::Engine;
use super::figures::{Figures, Small};
use super::measure::this_program;
use super::process::{Watched, Yard};
use super::reform;
use crate::ended::{Stop, say};
use anyhow::Context;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::time::Duration;

/// Dossiers of the small house.
const SMALL: u32 = 10_000;
/// Dossiers of the house that is reorganised.
const REORGANISED: u32 = 100_000;
/// So long a demo rests before its memory is read.
const REST: Duration = Duration::from_secs(5);
/// What the program says once pages can be asked for.
const LISTENING: &str = "listening on ";

/// Adds what these runs give.
///
/// # Errors
/// One of them failed.
pub fn measure(asked: &BenchArgs, figures: Figures) -> Result<Figures, Stop> {
    let small = match asked.engine {
        Engine::Sqlite if asked.dossiers > SMALL => Some(small(&figures)?),
        // A server would need a second empty database.
        Engine::Sqlite | Engine::Postgres(_) => None,
    };
    let reorganised = match asked.engine {
        Engine::Sqlite => Some(reform::measured_apart(REORGANISED)?),
        Engine::Postgres(_) => None,
    };
    Ok(Figures { small, demo_resident_mb: Some(demo_at_rest()?), reorganised, ..figures })
}

fn small(figures: &Figures) -> Result<Small, Stop> {
    say(&format!("đo một nơi nhỏ: {SMALL} hồ sơ"));
    let mut command = this_program()?;
    command.args(["bench", "--json", "--dossiers", &SMALL.to_string()]);
    let output = command.stderr(Stdio::null()).output().context("measuring a small house")?;
    let other: Figures = serde_json::from_slice(&output.stdout).context("reading the figures of a small house")?;
    let page = other.worklist_page_ms;
    Ok(Small { dossiers: SMALL, worklist_page_ms: page, ratio: figures.worklist_page_ms / page.max(1e-3) })
}

/// Lives a demo, serves it from the same process, and reads its memory once it rests, in megabytes.
fn demo_at_rest() -> Result<f64, Stop> {
    say("dựng một bản trình diễn");
    let yard = Yard::new("bench-demo")?;
    let mut command = this_program()?;
    command.args(["demo", "--port", "0", "--data"]).arg(yard.path().join("data"));
    command.env_remove("MOTCUA_CONFIG").env_remove("MOTCUA_DATABASE_URL");
    let mut demo = Demo(command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().context("starting a demo")?);
    let mut said = BufReader::new(demo.0.stderr.take().context("hearing the demo")?).lines().map_while(Result::ok);
    said.find(|line| line.starts_with(LISTENING)).context("the demo did not start")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().context("starting")?;
    runtime.block_on(async { tokio::time::sleep(REST).await });
    Watched::new(demo.0.id()).resident_mb()
}

/// A demo that goes with this run.
struct Demo(Child);

impl Drop for Demo {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
