//! Choosing another way to get the decision, until it is issued.

use super::acting::act;
use super::views::{Choice, CollectingPage, Control, FieldView, TextKind};
use super::{dossier_address, own_dossier};
use crate::Web;
use crate::frame::{self, html, html_as};
use crate::page::{FieldLink, Section};
use crate::posted::Posted;
use crate::problem::Problem;
use crate::spoken;
use crate::telling;
use crate::texts;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::AppError;
use app::dossiers::DossierView;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::dossier::{Act, Collection, Command, DossierRefusal};

/// Longest address shown again, in characters.
const TYPED_CHARS_MAX: usize = 600;

/// What was typed.
struct Typed {
    how: String,
    address: String,
}

/// The page.
///
/// # Errors
/// Not theirs, or not there.
pub async fn page(State(web): State<Web>, visitor: Visitor, Path(code): Path<String>) -> Result<Response, Problem> {
    let view = own_dossier(&web, &visitor, &code, "trang hồ sơ").await?;
    if !view.can(Act::ChooseCollection) {
        return Ok(Redirect::to(&dossier_address(&view.dossier.code)).into_response());
    }
    let filing = view.dossier.filing.get();
    let home = filing.map(|it| it.submitter.address.clone()).unwrap_or_default();
    let (how, address) = match filing.map(|it| &it.collection) {
        Some(Collection::Post { address }) => ("buu-chinh", address.clone()),
        Some(Collection::Electronic) => ("dien-tu", home),
        Some(Collection::Desk) | None => ("quay", home),
    };
    Ok(html(&collecting_view(&web, &visitor, &view, &Typed { how: how.to_owned(), address }, None)))
}

fn collecting_view(
    web: &Web,
    visitor: &Visitor,
    view: &DossierView,
    typed: &Typed,
    wrong: Option<(&'static str, String)>,
) -> CollectingPage {
    let code = &view.dossier.code;
    let back = dossier_address(code);
    let error = |id: &str| wrong.iter().find(|it| it.0 == id).map(|it| it.1.clone());
    let address = FieldView {
        error: error("dia_chi"),
        autocomplete: "street-address",
        ..FieldView::text("dia_chi", say("apply-postal-address"), TextKind::Plain, &typed.address)
    };
    let choice = |value: &str, label: String, reveals: Vec<FieldView>| Choice {
        value: value.to_owned(),
        label,
        selected: typed.how == value,
        reveals,
        ..Choice::default()
    };
    let field = FieldView {
        id: "nhan".to_owned(),
        label: say("apply-how-collect").to_owned(),
        required: true,
        error: error("nhan"),
        control: Control::Radio {
            options: vec![
                choice(
                    "quay",
                    say_with("collecting-at-desk", &[("desk", &telling::desk(view, view.collect()))]),
                    Vec::new(),
                ),
                choice("buu-chinh", say("apply-by-post").to_owned(), vec![address]),
                choice("dien-tu", say("collecting-electronic").to_owned(), Vec::new()),
            ],
        },
        ..FieldView::default()
    };
    let page = frame::citizen(web, visitor, say_with("collecting-page", &[("code", &code)]), Section::MyDossiers);
    CollectingPage {
        page: if wrong.is_none() { page } else { page.with_error_title() },
        code: code.to_string(),
        procedure: view.revision.name.clone(),
        action: format!("{back}/cach-nhan"),
        back,
        version: view.dossier.version.to_string(),
        errors: wrong.into_iter().map(|(id, text)| FieldLink { href: format!("#{id}"), text }).collect(),
        owed: match view.dossier.still_owed_vnd() {
            0 => String::new(),
            owed => say_with("collecting-owed", &[("amount", &spoken::dong(owed))]),
        },
        field,
    }
}

/// Keeps the choice.
///
/// # Errors
/// Not theirs, too late, or somebody was faster.
pub async fn choose(
    State(web): State<Web>,
    visitor: Visitor,
    Path(code): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let view = own_dossier(&web, &visitor, &code, "trang hồ sơ").await?;
    let typed = Typed {
        how: posted.trimmed("nhan").chars().take(20).collect(),
        address: posted.line("dia_chi").chars().take(TYPED_CHARS_MAX).collect(),
    };
    let chosen = match typed.how.as_str() {
        "quay" => Ok(Collection::Desk),
        "buu-chinh" => Ok(Collection::Post { address: typed.address.trim().to_owned() }),
        "dien-tu" => Ok(Collection::Electronic),
        _ => Err(("nhan", texts::word("gap-choose"))),
    };
    let wrong = match chosen {
        Err(wrong) => wrong,
        Ok(how) => match act(&web, &visitor, &view, Command::ChooseCollection(how), "cach-nhan", &posted).await {
            Ok(response) => return Ok(response),
            Err(AppError::Refused(DossierRefusal::CollectionAsBefore)) => {
                return Ok(Redirect::to(&dossier_address(&view.dossier.code)).into_response());
            }
            Err(AppError::Refused(it @ (DossierRefusal::AddressMissing | DossierRefusal::TextTooLong { .. }))) => {
                ("dia_chi", texts::refusal(&it).what)
            }
            Err(other) => return Err(other.into()),
        },
    };
    let page = collecting_view(&web, &visitor, &view, &typed, Some(wrong));
    Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
}
