//! Both languages: chosen in the head, remembered, and nothing Vietnamese left on an English page but what is not translated.

use crate::access::{World, knock, rows};
use domain::dossier::{Command, SupplementItem};
use testkit::{Answer, Browser, Office};
use web::door::Door;

const PROCEDURE: &str = "dang-ky-khai-sinh@ward";
/// Pages of papers: Vietnamese whoever reads them.
const PAPERS: [&str; 6] =
    ["/giay-hen", "/phieu/{seq}", "/xac-nhan-nop", "/quay/phieu/{id}", "/quay/niem-yet/{id}", "/ban-giao"];
/// Elements without an end.
const VOID: [&str; 6] = ["input", "link", "meta", "br", "img", "hr"];

/// What is read in English, without what is marked as Vietnamese: texts and what attributes say.
fn said(body: &str) -> String {
    let mut out = String::new();
    let mut skipped: Option<(String, usize)> = None;
    for piece in body.split('<').skip(1) {
        let Some((tag, text)) = piece.split_once('>') else { continue };
        let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        let ends = tag.starts_with('/');
        if let Some((own, depth)) = &mut skipped {
            if *own == name {
                *depth = if ends { *depth - 1 } else { *depth + 1 };
            }
            if *depth > 0 {
                continue;
            }
            skipped = None;
        } else if !ends && tag.contains(" lang=\"vi\"") {
            if VOID.contains(&name.as_str()) {
                continue;
            }
            skipped = Some((name, 1));
            continue;
        } else {
            for attribute in ["aria-label=\"", "title=\"", "placeholder=\"", "data-l=\"", "alt=\""] {
                if let Some(value) = tag.split_once(attribute).and_then(|it| it.1.split('"').next()) {
                    out.push_str(value);
                    out.push('\n');
                }
            }
        }
        out.push_str(text);
        out.push('\n');
    }
    out
}

/// Names of units, seats, people and procedures, and what procedures say of their steps: they stand within English sentences.
fn names(office: &Office) -> Vec<String> {
    let known = office.house.now_known();
    let today = office.house.clock.now().day();
    let mut names: Vec<String> = Vec::new();
    for (id, it) in known.organisation.standing_on(today) {
        names.extend([it.name.clone(), it.seat.clone(), known.organisation.name_on(id, today).to_owned()]);
    }
    for it in known.catalogue.all() {
        names.extend([it.name.clone(), it.sector.clone(), it.source.clone(), it.announced_by.clone()]);
        names.extend(it.steps.iter().flat_map(|step| [step.action.clone(), step.stated_unit.clone()]));
        names.extend(it.authorities.iter().flat_map(|own| [own.agency.clone(), own.receive_at.clone()]));
        names.extend(it.requirements.iter().map(|own| own.name.clone()));
        names.extend(it.requirements.iter().filter_map(|own| own.name.split([';', '(']).next()).map(str::to_owned));
        names.extend(it.fees.iter().filter_map(|own| own.set_by.clone()));
        names.extend(it.legal_basis.iter().cloned());
        names.extend(it.steps.iter().filter_map(|own| own.limit_stated.clone()));
        names.extend(it.forms.iter().flat_map(|form| &form.sections).map(|part| part.title.clone()));
        let questions = it.forms.iter().flat_map(|form| form.fields());
        names.extend(questions.flat_map(|own| own.children.iter().chain([own])).map(|own| own.label.clone()));
    }
    names.extend(known.mandates.all().iter().map(|it| known.staff_name(it.person).to_owned()));
    names.extend(
        ["Tôn Nữ Hoàng Ngọc Phương Quỳnh Trâm", "Hải Phòng", "Lê Chân", "Số 18 ngõ 64 phố Mẫu"].map(str::to_owned),
    );
    names.extend(["mới sinh em bé", "mất giấy khai sinh", "mở quán ăn"].map(str::to_owned));
    // What stands before the law in the reason of a refusal, as it was written down.
    names.push("Căn cứ:".to_owned());
    // What stands in a question as an example, and what is said of a fee where none is taken.
    names.extend(["125/QĐ-UBND", "Miễn phí"].map(str::to_owned));
    names.retain(|it| !it.trim().is_empty());
    names.sort_by_key(|it| std::cmp::Reverse(it.len()));
    names.dedup();
    names.iter().map(|it| it.trim().to_lowercase()).collect()
}

