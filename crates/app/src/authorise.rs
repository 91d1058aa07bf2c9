//! Who may do what: one table of acts and relations. Pages, commands and the sweep test read it; nothing else decides it.

use crate::actor::{Actor, Relation};
use domain::dossier::Act;
use domain::ids::DossierId;

/// The relations that may do an act. The rules of the dossier still have their say after this.
pub const fn may(act: Act) -> &'static [Relation] {
    use Relation::{Applicant, Colleague, Control, Desk, HouseControl, Owner, Supervisor, Timer, TookPart};
    match act {
        // Filing has no dossier to be related to yet: see `crate::filing`.
        Act::File | Act::ReceiveAtDesk => &[],
        Act::Accept | Act::Refuse => &[Owner, Colleague],
        Act::TakeOn => &[Owner, Colleague],
        Act::Forward | Act::SubmitForSignature | Act::Sign | Act::Issue | Act::SendBack => &[Owner],
        Act::NotifyObligation => &[Owner],
        Act::Examine => &[Owner, Colleague, Supervisor],
        Act::RequestSupplement => &[Owner, Supervisor],
        Act::Deliver | Act::RecordPayment | Act::SetFee | Act::Refund => &[Owner, Colleague, Desk],
        Act::Correct => &[Owner, Desk],
        Act::Supply => &[Applicant, Desk],
        Act::Confirm | Act::ChooseCollection => &[Applicant],
        Act::Assign => &[Owner, Supervisor],
        Act::Recall => &[TookPart],
        Act::Apologise => &[Owner, Supervisor],
        Act::Withdraw => &[Applicant, Desk],
        Act::Discontinue => &[Supervisor],
        Act::LapseSupplement | Act::TakeSilence | Act::Transfer => &[Timer],
        // The list of what no rule placed must empty, also where nobody watches over procedures in the successor yet.
        Act::Route => &[Desk, Supervisor, HouseControl],
        Act::Erase => &[Control],
    }
}

/// Whether somebody with these relations may do an act.
pub fn allows(act: Act, relations: &[Relation]) -> bool {
    may(act).iter().any(|it| relations.contains(it))
}

/// The relations that answer a citizen's message about a dossier.
const ANSWERERS: &[Relation] = &[Relation::Owner, Relation::Colleague, Relation::Desk, Relation::Supervisor];

/// Whether somebody with these relations may answer a citizen's message.
pub fn answers(relations: &[Relation]) -> bool {
    ANSWERERS.iter().any(|it| relations.contains(it))
}

/// The relations that may read a dossier without giving a reason.
pub const READERS: &[Relation] = &[
    Relation::Applicant,
    Relation::Owner,
    Relation::Colleague,
    Relation::Desk,
    Relation::Supervisor,
    Relation::TookPart,
];

/// Whether somebody with these relations may read a dossier as part of their task.
pub fn reads_by_task(relations: &[Relation]) -> bool {
    READERS.iter().any(|it| relations.contains(it))
}

/// One line in the log for a citizen who asks for what is not theirs: the account and the dossier, nothing else. They are answered
/// as if it were not there, so only here it can be told from a slip of the pen; what staff are refused is noted where it is answered.
pub(crate) fn noted(actor: &Actor, dossier: DossierId) {
    let Actor::Citizen(person) = actor else { return };
    tracing::warn!(dossier.id = %dossier, account.id = %person, "somebody asks for a dossier that is not theirs");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_on_a_dossier_is_somebodys() {
        for act in Act::ALL {
            assert_eq!(may(*act).is_empty(), matches!(act, Act::File | Act::ReceiveAtDesk), "{act}");
        }
    }

    #[test]
    fn nobody_without_a_relation_may_do_anything() {
        for act in Act::ALL {
            assert!(!allows(*act, &[]), "{act}");
        }
        assert!(!reads_by_task(&[]));
        for control in [Relation::Control, Relation::HouseControl] {
            assert!(!reads_by_task(&[control]), "a control officer gives a reason too");
        }
    }

    #[test]
    fn a_citizen_does_only_what_is_the_citizens() {
        let allowed: Vec<Act> = Act::ALL.iter().copied().filter(|it| allows(*it, &[Relation::Applicant])).collect();
        assert_eq!(allowed, [Act::Supply, Act::Confirm, Act::ChooseCollection, Act::Withdraw]);
    }
}
