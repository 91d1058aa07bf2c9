//! What citizens type, and what becomes of it.

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;
use crate::procedure::tests::catalogue;

const TODAY: Date = date(2025, 3, 31);

fn form(fields: Vec<Field>) -> ApplicationForm {
    ApplicationForm {
        title: "Tờ khai mẫu".to_owned(),
        template: String::new(),
        sections: vec![Section { title: "I".to_owned(), fields, ..Section::default() }],
    }
}

fn field(kind: FieldKind) -> Field {
    Field {
        required: true,
        options: if kind.has_options() { vec!["Nam".to_owned(), "Nữ".to_owned()] } else { Vec::new() },
        ..Field::new("x", "Câu hỏi", kind)
    }
}

fn raw(entries: &[(&str, &str)]) -> RawAnswers {
    let mut raw = RawAnswers::new();
    for (name, value) in entries {
        raw.entry((*name).to_owned()).or_default().push((*value).to_owned());
    }
    raw
}

/// What one field makes of what was typed: the kept text, or the problem.
fn answer(field: Field, typed: &str) -> Result<String, AnswerProblem> {
    let (answers, gaps) = validate(&form(vec![field]), &raw(&[("x", typed)]), TODAY, Completeness::Complete);
    match gaps.into_iter().next() {
        Some(gap) => Err(gap.problem),
        None => Ok(answers.text("x").unwrap().to_owned()),
    }
}

#[test]
fn a_day_in_words_follows_from_its_day_whatever_was_typed() {
    let day = Field { required: true, ..Field::new("sinh", "Ngày sinh", FieldKind::Date) };
    let words = Field {
        required: true,
        words_of: Some("sinh".to_owned()),
        ..Field::new("chu", "(ghi bằng chữ)", FieldKind::Text)
    };
    let form = form(vec![day, words]);
    for how in [Completeness::Draft, Completeness::Complete] {
        let (answers, gaps) = validate(&form, &raw(&[("sinh", "15/3/2025"), ("chu", "Ngày mười")]), TODAY, how);
        assert_eq!(gaps, []);
        assert_eq!(answers.text("chu"), Some("Ngày mười lăm tháng ba năm hai nghìn không trăm hai mươi lăm"));
    }
    let (answers, gaps) = validate(&form, &raw(&[("sinh", "31/2/2025")]), TODAY, Completeness::Complete);
    assert_eq!(answers.text("chu"), None);
    assert_eq!(
        gaps.iter().map(|it| it.field_id.as_str()).collect::<Vec<_>>(),
        ["sinh"],
        "nobody is asked for the words"
    );
    assert_eq!(form.answerable("chu"), None);
}

#[test]
fn an_answer_makes_a_paper_necessary() {
    let birth = catalogue().into_iter().find(|it| it.procedure.slug == "dang-ky-khai-sinh").unwrap();
    let paper = birth.requirement("van_ban_uy_quyen").unwrap();
    assert!(paper.is_asked_by(&raw(&[("nyc_quan_he", "Người được cha, mẹ ủy quyền")])));
    // Căn cứ: Thông tư 04/2020/TT-BTP Điều 2: ông, bà không phải có văn bản ủy quyền.
    assert!(!paper.is_asked_by(&raw(&[("nyc_quan_he", "Ông, bà")])));
    assert!(!paper.is_asked_by(&RawAnswers::new()));
    assert!(birth.requirement("ban_sao_chung_thuc_gui_buu_chinh").unwrap().not_online);
    assert!(!birth.requirement("giay_chung_sinh").unwrap().not_online);
}

