//! Slips given at a counter before there is a dossier: what is missing (guidance, form 02), or why it is not taken (refusal, form 03).
//! Each has a number of its desk and year, is kept as it was given, and is counted.
//!
//! Căn cứ: Thông tư 01/2018/TT-VPCP mẫu 02, 03; Nghị định 61/2018/NĐ-CP Điều 17.

use crate::error::{AppError, FieldProblem};
use crate::house::{House, Snapshot};
use domain::ids::{PersonId, SlipId, UnitId};
use domain::post::Post;
use domain::procedure::ProcedureId;
use domain::time::Instant;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use storage::engine::Tx;
use storage::locks;
use storage::slips;
pub use storage::slips::{Slip, SlipCount};

/// Longest words of a slip, in characters.
pub const WORDS_CHARS_MAX: usize = 2_000;
/// Longest line of a slip, in characters.
const LINE_CHARS_MAX: usize = 300;
/// Most papers one guidance names.
const ITEMS_MAX: usize = 50;
/// Most slips listed at once.
pub const LISTED_MAX: u32 = 500;

/// So long it is kept to whom a slip was given and what stood on it, in days: until nobody can complain or sue about a refusal any more,
/// and some weeks. Its number, kind, procedure and ground stay, for the counts.
///
/// Căn cứ: Luật Khiếu nại 2011 Điều 9 (90 days from the refusal), Luật Tố tụng hành chính 2015 Điều 116 khoản 2 điểm a (one year from it).
/// Who complained sues within a year of the answer (khoản 3, believed): the file of the complaint keeps the slip then.
const KEPT_DAYS: i32 = 400;

/// What a slip is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SlipKind {
    /// What is to be brought or put right.
    #[doc(alias = "phiếu hướng dẫn")]
    Guidance,
    /// Why it is not taken.
    #[doc(alias = "phiếu từ chối tiếp nhận")]
    Refusal,
}

impl SlipKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Guidance, Self::Refusal];

    /// The word it is kept under.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Guidance => "guidance",
            Self::Refusal => "refusal",
        }
    }

    /// The one of that word.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.key() == key)
    }

    /// What its number ends with on paper.
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Guidance => "HDHS",
            Self::Refusal => "TCHS",
        }
    }
}

/// Why a desk may refuse to take something. Căn cứ: Nghị định 61/2018/NĐ-CP Điều 17.
pub const GROUNDS: [&str; 3] = ["khong-tham-quyen", "khong-doi-tuong", "khong-hop-le"];

/// A paper a guidance names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuidedPaper {
    /// The requirement of the published list.
    pub requirement: String,
    /// Its name on the day.
    pub name: String,
    /// Originals to bring.
    pub originals: u8,
    /// Copies to bring.
    pub copies: u8,
}

/// What stands on a slip.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlipBody {
    /// To whom.
    pub name: String,
    /// Personal number, or that of another paper; may be empty.
    #[serde(default)]
    pub number: String,
    /// Telephone; may be empty.
    #[serde(default)]
    pub phone: String,
    /// E-mail; may be empty.
    #[serde(default)]
    pub email: String,
    /// Where they live; may be empty.
    #[serde(default)]
    pub address: String,
    /// What they came for: the procedure as it is called that day, or in words.
    pub matter: String,
    /// Papers to bring.
    #[serde(default)]
    pub papers: Vec<GuidedPaper>,
    /// What is wrong, what to do: in words the citizen reads.
    pub words: String,
    /// The law.
    #[serde(default)]
    pub legal_basis: String,
}

/// A slip to be given.
#[derive(Clone, Debug)]
pub struct SlipOrder {
    /// At which desk.
    pub desk: UnitId,
    /// Which.
    pub kind: SlipKind,
    /// About which procedure, where one was chosen.
    pub procedure: Option<ProcedureId>,
    /// The ground of a refusal.
    pub ground: String,
    /// What stands on it. Papers name requirements of the published list only: their names and counts are taken from there.
    pub body: SlipBody,
}

impl SlipBody {
    /// True where what stood on it is forgotten.
    pub fn is_forgotten(&self) -> bool {
        self.name.is_empty()
    }
}

