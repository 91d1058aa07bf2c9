//! Somebody at a browser: signs in once, sends forms, and knows three kinds of answers.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use web::frame::encoded;

/// So long one waits for an answer.
const PATIENCE: Duration = Duration::from_secs(60);
/// What parts a form with files.
const EDGE: &str = "----motcua-fault-edge";
/// What a page says while the database is away: the words people read.
pub const BUSY: [&str; 2] = ["Hệ thống đang bận", "Kho tệp tạm thời không dùng được"];

/// Where the office is reached now; it moves when a node starts again.
#[derive(Clone)]
pub struct Door(Arc<Mutex<SocketAddr>>);

impl Door {
    pub fn new(address: SocketAddr) -> Self {
        Self(Arc::new(Mutex::new(address)))
    }

    pub fn moved_to(&self, address: SocketAddr) {
        *self.0.lock().unwrap() = address;
    }

    fn address(&self) -> SocketAddr {
        *self.0.lock().unwrap()
    }
}

/// A whole answer.
#[derive(Debug)]
pub struct Page {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Page {
    /// A header's value; empty where it is not there.
    pub fn header(&self, name: &str) -> &str {
        let lines = self.head.lines().filter_map(|it| it.split_once(':'));
        lines.into_iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value.trim())
    }

    /// The value of a hidden field.
    pub fn hidden(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        let found = self.body.split_once(&mark).and_then(|(_, rest)| rest.split('"').next());
        found.unwrap_or("").to_owned()
    }

    /// What somebody reads there.
    pub fn text(&self) -> String {
        let inside = self.body.split_once("<main").map_or(self.body.as_str(), |(_, main)| main);
        let words = inside.split('<').filter_map(|it| it.split_once('>')).map(|(_, text)| text.trim());
        words.filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    /// True where the page says in words that the house cannot answer now, and that nothing is lost.
    pub fn says_busy(&self) -> bool {
        self.status == 503 && BUSY.iter().any(|it| self.body.contains(it)) && self.body.contains("không bị ảnh hưởng")
    }
}

/// Somebody signed in, or nobody.
#[derive(Clone)]
pub struct Client {
    door: Door,
    cookie: String,
    csrf: String,
}

impl Client {
    /// Somebody who is not signed in.
    #[track_caller]
    pub fn guest(door: &Door) -> Self {
        let mut client = Self { door: door.clone(), cookie: String::new(), csrf: String::new() };
        let page = client.get("/tra-cuu").expect("the page of the look-up");
        client.keep(&page);
        client.csrf = page.hidden("csrf");
        client
    }

    /// Somebody of the staff.
    #[track_caller]
    pub fn staff(door: &Door, login: &str, password: &str) -> Self {
        let mut client = Self { door: door.clone(), cookie: String::new(), csrf: String::new() };
        let page = client.get("/can-bo/dang-nhap").expect("the page of signing in");
        client.keep(&page);
        client.csrf = page.hidden("csrf");
        let fields = [("tai-khoan", login), ("mat-khau", password), ("ve", "/nghiep-vu")];
        let page = client.post("/can-bo/dang-nhap", &fields).expect("an answer to signing in");
        assert_eq!(page.status, 303, "{}", page.text());
        client.keep(&page);
        client.csrf = client.get("/nghiep-vu/tim?q=x").expect("a page of the staff").hidden("csrf");
        assert!(!client.csrf.is_empty(), "{login} has no form to send");
        client
    }

    /// The same person at another door of the same office.
    pub fn at(&self, door: &Door) -> Self {
        Self { door: door.clone(), ..self.clone() }
    }

    fn keep(&mut self, page: &Page) {
        let cookies = page.head.lines().filter_map(|it| it.split_once(':'));
        let set = cookies.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
        let values: Vec<&str> = set.filter_map(|(_, value)| value.trim().split(';').next()).collect();
        let full: Vec<&str> = values.into_iter().filter(|it| !it.ends_with('=')).collect();
        if !full.is_empty() {
            self.cookie = full.join("; ");
        }
    }

    /// A page; none where the way was cut.
    pub fn get(&self, path: &str) -> Option<Page> {
        self.ask("GET", path, "", &[])
    }

    /// Sends a form.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Option<Page> {
        let all = [("csrf", self.csrf.as_str())];
        let pairs = all.iter().chain(fields).map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
        let body = pairs.collect::<Vec<_>>().join("&");
        self.ask("POST", path, "application/x-www-form-urlencoded", body.as_bytes())
    }

    /// Sends a form with files, each a field, a name and bytes.
    pub fn post_files(&self, path: &str, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Option<Page> {
        let mut body = Vec::new();
        for (name, value) in [("csrf", self.csrf.as_str())].iter().chain(fields) {
            let part = format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        for (field, name, bytes) in files {
            let head = format!(
                "--{EDGE}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
                 Content-Type: application/pdf\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{EDGE}--\r\n").as_bytes());
        self.ask("POST", path, &format!("multipart/form-data; boundary={EDGE}"), &body)
    }

    /// One request on a connection of its own. What came in part counts as nothing, but for a whole head that leads elsewhere.
    fn ask(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> Option<Page> {
        let address = self.door.address();
        let mut stream = TcpStream::connect_timeout(&address, PATIENCE).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        stream.set_write_timeout(Some(PATIENCE)).ok()?;
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nSec-Fetch-Site: same-origin\r\n\
             Cookie: {}\r\n",
            self.cookie
        );
        if !kind.is_empty() {
            request.push_str(&format!("Content-Type: {kind}\r\nContent-Length: {}\r\n", body.len()));
        }
        request.push_str("\r\n");
        stream.write_all(&[request.as_bytes(), body].concat()).ok()?;
        let mut answer = Vec::new();
        let ended = stream.read_to_end(&mut answer);
        let text = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = text.split_once("\r\n\r\n")?;
        let status: u16 = head.split(' ').nth(1)?.parse().ok()?;
        if ended.is_err() && status != 303 {
            return None;
        }
        Some(Page { status, head: head.to_owned(), body: body.to_owned() })
    }
}
