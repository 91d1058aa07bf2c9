//! Watching over procedures: terms the source does not give, requests that stand out, who read what.

use super::phrases;
use super::views::{
    ChoiceView, ExtraRequest, ExtraRequestsPage, LinkView, ReadingLogPage, ReadingRow, StaffField, TermEntryPage,
    TermlessPage, TermlessRow,
};
use super::work_list::short;
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
use app::catalogue::{self, TermEntry};
use app::desk;
use app::words;
use app::work::{self, UnusualRequest};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::dossier::{DossierCode, SupplementRequest};
use domain::ids::PersonId;
use domain::person::fold;
use domain::post::Post;
use domain::procedure::{ProcedureId, ProcedureRevision};
use domain::time::Instant;
use jiff::civil::Date;

/// Ways a term is counted: as they are kept, and the keys of what one chooses.
pub const COUNTED: [(&str, &str); 4] = [
    ("wd", "term-counted-wd"),
    ("wh", "term-counted-wh"),
    ("d", "term-counted-d"),
    ("sameday", "term-counted-sameday"),
];
/// Longest line, in characters.
const LINE_CHARS_MAX: usize = 300;

/// A level of government in words.
pub fn level(tab: &str) -> &'static str {
    match tab {
        "ward" => say("termless-ward"),
        "district" => say("termless-district"),
        _ => say("termless-other-level"),
    }
}

fn term_address(id: &ProcedureId) -> String {
    format!("/kiem-soat/chua-co-thoi-han/{}", frame::encoded(&id.to_string()))
}

fn termless_row(visitor: &Visitor, it: &ProcedureRevision) -> TermlessRow {
    TermlessRow {
        code: it.code.as_ref().map_or_else(|| it.procedure.slug.clone(), ToString::to_string),
        name: it.name.clone(),
        sector: it.sector.clone(),
        level: level(it.procedure.tab.as_str()).to_owned(),
        stated: it.time_limit_stated.clone(),
        href: if visitor.holds_any(&[Post::ControlOfficer]) { term_address(&it.procedure) } else { String::new() },
    }
}

/// Procedures nobody can receive yet.
pub async fn termless(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let asked = phrases::asked(&visitor);
    let text: String = asked.trimmed("q").chars().take(100).collect();
    let folded = fold(&text);
    let known = web.house.now_known();
    let rows: Vec<TermlessRow> = known
        .catalogue
        .all()
        .filter(|it| it.time_limit.is_none())
        .map(|it| termless_row(&visitor, it))
        .filter(|it| folded.is_empty() || fold(&it.name).contains(&folded) || fold(&it.code).contains(&folded))
        .collect();
    let page = phrases::page_number(&asked);
    let base = format!("/kiem-soat/chua-co-thoi-han?{}", phrases::query(&[("q", &text)]));
    let mut shown = frame::staff(&web, &visitor, say("termless-title"), "/kiem-soat");
    if asked.has("xong") {
        shown = frame::flash(shown, crate::page::Tone::Good, say("termless-entered"));
    }
    let view = TermlessPage {
        page: shown,
        text,
        pager: phrases::pager(rows.len(), page, base.trim_end_matches('?')),
        rows: phrases::page_of(rows, page),
    };
    Ok(html(&view))
}

fn procedure_of(web: &Web, id: &str) -> Result<std::sync::Arc<ProcedureRevision>, Problem> {
    let id: ProcedureId = id.parse().map_err(|_| AppError::NotFound)?;
    Ok(web.house.now_known().catalogue.current(&id).ok_or(AppError::NotFound)?)
}

