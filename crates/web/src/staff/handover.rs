//! Biên bản bàn giao: what an old unit hands over to a new one under a reorganisation, as a paper two people sign.
//!
//! Căn cứ: handbook §11.2, R11. Names of citizens are not on it: the code finds the dossier.

use crate::Web;
use crate::citizen::reform;
use crate::citizen::views::Link;
use crate::frame;
use crate::paper::{HandoverList, HandoverListPage, HandoverPage, HandoverTable, PaperHead, PaperLine, SignBlock};
use crate::problem::Problem;
use crate::reform_picture::Ground;
use crate::telling::opening;
use crate::texts;
use crate::visitor::Visitor;
use app::handover::{self, ClosedSeries, Handover};
use app::house::Snapshot;
use app::{AppError, words};
use axum::extract::{Path, State};
use axum::response::Response;
use domain::dossier::{Owner, Status};
use domain::ids::{PersonId, UnitId};
use domain::organisation::reform::Reorganisation;
use domain::post::Post;
use jiff::civil::Date;

/// The minutes of a plan, one for each pair of old and new unit; with `giao` and `nhan` the paper of one pair.
///
/// # Errors
/// No such plan or pair, or it is not theirs.
pub async fn page(State(web): State<Web>, visitor: Visitor, Path(key): Path<String>) -> Result<Response, Problem> {
    let known = web.house.now_known();
    let plan = reform::find(&known, &key).ok_or(AppError::NotFound)?;
    let ground = Ground::new(plan, &known.organisation);
    let asked = super::phrases::asked(&visitor);
    let mine: Vec<(UnitId, UnitId)> =
        ground.pairs().into_iter().filter(|pair| may_see(&known, plan, &visitor, *pair)).collect();
    let home = format!("{}/ban-giao", reform::address(&known, plan));
    let address = |(from, to): (UnitId, UnitId)| format!("{home}?giao={from}&nhan={to}");
    if asked.has("giao") {
        let is_asked = |(from, to): &&(UnitId, UnitId)| {
            from.to_string() == asked.trimmed("giao") && to.to_string() == asked.trimmed("nhan")
        };
        let pair = mine.iter().find(is_asked).copied().ok_or(AppError::NotFound)?;
        return paper(&web, &visitor, plan, &ground, pair, home).await;
    }
    let lists = mine.into_iter().map(|pair| HandoverList {
        from: ground.name_before(pair.0),
        to: ground.name_after(pair.1),
        href: address(pair),
    });
    let part = if visitor.is_control() { "/kiem-soat" } else { "/lanh-dao" };
    Ok(frame::html(&HandoverListPage {
        page: frame::staff(&web, &visitor, crate::say("handovers-title"), part),
        plan: Link { href: reform::address(&known, plan), label: plan.title.clone() },
        lists: lists.collect(),
    }))
}

/// The control officer sees every pair, a leader those of the units they lead or led until the instant.
fn may_see(known: &Snapshot, plan: &Reorganisation, visitor: &Visitor, (from, to): (UnitId, UnitId)) -> bool {
    let Some(who) = &visitor.who else { return false };
    let on = plan.effective_on();
    let eve = on.yesterday().unwrap_or(on);
    let leads = |unit: UnitId, day: Date| known.mandates.holds(who.person, unit, Post::Leader, day);
    let leads_now = |unit: UnitId| who.posts.contains(&(unit, Post::Leader));
    visitor.is_control() || leads_now(from) || leads_now(to) || leads(from, eve) || leads(to, on)
}

async fn paper(
    web: &Web,
    visitor: &Visitor,
    plan: &Reorganisation,
    ground: &Ground<'_>,
    (from, to): (UnitId, UnitId),
    home: String,
) -> Result<Response, Problem> {
    let inside = (web.house.now_known(), plan.clone());
    let after = move |unit: UnitId| Ground::new(&inside.1, &inside.0.organisation).after(unit);
    let found = handover::between(&web.house, plan.id, from, to, after).await?;
    let closed = handover::closed_series(&web.house, plan, from)?;
    Ok(texts::in_vietnamese(|| {
        let page = minutes(web, visitor, (plan, ground), (from, to), (&found, closed.as_slice()));
        frame::html(&HandoverPage { back: Link { href: home, label: "Biên bản bàn giao".to_owned() }, ..page })
    }))
}

