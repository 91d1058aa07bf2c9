//! Spans for a collector: a request is there with its route, nobody is.

use crate::run::{Serving, small_demo, text};
use std::io::{Read, Write};
use std::net::TcpListener;

/// Takes one delivery and answers as a collector does.
fn delivery(listener: &TcpListener) -> (String, String) {
    let (mut stream, _) = listener.accept().unwrap();
    let mut got = Vec::new();
    let mut piece = [0; 65_536];
    loop {
        let count = stream.read(&mut piece).unwrap();
        got.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&got).into_owned();
        let Some((head, _)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|it| it.to_lowercase().strip_prefix("content-length: ").map(str::to_owned));
        let length: usize = length.unwrap().parse().unwrap();
        let head_bytes = got.windows(4).position(|it| it == b"\r\n\r\n").unwrap() + 4;
        if got.len() >= head_bytes + length {
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
            return (head.to_owned(), String::from_utf8_lossy(&got[head_bytes..]).into_owned());
        }
    }
}

#[test]
fn spans_of_requests_reach_the_collector_without_what_was_asked() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    small_demo(&data, 1);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let serving = Serving::start_with(&["--data", text(&data)], &[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]);
    serving.get("/tra-cuu?ma=H24.30.1-250331-0001&so=0412");
    serving.signal("TERM");
    let (head, spans) = delivery(&listener);
    assert!(head.starts_with("POST /v1/traces "), "{head}");
    assert!(spans.contains("motcua") && spans.contains("/tra-cuu") && spans.contains("http.route"), "{spans}");
    assert!(!spans.contains("250331") && !spans.contains("0412"), "{spans}");
    assert_eq!(serving.ended().0, Some(0));
}
