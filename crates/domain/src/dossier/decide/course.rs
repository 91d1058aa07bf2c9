//! The way through the office: taking on, assigning, sending on, sending back, recalling, apologising.

use super::words::{body, note, reason};
use super::{Context, clock_pauses, next_step, place, resume, send_back_targets};
use crate::dossier::event::{Erasable, Event, Outcome};
use crate::dossier::filing::Draft;
use crate::dossier::holder::Owner;
use crate::dossier::{Dossier, DossierRefusal, StepAt};
use crate::ids::{PersonId, UnitId};
use crate::post::Post;
use crate::procedure::StepKind;
use crate::time::Instant;
use jiff::civil::DateTime;

/// Who owes a step: the post in its seat, and the person where one is named or only one holds the post.
pub(super) fn owner_of(competent: UnitId, post: Post, person: Option<PersonId>, context: &Context<'_>) -> Owner {
    let today = context.now.day();
    let unit = context.organisation.seat_of(competent, post, today);
    let mut holders = context.mandates.holders(unit, post, today);
    let only = match (holders.next(), holders.next()) {
        (Some(one), None) => Some(one),
        _ => None,
    };
    Owner { unit, post, person: person.or(only) }
}

fn checked(
    dossier: &Dossier,
    post: Post,
    person: Option<PersonId>,
    context: &Context<'_>,
) -> Result<Owner, DossierRefusal> {
    let owner = owner_of(context.organisation.responsible_now(dossier), post, person, context);
    match person {
        Some(person) if !context.mandates.holds(person, owner.unit, post, context.now.day()) => {
            Err(DossierRefusal::NotInThatPost)
        }
        _ => Ok(owner),
    }
}

pub(super) fn take_on(dossier: &Dossier, context: &Context<'_>) -> Result<Event, DossierRefusal> {
    let person = context.actor.ok_or(DossierRefusal::NotInThatPost)?;
    assigned(dossier, person, String::new(), context)
}

pub(super) fn assign(
    dossier: &Dossier,
    to: PersonId,
    text: &str,
    context: &Context<'_>,
) -> Result<Event, DossierRefusal> {
    assigned(dossier, to, note(text)?, context)
}

fn assigned(dossier: &Dossier, person: PersonId, text: String, context: &Context<'_>) -> Result<Event, DossierRefusal> {
    if !context.mandates.holds(person, dossier.owner.unit, dossier.owner.post, context.now.day()) {
        return Err(DossierRefusal::NotInThatPost);
    }
    Ok(Event::Assigned { owner: Owner { person: Some(person), ..dossier.owner }, body: body(text) })
}

pub(super) fn forward(
    dossier: &Dossier,
    to: Option<PersonId>,
    text: &str,
    context: &Context<'_>,
) -> Result<Event, DossierRefusal> {
    let step = next_step(dossier, context)?;
    // Whoever works on it keeps it, unless the next step is somebody else's or they have left the post meanwhile.
    let today = context.now.day();
    let keeps = |it: &PersonId| context.mandates.holds(*it, dossier.owner.unit, dossier.owner.post, today);
    let same_post = dossier.owner.post == step.post;
    let person = if same_post { to.or(dossier.owner.person.filter(keeps)) } else { to };
    Ok(Event::Forwarded {
        from_step: dossier.step.number,
        step: place(step, context)?,
        owner: checked(dossier, step.post, person, context)?,
        clock_pauses: clock_pauses(step),
        due: resume(dossier, context)?,
        body: body(note(text)?),
    })
}

/// Why a dossier goes on without the citizen's yes, as its history says it.
pub(super) const SILENCE: &str = "Hết hạn xác nhận mà chưa có trả lời, coi như đồng ý theo quy trình của thủ tục.";

