//! The tables that feed the search: what people say, what is done elsewhere, which words mean the same.

use std::collections::{HashMap, HashSet};

use super::text::{Word, words};
use super::{Elsewhere, SearchError};

/// One way of saying a procedure.
pub(super) struct Phrasing {
    pub(super) phrase: String,
    pub(super) procedure: String,
    pub(super) tab: String,
}

/// Reads a table of `N` columns with the given header; every bad row is named by its line.
fn rows<const N: usize>(
    table: &'static str,
    text: &str,
    header: [&str; N],
) -> Result<Vec<(u64, [String; N])>, SearchError> {
    let bad = |line: u64, reason: String| SearchError::Row { table, line, reason };
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut found = Vec::new();
    for (nth, record) in reader.records().enumerate() {
        let record = record.map_err(|e| {
            let line = e.position().map_or(nth as u64 + 1, csv::Position::line);
            bad(line, e.to_string())
        })?;
        let line = record.position().map_or(nth as u64 + 1, csv::Position::line);
        let cells: Vec<String> = record.iter().map(|cell| cell.trim().to_owned()).collect();
        let cells: [String; N] =
            cells.try_into().map_err(|c: Vec<String>| bad(line, format!("{} columns, expected {N}", c.len())))?;
        if nth > 0 {
            found.push((line, cells));
        } else if cells != header {
            return Err(bad(line, format!("header must be {}", header.join(","))));
        }
    }
    Ok(found)
}

/// Reads `phrase,procedure_id,tab,kind`.
pub(super) fn phrasings(text: &str) -> Result<Vec<Phrasing>, SearchError> {
    const KINDS: [&str; 4] = ["colloquial", "situation", "abbreviation", "dialect"];
    let table = "phrasings";
    let mut found = Vec::new();
    for (line, [phrase, procedure, tab, kind]) in rows(table, text, ["phrase", "procedure_id", "tab", "kind"])? {
        let bad = |reason: &str| SearchError::Row { table, line, reason: reason.to_owned() };
        if words(&phrase).is_empty() || procedure.is_empty() || tab.is_empty() {
            return Err(bad("an empty phrase, procedure_id or tab"));
        }
        if !KINDS.contains(&kind.as_str()) {
            return Err(bad("kind is none of colloquial, situation, abbreviation, dialect"));
        }
        found.push(Phrasing { phrase, procedure, tab });
    }
    Ok(found)
}

/// Reads `phrase,answer,where`.
pub(super) fn elsewhere(text: &str) -> Result<Vec<(String, Elsewhere)>, SearchError> {
    let table = "elsewhere";
    let mut found = Vec::new();
    for (line, [phrase, answer, where_to_go]) in rows(table, text, ["phrase", "answer", "where"])? {
        if words(&phrase).is_empty() || answer.is_empty() || where_to_go.is_empty() {
            return Err(SearchError::Row { table, line, reason: "an empty cell".to_owned() });
        }
        found.push((phrase, Elsewhere { answer, where_to_go }));
    }
    Ok(found)
}

/// Words that mean the same, and words that mean little.
///
/// `marks = exact`: the row counts only as written with its marks (`má`, but not `ma`).
#[derive(Default)]
pub(super) struct Synonyms {
    /// First word of a variant, without marks, to the variants beginning with it, longest first.
    variants: HashMap<String, Vec<Variant>>,
    weak: HashSet<String>,
    weak_without_marks: HashSet<String>,
}

struct Variant {
    said: Vec<Word>,
    meant: Vec<Word>,
    is_exact: bool,
}

impl Synonyms {
    /// Reads `variant,canonical,kind,marks`.
    pub(super) fn read(text: &str) -> Result<Synonyms, SearchError> {
        let table = "synonyms";
        let mut synonyms = Synonyms::default();
        for (line, [variant, canonical, kind, marks]) in rows(table, text, ["variant", "canonical", "kind", "marks"])? {
            let bad = |reason: &str| SearchError::Row { table, line, reason: reason.to_owned() };
            let is_exact = match marks.as_str() {
                "exact" => true,
                "any" => false,
                _ => return Err(bad("marks is neither any nor exact")),
            };
            let said = words(&variant);
            let Some(first) = said.first().cloned() else { return Err(bad("an empty variant")) };
            match kind.as_str() {
                "stopword" => {
                    if !is_exact {
                        synonyms.weak_without_marks.insert(first.folded);
                    }
                    synonyms.weak.insert(first.marked);
                }
                "dialect" | "abbreviation" | "synonym" => {
                    let meant = words(&canonical);
                    if meant.is_empty() {
                        return Err(bad("an empty canonical"));
                    }
                    synonyms.variants.entry(first.folded).or_default().push(Variant { said, meant, is_exact });
                }
                _ => return Err(bad("kind is none of dialect, abbreviation, synonym, stopword")),
            }
        }
        for variants in synonyms.variants.values_mut() {
            variants.sort_by_key(|variant| std::cmp::Reverse(variant.said.len()));
        }
        Ok(synonyms)
    }

    /// All words the table itself uses: known words that need no repair.
    pub(super) fn vocabulary(&self) -> impl Iterator<Item = &Word> {
        self.variants.values().flatten().flat_map(|variant| variant.said.iter().chain(&variant.meant))
    }

    /// Rewrites every known variant to the common wording, longest variant first; two rounds, for chains.
    pub(super) fn common_wording(&self, text: &[Word]) -> Vec<Word> {
        let once = self.rewrite(text);
        self.rewrite(&once)
    }

    fn rewrite(&self, text: &[Word]) -> Vec<Word> {
        let mut rewritten = Vec::with_capacity(text.len());
        let mut rest = text;
        while let Some((word, tail)) = rest.split_first() {
            let variants = self.variants.get(&word.folded).map_or(&[][..], Vec::as_slice);
            if let Some(variant) = variants.iter().find(|variant| variant.begins(rest)) {
                rewritten.extend(variant.meant.iter().cloned());
                rest = rest.get(variant.said.len()..).unwrap_or_default();
            } else {
                rewritten.push(word.clone());
                rest = tail;
            }
        }
        rewritten
    }

    /// A word that carries little meaning in a search: `làm`, `giấy`, `ở`.
    pub(super) fn is_weak(&self, word: &Word) -> bool {
        self.weak.contains(&word.marked) || !word.has_marks() && self.weak_without_marks.contains(&word.folded)
    }
}

impl Variant {
    /// The text begins with this variant. Typed marks must not contradict it: `bò mẹ` is not `bố mẹ`.
    fn begins(&self, text: &[Word]) -> bool {
        text.len() >= self.said.len()
            && self.said.iter().zip(text).all(|(said, typed)| {
                said.folded == typed.folded
                    && (said.marked == typed.marked || !self.is_exact && !(typed.has_marks() && said.has_marks()))
            })
    }
}