#[test]
fn all_18_forms_are_filled_in_and_stand() {
    let mut forms = std::collections::BTreeMap::new();
    for revision in catalogue() {
        for form in revision.forms {
            forms.insert((revision.procedure.slug.clone(), form.title.clone()), form);
        }
    }
    assert_eq!(forms.len(), 18);
    for (name, form) in &forms {
        for seed in 0..40 {
            let posted = sample_answers(form, TODAY, seed);
            assert_eq!(posted, sample_answers(form, TODAY, seed));
            let (answers, gaps) = validate(form, &posted, TODAY, Completeness::Complete);
            assert_eq!(gaps, [], "{name:?} seed {seed}");
            assert!(!answers.0.is_empty());
            assert_eq!(validate(form, &answers.to_raw(), TODAY, Completeness::Complete).0, answers, "{name:?}");
            let json = serde_json::to_string(&answers).unwrap();
            assert_eq!(serde_json::from_str::<Answers>(&json).unwrap(), answers);
            let (_, missing) = validate(form, &RawAnswers::new(), TODAY, Completeness::Complete);
            assert!(missing.iter().all(|gap| gap.problem == AnswerProblem::Missing) && !missing.is_empty());
        }
    }
}

#[test]
fn days_are_read_in_both_ways_of_writing_and_must_exist() {
    let day = |typed: &str| answer(field(FieldKind::Date), typed);
    for typed in ["5/3/2025", "05/03/2025", "5-3-2025", "2025-03-05", " 05/3/2025 "] {
        assert_eq!(day(typed), Ok("2025-03-05".to_owned()), "{typed}");
    }
    for typed in [
        "hôm nay",
        "5/3/25",
        "5/3",
        "3/2025",
        "٥/3/2025",
        "5/-3/2025",
        "2025/03/05",
        "5/3-2025",
        "1/2/3/2025",
        "+5/3/2025",
    ] {
        assert_eq!(day(typed), Err(AnswerProblem::NotADate), "{typed}");
    }
    for typed in ["30/02/2025", "31/4/2024", "0/1/2025", "2025-13-01", "29/2/2025", "999/1/2025"] {
        assert_eq!(day(typed), Err(AnswerProblem::DateDoesNotExist), "{typed}");
    }
    assert_eq!(day("29/2/2024"), Ok("2024-02-29".to_owned()));
    let birth = Field { past: true, ..field(FieldKind::Date) };
    assert_eq!(answer(birth.clone(), "1/4/2025"), Err(AnswerProblem::InFuture));
    assert_eq!(answer(birth, "31/3/2025"), Ok("2025-03-31".to_owned()));
    assert!(matches!(day("1/1/1700"), Err(AnswerProblem::OutOfRange { min: 1850, .. })));
    assert!(matches!(day("1/1/9999"), Err(AnswerProblem::OutOfRange { .. })));
}

#[test]
fn a_day_that_must_lie_before_another_is_refused_where_it_is_too_near() {
    let child = Field::new("con", "Ngày sinh", FieldKind::Date);
    let before = Some(Before { field: "con".to_owned(), years: 10 });
    let year = Field { before: before.clone(), ..Field::new("me", "Năm sinh", FieldKind::Year) };
    let day = Field { before, ..Field::new("cha", "Sinh ngày", FieldKind::Date) };
    let form = form(vec![child, year, day]);
    for how in [Completeness::Draft, Completeness::Complete] {
        let check = |typed: &[(&str, &str)]| -> Vec<(String, AnswerProblem)> {
            let (_, gaps) = validate(&form, &raw(typed), TODAY, how);
            gaps.into_iter().map(|it| (it.field_id, it.problem)).collect()
        };
        assert_eq!(check(&[("con", "28/2/2025"), ("me", "2015"), ("cha", "28/2/2015")]), []);
        let late = |field: &str, latest: &str| {
            let (other, latest) = ("2025-02-28".to_owned(), latest.to_owned());
            (field.to_owned(), AnswerProblem::NotBefore { other, years: 10, latest })
        };
        let near = check(&[("con", "28/2/2025"), ("me", "2016"), ("cha", "1/3/2015")]);
        assert_eq!(near, [late("me", "2015"), late("cha", "2015-02-28")]);
        let wrong = check(&[("con", "31/2/2025"), ("me", "2020")]);
        assert_eq!(wrong, [("con".to_owned(), AnswerProblem::DateDoesNotExist)], "one slip is one problem");
        assert_eq!(check(&[("me", "2020")]), []);
    }
}

