//! The texts notices are told with, as a control officer and an administrator write them.

use testkit::{Browser, Office};

const PAGE: &str = "/kiem-soat/mau-tin/sms.received";
const TEXT: &str = "{don_vi} đã tiếp nhận hồ sơ {ma}, hẹn trả kết quả {han}.";

fn office() -> Office {
    Office::open_with(|rules| rules.text_part_vnd = Some(850))
}

async fn writer(office: &Office, login: &str) -> Browser {
    let mut browser = Browser::new(office);
    browser.sign_in_staff(login).await.is(303);
    browser
}

#[tokio::test]
async fn length_parts_and_price_are_seen_before_a_text_is_saved() {
    let office = office();
    let mut browser = writer(&office, "kiemsoat").await;
    browser.get("/kiem-soat/mau-tin").await.is(200).shows("Báo đã tiếp nhận và hẹn trả").shows("850 đồng");
    let page = browser.get(PAGE).await;
    page.is(200).shows("Bản có sẵn: Hồ sơ {ma} đã được {don_vi} tiếp nhận").hides("value=\"ghi\"");

    // Who presses "save" without having seen what it costs is shown that instead.
    let fields = [("ban", "0"), ("noi-dung", TEXT), ("dau", "co"), ("ma-dang-ky", ""), ("lenh", "ghi"), ("da-xem", "")];
    let shown = browser.post(&page, PAGE, &fields).await;
    shown.is(200).shows("Chưa ghi").shows("2 phần").shows("1.700 đồng").shows("UCS-2").shows("GSM-7").shows("1 phần");
    assert!(
        shown.text().contains("quận Lê Chân đã tiếp nhận hồ sơ") || shown.text().contains("đã tiếp nhận hồ sơ H24")
    );
    assert_eq!(spoken(&office).1, 0, "nothing is saved yet");

    // Another text than the one whose cost was shown is not saved either.
    let seen = shown.hidden("da-xem");
    let other = format!("{TEXT} Cảm ơn bạn.");
    let changed =
        [("ban", "0"), ("noi-dung", other.as_str()), ("dau", "co"), ("lenh", "ghi"), ("da-xem", seen.as_str())];
    browser.post(&shown, PAGE, &changed).await.is(200).shows("Chưa ghi");
    assert_eq!(spoken(&office).1, 0);

    let saved = [
        ("ban", "0"),
        ("noi-dung", TEXT),
        ("dau", "co"),
        ("ma-dang-ky", ""),
        ("lenh", "ghi"),
        ("da-xem", seen.as_str()),
    ];
    let answer = browser.post(&shown, PAGE, &saved).await;
    answer.is(303);
    assert_eq!(spoken(&office), (TEXT.to_owned(), 1));
    let after = browser.get(&answer.location).await;
    after.is(200).shows("Đã ghi thành bản mới").shows("Bản 1, thứ Hai, 03/03/2025, 9 giờ, Lã Thị Kim Oanh:");

    // The same form again, as a browser that goes back sends it: somebody's newer revision is not overwritten.
    let again = browser.post(&after, PAGE, &saved).await;
    again.is(422).shows("vừa được người khác ghi bản mới").shows(TEXT);
    assert_eq!(spoken(&office).1, 1);
}

fn spoken(office: &Office) -> (String, u32) {
    use domain::notice::{NoticeChannel, NoticeKind};
    let known = office.house.now_known();
    let it = known.notices.spoken(NoticeKind::Received, NoticeChannel::Text).unwrap();
    (it.text.clone(), it.number)
}

#[tokio::test]
async fn a_wrong_text_is_told_in_words_and_stays_as_it_was_typed() {
    let office = office();
    let mut browser = writer(&office, "quantri").await;
    let page = browser.get(PAGE).await;
    for (text, words) in [
        ("", "Chưa có nội dung"),
        ("Đã tiếp nhận, hẹn {han}", "Thiếu chỗ điền {ma}"),
        ("Hồ sơ {ma} nộp {so_tien}", "không có chỗ điền “so_tien”"),
        ("Hồ sơ {ma", "ngoặc nhọn đứng lẻ"),
        ("<script>alert(1)</script> {ma} {ma", "ngoặc nhọn đứng lẻ"),
    ] {
        let answer = browser.post(&page, PAGE, &[("ban", "0"), ("noi-dung", text), ("lenh", "xem")]).await;
        answer.is(422).shows(words).hides("<script>alert");
        assert!(text.is_empty() || answer.body.contains("{ma") || answer.body.contains("{han}"), "{text} is gone");
    }
    let long = "x".repeat(70);
    let fields = [("ban", "0"), ("noi-dung", TEXT), ("ma-dang-ky", long.as_str()), ("lenh", "xem")];
    browser.post(&page, PAGE, &fields).await.is(422).shows("không quá 60 ký tự");
    browser.post(&page, PAGE, &[("ban", "x"), ("noi-dung", TEXT)]).await.is(422);
    browser.get("/kiem-soat/mau-tin/fax.received").await.is(404);
}

#[tokio::test]
async fn a_letter_has_a_text_of_its_own_and_no_price() {
    let office = office();
    let mut browser = writer(&office, "quantri").await;
    let page = browser.get("/kiem-soat/mau-tin/email.issued").await;
    page.is(200).shows("Người dân đọc được").hides("data-l=\"Giá\"").hides("Dấu tiếng Việt");
    browser.get("/quan-tri").await.is(200).shows("Mẫu tin");
    let mut clerk = writer(&office, "vt.hangkenh").await;
    clerk.get("/kiem-soat/mau-tin").await.is(403);
}
