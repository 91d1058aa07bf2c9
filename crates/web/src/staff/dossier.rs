//! One dossier as an officer sees it: clocks, papers, minutes, history, and the one menu of acts.

mod parts;

pub use parts::{act_menu, clocks, history};

use super::intake;
use super::phrases;
use super::views::{ChoiceView, DossierPage, LinkView, ReadingReasonPage, StaffField};
use super::work_list;
use crate::Web;
use crate::citizen::files;
use crate::citizen::views::{Link, TalkView};
use crate::frame::{self, html, html_as, safe_return};
use crate::page::Tone;
use crate::papers;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::telling::{self, Audience};
use crate::texts;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::AppError;
use app::dossiers::{self, DossierView};
use app::rows::Reading;
use app::{uploads, work};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::dossier::{Act, DossierCode, Holder};
use domain::ids::DocumentId;
use domain::post::Post;

/// Shortest words beside a reason, in characters.
const REASON_CHARS_MIN: usize = 10;
/// Longest words beside a reason, in characters.
const REASON_CHARS_MAX: usize = 400;
/// Reasons for reading what is not one's task, and the keys of their words.
const REASONS: [(&str, &str); 5] = [
    ("hoi", "reading-asked"),
    ("phoi-hop", "reading-helps"),
    ("kiem-tra", "reading-checks"),
    ("phan-tuyen", "reading-routes"),
    ("khac", "reading-other"),
];

/// A code of an address; whatever is none is not there.
pub fn code_of(text: &str) -> Result<DossierCode, Problem> {
    DossierCode::parse(text).map_err(|_| AppError::NotFound.into())
}

/// The dossier for somebody of the staff, with the reading written down; outside their task the page that asks why.
///
/// # Errors
/// Not there, or the house failed.
pub async fn opened(
    web: &Web,
    visitor: &Visitor,
    code: &DossierCode,
    what: &str,
) -> Result<Result<DossierView, Response>, Problem> {
    let actor = visitor.signed_in()?;
    match dossiers::open(&web.house, &actor, code).await {
        Ok(view) => {
            web.journal.read(Reading {
                person: visitor.person()?,
                dossier: view.dossier.id,
                at: web.house.clock.now(),
                what: what.to_owned(),
                reason: String::new(),
            })?;
            Ok(Ok(view))
        }
        Err(AppError::ReasonNeeded) => Ok(Err(ask_why(visitor, code))),
        Err(other) => Err(other.into()),
    }
}

fn ask_why(visitor: &Visitor, code: &DossierCode) -> Response {
    let onward = frame::encoded(&visitor.path);
    Redirect::to(&format!("{}/ly-do?ve={onward}", phrases::dossier_address(code))).into_response()
}

