//! Online applications at the desk: the 8-hour clock of each, the next one with one button.

use super::phrases;
use super::views::{DeskTab, Left, LinkView, Num, OnlinePage, OnlineRow};
use super::work_list::short;
use crate::Web;
use crate::frame::{self, html, safe_return};
use crate::page::Tone;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::spoken;
use crate::telling::within;
use crate::texts;
use crate::visitor::Visitor;
use crate::{counted, say, say_with};
use app::answering::{self, Waiting};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::dossier::{Act, ClockView, DossierCode};

/// Where the list stands.
pub const ADDRESS: &str = "/quay/truc-tuyen";
/// Working minutes left from which an answer presses: two hours of the eight.
const SOON_MINUTES: i64 = 120;

/// The list, the one to be answered first above.
///
/// # Errors
/// The house failed.
pub async fn page(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let person = visitor.person()?;
    let asked = phrases::asked(&visitor);
    let waiting = answering::waiting(&web.house, person).await?;
    let minutes = |it: &Waiting| match it.clock {
        ClockView::Answering { minutes_left, .. } => minutes_left,
        ClockView::Running { .. } | ClockView::Paused { .. } | ClockView::Ended => i64::MAX,
    };
    let late = waiting.iter().filter(|it| minutes(it) < 0).count();
    let soon = waiting.iter().filter(|it| (0..=SOON_MINUTES).contains(&minutes(it))).count();
    let number = phrases::page_number(&asked);
    let free = waiting.iter().filter(|it| it.taken_by.is_none_or(|by| by == person)).count();
    let pager = phrases::pager(waiting.len(), number, ADDRESS);
    let here = if number > 0 { format!("{ADDRESS}?trang={}", number + 1) } else { ADDRESS.to_owned() };
    let is_cut = waiting.len() >= answering::LISTED_MAX as usize;
    let shown = phrases::page_of(waiting, number);
    web.journal.listed(person, shown.iter().map(|it| it.card.id))?;
    let known = web.house.now_known();
    let rows = shown.iter().map(|it| OnlineRow {
        code: it.card.code.to_string(),
        href: phrases::from_list(&phrases::dossier_address(&it.card.code), &here),
        procedure: short(&it.card.procedure_name),
        applicant: it.card.applicant.clone(),
        sent: spoken::short_moment(it.card.filed_at.local()),
        came_back: it.came_back,
        answer_by: it.card.answer_by.map(|by| spoken::short_moment(by.local())).unwrap_or_default(),
        left: left(&it.clock),
        taken: match it.taken_by {
            Some(by) if by == person => say("online-me").to_owned(),
            Some(by) => known.staff_name(by).to_owned(),
            None => String::new(),
        },
        give_back: if it.taken_by == Some(person) {
            format!("{ADDRESS}/{}/tra-lai", frame::encoded(it.card.code.as_str()))
        } else {
            String::new()
        },
    });
    let rows = rows.collect();
    let (page, done_links) = saying(frame::staff(&web, &visitor, say("online-title"), "/quay"), &asked);
    Ok(html(&OnlinePage {
        page,
        tab: DeskTab::Online,
        rows,
        late: Num(late as u64),
        soon: Num(soon as u64),
        can_take: free > 0,
        is_cut,
        done_links,
        pager,
    }))
}

/// What is left of the hours to answer: within a working day in hours and minutes, "Còn 7 giờ 40 phút".
fn left(clock: &ClockView) -> Left {
    let ClockView::Answering { minutes_left, .. } = clock else { return phrases::left(clock) };
    let minutes = *minutes_left;
    if !(0..=phrases::SOON_MINUTES).contains(&minutes) {
        return phrases::left(clock);
    }
    let time = match (minutes / 60, minutes % 60) {
        (0, rest) => counted("time-minutes", rest),
        (hours, 0) => counted("time-hours", hours),
        (hours, rest) => format!("{} {}", counted("time-hours", hours), counted("time-minutes", rest)),
    };
    let words = say_with("time-left", &[("time", &time)]);
    if minutes <= SOON_MINUTES { Left::Soon(words) } else { Left::Within(words) }
}

/// What an act brought one back for, with what can be printed of it.
fn saying(page: crate::page::Page, asked: &Posted) -> (crate::page::Page, Vec<LinkView>) {
    if asked.trimmed("xong") == "het" {
        return (frame::flash(page, Tone::Plain, say("online-nothing-left")), Vec::new());
    }
    let (Ok(act), Ok(code)) = (asked.trimmed("xong").parse::<Act>(), DossierCode::parse(asked.trimmed("ho-so"))) else {
        return (page, Vec::new());
    };
    let home = phrases::dossier_address(&code);
    let mut links = vec![LinkView { label: say_with("online-open", &[("code", &code)]), href: home.clone() }];
    if act == Act::Accept {
        links.insert(0, LinkView { label: say("counter-print-slip").to_owned(), href: format!("{home}/giay-hen") });
    }
    let text = say_with("online-done", &[("act", &within(&texts::act(act))), ("code", &code)]);
    (frame::flash(page, Tone::Good, text), links)
}

/// Takes the next one and opens it.
///
/// # Errors
/// The house failed.
pub async fn take_next(State(web): State<Web>, visitor: Visitor, _posted: Posted) -> Result<Response, Problem> {
    let next = match answering::take_next(&web.house, visitor.person()?).await? {
        Some(code) => phrases::from_list(&phrases::dossier_address(&code), ADDRESS),
        None => format!("{ADDRESS}?xong=het"),
    };
    Ok(Redirect::to(&next).into_response())
}

/// Gives one back that was taken.
///
/// # Errors
/// There is none of that code, or the house failed.
pub async fn give_back(
    State(web): State<Web>,
    visitor: Visitor,
    Path(code): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let code = super::dossier::code_of(&code)?;
    answering::give_back(&web.house, visitor.person()?, &code).await?;
    Ok(Redirect::to(&safe_return(posted.text("ve"), ADDRESS)).into_response())
}
