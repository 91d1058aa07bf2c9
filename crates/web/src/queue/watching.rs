//! How people wait today, for leaders and control officers.

use super::desk::rows;
use super::key;
use super::views::{WatchedQueue, WatchingPage};
use crate::Web;
use crate::frame::{self, encoded, html};
use crate::problem::Problem;
use crate::spoken;
use crate::visitor::Visitor;
use crate::{say, say_with};
use axum::extract::State;
use axum::response::Response;

/// Where it stands.
pub const ADDRESS: &str = "/kiem-soat/hang-doi";

/// The page.
pub async fn page(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let queues = app::queue::watched(&web.house, visitor.person()?).await?;
    let queues = queues.iter().map(|it| {
        let open = it.setup.counters.iter().filter(|it| it.is_open);
        let sitting = open.clone().filter(|counter| counter.sitting(it.now).is_some()).count();
        WatchedQueue {
            unit: frame::unit_today(&web, it.unit),
            waits: rows(it, None),
            counters: say_with("queue-watch-counters", &[("sitting", &sitting), ("open", &open.count())]),
            board: format!("/bang-goi-so/{}", encoded(&key(&web, it.unit))),
        }
    });
    let view = WatchingPage {
        page: frame::staff(&web, &visitor, say("queue-watch-title"), "/kiem-soat"),
        lead: say_with("queue-watch-lead", &[("at", &spoken::moment(web.house.clock.now().local()))]),
        queues: queues.collect(),
    };
    Ok(html(&view))
}
