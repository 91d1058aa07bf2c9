//! Any life of a dossier is the same on both engines: whoever asks whatever whenever is answered alike, and what is stored is
//! what the events say.

use app::AppError;
use app::actor::Actor;
use domain::dossier::{
    Command, Dossier, Draft, Evidence, FiledPaper, Outcome, PaymentMethod, Proxy, Status, SupplementItem,
};
use domain::ids::DossierId;
use domain::procedure::StepKind;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use testkit::Office;

const PROCEDURES: [&str; 2] = ["dang-ky-khai-sinh@ward", "dang-ky-khai-tu@ward"];
/// Lives that are lived.
const LIVES: u32 = 24;
/// Kinds of commands, and people who give them.
const COMMANDS: u8 = 18;
const PEOPLE: u8 = 9;
/// Where the chance of the lives begins: 32 bytes.
const SEED: &[u8; 32] = b"the same lives on every machine.";

/// One thing asked: after so many minutes, by whom, what; or else what usually comes next, by whose task it is.
type Asked = (u16, bool, u8, u8);

/// What usually comes next: who, and what.
fn usual(dossier: &Dossier, chosen: u8) -> (u8, u8) {
    const RECEPTION: u8 = 0;
    const SPECIALIST: u8 = 2;
    match (dossier.status, dossier.step.kind) {
        (Status::New, _) => (RECEPTION, 0),
        (Status::AwaitingSupplement, _) => (7, 12),
        (_, StepKind::Citizen) => (7, 16),
        (Status::AwaitingPayment, _) => (RECEPTION, 15),
        (_, StepKind::Sign) => (5, 8),
        (_, StepKind::Issue) => (6, 9),
        (_, StepKind::HandOver) => (RECEPTION, 10),
        (_, StepKind::Receive | StepKind::Work | StepKind::Consult) if dossier.owner.person.is_none() => {
            (SPECIALIST, 1)
        }
        (_, StepKind::Receive | StepKind::Work | StepKind::Consult) => {
            (SPECIALIST, [3, 6, 11][usize::from(chosen % 8 / 3)])
        }
    }
}

fn command(which: u8, dossier: &Dossier) -> Command {
    let words = || "Lý do ghi thử".to_owned();
    match which {
        0 => Command::Accept,
        1 | 2 => Command::TakeOn,
        3..=5 => Command::Forward { to: None, note: String::new() },
        6 | 7 => Command::SubmitForSignature {
            outcome: if dossier.version.is_multiple_of(5) { Outcome::Declined } else { Outcome::Granted },
            draft: Draft { text: "Đủ điều kiện".to_owned(), document: None },
            to: None,
        },
        8 => Command::Sign,
        9 => Command::Issue { number: "12/2025".to_owned(), document: None },
        10 => Command::Deliver {
            evidence: Evidence { receiver: "Người Nhận Mẫu".to_owned(), ..Evidence::default() },
            by_proxy: Proxy::Owner,
        },
        11 => Command::RequestSupplement {
            items: vec![SupplementItem { what: "Bản rõ hơn".to_owned(), ..SupplementItem::default() }],
            reason: words(),
            legal_basis: "Điều mẫu".to_owned(),
            override_reason: String::new(),
            days: None,
        },
        12 => Command::Supply { papers: vec![FiledPaper::default()], answers: Default::default(), note: words() },
        13 => Command::SendBack { to_step: 1, reason: words() },
        14 => Command::Recall { reason: words() },
        15 => Command::RecordPayment { amount_vnd: 8_000, method: PaymentMethod::Cash, number: String::new() },
        16 => Command::Confirm,
        _ => Command::Withdraw { reason: words() },
    }
}

fn actor(which: u8, office: &Office) -> Actor {
    let staff = &office.staff;
    match which {
        0 | 1 => Actor::Staff(staff.reception),
        2..=4 => Actor::Staff(staff.specialist),
        5 => Actor::Staff(staff.leader),
        6 => Actor::Staff(staff.clerk),
        7 => Actor::Citizen(office.citizen),
        _ => Actor::Staff(staff.other_specialist),
    }
}

/// What came of it, without a word that differs from office to office.
fn said(outcome: Result<app::handle::Handled, AppError>) -> String {
    match outcome {
        Ok(handled) => format!("{} is at {}", handled.code, handled.version),
        Err(AppError::Refused(why)) => format!("refused: {why}"),
        Err(why) => format!("{why}"),
    }
}

async fn lived(office: &Office, procedure: &str, asked: &[Asked]) -> (DossierId, Vec<String>) {
    let filed = office.file_online(procedure).await;
    let mut answers = vec![filed.code.to_string()];
    for (minutes, is_usual, who, what) in asked {
        office.house.clock.turn_to(office.house.clock.now().plus_seconds(i64::from(*minutes) * 60));
        let dossier = office.dossier(filed.id);
        let (who, what) = if *is_usual { usual(&dossier, *what) } else { (*who, *what) };
        let command = command(what, &dossier);
        answers.push(said(office.ask(actor(who, office), filed.id, command, None).await));
        assert!(office.dossier(filed.id).is_sound());
    }
    (filed.id, answers)
}

/// What two offices must have in common of a dossier.
fn essence(office: &Office, id: DossierId) -> String {
    let it = office.dossier(id);
    let due = it.due.as_ref().map(|due| due.at);
    format!("{:?} {} {:?} {:?} {:?} {}", it.status, it.version, due, it.step, it.filed_at, it.still_owed_vnd())
}

#[test]
fn any_life_is_the_same_on_both_engines() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (in_file, on_server) = runtime.block_on(async { (Office::open(), Office::open_on_server()) });
    let config = Config { cases: LIVES, failure_persistence: None, max_shrink_iters: 64, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, SEED));
    let asked = (0_u16..400, prop::bool::weighted(0.7), 0..PEOPLE, 0..COMMANDS);
    let lives = (0..PROCEDURES.len(), prop::collection::vec(asked, 8..40));
    let (done, ended) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    runner
        .run(&lives, |(procedure, asked)| {
            // A life that is lived again, to find a shorter one, begins at the same moment on both.
            let later = in_file.house.clock.now().max(on_server.house.clock.now());
            [&in_file, &on_server].iter().for_each(|it| it.house.clock.turn_to(later));
            let (one, other) = runtime.block_on(async {
                (
                    lived(&in_file, PROCEDURES[procedure], &asked).await,
                    lived(&on_server, PROCEDURES[procedure], &asked).await,
                )
            });
            done.set(done.get() + one.1.iter().filter(|it| it.contains(" is at ")).count());
            ended.set(ended.get() + usize::from(in_file.dossier(one.0).status == Status::Delivered));
            prop_assert_eq!(one.1, other.1);
            prop_assert_eq!(essence(&in_file, one.0), essence(&on_server, other.0));
            Ok(())
        })
        .unwrap();
    let (done, ended) = (done.get(), ended.get());
    assert!(
        done > 5 * usize::try_from(LIVES).unwrap() && ended > 0,
        "hardly anything: {done} done, {ended} to the end"
    );
    for office in [&in_file, &on_server] {
        let found = runtime.block_on(app::integrity::verify(&office.house, |_, _| {})).unwrap();
        assert_eq!(found.differences, []);
    }
    // Dropping a database within a runtime would wait for it.
    drop((in_file, on_server));
}
