//! The map from old to new: the units of before and of after as two trees, drawn, and in words below.

use super::{Away, Step, head_of, look, page, unit_words};
use crate::Web;
use crate::frame::html;
use crate::page::Tone;
use crate::spoken;
use crate::staff::views::{ChipView, Joined, ReformMapPage, TreeBox, TreeDrawing, TreeNode};
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::reform_drafts::Looked;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::UnitId;
use domain::organisation::{Extent, Organisation};
use domain::person::in_order;
use std::collections::BTreeSet;

/// The drawing: its width, the room of one unit, how far a unit below another stands in, and letters that fit a box.
const WIDTH: usize = 880;
const BOX_WIDTH: usize = 330;
const BOX_HEIGHT: usize = 24;
const PITCH: usize = 32;
const INDENT: usize = 22;
const NAME_CHARS_MAX: usize = 42;
/// No parents are followed further than this.
const PARENTS_MAX: usize = 16;

/// The page.
pub async fn show(State(web): State<Web>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Away> {
    let looked = look(&web, &visitor, &id).await?;
    let on = looked.plan.effective_on();
    let before = tree(&looked, &looked.known.organisation, &named_before(&looked));
    let after = tree(&looked, &looked.after, &named_after(&looked));
    Ok(html(&ReformMapPage {
        page: page(&web, &visitor, Step::Map),
        head: head_of(&looked, Step::Map),
        drawing: drawing(&looked, &before, &after),
        stacked: stacked(&looked, &after),
        eve: say_with("plan-map-until", &[("day", &spoken::short_day(on.yesterday().unwrap_or(on)))]),
        day: say_with("plan-map-from", &[("day", &spoken::short_day(on))]),
        before: before.iter().map(|(unit, depth)| node_before(&looked, *unit, *depth)).collect(),
        after: after.iter().map(|(unit, depth)| node_after(&looked, *unit, *depth)).collect(),
    }))
}

fn named_before(looked: &Looked) -> BTreeSet<UnitId> {
    let plan = &looked.plan;
    let begun = |unit: &UnitId| plan.begins.iter().any(|(id, _)| id == unit);
    plan.touches().chain(plan.edges.iter().map(|it| it.to)).filter(|it| !begun(it)).collect()
}

fn named_after(looked: &Looked) -> BTreeSet<UnitId> {
    let plan = &looked.plan;
    let ends = |unit: &UnitId| plan.ends.contains(unit);
    let begun = plan.begins.iter().map(|(id, _)| *id);
    plan.touches().chain(plan.edges.iter().map(|it| it.to)).chain(begun).filter(|it| !ends(it)).collect()
}

/// Those units with whatever stands above them, each after its parent: how deep each stands.
fn tree(looked: &Looked, organisation: &Organisation, named: &BTreeSet<UnitId>) -> Vec<(UnitId, usize)> {
    let on = looked.plan.effective_on();
    let parent = |unit: UnitId| organisation.attributes_on(unit, on).and_then(|it| it.parent);
    let mut shown = named.clone();
    for unit in named {
        let mut here = *unit;
        for _ in 0..PARENTS_MAX {
            let Some(above) = parent(here) else { break };
            shown.insert(above);
            here = above;
        }
    }
    let name = |unit: UnitId| organisation.attributes_on(unit, on).map_or("", |it| it.name.as_str());
    let below = |above: Option<UnitId>| {
        let mut found: Vec<UnitId> =
            shown.iter().copied().filter(|it| parent(*it).filter(|up| shown.contains(up)) == above).collect();
        found.sort_by_key(|it| std::cmp::Reverse(in_order(name(*it))));
        found
    };
    let mut open: Vec<(UnitId, usize)> = below(None).into_iter().map(|it| (it, 0)).collect();
    let mut rows = Vec::with_capacity(shown.len());
    while let Some((unit, depth)) = open.pop() {
        rows.push((unit, depth));
        open.extend(below(Some(unit)).into_iter().map(|it| (it, depth + 1)));
    }
    rows
}

fn words_of(extent: Extent) -> &'static str {
    say(match extent {
        Extent::Whole => "plan-map-whole",
        Extent::Part => "plan-map-part",
        Extent::DefaultPart => "plan-map-rest",
    })
}

fn class_of(extent: Extent) -> &'static str {
    match extent {
        Extent::Whole => "t-whole",
        Extent::Part => "t-part",
        Extent::DefaultPart => "t-rest",
    }
}

/// What flows between a unit and others, by how much: "toàn bộ: Phường An Dương; một phần theo địa bàn: …".
fn flows(edges: &[(Extent, String)]) -> String {
    let kind = |extent: Extent| {
        let names: Vec<&str> = edges.iter().filter(|it| it.0 == extent).map(|it| it.1.as_str()).collect();
        (!names.is_empty()).then(|| format!("{}: {}", words_of(extent), names.join(", ")))
    };
    let kinds = [Extent::Whole, Extent::Part, Extent::DefaultPart];
    kinds.into_iter().filter_map(kind).collect::<Vec<_>>().join("; ")
}

