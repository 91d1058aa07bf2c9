//! The frame of a page: identity bar, banner, navigation, footer, from what is known of the visitor.

use crate::Web;
use crate::page::{
    BodyClass, DemoBanner, DeskFooter, Flash, NavItem, OtherLanguage, Page, Section, Tone, UserChip, UserKind,
};
use crate::spoken;
use crate::texts::{self, Language};
use crate::visitor::{Kind, Visitor};
use crate::{say, say_with};
use askama::Template;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::ids::UnitId;
use domain::organisation::{Standing, UnitAttributes};
use domain::post::Post;
use std::any::type_name;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

/// The frame of a citizens' page.
pub fn citizen(web: &Web, visitor: &Visitor, title: impl Into<String>, section: Section) -> Page {
    let mut page = Page::citizen(title, section);
    fill(web, visitor, &mut page);
    if visitor.is_staff() {
        page.nav = nav(visitor, "");
    }
    page.other_language = Some(other_language(&page.path, page.language));
    page
}

/// The same page in the other language.
pub fn other_language(path: &str, language: Language) -> OtherLanguage {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let kept = query.split('&').filter(|it| !it.is_empty() && !it.starts_with("lang="));
    let other = language.other();
    let mut href = String::with_capacity(path.len() + query.len() + "?&lang=vi".len());
    href.push_str(path);
    href.push('?');
    for it in kept {
        href.push_str(it);
        href.push('&');
    }
    href.push_str("lang=");
    href.push_str(other.code());
    OtherLanguage { language: other, href }
}

/// The frame of a page of the staff; `part` is the address its navigation entry begins with.
pub fn staff(web: &Web, visitor: &Visitor, title: impl Into<String>, part: &str) -> Page {
    let mut page = Page::staff(title, nav(visitor, part));
    page.for_control = visitor.holds_any(&[Post::ControlOfficer]);
    fill(web, visitor, &mut page);
    page.other_language = Some(other_language(&page.path, page.language));
    page
}

/// The frame of a paper.
pub fn paper(web: &Web, visitor: &Visitor, title: impl Into<String>) -> Page {
    let mut page = Page::citizen(title, Section::Elsewhere);
    fill(web, visitor, &mut page);
    if visitor.is_staff() {
        page.nav = nav(visitor, "");
    }
    page.reform = None;
    page.body_class = BodyClass::Paper;
    page
}

fn fill(web: &Web, visitor: &Visitor, page: &mut Page) {
    let known = web.house.now_known();
    let now = web.house.clock.now();
    let today = now.day();
    let own = visitor.who.as_ref().and_then(|it| it.posts.first()).map(|it| it.0);
    let top = || {
        let mut standing = known.organisation.standing_on(today);
        standing.find(|(_, it)| it.parent.is_none() && it.standing == Standing::Authority).map(|(id, _)| id)
    };
    if let Some(unit) = own.or_else(top)
        && let Some(it) = known.organisation.attributes_on(unit, today)
    {
        let name = web.house.rules.office_name.as_ref().filter(|_| own.is_none()).unwrap_or(&it.name);
        page.unit_name.clone_from(name);
        page.desk = Some(desk_at_the_foot(it));
    }
    page.place = web.house.rules.place.clone().unwrap_or_default();
    if web.house.rules.demo {
        page.demo = Some(DemoBanner { simulated: spoken::moment(now.local()) });
    }
    page.user = visitor.who.as_ref().map(|it| UserChip {
        name: it.name.clone(),
        kind: match it.kind {
            Kind::Citizen => UserKind::Citizen,
            Kind::Staff => UserKind::Staff,
        },
    });
    let units: Option<Vec<UnitId>> =
        visitor.who.as_ref().filter(|_| visitor.is_staff()).map(|it| it.posts.iter().map(|it| it.0).collect());
    page.reform = crate::citizen::reform::notice(&known, today, units.as_deref());
    if visitor.is_staff() {
        page.flash = stalled(web, visitor).map(|text| Flash { tone: Tone::Bad, text });
    }
    page.language = texts::language();
    page.csrf.clone_from(&visitor.csrf);
    page.path.clone_from(&visitor.path);
}

thread_local! {
    /// The desk at the foot of the last page, of which unit and in which language: nearly every page names the same.
    static LAST_DESK: RefCell<Option<(Language, UnitAttributes, Arc<DeskFooter>)>> = const { RefCell::new(None) };
}

/// The desk of a unit in words.
fn desk_at_the_foot(it: &UnitAttributes) -> Arc<DeskFooter> {
    let language = texts::language();
    let last = LAST_DESK.with_borrow(|last| {
        let last = last.as_ref().filter(|(own, unit, _)| *own == language && unit == it);
        last.map(|(.., desk)| Arc::clone(desk))
    });
    last.unwrap_or_else(|| {
        let desk = Arc::new(DeskFooter {
            name: say_with("frame-desk", &[("unit", &it.name)]),
            address: it.seat.clone(),
            hours: hours_in_words(&it.hours),
        });
        LAST_DESK.set(Some((language, it.clone(), Arc::clone(&desk))));
        desk
    })
}

