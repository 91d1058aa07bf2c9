//! Form II.06a on the screen, as CSV and as JSON.

use super::phrases;
use super::views::{BehindPage, ChoiceView, CountCell, LinkView, Num, ReportPage, ReportRow, ReportSheet};
use crate::Web;
use crate::frame::{self, html, html_as};
use crate::page::FieldLink;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::spoken;
use crate::telling::within;
use crate::texts;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::AppError;
use app::house::Snapshot;
use app::report::{By, Columns, Report06a, RowOf, SheetHead, behind_06a, form_06a_in_turn};
use app::words;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use domain::ids::UnitId;
use domain::kpi::StoppedIn;
use domain::organisation::Standing;
use domain::person::in_order;
use jiff::civil::Date;

/// Heads of the spreadsheet, as the form numbers its columns.
const HEADS: [&str; 12] = [
    "(3) Tiếp nhận, tổng số",
    "(4) Tiếp nhận trực tuyến",
    "(5) Tiếp nhận trực tiếp, bưu chính",
    "(6) Từ kỳ trước",
    "(7) Đã giải quyết, tổng số",
    "(7) trong đó nộp trực tuyến",
    "(8) Trước hạn",
    "(9) Đúng hạn",
    "(10) Quá hạn",
    "(11) Đang giải quyết, tổng số",
    "(12) Trong hạn",
    "(13) Quá hạn",
];

/// The row of what no ground is known of, in addresses.
const NOWHERE: &str = "khong-ro";

struct Question {
    from: Date,
    to: Date,
    unit: Option<UnitId>,
    by: By,
    errors: Vec<FieldLink>,
}

fn question(web: &Web, asked: &Posted) -> Question {
    let today = web.house.clock.now().day();
    let (from, to, wrong) = phrases::period(asked, today);
    let mut errors: Vec<FieldLink> = wrong
        .into_iter()
        .map(|it| FieldLink { href: format!("#{it}"), text: say("period-unreadable").to_owned() })
        .collect();
    if errors.is_empty() && from > to {
        errors.push(FieldLink { href: "#den".to_owned(), text: say("period-backwards").to_owned() });
    }
    let known = web.house.now_known();
    let typed = asked.trimmed("don-vi");
    let unit = typed.parse::<UnitId>().ok().filter(|it| known.organisation.find_unit(*it).is_some());
    if !typed.is_empty() && unit.is_none() {
        errors.push(FieldLink { href: "#don-vi".to_owned(), text: say("report-choose-unit").to_owned() });
    }
    let by = By::ALL.into_iter().find(|it| it.key() == asked.trimmed("theo")).unwrap_or(By::Sector);
    Question { from, to, unit, by, errors }
}

impl Question {
    /// Counts, away from the threads that answer.
    async fn report(&self, web: &Web) -> Result<Report06a, Problem> {
        counted(web, self.from, self.to, self.unit, self.by).await
    }

    fn query(&self) -> String {
        self.query_of(self.from, self.to)
    }

    /// The same question about a part of the period.
    fn query_of(&self, from: Date, to: Date) -> String {
        let unit = self.unit.map(|it| it.to_string()).unwrap_or_default();
        phrases::query(&[
            ("tu", &words::short_day(from)),
            ("den", &words::short_day(to)),
            ("don-vi", &unit),
            ("theo", self.by.key()),
        ])
    }
}

/// The form of a period, counted away from the threads that answer.
///
/// # Errors
/// The house failed.
pub async fn counted(web: &Web, from: Date, to: Date, unit: Option<UnitId>, by: By) -> Result<Report06a, Problem> {
    Ok(form_06a_in_turn(&web.house, from, to, unit, by).await?)
}

