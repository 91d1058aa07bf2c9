//! The screen beside the door: a number, a look-up, a rating. It goes back to its start by itself and keeps nothing that was typed.

use super::choosing::{choice, found, taken, view, waiting_in_all};
use super::views::{Kiosk, KioskChoose, KioskLookUp, KioskStart, KioskTicket, Said};
use super::{Asked, in_language, key, language, queue_of};
use crate::Web;
use crate::citizen::following::public_status;
use crate::citizen::views::{LookUpAnswer, LookUpForm};
use crate::frame::{self, encoded, html, html_as};
use crate::page::{Page, Section};
use crate::posted::Posted;
use crate::problem::Problem;
use crate::texts::{Language, word_in};
use crate::visitor::Visitor;
use app::AppError;
use app::queue::Queue;
use app::ratings::AtKiosk;
use app::words;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

/// Nobody touched it for so long: whoever stood there is gone.
pub(super) const LEFT_SECONDS: u32 = 60;
/// A ticket is read and taken along.
const READ_SECONDS: u32 = 20;
/// Longest code that is looked at, in characters.
const CODE_CHARS_MAX: usize = 60;

pub(super) fn framed(web: &Web, visitor: &Visitor, queue: &Queue, language: Language, seconds: u32) -> (Page, Kiosk) {
    let mut page = frame::citizen(web, visitor, word_in(language, "queue-kiosk-title"), Section::Elsewhere);
    page.unit_name = frame::unit_today(web, queue.unit);
    let other = frame::other_language(&visitor.path, language);
    let kiosk = Kiosk {
        language,
        unit: page.unit_name.clone(),
        home: in_language(&format!("/kiosk/{}", encoded(&key(web, queue.unit))), language),
        home_after_seconds: seconds,
        other_href: other.href,
        other_name: other.language.name(),
        other_code: other.language.code(),
    };
    (page, kiosk)
}

pub(super) fn address(web: &Web, queue: &Queue, part: &str, language: Language) -> String {
    in_language(&format!("/kiosk/{}/{part}", encoded(&key(web, queue.unit))), language)
}

/// The start.
pub async fn start(
    State(web): State<Web>,
    visitor: Visitor,
    Path(unit): Path<String>,
    asked: Asked,
) -> Result<Response, Problem> {
    let (queue, language) = (queue_of(&web, &unit).await?, language(&asked));
    let (page, kiosk) = framed(&web, &visitor, &queue, language, 0);
    Ok(html(&KioskStart {
        page,
        kiosk,
        take: if queue.setup.is_empty() { String::new() } else { address(&web, &queue, "lay-so", language) },
        look_up: address(&web, &queue, "tra-cuu", language),
        rate: address(&web, &queue, "danh-gia", language),
        waiting: waiting_in_all(&queue, language),
    }))
}

/// What one wants a number for.
pub async fn choose(
    State(web): State<Web>,
    visitor: Visitor,
    Path(unit): Path<String>,
    asked: Asked,
) -> Result<Response, Problem> {
    let queue = queue_of(&web, &unit).await?;
    Ok(html(&choose_page(&web, &visitor, &queue, language(&asked), None, None)))
}

fn choose_page(
    web: &Web,
    visitor: &Visitor,
    queue: &Queue,
    language: Language,
    typed: Option<&Posted>,
    said: Option<Said>,
) -> KioskChoose {
    let (page, kiosk) = framed(web, visitor, queue, language, LEFT_SECONDS);
    let action = address(web, queue, "lay-so", language);
    let page = if said.is_some() { page.with_error_title() } else { page };
    KioskChoose { page, kiosk, it: choice(web, queue, language, action, typed, said) }
}

