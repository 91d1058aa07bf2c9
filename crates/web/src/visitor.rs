//! Who talks to us: read once from the cookies, known to every handler.

use crate::Web;
use crate::address;
use crate::around::answer_of;
use crate::kept::Typed;
use crate::pairs;
use crate::problem::{self, Problem};
use crate::texts::{self, Language};
use app::AppError;
use app::accounts::{self, Origin, Standing};
use app::actor::Actor;
use axum::extract::{FromRequestParts, MatchedPath, Request};
use axum::http::header::{
    CONTENT_LANGUAGE, CONTENT_TYPE, COOKIE, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN, SET_COOKIE, USER_AGENT,
    VARY,
};
use axum::http::request::Parts;
use axum::http::{Method, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::Route;
use domain::ids::{PersonId, UnitId};
use domain::post::Post;
use futures_util::FutureExt;
use std::net::IpAddr;
use std::ops::Deref;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;

/// Where the browser says which site a request comes from.
static FETCHED_BY: HeaderName = HeaderName::from_static("sec-fetch-site");
/// Longest address of a page that is kept of a request, in characters.
const PATH_CHARS_MAX: usize = 2_000;
/// Longest name of a browser that is kept, in characters.
const DEVICE_CHARS_MAX: usize = 200;

/// The cookies of the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// Of somebody signed in.
    Session,
    /// Of somebody who is not: it carries nothing but chance, and proves that a form was ours.
    Guest,
    /// The language a visitor chose: no chance in it, and nothing about who they are.
    Language,
}

impl Cookie {
    /// Its name. Over TLS it bears the mark with which browsers take a cookie from this very host and over TLS alone: neither
    /// another host of the domain nor a wire without TLS can plant one.
    const fn name(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Self::Session, true) => "__Host-motcua_phien",
            (Self::Session, false) => "motcua_phien",
            (Self::Guest, true) => "__Host-motcua_khach",
            (Self::Guest, false) => "motcua_khach",
            (Self::Language, true) => "__Host-motcua_tieng",
            (Self::Language, false) => "motcua_tieng",
        }
    }
}

/// The two kinds of accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A citizen.
    Citizen,
    /// Staff.
    Staff,
}

/// Somebody signed in.
#[derive(Clone, Debug)]
pub struct Who {
    /// Who.
    pub person: PersonId,
    /// Full name.
    pub name: String,
    /// Citizen or staff.
    pub kind: Kind,
    /// Posts held today.
    pub posts: Vec<(UnitId, Post)>,
    /// The token of the session: only ever compared and hashed.
    pub token: String,
}

/// A session that opens nothing yet: somebody signed in with a password, and more is asked of them.
#[derive(Clone, Debug)]
pub struct Half {
    /// What is waited for.
    pub standing: Standing,
    /// The token of the session: only ever compared and hashed.
    pub token: String,
}

/// Who talks to us, and about which page. Whoever asks for it gets a count of the same one.
#[derive(Clone, Debug)]
pub struct Visitor(Arc<Caller>);

/// What is known of a [`Visitor`].
#[derive(Clone, Debug)]
pub struct Caller {
    /// Signed in, or not.
    pub who: Option<Who>,
    /// On the way to it: the password was right, and a code or a password of their own is still waited for.
    pub half: Option<Half>,
    /// What every form of theirs must carry.
    pub csrf: String,
    /// Path and query of this request.
    pub path: String,
    /// What the browser says it is.
    pub device: String,
    /// The address they ask from.
    pub address: IpAddr,
    /// What they read: pages of the office are Vietnamese whatever they chose (ADR 0019).
    pub language: Language,
}

impl Deref for Visitor {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl Caller {
    /// The actor of `app`; none for a guest.
    pub fn actor(&self) -> Option<Actor> {
        self.who.as_ref().map(|it| match it.kind {
            Kind::Citizen => Actor::Citizen(it.person),
            Kind::Staff => Actor::Staff(it.person),
        })
    }

    /// True for a control officer.
    pub fn is_control(&self) -> bool {
        self.holds_any(&[Post::ControlOfficer])
    }

    /// The person signed in.
    ///
    /// # Errors
    /// Nobody is: the door should have sent them away.
    pub fn person(&self) -> Result<PersonId, Problem> {
        self.who.as_ref().map(|it| it.person).ok_or_else(|| Problem::from(AppError::Forbidden))
    }

    /// The actor, where somebody is signed in.
    ///
    /// # Errors
    /// Nobody is.
    pub fn signed_in(&self) -> Result<Actor, Problem> {
        self.actor().ok_or_else(|| Problem::from(AppError::Forbidden))
    }

    /// Where they sign in from.
    pub fn origin(&self) -> Origin<'_> {
        Origin { device: &self.device, address: self.address }
    }

