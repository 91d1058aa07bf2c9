//! Filing, receiving, and the questions before and during appraisal.

use super::words::{at_most, note, reason, reason_and_law};
use super::{Context, asked_so_far, clock_pauses, first_step, place, resume, stage_of};
use crate::calendar::Term;
use crate::dossier::command::FileRequest;
use crate::dossier::event::{DueDate, Erasable, Event, SupplementRequest};
use crate::dossier::examination::{form_of, put_right};
use crate::dossier::filing::{FiledPaper, SupplementItem, Supplied};
use crate::dossier::holder::Owner;
use crate::dossier::{Dossier, DossierRefusal};
use crate::ids::UnitId;
use crate::post::Post;
use crate::procedure::{Channel, Need, RawAnswers};
use crate::time::Instant;

/// What an officer asks of the citizen.
pub(super) struct Asked<'a> {
    pub(super) items: &'a [SupplementItem],
    pub(super) reason: &'a str,
    pub(super) legal_basis: &'a str,
    pub(super) override_reason: &'a str,
    pub(super) days: Option<u16>,
}

pub(super) fn file(request: &FileRequest, context: &Context<'_>) -> Result<Vec<Event>, DossierRefusal> {
    if request.channel != Channel::Online || !context.revision.channels.contains(&request.channel) {
        return Err(DossierRefusal::ChannelNotOffered);
    }
    if context.revision.time_limit.is_none() {
        return Err(DossierRefusal::NoTimeLimit);
    }
    let answer_by = answer_by(context)?;
    Ok(vec![filed(request, Some(answer_by), context)?])
}

pub(super) fn receive_at_desk(request: &FileRequest, context: &Context<'_>) -> Result<Vec<Event>, DossierRefusal> {
    if request.channel == Channel::Online || !context.revision.channels.contains(&request.channel) {
        return Err(DossierRefusal::ChannelNotOffered);
    }
    let received = received(request.competent_unit, request.channel, context)?;
    Ok(vec![filed(request, None, context)?, received])
}

fn filed(request: &FileRequest, answer_by: Option<Instant>, context: &Context<'_>) -> Result<Event, DossierRefusal> {
    at_most(request.filing.papers.len())?;
    let desk = Owner { unit: request.receiving_unit, post: Post::Reception, person: None };
    let by_desk = answer_by.is_none();
    Ok(Event::Filed {
        code: request.code.clone(),
        foreign_code: request.foreign_code,
        revision: context.revision.id.clone(),
        procedure: context.revision.procedure.clone(),
        sector: context.revision.sector.clone(),
        regime: context.regime.key.clone(),
        channel: request.channel,
        receiving_unit: request.receiving_unit,
        competent_unit: request.competent_unit,
        collect_at: request.collect_at,
        split_from: request.split_from,
        owner: Owner { person: if by_desk { context.actor } else { None }, ..desk },
        answer_by,
        fee_vnd: request.fee_vnd.max(0),
        body: Erasable::kept(request.filing.clone()),
    })
}

fn answer_by(context: &Context<'_>) -> Result<Instant, DossierRefusal> {
    let due = context.clock.due(context.now.local(), Term::WorkingHours(context.regime.answer_working_hours))?;
    Ok(Instant::from_local(due.at))
}

pub(super) fn accept(dossier: &Dossier, context: &Context<'_>) -> Result<Event, DossierRefusal> {
    received(context.organisation.responsible_now(dossier), dossier.channel, context)
}

fn received(competent: UnitId, channel: Channel, context: &Context<'_>) -> Result<Event, DossierRefusal> {
    let limit = context.revision.time_limit.ok_or(DossierRefusal::NoTimeLimit)?;
    let now = context.now.local();
    let at = context.clock.due(now, limit.binding())?;
    let legal = context.clock.due(now, limit.legal)?;
    let step = first_step(context.revision, channel)?;
    Ok(Event::Received {
        counted_from: Instant::from_local(context.clock.normalise(now)?),
        limit,
        due: DueDate {
            at: Instant::from_local(at.at),
            legal_at: Instant::from_local(legal.at),
            provisional: at.provisional || legal.provisional,
            promised_at: None,
        },
        calendar: context.calendar_version.to_owned(),
        owner: super::course::owner_of(competent, step.post, None, context),
        step: place(step, context)?,
        clock_pauses: clock_pauses(step),
        body: Erasable::default(),
    })
}

