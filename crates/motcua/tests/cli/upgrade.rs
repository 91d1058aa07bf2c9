//! A house of an earlier program is opened by this one: brought up to date, and what its events say.

use crate::run::{Serving, copy, motcua, text};
use rusqlite::Connection;
use std::path::{Path, PathBuf};

/// The folder of an earlier house, as that program left it.
fn stored(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/houses").join(name)
}

fn step(data: &Path) -> i64 {
    let connection = Connection::open(data.join("motcua.db")).unwrap();
    connection.query_row("SELECT max(version) FROM refinery_schema_history", [], |row| row.get(0)).unwrap()
}

fn count(data: &Path, table: &str) -> i64 {
    let connection = Connection::open(data.join("motcua.db")).unwrap();
    connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

#[test]
fn houses_of_earlier_programs_are_brought_up_to_date_and_are_sound() {
    for (name, at) in [("step-1", 1), ("step-2", 2)] {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        copy(&stored(name), &data);
        assert_eq!(step(&data), at, "the stored house is as old as it says");
        let (dossiers, events) = (count(&data, "dossier"), count(&data, "dossier_event"));
        assert!(dossiers > 20 && events > 5 * dossiers / 2, "{name}: {dossiers} dossiers, {events} events");
        let verified = motcua(&["verify", "--data", text(&data)]).done();
        assert!(verified.stderr.contains(&format!("Đã kiểm {dossiers} hồ sơ")), "{verified:?}");
        assert!(step(&data) >= 2 && step(&data) >= at);
        assert_eq!((count(&data, "dossier"), count(&data, "dossier_event")), (dossiers, events));

        let serving = Serving::start(&data);
        assert!(serving.get("/readyz").starts_with("HTTP/1.1 200"), "{name}");
        assert_eq!(serving.stop(), Some(0));
        // Again: there is nothing left to do.
        motcua(&["verify", "--data", text(&data)]).done();
    }
}

#[test]
fn a_house_of_a_later_program_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    copy(&stored("step-2"), &data);
    let connection = Connection::open(data.join("motcua.db")).unwrap();
    connection.execute("UPDATE refinery_schema_history SET version = 9999 WHERE version = 2", []).unwrap();
    drop(connection);
    let refused = motcua(&["verify", "--data", text(&data)]);
    assert!(refused.code == 1 && refused.stderr.contains("newer program"), "{refused:?}");
}
