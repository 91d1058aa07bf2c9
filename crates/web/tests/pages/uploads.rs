//! Files that are not what they say, names that mean other places, and addresses that climb out of the house.

use super::attacks::walked;
use super::bad_input::forms;
use testkit::{Answer, Browser, Office};

async fn applying(office: &Office) -> (Browser, String) {
    let id = "dang-ky-khai-sinh@ward".parse().unwrap();
    let draft = app::applying::begin(&office.house, office.citizen, &id, office.ward).await.unwrap();
    let mut browser = Browser::new(office);
    browser.sign_in("congdan").await.is(303);
    (browser, format!("/nop-ho-so/don/{draft}/giay-to"))
}

async fn hand_in(browser: &mut Browser, path: &str, name: &str, bytes: &[u8]) -> Answer {
    let page = browser.get(path).await;
    let form = forms(&page).into_iter().find(|it| it.has_files).expect("a form with files");
    let field = form.files.first().expect("a box for a file").clone();
    browser.post_files_with(&page.hidden("csrf"), path, &[], &[(&field, name, bytes)]).await
}

#[tokio::test]
async fn what_to_bring_stands_above_the_box_and_the_whole_of_a_long_name_beside_it() {
    let office = Office::open();
    let (mut browser, path) = applying(&office).await;
    let page = browser.get(&path).await;
    page.is(200).shows("Tên đầy đủ của giấy tờ").shows("không có người làm chứng: giấy cam đoan về việc sinh");
    let titles = page.body.split("<legend>").skip(1).filter_map(|it| it.split("</b>").next());
    let titles: Vec<&str> = titles.filter_map(|it| it.split('>').nth(1)).collect();
    assert!(titles.contains(&"Giấy chứng sinh…"), "{titles:?}");
    assert!(titles.iter().any(|it| it.starts_with("Văn bản xác nhận của cơ sở y tế")), "{titles:?}");
    assert!(titles.iter().all(|it| it.chars().count() <= 71), "{titles:?}");
}

#[tokio::test]
async fn a_paper_is_asked_where_an_answer_makes_it_necessary_and_never_for_another_way_of_filing() {
    let office = Office::open();
    let (mut browser, path) = applying(&office).await;
    let form = path.replace("giay-to", "to-khai");
    for (relation, is_asked) in [("Ông, bà", false), ("Người được cha, mẹ ủy quyền", true)] {
        let page = browser.get(&form).await;
        let seen = page.hidden("phien-ban");
        let typed = [("nyc_quan_he", relation), ("viec", "luu-lai"), ("phien-ban", &seen)];
        browser.post(&page, &form, &typed).await.is(303);
        let papers = browser.get(&path).await;
        papers.is(200).hides("Gửi hồ sơ qua bưu chính").hides("Nộp trực tiếp?");
        let (asked, _) = papers.body.split_once("id=\"chi-khi\"").expect("two parts");
        assert_eq!(asked.contains("Văn bản ủy quyền"), is_asked, "{relation}");
        let review = browser.get(&path.replace("giay-to", "xem-lai")).await;
        assert_eq!(review.body.contains("#van_ban_uy_quyen"), is_asked, "{relation}");
    }
}

/// The addresses of the files of a page.
fn files_on(page: &Answer) -> Vec<String> {
    let links = page.body.split("href=\"/tep/").skip(1);
    links.map(|it| format!("/tep/{}", it.split('"').next().unwrap_or(""))).collect()
}

/// As much of an office file as is looked at: its beginning, and the list of contents at its end.
fn office_file(names: &[&str], unpacked_bytes: u32) -> Vec<u8> {
    let mut list = Vec::new();
    for name in names {
        list.extend(b"PK\x01\x02");
        list.extend([0; 20]);
        list.extend(unpacked_bytes.to_le_bytes());
        list.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        list.extend([0; 16]);
        list.extend(name.bytes());
    }
    let count = u16::try_from(names.len()).unwrap().to_le_bytes();
    let length = u32::try_from(list.len()).unwrap().to_le_bytes();
    let end = [b"PK\x05\x06\0\0\0\0".as_slice(), &count, &count, &length, &[4, 0, 0, 0, 0, 0]];
    [b"PK\x03\x04".as_slice(), &list, &end.concat()].concat()
}

const DOCX: [&str; 2] = ["[Content_Types].xml", "word/document.xml"];

