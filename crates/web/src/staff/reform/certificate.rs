//! The certificate of equality: shown, printed, counted again, and the way back while there is one.

use super::begun::{begun, head};
use super::{Away, Step, address, page};
use crate::Web;
use crate::frame::{self, html, html_as};
use crate::page::Tone;
use crate::posted::Posted;
use crate::spoken;
use crate::staff::findings::mismatch;
use crate::staff::phrases;
use crate::staff::views::{CertificateLine, CertificateSheet, ChipView, EqualRow, Num, ReformCertificatePage};
use crate::texts;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::AppError;
use app::reform::{Certificate, Checked, Equality, State as Became, Sums, UndoError, Undone};
use app::reform_drafts::{self, Counts, Reform};
use app::words;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::dossier::{DossierCode, Status};
use domain::time::Instant;
use std::sync::Arc;

/// Most differences that are shown.
const SHOWN_MAX: usize = 50;

/// The page.
pub async fn show(State(web): State<Web>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Away> {
    let (reform, counts) = begun(&web, &visitor, &id)?;
    let mut view = view(&web, &visitor, (&reform, &counts), None)?;
    if phrases::asked(&visitor).has("hoan-tac") {
        view.page = frame::flash(view.page, Tone::Good, say("plan-certificate-undone"));
    }
    Ok(html(&view))
}

/// The events are counted again. Nothing is written.
pub async fn check(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<String>,
    _: Posted,
) -> Result<Response, Away> {
    let (reform, counts) = begun(&web, &visitor, &id)?;
    let (house, of) = (Arc::clone(&web.house), reform.plan.id);
    let counting = tokio::task::spawn_blocking(move || app::reform::check_certificate(&house, of));
    let checked = counting.await.map_err(|broken| AppError::fault("computing a certificate again", broken))??;
    let checked = checked.ok_or(AppError::NotFound)?;
    Ok(html(&view(&web, &visitor, (&reform, &counts), Some(&checked))?))
}

/// The address of the form alone, as a reload or a bookmark asks for it: the form is on the certificate.
pub async fn back(State(web): State<Web>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Away> {
    let (reform, _) = begun(&web, &visitor, &id)?;
    Ok(Redirect::to(&address(reform.plan.id, Step::Certificate)).into_response())
}

/// A plan is taken back, while that is lawful.
pub async fn undo(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Away> {
    let (reform, counts) = begun(&web, &visitor, &id)?;
    let refused = |error: String, status| {
        let mut view = view(&web, &visitor, (&reform, &counts), None)?;
        view.undo_error = error;
        view.page = view.page.with_error_title();
        Ok::<_, Away>(html_as(status, &view))
    };
    if !reform.plan.is_its_number(posted.trimmed("so")) {
        return refused(say("plan-undo-other-number").to_owned(), StatusCode::UNPROCESSABLE_ENTITY);
    }
    match reform_drafts::take_back(&web.house, visitor.person()?, reform.plan.id).await {
        Ok(Undone::GivenUp | Undone::GivenUpLate { .. }) => {
            Ok(Redirect::to(&address(reform.plan.id, Step::Progress)).into_response())
        }
        Ok(Undone::TakenBack { .. }) => {
            Ok(Redirect::to(&format!("{}?hoan-tac=1", address(reform.plan.id, Step::Certificate))).into_response())
        }
        Err(UndoError::House(error)) => Err(error.into()),
        Err(no) => refused(undo_words(&no), StatusCode::CONFLICT),
    }
}

/// Why a plan is not taken back, and what to do instead.
fn undo_words(no: &UndoError) -> String {
    let acted = |key, unit: &String, code: &DossierCode, at: &Instant| {
        say_with(key, &[("unit", unit), ("code", code), ("at", &spoken::moment(at.local()))])
    };
    match no {
        UndoError::NotFound => say("plan-undo-not-found").to_owned(),
        UndoError::DoneBefore => say("plan-undo-done-before").to_owned(),
        UndoError::IsUndo => say("plan-undo-is-undo").to_owned(),
        UndoError::ActedOn { code, at, unit_name, .. } => acted("plan-undo-acted-on", unit_name, code, at),
        UndoError::FiledSince { code, at, unit_name, .. } => acted("plan-undo-filed-since", unit_name, code, at),
        UndoError::LaterPlan { plan } => {
            say_with("plan-undo-later-plan", &[("plan", plan), ("why", &say("refusal-later-plan-why"))])
        }
        UndoError::House(_) => String::new(),
    }
}

fn view(
    web: &Web,
    visitor: &Visitor,
    (reform, counts): (&Reform, &Counts),
    checked: Option<&Checked>,
) -> Result<ReformCertificatePage, Away> {
    let id = reform.plan.id;
    let certificate = app::reform::certificate(&web.house, id)?;
    let may = match app::reform::may_undo(&web.house, id) {
        Ok(()) => None,
        Err(UndoError::House(error)) => return Err(error.into()),
        Err(no) => Some(undo_words(&no)),
    };
    let could_be = matches!(reform.state, Became::InForce | Became::Settled);
    let (verdict, findings) = checked.map_or((None, Vec::new()), |it| (Some(verdict(it)), findings(it)));
    Ok(ReformCertificatePage {
        page: page(web, visitor, Step::Certificate),
        head: head(reform, Step::Certificate),
        id: id.to_string(),
        state: super::begun::state_chip(reform.state),
        // A paper: Vietnamese, whoever reads the page around it.
        sheet: certificate.as_ref().map(|it| texts::in_vietnamese(|| sheet(it, web.house.rules.demo))),
        verdict,
        findings,
        may_undo: could_be && may.is_none(),
        why_not: if could_be { may.unwrap_or_default() } else { String::new() },
        undo_error: String::new(),
        moved: say_with("plan-undo-dossiers", &[("count", &Num(counts.moved))]),
    })
}

fn verdict(it: &Checked) -> ChipView {
    if it.mismatches.is_empty() {
        ChipView::new(Tone::Good, say("plan-certificate-holds"))
    } else {
        ChipView::new(Tone::Bad, say("plan-certificate-differs"))
    }
}

fn findings(it: &Checked) -> Vec<String> {
    let mut found: Vec<String> = it.mismatches.iter().take(SHOWN_MAX).map(mismatch).collect();
    if it.erased > 0 {
        found.push(say_with("plan-certificate-erased", &[("count", &Num(it.erased))]));
    }
    found
}

fn sheet(it: &Certificate, is_demo: bool) -> CertificateSheet {
    let said = &it.statement;
    let line = |it: &app::reform::Line| CertificateLine {
        from: it.from_name.clone(),
        to: it.to_name.clone(),
        before: Num(it.sums.before.dossiers).to_string(),
        after: Num(it.sums.after.dossiers).to_string(),
        holds: it.sums.holds(),
    };
    CertificateSheet {
        title: said.title.clone(),
        instrument: format!("{}, ký ngày {}", said.instrument, words::short_day(said.signed_on)),
        effective: words::moment(said.effective_at.local()),
        made: words::moment(said.made_at.local()),
        invented: said.invented.clone(),
        rows: rows(&said.total),
        lines: said.lines.iter().map(line).collect(),
        holds: said.total.holds() && said.lines.iter().all(|it| it.sums.holds()),
        plan_sha256: said.plan_sha256.clone(),
        public_key: it.public_key.clone(),
        signature: it.signature.clone(),
        is_demo,
    }
}

fn rows(it: &Equality) -> Vec<EqualRow> {
    let row = |label: String, of: &dyn Fn(&Sums) -> String| {
        let (before, after) = (of(&it.before), of(&it.after));
        EqualRow { holds: before == after, label, before, after }
    };
    let num = |count: u64| Num(count).to_string();
    let mut rows = vec![row("Số hồ sơ".to_owned(), &|it| num(it.dossiers))];
    for status in Status::ALL {
        let code = status.national_code();
        let of = move |it: &Sums| num(it.statuses.get(&code).copied().unwrap_or(0));
        if it.before.statuses.contains_key(&code) || it.after.statuses.contains_key(&code) {
            rows.push(row(format!("– {}", texts::status(status)), &of));
        }
    }
    rows.push(row("Phí, lệ phí phải nộp".to_owned(), &|it| words::dong(it.owed_vnd)));
    rows.push(row("Phí, lệ phí đã nộp".to_owned(), &|it| words::dong(it.paid_vnd)));
    rows.push(row("Giấy tờ đã nhận".to_owned(), &|it| num(it.papers)));
    rows.push(row("Tệp đã nhận".to_owned(), &|it| num(it.files)));
    let short = |hash: &str| hash.chars().take(16).collect::<String>();
    rows.push(row("Mã hồ sơ (dấu băm)".to_owned(), &|it| short(&it.codes)));
    rows.push(row("Ngày hẹn trả (dấu băm)".to_owned(), &|it| short(&it.due_dates)));
    rows.push(row("Lịch sử hồ sơ (dấu băm)".to_owned(), &|it| short(&it.histories)));
    rows
}
