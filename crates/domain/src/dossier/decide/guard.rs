//! Whether an act is possible now, whatever its contents: what `decide` asks first, and what the menu asks.

use super::{Context, actor_leads, asked_so_far, first_step, next_step, send_back_targets};
use crate::dossier::available::Act;
use crate::dossier::{Dossier, DossierRefusal, Status};
use crate::procedure::StepKind;

/// Somebody of the office works on it.
const WORKING: [Status; 2] = [Status::Received, Status::InProgress];
/// Steps that end by sending on, and not by a signature, a number or a hand-over.
const SENDING_ON: [StepKind; 4] = [StepKind::Receive, StepKind::Work, StepKind::Consult, StepKind::Citizen];
/// Steps where papers and duties may be asked for.
const ASKING: [StepKind; 2] = [StepKind::Work, StepKind::Consult];

/// Whether an act is possible now. Who may do it is asked elsewhere.
pub(in crate::dossier) fn guard(dossier: &Dossier, act: Act, context: &Context<'_>) -> Result<(), DossierRefusal> {
    match act {
        Act::File | Act::ReceiveAtDesk => Err(DossierRefusal::AlreadyFiled),
        Act::Accept => accept(dossier, context),
        Act::Refuse => refuse(dossier, context),
        Act::RequestSupplement => request_supplement(dossier, context),
        Act::Examine => examine(dossier),
        Act::Supply => within(dossier, &[Status::AwaitingSupplement]),
        Act::LapseSupplement => {
            within(dossier, &[Status::AwaitingSupplement])?;
            time_to_supply_passed(dossier, context)
        }
        Act::TakeOn => take_on(dossier, context),
        Act::Assign => within(dossier, &WORKING),
        Act::Forward => forward(dossier, context),
        Act::Confirm => at_step(dossier, &[StepKind::Citizen]),
        Act::TakeSilence => take_silence(dossier, context),
        Act::SubmitForSignature => submit_for_signature(dossier, context),
        Act::SendBack => send_back(dossier, context),
        Act::Recall => recall(dossier, context),
        Act::Apologise => apologise(dossier, context),
        Act::NotifyObligation => {
            within(dossier, &[Status::InProgress])?;
            at_step(dossier, &ASKING)?;
            nothing_overpaid(dossier)
        }
        Act::RecordPayment => record_payment(dossier),
        // While a duty is open, what is owed is being paid.
        Act::SetFee => within(
            dossier,
            &[Status::New, Status::Received, Status::AwaitingSupplement, Status::InProgress, Status::Decided],
        ),
        Act::Refund => refund(dossier),
        Act::Withdraw | Act::ChooseCollection => within(
            dossier,
            &[Status::New, Status::Received, Status::AwaitingSupplement, Status::InProgress, Status::AwaitingPayment],
        ),
        Act::Discontinue => discontinue(dossier),
        Act::Sign => sign(dossier, context),
        Act::Issue => issue(dossier, context),
        Act::Deliver => deliver(dossier),
        Act::Correct => correct(dossier),
        Act::Transfer => transfer(dossier, context),
        Act::Route => route(dossier),
        Act::Erase => erase(dossier),
    }
}

fn within(dossier: &Dossier, allowed: &[Status]) -> Result<(), DossierRefusal> {
    if allowed.contains(&dossier.status) {
        Ok(())
    } else {
        Err(DossierRefusal::NotInThisStatus { status: dossier.status })
    }
}

fn at_step(dossier: &Dossier, allowed: &[StepKind]) -> Result<(), DossierRefusal> {
    within(dossier, &WORKING)?;
    if allowed.contains(&dossier.step.kind) { Ok(()) } else { Err(DossierRefusal::NotAtThisStep) }
}

fn accept(dossier: &Dossier, context: &Context<'_>) -> Result<(), DossierRefusal> {
    within(dossier, &[Status::New])?;
    if context.revision.time_limit.is_none() {
        return Err(DossierRefusal::NoTimeLimit);
    }
    in_order(dossier)?;
    first_step(context.revision, dossier.channel).map(|_| ())
}

/// What is marked as not in order is put right, or marked anew, before it is received or granted.
pub(in crate::dossier) fn in_order(dossier: &Dossier) -> Result<(), DossierRefusal> {
    match dossier.not_in_order() {
        0 => Ok(()),
        count => Err(DossierRefusal::NotInOrder { count }),
    }
}

/// Papers are looked at until the decision is signed; while the citizen has the ball there is nothing new to look at.
fn examine(dossier: &Dossier) -> Result<(), DossierRefusal> {
    within(dossier, &[Status::New, Status::Received, Status::InProgress])?;
    if dossier.signed.is_some() { Err(DossierRefusal::NotAtThisStep) } else { Ok(()) }
}

