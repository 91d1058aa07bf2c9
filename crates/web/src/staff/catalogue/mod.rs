//! The catalogue as control officers keep it: the list, one procedure, the next revision written, tried, published; withdrawal; what units
//! do otherwise.

mod comparing;
pub(super) mod deciding;
mod locals;
mod procedure;
mod trial;
mod writing;

use super::views::{CataloguePage, CatalogueRow, ChipView, ChoiceView, Num};
use super::{CONTROL, phrases};
use crate::Web;
use crate::door::Routes;
use crate::frame::{self, encoded, html};
use crate::page::{Icon, Tone};
use crate::problem::Problem;
use crate::spoken;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::AppError;
use app::house::Snapshot;
use app::publication;
use axum::extract::State;
use axum::response::Response;
use domain::person::fold;
use domain::procedure::{ProcedureId, ProcedureRevision};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where the list stands.
pub const ADDRESS: &str = "/kiem-soat/danh-muc";
/// Longest words of a search, in characters.
const TEXT_CHARS_MAX: usize = 100;

/// States one may ask for: as they are sent, and the keys of their words.
const STATES: [(&str, &str); 7] = [
    ("dang-soan", "keeping-new-drafted"),
    ("se-cong-bo", "keeping-day-set"),
    ("chua-co-thoi-han", "keeping-no-term"),
    ("chua-co-phi", "keeping-no-fee"),
    ("chua-co-giay", "keeping-no-papers"),
    ("bai-bo", "keeping-is-withdrawn"),
    ("khac-biet", "keeping-has-locals"),
];

/// The routes of it.
pub fn routes(routes: Routes) -> Routes {
    routes
        .get(ADDRESS, CONTROL, list)
        .get("/kiem-soat/danh-muc/{id}", CONTROL, procedure::page)
        .get("/kiem-soat/danh-muc/{id}/soan", CONTROL, writing::page)
        .post("/kiem-soat/danh-muc/{id}/soan", CONTROL, writing::write)
        .get("/kiem-soat/danh-muc/{id}/nop-thu", CONTROL, trial::page)
        .post("/kiem-soat/danh-muc/{id}/nop-thu", CONTROL, trial::run)
        .get("/kiem-soat/danh-muc/{id}/cong-bo", CONTROL, deciding::publish_page)
        .post("/kiem-soat/danh-muc/{id}/cong-bo", CONTROL, deciding::publish)
        .get("/kiem-soat/danh-muc/{id}/bai-bo", CONTROL, deciding::withdraw_page)
        .post("/kiem-soat/danh-muc/{id}/bai-bo", CONTROL, deciding::withdraw)
        .get("/kiem-soat/danh-muc/{id}/khac-biet", CONTROL, locals::page)
        .post("/kiem-soat/danh-muc/{id}/khac-biet", CONTROL, locals::keep)
}

/// The page of a procedure, or a part of it.
fn address(id: &ProcedureId, part: &str) -> String {
    let base = format!("{ADDRESS}/{}", encoded(&id.to_string()));
    if part.is_empty() { base } else { format!("{base}/{part}") }
}

/// The procedure of an address.
fn of_address(web: &Web, id: &str) -> Result<Arc<ProcedureRevision>, Problem> {
    let id: ProcedureId = id.parse().map_err(|_| AppError::NotFound)?;
    Ok(web.house.now_known().catalogue.current(&id).ok_or(AppError::NotFound)?)
}

/// What stands out of a procedure.
struct Standing<'a> {
    known: &'a Snapshot,
    on_their_way: BTreeMap<ProcedureId, Option<Date>>,
    today: Date,
}

impl Standing<'_> {
    fn is(&self, state: &str, it: &ProcedureRevision) -> bool {
        let id = &it.procedure;
        match state {
            "dang-soan" => self.on_their_way.contains_key(id),
            "se-cong-bo" => self.on_their_way.get(id).is_some_and(Option::is_some),
            "chua-co-thoi-han" => it.time_limit.is_none(),
            "chua-co-phi" => lacks_fee(it),
            "chua-co-giay" => it.requirements.is_empty(),
            "bai-bo" => self.known.catalogue.withdrawal(id).is_some(),
            "khac-biet" => self.known.catalogue.locals_of(id).next().is_some(),
            _ => true,
        }
    }

    fn chips(&self, it: &ProcedureRevision) -> Vec<ChipView> {
        let id = &it.procedure;
        let mut chips = Vec::new();
        if let Some((from, _)) = self.known.catalogue.withdrawal(id) {
            let key = if *from <= self.today { "keeping-withdrawn-since" } else { "keeping-withdrawn-from" };
            let words = say_with(key, &[("day", &spoken::short_day(*from))]);
            chips.push(ChipView::new(Tone::Bad, words).with_icon(Icon::X));
        } else if it.time_limit.is_none() {
            chips.push(ChipView::new(Tone::Warn, say("keeping-no-term-yet")).with_icon(Icon::Alert));
        } else {
            chips.push(ChipView::new(Tone::Good, say("keeping-is-in-force")));
        }
        let lacks = match (lacks_fee(it), it.requirements.is_empty()) {
            (true, true) => Some("keeping-no-fee-no-papers"),
            (true, false) => Some("keeping-no-fee"),
            (false, true) => Some("keeping-no-papers"),
            (false, false) => None,
        };
        chips.extend(lacks.map(|key| ChipView::new(Tone::Plain, say(key))));
        match self.on_their_way.get(id) {
            Some(Some(day)) => {
                let words = say_with("keeping-new-from", &[("day", &spoken::short_day(*day))]);
                chips.push(ChipView::new(Tone::Act, words));
            }
            Some(None) => chips.push(ChipView::new(Tone::Act, say("keeping-new-drafted")).with_icon(Icon::Pen)),
            None => {}
        }
        let locals = self.known.catalogue.locals_of(id).count();
        if locals > 0 {
            chips.push(ChipView::new(Tone::Plain, say_with("keeping-locals-count", &[("count", &locals)])));
        }
        chips
    }

    fn row(&self, it: &ProcedureRevision) -> CatalogueRow {
        CatalogueRow {
            code: it.code.as_ref().map_or_else(|| it.procedure.slug.clone(), ToString::to_string),
            name: it.name.clone(),
            sector: it.sector.clone(),
            level: super::control::level(it.procedure.tab.as_str()).to_owned(),
            term: it.time_limit.map(|limit| spoken::term(limit.binding())).unwrap_or_default(),
            revision: say_with("keeping-revision", &[("number", &it.number)]),
            chips: self.chips(it),
            href: address(&it.procedure, ""),
        }
    }
}

