//! One answer: from what was typed to what is kept.

use jiff::civil::{Date, DateTime, Time};
use serde::Serialize;

use super::form::{Field, FieldKind};
use crate::person::{Email, EmailError, NameError, NumberError, PersonName, PersonalNumber, Phone, PhoneError};
use crate::typed::composed;

/// Longest line of text, in characters.
pub(super) const LINE_CHARS_MAX: usize = 500;
/// Longest text of several lines, in characters.
pub(super) const TEXTAREA_CHARS_MAX: usize = 5_000;
/// Largest whole number, where the form sets no limit.
const INT_MAX: i64 = 1_000_000;
/// Largest amount and largest whole part of a decimal.
const LARGE_MAX: i64 = 1_000_000_000_000;
/// Earliest year anybody may mean.
const YEAR_MIN: i16 = 1850;
/// How far ahead a planned day may lie, in years.
const YEARS_AHEAD_MAX: i16 = 100;

/// Why an answer cannot stand. Words for people are the page's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum AnswerProblem {
    /// Nothing was answered, or no box ticked.
    Missing,
    /// More characters than fit.
    TooLong {
        /// Most characters.
        max: usize,
    },
    /// A character that cannot be seen or printed.
    ControlCharacter,
    /// Not written as a day.
    NotADate,
    /// Not written as a day and a time of day.
    NotADateTime,
    /// A day the calendar does not have, such as 30/02.
    DateDoesNotExist,
    /// A day that should have come already and has not.
    InFuture,
    /// Not written as a number.
    NotANumber,
    /// A number, year or day beyond what is asked.
    OutOfRange {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
    },
    /// Too near to another day of the form that it must lie before, or after it.
    NotBefore {
        /// The other day or year, as it is kept.
        other: String,
        /// How many years it must lie before it.
        years: u8,
        /// The latest day or year that stands.
        latest: String,
    },
    /// Not one of the options.
    NotAnOption,
    /// No number of an identity paper.
    BadDocumentNumber {
        /// Why.
        reason: DocumentNumberProblem,
    },
    /// No number of a bank account: 6 to 20 digits.
    BadBankAccount,
    /// No telephone number.
    BadPhone {
        /// Why.
        reason: PhoneError,
    },
    /// No e-mail address.
    BadEmail {
        /// Why.
        reason: EmailError,
    },
    /// No name of a person.
    BadName {
        /// Why.
        reason: NameError,
    },
    /// More rows than fit.
    TooManyRows {
        /// Most rows.
        max: usize,
    },
}

/// Why a text is no number of an identity paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DocumentNumberProblem {
    /// Digits that make no personal number, nor an old identity card of nine digits.
    PersonalNumber {
        /// Why.
        error: NumberError,
    },
    /// Neither digits nor a passport: letters A-Z and digits, 6 to 15 of them.
    NoPassport,
}

/// What is kept of one typed line, or why not. Empty text is the caller's business.
pub(super) fn read(field: &Field, typed: &str, today: Date) -> Result<String, AnswerProblem> {
    let text = composed(typed.trim()).into_owned();
    let chars_max = if field.kind == FieldKind::Textarea { TEXTAREA_CHARS_MAX } else { LINE_CHARS_MAX };
    let text = if field.kind == FieldKind::Textarea { text.replace("\r\n", "\n") } else { text };
    let may_stand = |c: char| !c.is_control() || (field.kind == FieldKind::Textarea && matches!(c, '\n' | '\t'));
    if !text.chars().all(may_stand) {
        return Err(AnswerProblem::ControlCharacter);
    }
    if text.chars().nth(chars_max).is_some() {
        return Err(AnswerProblem::TooLong { max: chars_max });
    }
    match field.kind {
        FieldKind::Text | FieldKind::Textarea | FieldKind::Address | FieldKind::Unit | FieldKind::Facility => Ok(text),
        FieldKind::PersonName => name(&text),
        FieldKind::Date => day(field, &text, today).map(|day| day.to_string()),
        FieldKind::Datetime => moment(field, &text, today),
        FieldKind::Year => year(field, &text, today),
        FieldKind::Int => bounded(field, whole_number(&text)?, INT_MAX),
        FieldKind::Money => bounded(field, whole_number(&text)?, LARGE_MAX),
        FieldKind::Decimal => decimal(field, &text),
        FieldKind::Enum | FieldKind::MultiEnum => option(field, text),
        FieldKind::Bool | FieldKind::Consent => ticked(&text),
        FieldKind::NationalId => document_number(&text, today),
        FieldKind::Phone => {
            Phone::parse(&text).map(|it| it.as_str().to_owned()).map_err(|reason| AnswerProblem::BadPhone { reason })
        }
        FieldKind::Email => {
            Email::parse(&text).map(|it| it.as_str().to_owned()).map_err(|reason| AnswerProblem::BadEmail { reason })
        }
        FieldKind::BankAccount => bank_account(&text),
        // Rows, groups and papers are never one line; whoever asks gets the text back.
        FieldKind::Repeat | FieldKind::Group | FieldKind::Attachments => Ok(text),
    }
}

