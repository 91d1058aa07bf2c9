//! The second proof at the staff's door, as whoever must show it and as whoever stole a password.

use domain::organisation::Mandate;
use domain::post::Post;
use testkit::{Answer, Browser, Office, PASSWORD};
use totp_rs::{Builder, Secret, Totp};

const SIGN_IN: &str = "/can-bo/dang-nhap";
const CODE: &str = "/can-bo/ma-xac-thuc";

async fn password_shown(browser: &mut Browser, login: &str, password: &str) -> Answer {
    let page = browser.get(SIGN_IN).await;
    let fields = [("tai-khoan", login), ("mat-khau", password), ("ve", "/kiem-soat/nhat-ky")];
    browser.post(&page, SIGN_IN, &fields).await
}

/// The telephone that read the drawing of the page.
fn telephone(page: &Answer) -> Totp {
    let text = page.text();
    let typed = text.split("gõ khóa: ").nth(1).unwrap().split(" Nhập").next().unwrap().replace(' ', "");
    Builder::new()
        .with_secret(Secret::try_from_base32(typed).unwrap())
        .with_account_name("kiemsoat")
        .with_issuer(Some("motcua"))
        .build()
        .unwrap()
}

/// The code of the moment.
fn now(telephone: &Totp) -> String {
    telephone.generate_current().to_string()
}

/// The code that the telephone shows next.
fn next(telephone: &Totp) -> String {
    telephone.generate(telephone.next_step_current()).to_string()
}

async fn enrolled(office: &Office) -> (Browser, Totp, Vec<String>) {
    let mut browser = Browser::new(office);
    let asked = password_shown(&mut browser, "kiemsoat", PASSWORD).await;
    asked.is(200).shows("Cài mã xác thực").shows("Quét hình này");
    let telephone = telephone(&asked);
    let done = browser.post(&asked, CODE, &[("ma", &now(&telephone))]).await;
    done.is(200).shows("Mã dự phòng của bạn");
    assert!(done.body.contains("href=\"/kiem-soat\">Đã cất mã, vào làm việc"), "on to what they do: {}", done.body);
    let codes: Vec<String> =
        done.body.split("<li class=\"code\">").skip(1).map(|it| it.split('<').next().unwrap().to_owned()).collect();
    assert_eq!(codes.len(), 10);
    browser.get("/kiem-soat/nhat-ky").await.is(200);
    (browser, telephone, codes)
}

#[tokio::test]
async fn a_password_alone_opens_nothing_to_whoever_watches_or_keeps_the_house() {
    let office = Office::open();
    for (login, page) in [("kiemsoat", "/kiem-soat"), ("quantri", "/quan-tri")] {
        let mut browser = Browser::new(&office);
        password_shown(&mut browser, login, PASSWORD).await.is(200).shows("Cài mã xác thực");
        let shut = browser.get(page).await;
        shut.is(303);
        assert!(shut.location.starts_with(SIGN_IN), "{}", shut.location);
        let on = browser.get(&shut.location).await;
        on.is(303);
        assert!(on.location.starts_with(CODE), "{}", on.location);
        browser.get("/tai-khoan").await.is(303);
        let asked = browser.get(CODE).await;
        browser.post(&asked, CODE, &[("ma", "000000")]).await.is(422).shows("Mã chưa đúng");
        browser.post(&asked, CODE, &[("ma", "")]).await.is(422);
        browser.get(page).await.is(303);
    }
    // Nothing is asked of others.
    let mut reception = Browser::new(&office);
    password_shown(&mut reception, "tn.hangkenh", PASSWORD).await.is(303);
}

#[tokio::test]
async fn the_code_of_a_telephone_counts_once_and_the_session_is_another() {
    let office = Office::open();
    let (_, telephone, _) = enrolled(&office).await;
    let mut browser = Browser::new(&office);
    let asked = password_shown(&mut browser, "kiemsoat", PASSWORD).await;
    asked.is(200).shows("Mã xác thực").hides("Quét hình này");
    let half = browser.cookie("motcua_phien").to_owned();
    // The one that set the telephone up was used already.
    let again = browser.post(&asked, CODE, &[("ma", &now(&telephone))]).await;
    assert!(again.status == 422, "{}", again.text());
    let entered = browser.post(&asked, CODE, &[("ma", &next(&telephone)), ("ve", "/kiem-soat/nhat-ky")]).await;
    entered.is(303);
    assert_eq!(entered.location, "/kiem-soat/nhat-ky");
    assert_ne!(browser.cookie("motcua_phien"), half, "whoever knew the half session knows nothing of the whole one");
    browser.get("/kiem-soat/nhat-ky").await.is(200);
    let mut thief = Browser::new(&office);
    thief.plant_cookie("motcua_phien", &half);
    thief.get("/kiem-soat/nhat-ky").await.is(303);
}

#[tokio::test]
async fn a_code_on_paper_works_once() {
    let office = Office::open();
    let (_, _, codes) = enrolled(&office).await;
    for (turn, expected) in [(0, 303), (1, 422)] {
        let mut browser = Browser::new(&office);
        let asked = password_shown(&mut browser, "kiemsoat", PASSWORD).await;
        asked.shows(if turn == 0 { "còn 10 mã" } else { "còn 9 mã" });
        // As people copy from paper.
        let typed = codes[0].to_uppercase().replace('-', " ");
        browser.post(&asked, CODE, &[("ma", &typed)]).await.is(expected);
    }
}

#[tokio::test]
async fn guessing_codes_locks_and_the_lock_is_of_the_person() {
    let office = Office::open();
    let (_, telephone, _) = enrolled(&office).await;
    let mut browser = Browser::new(&office);
    let asked = password_shown(&mut browser, "kiemsoat", PASSWORD).await;
    for _ in 0..5 {
        browser.post(&asked, CODE, &[("ma", "123456")]).await.is(422);
    }
    browser.post(&asked, CODE, &[("ma", "123456")]).await.is(429).shows("quá nhiều lần");
    let mut elsewhere = Browser::new(&office);
    let asked = password_shown(&mut elsewhere, "kiemsoat", PASSWORD).await;
    elsewhere.post(&asked, CODE, &[("ma", &next(&telephone))]).await.is(429);
}

#[tokio::test]
async fn somebody_else_may_sign_in_at_the_same_browser() {
    let office = Office::open();
    let mut browser = Browser::new(&office);
    let asked = password_shown(&mut browser, "quantri", PASSWORD).await;
    browser.post(&asked, "/can-bo/bo-dang-nhap", &[]).await.is(303);
    browser.get(SIGN_IN).await.is(200);
    password_shown(&mut browser, "tn.hangkenh", PASSWORD).await.is(303);
}

/// Also after an upgrade: the sessions of before showed a password alone.
#[tokio::test]
async fn whoever_comes_into_such_a_post_signs_in_anew() {
    let office = Office::open();
    let mut desk = Browser::new(&office);
    password_shown(&mut desk, "tn.hangkenh", PASSWORD).await.is(303);
    desk.get("/quay/tiep-nhan").await.is(200);
    let (person, unit) = (office.staff.reception, office.ward);
    let from = office.house.clock.now().day();
    let post = Mandate { person, unit, post: Post::ControlOfficer, from, until: None };
    app::accounts::give_mandate(&office.house, office.staff.administrator, post).await.unwrap();
    let shut = desk.get("/quay/tiep-nhan").await;
    shut.is(303);
    desk.get(&shut.location).await.is(200).shows("Mật khẩu");
    password_shown(&mut desk, "tn.hangkenh", PASSWORD).await.is(200).shows("Cài mã xác thực");
}
