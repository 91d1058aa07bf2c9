//! Every statement of the program is understood by both databases, and says what both can say.

use crate::world::{Kind, World, on_both};
use storage::engine::{Options, portable_problems};

on_both!(every_statement_is_understood_and_takes_what_it_names);

fn every_statement_is_understood_and_takes_what_it_names(kind: Kind) {
    let world = World::founded(kind, Options::default());
    let statements = storage::statements();
    assert!(statements.len() > 100, "only {} statements are registered", statements.len());
    for sql in statements {
        let shape = world.db.read_now(|tx| tx.shape(sql)).unwrap_or_else(|why| panic!("{sql:?}: {why}"));
        let named = (1..=60).filter(|n| mentions(sql.text(), *n)).max().unwrap_or(0);
        assert_eq!(shape.arguments, named, "{sql:?}: the arguments must be numbered without a gap");
        let reads = sql.text().trim_start().starts_with("SELECT");
        assert_eq!(shape.reads_only, reads, "{sql:?}");
        assert_eq!(shape.columns.is_empty(), !reads && !sql.text().contains("RETURNING"), "{sql:?}");
        assert_eq!(shape.strange, Vec::<String>::new(), "{sql:?}: neither integer nor text nor bytes");
    }
}

#[test]
fn both_databases_give_the_same_columns() {
    let (file, server) =
        (World::founded(Kind::InFile, Options::default()), World::founded(Kind::OnServer, Options::default()));
    for sql in storage::statements() {
        let width = |world: &World| world.db.read_now(|tx| tx.shape(sql)).map(|it| (it.arguments, it.columns.len()));
        assert_eq!(width(&file).unwrap(), width(&server).unwrap(), "{sql:?}");
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