/// The desk refuses what it has not received. What it asked the citizen for it waits for: form 02 named a day.
fn refuse(dossier: &Dossier, context: &Context<'_>) -> Result<(), DossierRefusal> {
    if dossier.received_at.is_some() {
        return Err(DossierRefusal::ReceivedAlready);
    }
    within(dossier, &[Status::New, Status::AwaitingSupplement])?;
    if dossier.supplement.is_some() { time_to_supply_passed(dossier, context) } else { Ok(()) }
}

/// Silence is consent only where the step says so, and after its last day.
fn take_silence(dossier: &Dossier, context: &Context<'_>) -> Result<(), DossierRefusal> {
    at_step(dossier, &[StepKind::Citizen])?;
    match dossier.step.reply_by {
        Some(reply_by) if context.now.day() <= reply_by => Err(DossierRefusal::StillTimeToSupply { reply_by }),
        Some(_) => Ok(()),
        None => Err(DossierRefusal::NotAtThisStep),
    }
}

fn time_to_supply_passed(dossier: &Dossier, context: &Context<'_>) -> Result<(), DossierRefusal> {
    match &dossier.supplement {
        Some(open) if context.now.day() <= open.reply_by => {
            Err(DossierRefusal::StillTimeToSupply { reply_by: open.reply_by })
        }
        Some(_) => Ok(()),
        None => Err(DossierRefusal::NotAtThisStep),
    }
}

/// Once a stage; after that a leader must give a reason. Nothing is asked about what is already signed.
fn request_supplement(dossier: &Dossier, context: &Context<'_>) -> Result<(), DossierRefusal> {
    within(dossier, &[Status::New, Status::InProgress])?;
    if dossier.status == Status::InProgress {
        at_step(dossier, &ASKING)?;
        if dossier.signed.is_some() {
            return Err(DossierRefusal::NotAtThisStep);
        }
    }
    let asked = asked_so_far(dossier);
    if asked >= context.regime.supplement_max_per_stage && !actor_leads(dossier, context) {
        return Err(DossierRefusal::AskedAlready { asked });
    }
    Ok(())
}

fn take_on(dossier: &Dossier, context: &Context<'_>) -> Result<(), DossierRefusal> {
    within(dossier, &WORKING)?;
    let actor = context.actor.ok_or(DossierRefusal::NotInThatPost)?;
    if dossier.owner.person == Some(actor) {
        return Err(DossierRefusal::NotAtThisStep);
    }
    if context.mandates.holds(actor, dossier.owner.unit, dossier.owner.post, context.now.day()) {
        Ok(())
    } else {
        Err(DossierRefusal::NotInThatPost)
    }
}

fn forward(dossier: &Dossier, context: &Context<'_>) -> Result<(), DossierRefusal> {
    at_step(dossier, &SENDING_ON)?;
    match next_step(dossier, context)?.kind {
        StepKind::Receive | StepKind::Work | StepKind::Consult | StepKind::Citizen => Ok(()),
        StepKind::Sign => Err(DossierRefusal::DraftNeeded),
        StepKind::Issue if dossier.signed.is_some() => Ok(()),
        StepKind::Issue | StepKind::HandOver => Err(DossierRefusal::NotAtThisStep),
    }
}

fn submit_for_signature(dossier: &Dossier, context: &Context<'_>) -> Result<(), DossierRefusal> {
    at_step(dossier, &SENDING_ON)?;
    if next_step(dossier, context)?.kind == StepKind::Sign { Ok(()) } else { Err(DossierRefusal::NotAtThisStep) }
}

fn send_back(dossier: &Dossier, context: &Context<'_>) -> Result<(), DossierRefusal> {
    within(dossier, &WORKING)?;
    if send_back_targets(dossier, context).is_empty() { Err(DossierRefusal::NotAtThisStep) } else { Ok(()) }
}

/// Only who sent it on, and only until somebody else acts.
fn recall(dossier: &Dossier, context: &Context<'_>) -> Result<(), DossierRefusal> {
    within(dossier, &WORKING)?;
    let by = dossier.last_forward.and_then(|it| it.by);
    if by.is_some() && by == context.actor { Ok(()) } else { Err(DossierRefusal::CannotRecall) }
}

/// Căn cứ: NĐ 61/2018/NĐ-CP Điều 19 (hẹn lại không quá một lần).
fn apologise(dossier: &Dossier, context: &Context<'_>) -> Result<(), DossierRefusal> {
    within(dossier, &WORKING)?;
    if dossier.apology.is_some() || context.regime.reappointments_max == 0 {
        return Err(DossierRefusal::ReappointedAlready);
    }
    Ok(())
}

