//! What holds whatever people do: random acts by random people, sensible or not, at random moments.

use super::endings::without_bodies;
use super::world::*;
use crate::dossier::*;
use crate::ids::PersonId;
use crate::kpi::facts;
use crate::organisation::Placed;
use crate::procedure::{Channel, RawAnswers};
use crate::regime::AfterSupplement;
use crate::time::Instant;
use proptest::prelude::*;

/// Somebody does something after a while.
#[derive(Clone, Copy, Debug)]
pub(super) struct Move {
    who: usize,
    act: usize,
    variant: u8,
    minutes: u32,
    /// Out of ten: how often it is something that is possible, by somebody who may.
    sense: u8,
}

pub(super) fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = (0_usize..9, 0_usize..1_000, any::<u8>(), prop_oneof![0_u32..600, Just(0), 0_u32..20_000], 0_u8..10)
        .prop_map(|(who, act, variant, minutes, sense)| Move { who, act, variant, minutes, sense });
    proptest::collection::vec(one, 1..40)
}

/// How a life begins: with and without waiting steps, both readings of the supplement, a fee at filing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beginning {
    waits: bool,
    after_supplement: AfterSupplement,
    minutes: u32,
    fee_vnd: i64,
    channel: Channel,
}

pub(super) fn beginnings() -> impl Strategy<Value = Beginning> {
    let after = prop_oneof![Just(AfterSupplement::Pause), Just(AfterSupplement::Restart)];
    let fee = prop_oneof![Just(0_i64), Just(8_000)];
    (any::<bool>(), after, 0_u32..10_000, fee, proptest::sample::select(Channel::ALL.to_vec())).prop_map(
        |(waits, after_supplement, minutes, fee_vnd, channel)| Beginning {
            waits,
            after_supplement,
            minutes,
            fee_vnd,
            channel,
        },
    )
}

impl Beginning {
    pub(super) fn life(self) -> Life {
        let mut life = Life::in_world(if self.waits { World::with_waits() } else { World::new() });
        life.world.regime.after_supplement = self.after_supplement;
        life.now = life.now.plus_seconds(i64::from(self.minutes) * 60);
        let request = Box::new(FileRequest { fee_vnd: self.fee_vnd, ..request(self.channel) });
        match self.channel {
            Channel::Online => life.then_did(CITIZEN, Command::File(request)),
            Channel::Counter | Channel::Post => life.then_did(RECEPTIONIST, Command::ReceiveAtDesk(request)),
        }
    }
}

/// A command for an act, as good as it can be made: only its guard can stand in its way.
fn well_made(act: Act, life: &Life, who: Option<PersonId>) -> Command {
    let dossier = life.state();
    let promised = dossier.promised_at().unwrap_or(life.now).max(life.now);
    let new_date = life.world.clock().due(promised.local(), "3wd".parse().unwrap()).unwrap().at;
    let first_target = life.world.revision.step(dossier.step.number).and_then(|it| it.send_back_to.first().copied());
    let holder = life
        .world
        .mandates
        .iter()
        .find(|it| it.unit == dossier.owner.unit && it.post == dossier.owner.post)
        .map_or(SPECIALIST, |it| it.person);
    match act {
        Act::File => file(),
        Act::ReceiveAtDesk => receive_at_desk(),
        Act::Accept => Command::Accept,
        Act::TakeOn => Command::TakeOn,
        Act::Forward => forward(),
        Act::SubmitForSignature => submit(Outcome::Declined),
        Act::Sign => Command::Sign,
        Act::Issue => issue(),
        Act::Deliver => deliver(),
        Act::Correct => {
            let mut filing = dossier.filing.get().cloned().unwrap_or_default();
            filing.submitter.name = "Nguyễn Thị Mẫu".into();
            filing.submitter.birth = (1900 + dossier.version).to_string();
            Command::Correct { filing: Box::new(filing), reason: "Ghi sai năm sinh".into() }
        }
        Act::RequestSupplement => ask_again(),
        Act::Examine => match dossier.marks.paper(0).0 {
            Mark::Good => mark(0, Mark::Unseen, ""),
            Mark::Unseen | Mark::Wrong => mark(0, Mark::Good, ""),
        },
        Act::Supply => supply(),
        Act::Confirm => Command::Confirm,
        Act::TakeSilence => Command::TakeSilence,
        Act::Assign => assign(who.filter(|_| dossier.owner.person != who).filter(|it| *it == holder).unwrap_or(holder)),
        Act::SendBack => send_back(first_target.unwrap_or(2)),
        Act::Recall => recall(),
        Act::NotifyObligation => duty(250_000),
        Act::RecordPayment => pay(dossier.still_owed_vnd().max(1)),
        Act::SetFee => set_fee(dossier.fee_vnd + 8_000),
        Act::Refund => refund(dossier.overpaid_vnd().max(1)),
        Act::Apologise => Command::Apologise { reason: "Quá tải".into(), at_fault: DIVISION, new_date },
        Act::Refuse => refuse(),
        Act::ChooseCollection => Command::ChooseCollection(match dossier.filing.get().map(|it| &it.collection) {
            Some(Collection::Electronic) => Collection::Desk,
            Some(Collection::Desk | Collection::Post { .. }) | None => Collection::Electronic,
        }),
        Act::Withdraw => withdraw(),
        Act::Discontinue => discontinue(),
        Act::LapseSupplement => Command::LapseSupplement,
        Act::Transfer => transfer(dossier.places().into()),
        Act::Route => Command::Route { to: DISTRICT, reason: "Theo địa chỉ".into() },
        Act::Erase => erase(),
    }
}

