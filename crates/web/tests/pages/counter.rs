//! The desk: online applications with their hours, slips before there is a dossier.

use domain::dossier::Collection;
use domain::ids::{DocumentId, DossierId};
use domain::procedure::Channel;
use testkit::{Answer, Browser, Office};

const BIRTH: &str = "dang-ky-khai-sinh@ward";
const EXTRACT: &str = "trich-luc-ho-tich@ward";
const NAME: &str = "Đặng Thị Kiên Nhẫn";

async fn at_desk(office: &Office) -> Browser {
    let mut browser = Browser::new(office);
    browser.sign_in_staff("tn.hangkenh").await.is(303);
    browser
}

/// What stands before and after a text on a page.
fn order_of(answer: &Answer, words: &[&str]) {
    let text = answer.text();
    let places: Vec<usize> =
        words.iter().map(|it| text.find(it).unwrap_or_else(|| panic!("no {it} in {text}"))).collect();
    assert!(places.is_sorted(), "{words:?} do not stand in that order: {text}");
}

#[tokio::test]
async fn online_applications_wait_with_their_hours_the_overdue_first() {
    waits_with_its_hours(Office::open()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn online_applications_wait_the_same_with_the_database_on_a_server() {
    waits_with_its_hours(Office::open_on_server()).await;
}

async fn waits_with_its_hours(office: Office) {
    office.turn_to("2025-03-03T08:00");
    let first = office.file_online(BIRTH).await;
    office.turn_to("2025-03-04T09:00");
    let second = office.file_online(BIRTH).await;
    let mut browser = at_desk(&office).await;
    let list = browser.get("/quay/truc-tuyen").await;
    order_of(list.is(200), &[first.code.as_str(), second.code.as_str()]);
    // 8 working hours from 8:00 end the next day at 8:00: an hour ago.
    list.shows("1 quá hạn trả lời").shows("Quá 1 giờ").shows("Còn 8 giờ").shows("chưa ai");

    let taken = browser.post(&list, "/quay/truc-tuyen/ke-tiep", &[]).await;
    assert!(taken.is(303).location.contains(first.code.as_str()), "{}", taken.location);
    let again = browser.post(&list, "/quay/truc-tuyen/ke-tiep", &[]).await;
    assert!(again.location.contains(first.code.as_str()), "what one has in hand comes first: {}", again.location);

    let dossier = browser.get(&taken.location).await;
    dossier.is(200).shows("Hồ sơ trực tuyến");
    let act = format!("/nghiep-vu/ho-so/{}/viec/tiep-nhan?ve=%2Fquay%2Ftruc-tuyen", first.code);
    let form = browser.get(&act).await;
    let fields = [("phien-ban", "1"), ("mot-lan", "nhan-1")];
    let done = browser.post_files(form.is(200), &act, &fields, &[]).await;
    assert!(done.is(303).location.starts_with("/quay/truc-tuyen?xong=tiep-nhan"), "{}", done.location);
    let back = browser.get(&done.location).await;
    back.is(200).shows("In giấy hẹn").shows(second.code.as_str()).hides("quá hạn trả lời");
}

#[tokio::test]
async fn what_one_officer_looks_at_the_next_one_does_not_get_until_it_is_given_back() {
    let office = Office::open();
    office.turn_to("2025-03-03T08:00");
    let only = office.file_online(BIRTH).await;
    let other = office.staff.other_reception;
    let taken = app::answering::take_next(&office.house, office.staff.reception).await.unwrap();
    assert_eq!(taken.as_ref(), Some(&only.code));
    assert_eq!(app::answering::take_next(&office.house, other).await.unwrap(), None, "another desk has its own");

    let mut browser = at_desk(&office).await;
    let list = browser.get("/quay/truc-tuyen").await;
    list.is(200).shows("tôi").shows("Để lại");
    let back = browser.post(&list, &format!("/quay/truc-tuyen/{}/tra-lai", only.code), &[]).await;
    assert_eq!(back.is(303).location, "/quay/truc-tuyen");
    browser.get("/quay/truc-tuyen").await.is(200).shows("chưa ai").hides("Để lại");

    let again = app::answering::take_next(&office.house, office.staff.reception).await.unwrap();
    assert_eq!(again, Some(only.code));
    office.turn_to("2025-03-03T08:21");
    let mut browser = at_desk(&office).await;
    browser.get("/quay/truc-tuyen").await.is(200).shows("chưa ai");
}

fn asked<'a>(once: &'a str, order: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("thu-tuc", BIRTH), ("mot-lan", once), ("ten", NAME), ("so", "999094000904"), ("lenh", order)]
}

