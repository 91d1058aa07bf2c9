//! Moments, terms and amounts as people read them, in the language of the request: in Vietnamese as `app::words` has them.

use crate::texts::{Language, language, number_in, say, say_with};
use app::words;
use domain::calendar::Term;
use domain::dossier::SupplementItem;
use jiff::civil::{Date, DateTime};

fn is_english() -> bool {
    language() == Language::English
}

/// "thứ Sáu, 03/11/2023, 9 giờ 30"; "Friday, 3 November 2023, 9:30".
pub fn moment(at: DateTime) -> String {
    if is_english() { at.strftime("%A, %-d %B %Y, %-H:%M").to_string() } else { words::moment(at) }
}

/// "03/11, 9:30"; "3 Nov, 9:30": in a list.
pub fn short_moment(at: DateTime) -> String {
    if is_english() { at.strftime("%-d %b, %-H:%M").to_string() } else { words::short_moment(at) }
}

/// "9 giờ 30"; "9:30".
pub fn time(at: DateTime) -> String {
    if is_english() { at.strftime("%-H:%M").to_string() } else { words::time(at) }
}

/// "thứ Sáu, 03/11/2023"; "Friday, 3 November 2023".
pub fn day(on: Date) -> String {
    if is_english() { on.strftime("%A, %-d %B %Y").to_string() } else { words::day(on) }
}

/// "thứ Sáu, 03/11/2023"; "3 November 2023": narrow enough to stand beside what happened.
pub fn day_in_a_column(on: Date) -> String {
    if is_english() { short_day(on) } else { words::day(on) }
}

/// "03/11/2023"; "3 November 2023".
pub fn short_day(on: Date) -> String {
    if is_english() { on.strftime("%-d %B %Y").to_string() } else { words::short_day(on) }
}

/// "16.000 đồng"; "16,000 VND".
pub fn dong(amount: i64) -> String {
    if is_english() { format!("{} VND", number_in(Language::English, amount)) } else { words::dong(amount) }
}

/// "3 ngày làm việc"; "3 working days".
pub fn term(term: Term) -> String {
    if !is_english() {
        return words::term(term);
    }
    match term {
        Term::WorkingDays(n) => say_with("time-working-days", &[("count", &n)]),
        Term::WorkingHours(n) => say_with("time-working-hours", &[("count", &n)]),
        Term::CalendarDays(n) => say_with("time-days", &[("count", &n)]),
        Term::SameDay => say("time-same-day").to_owned(),
    }
}

/// "2 ngày 3 giờ", of working minutes with eight hours to the day; "2 working days 3 hours". Never negative.
pub fn working(minutes: i64) -> String {
    if !is_english() {
        return words::working(minutes);
    }
    let minutes = minutes.max(0);
    let (days, hours, left) = (minutes / 480, minutes % 480 / 60, minutes % 60);
    let hours_in_words = || say_with("time-hours", &[("count", &hours)]);
    let minutes_in_words = || say_with("time-minutes", &[("count", &left)]);
    match (days, hours, left) {
        (1.., 0, _) => say_with("time-working-days", &[("count", &days)]),
        (1.., ..) => format!("{} {}", say_with("time-working-days", &[("count", &days)]), hours_in_words()),
        (_, 0, _) => say_with("time-working-minutes", &[("count", &left)]),
        (_, _, 0) => say_with("time-working-hours", &[("count", &hours)]),
        _ => format!("{} {}", say_with("time-working-hours", &[("count", &hours)]), minutes_in_words()),
    }
}

/// "Còn 2 ngày 3 giờ làm việc" or "Quá 4 giờ làm việc"; "2 working days 3 hours left" or "4 working hours late".
pub fn remaining(minutes: i64) -> String {
    if !is_english() {
        return words::remaining(minutes);
    }
    if minutes >= 0 {
        say_with("time-left", &[("time", &working(minutes))])
    } else {
        say_with("time-late", &[("time", &working(-minutes))])
    }
}

/// What is asked of a citizen, named: a paper by its name, an answer by its question.
pub fn asked(item: &SupplementItem) -> String {
    if is_english() && item.field.is_some() {
        say_with("asked-answer", &[("question", &item.name)])
    } else {
        words::asked(item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::speaking;
    use jiff::civil::date;

    #[tokio::test]
    async fn moments_amounts_and_terms_read_as_people_say_them_in_both_languages() {
        assert_eq!(moment(date(2023, 11, 3).at(9, 30, 0, 0)), "thứ Sáu, 03/11/2023, 9 giờ 30");
        assert_eq!(remaining(2 * 480 + 180), "Còn 2 ngày 3 giờ làm việc");
        speaking(Language::English, async {
            assert_eq!(moment(date(2023, 11, 3).at(9, 30, 0, 0)), "Friday, 3 November 2023, 9:30");
            assert_eq!(time(date(2023, 11, 3).at(15, 0, 0, 0)), "15:00");
            assert_eq!(dong(1_234_567), "1,234,567 VND");
            assert_eq!(remaining(2 * 480 + 180), "2 working days 3 hours left");
            assert_eq!(remaining(480), "1 working day left");
            assert_eq!(remaining(-240), "4 working hours late");
            assert_eq!((working(90), working(45)), ("1 working hour 30 minutes".into(), "45 working minutes".into()));
            assert_eq!(term(Term::WorkingDays(1)), "1 working day");
        })
        .await;
    }
}
