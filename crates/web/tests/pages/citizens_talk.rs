//! A citizen and the office about a dossier: messages, another way to get the decision, the proof of deposit, usual times.

use domain::dossier::{Collection, Command, Evidence, Proxy};
use domain::ids::DossierId;
use testkit::{Browser, Office};

const PROCEDURE: &str = "dang-ky-khai-sinh@ward";

async fn citizen(office: &Office, login: &str) -> Browser {
    let mut browser = Browser::new(office);
    browser.sign_in(login).await.is(303);
    browser
}

async fn staff(office: &Office, login: &str) -> Browser {
    let mut browser = Browser::new(office);
    browser.sign_in_staff(login).await.is(303);
    browser
}

async fn outbox(office: &Office) -> Vec<(String, String)> {
    let all = office.house.db.read_now(|tx| storage::outbox::latest(tx, 50)).unwrap();
    all.into_iter().map(|it| (it.kind, it.body)).collect()
}

#[tokio::test]
async fn a_question_has_an_owner_and_a_time_until_somebody_answers_it() {
    let office = Office::open();
    let filed = office.file_online(PROCEDURE).await;
    let own = format!("/ho-so-cua-toi/{}", filed.code);
    let mut asking = citizen(&office, "congdan").await;
    let page = asking.get(&own).await;
    page.is(200).shows("Trao đổi với cơ quan");
    let address = format!("{own}/trao-doi");
    asking.post(&page, &address, &[("noi_dung", "  ")]).await.is(422).shows("Chưa điền");
    let long = "a".repeat(2_001);
    let too_long = asking.post(&page, &address, &[("noi_dung", &long)]).await;
    assert!(too_long.is(422).shows("Dài quá 2000 ký tự").body.contains(&long), "what was typed stays");
    let words = "Con tôi sinh ở viện khác,\ncó cần giấy chứng sinh bản chính không?";
    asking.post(&page, &address, &[("noi_dung", words)]).await.is(303);
    asking.post(&page, &address, &[("noi_dung", words)]).await.is(303);
    let after = asking.get(&own).await;
    after.shows("Cơ quan trả lời chậm nhất thứ Tư, 05/03/2025");
    assert_eq!(after.text().matches("giấy chứng sinh bản chính không").count(), 1, "a second press writes nothing");

    for login in ["cv.hangkenh", "tn.anbien"] {
        staff(&office, login).await.get("/nghiep-vu/trao-doi").await.is(200).shows("Không có tin nhắn nào");
    }
    let mut desk = staff(&office, "tn.hangkenh").await;
    desk.get("/nghiep-vu?hang=cho-tiep-nhan").await.shows("1 tin nhắn chờ trả lời");
    let list = desk.get("/nghiep-vu/trao-doi").await;
    list.is(200).shows("Con tôi sinh ở viện khác").hides("quá hạn trả lời").shows("phường Hàng Kênh");
    office.turn_to("2025-03-06T08:00");
    let mut desk = staff(&office, "tn.hangkenh").await;
    desk.get("/nghiep-vu/trao-doi").await.shows("1 quá hạn trả lời");
    let dossier = desk.get(&format!("/nghiep-vu/ho-so/{}", filed.code)).await;
    dossier.is(200).shows("Trao đổi với người nộp").shows("Con tôi sinh ở viện khác");
    let answering = format!("/nghiep-vu/ho-so/{}/trao-doi", filed.code);
    desk.post(&dossier, &answering, &[("noi_dung", "")]).await.is(422).shows("Chưa điền");
    desk.post(&dossier, &answering, &[("noi_dung", "Có, bạn mang bản chính khi nhận kết quả.")]).await.is(303);
    desk.get("/nghiep-vu/trao-doi").await.shows("Không có tin nhắn nào");
    let told = outbox(&office).await;
    assert!(told.iter().any(|(kind, text)| kind == "answered" && !text.contains("bản chính")), "{told:?}");

    let mut asking = citizen(&office, "congdan").await;
    let read = asking.get(&own).await;
    read.shows("Vũ Đình Khang, Bộ phận Một cửa phường Hàng Kênh")
        .shows("mang bản chính")
        .hides("chậm nhất thứ Tư, 05/03");
    let mut other = citizen(&office, "congdan2").await;
    let other_page = other.get("/tra-cuu").await;
    other.post(&other_page, &address, &[("noi_dung", "của ai đây")]).await.is(404);
}

#[tokio::test]
async fn words_go_with_the_personal_data_and_five_questions_are_enough() {
    let office = Office::open();
    let filed = office.file_online(PROCEDURE).await;
    let address = format!("/ho-so-cua-toi/{}/trao-doi", filed.code);
    let mut asking = citizen(&office, "congdan").await;
    let page = asking.get("/tra-cuu").await;
    for n in 0..5 {
        asking.post(&page, &address, &[("noi_dung", &format!("Câu hỏi {n}"))]).await.is(303);
    }
    asking.post(&page, &address, &[("noi_dung", "Câu thứ sáu")]).await.is(422).shows("Đã có 5 tin nhắn chờ trả lời");
    let refuse = Command::Refuse { reason: "Không thuộc thẩm quyền.".to_owned(), legal_basis: String::new() };
    office.act(office.staff.reception, filed.id, refuse).await.unwrap();
    office.act(office.staff.control, filed.id, Command::Erase { basis: "Luật 91/2025".to_owned() }).await.unwrap();
    let left = app::exchanges::of_dossier(&office.house, filed.id).await.unwrap();
    assert_eq!(left.len(), 0);
}

