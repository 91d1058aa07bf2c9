//! The catalogue as a control officer keeps it: written, tried, published from a day on, withdrawn, done otherwise by a unit.

use testkit::{Answer, Browser, Office};

const PROCEDURE: &str = "dang-ky-khai-sinh@ward";
const PAGE: &str = "/kiem-soat/danh-muc/dang-ky-khai-sinh%40ward";

async fn officer(office: &Office) -> Browser {
    let mut browser = Browser::new(office);
    browser.sign_in_staff("kiemsoat").await.is(303);
    browser
}

/// Every box of the form that writes a revision, as a browser sends it.
fn boxes(page: &Answer) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let body = page.body.split("<form").find(|it| it.contains("value=\"ghi\"")).unwrap();
    for tag in body.split('<').skip(1) {
        let value_of = |name: &str| {
            let mark = format!(" {name}=\"");
            tag.split_once(&mark).and_then(|it| it.1.split_once('"')).map(|it| unescaped(it.0))
        };
        let Some(name) = value_of("name") else {
            // The chosen one of a list that opens.
            if let Some(last) = found.last_mut().filter(|_| tag.starts_with("option") && tag.contains(" selected")) {
                last.1 = value_of("value").unwrap_or_default();
            }
            continue;
        };
        if tag.starts_with("input") && (!tag.contains("type=\"checkbox\"") || tag.contains(" checked")) {
            found.push((name, value_of("value").unwrap_or_default()));
        } else if tag.starts_with("select") {
            found.push((name, String::new()));
        } else if tag.starts_with("textarea") {
            found.push((name, unescaped(tag.split_once(">\n").map_or("", |it| it.1))));
        }
    }
    found
}

fn unescaped(text: &str) -> String {
    text.replace("&#38;", "&").replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<").replace("&#62;", ">")
}

fn with(boxes: &[(String, String)], changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut sent: Vec<(String, String)> =
        boxes.iter().filter(|it| changes.iter().all(|own| own.0 != it.0)).cloned().collect();
    sent.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    sent
}

async fn send(browser: &mut Browser, page: &Answer, path: &str, fields: &[(String, String)]) -> Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(page, path, &fields).await
}

