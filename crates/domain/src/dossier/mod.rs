//! A dossier: a fold of its events, and the rules of what may happen to it next.
//!
//! Start with [`Command`] (what people ask for), [`decide`] (yes with events, or a lawful no) and [`Dossier::apply`] (what an
//! event changes). Everything here is a function of its arguments: the moment, the people and the calendar are passed in.

mod apply;
mod available;
mod code;
mod command;
mod decide;
mod event;
mod examination;
mod filing;
mod holder;
mod ledger;
mod refusal;
mod status;
mod transfer;

pub use apply::FoldError;
pub use available::{Act, act_of, available};
pub use code::{CODE_CHARS_MAX, CodeError, CodePattern, DossierCode, PatternError};
pub use command::{Command, FileRequest, Proxy};
pub use decide::{Context, TEXT_CHARS_MAX, decide, resume};
pub use event::{DueDate, Erasable, Event, Obligation, Outcome, PaymentMethod, Recorded, SupplementRequest, Words};
pub use examination::{AnswerMark, Examination, Mark, Marks, PaperMark, PutRight, form_of, is_of_field, put_right};
pub use filing::{
    Change, Collection, Correction, Draft, Evidence, FiledPaper, Filing, ObligationItem, Party, SupplementItem,
    Supplied,
};
pub use holder::{Holder, Holding, NextAct, Owner};
pub use ledger::{ClockView, Share};
pub use refusal::DossierRefusal;
pub use status::Status;
pub use transfer::{Transfer, collected_then, moved_between, undo_stopped_by};

use crate::calendar::TimeLimit;
use crate::ids::{DocumentId, DossierId, PersonId, ReformId, UnitId};
use crate::organisation::{Organisation, Placed, Places};
use crate::post::Post;
use crate::procedure::{Channel, ProcedureId, RevisionId, StepKind};
use crate::time::Instant;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// When papers were asked for: before or after the dossier was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// By the desk, answering an online application.
    Intake,
    /// By the officer who appraises it.
    Appraisal,
}

/// A place in the pinned workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepAt {
    /// Its number in the pinned revision.
    pub number: u16,
    /// What is done there.
    pub kind: StepKind,
    /// The last day to answer, where silence after it counts as consent; none elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_by: Option<Date>,
}

/// Why the clock stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PauseCause {
    /// The citizen was asked for papers.
    Supplement,
    /// The citizen was asked to pay.
    Payment,
    /// A step that the law does not count waits for somebody outside.
    Outside,
    /// Such a step waits for the citizen to confirm: shown so, and kept in the history as [`Self::Outside`].
    Confirmation,
}

/// A clock that stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// Why.
    pub cause: PauseCause,
    /// Since when.
    pub since: Instant,
}

/// An unanswered request for papers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSupplement {
    /// When it was asked in the life of the dossier.
    pub stage: Stage,
    /// The last day to supply.
    pub reply_by: Date,
    /// What is asked.
    pub request: Erasable<SupplementRequest>,
}

/// An apology with a new date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Apology {
    /// When.
    pub at: Instant,
    /// The date promised before.
    pub promised: Instant,
    /// The new date.
    pub new_date: Instant,
    /// The unit at fault.
    pub at_fault: UnitId,
}

/// A decision issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// When.
    pub at: Instant,
    /// Granted or declined.
    pub outcome: Outcome,
    /// Its code, `<dossier>-KQ1`.
    pub code: String,
    /// Its number in the register.
    pub number: Erasable<Words>,
    /// Its file.
    pub document: Option<DocumentId>,
}

/// The last hand-over, while it can be recalled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct LastForward {
    by: Option<PersonId>,
    from: StepAt,
    owner: Owner,
}

/// From when a unit was competent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Competence {
    unit: UnitId,
    since: Instant,
}

