//! Rules about the table of the security standard: every requirement has its line, and what it names is there.

use std::collections::BTreeSet;

use super::{Finding, Tree};

const TABLE: &str = "docs/security/asvs.md";
const STATES: [&str; 3] = ["holds", "does not", "not applicable"];
/// Sections of OWASP ASVS 5.0.0 with the number of their requirements of levels 1 and 2, which come first in each.
const SECTIONS: &[(&str, u32)] = &[
    ("1.1", 2),
    ("1.2", 9),
    ("1.3", 11),
    ("1.4", 3),
    ("1.5", 2),
    ("2.1", 3),
    ("2.2", 3),
    ("2.3", 4),
    ("2.4", 1),
    ("3.2", 2),
    ("3.3", 4),
    ("3.4", 6),
    ("3.5", 5),
    ("3.7", 2),
    ("4.1", 3),
    ("4.2", 1),
    ("4.3", 2),
    ("4.4", 4),
    ("5.1", 1),
    ("5.2", 3),
    ("5.3", 2),
    ("5.4", 3),
    ("6.1", 3),
    ("6.2", 12),
    ("6.3", 4),
    ("6.4", 4),
    ("6.5", 5),
    ("6.6", 3),
    ("6.8", 4),
    ("7.1", 3),
    ("7.2", 4),
    ("7.3", 2),
    ("7.4", 5),
    ("7.5", 2),
    ("7.6", 2),
    ("8.1", 2),
    ("8.2", 3),
    ("8.3", 1),
    ("8.4", 1),
    ("9.1", 3),
    ("9.2", 4),
    ("10.1", 2),
    ("10.2", 2),
    ("10.3", 4),
    ("10.4", 11),
    ("10.5", 5),
    ("10.6", 2),
    ("10.7", 3),
    ("11.1", 2),
    ("11.2", 3),
    ("11.3", 3),
    ("11.4", 4),
    ("11.5", 1),
    ("11.6", 1),
    ("12.1", 3),
    ("12.2", 2),
    ("12.3", 4),
    ("13.1", 1),
    ("13.2", 5),
    ("13.3", 2),
    ("13.4", 5),
    ("14.1", 2),
    ("14.2", 4),
    ("14.3", 3),
    ("15.1", 3),
    ("15.2", 3),
    ("15.3", 7),
    ("16.1", 1),
    ("16.2", 5),
    ("16.3", 4),
    ("16.4", 3),
    ("16.5", 3),
    ("17.1", 1),
    ("17.2", 4),
    ("17.3", 2),
];

/// Every requirement of levels 1 and 2 has one line, with a state and a reason; every test and file it names is in the tree.
pub fn standard_is_told_whole(tree: &Tree) -> Vec<Finding> {
    const WHY: &str = "a table of what holds is believed: a line nobody can check is worse than none";
    let Some(text) = tree.text(TABLE) else { return Vec::new() };
    let mut findings = Vec::new();
    let mut tell = |line: usize, what: String| findings.push(Finding { path: TABLE.into(), line, what, why: WHY });
    let tests = tests_of(tree);
    let mut missing: BTreeSet<String> =
        SECTIONS.iter().flat_map(|(section, last)| (1..=*last).map(move |it| format!("{section}.{it}"))).collect();
    for (index, line) in text.lines().enumerate().filter(|it| it.1.starts_with("| ")) {
        let line_number = index + 1;
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [id, _, state, reason] = cells.as_slice() else {
            tell(line_number, "a line of other than four columns".to_owned());
            continue;
        };
        if *id == "id" {
            continue;
        }
        if !missing.remove(*id) {
            tell(line_number, format!("`{id}` is no requirement of levels 1 and 2, or comes twice"));
        }
        if !STATES.contains(state) {
            tell(line_number, format!("`{state}` is none of: {}", STATES.join(", ")));
        }
        // Every second part stands between back-ticks.
        let names: Vec<&str> = reason.split('`').skip(1).step_by(2).collect();
        if reason.is_empty() || (*state == "holds" && names.is_empty()) {
            tell(line_number, format!("{id} names neither a test nor a file"));
        }
        for name in names {
            if !tests.contains(name) && !tree.has(name) {
                tell(line_number, format!("there is neither a test nor a file `{name}`"));
            }
        }
    }
    for id in missing {
        tell(1, format!("{id} has no line"));
    }
    findings
}

/// The names of all tests: functions marked as such, and those a list of `on_both!` makes tests on either engine of.
fn tests_of(tree: &Tree) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    for (_, text) in tree.ending(".rs") {
        let (mut is_test, mut is_listed) = (false, false);
        for line in text.lines().map(str::trim_start) {
            let listed = line.trim_end().trim_end_matches(',');
            if is_listed && !listed.is_empty() && listed.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_') {
                found.insert(listed);
                continue;
            }
            is_listed = line.starts_with("on_both!");
            if line.starts_with("#[") {
                is_test |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
                continue;
            }
            let name = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
            if let Some((name, _)) = name.filter(|_| is_test).and_then(|it| it.split_once('(')) {
                found.insert(name);
            }
            is_test = false;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const TESTS: &str = "    #[test]\n    fn it_holds() {}\n#[tokio::test]\nasync fn it_waits() {}\nfn no_test() {}\non_both!(\n    twice,\n);\nword\n";

    fn told(line: &str) -> Vec<String> {
        let tree = Tree::of(&[(TABLE, line), ("a.rs", TESTS), ("docs/a.md", "")]);
        let findings = standard_is_told_whole(&tree).into_iter().map(|it| it.what);
        findings.filter(|it| !it.ends_with("has no line")).collect()
    }

    #[test]
    fn what_the_table_of_the_standard_names_is_there() {
        for good in [
            "| 1.1.1 | asked | holds | `it_holds`, `it_waits`, `twice` |",
            "| 1.1.1 | asked | holds | said in `docs/a.md` |",
            "| 1.1.1 | asked | does not | not yet |",
            "| 17.3.2 | asked | not applicable | none |",
        ] {
            assert_eq!(told(good), Vec::<String>::new(), "{good}");
        }
        for bad in [
            "| 1.1.1 | asked | holds | `no_test` |",
            "| 1.1.1 | asked | holds | `gone_long_ago` |",
            "| 1.1.1 | asked | holds | `docs/b.md` |",
            "| 1.1.1 | asked | holds | because we say so |",
            "| 1.1.1 | asked | partly | not yet |",
            "| 1.1.3 | asked | does not | level 3, or nothing |",
            "| 1.1.1 | asked | does not |",
            "| 1.1.1 | a | does not | b |\n| 1.1.1 | a | does not | b |",
        ] {
            assert_eq!(told(bad).len(), 1, "{bad}: {:?}", told(bad));
        }
    }

    #[test]
    fn a_requirement_without_a_line_is_told() {
        let tree = Tree::of(&[(TABLE, "| 1.1.1 | asked | does not | not yet |")]);
        let findings = standard_is_told_whole(&tree);
        assert!(findings.iter().any(|it| it.what == "1.1.2 has no line"));
        assert_eq!(findings.len(), 252, "253 requirements in all");
        assert_eq!(standard_is_told_whole(&Tree::of(&[])), vec![]);
    }
}
