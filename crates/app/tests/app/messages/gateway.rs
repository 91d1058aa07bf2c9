use super::{
    ANSWER_WITHIN, LATE, carriers, certificate, id, message, names_nobody, put, reach, round, stored, until,
    until_next_try,
};
use app::outbox::{Carriers, TextWay};
use integrations::Secret;
use integrations::text_gateway::{Gateway, GatewaySettings};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use storage::outbox::Message;
use testkit::{Browser, Office, Partner};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

const SECRET: &str = "a secret of twenty-four and more";

fn office() -> Office {
    Office::open_with(|rules| rules.gateway_secret = Some(Secret::new(SECRET)))
}

fn settings(partner: &Partner) -> GatewaySettings {
    GatewaySettings {
        url: format!("http://127.0.0.1:{}/send", partner.port),
        secret: Secret::new(SECRET),
        sender: "MOTCUA".to_owned(),
        ca_file: None,
        answer_within: ANSWER_WITHIN,
    }
}

fn through(office: &Office, partner: &Partner) -> Arc<Carriers> {
    through_one(office, &settings(partner))
}

fn through_one(office: &Office, settings: &GatewaySettings) -> Arc<Carriers> {
    carriers(office, None, TextWay::Gateway(Gateway::new(settings).unwrap()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_is_handed_in_signed_with_its_template() {
    let office = office();
    let partner = Partner::start("gateway", &[SECRET]);
    put(&office, &[message(&office, 1, "sms")]).await;
    assert_eq!(round(&office, &through(&office, &partner)).await, 1);
    let seen = partner.events("message").remove(0);
    assert_eq!(seen["wrong"], "", "its signature, key and form are right");
    let expected = json!({
        "id": id(1).to_string(),
        "from": "MOTCUA",
        "to": "84999000412",
        "text": "Hồ sơ H24.30.23-250303-0001 đã được tiếp nhận.",
        "template": "received",
        "revision": 2,
        "registered_as": "MC-01",
        "values": { "ma": "H24.30.23-250303-0001" },
    });
    assert_eq!(seen["message"], expected);
    assert!(stored(&office, 1).delivered_at.is_some());
    assert_eq!(reach(&office, 1), ["taken"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_filing_tells_goes_the_same_way() {
    let office = office();
    let partner = Partner::start("gateway", &[SECRET]);
    let filed = office.file_online("dang-ky-khai-sinh@ward").await;
    round(&office, &through(&office, &partner)).await;
    let seen = partner.events("message").remove(0);
    assert_eq!((&seen["wrong"], &seen["message"]["template"]), (&json!(""), &json!("filed")));
    assert_eq!(seen["message"]["values"]["ma"], filed.code.to_string());
    assert_eq!(seen["message"]["revision"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refusals_for_good_and_for_now_are_told_apart() {
    let office = office();
    let mut partner = Partner::start("gateway", &[SECRET]);
    let carriers = through(&office, &partner);
    partner.order(&json!({ "mode": "refuses" }));
    put(&office, &[message(&office, 1, "sms")]).await;
    round(&office, &carriers).await;
    let dead = stored(&office, 1);
    assert!(dead.dead_at.is_some() && dead.tries == 1 && dead.last_error.contains("400"), "{dead:?}");
    names_nobody(&dead.last_error);

    put(&office, &[message(&office, 2, "sms")]).await;
    for (tries, mode) in (1..).zip(["later", "redirects", "lies", "floods"]) {
        partner.order(&json!({ "mode": mode }));
        round(&office, &carriers).await;
        let waiting = stored(&office, 2);
        assert!(waiting.dead_at.is_none() && waiting.delivered_at.is_none(), "{mode}: {waiting:?}");
        assert_eq!(waiting.tries, tries, "{mode}");
        until_next_try(&office, 2);
    }
    partner.order(&json!({ "mode": "takes" }));
    round(&office, &carriers).await;
    assert!(stored(&office, 2).delivered_at.is_some());

    let nobody = Message { recipient: "không phải số".to_owned(), ..message(&office, 3, "sms") };
    put(&office, &[nobody]).await;
    round(&office, &carriers).await;
    assert!(stored(&office, 3).dead_at.is_some(), "no partner is asked about a number that is none");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_hangs_or_answers_late_takes_the_message_once() {
    let office = office();
    let mut partner = Partner::start("gateway", &[SECRET]);
    let carriers = through(&office, &partner);
    put(&office, &[message(&office, 1, "sms")]).await;
    for mode in ["hangs", "late"] {
        partner.order(&json!({ "mode": mode, "milliseconds": LATE }));
        round(&office, &carriers).await;
        let waiting = stored(&office, 1);
        assert!(waiting.delivered_at.is_none() && waiting.last_error.contains("in time"), "{waiting:?}");
        until_next_try(&office, 1);
    }
    partner.order(&json!({ "mode": "takes" }));
    round(&office, &carriers).await;
    assert!(stored(&office, 1).delivered_at.is_some());
    let seen = partner.events("message");
    let again: Vec<&Value> = seen.iter().map(|it| &it["again"]).collect();
    assert_eq!(again, [&json!(false), &json!(true), &json!(true)], "known again by its key");
    assert_eq!(seen[2]["taken"], 1);
}

/// The site on a port of the loopback address; gone when the sender is dropped.
async fn site(office: &Office) -> (String, oneshot::Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let web = testkit::site_of(&office.house);
    let (stop, stopped) = oneshot::channel();
    tokio::spawn(web::serve(web, listener, async move { drop(stopped.await) }));
    (address, stop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn delivery_reports_come_on_a_signed_call_and_are_shown_beside_the_message() {
    let office = office();
    let mut partner = Partner::start("gateway", &[SECRET]);
    let carriers = through(&office, &partner);
    put(&office, &[message(&office, 1, "sms"), message(&office, 2, "sms")]).await;
    round(&office, &carriers).await;
    let (address, _stop) = site(&office).await;
    let url = format!("{address}/api/v1/bao-phat-tin");
    let mut browser = Browser::new(&office);
    browser.sign_in_staff("quantri").await;
    browser.get("/quan-tri").await.is(200).shows("Nhà mạng đã nhận").hides("Đã tới máy");

    let references: Vec<String> = (1..=2).map(|number| reference(&office, number)).collect();
    let good = json!({ "reference": references[0], "state": "delivered" });
    // A report in another's name, or one of yesterday, changes nothing.
    partner.order(&json!({ "report": good, "url": url, "spoiled": true }));
    partner.order(&json!({ "report": good, "url": url, "seconds": -3_600 }));
    assert_eq!(partner.wait("reported", 2), [json!(401), json!(401)]);
    assert_eq!(reach(&office, 1), ["taken"]);
    // The same report twice is one, and what is delivered stays so.
    partner.order(&json!({ "report": good, "url": url, "times": 2 }));
    partner.wait("reported", 4);
    let bad = json!({ "reference": references[0], "state": "failed", "reason": "absent" });
    partner.order(&json!({ "report": bad, "url": url }));
    let odd = json!({ "reference": references[0], "state": "read aloud" });
    partner.order(&json!({ "report": odd, "url": url }));
    let failed = json!({ "reference": references[1], "state": "failed", "reason": "absent 0999000412" });
    partner.wait("reported", 6);
    partner.order(&json!({ "report": failed, "url": url }));
    let answers = partner.wait("reported", 7);
    assert_eq!(answers.iter().filter(|it| **it == json!(204)).count(), 4, "{answers:?}");
    assert_eq!(answers.iter().filter(|it| **it == json!(422)).count(), 1, "{answers:?}");
    assert_eq!((reach(&office, 1), reach(&office, 2)), (vec!["delivered".to_owned()], vec!["failed".to_owned()]));
    let page = browser.get("/quan-tri").await;
    page.is(200).shows("Đã tới máy").shows("Không tới máy: absent …").hides("0999000412");
}

fn reference(office: &Office, number: u128) -> String {
    // The gateway counts what it took; the order of two that go together is nobody's.
    let known = |name: &String| {
        office
            .house
            .db
            .read_now(|tx| storage::delivery::named(tx, "http", name))
            .unwrap()
            .is_some_and(|it| it == id(number))
    };
    (1..=2).map(|it| format!("g-{it}")).find(known).expect("the gateway gave it a name")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_gateway_nobody_may_report() {
    let office = Office::open();
    let mut partner = Partner::start("gateway", &[SECRET]);
    let (address, _stop) = site(&office).await;
    let report = json!({ "reference": "g-1", "state": "delivered" });
    partner.order(&json!({ "report": report, "url": format!("{address}/api/v1/bao-phat-tin") }));
    assert_eq!(partner.wait("reported", 1), [json!(404)]);
    until("nothing being kept", || reach(&office, 1).is_empty()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_encrypted_gateway_is_known_by_its_certificate() {
    let office = office();
    let folder = tempfile::tempdir().unwrap();
    let (key, own) = certificate(folder.path(), "own");
    let (_, stranger) = certificate(folder.path(), "stranger");
    let partner = Partner::start("gateway", &[SECRET, key.to_str().unwrap(), own.to_str().unwrap()]);
    let with = |scheme: &str, host: &str, ca_file: &Path| GatewaySettings {
        url: format!("{scheme}://{host}:{}/send", partner.port),
        ca_file: Some(ca_file.to_owned()),
        answer_within: Duration::from_secs(4),
        ..settings(&partner)
    };
    put(&office, &[message(&office, 1, "sms")]).await;
    // Somebody else's certificate; the right one for another name; a wire that is not encrypted on our side.
    let wrong =
        [with("https", "localhost", &stranger), with("https", "127.0.0.1", &own), with("http", "localhost", &own)];
    for settings in &wrong {
        round(&office, &through_one(&office, settings)).await;
        let waiting = stored(&office, 1);
        assert!(waiting.delivered_at.is_none() && waiting.dead_at.is_none(), "{}: {waiting:?}", settings.url);
        until_next_try(&office, 1);
    }
    assert!(partner.seen("message").is_empty(), "a stranger was told something");
    round(&office, &through_one(&office, &with("https", "localhost", &own))).await;
    assert_eq!(partner.events("message")[0]["wrong"], "");
    assert!(stored(&office, 1).delivered_at.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_points_elsewhere_is_not_followed() {
    let office = office();
    let mut partner = Partner::start("gateway", &[SECRET]);
    let trap = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    trap.set_nonblocking(true).unwrap();
    let bait = format!("http://{}/latest/meta-data", trap.local_addr().unwrap());
    put(&office, &[message(&office, 1, "sms")]).await;
    for status in [301, 302, 303, 307, 308] {
        partner.order(&json!({ "mode": "redirects", "onward": { "status": status, "to": bait } }));
        round(&office, &through(&office, &partner)).await;
        let waiting = stored(&office, 1);
        assert!(waiting.delivered_at.is_none() && waiting.dead_at.is_none(), "{status}: {waiting:?}");
        until_next_try(&office, 1);
    }
    assert_eq!(partner.seen("message").len(), 5, "each time the gateway alone was asked");
    assert_eq!(trap.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock, "somebody went there");
}
