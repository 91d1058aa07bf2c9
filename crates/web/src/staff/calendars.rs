//! Days off and opening hours on the pages of control: what a change does is seen before it is saved.

use super::catalogue::deciding::{filled, in_words, links};
use super::views::{
    CalendarPage, ChipView, ChoiceView, DayRowView, EffectView, LinkView, MovedRow, Num, StaffField, UnitHoursView,
};
use super::{CONTROL, phrases};
use crate::Web;
use crate::door::Routes;
use crate::frame::{self, encoded, html, html_as};
use crate::page::{Icon, Tone};
use crate::posted::Posted;
use crate::problem::Problem;
use crate::visitor::Visitor;
use app::calendars::{self, Effect, HoursChange, Moved};
use app::{AppError, words};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::calendar::{CalendarChange, DAY_NAME_CHARS_MAX, DayKind, DayRow, OpeningHours};
use domain::ids::UnitId;
use jiff::civil::Date;

/// Where the days off are.
pub const DAYS: &str = "/kiem-soat/lich";
/// Where the hours are.
pub const HOURS: &str = "/kiem-soat/gio-lam-viec";
/// Dossiers listed of those whose date would differ.
const LISTED_MAX: usize = 50;
/// What an empty box of place or telephone means.
const KEPT: &str = "Để trống nếu không đổi.";
/// Most units whose hours are listed.
const UNITS_MAX: usize = 500;

const KINDS: [(&str, &str, DayKind); 3] = [
    ("le", "nghỉ lễ, tết", DayKind::Statutory),
    ("bu", "nghỉ bù", DayKind::Compensatory),
    ("doi", "nghỉ hoán đổi", DayKind::Swapped),
];

/// The routes of it.
pub fn routes(routes: Routes) -> Routes {
    routes.get(DAYS, CONTROL, days).post(DAYS, CONTROL, change_days).get(HOURS, CONTROL, hours).post(
        HOURS,
        CONTROL,
        change_hours,
    )
}

type Wrong = Vec<(String, String)>;

// ---- in words ----

fn effect_view(effect: &Effect) -> EffectView {
    let examples = effect.examples.iter().map(|(received, rows)| {
        let rows = rows.iter().map(|it| moved(words::term(it.of), it)).collect();
        (format!("Nộp {}", words::moment(*received)), rows)
    });
    let dossiers = effect.dossiers.iter().take(LISTED_MAX).map(|it| MovedRow {
        href: phrases::dossier_address(&it.of.code),
        about: it.of.procedure_name.clone(),
        ..moved(it.of.code.to_string(), it)
    });
    EffectView {
        examples: examples.collect(),
        dossiers: dossiers.collect(),
        count: Num(effect.dossiers.len() as u64),
        shortened: effect.dossiers.len() > LISTED_MAX,
        looked_at: Num(effect.looked_at as u64),
        cut: effect.cut,
    }
}

fn moved<T>(what: String, it: &Moved<T>) -> MovedRow {
    let words = match it.after.cmp(&it.before) {
        std::cmp::Ordering::Equal => "như cũ",
        std::cmp::Ordering::Greater => "muộn hơn",
        std::cmp::Ordering::Less => "sớm hơn",
    };
    let provisional = if it.provisional { ", tạm tính: năm chưa có lịch công bố" } else { "" };
    MovedRow {
        what,
        before: words::moment(it.before),
        after: words::moment(it.after),
        words: format!("{words}{provisional}"),
        moved: it.after != it.before,
        ..MovedRow::default()
    }
}

fn kind_words(kind: Option<DayKind>) -> &'static str {
    kind.and_then(|kind| KINDS.iter().find(|it| it.2 == kind)).map_or("nghỉ", |it| it.1)
}

// ---- days off ----

/// The table of a year, and the form.
pub async fn days(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    Ok(html(&days_view(&web, &visitor, &Posted::default(), None, &[]).await?))
}