#[tokio::test]
async fn what_is_two_things_at_once_is_shown_as_the_one_it_was_taken_for() {
    let office = Office::open();
    let (mut browser, path) = applying(&office).await;
    let script = b"<html><script>alert(document.cookie)</script></html>";
    let cases: [(&str, Vec<u8>, &str); 5] = [
        ("a.html", [b"%PDF-1.7\n".as_slice(), script].concat(), "application/pdf"),
        ("a.svg", [b"\xff\xd8\xff\xe0\0\x10JFIF".as_slice(), script].concat(), "image/jpeg"),
        ("a.php", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), b"<?php system('id'); ?>"].concat(), "image/png"),
        ("a.jar", [b"%PDF-1.7\n".as_slice(), &office_file(&["A.class"], 10)].concat(), "application/pdf"),
        ("a.docm", office_file(&DOCX, 10), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ];
    for (name, bytes, kind) in cases {
        hand_in(&mut browser, &path, name, &bytes).await.is(303);
        let address = files_on(&browser.get(&path).await).pop().expect("the file stands on the page");
        let file = browser.get(&address).await;
        let header = |name: &str| file.is(200).headers.get(name).unwrap().to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), kind, "{name}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{name}");
        assert_eq!(header("cache-control"), "no-store", "{name}");
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("script-src"), "{name}: {policy}");
        assert!(policy.contains("sandbox") || kind == "application/pdf", "{name}: {policy}");
        let is_seen = kind.starts_with("image/") || kind == "application/pdf";
        let how = header("content-disposition");
        assert!(how.starts_with(if is_seen { "inline; " } else { "attachment; " }), "{name}: {how}");
    }
}

