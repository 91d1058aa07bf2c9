//! The text of a form or of an address's question: `a=b&c=d`.

use domain::typed;

/// The pairs in their order, each value as it may be kept; none for one that is no text, and nothing after it is worth reading.
pub fn read(bytes: &[u8]) -> impl Iterator<Item = Option<(String, String)>> + '_ {
    bytes.split(|it| *it == b'&').filter(|it| !it.is_empty()).map(|pair| {
        let text = std::str::from_utf8(pair).ok()?;
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        Some((decoded(name)?, typed::kept(decoded(value)?)))
    })
}

/// How many of the bytes of an encoded pair that was cut anywhere end with a whole letter.
pub fn whole_letters(bytes: &[u8]) -> usize {
    let text = std::str::from_utf8(bytes).map_or_else(|why| why.valid_up_to(), str::len);
    let bytes = bytes.get(..text).unwrap_or(bytes);
    let mut end = match bytes.iter().rposition(|it| *it == b'%') {
        Some(sign) if bytes.len() < sign + 3 => sign,
        _ => bytes.len(),
    };
    // A letter is up to four signs: as many of them go as it takes to read the rest.
    for _ in 0..4 {
        let text = bytes.get(..end).and_then(|it| std::str::from_utf8(it).ok());
        if text.is_some_and(|it| decoded(it).is_some()) || end < 3 {
            break;
        }
        end -= 3;
    }
    end
}

/// Undoes the encoding of forms and addresses; none where it is not UTF-8 text.
pub fn decoded(text: &str) -> Option<String> {
    if !text.bytes().any(|it| matches!(it, b'+' | b'%')) {
        return Some(text.to_owned());
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                let (high, low) = (digit(rest.next()?)?, digit(rest.next()?)?);
                bytes.push(u8::try_from(high * 16 + low).ok()?);
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8(bytes).ok()
}
