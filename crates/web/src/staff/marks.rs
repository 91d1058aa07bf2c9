//! Which papers and answers of a dossier are in order: marked on its page, each "not in order" with the reason the citizen will read.

use super::dossier::{self, code_of};
use super::views::{AnswerSection, PaperMark as Shown, PaperView, StaffField, TypedLine};
use super::{acts, phrases};
use crate::Web;
use crate::frame::html_as;
use crate::page::FieldLink;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::texts;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::AppError;
use app::dossiers::DossierView;
use app::handle::{Asked, handle};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::dossier::{Act, AnswerMark, Command, DossierRefusal, Mark, PaperMark};

/// What the names of the controls of marks begin with.
const MARK: &str = "danh-gia-";
const REASON: &str = "ly-do-";
const ANSWER: &str = "muc-";

/// The places of papers that can be marked: those that no later paper replaced.
fn places(view: &DossierView) -> Vec<u16> {
    let Some(filing) = view.dossier.filing.get() else { return Vec::new() };
    (0..filing.papers.len()).filter(|it| !filing.is_replaced(*it)).filter_map(|it| u16::try_from(it).ok()).collect()
}

fn mark_of(text: &str) -> Option<Mark> {
    match text {
        "dat" => Some(Mark::Good),
        "khong-dat" => Some(Mark::Wrong),
        "chua-xem" => Some(Mark::Unseen),
        _ => None,
    }
}

/// The marks a form stands for. "Tất cả đạt" leaves alone what is marked as not in order.
fn read(view: &DossierView, posted: &Posted) -> (Vec<PaperMark>, Vec<AnswerMark>) {
    let all_good = posted.trimmed("lenh") == "tat-ca-dat";
    let papers = places(view).into_iter().filter_map(|place| {
        let mark = mark_of(posted.trimmed(&format!("{MARK}{place}")))?;
        let mark = if all_good && mark == Mark::Unseen { Mark::Good } else { mark };
        let reason = posted.trimmed(&format!("{REASON}{place}")).to_owned();
        Some(PaperMark { place, mark, reason: if mark == Mark::Wrong { reason } else { String::new() } })
    });
    let answers = posted.fields().iter().filter_map(|(name, values)| {
        let field = name.strip_prefix(ANSWER)?.to_owned();
        let note = values.first().map(|it| it.trim().to_owned()).unwrap_or_default();
        Some(AnswerMark { field, note })
    });
    (papers.collect(), answers.collect())
}

