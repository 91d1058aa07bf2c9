//! Everything one must know about one procedure.

use super::catalogue::{address, is_verified, tab_words, term};
use super::views::{ChannelView, Fact, Link, PaperName, PaperView, ProcedurePage, Provenance, StartView, WorkStep};
use super::words::{channel_title, copies, fee_in_short, fee_kind, register};
use crate::Web;
use crate::frame::{self, encoded, html};
use crate::page::{Icon, Section};
use crate::problem::Problem;
use crate::spoken;
use crate::texts;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::AppError;
use app::house::Snapshot;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::calendar::{Term, TimeLimit};
use domain::procedure::{
    Channel, FeePer, FeeRule, LocalRule, Need, ProcedureId, ProcedureRevision, Requirement, RequirementGroup, Step,
    StepsSource,
};
use jiff::civil::{Date, date};

/// First day of government in two levels. Căn cứ: Luật Tổ chức chính quyền địa phương 2025.
const TWO_LEVELS_FROM: Date = date(2025, 7, 1);
/// Working minutes of a working day.
const DAY_MINUTES: u32 = 480;

/// Everything about one procedure.
///
/// # Errors
/// There is none of that id.
pub async fn page(State(web): State<Web>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Problem> {
    let known = web.house.now_known();
    let missing = || Problem::from(AppError::NotFound);
    let id: ProcedureId = id.parse().map_err(|_| missing())?;
    let it = known.catalogue.current(&id).ok_or_else(missing)?;
    let today = web.house.clock.now().day();
    let (competent, competent_note) = competent(&it, today);
    let sector = if it.sector.is_empty() { say("procedure-no-sector").to_owned() } else { it.sector.clone() };
    let (papers, special_papers) = papers(&it);
    let start = start(&known, &it, today);
    Ok(html(&ProcedurePage {
        page: frame::citizen(&web, &visitor, it.name.clone(), Section::Procedures),
        sector: Link { href: format!("/thu-tuc?linh-vuc={}", encoded(&it.sector)), label: sector },
        name: it.name.clone(),
        lead: None,
        term: term(it.time_limit.as_ref()),
        term_note: term_note(&it),
        fee: fee_in_short(&it),
        fee_note: fee_note(&it),
        competent,
        competent_note,
        channels: channels(&it, &start),
        start,
        applicants: it.who_may_apply.clone(),
        authorization: it.may_authorize.then(|| say("procedure-may-authorise").to_owned()),
        papers,
        special_papers,
        fees: it.fees.iter().map(fee).collect(),
        locals: locals(&known, &it, today),
        steps: it.steps.iter().map(step).collect(),
        standard_workflow: it.steps_source == StepsSource::StandardOfLevel,
        outcomes: outcomes(&it),
        legal: it.legal_basis.iter().filter(|own| !is_of_later_year(own, today)).cloned().collect(),
        code: it.code.as_ref().map(ToString::to_string),
        in_force_from: in_force(&it),
        provenance: provenance(&it),
        samples: Vec::new(),
        related: related(&known, &it),
    }))
}

/// A text of a year to come, "18/2026/NĐ-CP", is no basis of today.
fn is_of_later_year(text: &str, today: Date) -> bool {
    let year = text.split('/').nth(1).and_then(|it| it.parse::<i16>().ok());
    year.is_some_and(|it| it > today.year())
}

fn in_force(it: &ProcedureRevision) -> String {
    if it.announced_by.is_empty() {
        say_with("procedure-revision", &[("number", &it.number)])
    } else {
        say_with("procedure-announced", &[("decision", &it.announced_by)])
    }
}

fn provenance(it: &ProcedureRevision) -> Provenance {
    // Where a text was copied from on its way here tells a citizen nothing.
    let source = if it.source.contains("github") { String::new() } else { it.source.clone() };
    match (is_verified(it), source.is_empty()) {
        (true, false) => Provenance::Verified { source },
        (false, _) => Provenance::Reconstructed { source },
        (true, true) => Provenance::Unknown,
    }
}

fn term_note(it: &ProcedureRevision) -> Option<String> {
    match it.time_limit.as_ref().map(TimeLimit::binding) {
        Some(Term::SameDay) => Some(say("procedure-same-day").to_owned()),
        Some(Term::WorkingDays(_) | Term::WorkingHours(_) | Term::CalendarDays(_)) | None => None,
    }
}

fn fee_note(it: &ProcedureRevision) -> Option<String> {
    let extras: Vec<&str> = it.fees.iter().filter(|fee| fee.optional).map(|fee| fee.stated.as_str()).collect();
    (!extras.is_empty()).then(|| extras.join("; "))
}

/// Who decides in the era of that day, and where one hands it in.
pub(crate) fn competent(it: &ProcedureRevision, today: Date) -> (String, Option<String>) {
    let era = if today < TWO_LEVELS_FROM { "pre-" } else { "post-" };
    let authority = it.authorities.iter().find(|own| own.era.starts_with(era)).or_else(|| it.authorities.first());
    match authority {
        Some(own) if !own.agency.is_empty() => (
            own.agency.clone(),
            Some(say_with("procedure-hand-in", &[("at", &own.receive_at)])).filter(|_| !own.receive_at.is_empty()),
        ),
        Some(_) | None => (texts::word(&format!("{}-decides", it.procedure.tab.label_key())), None),
    }
}

fn start(known: &Snapshot, it: &ProcedureRevision, today: Date) -> StartView {
    if !app::applying::desks_online(known, it, today).is_empty() {
        return StartView::Online {
            href: format!("/nop-ho-so/{}", it.procedure),
            note: Some(say("procedure-ten-minutes").to_owned()),
        };
    }
    if known.desks_of_level(it.procedure.tab.as_str(), today).is_empty() {
        let (agency, receive_at) = competent(it, today);
        let where_to = receive_at.map(|it| format!(", {it}")).unwrap_or_default();
        return StartView::NotOnline {
            reason: say("procedure-no-unit").to_owned(),
            instead: say_with("procedure-now-elsewhere", &[("agency", &agency), ("where_to", &where_to)]),
        };
    }
    if let Some(from) = known.catalogue.withdrawn_since(&it.procedure, today) {
        return StartView::NotOnline {
            reason: say_with("procedure-withdrawn", &[("day", &spoken::short_day(from))]),
            instead: say("procedure-withdrawn-ask").to_owned(),
        };
    }
    if it.time_limit.is_none() {
        return StartView::NotOnline {
            reason: say("procedure-termless").to_owned(),
            instead: say("procedure-termless-ask").to_owned(),
        };
    }
    StartView::NotOnline {
        reason: say("procedure-not-stated-online").to_owned(),
        instead: say("procedure-bring").to_owned(),
    }
}

fn papers(it: &ProcedureRevision) -> (Vec<PaperView>, Vec<PaperView>) {
    let (always, special): (Vec<_>, Vec<_>) =
        it.requirements.iter().filter(|own| own.need != Need::Never).partition(|own| own.need == Need::Always);
    let view = |all: Vec<&Requirement>| all.into_iter().map(paper).collect();
    (view(always), view(special))
}

fn paper(it: &Requirement) -> PaperView {
    let note = match (it.group, it.when.trim()) {
        (RequirementGroup::Template, "") => Some(say("procedure-filled-in-here").to_owned()),
        (_, "") => None,
        (_, when) => Some(when.to_owned()),
    };
    let registers: Vec<String> = it.replaced_by.iter().map(|own| register(own)).collect();
    PaperView {
        name: PaperName::of(&it.name),
        note,
        is_our_note: it.when.trim().is_empty(),
        copies: copies(it),
        not_needed_when: (!registers.is_empty())
            .then(|| say_with("procedure-in-register", &[("registers", &registers.join(", "))])),
    }
}

/// A fee as a line.
pub(crate) fn fee(it: &FeeRule) -> Fact {
    let mut notes = Vec::new();
    match it.per {
        FeePer::Dossier => {}
        FeePer::Page => notes.push(say("procedure-per-page")),
        FeePer::Case => notes.push(say("procedure-per-case")),
        FeePer::Copy => notes.push(say("procedure-per-copy")),
    }
    if it.optional {
        notes.push(say("procedure-if-asked"));
    }
    let set_by = it.set_by.as_deref().map(|by| say_with("procedure-set-by", &[("by", &by)]));
    let notes: Vec<String> = notes.into_iter().map(str::to_owned).chain(set_by).collect();
    let value = match (it.stated.trim(), it.amount_vnd) {
        ("", Some(amount)) => spoken::dong(amount),
        ("", None) => say("not-in-source").to_owned(),
        (stated, _) => stated.to_owned(),
    };
    Fact { label: fee_kind(it.kind).to_owned(), value, note: (!notes.is_empty()).then(|| notes.join("; ")) }
}

/// The ways to file it; online only where that is so today.
fn channels(it: &ProcedureRevision, start: &StartView) -> Vec<ChannelView> {
    let online = matches!(start, StartView::Online { .. });
    it.channels
        .iter()
        .filter(|channel| online || **channel != Channel::Online)
        .map(|channel| {
            let (icon, text) = match channel {
                Channel::Online => (Icon::Screen, say("procedure-way-online")),
                Channel::Counter => (Icon::Desk, say("procedure-way-counter")),
                Channel::Post => (Icon::Mail, say("procedure-way-post")),
            };
            ChannelView { icon, title: channel_title(*channel).to_owned(), text: text.to_owned() }
        })
        .collect()
}

/// What units do otherwise: further ways to file, amounts their city sets, place and hours.
fn locals(known: &Snapshot, it: &ProcedureRevision, today: Date) -> Vec<Fact> {
    known
        .catalogue
        .locals_of(&it.procedure)
        .map(|local| Fact {
            label: known.organisation.name_on(known.organisation.heir_of(local.unit), today).to_owned(),
            value: local_lines(&local.rule).join("; "),
            note: Some(local.basis.clone()),
        })
        .collect()
}

/// What a unit does otherwise, line by line.
pub fn local_lines(rule: &LocalRule) -> Vec<String> {
    let fees = rule.fees.iter().map(|fee| format!("“{}”: {}", fee.stated, spoken::dong(fee.amount_vnd)));
    let ways = rule.channels.iter().map(|own| say_with("procedure-also-by", &[("way", &texts::channel(*own))]));
    let mut lines: Vec<String> = fees.chain(ways).collect();
    if !rule.place.is_empty() {
        lines.push(say_with("procedure-place", &[("place", &rule.place)]));
    }
    if !rule.hours.is_empty() {
        lines.push(say_with("procedure-hours", &[("hours", &rule.hours)]));
    }
    lines
}

/// A step as people read it.
pub(crate) fn step(it: &Step) -> WorkStep {
    let post =
        if it.stated_unit.is_empty() { crate::telling::opening(&texts::post(it.post)) } else { it.stated_unit.clone() };
    let time = it.budget_minutes.map(|minutes| {
        if minutes % DAY_MINUTES == 0 {
            say_with("procedure-days", &[("count", &(minutes / DAY_MINUTES))])
        } else {
            say_with("procedure-working", &[("time", &spoken::working(i64::from(minutes)))])
        }
    });
    WorkStep { post, act: it.action.clone(), time: time.or_else(|| it.limit_stated.clone()) }
}

fn outcomes(it: &ProcedureRevision) -> Vec<Fact> {
    it.outcomes
        .iter()
        .filter(|own| !own.negative)
        .map(|own| Fact {
            label: own.name.clone(),
            value: own.valid_days.map_or_else(String::new, |days| say_with("procedure-valid", &[("days", &days)])),
            note: None,
        })
        .collect()
}

fn related(known: &Snapshot, it: &ProcedureRevision) -> Vec<Link> {
    let linked = it.linked.iter().filter_map(|own| {
        let code = own.code.as_ref()?;
        known.catalogue.all().find(|other| other.code.as_ref() == Some(code) && other.procedure != it.procedure)
    });
    let twins = known
        .catalogue
        .all()
        .filter(|other| other.procedure.slug == it.procedure.slug && other.procedure.tab != it.procedure.tab);
    linked
        .chain(twins)
        .map(|other| Link {
            href: address(other),
            label: format!("{} ({})", other.name, tab_words(other).to_lowercase()),
        })
        .collect()
}