/// The page.
pub async fn page(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let asked = phrases::asked(&visitor);
    let question = question(&web, &asked);
    let sheet = if question.errors.is_empty() {
        let report = question.report(&web).await?;
        Some(sheet(&web, &question, &report))
    } else {
        None
    };
    let status = if question.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let typed = |name: &str, otherwise: Date| match asked.trimmed(name) {
        "" => words::short_day(otherwise),
        text => text.chars().take(40).collect(),
    };
    let page = frame::staff(&web, &visitor, say("report-page"), "/kiem-soat");
    let known = web.house.now_known();
    let view = ReportPage {
        page: if question.errors.is_empty() { page } else { page.with_error_title() },
        from: typed("tu", question.from),
        to: typed("den", question.to),
        units: units_since(&known, question.unit, question.from, web.house.clock.now().day()),
        by: By::ALL
            .into_iter()
            .map(|by| ChoiceView { chosen: by == question.by, ..ChoiceView::new(by.key(), by_words(by)) })
            .collect(),
        errors: question.errors,
        sheet,
    };
    Ok(html_as(status, &view))
}

/// What the rows of the form are.
fn by_words(by: By) -> &'static str {
    say(match by {
        By::Sector => "report-by-sector",
        By::Unit => "report-by-unit",
        By::Successor => "report-by-successor",
        By::Territory => "report-by-place",
    })
}

/// The whole house, authorities, then offices.
pub fn units(known: &Snapshot, chosen: Option<UnitId>, today: Date) -> Vec<ChoiceView> {
    let mut found: Vec<(bool, String, UnitId)> = known
        .organisation
        .standing_on(today)
        .map(|(id, it)| (it.standing == Standing::Office, it.name.clone(), id))
        .collect();
    found.sort_by_cached_key(|(is_office, name, id)| (*is_office, in_order(name), *id));
    let every = ChoiceView { chosen: chosen.is_none(), ..ChoiceView::new("", say("report-every-unit")) };
    let units = found.into_iter().map(|(_, name, id)| ChoiceView { chosen: chosen == Some(id), ..named(id, name) });
    std::iter::once(every).chain(units).collect()
}

fn named(id: UnitId, name: String) -> ChoiceView {
    ChoiceView::new(id.to_string(), name).as_name()
}

/// The same with the units that ended since a day, which old periods are asked of.
fn units_since(known: &Snapshot, chosen: Option<UnitId>, since: Date, today: Date) -> Vec<ChoiceView> {
    let mut choices = units(known, chosen, today);
    let organisation = &known.organisation;
    let mut ended: Vec<(Date, String, UnitId)> = organisation
        .ids()
        .filter_map(|id| organisation.find_unit(id).and_then(|unit| unit.ended_on()).map(|end| (end, id)))
        .filter(|(end, id)| (*end > since && *end <= today) || chosen == Some(*id))
        .filter_map(|(end, id)| {
            let last = end.yesterday().ok()?;
            let (name, day) = (organisation.name_on(id, last), spoken::short_day(last));
            Some((last, say_with("report-unit-until", &[("unit", &name), ("day", &day)]), id))
        })
        .collect();
    ended.sort_by_cached_key(|(last, name, id)| (*last, in_order(name), *id));
    choices.extend(ended.into_iter().map(|(_, name, id)| ChoiceView { chosen: chosen == Some(id), ..named(id, name) }));
    choices
}

/// The numbers of a row, each with the dossiers behind it. `row` is the row in an address: empty for the total. Without a
/// question that has these numbers for its answer they lead nowhere.
fn cells(it: &Columns, query: Option<&str>, row: &str) -> [CountCell; 11] {
    let mut column = 2;
    [
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
        it.open_late,
    ]
    .map(|count| {
        column += 1;
        let href = query.filter(|_| count > 0);
        let href = href.map(|query| format!("/kiem-soat/06a/ho-so?{query}&cot={column}{row}"));
        CountCell { count: num(count), href: href.unwrap_or_default() }
    })
}

/// A row of the form in an address, beginning with `&`.
fn row_words(of: &RowOf) -> String {
    let text = match of {
        RowOf::Sector(sector) => sector.clone(),
        RowOf::Unit(unit) => unit.to_string(),
        RowOf::Nowhere => NOWHERE.to_owned(),
    };
    format!("&hang={}", frame::encoded(&text))
}

