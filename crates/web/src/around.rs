//! What is done around every answer: it is counted and timed, compressed for whoever understands that, given its visitor, and sent with
//! the headers of the house.
//!
//! One layer does it all, one function after the other. Each layer of its own costs a request two boxes, and copies of all that lies
//! inside it.

use crate::Web;
use crate::measure::Measured;
use crate::{security, visitor};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, HeaderValue, VARY};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::convert::Infallible;
use std::future::Future;
use std::time::Duration;
use tower::{Service, service_fn};
use tower_http::compression::Compression;
use tracing::Instrument;

/// Longest time a request may take: a large file over a slow line included.
const REQUEST_MAX: Duration = Duration::from_secs(900);

/// Around a page or an act of somebody.
pub async fn page(State(web): State<Web>, request: Request, next: Next) -> Response {
    let measured = Measured::begin(&request);
    let span = measured.span();
    let mut response = in_time(compressed(&web, request, next).instrument(span.clone())).await;
    measured.end(&web.meters, &response, &span);
    security::add_headers(&web, response.headers_mut());
    response
}

/// Around what a probe asks.
pub async fn probe(State(web): State<Web>, request: Request, next: Next) -> Response {
    let mut response = in_time(next.run(request)).await;
    security::add_headers(&web, response.headers_mut());
    response
}

async fn in_time(answered: impl Future<Output = Response>) -> Response {
    let answered = tokio::time::timeout(REQUEST_MAX, answered).await;
    answered.unwrap_or_else(|_| StatusCode::SERVICE_UNAVAILABLE.into_response())
}

/// Compresses what is sent to a visitor who understands that. Who does not goes past it: a compressed body is several kilobytes of
/// state, carried along also where nothing is in it.
async fn compressed(web: &Web, request: Request, next: Next) -> Response {
    if !request.headers().contains_key(ACCEPT_ENCODING) {
        let mut response = visitor::answered(web, request, next).await;
        // Whoever keeps it on the way must not give this one to everybody. What says nothing of being kept is kept by nobody
        // (`security::add_headers`).
        if response.headers().contains_key(CACHE_CONTROL) {
            response.headers_mut().append(VARY, HeaderValue::from_static("accept-encoding"));
        }
        return response;
    }
    let inside = service_fn(|request: Request| {
        let (web, next) = (web.clone(), next.clone());
        async move { Ok::<_, Infallible>(visitor::answered(&web, request, next).await) }
    });
    let answered = Box::pin(Compression::new(inside).call(request));
    match answered.await {
        Ok(response) => response.into_response(),
        Err(never) => match never {},
    }
}
