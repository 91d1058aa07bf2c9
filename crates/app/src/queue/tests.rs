//! A queue through a day, and through a reorganisation.

use super::setting_up::set_up;
use super::*;
use crate::reform::tests::{PLAN, turned};
use crate::testing::{TestHouse, run, staff_id};
use domain::organisation::reform::Matter;
use domain::queue::Service;
use std::net::Ipv4Addr;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn series(letter: char) -> Series {
    letter.to_string().parse().unwrap()
}

fn desk(counters: &[(u32, &str)]) -> Setup {
    let service = |letter: char, name: &str| Service { series: series(letter), name: name.to_owned() };
    Setup {
        services: vec![service('A', "Hộ tịch, chứng thực"), service('B', "Trả kết quả")],
        counters: counters
            .iter()
            .map(|(number, serves)| Counter {
                number: *number,
                serves: serves.chars().map(series).collect(),
                is_open: true,
                seat: None,
            })
            .collect(),
    }
}

async fn opened(test: &TestHouse, key: &str, counters: &[(u32, &str)]) {
    set_up(&test.house, staff_id("quan.tri"), test.unit(key), desk(counters)).await.unwrap();
}

async fn taken(test: &TestHouse, unit: UnitId, letter: char) -> TicketId {
    let wish = Wish { unit, series: series(letter), lane: Lane::Ordinary, id: fresh_id(&test.house), from: HERE };
    test.later(60);
    take(&test.house, wish).await.unwrap()
}

async fn done(test: &TestHouse, unit: UnitId, act: DeskAct) -> Result<String, AppError> {
    let found = super::act(&test.house, staff_id("tiep.nhan"), unit, act).await?;
    Ok(found.map(|it| it.number.to_string()).unwrap_or_default())
}

#[test]
fn an_officer_sits_down_calls_and_is_told_what_cannot_be() {
    run(async {
        let test = TestHouse::new();
        let unit = test.unit("phuong");
        let wish = Wish { unit, series: series('A'), lane: Lane::Ordinary, id: fresh_id(&test.house), from: HERE };
        let refused = |it: Result<TicketId, AppError>| matches!(it, Err(AppError::Queue(QueueRefusal::NoSuchService)));
        assert!(refused(take(&test.house, wish).await), "nobody set anything up");
        opened(&test, "phuong", &[(1, "A"), (2, "AB")]).await;
        let first = take(&test.house, wish).await.unwrap();
        assert_eq!(take(&test.house, wish).await.unwrap(), first, "sent twice it is one");
        let second = taken(&test, unit, 'A').await;
        let (b, queue) = ticket(&test.house, taken(&test, unit, 'B').await).await.unwrap();
        assert_eq!((b.number.to_string(), queue.ahead(&b), queue.wait_minutes(&b)), ("B001".to_owned(), 0, None));
        let no = |it: Result<String, AppError>| match it {
            Err(AppError::Queue(why)) => why.to_string(),
            other => panic!("{other:?}"),
        };
        assert_eq!(no(done(&test, unit, DeskAct::Next).await), "the officer sits at no counter");
        assert_eq!(no(done(&test, unit, DeskAct::Sit(9)).await), "there is no open counter of that number");
        done(&test, unit, DeskAct::Sit(1)).await.unwrap();
        assert_eq!(done(&test, unit, DeskAct::Next).await.unwrap(), "A001");
        assert_eq!(
            no(done(&test, unit, DeskAct::Next).await),
            "A001 is called and has neither come nor been passed over"
        );
        assert_eq!(done(&test, unit, DeskAct::Recall(first)).await.unwrap(), "A001");
        assert_eq!(done(&test, unit, DeskAct::Skip(first)).await.unwrap(), "A001");
        assert_eq!(done(&test, unit, DeskAct::Next).await.unwrap(), "A002");
        assert_eq!(done(&test, unit, DeskAct::Serve(second)).await.unwrap(), "A002");
        assert_eq!(done(&test, unit, DeskAct::ComeBack(first)).await.unwrap(), "A001");
        let to_b = Destination { series: series('B'), counter: None };
        assert_eq!(done(&test, unit, DeskAct::Transfer(first, to_b)).await.unwrap(), "A001");
        assert_eq!(
            no(done(&test, unit, DeskAct::Next).await),
            "nobody waits for this counter",
            "counter 1 does not serve B"
        );
        done(&test, unit, DeskAct::Sit(2)).await.unwrap();
        test.later(60);
        assert_eq!(done(&test, unit, DeskAct::Next).await.unwrap(), "A001", "by the time it was taken");
        let after = super::queue(&test.house, unit).await.unwrap();
        let board: Vec<String> = after.board().iter().map(|it| format!("{} {}", it.number, it.counter)).collect();
        assert_eq!(board, ["A001 2", "A002 1"]);
        let stranger = super::act(&test.house, staff_id("nguoi.la"), unit, DeskAct::Next).await;
        assert!(matches!(stranger, Err(AppError::Forbidden)));
        // The next morning nobody waits any more, and numbers begin anew.
        turned(&test, "2025-04-01T09:00");
        let tomorrow = super::queue(&test.house, unit).await.unwrap();
        assert!(
            tomorrow.tickets.is_empty() && tomorrow.setup.counter_of(staff_id("tiep.nhan"), tomorrow.now).is_none()
        );
        let (again, _) = ticket(&test.house, taken(&test, unit, 'A').await).await.unwrap();
        assert_eq!(again.number.to_string(), "A001");
        assert_ne!(take(&test.house, wish).await.unwrap(), first, "an old form gives a ticket of today");
    });
}

