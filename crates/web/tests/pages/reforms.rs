//! A reorganisation as people see it: the public page made from its plan, the notice on other pages.

use app::actor::Actor;
use app::handle::Handled;
use domain::dossier::{Command, PaymentMethod};
use domain::organisation::reform::Reorganisation;
use domain::procedure::Channel;
use jiff::civil::date;
use testkit::{Browser, Office};

const PLAN: &str = include_str!("reform.toml");
pub(crate) const PAGE: &str = "/sap-xep/thu-2025-07-01";

/// The plan, announced.
pub(crate) async fn announced(office: &Office) -> Reorganisation {
    let plan = app::reform::check(&office.house, "thu.toml", PLAN).unwrap();
    app::reform::plan(&office.house, &plan, None).await.unwrap();
    plan
}

/// Its instant, and every history told of it.
pub(crate) async fn carried_out(office: &Office, moment: &str) {
    office.turn_to(moment);
    assert_eq!(app::reform::flip_due(&office.house).await.unwrap().len(), 1);
    app::reform::settle(&office.house).await.unwrap();
}

#[tokio::test]
async fn nothing_is_said_where_nothing_is_planned() {
    let office = Office::open();
    let mut browser = Browser::new(&office);
    browser.get("/sap-xep").await.is(200).shows("Hiện không có đợt sắp xếp nào");
    browser.get(PAGE).await.is(404);
    browser.get("/").await.is(200).hides("/sap-xep/");
}

#[tokio::test]
async fn the_page_says_what_changes_and_what_stays_in_both_languages() {
    let office = Office::open();
    announced(&office).await;
    let mut browser = Browser::new(&office);
    browser.get("/sap-xep").await.is(200).shows("sắp có hiệu lực, còn 120 ngày").shows("7/NQ-THU");
    let page = browser.get(PAGE).await;
    page.is(200)
        .shows("Có hiệu lực từ thứ Ba, 01/07/2025.")
        .shows("Nghị quyết 7/NQ-THU, ngày 16/06/2025")
        .shows("Bảng chia địa bàn là số liệu mẫu.")
        .shows("Hồ sơ đang giải quyết giữ nguyên mã và ngày hẹn trả.")
        .shows("Giấy tờ cũ vẫn có giá trị.")
        .shows("Không phải nộp lại hồ sơ.")
        .shows("Không mất phí.")
        .shows("Nghị quyết 190/2025/QH15, Điều 5 và Điều 10")
        .shows("Số 387 Thiên Lôi, phường An Biên")
        .shows("thứ Hai đến thứ Sáu, 7 giờ 30");
    // The picture and its table name the same units.
    page.shows("Phường Hàng Kênh Phường Mới Đông nhập trọn").shows("Phường An Biên Phường An Biên một phần");
    page.shows("4 đơn vị cũ chuyển về 2 đơn vị mới").hides("Phòng Tư pháp").hides("Quận Lê Chân</th>");
    let english = browser.another().get(&format!("{PAGE}?lang=en")).await;
    english
        .is(200)
        .shows("In force from Tuesday, 1 July 2025.")
        .shows("Old papers stay valid.")
        .shows("Monday to Friday, 7:30 – 11:30 and 13:30 – 17:30")
        .hides("Giấy tờ cũ vẫn có giá trị");
    assert!(english.body.contains("<html lang=\"en\">"));
    browser.get(&format!("{PAGE}?lang=%3Cscript%3E")).await.is(200).shows("Giấy tờ cũ vẫn có giá trị.");
}