pub(super) fn refuse(why: &str, legal_basis: &str) -> Result<Event, DossierRefusal> {
    Ok(Event::NotAccepted { body: reason_and_law(why, legal_basis)? })
}

pub(super) fn request_supplement(
    dossier: &Dossier,
    asked: &Asked<'_>,
    context: &Context<'_>,
) -> Result<Event, DossierRefusal> {
    let why = reason(asked.reason)?;
    let legal_basis = note(asked.legal_basis)?;
    let override_reason = note(asked.override_reason)?;
    if asked.items.is_empty() {
        return Err(DossierRefusal::NothingAsked);
    }
    at_most(asked.items.len())?;
    let mut items = Vec::with_capacity(asked.items.len());
    let mut beyond_list = false;
    for item in asked.items {
        if let Some(id) = &item.field {
            let form = form_of(context.revision);
            let name = form.and_then(|form| form.answerable(id)).ok_or(DossierRefusal::NotOnTheDossier)?;
            let (field, what) = (Some(id.clone()), reason(&item.what)?);
            items.push(SupplementItem { requirement: None, field, name, what });
            continue;
        }
        let known = item.requirement.as_ref().and_then(|id| context.revision.requirement(id));
        let known = known.filter(|it| it.need != Need::Never);
        if known.is_none() {
            beyond_list = true;
            if item.name.trim().is_empty() {
                return Err(DossierRefusal::NothingAsked);
            }
            if legal_basis.is_empty() {
                return Err(DossierRefusal::NotOnTheList { what: item.name.clone() });
            }
        }
        let name = known.map_or_else(|| note(&item.name), |it| Ok(it.name.clone()))?;
        items.push(SupplementItem {
            requirement: known.map(|it| it.id.clone()),
            field: None,
            name,
            what: note(&item.what)?,
        });
    }
    let asked_before = asked_so_far(dossier);
    let again = asked_before >= context.regime.supplement_max_per_stage;
    if again && override_reason.is_empty() {
        return Err(DossierRefusal::AskedAlready { asked: asked_before });
    }
    let days = asked.days.unwrap_or(context.regime.supplement_days).clamp(1, 365);
    // Calendar days never end on a day off: the desk must be open to take the papers.
    let reply_by = context.clock.due(context.now.local(), Term::CalendarDays(days))?.at.date();
    Ok(Event::SupplementRequested {
        stage: stage_of(dossier),
        reply_by,
        beyond_list,
        overridden: again,
        body: Erasable::kept(SupplementRequest { items, reason: why, legal_basis, override_reason }),
    })
}

pub(super) fn supply(
    dossier: &Dossier,
    papers: &[FiledPaper],
    posted: &RawAnswers,
    text: &str,
    context: &Context<'_>,
) -> Result<Event, DossierRefusal> {
    at_most(papers.len())?;
    let text = note(text)?;
    let (answers, gaps) = put_right(dossier, posted, context.revision, context.now.day());
    if !gaps.is_empty() && !posted.is_empty() {
        return Err(DossierRefusal::AnswersWrong { count: gaps.len() });
    }
    let answers = if posted.is_empty() { Vec::new() } else { answers };
    if papers.is_empty() && answers.is_empty() && text.is_empty() {
        return Err(DossierRefusal::NothingSupplied);
    }
    let answer_by = if dossier.received_at.is_none() { Some(answer_by(context)?) } else { None };
    Ok(Event::Supplemented {
        due: resume(dossier, context)?,
        answer_by,
        body: Erasable::kept(Supplied { papers: papers.to_vec(), answers, note: text }),
    })
}
