//! The wizard of reorganisations where something is not as usual: a plan nobody can read, a house on a server.

use crate::reform_wizard::{LIST, begun, brought_in, officer, until, whole};
use app::reform::{self, Claim, Mismatch, State};
use app::rehearsal::{Ended, Finding, Rehearsal};
use domain::ids::{PersonId, ReformId};
use testkit::{Answer, Office};

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

/// What an earlier version of the program found is no reason to say that there was no rehearsal.
#[tokio::test]
async fn what_an_earlier_version_found_is_shown_as_it_was_written_down() {
    let office = Office::open();
    let mut control = officer(&office).await;
    let base = brought_in(&mut control, &whole()).await;
    let id: ReformId = base.rsplit('/').next().unwrap().parse().unwrap();
    let found = r#"["owed: 16000 / 8000","Phường Hàng Kênh → Phường Mới"]"#;
    let kept = format!(
        r#"{{"version":1,"begun_at":0,"heard_at":0,"doing":null,"done":0,"took":[],"needs_routing":0,"fell_to_head":0,"ended":{{"differs":{found}}}}}"#
    );
    office.house.db.write_now(|tx| storage::reform_drafts::put_rehearsal(tx, id, &kept)).unwrap();
    let page = control.get(&format!("{base}/dien-tap")).await;
    page.is(200).shows("Diễn tập xong, chứng nhận không khớp").shows("Diễn tập lại");
    let line = |page: &Answer, it: &str| assert!(page.body.contains(it), "no {it} in {}", page.body);
    line(&page, "<li lang=\"en\">owed: 16000 / 8000</li>");
    line(&page, "<li>Phường Hàng Kênh → Phường Mới</li>");
    let english = control.get(&format!("{base}/dien-tap?lang=en")).await;
    line(&english, "<li>owed: 16000 / 8000</li>");
    line(&english, "<li lang=\"vi\">Phường Hàng Kênh → Phường Mới</li>");
}

/// Who took a plan back may be kept no more: that is not the same as nobody of the office having done it.
#[tokio::test]
async fn a_plan_taken_back_by_somebody_unknown_was_not_taken_back_on_the_server() {
    for is_known in [false, true] {
        let office = Office::open();
        office.receive_at_counter(BIRTH).await;
        let plan = reform::check(&office.house, "thu.toml", &whole()).unwrap();
        reform::plan(&office.house, &plan, None).await.unwrap();
        office.turn_to("2025-04-01T00:00");
        assert_eq!(reform::flip_due(&office.house).await.unwrap().len(), 1);
        let nobody = PersonId::from_uuid(office.house.ids.uuid(office.house.clock.now()));
        let by = if is_known { office.staff.control } else { nobody };
        reform::undo(&office.house, plan.id, Some(by)).await.unwrap();
        let mut control = officer(&office).await;
        let page = control.get(&format!("{LIST}/{}/tien-do", plan.id)).await;
        page.is(200).shows("Đã hoàn tác lúc").hides("bằng lệnh trên máy chủ");
        page.shows(if is_known {
            "người làm: Lã Thị Kim Oanh"
        } else {
            "tên người làm không còn trong hệ thống"
        });
    }
}