/// One dossier, folded from its events.
#[doc(alias = "hồ sơ")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dossier {
    /// Its id for ever.
    pub id: DossierId,
    /// Its code for ever.
    pub code: DossierCode,
    /// True where the code is the national portal's.
    pub foreign_code: bool,
    /// The pinned revision.
    pub revision: RevisionId,
    /// The procedure.
    pub procedure: ProcedureId,
    /// The sector.
    pub sector: String,
    /// The regime it keeps.
    pub regime: String,
    /// How it came.
    pub channel: Channel,
    /// Who took it in, for ever.
    pub receiving_unit: UnitId,
    /// The desk its citizen turns to: the one that took it in, until a reorganisation moves it.
    pub desk: UnitId,
    /// Who is competent: for whom it was filed, until a reorganisation moves it.
    pub competent_unit: UnitId,
    /// Where the decision is handed over.
    pub collect_at: UnitId,
    /// Where it stands.
    pub status: Status,
    /// Its place in the workflow.
    pub step: StepAt,
    /// Who answers for it.
    pub owner: Owner,
    /// The last reorganisation that moved it.
    pub reform: Option<ReformId>,
    /// True where its unit was split and nobody has said yet which successor it belongs to: it lies with the default one.
    #[doc(alias = "cần phân tuyến")]
    pub needs_routing: bool,
    /// True where it fell to the head of a successor because nobody holds its post there, until somebody takes it on.
    pub fell_to_head: bool,
    /// Who held it since when, oldest first.
    pub holdings: Vec<Holding>,
    /// When it was filed.
    pub filed_at: Instant,
    /// By when the desk must answer.
    pub answer_by: Option<Instant>,
    /// When it was received.
    pub received_at: Option<Instant>,
    /// The term.
    pub limit: Option<TimeLimit>,
    /// When it is due, pauses included, apologies not.
    pub due: Option<DueDate>,
    /// When it was due at first.
    pub first_due: Option<DueDate>,
    /// The version of the holiday tables.
    pub calendar: String,
    /// Apologised with a new date.
    pub apology: Option<Apology>,
    /// A clock that stands still.
    pub pause: Option<Pause>,
    /// What the citizen was asked and has not answered.
    pub supplement: Option<OpenSupplement>,
    /// How often the desk asked.
    pub asked_at_intake: u16,
    /// How often the officer asked.
    pub asked_at_appraisal: u16,
    /// Requests for something outside the published list, or further ones: a control officer looks at them.
    pub unusual_requests: u16,
    /// What the dossier costs, without duties, in đồng.
    pub fee_vnd: i64,
    /// Fees and duties owed in all, in đồng.
    pub owed_vnd: i64,
    /// Paid in all, in đồng.
    pub paid_vnd: i64,
    /// The draft on its way to signature.
    pub draft: Option<(Outcome, Erasable<Draft>)>,
    /// Signed and not yet issued, or issued.
    pub signed: Option<Outcome>,
    /// Issued.
    pub decision: Option<Decision>,
    /// When the clock ended: issue, withdrawal, stop.
    pub finished_at: Option<Instant>,
    /// What was filed, with what was supplied since.
    pub filing: Erasable<Filing>,
    /// Which of it is in order.
    pub marks: Marks,
    /// True once personal data was erased.
    pub erased: bool,
    /// How many events it has.
    pub version: u32,
    /// Who did which step last.
    done: Vec<(u16, Owner)>,
    last_forward: Option<LastForward>,
    /// Who was competent since when, oldest first: whose opening hours count its minutes.
    competences: Vec<Competence>,
    /// The unit whose split left open where it belongs, while it needs routing.
    split: Option<UnitId>,
    /// The clock stands still while the dossier is at its step.
    step_pauses: bool,
    /// What of the duty asked for is not paid yet.
    duty_open_vnd: i64,
}

impl Placed for Dossier {
    fn dossier(&self) -> DossierId {
        self.id
    }

    fn places(&self) -> Places {
        Places {
            competent: self.competent_unit,
            owner: self.owner,
            desk: self.desk,
            collect: self.collect_at,
            received_by: self.receiving_unit,
            reform: self.reform,
        }
    }
}

impl Dossier {
    /// The one thing that must happen next; none once it is closed.
    pub fn next_act(&self) -> Option<NextAct> {
        match self.status {
            Status::New => Some(NextAct::Answer),
            Status::AwaitingSupplement => Some(NextAct::Supply),
            Status::AwaitingPayment => Some(NextAct::Pay),
            Status::Decided => Some(NextAct::HandOver),
            Status::Received | Status::InProgress => Some(match self.step.kind {
                StepKind::Sign => NextAct::Sign,
                StepKind::Issue => NextAct::Issue,
                StepKind::HandOver => NextAct::HandOver,
                StepKind::Consult | StepKind::Citizen => NextAct::AwaitOutside,
                StepKind::Receive | StepKind::Work => {
                    if self.owner.person.is_none() && self.owner.post == Post::Specialist {
                        NextAct::Assign
                    } else {
                        NextAct::Work
                    }
                }
            }),
            Status::NotAccepted | Status::Withdrawn | Status::Discontinued | Status::Delivered => None,
        }
    }

