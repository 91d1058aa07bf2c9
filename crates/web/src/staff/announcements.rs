//! What the office says to everybody: written, taken back, read aloud.

use super::phrases;
use super::report::units;
use super::views::{AnnouncementRow, AnnouncementsPage, BulletinPage, ChipView, StaffField};
use crate::Web;
use crate::frame::{self, html, html_as};
use crate::page::{FieldLink, Tone};
use crate::posted::Posted;
use crate::problem::Problem;
use crate::spoken;
use crate::texts;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::announcements::{self, Announcement, NewAnnouncement, TEXT_CHARS_MAX, TITLE_CHARS_MAX};
use app::{AppError, FieldProblem};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::MessageId;
use domain::post::Post;
use jiff::civil::Date;

/// Where they are kept.
pub const ADDRESS: &str = "/quan-tri/thong-bao";
/// The boxes: name here, name in `app`.
const BOXES: [(&str, &str); 5] =
    [("don-vi", "unit"), ("tieu-de", "title"), ("noi-dung", "text"), ("tu-ngay", "from"), ("den-ngay", "until")];

/// The list and the form for one more.
pub async fn page(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    Ok(html(&view(&web, &visitor, &Posted::default(), &[])?))
}

fn view(web: &Web, visitor: &Visitor, typed: &Posted, wrong: &[FieldProblem]) -> Result<AnnouncementsPage, Problem> {
    let (known, today) = (web.house.now_known(), web.house.clock.now().day());
    let mut choices = units(&known, typed.trimmed("don-vi").parse().ok(), today);
    if let Some(first) = choices.first_mut() {
        say("announcement-everybody").clone_into(&mut first.label);
    }
    let fields = vec![
        StaffField::line("tieu-de", say("announcement-heading"))
            .with_hint(say_with("announcement-heading-hint", &[("max", &TITLE_CHARS_MAX)])),
        StaffField::lines("noi-dung", say("house-words"), 6)
            .with_hint(say_with("announcement-words-hint", &[("max", &TEXT_CHARS_MAX)])),
        StaffField::select("don-vi", say("announcement-for"), choices),
        StaffField::day("tu-ngay", say("house-from")).with_hint(say("house-from-hint")).as_optional(),
        StaffField::day("den-ngay", say("house-until")),
    ];
    let fields = fields
        .into_iter()
        .map(|field| {
            let value: String = typed.text(&field.name).chars().take(TEXT_CHARS_MAX * 2).collect();
            let said = wrong.iter().find(|it| box_of(&it.field) == field.name).map(texts::field_problem);
            let field = field.with_value(value);
            match said {
                Some(said) => field.with_error(said),
                None => field,
            }
        })
        .collect();
    let asked = phrases::asked(visitor);
    let mut shown = frame::staff(web, visitor, say("announcement-title"), part(visitor));
    if asked.has("xong") {
        shown = frame::flash(shown, Tone::Good, say("announcement-published"));
    } else if asked.has("rut") {
        shown = frame::flash(shown, Tone::Good, say("announcement-withdrawn"));
    }
    let rows: Vec<AnnouncementRow> =
        announcements::all(&web.house, visitor.person()?)?.iter().map(|it| row(web, it, today)).collect();
    let number = phrases::page_number(&asked);
    Ok(AnnouncementsPage {
        page: if wrong.is_empty() { shown } else { shown.with_error_title() },
        errors: wrong
            .iter()
            .map(|it| FieldLink { href: format!("#{}", box_of(&it.field)), text: texts::field_problem(it) })
            .collect(),
        fields,
        pager: phrases::pager(rows.len(), number, ADDRESS),
        rows: phrases::page_of(rows, number),
    })
}

/// The part of the house these pages belong to, for who writes there.
fn part(visitor: &Visitor) -> &'static str {
    if visitor.holds_any(&[Post::ControlOfficer]) { "/kiem-soat" } else { "/quan-tri" }
}

fn box_of(field: &str) -> &str {
    BOXES.iter().find(|it| it.1 == field).map_or(field, |it| it.0)
}

fn to_whom(web: &Web, it: &Announcement) -> String {
    it.unit.map_or_else(|| say("announcement-everybody").to_owned(), |unit| frame::unit_today(web, unit))
}

