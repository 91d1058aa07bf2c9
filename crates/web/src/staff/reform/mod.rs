//! Preparing and carrying out a reorganisation: nine steps from the decision to the certificate.
//!
//! Each step looks at the plan anew in the house as it is; the text of the plan is the only thing kept between them. What is
//! begun has the address of its plan for ever, also where the command line began it.

mod begun;
mod certificate;
mod decision;
mod instant;
mod map;
mod moves;
mod rehearsing;
mod said;
mod sample;
mod settling;

pub(super) use begun::state_chip;

use super::CONTROL;
use super::views::{LinkView, ReformHead};
use crate::Web;
use crate::citizen::views::{StepMark, StepState};
use crate::door::{FORM_BYTES_MAX, Routes};
use crate::frame;
use crate::page::Page;
use crate::problem::Problem;
use crate::spoken;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::AppError;
use app::reform_drafts::{self, DraftError, Looked, ReformDraft};
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::ReformId;
use domain::organisation::reform::Reorganisation;
use std::sync::Arc;

/// Where they are.
pub const ADDRESS: &str = "/kiem-soat/sap-xep";
/// Most bytes of the form with a plan: more than any plan, so that a file too large is refused in words beside its field.
const PLAN_FORM_BYTES_MAX: usize = FORM_BYTES_MAX + (16 << 20);

/// Their routes.
pub fn routes(routes: Routes) -> Routes {
    routes
        .get(ADDRESS, CONTROL, decision::list)
        .post_files(ADDRESS, CONTROL, decision::bring_in, PLAN_FORM_BYTES_MAX)
        .get("/kiem-soat/sap-xep/{id}", CONTROL, decision::page)
        .post_files("/kiem-soat/sap-xep/{id}", CONTROL, decision::amend, PLAN_FORM_BYTES_MAX)
        .post("/kiem-soat/sap-xep/{id}/bo", CONTROL, decision::throw_away)
        .post("/kiem-soat/sap-xep/{id}/lap-lai", CONTROL, decision::again)
        .get("/kiem-soat/sap-xep/{id}/so-do", CONTROL, map::show)
        .get("/kiem-soat/sap-xep/{id}/chuyen", CONTROL, moves::show)
        .get("/kiem-soat/sap-xep/{id}/chuyen/ds", CONTROL, moves::behind)
        .get("/kiem-soat/sap-xep/{id}/vuong-mac", CONTROL, settling::show)
        .post("/kiem-soat/sap-xep/{id}/vuong-mac", CONTROL, settling::settle)
        .get("/kiem-soat/sap-xep/{id}/xem-thu", CONTROL, sample::show)
        .get("/kiem-soat/sap-xep/{id}/dien-tap", CONTROL, rehearsing::show)
        .post("/kiem-soat/sap-xep/{id}/dien-tap", CONTROL, rehearsing::begin)
        .get("/kiem-soat/sap-xep/{id}/thoi-diem", CONTROL, instant::show)
        .post("/kiem-soat/sap-xep/{id}/thoi-diem", CONTROL, instant::begin)
        .get("/kiem-soat/sap-xep/{id}/tien-do", CONTROL, begun::show)
        .post("/kiem-soat/sap-xep/{id}/tiep", CONTROL, begun::go_on)
        .get("/kiem-soat/sap-xep/{id}/thoi", CONTROL, begun::ask_to_give_up)
        .post("/kiem-soat/sap-xep/{id}/thoi", CONTROL, begun::give_up)
        .post("/kiem-soat/sap-xep/{id}/dong-ho", CONTROL, begun::turn_the_clock)
        .get("/kiem-soat/sap-xep/{id}/chung-nhan", CONTROL, certificate::show)
        .post("/kiem-soat/sap-xep/{id}/chung-nhan", CONTROL, certificate::check)
        .get("/kiem-soat/sap-xep/{id}/hoan-tac", CONTROL, certificate::back)
        .post("/kiem-soat/sap-xep/{id}/hoan-tac", CONTROL, certificate::undo)
}

/// The steps, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Decision,
    Map,
    Moves,
    Conflicts,
    Sample,
    Rehearsal,
    Instant,
    Progress,
    Certificate,
}

impl Step {
    const ALL: [Self; 9] = [
        Self::Decision,
        Self::Map,
        Self::Moves,
        Self::Conflicts,
        Self::Sample,
        Self::Rehearsal,
        Self::Instant,
        Self::Progress,
        Self::Certificate,
    ];

