//! The order of a queue, whoever comes and whatever the counters do.

use super::order::{ahead, board, next, pace_seconds, wait_minutes, waits};
use super::*;
use crate::ids::{PersonId, TicketId, UnitId};
use crate::time::Instant;
use jiff::civil::date;
use proptest::prelude::*;
use uuid::Uuid;

fn series(letter: char) -> Series {
    letter.to_string().parse().unwrap()
}

fn at(minute: i64) -> Instant {
    Instant::from_local(date(2025, 3, 3).at(8, 0, 0, 0)).plus_seconds(minute * 60)
}

fn officer() -> PersonId {
    PersonId::from_uuid(Uuid::from_u128(7))
}

fn ticket(letter: char, number: u32, lane: Lane, minute: i64) -> Ticket {
    let unit = UnitId::from_uuid(Uuid::from_u128(1));
    Ticket {
        id: TicketId::from_uuid(Uuid::from_u128(u128::from(letter as u32) * 1_000 + u128::from(number))),
        unit,
        at_unit: unit,
        day: date(2025, 3, 3),
        number: TicketNumber { series: series(letter), number },
        wants: series(letter),
        for_counter: None,
        lane,
        state: TicketState::Waiting,
        taken_at: at(minute),
        first_called_at: None,
        called_at: None,
        counter: None,
        officer: None,
        calls: 0,
    }
}

fn counter(number: u32, serves: &str) -> Counter {
    Counter { number, serves: serves.chars().map(series).collect(), is_open: true, seat: None }
}

fn setup() -> Setup {
    let service = |letter: char, name: &str| Service { series: series(letter), name: name.to_owned() };
    Setup {
        services: vec![service('A', "Hộ tịch, chứng thực"), service('B', "Đất đai, xây dựng")],
        counters: vec![counter(1, "A"), counter(2, "AB")],
    }
}

#[test]
fn a_number_is_read_as_it_stands_on_the_ticket() {
    assert_eq!(ticket('A', 12, Lane::Ordinary, 0).number.to_string(), "A012");
    for wrong in ["", "a", "AB", "Đ", "1"] {
        assert!(wrong.parse::<Series>().is_err(), "{wrong}");
    }
}

#[test]
fn who_did_not_come_may_come_back_and_who_came_may_be_sent_on_with_the_same_number() {
    let (setup, one, two) = (setup(), counter(1, "A"), counter(2, "AB"));
    let called = ticket('A', 1, Lane::Ordinary, 0).call(&one, officer(), at(5)).unwrap();
    assert_eq!((called.state, called.counter, called.calls), (TicketState::Called, Some(1), 1));
    assert!(matches!(called.clone().call(&two, officer(), at(5)), Err(QueueRefusal::TicketMoved { .. })), "once");
    assert!(called.clone().skip(&two).is_err(), "only where it was called");
    let again = called.recall(&one, at(6)).unwrap();
    assert_eq!((again.calls, again.called_at, again.first_called_at), (2, Some(at(6)), Some(at(5))));
    let absent = again.skip(&one).unwrap();
    assert!(absent.clone().serve(&one).is_err(), "nobody is there");
    let back = absent.call(&two, officer(), at(20)).unwrap();
    let served = back.serve(&two).unwrap();
    let to_b = Destination { series: series('B'), counter: None };
    let sent_on = served.clone().transfer(&two, to_b, &setup).unwrap();
    assert_eq!(
        (sent_on.state, sent_on.wants, sent_on.number.to_string()),
        (TicketState::Waiting, series('B'), "A001".to_owned())
    );
    assert_eq!(sent_on.taken_at, at(0), "and its place");
    let nowhere = Destination { series: series('C'), counter: None };
    assert_eq!(served.clone().transfer(&two, nowhere, &setup), Err(QueueRefusal::NobodyServes));
    let to_itself = Destination { series: series('A'), counter: Some(2) };
    assert_eq!(served.clone().transfer(&two, to_itself, &setup), Err(QueueRefusal::NobodyServes));
    let to_one = Destination { series: series('A'), counter: Some(1) };
    let sent = served.transfer(&two, to_one, &setup).unwrap();
    assert!(sent.is_for(&one) && !sent.is_for(&two), "to that counter alone");
}

