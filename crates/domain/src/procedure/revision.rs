//! A procedure as the State published it, at one moment: what a dossier pins.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::answers::{Answers, RawAnswers};
use super::code::{ProcedureCode, ProcedureId, RevisionId};
use super::fee::{FeeEstimate, FeeRule, Quantities, estimate};
use super::form::{ApplicationForm, Condition};
use crate::calendar::{Term, TimeLimit};
use crate::post::Post;

/// One revision of a procedure: who decides, how long it takes, what it costs, which papers, which steps, which form.
///
/// A revision never changes. A dossier pins the one in force when it is received; a new promulgation makes a new one.
///
/// Căn cứ: NĐ 63/2010/NĐ-CP Điều 8 (bộ phận tạo thành TTHC), Điều 13-15 (công bố).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[doc(alias = "phiên bản TTHC")]
pub struct ProcedureRevision {
    /// Key of this revision.
    pub id: RevisionId,
    /// The procedure it belongs to.
    pub procedure: ProcedureId,
    /// Place among the procedure's revisions, from 1.
    pub number: u32,
    /// The State's code, where a source gives one.
    pub code: Option<ProcedureCode>,
    /// The official name.
    pub name: String,
    /// Field of administration; empty where the source names none.
    pub sector: String,
    /// Ways in which an application may come.
    pub channels: Vec<Channel>,
    /// How much of it can be done online.
    pub online_level: OnlineLevel,
    /// Who is competent, by era.
    pub authorities: Vec<Authority>,
    /// The time limit; none where the source has no usable one, and then nothing can be received until an officer enters one.
    pub time_limit: Option<TimeLimit>,
    /// The words of the source on the time limit.
    pub time_limit_stated: String,
    /// Other terms for special cases, by the words of the source.
    pub time_limit_variants: Vec<TermVariant>,
    /// Spans the term does not count.
    pub time_limit_excluded: Vec<ExcludedSpan>,
    /// Fees and charges.
    pub fees: Vec<FeeRule>,
    /// The words of the source on fees.
    pub fee_stated: String,
    /// The papers an application consists of.
    pub requirements: Vec<Requirement>,
    /// What the applicant gets.
    pub outcomes: Vec<OutcomePaper>,
    /// Documents of law, by number.
    pub legal_basis: Vec<String>,
    /// The way through the office: reception first; signature, registry and hand-over last, each once.
    pub steps: Vec<Step>,
    /// Where the steps come from.
    pub steps_source: StepsSource,
    /// Forms to fill in.
    pub forms: Vec<ApplicationForm>,
    /// Procedures of other bodies done along with this one.
    pub linked: Vec<LinkedProcedure>,
    /// How sure we are that this level does it.
    pub level_basis: Basis,
    /// Where it was read.
    pub source: String,
    /// The promulgation decision.
    pub announced_by: String,
    /// Who may apply, in the words of the source.
    pub who_may_apply: Vec<String>,
    /// Whether somebody else may apply on the applicant's behalf.
    pub may_authorize: bool,
    /// What the source says about that.
    pub authorization_note: String,
    /// Hash of the content, without key, number and this hash: equal content makes no new revision.
    pub source_hash: String,
}

impl ProcedureRevision {
    /// The same content as the n-th revision of its procedure.
    #[must_use]
    pub fn numbered(mut self, number: u32) -> Self {
        self.id = self.procedure.revision(number);
        self.number = number;
        self
    }

    /// The step with this number.
    pub fn step(&self, number: u16) -> Option<&Step> {
        self.steps.iter().find(|step| step.number == number)
    }

    /// What a dossier with these answers costs.
    pub fn fee_of(&self, answers: &Answers) -> FeeEstimate {
        estimate(&self.fees, &Quantities::default().asked_in(self.forms.first(), answers))
    }

    /// The paper with this id.
    pub fn requirement(&self, id: &str) -> Option<&Requirement> {
        self.requirements.iter().find(|requirement| requirement.id == id)
    }
}

