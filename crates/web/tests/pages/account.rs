//! One's own account: how one is reached, where one is signed in, who read one's data; a draft on another device.

use domain::dossier::Command;
use testkit::{Answer, Browser, Office};

const PROCEDURE: &str = "dang-ky-khai-sinh@ward";

async fn citizen(office: &Office, login: &str) -> Browser {
    let mut browser = Browser::new(office);
    browser.sign_in(login).await.is(303);
    browser
}

#[tokio::test]
async fn who_read_ones_data_is_told_by_day_with_post_and_unit_and_no_name() {
    let office = Office::open();
    let filed = office.file_online(PROCEDURE).await;
    office.act(office.staff.reception, filed.id, Command::Accept).await.unwrap();
    let mut own = citizen(&office, "congdan").await;
    own.get("/tai-khoan").await.is(200).shows("Ai đã xem dữ liệu của tôi");
    own.get("/tai-khoan/ai-da-xem").await.is(200).shows("Chưa có ai khác xem");
    own.get(&format!("/ho-so-cua-toi/{}", filed.code)).await.is(200);
    let mut desk = Browser::new(&office);
    desk.sign_in_staff("tn.hangkenh").await.is(303);
    for minute in 1..=2 {
        office.turn_to(&format!("2025-03-03T09:0{minute}"));
        desk.get(&format!("/nghiep-vu/ho-so/{}", filed.code)).await.is(200);
    }
    let mut nosy = Browser::new(&office);
    nosy.sign_in_staff("cv.anbien").await.is(303);
    app::dossiers::give_reason(&office.house, office.staff.other_specialist, &filed.code, "Công dân gọi hỏi")
        .await
        .unwrap();
    let started = std::time::Instant::now();
    let seen = loop {
        let page = own.get("/tai-khoan/ai-da-xem").await;
        if page.body.contains("2 lần") || started.elapsed().as_secs() > 5 {
            break page;
        }
        tokio::task::yield_now().await;
    };
    seen.is(200)
        .shows("thứ Hai, 03/03/2025")
        .shows("phường Hàng Kênh")
        .shows("mở trang hồ sơ")
        .shows("2 lần, lần cuối 9 giờ 02");
    seen.shows("ngoài việc được giao, có ghi lý do").hides("Vũ Đình Khang").hides("Công dân gọi hỏi");
    own.get("/tai-khoan/ai-da-xem?ma=H24.99").await.shows("Chưa có ai khác xem");
    citizen(&office, "congdan2").await.get("/tai-khoan/ai-da-xem").await.shows("Chưa có ai khác xem");
}

#[tokio::test]
async fn one_button_signs_out_everywhere_else() {
    let office = Office::open();
    let (mut here, mut there, mut third) =
        (citizen(&office, "congdan").await, citizen(&office, "congdan").await, citizen(&office, "congdan").await);
    let mut other = citizen(&office, "congdan2").await;
    let page = here.get("/tai-khoan").await;
    page.is(200).shows("Thoát ở mọi nơi khác");
    here.post(&page, "/tai-khoan/thoat-het", &[]).await.is(303);
    here.get("/tai-khoan?xong=thoat-het").await.is(200).hides("Thoát ở mọi nơi khác");
    there.get("/tai-khoan").await.is(303);
    third.get("/tai-khoan").await.is(303);
    other.get("/tai-khoan").await.is(200);
}

#[tokio::test]
async fn how_one_is_reached_changes_for_what_is_filed_from_then_on() {
    let office = Office::open();
    let mut browser = citizen(&office, "congdan").await;
    let page = browser.get("/tai-khoan").await;
    let address = "/tai-khoan/lien-lac";
    let wrong =
        browser.post(&page, address, &[("dien_thoai", "12"), ("thu", "a@thu.example"), ("dia_chi", "Nhà")]).await;
    wrong.is(422).shows("Số điện thoại chưa đúng");
    assert!(wrong.body.contains("value=\"12\"") && wrong.body.contains("a@thu.example"), "what was typed stays");
    browser.post(&page, address, &[("dien_thoai", ""), ("thu", ""), ("dia_chi", "")]).await.is(422).shows("Chưa điền");
    let to = [("dien_thoai", "0999000111"), ("thu", "moi@thu.example"), ("dia_chi", "Số 5 phố Mẫu")];
    browser.post(&page, address, &to).await.is(303);
    let after = browser.get("/tai-khoan?xong=lien-lac").await;
    after.shows("Đã lưu thông tin liên lạc").shows("Số 5 phố Mẫu");
    citizen(&office, "congdan").await.get("/tai-khoan").await.is(200);
}

#[tokio::test]
async fn a_draft_goes_on_on_another_device_and_without_the_script_a_button_saves_it() {
    let office = Office::open();
    let mut telephone = citizen(&office, "congdan").await;
    let start = telephone.get(&format!("/nop-ho-so/{PROCEDURE}")).await;
    let unit = office.ward.to_string();
    let form =
        telephone.post(&start, &format!("/nop-ho-so/{PROCEDURE}"), &[("don_vi", &unit)]).await.is(303).location.clone();
    let page = telephone.get(&form).await;
    page.is(200).shows("Đã lưu lúc 9 giờ");
    assert!(page.body.contains("<noscript><button"), "a button saves where there is no script");
    let name =
        page.body.split("name=\"").find_map(|it| it.split('"').next().filter(|it| it.contains("ho_ten"))).unwrap_or("");
    office.turn_to("2025-03-03T09:20");
    let typed = [(name, "Tôn Nữ Mẫu Đơn"), ("viec", "luu-lai")];
    assert_eq!(telephone.post(&page, &form, &typed).await.is(303).location, form);
    let mut desktop = citizen(&office, "congdan").await;
    desktop.get("/ho-so-cua-toi?muc=ban-nhap").await.is(200).shows("9 giờ 20");
    let there = desktop.get(&form).await;
    assert!(there.is(200).shows("Đã lưu lúc 9 giờ 20").body.contains("Tôn Nữ Mẫu Đơn"), "{name}");
}

