//! Every way a plan can be wrong is named with its line, and nothing begins.

use super::*;

const PLAN: &str = r#"schema = "motcua.reform/1"
id = "thu"
title = "Thử"
instrument = "Nghị quyết"
number = "12/NQ-HĐND"
signed_on = "2024-12-10"
effective_at = "2025-01-01T00:00"
ends = ["phuong-cat-dai"]
[provenance]
invented = ["everything"]
[[unit]]
key = "dong"
name = "Phường Đông"
level = "ward"
standing = "authority"
[[unit]]
key = "tay"
name = "Phường Tây"
level = "ward"
standing = "authority"
[[edge]]
from = ["phuong-cat-dai"]
to = "dong"
extent = "part"
[[edge]]
from = ["phuong-cat-dai"]
to = "tay"
extent = "default"
[[territory]]
from = ["phuong-cat-dai"]
to = "dong"
streets = ["Cát Cụt"]
"#;

/// The lines and words of what is wrong once something in the plan is replaced.
#[track_caller]
fn told(replaced: &str, by: &str) -> Vec<String> {
    assert!(PLAN.contains(replaced), "{replaced}");
    let (organisation, mut ids) = le_chan_in_2024();
    match checked(&PLAN.replacen(replaced, by, 1), A, &organisation, &mut ids) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    }
}

#[track_caller]
fn names(replaced: &str, by: &str, line: usize, words: &str) {
    let told = told(replaced, by);
    let prefix = format!("plan.toml:{line}: ");
    assert!(told.iter().any(|it| it.starts_with(&prefix) && it.contains(words)), "{told:#?}");
}

#[test]
fn a_good_plan_has_no_problem() {
    assert_eq!(told("", ""), Vec::<String>::new());
}

#[test]
fn where_a_plan_was_read_may_be_left_out_and_is_checked_where_it_stands() {
    assert_eq!(told("[provenance]\ninvented = [\"everything\"]\n", ""), Vec::<String>::new());
    names("[provenance]\ninvented", "[provenance]\nread_in", 10, "one of the keys");
}

#[test]
fn a_wrong_number_of_the_resolution() {
    for wrong in ["1232", "NQ-UBTVQH15", "abc/NQ-HĐND", "0/NQ-HĐND", "12/", "12/NQ HĐND", "12/25/NQ-HĐND", "12/nq-hđnd"]
    {
        names("12/NQ-HĐND", wrong, 5, "the number of a resolution");
    }
    for right in ["1232/NQ-UBTVQH15", "202/2025/QH15", "1669/NQ-UBTVQH15", "15/2025/QĐ-UBND"] {
        assert_eq!(told("12/NQ-HĐND", right), Vec::<String>::new(), "{right}");
    }
}

#[test]
fn an_instant_in_the_past_or_before_its_signature() {
    names("2025-01-01T00:00", "2024-12-01T00:00", 7, "a moment not before 2024-12-02T09:00");
    let late = told("2025-01-01T00:00", "2019-06-01T00:00");
    assert_eq!(late.len(), 2, "the instant and the signature, nothing of units that were not yet: {late:#?}");
    names("2024-12-10", "2025-01-02", 6, "a day before the plan takes effect");
    names("2025-01-01T00:00", "ngày mai", 7, "a moment of local time");
    names("2024-12-10", "hôm qua", 6, "a day such as");
}

#[test]
fn an_unknown_or_an_ended_unit() {
    names(
        "ends = [\"phuong-cat-dai\"]",
        "ends = [\"phuong-cat-dai\", \"phuong-la\"]",
        8,
        "a unit there is on that day",
    );
    names(
        "[[territory]]\nfrom = [\"phuong-cat-dai\"]",
        "[[territory]]\nfrom = [\"phuong-la\"]",
        29,
        "a unit there is on that day",
    );
    names("to = \"tay\"", "to = \"phuong-la\"", 25, "a unit there is on that day");
    let (before, mut ids) = le_chan_in_2024();
    let a = checked(REFORM_A, A, &before, &mut ids).unwrap();
    let after = carried_out(&before, &a);
    let late = PLAN.replace("2025-01-01T00:00", "2025-03-01T00:00");
    let problems = checked(&late, B, &after, &mut ids).unwrap_err();
    assert!(
        problems.iter().any(|it| it.line == 8 && it.expected == "a unit that has not ended before"),
        "{problems:#?}"
    );
}

