//! What somebody who means harm sends: forms of other sites, sessions of their own making, addresses to fetch, clocks to read.

use super::bad_input::forms;
use axum::http::Method;
use std::net::TcpListener;
use std::time::{Duration, Instant};
use testkit::{Answer, Browser, Office, PASSWORD};
use web::door::{Door, RouteInfo};

/// The cookie of a session, where the house is reached without TLS.
const SESSION: &str = "motcua_phien";
const GUEST: &str = "motcua_khach";

/// What is tried on both engines: whoever means harm does not ask which one lies beneath.
macro_rules! on_both {
    ($($name:ident)*) => {
        mod in_file {
            $(#[tokio::test]
            async fn $name() {
                super::$name(testkit::Office::open()).await;
            })*
        }

        mod on_server {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(testkit::Office::open_on_server()).await;
            })*
        }
    };
}

on_both! {
    no_act_is_done_without_the_token_of_its_session_nor_for_another_site
    a_file_before_the_token_is_not_kept
    no_other_method_than_a_routes_own_does_anything
    a_session_somebody_else_made_is_not_the_one_that_signs_in
    a_session_ends_for_good_when_its_person_signs_out
    every_answer_carries_the_same_guard
    what_leads_on_leads_nowhere_else
}

async fn citizen(site: &Browser) -> Browser {
    let mut browser = site.another();
    browser.sign_in("congdan").await.is(303);
    browser
}

async fn staff(site: &Browser, login: &str) -> Browser {
    let mut browser = site.another();
    browser.sign_in_staff(login).await.is(303);
    browser
}

/// A dossier, a draft, and addresses with them filled in.
struct Places {
    code: String,
    draft: String,
}

impl Places {
    async fn of(office: &Office) -> Self {
        let code = office.file_online("dang-ky-khai-sinh@ward").await.code.to_string();
        let id = "dang-ky-khai-sinh@ward".parse().unwrap();
        let draft = app::applying::begin(&office.house, office.citizen, &id, office.ward).await.unwrap().to_string();
        Self { code, draft }
    }

    fn filled(&self, path: &str) -> String {
        path.replace("{code}", &self.code)
            .replace("{draft}", &self.draft)
            .replace("{document}", "0190000000007000800000000000abcd")
            .replace("{ticket}", "0190000000007000800000000000abcd")
            .replace("{unit}", "phuong-hang-kenh")
            .replace("{seq}", "1")
            .replace("{act}", "tiep-nhan")
            .replace("{id}", "dang-ky-khai-sinh@ward")
    }
}

fn world(office: &Office) -> (i64, i64, String) {
    let now = domain::time::Instant::from_micros(i64::MAX);
    office.house.db.read_now(|tx| storage::verify::root_at(tx, now)).unwrap()
}

/// Somebody whom the door lets in.
async fn somebody_for(site: &Browser, route: &RouteInfo) -> Browser {
    match route.door {
        Door::Anyone | Door::Machine => site.another(),
        Door::Citizen | Door::Account => citizen(site).await,
        Door::Staff => staff(site, "tn.hangkenh").await,
        Door::Posts(posts) if posts.contains(&domain::post::Post::Administrator) => staff(site, "quantri").await,
        Door::Posts(posts) if posts.contains(&domain::post::Post::ControlOfficer) => staff(site, "kiemsoat").await,
        Door::Posts(_) => staff(site, "tn.hangkenh").await,
    }
}

const URLENCODED: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

async fn no_act_is_done_without_the_token_of_its_session_nor_for_another_site(office: Office) {
    let places = Places::of(&office).await;
    let site = Browser::new(&office);
    let before = world(&office);
    let mut tried = 0;
    for route in web::route_list().into_iter().filter(|it| it.method == Method::POST) {
        if route.door == Door::Machine {
            // A machine's call, believed for its signature alone: crates/app/tests/app/messages/gateway.rs.
            continue;
        }
        let path = places.filled(route.path);
        let mut browser = somebody_for(&site, &route).await;
        let own = browser.get("/tra-cuu").await.hidden("csrf");
        let foreign = site.another().get("/tra-cuu").await.hidden("csrf");
        assert!(own.len() == 64 && own != foreign, "a token of its own for each session");
        let half = &own[..32];
        let upper = own.to_uppercase();
        for token in ["", "x", half, &foreign, &upper, &format!("{own} ")] {
            let answer = if route.takes_files() {
                browser.post_files_with(token, &path, &[("phien-ban", "1")], &[]).await
            } else {
                browser.post_raw(&path, &[("csrf", token), ("phien-ban", "1")]).await
            };
            assert_eq!(answer.status, 409, "{path} with the token {token:?}: {}", answer.text());
            tried += 1;
        }
        let body = format!("csrf={own}&phien-ban=1").into_bytes();
        for headers in [
            [URLENCODED, ("sec-fetch-site", "cross-site")],
            [URLENCODED, ("sec-fetch-site", "same-site")],
            [URLENCODED, ("origin", "https://evil.example")],
            [URLENCODED, ("origin", "https://motcua.example.evil.example")],
            [("content-type", "text/plain"), ("sec-fetch-site", "cross-site")],
        ] {
            let answer = browser.raw("POST", &path, &headers, body.clone()).await;
            assert_eq!(answer.status, 403, "{path} with {headers:?}: {}", answer.text());
            tried += 1;
        }
    }
    assert!(tried > 200, "only {tried} tries");
    assert_eq!(world(&office), before);
}