/// Forgets what stands on slips that are old enough. Gives how many.
pub(crate) fn forget_old(tx: &mut Tx, now: Instant) -> Result<u64, AppError> {
    let body = serde_json::to_string(&SlipBody::default()).map_err(|why| AppError::fault("emptying a slip", why))?;
    let day = now.day().saturating_sub(jiff::Span::new().days(KEPT_DAYS));
    Ok(slips::forget(tx, Instant::from_local(day.at(0, 0, 0, 0)), &body)?)
}

/// A slip as it was given.
#[derive(Clone, Debug)]
pub struct GivenSlip {
    /// Its row.
    pub slip: Slip,
    /// Which.
    pub kind: SlipKind,
    /// What stands on it.
    pub body: SlipBody,
}

impl GivenSlip {
    fn of(slip: Slip) -> Result<Self, AppError> {
        let kind = SlipKind::of_key(&slip.kind).ok_or_else(|| AppError::fault("reading a slip", slip.kind.clone()))?;
        let body = serde_json::from_str(&slip.body).map_err(|why| AppError::fault("reading a slip", why))?;
        Ok(Self { slip, kind, body })
    }

    /// Its number as printed: `12/HDHS`.
    pub fn number(&self) -> String {
        format!("{}/{}", self.slip.number, self.kind.mark())
    }
}

/// Gives a slip: numbers and keeps it. The same form sent twice gives one; with other words in it, another one.
///
/// # Errors
/// Not at that desk; no name, no ground or no words; a paper outside the published list; or the house failed.
pub async fn give(house: &Arc<House>, person: PersonId, mut order: SlipOrder, once: &str) -> Result<SlipId, AppError> {
    let known = house.now_known();
    let now = house.clock.now();
    if !known.mandates.holds(person, order.desk, Post::Reception, now.day()) {
        return Err(AppError::Forbidden);
    }
    let once: String = once.chars().take(80).collect();
    if once.is_empty() {
        return Err(AppError::invalid("key", "gap-missing"));
    }
    complete(&known, &mut order)?;
    let problems = problems(&order);
    if !problems.is_empty() {
        return Err(AppError::Invalid(problems));
    }
    let body = serde_json::to_string(&order.body).map_err(|why| AppError::fault("writing a slip down", why))?;
    // Sent again as it was it is the same slip; with other words, after a step back, it is another one.
    let contents = [order.ground.as_bytes(), b"\0", body.as_bytes()].concat();
    let once = format!("{once}-{}", storage::chain::hex(&Sha256::digest(contents)));
    let id = SlipId::from_uuid(house.ids.uuid(now));
    house
        .db
        .write(move |tx| {
            locks::once(tx, person, &once)?;
            if let Some(before) = slips::sent(tx, person, &once)? {
                return Ok(before.id);
            }
            let (kind, year) = (order.kind.key(), now.day().year());
            let slip = Slip {
                id,
                unit: order.desk,
                kind: kind.to_owned(),
                year,
                number: slips::next_number(tx, order.desk, kind, year)?,
                at: now,
                person,
                procedure: order.procedure.as_ref().map(ToString::to_string).unwrap_or_default(),
                ground: order.ground.clone(),
                body: body.clone(),
            };
            slips::add(tx, &slip, &once)?;
            Ok(id)
        })
        .await
}

/// Names of procedure and papers as they are today; what is not on the published list is refused.
fn complete(known: &Snapshot, order: &mut SlipOrder) -> Result<(), AppError> {
    let Some(id) = &order.procedure else {
        return if order.body.papers.is_empty() { Ok(()) } else { Err(AppError::invalid("papers", "gap-slip-paper")) };
    };
    let revision = known.catalogue.current(id).ok_or(AppError::NotFound)?;
    order.body.matter.clone_from(&revision.name);
    for paper in &mut order.body.papers {
        let listed =
            revision.requirement(&paper.requirement).ok_or_else(|| AppError::invalid("papers", "gap-slip-paper"))?;
        paper.name.clone_from(&listed.name);
        (paper.originals, paper.copies) = (listed.originals, listed.copies);
    }
    Ok(())
}

