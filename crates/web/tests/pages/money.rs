//! Money: what the form asks for is what is owed, a fee can be set anew, and what was paid too much goes back.

use app::applying;
use domain::dossier::Command;
use domain::ids::DossierId;
use domain::procedure::sample_answers;
use testkit::{Answer, Browser, Office};

const COPIES: &str = "chung-thuc-ban-sao-tu-ban-chinh@ward";
const EXTRACT: &str = "trich-luc-ho-tich@ward";
const BIRTH: &str = "dang-ky-khai-sinh@ward";

async fn at_desk(office: &Office) -> Browser {
    let mut browser = Browser::new(office);
    browser.sign_in_staff("tn.hangkenh").await.is(303);
    browser
}

/// What is typed for a certified copy: five pages, two copies, cash.
fn five_pages_twice() -> Vec<(&'static str, &'static str)> {
    vec![
        ("thu-tuc", COPIES),
        ("mot-lan", "tien-1"),
        ("ten", "Đặng Thị Kiên Nhẫn"),
        ("so", "999094000904"),
        ("dien-thoai", "0999000412"),
        ("giay-ban_chinh", "1"),
        ("d.nyc_ho_ten", "Đặng Thị Kiên Nhẫn"),
        ("d.loai_giay_to", "Bằng tốt nghiệp"),
        ("d.so_trang", "5"),
        ("d.so_ban", "2"),
        ("tra", "tien-mat"),
        ("bien-lai", "BL 7"),
        ("lenh", "tiep-nhan"),
    ]
}

async fn sent(browser: &mut Browser, fields: &[(&str, &str)]) -> Answer {
    let page = browser.get(&format!("/quay/tiep-nhan?thu-tuc={COPIES}")).await;
    browser.post_files(page.is(200), "/quay/tiep-nhan", fields, &[]).await
}

/// Five pages, two copies: received and paid.
async fn received(office: &Office, browser: &mut Browser) -> DossierId {
    received_with(office, browser, &five_pages_twice()).await
}

async fn received_with(office: &Office, browser: &mut Browser, fields: &[(&str, &str)]) -> DossierId {
    let received = sent(browser, fields).await;
    let slip = browser.get(&received.is(303).location).await;
    let code = slip.text().split_whitespace().find(|it| it.starts_with("H24.") && it.contains('-')).unwrap().to_owned();
    office.id_of(code.trim_end_matches(|it: char| !it.is_ascii_digit()))
}

async fn does(browser: &mut Browser, code: &str, act: &str, version: u32, fields: &[(&str, &str)]) -> Answer {
    let address = format!("/nghiep-vu/ho-so/{code}/viec/{act}");
    let form = browser.get(&address).await;
    let (version, once) = (version.to_string(), format!("{act}-{version}"));
    let fields: Vec<(&str, &str)> = [("phien-ban", version.as_str()), ("mot-lan", once.as_str())]
        .into_iter()
        .chain(fields.iter().copied())
        .collect();
    browser.post_files(form.is(200), &address, &fields, &[]).await
}

#[tokio::test]
async fn pages_and_copies_asked_for_are_what_is_taken_and_printed() {
    let office = Office::open();
    let mut browser = at_desk(&office).await;
    // 2 × (2.000 + 2.000 + 1.000 + 1.000 + 1.000). Căn cứ: TT 226/2016/TT-BTC, Điều 4.
    let received = sent(&mut browser, &five_pages_twice()).await;
    let slip = browser.get(&received.is(303).location).await;
    slip.is(200).shows("14.000 đồng (5 trang, 2 bản, đã nộp)");

    let unasked: Vec<_> =
        five_pages_twice().into_iter().filter(|it| !matches!(it.0, "d.so_trang" | "d.so_ban")).collect();
    let refused = sent(&mut browser, &unasked).await;
    refused.is(422).shows("Số trang bản chính: ").shows("Số bản: ");
}

#[tokio::test]
async fn nobody_is_received_with_nothing() {
    let office = Office::open();
    let mut browser = at_desk(&office).await;
    let named = |it: &(&str, &str)| !it.0.starts_with("d.") && !it.0.starts_with("giay-");
    let empty: Vec<_> = five_pages_twice().into_iter().filter(named).collect();
    sent(&mut browser, &empty).await.is(422).shows("Tờ khai còn trống").shows("Chưa đánh dấu giấy tờ nào");
}