/// The form for a term.
pub async fn term_page(State(web): State<Web>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Problem> {
    let procedure = procedure_of(&web, &id)?;
    Ok(html(&term_view(&web, &visitor, &procedure, &Posted::default(), &[]).await?))
}

async fn term_view(
    web: &Web,
    visitor: &Visitor,
    procedure: &ProcedureRevision,
    typed: &Posted,
    wrong: &[(String, String)],
) -> Result<TermEntryPage, Problem> {
    let counted = |name: &str, otherwise: &str| {
        let chosen = if typed.has(name) { typed.trimmed(name) } else { otherwise };
        COUNTED
            .iter()
            .map(|(value, label)| ChoiceView { chosen: *value == chosen, ..ChoiceView::new(*value, say(label)) })
            .collect::<Vec<_>>()
    };
    let fields = vec![
        StaffField::digits("luat-dinh", say("term-entry-legal")).with_hint(say("term-entry-legal-hint")),
        StaffField::select("don-vi-luat", say("term-entry-unit"), counted("don-vi-luat", "wd")),
        StaffField::digits("cam-ket", say("term-entry-committed"))
            .with_hint(say("term-entry-committed-hint"))
            .as_optional(),
        StaffField::select("don-vi-cam-ket", say("term-entry-committed-unit"), counted("don-vi-cam-ket", "wd")),
        StaffField::line("can-cu", say("term-entry-basis")),
        StaffField::line("quyet-dinh", say("term-entry-decision")),
        StaffField::day("ngay", say("term-entry-day")).with_hint(say("term-entry-day-hint")),
    ];
    let fields: Vec<StaffField> = fields
        .into_iter()
        .map(|field| {
            let value = typed.text(&field.name).chars().take(LINE_CHARS_MAX).collect::<String>();
            let said = wrong.iter().find(|it| it.0 == field.name).map(|it| it.1.clone());
            let field = field.with_value(value);
            match said {
                Some(said) => field.with_error(said),
                None => field,
            }
        })
        .collect();
    let errors =
        wrong.iter().map(|(field, text)| FieldLink { href: format!("#{field}"), text: text.clone() }).collect();
    let known = web.house.now_known();
    let revisions = desk::revisions(&web.house, &procedure.procedure)
        .await?
        .into_iter()
        .map(|(key, at, by, basis)| {
            let number = key.rsplit_once('#').map_or("", |it| it.1);
            let who = by.map(|it| format!(", {}", known.staff_name(it))).unwrap_or_default();
            let basis = if basis.is_empty() { String::new() } else { format!(": {basis}") };
            LinkView {
                label: say_with(
                    "term-entry-revision",
                    &[("number", &number), ("day", &spoken::short_day(at.day())), ("who", &who), ("basis", &basis)],
                ),
                href: format!("/thu-tuc/{}", frame::encoded(&procedure.procedure.to_string())),
            }
        })
        .collect();
    let page = frame::staff(web, visitor, say("term-entry-title"), "/kiem-soat");
    Ok(TermEntryPage {
        page: if wrong.is_empty() { page } else { page.with_error_title() },
        procedure: termless_row(visitor, procedure),
        action: term_address(&procedure.procedure),
        revision: procedure.number.to_string(),
        errors,
        fields,
        revisions,
    })
}

/// "3wd" from a number and a way of counting; empty where both say nothing.
pub fn term_text(number: &str, counted: &str) -> String {
    let digits: String = number.trim().trim_start_matches('0').to_owned();
    match (counted, digits.as_str()) {
        ("sameday", _) => "sameday".to_owned(),
        (_, "") => String::new(),
        (counted, digits) => format!("{digits}{counted}"),
    }
}

/// The answer to it: a new revision.
pub async fn enter_term(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let procedure = procedure_of(&web, &id)?;
    let today = web.house.clock.now().day();
    let mut wrong: Vec<(String, String)> = Vec::new();
    let mut refuse = |field: &str, key: &'static str| wrong.push((field.to_owned(), say(key).to_owned()));
    if posted.trimmed("ban") != procedure.number.to_string() {
        refuse("luat-dinh", "term-entry-changed");
    }
    let legal = term_text(posted.trimmed("luat-dinh"), posted.trimmed("don-vi-luat"));
    let committed = match posted.trimmed("cam-ket") {
        "" => String::new(),
        number => term_text(number, posted.trimmed("don-vi-cam-ket")),
    };
    let (law, decision) = (posted.trimmed("can-cu"), posted.trimmed("quyet-dinh"));
    for (field, text) in [("can-cu", law), ("quyet-dinh", decision)] {
        if text.is_empty() {
            refuse(field, if field == "can-cu" { "term-entry-no-basis" } else { "term-entry-no-decision" });
        } else if text.chars().count() > LINE_CHARS_MAX / 2 || text.chars().any(char::is_control) {
            refuse(field, "term-entry-one-line");
        }
    }
    let day = phrases::typed_day(posted.trimmed("ngay"), today);
    if day.is_none_or(|it| it > today) {
        refuse("ngay", "term-entry-day-passed");
    }
    if wrong.is_empty() {
        let day = day.map(words::short_day).unwrap_or_default();
        let basis = format!("Quyết định {decision} ngày {day}; {law}");
        let entry = TermEntry { procedure: procedure.procedure.clone(), legal, committed, basis };
        match catalogue::enter_term(&web.house, visitor.person()?, entry).await {
            Ok(_) => return Ok(Redirect::to("/kiem-soat/chua-co-thoi-han?xong=1").into_response()),
            Err(AppError::Invalid(problems)) => {
                for problem in &problems {
                    wrong.push((term_field(&problem.field).to_owned(), term_words(problem)));
                }
            }
            Err(other) => return Err(other.into()),
        }
    }
    let view = term_view(&web, &visitor, &procedure, &posted, &wrong).await?;
    Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &view))
}

