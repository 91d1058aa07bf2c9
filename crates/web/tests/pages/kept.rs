//! Whatever keeps a form from being taken, nobody types it twice.

use super::bad_input::{Form, forms};
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
