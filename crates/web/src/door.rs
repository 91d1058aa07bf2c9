//! The doors of the house: every route is added with who may open it, and the list can be read.

use crate::Web;
use crate::problem::Problem;
use crate::visitor::{Kind, Visitor};
use app::AppError;
use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request};
use axum::handler::Handler;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use domain::post::Post;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Either};
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

/// Largest body of a form without files, in bytes.
pub const FORM_BYTES_MAX: usize = 64 << 20;

/// Who may open a route at all. What they may do behind it is decided by `app::authorise`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Everybody.
    Anyone,
    /// Citizens with an account.
    Citizen,
    /// Everybody with an account.
    Account,
    /// Staff who hold a post today.
    Staff,
    /// Staff who hold one of these posts today.
    Posts(&'static [Post]),
    /// Machines: probes, monitors and partners. No session counts here; the handler believes an address or a signature alone.
    Machine,
}

/// One route of the house.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteInfo {
    /// `GET` or `POST`.
    pub method: Method,
    /// Its path, with parts in braces.
    pub path: &'static str,
    /// Who may open it.
    pub door: Door,
    /// Largest body it reads, in bytes: more than [`FORM_BYTES_MAX`] where a form brings files.
    pub bytes_max: usize,
}

impl RouteInfo {
    /// True where the form is sent in parts, files among them.
    pub fn takes_files(&self) -> bool {
        self.bytes_max > FORM_BYTES_MAX
    }
}

/// Routes being added.
#[derive(Default)]
pub struct Routes {
    /// The router.
    pub router: Router<Web>,
    /// What was added.
    pub list: Vec<RouteInfo>,
}

