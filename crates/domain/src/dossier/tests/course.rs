//! The way through the office: who has it, who may send it where, and who gets it back.

use super::world::*;
use crate::calendar::TimeLimit;
use crate::dossier::*;
use crate::organisation::Mandate;
use crate::post::Post;
use crate::procedure::{
    Channel, ProcedureRevision, Step, StepKind, build, read_flagship, read_option_lists, read_rows,
};

fn with(life: &Life) -> (u16, Post, Option<crate::ids::PersonId>) {
    let dossier = life.state();
    (dossier.step.number, dossier.owner.post, dossier.owner.person)
}

#[test]
fn an_open_dossier_always_has_an_owner_and_a_next_act() {
    for (life, owner, next) in [
        (filed_online(), Post::Reception, NextAct::Answer),
        (asked_at_intake(), Post::Reception, NextAct::Supply),
        (received(), Post::Head, NextAct::Work),
        (received().then_did(HEAD, forward()), Post::Specialist, NextAct::Assign),
        (in_progress(), Post::Specialist, NextAct::Work),
        (asked_for_papers(), Post::Specialist, NextAct::Supply),
        (to_pay(), Post::Specialist, NextAct::Pay),
        (with_another_body(), Post::Specialist, NextAct::AwaitOutside),
        (with_the_citizen(), Post::Specialist, NextAct::AwaitOutside),
        (submitted(Outcome::Granted), Post::Leader, NextAct::Sign),
        (signed(Outcome::Granted), Post::Clerk, NextAct::Issue),
        (decided(), Post::Reception, NextAct::HandOver),
    ] {
        let dossier = given(life).state().clone();
        assert_eq!((dossier.owner.post, dossier.next_act()), (owner, Some(next)), "{:?}", dossier.status);
    }
    for closed in [not_accepted(), withdrawn(), discontinued(), delivered()] {
        assert_eq!((closed.state().next_act(), closed.state().holder()), (None, &Holder::Nobody));
    }
}

/// Leaders and clerks sit with the authority above the office; everybody else in the competent unit.
#[test]
fn a_post_is_sought_where_it_sits() {
    assert_eq!(in_progress().state().owner.unit, DIVISION);
    assert_eq!(submitted(Outcome::Granted).state().owner.unit, DISTRICT);
    assert_eq!(signed(Outcome::Granted).state().owner.unit, DISTRICT);
    assert_eq!(decided().state().owner.unit, DISTRICT, "handed over where the citizen wants it");
}

#[test]
fn whoever_is_alone_in_a_post_gets_it() {
    assert_eq!(with(&received()), (2, Post::Head, Some(HEAD)));
    assert_eq!(with(&received().then_did(HEAD, forward())), (3, Post::Specialist, None), "two specialists: nobody yet");
}

#[test]
fn work_is_taken_on_by_those_who_hold_the_post() {
    let open = || given(received().then_did(HEAD, forward()));
    assert_eq!(with(&open().then_did(SPECIALIST, Command::TakeOn)), (3, Post::Specialist, Some(SPECIALIST)));
    for who in [HEAD, STRANGER, CITIZEN] {
        open().when(who, Command::TakeOn).refused(&DossierRefusal::NotInThatPost);
    }
    given(in_progress()).when(SPECIALIST, Command::TakeOn).refused(&DossierRefusal::NotAtThisStep);
    given(in_progress()).when(COLLEAGUE, Command::TakeOn).accepted();
}

#[test]
fn work_is_assigned_to_those_who_hold_the_post() {
    let owner = Owner { unit: DIVISION, post: Post::Specialist, person: Some(COLLEAGUE) };
    let assigned = Event::Assigned { owner, body: Erasable::default() };
    let life = given(in_progress()).when(HEAD, assign(COLLEAGUE)).then(&[assigned]);
    assert_eq!(life.state().holder(), &Holder::Post { owner });
    given(in_progress()).when(HEAD, assign(HEAD)).refused(&DossierRefusal::NotInThatPost);
    given(in_progress()).when(HEAD, assign(STRANGER)).refused(&DossierRefusal::NotInThatPost);
    let mut leaving = in_progress();
    leaving.world.leaves(COLLEAGUE, "2025-03-03");
    given(leaving).when(HEAD, assign(COLLEAGUE)).refused(&DossierRefusal::NotInThatPost);
}

#[test]
fn to_assign_what_waits_outside_does_not_take_it_back() {
    let life = given(with_another_body()).when(HEAD, assign(COLLEAGUE)).accepted();
    assert_eq!((life.state().holder(), life.state().owner.person), (&Holder::Outside { step: 3 }, Some(COLLEAGUE)));
}

