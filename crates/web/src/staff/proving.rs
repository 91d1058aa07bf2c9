//! Between the password and the work: the code of one's telephone, the device that makes it, a password of one's own choosing.

use super::sign_in::{SIGN_IN, carried, goes_on};
use super::views::{FirstPasswordPage, ProvePage, SpareCodesPage};
use crate::Web;
use crate::frame::{self, encoded, html, html_as, safe_return};
use crate::kept::KeptForm;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::qr;
use crate::texts;
use crate::visitor::{self, Cookie, Half, Visitor, is_secure, set_cookie};
use crate::{say, say_with};
use app::AppError;
use app::accounts::{self, Standing};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

/// Where the code is shown.
pub const CODE: &str = "/can-bo/ma-xac-thuc";
/// Where a password of one's own is chosen.
pub const PASSWORD: &str = "/can-bo/mat-khau-moi";

/// Where half a session goes on, with where it was going.
pub fn address(half: &Half, onward: &str) -> String {
    let page = match half.standing {
        Standing::WaitsForPassword => PASSWORD,
        Standing::WaitsForCode | Standing::Whole | Standing::Outgrown => CODE,
    };
    match safe_return(onward, "").as_str() {
        "" => page.to_owned(),
        onward => format!("{page}?ve={}", encoded(onward)),
    }
}

/// The first page after a right password, under the session that just began; it carries a form that waits.
///
/// # Errors
/// The house failed.
pub fn first(
    web: &Web,
    visitor: &Visitor,
    token: &str,
    onward: &str,
    kept: Option<&KeptForm>,
) -> Result<Response, Problem> {
    let visitor = visitor::signed_in_as(web, visitor, token)?;
    shown(web, &visitor, onward, carried(kept), "")
}

/// The page that half a session sees.
fn shown(
    web: &Web,
    visitor: &Visitor,
    onward: &str,
    carried: Vec<(String, String)>,
    error: &str,
) -> Result<Response, Problem> {
    let Some(half) = &visitor.half else { return Ok(Redirect::to(SIGN_IN).into_response()) };
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (onward, error) = (safe_return(onward, ""), error.to_owned());
    if half.standing == Standing::WaitsForPassword {
        let page = frame::staff(web, visitor, say("first-password-title"), "");
        let page = if error.is_empty() { page } else { page.with_error_title() };
        return Ok(html_as(status, &FirstPasswordPage { page, onward, carried, error }));
    }
    let asked = accounts::asked(&web.house, &half.token)?;
    let title = if asked.offered.is_some() { "prove-set-up" } else { "prove-title" };
    let page = frame::staff(web, visitor, say(title), "");
    let view = ProvePage {
        page: if error.is_empty() { page } else { page.with_error_title() },
        login: asked.login,
        drawing: asked.offered.as_ref().map(|it| qr::svg(&it.url, say("prove-qr"))),
        secret: asked.offered.map(|it| it.secret).unwrap_or_default(),
        spares_left: asked.spares_left,
        demo_code: asked.demo_code.unwrap_or_default(),
        onward,
        carried,
        error,
    };
    Ok(html_as(status, &view))
}

/// What is still asked.
pub async fn page(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let asked = super::phrases::asked(&visitor);
    match &visitor.half {
        Some(half) if !address(half, "").starts_with(path(&visitor)) => {
            Ok(Redirect::to(&address(half, asked.text("ve"))).into_response())
        }
        _ => shown(&web, &visitor, asked.text("ve"), Vec::new(), ""),
    }
}

fn path(visitor: &Visitor) -> &str {
    visitor.path.split('?').next().unwrap_or_default()
}

/// The code is shown.
pub async fn prove(State(web): State<Web>, visitor: Visitor, posted: Posted) -> Result<Response, Problem> {
    let Some(half) = &visitor.half else { return Ok(Redirect::to(SIGN_IN).into_response()) };
    let (onward, kept) = (posted.text("ve"), KeptForm::carried_by(&posted));
    let again = |error: &str| shown(&web, &visitor, onward, carried(kept.as_ref()), error);
    let proved = match accounts::prove(&web.house, &half.token, posted.text("ma")).await {
        Ok(proved) => proved,
        Err(AppError::Invalid(problems)) => {
            return again(&problems.first().map(texts::field_problem).unwrap_or_default());
        }
        Err(AppError::Locked { minutes }) => {
            let words = say_with("prove-locked", &[("minutes", &minutes)]);
            let mut response = again(&words)?;
            *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            return Ok(response);
        }
        Err(AppError::NotFound) => return Ok(Redirect::to(SIGN_IN).into_response()),
        Err(other) => return Err(other.into()),
    };
    let now = visitor::signed_in_as(&web, &visitor, &proved.token)?;
    let mut response = if !proved.spares.is_empty() {
        let home = super::sign_in::home(&web, proved.person);
        let onward = now.half.as_ref().map_or_else(|| safe_return(onward, home), |it| address(it, onward));
        html(&SpareCodesPage {
            page: frame::staff(&web, &now, say("prove-spares"), ""),
            codes: proved.spares,
            onward,
            kept: kept.filter(|_| now.half.is_none()),
        })
    } else if now.half.is_some() {
        shown(&web, &now, onward, carried(kept.as_ref()), "")?
    } else {
        goes_on(&web, &visitor, &proved.token, proved.person, onward, kept)?
    };
    set_cookie(&mut response, Cookie::Session, &proved.token, is_secure(&web));
    Ok(response)
}

/// A password of one's own is chosen.
pub async fn choose(State(web): State<Web>, visitor: Visitor, posted: Posted) -> Result<Response, Problem> {
    let Some(half) = &visitor.half else { return Ok(Redirect::to(SIGN_IN).into_response()) };
    let (onward, kept) = (posted.text("ve"), KeptForm::carried_by(&posted));
    let (new, again) = (posted.text("mat-khau-moi"), posted.text("mat-khau-lai"));
    let refused = |error: &str| shown(&web, &visitor, onward, carried(kept.as_ref()), error);
    if new != again {
        return refused(say("prove-passwords-differ"));
    }
    match accounts::choose_password(&web.house, &half.token, new).await {
        Ok(person) => goes_on(&web, &visitor, &half.token, person, onward, kept),
        Err(AppError::Invalid(problems)) => refused(&problems.first().map(texts::field_problem).unwrap_or_default()),
        Err(AppError::NotFound) => Ok(Redirect::to(SIGN_IN).into_response()),
        Err(other) => Err(other.into()),
    }
}

/// Somebody else wants to sign in at this browser: half a session ends.
pub async fn give_up(State(web): State<Web>, visitor: Visitor, _posted: Posted) -> Result<Response, Problem> {
    let mut response = Redirect::to(SIGN_IN).into_response();
    if let Some(half) = &visitor.half {
        accounts::sign_out(&web.house, &half.token).await?;
        set_cookie(&mut response, Cookie::Session, "", is_secure(&web));
    }
    Ok(response)
}