#[tokio::test]
async fn a_guidance_is_numbered_kept_and_printed_as_the_form() {
    slips_are_numbered(Office::open()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slips_are_numbered_with_the_database_on_a_server() {
    slips_are_numbered(Office::open_on_server()).await;
}

async fn slips_are_numbered(office: Office) {
    let mut browser = at_desk(&office).await;
    let page = browser.get(&format!("/quay/tiep-nhan?thu-tuc={BIRTH}")).await;
    let asking = browser.post_files(page.is(200), "/quay/tiep-nhan", &asked("k1", "huong-dan"), &[]).await;
    asking.is(200).shows("Giấy tờ cần mang đến").shows("Chưa có hồ sơ nào được lập");
    let ticked =
        asking.body.split("name=\"thieu\" value=\"").nth(1).and_then(|it| it.split('"').next()).unwrap().to_owned();

    let mut fields = asked("k1", "huong-dan-that");
    fields.extend([
        ("da-huong-dan", "1"),
        ("thieu", ticked.as_str()),
        ("ghi-huong-dan", "Giấy chứng sinh ghi thiếu tên mẹ"),
    ]);
    let given = browser.post_files(&page, "/quay/tiep-nhan", &fields, &[]).await;
    let twice = browser.post_files(&page, "/quay/tiep-nhan", &fields, &[]).await;
    assert_eq!(given.is(303).location, twice.is(303).location, "sent twice is given once");
    let other = fields.iter().map(|it| if it.0 == "ghi-huong-dan" { (it.0, "Thêm giấy kết hôn") } else { *it });
    let other = browser.post_files(&page, "/quay/tiep-nhan", &other.collect::<Vec<_>>(), &[]).await;
    browser.get(&other.is(303).location).await.shows("Số: 2/HDHS").shows("Thêm giấy kết hôn.");
    let paper = browser.get(&given.location).await;
    paper.is(200).shows("Số: 1/HDHS").shows("PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ").shows(NAME);
    paper.shows("Giấy chứng sinh ghi thiếu tên mẹ.").shows("NGƯỜI HƯỚNG DẪN").hides("999094000904");
    let (known, today) = (office.house.now_known(), office.house.clock.now().day());
    let ward = known.organisation.attributes_on(office.ward, today).expect("the ward");
    let at = format!("Bộ phận Một cửa phường Hàng Kênh, {}, điện thoại {}, hoặc trang ", ward.seat, ward.phone);
    assert!(!ward.seat.is_empty() && !ward.phone.is_empty());
    paper.shows(&format!("liên hệ với người hướng dẫn ghi dưới đây để được giúp đỡ: {at}"));
    assert!(paper.body.contains("thu-tuc=dang-ky-khai-sinh%40ward"), "back to the same procedure");

    let refusal = |once| {
        let mut fields = asked(once, "tu-choi-that");
        fields.extend([("ly-do-tu-choi", "khong-tham-quyen"), ("ghi-tu-choi", "Nộp ở nơi cư trú của mẹ")]);
        fields
    };
    let refused = browser.post_files(&page, "/quay/tiep-nhan", &refusal("k2"), &[]).await;
    let paper = browser.get(&refused.is(303).location).await;
    paper.is(200).shows("Số: 1/TCHS").shows("Không thuộc thẩm quyền giải quyết của đơn vị.");
    paper.shows(&format!("Cần hỏi thêm: {at}"));
    let second = browser.post_files(&page, "/quay/tiep-nhan", &refusal("k3"), &[]).await;
    browser.get(&second.is(303).location).await.shows("Số: 2/TCHS");

    let list = browser.get("/quay/phieu").await;
    list.is(200).shows("1/HDHS").shows("1/TCHS").shows("2/TCHS");
    let text = list.text();
    assert!(text.contains("Phiếu hướng dẫn 2"), "{text}");
    assert!(text.contains("Phiếu từ chối tiếp nhận 2"), "{text}");
    let nothing = browser.get("/quay/phieu?tu=01/01/2025&den=02/01/2025").await;
    nothing.is(200).shows("chưa phát phiếu nào");
    browser.get("/quay/phieu?tu=31/02/2025").await.is(422).shows("Ghi ngày như 31/03/2025");

    // For the report they are counted, desk by desk, with nobody's name.
    let mut control = Browser::new(&office);
    control.sign_in_staff("kiemsoat").await.is(303);
    let report = control.get("/kiem-soat/phieu").await;
    report.is(200).hides(NAME);
    assert!(report.text().contains("Phường Hàng Kênh 2 2 2 0 0"), "{}", report.text());
    control.get("/kiem-soat/phieu?tu=03/04/2025&den=01/04/2025").await.is(422);

    // Another desk neither reads them nor counts them, and numbers its own from one.
    let mut other = Browser::new(&office);
    other.sign_in_staff("tn.anbien").await.is(303);
    other.get(&given.location).await.is(404);
    other.get("/quay/phieu").await.is(200).hides(NAME).shows("chưa phát phiếu nào");

    // Once nobody can complain or sue about them, names and words go; numbers and counts stay.
    let kept = async |day: &str| {
        office.turn_to(day);
        app::timers::tick(&office.house).await.unwrap();
        let mut browser = at_desk(&office).await;
        let list = browser.get("/quay/phieu?tu=01/03/2025&den=31/03/2025").await;
        list.is(200).shows("1/HDHS").shows("2/TCHS").shows("Phiếu hướng dẫn 2");
        let paper = browser.get(&given.location).await;
        assert_eq!(list.body.contains(NAME), paper.is(200).body.contains(NAME));
        (list.body.contains(NAME), paper.body.contains("Giấy chứng sinh ghi thiếu tên mẹ"))
    };
    assert_eq!(kept("2026-03-16T09:00").await, (true, true));
    assert_eq!(kept("2026-05-04T09:00").await, (false, false));
}

#[tokio::test]
async fn a_slip_without_name_ground_or_words_is_asked_for_beside_the_field() {
    let office = Office::open();
    let mut browser = at_desk(&office).await;
    let page = browser.get(&format!("/quay/tiep-nhan?thu-tuc={BIRTH}")).await;
    let empty = [("thu-tuc", BIRTH), ("mot-lan", "k"), ("lenh", "tu-choi-that")];
    let answer = browser.post_files(&page, "/quay/tiep-nhan", &empty, &[]).await;
    answer.is(422).shows("Chọn một lý do.").shows("Ghi họ và tên người nhận phiếu.").shows("Nói rõ cho người nộp");
    let outside =
        [("thu-tuc", BIRTH), ("mot-lan", "k"), ("ten", NAME), ("thieu", "giay-tu-nghi-ra"), ("lenh", "huong-dan-that")];
    let answer = browser.post_files(&page, "/quay/tiep-nhan", &outside, &[]).await;
    answer.is(422).shows("Chỉ chọn giấy tờ trong thành phần hồ sơ đã công bố");
    let long = "x".repeat(2_001);
    let long = [("mot-lan", "k"), ("ten", NAME), ("ghi-huong-dan", long.as_str()), ("lenh", "huong-dan-that")];
    browser.post_files(&page, "/quay/tiep-nhan", &long, &[]).await.is(422).shows("Dài quá 2000 ký tự");
    browser.get("/quay/phieu").await.shows("chưa phát phiếu nào");
}

#[tokio::test]
async fn received_and_on_to_the_next_keeps_the_procedure_and_nobody_s_name() {
    let office = Office::open();
    let mut browser = at_desk(&office).await;
    let page = browser.get(&format!("/quay/tiep-nhan?thu-tuc={BIRTH}")).await;
    let papers: Vec<String> = page
        .body
        .split("name=\"giay-")
        .skip(1)
        .filter_map(|it| it.split('"').next())
        .map(|it| format!("giay-{it}"))
        .collect();
    let mut fields = asked("k", "tiep-nhan-them");
    fields.extend([("dien-thoai", "0999000412"), ("don-giay", "1")]);
    fields.extend(papers.iter().map(|it| (it.as_str(), "1")));
    let received = browser.post_files(&page, "/quay/tiep-nhan", &fields, &[]).await;
    let next = browser.get(&received.is(303).location).await;
    next.is(200).shows("Đã tiếp nhận").shows("Đăng ký khai sinh").hides(NAME);
    assert_eq!(next.hidden("thu-tuc"), BIRTH);

    // With the other button the slip is there at once, and leads on to the next person.
    let mut fields = asked("k5", "tiep-nhan");
    fields.extend([("dien-thoai", "0999000412"), ("don-giay", "1")]);
    fields.extend(papers.iter().map(|it| (it.as_str(), "1")));
    let received = browser.post_files(&next, "/quay/tiep-nhan", &fields, &[]).await;
    let slip = browser.get(&received.is(303).location).await;
    slip.is(200).shows("Đã tiếp nhận H").shows("GIẤY TIẾP NHẬN HỒ SƠ").shows(NAME);
    let onward = slip.body.split("href=\"").find_map(|it| it.strip_prefix("/quay/tiep-nhan?da-nhan="));
    let code = onward.and_then(|it| it.split('"').next()).unwrap();
    let next = browser.get(&format!("/quay/tiep-nhan?da-nhan={code}")).await;
    next.is(200).shows(&format!("Đã tiếp nhận {code}")).shows("In giấy hẹn").hides(NAME);
    let later = browser.get(&format!("/nghiep-vu/ho-so/{code}/giay-hen")).await;
    later.is(200).hides("Đã tiếp nhận H").hides("người kế tiếp");
}

fn value<'a>(page: &'a Answer, name: &str) -> &'a str {
    let at = format!("name=\"{name}\" value=\"");
    page.body.split(&at).nth(1).and_then(|it| it.split('"').next()).unwrap_or_default()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?;
    Some(value.replace("&#38;", "&").replace("&#34;", "\"").replace("&#39;", "'"))
}

