//! Receiving a list of people for one procedure at once: a class that needs copies, a quarter that registers.
//!
//! A list is read line by line, and every fault is named by its line. It is received whole or not at all: one transaction, so that
//! nothing is half done whatever happens. That is why a list is short ([`LINES_MAX`]): nobody else writes meanwhile.

use crate::actor::Actor;
use crate::error::{AppError, FieldProblem};
use crate::filing::Plan;
use crate::handle::{Handled, Minted, Once, carry_out_filing};
use crate::house::House;
use crate::reform;
use domain::dossier::Party;
use domain::ids::PersonId;
use domain::person::{Email, PersonName, PersonalNumber, Phone};
use jiff::civil::Date;
use std::collections::HashMap;
use std::sync::Arc;
use storage::engine::StorageError;

/// Most people of one list.
pub const LINES_MAX: usize = 100;
/// Most bytes of one list.
pub const BYTES_MAX: usize = 64 << 10;
/// Longest address, in characters.
const ADDRESS_CHARS_MAX: usize = 300;
/// Columns of a list, in their order: name, personal number, birth, telephone, e-mail, address.
const COLUMNS: [&str; 6] = ["name", "number", "birth", "phone", "email", "address"];
/// Earliest year of a birth.
const BIRTH_YEAR_MIN: i16 = 1850;

/// One person of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The line of the text, from 1.
    pub line: usize,
    /// Who.
    pub party: Party,
}

/// A fault of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line of the text, from 1; 0: the list as a whole.
    pub line: usize,
    /// What is wrong, by column.
    pub problem: FieldProblem,
}

/// A list as read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// The people whose lines are right.
    pub people: Vec<Listed>,
    /// Everything that is wrong.
    pub faults: Vec<Fault>,
}

/// Reads a list: pasted from a spreadsheet (tabs) or as CSV with `;` or `,`. A first line of headings is passed over, empty lines too.
///
/// ```
/// let today = jiff::civil::date(2025, 3, 3);
/// let read = app::batch::read("Họ và tên;Số định danh\nTrần Thị Mẫu;999194006218\n;123", today);
/// assert_eq!(read.people.len(), 1);
/// assert_eq!(read.faults.iter().map(|it| it.line).collect::<Vec<_>>(), [3, 3]);
/// assert_eq!(app::batch::read("Trần Thị Mẫu;999194006218\r\nLê Văn Mẫu;123\r\n", today).faults[0].line, 2);
/// ```
pub fn read(text: &str, today: Date) -> Read {
    let mut read = Read::default();
    let mut whole = |problem| read.faults.push(Fault { line: 0, problem });
    if text.len() > BYTES_MAX {
        whole(FieldProblem::new("list", "gap-batch-bytes").with("max_kib", BYTES_MAX >> 10));
        return read;
    }
    // A browser sends lines ending in two signs; counted as one, or a fault would be named by the line above it.
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
    let first = text.lines().find(|it| !it.trim().is_empty()).unwrap_or_default();
    let mark = [b'\t', b';'].into_iter().find(|it| first.as_bytes().contains(it)).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(mark)
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut is_first = true;
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(why) => {
                let line = why.position().map_or(0, |it| usize::try_from(it.line()).unwrap_or(0));
                read.faults.push(Fault { line, problem: FieldProblem::new("list", "gap-batch-line") });
                continue;
            }
        };
        let line = record.position().map_or(0, |it| usize::try_from(it.line()).unwrap_or(0));
        if record.iter().all(|it| it.trim().is_empty()) {
            continue;
        }
        if std::mem::take(&mut is_first) && is_heading(record.get(0).unwrap_or_default()) {
            continue;
        }
        if read.people.len() + read.faults.len() > 2 * LINES_MAX {
            break;
        }
        let (party, problems) = person(&record, today);
        let mut faults: Vec<Fault> = problems.into_iter().map(|problem| Fault { line, problem }).collect();
        if !party.number.is_empty()
            && let Some(before) = numbers.insert(party.number.clone(), line)
        {
            let problem = FieldProblem::new("number", "gap-batch-twice").with("line", before);
            faults.push(Fault { line, problem });
        }
        if faults.is_empty() {
            read.people.push(Listed { line, party });
        }
        read.faults.extend(faults);
    }
    if read.people.len() > LINES_MAX {
        let problem = FieldProblem::new("list", "gap-batch-lines").with("max", LINES_MAX);
        read.faults.insert(0, Fault { line: 0, problem });
    }
    if read.people.is_empty() && read.faults.is_empty() {
        read.faults.push(Fault { line: 0, problem: FieldProblem::new("list", "gap-batch-empty") });
    }
    read
}

fn is_heading(first: &str) -> bool {
    let folded = domain::person::fold(first);
    ["ho va ten", "ho ten", "ten", "full name", "name", "stt"].contains(&folded.as_str())
}

