//! The appointed instant: somebody types the number of the resolution, and the plan is begun.

use super::said as told;
use super::{Away, Step, address, head_of, look, page};
use crate::Web;
use crate::frame::{html, html_as};
use crate::page::{FieldLink, Tone};
use crate::posted::Posted;
use crate::spoken;
use crate::staff::views::{ChipView, ChoiceView, LinkView, Num, ReformInstantPage, StaffField};
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::reform_drafts::{self, DraftError, Looked, ReformDraftRefusal, Rehearsed};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

/// What is typed is never longer than this, in characters.
const NUMBER_CHARS_MAX: usize = 60;

/// The page.
pub async fn show(State(web): State<Web>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Away> {
    let looked = look(&web, &visitor, &id).await?;
    Ok(html(&view(&web, &visitor, &looked, "", None)))
}

/// The plan is begun.
pub async fn begin(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Away> {
    let looked = look(&web, &visitor, &id).await?;
    let seen = posted.version("phien-ban")?;
    let number: String = posted.trimmed("so").chars().take(NUMBER_CHARS_MAX).collect();
    let rehearsed = if posted.has("khong-dien-tap") { Rehearsed::Waived } else { Rehearsed::Required };
    let begun = if seen == looked.draft.version {
        reform_drafts::begin(&web.house, visitor.person()?, &looked, &number, rehearsed).await
    } else {
        Err(ReformDraftRefusal::PlanWrittenSince.into())
    };
    match begun {
        Ok(()) => {
            reform_drafts::stage_beside(&web.house, looked.draft.id);
            Ok(Redirect::to(&format!("{}?xong=1", address(looked.draft.id, Step::Progress))).into_response())
        }
        Err(DraftError::Refused(ReformDraftRefusal::PlanBegun)) => {
            Err(Away::To(address(looked.draft.id, Step::Progress)))
        }
        Err(DraftError::Refused(no)) => {
            let is_typed = matches!(no, ReformDraftRefusal::OtherNumber | ReformDraftRefusal::NotRehearsed);
            let status = if is_typed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::CONFLICT };
            // As it is now: what stands in the way may be somebody else's writing.
            let looked = look(&web, &visitor, &id).await?;
            Ok(html_as(status, &view(&web, &visitor, &looked, &number, Some(&no))))
        }
        Err(DraftError::Wrong(_)) => Err(Away::To(address(looked.draft.id, Step::Decision))),
        Err(DraftError::House(error)) => Err(error.into()),
    }
}

fn view(
    web: &Web,
    visitor: &Visitor,
    looked: &Looked,
    typed: &str,
    refused: Option<&ReformDraftRefusal>,
) -> ReformInstantPage {
    let id = looked.draft.id;
    let conflicts = looked.found.conflicts.len();
    let link = |label: &str, step| LinkView { label: label.to_owned(), href: address(id, step) };
    let is_so = || ChipView::new(Tone::Good, say("plan-instant-yes"));
    let mut checks = vec![(is_so(), link(say("plan-instant-readable"), Step::Decision))];
    checks.push(if conflicts == 0 {
        (is_so(), link(say("plan-instant-no-conflict"), Step::Conflicts))
    } else {
        let left = say_with("plan-instant-conflicts", &[("count", &conflicts)]);
        (ChipView::new(Tone::Bad, say("plan-instant-not-yet")), link(&left, Step::Conflicts))
    });
    let is_rehearsed = looked.is_rehearsed();
    checks.push(if is_rehearsed {
        (is_so(), link(say("plan-instant-rehearsed"), Step::Rehearsal))
    } else {
        let not_yet = ChipView::new(Tone::Warn, say("plan-instant-not-yet"));
        (not_yet, link(say("plan-instant-not-rehearsed"), Step::Rehearsal))
    });
    let at = looked.plan.effective_at.local();
    let moved = Num(looked.found.transfers.len() as u64);
    let mut fields = vec![
        StaffField::line("so", say("plan-number-to-confirm"))
            .with_hint(say("plan-instant-number-hint"))
            .with_value(typed),
    ];
    if !is_rehearsed {
        let tick = ChoiceView::new("1", say("plan-instant-waive"));
        fields.push(StaffField::tick("khong-dien-tap", say("plan-step-rehearsal"), tick));
    }
    let about = match refused {
        Some(ReformDraftRefusal::NotRehearsed) => "khong-dien-tap",
        Some(_) | None => "so",
    };
    let said = refused.map(told::refused);
    let fields = fields
        .into_iter()
        .map(|it| match &said {
            Some(said) if it.name == about => it.with_error(said),
            _ => it,
        })
        .collect();
    let frame = page(web, visitor, Step::Instant);
    ReformInstantPage {
        page: if said.is_some() { frame.with_error_title() } else { frame },
        head: head_of(looked, Step::Instant),
        instant: format!("{}, {}", spoken::time(at), spoken::day(at.date())),
        checks,
        may_begin: conflicts == 0,
        effects: vec![
            say_with("plan-instant-now", &[("count", &moved)]),
            say("plan-instant-then").to_owned(),
            say("plan-instant-after").to_owned(),
            say("plan-instant-back").to_owned(),
        ],
        errors: said.iter().map(|it| FieldLink { href: format!("#{about}"), text: it.clone() }).collect(),
        fields,
    }
}
