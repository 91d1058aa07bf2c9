//! Files come in and go out piece by piece; a store that is away is told in words, and nothing typed is lost over it.

use super::bad_input::{Form, forms};
use storage::drafts::Document;
use testkit::{Answer, Browser, Office, S3, bucket_of};

const NAME: &str = "Đặng Thị Kiên Nhẫn";

fn form_with_files(page: &Answer, action: &str) -> Form {
    let found = forms(page).into_iter().find(|it| it.has_files && it.action == action);
    found.unwrap_or_else(|| panic!("no form to {action} on: {}", page.text()))
}

async fn sent(browser: &mut Browser, form: &Form, more: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Answer {
    let mut fields: Vec<(&str, &str)> = form.hidden.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
    let at = fields.iter().position(|it| it.0 == "csrf").expect("a token");
    let token = fields.remove(at).1;
    fields.extend_from_slice(more);
    browser.post_files_with(token, &form.action, &fields, files).await
}

fn pdf(bytes: usize) -> Vec<u8> {
    let mut pdf = b"%PDF-1.7 a scan".to_vec();
    pdf.resize(bytes, b'x');
    pdf
}

/// A citizen at the papers of an application, and what has been handed in.
struct AtPapers<'a> {
    office: &'a Office,
    draft: domain::ids::DraftId,
    browser: Browser,
    path: String,
}

impl<'a> AtPapers<'a> {
    async fn of(office: &'a Office) -> Self {
        let id = "dang-ky-khai-sinh@ward".parse().unwrap();
        let draft = app::applying::begin(&office.house, office.citizen, &id, office.ward).await.unwrap();
        let mut browser = Browser::new(office);
        browser.sign_in("congdan").await;
        Self { office, draft, browser, path: format!("/nop-ho-so/don/{draft}/giay-to") }
    }

    async fn form(&mut self) -> Form {
        let page = self.browser.get(&self.path).await;
        form_with_files(page.is(200), &self.path)
    }