impl Routes {
    /// Adds a page.
    #[must_use]
    pub fn get<H, T>(self, path: &'static str, door: Door, handler: H) -> Self
    where
        H: Handler<T, Web>,
        T: 'static,
    {
        self.add(Method::GET, MethodFilter::GET, path, door, handler, FORM_BYTES_MAX)
    }

    /// Adds an act: a form without files.
    #[must_use]
    pub fn post<H, T>(self, path: &'static str, door: Door, handler: H) -> Self
    where
        H: Handler<T, Web>,
        T: 'static,
    {
        self.add(Method::POST, MethodFilter::POST, path, door, handler, FORM_BYTES_MAX)
    }

    /// Adds an act with files: at most so many bytes in all.
    #[must_use]
    pub fn post_files<H, T>(self, path: &'static str, door: Door, handler: H, bytes_max: usize) -> Self
    where
        H: Handler<T, Web>,
        T: 'static,
    {
        self.add(Method::POST, MethodFilter::POST, path, door, handler, bytes_max)
    }

    /// Adds what a machine asks.
    #[must_use]
    pub fn machine_get<H, T>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, Web>,
        T: 'static,
    {
        self.listed(Method::GET, path, Door::Machine, FORM_BYTES_MAX, on(MethodFilter::GET, handler))
    }

    /// Adds what a machine tells: at most so many bytes.
    #[must_use]
    pub fn machine_post<H, T>(self, path: &'static str, handler: H, bytes_max: usize) -> Self
    where
        H: Handler<T, Web>,
        T: 'static,
    {
        let limited = on::<H, T, Web>(MethodFilter::POST, handler);
        let limited = limited.layer::<_, Infallible>(DefaultBodyLimit::max(bytes_max));
        self.listed(Method::POST, path, Door::Machine, bytes_max, limited)
    }

    fn add<H, T>(
        self,
        method: Method,
        filter: MethodFilter,
        path: &'static str,
        door: Door,
        handler: H,
        bytes_max: usize,
    ) -> Self
    where
        H: Handler<T, Web>,
        T: 'static,
    {
        self.listed(method, path, door, bytes_max, on(filter, Behind { door, bytes_max, handler }))
    }

    fn listed(
        mut self,
        method: Method,
        path: &'static str,
        door: Door,
        bytes_max: usize,
        handlers: MethodRouter<Web>,
    ) -> Self {
        self.router = self.router.route(path, handlers);
        self.list.push(RouteInfo { method, path, door, bytes_max });
        self
    }
}

/// A handler behind its door, which reads bodies of so many bytes at most.
#[derive(Clone)]
struct Behind<H> {
    door: Door,
    bytes_max: usize,
    handler: H,
}

impl<H, T> Handler<T, Web> for Behind<H>
where
    H: Handler<T, Web>,
    T: 'static,
{
    type Future = Either<H::Future, BoxFuture<'static, Response>>;

    fn call(self, mut request: Request, web: Web) -> Self::Future {
        let answer = request.extensions().get::<Visitor>().map_or(Answer::Closed, |it| answer(self.door, it));
        DefaultBodyLimit::max(self.bytes_max).apply(&mut request);
        match answer {
            Answer::Open => Either::Left(self.handler.call(request, web)),
            shut => Either::Right(turned_away(shut, request).boxed()),
        }
    }
}

/// A request by a method that its address does not know: behind the same door as the others, so that a shut one does not show itself.
pub async fn other_method(doors: Arc<HashMap<&'static str, Door>>, request: Request) -> Response {
    let door = request.extensions().get::<MatchedPath>().and_then(|it| doors.get(it.as_str())).copied();
    let visitor = request.extensions().get::<Visitor>();
    match visitor.map_or(Answer::Closed, |it| door.map_or(Answer::Open, |door| answer(door, it))) {
        Answer::Open => StatusCode::METHOD_NOT_ALLOWED.into_response(),
        shut => turned_away(shut, request).await,
    }
}

async fn turned_away(answer: Answer, request: Request) -> Response {
    let visitor = request.extensions().get::<Visitor>();
    match (answer, visitor) {
        (Answer::SignIn(address), Some(visitor)) if request.method() == Method::GET => {
            Redirect::to(&format!("{address}?ve={}", crate::frame::encoded(&visitor.path))).into_response()
        }
        (Answer::SignIn(address), _) => {
            crate::kept::hear(request).await;
            Problem::SignInFirst { address }.into_response()
        }
        (Answer::Hidden, Some(visitor)) => {
            noted(&request, visitor);
            Problem::from(AppError::NotFound).into_response()
        }
        (Answer::Hidden | Answer::Closed | Answer::Open, _) => Problem::from(AppError::Forbidden).into_response(),
    }
}

/// One line in the log for a citizen before a door of the staff, to whom it is not there: the account, and the route without what
/// stands in it. Whoever is told that a door is not theirs is noted where that is told.
fn noted(request: &Request, visitor: &Visitor) {
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let person = visitor.who.as_ref().map(|it| it.person.to_string()).unwrap_or_default();
    tracing::warn!(door.route = route, door.account = person, "a door stays shut");
}

enum Answer {
    Open,
    SignIn(&'static str),
    Hidden,
    Closed,
}

fn answer(door: Door, visitor: &Visitor) -> Answer {
    let kind = visitor.who.as_ref().map(|it| it.kind);
    match (door, kind) {
        (Door::Anyone | Door::Machine, _) | (Door::Account, Some(_)) => Answer::Open,
        (Door::Citizen, Some(Kind::Citizen)) => Answer::Open,
        (Door::Staff, Some(Kind::Staff)) if visitor.holds_any(&Post::ALL) => Answer::Open,
        (Door::Posts(posts), Some(Kind::Staff)) if visitor.holds_any(posts) => Answer::Open,
        (Door::Staff | Door::Posts(_), Some(Kind::Staff)) => Answer::Closed,
        (Door::Citizen | Door::Account, None) => Answer::SignIn("/dang-nhap"),
        (Door::Citizen, Some(Kind::Staff)) => Answer::Closed,
        (Door::Staff | Door::Posts(_), None) => Answer::SignIn(crate::staff::SIGN_IN),
        (Door::Staff | Door::Posts(_), Some(Kind::Citizen)) => Answer::Hidden,
    }
}
