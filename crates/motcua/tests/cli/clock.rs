//! `clock`: the vectors of handbook §4.4, and years without a table.

use crate::run::{motcua, text};

#[track_caller]
fn due(received: &str, term: &str, expected: &str) {
    let ran = motcua(&["clock", "due", "--received", received, "--term", term]).done();
    assert_eq!(ran.stdout, format!("{expected}\n"), "{received} {term}");
}

#[test]
fn due_dates_are_those_of_the_handbook() {
    due("2025-04-23T10:00", "5wd", "2025-04-29T10:00");
    due("2024-04-25T16:00", "3wd", "2024-05-03T16:00");
    due("2025-12-31T15:30", "2wd", "2026-01-06T15:30");
    due("2026-02-13T17:45", "1wd", "2026-02-24T07:30");
    due("2025-08-25T09:00", "5wd", "2025-09-03T09:00");
    due("2025-08-09T10:00", "1wd", "2025-08-12T07:30");
    due("2025-03-03T14:59", "sameday", "2025-03-03T17:30");
    due("2025-03-03T15:01", "sameday", "2025-03-04T17:30");
    due("2025-03-03T09:30", "2wh", "2025-03-03T11:30");
    due("2025-03-28T09:00", "1d", "2025-03-31T17:30");
}

#[test]
fn a_year_without_a_table_is_refused_by_name_and_taken_from_a_file() {
    let ran = motcua(&["clock", "due", "--received", "2023-10-27T09:32", "--term", "5wd"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.contains("2023"), "{}", ran.stderr);
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("2023.toml");
    std::fs::write(&table, "[[day_off]]\ndate = \"2023-01-02\"\n").unwrap();
    let asked = ["clock", "due", "--received", "2023-10-27T09:32", "--term", "5wd", "--calendar", text(&table)];
    assert_eq!(motcua(&asked).done().stdout, "2023-11-03T09:32\n");
}

#[test]
fn hours_can_be_told_and_minutes_counted() {
    let due = ["clock", "due", "--received", "2026-02-13T17:15", "--term", "1wd", "--hours", "07:00-11:30,13:30-17:00"];
    assert_eq!(motcua(&due).done().stdout, "2026-02-24T07:00\n");
    let elapsed = ["clock", "elapsed", "--from", "2025-03-28T07:30", "--to", "2025-03-31T10:00"];
    assert_eq!(motcua(&elapsed).done().stdout, "630\n");
    let backwards = ["clock", "elapsed", "--from", "2025-03-31T10:00", "--to", "2025-03-28T07:30"];
    assert_eq!(motcua(&backwards).done().stdout, "-630\n");
}

#[test]
fn a_call_that_makes_no_sense_ends_with_two() {
    for args in [
        &["clock", "due", "--received", "2025-04-23T10:00", "--term", "0wd"][..],
        &["clock", "due", "--received", "2025-02-30T10:00", "--term", "1wd"],
        &["clock", "due", "--received", "2025-04-23T10:00", "--term", "1wd", "--hours", "11:30-07:30"],
        &["clock", "due", "--term", "1wd"],
        &["clock"],
        &["nothing-of-that-name"],
        &["verify", "--data", "a", "--config", "b"],
        &[],
    ] {
        let ran = motcua(args);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}");
    }
    let help = motcua(&["--help"]).done();
    assert!(help.stdout.contains("Usage:"), "help goes to stdout, in English");
}
