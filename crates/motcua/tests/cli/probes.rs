//! What an operator sees of a program that runs: probes, figures, its log, its end.

use crate::run::{Serving, program, small_demo, text};
use crate::visitor::{Answer, Visitor, form, signed_in, with};
use rusqlite::Connection;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use testkit::Postgres;

/// Somebody who must not be found in any log.
const NAME: &str = "Đặng Thị Dấu Vết";
const NUMBER: &str = "999094000904";
const PHONE: &str = "0999000412";
const ADDRESS: &str = "Số 77 ngõ Dấu Vết";
const SCAN: &str = "giay-dau-vet.pdf";
const LOGIN: &str = "dau.vet.sai";
const PASSWORD: &str = "mật khẩu dấu vết";
/// A citizen of the demo with an account.
const CITIZEN: &str = "congdan";
const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n% dau vet trong giay\ntrailer<</Root 1 0 R>>\n%%EOF\n";

fn line<'a>(figures: &'a str, name: &str) -> &'a str {
    let found = figures.lines().find_map(|it| it.strip_prefix(name).and_then(|rest| rest.strip_prefix(' ')));
    found.unwrap_or_else(|| panic!("no {name} in {figures}"))
}

fn count(data: &Path, query: &str) -> i64 {
    let connection = Connection::open(data.join("motcua.db")).unwrap();
    connection.query_row(query, [], |row| row.get(0)).unwrap()
}

#[test]
fn probes_and_figures_say_how_it_stands_and_never_about_whom() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    small_demo(&data, 1);
    let serving = Serving::start(&data);
    let alive = serving.get("/healthz");
    assert!(alive.starts_with("HTTP/1.1 200") && !alive.to_lowercase().contains("set-cookie"), "{alive}");
    let ready = serving.get("/readyz");
    assert!(
        ready.starts_with("HTTP/1.1 200")
            && ready.ends_with("database: ok\nschema: ok\noutbox: ok\nreorganisation: ok\n"),
        "{ready}"
    );
    serving.get("/tra-cuu");
    serving.get("/tra-cuu?ma=H24.30.1-250331-0001");
    serving.get("/khong-co-trang-nay/999094000904");
    let figures = serving.get("/metrics");
    assert!(figures.contains("application/openmetrics-text"), "{figures}");
    assert_eq!(
        line(&figures, "motcua_dossiers_open").parse::<i64>().unwrap(),
        count(
            &data,
            "SELECT count(*) FROM dossier WHERE is_open = 1 AND received_at IS NOT NULL AND finished_at IS NULL"
        )
    );
    assert!(line(&figures, "motcua_dossiers_late").parse::<i64>().unwrap() > 0, "the demo has late ones");
    assert_eq!(line(&figures, "motcua_house_known"), "1");
    assert_eq!(line(&figures, "motcua_backup_proved_at_seconds"), "0");
    line(&figures, "motcua_outbox_oldest_seconds");
    line(&figures, "motcua_http_requests_total{route=\"/tra-cuu\",method=\"GET\",status=\"200\"}");
    assert!(!figures.contains("999094000904") && !figures.contains("250331"), "{figures}");
    assert!(figures.trim_end().ends_with("# EOF"));

    // A proxy nobody named stands between: whoever asks is not who seems to.
    for said in ["X-Forwarded-For: 127.0.0.1\r\n", "Forwarded: for=127.0.0.1\r\n", "X-Real-IP: 127.0.0.1\r\n"] {
        assert!(serving.get_with("/metrics", said).starts_with("HTTP/1.1 404"), "{said}");
    }
    assert_eq!(serving.stop(), Some(0));
    let elsewhere = Serving::start_with(&["--data", text(&data)], &[("MOTCUA_METRICS_ALLOWED", "192.0.2.0/24")]);
    assert!(elsewhere.get("/metrics").starts_with("HTTP/1.1 404"));
    assert!(elsewhere.get("/healthz").starts_with("HTTP/1.1 200"));
}

#[test]
fn a_node_whose_database_went_or_was_brought_further_lives_but_gets_no_work() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Postgres::start();
    let config = crate::databases::on_server(folder.path(), "server.toml", &data, &server);
    let words = ["demo", "--config", text(&config), "--no-serve", "--scale-percent", "1", "--seed", "1"];
    assert!(program().args(words).output().unwrap().status.success());
    let serving = Serving::start_with(&["--config", text(&config)], &[]);
    assert!(serving.get("/readyz").starts_with("HTTP/1.1 200"));
    server.does("UPDATE refinery_schema_history SET version = version + 1000");
    let ready = serving.get("/readyz");
    assert!(ready.starts_with("HTTP/1.1 503") && ready.contains("database: ok\nschema: not ok\n"), "{ready}");
    server.suffers(&format!("ALTER DATABASE {} ALLOW_CONNECTIONS false", server.name()));
    let name = server.name();
    server.suffers(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"));
    let ready = serving.get("/readyz");
    assert!(ready.starts_with("HTTP/1.1 503") && ready.contains("database: not ok\n"), "{ready}");
    assert!(serving.get("/healthz").starts_with("HTTP/1.1 200"));
    assert!(serving.get("/metrics").contains("motcua_house_known 0"));
}