#[test]
fn nobody_can_be_taken_for_another() {
    names("name = \"Phường Tây\"", "name = \"Phường Đông\"", 16, "a name no other unit below the same one bears");
    let line = PLAN.lines().count() + 1;
    let renamed = "[[change]]\nunit = \"phuong-kenh-duong\"\nname = \"Phường Vĩnh Niệm\"\n";
    names(PLAN, &format!("{PLAN}{renamed}"), line, "a name no other unit below the same one bears");
    // The name of a unit that ends is free.
    let free = "[[change]]\nunit = \"phuong-kenh-duong\"\nname = \"Phường Cát Dài\"\n";
    assert_eq!(told(PLAN, &format!("{PLAN}{free}")), Vec::<String>::new());
    let coded = "[[change]]\nunit = \"phuong-kenh-duong\"\ncodes = { agency = \"H24.77\" }\n";
    assert_eq!(told(PLAN, &format!("{PLAN}{coded}")), Vec::<String>::new());
    let twice = format!("{PLAN}{coded}{}", coded.replace("kenh-duong", "vinh-niem"));
    names(PLAN, &twice, line + 3, "a code no other unit has then");
}

#[test]
fn nobody_is_put_under_a_unit_below_them() {
    let (organisation, mut ids) = le_chan_in_2024();
    let line = PLAN.lines().count() + 1;
    let under = |parent: &str| format!("{PLAN}[[change]]\nunit = \"quan-le-chan\"\nparent = \"{parent}\"\n");
    for parent in ["phuong-kenh-duong", "quan-le-chan"] {
        let problems = checked(&under(parent), A, &organisation, &mut ids).unwrap_err();
        assert!(
            problems.iter().any(|it| it.line == line && it.field == "change.parent" && it.found.contains(parent)),
            "{problems:#?}"
        );
    }
    checked(
        &under("phuong-kenh-duong").replace("unit = \"quan-le-chan\"", "unit = \"phuong-hang-kenh\""),
        A,
        &organisation,
        &mut ids,
    )
    .unwrap();
}

#[test]
fn a_unit_that_goes_on_below_one_that_ends_is_named() {
    let (before, mut ids) = le_chan_in_2024();
    // The district ends before its wards were merged: eight of them are nowhere in the second plan.
    let problems = checked(REFORM_B, B, &before, &mut ids).unwrap_err();
    let below = problems.iter().find(|it| it.expected.contains("below one that ends: Quận Lê Chân")).unwrap();
    assert!(below.found.contains("Phường Cát Dài") && !below.found.contains("Phường Hàng Kênh"), "{below:?}");
    assert_eq!(
        (below.field.as_str(), REFORM_B.lines().nth(below.line - 1).unwrap().starts_with("ends")),
        ("ends", true)
    );

    let line = PLAN.lines().position(|it| it.starts_with("ends")).unwrap() + 1;
    let all = PLAN.replace("ends = [\"phuong-cat-dai\"]", "ends = [\"phuong-cat-dai\", \"quan-moi\"]");
    let house = |text: &str, more: &str| {
        let mut ids = Minted(5_000);
        let mut organisation = before.clone();
        for (key, name, parent) in [("quan-moi", "Quận Mới", None), ("phong", "Phòng Lẻ", Some("quan-moi"))] {
            let parent = parent.and_then(|key| key_of(&organisation, key, date(2024, 12, 1)));
            let mut attributes = organisation.standing_on(date(2024, 12, 1)).next().unwrap().1.clone();
            attributes.name = name.to_owned();
            attributes.parent = parent;
            attributes.codes = vec![crate::organisation::UnitCode {
                scheme: crate::organisation::HOUSE_KEYS.to_owned(),
                value: key.to_owned(),
            }];
            let on = date(2024, 12, 1);
            organisation.apply(ids.unit(), &UnitEvent::Established { on, attributes }).unwrap();
        }
        let edge = "[[edge]]\nfrom = [\"quan-moi\"]\nto = \"dong\"\nextent = \"whole\"\n";
        checked(&format!("{text}{edge}{more}"), A, &organisation, &mut ids)
    };
    let problems = house(&all, "").unwrap_err();
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert_eq!((problems[0].line, problems[0].found.as_str()), (line, "Phòng Lẻ"));
    house(&all, "[[change]]\nunit = \"phong\"\nname = \"Phòng Khác\"\n").unwrap_err();
    house(&all, "[[change]]\nunit = \"phong\"\nparent = \"dong\"\n").unwrap();
    let too = all.replace("\"quan-moi\"]", "\"quan-moi\", \"phong\"]");
    house(&too, "[[edge]]\nfrom = [\"phong\"]\nto = \"dong\"\nextent = \"whole\"\n").unwrap();
}

