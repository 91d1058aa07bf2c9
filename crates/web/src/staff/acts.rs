//! One form for each act: GET shows it with what it will do, POST makes it one command of `app`.

use super::act_forms::{self, Form};
use super::act_readings::{self, Typed};
use super::dossier::{self, act_menu, code_of};
use super::phrases;
use super::routing;
use super::side;
use super::staged::{self, Sent};
use super::views::{ActPage, ActView, AgainForm, DueFirst, HistoryLine, LinkView, PreviewView, StalePage, TypedLine};
use super::work_list;
use crate::Web;
use crate::citizen::views::Link;
use crate::frame::{self, html, html_as, safe_return};
use crate::page::{FieldLink, Tone};
use crate::papers;
use crate::posted::{Posted, PostedFiles};
use crate::problem::Problem;
use crate::spoken;
use crate::texts::{self, in_vietnamese};
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::AppError;
use app::desk::{self, Foretold};
use app::dossiers::DossierView;
use app::handle::{Asked, Once, handle};
use app::rows::Document;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::dossier::{Act, Command, DossierCode, Event, Filing, Recorded};

/// An act of an address that staff can do; whatever is none is not there.
fn act_of(text: &str) -> Result<Act, Problem> {
    let act: Act = text.parse().map_err(|_| AppError::NotFound)?;
    match act {
        // Marks are given on the dossier's own page.
        Act::Examine
        | Act::File
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
        | Act::SetFee
        | Act::Refund
        | Act::Apologise
        | Act::Refuse
        | Act::Withdraw
        | Act::Discontinue
        | Act::Route
        | Act::Erase => Ok(act),
    }
}

/// Name of the act that follows a payment, where it was taken on the way to it.
const THEN: &str = "roi";

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
    let asked = phrases::asked(&visitor);
    let entry = entry_of(&view, &visitor, act)?;
    let typed = Posted::default();
    let actor = visitor.signed_in()?;
    let preview = act_readings::without_words(act)
        .and_then(|command| desk::foretell(&web.house, &actor, &view, &command).ok())
        .map(|foretold| previewed(&web, &visitor, &foretold));
    let shown = Shown { typed: &typed, staged: &[], wrong: &Wrong::default(), preview, once: web.house.once() };
    let mut shown = act_page(&web, &visitor, &view, act, entry, shown)?;
    if asked.trimmed("xong") == Act::RecordPayment.key() {
        shown.page = frame::flash(shown.page, Tone::Good, say("acting-done-paid"));
    }
    if asked.trimmed("xong") == Act::Correct.key() {
        shown.page = frame::flash(shown.page, Tone::Warn, say("acting-done-corrected"));
    }
    Ok(html(&shown))
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

/// The same for a form that was sent: somebody may have acted since, or it may have been sent before, and the house says which.
fn entry_or_name(view: &DossierView, visitor: &Visitor, act: Act) -> ActView {
    entry_of(view, visitor, act).unwrap_or_else(|_| ActView {
        key: act.key().to_owned(),
        label: texts::act(act),
        ..ActView::default()
    })
}

/// What a form shows beside its questions.
struct Shown<'a> {
    typed: &'a Posted,
    staged: &'a [(String, Document)],
    wrong: &'a Wrong,
    preview: Option<PreviewView>,
    once: String,
}

