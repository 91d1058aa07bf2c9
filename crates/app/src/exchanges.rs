//! Messages between a citizen and the office about a dossier: the citizen asks, who has the dossier in hand answers, by a day.
//!
//! A message is no event of the dossier: it asks for nothing the law gives a form for, moves no clock, and its words go when the
//! dossier's personal data is erased. Until it is answered it has an owner, who owns the dossier (the desk, once it ended), and a
//! moment to be answered by.

use crate::actor::{Actor, Relation, relations, relations_by_unit};
use crate::authorise;
use crate::error::{AppError, FieldProblem};
use crate::house::{House, Snapshot};
use crate::notices::{self, Notice};
use domain::calendar::Term;
use domain::dossier::{Dossier, Owner};
use domain::ids::{DossierId, ExchangeId, MessageId, PersonId, UnitId};
use domain::notice::NoticeKind;
use domain::organisation::Placed;
use domain::post::Post;
use domain::time::Instant;
use domain::typed;
use std::sync::Arc;
use storage::dossiers as stored;
use storage::engine::Tx;
pub use storage::exchanges::Exchange;
use storage::exchanges::OpenPlace;
use storage::lists::{self, ListCard};
use storage::{exchanges, locks, people};

/// Longest message, in characters.
pub const TEXT_CHARS_MAX: usize = 2_000;
/// Most messages of a citizen about one dossier that nobody answered.
const OPEN_MAX: usize = 5;
/// Most messages about one dossier.
const MESSAGES_MAX: usize = 300;
/// Most unanswered messages in one person's list.
const LISTED_MAX: usize = 1_000;

/// A message with who wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The message.
    pub message: Exchange,
    /// Name of who wrote it.
    pub name: String,
    /// Their post in the unit they wrote for, at that moment; none for a citizen.
    pub post: Option<Post>,
}

/// All messages about a dossier, the oldest first. Who may read the dossier was asked before.
///
/// # Errors
/// The house failed.
pub async fn of_dossier(house: &Arc<House>, id: DossierId) -> Result<Vec<Written>, AppError> {
    let known = house.now_known();
    house
        .db
        .read(move |tx| {
            exchanges::of_dossier(tx, id)?
                .into_iter()
                .map(|message| {
                    let name = match known.staff_name(message.person) {
                        "" => people::find(tx, message.person)?.map_or_else(String::new, |it| it.name),
                        name => name.to_owned(),
                    };
                    let held = message.unit.and_then(|unit| {
                        known.mandates.of(message.person, message.at.day()).find(|it| it.unit == unit)
                    });
                    Ok::<_, AppError>(Written { name, post: held.map(|it| it.post), message })
                })
                .collect()
        })
        .await
}

/// The words of a message, or what is wrong with them.
fn checked(text: &str) -> Result<String, AppError> {
    let text = typed::kept_lines(text);
    let count = text.chars().count();
    if count == 0 {
        return Err(AppError::invalid("text", "gap-missing"));
    }
    if count > TEXT_CHARS_MAX {
        return Err(AppError::Invalid(vec![FieldProblem::new("text", "gap-too-long").with("max", TEXT_CHARS_MAX)]));
    }
    Ok(text)
}

/// Who answers for a dossier's messages: its owner while it is open, the desk afterwards.
fn owner(dossier: &Dossier, known: &Snapshot) -> Owner {
    if dossier.status.is_open() {
        known.organisation.owner_now(dossier)
    } else {
        Owner { unit: known.organisation.desk_now(dossier), post: Post::Reception, person: None }
    }
}

/// True where the last message says the same and is that person's: a second press of the button.
fn is_again(before: &[Exchange], person: PersonId, text: &str) -> bool {
    before.last().is_some_and(|it| it.person == person && it.body == text)
}

/// A citizen writes about a dossier of their own.
///
/// # Errors
/// Nothing or too much written, too much unanswered, not theirs, or the house failed.
pub async fn ask(house: &Arc<House>, person: PersonId, id: DossierId, text: &str) -> Result<(), AppError> {
    let text = checked(text)?;
    let now = house.clock.now();
    let message = ExchangeId::from_uuid(house.ids.uuid(now));
    let inside = Arc::clone(house);
    house
        .db
        .write(move |tx| {
            locks::dossier(tx, id)?;
            let known = inside.known_in(tx)?;
            let (dossier, _) = stored::find(tx, id)?.ok_or(AppError::NotFound)?;
            if dossier.filing.get().and_then(|it| it.account) != Some(person) {
                return Err(AppError::NotFound);
            }
            let before = exchanges::of_dossier(tx, id)?;
            if is_again(&before, person, &text) {
                return Ok(());
            }
            let open = before.iter().filter(|it| it.is_open()).count();
            if open >= OPEN_MAX || before.len() >= MESSAGES_MAX {
                return Err(AppError::Invalid(vec![FieldProblem::new("text", "gap-messages").with("max", OPEN_MAX)]));
            }
            let regime = inside.regime_named(&dossier.regime)?;
            let clock = inside.working_clock(&known, owner(&dossier, &known).unit, regime);
            let due = clock.due(now.local(), Term::WorkingDays(inside.rules.answer_working_days))?;
            let it = Exchange {
                id: message,
                dossier: id,
                at: now,
                person,
                unit: None,
                body: text.clone(),
                answer_by: Some(Instant::from_local(due.at)),
                answered_at: None,
            };
            Ok(exchanges::add(tx, &it)?)
        })
        .await
}

