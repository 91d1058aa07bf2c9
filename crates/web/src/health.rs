//! What a probe and a monitor ask: whether the process lives, whether it can work, and its figures.

use crate::Web;
use crate::address;
use crate::door::Routes;
use crate::measure;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use axum::response::{IntoResponse, Response};

/// The process lives. Asks nothing of anybody.
pub const LIVES: &str = "/healthz";
/// It can work.
pub const READY: &str = "/readyz";
/// Its figures, for the addresses the office names.
pub const FIGURES: &str = "/metrics";

/// The three of them. No visitor is known here and no session is asked for: they must answer where the database does not.
pub fn routes() -> Routes {
    Routes::default().machine_get(LIVES, lives).machine_get(READY, ready).machine_get(FIGURES, figures)
}

async fn lives() -> Response {
    plain(StatusCode::OK, "alive\n".to_owned())
}

/// Ready only when all of it holds; what does not is named, without a word of where or why.
async fn ready(State(web): State<Web>) -> Response {
    let found = app::health::readiness(&web.house).await;
    let line = |name: &str, holds: bool| format!("{name}: {}\n", if holds { "ok" } else { "not ok" });
    let told = [
        line("database", found.database),
        line("schema", found.schema),
        line("outbox", found.outbox),
        line("reorganisation", found.reorganisation),
    ]
    .concat();
    let status = if found.is_ready() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    plain(status, told)
}

async fn figures(State(web): State<Web>, request: Request) -> Response {
    let from = address::of_neighbour(request.extensions(), request.headers(), &web.proxies);
    if !from.is_some_and(|it| web.meters.may_read(it)) {
        return plain(StatusCode::NOT_FOUND, String::new());
    }
    let told = web.meters.told(&web.house).await;
    ([(CONTENT_TYPE, measure::FORM), (CACHE_CONTROL, "no-store")], told).into_response()
}

fn plain(status: StatusCode, words: String) -> Response {
    let headers: [(HeaderName, &str); 2] = [(CONTENT_TYPE, "text/plain; charset=utf-8"), (CACHE_CONTROL, "no-store")];
    (status, headers, words).into_response()
}
