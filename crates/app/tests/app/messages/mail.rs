use super::{
    ANSWER_WITHIN, LATE, carriers, certificate, id, message, names_nobody, put, round, stored, until, until_next_try,
};
use app::outbox::{self, TextWay};
use integrations::Secret;
use integrations::mail::{MailSettings, Mailer, Security};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use testkit::{Office, Partner};
use tokio::sync::watch;

fn settings(partner: &Partner) -> MailSettings {
    MailSettings {
        host: "localhost".to_owned(),
        port: partner.port,
        security: Security::Plain,
        account: None,
        from: "Một cửa phường Hàng Kênh <motcua@mau.example>".to_owned(),
        ca_file: None,
        letter_within: ANSWER_WITHIN,
    }
}

fn mailer(partner: &Partner) -> Option<Mailer> {
    Some(Mailer::new(&settings(partner)).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_arrives_as_it_was_written() {
    let office = Office::open();
    let partner = Partner::start("mail", &[]);
    let carriers = carriers(&office, mailer(&partner), TextWay::Folder);
    let long = format!("{}\n.\nMột dòng chỉ có dấu chấm ở trên.", "Dòng dài có dấu. ".repeat(80));
    put(&office, &[outbox_message(&office, &long)]).await;
    assert_eq!(round(&office, &carriers).await, 1);
    let letter = partner.wait("letter", 1).remove(0);
    assert_eq!(letter["to"], json!(["thu@mau.example"]));
    assert_eq!(letter["from"], "motcua@mau.example");
    assert_eq!(letter["subject"], "Hồ sơ H24.30.23-250303-0001");
    assert_eq!(letter["text"].as_str().unwrap().trim_end(), long);
    assert_eq!(letter["headers"]["message-id"], format!("<{}@mau.example>", id(1)));
    assert_eq!(letter["headers"]["auto-submitted"], "auto-generated");
    assert_eq!(letter["headers"]["date"], "Mon, 03 Mar 2025 02:00:00 +0000");
    assert!(stored(&office, 1).delivered_at.is_some());
}

fn outbox_message(office: &Office, body: &str) -> storage::outbox::Message {
    storage::outbox::Message { body: body.to_owned(), ..message(office, 1, "email") }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refused_for_good_is_dead_at_once_and_refused_for_now_is_tried_again() {
    let office = Office::open();
    let mut partner = Partner::start("mail", &[]);
    let carriers = carriers(&office, mailer(&partner), TextWay::Folder);
    partner.order(&json!({ "mode": "refuses" }));
    put(&office, &[message(&office, 1, "email")]).await;
    round(&office, &carriers).await;
    let dead = stored(&office, 1);
    assert!(dead.dead_at.is_some() && dead.tries == 1 && dead.last_error.contains("550"), "{dead:?}");
    names_nobody(&dead.last_error);

    partner.order(&json!({ "mode": "later" }));
    put(&office, &[message(&office, 2, "email")]).await;
    round(&office, &carriers).await;
    let waiting = stored(&office, 2);
    assert!(waiting.dead_at.is_none() && waiting.tries == 1 && waiting.last_error.contains("451"), "{waiting:?}");
    names_nobody(&waiting.last_error);
    assert_eq!(round(&office, &carriers).await, 0, "not before its time");

    partner.order(&json!({ "mode": "takes" }));
    until_next_try(&office, 2);
    assert_eq!(round(&office, &carriers).await, 1);
    assert!(stored(&office, 2).delivered_at.is_some());
    // An administrator sends the dead one again, once the mailbox is there.
    outbox::resend(&office.house, office.staff.administrator, id(1)).await.unwrap();
    assert_eq!(round(&office, &carriers).await, 1);
    assert_eq!(partner.seen("letter").len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_answers_late_gets_the_same_letter_again() {
    let office = Office::open();
    let mut partner = Partner::start("mail", &[]);
    let carriers = carriers(&office, mailer(&partner), TextWay::Folder);
    partner.order(&json!({ "mode": "late", "milliseconds": LATE }));
    put(&office, &[message(&office, 1, "email")]).await;
    round(&office, &carriers).await;
    assert!(stored(&office, 1).delivered_at.is_none());
    partner.order(&json!({ "mode": "takes" }));
    until_next_try(&office, 1);
    round(&office, &carriers).await;
    assert!(stored(&office, 1).delivered_at.is_some());
    let names: Vec<Value> =
        partner.wait("letter", 2).into_iter().map(|it| it["headers"]["message-id"].clone()).collect();
    assert_eq!(names[0], names[1], "a mailbox shows it once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_hangs_holds_up_neither_text_messages_nor_the_database() {
    let office = Office::open();
    let mut partner = Partner::start("mail", &[]);
    partner.order(&json!({ "mode": "hangs" }));
    let mut patient = settings(&partner);
    patient.letter_within = std::time::Duration::from_secs(15);
    let carriers = carriers(&office, Some(Mailer::new(&patient).unwrap()), TextWay::Folder);
    let (stop, stopped) = watch::channel(false);
    let working = tokio::spawn(outbox::worker(Arc::clone(&office.house), carriers, stopped));
    put(&office, &[message(&office, 1, "email")]).await;
    partner.wait("letter", 1);
    put(&office, &[message(&office, 2, "sms"), message(&office, 3, "sms")]).await;
    until("the text messages going", || [2, 3].iter().all(|it| stored(&office, *it).delivered_at.is_some())).await;
    assert_eq!(stored(&office, 1).tries, 0, "the letter is still on its way");
    let filed = office.file_online("dang-ky-khai-sinh@ward").await;
    assert_eq!(office.dossier(filed.id).version, 1);
    stop.send(true).unwrap();
    working.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_encrypted_server_is_known_by_its_certificate_and_knows_us_by_our_password() {
    let folder = tempfile::tempdir().unwrap();
    let (key, own) = certificate(folder.path(), "own");
    let (_, stranger) = certificate(folder.path(), "stranger");
    for (way, security) in [("starttls", Security::StartTls), ("tls", Security::Tls)] {
        let office = Office::open();
        let partner = Partner::start("mail", &[key.to_str().unwrap(), own.to_str().unwrap(), way]);
        let with = |ca_file: &Path, password: &str| MailSettings {
            security,
            ca_file: Some(ca_file.to_owned()),
            account: Some(("motcua".to_owned(), Secret::new(password))),
            letter_within: std::time::Duration::from_secs(4),
            ..settings(&partner)
        };
        put(&office, &[message(&office, 1, "email")]).await;
        for (ca_file, password) in [(&stranger, "mat-khau-thu"), (&own, "sai")] {
            let mailer = Mailer::new(&with(ca_file, password)).unwrap();
            round(&office, &carriers(&office, Some(mailer), TextWay::Folder)).await;
            let waiting = stored(&office, 1);
            assert!(waiting.delivered_at.is_none() && waiting.dead_at.is_none(), "{way}: {waiting:?}");
            assert!(!waiting.last_error.contains("sai"));
            until_next_try(&office, 1);
        }
        assert!(partner.seen("letter").is_empty(), "{way}: nothing was said to a stranger, or as one");
        let mailer = Mailer::new(&with(&own, "mat-khau-thu")).unwrap();
        round(&office, &carriers(&office, Some(mailer), TextWay::Folder)).await;
        let letter = partner.wait("letter", 1).remove(0);
        assert_eq!((&letter["secure"], &letter["user"]), (&json!(true), &json!("motcua")), "{way}");
        assert!(stored(&office, 1).delivered_at.is_some());
    }
}
