//! Plans that cannot be: each fault is named with its line, and nothing begins.

use super::{LATER, listed, plan, reorganise};
use crate::faults::grounds::Grounds;
use crate::run::{Ran, text};
use serde_json::Value;

/// One ward is split in two, so that every fault has a place to be.
const SPLIT: &str = r#"schema = "motcua.reform/1"
id = "chia"
title = "Chia phường Hàng Kênh"
instrument = "Nghị quyết"
number = "12/NQ-HĐND"
signed_on = "2025-03-20"
effective_at = "2099-01-01T00:00"
ends = ["phuong-hang-kenh"]
[provenance]
invented = ["everything"]
[[unit]]
key = "dong"
name = "Phường Đông"
level = "ward"
standing = "authority"
[[unit]]
key = "tay"
name = "Phường Tây"
level = "ward"
standing = "authority"
[[edge]]
from = ["phuong-hang-kenh"]
to = "dong"
extent = "part"
[[edge]]
from = ["phuong-hang-kenh"]
to = "tay"
extent = "default"
[[territory]]
from = ["phuong-hang-kenh"]
to = "dong"
streets = ["Cát Cụt"]
[[staff]]
from = ["phuong-hang-kenh"]
to = "tay"
"#;

/// The plan with something replaced is refused at that line, with those words, and nothing begins.
#[track_caller]
fn refused(grounds: &Grounds, replaced: &str, by: &str, line: usize, words: &str) {
    assert!(SPLIT.contains(replaced), "{replaced}");
    named(grounds, &SPLIT.replacen(replaced, by, 1), line, words);
}

