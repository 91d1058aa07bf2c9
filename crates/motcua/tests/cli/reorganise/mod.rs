//! Units reorganise by the command line: looked at, carried out, proved, taken back; on both engines and beside a server.

mod wrong;

use crate::faults::client::{Client, Door};
use crate::faults::grounds::Grounds;
use crate::faults::ledger::{Answer, Ledger};
use crate::faults::node::Node;
use crate::faults::pause;
use crate::run::{Ran, text};
use rusqlite::Connection;
use serde_json::Value;
use std::path::PathBuf;
use testkit::Postgres;

/// Two wards become one. What is in braces is filled in.
const PLAN: &str = r#"schema = "motcua.reform/1"
id = "thu-nghiem"
title = "Nhập phường Hàng Kênh và phường Dư Hàng Kênh"
instrument = "Nghị quyết"
number = "12/NQ-HĐND"
signed_on = "2025-03-20"
effective_at = "{effective_at}"
invented = ["Cả phương án này là số liệu mẫu."]
ends = ["phuong-hang-kenh", "phuong-du-hang-kenh"]
[provenance]
invented = ["everything"]
[[unit]]
key = "phuong-moi"
name = "Phường Mới"
level = "ward"
standing = "authority"
parent = "quan-le-chan"
codes = { agency = "H24.30.99" }
[[edge]]
from = ["phuong-hang-kenh", "phuong-du-hang-kenh"]
to = "phuong-moi"
extent = "whole"
[[staff]]
from = ["phuong-hang-kenh", "phuong-du-hang-kenh"]
to = "phuong-moi"
"#;
/// A moment that does not come while a test runs.
pub const LATER: &str = "2099-01-01T00:00";

/// Writes the plan into a file beside the house.
pub fn plan(grounds: &Grounds, effective_at: &str) -> PathBuf {
    let path = grounds.beside("plan.toml");
    std::fs::write(&path, PLAN.replace("{effective_at}", effective_at)).unwrap();
    path
}

pub fn reorganise(grounds: &Grounds, words: &[&str]) -> Ran {
    grounds.run(&[&["reorganise"], words].concat())
}

/// What became of every plan.
pub fn listed(grounds: &Grounds) -> Vec<(String, String)> {
    let all: Vec<Value> = serde_json::from_str(&reorganise(grounds, &["--list", "--json"]).done().stdout).unwrap();
    let word = |it: &Value, name: &str| it[name].as_str().unwrap().to_owned();
    all.iter().map(|it| (word(it, "id"), word(it, "state"))).collect()
}

/// A house with so many dossiers in hand at the first ward.
pub fn with_dossiers(grounds: &Grounds, count: usize) -> Ledger {
    let node = Node::start(&grounds.config);
    let door = Door::new(node.address);
    let reception = Grounds::reception(&door);
    let ledger = Ledger::open(&reception);
    for _ in 0..count {
        let number = ledger.next();
        assert_eq!(ledger.send(&reception, number), Answer::Acknowledged);
    }
    node.stop();
    ledger
}

fn carried_out_proved_and_kept(grounds: &Grounds) {
    let ledger = with_dossiers(grounds, 12);
    let file = plan(grounds, LATER);
    let foretold = reorganise(grounds, &["--plan", text(&file), "--dry-run", "--json"]).done();
    let foretold: Value = serde_json::from_str(&foretold.stdout).unwrap();
    assert_eq!((foretold["dossiers"].as_u64(), foretold["conflicts"].as_array().unwrap().len()), (Some(12), 0));
    let said = reorganise(grounds, &["--plan", text(&file), "--dry-run"]).done().stdout;
    for words in ["12 hồ sơ sẽ chuyển", "SỐ LIỆU MẪU", "Phường Hàng Kênh → Phường Mới: 12", "Nghị quyết 12/NQ-HĐND"]
    {
        assert!(said.contains(words), "{words} in {said}");
    }
    assert_eq!(listed(grounds), [], "nothing begun");
    let done = reorganise(grounds, &["--plan", text(&file), "--at", "now"]).done();
    let id = done.stdout.split('\t').next().unwrap().to_owned();
    assert_eq!(listed(grounds), [(id.clone(), "settled".to_owned())], "{done:?}");
    let said = reorganise(grounds, &["--certificate", &id]).done().stdout;
    for words in ["Phường Hàng Kênh → Phường Mới", "= 12", "SỐ LIỆU MẪU", "Nghị quyết 12/NQ-HĐND", "Chữ ký "]
    {
        assert!(said.contains(words), "{words} in {said}");
    }
    assert!(!said.contains('≠'), "{said}");
    assert_eq!(reorganise(grounds, &["--certificate", "thu-nghiem", "--check"]).done().stdout, "");
    let again = reorganise(grounds, &["--plan", text(&file)]).done();
    assert!(again.stdout.contains("settled") && listed(grounds).len() == 1, "the same file twice is once: {again:?}");
    grounds.run(&["verify"]).done();
    let node = Node::start(&grounds.config);
    let door = Door::new(node.address);
    assert_eq!(ledger.take_on(&Grounds::specialist(&door), 3), Answer::Acknowledged, "the successor works on");
    ledger.look_up_latest(&Client::guest(&door));
    node.stop();
    let refused = reorganise(grounds, &["--undo", &id]);
    assert!(refused.code == 1 && refused.stderr.contains("Phường Mới đã xử lý hồ sơ H"), "{refused:?}");
    assert!(refused.stderr.contains("phương án sắp xếp mới"), "what can be done: {refused:?}");
    assert_eq!(listed(grounds).len(), 1);
    reorganise(grounds, &["--certificate", &id, "--check"]).done();
}

