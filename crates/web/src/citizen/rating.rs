//! Rating how a dossier of one's own was solved; and the questions of every rating.

use super::views::{Choice, Control, FieldView, RatingPage, TextKind};
use super::{dossier_address, own_dossier};
use crate::Web;
use crate::frame::{self, html, html_as};
use crate::page::{FieldLink, Section};
use crate::posted::Posted;
use crate::problem::Problem;
use crate::spoken;
use crate::texts;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::dossiers::DossierView;
use app::ratings::{self, Given, QUESTIONS, State as Standing, Typed};
use app::{AppError, FieldProblem};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::feedback::{Grade, REMARK_CHARS_MAX, Rating};

/// The boxes: name here, name in `app`, the question, and a line below it. Being made to get in touch again (indicator 3 of the law) and
/// trips (which no law counts, and everybody remembers) are asked apart.
///
/// Căn cứ: TT 01/2018/TT-VPCP Điều 13.
const BOXES: [(&str, &str, &str, Option<&str>); 7] = [
    ("muc", "grade", "rating-grade", None),
    ("thoi_gian", "timing", "rating-timing", None),
    ("lien_he", "contacts", "rating-contacts", Some("rating-contacts-hint")),
    ("co_quan", "agencies", "rating-agencies", Some("rating-agencies-hint")),
    ("thai_do", "attitude", "rating-attitude", None),
    (VISITS, "visits", "rating-visits", Some("rating-visits-hint")),
    ("gop_y", "remark", "rating-remark", Some("rating-remark-hint")),
];

/// The box with how often one came.
const VISITS: &str = "so_lan";
/// From so many visits on nobody counts at a screen.
const VISITS_SHOWN_MAX: u32 = 5;

/// Answers of each question, the best first: so many points.
const ANSWERS: [(&str, [&str; 3]); 4] = [
    ("thoi_gian", ["rating-early", "rating-on-time", "rating-late"]),
    ("lien_he", ["rating-never", "rating-once-more", "rating-twice-more"]),
    ("co_quan", ["rating-no-office", "rating-one-office", "rating-two-offices"]),
    ("thai_do", ["rating-satisfied", "rating-partly", "rating-not-satisfied"]),
];

/// A grade in words.
pub fn grade_in_words(grade: Grade) -> &'static str {
    match grade {
        Grade::VeryGood => say("rating-very-satisfied"),
        Grade::Good => say("rating-satisfied"),
        Grade::Middling => say("rating-middling"),
        Grade::Bad => say("rating-not-satisfied"),
        Grade::VeryBad => say("rating-very-dissatisfied"),
    }
}

/// The questions, with the rating given before.
///
/// # Errors
/// Not theirs, or not there.
pub async fn page(State(web): State<Web>, visitor: Visitor, Path(code): Path<String>) -> Result<Response, Problem> {
    let view = own_dossier(&web, &visitor, &code, "trang đánh giá").await?;
    let standing = ratings::state(&web.house, &view).await?;
    if standing.until.is_none() {
        return Ok(Redirect::to(&dossier_address(&view.dossier.code)).into_response());
    }
    let before = standing.given.as_ref().map(|it| as_typed(&it.rating)).unwrap_or_default();
    Ok(html(&rating_view(&web, &visitor, &view, &standing, &before, &[])))
}

fn as_typed(it: &Rating) -> Typed {
    Typed {
        grade: it.grade.number().to_string(),
        points: [it.timing, it.contacts, it.agencies, it.attitude].map(|it| it.number().to_string()),
        visits: it.visits.to_string(),
        remark: it.remark.clone(),
    }
}

fn rating_view(
    web: &Web,
    visitor: &Visitor,
    view: &DossierView,
    standing: &Standing,
    typed: &Typed,
    problems: &[FieldProblem],
) -> RatingPage {
    let back = dossier_address(&view.dossier.code);
    let page =
        frame::citizen(web, visitor, say_with("rating-page", &[("code", &view.dossier.code)]), Section::MyDossiers);
    let fields = questions(typed, problems);
    RatingPage {
        page: if problems.is_empty() { page } else { page.with_error_title() },
        code: view.dossier.code.to_string(),
        procedure: view.revision.name.clone(),
        action: format!("{back}/danh-gia"),
        back,
        until: standing.until.map(spoken::day).unwrap_or_default(),
        given: standing.given.as_ref().map(given_in_words),
        errors: errors(&fields),
        fields,
    }
}