fn leftovers(answer: &Answer, names: &[String]) -> Vec<String> {
    let mut text = said(&answer.body).replace("&#38;", "&").replace("&#34;", "\"").replace("&#39;", "'").to_lowercase();
    for name in names {
        text = text.replace(name, "");
    }
    let is_vietnamese = |line: &&str| line.chars().any(|it| it.is_alphabetic() && !it.is_ascii());
    text.lines().filter(is_vietnamese).map(|it| it.trim().to_owned()).collect()
}

struct Reader {
    browser: Browser,
    names: Vec<String>,
    found: Vec<String>,
}

impl Reader {
    fn new(office: &Office, browser: Browser) -> Self {
        Self { browser, names: names(office), found: Vec::new() }
    }

    fn reads(&mut self, address: &str, answer: &Answer) {
        if !answer.body.contains("<html lang=\"en\">") {
            self.found.push(format!("{address}: not in English ({})", answer.status));
        }
        self.found.extend(leftovers(answer, &self.names).into_iter().map(|line| format!("{address}: {line}")));
    }

    async fn opens(&mut self, address: &str) -> Answer {
        let answer = self.browser.get(address).await;
        self.reads(address, &answer);
        answer
    }

    async fn sends(&mut self, page: &Answer, address: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.browser.post(page, address, fields).await;
        if answer.status != 303 {
            self.reads(address, &answer);
        }
        answer
    }

    #[track_caller]
    fn ends(self) {
        assert!(self.found.is_empty(), "left in Vietnamese:\n{}", self.found.join("\n"));
    }
}

#[tokio::test]
async fn the_language_is_chosen_in_the_head_and_remembered() {
    let office = Office::open();
    let mut browser = Browser::new(&office);
    let page = browser.get("/tra-cuu?ma=H1&lang=xx").await;
    page.is(200).shows("Hồ sơ của bạn đang ở đâu?");
    assert!(page.body.contains("<html lang=\"vi\">"));
    assert!(page.body.contains("href=\"/tra-cuu?ma=H1&#38;lang=en\" lang=\"en\" hreflang=\"en\""), "{}", page.body);
    assert_eq!(browser.cookie("motcua_tieng"), "");
    let english = browser.get("/tra-cuu?ma=H1&lang=en").await;
    english.is(200).shows("Where is your dossier?");
    assert_eq!(english.headers["content-language"], "en");
    assert!(english.headers.get_all("vary").iter().any(|it| it == "cookie"), "{:?}", english.headers);
    let cookie: Vec<_> = english.headers.get_all("set-cookie").iter().filter_map(|it| it.to_str().ok()).collect();
    let own = cookie.iter().find(|it| it.starts_with("motcua_tieng=en")).expect("it is remembered");
    assert!(own.contains("Max-Age=31536000") && own.contains("HttpOnly") && own.contains("SameSite=Lax"), "{own}");
    browser.get("/").await.is(200).shows("What do you need to do?");
    browser.sign_in("congdan").await.is(303);
    browser.get("/ho-so-cua-toi").await.is(200).shows("My dossiers");
    browser.get("/ho-so-cua-toi?lang=vi").await.is(200).shows("Hồ sơ của tôi");
    browser.get("/").await.is(200).shows("Bạn cần làm thủ tục gì?");
}

