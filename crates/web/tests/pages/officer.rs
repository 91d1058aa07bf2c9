//! Officers and leaders at work: papers marked, answers put right, what a citizen will get seen before it is sent, two at once, the
//! place in the list, several dossiers at once, papers beside the facts.

use super::bad_input::forms;
use domain::dossier::{Command, DossierCode, Draft, FiledPaper, Mark, NextAct, Outcome};
use domain::ids::DossierId;
use domain::post::Post;
use domain::procedure::{Channel, StepKind};
use testkit::{Answer, Browser, Office};

const BIRTH: &str = "dang-ky-khai-sinh@ward";
const BLURRED: &str = "Trang 2 mờ, không đọc được năm sinh của mẹ";
const WRONG_DAY: &str = "Ngày sinh khác giấy chứng sinh";
const FIELD: &str = "con_ngay_sinh";

/// A birth received and taken on by the specialist, who is signed in.
async fn taken_on(office: &Office) -> (Browser, DossierId, String) {
    let filed = office.file_online(BIRTH).await;
    office.act(office.staff.reception, filed.id, Command::Accept).await.unwrap();
    office.act(office.staff.specialist, filed.id, Command::TakeOn).await.unwrap();
    let mut browser = Browser::new(office);
    browser.sign_in_staff("cv.hangkenh").await;
    (browser, filed.id, format!("/nghiep-vu/ho-so/{}", filed.code))
}

fn version(office: &Office, id: DossierId) -> String {
    office.dossier(id).version.to_string()
}

async fn marked(browser: &mut Browser, home: &str, marks: &[(&str, &str)]) -> Answer {
    let page = browser.get(home).await;
    let seen = page.hidden("phien-ban");
    let mut fields = vec![("phien-ban", seen.as_str())];
    fields.extend_from_slice(marks);
    browser.post(&page, &format!("{home}/danh-gia"), &fields).await
}

/// The form of an act as it stands, sent with more.
async fn sent(browser: &mut Browser, page: &Answer, more: &[(&str, &str)]) -> Answer {
    let form = forms(page).into_iter().find(|it| it.action.contains("/viec/")).expect("the form of an act");
    let versions = form.hidden.iter().filter(|it| ["phien-ban", "mot-lan"].contains(&it.0.as_str()));
    let mut fields: Vec<(&str, &str)> = versions.map(|it| (it.0.as_str(), it.1.as_str())).collect();
    fields.extend_from_slice(more);
    browser.post_files(page, &form.action, &fields, &[]).await
}

#[tokio::test]
async fn a_paper_not_in_order_needs_a_reason_which_goes_to_the_citizen_word_for_word() {
    let office = Office::open();
    let (mut officer, id, home) = taken_on(&office).await;
    officer.get(&home).await.shows("Tất cả đạt").shows("giấy tờ chưa xem");
    let silent =
        marked(&mut officer, &home, &[("danh-gia-0", "khong-dat"), ("danh-gia-1", "dat"), ("lenh", "luu")]).await;
    silent.is(422).shows("Giấy tờ không đạt thì phải ghi lý do");
    assert_eq!(office.dossier(id).marks.paper(1).0, Mark::Unseen, "nothing was marked");
    let done = marked(
        &mut officer,
        &home,
        &[("danh-gia-0", "khong-dat"), ("ly-do-0", BLURRED), ("danh-gia-1", "chua-xem"), ("lenh", "tat-ca-dat")],
    )
    .await;
    assert!(done.is(303).location.contains("xong=danh-gia"), "{}", done.location);
    let marks = office.dossier(id).marks;
    assert_eq!(
        (marks.paper(0), marks.paper(1)),
        ((Mark::Wrong, BLURRED), (Mark::Good, "")),
        "all good leaves a wrong one"
    );
    officer.get(&home).await.shows(&format!("không đạt, {BLURRED}")).shows("1 giấy tờ, mục khai chưa đạt");
    // The request is filled in; the citizen reads the same words.
    let form = officer.get(&format!("{home}/viec/yeu-cau-bo-sung")).await;
    form.is(200).shows(BLURRED).shows("Xem trước rồi");
    let requirement = office.dossier(id).filing.get().unwrap().papers[0].requirement.clone();
    let what = format!("noi-dung-{requirement}");
    let fields = [("giay", requirement.as_str()), (&what, BLURRED), ("ly-do", "Có giấy tờ chưa đạt"), ("han", "30")];
    let seen = sent(&mut officer, &form, &[&fields[..], &[("lenh", "xem-truoc")]].concat()).await;
    seen.is(200).shows("XEM TRƯỚC").shows("PHIẾU YÊU CẦU BỔ SUNG").shows("ký tự").shows("tới ••••••412");
    assert!(office.dossier(id).supplement.is_none(), "a preview does nothing");
    sent(&mut officer, &seen, &[&fields[..], &[("lenh", "lam")]].concat()).await.is(303);
    let mut citizen = officer.another();
    citizen.sign_in("congdan").await;
    let code = home.rsplit('/').next().unwrap();
    citizen.get(&format!("/ho-so-cua-toi/{code}")).await.shows(BLURRED);
    citizen.get(&format!("/ho-so-cua-toi/{code}/bo-sung")).await.shows(BLURRED);
}

