//! A file that is handed in: the parts of its form, its name, and what kind it is.
#![no_main]
#![allow(dead_code, reason = "the product uses the rest of the modules read here")]

use futures_util::stream;
use libfuzzer_sys::fuzz_target;
use std::convert::Infallible;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

#[path = "../../crates/app/src/uploads"]
mod uploads {
    pub mod kind;
    pub mod name;

    /// The name a file is kept under, and what it is.
    pub fn kept(name: &str, bytes: &[u8]) {
        let read = |size: usize| {
            let mut glimpse = kind::Glimpse::default();
            bytes.chunks(size).for_each(|piece| glimpse.take(piece));
            glimpse.kind()
        };
        let found = read(bytes.len().max(1));
        assert_eq!(found, read(7), "pieces make no difference");
        for kind in kind::FileKind::ALL {
            let clean = name::clean_name(name, Some(kind));
            assert_plain(&clean);
            let stem = kind.endings().iter().find_map(|it| clean.strip_suffix(&format!(".{it}")));
            assert!(stem.is_some_and(|it| !it.is_empty()), "{clean:?}");
        }
        assert_plain(&name::clean_name(name, found.ok()));
    }

    fn assert_plain(name: &str) {
        assert!(!name.is_empty() && name.chars().count() <= name::NAME_CHARS_MAX, "{name:?}");
        assert!(!name.starts_with('.') && name.trim() == name, "{name:?}");
        let is_bad = |it: char| it.is_control() || "/\\\"<>|:*?\u{202e}\u{200b}".contains(it);
        assert!(!name.contains(is_bad), "{name:?}");
    }
}

/// Nothing here ever waits.
fn at_once<T>(work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    match work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => Some(done),
        Poll::Pending => None,
    }
}

async fn parts(bytes: Vec<u8>) {
    let body = stream::iter([Ok::<_, Infallible>(bytes)]);
    let mut parts = multer::Multipart::new(body, "x");
    while let Ok(Some(field)) = parts.next_field().await {
        let name = field.file_name().or(field.name()).unwrap_or("").to_owned();
        let Ok(bytes) = field.bytes().await else { return };
        uploads::kept(&name, &bytes);
    }
}

fuzz_target!(|bytes: &[u8]| {
    let end = bytes.iter().position(|it| *it == b'\n').unwrap_or(0);
    let (name, content) = bytes.split_at(end);
    uploads::kept(&String::from_utf8_lossy(name), content.get(1..).unwrap_or_default());
    at_once(parts(bytes.to_vec()));
});
