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
use crate::spoken;
use crate::visitor::Visitor;
use crate::{say, say_with};
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
/// Most units whose hours are listed.
const UNITS_MAX: usize = 500;

/// Why a day is off: how it is sent, its key and what it is.
const KINDS: [(&str, &str, DayKind); 3] = [
    ("le", "calendar-kind-statutory", DayKind::Statutory),
    ("bu", "calendar-kind-compensatory", DayKind::Compensatory),
    ("doi", "calendar-kind-swapped", DayKind::Swapped),
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
        let rows = rows.iter().map(|it| moved(spoken::term(it.of), it)).collect();
        (say_with("calendar-filed", &[("at", &spoken::moment(*received))]), rows)
    });
    let dossiers = effect.dossiers.iter().take(LISTED_MAX).map(|it| MovedRow {
        href: phrases::dossier_address(&it.of.code),
        about: it.of.procedure_name.clone(),
        ..moved(it.of.code.to_string(), it)
    });
    let looked_at = if effect.cut { "calendar-effect-looked-cut" } else { "calendar-effect-looked" };
    EffectView {
        examples: examples.collect(),
        dossiers: dossiers.collect(),
        count: say_with("calendar-effect-count", &[("count", &Num(effect.dossiers.len() as u64))]),
        heading: if effect.dossiers.len() > LISTED_MAX {
            say_with("calendar-dossiers-first", &[("count", &LISTED_MAX)])
        } else {
            say("calendar-dossiers").to_owned()
        },
        looked_at: say_with(looked_at, &[("count", &Num(effect.looked_at as u64))]),
    }
}

fn moved<T>(what: String, it: &Moved<T>) -> MovedRow {
    let words = match it.after.cmp(&it.before) {
        std::cmp::Ordering::Equal => say("calendar-same"),
        std::cmp::Ordering::Greater => say("calendar-later"),
        std::cmp::Ordering::Less => say("calendar-earlier"),
    };
    let provisional = if it.provisional { say("calendar-provisional") } else { "" };
    MovedRow {
        what,
        before: spoken::moment(it.before),
        after: spoken::moment(it.after),
        words: format!("{words}{provisional}"),
        moved: it.after != it.before,
        ..MovedRow::default()
    }
}

