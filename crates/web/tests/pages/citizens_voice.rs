//! What citizens say and allow about a dossier of theirs: rating it, letting somebody in the house follow it.

use domain::dossier::Command;
use testkit::{Answer, Browser, Office};

const PROCEDURE: &str = "dang-ky-khai-sinh@ward";
const ANSWERS: [(&str, &str); 6] =
    [("muc", "5"), ("thoi_gian", "2"), ("lien_he", "1"), ("co_quan", "2"), ("thai_do", "2"), ("so_lan", "1")];

/// A dossier that ended: not accepted, which can be rated too.
async fn ended(office: &Office) -> String {
    let filed = office.file_online(PROCEDURE).await;
    let refuse =
        Command::Refuse { reason: "Không thuộc thẩm quyền.".to_owned(), legal_basis: "NĐ 61/2018".to_owned() };
    office.act(office.staff.reception, filed.id, refuse).await.unwrap();
    filed.code.to_string()
}

async fn citizen(office: &Office, login: &str) -> Browser {
    let mut browser = Browser::new(office);
    browser.sign_in(login).await.is(303);
    browser
}

#[tokio::test]
async fn a_finished_dossier_asks_for_a_rating_and_its_leader_sees_the_figures() {
    let office = Office::open();
    let code = ended(&office).await;
    let mut browser = citizen(&office, "congdan").await;
    let dossier = browser.get(&format!("/ho-so-cua-toi/{code}")).await;
    dossier.is(200).shows("Cho biết hồ sơ được giải quyết thế nào");
    let address = format!("/ho-so-cua-toi/{code}/danh-gia");
    let page = browser.get(&address).await;
    page.is(200).shows("Thái độ của cán bộ thế nào?").shows("02/04/2025");
    // Two questions about going to and fro, each with what it counts.
    page.shows("liên hệ lại nơi tiếp nhận mấy lần để hoàn thiện hồ sơ?").shows("Đến nhận kết quả thì không tính");
    page.shows("Tính cả lúc nộp và lúc nhận kết quả, bạn đã đi mấy chuyến?").shows("Chỉ đếm chuyến đi");
    let short = browser.post(&page, &address, &[("muc", "4"), ("so_lan", "hai"), ("gop_y", "Cảm ơn")]).await;
    short.is(422).shows("Còn 5 chỗ cần xem lại").shows("Cảm ơn");
    assert!(short.body.contains("value=\"4\" checked"), "what was chosen stays chosen");
    browser.post(&short, &address, &ANSWERS).await.is(303);
    let after = browser.get(&format!("/ho-so-cua-toi/{code}?xong=danh-gia")).await;
    after.shows("Đã ghi đánh giá").shows("Bạn đã đánh giá: Rất hài lòng").hides("khoảng một phút");

    let mut leader = Browser::new(&office);
    leader.sign_in_staff("ld.hangkenh").await.is(303);
    let figures = leader.get("/kiem-soat/hai-long").await;
    figures.is(200).shows("100,0 %").shows("Phường Hàng Kênh").hides("Quỳnh Trâm");
    assert!(figures.text().contains("7,0"), "2 + 1 + 2 + 2 points: {}", figures.text());
    let before = leader.get("/kiem-soat/hai-long?tu=01/01/2025&den=31/01/2025").await;
    before.is(200).shows("Chưa có ai đánh giá trong kỳ này");
    leader.get("/kiem-soat/hai-long?tu=hom-qua").await.is(422).shows("không đọc được");
}

#[tokio::test]
async fn a_rating_is_changed_until_its_last_day_and_counts_once() {
    let office = Office::open();
    let code = ended(&office).await;
    let address = format!("/ho-so-cua-toi/{code}/danh-gia");
    let mut browser = citizen(&office, "congdan").await;
    let page = browser.get(&address).await;
    browser.post(&page, &address, &ANSWERS).await.is(303);
    office.turn_to("2025-04-02T23:00");
    let mut browser = citizen(&office, "congdan").await;
    let page = browser.get(&address).await;
    page.is(200).shows("Bạn đã đánh giá: Rất hài lòng");
    let mut changed = ANSWERS;
    changed[0] = ("muc", "1");
    browser.post(&page, &address, &changed).await.is(303);
    let mut control = Browser::new(&office);
    control.sign_in_staff("kiemsoat").await.is(303);
    let figures = control.get("/kiem-soat/hai-long?tu=01/03/2025&den=30/04/2025").await;
    figures.is(200).shows("0,0 %").shows("trong 1 đánh giá");
    office.turn_to("2025-04-03T08:00");
    let mut browser = citizen(&office, "congdan").await;
    assert_eq!(browser.get(&address).await.is(303).location, format!("/ho-so-cua-toi/{code}"));
    let late = browser.get(&format!("/ho-so-cua-toi/{code}")).await;
    late.shows("Bạn đã đánh giá: Rất không hài lòng");
    browser.post(&late, &address, &ANSWERS).await.is(422);
}

