//! The catalogue of the repository is read whole, and bad files are refused by line and field.

use super::*;
use crate::calendar::{Term, TimeLimit};
use crate::post::Post;

const CATALOGUE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../catalogue");

pub(super) fn catalogue_file(name: &str) -> String {
    std::fs::read_to_string(format!("{CATALOGUE}/{name}")).unwrap()
}

pub(super) fn flagship_texts() -> Vec<(String, String)> {
    let mut texts: Vec<(String, String)> = std::fs::read_dir(format!("{CATALOGUE}/flagship"))
        .unwrap()
        .map(|entry| {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let text = catalogue_file(&format!("flagship/{name}"));
            (name, text)
        })
        .collect();
    texts.sort();
    texts
}

fn sources() -> (Vec<CsvRow>, Vec<FlagshipSource>, OptionLists) {
    let rows = read_rows("le-chan-2025-q1.csv", &catalogue_file("le-chan-2025-q1.csv")).unwrap();
    let lists = read_option_lists("option-lists.toml", &catalogue_file("option-lists.toml")).unwrap();
    let flagships = flagship_texts().iter().map(|(name, text)| read_flagship(name, text).unwrap()).collect();
    (rows, flagships, lists)
}

pub(super) fn catalogue() -> Vec<ProcedureRevision> {
    let (rows, flagships, lists) = sources();
    build(&rows, &flagships, &lists).unwrap()
}

fn find(id: &str) -> ProcedureRevision {
    catalogue().into_iter().find(|it| it.procedure.to_string() == id).unwrap()
}

fn legal(term: Term) -> Option<TimeLimit> {
    Some(TimeLimit { legal: term, committed: None })
}

#[test]
fn the_whole_catalogue_builds_252_procedures_of_the_district_and_114_of_the_wards() {
    let all = catalogue();
    let on = |tab: Tab| all.iter().filter(|it| it.procedure.tab == tab).count();
    assert_eq!((all.len(), on(Tab::district()), on(Tab::ward())), (366, 252, 114));
    assert_eq!(flagship_texts().len(), 18);
    let published = all.iter().filter(|it| it.steps_source == StepsSource::Published).count();
    assert_eq!((published, all.iter().filter(|it| !it.forms.is_empty()).count()), (25, 25));
    assert_eq!(all.iter().filter(|it| it.level_basis == Basis::Reconstructed).count(), 244);
    for revision in &all {
        assert_eq!(revision.id, revision.procedure.revision(1));
        assert_eq!(revision.source_hash, content_hash(revision));
        assert!(!revision.authorization_note.contains("paper"), "{}", revision.authorization_note);
        let json = serde_json::to_string(revision).unwrap();
        assert_eq!(&serde_json::from_str::<ProcedureRevision>(&json).unwrap(), revision);
    }
}

#[test]
fn a_term_is_read_or_absent_and_never_made_up() {
    let (rows, _, _) = sources();
    let all = catalogue();
    for (row, revision) in rows.iter().zip(&all) {
        assert!(row.flagship || revision.time_limit.map(|it| it.legal) == row.term, "{}", revision.procedure);
    }
    assert_eq!(all.iter().filter(|it| it.time_limit.is_none()).count(), 179 - 16);
    assert_eq!(find("ho-tro-mai-tang@district").time_limit, legal(Term::WorkingDays(3)));
    assert_eq!(find("dang-ky-khai-sinh@ward").time_limit, legal(Term::SameDay));
    assert_eq!(find("trich-luc-ho-tich@district").time_limit, legal(Term::SameDay));
    assert_eq!(find("trich-luc-ho-tich@ward").time_limit, legal(Term::SameDay));
    assert_eq!(find("giay-phep-xay-dung-nha-o-rieng-le@district").time_limit, legal(Term::CalendarDays(15)));
    assert_eq!(find("giai-quyet-khieu-nai-lan-dau@district").time_limit, legal(Term::CalendarDays(30)));
    let halves = rows.iter().filter(|row| matches!(row.term, Some(Term::WorkingHours(_)))).count();
    assert_eq!(halves, 5);
}

#[test]
fn a_fee_no_source_states_is_not_nothing() {
    let land = find("chuyen-muc-dich-su-dung-dat@district");
    assert_eq!(land.fees.iter().map(|fee| fee.amount_vnd).collect::<Vec<_>>(), [None]);
    let copy = find("chung-thuc-ban-sao-tu-ban-chinh@ward");
    let cost = estimate(&copy.fees, &Quantities { pages: 4, copies: 2, ..Quantities::default() });
    assert_eq!((cost.total_vnd, cost.is_whole()), (12_000, true));
    for revision in catalogue().iter().filter(|it| it.steps_source == StepsSource::StandardOfLevel) {
        assert!(revision.fees.iter().all(|fee| matches!(fee.amount_vnd, None | Some(0))), "{}", revision.procedure);
    }
}

