//! Twenty dossiers before and after, picked by the plan's id: whoever looks again sees the same ones.

use super::{Away, Step, head_of, look, page, unit_words};
use crate::Web;
use crate::frame::html;
use crate::page::Tone;
use crate::staff::phrases;
use crate::staff::views::{ChipView, Num, ReformSamplePage, SampleRow};
use crate::staff::work_list::short;
use crate::texts;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::reform_drafts::Looked;
use app::rows::ListCard;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::dossier::{Owner, Transfer};

/// So many are shown.
const SHOWN: usize = 20;

/// The page.
pub async fn show(State(web): State<Web>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Away> {
    let looked = look(&web, &visitor, &id).await?;
    let picked = looked.sample(SHOWN);
    let ids: Vec<_> = picked.iter().map(|it| it.dossier).collect();
    let cards = app::report::cards(&web.house, &ids)?;
    let row = |it: &&Transfer| {
        let card = cards.iter().find(|card| card.id == it.dossier)?;
        Some(row(&looked, card, it))
    };
    let rows: Vec<SampleRow> = picked.iter().filter_map(row).collect();
    let total = Num(looked.found.transfers.len() as u64);
    Ok(html(&ReformSamplePage {
        page: page(&web, &visitor, Step::Sample),
        head: head_of(&looked, Step::Sample),
        summary: say_with("plan-sample-summary", &[("count", &rows.len()), ("total", &total)]),
        rows,
    }))
}

fn row(looked: &Looked, card: &ListCard, it: &Transfer) -> SampleRow {
    let organisation = &looked.known.organisation;
    let mut flags = Vec::new();
    if it.needs_routing {
        flags.push(ChipView::new(Tone::Warn, say("plan-sample-to-route")));
    }
    if it.fell_to_head {
        flags.push(ChipView::new(Tone::Warn, say("plan-sample-to-head")));
    }
    SampleRow {
        code: card.code.to_string(),
        href: phrases::dossier_address(&card.code),
        procedure: short(&card.procedure_name),
        due: phrases::due_of(card),
        unit_before: looked.unit_name(organisation.responsible_now(card)).to_owned(),
        unit_after: unit_words(looked, it.to.competent),
        owner_before: owner(looked, &organisation.owner_now(card), false),
        owner_after: owner(looked, &it.to.owner, true),
        desk_before: looked.unit_name(organisation.desk_now(card)).to_owned(),
        desk_after: unit_words(looked, it.to.desk),
        flags,
    }
}

/// "Phạm Thu Hà, chuyên viên thụ lý, Phường Hàng Kênh".
fn owner(looked: &Looked, it: &Owner, is_after: bool) -> String {
    let unit = if is_after { unit_words(looked, it.unit) } else { looked.unit_name(it.unit).to_owned() };
    let post = texts::post(it.post);
    match it.person.map(|person| looked.known.staff_name(person)) {
        Some(name) if !name.is_empty() => format!("{name}, {post}, {unit}"),
        Some(_) | None => format!("{}, {unit}", crate::telling::opening(&post)),
    }
}
