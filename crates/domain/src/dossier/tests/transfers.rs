//! A reorganisation moves a dossier: what it keeps, and what goes with it. Căn cứ: NQ 190/2025/QH15 Điều 5 khoản 2 (không nộp
//! lại hồ sơ, không làm lại bước đã làm); handbook §11.2.

use jiff::civil::date;
use uuid::Uuid;

use super::world::*;
use crate::dossier::*;
use crate::ids::{PersonId, UnitId};
use crate::organisation::{Mandate, Organisation, Placed, Placement, Standing, UnitEvent};
use crate::post::Post;
use crate::procedure::StepKind;

const HEIR: UnitId = UnitId::from_uuid(Uuid::from_u128(40));
const HEIRS_SPECIALIST: PersonId = PersonId::from_uuid(Uuid::from_u128(41));
/// A Tuesday evening.
const FLIP: &str = "2025-03-04T18:00";

fn owned_by(post: Post, person: Option<PersonId>) -> Placement {
    Placement { competent: HEIR, owner: Owner { unit: HEIR, post, person }, desk: HEIR, collect: HEIR }
}

/// The usual hours of an office.
const USUAL: &str = "07:30-11:30,13:30-17:30";

/// The ward that inherits, with its hours.
fn with_heir(mut life: Life, hours: &str) -> Life {
    let mut heir = attributes("Phường Lê Chân", "ward", Standing::Authority, None);
    heir.hours = hours.parse().unwrap();
    life.world.organisation.apply(HEIR, &UnitEvent::Established { on: date(2025, 3, 4), attributes: heir }).unwrap();
    for (person, post) in [(HEIRS_SPECIALIST, Post::Specialist), (RECEPTIONIST, Post::Reception), (CLERK, Post::Clerk)]
    {
        let from = date(2025, 3, 4);
        life.world.mandates.push(Mandate { person, unit: HEIR, post, from, until: None });
    }
    life
}

fn open_lives() -> Vec<Life> {
    vec![
        filed_online(),
        asked_at_intake(),
        received(),
        in_progress(),
        asked_for_papers(),
        to_pay(),
        reviewed(),
        submitted(Outcome::Granted),
        signed(Outcome::Granted),
        decided(),
        with_another_body(),
        with_the_citizen(),
    ]
}

#[test]
fn every_open_dossier_moves_and_keeps_what_was_promised() {
    for before in open_lives() {
        let old = before.state().clone();
        let to = owned_by(old.owner.post, None);
        let life = given(with_heir(before, USUAL)).at(FLIP).when(None, transfer(to)).accepted();
        let new = life.state();
        let kept = |it: &Dossier| {
            let promises = (it.due, it.first_due, it.answer_by, it.promised_at(), it.received_at, it.filed_at);
            let money = (it.owed_vnd, it.paid_vnd);
            let papers = (it.filing.clone(), it.draft.clone(), it.decision.clone(), it.supplement.clone());
            (it.code.clone(), it.receiving_unit, it.revision.clone(), it.regime.clone(), promises, money, papers)
        };
        assert_eq!(kept(new), kept(&old));
        assert_eq!(
            (new.status, new.step, new.next_act(), new.pause),
            (old.status, old.step, old_act(&old, to), old.pause)
        );
        assert_eq!(Placement::from(new.places()), to);
        assert_eq!(new.places().received_by, DISTRICT, "the desk that took it in stays written");
        assert_eq!(life.log.len(), usize::try_from(old.version).unwrap() + 1);
    }
}

/// Where nobody of the successor took it on yet, somebody is to be named first.
fn old_act(old: &Dossier, to: Placement) -> Option<NextAct> {
    match old.next_act() {
        Some(NextAct::Work) if to.owner.post == Post::Specialist && to.owner.person.is_none() => Some(NextAct::Assign),
        other => other,
    }
}

#[test]
fn what_is_closed_stays_where_it_was_closed() {
    for closed in [delivered(), withdrawn(), discontinued(), not_accepted()] {
        given(closed).at(FLIP).when(None, transfer(owned_by(Post::Reception, None))).not_in_this_status();
    }
}

#[test]
fn nobody_moves_a_dossier_by_hand() {
    for who in CAST.into_iter().flatten() {
        let by_hand = given(in_progress()).when(who, transfer(owned_by(Post::Specialist, None)));
        by_hand.refused(&DossierRefusal::NotInThatPost);
    }
}

#[test]
fn the_right_to_recall_ends_with_the_old_unit() {
    let moved =
        given(with_heir(in_progress(), USUAL)).at(FLIP).then_did(None, transfer(owned_by(Post::Specialist, None)));
    moved.when(HEAD, recall()).refused(&DossierRefusal::CannotRecall);
}

#[test]
fn the_successor_goes_on_at_the_step_it_was_at() {
    let life = given(with_heir(in_progress(), USUAL))
        .at(FLIP)
        .then_did(None, transfer(owned_by(Post::Specialist, None)))
        .at("2025-03-05T09:00")
        .then_did(HEIRS_SPECIALIST, Command::TakeOn)
        .then_did(HEIRS_SPECIALIST, forward());
    assert_eq!((life.state().step.number, life.state().step.kind), (4, StepKind::Work));
    assert_eq!(life.state().owner.unit, HEIR, "steps name posts relative to whoever is responsible");
    given(with_heir(in_progress(), USUAL))
        .at(FLIP)
        .when(SPECIALIST, Command::TakeOn)
        .refused(&DossierRefusal::NotAtThisStep);
    let moved =
        given(with_heir(in_progress(), USUAL)).at(FLIP).then_did(None, transfer(owned_by(Post::Specialist, None)));
    moved.when(SPECIALIST, Command::TakeOn).refused(&DossierRefusal::NotInThatPost);
}

