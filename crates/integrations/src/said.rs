//! What partners say, made fit to be kept and logged: short, on one line, without addresses and numbers of people.

/// Longest answer that is kept, in characters.
const CHARS_MAX: usize = 160;
/// From so many digits on, a word can be somebody's number.
const DIGITS_MAX: usize = 6;

/// A partner's words without what could name a person.
///
/// ```
/// assert_eq!(
///     integrations::plain("550 5.1.1 <thu@mau.example>: user unknown\r\n"),
///     "550 5.1.1 … user unknown"
/// );
/// assert_eq!(integrations::plain("to 84999000412 not allowed"), "to … not allowed");
/// ```
pub fn plain(words: &str) -> String {
    let named = |word: &str| word.contains('@') || word.chars().filter(char::is_ascii_digit).count() > DIGITS_MAX;
    let kept = words.split_whitespace().map(|word| if named(word) { "…" } else { word });
    let line = kept.collect::<Vec<_>>().join(" ");
    line.chars().filter(|it| !it.is_control()).take(CHARS_MAX).collect()
}
