//! Applying online: the desk, the form, the papers. What is read once more and sent is in [`super::reviewing`].

use super::files::{self, Arrived, Shelf};
use super::form_view::{TICKED, add_row, error_links, form_view, read_form, remove_row};
use super::views::{
    ApplicationSummary, ApplyFormPage, ApplyPapersPage, ApplyStartPage, Choice, Control, Fact, FieldView, Link,
    PaperName, PaperUpload, StepMark, StepState,
};
use super::words::{copies, fee_in_short, register};
use crate::Web;
use crate::frame::{self, html, html_as};
use crate::page::{FieldLink, Section};
use crate::posted::{Posted, PostedFiles};
use crate::problem::Problem;
use crate::spoken;
use crate::texts;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::AppError;
use app::applying::{self, Application, Change, OwnDraft};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{ACCEPT, CONTENT_TYPE, HeaderMap};
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::{DocumentId, DraftId, UnitId};
use domain::procedure::{
    AnswerGap, ApplicationForm, Completeness, Need, ProcedureId, ProcedureRevision, Requirement, RequirementGroup,
    validate,
};
use std::collections::BTreeSet;

/// How words beside a paper begin that are no condition.
const NO_CONDITIONS: [&str; 5] = ["không phải", "không bắt buộc", "lỗi thời", "trước ", "nếu có"];

/// The steps of an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ApplyStep {
    /// What awaits one, and the desk.
    Start,
    /// The form.
    Form,
    /// The papers.
    Papers,
    /// Read once more, and send.
    Review,
}

/// What one applies for, with the desk once it is chosen.
pub struct Matter<'a> {
    /// The procedure.
    pub revision: &'a ProcedureRevision,
    /// The desk.
    pub unit: Option<UnitId>,
    /// The draft, once there is one.
    pub draft: Option<DraftId>,
    /// What it costs as it is filled in, where the form asks how many.
    pub owed_vnd: Option<i64>,
}

impl<'a> Matter<'a> {
    /// Of a draft.
    pub fn of(web: &Web, it: &'a Application) -> Self {
        let owed_vnd = it.owed_so_far(web.house.clock.now().day());
        Self { revision: &it.current, unit: Some(it.desk(&web.house)), draft: Some(it.draft.id), owed_vnd }
    }
}

/// Address of a step of a draft.
pub fn step_address(draft: DraftId, part: &str) -> String {
    format!("/nop-ho-so/don/{draft}/{part}")
}

/// What stands beside every step.
pub fn summary(web: &Web, matter: &Matter<'_>, at: ApplyStep) -> ApplicationSummary {
    let it = matter.revision;
    let mut facts = Vec::new();
    if let Some(unit) = matter.unit {
        facts.push(fact(say("apply-unit"), frame::unit_today(web, unit)));
    }
    let time =
        it.time_limit.map_or_else(|| say("not-in-source-short").to_owned(), |limit| spoken::term(limit.binding()));
    facts.push(fact(say("apply-time"), time));
    let fees = matter.owed_vnd.map(spoken::dong).or_else(|| fee_in_short(it));
    facts.push(fact(say("procedure-fees"), fees.unwrap_or_else(|| say("not-in-source").to_owned())));
    let parts = [
        (ApplyStep::Start, say("apply-step-guide"), None),
        (ApplyStep::Form, say("apply-fill-in"), Some("to-khai")),
        (ApplyStep::Papers, say("apply-papers"), Some("giay-to")),
        (ApplyStep::Review, say("apply-step-review"), Some("xem-lai")),
    ];
    let steps: Vec<StepMark> = parts
        .into_iter()
        .filter(|(step, ..)| *step != ApplyStep::Form || !it.forms.is_empty())
        .map(|(step, label, part)| StepMark {
            label: label.to_owned(),
            state: match step.cmp(&at) {
                std::cmp::Ordering::Less => StepState::Done,
                std::cmp::Ordering::Equal => StepState::Current,
                std::cmp::Ordering::Greater => StepState::Ahead,
            },
            href: matter.draft.zip(part).filter(|_| step != at).map(|(draft, part)| step_address(draft, part)),
        })
        .collect();
    let step_number = steps.iter().position(StepMark::is_here).map_or(1, |place| place + 1);
    ApplicationSummary {
        procedure: it.name.clone(),
        procedure_href: super::catalogue::address(it),
        facts,
        steps,
        step_number,
    }
}