/// Takes one.
pub async fn take(
    State(web): State<Web>,
    visitor: Visitor,
    Path(unit): Path<String>,
    asked: Asked,
    posted: Posted,
) -> Result<Response, Problem> {
    let (queue, language) = (queue_of(&web, &unit).await?, language(&asked));
    match taken(&web, &visitor, &queue, &posted, language).await? {
        Ok(id) => Ok(Redirect::to(&address(&web, &queue, &format!("so/{id}"), language)).into_response()),
        Err((status, said)) => {
            Ok(html_as(status, &choose_page(&web, &visitor, &queue, language, Some(&posted), Some(said))))
        }
    }
}

/// The ticket, to be printed or remembered.
pub async fn ticket(
    State(web): State<Web>,
    visitor: Visitor,
    Path((_, id)): Path<(String, String)>,
    asked: Asked,
) -> Result<Response, Problem> {
    let (language, (ticket, queue)) = (language(&asked), found(&web, &id).await?);
    let (page, kiosk) = framed(&web, &visitor, &queue, language, READ_SECONDS);
    Ok(html(&KioskTicket { page, kiosk, it: view(&web, &ticket, &queue, language) }))
}

/// The two questions of a look-up.
pub async fn look_up_page(
    State(web): State<Web>,
    visitor: Visitor,
    Path(unit): Path<String>,
    asked: Asked,
) -> Result<Response, Problem> {
    let (queue, language) = (queue_of(&web, &unit).await?, language(&asked));
    let (page, kiosk) = framed(&web, &visitor, &queue, language, LEFT_SECONDS);
    let action = address(&web, &queue, "tra-cuu", language);
    let (form, answer, digits) = (LookUpForm::default(), LookUpAnswer::Blank, String::new());
    Ok(html(&KioskLookUp { page, kiosk, action, form, answer, rate: String::new(), digits }))
}

/// Answers a look-up as the page of everybody does.
pub async fn look_up(
    State(web): State<Web>,
    visitor: Visitor,
    Path(unit): Path<String>,
    asked: Asked,
    posted: Posted,
) -> Result<Response, Problem> {
    let (queue, language) = (queue_of(&web, &unit).await?, language(&asked));
    let (page, kiosk) = framed(&web, &visitor, &queue, language, LEFT_SECONDS);
    let action = address(&web, &queue, "tra-cuu", language);
    let code: String = posted.trimmed("ma").chars().take(CODE_CHARS_MAX).collect();
    let digits = posted.trimmed("so");
    let missing = |text: &str| text.is_empty().then(|| word_in(language, "answer-missing"));
    let form = LookUpForm { code_error: missing(&code), digits_error: missing(digits), code: code.clone() };
    if form.code_error.is_some() || form.digits_error.is_some() {
        let (page, answer, rate) = (page.with_error_title(), LookUpAnswer::Blank, String::new());
        let view = KioskLookUp { page, kiosk, action, form, answer, rate, digits: String::new() };
        return Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &view));
    }
    let mut rate = String::new();
    let (status, page, answer) = match app::lookup::look_up(&web.house, &code, digits, visitor.address).await {
        Ok(view) => {
            if matches!(app::ratings::at_kiosk(&web.house, view.dossier.id).await?, AtKiosk::Open(_)) {
                rate = address(&web, &queue, "danh-gia", language);
            }
            (StatusCode::OK, page, LookUpAnswer::Found(Box::new(public_status(&view))))
        }
        Err(AppError::NotFound) => (StatusCode::NOT_FOUND, page.with_error_title(), LookUpAnswer::NotFound),
        Err(AppError::Locked { minutes }) => {
            let until = words::time(web.house.clock.now().plus_seconds(minutes.saturating_mul(60)).local());
            (StatusCode::TOO_MANY_REQUESTS, page.with_error_title(), LookUpAnswer::Locked { until })
        }
        Err(other) => return Err(other.into()),
    };
    let digits = digits.chars().take(CODE_CHARS_MAX).collect();
    Ok(html_as(status, &KioskLookUp { page, kiosk, action, form, answer, rate, digits }))
}
