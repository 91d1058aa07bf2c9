//! `motcua backup`: the whole house in one encrypted archive, and the proof that it can be put back.

use crate::commands::verify::progress;
use crate::ended::{Ended, Outcome, Stop, print, say};
use crate::settings::{Settings, backup_to};
use crate::wiring::{Place, backup_place, backup_plan, open_existing, settings};
use anyhow::Context;
use app::backup::{self, BackupFailure, Plan, PublicKey, SecretKey};
use std::path::{Path, PathBuf};
use storage::secret_file;
use tokio::runtime::Runtime;

/// What is asked.
#[derive(Debug, clap::Args)]
pub struct BackupArgs {
    /// Put it back into the scratch folder, verify it there and compare it; then remove those older than backup.keep.
    #[arg(long)]
    prove: bool,
    /// A folder or s3://BUCKET/FOLDER, instead of backup.to.
    #[arg(long, value_name = "PLACE")]
    to: Option<String>,
    /// A public key that can open it (age1…), instead of backup.keys; may be repeated.
    #[arg(long, value_name = "KEY")]
    key: Vec<String>,
    /// Make nothing; list what lies there: name and bytes.
    #[arg(long, conflicts_with_all = ["prove", "key"])]
    list: bool,
    /// Make nothing; write a new secret key to FILE and print its public half. Take FILE away from this machine.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["prove", "to", "key", "list"])]
    make_key: Option<PathBuf>,
}

/// Makes a backup, and proves it where that is asked.
///
/// # Errors
/// It was not made, or it is not sound.
pub fn command(place: &Place, asked: &BackupArgs) -> Outcome {
    if let Some(file) = &asked.make_key {
        return make_key(file);
    }
    let settings = with_asked(settings(place)?, asked)?;
    if asked.list {
        return list(&settings);
    }
    let Some(plan) = backup_plan(&settings)? else { return Err(no_place()) };
    let house = open_existing(&settings)?;
    let runtime = runtime()?;
    let bar = progress("");
    let on_step = |what, done| {
        bar.set_message(what);
        bar.set_position(done);
    };
    let outcome = if asked.prove {
        backup::make_and_prove(&house, &plan, runtime.handle(), &on_step).map(|it| {
            let (days, files, rows) = (it.dossiers, it.files, it.rows);
            say(&format!("Đã sao lưu, khôi phục thử và so {rows} dòng, {days} hồ sơ, {files} tệp: tất cả khớp."));
            (it.name, it.bytes, Vec::new())
        })
    } else {
        backup::make(&house, &plan, runtime.handle(), &on_step).map(|it| {
            say("Đã sao lưu; chưa khôi phục thử (--prove).");
            (it.name.to_string(), it.bytes, it.contents.missing)
        })
    };
    bar.finish_and_clear();
    let (name, bytes, missing) = outcome.map_err(|why| stop(&plan, why))?;
    for blob in &missing {
        say(&format!("Tệp {blob} không có trong kho tệp của hệ thống, nên không có trong bản sao lưu."));
    }
    print(format!("{name}\t{bytes}"))?;
    Ok(if missing.is_empty() { Ended::Done } else { Ended::Wanting })
}

fn no_place() -> Stop {
    Stop::Usage("backup.to: no place is set for backups, and none was named with --to".to_owned())
}

fn with_asked(mut settings: Settings, asked: &BackupArgs) -> Result<Settings, Stop> {
    if let Some(to) = &asked.to {
        settings.backup.to = Some(backup_to(to).map_err(|why| Stop::Usage(format!("--to: {why}")))?);
    }
    if !asked.key.is_empty() {
        let keys: Result<Vec<PublicKey>, String> = asked.key.iter().map(|it| it.parse()).collect();
        settings.backup.keys = keys.map_err(|why| Stop::Usage(format!("--key: {why}")))?;
    }
    Ok(settings)
}

fn stop(plan: &Plan, failure: BackupFailure) -> Stop {
    match failure {
        BackupFailure::Busy { path } => {
            Stop::refused(format!("Một bản sao lưu khác đang được làm (thư mục tạm {}).", path.display()))
        }
        other => anyhow::Error::new(other).context(format!("backing up to {}", plan.place)).into(),
    }
}

fn list(settings: &Settings) -> Outcome {
    let Some(to) = &settings.backup.to else { return Err(no_place()) };
    let place = backup_place(settings, to)?;
    for (name, bytes) in runtime()?.block_on(place.names())? {
        print(format!("{name}\t{bytes}"))?;
    }
    Ok(Ended::Done)
}

fn make_key(file: &Path) -> Outcome {
    let key = SecretKey::new();
    let text = format!("# public key: {}\n{}\n", key.public(), key.reveal());
    secret_file::make(file, &text).with_context(|| format!("writing the secret key to {}", file.display()))?;
    say(&format!(
        "Khóa bí mật ở {}. Cất nó ở nơi khác, không để trên máy chủ này: không có nó thì không bản sao lưu nào mở được.",
        file.display()
    ));
    print(key.public())?;
    Ok(Ended::Done)
}

/// What places are asked with.
///
/// # Errors
/// The operating system has no threads to give.
pub fn runtime() -> Result<Runtime, Stop> {
    Ok(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().context("starting")?)
}