    async fn documents(&self) -> Vec<Document> {
        app::applying::load(&self.office.house, self.office.citizen, self.draft).await.unwrap().documents
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_scan_goes_into_a_bucket_and_comes_back_whole() {
    let server = S3::start();
    let office = Office::open_with_bucket(&bucket_of(&server));
    let mut at = AtPapers::of(&office).await;
    let form = at.form().await;
    let scan = pdf(11 << 20);
    let answer = sent(&mut at.browser, &form, &[("viec", "tai")], &[(&form.files[0], "to.pdf", &scan)]).await;
    answer.is(303);
    let document = at.documents().await.remove(0);
    let answer = at.browser.get(&format!("/tep/{}", document.id)).await;
    assert_eq!(answer.is(200).headers["content-length"], scan.len().to_string().as_str());
    assert!(answer.body.as_bytes() == scan);

    // What was changed in the store is no paper any more: no part of it is given out.
    let name = storage::blobs::BlobName::parse(&document.blob).unwrap();
    let mut raw = office.house.blobs.raw_put(&name);
    raw.write(&scan).await.unwrap();
    raw.finish().await.unwrap();
    let answer = at.browser.get(&format!("/tep/{}", document.id)).await;
    answer.is(500).hides("%PDF");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_away_while_a_citizen_uploads_is_told_and_the_form_is_kept() {
    let mut server = S3::start();
    let office = Office::open_with_bucket(&bucket_of(&server));
    let mut at = AtPapers::of(&office).await;
    let form = at.form().await;
    assert!(form.files.len() >= 2, "{form:?}");
    let (small, large) = (pdf(1_000), pdf(6 << 20));
    let files: [(&str, &str, &[u8]); 2] =
        [(&form.files[0], "to-mot.pdf", &small), (&form.files[1], "to-hai.pdf", &large)];
    server.stop();
    for order in [files, [files[1], files[0]]] {
        let answer = sent(&mut at.browser, &form, &[("ghi-chu", NAME), ("viec", "tai")], &order).await;
        answer.is(503).shows("Kho tệp tạm thời không dùng được").shows("chưa tới nơi");
        let again = form_with_files(&answer, &at.path);
        let has = |name: &str, value: &str| again.hidden.iter().any(|it| it.0 == name && it.1 == value);
        assert!(has("ghi-chu", NAME) && has("viec", "tai"), "{again:?}");
        for (field, name, _) in files {
            assert!(has(&format!("thieu-tep.{field}"), name), "{again:?}");
        }
        assert_eq!(at.documents().await, [], "nothing is half-done");
    }
    at.browser.get("/ho-so-cua-toi").await.is(200);
    at.form().await;

    server.start_again();
    let answer = sent(&mut at.browser, &form, &[("viec", "tai")], &files).await;
    answer.is(303);
    assert_eq!(at.documents().await.len(), 2);
    server.stop();
    let document = at.documents().await.remove(0);
    let answer = at.browser.get(&format!("/tep/{}", document.id)).await;
    answer.is(503).shows("Kho tệp tạm thời không dùng được");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_away_at_the_counter_keeps_what_was_typed_behind_the_scan_too() {
    let mut server = S3::start();
    let office = Office::open_with_bucket(&bucket_of(&server));
    let mut browser = Browser::new(&office);
    browser.sign_in_staff("tn.hangkenh").await;
    let path = "/quay/tiep-nhan";
    let page = browser.get("/quay/tiep-nhan?thu-tuc=dang-ky-khai-sinh@ward").await;
    let form = form_with_files(page.is(200), path);
    server.stop();
    let fields = [("ten", NAME), ("lenh", "tiep-nhan")];
    let answer = sent(&mut browser, &form, &fields, &[(&form.files[0], "to.pdf", &pdf(500))]).await;
    let again = form_with_files(answer.is(503).shows("Kho tệp tạm thời không dùng được"), path);
    assert!(again.hidden.iter().any(|it| it.0 == "ten" && it.1 == NAME));
    server.start_again();
    let asked = sent(&mut browser, &again, &[], &[]).await;
    asked.is(422).shows("chưa tới nơi");
    // A scan that is safe travels with the form, key and all, and is read once the dossier is there.
    let form = form_with_files(&asked, path);
    let answer = sent(&mut browser, &form, &fields, &[(&form.files[0], "to.pdf", &pdf(500))]).await;
    let staged = form_with_files(answer.is(422), path);
    let kept = staged.hidden.iter().find(|it| it.0.starts_with("co-")).expect("the scan is safe");
    assert!(kept.1.contains("to.pdf") && kept.1.contains(&office.house.blobs.ring().current()), "{kept:?}");
}

/// A dossier of the citizen's with one file: its code and the file's id.
async fn sent_with_a_file(office: &Office) -> (String, String) {
    let mut incoming = app::uploads::begin(&office.house, u64::MAX).unwrap();
    incoming.write(b"%PDF-1.7 a scan").await.unwrap();
    let document = incoming.finish("a.pdf", "giay", Some(office.citizen)).await.unwrap();
    let channel = domain::procedure::Channel::Online;
    let mut plan = office.plan("dang-ky-khai-sinh@ward", channel, office.ward, Some(office.citizen));
    plan.filing.papers[0].documents = vec![document.id];
    plan.documents = vec![document.clone()];
    let citizen = app::actor::Actor::Citizen(office.citizen);
    let filed = app::handle::file(&office.house, citizen, plan, None).await.unwrap();
    (filed.code.to_string(), document.id.to_string())
}

#[tokio::test]
async fn a_file_is_found_under_the_code_of_its_own_dossier_only() {
    let office = Office::open();
    let (one, other) = (sent_with_a_file(&office).await, sent_with_a_file(&office).await);
    let site = Browser::new(&office);
    // Who may read both, and who has to say why: neither finds the file of one dossier under the code of the other.
    for login in ["tn.hangkenh", "ld.hangkenh", "cv.anbien", "kiemsoat"] {
        let mut browser = site.another();
        browser.sign_in_staff(login).await.is(303);
        for (code, document, fits) in
            [(&one.0, &one.1, true), (&other.0, &other.1, true), (&one.0, &other.1, false), (&other.0, &one.1, false)]
        {
            let answer = browser.get(&format!("/nghiep-vu/ho-so/{code}/tep/{document}")).await;
            assert_eq!(answer.status == 404, !fits, "{login}, {code}: {}", answer.status);
        }
        browser.get(&format!("/nghiep-vu/ho-so/H24.30.23-250303-9999/tep/{}", one.1)).await.is(404);
    }
}

#[tokio::test]
async fn the_same_file_sent_twice_by_the_same_person_is_shown() {
    const HINT: &str = "Giống hệt tệp “to-mot.pdf” bạn đã gửi";
    let office = Office::open();
    let mut at = AtPapers::of(&office).await;
    let form = at.form().await;
    let (scan, other) = (pdf(1_000), pdf(1_001));
    let first: [(&str, &str, &[u8]); 1] = [(&form.files[0], "to-mot.pdf", &scan)];
    sent(&mut at.browser, &form, &[("viec", "tai")], &first).await.is(303);
    at.browser.get(&at.path).await.is(200).hides("Giống hệt");
    office.turn_to("2025-03-03T09:05");
    let form = at.form().await;
    let more: [(&str, &str, &[u8]); 2] = [(&form.files[1], "to-hai.pdf", &scan), (&form.files[1], "khac.pdf", &other)];
    sent(&mut at.browser, &form, &[("viec", "tai")], &more).await.is(303);
    let page = at.browser.get(&at.path).await;
    page.is(200).shows(HINT);
    assert_eq!(page.body.matches("Giống hệt").count(), 1, "the second one alone, and no other: {}", page.text());

    // Another person's file is compared with nothing of the first one's.
    let id = "dang-ky-khai-sinh@ward".parse().unwrap();
    let draft = app::applying::begin(&office.house, office.other_citizen, &id, office.ward).await.unwrap();
    let mut browser = Browser::new(&office);
    browser.sign_in("congdan2").await;
    let path = format!("/nop-ho-so/don/{draft}/giay-to");
    let form = form_with_files(browser.get(&path).await.is(200), &path);
    sent(&mut browser, &form, &[("viec", "tai")], &[(&form.files[0], "cua-toi.pdf", &scan)]).await.is(303);
    browser.get(&path).await.is(200).hides("Giống hệt");
}