#[tokio::test]
async fn a_revision_is_written_tried_and_published_and_those_received_before_keep_theirs() {
    let office = Office::open();
    let before = office.receive_at_counter(PROCEDURE).await;
    let mut browser = officer(&office).await;
    browser.get("/kiem-soat/danh-muc?q=khai+sinh&cap=ward").await.is(200).shows("Đăng ký khai sinh").shows("bản 1");

    let form = browser.get(&format!("{PAGE}/soan")).await;
    let all = boxes(form.is(200));
    let unchanged = send(&mut browser, &form, &format!("{PAGE}/soan"), &with(&all, &[("lenh", "ghi")])).await;
    unchanged.is(422).shows("Chưa sửa chỗ nào");
    let wrong = with(&all, &[("luat-dinh", "1"), ("don-vi-luat", "wd"), ("cam-ket", "9"), ("lenh", "ghi")]);
    send(&mut browser, &form, &format!("{PAGE}/soan"), &wrong).await.is(422).shows("không được dài hơn");
    let written = with(
        &all,
        &[
            ("luat-dinh", "3"),
            ("don-vi-luat", "wd"),
            ("cam-ket", ""),
            ("giay-moi-ten", "Bản sao giấy thử"),
            ("phi-moi-loi", "Lệ phí thử"),
            ("phi-moi-muc", "8.000"),
            ("lenh", "ghi"),
        ],
    );
    send(&mut browser, &form, &format!("{PAGE}/soan"), &written).await.is(303);
    // The same form again, from before: what is on its way now is not overwritten.
    send(&mut browser, &form, &format!("{PAGE}/soan"), &written).await.is(422).shows("vừa được người khác ghi");

    let page = browser.get(PAGE).await;
    page.is(200).shows("Có bản đang soạn, Lã Thị Kim Oanh").shows("Thêm Giấy tờ: Bản sao giấy thử không có luôn cần");
    page.shows("1 hồ sơ: 1 theo bản 1").shows("Sửa Thời hạn giải quyết");
    // Nobody goes by it yet.
    let public = browser.get("/thu-tuc/dang-ky-khai-sinh%40ward").await;
    public.is(200).hides("Bản sao giấy thử");

    tried(&office, &mut browser).await;

    // A day that has passed is none to publish from; without a decision nothing is published.
    let decide = browser.get(&format!("{PAGE}/cong-bo")).await;
    decide.is(200).shows("1 hồ sơ: 1 theo bản 1: giữ nguyên bản đã ghim");
    decide.shows("Hôm nay là 03/03/2025.");
    let english = browser.clone().get(&format!("{PAGE}/cong-bo?lang=en")).await;
    // Read as dates are read in English; typed as everywhere.
    english.is(200).shows("Today is 3 March 2025.");
    assert!(english.body.contains("value=\"03/03/2025\""));
    let seen = decide.hidden("ban");
    let fields = |day: &str, decision: &str| -> Vec<(String, String)> {
        [("ban", seen.as_str()), ("tu-ngay", day), ("quyet-dinh", decision), ("lenh", "chot")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec()
    };
    let address = format!("{PAGE}/cong-bo");
    send(&mut browser, &decide, &address, &fields("01/03/2025", "QĐ 9/QĐ-UBND")).await.is(422).shows("Ghi hôm nay");
    send(&mut browser, &decide, &address, &fields("03/03/2025", "")).await.is(422).shows("Chưa điền");
    send(&mut browser, &decide, &address, &fields("10/03/2025", "QĐ 9/QĐ-UBND")).await.is(303);
    browser.get(PAGE).await.shows("Bản mới áp dụng từ 10/03/2025 theo QĐ 9/QĐ-UBND").shows("bản 1");
    let number = || office.house.now_known().catalogue.current(&PROCEDURE.parse().unwrap()).unwrap().number;
    office.turn_to("2025-03-09T23:59");
    app::timers::tick(&office.house).await.unwrap();
    assert_eq!(number(), 1);
    office.turn_to("2025-03-10T00:01");
    assert_eq!(app::timers::tick(&office.house).await.unwrap().published, 1);
    assert_eq!(number(), 2);
    let mut browser = officer(&office).await;
    let page = browser.get(PAGE).await;
    page.shows("bản 2").shows("Bản 2, 10/03/2025, Lã Thị Kim Oanh: QĐ 9/QĐ-UBND").shows("1 theo bản 1");
    assert_eq!(office.dossier(before.id).revision.0, format!("{PROCEDURE}#1"));
    let after = office.receive_at_counter(PROCEDURE).await;
    assert_eq!(office.dossier(after.id).revision.0, format!("{PROCEDURE}#2"));
    browser.get(PAGE).await.shows("2 hồ sơ: 1 theo bản 1, 1 theo bản 2");
}

async fn tried(office: &Office, browser: &mut Browser) {
    // Tried at four o'clock on a Friday by the counter: what is missing, what the slip would say; nothing is kept.
    let trial = browser.get(&format!("{PAGE}/nop-thu")).await;
    trial.is(200).shows("Nộp thử bản đang soạn").shows("Bản sao giấy thử");
    let tries = [
        ("thu-noi", office.ward.to_string()),
        ("thu-kenh", "counter".to_owned()),
        ("thu-ngay", "07/03/2025".to_owned()),
        ("thu-gio", "16:00".to_owned()),
        ("thu-trang", "1".to_owned()),
        ("thu-ban", "1".to_owned()),
        ("lenh", "thu".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value));
    let result = send(browser, &trial, &format!("{PAGE}/nop-thu"), &tries).await;
    result.is(200).shows("Chưa nộp được").shows("Thiếu giấy tờ: Bản sao giấy thử");
    result.shows("Giấy hẹn ghi trả thứ Tư, 12/03/2025, 16 giờ").shows("8.000 đồng");
    let found = app::work::readings(&office.house, None, (None, None)).await.unwrap();
    assert_eq!(found.len(), 0);
    browser.get("/so-lieu?ky=2025-q1").await.shows("Tiếp nhận 1 ");
    let papers: Vec<(String, String)> = ids(&trial).into_iter().map(|id| ("thu-giay".to_owned(), id)).collect();
    let given: Vec<(String, String)> = tries.iter().cloned().chain(papers).collect();
    send(browser, &trial, &format!("{PAGE}/nop-thu"), &given).await.is(200).shows("Nộp được.");
    let badly = with(&tries, &[("thu-gio", "25:99")]);
    send(browser, &trial, &format!("{PAGE}/nop-thu"), &badly).await.is(422).shows("Ghi giờ như 16:00.");
}

fn ids(page: &Answer) -> Vec<String> {
    let marks = page.body.split("name=\"thu-giay\" value=\"").skip(1);
    marks.filter_map(|it| it.split('"').next()).map(str::to_owned).collect()
}

#[tokio::test]
async fn a_withdrawn_procedure_is_received_no_more_and_what_was_received_goes_on() {
    let office = Office::open();
    let filed = office.file_online(PROCEDURE).await;
    let mut browser = officer(&office).await;
    let address = format!("{PAGE}/bai-bo");
    let page = browser.get(&address).await;
    page.is(200).shows("1 hồ sơ: 1 theo bản 1: vẫn được giải quyết đến xong");
    let fields = [("tu-ngay", "04/03/2025"), ("quyet-dinh", "QĐ 10/QĐ-UBND"), ("lenh", "chot")];
    browser.post(&page, &address, &fields).await.is(303);
    browser.get("/kiem-soat/danh-muc?tinh-trang=bai-bo").await.shows("bãi bỏ từ 04/03/2025").shows("1 thủ tục");
    office.receive_at_counter(PROCEDURE).await;
    office.turn_to("2025-03-04T08:00");
    let plan = office.plan(PROCEDURE, domain::procedure::Channel::Counter, office.ward, None);
    let actor = app::actor::Actor::Staff(office.staff.reception);
    let refused = app::handle::file(&office.house, actor, plan, None).await.unwrap_err();
    assert!(
        matches!(refused, app::AppError::Refused(domain::dossier::DossierRefusal::Withdrawn { .. })),
        "{refused:?}"
    );
    browser.get("/thu-tuc/dang-ky-khai-sinh%40ward").await.is(200).shows("bị bãi bỏ từ 04/03/2025");
    office.act(office.staff.reception, filed.id, domain::dossier::Command::Accept).await.unwrap();

    let mut browser = officer(&office).await;
    let page = browser.get(&address).await;
    browser.post(&page, &address, &[("quyet-dinh", "QĐ 11/QĐ-UBND"), ("lenh", "bo")]).await.is(303);
    office.receive_at_counter(PROCEDURE).await;
}

#[tokio::test]
async fn a_unit_does_otherwise_only_what_law_leaves_to_the_place() {
    let office = Office::open();
    let mut browser = officer(&office).await;
    let id = office
        .house
        .now_known()
        .catalogue
        .all()
        .find(|it| {
            it.procedure.tab.as_str() == "ward"
                && it.time_limit.is_some()
                && !it.channels.contains(&domain::procedure::Channel::Post)
                && it.channels.contains(&domain::procedure::Channel::Counter)
        })
        .map(|it| it.procedure.clone())
        .unwrap();
    let address = format!("/kiem-soat/danh-muc/{}/khac-biet", web::frame::encoded(&id.to_string()));
    let page = browser.get(&address).await;
    page.is(200).shows("Mọi đơn vị đang làm đúng như danh mục.");
    let unit = office.ward.to_string();
    let fields = [("don-vi", unit.as_str()), ("quyet-dinh", "QĐ 12/QĐ-UBND"), ("lenh", "ghi")];
    browser.post(&page, &address, &fields).await.is(422).shows("Chưa ghi khác chỗ nào");
    let fields = [
        ("don-vi", unit.as_str()),
        ("kenh", "post"),
        ("noi", "Nhà văn hóa tổ 5"),
        ("gio", "sáng thứ Ba"),
        ("quyet-dinh", "QĐ 12/QĐ-UBND"),
        ("lenh", "ghi"),
    ];
    browser.post(&page, &address, &fields).await.is(303);
    let page = browser.get(&address).await;
    page.shows("Phường Hàng Kênh").shows("nơi tiếp nhận: Nhà văn hóa tổ 5").shows("QĐ 12/QĐ-UBND");
    let by_post = |unit| office.plan(&id.to_string(), domain::procedure::Channel::Post, unit, None);
    let file = |who, plan| app::handle::file(&office.house, app::actor::Actor::Staff(who), plan, None);
    file(office.staff.reception, by_post(office.ward)).await.unwrap();
    assert!(file(office.staff.other_reception, by_post(office.other_ward)).await.is_err());
    browser.post(&page, &address, &[("don-vi", unit.as_str()), ("lenh", "bo")]).await.is(303);
    browser.get(&address).await.shows("Mọi đơn vị đang làm đúng như danh mục.");
    assert!(file(office.staff.reception, by_post(office.ward)).await.is_err());
}