#[test]
fn parents_born_after_their_child_are_a_slip_that_names_whose_year_it_is() {
    for (slug, mother, father) in [
        ("dang-ky-khai-sinh", "Năm sinh (III. Người mẹ)", "Năm sinh (IV. Người cha)"),
        ("lien-thong-khai-sinh-thuong-tru-bhyt", "Năm sinh (II.2. Người mẹ)", "Năm sinh (II.3. Người cha)"),
    ] {
        let birth = catalogue().into_iter().find(|it| it.procedure.slug == slug).unwrap();
        let mut typed = sample_answers(&birth.forms[0], TODAY, 1);
        for (field, answer) in [("con_ngay_sinh", "28/2/2025"), ("me_nam_sinh", "2020"), ("cha_nam_sinh", "2016")] {
            typed.insert(field.to_owned(), vec![answer.to_owned()]);
        }
        let (_, gaps) = validate(&birth.forms[0], &typed, TODAY, Completeness::Complete);
        assert_eq!(gaps.iter().map(|it| it.label.as_str()).collect::<Vec<_>>(), [mother, father]);
        assert!(gaps.iter().all(|it| matches!(it.problem, AnswerProblem::NotBefore { years: 10, .. })));
    }
}

#[test]
fn moments_and_years_are_read() {
    let moment = |typed: &str| answer(Field { past: true, ..field(FieldKind::Datetime) }, typed);
    for typed in ["2025-03-05T07:05", "5/3/2025 7:05", "07:05 5/3/2025", "2025-03-05T07:05:59"] {
        assert_eq!(moment(typed), Ok("2025-03-05T07:05".to_owned()), "{typed}");
    }
    for typed in ["5/3/2025", "7:05", "5/3/2025 25:00", "5/3/2025 7h05", "x y"] {
        assert_eq!(moment(typed), Err(AnswerProblem::NotADateTime), "{typed}");
    }
    assert_eq!(moment("31/2/2025 07:05"), Err(AnswerProblem::DateDoesNotExist));
    assert_eq!(moment("2025-04-01T00:00"), Err(AnswerProblem::InFuture));
    let year = |typed: &str| answer(Field { past: true, ..field(FieldKind::Year) }, typed);
    assert_eq!(year("1994"), Ok("1994".to_owned()));
    assert_eq!(year("2026"), Err(AnswerProblem::OutOfRange { min: 1850, max: 2025 }));
    assert_eq!(year("94x"), Err(AnswerProblem::NotANumber));
}

#[test]
fn numbers_are_bounded_and_never_overflow() {
    let int = |typed: &str| answer(field(FieldKind::Int), typed);
    assert_eq!(int("1.000"), Ok("1000".to_owned()));
    assert_eq!(int("007"), Ok("7".to_owned()));
    for typed in ["1,5", "1.00", "12.34.567", "x", "1e3", "٣", "3️⃣", "--1", "1.", "½"] {
        assert_eq!(int(typed), Err(AnswerProblem::NotANumber), "{typed}");
    }
    for typed in ["-1", "1000001", "99999999999999999999999999"] {
        assert_eq!(int(typed), Err(AnswerProblem::OutOfRange { min: 0, max: 1_000_000 }), "{typed}");
    }
    let copies = Field { min: Some(1), max: Some(20), ..field(FieldKind::Int) };
    assert_eq!(answer(copies.clone(), "0"), Err(AnswerProblem::OutOfRange { min: 1, max: 20 }));
    assert_eq!(answer(copies, "20"), Ok("20".to_owned()));
    assert_eq!(answer(field(FieldKind::Money), "1.500.000"), Ok("1500000".to_owned()));
    assert_eq!(answer(field(FieldKind::Money), "1 500 000"), Ok("1500000".to_owned()));
    let decimal = |typed: &str| answer(field(FieldKind::Decimal), typed);
    for (typed, kept) in [
        ("85,5", "85.5"),
        ("85.5", "85.5"),
        ("85.50", "85.5"),
        ("1.234", "1234"),
        ("1.234,5", "1234.5"),
        ("12", "12"),
        ("0,05", "0.05"),
    ] {
        assert_eq!(decimal(typed), Ok(kept.to_owned()), "{typed}");
        assert_eq!(decimal(kept), Ok(kept.to_owned()), "{kept}");
    }
    for typed in ["1,234", "1,", ",5", "1.2.3", "a,b", "1,2,3"] {
        assert_eq!(decimal(typed), Err(AnswerProblem::NotANumber), "{typed}");
    }
    assert!(matches!(decimal("-0,5"), Err(AnswerProblem::OutOfRange { .. })));
}

