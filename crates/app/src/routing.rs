//! "Cần phân tuyến": dossiers of split units that no rule of the plan placed. They lie with the default successor, on a list that must
//! empty: whoever may route one finds it there.

use crate::actor::relations_by_unit;
use crate::authorise;
use crate::error::AppError;
use crate::house::{House, Snapshot};
use crate::rows::ListCard;
use domain::dossier::Act;
use domain::ids::{PersonId, UnitId};
use domain::organisation::Placed;
use domain::post::Post;
use domain::time::Instant;
use std::sync::Arc;
use storage::engine::Tx;
use storage::lists;

/// Most dossiers that are listed at once; as they are routed the next ones come.
pub const TO_ROUTE_MAX: u32 = 1_000;
/// After this a dossier waits too long for somebody to say where it belongs, in seconds.
const LONG_SECONDS: i64 = 24 * 60 * 60;

/// One of them.
#[derive(Clone, Debug)]
pub struct ToRoute {
    /// The dossier.
    pub card: ListCard,
    /// With whom it lies meanwhile.
    pub lies_with: UnitId,
    /// Since the instant of the plan that split its unit; none where that plan is forgotten.
    pub since: Option<Instant>,
    /// True where that is longer ago than a day: its head is to look at it.
    pub waits_long: bool,
}

/// Those that somebody of the staff may route, the most urgent first. A control officer sees them all: the list must empty.
///
/// # Errors
/// The house failed.
pub async fn list(house: &Arc<House>, person: PersonId) -> Result<Vec<ToRoute>, AppError> {
    let inside = Arc::clone(house);
    house
        .db
        .read(move |tx| {
            let known = inside.known_to_reader(tx)?;
            list_in(tx, &known, person, inside.clock.now())
        })
        .await
}

/// The same within a picture of the caller's.
pub(crate) fn list_in(tx: &Tx, known: &Snapshot, person: PersonId, now: Instant) -> Result<Vec<ToRoute>, AppError> {
    let cards = lists::to_route(tx, TO_ROUTE_MAX)?;
    let today = now.day();
    let controls = known.mandates.of(person, today).any(|it| it.post == Post::ControlOfficer);
    let may =
        |card: &ListCard| controls || authorise::allows(Act::Route, &relations_by_unit(person, card, known, today));
    let listed = cards.into_iter().filter(may).map(|card| {
        let since = split_at(known, &card);
        ToRoute {
            lies_with: known.organisation.responsible_now(&card),
            waits_long: since.is_some_and(|it| it.plus_seconds(LONG_SECONDS) < now),
            since,
            card,
        }
    });
    Ok(listed.collect())
}

/// When the last plan that moved it came into force.
fn split_at(known: &Snapshot, card: &ListCard) -> Option<Instant> {
    let told = card.places().reform;
    let in_force = known.in_force.iter().rev().find(|it| told.is_none_or(|told| told != it.plan.id));
    let of_card = known.settled.iter().chain(&known.in_force).find(|it| Some(it.plan.id) == told);
    of_card.or(in_force).map(|it| it.flipped_at.unwrap_or(it.plan.effective_at))
}
