//! The page of a reception officer: where one sits, whom one calls, and how people wait.

use super::views::{CounterChoice, DeskPage, DeskTicket, Said, WaitRow};
use super::{key, minutes, refusal};
use crate::Web;
use crate::frame::{self, encoded, html, html_as};
use crate::posted::Posted;
use crate::problem::Problem;
use crate::spoken;
use crate::staff::phrases;
use crate::staff::views::{ChoiceView, DeskTab};
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::AppError;
use app::queue::{DeskAct, Queue};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::{PersonId, TicketId, UnitId};
use domain::post::Post;
use domain::queue::order::Waits;
use domain::queue::{Counter, Destination, Lane, Ticket, TicketState};

/// Where it stands.
pub const ADDRESS: &str = "/quay/hang-doi";
/// Whoever waits longer than this waits long, in minutes.
const LONG_MINUTES: i64 = 30;
/// Most of those who did not come that are listed.
const ABSENT_MAX: usize = 12;
/// Where an officer receives whom they just called.
const RECEIVING: &str = "/quay/tiep-nhan";

/// The page.
pub async fn page(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let asked = phrases::asked(&visitor);
    let unit = chosen(&web, &visitor, &asked).await?;
    Ok(html(&drawn(&web, &visitor, unit, None).await?))
}

/// Whose queue: the one asked for, else one that gives tickets, else any they receive at.
async fn chosen(web: &Web, visitor: &Visitor, asked: &Posted) -> Result<UnitId, Problem> {
    let own = visitor.units_as(Post::Reception);
    let wanted = asked.trimmed("don-vi").parse::<UnitId>().ok().filter(|it| own.contains(it));
    if let Some(unit) = wanted {
        return Ok(unit);
    }
    let giving = app::queue::units(&web.house).await?;
    let unit = own.iter().find(|it| giving.contains(it)).or(own.first()).copied();
    Ok(unit.ok_or(AppError::Forbidden)?)
}

/// Does what a button says.
pub async fn act(State(web): State<Web>, visitor: Visitor, posted: Posted) -> Result<Response, Problem> {
    let unit = chosen(&web, &visitor, &posted).await?;
    let act = act_of(&posted)?;
    match app::queue::act(&web.house, visitor.person()?, unit, act).await {
        Ok(_) if matches!(act, DeskAct::Serve(_)) => Ok(Redirect::to(RECEIVING).into_response()),
        Ok(_) => Ok(Redirect::to(&format!("{ADDRESS}?don-vi={unit}")).into_response()),
        Err(AppError::Queue(why)) => {
            let said = refusal(&why);
            Ok(html_as(StatusCode::CONFLICT, &drawn(&web, &visitor, unit, Some(said)).await?))
        }
        Err(other) => Err(other.into()),
    }
}

fn act_of(posted: &Posted) -> Result<DeskAct, Problem> {
    let ticket = || posted.trimmed("ve").parse::<TicketId>().map_err(|_| Problem::BadForm);
    Ok(match posted.trimmed("lenh") {
        "ngoi" => DeskAct::Sit(posted.trimmed("quay").parse().map_err(|_| Problem::BadForm)?),
        "goi" => DeskAct::Next,
        "goi-lai" => DeskAct::Recall(ticket()?),
        "vang" => DeskAct::Skip(ticket()?),
        "tiep" => DeskAct::Serve(ticket()?),
        "quay-lai" => DeskAct::ComeBack(ticket()?),
        "chuyen" => {
            // "B": that service, wherever; "B-2": counter 2 alone.
            let (series, counter) = match posted.trimmed("toi").split_once('-') {
                Some((series, counter)) => (series, Some(counter.parse().map_err(|_| Problem::BadForm)?)),
                None => (posted.trimmed("toi"), None),
            };
            let series = series.parse().map_err(|_| Problem::BadForm)?;
            DeskAct::Transfer(ticket()?, Destination { series, counter })
        }
        _ => return Err(Problem::BadForm),
    })
}

