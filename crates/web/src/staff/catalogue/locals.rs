//! What units do otherwise than the catalogue says.

use super::deciding::{Wrong, done, filled, in_words, links};
use super::{address, of_address, row_of};
use crate::Web;
use crate::citizen::procedure::local_lines;
use crate::frame::{self, encoded, html, html_as};
use crate::posted::Posted;
use crate::problem::Problem;
use crate::staff::phrases;
use crate::staff::views::{CatalogueLocalsPage, ChoiceView, LocalRow, StaffField};
use crate::texts;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::AppError;
use app::publication::{self, Local};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::ids::UnitId;
use domain::procedure::{Channel, LocalFee, LocalRule, ProcedureRevision};

/// What there is, unit by unit.
pub fn rows(web: &Web, it: &ProcedureRevision) -> Vec<LocalRow> {
    let known = web.house.now_known();
    let today = web.house.clock.now().day();
    let base = address(&it.procedure, "khac-biet");
    known
        .catalogue
        .locals_of(&it.procedure)
        .map(|local| LocalRow {
            unit: local.unit.to_string(),
            name: known.organisation.name_on(local.unit, today).to_owned(),
            lines: local_lines(&local.rule),
            basis: local.basis.clone(),
            href: format!("{base}?don-vi={}", encoded(&local.unit.to_string())),
        })
        .collect()
}