#[test]
fn a_plan_is_carried_out_and_proved_in_a_file() {
    carried_out_proved_and_kept(&Grounds::in_file());
}

#[test]
fn a_plan_is_carried_out_and_proved_on_a_server() {
    let server = Postgres::start();
    carried_out_proved_and_kept(&Grounds::on_server(&server.url()));
}

#[test]
fn a_plan_is_carried_out_beside_a_server_that_people_work_with() {
    let database = Postgres::start();
    let grounds = Grounds::on_server(&database.url());
    let ledger = with_dossiers(&grounds, 3);
    let node = Node::start(&grounds.config);
    let door = Door::new(node.address);
    let before = Grounds::specialist(&door);
    assert_eq!(ledger.take_on(&before, 0), Answer::Acknowledged);
    reorganise(&grounds, &["--plan", text(&plan(&grounds, LATER)), "--at", "now"]).done();
    let signed_out = before.get("/nghiep-vu/tim?q=x").unwrap();
    assert_eq!(signed_out.status, 303, "rights end at the instant, and sessions with them: {}", signed_out.text());
    ledger.all_went_on();
    assert_eq!(ledger.take_on(&Grounds::specialist(&door), 1), Answer::Acknowledged);
    node.stop();
    grounds.run(&["verify"]).done();
}

#[test]
fn a_file_that_a_server_holds_is_not_reorganised_behind_its_back() {
    let grounds = Grounds::in_file();
    let file = plan(&grounds, LATER);
    let node = Node::start(&grounds.config);
    for words in [&["--plan", text(&file)][..], &["--undo", "thu-nghiem"]] {
        let ran = reorganise(&grounds, words);
        assert!(ran.code == 1 && ran.stderr.contains("chương trình motcua khác"), "{ran:?}");
    }
    reorganise(&grounds, &["--plan", text(&file), "--dry-run"]).done();
    assert_eq!(listed(&grounds), []);
    node.stop();
}

#[test]
fn a_plan_is_taken_back_while_it_is_staged_and_after_its_instant() {
    let grounds = Grounds::in_file();
    with_dossiers(&grounds, 4);
    let file = plan(&grounds, LATER);
    let staged = reorganise(&grounds, &["--plan", text(&file)]).done();
    assert!(staged.stdout.contains("\tstaged") && staged.stderr.contains("4 hồ sơ"), "{staged:?}");
    let none = reorganise(&grounds, &["--certificate", "thu-nghiem"]);
    assert!(none.code == 1 && none.stderr.contains("chưa có chứng nhận"), "{none:?}");
    let given_up = reorganise(&grounds, &["--undo", "thu-nghiem"]).done();
    assert!(given_up.stdout.contains("\tgiven_up"), "{given_up:?}");
    reorganise(&grounds, &["--plan", text(&file), "--at", "now"]).done();
    let undone = reorganise(&grounds, &["--undo", "thu-nghiem"]).done();
    assert!(undone.stdout.contains("\tundone") && undone.stderr.contains("4 hồ sơ trở về"), "{undone:?}");
    let states: Vec<String> = listed(&grounds).into_iter().map(|(_, state)| state).collect();
    assert_eq!(states.iter().filter(|it| *it == "settled").count(), 1, "the way back: {states:?}");
    // Killed before its certificate was made: the same command again brings it to its end.
    let db = Connection::open(grounds.data().join("motcua.db")).unwrap();
    let way_back = "(SELECT id FROM reform WHERE undoes IS NOT NULL)";
    assert_eq!(db.execute(&format!("DELETE FROM certificate WHERE reform = {way_back}"), []).unwrap(), 1);
    let in_force = "UPDATE reform SET state = 'in_force', settled_at = NULL WHERE undoes IS NOT NULL";
    assert_eq!(db.execute(in_force, []).unwrap(), 1);
    drop(db);
    let again = reorganise(&grounds, &["--undo", "thu-nghiem"]);
    assert!(again.code == 1 && again.stderr.contains("từ trước"), "{again:?}");
    let after: Vec<String> = listed(&grounds).into_iter().map(|(_, state)| state).collect();
    assert_eq!(after, states);
    grounds.run(&["verify"]).done();
    assert_eq!(reorganise(&grounds, &["--undo", "khong-co"]).code, 1);
    assert_eq!(reorganise(&grounds, &["--undo", "x", "--list"]).code, 2, "one thing at a time");
    assert_eq!(reorganise(&grounds, &[]).code, 2);
}