#[test]
fn text_is_composed_and_mark_up_is_only_text() {
    let text = |typed: &str| answer(field(FieldKind::Text), typed);
    assert_eq!(text("Nguye\u{302}\u{303}n"), Ok("Nguyễn".to_owned()));
    assert_eq!(text("<script>alert(1)</script>"), Ok("<script>alert(1)</script>".to_owned()));
    assert_eq!(text("🙂"), Ok("🙂".to_owned()));
    assert_eq!(text("a\u{0}b"), Err(AnswerProblem::ControlCharacter));
    assert_eq!(text("a\nb"), Err(AnswerProblem::ControlCharacter));
    assert_eq!(text(&"ễ".repeat(500)), Ok("ễ".repeat(500)));
    assert_eq!(text(&"a".repeat(501)), Err(AnswerProblem::TooLong { max: 500 }));
    let lines = |typed: &str| answer(field(FieldKind::Textarea), typed);
    assert_eq!(lines("một\r\n\thai"), Ok("một\n\thai".to_owned()));
    assert_eq!(lines("một\u{1b}hai"), Err(AnswerProblem::ControlCharacter));
    assert_eq!(lines(&"a".repeat(5_001)), Err(AnswerProblem::TooLong { max: 5_000 }));
    assert!(matches!(answer(field(FieldKind::PersonName), "Nguyễn 🙂"), Err(AnswerProblem::BadName { .. })));
    assert_eq!(answer(field(FieldKind::PersonName), " Nguyễn  Mẫu An "), Ok("Nguyễn Mẫu An".to_owned()));
}

#[test]
fn numbers_of_papers_phones_mail_and_accounts_are_checked() {
    let paper = |typed: &str| answer(field(FieldKind::NationalId), typed);
    assert_eq!(paper("999 094 000 904"), Ok("999094000904".to_owned()));
    assert_eq!(paper("012345678"), Ok("012345678".to_owned()));
    assert_eq!(paper("c1234567"), Ok("C1234567".to_owned()));
    for typed in ["99909400090", "٩٩٩٠٩٤٠٠٠٩٠٤", "999294000904"] {
        let found = paper(typed);
        let personal = matches!(
            &found,
            Err(AnswerProblem::BadDocumentNumber { reason: DocumentNumberProblem::PersonalNumber { .. } })
        );
        assert!(personal, "{typed} {found:?}");
    }
    for typed in ["C1", "ABCDEFG", "C1234-567", "Đ1234567"] {
        let found = paper(typed);
        assert_eq!(
            found,
            Err(AnswerProblem::BadDocumentNumber { reason: DocumentNumberProblem::NoPassport }),
            "{typed}"
        );
    }
    assert_eq!(answer(field(FieldKind::Phone), "0999 000 412"), Ok("0999000412".to_owned()));
    assert!(matches!(answer(field(FieldKind::Phone), "12"), Err(AnswerProblem::BadPhone { .. })));
    assert!(matches!(answer(field(FieldKind::Email), "a@b@c"), Err(AnswerProblem::BadEmail { .. })));
    assert_eq!(answer(field(FieldKind::BankAccount), "9990 0012"), Ok("99900012".to_owned()));
    assert_eq!(answer(field(FieldKind::BankAccount), "12345"), Err(AnswerProblem::BadBankAccount));
    assert_eq!(answer(field(FieldKind::Enum), "Nam"), Ok("Nam".to_owned()));
    assert_eq!(answer(field(FieldKind::Enum), "Khác"), Err(AnswerProblem::NotAnOption));
}

