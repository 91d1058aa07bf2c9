use super::{LATE, carriers, certificate, message, names_nobody, put, reach, round, stored, until, until_next_try};
use app::outbox::{self, Carriers, TextWay};
use domain::text_message;
use integrations::Secret;
use integrations::smpp::{ReceiptNames, Smpp, SmppSettings};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use storage::outbox::Message;
use testkit::{Office, Partner};
use tokio::sync::watch;

/// Longer than 70 letters with marks: two parts.
const LONG: &str = "Hồ sơ H24.30.23-250303-0001 đã được Ủy ban nhân dân phường Hàng Kênh tiếp nhận. Hẹn trả kết quả: 17 giờ, 10/3/2025.";

fn settings(partner: &Partner) -> SmppSettings {
    SmppSettings {
        host: "127.0.0.1".to_owned(),
        port: partner.port,
        encrypted: false,
        ca_file: None,
        system_id: "motcua".to_owned(),
        password: Secret::new("mk-thu"),
        system_type: String::new(),
        sender: "MOTCUA".to_owned(),
        receipt_names: ReceiptNames::Same,
        answer_within: Duration::from_millis(700),
        whole_within: Duration::from_secs(4),
        enquire_every: Duration::from_secs(30),
        again_after: Duration::from_millis(100),
    }
}

/// The carriers through a centre, and whoever keeps what it says.
fn through(office: &Office, settings: &SmppSettings) -> (Arc<Carriers>, watch::Sender<bool>) {
    let (centre, heard) = Smpp::start(settings).unwrap();
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(outbox::hear(Arc::clone(&office.house), heard, stopped));
    (carriers(office, None, TextWay::Centre(centre)), stop)
}

