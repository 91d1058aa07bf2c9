//! Moments, terms and amounts as people read them in Vietnamese.

use domain::calendar::Term;
use domain::dossier::SupplementItem;
use jiff::civil::{Date, DateTime, Weekday};

/// "thứ Sáu, 03/11/2023, 9 giờ 30".
pub fn moment(at: DateTime) -> String {
    let mut text = String::with_capacity(48);
    push_day(&mut text, at.date());
    text.push_str(", ");
    push_time(&mut text, at);
    text
}

// Days and times stand on every page, many times on some: they are put together sign by sign.

/// A number with at least so many digits.
fn push_number(text: &mut String, number: impl Into<i16>, digits_min: u32) {
    let number = number.into().unsigned_abs();
    let digits = number.checked_ilog10().map_or(1, |it| it + 1).max(digits_min);
    for place in (0..digits).rev() {
        let digit = number / 10_u16.pow(place) % 10;
        text.push(char::from(b'0' + u8::try_from(digit).unwrap_or_default()));
    }
}

fn push_day(text: &mut String, on: Date) {
    text.push_str(weekday(on));
    text.push_str(", ");
    push_short_day(text, on);
}

fn push_short_day(text: &mut String, on: Date) {
    push_number(text, on.day(), 2);
    text.push('/');
    push_number(text, on.month(), 2);
    text.push('/');
    push_number(text, on.year(), 1);
}

fn push_time(text: &mut String, at: DateTime) {
    push_number(text, at.hour(), 1);
    text.push_str(" giờ");
    if at.minute() != 0 {
        text.push(' ');
        push_number(text, at.minute(), 2);
    }
}

/// A name within a sentence: "phường Hàng Kênh".
pub fn within(name: &str) -> String {
    let mut letters = name.chars();
    let mut text = String::with_capacity(name.len());
    text.extend(letters.next().into_iter().flat_map(char::to_lowercase));
    text.push_str(letters.as_str());
    text
}

/// What is asked of a citizen, named: a paper by its name, an answer by its question.
pub fn asked(item: &SupplementItem) -> String {
    if item.field.is_some() { format!("sửa mục “{}” trong tờ khai", item.name) } else { item.name.clone() }
}

/// Longest list of what is asked in a text message, in characters: with code, day and desk it fits two parts.
const ASKED_CHARS_MAX: usize = 36;

/// The same of a whole request, as short as a text message needs it: the names without what the law adds to them, or the first and
/// how many more. The page and the letter say all of it.
pub fn asked_in_brief(items: &[SupplementItem]) -> String {
    let head = |it: &SupplementItem| {
        let name = it.name.split([';', '(', '/']).next().unwrap_or_default().trim().to_owned();
        if it.field.is_some() { format!("sửa “{name}”") } else { name }
    };
    let heads: Vec<String> = items.iter().map(head).collect();
    let whole = heads.join("; ");
    let (Some(first), true) = (heads.first(), whole.chars().count() > ASKED_CHARS_MAX) else { return whole };
    let rest = if heads.len() > 1 { format!(" và {} mục khác", heads.len() - 1) } else { String::new() };
    let room = ASKED_CHARS_MAX.saturating_sub(rest.chars().count());
    format!("{}{rest}", cut_at_a_word(first, room))
}

/// The first words of a text, with three dots where there were more.
fn cut_at_a_word(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(chars_max.saturating_sub(3)).collect();
    format!("{}...", kept.rsplit_once(' ').map_or(kept.as_str(), |it| it.0))
}

/// "9 giờ 30", "15 giờ".
pub fn time(at: DateTime) -> String {
    let mut text = String::with_capacity(12);
    push_time(&mut text, at);
    text
}

/// "thứ Sáu, 03/11/2023".
pub fn day(on: Date) -> String {
    let mut text = String::with_capacity(28);
    push_day(&mut text, on);
    text
}

/// "03/11/2023".
pub fn short_day(on: Date) -> String {
    let mut text = String::with_capacity(10);
    push_short_day(&mut text, on);
    text
}

/// "ngày 31 tháng 3 năm 2025": to be read aloud.
pub fn long_day(on: Date) -> String {
    format!("ngày {} tháng {} năm {}", on.day(), on.month(), on.year())
}

