//! Every text of the files, cut once into the words that stand and the places that are filled: a page says some fifty of them, and
//! none is put together again for each visitor.

use super::Language;
use askama::filters::{Escaper, Html};
use std::collections::HashMap;
use std::fmt::{Display, Write};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

/// The end of a key whose words are for one: taken where the first number of its text is 1. A language without such words repeats
/// the others.
const OF_ONE: &str = "-one";

macro_rules! files {
    ($($name:literal),*) => {
        [$((
            include_str!(concat!("../../locales/vi/", $name, ".ftl")),
            include_str!(concat!("../../locales/en/", $name, ".ftl")),
        )),*]
    };
}

/// The files, in Vietnamese and in English.
const FILES: [(&str, &str); 18] = files!(
    "account",
    "acting",
    "applying",
    "case",
    "control",
    "counter",
    "errors",
    "figures",
    "finding",
    "following",
    "frame",
    "house",
    "keeping",
    "queue",
    "reform",
    "telling",
    "words",
    "work"
);

enum Piece {
    Words(String),
    Place(&'static str),
}

/// One text.
pub(super) struct Text {
    pieces: Vec<Piece>,
    /// All of it, where nothing is filled in.
    whole: Option<String>,
    /// The same as HTML writes it.
    shown: Option<String>,
    of_one: Option<Box<Text>>,
}

type Texts = HashMap<&'static str, Text, BuildHasherDefault<OfKeys>>;

/// A quick hash for keys that are written in this house: nobody chooses them, so nobody can make them collide.
#[derive(Default)]
pub(super) struct OfKeys(u64);

impl Hasher for OfKeys {
    fn write(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(8) {
            let eight = part.try_into().map_or_else(
                |_| part.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
                u64::from_le_bytes,
            );
            self.0 = (self.0.rotate_left(5) ^ eight).wrapping_mul(0x517c_c1b7_2722_0a95);
        }
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

static TEXTS: LazyLock<(Texts, Texts)> =
    LazyLock::new(|| (read(FILES.iter().map(|it| it.0)), read(FILES.iter().map(|it| it.1))));

/// The text of a key; none where there is none, or where it chooses between variants and is Fluent's to put together.
pub(super) fn text(language: Language, key: &str) -> Option<&'static Text> {
    match language {
        Language::Vietnamese => TEXTS.0.get(key),
        Language::English => TEXTS.1.get(key),
    }
}

/// Every key of both languages.
#[cfg(test)]
pub(super) fn keys() -> impl Iterator<Item = &'static str> {
    TEXTS.0.keys().chain(TEXTS.1.keys()).copied()
}

impl Text {
    /// All of it, where nothing is filled in.
    pub(super) fn whole(&self) -> Option<&str> {
        self.whole.as_deref()
    }

    /// The same as HTML writes it.
    pub(super) fn shown(&self) -> Option<&str> {
        self.shown.as_deref()
    }

    /// With its places filled; a place nobody fills shows its name, so that a gap is seen.
    pub(super) fn filled(&self, args: &[(&str, &dyn Display)]) -> String {
        if let Some(one) = &self.of_one
            && args.first().is_some_and(|(_, it)| it.to_string() == "1")
        {
            return one.filled(args);
        }
        let mut out = String::with_capacity(80);
        for piece in &self.pieces {
            match piece {
                Piece::Words(words) => out.push_str(words),
                Piece::Place(name) => {
                    let _ = match args.iter().find(|(own, _)| own == name) {
                        Some((_, it)) => write!(out, "{it}"),
                        None => write!(out, "{{{name}}}"),
                    };
                }
            }
        }
        out
    }
}

/// A text as HTML writes it.
pub(super) fn as_html(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    // Writing to a text never fails.
    let _ = Html.write_escaped_str(&mut html, text);
    html
}

fn read(files: impl Iterator<Item = &'static str>) -> Texts {
    let lines: Vec<&'static str> = files.flat_map(str::lines).collect();
    let is_continued = |place: usize| lines.get(place + 1).is_some_and(|next| next.starts_with([' ', '}', '.']));
    let all = lines.iter().enumerate().filter(|(place, line)| !line.starts_with('#') && !is_continued(*place));
    let pairs: Vec<_> = all.filter_map(|(_, line)| line.split_once(" = ")).collect();
    let mut texts: Texts = pairs.iter().filter_map(|(key, words)| Some((*key, cut(words)?))).collect();
    for (key, words) in pairs {
        if let Some(base) = key.strip_suffix(OF_ONE).and_then(|base| texts.get_mut(base)) {
            base.of_one = cut(words).map(Box::new);
        }
    }
    texts
}

/// Cut at its places: `{ $name }` is filled in, `{"…"}` stands as it is written.
fn cut(words: &'static str) -> Option<Text> {
    let mut pieces = Vec::new();
    let mut rest = words.trim_end();
    while let Some((before, after)) = rest.split_once('{') {
        if !before.is_empty() {
            pieces.push(Piece::Words(before.to_owned()));
        }
        let after = after.trim_start();
        if let Some(quoted) = after.strip_prefix('"') {
            let (inner, end) = quoted.split_once('"')?;
            pieces.push(Piece::Words(inner.to_owned()));
            rest = end.trim_start().strip_prefix('}')?;
        } else {
            let (name, end) = after.strip_prefix('$')?.split_once('}')?;
            let name = name.trim_end();
            let is_name = name.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-'));
            pieces.push(is_name.then_some(Piece::Place(name))?);
            rest = end;
        }
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest.to_owned()));
    }
    let whole: Option<String> = pieces
        .iter()
        .map(|it| match it {
            Piece::Words(words) => Some(words.as_str()),
            Piece::Place(_) => None,
        })
        .collect();
    let shown = whole.as_deref().map(as_html);
    Some(Text { whole, shown, pieces, of_one: None })
}
