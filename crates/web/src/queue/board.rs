//! The board of a hall: numbers and counters, and never anything else.

use super::views::{BoardPage, BoardRow};
use super::{feeds, key, queue_of};
use crate::Web;
use crate::frame::{self, encoded, html};
use crate::page::Section;
use crate::problem::Problem;
use crate::say;
use crate::visitor::Visitor;
use app::AppError;
use app::queue::unit_of;
use axum::extract::{Path, State};
use axum::response::Response;

/// Most numbers of one part of a board: what can be read across a hall.
const ROWS_MAX: usize = 8;

/// The board.
pub async fn page(State(web): State<Web>, visitor: Visitor, Path(unit): Path<String>) -> Result<Response, Problem> {
    let queue = queue_of(&web, &unit).await?;
    let rows = |is_called: bool| -> Vec<BoardRow> {
        let shown = queue.board().into_iter().filter(|it| it.is_called == is_called).take(ROWS_MAX);
        shown.map(|it| BoardRow { number: it.number.to_string(), counter: it.counter, is_called }).collect()
    };
    let mut page = frame::citizen(&web, &visitor, say("queue-board-title"), Section::Elsewhere);
    page.unit_name = frame::unit_today(&web, queue.unit);
    Ok(html(&BoardPage {
        page,
        called: rows(true),
        others: rows(false),
        stream: format!("/bang-goi-so/{}/luong", encoded(&key(&web, queue.unit))),
        edition: queue.edition,
    }))
}

/// News for the board and for whoever follows a ticket.
pub async fn stream(State(web): State<Web>, visitor: Visitor, Path(unit): Path<String>) -> Result<Response, Problem> {
    let today = web.house.clock.now().day();
    let unit = unit_of(&web.house.now_known(), &unit, today).ok_or(AppError::NotFound)?;
    Ok(feeds::stream(&web, unit, visitor.address).await?)
}
