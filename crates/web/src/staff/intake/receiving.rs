//! Receiving: everything typed becomes one dossier, and the money that came at once is recorded on it.

use super::{Counter, FOREIGN_CODE};
use crate::frame;
use crate::page::FieldLink;
use crate::problem::Problem;
use crate::say;
use crate::staff::answer_fields;
use crate::staff::phrases;
use crate::staff::staged::Sent;
use crate::texts;
use app::filing::Plan;
use app::handle::{self, Asked, Handled, Once};
use app::{AppError, FieldProblem};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::dossier::{Collection, Command, Filing, PaymentMethod};
use domain::procedure::{ProcedureRevision, RevisionId};

/// Longest postal address, in characters.
const ADDRESS_CHARS_MAX: usize = 300;

/// Receives and goes to the slip, or `again` to the next of the same procedure; or shows the page again with everything that is wrong.
pub(super) async fn receive(counter: &Counter<'_>, sent: &Sent, again: bool) -> Result<Response, Problem> {
    let Some(procedure) = counter.procedure.clone() else {
        let error = FieldLink { href: "#tim".to_owned(), text: say("intake-procedure-first").to_owned() };
        return counter.again(StatusCode::UNPROCESSABLE_ENTITY, vec![error]).await;
    };
    let errors = mistakes(counter);
    if !errors.is_empty() {
        return counter.again(StatusCode::UNPROCESSABLE_ENTITY, errors).await;
    }
    let plan = plan(counter, &procedure)?;
    let fee = plan.fee_vnd;
    let once = Once::new(sent.posted.trimmed("mot-lan"), &sent.contents());
    let actor = counter.visitor.signed_in()?;
    let filed = handle::file(&counter.web.house, actor, plan, Some(once)).await;
    let handled = match filed {
        Ok(handled) => handled,
        Err(why) => return refused(counter, why).await,
    };
    let is_recorded = record_payment(counter, &handled, fee).await.inspect_err(|why| {
        tracing::warn!(dossier.code = %handled.code, error = %why, "received, but the payment was not recorded");
    });
    let unpaid = if is_recorded.is_ok() { "" } else { "&chua-thu=1" };
    if !again {
        let slip = format!("{}/giay-hen?vua-nhan=1{unpaid}", phrases::dossier_address(&handled.code));
        return Ok(Redirect::to(&slip).into_response());
    }
    let code = frame::encoded(handled.code.as_str());
    let procedure = frame::encoded(&procedure.procedure.to_string());
    Ok(Redirect::to(&format!("/quay/tiep-nhan?da-nhan={code}&thu-tuc={procedure}{unpaid}")).into_response())
}

fn mistakes(counter: &Counter<'_>) -> Vec<FieldLink> {
    let mut errors = counter.person().errors(counter.today);
    let of_papers = counter.paper_errors();
    errors.extend(if of_papers.is_empty() { counter.nothing_in_it() } else { of_papers });
    errors.extend(answer_fields::error_links(&counter.answers().1, counter.today));
    errors.extend(counter.fee_errors());
    if let Err(text) = counter.foreign_code() {
        errors.push(FieldLink { href: format!("#{FOREIGN_CODE}"), text });
    }
    let address = counter.posted.trimmed("nhan-dia-chi");
    if counter.posted.trimmed("nhan") == "buu-chinh" {
        let text = if address.is_empty() {
            say("intake-address-needed")
        } else if address.chars().count() > ADDRESS_CHARS_MAX || address.chars().any(char::is_control) {
            say("counter-address-wrong")
        } else {
            ""
        };
        if !text.is_empty() {
            errors.push(FieldLink { href: "#nhan-dia-chi".to_owned(), text: text.to_owned() });
        }
    }
    errors
}

fn plan(counter: &Counter<'_>, procedure: &ProcedureRevision) -> Result<Plan, Problem> {
    let posted = counter.posted;
    let person = counter.person();
    let (papers, documents) = counter.filed();
    let (answers, _) = counter.answers();
    let collection = match posted.trimmed("nhan") {
        "buu-chinh" => Collection::Post { address: posted.trimmed("nhan-dia-chi").to_owned() },
        "dien-tu" => Collection::Electronic,
        _ => Collection::Desk,
    };
    let seen = posted.trimmed("ban");
    Ok(Plan {
        procedure: procedure.procedure.clone(),
        revision: (!seen.is_empty()).then(|| RevisionId(seen.to_owned())),
        channel: counter.channel(),
        receiving_unit: counter.desk,
        collect_at: None,
        foreign_code: counter.foreign_code().unwrap_or_default(),
        fee_vnd: counter.estimate().total_vnd,
        filing: Filing {
            submitter: person.submitter(),
            applicant: person.applicant(),
            account: None,
            assisted_by: if answers.0.is_empty() { None } else { Some(counter.visitor.person()?) },
            answers,
            papers,
            collection,
            by_message: person.has_phone() && posted.all("bao").iter().any(|it| it == "tin-nhan"),
            identity_override: person.override_reason(),
        },
        draft: None,
        documents,
    })
}

/// What was paid at once.
async fn record_payment(counter: &Counter<'_>, handled: &Handled, fee: i64) -> Result<(), AppError> {
    let method = match counter.posted.trimmed("tra") {
        "tien-mat" => PaymentMethod::Cash,
        "chuyen-khoan" => PaymentMethod::Transfer,
        _ => return Ok(()),
    };
    let actor = counter.visitor.actor().ok_or(AppError::Forbidden)?;
    if fee <= 0 {
        return Ok(());
    }
    let number = super::money::cut_receipt(counter.posted.trimmed("bien-lai"));
    let command = Command::RecordPayment { amount_vnd: fee, method, number };
    let key = format!("{}-thu", counter.posted.trimmed("mot-lan").chars().take(70).collect::<String>());
    let once = Once::new(&key, handled.code.as_str().as_bytes());
    let asked = Asked { actor, id: handled.id, version: None, command, once: Some(once) };
    handle::handle(&counter.web.house, asked).await.map(|_| ())
}

async fn refused(counter: &Counter<'_>, why: AppError) -> Result<Response, Problem> {
    let link = |href: &str, text: String| FieldLink { href: href.to_owned(), text };
    match &why {
        AppError::Refused(refusal) => {
            let said = texts::refusal(refusal);
            let text = format!("{} {}", said.what, said.why.unwrap_or_default());
            counter.again(StatusCode::CONFLICT, vec![link("#tn", text)]).await
        }
        AppError::Invalid(problems) => {
            let place = |it: &FieldProblem| {
                if it.field == "foreign_code" { format!("#{FOREIGN_CODE}") } else { "#tn".to_owned() }
            };
            let errors = problems.iter().map(|it| link(&place(it), texts::field_problem(it))).collect();
            counter.again(StatusCode::UNPROCESSABLE_ENTITY, errors).await
        }
        _ => Err(why.into()),
    }
}
