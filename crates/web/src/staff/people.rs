//! Who works here, kept by the administrator: posts with their dates, accounts, first passwords, devices of the second proof.

use super::phrases;
use super::report::{num, units};
use super::views::{ChipView, ChoiceView, MandateView, NewMemberPage, PersonPage, StaffField, StaffListPage, StaffRow};
use crate::Web;
use crate::frame::{self, html, html_as};
use crate::page::{FieldLink, Tone};
use crate::posted::Posted;
use crate::problem::Problem;
use crate::spoken;
use crate::texts;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::accounts::{self, NewMember};
use app::desk::{self, StaffMember};
use app::house::Snapshot;
use app::{AppError, FieldProblem};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::{PersonId, UnitId};
use domain::organisation::Mandate;
use domain::person::fold;
use domain::post::Post;
use jiff::civil::Date;

/// Longest answer kept in a box, in characters.
const LINE_CHARS_MAX: usize = 300;
/// The boxes of this page: name here, name in `app`.
const BOXES: [(&str, &str); 8] = [
    ("ho-ten", "name"),
    ("tai-khoan", "login"),
    ("dien-thoai", "phone"),
    ("don-vi", "unit"),
    ("chuc-vu", "post"),
    ("tu-ngay", "from"),
    ("den-ngay", "until"),
    ("tai-khoan", "account"),
];

/// Who works here.
pub async fn list(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let asked = phrases::asked(&visitor);
    let administrator = visitor.person()?;
    let text: String = asked.trimmed("q").chars().take(100).collect();
    let folded = fold(&text);
    let known = web.house.now_known();
    let today = web.house.clock.now().day();
    let unit = asked.trimmed("don-vi").parse::<UnitId>().ok();
    let sessions = accounts::all_sessions(&web.house, administrator).await?;
    let within = |person: PersonId| {
        unit.is_none_or(|unit| known.mandates.all().iter().any(|it| it.person == person && it.unit == unit))
    };
    let rows: Vec<StaffRow> = desk::staff(&web.house, administrator)
        .await?
        .into_iter()
        .filter(|it| folded.is_empty() || fold(&it.name).contains(&folded) || it.login.contains(&text.to_lowercase()))
        .filter(|it| within(it.person))
        .map(|it| {
            let seen =
                sessions.iter().filter(|session| session.person == Some(it.person)).map(|it| it.last_seen_at).max();
            let seen = seen.map_or_else(
                || say("staff-list-not-signed-in").to_owned(),
                |at| say_with("staff-list-signed-in", &[("at", &spoken::short_moment(at.local()))]),
            );
            staff_row(&known, it, seen, today)
        })
        .collect();
    let page = phrases::page_number(&asked);
    let mut shown = frame::staff(&web, &visitor, say("staff-list-page"), "/quan-tri");
    if asked.has("xong") {
        shown = frame::flash(shown, Tone::Good, say("staff-list-saved"));
    }
    let chosen = unit.map(|it| it.to_string()).unwrap_or_default();
    let base = format!("/quan-tri/can-bo?{}", phrases::query(&[("q", &text), ("don-vi", &chosen)]));
    let view = StaffListPage {
        page: shown,
        text,
        units: units(&known, unit, today).into_iter().filter(|it| !it.value.is_empty()).collect(),
        pager: phrases::pager(rows.len(), page, base.trim_end_matches('?')),
        rows: phrases::page_of(rows, page),
    };
    Ok(html(&view))
}

fn staff_row(known: &Snapshot, it: StaffMember, seen: String, today: Date) -> StaffRow {
    let mut held: Vec<&Mandate> = known.mandates.all().iter().filter(|held| held.person == it.person).collect();
    held.sort_by_key(|it| (!it.holds_on(today), it.from));
    let mandates = held.into_iter().map(|held| mandate_view(known, held, today)).collect();
    StaffRow {
        state: match (it.login.is_empty(), it.active) {
            (true, _) => ChipView::new(Tone::Plain, say("person-no-account")),
            (false, true) => ChipView::new(Tone::Good, say("person-open")),
            (false, false) => ChipView::new(Tone::Bad, say("person-closed")),
        },
        holds: num(it.holds),
        holds_href: format!("/quan-tri/can-bo?q={}", frame::encoded(&it.name)),
        href: person_address(it.person),
        person: it.name,
        login: it.login,
        mandates,
        seen,
    }
}