fn text(office: &Office, number: u128, body: &str) -> Message {
    Message { body: body.to_owned(), ..message(office, number, "sms") }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_vietnamese_message_travels_in_joined_parts_and_its_receipts_come_back() {
    let office = Office::open();
    let mut partner = Partner::start("centre", &[]);
    let (carriers, _stop) = through(&office, &settings(&partner));
    assert_eq!(partner.wait("bound", 1), [json!(true)]);
    assert_eq!(partner.events("bound")[0]["version"], 0x34);
    put(&office, &[text(&office, 1, LONG)]).await;
    assert_eq!(round(&office, &carriers).await, 1);
    let submitted = partner.wait("submitted", 2);
    assert_eq!(text_message::measured(LONG).parts, 2);
    let joined: String = submitted.iter().map(|it| it["text"].as_str().unwrap()).collect();
    assert_eq!(joined, LONG, "the centre reads what was written");
    let header = |number: usize| submitted[number]["header"][0].as_str().unwrap().to_owned();
    // Concatenated, 3 bytes: which message, of two, the first and the second.
    assert!(header(0).starts_with("0003") && header(0).ends_with("0201"), "{}", header(0));
    assert_eq!(header(1), format!("{}02", header(0).strip_suffix("01").unwrap()));
    for part in &submitted {
        assert_eq!((&part["coding"], &part["class"], &part["registered"]), (&json!(8), &json!(0x40), &json!(1)));
        assert_eq!(part["from"], json!(["MOTCUA", 5, 0]));
        assert_eq!(part["to"], json!(["84999000412", 1, 1]));
    }
    assert!(stored(&office, 1).delivered_at.is_some());
    assert_eq!(reach(&office, 1), ["taken", "taken"]);

    // Twice the same receipt is one; each is acknowledged once it is kept.
    partner.order(&json!({ "receipt": { "id": "c1", "stat": "DELIVRD" }, "times": 2 }));
    partner.order(&json!({ "receipt": { "id": "c2", "stat": "UNDELIV", "err": "011" } }));
    assert_eq!(partner.wait("acknowledged", 3), [json!(0), json!(0), json!(0)]);
    assert_eq!(reach(&office, 1), ["delivered", "failed"]);
    let parts = super::parts(&office, 1);
    assert_eq!(parts[1].reason, "UNDELIV 011");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_short_plain_message_is_one_part_in_the_small_alphabet() {
    let office = Office::open();
    let partner = Partner::start("centre", &[]);
    let (carriers, stop) = through(&office, &settings(&partner));
    put(&office, &[text(&office, 1, "Ho so H24-0001 da co ket qua {1} [x] 5€")]).await;
    round(&office, &carriers).await;
    let part = partner.wait("submitted", 1).remove(0);
    assert_eq!(part["text"], "Ho so H24-0001 da co ket qua {1} [x] 5€");
    assert_eq!((&part["coding"], &part["class"], &part["header"]), (&json!(0), &json!(0), &json!([])));
    drop((carriers, stop));
    partner.wait("unbound", 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receipt_that_comes_before_the_answer_is_not_lost() {
    let office = Office::open();
    let mut partner = Partner::start("centre", &[]);
    let (carriers, _stop) = through(&office, &settings(&partner));
    partner.order(&json!({ "mode": "receipt first" }));
    put(&office, &[message(&office, 1, "sms")]).await;
    round(&office, &carriers).await;
    partner.wait("acknowledged", 1);
    assert_eq!(reach(&office, 1), ["delivered"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refusals_for_good_and_for_now_are_told_apart() {
    let office = Office::open();
    let mut partner = Partner::start("centre", &[]);
    let (carriers, _stop) = through(&office, &settings(&partner));
    partner.order(&json!({ "mode": "refuses" }));
    put(&office, &[text(&office, 1, LONG)]).await;
    round(&office, &carriers).await;
    let dead = stored(&office, 1);
    assert!(dead.dead_at.is_some() && dead.tries == 1 && dead.last_error.contains("0xb"), "{dead:?}");
    names_nobody(&dead.last_error);
    assert_eq!(partner.seen("submitted").len(), 1, "the second part is not sent after a first that was refused");
    partner.order(&json!({ "mode": "later" }));
    put(&office, &[message(&office, 2, "sms")]).await;
    round(&office, &carriers).await;
    assert!(stored(&office, 2).dead_at.is_none() && stored(&office, 2).tries == 1);
    partner.order(&json!({ "mode": "takes" }));
    until_next_try(&office, 2);
    round(&office, &carriers).await;
    assert!(stored(&office, 2).delivered_at.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_comes_late_or_twice_sends_no_part_again() {
    let office = Office::open();
    let mut partner = Partner::start("centre", &[]);
    let (carriers, _stop) = through(&office, &settings(&partner));
    partner.order(&json!({ "mode": "late", "milliseconds": LATE }));
    put(&office, &[message(&office, 1, "sms")]).await;
    round(&office, &carriers).await;
    assert!(stored(&office, 1).delivered_at.is_none());
    until("the late answer being kept", || !reach(&office, 1).is_empty()).await;
    until_next_try(&office, 1);
    round(&office, &carriers).await;
    assert!(stored(&office, 1).delivered_at.is_some());
    assert_eq!(partner.seen("submitted").len(), 1);

    partner.order(&json!({ "mode": "twice", "milliseconds": 0 }));
    put(&office, &[text(&office, 2, LONG), message(&office, 3, "sms")]).await;
    round(&office, &carriers).await;
    assert!([2, 3].iter().all(|it| stored(&office, *it).delivered_at.is_some()));
    assert_eq!((reach(&office, 2).len(), reach(&office, 3).len()), (2, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_loss_in_the_middle_only_the_missing_part_goes_again() {
    let office = Office::open();
    let mut partner = Partner::start("centre", &[]);
    let (carriers, _stop) = through(&office, &settings(&partner));
    partner.order(&json!({ "mode": "breaks" }));
    put(&office, &[text(&office, 1, LONG)]).await;
    round(&office, &carriers).await;
    assert!(stored(&office, 1).delivered_at.is_none());
    assert_eq!(reach(&office, 1), ["taken"]);
    partner.order(&json!({ "mode": "takes" }));
    partner.wait("bound", 2);
    until_next_try(&office, 1);
    round(&office, &carriers).await;
    assert!(stored(&office, 1).delivered_at.is_some());
    let headers: Vec<Value> = partner.wait("submitted", 3).into_iter().map(|it| it["header"][0].clone()).collect();
    assert_ne!(headers[0], headers[1]);
    assert_eq!(headers[1], headers[2], "the second part again, under the same header");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_centre_that_hangs_or_goes_away_is_bound_again() {
    let office = Office::open();
    let mut partner = Partner::start("centre", &[]);
    let quick = SmppSettings { enquire_every: Duration::from_millis(200), ..settings(&partner) };
    let (carriers, _stop) = through(&office, &quick);
    partner.wait("enquired", 2);
    // It takes nothing and answers nothing: the enquiry finds out.
    partner.order(&json!({ "mode": "dead" }));
    put(&office, &[message(&office, 1, "sms")]).await;
    round(&office, &carriers).await;
    assert!(stored(&office, 1).delivered_at.is_none());
    partner.order(&json!({ "mode": "takes" }));
    let before = partner.wait("bound", 2).len();
    partner.order(&json!({ "drop": true }));
    partner.wait("bound", before + 1);
    // It may be lost once more by the enquiry that nobody answered: the outbox comes again.
    for _ in 0..5 {
        until_next_try(&office, 1);
        if round(&office, &carriers).await == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    assert!(stored(&office, 1).delivered_at.is_some(), "{:?}", stored(&office, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_centre_that_does_not_know_us_is_told_nothing() {
    let office = Office::open();
    let partner = Partner::start("centre", &[]);
    let wrong = SmppSettings { password: Secret::new("sai"), ..settings(&partner) };
    let (carriers, _stop) = through(&office, &wrong);
    assert_eq!(partner.wait("bound", 1)[0], false);
    put(&office, &[message(&office, 1, "sms")]).await;
    round(&office, &carriers).await;
    let waiting = stored(&office, 1);
    assert!(waiting.tries == 1 && waiting.dead_at.is_none() && waiting.delivered_at.is_none(), "{waiting:?}");
    assert!(partner.seen("submitted").is_empty());
    let long = SmppSettings { password: Secret::new("longer than eight"), ..settings(&partner) };
    assert!(Smpp::start(&long).unwrap_err().to_string().contains("password"));
    let brand = SmppSettings { sender: "Một cửa".to_owned(), ..settings(&partner) };
    assert!(Smpp::start(&brand).is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn receipts_find_their_part_whichever_digits_the_centre_writes() {
    // The centre's names: how it writes them when it takes a part, and in the receipt of the first part.
    for (written, reported, names) in [
        ("hexadecimal", "2130717185", ReceiptNames::Decimal),
        ("hexadecimal", "7F002A01", ReceiptNames::Same),
        ("decimal", "000000007f002a01", ReceiptNames::Hexadecimal),
    ] {
        let office = Office::open();
        let mut partner = Partner::start("centre", &[]);
        let (carriers, _stop) = through(&office, &SmppSettings { receipt_names: names, ..settings(&partner) });
        partner.order(&json!({ "names": written }));
        put(&office, &[text(&office, 1, LONG)]).await;
        round(&office, &carriers).await;
        assert_eq!(reach(&office, 1), ["taken", "taken"]);
        partner.order(&json!({ "receipt": { "id": reported, "stat": "DELIVRD" } }));
        partner.wait("acknowledged", 1);
        assert_eq!(reach(&office, 1), ["delivered", "taken"], "{written}, {reported}");
    }
    // Without being told, the two are different names.
    let office = Office::open();
    let mut partner = Partner::start("centre", &[]);
    let (carriers, _stop) = through(&office, &settings(&partner));
    partner.order(&json!({ "names": "hexadecimal" }));
    put(&office, &[message(&office, 1, "sms")]).await;
    round(&office, &carriers).await;
    partner.order(&json!({ "receipt": { "id": "2130717185", "stat": "DELIVRD" } }));
    partner.wait("acknowledged", 1);
    assert_eq!(reach(&office, 1), ["taken"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_encrypted_centre_is_known_by_its_certificate() {
    let office = Office::open();
    let folder = tempfile::tempdir().unwrap();
    let (key, own) = certificate(folder.path(), "own");
    let (_, stranger) = certificate(folder.path(), "stranger");
    let partner = Partner::start("centre", &[key.to_str().unwrap(), own.to_str().unwrap()]);
    let with = |ca_file: &std::path::Path| SmppSettings {
        host: "localhost".to_owned(),
        encrypted: true,
        ca_file: Some(ca_file.to_owned()),
        ..settings(&partner)
    };
    put(&office, &[text(&office, 1, LONG)]).await;
    let (carriers, stop) = through(&office, &with(&stranger));
    round(&office, &carriers).await;
    let waiting = stored(&office, 1);
    assert!(waiting.tries == 1 && waiting.delivered_at.is_none() && waiting.dead_at.is_none(), "{waiting:?}");
    // Nor is anything said to it where the wire is not encrypted on our side.
    drop((carriers, stop));
    let plain = SmppSettings { encrypted: false, ..with(&own) };
    let (carriers, stop) = through(&office, &plain);
    until_next_try(&office, 1);
    round(&office, &carriers).await;
    drop((carriers, stop));
    assert!(partner.seen("bound").is_empty() && partner.seen("submitted").is_empty(), "a stranger was told something");

    let (carriers, _stop) = through(&office, &with(&own));
    partner.wait("bound", 1);
    assert_eq!(partner.events("bound")[0]["secure"], true);
    until_next_try(&office, 1);
    round(&office, &carriers).await;
    let joined: String = partner.wait("submitted", 2).iter().map(|it| it["text"].as_str().unwrap()).collect();
    assert_eq!(joined, LONG);
    assert_eq!(reach(&office, 1), ["taken", "taken"]);
}
