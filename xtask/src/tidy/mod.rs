//! The rules no compiler checks, each with its reason: a finding names file, line, rule and why the rule is there.

mod asvs;
mod code;
mod documents;
mod manifests;
mod rust_text;
mod templates;
mod words;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

/// One breach of a rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file, from the top of the repository.
    pub path: String,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong here.
    pub what: String,
    /// Why it is a rule.
    pub why: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}\n    why: {}", self.path, self.line, self.what, self.why)
    }
}

/// The files of the repository with their text; what is not text has an empty one.
pub struct Tree {
    files: BTreeMap<String, String>,
}

impl Tree {
    /// What git tracks or would track.
    fn read(root: &Path) -> Result<Tree> {
        let words = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
        let answer = Command::new("git").current_dir(root).args(words).output().context("cannot start git")?;
        if !answer.status.success() {
            bail!("git ls-files: {}", String::from_utf8_lossy(&answer.stderr).trim());
        }
        let names = String::from_utf8(answer.stdout).context("a file's name is not UTF-8")?;
        let mut files = BTreeMap::new();
        for name in names.split('\0').filter(|name| !name.is_empty()) {
            let path = root.join(name);
            // A file that is deleted but still in the index is no longer part of the tree.
            if path.is_file() {
                let bytes = std::fs::read(&path).with_context(|| format!("cannot read {name}"))?;
                files.insert(name.to_owned(), String::from_utf8(bytes).unwrap_or_default());
            }
        }
        Ok(Tree { files })
    }

    /// A tree made up by a test.
    #[cfg(test)]
    fn of(files: &[(&str, &str)]) -> Tree {
        let owned = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        Tree { files: owned.collect() }
    }

    /// Path and text of every file.
    fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The files whose name ends so (with the dot).
    fn ending(&self, end: &str) -> impl Iterator<Item = (&str, &str)> {
        self.all().filter(move |(path, _)| path.ends_with(end))
    }

    fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Whether there is such a file, or a folder with a file in it.
    fn has(&self, path: &str) -> bool {
        let folder = format!("{path}/");
        path.is_empty() || self.files.contains_key(path) || self.files.keys().any(|known| known.starts_with(&folder))
    }
}

/// Every breach of every rule, in the order of rules, then of files.
pub fn findings(root: &Path) -> Result<Vec<Finding>> {
    Ok(of_tree(&Tree::read(root)?))
}

fn of_tree(tree: &Tree) -> Vec<Finding> {
    let rules: &[fn(&Tree) -> Vec<Finding>] = &[
        code::sql_outside_storage,
        code::leftovers,
        code::long_files,
        code::vague_names,
        code::units_are_asked_for,
        manifests::pure_domain,
        manifests::one_direction,
        manifests::one_licence,
        templates::nothing_inline,
        templates::escaped,
        words::refusals_have_words,
        words::both_languages,
        documents::links_lead_somewhere,
        documents::decisions_are_numbered,
        asvs::standard_is_told_whole,
    ];
    rules.iter().flat_map(|rule| rule(tree)).collect()
}

/// The number of the line in which this byte lies.
fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tidy_tree_has_no_findings() {
        let tree = Tree::of(&[
            ("Cargo.toml", "[workspace.package]\nlicense = \"EUPL-1.2\"\n"),
            ("crates/domain/Cargo.toml", "[package]\nlicense.workspace = true\n[lints]\nworkspace = true\n"),
            ("crates/domain/src/lib.rs", "//! Rules.\n"),
            ("README.md", "[map](ARCHITECTURE.md)\n"),
            ("ARCHITECTURE.md", "# Map\n"),
        ]);
        assert_eq!(of_tree(&tree), vec![]);
    }

    #[test]
    fn a_finding_reads_as_file_line_fault_and_reason() {
        let finding = Finding { path: "a.rs".into(), line: 3, what: "a fault".into(), why: "a reason" };
        assert_eq!(finding.to_string(), "a.rs:3: a fault\n    why: a reason");
    }

    #[test]
    fn folders_are_there_when_a_file_in_them_is() {
        let tree = Tree::of(&[("docs/adr/0001-a.md", "")]);
        assert!(tree.has("docs") && tree.has("docs/adr") && tree.has("docs/adr/0001-a.md"));
        assert!(!tree.has("doc") && !tree.has("docs/ad"));
    }
}