/// The hash of what a revision says, as 64 hexadecimal digits: SHA-256 over its JSON without key, number and hash.
/// Two imports of the same files give the same one.
pub fn content_hash(revision: &ProcedureRevision) -> String {
    let content =
        ProcedureRevision { id: RevisionId(String::new()), number: 0, source_hash: String::new(), ..revision.clone() };
    // A structure of strings and numbers always has a JSON form; an empty one would only make every import a change.
    let json = serde_json::to_vec(&content).unwrap_or_default();
    Sha256::digest(&json).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A way in which an application comes to the office. The national portal numbers them 1, 2, 3.
///
/// Căn cứ: NĐ 61/2018/NĐ-CP Điều 16 khoản 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[doc(alias = "hình thức nộp hồ sơ")]
pub enum Channel {
    /// At the counter of a one-stop desk.
    #[doc(alias = "trực tiếp")]
    Counter,
    /// On the portal.
    #[doc(alias = "trực tuyến")]
    Online,
    /// By the public postal service.
    #[doc(alias = "bưu chính công ích")]
    Post,
}

impl Channel {
    /// Every channel, in the order of the national codes.
    pub const ALL: [Self; 3] = [Self::Counter, Self::Online, Self::Post];

    /// The code of the national portal.
    pub const fn national_code(self) -> u8 {
        match self {
            Self::Counter => 1,
            Self::Online => 2,
            Self::Post => 3,
        }
    }

    /// The stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Online => "online",
            Self::Post => "post",
        }
    }
}

/// How much of a procedure can be done online.
///
/// Căn cứ: NĐ 42/2022/NĐ-CP Điều 11.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[doc(alias = "mức độ dịch vụ công trực tuyến")]
pub enum OnlineLevel {
    /// All of it, from the first information to the decision.
    #[doc(alias = "toàn trình")]
    Full,
    /// Some of it.
    #[doc(alias = "một phần")]
    Partial,
    /// Only reading about it.
    InformationOnly,
    /// The source does not say.
    Unknown,
}

/// How sure we are of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Read in the source named.
    Verified,
    /// Read in part, believed in part.
    PartlyVerified,
    /// General knowledge.
    Believed,
    /// Computed from a verified figure.
    Derived,
    /// Reconstructed from the field of the procedure.
    Reconstructed,
    /// No source says it.
    NotFound,
}

/// Who is competent in an era, and where one hands the application in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[doc(alias = "cơ quan thực hiện")]
pub struct Authority {
    /// `pre-2025-07` or `post-2025-07`.
    pub era: String,
    /// Level of government, in the words of the catalogue: `ward`, `district`, `both`, `any`.
    pub level: String,
    /// The agency.
    pub agency: String,
    /// Where one hands it in.
    pub receive_at: String,
    /// Whether any other desk takes it too and passes it on.
    pub any_place: bool,
    /// How sure we are.
    pub basis: Basis,
    /// The words of the source on that.
    pub basis_note: String,
}

/// Another term for a special case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[doc(alias = "trường hợp (của TTHC)")]
pub struct TermVariant {
    /// The case, in the words of the source.
    pub when: String,
    /// Its term.
    pub term: Term,
}

/// A span that does not count into the term.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExcludedSpan {
    /// What happens in it.
    pub interval: String,
    /// Who has the dossier then.
    pub owner: String,
}

/// A procedure of another body that is done along with this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[doc(alias = "liên thông")]
pub struct LinkedProcedure {
    /// Its code, where a source gives one.
    pub code: Option<ProcedureCode>,
    /// Its name, where the source gives one.
    pub name: String,
    /// The body that does it.
    pub owner: String,
    /// Its place in the order.
    pub order: u16,
    /// Those with the same letter run side by side.
    pub parallel: Option<String>,
}

/// A paper (or piece of data) an application consists of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[doc(alias = "thành phần hồ sơ")]
pub struct Requirement {
    /// Name within the procedure.
    pub id: String,
    /// The paper, as the State names it.
    pub name: String,
    /// Filled in, handed in or shown.
    pub group: RequirementGroup,
    /// How many originals.
    pub originals: u8,
    /// How many copies.
    pub copies: u8,
    /// Whether it is needed.
    pub need: Need,
    /// In which case, in the words of the source.
    pub when: String,
    /// Registers whose data take its place.
    pub replaced_by: Vec<String>,
    /// Who applies online is not asked for it: it belongs to another way of filing, or only the office knows whether it is needed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not_online: bool,
    /// The answer on the form that makes it necessary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_if: Option<Condition>,
    /// How sure we are.
    pub basis: Basis,
}