async fn days_view(
    web: &Web,
    visitor: &Visitor,
    posted: &Posted,
    effect: Option<(&Effect, String)>,
    wrong: &[(String, String)],
) -> Result<CalendarPage, Problem> {
    let asked = phrases::asked(visitor);
    let today = web.house.clock.now().day();
    let known = web.house.now_known();
    let table = calendars::rows(&web.house)?;
    let calendar = web.house.calendar(&known);
    let mut years: Vec<i16> = table.day_off.iter().map(|it| it.date.year()).chain([today.year()]).collect();
    years.sort_unstable();
    years.dedup();
    let year = asked.trimmed("nam").parse::<i16>().ok().filter(|it| years.contains(it)).unwrap_or(today.year());
    let mut warnings = Vec::new();
    if let Some(missing) = calendar.missing_year(today) {
        warnings.push(format!(
            "Chưa có lịch nghỉ công bố của năm {missing}: hạn trả rơi vào năm đó là tạm tính theo Bộ luật Lao động."
        ));
    }
    if !calendar.publishes(year) && table.day_off.iter().any(|it| it.date.year() == year) {
        warnings
            .push(format!("Lịch năm {year} mới là dự kiến: hạn trả rơi vào năm đó là tạm tính cho đến khi công bố."));
    }
    let mut rows: Vec<(Date, DayRowView)> =
        table.day_off.iter().filter(|it| it.date.year() == year).map(|it| (it.date, day_row(it, today))).collect();
    rows.extend(table.make_up.iter().filter(|it| it.date.year() == year).map(|it| {
        let instead = it.in_place_of.map(|day| format!(" cho {}", words::short_day(day))).unwrap_or_default();
        let view = DayRowView {
            day: words::day(it.date),
            name: "Làm bù".to_owned(),
            kind: format!("làm việc{instead}"),
            state: ChipView::new(Tone::Plain, "làm việc"),
            ..DayRowView::default()
        };
        (it.date, view)
    }));
    rows.sort_by_key(|it| it.0);
    let mut seen = vec![("so".to_owned(), known.calendar_number().to_string())];
    let (effect, mark) = effect.map_or((None, String::new()), |it| (Some(effect_view(it.0)), it.1));
    seen.push(("da-xem".to_owned(), mark));
    let decided = calendars::history(&web.house).await?;
    let history = decided.into_iter().map(|(number, basis, at, by)| {
        format!("Bảng {number}, {}, {}: {basis}", words::short_day(at.day()), known.staff_name(by))
    });
    let mut page = frame::staff(web, visitor, "Lịch làm việc", "/kiem-soat");
    if asked.has("xong") {
        page = frame::flash(page, Tone::Good, "Đã ghi lịch mới. Hồ sơ nhận từ lúc này tính theo lịch mới.");
    }
    Ok(CalendarPage {
        page: if wrong.is_empty() { page } else { page.with_error_title() },
        here: "lich",
        lead: "Hạn trả tính theo lịch này. Xem ảnh hưởng của một thay đổi trước, rồi ghi kèm số quyết định.".to_owned(),
        warnings,
        tabs: years
            .into_iter()
            .map(|it| (LinkView { label: it.to_string(), href: format!("{DAYS}?nam={it}") }, it == year))
            .collect(),
        days: rows.into_iter().map(|it| it.1).collect(),
        units: Vec::new(),
        errors: links(wrong),
        action: format!("{DAYS}?nam={year}#anh-huong"),
        seen,
        fields: filled(day_fields(&asked, posted), posted, wrong),
        effect,
        history: history.collect(),
    })
}

fn day_row(it: &DayRow, today: Date) -> DayRowView {
    let made_up = it.made_up_on.map(|day| format!(", làm bù {}", words::short_day(day))).unwrap_or_default();
    let state = if it.is_unconfirmed() {
        ChipView::new(Tone::Warn, "chưa xác nhận: vẫn làm việc").with_icon(Icon::Alert)
    } else if it.is_projected() {
        ChipView::new(Tone::Warn, "dự kiến, chưa công bố").with_icon(Icon::Alert)
    } else {
        ChipView::new(Tone::Good, "nghỉ")
    };
    let form = |act: &str, label: &str| LinkView {
        label: label.to_owned(),
        href: format!(
            "{DAYS}?{}#doi",
            phrases::query(&[
                ("nam", &it.date.year().to_string()),
                ("viec", act),
                ("ngay", &words::short_day(it.date)),
                ("ten", &it.name),
            ])
        ),
    };
    let act = if it.date <= today {
        LinkView::default()
    } else if it.is_unconfirmed() || it.is_projected() {
        form("nghi", "Xác nhận nghỉ")
    } else {
        form("lam", "Bỏ ngày nghỉ")
    };
    DayRowView {
        day: words::day(it.date),
        name: it.name.clone(),
        kind: format!("{}{made_up}", kind_words(it.kind)),
        state,
        act,
    }
}

