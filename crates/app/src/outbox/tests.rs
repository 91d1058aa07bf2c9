use super::*;
use crate::testing::{TestHouse, run, staff_id};
use domain::ids::DossierId;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use uuid::Uuid;

fn id(n: u128) -> MessageId {
    MessageId::from_uuid(Uuid::from_u128(n))
}

fn message(n: u128, channel: &str, dossier: u128, at: Instant) -> Message {
    Message {
        id: id(n),
        channel: channel.to_owned(),
        dossier: Some(DossierId::from_uuid(Uuid::from_u128(dossier))),
        kind: "received".to_owned(),
        recipient: "0999000412".to_owned(),
        subject: "Hồ sơ".to_owned(),
        body: "Hồ sơ đã được tiếp nhận.".to_owned(),
        created_at: at,
        tries: 0,
        next_try_at: at,
        delivered_at: None,
        dead_at: None,
        last_error: String::new(),
        template: String::new(),
        details: String::new(),
    }
}

async fn put(test: &TestHouse, messages: &[Message]) {
    let messages = messages.to_vec();
    test.house.db.write(move |tx| messages.iter().try_for_each(|it| outbox::add(tx, it))).await.unwrap();
}

fn files(test: &TestHouse, channel: &str) -> Vec<PathBuf> {
    let Ok(folder) = std::fs::read_dir(test.house.rules.outbox_folder.join(channel)) else { return Vec::new() };
    let mut found: Vec<PathBuf> = folder.map(|it| it.unwrap().path()).collect();
    found.sort();
    found
}

fn stored(test: &TestHouse) -> HashMap<MessageId, Message> {
    let all = test.house.db.read_now(|tx| outbox::latest(tx, 100)).unwrap();
    all.into_iter().map(|it| (it.id, it)).collect()
}

/// A partner that can be told to fail, hang or break, and remembers what it was given.
#[derive(Default)]
struct Partner {
    given: Mutex<Vec<MessageId>>,
    fails: AtomicBool,
    hangs: AtomicBool,
    breaks: AtomicBool,
}

impl Carrier for Partner {
    async fn carry(&self, message: Message, _: Vec<u16>) -> Carried {
        self.given.lock().unwrap().push(message.id);
        if self.hangs.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
        assert!(!self.breaks.load(Ordering::Relaxed), "broken on purpose");
        let refused = || Err(Refused::Later("line busy".repeat(100)));
        Carried::whole(if self.fails.load(Ordering::Relaxed) { refused() } else { Ok(()) })
    }
}

async fn carry(test: &TestHouse, partner: &Arc<Partner>) -> usize {
    run_once_with(&test.house, partner, Duration::from_millis(50)).await.unwrap()
}

#[test]
fn filing_sends_a_text_message_and_a_letter_as_files() {
    run(async {
        let test = TestHouse::with_catalogue();
        let filed = test.file_at_desk(|_| {}).await;
        assert_eq!(run_once(&test.house).await.unwrap(), 2);
        assert_eq!(run_once(&test.house).await.unwrap(), 0);
        let [text] = files(&test, "sms").try_into().unwrap();
        let text: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(text).unwrap()).unwrap();
        assert_eq!(text["to"], "0999000412");
        assert!(text["text"].as_str().unwrap().contains(filed.code.as_str()));
        assert_eq!(text["created_at"], "2025-03-31T08:00:00+07:00");
        let [letter] = files(&test, "email").try_into().unwrap();
        let letter = std::fs::read_to_string(letter).unwrap();
        assert!(letter.contains("\r\nTo: thu@mau.example\r\n"), "{letter}");
        assert!(letter.contains("\r\nDate: Mon, 31 Mar 2025 08:00:00 +0700\r\n"), "{letter}");
        assert!(stored(&test).values().all(|it| it.delivered_at.is_some() && it.tries == 1));
    });
}

#[test]
fn nothing_in_a_message_begins_a_header_or_leaves_the_folder() {
    run(async {
        let test = TestHouse::new();
        let mut odd = message(1, "email", 1, test.now());
        odd.recipient = "a@mau.example\r\nBcc: b@mau.example".to_owned();
        odd.subject = "Một\nHai: ba".to_owned();
        let lost = Message { channel: "../..".to_owned(), ..message(2, "", 2, test.now()) };
        put(&test, &[odd]).await;
        assert_eq!(run_once(&test.house).await.unwrap(), 1);
        let letter = std::fs::read_to_string(&files(&test, "email")[0]).unwrap();
        assert!(!letter.contains("\nBcc:") && !letter.contains("\nHai:"), "{letter}");
        let folder = Folder::new(test.house.rules.outbox_folder.clone());
        assert_eq!(folder.write(lost).await, Err(Refused::Never("no channel of that name".to_owned())));
    });
}

