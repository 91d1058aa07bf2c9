//! Whatever keeps a form from being taken, nobody types it twice.

use super::bad_input::{Form, forms};
use super::page_forms::page_forms;
use testkit::{Answer, Browser, Office, PASSWORD};

const REASON: &str = "Người nộp mang giấy chứng sinh bản chính tới";
const NAME: &str = "Đặng Thị Kiên Nhẫn";

fn pairs(form: &Form) -> Vec<(&str, &str)> {
    form.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

async fn sent(browser: &mut Browser, form: &Form, more: &[(&str, &str)]) -> Answer {
    let mut fields = pairs(form);
    fields.extend_from_slice(more);
    if form.has_files {
        let at = fields.iter().position(|(name, _)| *name == "csrf").expect("a token");
        let token = fields.remove(at).1;
        browser.post_files_with(token, &form.action, &fields, &[]).await
    } else {
        browser.post_raw(&form.action, &fields).await
    }
}

fn form_to(page: &Answer, action: &str) -> Form {
    let found = forms(page).into_iter().find(|it| it.action == action);
    found.unwrap_or_else(|| panic!("no form to {action} on: {}", page.text()))
}

fn value<'a>(form: &'a Form, name: &str) -> &'a str {
    form.hidden.iter().find(|it| it.0 == name).map_or("", |it| it.1.as_str())
}

async fn at_the_counter(browser: &mut Browser) -> Form {
    browser.sign_in_staff("tn.hangkenh").await;
    let page = browser.get("/quay/tiep-nhan?thu-tuc=dang-ky-khai-sinh@ward").await;
    form_to(page.is(200), "/quay/tiep-nhan")
}

const TYPED: [(&str, &str); 3] = [("ten", NAME), ("dia-chi", "Số 1 ngõ Mẫu"), ("lenh", "tiep-nhan")];

#[tokio::test]
async fn a_session_that_ended_in_the_middle_of_the_counter_loses_nothing() {
    let office = Office::open();
    let mut browser = Browser::new(&office);
    let counter = at_the_counter(&mut browser).await;
    office.turn_to("2025-03-03T10:00");
    let answer = sent(&mut browser, &counter, &TYPED).await;
    let sign_in = form_to(answer.is(401), "/can-bo/dang-nhap");
    assert!(answer.text().contains("Những gì bạn gõ còn nguyên"), "{}", answer.text());
    let wrong = sent(&mut browser, &sign_in, &[("tai-khoan", "tn.hangkenh"), ("mat-khau", "sai mất rồi")]).await;
    let sign_in = form_to(wrong.is(422), "/can-bo/dang-nhap");
    let entered = sent(&mut browser, &sign_in, &[("tai-khoan", "tn.hangkenh"), ("mat-khau", PASSWORD)]).await;
    let again = form_to(entered.is(200), "/quay/tiep-nhan");
    assert!(again.has_files && value(&again, "ten") == NAME, "{again:?}");
    assert!(!entered.body.contains(PASSWORD));
    let back = sent(&mut browser, &again, &[]).await;
    assert!(back.is(422).body.contains(&format!("value=\"{NAME}\"")), "{}", back.text());
}