/// The counter's form for a birth, filled in: its fields and its scan.
fn at_the_counter(visitor: &mut Visitor) -> (Vec<(String, String)>, String) {
    let page = visitor.get("/quay/tiep-nhan?thu-tuc=dang-ky-khai-sinh@ward");
    assert_eq!(page.status, 200, "{}", page.body);
    (page.hidden("/quay/tiep-nhan"), page.file_inputs().into_iter().next().unwrap())
}

const TYPED: [(&str, &str); 6] = [
    ("so", NUMBER),
    ("ten", NAME),
    ("dien-thoai", PHONE),
    ("dia-chi", ADDRESS),
    ("don-giay", "1"),
    ("lenh", "tiep-nhan"),
];

#[test]
fn a_log_turned_up_as_far_as_it_goes_names_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    small_demo(&data, 1);
    let variables = [("MOTCUA_LOG", "trace"), ("MOTCUA_LOG_FORMAT", "json")];
    let serving = Serving::start_with(&["--data", text(&data)], &variables);
    let before = count(&data, "SELECT count(*) FROM dossier");
    let mut guest = Visitor::of(serving.address());
    let hidden = guest.get("/can-bo/dang-nhap").hidden("/can-bo/dang-nhap");
    let wrong = with(&hidden, &[("tai-khoan", LOGIN), ("mat-khau", PASSWORD)]);
    assert_eq!(guest.post("/can-bo/dang-nhap", &wrong, &[]).status, 422);
    let mut desk = signed_in(serving.address(), "tn.hangkenh.1");
    let (hidden, scan) = at_the_counter(&mut desk);
    // Once with something wrong in it, once well.
    let bad = with(&hidden, &[("so", "12"), ("ten", NAME), ("dien-thoai", PHONE), ("lenh", "tiep-nhan")]);
    assert_eq!(desk.post("/quay/tiep-nhan", &bad, &[(&scan, SCAN, b"GIF89a")]).status, 422);
    let (hidden, scan) = at_the_counter(&mut desk);
    let answer = desk.post("/quay/tiep-nhan", &with(&hidden, &TYPED), &[(&scan, SCAN, PDF)]);
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert_eq!(count(&data, "SELECT count(*) FROM dossier"), before + 1);
    let encoded: String = NAME.bytes().map(|it| format!("%{it:02X}")).collect();
    desk.get(&format!("/nghiep-vu/tim?q={encoded}"));
    desk.get(&format!("/khong-co?so={NUMBER}"));
    serving.signal("TERM");
    let (code, log) = serving.ended();
    assert_eq!(code, Some(0));
    let lines: Vec<&str> = log.lines().filter(|it| it.starts_with('{')).collect();
    assert!(lines.len() > 20, "{log}");
    assert!(lines.iter().any(|it| it.contains("\"http.route\":\"/quay/tiep-nhan\"") && it.contains("303")), "{log}");
    let folded = log.to_lowercase();
    for mark in [
        NAME,
        "dau vet",
        "dau-vet",
        "dấu vết",
        NUMBER,
        PHONE,
        "000412",
        ADDRESS,
        SCAN,
        LOGIN,
        PASSWORD,
        "demo-mot-cua",
        &encoded,
    ] {
        assert!(!folded.contains(&mark.to_lowercase()), "{mark} is in the log: {}", at(&folded, &mark.to_lowercase()));
    }
}