#[tokio::test]
async fn the_way_to_get_the_decision_changes_and_the_slip_says_what_it_said() {
    let office = Office::open();
    let filed = office.file_online(PROCEDURE).await;
    office.act(office.staff.reception, filed.id, Command::Accept).await.unwrap();
    let own = format!("/ho-so-cua-toi/{}", filed.code);
    let mut browser = citizen(&office, "congdan").await;
    browser.get(&own).await.shows("Đổi cách nhận kết quả");
    let address = format!("{own}/cach-nhan");
    let page = browser.get(&address).await;
    page.is(200).shows("Qua bưu chính công ích");
    let version = page.hidden("phien");
    let by_post = |to| [("nhan", "buu-chinh"), ("dia_chi", to), ("phien", version.as_str())];
    browser.post(&page, &address, &by_post(" ")).await.is(422).shows("Chưa ghi địa chỉ");
    let to = browser.post(&page, &address, &by_post("Số 9 ngõ Mẫu")).await;
    assert_eq!(to.is(303).location, format!("{own}?xong=cach-nhan"));
    let after = browser.get(&own).await;
    after.shows("Qua bưu chính công ích, về Số 9 ngõ Mẫu").shows("Bạn đổi cách nhận kết quả");
    let slip = browser.get(&format!("{own}/giay-hen")).await;
    slip.is(200).shows("Bộ phận Một cửa phường Hàng Kênh").hides("Số 9 ngõ Mẫu");
    let stale = browser.post(&page, &address, &[("nhan", "dien-tu"), ("phien", version.as_str())]).await;
    stale.is(409);
    assert_eq!(
        office.dossier(filed.id).filing.get().map(|it| it.collection.clone()),
        Some(Collection::Post { address: "Số 9 ngõ Mẫu".to_owned() })
    );
}

#[tokio::test]
async fn what_was_sent_can_be_proved_also_after_the_reception() {
    let office = Office::open();
    let filed = office.file_online(PROCEDURE).await;
    let own = format!("/ho-so-cua-toi/{}", filed.code);
    let mut browser = citizen(&office, "congdan").await;
    browser.get(&own).await.shows("In xác nhận đã nộp");
    let paper = browser.get(&format!("{own}/xac-nhan-nop")).await;
    paper
        .is(200)
        .shows("XÁC NHẬN ĐÃ NỘP HỒ SƠ TRỰC TUYẾN")
        .shows("chưa phải giấy tiếp nhận")
        .shows(filed.code.as_str());
    office.act(office.staff.reception, filed.id, Command::Accept).await.unwrap();
    browser.get(&own).await.shows("In xác nhận đã nộp");
    let later = browser.get(&format!("{own}/xac-nhan-nop")).await;
    later.is(200).shows("XÁC NHẬN ĐÃ NỘP HỒ SƠ TRỰC TUYẾN").shows(filed.code.as_str());
}

/// Decided and handed over: through every step, by whoever owes it.
async fn solved(office: &Office, id: DossierId) {
    for _ in 0..20 {
        let it = office.dossier(id);
        let owner = it.owner;
        let who = |post| match post {
            domain::post::Post::Reception => office.staff.reception,
            domain::post::Post::Leader => office.staff.leader,
            domain::post::Post::Clerk => office.staff.clerk,
            _ => office.staff.specialist,
        };
        let person = who(owner.post);
        let draft = domain::dossier::Draft { text: "Đồng ý".to_owned(), document: None };
        let granted = domain::dossier::Outcome::Granted;
        let evidence = Evidence { receiver: "Trâm".to_owned(), ..Evidence::default() };
        let command = match it.next_act() {
            None => return,
            Some(domain::dossier::NextAct::HandOver) => Command::Deliver { evidence, by_proxy: Proxy::Owner },
            Some(domain::dossier::NextAct::Sign) => Command::Sign,
            Some(domain::dossier::NextAct::Issue) => Command::Issue { number: "1/2025".to_owned(), document: None },
            Some(_) if it.status == domain::dossier::Status::New => Command::Accept,
            Some(_) if owner.person.is_none() && owner.post == domain::post::Post::Specialist => Command::TakeOn,
            Some(_) => {
                let submit = Command::SubmitForSignature { outcome: granted, draft, to: None };
                match office.act(person, id, submit).await {
                    Ok(_) => continue,
                    Err(_) => Command::Forward { to: None, note: String::new() },
                }
            }
        };
        office.act(person, id, command).await.unwrap();
    }
    panic!("it never ended");
}

#[tokio::test]
async fn habit_is_told_only_from_twenty_decided_dossiers_and_never_as_a_promise() {
    let office = Office::open();
    let mut browser = citizen(&office, "congdan").await;
    for n in 0..20 {
        let filed = office.file_online(PROCEDURE).await;
        if n == 19 {
            let page = browser.get(&format!("/ho-so-cua-toi/{}", filed.code)).await;
            page.is(200).hides("Thường mất bao lâu");
        }
        solved(&office, filed.id).await;
    }
    let filed = office.file_online(PROCEDURE).await;
    let page = browser.get(&format!("/ho-so-cua-toi/{}", filed.code)).await;
    page.is(200).shows("Thường mất bao lâu").shows("của 20 hồ sơ").shows("không phải lời hứa").shows("Theo quy định");
}
