//! The queue as people meet it: a telephone, a kiosk, the board of a hall, an officer, and who sets it up.

use super::page_forms::page_forms;
use std::time::Duration;
use testkit::{Answer, Browser, Office, site, site_of};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::timeout;

const TAKE: &str = "/lay-so/phuong-hang-kenh";
const BOARD: &str = "/bang-goi-so/phuong-hang-kenh";
const DESK: &str = "/quay/hang-doi";

async fn desk_open(office: &Office) {
    office.open_desk(office.ward).await;
}

/// Takes a number and gives the address of its ticket.
async fn taken(browser: &mut Browser, service: &str, priority: bool) -> String {
    let page = browser.get(TAKE).await;
    let id = page.hidden("ve");
    let mut fields = vec![("ve", id.as_str()), ("dich-vu", service)];
    if priority {
        fields.push(("uu-tien", "co"));
    }
    browser.post(&page, TAKE, &fields).await.is(303).location.clone()
}

async fn officer(office: &Office) -> Browser {
    let mut browser = Browser::new(office);
    browser.sign_in_staff("tn.hangkenh").await.is(303);
    browser
}

/// Presses a button of the officer's page.
async fn press(browser: &mut Browser, order: &str, fields: &[(&str, &str)]) -> Answer {
    let page = browser.get(DESK).await;
    let all: Vec<(&str, &str)> = fields.iter().copied().chain([("lenh", order)]).collect();
    browser.post(&page, DESK, &all).await
}

#[tokio::test]
async fn a_number_is_taken_followed_called_and_served() {
    let office = Office::open();
    let mut phone = Browser::new(&office);
    phone.get("/lay-so").await.is(200).shows("Chưa đơn vị nào phát số");
    phone.get(TAKE).await.is(200).shows("Đơn vị chưa phát số thứ tự");
    desk_open(&office).await;
    phone.get("/lay-so").await.is(200).shows("Phường Hàng Kênh").shows("0 người đang chờ");
    let first = taken(&mut phone, "A", false).await;
    phone.get(&first).await.is(200).shows("A001").shows("Bạn là người tiếp theo").shows("Chưa đủ lượt gọi");
    office.turn_to("2025-03-03T09:02");
    let second = taken(&mut phone, "A", false).await;
    phone.get(&second).await.shows("A002").shows("1 người trước bạn").hides("Trâm");
    let priority = taken(&mut phone, "A", true).await;
    phone.get(&priority).await.shows("A003").shows("ưu tiên").shows("Bạn là người tiếp theo");

    let mut desk = officer(&office).await;
    desk.get(DESK).await.is(200).shows("Bạn ngồi quầy nào?").shows("3").shows("2 phút");
    press(&mut desk, "goi", &[]).await.is(409).shows("Bạn chưa chọn quầy.");
    press(&mut desk, "ngoi", &[("quay", "1")]).await.is(303);
    press(&mut desk, "goi", &[]).await.is(303);
    let called = desk.get(DESK).await;
    called.shows("A003").shows("Ưu tiên").shows("Đã tới, tiếp nhận");
    let id = called.hidden("ve");
    press(&mut desk, "goi", &[]).await.is(409).shows("Quầy đang gọi số A003.").shows("Đã tới, tiếp nhận");
    phone.get(&priority).await.shows("Mời bạn đến quầy 1");
    phone.get(BOARD).await.is(200).shows("A003 1").hides("Hộ tịch").hides("Ưu tiên");
    press(&mut desk, "goi-lai", &[("ve", &id)]).await.is(303);
    desk.get(DESK).await.shows("đã gọi 2 lần");
    press(&mut desk, "vang", &[("ve", &id)]).await.is(303);
    phone.get(&priority).await.shows("Đã gọi mà bạn chưa tới");
    phone.get(BOARD).await.hides("A003");
    press(&mut desk, "goi", &[]).await.is(303);
    let id = desk.get(DESK).await.hidden("ve");
    let onward = press(&mut desk, "tiep", &[("ve", &id)]).await;
    assert_eq!((onward.status.as_u16(), onward.location.as_str()), (303, "/quay/tiep-nhan"), "served is received");
    desk.get("/quay/tiep-nhan").await.is(200).shows("Đang tiếp số A001").shows("Gọi số tiếp");
    press(&mut desk, "tiep", &[("ve", &id)]).await.is(409).shows("Số A001 không còn ở quầy này.");
    // Sent on, it is the first of the other service, under the same number.
    press(&mut desk, "chuyen", &[("ve", &id), ("toi", "B")]).await.is(303);
    phone.get(&first).await.shows("A001").shows("Trả kết quả").shows("Đang chờ");
    let absent = desk.get(DESK).await;
    absent.shows("Gọi rồi chưa tới").shows("A003");
    office.turn_to("2025-03-04T09:00");
    phone.get(&second).await.shows("Số này đã hết ngày");
}