fn mandate_view(known: &Snapshot, held: &Mandate, today: Date) -> MandateView {
    let from = spoken::short_day(held.from);
    MandateView {
        post: crate::telling::opening(&texts::post(held.post)),
        unit: crate::telling::within(known.organisation.name_on(held.unit, today)),
        dates: match held.until {
            Some(until) => {
                let last = until.yesterday().unwrap_or(until);
                say_with("person-post-until", &[("from", &from), ("until", &spoken::short_day(last))])
            }
            None => say_with("person-post-from", &[("from", &from)]),
        },
        current: held.holds_on(today),
        lasts: held.until.is_none_or(|until| until > today),
        key: format!("{} {} {}", held.unit, held.post, held.from),
    }
}

fn person_address(person: PersonId) -> String {
    format!("/quan-tri/can-bo/{person}")
}

fn posts(chosen: &str) -> Vec<ChoiceView> {
    let all = Post::ALL.iter().map(|it| {
        let label = crate::telling::opening(&texts::post(*it));
        ChoiceView { chosen: it.as_str() == chosen, ..ChoiceView::new(it.as_str(), label) }
    });
    std::iter::once(ChoiceView::new("", say("person-choose-post"))).chain(all).collect()
}

fn unit_choices(known: &Snapshot, chosen: &str, today: Date) -> Vec<ChoiceView> {
    let mut choices = units(known, chosen.parse().ok(), today);
    if let Some(first) = choices.first_mut() {
        say("person-choose-unit").clone_into(&mut first.label);
    }
    choices
}

fn post_of(text: &str) -> Option<Post> {
    Post::ALL.iter().copied().find(|it| it.as_str() == text)
}

/// Fields as they were typed, each with what is wrong with it beside it.
fn filled(fields: Vec<StaffField>, typed: &Posted, wrong: &[FieldProblem]) -> Vec<StaffField> {
    fields
        .into_iter()
        .map(|field| {
            let value: String = typed.text(&field.name).chars().take(LINE_CHARS_MAX).collect();
            let said = wrong.iter().find(|it| box_of(&it.field) == field.name).map(texts::field_problem);
            let field = field.with_value(value);
            match said {
                Some(said) => field.with_error(said),
                None => field,
            }
        })
        .collect()
}

fn box_of(field: &str) -> &str {
    BOXES.iter().find(|it| it.1 == field).map_or(field, |it| it.0)
}

/// What is wrong, each with the question it is about.
fn errors(fields: &[StaffField], wrong: &[FieldProblem]) -> Vec<FieldLink> {
    let link = |it: &FieldProblem| {
        let (name, why) = (box_of(&it.field), texts::field_problem(it));
        let text = match fields.iter().find(|field| field.name == name) {
            Some(field) => format!("{}: {why}", field.label),
            None => why,
        };
        FieldLink { href: format!("#{name}"), text }
    };
    wrong.iter().map(link).collect()
}

/// The form for somebody new.
pub async fn new_page(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    Ok(html(&new_view(&web, &visitor, &Posted::default(), &[])))
}

fn new_view(web: &Web, visitor: &Visitor, typed: &Posted, wrong: &[FieldProblem]) -> NewMemberPage {
    let (known, today) = (web.house.now_known(), web.house.clock.now().day());
    let fields = vec![
        StaffField::line("ho-ten", say("new-member-name")),
        StaffField::line("tai-khoan", say("new-member-login")).with_hint(say("new-member-login-hint")),
        StaffField::line("dien-thoai", say("house-phone")).as_optional(),
        StaffField::select("don-vi", say("house-unit"), unit_choices(&known, typed.trimmed("don-vi"), today)),
        StaffField::select("chuc-vu", say("house-post"), posts(typed.trimmed("chuc-vu"))),
    ];
    let page = frame::staff(web, visitor, say("new-member-title"), "/quan-tri");
    NewMemberPage {
        page: if wrong.is_empty() { page } else { page.with_error_title() },
        errors: errors(&fields, wrong),
        fields: filled(fields, typed, wrong),
    }
}

