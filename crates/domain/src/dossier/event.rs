//! What happened to a dossier. Events are never changed: a correction is a new one.
//!
//! Each event is kept in two parts. Its *facts* (numbers, ids, moments) stay for ever in the chain; its *body* (names, answers,
//! reasons) can be erased where the law on personal data asks for it, and every event still folds without it.

use super::examination::Examination;
use super::filing::{Collection, Correction, Draft, Evidence, Filing, ObligationItem, SupplementItem, Supplied};
use super::holder::Owner;
use super::{Stage, StepAt};
use crate::calendar::TimeLimit;
use crate::ids::{DocumentId, ReformId, UnitId};
use crate::procedure::{Channel, ProcedureId, RevisionId};
use crate::time::Instant;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Something that the law may require to be erased, while the event around it stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Erasable<T>(pub Option<T>);

impl<T> Default for Erasable<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Erasable<T> {
    /// Something kept.
    pub fn kept(it: T) -> Self {
        Self(Some(it))
    }

    /// What is left of it.
    pub fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }
}

/// Words given with an act: a reason, a note.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// What was said.
    pub text: String,
}

/// A due date with what it rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueDate {
    /// The moment the office committed to; lateness is judged by its day.
    pub at: Instant,
    /// The moment the law allows at most.
    pub legal_at: Instant,
    /// True where a year without a published table was projected.
    pub provisional: bool,
    /// The new date of an apology, moved by the same pause; none where nobody apologised.
    #[serde(default)]
    pub promised_at: Option<Instant>,
}