/// The same with something else in it, often something wrong.
fn variant(act: Act, life: &Life, who: Option<PersonId>, variant: u8) -> Command {
    let person = CAST[usize::from(variant) % 8].unwrap();
    match (act, variant % 4) {
        (_, 0) => well_made(act, life, who),
        (Act::Forward, _) => forward_to(person),
        (Act::Assign, _) => assign(person),
        (Act::SendBack, _) => send_back(u16::from(variant) % 9),
        (Act::RequestSupplement, 1) => ask(),
        (Act::RequestSupplement, 2) => ask_for(vec![asked("giay-la")]),
        (Act::SubmitForSignature, 1) => submit(Outcome::Granted),
        (Act::RecordPayment, _) => pay(i64::from(variant) * 1_000),
        (Act::SetFee, _) => set_fee(i64::from(variant) * 1_000 - 4_000),
        (Act::Refund, _) => refund(i64::from(variant) * 1_000),
        (Act::NotifyObligation, _) => duty(i64::from(variant) - 10),
        (Act::ChooseCollection, 1) => Command::ChooseCollection(Collection::Post { address: " ".into() }),
        (Act::Withdraw, 1) => Command::Withdraw { reason: String::new() },
        (Act::Examine, 1) => mark(u16::from(variant % 3), Mark::Wrong, ["", "Mờ"][usize::from(variant / 4 % 2)]),
        (Act::Examine, 2) => mark_answer(["ngay_sinh", "la"][usize::from(variant / 4 % 2)], "Sai năm"),
        (Act::Supply, 1) => Command::Supply { papers: Vec::new(), answers: RawAnswers::new(), note: String::new() },
        (Act::Apologise, 1) => apologise("2025-03-14T10:00"),
        (other, _) => well_made(other, life, who),
    }
}

pub(super) fn make(life: Life, it: Move) -> Life {
    let mut life = life;
    life.now = life.now.plus_seconds(i64::from(it.minutes) * 60);
    let (who, command) = if it.sense < 7 {
        let possible: Vec<(Option<PersonId>, Act)> = CAST
            .iter()
            .flat_map(|who| life.ask(*who, |context| available(life.state(), context)).into_iter().map(|it| (*who, it)))
            .filter(|(_, (act, answer))| answer.is_ok() && !ends(*act, it.variant))
            .map(|(who, (act, _))| (who, act))
            .collect();
        let Some((who, act)) = possible.get(it.act % possible.len().max(1)).copied() else { return life };
        (who, well_made(act, &life, who))
    } else {
        let act = Act::ALL[it.act % Act::ALL.len()];
        (CAST[it.who], variant(act, &life, CAST[it.who], it.variant))
    };
    life.when(who, command).life
}

/// Endings are rarer than the rest, so that lives are long.
fn ends(act: Act, variant: u8) -> bool {
    matches!(act, Act::Withdraw | Act::Discontinue | Act::LapseSupplement | Act::Refuse) && variant > 25
}

