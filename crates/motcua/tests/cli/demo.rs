//! The demo: the figures by construction, the same world for the same seed, and the form that adds up.

use crate::run::{Serving, motcua, small_demo, text};
use rusqlite::Connection;
use serde_json::Value;
use std::path::Path;

/// What a world of four hundredths must say: resolved, resolved online, late, carried over, open.
pub const FIGURES: [(&str, i64); 5] =
    [("resolved_total", 194), ("resolved_online", 179), ("resolved_late", 1), ("carried_over", 10), ("open_late", 1)];

pub fn form(data: &Path, from: &str, to: &str, more: &[&str]) -> Value {
    let args = ["report", "06a", "--from", from, "--to", to, "--format", "json", "--data", text(data)];
    serde_json::from_str(&motcua(&[&args[..], more].concat()).done().stdout).unwrap()
}

pub fn quarter(data: &Path, more: &[&str]) -> Value {
    form(data, "2025-01-01", "2025-03-31", more)
}

pub fn cell(row: &Value, name: &str) -> i64 {
    row[name].as_i64().unwrap_or_else(|| panic!("{name} in {row}"))
}

#[track_caller]
pub fn adds_up(form: &Value) {
    let rows = form["rows"].as_array().unwrap();
    let total = &form["total"];
    for row in rows.iter().chain([total]) {
        let it = |name| cell(row, name);
        assert_eq!(it("received_total"), it("resolved_total") + it("open_total"), "{row}");
        assert_eq!(
            it("received_total"),
            it("received_online") + it("received_direct_post") + it("carried_over"),
            "{row}"
        );
        assert_eq!(it("resolved_total"), it("resolved_early") + it("resolved_on_time") + it("resolved_late"), "{row}");
        assert_eq!(it("open_total"), it("open_within") + it("open_late"), "{row}");
        assert!(it("resolved_online") <= it("resolved_total"), "{row}");
    }
    for name in ["received_total", "resolved_total", "resolved_online", "open_total", "carried_over"] {
        assert_eq!(rows.iter().map(|row| cell(row, name)).sum::<i64>(), cell(total, name), "{name}");
    }
}

#[test]
fn the_form_of_the_demo_says_what_it_must_and_adds_up() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let ran = small_demo(data, 1);
    assert!(ran.stdout.contains("congdan") && ran.stdout.contains("demo-mot-cua"), "who can sign in: {}", ran.stdout);
    assert!(ran.stdout.contains("194"), "the totals: {}", ran.stdout);
    let (by_sector, by_unit) = (quarter(data, &["--by", "sector"]), quarter(data, &["--by", "unit"]));
    for (name, wanted) in FIGURES {
        assert_eq!(cell(&by_sector["total"], name), wanted, "{name}");
    }
    adds_up(&by_sector);
    adds_up(&by_unit);
    assert_eq!(by_sector["total"], by_unit["total"]);
    for until in ["2025-01-15", "2025-02-10", "2025-03-20"] {
        let before = form(data, "2024-12-01", until, &[]);
        let next = next_day(until);
        let after = form(data, &next, "2025-03-31", &[]);
        adds_up(&before);
        assert_eq!(cell(&before["total"], "open_total"), cell(&after["total"], "carried_over"), "{until}");
    }
    let ward = quarter(data, &["--unit", "11395"])["total"].clone();
    assert_eq!(ward, quarter(data, &["--unit", "phuong-hang-kenh"])["total"]);
    assert_eq!(quarter(data, &["--unit", "H24.30"])["total"], by_unit["total"], "everything is below the district");
    let args = ["report", "06a", "--from", "2025-01-01", "--to", "2025-03-31", "--data", text(data)];
    assert_eq!(motcua(&[&args[..], &["--unit", "khong-co"]].concat()).code, 1);
    let csv = motcua(&[&args[..], &["--format", "csv"]].concat()).done().stdout;
    assert_eq!(csv.lines().count(), by_sector["rows"].as_array().unwrap().len() + 2);
    assert!(motcua(&args).done().stdout.contains("II.06a"));
    assert_eq!(motcua(&["report", "06a", "--from", "2025-02-01", "--to", "2025-01-01", "--data", text(data)]).code, 2);
}

