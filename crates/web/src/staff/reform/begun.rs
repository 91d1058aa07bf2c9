//! A plan that is begun: how far it is, and how it is given up while its instant has not come.

use super::{Away, Step, about, address, id_of, marks, page};
use crate::Web;
use crate::frame::{self, html, looking_again};
use crate::page::Tone;
use crate::posted::Posted;
use crate::spoken;
use crate::staff::views::{
    ChipView, LinkView, MoveRow, Num, ProgressBar, ReformGiveUpPage, ReformHead, ReformProgressPage, ReformRow,
    ReformUnreadablePage,
};
use crate::staff::{phrases, routing};
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::demo_clock;
use app::reform::{Counts, Listed, State as Became, TakenBack, TakenBackBy};
use app::reform_drafts::{self, Reform, Unreadable};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::{PersonId, ReformId};
use domain::time::Instant;

/// What became of a plan, in words.
pub fn state_chip(state: Became) -> ChipView {
    match state {
        Became::Staging => ChipView::new(Tone::Act, say("plan-state-staging")),
        Became::Staged => ChipView::new(Tone::Act, say("plan-state-staged")),
        Became::InForce => ChipView::new(Tone::Act, say("plan-state-in-force")),
        Became::Settled => ChipView::new(Tone::Good, say("plan-state-settled")),
        Became::Undone => ChipView::new(Tone::Warn, say("plan-state-undone")),
        Became::GivenUp => ChipView::new(Tone::Plain, say("plan-state-given-up")),
    }
}

/// A plan of the list.
pub fn row(it: &Listed) -> ReformRow {
    let step = if it.has_certificate { Step::Certificate } else { Step::Progress };
    let is_readable = it.unreadable.is_none() || it.state == Became::GivenUp;
    ReformRow {
        title: it.title.clone(),
        href: address(it.id, step),
        about: format!("{} · {}", it.instrument, spoken::moment(it.effective_at.local())),
        by: say_with("plan-dossiers", &[("count", &Num(it.counts.moved))]),
        state: if is_readable { state_chip(it.state) } else { ChipView::new(Tone::Bad, say("plan-state-unreadable")) },
    }
}

/// The head of a step of a plan that is begun.
pub fn head(reform: &Reform, here: Step) -> ReformHead {
    let (id, plan) = (reform.plan.id, &reform.plan);
    // There is nothing to see on the certificate while it is not signed.
    let is_told = matches!(reform.state, Became::Settled | Became::Undone);
    let next = here.next().filter(|it| it.opens(true) && is_told);
    ReformHead {
        title: plan.title.clone(),
        about: about(plan),
        invented: plan.invented.clone(),
        steps: marks(id, here, true),
        base: address(id, Step::Decision),
        version: String::new(),
        next: next.map(|it| LinkView { label: it.label().to_owned(), href: address(id, it) }),
    }
}

/// A begun plan, by its address.
pub fn begun(web: &Web, visitor: &Visitor, id: &str) -> Result<(Reform, Counts), Away> {
    let id = id_of(id)?;
    let by = visitor.person()?;
    leave_unreadable(web, by, id)?;
    match reform_drafts::progress(&web.house, by, id)? {
        Some(found) => Ok(found),
        // Not begun: there may be a plan being prepared.
        None => {
            reform_drafts::find(&web.house, by, id)?;
            Err(Away::To(address(id, Step::Decision)))
        }
    }
}

/// A plan whose row cannot be read any more has one page: how far it is, which says so.
pub fn leave_unreadable(web: &Web, by: PersonId, id: ReformId) -> Result<(), Away> {
    match reform_drafts::unreadable(&web.house, by, id)? {
        Some(_) => Err(Away::To(address(id, Step::Progress))),
        None => Ok(()),
    }
}

fn unreadable_page(web: &Web, visitor: &Visitor, it: &Unreadable) -> ReformUnreadablePage {
    let at = spoken::moment(it.effective_at.local());
    let given_up = it.state == Some(Became::GivenUp);
    let (verdict, tone) =
        if given_up { ("plan-unreadable-given-up", Tone::Warn) } else { ("plan-unreadable-broken", Tone::Bad) };
    let todo = if it.waits() {
        vec![
            say_with("plan-unreadable-stops", &[("at", &at)]),
            say("plan-unreadable-restore").to_owned(),
            say("plan-unreadable-or-give-up").to_owned(),
        ]
    } else if given_up {
        Vec::new()
    } else {
        vec![say("plan-unreadable-moved").to_owned()]
    };
    ReformUnreadablePage {
        page: page(web, visitor, Step::Progress),
        title: say_with("plan-unreadable-title", &[("key", &it.key)]),
        base: address(it.id, Step::Decision),
        verdict: say(verdict).to_owned(),
        tone,
        todo,
        facts: vec![
            (say("plan-fact-instrument").to_owned(), it.instrument.clone()),
            (say("plan-step-instant").to_owned(), at),
            (say("plan-fact-id").to_owned(), it.id.to_string()),
            (say("plan-fact-fault").to_owned(), it.why.clone()),
        ],
        may_give_up: it.waits(),
    }
}