#[tokio::test]
async fn a_long_procedure_stands_in_short_among_one_s_dossiers_and_whole_on_its_page() {
    let office = Office::open();
    let id = "lien-thong-khai-sinh-thuong-tru-bhyt@ward";
    let filed = office.file_online(id).await;
    let whole = office.house.now_known().catalogue.current(&id.parse().unwrap()).unwrap().name.clone();
    let beginning: String = whole.chars().take(40).collect();
    let mut browser = Browser::new(&office);
    browser.sign_in("congdan").await.is(303);
    browser.get("/ho-so-cua-toi").await.is(200).shows(&beginning).shows("…").hides(&whole);
    browser.get(&format!("/ho-so-cua-toi/{}", filed.code)).await.is(200).shows(&whole);
}

#[tokio::test]
async fn a_name_of_four_hundred_letters_is_whole_wherever_it_is_read_and_set_small() {
    let office = Office::open();
    let id = "giay-phep-xay-dung-nha-o-rieng-le@district";
    let whole = office.house.now_known().catalogue.current(&id.parse().unwrap()).unwrap().name.clone();
    assert!(whole.chars().count() > 300, "{whole}");
    let mut browser = citizen(&office, "congdan").await;
    let own = browser.get(&format!("/thu-tuc/{id}")).await;
    assert!(own.is(200).shows(&whole).body.contains("<h1 class=\"long\""), "{}", own.body);
    let start = browser.get(&format!("/nop-ho-so/{id}")).await;
    let crumb = start.is(200).body.split("<p class=\"crumb\">").nth(1).and_then(|it| it.split("</p>").next());
    assert!(crumb.unwrap_or_default().contains(&whole), "the way back says all of it to who listens");
    assert!(start.body.contains("<h2 class=\"long\""), "{}", start.body);
}

#[tokio::test]
async fn what_is_not_finished_is_not_rated() {
    let office = Office::open();
    let filed = office.file_online(PROCEDURE).await;
    let address = format!("/ho-so-cua-toi/{}/danh-gia", filed.code);
    let mut browser = citizen(&office, "congdan").await;
    browser.get(&address).await.is(303);
    let page = browser.get("/tra-cuu").await;
    browser.post(&page, &address, &ANSWERS).await.is(422).shows("không đánh giá được");
}

fn code_on(page: &Answer) -> String {
    let text = page.text();
    let at = text.find("Mã ").map_or(0, |it| it + "Mã ".len());
    let rest = &text[at..];
    rest.split_whitespace().find(|it| it.len() == 9 && it.contains('-')).unwrap_or_else(|| panic!("{text}")).to_owned()
}

