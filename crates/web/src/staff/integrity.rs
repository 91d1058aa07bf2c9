//! Whether the history is whole: what the last verification found, beginning one, and how it stands with seals and backups.

use super::findings::verified;
use super::phrases;
use super::report::num;
use super::views::{BackupView, CheckpointRow, ChipView, IntegrityPage, LinkView, ProofRow};
use crate::Web;
use crate::frame::{self, html, looking_again};
use crate::page::Tone;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::spoken;
use crate::texts::{language, number_in};
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::backup;
use app::integrity::{self, Checkpoint};
use app::verification::{self, Verification};
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

/// Where it stands.
pub const ADDRESS: &str = "/quan-tri/toan-ven";
/// Findings of a check that are shown.
const FINDINGS_MAX: usize = 20;

/// The page; while a verification runs it looks again by itself.
///
/// # Errors
/// The house failed.
pub async fn page(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let known = verification::state(&web.house)?;
    let runs = known.runs();
    let last = known.last.as_ref();
    let view = IntegrityPage {
        page: frame::staff(&web, &visitor, say("integrity-page"), "/quan-tri"),
        verdict: last.map_or_else(|| say("integrity-never").to_owned(), verdict),
        tone: last.map_or(Tone::Warn, |it| if it.differences() == 0 { Tone::Good } else { Tone::Bad }),
        at: last.map(at).unwrap_or_default(),
        runs,
        course: if runs { course(&known) } else { String::new() },
        stopped: if runs { String::new() } else { stopped(&known) },
        checks: last.map(checks).unwrap_or_default(),
        checkpoints: integrity::last_seal(&web.house)?.iter().map(|it| checkpoint(last, it)).collect(),
        backup: backup(&backup::state(&web.house)?, app::clock::Clock::system().now()),
    };
    Ok(looking_again(html(&view), runs))
}

/// Begins a verification; who asks while one runs sees that one.
///
/// # Errors
/// The house failed.
pub async fn begin(State(web): State<Web>, _posted: Posted) -> Result<Response, Problem> {
    verification::begin(&web.house).await?;
    Ok(Redirect::to(ADDRESS).into_response())
}

fn verdict(it: &Verification) -> String {
    match it.differences() {
        0 => say("integrity-whole").to_owned(),
        count => say_with("integrity-wrong", &[("count", &number(count))]),
    }
}

fn at(it: &Verification) -> String {
    say_with("integrity-at", &[("seconds", &it.seconds), ("at", &moment(it.at))])
}

fn moment(micros: i64) -> String {
    spoken::moment(domain::time::Instant::from_micros(micros).local())
}

fn number(count: u64) -> String {
    number_in(language(), i64::try_from(count).unwrap_or(i64::MAX))
}

/// How far the one on its way is.
fn course(known: &verification::State) -> String {
    match known.begun {
        Some(it) if it.total > 0 && it.done >= it.total => {
            say_with("integrity-course-files", &[("count", &number(it.done))])
        }
        Some(it) if it.total > 0 => {
            say_with("integrity-course", &[("done", &number(it.done)), ("total", &number(it.total))])
        }
        Some(_) | None => say("integrity-begun").to_owned(),
    }
}

/// Why the last one has no end.
fn stopped(known: &verification::State) -> String {
    match (&known.begun, &known.failed) {
        (Some(it), _) => say_with("integrity-cut-off", &[("at", &moment(it.at))]),
        (None, Some(why)) => say_with("integrity-failed", &[("why", why)]),
        (None, None) => String::new(),
    }
}

/// A proof older than this is none to rest on, in seconds: two nights.
const PROOF_SECONDS_MAX: i64 = 50 * 3_600;

fn backup(known: &backup::State, now: domain::time::Instant) -> BackupView {
    let failed = known.failed.as_ref().map(|why| match known.tried_at {
        Some(at) => say_with("integrity-backup-failed-at", &[("at", &moment(at)), ("why", why)]),
        None => say_with("integrity-backup-failed", &[("why", why)]),
    });
    let Some(proved) = &known.proved else {
        return BackupView {
            verdict: say("integrity-backup-none").to_owned(),
            tone: Tone::Bad,
            about: failed.unwrap_or_else(|| say("integrity-backup-set").to_owned()),
        };
    };
    let is_old = now.micros() - proved.at > PROOF_SECONDS_MAX * 1_000_000;
    let (rows, dossiers, files) = (number(proved.rows), number(proved.dossiers), number(proved.files));
    let compared = say_with(
        "integrity-backup-compared",
        &[("name", &proved.name), ("rows", &rows), ("dossiers", &dossiers), ("files", &files)],
    );
    BackupView {
        verdict: say_with("integrity-backup-proved", &[("at", &moment(proved.at))]),
        tone: if is_old || failed.is_some() { Tone::Bad } else { Tone::Good },
        about: match failed {
            Some(failed) => format!("{compared} {failed}"),
            None if is_old => format!("{compared} {}", say("integrity-backup-old")),
            None => compared,
        },
    }
}

fn checks(found: &Verification) -> Vec<ProofRow> {
    let counted = |key, count| say_with(key, &[("count", &number(count))]);
    let dossiers = counted("integrity-so-many-dossiers", found.dossiers);
    let files = counted("integrity-so-many-files", found.files);
    let certificates = counted("integrity-so-many-certificates", found.certificates);
    let groups: [(&str, &str, &[&str]); 4] = [
        (say("integrity-histories"), &dossiers, &["blob", "certificate", "checkpoint"]),
        (say("integrity-files"), &files, &["blob"]),
        (say("integrity-certificates"), &certificates, &["certificate"]),
        (say("integrity-checkpoint"), "", &["checkpoint"]),
    ];
    groups
        .into_iter()
        .enumerate()
        .map(|(place, (name, scope, parts))| {
            let wrong = found.wrong.iter().filter(|it| parts.contains(&it.part.as_str()) == (place > 0));
            let count: u64 = wrong.clone().map(|it| it.count).sum();
            let findings = wrong.flat_map(|it| &it.found).take(FINDINGS_MAX);
            ProofRow {
                name: name.to_owned(),
                scope: scope.to_owned(),
                state: match count {
                    0 => ChipView::new(Tone::Good, say("integrity-agrees")),
                    count => ChipView::new(Tone::Bad, counted("integrity-differs", count)),
                },
                findings: findings.map(|it| LinkView { label: verified(it), href: String::new() }).collect(),
            }
        })
        .collect()
}

/// The last seal, and whether it held when the house was verified last.
fn checkpoint(last: Option<&Verification>, it: &Checkpoint) -> CheckpointRow {
    let short = |text: &str| {
        let letters: Vec<char> = text.chars().collect();
        let (first, last) = (letters.iter().take(8), letters.iter().skip(letters.len().saturating_sub(4)));
        format!("{}…{}", first.collect::<String>(), last.collect::<String>())
    };
    let verified = last.filter(|own| own.checkpoint.as_ref() == Some(it));
    let is_wrong = |own: &Verification| own.wrong.iter().any(|it| it.part == "checkpoint");
    CheckpointRow {
        at: phrases::list_moment(it.sealed_at),
        dossiers: num(it.dossiers),
        root: short(&it.root),
        state: match verified {
            None => ChipView::new(Tone::Plain, say("integrity-unchecked")),
            Some(own) if is_wrong(own) => ChipView::new(Tone::Bad, say("integrity-checkpoint-wrong")),
            Some(_) => {
                let words = say_with("integrity-checkpoint-good", &[("key", &short(&it.public_key))]);
                ChipView::new(Tone::Good, words)
            }
        },
    }
}
