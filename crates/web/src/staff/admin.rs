//! Keeping the installation: messages on their way out, people, sessions, settings, proof.

use super::phrases;
use super::report::num;
use super::views::{
    BackupView, CheckpointRow, ChipView, IntegrityPage, LinkView, Num, OutboxPage, OutboxRow, ProofRow, SessionRow,
    SessionsPage, SettingRow, SettingsPage, TabView,
};
use crate::Web;
use crate::frame::{self, html};
use crate::page::Tone;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::texts;
use crate::visitor::Visitor;
use app::AppError;
use app::accounts;
use app::backup;
use app::desk::Message;
use app::integrity::{self, Checkpoint, Verified};
use app::outbox::{self as messages, PartReach};
use app::words;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use domain::dossier::DossierCode;
use domain::ids::MessageId;
use std::sync::Arc;
use std::time::Instant;

/// States of a message: their word in the address and their tab.
const STATES: [(&str, &str); 3] = [("hong", "Hỏng"), ("cho", "Đang chờ"), ("da-gui", "Đã gửi")];
/// Findings of a check that are shown.
const FINDINGS_MAX: usize = 20;

fn state(message: &Message) -> &'static str {
    match (message.delivered_at, message.dead_at) {
        (Some(_), _) => "da-gui",
        (None, Some(_)) => "hong",
        (None, None) => "cho",
    }
}

/// Messages on their way out.
pub async fn outbox(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let asked = phrases::asked(&visitor);
    let administrator = visitor.person()?;
    let dead = messages::dead(&web.house, administrator).await?;
    let mut all = dead.clone();
    all.extend(messages::latest(&web.house, administrator).await?.into_iter().filter(|it| state(it) != "hong"));
    let wanted = STATES.iter().find(|it| it.0 == asked.trimmed("trang-thai")).map(|it| it.0);
    let wanted = wanted.unwrap_or(if dead.is_empty() { "da-gui" } else { "hong" });
    let tabs = STATES
        .iter()
        .map(|(key, label)| TabView {
            label: (*label).to_owned(),
            count: Some(Num(all.iter().filter(|it| state(it) == *key).count() as u64)),
            href: format!("/quan-tri?trang-thai={key}"),
            current: *key == wanted,
            news: false,
        })
        .collect();
    let shown: Vec<Message> = all.into_iter().filter(|it| state(it) == wanted).collect();
    let reach = messages::reach_of(&web.house, administrator, &shown).await?;
    let reached = |it: &Message| reach.get(&it.id).map(Vec::as_slice).unwrap_or_default();
    let rows: Vec<OutboxRow> = shown.iter().map(|it| row(it, reached(it))).collect();
    let page = phrases::page_number(&asked);
    let mut shown = frame::staff(&web, &visitor, "Hộp gửi", "/quan-tri");
    if asked.has("gui-lai") {
        shown = frame::flash(shown, Tone::Good, "Đã xếp lại để gửi. Mỗi tin chỉ tới người nhận một lần.");
    }
    let view = OutboxPage {
        page: shown,
        tabs,
        resend_all: wanted == "hong" && !rows.is_empty(),
        pager: phrases::pager(rows.len(), page, &format!("/quan-tri?trang-thai={wanted}")),
        rows: phrases::page_of(rows, page),
        empty: match wanted {
            "hong" => "Không có tin nào hỏng.",
            "cho" => "Không có tin nào đang chờ.",
            _ => "Chưa có tin nào được gửi.",
        }
        .to_owned(),
    };
    Ok(html(&view))
}

/// How far a text message came: "Đã tới máy", "Đã tới máy 2/3 phần", "Không tới máy: UNDELIV 011".
fn reach_words(parts: &[PartReach]) -> Option<ChipView> {
    let of = |reach: &str| parts.iter().filter(|it| it.reach == reach).count();
    let (delivered, failed) = (of("delivered"), of("failed"));
    let why = parts.iter().find(|it| it.reach == "failed").map_or("", |it| it.reason.as_str());
    match parts.len() {
        0 => None,
        _ if failed > 0 && why.is_empty() => Some(ChipView::new(Tone::Bad, "Không tới máy")),
        _ if failed > 0 => Some(ChipView::new(Tone::Bad, format!("Không tới máy: {why}"))),
        all if delivered == all => Some(ChipView::new(Tone::Good, "Đã tới máy")),
        all if delivered > 0 => Some(ChipView::new(Tone::Act, format!("Đã tới máy {delivered}/{all} phần"))),
        _ => Some(ChipView::new(Tone::Plain, "Nhà mạng đã nhận")),
    }
}

