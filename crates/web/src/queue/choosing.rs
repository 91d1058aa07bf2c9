//! Taking a number on a telephone, and following it.

use super::views::{Choose, ChoosePage, DeskCard, ListPage, Said, ServiceChoice, TicketPage, TicketView};
use super::{key, minutes, queue_of, refusal};
use crate::Web;
use crate::frame::{self, encoded, html, html_as};
use crate::page::{Page, Section};
use crate::posted::Posted;
use crate::problem::Problem;
use crate::qr;
use crate::spoken;
use crate::texts::word_with;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::AppError;
use app::queue::{Queue, Wish, fresh_id};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::TicketId;
use domain::queue::{Lane, Ticket, TicketState};

fn framed(web: &Web, visitor: &Visitor, title: &str) -> Page {
    frame::citizen(web, visitor, title, Section::Elsewhere)
}

/// Desks that give tickets.
pub async fn list(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let (known, today) = (web.house.now_known(), web.house.clock.now().day());
    let mut desks = Vec::new();
    for unit in app::queue::units(&web.house).await? {
        let queue = app::queue::queue(&web.house, unit).await?;
        let seat = known.organisation.attributes_on(unit, today).map(|it| it.seat.clone()).unwrap_or_default();
        desks.push(DeskCard {
            href: format!("/lay-so/{}", encoded(&key(&web, unit))),
            name: frame::unit_today(&web, unit),
            seat,
            waiting: if queue.is_open { waiting_in_all(&queue) } else { say("queue-closed-now").to_owned() },
        });
    }
    Ok(html(&ListPage { page: framed(&web, &visitor, say("queue-take-title")), desks }))
}

/// "7 người đang chờ".
pub(super) fn waiting_in_all(queue: &Queue) -> String {
    let count = queue.tickets.iter().filter(|it| it.state == TicketState::Waiting).count();
    say_with("queue-people-wait", &[("count", &count)])
}

/// What can be chosen; `refused` is what was sent before, and what could not be done.
pub(super) fn choice(web: &Web, queue: &Queue, action: String, refused: Option<(&Posted, Said)>) -> Choose {
    let (typed, said) = refused.unzip();
    let (known, today) = (web.house.now_known(), queue.now.day());
    let hours = known.organisation.attributes_on(queue.unit, today).map(|it| {
        let spans = it.hours.spans().iter();
        let said = spans.map(|it| format!("{}–{}", it.opens.strftime("%H:%M"), it.closes.strftime("%H:%M")));
        said.collect::<Vec<_>>().join(", ")
    });
    let services = queue.waits().into_iter().filter(|it| queue.setup.offers(it.series));
    Choose {
        unit: frame::unit_today(web, queue.unit),
        action,
        once: typed.map_or_else(|| fresh_id(&web.house).to_string(), |it| it.trimmed("ve").to_owned()),
        services: services
            .map(|it| ServiceChoice {
                series: it.series.to_string(),
                name: queue.setup.name_of(it.series),
                waiting: say_with("queue-people-wait", &[("count", &it.waiting)]),
            })
            .collect(),
        has_priority: queue.priority_in_a_row > 0,
        is_priority: typed.is_some_and(|it| it.has("uu-tien")),
        closed: (!queue.is_open).then(|| say_with("queue-closed", &[("hours", &hours.unwrap_or_default())])),
        said,
    }
}

/// Takes a number and leads to its ticket, or asks again with what could not be done.
///
/// # Errors
/// A form that is none of ours, or the house failed.
pub(super) async fn taken<P: Template>(
    web: &Web,
    visitor: &Visitor,
    queue: &Queue,
    posted: &Posted,
    ticket_at: impl FnOnce(TicketId) -> String,
    again: impl FnOnce(Said) -> P,
) -> Result<Response, Problem> {
    let id = posted.trimmed("ve").parse().map_err(|_| Problem::BadForm)?;
    let Ok(series) = posted.trimmed("dich-vu").parse() else {
        let said = Said { what: say("queue-choose-service").to_owned(), why: String::new() };
        return Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &again(said)));
    };
    let lane = if posted.has("uu-tien") { Lane::Priority } else { Lane::Ordinary };
    let wish = Wish { unit: queue.unit, series, lane, id, from: visitor.address };
    match app::queue::take(&web.house, wish).await {
        Ok(id) => Ok(Redirect::to(&ticket_at(id)).into_response()),
        Err(AppError::Queue(why)) => Ok(html_as(StatusCode::CONFLICT, &again(refusal(&why)))),
        Err(AppError::Locked { minutes }) => {
            let why = say_with("queue-too-many-tickets-why", &[("minutes", &minutes)]);
            let said = Said { what: say("queue-too-many-tickets").to_owned(), why };
            Ok(html_as(StatusCode::TOO_MANY_REQUESTS, &again(said)))
        }
        Err(other) => Err(other.into()),
    }
}