/// Whether the source says nothing about money.
fn lacks_fee(it: &ProcedureRevision) -> bool {
    it.fees.is_empty() && it.fee_stated.trim().is_empty()
}

async fn standing<'a>(web: &Web, known: &'a Snapshot) -> Result<Standing<'a>, Problem> {
    let on_their_way = publication::on_their_way(&web.house).await?.into_iter().collect();
    Ok(Standing { known, on_their_way, today: web.house.clock.now().day() })
}

/// One procedure as a row of the list.
async fn row_of(web: &Web, it: &ProcedureRevision) -> Result<CatalogueRow, Problem> {
    let known = web.house.now_known();
    Ok(standing(web, &known).await?.row(it))
}

fn choices(all: &str, values: impl IntoIterator<Item = ChoiceView>, chosen: &str) -> Vec<ChoiceView> {
    let all = std::iter::once(ChoiceView::new("", all)).chain(values);
    all.map(|it| ChoiceView { chosen: it.value == chosen, ..it }).collect()
}

/// All procedures, narrowed by words, sector, level and state.
pub async fn list(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let asked = phrases::asked(&visitor);
    let text: String = asked.trimmed("q").chars().take(TEXT_CHARS_MAX).collect();
    let (sector, tab, state) = (asked.trimmed("linh-vuc"), asked.trimmed("cap"), asked.trimmed("tinh-trang"));
    let folded = fold(&text);
    let known = web.house.now_known();
    let standing = standing(&web, &known).await?;
    let said = |it: &ProcedureRevision| {
        let code = it.code.as_ref().map(ToString::to_string).unwrap_or_default();
        folded.is_empty()
            || fold(&it.name).contains(&folded)
            || fold(&code).contains(&folded)
            || it.procedure.slug.contains(&folded)
    };
    let found: Vec<&Arc<ProcedureRevision>> = known
        .catalogue
        .all()
        .filter(|it| sector.is_empty() || it.sector == sector)
        .filter(|it| tab.is_empty() || it.procedure.tab.as_str() == tab)
        .filter(|it| standing.is(state, it) && said(it))
        .collect();
    let mut sectors: Vec<&str> = known.catalogue.all().map(|it| it.sector.as_str()).collect();
    sectors.sort_unstable();
    sectors.dedup();
    let mut tabs: Vec<&str> = known.catalogue.all().map(|it| it.procedure.tab.as_str()).collect();
    tabs.sort_unstable();
    tabs.dedup();
    let page = phrases::page_number(&asked);
    let query = phrases::query(&[("q", &text), ("linh-vuc", sector), ("cap", tab), ("tinh-trang", state)]);
    let base = format!("{ADDRESS}?{query}");
    let total = found.len();
    let rows = phrases::page_of(found, page).into_iter().map(|it| standing.row(it)).collect();
    let named = |it: &&str| !it.is_empty();
    let view = CataloguePage {
        page: frame::staff(&web, &visitor, say("keeping-catalogue"), "/kiem-soat"),
        sectors: choices(
            say("keeping-all-sectors"),
            sectors.into_iter().filter(named).map(|it| ChoiceView::new(it, it).as_name()),
            sector,
        ),
        levels: choices(
            say("keeping-all-levels"),
            tabs.into_iter().map(|it| ChoiceView::new(it, super::control::level(it))),
            tab,
        ),
        states: choices(say("keeping-all-states"), STATES.map(|(value, key)| ChoiceView::new(value, say(key))), state),
        text,
        total: say_with("keeping-count", &[("count", &Num(total as u64))]),
        rows,
        pager: phrases::pager(total, page, base.trim_end_matches('?')),
    };
    Ok(html(&view))
}