#[test]
fn who_tries_the_locks_is_in_the_log_and_what_they_sent_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    small_demo(&data, 1);
    // As usual: nobody turned the log up.
    let mut serving = Serving::start_with(&["--data", text(&data)], &[("MOTCUA_LOG_FORMAT", "json")]);
    let address = serving.address().to_owned();
    let mut guest = Visitor::of(&address);
    guest.get("/tra-cuu");
    assert_eq!(guest.post("/tra-cuu", &[("csrf", "ab"), ("ma", NAME)], &[]).status, 409);
    assert!(serving.hears("it is not of this session").contains("/tra-cuu"));
    let body = format!("ma={NUMBER}");
    let mut foreign = TcpStream::connect(&address).unwrap();
    write!(
        foreign,
        "POST /tra-cuu HTTP/1.1\r\nHost: {address}\r\nSec-Fetch-Site: cross-site\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    assert_eq!(Answer::read(foreign).status, 403);
    serving.hears("it is of another site");

    let mut desk = signed_in(&address, "tn.hangkenh.1");
    assert_eq!(desk.get("/quan-tri/toan-ven").status, 403);
    assert!(serving.hears("it is not theirs").contains("/quan-tri/toan-ven"));
    let (hidden, scan) = at_the_counter(&mut desk);
    assert_eq!(desk.post("/quay/tiep-nhan", &with(&hidden, &TYPED), &[(&scan, SCAN, b"GIF89a")]).status, 422);
    serving.hears("a file is refused for its kind");
    let connection = Connection::open(data.join("motcua.db")).unwrap();
    let query =
        "SELECT code FROM dossier WHERE code LIKE 'H24.30.%' AND code NOT LIKE 'H24.30.23-%' ORDER BY code LIMIT 1";
    let code: String = connection.query_row(query, [], |row| row.get(0)).unwrap();
    let token = hidden.iter().find(|it| it.0 == "csrf").unwrap().1.clone();
    let fields = [("csrf", token.as_str()), ("phien-ban", "1"), ("mot-lan", "thu-khoa")];
    assert_eq!(desk.post(&format!("/nghiep-vu/ho-so/{code}/nhan-viec"), &fields, &[]).status, 403);
    assert!(serving.hears("it is not theirs").contains("/nghiep-vu/ho-so/{code}/nhan-viec"));
    let mut citizen = Visitor::of(&address);
    let hidden = citizen.get("/dang-nhap").hidden("/dang-nhap");
    let fields = with(&hidden, &[("ten", CITIZEN), ("mat_khau", "demo-mot-cua")]);
    assert_eq!(citizen.post("/dang-nhap", &fields, &[]).status, 303);
    assert_eq!(citizen.get(&format!("/ho-so-cua-toi/{code}")).status, 404);
    serving.hears("asks for a dossier that is not theirs");
    assert_eq!(citizen.get("/quan-tri/toan-ven").status, 404);
    serving.hears("a door stays shut");
    serving.signal("TERM");
    let (_, log) = serving.ended();
    for mark in [NAME, NUMBER, PHONE, SCAN, "GIF89a", token.as_str(), &code, CITIZEN] {
        assert!(!log.contains(mark), "{mark} is in the log");
    }
}

fn at(log: &str, mark: &str) -> String {
    log.lines().find(|it| it.contains(mark)).unwrap_or_default().to_owned()
}

#[test]
fn told_to_stop_it_takes_nobody_new_finishes_who_is_inside_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    small_demo(&data, 1);
    let mut serving = Serving::start_with(&["--data", text(&data)], &[("MOTCUA_LOG", "info")]);
    let address = serving.address().to_owned();
    let mut desk = signed_in(&address, "tn.hangkenh.1");
    let (hidden, scan) = at_the_counter(&mut desk);
    let before = count(&data, "SELECT count(*) FROM dossier");
    let (head, body) = form("/quay/tiep-nhan", &with(&hidden, &TYPED), &[(&scan, SCAN, PDF)]);
    // Half of a form is on its way, and a browser keeps an idle line open.
    let mut idle = TcpStream::connect(&address).unwrap();
    write!(idle, "GET /healthz HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
    let mut first = [0; 12];
    idle.read_exact(&mut first).unwrap();
    let mut sending = TcpStream::connect(&address).unwrap();
    sending.write_all(desk.head(&head, body.len()).as_bytes()).unwrap();
    let (half, rest) = body.split_at(body.len() / 2);
    sending.write_all(half).unwrap();
    // Somebody else's answer says that what was sent before has arrived.
    serving.get("/healthz");
    serving.signal("TERM");
    serving.hears("told to stop");
    let mut refused = false;
    for _ in 0..1_000 {
        refused = TcpStream::connect(&address).is_err();
        if refused {
            break;
        }
        std::thread::yield_now();
    }
    assert!(refused, "somebody new is still taken");
    sending.write_all(rest).unwrap();
    let answer = Answer::read(sending);
    assert_eq!(answer.status, 303, "{} {}", answer.head, answer.body);
    let (code, _) = serving.ended();
    assert_eq!(code, Some(0));
    assert_eq!(count(&data, "SELECT count(*) FROM dossier"), before + 1);
    assert!(!data.join("motcua.db-wal").exists(), "the log of the database is emptied at closing");
    let verified = program().args(["verify", "--data", text(&data)]).output().unwrap();
    assert!(verified.status.success());
}

#[test]
fn an_interrupt_at_the_keyboard_ends_it_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    small_demo(&data, 1);
    let serving = Serving::start(&data);
    // Without certificates this asks for nothing, and must not end it.
    serving.signal("HUP");
    assert!(serving.get("/healthz").starts_with("HTTP/1.1 200"));
    serving.signal("INT");
    assert_eq!(serving.ended().0, Some(0));
}
