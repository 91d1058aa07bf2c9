//! One form for each act: GET shows it with what it will do, POST makes it one command of `app`.

use super::act_forms::{self, Form};
use super::act_readings::{self, Typed};
use super::dossier::{self, act_menu, code_of};
use super::phrases;
use super::routing;
use super::staged::{self, Sent};
use super::views::{ActPage, ActView, HistoryLine, LinkView, StalePage, TypedLine};
use crate::Web;
use crate::frame::{self, html, html_as, safe_return};
use crate::page::FieldLink;
use crate::posted::{Posted, PostedFiles};
use crate::problem::Problem;
use crate::texts;
use crate::visitor::Visitor;
use app::AppError;
use app::desk;
use app::dossiers::DossierView;
use app::handle::{Asked, Once, handle};
use app::rows::Document;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::dossier::{Act, Command, DossierCode, Recorded};

/// An act of an address that staff can do; whatever is none is not there.
fn act_of(text: &str) -> Result<Act, Problem> {
    let act: Act = text.parse().map_err(|_| AppError::NotFound)?;
    match act {
        Act::File
        | Act::ReceiveAtDesk
        | Act::ChooseCollection
        | Act::Confirm
        | Act::TakeSilence
        | Act::LapseSupplement
        | Act::Transfer => Err(AppError::NotFound.into()),
        Act::Accept
        | Act::TakeOn
        | Act::Forward
        | Act::SubmitForSignature
        | Act::Sign
        | Act::Issue
        | Act::Deliver
        | Act::Correct
        | Act::RequestSupplement
        | Act::Supply
        | Act::Assign
        | Act::SendBack
        | Act::Recall
        | Act::NotifyObligation
        | Act::RecordPayment
        | Act::Apologise
        | Act::Refuse
        | Act::Withdraw
        | Act::Discontinue
        | Act::Route
        | Act::Erase => Ok(act),
    }
}

/// What is wrong with a form: fields with words, and the words above them.
#[derive(Default)]
pub struct Wrong {
    /// By field; a field that is not on the page stands for the whole form.
    pub fields: Vec<(String, String)>,
}

impl Wrong {
    fn add(&mut self, field: &str, words: impl Into<String>) {
        self.fields.push((field.to_owned(), words.into()));
    }
}