/// Too much is paid only where the fee was lowered, and only that goes back; who waits for money is owed some.
fn money_is_sound(before: &Dossier, after: &Dossier) -> Result<(), TestCaseError> {
    prop_assert!(after.overpaid_vnd() <= before.overpaid_vnd() || after.fee_vnd < before.fee_vnd);
    prop_assert!(before.paid_vnd - after.paid_vnd <= before.overpaid_vnd());
    prop_assert!(after.status != Status::AwaitingPayment || after.still_owed_vnd() > 0);
    prop_assert!(after.fee_vnd >= 0 && after.fee_vnd <= after.owed_vnd);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// One owner, one next act, one clock; the log says what the state says; every minute has one holder; the version counts
    /// the events. `when` checks all of it after every command.
    #[test]
    fn no_life_is_unsound(beginning in beginnings(), moves in moves()) {
        let mut life = beginning.life();
        for it in moves {
            let before = life.state().clone();
            life = make(life, it);
            let after = life.state();
            due_moves_only_with_a_pause(&before, after)?;
            prop_assert!(before.received_at.is_none() || after.received_at == before.received_at);
            prop_assert!(after.received_at.is_none() || after.status != Status::NotAccepted);
            prop_assert!(before.received_at.is_none() || after.status != Status::New);
            prop_assert!(before.status.is_open() || !after.status.is_open(), "what is closed stays closed");
            prop_assert!(before.apology.is_none() || after.apology.is_some(), "apologised once");
            money_is_sound(&before, after)?;
            prop_assert_eq!((&after.code, &after.revision, &after.regime), (&before.code, &before.revision, &before.regime));
            prop_assert_eq!((after.receiving_unit, after.competent_unit), (before.receiving_unit, before.competent_unit));
            prop_assert!(after.first_due == before.first_due || before.first_due.is_none());
        }
    }

    /// A page and a rule cannot disagree: what the menu offers is accepted, what it does not is refused with the same words.
    #[test]
    fn the_menu_offers_what_the_rule_allows(beginning in beginnings(), moves in moves()) {
        let mut life = beginning.life();
        for it in moves {
            life = make(life, it);
            for who in CAST {
                for (act, offered) in life.ask(who, |context| available(life.state(), context)) {
                    let command = well_made(act, &life, who);
                    let answer = life.ask(who, |context| decide(life.dossier.as_ref(), &command, context));
                    prop_assert_eq!(offered, answer.map(|_| ()), "{} by {:?} in {:?}", act, who, life.state());
                }
            }
        }
    }

    /// Erased or not, a valid log folds, and to the same facts.
    #[test]
    fn any_body_may_be_erased(beginning in beginnings(), moves in moves(), mask in any::<u64>()) {
        let mut life = beginning.life();
        for it in moves {
            life = make(life, it);
        }
        let bare = without_bodies(&life.log, |place| mask >> (place % 64) & 1 == 1);
        let folded = Dossier::fold(ID, &bare).unwrap();
        let whole = life.state();
        prop_assert!(folded.is_sound());
        prop_assert_eq!(facts(&folded), facts(whole));
        prop_assert_eq!(&folded.holdings, &whole.holdings);
        prop_assert_eq!((folded.status, folded.due, folded.owner, folded.step), (whole.status, whole.due, whole.owner, whole.step));
        prop_assert_eq!((folded.owed_vnd, folded.paid_vnd, folded.version), (whole.owed_vnd, whole.paid_vnd, whole.version));
        if whole.erased {
            let bare = without_bodies(&life.log, |_| true);
            prop_assert_eq!(&Dossier::fold(ID, &bare).unwrap(), whole);
        }
    }

    /// A pause conserves what is left, whatever the pause was for.
    #[test]
    fn a_pause_conserves_what_is_left(beginning in beginnings(), moves in moves()) {
        let mut life = beginning.life();
        for it in moves {
            let before = life.state().clone();
            life = make(life, it);
            let (Some(pause), Some(old), Some(new)) = (before.pause, before.due, life.state().due) else { continue };
            let restarts = life.world.regime.after_supplement == AfterSupplement::Restart;
            let still_paused = life.state().pause.is_some_and(|it| it.since == pause.since);
            let closed = life.state().finished_at.is_some();
            if still_paused || closed || (restarts && pause.cause == PauseCause::Supplement) {
                continue;
            }
            let clock = life.world.clock();
            let left = |from: Instant, due: Instant| clock.elapsed(from.local(), due.local()).unwrap();
            prop_assert_eq!(left(pause.since, old.at), left(life.now, new.at));
            prop_assert_eq!(left(pause.since, old.legal_at), left(life.now, new.legal_at));
        }
    }
}

fn due_moves_only_with_a_pause(before: &Dossier, after: &Dossier) -> Result<(), TestCaseError> {
    let (Some(old), Some(new)) = (before.due, after.due) else {
        prop_assert!(before.due.is_none(), "a due date is never lost");
        return Ok(());
    };
    if (old.at, old.legal_at) != (new.at, new.legal_at) {
        prop_assert!(before.pause.is_some(), "moved while the clock ran");
        prop_assert!(new.at >= old.at && new.legal_at >= old.legal_at);
    }
    Ok(())
}