#[tokio::test]
async fn what_no_office_needs_is_refused_and_leaves_nothing() {
    let office = Office::open_with(|rules| rules.file_bytes_max = 1 << 20);
    let (mut browser, path) = applying(&office).await;
    let bomb = office_file(&DOCX, u32::MAX);
    let many: Vec<&str> = DOCX.into_iter().chain(std::iter::repeat_n("a", 9_000)).collect();
    let cases: [(&str, Vec<u8>, &str); 10] = [
        ("bom.docx", bomb, "khi mở ra lớn hơn 400 MB"),
        ("nhieu.docx", office_file(&many, 0), "không phải"),
        ("trang.pdf", b"<html><script>alert(1)</script>%PDF-1.7".to_vec(), "không phải"),
        ("hinh.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec(), "không phải"),
        (
            "xml.docx",
            b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>".to_vec(),
            "không phải",
        ),
        ("macro.docx", office_file(&[DOCX[0], DOCX[1], "word/vbaProject.bin"], 1), "không phải"),
        ("chay.pdf", b"MZ\x90\0".to_vec(), "không phải"),
        ("nen.docx", office_file(&["a.exe"], 1), "không phải"),
        ("lon.pdf", [b"%PDF-1.7".as_slice(), &vec![0; 1 << 20]].concat(), "lớn hơn 1 MB"),
        ("trong.pdf", Vec::new(), "Tệp trống"),
    ];
    for (name, bytes, why) in cases {
        let answer = hand_in(&mut browser, &path, name, &bytes).await;
        answer.is(422).shows(why);
    }
    assert_eq!(files_on(&browser.get(&path).await), Vec::<String>::new());
}

#[tokio::test]
async fn a_files_name_is_only_a_name() {
    let office = Office::open();
    let (mut browser, path) = applying(&office).await;
    let long = "ả".repeat(5_000);
    let names = [
        "../../../../etc/cron.d/x.pdf",
        "..\\..\\windows\\x.pdf",
        "/etc/passwd",
        "C:\\boot.ini",
        "%2e%2e%2fx.pdf",
        "<script>alert(1)</script>.pdf",
        "a.pdf%00.exe",
        "a%0d%0aSet-Cookie: x=1.pdf",
        "gi\u{202e}fdp.exe",
        ".htaccess",
        "con.pdf",
        "~root",
        "`id`;$(id).pdf",
        long.as_str(),
    ];
    for name in names {
        hand_in(&mut browser, &path, name, b"%PDF-1.7 a scan").await.is(303);
    }
    let page = browser.get(&path).await;
    assert!(!page.body.contains("<script>alert"), "a name is text on the page");
    let files = files_on(&page);
    assert_eq!(files.len(), names.len());
    for address in files {
        let file = browser.get(&address).await;
        let how = file.is(200).headers.get("content-disposition").unwrap().to_str().unwrap().to_owned();
        assert!(how.ends_with(".pdf") && how.len() < 4_000, "{how}");
        assert!(!how.contains('/') && !how.contains('\\') && !how.contains('<') && !how.contains(".."), "{how}");
        assert!(!file.headers.contains_key("set-cookie"), "{how}");
    }
    let blobs = walked(&office.folder().join("files"));
    assert_eq!(blobs.len(), names.len());
    for blob in blobs {
        let name = blob.file_name().unwrap().to_str().unwrap();
        assert!(name.len() >= 30 && name.bytes().all(|it| it.is_ascii_hexdigit()), "{blob:?} was named by the house");
    }
}

#[tokio::test]
async fn a_part_without_an_end_takes_no_memory() {
    let office = Office::open();
    let mut browser = Browser::new(&office);
    let multipart = [("content-type", "multipart/form-data; boundary=x"), ("sec-fetch-site", "same-origin")];
    let field = "--x\r\nContent-Disposition: form-data; name=\"ten\"\r\n\r\n";
    let large = "a".repeat(8 << 20);
    // Somebody who is not signed in: what they typed is kept for after the sign-in, but not without measure.
    for body in
        [format!("{field}{large}\r\n--x--\r\n"), format!("--x\r\nX: {large}"), format!("{field}x\r\n").repeat(6_000)]
    {
        let answer = browser.raw("POST", "/quay/tiep-nhan", &multipart, body.into_bytes()).await;
        assert!(answer.is(401).body.len() < 3 << 20, "{} bytes came back", answer.body.len());
    }
    let urlencoded = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
    let answer = browser.raw("POST", "/quay/tiep-nhan", &urlencoded, format!("ten={large}").into_bytes()).await;
    assert!(answer.is(401).body.len() < 1 << 20, "{} bytes came back", answer.body.len());
    let (mut citizen, path) = applying(&office).await;
    let token = citizen.get(&path).await.hidden("csrf");
    let csrf = format!("--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n");
    let many = format!("{csrf}{}--x--\r\n", format!("{field}x\r\n").repeat(6_000));
    citizen.raw("POST", &path, &multipart, many.into_bytes()).await.is(413);
}

#[tokio::test]
async fn no_address_leads_out_of_the_house() {
    let office = Office::open();
    let site = Browser::new(&office);
    let mut citizen = site.another();
    citizen.sign_in("congdan").await.is(303);
    let mut officer = site.another();
    officer.sign_in_staff("tn.hangkenh").await.is(303);
    let climbs = [
        "..",
        "../..",
        "%2e%2e",
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "..%2f..%2fmotcua.db",
        "%252e%252e%252fmotcua.db",
        "..%5c..%5cmotcua.db",
        "%c0%ae%c0%ae%2fmotcua.db",
        "motcua.db",
        "motcua.db%00.pdf",
        "%00",
        "%ff",
        "....//x",
        "file:%2f%2f%2fetc%2fpasswd",
        "installation.key",
        "~",
        "%2f%2fevil.example",
        "CON",
        "%F0%9F%98%80",
        "%E1%BA",
    ];
    let places = [
        "/",
        "/tai-san/",
        "/tep/",
        "/thu-tuc/",
        "/nop-ho-so/",
        "/nop-ho-so/don/",
        "/ho-so-cua-toi/",
        "/nghiep-vu/ho-so/",
        "/kiem-soat/chua-co-thoi-han/",
        "/nghiep-vu/ho-so/H24.30.23-250303-0001/tep/",
        "/ho-so-cua-toi/H24.30.23-250303-0001/phieu/",
    ];
    for browser in [&mut site.another(), &mut citizen, &mut officer] {
        for place in places {
            for climb in climbs {
                let answer = browser.get(&format!("{place}{climb}")).await;
                let (status, path) = (answer.status.as_u16(), format!("{place}{climb}"));
                assert!([303, 403, 404].contains(&status), "{path}: {status} {}", answer.text());
                assert!(status != 303 || answer.location.starts_with('/'), "{path} leads to {}", answer.location);
                for inside in ["SQLite format", "root:", "PRIVATE KEY"] {
                    assert!(!answer.body.contains(inside), "{path} shows {inside}");
                }
                if status == 404 {
                    assert!(answer.body.starts_with("<!doctype html>"), "{path}: {}", answer.body);
                }
            }
        }
    }
}