impl Requirement {
    /// True where an answer on the form makes it necessary.
    pub fn is_asked_by(&self, raw: &RawAnswers) -> bool {
        self.asked_if.as_ref().is_some_and(|it| it.is_met_by(raw))
    }
}

/// What becomes of a paper at the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequirementGroup {
    /// A form the applicant fills in.
    Template,
    /// Stays with the dossier.
    Submit,
    /// Is shown and given back.
    Present,
    /// Only stated.
    Information,
}

/// Whether a paper is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// Always.
    Always,
    /// In the case its `when` states.
    Conditional,
    /// If the applicant likes.
    Optional,
    /// Never any more: the source is out of date.
    Never,
}

/// What an applicant gets in the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[doc(alias = "kết quả giải quyết")]
pub struct OutcomePaper {
    /// The paper.
    pub name: String,
    /// National code of the paper: `KQ.G15.000031`.
    pub code: Option<String>,
    /// A notice that something is missing or a no.
    pub negative: bool,
    /// For how many days it is good.
    pub valid_days: Option<u32>,
    /// How sure we are.
    pub basis: Basis,
}

/// One step of a dossier's way through the office.
///
/// Căn cứ: NĐ 61/2018/NĐ-CP Điều 4 khoản 5, Điều 17 (quy trình nội bộ, quy trình điện tử).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[doc(alias = "bước xử lý")]
pub struct Step {
    /// Place in the order, from 1. Steps run once, in order.
    pub number: u16,
    /// The post that answers for it, relative to the responsible unit.
    pub post: Post,
    /// What kind of step it is.
    pub kind: StepKind,
    /// The outside body or other office that holds the work while the post answers for it.
    pub partner: Option<String>,
    /// Who does it, in the words of the source.
    pub stated_unit: String,
    /// What is done.
    pub action: String,
    /// Working minutes it should take, where they follow from a figure in working days or hours.
    pub budget_minutes: Option<u32>,
    /// Where the budget comes from.
    pub budget_basis: Option<BudgetBasis>,
    /// Whether the clock runs meanwhile.
    pub clock: StepClock,
    /// What the source says about the clock.
    pub clock_stated: Option<String>,
    /// A limit of the step in other units than working time, in the words of the source.
    pub limit_stated: Option<String>,
    /// Earlier steps it may send the dossier back to.
    pub send_back_to: Vec<u16>,
    /// Steps with the same letter run side by side in law; here they stand one after the other.
    pub parallel: Option<String>,
    /// Only for applications that came this way.
    pub only_channel: Option<Channel>,
    /// Who must be there in person: `both`.
    pub requires_presence: Option<String>,
    /// Added by us, because the published table leaves it out.
    pub added: bool,
}

impl Step {
    /// Days the citizen has to answer before silence counts as consent, where the source says so
    /// (`waiting_applicant_max_1_day`); none where the step waits until somebody answers.
    pub fn consent_days(&self) -> Option<u16> {
        let stated = self.clock_stated.as_deref().filter(|_| self.kind == StepKind::Citizen)?;
        stated.strip_prefix("waiting_applicant_max_")?.split_once("_day")?.0.parse().ok()
    }
}

/// What kind of step it is, and so which acts end it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// The desk receives.
    Receive,
    /// Somebody of the office works on it.
    Work,
    /// Another body or office is asked.
    Consult,
    /// The citizen has something to do.
    Citizen,
    /// The leader signs.
    Sign,
    /// The registry numbers, seals and enters.
    Issue,
    /// The desk hands the decision over.
    HandOver,
}

/// Whether the clock of the dossier runs during a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepClock {
    /// The term runs on.
    Running,
    /// The term waits.
    Paused,
}

/// Where a step's budget comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BudgetBasis {
    /// Published for this step.
    Published,
    /// A share of the whole term, by the standard workflow.
    Share,
}

/// Where a workflow comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepsSource {
    /// The procedure's own published table.
    Published,
    /// The standard workflow of its level, because no table was found.
    StandardOfLevel,
}