/// The code of the last message to that number.
fn code_sent(office: &Office) -> String {
    let sent = office.house.db.read_now(|tx| storage::outbox::latest(tx, 5)).unwrap();
    let text = sent.into_iter().find(|it| it.kind == "password_code" && it.channel == "sms").expect("a message").body;
    text.split(|it: char| !it.is_ascii_digit()).find(|it| it.len() == 6).expect("six digits").to_owned()
}

#[tokio::test]
async fn who_forgot_the_password_sets_another_with_a_code_and_is_signed_out_everywhere() {
    const NEW: &str = "bốn con gà trống ngoài hiên";
    let office = Office::open();
    let mut elsewhere = citizen(&office, "congdan").await;
    let mut browser = Browser::new(&office);
    browser.get("/dang-nhap").await.is(200).shows("Quên mật khẩu?").shows("Hiện mật khẩu");
    let page = browser.get("/quen-mat-khau").await;
    page.is(200).shows("Gửi mã cho tôi").shows("mang thẻ căn cước tới Bộ phận Một cửa");
    browser.post(&page, "/quen-mat-khau", &[("ten", " ")]).await.is(422).shows("Chưa điền");
    let nobody = browser.post(&page, "/quen-mat-khau", &[("ten", "khong.co")]).await;
    let somebody = browser.post(&page, "/quen-mat-khau", &[("ten", "congdan")]).await;
    let told = |it: &Answer, login: &str| it.is(200).text().replace(login, "…");
    assert_eq!(told(&nobody, "khong.co"), told(&somebody, "congdan"), "the page does not tell who has an account");
    let code = code_sent(&office);
    somebody.hides(&code).shows("Mã trong tin nhắn");
    let send = |code: &str, new: &str| {
        vec![("ten", "congdan".to_owned()), ("ma", code.to_owned()), ("mat_khau_moi", new.to_owned())]
    };
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for (code, new, why) in [(wrong, NEW, "Mã chưa đúng hoặc đã quá hạn"), (code.as_str(), "ngắn", "ít nhất 10 ký tự")]
    {
        let typed = send(code, new);
        let fields: Vec<(&str, &str)> = typed.iter().map(|it| (it.0, it.1.as_str())).collect();
        browser.post(&somebody, "/quen-mat-khau/ma", &fields).await.is(422).shows(why);
    }
    elsewhere.get("/tai-khoan").await.is(200);
    let fields = [("ten", "congdan"), ("ma", code.as_str()), ("mat_khau_moi", NEW)];
    let done = browser.post(&somebody, "/quen-mat-khau/ma", &fields).await;
    assert_eq!(done.is(303).location, "/dang-nhap?xong=mat-khau");
    let sign_in = browser.get(&done.location).await;
    sign_in.shows("Đã đặt mật khẩu mới");
    elsewhere.get("/tai-khoan").await.is(303);
    browser.post(&sign_in, "/dang-nhap", &[("ten", "congdan"), ("mat_khau", testkit::PASSWORD)]).await.is(422);
    browser.post(&sign_in, "/dang-nhap", &[("ten", "congdan"), ("mat_khau", NEW)]).await.is(303);
    browser.get("/quen-mat-khau").await.is(303);
}

#[tokio::test]
async fn codes_for_a_password_are_asked_for_so_often_and_no_oftener() {
    let office = Office::open_with(|rules| rules.login_tries = 2);
    let mut browser = Browser::new(&office);
    let page = browser.get("/quen-mat-khau").await;
    for login in ["congdan", "khong.co"] {
        for _ in 0..2 {
            browser.post(&page, "/quen-mat-khau", &[("ten", login)]).await.is(200);
        }
        browser.post(&page, "/quen-mat-khau", &[("ten", login)]).await.is(429).shows("Đã xin mã quá nhiều lần");
    }
}

#[tokio::test]
async fn the_desk_chosen_last_is_chosen_already_and_what_few_need_is_folded_away() {
    let office = Office::open();
    let mut browser = citizen(&office, "congdan").await;
    let unit = office.ward.to_string();
    let chosen = format!("value=\"{unit}\" checked");
    let start = browser.get(&format!("/nop-ho-so/{PROCEDURE}")).await;
    start.shows("Đã chọn sẵn phường trong địa chỉ của bạn").shows("Nơi khác");
    assert!(start.body.contains(&chosen), "the ward they live in");
    let form =
        browser.post(&start, &format!("/nop-ho-so/{PROCEDURE}"), &[("don_vi", &unit)]).await.is(303).location.clone();
    let other = browser.get("/nop-ho-so/dang-ky-khai-tu@ward").await;
    other.shows("Đã chọn sẵn nơi bạn nộp lần trước");
    assert!(other.body.contains(&chosen), "the ward of the application before");
    let stranger = citizen(&office, "congdan2").await.get("/nop-ho-so/dang-ky-khai-tu@ward").await;
    stranger.shows("Đã chọn sẵn phường trong địa chỉ của bạn").hides("nơi bạn nộp lần trước");
    let papers = browser.get(&form.replace("to-khai", "giay-to")).await;
    papers.is(200).shows("Chỉ khi có trường hợp sau").shows("?");
    let (open, folded) = papers.body.split_once("id=\"chi-khi\"").expect("two parts");
    assert!(open.contains("type=\"file\"") && folded.contains("<details class=\"card\"><summary>"));
    assert!(!open.contains("(không bắt buộc)"), "first what nobody can do without");
}