#[tokio::test]
async fn where_one_lives_is_answered_by_the_rules_that_route_dossiers() {
    let office = Office::open();
    announced(&office).await;
    let mut browser = Browser::new(&office);
    for (query, words) in [
        ("phuong=phuong-hang-kenh", "Từ thứ Ba, 01/07/2025, Phường Hàng Kênh thuộc Phường Mới Đông."),
        ("phuong=phuong-an-bien", "Phường An Biên được tách về Phường Mới Đông và Phường An Biên."),
        ("phuong=phuong-an-bien&to=3", "địa chỉ của bạn thuộc Phường Mới Đông."),
        ("phuong=phuong-an-bien&to=T%E1%BB%95+d%C3%A2n+ph%E1%BB%91+5", "địa chỉ của bạn thuộc Phường An Biên."),
        ("phuong=phuong-an-bien&duong=12+Mau+Dong", "địa chỉ của bạn thuộc Phường Mới Đông."),
        ("phuong=phuong-vinh-niem", "Phường Vĩnh Niệm không thay đổi."),
        ("phuong=quan-le-chan", "Chọn phường, xã của bạn trong danh sách."),
        ("phuong=phuong-an-bien&to=44", "Chưa rõ địa chỉ này thuộc Phường Mới Đông hay Phường An Biên."),
        ("phuong=phuong-an-bien&to=44", "Phường An Biên nhận trước rồi chuyển đúng nơi"),
        ("phuong=", "Chọn phường, xã của bạn trong danh sách."),
        ("phuong=%3Cscript%3E", "Chọn phường, xã của bạn trong danh sách."),
    ] {
        browser.get(&format!("{PAGE}?{query}")).await.is(200).shows(words).hides("<script>");
    }
    let long = "x".repeat(5_000);
    browser.get(&format!("{PAGE}?phuong=phuong-an-bien&duong={long}")).await.is(200).shows("Chưa rõ");
    let kept = browser.get(&format!("{PAGE}?phuong=phuong-an-bien&to=44&duong=%22%3E%3Cb%3E")).await;
    kept.hides("\"><b>");
    carried_out(&office, "2025-07-01T08:00").await;
    let mut after = Browser::new(&office);
    after.get(&format!("{PAGE}?phuong=phuong-hang-kenh")).await.shows("Phường Hàng Kênh nay thuộc Phường Mới Đông.");
    after.get(&format!("{PAGE}?phuong=phuong-an-bien&to=3")).await.shows("Địa chỉ của bạn nay thuộc Phường Mới Đông.");
}

#[tokio::test]
async fn a_plan_is_spoken_of_while_it_is_near_or_fresh() {
    let office = Office::open();
    announced(&office).await;
    let ahead = "Từ thứ Ba, 01/07/2025 sẽ sắp xếp lại đơn vị hành chính.";
    let mut browser = Browser::new(&office);
    browser.get("/").await.hides(PAGE);
    office.turn_to("2025-06-16T08:00");
    for page in ["/", "/thu-tuc", "/tra-cuu"] {
        let shown = browser.get(page).await;
        shown.is(200).shows(ahead);
        assert!(shown.body.contains(&format!("href=\"{PAGE}\"")), "{page}");
    }
    // Staff are told where it concerns their unit.
    let mut staff = browser.another();
    staff.sign_in_staff("tn.anbien").await.is(303);
    staff.get("/nghiep-vu").await.shows(ahead);
    let mut unconcerned = browser.another();
    unconcerned.sign_in_staff("quantri").await.is(303);
    unconcerned.get("/quan-tri").await.is(200).hides(PAGE);
    carried_out(&office, "2025-07-01T08:00").await;
    browser.get("/").await.shows("Đã sắp xếp lại đơn vị hành chính từ thứ Ba, 01/07/2025.");
    office.turn_to("2025-10-01T08:00");
    browser.get("/").await.hides(PAGE);
    browser.get("/sap-xep").await.shows("đang có hiệu lực");
}

/// Three months later two wards, one of them begun in July, become one.
const LATER: &str = r#"schema = "motcua.reform/1"
id = "thu-2025-10-01"
title = "Nhập hai phường"
instrument = "Nghị quyết"
number = "9/NQ-THU"
signed_on = "2025-09-01"
effective_at = "2025-10-01T00:00"
ends = ["phuong-moi-dong", "phuong-vinh-niem"]
[provenance]
invented = ["everything"]
[[unit]]
key = "phuong-chung"
name = "Phường Chung"
level = "ward"
standing = "authority"
parent = "quan-le-chan"
codes = { agency = "H24.30.61" }
seat = "Số 1 phố Chung"
[[edge]]
from = ["phuong-moi-dong", "phuong-vinh-niem"]
to = "phuong-chung"
extent = "whole"
[[staff]]
from = ["phuong-moi-dong", "phuong-vinh-niem"]
to = "phuong-chung"
"#;

