//! The stages of `cargo xtask test`, one line each, and a summary that says which failed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};

use crate::faults;
use crate::fuzz;
use crate::needs;
use crate::package;
use crate::postgres;
use crate::tidy;

type Work<'a> = Box<dyn Fn() -> Result<()> + 'a>;

/// One thing that passes or fails.
struct Stage<'a> {
    name: &'static str,
    what: &'static str,
    work: Work<'a>,
}

/// How a stage ended.
struct Outcome {
    name: &'static str,
    took: Duration,
    fault: Option<String>,
}

/// Everything a change must pass.
pub fn test(root: &Path) -> Result<bool> {
    let mut stages = quick(root);
    stages.push(Stage {
        name: "tests",
        what: "cargo nextest run --workspace",
        work: Box::new(|| {
            needs::for_nextest()?;
            needs::for_postgres()?;
            needs::for_moto(root)?;
            needs::for_faults()?;
            needs::for_partners(root)?;
            // One server for all tests, each with a database of its own: to start one for each would take longer than they do.
            let server = std::panic::catch_unwind(postgres::Server::start).map_err(|_| anyhow!("no PostgreSQL"))?;
            let words = ["nextest", "run", "--workspace", "--no-fail-fast"];
            needs::run(cargo(root).args(words).env(postgres::SHARED, server.folder()))
        }),
    });
    stages.push(Stage {
        name: "examples",
        what: "cargo test --workspace --doc",
        work: Box::new(|| needs::run(cargo(root).args(["test", "--quiet", "--workspace", "--doc"]))),
    });
    stages.push(fuzz_stage(root, fuzz::Asked { seconds: fuzz::SECONDS, target: None }));
    stages.push(Stage {
        name: "journeys",
        what: "node e2e/run.mjs, in Chromium",
        work: Box::new(|| journeys(root, &[], &[])),
    });
    stages.push(Stage {
        name: "spans",
        what: "cargo nextest run --package motcua --features otel, only its own test",
        work: Box::new(|| {
            let words = ["nextest", "run", "--package", "motcua", "--features", "otel", "-E", "test(spans)"];
            needs::run(cargo(root).args(words))
        }),
    });
    stages.push(Stage {
        name: "package",
        what: "the Debian package of the program the tests ran, looked at",
        work: Box::new(|| sound(&package::faults(&package::of_tests(root)?)?)),
    });
    Ok(all(&stages))
}

/// The quick look before a commit.
pub fn check(root: &Path) -> Result<bool> {
    let mut stages = quick(root);
    stages.push(Stage {
        name: "fuzz",
        what: "cargo check of the fuzzed readers, which are a workspace of their own",
        work: Box::new(|| {
            let words = ["check", "--quiet", "--locked", "--workspace", "--bins", "--manifest-path", "fuzz/Cargo.toml"];
            let folder = target_folder(root)?.join("fuzz-check");
            needs::run(cargo(root).args(words).arg("--target-dir").arg(folder))
        }),
    });
    Ok(all(&stages))
}

/// Only the rules no compiler checks.
pub fn tidy_alone(root: &Path) -> Result<bool> {
    Ok(all(&[tidy_stage(root)]))
}

/// The package, looked at, and tried in a clean root where that is asked.
pub fn package_alone(root: &Path, words: &[String]) -> Result<bool> {
    let asked = |word: &str| words.iter().any(|it| it == word);
    let built = match (asked("--debug"), asked("--trained")) {
        (true, true) => bail!("--debug and --trained are two programs: which one is to be packed?"),
        (true, false) => package::of_tests(root)?,
        (false, true) => package::trained(root)?,
        (false, false) => package::released(root)?,
    };
    eprintln!("{}", built.display());
    let look = Stage { name: "package", what: "dpkg-deb", work: Box::new(|| sound(&package::faults(&built)?)) };
    let mut stages = vec![look];
    if asked("--try") {
        let work: Work<'_> = Box::new(|| package::tried(&built));
        stages.push(Stage { name: "clean root", what: "debootstrap, dpkg, motcua", work });
    }
    Ok(all(&stages))
}

fn sound(faults: &[String]) -> Result<()> {
    if faults.is_empty() { Ok(()) } else { bail!("{}", faults.join("; ")) }
}

/// Only the browser journeys, all or those named.
pub fn journeys_alone(root: &Path, names: &[String]) -> Result<bool> {
    Ok(all(&[Stage {
        name: "journeys",
        what: "node e2e/run.mjs, in Chromium",
        work: Box::new(|| journeys(root, names, &[])),
    }]))
}

/// The guides of `docs/guide` followed on a fresh demo, and their pictures taken anew.
pub fn pictures_alone(root: &Path) -> Result<bool> {
    Ok(all(&[Stage {
        name: "pictures",
        what: "node e2e/run.mjs guide, into docs/guide/pictures",
        work: Box::new(|| journeys(root, &["guide".to_owned()], &[("TAKE_PICTURES", "1")])),
    }]))
}

