//! From what went wrong to a page that says what happened, why, and what to do now. Statuses of refusals come from here.

use crate::Web;
use crate::citizen;
use crate::citizen::views::{
    Fact, FaultPage, ForbiddenPage, HistoryLine, Link, NotFoundPage, RefusedPage, Sentence, StalePage, TooLargePage,
    UnavailablePage, When,
};
use crate::frame;
use crate::kept::{KeptForm, Typed};
use crate::page::{Page, Section};
use crate::spoken;
use crate::staff;
use crate::texts;
use crate::visitor::Visitor;
use crate::{SettingValue, say, say_with};
use app::AppError;
use app::error::in_full;
use askama::Template;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use domain::dossier::{Event, Recorded};
use domain::post::Post;
use std::any::Any;
use std::sync::Arc;

/// Something that keeps a handler from giving its page.
#[derive(Clone, Debug)]
pub enum Problem {
    /// From the house.
    App(Arc<AppError>),
    /// The session ended, or the form is of another session.
    OldForm,
    /// A form that is none of ours.
    BadForm,
    /// A form of another site.
    ForeignForm,
    /// Too large.
    TooLarge,
    /// The sending broke off.
    BrokenOff,
    /// An act that needs a signed-in person.
    SignInFirst {
        /// Where.
        address: &'static str,
    },
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        Self::App(Arc::new(error))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl Problem {
    /// The status of its page.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::App(error) => match &**error {
                AppError::Refused(_) | AppError::Queue(_) | AppError::Stale { .. } | AppError::KeyReused => {
                    StatusCode::CONFLICT
                }
                AppError::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
                AppError::NotFound => StatusCode::NOT_FOUND,
                AppError::Forbidden | AppError::ReasonNeeded => StatusCode::FORBIDDEN,
                AppError::Locked { .. } => StatusCode::TOO_MANY_REQUESTS,
                AppError::Unavailable(_) | AppError::ReformStalled { .. } => StatusCode::SERVICE_UNAVAILABLE,
                AppError::Fault { .. } => StatusCode::INTERNAL_SERVER_ERROR,
            },
            Self::OldForm => StatusCode::CONFLICT,
            Self::BadForm => StatusCode::UNPROCESSABLE_ENTITY,
            Self::ForeignForm => StatusCode::FORBIDDEN,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BrokenOff => StatusCode::BAD_REQUEST,
            Self::SignInFirst { .. } => StatusCode::UNAUTHORIZED,
        }
    }

    /// The house's own error, where it is one.
    pub fn app(&self) -> Option<&AppError> {
        match self {
            Self::App(error) => Some(error),
            _ => None,
        }
    }
}

/// One line in the log for what may be somebody trying the locks: the route and the account, nothing of what was sent. What is hidden
/// from citizens has lines of its own.
pub fn noted(response: &Response, visitor: &Visitor, route: &str) {
    let why = match response.extensions().get::<Problem>() {
        Some(Problem::OldForm) => "it is not of this session",
        Some(Problem::ForeignForm) => "it is of another site",
        Some(Problem::BadForm) => "it is no form",
        Some(Problem::TooLarge) => "it is too large",
        Some(Problem::App(error)) if matches!(**error, AppError::Locked { .. }) => "too many tries",
        Some(Problem::App(error)) if matches!(**error, AppError::Forbidden | AppError::ReasonNeeded) => {
            "it is not theirs"
        }
        _ => return,
    };
    let account = visitor.who.as_ref().map(|it| it.person.to_string()).unwrap_or_default();
    tracing::warn!(refused.why = why, refused.route = route, refused.account = account, "somebody is refused");
}

