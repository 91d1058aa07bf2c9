//! Every statement of the program is understood by the database, and says what both databases can say.

use storage::engine::{Db, Options, portable_problems};

#[test]
fn every_statement_is_understood_and_takes_what_it_names() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&folder.path().join("motcua.db"), Options::default()).unwrap();
    let statements = storage::statements();
    assert!(statements.len() > 100, "only {} statements are registered", statements.len());
    for sql in statements {
        let shape = db.read_now(|tx| tx.shape(sql)).unwrap_or_else(|why| panic!("{sql:?}: {why}"));
        let named = (1..=60).filter(|n| mentions(sql.text(), *n)).max().unwrap_or(0);
        assert_eq!(shape.arguments, named, "{sql:?}: the arguments must be numbered without a gap");
        let reads = sql.text().trim_start().starts_with("SELECT");
        assert_eq!(shape.reads_only, reads, "{sql:?}");
        assert_eq!(shape.columns.is_empty(), !reads && !sql.text().contains("RETURNING"), "{sql:?}");
    }
}

fn mentions(text: &str, number: usize) -> bool {
    let name = format!("${number}");
    text.match_indices(&name).any(|(at, _)| !text[at + name.len()..].starts_with(|c: char| c.is_ascii_digit()))
}

#[test]
fn every_statement_is_written_for_both_databases() {
    let problems: Vec<String> = storage::statements()
        .into_iter()
        .flat_map(|sql| portable_problems(sql.text()).into_iter().map(move |why| format!("{sql:?}: {why}")))
        .collect();
    assert!(problems.is_empty(), "{problems:#?}");
}
