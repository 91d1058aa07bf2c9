//! The two reorganisations Lê Chân lived through, as the demo lives them: dossiers alive across both, and nothing is lost.

use crate::demo::{FIGURES, adds_up, cell, form, quarter};
use crate::run::{Ran, Serving, motcua, text};
use crate::visitor::{Visitor, signed_in, with};
use rusqlite::Connection;
use serde_json::Value;
use std::path::Path;

const A: &str = "le-chan-2025-01-01";
const B: &str = "le-chan-2025-07-01";

/// A small world that goes on to the end of July.
fn lived(data: &Path) -> Ran {
    let args = ["demo", "--data", text(data), "--no-serve", "--scale-percent", "4", "--through", "2025-07-31"];
    motcua(&args).done()
}

fn rows(data: &Path, sql: &str) -> Vec<String> {
    let db = Connection::open(data.join("motcua.db")).unwrap();
    let mut statement = db.prepare(sql).unwrap();
    statement.query_map([], |row| row.get::<_, String>(0)).unwrap().map(Result::unwrap).collect()
}

/// Dossiers of whom these plans' transfers tell, by code.
fn moved_by(data: &Path, plans: &[&str]) -> Vec<String> {
    let told = |key: &&str| {
        format!(
            "SELECT t.dossier FROM transfer t JOIN reform r ON r.id = t.reform WHERE r.key = '{key}' AND t.settled_at > 0"
        )
    };
    let each: Vec<String> = plans.iter().map(|key| format!("id IN ({})", told(key))).collect();
    rows(data, &format!("SELECT code FROM dossier WHERE {} ORDER BY code", each.join(" AND ")))
}

#[test]
fn two_reorganisations_are_lived_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let ran = lived(data);
    assert!(ran.stderr.contains("01/01/2025") && ran.stderr.contains("01/07/2025"), "both are told of: {}", ran.stderr);
    both_certificates_hold(data);
    motcua(&["verify", "--data", text(data)]).done();
    the_quarter_still_adds_up(data);
    nothing_is_late_because_of_a_move(data);
    dossiers_went_where_their_subjects_live(data);
    let serving = Serving::start(data);
    an_old_receipt_opens(&serving, data);
    the_staff_sign_in_where_they_work_now(&serving, &ran);
    assert_eq!(serving.stop(), Some(0));
}

fn both_certificates_hold(data: &Path) {
    let ran = motcua(&["reorganise", "--list", "--json", "--data", text(data)]).done();
    let list: Value = serde_json::from_str(&ran.stdout).unwrap();
    let told = |it: &Value| (it["key"].as_str().unwrap().to_owned(), it["state"].as_str().unwrap().to_owned());
    let both: Vec<_> = list.as_array().unwrap().iter().map(told).collect();
    assert_eq!(both, [(A.to_owned(), "settled".to_owned()), (B.to_owned(), "settled".to_owned())]);
    for (it, number) in list.as_array().unwrap().iter().zip(["1232/NQ-UBTVQH15", "1669/NQ-UBTVQH15"]) {
        let id = it["id"].as_str().unwrap();
        assert!(it["moved"].as_u64().unwrap() > 0 && it["instrument"].as_str().unwrap().ends_with(number), "{it}");
        let certificate = motcua(&["reorganise", "--certificate", id, "--data", text(data)]).done().stdout;
        assert!(certificate.contains(number), "{certificate}");
        motcua(&["reorganise", "--certificate", id, "--check", "--data", text(data)]).done();
        // That the territory table of the second is invented stands on it.
        assert_eq!(certificate.contains("Bảng chia địa bàn"), number.starts_with("1669"), "{certificate}");
    }
}

