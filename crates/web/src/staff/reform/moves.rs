//! What moves, as numbers that open lists.

use super::{Away, Step, address, head_of, look, page, unit_words};
use crate::Web;
use crate::frame::html;
use crate::spoken;
use crate::staff::phrases;
use crate::staff::search;
use crate::staff::views::{LinkView, MoveGroup, MoveRow, MovedThing, Num, ReformMovedPage, ReformMovesPage};
use crate::texts;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::AppError;
use app::reform_drafts::Looked;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::dossier::Status;
use domain::ids::{DossierId, UnitId};
use domain::organisation::reform::{Counted, Item, Matter};

/// What a number counts, in an address.
fn key(matter: &Matter) -> String {
    let word = match matter {
        Matter::Dossiers(code) => return format!("ho-so-{code}"),
        Matter::Other(what) => return format!("khac-{what}"),
        Matter::NeedsRouting => "phan-tuyen",
        Matter::FellToHead => "ve-truong",
        Matter::OpenTasks => "viec",
        Matter::OpinionsAsked => "y-kien",
        Matter::ShelfPapers => "giay-to",
        Matter::UnpaidFees => "phi-chua-nop",
        Matter::PaidFees => "phi-da-nop",
        Matter::MandatesEnded => "quyen-cham-dut",
        Matter::MandatesBegun => "quyen-moi",
        Matter::Sessions => "phien",
        Matter::SeriesClosed => "so-dong",
        Matter::SeriesOpened => "so-mo",
        Matter::RevisionsCloned => "thu-tuc-sao",
        Matter::ProceduresLeaving => "thu-tuc-chuyen-di",
        Matter::Notices => "tin-bao",
        Matter::NotTold => "khong-bao",
    };
    word.to_owned()
}

/// What a number counts, and what it means.
fn said(matter: &Matter) -> (String, &'static str) {
    let (label, note) = match matter {
        Matter::Dossiers(code) => {
            let status = Status::ALL.into_iter().find(|it| it.national_code() == *code);
            let status = status.map(texts::status).unwrap_or_default();
            return (crate::telling::opening(&status), say("plan-moves-dossiers-note"));
        }
        Matter::Other(what) => {
            return (texts::word(&format!("named-{what}")), say("plan-moves-other-note"));
        }
        Matter::NeedsRouting => ("plan-to-route", "plan-moves-to-route-note"),
        Matter::FellToHead => ("plan-to-head", "plan-moves-to-head-note"),
        Matter::OpenTasks => ("plan-moves-tasks", "plan-moves-tasks-note"),
        Matter::OpinionsAsked => ("plan-moves-opinions", "plan-moves-opinions-note"),
        Matter::ShelfPapers => ("plan-moves-shelf", "plan-moves-shelf-note"),
        Matter::UnpaidFees => ("plan-moves-unpaid", "plan-moves-unpaid-note"),
        Matter::PaidFees => ("plan-moves-paid", "plan-moves-paid-note"),
        Matter::MandatesEnded => ("plan-moves-rights-ended", "plan-moves-rights-ended-note"),
        Matter::MandatesBegun => ("plan-moves-rights-begun", "plan-moves-rights-begun-note"),
        Matter::Sessions => ("plan-moves-sessions", "plan-moves-sessions-note"),
        Matter::SeriesClosed => ("plan-moves-series-closed", "plan-moves-series-closed-note"),
        Matter::SeriesOpened => ("plan-moves-series-opened", "plan-moves-series-opened-note"),
        Matter::RevisionsCloned => ("plan-moves-procedures-made", "plan-moves-procedures-made-note"),
        Matter::ProceduresLeaving => ("plan-moves-procedures-leaving", "plan-moves-procedures-leaving-note"),
        Matter::Notices => ("plan-moves-messages", "plan-moves-messages-note"),
        Matter::NotTold => ("plan-moves-not-told", "plan-moves-not-told-note"),
    };
    (say(label).to_owned(), say(note))
}

