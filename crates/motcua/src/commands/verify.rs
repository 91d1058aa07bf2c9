//! `motcua verify` and `motcua rebuild`: is the house what its events say, and making it so.

use crate::ended::{Ended, Outcome, Stop, print, say};
use crate::settings::Settings;
use crate::wiring::{Place, hold, open_existing, settings};
use anyhow::Context;
use app::integrity;
use indicatif::{ProgressBar, ProgressStyle};

/// What to do once everything is found as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// Nothing.
    Nothing,
    /// Sign a checkpoint.
    Seal,
}

/// Names everything that differs from what the events say.
///
/// # Errors
/// The house failed.
pub fn verify(place: &Place, after: After) -> Outcome {
    verify_at(&settings(place)?, after)
}

/// The same for the house of these settings.
///
/// # Errors
/// As [`verify`].
pub fn verify_at(settings: &Settings, after: After) -> Outcome {
    let house = open_existing(settings)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting")?;
    let bar = progress("hồ sơ");
    let found = runtime.block_on(integrity::verify(&house, |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    }))?;
    bar.finish_and_clear();
    for it in &found.differences {
        print(format!("{}: {}: {}", it.part, it.subject, it.how))?;
    }
    let seal = match &found.checkpoint {
        Some(seal) => format!("niêm phong gần nhất {}", app::words::moment(seal.sealed_at.local())),
        None => "chưa có niêm phong".to_owned(),
    };
    say(&format!("Đã kiểm {} hồ sơ, {} tệp; {seal}.", found.dossiers, found.files));
    if found.plain_files > 0 {
        say(&format!("{} tệp chưa được mã hóa: chạy `motcua keys rotate`.", found.plain_files));
    }
    if !found.differences.is_empty() {
        return Err(Stop::refused(format!("{} chỗ không khớp với nhật ký.", found.differences.len())));
    }
    if after == After::Seal {
        let seal = integrity::seal(&house)?;
        print(format!("{} {}", seal.sealed_at.local().strftime("%Y-%m-%dT%H:%M:%S"), seal.root))?;
    }
    Ok(Ended::Done)
}

/// Makes everything beside the events again.
///
/// # Errors
/// The house failed.
pub fn rebuild(place: &Place) -> Outcome {
    let settings = settings(place)?;
    let _held = hold(&settings)?;
    let house = open_existing(&settings)?;
    let bar = progress("hồ sơ");
    let done = integrity::rebuild(&house, |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    say(&format!("Đã dựng lại {done} hồ sơ từ nhật ký."));
    Ok(Ended::Done)
}

/// A bar on stderr; hidden where nobody looks.
pub fn progress(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg} {elapsed}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_message(what);
    bar
}