#[test]
fn every_workflow_begins_at_the_desk_is_signed_issued_and_handed_over() {
    for revision in catalogue() {
        let kinds: Vec<StepKind> = revision.steps.iter().map(|step| step.kind).collect();
        let count = |kind: StepKind| kinds.iter().filter(|it| **it == kind).count();
        let id = &revision.procedure;
        assert_eq!(kinds.first(), Some(&StepKind::Receive), "{id}");
        assert_eq!(kinds[kinds.len() - 3..], [StepKind::Sign, StepKind::Issue, StepKind::HandOver], "{id}");
        assert_eq!((count(StepKind::Receive), count(StepKind::Sign), count(StepKind::Issue)), (1, 1, 1), "{id}");
        assert!(revision.steps.iter().zip(1..).all(|(step, number)| step.number == number), "{id}");
        for step in &revision.steps {
            assert!(step.send_back_to.iter().all(|back| {
                let to = revision.step(*back).unwrap();
                to.number < step.number && matches!(to.kind, StepKind::Work | StepKind::Consult)
            }));
            let may_be_added = matches!(step.kind, StepKind::Sign | StepKind::Issue);
            assert!(!step.added || (may_be_added && revision.steps_source == StepsSource::Published), "{id}");
            assert_eq!(step.kind == StepKind::Consult, step.partner.is_some(), "{id}");
        }
    }
}

#[test]
fn the_published_steps_of_a_change_of_land_use_pause_the_clock_for_tax_and_payment() {
    let steps = find("chuyen-muc-dich-su-dung-dat@district").steps;
    let short: Vec<(Post, StepKind, StepClock)> = steps.iter().map(|it| (it.post, it.kind, it.clock)).collect();
    use {Post as P, StepClock as C, StepKind as K};
    assert_eq!(
        short,
        [
            (P::Reception, K::Receive, C::Running),
            (P::Specialist, K::Work, C::Running),
            (P::Specialist, K::Consult, C::Running),
            (P::Leader, K::Work, C::Running),
            (P::Specialist, K::Consult, C::Paused),
            (P::Specialist, K::Consult, C::Paused),
            (P::Specialist, K::Citizen, C::Paused),
            (P::Leader, K::Work, C::Running),
            (P::Specialist, K::Consult, C::Running),
            (P::Leader, K::Sign, C::Running),
            (P::Clerk, K::Issue, C::Running),
            (P::Reception, K::HandOver, C::Running),
        ]
    );
    assert_eq!(steps.iter().filter(|it| it.added).map(|it| it.number).collect::<Vec<_>>(), [10, 11]);
    assert_eq!(steps[2].parallel.as_deref(), Some("A"));
    let birth = find("dang-ky-khai-sinh@ward").steps;
    assert_eq!((birth[2].kind, birth[2].only_channel), (StepKind::Citizen, Some(Channel::Online)));
}

#[test]
fn sections_of_another_form_are_taken_over_with_their_lists() {
    let form = &find("lien-thong-khai-sinh-thuong-tru-bhyt@ward").forms[0];
    let titles: Vec<&str> = form.sections.iter().map(|section| section.title.as_str()).collect();
    assert_eq!(titles[1..4], ["II.1. Người được khai sinh", "II.2. Người mẹ", "II.3. Người cha"]);
    let people = form.fields().find(|field| field.id == "me_dan_toc").unwrap();
    assert_eq!(people.options.len(), 54);
    assert_eq!(
        form.fields().filter(|field| field.id == "con_quoc_tich").map(|it| it.options[0].as_str()).collect::<Vec<_>>(),
        ["Việt Nam"]
    );
}

