//! One generator fills every form of every page with what nobody should type: never a fault, never a script, nothing lost.

use axum::http::Method;
use testkit::{Answer, Browser, Office};

/// What is typed into every box of a form, one after the other.
const NASTY: [&str; 14] = [
    "",
    "   ",
    "De\u{302}\u{323}ng Thi\u{323}",
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "👶🏽 bé",
    "\u{0}\u{7}\u{1b}[31m",
    "\u{202e}gnurt",
    "99999999999999999999999999",
    "31/02/2025",
    "-1",
    "1e309",
    "' OR 1=1 --",
    "../../../etc/passwd%00",
];

/// A form of a page as a browser sees it.
#[derive(Clone, Debug)]
pub struct Form {
    pub action: String,
    pub has_files: bool,
    pub hidden: Vec<(String, String)>,
    boxes: Vec<String>,
    pub files: Vec<String>,
    buttons: Vec<(String, String)>,
}

impl Form {
    /// Every box with the same text typed into it.
    pub fn typed_with(&self, text: &str) -> Vec<(String, String)> {
        self.boxes.iter().map(|name| (name.clone(), text.to_owned())).collect()
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let mark = format!(" {name}=\"");
    let start = tag.find(&mark)? + mark.len();
    let value = tag.get(start..)?.split('"').next()?;
    Some(value.replace("&#38;", "&").replace("&amp;", "&").replace("&#34;", "\"").replace("&#39;", "'"))
}

pub fn forms(answer: &Answer) -> Vec<Form> {
    let mut found = Vec::new();
    for chunk in answer.body.split("<form").skip(1) {
        let Some((head, rest)) = chunk.split_once('>') else { continue };
        if attribute(head, "method").as_deref() != Some("post") {
            continue;
        }
        let inside = rest.split("</form>").next().unwrap_or("");
        let mut form = Form {
            action: attribute(head, "action").unwrap_or_default(),
            has_files: head.contains("multipart/form-data"),
            hidden: Vec::new(),
            boxes: Vec::new(),
            files: Vec::new(),
            buttons: Vec::new(),
        };
        for tag in inside.split('<').skip(1) {
            let tag = tag.split('>').next().unwrap_or("");
            let Some(name) = attribute(tag, "name") else { continue };
            let value = attribute(tag, "value").unwrap_or_default();
            match (tag.split_whitespace().next().unwrap_or(""), attribute(tag, "type").as_deref()) {
                ("input", Some("hidden")) => form.hidden.push((name, value)),
                ("input", Some("file")) => form.files.push(name),
                ("button", _) => form.buttons.push((name, value)),
                ("input", Some("radio" | "checkbox")) => form.hidden.push((name, value)),
                ("input" | "textarea" | "select", _) => form.boxes.push(name),
                _ => {}
            }
        }
        found.push(form);
    }
    found
}

async fn send(browser: &mut Browser, form: &Form, nasty: &str, files: &[(&str, &[u8])]) -> Answer {
    let typed: Vec<(&str, &str)> = form.boxes.iter().map(|name| (name.as_str(), nasty)).collect();
    send_typed(browser, form, &typed, files).await
}

async fn send_typed(browser: &mut Browser, form: &Form, typed: &[(&str, &str)], files: &[(&str, &[u8])]) -> Answer {
    let mut fields: Vec<(&str, &str)> =
        form.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.extend(typed);
    if let Some((name, value)) = form.buttons.last() {
        fields.push((name, value));
    }
    if form.has_files {
        let files: Vec<(&str, &str, &[u8])> = form
            .files
            .iter()
            .flat_map(|field| files.iter().map(move |(name, bytes)| (field.as_str(), *name, *bytes)))
            .collect();
        let csrf = fields.iter().position(|(name, _)| *name == "csrf");
        let token = csrf.map(|at| fields.remove(at).1).unwrap_or("").to_owned();
        browser.post_files_with(&token, &form.action, &fields, &files).await
    } else {
        browser.post_raw(&form.action, &fields).await
    }
}

fn filled(path: &str, code: &str, draft: &str) -> String {
    path.replace("{code}", code)
        .replace("{draft}", draft)
        .replace("{id}", "dang-ky-khai-sinh@ward")
        .replace("{seq}", "1")
        .replace("{unit}", "phuong-hang-kenh")
}

/// Paths of pages with forms, acts included.
fn pages(code: &str, draft: &str) -> Vec<String> {
    let mut pages = Vec::new();
    for route in web::route_list().iter().filter(|it| it.method == Method::GET) {
        let path = filled(route.path, code, draft);
        if path.contains("{act}") {
            pages.extend(domain::dossier::Act::ALL.iter().map(|act| path.replace("{act}", act.key())));
        } else if !path.contains('{') {
            pages.push(path);
        }
    }
    pages
}

async fn swept(office: Office, login: Option<(&str, bool)>) {
    let code = office.file_online("dang-ky-khai-sinh@ward").await.code.to_string();
    let received = office.receive_at_counter("dang-ky-khai-tu@ward").await;
    office.act(office.staff.specialist, received.id, domain::dossier::Command::TakeOn).await.unwrap();
    let id = "dang-ky-khai-sinh@ward".parse().unwrap();
    let draft = app::applying::begin(&office.house, office.citizen, &id, office.ward).await.unwrap().to_string();
    office.open_desk(office.ward).await;
    let mut browser = Browser::new(&office);
    match login {
        Some((login, true)) => browser.sign_in_staff(login).await,
        Some((login, false)) => browser.sign_in(login).await,
        None => browser.get("/").await,
    };
    let mut paths = pages(&code, &draft);
    paths.extend(pages(received.code.as_str(), &draft));
    paths.sort();
    paths.dedup();
    let (mut sent, mut faults) = (0, Vec::new());
    let long = "ă".repeat(50_000);
    for path in paths {
        let page = browser.get(&path).await;
        for form in forms(&page) {
            if ["/dang-xuat", "/tai-khoan/thoat", "/quan-tri/phien/ket-thuc"].contains(&form.action.as_str()) {
                continue;
            }
            let all_long: Vec<(&str, &str)> = form.boxes.iter().map(|name| (name.as_str(), long.as_str())).collect();
            let answer = send_typed(&mut browser, &form, &all_long, &[]).await;
            if answer.status.as_u16() == 413 || answer.status.as_u16() >= 500 {
                faults.push(format!("{path} -> {} with all of it too long: {}", form.action, answer.status));
            }
            for nasty in NASTY {
                let answer = send(&mut browser, &form, nasty, &[("x.pdf", b"")]).await;
                sent += 1;
                let status = answer.status.as_u16();
                let typed: String = nasty.chars().take(20).collect();
                if status >= 500 {
                    faults.push(format!("{path} -> {} with {typed:?}: {status}", form.action));
                }
                if answer.body.contains("<script>alert") || answer.body.contains("<img src=x") {
                    faults.push(format!("{path} -> {} with {typed:?}: the text came back as markup", form.action));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    assert!(sent > 10, "only {sent} forms were sent");
    let found = app::integrity::verify(&office.house, |_, _| {}).await.unwrap();
    assert_eq!(found.differences, [], "after all that the house is still what its events say");
}

#[tokio::test]
async fn a_guest_cannot_break_a_form() {
    swept(Office::open(), None).await;
}

#[tokio::test]
async fn a_citizen_cannot_break_a_form() {
    swept(Office::open(), Some(("congdan", false))).await;
}

#[tokio::test]
async fn a_receptionist_cannot_break_a_form() {
    swept(Office::open(), Some(("tn.hangkenh", true))).await;
}

#[tokio::test]
async fn a_specialist_cannot_break_a_form() {
    swept(Office::open(), Some(("cv.hangkenh", true))).await;
}

#[tokio::test]
async fn a_control_officer_cannot_break_a_form() {
    swept(Office::open(), Some(("kiemsoat", true))).await;
}

#[tokio::test]
async fn an_administrator_cannot_break_a_form() {
    swept(Office::open(), Some(("quantri", true))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_the_database_on_a_server_no_form_breaks_either() {
    // What one engine keeps as text another may refuse: a zero among the letters, halves of letters, numbers without an end.
    for login in [Some(("congdan", false)), Some(("tn.hangkenh", true)), Some(("kiemsoat", true))] {
        swept(Office::open_on_server(), login).await;
    }
}

#[tokio::test]
async fn files_that_are_not_what_they_say_are_refused_in_words() {
    let office = Office::open_with(|rules| rules.file_bytes_max = 1 << 20);
    let id = "dang-ky-khai-sinh@ward".parse().unwrap();
    let draft = app::applying::begin(&office.house, office.citizen, &id, office.ward).await.unwrap();
    let mut browser = Browser::new(&office);
    browser.sign_in("congdan").await;
    let path = format!("/nop-ho-so/don/{draft}/giay-to");
    let large = vec![b'x'; (1 << 20) + 10];
    let cases: [(&str, &[u8]); 5] = [
        ("trong.pdf", b""),
        ("anh.pdf", b"GIF89a not a paper"),
        ("../../etc/passwd.pdf", b"MZ\x90\x00 a program"),
        ("lon.pdf", &large),
        ("vi-rut.docx", b"PK\x03\x04 not an office file"),
    ];
    for (name, bytes) in cases {
        let page = browser.get(&path).await;
        let form = forms(&page).into_iter().find(|it| it.has_files).expect("a form with files");
        let answer = send(&mut browser, &form, "", &[(name, bytes)]).await;
        assert!(answer.status.as_u16() == 422 || answer.status.as_u16() == 413, "{name}: {}", answer.status);
        assert!(answer.text().contains("ệp"), "{name}: {}", answer.text());
    }
    let kept = app::applying::load(&office.house, office.citizen, draft).await.unwrap();
    assert_eq!(kept.documents.len(), 0, "nothing half-done");
}

#[tokio::test]
async fn a_book_pasted_into_one_box_costs_nobody_what_stands_in_the_others() {
    let office = Office::open();
    let id = "dang-ky-khai-sinh@ward".parse().unwrap();
    let draft = app::applying::begin(&office.house, office.citizen, &id, office.ward).await.unwrap();
    let mut browser = Browser::new(&office);
    browser.sign_in("congdan").await;
    let page = browser.get(&format!("/nop-ho-so/don/{draft}/to-khai")).await;
    let form = forms(&page).into_iter().find(|it| it.boxes.len() > 3).expect("the application form");
    let named = |id: &str| form.boxes.iter().find(|it| it.ends_with(id)).unwrap_or_else(|| panic!("{:?}", form.boxes));
    let (first, last) = (named("nyc_quan_he"), named("con_ngay_sinh_chu"));
    let book = "Ngày xửa ngày xưa. ".repeat(400_000);
    for (long, kept) in [(first, last), (last, first)] {
        let answer = send_typed(&mut browser, &form, &[(long, &book), (kept, "Bệnh viện Mẫu")], &[]).await;
        assert_eq!(answer.status, 422, "{long}");
        assert!(answer.body.contains("Bệnh viện Mẫu"), "what stood in {kept} is there");
        assert!(answer.body.contains("Ngày xửa ngày xưa. Ngày xửa"), "the beginning of the book is there");
        assert!(answer.text().contains("Dài quá 500 ký tự"), "{}", answer.text());
    }
}