async fn a_file_before_the_token_is_not_kept(office: Office) {
    let places = Places::of(&office).await;
    let site = Browser::new(&office);
    let mut sent = 0;
    for route in web::route_list().into_iter().filter(RouteInfo::takes_files) {
        let mut browser = somebody_for(&site, &route).await;
        let token = browser.get("/tra-cuu").await.hidden("csrf");
        let body = format!(
            "--x\r\nContent-Disposition: form-data; name=\"giay\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.7\r\n\
             --x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n--x--\r\n"
        );
        let headers = [("content-type", "multipart/form-data; boundary=x"), ("sec-fetch-site", "same-origin")];
        let answer = browser.raw("POST", &places.filled(route.path), &headers, body.into_bytes()).await;
        assert_eq!(answer.status, 409, "{}: {}", route.path, answer.text());
        sent += 1;
    }
    assert_eq!(sent, 7, "every form with files was tried");
    let files = walked(&office.folder().join("files"));
    assert_eq!(files, Vec::<std::path::PathBuf>::new(), "nothing of them was kept");
}

/// Every file of a folder, however deep.
pub fn walked(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|it| it.unwrap().path());
    paths.flat_map(|it| if it.is_dir() { walked(&it) } else { vec![it] }).collect()
}

async fn no_other_method_than_a_routes_own_does_anything(office: Office) {
    let places = Places::of(&office).await;
    let site = Browser::new(&office);
    let before = world(&office);
    let mut browser = staff(&site, "tn.hangkenh").await;
    let token = browser.get("/tra-cuu").await.hidden("csrf");
    let routes = web::route_list();
    for route in &routes {
        let path = places.filled(route.path);
        for method in ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "CONNECT", "PROPFIND"] {
            let body = format!("csrf={token}").into_bytes();
            let headers = [URLENCODED, ("sec-fetch-site", "same-origin")];
            let answer = browser.raw(method, &path, &headers, body).await;
            assert!(answer.status.is_client_error(), "{method} {path}: {}", answer.status);
        }
        let has_post = routes.iter().any(|it| it.path == route.path && it.method == Method::POST);
        if !has_post {
            let answer = browser.post_raw(&path, &[("csrf", &token)]).await;
            assert!(answer.status.is_client_error(), "POST {path}: {}", answer.status);
        }
        let disguised = browser.raw("GET", &path, &[("x-http-method-override", "POST")], Vec::new()).await;
        assert!(!disguised.status.is_server_error(), "{path}");
    }
    assert_eq!(world(&office), before);
    // A shut door stays hidden whatever it is asked by.
    let (mut guest, mut citizen) = (site.another(), citizen(&site).await);
    for (method, path) in [("PUT", "/nghiep-vu"), ("GET", "/nghiep-vu/hang-loat"), ("GET", "/quan-tri/gui-lai-het")] {
        assert!(routes.iter().any(|it| it.path == path && it.method.as_str() != method), "{path}");
        let answer = citizen.raw(method, path, &[("sec-fetch-site", "same-origin")], Vec::new()).await;
        assert_eq!(answer.status, 404, "{method} {path}");
    }
    let answer = guest.raw("GET", "/nghiep-vu/hang-loat", &[], Vec::new()).await;
    assert_eq!(answer.status, 303, "who was here before signs in again");
    let answer = browser.raw("PUT", "/nghiep-vu", &[("sec-fetch-site", "same-origin")], Vec::new()).await;
    assert_eq!(answer.status, 405);
}