fn problems(order: &SlipOrder) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    let body = &order.body;
    let words = body.words.trim();
    if body.name.trim().is_empty() {
        problems.push(FieldProblem::new("name", "gap-slip-name"));
    }
    if order.kind == SlipKind::Refusal && !GROUNDS.contains(&order.ground.as_str()) {
        problems.push(FieldProblem::new("ground", "gap-slip-ground"));
    }
    if words.is_empty() && (order.kind == SlipKind::Refusal || body.papers.is_empty()) {
        problems.push(FieldProblem::new("words", "gap-slip-words"));
    }
    if words.chars().count() > WORDS_CHARS_MAX {
        problems.push(FieldProblem::new("words", "gap-too-long").with("max", WORDS_CHARS_MAX));
    }
    for (field, text) in [("legal", &body.legal_basis), ("matter", &body.matter)] {
        if text.chars().count() > LINE_CHARS_MAX {
            problems.push(FieldProblem::new(field, "gap-too-long").with("max", LINE_CHARS_MAX));
        }
    }
    if body.papers.len() > ITEMS_MAX {
        problems.push(FieldProblem::new("papers", "gap-slip-paper"));
    }
    problems
}

/// The desks somebody reads slips of: their own, and those whose duties these have.
fn desks(known: &Snapshot, person: PersonId, today: Date) -> Vec<UnitId> {
    let own = known.mandates.of(person, today).filter(|it| it.post == Post::Reception).map(|it| it.unit);
    let mut found: Vec<UnitId> = own.collect();
    let before: Vec<UnitId> =
        found.iter().flat_map(|unit| known.organisation.predecessors_of(*unit, today)).map(|it| it.unit).collect();
    found.extend(before);
    found.sort_unstable();
    found.dedup();
    found
}

/// One slip, to be printed again.
///
/// # Errors
/// There is none that this person may see, or the house failed.
pub async fn open(house: &Arc<House>, person: PersonId, id: SlipId) -> Result<GivenSlip, AppError> {
    let known = house.now_known();
    let own = desks(&known, person, house.clock.now().day());
    let found = house.db.read(move |tx| Ok::<_, AppError>(slips::find(tx, id)?)).await?;
    let slip = found.filter(|it| own.contains(&it.unit)).ok_or(AppError::NotFound)?;
    GivenSlip::of(slip)
}

/// What a desk gave in a period.
#[derive(Clone, Debug, Default)]
pub struct SlipList {
    /// The latest first, at most [`LISTED_MAX`].
    pub slips: Vec<GivenSlip>,
    /// Counts by kind, procedure and ground: of all of them.
    pub counts: Vec<SlipCount>,
}

/// Slips of the desks of somebody from one day to another, both included.
///
/// # Errors
/// The house failed.
pub async fn listed(house: &Arc<House>, person: PersonId, (from, to): (Date, Date)) -> Result<SlipList, AppError> {
    let known = house.now_known();
    let own = desks(&known, person, house.clock.now().day());
    let begins = Instant::from_local(from.at(0, 0, 0, 0));
    let ends = Instant::from_local(to.tomorrow().unwrap_or(to).at(0, 0, 0, 0));
    house
        .db
        .read(move |tx: &Tx| {
            let mut found = Vec::new();
            for unit in &own {
                found.extend(slips::of_unit(tx, *unit, (begins, ends), LISTED_MAX)?);
            }
            found.sort_by_key(|it| (std::cmp::Reverse(it.at), it.id));
            found.truncate(LISTED_MAX as usize);
            let mut counts = slips::counts(tx, (begins, ends))?;
            counts.retain(|it| own.contains(&it.unit));
            let slips = found.into_iter().map(GivenSlip::of).collect::<Result<Vec<_>, AppError>>()?;
            Ok::<_, AppError>(SlipList { slips, counts })
        })
        .await
}

/// Counts of a period at every desk within an authority: for the report. Nobody's name is in them.
///
/// # Errors
/// The house failed.
pub async fn counted(house: &Arc<House>, root: UnitId, (from, to): (Date, Date)) -> Result<Vec<SlipCount>, AppError> {
    let known = house.now_known();
    let begins = Instant::from_local(from.at(0, 0, 0, 0));
    let ends = Instant::from_local(to.tomorrow().unwrap_or(to).at(0, 0, 0, 0));
    let mut counts = house.db.read(move |tx| Ok::<_, AppError>(slips::counts(tx, (begins, ends))?)).await?;
    let within = |unit: UnitId| {
        let heir = known.organisation.heir_of(unit);
        known.organisation.is_within(heir, root, to) || known.organisation.is_within(unit, root, from)
    };
    counts.retain(|it| within(it.unit));
    Ok(counts)
}
