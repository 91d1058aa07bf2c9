//! Days off and hours: what a change does is seen first, dates that were given stay, later ones go by the change.

use jiff::civil::date;
use testkit::{Browser, Office};

const PROCEDURE: &str = "dang-ky-khai-sinh@ward";

async fn officer(office: &Office) -> Browser {
    let mut browser = Browser::new(office);
    browser.sign_in_staff("kiemsoat").await.is(303);
    browser
}

#[tokio::test]
async fn a_day_off_is_looked_at_before_it_is_saved_and_holds_for_what_comes_after() {
    let office = Office::open();
    // Friday, four o'clock: three working days would be Wednesday.
    office.turn_to("2025-03-07T16:00");
    let id = "dang-ky-thuong-tru@ward";
    let procedure = office.house.now_known().catalogue.all().any(|it| it.procedure.to_string() == id);
    let procedure = if procedure { id } else { PROCEDURE };
    let before = office.receive_at_counter(procedure).await;
    let due = office.dossier(before.id).promised_at().unwrap();
    let mut browser = officer(&office).await;
    let page = browser.get("/kiem-soat/lich?nam=2025").await;
    page.is(200).shows("thứ Sáu, 02/05/2025").shows("nghỉ hoán đổi, làm bù 26/04/2025").hides("value=\"ghi\"");
    browser.get("/kiem-soat/lich?nam=2026").await.shows("chưa xác nhận: vẫn làm việc").shows("Ngày Văn hóa Việt Nam");

    let change = |order: &'static str, seen: &'static str| {
        [
            ("viec", "nghi"),
            ("ngay", "10/03/2025"),
            ("ten", "Nghỉ hoán đổi thử"),
            ("loai", "doi"),
            ("lam-bu", "15/03/2025"),
            ("quyet-dinh", "TB 1/TB-UBND"),
            ("so", "0"),
            ("da-xem", seen),
            ("lenh", order),
        ]
    };
    // Who presses "save" without having looked is shown what it does instead.
    let looked = browser.post(&page, "/kiem-soat/lich", &change("ghi", "")).await;
    looked
        .is(200)
        .shows("Nộp thứ Sáu, 07/03/2025, 16 giờ")
        .shows("3 ngày làm việc thứ Tư, 12/03/2025, 16 giờ thứ Năm, 13/03/2025, 16 giờ muộn hơn");
    assert_eq!(office.house.now_known().calendar_number(), 0, "nothing is saved by looking");
    looked.shows("đã xem 1 hồ sơ");
    let mark = looked.hidden("da-xem");
    let mut fields = change("ghi", "").to_vec();
    fields.retain(|it| it.0 != "da-xem");
    fields.push(("da-xem", mark.as_str()));
    browser.post(&looked, "/kiem-soat/lich", &fields).await.is(303);
    let known = office.house.now_known();
    let calendar = office.house.calendar(&known);
    assert!(!calendar.is_working_day(date(2025, 3, 10)) && calendar.is_working_day(date(2025, 3, 15)));
    assert_eq!(office.dossier(before.id).promised_at(), Some(due), "the slip in somebody's hand is a promise");
    // The same page again changes nothing; another change from before the table was another has to be looked at again.
    browser.post(&looked, "/kiem-soat/lich", &fields).await.is(422).shows("Chưa sửa chỗ nào");
    let mut other: Vec<(&str, &str)> =
        fields.iter().filter(|it| !["ngay", "da-xem"].contains(&it.0)).copied().collect();
    other.extend([("ngay", "17/03/2025"), ("lam-bu", ""), ("loai", "le"), ("da-xem", "")]);
    other.retain(|it| *it != ("loai", "doi") && *it != ("lam-bu", "15/03/2025"));
    let again = browser.post(&looked, "/kiem-soat/lich", &other).await;
    let mark = again.is(200).hidden("da-xem");
    other.retain(|it| it.0 != "da-xem");
    other.push(("da-xem", mark.as_str()));
    browser.post(&again, "/kiem-soat/lich", &other).await.is(422).shows("vừa được người khác đổi");
    let page = browser.get("/kiem-soat/lich?nam=2025").await;
    page.shows("Bảng 1, 07/03/2025, Lã Thị Kim Oanh: TB 1/TB-UBND").shows("Nghỉ hoán đổi thử");
    let after = office.receive_at_counter(procedure).await;
    assert!(office.dossier(after.id).promised_at().unwrap() >= due);

    // What cannot be: a day that has passed, a weekday worked in place of another.
    for (day, made_up, words) in [
        ("03/03/2025", "15/03/2025", "đã đến hoặc đã qua"),
        ("24/03/2025", "25/03/2025", "Chỉ làm bù vào thứ Bảy"),
        ("32/03/2025", "15/03/2025", "Ghi ngày như 02/05/2025"),
        ("24/03/2025", "", "ghi ngày làm bù"),
    ] {
        let mut fields = change("xem", "").to_vec();
        fields.retain(|it| !["ngay", "lam-bu"].contains(&it.0));
        fields.extend([("ngay", day), ("lam-bu", made_up)]);
        browser.post(&page, "/kiem-soat/lich", &fields).await.is(422).shows(words).shows("Nghỉ hoán đổi thử");
    }
}

