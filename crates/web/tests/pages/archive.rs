//! A closed dossier of a unit that was split: its page says whose ground it is of where a rule of the plan tells, and otherwise only who
//! keeps it.

use domain::dossier::Command;
use testkit::{Browser, Office};

const SPLIT: &str = r#"schema = "motcua.reform/1"
id = "chia"
title = "Chia phường Hàng Kênh"
instrument = "Nghị quyết"
number = "12/NQ-HĐND"
signed_on = "2025-03-20"
effective_at = "2025-04-10T00:00"
ends = ["phuong-hang-kenh"]
[provenance]
invented = ["everything"]
[[unit]]
key = "dong"
name = "Phường Đông"
level = "ward"
standing = "authority"
parent = "quan-le-chan"
[[unit]]
key = "tay"
name = "Phường Tây"
level = "ward"
standing = "authority"
parent = "quan-le-chan"
[[edge]]
from = ["phuong-hang-kenh"]
to = "dong"
extent = "part"
[[edge]]
from = ["phuong-hang-kenh"]
to = "tay"
extent = "default"
[[territory]]
from = ["phuong-hang-kenh"]
to = "dong"
streets = ["STREET"]
[[staff]]
from = ["phuong-hang-kenh"]
to = "tay"
"#;

async fn said(street: &str) -> String {
    let office = Office::open();
    let closed = office.receive_at_counter("dang-ky-khai-tu@ward").await;
    let withdrawn = Command::Withdraw { reason: "Không cần nữa".to_owned() };
    office.act(office.staff.reception, closed.id, withdrawn).await.unwrap();
    let plan = app::reform::check(&office.house, "chia.toml", &SPLIT.replace("STREET", street)).unwrap();
    app::reform::plan(&office.house, &plan, None).await.unwrap();
    office.turn_to("2025-04-10T08:00");
    app::reform::flip_due(&office.house).await.unwrap();
    app::reform::settle(&office.house).await.unwrap();
    let mut desk = Browser::new(&office);
    desk.sign_in_staff("tn.hangkenh").await.is(303);
    let page = desk.get(&format!("/nghiep-vu/ho-so/{}", closed.code)).await;
    page.is(200);
    page.text()
}

#[tokio::test]
async fn the_rule_of_its_subject_tells_the_ground_and_without_one_only_the_archive_is_named() {
    // Its subject lives in "phố Mẫu".
    let told = said("Mẫu").await;
    assert!(
        told.contains("nay thuộc phường Đông theo địa chỉ của chủ hồ sơ")
            && told.contains("hồ sơ đã xong lưu tại phường Tây"),
        "{told}"
    );
    let untold = said("Khác Hẳn").await;
    assert!(
        untold.contains("nay chia cho nhiều đơn vị") && untold.contains("hồ sơ đã xong lưu tại phường Tây"),
        "{untold}"
    );
    assert!(!untold.contains("nay thuộc phường Tây"), "{untold}");
}
