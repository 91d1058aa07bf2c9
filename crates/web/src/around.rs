//! What is done around every answer: it is counted and timed, compressed for whoever understands that, given its visitor, and sent with
//! the headers of the house.
//!
//! One layer does it all, one function after the other. Each layer of its own costs a request two boxes, and copies of all that lies
//! inside it.

use crate::Web;
use crate::measure::Measured;
use crate::{security, visitor};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, HeaderValue, VARY};
use axum::response::{IntoResponse, Response};
use axum::routing::Route;
use std::convert::Infallible;
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;
use tower::layer::{Layer, layer_fn};
use tower::{Service, service_fn};
use tower_http::compression::Compression;
use tracing::Instrument;

/// Longest time a request may take: a large file over a slow line included.
const REQUEST_MAX: Duration = Duration::from_secs(900);

/// What is asked: a page or an act of somebody, or what a probe wants to know.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Somebody's.
    Page,
    /// A probe's: no visitor is known, no session asked for.
    Probe,
}

/// A route with what lies around it.
#[derive(Clone)]
pub struct Around {
    web: Web,
    kind: Kind,
    within: Route,
}

/// Lays around every route what is done around every answer.
pub fn layer(web: &Web, kind: Kind) -> impl Layer<Route, Service = Around> + Clone + use<> {
    let web = web.clone();
    layer_fn(move |within| Around { web: web.clone(), kind, within })
}

impl Service<Request> for Around {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let Self { web, kind, within } = self.clone();
        Box::pin(async move {
            Ok(match kind {
                Kind::Page => page(&web, request, within).await,
                Kind::Probe => probe(&web, request, within).await,
            })
        })
    }
}

/// What a route answers.
pub async fn answer_of(mut route: Route, request: Request) -> Response {
    match route.call(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

async fn page(web: &Web, request: Request, within: Route) -> Response {
    let measured = Measured::begin(&request);
    let span = measured.span();
    // Where it lies, it stays: what is moved into another future is copied.
    let answered = pin!(compressed(web, request, within));
    let mut response = in_time(answered.instrument(span.clone())).await;
    measured.end(&web.meters, &response, &span);
    security::add_headers(web, response.headers_mut());
    response
}

async fn probe(web: &Web, request: Request, within: Route) -> Response {
    let mut response = in_time(answer_of(within, request)).await;
    security::add_headers(web, response.headers_mut());
    response
}

async fn in_time(answered: impl Future<Output = Response>) -> Response {
    let answered = tokio::time::timeout(REQUEST_MAX, answered).await;
    answered.unwrap_or_else(|_| StatusCode::SERVICE_UNAVAILABLE.into_response())
}

/// Compresses what is sent to a visitor who understands that. Who does not goes past it: a compressed body is several kilobytes of
/// state, carried along also where nothing is in it.
async fn compressed(web: &Web, request: Request, within: Route) -> Response {
    if !request.headers().contains_key(ACCEPT_ENCODING) {
        let mut response = visitor::answered(web, request, within).await;
        // Whoever keeps it on the way must not give this one to everybody. What says nothing of being kept is kept by nobody
        // (`security::add_headers`).
        if response.headers().contains_key(CACHE_CONTROL) {
            response.headers_mut().append(VARY, HeaderValue::from_static("accept-encoding"));
        }
        return response;
    }
    let inside = service_fn(|request: Request| {
        let (web, within) = (web.clone(), within.clone());
        async move { Ok::<_, Infallible>(visitor::answered(&web, request, within).await) }
    });
    let answered = Box::pin(Compression::new(inside).call(request));
    match answered.await {
        Ok(response) => response.into_response(),
        Err(never) => match never {},
    }
}