#[tokio::test]
async fn twice_is_once_and_bad_forms_are_refused_beside_what_was_chosen() {
    let office = Office::open();
    desk_open(&office).await;
    let mut phone = Browser::new(&office);
    let page = phone.get(TAKE).await;
    let id = page.hidden("ve");
    let fields = [("ve", id.as_str()), ("dich-vu", "A"), ("uu-tien", "co")];
    let one = phone.post(&page, TAKE, &fields).await.is(303).location.clone();
    assert_eq!(phone.post(&page, TAKE, &fields).await.location, one);
    let again = phone.get(TAKE).await;
    let id = again.hidden("ve");
    let kept = phone.post(&again, TAKE, &[("ve", &id), ("uu-tien", "co"), ("dich-vu", "")]).await;
    kept.is(422).shows("Bạn chọn một dịch vụ.");
    assert!(kept.body.contains("checked") && kept.hidden("ve") == id, "what was chosen stays");
    phone.post(&again, TAKE, &[("ve", &id), ("dich-vu", "Z")]).await.is(409).shows("không phát số cho dịch vụ này");
    phone.post(&again, TAKE, &[("ve", "x"), ("dich-vu", "A")]).await.is(422);
    phone.get("/lay-so/khong-co").await.is(404);
    phone.get(&format!("{TAKE}/khong-co")).await.is(404);
    office.turn_to("2025-03-03T18:00");
    phone.get(TAKE).await.is(200).shows("Bộ phận Một cửa đang đóng cửa").shows("07:30");
    phone.post(&again, TAKE, &[("ve", &id), ("dich-vu", "A")]).await.is(409).shows("đang đóng cửa");
    phone.get(&format!("{TAKE}?lang=en")).await.is(200).shows("The one-stop desk is closed");
}

#[tokio::test]
async fn an_address_that_takes_too_many_is_told_to_come_to_the_desk() {
    let office = Office::open_with(|rules| rules.queue_tickets_per_address = 2);
    desk_open(&office).await;
    let mut phone = Browser::new(&office);
    taken(&mut phone, "A", false).await;
    taken(&mut phone, "B", false).await;
    let page = phone.get(TAKE).await;
    let id = page.hidden("ve");
    phone.post(&page, TAKE, &[("ve", &id), ("dich-vu", "A")]).await.is(429).shows("Từ mạng này đã lấy quá nhiều số.");
}

