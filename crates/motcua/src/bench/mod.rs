//! `motcua bench`: a house filled with invented dossiers, served by one process of this program and asked by another.
//!
//! Start with [`fill`] (which dossiers there are), [`requests`] (what is asked), [`measure`] (asking and counting) and [`figures`]
//! (what came of it). The server is `serve` itself with an empty page beside it ([`server`]): what costs processor time there costs it
//! in an office too. Every figure of docs/performance.md is written by [`write`].

mod client;
mod figures;
mod fill;
mod ground;
mod measure;
mod process;
mod raw;
mod reform;
mod requests;
pub mod server;
mod targets;
mod world;
mod write;

use crate::ended::{Ended, Outcome, Stop, print, say};
use crate::settings::Settings;
use crate::wiring::Place;
use figures::Figures;
use ground::Ground;
use measure::Bench;
use std::path::PathBuf;
use storage::engine::Address;

/// What is asked of the bench.
#[derive(Clone, Debug, clap::Args)]
pub struct BenchArgs {
    /// Fill the house with so many dossiers.
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(20..=5_000_000))]
    pub dossiers: u32,
    /// The database: `sqlite`, or `postgres=URL` of an empty one (its password comes as `MOTCUA_DATABASE_PASSWORD`).
    #[arg(long, value_name = "ENGINE", default_value = "sqlite", value_parser = engine)]
    pub engine: Engine,
    /// Give the figures as JSON.
    #[arg(long)]
    pub json: bool,
    /// Only reorganise: every unit of a house with so many open dossiers goes to another one while people look their dossiers up.
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "100000", conflicts_with_all = ["dossiers", "write"],
        value_parser = clap::value_parser!(u32).range(20..=5_000_000))]
    pub reorganise: Option<u32>,
    /// Measure only these operations (lookup, submit, advance, worklist, report_06a): for looking where the time goes.
    #[arg(long, value_name = "NAME", value_delimiter = ',', conflicts_with_all = ["reorganise", "write"])]
    pub only: Vec<String>,
    /// Measure the other targets too (a demo lives, a small house is compared) and write all figures into this document.
    #[arg(long, value_name = "FILE")]
    pub write: Option<PathBuf>,
}

/// Which database is measured.
#[derive(Clone, Debug)]
pub enum Engine {
    /// A file in the data folder.
    Sqlite,
    /// A server.
    Postgres(Address),
}

impl Engine {
    /// Its name in figures.
    const fn key(&self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres(_) => "postgres",
        }
    }
}

fn engine(text: &str) -> Result<Engine, String> {
    match text.split_once('=') {
        None if text == "sqlite" => Ok(Engine::Sqlite),
        Some(("postgres", url)) => Address::parse(url).map(Engine::Postgres),
        _ => Err("expected sqlite or postgres=URL".to_owned()),
    }
}

/// Fills a house of its own where it is not filled yet, measures it, and says what came of it.
///
/// # Errors
/// The folder or the database holds something else, or something broke.
pub fn command(place: &Place, asked: &BenchArgs) -> Outcome {
    process::assert_countable()?;
    let (settings, _yard) = settings(place, asked)?;
    if let Some(dossiers) = asked.reorganise {
        let figures = reform::measure(&settings, dossiers)?;
        let text = if asked.json { serde_json::to_string(&figures)? } else { write::reorganised_table(&figures) };
        print(text)?;
        return Ok(Ended::Done);
    }
    let ground = Ground::prepare(&settings, asked)?;
    if !asked.only.is_empty() {
        let (floor, operations) = Bench::start(&settings, ground)?.only(&asked.only)?;
        print(write::operations_table(floor, &operations).trim_end())?;
        return Ok(Ended::Done);
    }
    let figures = Bench::start(&settings, ground)?.run()?;
    let figures = Figures { raw: Some(raw::measure(&settings, &figures)?), ..figures };
    let figures = match &asked.write {
        Some(_) => targets::measure(asked, figures)?,
        None => figures,
    };
    if let Some(file) = &asked.write {
        write::document(file, &figures)?;
        say(&format!("Đã ghi {}.", file.display()));
    }
    if asked.json {
        print(serde_json::to_string(&figures)?)?
    } else {
        print(write::table(&figures))?
    }
    Ok(Ended::Done)
}

/// The settings of a house of its own: no settings file counts, so that no office's house is ever filled with inventions.
fn settings(place: &Place, asked: &BenchArgs) -> Result<(Settings, Option<process::Yard>), Stop> {
    if place.config.is_some() {
        return Err(Stop::Usage("bench fills a house of its own: name an empty folder with --data".to_owned()));
    }
    let mut settings = Settings::load(None, std::env::vars())
        .map_err(|problems| Stop::Usage(problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))?;
    settings.database.address = match &asked.engine {
        Engine::Sqlite => None,
        Engine::Postgres(address) => Some(address.clone()),
    };
    settings.server.public_url = None;
    settings.office.regime = None;
    let yard = match &place.data {
        Some(_) => None,
        None => Some(process::Yard::new("bench")?),
    };
    settings.data.dir =
        place.data.clone().or_else(|| yard.as_ref().map(|it| it.path().join("data"))).unwrap_or_default();
    Ok((settings, yard))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_is_named_or_refused() {
        assert!(matches!(engine("sqlite"), Ok(Engine::Sqlite)));
        assert!(matches!(engine("postgres=postgres://motcua@localhost/bench"), Ok(Engine::Postgres(_))));
        for wrong in ["", "mysql", "postgres", "postgres=", "postgres=mysql://a/b", "sqlite=x"] {
            assert!(engine(wrong).is_err(), "{wrong}");
        }
    }
}
