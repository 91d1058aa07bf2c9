//! The program built for what the bench shows: twice, and in between the compiler is told which ways are gone most (ADR 0023).

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::needs;
use crate::stages::target_folder;

/// What the program is shown, on a house of that many dossiers. Acts come once: the same ones again would be answered from memory.
const DOSSIERS: &str = "50000";
const SHOWN: &str = "lookup,worklist,advance,submit,report_06a,lookup,worklist,submit";
/// Told to the program while it is built: its bench says so in what it writes.
const TOLD: &str = "MOTCUA_TRAINED";

/// Builds it; answers with the program.
pub fn build(root: &Path) -> Result<PathBuf> {
    needs::for_training()?;
    let program = target_folder(root)?.join(needs::host()?).join("release/motcua");
    needs::run(pgo(root).arg("clean"))?;
    needs::run(pgo(root).args(["instrument", "build", "--", "--package", "motcua"]))?;
    eprintln!("-- showing it {SHOWN}, {DOSSIERS} dossiers");
    needs::run(Command::new(&program).args(["bench", "--dossiers", DOSSIERS, "--only", SHOWN]))?;
    needs::run(pgo(root).args(["optimize", "build", "--", "--package", "motcua"]).env(TOLD, "1"))?;
    Ok(program)
}

fn pgo(root: &Path) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(root).arg("pgo");
    command
}
