//! Files of a catalogue: the list of procedures, one procedure, the lists of options.
#![no_main]

use domain::procedure::{
    Completeness, CsvRow, OptionLists, build, read_flagship, read_option_lists, read_rows, sample_answers, validate,
};
use jiff::civil::date;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static ROWS: LazyLock<Vec<CsvRow>> = LazyLock::new(|| {
    read_rows("le-chan-2025-q1.csv", include_str!("../../catalogue/le-chan-2025-q1.csv")).expect("our own list")
});
static LISTS: LazyLock<OptionLists> = LazyLock::new(|| {
    read_option_lists("option-lists.toml", include_str!("../../catalogue/option-lists.toml")).expect("our own lists")
});

fuzz_target!(|text: &str| {
    match text.split_at_checked(1) {
        Some(("c", rest)) => {
            if let Ok(rows) = read_rows("x.csv", rest) {
                let _ = build(&rows, &[], &LISTS);
            }
        }
        Some(("o", rest)) => drop(read_option_lists("x.toml", rest)),
        Some((_, rest)) => procedure(rest),
        None => {}
    }
});

fn procedure(text: &str) {
    let source = match read_flagship("x.toml", text) {
        Ok(source) => source,
        Err(problems) => {
            assert!(!problems.is_empty() && problems.iter().all(|it| !it.to_string().is_empty()));
            return;
        }
    };
    let rows: Vec<CsvRow> = ROWS.iter().filter(|it| it.flagship && it.procedure.slug == source.slug).cloned().collect();
    let Ok(revisions) = build(&rows, &[source], &LISTS) else { return };
    let today = date(2025, 3, 3);
    for form in revisions.iter().flat_map(|it| &it.forms) {
        validate(form, &sample_answers(form, today, 1), today, Completeness::Complete);
    }
}