fn given_in_words(it: &Given) -> String {
    format!("{}, {}", grade_in_words(it.rating.grade), spoken::moment(it.at.local()))
}

/// The questions, with what was answered and what is wrong.
pub fn questions(typed: &Typed, problems: &[FieldProblem]) -> Vec<FieldView> {
    let question = |(id, field, label, hint): (&str, &str, &'static str, Option<&'static str>)| FieldView {
        id: id.to_owned(),
        label: say(label).to_owned(),
        hint: hint.map(|it| say(it).to_owned()),
        required: field != "remark",
        control: control(id, field, typed),
        error: problems.iter().find(|it| it.field == field).map(texts::field_problem),
        ..FieldView::default()
    };
    BOXES.map(question).to_vec()
}

/// The same for a screen without a keyboard: how often one came is touched, not typed.
pub fn questions_to_touch(typed: &Typed, problems: &[FieldProblem]) -> Vec<FieldView> {
    let mut fields = questions(typed, problems);
    if let Some(visits) = fields.iter_mut().find(|it| it.id == VISITS) {
        let options = (0..=VISITS_SHOWN_MAX).map(|count| {
            let more = if count == VISITS_SHOWN_MAX { "+" } else { "" };
            choice(count, &format!("{count}{more}"), &typed.visits)
        });
        visits.control = Control::Radio { options: options.collect() };
        visits.hint = None;
        visits.error = visits.error.as_ref().map(|_| texts::word("gap-choose"));
    }
    fields
}

/// What is wrong, each line leading to its question.
pub fn errors(fields: &[FieldView]) -> Vec<FieldLink> {
    let wrong = fields.iter().filter_map(|it| Some((it, it.error.as_ref()?)));
    wrong.map(|(it, why)| FieldLink { href: format!("#{}", it.id), text: format!("{} {why}", it.label) }).collect()
}

fn choice(value: u32, words: &str, chosen: &str) -> Choice {
    let value = value.to_string();
    Choice { selected: value == chosen, value, label: words.to_owned(), ..Choice::default() }
}

fn control(id: &str, field: &str, typed: &Typed) -> Control {
    let place = QUESTIONS.iter().position(|it| *it == field);
    match (field, place) {
        ("grade", _) => Control::Radio {
            options: Grade::ALL.map(|it| choice(it.number(), grade_in_words(it), &typed.grade)).to_vec(),
        },
        (_, Some(place)) => {
            let chosen = typed.points.get(place).map_or("", String::as_str);
            let answers = ANSWERS.iter().find(|it| it.0 == id).map(|it| it.1).unwrap_or_default();
            Control::Radio {
                options: (0..3).rev().zip(answers).map(|(n, words)| choice(n, say(words), chosen)).collect(),
            }
        }
        ("visits", _) => Control::Text { value: typed.visits.clone(), kind: TextKind::Year, suggestions: Vec::new() },
        _ => Control::TextArea { value: typed.remark.clone() },
    }
}

/// The answers as they were sent.
pub fn read(posted: &Posted) -> Typed {
    Typed {
        grade: posted.trimmed("muc").to_owned(),
        points: ANSWERS.map(|(id, _)| posted.trimmed(id).to_owned()),
        visits: posted.trimmed(VISITS).to_owned(),
        remark: posted.text("gop_y").chars().take(2 * REMARK_CHARS_MAX).collect(),
    }
}

/// Keeps the rating.
///
/// # Errors
/// Not theirs, not to be rated any more, or the house failed.
pub async fn rate(
    State(web): State<Web>,
    visitor: Visitor,
    Path(code): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let view = own_dossier(&web, &visitor, &code, "trang đánh giá").await?;
    let typed = read(&posted);
    match ratings::rate(&web.house, visitor.person()?, view.dossier.id, &typed).await {
        Ok(()) => Ok(Redirect::to(&format!("{}?xong=danh-gia", dossier_address(&view.dossier.code))).into_response()),
        Err(AppError::Invalid(problems)) => {
            let standing = ratings::state(&web.house, &view).await?;
            let page = rating_view(&web, &visitor, &view, &standing, &typed, &problems);
            Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(other) => Err(other.into()),
    }
}
