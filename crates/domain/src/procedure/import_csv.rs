//! Reads the list of published procedures, one row for each procedure and level.

use csv::StringRecord;

use super::code::{ProcedureCode, ProcedureId, Tab, parse_slug};
use super::import::{ImportProblem, NAME_CHARS_MAX, PROBLEMS_MAX, ROWS_MAX, TEXT_CHARS_MAX, clean, too_large};
use super::revision::{Basis, OnlineLevel};
use crate::calendar::Term;

/// The columns, in order.
const COLUMNS: [&str; 15] = [
    "id",
    "level",
    "code",
    "name",
    "field",
    "time_limit",
    "time_limit_working_days",
    "fee_vnd",
    "online_level",
    "online_submission",
    "legal_basis",
    "flagship",
    "level_basis",
    "source",
    "procedures_csv_line",
];

/// A row of the list: a procedure that a level of government publishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvRow {
    /// The file it was read from.
    pub file: String,
    /// Its line.
    pub line: usize,
    /// Key of the procedure.
    pub procedure: ProcedureId,
    /// The State's code.
    pub code: Option<ProcedureCode>,
    /// The official name.
    pub name: String,
    /// Field of administration; empty where the source names none.
    pub sector: String,
    /// The words of the source on the term.
    pub time_limit_stated: String,
    /// The term, where the source says working days and gives one figure.
    pub term: Option<Term>,
    /// The words of the source on fees.
    pub fee_stated: String,
    /// How much can be done online.
    pub online_level: OnlineLevel,
    /// Whether the portal takes applications, where the source says.
    pub online_submission: Option<bool>,
    /// Documents of law.
    pub legal_basis: Vec<String>,
    /// Whether a procedure file tells more.
    pub flagship: bool,
    /// How sure we are of the level.
    pub level_basis: Basis,
    /// Where it was read.
    pub source: String,
}

/// Reads the list. Every problem is named with its line and column; with one problem no row is taken.
pub fn read_rows(file_name: &str, text: &str) -> Result<Vec<CsvRow>, Vec<ImportProblem>> {
    if let Some(problem) = too_large(file_name, text) {
        return Err(vec![problem]);
    }
    let mut rows: Vec<CsvRow> = Vec::new();
    let mut problems = Vec::new();
    // With both signs at the end of a line the reader counts a line late.
    let text = text.replace("\r\n", "\n");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    for (index, record) in reader.records().enumerate() {
        if problems.len() >= PROBLEMS_MAX {
            break;
        }
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(1, csv_line);
                problems.push(ImportProblem::new(file_name, line, "record", "a CSV record", &error.to_string()));
                break;
            }
        };
        let line = record.position().map_or(1, csv_line);
        if index == 0 {
            check_header(file_name, &record, &mut problems);
            continue;
        }
        if index > ROWS_MAX {
            problems.push(ImportProblem::new(file_name, line, "record", format!("at most {ROWS_MAX} rows"), "more"));
            break;
        }
        let mut cells = Cells { file: file_name, line, record: &record, problems: &mut problems };
        let Some(row) = read_row(&mut cells) else { continue };
        if let Some(earlier) = rows.iter().find(|earlier| earlier.procedure == row.procedure) {
            let expected = format!("a procedure and level that line {} does not have", earlier.line);
            cells.note("id", expected, &row.procedure.to_string());
        }
        rows.push(row);
    }
    if rows.is_empty() && problems.is_empty() {
        problems.push(ImportProblem::new(file_name, 1, "file", "at least one row", "none"));
    }
    if problems.is_empty() { Ok(rows) } else { Err(problems) }
}

fn csv_line(position: &csv::Position) -> usize {
    usize::try_from(position.line()).unwrap_or(usize::MAX)
}

fn check_header(file: &str, record: &StringRecord, problems: &mut Vec<ImportProblem>) {
    for (index, column) in COLUMNS.iter().enumerate() {
        let found = record.get(index).unwrap_or("nothing").trim_start_matches('\u{feff}');
        if found != *column {
            problems.push(ImportProblem::new(file, 1, format!("column {}", index + 1), *column, found));
        }
    }
    for found in record.iter().skip(COLUMNS.len()) {
        problems.push(ImportProblem::new(file, 1, "header", "no further column", found));
    }
}

/// The cells of a row, by column.
struct Cells<'a> {
    file: &'a str,
    line: usize,
    record: &'a StringRecord,
    problems: &'a mut Vec<ImportProblem>,
}