fn kind_words(kind: Option<DayKind>) -> &'static str {
    say(kind.and_then(|kind| KINDS.iter().find(|it| it.2 == kind)).map_or("calendar-off", |it| it.1))
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
        warnings.push(say_with("calendar-missing-year", &[("year", &missing)]));
    }
    if !calendar.publishes(year) && table.day_off.iter().any(|it| it.date.year() == year) {
        warnings.push(say_with("calendar-projected-year", &[("year", &year)]));
    }
    let mut rows: Vec<(Date, DayRowView)> =
        table.day_off.iter().filter(|it| it.date.year() == year).map(|it| (it.date, day_row(it, today))).collect();
    rows.extend(table.make_up.iter().filter(|it| it.date.year() == year).map(|it| {
        let view = DayRowView {
            day: spoken::day(it.date),
            name: say("calendar-made-up-day").to_owned(),
            is_our_name: true,
            kind: it.in_place_of.map_or_else(
                || say("calendar-worked").to_owned(),
                |day| say_with("calendar-worked-for", &[("day", &spoken::short_day(day))]),
            ),
            state: ChipView::new(Tone::Plain, say("calendar-worked")),
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
        let (day, who) = (spoken::short_day(at.day()), known.staff_name(by));
        say_with("calendar-decided", &[("number", &number), ("day", &day), ("who", &who), ("basis", &basis)])
    });
    let mut page = frame::staff(web, visitor, say("calendar-days-page"), "/kiem-soat");
    if asked.has("xong") {
        page = frame::flash(page, Tone::Good, say("calendar-days-done"));
    }
    Ok(CalendarPage {
        page: if wrong.is_empty() { page } else { page.with_error_title() },
        here: "lich",
        lead: say("calendar-days-lead"),
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
    let made_up = |day| say_with("calendar-made-up", &[("day", &spoken::short_day(day))]);
    let made_up = it.made_up_on.map(made_up).unwrap_or_default();
    let state = if it.is_unconfirmed() {
        ChipView::new(Tone::Warn, say("calendar-unconfirmed")).with_icon(Icon::Alert)
    } else if it.is_projected() {
        ChipView::new(Tone::Warn, say("calendar-projected")).with_icon(Icon::Alert)
    } else {
        ChipView::new(Tone::Good, say("calendar-off"))
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
        form("nghi", say("calendar-confirm"))
    } else {
        form("lam", say("calendar-drop"))
    };
    DayRowView {
        day: spoken::day(it.date),
        name: it.name.clone(),
        is_our_name: false,
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
        ("nghi", say("calendar-act-off")),
        ("lam", say("calendar-act-worked")),
        ("cong-bo", say("calendar-act-publish")),
    ];
    vec![
        StaffField::radios("viec", say("calendar-change"), pick("viec", &acts)),
        StaffField::day("ngay", say("form-day")).with_hint(say("calendar-day-hint")).with_value(typed("ngay")),
        StaffField::line("ten", say("calendar-day-name")).with_value(typed("ten")).as_optional(),
        StaffField::select("loai", say("calendar-kind"), pick("loai", &KINDS.map(|it| (it.0, say(it.1))))),
        StaffField::day("lam-bu", say("calendar-made-up-on"))
            .with_hint(say("calendar-made-up-on-hint"))
            .with_value(typed("lam-bu"))
            .as_optional(),
        StaffField::line("quyet-dinh", say("calendar-days-basis")),
    ]
}

fn read_days(web: &Web, posted: &Posted) -> Result<CalendarChange, Wrong> {
    let today = web.house.clock.now().day();
    let mut wrong: Wrong = Vec::new();
    let day = phrases::typed_day(posted.trimmed("ngay"), today);
    if day.is_none() {
        wrong.push(("ngay".to_owned(), say("calendar-gap-day").to_owned()));
    }
    let made_up_on = match posted.trimmed("lam-bu") {
        "" => None,
        text => {
            let day = phrases::typed_day(text, today);
            if day.is_none() {
                wrong.push(("lam-bu".to_owned(), say("calendar-gap-made-up-on").to_owned()));
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
                wrong.push(("ten".to_owned(), say("calendar-gap-name").to_owned()));
            } else if name.chars().count() > DAY_NAME_CHARS_MAX || name.chars().any(char::is_control) {
                wrong.push(("ten".to_owned(), say_with("calendar-gap-name-long", &[("max", &DAY_NAME_CHARS_MAX)])));
            }
            if kind == Some(DayKind::Swapped) && posted.trimmed("lam-bu").is_empty() {
                wrong.push(("lam-bu".to_owned(), say("calendar-gap-swapped").to_owned()));
            }
        }
        "lam" | "cong-bo" => {}
        _ => wrong.push(("viec".to_owned(), say("calendar-gap-change").to_owned())),
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
                .map(|(from, own)| {
                    let day = spoken::short_day(from);
                    say_with("calendar-coming-from", &[("day", &day), ("hours", &own.hours), ("place", &own.seat)])
                })
                .unwrap_or_default(),
            href: format!("{HOURS}?don-vi={}#doi", encoded(&id.to_string())),
        })
    });
    let units: Vec<UnitHoursView> = units.collect();
    let own = chosen.and_then(|it| known.organisation.attributes_on(it, today));
    let first = ChoiceView { chosen: chosen.is_none(), ..ChoiceView::new("", say("form-choose")) };
    let choices = standing
        .iter()
        .map(|(id, name)| ChoiceView { chosen: chosen == Some(*id), ..ChoiceView::new(id.to_string(), name.as_str()) });
    let tomorrow = today.tomorrow().unwrap_or(today);
    let fields = vec![
        StaffField::select("don-vi", say("house-unit"), std::iter::once(first).chain(choices).collect()),
        StaffField::day("tu-ngay", say("house-from"))
            .with_hint(say("calendar-from-hint"))
            .with_value(words::short_day(tomorrow)),
        StaffField::line("gio", say("calendar-hours"))
            .with_hint(say("calendar-hours-hint"))
            .with_value(own.map_or_else(|| OpeningHours::default().to_string(), |it| it.hours.to_string())),
        StaffField::line("noi", say("calendar-place")).with_hint(say("calendar-kept")).as_optional(),
        StaffField::line("dien-thoai", say("house-phone")).with_hint(say("calendar-kept")).as_optional(),
        StaffField::line("quyet-dinh", say("calendar-hours-basis")),
    ];
    let (effect, mark) = effect.map_or((None, String::new()), |it| (Some(effect_view(it.0)), it.1));
    let mut page = frame::staff(web, visitor, say("calendar-hours"), "/kiem-soat");
    if asked.has("xong") {
        page = frame::flash(page, Tone::Good, say("calendar-hours-done"));
    }
    Ok(CalendarPage {
        page: if wrong.is_empty() { page } else { page.with_error_title() },
        here: "gio",
        lead: say("calendar-hours-lead"),
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
        wrong.push(("don-vi".to_owned(), say("calendar-gap-unit").to_owned()));
    }
    let from = phrases::typed_day(posted.trimmed("tu-ngay"), today);
    if from.is_none() {
        wrong.push(("tu-ngay".to_owned(), say("calendar-gap-from").to_owned()));
    }
    let text: String = posted.text("gio").chars().filter(|it| !it.is_whitespace()).collect();
    let hours = text.replace('–', "-").parse::<OpeningHours>();
    if hours.is_err() {
        wrong.push(("gio".to_owned(), say("calendar-gap-hours").to_owned()));
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