/// What the citizen would get, in words; papers are drawn by the functions that draw them when the act is done, in Vietnamese.
fn previewed(web: &Web, visitor: &Visitor, foretold: &Foretold) -> PreviewView {
    let mut shown = PreviewView::default();
    if let Some(it) = &foretold.told {
        shown.text.clone_from(&it.text);
        shown.text_note = match &it.phone {
            Some(phone) => {
                let phone = phrases::masked_number(phone);
                let length = &it.length;
                say_with("acting-text-note", &[("parts", &length.parts), ("units", &length.units), ("phone", &phone)])
            }
            None => say("acting-text-none").to_owned(),
        };
        shown.mail.clone_from(&it.letter);
        shown.mail_note = match &it.mail {
            Some(mail) => say_with("acting-mail-note", &[("mail", &phrases::masked_number(mail))]),
            None => say("acting-mail-none").to_owned(),
        };
    }
    let after = &foretold.after;
    let Some(last) = after.log.last() else { return shown };
    if papers::has_letter(last) {
        let letter = in_vietnamese(|| papers::letter(web, visitor, after, last.seq, Link::default()));
        shown.letter = letter.map(Box::new);
    }
    if matches!(last.event, Event::Received { .. }) {
        shown.slip = in_vietnamese(|| papers::slip(web, visitor, after, None, Link::default())).map(Box::new);
    }
    shown
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
    let title = say_with("acting-page", &[("act", &entry.label), ("code", code)]);
    let page = frame::staff(web, visitor, title, "/nghiep-vu");
    let Form { button, effects, papers, legal, previews, .. } = form;
    let must_preview = act_forms::is_worded(act) && shown.preview.is_none();
    Ok(ActPage {
        page: if errors.is_empty() { page } else { page.with_error_title() },
        back: LinkView { label: say_with("dossier-page", &[("code", code)]), href: phrases::from_list(&home, &list) },
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
        due_first: due_first(view, act, &list),
        bound_below: act_forms::is_worded(act) && shown.preview.is_some(),
        preview: shown.preview,
        draft: if act == Act::Sign { side::draft(view) } else { Vec::new() },
        papers,
        effects,
        button,
        previews,
        must_preview,
        legal,
    })
}