#[tokio::test]
async fn a_fee_that_was_wrong_is_set_anew_with_its_reason_and_the_rest_goes_back() {
    let office = Office::open();
    let mut browser = at_desk(&office).await;
    let id = received(&office, &mut browser).await;
    let code = office.dossier(id).code.to_string();

    does(&mut browser, &code, "dinh-phi", 3, &[("so-tien", "7.000"), ("ly-do", " ")]).await.is(409);
    let set = [("so-tien", "7.000"), ("ly-do", "Chỉ chứng thực một bản")];
    let done = does(&mut browser, &code, "dinh-phi", 3, &set).await;
    let home = browser.get(&done.is(303).location).await;
    home.is(200)
        .shows("Định lại phí, từ 14.000 đồng thành 7.000 đồng")
        .shows("Lý do: Chỉ chứng thực một bản.")
        .shows("Nộp thừa 7.000 đồng, phải trả lại");

    let too_much = does(&mut browser, &code, "tra-tien", 4, &[("so-tien", "7001"), ("cach", "tien-mat")]).await;
    too_much.is(409).shows("Người nộp nộp thừa 7.000 đồng.");
    let back = [("so-tien", "7000"), ("cach", "tien-mat"), ("bien-lai", "PC 12")];
    let done = does(&mut browser, &code, "tra-tien", 4, &back).await;
    let home = browser.get(&done.is(303).location).await;
    home.is(200).shows("Đã trả lại 7.000 đồng nộp thừa").hides("phải trả lại");
    home.shows("Biên lai BL 7").shows("Phiếu chi PC 12");
    let slip = browser.get(&format!("/nghiep-vu/ho-so/{code}/giay-hen")).await;
    slip.is(200).shows("7.000 đồng (đã nộp)").shows("BẢN THAY THẾ").shows("theo việc định lại phí ngày");
    let given = home.body.split("giay-hen?ban=").skip(1).filter_map(|it| it.split('"').next());
    let given: std::collections::BTreeSet<u32> = given.filter_map(|it| it.parse().ok()).collect();
    assert_eq!(given.len(), 2, "the slip of the reception, and the one of the other fee: {given:?}");
    let first = browser.get(&format!("/nghiep-vu/ho-so/{code}/giay-hen?ban={}", given.first().unwrap())).await;
    first.is(200).shows("14.000 đồng (5 trang, 2 bản, đã nộp)").hides("BẢN THAY THẾ");
}

#[tokio::test]
async fn a_fee_that_was_set_before_the_reception_makes_no_slip_of_its_own() {
    let office = Office::open();
    let filed = office.file_online(EXTRACT).await;
    let set = Command::SetFee { fee_vnd: 8_000, reason: "Một bản".to_owned() };
    office.act(office.staff.reception, filed.id, set).await.unwrap();
    let mut browser = at_desk(&office).await;
    let home = format!("/nghiep-vu/ho-so/{}", filed.code);
    let before = browser.get(&home).await;
    assert!(before.is(200).shows("Định lại phí").body.matches("giay-hen?ban=").count() == 0, "there is none yet");
    office.act(office.staff.reception, filed.id, Command::Accept).await.unwrap();
    browser.get(&format!("{home}/giay-hen")).await.is(200).shows("8.000 đồng").hides("BẢN THAY THẾ");
}

#[tokio::test]
async fn what_the_form_took_over_from_the_submitter_is_corrected_with_them() {
    let office = Office::open();
    let mut browser = at_desk(&office).await;
    let id = received(&office, &mut browser).await;
    let code = office.dossier(id).code.to_string();
    let changes = [("ten", "Đặng Thị Kiên Nhẫm"), ("ly-do", "Ghi sai chữ cuối")];
    let done = crate::counter::corrected(&mut browser, &code, &changes).await;
    browser.get(&done.is(303).location).await.is(200).shows("Đính chính thông tin");
    let filing = office.dossier(id).filing.get().cloned().unwrap();
    assert_eq!(filing.submitter.name, "Đặng Thị Kiên Nhẫm");
    assert_eq!(filing.answers.text("nyc_ho_ten"), Some("Đặng Thị Kiên Nhẫm"));
    // One that says something else on purpose stays.
    let changes = [("ten", "Đặng Thị Nhẫn"), ("d.nyc_ho_ten", "Đặng Thị Kiên"), ("ly-do", "Ghi lại")];
    crate::counter::corrected(&mut browser, &code, &changes).await.is(303);
    let filing = office.dossier(id).filing.get().cloned().unwrap();
    assert_eq!(filing.answers.text("nyc_ho_ten"), Some("Đặng Thị Kiên"));
}