/// The successor inherits the duty, never the blame: minutes before the instant are the old holder's, by the old unit's hours.
#[test]
fn minutes_stay_with_who_held_it_then() {
    let life = given(with_heir(in_progress(), "08:00-12:00"))
        .at(FLIP)
        .then_did(None, transfer(owned_by(Post::Specialist, Some(HEIRS_SPECIALIST))))
        .at("2025-03-05T17:00");
    let hours = life.world.organisation.hours(HEIR);
    let clock = life.world.clock().with_hours(&hours);
    let shares = life.state().shares(&clock, &life.world.organisation, life.now).unwrap();
    let told: Vec<(&Holder, i64)> = shares.iter().map(|it| (&it.holder, it.minutes)).collect();
    let owner = |unit, post, person| Owner { unit, post, person: Some(person) };
    let held = |it: Owner| Holder::Post { owner: it };
    assert_eq!(
        told,
        [
            (&held(owner(DISTRICT, Post::Reception, RECEPTIONIST)), 0),
            // Monday 09:15 to 17:30 and the whole of Tuesday with the old specialist.
            (&held(owner(DIVISION, Post::Head, HEAD)), 15),
            (&held(owner(DIVISION, Post::Specialist, SPECIALIST)), 135 + 240 + 480),
            (&held(owner(HEIR, Post::Specialist, HEIRS_SPECIALIST)), 240),
        ]
    );
}

/// A pause that spans the instant: its old part is counted by the old unit's hours, and once.
#[test]
fn a_pause_across_the_instant_is_counted_once() {
    let asked = given(with_heir(asked_for_papers(), "08:00-12:00")).at(FLIP);
    let mut life = asked.then_did(None, transfer(owned_by(Post::Specialist, None))).at("2025-03-05T09:00");
    assert_eq!(life.state().holder(), &Holder::Citizen, "the citizen still has the ball");
    assert_eq!(life.state().due.map(|it| it.at), Some(moment("2025-03-10T09:00")), "a reorganisation moves no date");
    life.world.hours = life.world.organisation.hours(HEIR);
    let events = life.ask(Some(CITIZEN), |context| decide(life.dossier.as_ref(), &supply(), context)).unwrap();
    let [Event::Supplemented { due: Some(due), .. }] = events.as_slice() else { panic!("{events:?}") };
    // 840 minutes of the old hours since Monday 09:30 lead to Tuesday the 11th at 17:00, and one hour of the new ones to Wednesday.
    assert_eq!(due.at, moment("2025-03-12T09:00"));
}

#[test]
fn a_later_reorganisation_moves_it_again() {
    let further = UnitId::from_uuid(Uuid::from_u128(50));
    let mut life =
        given(with_heir(in_progress(), USUAL)).at(FLIP).then_did(None, transfer(owned_by(Post::Specialist, None)));
    let attributes = attributes("Phường An Biên", "ward", Standing::Authority, None);
    life.world.organisation.apply(further, &UnitEvent::Established { on: date(2025, 3, 6), attributes }).unwrap();
    let to = Placement { competent: further, desk: further, ..owned_by(Post::Specialist, None) };
    let life = life.at("2025-03-06T18:00").then_did(None, transfer(to));
    assert_eq!(life.world.organisation.responsible_now(life.state()), further);
    let shares =
        life.state().shares(&life.world.clock(), &life.world.organisation, moment("2025-03-07T17:30")).unwrap();
    assert_eq!(
        shares.len(),
        5,
        "desk, head, specialist, the heir's post, and the same post under the next heir: {shares:#?}"
    );
}

#[test]
fn only_what_the_office_did_stands_in_the_way_of_taking_it_back() {
    let moved =
        given(with_heir(asked_for_papers(), USUAL)).at(FLIP).then_did(None, transfer(owned_by(Post::Specialist, None)));
    let Event::Transferred { reform, .. } = moved.log.last().unwrap().event else { panic!("{:?}", moved.log) };
    assert_eq!(undo_stopped_by(&moved.log, reform), None);
    let mut supplied =
        moved.at("2025-03-05T09:00").then_did(CITIZEN, supply()).then_did(HEIRS_SPECIALIST, Command::TakeOn);
    assert_eq!(undo_stopped_by(&supplied.log, reform), None, "nobody acted in a unit's name yet");
    let last = supplied.log.len() - 1;
    supplied.log[last].unit = Some(HEIR);
    assert_eq!(undo_stopped_by(&supplied.log, reform).map(|it| it.seq), Some(supplied.log[last].seq));
}

/// Before its own history says so, every question about a dossier is answered through the plan in force.
#[test]
fn a_staged_dossier_answers_through_the_plan_in_force() {
    let life = with_heir(in_progress(), USUAL);
    let mut organisation: Organisation = life.world.organisation.clone();
    let mut transfers = crate::organisation::Transfers::default();
    let to = owned_by(Post::Specialist, Some(HEIRS_SPECIALIST));
    let reform = crate::ids::ReformId::from_uuid(Uuid::from_u128(77));
    transfers.put_all(reform, [(ID, to)]);
    organisation.answer_through(std::sync::Arc::new(transfers.clone()));
    let it = life.state();
    assert_eq!((organisation.responsible_now(it), organisation.owner_now(it)), (HEIR, to.owner));
    assert_eq!((organisation.desk_now(it), organisation.collect_now(it)), (HEIR, HEIR));
    assert_eq!(organisation.received_by(it), DISTRICT);
    assert_eq!((transfers.find(ID, Some(reform)), transfers.len()), (None, 1), "told by its own history");
}
