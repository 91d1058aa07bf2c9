//! Letting somebody else in the house follow a dossier, and following one.

use super::views::{FollowerView, SharingPage};
use super::{dossier_address, own_dossier};
use crate::Web;
use crate::frame::{self, html, html_as};
use crate::page::{FieldLink, Section, Tone};
use crate::posted::Posted;
use crate::problem::Problem;
use crate::spoken;
use crate::texts;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::AppError;
use app::dossiers::DossierView;
use app::sharing::{self, Follower};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::ShareId;

/// The tab of what one follows.
pub const TAB: &str = "/ho-so-cua-toi?muc=duoc-chia-se";

/// Who follows one's own dossier, and a button that makes a code.
///
/// # Errors
/// Not theirs, or not there.
pub async fn page(
    State(web): State<Web>,
    visitor: Visitor,
    Path(code): Path<String>,
    asked: super::Asked,
) -> Result<Response, Problem> {
    let view = own_dossier(&web, &visitor, &code, "trang chia sẻ").await?;
    let mut shown = sharing_view(&web, &visitor, &view, Vec::new()).await?;
    shown.page = match asked.get("xong").map(String::as_str) {
        Some("ma") => frame::flash(shown.page, Tone::Good, say("sharing-done-code")),
        Some("thoi") => frame::flash(shown.page, Tone::Good, say("sharing-done-end")),
        _ => shown.page,
    };
    Ok(html(&shown))
}

async fn sharing_view(
    web: &Web,
    visitor: &Visitor,
    view: &DossierView,
    errors: Vec<FieldLink>,
) -> Result<SharingPage, Problem> {
    let code = &view.dossier.code;
    let followers = sharing::followers(&web.house, visitor.person()?, code).await?;
    let back = dossier_address(code);
    let page = frame::citizen(web, visitor, say_with("sharing-page", &[("code", &code)]), Section::MyDossiers);
    Ok(SharingPage {
        page: if errors.is_empty() { page } else { page.with_error_title() },
        code: code.to_string(),
        procedure: view.revision.name.clone(),
        action: format!("{back}/chia-se"),
        back,
        errors,
        is_full: followers.len() >= sharing::SHARES_MAX,
        most: sharing::SHARES_MAX,
        days: sharing::CODE_DAYS,
        followers: followers.iter().map(follower_view).collect(),
    })
}

fn follower_view(it: &Follower) -> FollowerView {
    FollowerView {
        key: it.id.to_string(),
        code: it.code.as_deref().map(spaced),
        name: it.accepted.as_ref().map(|it| it.0.clone()).unwrap_or_default(),
        line: match &it.accepted {
            Some((_, at)) => say_with("sharing-since", &[("at", &spoken::moment(at.local()))]),
            None => say_with("sharing-waiting", &[("at", &spoken::moment(it.expires_at.local()))]),
        },
    }
}

/// "ABCD-EF23": as one reads it out.
fn spaced(code: &str) -> String {
    match code.split_at_checked(4) {
        Some((first, rest)) if !rest.is_empty() => format!("{first}-{rest}"),
        _ => code.to_owned(),
    }
}

/// Makes a code, or ends a share.
///
/// # Errors
/// Not theirs, or not there.
pub async fn act(
    State(web): State<Web>,
    visitor: Visitor,
    Path(code): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let view = own_dossier(&web, &visitor, &code, "trang chia sẻ").await?;
    let (person, code) = (visitor.person()?, &view.dossier.code);
    let address = format!("{}/chia-se", dossier_address(code));
    let ended = posted.trimmed("thoi");
    if !ended.is_empty() {
        end(&web, &visitor, ended).await?;
        return Ok(Redirect::to(&format!("{address}?xong=thoi")).into_response());
    }
    match sharing::offer(&web.house, person, code).await {
        Ok(()) => Ok(Redirect::to(&format!("{address}?xong=ma")).into_response()),
        Err(AppError::Invalid(problems)) => {
            let errors = problems
                .iter()
                .map(|it| FieldLink { href: "#ai".to_owned(), text: texts::field_problem(it) })
                .collect();
            Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &sharing_view(&web, &visitor, &view, errors).await?))
        }
        Err(other) => Err(other.into()),
    }
}

async fn end(web: &Web, visitor: &Visitor, key: &str) -> Result<(), Problem> {
    let id: ShareId = key.parse().map_err(|_| Problem::BadForm)?;
    Ok(sharing::end(&web.house, visitor.person()?, id).await?)
}

/// Where the addresses of the buttons lead when they are opened as pages.
pub async fn back() -> Redirect {
    Redirect::to(TAB)
}

/// Accepts to follow the dossier of a code.
///
/// # Errors
/// The house failed.
pub async fn accept(State(web): State<Web>, visitor: Visitor, posted: Posted) -> Result<Response, Problem> {
    let typed: String = posted.trimmed("ma_chia_se").chars().take(60).collect();
    match sharing::accept(&web.house, visitor.person()?, &typed).await {
        Ok(code) => Ok(Redirect::to(&format!("{}?xong=nhan", dossier_address(&code))).into_response()),
        Err(AppError::Invalid(problems)) => {
            let why = problems.first().map(texts::field_problem).unwrap_or_default();
            super::following::followed_again(&web, &visitor, &typed, why, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(AppError::Locked { minutes }) => {
            let until = spoken::time(web.house.clock.now().plus_seconds(minutes.saturating_mul(60)).local());
            let why = say_with("sharing-locked", &[("until", &until)]);
            super::following::followed_again(&web, &visitor, &typed, why, StatusCode::TOO_MANY_REQUESTS).await
        }
        Err(other) => Err(other.into()),
    }
}

/// Follows a dossier no more.
///
/// # Errors
/// Not theirs, or not there.
pub async fn leave(State(web): State<Web>, visitor: Visitor, posted: Posted) -> Result<Response, Problem> {
    end(&web, &visitor, posted.trimmed("thoi")).await?;
    Ok(Redirect::to(&format!("{TAB}&xong=thoi")).into_response())
}
