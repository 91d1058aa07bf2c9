//! The figures for people: a table on the screen, and the document that holds them against what is to be reached.

use super::figures::{Figures, Floor, Operation, Reorganised};
use crate::ended::Stop;
use anyhow::Context;
use app::clock::Clock;
use std::fmt::Write;
use std::path::Path;

/// Head of the document.
const HEAD: &str = "# Performance

Every figure here is written by `motcua bench --write docs/performance.md`, none by hand. Processor time is the server's, user and
system together, for each request, with 64 connections on the loopback; the floor is an axum handler that answers \"ok\". It is measured
again right before and right after each operation, which is compared with those two; its own row is the mean of all. Messages are
written and stay in the outbox. Times and rates are those of the machine and its other work at that moment: compare ratios.
";

/// How the program that measures was built: what `cargo xtask trained` builds says so.
const BUILT: &str = if option_env!("MOTCUA_TRAINED").is_some() {
    "the trained program (ADR 0023)"
} else {
    "the program of a plain release"
};

/// Something that is to be reached.
struct Target {
    what: String,
    figure: f64,
    unit: &'static str,
    bound: f64,
    /// True where the figure must not be below the bound.
    at_least: bool,
}

impl Target {
    fn at_most(what: impl Into<String>, figure: f64, bound: f64, unit: &'static str) -> Self {
        Self { what: what.into(), figure, unit, bound, at_least: false }
    }

    fn at_least(what: impl Into<String>, figure: f64, bound: f64, unit: &'static str) -> Self {
        Self { at_least: true, ..Self::at_most(what, figure, bound, unit) }
    }

    fn is_met(&self) -> bool {
        if self.at_least { self.figure >= self.bound } else { self.figure <= self.bound }
    }

    fn line(&self) -> String {
        let (sign, verdict) = (if self.at_least { "≥" } else { "≤" }, if self.is_met() { "met" } else { "**missed**" });
        let Self { what, figure, unit, bound, .. } = self;
        format!("| {what} | {}{unit} | {sign} {bound}{unit} | {verdict} |", short(*figure))
    }
}

/// What is to be reached, as far as it was measured.
fn targets(it: &Figures) -> Vec<Target> {
    let most = [("lookup", 8.0), ("submit", 25.0), ("advance", 25.0), ("worklist", 12.0)];
    let mut targets: Vec<Target> = most
        .iter()
        .filter_map(|(name, bound)| it.operation(name).map(|found| (name, bound, found)))
        .map(|(name, bound, found)| {
            Target::at_most(format!("{name}, times the floor"), found.ratio_to_floor, *bound, " ×")
        })
        .collect();
    targets.push(Target::at_most("waits for the disk for each submit at 64 callers", it.syncs.per_submit, 0.1, ""));
    let beside = it.lookup_beside_submitters.ratio;
    targets.push(Target::at_most("p99 of look-ups while 64 submit, times alone", beside, 2.0, " ×"));
    targets.push(Target::at_most(
        "start to first page on an existing database",
        it.start_to_first_page_ms,
        300.0,
        " ms",
    ));
    targets.push(Target::at_most("form II.06a over everything", it.report_06a_ms, 1_000.0, " ms"));
    targets.push(Target::at_most("resident memory at its peak", it.resident.peak_mb, 500.0, " MB"));
    if let Some(raw) = it.raw {
        let what = "submits in a second, share of the engine alone with batches of 64";
        targets.push(Target::at_least(what, raw.submit_share, 0.25, ""));
    }
    if let Some(filling) = it.filling {
        let million = 1e6 / filling.rate.max(1e-6);
        targets.push(Target::at_most("filling, for a million dossiers", million, 600.0, " s"));
    }
    if let Some(small) = it.small {
        let what = format!("page of a work-list, times that with {} dossiers", small.dossiers);
        targets.push(Target::at_most(what, small.ratio, 1.5, " ×"));
    }
    targets.extend(it.reorganised.iter().flat_map(reorganised));
    if let Some(resident) = it.demo_resident_mb {
        targets.push(Target::at_most("resident memory at rest after the demo", resident, 160.0, " MB"));
    }
    targets
}

/// What is to be reached while units reorganise.
fn reorganised(it: &Reorganised) -> [Target; 5] {
    let of = format!("a plan of {} dossiers", it.dossiers);
    [
        Target::at_most(format!("{of}, computed"), it.computed_s, 2.0, " s"),
        Target::at_most(format!("{of}, staged"), it.staged_s, 20.0, " s"),
        Target::at_most(format!("{of}, flipped"), it.flipped_s, 0.2, " s"),
        Target::at_most(format!("{of}, settled"), it.settled_s, 60.0, " s"),
        Target::at_most("p99 of look-ups meanwhile", it.readers_p99_ms, it.readers_bound_ms(), " ms"),
    ]
}

