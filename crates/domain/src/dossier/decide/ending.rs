//! Money, and the ways a dossier ends.

use super::words::{at_most, body, note, reason, reason_and_law};
use super::{Context, clock_pauses, next_step, place, resume};
use crate::dossier::command::Proxy;
use crate::dossier::event::{Erasable, Event, Obligation, PaymentMethod};
use crate::dossier::filing::{Collection, Evidence, ObligationItem};
use crate::dossier::holder::Owner;
use crate::dossier::{Dossier, DossierRefusal};
use crate::ids::DocumentId;
use crate::post::Post;
use jiff::civil::Date;

/// Longest postal address, in characters.
const ADDRESS_CHARS_MAX: usize = 300;
/// Longest legal basis of an erasure, in characters.
const BASIS_CHARS_MAX: usize = 200;
/// So many digits of a number identify who received a decision.
const NUMBER_TAIL_DIGITS: usize = 4;
/// The most that one line or payment can be, in đồng.
const AMOUNT_VND_MAX: i64 = 1_000_000_000_000;

fn amount(vnd: i64) -> Result<i64, DossierRefusal> {
    if (1..=AMOUNT_VND_MAX).contains(&vnd) {
        Ok(vnd)
    } else {
        Err(DossierRefusal::AmountOutOfRange { max_vnd: AMOUNT_VND_MAX })
    }
}

pub(super) fn notify_obligation(
    items: &[ObligationItem],
    pay_by: Option<Date>,
    text: &str,
) -> Result<Event, DossierRefusal> {
    at_most(items.len())?;
    let mut total = 0_i64;
    let mut kept = Vec::with_capacity(items.len());
    for item in items {
        total = total.saturating_add(amount(item.amount_vnd)?);
        kept.push(ObligationItem { name: reason(&item.name)?, amount_vnd: item.amount_vnd });
    }
    Ok(Event::ObligationNotified {
        amount_vnd: amount(total)?,
        pay_by,
        body: Erasable::kept(Obligation { items: kept, note: note(text)? }),
    })
}

pub(super) fn record_payment(
    dossier: &Dossier,
    amount_vnd: i64,
    method: PaymentMethod,
    number: &str,
    context: &Context<'_>,
) -> Result<Event, DossierRefusal> {
    let amount_vnd = amount(amount_vnd)?;
    let owed_vnd = dossier.still_owed_vnd();
    if amount_vnd > owed_vnd {
        return Err(DossierRefusal::MoreThanOwed { owed_vnd });
    }
    let runs_on = dossier.duty_open_vnd > 0 && amount_vnd >= dossier.duty_open_vnd.min(owed_vnd);
    Ok(Event::Paid {
        amount_vnd,
        method,
        due: if runs_on { resume(dossier, context)? } else { None },
        body: body(note(number)?),
    })
}

pub(super) fn set_fee(dossier: &Dossier, fee_vnd: i64, why: &str) -> Result<Event, DossierRefusal> {
    if !(0..=AMOUNT_VND_MAX).contains(&fee_vnd) {
        return Err(DossierRefusal::AmountOutOfRange { max_vnd: AMOUNT_VND_MAX });
    }
    if fee_vnd == dossier.fee_vnd {
        return Err(DossierRefusal::FeeAsBefore);
    }
    Ok(Event::FeeSet { from_vnd: dossier.fee_vnd, fee_vnd, body: body(reason(why)?) })
}

pub(super) fn refund(
    dossier: &Dossier,
    amount_vnd: i64,
    method: PaymentMethod,
    number: &str,
) -> Result<Event, DossierRefusal> {
    let over_vnd = dossier.overpaid_vnd();
    if amount(amount_vnd)? > over_vnd {
        return Err(DossierRefusal::MoreThanOverpaid { over_vnd });
    }
    Ok(Event::Refunded { amount_vnd, method, body: body(note(number)?) })
}

/// Until the decision is issued: then it is on its way already.
pub(super) fn choose_collection(dossier: &Dossier, how: &Collection) -> Result<Event, DossierRefusal> {
    let chosen = match how {
        Collection::Post { address } => {
            let address = address.trim().to_owned();
            if address.is_empty() {
                return Err(DossierRefusal::AddressMissing);
            }
            if address.chars().count() > ADDRESS_CHARS_MAX {
                return Err(DossierRefusal::TextTooLong { max: ADDRESS_CHARS_MAX });
            }
            Collection::Post { address }
        }
        Collection::Desk => Collection::Desk,
        Collection::Electronic => Collection::Electronic,
    };
    if dossier.filing.get().is_none_or(|it| it.collection == chosen) {
        return Err(DossierRefusal::CollectionAsBefore);
    }
    Ok(Event::CollectionChosen { body: Erasable::kept(chosen) })
}

