//! Who saw whose name is written down, lists included.

use domain::dossier::DossierCode;
use testkit::{Browser, Office};

async fn noted(office: &Office, code: &DossierCode) -> Vec<String> {
    let journal_is_written_within = std::time::Duration::from_secs(5);
    let started = std::time::Instant::now();
    loop {
        let found = app::work::readings(&office.house, Some(code), (None, None)).await.unwrap();
        if !found.is_empty() || started.elapsed() > journal_is_written_within {
            return found.into_iter().map(|(_, _, what, _, _)| what).collect();
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_name_seen_in_a_work_list_is_a_reading_once_a_day() {
    let office = Office::open();
    let filed = office.file_online("dang-ky-khai-sinh@ward").await;
    let mut browser = Browser::new(&office);
    browser.sign_in_staff("tn.hangkenh").await;
    for _ in 0..3 {
        assert!(browser.get("/nghiep-vu?hang=cho-tiep-nhan").await.is(200).body.contains("Quỳnh Trâm"));
    }
    assert_eq!(noted(&office, &filed.code).await, ["danh sách"]);
    let all = app::work::readings(&office.house, None, (None, None)).await.unwrap();
    assert_eq!(all.len(), 0, "the log of all leaves lists out, or nothing else would be found in it");
}

#[tokio::test]
async fn a_name_found_by_the_search_is_a_reading_only_where_it_is_shown() {
    let office = Office::open();
    let filed = office.file_online("dang-ky-khai-sinh@ward").await;
    let mut browser = Browser::new(&office);
    browser.sign_in_staff("cv.hangkenh").await;
    let outside = browser.get("/nghiep-vu/tim?q=quynh+tram").await;
    assert!(outside.is(200).body.contains(filed.code.as_str()) && !outside.body.contains("Quỳnh Trâm"));
    let mut desk = browser.another();
    desk.sign_in_staff("tn.hangkenh").await;
    assert!(desk.get("/nghiep-vu/tim?q=quynh+tram").await.is(200).body.contains("Quỳnh Trâm"));
    assert_eq!(noted(&office, &filed.code).await, ["danh sách"]);
    let readers = app::work::readings(&office.house, Some(&filed.code), (None, None)).await.unwrap();
    assert_eq!(readers.iter().map(|it| it.0).collect::<Vec<_>>(), [office.staff.reception]);
}
