//! Form II.06a on the screen, as CSV and as JSON.

use super::phrases;
use super::views::{BehindPage, ChoiceView, CountCell, LinkView, Num, ReportPage, ReportRow, ReportSheet};
use crate::Web;
use crate::frame::{self, html, html_as};
use crate::page::FieldLink;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::telling::within;
use crate::visitor::Visitor;
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
        .map(|it| FieldLink {
            href: format!("#{it}"),
            text: "Ghi ngày như 31/03/2025; ngày này không đọc được hoặc không có.".to_owned(),
        })
        .collect();
    if errors.is_empty() && from > to {
        errors.push(FieldLink {
            href: "#den".to_owned(), text: "Ngày cuối kỳ phải từ ngày đầu kỳ trở đi.".to_owned()
        });
    }
    let known = web.house.now_known();
    let typed = asked.trimmed("don-vi");
    let unit = typed.parse::<UnitId>().ok().filter(|it| known.organisation.find_unit(*it).is_some());
    if !typed.is_empty() && unit.is_none() {
        errors.push(FieldLink {
            href: "#don-vi".to_owned(), text: "Chọn một đơn vị trong danh sách.".to_owned()
        });
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
    let page = frame::staff(&web, &visitor, "Báo cáo 06a", "/kiem-soat");
    let known = web.house.now_known();
    let view = ReportPage {
        page: if question.errors.is_empty() { page } else { page.with_error_title() },
        from: typed("tu", question.from),
        to: typed("den", question.to),
        units: units_since(&known, question.unit, question.from, web.house.clock.now().day()),
        by: By::ALL
            .into_iter()
            .map(|by| ChoiceView { chosen: by == question.by, ..ChoiceView::new(by.key(), by.label()) })
            .collect(),
        errors: question.errors,
        sheet,
    };
    Ok(html_as(status, &view))
}

/// The whole house, authorities, then offices.
pub fn units(known: &Snapshot, chosen: Option<UnitId>, today: Date) -> Vec<ChoiceView> {
    let mut found: Vec<(bool, String, UnitId)> = known
        .organisation
        .standing_on(today)
        .map(|(id, it)| (it.standing == Standing::Office, it.name.clone(), id))
        .collect();
    found.sort_by_cached_key(|(is_office, name, id)| (*is_office, in_order(name), *id));
    let every = ChoiceView { chosen: chosen.is_none(), ..ChoiceView::new("", "Mọi đơn vị") };
    let units = found
        .into_iter()
        .map(|(_, name, id)| ChoiceView { chosen: chosen == Some(id), ..ChoiceView::new(id.to_string(), name) });
    std::iter::once(every).chain(units).collect()
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
            Some((last, format!("{} (đến {})", organisation.name_on(id, last), words::short_day(last)), id))
        })
        .collect();
    ended.sort_by_cached_key(|(last, name, id)| (*last, in_order(name), *id));
    choices.extend(
        ended
            .into_iter()
            .map(|(_, name, id)| ChoiceView { chosen: chosen == Some(id), ..ChoiceView::new(id.to_string(), name) }),
    );
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

/// What the columns of the form count, in words for a heading, from column 3 on.
const COLUMN_WORDS: [&str; 11] = [
    "tiếp nhận, tổng số",
    "tiếp nhận trực tuyến trong kỳ",
    "tiếp nhận trực tiếp, qua bưu chính trong kỳ",
    "từ kỳ trước chuyển qua",
    "đã giải quyết, tổng số",
    "đã giải quyết trước hạn",
    "đã giải quyết đúng hạn",
    "đã giải quyết quá hạn",
    "đang giải quyết, tổng số",
    "đang giải quyết, trong hạn",
    "đang giải quyết, quá hạn",
];

