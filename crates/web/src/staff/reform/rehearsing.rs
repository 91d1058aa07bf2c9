//! A rehearsal on a copy of the house, and how it went.

use super::begun::leave_unreadable;
use super::said as told;
use super::{Away, Step, address, head_from, head_of, id_of, look, page};
use crate::Web;
use crate::frame::{self, html, html_as, looking_again};
use crate::page::Tone;
use crate::posted::Posted;
use crate::spoken;
use crate::staff::findings::rehearsed;
use crate::staff::views::{ChipView, FindingView, Num, ReformHead, ReformRehearsalPage, RehearsalRow};
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::AppError;
use app::reform_drafts::{self, DraftError, Looked, ReformDraft};
use app::rehearsal::{self, Ended, Part, Rehearsal};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::organisation::reform::Reorganisation;
use domain::time::Instant;

/// The page.
pub async fn show(State(web): State<Web>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Away> {
    // While one runs the page is asked for every few seconds: it says how far that is and counts nothing of its own.
    if let Some((draft, plan)) = running(&web, &visitor, &id)? {
        let view = view(&web, &visitor, &draft, head_from(&draft, &plan, Step::Rehearsal), 0);
        let again = view.runs;
        return Ok(looking_again(html(&view), again));
    }
    let looked = look(&web, &visitor, &id).await?;
    Ok(html(&view_of(&web, &visitor, &looked)))
}

/// A plan that is being rehearsed, read from its file alone; none where no rehearsal of it runs.
fn running(web: &Web, visitor: &Visitor, id: &str) -> Result<Option<(ReformDraft, Reorganisation)>, Away> {
    let (id, by) = (id_of(id)?, visitor.person()?);
    leave_unreadable(web, by, id)?;
    let draft = match reform_drafts::find(&web.house, by, id) {
        Ok(draft) if rehearsal::of(&draft).is_some_and(|it| it.runs()) => draft,
        Ok(_) | Err(AppError::NotFound) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    if reform_drafts::progress(&web.house, by, id)?.is_some() {
        return Ok(None);
    }
    let plan = app::reform::check(&web.house, &draft.file, &draft.text).ok();
    Ok(plan.map(|plan| (draft, plan)))
}

/// One is begun.
pub async fn begin(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Away> {
    let looked = look(&web, &visitor, &id).await?;
    let seen = posted.version("phien-ban")?;
    match rehearsal::begin(&web.house, visitor.person()?, looked.draft.id, seen).await {
        Ok(()) => Ok(Redirect::to(&address(looked.draft.id, Step::Rehearsal)).into_response()),
        Err(DraftError::Refused(no)) => {
            let mut view = view_of(&web, &visitor, &looked);
            view.page = frame::flash(view.page, Tone::Bad, told::refused(&no));
            Ok(html_as(StatusCode::CONFLICT, &view))
        }
        Err(DraftError::Wrong(_)) => Err(Away::To(address(looked.draft.id, Step::Decision))),
        Err(DraftError::House(error)) => Err(error.into()),
    }
}

fn part_words(part: Part) -> &'static str {
    say(match part {
        Part::Copy => "plan-rehearsal-copy",
        Part::Stage => "plan-rehearsal-stage",
        Part::Flip => "plan-rehearsal-flip",
        Part::Settle => "plan-rehearsal-settle",
        Part::Certificate => "plan-rehearsal-certificate",
    })
}

fn count_words(part: Part, count: u64) -> String {
    let key = match part {
        Part::Copy => "plan-rows",
        Part::Flip => "plan-plans",
        Part::Stage | Part::Settle | Part::Certificate => "plan-dossiers",
    };
    say_with(key, &[("count", &Num(count))])
}

/// "0,4 giây".
fn time_words(millis: u64) -> String {
    let tenths = millis.div_ceil(100);
    say_with("plan-seconds", &[("seconds", &Num(tenths / 10)), ("tenths", &(tenths % 10))])
}

fn row(it: &Rehearsal, part: Part, runs: bool) -> RehearsalRow {
    let label = part_words(part).to_owned();
    if let Some(took) = it.took.iter().find(|it| it.part == part) {
        return RehearsalRow {
            label,
            state: ChipView::new(Tone::Good, say("plan-done")),
            count: count_words(part, took.count),
            time: time_words(took.millis),
        };
    }
    let here = it.doing == Some(part);
    let state = match (here, runs) {
        (true, true) => ChipView::new(Tone::Act, say("plan-doing")),
        (true, false) => ChipView::new(Tone::Bad, say("plan-rehearsal-stopped-here")),
        (false, _) => ChipView::new(Tone::Plain, say("plan-not-done")),
    };
    let count = if here && it.done > 0 { count_words(part, it.done) } else { String::new() };
    RehearsalRow { label, state, count, time: String::new() }
}

/// What to do about a rehearsal that did not come to its end, by the part at which it stopped.
fn what_to_do(it: &Rehearsal) -> &'static str {
    say(match Part::ALL.into_iter().find(|part| !it.took.iter().any(|took| took.part == *part)) {
        Some(Part::Copy) => "plan-rehearsal-not-copied",
        Some(_) | None => "plan-rehearsal-not-carried-out",
    })
}

fn view_of(web: &Web, visitor: &Visitor, looked: &Looked) -> ReformRehearsalPage {
    view(web, visitor, &looked.draft, head_of(looked, Step::Rehearsal), looked.found.conflicts.len())
}

fn view(web: &Web, visitor: &Visitor, draft: &ReformDraft, head: ReformHead, conflicts: usize) -> ReformRehearsalPage {
    let last = rehearsal::of(draft);
    let runs = last.as_ref().is_some_and(Rehearsal::runs);
    let is_current = last.as_ref().is_some_and(|it| it.is_of(draft));
    let verdict = last.as_ref().map(|it| match &it.ended {
        None if runs => ChipView::new(Tone::Act, say("plan-rehearsal-runs")),
        None => ChipView::new(Tone::Bad, say("plan-rehearsal-cut-off")),
        Some(Ended::Held) if is_current => ChipView::new(Tone::Good, say("plan-rehearsal-holds")),
        Some(Ended::Held) => ChipView::new(Tone::Warn, say("plan-rehearsal-held-before")),
        Some(Ended::Differs(_)) => ChipView::new(Tone::Bad, say("plan-rehearsal-differs")),
        Some(Ended::Failed(_)) => ChipView::new(Tone::Bad, say("plan-rehearsal-failed")),
    });
    let about = last.as_ref().map_or_else(String::new, |it| {
        let at = spoken::moment(Instant::from_micros(it.begun_at).local());
        let mut about = say_with("plan-rehearsal-about", &[("version", &it.version), ("at", &at)]);
        if it.needs_routing > 0 {
            about.push_str(&say_with("plan-rehearsal-to-route", &[("count", &Num(it.needs_routing))]));
        }
        if it.fell_to_head > 0 {
            about.push_str(&say_with("plan-rehearsal-to-head", &[("count", &Num(it.fell_to_head))]));
        }
        about
    });
    let findings = match last.as_ref().and_then(|it| it.ended.as_ref()) {
        Some(Ended::Differs(found)) => found.iter().map(rehearsed).collect(),
        Some(Ended::Failed(why)) => {
            let todo = last.as_ref().map_or("", what_to_do).to_owned();
            vec![FindingView::said(todo), FindingView::said(say_with("plan-rehearsal-fault", &[("why", why)]))]
        }
        Some(Ended::Held) | None => Vec::new(),
    };
    ReformRehearsalPage {
        page: page(web, visitor, Step::Rehearsal),
        head,
        verdict,
        about,
        findings,
        rows: last.iter().flat_map(|it| Part::ALL.map(|part| row(it, part, runs))).collect(),
        runs,
        may_begin: !runs && conflicts == 0,
        why_not: if conflicts > 0 {
            say_with("plan-rehearsal-conflicts", &[("count", &conflicts)])
        } else {
            String::new()
        },
        on_server: web.house.db.is_shared(),
    }
}