impl Cells<'_> {
    fn note(&mut self, column: &str, expected: impl Into<String>, found: &str) {
        self.problems.push(ImportProblem::new(self.file, self.line, column, expected, found));
    }

    fn raw(&self, column: &str) -> &str {
        COLUMNS.iter().position(|it| *it == column).and_then(|index| self.record.get(index)).unwrap_or_default()
    }

    /// A cell that may be empty.
    fn text(&mut self, column: &str, chars_max: usize) -> String {
        let raw = self.raw(column).to_owned();
        clean(&raw, chars_max).unwrap_or_else(|expected| {
            self.note(column, expected, &raw);
            String::new()
        })
    }

    /// A cell that must say something.
    fn filled(&mut self, column: &str, chars_max: usize) -> String {
        let before = self.problems.len();
        let text = self.text(column, chars_max);
        if text.is_empty() && self.problems.len() == before {
            self.note(column, "text", "nothing");
        }
        text
    }

    /// One of these words.
    fn word<T: Copy>(&mut self, column: &str, words: &[(&str, T)]) -> Option<T> {
        let found = self.raw(column).to_owned();
        let known = words.iter().find(|(word, _)| *word == found).map(|(_, meaning)| *meaning);
        if known.is_none() {
            let expected = words.iter().map(|(word, _)| if word.is_empty() { "nothing" } else { *word });
            self.note(column, expected.collect::<Vec<_>>().join(" | "), &found);
        }
        known
    }
}

fn read_row(cells: &mut Cells<'_>) -> Option<CsvRow> {
    if cells.record.len() != COLUMNS.len() {
        cells.note("record", format!("{} cells", COLUMNS.len()), &format!("{} cells", cells.record.len()));
        return None;
    }
    let procedure = key(cells);
    let code = code(cells);
    let name = cells.filled("name", NAME_CHARS_MAX);
    let sector = cells.text("field", NAME_CHARS_MAX);
    let time_limit_stated = cells.text("time_limit", TEXT_CHARS_MAX);
    let term = term(cells);
    let fee_stated = cells.text("fee_vnd", TEXT_CHARS_MAX);
    let online_levels = [
        ("toan_trinh", OnlineLevel::Full),
        ("mot_phan", OnlineLevel::Partial),
        ("thong_tin", OnlineLevel::InformationOnly),
        ("unknown", OnlineLevel::Unknown),
    ];
    let online_level = cells.word("online_level", &online_levels);
    let online_submission = cells.word("online_submission", &[("yes", Some(true)), ("no", Some(false)), ("", None)]);
    let legal_basis = cells.text("legal_basis", TEXT_CHARS_MAX);
    let flagship = cells.word("flagship", &[("yes", true), ("", false)]);
    let level_basis =
        cells.word("level_basis", &[("verified", Basis::Verified), ("reconstructed", Basis::Reconstructed)]);
    let source = cells.filled("source", TEXT_CHARS_MAX);
    let line_in_list = cells.raw("procedures_csv_line").to_owned();
    if !line_in_list.is_empty() && line_in_list.parse::<u32>().is_err() {
        cells.note("procedures_csv_line", "a line number", &line_in_list);
    }
    Some(CsvRow {
        file: cells.file.to_owned(),
        line: cells.line,
        procedure: procedure?,
        code,
        name,
        sector,
        time_limit_stated,
        term,
        fee_stated,
        online_level: online_level?,
        online_submission: online_submission?,
        legal_basis: legal_basis.split(';').map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect(),
        flagship: flagship?,
        level_basis: level_basis?,
        source,
    })
}

fn key(cells: &mut Cells<'_>) -> Option<ProcedureId> {
    let (slug, tab) = (cells.raw("id").to_owned(), cells.raw("level").to_owned());
    let read_slug = parse_slug(&slug);
    if read_slug.is_err() {
        cells.note("id", "a key of a-z, 0-9 and hyphens", &slug);
    }
    let read_tab = tab.parse::<Tab>();
    if read_tab.is_err() {
        cells.note("level", "district | ward", &tab);
    }
    Some(ProcedureId { slug: read_slug.ok()?, tab: read_tab.ok()? })
}

fn code(cells: &mut Cells<'_>) -> Option<ProcedureCode> {
    let code = cells.raw("code").to_owned();
    if code.is_empty() {
        return None;
    }
    let read = code.parse();
    if read.is_err() {
        cells.note("code", "a procedure code such as 1.000948 or 1.000948.H38", &code);
    }
    read.ok()
}

/// Working days, halves allowed: `03` is three working days, `7.5` is sixty working hours.
///
/// Căn cứ: a working day has eight working hours (Bộ luật Lao động 2019 Điều 105 khoản 1).
fn term(cells: &mut Cells<'_>) -> Option<Term> {
    let found = cells.raw("time_limit_working_days").to_owned();
    if found.is_empty() {
        return None;
    }
    let (whole, half) = found.strip_suffix(".5").map_or((found.as_str(), 0), |whole| (whole, 4));
    let digits = (1..=3).contains(&whole.len()) && whole.bytes().all(|byte| byte.is_ascii_digit());
    match whole.parse::<u16>() {
        Ok(days) if digits && half == 0 && days > 0 => Some(Term::WorkingDays(days)),
        Ok(days) if digits && half > 0 => Some(Term::WorkingHours(days * 8 + half)),
        Ok(_) | Err(_) => {
            cells.note("time_limit_working_days", "a number of working days, halves allowed, or nothing", &found);
            None
        }
    }
}
