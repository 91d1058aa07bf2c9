//! Yes with events, or a lawful no. One function a command; every command passes [`guard`] first.

mod correct;
mod course;
mod ending;
mod guard;
mod intake;
mod routing;
pub(super) mod words;

pub(super) use guard::guard;
pub use words::TEXT_CHARS_MAX;

use super::available::act_of;
use super::command::Command;
use super::event::{DueDate, Event};
use super::examination;
use super::{Dossier, DossierRefusal, PauseCause, Stage, StepAt};
use crate::calendar::{Due, Term, WorkingClock};
use crate::ids::PersonId;
use crate::organisation::{Mandates, Organisation};
use crate::post::Post;
use crate::procedure::{Channel, ProcedureRevision, Step, StepClock, StepKind};
use crate::regime::{AfterSupplement, Regime};
use crate::time::Instant;

/// Everything a decision rests on beside the dossier: the moment, the people, the pinned revision, the calendar.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Now.
    pub now: Instant,
    /// Who asks; none for a timer.
    pub actor: Option<PersonId>,
    /// The pinned revision.
    pub revision: &'a ProcedureRevision,
    /// The pinned regime.
    pub regime: &'a Regime,
    /// The working time of the responsible unit.
    pub clock: WorkingClock<'a>,
    /// Version of the holiday tables.
    pub calendar_version: &'a str,
    /// The units.
    pub organisation: &'a Organisation,
    /// Who holds which post.
    pub mandates: &'a Mandates,
}

/// Decides one command on a dossier (none: it is to be filed).
///
/// # Errors
/// A lawful no, with the data that explains it.
pub fn decide(
    dossier: Option<&Dossier>,
    command: &Command,
    context: &Context<'_>,
) -> Result<Vec<Event>, DossierRefusal> {
    match (dossier, command) {
        (None, Command::File(request)) => intake::file(request, context),
        (None, Command::ReceiveAtDesk(request)) => intake::receive_at_desk(request, context),
        (None, _) => Err(DossierRefusal::NotFiled),
        (Some(dossier), command) => {
            guard(dossier, act_of(command), context)?;
            carry_out(dossier, command, context)
        }
    }
}

fn carry_out(dossier: &Dossier, command: &Command, context: &Context<'_>) -> Result<Vec<Event>, DossierRefusal> {
    let event = match command {
        Command::File(_) | Command::ReceiveAtDesk(_) => return Err(DossierRefusal::AlreadyFiled),
        Command::Accept => intake::accept(dossier, context)?,
        Command::Refuse { reason, legal_basis } => intake::refuse(reason, legal_basis)?,
        Command::RequestSupplement { items, reason, legal_basis, override_reason, days } => {
            let asked = intake::Asked { items, reason, legal_basis, override_reason, days: *days };
            intake::request_supplement(dossier, &asked, context)?
        }
        Command::Supply { papers, answers, note } => intake::supply(dossier, papers, answers, note, context)?,
        Command::Examine { papers, answers } => examination::examine(dossier, papers, answers, context.revision)?,
        Command::LapseSupplement => Event::SupplementLapsed {},
        Command::TakeOn => course::take_on(dossier, context)?,
        Command::Assign { to, note } => course::assign(dossier, *to, note, context)?,
        Command::Forward { to, note } => course::forward(dossier, *to, note, context)?,
        Command::Confirm => course::confirm(dossier, "", context)?,
        Command::TakeSilence => course::confirm(dossier, course::SILENCE, context)?,
        Command::SubmitForSignature { outcome, draft, to } => {
            course::submit_for_signature(dossier, *outcome, draft, *to, context)?
        }
        Command::SendBack { to_step, reason } => course::send_back(dossier, *to_step, reason, context)?,
        Command::Recall { reason } => course::recall(dossier, reason, context)?,
        Command::Apologise { reason, at_fault, new_date } => {
            course::apologise(dossier, reason, *at_fault, *new_date, context)?
        }
        Command::NotifyObligation { items, pay_by, note } => ending::notify_obligation(items, *pay_by, note)?,
        Command::RecordPayment { amount_vnd, method, number } => {
            ending::record_payment(dossier, *amount_vnd, *method, number, context)?
        }
        Command::SetFee { fee_vnd, reason } => ending::set_fee(dossier, *fee_vnd, reason)?,
        Command::Refund { amount_vnd, method, number } => ending::refund(dossier, *amount_vnd, *method, number)?,
        Command::ChooseCollection(how) => ending::choose_collection(dossier, how)?,
        Command::Withdraw { reason } => ending::withdraw(reason)?,
        Command::Discontinue { reason, legal_basis } => ending::discontinue(reason, legal_basis)?,
        Command::Sign => ending::sign(dossier, context)?,
        Command::Issue { number, document } => ending::issue(dossier, number, *document, context)?,
        Command::Deliver { evidence, by_proxy } => ending::deliver(dossier, evidence, *by_proxy)?,
        Command::Correct { filing, reason } => correct::correct(dossier, filing, reason)?,
        Command::Transfer(transfer) => transfer.event(),
        Command::Route { to, reason } => routing::route(dossier, *to, reason, context)?,
        Command::Erase { basis } => ending::erase(basis)?,
    };
    Ok(vec![event])
}

/// The first step after reception.
pub(super) fn first_step(revision: &ProcedureRevision, channel: Channel) -> Result<&Step, DossierRefusal> {
    step_after(revision, 0, channel)
}

