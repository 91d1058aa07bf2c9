//! The program killed with -9 while it reorganises units, and while it takes that back: each is complete or has not begun.

use super::grounds::Grounds;
use super::{chance, pause, rounds};
use crate::reorganise::{LATER, listed, plan, reorganise, with_dossiers};
use crate::run::{program, text};
use rand::RngExt;
use std::process::Stdio;
use std::time::Instant;
use testkit::Postgres;

/// Kills on each engine within a change.
const USUAL: u32 = 50;
/// Dossiers that move: a few pieces of staging and of settling.
const DOSSIERS: usize = 130;

/// Runs the command and kills it after so many milliseconds, unless it has ended by then.
fn killed_after(grounds: &Grounds, words: &[&str], millis: u64) {
    let mut command = program();
    command.arg("reorganise").args(words).arg("--config").arg(&grounds.config);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    pause(millis);
    drop(child.kill());
    drop(child.wait());
}

/// The state of the plan, and of the way back if there is one.
fn states(grounds: &Grounds, before: usize) -> Vec<String> {
    listed(grounds).into_iter().skip(before).map(|(_, state)| state).collect()
}

fn reorganised_and_taken_back(grounds: &Grounds) {
    let mut chance = chance();
    with_dossiers(grounds, DOSSIERS);
    let file = plan(grounds, LATER);
    let act = ["--plan", text(&file), "--at", "now"];
    let undo = ["--undo", "thu-nghiem"];
    // How long each takes when nobody kills it: a kill may come anywhere in it.
    let timed = |words: &[&str]| {
        let begun = Instant::now();
        reorganise(grounds, words).done();
        u64::try_from(begun.elapsed().as_millis()).unwrap()
    };
    let lasts = [timed(&act), timed(&undo)];
    let mut before = listed(grounds).len();
    let mut cut = 0;
    for round in 0..rounds(USUAL) / 2 {
        killed_after(grounds, &act, chance.random_range(0..lasts[0]));
        let found = states(grounds, before);
        let is_sound = match found.as_slice() {
            [] => true,
            [one] => ["staging", "staged", "flipped", "settled"].contains(&one.as_str()),
            _ => false,
        };
        assert!(is_sound, "round {round}: {found:?}");
        cut += u32::from(found != ["settled"]);
        let again = reorganise(grounds, &act).done();
        assert!(again.stdout.ends_with("\tsettled\n"), "round {round}: started again it is completed: {again:?}");

        killed_after(grounds, &undo, chance.random_range(0..lasts[1]));
        let found = states(grounds, before);
        match found.as_slice() {
            // Nothing of it began: it is asked for again.
            [one] if one == "settled" => {
                cut += 1;
                let again = reorganise(grounds, &undo).done();
                assert!(again.stdout.ends_with("\tundone\n"), "round {round}: {again:?}");
            }
            // It is taken back; what is left is telling the histories, which the next start does.
            [one, back] if one == "undone" && ["flipped", "settled"].contains(&back.as_str()) => {
                cut += u32::from(back == "flipped");
            }
            other => panic!("round {round}: {other:?}"),
        }
        if round.is_multiple_of(10) {
            grounds.run(&["verify"]).done();
        }
        before += 2;
    }
    assert!(cut > rounds(USUAL) / 4, "hardly any kill came in time: {cut}");
    reorganise(grounds, &act).done();
    let all = listed(grounds);
    assert!(all.iter().all(|(_, state)| ["settled", "undone"].contains(&state.as_str())), "{all:?}");
    for (id, _) in all.iter().rev().step_by(6) {
        reorganise(grounds, &["--certificate", id, "--check"]).done();
    }
    grounds.run(&["verify"]).done();
}

#[test]
fn a_reorganisation_survives_every_kill_in_a_file() {
    reorganised_and_taken_back(&Grounds::in_file());
}

#[test]
fn a_reorganisation_survives_every_kill_on_a_server() {
    let server = Postgres::start();
    reorganised_and_taken_back(&Grounds::on_server(&server.url()));
}