fn row(it: &Message, parts: &[PartReach]) -> OutboxRow {
    let state = state(it);
    let chip = match state {
        "hong" => ChipView::new(Tone::Bad, "Hỏng hẳn"),
        "cho" => ChipView::new(Tone::Act, "Đang chờ"),
        _ => ChipView::new(Tone::Good, "Đã gửi"),
    };
    let tries = match (it.tries, state) {
        (0, "da-gui") => String::new(),
        (0, "cho") => "chưa gửi lần nào".to_owned(),
        (tries, "cho") => format!("đã thử {tries} lần, lần tới {}", words::short_moment(it.next_try_at.local())),
        (tries, _) => format!("đã thử {tries} lần"),
    };
    let code = it.subject.split_whitespace().last().and_then(|it| DossierCode::parse(it).ok());
    OutboxRow {
        id: it.id.to_string(),
        at: words::short_moment(it.created_at.local()),
        channel: match it.channel.as_str() {
            "sms" => "tin nhắn",
            "email" => "thư điện tử",
            _ => "khác",
        }
        .to_owned(),
        dossier: code
            .filter(|_| it.dossier.is_some())
            .map(|it| LinkView { href: phrases::dossier_address(&it), label: it.to_string() }),
        to: phrases::masked_number(&it.recipient),
        about: texts::word(&format!("message-{}", it.kind.replace('_', "-"))),
        state: chip,
        tries,
        reach: reach_words(parts),
        fault: if state == "da-gui" { String::new() } else { it.last_error.clone() },
        resendable: state == "hong",
    }
}

fn id_of(posted: &Posted) -> Result<MessageId, Problem> {
    posted.trimmed("id").parse().map_err(|_| AppError::NotFound.into())
}

/// Sends one dead message again.
pub async fn resend(State(web): State<Web>, visitor: Visitor, posted: Posted) -> Result<Response, Problem> {
    messages::resend(&web.house, visitor.person()?, id_of(&posted)?).await?;
    Ok(Redirect::to("/quan-tri?gui-lai=1").into_response())
}

/// Sends all dead messages again.
pub async fn resend_all(State(web): State<Web>, visitor: Visitor, _posted: Posted) -> Result<Response, Problem> {
    messages::resend_all(&web.house, visitor.person()?).await?;
    Ok(Redirect::to("/quan-tri?gui-lai=1").into_response())
}

/// Open sessions.
pub async fn sessions(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let asked = phrases::asked(&visitor);
    let who = visitor.who.as_ref().ok_or(AppError::Forbidden)?;
    let own = accounts::session(&web.house, &who.token)?.map(|it| it.id);
    let known = web.house.now_known();
    let mut rows = Vec::new();
    for it in accounts::all_sessions(&web.house, who.person).await? {
        let Some(person) = it.person else { continue };
        let (name, kind) = match known.staff_name(person) {
            "" => (accounts::name_of(&web.house, person)?, "công dân"),
            name => (name.to_owned(), "cán bộ"),
        };
        rows.push(SessionRow {
            id: it.id.to_string(),
            person: if kind == "cán bộ" { name } else { phrases::masked_name(&name) },
            kind: kind.to_owned(),
            since: words::short_moment(it.created_at.local()),
            seen: words::short_moment(it.last_seen_at.local()),
            device: browser(&it.device),
            own: Some(it.id) == own,
        });
    }
    let page = phrases::page_number(&asked);
    let view = SessionsPage {
        page: frame::staff(&web, &visitor, "Phiên đăng nhập", "/quan-tri"),
        pager: phrases::pager(rows.len(), page, "/quan-tri/phien"),
        rows: phrases::page_of(rows, page),
    };
    Ok(html(&view))
}

