//! Two engines, one house: the same seed gives the same world on both, and a house moves from one to the other and back.

use crate::run::{motcua, small_demo, text};
use rusqlite::Connection;
use rusqlite::types::Value;
use std::path::{Path, PathBuf};
use testkit::Postgres;

/// Settings that name a server, for a data folder.
pub fn on_server(folder: &Path, name: &str, data: &Path, server: &Postgres) -> PathBuf {
    let path = folder.join(name);
    let settings = format!("[data]\ndir = {:?}\n\n[database]\nurl = {:?}\n", text(data), server.url());
    std::fs::write(&path, settings).unwrap();
    path
}

/// Every table with its rows, in an order of their own; of the counts that triggers keep what they say.
pub fn everything(database: &Path) -> Vec<(String, Vec<String>)> {
    let connection = Connection::open(database).unwrap();
    let mut tables = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'refinery%' AND name NOT IN ('lying_count', 'hand') ORDER BY name")
        .unwrap();
    let names: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let rows_of = |name: &String| {
        let mut all = connection.prepare(&format!("SELECT * FROM {name}")).unwrap();
        let columns = all.column_count();
        let row = |row: &rusqlite::Row<'_>| {
            (0..columns)
                .map(|at| row.get::<_, Value>(at))
                .collect::<Result<Vec<Value>, _>>()
                .map(|it| format!("{it:?}"))
        };
        let mut rows: Vec<String> = all.query_map([], row).unwrap().map(Result::unwrap).collect();
        rows.sort_unstable();
        rows
    };
    names.iter().map(|name| (name.clone(), rows_of(name))).collect()
}

#[test]
fn the_same_seed_gives_the_same_world_on_both_engines() {
    let folder = tempfile::tempdir().unwrap();
    let (in_file, beside) = (folder.path().join("file"), folder.path().join("server"));
    // Through both reorganisations.
    let through = ["demo", "--no-serve", "--scale-percent", "4", "--seed", "1", "--through", "2025-07-31"];
    motcua(&[&through[..], &["--data", text(&in_file)]].concat()).done();
    // Hashes of personal numbers and the seal are made with the installation's key, keys of files with the ring's: both get the same.
    std::fs::create_dir_all(&beside).unwrap();
    for name in ["installation.key", "files.keys"] {
        std::fs::copy(in_file.join(name), beside.join(name)).unwrap();
    }
    let server = Postgres::start();
    let config = on_server(folder.path(), "server.toml", &beside, &server);
    let config = text(&config);
    motcua(&[&through[..], &["--config", config]].concat()).done();
    motcua(&["verify", "--config", config]).done();
    let copied = folder.path().join("copied.db");
    let to = format!("sqlite:{}", text(&copied));
    motcua(&["db", "copy", "--config", config, "--from", &server.url(), "--to", &to]).done();
    let (own, other) = (everything(&in_file.join("motcua.db")), everything(&copied));
    assert!(own.iter().any(|(name, rows)| name == "dossier_event" && rows.len() > 1_000));
    for ((name, rows), (same, others)) in own.iter().zip(&other) {
        assert_eq!(name, same);
        let odd = rows.iter().zip(others).find(|(a, b)| a != b);
        assert!(
            rows.len() == others.len() && odd.is_none(),
            "{name}: {} and {} rows, {odd:?}",
            rows.len(),
            others.len()
        );
    }
}

#[test]
fn a_house_moves_to_a_server_and_is_verified_there() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    small_demo(&data, 2);
    let server = Postgres::start();
    let config = on_server(folder.path(), "server.toml", &data, &server);
    let config = text(&config);
    let from = format!("sqlite:{}", text(&data.join("motcua.db")));
    let url = server.url();
    let carried = motcua(&["db", "copy", "--config", config, "--from", &from, "--to", &url]).done();
    assert!(carried.stdout.lines().any(|it| it.starts_with("dossier_event\t")), "{carried:?}");
    let report = |place: [&str; 2]| {
        let quarter = ["report", "06a", "--from", "2025-01-01", "--to", "2025-03-31", "--format", "json"];
        motcua(&[&quarter[..], &place[..]].concat()).done().stdout
    };
    assert_eq!(report(["--config", config]), report(["--data", text(&data)]));
    let again = motcua(&["db", "copy", "--config", config, "--from", &from, "--to", &url]);
    assert!(again.code == 1 && again.stderr.contains("không trống"), "{again:?}");
    assert_eq!(motcua(&["db", "copy", "--config", config, "--from", &url, "--to", &url]).code, 2);
    assert_eq!(motcua(&["db", "copy", "--from", "sqlite:/no/such.db", "--to", &url]).code, 1);
    assert_eq!(motcua(&["db", "copy", "--from", "mysql://a/b", "--to", &url]).code, 2);
}
