//! The house a bench stands on: filled once, closed again, and everything that will be asked of it written down.

use super::requests::Requests;
use super::world::{self, World};
use super::{BenchArgs, fill};
use crate::ended::{Stop, say};
use crate::settings::Settings;
use crate::wiring::{DATABASE, How, INSTALLATION, database, hold, open};
use anyhow::Context;
use app::house::House;
use std::time::{Duration, Instant};
use storage::engine::{Db, Durability, Options};
use storage::house::{put_text, text};

/// House text of a house that is filled: how many dossiers it was filled with.
const FILLED: &str = "bench";
/// Citizens whose dossiers they are, at most.
pub const CITIZENS_MAX: u32 = 5_000;

/// A filled house.
pub struct Ground {
    /// How many dossiers it was filled with.
    pub dossiers: u32,
    /// On which engine.
    pub engine: &'static str,
    /// How long filling took; none where it was filled before.
    pub filling: Option<Duration>,
    /// What is asked of it.
    pub requests: Requests,
}

impl Ground {
    /// Fills the house of these settings, or takes one that a bench of the same size has filled, and closes it again.
    ///
    /// # Errors
    /// It is somebody else's house, or something broke.
    pub fn prepare(settings: &Settings, asked: &BenchArgs) -> Result<Self, Stop> {
        let is_new = is_new(settings)?;
        let _held = hold(settings)?;
        // What is lost in a power cut is filled again.
        let house = open(settings, How { durability: Durability::Relaxed, ..How::default() })?;
        let filling = if is_new { Some(found_and_fill(&house, asked)?) } else { None };
        assert_filled(&house, settings, asked.dossiers)?;
        let world = World::of(&house)?;
        let requests = Requests::prepare(&house, &world, asked.dossiers)?;
        drop(house);
        written(settings)?;
        Ok(Self { dossiers: asked.dossiers, engine: asked.engine.key(), filling, requests })
    }
}

/// Waits until the disk has all of a file: it was filled without, and what is left to be written would be counted as some request's.
fn written(settings: &Settings) -> Result<(), Stop> {
    if settings.database.address.is_none() {
        let file = std::fs::File::open(settings.data.dir.join(DATABASE)).and_then(|it| it.sync_all());
        file.context("waiting until the house is written")?;
    }
    Ok(())
}

fn found_and_fill(house: &House, asked: &BenchArgs) -> Result<Duration, Stop> {
    say(&format!("Dựng {} hồ sơ bịa, mỗi hồ sơ 6 sự kiện.", asked.dossiers));
    world::found(house)?;
    let world = World::of(house)?;
    let citizens = world::citizens(house, 1, usize::try_from(asked.dossiers.clamp(50, CITIZENS_MAX))?)?;
    let began = Instant::now();
    fill::fill(house, &world, &citizens, asked.dossiers, fill::Open::LatestTenth)?;
    house.db.count_rows()?;
    let took = began.elapsed();
    house.db.write_now(|tx| put_text(tx, FILLED, &asked.dossiers.to_string()))?;
    Ok(took)
}

/// Whether there is no house yet; refuses a folder or a server with anything else than a house.
fn is_new(settings: &Settings) -> Result<bool, Stop> {
    if let Some(address) = &settings.database.address {
        let db = Db::at(&database(settings), Options::default())
            .with_context(|| format!("opening the database {address}"))?;
        return Ok(db.read_now(|tx| text(tx, INSTALLATION))?.is_none());
    }
    let dir = &settings.data.dir;
    let is_empty = match std::fs::read_dir(dir) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => true,
        Err(error) => return Err(anyhow::Error::new(error).context(format!("looking into {}", dir.display())).into()),
    };
    if !is_empty && !dir.join(DATABASE).exists() {
        return Err(not_ours(settings));
    }
    Ok(is_empty)
}

fn not_ours(settings: &Settings) -> Stop {
    let place = match &settings.database.address {
        Some(address) => format!("Cơ sở dữ liệu {address}"),
        None => format!("Thư mục {}", settings.data.dir.display()),
    };
    Stop::refused(format!("{place} không trống và không phải do motcua bench dựng. Chọn nơi khác."))
}

fn assert_filled(house: &House, settings: &Settings, dossiers: u32) -> Result<(), Stop> {
    let filled = house.db.read_now(|tx| text(tx, FILLED))?;
    match filled.map(|it| it.parse::<u32>()) {
        Some(Ok(before)) if before == dossiers => Ok(()),
        Some(Ok(before)) => Err(Stop::refused(format!(
            "Ở đó đã có {before} hồ sơ của một lần đo khác. Dùng --dossiers {before} hoặc chọn nơi khác."
        ))),
        Some(Err(_)) | None => Err(not_ours(settings)),
    }
}
