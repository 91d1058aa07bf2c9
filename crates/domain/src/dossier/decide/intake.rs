//! Filing, receiving, and the questions before and during appraisal.

use super::words::{at_most, note, reason, reason_and_law};
use super::{Context, actor_leads, place, resume, stage_of};
use crate::calendar::Term;
use crate::dossier::command::FileRequest;
use crate::dossier::event::{DueDate, Erasable, Event, SupplementRequest};
use crate::dossier::filing::{FiledPaper, Supplied, SupplementItem};
use crate::dossier::holder::Owner;
use crate::dossier::{Dossier, DossierRefusal, Stage};
use crate::ids::UnitId;
use crate::post::Post;
use crate::procedure::{Channel, StepKind};
use crate::time::Instant;
use jiff::ToSpan;

/// What an officer asks of the citizen.
pub(super) struct Asked<'a> {
    pub(super) items: &'a [SupplementItem],
    pub(super) reason: &'a str,
    pub(super) legal_basis: &'a str,
    pub(super) override_reason: &'a str,
    pub(super) days: Option<u16>,
}

pub(super) fn file(request: &FileRequest, context: &Context<'_>) -> Result<Vec<Event>, DossierRefusal> {
    if !context.revision.channels.contains(&request.channel) {
        return Err(DossierRefusal::ChannelNotOffered);
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
    let limit = context.revision.time_limit.clone().ok_or(DossierRefusal::NoTimeLimit)?;
    let now = context.now.local();
    let at = context.clock.due(now, limit.binding())?;
    let legal = context.clock.due(now, limit.legal)?;
    let step = context
        .revision
        .steps
        .iter()
        .filter(|it| it.kind != StepKind::Receive && it.only_channel.is_none_or(|only| only == channel))
        .min_by_key(|it| it.number)
        .ok_or(DossierRefusal::NoFurtherStep)?;
    Ok(Event::Received {
        counted_from: Instant::from_local(context.clock.normalise(now)?),
        limit,
        due: DueDate {
            at: Instant::from_local(at.at),
            legal_at: Instant::from_local(legal.at),
            provisional: at.provisional || legal.provisional,
        },
        calendar: context.calendar_version.to_owned(),
        owner: super::course::owner_of(competent, step.post, None, context),
        step: place(step),
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
        let known = item.requirement.as_ref().and_then(|id| context.revision.requirements.iter().find(|it| &it.id == id));
        if known.is_none() {
            beyond_list = true;
            if legal_basis.is_empty() {
                return Err(DossierRefusal::NotOnTheList { what: item.name.clone() });
            }
        }
        let name = known.map_or_else(|| note(&item.name), |it| Ok(it.name.clone()))?;
        items.push(SupplementItem {
            requirement: known.map(|it| it.id.clone()),
            name,
            what: note(&item.what)?,
        });
    }
    let stage = stage_of(dossier);
    let so_far = match stage {
        Stage::Intake => dossier.asked_at_intake,
        Stage::Appraisal => dossier.asked_at_appraisal,
    };
    let again = so_far >= context.regime.supplement_max_per_stage;
    if again && (override_reason.is_empty() || !actor_leads(dossier, context)) {
        return Err(DossierRefusal::AskedAlready { asked: so_far });
    }
    let days = i64::from(asked.days.unwrap_or(context.regime.supplement_days).clamp(1, 365));
    let reply_by = context.now.day().checked_add(days.days()).unwrap_or(jiff::civil::Date::MAX);
    Ok(Event::SupplementRequested {
        stage,
        reply_by,
        beyond_list,
        overridden: again,
        body: Erasable::kept(SupplementRequest { items, reason: why, legal_basis, override_reason }),
    })
}

pub(super) fn supply(
    dossier: &Dossier,
    papers: &[FiledPaper],
    text: &str,
    context: &Context<'_>,
) -> Result<Event, DossierRefusal> {
    at_most(papers.len())?;
    let text = note(text)?;
    if papers.is_empty() && text.is_empty() {
        return Err(DossierRefusal::NothingSupplied);
    }
    let answer_by = if dossier.received_at.is_none() { Some(answer_by(context)?) } else { None };
    Ok(Event::Supplemented {
        due: resume(dossier, context)?,
        answer_by,
        body: Erasable::kept(Supplied { papers: papers.to_vec(), note: text }),
    })
}

pub(super) fn lapse(dossier: &Dossier, context: &Context<'_>) -> Result<Event, DossierRefusal> {
    match &dossier.supplement {
        Some(open) if context.now.day() > open.reply_by => Ok(Event::SupplementLapsed {}),
        Some(open) => Err(DossierRefusal::StillTimeToSupply { reply_by: open.reply_by }),
        None => Err(DossierRefusal::NotAtThisStep),
    }
}