#[tokio::test]
async fn old_names_lead_through_later_plans_and_addresses_are_todays() {
    let office = Office::open();
    announced(&office).await;
    carried_out(&office, "2025-07-01T08:00").await;
    let mut browser = Browser::new(&office);
    browser.get(PAGE).await.is(200).shows("Số 10 Hồ Sen, phường Mới Đông").shows("Địa chỉ và giờ làm việc từ thứ Ba");
    let later = app::reform::check(&office.house, "sau.toml", LATER).unwrap();
    app::reform::plan(&office.house, &later, None).await.unwrap();
    carried_out(&office, "2025-10-01T08:00").await;
    // The page of July, read in October.
    let page = browser.get(PAGE).await;
    page.is(200)
        .shows("Địa chỉ và giờ làm việc hiện nay")
        .shows("Phường Mới Đông nay thuộc Phường Chung.")
        .shows("Số 1 phố Chung")
        .shows("Số 387 Thiên Lôi")
        .hides("Số 10 Hồ Sen, phường Mới Đông");
    for (place, words) in [("to=3", "nay là Phường Chung."), ("to=5", "địa chỉ của bạn nay thuộc Phường An Biên.")]
    {
        let answer = browser.get(&format!("{PAGE}?phuong=phuong-an-bien&{place}")).await;
        answer.is(200);
        assert!(answer.text().to_lowercase().contains(&words.to_lowercase()), "{place}: {}", answer.text());
    }
    // The page of October knows the wards of before July, the split one as far as an address tells.
    let of_october = "/sap-xep/thu-2025-10-01";
    let form = browser.get(of_october).await;
    form.is(200).shows("Phường Hàng Kênh (tên đến 30/06/2025)").shows("Phường An Biên (tên đến 30/06/2025)");
    let id_of = |name: &str| {
        let before = form.body.split(&format!(">{name} (tên đến")).next().unwrap();
        before.rsplit("value=\"").next().unwrap().trim_end_matches('"').to_owned()
    };
    let (whole, split) = (id_of("Phường Hàng Kênh"), id_of("Phường An Biên"));
    let asked = browser.get(&format!("{of_october}?phuong={whole}")).await;
    asked.is(200).shows("Phường Hàng Kênh nay thuộc Phường Chung.");
    browser.get(&format!("{of_october}?phuong={split}&to=3")).await.is(200).shows("nay thuộc Phường Chung.");
}

#[tokio::test]
async fn a_plan_that_was_announced_and_is_not_carried_out_says_so() {
    let office = Office::open();
    let plan = announced(&office).await;
    app::reform::give_up(&office.house, plan.id).await.unwrap();
    let mut browser = Browser::new(&office);
    browser.get(PAGE).await.is(200).shows("không thực hiện").shows("Các đơn vị hoạt động như trước").hides("Mới Đông");
    browser.another().get(&format!("{PAGE}?lang=en")).await.is(200).shows("not carried out").hides("không thực hiện");
    browser.get("/sap-xep").await.is(200).shows("Dự định có hiệu lực từ thứ Ba, 01/07/2025.");
    browser.get("/sap-xep/khong-co").await.is(404);
    // The same plan again, this time to its end and back.
    announced(&office).await;
    browser.get(PAGE).await.is(200).shows("Số 10 Hồ Sen, phường Mới Đông").hides("không thực hiện");
    carried_out(&office, "2025-07-01T08:00").await;
    let id = office.house.now_known().reforms().next().unwrap().id;
    app::reform::undo(&office.house, id, None).await.unwrap();
    app::reform::settle(&office.house).await.unwrap();
    browser.get(PAGE).await.is(200).shows("sau đó đã được hoàn tác").shows("Phường Hàng Kênh").hides("Phường Mới Đông");
}

/// Received at the ward that is split, from somebody who lives at that address.
async fn received_at_the_split_ward(office: &Office, address: &str) -> Handled {
    let mut plan = office.plan("dang-ky-khai-sinh@ward", Channel::Counter, office.other_ward, None);
    plan.filing.submitter.address = address.to_owned();
    plan.fee_vnd = 8_000;
    let receiver = Actor::Staff(office.staff.other_reception);
    app::handle::file(&office.house, receiver, plan, None).await.unwrap()
}