#[test]
fn nobody_takes_a_place_while_the_desk_is_closed_or_more_than_an_address_may() {
    run(async {
        let test = TestHouse::with_rules(|rules| rules.queue_tickets_per_address = 3);
        let unit = test.unit("phuong");
        opened(&test, "phuong", &[(1, "AB")]).await;
        let wish = || Wish { unit, series: series('A'), lane: Lane::Priority, id: fresh_id(&test.house), from: HERE };
        for closed in ["2025-03-31T06:00", "2025-03-31T17:30", "2025-03-30T09:00"] {
            turned(&test, closed);
            let answer = take(&test.house, wish()).await;
            assert!(matches!(answer, Err(AppError::Queue(QueueRefusal::DeskClosed))), "{closed}");
        }
        turned(&test, "2025-03-31T12:00");
        for _ in 0..3 {
            take(&test.house, wish()).await.unwrap();
        }
        assert!(matches!(take(&test.house, wish()).await, Err(AppError::Locked { minutes: 60 })));
        let elsewhere = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 9));
        assert!(take(&test.house, Wish { from: elsewhere, ..wish() }).await.is_ok());
        assert_eq!(super::queue(&test.house, unit).await.unwrap().tickets.len(), 4);
    });
}

#[test]
fn a_desk_is_set_up_by_who_may_and_nobody_who_waits_is_left_without_a_counter() {
    run(async {
        let test = TestHouse::new();
        let unit = test.unit("phuong");
        for login in ["tiep.nhan", "lanh.dao"] {
            let answer = set_up(&test.house, staff_id(login), unit, desk(&[(1, "AB")])).await;
            assert!(matches!(answer, Err(AppError::Forbidden)), "{login}");
        }
        let wrong = async |setup: Setup| match set_up(&test.house, staff_id("kiem.soat"), unit, setup).await {
            Err(AppError::Invalid(problems)) => {
                problems.into_iter().map(|it| format!("{} {}", it.field, it.key)).collect::<Vec<String>>()
            }
            Ok(()) => Vec::new(),
            other => panic!("{other:?}"),
        };
        assert_eq!(wrong(desk(&[(1, "A")])).await, ["dich-vu-B queue-nobody-serves"]);
        assert_eq!(wrong(desk(&[(31, "AB")])).await, ["quay-31 queue-counter-number"]);
        assert_eq!(wrong(desk(&[(1, "ABC")])).await, ["quay-1 queue-counter-serves-nothing"]);
        let mut long = desk(&[(1, "AB")]);
        long.services[0].name = "ặ".repeat(61);
        long.services[1].name = "ặ".repeat(61);
        assert_eq!(wrong(long).await, ["dich-vu-A queue-name-too-long", "dich-vu-B queue-name-too-long"]);
        assert!(wrong(desk(&[(1, "AB")])).await.is_empty());
        done(&test, unit, DeskAct::Sit(1)).await.unwrap();
        taken(&test, unit, 'B').await;
        let mut closed = desk(&[(1, "A"), (2, "B")]);
        closed.counters[1].is_open = false;
        assert_eq!(wrong(closed).await, ["dich-vu-B queue-still-waits"]);
        assert!(wrong(desk(&[(1, "A"), (2, "B")])).await.is_empty());
        assert!(done(&test, unit, DeskAct::Sit(1)).await.is_ok(), "whoever sat there sits there");
    });
}

