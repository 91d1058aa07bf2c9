//! The public figures of the house, by year and quarter: page and CSV.

use super::Asked;
use super::reform::framed;
use super::views::{ChartBar, ChartMonth, FiguresChart, FiguresPage, FiguresRow, Link};
use crate::Web;
use crate::frame::html;
use crate::problem::Problem;
use crate::spoken;
use crate::texts::{self, Language, number_in, word_in, word_in_with};
use crate::visitor::Visitor;
use app::AppError;
use app::figures::{Figures, Line, Span, public_figures};
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;

/// Where they stand.
pub const ADDRESS: &str = "/so-lieu";
/// Where the bars begin, and the longest one, in units of the drawing.
const BARS_FROM: usize = 112;
const BAR_MAX: i64 = 150;
/// Height of a month in the drawing, and of what stands above the first.
const MONTH_HEIGHT: usize = 50;
const HEAD_HEIGHT: usize = 28;

fn span(web: &Web, asked: &Asked) -> Result<Span, Problem> {
    let this_year = Span { year: web.house.clock.now().day().year(), quarter: None };
    match asked.get("ky").map(String::as_str) {
        None | Some("") => Ok(this_year),
        Some(text) => Ok(Span::parse(text).ok_or(AppError::NotFound)?),
    }
}

/// The page.
///
/// # Errors
/// No such period.
pub async fn page(State(web): State<Web>, visitor: Visitor, asked: Asked) -> Result<Response, Problem> {
    let (language, span) = (texts::language(), span(&web, &asked)?);
    let figures = public_figures(&web.house, span).await?;
    let page = framed(&web, &visitor, &word_in(language, "figures-title"));
    let spans = figures.spans.iter().map(|it| {
        let link = Link { href: format!("{ADDRESS}?ky={}", it.key()), label: span_name(*it, language) };
        (link, *it == span)
    });
    let line = |name: String, it: &Line| row(name, it, language);
    let counted_at = spoken::moment(figures.counted_at.local());
    Ok(html(&FiguresPage {
        spans: spans.collect(),
        period: word_in_with(
            language,
            "figures-period",
            &[("from", spoken::short_day(figures.from)), ("to", spoken::short_day(figures.to))],
        ),
        counted: word_in_with(language, "figures-counted", &[("at", counted_at)]),
        total: line(word_in(language, "figures-total"), &figures.total),
        months: figures.months.iter().map(|(month, it)| line(month_name(*month), it)).collect(),
        units: figures.units.iter().map(|(name, it)| line(name.clone(), it)).collect(),
        chart: chart(&figures, language),
        csv: format!("{ADDRESS}.csv?ky={}", span.key()),
        page,
        language,
    }))
}

fn span_name(it: Span, language: Language) -> String {
    match it.quarter {
        None => word_in_with(language, "figures-year", &[("year", it.year.to_string())]),
        Some(quarter) => {
            let roman = ["I", "II", "III", "IV"].get(usize::try_from(quarter - 1).unwrap_or(0)).copied().unwrap_or("");
            let number = if language == Language::English { quarter.to_string() } else { roman.to_owned() };
            word_in_with(language, "figures-quarter", &[("quarter", number), ("year", it.year.to_string())])
        }
    }
}

fn month_name(month: Date) -> String {
    format!("{:02}/{}", month.month(), month.year())
}

fn row(name: String, it: &Line, language: Language) -> FiguresRow {
    let number = |count| number_in(language, count);
    FiguresRow {
        name,
        received: number(it.received),
        received_online: number(it.received_online),
        resolved: number(it.resolved),
        resolved_online: number(it.resolved_online),
        in_time: number(it.in_time()),
        late: number(it.late),
        in_time_share: share(it.in_time(), it.resolved, language),
    }
}

/// "97,3 %", "trên 99,9 %", "100 %", "–" of nothing. Never rounded up: what is not all is not said to be all.
fn share(part: i64, whole: i64, language: Language) -> String {
    if whole <= 0 {
        return "–".to_owned();
    }
    let thousandths = part.saturating_mul(1_000);
    let tenths = thousandths / whole;
    let point = if language == Language::English { '.' } else { ',' };
    let text = if tenths % 10 == 0 {
        format!("{}\u{a0}%", tenths / 10)
    } else {
        format!("{}{point}{}\u{a0}%", tenths / 10, tenths % 10)
    };
    if tenths == 999 && thousandths % whole != 0 {
        word_in_with(language, "figures-over", &[("share", text)])
    } else {
        text
    }
}

fn chart(figures: &Figures, language: Language) -> Option<FiguresChart> {
    let most = figures.months.iter().map(|(_, it)| it.received.max(it.resolved)).max().filter(|it| *it > 0)?;
    // A bar of one dossier is still a bar.
    let long = |count: i64| usize::try_from((count * BAR_MAX).div_euclid(most).max(i64::from(count > 0))).unwrap_or(0);
    let bar = |top: usize, count: i64, online: i64| {
        let whole = long(count);
        let online = long(online).min(whole);
        let end = BARS_FROM + whole + 6;
        ChartBar { top, online, rest: whole - online, count, end, base: top + 12 }
    };
    let months = figures.months.iter().enumerate().map(|(place, (month, it))| {
        let top = HEAD_HEIGHT + place * MONTH_HEIGHT;
        let in_time = share(it.in_time(), it.resolved, language);
        ChartMonth {
            name: month_name(*month),
            in_time: if it.resolved == 0 {
                String::new()
            } else {
                word_in_with(language, "figures-bar-in-time", &[("share", in_time)])
            },
            top,
            bars: [bar(top + 2, it.received, it.received_online), bar(top + 22, it.resolved, it.resolved_online)],
        }
    });
    Some(FiguresChart { height: HEAD_HEIGHT + figures.months.len() * MONTH_HEIGHT, months: months.collect() })
}

/// The same as CSV for a spreadsheet: months, units, the whole; with the days it counts and the moment it was counted in every row.
///
/// # Errors
/// No such period.
pub async fn csv(State(web): State<Web>, asked: Asked) -> Result<Response, Problem> {
    let span = span(&web, &asked)?;
    let figures = public_figures(&web.house, span).await?;
    let body = format!("\u{feff}{}", figures.csv(&span.key())?);
    let name = format!("attachment; filename=\"so-lieu-{}.csv\"", span.key());
    Ok(([(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, name)], body).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_never_rounded_up_to_all() {
        let vi = |part, whole| share(part, whole, Language::Vietnamese).replace('\u{a0}', " ");
        assert_eq!(vi(4_856, 4_859), "trên 99,9 %");
        assert_eq!(vi(999, 1_000), "99,9 %");
        assert_eq!((vi(10, 10), vi(2, 3), vi(0, 0)), ("100 %".to_owned(), "66,6 %".to_owned(), "–".to_owned()));
        assert_eq!(share(4_856, 4_859, Language::English).replace('\u{a0}', " "), "over 99.9 %");
    }
}
