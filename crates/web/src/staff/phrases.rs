//! How the office's pages say clocks, days and names; and how they read what stands in an address.

use super::views::Left;
use crate::page::{PageLink, Pager};
use crate::pairs::decoded;
use crate::posted::Posted;
use crate::spoken;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::dossiers::DossierView;
use app::rows::ListCard;
use domain::dossier::{ClockView, DossierCode, PauseCause};
use domain::person::{Email, PersonalNumber, Phone};
use domain::time::Instant;
use jiff::civil::{Date, DateTime, Time};

/// Working minutes left from which a dossier is said to be close to its date: one working day.
pub const SOON_MINUTES: i64 = 480;
/// Rows of one page of a list.
pub const PAGE_ROWS: usize = 25;
/// Numbered pages a pager shows at most.
const PAGE_LINKS_MAX: usize = 12;

/// What stands behind the `?` of the address.
pub fn asked(visitor: &Visitor) -> Posted {
    asked_in(&visitor.path)
}

/// The same of any address.
pub fn asked_in(address: &str) -> Posted {
    let query = address.split_once('?').map_or("", |it| it.1);
    Posted::from_pairs(query.split('&').filter(|it| !it.is_empty()).filter_map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Some((decoded(name)?, decoded(value)?))
    }))
}

/// The list that somebody came from and goes back to, by the address's `ve`; empty where it names no list of the office.
pub fn list_of(visitor: &Visitor) -> String {
    let named = crate::frame::safe_return(asked(visitor).trimmed("ve"), "");
    let is_list = [
        "/nghiep-vu?",
        "/nghiep-vu/tim?",
        "/kiem-soat/06a/ho-so?",
        "/kiem-soat/sap-xep/",
        "/nghiep-vu/phan-tuyen",
        "/quay/truc-tuyen",
        "/quay/cho-tra",
    ]
    .iter()
    .any(|it| named.starts_with(it));
    if is_list { named } else { String::new() }
}

/// A page of a dossier that knows the list it was opened from, so that one comes back to the same rows.
pub fn from_list(address: &str, list: &str) -> String {
    if list.is_empty() { address.to_owned() } else { format!("{address}?{}", query(&[("ve", list)])) }
}

/// A query from names and values; empty values are left out.
pub fn query(pairs: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(80);
    for (name, value) in pairs.iter().filter(|it| !it.1.is_empty()) {
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        text.push_str(&crate::frame::encoded(value));
    }
    text
}

/// What is left by a clock.
pub fn left(clock: &ClockView) -> Left {
    match clock {
        ClockView::Answering { minutes_left, .. } | ClockView::Running { minutes_left, .. } => left_of(*minutes_left),
        ClockView::Paused { cause, .. } => {
            let words = match cause {
                PauseCause::Supplement => say("left-paused-citizen"),
                PauseCause::Payment => say("left-paused-payment"),
                PauseCause::Outside => say("left-paused-outside"),
                PauseCause::Confirmation => say("left-paused-confirm"),
            };
            Left::Hold(words.to_owned())
        }
        ClockView::Ended => Left::Done(say("told-clock-stopped").to_owned()),
    }
}

/// So many working minutes left.
pub fn left_of(minutes: i64) -> Left {
    if minutes < 0 {
        return Left::Late(say_with("time-late", &[("time", &spoken::working(-minutes))]));
    }
    let words = say_with("time-left", &[("time", &spoken::working(minutes))]);
    if minutes <= SOON_MINUTES { Left::Soon(words) } else { Left::Within(words) }
}

/// The address of a dossier in the office.
pub fn dossier_address(code: &DossierCode) -> String {
    ["/nghiep-vu/ho-so/", &crate::frame::encoded(code.as_str())].concat()
}