#[tokio::test]
async fn a_mother_at_the_counter_is_not_asked_what_is_known_of_her_and_is_corrected_everywhere() {
    let office = Office::open();
    let mut browser = at_desk(&office).await;
    let fields = [
        ("thu-tuc", BIRTH),
        ("ten", "Đặng Thị Kiên Nhẫn"),
        ("sinh", "09/11/1994"),
        ("dien-thoai", "0999000412"),
        ("dia-chi", "Số 5 phố Mẫu"),
        ("giay-to_khai", "1"),
        ("giay-giay_chung_sinh", "1"),
        ("don-giay", "1"),
        ("d.nyc_quan_he", "Mẹ"),
        ("lenh", "tiep-nhan"),
    ];
    let own = [("mot-lan", "me-1"), ("so", "999194000904")];
    let id = received_with(&office, &mut browser, &[&fields[..], &own[..]].concat()).await;
    let answers = office.dossier(id).filing.get().cloned().unwrap().answers;
    let of_mother = ["me_ho_ten", "me_nam_sinh", "me_noi_cu_tru"].map(|it| answers.text(it));
    assert_eq!(of_mother, [Some("Đặng Thị Kiên Nhẫn"), Some("1994"), Some("Số 5 phố Mẫu")]);
    assert_eq!(answers.text("cha_ho_ten"), None);

    let code = office.dossier(id).code.to_string();
    let changes = [("ten", "Đặng Thị Kiên Nhẫm"), ("ly-do", "Ghi sai chữ cuối")];
    crate::counter::corrected(&mut browser, &code, &changes).await.is(303);
    let answers = office.dossier(id).filing.get().cloned().unwrap().answers;
    assert_eq!(["nyc_ho_ten", "me_ho_ten"].map(|it| answers.text(it)), [Some("Đặng Thị Kiên Nhẫm"); 2]);

    // A part that names somebody else is theirs.
    let other = [("mot-lan", "me-2"), ("so", "999194000813"), ("d.me_ho_ten", "Ngô Thị Mẫu")];
    let id = received_with(&office, &mut browser, &[&fields[..], &other[..]].concat()).await;
    let answers = office.dossier(id).filing.get().cloned().unwrap().answers;
    assert_eq!(["me_ho_ten", "me_nam_sinh"].map(|it| answers.text(it)), [Some("Ngô Thị Mẫu"), None]);
}

#[tokio::test]
async fn a_guardian_at_the_counter_does_not_give_the_child_their_own_birth() {
    const DISABILITY: &str = "xac-dinh-muc-do-khuyet-tat@ward";
    let office = Office::open();
    let mut browser = at_desk(&office).await;
    let fields = [
        ("thu-tuc", DISABILITY),
        ("ten", "Đặng Thị Kiên Nhẫn"),
        ("sinh", "09/11/1994"),
        ("dien-thoai", "0999000412"),
        ("dia-chi", "Số 5 phố Mẫu"),
        ("giay-don", "1"),
        ("d.loai_yc", "Xác định lần đầu"),
        ("lenh", "tiep-nhan"),
    ];
    let child = [
        ("mot-lan", "con-1"),
        ("so", "999194000904"),
        ("d.nkt_ho_ten", "Ngô Văn Mẫu"),
        ("d.nkt_so_dinh_danh", "999219000904"),
    ];
    let asked = sent(&mut browser, &[&fields[..], &child[..]].concat()).await;
    asked.is(422).shows("Ngày, tháng, năm sinh: Chưa điền");
    let on_paper = [("don-giay", "1")];
    let id = received_with(&office, &mut browser, &[&fields[..], &child[..], &on_paper[..]].concat()).await;
    let answers = office.dossier(id).filing.get().cloned().unwrap().answers;
    let of_child = ["nkt_ho_ten", "nkt_so_dinh_danh", "nkt_ngay_sinh", "nkt_noi_cu_tru"].map(|it| answers.text(it));
    assert_eq!(of_child, [Some("Ngô Văn Mẫu"), Some("999219000904"), None, None]);

    // Who comes for themselves does not say it twice, and is corrected everywhere: a day, too.
    let own = [("mot-lan", "con-2"), ("so", "999194000813"), ("don-giay", "1")];
    let id = received_with(&office, &mut browser, &[&fields[..], &own[..]].concat()).await;
    let dossier = office.dossier(id);
    let answers = &dossier.filing.get().unwrap().answers;
    let own = ["nkt_ho_ten", "nkt_ngay_sinh", "nkt_noi_cu_tru"].map(|it| answers.text(it));
    assert_eq!(own, [Some("Đặng Thị Kiên Nhẫn"), Some("1994-11-09"), Some("Số 5 phố Mẫu")]);
    let changes = [("sinh", "19/11/1994"), ("ly-do", "Ghi sai ngày")];
    crate::counter::corrected(&mut browser, dossier.code.as_str(), &changes).await.is(303);
    let filing = office.dossier(id).filing.get().cloned().unwrap();
    assert_eq!(filing.submitter.birth, "19/11/1994");
    assert_eq!(filing.answers.text("nkt_ngay_sinh"), Some("1994-11-19"));
    // One that says something else on purpose stays.
    let changes = [("sinh", "20/11/1994"), ("d.nkt_ngay_sinh", "18/11/1994"), ("ly-do", "Ghi lại")];
    crate::counter::corrected(&mut browser, dossier.code.as_str(), &changes).await.is(303);
    let filing = office.dossier(id).filing.get().cloned().unwrap();
    assert_eq!(filing.answers.text("nkt_ngay_sinh"), Some("1994-11-18"));
}

