//! Rules about source files: where SQL may be, what may not be left over, how long a file may be and what it is called.

use super::rust_text::layers;
use super::{Finding, Tree};

const LINES_MAX: usize = 1_000;
const SOURCE_ENDS: &[&str] = &[".rs", ".sql", ".html", ".css", ".js", ".mjs", ".md"];
const SQL_BEGINS: &[&str] =
    &["SELECT", "INSERT INTO", "UPDATE", "DELETE FROM", "CREATE TABLE", "ALTER TABLE", "PRAGMA"];
const VAGUE_NAMES: &[&str] = &["utils.rs", "helpers.rs", "common.rs", "types.rs", "manager.rs"];
const MARKS: &[&str] = &["TODO", "FIXME", "XXX"];
const PLACEHOLDERS: &[&str] = &["todo!", "unimplemented!", "dbg!", "#[ignore"];

/// SQL lives in `crates/storage` only; a test of damage may write what the product never would.
pub fn sql_outside_storage(tree: &Tree) -> Vec<Finding> {
    const WHY: &str = "every statement is registered in crates/storage and prepared on each engine by one test";
    let mut findings = Vec::new();
    for (path, text) in tree.all().filter(|(path, _)| !path.starts_with("crates/storage/")) {
        if path.ends_with(".sql") {
            findings.push(Finding {
                path: path.into(),
                line: 1,
                what: "a file of SQL outside crates/storage".into(),
                why: WHY,
            });
        }
        // The rules themselves have to name what they look for.
        if !path.ends_with(".rs") || path.starts_with("xtask/src/tidy/") || is_test_of_damage(path) {
            continue;
        }
        for (index, line) in layers(text).strings.lines().enumerate() {
            if let Some(begin) = SQL_BEGINS.iter().find(|begin| has_words(line, begin)) {
                let what = format!("a string literal that reads like SQL (`{begin} …`) outside crates/storage");
                findings.push(Finding { path: path.into(), line: index + 1, what, why: WHY });
            }
        }
    }
    findings
}

/// Tests that damage a database on purpose to see that `verify` bites and what a broken plan stops, and those of the binary, which look
/// from outside.
fn is_test_of_damage(path: &str) -> bool {
    let damages = |name: &&str| path.contains("/tests/") && path.ends_with(*name);
    path.starts_with("crates/motcua/tests/") || ["/integrity.rs", "/stalled.rs"].iter().any(damages)
}

/// Whether the words stand in the line as words of their own, not at the end of their literal.
fn has_words(line: &str, words: &str) -> bool {
    line.match_indices(words).any(|(at, _)| {
        let before = line.get(..at).and_then(|head| head.chars().next_back());
        let after = line.get(at + words.len()..).unwrap_or_default();
        let open = before.is_none_or(|char| !char.is_alphanumeric() && char != '_');
        open && (after.is_empty() || after.starts_with([' ', '\t', '\\']))
    })
}

/// Outside `domain` and `storage` nobody reads the units a dossier was filed with: what became of them since is known to
/// `domain::organisation` alone.
pub fn units_are_asked_for(tree: &Tree) -> Vec<Finding> {
    const WHY: &str =
        "units merge and split: ask `responsible_now`, `owner_now`, `desk_now`, `collect_now` or `received_by`";
    let mut findings = Vec::new();
    for (path, text) in tree.ending(".rs").filter(|(path, _)| asks_for_units(path)) {
        for (index, line) in layers(text).code.lines().enumerate() {
            if let Some(part) = UNIT_PARTS.iter().find(|part| reads_part(line, part)) {
                let what = format!("`{part}` of a dossier read as it was stored");
                findings.push(Finding { path: path.into(), line: index + 1, what, why: WHY });
            }
        }
    }
    findings
}