#[tokio::test]
async fn what_is_previewed_is_what_is_sent() {
    let office = Office::open();
    let (mut officer, id, home) = taken_on(&office).await;
    let form = officer.get(&format!("{home}/viec/yeu-cau-bo-sung")).await;
    let requirement = office.dossier(id).filing.get().unwrap().papers[0].requirement.clone();
    let what = format!("noi-dung-{requirement}");
    let fields = [("giay", requirement.as_str()), (&what, BLURRED), ("ly-do", "Chưa đủ"), ("han", "15")];
    let seen = sent(&mut officer, &form, &[&fields[..], &[("lenh", "xem-truoc")]].concat()).await;
    sent(&mut officer, &seen, &[&fields[..], &[("lenh", "lam")]].concat()).await.is(303);
    let messages = office.house.db.read_now(|tx| storage::outbox::latest(tx, 99)).unwrap();
    let told = |it: &storage::outbox::Message| it.kind == "supplement_requested" && it.channel == "sms";
    let message = messages.into_iter().find(told).expect("a text message");
    seen.shows(&message.body);
    assert!(
        domain::text_message::parts(&message.body).len() <= 2,
        "code, what, until when and where: {}",
        message.body
    );
    assert!(message.body.contains("Hạn 18/03/2025"), "{}", message.body);
    let seq = office.dossier(id).version;
    let letter = officer.get(&format!("{home}/phieu/{seq}")).await;
    let sheet = |page: &Answer| {
        let from = page.body.find("<article class=\"sheet\"").expect("a paper");
        page.body[from..].split("</article>").next().unwrap().to_owned()
    };
    assert_eq!(sheet(&seen), sheet(&letter), "the paper is the same to the letter");
    letter.shows("để được giúp đỡ: Bộ phận Một cửa phường Hàng Kênh, ").shows(", điện thoại ");
}

