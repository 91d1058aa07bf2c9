//! "Cần phân tuyến": dossiers of split units that lie with the default successor until somebody says where they belong.

use super::phrases;
use super::search;
use super::views::{Num, RoutingPage, RoutingRow, TabView};
use crate::Web;
use crate::frame::{self, html};
use crate::page::Tone;
use crate::problem::Problem;
use crate::spoken;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::routing;
use axum::extract::State;
use axum::response::Response;
use domain::dossier::{Act, DossierCode};

/// Where the list stands.
pub const ADDRESS: &str = "/nghiep-vu/phan-tuyen";

/// Its tab beside the queues.
pub fn tab(count: usize) -> TabView {
    TabView {
        label: say("routing-title").to_owned(),
        count: Some(Num(count as u64)),
        href: ADDRESS.to_owned(),
        current: false,
        ..TabView::default()
    }
}

/// Where whoever routed a dossier goes on: the list, which says what was done. The dossier itself may be nobody's of theirs now.
pub fn after(code: &DossierCode, to: &str, list: &str) -> String {
    let page = list.strip_prefix(ADDRESS).and_then(|it| it.strip_prefix("?trang=")).unwrap_or_default();
    format!("{ADDRESS}?{}", phrases::query(&[("trang", page), ("da-chuyen", code.as_str()), ("don-vi", to)]))
}

/// What was done just now, from the address alone: which dossier, and to whom it went.
fn done(web: &Web, code: &str, unit: &str) -> Option<String> {
    let code = DossierCode::parse(code).ok()?;
    let unit = frame::unit_today(web, unit.parse().ok()?);
    (!unit.is_empty()).then(|| say_with("routing-done", &[("code", &code), ("unit", &unit)]))
}

/// The list.
///
/// # Errors
/// The house failed.
pub async fn page(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let asked = phrases::asked(&visitor);
    let waiting = routing::list(&web.house, visitor.person()?).await?;
    let number = phrases::page_number(&asked);
    let pager = phrases::pager(waiting.len(), number, ADDRESS);
    let long = waiting.iter().filter(|it| it.waits_long).count();
    let is_cut = waiting.len() >= routing::TO_ROUTE_MAX as usize;
    let shown = phrases::page_of(waiting, number);
    let here = if number > 0 { format!("{ADDRESS}?trang={}", number + 1) } else { ADDRESS.to_owned() };
    let rows = search::rows(&web, &visitor, shown.iter().map(|it| &it.card), &here)?;
    let rows = rows.into_iter().zip(&shown).map(|(row, it)| RoutingRow {
        lies_with: frame::unit_today(&web, it.lies_with),
        since: it.since.map(|at| spoken::short_day(at.day())).unwrap_or_default(),
        waits_long: it.waits_long,
        route: phrases::from_list(&format!("{}/viec/{}", phrases::dossier_address(&it.card.code), Act::Route), &here),
        row,
    });
    let part = if visitor.is_control() { "/kiem-soat" } else { "/nghiep-vu" };
    let mut frame = frame::staff(&web, &visitor, say("routing-title"), part);
    if let Some(words) = done(&web, asked.trimmed("da-chuyen"), asked.trimmed("don-vi")) {
        frame = frame::flash(frame, Tone::Good, words);
    }
    Ok(html(&RoutingPage { page: frame, rows: rows.collect(), long: Num(long as u64), is_cut, pager }))
}