fn fact(label: &str, value: String) -> Fact {
    Fact { label: label.to_owned(), value, note: None }
}

/// The draft of an address, for its owner.
///
/// # Errors
/// Not theirs, or not there.
pub async fn own_draft(web: &Web, visitor: &Visitor, draft: &str) -> Result<Application, Problem> {
    let id: DraftId = draft.parse().map_err(|_| Problem::from(AppError::NotFound))?;
    Ok(applying::load(&web.house, visitor.person()?, id).await?)
}

/// Where a draft leads that was sent already.
pub fn already_sent(it: &Application) -> Option<Response> {
    it.draft.sent_as.map(|_| Redirect::to(&step_address(it.draft.id, "da-nop")).into_response())
}

fn saved(it: &Application) -> String {
    say_with("apply-saved", &[("at", &spoken::time(it.draft.updated_at.local()))])
}

fn set_aside() -> Response {
    Redirect::to("/ho-so-cua-toi?muc=ban-nhap").into_response()
}

// ---- step 1: the desk ----

/// What awaits one, and which desk receives.
///
/// # Errors
/// No such procedure, or none that can be applied for online.
pub async fn start_page(State(web): State<Web>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Problem> {
    start_view(&web, &visitor, &id, "", None).await
}

async fn start_view(
    web: &Web,
    visitor: &Visitor,
    id: &str,
    chosen: &str,
    error: Option<String>,
) -> Result<Response, Problem> {
    let missing = || Problem::from(AppError::NotFound);
    let id: ProcedureId = id.parse().map_err(|_| missing())?;
    let known = web.house.now_known();
    let it = known.catalogue.current(&id).ok_or_else(missing)?;
    let today = web.house.clock.now().day();
    let desks = applying::desks_online(&known, &it, today);
    if desks.is_empty() {
        return Ok(Redirect::to(&super::catalogue::address(&it)).into_response());
    }
    let drafts = applying::drafts_of(&web.house, visitor.person()?).await?;
    let drafts = drafts
        .iter()
        .filter(|own| own.draft.procedure == id.to_string())
        .map(|own| Link { href: step_address(own.draft.id, "to-khai"), label: draft_label(own) });
    let (before, unit_hint) = if chosen.is_empty() && error.is_none() && desks.len() > 1 {
        desk_guessed(web, visitor, &desks).await?
    } else {
        (None, "apply-unit-hint")
    };
    let mut units: Vec<Choice> = desks
        .iter()
        .filter_map(|unit| {
            let own = known.organisation.attributes_on(*unit, today)?;
            Some(Choice {
                value: unit.to_string(),
                label: say_with("apply-desk", &[("unit", &crate::telling::within(&own.name))]),
                hint: Some(own.seat.clone()).filter(|it| !it.is_empty()),
                selected: desks.len() == 1 || chosen == unit.to_string() || before == Some(*unit),
                reveals: Vec::new(),
            })
        })
        .collect();
    let elsewhere = units.extract_if(.., |it| before.is_some() && !it.selected).collect();
    let page = frame::citizen(web, visitor, say_with("apply-page", &[("name", &it.name)]), Section::Procedures);
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let links = error
        .iter()
        .map(|text| FieldLink { href: "#don_vi".to_owned(), text: say_with("apply-unit-error", &[("text", &text)]) });
    Ok(html_as(
        status,
        &ApplyStartPage {
            page: if error.is_some() { page.with_error_title() } else { page },
            application: summary(
                web,
                &Matter { revision: &it, unit: None, draft: None, owed_vnd: None },
                ApplyStep::Start,
            ),
            action: format!("/nop-ho-so/{id}"),
            errors: links.collect(),
            at_hand: at_hand(&it),
            unit_hint: say(unit_hint).to_owned(),
            units,
            elsewhere,
            unit_error: error,
            fields: Vec::new(),
            drafts: drafts.collect(),
        },
    ))
}

/// A draft by whom it is about and when it was last changed.
fn draft_label(own: &OwnDraft) -> String {
    let at = spoken::moment(own.draft.updated_at.local());
    match &own.about {
        Some(name) => say_with("apply-draft-of", &[("name", name), ("at", &at)]),
        None => say_with("apply-draft", &[("at", &at)]),
    }
}

/// The desk somebody chose last, or else that of the ward they live in, and the key of the words that say so.
async fn desk_guessed(
    web: &Web,
    visitor: &Visitor,
    desks: &[UnitId],
) -> Result<(Option<UnitId>, &'static str), Problem> {
    let person = visitor.person()?;
    if let Some(last) = applying::desk_chosen_last(&web.house, person, desks).await? {
        return Ok((Some(last), "apply-unit-before"));
    }
    let home = applying::desk_at_home(&web.house, person, desks).await?;
    Ok((home, if home.is_some() { "apply-unit-home" } else { "apply-unit-hint" }))
}

/// The papers to have at hand.
fn at_hand(it: &ProcedureRevision) -> Vec<PaperName> {
    let papers = applying::papers_asked(it).filter(|own| own.need == Need::Always);
    papers.map(|own| PaperName::of(&own.name)).collect()
}

/// Begins an application.
///
/// # Errors
/// No such procedure, or the house failed.
pub async fn start(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let procedure: ProcedureId = id.parse().map_err(|_| Problem::from(AppError::NotFound))?;
    let chosen = posted.trimmed("don_vi");
    let Ok(unit) = chosen.parse::<UnitId>() else {
        return start_view(&web, &visitor, &id, chosen, Some(texts::word("gap-unit"))).await;
    };
    match applying::begin(&web.house, visitor.person()?, &procedure, unit).await {
        Ok(draft) => Ok(Redirect::to(&step_address(draft, "to-khai")).into_response()),
        Err(AppError::Invalid(problems)) => {
            let why: Vec<String> = problems.iter().map(texts::field_problem).collect();
            start_view(&web, &visitor, &id, chosen, Some(why.join(" "))).await
        }
        Err(other) => Err(other.into()),
    }
}

// ---- step 2: the form ----

fn form_of(it: &Application) -> Option<&ApplicationForm> {
    it.current.forms.first()
}

/// The form with what was typed so far. `?soat=1` says what is missing: links of the review come with it.
///
/// # Errors
/// Not theirs, or not there.
pub async fn form_page(
    State(web): State<Web>,
    visitor: Visitor,
    Path(draft): Path<String>,
    asked: super::Asked,
) -> Result<Response, Problem> {
    let it = own_draft(&web, &visitor, &draft).await?;
    if let Some(response) = already_sent(&it) {
        return Ok(response);
    }
    let Some(form) = form_of(&it) else {
        return Ok(Redirect::to(&step_address(it.draft.id, "giay-to")).into_response());
    };
    let today = web.house.clock.now().day();
    let how = if asked.contains_key("soat") { Completeness::Complete } else { Completeness::Draft };
    let (_, gaps) = validate(form, &it.body.raw, today, how);
    let view = form_page_view(&web, &visitor, &it, form, &gaps);
    Ok(html(&ApplyFormPage { reviewing: asked.contains_key("soat"), ..view }))
}

fn form_page_view(
    web: &Web,
    visitor: &Visitor,
    it: &Application,
    form: &ApplicationForm,
    gaps: &[AnswerGap],
) -> ApplyFormPage {
    let today = web.house.clock.now().day();
    let page = frame::citizen(web, visitor, format!("{} – {}", form.title, it.current.name), Section::Procedures);
    ApplyFormPage {
        page: if gaps.is_empty() { page } else { page.with_error_title() },
        application: summary(web, &Matter::of(web, it), ApplyStep::Form),
        action: step_address(it.draft.id, "to-khai"),
        autosave: step_address(it.draft.id, "to-khai"),
        seen: applying::FormPage::opened(&web.house, &it.body.raw).text(),
        errors: error_links(gaps, today),
        form: form_view(form, &it.body.raw, &it.known(), gaps, today),
        saved: Some(saved(it)),
        back: format!("/nop-ho-so/{}", it.current.procedure),
        reviewing: false,
    }
}

/// Keeps what was typed, then goes where the button says. The script saves in between and hears when.
///
/// # Errors
/// Not theirs, or the house failed.
pub async fn form(
    State(web): State<Web>,
    visitor: Visitor,
    Path(draft): Path<String>,
    headers: HeaderMap,
    posted: Posted,
) -> Result<Response, Problem> {
    let mut it = own_draft(&web, &visitor, &draft).await?;
    if let Some(response) = already_sent(&it) {
        return Ok(response);
    }
    let Some(form) = form_of(&it).cloned() else {
        return Ok(Redirect::to(&step_address(it.draft.id, "giay-to")).into_response());
    };
    let id = it.draft.id;
    let mut raw = read_form(&form, &posted);
    let (more, less) = (posted.trimmed("them"), posted.trimmed("bo"));
    let reviewing = posted.has("soat");
    if !more.is_empty() {
        add_row(&form, &mut raw, more);
    }
    if !less.is_empty() {
        remove_row(&mut raw, less);
    }
    let seen = applying::FormPage::read(posted.trimmed("phien-ban"));
    let kept = applying::keep_answers(&web.house, visitor.person()?, id, &raw, seen).await?;
    it = own_draft(&web, &visitor, &draft).await?;
    let wants_text = headers.get(ACCEPT).and_then(|it| it.to_str().ok()).is_some_and(|it| it.starts_with("text/plain"));
    if let applying::Kept::WrittenSince(at) = kept {
        let args = [("at", spoken::moment(at.local()))];
        if wants_text {
            let kind = [(CONTENT_TYPE, "text/plain; charset=utf-8")];
            let text = texts::word_with("draft-written-since-short", &args);
            return Ok((StatusCode::CONFLICT, kind, text).into_response());
        }
        let seen = applying::FormPage::opened(&web.house, &it.body.raw).text();
        it.show_unkept(raw);
        let page = written_since(&web, &visitor, &it, &form, texts::word_with("draft-written-since", &args));
        return Ok(html_as(StatusCode::CONFLICT, &ApplyFormPage { seen, reviewing, ..page }));
    }
    it.show_kept(raw);
    let address = if reviewing { review_address(id) } else { step_address(id, "to-khai") };
    if wants_text && posted.trimmed("viec").is_empty() && more.is_empty() && less.is_empty() {
        return Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8")], saved(&it)).into_response());
    }
    if !more.is_empty() || !less.is_empty() {
        let list = if more.is_empty() { less.split('.').next().unwrap_or_default() } else { more };
        return Ok(Redirect::to(&format!("{address}#{}", frame::encoded(list))).into_response());
    }
    if posted.trimmed("viec") == "luu" {
        return Ok(set_aside());
    }
    if posted.trimmed("viec") == "luu-lai" {
        return Ok(Redirect::to(&address).into_response());
    }
    let (_, gaps) = validate(&form, &it.body.raw, web.house.clock.now().day(), Completeness::Complete);
    if gaps.is_empty() {
        let onward = if reviewing { "xem-lai" } else { "giay-to" };
        return Ok(Redirect::to(&step_address(id, onward)).into_response());
    }
    let view = form_page_view(&web, &visitor, &it, &form, &gaps);
    Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &ApplyFormPage { reviewing, ..view }))
}

