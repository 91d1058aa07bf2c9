//! Reading an application once more, sending it, and the page that says it was sent.

use super::applying::{ApplyStep, Matter, already_sent, own_draft, step_address, summary};
use super::dossier_address;
use super::form_view::{TICKED, problem_words};
use super::views::{
    ApplyReviewPage, Choice, Control, FieldView, NextStep, PaperName, ReviewPaper, RevisionDifference, SentPage,
    TextKind,
};
use super::words::{Correcting, answered, register};
use crate::Web;
use crate::frame::{self, html, html_as};
use crate::page::{FieldLink, Section};
use crate::posted::Posted;
use crate::problem::Problem;
use crate::qr;
use crate::spoken;
use crate::telling;
use crate::texts;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::AppError;
use app::applying::{self, Application, Change, Gap, Review, Sending, Sent};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::calendar::TimeLimit;
use domain::dossier::Collection;
use domain::procedure::{AnswerGap, Difference, Need};
use std::collections::BTreeMap;

/// Longest answer of this page that is kept, in characters.
const TYPED_CHARS_MAX: usize = 6_000;
/// Longest postal address, in characters: the words of its refusal.
const ADDRESS_CHARS_MAX: usize = 300;
/// What this page calls the fields of the sending.
const BOXES: [(&str, &str, &str); 5] = [
    ("phone", "dien_thoai", "account-phone"),
    ("email", "thu", "account-email"),
    ("collect", "nhan", "apply-way-collect"),
    ("address", "dia_chi", "apply-postal-address"),
    ("consent", "cam_doan", "apply-consent"),
];

fn read_sending(posted: &Posted) -> Sending {
    let text = |name: &str| posted.line(name).chars().take(TYPED_CHARS_MAX).collect::<String>();
    Sending {
        phone: text("dien_thoai"),
        email: text("thu"),
        by_message: posted.text("bao_tin") == TICKED,
        collect: text("nhan"),
        address: text("dia_chi"),
        consent: posted.text("cam_doan") == TICKED,
    }
}

/// Everything once more, with what is missing as links.
///
/// # Errors
/// Not theirs, or not there.
pub async fn page(State(web): State<Web>, visitor: Visitor, Path(draft): Path<String>) -> Result<Response, Problem> {
    let it = own_draft(&web, &visitor, &draft).await?;
    if let Some(response) = already_sent(&it) {
        return Ok(response);
    }
    let review = applying::review(&it, web.house.clock.now().day());
    Ok(html(&view(&web, &visitor, &it, review, Asked::First)))
}

/// Whether the questions of the page itself were answered already.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    First,
    Refused,
}

fn view(web: &Web, visitor: &Visitor, it: &Application, review: Review, asked: Asked) -> ApplyReviewPage {
    let today = web.house.clock.now().day();
    let form_href = super::applying::review_address(it.draft.id);
    let papers_href = step_address(it.draft.id, "giay-to");
    let mut answer_gaps: Vec<AnswerGap> = Vec::new();
    let mut links = Vec::new();
    let mut own = BTreeMap::new();
    for gap in &review.gaps {
        match gap {
            Gap::Answer(gap) => {
                links.push(FieldLink {
                    href: format!("{form_href}#{}", gap.field_id),
                    text: format!("{}: {}", gap.label, problem_words(&gap.problem, today)),
                });
                answer_gaps.push(gap.clone());
            }
            Gap::Paper { requirement, name } => links.push(FieldLink {
                href: format!("{papers_href}#{requirement}"),
                text: format!("{}: {}", PaperName::of(name), texts::word("gap-paper")),
            }),
            Gap::Sending { field, key } => {
                own.insert(*field, texts::word_with(key, &[("max", ADDRESS_CHARS_MAX.to_string())]));
            }
            Gap::Revision => {
                links.push(FieldLink { href: "#khac".to_owned(), text: texts::word("gap-revision-changed") });
            }
            Gap::NoTerm => links.push(FieldLink {
                href: super::catalogue::address(&it.current),
                text: texts::word("refusal-no-time-limit"),
            }),
        }
    }
    let errors = if asked == Asked::Refused { own_errors(&own) } else { Vec::new() };
    let own = if asked == Asked::Refused { own } else { BTreeMap::new() };
    let is_bad = asked == Asked::Refused && !(errors.is_empty() && links.is_empty());
    let page =
        frame::citizen(web, visitor, say_with("apply-review-page", &[("name", &it.current.name)]), Section::Procedures);
    let sections = it
        .current
        .forms
        .first()
        .map(|form| answered(form, &it.body.raw, Correcting { form_href: Some(&form_href), gaps: &answer_gaps }));
    let (left, papers): (Vec<ReviewPaper>, Vec<ReviewPaper>) =
        papers(it, &review, &papers_href).into_iter().partition(|it| it.given.is_empty() && it.gap.is_none());
    ApplyReviewPage {
        page: if is_bad { page.with_error_title() } else { page },
        application: summary(web, &Matter::of(web, it), ApplyStep::Review),
        action: step_address(it.draft.id, "nop"),
        send_key: it.draft.id.to_string(),
        errors,
        papers,
        papers_left: left.into_iter().map(|it| it.name).collect(),
        gaps: links,
        differences: differences(it, &review),
        sections: sections.unwrap_or_default(),
        papers_href,
        contact: contact(&it.body.sending, &own),
        collect: collect(&it.body.sending, &own),
        consent: consent(&it.body.sending, &own),
        promise: promise(web, it, &review),
    }
}