#[test]
fn a_section_about_the_submitter_is_taken_over_with_the_answer_that_says_so() {
    for id in ["dang-ky-khai-sinh@ward", "lien-thong-khai-sinh-thuong-tru-bhyt@ward"] {
        let form = &find(id).forms[0];
        let about = |answer: &str| -> String {
            let typed = RawAnswers::from([("nyc_quan_he".to_owned(), vec![answer.to_owned()])]);
            let parts = form.sections.iter().filter(|it| it.is_about_submitter(&typed));
            parts.filter_map(|it| it.title.rsplit(". ").next()).collect::<Vec<_>>().join("; ")
        };
        let answers = ["Mẹ", " cha", "Ông, bà", ""];
        assert_eq!(answers.map(about), ["Người mẹ", "Người cha", "", ""], "{id}");
    }
    let (rows, mut flagships, lists) = sources();
    let host = flagships.iter().position(|it| it.slug == "lien-thong-khai-sinh-thuong-tru-bhyt").unwrap();
    let text = catalogue_file("flagship/lien-thong-khai-sinh-thuong-tru-bhyt.toml");
    flagships[host] = read_flagship("lien-thong.toml", &text.replace("nyc_quan_he", "quan_he_voi_tre")).unwrap();
    let problems = build(&rows, &flagships, &lists).unwrap_err();
    let found = problems.iter().find(|it| it.file == "lien-thong.toml").unwrap();
    assert_eq!((found.field.as_str(), found.found.as_str()), ("form.section.fields.include", "nyc_quan_he"));
}

#[test]
fn what_a_form_prints_in_brackets_alone_carries_the_name_of_what_it_asks_once_more() {
    let form = &find("dang-ky-khai-sinh@ward").forms[0];
    let label = |id: &str| form.fields().find(|it| it.id == id).map(|it| it.label.clone()).unwrap();
    assert_eq!(label("con_ngay_sinh_chu"), "Ngày, tháng, năm sinh (ghi bằng chữ)");
    let labels = catalogue().into_iter().flat_map(|it| it.forms).flat_map(|it| it.sections).flat_map(|it| it.fields);
    assert_eq!(labels.map(|it| it.label).find(|it| it.starts_with('(') && it.ends_with(')')), None);
}

#[test]
fn importing_again_gives_the_same_hash_and_a_changed_file_another() {
    let (rows, flagships, lists) = sources();
    let hashes = |flagships: &[FlagshipSource]| -> Vec<String> {
        build(&rows, flagships, &lists).unwrap().into_iter().map(|it| it.source_hash).collect()
    };
    let before = hashes(&flagships);
    assert_eq!(before, hashes(&sources().1));
    let changed: Vec<FlagshipSource> = flagship_texts()
        .iter()
        .map(|(name, text)| {
            read_flagship(name, &text.replace("announced_by = \"3152/QĐ-BTP\"", "announced_by = \"1/QĐ-BTP\"")).unwrap()
        })
        .collect();
    let after = hashes(&changed);
    assert_eq!(before.iter().zip(&after).filter(|(old, new)| old != new).count(), 2, "on both tabs");
    let revision = find("dang-ky-khai-sinh@ward");
    assert_eq!(content_hash(&revision.clone().numbered(7)), revision.source_hash);
    assert_eq!(revision.numbered(7).id.to_string(), "dang-ky-khai-sinh@ward#7");
}

#[test]
fn decomposed_text_is_composed_on_import() {
    use unicode_normalization::UnicodeNormalization;
    let text = catalogue_file("flagship/trich-luc-ho-tich.toml");
    let decomposed: String = text.nfd().collect();
    assert_ne!(text, decomposed);
    let (one, other) = (read_flagship("a", &text).unwrap(), read_flagship("a", &decomposed).unwrap());
    assert_eq!(one, other);
}

/// Changes a good file and expects exactly these problems, as `line field: expected`.
fn refused(change: impl Fn(&str) -> String, expected: &[&str]) {
    let good = catalogue_file("flagship/trich-luc-ho-tich.toml");
    let bad = change(&good);
    assert_ne!(good, bad, "the change must apply");
    let problems = read_flagship("bad.toml", &bad).unwrap_err();
    let shown: Vec<String> =
        problems.iter().map(|it| format!("{} {}: {} / {}", it.line, it.field, it.expected, it.found)).collect();
    assert_eq!(shown.len(), expected.len(), "{shown:#?}");
    for (shown, expected) in shown.iter().zip(expected) {
        assert!(shown.starts_with(expected), "{shown} should begin with {expected}");
    }
    assert!(problems.iter().all(|it| it.file == "bad.toml"));
}

fn swap(from: &'static str, to: &'static str) -> impl Fn(&str) -> String {
    move |text| text.replacen(from, to, 1)
}