/// What the columns of the form count: keys of words for a heading, from column 3 on.
const COLUMN_WORDS: [&str; 11] = [
    "behind-column-3",
    "behind-column-4",
    "behind-column-5",
    "behind-column-6",
    "behind-column-7",
    "behind-column-8",
    "behind-column-9",
    "behind-column-10",
    "behind-column-11",
    "behind-column-12",
    "behind-column-13",
];

/// The dossiers behind a number of the form.
pub async fn behind(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let asked = phrases::asked(&visitor);
    let question = question(&web, &asked);
    let column = asked.trimmed("cot").parse::<u8>().ok();
    let Some((column, what)) = column.and_then(|it| Some((it, *COLUMN_WORDS.get(usize::from(it).checked_sub(3)?)?)))
    else {
        return Err(AppError::NotFound.into());
    };
    if !question.errors.is_empty() {
        return Err(AppError::invalid("den", "gap-period").into());
    }
    let row = match (asked.has("hang"), question.by) {
        (false, _) => None,
        (true, By::Sector) => Some(RowOf::Sector(asked.trimmed("hang").chars().take(300).collect())),
        (true, By::Territory) if asked.trimmed("hang") == NOWHERE => Some(RowOf::Nowhere),
        (true, By::Unit | By::Successor | By::Territory) => {
            Some(RowOf::Unit(asked.trimmed("hang").parse().map_err(|_| AppError::NotFound)?))
        }
    };
    let period = (question.from, question.to);
    let ids = behind_06a(&web.house, period, question.unit, (question.by, row.as_ref()), column).await?;
    let number = phrases::page_number(&asked);
    let here = format!(
        "/kiem-soat/06a/ho-so?{}&cot={column}{}",
        question.query(),
        row.as_ref().map(row_words).unwrap_or_default()
    );
    let pager = phrases::pager(ids.len(), number, &here);
    let list = if number == 0 { here } else { format!("{here}&trang={}", number + 1) };
    let cards = app::report::cards(&web.house, &phrases::page_of(ids, number))?;
    let known = web.house.now_known();
    let of = match &row {
        None => String::new(),
        Some(RowOf::Sector(sector)) if sector.is_empty() => format!(" · {}", say("report-no-sector")),
        Some(RowOf::Sector(sector)) => format!(" · {sector}"),
        Some(RowOf::Nowhere) => format!(" · {}", say("report-nowhere")),
        Some(RowOf::Unit(unit)) => format!(" · {}", known.organisation.name_on(*unit, question.to)),
    };
    Ok(html(&BehindPage {
        page: frame::staff(&web, &visitor, say_with("behind-page", &[("column", &column)]), "/kiem-soat"),
        back: LinkView { label: say("report-link").to_owned(), href: format!("/kiem-soat?{}", question.query()) },
        title: say_with("behind-title", &[("column", &column), ("what", &say(what))]),
        about: format!("{}{of}", from_to(question.from, question.to)),
        total: Num(pager.total as u64),
        sorted: say("behind-order").to_owned(),
        note: say("behind-note").to_owned(),
        rows: super::search::rows(&web, &visitor, cards.iter(), &list)?,
        pager,
    }))
}

fn from_to(from: Date, to: Date) -> String {
    say_with("report-from-to", &[("from", &spoken::short_day(from)), ("to", &spoken::short_day(to))])
}

/// A count that is never below nothing.
pub fn num(count: i64) -> Num {
    Num(u64::try_from(count).unwrap_or(0))
}