#[tokio::test]
async fn a_scan_that_did_not_come_is_asked_for_before_anything_is_received() {
    asked_for_before_anything_is_received(Office::open()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_counter_receives_with_the_database_on_a_server_as_with_a_file() {
    asked_for_before_anything_is_received(Office::open_on_server()).await;
}

async fn asked_for_before_anything_is_received(office: Office) {
    let mut browser = Browser::new(&office);
    let counter = at_the_counter(&mut browser).await;
    let scan = counter.files.first().cloned().unwrap();
    office.turn_to("2025-03-03T10:00");
    let mut fields: Vec<(&str, &str)> = pairs(&counter).into_iter().filter(|it| it.0 != "chu-khac").collect();
    let at = fields.iter().position(|it| it.0 == "csrf").unwrap();
    let token = fields.remove(at).1;
    fields.extend([("so", "999094000904"), ("ten", NAME), ("dien-thoai", "0999000412"), ("don-giay", "1")]);
    fields.push(("lenh", "tiep-nhan"));
    let pdf: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
    let answer = browser.post_files_with(token, "/quay/tiep-nhan", &fields, &[(&scan, "chung-sinh.pdf", pdf)]).await;
    let sign_in = form_to(answer.is(401), "/can-bo/dang-nhap");
    let entered = sent(&mut browser, &sign_in, &[("tai-khoan", "tn.hangkenh"), ("mat-khau", PASSWORD)]).await;
    assert!(entered.text().contains("trang sau hỏi lại"), "{}", entered.text());
    let again = form_to(entered.is(200), "/quay/tiep-nhan");
    let asked = sent(&mut browser, &again, &[]).await;
    assert!(asked.is(422).text().contains("chung-sinh.pdf” chưa tới nơi"), "{}", asked.text());
    assert!(asked.body.contains(NAME), "and everything typed is there");
}

#[tokio::test]
async fn a_session_that_ended_in_the_middle_of_an_application_loses_nothing() {
    let office = Office::open();
    let id = "dang-ky-khai-sinh@ward".parse().unwrap();
    let draft = app::applying::begin(&office.house, office.citizen, &id, office.ward).await.unwrap();
    let mut browser = Browser::new(&office);
    browser.sign_in("congdan").await;
    let address = format!("/nop-ho-so/don/{draft}/to-khai");
    let page = browser.get(&address).await;
    let form = form_to(page.is(200), &address);
    let field = page.body.split("name=\"").filter_map(|it| it.split('"').next()).find(|it| it.contains("ten")).unwrap();
    let field = field.to_owned();
    office.turn_to("2025-03-03T10:00");
    let answer = sent(&mut browser, &form, &[(&field, NAME), ("viec", "tiep")]).await;
    let sign_in = form_to(answer.is(401), "/dang-nhap");
    let entered = sent(&mut browser, &sign_in, &[("ten", "congdan"), ("mat_khau", PASSWORD)]).await;
    let again = form_to(entered.is(200), &address);
    let back = sent(&mut browser, &again, &[]).await;
    assert!(back.is(422).body.contains(NAME), "{}", back.text());
    let kept = app::applying::load(&office.house, office.citizen, draft).await.unwrap();
    assert!(format!("{:?}", kept.body.raw).contains(NAME));
}

#[tokio::test]
async fn a_form_of_the_session_before_is_sent_again_with_one_button() {
    let office = Office::open();
    let mut browser = Browser::new(&office);
    let counter = at_the_counter(&mut browser).await;
    browser.sign_in_staff("tn.hangkenh").await;
    let answer = sent(&mut browser, &counter, &TYPED).await;
    let again = form_to(answer.is(409), "/quay/tiep-nhan");
    assert_eq!(value(&again, "ten"), NAME);
    let back = sent(&mut browser, &again, &[]).await;
    assert!(back.is(422).body.contains(&format!("value=\"{NAME}\"")), "{}", back.text());
}

#[tokio::test]
async fn a_form_of_nobody_knows_whose_page_is_not_given_back() {
    let office = Office::open();
    let mut browser = Browser::new(&office);
    at_the_counter(&mut browser).await;
    let answer = browser.post_from_elsewhere("/nghiep-vu/ho-so/X/ly-do", &[("csrf", "x"), ("ghi", REASON)]).await;
    assert!(!answer.is(409).body.contains(REASON), "{}", answer.text());
}

#[tokio::test]
async fn a_database_that_is_away_while_the_counter_sends_keeps_the_form_and_its_scan() {
    let folder = tempfile::tempdir().unwrap();
    let mut browser = {
        let office = Office::open_in(folder.path());
        let mut browser = Browser::new(&office);
        at_the_counter(&mut browser).await;
        browser
    };
    let full = Office::on_a_full_disk(folder.path());
    browser = browser.moved_to(&full);
    let page = browser.get("/quay/tiep-nhan?thu-tuc=dang-ky-khai-sinh@ward").await;
    let counter = form_to(page.is(200), "/quay/tiep-nhan");
    let scan = counter.files.first().cloned().unwrap();
    let number = ["999094000904"].concat();
    let mut fields: Vec<(&str, &str)> = pairs(&counter).into_iter().filter(|it| it.0 != "csrf").collect();
    fields.retain(|it| !it.0.starts_with("chu-khac"));
    fields.extend([
        ("so", number.as_str()),
        ("ten", NAME),
        ("dien-thoai", "0999000412"),
        ("lenh", "tiep-nhan"),
        ("don-giay", "1"),
    ]);
    let pdf: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
    let token = page.hidden("csrf");
    let mut answer = browser.post_files_with(&token, "/quay/tiep-nhan", &fields, &[(&scan, "giay.pdf", pdf)]).await;
    // A small dossier may still find room in pages that are there: fill them.
    for _ in 0..2_000 {
        if answer.status.as_u16() != 303 {
            break;
        }
        fields.retain(|it| it.0 != "mot-lan");
        let page = browser.get("/quay/tiep-nhan?thu-tuc=dang-ky-khai-sinh@ward").await;
        let once = page.hidden("mot-lan");
        let mut now = fields.clone();
        now.push(("mot-lan", &once));
        answer = browser.post_files_with(&token, "/quay/tiep-nhan", &now, &[(&scan, "giay.pdf", pdf)]).await;
    }
    let again = form_to(answer.is(503), "/quay/tiep-nhan");
    assert_eq!(value(&again, "ten"), NAME);
    let kept = format!("co-{scan}");
    assert!(value(&again, &kept).contains("giay.pdf"), "{again:?}");
}

#[tokio::test]
async fn a_form_written_on_another_device_meanwhile_is_not_written_over_in_silence() {
    let office = Office::open();
    let id = "dang-ky-khai-sinh@ward".parse().unwrap();
    let draft = app::applying::begin(&office.house, office.citizen, &id, office.ward).await.unwrap();
    let path = format!("/nop-ho-so/don/{draft}/to-khai");
    let mut telephone = Browser::new(&office);
    telephone.sign_in("congdan").await.is(303);
    let mut computer = telephone.another();
    computer.sign_in("congdan").await.is(303);
    let (on_telephone, on_computer) = (telephone.get(&path).await, computer.get(&path).await);
    let field = page_forms(&on_telephone.body).into_iter().find(|it| it.action == path).expect("the form");
    let field = field.fields.iter().find(|it| it.name.ends_with("con_ho_ten") || it.name.contains("ho_ten")).unwrap();
    let name = field.name.clone();
    let save = async |browser: &mut Browser, page: &Answer, text: &str, what: &str| {
        let seen = page.hidden("phien-ban");
        browser.post(page, &path, &[("phien-ban", &seen), (&name, text), ("viec", what)]).await
    };
    save(&mut telephone, &on_telephone, "Lê Điện Thoại", "luu").await.is(303);
    save(&mut telephone, &on_telephone, "Lê Điện Thoại Hai", "luu").await.is(303);
    let refused = save(&mut computer, &on_computer, "Lê Máy Tính", "luu").await;
    refused.is(409).shows("vừa được sửa ở cửa sổ hoặc thiết bị khác");
    assert!(refused.body.contains("Lê Máy Tính"), "what was typed here is there");
    telephone.get(&path).await.shows("").is(200);
    assert!(telephone.get(&path).await.body.contains("Lê Điện Thoại Hai"), "nothing was written over");
    let seen = on_computer.hidden("phien-ban");
    let fields = [("csrf", on_computer.hidden("csrf")), ("phien-ban", seen), (name.as_str(), "Lê Máy Tính".to_owned())];
    let text: Vec<String> =
        fields.iter().map(|it| format!("{}={}", web::frame::encoded(it.0), web::frame::encoded(&it.1))).collect();
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("accept", "text/plain"),
        ("sec-fetch-site", "same-origin"),
    ];
    let told = computer.raw("POST", &path, &headers, text.join("&").into_bytes()).await;
    assert!(told.status == 409 && told.body.starts_with("Chưa lưu: tờ khai vừa được sửa"), "{}", told.body);
    // Said once more, this page is the one that counts.
    save(&mut computer, &refused, "Lê Máy Tính", "luu").await.is(303);
    assert!(computer.get(&path).await.body.contains("Lê Máy Tính"));
}

#[tokio::test]
async fn what_is_sent_twice_is_there_once() {
    let office = Office::open();
    let mut keeper = Browser::new(&office);
    keeper.sign_in_staff("quantri").await.is(303);
    let at = "/quan-tri/thong-bao";
    let page = keeper.get(at).await;
    let fields = [("tieu-de", "Nghỉ lễ"), ("noi-dung", "Bộ phận Một cửa nghỉ."), ("den-ngay", "05/03/2025")];
    keeper.post(&page, at, &fields).await.is(303);
    keeper.post(&page, at, &fields).await.is(303);
    let said = |text: &str| text.matches("/quan-tri/thong-bao/").count();
    let once = said(&keeper.get(at).await.body);
    let other = [("tieu-de", "Nghỉ lễ"), ("noi-dung", "Bộ phận Một cửa nghỉ."), ("den-ngay", "06/03/2025")];
    keeper.post(&page, at, &other).await.is(303);
    assert_eq!(said(&keeper.get(at).await.body), 2 * once, "another day is another one");

    let filed = office.file_online("dang-ky-khai-sinh@ward").await;
    let mut citizen = Browser::new(&office);
    citizen.sign_in("congdan").await.is(303);
    let talk = format!("/ho-so-cua-toi/{}/trao-doi", filed.code);
    let page = citizen.get(&format!("/ho-so-cua-toi/{}", filed.code)).await;
    for _ in 0..2 {
        citizen.post(&page, &talk, &[("loi", "Bao giờ xong?"), ("noi_dung", "Bao giờ xong?")]).await.is(303);
    }
    let messages = app::exchanges::of_dossier(&office.house, filed.id).await.unwrap();
    assert_eq!(messages.len(), 1, "a message sent twice is one");
}