fn the_quarter_still_adds_up(data: &Path) {
    for view in ["sector", "unit", "successor", "territory"] {
        let form = quarter(data, &["--by", view]);
        for (name, wanted) in FIGURES {
            assert_eq!(cell(&form["total"], name), wanted, "{name} by {view}");
        }
        adds_up(&form);
    }
    let names = |view: &str| -> Vec<String> {
        let form = quarter(data, &["--by", view]);
        form["rows"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect()
    };
    let as_they_were = names("unit");
    assert!(as_they_were.iter().any(|it| it == "Phường Hàng Kênh"), "{as_they_were:?}");
    assert!(!as_they_were.iter().any(|it| it == "Phường Lê Chân"), "nobody was there yet: {as_they_were:?}");
    assert_eq!(names("successor"), ["Phường An Biên", "Phường Lê Chân"]);
    let (before, after) = (form(data, "2025-04-01", "2025-06-30", &[]), form(data, "2025-07-01", "2025-07-31", &[]));
    assert_eq!(
        cell(&before["total"], "open_total"),
        cell(&after["total"], "carried_over"),
        "what is open on the eve is what the new wards begin with"
    );
    adds_up(&before);
    adds_up(&after);
}

fn nothing_is_late_because_of_a_move(data: &Path) {
    let july = form(data, "2025-07-01", "2025-07-31", &[])["total"].clone();
    assert_eq!((cell(&july, "resolved_late"), cell(&july, "open_late")), (0, 0), "{july}");
    let day = |column: &str| format!("(({column} + 25200000000) / 86400000000)");
    let late = format!(
        "SELECT code FROM dossier WHERE id IN (SELECT dossier FROM transfer) AND finished_at IS NOT NULL AND {} > {}",
        day("finished_at"),
        day("due_at")
    );
    assert_eq!(rows(data, &late), [] as [&str; 0], "moved and late");
    let through_both = moved_by(data, &[A, B]);
    assert!(!through_both.is_empty(), "some dossier is alive across both");
    assert!(moved_by(data, &[A]).len() > through_both.len() && moved_by(data, &[B]).len() > through_both.len());
}

fn dossiers_went_where_their_subjects_live(data: &Path) {
    let flagged = rows(data, "SELECT code FROM dossier WHERE needs_routing = 1");
    assert!(!flagged.is_empty(), "of somebody no rule says where they belong");
    let named = |key: &str| {
        format!("SELECT unit FROM unit_event WHERE body LIKE '%\"{key}\"%' ORDER BY at DESC, unit DESC LIMIT 1")
    };
    for key in ["phuong-le-chan", "phuong-an-bien", "phuong-gia-vien"] {
        let there = format!("SELECT code FROM dossier WHERE competent_unit = ({})", named(key));
        assert!(!rows(data, &there).is_empty(), "{key} has none");
    }
    let neighbours = rows(data, "SELECT code FROM dossier WHERE code LIKE 'H24.31.%'");
    let moved = moved_by(data, &[B]);
    assert!(neighbours.iter().any(|it| moved.contains(it)), "{neighbours:?}");
    let open = rows(
        data,
        "SELECT code FROM dossier WHERE is_open = 1 AND competent_unit NOT IN (SELECT unit FROM mandate WHERE until_on IS NULL)",
    );
    assert!(open.is_empty(), "open where nobody works: {open:?}");
}

/// A receipt of a ward that ended twice over (not of An Biên, whose name came back): its link opens, and says who answers for it
/// today; of one that was finished before its ward was split, who keeps it.
fn an_old_receipt_opens(serving: &Serving, data: &Path) {
    let moved = "(SELECT count(*) FROM transfer t WHERE t.dossier = d.id)";
    let alive = looked_up(serving, data, &format!("{moved} > 1"));
    assert!(alive.contains(" nay thuộc phường "), "{alive}");
    assert!(["phường Lê Chân", "phường An Biên"].iter().any(|it| alive.contains(it)), "{alive}");
    let over = looked_up(serving, data, &format!("{moved} = 0 AND d.code LIKE 'H24.30.32-%'"));
    assert!(over.contains(" nay chia cho nhiều đơn vị, từ ngày 01/07/2025; hồ sơ đã xong lưu tại phường "), "{over}");
}

/// What the public page says of a dossier of December 2024.
fn looked_up(serving: &Serving, data: &Path, which: &str) -> String {
    let find = format!(
        "SELECT d.code || ' ' || json_extract(b.body, '$.submitter.phone') FROM dossier d \
         JOIN dossier_event b ON b.dossier = d.id AND b.seq = 1 \
         WHERE d.code LIKE 'H24.30.%-2412%' AND d.code NOT LIKE 'H24.30.31-%' AND {which} ORDER BY d.code LIMIT 1"
    );
    let found = rows(data, &find);
    let (code, phone) = found[0].split_once(' ').unwrap();
    let mut citizen = Visitor::of(serving.address());
    let path = format!("/tra-cuu?ma={code}");
    let page = citizen.get(&path);
    assert!(page.status == 200 && page.body.contains(code), "{code}: {}", page.head);
    let hidden = page.hidden("/tra-cuu");
    let answer = citizen.post("/tra-cuu", &with(&hidden, &[("ma", code), ("so", &phone[phone.len() - 4..])]), &[]);
    assert_eq!(answer.status, 200, "{}", answer.head);
    assert!(answer.body.contains(code), "{}", answer.body);
    answer.body
}

fn the_staff_sign_in_where_they_work_now(serving: &Serving, ran: &Ran) {
    let page = Visitor::of(serving.address()).get("/can-bo/dang-nhap").body;
    for (login, own) in [
        ("ld.quan", "/lanh-dao"),
        ("kiemsoat", "/kiem-soat"),
        ("cv.hangkenh.1", "/nghiep-vu"),
        ("tp.taichinh", "/nghiep-vu"),
    ] {
        let line = ran.stdout.lines().find(|it| it.trim_start().starts_with(login)).unwrap();
        assert!(line.ends_with("Phường Lê Chân"), "{line}");
        assert!(page.contains(login), "{login} is named where one signs in");
        let answer = signed_in(serving.address(), login).get(own);
        assert!(answer.status == 200 && answer.body.contains("Phường Lê Chân"), "{login}: {}", answer.head);
    }
}

#[test]
fn a_demo_leaves_a_reorganisation_to_whoever_opens_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    for wrong in [&["--before", "2025-02-01"][..], &["--before", "2025-01-01", "--through", "2025-07-31"]] {
        let ran = motcua(&[&["demo", "--data", text(data), "--no-serve"][..], wrong].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{wrong:?}");
    }
    let args = ["demo", "--data", text(data), "--no-serve", "--scale-percent", "4", "--before", "2025-01-01"];
    let ran = motcua(&args).done();
    let list = motcua(&["reorganise", "--list", "--json", "--data", text(data)]).done().stdout;
    assert_eq!(serde_json::from_str::<Value>(&list).unwrap(), Value::Array(Vec::new()), "nobody has begun it");
    let code = ran.stdout.split("/tra-cuu?ma=").nth(1).unwrap().split(',').next().unwrap();
    let open = format!("SELECT code FROM dossier WHERE is_open = 1 AND code = '{code}'");
    assert_eq!(rows(data, &open), [code], "a receipt to open afterwards: {}", ran.stdout);
    assert!(ran.stdout.contains("/kiem-soat/sap-xep") && !ran.stdout.contains("Quý"), "{}", ran.stdout);
    let elsewhere = motcua(&["demo", "--data", text(data), "--no-serve", "--through", "2025-07-31"]);
    assert!(elsewhere.code == 1 && elsewhere.stderr.contains("tối trước lần sắp xếp ngày 01/01/2025"), "{elsewhere:?}");
    let again = motcua(&args).done();
    assert!(again.stdout.contains(code), "it says the same when it is opened again");
    // The plan that comes with the program fits, on that evening.
    let plan = concat!(env!("CARGO_MANIFEST_DIR"), "/../../catalogue/reforms/le-chan-2025-01-01.toml");
    let dry = motcua(&["reorganise", "--plan", plan, "--dry-run", "--data", text(data)]);
    assert!(dry.code <= 1 && dry.stdout.contains("1232/NQ-UBTVQH15"), "{dry:?}");
}

#[test]
fn a_demo_goes_no_further_than_it_was_asked_to() {
    let folder = tempfile::tempdir().unwrap();
    for day in ["2025-03-30", "2025-08-01", "31/07/2025"] {
        let ran = motcua(&["demo", "--data", text(folder.path()), "--no-serve", "--through", day]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{day}");
    }
    let eve = folder.path().join("eve");
    let args = ["demo", "--data", text(&eve), "--no-serve", "--scale-percent", "4"];
    motcua(&[&args[..], &["--through", "2025-06-30"]].concat()).done();
    let list = motcua(&["reorganise", "--list", "--json", "--data", text(&eve)]).done().stdout;
    let list: Value = serde_json::from_str(&list).unwrap();
    assert_eq!((list[0]["state"].as_str(), list[1]["state"].as_str()), (Some("settled"), Some("staged")), "{list}");
    let further = motcua(&[&args[..], &["--through", "2025-07-31"]].concat());
    assert!(further.code == 1 && further.stderr.contains("30/06/2025"), "{further:?}");
    motcua(&args).done();
}
