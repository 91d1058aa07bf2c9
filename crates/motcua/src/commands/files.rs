//! `motcua files copy`: the files of a house carried from the store it had to the store its settings name now.

use crate::commands::backup::runtime;
use crate::commands::verify::{self, progress};
use crate::ended::{Outcome, Stop, print, say};
use crate::settings::Settings;
use crate::wiring::{Place, hold, open_existing, sealed_files, settings};
use anyhow::Context;
use std::collections::HashMap;
use std::path::Path;
use storage::blobs::{BlobError, Blobs};

/// Carries every file that is not there yet as it lies, sealed, then verifies the house where it is now. The source is left as
/// it is: whoever carries files removes them there once the house was found sound.
///
/// # Errors
/// The settings name the same store or make no sense, a store failed, or the house is not sound afterwards.
pub fn copy(place: &Place, before: &Path) -> Outcome {
    let now = settings(place)?;
    let before = settings(&Place { data: None, config: Some(before.to_owned()) })?;
    refuse_no_source(&before, &now)?;
    let _held = hold(&now)?;
    let house = open_existing(&now)?;
    let source = sealed_files(&before)?;
    let runtime = runtime()?;
    runtime.block_on(house.blobs.claim(&house.key.public())).context("asking whose files these are")?;
    let bar = progress("tệp");
    let carried = runtime.block_on(carry(&source, &house.blobs, &|done| bar.set_position(done)));
    bar.finish_and_clear();
    let carried = carried.context("copying the files")?;
    print(carried)?;
    say(&format!("Đã chép {carried} tệp. Kiểm tra lại từng hồ sơ với kho tệp mới:"));
    drop(house);
    verify::verify_at(&now, verify::After::Nothing)
}

/// Looking for files must not make the folder they are looked for in.
fn refuse_no_source(before: &Settings, now: &Settings) -> Result<(), Stop> {
    let store = |it: &Settings| match &it.files.bucket {
        Some(bucket) => (it.files.endpoint.clone(), bucket.clone()),
        None => (None, it.files_folder().display().to_string()),
    };
    if store(before) == store(now) {
        return Err(Stop::Usage("--from-config: cùng một kho tệp với thiết lập đang dùng.".to_owned()));
    }
    let folder = before.files_folder();
    if before.files.bucket.is_none() && !folder.is_dir() {
        return Err(Stop::Usage(format!("--from-config: không có thư mục {}.", folder.display())));
    }
    Ok(())
}

async fn carry(source: &Blobs, target: &Blobs, on_file: &dyn Fn(u64)) -> Result<u64, BlobError> {
    let mut carried = 0;
    for folder in 0..=u8::MAX {
        let there: HashMap<_, _> =
            target.raw_list(folder).await?.into_iter().map(|it| (it.name, it.size_bytes)).collect();
        for file in source.raw_list(folder).await? {
            if there.get(&file.name) == Some(&file.size_bytes) {
                continue;
            }
            let (mut read, mut written) = (source.raw_get(&file.name), target.raw_put(&file.name));
            while let Some(piece) = read.next().await? {
                written.write(&piece).await?;
            }
            written.finish().await?;
            carried += 1;
            on_file(carried);
        }
    }
    Ok(carried)
}