fn day_fields(asked: &Posted, posted: &Posted) -> Vec<StaffField> {
    let source = if posted.has("viec") { posted } else { asked };
    let pick = |name: &str, all: &[(&str, &str)]| {
        let chosen = match source.trimmed(name) {
            "" => all.first().map_or("", |it| it.0),
            text => text,
        };
        all.iter()
            .map(|(key, label)| ChoiceView { chosen: *key == chosen, ..ChoiceView::new(*key, *label) })
            .collect::<Vec<_>>()
    };
    let typed = |name: &str| source.trimmed(name).chars().take(DAY_NAME_CHARS_MAX).collect::<String>();
    let acts = [
        ("nghi", "Nghỉ ngày này"),
        ("lam", "Bỏ ngày nghỉ, làm việc bình thường"),
        ("cong-bo", "Công bố cả năm đang dự kiến"),
    ];
    vec![
        StaffField::radios("viec", "Thay đổi", pick("viec", &acts)),
        StaffField::day("ngay", "Ngày")
            .with_hint("Như 02/05/2025. Công bố cả năm thì ghi một ngày của năm đó.")
            .with_value(typed("ngay")),
        StaffField::line("ten", "Tên ngày nghỉ").with_value(typed("ten")).as_optional(),
        StaffField::select("loai", "Loại", pick("loai", &KINDS.map(|it| (it.0, it.1)))),
        StaffField::day("lam-bu", "Làm bù vào ngày")
            .with_hint("Thứ Bảy hoặc Chủ nhật, khi nghỉ hoán đổi.")
            .with_value(typed("lam-bu"))
            .as_optional(),
        StaffField::line("quyet-dinh", "Số, ngày và cơ quan ra thông báo"),
    ]
}

fn read_days(web: &Web, posted: &Posted) -> Result<CalendarChange, Wrong> {
    let today = web.house.clock.now().day();
    let mut wrong: Wrong = Vec::new();
    let day = phrases::typed_day(posted.trimmed("ngay"), today);
    if day.is_none() {
        wrong.push(("ngay".to_owned(), "Ghi ngày như 02/05/2025.".to_owned()));
    }
    let made_up_on = match posted.trimmed("lam-bu") {
        "" => None,
        text => {
            let day = phrases::typed_day(text, today);
            if day.is_none() {
                wrong.push(("lam-bu".to_owned(), "Ghi ngày như 26/04/2025, hoặc để trống.".to_owned()));
            }
            day
        }
    };
    let act = posted.trimmed("viec");
    let name = posted.trimmed("ten");
    let kind = KINDS.iter().find(|it| it.0 == posted.trimmed("loai")).map(|it| it.2);
    match act {
        "nghi" => {
            if name.is_empty() {
                wrong.push(("ten".to_owned(), "Ghi tên ngày nghỉ.".to_owned()));
            } else if name.chars().count() > DAY_NAME_CHARS_MAX || name.chars().any(char::is_control) {
                wrong.push(("ten".to_owned(), format!("Ghi gọn trên một dòng, không quá {DAY_NAME_CHARS_MAX} ký tự.")));
            }
            if kind == Some(DayKind::Swapped) && posted.trimmed("lam-bu").is_empty() {
                wrong.push(("lam-bu".to_owned(), "Nghỉ hoán đổi thì ghi ngày làm bù.".to_owned()));
            }
        }
        "lam" | "cong-bo" => {}
        _ => wrong.push(("viec".to_owned(), "Chọn một thay đổi.".to_owned())),
    }
    match (day, act) {
        (Some(day), "lam") if wrong.is_empty() => Ok(CalendarChange::Worked(day)),
        (Some(day), "cong-bo") if wrong.is_empty() => Ok(CalendarChange::Published(day.year())),
        (Some(date), _) if wrong.is_empty() => Ok(CalendarChange::Off(DayRow {
            date,
            name: name.to_owned(),
            kind,
            made_up_on,
            status: None,
            grade: None,
            source: Some(posted.trimmed("quyet-dinh").to_owned()).filter(|it| !it.is_empty()),
        })),
        _ => Err(wrong),
    }
}

/// What a change is, for seeing that it is the one that was looked at. The decision may be written afterwards.
fn mark_of(change: &CalendarChange) -> String {
    match change {
        CalendarChange::Off(row) => format!("nghi {} {:?} {:?}", row.date, row.kind, row.made_up_on),
        CalendarChange::Worked(day) => format!("lam {day}"),
        CalendarChange::Published(year) => format!("cong-bo {year}"),
    }
}

