//! Who works here, as the administrator keeps it.

use testkit::{Answer, Browser, Office, PASSWORD};

const LIST: &str = "/quan-tri/can-bo";

async fn administrator(office: &Office) -> Browser {
    let mut browser = Browser::new(office);
    browser.sign_in_staff("quantri").await.is(303);
    browser
}

async fn enter(office: &Office, login: &str, password: &str) -> (Browser, Answer) {
    let mut browser = Browser::new(office);
    let page = browser.get("/can-bo/dang-nhap").await;
    let answer = browser.post(&page, "/can-bo/dang-nhap", &[("tai-khoan", login), ("mat-khau", password)]).await;
    (browser, answer)
}

fn password_said(page: &Answer) -> String {
    page.body.split("secret-once\"><b class=\"code\">").nth(1).unwrap().split('<').next().unwrap().to_owned()
}

#[tokio::test]
async fn somebody_new_begins_with_a_password_of_two_days_and_chooses_their_own() {
    let office = Office::open();
    let mut keeper = administrator(&office).await;
    let form = keeper.get("/quan-tri/can-bo/moi").await;
    let ward = office.ward.to_string();
    let gaps = keeper.post(&form, "/quan-tri/can-bo/moi", &[("ho-ten", "Ngô Văn Mẫu"), ("tai-khoan", "a")]).await;
    assert!(gaps.is(422).shows("Chưa điền").body.contains("value=\"Ngô Văn Mẫu\""), "what was typed stays");
    let nameless = [("ho-ten", " "), ("tai-khoan", "tn2.hangkenh"), ("don-vi", &ward), ("chuc-vu", "reception")];
    let unnamed = keeper.post(&form, "/quan-tri/can-bo/moi", &nameless).await;
    unnamed.is(422).shows("Họ và tên: Chưa điền.").hides("Họ tên chỉ gồm chữ cái");
    let fields =
        [("ho-ten", "Ngô Văn Mẫu"), ("tai-khoan", "tn2.hangkenh"), ("don-vi", &ward), ("chuc-vu", "reception")];
    let made = keeper.post(&form, "/quan-tri/can-bo/moi", &fields).await;
    made.is(200).shows("Mật khẩu lần đầu");
    let first = password_said(&made);

    let (mut browser, asked) = enter(&office, "tn2.hangkenh", &first).await;
    asked.is(200).shows("Chọn mật khẩu của bạn");
    browser.get("/quay/tiep-nhan").await.is(303);
    let choose = |new: &'static str, again: &'static str| [("mat-khau-moi", new), ("mat-khau-lai", again)];
    let at = "/can-bo/mat-khau-moi";
    browser.post(&asked, at, &choose("một câu dài của riêng tôi", "khác")).await.is(422).shows("không giống nhau");
    browser.post(&asked, at, &choose("password1234", "password1234")).await.is(422).shows("dễ đoán");
    browser.post(&asked, at, &[("mat-khau-moi", &first), ("mat-khau-lai", &first)]).await.is(422).shows("phải khác");
    browser.post(&asked, at, &choose("một câu dài của riêng tôi", "một câu dài của riêng tôi")).await.is(303);
    browser.get("/quay/tiep-nhan").await.is(200);
    enter(&office, "tn2.hangkenh", &first).await.1.is(422);
    enter(&office, "tn2.hangkenh", "một câu dài của riêng tôi").await.1.is(303);
}

#[tokio::test]
async fn a_first_password_ends_after_two_days() {
    let office = Office::open();
    let mut keeper = administrator(&office).await;
    let at = format!("{LIST}/{}", office.staff.reception);
    let page = keeper.get(&at).await;
    let given = keeper.post(&page, &format!("{at}/tai-khoan"), &[("viec", "mat-khau")]).await;
    given.is(200);
    enter(&office, "tn.hangkenh", PASSWORD).await.1.is(422);
    office.house.clock.turn_to(office.house.clock.now().plus_seconds(49 * 3_600));
    enter(&office, "tn.hangkenh", &password_said(&given)).await.1.is(422).shows("đã hết hạn");
}