/// The answer to it: the account, and its first password said once.
pub async fn add(State(web): State<Web>, visitor: Visitor, posted: Posted) -> Result<Response, Problem> {
    let new = NewMember {
        name: posted.trimmed("ho-ten").to_owned(),
        login: posted.trimmed("tai-khoan").to_owned(),
        phone: posted.trimmed("dien-thoai").to_owned(),
        unit: posted.trimmed("don-vi").parse().ok(),
        post: post_of(posted.trimmed("chuc-vu")),
    };
    match accounts::add_member(&web.house, visitor.person()?, new).await {
        Ok((person, password)) => {
            let said = Said { password, ..Said::default() };
            Ok(html(&person_view(&web, &visitor, person, &Posted::default(), &said).await?))
        }
        Err(AppError::Invalid(wrong)) => {
            Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &new_view(&web, &visitor, &posted, &wrong)))
        }
        Err(other) => Err(other.into()),
    }
}

/// What a page of a person says beside the facts.
#[derive(Default)]
struct Said {
    /// A password, said once.
    password: String,
    /// What is wrong with what was typed.
    wrong: Vec<FieldProblem>,
    /// Something was done.
    done: bool,
}

fn person_of(text: &str) -> Result<PersonId, Problem> {
    text.parse().map_err(|_| AppError::NotFound.into())
}

/// One of the staff.
pub async fn page(State(web): State<Web>, visitor: Visitor, Path(person): Path<String>) -> Result<Response, Problem> {
    let done = phrases::asked(&visitor).has("xong");
    let said = Said { done, ..Said::default() };
    Ok(html(&person_view(&web, &visitor, person_of(&person)?, &Posted::default(), &said).await?))
}

async fn person_view(
    web: &Web,
    visitor: &Visitor,
    person: PersonId,
    typed: &Posted,
    said: &Said,
) -> Result<PersonPage, Problem> {
    let administrator = visitor.person()?;
    let (known, today) = (web.house.now_known(), web.house.clock.now().day());
    let (account, has_device) = accounts::account_of(&web.house, administrator, person)?;
    let member = desk::staff(&web.house, administrator).await?.into_iter().find(|it| it.person == person);
    let open = accounts::all_sessions(&web.house, administrator).await?;
    let mut held: Vec<&Mandate> = known.mandates.all().iter().filter(|it| it.person == person).collect();
    held.sort_by_key(|it| (!it.holds_on(today), it.from));
    let fields = vec![
        StaffField::select("don-vi", say("house-unit"), unit_choices(&known, typed.trimmed("don-vi"), today)),
        StaffField::select("chuc-vu", say("house-post"), posts(typed.trimmed("chuc-vu"))),
        StaffField::day("tu-ngay", say("house-from")).with_hint(say("house-from-hint")).as_optional(),
        StaffField::day("den-ngay", say("house-until")).with_hint(say("person-until-hint")).as_optional(),
    ];
    let page = frame::staff(web, visitor, known.staff_name(person), "/quan-tri");
    let page = if said.done { frame::flash(page, Tone::Good, say("person-saved")) } else { page };
    Ok(PersonPage {
        page: if said.wrong.is_empty() { page } else { page.with_error_title() },
        person: known.staff_name(person).to_owned(),
        login: account.as_ref().map(|it| it.0.clone()).unwrap_or_default(),
        is_open: account.is_some_and(|it| it.1),
        is_self: person == administrator,
        has_device,
        must_have_device: known.mandates.of(person, today).any(|it| accounts::MUST.contains(&it.post)),
        sessions: say_with(
            "person-sessions",
            &[("count", &open.iter().filter(|it| it.person == Some(person)).count())],
        ),
        holds: say_with("person-holds", &[("count", &num(member.map_or(0, |it| it.holds)))]),
        mandates: held.into_iter().map(|it| mandate_view(&known, it, today)).collect(),
        errors: errors(&fields, &said.wrong),
        fields: filled(fields, typed, &said.wrong),
        password: said.password.clone(),
        action: person_address(person),
    })
}

