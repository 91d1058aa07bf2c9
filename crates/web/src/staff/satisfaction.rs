//! How satisfied people are: the figures made of the ratings of finished dossiers.

use super::phrases;
use super::report::num;
use super::views::{GradeBar, RemarkRow, SatisfactionPage, UnitSatisfaction, tenths};
use crate::Web;
use crate::citizen::rating::grade_in_words;
use crate::frame::{self, html, html_as};
use crate::page::FieldLink;
use crate::problem::Problem;
use crate::spoken;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::house::Snapshot;
use app::ratings::{self, Figures, Satisfaction};
use app::words;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::feedback::Grade;
use jiff::civil::Date;

/// Its address.
pub const ADDRESS: &str = "/kiem-soat/hai-long";

/// The figures of a period: the quarter of today where none is asked for.
///
/// # Errors
/// The house failed.
pub async fn page(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let asked = phrases::asked(&visitor);
    let (from, to, wrong) = phrases::period(&asked, web.house.clock.now().day());
    let mut errors: Vec<FieldLink> = wrong
        .into_iter()
        .map(|it| FieldLink { href: format!("#{it}"), text: say("period-unreadable").to_owned() })
        .collect();
    if errors.is_empty() && from > to {
        let text = say("period-backwards").to_owned();
        errors.push(FieldLink { href: "#den".to_owned(), text });
    }
    let found =
        if errors.is_empty() { ratings::satisfaction(&web.house, from, to).await? } else { Satisfaction::default() };
    let typed = |name: &str, otherwise: Date| match asked.trimmed(name) {
        "" => words::short_day(otherwise),
        text => text.chars().take(40).collect(),
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = frame::staff(&web, &visitor, say("satisfaction-page"), "/kiem-soat");
    let known = web.house.now_known();
    let view = SatisfactionPage {
        page: if errors.is_empty() { page } else { page.with_error_title() },
        from: typed("tu", from),
        to: typed("den", to),
        errors,
        count: num(found.total.count()),
        of_count: say_with("satisfaction-of", &[("count", &num(found.total.count()))]),
        answered: answered(&found),
        satisfied: percent(found.total.satisfied(), found.total.count()),
        points: mean(found.total.points, found.total.count()),
        visits: mean(found.total.visits, found.total.count()),
        grades: bars(&found.total),
        units: found.units.iter().map(|(unit, it)| unit_row(known.organisation.name_on(*unit, to), it)).collect(),
        remarks: found.remarks.iter().map(|it| remark(&known, it)).collect(),
    };
    if status == StatusCode::OK { Ok(html(&view)) } else { Ok(html_as(status, &view)) }
}

/// How many of those who could rate did, and how many of them at the screen of a hall.
fn answered(found: &Satisfaction) -> String {
    let share = percent(found.total.count(), found.solved);
    let answered = say_with("satisfaction-answered", &[("solved", &num(found.solved)), ("share", &share)]);
    match found.total.at_kiosk {
        0 => answered,
        count => say_with("satisfaction-kiosk", &[("count", &num(count)), ("answered", &answered)]),
    }
}

/// "87,5 %"; a dash of nothing.
fn percent(part: i64, whole: i64) -> String {
    match whole {
        0 => "–".to_owned(),
        whole => format!("{} %", tenths(part.saturating_mul(1_000) / whole)),
    }
}

/// "1,3"; a dash of nothing.
fn mean(sum: i64, count: i64) -> String {
    match count {
        0 => "–".to_owned(),
        count => tenths((sum.saturating_mul(10) + count / 2) / count),
    }
}

fn bars(it: &Figures) -> Vec<GradeBar> {
    let most = it.grades.iter().copied().max().unwrap_or(0).max(1);
    Grade::ALL
        .iter()
        .zip(it.grades)
        .map(|(grade, count)| GradeBar {
            label: grade_in_words(*grade).to_owned(),
            count: num(count),
            share: percent(count, it.count()),
            bar: u16::try_from(count.saturating_mul(1_000) / most).unwrap_or(1_000),
        })
        .collect()
}

fn unit_row(name: &str, it: &Figures) -> UnitSatisfaction {
    let [very_good, good, middling, bad, very_bad] = it.grades;
    let count = it.count();
    let share = |part: i64| u16::try_from(part.saturating_mul(1_000) / count.max(1)).unwrap_or(1_000);
    UnitSatisfaction {
        unit: name.to_owned(),
        count: num(count),
        satisfied: percent(it.satisfied(), count),
        middling: num(middling),
        unsatisfied: num(bad + very_bad),
        points: mean(it.points, count),
        visits: mean(it.visits, count),
        bar: share(very_good + good),
    }
}

fn remark(known: &Snapshot, it: &ratings::Remark) -> RemarkRow {
    RemarkRow {
        at: spoken::short_moment(it.at.local()),
        unit: known.organisation.name_on(it.unit, it.at.day()).to_owned(),
        grade: grade_in_words(it.grade).to_owned(),
        text: it.text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_means_are_written_as_the_office_writes_them() {
        assert_eq!((percent(7, 8), percent(0, 0)), ("87,5 %".to_owned(), "–".to_owned()));
        assert_eq!((mean(13, 10), mean(4, 3), mean(0, 0)), ("1,3".to_owned(), "1,3".to_owned(), "–".to_owned()));
    }
}
