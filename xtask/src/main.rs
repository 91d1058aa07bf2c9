//! The habits of the house as a program: `cargo xtask test` passes everything a change must pass, installing what is
//! missing; `check`, `tidy` and `journeys` are parts of it to run alone.
//!
//! It must never skip a stage in silence: what could not be installed fails its stage and says why.
//! Start reading at [`stages`] for what runs, at [`tidy`] for the rules no compiler checks.

mod faults;
mod fuzz;
mod needs;
mod package;
#[path = "../../crates/testkit/src/postgres.rs"]
#[allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "the tests use the rest of it; without a server there is nothing to go on with"
)]
mod postgres;
mod stages;
mod tidy;
mod trained;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

const HELP: &str = "\
The habits of the house.

Usage: cargo xtask <COMMAND>

Commands:
  test              everything: fmt, clippy, tidy, tests, documentation tests, fuzzing, browser
                    journeys; installs what is missing
  check             fmt, clippy and tidy: the quick look before a commit
  tidy              the rules no compiler checks
  journeys [NAME…]  the browser journeys, all or those named
  pictures          follows the guides of docs/guide and takes their pictures anew
  faults [--rounds N] [--seed N] [--only WORD] [--patroni]
                    the bad nights, all or those with the word in their names, for as many rounds of each as
                    asked, with another chance than usual; with --patroni a cluster that is switched over
                    every ten seconds, and nothing else
  fuzz [--seconds N] [--target NAME]
                    every reader of what comes from outside, fed with what nobody would write
  trained           the program built for what the bench shows: built, shown it, and built again (half an
                    hour); says where it lies
  package [--debug | --trained] [--try]
                    the Debian package, into target/package: of the release, of the trained program, or of
                    the program the tests run; --try installs it in a clean root (as root, some minutes),
                    serves from it, upgrades, removes and purges it
";

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Answers whether everything that ran has passed.
fn run() -> Result<bool> {
    let mut words = std::env::args().skip(1);
    let command = words.next().unwrap_or_default();
    let rest: Vec<String> = words.collect();
    let is_known = |word: &String| ["--try", "--debug", "--trained"].contains(&word.as_str());
    let takes_words = ["journeys", "faults", "fuzz"].contains(&command.as_str())
        || (command == "package" && rest.iter().all(is_known));
    if !rest.is_empty() && !takes_words {
        bail!("`{command}` takes no arguments, got: {}\n\n{HELP}", rest.join(" "));
    }
    let root = repository()?;
    match command.as_str() {
        "test" => stages::test(&root),
        "check" => stages::check(&root),
        "tidy" => stages::tidy_alone(&root),
        "trained" => {
            eprintln!("{}", trained::build(&root)?.display());
            Ok(true)
        }
        "package" => stages::package_alone(&root, &rest),
        "journeys" => stages::journeys_alone(&root, &rest),
        "pictures" => stages::pictures_alone(&root),
        "faults" => stages::faults_alone(&root, &faults::Asked::read(&rest)?),
        "fuzz" => stages::fuzz_alone(&root, fuzz::asked(&rest)?),
        "" | "help" | "--help" | "-h" => {
            eprint!("{HELP}");
            Ok(!command.is_empty())
        }
        other => bail!("there is no command `{other}`\n\n{HELP}"),
    }
}

/// The top folder of the repository: the parent of this crate's.
fn repository() -> Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.parent().context("xtask lies in the repository's top folder")?;
    Ok(root.to_path_buf())
}