/// The citizen did what the step waits for, or the time to do it passed. Where the next step takes a draft, the officer goes on with this one.
pub(super) fn confirm(dossier: &Dossier, why: &str, context: &Context<'_>) -> Result<Event, DossierRefusal> {
    let next = next_step(dossier, context)?;
    match next.kind {
        StepKind::Receive | StepKind::Work | StepKind::Consult | StepKind::Citizen => {
            forward(dossier, None, why, context)
        }
        StepKind::Issue if dossier.signed.is_some() => forward(dossier, None, why, context),
        StepKind::Sign | StepKind::Issue | StepKind::HandOver => Ok(Event::Forwarded {
            from_step: dossier.step.number,
            step: StepAt { kind: StepKind::Work, reply_by: None, ..dossier.step },
            owner: dossier.owner,
            clock_pauses: false,
            due: resume(dossier, context)?,
            body: body(why.to_owned()),
        }),
    }
}

pub(super) fn submit_for_signature(
    dossier: &Dossier,
    outcome: Outcome,
    draft: &Draft,
    to: Option<PersonId>,
    context: &Context<'_>,
) -> Result<Event, DossierRefusal> {
    let step = next_step(dossier, context)?;
    let text = match outcome {
        Outcome::Granted => {
            super::guard::in_order(dossier)?;
            note(&draft.text)?
        }
        Outcome::Declined => reason(&draft.text)?,
    };
    Ok(Event::SubmittedForSignature {
        from_step: dossier.step.number,
        step: place(step, context)?,
        owner: checked(dossier, step.post, to, context)?,
        outcome,
        due: resume(dossier, context)?,
        body: Erasable::kept(Draft { text, document: draft.document }),
    })
}

pub(super) fn send_back(dossier: &Dossier, to: u16, why: &str, context: &Context<'_>) -> Result<Event, DossierRefusal> {
    let why = reason(why)?;
    if !send_back_targets(dossier, context).contains(&to) {
        return Err(DossierRefusal::CannotSendBackThere { to });
    }
    let step = context.revision.step(to).ok_or(DossierRefusal::CannotSendBackThere { to })?;
    let today = context.now.day();
    let owner = owner_of(context.organisation.responsible_now(dossier), step.post, None, context);
    let did_it = dossier.done.iter().find(|(number, _)| *number == to).and_then(|(_, owner)| owner.person);
    let person = did_it.filter(|it| context.mandates.holds(*it, owner.unit, owner.post, today)).or(owner.person);
    Ok(Event::SentBack {
        from_step: dossier.step.number,
        step: place(step, context)?,
        owner: Owner { person, ..owner },
        clock_pauses: clock_pauses(step),
        due: resume(dossier, context)?,
        body: body(why),
    })
}

pub(super) fn recall(dossier: &Dossier, why: &str, context: &Context<'_>) -> Result<Event, DossierRefusal> {
    let last = dossier.last_forward.ok_or(DossierRefusal::CannotRecall)?;
    let step = context.revision.step(last.from.number);
    Ok(Event::Recalled {
        step: last.from,
        owner: last.owner,
        clock_pauses: step.is_some_and(|it| it.kind == last.from.kind && clock_pauses(it)),
        due: resume(dossier, context)?,
        body: body(reason(why)?),
    })
}

pub(super) fn apologise(
    dossier: &Dossier,
    why: &str,
    at_fault: UnitId,
    new_date: DateTime,
    context: &Context<'_>,
) -> Result<Event, DossierRefusal> {
    let why = reason(why)?;
    let promised = dossier.promised_at().ok_or(DossierRefusal::NoTimeLimit)?;
    if Instant::from_local(new_date) <= promised || Instant::from_local(new_date) <= context.now {
        return Err(DossierRefusal::NewDateTooEarly { promised: promised.local() });
    }
    if context.clock.normalise(new_date)? != new_date {
        return Err(DossierRefusal::NewDateNotWorking);
    }
    Ok(Event::Apologised { promised, new_date: Instant::from_local(new_date), at_fault, body: body(why) })
}