fn record_payment(dossier: &Dossier) -> Result<(), DossierRefusal> {
    if dossier.still_owed_vnd() == 0 {
        return Err(DossierRefusal::MoreThanOwed { owed_vnd: 0 });
    }
    if dossier.status.is_open() { Ok(()) } else { Err(DossierRefusal::NotInThisStatus { status: dossier.status }) }
}

/// What was paid too much goes back also after the dossier ended.
fn refund(dossier: &Dossier) -> Result<(), DossierRefusal> {
    if dossier.overpaid_vnd() > 0 { Ok(()) } else { Err(DossierRefusal::MoreThanOverpaid { over_vnd: 0 }) }
}

/// Money that must go back first would pay a part of the duty, and nobody could say of which.
fn nothing_overpaid(dossier: &Dossier) -> Result<(), DossierRefusal> {
    match dossier.overpaid_vnd() {
        0 => Ok(()),
        over_vnd => Err(DossierRefusal::Overpaid { over_vnd }),
    }
}

/// Only what was received and is not decided yet can be stopped. Căn cứ: TT 03/2025/TT-VPCP, mẫu 05.
fn discontinue(dossier: &Dossier) -> Result<(), DossierRefusal> {
    within(dossier, &[Status::InProgress, Status::AwaitingSupplement, Status::AwaitingPayment])?;
    if dossier.received_at.is_none() {
        return Err(DossierRefusal::NotInThisStatus { status: dossier.status });
    }
    if dossier.signed.is_some() { Err(DossierRefusal::NotAtThisStep) } else { Ok(()) }
}

/// A signature may be followed by work that the decision itself sets off, and in the end by its number.
fn sign(dossier: &Dossier, context: &Context<'_>) -> Result<(), DossierRefusal> {
    at_step(dossier, &[StepKind::Sign])?;
    if dossier.draft.is_none() {
        return Err(DossierRefusal::DraftNeeded);
    }
    match next_step(dossier, context)?.kind {
        StepKind::Work | StepKind::Consult | StepKind::Citizen | StepKind::Issue => Ok(()),
        StepKind::Receive | StepKind::Sign | StepKind::HandOver => Err(DossierRefusal::NotAtThisStep),
    }
}

fn issue(dossier: &Dossier, context: &Context<'_>) -> Result<(), DossierRefusal> {
    at_step(dossier, &[StepKind::Issue])?;
    if dossier.signed.is_none() {
        return Err(DossierRefusal::DraftNeeded);
    }
    next_step(dossier, context).map(|_| ())
}

fn deliver(dossier: &Dossier) -> Result<(), DossierRefusal> {
    within(dossier, &[Status::Decided])?;
    match dossier.still_owed_vnd() {
        0 => Ok(()),
        owed_vnd => Err(DossierRefusal::StillOwed { owed_vnd }),
    }
}

/// From the reception until the decision is signed: what stands on a signed paper is another matter. What was erased is nobody's to
/// correct.
fn correct(dossier: &Dossier) -> Result<(), DossierRefusal> {
    within(dossier, &[Status::Received, Status::InProgress, Status::AwaitingSupplement, Status::AwaitingPayment])?;
    if dossier.received_at.is_none() || dossier.filing.get().is_none() {
        return Err(DossierRefusal::NotInThisStatus { status: dossier.status });
    }
    if dossier.signed.is_some() { Err(DossierRefusal::NotAtThisStep) } else { Ok(()) }
}

/// A reorganisation moves what is open, the decided and not handed over included; nobody else moves anything by hand.
fn transfer(dossier: &Dossier, context: &Context<'_>) -> Result<(), DossierRefusal> {
    if !dossier.status.is_open() {
        return Err(DossierRefusal::NotInThisStatus { status: dossier.status });
    }
    if context.actor.is_some() { Err(DossierRefusal::NotInThatPost) } else { Ok(()) }
}

/// Only what a split left without a rule is in doubt, and only while something is still to be done about it.
fn route(dossier: &Dossier) -> Result<(), DossierRefusal> {
    if !dossier.status.is_open() {
        return Err(DossierRefusal::NotInThisStatus { status: dossier.status });
    }
    if dossier.needs_routing { Ok(()) } else { Err(DossierRefusal::NotToBeRouted) }
}

fn erase(dossier: &Dossier) -> Result<(), DossierRefusal> {
    if dossier.status.is_open() || dossier.erased {
        return Err(DossierRefusal::NotInThisStatus { status: dossier.status });
    }
    Ok(())
}
