//! Whether the history is whole: what the last verification found, beginning one, and how it stands with seals and backups.

use super::phrases;
use super::report::num;
use super::views::{BackupView, CheckpointRow, ChipView, IntegrityPage, LinkView, Num, ProofRow};
use crate::Web;
use crate::frame::{self, html, looking_again};
use crate::page::Tone;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::visitor::Visitor;
use app::backup;
use app::integrity::{self, Checkpoint};
use app::verification::{self, Verification};
use app::words;
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
        page: frame::staff(&web, &visitor, "Toàn vẹn dữ liệu", "/quan-tri"),
        verdict: last.map_or_else(|| "Chưa kiểm tra lần nào.".to_owned(), verdict),
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
        0 => "Mọi lịch sử còn nguyên vẹn.".to_owned(),
        count => format!("Có {} chỗ không như lịch sử ghi.", Num(count)),
    }
}

fn at(it: &Verification) -> String {
    format!("Kiểm tra lúc {}, mất {} giây.", moment(it.at), it.seconds)
}

fn moment(micros: i64) -> String {
    words::moment(domain::time::Instant::from_micros(micros).local())
}

/// How far the one on its way is.
fn course(known: &verification::State) -> String {
    match known.begun {
        Some(it) if it.total > 0 && it.done >= it.total => {
            format!("Đã xem {} hồ sơ, đang xem tệp đính kèm, chứng nhận và mốc niêm phong.", Num(it.done))
        }
        Some(it) if it.total > 0 => format!("Đã xem {} trên {} hồ sơ.", Num(it.done), Num(it.total)),
        Some(_) | None => "Vừa bắt đầu.".to_owned(),
    }
}

/// Why the last one has no end.
fn stopped(known: &verification::State) -> String {
    match (&known.begun, &known.failed) {
        (Some(it), _) => {
            format!(
                "Lần kiểm tra bắt đầu lúc {} bị ngắt giữa chừng: phần mềm đã dừng. Bấm kiểm tra lại.",
                moment(it.at)
            )
        }
        (None, Some(why)) => format!("Lần kiểm tra gần nhất không tới được cuối: {why}."),
        (None, None) => String::new(),
    }
}

/// A proof older than this is none to rest on, in seconds: two nights.
const PROOF_SECONDS_MAX: i64 = 50 * 3_600;

fn backup(known: &backup::State, now: domain::time::Instant) -> BackupView {
    let failed = known.failed.as_ref().map(|why| {
        let at = known.tried_at.map(|it| format!(" lúc {}", moment(it))).unwrap_or_default();
        format!("Lần sao lưu gần nhất{at} không thành: {why}.")
    });
    let Some(proved) = &known.proved else {
        return BackupView {
            verdict: "Chưa có bản sao lưu nào được khôi phục thử.".to_owned(),
            tone: Tone::Bad,
            about: failed.unwrap_or_else(|| {
                "Đặt backup.to, backup.keys và backup.at trong cấu hình, hoặc chạy motcua backup --prove.".to_owned()
            }),
        };
    };
    let is_old = now.micros() - proved.at > PROOF_SECONDS_MAX * 1_000_000;
    let (rows, dossiers, files) = (Num(proved.rows), Num(proved.dossiers), Num(proved.files));
    let compared = format!("{}: đã so {rows} dòng, {dossiers} hồ sơ, {files} tệp.", proved.name);
    BackupView {
        verdict: format!("Khôi phục thử gần nhất: {}, tất cả khớp.", moment(proved.at)),
        tone: if is_old || failed.is_some() { Tone::Bad } else { Tone::Good },
        about: match failed {
            Some(failed) => format!("{compared} {failed}"),
            None if is_old => format!("{compared} Đã quá hai đêm."),
            None => compared,
        },
    }
}

fn checks(found: &Verification) -> Vec<ProofRow> {
    let dossiers = format!("{} hồ sơ", Num(found.dossiers));
    let files = format!("{} tệp", Num(found.files));
    let certificates = format!("{} chứng nhận", Num(found.certificates));
    let groups: [(&str, &str, &[&str]); 4] = [
        ("Chuỗi băm, nội dung và bảng đọc của mọi hồ sơ", &dossiers, &["blob", "certificate", "checkpoint"]),
        ("Tệp đính kèm", &files, &["blob"]),
        ("Chứng nhận bảo toàn của các lần sắp xếp", &certificates, &["certificate"]),
        ("Mốc niêm phong gần nhất", "", &["checkpoint"]),
    ];
    groups
        .into_iter()
        .enumerate()
        .map(|(place, (name, scope, parts))| {
            let wrong = found.wrong.iter().filter(|it| parts.contains(&it.part.as_str()) == (place > 0));
            let count: u64 = wrong.clone().map(|it| it.count).sum();
            let findings = wrong.flat_map(|it| &it.first).take(FINDINGS_MAX);
            ProofRow {
                name: name.to_owned(),
                scope: scope.to_owned(),
                state: match count {
                    0 => ChipView::new(Tone::Good, "khớp"),
                    count => ChipView::new(Tone::Bad, format!("{} sai khác", Num(count))),
                },
                findings: findings.map(|it| LinkView { label: it.clone(), href: String::new() }).collect(),
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
            None => ChipView::new(Tone::Plain, "chưa kiểm tra"),
            Some(own) if is_wrong(own) => ChipView::new(Tone::Bad, "không khớp"),
            Some(_) => ChipView::new(Tone::Good, format!("chữ ký đúng, khóa {}", short(&it.public_key))),
        },
    }
}
