//! A closure of somebody's that breaks while others file: it costs nobody else anything, on either engine.

use app::AppError;
use app::actor::Actor;
use app::handle::{self, Once};
use domain::procedure::Channel;
use std::collections::BTreeSet;
use std::sync::Arc;
use storage::engine::StorageError;
use testkit::Office;

/// People who file, and as many whose closures break.
const PEOPLE: usize = 40;

async fn others_go_on(office: Office) {
    let office = Arc::new(office);
    let filing: Vec<_> = (0..PEOPLE)
        .map(|number| {
            let office = Arc::clone(&office);
            tokio::spawn(async move {
                let plan = office.plan("dang-ky-khai-sinh@ward", Channel::Online, office.ward, Some(office.citizen));
                let once = Some(Once::new(&format!("{number}"), b"the same"));
                handle::file(&office.house, Actor::Citizen(office.citizen), plan, once).await
            })
        })
        .collect();
    let breaking: Vec<_> = (0..PEOPLE)
        .map(|number| {
            let office = Arc::clone(&office);
            tokio::spawn(async move {
                let name = format!("half {number}");
                office
                    .house
                    .db
                    .write(move |tx| -> Result<(), AppError> {
                        storage::house::put_text(tx, &name, "made")?;
                        panic!("the closure broke, on purpose")
                    })
                    .await
            })
        })
        .collect();
    let mut codes = BTreeSet::new();
    for one in filing {
        codes.insert(one.await.unwrap().unwrap().code.to_string());
    }
    for one in breaking {
        let told = one.await.unwrap().unwrap_err();
        let AppError::Fault { source, .. } = told else { panic!("{told}") };
        let source = source.downcast::<StorageError>().unwrap();
        assert!(matches!(*source, StorageError::Panicked { .. }), "{source}");
    }
    assert_eq!(codes.len(), PEOPLE, "each has a number of their own");
    let numbers: BTreeSet<usize> = codes.iter().filter_map(|it| it.rsplit('-').next()?.parse().ok()).collect();
    assert!(numbers.into_iter().eq(1..=PEOPLE), "unbroken: {codes:?}");
    for number in 0..PEOPLE {
        let half = office.house.db.read_now(|tx| storage::house::text(tx, &format!("half {number}"))).unwrap();
        assert_eq!(half, None, "nothing is left of what broke");
    }
    let found = app::integrity::verify(&office.house, |_, _| {}).await.unwrap();
    assert_eq!((found.dossiers, found.differences), (PEOPLE as u64, Vec::new()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closure_that_breaks_costs_nobody_else_anything_in_a_file() {
    others_go_on(Office::open()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closure_that_breaks_costs_nobody_else_anything_on_a_server() {
    others_go_on(Office::open_on_server()).await;
}