/// The page.
pub async fn page(State(web): State<Web>, visitor: Visitor, Path(code): Path<String>) -> Result<Response, Problem> {
    let code = code_of(&code)?;
    let view = match opened(&web, &visitor, &code, "trang hồ sơ").await? {
        Ok(view) => view,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let asked = phrases::asked(&visitor);
    let list = phrases::list_of(&visitor);
    let mut page = frame::staff(&web, &visitor, title(&code), "/nghiep-vu");
    if let Ok(act) = asked.trimmed("xong").parse::<Act>() {
        let done = say_with("case-done", &[("act", &telling::within(&texts::act(act)))]);
        page = frame::flash(page, Tone::Good, done);
    }
    if asked.trimmed("xong") == "tra-loi" {
        page = frame::flash(page, Tone::Good, say("case-answered"));
    }
    let mut shown = filled(&web, &visitor, &view, page, &list).await?;
    (shown.before, shown.place, shown.after) = neighbours(&web, &visitor, &list, &code, "").await?;
    Ok(html(&shown))
}

/// The dossiers before and after in the list, as addresses ending in `part`, and the place in words. Where an act took the dossier
/// out of the list, the next one is the one that followed it then (`sau`).
pub async fn neighbours(
    web: &Web,
    visitor: &Visitor,
    list: &str,
    code: &DossierCode,
    part: &str,
) -> Result<(Option<String>, String, Option<String>), Problem> {
    let Some(place) = work_list::place_in(web, visitor, list, code).await? else { return Ok(Default::default()) };
    let address = |code: DossierCode| phrases::from_list(&format!("{}{part}", phrases::dossier_address(&code)), list);
    let followed = DossierCode::parse(phrases::asked(visitor).trimmed("sau")).ok();
    Ok(match place.number {
        Some(number) => (place.before.map(address), format!("{number}/{}", place.of), place.after.map(address)),
        None => (None, say_with("case-left-list", &[("count", &place.of)]), followed.map(address)),
    })
}

/// The title of its page.
pub fn title(code: &DossierCode) -> String {
    say_with("dossier-page", &[("code", code)])
}

/// The page as it is now, for a form on it that comes back.
pub async fn shown(web: &Web, visitor: &Visitor, view: &DossierView) -> Result<DossierPage, Problem> {
    let page = frame::staff(web, visitor, title(&view.dossier.code), "/nghiep-vu");
    filled(web, visitor, view, page, &phrases::list_of(visitor)).await
}

/// What is asked and answered on the dossier.
async fn talk(web: &Web, view: &DossierView, base: &str) -> Result<TalkView, Problem> {
    let messages = app::exchanges::of_dossier(&web.house, view.dossier.id).await?;
    let may_answer = app::authorise::answers(&view.relations) && view.dossier.filing.get().is_some();
    Ok(TalkView {
        messages: telling::messages(view, &messages, Audience::Staff),
        // Whoever has no account here reads no answer here.
        action: (may_answer && view.dossier.filing.get().is_some_and(|it| it.account.is_some()))
            .then(|| format!("{base}/trao-doi")),
        ..TalkView::default()
    })
}

/// The page filled.
///
/// # Errors
/// The house failed.
pub async fn filled(
    web: &Web,
    visitor: &Visitor,
    view: &DossierView,
    page: crate::page::Page,
    list: &str,
) -> Result<DossierPage, Problem> {
    let it = &view.dossier;
    let person = visitor.person()?;
    let own = view.owner().person == Some(person) && it.status.is_open();
    let applicant = it.filing.get().map_or("", |filing| filing.owner().name.as_str());
    let base = phrases::dossier_address(&it.code);
    let acts = parts::act_menu(view, person, list);
    let talk = talk(web, view, &base).await?;
    Ok(DossierPage {
        page,
        talk,
        back: list_link(list, &it.code),
        before: None,
        place: String::new(),
        after: None,
        procedure: view.revision.name.clone(),
        code: it.code.to_string(),
        other_codes: Vec::new(),
        applicant: applicant.to_owned(),
        succession: telling::since_then(view, view.received_by(), it.filed_at.day()).unwrap_or_default(),
        status: parts::status_chip(view),
        flags: parts::flags(view),
        clocks: parts::clocks(web, view)?,
        holder: if own && matches!(it.holder(), Holder::Post { .. }) {
            say_with("case-me", &[("name", &view.name(person))])
        } else {
            telling::holder(view, Audience::Staff)
        },
        holder_note: parts::holder_note(view),
        owner: parts::owner_words(view),
        next_act: telling::stopped(&telling::within(&telling::next(view, Audience::Staff))),
        routing: parts::routing(view, list),
        answers: super::answer_fields::sections(view),
        papers: parts::papers(view, &base),
        side: phrases::from_list(&format!("{base}/giay-to"), list),
        has_draft: it.draft.is_some() && it.signed.is_none() && it.status.is_open(),
        marks_action: if view.can(Act::Examine) {
            phrases::from_list(&format!("{base}/danh-gia"), list)
        } else {
            String::new()
        },
        errors: Vec::new(),
        version: u64::from(it.version),
        fees: parts::fees(view),
        opinions: Vec::new(),
        ledger: parts::ledger(web, view)?,
        history: parts::history(view, &base),
        no_act: parts::no_act(view),
        acts,
        people: parts::people(view),
        issued: parts::issued(view, &base),
        copy_href: if visitor.holds_any(&[Post::Reception]) && !it.erased {
            format!("/quay/tiep-nhan?{}", phrases::query(&[("sao", it.code.as_str())]))
        } else {
            String::new()
        },
    })
}

/// Back to where the dossier was opened.
pub fn list_link(list: &str, code: &DossierCode) -> LinkView {
    let label = match list {
        _ if list.starts_with("/nghiep-vu/tim") => say("case-back-found"),
        _ if list.starts_with("/kiem-soat") => say("case-back-report"),
        _ if list.starts_with(super::online::ADDRESS) => say("case-back-online"),
        _ if list.starts_with(super::uncollected::ADDRESS) => say("case-back-uncollected"),
        _ => say("case-back-list"),
    };
    let row = if list.starts_with("/nghiep-vu") { format!("#h-{code}") } else { String::new() };
    LinkView { label: label.to_owned(), href: format!("{}{row}", safe_return(list, "/nghiep-vu")) }
}

/// The page that asks why somebody reads what is not their task.
pub async fn reason_page(
    State(web): State<Web>,
    visitor: Visitor,
    Path(code): Path<String>,
) -> Result<Response, Problem> {
    let code = code_of(&code)?;
    let asked = phrases::asked(&visitor);
    Ok(html(&reason_view(&web, &visitor, &code, &asked, None).await?))
}

async fn reason_view(
    web: &Web,
    visitor: &Visitor,
    code: &DossierCode,
    typed: &Posted,
    wrong: Option<&str>,
) -> Result<ReadingReasonPage, Problem> {
    let cards = work::search_all(&web.house, code.as_str()).await?;
    let card = cards.iter().find(|it| it.code == *code).ok_or(AppError::NotFound)?;
    let unit = frame::unit_today(web, web.house.now_known().organisation.responsible_now(card));
    let chosen = typed.trimmed("ly-do");
    let choices = REASONS
        .iter()
        .map(|(key, words)| ChoiceView { chosen: *key == chosen, ..ChoiceView::new(*key, say(words)) })
        .collect();
    let words: String = typed.text("ghi").chars().take(REASON_CHARS_MAX).collect();
    let field = StaffField::lines("ghi", say("reading-words"), 2).with_value(words);
    let onward = safe_return(typed.text("ve"), &phrases::dossier_address(code));
    let page = frame::staff(web, visitor, say("reading-page"), "/nghiep-vu");
    Ok(ReadingReasonPage {
        page: if wrong.is_some() { page.with_error_title() } else { page },
        code: code.to_string(),
        holder: telling::opening(&say_with("reading-holder", &[("unit", &telling::within(&unit))])),
        action: format!("{}/ly-do?ve={}", phrases::dossier_address(code), frame::encoded(&onward)),
        fields: vec![
            StaffField::radios("ly-do", say("reading-reason"), choices),
            match wrong {
                Some(wrong) => field.with_error(wrong),
                None => field,
            },
        ],
        back: LinkView { label: say("nav-search").to_owned(), href: "/nghiep-vu/tim".to_owned() },
    })
}

/// The answer to it.
pub async fn give_reason(
    State(web): State<Web>,
    visitor: Visitor,
    Path(code): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let code = code_of(&code)?;
    let person = visitor.person()?;
    let chosen = REASONS.iter().find(|it| it.0 == posted.trimmed("ly-do")).map(|it| it.1);
    let words = posted.trimmed("ghi");
    let count = words.chars().count();
    let wrong = match chosen {
        None => Some(say("reading-choose")),
        Some(_) if count < REASON_CHARS_MIN => Some(say("reading-too-short")),
        Some(_) if count > REASON_CHARS_MAX => Some(say("reading-too-long")),
        Some(_) => None,
    };
    if wrong.is_some() {
        let view = reason_view(&web, &visitor, &code, &posted, wrong).await?;
        return Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &view));
    }
    // Written down in Vietnamese, as the log is.
    let label = texts::in_vietnamese(|| chosen.map(say).unwrap_or_default());
    let reason = format!("{label}: {words}");
    dossiers::give_reason(&web.house, person, &code, &reason).await?;
    let home = phrases::dossier_address(&code);
    let asked = phrases::asked(&visitor);
    let onward = safe_return(asked.text("ve"), &home);
    Ok(Redirect::to(if onward.starts_with(&home) { &onward } else { &home }).into_response())
}