#[test]
fn priority_goes_first_but_not_for_ever() {
    let one = counter(1, "A");
    let mut tickets: Vec<Ticket> = (1..=3).map(|n| ticket('A', n, Lane::Ordinary, i64::from(n))).collect();
    tickets.extend((4..=8).map(|n| ticket('A', n, Lane::Priority, i64::from(n))));
    let told: Vec<usize> = tickets.iter().map(|it| ahead(&tickets, it, 2)).collect();
    let order = called_in_order(tickets.clone(), &one, 2);
    assert_eq!(order, [4, 5, 1, 6, 7, 2, 8, 3]);
    let stood: Vec<usize> =
        tickets.iter().map(|it| order.iter().position(|n| *n == it.number.number).unwrap()).collect();
    assert_eq!(told, stood, "what people are told is what happens");
    assert_eq!(called_in_order(tickets, &one, 0), [1, 2, 3, 4, 5, 6, 7, 8], "no lane: in the order of coming");
}

fn called_in_order(mut tickets: Vec<Ticket>, counter: &Counter, most: u32) -> Vec<u32> {
    let mut order = Vec::new();
    let mut minute = 100;
    while let Some(found) = next(&tickets, counter, most).map(|it| it.id) {
        let it = tickets.iter_mut().find(|it| it.id == found).unwrap();
        *it = it.clone().call(counter, officer(), at(minute)).unwrap().serve(counter).unwrap();
        order.push(it.number.number);
        minute += 1;
    }
    order
}

#[test]
fn the_wait_is_told_from_the_calls_of_the_last_hour_or_not_at_all() {
    let one = counter(1, "A");
    let mut tickets: Vec<Ticket> = (1..=6).map(|n| ticket('A', n, Lane::Ordinary, i64::from(n))).collect();
    let last = tickets[5].clone();
    for (nth, minute) in [(0, 10), (1, 14)] {
        tickets[nth] = tickets[nth].clone().call(&one, officer(), at(minute)).unwrap().serve(&one).unwrap();
    }
    assert_eq!(wait_minutes(&tickets, &last, 2, at(16)), None, "two calls tell nothing");
    tickets[2] = tickets[2].clone().call(&one, officer(), at(18)).unwrap();
    assert_eq!(pace_seconds(&tickets, series('A'), at(22)), Some(240));
    assert_eq!((ahead(&tickets, &last, 2), wait_minutes(&tickets, &last, 2, at(22))), (2, Some(12)));
    assert_eq!(pace_seconds(&tickets, series('A'), at(100)), None, "of an hour ago nobody knows anything");
    let told = waits(&tickets, series('A'), at(22));
    assert_eq!((told.waiting, told.called, told.served), (3, 3, 2));
    assert_eq!((told.average_minutes, told.longest_minutes), (Some(12), Some(18)));
    let shown: Vec<String> = board(&tickets).iter().map(|it| format!("{} {}", it.number, it.counter)).collect();
    assert_eq!(shown, ["A003 1"], "the last number of every counter");
}

#[test]
fn desks_that_join_have_every_counter_once_and_every_service_under_one_letter() {
    let other = Setup {
        services: vec![
            Service { series: series('A'), name: "Đất đai, xây dựng".to_owned() },
            Service { series: series('B'), name: "Trả kết quả".to_owned() },
        ],
        counters: vec![counter(1, "AB"), counter(7, "B")],
    };
    let found = joined(&setup(), std::slice::from_ref(&other));
    let numbers: Vec<u32> = found.setup.counters.iter().map(|it| it.number).collect();
    assert_eq!(numbers, [1, 2, 3, 7]);
    let names: Vec<String> = found.setup.services.iter().map(|it| format!("{} {}", it.series, it.name)).collect();
    assert_eq!(names, ["A Hộ tịch, chứng thực", "B Đất đai, xây dựng", "C Trả kết quả"]);
    assert_eq!(found.setup.counter(3).unwrap().serves, [series('B'), series('C')], "what it served before");
    assert_eq!(found.letters[0][&series('A')], series('B'));
}

/// What happens before a desk, one after the other.
#[derive(Clone, Debug)]
enum Step {
    Comes { letter: char, priority: bool },
    Next { counter: usize, came: bool },
    ComesBack { nth: usize, counter: usize },
    SentOn { counter: usize, letter: char },
}

fn step() -> impl Strategy<Value = Step> {
    let letter = || prop_oneof![Just('A'), Just('B')];
    prop_oneof![
        4 => (letter(), any::<bool>()).prop_map(|(letter, priority)| Step::Comes { letter, priority }),
        4 => (0..3_usize, any::<bool>()).prop_map(|(counter, came)| Step::Next { counter, came }),
        1 => (0..20_usize, 0..3_usize).prop_map(|(nth, counter)| Step::ComesBack { nth, counter }),
        1 => (0..3_usize, letter()).prop_map(|(counter, letter)| Step::SentOn { counter, letter }),
    ]
}

