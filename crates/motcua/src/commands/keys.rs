//! `motcua keys` and `motcua sweep`: the keys that lock the files, and files that nothing names.

use crate::commands::verify::progress;
use crate::ended::{Ended, Outcome, Stop, print, say};
use crate::wiring::{Place, hold, open_existing, settings};
use anyhow::Context;
use app::clock::Clock;
use app::files::{self, KeysError};

/// What a rotation is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// Only make the new key.
    Prepare,
    /// All of it.
    Whole,
}

/// Lists the keys: id, when made, whether in use, how many files need it.
///
/// # Errors
/// The house failed.
pub fn list(place: &Place) -> Outcome {
    let house = open_existing(&settings(place)?)?;
    let (keys, plain) = files::keys(&house)?;
    for it in keys {
        let state = match (it.in_use, it.key.waits) {
            (true, _) => "in-use",
            (false, true) => "waits",
            (false, false) => "old",
        };
        print(format!("{}\t{}\t{state}\t{}", it.key.id, it.key.made_at, it.files))?;
    }
    if plain > 0 {
        say(&format!("{plain} tệp chưa được mã hóa: chạy `motcua keys rotate`."));
    }
    Ok(Ended::Done)
}

/// Puts a new key in use, wraps every file's key with it, and seals files that lie there in plain.
///
/// # Errors
/// The new key is not prepared where there are other nodes, or the house failed.
pub fn rotate(place: &Place, rotation: Rotation) -> Outcome {
    let settings = settings(place)?;
    let _held = hold(&settings)?;
    let house = open_existing(&settings)?;
    let path = settings.files_keys();
    if rotation == Rotation::Prepare {
        let id = files::prepare(&house).map_err(in_words)?;
        print(&id)?;
        say(&format!("Khóa {id} đang chờ. Chép tệp {} tới mọi nút, rồi chạy `motcua keys rotate`.", path.display()));
        return Ok(Ended::Done);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting")?;
    let bar = progress("tệp");
    let done = runtime.block_on(files::rotate(&house, |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    }));
    bar.finish_and_clear();
    let done = done.map_err(in_words)?;
    for (file, why) in &done.wrong {
        print(format!("{file}: {why}"))?;
    }
    let begun = if done.resumed { "Đã làm nốt lần thay khóa trước" } else { "Đã thay khóa" };
    say(&format!(
        "{begun}: khóa {} đang dùng; bọc lại khóa của {} tệp, mã hóa {} tệp. Cất một bản sao mới của {}.",
        done.key,
        done.rewrapped,
        done.sealed,
        path.display()
    ));
    if !done.wrong.is_empty() {
        say(&format!("{} tệp để nguyên vì không đọc được.", done.wrong.len()));
        return Ok(Ended::Wanting);
    }
    Ok(Ended::Done)
}

/// Takes a key out of the ring that no file needs any more.
///
/// # Errors
/// It is needed, or the house failed.
pub fn forget(place: &Place, id: &str) -> Outcome {
    let settings = settings(place)?;
    let _held = hold(&settings)?;
    files::forget(&*open_existing(&settings)?, id).map_err(in_words)?;
    say(&format!(
        "Đã bỏ khóa {id} khỏi {}. Bản sao dữ liệu từ trước lần thay khóa vẫn cần khóa này.",
        settings.files_keys().display()
    ));
    Ok(Ended::Done)
}

fn in_words(error: KeysError) -> Stop {
    match error {
        KeysError::PrepareFirst => Stop::refused(
            "Cơ sở dữ liệu ở trên máy chủ, có thể còn nút khác: chạy `motcua keys rotate --prepare`, chép tệp khóa tới mọi nút, rồi chạy lại.",
        ),
        KeysError::Unknown(id) => Stop::refused(format!("Không có khóa {id}. `motcua keys list` liệt kê các khóa.")),
        KeysError::InUse(id) => Stop::refused(format!("Khóa {id} đang dùng.")),
        KeysError::Needed { id, files } => {
            Stop::refused(format!("Còn {files} tệp cần khóa {id}: chạy `motcua keys rotate` trước."))
        }
        KeysError::TooEarly => {
            Stop::refused("Mới thay khóa chưa tới một ngày: biểu mẫu đang làm dở có thể còn cần khóa cũ.")
        }
        other @ (KeysError::AnotherRing(_) | KeysError::Ring(_) | KeysError::House(_)) => other.into(),
    }
}

/// Deletes files that no row names and that are older than so many hours.
///
/// # Errors
/// The house failed.
pub fn sweep(place: &Place, grace_hours: u32) -> Outcome {
    let house = open_existing(&settings(place)?)?;
    let before = Clock::system().now().plus_seconds(-3_600 * i64::from(grace_hours));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting")?;
    let swept = runtime.block_on(files::sweep_older_than(&house, before))?;
    print(swept)?;
    say(&format!("Đã xóa {swept} tệp không hồ sơ nào nhắc tới, cũ hơn {grace_hours} giờ."));
    Ok(Ended::Done)
}