#[tokio::test]
async fn hours_change_from_a_day_on_for_one_unit() {
    let office = Office::open();
    let mut browser = officer(&office).await;
    let page = browser.get("/kiem-soat/gio-lam-viec").await;
    page.is(200).shows("Phường Hàng Kênh");
    let unit = office.ward.to_string();
    let fields = |hours: &'static str, from: &'static str, order: &'static str, seen: &str| {
        vec![
            ("don-vi".to_owned(), office.ward.to_string()),
            ("tu-ngay".to_owned(), from.to_owned()),
            ("gio".to_owned(), hours.to_owned()),
            ("noi".to_owned(), "Số 1 phố Thử".to_owned()),
            ("dien-thoai".to_owned(), String::new()),
            ("quyet-dinh".to_owned(), "QĐ 2/QĐ-UBND".to_owned()),
            ("da-xem".to_owned(), seen.to_owned()),
            ("lenh".to_owned(), order.to_owned()),
        ]
    };
    let sent = |fields: &[(String, String)]| -> Vec<(String, String)> { fields.to_vec() };
    let mut send = async |page: &testkit::Answer, fields: Vec<(String, String)>| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        browser.post(page, "/kiem-soat/gio-lam-viec", &fields).await
    };
    send(&page, sent(&fields("13:00-12:00", "10/03/2025", "xem", ""))).await.is(422).shows("Ghi như 07:30-11:30");
    send(&page, sent(&fields("08:00-12:00,13:00-16:00", "03/03/2025", "xem", ""))).await.is(422).shows("từ ngày mai");
    let looked = send(&page, sent(&fields("08:00-12:00, 13:00-15:30", "10/03/2025", "xem", ""))).await;
    looked.is(200).shows("Nộp thứ Sáu, 07/03/2025, 16 giờ").shows("sớm hơn").shows("15 giờ 30");
    let mark = looked.hidden("da-xem");
    send(&looked, sent(&fields("08:00-12:00, 13:00-15:30", "10/03/2025", "ghi", &mark))).await.is(303);
    let known = office.house.now_known();
    let hours = known.hours(office.ward).unwrap();
    assert_eq!(hours.on(date(2025, 3, 10)).to_string(), "08:00-12:00,13:00-15:30");
    assert_ne!(hours.on(date(2025, 3, 9)).to_string(), "08:00-12:00,13:00-15:30");
    let page = browser.get(&format!("/kiem-soat/gio-lam-viec?don-vi={unit}")).await;
    page.shows("từ 10/03/2025: 08:00-12:00,13:00-15:30, Số 1 phố Thử");
}