#[test]
fn to_send_on_is_to_hand_the_next_step_to_its_post() {
    let expected = Event::Forwarded {
        from_step: 3,
        step: StepAt { number: 4, kind: StepKind::Work, reply_by: None },
        owner: Owner { unit: DIVISION, post: Post::Head, person: Some(HEAD) },
        clock_pauses: false,
        due: None,
        body: Erasable::kept(Words { text: "Đã thẩm định".into() }),
    };
    let command = Command::Forward { to: None, note: " Đã thẩm định ".into() };
    given(in_progress()).when(SPECIALIST, command).then(&[expected]);
    given(received()).when(HEAD, forward_to(HEAD)).refused(&DossierRefusal::NotInThatPost);
    let long = Command::Forward { to: None, note: "a".repeat(TEXT_CHARS_MAX + 1) };
    given(in_progress()).when(SPECIALIST, long).refused(&DossierRefusal::TextTooLong { max: TEXT_CHARS_MAX });
}

#[test]
fn who_works_on_it_keeps_it_over_steps_of_the_same_post() {
    assert_eq!(with(&with_another_body()), (3, Post::Specialist, Some(SPECIALIST)));
    let mut left = with_another_body().at("2025-03-05T09:00");
    left.world.leaves(SPECIALIST, "2025-03-05");
    left.world.mandates.push(Mandate {
        person: STRANGER,
        unit: DIVISION,
        post: Post::Specialist,
        from: jiff::civil::date(2025, 3, 5),
        until: None,
    });
    let life = given(left).when(COLLEAGUE, forward()).accepted();
    assert_eq!(with(&life), (4, Post::Specialist, None), "who left the post keeps nothing");
}

#[test]
fn nothing_is_signed_without_a_draft() {
    given(reviewed()).when(HEAD, forward()).refused(&DossierRefusal::DraftNeeded);
    given(in_progress()).when(SPECIALIST, submit(Outcome::Granted)).refused(&DossierRefusal::NotAtThisStep);
    let life = given(submitted(Outcome::Granted));
    assert_eq!(with(&life), (5, Post::Leader, Some(LEADER)));
    assert!(life.state().draft.is_some());
    for act in [forward(), submit(Outcome::Granted), duty(1)] {
        life.clone().when(LEADER, act).refused(&DossierRefusal::NotAtThisStep);
    }
}

/// Sent back, it goes to the person who did the step, who knows it.
#[test]
fn sent_back_it_returns_to_who_did_the_step() {
    let life = given(submitted(Outcome::Granted)).when(LEADER, send_back(3)).accepted();
    assert_eq!(with(&life), (3, Post::Specialist, Some(SPECIALIST)));
    assert_eq!((life.state().draft.as_ref(), life.state().signed), (None, None), "a new draft is needed");
    let colleague = given(in_progress())
        .then_did(COLLEAGUE, Command::TakeOn)
        .then_did(COLLEAGUE, forward())
        .when(HEAD, send_back(3))
        .accepted();
    assert_eq!(with(&colleague), (3, Post::Specialist, Some(COLLEAGUE)));
    let after_signature = given(signed(Outcome::Granted)).when(CLERK, send_back(4)).accepted();
    assert_eq!((with(&after_signature), after_signature.state().signed), ((4, Post::Head, Some(HEAD)), None));
}

#[test]
fn sent_back_to_somebody_who_left_it_waits_for_a_new_one() {
    let mut left = submitted(Outcome::Granted).at("2025-03-05T09:00");
    left.world.mandates.push(Mandate { person: STRANGER, unit: DIVISION, ..left.world.mandates[1].clone() });
    left.world.leaves(SPECIALIST, "2025-03-05");
    let life = given(left).when(LEADER, send_back(3)).accepted();
    assert_eq!((with(&life), life.state().next_act()), ((3, Post::Specialist, None), Some(NextAct::Assign)));
}

#[test]
fn the_workflow_says_where_it_may_be_sent_back() {
    for to in [1, 4, 5, 9] {
        given(reviewed()).when(HEAD, send_back(to)).refused(&DossierRefusal::CannotSendBackThere { to });
    }
    given(received()).when(HEAD, send_back(1)).refused(&DossierRefusal::NotAtThisStep);
    given(with_the_citizen()).when(SPECIALIST, send_back(2)).refused(&DossierRefusal::NotAtThisStep);
    let silent = Command::SendBack { to_step: 3, reason: String::new() };
    given(reviewed()).when(HEAD, silent).refused(&DossierRefusal::ReasonMissing);
    given(to_pay()).when(SPECIALIST, send_back(2)).not_in_this_status();
}

#[test]
fn who_sent_it_on_takes_it_back() {
    let life = given(reviewed()).when(SPECIALIST, recall()).accepted();
    assert_eq!(with(&life), (3, Post::Specialist, Some(SPECIALIST)));
    let life = given(submitted(Outcome::Granted)).when(HEAD, recall()).accepted();
    assert_eq!((with(&life), life.state().draft.as_ref()), ((4, Post::Head, Some(HEAD)), None));
    given(life).when(HEAD, recall()).refused(&DossierRefusal::CannotRecall);
    given(reviewed())
        .when(SPECIALIST, Command::Recall { reason: String::new() })
        .refused(&DossierRefusal::ReasonMissing);
}