/// Only the bad nights.
pub fn faults_alone(root: &Path, asked: &faults::Asked) -> Result<bool> {
    Ok(all(&[Stage {
        name: "faults",
        what: "cargo nextest run --package motcua, the bad nights",
        work: Box::new(|| faults::run(root, asked)),
    }]))
}

/// Only the fuzzing, all targets or the one named.
pub fn fuzz_alone(root: &Path, asked: fuzz::Asked) -> Result<bool> {
    Ok(all(&[fuzz_stage(root, asked)]))
}

fn fuzz_stage(root: &Path, asked: fuzz::Asked) -> Stage<'_> {
    Stage {
        name: "fuzz",
        what: "libFuzzer on every reader of what comes from outside",
        work: Box::new(move || fuzz::run(root, &target_folder(root)?, &asked)),
    }
}

fn quick(root: &Path) -> Vec<Stage<'_>> {
    vec![
        Stage {
            name: "fmt",
            what: "cargo fmt --check",
            work: Box::new(|| needs::run(cargo(root).args(["fmt", "--all", "--check"]))),
        },
        tidy_stage(root),
        Stage {
            name: "clippy",
            what: "cargo clippy -D warnings",
            work: Box::new(|| {
                let words = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
                needs::run(cargo(root).args(words))
            }),
        },
    ]
}

fn tidy_stage(root: &Path) -> Stage<'_> {
    Stage {
        name: "tidy",
        what: "the rules no compiler checks",
        work: Box::new(|| {
            let findings = tidy::findings(root)?;
            for finding in &findings {
                eprintln!("{finding}");
            }
            if !findings.is_empty() {
                bail!("{} findings", findings.len());
            }
            Ok(())
        }),
    }
}

/// Builds the binary as the tests do, so that nothing is compiled twice, and walks the journeys with it and these settings.
fn journeys(root: &Path, names: &[String], settings: &[(&str, &str)]) -> Result<()> {
    needs::for_journeys(root)?;
    needs::run(cargo(root).args(["build", "--quiet", "--workspace", "--bins", "--tests"]))?;
    let binary = target_folder(root)?.join("debug").join("motcua");
    let mut walk = Command::new("node");
    walk.current_dir(root).arg("e2e/run.mjs").args(names).env("MOTCUA_BIN", binary).envs(settings.iter().copied());
    needs::run(&mut walk)
}

fn cargo(root: &Path) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(root);
    command
}

/// Where cargo builds: `target`, unless the environment says otherwise.
pub fn target_folder(root: &Path) -> Result<PathBuf> {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => std::path::absolute(root.join(folder)).context("CARGO_TARGET_DIR is not a path"),
        None => Ok(root.join("target")),
    }
}

/// Runs every stage, also after a failure, and sums up.
fn all(stages: &[Stage<'_>]) -> bool {
    let mut outcomes = Vec::new();
    for (index, stage) in stages.iter().enumerate() {
        eprintln!("== {}/{} {}: {}", index + 1, stages.len(), stage.name, stage.what);
        let begun = Instant::now();
        let fault = (stage.work)().err().map(|error| format!("{error:#}"));
        let outcome = Outcome { name: stage.name, took: begun.elapsed(), fault };
        eprintln!("{}", line(&outcome));
        outcomes.push(outcome);
    }
    if outcomes.len() > 1 {
        eprintln!("== summary");
        for outcome in &outcomes {
            eprintln!("{}", line(outcome));
        }
    }
    outcomes.iter().all(|outcome| outcome.fault.is_none())
}

fn line(outcome: &Outcome) -> String {
    let seconds = outcome.took.as_secs_f64();
    match &outcome.fault {
        None => format!("   {:<9} passed  {seconds:>7.1} s", outcome.name),
        Some(fault) => format!("   {:<9} FAILED  {seconds:>7.1} s  {fault}", outcome.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(name: &'static str, work: impl Fn() -> Result<()> + 'static) -> Stage<'static> {
        Stage { name, what: "", work: Box::new(work) }
    }

    #[test]
    fn a_failed_stage_fails_the_whole_but_stops_nothing() {
        let ran = std::rc::Rc::new(std::cell::Cell::new(0));
        let counter = ran.clone();
        let passed = all(&[
            stage("first", || bail!("broken")),
            stage("second", move || {
                counter.set(counter.get() + 1);
                Ok(())
            }),
        ]);
        assert!(!passed);
        assert_eq!(ran.get(), 1);
        assert!(all(&[stage("only", || Ok(()))]));
    }

    #[test]
    fn a_summary_line_names_the_fault() {
        let outcome = Outcome { name: "tests", took: Duration::from_millis(1500), fault: Some("3 failed".to_owned()) };
        assert_eq!(line(&outcome), "   tests     FAILED      1.5 s  3 failed");
    }
}