#[tokio::test]
async fn a_kiosk_gives_numbers_looks_dossiers_up_and_goes_home() {
    let office = Office::open();
    let mut kiosk = Browser::new(&office);
    kiosk.get("/kiosk/phuong-hang-kenh").await.is(200).hides("/kiosk/phuong-hang-kenh/lay-so");
    desk_open(&office).await;
    let start = kiosk.get("/kiosk/phuong-hang-kenh").await;
    start.is(200).shows("Lấy số thứ tự").shows("Tra cứu hồ sơ").hides("http-equiv").hides("/dang-nhap");
    let choose = "/kiosk/phuong-hang-kenh/lay-so";
    let page = kiosk.get(choose).await;
    page.is(200).shows("Tôi thuộc diện ưu tiên");
    assert!(page.body.contains("content=\"60;url=/kiosk/phuong-hang-kenh\""), "it goes home without script");
    let id = page.hidden("ve");
    let ticket = kiosk.post(&page, choose, &[("ve", &id), ("dich-vu", "B")]).await.is(303).location.clone();
    kiosk.get(&ticket).await.is(200).shows("B001").shows("Quét mã bằng điện thoại");
    kiosk.get(&format!("{choose}?lang=en")).await.is(200).shows("Take a number").shows("I have priority");
    let filed = office.receive_at_counter("dang-ky-khai-sinh@ward").await;
    let look_up = "/kiosk/phuong-hang-kenh/tra-cuu";
    let page = kiosk.get(look_up).await;
    kiosk.post(&page, look_up, &[("ma", ""), ("so", "")]).await.is(422);
    kiosk.post(&page, look_up, &[("ma", filed.code.as_str()), ("so", "0000")]).await.is(404).shows("Không tìm thấy");
    let found = kiosk.post(&page, look_up, &[("ma", filed.code.as_str()), ("so", "3412")]).await;
    found.is(200).shows(filed.code.as_str()).hides("Trâm").hides("khai sinh").hides("/ho-so-cua-toi");
    assert!(found.body.contains("content=\"60;url=/kiosk/phuong-hang-kenh\""));
    assert_eq!(found.headers["cache-control"], "no-store", "nothing typed is kept");
}

/// A dossier that ended: not accepted, which can be rated too.
async fn ended(office: &Office) -> String {
    let filed = office.file_online("dang-ky-khai-sinh@ward").await;
    let refuse = domain::dossier::Command::Refuse {
        reason: "Không thuộc thẩm quyền.".to_owned(),
        legal_basis: "NĐ 61/2018".to_owned(),
    };
    office.act(office.staff.reception, filed.id, refuse).await.unwrap();
    filed.code.to_string()
}

#[tokio::test]
async fn at_a_kiosk_who_has_code_and_digits_rates_a_finished_dossier_once() {
    let office = Office::open();
    desk_open(&office).await;
    let code = ended(&office).await;
    let open = office.receive_at_counter("dang-ky-khai-sinh@ward").await;
    let mut kiosk = Browser::new(&office);
    let at = "/kiosk/phuong-hang-kenh/danh-gia";
    kiosk.get("/kiosk/phuong-hang-kenh").await.is(200).shows("Đánh giá hồ sơ đã xong");
    let page = kiosk.get(at).await;
    page.is(200).shows("Mã hồ sơ").hides("/dang-nhap");
    kiosk.post(&page, at, &[("ma", &code), ("so", "")]).await.is(422).shows("Chưa điền");
    kiosk.post(&page, at, &[("ma", &code), ("so", "0000")]).await.is(404).shows("Không tìm thấy");
    let early = kiosk.post(&page, at, &[("ma", open.code.as_str()), ("so", "3412")]).await;
    early.is(409).shows("chưa giải quyết xong");
    let asked = kiosk.post(&page, at, &[("ma", &code), ("so", "3412")]).await;
    asked.is(200).shows("Thái độ của cán bộ thế nào?").hides("Trâm").hides("khai sinh");
    let answers = [
        ("ma", code.as_str()),
        ("so", "3412"),
        ("viec", "gui"),
        ("muc", "5"),
        ("thoi_gian", "2"),
        ("lien_he", "1"),
        ("co_quan", "2"),
        ("thai_do", "2"),
        ("so_lan", "5"),
        ("gop_y", "Cảm ơn"),
    ];
    let short = kiosk.post(&asked, at, &[&answers[..4], &[("gop_y", "Nhanh")]].concat()).await;
    short.is(422).shows("Chọn một câu trả lời").shows("Nhanh").hides("bằng chữ số");
    assert!(short.body.contains("value=\"5\" checked"), "what was chosen stays chosen");
    let wrong = [&answers[..1], &[("so", "0000")], &answers[2..]].concat();
    kiosk.post(&asked, at, &wrong).await.is(404);
    let done = kiosk.post(&asked, at, &answers).await;
    kiosk.get(&done.is(303).location).await.is(200).shows("Cảm ơn bạn");
    kiosk.post(&asked, at, &answers).await.is(409).shows("đã có đánh giá ngày 03/03/2025");
    let found = kiosk.post(&page, "/kiosk/phuong-hang-kenh/tra-cuu", &[("ma", &code), ("so", "3412")]).await;
    found.is(200).hides("/danh-gia\"");
    let mut leader = Browser::new(&office);
    leader.sign_in_staff("ld.hangkenh").await.is(303);
    leader.get("/kiem-soat/hai-long").await.is(200).shows("1 ở màn hình của sảnh").shows("5,0").hides("Trâm");
    // Whose dossier it is may still say otherwise, on their own page.
    let mut owner = Browser::new(&office);
    owner.sign_in("congdan").await.is(303);
    let own = format!("/ho-so-cua-toi/{code}/danh-gia");
    let page = owner.get(&own).await;
    page.is(200).shows("Bạn đã đánh giá: Rất hài lòng");
    owner.post(&page, &own, &[&[("muc", "3")], &answers[4..]].concat()).await.is(303);
    leader.get("/kiem-soat/hai-long").await.is(200).hides("màn hình của sảnh");
    office.turn_to("2025-04-03T08:00");
    let second = kiosk.get(&format!("{at}?lang=en")).await;
    second.is(200).shows("Rate a finished dossier");
    kiosk.post(&second, at, &[("ma", &code), ("so", "3412")]).await.is(409);
}