fn period(it: &Announcement) -> String {
    let (from, until) = (spoken::short_day(it.from), spoken::short_day(it.until));
    say_with("announcement-period", &[("from", &from), ("until", &until)])
}

fn row(web: &Web, it: &Announcement, today: Date) -> AnnouncementRow {
    let (state, ends) = match it.withdrawn_at {
        Some(_) => (ChipView::new(Tone::Plain, say("announcement-is-withdrawn")), false),
        None if today < it.from => (ChipView::new(Tone::Act, say("announcement-is-ahead")), true),
        None if today > it.until => (ChipView::new(Tone::Plain, say("announcement-is-over")), false),
        None => (ChipView::new(Tone::Good, say("announcement-is-shown")), true),
    };
    AnnouncementRow {
        title: it.title.clone(),
        href: format!("{ADDRESS}/{}", it.id),
        to: to_whom(web, it),
        is_for_all: it.unit.is_none(),
        period: period(it),
        by: web.house.now_known().staff_name(it.made_by).to_owned(),
        state,
        withdraw: if ends { format!("{ADDRESS}/{}/rut", it.id) } else { String::new() },
    }
}

/// Writes one.
pub async fn announce(State(web): State<Web>, visitor: Visitor, posted: Posted) -> Result<Response, Problem> {
    let today = web.house.clock.now().day();
    let mut unread = Vec::new();
    let mut day = |name: &str, field: &str| {
        let text = posted.trimmed(name);
        let read = phrases::typed_day(text, today);
        if !text.is_empty() && read.is_none() {
            unread.push(FieldProblem::new(field, "gap-date"));
        }
        read
    };
    let (from, until) = (day("tu-ngay", "from"), day("den-ngay", "until"));
    let unit = posted.trimmed("don-vi");
    let new = NewAnnouncement {
        unit: unit.parse().ok(),
        title: posted.text("tieu-de").to_owned(),
        text: posted.text("noi-dung").to_owned(),
        from,
        until,
    };
    if !unit.is_empty() && new.unit.is_none() {
        unread.push(FieldProblem::new("unit", "gap-unit"));
    }
    let outcome = if unread.is_empty() {
        announcements::announce(&web.house, visitor.person()?, new).await
    } else {
        Err(AppError::Invalid(unread))
    };
    match outcome {
        Ok(_) => Ok(Redirect::to(&format!("{ADDRESS}?xong=1")).into_response()),
        Err(AppError::Invalid(wrong)) => {
            Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &view(&web, &visitor, &posted, &wrong)?))
        }
        Err(other) => Err(other.into()),
    }
}

fn id_of(text: &str) -> Result<MessageId, Problem> {
    text.parse().map_err(|_| AppError::NotFound.into())
}

/// One of them, as it is read aloud.
pub async fn bulletin(State(web): State<Web>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Problem> {
    let it = announcements::one(&web.house, visitor.person()?, id_of(&id)?)?;
    let text = announcements::bulletin(&web.house, &it);
    let seconds = text.split_whitespace().count() / 3;
    let view = BulletinPage {
        page: frame::staff(&web, &visitor, say("bulletin-page"), part(&visitor)),
        title: it.title.clone(),
        to: to_whom(&web, &it),
        is_for_all: it.unit.is_none(),
        period: period(&it),
        seconds: say_with("bulletin-seconds", &[("count", &seconds)]),
        lines: text.lines().map(str::to_owned).collect(),
        has_voice: announcements::has_voice(&web.house),
        speak: format!("{ADDRESS}/{}/doc", it.id),
    };
    Ok(html(&view))
}

/// Takes one back.
pub async fn withdraw(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<String>,
    _posted: Posted,
) -> Result<Response, Problem> {
    announcements::withdraw(&web.house, visitor.person()?, id_of(&id)?).await?;
    Ok(Redirect::to(&format!("{ADDRESS}?rut=1")).into_response())
}

/// The recording, to be taken away.
pub async fn speak(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<String>,
    _posted: Posted,
) -> Result<Response, Problem> {
    let sound = announcements::spoken(&web.house, visitor.person()?, id_of(&id)?).await?;
    let mut response = sound.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("audio/wav"));
    let name = HeaderValue::from_static("attachment; filename=\"ban-tin.wav\"");
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}
