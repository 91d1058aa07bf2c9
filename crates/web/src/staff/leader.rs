//! Are we keeping our word, and who needs help: the leader's morning page.

use super::phrases;
use super::report::{self, num};
use super::views::{BehindPage, LeaderPage, Left, LinkView, Num, TileView, UnitLoad, WatchRow, tenths};
use super::work_list::{holder_words, short, step_words};
use crate::Web;
use crate::frame::{self, html};
use crate::page::{Icon, Tone};
use crate::problem::Problem;
use crate::spoken;
use crate::telling::{opening, within};
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::AppError;
use app::house::Snapshot;
use app::report::{By, Columns, Report06a};
use app::rows::ListCard;
use app::words;
use app::work::{self, Counted, Overview};
use axum::extract::State;
use axum::response::Response;
use domain::dossier::ClockView;
use domain::ids::UnitId;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::sync::Arc;

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
    let watched = |all: &[(Arc<ListCard>, ClockView)]| -> Vec<WatchRow> {
        all.iter().take(WATCHED_MAX).map(|(card, clock)| watch(&known, card, clock, now.day())).collect()
    };
    let total = &counted.total;
    let view = LeaderPage {
        page: frame::staff(&web, &visitor, say("leader-page"), "/lanh-dao"),
        title: format!("{}, {}", opening(unit), spoken::moment(now.local())),
        from: words::short_day(from),
        to: words::short_day(to),
        scope: say_with("leader-scope", &[("unit", &opening(unit)), ("at", &spoken::time(now.local()))]),
        tiles: tiles(&overview, &counted, (from, to)),
        sum_check: sum_check(&counted),
        sum_holds: counted.adds_up(),
        units: loads(&known, &overview, &counted, now.day()),
        total: whole(&overview, total),
        late: watched(&overview.late),
        soon: watched(&overview.soon),
        to_sign: watched(&overview.to_sign),
        exports: report::export_links(from, to, overview.unit),
    };
    Ok(html(&view))
}

fn sum_check(counted: &Report06a) -> String {
    let total = &counted.total;
    let moved = match counted.handed_over {
        0 => String::new(),
        count => say_with("leader-sum-moved", &[("count", &num(count))]),
    };
    say_with(
        "leader-sum",
        &[
            ("before", &num(total.carried_over)),
            ("received", &num(total.received_online + total.received_direct_post)),
            ("all", &num(total.received_total)),
            ("resolved", &num(total.resolved_total)),
            ("open", &num(total.open_total)),
            ("moved", &moved),
        ],
    )
}

/// Late by its due date, as the reports count: an apology gives a new date, it does not make the old one kept.
fn is_late(card: &ListCard, today: Date) -> bool {
    card.due_at.is_some_and(|due| due.day() < today)
}

fn watch(known: &Snapshot, card: &ListCard, clock: &ClockView, today: Date) -> WatchRow {
    let unit = within(known.organisation.name_on(known.organisation.owner_now(card).unit, today));
    let since = spoken::short_moment(card.held_since.local());
    let (step, holder) = (within(step_words(&card.next_act)), holder_words(known, card, None));
    let why = say_with("leader-why", &[("step", &step), ("holder", &holder), ("unit", &unit), ("since", &since)]);
    let late = card.due_at.filter(|_| is_late(card, today));
    let why = match (late, card.promised_at) {
        (Some(due), Some(promised)) if promised > due => {
            say_with("leader-why-again", &[("why", &why), ("day", &spoken::short_day(promised.day()))])
        }
        _ => why,
    };
    WatchRow {
        code: card.code.to_string(),
        href: phrases::dossier_address(&card.code),
        procedure: short(&card.procedure_name),
        why,
        left: late.map_or_else(
            || phrases::left(clock),
            |due| Left::Late(say_with("leader-overdue-since", &[("day", &spoken::short_day(due.day()))])),
        ),
    }
}

/// The dossiers behind a number of the page, by the rule it is counted by.
const BEHIND: &str = "/lanh-dao/ho-so";

/// The numbers of the page that have dossiers behind them: word in the address, key of a heading.
const NUMBERS: [(Counted, &str, &str); 4] = [
    (Counted::Late, "qua-han", "leader-behind-late"),
    (Counted::DueToday, "hen-hom-nay", "leader-behind-today"),
    (Counted::Open, "dang-lam", "leader-behind-open"),
    (Counted::Waiting, "tam-dung", "leader-behind-waiting"),
];

fn behind_address(number: Counted, unit: Option<UnitId>) -> String {
    let word = NUMBERS.iter().find(|it| it.0 == number).map_or("", |it| it.1);
    let unit = unit.map(|it| it.to_string()).unwrap_or_default();
    format!("{BEHIND}?{}", phrases::query(&[("so", word), ("don-vi", &unit)]))
}

