//! Writing to the office about a dossier of one's own.

use super::{dossier_address, own_dossier};
use crate::Web;
use crate::frame::{self, html_as};
use crate::page::Section;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::say_with;
use crate::texts;
use crate::visitor::Visitor;
use app::AppError;
use app::exchanges::{self, TEXT_CHARS_MAX};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

/// Where the address of the form leads when it is opened as a page.
pub async fn back(Path(code): Path<String>) -> Redirect {
    Redirect::to(&format!("/ho-so-cua-toi/{}#trao-doi", frame::encoded(&code)))
}

/// Writes to the office.
///
/// # Errors
/// Not theirs, or the house failed.
pub async fn ask(
    State(web): State<Web>,
    visitor: Visitor,
    Path(code): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let view = own_dossier(&web, &visitor, &code, "trang hồ sơ").await?;
    let text: String = posted.text("noi_dung").chars().take(2 * TEXT_CHARS_MAX).collect();
    match exchanges::ask(&web.house, visitor.person()?, view.dossier.id, &text).await {
        Ok(()) => {
            let address = dossier_address(&view.dossier.code);
            Ok(Redirect::to(&format!("{address}?xong=tin-nhan#trao-doi")).into_response())
        }
        Err(AppError::Invalid(problems)) => {
            let why = problems.first().map(texts::field_problem);
            let title = say_with("dossier-page", &[("code", &view.dossier.code)]);
            let page = frame::citizen(&web, &visitor, title, Section::MyDossiers).with_error_title();
            let shown = super::dossier::own_page(&web, page, &view, &text, why).await?;
            Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &shown))
        }
        Err(other) => Err(other.into()),
    }
}