#[test]
fn a_server_that_was_down_at_the_instant_is_reorganised_before_its_first_page() {
    let grounds = Grounds::in_file();
    let ledger = with_dossiers(&grounds, 3);
    let soon = app::clock::Clock::system().now().plus_seconds(6).local();
    let file = plan(&grounds, &soon.strftime("%Y-%m-%dT%H:%M:%S").to_string());
    reorganise(&grounds, &["--plan", text(&file)]).done();
    assert_eq!(listed(&grounds)[0].1, "staged");
    pause(7_000);
    assert_eq!(listed(&grounds)[0].1, "staged", "nobody was there at the instant");
    let node = Node::start(&grounds.config);
    let state = listed(&grounds)[0].1.clone();
    assert!(["flipped", "settled"].contains(&state.as_str()), "{state}");
    let door = Door::new(node.address);
    assert_eq!(ledger.take_on(&Grounds::specialist(&door), 1), Answer::Acknowledged);
    node.stop();
    grounds.run(&["verify"]).done();
}

#[test]
fn a_certificate_notices_whatever_is_changed_in_the_database() {
    let grounds = Grounds::in_file();
    // The fourth has a scan.
    with_dossiers(&grounds, 4);
    reorganise(&grounds, &["--plan", text(&plan(&grounds, LATER)), "--at", "now"]).done();
    let changes = [
        ("UPDATE dossier_event SET facts = replace(facts, '\"fee_vnd\":0', '\"fee_vnd\":1') WHERE seq = 1", "phải nộp"),
        ("UPDATE dossier_event SET body = replace(body, 'Mẫu', 'Mau') WHERE seq = 1", "lời của sự kiện 1 đã bị sửa"),
        ("UPDATE dossier_event SET at = at + 1 WHERE kind = 'received'", "sự kiện 2 đã bị sửa"),
        (
            "DELETE FROM dossier_event WHERE kind = 'transferred' AND dossier = (SELECT min(id) FROM dossier)",
            "số hồ sơ",
        ),
        ("UPDATE certificate SET body = replace(body, 'Mới', 'Moi')", "Chữ ký không đúng"),
        ("UPDATE reform SET body = replace(body, '12/NQ', '13/NQ')", "phương án"),
        ("UPDATE reform SET effective_at = effective_at + 1000000", "phương án"),
        ("UPDATE reform SET body = replace(body, 'Cả phương án', 'Một phần phương án')", "phương án"),
        ("UPDATE unit_event SET body = replace(body, 'Phường Mới', 'Phường Moi')", "tên đơn vị"),
        ("UPDATE unit_event SET body = replace(body, '12/NQ-HĐND', '21/NQ-HĐND')", "nhật ký đơn vị"),
        ("DELETE FROM document", "không còn dòng của tệp"),
        ("UPDATE transfer SET told_seq = NULL", "số hồ sơ"),
        ("UPDATE transfer SET competent_unit = randomblob(16)", "dòng chuyển giao ghi đơn vị khác"),
        ("UPDATE reform SET instrument = 'Nghị quyết 21'", "phương án"),
        ("UPDATE reform SET state = 'given_up'", "phương án"),
        ("UPDATE reform SET flipped_at = 0", "phương án"),
        ("UPDATE reform SET settled_at = NULL", "phương án"),
        ("UPDATE reform SET made = NULL", "phương án"),
        ("UPDATE certificate SET public_key = substr(public_key, 2) || substr(public_key, 1, 1)", "khóa khác"),
    ];
    let path = grounds.data().join("motcua.db");
    let whole = grounds.beside("whole.db");
    Connection::open(&path).unwrap().execute("VACUUM INTO ?1", [text(&whole)]).unwrap();
    for (sql, words) in changes {
        let db = Connection::open(&path).unwrap();
        assert!(db.execute(sql, []).unwrap() > 0, "{sql}");
        drop(db);
        let ran = reorganise(&grounds, &["--certificate", "thu-nghiem", "--check"]);
        assert!(ran.code == 1 && ran.stdout.contains(words), "{sql}: {ran:?}");
        let verified = grounds.run(&["verify"]);
        assert!(verified.code == 1 && verified.stdout.contains("certificate: thu-nghiem: "), "{sql}: {verified:?}");
        let json = reorganise(&grounds, &["--certificate", "thu-nghiem", "--check", "--json"]);
        let json: Value = serde_json::from_str(&json.stdout).unwrap();
        assert_eq!(json["holds"], Value::Bool(false), "{sql}");
        for name in ["motcua.db-wal", "motcua.db-shm"] {
            std::fs::remove_file(grounds.data().join(name)).ok();
        }
        std::fs::copy(&whole, &path).unwrap();
        reorganise(&grounds, &["--certificate", "thu-nghiem", "--check"]).done();
    }
}
