//! The wizard of reorganisations over HTTP: from the file of a plan to its certificate, and everything that stops on the way.

use app::reform::{self, State};
use domain::dossier::Command;
use std::time::Duration;
use testkit::{Answer, Browser, Office};

pub const LIST: &str = "/kiem-soat/sap-xep";
const BIRTH: &str = "dang-ky-khai-sinh@ward";
/// Two wards become one; nobody said where those at the desk and the specialists of the second go.
const PLAN: &str = r#"schema = "motcua.reform/1"
id = "thu"
title = "Sắp xếp phường Hàng Kênh và phường An Biên"
instrument = "Nghị quyết"
number = "12/NQ-HĐND"
signed_on = "2025-02-20"
effective_at = "2025-04-01T00:00"
ends = ["phuong-hang-kenh", "phuong-an-bien"]

[provenance]
invented = ["everything"]

[[unit]]
key = "phuong-moi"
name = "Phường Mới"
level = "ward"
standing = "authority"
parent = "quan-le-chan"
codes = { agency = "H99.30.03" }

[[edge]]
from = ["phuong-hang-kenh", "phuong-an-bien"]
to = "phuong-moi"
extent = "whole"

[[staff]]
from = ["phuong-hang-kenh"]
to = "phuong-moi"

[[staff]]
from = ["phuong-an-bien"]
post = "leader"
to = "phuong-moi"

[[staff]]
from = ["phuong-an-bien"]
post = "clerk"
to = "phuong-moi"

[[staff]]
from = ["phuong-an-bien"]
post = "control_officer"
to = "phuong-moi"

[[staff]]
from = ["phuong-an-bien"]
post = "administrator"
to = "phuong-moi"
"#;
/// The same with a place for everybody.
pub fn whole() -> String {
    format!("{PLAN}\n[[staff]]\nfrom = [\"phuong-an-bien\"]\nto = \"phuong-moi\"\n")
}

pub async fn officer(office: &Office) -> Browser {
    let mut browser = Browser::new(office);
    browser.sign_in_staff("kiemsoat").await.is(303);
    browser
}

async fn bring_in(browser: &mut Browser, text: &str) -> Answer {
    let page = browser.get(LIST).await;
    browser.post_files(&page, LIST, &[], &[("tep", "thu.toml", text.as_bytes())]).await
}

/// The address of a plan that was taken.
pub async fn brought_in(browser: &mut Browser, text: &str) -> String {
    let answer = bring_in(browser, text).await;
    answer.is(303);
    answer.location.strip_suffix("/so-do").expect("the map is next").to_owned()
}

async fn settle(browser: &mut Browser, base: &str, conflict: &str, way: &str, reason: &str) -> Answer {
    let address = format!("{base}/vuong-mac");
    let page = browser.get(&address).await;
    let version = page.hidden("phien-ban");
    let fields = [("phien-ban", version.as_str()), ("vuong-mac", conflict), ("cach", way), ("ly-do", reason)];
    browser.post(&page, &address, &fields).await
}

async fn begin(browser: &mut Browser, base: &str, number: &str, waived: bool) -> Answer {
    let page = browser.get(base).await;
    let version = page.hidden("phien-ban");
    // One that is begun has no version any more; its form was opened before.
    let version = if version.is_empty() { "1" } else { &version };
    let mut fields = vec![("phien-ban", version), ("so", number)];
    if waived {
        fields.push(("khong-dien-tap", "1"));
    }
    browser.post(&page, &format!("{base}/thoi-diem"), &fields).await
}

