//! A form as a browser sends it, read into answers.
#![no_main]

use domain::procedure::{
    ApplicationForm, Completeness, OptionLists, RawAnswers, build, read_flagship, read_option_lists, read_rows,
    validate,
};
use jiff::civil::date;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

#[path = "../../crates/web/src/pairs.rs"]
#[allow(dead_code, reason = "the reader of bodies uses the rest of it")]
mod pairs;

/// Most fields that a reader of the product takes.
const FIELDS_MAX: usize = 4_000;

static FORMS: LazyLock<Vec<ApplicationForm>> = LazyLock::new(|| {
    let lists: OptionLists =
        read_option_lists("o", include_str!("../../catalogue/option-lists.toml")).expect("our own lists");
    let files = [
        include_str!("../../catalogue/flagship/dang-ky-khai-sinh.toml"),
        include_str!("../../catalogue/flagship/dang-ky-thanh-lap-ho-kinh-doanh.toml"),
        include_str!("../../catalogue/flagship/giay-phep-xay-dung-nha-o-rieng-le.toml"),
    ];
    let sources: Vec<_> = files.iter().map(|it| read_flagship("f", it).expect("our own file")).collect();
    let mut rows = read_rows("r", include_str!("../../catalogue/le-chan-2025-q1.csv")).expect("our own list");
    rows.retain(|row| !row.flagship || sources.iter().any(|it| it.slug == row.procedure.slug));
    let revisions = build(&rows, &sources, &lists).expect("our own catalogue");
    revisions.into_iter().flat_map(|it| it.forms).collect()
});

fuzz_target!(|bytes: &[u8]| {
    let Some((which, rest)) = bytes.split_first() else { return };
    let Some(form) = FORMS.get(usize::from(*which) % FORMS.len()) else { return };
    let mut raw = RawAnswers::new();
    for pair in pairs::read(rest).take(FIELDS_MAX) {
        let Some((name, value)) = pair else { return };
        assert!(!value.contains('\0'));
        raw.entry(name).or_default().push(value);
    }
    let today = date(2025, 3, 3);
    let (answers, gaps) = validate(form, &raw, today, Completeness::Complete);
    if gaps.is_empty() {
        // What may be sent may be sent again as it was kept.
        let (again, gaps) = validate(form, &answers.to_raw(), today, Completeness::Complete);
        assert!(gaps.is_empty() && again == answers);
    }
    let (draft, _) = validate(form, &raw, today, Completeness::Draft);
    let (again, _) = validate(form, &draft.to_raw(), today, Completeness::Draft);
    assert!(again == draft, "a draft that is opened again is the same draft");
});
