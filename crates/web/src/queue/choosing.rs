//! Taking a number on a telephone, and following it.

use super::views::{Choose, ChoosePage, DeskCard, ListPage, Said, ServiceChoice, TicketPage, TicketView};
use super::{Asked, key, language, minutes, queue_of, refusal};
use crate::Web;
use crate::frame::{self, encoded, html, html_as};
use crate::page::{Page, Section};
use crate::posted::Posted;
use crate::problem::Problem;
use crate::qr;
use crate::spoken;
use crate::texts::{Language, word_in, word_in_with};
use crate::visitor::Visitor;
use app::AppError;
use app::queue::{Queue, Wish, fresh_id};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::TicketId;
use domain::queue::{Lane, Ticket, TicketState};

fn framed(web: &Web, visitor: &Visitor, title: &str) -> Page {
    frame::citizen(web, visitor, title, Section::Elsewhere)
}

/// Desks that give tickets.
pub async fn list(State(web): State<Web>, visitor: Visitor, asked: Asked) -> Result<Response, Problem> {
    let language = language(&asked);
    let (known, today) = (web.house.now_known(), web.house.clock.now().day());
    let mut desks = Vec::new();
    for unit in app::queue::units(&web.house).await? {
        let queue = app::queue::queue(&web.house, unit).await?;
        let seat = known.organisation.attributes_on(unit, today).map(|it| it.seat.clone()).unwrap_or_default();
        desks.push(DeskCard {
            href: format!("/lay-so/{}", encoded(&key(&web, unit))),
            name: frame::unit_today(&web, unit),
            seat,
            waiting: if queue.is_open {
                waiting_in_all(&queue, language)
            } else {
                word_in(language, "queue-closed-now")
            },
        });
    }
    let title = word_in(language, "queue-take-title");
    Ok(html(&ListPage { page: framed(&web, &visitor, &title), language, desks }))
}

/// "7 người đang chờ".
pub(super) fn waiting_in_all(queue: &Queue, language: Language) -> String {
    let count = queue.tickets.iter().filter(|it| it.state == TicketState::Waiting).count();
    word_in_with(language, "queue-people-wait", &[("count", count.to_string())])
}

/// What can be chosen; `typed` is what was sent before.
pub(super) fn choice(
    web: &Web,
    queue: &Queue,
    language: Language,
    action: String,
    typed: Option<&Posted>,
    said: Option<Said>,
) -> Choose {
    let (known, today) = (web.house.now_known(), queue.now.day());
    let hours = known.organisation.attributes_on(queue.unit, today).map(|it| {
        let spans = it.hours.spans().iter();
        let said = spans.map(|it| format!("{}–{}", it.opens.strftime("%H:%M"), it.closes.strftime("%H:%M")));
        said.collect::<Vec<_>>().join(", ")
    });
    let services = queue.waits().into_iter().filter(|it| queue.setup.offers(it.series));
    Choose {
        language,
        unit: frame::unit_today(web, queue.unit),
        action,
        once: typed.map_or_else(|| fresh_id(&web.house).to_string(), |it| it.trimmed("ve").to_owned()),
        services: services
            .map(|it| ServiceChoice {
                series: it.series.to_string(),
                name: queue.setup.name_of(it.series),
                waiting: word_in_with(language, "queue-people-wait", &[("count", it.waiting.to_string())]),
            })
            .collect(),
        has_priority: queue.priority_in_a_row > 0,
        is_priority: typed.is_some_and(|it| it.has("uu-tien")),
        closed: (!queue.is_open)
            .then(|| word_in_with(language, "queue-closed", &[("hours", hours.unwrap_or_default())])),
        said,
    }
}