/// The dossiers behind a number.
pub async fn behind(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let asked = phrases::asked(&visitor);
    let (number, _, title) = *NUMBERS.iter().find(|it| it.1 == asked.trimmed("so")).unwrap_or(&NUMBERS[0]);
    let title = say(title);
    let unit: Option<UnitId> = match asked.trimmed("don-vi") {
        "" => None,
        text => Some(text.parse().map_err(|_| AppError::NotFound)?),
    };
    let cards = work::behind(&web.house, visitor.person()?, number, unit).await?;
    let page_number = phrases::page_number(&asked);
    let here = behind_address(number, unit);
    let pager = phrases::pager(cards.len(), page_number, &here);
    let list = if page_number == 0 { here } else { format!("{here}&trang={}", page_number + 1) };
    let now = web.house.clock.now();
    let of = unit.map_or_else(
        || say("leader-behind-all").to_owned(),
        |unit| web.house.now_known().organisation.name_on(unit, now.day()).to_owned(),
    );
    Ok(html(&BehindPage {
        page: frame::staff(&web, &visitor, title, "/lanh-dao"),
        back: LinkView { label: say("leader-page").to_owned(), href: "/lanh-dao".to_owned() },
        title: title.to_owned(),
        about: say_with("leader-behind-about", &[("of", &of), ("at", &spoken::moment(now.local()))]),
        total: Num(pager.total as u64),
        sorted: say("leader-behind-order").to_owned(),
        rows: super::search::rows(&web, &visitor, phrases::page_of(cards, page_number).iter(), &list)?,
        pager,
        note: say("leader-behind-note").to_owned(),
    }))
}

fn sum(overview: &Overview, of: impl Fn(&work::UnitLoad) -> i64) -> i64 {
    overview.loads.iter().map(of).sum()
}

fn tiles(overview: &Overview, counted: &Report06a, (from, to): (Date, Date)) -> Vec<TileView> {
    let total = &counted.total;
    let form = report::form_address(from, to, overview.unit);
    let resolved =
        if counted.cuts.is_empty() { report::behind_address(from, to, overview.unit, None) } else { form.clone() };
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
            say("leader-late"),
            late,
            say("leader-tile-late"),
            &behind_address(Counted::Late, None),
            Some(Icon::Late),
            if late > 0 { Tone::Bad } else { Tone::Plain },
        ),
        tile(
            say("leader-behind-today"),
            sum(overview, |it| it.due_today),
            say("leader-tile-today"),
            &behind_address(Counted::DueToday, None),
            Some(Icon::Clock),
            Tone::Warn,
        ),
        tile(
            say("leader-to-sign"),
            overview.to_sign_count,
            &match sum(overview, |it| it.to_sign) - overview.to_sign_count {
                0 => say("leader-tile-sign").to_owned(),
                others => say_with("leader-tile-sign-others", &[("count", &num(others))]),
            },
            "/nghiep-vu?hang=cho-ky",
            Some(Icon::Pen),
            Tone::Act,
        ),
        tile(
            say("leader-tile-paused"),
            sum(overview, |it| it.waiting),
            say("leader-tile-paused-note"),
            &behind_address(Counted::Waiting, None),
            Some(Icon::Pause),
            Tone::Plain,
        ),
        TileView {
            note: say_with("leader-tile-resolved-note", &[("count", &num(total.resolved_online))]),
            ..tile(say("leader-resolved"), total.resolved_total, "", &resolved, None, Tone::Plain)
        },
        TileView {
            number: share(total),
            ..tile(say("leader-tile-in-time"), 0, say("leader-tile-in-time-note"), &form, Some(Icon::Check), Tone::Good)
        },
    ];
    if to_route > 0 {
        let note = match waits_long {
            0 => say("leader-tile-route-note").to_owned(),
            long => say_with("leader-tile-route-long", &[("count", &long)]),
        };
        let tone = if waits_long > 0 { Tone::Bad } else { Tone::Warn };
        let count = i64::try_from(to_route).unwrap_or(i64::MAX);
        let first = tile(say("leader-tile-route"), count, &note, super::routing::ADDRESS, Some(Icon::Swap), tone);
        tiles.insert(0, first);
    }
    tiles
}

/// "99,9 %" of what was resolved was resolved in time.
fn share(total: &Columns) -> String {
    let in_time = total.resolved_early + total.resolved_on_time;
    match total.resolved_total {
        0 => "–".to_owned(),
        all => format!("{} %", tenths(in_time.saturating_mul(1_000) / all)),
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
            let id = open.map(|it| it.unit);
            let id =
                id.or_else(|| known.organisation.standing_on(today).find(|(_, it)| it.name == name).map(|it| it.0));
            let href = id.map_or_else(|| "/kiem-soat".to_owned(), |id| format!("/kiem-soat?don-vi={id}"));
            // A unit that was cut within the period has more than one list behind its sum.
            let mut of = counted.rows.iter().filter(|it| it.name == name);
            let resolved_href = match (of.next(), of.next()) {
                (Some(only), None) => report::behind_address(only.from, only.to, overview.unit, Some(&only.of)),
                _ => href.clone(),
            };
            UnitLoad {
                unit: name,
                late_href: behind_address(Counted::Late, id),
                open_href: behind_address(Counted::Open, id),
                waiting_href: behind_address(Counted::Waiting, id),
                resolved_href,
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
        unit: say("leader-all").to_owned(),
        resolved: num(total.resolved_total),
        late: num(sum(overview, |it| it.late)),
        open: num(sum(overview, |it| it.open)),
        waiting: num(sum(overview, |it| it.waiting)),
        bar: 0,
        ..UnitLoad::default()
    }
}
