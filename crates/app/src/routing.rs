//! "Cần phân tuyến": dossiers of split units that no rule of the plan placed. They lie with the default successor, on a list that must
//! empty: whoever may route one finds it there, and whoever finds it there may route it.

use crate::actor::relations_by_unit;
use crate::authorise;
use crate::error::AppError;
use crate::house::{House, Snapshot};
use crate::rows::ListCard;
use domain::dossier::Act;
use domain::ids::{PersonId, UnitId};
use domain::organisation::Placed;
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

/// Those that somebody of the staff may route, the most urgent first: of every unit for a control officer, for the list must empty.
///
/// # Errors
/// The house failed.
pub async fn list(house: &Arc<House>, person: PersonId) -> Result<Vec<ToRoute>, AppError> {
    let inside = Arc::clone(house);
    house
        .db
        .read(move |tx| {
            let known = inside.known_in(tx)?;
            list_in(tx, &known, person, inside.clock.now())
        })
        .await
}

/// The same within a picture of the caller's.
pub(crate) fn list_in(tx: &Tx, known: &Snapshot, person: PersonId, now: Instant) -> Result<Vec<ToRoute>, AppError> {
    list_up_to(tx, known, person, now, TO_ROUTE_MAX)
}

fn list_up_to(tx: &Tx, known: &Snapshot, person: PersonId, now: Instant, most: u32) -> Result<Vec<ToRoute>, AppError> {
    let today = now.day();
    let may = |card: &ListCard| authorise::allows(Act::Route, &relations_by_unit(person, card, known, today));
    // What somebody may route is found wherever it stands: the rows of others take no place of theirs.
    let (mut cards, mut looked_at) = (Vec::new(), 0);
    loop {
        let piece = lists::to_route(tx, known.histories(), most, looked_at)?;
        let is_last = piece.len() < most as usize;
        looked_at += most;
        cards.extend(piece.into_iter().filter(may));
        if is_last || cards.len() >= most as usize {
            break;
        }
    }
    cards.truncate(most as usize);
    let listed = cards.into_iter().map(|card| {
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

/// When the last plan that moved it came into force; of one sent after that, when it was sent.
fn split_at(known: &Snapshot, card: &ListCard) -> Option<Instant> {
    let told = card.places().reform;
    let in_force = known.in_force.iter().rev().find(|it| told.is_none_or(|told| told != it.plan.id));
    let of_card = known.settled.iter().chain(&known.in_force).find(|it| Some(it.plan.id) == told);
    let flipped = of_card.or(in_force).map(|it| it.flipped_at.unwrap_or(it.plan.effective_at).max(card.filed_at));
    flipped.or_else(|| told.is_none().then_some(card.filed_at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filing::Plan;
    use crate::reform;
    use crate::testing::{TestHouse, run, staff_id};

    const SPLITS: &str = r#"
schema = "motcua.reform/1"
id = "chia"
title = "Chia phường Một và phường Hai"
instrument = "Nghị quyết"
number = "12/NQ-HĐND"
signed_on = "2025-03-20"
effective_at = "2025-04-02T00:00"
ends = ["phuong", "phuong-hai"]
[provenance]
invented = ["everything"]
[[unit]]
key = "mot-dong"
name = "Phường Một Đông"
level = "ward"
standing = "authority"
parent = "quan"
[[unit]]
key = "mot-tay"
name = "Phường Một Tây"
level = "ward"
standing = "authority"
parent = "quan"
[[unit]]
key = "hai-dong"
name = "Phường Hai Đông"
level = "ward"
standing = "authority"
parent = "quan"
[[unit]]
key = "hai-tay"
name = "Phường Hai Tây"
level = "ward"
standing = "authority"
parent = "quan"
[[edge]]
from = ["phuong"]
to = "mot-dong"
extent = "default"
[[edge]]
from = ["phuong"]
to = "mot-tay"
extent = "part"
[[edge]]
from = ["phuong-hai"]
to = "hai-dong"
extent = "default"
[[edge]]
from = ["phuong-hai"]
to = "hai-tay"
extent = "part"
[[territory]]
from = ["phuong"]
to = "mot-tay"
streets = ["Mẫu Tây"]
[[territory]]
from = ["phuong-hai"]
to = "hai-tay"
streets = ["Mẫu Nam"]
[[staff]]
from = ["phuong"]
to = "mot-dong"
[[staff]]
from = ["phuong-hai"]
to = "hai-dong"
"#;

    #[test]
    fn what_is_ones_own_is_listed_however_much_of_others_stands_before_it() {
        run(async {
            let test = TestHouse::with_catalogue();
            for _ in 0..3 {
                test.file_online(|Plan { receiving_unit, .. }| *receiving_unit = test.unit("phuong-hai")).await;
            }
            test.later(3_600);
            let own = test.file_online(|_| {}).await;
            let plan = reform::check(&test.house, "chia.toml", SPLITS).unwrap();
            reform::plan(&test.house, &plan, None).await.unwrap();
            test.house.clock.turn_to(plan.effective_at);
            reform::flip_due(&test.house).await.unwrap();
            let known = test.house.now_known();
            let listed = |login: &str, most: u32| {
                let read = |tx: &Tx| list_up_to(tx, &known, staff_id(login), test.now(), most);
                test.house.db.read_now(read).unwrap().iter().map(|it| it.card.code.clone()).collect::<Vec<_>>()
            };
            assert_eq!(listed("kiem.soat", 10).len(), 4);
            assert_eq!(listed("tiep.nhan", 1), std::slice::from_ref(&own.code));
            assert_eq!(listed("tiep.nhan", 10), [own.code]);
        });
    }
}