fn next_day(day: &str) -> String {
    day.parse::<jiff::civil::Date>().unwrap().tomorrow().unwrap().to_string()
}

fn root(data: &Path) -> (i64, i64, String) {
    let db = Connection::open(data.join("motcua.db")).unwrap();
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    db.query_row("SELECT dossiers, events, root FROM checkpoint", [], row).unwrap()
}

#[test]
fn the_same_seed_gives_the_same_world_and_another_seed_another() {
    let folder = tempfile::tempdir().unwrap();
    let worlds: Vec<_> = [(1, "a"), (1, "b"), (2, "c"), (77, "d")]
        .into_iter()
        .map(|(seed, name)| {
            let data = folder.path().join(name);
            small_demo(&data, seed);
            root(&data)
        })
        .collect();
    assert_eq!(worlds[0], worlds[1]);
    assert_ne!(worlds[0], worlds[2]);
    assert_ne!(worlds[2], worlds[3]);
}

#[test]
fn a_demo_is_lived_in_every_place_where_a_dossier_can_lie() {
    let folder = tempfile::tempdir().unwrap();
    small_demo(folder.path(), 1);
    let db = Connection::open(folder.path().join("motcua.db")).unwrap();
    let texts = |sql: &str| -> Vec<String> {
        let mut statement = db.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    assert_eq!(
        texts("SELECT DISTINCT CAST(status AS TEXT) FROM dossier ORDER BY status"),
        (1..=10).map(|it| it.to_string()).collect::<Vec<_>>()
    );
    let kinds = texts("SELECT DISTINCT kind FROM dossier_event");
    for kind in domain::dossier::Event::KINDS
        .iter()
        .filter(|it| !["erased", "routed", "corrected", "fee_set", "refunded"].contains(*it))
    {
        assert!(kinds.iter().any(|it| it == kind), "nobody has {kind}");
    }
    assert_eq!(texts("SELECT DISTINCT CAST(channel AS TEXT) FROM dossier ORDER BY 1"), ["1", "2", "3"]);
    assert!(!texts("SELECT code FROM dossier WHERE foreign_code = 1 LIMIT 1").is_empty());
    assert!(texts("SELECT number FROM person WHERE number NOT LIKE '999%'").is_empty(), "nobody is anybody");
    assert!(texts("SELECT phone FROM person WHERE phone NOT LIKE '0999%'").is_empty());
    assert!(texts("SELECT email FROM person WHERE email <> '' AND email NOT LIKE '%.example'").is_empty());
    assert!(!folder.path().join("hop-thu-di").exists(), "nothing left the house");
    let local = "(at / 1000000 + 25200)";
    let outside = format!(
        "SELECT kind FROM dossier_event WHERE unit IS NOT NULL AND (({local} / 86400 + 4) % 7 NOT BETWEEN 1 AND 5 \
         OR NOT ({local} % 86400 BETWEEN 27000 AND 41400 OR {local} % 86400 BETWEEN 48600 AND 63000))"
    );
    assert!(texts(&outside).is_empty(), "staff work inside office hours");
}

#[test]
fn a_demo_is_made_in_an_empty_folder_only_and_used_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    std::fs::write(data.join("notes.txt"), "mine").unwrap();
    let ran = motcua(&["demo", "--data", text(data), "--no-serve"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    std::fs::remove_file(data.join("notes.txt")).unwrap();
    small_demo(data, 1);
    let before = root(data);
    let ran = motcua(&["demo", "--data", text(data), "--no-serve"]).done();
    assert!(ran.stdout.contains("194"), "an existing demo is shown again");
    assert_eq!(root(data), before);
}

#[test]
fn a_served_demo_says_so_and_keeps_its_figures() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    small_demo(data, 1);
    let before = quarter(data, &[]);
    for _ in 0..2 {
        let serving = Serving::start(data);
        let page = serving.get("/khong-co-trang-nay");
        assert!(page.contains("31/03/2025"), "the clock stands in the demo's world: {page}");
        assert_eq!(serving.stop(), Some(0));
    }
    assert_eq!(quarter(data, &[]), before, "no timer changes a figure by itself");
    motcua(&["verify", "--data", text(data)]).done();
}