/// A plan that could not be put in force at its instant: everybody of the staff is told why nothing goes on, and who looks after the
/// house what to do; these also before the instant, where it could not be prepared.
fn stalled(web: &Web, visitor: &Visitor) -> Option<String> {
    let it = app::reform::stalled(&web.house)?;
    let at = spoken::moment(it.effective_at.local());
    let is_late = it.effective_at <= web.house.clock.now();
    let key = if is_late { "nav-stalled-late" } else { "nav-stalled-ahead" };
    let said = say_with(key, &[("instrument", &it.instrument), ("at", &at)]);
    if visitor.holds_any(&[Post::Administrator, Post::ControlOfficer]) {
        let undo = format!("motcua reorganise --undo {}", it.plan);
        Some(say_with("nav-stalled-why", &[("said", &said), ("why", &it.why), ("undo", &undo)]))
    } else {
        is_late.then(|| say_with("nav-stalled-known", &[("said", &said)]))
    }
}

/// "thứ Hai đến thứ Sáu, 7 giờ 30 – 11 giờ 30 và 13 giờ 30 – 17 giờ 30".
pub fn hours_in_words(hours: &domain::calendar::OpeningHours) -> String {
    let day = jiff::civil::date(2025, 1, 1);
    let spans: Vec<String> = hours
        .spans()
        .iter()
        .map(|it| format!("{} – {}", spoken::time(day.to_datetime(it.opens)), spoken::time(day.to_datetime(it.closes))))
        .collect();
    say_with("frame-hours", &[("spans", &spans.join(say("frame-and")))])
}

fn nav(visitor: &Visitor, part: &str) -> Vec<NavItem> {
    let entries: [(&str, &str, &[Post]); 5] = [
        ("nav-desk", "/quay", &[Post::Reception]),
        ("nav-work", "/nghiep-vu", &[Post::Reception, Post::Specialist, Post::Head, Post::Leader, Post::Clerk]),
        ("nav-leaders", "/lanh-dao", &[Post::Head, Post::Leader]),
        ("nav-control", "/kiem-soat", &[Post::ControlOfficer, Post::Leader, Post::Head]),
        ("nav-admin", "/quan-tri", &[Post::Administrator]),
    ];
    entries
        .into_iter()
        .filter(|(_, _, posts)| visitor.holds_any(posts))
        .map(|(key, href, _)| NavItem { label: say(key).to_owned(), href: href.to_owned(), current: href == part })
        .collect()
}

/// A page with a message above its matter.
pub fn flash(mut page: Page, tone: Tone, text: impl Into<String>) -> Page {
    page.flash = Some(Flash { tone, text: text.into() });
    page
}

/// Renders a view.
pub fn html<T: Template>(view: &T) -> Response {
    html_as(StatusCode::OK, view)
}

/// So many headers an answer usually has.
const HEADERS_USUAL: usize = 16;
/// No page gets more room ahead than this: a long one grows.
const ROOM_BYTES_MAX: usize = 128 << 10;

thread_local! {
    /// How long the last page of each kind became: the next one finds its room at once.
    static LENGTHS: RefCell<HashMap<&'static str, usize>> = RefCell::default();
}

/// Draws a page into room for one as long as the last of its kind.
fn drawn<T: Template>(view: &T) -> askama::Result<String> {
    let kind = type_name::<T>();
    let last = LENGTHS.with_borrow(|it| it.get(kind).copied()).unwrap_or(T::SIZE_HINT);
    let mut text = String::with_capacity((last + last / 8).min(ROOM_BYTES_MAX));
    view.render_into(&mut text)?;
    LENGTHS.with_borrow_mut(|it| it.insert(kind, text.len()));
    Ok(text)
}

/// Renders a view with another status.
pub fn html_as<T: Template>(status: StatusCode, view: &T) -> Response {
    match drawn(view) {
        Ok(text) => {
            let mut response = Response::new(Body::from(text));
            *response.status_mut() = status;
            // What every answer says besides has its room at once.
            *response.headers_mut() = HeaderMap::with_capacity(HEADERS_USUAL);
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
            response
        }
        Err(why) => crate::problem::Problem::from(app::AppError::fault("drawing a page", why)).into_response(),
    }
}

/// Says that a page looks again by itself, after so many seconds.
const LOOK_AGAIN: (HeaderName, &str) = (HeaderName::from_static("refresh"), "3");

/// A page with the header that has the browser look again, where something is on its way.
pub fn looking_again(response: Response, again: bool) -> Response {
    if again { ([LOOK_AGAIN], response).into_response() } else { response }
}

/// A text as a part of an address.
pub fn encoded(text: &str) -> String {
    use std::fmt::Write;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    if text.bytes().all(is_plain) {
        return text.to_owned();
    }
    text.bytes().fold(String::with_capacity(text.len() * 2), |mut out, byte| {
        if is_plain(byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// An address of our own to go back to; anything else leads home.
pub fn safe_return(text: &str, home: &str) -> String {
    let clean = !text.contains('\\') && !text.chars().any(char::is_control);
    let ours = text.starts_with('/') && !text.starts_with("//") && clean;
    if ours { text.to_owned() } else { home.to_owned() }
}

/// What a unit is called today, or who has its duties where it ended.
pub fn unit_today(web: &Web, unit: UnitId) -> String {
    let known = web.house.now_known();
    known.organisation.name_on(known.organisation.heir_of(unit), web.house.clock.now().day()).to_owned()
}