fn sheet(web: &Web, question: &Question, report: &Report06a) -> ReportSheet {
    let known = web.house.now_known();
    let top = |unit: UnitId| known.root_unit(question.to, unit);
    let first = known.organisation.standing_on(question.to).next().map(|it| it.0);
    let reporting = question.unit.or_else(|| first.map(top));
    let name = |unit: UnitId| {
        let unit = within(known.organisation.name_on(unit, question.to));
        say_with("report-committee", &[("unit", &unit)])
    };
    let reporting_unit = match reporting {
        Some(unit)
            if known
                .organisation
                .attributes_on(unit, question.to)
                .is_some_and(|it| it.standing == Standing::Office) =>
        {
            known.organisation.name_on(unit, question.to).to_owned()
        }
        Some(unit) => name(unit),
        None => String::new(),
    };
    let above = reporting.and_then(|it| known.organisation.attributes_on(it, question.to)).and_then(|it| it.parent);
    let total = &report.total;
    let query = question.query();
    // Of one unit, a period that is cut has no one list behind its sums: each part has.
    let whole = if report.cuts.is_empty() || question.unit.is_none() { Some(query.as_str()) } else { None };
    let now = web.house.clock.now().local();
    let period = from_to(report.from, report.to);
    let row = |it: &app::report::ReportRow| ReportRow {
        name: row_name(it, report),
        cells: cells(&it.columns, Some(&question.query_of(it.from, it.to)), &row_words(&it.of)),
        is_name: !is_unknown(&it.of),
    };
    ReportSheet {
        reporting_unit,
        receiving_unit: above.map(name).unwrap_or_else(|| say("report-unit-above").to_owned()),
        caption: say_with("report-caption", &[("period", &period), ("rows", &by_words(question.by))]),
        period,
        rows: report.rows.iter().map(row).collect(),
        total: ReportRow { name: say("report-total").to_owned(), cells: cells(total, whole, ""), is_name: false },
        sum_check: sum_check(report),
        sum_holds: report.adds_up(),
        notes: notes(web, report, now.date()),
        counted: say_with("report-counted", &[("day", &spoken::short_day(report.to)), ("at", &spoken::moment(now))]),
        exports: vec![
            LinkView { label: "Excel".to_owned(), href: format!("/kiem-soat/06a.xlsx?{query}") },
            LinkView { label: "CSV".to_owned(), href: format!("/kiem-soat/06a.csv?{query}") },
            LinkView { label: "JSON".to_owned(), href: format!("/kiem-soat/06a.json?{query}") },
        ],
    }
}

fn sum_check(report: &Report06a) -> String {
    let total = &report.total;
    let sum = format!("{} = {} + {}", num(total.received_total), num(total.resolved_total), num(total.open_total));
    match report.handed_over {
        0 => sum,
        count => say_with("report-sum-moved", &[("count", &num(count)), ("sum", &sum)]),
    }
}

/// A row that sums what no sector, or no ground, is known of.
fn is_unknown(of: &RowOf) -> bool {
    match of {
        RowOf::Sector(sector) => sector.is_empty(),
        RowOf::Nowhere => true,
        RowOf::Unit(_) => false,
    }
}

/// The name of a row, with the part it counts where the period is cut.
fn row_name(it: &app::report::ReportRow, report: &Report06a) -> String {
    let name = match &it.of {
        RowOf::Nowhere => format!("({})", say("report-nowhere")),
        of if is_unknown(of) => format!("({})", say("report-no-sector")),
        _ => it.name.clone(),
    };
    let days = || format!("{}–{}", spoken::short_day(it.from), spoken::short_day(it.to));
    if report.cuts.is_empty() { name } else { format!("{name} ({})", days()) }
}