/// Every unit of after that something comes to, with what does.
fn stacked(looked: &Looked, after: &[(UnitId, usize)]) -> Vec<Joined> {
    let joined = |(unit, _): &(UnitId, usize)| {
        let edges = looked.plan.edges.iter().filter(|it| it.to == *unit);
        let from: Vec<_> =
            edges.map(|it| (class_of(it.extent), looked.unit_name(it.from).to_owned(), words_of(it.extent))).collect();
        (!from.is_empty()).then(|| Joined { from, to: looked.unit_name(*unit).to_owned() })
    };
    after.iter().filter_map(joined).collect()
}

fn node_before(looked: &Looked, unit: UnitId, depth: usize) -> TreeNode {
    let (plan, on) = (&looked.plan, looked.plan.effective_on());
    let given = plan.edges.iter().filter(|it| it.from == unit);
    let given: Vec<(Extent, String)> = given.map(|it| (it.extent, unit_words(looked, it.to))).collect();
    let mark = if plan.ends.contains(&unit) {
        ChipView::new(Tone::Warn, say("plan-map-ends"))
    } else if plan.changes.iter().any(|(id, _)| *id == unit) {
        ChipView::new(Tone::Act, say("plan-map-changes"))
    } else if given.is_empty() {
        ChipView::new(Tone::Plain, say("plan-map-stays"))
    } else {
        ChipView::new(Tone::Act, say("plan-map-gives"))
    };
    let name = looked.known.organisation.attributes_on(unit, on).map(|it| it.name.clone()).unwrap_or_default();
    let flows = if given.is_empty() { String::new() } else { format!("→ {}", flows(&given)) };
    TreeNode { depth, name, mark, flows }
}

fn node_after(looked: &Looked, unit: UnitId, depth: usize) -> TreeNode {
    let plan = &looked.plan;
    let taken = plan.edges.iter().filter(|it| it.to == unit);
    let taken: Vec<(Extent, String)> = taken.map(|it| (it.extent, looked.unit_name(it.from).to_owned())).collect();
    let mark = if plan.begins.iter().any(|(id, _)| *id == unit) {
        ChipView::new(Tone::Good, say("plan-map-begins"))
    } else if plan.changes.iter().any(|(id, _)| *id == unit) {
        ChipView::new(Tone::Act, say("plan-map-changes"))
    } else {
        ChipView::new(Tone::Plain, say("plan-map-stays"))
    };
    let flows = if taken.is_empty() { String::new() } else { format!("← {}", flows(&taken)) };
    TreeNode { depth, name: looked.unit_name(unit).to_owned(), mark, flows }
}

fn drawing(looked: &Looked, before: &[(UnitId, usize)], after: &[(UnitId, usize)]) -> TreeDrawing {
    let plan = &looked.plan;
    let rows = before.len().max(after.len());
    let shift = |count: usize| (rows - count) * PITCH / 2;
    let (left, right) = (shift(before.len()), shift(after.len()));
    let boxed = |place: usize, depth: usize, from_x: usize, down: usize, class: &'static str, name: &str| {
        let inset = (depth * INDENT).min(BOX_WIDTH / 2);
        let y = down + place * PITCH + 2;
        let fits = NAME_CHARS_MAX - inset / 8;
        let short: String = name.chars().take(fits).collect();
        TreeBox {
            class,
            x: from_x + inset,
            y,
            width: BOX_WIDTH - inset,
            text_x: from_x + inset + 8,
            text_y: y + 16,
            name: if name.chars().nth(fits).is_some() { format!("{short}…") } else { short },
        }
    };
    let on = plan.effective_on();
    let mut boxes = Vec::with_capacity(before.len() + after.len());
    for (place, (unit, depth)) in before.iter().enumerate() {
        let class = if plan.ends.contains(unit) { "t-end" } else { "t-stay" };
        let name = looked.known.organisation.attributes_on(*unit, on).map_or("", |it| it.name.as_str());
        boxes.push(boxed(place, *depth, 0, left, class, name));
    }
    for (place, (unit, depth)) in after.iter().enumerate() {
        let class = if plan.begins.iter().any(|(id, _)| id == unit) { "t-new" } else { "t-stay" };
        boxes.push(boxed(place, *depth, WIDTH - BOX_WIDTH, right, class, looked.unit_name(*unit)));
    }
    let middle = |down: usize, place: usize| down + place * PITCH + 2 + BOX_HEIGHT / 2;
    let mut flows = Vec::with_capacity(plan.edges.len());
    for edge in &plan.edges {
        let from = before.iter().position(|(unit, _)| *unit == edge.from);
        let to = after.iter().position(|(unit, _)| *unit == edge.to);
        let (Some(from), Some(to)) = (from, to) else { continue };
        let (y1, y2) = (middle(left, from), middle(right, to));
        let inset = after.get(to).map_or(0, |(_, depth)| (depth * INDENT).min(BOX_WIDTH / 2));
        let (x1, x2) = (BOX_WIDTH, WIDTH - BOX_WIDTH + inset);
        let half = (x1 + x2) / 2;
        flows.push((class_of(edge.extent), format!("M{x1} {y1}C{half} {y1} {half} {y2} {x2} {y2}")));
    }
    TreeDrawing { height: rows * PITCH + 4, boxes, flows }
}