#[test]
fn a_declaration_must_be_ticked_and_a_box_need_not() {
    for typed in ["", "false", "off", "0"] {
        assert_eq!(answer(field(FieldKind::Consent), typed), Err(AnswerProblem::Missing), "{typed}");
    }
    assert_eq!(answer(field(FieldKind::Consent), "on"), Ok("true".to_owned()));
    let optional = Field { required: false, ..field(FieldKind::Bool) };
    let (answers, gaps) = validate(&form(vec![optional]), &raw(&[("x", "false")]), TODAY, Completeness::Complete);
    assert!(answers.0.is_empty() && gaps.is_empty());
}

#[test]
fn a_draft_keeps_everything_typed_and_misses_nothing() {
    let fields = vec![field(FieldKind::Date), Field { id: "y".to_owned(), ..field(FieldKind::Int) }];
    let (answers, gaps) = validate(&form(fields), &raw(&[("x", "30/02/2025")]), TODAY, Completeness::Draft);
    assert_eq!(answers.text("x"), Some("30/02/2025"));
    assert_eq!(gaps.iter().map(|gap| &gap.problem).collect::<Vec<_>>(), [&AnswerProblem::DateDoesNotExist]);
    let again = validate(&form(vec![field(FieldKind::Date)]), &answers.to_raw(), TODAY, Completeness::Draft);
    assert_eq!(again.0, answers);
    assert!(!format!("{answers:?}").contains("2025"), "answers are personal data");
}

fn asked_if(field_id: &str, equals: &[&str], field: Field) -> Field {
    let equals = equals.iter().map(|it| (*it).to_owned()).collect();
    Field { show_if: Some(Condition { field: field_id.to_owned(), equals }), ..field }
}

#[test]
fn a_question_that_is_not_asked_makes_no_gap_and_its_answer_is_dropped_when_sent() {
    let more = asked_if("x", &["Nữ"], Field { id: "y".to_owned(), ..field(FieldKind::Date) });
    let chained = asked_if("y", &[], Field { id: "z".to_owned(), ..field(FieldKind::Text) });
    let form = form(vec![field(FieldKind::Enum), more, chained]);
    let check = |sex: &str, completeness| {
        validate(&form, &raw(&[("x", sex), ("y", "30/02/2025"), ("z", "a")]), TODAY, completeness)
    };
    let (answers, gaps) = check("Nam", Completeness::Complete);
    assert_eq!((answers.0.len(), gaps.len()), (1, 0));
    let (answers, gaps) = check("Nam", Completeness::Draft);
    assert_eq!((answers.0.len(), gaps.len()), (3, 0));
    let (answers, gaps) = check("Nữ", Completeness::Complete);
    assert_eq!((answers.0.len(), gaps.len()), (3, 1));
    let (_, gaps) = validate(&form, &raw(&[("x", "Nữ")]), TODAY, Completeness::Complete);
    assert_eq!(gaps.iter().map(|gap| gap.field_id.as_str()).collect::<Vec<_>>(), ["y"]);
}

fn trades() -> ApplicationForm {
    let name = Field { required: true, ..Field::new("ten", "Tên ngành", FieldKind::Text) };
    let people = Field::new("nguoi", "Số người", FieldKind::Int);
    let main = Field::new("chinh", "Ngành chính", FieldKind::Bool);
    let group = Field { children: vec![people.clone()], ..Field::new("thue", "Thuế", FieldKind::Group) };
    form(vec![Field { children: vec![name, people, main], max_rows: 2, ..field(FieldKind::Repeat) }, group])
}