async fn a_session_somebody_else_made_is_not_the_one_that_signs_in(office: Office) {
    let site = Browser::new(&office);
    let mut attacker = citizen(&site).await;
    let (theirs, made_up) = (attacker.cookie(SESSION).to_owned(), "ab".repeat(32));
    for planted in [made_up, theirs.clone()] {
        let mut victim = site.another();
        victim.plant_cookie(SESSION, &planted);
        victim.plant_cookie(GUEST, &"0".repeat(64));
        let page = victim.get("/can-bo/dang-nhap").await;
        let fields = [("tai-khoan", "tn.hangkenh"), ("mat-khau", PASSWORD), ("ve", "/nghiep-vu")];
        let entered = victim.post(&page, "/can-bo/dang-nhap", &fields).await;
        entered.is(303);
        let fresh = victim.cookie(SESSION).to_owned();
        assert!(fresh != planted && fresh.len() == 64, "a session begins under a token of its own");
        let mut holder = site.another();
        holder.plant_cookie(SESSION, &planted);
        holder.get("/nghiep-vu").await.is(303);
        victim.get("/nghiep-vu").await.is(200);
    }
    attacker.get("/ho-so-cua-toi").await.is(303);
    assert!(!theirs.is_empty(), "and the session that was there before is over");
}

async fn a_session_ends_for_good_when_its_person_signs_out(office: Office) {
    let site = Browser::new(&office);
    let mut browser = citizen(&site).await;
    let mut copy = browser.clone();
    copy.get("/ho-so-cua-toi").await.is(200);
    let page = browser.get("/tai-khoan").await;
    let left = browser.post(&page, "/dang-xuat", &[]).await;
    assert_eq!(left.is(303).headers.get("clear-site-data").unwrap(), "\"cache\", \"storage\"");
    assert_eq!(browser.cookie(SESSION), "", "the browser forgets it");
    copy.get("/ho-so-cua-toi").await.is(303);
    let before = copy.post(&page, "/dang-xuat", &[]).await;
    assert_eq!(before.status, 409, "the token of a session ends with it");
}

#[tokio::test]
async fn cookies_travel_only_to_the_house_and_over_tls_nowhere_else() {
    for (url, is_tls) in [("http://motcua.example", false), ("https://motcua.example", true)] {
        let office = Office::open_with(|rules| rules.public_url = url.to_owned());
        let mut browser = Browser::new(&office);
        let page = browser.get("/dang-nhap").await;
        let fields = [("ten", "congdan"), ("mat_khau", PASSWORD), ("ve", "/")];
        let entered = browser.post(&page, "/dang-nhap", &fields).await;
        for (answer, name) in [(&page, GUEST), (entered.is(303), SESSION)] {
            let cookie = answer.headers.get("set-cookie").unwrap().to_str().unwrap();
            let named = if is_tls { format!("__Host-{name}=") } else { format!("{name}=") };
            assert!(cookie.starts_with(&named), "{cookie}");
            for word in ["; Path=/", "; HttpOnly", "; SameSite=Lax"] {
                assert!(cookie.contains(word), "{cookie}");
            }
            assert!(!cookie.contains("Domain"), "{cookie}");
            assert_eq!(cookie.contains("; Secure"), is_tls, "{cookie}");
        }
        let hsts = page.headers.get("strict-transport-security").map(|it| it.to_str().unwrap().to_owned());
        assert_eq!(hsts.as_deref(), is_tls.then_some("max-age=31536000; includeSubDomains"));
        if is_tls {
            // A wire without TLS can plant the name without the mark: it counts for nothing.
            let mut planted = browser.another();
            planted.plant_cookie(SESSION, browser.cookie(&format!("__Host-{SESSION}")));
            planted.get("/ho-so-cua-toi").await.is(303);
        }
    }
}

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
    frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