/// Somebody of the office writes: everything asked so far is answered, and the citizen is told that an answer is there.
///
/// # Errors
/// Nothing or too much written, not for this person to answer, or the house failed.
pub async fn answer(house: &Arc<House>, person: PersonId, id: DossierId, text: &str) -> Result<(), AppError> {
    let text = checked(text)?;
    let now = house.clock.now();
    let message = ExchangeId::from_uuid(house.ids.uuid(now));
    let ids: [MessageId; 2] = std::array::from_fn(|_| MessageId::from_uuid(house.ids.uuid(now)));
    let inside = Arc::clone(house);
    house
        .db
        .write(move |tx| {
            locks::dossier(tx, id)?;
            let known = inside.known_in(tx)?;
            let (dossier, log) = stored::find(tx, id)?.ok_or(AppError::NotFound)?;
            let found = relations(&Actor::Staff(person), &dossier, &log, &known, now);
            if !authorise::answers(&found) {
                return Err(AppError::Forbidden);
            }
            let before = exchanges::of_dossier(tx, id)?;
            if is_again(&before, person, &text) {
                return Ok(());
            }
            if before.len() >= MESSAGES_MAX {
                return Err(AppError::Invalid(vec![
                    FieldProblem::new("text", "gap-messages").with("max", MESSAGES_MAX),
                ]));
            }
            exchanges::answered(tx, id, now)?;
            let it = Exchange {
                id: message,
                dossier: id,
                at: now,
                person,
                unit: Some(speaks_for(&dossier, &known, person, now)),
                body: text.clone(),
                answer_by: None,
                answered_at: None,
            };
            exchanges::add(tx, &it)?;
            let notice = Notice::plain(&known, &dossier, NoticeKind::Answered, now);
            notices::send(tx, &inside, &known, &dossier, &notice, now, &ids).map(|_| ())
        })
        .await
}

/// The unit in whose name somebody answers: the owner's or the desk's where they hold a post there, else their first.
fn speaks_for(dossier: &Dossier, known: &Snapshot, person: PersonId, now: Instant) -> UnitId {
    let own: Vec<UnitId> = known.mandates.of(person, now.day()).map(|it| it.unit).collect();
    let near = [owner(dossier, known).unit, known.organisation.desk_now(dossier)];
    let unit = near.into_iter().find(|it| own.contains(it)).or_else(|| own.first().copied());
    unit.unwrap_or_else(|| known.organisation.responsible_now(dossier))
}

/// A message that waits for an answer.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The message.
    pub message: Exchange,
    /// Its dossier.
    pub card: ListCard,
    /// Who answers for it.
    pub owner: Owner,
}

/// Messages that wait and that this person may answer, the most urgent first, at most [`LISTED_MAX`]: in hand, at their desk, or in the
/// unit they lead.
///
/// # Errors
/// The house failed.
pub async fn waiting(house: &Arc<House>, person: PersonId) -> Result<Vec<Waiting>, AppError> {
    let (known, now) = (house.now_known(), house.clock.now());
    house.db.read(move |tx| waiting_in(tx, &known, person, now)).await
}

/// The same within a picture of the caller's.
fn waiting_in(tx: &Tx, known: &Snapshot, person: PersonId, now: Instant) -> Result<Vec<Waiting>, AppError> {
    let mut found = Vec::new();
    for (place, owner) in answered_by(tx, known, person, now)? {
        let (Some(message), Some(card)) = (exchanges::one(tx, place.id)?, lists::one(tx, place.dossier())?) else {
            continue;
        };
        found.push(Waiting { message, card, owner });
        if found.len() >= LISTED_MAX {
            break;
        }
    }
    Ok(found)
}

/// How many messages wait that this person may answer.
///
/// # Errors
/// The storage failed.
pub(crate) fn waiting_count(tx: &Tx, known: &Snapshot, person: PersonId, now: Instant) -> Result<usize, AppError> {
    Ok(answered_by(tx, known, person, now)?.len())
}

/// The open messages of the house that this person may answer, and who does.
fn answered_by(tx: &Tx, known: &Snapshot, person: PersonId, now: Instant) -> Result<Vec<(OpenPlace, Owner)>, AppError> {
    let whose = |it: OpenPlace| concerned(known, &it, it.is_open, person, now).map(|owner| (it, owner));
    Ok(exchanges::open_places(tx)?.into_iter().filter_map(whose).collect())
}

/// Who answers, where it concerns this person.
fn concerned(known: &Snapshot, card: &impl Placed, is_open: bool, person: PersonId, now: Instant) -> Option<Owner> {
    let today = now.day();
    let owner = if is_open {
        known.organisation.owner_now(card)
    } else {
        Owner { unit: known.organisation.desk_now(card), post: Post::Reception, person: None }
    };
    let mut found = relations_by_unit(person, card, known, today);
    if known.mandates.holds(person, owner.unit, owner.post, today) {
        found.push(if owner.person.is_none_or(|it| it == person) { Relation::Owner } else { Relation::Colleague });
    }
    authorise::answers(&found).then_some(owner)
}