#[tokio::test]
async fn a_marked_answer_is_put_right_by_the_citizen_and_nothing_else_is() {
    let office = Office::open();
    let (mut officer, id, home) = taken_on(&office).await;
    let before = office.dossier(id).filing.get().unwrap().answers.clone();
    let muc = format!("muc-{FIELD}");
    marked(&mut officer, &home, &[(&muc, WRONG_DAY), ("lenh", "luu")]).await.is(303);
    let form = officer.get(&format!("{home}/viec/yeu-cau-bo-sung")).await;
    form.shows(WRONG_DAY);
    let what = format!("noi-dung-muc-{FIELD}");
    let fields = [("muc", FIELD), (&what, WRONG_DAY), ("ly-do", "Mục khai chưa đúng"), ("han", "30"), ("lenh", "lam")];
    sent(&mut officer, &form, &fields).await.is(303);
    let code = home.rsplit('/').next().unwrap();
    let mut citizen = officer.another();
    citizen.sign_in("congdan").await;
    let own = format!("/ho-so-cua-toi/{code}");
    citizen.get(&own).await.shows("Sửa 1 mục trong tờ khai").shows(WRONG_DAY);
    let page = citizen.get(&format!("{own}/bo-sung")).await;
    page.is(200).shows("Cần sửa").shows(WRONG_DAY).hides("Họ, chữ đệm, tên mẹ");
    let seen = page.hidden("phien");
    let day = |d, m, y| vec![("con_ngay_sinh.d", d), ("con_ngay_sinh.m", m), ("con_ngay_sinh.y", y)];
    let with = |typed: Vec<(&'static str, &'static str)>| {
        let mut fields = vec![("phien", seen.clone()), ("viec", "gui".to_owned())];
        fields.extend(typed.into_iter().map(|it| (it.0, it.1.to_owned())));
        fields
    };
    let address = format!("{own}/bo-sung");
    for (typed, said) in [(day("31", "2", "2025"), "Lịch không có ngày này"), (day("", "", ""), "Chưa điền")]
    {
        let fields = with(typed);
        let fields: Vec<(&str, &str)> = fields.iter().map(|it| (it.0, it.1.as_str())).collect();
        citizen.post_files(&page, &address, &fields, &[]).await.is(422).shows(said);
    }
    let mut fields = with(day("2", "1", "2025"));
    fields.push(("con_ho_ten", "Tên Khác Hẳn".to_owned()));
    let fields: Vec<(&str, &str)> = fields.iter().map(|it| (it.0, it.1.as_str())).collect();
    citizen.post_files(&page, &address, &fields, &[]).await.is(303);
    let after = office.dossier(id).filing.get().unwrap().answers.clone();
    assert_eq!(after.text(FIELD), Some("2025-01-02"));
    assert_eq!(after.text("con_ho_ten"), before.text("con_ho_ten"), "nothing else was touched");
    officer.get(&home).await.shows("công dân sửa").shows("→ 02/01/2025");
    citizen.get(&own).await.shows("→ 02/01/2025");
}

#[tokio::test]
async fn what_a_second_officer_typed_goes_on_with_the_dossier_as_it_is_now() {
    let office = Office::open();
    let (mut officer, id, home) = taken_on(&office).await;
    let form = officer.get(&format!("{home}/viec/phan-cong")).await;
    let first = forms(&form).into_iter().find(|it| it.action.contains("/viec/")).unwrap();
    assert!(!first.action.is_empty());
    // Meanwhile somebody marks a paper.
    let mark = Command::Examine {
        papers: vec![domain::dossier::PaperMark { place: 0, mark: Mark::Good, reason: String::new() }],
        answers: Vec::new(),
    };
    office.act(office.staff.specialist, id, mark).await.unwrap();
    let to = office.staff.second_specialist.to_string();
    let late = sent(&mut officer, &form, &[("nguoi", &to), ("ghi", "Nhờ chị làm tiếp"), ("lenh", "lam")]).await;
    late.is(409).shows("Hồ sơ vừa thay đổi").shows("Nhờ chị làm tiếp").shows("Đỗ Minh Nguyệt").shows("đạt");
    let again = forms(&late).into_iter().find(|it| it.action.contains("/viec/phan-cong")).expect("the same again");
    let fields: Vec<(&str, &str)> =
        again.hidden.iter().filter(|it| it.0 != "csrf").map(|it| (it.0.as_str(), it.1.as_str())).collect();
    let reopened = [&fields[..], &[("lenh", "mo-lai")]].concat();
    let reopened = officer.post_files(&late, &again.action, &reopened, &[]).await;
    reopened.is(200).shows("Nhờ chị làm tiếp");
    assert_eq!(office.dossier(id).owner.person, Some(office.staff.specialist), "opening it does nothing");
    sent(&mut officer, &reopened, &[("nguoi", &to), ("ghi", "Nhờ chị làm tiếp"), ("lenh", "lam")]).await.is(303);
    assert_eq!(office.dossier(id).owner.person, Some(office.staff.second_specialist));
}