/// The form opened from the review: it says what is missing, and leads back there.
pub(super) fn review_address(draft: DraftId) -> String {
    format!("{}?soat=1", step_address(draft, "to-khai"))
}

/// The form as it was typed here, where another window or device wrote it meanwhile: nothing is kept before somebody says which.
/// Sent once more, with what the draft holds now as seen, this page is the one that counts.
fn written_since(
    web: &Web,
    visitor: &Visitor,
    it: &Application,
    form: &ApplicationForm,
    text: String,
) -> ApplyFormPage {
    let mut page = form_page_view(web, visitor, it, form, &[]);
    page.page = page.page.with_error_title();
    page.errors = vec![FieldLink { href: step_address(it.draft.id, "to-khai"), text }];
    page
}

// ---- step 3: the papers ----

/// The papers with what was given so far.
///
/// # Errors
/// Not theirs, or not there.
pub async fn papers_page(
    State(web): State<Web>,
    visitor: Visitor,
    Path(draft): Path<String>,
) -> Result<Response, Problem> {
    let it = own_draft(&web, &visitor, &draft).await?;
    Ok(already_sent(&it).unwrap_or_else(|| papers_view(&web, &visitor, &it, &Arrived::default())))
}

fn papers_view(web: &Web, visitor: &Visitor, it: &Application, arrived: &Arrived) -> Response {
    let page =
        frame::citizen(web, visitor, say_with("apply-papers-page", &[("name", &it.current.name)]), Section::Procedures);
    let is_bad = !arrived.refused.is_empty();
    let name_of = |id: &str| it.current.requirement(id).map_or_else(|| id.to_owned(), |own| own.name.clone());
    let back = if it.current.forms.is_empty() {
        format!("/nop-ho-so/{}", it.current.procedure)
    } else {
        step_address(it.draft.id, "to-khai")
    };
    let asked = applying::papers_asked(&it.current);
    let (papers, mut if_needed): (Vec<_>, Vec<_>) =
        asked.map(|own| (own, upload(it, own, arrived))).partition(|(_, shown)| shown.required);
    // What an answer of the form would make necessary is not asked again here.
    if_needed.retain(|(own, shown)| own.asked_if.is_none() || shown.is_begun());
    if_needed.sort_by_key(|(own, _)| !is_on_behalf(&own.when));
    let shown = |all: Vec<(&Requirement, PaperUpload)>| all.into_iter().map(|it| it.1).collect();
    let view = ApplyPapersPage {
        page: if is_bad { page.with_error_title() } else { page },
        application: summary(web, &Matter::of(web, it), ApplyStep::Papers),
        action: step_address(it.draft.id, "giay-to"),
        errors: arrived.errors(name_of),
        papers: shown(papers),
        if_needed: shown(if_needed),
        accept: files::accept(),
        limits: files::limits(web),
        saved: Some(saved(it)),
        back,
    };
    if is_bad { html_as(StatusCode::UNPROCESSABLE_ENTITY, &view) } else { html(&view) }
}