#[tokio::test]
async fn posts_begin_and_end_and_sessions_with_them() {
    let office = Office::open();
    let mut keeper = administrator(&office).await;
    let at = format!("{LIST}/{}", office.staff.reception);
    let mut desk = Browser::new(&office);
    desk.sign_in_staff("tn.hangkenh").await.is(303);
    desk.get("/lanh-dao").await.is(403);

    let page = keeper.get(&at).await;
    page.is(200).shows("Vũ Đình Khang").shows("Phường Hàng Kênh");
    let ward = office.ward.to_string();
    let give = |from: &'static str, until: &'static str| {
        [
            ("don-vi", ward.clone()),
            ("chuc-vu", "leader".to_owned()),
            ("tu-ngay", from.to_owned()),
            ("den-ngay", until.to_owned()),
        ]
    };
    for (from, until, said) in
        [("01/03/2025", "", "đã qua"), ("31/02/2025", "", "chưa đúng"), ("", "01/03/2025", "phải sau ngày bắt đầu")]
    {
        let fields = give(from, until);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        keeper.post(&page, &format!("{at}/chuc-vu"), &fields).await.is(422).shows(said);
    }
    let fields = give("", "");
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    keeper.post(&page, &format!("{at}/chuc-vu"), &fields).await.is(303);
    keeper.post(&page, &format!("{at}/chuc-vu"), &fields).await.is(422).shows("đã giữ chức vụ đó");
    desk.get("/lanh-dao").await.is(200);

    let page = keeper.get(&at).await;
    let key = page.body.split("name=\"chuc\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    for _ in 0..2 {
        let page = keeper.get(&at).await;
        let Some(key) = page.body.split("name=\"chuc\" value=\"").nth(1) else { break };
        let key = key.split('"').next().unwrap().to_owned();
        keeper.post(&page, &format!("{at}/thoi-chuc-vu"), &[("chuc", &key)]).await.is(303);
    }
    desk.get("/lanh-dao").await.is(403);
    desk.get("/quay/tiep-nhan").await.is(403);
    keeper.post(&page, &format!("{at}/thoi-chuc-vu"), &[("chuc", &format!("{key}x"))]).await.is(404);
}

#[tokio::test]
async fn a_closed_account_is_out_at_once_and_comes_back_when_opened() {
    let office = Office::open();
    let mut keeper = administrator(&office).await;
    let at = format!("{LIST}/{}", office.staff.reception);
    let mut desk = Browser::new(&office);
    desk.sign_in_staff("tn.hangkenh").await.is(303);
    let page = keeper.get(&at).await;
    keeper.post(&page, &format!("{at}/tai-khoan"), &[("viec", "khoa")]).await.is(303);
    desk.get("/quay/tiep-nhan").await.is(303);
    enter(&office, "tn.hangkenh", PASSWORD).await.1.is(422);
    keeper.post(&page, &format!("{at}/tai-khoan"), &[("viec", "khoa")]).await.is(422).shows("đã ở tình trạng đó");
    keeper.post(&page, &format!("{at}/tai-khoan"), &[("viec", "mo")]).await.is(303);
    enter(&office, "tn.hangkenh", PASSWORD).await.1.is(303);
}

