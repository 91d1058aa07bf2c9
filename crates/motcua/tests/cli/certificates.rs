//! TLS without a proxy: certificates that change while the program runs.

use crate::run::{Serving, motcua, small_demo, text};
use crate::visitor::Answer;
use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::io::Write;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const HOST: &str = "motcua.example";

/// A certificate and its key in a folder.
struct Pair {
    certificate: PathBuf,
    key: PathBuf,
}

impl Pair {
    fn in_folder(folder: &Path) -> Self {
        Self { certificate: folder.join("fullchain.pem"), key: folder.join("privkey.pem") }
    }

    fn write(&self, made: &CertifiedKey<KeyPair>) {
        std::fs::write(&self.key, made.signing_key.serialize_pem()).unwrap();
        std::fs::write(&self.certificate, made.cert.pem()).unwrap();
    }

    fn settings(&self) -> [(&'static str, &str); 2] {
        [("MOTCUA_SERVER_TLS_CERTIFICATE", text(&self.certificate)), ("MOTCUA_SERVER_TLS_KEY", text(&self.key))]
    }
}

fn fresh() -> CertifiedKey<KeyPair> {
    generate_simple_self_signed([HOST.to_owned()]).unwrap()
}

/// Opens a page, trusting this certificate alone.
fn get(address: &str, trusted: &CertificateDer<'static>, path: &str) -> Result<Answer, std::io::Error> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(HOST).unwrap();
    let client = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(client, TcpStream::connect(address)?);
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n")?;
    Ok(Answer::read(stream))
}

#[test]
fn a_new_certificate_is_shown_without_a_restart_and_a_bad_one_never() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    small_demo(&data, 1);
    let (pair, first, second, third) = (Pair::in_folder(folder.path()), fresh(), fresh(), fresh());
    pair.write(&first);
    let mut serving = Serving::start_with(&["--data", text(&data)], &pair.settings());
    let address = serving.address().to_owned();
    let page = get(&address, first.cert.der(), "/").unwrap();
    assert_eq!(page.status, 200);
    assert!(page.head.contains("Secure"), "cookies travel over TLS only: {}", page.head);
    assert!(get(&address, second.cert.der(), "/").is_err(), "another certificate is not shown");

    // By the signal, at once.
    pair.write(&second);
    serving.signal("HUP");
    serving.hears("đã được đọc lại");
    assert_eq!(get(&address, second.cert.der(), "/healthz").unwrap().status, 200);
    // A key that belongs to another certificate, a file that is none, and one that is gone: the old one stays, and it is said.
    std::fs::write(&pair.key, third.signing_key.serialize_pem()).unwrap();
    serving.signal("HUP");
    assert!(serving.hears("giữ chứng thư cũ").contains("fullchain.pem"));
    std::fs::write(&pair.certificate, "not a certificate").unwrap();
    serving.hears("giữ chứng thư cũ");
    std::fs::remove_file(&pair.certificate).unwrap();
    serving.hears("giữ chứng thư cũ");
    assert_eq!(get(&address, second.cert.der(), "/healthz").unwrap().status, 200);
    // By the files themselves, within some seconds.
    pair.write(&third);
    serving.hears("đã được đọc lại");
    assert_eq!(get(&address, third.cert.der(), "/healthz").unwrap().status, 200);
    assert_eq!(serving.stop(), Some(0));
}

#[test]
fn somebody_who_never_shakes_hands_holds_up_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    small_demo(&data, 1);
    let (pair, made) = (Pair::in_folder(folder.path()), fresh());
    pair.write(&made);
    let serving = Serving::start_with(&["--data", text(&data)], &pair.settings());
    let silent: Vec<TcpStream> = (0..50).map(|_| TcpStream::connect(serving.address()).unwrap()).collect();
    let mut rude = TcpStream::connect(serving.address()).unwrap();
    rude.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    assert_eq!(get(serving.address(), made.cert.der(), "/healthz").unwrap().status, 200);
    assert_eq!(serving.stop(), Some(0));
    drop(silent);
}

#[test]
fn certificates_that_make_no_sense_are_refused_before_anything_starts() {
    let folder = tempfile::tempdir().unwrap();
    let (pair, one, other) = (Pair::in_folder(folder.path()), fresh(), fresh());
    let file = folder.path().join("motcua.toml");
    let check = |settings: &str| {
        std::fs::write(&file, format!("[server]\n{settings}")).unwrap();
        motcua(&["check", "--config", text(&file)])
    };
    let both = "tls_certificate = \"fullchain.pem\"\ntls_key = \"privkey.pem\"\n";
    let missing = check(both);
    assert!(missing.code == 2 && missing.stderr.contains("fullchain.pem"), "{missing:?}");
    std::fs::write(&pair.certificate, one.cert.pem()).unwrap();
    std::fs::write(&pair.key, other.signing_key.serialize_pem()).unwrap();
    let strangers = check(both);
    assert!(strangers.code == 2 && strangers.stderr.contains("tls_certificate"), "{strangers:?}");
    pair.write(&one);
    check(both).done();
    let alone = check("tls_key = \"privkey.pem\"\n");
    assert!(alone.code == 1 && alone.stdout.contains("one is missing"), "{alone:?}");
}