/// What the form of an act would send as it stands: every line, list and tick, and no button.
fn as_it_stands(page: &Answer) -> Vec<(String, String)> {
    let form =
        page.body.split("<form").find(|it| it.contains("id=\"viec\"")).unwrap_or_else(|| panic!("{}", page.text()));
    let form = form.split("</form>").next().unwrap_or_default();
    let mut fields = Vec::new();
    let mut chosen: Option<String> = None;
    for chunk in form.split('<').skip(1) {
        let (tag, text) = chunk.split_once('>').unwrap_or((chunk, ""));
        let (kind, name) = (tag.split_whitespace().next().unwrap_or(""), attribute(tag, "name"));
        let given = attribute(tag, "value").unwrap_or_default();
        match (kind, name, attribute(tag, "type").as_deref()) {
            ("input", _, Some("file")) => {}
            ("input", Some(name), Some("radio" | "checkbox")) if tag.ends_with(" checked") => {
                fields.push((name, given))
            }
            ("input", Some(_), Some("radio" | "checkbox")) => {}
            ("input", Some(name), _) if name != "csrf" => fields.push((name, given)),
            ("textarea", Some(name), _) => fields.push((name, text.trim_start_matches('\n').to_owned())),
            ("select", Some(name), _) => chosen = Some(name),
            ("option", _, _) if tag.ends_with(" selected") => fields.extend(chosen.clone().map(|name| (name, given))),
            _ => {}
        }
    }
    fields
}

