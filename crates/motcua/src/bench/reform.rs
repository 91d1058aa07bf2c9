//! Every ward goes to another one at one instant, with all its open dossiers, while people look theirs up.

use super::client::{Load, ask};
use super::figures::Reorganised;
use super::fill::{self, Open};
use super::ground::CITIZENS_MAX;
use super::measure::{load, server_over, this_program};
use super::requests::look_ups;
use super::server::Serving;
use super::world::{self, UNITS, World};
use crate::ended::{Stop, say};
use crate::settings::Settings;
use crate::wiring::{DATABASE, How, hold, open};
use anyhow::Context;
use app::house::House;
use app::reform::{self, State};
use serde::{Deserialize, Serialize};
use std::fmt::Write;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use storage::engine::Durability;

/// Wards that come together in one.
const TOGETHER: u32 = 3;
/// People who look their dossiers up at the same time, and how long each looks at an answer.
const READERS: usize = 8;
const THINKS: Duration = Duration::from_millis(20);
/// So long readers are watched before anything happens.
const BEFORE: Duration = Duration::from_secs(4);
/// A plan is prepared so many dossiers a second at least, or its instant comes too early to be measured.
const STAGED_A_SECOND: i64 = 2_500;
/// And takes so many seconds more at least.
const LEAST_SECONDS: i64 = 5;
/// Between two looks at what became of the plan.
const LOOKED_EVERY: Duration = Duration::from_millis(50);

/// How long the parts of a plan took, in seconds.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct CarriedOut {
    computed_s: f64,
    staged_s: f64,
    flipped_s: f64,
    settled_s: f64,
    dossiers: u64,
}

/// Fills a house, has its server carry a plan out, and asks it meanwhile.
///
/// # Errors
/// The folder holds something else, or something broke.
pub fn measure(settings: &Settings, dossiers: u32) -> Result<Reorganised, Stop> {
    let dir = &settings.data.dir;
    if settings.database.address.is_some() || dir.join(DATABASE).exists() {
        return Err(Stop::refused("Lần đo sắp xếp đơn vị dựng một nơi mới: chọn một thư mục trống với --data."));
    }
    let look_up = prepared(settings, dossiers)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting")?;
    let mut serving = Serving::start(server_over(settings)?)?;
    let readers = Load {
        connections: READERS,
        thinks: THINKS,
        at_most: BEFORE,
        ..load(serving.at.pages, &look_up, usize::MAX >> 1)
    };
    say("đo tra cứu trước khi sắp xếp");
    let before = runtime.block_on(ask(&readers))?;
    say("sắp xếp trong khi người dân tra cứu");
    let ended = Arc::new(AtomicBool::new(false));
    let meanwhile = Load { at_most: Duration::MAX, stop: Arc::clone(&ended), ..readers };
    let file = dir.join("plan.toml");
    let wait_seconds = i64::from(dossiers) / STAGED_A_SECOND + LEAST_SECONDS;
    std::fs::write(&file, plan(wait_seconds)?).context("writing the plan")?;
    let (serving, acted, during) = runtime.block_on(async {
        let acting = tokio::task::spawn_blocking(move || {
            let acted = serving.reorganise(&file);
            ended.store(true, Ordering::Relaxed);
            (serving, acted)
        });
        let (acted, during) = tokio::join!(acting, ask(&meanwhile));
        let (serving, acted) = acted.context("carrying out a plan")?;
        Ok::<_, Stop>((serving, acted?, during?))
    })?;
    serving.stop()?;
    Ok(Reorganised {
        dossiers: acted.dossiers,
        computed_s: acted.computed_s,
        staged_s: acted.staged_s,
        flipped_s: acted.flipped_s,
        settled_s: acted.settled_s,
        readers_before_p99_ms: before.within_ms(99),
        readers_p99_ms: during.within_ms(99),
    })
}

/// The same by a program of its own, with a house of its own.
///
/// # Errors
/// As [`measure`].
pub fn measured_apart(dossiers: u32) -> Result<Reorganised, Stop> {
    say(&format!("đo một lần sắp xếp đơn vị: {dossiers} hồ sơ"));
    let mut command = this_program()?;
    command.args(["bench", "--json", "--reorganise", &dossiers.to_string()]);
    let output = command.stderr(Stdio::null()).output().context("measuring a reorganisation")?;
    Ok(serde_json::from_slice(&output.stdout).context("reading the figures of a reorganisation")?)
}