/// The page.
pub async fn show(State(web): State<Web>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Away> {
    if let Some(it) = reform_drafts::unreadable(&web.house, visitor.person()?, id_of(&id)?)? {
        return Ok(html(&unreadable_page(&web, &visitor, &it)));
    }
    let (reform, counts) = begun(&web, &visitor, &id)?;
    let asked = phrases::asked(&visitor);
    // One of the command line has no plan that was prepared here.
    let expected = reform_drafts::find(&web.house, visitor.person()?, reform.plan.id).map_or(0, |it| it.expected);
    let back = app::reform::taken_back(&web.house, reform.plan.id)?.filter(|_| reform.state == Became::Undone);
    let mut view = view(&web, &visitor, (&reform, &counts), (expected, back.as_ref()));
    if asked.has("xong") {
        view.page = frame::flash(view.page, Tone::Good, say("plan-progress-begun"));
    } else if asked.has("qua-gio") {
        view.page = frame::flash(view.page, Tone::Warn, say("plan-progress-too-late"));
    } else if asked.has("da-thoi") {
        view.page = frame::flash(view.page, Tone::Good, say("plan-progress-given-up-now"));
    } else if asked.has("quay") {
        view.page = frame::flash(view.page, Tone::Good, say("plan-progress-turned"));
    }
    let again = view.looks_again && !asked.has("dung");
    view.looks_again = again;
    Ok(looking_again(html(&view), again))
}

fn share(part: u64, whole: u64) -> u64 {
    part.saturating_mul(1_000).checked_div(whole).unwrap_or(1_000)
}

/// How a plan stands, in one sentence.
fn verdict(reform: &Reform, back: Option<&TakenBack>) -> (String, Tone) {
    match reform.state {
        Became::Staging => (say("plan-progress-staging").to_owned(), Tone::Act),
        Became::Staged => {
            let at = spoken::moment(reform.plan.effective_at.local());
            (say_with("plan-progress-staged", &[("at", &at)]), Tone::Act)
        }
        Became::InForce => (say("plan-progress-in-force").to_owned(), Tone::Act),
        Became::Settled => (say("plan-progress-settled").to_owned(), Tone::Good),
        Became::Undone => {
            let at = back.map(|it| spoken::moment(it.at.local())).unwrap_or_default();
            let words = match back.map(|it| &it.by) {
                Some(TakenBackBy::Person(who)) => say_with("plan-progress-undone-by", &[("at", &at), ("who", who)]),
                Some(TakenBackBy::Operator) => say_with("plan-progress-undone-command", &[("at", &at)]),
                Some(TakenBackBy::Unknown) => say_with("plan-progress-undone-unknown", &[("at", &at)]),
                None => say("plan-progress-undone").to_owned(),
            };
            (words, Tone::Warn)
        }
        Became::GivenUp => (say("plan-progress-given-up").to_owned(), Tone::Plain),
    }
}

/// The bar of the instant: what was taken back was in force for a while.
fn instant_bar(reform: &Reform, back: Option<&TakenBack>) -> ProgressBar {
    let moment = |at: Instant| spoken::moment(at.local());
    let (words, state) = match (reform.flipped_at, back) {
        (Some(from), Some(back)) => (
            say_with("plan-bar-was-in-force", &[("from", &moment(from)), ("until", &moment(back.at))]),
            ChipView::new(Tone::Warn, say("plan-state-undone")),
        ),
        (Some(from), None) => {
            (say_with("plan-bar-in-force", &[("at", &moment(from))]), ChipView::new(Tone::Good, say("plan-done")))
        }
        (None, _) => (
            say_with("plan-bar-appointed", &[("at", &moment(reform.plan.effective_at))]),
            ChipView::new(Tone::Act, say("plan-bar-to-come")),
        ),
    };
    let done = if reform.flipped_at.is_some() { 1_000 } else { 0 };
    ProgressBar { label: say("plan-step-instant").to_owned(), words, done, state }
}

fn view(
    web: &Web,
    visitor: &Visitor,
    (reform, counts): (&Reform, &Counts),
    (expected, back): (u64, Option<&TakenBack>),
) -> ReformProgressPage {
    let now = web.house.clock.now();
    let at = reform.plan.effective_at.local();
    let moved = Num(counts.moved);
    let (verdict, tone) = verdict(reform, back);
    let done = |is_done: bool, words: &str| {
        if is_done { ChipView::new(Tone::Good, say("plan-done")) } else { ChipView::new(Tone::Act, words) }
    };
    let is_staged = !matches!(reform.state, Became::Staging);
    let is_flipped = matches!(reform.state, Became::InForce | Became::Settled | Became::Undone);
    let is_settled = matches!(reform.state, Became::Settled | Became::Undone);
    let bars = vec![
        ProgressBar {
            label: say("plan-bar-prepare").to_owned(),
            words: match expected {
                _ if is_staged => say_with("plan-bar-staged", &[("count", &moved)]),
                0 => say_with("plan-bar-staging", &[("count", &moved)]),
                _ => say_with("plan-bar-of", &[("all", &Num(expected.max(counts.moved))), ("done", &moved)]),
            },
            done: if is_staged { 1_000 } else { share(counts.moved, expected.max(counts.moved).max(1)) },
            state: done(is_staged, say("plan-doing")),
        },
        instant_bar(reform, back),
        ProgressBar {
            label: say("plan-bar-histories").to_owned(),
            words: if is_flipped {
                say_with("plan-bar-of", &[("all", &moved), ("done", &Num(counts.settled))])
            } else {
                say_with("plan-bar-later", &[("count", &moved)])
            },
            done: if is_flipped { share(counts.settled, counts.moved) } else { 0 },
            state: done(is_settled, say(if is_flipped { "plan-doing" } else { "plan-not-done" })),
        },
    ];
    let has_ended = matches!(reform.state, Became::Settled | Became::Undone | Became::GivenUp);
    let waits_long = reform.state == Became::Staged && reform.plan.effective_at > now.plus_seconds(3_600);
    ReformProgressPage {
        page: page(web, visitor, Step::Progress),
        head: head(reform, Step::Progress),
        verdict,
        tone,
        bars,
        looks_again: !has_ended && !waits_long,
        may_give_up: matches!(reform.state, Became::Staging | Became::Staged),
        turns_to: demo_clock::may_turn_to(&web.house, reform.plan.effective_at)
            .then(|| say_with("plan-progress-turn-text", &[("at", &spoken::moment(at))]))
            .filter(|_| reform.state == Became::Staged)
            .unwrap_or_default(),
        may_go_on: reform.state == Became::Staging,
        notes: notes(counts, is_flipped),
    }
}

/// Lists that must empty, and other numbers.
fn notes(counts: &Counts, is_flipped: bool) -> Vec<MoveRow> {
    let note = |label: &str, count: u64, note: &str, href: &str| MoveRow {
        label: label.to_owned(),
        count: Num(count),
        note: note.to_owned(),
        href: href.to_owned(),
        ..MoveRow::default()
    };
    // The list is there once the plan is in force; before that there is nobody to route to.
    let routed_at = if is_flipped && counts.needs_routing > 0 { routing::ADDRESS } else { "" };
    vec![
        note(say("plan-to-route"), counts.needs_routing, say("plan-note-to-route"), routed_at),
        note(say("plan-to-head"), counts.fell_to_head, say("plan-note-to-head"), ""),
    ]
}

/// Staging that was cut off goes on.
pub async fn go_on(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<String>,
    _: Posted,
) -> Result<Response, Away> {
    let (reform, _) = begun(&web, &visitor, &id)?;
    if reform.state == Became::Staging {
        reform_drafts::stage_beside(&web.house, reform.plan.id);
    }
    Ok(Redirect::to(&address(reform.plan.id, Step::Progress)).into_response())
}

/// What giving a plan up means, on a page of its own: nothing is done by looking at it.
pub async fn ask_to_give_up(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Away> {
    let (reform, counts) = begun(&web, &visitor, &id)?;
    if !matches!(reform.state, Became::Staging | Became::Staged) {
        return Err(Away::To(format!("{}?qua-gio=1", address(reform.plan.id, Step::Progress))));
    }
    let at = spoken::moment(reform.plan.effective_at.local());
    Ok(html(&ReformGiveUpPage {
        page: page(&web, &visitor, Step::Progress),
        head: ReformHead { next: None, ..head(&reform, Step::Progress) },
        effects: vec![
            say_with("plan-give-up-nothing", &[("at", &at)]),
            say_with("plan-give-up-dossiers", &[("count", &Num(counts.moved))]),
            say("plan-give-up-public").to_owned(),
            say("plan-give-up-journal").to_owned(),
        ],
    }))
}

/// The clock of a demo is turned to shortly before the instant.
pub async fn turn_the_clock(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<String>,
    _: Posted,
) -> Result<Response, Away> {
    let id = id_of(&id)?;
    let mark = if demo_clock::turn_towards(&web.house, visitor.person()?, id).await? { "?quay=1" } else { "" };
    Ok(Redirect::to(&format!("{}{mark}", address(id, Step::Progress))).into_response())
}

/// A plan whose instant has not come is given up.
pub async fn give_up(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<String>,
    _: Posted,
) -> Result<Response, Away> {
    let (known, by) = (id_of(&id)?, visitor.person()?);
    if reform_drafts::unreadable(&web.house, by, known)?.is_some_and(|it| it.waits()) {
        let mark = if reform_drafts::give_up(&web.house, by, known).await? { "?da-thoi=1" } else { "?qua-gio=1" };
        return Ok(Redirect::to(&format!("{}{mark}", address(known, Step::Progress))).into_response());
    }
    let (reform, _) = begun(&web, &visitor, &id)?;
    let id = reform.plan.id;
    let given_up = match reform.state {
        Became::Staging | Became::Staged => reform_drafts::give_up(&web.house, visitor.person()?, id).await?,
        Became::InForce | Became::Settled | Became::Undone | Became::GivenUp => false,
    };
    let mark = if given_up { "?da-thoi=1" } else { "?qua-gio=1" };
    Ok(Redirect::to(&format!("{}{mark}", address(id, Step::Progress))).into_response())
}