/// "03/11, 9:30", for lists.
pub fn short_moment(at: DateTime) -> String {
    let mut text = String::with_capacity(12);
    push_number(&mut text, at.day(), 2);
    text.push('/');
    push_number(&mut text, at.month(), 2);
    text.push_str(", ");
    push_number(&mut text, at.hour(), 1);
    text.push(':');
    push_number(&mut text, at.minute(), 2);
    text
}

fn weekday(on: Date) -> &'static str {
    match on.weekday() {
        Weekday::Monday => "thứ Hai",
        Weekday::Tuesday => "thứ Ba",
        Weekday::Wednesday => "thứ Tư",
        Weekday::Thursday => "thứ Năm",
        Weekday::Friday => "thứ Sáu",
        Weekday::Saturday => "thứ Bảy",
        Weekday::Sunday => "Chủ nhật",
    }
}

/// "2 ngày 3 giờ", "45 phút", of working minutes with eight hours to the day; never negative.
pub fn working(minutes: i64) -> String {
    let minutes = minutes.max(0);
    let (days, rest) = (minutes / 480, minutes % 480);
    let (hours, left) = (rest / 60, rest % 60);
    let shown = match (days, hours, left) {
        (0, 0, left) => [(left, " phút"), (0, "")],
        (0, hours, left) => [(hours, " giờ"), (left, " phút")],
        (days, hours, _) => [(days, " ngày"), (hours, " giờ")],
    };
    let mut text = String::with_capacity(24);
    for (place, (number, unit)) in shown.into_iter().enumerate() {
        if place == 0 || number > 0 {
            if place > 0 {
                text.push(' ');
            }
            match i16::try_from(number) {
                Ok(number) => push_number(&mut text, number, 1),
                Err(_) => text.push_str(&number.to_string()),
            }
            text.push_str(unit);
        }
    }
    text
}

/// "Còn 2 ngày 3 giờ làm việc" or "Quá 4 giờ làm việc".
pub fn remaining(minutes: i64) -> String {
    if minutes >= 0 {
        format!("Còn {} làm việc", working(minutes))
    } else {
        format!("Quá {} làm việc", working(-minutes))
    }
}

/// "16.000 đồng".
pub fn dong(amount: i64) -> String {
    let digits = amount.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + 12);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    format!("{}{text} đồng", if amount < 0 { "-" } else { "" })
}

/// "3 ngày làm việc", "trong ngày".
pub fn term(term: Term) -> String {
    match term {
        Term::WorkingDays(n) => format!("{n} ngày làm việc"),
        Term::WorkingHours(n) => format!("{n} giờ làm việc"),
        Term::CalendarDays(n) => format!("{n} ngày"),
        Term::SameDay => "trong ngày làm việc".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn what_is_asked_fits_a_text_message() {
        let paper = |name: &str| SupplementItem { name: name.to_owned(), ..SupplementItem::default() };
        let field = SupplementItem { field: Some("ngay_sinh".to_owned()), ..paper("Ngày sinh") };
        assert_eq!(asked_in_brief(&[paper("Giấy chứng sinh (bản chính)"), field]), "Giấy chứng sinh; sửa “Ngày sinh”");
        let long = paper("Giấy báo tử hoặc giấy tờ thay Giấy báo tử; giấy khác");
        assert_eq!(asked_in_brief(std::slice::from_ref(&long)), "Giấy báo tử hoặc giấy tờ thay...");
        let three = [long, paper("Văn bản ủy quyền"), paper("Giấy tờ tùy thân")];
        assert_eq!(asked_in_brief(&three), "Giấy báo tử hoặc... và 2 mục khác");
        assert!(asked_in_brief(&three).chars().count() <= ASKED_CHARS_MAX);
        assert_eq!(asked_in_brief(&[]), "");
    }

    #[test]
    fn moments_amounts_and_terms_read_as_people_say_them() {
        assert_eq!(moment(date(2023, 11, 3).at(9, 30, 0, 0)), "thứ Sáu, 03/11/2023, 9 giờ 30");
        assert_eq!(time(date(2023, 11, 3).at(15, 0, 0, 0)), "15 giờ");
        assert_eq!(dong(1_234_567), "1.234.567 đồng");
        assert_eq!(dong(0), "0 đồng");
        assert_eq!(remaining(2 * 480 + 180), "Còn 2 ngày 3 giờ làm việc");
        assert_eq!(remaining(-240), "Quá 4 giờ làm việc");
        assert_eq!(working(330), "5 giờ 30 phút");
        assert_eq!(term(Term::WorkingDays(3)), "3 ngày làm việc");
    }
}