    fn label(self) -> &'static str {
        say(match self {
            Self::Decision => "plan-step-decision",
            Self::Map => "plan-step-map",
            Self::Moves => "plan-step-moves",
            Self::Conflicts => "plan-step-conflicts",
            Self::Sample => "plan-step-sample",
            Self::Rehearsal => "plan-step-rehearsal",
            Self::Instant => "plan-step-instant",
            Self::Progress => "plan-step-progress",
            Self::Certificate => "plan-step-certificate",
        })
    }

    const fn slug(self) -> &'static str {
        match self {
            Self::Decision => "",
            Self::Map => "/so-do",
            Self::Moves => "/chuyen",
            Self::Conflicts => "/vuong-mac",
            Self::Sample => "/xem-thu",
            Self::Rehearsal => "/dien-tap",
            Self::Instant => "/thoi-diem",
            Self::Progress => "/tien-do",
            Self::Certificate => "/chung-nhan",
        }
    }

    /// True for a step that has something to show before a plan is begun, or after it.
    const fn opens(self, is_begun: bool) -> bool {
        match self {
            Self::Decision => true,
            Self::Map | Self::Moves | Self::Conflicts | Self::Sample | Self::Rehearsal | Self::Instant => !is_begun,
            Self::Progress | Self::Certificate => is_begun,
        }
    }

    fn next(self) -> Option<Self> {
        Self::ALL.into_iter().find(|it| *it > self)
    }
}

fn address(id: ReformId, step: Step) -> String {
    format!("{ADDRESS}/{id}{}", step.slug())
}

fn id_of(text: &str) -> Result<ReformId, Problem> {
    Ok(text.parse().map_err(|_| AppError::NotFound)?)
}

fn marks(id: ReformId, here: Step, is_begun: bool) -> Vec<StepMark> {
    let mark = |(place, step): (usize, Step)| StepMark {
        label: format!("{}. {}", place + 1, step.label()),
        state: match step.cmp(&here) {
            std::cmp::Ordering::Less => StepState::Done,
            std::cmp::Ordering::Equal => StepState::Current,
            std::cmp::Ordering::Greater => StepState::Ahead,
        },
        href: (step != here && step.opens(is_begun)).then(|| address(id, step)),
    };
    Step::ALL.into_iter().enumerate().map(mark).collect()
}

/// "Nghị quyết 1232/NQ-UBTVQH15, ký 24/10/2024 · có hiệu lực từ 0 giờ, thứ Tư, 01/01/2025".
fn about(plan: &Reorganisation) -> String {
    let at = plan.effective_at.local();
    let (signed, time, day) = (spoken::short_day(plan.signed_on), spoken::time(at), spoken::day(at.date()));
    say_with("plan-about", &[("instrument", &plan.instrument), ("signed", &signed), ("time", &time), ("day", &day)])
}

/// The head of a step of a plan being prepared.
fn head_of(looked: &Looked, here: Step) -> ReformHead {
    head_from(&looked.draft, &looked.plan, here)
}

fn head_from(draft: &ReformDraft, plan: &Reorganisation, here: Step) -> ReformHead {
    let next = here.next().filter(|it| it.opens(false));
    ReformHead {
        title: plan.title.clone(),
        about: about(plan),
        invented: plan.invented.clone(),
        steps: marks(draft.id, here, false),
        base: address(draft.id, Step::Decision),
        version: draft.version.to_string(),
        next: next.map(|it| LinkView { label: it.label().to_owned(), href: address(draft.id, it) }),
    }
}

fn page(web: &Web, visitor: &Visitor, step: Step) -> Page {
    let title = say_with("plan-page", &[("step", &crate::telling::within(step.label()))]);
    frame::staff(web, visitor, title, "/kiem-soat")
}

/// Where somebody is led instead, or what keeps the page from being drawn.
enum Away {
    To(String),
    Not(Problem),
}

impl From<Problem> for Away {
    fn from(problem: Problem) -> Self {
        Self::Not(problem)
    }
}

impl From<AppError> for Away {
    fn from(error: AppError) -> Self {
        Self::Not(error.into())
    }
}

impl IntoResponse for Away {
    fn into_response(self) -> Response {
        match self {
            Self::To(address) => Redirect::to(&address).into_response(),
            Self::Not(problem) => problem.into_response(),
        }
    }
}

/// Looks at a plan being prepared, away from the threads that answer. One that is begun leads to how far it is; one that cannot
/// be any more leads to its text, which says what is wrong.
async fn look(web: &Web, visitor: &Visitor, id: &str) -> Result<Looked, Away> {
    let (id, by) = (id_of(id)?, visitor.person()?);
    begun::leave_unreadable(web, by, id)?;
    if reform_drafts::progress(&web.house, by, id)?.is_some() {
        return Err(Away::To(address(id, Step::Progress)));
    }
    let house = Arc::clone(&web.house);
    let looking = tokio::task::spawn_blocking(move || reform_drafts::look_at(&house, by, id));
    match looking.await.map_err(|broken| AppError::fault("looking at a plan", broken))? {
        Ok(looked) => Ok(looked),
        Err(DraftError::Wrong(_) | DraftError::Refused(_)) => Err(Away::To(address(id, Step::Decision))),
        Err(DraftError::House(error)) => Err(error.into()),
    }
}

/// What a unit is called in a plan: one that begins says so, because it may be called as one that ends.
fn unit_words(looked: &Looked, unit: domain::ids::UnitId) -> String {
    let name = looked.unit_name(unit);
    if looked.plan.begins.iter().any(|(id, _)| *id == unit) {
        say_with("plan-new-unit", &[("name", &name)])
    } else {
        name.to_owned()
    }
}