/// Looks until a page says something: what runs beside the pages takes its time.
pub async fn until(browser: &mut Browser, path: &str, words: &str) -> Answer {
    for _ in 0..600 {
        let page = browser.get(path).await;
        page.is(200);
        if page.text().contains(words) {
            return page;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let page = browser.get(path).await;
    page.shows(words);
    page
}

pub fn begun(office: &Office) -> Vec<State> {
    reform::list(&office.house).unwrap().into_iter().map(|it| it.state).collect()
}

/// Until every history tells of the plan.
async fn carried_out(office: &Office, moment: &str) {
    office.turn_to(moment);
    assert_eq!(reform::flip_due(&office.house).await.unwrap().len(), 1);
    reform::settle(&office.house).await.unwrap();
}

/// Map and numbers, and the lists behind these.
async fn the_steps_show_what_moves(browser: &mut Browser, base: &str, code: &str) {
    let map = browser.get(&format!("{base}/so-do")).await;
    map.is(200).shows("Phường Mới").shows("thành lập mới").shows("kết thúc").shows("toàn bộ");
    assert!(map.body.contains("<svg class=\"chart map\""), "it is drawn, too");
    let stacked = map.body.split("<figure class=\"stack\"").nth(1).and_then(|it| it.split("</figure>").next()).unwrap();
    let places: Vec<usize> = ["Phường An Biên", "Phường Hàng Kênh", "toàn bộ", "↓", "Phường Mới"]
        .into_iter()
        .map(|it| stacked.rfind(it).unwrap_or_else(|| panic!("no {it} in {stacked}")))
        .collect();
    assert!(places[0].max(places[1]) < places[2] && places[2..].is_sorted(), "a phone reads it downwards: {stacked}");
    let moves = browser.get(&format!("{base}/chuyen")).await;
    moves.is(200).shows("2 hồ sơ đang mở đổi đơn vị").shows("Tin báo cho người dân");
    let tasks = browser.get(&format!("{base}/chuyen/ds?muc=viec")).await;
    tasks.is(200).shows(code).shows("Phường Hàng Kênh → Phường Mới (mới)");
    browser.get(&format!("{base}/chuyen/ds?muc=viec&tu=phuong-an-bien")).await.is(200).hides(code);
    browser.get(&format!("{base}/chuyen/ds?muc=quyen-cham-dut")).await.is(200).shows("Phạm Thu Hà");
    browser.get(&format!("{base}/chuyen/ds?muc=khong-co")).await.is(404);
}

#[tokio::test]
async fn a_reform_goes_from_its_file_to_its_certificate() {
    let office = Office::open();
    let filed = office.receive_at_counter(BIRTH).await;
    let second = office.receive_at_counter(BIRTH).await;
    let due = office.dossier(filed.id).due;
    let mut browser = officer(&office).await;
    browser.get("/kiem-soat").await.is(200).shows("Sắp xếp đơn vị");
    let base = brought_in(&mut browser, PLAN).await;

    the_steps_show_what_moves(&mut browser, &base, filed.code.as_str()).await;

    // Two people have no place yet: nothing can begin.
    let left = browser.get(&format!("{base}/vuong-mac")).await;
    left.is(200).shows("Còn 2 vướng mắc").shows("Một người không còn đơn vị: Cao Xuân Bách");
    browser.get(&format!("{base}/thoi-diem")).await.is(200).shows("Chưa bắt đầu được").hides("name=\"so\"");
    begin(&mut browser, &base, "12/NQ-HĐND", true).await.is(409).shows("Còn 2 vướng mắc chưa giải quyết");
    assert_eq!(begun(&office), []);
    let version = browser.get(&base).await.hidden("phien-ban");
    let page = browser.get(&base).await;
    let rehearse = format!("{base}/dien-tap");
    browser.get(&rehearse).await.is(200).shows("Còn 2 vướng mắc");

    settle(&mut browser, &base, "khong-don-vi:cv.anbien", "giu-nguyen", " ").await.is(422).shows("Chưa ghi lý do");
    settle(&mut browser, &base, "khong-don-vi:cv.anbien", "", "").await.is(422).shows("Chọn một cách giải quyết");
    settle(&mut browser, &base, "khong-don-vi:khong-ai", "giu-nguyen", "x").await.is(409).shows("không còn nữa");
    settle(&mut browser, &base, "khong-don-vi:tn.anbien", "o:phuong-moi", "").await.is(303);
    let reason = "nghỉ hưu \"sớm\" từ 01/04";
    settle(&mut browser, &base, "khong-don-vi:cv.anbien", "giu-nguyen", reason).await.is(303);
    let done = browser.get(&format!("{base}/vuong-mac")).await;
    done.is(200).shows("Không còn vướng mắc").shows("Tạ Thị Nhàn thôi việc").shows("nghỉ hưu");
    // Who has the page of before changes nothing.
    let old = [("phien-ban", version.as_str()), ("van-ban", PLAN)];
    browser.post_files(&page, &base, &old, &[]).await.is(409).shows("vừa được người khác ghi lại");

    let sample = browser.get(&format!("{base}/xem-thu")).await;
    sample.is(200).shows(filed.code.as_str()).shows(second.code.as_str()).shows("Phường Mới (mới)");
    assert_eq!(sample.text(), browser.get(&format!("{base}/xem-thu")).await.text(), "the same dossiers each time");

    // Not rehearsed: said so. Then rehearsed, on a copy.
    begin(&mut browser, &base, "12/NQ-HĐND", false).await.is(422).shows("chưa diễn tập xong");
    let page = browser.get(&rehearse).await;
    let version = page.hidden("phien-ban");
    browser.post(&page, &rehearse, &[("phien-ban", &version)]).await.is(303);
    browser.post(&page, &rehearse, &[("phien-ban", &version)]).await.is(409).shows("Đang có một lần diễn tập");
    assert_eq!(browser.get(&rehearse).await.headers.get("refresh").unwrap(), "3", "it looks again by itself");
    let rehearsed = until(&mut browser, &rehearse, "Diễn tập xong").await;
    rehearsed.shows("chứng nhận khớp").shows("2 hồ sơ");
    assert!(rehearsed.headers.get("refresh").is_none());
    assert_eq!(std::fs::read_dir(office.folder().join("scratch")).unwrap().count(), 0, "the copy is gone");
    assert_eq!(begun(&office), [], "the house itself is as it was");

    begin(&mut browser, &base, "13/NQ-HĐND", false).await.is(422).shows("không phải số của nghị quyết này");
    assert_eq!(begun(&office), []);
    begin(&mut browser, &base, "12/nq-hđnd", false).await.is(303);
    let progress = format!("{base}/tien-do");
    until(&mut browser, &progress, "Đã sẵn sàng").await.shows("Thôi phương án này").shows("2 hồ sơ đã ghi trước");
    browser.get(&format!("{base}/so-do")).await.is(303);
    browser.get(&base).await.is(200).shows("nội dung không sửa được nữa");
    browser.get(&format!("{base}/chung-nhan")).await.is(200).shows("Chưa có chứng nhận");

    carried_out(&office, "2025-04-01T00:00").await;
    browser.sign_in_staff("kiemsoat").await.is(303);
    browser.get(&progress).await.is(200).shows("Đã xong").shows("2 trên 2 hồ sơ").hides("tự xem lại");
    let moved = office.dossier(filed.id);
    assert_eq!((moved.code, moved.due), (filed.code, due), "number and date are as they were");

    let certified = format!("{base}/chung-nhan");
    let page = browser.get(&certified).await;
    page.is(200).shows("Mọi con số trước và sau khi chuyển bằng nhau").shows("Phường Mới").shows("12/NQ-HĐND");
    page.shows("Hoàn tác sắp xếp này");
    browser.post(&page, &certified, &[]).await.is(200).shows("chứng nhận khớp, chữ ký đúng");
    browser.get(LIST).await.is(200).shows("đã xong");

    // The successor acts: from then on there is no way back.
    office.act(office.staff.reception, second.id, Command::Accept).await.ok();
    office.act(office.staff.specialist, second.id, Command::TakeOn).await.unwrap();
    browser.get(&certified).await.is(200).shows("Không hoàn tác được nữa").shows(second.code.as_str());
    let undo = format!("{base}/hoan-tac");
    browser.post(&page, &undo, &[("so", "sai")]).await.is(422).shows("không phải số của nghị quyết này");
    browser.post(&page, &undo, &[("so", "12/NQ-HĐND")]).await.is(409).shows("đã xử lý hồ sơ");
    assert_eq!(begun(&office), [State::Settled]);
    browser.post(&page, &certified, &[]).await.is(200).shows("chứng nhận khớp");
}

/// Nobody of the office has acted, yet there is no way back: a dossier filed with the successor was never with anybody before.
#[tokio::test]
async fn a_new_application_closes_the_way_back_and_the_page_says_why() {
    let office = Office::open();
    office.receive_at_counter(BIRTH).await;
    let mut browser = officer(&office).await;
    let base = brought_in(&mut browser, &whole()).await;
    begin(&mut browser, &base, "12/NQ-HĐND", true).await.is(303);
    until(&mut browser, &format!("{base}/tien-do"), "Đã sẵn sàng").await;
    carried_out(&office, "2025-04-01T00:00").await;
    browser.sign_in_staff("kiemsoat").await.is(303);
    let certified = format!("{base}/chung-nhan");
    let open = browser.get(&certified).await;
    open.is(200).shows("chưa ai nộp hồ sơ mới cho các đơn vị ấy").shows("Hoàn tác sắp xếp này");
    let filed = office.file_online(BIRTH).await;
    let closed = browser.get(&certified).await;
    closed.is(200).shows("Không hoàn tác được nữa").shows(filed.code.as_str()).hides("Hoàn tác sắp xếp này");
    closed.shows("đã nộp cho Phường Mới").shows("chưa từng ở đơn vị cũ nào để trở về");
    let refused = browser.post(&open, &format!("{base}/hoan-tac"), &[("so", "12/NQ-HĐND")]).await;
    refused.is(409).shows("chưa từng ở đơn vị cũ nào để trở về");
}

/// An open post is offered to everybody who will work there, however many they are, in a list that opens.
#[tokio::test]
async fn a_post_nobody_holds_is_given_to_anybody_who_works_there() {
    let office = Office::open();
    let hired: Vec<_> = (0..40).map(|nth| office.hire_reception(&format!("tn{nth}.hangkenh"), office.ward)).collect();
    let everybody = "[[staff]]\nfrom = [\"phuong-hang-kenh\"]\nto = \"phuong-moi\"\n";
    let some = "[[staff]]\nfrom = [\"phuong-hang-kenh\"]\npost = \"reception\"\nto = \"phuong-moi\"\n";
    assert!(whole().contains(everybody));
    let mut browser = officer(&office).await;
    let base = brought_in(&mut browser, &whole().replacen(everybody, some, 1)).await;
    let conflicts = browser.get(&format!("{base}/vuong-mac")).await;
    conflicts.is(200).shows("Phường Mới (mới) chưa có lãnh đạo").shows("Chọn một người, hoặc để trống vị trí");
    for person in &hired {
        assert!(conflicts.body.contains(&format!("<option value=\"giao:{person}\"")), "each of them can be chosen");
    }
    settle(&mut browser, &base, "vi-tri:phuong-moi:leader", "", "").await.is(422).shows("Chọn một cách giải quyết");
    let way = format!("giao:{}", hired[39]);
    settle(&mut browser, &base, "vi-tri:phuong-moi:leader", &way, "").await.is(303);
    let next = browser.get(&format!("{base}/vuong-mac")).await;
    next.is(200).hides("Phường Mới (mới) chưa có lãnh đạo").shows("Phường Mới (mới) chưa có");
    let is_offered = |nth: usize| next.body.contains(&format!("giao:{}", hired[nth]));
    assert!(is_offered(38) && !is_offered(39), "who was given a post would leave it for another one");
}

#[tokio::test]
async fn what_cannot_be_is_named_by_its_line_and_stays_as_it_was_typed() {
    let office = Office::open();
    let mut browser = officer(&office).await;
    let part = PLAN.replace("extent = \"whole\"", "extent = \"part\"");
    let cases = [
        ("x = [".to_owned(), "đúng cú pháp TOML"),
        (PLAN.replace("phuong-hang-kenh", "phuong-khong-co"), "khóa của một đơn vị đang hoạt động vào ngày đó"),
        (PLAN.replace("2025-04-01T00:00", "2025-03-01T00:00"), "một thời điểm chưa qua"),
        (PLAN.replace("12/NQ-HĐND", "số mười hai"), "số của nghị quyết, ghi như 1232/NQ-UBTVQH15"),
        (PLAN.replace("to = \"phuong-moi\"\nextent", "to = \"phuong-an-bien\"\nextent"), "không đi vòng"),
        (part.clone(), "một đơn vị nhận mặc định"),
        (
            format!("{part}\n[[territory]]\nfrom = [\"phuong-an-bien\"]\nto = \"phuong-moi\"\nwards = [\"Sao Hỏa\"]\n"),
            "tên này không bao giờ khớp",
        ),
        (PLAN.replace("title =", "tieu_de ="), "một trong các khóa"),
    ];
    for (text, words) in cases {
        let answer = bring_in(&mut browser, &text).await;
        answer.is(422).shows(words).shows("Dòng").shows("Chưa có gì được ghi lại hay bắt đầu");
        assert!(answer.body.contains("schema = ") || text == "x = [", "what was sent is in the box");
        let pasted = browser.get(LIST).await;
        browser.post_files(&pasted, LIST, &[("van-ban", &text)], &[]).await.is(422).shows(words);
    }
    let page = browser.get(LIST).await;
    page.hides("Đang chuẩn bị");
    let large = vec![b'#'; 10 << 20];
    browser.post_files(&page, LIST, &[], &[("tep", "lon.toml", &large)]).await.is(422).shows("dài quá 1 MB");
    let pasted = format!("{}# {}", whole(), "x".repeat(70 << 10));
    browser.post_files(&page, LIST, &[("van-ban", &pasted)], &[]).await.is(422).shows("Lưu thành tệp rồi tải lên");
    let latin = b"title = \"\xe9\"";
    browser.post_files(&page, LIST, &[], &[("tep", "la.toml", latin)]).await.is(422).shows("UTF-8");
    browser.post_files(&page, LIST, &[], &[]).await.is(422).shows("Chưa có phương án");
    browser.post_files(&page, LIST, &[("van-ban", "<script>alert(1)</script>")], &[]).await.is(422).hides("<script>al");
    assert_eq!(begun(&office), []);
}

#[tokio::test]
async fn of_two_officers_at_once_one_is_told() {
    let office = Office::open();
    office.receive_at_counter(BIRTH).await;
    let (mut one, mut other) = (officer(&office).await, officer(&office).await);
    let base = brought_in(&mut one, &whole()).await;
    // Kept in the house: whoever comes later, from another browser, finds it as it was left.
    let (here, there) = (one.get(&base).await, other.get(&base).await);
    there.is(200).shows("Sắp xếp phường Hàng Kênh và phường An Biên");
    let mine = whole().replace("id = \"thu\"", "id = \"thu-2\"");
    let version = here.hidden("phien-ban");
    one.post_files(&here, &base, &[("phien-ban", &version), ("van-ban", &mine)], &[]).await.is(303);
    let theirs = whole().replace("id = \"thu\"", "id = \"thu-3\"");
    let late = other.post_files(&there, &base, &[("phien-ban", &version), ("van-ban", &theirs)], &[]).await;
    late.is(409).shows("vừa được người khác ghi lại");
    assert!(late.body.contains("thu-3"), "what they typed is still there");
    other.post(&there, &format!("{base}/bo"), &[("phien-ban", &version)]).await.is(409);
    one.get(&base).await.is(200).shows("thu-2");

    // A second plan about the same wards, and both are confirmed.
    let second = brought_in(&mut other, &whole()).await;
    begin(&mut one, &base, "12/NQ-HĐND", true).await.is(303);
    let again = begin(&mut other, &base, "12/NQ-HĐND", true).await;
    again.is(303);
    assert!(again.location.ends_with("/tien-do"), "{}", again.location);
    begin(&mut other, &second, "12/NQ-HĐND", true).await.is(303);
    assert_eq!(begun(&office).len(), 1, "a plan is begun once, and no other about its units");
    other.get(&second).await.is(200).shows("đã có trong thu-2");
}

#[tokio::test]
async fn a_plan_is_given_up_before_its_instant_and_taken_back_after_it() {
    let office = Office::open();
    let filed = office.receive_at_counter(BIRTH).await;
    let mut browser = officer(&office).await;
    let base = brought_in(&mut browser, &whole()).await;
    begin(&mut browser, &base, "12/NQ-HĐND", true).await.is(303);
    let progress = format!("{base}/tien-do");
    let page = until(&mut browser, &progress, "Đã sẵn sàng").await;
    // A house in use has no clock to turn, and nothing is given up by looking at what that means.
    page.hides("Đồng hồ của bản mẫu");
    browser.post(&page, &format!("{base}/dong-ho"), &[]).await.is(404);
    browser.get(&format!("{base}/thoi")).await.is(200).shows("Thôi phương án này?").shows("1 hồ sơ đã ghi trước");
    assert_eq!(begun(&office), [State::Staged]);
    let given_up = browser.post(&page, &format!("{base}/thoi"), &[]).await;
    given_up.is(303);
    browser.get(&given_up.location).await.is(200).shows("Không có gì thay đổi").shows("Đã thôi trước thời điểm");
    assert_eq!(begun(&office), [State::GivenUp]);
    browser.get(&format!("{base}/thoi")).await.is(303);

    let again = browser.post(&page, &format!("{base}/lap-lai"), &[]).await;
    again.is(303);
    let base = again.location.clone();
    begin(&mut browser, &base, "12/NQ-HĐND", true).await.is(303);
    let progress = format!("{base}/tien-do");
    until(&mut browser, &progress, "Đã sẵn sàng").await;
    carried_out(&office, "2025-04-01T00:00").await;
    browser.sign_in_staff("kiemsoat").await.is(303);
    let certified = format!("{base}/chung-nhan");
    let page = browser.get(&certified).await;
    page.is(200).shows("CHỨNG NHẬN BẢO TOÀN").shows("Hoàn tác sắp xếp này").shows("1 hồ sơ về nơi cũ");
    assert_eq!(browser.get(&format!("{base}/hoan-tac")).await.is(303).location, certified, "the form is there");
    browser.post(&page, &format!("{base}/thoi"), &[]).await.is(303);
    browser.get(&format!("{progress}?qua-gio=1")).await.is(200).shows("thời điểm đã đến");
    browser.post(&page, &format!("{base}/hoan-tac"), &[("so", "12/NQ-HĐND")]).await.is(303);
    browser.get(&certified).await.is(200).shows("đã hoàn tác");
    let ended = browser.get(&progress).await;
    ended.is(200).shows("Đã hoàn tác lúc").shows("01/04/2025").shows("người làm: Lã Thị Kim Oanh");
    ended.shows("có hiệu lực từ").shows("rồi được hoàn tác").hides("có hiệu lực lúc");
    let known = office.house.now_known();
    let responsible = known.organisation.responsible_now(&office.dossier(filed.id));
    assert_eq!(responsible, office.ward, "it lies where it lay");
    reform::settle(&office.house).await.unwrap();
    let mut desk = browser.another();
    desk.sign_in_staff("tn.hangkenh").await.is(303);
    let told = desk.get(&format!("/nghiep-vu/ho-so/{}", filed.code)).await;
    told.is(200).shows("Phường Hàng Kênh nay thuộc phường Mới. Theo Nghị quyết 12/NQ-HĐND");
    told.shows("Hồ sơ trở về phường Hàng Kênh, đơn vị cũ hoạt động trở lại. Thu hồi việc thực hiện");
}

#[tokio::test]
async fn the_reform_that_comes_with_the_program_opens_on_every_step() {
    let office = Office::open();
    // The neighbours it takes ground from, and wards whose names its territory still speaks of: whatever the house of December
    // had and this one never heard of.
    let december = concat!(env!("CARGO_MANIFEST_DIR"), "/../../catalogue/units/le-chan-2024-12-01.toml");
    let december = std::fs::read_to_string(december).unwrap();
    let known = office.house.now_known();
    let is_new = |unit: &&str| {
        let key = unit.split('"').nth(1).unwrap_or_default();
        app::units::by_key(&known.organisation, key, office.house.clock.now().day()).is_none()
    };
    let units: String = december.split("[[unit]]").skip(1).filter(is_new).map(|it| format!("[[unit]]{it}")).collect();
    // These wards were merged in January: nothing of them is left below the district that ends.
    let units = units.replace("parent = \"quan-le-chan\"\n", "");
    app::units::import(&office.house, "december.toml", &units).unwrap();
    let filed = office.receive_at_counter(BIRTH).await;
    let mut browser = officer(&office).await;
    let page = browser.get(LIST).await;
    page.is(200).shows("Dùng kế hoạch có sẵn : Kết thúc hoạt động quận Lê Chân");
    page.shows("thời điểm của kế hoạch, thứ Tư, 01/01/2025, 0 giờ, đã qua");
    let past = [("san-co", "le-chan-2025-01-01.toml")];
    browser.post_files(&page, LIST, &past, &[]).await.is(422).shows("một thời điểm chưa qua");
    let taken = browser.post_files(&page, LIST, &[("san-co", "le-chan-2025-07-01.toml")], &[]).await;
    taken.is(303);
    let base = taken.location.strip_suffix("/so-do").unwrap().to_owned();
    for step in ["", "/so-do", "/chuyen", "/vuong-mac", "/xem-thu", "/dien-tap", "/thoi-diem"] {
        let page = browser.get(&format!("{base}{step}")).await;
        page.is(200).shows("Bảng chia địa bàn theo tổ dân phố và đường phố là số liệu mẫu");
    }
    browser.get(&format!("{base}/so-do")).await.shows("một phần theo địa bàn").shows("Quận Lê Chân");
    browser.get(&format!("{base}/xem-thu")).await.shows(filed.code.as_str());
    let conflicts = browser.get(&format!("{base}/vuong-mac")).await;
    conflicts.shows("vướng mắc").shows("Một thủ tục có hai quy trình");
    // The same for every procedure in two workflows: the ward's is kept, in one go.
    let kept = conflicts.body.split("name=\"cach\" value=\"").skip(1).filter_map(|it| it.split('"').next());
    let kept = kept.filter(|it| it.starts_with("giu:")).find(|it| it.ends_with("ward")).unwrap().replace("&#38;", "&");
    let (name, version) = (conflicts.hidden("vuong-mac"), conflicts.hidden("phien-ban"));
    let fields = [
        ("phien-ban", version.as_str()),
        ("vuong-mac", name.as_str()),
        ("cach", kept.as_str()),
        ("ly-do", "quy trình cấp phường đang dùng"),
        ("tat-ca", "1"),
    ];
    browser.post(&conflicts, &format!("{base}/vuong-mac"), &fields).await.is(303);
    browser.get(&format!("{base}/vuong-mac")).await.is(200).hides("Một thủ tục có hai quy trình");
    browser.get(&format!("{base}/chung-nhan")).await.is(303);
    browser.get(&format!("{LIST}/0190aaaa0000700080000000000000ff")).await.is(404);
}

/// A control officer of a ward reads what is planned; what is decided about units beyond their own is the district's.
#[tokio::test]
async fn only_the_control_officer_above_all_units_of_a_plan_decides_about_it() {
    let office = Office::open();
    let mut district = officer(&office).await;
    let mut ward = Browser::new(&office);
    ward.sign_in_staff("kiemsoat.anbien").await.is(303);
    let refused = bring_in(&mut ward, &whole()).await;
    refused.is(422).shows("cán bộ kiểm soát của Quận Lê Chân quyết định");
    assert_eq!(ward.get(LIST).await.is(200).body.matches("Sắp xếp phường Hàng Kênh").count(), 0, "nothing is kept");
    let base = brought_in(&mut district, &whole()).await;
    ward.get(&format!("{base}/so-do")).await.is(200).shows("Phường Mới");
    begin(&mut ward, &base, "12/NQ-HĐND", true).await.is(409).shows("cán bộ kiểm soát của Quận Lê Chân quyết định");
    let page = ward.get(&format!("{base}/dien-tap")).await;
    let version = page.hidden("phien-ban");
    let rehearsed = ward.post(&page, &format!("{base}/dien-tap"), &[("phien-ban", &version)]).await;
    rehearsed.is(409).shows("cán bộ kiểm soát của Quận Lê Chân quyết định");
    let page = ward.get(&base).await;
    let fields = [("phien-ban", page.hidden("phien-ban"))];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    ward.post(&page, &format!("{base}/bo"), &fields).await.is(409);
    assert_eq!(begun(&office), []);
    begin(&mut district, &base, "12/NQ-HĐND", true).await.is(303);
    until(&mut district, &format!("{base}/tien-do"), "Đã sẵn sàng").await;
    let page = ward.get(&format!("{base}/tien-do")).await;
    ward.post(page.is(200), &format!("{base}/thoi"), &[]).await.is(403);
    assert_eq!(begun(&office), [State::Staged]);
    carried_out(&office, "2025-04-01T08:00").await;
    ward.sign_in_staff("kiemsoat.anbien").await.is(303);
    let page = ward.get(&format!("{base}/chung-nhan")).await;
    ward.post(page.is(200), &format!("{base}/hoan-tac"), &[("so", "12/NQ-HĐND")]).await.is(403);
    assert_eq!(begun(&office), [State::Settled], "nor is it taken back by them");
}

/// Who would gain a post by a plan does not begin it alone.
#[tokio::test]
async fn a_plan_that_gives_its_author_a_post_is_begun_by_somebody_else() {
    let office = Office::open();
    let mut district = officer(&office).await;
    let favour =
        "\n[[staff]]\nfrom = [\"quan-le-chan\"]\nperson = \"kiemsoat\"\nto = \"phuong-moi\"\nas = \"leader\"\n";
    let base = brought_in(&mut district, &format!("{}{favour}", whole())).await;
    let refused = begin(&mut district, &base, "12/NQ-HĐND", true).await;
    refused.is(409).shows("giao cho chính bạn vị trí").shows("Một cán bộ kiểm soát khác");
    assert_eq!(begun(&office), []);
}

/// A plan that cannot be put in force at its instant: staff read on and are told, nobody acts, and giving it up ends it.
#[tokio::test]
async fn a_plan_that_cannot_come_into_force_is_said_on_every_page_and_stops_the_acts() {
    let office = Office::open();
    let filed = office.file_online(BIRTH).await;
    let plan = reform::check(&office.house, "thu.toml", &whole()).unwrap();
    reform::plan(&office.house, &plan, None).await.unwrap();
    crate::stalled::break_plan(&office, plan.id);
    office.turn_to("2025-04-01T08:00");
    let mut desk = Browser::new(&office);
    desk.sign_in_staff("tn.hangkenh").await.is(303);
    let page = desk.get(&format!("/nghiep-vu/ho-so/{}", filed.code)).await;
    page.is(200)
        .shows("đã đến giờ có hiệu lực")
        .shows("Quản trị viên và cán bộ kiểm soát đã thấy lỗi này")
        .hides("--undo");
    let refused = office.act(office.staff.reception, filed.id, Command::Accept).await;
    assert!(matches!(refused, Err(app::AppError::ReformStalled { .. })), "{refused:?}");
    let acts = desk.post(&page, &format!("/nghiep-vu/ho-so/{}/rut", filed.code), &[("ly-do", "Thôi")]).await;
    assert_ne!(acts.status, 500, "{}", acts.text());
    let mut control = officer(&office).await;
    control.get("/kiem-soat").await.is(200).shows("motcua reorganise --undo").shows("Lỗi:");
    Browser::new(&office).get("/sap-xep").await.is(200);
    reform::undo(&office.house, plan.id, None).await.unwrap();
    desk.get("/nghiep-vu").await.is(200).hides("đã đến giờ có hiệu lực");
}
