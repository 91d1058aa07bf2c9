//! Conflicts, settled one by one: what somebody chooses is written into the plan, which is checked again.

use super::said as told;
use super::{Away, Step, address, head_of, look, page, unit_words};
use crate::Web;
use crate::frame::{self, html, html_as};
use crate::page::{FieldLink, Tone};
use crate::posted::Posted;
use crate::staff::phrases;
use crate::staff::views::{ChoiceView, ConflictView, PlanProblem, ReformConflictsPage, StaffField};
use crate::texts;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::reform_drafts::{self, DraftError, Looked, REASON_CHARS_MAX, Scope, Way};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::PersonId;
use domain::organisation::reform::{Conflict, Settlement};
use domain::procedure::ProcedureId;

/// Conflicts shown at once: the others come when these are settled.
const SHOWN_MAX: usize = 10;

/// More ways than these are a list that opens: a post is offered to everybody who could take it over.
const RADIOS_MAX: usize = 8;

/// What was sent and could not be done.
#[derive(Default)]
struct Refused {
    name: String,
    way: String,
    reason: String,
    error: Option<String>,
    problems: Vec<PlanProblem>,
}

/// The page.
pub async fn show(State(web): State<Web>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Away> {
    let looked = look(&web, &visitor, &id).await?;
    let mut view = view(&web, &visitor, &looked, &Refused::default());
    if phrases::asked(&visitor).has("xong") {
        view.page = frame::flash(view.page, Tone::Good, say("plan-conflict-written"));
    }
    Ok(html(&view))
}

/// One of them is settled.
pub async fn settle(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Away> {
    let looked = look(&web, &visitor, &id).await?;
    let seen = posted.version("phien-ban")?;
    let typed = |name: &str| posted.trimmed(name).chars().take(REASON_CHARS_MAX).collect::<String>();
    let mut refused = Refused {
        name: typed("vuong-mac"),
        way: typed("cach"),
        reason: typed("ly-do"),
        error: None,
        problems: Vec::new(),
    };
    let way = looked
        .found
        .conflicts
        .iter()
        .find(|it| looked.name_of(it) == refused.name)
        .and_then(|it| looked.ways(it).into_iter().find(|way| way_key(&looked, way) == refused.way));
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    let done = match way {
        _ if seen != looked.draft.version => Err(reform_drafts::ReformDraftRefusal::PlanWrittenSince.into()),
        None if refused.way.is_empty() => {
            refused.error = Some(say("plan-conflict-choose").to_owned());
            Ok(())
        }
        None => Err(reform_drafts::ReformDraftRefusal::ConflictGone.into()),
        Some(way) => {
            let scope = if posted.has("tat-ca") { Scope::AllAlike } else { Scope::One };
            let settlement = (refused.name.as_str(), &way, scope);
            reform_drafts::settle(&web.house, visitor.person()?, &looked, settlement, &refused.reason).await
        }
    };
    match done {
        Ok(()) if refused.error.is_none() => {
            return Ok(Redirect::to(&format!("{}?xong=1", address(looked.draft.id, Step::Conflicts))).into_response());
        }
        Ok(()) => {}
        Err(DraftError::Refused(no)) => {
            let is_typed = no == reform_drafts::ReformDraftRefusal::WhyMissing;
            status = if is_typed { status } else { StatusCode::CONFLICT };
            refused.error = Some(told::refused(&no));
        }
        Err(DraftError::Wrong(problems)) => {
            refused.error = Some(say("plan-conflict-breaks").to_owned());
            refused.problems = told::problems("", &problems);
        }
        Err(DraftError::House(error)) => return Err(error.into()),
    }
    // As it is now: somebody else may have settled something meanwhile.
    let looked = look(&web, &visitor, &id).await?;
    Ok(html_as(status, &view(&web, &visitor, &looked, &refused)))
}

fn view(web: &Web, visitor: &Visitor, looked: &Looked, refused: &Refused) -> ReformConflictsPage {
    // Of those that can be settled alike one is enough to read: the next comes when it is settled, unless it went with it.
    let kind = std::mem::discriminant::<Conflict>;
    let mut kinds = Vec::new();
    let mut is_shown = |it: &&Conflict| {
        let is_first = !kinds.contains(&kind(it));
        kinds.push(kind(it));
        is_first || looked.ways(it).is_empty() || looked.name_of(it) == refused.name
    };
    let shown: Vec<ConflictView> = looked
        .found
        .conflicts
        .iter()
        .filter(|it| is_shown(it))
        .take(SHOWN_MAX)
        .enumerate()
        .map(|(place, it)| conflict(looked, it, place, refused))
        .collect();
    let at = shown.iter().find(|it| it.name == refused.name).map_or("#main".to_owned(), |it| format!("#{}", it.id));
    let frame = page(web, visitor, Step::Conflicts);
    let mut head = head_of(looked, Step::Conflicts);
    let total = looked.found.conflicts.len();
    if total > 0 {
        head.next = None;
    }
    ReformConflictsPage {
        page: if refused.error.is_some() { frame.with_error_title() } else { frame },
        head,
        left: if total == 0 { String::new() } else { say_with("plan-conflicts-left", &[("count", &total)]) },
        more: if total > shown.len() {
            say_with("plan-conflicts-more", &[("count", &(total - shown.len()))])
        } else {
            String::new()
        },
        errors: refused.error.iter().map(|it| FieldLink { href: at.clone(), text: it.clone() }).collect(),
        problems: refused.problems.clone(),
        conflicts: shown,
        settled: looked.plan.settled.iter().map(|it| (settled(looked, &it.what), it.reason.clone())).collect(),
    }
}

fn person_words(looked: &Looked, person: PersonId) -> String {
    let name = looked.known.staff_name(person);
    let on = looked.plan.effective_on();
    let eve = on.yesterday().unwrap_or(on);
    let posts: Vec<String> = looked
        .known
        .mandates
        .of(person, eve)
        .map(|it| format!("{}, {}", texts::post(it.post), looked.known.organisation.name_on(it.unit, eve)))
        .collect();
    if posts.is_empty() { name.to_owned() } else { format!("{name} ({})", posts.join("; ")) }
}

fn procedure_words(looked: &Looked, id: &ProcedureId) -> String {
    let name = looked.known.catalogue.current(id).map(|it| it.name.clone());
    let level = match id.tab.as_str() {
        "ward" => say("plan-level-ward"),
        "district" => say("plan-level-district"),
        other => other,
    };
    name.map_or_else(|| id.to_string(), |name| format!("{name} ({level})"))
}

fn settled(looked: &Looked, what: &Settlement) -> String {
    let name = |person: &PersonId| looked.known.staff_name(*person);
    match what {
        Settlement::PersonInUnits { person } => say_with("plan-settled-in-units", &[("name", &name(person))]),
        Settlement::PersonLeaves { person } => say_with("plan-settled-leaves", &[("name", &name(person))]),
        Settlement::Workflow { keep } => say_with("plan-keep", &[("procedure", &procedure_words(looked, keep))]),
        Settlement::PostOpen { unit, post } => {
            say_with("plan-post-open", &[("unit", &unit_words(looked, *unit)), ("post", &texts::post(*post))])
        }
    }
}

/// What a conflict is, and why it must be settled.
fn said(looked: &Looked, it: &Conflict) -> (String, String) {
    let unit = |it: &domain::ids::UnitId| unit_words(looked, *it);
    let units = |all: &[domain::ids::UnitId]| all.iter().map(unit).collect::<Vec<_>>().join(say("frame-and"));
    let name = |person: &PersonId| looked.known.staff_name(*person);
    match it {
        Conflict::TwoWorkflows { one, other } => (
            say_with("plan-two-workflows", &[("procedure", &procedure_words(looked, one))]),
            say_with(
                "plan-two-workflows-why",
                &[("one", &procedure_words(looked, one)), ("other", &procedure_words(looked, other))],
            ),
        ),
        Conflict::PersonInUnits { person, units: of } => (
            say_with("plan-in-units", &[("name", &name(person))]),
            say_with("plan-in-units-why", &[("person", &person_words(looked, *person)), ("units", &units(of))]),
        ),
        Conflict::PersonLeaves { person, unit: of } => (
            say_with("plan-leaves", &[("name", &name(person))]),
            say_with("plan-leaves-why", &[("person", &person_words(looked, *person)), ("unit", &unit(of))]),
        ),
        Conflict::PostOpen { unit: of, post, dossiers } => (
            say_with("plan-post-open", &[("unit", &unit(of)), ("post", &texts::post(*post))]),
            if *dossiers == 0 {
                say("plan-post-open-why").to_owned()
            } else {
                say_with("plan-post-open-dossiers", &[("count", dossiers)])
            },
        ),
        Conflict::SplitWithoutRule { unit: of } => {
            (say_with("plan-no-rule", &[("unit", &unit(of))]), say("plan-no-rule-why").to_owned())
        }
        Conflict::EdgeToEnding { from, to } => (
            say_with("plan-to-ending", &[("from", &unit(from)), ("to", &unit(to))]),
            say("plan-to-ending-why").to_owned(),
        ),
        Conflict::PlanOverlaps { plan, unit: of } => {
            (say_with("plan-overlaps", &[("unit", &unit(of)), ("plan", plan)]), say("plan-overlaps-why").to_owned())
        }
        Conflict::SameCode { scheme, value, units: of } => (
            say_with("plan-same-code", &[("code", value), ("scheme", scheme)]),
            say_with("plan-same-code-why", &[("units", &units(of))]),
        ),
    }
}

/// A way, as a form sends it.
fn way_key(looked: &Looked, way: &Way) -> String {
    match way {
        Way::OnlyIn(unit) => format!("o:{}", looked.key_of(*unit)),
        Way::AsItIs => "giu-nguyen".to_owned(),
        Way::Keep(id) => format!("giu:{id}"),
        Way::Given(person) => format!("giao:{person}"),
    }
}

fn way_words(looked: &Looked, it: &Conflict, way: &Way) -> (String, &'static str) {
    match way {
        Way::OnlyIn(unit) => {
            (say_with("plan-way-only-in", &[("unit", &unit_words(looked, *unit))]), say("plan-way-only-in-note"))
        }
        Way::Keep(id) => {
            (say_with("plan-keep", &[("procedure", &procedure_words(looked, id))]), say("plan-way-reason"))
        }
        Way::Given(person) => {
            (say_with("plan-way-given", &[("person", &person_words(looked, *person))]), say("plan-way-given-note"))
        }
        Way::AsItIs => match it {
            Conflict::PersonInUnits { .. } => (say("plan-way-all-units").to_owned(), say("plan-way-reason")),
            Conflict::PersonLeaves { .. } => (say("plan-way-leaves").to_owned(), say("plan-way-leaves-note")),
            Conflict::PostOpen { .. } => (say("plan-way-open").to_owned(), say("plan-way-reason")),
            Conflict::TwoWorkflows { .. }
            | Conflict::SplitWithoutRule { .. }
            | Conflict::EdgeToEnding { .. }
            | Conflict::PlanOverlaps { .. }
            | Conflict::SameCode { .. } => (String::new(), ""),
        },
    }
}

fn conflict(looked: &Looked, it: &Conflict, place: usize, refused: &Refused) -> ConflictView {
    let name = looked.name_of(it);
    let is_refused = name == refused.name && !name.is_empty();
    let ways = looked.ways(it);
    let (title, why) = said(looked, it);
    let choices: Vec<ChoiceView> = ways
        .iter()
        .map(|way| {
            let (label, note) = way_words(looked, it, way);
            let value = way_key(looked, way);
            ChoiceView { chosen: is_refused && value == refused.way, ..ChoiceView::new(value, label).with_note(note) }
        })
        .collect();
    let reasoned = ways.iter().any(|it| matches!(it, Way::AsItIs | Way::Keep(_)));
    let reason = StaffField::line("ly-do", say("plan-reason")).as_optional();
    let reason = if is_refused { reason.with_value(&refused.reason) } else { reason };
    let field = if choices.len() > RADIOS_MAX {
        let none = ChoiceView::new("", say("plan-choose-person"));
        StaffField::select("cach", say("plan-ways"), std::iter::once(none).chain(choices).collect())
    } else {
        StaffField::radios("cach", say("plan-ways"), choices)
    };
    let field = match &refused.error {
        Some(said) if is_refused => field.with_error(said),
        _ => field,
    };
    ConflictView {
        id: format!("vm-{}", place + 1),
        name,
        title,
        why,
        ways: (!ways.is_empty()).then_some(field),
        reason: reasoned.then_some(reason),
        alike: match looked.alike(it).count() {
            0 => String::new(),
            count => say_with("plan-conflicts-alike", &[("count", &count)]),
        },
    }
}