#[test]
fn a_cycle_and_an_edge_to_a_unit_that_ends_the_same_day() {
    let whole = "[[edge]]\nfrom = [\"phuong-cat-dai\"]\nto = \"phuong-lam-son\"\nextent = \"whole\"\n[[edge]]\nfrom = \
                 [\"phuong-lam-son\"]\nto = \"phuong-cat-dai\"\nextent = \"whole\"\n";
    let (organisation, mut ids) = le_chan_in_2024();
    let start = PLAN.find("[[edge]]").unwrap();
    let text = format!("{}{whole}", &PLAN[..start])
        .replace("ends = [\"phuong-cat-dai\"]", "ends = [\"phuong-cat-dai\", \"phuong-lam-son\"]");
    let problems = checked(&text, A, &organisation, &mut ids).unwrap_err();
    let cycles: Vec<usize> = problems.iter().filter(|it| it.expected.contains("no cycle")).map(|it| it.line).collect();
    assert_eq!(cycles, [21, 25], "{problems:#?}");
    let chain = format!("{}{whole}", &PLAN[..start])
        .replace("ends = [\"phuong-cat-dai\"]", "ends = [\"phuong-cat-dai\", \"phuong-lam-son\"]")
        .replace("to = \"phuong-cat-dai\"", "to = \"tay\"");
    let problems = checked(&chain, A, &organisation, &mut ids).unwrap_err();
    assert!(
        problems.iter().any(|it| it.line == 21 && it.expected.contains("does not end the same day")),
        "{problems:#?}"
    );
    names("to = \"dong\"\nstreets", "to = \"phuong-cat-dai\"\nstreets", 29, "does not end the same day");
}

#[test]
fn a_split_without_a_rule_or_without_a_default() {
    let rule = &PLAN[PLAN.find("[[territory]]").unwrap()..];
    names(rule, "", 21, "a territory rule that says which part");
    names("extent = \"default\"", "extent = \"part\"", 21, "one default successor of a split unit");
    names("extent = \"part\"", "extent = \"default\"", 21, "one default successor, not several");
    names("extent = \"part\"", "extent = \"whole\"", 21, "one successor of the whole, or parts");
    let edges = &PLAN[PLAN.find("[[edge]]").unwrap()..];
    names(edges, "", 8, "a unit that somebody inherits from");
    names("ends = [\"phuong-cat-dai\"]\n", "", 20, "a part: what is left stays with the unit");
}

#[test]
fn a_rule_that_matches_twice_or_never() {
    let twice =
        format!("{PLAN}[[territory]]\nfrom = [\"phuong-cat-dai\"]\nto = \"tay\"\nstreets = [\"phố Cát Cụt\"]\n");
    let (organisation, mut ids) = le_chan_in_2024();
    let problems = checked(&twice, A, &organisation, &mut ids).unwrap_err();
    assert_eq!(problems.iter().map(|it| it.line).collect::<Vec<_>>(), [33]);
    assert!(problems[0].expected.contains("the rule on line 29 does"), "{problems:#?}");
    names("streets = [\"Cát Cụt\"]", "", 29, "this one never does");
    names("streets = [\"Cát Cụt\"]", "streets = [\"đường 12\"]", 29, "this one never does");
    names("streets = [\"Cát Cụt\"]", "wards = [\"Không Có\"]", 29, "this one never matches");
    names(
        "[[territory]]\nfrom = [\"phuong-cat-dai\"]",
        "[[territory]]\nfrom = [\"phuong-lam-son\"]",
        29,
        "this rule never matches",
    );
}

