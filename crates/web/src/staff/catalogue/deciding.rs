//! Deciding on a procedure: publishing the revision on its way from a day on, withdrawing it, offering it again.

use super::comparing::changes;
use super::procedure::running;
use super::{address, of_address, row_of};
use crate::Web;
use crate::frame::{self, html, html_as};
use crate::page::FieldLink;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::spoken;
use crate::staff::phrases;
use crate::staff::views::{CatalogueDecidePage, StaffField};
use crate::texts;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::publication::{self, Decided, Kept};
use app::{AppError, words};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::procedure::ProcedureId;
use jiff::civil::Date;

/// Longest line shown again, in characters.
const LINE_CHARS_MAX: usize = 600;

/// Field and words of what is wrong.
pub type Wrong = Vec<(String, String)>;

/// Back to the page of a procedure, which says what was done.
pub fn done(id: &ProcedureId, what: &str) -> Response {
    Redirect::to(&format!("{}?xong={what}", address(id, ""))).into_response()
}

/// Fields with what was typed and what is wrong.
pub fn filled(fields: Vec<StaffField>, posted: &Posted, wrong: &[(String, String)]) -> Vec<StaffField> {
    fields
        .into_iter()
        .map(|field| {
            let typed: String = posted.text(&field.name).chars().take(LINE_CHARS_MAX).collect();
            let field = if posted.has(&field.name) { field.with_value(typed) } else { field };
            match wrong.iter().find(|it| it.0 == field.name) {
                Some((_, words)) => field.with_error(words),
                None => field,
            }
        })
        .collect()
}

/// The summary of what is wrong.
pub fn links(wrong: &[(String, String)]) -> Vec<FieldLink> {
    wrong.iter().map(|(field, text)| FieldLink { href: format!("#{field}"), text: text.clone() }).collect()
}

/// What is wrong by the house, field by field.
pub fn in_words(problems: &[app::FieldProblem]) -> Wrong {
    problems.iter().map(|it| (it.field.clone(), texts::field_problem(it))).collect()
}

fn typed_from(web: &Web, posted: &Posted) -> Result<Date, Wrong> {
    let today = web.house.clock.now().day();
    phrases::typed_day(posted.trimmed("tu-ngay"), today)
        .ok_or_else(|| vec![("tu-ngay".to_owned(), say("gap-day").to_owned())])
}

fn fields(web: &Web, day: &str) -> Vec<StaffField> {
    let today = web.house.clock.now().day();
    let hint = say_with("keeping-today", &[("today", &spoken::short_day(today))]);
    vec![
        // Days are typed in one way in both languages.
        StaffField::day("tu-ngay", day).with_hint(hint).with_value(words::short_day(today)),
        StaffField::line("quyet-dinh", say("keeping-decision")).with_hint(say("keeping-decision-hint")),
    ]
}

// ---- publishing ----

/// The form that publishes.
pub async fn publish_page(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let current = of_address(&web, &id)?;
    let kept = publication::kept(&web.house, &current.procedure).await?;
    if kept.draft.is_none() {
        return Ok(Redirect::to(&address(&current.procedure, "")).into_response());
    }
    Ok(html(&publish_view(&web, &visitor, &kept, &Posted::default(), &[]).await?))
}

async fn publish_view(
    web: &Web,
    visitor: &Visitor,
    kept: &Kept,
    posted: &Posted,
    wrong: &[(String, String)],
) -> Result<CatalogueDecidePage, Problem> {
    let it = &kept.current;
    let draft = kept.draft.as_ref().ok_or(AppError::NotFound)?;
    let mut means = vec![
        say("keeping-publish-from").to_owned(),
        match kept.open() {
            0 => say("keeping-publish-none-open").to_owned(),
            _ => say_with("keeping-publish-open", &[("running", &running(kept))]),
        },
        say("keeping-publish-drafts").to_owned(),
    ];
    if draft.revision.time_limit.is_none() {
        means.push(say("keeping-publish-no-term").to_owned());
    }
    let mut fields = fields(web, say("keeping-publish-day"));
    if let (Some(day), Some(first)) = (draft.publish_on, fields.first_mut()) {
        first.value = words::short_day(day);
    }
    if let Some(last) = fields.last_mut() {
        last.value.clone_from(&draft.basis);
    }
    let page = frame::staff(web, visitor, say_with("keeping-publish-page", &[("name", &it.name)]), "/kiem-soat");
    Ok(CatalogueDecidePage {
        page: if wrong.is_empty() { page } else { page.with_error_title() },
        row: row_of(web, it).await?,
        title: say("keeping-publish-title"),
        means,
        changes: changes(it, &draft.revision),
        action: address(&it.procedure, "cong-bo"),
        back: address(&it.procedure, ""),
        errors: links(wrong),
        seen: vec![("ban".to_owned(), draft.version.to_string())],
        fields: filled(fields, posted, wrong),
        button: say("keeping-publish"),
        other: say("keeping-give-up"),
    })
}