fn data_tick(id: &str) -> String {
    format!("dl.{id}")
}

fn upload(it: &Application, own: &Requirement, arrived: &Arrived) -> PaperUpload {
    let registers: Vec<String> = own.replaced_by.iter().map(|name| register(name)).collect();
    let use_data = (!registers.is_empty()).then(|| FieldView {
        id: data_tick(&own.id),
        label: say_with("apply-from-register", &[("registers", &registers.join(", "))]),
        required: true,
        control: Control::Tick { checked: it.body.from_data.contains(&own.id) },
        ..FieldView::default()
    });
    let when = own.when.trim();
    let note = match (own.need, own.group) {
        (_, RequirementGroup::Present) if when.is_empty() => Some(say("apply-present-original").to_owned()),
        (Need::Optional, _) if when.is_empty() => Some(say("apply-if-you-want").to_owned()),
        _ => Some(when.to_owned()).filter(|it| !it.is_empty()),
    };
    let question = question_of(when).filter(|_| own.need != Need::Always);
    PaperUpload {
        question,
        id: own.id.clone(),
        name: PaperName::of(&own.name),
        note,
        copies: copies(own),
        required: applying::is_required_online(own, &it.body.raw),
        reason: None,
        files: it
            .documents
            .iter()
            .filter(|file| file.requirement == own.id)
            .map(|file| files::file_view(file, &it.documents))
            .collect(),
        use_data,
        fields: Vec::new(),
        error: arrived.refused.get(&own.id).cloned(),
    }
}