fn name(text: &str) -> Result<String, AnswerProblem> {
    PersonName::parse(text).map(|it| it.as_str().to_owned()).map_err(|reason| AnswerProblem::BadName { reason })
}

fn option(field: &Field, text: String) -> Result<String, AnswerProblem> {
    if field.options.contains(&text) { Ok(text) } else { Err(AnswerProblem::NotAnOption) }
}

/// What a browser sends for a ticked box.
fn ticked(text: &str) -> Result<String, AnswerProblem> {
    if matches!(text, "true" | "on" | "1" | "yes") { Ok("true".to_owned()) } else { Err(AnswerProblem::NotAnOption) }
}

/// What a browser sends for a box that is not ticked, beside nothing at all.
pub(super) fn unticked(text: &str) -> bool {
    matches!(text.trim(), "" | "false" | "off" | "0" | "no")
}

/// The day somebody typed, where it is one: `5/3/2025`, `05-03-2025` or `2025-03-05`.
pub fn day_typed(text: &str) -> Option<Date> {
    calendar_day(text.trim()).ok()
}

/// `5/3/2025`, `05-03-2025` or `2025-03-05`.
fn calendar_day(text: &str) -> Result<Date, AnswerProblem> {
    let parts: Vec<&str> = text.split(['/', '-']).collect();
    let one_mark = !(text.contains('/') && text.contains('-'));
    let (year, month, day) = match parts.as_slice() {
        [year, month, day] if one_mark && year.len() == 4 && !text.contains('/') => (*year, *month, *day),
        [day, month, year] if one_mark && year.len() == 4 => (*year, *month, *day),
        _ => return Err(AnswerProblem::NotADate),
    };
    let number = |part: &str| -> Result<i16, AnswerProblem> {
        if (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()) {
            part.parse().map_err(|_| AnswerProblem::NotADate)
        } else {
            Err(AnswerProblem::NotADate)
        }
    };
    let small = |part: &str| number(part).map(|number| i8::try_from(number).unwrap_or(i8::MAX));
    Date::new(number(year)?, small(month)?, small(day)?).map_err(|_| AnswerProblem::DateDoesNotExist)
}

fn day(field: &Field, text: &str, today: Date) -> Result<Date, AnswerProblem> {
    let day = calendar_day(text)?;
    if field.past && day > today {
        return Err(AnswerProblem::InFuture);
    }
    in_years(day.year(), today)?;
    Ok(day)
}

fn in_years(year: i16, today: Date) -> Result<(), AnswerProblem> {
    let last = today.year().saturating_add(YEARS_AHEAD_MAX);
    if (YEAR_MIN..=last).contains(&year) {
        Ok(())
    } else {
        Err(AnswerProblem::OutOfRange { min: i64::from(YEAR_MIN), max: i64::from(last) })
    }
}

/// `2025-03-05T10:30` as a browser sends it, `5/3/2025 10:30` or `10:30 5/3/2025`.
fn moment(field: &Field, text: &str, today: Date) -> Result<String, AnswerProblem> {
    let (first, second) = text.split_once(['T', ' ']).ok_or(AnswerProblem::NotADateTime)?;
    let (first, second) = (first.trim(), second.trim());
    let (date, time) = if first.contains(':') { (second, first) } else { (first, second) };
    let time = time_of_day(time).ok_or(AnswerProblem::NotADateTime)?;
    let date = day(field, date, today)
        .map_err(|problem| if problem == AnswerProblem::NotADate { AnswerProblem::NotADateTime } else { problem })?;
    Ok(DateTime::from_parts(date, time).strftime("%Y-%m-%dT%H:%M").to_string())
}

fn time_of_day(text: &str) -> Option<Time> {
    let mut parts = text.splitn(3, ':');
    let mut number = || {
        let part = parts.next()?;
        let digits = (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse::<i8>().ok())?
    };
    Time::new(number()?, number()?, 0, 0).ok()
}