/// The page.
pub async fn page(State(web): State<Web>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Problem> {
    let current = of_address(&web, &id)?;
    Ok(html(&view(&web, &visitor, &current, &Posted::default(), &[]).await?))
}

async fn view(
    web: &Web,
    visitor: &Visitor,
    it: &ProcedureRevision,
    posted: &Posted,
    wrong: &[(String, String)],
) -> Result<CatalogueLocalsPage, Problem> {
    let known = web.house.now_known();
    let today = web.house.clock.now().day();
    let asked = phrases::asked(visitor);
    let chosen = if posted.has("don-vi") { posted.trimmed("don-vi") } else { asked.trimmed("don-vi") };
    let there = known.catalogue.locals_of(&it.procedure).find(|local| local.unit.to_string() == chosen);
    let rule = there.map(|own| own.rule.clone()).unwrap_or_default();
    let units = known.desks_of_level(it.procedure.tab.as_str(), today);
    let units = units.iter().map(|unit| {
        let key = unit.to_string();
        ChoiceView { chosen: key == chosen, ..ChoiceView::new(key, known.organisation.name_on(*unit, today)).as_name() }
    });
    let first = ChoiceView { chosen: chosen.is_empty(), ..ChoiceView::new("", say("form-choose")) };
    let mut fields =
        vec![StaffField::select("don-vi", say("figures-unit"), std::iter::once(first).chain(units).collect())];
    for (place, fee) in it.fees.iter().enumerate().filter(|(_, fee)| fee.is_set_locally()) {
        let amount = rule.fees.iter().find(|own| own.stated == fee.stated).map(|own| own.amount_vnd.to_string());
        let label = say_with("keeping-locals-amount", &[("fee", &fee.stated)]);
        let field = StaffField::digits(format!("phi-{place}"), label);
        fields.push(field.with_value(amount.unwrap_or_default()).as_optional());
    }
    let ticked = |own: Channel| {
        if posted.has("don-vi") {
            posted.all("kenh").iter().any(|it| it == own.as_str())
        } else {
            rule.channels.contains(&own)
        }
    };
    let more: Vec<ChoiceView> = Channel::ALL
        .into_iter()
        .filter(|own| !it.channels.contains(own))
        .map(|own| ChoiceView { chosen: ticked(own), ..ChoiceView::new(own.as_str(), texts::channel(own)) })
        .collect();
    if !more.is_empty() {
        fields.push(StaffField::ticks("kenh", say("keeping-locals-ways"), more).as_optional());
    }
    fields.extend([
        StaffField::line("noi", say("keeping-locals-place")).with_value(rule.place.as_str()).as_optional(),
        StaffField::line("gio", say("keeping-locals-hours")).with_value(rule.hours.as_str()).as_optional(),
        StaffField::line("quyet-dinh", say("keeping-locals-decision"))
            .with_value(there.map(|own| own.basis.clone()).unwrap_or_default()),
    ]);
    let page = frame::staff(web, visitor, say_with("keeping-locals-page", &[("name", &it.name)]), "/kiem-soat");
    Ok(CatalogueLocalsPage {
        page: if wrong.is_empty() { page } else { page.with_error_title() },
        row: row_of(web, it).await?,
        action: address(&it.procedure, "khac-biet"),
        back: address(&it.procedure, ""),
        locals: rows(web, it),
        errors: links(wrong),
        fields: filled(fields, posted, wrong),
    })
}

fn read(it: &ProcedureRevision, posted: &Posted) -> Result<Local, Wrong> {
    let mut wrong: Wrong = Vec::new();
    let unit = posted.trimmed("don-vi").parse::<UnitId>();
    if unit.is_err() {
        wrong.push(("don-vi".to_owned(), say("keeping-locals-choose").to_owned()));
    }
    let mut rule = LocalRule {
        channels: Channel::ALL
            .into_iter()
            .filter(|own| !it.channels.contains(own) && posted.all("kenh").iter().any(|it| it == own.as_str()))
            .collect(),
        place: posted.trimmed("noi").to_owned(),
        hours: posted.trimmed("gio").to_owned(),
        fees: Vec::new(),
    };
    for (place, fee) in it.fees.iter().enumerate().filter(|(_, fee)| fee.is_set_locally()) {
        let name = format!("phi-{place}");
        match amount(posted.trimmed(&name)) {
            Ok(None) => {}
            Ok(Some(amount_vnd)) => rule.fees.push(LocalFee { stated: fee.stated.clone(), amount_vnd }),
            Err(()) => wrong.push((name, texts::word("gap-amount"))),
        }
    }
    if rule.is_empty() && wrong.is_empty() {
        wrong.push(("don-vi".to_owned(), say("keeping-locals-nothing").to_owned()));
    }
    match unit {
        Ok(unit) if wrong.is_empty() => {
            Ok(Local { procedure: it.procedure.clone(), unit, rule, basis: posted.trimmed("quyet-dinh").to_owned() })
        }
        Ok(_) | Err(_) => Err(wrong),
    }
}

/// An amount as people type it: 50000, 50.000, 50 000; nothing for none.
pub fn amount(text: &str) -> Result<Option<i64>, ()> {
    let digits: String = text.chars().filter(|it| !matches!(it, '.' | ' ' | ',' | '\u{a0}')).collect();
    if text.trim().is_empty() {
        return Ok(None);
    }
    if digits.is_empty() || !digits.bytes().all(|it| it.is_ascii_digit()) {
        return Err(());
    }
    digits.parse().map(Some).map_err(|_| ())
}

/// Keeps what a unit does otherwise, or drops it.
pub async fn keep(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let current = of_address(&web, &id)?;
    let officer = visitor.person()?;
    let came = if posted.trimmed("lenh") == "bo" {
        let unit = posted.trimmed("don-vi").parse().map_err(|_| AppError::NotFound)?;
        publication::drop_local(&web.house, officer, &current.procedure, unit).await
    } else {
        match read(&current, &posted) {
            Ok(local) => publication::keep_local(&web.house, officer, local).await,
            Err(wrong) => {
                let view = view(&web, &visitor, &current, &posted, &wrong).await?;
                return Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &view));
            }
        }
    };
    match came {
        Ok(()) => Ok(done(&current.procedure, "khac-biet")),
        Err(AppError::Invalid(problems)) => {
            let view = view(&web, &visitor, &current, &posted, &in_words(&problems)).await?;
            Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &view))
        }
        Err(other) => Err(other.into()),
    }
}