    /// True for staff.
    pub fn is_staff(&self) -> bool {
        self.who.as_ref().is_some_and(|it| it.kind == Kind::Staff)
    }

    /// True where one of these posts is held today.
    pub fn holds_any(&self, posts: &[Post]) -> bool {
        self.who.as_ref().is_some_and(|it| it.posts.iter().any(|(_, post)| posts.contains(post)))
    }

    /// Units where a post is held today.
    pub fn units_as(&self, post: Post) -> Vec<UnitId> {
        let posts = self.who.as_ref().map(|it| it.posts.as_slice()).unwrap_or_default();
        posts.iter().filter(|(_, held)| *held == post).map(|(unit, _)| *unit).collect()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Problem::from(AppError::Forbidden))
    }
}

/// Reads the cookies, refuses forms of other sites, and dresses refusals as pages.
pub async fn answered(web: &Web, mut request: Request, within: Route) -> Response {
    let headers = request.headers();
    let path = request.uri().path_and_query().map_or("/", |it| first_chars(it.as_str(), PATH_CHARS_MAX)).to_owned();
    let device = first_chars(header(headers, &USER_AGENT), DEVICE_CHARS_MAX).to_owned();
    let address = address::of_visitor(request.extensions(), headers, &web.proxies);
    let secure = is_secure(web);
    let guest = cookie(headers, Cookie::Guest.name(secure))
        .filter(|it| it.len() == 64 && it.bytes().all(|b| b.is_ascii_hexdigit()));
    let token = cookie(headers, Cookie::Session.name(secure));
    let remembered = cookie(headers, Cookie::Language.name(secure)).map(Language::of_code);
    let chosen = chosen(request.uri());
    let language = read_in(request.uri().path(), chosen, remembered);
    let fresh = if guest.is_none() { Some(web.house.ids.token()) } else { None };
    let guest = fresh.as_deref().or(guest).unwrap_or_default();
    let mut caller = Caller { who: None, half: None, csrf: String::new(), path, device, address, language };
    // At an instant nobody acts or reads by the day before; where that cannot be, who acts is told so.
    let flipped = app::reform::flip_before_reading(&web.house).await.map_err(Problem::from);
    let known = flipped.and_then(|()| sign_in_of(web, token)).map(|found| {
        if let Some(found) = found {
            if found.is_news {
                web.journal.seen(accounts::token_hash(&found.token));
            }
            found.becomes(&mut caller);
        }
    });
    if caller.csrf.is_empty() {
        caller.csrf = web.house.key.hash("csrf", guest);
    }
    let visitor = Visitor(Arc::new(caller));
    let is_news = chosen.is_some_and(|it| Some(it) != remembered);
    let remember = chosen.filter(|_| is_news && request.method() == Method::GET && !is_shared(request.uri().path()));
    request.extensions_mut().insert(visitor.clone());
    let answered = pin!(page_or_refusal(web, &visitor, request, within, known));
    let mut response = texts::speaking(visitor.language, answered).await;
    if let Some(guest) = fresh.filter(|_| visitor.who.is_none()) {
        set_cookie(&mut response, Cookie::Guest, &guest, secure);
    }
    if let Some(language) = remember {
        set_cookie(&mut response, Cookie::Language, language.code(), secure);
    }
    let headers = response.headers_mut();
    if headers.get(CONTENT_TYPE).is_some_and(|it| it.as_bytes().starts_with(b"text/html")) {
        headers.append(VARY, HeaderValue::from_static("cookie"));
        headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(visitor.language.code()));
    }
    response
}

/// The page, or the refusal dressed as one.
async fn page_or_refusal(
    web: &Web,
    visitor: &Visitor,
    mut request: Request,
    within: Route,
    known: Result<(), Problem>,
) -> Response {
    let headers = request.headers();
    let foreign = request.method() != Method::GET && request.method() != Method::HEAD && is_foreign(headers);
    let typed =
        if request.method() == Method::POST { Typed::listening(headers, &visitor.path) } else { Typed::default() };
    let route = request.extensions().get::<MatchedPath>().cloned();
    request.extensions_mut().insert(typed.clone());
    let response = match known {
        Err(problem) => problem.into_response(),
        Ok(()) if foreign => Problem::ForeignForm.into_response(),
        // An address that is no text names nothing.
        Ok(()) if pairs::decoded(request.uri().path()).is_none() => Problem::from(AppError::NotFound).into_response(),
        Ok(()) => AssertUnwindSafe(answer_of(within, request)).catch_unwind().await.unwrap_or_else(problem::panicked),
    };
    problem::noted(&response, visitor, route.as_ref().map_or("", MatchedPath::as_str));
    problem::dressed(web, visitor, response, &typed)
}