/// Takes a number: where it leads, or what could not be done.
pub(super) async fn taken(
    web: &Web,
    visitor: &Visitor,
    queue: &Queue,
    posted: &Posted,
    language: Language,
) -> Result<Result<TicketId, (StatusCode, Said)>, Problem> {
    let id = posted.trimmed("ve").parse().map_err(|_| Problem::BadForm)?;
    let Ok(series) = posted.trimmed("dich-vu").parse() else {
        let said = Said { what: word_in(language, "queue-choose-service"), why: String::new() };
        return Ok(Err((StatusCode::UNPROCESSABLE_ENTITY, said)));
    };
    let lane = if posted.has("uu-tien") { Lane::Priority } else { Lane::Ordinary };
    let wish = Wish { unit: queue.unit, series, lane, id, from: visitor.address };
    match app::queue::take(&web.house, wish).await {
        Ok(id) => Ok(Ok(id)),
        Err(AppError::Queue(why)) => Ok(Err((StatusCode::CONFLICT, refusal(&why, language)))),
        Err(AppError::Locked { minutes }) => {
            let args = [("minutes", minutes.to_string())];
            let said = Said {
                what: word_in(language, "queue-too-many-tickets"),
                why: word_in_with(language, "queue-too-many-tickets-why", &args),
            };
            Ok(Err((StatusCode::TOO_MANY_REQUESTS, said)))
        }
        Err(other) => Err(other.into()),
    }
}

/// What one wants a number for.
pub async fn page(
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
) -> ChoosePage {
    let unit = encoded(&key(web, queue.unit));
    let action = format!("/lay-so/{unit}");
    let page = framed(web, visitor, &word_in(language, "queue-take-title"));
    ChoosePage {
        page: if said.is_some() { page.with_error_title() } else { page },
        it: choice(web, queue, language, action, typed, said),
        board: format!("/bang-goi-so/{unit}"),
    }
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
        Ok(id) => {
            let unit = encoded(&key(&web, queue.unit));
            Ok(Redirect::to(&format!("/lay-so/{unit}/{id}")).into_response())
        }
        Err((status, said)) => {
            Ok(html_as(status, &choose_page(&web, &visitor, &queue, language, Some(&posted), Some(said))))
        }
    }
}

/// The page of a ticket, which follows it.
pub async fn ticket(
    State(web): State<Web>,
    visitor: Visitor,
    Path((_, id)): Path<(String, String)>,
    asked: Asked,
) -> Result<Response, Problem> {
    let (language, (ticket, queue)) = (language(&asked), found(&web, &id).await?);
    let unit = encoded(&key(&web, queue.unit));
    let it = view(&web, &ticket, &queue, language);
    Ok(html(&TicketPage {
        page: framed(&web, &visitor, &format!("{} {}", word_in(language, "queue-number"), it.number)),
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
pub(super) fn view(web: &Web, ticket: &Ticket, queue: &Queue, language: Language) -> TicketView {
    let say = |key: &str| word_in(language, key);
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
        0 => say("queue-nobody-ahead"),
        count => word_in_with(language, "queue-ahead", &[("count", count.to_string())]),
    });
    let wait = waits.then(|| match queue.wait_minutes(ticket) {
        Some(count) => word_in_with(language, "queue-about", &[("time", minutes(count, language))]),
        None => say("queue-no-estimate"),
    });
    let unit = encoded(&key(web, queue.unit));
    let address = format!("{}/lay-so/{unit}/{}", web.house.rules.public_url, ticket.id);
    let counter = ticket.counter.filter(|_| ticket.state == TicketState::Called && !is_over);
    let args = [("counter", counter.map(|it| it.to_string()).unwrap_or_default())];
    TicketView {
        language,
        number: ticket.number.to_string(),
        service: queue.setup.name_of(ticket.wants),
        unit: frame::unit_today(web, queue.unit),
        taken: spoken::moment(ticket.taken_at.local()),
        is_priority: ticket.lane == Lane::Priority,
        counter,
        state: word_in_with(language, state, &args),
        hint: say(hint),
        ahead,
        wait,
        tone,
        stream: if is_over { String::new() } else { format!("/bang-goi-so/{unit}/luong") },
        edition: queue.edition,
        qr_svg: qr::svg(&address, &say("queue-qr")),
        address,
    }
}