#[test]
fn nobody_else_takes_it_back() {
    for who in [HEAD, COLLEAGUE, LEADER, CITIZEN] {
        given(reviewed()).when(who, recall()).refused(&DossierRefusal::CannotRecall);
    }
    given(reviewed()).when(None, recall()).refused(&DossierRefusal::CannotRecall);
    given(received()).when(RECEPTIONIST, recall()).refused(&DossierRefusal::CannotRecall);
}

#[test]
fn once_the_next_acted_it_is_not_taken_back() {
    let sent = || given(received()).then_did(HEAD, forward());
    sent().then_did(SPECIALIST, Command::TakeOn).when(HEAD, recall()).refused(&DossierRefusal::CannotRecall);
    sent().then_did(HEAD, assign(COLLEAGUE)).when(HEAD, recall()).refused(&DossierRefusal::CannotRecall);
    given(reviewed()).then_did(HEAD, send_back(3)).when(SPECIALIST, recall()).refused(&DossierRefusal::CannotRecall);
    given(signed(Outcome::Granted)).when(LEADER, recall()).refused(&DossierRefusal::CannotRecall);
    given(decided()).when(CLERK, recall()).not_in_this_status();
}

#[test]
fn an_apology_or_a_payment_in_between_does_not_hinder_taking_back() {
    let mut owing = nothing();
    owing = owing.then_did(
        RECEPTIONIST,
        Command::ReceiveAtDesk(Box::new(FileRequest { fee_vnd: 8_000, ..request(Channel::Counter) })),
    );
    let life = owing
        .then_did(HEAD, forward_to(SPECIALIST))
        .then_did(LEADER, apologise("2025-03-14T10:00"))
        .then_did(RECEPTIONIST, pay(8_000));
    given(life).when(HEAD, recall()).accepted();
}

#[test]
fn the_citizen_confirms_what_waits_for_the_citizen() {
    given(in_progress()).when(CITIZEN, Command::Confirm).refused(&DossierRefusal::NotAtThisStep);
    given(with_another_body()).when(CITIZEN, Command::Confirm).refused(&DossierRefusal::NotAtThisStep);
    given(to_pay()).when(CITIZEN, Command::Confirm).not_in_this_status();
    let mut on_to_work = with_the_citizen();
    on_to_work.world.revision.steps.insert(4, Step { number: 4, ..step(4, Post::Specialist, StepKind::Work) });
    for (step, number) in on_to_work.world.revision.steps.iter_mut().zip(1..) {
        step.number = number;
    }
    let life = given(on_to_work).when(CITIZEN, Command::Confirm).accepted();
    assert_eq!(with(&life), (5, Post::Specialist, Some(SPECIALIST)));
}

/// `waiting_applicant_max_1_day`: from Monday the citizen has all of Tuesday; then silence is consent and the clock runs on.
#[test]
fn silence_is_consent_after_its_day_and_not_before() {
    given(with_the_citizen())
        .at("2025-06-01T08:00")
        .when(None, Command::TakeSilence)
        .refused(&DossierRefusal::NotAtThisStep);
    let mut world = World::with_waits();
    world.revision.steps[3].clock_stated = Some("waiting_applicant_max_1_day".to_owned());
    let life = Life::in_world(world)
        .then_did(RECEPTIONIST, receive_at_desk())
        .at("2025-03-03T09:15")
        .then_did(HEAD, assign(SPECIALIST))
        .then_did(SPECIALIST, forward())
        .then_did(SPECIALIST, forward());
    let last = jiff::civil::date(2025, 3, 4);
    assert_eq!(life.state().confirm_by(), Some(last));
    let early = DossierRefusal::StillTimeToSupply { reply_by: last };
    let life = given(life).at("2025-03-04T23:00").when(None, Command::TakeSilence).refused(&early);
    let life = life.at("2025-03-05T00:01").when(None, Command::TakeSilence).accepted();
    assert_eq!((life.state().pause, life.state().confirm_by()), (None, None));
    assert_eq!(life.state().next_act(), Some(NextAct::Work));
    life.when(None, Command::TakeSilence).refused(&DossierRefusal::NotAtThisStep);
}