/// The questions of a page that are answered by a mark, with their answers.
fn asked(page: &Answer) -> Vec<Vec<&str>> {
    let parts = page.body.split("<legend>").skip(1).filter_map(|it| it.split("</fieldset>").next());
    let said = parts.map(|it| it.split("<span>").skip(1).filter_map(|it| it.split("</span>").next()).collect());
    said.collect()
}

#[tokio::test]
async fn at_a_kiosk_the_questions_are_those_of_the_applicants_own_page_in_either_language() {
    let office = Office::open();
    let code = ended(&office).await;
    let (mut kiosk, mut owner) = (Browser::new(&office), Browser::new(&office));
    owner.sign_in("congdan").await.is(303);
    for language in ["vi", "en"] {
        let at = format!("/kiosk/phuong-hang-kenh/danh-gia?lang={language}");
        let find = kiosk.get(&at).await;
        let there = kiosk.post(&find, &at, &[("ma", &code), ("so", "3412")]).await;
        let own = owner.get(&format!("/ho-so-cua-toi/{code}/danh-gia?lang={language}")).await;
        let (own, there) = (asked(own.is(200)), asked(there.is(200)));
        assert_eq!(own.len(), 5, "{own:?}");
        assert_eq!(own, there[..5], "at the kiosk how often one came is marked too");
    }
}

#[tokio::test]
async fn what_is_looked_up_at_a_kiosk_and_finished_is_rated_without_typing_twice() {
    let office = Office::open();
    let code = ended(&office).await;
    let mut kiosk = Browser::new(&office);
    let look_up = "/kiosk/phuong-hang-kenh/tra-cuu";
    let page = kiosk.get(look_up).await;
    let found = kiosk.post(&page, look_up, &[("ma", &code), ("so", "3412")]).await;
    let form =
        page_forms(&found.body).into_iter().find(|it| it.action.ends_with("/danh-gia")).expect("it can be rated");
    let fields = [("ma", form.held("ma")), ("so", form.held("so"))];
    kiosk.post(&found, &form.action, &fields).await.is(200).shows("Nhìn chung, bạn có hài lòng không?");
}