#[tokio::test]
async fn marks_sent_too_late_are_shown_and_nothing_is_overwritten() {
    let office = Office::open();
    let (mut officer, id, home) = taken_on(&office).await;
    let page = officer.get(&home).await;
    let seen = page.hidden("phien-ban");
    office.act(office.staff.specialist, id, Command::Forward { to: None, note: "Xem giúp".into() }).await.unwrap();
    let fields = [("phien-ban", seen.as_str()), ("danh-gia-0", "khong-dat"), ("ly-do-0", BLURRED)];
    let late = officer.post(&page, &format!("{home}/danh-gia"), &fields).await;
    late.is(409).shows(BLURRED).shows("Xem giúp");
    assert_eq!(office.dossier(id).marks.paper(0).0, Mark::Unseen);
}

#[tokio::test]
async fn one_comes_back_to_the_row_and_goes_on_to_the_next_of_the_same_list() {
    let office = Office::open();
    let mut codes: Vec<DossierCode> = Vec::new();
    for _ in 0..3 {
        let filed = office.file_online(BIRTH).await;
        office.act(office.staff.reception, filed.id, Command::Accept).await.unwrap();
        office.act(office.staff.specialist, filed.id, Command::TakeOn).await.unwrap();
        codes.push(filed.code);
    }
    let mut officer = Browser::new(&office);
    officer.sign_in_staff("cv.hangkenh").await;
    let list = "/nghiep-vu?hang=cua-toi&xep=ma";
    officer.get(list).await.is(200);
    let open = |code: &DossierCode, part: &str| {
        format!("/nghiep-vu/ho-so/{code}{part}?ve={}", list.replace('?', "%3F").replace('=', "%3D").replace('&', "%26"))
    };
    let second = officer.get(&open(&codes[1], "")).await;
    second.is(200).shows("2/3");
    assert!(second.body.contains(&format!("#h-{}", codes[1])), "back to its row");
    assert!(
        second.body.contains(&format!("ho-so/{}?ve=", codes[0]))
            && second.body.contains(&format!("ho-so/{}?ve=", codes[2]))
    );
    assert!(officer.get(list).await.body.contains(&format!("id=\"h-{}\"", codes[1])));
    // The session ends over a form; after signing in the same form goes on, and the list is still known.
    let form = officer.get(&open(&codes[1], "/viec/phan-cong")).await;
    let to = office.staff.second_specialist.to_string();
    office.turn_to("2025-03-04T10:00");
    let answer = sent(&mut officer, &form, &[("nguoi", &to), ("ghi", "Nhờ chị"), ("lenh", "lam")]).await;
    let sign_in = forms(answer.is(401)).into_iter().find(|it| it.action == "/can-bo/dang-nhap").unwrap();
    let mut fields: Vec<(&str, &str)> = sign_in.hidden.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
    fields.extend([("tai-khoan", "cv.hangkenh"), ("mat-khau", testkit::PASSWORD)]);
    let entered = officer.post_raw("/can-bo/dang-nhap", &fields).await;
    let again = forms(entered.is(200)).into_iter().find(|it| it.action.contains("/viec/phan-cong")).unwrap();
    assert!(again.action.contains("ve="), "{}", again.action);
    let fields: Vec<(&str, &str)> =
        again.hidden.iter().filter(|it| it.0 != "csrf").map(|it| (it.0.as_str(), it.1.as_str())).collect();
    let done = officer.post_files(&entered, &again.action, &fields, &[]).await;
    assert!(done.is(303).location.contains(&format!("sau={}", codes[2])), "{}", done.location);
    let left = officer.get(&done.location).await;
    left.is(200).shows("đã rời danh sách, còn 2");
    assert!(left.body.contains(&format!("ho-so/{}?ve=", codes[2])), "the next one is still at hand");
}

/// A dossier that waits for the leader's signature.
pub(super) async fn to_sign(office: &Office) -> (DossierId, DossierCode) {
    let filed = office.file_online(BIRTH).await;
    office.act(office.staff.reception, filed.id, Command::Accept).await.unwrap();
    office.act(office.staff.specialist, filed.id, Command::TakeOn).await.unwrap();
    while office.dossier(filed.id).step.kind != StepKind::Sign {
        let forward = Command::Forward { to: None, note: String::new() };
        if office.act(office.staff.specialist, filed.id, forward).await.is_err() {
            let draft = Draft { text: "Đủ điều kiện đăng ký.".into(), document: None };
            let submit =
                Command::SubmitForSignature { outcome: Outcome::Granted, draft, to: Some(office.staff.leader) };
            office.act(office.staff.specialist, filed.id, submit).await.unwrap();
        }
    }
    (filed.id, filed.code)
}