/// "Firefox, Linux" of what a browser says it is.
fn browser(device: &str) -> String {
    let one_of = |names: &[(&str, &'static str)]| names.iter().find(|it| device.contains(it.0)).map(|it| it.1);
    let program = one_of(&[("Edg/", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari")]);
    let system = one_of(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (program, system) {
        (Some(program), Some(system)) => format!("{program}, {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) if device.is_empty() => "không rõ".to_owned(),
        (None, None) => device.chars().take(40).collect(),
    }
}

/// Ends a session.
pub async fn end_session(State(web): State<Web>, visitor: Visitor, posted: Posted) -> Result<Response, Problem> {
    accounts::revoke_any(&web.house, visitor.person()?, id_of(&posted)?).await?;
    Ok(Redirect::to("/quan-tri/phien").into_response())
}

/// Settings as they are.
pub async fn settings(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let mut groups: Vec<(String, Vec<SettingRow>)> = Vec::new();
    for [group, key, value, source, meaning] in web.settings.iter() {
        let row =
            SettingRow { key: key.clone(), value: value.clone(), source: source.clone(), meaning: meaning.clone() };
        match groups.iter_mut().find(|it| it.0 == *group) {
            Some(it) => it.1.push(row),
            None => groups.push((group.clone(), vec![row])),
        }
    }
    let view = SettingsPage {
        page: frame::staff(&web, &visitor, "Cấu hình", "/quan-tri"),
        source: "Đọc từ tệp cấu hình và biến môi trường lúc khởi động; muốn đổi thì sửa ở đó rồi khởi động lại."
            .to_owned(),
        groups,
    };
    Ok(html(&view))
}

/// Whether the history is whole: looked at now, nothing is changed by looking.
pub async fn integrity(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let began = Instant::now();
    let house = Arc::clone(&web.house);
    let runtime = tokio::runtime::Handle::current();
    let looking = tokio::task::spawn_blocking(move || runtime.block_on(integrity::verify(&house, |_, _| {})));
    let found = looking.await.map_err(|why| AppError::fault("looking at the history", why))??;
    let whole = found.differences.is_empty();
    let at = words::moment(web.house.clock.now().local());
    let view = IntegrityPage {
        page: frame::staff(&web, &visitor, "Toàn vẹn dữ liệu", "/quan-tri"),
        verdict: if whole {
            "Mọi lịch sử còn nguyên vẹn.".to_owned()
        } else {
            format!("Có {} chỗ không như lịch sử ghi.", found.differences.len())
        },
        tone: if whole { Tone::Good } else { Tone::Bad },
        at: format!("Kiểm tra lúc {at}, mất {} giây.", began.elapsed().as_secs()),
        checks: checks(&found),
        checkpoints: found.checkpoint.iter().map(|it| checkpoint(&found, it)).collect(),
        backup: backup(&backup::state(&web.house)?, app::clock::Clock::system().now()),
    };
    Ok(html(&view))
}

/// A proof older than this is none to rest on, in seconds: two nights.
const PROOF_SECONDS_MAX: i64 = 50 * 3_600;

fn backup(known: &backup::State, now: domain::time::Instant) -> BackupView {
    let moment = |micros| words::moment(domain::time::Instant::from_micros(micros).local());
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

fn checks(found: &Verified) -> Vec<ProofRow> {
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
            let differing: Vec<_> =
                found.differences.iter().filter(|it| parts.contains(&it.part) == (place > 0)).collect();
            let findings = differing
                .iter()
                .take(FINDINGS_MAX)
                .map(|it| LinkView { label: format!("{}: {}, {}", it.subject, it.part, it.how), href: String::new() })
                .collect();
            ProofRow {
                name: name.to_owned(),
                scope: scope.to_owned(),
                state: if differing.is_empty() {
                    ChipView::new(Tone::Good, "khớp")
                } else {
                    ChipView::new(Tone::Bad, format!("{} sai khác", differing.len()))
                },
                findings,
            }
        })
        .collect()
}

fn checkpoint(found: &Verified, it: &Checkpoint) -> CheckpointRow {
    let holds = !found.differences.iter().any(|it| it.part == "checkpoint");
    let short = |text: &str| {
        let letters: Vec<char> = text.chars().collect();
        let (first, last) = (letters.iter().take(8), letters.iter().skip(letters.len().saturating_sub(4)));
        format!("{}…{}", first.collect::<String>(), last.collect::<String>())
    };
    CheckpointRow {
        at: phrases::list_moment(it.sealed_at),
        dossiers: num(it.dossiers),
        root: short(&it.root),
        state: if holds {
            ChipView::new(Tone::Good, format!("chữ ký đúng, khóa {}", short(&it.public_key)))
        } else {
            ChipView::new(Tone::Bad, "không khớp")
        },
    }
}
