//! Rules about documents: links lead somewhere, decisions are numbered and whole.

use super::{Finding, Tree};

const DECISIONS: &str = "docs/adr/";
const PARTS: &[&str] = &["## Context", "## Decision", "## Consequences", "## What would change our mind"];

/// A link to a file of ours finds it.
pub fn links_lead_somewhere(tree: &Tree) -> Vec<Finding> {
    const WHY: &str = "a newcomer follows the first link there is; a dead one says that the rest is not true either";
    let mut findings = Vec::new();
    for (path, text) in tree.ending(".md") {
        for (line, target) in links(text) {
            let file = target.split(['#', '?']).next().unwrap_or_default();
            let found = file.is_empty() || resolved(path, file).is_some_and(|file| tree.has(&file));
            if !found {
                findings.push(Finding {
                    path: path.into(),
                    line,
                    what: format!("the link to `{target}` leads nowhere"),
                    why: WHY,
                });
            }
        }
    }
    findings
}

/// Line and target of every link that is neither in a code block nor to another place of the world.
fn links(text: &str) -> Vec<(usize, String)> {
    let (mut found, mut in_code) = (Vec::new(), false);
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        // Every second part stands between back-ticks.
        let plain: String = line.split('`').step_by(2).collect::<Vec<_>>().join("_");
        for part in plain.split("](").skip(1) {
            let target = part.split([')', ' ']).next().unwrap_or_default().trim_matches(['<', '>']);
            let outside = ["http:", "https:", "mailto:"].iter().any(|scheme| target.starts_with(scheme));
            if !outside {
                found.push((index + 1, target.to_owned()));
            }
        }
    }
    found
}

/// The target's path from the top of the repository; nothing when it leaves it.
fn resolved(from: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = if target.starts_with('/') { Vec::new() } else { from.split('/').collect() };
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// Decisions are numbered without a gap and have their four parts.
pub fn decisions_are_numbered(tree: &Tree) -> Vec<Finding> {
    const WHY: &str = "decisions are cited by number, and say what would change our mind";
    let mut findings = Vec::new();
    let decisions = tree.ending(".md").filter(|(path, _)| path.starts_with(DECISIONS) && !path.ends_with("README.md"));
    for (index, (path, text)) in decisions.enumerate() {
        let mut tell = |what: String| findings.push(Finding { path: path.into(), line: 1, what, why: WHY });
        let number = format!("{:04}", index + 1);
        let name = path.strip_prefix(DECISIONS).unwrap_or_default();
        if !name.starts_with(&format!("{number}-")) {
            tell(format!("this is decision {number} in order, its name is `{name}`"));
        }
        if !text.starts_with(&format!("# {number}. ")) {
            tell(format!("the first line is not `# {number}. …`"));
        }
        for part in PARTS {
            if !text.lines().any(|line| line == *part) {
                tell(format!("the part `{part}` is missing"));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dead_links_are_found() {
        let page = "[a](../README.md#top) [b](missing.md) ![c](pictures/c.png \"title\")\n```\n[d](no.md)\n```\n`[e](no.md)` [f](https://a.example) [g](#here)\n\
                    [h](adr) [i](../../outside.md)\n";
        let tree = Tree::of(&[("docs/a.md", page), ("README.md", ""), ("docs/adr/0001-x.md", "")]);
        let told: Vec<_> =
            links_lead_somewhere(&tree).into_iter().map(|finding| (finding.line, finding.what)).collect();
        assert_eq!(
            told,
            [
                (1, "the link to `missing.md` leads nowhere".to_owned()),
                (1, "the link to `pictures/c.png` leads nowhere".to_owned()),
                (6, "the link to `../../outside.md` leads nowhere".to_owned()),
            ]
        );
    }

    #[test]
    fn decisions_have_their_number_and_their_parts() {
        let whole = |number: &str| format!("# {number}. A decision\n\n{}\n", PARTS.join("\n\n"));
        let tree = Tree::of(&[
            ("docs/adr/0001-a.md", &whole("0001")),
            ("docs/adr/0003-b.md", &whole("0003")),
            ("docs/adr/README.md", "# List\n"),
        ]);
        assert_eq!(decisions_are_numbered(&tree).len(), 2);
        let tree = Tree::of(&[("docs/adr/0001-a.md", "# 0001. A\n\n## Context\n")]);
        assert_eq!(decisions_are_numbered(&tree).len(), 3);
    }
}
