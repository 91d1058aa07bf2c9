//! The wizard of reorganisations where something is not as usual: a plan nobody can read, a house on a server.

use crate::reform_wizard::{LIST, begun, brought_in, officer, until, whole};
use app::reform::{self, Claim, Mismatch, State};
use app::rehearsal::{Ended, Finding, Rehearsal};
use domain::ids::ReformId;
use testkit::Office;

const BIRTH: &str = "dang-ky-khai-sinh@ward";

/// Of a plan whose row cannot be read every page of the wizard leads to one that says so in words, and it can be given up there.
#[tokio::test]
async fn a_plan_nobody_can_read_says_so_and_is_given_up_on_its_page() {
    let office = Office::open();
    let plan = reform::check(&office.house, "thu.toml", &whole()).unwrap();
    reform::plan(&office.house, &plan, None).await.unwrap();
    crate::stalled::break_plan(&office, plan.id);
    let mut control = officer(&office).await;
    control.get(LIST).await.is(200).shows("không đọc được nữa");
    let base = format!("{LIST}/{}", plan.id);
    for step in ["", "/so-do", "/chuyen", "/vuong-mac", "/xem-thu", "/dien-tap", "/thoi-diem", "/chung-nhan", "/thoi"] {
        let led = control.get(&format!("{base}{step}")).await;
        led.is(303);
        assert_eq!(led.location, format!("{base}/tien-do"), "{step}");
    }
    let page = control.get(&format!("{base}/tien-do")).await;
    page.is(200)
        .shows("Không đọc được phương án này nữa")
        .shows("phục hồi hàng này từ bản sao lưu")
        .shows("12/NQ-HĐND");
    control.post(&page, &format!("{base}/tiep"), &[]).await.is(303);
    control.post(&page, &format!("{base}/thoi"), &[]).await.is(303);
    control.get(&format!("{base}/tien-do")).await.is(200).shows("Đã thôi trước thời điểm").hides("Thôi phương án");
    assert_eq!(begun(&office), [State::GivenUp]);
}

/// The house is on a server, the copy in a file beside: the rehearsal is the same.
#[tokio::test]
async fn a_plan_is_rehearsed_where_the_house_is_on_a_server() {
    let office = Office::open_on_server();
    office.file_online(BIRTH).await;
    let mut control = officer(&office).await;
    let base = brought_in(&mut control, &whole()).await;
    let rehearse = format!("{base}/dien-tap");
    let page = control.get(&rehearse).await;
    control.post(&page, &rehearse, &[("phien-ban", &page.hidden("phien-ban"))]).await.is(303);
    until(&mut control, &rehearse, "Diễn tập xong").await.shows("chứng nhận khớp").shows("1 hồ sơ");
    assert_eq!(std::fs::read_dir(office.folder().join("scratch")).unwrap().count(), 0, "the copy is gone");
    assert_eq!(begun(&office), [], "the house itself is as it was");
}

/// No room for the copy: said in words, with what to do.
#[tokio::test]
async fn a_rehearsal_that_has_no_room_says_what_to_do() {
    let office = Office::open();
    office.file_online(BIRTH).await;
    std::fs::write(office.folder().join("scratch"), "a file where a folder should be").unwrap();
    let mut control = officer(&office).await;
    let base = brought_in(&mut control, &whole()).await;
    let rehearse = format!("{base}/dien-tap");
    let page = control.get(&rehearse).await;
    control.post(&page, &rehearse, &[("phien-ban", &page.hidden("phien-ban"))]).await.is(303);
    let failed = until(&mut control, &rehearse, "Diễn tập không làm được tới cuối").await;
    failed.shows("Chưa chép được dữ liệu").shows("backup.scratch").shows("Diễn tập lại");
}

/// What differs after a rehearsal is said in the language of whoever reads, whatever the program calls it.
#[tokio::test]
async fn what_differs_after_a_rehearsal_is_said_in_words() {
    let office = Office::open();
    let mut control = officer(&office).await;
    let base = brought_in(&mut control, &whole()).await;
    let id: ReformId = base.rsplit('/').next().unwrap().parse().unwrap();
    let unequal = Finding::Unequal { from: "Phường Hàng Kênh".to_owned(), to: "Phường Mới".to_owned() };
    let (stated, found) = ("16000".to_owned(), "8000".to_owned());
    let owed = Finding::Mismatch(Mismatch { line: None, what: Claim::Owed, stated, found, broken: None });
    let rehearsal = Rehearsal {
        version: 1,
        begun_at: 0,
        heard_at: 0,
        doing: None,
        done: 0,
        took: Vec::new(),
        needs_routing: 0,
        fell_to_head: 0,
        ended: Some(Ended::Differs(vec![Finding::NoCertificate, unequal, owed])),
    };
    let kept = serde_json::to_string(&rehearsal).unwrap();
    office.house.db.write_now(|tx| storage::reform_drafts::put_rehearsal(tx, id, &kept)).unwrap();
    let page = control.get(&format!("{base}/dien-tap")).await;
    page.is(200).shows("Không chứng nhận nào được lập.");
    page.shows("Phường Hàng Kênh → Phường Mới: số trước và số sau khi chuyển không bằng nhau.");
    page.shows("Phải nộp: chứng nhận ghi “16.000 đồng”, tính lại được “8.000 đồng”.").hides("owed:");
    let english = control.get(&format!("{base}/dien-tap?lang=en")).await;
    english.is(200).shows("No certificate was made.");
    english.shows("To pay: the certificate says “16,000 VND”, counted again it is “8,000 VND”.").hides("chứng nhận");
}
