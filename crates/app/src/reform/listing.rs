//! What became of every plan.

use crate::error::AppError;
use crate::house::House;
use domain::ids::ReformId;
use domain::organisation::reform::Reorganisation;
use domain::time::Instant;
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use storage::engine::Tx;
use storage::reforms::{self, Reform, State, Unreadable};
use storage::transfers::{self, Counts};
use storage::{certificates, people};

/// One plan with what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Which.
    pub id: ReformId,
    /// The key of its file.
    pub key: String,
    /// What it is called.
    pub title: String,
    /// The resolution.
    pub instrument: String,
    /// When that was signed.
    pub signed_on: Date,
    /// The instant from which all is new.
    pub effective_at: Instant,
    /// What became of it.
    pub state: State,
    /// When the last history told of it.
    pub settled_at: Option<Instant>,
    /// How far it is.
    pub counts: Counts,
    /// The plan it takes back.
    pub undoes: Option<ReformId>,
    /// The plan that took it back.
    pub undone_by: Option<ReformId>,
    /// True where its certificate is signed.
    pub has_certificate: bool,
    /// True where it was carried out before certificates were drawn up.
    pub is_of_an_earlier_program: bool,
    /// Why its row cannot be read, where that is so: then little more than its key is known.
    pub unreadable: Option<String>,
}

impl Listed {
    /// The word for what became of it: `staging`, `staged`, `flipped`, `settled`, `undone` or `given_up`; `unreadable` where its row
    /// cannot be read.
    pub const fn state_word(&self) -> &'static str {
        match self.state {
            State::Staging | State::Staged | State::InForce | State::Settled if self.unreadable.is_some() => {
                "unreadable"
            }
            State::InForce => "flipped",
            other => other.key(),
        }
    }
}

/// Every plan there is or was, in the order of their instants. A way back that was begun and not taken is none.
///
/// # Errors
/// The house failed.
pub fn list(house: &House) -> Result<Vec<Listed>, AppError> {
    house.db.read_now(|tx| {
        let ((all, unreadable), certified) = (reforms::all_and_unreadable(tx)?, certificates::all(tx)?);
        let is_taken = |it: &&Reform| it.undoes.is_none() || !matches!(it.state, State::Staging | State::Staged);
        let listed = |it: &Reform| {
            let id = it.plan.id;
            Ok(Listed {
                id,
                key: it.plan.key.clone(),
                title: it.plan.title.clone(),
                instrument: it.plan.instrument.clone(),
                signed_on: it.plan.signed_on,
                effective_at: it.plan.effective_at,
                state: it.state,
                settled_at: it.settled_at,
                counts: transfers::counts(tx, id)?,
                undoes: it.undoes,
                undone_by: all
                    .iter()
                    .find(|other| other.undoes == Some(id) && is_taken(other))
                    .map(|other| other.plan.id),
                has_certificate: certified.contains(&id),
                is_of_an_earlier_program: it.made.is_none(),
                unreadable: None,
            })
        };
        let mut found = all.iter().filter(is_taken).map(listed).collect::<Result<Vec<_>, AppError>>()?;
        for it in unreadable.into_iter().filter(|it| it.undoes.is_none()) {
            let counts = transfers::counts(tx, it.id)?;
            found.push(hardly_known(it, counts, &certified));
        }
        found.sort_by_key(|it| it.effective_at);
        Ok(found)
    })
}

/// What is still known of a plan whose row cannot be read.
fn hardly_known(it: Unreadable, counts: Counts, certified: &[ReformId]) -> Listed {
    Listed {
        id: it.id,
        title: it.key.clone(),
        key: it.key,
        instrument: it.instrument,
        signed_on: it.effective_at.day(),
        effective_at: it.effective_at,
        state: it.state.unwrap_or(State::GivenUp),
        settled_at: None,
        counts,
        undoes: it.undoes,
        undone_by: None,
        has_certificate: certified.contains(&it.id),
        is_of_an_earlier_program: false,
        unreadable: Some(it.why),
    }
}

/// What became of a plan, asked of its row alone; none where there is no such plan.
///
/// # Errors
/// The house failed.
pub fn standing(house: &House, id: ReformId) -> Result<Option<State>, AppError> {
    house.db.read_now(|tx| Ok::<_, AppError>(reforms::standing(tx, id)?.map(|(state, _)| state)))
}

/// How far a plan is.
///
/// # Errors
/// The house failed.
pub fn counts(house: &House, id: ReformId) -> Result<Counts, AppError> {
    house.db.read_now(|tx| Ok::<_, AppError>(transfers::counts(tx, id)?))
}

/// Who took a plan back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TakenBackBy {
    /// Somebody of the office, by name.
    Person(String),
    /// Somebody of the office of whom nothing is kept any more.
    Unknown,
    /// The operator with the command line.
    Operator,
}

/// How a plan was taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenBack {
    /// When.
    pub at: Instant,
    /// By whom.
    pub by: TakenBackBy,
}

/// When a plan was taken back, and by whom; none where it was not.
///
/// # Errors
/// The house failed.
pub fn taken_back(house: &House, id: ReformId) -> Result<Option<TakenBack>, AppError> {
    house.db.read_now(|tx| {
        let Some((at, by)) = reforms::taken_back(tx, id)? else { return Ok(None) };
        let by = match by {
            Some(person) => people::find(tx, person)?.map_or(TakenBackBy::Unknown, |it| TakenBackBy::Person(it.name)),
            None => TakenBackBy::Operator,
        };
        Ok(Some(TakenBack { at, by }))
    })
}

/// The plan of this very text, if it was begun and neither given up nor taken back.
///
/// # Errors
/// The house failed.
pub fn begun(house: &House, text: &str) -> Result<Option<Listed>, AppError> {
    let sha256 = storage::chain::hex(&Sha256::digest(text.as_bytes()));
    let find = |tx: &Tx| Ok::<_, AppError>(reforms::all(tx)?.into_iter().rfind(|it| it.plan.text_sha256 == sha256));
    let found = house.db.read_now(find)?.filter(|it| !matches!(it.state, State::Undone | State::GivenUp));
    match found {
        Some(reform) => Ok(list(house)?.into_iter().find(|it| it.id == reform.plan.id)),
        None => Ok(None),
    }
}

/// A plan that everybody could read of, and that is nobody's plan any more.
#[derive(Clone, Debug)]
pub struct Withdrawn {
    /// The plan.
    pub plan: Reorganisation,
    /// True where it was in force and was taken back, false where it was given up before its instant.
    pub was_in_force: bool,
}

/// Plans that were given up or taken back, in the order of their instants.
///
/// # Errors
/// The house failed.
pub fn withdrawn(house: &House) -> Result<Vec<Withdrawn>, AppError> {
    let all = house.db.read_now(|tx| Ok::<_, AppError>(reforms::all(tx)?))?;
    let was = |it: Reform| match it.state {
        State::Undone => Some(Withdrawn { plan: it.plan, was_in_force: true }),
        State::GivenUp => Some(Withdrawn { plan: it.plan, was_in_force: false }),
        State::Staging | State::Staged | State::InForce | State::Settled => None,
    };
    Ok(all.into_iter().filter(|it| it.undoes.is_none()).filter_map(was).collect())
}