fn prepared(settings: &Settings, dossiers: u32) -> Result<Arc<Vec<Vec<u8>>>, Stop> {
    let _held = hold(settings)?;
    let house = open(settings, How { durability: Durability::Relaxed, ..How::default() })?;
    say(&format!("Dựng {dossiers} hồ sơ bịa, tất cả đang mở."));
    world::found(&house)?;
    let citizens = world::citizens(&house, 1, usize::try_from(dossiers.clamp(50, CITIZENS_MAX))?)?;
    fill::fill(&house, &World::of(&house)?, &citizens, dossiers, Open::All)?;
    Ok(Arc::new(look_ups(&house)?))
}

/// Three wards each come together; everybody who works there goes along.
fn plan(wait_seconds: i64) -> Result<String, Stop> {
    let clock = app::clock::Clock::system();
    let at = clock.now().plus_seconds(wait_seconds).local();
    let mut text = format!(
        "schema = \"motcua.reform/1\"\nid = \"bench\"\ntitle = \"Nhập các phường mẫu\"\ninstrument = \"Nghị quyết\"\n\
         number = \"1/NQ-HĐND\"\nsigned_on = \"{}\"\neffective_at = \"{}\"\nends = [",
        at.date(),
        at.strftime("%Y-%m-%dT%H:%M:%S")
    );
    for number in 1..UNITS {
        write!(text, "\"bench-{number:03}\", ")?;
    }
    text.push_str("]\n[provenance]\ninvented = [\"everything\"]\n");
    for first in (1..UNITS).step_by(usize::try_from(TOGETHER)?) {
        let from: Vec<String> =
            (first..(first + TOGETHER).min(UNITS)).map(|number| format!("\"bench-{number:03}\"")).collect();
        let (key, from) = (format!("bench-moi-{first:03}"), from.join(", "));
        write!(
            text,
            "\n[[unit]]\nkey = \"{key}\"\nname = \"Phường Mẫu Mới {first}\"\nlevel = \"ward\"\nstanding = \"authority\"\n\
             parent = \"bench\"\ncodes = {{ agency = \"H00.{}\" }}\n\
             [[edge]]\nfrom = [{from}]\nto = \"{key}\"\nextent = \"whole\"\n\
             [[staff]]\nfrom = [{from}]\nto = \"{key}\"\n",
            500 + first
        )?;
    }
    Ok(text)
}

/// Carries out the plan of a file in the house of this server, and says how long each part took. The server's own worker settles it.
///
/// # Errors
/// The plan is wrong, or the house failed.
pub fn carry_out(house: &Arc<House>, file: &Path) -> Result<CarriedOut, Stop> {
    let text = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting")?;
    runtime.block_on(async {
        let begun = Instant::now();
        let plan = reform::check(house, "plan.toml", &text)?;
        let found = reform::consequences(house, &plan)?;
        let computed_s = begun.elapsed().as_secs_f64();
        if !found.conflicts.is_empty() {
            return Err(Stop::refused(format!("{:?}", found.conflicts)));
        }
        drop(found);
        let begun = Instant::now();
        let dossiers = reform::plan(house, &plan, None).await?;
        let staged_s = begun.elapsed().as_secs_f64();
        let until = plan.effective_at.micros().saturating_sub(house.clock.now().micros());
        let Ok(until @ 1..) = u64::try_from(until) else {
            return Err(Stop::refused("Thời điểm đến trước khi đo được; đo lại."));
        };
        tokio::time::sleep(Duration::from_micros(until)).await;
        let begun = Instant::now();
        // Where the server's own worker was first, this waits for it: either way all is new after it.
        reform::flip_due(house).await?;
        let flipped_s = begun.elapsed().as_secs_f64();
        let begun = Instant::now();
        // Its row alone is asked: counting how far it is would be work beside the work that is measured.
        while reform::standing(house, plan.id)? != Some(State::Settled) {
            tokio::time::sleep(LOOKED_EVERY).await;
        }
        Ok(CarriedOut { computed_s, staged_s, flipped_s, settled_s: begun.elapsed().as_secs_f64(), dossiers })
    })
}