#[test]
fn two_plans_on_one_unit() {
    let (organisation, mut ids) = le_chan_in_2024();
    let a = checked(REFORM_A, B, &organisation, &mut ids).unwrap();
    let around =
        Surroundings { organisation: &organisation, plans: &[a], person: &|_| None, now: moment("2024-12-02T09:00") };
    let problems = Plan::read("plan.toml", PLAN).unwrap().check(A, &around, &mut || ids.unit()).unwrap_err();
    assert_eq!(problems.len(), 1);
    assert_eq!((problems[0].line, problems[0].found.as_str()), (21, "Phường Cát Dài"));
    assert!(problems[0].expected.contains("le-chan-2025-01-01"));
}

#[test]
fn a_file_that_cannot_be_read() {
    let large = format!("{PLAN}# {}\n", "x".repeat(10 << 20));
    let read = |text: &str| Plan::read("plan.toml", text).unwrap_err();
    assert_eq!((read(&large)[0].line, read(&large)[0].expected.as_str()), (1, "at most 1048576 bytes"));
    assert_eq!(read("schema = \"motcua.reform/1\"\nid = \n")[0].line, 2);
    names("title = \"Thử\"", "titel = \"Thử\"", 3, "one of the keys");
    names("schema = \"motcua.reform/1\"", "schema = \"motcua.reform/9\"", 1, "motcua.reform/1");
    names("extent = \"part\"", "extent = \"half\"", 24, "whole | part | default");
    names(
        "to = \"tay\"\nextent = \"default\"\n",
        "to = \"tay\"\nextent = \"default\"\nperson = \"an\"\n",
        29,
        "one of the keys",
    );
}

#[test]
fn people_posts_and_keys_nobody_knows() {
    let with = |more: &str, line: usize, words: &str| {
        names("streets = [\"Cát Cụt\"]\n", &format!("streets = [\"Cát Cụt\"]\n{more}"), line, words)
    };
    with("[[staff]]\nfrom = [\"phuong-cat-dai\"]\nperson = \"la\"\nto = \"dong\"\n", 33, "a login of the staff");
    with("[[staff]]\nfrom = [\"phuong-cat-dai\"]\npost = \"king\"\nto = \"dong\"\n", 35, "reception | specialist");
    with("[[offer]]\nunit = \"dong\"\nfrom = [\"phuong-cat-dai\"]\nprocedures = [\"x\"]\n", 36, "a procedure such as");
    with("[[change]]\nunit = \"phuong-cat-dai\"\nname = \"Phường Khác\"\n", 33, "a unit that stands on");
    with("[[change]]\nunit = \"phuong-vinh-niem\"\nname = \"Phường Vĩnh Niệm\"\n", 33, "something that changes");
    names("key = \"tay\"", "key = \"phuong-vinh-niem\"", 16, "a key no unit that stands on has");
    names("key = \"tay\"", "key = \"dong\"", 16, "a key no other unit of the plan has");
    names("key = \"dong\"", "key = \"dong\"\nparent = \"dong\"", 11, "a unit that is not below it");
}

#[test]
fn a_renamed_unit_keeps_its_id() {
    let (organisation, mut ids) = le_chan_in_2024();
    let start = PLAN.find("[[unit]]").unwrap();
    let text = format!("{}[[change]]\nunit = \"phuong-vinh-niem\"\nname = \"Phường Vĩnh Niệm Mới\"\n", &PLAN[..start])
        .replace("ends = [\"phuong-cat-dai\"]\n", "");
    let plan = checked(&text, A, &organisation, &mut ids).unwrap();
    let after = carried_out(&organisation, &plan);
    let unit = key_of(&organisation, "phuong-vinh-niem", date(2024, 12, 31)).unwrap();
    assert_eq!(after.name_on(unit, date(2024, 12, 31)), "Phường Vĩnh Niệm");
    assert_eq!(after.name_on(unit, date(2025, 1, 1)), "Phường Vĩnh Niệm Mới");
    assert!(after.find_unit(unit).unwrap().stands_on(date(2030, 1, 1)));
}
