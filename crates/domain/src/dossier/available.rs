//! What may be done to a dossier now. Buttons come from here, so page and rule cannot disagree.

use super::command::Command;
use super::decide::{Context, guard};
use super::{Dossier, DossierRefusal};
use std::fmt;
use std::str::FromStr;

macro_rules! acts {
    ($($(#[$doc:meta])* $name:ident = $key:literal)+) => {
        /// Something one can do to a dossier: a command without its contents.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Act { $($(#[$doc])* $name),+ }

        impl Act {
            /// Every act, in the order a menu shows them.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The word in addresses and texts.
            pub const fn key(self) -> &'static str {
                match self { $(Self::$name => $key),+ }
            }
        }

        impl FromStr for Act {
            type Err = UnknownAct;

            fn from_str(text: &str) -> Result<Self, UnknownAct> {
                Self::ALL.iter().copied().find(|it| it.key() == text).ok_or(UnknownAct)
            }
        }
    };
}

/// No act has that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such act")]
pub struct UnknownAct;

acts! {
    /// Send online.
    File = "nop"
    /// Receive at the desk.
    ReceiveAtDesk = "tiep-nhan-tai-quay"
    /// Accept an online application.
    Accept = "tiep-nhan"
    /// Take it on.
    TakeOn = "nhan-viec"
    /// Send on.
    Forward = "chuyen"
    /// Submit for signature.
    SubmitForSignature = "trinh-ky"
    /// Sign.
    Sign = "ky"
    /// Issue.
    Issue = "phat-hanh"
    /// Hand over.
    Deliver = "tra-ket-qua"
    /// Correct what was written down.
    Correct = "dinh-chinh"
    /// Say which papers and answers are in order.
    Examine = "danh-gia"
    /// Ask for papers.
    RequestSupplement = "yeu-cau-bo-sung"
    /// Supply papers.
    Supply = "bo-sung"
    /// Confirm a waiting step.
    Confirm = "xac-nhan"
    /// The time to confirm passed.
    TakeSilence = "het-han-xac-nhan"
    /// Name somebody.
    Assign = "phan-cong"
    /// Send back.
    SendBack = "chuyen-tra"
    /// Recall.
    Recall = "thu-hoi"
    /// Ask to pay.
    NotifyObligation = "nghia-vu-tai-chinh"
    /// Record a payment.
    RecordPayment = "ghi-thu"
    /// Set the fee anew.
    SetFee = "dinh-phi"
    /// Record money that went back.
    Refund = "tra-tien"
    /// Apologise.
    Apologise = "xin-loi"
    /// Do not accept.
    Refuse = "tu-choi"
    /// Choose another way to get the decision.
    ChooseCollection = "cach-nhan"
    /// Take back.
    Withdraw = "rut"
    /// Stop.
    Discontinue = "dung"
    /// The time to supply passed.
    LapseSupplement = "het-han-bo-sung"
    /// Move it to a successor.
    Transfer = "chuyen-giao"
    /// Say to which successor of a split unit it belongs.
    Route = "phan-tuyen"
    /// Erase personal data.
    Erase = "xoa-du-lieu"
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

/// The act a command carries out.
pub const fn act_of(command: &Command) -> Act {
    match command {
        Command::File(_) => Act::File,
        Command::ReceiveAtDesk(_) => Act::ReceiveAtDesk,
        Command::Accept => Act::Accept,
        Command::Refuse { .. } => Act::Refuse,
        Command::RequestSupplement { .. } => Act::RequestSupplement,
        Command::Supply { .. } => Act::Supply,
        Command::Examine { .. } => Act::Examine,
        Command::LapseSupplement => Act::LapseSupplement,
        Command::TakeOn => Act::TakeOn,
        Command::Assign { .. } => Act::Assign,
        Command::Forward { .. } => Act::Forward,
        Command::Confirm => Act::Confirm,
        Command::TakeSilence => Act::TakeSilence,
        Command::SubmitForSignature { .. } => Act::SubmitForSignature,
        Command::SendBack { .. } => Act::SendBack,
        Command::Recall { .. } => Act::Recall,
        Command::Apologise { .. } => Act::Apologise,
        Command::NotifyObligation { .. } => Act::NotifyObligation,
        Command::RecordPayment { .. } => Act::RecordPayment,
        Command::SetFee { .. } => Act::SetFee,
        Command::Refund { .. } => Act::Refund,
        Command::ChooseCollection(_) => Act::ChooseCollection,
        Command::Withdraw { .. } => Act::Withdraw,
        Command::Discontinue { .. } => Act::Discontinue,
        Command::Sign => Act::Sign,
        Command::Issue { .. } => Act::Issue,
        Command::Deliver { .. } => Act::Deliver,
        Command::Correct { .. } => Act::Correct,
        Command::Transfer(_) => Act::Transfer,
        Command::Route { .. } => Act::Route,
        Command::Erase { .. } => Act::Erase,
    }
}

/// Every act on an existing dossier with a yes or the reason why not, from the same guard `decide` uses. Who may do it is
/// asked elsewhere: this is what the law of the dossier allows anybody.
pub fn available(dossier: &Dossier, context: &Context<'_>) -> Vec<(Act, Result<(), DossierRefusal>)> {
    Act::ALL
        .iter()
        .copied()
        .filter(|act| !matches!(act, Act::File | Act::ReceiveAtDesk))
        .map(|act| (act, guard(dossier, act, context)))
        .collect()
}
