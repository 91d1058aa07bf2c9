//! Whether the history is whole, as an administrator asks it: what the last verification found, and one that is begun.

use super::reform_wizard::until;
use storage::args;
use storage::engine::Tx;
use testkit::{Answer, Browser, Office};

storage::statements! {
    BREAK: "DELETE FROM due_history";
}

const AT: &str = "/quan-tri/toan-ven";

fn looks_again(page: &Answer) -> bool {
    page.headers.contains_key("refresh")
}

/// A verification that was begun and heard of last at that moment, five of ten dossiers far.
fn begun(office: &Office, heard_at: i64) {
    let begun = format!("{{\"begun\":{{\"at\":0,\"heard_at\":{heard_at},\"done\":5,\"total\":10}}}}");
    office.house.db.write_now(|tx| storage::house::put_text(tx, "verification", &begun)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_tells_of_the_last_verification_and_begins_another_beside_it() {
    let office = Office::open();
    office.receive_at_counter("dang-ky-khai-sinh@ward").await;
    let mut keeper = Browser::new(&office);
    keeper.sign_in_staff("quantri").await.is(303);
    let page = keeper.get(AT).await;
    page.is(200).shows("Chưa kiểm tra lần nào.").hides("Mọi lịch sử");
    assert!(!looks_again(&page), "looking begins nothing");

    keeper.post(&page, AT, &[]).await.is(303);
    let whole = until(&mut keeper, AT, "Mọi lịch sử còn nguyên vẹn.").await;
    whole.shows("1 hồ sơ").shows("Kiểm tra lúc").shows("Kiểm tra ngay");
    assert!(!looks_again(&whole));

    // What is not as it was stays unseen until somebody looks again.
    let broken = |tx: &mut Tx| tx.exec(BREAK, args![]);
    office.house.db.write_now(broken).unwrap();
    let page = keeper.get(AT).await;
    page.shows("Mọi lịch sử còn nguyên vẹn.");
    keeper.post(&page, AT, &[]).await.is(303);
    let broken = until(&mut keeper, AT, "chỗ không như lịch sử ghi.").await;
    broken.shows("1 sai khác").shows(": các lần hẹn trả ghi khác lịch sử").hides("due dates");
    let english = keeper.get(&format!("{AT}?lang=en")).await;
    english.is(200).shows(": the due dates that are kept differ from the history").hides("hẹn trả");
}

#[tokio::test]
async fn a_verification_on_its_way_is_followed_and_one_cut_off_is_said_to_be() {
    let office = Office::open();
    let mut keeper = Browser::new(&office);
    keeper.sign_in_staff("quantri").await.is(303);
    begun(&office, 0);
    let page = keeper.get(AT).await;
    page.is(200).shows("bị ngắt giữa chừng").shows("Kiểm tra ngay");
    assert!(!looks_again(&page));

    begun(&office, app::clock::Clock::system().now().micros());
    let on_its_way = keeper.get(AT).await;
    on_its_way.is(200).shows("Đang kiểm tra.").shows("Đã xem 5 trên 10 hồ sơ.").hides("Kiểm tra ngay");
    assert!(looks_again(&on_its_way));
    // A second press follows the one that runs.
    keeper.post(&page, AT, &[]).await.is(303);
    keeper.get(AT).await.shows("Đã xem 5 trên 10 hồ sơ.");
}