#[tokio::test]
async fn the_shop_is_called_by_its_name_in_the_language_of_the_page_and_the_place_by_its_own() {
    let office = Office::open_with(|rules| rules.place = Some("Thành phố Mẫu".to_owned()));
    let mut browser = Browser::new(&office);
    let page = browser.get("/").await;
    assert!(page.body.contains("<small>Một cửa · <span>Thành phố Mẫu</span></small>"), "{}", page.body);
    assert!(page.body.contains(" – Một cửa</title>"), "{}", page.body);
    let english = browser.get("/?lang=en").await;
    let head = "<small>One-stop desk · <span lang=\"vi\">Thành phố Mẫu</span></small>";
    assert!(english.body.contains(head), "{}", english.body);
    assert!(english.body.contains(" – One-stop desk</title>"), "{}", english.body);
}

#[tokio::test]
async fn the_office_chooses_too_and_a_shared_screen_remembers_nothing() {
    let office = Office::open();
    office.open_desk(office.ward).await;
    let mut browser = Browser::new(&office);
    browser.get("/can-bo/dang-nhap").await.is(200).shows("Đăng nhập");
    browser.sign_in_staff("ld.hangkenh").await.is(303);
    browser.get("/nghiep-vu").await.is(200).shows("Đăng xuất");
    browser.get("/nghiep-vu?lang=en").await.is(200).shows("Sign out");
    browser.get("/so-lieu").await.is(200).shows("Figures");
    browser.get("/nghiep-vu?lang=vi").await.is(200).shows("Đăng xuất");
    let mut hall = Browser::new(&office);
    let address = "/kiosk/phuong-hang-kenh";
    let kiosk = hall.get(&format!("{address}?lang=en")).await;
    assert!(kiosk.body.contains("<html lang=\"en\">"), "{}", kiosk.text());
    assert_eq!(hall.cookie("motcua_tieng"), "");
    assert!(hall.get(address).await.body.contains("<html lang=\"vi\">"));
}

#[tokio::test]
async fn papers_of_the_office_are_vietnamese_whoever_reads_them() {
    let office = Office::open();
    let filed = office.file_online(PROCEDURE).await;
    let mut browser = Browser::new(&office);
    browser.sign_in("congdan").await.is(303);
    browser.get("/?lang=en").await;
    let paper = browser.get(&format!("/ho-so-cua-toi/{}/xac-nhan-nop", filed.code)).await;
    paper.is(200).hides("One-stop").hides("Dossier");
    assert!(paper.body.contains("<html lang=\"vi\">"));
}

#[tokio::test]
async fn nothing_vietnamese_is_left_for_the_public() {
    let office = Office::open();
    office.open_desk(office.ward).await;
    let filed = office.file_online(PROCEDURE).await;
    let mut reader = Reader::new(&office, Browser::new(&office));
    reader.opens("/?lang=en").await;
    for address in [
        "/tim",
        "/tim?q=khai+sinh",
        "/tim?q=xyzzy",
        "/tim?q=ho+chieu",
        "/thu-tuc",
        "/thu-tuc?trang=3",
        "/thu-tuc?cap=ward&q=khai",
        "/dang-nhap",
        "/dang-nhap?ve=/nop-ho-so/dang-ky-khai-sinh@ward",
        "/dang-ky",
        "/so-lieu",
        "/sap-xep",
        "/lay-so",
        "/khong-co",
        "/lay-so/phuong-hang-kenh",
        "/kiosk/phuong-hang-kenh?lang=en",
        "/kiosk/phuong-hang-kenh/tra-cuu?lang=en",
    ] {
        reader.opens(address).await;
    }
    let all: Vec<String> = office.house.now_known().catalogue.all().map(|it| it.procedure.to_string()).collect();
    for id in all.iter().step_by(7).chain([&PROCEDURE.to_owned()]) {
        reader.opens(&format!("/thu-tuc/{id}")).await;
    }
    let page = reader.opens("/tra-cuu").await;
    reader.sends(&page, "/tra-cuu", &[("ma", ""), ("so", "")]).await.is(422);
    reader.sends(&page, "/tra-cuu", &[("ma", "H24"), ("so", "0000")]).await.is(404);
    let found = reader.sends(&page, "/tra-cuu", &[("ma", filed.code.as_str()), ("so", "3412")]).await;
    found.is(200).shows("Filed, waiting to be received.").shows("Who holds it");
    let page = reader.opens("/dang-nhap").await;
    reader.sends(&page, "/dang-nhap", &[("ten", "ai"), ("mat_khau", "gi")]).await.is(422);
    let page = reader.opens("/dang-ky").await;
    reader
        .sends(&page, "/dang-ky", &[("ho_ten", "x1"), ("so_can_cuoc", "12"), ("dien_thoai", "1"), ("mat_khau", "a")])
        .await;
    reader.sends(&page, "/dang-ky", &[]).await.is(422);
    reader.ends();
}

