//! Decisions that lie at the desk, by age, and reminding those they wait for.

use super::phrases;
use super::views::{DeskTab, FactView, Num, UncollectedPage, UncollectedRow};
use super::work_list::short;
use crate::Web;
use crate::frame::{self, html, safe_return};
use crate::page::Tone;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::spoken;
use crate::texts;
use crate::visitor::Visitor;
use crate::{counted, say, say_with};
use app::AppError;
use app::uncollected::{self, Uncollected, Waiting};
use app::work::Queue;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::dossier::Act;
use domain::person::fold;

/// Where the list stands.
pub const ADDRESS: &str = "/quay/cho-tra";
/// Days from which a decision lies too long. Căn cứ: handbook §1.8 (nhắc sau 3, 10, 30 ngày).
const OLD_DAYS: i64 = 30;
/// Longest text that is looked for, in characters.
const LOOKED_FOR_CHARS_MAX: usize = 80;
/// The ages that are counted: from so many days, below so many, the key of their words.
const AGES: [(i64, i64, &str); 4] = [
    (OLD_DAYS + 1, i64::MAX, "uncollected-over-30"),
    (11, OLD_DAYS + 1, "uncollected-11-30"),
    (4, 11, "uncollected-4-10"),
    (0, 4, "uncollected-up-to-3"),
];

/// The list, the oldest first.
///
/// # Errors
/// The house failed.
pub async fn page(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let person = visitor.person()?;
    let asked = phrases::asked(&visitor);
    let Waiting { at_desk: mut waiting, electronic } = uncollected::waiting(&web.house, person).await?;
    let due = waiting.iter().filter(|it| it.is_due).count();
    let ages = ages(&waiting);
    let is_any = !waiting.is_empty();
    let looked_for = cut(asked.trimmed("q"));
    waiting.retain(|it| is_meant(it, &fold(&looked_for)));
    let number = phrases::page_number(&asked);
    let base = with_query(&[("q", &looked_for)]);
    let pager = phrases::pager(waiting.len(), number, &base);
    let page_asked = if number > 0 { (number + 1).to_string() } else { String::new() };
    let here = with_query(&[("q", &looked_for), ("trang", &page_asked)]);
    let shown = phrases::page_of(waiting, number);
    web.journal.listed(person, shown.iter().map(|it| it.card.id))?;
    let codes = shown.iter().map(|it| it.card.code.clone()).collect();
    let reach = uncollected::reach(&web.house, codes).await?;
    let rows = shown.iter().zip(reach).map(|(it, reaches)| row(it, reaches, &here)).collect();
    let page = frame::staff(&web, &visitor, say("uncollected-page"), "/quay");
    let page = match said(&asked, web.house.rules.remind_every_days) {
        Some((tone, text)) => frame::flash(page, tone, text),
        None => page,
    };
    Ok(html(&UncollectedPage {
        page,
        tab: DeskTab::Uncollected,
        ages,
        due: Num(due as u64),
        electronic: Num(electronic),
        electronic_href: format!("/nghiep-vu?hang={}", Queue::ToHandOver.key()),
        every_days: web.house.rules.remind_every_days,
        is_any,
        looked_for,
        rows,
        pager,
    }))
}

/// The list with what narrows it.
fn with_query(pairs: &[(&str, &str)]) -> String {
    let query = phrases::query(pairs);
    if query.is_empty() { ADDRESS.to_owned() } else { format!("{ADDRESS}?{query}") }
}

fn cut(typed: &str) -> String {
    typed.chars().take(LOOKED_FOR_CHARS_MAX).collect()
}

/// Whoever comes says a name or shows the number of the slip, of which the last digits are read out.
fn is_meant(it: &Uncollected, folded: &str) -> bool {
    let name = fold(&it.card.applicant);
    let begins = |word: &str| name.split(' ').any(|own| own.starts_with(word));
    fold(it.card.code.as_str()).contains(folded) || folded.split(' ').all(begins)
}

fn ages(waiting: &[Uncollected]) -> Vec<FactView> {
    AGES.into_iter()
        .map(|(from, below, key)| {
            let count = waiting.iter().filter(|it| it.days >= from && it.days < below).count();
            let is_late = from > OLD_DAYS && count > 0;
            FactView {
                label: say(key).to_owned(),
                value: Num(count as u64).to_string(),
                code: is_late,
                ..FactView::default()
            }
        })
        .collect()
}