/// The dossiers behind a number of the form.
pub async fn behind(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let asked = phrases::asked(&visitor);
    let question = question(&web, &asked);
    let column = asked.trimmed("cot").parse::<u8>().ok();
    let Some((column, words)) = column.and_then(|it| Some((it, *COLUMN_WORDS.get(usize::from(it).checked_sub(3)?)?)))
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
        Some(RowOf::Sector(sector)) if sector.is_empty() => " · nguồn không ghi lĩnh vực".to_owned(),
        Some(RowOf::Sector(sector)) => format!(" · {sector}"),
        Some(RowOf::Nowhere) => " · địa chỉ không ghi rõ địa bàn".to_owned(),
        Some(RowOf::Unit(unit)) => format!(" · {}", known.organisation.name_on(*unit, question.to)),
    };
    let from_to = format!("Từ ngày {} đến hết ngày {}", words::short_day(question.from), words::short_day(question.to));
    Ok(html(&BehindPage {
        page: frame::staff(&web, &visitor, format!("Hồ sơ ở cột ({column}) biểu 06a"), "/kiem-soat"),
        back: LinkView { label: "Biểu 06a".to_owned(), href: format!("/kiem-soat?{}", question.query()) },
        title: format!("Cột ({column}): {words}"),
        about: format!("{from_to}{of}"),
        total: Num(pager.total as u64),
        sorted: "theo ngày tiếp nhận".to_owned(),
        note: "Biểu tính đúng hạn hay quá hạn theo ngày hẹn đầu tiên và đến hết kỳ. “Trạng thái bây giờ” và “Hẹn trả” là của hôm nay, đã tính lần hẹn lại nếu có.".to_owned(),
        rows: super::search::rows(&web, &visitor, cards.iter(), &list)?,
        pager,
    }))
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
    let name = |unit: UnitId| format!("UBND {}", within(known.organisation.name_on(unit, question.to)));
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
    let stopped = match web.house.rules.stopped_in {
        StoppedIn::ResolvedOnTime => "Hồ sơ dừng giải quyết ra khỏi sổ vào ngày dừng, ghi ở cột (9).",
        StoppedIn::Open => "Hồ sơ dừng giải quyết vẫn ở trong sổ, ghi ở cột (12).",
    };
    let query = question.query();
    // Of one unit, a period that is cut has no one list behind its sums: each part has.
    let whole = if report.cuts.is_empty() || question.unit.is_none() { Some(query.as_str()) } else { None };
    let now = web.house.clock.now().local();
    let mut notes = vec![
        format!(
            "Trong {} hồ sơ đã giải quyết ở cột (7) có {} hồ sơ nộp trực tuyến.",
            num(total.resolved_total),
            num(total.resolved_online)
        ),
        stopped.to_owned(),
        "Hồ sơ xong sau ngày cuối kỳ tính là đang giải quyết.".to_owned(),
    ];
    if report.to > now.date() {
        notes.push("Kỳ này chưa kết thúc: cột (13) tính như đến ngày cuối kỳ không có thêm hồ sơ nào xong.".to_owned());
    }
    notes.extend(views_notes(report));
    let row = |it: &app::report::ReportRow| ReportRow {
        name: it.label(report),
        cells: cells(&it.columns, Some(&question.query_of(it.from, it.to)), &row_words(&it.of)),
    };
    ReportSheet {
        reporting_unit,
        receiving_unit: above.map(name).unwrap_or_else(|| "cơ quan cấp trên trực tiếp".to_owned()),
        period: format!("Từ ngày {} đến hết ngày {}", words::short_day(report.from), words::short_day(report.to)),
        rows_are: question.by.label().to_owned(),
        rows: report.rows.iter().map(row).collect(),
        total: ReportRow { name: "Tổng số".to_owned(), cells: cells(total, whole, "") },
        sum_check: sum_check(report),
        sum_holds: report.adds_up(),
        notes,
        counted: format!("Số liệu đến hết {}, lập lúc {}", words::short_day(report.to), words::moment(now)),
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
        count => format!("{sum} + {} bàn giao cho đơn vị khác khi sắp xếp", num(count)),
    }
}

/// What a reader must know of the rows where units were reorganised.
fn views_notes(report: &Report06a) -> Vec<String> {
    let mut notes = Vec::new();
    if !report.cuts.is_empty() {
        let days: Vec<String> = report.cuts.iter().map(|it| words::short_day(*it)).collect();
        notes.push(format!(
            "Sắp xếp đơn vị ngày {} chia kỳ thành {} phần. Hồ sơ đang giải quyết cuối phần trước là hồ sơ kỳ trước của phần sau; dòng tổng chỉ tính một lần.",
            days.join(", "),
            report.cuts.len() + 1
        ));
    }
    match report.by {
        By::Sector | By::Unit => {}
        By::Successor => notes.push(
            "Tính dồn về đơn vị đang giữ hồ sơ hôm nay, kể cả phần của đơn vị cũ. Đơn vị cũ bị chia: hồ sơ đã xong tính cho đơn vị kế thừa mặc định."
                .to_owned(),
        ),
        By::Territory => notes.push(
            "Tính theo nơi ở của chủ hồ sơ, trên địa giới hôm nay. Địa bàn đọc từ địa chỉ ghi trong hồ sơ.".to_owned(),
        ),
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
        sheet(&web, &question, &report);
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
        LinkView { label: "Biểu 06a".to_owned(), href: form_address(from, to, unit) },
        LinkView { label: "Bảng tính".to_owned(), href: format!("/kiem-soat/06a.xlsx?{query}") },
    ]
}
