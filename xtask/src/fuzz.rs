//! Fuzzing: every reader of what comes from outside, fed by libFuzzer with what nobody would write.
//!
//! The targets are a workspace of their own, `fuzz/`. The flags that make a program tell libFuzzer where it has been are stable
//! ones, so no other compiler is needed. Start reading at [`run`].

use std::collections::VecDeque;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;

use anyhow::{Context, Result, bail};

use crate::needs;

/// Every target: a file in `fuzz/targets` and a folder in `fuzz/corpus`.
pub const TARGETS: [&str; 8] = ["card", "number", "catalogue", "form", "file", "term", "search", "settings"];
/// Seconds for each target, unless somebody says otherwise.
pub const SECONDS: u32 = 60;
/// So many targets at a time.
const AT_ONCE: usize = 2;
/// Longest input, in bytes.
const INPUT_BYTES_MAX: u32 = 16_384;
/// Longest time one input may take, in seconds.
const INPUT_SECONDS_MAX: u32 = 10;
/// Most memory of one target, in MiB.
const MEMORY_MIB_MAX: u32 = 1_024;
/// Lines told of a target that was brought down.
const LINES_TOLD: usize = 12;
/// What tells libFuzzer where the program has been and what it compared.
const FLAGS: [&str; 8] = [
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
    "-Cdebug-assertions",
];

/// What to run.
#[derive(Debug, PartialEq, Eq)]
pub struct Asked {
    /// Seconds for each target.
    pub seconds: u32,
    /// The target; none for all.
    pub target: Option<&'static str>,
}

/// Reads `[--seconds N] [--target NAME]`.
pub fn asked(words: &[String]) -> Result<Asked> {
    let mut asked = Asked { seconds: SECONDS, target: None };
    let mut words = words.iter().map(String::as_str);
    while let Some(word) = words.next() {
        let value = words.next().with_context(|| format!("{word} needs a value"))?;
        match word {
            "--seconds" => asked.seconds = value.parse().context("--seconds takes a whole number")?,
            "--target" => {
                let known = TARGETS.iter().find(|it| **it == value).copied();
                let wrong = || format!("there is no target `{value}`; there are: {}", TARGETS.join(", "));
                asked.target = Some(known.with_context(wrong)?);
            }
            other => bail!("`fuzz` takes --seconds N and --target NAME, not `{other}`"),
        }
    }
    Ok(asked)
}

/// Builds the targets and runs each for its time, two at a time; the first input that brings one down is an error that names it.
pub fn run(root: &Path, built: &Path, asked: &Asked) -> Result<()> {
    needs::for_fuzzing()?;
    let triple = host()?;
    let folder = built.join("fuzz");
    build(root, &folder, &triple)?;
    let targets: VecDeque<&str> = TARGETS.into_iter().filter(|it| asked.target.is_none_or(|own| own == *it)).collect();
    let (waiting, faults) = (Mutex::new(targets), Mutex::new(Vec::new()));
    let next = || waiting.lock().ok().and_then(|mut waiting| waiting.pop_front());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(target) = next() {
                    let binary = folder.join(&triple).join("debug").join(target);
                    if let (Err(fault), Ok(mut faults)) =
                        (one(root, &folder, &binary, target, asked.seconds), faults.lock())
                    {
                        faults.push(format!("{target}: {fault:#}"));
                    }
                }
            });
        }
    });
    let faults = faults.into_inner().unwrap_or_default();
    if !faults.is_empty() {
        bail!("{}", faults.join("\n"));
    }
    Ok(())
}

fn build(root: &Path, folder: &Path, triple: &str) -> Result<()> {
    let manifest = root.join("fuzz").join("Cargo.toml");
    let mut command = Command::new("cargo");
    command.current_dir(root).args(["build", "--quiet", "--workspace", "--bins", "--locked", "--target", triple]);
    command.arg("--manifest-path").arg(manifest);
    // With a target named, build scripts and macros are built without the flags.
    command.env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\u{1f}")).env("CARGO_TARGET_DIR", folder);
    needs::run(&mut command)
}