/// What a reader must know of how it is counted, and of the rows where units were reorganised.
fn notes(web: &Web, report: &Report06a, today: Date) -> Vec<String> {
    let (resolved, online) = (num(report.total.resolved_total), num(report.total.resolved_online));
    let stopped = match web.house.rules.stopped_in {
        StoppedIn::ResolvedOnTime => "report-note-stopped-resolved",
        StoppedIn::Open => "report-note-stopped-open",
    };
    let mut notes = vec![
        say_with("report-note-online", &[("resolved", &resolved), ("online", &online)]),
        say(stopped).to_owned(),
        say("report-note-after").to_owned(),
    ];
    if report.to > today {
        notes.push(say("report-note-running").to_owned());
    }
    if !report.cuts.is_empty() {
        let days: Vec<String> = report.cuts.iter().map(|it| spoken::short_day(*it)).collect();
        let (days, parts) = (days.join(", "), report.cuts.len() + 1);
        notes.push(say_with("report-note-cut", &[("days", &days), ("parts", &parts)]));
    }
    match report.by {
        By::Sector | By::Unit => {}
        By::Successor => notes.push(say("report-note-successor").to_owned()),
        By::Territory => notes.push(say("report-note-territory").to_owned()),
    }
    notes
}

async fn for_file(web: &Web, visitor: &Visitor) -> Result<(Question, Report06a), Problem> {
    let question = question(web, &phrases::asked(visitor));
    if !question.errors.is_empty() {
        return Err(AppError::invalid("den", "gap-period").into());
    }
    let report = question.report(web).await?;
    Ok((question, report))
}

fn as_file(kind: &'static str, question: &Question, ending: &str, body: Vec<u8>) -> Response {
    let name = format!("06a-{}-{}.{ending}", question.from, question.to);
    let headers = [(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))];
    (headers, body).into_response()
}

/// The form as JSON, as the command line gives it.
pub async fn json(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let (question, report) = for_file(&web, &visitor).await?;
    let body = serde_json::to_vec_pretty(&report).map_err(|why| AppError::fault("writing form 06a", why))?;
    Ok(as_file("application/json", &question, "json", body))
}

/// The form as a workbook, laid out as the paper is.
pub async fn xlsx(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let (question, report) = for_file(&web, &visitor).await?;
    let ReportSheet { reporting_unit, receiving_unit, period, sum_check, counted, notes: said, .. } =
        texts::in_vietnamese(|| sheet(&web, &question, &report));
    let mut notes = vec![format!("Cột (3) = (7) + (11): {sum_check}"), counted];
    notes.extend(said);
    if web.house.rules.demo {
        notes.insert(0, "MẪU: bản trình diễn với dữ liệu giả lập, không có giá trị pháp lý.".to_owned());
    }
    let head = SheetHead {
        from_whom: reporting_unit,
        to_whom: receiving_unit,
        period,
        counted_at: web.house.clock.now().local(),
        notes,
    };
    let body = report.xlsx(&head)?;
    Ok(as_file("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", &question, "xlsx", body))
}

/// The form as CSV for a spreadsheet: UTF-8 with its mark, the total last.
pub async fn csv(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let (question, report) = for_file(&web, &visitor).await?;
    let name = format!("(2) {}", question.by.heading());
    let text = format!("\u{feff}{}", report.csv(&name, HEADS)?);
    Ok(as_file("text/csv; charset=utf-8", &question, "csv", text.into_bytes()))
}

fn by_unit(from: Date, to: Date, unit: UnitId) -> Question {
    Question { from, to, unit: Some(unit), by: By::Unit, errors: Vec::new() }
}

/// The form of a unit.
pub fn form_address(from: Date, to: Date, unit: UnitId) -> String {
    format!("/kiem-soat?{}", by_unit(from, to, unit).query())
}

/// What a unit and those below it solved in a period, or what one of them did.
pub fn behind_address(from: Date, to: Date, unit: UnitId, row: Option<&RowOf>) -> String {
    let row = row.map(row_words).unwrap_or_default();
    format!("/kiem-soat/06a/ho-so?{}&cot=7{row}", by_unit(from, to, unit).query())
}

/// A page for the leader with the same period.
pub fn export_links(from: Date, to: Date, unit: UnitId) -> Vec<LinkView> {
    let query = by_unit(from, to, unit).query();
    vec![
        LinkView { label: say("report-link").to_owned(), href: form_address(from, to, unit) },
        LinkView { label: say("report-spreadsheet").to_owned(), href: format!("/kiem-soat/06a.xlsx?{query}") },
    ]
}