/// What one wants a number for.
pub async fn page(State(web): State<Web>, visitor: Visitor, Path(unit): Path<String>) -> Result<Response, Problem> {
    let queue = queue_of(&web, &unit).await?;
    Ok(html(&choose_page(&web, &visitor, &queue, None)))
}

fn choose_page(web: &Web, visitor: &Visitor, queue: &Queue, refused: Option<(&Posted, Said)>) -> ChoosePage {
    let unit = encoded(&key(web, queue.unit));
    let page = framed(web, visitor, say("queue-take-title"));
    ChoosePage {
        page: if refused.is_some() { page.with_error_title() } else { page },
        it: choice(web, queue, format!("/lay-so/{unit}"), refused),
        board: format!("/bang-goi-so/{unit}"),
    }
}

/// Takes one.
pub async fn take(
    State(web): State<Web>,
    visitor: Visitor,
    Path(unit): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let queue = queue_of(&web, &unit).await?;
    let ticket_at = |id| format!("/lay-so/{}/{id}", encoded(&key(&web, queue.unit)));
    let again = |said| choose_page(&web, &visitor, &queue, Some((&posted, said)));
    taken(&web, &visitor, &queue, &posted, ticket_at, again).await
}

/// The page of a ticket, which follows it.
pub async fn ticket(
    State(web): State<Web>,
    visitor: Visitor,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (ticket, queue) = found(&web, &id).await?;
    let unit = encoded(&key(&web, queue.unit));
    let it = view(&web, &ticket, &queue);
    Ok(html(&TicketPage {
        page: framed(&web, &visitor, &format!("{} {}", say("queue-number"), it.number)),
        it,
        board: format!("/bang-goi-so/{unit}"),
        again: format!("/lay-so/{unit}"),
    }))
}

/// The ticket of an address.
pub(super) async fn found(web: &Web, id: &str) -> Result<(Ticket, Queue), Problem> {
    let id: TicketId = id.parse().map_err(|_| AppError::NotFound)?;
    Ok(app::queue::ticket(&web.house, id).await?)
}

/// Where a ticket stands, in words.
pub(super) fn view(web: &Web, ticket: &Ticket, queue: &Queue) -> TicketView {
    let is_over = ticket.day != queue.now.day();
    let (state, hint, tone) = match ticket.state {
        _ if is_over => ("queue-ticket-over", "queue-ticket-over-hint", "over"),
        TicketState::Waiting => ("queue-ticket-waiting", "queue-ticket-waiting-hint", "waiting"),
        TicketState::Called => ("queue-ticket-called", "queue-ticket-called-hint", "called"),
        TicketState::Absent => ("queue-ticket-absent", "queue-ticket-absent-hint", "absent"),
        TicketState::Served => ("queue-ticket-served", "queue-ticket-served-hint", "over"),
    };
    let waits = ticket.state == TicketState::Waiting && !is_over;
    let ahead = waits.then(|| match queue.ahead(ticket) {
        0 => say("queue-nobody-ahead").to_owned(),
        count => say_with("queue-ahead", &[("count", &count)]),
    });
    let wait = waits.then(|| match queue.wait_minutes(ticket) {
        Some(count) => say_with("queue-about", &[("time", &minutes(count))]),
        None => say("queue-no-estimate").to_owned(),
    });
    let unit = encoded(&key(web, queue.unit));
    let address = format!("{}/lay-so/{unit}/{}", web.house.rules.public_url, ticket.id);
    let counter = ticket.counter.filter(|_| ticket.state == TicketState::Called && !is_over);
    let args = [("counter", counter.map(|it| it.to_string()).unwrap_or_default())];
    TicketView {
        number: ticket.number.to_string(),
        service: queue.setup.name_of(ticket.wants),
        unit: frame::unit_today(web, queue.unit),
        taken: spoken::moment(ticket.taken_at.local()),
        is_priority: ticket.lane == Lane::Priority,
        counter,
        state: word_with(state, &args),
        hint: say(hint).to_owned(),
        ahead,
        wait,
        tone,
        stream: if is_over { String::new() } else { format!("/bang-goi-so/{unit}/luong") },
        edition: queue.edition,
        qr_svg: qr::svg(&address, say("queue-qr")),
        address,
    }
}