fn year(field: &Field, text: &str, today: Date) -> Result<String, AnswerProblem> {
    let number = whole_number(text)?;
    let last = if field.past { today.year() } else { today.year().saturating_add(YEARS_AHEAD_MAX) };
    let (min, max) = (i64::from(YEAR_MIN), i64::from(last));
    if (min..=max).contains(&number) { Ok(number.to_string()) } else { Err(AnswerProblem::OutOfRange { min, max }) }
}

/// Digits, with dots or spaces between thousands: `1.500.000`. A number too large for anything is the largest one.
fn whole_number(text: &str) -> Result<i64, AnswerProblem> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let digits = ungrouped(text).ok_or(AnswerProblem::NotANumber)?;
    let number = digits.parse::<i64>().unwrap_or(i64::MAX);
    Ok(if negative { number.saturating_neg() } else { number })
}

/// The digits of a whole number, thousands separated by dots, spaces or not at all.
fn ungrouped(text: &str) -> Option<String> {
    let separator = if text.contains('.') { '.' } else { ' ' };
    let mut groups = text.split([separator, '\u{a0}']);
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let plain = |group: &str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    let fits = plain(first)
        && (rest.is_empty() || first.len() <= 3)
        && rest.iter().all(|group| plain(group) && group.len() == 3);
    fits.then(|| format!("{first}{}", rest.concat()))
}

fn bounded(field: &Field, number: i64, largest: i64) -> Result<String, AnswerProblem> {
    let (min, max) = (field.min.unwrap_or(0), field.max.unwrap_or(largest));
    if (min..=max).contains(&number) { Ok(number.to_string()) } else { Err(AnswerProblem::OutOfRange { min, max }) }
}

/// A comma before at most two decimals; a single dot before one or two digits is read as a comma, because keyboards differ.
/// Kept with a dot.
fn decimal(field: &Field, text: &str) -> Result<String, AnswerProblem> {
    let split = text.split_once(',').or_else(|| {
        let (whole, decimals) = text.split_once('.')?;
        ((1..=2).contains(&decimals.len())).then_some((whole, decimals))
    });
    let (whole, decimals) = split.unwrap_or((text, ""));
    let fits = decimals.len() <= 2 && decimals.bytes().all(|byte| byte.is_ascii_digit());
    if !fits || (split.is_some() && decimals.is_empty()) {
        return Err(AnswerProblem::NotANumber);
    }
    let negative = whole.starts_with('-');
    let number = whole_number(whole)?;
    let decimals = decimals.trim_end_matches('0');
    let (min, max) = (field.min.unwrap_or(0), field.max.unwrap_or(LARGE_MAX));
    let beyond = number < min || number > max || (number == max && !decimals.is_empty()) || (negative && min >= 0);
    if beyond {
        return Err(AnswerProblem::OutOfRange { min, max });
    }
    let sign = if negative && number == 0 { "-" } else { "" };
    Ok(if decimals.is_empty() { number.to_string() } else { format!("{sign}{number}.{decimals}") })
}

/// Twelve digits are a personal number and nine an old identity card; letters and digits a passport.
///
/// Căn cứ: Luật Căn cước 26/2023/QH15 Điều 12 (số định danh cá nhân); Nghị định 05/1999/NĐ-CP (chứng minh nhân dân 9 số).
fn document_number(text: &str, today: Date) -> Result<String, AnswerProblem> {
    let compact: String = text.chars().filter(|c| !matches!(c, ' ' | '\u{a0}')).collect();
    if compact.chars().all(char::is_numeric) {
        if compact.len() == 9 && compact.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(compact);
        }
        return PersonalNumber::parse(&compact, today).map(|(number, _)| number.as_str().to_owned()).map_err(|error| {
            AnswerProblem::BadDocumentNumber { reason: DocumentNumberProblem::PersonalNumber { error } }
        });
    }
    let passport = compact.to_ascii_uppercase();
    let plain = passport.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if plain && (6..=15).contains(&passport.len()) && passport.bytes().any(|byte| byte.is_ascii_digit()) {
        Ok(passport)
    } else {
        Err(AnswerProblem::BadDocumentNumber { reason: DocumentNumberProblem::NoPassport })
    }
}

fn bank_account(text: &str) -> Result<String, AnswerProblem> {
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '\u{a0}')).collect();
    if (6..=20).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(digits)
    } else {
        Err(AnswerProblem::BadBankAccount)
    }
}
