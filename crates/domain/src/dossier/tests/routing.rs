//! A dossier of a split unit that no rule placed: it lies with the default successor until somebody says where it belongs.
//! Căn cứ: NQ 190/2025/QH15 Điều 5 khoản 2; handbook §11.2, R4.

use jiff::civil::date;
use uuid::Uuid;

use super::world::*;
use crate::dossier::*;
use crate::ids::{PersonId, ReformId, UnitId};
use crate::organisation::{Extent, Mandate, Placed, Placement, Standing, Succession, UnitEvent};
use crate::post::Post;

/// Who takes what no rule sends elsewhere.
const WEST: UnitId = UnitId::from_uuid(Uuid::from_u128(40));
/// The other successor.
const EAST: UnitId = UnitId::from_uuid(Uuid::from_u128(41));
/// Who follows on the west later, all of it.
const FAR_WEST: UnitId = UnitId::from_uuid(Uuid::from_u128(42));
const WESTS_SPECIALIST: PersonId = PersonId::from_uuid(Uuid::from_u128(43));
const EASTS_SPECIALIST: PersonId = PersonId::from_uuid(Uuid::from_u128(44));
const EASTS_LEADER: PersonId = PersonId::from_uuid(Uuid::from_u128(45));
const FLIP: &str = "2025-03-04T18:00";

fn route(to: UnitId) -> Command {
    Command::Route { to, reason: "Nhà ở tổ 3, thuộc phía đông.".into() }
}

fn all_in(unit: UnitId) -> Placement {
    Placement {
        competent: unit,
        owner: Owner { unit, post: Post::Specialist, person: Some(WESTS_SPECIALIST) },
        desk: unit,
        collect: unit,
    }
}

fn moved(reform: u128, to: Placement, needs_routing: bool) -> Command {
    Command::Transfer(Box::new(Transfer {
        reform: ReformId::from_uuid(Uuid::from_u128(reform)),
        instrument: "Nghị quyết 7/NQ-THU".into(),
        dossier: ID,
        to,
        needs_routing,
        fell_to_head: false,
    }))
}

/// The district and its division end; two wards take the ground, and the dossier lies in the west without a rule.
fn unrouted(mut life: Life) -> Life {
    let on = date(2025, 3, 4);
    for (unit, name) in [(WEST, "Phường Tây"), (EAST, "Phường Đông")] {
        let attributes = attributes(name, "ward", Standing::Authority, None);
        life.world.organisation.apply(unit, &UnitEvent::Established { on, attributes }).unwrap();
    }
    for unit in [DIVISION, DISTRICT] {
        let successors = vec![
            Succession { unit: WEST, extent: Extent::DefaultPart },
            Succession { unit: EAST, extent: Extent::Part },
        ];
        let ended = UnitEvent::Ended { on, successors, instrument: "Nghị quyết 7/NQ-THU".into() };
        life.world.organisation.apply(unit, &ended).unwrap();
    }
    for (person, unit, post) in [
        (WESTS_SPECIALIST, WEST, Post::Specialist),
        (EASTS_SPECIALIST, EAST, Post::Specialist),
        (EASTS_LEADER, EAST, Post::Leader),
    ] {
        life.world.mandates.push(Mandate { person, unit, post, from: on, until: None });
    }
    given(life).at(FLIP).then_did(None, moved(77, all_in(WEST), true)).at("2025-03-05T09:00")
}