#[tokio::test]
async fn somebody_in_the_house_follows_a_dossier_by_a_code_and_no_longer() {
    let office = Office::open();
    let filed = office.file_online(PROCEDURE).await;
    let own = format!("/ho-so-cua-toi/{}", filed.code);
    let (mut applicant, mut other) = (citizen(&office, "congdan").await, citizen(&office, "congdan2").await);
    other.get(&own).await.is(404);
    let page = applicant.get(&format!("{own}/chia-se")).await;
    page.is(200).shows("Chưa chia sẻ với ai");
    applicant.post(&page, &format!("{own}/chia-se"), &[]).await.is(303);
    let offered = applicant.get(&format!("{own}/chia-se?xong=ma")).await;
    let typed = code_on(&offered).to_lowercase();

    let tab = other.get("/ho-so-cua-toi?muc=duoc-chia-se").await;
    tab.is(200).shows("Chưa có ai chia sẻ");
    let accept = "/ho-so-cua-toi/nhan-chia-se";
    other.post(&tab, accept, &[("ma_chia_se", "ABCD-EFGH")]).await.is(422).shows("Mã chia sẻ không đúng");
    applicant.post(&offered, accept, &[("ma_chia_se", &typed)]).await.is(422).shows("của chính bạn");
    let entered = other.post(&tab, accept, &[("ma_chia_se", &typed)]).await;
    assert_eq!(entered.is(303).location, format!("{own}?xong=nhan"));

    office.act(office.staff.reception, filed.id, domain::dossier::Command::Accept).await.unwrap();
    let page = applicant.get(&format!("{own}/cach-nhan")).await;
    let version = page.hidden("phien");
    let by_post = [("nhan", "buu-chinh"), ("dia_chi", "Số 9 ngõ Kín"), ("phien", version.as_str())];
    applicant.post(&page, &format!("{own}/cach-nhan"), &by_post).await.is(303);
    applicant.get(&own).await.shows("Số 9 ngõ Kín");
    let seen = other.get(&own).await;
    seen.is(200).shows("chia sẻ cho bạn để xem").shows("Những gì đã diễn ra").hides("ngõ Kín");
    crate::counter::decided(&office, filed.id).await;
    applicant.get(&own).await.shows("gửi kết quả qua bưu chính công ích về: Số 9 ngõ Kín");
    let seen = other.get(&own).await;
    seen.is(200).shows("gửi kết quả qua bưu chính công ích").hides("ngõ Kín");
    seen.hides("Rút hồ sơ")
        .hides("Xem lại những gì bạn đã khai")
        .hides("Giấy tờ bạn đã nộp")
        .hides("Nhận kết quả")
        .hides("Bạn nộp hồ sơ");
    other.get("/ho-so-cua-toi?muc=duoc-chia-se").await.shows(filed.code.as_str());
    for part in ["rut", "bo-sung", "giay-hen", "chia-se", "danh-gia", "phieu/1"] {
        other.get(&format!("{own}/{part}")).await.is(404);
    }
    other.post(&tab, &format!("{own}/rut"), &[("ly_do", "x"), ("dong_y", "co"), ("phien", "1")]).await.is(404);
    let mut third = other.another();
    third.sign_in("congdan2").await;
    let spent = third.get("/ho-so-cua-toi?muc=duoc-chia-se").await;
    third.post(&spent, accept, &[("ma_chia_se", &typed)]).await.is(422);

    let shared = applicant.get(&format!("{own}/chia-se")).await;
    shared.shows("Lê Thu Trang");
    let key = shared.hidden("thoi");
    applicant.post(&shared, &format!("{own}/chia-se"), &[("thoi", &key)]).await.is(303);
    other.get(&own).await.is(404);
    other.get("/ho-so-cua-toi?muc=duoc-chia-se").await.hides(filed.code.as_str());
    let read = noted(&office, &filed.code).await;
    assert!(read.iter().any(|it| it == "trang hồ sơ, được chia sẻ"), "{read:?}");
}

async fn noted(office: &Office, code: &domain::dossier::DossierCode) -> Vec<String> {
    let started = std::time::Instant::now();
    loop {
        let found = app::work::readings(&office.house, Some(code), (None, None)).await.unwrap();
        let what: Vec<String> = found.into_iter().map(|(_, _, what, _, _)| what).collect();
        if what.iter().any(|it| it.contains("được chia sẻ")) || started.elapsed().as_secs() > 5 {
            return what;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_code_ends_after_a_week_and_wrong_tries_are_few() {
    let office = Office::open();
    let filed = office.file_online(PROCEDURE).await;
    let address = format!("/ho-so-cua-toi/{}/chia-se", filed.code);
    let mut applicant = citizen(&office, "congdan").await;
    let page = applicant.get(&address).await;
    for _ in 0..5 {
        applicant.post(&page, &address, &[]).await.is(303);
    }
    applicant.post(&page, &address, &[]).await.is(422).shows("Đã có 5 người xem");
    let typed = code_on(&applicant.get(&address).await);
    office.turn_to("2025-03-10T09:01");
    let mut other = citizen(&office, "congdan2").await;
    let tab = other.get("/ho-so-cua-toi?muc=duoc-chia-se").await;
    let accept = "/ho-so-cua-toi/nhan-chia-se";
    for _ in 0..5 {
        other.post(&tab, accept, &[("ma_chia_se", &typed)]).await.is(422);
    }
    other.post(&tab, accept, &[("ma_chia_se", &typed)]).await.is(429).shows("Thử lại sau 10 giờ");
}
