//! The public figures: what everybody reads without signing in is what form II.06a counts.

use app::report::{By, form_06a};
use domain::dossier::Command;
use jiff::civil::date;
use testkit::{Browser, Office};

const PROCEDURE: &str = "dang-ky-khai-sinh@ward";

#[tokio::test]
async fn everybody_reads_what_the_form_counts_at_most_a_minute_old() {
    let office = Office::open();
    office.receive_at_counter(PROCEDURE).await;
    office.receive_at_counter(PROCEDURE).await;
    let online = office.file_online(PROCEDURE).await;
    office.act(office.staff.reception, online.id, Command::Accept).await.unwrap();
    let reason = "Công dân xin rút".to_owned();
    let actor = app::actor::Actor::Citizen(office.citizen);
    let command = Command::Withdraw { reason };
    let asked = app::handle::Asked { actor, id: online.id, version: None, command, once: None };
    app::handle::handle(&office.house, asked).await.unwrap();
    let mut browser = Browser::new(&office);
    let page = browser.get("/so-lieu?ky=2025-q1").await;
    page.is(200).shows("Từ 01/01/2025 đến hết 03/03/2025").shows("Đếm lúc thứ Hai, 03/03/2025, 9 giờ.");
    page.shows("03/2025 3 1 1 1 1 0 100\u{a0}%".replace('\u{a0}', " ").as_str());
    page.shows("Phường Hàng Kênh 3 1 1 1 1 0").hides(online.code.as_str()).hides("Quỳnh Trâm").hides("style=");
    let form = form_06a(&office.house, date(2025, 1, 1), date(2025, 3, 3), None, By::Unit).unwrap().total;
    assert_eq!((form.received_total, form.received_online, form.resolved_total, form.resolved_online), (3, 1, 1, 1));

    // Within the minute nothing is counted again, however many ask; after it, it is.
    office.receive_at_counter(PROCEDURE).await;
    office.turn_to("2025-03-03T09:00:50");
    browser
        .get("/so-lieu?ky=2025-q1")
        .await
        .shows("Phường Hàng Kênh 3 1")
        .hides("Đếm lúc thứ Hai, 03/03/2025, 9 giờ 01");
    office.turn_to("2025-03-03T09:01");
    let page = browser.get("/so-lieu?ky=2025-q1").await;
    page.shows("Phường Hàng Kênh 4 1").shows("9 giờ 01");

    let csv = browser.get("/so-lieu.csv?ky=2025").await;
    assert!(csv.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
    assert!(csv.body.contains("tong,2025,2025-01-01,2025-03-03,2025-03-03T09:01,4,1,1,1,"), "{}", csv.body);
    assert!(csv.body.contains("\nthang,01/2025,") && csv.body.contains("\ndon_vi,Phường Hàng Kênh,"), "{}", csv.body);
}

#[tokio::test]
async fn a_period_nobody_keeps_books_of_is_not_there_and_a_quiet_one_says_so() {
    let office = Office::open();
    let mut browser = Browser::new(&office);
    browser.get("/so-lieu").await.is(200).shows("Kỳ này chưa có hồ sơ nào.").shows("Năm 2025");
    browser.get("/so-lieu?ky=2025-q1&lang=en").await.is(200).shows("No dossier in this period yet.").shows("Q1 2025");
    for wrong in ["2026", "2025-q2", "1989", "2025-q9", "x", "2025'--", "%F0%9F%92%A9"] {
        browser.get(&format!("/so-lieu?ky={wrong}")).await.is(404);
        browser.get(&format!("/so-lieu.csv?ky={wrong}")).await.is(404);
    }
}

#[tokio::test]
async fn the_form_is_a_workbook_for_those_who_watch() {
    let office = Office::open();
    office.receive_at_counter(PROCEDURE).await;
    let mut browser = Browser::new(&office);
    browser.sign_in_staff("kiemsoat").await.is(303);
    browser.get("/kiem-soat?tu=01/01/2025&den=03/03/2025").await.is(200).shows("Excel");
    let book = browser.get("/kiem-soat/06a.xlsx?tu=01/01/2025&den=03/03/2025").await;
    book.is(200);
    assert!(book.body.starts_with("PK"), "a workbook is a zip");
    let named = book.headers["content-disposition"].to_str().unwrap();
    assert!(named.contains("06a-2025-01-01-2025-03-03.xlsx"), "{named}");
    browser.get("/kiem-soat/06a.xlsx?tu=03/03/2025&den=01/03/2025").await.is(422);
}