/// True where a paper is needed because somebody acts for another.
fn is_on_behalf(when: &str) -> bool {
    when.starts_with("ủy quyền")
}

/// The condition of a paper as a question: "chỉ khi gửi hồ sơ qua bưu chính; …" asks "Gửi hồ sơ qua bưu chính?". None where the source
/// says something else than a condition.
fn question_of(when: &str) -> Option<String> {
    let first = when.split(';').next().unwrap_or_default();
    if is_on_behalf(when) {
        return Some(say("apply-on-behalf").to_owned());
    }
    let first = first.split(" (").next().unwrap_or_default().trim().trim_end_matches(['.', '?']);
    let small = first.to_lowercase();
    let bare = ["chỉ khi ", "khi ", "nếu ", "trường hợp "].iter().find(|it| small.starts_with(**it));
    let asked: String = first.chars().skip(bare.map_or(0, |it| it.chars().count())).collect();
    let asked = asked.replace("CSDLQG", "cơ sở dữ liệu quốc gia").replace("CSDL", "cơ sở dữ liệu");
    let is_condition = !NO_CONDITIONS.iter().any(|it| small.starts_with(it));
    (is_condition && !asked.is_empty()).then(|| format!("{}?", crate::telling::opening(&asked)))
}

/// Takes files, or one away, then goes where the button says.
///
/// # Errors
/// Not theirs, or the house failed.
pub async fn papers(
    State(web): State<Web>,
    visitor: Visitor,
    Path(draft): Path<String>,
    form: PostedFiles,
) -> Result<Response, Problem> {
    let it = own_draft(&web, &visitor, &draft).await?;
    if let Some(response) = already_sent(&it) {
        return Ok(response);
    }
    let (person, id) = (visitor.person()?, it.draft.id);
    let asked: Vec<String> = applying::papers_asked(&it.current).map(|own| own.id.clone()).collect();
    let arrived = files::take(&web, form, Shelf::Draft(person, id), &asked).await?;
    let from_data: BTreeSet<String> =
        asked.iter().filter(|own| arrived.fields.trimmed(&data_tick(own)) == TICKED).cloned().collect();
    if from_data != it.body.from_data || arrived.kept > 0 {
        applying::change(&web.house, person, id, Change::FromData(from_data)).await?;
    }
    let address = step_address(id, "giay-to");
    let away = arrived.fields.trimmed("bo");
    if !away.is_empty() {
        let document: DocumentId = away.parse().map_err(|_| Problem::BadForm)?;
        match app::uploads::remove_from_draft(&web.house, person, id, document).await {
            // Taken away already, in another window or by a second press.
            Ok(()) | Err(AppError::NotFound) => {}
            Err(other) => return Err(other.into()),
        }
        return Ok(Redirect::to(&address).into_response());
    }
    if !arrived.refused.is_empty() {
        let it = own_draft(&web, &visitor, &draft).await?;
        return Ok(papers_view(&web, &visitor, &it, &arrived));
    }
    Ok(match arrived.fields.trimmed("viec") {
        "tai" | "luu-lai" => Redirect::to(&address).into_response(),
        "luu" => set_aside(),
        _ => Redirect::to(&step_address(id, "xem-lai")).into_response(),
    })
}

/// Back from a refusal of throwing away, opened as a page.
pub async fn drafts() -> Response {
    set_aside()
}

/// Throws a draft away.
///
/// # Errors
/// Not theirs, or the house failed.
pub async fn discard(
    State(web): State<Web>,
    visitor: Visitor,
    Path(draft): Path<String>,
    _posted: Posted,
) -> Result<Response, Problem> {
    let it = own_draft(&web, &visitor, &draft).await?;
    if let Some(response) = already_sent(&it) {
        return Ok(response);
    }
    applying::discard(&web.house, visitor.person()?, it.draft.id).await?;
    Ok(set_aside())
}