/// The key of a heading, and what stands under it.
type Group = (&'static str, fn(&Matter) -> bool);

const GROUPS: [Group; 5] = [
    ("plan-moves-dossiers", |it| matches!(it, Matter::Dossiers(_))),
    ("plan-moves-to-see", |it| matches!(it, Matter::NeedsRouting | Matter::FellToHead)),
    ("plan-moves-work", |it| {
        matches!(
            it,
            Matter::OpenTasks | Matter::OpinionsAsked | Matter::ShelfPapers | Matter::UnpaidFees | Matter::PaidFees
        )
    }),
    ("plan-moves-people", |it| matches!(it, Matter::MandatesEnded | Matter::MandatesBegun | Matter::Sessions)),
    ("plan-moves-rest", |it| {
        matches!(
            it,
            Matter::SeriesClosed
                | Matter::SeriesOpened
                | Matter::RevisionsCloned
                | Matter::ProceduresLeaving
                | Matter::Notices
                | Matter::NotTold
                | Matter::Other(_)
        )
    }),
];

fn money(vnd: i64) -> String {
    if vnd == 0 { String::new() } else { spoken::dong(vnd) }
}

fn list_address(looked: &Looked, matter: &Matter, part: Option<(UnitId, Option<UnitId>)>) -> String {
    let (from, to) = part.map_or((String::new(), String::new()), |(from, to)| {
        (looked.key_of(from).to_owned(), to.map_or_else(String::new, |it| looked.key_of(it).to_owned()))
    });
    let query = phrases::query(&[("muc", &key(matter)), ("tu", &from), ("toi", &to)]);
    format!("{}/ds?{query}", address(looked.draft.id, Step::Moves))
}

/// The numbers.
pub async fn show(State(web): State<Web>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Away> {
    let looked = look(&web, &visitor, &id).await?;
    let totals = looked.totals();
    let row = |matter: &Matter, (count, vnd): (u64, i64)| {
        let (label, note) = said(matter);
        MoveRow {
            label,
            count: Num(count),
            money: money(vnd),
            note: note.to_owned(),
            href: list_address(&looked, matter, None),
        }
    };
    let group = |(title, holds): Group| {
        let rows: Vec<MoveRow> =
            totals.iter().filter(|(matter, _)| holds(matter)).map(|(matter, total)| row(matter, *total)).collect();
        (!rows.is_empty()).then(|| MoveGroup { title: say(title).to_owned(), rows })
    };
    let moved = looked.found.transfers.len() as u64;
    Ok(html(&ReformMovesPage {
        page: page(&web, &visitor, Step::Moves),
        head: head_of(&looked, Step::Moves),
        summary: say_with("plan-moves-summary", &[("count", &Num(moved))]),
        groups: GROUPS.into_iter().filter_map(group).collect(),
    }))
}

/// The list behind a number.
pub async fn behind(State(web): State<Web>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Away> {
    let looked = look(&web, &visitor, &id).await?;
    let asked = phrases::asked(&visitor);
    let (what, from, to) = (asked.trimmed("muc"), asked.trimmed("tu"), asked.trimmed("toi"));
    let of_matter = looked.found.counted.iter().filter(|((matter, _, _), _)| key(matter) == what);
    let parts: Vec<_> = of_matter.collect();
    let Some(((matter, _, _), _)) = parts.first() else { return Err(AppError::NotFound.into()) };
    let chosen = |it: &&(&(Matter, UnitId, Option<UnitId>), &Counted)| {
        let (_, giver, taker) = it.0;
        (from.is_empty() || looked.key_of(*giver) == from)
            && (to.is_empty() || taker.is_some_and(|it| looked.key_of(it) == to))
    };
    let shown: Vec<_> = parts.iter().filter(chosen).collect();
    let total: u64 = shown.iter().map(|(_, it)| it.count).sum();
    let items: Vec<(&Item, UnitId, Option<UnitId>)> =
        shown.iter().flat_map(|(of, it)| it.items.iter().map(|item| (item, of.1, of.2))).collect();
    let number = phrases::page_number(&asked);
    let query = phrases::query(&[("muc", what), ("tu", from), ("toi", to)]);
    let here = format!("{}/ds?{query}", address(looked.draft.id, Step::Moves));
    let pager = phrases::pager(items.len(), number, &here);
    let list = if number == 0 { here } else { format!("{here}&trang={}", number + 1) };
    let items = phrases::page_of(items, number);
    let ids: Vec<DossierId> =
        items.iter().filter_map(|(item, _, _)| if let Item::Dossier(id) = item { Some(*id) } else { None }).collect();
    let cards = app::report::cards(&web.house, &ids)?;
    let (label, _) = said(matter);
    let part = |of: &(Matter, UnitId, Option<UnitId>), it: &Counted| MoveRow {
        label: direction(&looked, of.1, of.2),
        count: Num(it.count),
        money: money(it.vnd),
        note: String::new(),
        href: list_address(&looked, &of.0, Some((of.1, of.2))),
    };
    Ok(html(&ReformMovedPage {
        page: page(&web, &visitor, Step::Moves),
        head: head_of(&looked, Step::Moves),
        back: LinkView { label: Step::Moves.label().to_owned(), href: address(looked.draft.id, Step::Moves) },
        label,
        total: Num(total),
        parts: parts.iter().map(|(of, it)| part(of, it)).collect(),
        dossiers: search::rows(&web, &visitor, cards.iter(), &list)?,
        things: items.iter().filter_map(|(item, from, to)| thing(&looked, item, *from, *to)).collect(),
        pager,
    }))
}

fn direction(looked: &Looked, from: UnitId, to: Option<UnitId>) -> String {
    match to {
        Some(to) if to != from => format!("{} → {}", unit_words(looked, from), unit_words(looked, to)),
        Some(_) | None => unit_words(looked, from),
    }
}

fn thing(looked: &Looked, item: &Item, from: UnitId, to: Option<UnitId>) -> Option<MovedThing> {
    let name = match item {
        Item::Dossier(_) => return None,
        Item::Person(person) => looked.known.staff_name(*person).to_owned(),
        Item::Revision(id) => {
            let found = looked.known.catalogue.all().find(|it| it.id == *id);
            found.map_or_else(|| id.0.clone(), |it| it.name.clone())
        }
        Item::Unit(unit) => unit_words(looked, *unit),
    };
    let to = to.map_or_else(String::new, |it| unit_words(looked, it));
    Some(MovedThing { name, from: unit_words(looked, from), to })
}