/// Something that happened to a dossier.
#[expect(
    clippy::large_enum_variant,
    reason = "one filing a dossier, and logs are short: a box would only blur the type"
)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Somebody filed it: online, at the counter or by post. It has its code from now on.
    Filed {
        /// The code on the slip.
        code: super::DossierCode,
        /// True where the code came from the national portal and used none of our numbers.
        foreign_code: bool,
        /// The pinned procedure revision.
        revision: RevisionId,
        /// Its procedure.
        procedure: ProcedureId,
        /// The sector, for reports.
        sector: String,
        /// The legal regime of the day.
        regime: String,
        /// How it came.
        channel: Channel,
        /// Who takes it in.
        receiving_unit: UnitId,
        /// Who is competent to decide.
        competent_unit: UnitId,
        /// Where the decision is handed over.
        collect_at: UnitId,
        /// The unit it was begun with, where that was split before it was sent and no rule says to which successor its subject
        /// belongs: it lies with the default one until somebody says where it belongs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        split_from: Option<UnitId>,
        /// The desk that answers.
        owner: Owner,
        /// By when the desk must answer (online only).
        answer_by: Option<Instant>,
        /// What is owed when it is filed, in đồng.
        fee_vnd: i64,
        /// What was handed in.
        #[serde(default)]
        body: Erasable<Filing>,
    },
    /// The desk received it: the clock runs.
    Received {
        /// The moment the term counts from: the receipt, or the next opening.
        counted_from: Instant,
        /// The term.
        limit: TimeLimit,
        /// When it is due.
        due: DueDate,
        /// Version of the holiday tables used.
        calendar: String,
        /// Who works on it next.
        owner: Owner,
        /// The step it goes to.
        step: StepAt,
        /// True where that step waits for somebody outside and the clock pauses.
        #[serde(default)]
        clock_pauses: bool,
        /// A word with it.
        #[serde(default)]
        body: Erasable<Words>,
    },
    /// The desk did not take it.
    NotAccepted {
        /// Reason and legal basis.
        #[serde(default)]
        body: Erasable<Words>,
    },
    /// The citizen is asked for papers: the clock pauses.
    SupplementRequested {
        /// At the desk or during appraisal.
        stage: Stage,
        /// Last day to supply.
        reply_by: Date,
        /// True where something outside the published list is asked, on a named legal basis.
        beyond_list: bool,
        /// True where a leader allowed a further request.
        overridden: bool,
        /// What is asked and why.
        #[serde(default)]
        body: Erasable<SupplementRequest>,
    },
    /// The citizen supplied: the clock runs on.
    Supplemented {
        /// The new due date, or none where the desk has not received it yet.
        due: Option<DueDate>,
        /// By when the desk must answer, where it has not received it yet.
        answer_by: Option<Instant>,
        /// What came.
        #[serde(default)]
        body: Erasable<Supplied>,
    },
    /// The time to supply passed.
    SupplementLapsed {},
    /// An officer looked at papers and answers and said which of them are in order, and why the others are not. A later one corrects it.
    #[doc(alias = "đánh giá giấy tờ")]
    Examined {
        /// Papers marked as in order by this act.
        good: u16,
        /// Papers and answers marked as not in order by this act.
        wrong: u16,
        /// Which, and why.
        #[serde(default)]
        body: Erasable<Examination>,
    },
    /// A named person is to work on it.
    Assigned {
        /// Who.
        owner: Owner,
        /// What was said with it.
        #[serde(default)]
        body: Erasable<Words>,
    },
    /// It went on to the next step.
    Forwarded {
        /// The step it left.
        from_step: u16,
        /// The step it is at.
        step: StepAt,
        /// Who owes it now.
        owner: Owner,
        /// True where the new step waits for somebody outside and the clock pauses.
        clock_pauses: bool,
        /// The new due date where leaving a waiting step let the clock run on.
        due: Option<DueDate>,
        /// What was said with it.
        #[serde(default)]
        body: Erasable<Words>,
    },
    /// The draft of the decision went up for signature.
    SubmittedForSignature {
        /// The step it left.
        from_step: u16,
        /// The signing step.
        step: StepAt,
        /// Who owes it now.
        owner: Owner,
        /// Granted or declined.
        outcome: Outcome,
        /// The new due date where leaving a waiting step let the clock run on.
        due: Option<DueDate>,
        /// The draft.
        #[serde(default)]
        body: Erasable<Draft>,
    },
    /// It went back to an earlier step.
    SentBack {
        /// The step it left.
        from_step: u16,
        /// The step it is at again.
        step: StepAt,
        /// Who owes it now.
        owner: Owner,
        /// True where that step waits for somebody outside and the clock pauses.
        #[serde(default)]
        clock_pauses: bool,
        /// The new due date where leaving a waiting step let the clock run on.
        #[serde(default)]
        due: Option<DueDate>,
        /// Why.
        #[serde(default)]
        body: Erasable<Words>,
    },
    /// Who had sent it on took it back before the next one acted.
    Recalled {
        /// The step it is at again.
        step: StepAt,
        /// Who owes it now.
        owner: Owner,
        /// True where that step waits for somebody outside and the clock pauses.
        #[serde(default)]
        clock_pauses: bool,
        /// The new due date where leaving a waiting step let the clock run on.
        #[serde(default)]
        due: Option<DueDate>,
        /// Why.
        #[serde(default)]
        body: Erasable<Words>,
    },
    /// The office apologised and gave a new date, once.
    Apologised {
        /// The date promised so far.
        promised: Instant,
        /// The new date.
        new_date: Instant,
        /// The unit at fault.
        at_fault: UnitId,
        /// Why.
        #[serde(default)]
        body: Erasable<Words>,
    },
    /// The citizen is asked to pay a duty: the clock pauses.
    ObligationNotified {
        /// In đồng.
        amount_vnd: i64,
        /// Last day to pay, where the law sets one.
        pay_by: Option<Date>,
        /// What for.
        #[serde(default)]
        body: Erasable<Obligation>,
    },
    /// Money came in.
    Paid {
        /// In đồng.
        amount_vnd: i64,
        /// How.
        method: PaymentMethod,
        /// The new due date where a paused clock runs on.
        due: Option<DueDate>,
        /// The receipt's number and remarks.
        #[serde(default)]
        body: Erasable<Words>,
    },
    /// The office set what the dossier costs anew: papers, dates and duties stay as they are.
    #[doc(alias = "định lại phí")]
    FeeSet {
        /// What it cost until then, in đồng, without duties.
        from_vnd: i64,
        /// What it costs, in đồng, without duties.
        fee_vnd: i64,
        /// Why.
        #[serde(default)]
        body: Erasable<Words>,
    },
    /// Money that was paid beyond what is owed went back.
    #[doc(alias = "trả lại tiền thừa")]
    Refunded {
        /// In đồng.
        amount_vnd: i64,
        /// How.
        method: PaymentMethod,
        /// The number of the slip and remarks.
        #[serde(default)]
        body: Erasable<Words>,
    },
    /// The citizen took it back.
    Withdrawn {
        /// Why, in the citizen's words.
        #[serde(default)]
        body: Erasable<Words>,
    },
    /// The office stopped it.
    Discontinued {
        /// Ground and reason.
        #[serde(default)]
        body: Erasable<Words>,
    },
    /// The competent person signed the decision.
    Signed {
        /// The signing step it left.
        from_step: u16,
        /// The issuing step, or work that the decision itself sets off.
        step: StepAt,
        /// Who owes it now.
        owner: Owner,
        /// Granted or declined.
        outcome: Outcome,
        /// True where the step waits for somebody outside and the clock pauses.
        #[serde(default)]
        clock_pauses: bool,
    },
    /// The clerk numbered and issued the decision: the clock stops.
    Issued {
        /// Granted or declined.
        outcome: Outcome,
        /// The hand-over step.
        step: StepAt,
        /// The desk that hands over.
        owner: Owner,
        /// The decision as a file.
        document: Option<DocumentId>,
        /// Its code: `<dossier>-KQ<n>`. Căn cứ: NĐ 45/2020 Điều 14 khoản 3.
        decision_code: String,
        /// The number in the register of the unit.
        #[serde(default)]
        body: Erasable<Words>,
    },
    /// What was written down at the reception was corrected: dates, papers and money stay as they are.
    #[doc(alias = "đính chính")]
    Corrected {
        /// How many things are different.
        changes: u16,
        /// What was, what is, and why.
        #[serde(default)]
        body: Erasable<Correction>,
    },
    /// The decision was handed over.
    Delivered {
        /// True where somebody took it whom the owner sent.
        #[serde(default)]
        by_proxy: bool,
        /// To whom and how it is known.
        #[serde(default)]
        body: Erasable<Evidence>,
    },
    /// A reorganisation moved it to a successor: code, reception, due date, papers and money stay as they are.
    #[doc(alias = "chuyển giao khi sắp xếp đơn vị")]
    Transferred {
        /// Which reorganisation.
        reform: ReformId,
        /// The resolution it rests on, as papers cite it.
        instrument: String,
        /// Who is competent from now on.
        competent_unit: UnitId,
        /// The desk its citizen turns to from now on.
        desk: UnitId,
        /// Where the decision is handed over from now on.
        collect_at: UnitId,
        /// Who owes the next act.
        owner: Owner,
        /// True where its unit was split and no rule says where it belongs: it lies with the default successor until somebody
        /// looked at it.
        #[serde(default)]
        needs_routing: bool,
        /// True where nobody holds its post in the successor: it lies with the head, who is told.
        #[serde(default)]
        fell_to_head: bool,
    },
    /// Somebody said to which successor of a split unit it belongs: code, reception, due date, papers and money stay as they are.
    #[doc(alias = "phân tuyến")]
    Routed {
        /// Where it lay until then: the default successor.
        from_unit: UnitId,
        /// Who is competent from now on: the same where it lay right.
        competent_unit: UnitId,
        /// The desk its citizen turns to.
        desk: UnitId,
        /// Where the decision is handed over.
        collect_at: UnitId,
        /// Who owes the next act.
        owner: Owner,
        /// True where nobody holds its post there: it lies with the head, who is told.
        #[serde(default)]
        fell_to_head: bool,
        /// Why it belongs there.
        #[serde(default)]
        body: Erasable<Words>,
    },
    /// The citizen chose another way to get the decision.
    CollectionChosen {
        /// Which.
        #[serde(default)]
        body: Erasable<Collection>,
    },
    /// Personal data of this dossier was erased.
    Erased {
        /// The legal basis.
        basis: String,
    },
}