#[test]
fn a_reorganisation_moves_the_counters_and_nobody_loses_their_place() {
    run(async {
        let test = TestHouse::with_catalogue();
        opened(&test, "phuong", &[(1, "A"), (2, "AB")]).await;
        opened(&test, "phuong-hai", &[(1, "AB"), (4, "B")]).await;
        // Carried out in the middle of a day: the worst there is.
        let plan = PLAN.replace("2025-04-02T00:00", "2025-04-02T10:00");
        let reform = crate::reform::check(&test.house, "thu.toml", &plan).unwrap();
        turned(&test, "2025-04-02T09:00");
        let (old, other) = (test.unit("phuong"), test.unit("phuong-hai"));
        let first = taken(&test, old, 'A').await;
        let theirs = taken(&test, other, 'B').await;
        let second = taken(&test, old, 'A').await;
        done(&test, old, DeskAct::Sit(1)).await.unwrap();
        assert_eq!(done(&test, old, DeskAct::Next).await.unwrap(), "A001");
        let found = crate::reform::consequences(&test.house, &reform).unwrap();
        let total = |what: &str| found.total(&Matter::Other(what.to_owned()));
        assert_eq!((total("counter"), total("ticket")), (4, 3), "named among what follows");
        crate::reform::plan(&test.house, &reform, None).await.unwrap();
        turned(&test, "2025-04-02T10:00");
        crate::reform::flip_due(&test.house).await.unwrap();
        let (new, known) = (reform.begins[0].0, test.house.now_known());
        assert_eq!(unit_of(&known, "phuong", test.now().day()), Some(new), "the code on the old wall leads there");
        let queue = super::queue(&test.house, new).await.unwrap();
        let counters: Vec<String> = queue
            .setup
            .counters
            .iter()
            .map(|it| format!("{} {}", it.number, it.serves.iter().map(ToString::to_string).collect::<String>()))
            .collect();
        assert_eq!(counters, ["1 A", "2 AB", "3 AB", "4 B"]);
        let waiting: Vec<TicketId> = queue.tickets.iter().map(|it| it.id).collect();
        assert_eq!(waiting, [first, theirs, second], "whoever was called a moment ago is the first to be called again");
        let (shown, _) = ticket(&test.house, first).await.unwrap();
        assert_eq!((shown.at_unit, shown.number.to_string()), (new, "A001".to_owned()));
        done(&test, new, DeskAct::Sit(3)).await.unwrap();
        assert_eq!(done(&test, new, DeskAct::Next).await.unwrap(), "A001");
        let (fresh, _) = ticket(&test.house, taken(&test, new, 'A').await).await.unwrap();
        assert_eq!(fresh.number.to_string(), "A003", "numbers of the successor go on");
        assert!(matches!(done(&test, old, DeskAct::Next).await, Err(AppError::Forbidden)));
        // Taken back, everything stands where it stood.
        crate::reform::undo(&test.house, reform.id, None).await.unwrap();
        let back = super::queue(&test.house, old).await.unwrap();
        assert_eq!(back.setup.counters.len(), 2);
        assert_eq!(back.tickets.iter().map(|it| it.id).collect::<Vec<_>>(), [first, second]);
        assert!(super::queue(&test.house, new).await.unwrap().setup.is_empty());
    });
}
