//! Online applications at a desk: which wait for an answer, how long still, and who looks at which right now.
//!
//! The desk answers within so many working hours of the regime (8: Nghị định 45/2020/NĐ-CP); the clock is the dossier's. Looking at
//! one is a claim for some minutes: it changes neither the dossier nor its owner, and goes by itself.

use crate::error::AppError;
use crate::house::{House, Snapshot};
use crate::work::{self, Queue};
use domain::dossier::{ClockView, DossierCode};
use domain::ids::{PersonId, UnitId};
use domain::post::Post;
use domain::time::Instant;
use std::sync::Arc;
use storage::engine::{StorageError, Tx};
use storage::lists::ListCard;
use storage::{claims, dossiers, lists};

/// Most applications that are listed and sorted at once.
pub const LISTED_MAX: u32 = 1_000;
/// How long an application stays with who took it and does not answer it, in seconds.
const CLAIM_SECONDS: i64 = 20 * 60;

/// An application that waits for the desk's answer.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Its row.
    pub card: Arc<ListCard>,
    /// What is left of the time to answer.
    pub clock: ClockView,
    /// Who looks at it right now.
    pub taken_by: Option<PersonId>,
    /// True where the citizen was asked for something and sent it.
    pub came_back: bool,
}

/// Since when a claim counts.
fn counts_from(now: Instant) -> Instant {
    now.plus_seconds(-CLAIM_SECONDS)
}

fn desks_of(known: &Snapshot, person: PersonId, now: Instant) -> Vec<UnitId> {
    known.mandates.of(person, now.day()).filter(|it| it.post == Post::Reception).map(|it| it.unit).collect()
}

/// Applications of the desks of somebody, the one to be answered first above.
fn waiting_in(
    tx: &Tx,
    house: &House,
    known: &Snapshot,
    person: PersonId,
    now: Instant,
) -> Result<Vec<Arc<ListCard>>, AppError> {
    let mut cards = Vec::new();
    for unit in desks_of(known, person, now) {
        let place = (unit, Post::Reception);
        let queue = Queue::ToReceive.stored();
        let (shelf, day_and_most) = ((known.histories(), &house.shelf), (now.day(), LISTED_MAX));
        cards.extend(lists::queue(tx, shelf, place, queue, &work::Filter::default(), day_and_most)?.0);
    }
    cards.sort_by_key(|it| (it.clock_at, it.id));
    Ok(cards)
}

/// Online applications that wait for the desks of a reception officer, overdue first.
///
/// # Errors
/// The house failed.
pub async fn waiting(house: &Arc<House>, person: PersonId) -> Result<Vec<Waiting>, AppError> {
    let inside = Arc::clone(house);
    house
        .db
        .read(move |tx| {
            let known = inside.known_in(tx)?;
            let now = inside.clock.now();
            let claims = claims::since(tx, counts_from(now))?;
            let cards = waiting_in(tx, &inside, &known, person, now)?;
            let with_clock = |card: Arc<ListCard>| {
                let clock = work::clock_of(&inside, &known, &card, now)?;
                let taken_by = claims.iter().find(|it| it.dossier == card.id).map(|it| it.person);
                // Also a reorganisation and a routing make a dossier one event longer.
                let came_back = card.version > 1 && dossiers::was_supplied(tx, card.id)?;
                Ok(Waiting { card, clock, taken_by, came_back })
            };
            cards.into_iter().map(with_clock).collect()
        })
        .await
}

/// Takes the most urgent application nobody else looks at: one that this person has in hand already comes first. None where none waits.
///
/// # Errors
/// Not at a desk, or the house failed.
pub async fn take_next(house: &Arc<House>, person: PersonId) -> Result<Option<DossierCode>, AppError> {
    let inside = Arc::clone(house);
    let now = house.clock.now();
    house
        .db
        .write(move |tx| {
            let known = inside.known_in(tx)?;
            if desks_of(&known, person, now).is_empty() {
                return Err(AppError::Forbidden);
            }
            let mut cards = waiting_in(tx, &inside, &known, person, now)?;
            let claims = claims::since(tx, counts_from(now))?;
            let is_mine = |card: &ListCard| claims.iter().any(|it| it.dossier == card.id && it.person == person);
            cards.sort_by_key(|card| !is_mine(card));
            for card in cards {
                if claims::claim(tx, card.id, person, now, counts_from(now))? {
                    return Ok(Some(card.code.clone()));
                }
            }
            Ok(None)
        })
        .await
}

/// Gives an application back that one took and will not answer now.
///
/// # Errors
/// There is none of that code, or the house failed.
pub async fn give_back(house: &Arc<House>, person: PersonId, code: &DossierCode) -> Result<(), AppError> {
    let code = code.clone();
    house
        .db
        .write(move |tx| {
            let id = dossiers::find_id(tx, &code)?.ok_or(AppError::NotFound)?;
            Ok(claims::let_go(tx, id, person)?)
        })
        .await
}

/// Forgets claims that count no more.
pub(crate) fn sweep(tx: &mut Tx, now: Instant) -> Result<(), StorageError> {
    claims::sweep(tx, counts_from(now))
}