fn own_errors(own: &BTreeMap<&'static str, String>) -> Vec<FieldLink> {
    BOXES
        .iter()
        .filter_map(|(field, id, label)| {
            own.get(field).map(|why| FieldLink { href: format!("#{id}"), text: format!("{}: {why}", say(label)) })
        })
        .collect()
}

fn papers(it: &Application, review: &Review, papers_href: &str) -> Vec<ReviewPaper> {
    applying::papers_asked(&it.current)
        .filter_map(|paper| {
            let mut given: Vec<String> =
                it.documents.iter().filter(|file| file.requirement == paper.id).map(|file| file.name.clone()).collect();
            if it.body.from_data.contains(&paper.id) {
                let registers: Vec<String> = paper.replaced_by.iter().map(|name| register(name)).collect();
                given.push(say_with("apply-taken-from", &[("registers", &registers.join(", "))]));
            }
            let is_missing =
                review.gaps.iter().any(|gap| matches!(gap, Gap::Paper { requirement, .. } if *requirement == paper.id));
            // Who was never asked for a paper is not told that it was not sent.
            let is_told =
                paper.asked_if.is_none() || paper.is_asked_by(&it.body.raw) || is_missing || !given.is_empty();
            is_told.then(|| ReviewPaper {
                name: PaperName::of(&paper.name),
                given,
                gap: is_missing.then(|| format!("{papers_href}#{}", paper.id)),
            })
        })
        .collect()
}

fn contact(sending: &Sending, own: &BTreeMap<&'static str, String>) -> Vec<FieldView> {
    let phone = FieldView {
        hint: Some(say("apply-phone-hint").to_owned()),
        error: own.get("phone").cloned(),
        autocomplete: "tel",
        ..FieldView::text("dien_thoai", say("account-phone"), TextKind::Phone, &sending.phone)
    };
    let email = FieldView {
        required: false,
        error: own.get("email").cloned(),
        autocomplete: "email",
        ..FieldView::text("thu", say("account-email"), TextKind::Email, &sending.email)
    };
    let by_message = FieldView {
        id: "bao_tin".to_owned(),
        label: say("apply-by-message").to_owned(),
        control: Control::Tick { checked: sending.by_message },
        ..FieldView::default()
    };
    vec![phone, email, by_message]
}

fn collect(sending: &Sending, own: &BTreeMap<&'static str, String>) -> FieldView {
    let address = FieldView {
        error: own.get("address").cloned(),
        autocomplete: "street-address",
        ..FieldView::text("dia_chi", say("apply-postal-address"), TextKind::Plain, &sending.address)
    };
    let choice = |value: &str, label: &str, hint: &str, reveals: Vec<FieldView>| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        hint: Some(hint.to_owned()),
        selected: sending.collect == value,
        reveals,
    };
    FieldView {
        id: "nhan".to_owned(),
        label: say("apply-how-collect").to_owned(),
        required: true,
        control: Control::Radio {
            options: vec![
                choice("quay", say("apply-collect-desk"), say("apply-collect-desk-hint"), Vec::new()),
                choice("buu-chinh", say("apply-by-post"), say("apply-by-post-hint"), vec![address]),
                choice("dien-tu", say("apply-electronic"), say("apply-electronic-hint"), Vec::new()),
            ],
        },
        error: own.get("collect").cloned(),
        ..FieldView::default()
    }
}

fn consent(sending: &Sending, own: &BTreeMap<&'static str, String>) -> FieldView {
    FieldView {
        id: "cam_doan".to_owned(),
        label: say("apply-i-declare").to_owned(),
        required: true,
        control: Control::Tick { checked: sending.consent },
        error: own.get("consent").cloned(),
        ..FieldView::default()
    }
}

