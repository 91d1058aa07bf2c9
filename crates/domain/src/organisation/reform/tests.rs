//! Plans and what follows from them: Lê Chân's two reforms, every way a plan can be wrong, and what holds whatever the plan is.

mod le_chan;
mod plans;
mod problems;

use super::*;
use crate::ids::{PersonId, ReformId, UnitId};
use crate::organisation::{Mandate, Organisation, UnitEntry, UnitEvent, read_units};
use crate::post::Post;
use crate::procedure::ImportProblem;
use crate::time::Instant;
use jiff::civil::date;
use uuid::Uuid;

const UNITS_OF_2024: &str = include_str!("../../../../../catalogue/units/le-chan-2024-12-01.toml");
const REFORM_A: &str = include_str!("../../../../../catalogue/reforms/le-chan-2025-01-01.toml");
const REFORM_B: &str = include_str!("../../../../../catalogue/reforms/le-chan-2025-07-01.toml");

const A: ReformId = ReformId::from_uuid(Uuid::from_u128(1));
const B: ReformId = ReformId::from_uuid(Uuid::from_u128(2));

/// Ids one after the other, from a number on.
struct Minted(u128);

impl Minted {
    fn unit(&mut self) -> UnitId {
        self.0 += 1;
        UnitId::from_uuid(Uuid::from_u128(self.0))
    }
}

fn founded(entries: &[UnitEntry], ids: &mut Minted) -> Organisation {
    let mut organisation = Organisation::default();
    for entry in entries {
        let on = entry.from.unwrap();
        let parent = entry.parent.as_deref().and_then(|key| key_of(&organisation, key, on));
        let attributes = entry.below(parent);
        organisation.apply(ids.unit(), &UnitEvent::Established { on, attributes }).unwrap();
    }
    organisation
}

fn key_of(organisation: &Organisation, key: &str, on: jiff::civil::Date) -> Option<UnitId> {
    organisation.unit_by_code(crate::organisation::HOUSE_KEYS, key, on)
}

fn le_chan_in_2024() -> (Organisation, Minted) {
    let mut ids = Minted(1_000);
    let organisation = founded(&read_units("units.toml", UNITS_OF_2024).unwrap(), &mut ids);
    (organisation, ids)
}

fn moment(local: &str) -> Instant {
    Instant::from_local(local.parse().unwrap())
}

/// Checks a plan some days before its instant, with nobody of the staff known by login.
fn checked(
    text: &str,
    id: ReformId,
    organisation: &Organisation,
    ids: &mut Minted,
) -> Result<Reorganisation, Vec<ImportProblem>> {
    let around = Surroundings { organisation, plans: &[], person: &|_| None, now: moment("2024-12-02T09:00") };
    Plan::read("plan.toml", text)?.check(id, &around, &mut || ids.unit())
}

fn carried_out(organisation: &Organisation, plan: &Reorganisation) -> Organisation {
    let mut after = organisation.clone();
    for (unit, event) in plan.unit_events() {
        after.apply(unit, &event).unwrap();
    }
    after
}

fn person(number: u128) -> PersonId {
    PersonId::from_uuid(Uuid::from_u128(number))
}

/// Every unit has one of each post it can have, and the wards a second specialist.
fn staffed(organisation: &Organisation) -> Vec<Mandate> {
    let from = date(2024, 12, 1);
    let mut mandates = Vec::new();
    for (place, (unit, it)) in organisation.standing_on(from).enumerate() {
        let posts: &[Post] = match it.standing {
            crate::organisation::Standing::Office => &[Post::Head, Post::Specialist],
            crate::organisation::Standing::Authority => {
                &[Post::Reception, Post::Specialist, Post::Specialist, Post::Head, Post::Leader, Post::Clerk]
            }
        };
        for (nth, post) in posts.iter().enumerate() {
            let person = person(10_000 + 10 * place as u128 + nth as u128);
            mandates.push(Mandate { person, unit, post: *post, from, until: None });
        }
    }
    mandates
}
