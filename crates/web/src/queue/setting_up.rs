//! Services and counters of a unit, as its administrator or control officer says.

use super::key;
use super::views::{CounterField, LetterChoice, ServiceField, SettingUpPage};
use crate::Web;
use crate::frame::{self, encoded, html, html_as};
use crate::page::Tone;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::say;
use crate::staff::phrases;
use crate::staff::views::ChoiceView;
use crate::texts;
use crate::visitor::Visitor;
use app::queue::setting_up::{COUNTER_FIELD, SERVICE_FIELD, set_up, units_of};
use app::queue::unit_of;
use app::{AppError, FieldProblem};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::UnitId;
use domain::post::Post;
use domain::queue::{COUNTER_MAX, Counter, SERVICES_MAX, Series, Service, Setup};
use std::collections::BTreeSet;

/// Where it stands.
pub const ADDRESS: &str = "/quan-tri/quay";
/// Free rows for further counters.
const SPARE_COUNTERS: u32 = 2;

/// The form.
pub async fn page(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let asked = phrases::asked(&visitor);
    let unit = chosen(&web, &visitor, asked.trimmed("don-vi"))?;
    let setup = app::queue::queue(&web.house, unit).await?.setup;
    let is_new = setup.is_empty();
    let mut view = drawn(&web, &visitor, unit, &if is_new { proposal() } else { setup }, &[]);
    view.is_proposal = is_new;
    if asked.has("da-ghi") {
        view.page = frame::flash(view.page, Tone::Good, say("counters-saved"));
    }
    Ok(html(&view))
}

fn chosen(web: &Web, visitor: &Visitor, wanted: &str) -> Result<UnitId, Problem> {
    let (known, today) = (web.house.now_known(), web.house.clock.now().day());
    let may = units_of(&known, visitor.person()?, today);
    if wanted.is_empty() {
        return Ok(may.first().copied().ok_or(AppError::NotFound)?);
    }
    let unit = unit_of(&known, wanted, today).ok_or(AppError::NotFound)?;
    if may.contains(&unit) { Ok(unit) } else { Err(AppError::Forbidden.into()) }
}

/// What most wards begin with: names that are written down, Vietnamese whoever looks.
fn proposal() -> Setup {
    let names = ["Hộ tịch, chứng thực", "Đất đai, xây dựng", "Lao động, xã hội", "Trả kết quả"];
    let services: Vec<Service> =
        Series::all().zip(names).map(|(series, name)| Service { series, name: name.to_owned() }).collect();
    let letters: Vec<Series> = services.iter().map(|it| it.series).collect();
    let counter =
        |(number, serves): (u32, &[Series])| Counter { number, serves: serves.to_vec(), is_open: true, seat: None };
    let counters = (1..).zip(letters.chunks(2)).map(counter).collect();
    Setup { services, counters }
}

/// What was typed, as it stands.
fn typed(posted: &Posted) -> Setup {
    let named = |series: Series| posted.trimmed(&format!("{SERVICE_FIELD}{series}")).to_owned();
    let services =
        Series::all().map(|series| Service { series, name: named(series) }).filter(|it| !it.name.is_empty()).collect();
    let counters = (1..=COUNTER_MAX)
        .map(|number| Counter {
            number,
            serves: posted.all(&format!("{COUNTER_FIELD}{number}")).iter().filter_map(|it| it.parse().ok()).collect(),
            is_open: posted.has(&format!("mo-{number}")),
            seat: None,
        })
        .filter(|it| !it.serves.is_empty())
        .collect();
    Setup { services, counters }
}

/// Writes it.
pub async fn write(State(web): State<Web>, visitor: Visitor, posted: Posted) -> Result<Response, Problem> {
    let unit = chosen(&web, &visitor, posted.trimmed("don-vi"))?;
    let setup = typed(&posted);
    if setup.is_empty() && !posted.has("da-xem") {
        return Err(Problem::BadForm);
    }
    match set_up(&web.house, visitor.person()?, unit, setup.clone()).await {
        Ok(()) => {
            let unit = encoded(&key(&web, unit));
            Ok(Redirect::to(&format!("{ADDRESS}?don-vi={unit}&da-ghi=1")).into_response())
        }
        Err(AppError::Invalid(problems)) => {
            let mut view = drawn(&web, &visitor, unit, &setup, &problems);
            view.page = view.page.with_error_title();
            view.is_wrong = true;
            Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &view))
        }
        Err(other) => Err(other.into()),
    }
}

fn drawn(web: &Web, visitor: &Visitor, unit: UnitId, setup: &Setup, problems: &[FieldProblem]) -> SettingUpPage {
    let (known, today) = (web.house.now_known(), web.house.clock.now().day());
    let own = key(web, unit);
    let may = visitor.person().map(|it| units_of(&known, it, today)).unwrap_or_default();
    let wrong = |field: String| problems.iter().find(|it| it.field == field).map(texts::field_problem);
    let letters: BTreeSet<Series> =
        Series::all().take(SERVICES_MAX).chain(setup.services.iter().map(|it| it.series)).collect();
    let last = setup.counters.iter().map(|it| it.number).max().unwrap_or(0);
    let numbers = 1..=(last + SPARE_COUNTERS).min(COUNTER_MAX);
    let base = &web.house.rules.public_url;
    SettingUpPage {
        page: frame::staff(
            web,
            visitor,
            say("counters-title"),
            if visitor.is_control() { "/kiem-soat" } else { "/quan-tri" },
        ),
        is_administrator: visitor.holds_any(&[Post::Administrator]),
        is_wrong: false,
        units: may
            .into_iter()
            .map(|it| ChoiceView { chosen: it == unit, ..ChoiceView::new(key(web, it), frame::unit_today(web, it)) })
            .collect(),
        unit: frame::unit_today(web, unit),
        is_proposal: false,
        services: letters
            .iter()
            .map(|series| ServiceField {
                series: series.to_string(),
                name: setup
                    .services
                    .iter()
                    .find(|it| it.series == *series)
                    .map(|it| it.name.clone())
                    .unwrap_or_default(),
                error: wrong(format!("{SERVICE_FIELD}{series}")),
            })
            .collect(),
        counters: numbers
            .map(|number| {
                let counter = setup.counter(number);
                CounterField {
                    number,
                    is_open: counter.is_none_or(|it| it.is_open),
                    serves: letters
                        .iter()
                        .map(|it| LetterChoice {
                            letter: it.to_string(),
                            is_on: counter.is_some_and(|counter| counter.serves.contains(it)),
                        })
                        .collect(),
                    error: wrong(format!("{COUNTER_FIELD}{number}")),
                }
            })
            .collect(),
        addresses: vec![
            (say("counters-at-kiosk"), format!("{base}/kiosk/{own}")),
            (say("counters-at-board"), format!("{base}/bang-goi-so/{own}")),
            (say("counters-at-telephone"), format!("{base}/lay-so/{own}")),
        ],
        unit_key: own,
    }
}