fn row(it: &Uncollected, reaches: bool, list: &str) -> UncollectedRow {
    let home = phrases::dossier_address(&it.card.code);
    let since = it.card.finished_at.unwrap_or(it.card.filed_at);
    UncollectedRow {
        code: it.card.code.to_string(),
        href: phrases::from_list(&home, list),
        deliver: phrases::from_list(&format!("{home}/viec/{}", Act::Deliver), list),
        procedure: short(&it.card.procedure_name),
        applicant: it.card.applicant.clone(),
        age: if it.days == 0 { say("counter-today").to_owned() } else { counted("time-days", it.days) },
        is_old: it.days > OLD_DAYS,
        since: spoken::short_day(since.day()),
        reminded: match it.reminded {
            None => say("uncollected-not-reminded").to_owned(),
            Some((last, times)) => {
                say_with("uncollected-times", &[("count", &times), ("day", &spoken::short_day(last.day()))])
            }
        },
        lacks_file: it.lacks_file,
        owed: if it.card.owed_vnd > 0 { spoken::dong(it.card.owed_vnd) } else { String::new() },
        remind: if it.is_due && reaches {
            format!("{ADDRESS}/{}/nhac", frame::encoded(it.card.code.as_str()))
        } else {
            String::new()
        },
        unreachable: if reaches { String::new() } else { say("uncollected-no-way").to_owned() },
    }
}

/// What reminding came to, from the address.
fn said(asked: &Posted, every_days: u32) -> Option<(Tone, String)> {
    let number = |name: &str| asked.trimmed(name).parse::<u32>().ok();
    match asked.trimmed("nhac") {
        "roi" => Some((Tone::Good, say("uncollected-done").to_owned())),
        "chua-den" => Some((Tone::Warn, say_with("gap-reminded-lately", &[("days", &every_days)]))),
        "dien-tu" => Some((Tone::Warn, texts::word("gap-decision-electronic"))),
        "khong-cach" => Some((Tone::Warn, texts::word("gap-nobody-to-tell"))),
        "het" => {
            let mut text = counted("uncollected-told", number("da")?);
            if let Some(count) = number("khong").filter(|it| *it > 0) {
                text.push_str(&counted("uncollected-untold", count));
            }
            if let Some(count) = number("con").filter(|it| *it > 0) {
                text.push_str(&counted("uncollected-left", count));
            }
            Some((Tone::Good, text))
        }
        _ => None,
    }
}

/// Reminds one.
///
/// # Errors
/// Not of this desk, not there, or the house failed.
pub async fn remind(
    State(web): State<Web>,
    visitor: Visitor,
    Path(code): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let code = super::dossier::code_of(&code)?;
    let word = match uncollected::remind(&web.house, visitor.person()?, &code).await {
        Ok(()) => "roi",
        Err(AppError::Invalid(problems)) if problems.iter().any(|it| it.key == "gap-reminded-lately") => "chua-den",
        Err(AppError::Invalid(problems)) if problems.iter().any(|it| it.key == "gap-decision-electronic") => "dien-tu",
        Err(AppError::Invalid(_)) => "khong-cach",
        Err(other) => return Err(other.into()),
    };
    let back = safe_return(posted.text("ve"), ADDRESS);
    let back = back.split('?').next().unwrap_or(ADDRESS);
    Ok(Redirect::to(&format!("{back}?nhac={word}")).into_response())
}

/// Reminds everybody who may be reminded now.
///
/// # Errors
/// The house failed.
pub async fn remind_all(State(web): State<Web>, visitor: Visitor, _posted: Posted) -> Result<Response, Problem> {
    let all = uncollected::remind_all(&web.house, visitor.person()?).await?;
    let (told, not, left) = (all.told.to_string(), all.unreachable.to_string(), all.left.to_string());
    let query = phrases::query(&[("nhac", "het"), ("da", &told), ("khong", &not), ("con", &left)]);
    Ok(Redirect::to(&format!("{ADDRESS}?{query}")).into_response())
}