/// Money that is to be taken before a decision goes over the counter.
fn due_first(view: &DossierView, act: Act, list: &str) -> Option<DueFirst> {
    let owed = view.dossier.still_owed_vnd();
    if act != Act::Deliver || owed == 0 || !view.dossier.status.is_open() {
        return None;
    }
    let address = format!("{}/viec/{}", phrases::dossier_address(&view.dossier.code), Act::RecordPayment);
    Some(DueFirst {
        amount: spoken::dong(owed),
        action: if view.can(Act::RecordPayment) { phrases::from_list(&address, list) } else { String::new() },
        fields: act_forms::payment(view),
        then: act.key(),
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
    let reopened = sent.posted.trimmed("lenh") == "mo-lai";
    let mut wrong = Wrong::default();
    for (field, words) in &sent.wrong {
        wrong.add(field, words.clone());
    }
    let staged = files_of(&web, &visitor, &sent)?;
    if reopened && is_mine {
        return again(&web, &visitor, &view, act, &sent, &staged, &wrong, None);
    }
    let typed = Typed { posted: &sent.posted, files: &staged, view: &view, today: web.house.clock.now().day() };
    let read = act_readings::command(act, &typed);
    let command = match read {
        Ok(command) if wrong.fields.is_empty() => command,
        Ok(_) => return again(&web, &visitor, &view, act, &sent, &staged, &wrong, None),
        Err(problems) => {
            wrong.fields.extend(problems);
            return again(&web, &visitor, &view, act, &sent, &staged, &wrong, None);
        }
    };
    if sent.posted.trimmed("lenh") == "xem-truoc" && is_mine {
        return match desk::foretell(&web.house, &actor, &view, &command) {
            Ok(foretold) => {
                let told = Some(previewed(&web, &visitor, &foretold));
                again(&web, &visitor, &view, act, &sent, &staged, &wrong, told)
            }
            Err(why) => refused(&web, &visitor, &view, act, &sent, &staged, why),
        };
    }
    if sent.posted.trimmed("lenh") == "xem-truoc" {
        return Err(AppError::Forbidden.into());
    }
    let list = phrases::list_of(&visitor);
    // Asked before the act: what is done may leave the list.
    let next = work_list::place_in(&web, &visitor, &list, &code).await?.and_then(|it| it.after);
    let once = Once::new(sent.posted.trimmed("mot-lan"), &sent.contents());
    let asked = Asked { actor, id: view.dossier.id, version: Some(seen), command, once: Some(once) };
    let documents = used(&asked.command, &staged);
    let costs_otherwise = costs_otherwise(&view, &asked.command);
    match desk::handle_with_files(&web.house, asked, documents).await {
        Ok(handled) if costs_otherwise => {
            let address = format!("{}/viec/{}", phrases::dossier_address(&handled.code), Act::SetFee);
            Ok(Redirect::to(&format!("{address}?{}", phrases::query(&[("xong", act.key()), ("ve", &list)])))
                .into_response())
        }
        Ok(handled) => {
            let onward = after(&handled.code, act, &sent.posted, &list, next.as_ref());
            Ok(Redirect::to(&onward).into_response())
        }
        Err(AppError::Forbidden) if seen != view.dossier.version => {
            let since: Vec<Recorded> = view.log.iter().filter(|it| it.seq > seen).cloned().collect();
            Ok(stale(&web, &visitor, &view, act, &sent, &since))
        }
        Err(why) => refused(&web, &visitor, &view, act, &sent, &staged, why),
    }
}

/// Whether a correction changes what the form makes the dossier cost.
fn costs_otherwise(view: &DossierView, command: &Command) -> bool {
    let Command::Correct { filing, .. } = command else { return false };
    let cost = |it: &Filing| view.revision.fee_of(&it.answers).total_vnd;
    view.dossier.filing.get().is_some_and(|before| cost(before) != cost(filing))
}

/// With which an online application is answered: whoever works through the desk's list goes back to it.
const fn answers_an_application(act: Act) -> bool {
    matches!(act, Act::Accept | Act::Refuse | Act::RequestSupplement)
}

/// Where one goes after an act: to the dossier, which knows the next of the list; or on to the papers of that next one, and to the
/// list where there is none.
fn after(code: &DossierCode, act: Act, posted: &Posted, list: &str, next: Option<&DossierCode>) -> String {
    if act == Act::Route {
        return routing::after(code, posted.trimmed("don-vi"), list);
    }
    if act == Act::RecordPayment && posted.trimmed(THEN) == Act::Deliver.key() {
        let address = format!("{}/viec/{}", phrases::dossier_address(code), Act::Deliver);
        return format!("{address}?{}", phrases::query(&[("xong", act.key()), ("ve", list)]));
    }
    if list.starts_with(super::online::ADDRESS) && answers_an_application(act) {
        let mark = if list.contains('?') { '&' } else { '?' };
        let done = phrases::query(&[("xong", act.key()), ("ho-so", code.as_str())]);
        return format!("{list}{mark}{done}");
    }
    let onward = posted.trimmed("tiep") == "1";
    let followed = next.map(ToString::to_string).unwrap_or_default();
    match (onward, next) {
        (true, Some(next)) => {
            let done = phrases::query(&[("xong", act.key()), ("truoc", code.as_str()), ("ve", list)]);
            format!("{}/giay-to?{done}", phrases::dossier_address(next))
        }
        (true, None) if !list.is_empty() => format!("{list}&{}", phrases::query(&[("xong", act.key())])),
        _ => {
            let done = phrases::query(&[("xong", act.key()), ("sau", &followed), ("ve", list)]);
            format!("{}?{done}", phrases::dossier_address(code))
        }
    }
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
    sent: &Sent,
    staged: &[(String, Document)],
    wrong: &Wrong,
    preview: Option<PreviewView>,
) -> Result<Response, Problem> {
    let status = if wrong.fields.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let once = sent.posted.trimmed("mot-lan").to_owned();
    let shown = Shown { typed: &sent.posted, staged, wrong, preview, once };
    Ok(html_as(status, &act_page(web, visitor, view, act, entry_or_name(view, visitor, act), shown)?))
}

fn refused(
    web: &Web,
    visitor: &Visitor,
    view: &DossierView,
    act: Act,
    sent: &Sent,
    staged: &[(String, Document)],
    why: AppError,
) -> Result<Response, Problem> {
    let mut wrong = Wrong::default();
    let (status, key) = match &why {
        AppError::Refused(refusal) => {
            let said = texts::refusal(refusal);
            let law = said.legal.map(|it| format!(" {} {it}.", say("legal-basis"))).unwrap_or_default();
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
            wrong.add("viec", say("acting-sent-before"));
            (StatusCode::CONFLICT, web.house.once())
        }
        AppError::Stale { since } => return Ok(stale(web, visitor, view, act, sent, since)),
        _ => return Err(why.into()),
    };
    let shown = Shown { typed: &sent.posted, staged, wrong: &wrong, preview: None, once: key };
    Ok(html_as(status, &act_page(web, visitor, view, act, entry_or_name(view, visitor, act), shown)?))
}

/// Somebody else acted first: what changed, and everything typed.
fn stale(web: &Web, visitor: &Visitor, view: &DossierView, act: Act, sent: &Sent, since: &[Recorded]) -> Response {
    let typed: Vec<TypedLine> = act_forms::form(web, view, act, &sent.posted)
        .fields
        .into_iter()
        .filter_map(|field| {
            let values: Vec<String> = sent
                .posted
                .all(&field.name)
                .iter()
                .map(|it| it.trim())
                .filter(|it| !it.is_empty())
                .map(|it| field.choice_label(it).to_owned())
                .collect();
            (!values.is_empty()).then(|| TypedLine { label: field.label.clone(), value: values.join("\n") })
        })
        .collect();
    let again = view.can(act).then(|| again_with(web, visitor, view, act, sent));
    stale_page(web, visitor, view, &Late { act, since, typed, again })
}

/// The same act once more on the dossier as it is now, with everything typed in its form.
fn again_with(web: &Web, visitor: &Visitor, view: &DossierView, act: Act, sent: &Sent) -> AgainForm {
    let home = phrases::dossier_address(&view.dossier.code);
    let mut hidden: Vec<(String, String)> = sent
        .posted
        .fields()
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "phien-ban" | "mot-lan" | "lenh" | "csrf"))
        .flat_map(|(name, values)| values.iter().map(|value| (name.clone(), value.clone())))
        .collect();
    hidden.push(("phien-ban".to_owned(), view.dossier.version.to_string()));
    hidden.push(("mot-lan".to_owned(), web.house.once()));
    if let Ok(owner) = visitor.person() {
        let files =
            sent.files.iter().map(|(field, file)| (staged::stand_in_of(field), staged::signed(web, owner, file)));
        hidden.extend(files);
    }
    AgainForm {
        label: say_with("acting-again", &[("act", &texts::act(act))]),
        action: phrases::from_list(&format!("{home}/viec/{act}"), &phrases::list_of(visitor)),
        hidden,
    }
}