/// Shows the page of a person again with what is wrong, or goes back to it.
async fn answered(
    web: &Web,
    visitor: &Visitor,
    person: PersonId,
    posted: &Posted,
    outcome: Result<(), AppError>,
) -> Result<Response, Problem> {
    match outcome {
        Ok(()) => Ok(Redirect::to(&format!("{}?xong=1", person_address(person))).into_response()),
        Err(AppError::Invalid(wrong)) => {
            let said = Said { wrong, ..Said::default() };
            let view = person_view(web, visitor, person, posted, &said).await?;
            Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &view))
        }
        Err(other) => Err(other.into()),
    }
}

/// A day that was typed, today where none was; `None` where it is no day.
fn day_or(text: &str, otherwise: Option<Date>, today: Date) -> Option<Option<Date>> {
    if text.is_empty() { Some(otherwise) } else { phrases::typed_day(text, today).map(Some) }
}

/// Gives a post.
pub async fn give_mandate(
    State(web): State<Web>,
    visitor: Visitor,
    Path(person): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let (person, today) = (person_of(&person)?, web.house.clock.now().day());
    let unit = posted.trimmed("don-vi").parse::<UnitId>().ok();
    let post = post_of(posted.trimmed("chuc-vu"));
    let from = day_or(posted.trimmed("tu-ngay"), Some(today), today);
    let until = day_or(posted.trimmed("den-ngay"), None, today);
    let mut wrong = Vec::new();
    for (field, missing) in [("unit", unit.is_none()), ("post", post.is_none())] {
        if missing {
            wrong.push(FieldProblem::new(field, "gap-missing"));
        }
    }
    for (field, unread) in [("from", from.is_none()), ("until", until.is_none())] {
        if unread {
            wrong.push(FieldProblem::new(field, "gap-date"));
        }
    }
    let (Some(unit), Some(post), Some(Some(from)), Some(last)) = (unit, post, from, until) else {
        return answered(&web, &visitor, person, &posted, Err(AppError::Invalid(wrong))).await;
    };
    // The last day is written; the first without it is kept.
    let until = last.and_then(|it| it.tomorrow().ok());
    let outcome = accounts::give_mandate(&web.house, visitor.person()?, Mandate { person, unit, post, from, until });
    answered(&web, &visitor, person, &posted, outcome.await).await
}

/// Ends a post from today on.
pub async fn end_mandate(
    State(web): State<Web>,
    visitor: Visitor,
    Path(person): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let (person, known) = (person_of(&person)?, web.house.now_known());
    let today = web.house.clock.now().day();
    let key = posted.trimmed("chuc");
    let mut held = known.mandates.all().iter().filter(|it| it.person == person);
    let held = held.find(|it| mandate_view(&known, it, today).key == key).cloned().ok_or(AppError::NotFound)?;
    let outcome = accounts::end_mandate(&web.house, visitor.person()?, held, today).await;
    answered(&web, &visitor, person, &posted, outcome).await
}

/// Closes or opens the account, gives a first password, forgets the device.
pub async fn account(
    State(web): State<Web>,
    visitor: Visitor,
    Path(person): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let (person, administrator) = (person_of(&person)?, visitor.person()?);
    let outcome = match posted.trimmed("viec") {
        "khoa" => accounts::close_account(&web.house, administrator, person).await,
        "mo" => accounts::open_account(&web.house, administrator, person).await,
        "bo-thiet-bi" => accounts::forget_device(&web.house, administrator, person).await,
        "mat-khau" => match accounts::new_password(&web.house, administrator, person).await {
            Ok(password) => {
                let said = Said { password, ..Said::default() };
                return Ok(html(&person_view(&web, &visitor, person, &Posted::default(), &said).await?));
            }
            Err(why) => Err(why),
        },
        _ => Err(AppError::NotFound),
    };
    answered(&web, &visitor, person, &posted, outcome).await
}