proptest! {
    #[test]
    fn nobody_is_lost_called_twice_or_passed_by_for_ever(
        steps in prop::collection::vec(step(), 1..120),
        most in 0..4_u32,
    ) {
        let counters = [counter(1, "A"), counter(2, "AB"), counter(3, "B")];
        let house = Setup { counters: counters.to_vec(), ..setup() };
        let (mut tickets, mut given) = (Vec::<Ticket>::new(), [0_u32; 2]);
        for (minute, step) in (0_i64..).zip(steps) {
            match step {
                Step::Comes { letter, priority } => {
                    let of = usize::from(letter == 'B');
                    given[of] += 1;
                    let lane = if priority { Lane::Priority } else { Lane::Ordinary };
                    tickets.push(ticket(letter, given[of], lane, minute));
                }
                Step::Next { counter: which, came } => {
                    let here = &counters[which];
                    let Some(found) = next(&tickets, here, most).cloned() else {
                        prop_assert!(!tickets.iter().any(|it| it.is_for(here)), "somebody waits and nobody is called");
                        continue;
                    };
                    // Nobody of the same lane whom this counter may call came before.
                    let same = |it: &&Ticket| it.is_for(here) && (most == 0 || it.lane == found.lane);
                    prop_assert!(tickets.iter().filter(same).all(|it| it.taken_at >= found.taken_at));
                    let it = tickets.iter_mut().find(|it| it.id == found.id).unwrap();
                    let called = it.clone().call(here, officer(), at(minute)).unwrap();
                    *it = if came { called.serve(here).unwrap() } else { called.skip(here).unwrap() };
                    // Of priority at most so many follow one another while somebody else waits here.
                    let ordinary_waits = tickets.iter().any(|it| it.lane == Lane::Ordinary && it.is_for(here));
                    if most > 0 && ordinary_waits && found.lane == Lane::Priority {
                        let mut here_called: Vec<&Ticket> = tickets.iter().filter(|it| it.counter == Some(here.number)).collect();
                        here_called.sort_by_key(|it| std::cmp::Reverse(it.called_at));
                        let before = here_called.iter().skip(1).take_while(|it| it.lane == Lane::Priority).count();
                        prop_assert!(before < most as usize, "an ordinary ticket waits behind {before} of priority");
                    }
                }
                Step::ComesBack { nth, counter: which } => {
                    let Some(it) = tickets.iter_mut().filter(|it| it.state == TicketState::Absent).nth(nth) else { continue };
                    *it = it.clone().call(&counters[which], officer(), at(minute)).unwrap().serve(&counters[which]).unwrap();
                }
                Step::SentOn { counter: which, letter } => {
                    let here = &counters[which];
                    let last = tickets.iter_mut().filter(|it| it.counter == Some(here.number) && it.state == TicketState::Served);
                    let Some(it) = last.max_by_key(|it| it.called_at) else { continue };
                    let to = Destination { series: series(letter), counter: None };
                    if let Ok(sent) = it.clone().transfer(here, to, &house) {
                        prop_assert_eq!((sent.number, sent.taken_at), (it.number, it.taken_at));
                        *it = sent;
                    }
                }
            }
            let all = usize::try_from(given[0] + given[1]).unwrap();
            prop_assert_eq!(tickets.len(), all);
            let mut numbers: Vec<TicketNumber> = tickets.iter().map(|it| it.number).collect();
            numbers.sort();
            numbers.dedup();
            prop_assert_eq!(numbers.len(), all, "no number twice");
            let shown = board(&tickets);
            let mut at_counters: Vec<u32> = shown.iter().map(|it| it.counter).collect();
            at_counters.sort_unstable();
            at_counters.dedup();
            prop_assert_eq!(at_counters.len(), shown.len(), "one line a counter");
        }
        // With one counter for everything everybody is called in the end.
        let last = counter(9, "AB");
        let left = tickets.iter().filter(|it| it.is_for(&last)).count();
        let mut calls = 0;
        while let Some(found) = next(&tickets, &last, most).cloned() {
            let it = tickets.iter_mut().find(|it| it.id == found.id).unwrap();
            *it = it.clone().call(&last, officer(), at(1_000 + calls)).unwrap().serve(&last).unwrap();
            calls += 1;
        }
        prop_assert_eq!(usize::try_from(calls).unwrap(), left);
    }
}
