//! A lawful "no" to something asked of a dossier.

use super::Status;
use crate::calendar::ClockRefusal;
use jiff::civil::{Date, DateTime};

/// Why a command is not carried out. Data only: the words are the pages' business.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DossierRefusal {
    /// The act does not exist in this status.
    #[error("not possible while the dossier is {status:?}")]
    NotInThisStatus {
        /// Where the dossier stands.
        status: Status,
    },
    /// The act belongs to another step of the workflow.
    #[error("not possible at this step of the workflow")]
    NotAtThisStep,
    /// There is nothing in this place to act on yet.
    #[error("the dossier does not exist yet")]
    NotFiled,
    /// It was filed already.
    #[error("the dossier was filed already")]
    AlreadyFiled,
    /// The procedure is not offered by that way of filing.
    #[error("the procedure cannot be filed this way")]
    ChannelNotOffered,
    /// No term is known: nobody may invent one, so nothing can be received. Căn cứ: QĐ công bố TTHC.
    #[error("the procedure has no time limit yet")]
    NoTimeLimit,
    /// The procedure is withdrawn: nothing of it is received any more.
    #[error("the procedure is withdrawn from {from}")]
    Withdrawn {
        /// First day on which it is not received.
        from: Date,
    },
    /// A reason is required and none was given.
    #[error("a reason is required")]
    ReasonMissing,
    /// A text is too long.
    #[error("the text is longer than {max} characters")]
    TextTooLong {
        /// The limit.
        max: usize,
    },
    /// A request for papers that names none.
    #[error("the request names nothing to supply")]
    NothingAsked,
    /// A paper outside the published list, without a legal basis. Căn cứ: NĐ 61/2018 Điều 5.
    #[error("{what:?} is not on the published list and no legal basis is named")]
    NotOnTheList {
        /// What was asked for.
        what: String,
    },
    /// A second request at the same stage without a leader's override. Căn cứ: NĐ 61/2018; handbook §1.4.
    #[error("already asked {asked} time(s) at this stage; a leader must give a reason")]
    AskedAlready {
        /// How often it was asked at this stage.
        asked: u16,
    },
    /// Nothing was supplied.
    #[error("nothing was supplied")]
    NothingSupplied,
    /// The citizen still has time to supply.
    #[error("the citizen has until {reply_by}")]
    StillTimeToSupply {
        /// Last day to supply.
        reply_by: Date,
    },
    /// A dossier once received is never "not accepted". Căn cứ: issue of the founding; handbook §1.2.
    #[error("the dossier was received and can no longer be refused")]
    ReceivedAlready,
    /// Nobody of that name holds the post the step needs.
    #[error("the person does not hold the post of this step")]
    NotInThatPost,
    /// The next step signs: it needs a draft first.
    #[error("a draft decision is needed before it is submitted for signature")]
    DraftNeeded,
    /// There is no step after this one.
    #[error("there is no further step")]
    NoFurtherStep,
    /// The workflow does not allow sending back there.
    #[error("the workflow does not send back from here to step {to}")]
    CannotSendBackThere {
        /// The step asked for.
        to: u16,
    },
    /// Somebody else has acted since; it cannot be recalled.
    #[error("the dossier cannot be recalled any more")]
    CannotRecall,
    /// Apologised once already. Căn cứ: NĐ 61/2018 Điều 19.
    #[error("already re-appointed once")]
    ReappointedAlready,
    /// The new date must be later than the promised one.
    #[error("the new date must be after {promised}")]
    NewDateTooEarly {
        /// The date promised so far.
        promised: DateTime,
    },
    /// The new date must be a moment when the office works.
    #[error("the office does not work at that moment")]
    NewDateNotWorking,
    /// A duty of nothing.
    #[error("an amount must be more than nothing and at most {max_vnd} đồng")]
    AmountOutOfRange {
        /// The most that can be recorded at once.
        max_vnd: i64,
    },
    /// More was paid than is owed.
    #[error("{owed_vnd} đồng is owed, not more")]
    MoreThanOwed {
        /// What is owed.
        owed_vnd: i64,
    },
    /// A payment is still owed.
    #[error("{owed_vnd} đồng is still owed")]
    StillOwed {
        /// What is owed.
        owed_vnd: i64,
    },
    /// The fee is set to what it was.
    #[error("the fee is that already")]
    FeeAsBefore,
    /// More would go back than was paid beyond what is owed.
    #[error("{over_vnd} đồng was paid too much, not more")]
    MoreThanOverpaid {
        /// What was paid too much.
        over_vnd: i64,
    },
    /// Money must go back first.
    #[error("{over_vnd} đồng was paid too much and must go back first")]
    Overpaid {
        /// What was paid too much.
        over_vnd: i64,
    },
    /// Handing over needs somebody to hand it to.
    #[error("the receiver's name is missing")]
    ReceiverMissing,
    /// A proxy must show a paper.
    #[error("a proxy must show a paper of authorisation")]
    ProxyPaperMissing,
    /// The post needs to know where to.
    #[error("the address for the post is missing")]
    AddressMissing,
    /// The decision comes that way already.
    #[error("the decision is to come that way already")]
    CollectionAsBefore,
    /// A correction that changes nothing.
    #[error("nothing is different")]
    NothingCorrected,
    /// Somebody without a name.
    #[error("the name is missing")]
    NameMissing,
    /// The end of a number that is no four digits.
    #[error("the last four digits are four digits")]
    NumberTailWrong,
    /// The person who came is not the owner: the digits are others.
    #[error("the last four digits are not the owner's")]
    NumberTailDiffers,
    /// A decision needs its number.
    #[error("the decision's number is missing")]
    NumberMissing,
    /// Too many papers, items or lines.
    #[error("more than {max} entries")]
    TooMany {
        /// The limit.
        max: usize,
    },
    /// A paper or an answer that this dossier does not have.
    #[error("the dossier has no such paper or answer")]
    NotOnTheDossier,
    /// A paper that is not in order needs the reason that the citizen reads.
    #[error("paper {place} is not in order and no reason is given")]
    MarkWithoutReason {
        /// Its place among the papers, from 0.
        place: u16,
    },
    /// Every mark is as it was.
    #[error("nothing was marked otherwise than before")]
    NothingExamined,
    /// Papers or answers are marked as not in order: what they are part of cannot be received or granted.
    #[error("{count} papers or answers are not in order")]
    NotInOrder {
        /// How many.
        count: usize,
    },
    /// Answers put right that still cannot stand.
    #[error("{count} answers cannot stand")]
    AnswersWrong {
        /// How many.
        count: usize,
    },
    /// Nobody doubts to which unit it belongs.
    #[error("the dossier does not wait to be routed")]
    NotToBeRouted,
    /// A unit that does not stand on the ground of the one that was split.
    #[error("the unit is not a successor of the one that was split")]
    NotASuccessor,
    /// The clock cannot answer.
    #[error(transparent)]
    Clock(#[from] ClockRefusal),
}