/// The paper, without the way back from it: Vietnamese, whoever reads it.
fn minutes(
    web: &Web,
    visitor: &Visitor,
    (plan, ground): (&Reorganisation, &Ground<'_>),
    (from, to): (UnitId, UnitId),
    (found, closed): (&Handover, &[ClosedSeries]),
) -> HandoverPage {
    let known = web.house.now_known();
    let on = plan.effective_on();
    let eve = on.yesterday().unwrap_or(on);
    let (old, new) = (ground.name_before(from), ground.name_after(to));
    let superior = known.organisation.attributes_on(from, eve).and_then(|it| it.parent);
    let committee = |unit: UnitId| format!("ỦY BAN NHÂN DÂN\n{}", known.organisation.name_on(unit, eve).to_uppercase());
    let is_ahead = web.house.clock.now() < plan.effective_at;
    let moment = if is_ahead {
        format!("Bản nháp, tính đến {}.", words::moment(web.house.clock.now().local()))
    } else {
        format!("Số liệu tại thời điểm chuyển giao: {}.", words::moment(plan.effective_at.local()))
    };
    let mut tables = tables(&known, found, (from, eve));
    tables.push(series(closed, plan.ends.contains(&from)));
    let (left, right) = (signer(&known, "GIAO", (from, eve), &old), signer(&known, "NHẬN", (to, on), &new));
    let again = if old == new { format!(" (mới, từ {})", words::short_day(on)) } else { String::new() };
    // One person cannot hand over to themselves: both lines stay open, and somebody else signs beside them.
    let is_one = !left.name.is_empty() && leader(&known, (from, eve)) == leader(&known, (to, on));
    let both = if is_one { left.name.clone() } else { String::new() };
    let named = |it: SignBlock| SignBlock { name: if is_one { String::new() } else { it.name }, ..it };
    HandoverPage {
        page: frame::paper(web, visitor, format!("Biên bản bàn giao {old} – {new}")),
        head: PaperHead {
            superior: superior.map_or_else(|| "ỦY BAN NHÂN DÂN".to_owned(), committee),
            issuer: if superior.is_some() {
                format!("ỦY BAN NHÂN DÂN\n{}", old.to_uppercase())
            } else {
                old.to_uppercase()
            },
            place_and_day: "………………, ngày …… tháng …… năm ………".to_owned(),
            ..PaperHead::default()
        },
        basis: format!(
            "{}, ngày {}; có hiệu lực {}",
            plan.instrument,
            words::short_day(plan.signed_on),
            words::day(on)
        ),
        parties: vec![
            PaperLine {
                label: "Bên giao".to_owned(),
                value: format!("Ủy ban nhân dân {}", crate::telling::within(&old)),
            },
            PaperLine {
                label: "Bên nhận".to_owned(),
                value: format!("Ủy ban nhân dân {}{again}", crate::telling::within(&new)),
            },
        ],
        moment,
        invented: plan.invented.clone(),
        summary: summary(found),
        tables,
        is_cut: found.is_cut,
        left: named(left),
        right: named(right),
        both,
        ..HandoverPage::default()
    }
}

/// Who signs for a unit: its leader on that day, where one is known.
fn signer(known: &Snapshot, side: &str, (unit, day): (UnitId, Date), name: &str) -> SignBlock {
    SignBlock {
        post: format!("ĐẠI DIỆN BÊN {side}\n{}", name.to_uppercase()),
        instruction: "(Chức vụ, ký, ghi rõ họ tên và đóng dấu)".to_owned(),
        name: leader(known, (unit, day)).map_or_else(String::new, |it| known.staff_name(it).to_owned()),
    }
}

fn leader(known: &Snapshot, (unit, day): (UnitId, Date)) -> Option<PersonId> {
    known.mandates.holders(unit, Post::Leader, day).next()
}

/// The number series that close: nobody may take a number of them afterwards.
fn series(closed: &[ClosedSeries], ends: bool) -> HandoverTable {
    let rows = closed.iter().map(|it| vec![it.series.clone(), words::short_day(it.on), format!("{:04}", it.last)]);
    let none = if ends {
        "Đơn vị chưa cấp số hồ sơ nào."
    } else {
        "Bên giao tiếp tục hoạt động, dãy số hồ sơ giữ nguyên."
    };
    let foot = if closed.is_empty() {
        String::new()
    } else {
        "Khóa các dãy số này từ thời điểm chuyển giao.".to_owned()
    };
    table("V. Dãy số hồ sơ phải khóa", &["Dãy số", "Ngày cấp số cuối", "Số cuối"], rows.collect(), none, foot)
}

fn summary(found: &Handover) -> Vec<PaperLine> {
    let mut lines: Vec<PaperLine> = Vec::new();
    for status in Status::ALL {
        let count = found.sums.dossiers.get(&status).copied().unwrap_or(0);
        if count > 0 {
            let label = opening(&texts::status(status));
            lines.push(PaperLine { label, value: format!("{count} hồ sơ") });
        }
    }
    lines.push(PaperLine { label: "Cộng hồ sơ".to_owned(), value: found.sums.all_dossiers().to_string() });
    lines
}

fn tables(known: &Snapshot, found: &Handover, of: (UnitId, Date)) -> Vec<HandoverTable> {
    vec![dossiers(known, found, of), originals(found), shelf(found), cash(found)]
}

fn table(title: &str, heads: &[&str], rows: Vec<Vec<String>>, none: &str, foot: String) -> HandoverTable {
    let heads: Vec<String> = heads.iter().map(|it| (*it).to_owned()).collect();
    let cell = |(label, value): (&String, String)| PaperLine { label: label.clone(), value };
    let rows = rows.into_iter().map(|row| heads.iter().zip(row).map(cell).collect()).collect();
    HandoverTable { title: title.to_owned(), heads, rows, none: none.to_owned(), foot }
}

fn dossiers(known: &Snapshot, found: &Handover, (from, eve): (UnitId, Date)) -> HandoverTable {
    let owner = |it: &Owner| {
        let unit = known.organisation.name_on(it.unit, eve);
        let who = match it.person.map(|it| known.staff_name(it)) {
            Some(name) if !name.is_empty() => name.to_owned(),
            _ => opening(&texts::post(it.post)),
        };
        // Whose the paper is stands above it; only another one is named.
        if it.unit == from { who } else { format!("{who}, {unit}") }
    };
    let rows = found.dossiers.iter().map(|it| {
        let due = it.promised_at.map_or_else(|| "chưa tiếp nhận".to_owned(), |at| words::short_day(at.day()));
        vec![it.code.to_string(), it.procedure.clone(), opening(&texts::status(it.status)), due, owner(&it.owner)]
    });
    table(
        "I. Hồ sơ đang giải quyết",
        &["Mã hồ sơ", "Thủ tục", "Trạng thái", "Hẹn trả", "Đang giữ"],
        rows.collect(),
        "Không có hồ sơ nào.",
        format!("Cộng: {} hồ sơ. Mã và ngày hẹn trả giữ nguyên.", found.sums.all_dossiers()),
    )
}

fn originals(found: &Handover) -> HandoverTable {
    let rows = found.originals.iter().map(|it| vec![it.code.to_string(), it.paper.clone(), it.originals.to_string()]);
    let sum = found.sums.originals;
    table(
        "II. Giấy tờ bản chính đang giữ",
        &["Mã hồ sơ", "Giấy tờ", "Số bản"],
        rows.collect(),
        "Không giữ bản chính nào.",
        format!("Cộng: {sum} bản chính."),
    )
}

fn shelf(found: &Handover) -> HandoverTable {
    let rows = found
        .shelf
        .iter()
        .map(|it| vec![it.code.to_string(), it.decision.clone(), it.number.clone(), words::short_day(it.since.day())]);
    table(
        "III. Kết quả chưa trả",
        &["Mã hồ sơ", "Mã kết quả", "Số văn bản", "Có từ ngày"],
        rows.collect(),
        "Không còn kết quả nào chưa trả.",
        format!("Cộng: {} kết quả.", found.sums.shelf),
    )
}

/// Whether cash was paid in is not known here: the two who sign tick it by the cash book.
fn cash(found: &Handover) -> HandoverTable {
    let rows = found.cash.iter().map(|it| {
        let day = words::short_day(it.at.day());
        vec![it.code.to_string(), day, it.receipt.clone(), words::dong(it.amount_vnd), "☐".to_owned()]
    });
    let (sum, owed) = (found.sums.cash_vnd, words::dong(found.sums.owed_vnd));
    table(
        "IV. Tiền mặt đã thu của các hồ sơ trên",
        &["Mã hồ sơ", "Ngày thu", "Biên lai", "Số tiền", "Đã nộp quỹ"],
        rows.collect(),
        "Không thu tiền mặt.",
        if sum == 0 {
            format!("Người nộp còn nợ: {owed}.")
        } else {
            format!(
                "Cộng đã thu: {}. Đánh dấu khoản đã nộp quỹ theo sổ; khoản còn lại bàn giao bằng tiền mặt. Người nộp còn nợ: {owed}.",
                words::dong(sum)
            )
        },
    )
}