/// The figures of one reorganisation for the screen.
pub fn reorganised_table(it: &Reorganised) -> String {
    lines(&reorganised(it)).trim_end().to_owned()
}

fn lines(targets: &[Target]) -> String {
    targets.iter().fold(String::new(), |mut text, it| {
        let sign = if it.at_least { "≥" } else { "≤" };
        let verdict = if it.is_met() { "" } else { "  chưa đạt" };
        text.push_str(&format!("{}: {}{} ({sign} {}){verdict}\n", it.what, short(it.figure), it.unit, it.bound));
        text
    })
}

fn short(figure: f64) -> String {
    match figure {
        it if it >= 100.0 => format!("{it:.0}"),
        it if it >= 10.0 => format!("{it:.1}"),
        it if it >= 1.0 => format!("{it:.2}"),
        it => format!("{it:.3}"),
    }
}

/// The figures for the screen.
pub fn table(it: &Figures) -> String {
    let mut text = format!("{}, {} hồ sơ, {} kết nối\n", it.engine, it.dossiers, it.connections);
    text.push_str(&operations_table(it.floor, &it.operations));
    text.push_str(&lines(&targets(it)));
    text.trim_end().to_owned()
}

/// What each operation costs, for the screen.
pub fn operations_table(floor: Floor, operations: &[Operation]) -> String {
    let mut text = format!("{:<12}{:>12}{:>12}{:>12}{:>12}{:>10}\n", "", "CPU µs", "/s", "p50 ms", "p99 ms", "× sàn");
    text.push_str(&format!("{:<12}{:>12}{:>12}\n", "floor", short(floor.cpu_us), short(floor.rate)));
    for Operation { name, cpu_us, rate, p50_ms, p99_ms, ratio_to_floor, .. } in operations {
        let [cpu, rate, p50, p99, ratio] = [cpu_us, rate, p50_ms, p99_ms, ratio_to_floor].map(|it| short(*it));
        text.push_str(&format!("{name:<12}{cpu:>12}{rate:>12}{p50:>12}{p99:>12}{ratio:>10}\n"));
    }
    text
}

/// Writes the figures of this engine into the document; those of the other engine stay.
///
/// # Errors
/// The document cannot be read or written.
pub fn document(path: &Path, it: &Figures) -> Result<(), Stop> {
    let before = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(anyhow::Error::new(error).context(format!("reading {}", path.display())).into()),
    };
    let text = merged(&before, &it.engine, &section(it)?);
    Ok(std::fs::write(path, text).with_context(|| format!("writing {}", path.display()))?)
}

/// The document with this section in the place of the one of the same engine.
fn merged(before: &str, engine: &str, section: &str) -> String {
    let others = before.split("\n## ").skip(1).filter(|it| !it.starts_with(&format!("{engine},")));
    let mut sections: Vec<&str> = others.map(str::trim_end).collect();
    sections.push(section.trim_end());
    // SQLite, the usual one, stands first.
    sections.sort_by_key(|it| std::cmp::Reverse(it.split(',').next().unwrap_or_default().to_owned()));
    let mut text = HEAD.to_owned();
    for section in sections {
        text.push_str(&format!("\n## {section}\n"));
    }
    text
}