/// Nobody is sent a message by a change of the name or the seat alone: the page says so, and has the address. Units stand in the order
/// of the Vietnamese alphabet.
#[tokio::test]
async fn a_unit_that_moves_house_has_its_address_on_the_page() {
    let office = Office::open();
    let (head, _) = PLAN.split_once("ends = ").unwrap();
    let change = |unit: &str, rest: &str| format!("[[change]]\nunit = \"{unit}\"\n{rest}\n");
    let seat = change("phuong-an-duong", "seat = \"Số 9 phố Vừa Dọn\"");
    let name = change("phuong-vinh-niem", "name = \"Phường Đông Hải\"");
    let plan = app::reform::check(&office.house, "thu.toml", &format!("{head}{seat}{name}")).unwrap();
    app::reform::plan(&office.house, &plan, None).await.unwrap();
    let page = Browser::new(&office).get(PAGE).await;
    page.is(200).shows("Số 9 phố Vừa Dọn").shows("đơn vị chỉ đổi tên hoặc trụ sở thì xem địa chỉ ở trang này");
    page.hides("nhắn cho từng người");
    carried_out(&office, "2025-07-01T08:00").await;
    app::reform::settle(&office.house).await.unwrap();
}

#[tokio::test]
async fn what_no_rule_placed_stands_on_a_list_until_it_is_routed() {
    let office = Office::open();
    let code = received_at_the_split_ward(&office, "Số 3 Không Đâu").await.code.to_string();
    let placed = received_at_the_split_ward(&office, "Số 3, tổ 2, phường An Biên").await.code.to_string();
    announced(&office).await;
    carried_out(&office, "2025-07-01T08:00").await;
    let mut desk = Browser::new(&office);
    desk.sign_in_staff("tn.anbien").await.is(303);
    desk.get("/nghiep-vu").await.is(200).shows("Cần phân tuyến 1");
    desk.get("/nghiep-vu/phan-tuyen").await.is(200).shows(&code).shows("Phường An Biên").hides(&placed);
    let dossier = desk.get(&format!("/nghiep-vu/ho-so/{code}")).await;
    dossier.is(200).shows("Cần phân tuyến. Đơn vị cũ đã tách").shows("Nói hồ sơ thuộc đơn vị nào");
    let address = format!("/nghiep-vu/ho-so/{code}/viec/phan-tuyen");
    let form = desk.get(&address).await;
    form.is(200).shows("Phường Mới Đông, Số 10 Hồ Sen").shows("Địa chỉ của chủ hồ sơ: Số 3 Không Đâu.");
    let east = office.house.now_known().organisation.unit_by_code("agency", "H24.30.51", date(2025, 7, 1)).unwrap();
    let (once, version, east) = (form.hidden("mot-lan"), form.hidden("phien-ban"), east.to_string());
    let typed = |unit: &'static str, reason: &'static str| {
        let unit = if unit == "dong" { east.clone() } else { unit.to_owned() };
        [("phien-ban", version.clone()), ("mot-lan", once.clone()), ("don-vi", unit), ("ly-do", reason.to_owned())]
    };
    for (unit, reason, status, words) in [
        ("", "Vì sao", 422, "Chọn đơn vị hồ sơ thuộc về."),
        ("0190000000007000800000000000abcd", "Vì sao", 409, "Đơn vị này không nhận địa bàn của đơn vị cũ."),
        ("dong", "", 409, "lý do"),
    ] {
        let fields = typed(unit, reason);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        desk.post_files(&form, &address, &fields, &[]).await.is(status).shows(words);
    }
    let fields = typed("dong", "Nhà ở phố Mẫu Đông.");
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let routed = desk.post_files(&form, &address, &fields, &[]).await;
    routed.is(303);
    // The officer, who may not read it any more, is back at the list and reads what was done.
    let done = desk.get(&routed.location).await;
    done.is(200)
        .shows("Cần phân tuyến")
        .shows(&format!("Đã phân tuyến hồ sơ {code}: Phường Mới Đông giải quyết tiếp."));
    desk.get("/nghiep-vu/phan-tuyen").await.shows("Không còn hồ sơ nào cần phân tuyến.");
    desk.get("/nghiep-vu").await.hides("Cần phân tuyến");
    // Whose it is now finds it, with what was said; nothing of it changed but the unit.
    let mut heir = desk.another();
    heir.sign_in_staff("tn.hangkenh").await.is(303);
    let page = heir.get(&format!("/nghiep-vu/ho-so/{code}")).await;
    page.is(200).shows("Phân tuyến").shows("Chuyển về Phường Mới Đông").hides("Đơn vị cũ đã tách, chưa rõ");
    assert_eq!(app::integrity::verify(&office.house, |_, _| {}).await.unwrap().differences, []);
}