#[tokio::test]
async fn nothing_vietnamese_is_left_for_a_citizen() {
    let office = Office::open();
    let filed = office.file_online(PROCEDURE).await;
    let (code, other) = (filed.code.to_string(), office.file_online(PROCEDURE).await);
    let mut browser = Browser::new(&office);
    browser.sign_in("congdan").await.is(303);
    let mut reader = Reader::new(&office, browser);
    reader.opens("/ho-so-cua-toi?lang=en").await.shows("Waiting to be received");
    for part in ["ban-nhap", "duoc-chia-se", "da-xong"] {
        reader.opens(&format!("/ho-so-cua-toi?muc={part}")).await;
    }
    let own = format!("/ho-so-cua-toi/{code}");
    reader.opens(&own).await.is(200).shows("Messages with the office");
    for done in ["bo-sung", "rut", "xac-nhan", "cach-nhan", "tin-nhan", "danh-gia"] {
        reader.opens(&format!("{own}?xong={done}")).await;
    }
    for part in ["chia-se", "cach-nhan", "rut"] {
        let page = reader.opens(&format!("{own}/{part}")).await;
        page.is(200);
        if part != "chia-se" {
            reader.sends(&page, &format!("{own}/{part}"), &[]).await;
        }
    }
    let page = reader.opens(&format!("{own}/chia-se")).await;
    reader.sends(&page, &format!("{own}/chia-se"), &[]).await.is(303);
    reader.opens(&format!("{own}/chia-se?xong=ma")).await.shows("The code is made");
    let page = reader.opens("/ho-so-cua-toi?muc=duoc-chia-se").await;
    reader.sends(&page, "/ho-so-cua-toi/nhan-chia-se", &[("ma_chia_se", "ABCD")]).await;
    let page = reader.opens(&own).await;
    reader.sends(&page, &format!("{own}/trao-doi"), &[("noi_dung", "")]).await;
    reader.sends(&page, &format!("{own}/trao-doi"), &[("noi_dung", "How long does it take?")]).await;
    reader.opens(&own).await.shows("The office answers by");
    let item = SupplementItem { what: "too dark".to_owned(), ..SupplementItem::default() };
    let first = office.dossier(filed.id).filing.get().and_then(|it| it.papers.first().cloned()).unwrap();
    let item = SupplementItem { requirement: Some(first.requirement), name: first.name, ..item };
    let ask = Command::RequestSupplement {
        items: vec![item],
        reason: "not readable".to_owned(),
        legal_basis: String::new(),
        override_reason: String::new(),
        days: None,
    };
    office.act(office.staff.reception, filed.id, ask).await.unwrap();
    reader.opens(&own).await.shows("What you need to do").shows("not readable");
    reader.opens(&format!("{own}/bo-sung")).await.is(200).shows("needs more from you");
    reader.opens("/ho-so-cua-toi").await.shows("Send further documents");
    let reason = "not for this ward".to_owned();
    let refuse = Command::Refuse { reason, legal_basis: "61/2018".to_owned() };
    office.act(office.staff.reception, other.id, refuse).await.unwrap();
    let ended = format!("/ho-so-cua-toi/{}", other.code);
    reader.opens(&ended).await.shows("Not accepted").shows("Rate it");
    let page = reader.opens(&format!("{ended}/danh-gia")).await;
    reader.sends(&page, &format!("{ended}/danh-gia"), &[("so_lan", "x")]).await.is(422);
    for address in ["/tai-khoan", "/tai-khoan?xong=mat-khau", "/tai-khoan/ai-da-xem"] {
        reader.opens(address).await.is(200);
    }
    let page = reader.opens("/tai-khoan").await;
    reader.sends(&page, "/tai-khoan/lien-lac", &[("dien_thoai", "1"), ("thu", "x")]).await.is(422);
    reader.sends(&page, "/tai-khoan/mat-khau", &[("mat_khau_cu", "x"), ("mat_khau_moi", "y")]).await.is(422);
    reader.ends();
}