/// Dresses a problem as a page for this visitor, with what they typed; other answers pass.
pub fn dressed(web: &Web, visitor: &Visitor, mut response: Response, typed: &Typed) -> Response {
    let Some(problem) = response.extensions_mut().remove::<Problem>() else { return response };
    let status = problem.status();
    let text = page_of(web, visitor, &problem, typed.take());
    let mut page = (status, [(CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response();
    for (name, value) in response.headers() {
        if !page.headers().contains_key(name) {
            page.headers_mut().insert(name, value.clone());
        }
    }
    page.headers_mut().remove("content-length");
    page
}

fn page_of(web: &Web, visitor: &Visitor, problem: &Problem, kept: Option<KeptForm>) -> String {
    let frame = |title: &str| framed(web, visitor, title);
    let back = back_link(visitor);
    let refused = |title: &str, what: String, why: Option<String>, legal: Option<String>, now: Vec<Link>| {
        drawn(&RefusedPage { page: frame(title), what, why, legal, now, kept: None })
    };
    match problem {
        Problem::App(error) => page_of_error(web, visitor, error, kept),
        Problem::OldForm => drawn(&RefusedPage {
            page: frame(say("old-form-title")),
            what: say("old-form").to_owned(),
            why: Some(match kept {
                Some(_) => say("old-form-why").to_owned(),
                None => say("old-form-why-again").to_owned(),
            }),
            legal: None,
            now: vec![back],
            kept,
        }),
        Problem::ForeignForm => refused(
            say("foreign-form-title"),
            say("foreign-form").to_owned(),
            Some(say("foreign-form-why").to_owned()),
            None,
            vec![Link { href: "/".to_owned(), label: say("go-home").to_owned() }],
        ),
        Problem::BadForm => refused(
            say("bad-form-title"),
            say("bad-form").to_owned(),
            Some(say("bad-form-why").to_owned()),
            None,
            vec![back],
        ),
        Problem::BrokenOff => refused(
            say("broken-off-title"),
            say("broken-off").to_owned(),
            Some(say("broken-off-why").to_owned()),
            None,
            vec![back],
        ),
        Problem::TooLarge => {
            let limit = web.house.rules.file_bytes_max >> 20;
            let files = web.house.rules.files_max;
            let limits = say_with("file-limits", &[("limit", &limit), ("files", &files)]);
            drawn(&TooLargePage { page: frame(say("too-large-page")), limits, back })
        }
        Problem::SignInFirst { address } => sign_in_first(web, visitor, address, kept),
    }
}

fn framed(web: &Web, visitor: &Visitor, title: &str) -> Page {
    if visitor.is_staff() {
        frame::staff(web, visitor, title, "")
    } else {
        frame::citizen(web, visitor, title, Section::Elsewhere)
    }
}

fn back_link(visitor: &Visitor) -> Link {
    Link { href: back_address(visitor), label: say("go-back").to_owned() }
}

/// The page of what the house answered.
fn page_of_error(web: &Web, visitor: &Visitor, error: &AppError, kept: Option<KeptForm>) -> String {
    let frame = |title: &str| framed(web, visitor, title);
    let back = back_link(visitor);
    let refused = |title: &str, what: String, why: Option<String>, legal: Option<String>, now: Vec<Link>| {
        drawn(&RefusedPage { page: frame(title), what, why, legal, now, kept: None })
    };
    match error {
        AppError::NotFound => drawn(&NotFoundPage { page: frame(say("not-found-page")) }),
        AppError::Forbidden | AppError::ReasonNeeded => {
            let is_without_post = visitor.is_staff() && !visitor.holds_any(&Post::ALL);
            let title = if is_without_post { say("no-post-title") } else { say("forbidden-page") };
            drawn(&ForbiddenPage { page: frame(title), is_without_post, back })
        }
        AppError::Refused(refusal) => {
            let words = texts::refusal(refusal);
            refused(say("not-done-title"), words.what, words.why, words.legal, vec![back])
        }
        AppError::Queue(refusal) => {
            let (key, args) = texts::queue_refusal_key(refusal);
            let why = texts::word(&format!("{key}-why"));
            refused(say("not-done-title"), texts::word_with(&key, &args), Some(why), None, vec![back])
        }
        AppError::Invalid(problems) => {
            let list: Vec<String> = problems.iter().map(texts::field_problem).collect();
            refused(say("to-put-right-title"), say("to-put-right").to_owned(), Some(list.join(" ")), None, vec![back])
        }
        AppError::Stale { since } => stale(web, visitor, frame(say("stale-page")), since, kept.as_ref()),
        AppError::KeyReused => refused(
            say("done-already-title"),
            say("done-already").to_owned(),
            Some(say("done-already-why").to_owned()),
            None,
            vec![back],
        ),
        AppError::Locked { minutes } => refused(
            say("locked-title"),
            say("locked").to_owned(),
            Some(say_with("locked-why", &[("minutes", &minutes)])),
            None,
            vec![Link { href: "/".to_owned(), label: say("go-home").to_owned() }],
        ),
        AppError::ReformStalled { instrument, .. } => {
            drawn(&stalled(frame(say("stalled-title")), instrument, back, kept))
        }
        AppError::Unavailable(why) => {
            let about_files = error.is_about_files();
            if about_files {
                tracing::warn!(error = in_full(&**why), "the files cannot be used");
            } else {
                tracing::warn!(error = in_full(&**why), data.dir = data_folder(web), "the database cannot be used");
            }
            let title = if about_files { say("unavailable-files") } else { say("unavailable-page") };
            drawn(&UnavailablePage { page: at_get_address(frame(title), &back), until: None, about_files, kept })
        }
        AppError::Fault { doing, source } => {
            let code = fault_code(web);
            tracing::error!(fault.code = code, error = in_full(&**source), "{doing}");
            drawn(&FaultPage { page: at_get_address(frame(say("fault-page")), &back), code, kept })
        }
    }
}

/// What somebody did is not taken because a reorganisation waits past its instant: what is wrong, who knows, and what to do.
fn stalled(page: Page, instrument: &str, back: Link, kept: Option<KeptForm>) -> RefusedPage {
    RefusedPage {
        page,
        what: say_with("stalled", &[("instrument", &instrument)]),
        why: Some(say("stalled-why").to_owned()),
        legal: None,
        now: vec![back],
        kept,
    }
}

/// The sign-in form with what was typed before the session ended: once signed in, one button sends it.
fn sign_in_first(web: &Web, visitor: &Visitor, address: &str, kept: Option<KeptForm>) -> String {
    let onward = back_address(visitor);
    let drawn = if address == staff::SIGN_IN {
        staff::sign_in::first(web, visitor, &onward, kept.as_ref()).map(|view| drawn(&view))
    } else {
        citizen::account::sign_in_first(web, visitor, onward, kept.as_ref()).map(|view| drawn(&view))
    };
    drawn.unwrap_or_else(|problem| page_of(web, visitor, &problem, kept))
}

fn stale(web: &Web, visitor: &Visitor, page: Page, since: &[Recorded], kept: Option<&KeptForm>) -> String {
    let known = web.house.now_known();
    let changes = since
        .iter()
        .map(|it| HistoryLine {
            when: When {
                iso: it.at.local().to_string(),
                day: spoken::day(it.at.day()),
                clock: Some(spoken::time(it.at.local())),
            },
            what: Sentence { strong: texts::event(&it.event), rest: String::new() },
            who: it.actor.map(|person| known.staff_name(person).to_owned()).filter(|it| !it.is_empty()),
            ..HistoryLine::default()
        })
        .collect();
    let again = Link { href: back_address(visitor), label: say("stale-again").to_owned() };
    let own = |text: &str| Fact { label: say("stale-your-words").to_owned(), value: text.to_owned(), note: None };
    let typed = kept.map(|it| it.prose().map(own).collect()).unwrap_or_default();
    let is_moved = since.iter().all(|it| matches!(it.event, Event::Transferred { .. }));
    drawn(&StalePage { page, tried: say("stale-tried").to_owned(), is_moved, changes, typed, again })
}

/// The page a form stands on: its own address, or the dossier's for an act on one.
fn back_address(visitor: &Visitor) -> String {
    let path = visitor.path.split('?').next().unwrap_or("/");
    match path.strip_prefix("/nghiep-vu/ho-so/").and_then(|rest| rest.split('/').next()) {
        Some(code) => format!("/nghiep-vu/ho-so/{code}"),
        None => frame::safe_return(path, "/"),
    }
}

fn at_get_address(mut page: Page, back: &Link) -> Page {
    page.path.clone_from(&back.href);
    page
}

/// The folder of the database, as the settings name it: a tired person looks there first.
fn data_folder(web: &Web) -> &str {
    match web.settings.iter().find(|it| it.key == "data.dir").map(|it| &it.value) {
        Some(SettingValue::Text(folder)) => folder,
        _ => "",
    }
}

fn fault_code(web: &Web) -> String {
    web.house.ids.token().chars().take(8).collect()
}

fn drawn(view: &impl Template) -> String {
    view.render()
        .unwrap_or_else(|_| format!("<!doctype html><title>{}</title><p>{}", say("undrawn-title"), say("undrawn")))
}

/// A handler that panicked: its answer before it is dressed.
pub fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    Problem::from(AppError::fault("answering a request", "the handler panicked")).into_response()
}
