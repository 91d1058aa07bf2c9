//! Messages of citizens about dossiers: those that wait, and answering one.

use super::dossier::{code_of, filled, opened, title};
use super::phrases;
use super::views::{MessageRow, MessagesPage};
use super::work_list::short;
use crate::Web;
use crate::frame::{self, html, html_as};
use crate::posted::Posted;
use crate::problem::Problem;
use crate::say;
use crate::spoken;
use crate::telling::within;
use crate::texts;
use crate::visitor::Visitor;
use app::AppError;
use app::exchanges::{self, TEXT_CHARS_MAX, Waiting};
use app::house::Snapshot;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::time::Instant;

/// Where those that wait are listed.
pub const ADDRESS: &str = "/nghiep-vu/trao-doi";
/// So much of a message stands in the list, in characters.
const SHOWN_CHARS_MAX: usize = 160;

/// Messages that wait for this person's answer, the most urgent first.
///
/// # Errors
/// The house failed.
pub async fn list(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let (person, now) = (visitor.person()?, web.house.clock.now());
    let found = exchanges::waiting(&web.house, person).await?;
    web.journal.listed(person, found.iter().map(|it| it.card.id))?;
    let known = web.house.now_known();
    let late = found.iter().filter(|it| is_late(it, now)).count();
    Ok(html(&MessagesPage {
        page: frame::staff(&web, &visitor, say("messages-title"), "/nghiep-vu"),
        late: (late as u64).into(),
        rows: found.iter().map(|it| row(&known, it, now)).collect(),
    }))
}

/// Late by its day, as everything here.
fn is_late(it: &Waiting, now: Instant) -> bool {
    it.message.answer_by.is_some_and(|by| by.day() < now.day())
}

fn row(known: &Snapshot, it: &Waiting, now: Instant) -> MessageRow {
    let owner = it.owner;
    let unit = within(known.organisation.name_on(owner.unit, now.day()));
    let post = texts::post(owner.post);
    let mut text: String = it.message.body.chars().take(SHOWN_CHARS_MAX).collect();
    if it.message.body.chars().count() > SHOWN_CHARS_MAX {
        text.push('…');
    }
    MessageRow {
        href: format!("{}#trao-doi", phrases::dossier_address(&it.card.code)),
        code: it.card.code.to_string(),
        procedure: short(&it.card.procedure_name),
        applicant: it.card.applicant.clone(),
        text,
        at: spoken::short_moment(it.message.at.local()),
        by: it.message.answer_by.map(|by| spoken::short_moment(by.local())).unwrap_or_default(),
        late: is_late(it, now),
        owner: match owner.person.map(|person| known.staff_name(person)).filter(|name| !name.is_empty()) {
            Some(name) => format!("{name}, {unit}"),
            None => format!("{post}, {unit}"),
        },
    }
}

/// Where the address of the form leads when it is opened as a page.
pub async fn back(Path(code): Path<String>) -> Redirect {
    Redirect::to(&format!("/nghiep-vu/ho-so/{}#trao-doi", frame::encoded(&code)))
}

/// Answers.
///
/// # Errors
/// Not there, not theirs to answer, or the house failed.
pub async fn answer(
    State(web): State<Web>,
    visitor: Visitor,
    Path(code): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let code = code_of(&code)?;
    let view = match opened(&web, &visitor, &code, "trang hồ sơ").await? {
        Ok(view) => view,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let text: String = posted.text("noi_dung").chars().take(2 * TEXT_CHARS_MAX).collect();
    match exchanges::answer(&web.house, visitor.person()?, view.dossier.id, &text).await {
        Ok(()) => {
            let address = phrases::dossier_address(&code);
            Ok(Redirect::to(&format!("{address}?xong=tra-loi#trao-doi")).into_response())
        }
        Err(AppError::Invalid(problems)) => {
            let why = problems.first().map(texts::field_problem);
            let page = frame::staff(&web, &visitor, title(&code), "/nghiep-vu").with_error_title();
            let mut shown = filled(&web, &visitor, &view, page, "").await?;
            (shown.talk.text, shown.talk.error) = (text, why);
            Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &shown))
        }
        Err(other) => Err(other.into()),
    }
}
