//! A visitor of the served program: over the network, with cookies, following nothing by itself.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    /// Reads a whole answer.
    pub fn read(mut from: impl Read) -> Self {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text.as_str(), ""));
        let status = head.split(' ').nth(1).and_then(|it| it.parse().ok()).unwrap_or(0);
        Self { status, head: head.to_owned(), body: body.to_owned() }
    }

    /// What the form to an address sends by itself: hidden inputs, and everything that can be ticked.
    pub fn hidden(&self, action: &str) -> Vec<(String, String)> {
        let mark = format!("action=\"{action}\"");
        let form = self.body.split("<form").find(|it| it.split('>').next().is_some_and(|head| head.contains(&mark)));
        let form = form.unwrap_or_else(|| panic!("no form to {action}: {}", self.body));
        let inside = form.split("</form>").next().unwrap();
        let tags = inside.split('<').filter_map(|it| it.split('>').next());
        let sent =
            |it: &&str| ["hidden", "radio", "checkbox"].iter().any(|kind| it.contains(&format!("type=\"{kind}\"")));
        tags.filter(|it| it.starts_with("input"))
            .filter(sent)
            .filter_map(|it| Some((attribute(it, "name")?, attribute(it, "value").unwrap_or_default())))
            .collect()
    }

    /// The names of the inputs for files.
    pub fn file_inputs(&self) -> Vec<String> {
        let tags = self.body.split('<').filter_map(|it| it.split('>').next());
        tags.filter(|it| it.contains("type=\"file\"")).filter_map(|it| attribute(it, "name")).collect()
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?;
    Some(value.replace("&#38;", "&").replace("&amp;", "&"))
}

/// A visitor.
pub struct Visitor {
    address: String,
    cookies: BTreeMap<String, String>,
}

impl Visitor {
    pub fn of(address: &str) -> Self {
        Self { address: address.to_owned(), cookies: BTreeMap::new() }
    }

    pub fn get(&mut self, path: &str) -> Answer {
        self.ask(&format!("GET {path} HTTP/1.1\r\n"), b"")
    }

    /// Sends a form with files: (field, name, bytes).
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Answer {
        let (head, body) = form(path, fields, files);
        self.ask(&head, &body)
    }

    /// Everything of a request but its body.
    pub fn head(&self, first: &str, body_bytes: usize) -> String {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!(
            "{first}Host: {}\r\nCookie: {}\r\nSec-Fetch-Site: same-origin\r\nContent-Length: {body_bytes}\r\nConnection: close\r\n\r\n",
            self.address,
            cookies.join("; ")
        )
    }

    fn ask(&mut self, first: &str, body: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(self.head(first, body.len()).as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let answer = Answer::read(stream);
        for line in answer.head.lines() {
            let Some((name, value)) = line.split_once(": ") else { continue };
            if name.eq_ignore_ascii_case("set-cookie")
                && let Some((cookie, value)) = value.split(';').next().and_then(|it| it.split_once('='))
            {
                self.cookies.insert(cookie.to_owned(), value.to_owned());
            }
        }
        answer
    }
}

/// The head (without what every request has) and the body of a form.
pub fn form(path: &str, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> (String, Vec<u8>) {
    const EDGE: &str = "----motcua-test-edge";
    let mut body = Vec::new();
    if files.is_empty() {
        let pairs: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        let head = format!("POST {path} HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n");
        return (head, pairs.join("&").into_bytes());
    }
    for (name, value) in fields {
        let part = format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    for (name, file, bytes) in files {
        let part = format!(
            "--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: application/pdf\r\n\r\n"
        );
        body.extend_from_slice(part.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{EDGE}--\r\n").as_bytes());
    (format!("POST {path} HTTP/1.1\r\nContent-Type: multipart/form-data; boundary={EDGE}\r\n"), body)
}

fn encoded(text: &str) -> String {
    let byte = |it: u8| if it.is_ascii_alphanumeric() { char::from(it).to_string() } else { format!("%{it:02X}") };
    text.bytes().map(byte).collect()
}

/// The fields of a form with more of them, ready to be sent.
pub fn with<'a>(hidden: &'a [(String, String)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let own = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    own.filter(|(name, _)| !name.starts_with("chu-khac")).chain(more.iter().copied()).collect()
}

/// Somebody of the demo's staff, signed in.
pub fn signed_in(address: &str, login: &str) -> Visitor {
    let mut visitor = Visitor::of(address);
    let hidden = visitor.get("/can-bo/dang-nhap").hidden("/can-bo/dang-nhap");
    let fields = with(&hidden, &[("tai-khoan", login), ("mat-khau", "demo-mot-cua")]);
    let entered = visitor.post("/can-bo/dang-nhap", &fields, &[]);
    if entered.status == 200 {
        // The demonstration says the code of the moment: nobody needs a telephone there.
        let code = entered.body.split("data-ma>").nth(1).and_then(|it| it.split('<').next()).unwrap().to_owned();
        let hidden = entered.hidden("/can-bo/ma-xac-thuc");
        let proved = visitor.post("/can-bo/ma-xac-thuc", &with(&hidden, &[("ma", &code)]), &[]);
        assert!(matches!(proved.status, 200 | 303), "{}", proved.body);
    } else {
        assert_eq!(entered.status, 303);
    }
    visitor
}
