//! Rules about words for people: every refusal has some, and both languages have the same ones.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::rust_text::layers;
use super::{Finding, Tree, line_of};

const LOCALES: &str = "crates/web/locales/";
const LANGUAGES: &[&str] = &["vi", "en"];

/// Where a message stands.
type Messages<'a> = BTreeMap<String, (&'a str, usize)>;

/// Every lawful "no" of the domain can be told to a person, in both languages.
pub fn refusals_have_words(tree: &Tree) -> Vec<Finding> {
    const WHY: &str = "a person who is refused is told what happened, why, and what to do now";
    let messages: Vec<_> = LANGUAGES.iter().map(|language| (*language, messages(tree, language).0)).collect();
    let mut findings = Vec::new();
    for (path, text) in tree.ending(".rs").filter(|(path, _)| path.starts_with("crates/domain/src/")) {
        for variant in refusals(text) {
            let key = format!("refusal-{}", kebab(&variant.name));
            let lack: Vec<&str> =
                messages.iter().filter(|(_, known)| !known.contains_key(&key)).map(|(language, _)| *language).collect();
            if !lack.is_empty() {
                let what = format!(
                    "`{}::{}` has no words: `{key}` is missing in {}",
                    variant.of,
                    variant.name,
                    lack.join(" and ")
                );
                findings.push(Finding { path: path.into(), line: variant.line, what, why: WHY });
            }
        }
    }
    findings
}

/// The two languages say the same things, each once.
pub fn both_languages(tree: &Tree) -> Vec<Finding> {
    const WHY: &str = "a page is whole in both languages; a key said twice hides one of its two wordings";
    let mut findings = Vec::new();
    let told: Vec<_> = LANGUAGES.iter().map(|language| (*language, messages(tree, language))).collect();
    for (language, (known, twice)) in &told {
        for (key, path, line) in twice {
            let what = format!("`{key}` is said twice");
            findings.push(Finding { path: (*path).into(), line: *line, what, why: WHY });
        }
        for (other, (others, _)) in told.iter().filter(|(other, _)| other != language) {
            for (key, (path, line)) in known.iter().filter(|(key, _)| !others.contains_key(*key)) {
                let what = format!("`{key}` is missing in {other}");
                findings.push(Finding { path: (*path).into(), line: *line, what, why: WHY });
            }
        }
    }
    findings
}

/// A variant of an enum of refusals.
struct Refusal {
    of: String,
    name: String,
    line: usize,
}

/// The variants of every `enum …Refusal`, without those that only wrap another such enum.
fn refusals(text: &str) -> Vec<Refusal> {
    let code = layers(text).code;
    let mut found = Vec::new();
    for (at, _) in code.match_indices("enum ") {
        let head = code.get(at + "enum ".len()..).unwrap_or_default();
        let of = word(head);
        let Some(open) = head.find('{').filter(|_| of.ends_with("Refusal")) else { continue };
        let begin = at + "enum ".len() + open + 1;
        for (offset, name, payload) in variants(code.get(begin..).unwrap_or_default()) {
            let wraps = payload.split(|char: char| !char.is_alphanumeric()).any(|part| part.ends_with("Refusal"));
            if !wraps {
                found.push(Refusal { of: of.to_owned(), name, line: line_of(&code, begin + offset) });
            }
        }
    }
    found
}