/// Runs one target and says in one line how it went.
fn one(root: &Path, folder: &Path, binary: &Path, target: &str, seconds: u32) -> Result<()> {
    let (grown, found) = (folder.join("corpus").join(target), folder.join("found"));
    for needed in [&grown, &found] {
        std::fs::create_dir_all(needed).with_context(|| format!("cannot make {}", needed.display()))?;
    }
    let mut command = Command::new(binary);
    command.args([
        format!("-max_total_time={seconds}"),
        format!("-max_len={INPUT_BYTES_MAX}"),
        format!("-timeout={INPUT_SECONDS_MAX}"),
        format!("-rss_limit_mb={MEMORY_MIB_MAX}"),
        format!("-artifact_prefix={}/{target}-", found.display()),
        "-print_final_stats=1".to_owned(),
    ]);
    // What is new goes into the first folder; the second is only read.
    command.arg(&grown).arg(root.join("fuzz").join("corpus").join(target)).stdin(Stdio::null());
    let output = command.output().with_context(|| format!("cannot start {}", binary.display()))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        eprintln!("   {target:<9} {}", summary(&said));
        return Ok(());
    }
    bail!("brought down; the input lies in {}\n{}", found.display(), why(&said))
}

/// What the program said as it went down: the panic without its trace, or the end of what libFuzzer says.
fn why(said: &str) -> String {
    let lines: Vec<&str> = said.lines().filter(|line| !line.starts_with('#')).collect();
    let begins = lines.iter().position(|line| line.contains("panicked at"));
    let begins = begins.unwrap_or_else(|| lines.len().saturating_sub(LINES_TOLD));
    let told = lines.iter().skip(begins).take(LINES_TOLD).take_while(|line| !line.starts_with("stack backtrace"));
    told.copied().collect::<Vec<_>>().join("\n")
}

/// Inputs tried, inputs a second, and places of the program that were reached.
fn summary(said: &str) -> String {
    let number = |name: &str| {
        let line = said.lines().rev().find_map(|line| line.strip_prefix(name));
        line.map_or("?", str::trim).to_owned()
    };
    let reached = said.split("cov: ").last().and_then(|it| it.split_whitespace().next()).unwrap_or("?");
    let (tried, rate) = (number("stat::number_of_executed_units:"), number("stat::average_exec_per_sec:"));
    format!("{tried} inputs, {rate} a second, {reached} places reached")
}

/// The machine as rustc names it.
fn host() -> Result<String> {
    let output = Command::new("rustc").arg("-vV").output().context("cannot start rustc")?;
    let said = String::from_utf8_lossy(&output.stdout);
    said.lines().find_map(|line| line.strip_prefix("host: ")).map(str::to_owned).context("rustc does not name its host")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn what_to_fuzz_is_read_from_the_command_line() {
        assert_eq!(asked(&[]).unwrap(), Asked { seconds: SECONDS, target: None });
        let read = asked(&words("--target card --seconds 5")).unwrap();
        assert_eq!(read, Asked { seconds: 5, target: Some("card") });
        for bad in ["--target nobody", "--seconds many", "--seconds", "--minutes 1"] {
            assert!(asked(&words(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn every_target_has_its_file_and_a_saved_corpus() {
        let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
        let mut files: Vec<String> = std::fs::read_dir(fuzz.join("targets"))
            .unwrap()
            .map(|it| it.unwrap().file_name().to_str().unwrap().trim_end_matches(".rs").to_owned())
            .collect();
        files.sort();
        let mut targets = TARGETS.to_vec();
        targets.sort_unstable();
        assert_eq!(files, targets);
        for target in TARGETS {
            let saved = std::fs::read_dir(fuzz.join("corpus").join(target)).map(Iterator::count);
            assert!(saved.is_ok_and(|it| it >= 3), "{target} has no corpus");
        }
    }

    #[test]
    fn what_brought_a_target_down_is_told_without_its_trace() {
        let said = "#2 INITED\n\nthread 'x' panicked at targets/card.rs:9:1:\nleft is not right\nstack backtrace:\n   0: main\n";
        assert_eq!(why(said), "thread 'x' panicked at targets/card.rs:9:1:\nleft is not right");
        assert_eq!(
            why("#2\nERROR: libFuzzer: timeout after 10 seconds\n"),
            "ERROR: libFuzzer: timeout after 10 seconds"
        );
    }

    #[test]
    fn a_run_is_told_in_one_line() {
        let said =
            "#9\tDONE cov: 412 ft: 9\nstat::number_of_executed_units: 1234\nstat::average_exec_per_sec:     617\n";
        assert_eq!(summary(said), "1234 inputs, 617 a second, 412 places reached");
    }
}