#[tokio::test]
async fn a_leader_sees_the_paper_signs_and_goes_on_to_the_next() {
    let office = Office::open();
    let (first, code) = to_sign(&office).await;
    let (second, next) = to_sign(&office).await;
    let mut leader = Browser::new(&office);
    leader.sign_in_staff("ld.hangkenh").await;
    let list = leader.get("/nghiep-vu?hang=cho-ky&xep=ma").await;
    assert!(list.is(200).body.contains(&format!("/ho-so/{code}/giay-to?ve=")), "the list opens the papers");
    let address = format!("/nghiep-vu/ho-so/{code}/giay-to?ve=%2Fnghiep-vu%3Fhang%3Dcho-ky%26xep%3Dma");
    let page = leader.get(&address).await;
    page.is(200).shows("Đủ điều kiện đăng ký.").shows("và sang hồ sơ sau").shows("1/2").shows("Chuyển trả, ghi lý do");
    let form = forms(&page).into_iter().find(|it| it.action.contains("/viec/ky")).unwrap();
    let fields: Vec<(&str, &str)> =
        form.hidden.iter().filter(|it| it.0 != "csrf").map(|it| (it.0.as_str(), it.1.as_str())).collect();
    let done = leader.post_files(&page, &form.action, &[&fields[..], &[("lenh", "lam")]].concat(), &[]).await;
    assert!(done.is(303).location.starts_with(&format!("/nghiep-vu/ho-so/{next}/giay-to?")), "{}", done.location);
    assert!(office.dossier(first).signed.is_some());
    let page = leader.get(&done.location).await;
    page.is(200).shows("Đây là hồ sơ tiếp theo");
    // Back with a reason, and on: the list is empty now.
    let form = forms(&page).into_iter().find(|it| it.action.contains("/viec/chuyen-tra")).expect("giving back");
    let step = form.hidden.iter().find(|it| it.0 == "buoc").map(|it| it.1.clone()).unwrap();
    let keep = |it: &&(String, String)| ["phien-ban", "mot-lan", "tiep"].contains(&it.0.as_str());
    let mut fields: Vec<(&str, &str)> =
        form.hidden.iter().filter(keep).map(|it| (it.0.as_str(), it.1.as_str())).collect();
    fields.extend([("buoc", step.as_str()), ("ly-do", ""), ("lenh", "lam")]);
    leader.post_files(&page, &form.action, &fields, &[]).await.is(409).shows("Cần ghi lý do");
    let at = fields.iter().position(|it| it.0 == "ly-do").unwrap();
    fields[at].1 = "Căn cứ chưa rõ";
    let done = leader.post_files(&page, &form.action, &fields, &[]).await;
    assert!(done.is(303).location.starts_with("/nghiep-vu?hang=cho-ky"), "{}", done.location);
    assert_ne!(office.dossier(second).step.kind, StepKind::Sign);
}

