//! Files that are not what they say, and more text than any box takes: refused in words, nothing lost.
//!
//! What nobody should type, in every field of every form, is tried in [`super::every_field`].

use testkit::{Answer, Browser, Office};

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
    let (first, last) = (named("nyc_noi_cu_tru"), named("con_noi_sinh"));
    let book = "Ngày xửa ngày xưa. ".repeat(400_000);
    for (long, kept) in [(first, last), (last, first)] {
        let answer = send_typed(&mut browser, &form, &[(long, &book), (kept, "Bệnh viện Mẫu")], &[]).await;
        assert_eq!(answer.status, 422, "{long}");
        assert!(answer.body.contains("Bệnh viện Mẫu"), "what stood in {kept} is there");
        assert!(answer.body.contains("Ngày xửa ngày xưa. Ngày xửa"), "the beginning of the book is there");
        assert!(answer.text().contains("Dài quá 500 ký tự"), "{}", answer.text());
    }
}
