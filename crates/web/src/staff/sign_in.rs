//! Where staff prove who they are.

use super::proving;
use super::views::{DemoAccount, SignInPage};
use crate::Web;
use crate::frame::{self, html, html_as, safe_return};
use crate::kept::{self, KeptForm};
use crate::posted::Posted;
use crate::problem::Problem;
use crate::spoken;
use crate::visitor::{Cookie, Visitor, is_secure, set_cookie};
use crate::{say, say_with};
use app::AppError;
use app::accounts::{self, Kind};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::PersonId;
use domain::post::Post;

pub(super) use super::SIGN_IN;

/// So long after a reorganisation the sign-in page speaks of it.
const REORGANISED_LATELY_SECONDS: i64 = 3 * 24 * 3600;

/// Where the address people are told leads.
pub async fn door() -> Redirect {
    Redirect::to(SIGN_IN)
}

/// The form; whoever showed a password already is led on to what is still asked.
pub async fn page(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let asked = super::phrases::asked(&visitor);
    if let Some(half) = &visitor.half {
        return Ok(Redirect::to(&proving::address(half, asked.text("ve"))).into_response());
    }
    Ok(html(&view(&web, &visitor, "", asked.text("ve"), String::new())?))
}

fn view(web: &Web, visitor: &Visitor, login: &str, onward: &str, error: String) -> Result<SignInPage, Problem> {
    let page = frame::staff(web, visitor, say("staff-sign-in-title"), "");
    let demo_accounts = accounts::demo_accounts(&web.house)?
        .into_iter()
        .filter(|it| it.kind == "staff")
        .map(|it| DemoAccount { tries: to_try(&it.who), login: it.login, person: it.name, post: it.who })
        .collect();
    let page = if error.is_empty() { page } else { page.with_error_title() };
    let onward = safe_return(onward, "");
    let login = login.chars().take(200).collect();
    let why = lately_reorganised(web);
    Ok(SignInPage { page, login, error, onward, why, carried: Vec::new(), demo_accounts })
}

/// Said for some days after a reorganisation, which ended the sessions of everybody whose work it moved.
fn lately_reorganised(web: &Web) -> String {
    let (known, now) = (web.house.now_known(), web.house.clock.now());
    let since = now.plus_seconds(-REORGANISED_LATELY_SECONDS);
    let plans = known.carried_out().into_iter().filter(|it| (since..=now).contains(&it.effective_at));
    plans.max_by_key(|it| it.effective_at).map_or_else(String::new, |it| {
        say_with("staff-sign-in-reorganised", &[("at", &spoken::moment(it.effective_at.local()))])
    })
}

/// The form for somebody whose session ended while they wrote.
///
/// # Errors
/// The house failed.
pub fn first(web: &Web, visitor: &Visitor, onward: &str, kept: Option<&KeptForm>) -> Result<SignInPage, Problem> {
    let view = view(web, visitor, "", onward, String::new())?;
    let why = [kept::session_ended(kept), view.why];
    let why = why.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ");
    Ok(SignInPage { why, carried: carried(kept), ..view })
}

pub(super) fn carried(kept: Option<&KeptForm>) -> Vec<(String, String)> {
    kept.map(KeptForm::carried).unwrap_or_default()
}

/// What a newcomer can try with an account of that post.
fn to_try(who: &str) -> String {
    let known = [
        ("tiếp nhận", "staff-sign-in-try-reception"),
        ("chuyên viên", "staff-sign-in-try-specialist"),
        ("lãnh đạo phòng", "staff-sign-in-try-head"),
        ("trưởng phòng", "staff-sign-in-try-head"),
        ("chủ tịch", "staff-sign-in-try-leader"),
        ("lãnh đạo", "staff-sign-in-try-leader"),
        ("văn thư", "staff-sign-in-try-clerk"),
        ("kiểm soát", "staff-sign-in-try-control"),
        ("quản trị", "staff-sign-in-try-administrator"),
    ];
    let who = who.to_lowercase();
    known.iter().find(|it| who.contains(it.0)).map_or_else(String::new, |it| say(it.1).to_owned())
}

/// The answer to the form.
pub async fn enter(State(web): State<Web>, visitor: Visitor, posted: Posted) -> Result<Response, Problem> {
    let login = posted.trimmed("tai-khoan");
    let kept = KeptForm::carried_by(&posted);
    let entered = accounts::sign_in(&web.house, login, posted.text("mat-khau"), visitor.origin(), Kind::Staff).await;
    let refused = |status: StatusCode, error: &str| {
        let view = view(&web, &visitor, login, posted.text("ve"), error.to_owned())?;
        Ok(html_as(status, &SignInPage { carried: carried(kept.as_ref()), ..view }))
    };
    match entered {
        Ok(entered) => {
            let before = visitor.who.as_ref().map(|it| &it.token).or(visitor.half.as_ref().map(|it| &it.token));
            if let Some(before) = before {
                accounts::sign_out(&web.house, before).await?;
            }
            if entered.is_whole {
                return goes_on(&web, &visitor, &entered.token, entered.person, posted.text("ve"), kept);
            }
            let mut response = proving::first(&web, &visitor, &entered.token, posted.text("ve"), kept.as_ref())?;
            set_cookie(&mut response, Cookie::Session, &entered.token, is_secure(&web));
            Ok(response)
        }
        Err(AppError::Invalid(problems)) if problems.iter().any(|it| it.key == "gap-password-ended") => {
            refused(StatusCode::UNPROCESSABLE_ENTITY, say("staff-sign-in-ended"))
        }
        Err(AppError::Invalid(_)) => refused(StatusCode::UNPROCESSABLE_ENTITY, say("staff-sign-in-wrong")),
        Err(AppError::Locked { minutes }) => {
            refused(StatusCode::TOO_MANY_REQUESTS, &say_with("staff-sign-in-locked", &[("minutes", &minutes)]))
        }
        Err(other) => Err(other.into()),
    }
}

/// Signed in for whole: on to where they were going, or to what they typed before their session ended.
///
/// # Errors
/// The house failed.
pub fn goes_on(
    web: &Web,
    visitor: &Visitor,
    token: &str,
    person: PersonId,
    onward: &str,
    kept: Option<KeptForm>,
) -> Result<Response, Problem> {
    let mut response = match kept {
        Some(kept) => kept::go_on(web, visitor, token, kept)?,
        None => Redirect::to(&safe_return(onward, home(web, person))).into_response(),
    };
    set_cookie(&mut response, Cookie::Session, token, is_secure(web));
    Ok(response)
}

/// Where somebody of the staff begins their day.
pub(super) fn home(web: &Web, person: PersonId) -> &'static str {
    let known = web.house.now_known();
    let today = web.house.clock.now().day();
    match known.mandates.of(person, today).next().map(|it| it.post) {
        Some(Post::Reception) => "/quay/tiep-nhan",
        Some(Post::Specialist | Post::Head | Post::Clerk) => "/nghiep-vu",
        Some(Post::Leader) => "/lanh-dao",
        Some(Post::ControlOfficer) => "/kiem-soat",
        Some(Post::Administrator) => "/quan-tri",
        None => "/nghiep-vu/tim",
    }
}
