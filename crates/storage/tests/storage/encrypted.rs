//! The way to a server over a network: encrypted, and to nobody but whom the certificate names.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use storage::{
    args,
    engine::{Address, Db, Options, Place, StorageError},
};

use crate::postgres::Server;

storage::statements! {
    IS_ENCRYPTED: "SELECT count(*) FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl";
}

/// Somebody who gives out certificates.
struct Authority {
    certificate: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap().pem();
        Self { certificate, issuer: Issuer::new(params, key) }
    }

    /// A certificate for a host, and its key.
    fn certify(&self, host: &str) -> (String, String) {
        let params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.issuer).unwrap().pem(), key.serialize_pem())
    }

    /// Its certificate as a file.
    fn file(&self, folder: &Path, name: &str) -> PathBuf {
        let path = folder.join(name);
        std::fs::write(&path, &self.certificate).unwrap();
        path
    }
}

/// A port that is free now.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A server that listens on the loopback with a certificate for a host, and its port.
fn server(authority: &Authority, host: &str) -> (Server, u16) {
    let port = free_port();
    let listens = ["listen_addresses=127.0.0.1".to_owned(), format!("port={port}")];
    let encrypts = ["ssl=on", "ssl_cert_file=own.pem", "ssl_key_file=own.key"].map(str::to_owned);
    let settings: Vec<String> = listens.into_iter().chain(encrypts).collect();
    let mut server = Server::found_only(&settings.iter().map(String::as_str).collect::<Vec<_>>());
    let (certificate, key) = authority.certify(host);
    server.give("own.pem", &certificate);
    server.give("own.key", &key);
    server.start_again();
    server.create("office");
    (server, port)
}

fn opened(url: &str, trusted: &Path) -> Result<Db, StorageError> {
    let address = Address::parse(url).unwrap().with_ca_file(trusted);
    Db::at(&Place::Server(address), Options::default())
}

#[track_caller]
fn refused(url: &str, trusted: &Path, words: &str) {
    let error = opened(url, trusted).unwrap_err();
    assert!(matches!(error, StorageError::CannotReach { .. }), "{error:?}");
    assert!(error.to_string().contains(words), "{words} in: {error}");
}

#[test]
fn the_way_to_a_server_is_encrypted_and_leads_to_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let (own, foreign) = (Authority::new("Cơ quan mẫu"), Authority::new("Ai đó"));
    let trusted = own.file(folder.path(), "own.pem");
    let (_server, port) = server(&own, "localhost");
    let url = format!("postgres://motcua@localhost:{port}/office?sslmode=require");

    let db = opened(&url, &trusted).unwrap();
    let encrypted: i64 = db.read_now(|tx| tx.one(IS_ENCRYPTED, args![])).unwrap();
    assert_eq!(encrypted, 1, "the server says so itself");
    let written = db.write_now(|tx| storage::house::put_text(tx, "tried", "over TLS"));
    written.unwrap();

    refused(&url, &foreign.file(folder.path(), "foreign.pem"), "UnknownIssuer");
    let elsewhere = format!("postgres://motcua@127.0.0.1:{port}/office?sslmode=require");
    refused(&elsewhere, &trusted, "not valid for name");
}

#[test]
fn a_server_that_does_not_encrypt_is_not_spoken_to() {
    let folder = tempfile::tempdir().unwrap();
    let own = Authority::new("Cơ quan mẫu");
    let port = free_port();
    let server = Server::start_with(&["listen_addresses=127.0.0.1", &format!("port={port}")]);
    server.create("office");
    let url = format!("postgres://motcua@localhost:{port}/office?sslmode=require");
    refused(&url, &own.file(folder.path(), "own.pem"), "TLS");
    // Without a word about encryption the loopback needs none.
    opened(&format!("postgres://motcua@localhost:{port}/office"), &own.file(folder.path(), "own.pem")).unwrap();
}

#[test]
fn of_several_servers_the_one_that_leads_is_found() {
    let leader = Server::start();
    leader.create("office");
    let follower = Server::following(&leader, &[]);
    let hosts = [&follower, &leader].map(|it| it.folder().display().to_string().replace('/', "%2F"));
    let place = Place::parse(&format!("postgres://motcua@{}/office", hosts.join(","))).unwrap();
    let db = Db::at(&place, Options::default()).unwrap();
    db.write_now(|tx| storage::house::put_text(tx, "asked first", "who only follows")).unwrap();
    let alone = Place::parse(&follower.url("office")).unwrap();
    let refused = Db::at(&alone, Options::default()).unwrap_err();
    assert!(refused.to_string().contains("only follows another server"), "{refused}");
}