#[tokio::test]
async fn what_the_counter_filled_in_and_cannot_stand_is_shown_beside_its_error() {
    let office = Office::open();
    let mut browser = at_desk(&office).await;
    let fields = [
        ("thu-tuc", BIRTH),
        ("mot-lan", "me-3"),
        ("so", "999194000904"),
        ("ten", "Đặng Thị Kiên Nhẫn"),
        ("sinh", "09/11/1994"),
        ("dien-thoai", "0999000412"),
        ("giay-to_khai", "1"),
        ("giay-giay_chung_sinh", "1"),
        ("don-giay", "1"),
        ("d.nyc_quan_he", "Mẹ"),
        ("d.con_ngay_sinh", "28/02/1995"),
        ("lenh", "tiep-nhan"),
    ];
    let refused = sent(&mut browser, &fields).await;
    refused.is(422).shows("Năm sinh (III. Người mẹ): Phải trước 28/02/1995");
    assert!(refused.body.contains("name=\"d.me_nam_sinh\" value=\"1994\""), "{}", refused.text());
    assert!(refused.body.contains("name=\"d.me_ho_ten\" value=\"\""), "only what is wrong is shown");
    assert_eq!(refused.hidden("da-dien"), "me_nam_sinh");
    // Emptied there, it is not filled in once more.
    let emptied = [("da-dien", "me_nam_sinh"), ("d.me_nam_sinh", "")];
    let id = received_with(&office, &mut browser, &[&fields[..], &emptied[..]].concat()).await;
    let answers = office.dossier(id).filing.get().cloned().unwrap().answers;
    assert_eq!(["me_ho_ten", "me_nam_sinh"].map(|it| answers.text(it)), [Some("Đặng Thị Kiên Nhẫn"), None]);
}

#[tokio::test]
async fn copies_asked_for_online_are_owed() {
    let office = Office::open();
    let id = EXTRACT.parse().unwrap();
    let revision = office.house.now_known().catalogue.current(&id).unwrap();
    let draft = applying::begin(&office.house, office.citizen, &id, office.ward).await.unwrap();
    let mut raw = sample_answers(&revision.forms[0], office.house.clock.now().day(), 7);
    raw.insert("so_luong".to_owned(), vec!["3".to_owned()]);
    applying::keep_answers(&office.house, office.citizen, draft, &raw, None).await.unwrap();
    let papers = revision.requirements.iter().map(|it| it.id.clone()).collect();
    applying::change(&office.house, office.citizen, draft, applying::Change::FromData(papers)).await.unwrap();

    let mut browser = Browser::new(&office);
    browser.sign_in("congdan").await.is(303);
    let review = browser.get(&format!("/nop-ho-so/don/{draft}/xem-lai")).await;
    review.is(200).shows("Phải nộp 24.000 đồng");

    let it = applying::load(&office.house, office.citizen, draft).await.unwrap();
    let sending = applying::Sending { consent: true, collect: "quay".to_owned(), ..it.body.sending.clone() };
    let sent = applying::send(&office.house, it, sending).await.unwrap();
    let applying::Sent::Filed(filed) = sent else { panic!("{sent:?}") };
    assert_eq!(office.dossier(filed.id).still_owed_vnd(), 24_000);
    let page = browser.get("/tra-cuu").await;
    let found = browser.post(&page, "/tra-cuu", &[("ma", filed.code.as_str()), ("so", "3412")]).await;
    found.is(200).shows("24.000 đồng, chưa nộp: trả ở quầy");
}