#[test]
fn delivering_twice_writes_the_same_file() {
    run(async {
        let test = TestHouse::new();
        let folder = Folder::new(test.house.rules.outbox_folder.clone());
        for _ in 0..2 {
            folder.write(message(1, "sms", 1, test.now())).await.unwrap();
        }
        assert_eq!(files(&test, "sms").len(), 1);
    });
}

#[test]
fn messages_of_a_dossier_go_in_order_and_others_do_not_wait_for_them() {
    run(async {
        let test = TestHouse::new();
        let at = test.now();
        put(&test, &[message(1, "sms", 1, at), message(2, "sms", 1, at), message(3, "email", 1, at)]).await;
        let partner = Arc::new(Partner::default());
        partner.fails.store(true, Ordering::Relaxed);
        assert_eq!(carry(&test, &partner).await, 2);
        assert_eq!(carry(&test, &partner).await, 0, "the second text message waits for the first");
        partner.fails.store(false, Ordering::Relaxed);
        put(&test, &[message(4, "sms", 2, at)]).await;
        assert_eq!(carry(&test, &partner).await, 1);
        test.later(60);
        while carry(&test, &partner).await > 0 {}
        let given = partner.given.lock().unwrap().clone();
        let place = |n| given.iter().rposition(|it| *it == id(n)).unwrap();
        assert!(place(1) < place(2) && place(4) < place(1));
        assert!(stored(&test).values().all(|it| it.delivered_at.is_some()));
    });
}

#[test]
fn a_message_that_fails_comes_back_later_and_later_and_then_lies_dead_until_it_is_sent_again() {
    run(async {
        let test = TestHouse::new();
        put(&test, &[message(1, "sms", 1, test.now())]).await;
        let partner = Arc::new(Partner::default());
        partner.fails.store(true, Ordering::Relaxed);
        for round in 0..8 {
            assert_eq!(carry(&test, &partner).await, 1, "{round}");
            test.later(60 * (1 << round) - 1);
            assert_eq!(carry(&test, &partner).await, 0, "{round}");
            test.later(1);
        }
        assert_eq!(carry(&test, &partner).await, 0);
        let dead_letter = stored(&test).remove(&id(1)).unwrap();
        assert_eq!((dead_letter.tries, dead_letter.last_error.chars().count()), (8, 300));
        assert!(matches!(dead(&test.house, staff_id("tiep.nhan")).await, Err(AppError::Forbidden)));
        assert!(matches!(resend(&test.house, staff_id("tiep.nhan"), id(1)).await, Err(AppError::Forbidden)));
        let administrator = staff_id("quan.tri");
        assert_eq!(dead(&test.house, administrator).await.unwrap().len(), 1);
        assert!(matches!(resend(&test.house, administrator, id(9)).await, Err(AppError::NotFound)));
        resend(&test.house, administrator, id(1)).await.unwrap();
        partner.fails.store(false, Ordering::Relaxed);
        assert_eq!(carry(&test, &partner).await, 1);
        assert_eq!(latest(&test.house, administrator).await.unwrap()[0].delivered_at, Some(test.now()));
        let audited = test.house.db.read_now(|tx| storage::house::audited(tx, 10)).unwrap();
        assert_eq!((audited[0].1, audited[0].2.as_str()), (Some(administrator), "message resent"));
    });
}

#[test]
fn a_partner_that_hangs_or_breaks_holds_up_nobody() {
    run(async {
        let test = TestHouse::new();
        let at = test.now();
        let many: Vec<Message> = (1..=30).map(|n| message(n, "sms", n, at)).collect();
        put(&test, &many).await;
        let partner = Arc::new(Partner::default());
        partner.hangs.store(true, Ordering::Relaxed);
        assert_eq!(carry(&test, &partner).await, 20);
        partner.hangs.store(false, Ordering::Relaxed);
        partner.breaks.store(true, Ordering::Relaxed);
        assert_eq!(carry(&test, &partner).await, 10);
        let after = stored(&test);
        assert!(after[&id(1)].last_error.contains("no answer within"));
        assert!(after[&id(30)].last_error.contains("the carrier broke"));
        assert_eq!(resend_all(&test.house, staff_id("quan.tri")).await.unwrap(), 0, "none is dead yet");
    });
}

#[test]
fn the_worker_carries_what_waits_and_stops_when_told() {
    run(async {
        let test = TestHouse::new();
        put(&test, &[message(1, "sms", 1, test.now()), message(2, "sms", 1, test.now())]).await;
        let (stop, stopped) = watch::channel(false);
        let carriers = Arc::new(Carriers::to_folder(test.house.rules.outbox_folder.clone()));
        let working = tokio::spawn(worker(Arc::clone(&test.house), carriers, stopped));
        while files(&test, "sms").len() < 2 || stored(&test).values().any(|it| it.delivered_at.is_none()) {
            tokio::task::yield_now().await;
        }
        stop.send(true).unwrap();
        working.await.unwrap();
    });
}