/// What is asked of the citizen, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupplementRequest {
    /// What is asked.
    pub items: Vec<SupplementItem>,
    /// Why.
    pub reason: String,
    /// The law that allows asking for something outside the published list.
    pub legal_basis: String,
    /// The leader's reason for a further request.
    pub override_reason: String,
}

/// A duty the citizen is asked to pay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Obligation {
    /// Line by line.
    pub items: Vec<ObligationItem>,
    /// What was said with it.
    pub note: String,
}

/// How money came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentMethod {
    /// At the counter.
    Cash,
    /// By bank.
    Transfer,
    /// On the payment platform.
    Online,
}

/// What the decision says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// What was asked for is given.
    Granted,
    /// Refused to solve, with written reasons.
    Declined,
}

impl Event {
    /// True where it can change whose dossier it is and where they live: what is filed first, sent later or corrected, and an erasure.
    pub const fn renames(&self) -> bool {
        matches!(self, Self::Filed { .. } | Self::Supplemented { .. } | Self::Corrected { .. } | Self::Erased { .. })
    }

    /// The word stored beside the event and used as a key for texts.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Filed { .. } => "filed",
            Self::Received { .. } => "received",
            Self::NotAccepted { .. } => "not_accepted",
            Self::SupplementRequested { .. } => "supplement_requested",
            Self::Supplemented { .. } => "supplemented",
            Self::SupplementLapsed {} => "supplement_lapsed",
            Self::Examined { .. } => "examined",
            Self::Assigned { .. } => "assigned",
            Self::Forwarded { .. } => "forwarded",
            Self::SubmittedForSignature { .. } => "submitted_for_signature",
            Self::SentBack { .. } => "sent_back",
            Self::Recalled { .. } => "recalled",
            Self::Apologised { .. } => "apologised",
            Self::ObligationNotified { .. } => "obligation_notified",
            Self::Paid { .. } => "paid",
            Self::FeeSet { .. } => "fee_set",
            Self::Refunded { .. } => "refunded",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Discontinued { .. } => "discontinued",
            Self::Signed { .. } => "signed",
            Self::Issued { .. } => "issued",
            Self::Corrected { .. } => "corrected",
            Self::Delivered { .. } => "delivered",
            Self::Transferred { .. } => "transferred",
            Self::Routed { .. } => "routed",
            Self::CollectionChosen { .. } => "collection_chosen",
            Self::Erased { .. } => "erased",
        }
    }

    /// Every kind there is: a test checks that each has words and a line in the history.
    pub const KINDS: [&'static str; 27] = [
        "filed",
        "received",
        "not_accepted",
        "supplement_requested",
        "supplemented",
        "supplement_lapsed",
        "examined",
        "assigned",
        "forwarded",
        "submitted_for_signature",
        "sent_back",
        "recalled",
        "apologised",
        "obligation_notified",
        "paid",
        "fee_set",
        "refunded",
        "withdrawn",
        "discontinued",
        "signed",
        "issued",
        "corrected",
        "delivered",
        "transferred",
        "routed",
        "collection_chosen",
        "erased",
    ];
}

/// An event with who did it, when and as which unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// 1, 2, 3 … within the dossier.
    pub seq: u32,
    /// When.
    pub at: Instant,
    /// Who; none for a timer.
    pub actor: Option<crate::ids::PersonId>,
    /// In which unit, as it was that day; none for a citizen or a timer.
    pub unit: Option<UnitId>,
    /// What.
    pub event: Event,
}