#[track_caller]
fn named(grounds: &Grounds, plan: &str, line: usize, words: &str) {
    let file = grounds.beside("wrong.toml");
    std::fs::write(&file, plan).unwrap();
    let before = listed(grounds);
    for more in [&["--dry-run"][..], &[]] {
        let ran = reorganise(grounds, &[&["--plan", text(&file)][..], more].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{ran:?}");
        let place = format!("wrong.toml:{line}: ");
        assert!(
            ran.stderr.lines().any(|it| it.contains(&place) && it.contains(words)),
            "{place}{words}: {}",
            ran.stderr
        );
        assert!(ran.stderr.contains("chưa làm gì cả"), "{}", ran.stderr);
    }
    assert_eq!(listed(grounds), before, "something began");
}

#[test]
fn every_fault_of_a_plan_is_named_with_its_line_and_nothing_begins() {
    let grounds = Grounds::in_file();
    let refused = |replaced: &str, by: &str, line, words: &str| refused(&grounds, replaced, by, line, words);
    let rule = SPLIT.split_once("[[territory]]").unwrap().1.split_once("[[staff]]").unwrap().0;
    let rule = format!("[[territory]]{rule}");
    refused("12/NQ-HĐND", "12", 5, "số của nghị quyết");
    refused("2099-01-01T00:00", "2025-06-01T00:00", 7, "một thời điểm chưa qua");
    refused("to = \"tay\"", "to = \"phuong-la\"", 25, "khóa của một đơn vị đang hoạt động");
    refused(&rule, "", 21, "quy tắc địa bàn");
    refused("extent = \"default\"", "extent = \"part\"", 21, "một đơn vị nhận mặc định");
    refused("streets = [\"Cát Cụt\"]", "wards = [\"Phường Không Có\"]", 29, "không bao giờ khớp");
    let twice = format!("{rule}{}", rule.replace("to = \"dong\"", "to = \"tay\""));
    refused(&rule, &twice, 33, "quy tắc ở dòng 29 đã giao");
    let huge = format!("{SPLIT}# {}\n", "x".repeat(10 << 20));
    named(&grounds, &huge, 1, "nhiều nhất");
    let cycle = SPLIT
        .split_once("[[unit]]")
        .unwrap()
        .0
        .replace("ends = [\"phuong-hang-kenh\"]", "ends = [\"phuong-hang-kenh\", \"phuong-du-hang-kenh\"]")
        + "[[edge]]\nfrom = [\"phuong-hang-kenh\"]\nto = \"phuong-du-hang-kenh\"\nextent = \"whole\"\n[[edge]]\nfrom = \
         [\"phuong-du-hang-kenh\"]\nto = \"phuong-hang-kenh\"\nextent = \"whole\"\n";
    named(&grounds, &cycle, 11, "không đi vòng");
    named(&grounds, "schema = ", 1, "đúng cú pháp TOML");
    // Not UTF-8: the line is named, in words of the office.
    let file = grounds.beside("wrong.toml");
    let latin = [&SPLIT.as_bytes()[..SPLIT.find("Chia").unwrap()], b"Ph\xfd\n"].concat();
    std::fs::write(&file, latin).unwrap();
    let ran = reorganise(&grounds, &["--plan", text(&file), "--dry-run"]);
    assert!(ran.code == 1 && ran.stderr.contains("wrong.toml:3: cần chữ UTF-8"), "{ran:?}");
    assert!(ran.stderr.contains("chưa làm gì cả") && !ran.stderr.contains("stream"), "{ran:?}");
    let missing = reorganise(&grounds, &["--plan", "/no/such/plan.toml"]);
    assert!(missing.code == 1 && missing.stderr.contains("/no/such/plan.toml"), "{missing:?}");
}

#[test]
fn two_plans_on_one_unit_and_a_unit_that_has_ended() {
    let grounds = Grounds::in_file();
    reorganise(&grounds, &["--plan", text(&plan(&grounds, LATER))]).done();
    named(&grounds, SPLIT, 21, "đã có trong thu-nghiem");
    // The plan itself, written otherwise or as it stands, is not another plan in its own way.
    let itself = plan(&grounds, LATER);
    let same = std::fs::read_to_string(&itself).unwrap();
    for text in [same.clone(), same.replace("Nhập phường", "Hợp nhất phường")] {
        let file = grounds.beside("wrong.toml");
        std::fs::write(&file, text).unwrap();
        let ran = reorganise(&grounds, &["--plan", self::text(&file), "--at", "now", "--dry-run"]);
        assert!(ran.code == 1 && ran.stderr.contains("wrong.toml:2: id: cần phương án chưa bắt đầu"), "{ran:?}");
    }
    let ran = reorganise(&grounds, &["--plan", text(&itself), "--at", "now"]).done();
    assert!(ran.stderr.contains("--at now không đổi được thời điểm"), "{ran:?}");
    let none = reorganise(&grounds, &["--certificate", "thu-nghiem"]);
    assert!(none.code == 1 && none.stderr.contains("chưa có chứng nhận: đã chuẩn bị xong, chờ đến"), "{none:?}");
    reorganise(&grounds, &["--undo", "thu-nghiem"]).done();
    reorganise(&grounds, &["--plan", text(&plan(&grounds, LATER)), "--at", "now"]).done();
    named(&grounds, SPLIT, 8, "đã kết thúc từ trước");
}

#[test]
fn what_must_be_settled_first_is_said_and_nothing_begins() {
    let grounds = Grounds::in_file();
    let file = grounds.beside("open.toml");
    // Nobody is said to work anywhere from then on.
    std::fs::write(&file, SPLIT.split_once("[[staff]]").unwrap().0).unwrap();
    let foretold = reorganise(&grounds, &["--plan", text(&file), "--dry-run"]);
    assert!(foretold.code == 1 && foretold.stdout.contains("việc phải giải quyết trước"), "{foretold:?}");
    assert!(foretold.stdout.contains("không còn làm việc ở đâu"), "{foretold:?}");
    assert!(foretold.stdout.contains("[[settled]]\n   what = \"person_leaves\""), "{foretold:?}");
    let refused = reorganise(&grounds, &["--plan", text(&file)]);
    assert!(refused.code == 1 && refused.stderr.contains("không còn làm việc ở đâu"), "{refused:?}");
    assert!(refused.stderr.contains("[[settled]]"), "{refused:?}");
    assert_eq!(listed(&grounds), []);
    // What it says is to be written settles each of them.
    let json = |ran: &Ran| -> Value { serde_json::from_str(&ran.stdout).unwrap() };
    let open = json(&reorganise(&grounds, &["--plan", text(&file), "--dry-run", "--json"]));
    let mut whole = std::fs::read_to_string(&file).unwrap();
    for conflict in open["conflicts"].as_array().unwrap() {
        let entry = conflict["entries"].as_array().unwrap().last().unwrap().as_str().unwrap();
        whole.push_str(&format!("\n{entry}"));
    }
    std::fs::write(&file, &whole).unwrap();
    let wanting = reorganise(&grounds, &["--plan", text(&file), "--dry-run"]);
    assert!(wanting.code == 1 && wanting.stderr.contains("reason"), "a reason is somebody's to write: {wanting:?}");
    std::fs::write(&file, whole.replace("reason = \"\"", "reason = \"Nghỉ hưu\"")).unwrap();
    let settled = json(&reorganise(&grounds, &["--plan", text(&file), "--dry-run", "--json"]).done());
    assert_eq!(settled["conflicts"].as_array().unwrap().len(), 0, "{settled}");
}
