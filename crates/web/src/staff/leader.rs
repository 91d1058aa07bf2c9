//! Are we keeping our word, and who needs help: the leader's morning page.

use super::phrases;
use super::report::{self, num};
use super::views::{LeaderPage, TileView, UnitLoad, WatchRow};
use super::work_list::{holder_words, short, step_words};
use crate::Web;
use crate::frame::{self, html};
use crate::page::{Icon, Tone};
use crate::problem::Problem;
use crate::telling::{opening, within};
use crate::visitor::Visitor;
use app::house::Snapshot;
use app::report::{By, Columns, Report06a};
use app::rows::ListCard;
use app::words;
use app::work::{self, Overview};
use axum::extract::State;
use axum::response::Response;
use domain::dossier::ClockView;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Rows of each list of dossiers to look at.
const WATCHED_MAX: usize = 10;

/// The page.
pub async fn page(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let asked = phrases::asked(&visitor);
    let now = web.house.clock.now();
    let (from, to, _) = phrases::period(&asked, now.day());
    let (from, to) = if from <= to { (from, to) } else { phrases::quarter(now.day()) };
    let overview = work::overview(&web.house, visitor.person()?).await?;
    let counted = report::counted(&web, from, to, Some(overview.unit), By::Unit).await?;
    let known = web.house.now_known();
    let unit = known.organisation.name_on(overview.unit, now.day());
    let watched = |late: bool| -> Vec<WatchRow> {
        overview
            .soon
            .iter()
            .filter(|(card, _)| is_late(card, now.day()) == late)
            .take(WATCHED_MAX)
            .map(|(card, clock)| watch(&known, card, clock, now.day()))
            .collect()
    };
    let total = &counted.total;
    let view = LeaderPage {
        page: frame::staff(&web, &visitor, "Lãnh đạo", "/lanh-dao"),
        title: format!("{}, {}", opening(unit), words::moment(now.local())),
        from: words::short_day(from),
        to: words::short_day(to),
        scope: format!("{} và các đơn vị bên dưới. Số liệu tính lúc {}.", opening(unit), words::time(now.local())),
        tiles: tiles(&overview, total),
        sum_check: format!(
            "Tồn kỳ trước {} + nhận trong kỳ {} = {} = đã giải quyết {} + đang giải quyết {}{}.",
            num(total.carried_over),
            num(total.received_online + total.received_direct_post),
            num(total.received_total),
            num(total.resolved_total),
            num(total.open_total),
            match counted.handed_over {
                0 => String::new(),
                count => format!(" + bàn giao khi sắp xếp {}", num(count)),
            }
        ),
        sum_holds: counted.adds_up(),
        units: loads(&known, &overview, &counted, now.day()),
        total: whole(&overview, total),
        late: watched(true),
        soon: watched(false),
        to_sign: overview
            .to_sign
            .iter()
            .take(WATCHED_MAX)
            .map(|(card, clock)| watch(&known, card, clock, now.day()))
            .collect(),
        exports: report::export_links(from, to, overview.unit),
    };
    Ok(html(&view))
}

/// Late by its due date, as the reports count: an apology gives a new date, it does not make the old one kept.
fn is_late(card: &ListCard, today: Date) -> bool {
    card.due_at.is_some_and(|due| due.day() < today)
}

fn watch(known: &Snapshot, card: &ListCard, clock: &ClockView, today: Date) -> WatchRow {
    let unit = within(known.organisation.name_on(known.organisation.owner_now(card).unit, today));
    let since = words::short_moment(card.held_since.local());
    let why =
        format!("{}, {} ({unit}) từ {since}", within(&step_words(&card.next_act)), holder_words(known, card, None));
    let why = match (card.due_at, card.promised_at) {
        (Some(due), Some(promised)) if promised > due && is_late(card, today) => {
            format!("{why}; hẹn {}, đã hẹn lại {}", words::short_day(due.day()), words::short_day(promised.day()))
        }
        _ => why,
    };
    WatchRow {
        code: card.code.to_string(),
        href: phrases::dossier_address(&card.code),
        procedure: short(&card.procedure_name),
        why,
        left: phrases::left(clock),
    }
}

fn sum(overview: &Overview, of: impl Fn(&work::UnitLoad) -> i64) -> i64 {
    overview.loads.iter().map(of).sum()
}

