//! However many take a number at once, on however many nodes, nobody has that of another.

use app::AppError;
use app::house::House;
use app::queue::{DeskAct, Wish, act, fresh_id, queue, take};
use domain::queue::{Lane, QueueRefusal, TicketState};
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use testkit::Office;

const TAKERS: usize = 64;

async fn sixty_four_take_a_number(office: &Office, nodes: [Arc<House>; 2]) {
    office.open_desk(office.ward).await;
    let unit = office.ward;
    let takers: Vec<_> = (0..TAKERS)
        .map(|nth| {
            let house = Arc::clone(&nodes[nth % 2]);
            let from = IpAddr::V4(Ipv4Addr::new(10, 0, 0, u8::try_from(nth % 5).unwrap()));
            let wish = Wish { unit, series: "A".parse().unwrap(), lane: Lane::Ordinary, id: fresh_id(&house), from };
            tokio::spawn(async move { take(&house, wish).await.unwrap() })
        })
        .collect();
    for it in takers {
        it.await.unwrap();
    }
    let found = queue(&office.house, unit).await.unwrap();
    let numbers: BTreeSet<u32> = found.tickets.iter().map(|it| it.number.number).collect();
    assert_eq!(numbers, (1..=64).collect::<BTreeSet<u32>>(), "each once, and none is missing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_at_once_have_sixty_four_numbers() {
    let office = Office::open();
    sixty_four_take_a_number(&office, [Arc::clone(&office.house), Arc::clone(&office.house)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_at_once_on_two_nodes_have_sixty_four_numbers_and_no_ticket_is_called_twice() {
    let office = Office::open_on_server();
    let other = office.another_node();
    sixty_four_take_a_number(&office, [Arc::clone(&office.house), Arc::clone(&other)]).await;
    // Two counters call at the same moment, on two nodes.
    let second = office.hire_reception("tn2.hangkenh", office.ward);
    let unit = office.ward;
    act(&office.house, office.staff.reception, unit, DeskAct::Sit(1)).await.unwrap();
    act(&other, second, unit, DeskAct::Sit(2)).await.unwrap();
    for _ in 0..20 {
        let call = async |house: &Arc<House>, person| {
            let called = act(house, person, unit, DeskAct::Next).await.unwrap().unwrap();
            act(house, person, unit, DeskAct::Serve(called.id)).await.unwrap();
            called.id
        };
        let (one, two) = tokio::join!(call(&office.house, office.staff.reception), call(&other, second));
        assert_ne!(one, two);
    }
    let found = queue(&other, unit).await.unwrap();
    assert_eq!(found.tickets.iter().filter(|it| it.state == TicketState::Served).count(), 40);
    let taken = act(&other, second, unit, DeskAct::Sit(9)).await;
    assert!(matches!(taken, Err(AppError::Queue(QueueRefusal::NoSuchCounter))));
}