fn person(record: &csv::StringRecord, today: Date) -> (Party, Vec<FieldProblem>) {
    let mut problems = Vec::new();
    let mut wrong = |column: &str, key| problems.push(FieldProblem::new(column, key));
    let cell = |column: &str| {
        let place = COLUMNS.iter().position(|it| *it == column).unwrap_or(usize::MAX);
        record.get(place).unwrap_or_default().trim().to_owned()
    };
    let mut party = Party { birth: cell("birth"), ..Party::default() };
    match PersonName::parse(&cell("name")) {
        Ok(name) => name.as_str().clone_into(&mut party.name),
        Err(_) => wrong("name", "gap-batch-name"),
    }
    match PersonalNumber::parse(&cell("number"), today) {
        Ok((number, _)) => number.as_str().clone_into(&mut party.number),
        Err(_) => wrong("number", "gap-number"),
    }
    if !party.birth.is_empty() && !is_birth(&party.birth, today) {
        wrong("birth", "gap-birth");
    }
    if !cell("phone").is_empty() {
        match Phone::parse(&cell("phone")) {
            Ok(phone) => phone.as_str().clone_into(&mut party.phone),
            Err(_) => wrong("phone", "gap-phone"),
        }
    }
    if !cell("email").is_empty() {
        match Email::parse(&cell("email")) {
            Ok(email) => email.as_str().clone_into(&mut party.email),
            Err(_) => wrong("email", "gap-email"),
        }
    }
    party.address = cell("address");
    if party.address.chars().count() > ADDRESS_CHARS_MAX || party.address.chars().any(char::is_control) {
        wrong("address", "gap-batch-address");
    }
    if record.len() > COLUMNS.len() && record.iter().skip(COLUMNS.len()).any(|it| !it.trim().is_empty()) {
        wrong("list", "gap-batch-columns");
    }
    (party, problems)
}

/// A day that has come, `09/11/1994`, or a year alone.
fn is_birth(text: &str, today: Date) -> bool {
    let parts: Vec<&str> = text.split(['/', '-', '.']).map(str::trim).collect();
    let number = |part: &str| {
        let digits = !part.is_empty() && part.len() <= 4 && part.bytes().all(|it| it.is_ascii_digit());
        digits.then(|| part.parse::<i16>().ok()).flatten()
    };
    let day = match parts.as_slice() {
        [year] if year.len() == 4 => number(year).and_then(|year| Date::new(year, 1, 1).ok()),
        [day, month, year] if year.len() == 4 => {
            let (day, month) =
                (number(day).and_then(|it| i8::try_from(it).ok()), number(month).and_then(|it| i8::try_from(it).ok()));
            day.zip(month).zip(number(year)).and_then(|((day, month), year)| Date::new(year, month, day).ok())
        }
        _ => None,
    };
    day.is_some_and(|it| it <= today && it.year() >= BIRTH_YEAR_MIN)
}

/// Why a list was not received: nothing of it was.
#[derive(Debug)]
pub struct NotReceived {
    /// The place in the list of who could not be received, from 0.
    pub place: usize,
    /// Why.
    pub why: AppError,
}

impl From<StorageError> for NotReceived {
    fn from(why: StorageError) -> Self {
        Self { place: 0, why: why.into() }
    }
}

/// Receives a whole list, in its order, so that its numbers follow each other; or nothing of it. The same form sent twice receives
/// once.
///
/// # Errors
/// Too many; or the first that could not be received, and why. Then none was.
pub async fn receive(
    house: &Arc<House>,
    person: PersonId,
    plans: Vec<Plan>,
    key: &str,
    contents: &[u8],
) -> Result<Vec<Handled>, NotReceived> {
    let whole = |why: AppError| NotReceived { place: 0, why };
    if plans.is_empty() || plans.len() > LINES_MAX {
        let problem = FieldProblem::new("list", "gap-batch-lines").with("max", LINES_MAX);
        return Err(whole(AppError::Invalid(vec![problem])));
    }
    reform::flip_before_acting(house).await.map_err(whole)?;
    let key: String = key.chars().take(60).collect();
    let lines: Vec<(Plan, Once, Minted)> = plans
        .into_iter()
        .enumerate()
        .map(|(place, plan)| {
            let key = if key.is_empty() { String::new() } else { format!("{key}-{place}") };
            (plan, Once::new(&key, contents), Minted::new(house))
        })
        .collect();
    let inside = Arc::clone(house);
    house
        .db
        .write(move |tx| {
            let mut received = Vec::with_capacity(lines.len());
            for (place, (plan, once, minted)) in lines.iter().enumerate() {
                let handled = carry_out_filing(tx, &inside, &Actor::Staff(person), plan, Some(once), minted)
                    .map_err(|why| NotReceived { place, why })?;
                received.push(handled);
            }
            Ok(received)
        })
        .await
}