fn back_to(code: &DossierCode) -> Link {
    Link { href: phrases::dossier_address(code), label: title(code) }
}

/// Form 01 as a print page; `vua-nhan` says that it was received a moment ago.
pub async fn slip(State(web): State<Web>, visitor: Visitor, Path(code): Path<String>) -> Result<Response, Problem> {
    let code = code_of(&code)?;
    let view = match opened(&web, &visitor, &code, "giấy tiếp nhận và hẹn trả").await? {
        Ok(view) => view,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let asked = phrases::asked(&visitor);
    papers::page_of(|| {
        let slip = papers::slip(&web, &visitor, &view, asked.trimmed("ban").parse().ok(), back_to(&code))?;
        Some(if asked.has("vua-nhan") { intake::just_received(slip, &view, &asked) } else { slip })
    })
}

/// Form 02, 03 or 04 as a print page.
pub async fn letter(
    State(web): State<Web>,
    visitor: Visitor,
    Path((code, seq)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let code = code_of(&code)?;
    let seq: u32 = seq.parse().map_err(|_| AppError::NotFound)?;
    let view = match opened(&web, &visitor, &code, "phiếu của hồ sơ").await? {
        Ok(view) => view,
        Err(elsewhere) => return Ok(elsewhere),
    };
    papers::page_of(|| papers::letter(&web, &visitor, &view, seq, back_to(&code)))
}

/// A file of the dossier.
pub async fn file(
    State(web): State<Web>,
    visitor: Visitor,
    Path((code, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let code = code_of(&code)?;
    let id: DocumentId = id.parse().map_err(|_| AppError::NotFound)?;
    let actor = visitor.signed_in()?;
    let file = match uploads::open_of(&web.house, &actor, &code, id).await {
        Ok(found) => found,
        Err(AppError::ReasonNeeded) => return Ok(ask_why(&visitor, &code)),
        Err(other) => return Err(other.into()),
    };
    let dossier = file.document.dossier.ok_or(AppError::NotFound)?;
    web.journal.read(Reading {
        person: visitor.person()?,
        dossier,
        at: web.house.clock.now(),
        what: format!("tệp {}", file.document.name),
        reason: String::new(),
    })?;
    Ok(files::framed(file))
}
