//! `motcua import`: procedures and units from files, all of it or nothing.

use crate::ended::{Ended, Outcome, Stop, print, say};
use crate::wiring::{How, Place, hold, open, settings};
use app::catalogue::{ImportError, publish, read_folder};
use app::units::UnitsError;
use std::path::Path;

/// Imports a folder of procedures.
///
/// # Errors
/// Every problem of every file, with its line; then nothing is taken.
pub fn catalogue(place: &Place, dir: &Path) -> Outcome {
    let settings = settings(place)?;
    let revisions = match read_folder(dir) {
        Ok(revisions) => revisions,
        Err(ImportError::Problems(problems)) => {
            for problem in &problems {
                say(&problem.to_string());
            }
            return Err(Stop::refused(format!("{} lỗi trong danh mục; không nhận phần nào.", problems.len())));
        }
        Err(ImportError::File { path, source }) => {
            return Err(Stop::refused(format!("Không đọc được {path}: {source}")));
        }
        Err(error @ ImportError::House(_)) => return Err(error.into()),
    };
    let _held = hold(&settings)?;
    let house = open(&settings, How::default())?;
    let done = publish(&house, &revisions, None)?;
    print(format!("mới {}, thay đổi {}, giữ nguyên {}", done.new, done.changed, done.unchanged))?;
    Ok(Ended::Done)
}

/// Founds the units of a file.
///
/// # Errors
/// What is wrong with the file; then nothing is taken.
pub fn units(place: &Place, file: &Path) -> Outcome {
    let settings = settings(place)?;
    let shown = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|why| Stop::refused(format!("Không đọc được {shown}: {why}")))?;
    let _held = hold(&settings)?;
    let house = open(&settings, How::default())?;
    let done = match app::units::import(&house, &shown, &text) {
        Ok(done) => done,
        Err(UnitsError::House(error)) => return Err(error.into()),
        Err(error @ UnitsError::Wrong(_)) => {
            return Err(Stop::refused(format!("{error}\nKhông nhận phần nào.")));
        }
    };
    print(format!("mới {}, thay đổi {}, giữ nguyên {}", done.founded, done.changed, done.unchanged))?;
    Ok(Ended::Done)
}