/// The language an address asks for: `?lang=en`. The link in the head of a page asks so, and it is remembered.
fn chosen(address: &Uri) -> Option<Language> {
    let asked = address.query()?.split('&').find_map(|it| it.strip_prefix("lang="))?;
    [Language::Vietnamese, Language::English].into_iter().find(|it| it.code() == asked)
}

/// What an address is read in, by what was chosen now or before.
fn read_in(path: &str, chosen: Option<Language>, remembered: Option<Language>) -> Language {
    chosen.or(remembered.filter(|_| !is_shared(path))).unwrap_or_default()
}

/// On a screen that many people use one after the other the language is the address's and is never remembered.
fn is_shared(path: &str) -> bool {
    path.starts_with("/kiosk/")
}

/// The same visitor under the session that just began.
///
/// # Errors
/// The house failed.
pub(crate) fn signed_in_as(web: &Web, visitor: &Visitor, token: &str) -> Result<Visitor, Problem> {
    let mut now = visitor.clone();
    if let Some(found) = sign_in_of(web, Some(token))? {
        found.becomes(Arc::make_mut(&mut now.0));
    }
    Ok(now)
}

/// A running session with a person.
struct Found {
    token: String,
    csrf: String,
    /// Nobody where the session opens nothing yet.
    who: Option<Who>,
    standing: Standing,
    /// True where it was not heard of for a while.
    is_news: bool,
}

impl Found {
    fn becomes(self, visitor: &mut Caller) {
        visitor.csrf = self.csrf;
        visitor.half =
            if self.who.is_none() { Some(Half { standing: self.standing, token: self.token }) } else { None };
        visitor.who = self.who;
    }
}

fn sign_in_of(web: &Web, token: Option<&str>) -> Result<Option<Found>, Problem> {
    let Some(token) = token else { return Ok(None) };
    let Some((session, citizen)) = accounts::session_with_name(&web.house, token)? else { return Ok(None) };
    let Some(person) = session.person else { return Ok(None) };
    let standing = accounts::standing(&web.house, &session);
    let is_news = accounts::is_news(&web.house, &session);
    let token = token.to_owned();
    let found = Found { token: token.clone(), csrf: session.csrf, who: None, standing, is_news };
    match standing {
        Standing::Whole => {}
        Standing::WaitsForCode | Standing::WaitsForPassword => return Ok(Some(found)),
        Standing::Outgrown => return Ok(None),
    }
    let known = web.house.now_known();
    let today = web.house.clock.now().day();
    let (name, kind) = match known.staff_name(person) {
        "" => (citizen, Kind::Citizen),
        name => (name.to_owned(), Kind::Staff),
    };
    let posts = known.mandates.of(person, today).map(|it| (it.unit, it.post)).collect();
    Ok(Some(Found { who: Some(Who { person, name, kind, posts, token }), ..found }))
}

/// A form sent by a page of another site: browsers say so.
fn is_foreign(headers: &HeaderMap) -> bool {
    match header(headers, &FETCHED_BY) {
        "" | "same-origin" | "none" => {}
        _ => return true,
    }
    let origin = header(headers, &ORIGIN);
    let host = header(headers, &HOST);
    !origin.is_empty() && origin != "null" && origin.split("://").nth(1) != Some(host)
}

/// True where the browser says that a page of ours sent the form; an old one says nothing.
pub(crate) fn is_vouched_for(headers: &HeaderMap) -> bool {
    let same_origin = header(headers, &FETCHED_BY) == "same-origin";
    let origin = header(headers, &ORIGIN);
    !is_foreign(headers) && (same_origin || (!origin.is_empty() && origin != "null"))
}

fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or("")
}

/// What a text begins with, at most so many characters.
pub(crate) fn first_chars(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let end = text.char_indices().nth(most).map_or(text.len(), |it| it.0);
    text.get(..end).unwrap_or_default()
}

/// One cookie of a request.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|it| it.to_str().ok())
        .flat_map(|it| it.split(';'))
        .filter_map(|it| it.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// Sets a cookie for as long as the browser is open, the language for a year; or takes it back where `value` is empty.
pub fn set_cookie(response: &mut Response, cookie: Cookie, value: &str, secure: bool) {
    let life = match (value, cookie) {
        ("", _) => "; Max-Age=0",
        (_, Cookie::Language) => "; Max-Age=31536000",
        (_, Cookie::Session | Cookie::Guest) => "",
    };
    let over_tls = if secure { "; Secure" } else { "" };
    let text = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax{over_tls}{life}", cookie.name(secure));
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().append(SET_COOKIE, value);
    }
}

/// True where citizens reach us over TLS: cookies then travel nowhere else.
pub fn is_secure(web: &Web) -> bool {
    web.house.rules.public_url.starts_with("https://")
}