#[tokio::test]
async fn minutes_say_what_is_handed_over_to_those_who_sign_them() {
    let office = Office::open();
    let split = received_at_the_split_ward(&office, "Số 3, tổ 5, phường An Biên").await;
    let other = received_at_the_split_ward(&office, "Số 3, tổ 2, phường An Biên").await.code.to_string();
    let paid = Command::RecordPayment { amount_vnd: 8_000, method: PaymentMethod::Cash, number: "BL-0007".to_owned() };
    office.act(office.staff.other_reception, split.id, paid).await.unwrap();
    let whole = office.receive_at_counter("dang-ky-khai-sinh@ward").await.code.to_string();
    announced(&office).await;
    let list = format!("{PAGE}/ban-giao");
    let mut control = Browser::new(&office);
    control.sign_in_staff("kiemsoat").await.is(303);
    let pairs = control.get(&list).await;
    pairs.is(200).shows("Phường An Biên Phường An Biên").shows("Phường An Biên Phường Mới Đông");
    control.get(PAGE).await.shows("Biên bản bàn giao");
    Browser::new(&office).get(PAGE).await.hides("ban-giao");
    let paper = |from: &str, to: usize| {
        let known = office.house.now_known();
        let plan = known.reforms().next().unwrap().clone();
        let eve = date(2025, 6, 30);
        let from = known.organisation.unit_by_code(app::units::HOUSE_KEYS, from, eve).unwrap();
        format!("{list}?giao={from}&nhan={}", plan.begins[to].0)
    };
    let draft = control.get(&paper("phuong-an-bien", 1)).await;
    draft.is(200).shows("Bản nháp, tính đến").shows(split.code.as_str()).hides(&other).hides(&whole);
    carried_out(&office, "2025-07-01T08:00").await;
    // The session of before ended long ago. Told of the instant: what happens afterwards changes nothing on it.
    office.act(office.staff.other_reception, split.id, Command::Withdraw { reason: "Thôi".to_owned() }).await.unwrap();
    control.sign_in_staff("kiemsoat").await.is(303);
    let minutes = control.get(&paper("phuong-an-bien", 1)).await;
    minutes
        .is(200)
        .shows("BIÊN BẢN BÀN GIAO")
        .shows("Căn cứ Nghị quyết 7/NQ-THU, ngày 16/06/2025")
        .shows("Bảng chia địa bàn là số liệu mẫu.")
        .shows(split.code.as_str())
        .shows("BL-0007 8.000 đồng")
        .shows("Cộng: 1 hồ sơ. Mã và ngày hẹn trả giữ nguyên.")
        .shows("Không còn kết quả nào chưa trả.")
        .shows("V. Dãy số hồ sơ phải khóa")
        .shows("Khóa các dãy số này từ thời điểm chuyển giao.")
        .shows("ĐẠI DIỆN BÊN GIAO PHƯỜNG AN BIÊN")
        .shows("ĐẠI DIỆN BÊN NHẬN PHƯỜNG AN BIÊN")
        .hides("Tôn Nữ Hoàng Ngọc");
    control.get(&paper("phuong-an-bien", 0)).await.is(200).shows(&other).hides(split.code.as_str());
    // A leader has the minutes of their own units, and nobody else's.
    let mut leader = control.another();
    leader.sign_in_staff("ld.hangkenh").await.is(303);
    leader.get(&list).await.is(200).shows("Phường Hàng Kênh").shows("Phường Dư Hàng Kênh");
    leader.get(&paper("phuong-hang-kenh", 0)).await.is(200).shows(&whole).shows("Lương Thế Quang");
    leader.get(&paper("phuong-an-duong", 1)).await.is(404);
    leader.get(&format!("{list}?giao=x&nhan=y")).await.is(404);
}