pub(super) fn withdraw(why: &str) -> Result<Event, DossierRefusal> {
    Ok(Event::Withdrawn { body: body(reason(why)?) })
}

pub(super) fn discontinue(why: &str, legal_basis: &str) -> Result<Event, DossierRefusal> {
    Ok(Event::Discontinued { body: reason_and_law(why, legal_basis)? })
}

pub(super) fn sign(dossier: &Dossier, context: &Context<'_>) -> Result<Event, DossierRefusal> {
    let (outcome, _) = dossier.draft.as_ref().ok_or(DossierRefusal::DraftNeeded)?;
    let step = next_step(dossier, context)?;
    Ok(Event::Signed {
        from_step: dossier.step.number,
        step: place(step, context)?,
        owner: super::course::owner_of(context.organisation.responsible_now(dossier), step.post, None, context),
        outcome: *outcome,
        clock_pauses: clock_pauses(step),
    })
}

pub(super) fn issue(
    dossier: &Dossier,
    number: &str,
    document: Option<DocumentId>,
    context: &Context<'_>,
) -> Result<Event, DossierRefusal> {
    let outcome = dossier.signed.ok_or(DossierRefusal::DraftNeeded)?;
    let number = note(number)?;
    if number.is_empty() {
        return Err(DossierRefusal::NumberMissing);
    }
    let step = next_step(dossier, context)?;
    Ok(Event::Issued {
        outcome,
        step: place(step, context)?,
        owner: Owner { unit: dossier.collect_at, post: Post::Reception, person: None },
        document,
        decision_code: format!("{}-KQ1", dossier.code),
        body: body(number),
    })
}

pub(super) fn deliver(dossier: &Dossier, evidence: &Evidence, by: Proxy) -> Result<Event, DossierRefusal> {
    let owed_vnd = dossier.still_owed_vnd();
    if owed_vnd > 0 {
        return Err(DossierRefusal::StillOwed { owed_vnd });
    }
    let evidence = Evidence {
        receiver: note(&evidence.receiver)?,
        receiver_paper: note(&evidence.receiver_paper)?,
        number_tail: note(&evidence.number_tail)?,
        proxy_paper: note(&evidence.proxy_paper)?,
        proof: note(&evidence.proof)?,
    };
    if evidence.receiver.is_empty() {
        return Err(DossierRefusal::ReceiverMissing);
    }
    if by == Proxy::Representative && evidence.proxy_paper.is_empty() {
        return Err(DossierRefusal::ProxyPaperMissing);
    }
    number_tail_fits(dossier, &evidence.number_tail, by)?;
    Ok(Event::Delivered { by_proxy: by == Proxy::Representative, body: Erasable::kept(evidence) })
}

/// Four digits, and the owner's where the owner came: a decision does not go to a stranger by a slip of the eye.
fn number_tail_fits(dossier: &Dossier, tail: &str, by: Proxy) -> Result<(), DossierRefusal> {
    if tail.is_empty() {
        return Ok(());
    }
    if tail.len() != NUMBER_TAIL_DIGITS || !tail.bytes().all(|it| it.is_ascii_digit()) {
        return Err(DossierRefusal::NumberTailWrong);
    }
    let number = dossier.filing.get().map_or("", |it| it.owner().number.as_str());
    let is_personal = number.len() == 12 && number.bytes().all(|it| it.is_ascii_digit());
    if by == Proxy::Owner && is_personal && !number.ends_with(tail) {
        return Err(DossierRefusal::NumberTailDiffers);
    }
    Ok(())
}

pub(super) fn erase(basis: &str) -> Result<Event, DossierRefusal> {
    // The basis stays for ever: a citation, never a story.
    if basis.chars().count() > BASIS_CHARS_MAX {
        return Err(DossierRefusal::TextTooLong { max: BASIS_CHARS_MAX });
    }
    Ok(Event::Erased { basis: reason(basis)? })
}