async fn drawn(web: &Web, visitor: &Visitor, unit: UnitId, said: Option<Said>) -> Result<DeskPage, Problem> {
    let queue = app::queue::queue(&web.house, unit).await?;
    let person = visitor.person()?;
    let here = queue.setup.counter_of(person, queue.now);
    let ticket = |it: &Ticket| shown(&queue, it);
    let current = here.and_then(|it| queue.called_to(it));
    let served = here.filter(|_| current.is_none()).and_then(|it| queue.served_last_at(it));
    let sent_on = current.or(served);
    let page = frame::staff(web, visitor, say("queue-desk-title"), "/quay");
    let own_key = encoded(&key(web, unit));
    Ok(DeskPage {
        page: if said.is_some() { page.with_error_title() } else { page },
        tab: DeskTab::Queue,
        unit: frame::unit_today(web, unit),
        unit_id: unit.to_string(),
        said,
        counters: queue.setup.counters.iter().filter(|it| it.is_open).map(|it| seat(web, &queue, it, person)).collect(),
        counter: here.map_or(0, |it| it.number),
        current: current.map(ticket),
        served: served.map(ticket),
        next: here.and_then(|it| queue.next_at(it)).map(ticket),
        absent: queue.absent().into_iter().take(ABSENT_MAX).map(ticket).collect(),
        destinations: sent_on.zip(here).map(|(it, here)| destinations(&queue, it, here)).unwrap_or_default(),
        waits: rows(&queue, here),
        board: format!("/bang-goi-so/{own_key}"),
        stream: format!("/bang-goi-so/{own_key}/luong"),
        edition: queue.edition,
    })
}

fn seat(web: &Web, queue: &Queue, it: &Counter, person: PersonId) -> CounterChoice {
    let known = web.house.now_known();
    let sitting = it.sitting(queue.now);
    let serves: Vec<String> = it.serves.iter().map(|series| queue.setup.name_of(*series)).collect();
    CounterChoice {
        number: it.number,
        serves: serves.join(" · "),
        taken_by: sitting.filter(|it| *it != person).map(|it| known.staff_name(it).to_owned()).unwrap_or_default(),
        own: sitting == Some(person),
    }
}

fn shown(queue: &Queue, it: &Ticket) -> DeskTicket {
    let until = if it.state == TicketState::Waiting { queue.now } else { it.first_called_at.unwrap_or(queue.now) };
    let waited = (until.micros() - it.taken_at.micros()).max(0) / 60_000_000;
    let taken = spoken::time(it.taken_at.local());
    DeskTicket {
        id: it.id.to_string(),
        number: it.number.to_string(),
        service: queue.setup.name_of(it.wants),
        lane: if it.lane == Lane::Priority { say("queue-desk-priority") } else { "" },
        waited: say_with("queue-desk-waited", &[("at", &taken), ("time", &minutes(waited))]),
        called: if it.calls > 1 { say_with("queue-desk-called", &[("count", &it.calls)]) } else { String::new() },
    }
}

/// Other services, and other counters that are open.
fn destinations(queue: &Queue, it: &Ticket, here: &Counter) -> Vec<ChoiceView> {
    let services =
        queue.setup.services.iter().filter(|service| {
            queue.setup.offers(service.series) && !(service.series == it.wants && here.takes(it.wants))
        });
    let counters = queue.setup.counters.iter().filter(|other| other.is_open && other.number != here.number);
    let to_service = services.map(|it| ChoiceView::new(it.series.to_string(), format!("{} – {}", it.series, it.name)));
    let to_counter = counters.map(|other| {
        let series = if other.serves.contains(&it.wants) { Some(it.wants) } else { other.serves.first().copied() };
        let series = series.unwrap_or(it.wants);
        ChoiceView::new(
            format!("{series}-{}", other.number),
            format!("{} {}", say("queue-board-counter"), other.number),
        )
    });
    to_service.chain(to_counter).collect()
}

/// How people wait, a row for each service.
pub(super) fn rows(queue: &Queue, here: Option<&Counter>) -> Vec<WaitRow> {
    let own = |it: &Waits| here.is_some_and(|counter| counter.takes(it.series));
    let told = |count: Option<i64>| count.map_or_else(|| "–".to_owned(), minutes);
    queue
        .waits()
        .into_iter()
        .map(|it| WaitRow {
            series: it.series.to_string(),
            name: queue.setup.name_of(it.series),
            waiting: it.waiting,
            called: it.called,
            served: it.served,
            absent: it.absent,
            average: told(it.average_minutes),
            longest: told(it.longest_minutes),
            is_long: it.longest_minutes.is_some_and(|it| it > LONG_MINUTES),
            own: own(&it),
        })
        .collect()
}
