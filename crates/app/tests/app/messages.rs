//! Letters and text messages through real partners: a mail server, a gateway and a message centre from npm, each of which can be
//! told to hang, to answer late or twice, to refuse for good or for now.

mod centre;
mod gateway;
mod mail;

use app::outbox::{self, Carriers, Folder, TextWay};
use domain::ids::{DossierId, MessageId};
use domain::time::Instant;
use integrations::mail::Mailer;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use storage::delivery::PartReach;
use storage::outbox::Message;
use testkit::Office;
use uuid::Uuid;

/// What the outbox grants one message in these tests.
const PATIENCE: Duration = Duration::from_secs(5);
/// What a partner is given for one answer.
const ANSWER_WITHIN: Duration = Duration::from_millis(700);
/// Later than that, in milliseconds.
const LATE: u64 = 1_500;

/// A message of its own dossier.
fn message(office: &Office, number: u128, channel: &str) -> Message {
    let at = office.house.clock.now();
    Message {
        id: id(number),
        channel: channel.to_owned(),
        dossier: Some(DossierId::from_uuid(Uuid::from_u128(number))),
        kind: "received".to_owned(),
        recipient: if channel == "sms" { "0999 000 412" } else { "thu@mau.example" }.to_owned(),
        subject: "Hồ sơ H24.30.23-250303-0001".to_owned(),
        body: "Hồ sơ H24.30.23-250303-0001 đã được tiếp nhận.".to_owned(),
        created_at: at,
        tries: 0,
        next_try_at: at,
        delivered_at: None,
        dead_at: None,
        last_error: String::new(),
        template: "received#2".to_owned(),
        details: r#"{"registered_as":"MC-01","values":{"ma":"H24.30.23-250303-0001"}}"#.to_owned(),
    }
}

fn id(number: u128) -> MessageId {
    MessageId::from_uuid(Uuid::from_u128(number))
}

async fn put(office: &Office, messages: &[Message]) {
    let messages = messages.to_vec();
    office.house.db.write(move |tx| messages.iter().try_for_each(|it| storage::outbox::add(tx, it))).await.unwrap();
}

fn stored(office: &Office, number: u128) -> Message {
    let all = office.house.db.read_now(|tx| storage::outbox::latest(tx, 100)).unwrap();
    all.into_iter().find(|it| it.id == id(number)).expect("the message is there")
}

fn parts(office: &Office, number: u128) -> Vec<PartReach> {
    office.house.db.read_now(|tx| storage::delivery::of_message(tx, id(number), 50)).unwrap()
}

/// Reach of every part, in order.
fn reach(office: &Office, number: u128) -> Vec<String> {
    parts(office, number).into_iter().map(|it| it.reach).collect()
}

fn carriers(office: &Office, mail: Option<Mailer>, text: TextWay) -> Arc<Carriers> {
    let folder = Folder::new(office.house.rules.outbox_folder.clone());
    Arc::new(Carriers { folder, mail, text })
}

/// One round of the outbox.
async fn round(office: &Office, carriers: &Arc<Carriers>) -> usize {
    outbox::run_once_with(&office.house, carriers, PATIENCE).await.unwrap()
}

/// Turns the clock to when a message is tried again.
fn until_next_try(office: &Office, number: u128) {
    let at: Instant = stored(office, number).next_try_at;
    office.house.clock.turn_to(at);
}

/// Waits until something holds, for some seconds.
async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = std::time::Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(20), "{what} did not come true");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Neither addresses nor numbers of people stand in what is kept and logged of a refusal.
fn names_nobody(words: &str) {
    assert!(!words.is_empty() && !words.contains('@') && !words.contains("999000412"), "{words}");
}

/// A key and a certificate for this machine, made by openssl.
fn certificate(folder: &Path, name: &str) -> (PathBuf, PathBuf) {
    let (key, certificate) = (folder.join(format!("{name}.key")), folder.join(format!("{name}.pem")));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output()
        .expect("openssl makes certificates of tests: apt-get install openssl");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    (key, certificate)
}