fn tiles(overview: &Overview, total: &Columns) -> Vec<TileView> {
    let tile = |label: &str, count: i64, note: &str, href: &str, icon: Option<Icon>, tone: Tone| TileView {
        label: label.to_owned(),
        number: num(count).to_string(),
        note: note.to_owned(),
        href: href.to_owned(),
        icon,
        tone,
    };
    let late = sum(overview, |it| it.late);
    let (to_route, waits_long) = overview.to_route;
    let mut tiles = vec![
        tile(
            "Quá hạn",
            late,
            "đang giải quyết, đã trễ hẹn",
            "#h-qua",
            Some(Icon::Late),
            if late > 0 { Tone::Bad } else { Tone::Plain },
        ),
        tile(
            "Hẹn trả hôm nay",
            sum(overview, |it| it.due_today),
            "phải xong trong ngày",
            "#h-sap",
            Some(Icon::Clock),
            Tone::Warn,
        ),
        tile(
            "Chờ ký",
            sum(overview, |it| it.to_sign),
            "ở mọi đơn vị bên dưới",
            "/nghiep-vu?hang=cho-ky",
            Some(Icon::Pen),
            Tone::Act,
        ),
        tile(
            "Tạm dừng",
            sum(overview, |it| it.waiting),
            "chờ công dân hoặc bên ngoài",
            "#h-dv",
            Some(Icon::Pause),
            Tone::Plain,
        ),
        TileView {
            note: format!("trong kỳ, trực tuyến {}", num(total.resolved_online)),
            ..tile("Đã giải quyết", total.resolved_total, "", "#h-dv", None, Tone::Plain)
        },
        TileView {
            number: share(total),
            ..tile("Đúng và trước hạn", 0, "trong số đã giải quyết", "#h-dv", Some(Icon::Check), Tone::Good)
        },
    ];
    if to_route > 0 {
        let note = match waits_long {
            0 => "đơn vị cũ đã tách, chưa rõ thuộc đâu".to_owned(),
            long => format!("{long} hồ sơ đã chờ quá một ngày"),
        };
        let tone = if waits_long > 0 { Tone::Bad } else { Tone::Warn };
        let count = i64::try_from(to_route).unwrap_or(i64::MAX);
        let first = tile("Cần phân tuyến", count, &note, super::routing::ADDRESS, Some(Icon::Swap), tone);
        tiles.insert(0, first);
    }
    tiles
}

/// "99,9 %" of what was resolved was resolved in time.
fn share(total: &Columns) -> String {
    let in_time = total.resolved_early + total.resolved_on_time;
    match total.resolved_total {
        0 => "–".to_owned(),
        all => {
            let thousandths = in_time.saturating_mul(1_000) / all;
            format!("{},{} %", thousandths / 10, thousandths % 10)
        }
    }
}

fn loads(known: &Snapshot, overview: &Overview, counted: &Report06a, today: Date) -> Vec<UnitLoad> {
    // A reorganisation within the period gives a unit one row before and one after.
    let mut resolved: BTreeMap<String, i64> = BTreeMap::new();
    for row in &counted.rows {
        *resolved.entry(row.name.clone()).or_default() += row.columns.resolved_total;
    }
    let mut names: Vec<String> = resolved.keys().cloned().collect();
    for load in &overview.loads {
        let name = known.organisation.name_on(load.unit, today).to_owned();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let longest = resolved.values().copied().max().unwrap_or(0).max(1);
    let mut rows: Vec<UnitLoad> = names
        .into_iter()
        .map(|name| {
            let open = overview.loads.iter().find(|it| known.organisation.name_on(it.unit, today) == name);
            let resolved = resolved.get(&name).copied().unwrap_or(0);
            let href = known
                .organisation
                .standing_on(today)
                .find(|(_, it)| it.name == name)
                .map_or_else(|| "/kiem-soat".to_owned(), |(id, _)| format!("/kiem-soat?don-vi={id}"));
            UnitLoad {
                unit: name,
                late_href: href.clone(),
                href,
                resolved: num(resolved),
                late: num(open.map_or(0, |it| it.late)),
                open: num(open.map_or(0, |it| it.open)),
                waiting: num(open.map_or(0, |it| it.waiting)),
                bar: u16::try_from(resolved.saturating_mul(1_000) / longest).unwrap_or(1_000),
            }
        })
        .collect();
    rows.sort_by(|a, b| b.resolved.cmp(&a.resolved).then_with(|| a.unit.cmp(&b.unit)));
    rows
}

fn whole(overview: &Overview, total: &Columns) -> UnitLoad {
    UnitLoad {
        unit: "Tất cả".to_owned(),
        resolved: num(total.resolved_total),
        late: num(sum(overview, |it| it.late)),
        open: num(sum(overview, |it| it.open)),
        waiting: num(sum(overview, |it| it.waiting)),
        bar: 0,
        ..UnitLoad::default()
    }
}