fn term_field(field: &str) -> &'static str {
    match field {
        "committed" => "cam-ket",
        "basis" => "can-cu",
        _ => "luat-dinh",
    }
}

fn term_words(problem: &app::FieldProblem) -> String {
    if problem.key == "gap-term" { say("term-entry-term").to_owned() } else { texts::field_problem(problem) }
}

/// Requests for papers that stand out.
pub async fn extra_requests(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let asked = phrases::asked(&visitor);
    let (from, to, _) = phrases::period(&asked, web.house.clock.now().day());
    let found = work::unusual_requests(&web.house).await?;
    let within: Vec<UnusualRequest> = found.into_iter().filter(|it| (from..=to).contains(&it.2.day())).collect();
    let page = phrases::page_number(&asked);
    let (from, to) = (words::short_day(from), words::short_day(to));
    let base = format!("/kiem-soat/bo-sung?{}", phrases::query(&[("tu", &from), ("den", &to)]));
    let pager = phrases::pager(within.len(), page, &base);
    let rows = desk::asked_in(&web.house, phrases::page_of(within, page)).await?;
    let view = ExtraRequestsPage {
        page: frame::staff(&web, &visitor, say("unusual-page"), "/kiem-soat"),
        from,
        to,
        rows: rows.iter().map(|(request, body)| extra(&web, request, body.as_ref())).collect(),
        pager,
    };
    Ok(html(&view))
}

fn extra(web: &Web, request: &UnusualRequest, body: Option<&SupplementRequest>) -> ExtraRequest {
    let (code, procedure, at, actor, facts) = request;
    let facts: serde_json::Value = serde_json::from_str(facts).unwrap_or_default();
    let holds = |name: &str| facts.get(name).and_then(serde_json::Value::as_bool) == Some(true);
    let mut why = Vec::new();
    if holds("beyond_list") {
        why.push(say("unusual-beyond"));
    }
    if holds("overridden") {
        why.push(say("unusual-again"));
    }
    let who = actor.map(|it| by_words(web, it, *at)).unwrap_or_default();
    let asked = body.map_or_else(
        || say("unusual-erased").to_owned(),
        |it| it.items.iter().map(|it| it.name.as_str()).collect::<Vec<_>>().join("; "),
    );
    let legal = match body {
        Some(it) if !it.legal_basis.is_empty() => it.legal_basis.clone(),
        Some(it) if !it.override_reason.is_empty() => say_with("unusual-reason", &[("reason", &it.override_reason)]),
        Some(_) | None => String::new(),
    };
    ExtraRequest {
        at: spoken::short_moment(at.local()),
        href: DossierCode::parse(code).map_or_else(|_| String::new(), |it| phrases::dossier_address(&it)),
        code: code.clone(),
        procedure: short(procedure),
        approved: if holds("overridden") { who.split(',').next().unwrap_or("").to_owned() } else { String::new() },
        by: who,
        asked,
        why: why.join(", "),
        legal,
    }
}

