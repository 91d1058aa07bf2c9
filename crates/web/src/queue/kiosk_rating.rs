//! Rating at the screen of a hall: whoever has the code of a finished dossier and the four digits of a look-up says, once, how it was
//! solved. The questions are those of the applicant's own page.

use super::kiosk::Screen;
use super::views::{KioskRate, KioskRating, Said};
use crate::Web;
use crate::citizen::following::{look_up_form, looked_up, missed};
use crate::citizen::rating::{errors, questions_to_touch, read};
use crate::citizen::views::{LookUpAnswer, LookUpForm};
use crate::frame::html_as;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::spoken;
use crate::texts::{word, word_with};
use crate::visitor::Visitor;
use app::ratings::{self, AtKiosk, Typed};
use app::{AppError, FieldProblem};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use std::collections::HashMap;

/// Nobody touched it for so long: whoever answered is gone. Seven questions are read more slowly than a status.
const LEFT_SECONDS: u32 = 120;
/// Its part of an address.
const PART: &str = "danh-gia";

fn drawn(screen: &Screen, status: StatusCode, it: KioskRating) -> Response {
    let seconds = if matches!(it, KioskRating::Asked { .. }) { LEFT_SECONDS } else { super::kiosk::LEFT_SECONDS };
    let (page, kiosk) = screen.framed(seconds);
    let page = if status == StatusCode::OK { page } else { page.with_error_title() };
    html_as(status, &KioskRate { page, kiosk, action: screen.address(PART), it })
}

/// The seven questions, with what was answered and what is wrong.
fn asked(form: LookUpForm, typed: &Typed, problems: &[FieldProblem]) -> KioskRating {
    let fields = questions_to_touch(typed, problems);
    KioskRating::Asked { errors: errors(&fields), form, fields }
}

/// Why no rating is asked for; none where it is.
fn closed(standing: &AtKiosk) -> Option<Said> {
    let (key, day) = match standing {
        AtKiosk::Open(_) => return None,
        AtKiosk::Given(given) => ("queue-rate-given", Some(given.at.day())),
        AtKiosk::Unsolved => ("queue-rate-unsolved", None),
        AtKiosk::Over => ("queue-rate-over", None),
    };
    let args: Vec<_> = day.map(|it| ("day", spoken::short_day(it))).into_iter().collect();
    Some(Said { what: word_with(key, &args), why: word(&format!("{key}-why")) })
}

/// Asks for code and digits; says thanks where a rating was just given.
///
/// # Errors
/// No such unit, or the house failed.
pub async fn page(
    State(web): State<Web>,
    visitor: Visitor,
    Path(unit): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let screen = Screen::of(web, visitor, &unit).await?;
    let it = if query.contains_key("xong") {
        KioskRating::Thanks
    } else {
        KioskRating::Find { form: LookUpForm::default(), answer: LookUpAnswer::Blank }
    };
    Ok(drawn(&screen, StatusCode::OK, it))
}

/// Opens the questions for who knows code and digits, or keeps the answers.
///
/// # Errors
/// No such unit, or the house failed.
pub async fn rate(
    State(web): State<Web>,
    visitor: Visitor,
    Path(unit): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let screen = Screen::of(web, visitor, &unit).await?;
    let form = look_up_form(&posted);
    if form.is_wrong() || posted.trimmed("viec") != "gui" {
        return open(&screen, form).await;
    }
    let typed = read(&posted);
    let known = (form.code.as_str(), form.digits.as_str());
    match ratings::rate_at_kiosk(&screen.web.house, known, screen.visitor.address, &typed).await {
        Ok(standing) => Ok(match closed(&standing) {
            None => Redirect::to(&screen.address_with(PART, "xong=co")).into_response(),
            Some(said) => drawn(&screen, StatusCode::CONFLICT, KioskRating::Closed(said)),
        }),
        Err(AppError::Invalid(problems)) => {
            Ok(drawn(&screen, StatusCode::UNPROCESSABLE_ENTITY, asked(form, &typed, &problems)))
        }
        Err(why) => {
            let (status, answer) = missed(&screen.web, why)?;
            Ok(drawn(&screen, status, KioskRating::Find { form, answer }))
        }
    }
}

/// The questions, for who knows code and digits of a dossier that can be rated.
async fn open(screen: &Screen, form: LookUpForm) -> Result<Response, Problem> {
    let view = match looked_up(&screen.web, &screen.visitor, &form).await? {
        Ok(view) => view,
        Err((status, answer)) => return Ok(drawn(screen, status, KioskRating::Find { form, answer })),
    };
    Ok(match closed(&ratings::at_kiosk(&screen.web.house, view.dossier.id).await?) {
        None => drawn(screen, StatusCode::OK, asked(form, &Typed::default(), &[])),
        Some(said) => drawn(screen, StatusCode::CONFLICT, KioskRating::Closed(said)),
    })
}