#[tokio::test]
async fn several_are_signed_at_once_and_each_that_cannot_be_says_why() {
    let office = Office::open();
    let (first, code) = to_sign(&office).await;
    let (second, other) = to_sign(&office).await;
    let (third, stale) = to_sign(&office).await;
    let mut leader = Browser::new(&office);
    leader.sign_in_staff("ld.hangkenh").await;
    let list = leader.get("/nghiep-vu?hang=cho-ky").await;
    list.is(200).shows("Ký kết quả");
    let seen: Vec<String> =
        [(first, &code), (third, &stale)].map(|(id, code)| format!("{code}@{}", office.dossier(id).version)).into();
    office.act(office.staff.leader, third, Command::Sign).await.unwrap();
    let nothing = leader.post(&list, "/nghiep-vu/hang-loat", &[("lenh", "ky"), ("ve", "/nghiep-vu?hang=cho-ky")]).await;
    nothing.is(422).shows("Chưa chọn hồ sơ nào");
    let ticks = [("chon", seen[0].as_str()), ("chon", &seen[1]), ("lenh", "ky"), ("ve", "/nghiep-vu?hang=cho-ky")];
    let asked = leader.post(&list, "/nghiep-vu/hang-loat", &ticks).await;
    asked.is(200).shows("Làm được với 1 hồ sơ").shows("vừa thay đổi").shows("Ký kết quả 1 hồ sơ");
    assert!(office.dossier(first).signed.is_none(), "asking does nothing");
    let form = forms(&asked).into_iter().find(|it| it.action == "/nghiep-vu/hang-loat").unwrap();
    let fields: Vec<(&str, &str)> =
        form.hidden.iter().filter(|it| it.0 != "csrf").map(|it| (it.0.as_str(), it.1.as_str())).collect();
    let order = [&fields[..], &[("lenh", "lam")]].concat();
    leader.post(&asked, "/nghiep-vu/hang-loat", &order).await.is(200).shows("đã làm 1 trên 1 hồ sơ");
    assert!(office.dossier(first).signed.is_some() && office.dossier(second).signed.is_none());
    let version = office.dossier(first).version;
    leader.post(&asked, "/nghiep-vu/hang-loat", &order).await.is(200);
    assert_eq!(office.dossier(first).version, version, "two clicks are one act");
    let mut stranger = leader.another();
    stranger.sign_in_staff("cv.anbien").await;
    let tick = format!("{other}@{}", office.dossier(second).version);
    let page = stranger.get("/nghiep-vu").await;
    let asked = stranger.post(&page, "/nghiep-vu/hang-loat", &[("chon", &tick), ("lenh", "ky")]).await;
    asked.is(422).shows("Không thuộc việc của bạn").hides("Quỳnh Trâm");
}

#[tokio::test]
async fn a_scan_stands_in_a_frame_of_the_office_and_of_nobody_else() {
    let office = Office::open();
    let mut incoming = app::uploads::begin(&office.house, u64::MAX).unwrap();
    incoming.write(b"%PDF-1.7 a scan").await.unwrap();
    let document = incoming.finish("chung-sinh.pdf", "giay", Some(office.citizen)).await.unwrap();
    let mut plan = office.plan(BIRTH, Channel::Online, office.ward, Some(office.citizen));
    plan.filing.papers[0] = FiledPaper { documents: vec![document.id], ..plan.filing.papers[0].clone() };
    plan.documents = vec![document.clone()];
    let citizen = app::actor::Actor::Citizen(office.citizen);
    let filed = app::handle::file(&office.house, citizen, plan, None).await.unwrap();
    let mut officer = Browser::new(&office);
    officer.sign_in_staff("tn.hangkenh").await;
    let page = officer.get(&format!("/nghiep-vu/ho-so/{}/giay-to", filed.code)).await;
    page.is(200).shows("chung-sinh.pdf").shows("Thông tin để đối chiếu").shows("1/2");
    let file = format!("/nghiep-vu/ho-so/{}/tep/{}", filed.code, document.id);
    assert!(page.body.contains(&format!("<iframe class=\"side-pdf\" src=\"{file}\"")), "{}", page.body);
    let header = |answer: &Answer, name: &str| answer.headers.get(name).unwrap().to_str().unwrap().to_owned();
    let scan = officer.get(&file).await;
    assert!(header(&scan, "content-security-policy").contains("frame-ancestors 'self'"));
    assert_eq!(header(&scan, "x-frame-options"), "SAMEORIGIN");
    assert!(header(&page, "content-security-policy").contains("frame-ancestors 'none'"));
    let mut owner = officer.another();
    owner.sign_in("congdan").await;
    let own = owner.get(&format!("/tep/{}", document.id)).await;
    assert!(header(&own, "content-security-policy").contains("frame-ancestors 'none'"));
    let marks = [("danh-gia-0", "khong-dat"), ("ly-do-0", BLURRED)];
    marked(&mut officer, &format!("/nghiep-vu/ho-so/{}", filed.code), &marks).await.is(303);
    let seen = version(&office, filed.id);
    assert_eq!(seen, "2");
    officer
        .get(&format!("/nghiep-vu/ho-so/{}", filed.code))
        .await
        .shows("Còn 1 giấy tờ, mục khai được đánh giá không đạt");
}

