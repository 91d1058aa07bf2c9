//! A browser without a screen: keeps cookies, sends forms, follows nothing by itself.

use crate::Office;
use app::house::House;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode, header};
use domain::notice::NoticeChannel;
use futures_core::Stream;
use std::collections::BTreeMap;
use std::sync::Arc;
use tower::ServiceExt;
use web::{Parts, Web};

/// Most bytes of one answer.
const ANSWER_BYTES_MAX: usize = 16 << 20;

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Where it leads, for a redirect.
    pub location: String,
    /// The page.
    pub body: String,
    /// Headers.
    pub headers: axum::http::HeaderMap,
}

impl Answer {
    /// The value of a hidden input of the page.
    pub fn hidden(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        self.body
            .find(&mark)
            .and_then(|start| self.body.get(start + mark.len()..))
            .and_then(|rest| rest.split('"').next())
            .unwrap_or("")
            .replace("&#38;", "&")
    }

    /// The text of the page without tags, spaces folded.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(self.body.len() / 2);
        let mut inside = false;
        for c in self.body.chars() {
            match c {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    text.push(' ');
                }
                c if !inside => text.push(c),
                _ => {}
            }
        }
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Stops the test where a word is not on the page.
    #[track_caller]
    pub fn shows(&self, words: &str) -> &Self {
        assert!(self.text().contains(words), "{words:?} is not on the page ({}): {}", self.status, self.text());
        self
    }

    /// Stops the test where a word is on the page.
    #[track_caller]
    pub fn hides(&self, words: &str) -> &Self {
        assert!(!self.body.contains(words), "{words:?} is on the page");
        self
    }

    /// Stops the test where the status is another.
    #[track_caller]
    pub fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{} {}", self.location, self.text());
        self
    }
}

/// The pages of an office, to be served or asked in process. Must be made inside a runtime.
pub fn site(office: &Office) -> Web {
    site_of(&office.house)
}

/// The same of one node.
pub fn site_of(house: &Arc<House>) -> Web {
    let journal = app::accounts::Journal::start(house);
    // Who serves pages carries messages too; tests carry them when they want to.
    NoticeChannel::ALL.iter().for_each(|it| house.outbox_pulse.beat(*it));
    Web::from(Parts {
        house: Arc::clone(house),
        journal,
        settings: Vec::new(),
        proxies: Vec::new(),
        meters: web::measure::Meters::new(Vec::new()),
        feeds: Arc::default(),
    })
}