fn assert_guarded(answer: &Answer, what: &str) {
    let header = |name: &str| answer.headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or("").to_owned();
    assert_eq!(header("content-security-policy"), POLICY, "{what}");
    assert_eq!(header("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(header("x-frame-options"), "DENY", "{what}");
    assert_eq!(header("referrer-policy"), "same-origin", "{what}");
    assert_eq!(header("cross-origin-opener-policy"), "same-origin", "{what}");
    assert_eq!(header("cross-origin-resource-policy"), "same-origin", "{what}");
    let cache = if what.contains("/tai-san/") { "public, max-age=3600" } else { "no-store" };
    assert_eq!(header("cache-control"), cache, "{what}");
    assert!(!answer.headers.contains_key("access-control-allow-origin"), "{what}");
    assert!(!answer.headers.contains_key("server") && !answer.headers.contains_key("x-powered-by"), "{what}");
    if header("content-type").starts_with("text/html") {
        assert_eq!(header("content-type"), "text/html; charset=utf-8", "{what}");
        assert_no_inline_script(&answer.body, what);
    }
}

fn assert_no_inline_script(page: &str, what: &str) {
    for tag in page.split('<').skip(1).map(|it| it.split('>').next().unwrap_or("")) {
        assert!(!tag.starts_with("script") || tag.contains(" src=\"/tai-san/"), "{what}: a script inside the page");
        assert!(!tag.starts_with("style"), "{what}: a style inside the page");
        let is_handler = |it: &&str| it.starts_with("on") && it.contains('=');
        let found = tag.split_whitespace().skip(1).find(|it| is_handler(it) || it.starts_with("style="));
        assert_eq!(found, None, "{what}: <{tag}>");
    }
}

async fn every_answer_carries_the_same_guard(office: Office) {
    let places = Places::of(&office).await;
    let site = Browser::new(&office);
    for mut browser in [site.another(), citizen(&site).await, staff(&site, "tn.hangkenh").await] {
        for route in web::route_list() {
            let path = places.filled(route.path);
            let answer = match route.method {
                Method::GET => browser.get(&path).await,
                _ => browser.post_raw(&path, &[]).await,
            };
            assert_guarded(&answer, &format!("{} {path}", route.method));
        }
        for path in ["/khong-co", "/tep/%ff", "/%00", "/thu-tuc/%c0%ae", "/tra-cuu?ma=%ff%fe"] {
            assert_guarded(&browser.get(path).await, path);
        }
        let put = browser.raw("PUT", "/", &[], Vec::new()).await;
        assert_guarded(&put, "PUT /");
        let large = browser.raw("POST", "/tra-cuu", &[URLENCODED], vec![b'a'; web::door::FORM_BYTES_MAX + 1]).await;
        assert_guarded(large.is(413), "a form too large");
    }
}

async fn what_leads_on_leads_nowhere_else(office: Office) {
    let site = Browser::new(&office);
    for onward in [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "evil.example",
        " //evil.example",
        "/%0d%0aSet-Cookie:%20x=1\r\nSet-Cookie: x=1",
    ] {
        for (address, login, password, login_name) in [
            ("/dang-nhap", "ten", "mat_khau", "congdan"),
            ("/can-bo/dang-nhap", "tai-khoan", "mat-khau", "tn.hangkenh"),
        ] {
            let mut browser = site.another();
            let page = browser.get(&format!("{address}?ve={}", web::frame::encoded(onward))).await;
            assert!(!page.body.contains("href=\"//") && !page.body.contains("href=\"javascript"), "{onward:?}");
            let fields = [(login, login_name), (password, PASSWORD), ("ve", onward)];
            let entered = browser.post(&page, address, &fields).await;
            entered.is(303);
            let to = entered.location.as_str();
            assert!(to.starts_with('/') && !to.starts_with("//") && !to.contains("evil"), "{onward:?} leads to {to:?}");
        }
    }
}

#[tokio::test]
async fn a_page_believes_no_header_about_where_it_lives() {
    let office = Office::open();
    let mut browser = Browser::new(&office);
    for header in ["host", "x-forwarded-host", "forwarded", "x-original-url", "x-rewrite-url", "x-forwarded-proto"] {
        for path in ["/", "/dang-nhap", "/khong-co"] {
            let answer = browser.raw("GET", path, &[(header, "evil.example")], Vec::new()).await;
            assert!(!answer.body.contains("evil.example") && !answer.location.contains("evil"), "{header} {path}");
        }
    }
}

#[tokio::test]
async fn no_form_makes_the_house_fetch_an_address() {
    let office = Office::open();
    let places = Places::of(&office).await;
    let trap = TcpListener::bind("127.0.0.1:0").unwrap();
    trap.set_nonblocking(true).unwrap();
    let bait = format!("http://{}/x", trap.local_addr().unwrap());
    let site = Browser::new(&office);
    let mut sent = 0;
    let everybody = [
        site.another(),
        citizen(&site).await,
        staff(&site, "tn.hangkenh").await,
        staff(&site, "kiemsoat").await,
        staff(&site, "quantri").await,
    ];
    for mut browser in everybody {
        for route in web::route_list().into_iter().filter(|it| it.method == Method::GET) {
            let path = places.filled(route.path);
            let headers = [("referer", bait.as_str()), ("x-forwarded-for", "127.0.0.1"), ("x-forwarded-host", &bait)];
            browser
                .raw("GET", &format!("{path}?ve={0}&q={0}&url={0}", web::frame::encoded(&bait)), &headers, vec![])
                .await;
            let page = browser.get(&path).await;
            for form in forms(&page).into_iter().filter(|it| !it.action.contains("thoat") && it.action != "/dang-xuat")
            {
                let names = form.hidden.iter().chain(&form.typed_with(&bait)).cloned().collect::<Vec<_>>();
                let fields: Vec<(&str, &str)> =
                    names.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                let token = page.hidden("csrf");
                if form.has_files {
                    browser.post_files_with(&token, &form.action, &fields, &[("x", "x.pdf", bait.as_bytes())]).await;
                } else {
                    browser.post_raw(&form.action, &fields).await;
                }
                sent += 1;
            }
        }
    }
    assert!(sent > 20, "only {sent} forms were sent");
    let heard = trap.accept().map(|it| it.1);
    assert_eq!(heard.unwrap_err().kind(), std::io::ErrorKind::WouldBlock, "somebody came to fetch");
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}

/// How much longer the first takes than the second, one after the other in turns, by their medians.
async fn compared<F: Future<Output = ()>>(turns: usize, ask: impl Fn(bool, usize) -> F) -> f64 {
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for turn in 0..turns {
        for is_known in [turn % 2 == 0, turn % 2 != 0] {
            let begun = Instant::now();
            ask(is_known, turn).await;
            if is_known { known.push(begun.elapsed()) } else { unknown.push(begun.elapsed()) }
        }
    }
    median(known) / median(unknown)
}

fn patient() -> Office {
    Office::open_with(|rules| {
        rules.login_tries = 10_000;
        rules.lookup_tries = 10_000;
        rules.address_tries = 100_000;
    })
}

#[tokio::test]
async fn an_unknown_login_takes_as_long_as_a_wrong_password() {
    let office = patient();
    let site = Browser::new(&office);
    let ratio = compared(15, |is_known, turn| {
        let mut browser = site.another();
        async move {
            let login = if is_known { "tn.hangkenh".to_owned() } else { format!("tn.khong-ai-{turn}") };
            let page = browser.get("/can-bo/dang-nhap").await;
            let fields = [("tai-khoan", login.as_str()), ("mat-khau", "sai mat khau roi")];
            browser.post(&page, "/can-bo/dang-nhap", &fields).await.is(422);
        }
    })
    .await;
    assert!((0.5..2.0).contains(&ratio), "a known login takes {ratio:.2} times as long");
}

#[tokio::test]
async fn a_code_that_is_not_there_takes_as_long_as_wrong_digits() {
    let office = patient();
    let mut codes = Vec::new();
    for _ in 0..40 {
        codes.push(office.file_online("dang-ky-khai-sinh@ward").await.code.to_string());
    }
    let site = Browser::new(&office);
    let ratio = compared(40, |is_known, turn| {
        let mut browser = site.another();
        let code = if is_known { codes[turn].clone() } else { codes[turn].replace("250303", "240303") };
        async move {
            let page = browser.get("/tra-cuu").await;
            browser.post(&page, "/tra-cuu", &[("ma", &code), ("so", "0000")]).await.is(404);
        }
    })
    .await;
    assert!((0.4..2.5).contains(&ratio), "a known code takes {ratio:.2} times as long");
}

#[tokio::test]
async fn one_address_opens_so_many_accounts_and_no_more() {
    let office = Office::open_with(|rules| rules.address_tries = 3);
    let mut browser = Browser::new(&office);
    for turn in 0..4 {
        let page = browser.get("/dang-ky").await;
        // Somebody else's number: the answer says that it is known here.
        let phone = format!("099955500{turn}");
        let fields = [
            ("ho_ten", "Lê Thử Mãi"),
            ("so_can_cuoc", "999194006218"),
            ("dien_thoai", phone.as_str()),
            ("mat_khau", "mot mat khau dai"),
        ];
        let answer = browser.post(&page, "/dang-ky", &fields).await;
        answer.is(if turn < 3 { 422 } else { 429 });
    }
}

#[tokio::test]
async fn what_was_compressed_for_one_is_never_given_to_another_who_cannot_read_it() {
    let office = Office::open();
    let mut browser = Browser::new(&office);
    for how in ["", "gzip", "br"] {
        let asks = [("accept-encoding", how)];
        let asks = if how.is_empty() { &asks[..0] } else { &asks[..] };
        for path in ["/tai-san/motcua.css", "/"] {
            let answer = browser.raw("GET", path, asks, Vec::new()).await;
            let encoding = answer.is(200).headers.get("content-encoding").map_or("", |it| it.to_str().unwrap());
            assert_eq!(encoding, how, "{path}");
            let told: Vec<_> = answer.headers.get_all("vary").iter().map(|it| it.to_str().unwrap()).collect();
            let is_kept = answer.headers["cache-control"] != "no-store";
            assert!(!is_kept || told.contains(&"accept-encoding"), "{path} as {how:?}: {told:?}");
        }
    }
}
