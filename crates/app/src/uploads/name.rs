//! The name of a file as the office keeps it.

use super::kind::FileKind;
use unicode_normalization::UnicodeNormalization;

/// Longest name of a file, in characters.
pub(super) const NAME_CHARS_MAX: usize = 120;

/// A file's name as we keep it: composed, without folders, control and direction marks, not too long, ending as its kind does.
pub(super) fn clean_name(name: &str, kind: Option<FileKind>) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_kept = |it: &char| !it.is_control() && !is_invisible(*it) && !"\"<>|:*?".contains(*it);
    let plain: String = last.nfc().filter(is_kept).collect();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain = plain.trim_matches(|it: char| it == '.' || it.is_whitespace());
    let plain = if plain.is_empty() { "tep" } else { plain };
    let Some(kind) = kind else { return plain.chars().take(NAME_CHARS_MAX).collect::<String>().trim_end().to_owned() };
    let stem = kind.endings().iter().find_map(|ending| {
        let at = plain.len().checked_sub(ending.len() + 1)?;
        let (stem, rest) = plain.split_at_checked(at)?;
        let own = rest.strip_prefix('.')?;
        (own.eq_ignore_ascii_case(ending) && !stem.is_empty()).then_some((stem, *ending))
    });
    let (stem, ending) = stem.unwrap_or((plain, kind.endings().first().copied().unwrap_or_default()));
    let stem: String = stem.chars().take(NAME_CHARS_MAX - ending.len() - 1).collect();
    format!("{}.{ending}", stem.trim_end())
}

/// Marks that turn the direction of text or take no room: they make one name look like another.
fn is_invisible(it: char) -> bool {
    matches!(it, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}')
}
