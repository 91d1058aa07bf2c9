//! The standard forms are those of the day of the act, whichever regime a dossier keeps. Căn cứ: TT 03/2025/TT-VPCP, in force on
//! 15 September 2025; NĐ 118/2025/NĐ-CP, in force on 1 July 2025; handbook §2.1.

use domain::dossier::{Command, Event};
use testkit::{Browser, Office};

const DEATH: &str = "dang-ky-khai-tu@ward";

#[tokio::test]
async fn an_apology_is_printed_in_the_forms_of_its_day_and_its_dossier_keeps_its_rules() {
    let office = Office::open();
    office.turn_to("2025-06-27T09:00");
    let dossiers = [office.receive_at_counter(DEATH).await, office.receive_at_counter(DEATH).await];
    office.turn_to("2025-07-02T09:00");
    let later = office.receive_at_counter(DEATH).await;
    assert_eq!(office.dossier(later.id).regime, "2025");
    let days = [
        ("2025-09-12", "Phiếu xin lỗi và hẹn lại ngày trả kết quả"),
        ("2025-09-15", "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết"),
    ];
    let mut officer = Browser::new(&office);
    for (it, (day, title)) in dossiers.iter().zip(days) {
        office.turn_to(&format!("{day}T09:00"));
        office.act(office.staff.specialist, it.id, Command::TakeOn).await.ok();
        let apology = Command::Apologise {
            reason: "Hồ sơ phải xác minh lại.".to_owned(),
            at_fault: office.ward,
            new_date: "2025-10-01T09:00".parse().unwrap(),
        };
        office.act(office.staff.specialist, it.id, apology).await.unwrap();
        let log = office.house.db.read_now(|tx| storage::dossiers::log(tx, it.id)).unwrap();
        let seq = log.iter().find(|it| matches!(it.event, Event::Apologised { .. })).unwrap().seq;
        officer.sign_in_staff("cv.hangkenh").await;
        let page = officer.get(&format!("/nghiep-vu/ho-so/{}/phieu/{seq}", it.code)).await;
        page.is(200).shows(&title.to_uppercase());
        assert_eq!(office.dossier(it.id).regime, "2018", "it keeps the rules of its reception");
    }
}