#[test]
fn rows_keep_their_order_and_gaps_point_at_the_control() {
    let posted = raw(&[
        ("x.10.ten", "mười"),
        ("x.2.ten", "hai"),
        ("x.5.ten", " "),
        ("x.2.chinh", "on"),
        ("x.01.ten", "không"),
        ("x.-1.ten", "không"),
        ("x.9999999999999.ten", "không"),
        ("thue.nguoi", "x"),
        ("khac", "không ai hỏi"),
    ]);
    let (answers, gaps) = validate(&trades(), &posted, TODAY, Completeness::Complete);
    assert_eq!(gaps.iter().map(|gap| gap.field_id.as_str()).collect::<Vec<_>>(), ["thue.nguoi"]);
    let json = serde_json::to_value(&answers).unwrap();
    let expected =
        serde_json::json!({ "x": [{ "ten": "hai", "chinh": "true" }, { "ten": "mười" }], "thue.nguoi": "x" });
    assert_eq!(json, expected);
    assert_eq!(answers.to_raw().get("x.1.ten"), Some(&vec!["mười".to_owned()]));

    let (_, gaps) = validate(&trades(), &raw(&[("x.7.nguoi", "nhiều")]), TODAY, Completeness::Complete);
    assert_eq!(gaps.iter().map(|gap| gap.field_id.as_str()).collect::<Vec<_>>(), ["x.7.ten", "x.7.nguoi"]);
    let (_, gaps) = validate(&trades(), &raw(&[("x.0.ten", "")]), TODAY, Completeness::Complete);
    assert_eq!((gaps.len(), &gaps[0].field_id as &str, &gaps[0].problem), (1, "x", &AnswerProblem::Missing));
    let flood: RawAnswers = (0..5_000).map(|row| (format!("x.{row}.ten"), vec!["a".to_owned()])).collect();
    let (_, gaps) = validate(&trades(), &flood, TODAY, Completeness::Complete);
    assert_eq!(gaps.iter().map(|gap| &gap.problem).collect::<Vec<_>>(), [&AnswerProblem::TooManyRows { max: 2 }]);
}

#[test]
fn several_options_are_kept_once_each() {
    let posted = raw(&[("x", "Nam"), ("x", "Nữ"), ("x", "Nam")]);
    let (answers, gaps) = validate(&form(vec![field(FieldKind::MultiEnum)]), &posted, TODAY, Completeness::Complete);
    assert_eq!((answers.to_raw()["x"].len(), gaps.len()), (2, 0));
    let (_, gaps) = validate(
        &form(vec![field(FieldKind::MultiEnum)]),
        &raw(&[("x", "Nam"), ("x", "!")]),
        TODAY,
        Completeness::Complete,
    );
    assert_eq!(gaps.len(), 1);
}

fn one_of_each() -> ApplicationForm {
    let fields = FieldKind::ALL.iter().map(|kind| {
        let mut field = Field { id: format!("f_{}", kind.as_str()), past: true, ..field(*kind) };
        if kind.has_children() {
            field.children = vec![
                super::tests_answers::field(FieldKind::Date),
                Field { id: "y".to_owned(), ..super::tests_answers::field(FieldKind::MultiEnum) },
            ];
            field.max_rows = 3;
        }
        field
    });
    form(fields.collect())
}

proptest! {
    #[test]
    fn whatever_is_typed_is_read_without_panic_and_a_draft_reads_itself(
        typed in prop::collection::vec(("[a-z_]{0,4}|.*", prop::sample::select(vec![".*", "[0-9]{1,25}", "[0-9./: T,-]{0,20}", "(on|Nam|true)"]).prop_flat_map(|it| it)), 0..12),
        pick in prop::collection::vec(0_usize..30, 12),
    ) {
        let form = one_of_each();
        let mut names: Vec<String> = form.fields().map(|it| it.id.clone()).collect();
        names.extend(["f_repeat.0.x", "f_repeat.3.y", "f_repeat..", "f_group.x", "f_repeat.4294967296.x", "f_group.y", "f_repeat"].map(str::to_owned));
        let mut posted = RawAnswers::new();
        for ((other, value), place) in typed.into_iter().zip(pick) {
            posted.entry(names.get(place).cloned().unwrap_or(other)).or_default().push(value);
        }
        for completeness in [Completeness::Draft, Completeness::Complete] {
            let (answers, gaps) = validate(&form, &posted, TODAY, completeness);
            let (again, gaps_again) = validate(&form, &answers.to_raw(), TODAY, completeness);
            prop_assert_eq!(&again, &answers);
            prop_assert_eq!(gaps_again.len(), gaps.len());
        }
    }

    #[test]
    fn a_file_of_any_text_is_refused_without_panic(text in ".{0,400}") {
        prop_assert!(read_flagship("x.toml", &text).is_err());
        prop_assert!(read_rows("x.csv", &text).is_err());
        let _ = read_option_lists("x.toml", &text);
    }
}