#[test]
fn a_bad_procedure_file_is_refused_with_line_and_field() {
    refused(
        swap("schema = \"motcua.procedure/1\"", "schema = \"motcua.procedure/2\""),
        &["2 schema: motcua.procedure/1"],
    );
    refused(swap("id = \"trich-luc-ho-tich\"", "id = \"Trích lục\""), &["3 id: a key of a-z"]);
    refused(swap("code = \"2.000635\"", "code = \"2000635\""), &["4 code: a procedure code"]);
    refused(swap("code = \"2.000635\"", "code = 2"), &["4 code: text / 2"]);
    refused(swap("channels = [", "chanels = ["), &["1 channels: at least one", "7 chanels: one of the keys"]);
    refused(swap("\"counter\"", "\"fax\""), &["7 channels: counter | online | post / fax"]);
    refused(
        swap("level = \"any\"", "level = \"moon\""),
        &["12 authority[1].level: ward | district | both | any / moon"],
    );
    refused(
        swap("role = \"tiep_nhan\"", "role = \"bao_ve\""),
        &["112 step: tiep_nhan as the first", "114 step[1].role: tiep_nhan |"],
    );
    refused(swap("original = 1", "original = -1"), &["50 paper[1].original: a whole number from 0 to 99 / -1"]);
    refused(swap("any_place = true", "any_place = \"yes\""), &["15 authority[1].any_place: true or false"]);
    refused(
        swap("unit = \"working_day\"", "unit = \"moon\""),
        &[
            "33 time_limit.unit: working_day | calendar_day / moon",
            "33 time_limit.unit: working_day | calendar_day beside",
        ],
    );
    refused(swap("name = \"", "name = \"\\u0007"), &["5 name: text without control characters"]);
    refused(swap("announced_by", "= broken"), &["8 file: TOML"]);
    refused(|text| text.replacen("name = \"", &format!("name = \"{}", "a".repeat(601)), 1), &["5 name: at most 600"]);
    refused(|text| format!("{text}\n#{}", "x".repeat(FILE_BYTES_MAX)), &["1 file: at most 1048576 bytes"]);
}

#[test]
fn a_bad_form_is_refused_with_line_and_field() {
    let field = |line: usize, rest: &str| format!("{line} form[1].section[1].fields[1].{rest}");
    refused(
        swap("type = \"text\", required = true, prefill", "type = \"blob\", required = true, prefill"),
        &[&field(147, "type: text |")],
    );
    refused(swap("id = \"nyc_ho_ten\"", "id = \"nyc ho ten\""), &[&field(147, "id: a-z, 0-9")]);
    refused(swap("id = \"nyc_so_dinh_danh\"", "id = \"nyc_ho_ten\""), &["140 form[1]: ids that no other field"]);
    refused(
        swap("format = \"person_name\"", "show_if = { field = \"nobody\" }"),
        &["140 form[1]: nyc_ho_ten: show_if with an earlier field"],
    );
    refused(
        swap("format = \"person_name\"", "words_of = \"nobody\""),
        &["140 form[1]: nyc_ho_ten: a text with words_of an earlier date"],
    );
    refused(
        swap("past = true }", "past = true, before = { field = \"loai_viec\", years = 0 } }"),
        &[
            "140 form[1]: dt_ngay_sinh: a date or a year before an earlier date or year",
            "157 form[1].section[2].fields[3].before.years: a whole number from 1 to 100",
        ],
    );
    refused(
        |text| {
            let head = "title = \"II. Sự kiện hộ tịch\"\n";
            text.replacen(head, &format!("{head}submitter_if = {{ field = \"so_luong\", equals = [\"Mẹ\"] }}\n"), 1)
        },
        &[
            "154 form[1].section[2].submitter_if: an answer of a question in an earlier section / so_luong",
            "154 form[1].section[2].submitter_if: a field with prefill in its section / nothing",
        ],
    );
    refused(
        swap("replaced_by = []\n", "replaced_by = []\nasked_if = { field = \"nobody\", equals = [\"a\"] }\n"),
        &["1 paper.asked_if: a question of the first form with these options"],
    );
    refused(swap("format = \"person_name\"", "options = [\"a\"]"), &[&field(147, "options: options only for")]);
    refused(
        swap(
            "format = \"person_name\"",
            "children = [{ id = \"a\", label = \"b\", type = \"text\", required = true }]",
        ),
        &[&field(147, "children: children for repeat")],
    );
    refused(swap("format = \"person_name\"", "colour = \"red\""), &[&field(147, "colour: one of the keys")]);
}

#[test]
fn too_many_steps_papers_and_fields_are_refused() {
    let paper = |n: usize| {
        format!(
            "\n[[paper]]\nid = \"p{n}\"\nname = \"P\"\ngroup = \"submit\"\noriginal = 1\ncopy = 0\nrequired = \"always\"\nwhen = \"\"\nreplaced_by = []\nbasis = \"verified\"\n"
        )
    };
    let papers: String = (0..101).map(paper).collect();
    refused(|text| format!("{text}{papers}"), &["46 paper: at most 100 entries / "]);
    let field = |n: usize| format!("{{ id = \"f{n}\", label = \"F\", type = \"text\", required = false }},\n");
    let fields: String = (0..190).map(field).collect();
    refused(
        |text| {
            format!(
                "{text}\n[[form]]\ntitle = \"T\"\ntemplate = \"\"\nbasis = \"believed\"\n[[form.section]]\ntitle = \"S\"\nfields = [\n{fields}]\n"
            )
        },
        &["140 form: at most 200 fields"],
    );
}