#[tokio::test]
async fn counters_are_set_up_with_what_is_wrong_beside_its_field() {
    let office = Office::open();
    let mut control = Browser::new(&office);
    control.sign_in_staff("kiemsoat").await.is(303);
    let address = "/quan-tri/quay?don-vi=phuong-hang-kenh";
    let page = control.get(address).await;
    page.is(200).shows("chưa có gì được ghi").shows("Quầy 1");
    let unit = ("don-vi", "phuong-hang-kenh");
    let wrong = control
        .post(
            &page,
            "/quan-tri/quay",
            &[
                unit,
                ("da-xem", "co"),
                ("dich-vu-A", "Hộ tịch"),
                ("dich-vu-B", "Hộ tịch"),
                ("quay-1", "A"),
                ("mo-1", "co"),
            ],
        )
        .await;
    wrong.is(422).shows("Tên này đã có ở một dịch vụ khác.").shows("Chưa ghi được.");
    assert!(wrong.body.contains("value=\"Hộ tịch\""), "what was typed stays");
    let fields = [
        unit,
        ("da-xem", "co"),
        ("dich-vu-A", "Hộ tịch"),
        ("dich-vu-B", "<b>Đất</b>"),
        ("quay-1", "A"),
        ("quay-1", "B"),
        ("mo-1", "co"),
    ];
    control.post(&page, "/quan-tri/quay", &fields).await.is(303);
    control.get(address).await.is(200).hides("chưa có gì được ghi");
    let mut phone = Browser::new(&office);
    let offered = phone.get(TAKE).await;
    offered.is(200).hides("<b>Đất</b></b>");
    assert!(offered.body.contains("&#60;b&#62;Đất"), "a name is text");
    taken(&mut phone, "B", false).await;
    let fields = [unit, ("da-xem", "co"), ("dich-vu-A", "Hộ tịch"), ("quay-1", "A"), ("mo-1", "co")];
    control.post(&page, "/quan-tri/quay", &fields).await.is(422);
    let mut other = Browser::new(&office);
    other.sign_in_staff("kiemsoat.anbien").await.is(303);
    other.get(address).await.is(403);
    office.turn_to("2025-03-03T09:40");
    control.sign_in_staff("kiemsoat").await.is(303);
    control.get("/kiem-soat/hang-doi").await.is(200).shows("Phường Hàng Kênh").shows("40 phút");
}

/// The pages of a house on a port; told to stop it ends.
async fn served(web: web::Web) -> (String, oneshot::Sender<()>, tokio::task::JoinHandle<std::io::Result<()>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (stop, stopped) = oneshot::channel();
    let running = tokio::spawn(web::serve(web, listener, async move { drop(stopped.await) }));
    (address, stop, running)
}

/// An open stream of the ward's board.
async fn listening(address: &str) -> TcpStream {
    let mut line = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {BOARD}/luong HTTP/1.1\r\nhost: {address}\r\naccept: text/event-stream\r\n\r\n");
    line.write_all(request.as_bytes()).await.unwrap();
    line
}

/// Reads until the stream says that.
async fn heard(line: &mut TcpStream, words: &str) -> String {
    let mut all = String::new();
    let reading = async {
        let mut piece = [0; 4_096];
        while !all.contains(words) {
            let count = line.read(&mut piece).await.unwrap();
            assert!(count > 0, "the stream ended: {all}");
            all.push_str(&String::from_utf8_lossy(&piece[..count]));
        }
    };
    assert!(timeout(Duration::from_secs(5), reading).await.is_ok(), "{words:?} was not heard within 5 s");
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_board_hears_within_seconds_that_somebody_was_called_and_is_let_go_when_the_house_closes() {
    let office = Office::open();
    desk_open(&office).await;
    let (address, stop, running) = served(site(&office)).await;
    let mut line = listening(&address).await;
    let head = heard(&mut line, "data: 1").await;
    assert!(head.contains("200 OK") && head.contains("text/event-stream"), "{head}");
    taken(&mut Browser::new(&office), "A", false).await;
    heard(&mut line, "data: 2").await;
    stop.send(()).unwrap();
    let ended = timeout(Duration::from_secs(5), running).await;
    assert!(ended.is_ok_and(|it| it.unwrap().is_ok()), "an open stream keeps nobody from stopping");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_board_on_one_node_hears_what_happens_on_another() {
    let office = Office::open_on_server();
    desk_open(&office).await;
    let (address, _stop, _running) = served(site_of(&office.another_node())).await;
    let mut line = listening(&address).await;
    heard(&mut line, "data: 1").await;
    taken(&mut Browser::new(&office), "A", false).await;
    heard(&mut line, "data: 2").await;
}
