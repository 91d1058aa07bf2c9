//! The screen beside the door: a number, a look-up, a rating. It goes back to its start by itself and keeps nothing that was typed.

use super::choosing::{choice, found, taken, view, waiting_in_all};
use super::views::{Kiosk, KioskChoose, KioskLookUp, KioskStart, KioskTicket, Said};
use super::{key, queue_of};
use crate::Web;
use crate::citizen::following::{look_up_form, looked_up, public_status};
use crate::citizen::views::{LookUpAnswer, LookUpForm};
use crate::frame::{self, encoded, html, html_as};
use crate::page::{Page, Section};
use crate::posted::Posted;
use crate::problem::Problem;
use crate::say;
use crate::texts::{Language, language};
use crate::visitor::Visitor;
use app::queue::Queue;
use app::ratings::AtKiosk;
use axum::extract::{Path, State};
use axum::response::Response;

/// Nobody touched it for so long: whoever stood there is gone.
pub(super) const LEFT_SECONDS: u32 = 60;
/// A ticket is read and taken along.
const READ_SECONDS: u32 = 20;

/// The screen of a unit, and who stands before it.
pub(super) struct Screen {
    pub(super) web: Web,
    pub(super) visitor: Visitor,
    queue: Queue,
}

impl Screen {
    /// That of the unit of an address.
    ///
    /// # Errors
    /// No such unit, or the house failed.
    pub(super) async fn of(web: Web, visitor: Visitor, unit: &str) -> Result<Self, Problem> {
        let queue = queue_of(&web, unit).await?;
        Ok(Self { web, visitor, queue })
    }

    /// What is around a page that goes back to the start after so many seconds; nought: it is the start.
    pub(super) fn framed(&self, seconds: u32) -> (Page, Kiosk) {
        let mut page = frame::citizen(&self.web, &self.visitor, say("queue-kiosk-title"), Section::Elsewhere);
        page.unit_name = frame::unit_today(&self.web, self.queue.unit);
        let other = frame::other_language(&self.visitor.path, language());
        let kiosk = Kiosk {
            unit: page.unit_name.clone(),
            home: self.address(""),
            home_after_seconds: seconds,
            other_href: other.href,
            other_name: other.language.name(),
            other_code: other.language.code(),
        };
        (page, kiosk)
    }

    /// The address of a part, in the language at hand: here it is never remembered. An empty part is the start.
    pub(super) fn address(&self, part: &str) -> String {
        self.address_with(part, "")
    }

    /// The same with a query.
    pub(super) fn address_with(&self, part: &str, query: &str) -> String {
        let start = format!("/kiosk/{}", encoded(&key(&self.web, self.queue.unit)));
        let path = if part.is_empty() { start } else { format!("{start}/{part}") };
        let spoken = match language() {
            Language::Vietnamese => "",
            Language::English => "lang=en",
        };
        let query: Vec<&str> = [spoken, query].into_iter().filter(|it| !it.is_empty()).collect();
        if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
    }
}

/// The start.
pub async fn start(State(web): State<Web>, visitor: Visitor, Path(unit): Path<String>) -> Result<Response, Problem> {
    let screen = Screen::of(web, visitor, &unit).await?;
    let (page, kiosk) = screen.framed(0);
    Ok(html(&KioskStart {
        page,
        kiosk,
        take: if screen.queue.setup.is_empty() { String::new() } else { screen.address("lay-so") },
        look_up: screen.address("tra-cuu"),
        rate: screen.address("danh-gia"),
        waiting: waiting_in_all(&screen.queue),
    }))
}

/// What one wants a number for.
pub async fn choose(State(web): State<Web>, visitor: Visitor, Path(unit): Path<String>) -> Result<Response, Problem> {
    Ok(html(&choose_page(&Screen::of(web, visitor, &unit).await?, None)))
}

fn choose_page(screen: &Screen, refused: Option<(&Posted, Said)>) -> KioskChoose {
    let (page, kiosk) = screen.framed(LEFT_SECONDS);
    let page = if refused.is_some() { page.with_error_title() } else { page };
    KioskChoose { page, kiosk, it: choice(&screen.web, &screen.queue, screen.address("lay-so"), refused) }
}

/// Takes one.
pub async fn take(
    State(web): State<Web>,
    visitor: Visitor,
    Path(unit): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let screen = Screen::of(web, visitor, &unit).await?;
    let ticket_at = |id| screen.address(&format!("so/{id}"));
    let again = |said| choose_page(&screen, Some((&posted, said)));
    taken(&screen.web, &screen.visitor, &screen.queue, &posted, ticket_at, again).await
}

/// The ticket, to be printed or remembered.
pub async fn ticket(
    State(web): State<Web>,
    visitor: Visitor,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (ticket, queue) = found(&web, &id).await?;
    let it = view(&web, &ticket, &queue);
    let (page, kiosk) = Screen { web, visitor, queue }.framed(READ_SECONDS);
    Ok(html(&KioskTicket { page, kiosk, it }))
}

fn look_up_view(screen: &Screen, form: LookUpForm, answer: LookUpAnswer, rate: String) -> KioskLookUp {
    let (page, kiosk) = screen.framed(LEFT_SECONDS);
    KioskLookUp { page, kiosk, action: screen.address("tra-cuu"), form, answer, rate }
}

/// The two questions of a look-up.
pub async fn look_up_page(
    State(web): State<Web>,
    visitor: Visitor,
    Path(unit): Path<String>,
) -> Result<Response, Problem> {
    let screen = Screen::of(web, visitor, &unit).await?;
    Ok(html(&look_up_view(&screen, LookUpForm::default(), LookUpAnswer::Blank, String::new())))
}

/// Answers a look-up as the page of everybody does.
pub async fn look_up(
    State(web): State<Web>,
    visitor: Visitor,
    Path(unit): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let screen = Screen::of(web, visitor, &unit).await?;
    let form = look_up_form(&posted);
    let found = match looked_up(&screen.web, &screen.visitor, &form).await? {
        Ok(found) => found,
        Err((status, answer)) => {
            let mut view = look_up_view(&screen, form, answer, String::new());
            view.page = view.page.with_error_title();
            return Ok(html_as(status, &view));
        }
    };
    let is_rated = matches!(app::ratings::at_kiosk(&screen.web.house, found.dossier.id).await?, AtKiosk::Open(_));
    let rate = if is_rated { screen.address("danh-gia") } else { String::new() };
    Ok(html(&look_up_view(&screen, form, LookUpAnswer::Found(Box::new(public_status(&found))), rate)))
}