/// What happens on sending.
fn promise(web: &Web, it: &Application, review: &Review) -> String {
    let unit = telling::within(&frame::unit_today(web, it.desk(&web.house)));
    let hours = web.house.regime_on(web.house.clock.now().day()).map_or(8, |it| it.answer_working_hours);
    let promised = say_with("apply-promise", &[("unit", &unit), ("hours", &hours)]);
    match it.current.fee_of(&review.answers).total_vnd {
        0 => promised,
        owed => format!("{promised} {}", say_with("apply-promise-owed", &[("amount", &spoken::dong(owed))])),
    }
}

fn differences(it: &Application, review: &Review) -> Vec<RevisionDifference> {
    let is_newer = review.gaps.contains(&Gap::Revision);
    if is_newer && review.differences.is_empty() {
        return vec![RevisionDifference {
            what: say("difference-notes").to_owned(),
            before: say_with("difference-revision", &[("number", &it.begun_on.number)]),
            now: say_with("difference-revision-same", &[("number", &it.current.number)]),
        }];
    }
    review.differences.iter().map(difference_words).collect()
}

/// One difference in words.
pub fn difference_words(it: &Difference) -> RevisionDifference {
    let line = |what: String, before: &str, now: &str| RevisionDifference {
        what,
        before: before.to_owned(),
        now: now.to_owned(),
    };
    let term = |limit: &Option<TimeLimit>| {
        limit.map_or_else(|| say("not-in-source-short").to_owned(), |limit| spoken::term(limit.binding()))
    };
    let needed = |need: &Need| match need {
        Need::Always => say("difference-always"),
        Need::Conditional => say("difference-special"),
        Need::Optional => say("difference-optional"),
        Need::Never => say("difference-never"),
    };
    let must = |required: &bool| if *required { say("difference-must") } else { say("difference-optional") };
    match it {
        Difference::Renamed { from, to } => line(say("difference-name").to_owned(), from, to),
        Difference::TimeLimit { from, to } => line(say("difference-term").to_owned(), &term(from), &term(to)),
        Difference::Fees { from, to } => line(say("procedure-fees").to_owned(), &from.join("; "), &to.join("; ")),
        Difference::ChannelAdded { channel } => line(
            say_with("difference-way", &[("way", &texts::channel(*channel))]),
            say("difference-way-no"),
            say("difference-way-yes"),
        ),
        Difference::ChannelRemoved { channel } => line(
            say_with("difference-way", &[("way", &texts::channel(*channel))]),
            say("difference-way-yes"),
            say("difference-way-gone"),
        ),
        Difference::PaperAdded { name, need, .. } => {
            line(say_with("difference-paper", &[("name", &name)]), say("difference-none"), needed(need))
        }
        Difference::PaperRemoved { name, .. } => {
            line(say_with("difference-paper", &[("name", &name)]), say("difference-there"), say("difference-gone"))
        }
        Difference::PaperChanged { name, from, to, .. } => {
            let now = if from == to { say("difference-copies") } else { needed(to) };
            line(say_with("difference-paper", &[("name", &name)]), needed(from), now)
        }
        Difference::FieldAdded { label, required, .. } => {
            line(say_with("difference-question", &[("label", &label)]), say("difference-none"), must(required))
        }
        Difference::FieldRemoved { label, .. } => {
            line(say_with("difference-question", &[("label", &label)]), say("difference-there"), say("difference-gone"))
        }
        Difference::FieldChanged { label, required, .. } => line(
            say_with("difference-question", &[("label", &label)]),
            say("difference-asked-before"),
            &say_with("difference-asked-anew", &[("must", &must(required))]),
        ),
    }
}

/// Back from a refusal of the sending, opened as a page.
pub async fn back(Path(draft): Path<String>) -> Redirect {
    match draft.parse() {
        Ok(id) => Redirect::to(&step_address(id, "xem-lai")),
        Err(_) => Redirect::to("/ho-so-cua-toi?muc=ban-nhap"),
    }
}

/// Sends it; or goes on with the procedure as it is now. What was typed here is kept in any case.
///
/// # Errors
/// Not theirs, or the house failed.
pub async fn send(
    State(web): State<Web>,
    visitor: Visitor,
    Path(draft): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    for _ in 1..SENDS_MAX {
        match send_once(&web, &visitor, &draft, &posted).await {
            // Another press of the same button came between: what it did is looked at, and told if it was the sending.
            Err(problem) if is_overtaken(&problem) => {}
            answered => return answered,
        }
    }
    send_once(&web, &visitor, &draft, &posted).await
}

/// Most tries of one sending that others get between.
const SENDS_MAX: usize = 8;

fn is_overtaken(problem: &Problem) -> bool {
    match problem.app() {
        Some(AppError::Invalid(found)) => found.iter().any(|it| it.key == "gap-draft-changed"),
        Some(AppError::KeyReused) => true,
        _ => false,
    }
}