#[test]
fn it_goes_where_it_belongs_and_keeps_what_was_promised() {
    let before = unrouted(in_progress());
    let old = before.state().clone();
    assert!(old.needs_routing);
    assert_eq!(old.routes(&before.world.organisation, date(2025, 3, 5)), [WEST, EAST]);
    let life = before.then_did(LEADER, route(EAST));
    let new = life.state();
    assert!(!new.needs_routing && !new.fell_to_head && new.is_sound());
    let places = new.places();
    assert_eq!((places.competent, places.desk, places.collect), (EAST, EAST, EAST));
    assert_eq!(places.owner, Owner { unit: EAST, post: Post::Specialist, person: Some(EASTS_SPECIALIST) });
    let kept =
        |it: &Dossier| (it.code.clone(), it.due, it.received_at, it.step, it.status, it.receiving_unit, it.reform);
    assert_eq!(kept(new), kept(&old));
    let Event::Routed { from_unit, competent_unit, .. } = life.log.last().unwrap().event else { panic!() };
    assert_eq!((from_unit, competent_unit), (WEST, EAST));
    life.when(LEADER, route(WEST)).refused(&DossierRefusal::NotToBeRouted);
}

#[test]
fn it_stays_where_it_lay_right() {
    let life = unrouted(in_progress()).then_did(LEADER, route(WEST));
    assert_eq!((life.state().needs_routing, Placement::from(life.state().places())), (false, all_in(WEST)));
}

#[test]
fn where_nobody_holds_its_post_it_goes_to_the_head() {
    let mut life = unrouted(in_progress());
    life.world.leaves(EASTS_SPECIALIST, "2025-03-05");
    let life = life.then_did(LEADER, route(EAST));
    let owner = Owner { unit: EAST, post: Post::Leader, person: Some(EASTS_LEADER) };
    assert_eq!((life.state().owner, life.state().fell_to_head), (owner, true));
}

#[test]
fn only_to_a_successor_with_a_reason_and_only_while_it_is_in_doubt() {
    let life = unrouted(in_progress());
    given(life.clone()).when(LEADER, route(OTHER_WARD)).refused(&DossierRefusal::NotASuccessor);
    given(life.clone()).when(LEADER, route(DIVISION)).refused(&DossierRefusal::NotASuccessor);
    let silent = Command::Route { to: EAST, reason: " ".into() };
    given(life).when(LEADER, silent).refused(&DossierRefusal::ReasonMissing);
    given(in_progress()).when(LEADER, route(EAST)).refused(&DossierRefusal::NotToBeRouted);
    given(withdrawn()).when(LEADER, route(EAST)).not_in_this_status();
}

#[test]
fn whoever_has_the_ball_keeps_it() {
    let life = unrouted(asked_for_papers()).then_did(LEADER, route(EAST));
    assert_eq!(life.state().holder(), &Holder::Citizen);
    assert_eq!(life.state().places().competent, EAST);
}

#[test]
fn a_later_reorganisation_of_the_default_successor_does_not_settle_the_doubt() {
    let mut life = unrouted(in_progress());
    let on = date(2025, 3, 6);
    let attributes = attributes("Phường Tây Mới", "ward", Standing::Authority, None);
    life.world.organisation.apply(FAR_WEST, &UnitEvent::Established { on, attributes }).unwrap();
    let successors = vec![Succession { unit: FAR_WEST, extent: Extent::Whole }];
    let ended = UnitEvent::Ended { on, successors, instrument: "Nghị quyết 8/NQ-THU".into() };
    life.world.organisation.apply(WEST, &ended).unwrap();
    let life = life.at("2025-03-06T08:00").then_did(None, moved(78, all_in(FAR_WEST), false));
    assert!(life.state().needs_routing, "nobody has said yet that it does not belong in the east");
    assert_eq!(life.state().routes(&life.world.organisation, on), [EAST, FAR_WEST]);
    let life = life.then_did(LEADER, route(EAST));
    assert_eq!((life.state().needs_routing, life.state().places().competent), (false, EAST));
}

#[test]
fn a_split_that_is_taken_back_leaves_nothing_to_route() {
    let home = Placement { competent: DIVISION, desk: DISTRICT, collect: DISTRICT, ..all_in(DIVISION) };
    let life = unrouted(in_progress()).then_did(None, moved(79, home, false));
    assert_eq!((life.state().needs_routing, life.state().places().competent), (false, DIVISION));
}