/// Through every step, by whoever owes it, until the decision lies at the desk.
async fn decided(office: &Office, id: DossierId) {
    for _ in 0..20 {
        let it = office.dossier(id);
        let person = match it.owner.post {
            Post::Reception => office.staff.reception,
            Post::Leader => office.staff.leader,
            Post::Clerk => office.staff.clerk,
            _ => office.staff.specialist,
        };
        let draft = Draft { text: "Đồng ý".to_owned(), document: None };
        let command = match it.next_act() {
            None | Some(NextAct::HandOver) => return,
            Some(NextAct::Sign) => Command::Sign,
            Some(NextAct::Issue) => Command::Issue { number: "1/2025".to_owned(), document: None },
            Some(_) if it.owner.person.is_none() && it.owner.post == Post::Specialist => Command::TakeOn,
            Some(_) => {
                let submit = Command::SubmitForSignature { outcome: Outcome::Granted, draft, to: None };
                match office.act(person, id, submit).await {
                    Ok(_) => continue,
                    Err(_) => Command::Forward { to: None, note: String::new() },
                }
            }
        };
        office.act(person, id, command).await.unwrap();
    }
}

#[tokio::test]
async fn money_that_is_due_is_taken_where_the_decision_is_handed_over() {
    let office = Office::open();
    let plan = office.plan("trich-luc-ho-tich@ward", Channel::Counter, office.ward, None);
    let plan = app::filing::Plan { fee_vnd: 16_000, ..plan };
    let asked = app::actor::Actor::Staff(office.staff.reception);
    let filed = app::handle::file(&office.house, asked, plan, None).await.unwrap();
    decided(&office, filed.id).await;
    assert_eq!(office.dossier(filed.id).still_owed_vnd(), 16_000);
    let mut desk = Browser::new(&office);
    desk.sign_in_staff("tn.hangkenh").await;
    let address = format!("/nghiep-vu/ho-so/{}/viec/tra-ket-qua", filed.code);
    let page = desk.get(&address).await;
    page.is(200).shows("Thu 16.000 đồng trước khi trả").hides("Người nhận kết quả");
    let pay = [("roi", "tra-ket-qua"), ("so-tien", "16000"), ("cach", "tien-mat"), ("bien-lai", ""), ("lenh", "lam")];
    let paid = sent(&mut desk, &page, &pay).await;
    assert!(paid.is(303).location.starts_with(&format!("{address}?xong=ghi-thu")), "{}", paid.location);
    assert_eq!(office.dossier(filed.id).still_owed_vnd(), 0);
    let page = desk.get(&paid.location).await;
    page.is(200).shows("Đã ghi thu đủ").shows("Người nhận kết quả").hides("trước khi trả");
    sent(&mut desk, &page, &[("nguoi-nhan", "Trâm"), ("ai", "chu"), ("lenh", "lam")]).await.is(303);
    assert_eq!(office.dossier(filed.id).next_act(), None);
}

#[tokio::test]
async fn what_is_written_under_a_paper_is_asked_only_while_the_paper_is_ticked() {
    let office = Office::open();
    let (mut officer, id, home) = taken_on(&office).await;
    let form = officer.get(&format!("{home}/viec/yeu-cau-bo-sung")).await;
    form.is(200).shows("Yêu cầu giấy tờ khác, ngoài danh mục");
    let papers = office.dossier(id).filing.get().unwrap().papers.clone();
    let [one, two] = [&papers[0].requirement, &papers[1].requirement];
    let (first, second) = (format!("noi-dung-{one}"), format!("noi-dung-{two}"));
    let fields = [("giay", one.as_str()), (&first, BLURRED), (&second, WRONG_DAY), ("ly-do", "Chưa đủ"), ("han", "15")];
    sent(&mut officer, &form, &[&fields[..], &[("lenh", "lam")]].concat()).await.is(303);
    let asked = office.dossier(id).supplement.unwrap().request.get().unwrap().items.clone();
    assert_eq!(asked.iter().map(|it| it.what.as_str()).collect::<Vec<_>>(), [BLURRED]);
}
