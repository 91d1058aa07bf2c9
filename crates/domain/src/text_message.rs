//! A text message as a phone network counts and prices it: its alphabet, its length, its parts.
//!
//! A message goes in the small alphabet (GSM-7: 160 characters, 153 each in several parts) where every letter is in it, else
//! in UCS-2 (70 and 67). One Vietnamese letter with its marks makes the whole message UCS-2; [`unaccented`] takes them off.
//!
//! Căn cứ: 3GPP TS 23.038 (bảng chữ), TS 23.040 (ghép tin dài).

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Most parts a message may have: the header that joins them counts to 255, but no office pays for that.
pub const PARTS_MAX: usize = 20;

const GSM7_ALONE: usize = 160;
const GSM7_JOINED: usize = 153;
const UCS2_ALONE: usize = 70;
const UCS2_JOINED: usize = 67;
/// In the small alphabet, what says that the next septet is of the second table.
const ESCAPE: u8 = 0x1b;

/// The first table, by septet; the escape stands at its place.
const BASIC: [char; 128] = [
    '@', '£', '$', '¥', 'è', 'é', 'ù', 'ì', 'ò', 'Ç', '\n', 'Ø', 'ø', '\r', 'Å', 'å', 'Δ', '_', 'Φ', 'Γ', 'Λ', 'Ω',
    'Π', 'Ψ', 'Σ', 'Θ', 'Ξ', '\u{1b}', 'Æ', 'æ', 'ß', 'É', ' ', '!', '"', '#', '¤', '%', '&', '\'', '(', ')', '*', '+',
    ',', '-', '.', '/', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':', ';', '<', '=', '>', '?', '¡', 'A', 'B',
    'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y',
    'Z', 'Ä', 'Ö', 'Ñ', 'Ü', '§', '¿', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p',
    'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 'ä', 'ö', 'ñ', 'ü', 'à',
];
/// The second table: two septets each.
const EXTENDED: [(char, u8); 10] = [
    ('\u{c}', 0x0a),
    ('^', 0x14),
    ('{', 0x28),
    ('}', 0x29),
    ('\\', 0x2f),
    ('[', 0x3c),
    ('~', 0x3d),
    (']', 0x3e),
    ('|', 0x40),
    ('€', 0x65),
];

/// The alphabet a whole message goes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// The small one.
    Gsm7,
    /// The one that has every Vietnamese letter.
    Ucs2,
}

/// How long a message is on the air.
#[doc(alias = "độ dài tin nhắn")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Length {
    /// Its alphabet.
    pub alphabet: Alphabet,
    /// Its length in units of the alphabet: some signs are two.
    pub units: usize,
    /// In how many parts it goes; an empty message is one.
    pub parts: usize,
}

impl Length {
    /// What it costs, at a price for each part.
    pub fn price_vnd(self, part_vnd: u32) -> i64 {
        i64::from(part_vnd).saturating_mul(i64::try_from(self.parts).unwrap_or(i64::MAX))
    }
}

/// The alphabet of a text.
pub fn alphabet(text: &str) -> Alphabet {
    if text.chars().all(|it| septets(it).is_some()) { Alphabet::Gsm7 } else { Alphabet::Ucs2 }
}

/// How long a text is.
///
/// ```
/// use domain::text_message::{Alphabet, measured};
///
/// let short = measured("Ho so da co ket qua");
/// assert_eq!((short.alphabet, short.parts), (Alphabet::Gsm7, 1));
/// let marked = measured(&"Hồ sơ đã có kết quả. ".repeat(4));
/// assert_eq!((marked.alphabet, marked.units, marked.parts), (Alphabet::Ucs2, 84, 2));
/// ```
pub fn measured(text: &str) -> Length {
    let alphabet = alphabet(text);
    let units = text.chars().map(|it| units(it, alphabet)).sum();
    Length { alphabet, units, parts: cut(text, alphabet).len() }
}

/// The text in as many parts as it needs, in order; no sign is cut in two.
pub fn parts(text: &str) -> Vec<String> {
    cut(text, alphabet(text))
}

/// A part as it travels: septets one in a byte, or UCS-2 with the high byte first. What the small alphabet lacks becomes a
/// question mark, so ask [`alphabet`] of the *whole* text first.
pub fn encoded(part: &str, alphabet: Alphabet) -> Vec<u8> {
    match alphabet {
        Alphabet::Gsm7 => part
            .chars()
            .flat_map(|it| match septets(it) {
                Some(Septets::One(septet)) => vec![septet],
                Some(Septets::Two(septet)) => vec![ESCAPE, septet],
                None => vec![b'?'],
            })
            .collect(),
        Alphabet::Ucs2 => part.encode_utf16().flat_map(u16::to_be_bytes).collect(),
    }
}

/// The same text without the marks of Vietnamese letters and with plain punctuation; other scripts stay as they are.
///
/// ```
/// assert_eq!(domain::text_message::unaccented("Đã nhận “hồ sơ” – ưu tiên"), "Da nhan \"ho so\" - uu tien");
/// ```
pub fn unaccented(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for char in text.nfd().filter(|it| !is_combining_mark(*it)) {
        match char {
            'đ' => plain.push('d'),
            'Đ' => plain.push('D'),
            '“' | '”' | '„' => plain.push('"'),
            '‘' | '’' => plain.push('\''),
            '–' | '—' | '‑' | '−' => plain.push('-'),
            '…' => plain.push_str("..."),
            '·' | '•' => plain.push('-'),
            '₫' => plain.push('d'),
            '\u{a0}' => plain.push(' '),
            other => plain.push(other),
        }
    }
    plain
}