pub async fn corrected(browser: &mut Browser, code: &str, changes: &[(&str, &str)]) -> Answer {
    let address = format!("/nghiep-vu/ho-so/{code}/viec/dinh-chinh");
    let form = browser.get(&address).await;
    let mut fields = as_it_stands(form.is(200));
    for (name, value) in changes {
        fields.retain(|it| it.0 != *name);
        fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
    browser.post_files(&form, &address, &fields, &[]).await
}

#[tokio::test]
async fn what_was_written_down_wrong_is_corrected_with_a_trace_and_no_date_moves() {
    correction_leaves_a_trace(Office::open()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_correction_leaves_the_same_trace_with_the_database_on_a_server() {
    correction_leaves_a_trace(Office::open_on_server()).await;
}

async fn correction_leaves_a_trace(office: Office) {
    let received = office.receive_at_counter(BIRTH).await;
    let before = office.dossier(received.id);
    let mut browser = at_desk(&office).await;
    let changes = [
        ("ten", "Tôn Nữ Hoàng Ngọc Phương Trâm"),
        ("dia-chi", "Số 20 ngõ 64 phố Mẫu"),
        ("ly-do", "Ghi sai so với căn cước"),
    ];
    let done = corrected(&mut browser, received.code.as_str(), &changes).await;
    let home = browser.get(&done.is(303).location).await;
    home.is(200)
        .shows("Đính chính thông tin")
        .shows("từ “Tôn Nữ Hoàng Ngọc Phương Quỳnh Trâm” thành “Tôn Nữ Hoàng Ngọc Phương Trâm”");
    home.shows("nơi ở người nộp: từ “Số 18 ngõ 64 phố Mẫu” thành “Số 20 ngõ 64 phố Mẫu”")
        .shows("Lý do: Ghi sai so với căn cước.");

    let after = office.dossier(received.id);
    assert_eq!((after.due, after.received_at, after.first_due), (before.due, before.received_at, before.first_due));
    assert_eq!((after.owner, after.status, after.owed_vnd), (before.owner, before.status, before.owed_vnd));
    let (was, is) = (before.filing.get().unwrap(), after.filing.get().unwrap());
    assert_eq!((&was.papers, &was.answers, was.account), (&is.papers, &is.answers, is.account));
    assert_eq!(is.submitter.phone, was.submitter.phone);

    let slip = browser.get(&format!("/nghiep-vu/ho-so/{}/giay-hen", received.code)).await;
    slip.is(200).shows("BẢN THAY THẾ bản lập ngày").shows("Ngọc Phương Trâm").hides("Quỳnh Trâm");
    let found = browser.get("/nghiep-vu/tim?q=ngoc+phuong+tram").await;
    found.is(200).shows(received.code.as_str());

    // The citizen is told: by message and by letter.
    let told = office.house.db.read_now(|tx| storage::outbox::latest(tx, 10)).unwrap();
    let corrections: Vec<_> = told.iter().filter(|it| it.kind == "corrected").collect();
    assert_eq!(corrections.len(), 2, "{told:?}");
    assert!(
        corrections.iter().all(|it| it.body.contains("đính chính") && it.body.contains("Ghi sai so với căn cước."))
    );
}

#[tokio::test]
async fn a_correction_of_nothing_without_a_reason_or_of_a_name_away_is_refused_beside_its_field() {
    let office = Office::open();
    let received = office.receive_at_counter(BIRTH).await;
    let code = received.code.as_str();
    let mut browser = at_desk(&office).await;
    corrected(&mut browser, code, &[("ly-do", "Không có gì")]).await.is(409).shows("Chưa có gì khác");
    corrected(&mut browser, code, &[("dia-chi", "Số 20")]).await.is(409).shows("lý do");
    corrected(&mut browser, code, &[("ten", ""), ("ly-do", "Bỏ tên")]).await.is(422).shows("Họ và tên");
    let wrong = corrected(&mut browser, code, &[("so", "12345"), ("ly-do", "Sửa số")]).await;
    assert_eq!(value(wrong.is(422), "so"), "12345", "what was typed stays");
    assert_eq!(office.dossier(received.id).version, 2, "nothing was written");

    // Signed is signed; and a stranger to the dossier corrects nothing.
    let mut other = Browser::new(&office);
    other.sign_in_staff("tn.anbien").await.is(303);
    let page = other.get(&format!("/nghiep-vu/ho-so/{code}/viec/dinh-chinh")).await;
    assert!(page.is(303).location.contains("/ly-do"), "{}", page.location);
}

/// A dossier whose decision lies at the desk.
async fn issued(office: &Office) -> app::handle::Handled {
    let received = office.receive_at_counter(BIRTH).await;
    decided(office, received.id).await;
    received
}

/// Taken on, worked at, signed and issued.
pub async fn decided(office: &Office, id: DossierId) {
    decided_with(office, id, None).await;
}

/// The same, with the file that was issued.
async fn decided_with(office: &Office, id: DossierId, document: Option<DocumentId>) {
    use domain::dossier::{Command, Draft, Outcome};
    let staff = office.staff;
    office.act(staff.specialist, id, Command::TakeOn).await.unwrap();
    for _ in 0..8 {
        let draft = Command::SubmitForSignature { outcome: Outcome::Granted, draft: Draft::default(), to: None };
        if office.act(staff.specialist, id, draft).await.is_ok() {
            break;
        }
        let on = Command::Forward { to: None, note: String::new() };
        office.act(staff.specialist, id, on).await.unwrap();
    }
    office.act(staff.leader, id, Command::Sign).await.unwrap();
    office.act(staff.clerk, id, Command::Issue { number: "77/2025".into(), document }).await.unwrap();
}

#[tokio::test]
async fn a_decision_is_handed_to_whose_digits_fit_or_to_a_proxy_with_a_paper() {
    let office = Office::open();
    let ready = issued(&office).await;
    let mut browser = at_desk(&office).await;
    let address = format!("/nghiep-vu/ho-so/{}/viec/tra-ket-qua", ready.code);
    let form = browser.get(&address).await;
    let version = form.is(200).hidden("phien-ban");
    let to = |once: &'static str, who: &'static str, tail: &'static str, paper: &'static str| {
        vec![
            ("phien-ban", version.clone()),
            ("mot-lan", once.to_owned()),
            ("nguoi-nhan", "Tôn Văn Nhận Thay".to_owned()),
            ("ai", who.to_owned()),
            ("so-cuoi", tail.to_owned()),
            ("uy-quyen", paper.to_owned()),
        ]
    };
    let mut send = async |fields: Vec<(&str, String)>| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|it| (it.0, it.1.as_str())).collect();
        browser.post_files(&form, &address, &fields, &[]).await
    };
    send(to("a", "chu", "1111", "")).await.is(409).shows("không khớp với số của chủ hồ sơ");
    send(to("b", "thay", "11x1", "GUQ 12")).await.is(409).shows("phải là 4 chữ số");
    send(to("c", "thay", "1111", "")).await.is(409).shows("giấy ủy quyền");
    let mut own: Vec<_> = to("d0", "thay", "1111", "GUQ 12/2025");
    own.iter_mut()
        .filter(|it| it.0 == "nguoi-nhan")
        .for_each(|it| it.1 = "Tôn Nữ Hoàng Ngọc Phương Quỳnh Trâm".to_owned());
    send(own).await.is(422).shows("Đây là tên của chủ hồ sơ");
    let done = send(to("d", "thay", "1111", "GUQ 12/2025")).await;
    let home = browser.get(&done.is(303).location).await;
    home.shows("nhận thay, giấy ủy quyền GUQ 12/2025").shows("giấy tờ số cuối 1111").shows("Phiếu trả kết quả");
    let seq = office.dossier(ready.id).version;
    let slip = browser.get(&format!("/nghiep-vu/ho-so/{}/phieu/{seq}", ready.code)).await;
    slip.is(200).shows("PHIẾU TRẢ KẾT QUẢ").shows("NGƯỜI NHẬN KẾT QUẢ").shows("Tôn Văn Nhận Thay").shows("…1111");
    slip.shows("77/2025").shows("GUQ 12/2025");
}

#[tokio::test]
async fn decisions_nobody_fetched_are_listed_by_age_and_reminded_once_in_ten_days() {
    reminded_once(Office::open()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn decisions_nobody_fetched_are_reminded_the_same_with_the_database_on_a_server() {
    reminded_once(Office::open_on_server()).await;
}

async fn reminded_once(office: Office) {
    office.turn_to("2025-03-03T09:00");
    let old = issued(&office).await;
    office.turn_to("2025-03-10T09:00");
    let young = issued(&office).await;
    let reminders = |office: &Office| {
        let all = office.house.db.read_now(|tx| storage::outbox::latest(tx, 50)).unwrap();
        all.iter().filter(|it| it.kind == "uncollected").count()
    };
    office.turn_to("2025-03-14T09:00");
    let mut browser = at_desk(&office).await;
    let list = browser.get("/quay/cho-tra").await;
    order_of(list.is(200), &[old.code.as_str(), young.code.as_str()]);
    list.shows("11 ngày").shows("4 ngày").shows("Nhắc 1 người").shows("chưa nhắc");
    let last = young.code.as_str().rsplit('-').next().unwrap();
    let found =
        browser.get(&format!("/quay/cho-tra?q={}", &young.code.as_str()[..young.code.as_str().len() - 1])).await;
    found.is(200).shows(young.code.as_str());
    browser.get("/quay/cho-tra?q=ton+nu+hoang").await.is(200).shows(old.code.as_str()).shows(last);
    browser
        .get("/quay/cho-tra?q=khong+ai+ten+nay")
        .await
        .is(200)
        .shows("Không có kết quả nào của tên hay số đó")
        .hides(old.code.as_str());

    let early = browser.post(&list, &format!("/quay/cho-tra/{}/nhac", young.code), &[]).await;
    assert_eq!(early.is(303).location, "/quay/cho-tra?nhac=chua-den");
    let all = browser.post(&list, "/quay/cho-tra/nhac-het", &[]).await;
    browser.get(&all.is(303).location).await.is(200).shows("Đã nhắc 1 người").shows("1 lần, gần nhất 14/03/2025");
    assert_eq!(reminders(&office), 2, "a message and a letter");
    let again = browser.post(&list, &format!("/quay/cho-tra/{}/nhac", old.code), &[]).await;
    assert_eq!(again.is(303).location, "/quay/cho-tra?nhac=chua-den");
    assert_eq!(reminders(&office), 2);
    office.turn_to("2025-03-24T09:01");
    let mut browser = at_desk(&office).await;
    let list = browser.get("/quay/cho-tra").await;
    let later = browser.post(&list, &format!("/quay/cho-tra/{}/nhac", old.code), &[]).await;
    assert_eq!(later.is(303).location, "/quay/cho-tra?nhac=roi");
    assert_eq!(reminders(&office), 4);

    let mut other = Browser::new(&office);
    other.sign_in_staff("tn.anbien").await.is(303);
    let page = other.get("/quay/cho-tra").await;
    page.is(200).hides(old.code.as_str());
    other.post(&page, &format!("/quay/cho-tra/{}/nhac", old.code), &[]).await.is(403);
}

#[tokio::test]
async fn an_electronic_decision_does_not_lie_at_the_desk_unless_paper_is_all_there_is() {
    let office = Office::open();
    office.turn_to("2025-03-03T09:00");
    let paper = issued(&office).await;
    let mut electronic = Vec::new();
    let document = DocumentId::from_uuid(office.house.ids.uuid(office.house.clock.now()));
    for document in [None, Some(document)] {
        let mut plan = office.plan(BIRTH, Channel::Counter, office.ward, None);
        plan.filing.collection = Collection::Electronic;
        let reception = app::actor::Actor::Staff(office.staff.reception);
        let received = app::handle::file(&office.house, reception, plan, None).await.unwrap();
        decided_with(&office, received.id, document).await;
        electronic.push(received);
    }
    let (unfiled, filed) = (&electronic[0], &electronic[1]);
    office.turn_to("2025-03-14T09:00");
    let mut browser = at_desk(&office).await;
    let list = browser.get("/quay/cho-tra").await;
    // Căn cứ: handbook §6.2: a signed file is worth as much as a paper.
    list.is(200).shows(paper.code.as_str()).shows(unfiled.code.as_str()).hides(filed.code.as_str());
    list.shows("4–10 ngày: 0").shows("11–30 ngày: 2").shows("Nhắc 2 người").shows("1 kết quả điện tử không nằm ở quầy");
    list.shows("muốn nhận bản điện tử, chưa có tệp kết quả");
    let reminded = browser.post(&list, &format!("/quay/cho-tra/{}/nhac", filed.code), &[]).await;
    assert_eq!(reminded.is(303).location, "/quay/cho-tra?nhac=dien-tu");
    browser.get(&reminded.location).await.is(200).shows("Kết quả là bản điện tử");
    // It is still work of the desk: somebody records that it reached its owner.
    let work = browser.get("/nghiep-vu?hang=cho-tra").await;
    work.is(200).shows(filed.code.as_str()).shows("Chờ trả 3");
}

const COPIES: &str = "chung-thuc-ban-sao-tu-ban-chinh@ward";

/// Every required paper of a page that receives a list, ticked.
fn ticked_papers(page: &Answer) -> Vec<String> {
    page.body.split("name=\"giay\" value=\"").skip(1).filter_map(|it| it.split('"').next()).map(str::to_owned).collect()
}

async fn sent_list(browser: &mut Browser, list: &str, order: &str, once: &str) -> Answer {
    sent_list_of(browser, BIRTH, list, order, once).await
}

async fn sent_list_of(browser: &mut Browser, procedure: &str, list: &str, order: &str, once: &str) -> Answer {
    let page = browser.get(&format!("/quay/theo-danh-sach?thu-tuc={procedure}")).await;
    let papers = ticked_papers(page.is(200));
    let mut fields = vec![("thu-tuc", procedure), ("mot-lan", once), ("danh-sach", list), ("lenh", order)];
    fields.extend(papers.iter().map(|it| ("giay", it.as_str())));
    browser.post_files(&page, "/quay/theo-danh-sach", &fields, &[]).await
}

fn dossiers_of(office: &Office) -> i64 {
    let desk = office.ward;
    let since = testkit::at("2025-01-01T00:00");
    office.house.db.read_now(|tx| storage::lists::desk_today(tx, desk, since)).unwrap().0
}

#[tokio::test]
async fn a_list_is_received_whole_with_a_code_each_and_once() {
    list_is_received(Office::open()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_is_received_the_same_with_the_database_on_a_server() {
    list_is_received(Office::open_on_server()).await;
}

async fn list_is_received(office: Office) {
    let mut browser = at_desk(&office).await;
    let list = "Họ và tên\tSố định danh\tNgày sinh\tĐiện thoại\nTrần Thị Mẫu\t999194006218\t09/11/1994\t0999000412\n\nLê Văn Mẫu\t999094000904\t1994\t";
    let checked = sent_list(&mut browser, list, "kiem", "k1").await;
    checked.is(200).shows("2 người, không dòng nào sai").shows("Tiếp nhận 2 hồ sơ");
    assert_eq!(dossiers_of(&office), 0, "looking receives nothing");
    let done = sent_list(&mut browser, list, "nhan", "k1").await;
    done.is(200).shows("Đã tiếp nhận 2 hồ sơ").shows("Lê Văn Mẫu").shows("In giấy hẹn");
    assert_eq!(dossiers_of(&office), 2);
    let codes = |page: &Answer| -> Vec<String> {
        page.body
            .split("<a class=\"code\" href=\"")
            .skip(1)
            .filter_map(|it| it.split('"').next())
            .map(str::to_owned)
            .collect()
    };
    let again = sent_list(&mut browser, list, "nhan", "k1").await;
    assert_eq!(codes(&done), codes(&again), "sent twice is received once");
    assert_eq!(dossiers_of(&office), 2);
    sent_list(&mut browser, "Vũ Thị Khác;999194006218", "nhan", "k1")
        .await
        .is(422)
        .shows("đã được gửi với nội dung khác");
    let slip = browser.get(&format!("{}/giay-hen", codes(&done)[1])).await;
    slip.is(200).shows("Lê Văn Mẫu");
}

#[tokio::test]
async fn every_fault_of_a_list_is_named_by_its_line_and_nobody_is_received() {
    let office = Office::open();
    let mut browser = at_desk(&office).await;
    let list = "Trần Thị Mẫu;999194006218\r\n;999094000904\r\nLê Văn Mẫu;123\r\nVũ Thị Mẫu;999194006218;31/02/1994;12";
    let wrong = sent_list(&mut browser, list, "nhan", "k").await;
    wrong
        .is(422)
        .shows("Danh sách có 5 chỗ sai")
        .shows("Dòng 2: Họ và tên trống")
        .shows("Dòng 3: Số định danh gồm 12 chữ số");
    wrong
        .shows("Dòng 4: Ngày sinh chưa đúng")
        .shows("Dòng 4: Số điện thoại chưa đúng")
        .shows("Dòng 4: Số định danh này đã có ở dòng 1");
    assert!(wrong.body.contains("Lê Văn Mẫu;123"), "what was typed stays");
    assert_eq!(dossiers_of(&office), 0);

    sent_list(&mut browser, "", "kiem", "k").await.is(422).shows("Danh sách chưa có ai");
    let many: String = (0..101).map(|it| format!("Trần Thị Mẫu;{}\n", 999_194_000_000_u64 + it)).collect();
    sent_list(&mut browser, &many, "nhan", "k").await.is(422).shows("Một danh sách có từ 1 đến 100 người");
    let page = browser.get(&format!("/quay/theo-danh-sach?thu-tuc={BIRTH}")).await;
    let fields = [("thu-tuc", BIRTH), ("mot-lan", "k"), ("danh-sach", "Trần Thị Mẫu;999194006218"), ("lenh", "nhan")];
    let bare = browser.post_files(&page, "/quay/theo-danh-sach", &fields, &[]).await;
    bare.is(422).shows("giấy này bắt buộc");
    let latin = browser.post_files(&page, "/quay/theo-danh-sach", &fields, &[("tep", "a.csv", b"Tr\xe2n;1")]).await;
    latin.is(422).shows("Tệp không phải văn bản UTF-8");
    assert_eq!(dossiers_of(&office), 0);

    let mut file = vec![("thu-tuc", BIRTH), ("mot-lan", "k9"), ("lenh", "nhan")];
    let papers = ticked_papers(&page);
    file.extend(papers.iter().map(|it| ("giay", it.as_str())));
    let csv = "\u{feff}Họ tên,Số định danh\nTrần Thị Mẫu,999194006218\n".as_bytes();
    let done = browser.post_files(&page, "/quay/theo-danh-sach", &file, &[("tep", "lop-9a.csv", csv)]).await;
    done.is(200).shows("Đã tiếp nhận 1 hồ sơ");
}

#[tokio::test]
async fn a_list_is_added_up_before_and_after_it_is_received() {
    let office = Office::open();
    let mut browser = at_desk(&office).await;
    let list = "Trần Thị Mẫu;999194006218\nLê Văn Mẫu;999094000904";
    // 8.000 đồng a copy, one copy each.
    let sum = "Tổng cộng 2 hồ sơ, phải thu 16.000 đồng phí, lệ phí.";
    sent_list_of(&mut browser, EXTRACT, list, "kiem", "k1").await.is(200).shows(sum);
    let wrong = sent_list_of(&mut browser, EXTRACT, "Lê Văn Mẫu;123", "kiem", "k1").await;
    wrong.is(422).hides("Tổng cộng");
    let done = sent_list_of(&mut browser, EXTRACT, list, "nhan", "k1").await;
    done.is(200).shows("Đã tiếp nhận 2 hồ sơ").shows(sum);
    let free = sent_list(&mut browser, list, "kiem", "k2").await;
    free.is(200).shows("Tổng cộng 2 hồ sơ, không phải thu phí, lệ phí.");
    browser.get("/quay/theo-danh-sach?lang=en").await.is(200);
    let in_english = sent_list_of(&mut browser, EXTRACT, list, "kiem", "k3").await;
    in_english.is(200).shows("In all 2 dossiers; they owe 16,000 VND in fees and charges.");
}

/// The procedures that a counter offers with a key.
async fn offered(browser: &mut Browser) -> std::collections::BTreeSet<String> {
    let page = browser.get("/quay/tiep-nhan").await;
    let part = page.is(200).body.split("gapt recent\"").nth(1).and_then(|it| it.split("</div>").next());
    let part = part.unwrap_or_default();
    part.split("name=\"chon\" value=\"").skip(1).filter_map(|it| it.split('"').next()).map(str::to_owned).collect()
}

#[tokio::test]
async fn the_keys_of_a_counter_are_those_of_the_last_whole_month_and_stay_through_the_next() {
    const DEATH: &str = "dang-ky-khai-tu@ward";
    let office = Office::open();
    office.turn_to("2025-03-10T09:00");
    let mut browser = at_desk(&office).await;
    assert!(offered(&mut browser).await.is_empty());
    office.file_online(DEATH).await;
    for procedure in [BIRTH, BIRTH, EXTRACT] {
        office.receive_at_counter(procedure).await;
    }
    let two = std::collections::BTreeSet::from([BIRTH.to_owned(), EXTRACT.to_owned()]);
    assert_eq!(offered(&mut browser).await, two, "the first month stands for itself; online is no counter");
    office.turn_to("2025-04-08T09:00");
    for _ in 0..5 {
        office.receive_at_counter(DEATH).await;
    }
    let mut browser = at_desk(&office).await;
    assert_eq!(offered(&mut browser).await, two);
    office.turn_to("2025-05-06T09:00");
    let mut browser = at_desk(&office).await;
    assert_eq!(offered(&mut browser).await, std::collections::BTreeSet::from([DEATH.to_owned()]));
}

#[tokio::test]
async fn a_dossier_is_copied_for_the_next_child_without_papers_and_days() {
    let office = Office::open();
    let before = office.receive_at_counter(BIRTH).await;
    let mut browser = at_desk(&office).await;
    let home = browser.get(&format!("/nghiep-vu/ho-so/{}", before.code)).await;
    home.is(200).shows("Nhận hồ sơ mới, chép người nộp và tờ khai này");
    let copy = browser.get(&format!("/quay/tiep-nhan?sao={}", before.code)).await;
    copy.is(200).shows("Đã chép người nộp và tờ khai của hồ sơ");
    assert_eq!(value(&copy, "so"), "999194006218");
    assert_eq!(copy.hidden("thu-tuc"), BIRTH);
    assert!(!copy.body.contains("name=\"giay-giay-chung-sinh\" value=\"1\" checked"), "no paper");
    let checked =
        copy.body.split("name=\"giay-").skip(1).filter(|it| it.split('>').next().unwrap_or("").ends_with("checked"));
    assert_eq!(checked.count(), 0, "papers are handed in again");
    let filing = office.dossier(before.id).filing.get().cloned().unwrap();
    let raw = filing.answers.to_raw();
    let shown = |name: &str| copy.body.contains(&format!("name=\"d.{name}\""));
    assert!(raw.keys().any(|it| shown(it)), "answers are copied: {raw:?}");
    for (name, values) in &raw {
        let is_day = values.iter().any(|it| it.len() == 10 && it.as_bytes().get(4) == Some(&b'-'));
        let field = copy.body.split(&format!("name=\"d.{name}\" value=\"")).nth(1).and_then(|it| it.split('"').next());
        if is_day {
            assert_eq!(field.unwrap_or(""), "", "{name} is a day");
        }
    }

    let mut other = Browser::new(&office);
    other.sign_in_staff("tn.anbien").await.is(303);
    let why = other.get(&format!("/quay/tiep-nhan?sao={}", before.code)).await;
    assert!(why.is(303).location.contains("/ly-do"), "{}", why.location);
}

#[tokio::test]
async fn every_procedure_of_the_desk_has_a_sheet_and_the_set_a_table_of_contents() {
    let office = Office::open();
    let mut browser = at_desk(&office).await;
    let list = browser.get("/quay/niem-yet").await;
    list.is(200).shows("Đăng ký khai sinh");
    let one = browser.get(&format!("/quay/niem-yet/{COPIES}")).await;
    one.is(200)
        .shows("THỦ TỤC HÀNH CHÍNH NIÊM YẾT CÔNG KHAI")
        .shows("Giấy tờ cần có")
        .shows("Phản ánh, kiến nghị, khiếu nại");
    one.shows("Căn cứ pháp lý").shows("Quét để xem và nộp").hides("id=\"ml\"");
    assert_eq!(one.body.matches("<svg class=\"qr\"").count(), 1);
    let set = browser.get("/quay/niem-yet/ca-bo").await;
    let sheets = set.is(200).body.matches("class=\"sheet post\" id=\"to-").count();
    let contents = set.body.matches("<a href=\"#to-").count();
    let known = office.house.now_known();
    let of_ward = known.catalogue.all().filter(|it| it.procedure.tab.as_str() == "ward").count();
    assert_eq!((sheets, contents), (of_ward, of_ward));
    browser.get("/quay/niem-yet/khong-co@ward").await.is(404);
}
