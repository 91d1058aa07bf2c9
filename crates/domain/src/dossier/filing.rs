//! What people hand in and are handed: the parts of a dossier that carry names.

use super::examination::PutRight;
use crate::ids::{DocumentId, PersonId};
use crate::procedure::Answers;
use serde::{Deserialize, Serialize};

/// A person as written on the dossier.
#[doc(alias = "người nộp hồ sơ")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Full name.
    pub name: String,
    /// Personal number, or the number of another paper.
    pub number: String,
    /// Date of birth as written.
    pub birth: String,
    /// Telephone.
    pub phone: String,
    /// E-mail.
    pub email: String,
    /// Where they live.
    pub address: String,
}

/// How the decision gets to the citizen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum Collection {
    /// At the desk.
    #[default]
    Desk,
    /// By public post.
    #[doc(alias = "bưu chính công ích")]
    Post {
        /// To where.
        address: String,
    },
    /// As an electronic paper.
    Electronic,
}

/// One paper of the published list as handed in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FiledPaper {
    /// The requirement it answers.
    pub requirement: String,
    /// Its name on the day.
    pub name: String,
    /// Files.
    pub documents: Vec<DocumentId>,
    /// Originals handed in.
    pub originals: u8,
    /// Copies handed in.
    pub copies: u8,
    /// True where the State's data replaced it.
    pub from_data: bool,
}

/// Everything filed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filing {
    /// Who stands at the counter or sent it.
    pub submitter: Party,
    /// Whose dossier it is, where that is somebody else.
    #[doc(alias = "chủ hồ sơ")]
    pub applicant: Option<Party>,
    /// The account of the citizen who filed.
    pub account: Option<PersonId>,
    /// The officer who helped: never in the place of the applicant.
    pub assisted_by: Option<PersonId>,
    /// The form.
    pub answers: Answers,
    /// The papers.
    pub papers: Vec<FiledPaper>,
    /// How the decision comes back.
    pub collection: Collection,
    /// True where text messages are wanted.
    pub by_message: bool,
    /// The officer's reason where card and number disagreed.
    pub identity_override: String,
}

impl Filing {
    /// Whose dossier it is.
    pub fn owner(&self) -> &Party {
        self.applicant.as_ref().unwrap_or(&self.submitter)
    }
}

/// A correction of what was written down when a dossier was received: what was, what is, and why.
#[doc(alias = "đính chính")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// What is different now, in the order of the slip.
    pub changes: Vec<Change>,
    /// Why.
    pub reason: String,
    /// Everything filed, as it is now.
    pub filing: Filing,
}

/// One thing that was corrected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What: a key with words (`submitter-name`), or the id of a question of the form behind `answer.`.
    pub what: String,
    /// As it was.
    pub was: String,
    /// As it is.
    pub is: String,
}

/// One thing asked of the citizen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupplementItem {
    /// The requirement of the pinned revision; none for something outside the list, on a named legal basis.
    pub requirement: Option<String>,
    /// The field of the form to put right, `id` or `group.child`; none where a paper is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Its name: of the paper, or the question as printed.
    pub name: String,
    /// What is wrong or missing, in words the citizen reads.
    pub what: String,
}

/// What the citizen supplied.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supplied {
    /// Papers.
    pub papers: Vec<FiledPaper>,
    /// Answers put right.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<PutRight>,
    /// A message with them.
    pub note: String,
}

/// The draft of a decision.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// What is proposed and why; the reasons go to the citizen where it is declined.
    pub text: String,
    /// The draft as a file.
    pub document: Option<DocumentId>,
}

/// One line of a duty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObligationItem {
    /// What for.
    pub name: String,
    /// In đồng.
    pub amount_vnd: i64,
}

/// How it is known that the decision reached its owner.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Who took it.
    pub receiver: String,
    /// The receiver's paper.
    pub receiver_paper: String,
    /// The last four digits of the receiver's personal number or paper; empty where nobody looked at one (post, electronic).
    #[serde(default)]
    pub number_tail: String,
    /// The paper of authorisation, where the receiver is not the owner.
    pub proxy_paper: String,
    /// Signature on the slip, parcel number, electronic receipt …
    pub proof: String,
}