/// Looks at what a change would do, or saves it after it was looked at.
pub async fn change_days(State(web): State<Web>, visitor: Visitor, posted: Posted) -> Result<Response, Problem> {
    let change = match read_days(&web, &posted) {
        Ok(change) => change,
        Err(wrong) => return days_again(&web, &visitor, &posted, None, wrong).await,
    };
    let mark = mark_of(&change);
    let effect = match calendars::try_days(&web.house, change.clone()).await {
        Ok(effect) => effect,
        Err(AppError::Invalid(problems)) => {
            return days_again(&web, &visitor, &posted, None, in_words(&problems)).await;
        }
        Err(other) => return Err(other.into()),
    };
    if posted.trimmed("lenh") != "ghi" || posted.text("da-xem") != mark {
        return Ok(html(&days_view(&web, &visitor, &posted, Some((&effect, mark)), &[]).await?));
    }
    let seen = posted.trimmed("so").parse().unwrap_or(u32::MAX);
    let year = match &change {
        CalendarChange::Off(row) => row.date.year(),
        CalendarChange::Worked(day) => day.year(),
        CalendarChange::Published(year) => *year,
    };
    match calendars::save_days(&web.house, visitor.person()?, seen, (change, posted.trimmed("quyet-dinh"))).await {
        Ok(_) => Ok(Redirect::to(&format!("{DAYS}?xong=1&nam={year}")).into_response()),
        Err(AppError::Invalid(problems)) => {
            days_again(&web, &visitor, &posted, Some((&effect, mark)), in_words(&problems)).await
        }
        Err(other) => Err(other.into()),
    }
}

async fn days_again(
    web: &Web,
    visitor: &Visitor,
    posted: &Posted,
    effect: Option<(&Effect, String)>,
    wrong: Wrong,
) -> Result<Response, Problem> {
    let view = days_view(web, visitor, posted, effect, &wrong).await?;
    Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &view))
}

// ---- hours ----

/// The hours of every unit, and the form.
pub async fn hours(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    Ok(html(&hours_view(&web, &visitor, &Posted::default(), None, &[]).await?))
}

async fn hours_view(
    web: &Web,
    visitor: &Visitor,
    posted: &Posted,
    effect: Option<(&Effect, String)>,
    wrong: &[(String, String)],
) -> Result<CalendarPage, Problem> {
    let asked = phrases::asked(visitor);
    let today = web.house.clock.now().day();
    let known = web.house.now_known();
    let source = if posted.has("don-vi") { posted } else { &asked };
    let chosen = source.trimmed("don-vi").parse::<UnitId>().ok();
    let mut standing: Vec<(UnitId, String)> =
        known.organisation.standing_on(today).map(|(id, it)| (id, it.name.clone())).collect();
    standing.sort_by(|one, other| one.1.cmp(&other.1));
    let units = standing.iter().take(UNITS_MAX).filter_map(|(id, name)| {
        let it = known.organisation.attributes_on(*id, today)?;
        let next = known.organisation.find_unit(*id)?.next_change(today);
        Some(UnitHoursView {
            name: name.clone(),
            hours: it.hours.to_string().replace(',', ", "),
            place: [it.seat.as_str(), it.phone.as_str()].join(" · ").trim_matches([' ', '·']).to_owned(),
            coming: next
                .map(|(from, own)| format!("từ {}: {}, {}", words::short_day(from), own.hours, own.seat))
                .unwrap_or_default(),
            href: format!("{HOURS}?don-vi={}#doi", encoded(&id.to_string())),
        })
    });
    let units: Vec<UnitHoursView> = units.collect();
    let own = chosen.and_then(|it| known.organisation.attributes_on(it, today));
    let first = ChoiceView { chosen: chosen.is_none(), ..ChoiceView::new("", "Chọn…") };
    let choices = standing
        .iter()
        .map(|(id, name)| ChoiceView { chosen: chosen == Some(*id), ..ChoiceView::new(id.to_string(), name.as_str()) });
    let tomorrow = today.tomorrow().unwrap_or(today);
    let fields = vec![
        StaffField::select("don-vi", "Đơn vị", std::iter::once(first).chain(choices).collect()),
        StaffField::day("tu-ngay", "Từ ngày").with_hint("Từ ngày mai trở đi.").with_value(words::short_day(tomorrow)),
        StaffField::line("gio", "Giờ làm việc")
            .with_hint("Như 07:30-11:30, 13:30-17:30.")
            .with_value(own.map_or_else(|| OpeningHours::default().to_string(), |it| it.hours.to_string())),
        StaffField::line("noi", "Nơi làm việc").with_hint(KEPT).as_optional(),
        StaffField::line("dien-thoai", "Điện thoại").with_hint(KEPT).as_optional(),
        StaffField::line("quyet-dinh", "Số, ngày và cơ quan ra quyết định"),
    ];
    let (effect, mark) = effect.map_or((None, String::new()), |it| (Some(effect_view(it.0)), it.1));
    let mut page = frame::staff(web, visitor, "Giờ làm việc", "/kiem-soat");
    if asked.has("xong") {
        page = frame::flash(page, Tone::Good, "Đã ghi. Từ ngày đó đơn vị làm việc theo giờ mới.");
    }
    Ok(CalendarPage {
        page: if wrong.is_empty() { page } else { page.with_error_title() },
        here: "gio",
        lead: "Giờ làm việc của đơn vị giải quyết quyết định giờ hẹn trả. Giờ của ngày đã qua không đổi được."
            .to_owned(),
        warnings: Vec::new(),
        tabs: Vec::new(),
        days: Vec::new(),
        units,
        errors: links(wrong),
        action: format!("{HOURS}#anh-huong"),
        seen: vec![("da-xem".to_owned(), mark)],
        fields: filled(fields, posted, wrong),
        effect,
        history: Vec::new(),
    })
}