/// Offset, name and payload of each variant in the body of an enum.
fn variants(body: &str) -> Vec<(usize, String, String)> {
    let (mut found, mut depth, mut begin) = (Vec::new(), 0_usize, 0);
    for (at, char) in body.char_indices() {
        match char {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            '}' if depth > 0 => depth -= 1,
            '}' | ',' if depth == 0 => {
                found.extend(variant(body.get(begin..at).unwrap_or_default(), begin));
                begin = at + 1;
                if char == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    found
}

fn variant(text: &str, begin: usize) -> Option<(usize, String, String)> {
    let mut rest = text.trim_start();
    while let Some(attribute) = rest.strip_prefix('#') {
        rest = after_brackets(attribute)?.trim_start();
    }
    let name = word(rest);
    let offset = begin + text.len() - rest.len();
    let payload = rest.get(name.len()..).unwrap_or_default().to_owned();
    (!name.is_empty()).then(|| (offset, name.to_owned(), payload))
}

fn after_brackets(text: &str) -> Option<&str> {
    let mut depth = 0_usize;
    for (at, char) in text.char_indices() {
        match char {
            '[' => depth += 1,
            ']' if depth == 1 => return text.get(at + 1..),
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

fn word(text: &str) -> &str {
    let end = text.find(|char: char| !char.is_alphanumeric() && char != '_').unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// `NotYetPaid` as `not-yet-paid`.
fn kebab(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut key = String::new();
    for (index, char) in chars.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| chars.get(index));
        let after = chars.get(index + 1);
        let begins =
            before.is_some_and(|before| !before.is_uppercase() || after.is_some_and(|after| after.is_lowercase()));
        if char.is_uppercase() && begins {
            key.push('-');
        }
        key.extend(char.to_lowercase());
    }
    key
}

/// The messages of a language, and those said twice.
fn messages<'a>(tree: &'a Tree, language: &str) -> (Messages<'a>, Vec<(String, &'a str, usize)>) {
    let (file, folder) = (format!("{LOCALES}{language}.ftl"), format!("{LOCALES}{language}/"));
    let (mut known, mut twice) = (Messages::new(), Vec::new());
    let files = tree.ending(".ftl").filter(|(path, _)| *path == file || path.starts_with(&folder));
    for (path, text) in files {
        let mut message = String::new();
        for (index, line) in text.lines().enumerate() {
            let (name, is_attribute) = match line.trim_start().strip_prefix('.') {
                Some(attribute) if line.starts_with(' ') => (attribute, true),
                _ => (line, false),
            };
            let Some(name) = assigned(name) else { continue };
            if !is_attribute {
                name.clone_into(&mut message);
            }
            let key = if is_attribute { format!("{message}.{name}") } else { name.to_owned() };
            match known.entry(key) {
                Entry::Vacant(place) => {
                    place.insert((path, index + 1));
                }
                Entry::Occupied(place) => twice.push((place.key().clone(), path, index + 1)),
            }
        }
    }
    (known, twice)
}

/// The identifier before `=`, when the line begins with one.
fn assigned(line: &str) -> Option<&str> {
    let (name, _) = line.split_once('=')?;
    let name = name.trim_end();
    let first = name.strip_prefix('-').unwrap_or(name).chars().next()?;
    let allowed = |char: char| char.is_ascii_alphanumeric() || char == '-' || char == '_';
    (first.is_ascii_alphabetic() && name.chars().all(allowed)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOMAIN: &str = "/// A no.\n#[derive(Debug)]\npub enum FeeRefusal {\n    /// Not paid, { yet.\n    #[doc(alias = \"x\")]\n    NotYetPaid { fee_vnd: u64 },\n    \
                          TooMuch(u64, Vec<u8>),\n    Inner(OtherRefusal),\n    Last\n}\nenum Colour { Red }\n";

    fn told(findings: Vec<Finding>) -> Vec<(usize, String)> {
        findings.into_iter().map(|finding| (finding.line, finding.what)).collect()
    }

    #[test]
    fn every_refusal_has_words_in_both_languages() {
        let tree = Tree::of(&[
            ("crates/domain/src/fee.rs", DOMAIN),
            ("crates/web/locales/vi.ftl", "refusal-not-yet-paid = Chưa nộp\nrefusal-too-much = Quá\n"),
            ("crates/web/locales/en/main.ftl", "refusal-not-yet-paid = Not paid\n"),
        ]);
        assert_eq!(
            told(refusals_have_words(&tree)),
            [
                (7, "`FeeRefusal::TooMuch` has no words: `refusal-too-much` is missing in en".to_owned()),
                (9, "`FeeRefusal::Last` has no words: `refusal-last` is missing in vi and en".to_owned()),
            ]
        );
    }

    #[test]
    fn both_languages_say_the_same() {
        let tree = Tree::of(&[
            (
                "crates/web/locales/vi.ftl",
                "# lời = không\na = Một\n    nối = dài\nb = Hai\n    .hint = Gợi ý\na = Lại\n-brand = X\n",
            ),
            (
                "crates/web/locales/en.ftl",
                "a = One\nb = Two\nc = { $n ->\n    [one] = x\n   *[other] y\n}\n-brand = X\n",
            ),
        ]);
        assert_eq!(
            told(both_languages(&tree)),
            [
                (6, "`a` is said twice".to_owned()),
                (5, "`b.hint` is missing in en".to_owned()),
                (3, "`c` is missing in vi".to_owned()),
            ]
        );
    }

    #[test]
    fn names_of_variants_become_keys() {
        for (name, key) in
            [("Stale", "stale"), ("NotYetPaid", "not-yet-paid"), ("WrongOTPCode", "wrong-otp-code"), ("Step3", "step3")]
        {
            assert_eq!(kebab(name), key);
        }
    }
}