/// The parts of a dossier, and of a row about one, that name a unit or somebody in it.
const UNIT_PARTS: &[&str] = &[
    ".receiving_unit",
    ".competent_unit",
    ".collect_at",
    ".owner_unit",
    ".owner_post",
    ".owner_person",
    ".owner.unit",
    ".owner.post",
    ".owner.person",
];
/// What is being filed has no history yet, and the paper of a report names the unit it goes to.
const NOT_FILED_YET: &[&str] = &["plan", "prepared", "request"];

fn asks_for_units(path: &str) -> bool {
    let product = ["crates/app/src/", "crates/web/src/", "crates/motcua/src/"].iter().any(|top| path.starts_with(top));
    product && !path.ends_with("tests.rs") && !path.contains("/tests/") && !path.ends_with("testing.rs")
}

fn reads_part(line: &str, part: &str) -> bool {
    line.match_indices(part).any(|(at, _)| {
        let word = |char: char| char.is_alphanumeric() || char == '_';
        let before = line.get(..at).unwrap_or_default();
        let owner = before.rsplit(|char| !word(char)).next().unwrap_or_default();
        let after = line.get(at + part.len()..).and_then(|rest| rest.chars().next());
        !after.is_some_and(word) && !NOT_FILED_YET.contains(&owner)
    })
}

/// Nothing half-done is left in the code.
pub fn leftovers(tree: &Tree) -> Vec<Finding> {
    const WHY: &str = "what is not done is an issue, not a mark in the code; a test that does not run proves nothing";
    let mut findings = Vec::new();
    for (path, text) in tree.ending(".rs") {
        let layers = layers(text);
        let in_comments = layers.comments.lines().enumerate().flat_map(|(index, line)| {
            MARKS.iter().filter(move |mark| is_mark(line, mark)).map(move |mark| (index, *mark))
        });
        let in_code = layers.code.lines().enumerate().flat_map(|(index, line)| {
            PLACEHOLDERS.iter().filter(move |word| line.contains(**word)).map(move |word| (index, *word))
        });
        for (index, word) in in_comments.chain(in_code) {
            findings.push(Finding {
                path: path.into(),
                line: index + 1,
                what: format!("`{word}` left over"),
                why: WHY,
            });
        }
    }
    let others = [".mjs", ".js", ".css", ".html"].into_iter().flat_map(|end| tree.ending(end));
    for (path, text) in others {
        for (index, line) in text.lines().enumerate() {
            if let Some(mark) = MARKS.iter().find(|mark| is_mark(line, mark)) {
                findings.push(Finding {
                    path: path.into(),
                    line: index + 1,
                    what: format!("`{mark}` left over"),
                    why: WHY,
                });
            }
        }
    }
    findings
}

fn is_mark(line: &str, mark: &str) -> bool {
    line.match_indices(mark).any(|(at, _)| {
        let before = line.get(..at).and_then(|head| head.chars().next_back());
        let after = line.get(at + mark.len()..).and_then(|tail| tail.chars().next());
        let apart = |char: Option<char>| char.is_none_or(|char| !char.is_alphanumeric() && char != '_');
        apart(before) && apart(after)
    })
}

/// No source file is longer than anybody reads.
pub fn long_files(tree: &Tree) -> Vec<Finding> {
    const WHY: &str = "ask \"can it be cut?\" at 500 lines; at 1,000 nobody reads a file any more";
    let sources = tree.all().filter(|(path, _)| SOURCE_ENDS.iter().any(|end| path.ends_with(end)));
    let counted = sources.map(|(path, text)| (path, text.lines().count()));
    let long = counted.filter(|(_, lines)| *lines > LINES_MAX);
    let finding = |(path, lines): (&str, usize)| {
        let what = format!("{lines} lines, {LINES_MAX} are the most");
        Finding { path: path.into(), line: LINES_MAX + 1, what, why: WHY }
    };
    long.map(finding).collect()
}

