//! Days in words, as civil status papers write them beside the digits.

use jiff::civil::Date;

const DIGITS: [&str; 10] = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"];
/// The fourth month has a name of its own.
const APRIL: i8 = 4;

/// A day in words: "Ngày mười lăm tháng ba năm hai nghìn không trăm hai mươi lăm".
#[doc(alias = "ghi bằng chữ")]
pub fn day_in_words(day: Date) -> String {
    let month = if day.month() == APRIL { "tư".to_owned() } else { below_hundred(day.month().unsigned_abs().into()) };
    format!(
        "Ngày {} tháng {month} năm {}",
        below_hundred(day.day().unsigned_abs().into()),
        year(day.year().unsigned_abs())
    )
}

fn digit(number: u16) -> &'static str {
    DIGITS.get(usize::from(number % 10)).copied().unwrap_or_default()
}

fn below_hundred(number: u16) -> String {
    let (tens, ones) = (number / 10 % 10, number % 10);
    let tens = match tens {
        0 => return digit(ones).to_owned(),
        1 => "mười".to_owned(),
        _ => format!("{} mươi", digit(tens)),
    };
    let is_teen = number / 10 % 10 == 1;
    match ones {
        0 => tens,
        1 if !is_teen => format!("{tens} mốt"),
        4 if !is_teen => format!("{tens} tư"),
        5 => format!("{tens} lăm"),
        _ => format!("{tens} {}", digit(ones)),
    }
}

fn year(number: u16) -> String {
    let (thousands, hundreds, rest) = (number / 1_000, number / 100 % 10, number % 100);
    let mut words = Vec::new();
    if thousands > 0 {
        words.push(format!("{} nghìn", digit(thousands)));
    }
    if hundreds > 0 || (thousands > 0 && rest > 0) {
        words.push(format!("{} trăm", digit(hundreds)));
    }
    match rest {
        0 if !words.is_empty() => {}
        1..=9 if !words.is_empty() => words.push(format!("linh {}", digit(rest))),
        _ => words.push(below_hundred(rest)),
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_are_written_as_on_a_birth_certificate() {
        let days = [
            (date(2025, 3, 15), "Ngày mười lăm tháng ba năm hai nghìn không trăm hai mươi lăm"),
            (date(2025, 2, 28), "Ngày hai mươi tám tháng hai năm hai nghìn không trăm hai mươi lăm"),
            (date(2000, 1, 1), "Ngày một tháng một năm hai nghìn"),
            (date(2005, 4, 4), "Ngày bốn tháng tư năm hai nghìn không trăm linh năm"),
            (date(1999, 12, 31), "Ngày ba mươi mốt tháng mười hai năm một nghìn chín trăm chín mươi chín"),
            (date(1954, 5, 5), "Ngày năm tháng năm năm một nghìn chín trăm năm mươi tư"),
            (date(2010, 10, 10), "Ngày mười tháng mười năm hai nghìn không trăm mười"),
            (date(2014, 11, 14), "Ngày mười bốn tháng mười một năm hai nghìn không trăm mười bốn"),
            (date(1985, 8, 21), "Ngày hai mươi mốt tháng tám năm một nghìn chín trăm tám mươi lăm"),
            (date(2021, 7, 24), "Ngày hai mươi tư tháng bảy năm hai nghìn không trăm hai mươi mốt"),
            (date(1900, 9, 20), "Ngày hai mươi tháng chín năm một nghìn chín trăm"),
            (date(1901, 6, 11), "Ngày mười một tháng sáu năm một nghìn chín trăm linh một"),
        ];
        for (day, words) in days {
            assert_eq!(day_in_words(day), words);
        }
    }
}