#[test]
fn an_include_or_a_list_that_is_not_there_is_refused() {
    let (rows, mut flagships, lists) = sources();
    let problems = build(&rows, &flagships, &OptionLists::default()).unwrap_err();
    assert!(
        problems.iter().any(|it| it.file == "dang-ky-ket-hon.toml" && it.field == "field nam_dan_toc: options_from")
    );
    flagships.retain(|source| source.slug != "dang-ky-khai-sinh");
    let problems = build(&rows, &flagships, &lists).unwrap_err();
    let shown: Vec<String> = problems.iter().map(|it| format!("{} {}", it.file, it.field)).collect();
    assert_eq!(
        shown,
        ["lien-thong-khai-sinh-thuong-tru-bhyt.toml form.section.fields.include", "le-chan-2025-q1.csv flagship"]
    );
}

#[test]
fn a_bad_row_is_refused_with_line_and_column() {
    let good = catalogue_file("le-chan-2025-q1.csv");
    let header = good.lines().next().unwrap();
    let cells =
        ["a-b", "ward", "1.000001", "Tên", "Lĩnh vực", "", "3", "", "unknown", "", "", "", "verified", "nguồn", "1"];
    assert_eq!(read_rows("x.csv", &format!("{header}\n{}\n", cells.join(","))).unwrap().len(), 1);
    let wrong = [
        (0, "A B", "id"),
        (1, "moon", "level"),
        (2, "1.1", "code"),
        (3, "", "name"),
        (6, "0", "time_limit_working_days"),
        (6, "-3", "time_limit_working_days"),
        (6, "3.7", "time_limit_working_days"),
        (6, "99999", "time_limit_working_days"),
        (6, "+3", "time_limit_working_days"),
        (8, "full", "online_level"),
        (9, "maybe", "online_submission"),
        (11, "no", "flagship"),
        (12, "guessed", "level_basis"),
        (13, "", "source"),
        (14, "x", "procedures_csv_line"),
        (3, "T\u{7}", "name"),
    ];
    for (column, value, field) in wrong {
        let mut row = cells;
        row[column] = value;
        let problems =
            read_rows("x.csv", &format!("{header}\n{}\n{}\n", cells.join(",").replace("a-b", "c-d"), row.join(",")))
                .unwrap_err();
        let shown: Vec<(usize, &str)> = problems.iter().map(|it| (it.line, it.field.as_str())).collect();
        assert_eq!(shown, [(3, field)], "{value}");
    }
    let twice = format!("{header}\n{0}\n{0}\n", cells.join(","));
    assert_eq!(
        read_rows("x.csv", &twice).unwrap_err()[0].to_string(),
        "x.csv:3: id: expected a procedure and level that line 2 does not have, found \"a-b@ward\""
    );
    for (text, field) in [("", "file"), ("id,level\n", "column 3"), (&format!("{header}\na,b\n") as &str, "record")] {
        assert_eq!(read_rows("x.csv", text).unwrap_err()[0].field, field);
    }
}

#[test]
fn what_a_newer_revision_asks_otherwise_is_named() {
    let old = find("dang-ky-khai-sinh@ward");
    assert_eq!(difference(&old, &old.clone().numbered(2)), []);
    let mut new = old.clone();
    new.time_limit = legal(Term::WorkingDays(2));
    new.requirements.remove(0);
    new.requirements[0].need = Need::Optional;
    new.fees.pop();
    new.channels.retain(|channel| *channel != Channel::Post);
    let section = &mut new.forms[0].sections[0].fields;
    section[3].required = false;
    section.remove(0);
    section.push(Field::new("moi", "Câu hỏi mới", FieldKind::Text));
    let found = difference(&old, &new);
    let kinds: Vec<serde_json::Value> =
        found.iter().map(|it| serde_json::to_value(it).unwrap()["change"].clone()).collect();
    assert_eq!(
        kinds,
        [
            "time_limit",
            "fees",
            "channel_removed",
            "paper_changed",
            "paper_removed",
            "field_changed",
            "field_added",
            "field_removed"
        ]
    );
    let back = difference(&new, &old);
    assert!(
        back.iter().any(|it| matches!(it, Difference::PaperAdded { id, need: Need::Always, .. } if id == "to_khai"))
    );
}