/// The step after the one the dossier is at, in its pinned revision.
pub(super) fn next_step<'a>(dossier: &Dossier, context: &Context<'a>) -> Result<&'a Step, DossierRefusal> {
    step_after(context.revision, dossier.step.number, dossier.channel)
}

/// Steps of another channel are passed over, and the desk receives once.
fn step_after(revision: &ProcedureRevision, number: u16, channel: Channel) -> Result<&Step, DossierRefusal> {
    revision
        .steps
        .iter()
        .filter(|it| it.number > number && it.kind != StepKind::Receive)
        .filter(|it| it.only_channel.is_none_or(|only| only == channel))
        .min_by_key(|it| it.number)
        .ok_or(DossierRefusal::NoFurtherStep)
}

/// The step the dossier is at.
pub(super) fn this_step<'a>(dossier: &Dossier, context: &Context<'a>) -> Option<&'a Step> {
    context.revision.steps.iter().find(|it| it.number == dossier.step.number)
}

/// Steps the dossier may be sent back to from where it is.
pub(super) fn send_back_targets(dossier: &Dossier, context: &Context<'_>) -> Vec<u16> {
    this_step(dossier, context)
        .map(|it| it.send_back_to.iter().copied().filter(|to| *to < dossier.step.number).collect())
        .unwrap_or_default()
}

/// A step as an event names it, with the last day to answer where silence is consent. A day off moves it to the next
/// working day. Căn cứ: BLDS 2015 Điều 147, 148.
///
/// # Errors
/// The clock cannot answer.
pub(super) fn place(step: &Step, context: &Context<'_>) -> Result<StepAt, DossierRefusal> {
    let reply_by = match step.consent_days() {
        Some(days) => Some(context.clock.due(context.now.local(), Term::CalendarDays(days))?.at.date()),
        None => None,
    };
    Ok(StepAt { number: step.number, kind: step.kind, reply_by })
}

/// True where the clock stands still while the dossier is at that step: somebody outside has it, and the law does not count that.
pub(super) fn clock_pauses(step: &Step) -> bool {
    step.clock == StepClock::Paused && matches!(step.kind, StepKind::Consult | StepKind::Citizen)
}

/// The due date once a clock that stood still runs on; none where it ran, or where the dossier is not received yet.
///
/// # Errors
/// The clock cannot answer.
pub fn resume(dossier: &Dossier, context: &Context<'_>) -> Result<Option<DueDate>, DossierRefusal> {
    let (Some(pause), Some(due), Some(limit)) = (dossier.pause, dossier.due, dossier.limit.as_ref()) else {
        return Ok(None);
    };
    let now = context.now.local();
    let promised_at = match &dossier.apology {
        Some(apology) => Some(Instant::from_local(shifted(dossier, apology.new_date, pause.since, context)?.at)),
        None => None,
    };
    if pause.cause == PauseCause::Supplement && context.regime.after_supplement == AfterSupplement::Restart {
        let at = context.clock.due(now, limit.binding())?;
        let legal = context.clock.due(now, limit.legal)?;
        return Ok(Some(DueDate {
            at: Instant::from_local(at.at),
            legal_at: Instant::from_local(legal.at),
            provisional: at.provisional || legal.provisional,
            promised_at,
        }));
    }
    let at = shifted(dossier, due.at, pause.since, context)?;
    let legal = shifted(dossier, due.legal_at, pause.since, context)?;
    Ok(Some(DueDate {
        at: Instant::from_local(at.at),
        legal_at: Instant::from_local(legal.at),
        provisional: due.provisional || at.provisional || legal.provisional,
        promised_at,
    }))
}

/// A date moved by the working time waited since a moment. What was waited under a unit that answered before is counted by that
/// unit's hours: a successor that opens longer does not count it again.
fn shifted(dossier: &Dossier, date: Instant, since: Instant, context: &Context<'_>) -> Result<Due, DossierRefusal> {
    let mut moved = Due { at: date.local(), provisional: false };
    for stretch in dossier.competent_between(since, context.now) {
        let (from, until) = (stretch.from.local(), stretch.until.local());
        let next = if stretch.is_last {
            context.clock.shift_due(moved.at, from, until)?
        } else {
            let hours = context.organisation.hours(stretch.unit);
            context.clock.with_hours(&hours).shift_due(moved.at, from, until)?
        };
        moved = Due { at: next.at, provisional: moved.provisional || next.provisional };
    }
    Ok(moved)
}

/// True where the actor leads the unit that answers for the dossier, or the authority above it.
pub(super) fn actor_leads(dossier: &Dossier, context: &Context<'_>) -> bool {
    let Some(actor) = context.actor else { return false };
    let today = context.now.day();
    let unit = context.organisation.responsible_now(dossier);
    let authority = context.organisation.authority_of(unit, today);
    context.mandates.holds(actor, unit, Post::Head, today)
        || context.mandates.holds(actor, authority, Post::Leader, today)
        || context.mandates.holds(actor, unit, Post::Leader, today)
}

/// How often papers were asked for at the stage the dossier is in.
pub(super) const fn asked_so_far(dossier: &Dossier) -> u16 {
    match stage_of(dossier) {
        Stage::Intake => dossier.asked_at_intake,
        Stage::Appraisal => dossier.asked_at_appraisal,
    }
}

/// At which stage a request for papers would stand.
pub(super) const fn stage_of(dossier: &Dossier) -> Stage {
    if dossier.received_at.is_some() { Stage::Appraisal } else { Stage::Intake }
}
