//! Giving the office what it asked for.

use super::dossier::asked_for;
use super::files::{self, Arrived, Shelf};
use super::put_right;
use super::views::{Control, FieldView, Link, PaperName, PaperUpload, SectionView, SupplementPage};
use super::words::copies;
use super::{dossier_address, own_dossier};
use crate::Web;
use crate::frame::{self, html, html_as};
use crate::page::{FieldLink, Section};
use crate::posted::PostedFiles;
use crate::problem::Problem;
use crate::spoken;
use crate::telling;
use crate::texts;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::AppError;
use app::dossiers::DossierView;
use app::handle::{self, Asked, Once};
use app::supplying;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::dossier::{Command, DossierRefusal, Event, OpenSupplement, SupplementItem, TEXT_CHARS_MAX};
use domain::ids::{DocumentId, PersonId};
use domain::procedure::{AnswerGap, RawAnswers};

/// What was sent, to tell the same form sent twice from another one.
fn contents(note: &str, typed: &RawAnswers) -> Vec<u8> {
    format!("{note}\u{0}{typed:?}").into_bytes()
}

/// What is asked now; a page for it makes sense only then.
fn open_request(view: &DossierView) -> Option<(&OpenSupplement, &[SupplementItem])> {
    let open = view.dossier.supplement.as_ref()?;
    Some((open, open.request.get().map(|it| it.items.as_slice()).unwrap_or_default()))
}

/// The papers asked for, with what was handed in so far.
///
/// # Errors
/// Not theirs, or not there.
pub async fn page(State(web): State<Web>, visitor: Visitor, Path(code): Path<String>) -> Result<Response, Problem> {
    let view = own_dossier(&web, &visitor, &code, "trang bổ sung").await?;
    match shown(&web, &visitor, &view, &Wrong::default())? {
        Some(page) => Ok(html(&page)),
        None => Ok(Redirect::to(&dossier_address(&view.dossier.code)).into_response()),
    }
}

/// What was wrong with what was sent.
#[derive(Default)]
struct Wrong {
    arrived: Arrived,
    note: String,
    note_error: Option<String>,
    missing: Vec<String>,
    typed: Option<RawAnswers>,
    gaps: Vec<AnswerGap>,
    unchanged: Vec<String>,
}

impl Wrong {
    fn is_any(&self) -> bool {
        !self.arrived.refused.is_empty()
            || self.note_error.is_some()
            || !self.missing.is_empty()
            || !self.gaps.is_empty()
            || !self.unchanged.is_empty()
    }
}

fn shown(web: &Web, visitor: &Visitor, view: &DossierView, wrong: &Wrong) -> Result<Option<SupplementPage>, Problem> {
    let person = visitor.person()?;
    let Some((open, items)) = open_request(view) else { return Ok(None) };
    let reason = open.request.get().map_or("", |it| it.reason.as_str());
    let today = view.now.day();
    let code = view.dossier.code.to_string();
    let back = dossier_address(&view.dossier.code);
    let papers: Vec<PaperUpload> =
        papers_of(items).map(|(place, item)| upload(view, person, place, item, reason, wrong)).collect();
    let answers = put_right::section(view, items, wrong.typed.as_ref(), &wrong.gaps, &wrong.unchanged);
    let mut errors: Vec<FieldLink> = papers
        .iter()
        .filter_map(|it| {
            it.error.as_ref().map(|why| FieldLink { href: format!("#{}", it.id), text: format!("{}: {why}", it.name) })
        })
        .collect();
    errors.extend(put_right::error_links(view, &wrong.gaps, &wrong.unchanged));
    if let Some(why) = &wrong.note_error {
        errors.push(FieldLink {
            href: "#loi_nhan".to_owned(),
            text: say_with("supplement-message-error", &[("why", &why)]),
        });
    }
    let page = frame::citizen(web, visitor, say_with("supplement-page", &[("code", &code)]), Section::MyDossiers);
    let asked = view.log.iter().rev().find(|it| matches!(it.event, Event::SupplementRequested { .. }));
    let letter = asked
        .map(|it| Link { href: format!("{back}/phieu/{}", it.seq), label: say("told-letter-supplement").to_owned() });
    let asked_by = asked.and_then(|it| Some((it.actor?, it.unit?, it.at))).map_or_else(
        || telling::desk(view, view.desk()),
        |(person, unit, at)| format!("{}, {},", view.name(person), telling::within(view.unit_name(unit, at))),
    );
    let note = FieldView {
        id: "loi_nhan".to_owned(),
        label: say("supplement-message").to_owned(),
        hint: Some(say("supplement-message-hint").to_owned()),
        required: false,
        control: Control::TextArea { value: wrong.note.clone() },
        error: wrong.note_error.clone(),
        ..FieldView::default()
    };
    Ok(Some(SupplementPage {
        page: if errors.is_empty() { page } else { page.with_error_title() },
        action: format!("{back}/bo-sung"),
        back,
        code,
        procedure: view.revision.name.clone(),
        version: view.dossier.version.to_string(),
        until: format!("{} ({})", spoken::day(open.reply_by), telling::days_left(today, open.reply_by)),
        asked_by,
        letter,
        errors,
        papers,
        sections: answers
            .into_iter()
            .chain([SectionView {
                title: say("supplement-message-short").to_owned(),
                fields: vec![note],
                ..SectionView::default()
            }])
            .collect(),
        count: asked_for(papers_of(items).count(), view.dossier.asked_fields().count()).0,
        accept: files::accept(),
        limits: files::limits(web),
        after: after(view),
    }))
}

/// Papers among what is asked, with their places.
fn papers_of(items: &[SupplementItem]) -> impl Iterator<Item = (usize, &SupplementItem)> {
    items.iter().enumerate().filter(|(_, item)| item.field.is_none())
}

