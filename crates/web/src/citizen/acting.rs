//! What a citizen does with a dossier of their own beside supplying: withdraw, confirm, print its papers.

use super::dossier::{declared, outcome_paper, step_action, whom_to_ask};
use super::form_view::TICKED;
use super::views::{Control, FieldView, Link, ReviewSection, WhomToAsk, WithdrawPage};
use super::{Asked as Query, dossier_address, own_dossier};
use crate::Web;
use crate::frame::{self, html, html_as};
use crate::page::{FieldLink, Icon, Page, Section};
use crate::papers;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::spoken;
use crate::telling::{self};
use crate::texts;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::AppError;
use app::dossiers::DossierView;
use app::handle::{self, Asked, Once};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::dossier::{Act, Command, DossierRefusal, TEXT_CHARS_MAX};

/// The page before withdrawing.
///
/// # Errors
/// Not theirs, or not there.
pub async fn withdraw_page(
    State(web): State<Web>,
    visitor: Visitor,
    Path(code): Path<String>,
) -> Result<Response, Problem> {
    let view = own_dossier(&web, &visitor, &code, "trang hồ sơ").await?;
    if !view.can(Act::Withdraw) {
        return Ok(Redirect::to(&dossier_address(&view.dossier.code)).into_response());
    }
    Ok(html(&withdraw_view(&web, &visitor, &view, &Posted::default(), &[])))
}

fn withdraw_view(
    web: &Web,
    visitor: &Visitor,
    view: &DossierView,
    typed: &Posted,
    wrong: &[(&'static str, String)],
) -> WithdrawPage {
    let it = &view.dossier;
    let back = dossier_address(&it.code);
    let error = |id: &str| wrong.iter().find(|(own, _)| *own == id).map(|(_, why)| why.clone());
    let mut meaning = vec![say("withdraw-means-end").to_owned(), say("withdraw-means-papers").to_owned()];
    if it.paid_vnd > 0 {
        meaning.push(say_with("withdraw-means-paid", &[("amount", &spoken::dong(it.paid_vnd))]));
    }
    let page = frame::citizen(web, visitor, say_with("withdraw-page", &[("code", &it.code)]), Section::MyDossiers);
    let labels = [("ly_do", say("withdraw-reason")), ("dong_y", say("confirm-title"))];
    let errors = labels.iter().filter_map(|(id, label)| {
        error(id).map(|why| FieldLink { href: format!("#{id}"), text: format!("{label}: {why}") })
    });
    WithdrawPage {
        page: if wrong.is_empty() { page } else { page.with_error_title() },
        action: format!("{back}/rut"),
        back,
        code: it.code.to_string(),
        procedure: view.revision.name.clone(),
        version: it.version.to_string(),
        meaning,
        errors: errors.collect(),
        fields: vec![
            FieldView {
                id: "ly_do".to_owned(),
                label: say("withdraw-why").to_owned(),
                required: true,
                control: Control::TextArea { value: reason_of(typed) },
                error: error("ly_do"),
                ..FieldView::default()
            },
            FieldView {
                id: "dong_y".to_owned(),
                label: say("withdraw-meant").to_owned(),
                required: true,
                control: Control::Tick { checked: typed.text("dong_y") == TICKED },
                error: error("dong_y"),
                ..FieldView::default()
            },
        ],
    }
}

fn reason_of(posted: &Posted) -> String {
    posted.text("ly_do").chars().take(2 * TEXT_CHARS_MAX).collect()
}

/// Withdraws.
///
/// # Errors
/// Not theirs, not possible any more, or somebody was faster.
pub async fn withdraw(
    State(web): State<Web>,
    visitor: Visitor,
    Path(code): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let view = own_dossier(&web, &visitor, &code, "trang hồ sơ").await?;
    let reason = reason_of(&posted);
    let mut wrong = Vec::new();
    if reason.trim().is_empty() {
        wrong.push(("ly_do", texts::word("refusal-reason-missing")));
    }
    if posted.text("dong_y") != TICKED {
        wrong.push(("dong_y", texts::word("gap-meant")));
    }
    if wrong.is_empty() {
        let command = Command::Withdraw { reason: reason.trim().to_owned() };
        match act(&web, &visitor, &view, command, "rut", &posted).await {
            Ok(response) => return Ok(response),
            Err(AppError::Refused(refusal @ (DossierRefusal::TextTooLong { .. } | DossierRefusal::ReasonMissing))) => {
                wrong.push(("ly_do", texts::refusal(&refusal).what));
            }
            Err(other) => return Err(other.into()),
        }
    }
    Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &withdraw_view(&web, &visitor, &view, &posted, &wrong)))
}