/// The form.
pub async fn page(
    State(web): State<Web>,
    visitor: Visitor,
    Path((code, act)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (code, act) = (code_of(&code)?, act_of(&act)?);
    let view = match dossier::opened(&web, &visitor, &code, "trang việc").await? {
        Ok(view) => view,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let entry = entry_of(&view, &visitor, act)?;
    let typed = Posted::default();
    let message = act_readings::without_words(act)
        .and_then(|command| desk::foretell(&web.house, &visitor.signed_in().ok()?, &view, &command).ok().flatten())
        .unwrap_or_default();
    let shown = Shown { typed: &typed, staged: &[], wrong: &Wrong::default(), message, once: web.house.ids.token() };
    Ok(html(&act_page(&web, &visitor, &view, act, entry, shown)?))
}

/// The entry of the menu, where the person may do that at all.
fn entry_of(view: &DossierView, visitor: &Visitor, act: Act) -> Result<ActView, Problem> {
    let (_, answer) = view.acts.iter().find(|it| it.0 == act).ok_or(AppError::Forbidden)?;
    let listed = act_menu(view, visitor.person()?, "").into_iter().find(|it| it.key == act.key());
    Ok(listed.unwrap_or_else(|| ActView {
        key: act.key().to_owned(),
        label: texts::act(act),
        explains: texts::act_explains(act),
        disabled: answer.as_ref().err().map(|it| texts::refusal(it).what).unwrap_or_default(),
        ..ActView::default()
    }))
}

/// What a form shows beside its questions.
struct Shown<'a> {
    typed: &'a Posted,
    staged: &'a [(String, Document)],
    wrong: &'a Wrong,
    message: String,
    once: String,
}

fn act_page(
    web: &Web,
    visitor: &Visitor,
    view: &DossierView,
    act: Act,
    entry: ActView,
    shown: Shown<'_>,
) -> Result<ActPage, Problem> {
    let code = &view.dossier.code;
    let home = phrases::dossier_address(code);
    let list = phrases::list_of(visitor);
    let form = act_forms::form(web, view, act, shown.typed);
    let fields = act_forms::finished(web, visitor.person()?, form.fields, shown.staged, &shown.wrong.fields);
    let errors: Vec<FieldLink> = shown
        .wrong
        .fields
        .iter()
        .map(|(field, text)| {
            let known = fields.iter().any(|it| it.name == *field);
            FieldLink { href: format!("#{}", if known { field.as_str() } else { "viec" }), text: text.clone() }
        })
        .collect();
    let page = frame::staff(web, visitor, format!("{}, hồ sơ {code}", entry.label), "/nghiep-vu");
    let Form { button, effects, papers, legal, previews, .. } = form;
    Ok(ActPage {
        page: if errors.is_empty() { page } else { page.with_error_title() },
        back: LinkView { label: format!("Hồ sơ {code}"), href: phrases::from_list(&home, &list) },
        code: code.to_string(),
        about: phrases::about(view),
        clocks: dossier::clocks(web, view)?,
        action: phrases::from_list(&format!("{home}/viec/{act}"), &list),
        version: match shown.typed.trimmed("phien-ban").parse::<u64>() {
            Ok(seen) => seen,
            Err(_) => u64::from(view.dossier.version),
        },
        once: shown.once,
        act: entry,
        errors,
        fields,
        message: shown.message,
        papers,
        effects,
        button,
        previews,
        legal,
    })
}

/// The answer to the form.
pub async fn post(
    State(web): State<Web>,
    visitor: Visitor,
    Path((code, act)): Path<(String, String)>,
    form: PostedFiles,
) -> Result<Response, Problem> {
    let (code, act) = (code_of(&code)?, act_of(&act)?);
    let sent = staged::receive(&web, form).await?;
    let seen = sent.posted.version("phien-ban")?;
    let actor = visitor.signed_in()?;
    let view = match dossier::opened(&web, &visitor, &code, "trang việc").await? {
        Ok(view) => view,
        Err(answer) => return Ok(answer),
    };
    let is_mine = view.acts.iter().any(|it| it.0 == act);
    // Of a page older than the dossier, or sent before, the house says what became of it.
    if !is_mine && seen == view.dossier.version {
        return Err(AppError::Forbidden.into());
    }
    let entry = match entry_of(&view, &visitor, act) {
        Ok(entry) => entry,
        // Somebody may have acted since, or this form may have been sent before: the house says which.
        Err(_) => ActView { key: act.key().to_owned(), label: texts::act(act), ..ActView::default() },
    };
    let mut wrong = Wrong::default();
    for (field, words) in &sent.wrong {
        wrong.add(field, words.clone());
    }
    let staged = files_of(&web, &visitor, &sent)?;
    let typed = Typed { posted: &sent.posted, files: &staged, view: &view, today: web.house.clock.now().day() };
    let read = act_readings::command(act, &typed);
    let command = match read {
        Ok(command) if wrong.fields.is_empty() => command,
        Ok(_) => return again(&web, &visitor, &view, act, entry, &sent, &staged, &wrong, String::new()),
        Err(problems) => {
            wrong.fields.extend(problems);
            return again(&web, &visitor, &view, act, entry, &sent, &staged, &wrong, String::new());
        }
    };
    if sent.posted.trimmed("lenh") == "xem-truoc" && is_mine {
        return match desk::foretell(&web.house, &actor, &view, &command) {
            Ok(told) => {
                let told = told.unwrap_or_else(|| "(Việc này không gửi gì cho công dân.)".to_owned());
                again(&web, &visitor, &view, act, entry, &sent, &staged, &wrong, told)
            }
            Err(why) => refused(&web, &visitor, &view, act, entry, &sent, &staged, why),
        };
    }
    if sent.posted.trimmed("lenh") == "xem-truoc" {
        return Err(AppError::Forbidden.into());
    }
    let once = Once::new(sent.posted.trimmed("mot-lan"), &sent.contents());
    let asked = Asked { actor, id: view.dossier.id, version: Some(seen), command, once: Some(once) };
    let documents = used(&asked.command, &staged);
    match desk::handle_with_files(&web.house, asked, documents).await {
        Ok(handled) => {
            let list = phrases::list_of(&visitor);
            if act == Act::Route {
                let to = sent.posted.trimmed("don-vi");
                return Ok(Redirect::to(&routing::after(&handled.code, to, &list)).into_response());
            }
            if list.starts_with(super::online::ADDRESS) && answers_an_application(act) {
                let mark = if list.contains('?') { '&' } else { '?' };
                let done = phrases::query(&[("xong", act.key()), ("ho-so", handled.code.as_str())]);
                return Ok(Redirect::to(&format!("{list}{mark}{done}")).into_response());
            }
            let home = phrases::dossier_address(&handled.code);
            let done = phrases::query(&[("xong", act.key()), ("ve", &list)]);
            Ok(Redirect::to(&format!("{home}?{done}")).into_response())
        }
        Err(AppError::Forbidden) if seen != view.dossier.version => {
            let since: Vec<Recorded> = view.log.iter().filter(|it| it.seq > seen).cloned().collect();
            Ok(stale(&web, &visitor, &view, act, &sent, &since))
        }
        Err(why) => refused(&web, &visitor, &view, act, entry, &sent, &staged, why),
    }
}

/// With which an online application is answered: whoever works through the desk's list goes back to it.
const fn answers_an_application(act: Act) -> bool {
    matches!(act, Act::Accept | Act::Refuse | Act::RequestSupplement)
}

/// Files of a form: those that came now, and those it brought back.
fn files_of(web: &Web, visitor: &Visitor, sent: &Sent) -> Result<Vec<(String, Document)>, Problem> {
    let owner = visitor.person()?;
    let mut files: Vec<(String, Document)> = sent.files.iter().map(|(field, it)| (field.clone(), it.clone())).collect();
    for (name, values) in sent.posted.fields() {
        let Some(field) = name.strip_prefix(act_forms::KEPT_PREFIX) else { continue };
        if files.iter().any(|it| it.0 == field) {
            continue;
        }
        if let Some(file) = values.first().and_then(|it| staged::opened(web, owner, it)) {
            files.push((field.to_owned(), file));
        }
    }
    Ok(files)
}

/// The files that a command names.
fn used(command: &Command, staged: &[(String, Document)]) -> Vec<Document> {
    staged
        .iter()
        .filter(|(_, file)| match command {
            Command::SubmitForSignature { draft, .. } => draft.document == Some(file.id),
            Command::Issue { document, .. } => *document == Some(file.id),
            Command::Supply { papers, .. } => papers.iter().any(|it| it.documents.contains(&file.id)),
            _ => false,
        })
        .map(|(field, file)| Document {
            requirement: field.strip_prefix("tep-").unwrap_or_default().to_owned(),
            ..file.clone()
        })
        .collect()
}

#[expect(clippy::too_many_arguments, reason = "the parts of one page")]
fn again(
    web: &Web,
    visitor: &Visitor,
    view: &DossierView,
    act: Act,
    entry: ActView,
    sent: &Sent,
    staged: &[(String, Document)],
    wrong: &Wrong,
    message: String,
) -> Result<Response, Problem> {
    let status = if wrong.fields.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let once = sent.posted.trimmed("mot-lan").to_owned();
    let shown = Shown { typed: &sent.posted, staged, wrong, message, once };
    Ok(html_as(status, &act_page(web, visitor, view, act, entry, shown)?))
}

#[expect(clippy::too_many_arguments, reason = "the parts of one page")]
fn refused(
    web: &Web,
    visitor: &Visitor,
    view: &DossierView,
    act: Act,
    entry: ActView,
    sent: &Sent,
    staged: &[(String, Document)],
    why: AppError,
) -> Result<Response, Problem> {
    let mut wrong = Wrong::default();
    let (status, key) = match &why {
        AppError::Refused(refusal) => {
            let said = texts::refusal(refusal);
            let law = said.legal.map(|it| format!(" Căn cứ: {it}.")).unwrap_or_default();
            let text = format!("{} {}{law}", said.what, said.why.unwrap_or_default());
            wrong.add(act_readings::field_of(act, refusal), text);
            (StatusCode::CONFLICT, sent.posted.trimmed("mot-lan").to_owned())
        }
        AppError::Invalid(problems) => {
            for problem in problems {
                wrong.add(&problem.field, texts::field_problem(problem));
            }
            (StatusCode::UNPROCESSABLE_ENTITY, sent.posted.trimmed("mot-lan").to_owned())
        }
        AppError::KeyReused => {
            wrong.add(
                "viec",
                "Trang này đã được gửi trước đó với nội dung khác. Xem lại hồ sơ rồi gửi lần nữa nếu vẫn cần.",
            );
            (StatusCode::CONFLICT, web.house.ids.token())
        }
        AppError::Stale { since } => return Ok(stale(web, visitor, view, act, sent, since)),
        _ => return Err(why.into()),
    };
    let shown = Shown { typed: &sent.posted, staged, wrong: &wrong, message: String::new(), once: key };
    Ok(html_as(status, &act_page(web, visitor, view, act, entry, shown)?))
}

/// Somebody else acted first: what changed, and everything typed.
fn stale(web: &Web, visitor: &Visitor, view: &DossierView, act: Act, sent: &Sent, since: &[Recorded]) -> Response {
    let code: &DossierCode = &view.dossier.code;
    let home = phrases::dossier_address(code);
    let list = phrases::list_of(visitor);
    let changes: Vec<HistoryLine> = dossier::history(view, &home)
        .into_iter()
        .zip(view.log.iter().rev())
        .filter(|(_, recorded)| since.iter().any(|it| it.seq == recorded.seq))
        .map(|it| it.0)
        .collect();
    let typed = act_forms::form(web, view, act, &sent.posted)
        .fields
        .into_iter()
        .filter_map(|field| {
            let values: Vec<&str> =
                sent.posted.all(&field.name).iter().map(|it| it.trim()).filter(|it| !it.is_empty()).collect();
            (!values.is_empty()).then(|| TypedLine { label: field.label, value: values.join("\n") })
        })
        .collect();
    let again = view.can(act).then(|| LinkView {
        label: format!("Làm lại “{}”", texts::act(act)),
        href: phrases::from_list(&format!("{home}/viec/{act}"), &list),
    });
    html_as(
        StatusCode::CONFLICT,
        &StalePage {
            page: frame::staff(web, visitor, "Hồ sơ vừa thay đổi", "/nghiep-vu"),
            code: code.to_string(),
            wanted: texts::act(act),
            changes,
            typed,
            dossier: LinkView {
                label: "Xem hồ sơ như bây giờ".to_owned(), href: phrases::from_list(&home, &list)
            },
            again,
        },
    )
}

/// Taking on from a row of the list, and back to it.
pub async fn take_on(
    State(web): State<Web>,
    visitor: Visitor,
    Path(code): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let code = code_of(&code)?;
    let seen = posted.version("phien-ban")?;
    let actor = visitor.signed_in()?;
    let view = app::dossiers::open(&web.house, &actor, &code).await?;
    let asked = Asked { actor, id: view.dossier.id, version: Some(seen), command: Command::TakeOn, once: None };
    handle(&web.house, asked).await?;
    let home = format!("{}?xong={}", phrases::dossier_address(&code), Act::TakeOn);
    let back = safe_return(posted.text("ve"), &home);
    let mark = if back.contains('?') { '&' } else { '?' };
    let onward = if back == home { home } else { format!("{back}{mark}xong={}", Act::TakeOn) };
    Ok(Redirect::to(&onward).into_response())
}