/// One browser of one person.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    house: Arc<House>,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    /// A browser that knows nobody. Must be made inside a runtime.
    pub fn new(office: &Office) -> Self {
        Self { router: web::router(site(office)), house: office.house.clone(), cookies: BTreeMap::new() }
    }

    /// The same site in another browser.
    pub fn another(&self) -> Self {
        Self { router: self.router.clone(), house: self.house.clone(), cookies: BTreeMap::new() }
    }

    /// The same browser, its cookies and all, on the same site after a restart.
    pub fn moved_to(&self, office: &Office) -> Self {
        Self { cookies: self.cookies.clone(), ..Self::new(office) }
    }

    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::builder().method("GET").uri(path), Body::empty()).await
    }

    /// Asks for the headers of a page alone.
    pub async fn head(&mut self, path: &str) -> Answer {
        self.send(Request::builder().method("HEAD").uri(path), Body::empty()).await
    }

    /// Sends any request as it is, with the cookies of this browser and nothing a browser adds by itself.
    pub async fn raw(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let request = Request::builder().method(method).uri(path);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        self.dispatch(request, Body::from(body)).await
    }

    /// The value of a cookie; empty where there is none.
    pub fn cookie(&self, name: &str) -> &str {
        self.cookies.get(name).map_or("", String::as_str)
    }

    /// Puts a cookie there, as somebody else's page or wire would.
    pub fn plant_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// Sends a form as it is, the token included by the caller.
    pub async fn post_raw(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let (request, body) = form_request(path, fields);
        self.send(request, body).await
    }

    /// Sends a form the browser says nothing about, as an old one does of a form on any site.
    pub async fn post_from_elsewhere(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let (request, body) = form_request(path, fields);
        self.dispatch(request, body).await
    }

    /// Sends a form with the token of a page just opened.
    pub async fn post(&mut self, page: &Answer, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = page.hidden("csrf");
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        self.post_raw(path, &all).await
    }

    /// Sends a form with files: (field, file name, bytes).
    pub async fn post_files(
        &mut self,
        page: &Answer,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &str, &[u8])],
    ) -> Answer {
        self.post_files_with(&page.hidden("csrf"), path, fields, files).await
    }

    /// The same with a token at hand.
    pub async fn post_files_with(
        &mut self,
        csrf: &str,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &str, &[u8])],
    ) -> Answer {
        const EDGE: &str = "----motcua-test-edge";
        let mut body = Vec::new();
        for (name, value) in [("csrf", csrf)].iter().chain(fields) {
            let part = format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        for (name, file_name, bytes) in files {
            let head = format!(
                "--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{EDGE}--\r\n").as_bytes());
        let request = Request::builder()
            .method("POST")
            .uri(path)
            .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={EDGE}"));
        self.send(request, Body::from(body)).await
    }

    /// Signs a citizen in.
    pub async fn sign_in(&mut self, login: &str) -> Answer {
        let page = self.get("/dang-nhap").await;
        self.post(&page, "/dang-nhap", &[("ten", login), ("mat_khau", crate::PASSWORD), ("ve", "/")]).await
    }

    /// Signs somebody of the staff in, with the second proof where it is asked of them.
    pub async fn sign_in_staff(&mut self, login: &str) -> Answer {
        let page = self.get("/can-bo/dang-nhap").await;
        let fields = [("tai-khoan", login), ("mat-khau", crate::PASSWORD), ("ve", "/nghiep-vu")];
        let entered = self.post(&page, "/can-bo/dang-nhap", &fields).await;
        if entered.status != StatusCode::OK {
            return entered;
        }
        // The telephone is not what most tests are about, and its code counts once in 30 seconds.
        let token = app::accounts::token_hash(self.cookie("motcua_phien"));
        self.house.db.write(move |tx| storage::sessions::prove(tx, &token)).await.unwrap();
        Answer { status: StatusCode::SEE_OTHER, location: "/nghiep-vu".to_owned(), ..entered }
    }

    async fn send(&mut self, request: axum::http::request::Builder, body: Body) -> Answer {
        // As every browser says of a form or a link of the page it shows.
        self.dispatch(request.header("sec-fetch-site", "same-origin"), body).await
    }

    async fn dispatch(&mut self, request: axum::http::request::Builder, body: Body) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request.header(header::HOST, "motcua.example").header(header::COOKIE, cookies.join("; "));
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        self.take_cookies(&response);
        let (parts, body) = response.into_parts();
        let is_stream = parts.headers.get(header::CONTENT_TYPE).is_some_and(|it| it == "text/event-stream");
        // A stream never ends: its first news are enough to know that it is there.
        let bytes = if is_stream { first_piece(body).await } else { to_bytes(body, ANSWER_BYTES_MAX).await.unwrap() };
        let location = parts.headers.get(header::LOCATION).and_then(|it| it.to_str().ok()).unwrap_or("").to_owned();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, location, body, headers: parts.headers }
    }

    fn take_cookies(&mut self, response: &Response<Body>) {
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let text = cookie.to_str().unwrap();
            let Some((name, value)) = text.split(';').next().and_then(|it| it.split_once('=')) else { continue };
            if value.is_empty() || text.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

async fn first_piece(body: Body) -> axum::body::Bytes {
    let mut pieces = body.into_data_stream();
    let piece = std::future::poll_fn(|context| std::pin::Pin::new(&mut pieces).poll_next(context)).await;
    piece.map(|it| it.unwrap()).unwrap_or_default()
}

fn form_request(path: &str, fields: &[(&str, &str)]) -> (axum::http::request::Builder, Body) {
    let body: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    let request =
        Request::builder().method("POST").uri(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    (request, Body::from(body.join("&")))
}

fn encoded(text: &str) -> String {
    web::frame::encoded(text)
}
