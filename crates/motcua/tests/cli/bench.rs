//! `bench`: a small house is filled as a large one would be, and every figure is there.

use crate::run::{motcua, text};
use rusqlite::Connection;
use serde_json::Value;
use std::path::Path;
use testkit::Postgres;

const OPERATIONS: [&str; 5] = ["lookup", "submit", "advance", "worklist", "report_06a"];
const DOSSIERS: &str = "60";

fn bench(data: &Path, more: &[&str]) -> Value {
    let args = ["bench", "--json", "--dossiers", DOSSIERS, "--data", text(data)];
    let ran = motcua(&[&args[..], more].concat()).done();
    serde_json::from_str(&ran.stdout).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("no number: {value}"))
}

#[track_caller]
fn every_figure_is_there(figures: &Value, engine: &str) {
    let floor = number(&figures["floor"]["cpu_us"]);
    assert!(floor > 0.0 && number(&figures["floor"]["rate"]) > 0.0, "{figures}");
    let operations = figures["operations"].as_array().unwrap();
    let names: Vec<&str> = operations.iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(names, OPERATIONS);
    for it in operations {
        let [cpu, rate, p50, p99, beside, ratio] =
            ["cpu_us", "rate", "p50_ms", "p99_ms", "floor_cpu_us", "ratio_to_floor"].map(|name| number(&it[name]));
        assert!(cpu > 0.0 && rate > 0.0 && p50 > 0.0 && p99 >= p50, "{it}");
        assert!(beside > 0.0 && (ratio - cpu / beside).abs() < 1e-6 * ratio, "{it}");
    }
    assert_eq!((figures["engine"].as_str(), figures["dossiers"].as_u64()), (Some(engine), Some(60)));
    let syncs = &figures["syncs"];
    // The server of the tests keeps nothing through a bad night, and so waits for no disk.
    assert!(number(&syncs["submits"]) > 0.0 && (number(&syncs["syncs"]) > 0.0 || engine == "postgres"), "{syncs}");
    for name in ["start_to_first_page_ms", "worklist_page_ms", "report_06a_ms"] {
        assert!(number(&figures[name]) > 0.0, "{name} in {figures}");
    }
    assert!(number(&figures["resident"]["peak_mb"]) >= number(&figures["resident"]["started_mb"]), "{figures}");
    assert!(
        number(&figures["lookup_beside_submitters"]["ratio"]) > 0.0 && number(&figures["raw"]["rate"]) > 0.0,
        "{figures}"
    );
}

#[test]
fn a_house_in_a_file_is_filled_measured_and_verified() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let figures = bench(&data, &[]);
    every_figure_is_there(&figures, "sqlite");
    assert!(number(&figures["filling"]["seconds"]) > 0.0);
    motcua(&["verify", "--data", text(&data)]).done();
    let db = Connection::open(data.join("motcua.db")).unwrap();
    let count = |sql: &str| -> i64 { db.query_row(sql, [], |row| row.get(0)).unwrap() };
    let whole = "SELECT dossier FROM dossier_event WHERE seq = 6";
    assert_eq!(count(&format!("SELECT count(*) FROM ({whole})")), 60);
    assert_eq!(
        count(&format!("SELECT count(*) FROM dossier WHERE is_open = 1 AND id IN ({whole})")),
        6,
        "a tenth is open"
    );
    assert_eq!(count("SELECT count(DISTINCT unit) FROM unit_event"), 120);
    let codes = "SELECT count(*) FROM (SELECT unit, day FROM dossier_number GROUP BY unit, day HAVING max(last) < 1)";
    assert_eq!(count(codes), 0);
    drop(db);

    let again = bench(&data, &[]);
    every_figure_is_there(&again, "sqlite");
    assert!(again["filling"].is_null(), "what is filled is not filled again");
    let other = motcua(&["bench", "--dossiers", "61", "--data", text(&data)]);
    assert!(other.code == 1 && other.stderr.contains("--dossiers 60"), "{other:?}");
    motcua(&["verify", "--data", text(&data)]).done();
}

#[test]
fn a_house_is_reorganised_while_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let ran = motcua(&["bench", "--json", "--reorganise", DOSSIERS, "--data", text(&data)]).done();
    let figures: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(figures["dossiers"].as_u64(), Some(60));
    for name in ["computed_s", "staged_s", "flipped_s", "settled_s", "readers_before_p99_ms", "readers_p99_ms"] {
        assert!(number(&figures[name]) > 0.0, "{name} in {figures}");
    }
    motcua(&["verify", "--data", text(&data)]).done();
    motcua(&["reorganise", "--certificate", "bench", "--check", "--data", text(&data)]).done();
}

#[test]
fn a_house_on_a_server_is_filled_measured_and_verified() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Postgres::start();
    let figures = bench(&data, &["--engine", &format!("postgres={}", server.url())]);
    every_figure_is_there(&figures, "postgres");
    let config = folder.path().join("motcua.toml");
    std::fs::write(&config, format!("[data]\ndir = {:?}\n\n[database]\nurl = {:?}\n", text(&data), server.url()))
        .unwrap();
    motcua(&["verify", "--config", text(&config)]).done();
}

#[test]
fn a_bench_fills_nobody_elses_house_and_understands_its_call() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    for args in [
        &["bench", "--dossiers", "0"][..],
        &["bench", "--dossiers", "many"],
        &["bench", "--engine", "mysql"],
        &["bench", "--engine", "postgres"],
        &["bench", "--engine", "postgres=mysql://a/b"],
        &["bench", "--config", "motcua.toml"],
    ] {
        let ran = motcua(args);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}: {}", ran.stderr);
    }
    std::fs::write(data.join("notes.txt"), "mine").unwrap();
    let notes = motcua(&["bench", "--dossiers", "20", "--data", text(data)]);
    assert_eq!((notes.code, notes.stdout.as_str()), (1, ""));
    std::fs::remove_file(data.join("notes.txt")).unwrap();
    let units = crate::run::catalogue("units/le-chan-2025-01-01.toml");
    motcua(&["import", "units", text(&units), "--data", text(data)]).done();
    let house = motcua(&["bench", "--dossiers", "20", "--data", text(data)]);
    assert!(house.code == 1 && house.stderr.contains("không phải do motcua bench dựng"), "{house:?}");
    motcua(&["verify", "--data", text(data)]).done();
}
