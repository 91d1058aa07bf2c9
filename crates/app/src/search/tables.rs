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
    const KINDS: [&str; 5] = ["colloquial", "situation", "abbreviation", "dialect", "english"];
    let table = "phrasings";
    let mut found = Vec::new();
    for (line, [phrase, procedure, tab, kind]) in rows(table, text, ["phrase", "procedure_id", "tab", "kind"])? {
        let bad = |reason: &str| SearchError::Row { table, line, reason: reason.to_owned() };
        if words(&phrase).is_empty() || procedure.is_empty() || tab.is_empty() {
            return Err(bad("an empty phrase, procedure_id or tab"));
        }
        if !KINDS.contains(&kind.as_str()) {
            return Err(bad("kind is none of colloquial, situation, abbreviation, dialect, english"));
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
/// A row's kind is what to do with it: rewrite a `dialect`, `abbreviation` or `synonym` to its common wording (a row
/// that rewrites to itself shields the wording from shorter rows), leave out a `filler`, make light of a `stopword`,
/// heed a `turn`. `marks = exact`: the row counts only as written with its marks (`má`, but not `ma`).
#[derive(Default)]
pub(super) struct Synonyms {
    /// First word of a variant, without marks, to the variants beginning with it, longest first.
    variants: Variants,
    /// Ways of asking that say nothing of the matter: `mất bao lâu`, `ở đâu`.
    fillers: Variants,
    weak: HashSet<String>,
    weak_without_marks: HashSet<String>,
    /// Words that turn a matter into another procedure, by first word; each with the bit of its turn.
    turns: HashMap<String, Vec<(Variant, u32)>>,
}

type Variants = HashMap<String, Vec<Variant>>;

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
        let mut turns: Vec<String> = Vec::new();
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
                "turn" => {
                    let known = turns.iter().position(|turn| *turn == canonical).unwrap_or(turns.len());
                    if known == turns.len() {
                        turns.push(canonical);
                    }
                    let bit = u32::try_from(known).ok().and_then(|known| 1_u32.checked_shl(known));
                    let bit = bit.ok_or_else(|| bad("more than 32 different turns"))?;
                    let variant = Variant { said, meant: Vec::new(), is_exact };
                    synonyms.turns.entry(first.folded).or_default().push((variant, bit));
                }
                "dialect" | "abbreviation" | "synonym" | "filler" => {
                    let meant = words(&canonical);
                    if meant.is_empty() != (kind == "filler") {
                        return Err(bad("only a filler has an empty canonical"));
                    }
                    let table = if kind == "filler" { &mut synonyms.fillers } else { &mut synonyms.variants };
                    table.entry(first.folded).or_default().push(Variant { said, meant, is_exact });
                }
                _ => return Err(bad("kind is none of dialect, abbreviation, synonym, filler, stopword, turn")),
            }
        }
        for variants in synonyms.variants.values_mut().chain(synonyms.fillers.values_mut()) {
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
        let once = rewrite(text, &self.variants);
        rewrite(&once, &self.variants)
    }

    /// Leaves out the ways of asking, unless nothing else was said.
    pub(super) fn without_fillers(&self, text: Vec<Word>) -> Vec<Word> {
        let matter = rewrite(&text, &self.fillers);
        if matter.is_empty() { text } else { matter }
    }

    /// A word that carries little meaning in a search: `làm`, `giấy`, `ở`.
    pub(super) fn is_weak(&self, word: &Word) -> bool {
        self.weak.contains(&word.marked) || !word.has_marks() && self.weak_without_marks.contains(&word.folded)
    }

    /// The turns a text takes, as bits: `mất`, `rách`, `cấp lại` are one, `đổi`, `sửa`, `sai` another.
    pub(super) fn turns(&self, text: &[Word]) -> u32 {
        let mut turns = 0;
        for (nth, word) in text.iter().enumerate() {
            let rest = text.get(nth..).unwrap_or_default();
            let begun = self.turns.get(&word.folded).into_iter().flatten().filter(|(variant, _)| variant.begins(rest));
            turns |= begun.fold(0, |bits, (_, bit)| bits | bit);
        }
        turns
    }
}

fn rewrite(text: &[Word], table: &Variants) -> Vec<Word> {
    let mut rewritten = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((word, tail)) = rest.split_first() {
        let variants = table.get(&word.folded).map_or(&[][..], Vec::as_slice);
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

impl Variant {
    /// The text begins with this variant. Typed marks must not contradict it: `bò mẹ` is not `bố mẹ`.
    fn begins(&self, text: &[Word]) -> bool {
        text.len() >= self.said.len()
            && self.said.iter().zip(text).all(|(said, typed)| {
                said.folded == typed.folded
                    && (said.marked == typed.marked || !(self.is_exact || typed.has_marks() && said.has_marks()))
            })
    }
}