/// Publishes, or gives the revision on its way up.
pub async fn publish(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let current = of_address(&web, &id)?;
    let (officer, id) = (visitor.person()?, &current.procedure);
    let seen = posted.trimmed("ban").parse::<u32>().unwrap_or(0);
    let came = if posted.trimmed("lenh") == "bo" {
        publication::give_up(&web.house, officer, id, seen).await.map(|()| "bo-soan")
    } else {
        match typed_from(&web, &posted) {
            Ok(from) => publication::publish(&web.house, officer, id, seen, (from, posted.trimmed("quyet-dinh")))
                .await
                .map(|it| match it {
                    Decided::Published(_) => "cong-bo",
                    Decided::From(_) => "chot",
                }),
            Err(wrong) => return publish_again(&web, &visitor, id, &posted, wrong).await,
        }
    };
    match came {
        Ok(what) => Ok(done(id, what)),
        Err(AppError::Invalid(problems)) => publish_again(&web, &visitor, id, &posted, in_words(&problems)).await,
        Err(other) => Err(other.into()),
    }
}

async fn publish_again(
    web: &Web,
    visitor: &Visitor,
    id: &ProcedureId,
    posted: &Posted,
    wrong: Wrong,
) -> Result<Response, Problem> {
    let kept = publication::kept(&web.house, id).await?;
    if kept.draft.is_none() {
        // Somebody published it or gave it up meanwhile: the page says how it stands.
        return Ok(Redirect::to(&address(id, "")).into_response());
    }
    let view = publish_view(web, visitor, &kept, posted, &wrong).await?;
    Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &view))
}

// ---- withdrawing ----

/// The form that withdraws, or offers again.
pub async fn withdraw_page(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let current = of_address(&web, &id)?;
    Ok(html(&withdraw_view(&web, &visitor, &current.procedure, &Posted::default(), &[]).await?))
}

async fn withdraw_view(
    web: &Web,
    visitor: &Visitor,
    id: &ProcedureId,
    posted: &Posted,
    wrong: &[(String, String)],
) -> Result<CatalogueDecidePage, Problem> {
    let kept = publication::kept(&web.house, id).await?;
    let known = web.house.now_known();
    let standing = known.catalogue.withdrawal(id).cloned();
    let mut fields = fields(web, say("keeping-withdraw-day"));
    let mut means = vec![
        say("keeping-withdraw-from").to_owned(),
        match kept.open() {
            0 => say("keeping-withdraw-none-open").to_owned(),
            _ => say_with("keeping-withdraw-open", &[("running", &running(&kept))]),
        },
        say("keeping-withdraw-page-stays").to_owned(),
    ];
    if let Some((from, basis)) = &standing {
        let day = spoken::short_day(*from);
        means.insert(0, say_with("keeping-withdraw-already", &[("day", &day), ("basis", basis)]));
        if let Some(first) = fields.first_mut() {
            first.value = words::short_day(*from);
        }
    }
    let title = say_with("keeping-withdraw-page", &[("name", &kept.current.name)]);
    let page = frame::staff(web, visitor, title, "/kiem-soat");
    Ok(CatalogueDecidePage {
        page: if wrong.is_empty() { page } else { page.with_error_title() },
        row: row_of(web, &kept.current).await?,
        title: say("keeping-withdraw-title"),
        means,
        changes: Vec::new(),
        action: address(id, "bai-bo"),
        back: address(id, ""),
        errors: links(wrong),
        seen: Vec::new(),
        fields: filled(fields, posted, wrong),
        button: say("keeping-withdraw"),
        other: if standing.is_some() { say("keeping-offer-again") } else { "" },
    })
}

/// Withdraws, or offers again.
pub async fn withdraw(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let current = of_address(&web, &id)?;
    let (officer, id) = (visitor.person()?, &current.procedure);
    let decision = posted.trimmed("quyet-dinh");
    let came = if posted.trimmed("lenh") == "bo" {
        publication::offer_again(&web.house, officer, id, decision).await.map(|()| "nhan-lai")
    } else {
        match typed_from(&web, &posted) {
            Ok(from) => publication::withdraw(&web.house, officer, id, (from, decision)).await.map(|()| "bai-bo"),
            Err(wrong) => {
                Err(AppError::Invalid(wrong.into_iter().map(|it| app::FieldProblem::new(it.0, "gap-day")).collect()))
            }
        }
    };
    match came {
        Ok(what) => Ok(done(id, what)),
        Err(AppError::Invalid(problems)) => {
            let view = withdraw_view(&web, &visitor, id, &posted, &in_words(&problems)).await?;
            Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &view))
        }
        Err(other) => Err(other.into()),
    }
}