fn read_hours(web: &Web, posted: &Posted) -> Result<HoursChange, Wrong> {
    let today = web.house.clock.now().day();
    let mut wrong: Wrong = Vec::new();
    let unit = posted.trimmed("don-vi").parse::<UnitId>();
    if unit.is_err() {
        wrong.push(("don-vi".to_owned(), "Chọn một đơn vị trong danh sách.".to_owned()));
    }
    let from = phrases::typed_day(posted.trimmed("tu-ngay"), today);
    if from.is_none() {
        wrong.push(("tu-ngay".to_owned(), "Ghi ngày như 01/04/2025.".to_owned()));
    }
    let text: String = posted.text("gio").chars().filter(|it| !it.is_whitespace()).collect();
    let hours = text.replace('–', "-").parse::<OpeningHours>();
    if hours.is_err() {
        let words = "Ghi như 07:30-11:30, 13:30-17:30: buổi trước xong rồi mới đến buổi sau, tối đa 6 buổi.";
        wrong.push(("gio".to_owned(), words.to_owned()));
    }
    match (unit, from, hours) {
        (Ok(unit), Some(from), Ok(hours)) if wrong.is_empty() => Ok(HoursChange {
            unit,
            from,
            hours,
            seat: posted.trimmed("noi").to_owned(),
            phone: posted.trimmed("dien-thoai").to_owned(),
        }),
        _ => Err(wrong),
    }
}

/// Looks at what new hours would do, or saves them after that.
pub async fn change_hours(State(web): State<Web>, visitor: Visitor, posted: Posted) -> Result<Response, Problem> {
    let change = match read_hours(&web, &posted) {
        Ok(change) => change,
        Err(wrong) => return hours_again(&web, &visitor, &posted, None, wrong).await,
    };
    let mark = format!("{} {} {}", change.unit, change.from, change.hours);
    let effect = match calendars::try_hours(&web.house, change.clone()).await {
        Ok(effect) => effect,
        Err(AppError::Invalid(problems)) => {
            return hours_again(&web, &visitor, &posted, None, in_words(&problems)).await;
        }
        Err(other) => return Err(other.into()),
    };
    if posted.trimmed("lenh") != "ghi" || posted.text("da-xem") != mark {
        return Ok(html(&hours_view(&web, &visitor, &posted, Some((&effect, mark)), &[]).await?));
    }
    match calendars::save_hours(&web.house, visitor.person()?, (change, posted.trimmed("quyet-dinh"))).await {
        Ok(()) => Ok(Redirect::to(&format!("{HOURS}?xong=1")).into_response()),
        Err(AppError::Invalid(problems)) => {
            hours_again(&web, &visitor, &posted, Some((&effect, mark)), in_words(&problems)).await
        }
        Err(other) => Err(other.into()),
    }
}

async fn hours_again(
    web: &Web,
    visitor: &Visitor,
    posted: &Posted,
    effect: Option<(&Effect, String)>,
    wrong: Wrong,
) -> Result<Response, Problem> {
    let view = hours_view(web, visitor, posted, effect, &wrong).await?;
    Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &view))
}