fn after(view: &DossierView) -> String {
    let unit = telling::within(view.unit_name(view.responsible(), view.now));
    if view.dossier.received_at.is_none() {
        return say_with(
            "supplement-after-answer",
            &[("desk", &telling::desk(view, view.desk())), ("hours", &view.regime.answer_working_hours)],
        );
    }
    match view.clock {
        domain::dossier::ClockView::Paused { minutes_left: Some(minutes), .. } if minutes > 0 => {
            say_with("supplement-after-left", &[("unit", &unit), ("left", &spoken::working(minutes))])
        }
        _ => say_with("supplement-after-late", &[("unit", &unit)]),
    }
}

fn upload(
    view: &DossierView,
    person: PersonId,
    place: usize,
    item: &SupplementItem,
    reason: &str,
    wrong: &Wrong,
) -> PaperUpload {
    let id = supplying::shelf_of(item, place);
    let asked = item.requirement.as_ref().and_then(|own| view.revision.requirement(own));
    let why = if item.what.trim().is_empty() { reason } else { item.what.as_str() };
    let missing = wrong.missing.contains(&id).then(|| texts::word("gap-supply"));
    PaperUpload {
        name: PaperName::of(&item.name),
        question: None,
        note: asked.map(|it| it.when.clone()).filter(|it| !it.is_empty()),
        copies: asked.map_or_else(|| say("copies-one").to_owned(), copies),
        required: true,
        reason: Some(telling::stopped(why)).filter(|it| !it.is_empty()),
        files: supplying::waiting(&view.dossier, &view.documents, person, &id)
            .into_iter()
            .map(|file| files::file_view(file, &view.documents))
            .collect(),
        use_data: None,
        fields: Vec::new(),
        error: wrong.arrived.refused.get(&id).cloned().or(missing),
        id,
    }
}

/// Takes files, or one back, or sends everything handed in.
///
/// # Errors
/// Not theirs, somebody was faster, or the house failed.
pub async fn supply(
    State(web): State<Web>,
    visitor: Visitor,
    Path(code): Path<String>,
    form: PostedFiles,
) -> Result<Response, Problem> {
    let view = own_dossier(&web, &visitor, &code, "trang bổ sung").await?;
    let person = visitor.person()?;
    let shelves: Vec<String> = open_request(&view)
        .map(|(_, items)| papers_of(items).map(|(place, item)| supplying::shelf_of(item, place)).collect())
        .unwrap_or_default();
    let arrived = files::take(&web, form, Shelf::Dossier(person, view.dossier.id), &shelves).await?;
    let address = format!("{}/bo-sung", dossier_address(&view.dossier.code));
    let mut typed = put_right::typed(&view, &arrived.fields);
    let rows_changed = put_right::rows_changed(&view, &arrived.fields, &mut typed);
    let away = arrived.fields.trimmed("bo");
    if !away.is_empty() && !rows_changed {
        let document: DocumentId = away.parse().map_err(|_| Problem::BadForm)?;
        match supplying::take_back(&web.house, person, view.dossier.id, document).await {
            // Taken back already, in another window or by a second press.
            Ok(()) | Err(AppError::NotFound) => {}
            Err(other) => return Err(other.into()),
        }
    }
    let note: String = arrived.fields.text("loi_nhan").chars().take(2 * TEXT_CHARS_MAX).collect();
    let is_upload = rows_changed || !away.is_empty() || arrived.fields.trimmed("viec") == "tai";
    let is_typed = rows_changed || put_right::is_changed(&view, &typed);
    if is_upload && arrived.refused.is_empty() && note.trim().is_empty() && !is_typed {
        return Ok(Redirect::to(&address).into_response());
    }
    let now = own_dossier(&web, &visitor, &code, "trang bổ sung").await?;
    let papers = supplying::papers(&now.dossier, &now.documents, person);
    let missing = match open_request(&now) {
        Some((_, items)) if !is_upload && note.trim().is_empty() => papers_of(items)
            .map(|(place, item)| supplying::shelf_of(item, place))
            .filter(|shelf| supplying::waiting(&now.dossier, &now.documents, person, shelf).is_empty())
            .collect(),
        Some(_) | None => Vec::new(),
    };
    let (gaps, unchanged) = match is_upload {
        true => Default::default(),
        false => put_right::problems(&now, &typed, note.trim().is_empty()),
    };
    let mut wrong = Wrong { arrived, note, note_error: None, missing, typed: Some(typed.clone()), gaps, unchanged };
    if !is_upload && !wrong.is_any() {
        let version = wrong.arrived.fields.version("phien")?;
        let once = Once::new(&format!("bo-sung {} {version}", view.dossier.id), &contents(&wrong.note, &typed));
        let command = Command::Supply { papers, answers: typed, note: wrong.note.trim().to_owned() };
        let asked = Asked {
            actor: visitor.signed_in()?,
            id: view.dossier.id,
            version: Some(version),
            command,
            once: Some(once),
        };
        match handle::handle(&web.house, asked).await {
            Ok(done) => {
                return Ok(Redirect::to(&format!("{}?xong=bo-sung", dossier_address(&done.code))).into_response());
            }
            Err(AppError::Refused(
                refusal @ (DossierRefusal::TextTooLong { .. } | DossierRefusal::NothingSupplied),
            )) => wrong.note_error = Some(texts::refusal(&refusal).what),
            Err(other) => return Err(other.into()),
        }
    }
    match shown(&web, &visitor, &now, &wrong)? {
        Some(page) if wrong.is_any() => Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &page)),
        Some(page) => Ok(html(&page)),
        None => Ok(Redirect::to(&dossier_address(&now.dossier.code)).into_response()),
    }
}
