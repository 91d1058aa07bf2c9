//! `motcua db copy`: the whole house from one database into another.

use crate::commands::verify::{self, progress};
use crate::ended::{Ended, Outcome, Stop, print, say};
use crate::settings::Settings;
use crate::wiring::{Place, settings};
use anyhow::Context;
use storage::copy::{CopyError, copy as carry};
use storage::engine::{self, Db, Options};

/// Carries everything, compares it row by row, then folds every history in the copy.
///
/// # Errors
/// One of the places makes no sense, cannot be used, or is not empty; or what arrived is not what was sent.
pub fn copy(place: &Place, from: &str, to: &str) -> Outcome {
    let settings = settings(place)?;
    let (source, target) = (place_of(&settings, from)?, place_of(&settings, to)?);
    if source == target {
        return Err(Stop::Usage("--from và --to là cùng một nơi.".to_owned()));
    }
    if let engine::Place::File(path) = &source
        && !path.exists()
    {
        return Err(Stop::refused(format!("Không có tệp {}.", path.display())));
    }
    let opened = |it: &engine::Place| Db::at(it, unhurried()).with_context(|| format!("opening the database {it}"));
    let (read, written) = (opened(&source)?, opened(&target)?);
    let bar = progress("dòng");
    let carried = carry(&read, &written, &|table, rows| {
        bar.set_message(table);
        bar.set_position(rows);
    });
    bar.finish_and_clear();
    let carried = carried.map_err(|error| match error {
        CopyError::NotEmpty { table, rows } => {
            Stop::refused(format!("Nơi đến không trống: bảng {table} có {rows} dòng. Chọn một cơ sở dữ liệu trống."))
        }
        other => other.into(),
    })?;
    written.count_rows().context("counting the rows of the copy")?;
    drop((read, written));
    for it in &carried {
        print(format!("{}\t{}", it.table, it.rows))?;
    }
    let rows: u64 = carried.iter().map(|it| it.rows).sum();
    say(&format!("Đã chép và so {rows} dòng trong {} bảng. Kiểm tra lại từng hồ sơ ở nơi đến:", carried.len()));
    match target {
        engine::Place::Server(address) => {
            let mut there = settings.clone();
            there.database.address = Some(address);
            verify::verify_at(&there, verify::After::Nothing)
        }
        // A house is found in a file only beside its files and its key.
        engine::Place::File(path) => {
            say(&format!("đặt {} vào thư mục dữ liệu rồi chạy `motcua verify`.", path.display()));
            Ok(Ended::Done)
        }
    }
}

fn place_of(settings: &Settings, text: &str) -> Result<engine::Place, Stop> {
    match engine::Place::parse(text).map_err(Stop::Usage)? {
        engine::Place::Server(address) => Ok(engine::Place::Server(settings.with_secrets(address))),
        file @ engine::Place::File(_) => Ok(file),
    }
}

fn unhurried() -> Options {
    Options { patience_seconds: 0, ..Options::default() }
}
