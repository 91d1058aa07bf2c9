//! Just enough of Rust's grammar to tell code, comments and string literals apart.

/// A source file in three layers of equal length, each with the other two blanked out (line breaks stay). The blank
/// between string literals is a no-break space, so that it differs from one within a literal.
pub struct Layers {
    /// Code; of a string literal only its quotes are left.
    pub code: String,
    /// Comments, documentation included.
    pub comments: String,
    /// What stands between the quotes of string literals.
    pub strings: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Code,
    Comment,
    Text,
}

/// Takes a source file apart.
pub fn layers(source: &str) -> Layers {
    let chars: Vec<char> = source.chars().collect();
    let kinds = kinds(&chars);
    let pick = |wanted: Kind, blank: char| -> String {
        let one = |(char, kind): (&char, &Kind)| if *char == '\n' || *kind == wanted { *char } else { blank };
        chars.iter().zip(&kinds).map(one).collect()
    };
    Layers { code: pick(Kind::Code, ' '), comments: pick(Kind::Comment, ' '), strings: pick(Kind::Text, '\u{a0}') }
}

fn kinds(chars: &[char]) -> Vec<Kind> {
    let mut kinds = vec![Kind::Code; chars.len()];
    let mut at = 0;
    while at < chars.len() {
        let rest = chars.get(at..).unwrap_or_default();
        let (begin, end, kind) = match rest {
            ['/', '/', ..] => (at, at + line_length(rest), Kind::Comment),
            ['/', '*', ..] => (at, at + block_length(rest), Kind::Comment),
            ['"', ..] => {
                let length = text_length(rest);
                (at + 1, at + length - 1, Kind::Text)
            }
            ['\'', ..] => {
                at += char_length(rest);
                continue;
            }
            ['r', ..] if !follows_word(chars, at) => match raw_length(rest) {
                Some((length, hashes)) => (at + 2 + hashes, at + length - 1 - hashes, Kind::Text),
                None => {
                    at += 1;
                    continue;
                }
            },
            _ => {
                at += 1;
                continue;
            }
        };
        if let Some(part) = kinds.get_mut(begin..end.min(chars.len()).max(begin)) {
            part.fill(kind);
        }
        at = match kind {
            Kind::Text if chars.get(at) == Some(&'r') => at + raw_length(rest).map_or(1, |(length, _)| length),
            Kind::Text => end + 1,
            Kind::Comment | Kind::Code => end,
        };
    }
    kinds
}

/// `br"…"` begins a raw string, `for"` does not occur: only a letter before that makes a longer word forbids it.
fn follows_word(chars: &[char], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).and_then(|index| chars.get(index)).copied();
    let is_word = |char: Option<char>| char.is_some_and(|char| char.is_alphanumeric() || char == '_');
    let is_prefix = matches!(before(1), Some('b' | 'c')) && !is_word(before(2));
    is_word(before(1)) && !is_prefix
}

fn line_length(rest: &[char]) -> usize {
    rest.iter().position(|char| *char == '\n').unwrap_or(rest.len())
}

fn block_length(rest: &[char]) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        match rest.get(at..).unwrap_or_default() {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// The length of a string literal with both quotes.
fn text_length(rest: &[char]) -> usize {
    let mut at = 1;
    while let Some(char) = rest.get(at) {
        match char {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len() + 1
}

/// The length of a character literal, or of the quote alone when it begins a lifetime.
fn char_length(rest: &[char]) -> usize {
    match rest {
        ['\'', '\\', _, tail @ ..] => 3 + tail.iter().position(|char| *char == '\'').map_or(0, |end| end + 1),
        ['\'', _, '\'', ..] => 3,
        _ => 1,
    }
}

/// The length of a raw string literal from its `r`, and how many hashes it has.
fn raw_length(rest: &[char]) -> Option<(usize, usize)> {
    let hashes = rest.iter().skip(1).take_while(|char| **char == '#').count();
    if rest.get(1 + hashes) != Some(&'"') {
        return None;
    }
    let mut close = vec!['"'];
    close.extend(std::iter::repeat_n('#', hashes));
    let body = rest.get(2 + hashes..)?;
    let end = body.windows(close.len()).position(|window| window == close.as_slice())?;
    Some((2 + hashes + end + close.len(), hashes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_are_told_apart() {
        let source = "let a = \"x // y\"; // \"no\" text\n/* b /* c */ d */ let e = r#\"f \"g\" h\"#; let i = '\"'; fn j<'k>() {}";
        let layers = layers(source);
        assert!(layers.code.contains("let a = \"") && layers.code.contains("let e = r#\""), "{}", layers.code);
        assert!(layers.code.contains("fn j<'k>() {}"), "{}", layers.code);
        assert!(!layers.code.contains('x') && !layers.code.contains('d'), "{}", layers.code);
        assert_eq!(layers.strings.split_whitespace().collect::<Vec<_>>(), ["x", "//", "y", "f", "\"g\"", "h"]);
        assert!(layers.comments.contains("// \"no\" text") && layers.comments.contains("/* b /* c */ d */"));
        assert_eq!(layers.code.lines().count(), source.lines().count());
    }

    #[test]
    fn escapes_and_unfinished_literals_do_not_confuse() {
        let strings = layers("a(\"q \\\" r\", 'x', '\\'', \"s\")").strings;
        assert_eq!(strings.split_whitespace().collect::<Vec<_>>(), ["q", "\\\"", "r", "s"]);
        assert_eq!(layers("\"open").strings.trim(), "open");
        assert_eq!(layers("r#\"open").code, "r#\"    ");
        assert_eq!(layers("/* open").comments, "/* open");
        assert_eq!(layers("let r = var\"x\";").strings.trim(), "x");
    }
}