#[tokio::test]
async fn nobody_gives_themselves_a_post_and_the_last_administrator_stays() {
    let office = Office::open();
    let mut keeper = administrator(&office).await;
    let own = format!("{LIST}/{}", office.staff.administrator);
    let page = keeper.get(&own).await;
    page.is(200).shows("Đây là tài khoản của bạn").hides("Giao thêm chức vụ");
    let ward = office.ward.to_string();
    let fields = [("don-vi", ward.as_str()), ("chuc-vu", "leader")];
    keeper.post(&page, &format!("{own}/chuc-vu"), &fields).await.is(422).shows("Không ai tự giao chức vụ cho mình");
    keeper.post(&page, &format!("{own}/tai-khoan"), &[("viec", "mat-khau")]).await.is(422);

    let other = format!("{LIST}/{}", office.staff.other_administrator);
    let page = keeper.get(&other).await;
    keeper.post(&page, &format!("{other}/tai-khoan"), &[("viec", "khoa")]).await.is(303);
    let key = page.body.split("name=\"chuc\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    keeper.post(&page, &format!("{other}/thoi-chuc-vu"), &[("chuc", &key)]).await.is(303);
    keeper.post(&page, &format!("{own}/tai-khoan"), &[("viec", "khoa")]).await.is(422).shows("người quản trị duy nhất");
}

#[tokio::test]
async fn an_announcement_is_on_the_first_page_from_its_first_day_to_its_last() {
    let office = Office::open_with(|rules| rules.speech_command = vec!["cat".to_owned()]);
    let mut keeper = administrator(&office).await;
    let at = "/quan-tri/thong-bao";
    let page = keeper.get(at).await;
    let ward = office.ward.to_string();
    let wrong = [("tieu-de", "Nghỉ lễ"), ("noi-dung", ""), ("den-ngay", "01/01/2025")];
    let again = keeper.post(&page, at, &wrong).await;
    assert!(again.is(422).shows("Chưa điền").body.contains("value=\"Nghỉ lễ\""), "what was typed stays");
    let text = "Bộ phận Một cửa nghỉ ngày 07/04/2025.\n<b>Hồ sơ trực tuyến</b> vẫn nhận.";
    let fields = [
        ("tieu-de", "Nghỉ lễ Giỗ Tổ"),
        ("noi-dung", text),
        ("don-vi", ward.as_str()),
        ("tu-ngay", "04/03/2025"),
        ("den-ngay", "05/03/2025"),
    ];
    keeper.post(&page, at, &fields).await.is(303);
    let mut guest = Browser::new(&office);
    guest.get("/").await.is(200).hides("Nghỉ lễ Giỗ Tổ");
    office.house.clock.turn_to(testkit::at("2025-03-05T09:00"));
    guest.get("/").await.is(200).shows("Nghỉ lễ Giỗ Tổ").shows("Phường Hàng Kênh").hides("<b>Hồ sơ");

    let mut keeper = administrator(&office).await;
    let list = keeper.get(at).await;
    let one = list.body.split("<a href=\"/quan-tri/thong-bao/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let bulletin = keeper.get(&format!("{at}/{one}")).await;
    bulletin.is(200).shows("Kính thưa bà con").shows("từ ngày 4 tháng 3 năm 2025 đến hết ngày 5 tháng 3 năm 2025");
    let spoken = keeper.post(&bulletin, &format!("{at}/{one}/doc"), &[]).await;
    spoken.is(200);
    assert!(spoken.body.contains("Xin nhắc lại."), "the command was given the text");
    keeper.post(&list, &format!("{at}/{one}/rut"), &[]).await.is(303);
    guest.get("/").await.hides("Nghỉ lễ Giỗ Tổ");
    // Who controls writes them too, among their own pages: no tab leads where they may not go.
    let mut control = Browser::new(&office);
    control.sign_in_staff("kiemsoat").await.is(303);
    let page = control.get(at).await;
    page.is(200).hides("/quan-tri/can-bo").hides("/quan-tri/cau-hinh").shows("Nhật ký xem hồ sơ");
    control.get("/kiem-soat").await.is(200);
    assert!(control.get("/kiem-soat/mau-tin").await.body.contains("href=\"/quan-tri/thong-bao\""));
}

#[tokio::test]
async fn a_voice_that_fails_is_a_fault_that_says_so_and_an_office_without_one_offers_none() {
    let office = Office::open_with(|rules| rules.speech_command = vec!["false".to_owned()]);
    for (house, expected) in [(&office, 500), (&Office::open(), 404)] {
        let mut keeper = administrator(house).await;
        let page = keeper.get("/quan-tri/thong-bao").await;
        let fields = [("tieu-de", "Tin"), ("noi-dung", "Nội dung."), ("den-ngay", "31/03/2025")];
        keeper.post(&page, "/quan-tri/thong-bao", &fields).await.is(303);
        let list = keeper.get("/quan-tri/thong-bao").await;
        let one = list.body.split("<a href=\"/quan-tri/thong-bao/").nth(1).unwrap().split('"').next().unwrap();
        keeper.post(&list, &format!("/quan-tri/thong-bao/{one}/doc"), &[]).await.is(expected);
    }
}
