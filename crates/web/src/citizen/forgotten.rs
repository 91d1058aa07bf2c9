//! A forgotten password: the code that is sent, and the password it sets.

use super::Asked;
use super::account::{TYPED_CHARS_MAX, assert_open};
use super::files::by_field;
use super::views::{Control, FieldView, ForgottenPage, ForgottenStep, TextKind};
use crate::Web;
use crate::frame::{self, html, html_as};
use crate::page::{FieldLink, Section};
use crate::posted::Posted;
use crate::problem::Problem;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::accounts::{self, CODE_DIGITS, CODE_MINUTES, PASSWORD_CHARS_MIN};
use app::{AppError, FieldProblem};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

/// Where a forgotten password begins.
pub const ADDRESS: &str = "/quen-mat-khau";
/// Where the code and the new password go.
const BY_CODE: &str = "/quen-mat-khau/ma";
/// What the sign-in is asked with once the password is set.
pub const DONE: &str = "mat-khau";

/// Whom the code is for, or what to do without one.
///
/// # Errors
/// There are no such accounts today.
pub async fn page(State(web): State<Web>, visitor: Visitor, asked: Asked) -> Result<Response, Problem> {
    assert_open(&web)?;
    if visitor.who.is_some() {
        return Ok(Redirect::to("/tai-khoan").into_response());
    }
    let login = asked.get("ten").map_or("", String::as_str);
    Ok(html(&whom_view(&web, &visitor, login, &[])))
}

/// Where the address of the second form leads when it is opened as a page.
pub async fn again() -> Redirect {
    Redirect::to(ADDRESS)
}

/// Sends a code. The answer is the same whether there is such an account or not.
///
/// # Errors
/// There are no such accounts today, or the house failed.
pub async fn send_code(State(web): State<Web>, visitor: Visitor, posted: Posted) -> Result<Response, Problem> {
    assert_open(&web)?;
    let login = typed(&posted, "ten");
    match accounts::ask_code(&web.house, &login, visitor.address).await {
        Ok(demo_code) => Ok(html(&code_view(&web, &visitor, login, demo_code, &[]))),
        Err(AppError::Invalid(problems)) => {
            Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &whom_view(&web, &visitor, &login, &problems)))
        }
        Err(AppError::Locked { minutes }) => {
            let view = locked(whom_view(&web, &visitor, &login, &[]), "ten", "forgotten-locked", minutes);
            Ok(html_as(StatusCode::TOO_MANY_REQUESTS, &view))
        }
        Err(other) => Err(other.into()),
    }
}

/// Sets the password with the code, and leads to the sign-in.
///
/// # Errors
/// There are no such accounts today, or the house failed.
pub async fn set_password(State(web): State<Web>, visitor: Visitor, posted: Posted) -> Result<Response, Problem> {
    assert_open(&web)?;
    let login = typed(&posted, "ten");
    let (code, new) = (typed(&posted, "ma"), posted.text("mat_khau_moi"));
    match accounts::set_password_by_code(&web.house, &login, &code, new, visitor.address).await {
        Ok(_) => Ok(Redirect::to(&format!("/dang-nhap?xong={DONE}")).into_response()),
        Err(AppError::Invalid(problems)) => {
            let view = code_view(&web, &visitor, login, None, &problems);
            Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &view))
        }
        Err(AppError::Locked { minutes }) => {
            let view = locked(code_view(&web, &visitor, login, None, &[]), "ma", "forgotten-code-locked", minutes);
            Ok(html_as(StatusCode::TOO_MANY_REQUESTS, &view))
        }
        Err(other) => Err(other.into()),
    }
}

fn typed(posted: &Posted, id: &str) -> String {
    posted.trimmed(id).chars().take(TYPED_CHARS_MAX).collect()
}

fn locked(view: ForgottenPage, id: &str, key: &'static str, minutes: i64) -> ForgottenPage {
    let text = say_with(key, &[("minutes", &minutes)]);
    let errors = vec![FieldLink { href: format!("#{id}"), text }];
    ForgottenPage { page: view.page.with_error_title(), errors, ..view }
}

fn whom_view(web: &Web, visitor: &Visitor, login: &str, problems: &[FieldProblem]) -> ForgottenPage {
    let fields = vec![(
        "login",
        FieldView { autocomplete: "username", ..FieldView::text("ten", say("sign-in-login"), TextKind::Login, login) },
    )];
    view(web, visitor, ForgottenStep::Whom, fields, problems)
}

fn code_view(
    web: &Web,
    visitor: &Visitor,
    login: String,
    demo_code: Option<String>,
    problems: &[FieldProblem],
) -> ForgottenPage {
    let fields = vec![
        (
            "code",
            FieldView {
                hint: Some(say_with("forgotten-code-hint", &[("digits", &CODE_DIGITS), ("minutes", &CODE_MINUTES)])),
                autocomplete: "one-time-code",
                ..FieldView::text("ma", say("forgotten-code"), TextKind::Code, "")
            },
        ),
        (
            "new_password",
            FieldView {
                id: "mat_khau_moi".to_owned(),
                label: say("account-new-password").to_owned(),
                hint: Some(say_with("register-password-hint", &[("min", &PASSWORD_CHARS_MIN)])),
                required: true,
                control: Control::Secret,
                autocomplete: "new-password",
                ..FieldView::default()
            },
        ),
    ];
    view(web, visitor, ForgottenStep::Code { login, demo_code }, fields, problems)
}

fn view(
    web: &Web,
    visitor: &Visitor,
    step: ForgottenStep,
    fields: Vec<(&str, FieldView)>,
    problems: &[FieldProblem],
) -> ForgottenPage {
    let words = by_field(problems);
    let page = frame::citizen(web, visitor, say("forgotten-title"), Section::Account);
    let fields: Vec<FieldView> = fields
        .into_iter()
        .map(|(field, it)| FieldView { required: true, error: words.get(field).cloned(), ..it })
        .collect();
    let errors = fields.iter().filter_map(|it| {
        let why = it.error.as_ref()?;
        Some(FieldLink { href: format!("#{}", it.id), text: format!("{}: {why}", it.label) })
    });
    ForgottenPage {
        page: if problems.is_empty() { page } else { page.with_error_title() },
        errors: errors.collect(),
        action: match step {
            ForgottenStep::Whom => ADDRESS,
            ForgottenStep::Code { .. } => BY_CODE,
        },
        step,
        fields,
    }
}