/// "Đặng Hải Long, chuyên viên thụ lý, phòng Tư pháp", as of that day.
fn by_words(web: &Web, person: PersonId, at: Instant) -> String {
    let known = web.house.now_known();
    let name = known.staff_name(person);
    match known.mandates.of(person, at.day()).next() {
        Some(it) => {
            format!("{name}, {}, {}", texts::post(it.post), within(known.organisation.name_on(it.unit, at.day())))
        }
        None => name.to_owned(),
    }
}

/// Who read whose data.
pub async fn reading_log(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let asked = phrases::asked(&visitor);
    let today = web.house.clock.now().day();
    let typed = |name: &str| asked.trimmed(name).chars().take(100).collect::<String>();
    let (who, code) = (fold(&typed("ai")), typed("ma").to_uppercase());
    let day = |name: &str| -> Option<Date> { phrases::typed_day(asked.trimmed(name), today) };
    let (from, to) = (day("tu"), day("den"));
    let known = web.house.now_known();
    let whole = DossierCode::parse(&code).ok();
    let found = work::readings(&web.house, whole.as_ref(), (from, to)).await?;
    let is_cut = found.len() >= work::READINGS_MAX as usize;
    let rows: Vec<ReadingRow> = found
        .into_iter()
        .filter(|(person, _, _, _, of)| {
            (who.is_empty() || fold(known.staff_name(*person)).contains(&who))
                && (code.is_empty() || of.contains(&code))
        })
        .map(|(person, at, what, reason, of)| {
            let said = by_words(&web, person, at);
            let post = said.split_once(", ").map_or("", |it| it.1);
            ReadingRow {
                at: spoken::short_moment(at.local()),
                who: match known.staff_name(person) {
                    "" => say("readings-submitter").to_owned(),
                    name => name.to_owned(),
                },
                post: post.to_owned(),
                href: DossierCode::parse(&of).map_or_else(|_| String::new(), |it| phrases::dossier_address(&it)),
                code: of,
                what,
                reason,
            }
        })
        .collect();
    let wrong = |name: &str, field: StaffField| {
        let text = typed(name);
        let field = field.with_value(&text).as_optional();
        if text.is_empty() || day(name).is_some() { field } else { field.with_error(say("gap-day")) }
    };
    let page = phrases::page_number(&asked);
    let base = format!(
        "/kiem-soat/nhat-ky?{}",
        phrases::query(&[("ai", &typed("ai")), ("ma", &typed("ma")), ("tu", &typed("tu")), ("den", &typed("den"))])
    );
    let view = ReadingLogPage {
        page: frame::staff(&web, &visitor, say("readings-page"), "/kiem-soat"),
        fields: vec![
            StaffField::line("ai", say("readings-who")).with_value(typed("ai")).as_optional(),
            StaffField::line("ma", say("readings-code")).with_value(typed("ma")).as_optional(),
            wrong("tu", StaffField::day("tu", say("readings-from"))),
            wrong("den", StaffField::day("den", say("readings-to"))),
        ],
        is_cut,
        pager: phrases::pager(rows.len(), page, base.trim_end_matches('?')),
        rows: phrases::page_of(rows, page),
    };
    Ok(html(&view))
}