/// Carries a citizen's act out, once.
pub(super) async fn act(
    web: &Web,
    visitor: &Visitor,
    view: &DossierView,
    command: Command,
    what: &str,
    posted: &Posted,
) -> Result<Response, AppError> {
    let version = posted.trimmed("phien").parse().ok();
    let key = format!("{what} {} {}", view.dossier.id, version.unwrap_or(0));
    let asked = Asked {
        actor: visitor.actor().ok_or(AppError::Forbidden)?,
        id: view.dossier.id,
        // A page that does not say what it showed is as old as can be.
        version: Some(version.unwrap_or(0)),
        command,
        once: Some(Once::new(&key, &posted.contents(&["csrf"]))),
    };
    let done = handle::handle(&web.house, asked).await?;
    Ok(Redirect::to(&format!("{}?xong={what}", dossier_address(&done.code))).into_response())
}

/// Reading what one confirms, before one does.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "citizen/confirm.html")]
pub struct ConfirmPage {
    /// The frame.
    pub page: Page,
    /// The dossier's page.
    pub back: String,
    /// The code.
    pub code: String,
    /// The procedure.
    pub procedure: String,
    /// Where the form goes.
    pub action: String,
    /// Version of the dossier the page shows, sent back as `phien`.
    pub version: String,
    /// The paper it will be written on: "Giấy khai sinh".
    pub paper: Option<String>,
    /// What was declared, to be read.
    pub sections: Vec<ReviewSection>,
    /// What the published workflow says of the step, a whole sentence.
    pub workflow: String,
    /// Whom to ask.
    pub ask: WhomToAsk,
    /// Where what is wrong is told.
    pub wrong: String,
    /// What follows, a whole sentence.
    pub after: String,
}

/// The page before confirming.
///
/// # Errors
/// Not theirs, or not there.
pub async fn confirm_page(
    State(web): State<Web>,
    visitor: Visitor,
    Path(code): Path<String>,
) -> Result<Response, Problem> {
    let view = own_dossier(&web, &visitor, &code, "trang hồ sơ").await?;
    let back = dossier_address(&view.dossier.code);
    if !view.can(Act::Confirm) {
        return Ok(Redirect::to(&back).into_response());
    }
    Ok(html(&ConfirmPage {
        page: frame::citizen(
            &web,
            &visitor,
            say_with("confirm-page", &[("code", &view.dossier.code)]),
            Section::MyDossiers,
        ),
        code: view.dossier.code.to_string(),
        procedure: view.revision.name.clone(),
        action: format!("{back}/xac-nhan"),
        version: view.dossier.version.to_string(),
        paper: outcome_paper(&view),
        sections: declared(&view),
        workflow: telling::stopped(&telling::asked_of_citizen(&step_action(&view))),
        ask: whom_to_ask(&view),
        wrong: format!("{back}#trao-doi"),
        after: match view.dossier.confirm_by() {
            Some(last) => say_with("confirm-after-until", &[("day", &spoken::day(last))]),
            None => say("confirm-after").to_owned(),
        },
        back,
    }))
}

/// Confirms what a waiting step asks.
///
/// # Errors
/// Not theirs, not possible any more, or somebody was faster.
pub async fn confirm(
    State(web): State<Web>,
    visitor: Visitor,
    Path(code): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let view = own_dossier(&web, &visitor, &code, "trang hồ sơ").await?;
    Ok(act(&web, &visitor, &view, Command::Confirm, "xac-nhan", &posted).await?)
}

// ---- papers ----

fn back_link(view: &DossierView) -> Link {
    Link { href: dossier_address(&view.dossier.code), label: say_with("dossier-page", &[("code", &view.dossier.code)]) }
}

/// Form 01.
///
/// # Errors
/// Not theirs, not there, or not received yet.
pub async fn slip(
    State(web): State<Web>,
    visitor: Visitor,
    Path(code): Path<String>,
    asked: Query,
) -> Result<Response, Problem> {
    let view = own_dossier(&web, &visitor, &code, "giấy hẹn").await?;
    let given = asked.get("ban").and_then(|it| it.parse().ok());
    papers::page_of(|| papers::slip(&web, &visitor, &view, given, back_link(&view)))
}

/// The proof that it was sent, while the desk has not answered.
///
/// # Errors
/// Not theirs, not there, or answered already.
pub async fn deposit(State(web): State<Web>, visitor: Visitor, Path(code): Path<String>) -> Result<Response, Problem> {
    let view = own_dossier(&web, &visitor, &code, "xác nhận đã nộp").await?;
    papers::page_of(|| papers::deposit(&web, &visitor, &view, back_link(&view)))
}

/// Forms 02, 03 and 04.
///
/// # Errors
/// Not theirs, or not there.
pub async fn letter(
    State(web): State<Web>,
    visitor: Visitor,
    Path((code, seq)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let view = own_dossier(&web, &visitor, &code, "phiếu").await?;
    let seq: u32 = seq.parse().map_err(|_| Problem::from(AppError::NotFound))?;
    papers::page_of(|| papers::letter(&web, &visitor, &view, seq, back_link(&view)))
}