async fn send_once(web: &Web, visitor: &Visitor, draft: &str, posted: &Posted) -> Result<Response, Problem> {
    let it = own_draft(web, visitor, draft).await?;
    if let Some(response) = already_sent(&it) {
        return Ok(response);
    }
    match try_to_send(web, visitor, &it, posted).await {
        Ok(response) => Ok(response),
        // A second press can find the first one's work done under its hands.
        Err(problem) => match own_draft(web, visitor, draft).await {
            Ok(now) => already_sent(&now).ok_or(problem),
            Err(_) => Err(problem),
        },
    }
}

async fn try_to_send(web: &Web, visitor: &Visitor, it: &Application, posted: &Posted) -> Result<Response, Problem> {
    let (person, id) = (visitor.person()?, it.draft.id);
    let sending = read_sending(posted);
    if posted.text("viec") == "ban-moi" {
        applying::change(&web.house, person, id, Change::Sending(sending)).await?;
        applying::change(&web.house, person, id, Change::TakeCurrentRevision).await?;
        return Ok(Redirect::to(&step_address(id, "xem-lai")).into_response());
    }
    match applying::send(&web.house, it.clone(), sending).await? {
        Sent::Filed(_) => Ok(Redirect::to(&step_address(id, "da-nop")).into_response()),
        Sent::Incomplete(review) => {
            let now = applying::load(&web.house, person, id).await?;
            Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &view(web, visitor, &now, *review, Asked::Refused)))
        }
    }
}

/// Sent: unmistakably.
///
/// # Errors
/// Not theirs, or not there.
pub async fn sent(State(web): State<Web>, visitor: Visitor, Path(draft): Path<String>) -> Result<Response, Problem> {
    let it = own_draft(&web, &visitor, &draft).await?;
    let Some(dossier) = it.draft.sent_as else {
        return Ok(Redirect::to(&step_address(it.draft.id, "xem-lai")).into_response());
    };
    let own = app::dossiers::of_citizen(&web.house, visitor.person()?).await?;
    let card = own.into_iter().find(|it| it.id == dossier).ok_or_else(|| Problem::from(AppError::NotFound))?;
    let view = super::own_dossier(&web, &visitor, card.code.as_str(), "trang đã nộp").await?;
    let desk = telling::desk(&view, view.desk());
    let unit = telling::within(&frame::unit_today(&web, view.responsible()));
    let answer_by =
        card.answer_by.map_or_else(String::new, |at| say_with("sent-by", &[("at", &spoken::moment(at.local()))]));
    let term = view.revision.time_limit.map_or_else(String::new, |limit| spoken::term(limit.binding()));
    let filing = view.dossier.filing.get();
    let by_message = filing.is_some_and(|it| it.by_message && !it.submitter.phone.is_empty());
    let by_letter = filing.is_some_and(|it| !it.submitter.email.is_empty());
    let told = match (by_message, by_letter) {
        (true, true) => say("sent-told-both"),
        (true, false) => say("sent-told-message"),
        (false, true) => say("sent-told-email"),
        (false, false) => say("sent-told-nothing"),
    };
    let step = |what: &str, who: String, until: String| NextStep { what: what.to_owned(), who, until };
    let owed = view.dossier.still_owed_vnd();
    let is_fetched = filing.is_none_or(|it| it.collection == Collection::Desk);
    let pay_where = say(if is_fetched { "sent-pay-where" } else { "sent-pay-before-sending" });
    let pay = step(say("sent-pay"), spoken::dong(owed), pay_where.to_owned());
    let address = crate::papers::look_up_address(&web, &view);
    Ok(html(&SentPage {
        page: frame::citizen(&web, &visitor, say_with("sent-page", &[("code", &card.code)]), Section::MyDossiers),
        code: card.code.to_string(),
        procedure: card.procedure_name.clone(),
        unit: frame::unit_today(&web, view.desk()),
        sent_at: spoken::moment(card.filed_at.local()),
        qr_svg: qr::svg(&address, &say_with("sent-qr", &[("code", &card.code)])),
        next: vec![
            step(say("sent-receive"), desk, answer_by),
            step(say("sent-work"), telling::opening(&unit), say_with("sent-term", &[("term", &term)])),
            step(say("sent-hand-over"), telling::collection(&view), say("sent-hand-over-when").to_owned()),
        ]
        .into_iter()
        .chain((owed > 0).then_some(pay))
        .collect(),
        told: told.to_owned(),
        dossier_href: dossier_address(&card.code),
        deposit_href: format!("{}/xac-nhan-nop", dossier_address(&card.code)),
        look_up_address: format!("{}/tra-cuu", web.house.rules.public_url.split("://").last().unwrap_or_default()),
    }))
}