/// A file is named after what is in it.
pub fn vague_names(tree: &Tree) -> Vec<Finding> {
    const WHY: &str =
        "a name that fits everything tells nothing and collects everything; name the thing in the office's words";
    let vague = |path: &str| path.rsplit('/').next().is_some_and(|name| VAGUE_NAMES.contains(&name));
    let files = tree.all().filter(|(path, _)| vague(path));
    files
        .map(|(path, _)| Finding { path: path.into(), line: 1, what: "a file name without a meaning".into(), why: WHY })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(findings: &[Finding]) -> Vec<(&str, usize)> {
        findings.iter().map(|finding| (finding.path.as_str(), finding.line)).collect()
    }

    #[test]
    fn sql_is_found_in_strings_outside_storage_only() {
        let statement = "fn a() {\n    b(\"SELECT code FROM dossier\");\n}\n";
        let tree = Tree::of(&[
            ("crates/app/src/a.rs", statement),
            ("crates/storage/src/a.rs", statement),
            ("crates/app/tests/app/integrity.rs", statement),
            ("crates/app/tests/app/story.rs", statement),
            ("crates/web/src/b.rs", "// SELECT one\nlet a = \"chọn SELECT\"; let b = \"PRESELECT x\";\n"),
            ("crates/web/src/c.rs", "const A: &str = \"\n    UPDATE dossier SET a = $1\";\nlet b = \"\nSELECT\n1\";\n"),
            ("docs/x.sql", ""),
        ]);
        let found = sql_outside_storage(&tree);
        assert_eq!(
            places(&found),
            [
                ("crates/app/src/a.rs", 2),
                ("crates/app/tests/app/story.rs", 2),
                ("crates/web/src/c.rs", 2),
                ("crates/web/src/c.rs", 4),
                ("docs/x.sql", 1)
            ]
        );
    }

    #[test]
    fn stored_units_are_read_in_domain_and_storage_only() {
        let reads = "fn a() {\n    b(card.owner_unit, view.dossier.receiving_unit);\n}\n";
        let tree = Tree::of(&[
            ("crates/app/src/a.rs", reads),
            (
                "crates/web/src/staff/b.rs",
                "let a = it.owner.person == b;\nlet c = it.owner.personal;\nlet owner_unit = 1;\n",
            ),
            (
                "crates/web/src/c.rs",
                "let a = plan.receiving_unit; let b = Plan { receiving_unit: desk };\n// it.collect_at\n",
            ),
            ("crates/app/src/x/tests.rs", reads),
            ("crates/storage/src/a.rs", reads),
            ("crates/domain/src/a.rs", reads),
        ]);
        assert_eq!(places(&units_are_asked_for(&tree)), [("crates/app/src/a.rs", 2), ("crates/web/src/staff/b.rs", 1)]);
    }

    #[test]
    fn leftovers_are_found_in_comments_and_code_not_in_words() {
        let tree = Tree::of(&[
            (
                "a.rs",
                "// TODO: later\n/// Not a TODOS.\nlet a = \"TODO\";\ntodo!();\n#[ignore]\n#[ignore = \"slow\"]\ndbg!(a);\n",
            ),
            ("b.css", "/* FIXME */\n"),
        ]);
        let found = leftovers(&tree);
        assert_eq!(places(&found), [("a.rs", 1), ("a.rs", 4), ("a.rs", 5), ("a.rs", 6), ("a.rs", 7), ("b.css", 1)]);
    }

    #[test]
    fn a_thousand_lines_are_the_most_and_data_may_be_longer() {
        let (most, more) = ("x\n".repeat(1_000), "x\n".repeat(1_001));
        let tree = Tree::of(&[("a.rs", &most), ("b.rs", &more), ("c.csv", &more), ("Cargo.lock", &more)]);
        assert_eq!(places(&long_files(&tree)), [("b.rs", 1_001)]);
    }

    #[test]
    fn vague_file_names_are_refused() {
        let tree = Tree::of(&[("crates/web/src/utils.rs", ""), ("crates/web/src/slip.rs", ""), ("types.rs", "")]);
        assert_eq!(places(&vague_names(&tree)), [("crates/web/src/utils.rs", 1), ("types.rs", 1)]);
    }
}
