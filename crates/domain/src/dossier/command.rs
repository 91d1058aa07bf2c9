//! What people ask for: one command, one form.

use super::code::DossierCode;
use super::event::{Outcome, PaymentMethod};
use super::examination::{AnswerMark, PaperMark};
use super::filing::{Collection, Draft, Evidence, FiledPaper, Filing, ObligationItem, SupplementItem};
use super::transfer::Transfer;
use crate::ids::{DocumentId, PersonId, UnitId};
use crate::procedure::{Channel, RawAnswers};
use jiff::civil::{Date, DateTime};

/// Everything needed to file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRequest {
    /// The code, taken from the counter of the receiving unit and day inside the same transaction, or the national portal's.
    pub code: DossierCode,
    /// True where the national portal gave the code.
    pub foreign_code: bool,
    /// How it comes.
    pub channel: Channel,
    /// Who takes it in.
    pub receiving_unit: UnitId,
    /// Who decides.
    pub competent_unit: UnitId,
    /// Where it is handed over.
    pub collect_at: UnitId,
    /// The unit it was begun with, where that was split since and no rule says to which successor its subject belongs.
    pub split_from: Option<UnitId>,
    /// Fees owed, in đồng.
    pub fee_vnd: i64,
    /// What is handed in.
    pub filing: Filing,
}

/// Something a person or a timer asks of a dossier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Send an application online.
    File(Box<FileRequest>),
    /// Receive at the counter or from the post: filed and received in one act.
    ReceiveAtDesk(Box<FileRequest>),
    /// The desk accepts an online application.
    Accept,
    /// The desk does not accept it.
    Refuse {
        /// Why, in words the citizen reads.
        reason: String,
        /// The law.
        legal_basis: String,
    },
    /// Ask the citizen for papers.
    RequestSupplement {
        /// What is asked.
        items: Vec<SupplementItem>,
        /// Why.
        reason: String,
        /// The law that allows asking for something outside the published list.
        legal_basis: String,
        /// A leader's reason for asking again.
        override_reason: String,
        /// Days to supply; the regime's where none.
        days: Option<u16>,
    },
    /// The citizen supplies.
    Supply {
        /// Papers.
        papers: Vec<FiledPaper>,
        /// What was posted for the answers that were asked for; anything else in it is left alone.
        answers: RawAnswers,
        /// A message.
        note: String,
    },
    /// Say what is in order and what is not.
    Examine {
        /// Papers; one that is not named stays as it was marked.
        papers: Vec<PaperMark>,
        /// Answers; an empty note takes a mark back.
        answers: Vec<AnswerMark>,
    },
    /// The time to supply passed (a timer).
    LapseSupplement,
    /// Take it on oneself.
    TakeOn,
    /// Name somebody to work on it.
    Assign {
        /// Who.
        to: PersonId,
        /// A word with it.
        note: String,
    },
    /// Send it to the next step.
    Forward {
        /// A person in the next post.
        to: Option<PersonId>,
        /// A word with it.
        note: String,
    },
    /// The citizen confirms what a waiting step asks.
    Confirm,
    /// The time to confirm passed, and silence counts as consent (a timer).
    TakeSilence,
    /// Submit a draft decision for signature.
    SubmitForSignature {
        /// Granted or declined.
        outcome: Outcome,
        /// The draft.
        draft: Draft,
        /// Who is to sign.
        to: Option<PersonId>,
    },
    /// Send it back to an earlier step.
    SendBack {
        /// Which.
        to_step: u16,
        /// Why.
        reason: String,
    },
    /// Take back what one has just sent on.
    Recall {
        /// Why.
        reason: String,
    },
    /// Apologise and give a new date.
    Apologise {
        /// Why.
        reason: String,
        /// The unit at fault.
        at_fault: UnitId,
        /// The new date, local time.
        new_date: DateTime,
    },
    /// Ask the citizen to pay a duty.
    NotifyObligation {
        /// Line by line.
        items: Vec<ObligationItem>,
        /// Last day to pay.
        pay_by: Option<Date>,
        /// A word with it.
        note: String,
    },
    /// Record money that came in.
    RecordPayment {
        /// In đồng.
        amount_vnd: i64,
        /// How.
        method: PaymentMethod,
        /// Number of the payment receipt.
        number: String,
    },
    /// Set anew what it costs, without duties.
    SetFee {
        /// In đồng.
        fee_vnd: i64,
        /// Why; the citizen reads it.
        reason: String,
    },
    /// Record money that went back to who paid too much.
    Refund {
        /// In đồng.
        amount_vnd: i64,
        /// How.
        method: PaymentMethod,
        /// Number of the slip.
        number: String,
    },
    /// The citizen takes it back.
    Withdraw {
        /// Why.
        reason: String,
    },
    /// The citizen chooses another way to get the decision.
    ChooseCollection(Collection),
    /// The office stops it.
    Discontinue {
        /// Why.
        reason: String,
        /// The law.
        legal_basis: String,
    },
    /// Sign the draft.
    Sign,
    /// Number, seal and issue the signed decision.
    Issue {
        /// Number in the register.
        number: String,
        /// Its file.
        document: Option<DocumentId>,
    },
    /// Correct what was written down at the reception.
    Correct {
        /// Everything filed as it should be; papers, files and account stay as they are whatever stands here.
        filing: Box<Filing>,
        /// Why.
        reason: String,
    },
    /// Hand it over.
    Deliver {
        /// To whom, and how it is known.
        evidence: Evidence,
        /// True where the receiver is not the owner of the dossier.
        by_proxy: Proxy,
    },
    /// Move it to the successor that a reorganisation in force names (a timer).
    Transfer(Box<Transfer>),
    /// Say to which successor of a split unit it belongs.
    Route {
        /// The successor.
        to: UnitId,
        /// Why it belongs there.
        reason: String,
    },
    /// Erase personal data.
    Erase {
        /// The legal basis.
        basis: String,
    },
}

/// Who collects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proxy {
    /// The owner of the dossier.
    Owner,
    /// Somebody the owner sent.
    #[doc(alias = "người được ủy quyền")]
    Representative,
}