enum Septets {
    One(u8),
    Two(u8),
}

fn septets(char: char) -> Option<Septets> {
    let basic = BASIC.iter().zip(0_u8..).find(|(it, at)| **it == char && *at != ESCAPE);
    let extended = || EXTENDED.iter().find(|(it, _)| *it == char).map(|(_, at)| Septets::Two(*at));
    basic.map(|(_, at)| Septets::One(at)).or_else(extended)
}

fn units(char: char, alphabet: Alphabet) -> usize {
    match alphabet {
        Alphabet::Ucs2 => char.len_utf16(),
        Alphabet::Gsm7 => match septets(char) {
            Some(Septets::Two(_)) => 2,
            Some(Septets::One(_)) | None => 1,
        },
    }
}

fn cut(text: &str, alphabet: Alphabet) -> Vec<String> {
    let (alone, joined) = match alphabet {
        Alphabet::Gsm7 => (GSM7_ALONE, GSM7_JOINED),
        Alphabet::Ucs2 => (UCS2_ALONE, UCS2_JOINED),
    };
    if text.chars().map(|it| units(it, alphabet)).sum::<usize>() <= alone {
        return vec![text.to_owned()];
    }
    let mut parts = Vec::new();
    let (mut part, mut length) = (String::new(), 0);
    for char in text.chars() {
        let more = units(char, alphabet);
        if length + more > joined {
            parts.push(std::mem::take(&mut part));
            length = 0;
        }
        part.push(char);
        length += more;
    }
    parts.push(part);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn length(text: &str) -> (Alphabet, usize, usize) {
        let it = measured(text);
        (it.alphabet, it.units, it.parts)
    }

    #[test]
    fn the_edges_of_one_and_of_several_parts_are_where_the_network_has_them() {
        for (text, expected) in [
            ("", (Alphabet::Gsm7, 0, 1)),
            (&"a".repeat(160), (Alphabet::Gsm7, 160, 1)),
            (&"a".repeat(161), (Alphabet::Gsm7, 161, 2)),
            (&"a".repeat(306), (Alphabet::Gsm7, 306, 2)),
            (&"a".repeat(307), (Alphabet::Gsm7, 307, 3)),
            (&"ậ".repeat(70), (Alphabet::Ucs2, 70, 1)),
            (&"ậ".repeat(71), (Alphabet::Ucs2, 71, 2)),
            (&"ậ".repeat(134), (Alphabet::Ucs2, 134, 2)),
            (&"ậ".repeat(135), (Alphabet::Ucs2, 135, 3)),
            (&"€".repeat(80), (Alphabet::Gsm7, 160, 1)),
            (&"€".repeat(81), (Alphabet::Gsm7, 162, 2)),
            ("à è ì ò ù é", (Alphabet::Gsm7, 11, 1)),
            ("ạ", (Alphabet::Ucs2, 1, 1)),
            ("🙂", (Alphabet::Ucs2, 2, 1)),
        ] {
            assert_eq!(length(text), expected, "{text}");
        }
    }

    #[test]
    fn no_sign_is_cut_in_two() {
        // 66 letters, then a sign of two units: it does not fit into the 67 of the first part.
        let text = format!("{}🙂{}", "ă".repeat(66), "ă".repeat(10));
        assert_eq!(parts(&text), ["ă".repeat(66), format!("🙂{}", "ă".repeat(10))]);
        let text = format!("{}€{}", "a".repeat(152), "a".repeat(20));
        assert_eq!(parts(&text), ["a".repeat(152), format!("€{}", "a".repeat(20))]);
    }

    #[test]
    fn septets_and_ucs2_are_as_the_tables_say() {
        assert_eq!(encoded("@£a€\n", Alphabet::Gsm7), [0, 1, 0x61, 0x1b, 0x65, 0x0a]);
        assert_eq!(encoded("Hồ", Alphabet::Ucs2), [0, 0x48, 0x1e, 0xd3]);
        assert_eq!(encoded("🙂", Alphabet::Ucs2), [0xd8, 0x3d, 0xde, 0x42]);
    }

    #[test]
    fn without_marks_every_vietnamese_text_is_small() {
        let text = "Hồ sơ H24.30-0001 đã được Ủy ban nhân dân phường Lê Chân tiếp nhận; lý do: “Thiếu giấy tờ”… ỄỮỢẲ";
        let plain = unaccented(text);
        assert_eq!(alphabet(&plain), Alphabet::Gsm7, "{plain}");
        assert_eq!(unaccented(&plain), plain);
    }

    #[test]
    fn a_price_is_that_of_all_parts() {
        assert_eq!(measured(&"ậ".repeat(135)).price_vnd(800), 2_400);
    }

    proptest! {
        #[test]
        fn the_parts_are_the_text_and_each_fits(text in "\\PC{0,400}") {
            let kind = alphabet(&text);
            let parts = parts(&text);
            prop_assert_eq!(parts.concat(), text.clone());
            prop_assert_eq!(parts.len(), measured(&text).parts);
            let bytes_max = if kind == Alphabet::Ucs2 { 140 } else { 160 };
            let joined_max = if kind == Alphabet::Ucs2 { 134 } else { 153 };
            let most = if parts.len() == 1 { bytes_max } else { joined_max };
            for part in &parts {
                prop_assert!(encoded(part, kind).len() <= most);
            }
        }
    }
}