/// The marks are taken down, or the page comes back with what is missing beside it.
pub async fn post(
    State(web): State<Web>,
    visitor: Visitor,
    Path(code): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let code = code_of(&code)?;
    let seen = posted.version("phien-ban")?;
    let actor = visitor.signed_in()?;
    let view = match dossier::opened(&web, &visitor, &code, "đánh giá giấy tờ").await? {
        Ok(view) => view,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let is_mine = view.acts.iter().any(|it| it.0 == Act::Examine);
    if !is_mine && seen == view.dossier.version {
        return Err(AppError::Forbidden.into());
    }
    let (papers, answers) = read(&view, &posted);
    let silent: Vec<u16> =
        papers.iter().filter(|it| it.mark == Mark::Wrong && it.reason.is_empty()).map(|it| it.place).collect();
    if is_mine && seen == view.dossier.version && !silent.is_empty() {
        let missing = texts::refusal(&DossierRefusal::MarkWithoutReason { place: 0 }).what;
        let wrong = silent.iter().map(|place| (format!("{REASON}{place}"), missing.clone())).collect();
        return again(&web, &visitor, &view, &posted, StatusCode::UNPROCESSABLE_ENTITY, wrong).await;
    }
    let command = Command::Examine { papers, answers };
    let asked = Asked { actor, id: view.dossier.id, version: Some(seen), command, once: None };
    let home = phrases::dossier_address(&code);
    let list = phrases::list_of(&visitor);
    match handle(&web.house, asked).await {
        Ok(_) => {
            let done = phrases::query(&[("xong", Act::Examine.key()), ("ve", &list)]);
            Ok(Redirect::to(&format!("{home}?{done}#giay-to")).into_response())
        }
        Err(AppError::Refused(DossierRefusal::NothingExamined)) => {
            Ok(Redirect::to(&format!("{}#giay-to", phrases::from_list(&home, &list))).into_response())
        }
        Err(AppError::Refused(refusal)) => {
            let said = texts::refusal(&refusal);
            let words = format!("{} {}", said.what, said.why.unwrap_or_default());
            again(&web, &visitor, &view, &posted, StatusCode::CONFLICT, vec![("giay-to".to_owned(), words)]).await
        }
        Err(AppError::Stale { since }) => {
            let typed = typed(&view, &posted);
            Ok(acts::stale_page(
                &web,
                &visitor,
                &view,
                &acts::Late { act: Act::Examine, since: &since, typed, again: None },
            ))
        }
        Err(other) => Err(other.into()),
    }
}

async fn again(
    web: &Web,
    visitor: &Visitor,
    view: &DossierView,
    posted: &Posted,
    status: StatusCode,
    wrong: Vec<(String, String)>,
) -> Result<Response, Problem> {
    let mut page = dossier::shown(web, visitor, view).await?;
    for paper in &mut page.papers {
        keep(paper, posted, &wrong);
    }
    for section in &mut page.answers {
        keep_answers(section, posted);
    }
    page.errors = wrong
        .iter()
        .map(|(field, text)| {
            let paper = page.papers.iter().find(|it| format!("{REASON}{}", it.key) == *field);
            let text = paper.map_or_else(|| text.clone(), |it| format!("{}: {text}", it.name));
            FieldLink { href: format!("#{field}"), text }
        })
        .collect();
    page.version = posted.trimmed("phien-ban").parse().unwrap_or(page.version);
    page.page = page.page.with_error_title();
    Ok(html_as(status, &page))
}

/// A paper as it was marked on the form that came back.
fn keep(paper: &mut PaperView, posted: &Posted, wrong: &[(String, String)]) {
    let Some(mark) = mark_of(posted.trimmed(&format!("{MARK}{}", paper.key))) else { return };
    let name = format!("{REASON}{}", paper.key);
    paper.mark = shown(mark);
    posted.text(&name).clone_into(&mut paper.reason);
    if let Some((_, words)) = wrong.iter().find(|it| it.0 == name) {
        paper.error.clone_from(words);
    }
}

fn keep_answers(section: &mut AnswerSection, posted: &Posted) {
    for answer in &mut section.answers {
        let name = format!("{ANSWER}{}", answer.field);
        if !answer.field.is_empty() && posted.has(&name) {
            posted.text(&name).clone_into(&mut answer.wrong);
        }
    }
}

/// How a mark is drawn.
pub fn shown(mark: Mark) -> Shown {
    match mark {
        Mark::Unseen => Shown::Unseen,
        Mark::Good => Shown::Good,
        Mark::Wrong => Shown::Wrong,
    }
}

/// Words typed with marks that came too late.
fn typed(view: &DossierView, posted: &Posted) -> Vec<TypedLine> {
    let (papers, answers) = read(view, posted);
    let filed = view.dossier.filing.get().map(|it| it.papers.as_slice()).unwrap_or_default();
    let of_papers = papers.into_iter().filter(|it| it.mark != Mark::Unseen).map(|it| TypedLine {
        label: filed.get(usize::from(it.place)).map(|it| it.name.clone()).unwrap_or_default(),
        value: match it.mark {
            Mark::Wrong => say_with("case-marked-wrong", &[("reason", &it.reason)]),
            Mark::Good | Mark::Unseen => say("case-mark-good").to_owned(),
        },
    });
    let form = domain::dossier::form_of(&view.revision);
    let of_answers = answers.into_iter().filter(|it| !it.note.is_empty()).map(|it| TypedLine {
        label: form.and_then(|form| form.answerable(&it.field)).unwrap_or_default(),
        value: it.note,
    });
    of_papers.chain(of_answers).collect()
}

/// What is wrong with the papers of one requirement, as it was marked; empty where nothing is.
pub fn reason_for(view: &DossierView, requirement: &str) -> String {
    let filed = view.dossier.filing.get().map(|it| it.papers.as_slice()).unwrap_or_default();
    let said = places(view).into_iter().filter_map(|place| {
        let it = filed.get(usize::from(place)).filter(|it| it.requirement == requirement)?;
        let (mark, reason) = view.dossier.marks.paper(usize::from(place));
        (mark == Mark::Wrong && !it.requirement.is_empty()).then(|| reason.to_owned())
    });
    said.collect::<Vec<_>>().join("\n")
}

/// Answers that are marked: field, question, what is wrong.
pub fn wrong_answers(view: &DossierView) -> Vec<(String, String, String)> {
    let Some(form) = domain::dossier::form_of(&view.revision) else { return Vec::new() };
    let marked = view.dossier.marks.answers();
    marked.filter_map(|(field, note)| Some((field.to_owned(), form.answerable(field)?, note.to_owned()))).collect()
}

/// The questions of a request about marked answers, filled in with the officer's words.
pub fn questions(view: &DossierView) -> Vec<StaffField> {
    let marked = wrong_answers(view);
    if marked.is_empty() {
        return Vec::new();
    }
    let choice = |it: &(String, String, String)| super::views::ChoiceView::new(&it.0, &it.1).chosen();
    let ticks = StaffField::ticks("muc", say("case-ask-answers"), marked.iter().map(choice).collect())
        .with_hint(say("case-ask-answers-hint"));
    let notes = marked.iter().map(|(field, question, note)| {
        let label = say_with("case-ask-answer-what", &[("question", question)]);
        StaffField::lines(format!("noi-dung-muc-{field}"), label, 2).with_value(note.clone()).under(field)
    });
    std::iter::once(ticks).chain(notes.collect::<Vec<_>>()).collect()
}