/// An act that came too late.
pub struct Late<'a> {
    /// Which.
    pub act: Act,
    /// What happened meanwhile.
    pub since: &'a [Recorded],
    /// What was typed.
    pub typed: Vec<TypedLine>,
    /// The same again, with what was typed, where it is still possible.
    pub again: Option<AgainForm>,
}

/// The page for two people who act at once.
pub fn stale_page(web: &Web, visitor: &Visitor, view: &DossierView, late: &Late<'_>) -> Response {
    let code: &DossierCode = &view.dossier.code;
    let home = phrases::dossier_address(code);
    let list = phrases::list_of(visitor);
    let changes: Vec<HistoryLine> = dossier::history(view, &home)
        .into_iter()
        .zip(view.log.iter().rev())
        .filter(|(_, recorded)| late.since.iter().any(|it| it.seq == recorded.seq))
        .map(|it| it.0)
        .collect();
    html_as(
        StatusCode::CONFLICT,
        &StalePage {
            page: frame::staff(web, visitor, say("acting-stale-page"), "/nghiep-vu"),
            code: code.to_string(),
            wanted: texts::act(late.act),
            is_moved: late.since.iter().all(|it| matches!(it.event, Event::Transferred { .. })),
            changes,
            typed: late.typed.clone(),
            dossier: LinkView { label: say("acting-stale-look").to_owned(), href: phrases::from_list(&home, &list) },
            again: late.again.clone(),
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
