//! `motcua report`: the statutory forms.

use super::unit_named;
use crate::ended::{Ended, Outcome, Stop, print, say};
use crate::wiring::{Place, open_existing, settings};
use anyhow::Context;
use app::report::{Columns, Report06a};
use jiff::civil::Date;

/// Widest name in a table, in characters.
const NAME_CHARS_MAX: usize = 64;

/// One row for each of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum By {
    /// Sectors.
    Sector,
    /// Units as they were: a reorganisation cuts the period.
    Unit,
    /// Units of today, with what their predecessors left them.
    Successor,
    /// Units of today, on whose ground the subjects live.
    Territory,
}

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// For spreadsheets.
    Csv,
    /// For programs.
    Json,
}

/// What is asked of form 06a.
#[derive(Clone, Debug)]
pub struct Asked {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// One unit only.
    pub unit: Option<String>,
    /// The rows.
    pub by: By,
    /// The writing.
    pub format: Format,
}

/// Prints form II.06a.
///
/// # Errors
/// A period that ends before it begins, an unknown unit, or the house failed.
pub fn form_06a(place: &Place, asked: &Asked) -> Outcome {
    let house = open_existing(&settings(place)?)?;
    if asked.from > asked.to {
        return Err(Stop::Usage(format!("Kỳ báo cáo ngược: từ {} đến {}.", asked.from, asked.to)));
    }
    let unit = match &asked.unit {
        None => None,
        Some(text) => Some(unit_named(&house, text, asked.to).ok_or_else(|| {
            Stop::refused(format!("Không có đơn vị nào mang khóa hoặc mã {text:?} vào ngày {}.", asked.to))
        })?),
    };
    let by = match asked.by {
        By::Sector => app::report::By::Sector,
        By::Unit => app::report::By::Unit,
        By::Successor => app::report::By::Successor,
        By::Territory => app::report::By::Territory,
    };
    let report = app::report::form_06a(&house, asked.from, asked.to, unit, by)?;
    if asked.to > house.clock.now().day() {
        say("Kỳ này chưa kết thúc: số quá hạn tính như đến ngày cuối kỳ không có thêm hồ sơ nào xong.");
    }
    let text = match asked.format {
        Format::Json => serde_json::to_string_pretty(&report).context("writing the report")?,
        Format::Csv => report.csv("name", Columns::NAMES)?,
        Format::Table => table(&report),
    };
    print(text.trim_end())?;
    Ok(Ended::Done)
}

/// The form as a table of plain text, its columns numbered as the form numbers them.
pub fn table(report: &Report06a) -> String {
    let first = report.by.heading();
    let total = (app::report::TOTAL.to_owned(), &report.total);
    let rows: Vec<(String, &Columns)> =
        report.rows.iter().map(|it| (it.label(report), &it.columns)).chain(std::iter::once(total)).collect();
    let width = rows.iter().map(|it| cut(&it.0).chars().count()).chain([first.chars().count()]).max().unwrap_or(0);
    let from = app::words::short_day(report.from);
    let mut text = format!("Biểu II.06a/VPCP/KSTT, từ {from} đến {}\n\n", app::words::short_day(report.to));
    text.push_str(&format!(
        "{}        Tiếp nhận                    Đã giải quyết                       Đang giải quyết\n",
        " ".repeat(width)
    ));
    text.push_str(&format!(
        "{}   Tổng  T.tuyến  T.tiếp  Kỳ trước   Tổng  Trước hạn  Đúng hạn  Quá hạn   Tổng  Trong hạn  Quá hạn\n",
        padded(first, width)
    ));
    text.push_str(&format!(
        "{}    (3)      (4)     (5)       (6)    (7)        (8)       (9)     (10)   (11)       (12)     (13)\n",
        padded("(2)", width)
    ));
    for (name, columns) in &rows {
        text.push_str(&format!("{}{}\n", padded(&cut(name), width), numbers(columns)));
    }
    text.push_str(&format!("\nTrong số đã giải quyết, nộp trực tuyến: {}\n", report.total.resolved_online));
    if !report.cuts.is_empty() {
        let days: Vec<String> = report.cuts.iter().map(|it| app::words::short_day(*it)).collect();
        text.push_str(&format!(
            "Sắp xếp đơn vị ngày {} chia kỳ báo cáo: hồ sơ đang giải quyết cuối phần trước là hồ sơ kỳ trước của phần sau, tổng chỉ tính một lần.\n",
            days.join(", ")
        ));
    }
    if report.handed_over > 0 {
        text.push_str(&format!(
            "Bàn giao cho đơn vị khác khi sắp xếp, ngoài cột (7) và (11): {}\n",
            report.handed_over
        ));
    }
    text
}

fn numbers(it: &Columns) -> String {
    format!(
        "{:>7}{:>9}{:>8}{:>10}{:>7}{:>11}{:>10}{:>9}{:>7}{:>11}{:>9}",
        it.received_total,
        it.received_online,
        it.received_direct_post,
        it.carried_over,
        it.resolved_total,
        it.resolved_early,
        it.resolved_on_time,
        it.resolved_late,
        it.open_total,
        it.open_within,
        it.open_late
    )
}

fn cut(name: &str) -> String {
    if name.chars().count() <= NAME_CHARS_MAX {
        return name.to_owned();
    }
    name.chars().take(NAME_CHARS_MAX - 1).chain(['…']).collect()
}

fn padded(text: &str, width: usize) -> String {
    let chars = text.chars().count();
    format!("{text}{}", " ".repeat(width.saturating_sub(chars)))
}
