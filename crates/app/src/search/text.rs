//! Vietnamese words as people type them: with marks, without, or half-typed by a broken input method.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Characters of a search text that are read; the rest is ignored.
pub const TEXT_CHARS_MAX: usize = 200;

/// Grave, acute, tilde, hook and dot: huyền, sắc, ngã, hỏi, nặng.
const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];

/// One word as typed: without marks for finding, with marks for telling apart `chợ` and `cho`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Word {
    pub(super) folded: String,
    /// Letters with their marks, the tone moved to the end, so that `hoà` and `hòa` are the same word.
    pub(super) marked: String,
}

impl Word {
    pub(super) fn new(raw: &str) -> Word {
        let mut folded = String::new();
        let mut marked = String::new();
        let mut tone = None;
        for c in raw.nfd().flat_map(char::to_lowercase) {
            match c {
                'đ' => {
                    folded.push('d');
                    marked.push('đ');
                }
                c if TONES.contains(&c) => tone = Some(c),
                c if is_combining_mark(c) => marked.push(c),
                c => {
                    folded.push(c);
                    marked.push(c);
                }
            }
        }
        let (folded, marked) = (short_y(folded), short_y(marked));
        Word { folded, marked: marked.chars().chain(tone).collect() }
    }

    /// The marked word without its tone.
    pub(super) fn letters(&self) -> &str {
        self.marked.trim_end_matches(TONES)
    }

    /// The word was typed with at least one Vietnamese mark.
    pub(super) fn has_marks(&self) -> bool {
        self.folded != self.marked
    }
}

/// Writes a lone final `y` as `i`: `ký` and `kí`, `quý` and `quí` are one word.
fn short_y(word: String) -> String {
    let mut reversed = word.chars().rev();
    let alone = reversed.next() == Some('y')
        && reversed.next().is_some_and(|before| before == 'u' && word.starts_with("qu") || !"aeiouy".contains(before));
    match word.strip_suffix('y') {
        Some(stem) if alone && !stem.ends_with(is_combining_mark) => format!("{stem}i"),
        _ => word,
    }
}

/// Splits a text into its first words, at most [`TEXT_CHARS_MAX`] characters of it.
pub(super) fn words(text: &str) -> Vec<Word> {
    let text: String = text.chars().take(TEXT_CHARS_MAX).collect::<String>().nfc().collect();
    text.split(|c: char| !c.is_alphanumeric() && !is_combining_mark(c))
        .filter(|raw| raw.chars().any(char::is_alphanumeric))
        .map(Word::new)
        .filter(|word| !word.folded.is_empty())
        .collect()
}

/// Reads the keystrokes an input method left behind: Telex `ddawng` and VNI `d9a8ng` are both `dang`.
///
/// `None` for a word no input method would leave behind.
pub(super) fn without_input_method(folded: &str) -> Option<String> {
    if !folded.is_ascii() {
        return None;
    }
    let letters: String = folded.chars().filter(|c| !c.is_ascii_digit()).collect();
    let plain = if letters.len() < folded.len() { letters } else { without_telex(&letters)? };
    (plain.len() > 1 && plain != folded).then(|| short_y(plain))
}

fn without_telex(keys: &str) -> Option<String> {
    const KEYS_MAX: usize = 4;
    let mut plain = String::new();
    let (mut vowel_seen, mut toned) = (false, false);
    for key in keys.chars() {
        let last = plain.chars().last();
        match key {
            's' | 'f' | 'r' | 'x' | 'j' | 'z' if vowel_seen && !toned => toned = true,
            'd' if plain.starts_with('d') && (vowel_seen || last == Some('d')) => {}
            'a' | 'e' | 'o' if plain.contains(key) => {}
            'w' if last.is_some_and(|c| "aoung".contains(c)) => {}
            'w' if last == Some('q') => return None,
            'w' => {
                vowel_seen = true;
                plain.push('u');
            }
            key if vowel_seen && !"aeiouycghmnpt".contains(key) => return None,
            key => {
                vowel_seen |= "aeiouy".contains(key);
                plain.push(key);
            }
        }
    }
    (keys.len() - plain.len() <= KEYS_MAX).then_some(plain)
}

/// Cuts `dangkykhaisinh` into known words, the fewest that cover it; `None` when a piece is unknown.
pub(super) fn cut_joined(folded: &str, is_known: impl Fn(&str) -> bool) -> Option<Vec<String>> {
    const WORD_BYTES_MAX: usize = 7;
    let mut best: Vec<Option<Vec<String>>> = vec![None; folded.len() + 1];
    if let Some(start) = best.first_mut() {
        *start = Some(Vec::new());
    }
    for end in 1..=folded.len() {
        let mut shortest: Option<Vec<String>> = None;
        for start in end.saturating_sub(WORD_BYTES_MAX)..end {
            let (Some(Some(head)), Some(piece)) = (best.get(start), folded.get(start..end)) else { continue };
            let piece = short_y(piece.to_owned());
            if piece.len() < 2 || !is_known(&piece) || shortest.as_ref().is_some_and(|s| s.len() < head.len() + 1) {
                continue;
            }
            shortest = Some(head.iter().cloned().chain([piece]).collect());
        }
        if let Some(slot) = best.get_mut(end) {
            *slot = shortest;
        }
    }
    best.pop().flatten().filter(|pieces| pieces.len() > 1)
}

/// How a word sounds to an ear that does not tell `s` from `x`, `ch` from `tr`, `n` from `ng`.
pub(super) fn sound(folded: &str) -> String {
    let mut heard = folded.to_owned();
    for (spelt, like) in [("tr", "ch"), ("gi", "d"), ("ngh", "ng"), ("gh", "g"), ("r", "d"), ("x", "s"), ("y", "i")] {
        if let Some(rest) = heard.strip_prefix(spelt).filter(|rest| !rest.is_empty()) {
            heard = format!("{like}{rest}");
            break;
        }
    }
    for (spelt, like) in [("ng", "n"), ("nh", "n"), ("ch", "c"), ("t", "c"), ("y", "i")] {
        if let Some(rest) = heard.strip_suffix(spelt).filter(|rest| !rest.is_empty()) {
            return format!("{rest}{like}");
        }
    }
    heard
}