fn section(it: &Figures) -> Result<String, Stop> {
    let mut text = format!("{}, {} dossiers\n\n", it.engine, it.dossiers);
    let engine = if it.engine == "sqlite" { "sqlite" } else { "postgres=URL" };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let on = Clock::system().now().day();
    writeln!(
        text,
        "`motcua bench --dossiers {} --engine {engine} --write docs/performance.md`, {cores} processors, {on}, {BUILT}.\n",
        it.dossiers
    )?;
    text.push_str(
        "| | CPU µs | floor beside it, µs | times that | answers/s | p50 ms | p99 ms | asked |\n|---|---|---|---|---|---|---|---|\n",
    );
    writeln!(text, "| floor | {} | | 1 | {} | | | |", short(it.floor.cpu_us), short(it.floor.rate))?;
    for Operation { name, cpu_us, rate, p50_ms, p99_ms, floor_cpu_us, ratio_to_floor, requests } in &it.operations {
        let [cpu, floor, ratio, rate, p50, p99] =
            [cpu_us, floor_cpu_us, ratio_to_floor, rate, p50_ms, p99_ms].map(|it| short(*it));
        writeln!(text, "| {name} | {cpu} | {floor} | {ratio} | {rate} | {p50} | {p99} | {requests} |")?;
    }
    text.push_str("\n| to reach | measured | wanted | |\n|---|---|---|---|\n");
    for target in targets(it) {
        writeln!(text, "{}", target.line())?;
    }
    writeln!(
        text,
        "\nBeside that: look-ups alone p99 {} ms and beside submitters {} ms ({} submissions/s meanwhile); a full page of a work-list alone {} ms; resident after the \
         start {} MB.{}",
        short(it.lookup_beside_submitters.alone_p99_ms),
        short(it.lookup_beside_submitters.beside_p99_ms),
        short(it.lookup_beside_submitters.submits_rate),
        short(it.worklist_page_ms),
        short(it.resident.started_mb),
        it.raw.map_or_else(String::new, |raw| format!(" The engine alone: {} submissions/s.", short(raw.rate))),
    )?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::super::figures::{Beside, Filling, Floor, Resident, Syncs};
    use super::*;

    #[test]
    fn a_section_replaces_that_of_its_engine_and_no_other() {
        let first = merged("", "postgres", "postgres, 10 dossiers\n\nold server\n");
        let both = merged(&first, "sqlite", "sqlite, 10 dossiers\n\nold file\n");
        assert!(both.starts_with("# Performance\n"));
        assert!(both.find("old file").unwrap() < both.find("old server").unwrap(), "the file stands first: {both}");
        let again = merged(&both, "sqlite", "sqlite, 20 dossiers\n\nnew file\n");
        assert!(again.contains("new file") && again.contains("old server") && !again.contains("old file"), "{again}");
        assert_eq!(again.matches("\n## ").count(), 2);
        assert_eq!(merged(&again, "sqlite", "sqlite, 20 dossiers\n\nnew file\n"), again, "twice is once");
    }

    fn figures() -> Figures {
        let operation = |name: &str, ratio_to_floor| Operation {
            name: name.to_owned(),
            cpu_us: 12.0 * ratio_to_floor,
            floor_cpu_us: 12.0,
            rate: 1_000.0,
            p50_ms: 1.0,
            p99_ms: 9.5,
            ratio_to_floor,
            requests: 128,
        };
        Figures {
            engine: "sqlite".to_owned(),
            dossiers: 1_000,
            events: 6_000,
            connections: 64,
            floor: Floor { cpu_us: 12.0, rate: 30_000.0 },
            operations: vec![operation("lookup", 7.5), operation("submit", 26.0)],
            filling: Some(Filling { seconds: 1.0, rate: 1_000.0 }),
            start_to_first_page_ms: 120.0,
            resident: Resident { started_mb: 40.0, peak_mb: 501.0 },
            syncs: Syncs { submits: 100, syncs: 9, per_submit: 0.09 },
            lookup_beside_submitters: Beside {
                alone_p99_ms: 1.0,
                beside_p99_ms: 1.5,
                ratio: 1.5,
                submits_rate: 3_000.0,
            },
            worklist_page_ms: 2.0,
            report_06a_ms: 3.0,
            raw: None,
            small: None,
            demo_resident_mb: None,
            reorganised: None,
        }
    }

    #[test]
    fn a_reorganisation_is_held_against_what_readers_and_writers_may_wait() {
        let quick = Reorganised {
            dossiers: 100_000,
            computed_s: 1.0,
            staged_s: 19.0,
            flipped_s: 0.2,
            settled_s: 60.0,
            readers_before_p99_ms: 3.0,
            readers_p99_ms: 19.0,
        };
        assert!(!reorganised_table(&quick).contains("chưa đạt"), "20 ms in any case");
        let slow = Reorganised { flipped_s: 0.21, readers_before_p99_ms: 5.0, readers_p99_ms: 25.1, ..quick };
        assert_eq!(reorganised_table(&slow).matches("chưa đạt").count(), 2);
    }

    #[test]
    fn the_document_says_what_is_missed_and_with_which_line_it_was_measured() {
        let text = section(&figures()).unwrap();
        assert!(text.starts_with("sqlite, 1000 dossiers\n"));
        assert!(text.contains("`motcua bench --dossiers 1000 --engine sqlite --write docs/performance.md`"));
        let missed: Vec<&str> = text.lines().filter(|it| it.contains("**missed**")).collect();
        let starts = ["| submit,", "| filling,", "| resident memory at its peak"];
        assert_eq!(missed.len(), starts.len(), "{missed:?}");
        assert!(starts.iter().all(|start| missed.iter().any(|it| it.starts_with(start))), "{missed:?}");
        assert_eq!(table(&figures()).matches("chưa đạt").count(), 3);
    }

    #[test]
    fn a_target_says_whether_it_is_met() {
        assert!(Target::at_most("a", 8.0, 8.0, " ×").is_met());
        assert!(!Target::at_most("a", 8.1, 8.0, " ×").is_met());
        assert!(Target::at_least("a", 0.25, 0.25, "").is_met());
        assert_eq!(Target::at_least("a", 0.2, 0.25, "").line(), "| a | 0.200 | ≥ 0.25 | **missed** |");
    }
}