/// A day as people type it: 31/03/2025, 1-4-2025; within this year also 31/3.
pub fn typed_day(text: &str, today: Date) -> Option<Date> {
    let parts: Vec<&str> = text.trim().split(['/', '-', '.']).map(str::trim).collect();
    let number = |part: &str| -> Option<i16> {
        let digits = (1..=4).contains(&part.len()) && part.bytes().all(|it| it.is_ascii_digit());
        if digits { part.parse().ok() } else { None }
    };
    let (day, month, year) = match parts.as_slice() {
        [day, month] => (number(day)?, number(month)?, today.year()),
        [day, month, year] if year.len() == 4 => (number(day)?, number(month)?, number(year)?),
        _ => return None,
    };
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// A time of day as people type it: 9:30, 9h30, 15 giờ.
pub fn typed_time(text: &str) -> Option<Time> {
    let text = text.trim().replace("giờ", ":").replace(['h', 'H', 'g'], ":").replace(' ', "");
    let (hour, minute) = text.split_once(':').unwrap_or((&text, ""));
    let minute = if minute.is_empty() { "0" } else { minute };
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

/// "31/03/2025, 8:05", for lists and histories.
pub fn list_moment(at: Instant) -> String {
    let local: DateTime = at.local();
    format!("{}, {}:{:02}", spoken::short_day(local.date()), local.hour(), local.minute())
}

/// A name for eyes whose task it is not: "N. T. H. Vân".
pub fn masked_name(name: &str) -> String {
    let parts: Vec<&str> = name.split_whitespace().collect();
    let Some((last, before)) = parts.split_last() else { return String::new() };
    let mut text: String = before.iter().filter_map(|it| it.chars().next()).map(|it| format!("{it}. ")).collect();
    text.push_str(last);
    text
}

/// The first day and the last of the quarter a day lies in.
pub fn quarter(day: Date) -> (Date, Date) {
    let first_month = (day.month() - 1) / 3 * 3 + 1;
    let first = Date::new(day.year(), first_month, 1).unwrap_or(day);
    let last = Date::new(day.year(), first_month + 2, 1).unwrap_or(day).last_of_month();
    (first, last)
}

/// The period of an address (`tu`, `den`); the quarter of today, as far as it has gone, where nothing stands there. Wrong fields are named.
pub fn period(asked: &Posted, today: Date) -> (Date, Date, Vec<&'static str>) {
    let (first, _) = quarter(today);
    let mut wrong = Vec::new();
    let mut read = |name: &'static str, otherwise: Date| match asked.trimmed(name) {
        "" => otherwise,
        text => typed_day(text, today).unwrap_or_else(|| {
            wrong.push(name);
            otherwise
        }),
    };
    let (from, to) = (read("tu", first), read("den", today));
    (from, to, wrong)
}

/// Which page of a list is asked for, from 0.
pub fn page_number(asked: &Posted) -> usize {
    asked.trimmed("trang").parse::<usize>().unwrap_or(1).saturating_sub(1).min(1_000)
}

/// The pager of a list; `base` is the address without its page.
pub fn pager(total: usize, page: usize, base: &str) -> Pager {
    let pages = total.div_ceil(PAGE_ROWS).max(1);
    let page = page.min(pages - 1);
    let at = |number: usize| {
        let mark = if base.contains('?') { '&' } else { '?' };
        if number == 0 { base.to_owned() } else { format!("{base}{mark}trang={}", number + 1) }
    };
    let first = page.saturating_sub(PAGE_LINKS_MAX / 2);
    let links = (first..pages.min(first + PAGE_LINKS_MAX))
        .map(|it| PageLink { label: (it + 1).to_string(), href: at(it), current: it == page })
        .collect();
    Pager {
        first: if total == 0 { 0 } else { page * PAGE_ROWS + 1 },
        last: ((page + 1) * PAGE_ROWS).min(total),
        total,
        previous: (page > 0).then(|| at(page - 1)),
        next: (page + 1 < pages).then(|| at(page + 1)),
        links,
    }
}

/// The rows of one page of a list.
pub fn page_of<T>(rows: Vec<T>, page: usize) -> Vec<T> {
    let pages = rows.len().div_ceil(PAGE_ROWS).max(1);
    rows.into_iter().skip(page.min(pages - 1) * PAGE_ROWS).take(PAGE_ROWS).collect()
}

/// A number, telephone or address with all but its ends hidden.
pub fn masked_number(text: &str) -> String {
    if let Ok((number, _)) = PersonalNumber::parse(text, Date::MAX) {
        return number.masked();
    }
    if let Ok(phone) = Phone::parse(text) {
        return phone.masked();
    }
    if let Ok(email) = Email::parse(text) {
        return email.masked();
    }
    let letters: Vec<char> = text.chars().collect();
    let ends = if letters.len() >= 9 { 3 } else { 1 };
    let shown = |place: usize| place < ends || place + ends >= letters.len();
    letters.iter().enumerate().map(|(place, it)| if shown(place) { *it } else { '•' }).collect()
}

/// Procedure and applicant, under the head of an act.
pub fn about(view: &DossierView) -> String {
    let applicant = view.dossier.filing.get().map_or("", |it| it.owner().name.as_str());
    if applicant.is_empty() { view.revision.name.clone() } else { format!("{} · {applicant}", view.revision.name) }
}

/// When a dossier of a list is due; of an application that waits for an answer, by when it is to be answered.
pub fn due_of(card: &ListCard) -> String {
    match (card.promised_at, card.answer_by) {
        (Some(at), _) => spoken::short_moment(at.local()),
        (None, Some(by)) => say_with("left-answer-by", &[("at", &spoken::short_moment(by.local()))]),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_and_times_are_read_as_people_type_them() {
        let today = date(2025, 3, 31);
        assert_eq!(typed_day("1/4/2025", today), Some(date(2025, 4, 1)));
        assert_eq!(typed_day(" 01-04 ", today), Some(date(2025, 4, 1)));
        for wrong in ["30/02/2025", "1/4/25", "x", "", "1/4/2025/6", "٣/٤/٢٠٢٥", "99999/1"] {
            assert_eq!(typed_day(wrong, today), None, "{wrong}");
        }
        assert_eq!(typed_time("9h30"), Some(jiff::civil::time(9, 30, 0, 0)));
        assert_eq!(typed_time("15 giờ"), Some(jiff::civil::time(15, 0, 0, 0)));
        assert_eq!(typed_time("25:00"), None);
        assert_eq!(quarter(today), (date(2025, 1, 1), today));
    }

    #[test]
    fn names_and_numbers_are_masked() {
        assert_eq!(masked_name("Nguyễn Thị Hồng Vân"), "N. T. H. Vân");
        assert_eq!(masked_name(""), "");
        assert_eq!(masked_number("999194006218"), "9991•••••218");
        assert_eq!(masked_number("C1234567890"), "C12•••••890");
    }
}