/// Where the next step signs, the citizen's yes gives the dossier back to the officer, who owes the draft.
#[test]
fn after_the_citizens_yes_the_officer_drafts() {
    let life = given(with_the_citizen()).at("2025-03-03T10:45").when(CITIZEN, Command::Confirm).accepted();
    assert_eq!((with(&life), life.state().next_act()), ((4, Post::Specialist, Some(SPECIALIST)), Some(NextAct::Work)));
    assert_eq!((life.state().pause, life.state().holder()), (None, &Holder::Post { owner: life.state().owner }));
    let life = life.when(CITIZEN, Command::Confirm).refused(&DossierRefusal::NotAtThisStep);
    let life = life.when(SPECIALIST, forward()).refused(&DossierRefusal::DraftNeeded);
    life.when(SPECIALIST, submit(Outcome::Granted)).accepted();
}

#[test]
fn work_that_a_signature_sets_off_comes_before_the_number() {
    let signed =
        given(with_the_citizen()).then_did(SPECIALIST, submit(Outcome::Granted)).then_did(LEADER, Command::Sign);
    assert_eq!((signed.state().step.kind, signed.state().signed), (StepKind::Consult, Some(Outcome::Granted)));
    let signed = signed.when(SPECIALIST, ask()).refused(&DossierRefusal::NotAtThisStep);
    let issuing = signed.then_did(SPECIALIST, forward());
    assert_eq!(with(&issuing), (7, Post::Clerk, Some(CLERK)));
    given(issuing).when(CLERK, issue()).goes_to(9);
}

#[test]
fn steps_of_another_channel_are_passed_over() {
    let through = |channel: Channel| {
        let mut world = World::with_waits();
        world.revision.steps[2].only_channel = Some(Channel::Online);
        let life = Life::in_world(world);
        let life = match channel {
            Channel::Online => life.then_did(CITIZEN, file()).then_did(RECEPTIONIST, Command::Accept),
            Channel::Counter | Channel::Post => life.then_did(RECEPTIONIST, receive_at_desk()),
        };
        life.then_did(HEAD, forward()).state().step.number
    };
    assert_eq!((through(Channel::Online), through(Channel::Counter)), (3, 4));
}

/// A moment later or the very same moment: who sent it on has sent it on.
#[test]
fn a_dossier_sent_on_in_the_moment_of_its_reception_is_in_progress() {
    let life = given(nothing()).then_did(RECEPTIONIST, receive_at_desk());
    assert_eq!(life.state().status, Status::Received);
    assert_eq!(life.then_did(HEAD, forward()).state().status, Status::InProgress);
}

/// Every procedure of the catalogue leads somewhere: from every channel it offers to the hand-over, whoever must act on the way.
#[test]
fn every_published_procedure_is_walked_to_its_end() {
    for revision in catalogue() {
        for channel in revision.channels.clone() {
            let mut world = World::new();
            world.revision = revision.clone();
            world.revision.time_limit =
                revision.time_limit.or(Some(TimeLimit { legal: "5wd".parse().unwrap(), committed: None }));
            let request = Box::new(request(channel));
            let mut life = match channel {
                Channel::Online => Life::in_world(world)
                    .then_did(CITIZEN, Command::File(request))
                    .then_did(RECEPTIONIST, Command::Accept),
                Channel::Counter | Channel::Post => {
                    Life::in_world(world).then_did(RECEPTIONIST, Command::ReceiveAtDesk(request))
                }
            };
            for _ in 0..revision.steps.len() * 2 {
                life = next_towards_the_end(life);
            }
            assert_eq!(life.state().status, Status::Delivered, "{} {channel:?}", revision.id.0);
        }
    }
}

fn catalogue() -> Vec<ProcedureRevision> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../catalogue");
    let text = |name: &str| std::fs::read_to_string(format!("{folder}/{name}")).unwrap();
    let files = std::fs::read_dir(format!("{folder}/flagship")).unwrap();
    let names = files.map(|it| format!("flagship/{}", it.unwrap().file_name().to_str().unwrap()));
    let flagships: Vec<_> = names.map(|name| read_flagship(&name, &text(&name)).unwrap()).collect();
    let rows = read_rows("le-chan-2025-q1.csv", &text("le-chan-2025-q1.csv")).unwrap();
    let lists = read_option_lists("option-lists.toml", &text("option-lists.toml")).unwrap();
    build(&rows, &flagships, &lists).unwrap()
}

fn next_towards_the_end(life: Life) -> Life {
    let menu = life.ask(Some(SPECIALIST), |context| available(life.state(), context));
    let may = |act: Act| menu.iter().any(|(it, answer)| *it == act && answer.is_ok());
    let command = match life.state().next_act() {
        None => return life,
        Some(NextAct::AwaitOutside) if may(Act::Confirm) => Command::Confirm,
        Some(NextAct::Sign) => Command::Sign,
        Some(NextAct::Issue) => issue(),
        Some(NextAct::HandOver) => deliver(),
        Some(_) if may(Act::SubmitForSignature) => submit(Outcome::Granted),
        Some(_) => forward(),
    };
    life.then_did(SPECIALIST, command)
}