#[tokio::test]
async fn nothing_vietnamese_is_left_on_the_way_of_an_application() {
    let office = Office::open();
    let mut browser = Browser::new(&office);
    browser.sign_in("congdan").await.is(303);
    let mut reader = Reader::new(&office, browser);
    let start = format!("/nop-ho-so/{PROCEDURE}");
    let page = reader.opens(&format!("{start}?lang=en")).await;
    page.is(200).shows("Before you begin");
    reader.sends(&page, &start, &[("don_vi", "")]).await.is(422);
    let begun = reader.sends(&page, &start, &[("don_vi", &office.ward.to_string())]).await;
    let form = begun.is(303).location.clone();
    let page = reader.opens(&form).await;
    page.is(200).shows("Step 2 of 4");
    reader.sends(&page, &form, &[("viec", "tiep")]).await;
    reader.opens(&form.replace("to-khai", "giay-to")).await.is(200).shows("Choose a photo or a file");
    let review = form.replace("to-khai", "xem-lai");
    let page = reader.opens(&review).await;
    page.is(200).shows("Check your answers, then send").shows("It cannot be sent yet");
    reader.sends(&page, &form.replace("to-khai", "nop"), &[("viec", "nop")]).await.is(422);
    reader.opens("/ho-so-cua-toi?muc=ban-nhap").await.shows("Draft, not filed");
    reader.ends();
}

/// What an officer reads of every route, and of what each says to an empty form.
async fn nothing_vietnamese_is_left_for(login: &str) {
    let mut world = World::of(Office::open()).await;
    let mut browser = Browser::new(&world.office);
    browser.sign_in_staff(login).await.is(303);
    let page = browser.get("/tra-cuu?lang=en").await;
    let mut reader = Reader::new(&world.office, browser);
    for row in rows() {
        // A shared screen is read in what its address says.
        let is_shared = row.route.path.starts_with("/kiosk/");
        if row.route.door == Door::Machine || is_shared || row.label == "POST /dang-xuat" {
            continue;
        }
        let path = world.path(&row).await;
        let answer = knock(&mut reader.browser, &page, &row, &path, &world).await;
        let is_page = answer.body.contains("<html") && !PAPERS.iter().any(|it| row.route.path.ends_with(it));
        if is_page {
            reader.reads(&row.label, &answer);
        }
    }
    reader.ends();
}

#[tokio::test]
async fn nothing_vietnamese_is_left_for_the_reception() {
    nothing_vietnamese_is_left_for("tn.hangkenh").await;
}

#[tokio::test]
async fn nothing_vietnamese_is_left_for_a_specialist() {
    nothing_vietnamese_is_left_for("cv.hangkenh").await;
}

#[tokio::test]
async fn nothing_vietnamese_is_left_for_a_leader() {
    nothing_vietnamese_is_left_for("ld.hangkenh").await;
}

#[tokio::test]
async fn nothing_vietnamese_is_left_for_a_clerk() {
    nothing_vietnamese_is_left_for("vt.hangkenh").await;
}

#[tokio::test]
async fn nothing_vietnamese_is_left_for_the_control() {
    nothing_vietnamese_is_left_for("kiemsoat").await;
}

#[tokio::test]
async fn nothing_vietnamese_is_left_for_an_administrator() {
    nothing_vietnamese_is_left_for("quantri").await;
}
