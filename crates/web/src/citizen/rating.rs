//! Rating how a dossier of one's own was solved.

use super::views::{Choice, Control, FieldView, RatingPage, TextKind};
use super::{dossier_address, own_dossier};
use crate::Web;
use crate::frame::{self, html, html_as};
use crate::page::{FieldLink, Section};
use crate::posted::Posted;
use crate::problem::Problem;
use crate::texts;
use crate::visitor::Visitor;
use app::dossiers::DossierView;
use app::ratings::{self, Given, QUESTIONS, State as Standing, Typed};
use app::{AppError, FieldProblem, words};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::feedback::{Grade, REMARK_CHARS_MAX, Rating};

/// The boxes: name here, name in `app`, the question.
const BOXES: [(&str, &str, &str); 7] = [
    ("muc", "grade", "Nhìn chung, bạn có hài lòng không?"),
    ("thoi_gian", "timing", "Kết quả đến với bạn sớm, đúng hay muộn hơn ngày hẹn?"),
    ("lien_he", "contacts", "Ngoài lần nộp, bạn phải đến hoặc gọi thêm mấy lần để hồ sơ xong?"),
    ("co_quan", "agencies", "Bạn phải tự đến thêm bao nhiêu cơ quan khác?"),
    ("thai_do", "attitude", "Thái độ của cán bộ thế nào?"),
    ("so_lan", "visits", "Tất cả bạn đã đến cơ quan mấy lần vì hồ sơ này?"),
    ("gop_y", "remark", "Bạn muốn nói thêm gì không?"),
];

/// Answers of each question, the best first: so many points.
const ANSWERS: [(&str, [&str; 3]); 4] = [
    ("thoi_gian", ["Sớm hơn hẹn", "Đúng ngày hẹn", "Muộn hơn hẹn"]),
    ("lien_he", ["Không lần nào", "Thêm 1 lần", "Thêm 2 lần trở lên"]),
    ("co_quan", ["Không cơ quan nào", "1 cơ quan", "2 cơ quan trở lên"]),
    ("thai_do", ["Hài lòng", "Hài lòng một phần", "Không hài lòng"]),
];

/// A grade in words.
pub fn grade_in_words(grade: Grade) -> &'static str {
    match grade {
        Grade::VeryGood => "Rất hài lòng",
        Grade::Good => "Hài lòng",
        Grade::Middling => "Bình thường",
        Grade::Bad => "Không hài lòng",
        Grade::VeryBad => "Rất không hài lòng",
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
    let error = |field: &str| problems.iter().find(|it| it.field == field).map(texts::field_problem);
    let page = frame::citizen(web, visitor, format!("Đánh giá – hồ sơ {}", view.dossier.code), Section::MyDossiers);
    let errors = BOXES.iter().filter_map(|(id, field, label)| {
        error(field).map(|why| FieldLink { href: format!("#{id}"), text: format!("{label} {why}") })
    });
    RatingPage {
        page: if problems.is_empty() { page } else { page.with_error_title() },
        code: view.dossier.code.to_string(),
        procedure: view.revision.name.clone(),
        action: format!("{back}/danh-gia"),
        back,
        until: standing.until.map(words::day).unwrap_or_default(),
        given: standing.given.as_ref().map(given_in_words),
        errors: errors.collect(),
        fields: BOXES.iter().map(|(id, field, label)| question(id, field, label, typed, error(field))).collect(),
    }
}

fn given_in_words(it: &Given) -> String {
    format!("{}, {}", grade_in_words(it.rating.grade), words::moment(it.at.local()))
}

fn question(id: &str, field: &str, label: &str, typed: &Typed, error: Option<String>) -> FieldView {
    let place = QUESTIONS.iter().position(|it| *it == field);
    let choice = |value: u32, words: &str, chosen: &str| Choice {
        value: value.to_string(),
        label: words.to_owned(),
        selected: chosen == value.to_string(),
        ..Choice::default()
    };
    let control = match (field, place) {
        ("grade", _) => Control::Radio {
            options: Grade::ALL.map(|it| choice(it.number(), grade_in_words(it), &typed.grade)).to_vec(),
        },
        (_, Some(place)) => {
            let chosen = typed.points.get(place).map_or("", String::as_str);
            let answers = ANSWERS.iter().find(|it| it.0 == id).map(|it| it.1).unwrap_or_default();
            Control::Radio { options: (0..3).rev().zip(answers).map(|(n, words)| choice(n, words, chosen)).collect() }
        }
        ("visits", _) => Control::Text { value: typed.visits.clone(), kind: TextKind::Year, suggestions: Vec::new() },
        _ => Control::TextArea { value: typed.remark.clone() },
    };
    let hint = match field {
        "visits" => Some("Không phải đến lần nào thì ghi 0."),
        "agencies" => Some("Không kể Bộ phận Một cửa."),
        "remark" => Some("Đừng ghi số định danh hay chuyện riêng. Khiếu nại, tố cáo thì gửi riêng, không ghi ở đây."),
        _ => None,
    };
    FieldView {
        id: id.to_owned(),
        label: label.to_owned(),
        hint: hint.map(str::to_owned),
        required: field != "remark",
        control,
        error,
        ..FieldView::default()
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
    let typed = Typed {
        grade: posted.trimmed("muc").to_owned(),
        points: ANSWERS.map(|(id, _)| posted.trimmed(id).to_owned()),
        visits: posted.trimmed("so_lan").to_owned(),
        remark: posted.text("gop_y").chars().take(2 * REMARK_CHARS_MAX).collect(),
    };
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