    /// The units it may belong to while it needs routing: all that stand on the ground of the unit that was split.
    pub fn routes(&self, organisation: &Organisation, on: Date) -> Vec<UnitId> {
        let heirs = self.split.map(|unit| organisation.successors_of(unit, on)).unwrap_or_default();
        heirs.into_iter().map(|it| it.unit).collect()
    }

    /// In whose hands it lies.
    pub fn holder(&self) -> &Holder {
        self.holdings.last().map_or(&Holder::Nobody, |it| &it.holder)
    }

    /// Since when it lies there.
    pub fn held_since(&self) -> Instant {
        self.holdings.last().map_or(self.filed_at, |it| it.since)
    }

    /// What is still owed, in đồng.
    pub fn still_owed_vnd(&self) -> i64 {
        self.owed_vnd.saturating_sub(self.paid_vnd).max(0)
    }

    /// What was paid beyond what is owed, in đồng: it goes back.
    pub fn overpaid_vnd(&self) -> i64 {
        self.paid_vnd.saturating_sub(self.owed_vnd).max(0)
    }

    /// The last day to confirm, where the dossier waits for the citizen and silence after it is consent.
    pub fn confirm_by(&self) -> Option<Date> {
        let works = matches!(self.status, Status::Received | Status::InProgress);
        if works { self.step.reply_by } else { None }
    }

    /// The date promised to the citizen: the new one after an apology, else the due date.
    pub fn promised_at(&self) -> Option<Instant> {
        let due = self.due.map(|it| it.at);
        self.apology.as_ref().map(|it| it.new_date).max(due)
    }

    /// True while the promise of the house is kept: an open dossier has one owner, one next act and one clock, and lies with
    /// exactly one holder; a closed one has none of them.
    pub fn is_sound(&self) -> bool {
        let open = self.status.is_open();
        open == (*self.holder() != Holder::Nobody)
            && open == self.next_act().is_some()
            && self.received_at.is_some() == self.due.is_some()
            && self.is_clocked()
    }

    fn is_clocked(&self) -> bool {
        let cause = self.pause.map(|it| it.cause);
        let runs = self.finished_at.is_none();
        match self.status {
            Status::New => runs && cause.is_none() && self.answer_by.is_some() && self.received_at.is_none(),
            Status::Received | Status::InProgress => {
                let expected = if self.step_pauses { Some(PauseCause::Outside) } else { None };
                runs && cause == expected && self.received_at.is_some() && *self.holder() == self.holder_of_step()
            }
            Status::AwaitingSupplement => {
                let asked = self.supplement.is_some() && *self.holder() == Holder::Citizen;
                runs && asked && cause == Some(PauseCause::Supplement)
            }
            Status::AwaitingPayment => {
                let asked = self.duty_open_vnd > 0 && *self.holder() == Holder::Payment;
                runs && asked && cause == Some(PauseCause::Payment) && self.received_at.is_some()
            }
            Status::Decided | Status::Delivered => !runs && cause.is_none() && self.decision.is_some(),
            Status::Discontinued => !runs && cause.is_none() && self.received_at.is_some(),
            Status::NotAccepted => !runs && cause.is_none() && self.received_at.is_none(),
            Status::Withdrawn => !runs && cause.is_none(),
        }
    }

    /// In whose hands it lies at its step, while nobody is asked for anything.
    fn holder_of_step(&self) -> Holder {
        match self.step.kind {
            StepKind::Citizen => Holder::Citizen,
            StepKind::Consult => Holder::Outside { step: self.step.number },
            StepKind::Receive | StepKind::Work | StepKind::Sign | StepKind::Issue | StepKind::HandOver => {
                Holder::Post { owner: self.owner }
            }
        }
    }
}

#[cfg(test)]
mod tests;
