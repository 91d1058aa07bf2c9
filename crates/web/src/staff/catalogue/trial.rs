//! Trying a revision: filed as a citizen would file it, nothing kept.

use super::procedure::fact;
use super::{address, of_address, row_of};
use crate::Web;
use crate::citizen::form_view::{add_row, error_links, form_view, read_form, remove_row};
use crate::frame::{self, html, html_as};
use crate::page::FieldLink;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::spoken;
use crate::staff::phrases;
use crate::staff::views::{CatalogueTrialPage, ChoiceView, ProcedureLine, StaffField, TrialResult};
use crate::texts;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::publication;
use app::trial::{Trial, TrialAsked, try_filing};
use app::words;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::ids::UnitId;
use domain::procedure::{Channel, Need, ProcedureRevision, Quantities, RawAnswers, sample_answers};
use domain::time::Instant;
use std::collections::BTreeSet;

/// Most pages or copies at once.
const QUANTITY_MAX: u32 = 10_000;
/// Seed of the sample answers: everybody sees the same invented person.
const SAMPLE: u64 = 5;

struct Tried {
    revision: ProcedureRevision,
    title: String,
}

async fn tried(web: &Web, id: &str) -> Result<Tried, Problem> {
    let current = of_address(web, id)?;
    let kept = publication::kept(&web.house, &current.procedure).await?;
    Ok(match kept.draft {
        Some(it) => Tried { revision: it.revision, title: say("keeping-trial-draft").to_owned() },
        None => Tried {
            title: say_with("keeping-trial-title", &[("number", &current.number)]),
            revision: ProcedureRevision::clone(&current),
        },
    })
}

/// The page.
pub async fn page(State(web): State<Web>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Problem> {
    let tried = tried(&web, &id).await?;
    Ok(html(&view(&web, &visitor, &tried, (&Posted::default(), &RawAnswers::new()), None, &[]).await?))
}

/// What would come of it.
pub async fn run(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let tried = tried(&web, &id).await?;
    let form = tried.revision.forms.first();
    let mut raw = form.map(|it| read_form(it, &posted)).unwrap_or_default();
    let (more, less) = (posted.trimmed("them"), posted.trimmed("bo"));
    if let Some(form) = form {
        if !more.is_empty() {
            add_row(form, &mut raw, more);
        }
        if !less.is_empty() {
            remove_row(&mut raw, less);
        }
        if posted.trimmed("lenh") == "mau" {
            raw = sample_answers(form, web.house.clock.now().day(), SAMPLE);
        }
    }
    if posted.trimmed("lenh") != "thu" || !more.is_empty() || !less.is_empty() {
        return Ok(html(&view(&web, &visitor, &tried, (&posted, &raw), None, &[]).await?));
    }
    match read(&web, &tried, &posted, &raw) {
        Ok(asked) => {
            let trial = try_filing(&web.house, &asked)?;
            Ok(html(&view(&web, &visitor, &tried, (&posted, &raw), Some((&asked, &trial)), &[]).await?))
        }
        Err(wrong) => {
            let view = view(&web, &visitor, &tried, (&posted, &raw), None, &wrong).await?;
            Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &view))
        }
    }
}

fn channel_of(text: &str) -> Option<Channel> {
    Channel::ALL.into_iter().find(|it| it.as_str() == text)
}

fn read(web: &Web, tried: &Tried, posted: &Posted, raw: &RawAnswers) -> Result<TrialAsked, Vec<(String, String)>> {
    let now = web.house.clock.now().local();
    let mut wrong = Vec::new();
    let mut refuse = |field: &str, key| wrong.push((field.to_owned(), say(key).to_owned()));
    let known = web.house.now_known();
    let desks = known.desks_of_level(tried.revision.procedure.tab.as_str(), now.date());
    let desk = posted.trimmed("thu-noi").parse::<UnitId>().ok().filter(|it| desks.contains(it));
    if desk.is_none() {
        refuse("thu-noi", "keeping-trial-choose-desk");
    }
    let channel = channel_of(posted.trimmed("thu-kenh"));
    if channel.is_none() {
        refuse("thu-kenh", "keeping-trial-choose-way");
    }
    let day = phrases::typed_day(posted.trimmed("thu-ngay"), now.date());
    if day.is_none() {
        refuse("thu-ngay", "gap-day");
    }
    let time = phrases::typed_time(posted.trimmed("thu-gio"));
    if time.is_none() {
        refuse("thu-gio", "keeping-trial-hour");
    }
    let mut count = |name: &str| match posted.trimmed(name).parse::<u32>() {
        Ok(count) if (1..=QUANTITY_MAX).contains(&count) => count,
        Ok(_) | Err(_) => {
            refuse(name, "keeping-trial-number");
            1
        }
    };
    let (pages, copies) = (count("thu-trang"), count("thu-ban"));
    match (desk, channel, day, time) {
        (Some(desk), Some(channel), Some(day), Some(time)) if wrong.is_empty() => Ok(TrialAsked {
            revision: tried.revision.clone(),
            desk,
            channel,
            at: Instant::from_local(day.to_datetime(time)),
            raw: raw.clone(),
            papers: posted.all("thu-giay").iter().cloned().collect::<BTreeSet<String>>(),
            quantities: Quantities { pages, copies, ..Quantities::default() },
        }),
        _ => Err(wrong),
    }
}

async fn view(
    web: &Web,
    visitor: &Visitor,
    tried: &Tried,
    (posted, raw): (&Posted, &RawAnswers),
    came: Option<(&TrialAsked, &Trial)>,
    wrong: &[(String, String)],
) -> Result<CatalogueTrialPage, Problem> {
    let it = &tried.revision;
    let today = web.house.clock.now().day();
    let gaps = came.map(|(_, trial)| trial.gaps.as_slice()).unwrap_or_default();
    let page = frame::staff(web, visitor, say_with("keeping-trial-page", &[("name", &it.name)]), "/kiem-soat");
    let current = of_address(web, &it.procedure.to_string())?;
    Ok(CatalogueTrialPage {
        page: if wrong.is_empty() { page } else { page.with_error_title() },
        row: row_of(web, &current).await?,
        title: tried.title.clone(),
        action: format!("{}#ket-qua", address(&it.procedure, "nop-thu")),
        back: address(&it.procedure, ""),
        fields: fields(web, it, posted, wrong),
        papers: papers(it, posted),
        form: it.forms.first().map(|form| form_view(form, raw, &RawAnswers::new(), gaps, today)),
        result: came.map(|(asked, trial)| result(web, asked, trial)),
    })
}

fn fields(web: &Web, it: &ProcedureRevision, posted: &Posted, wrong: &[(String, String)]) -> Vec<StaffField> {
    let now = web.house.clock.now().local();
    let known = web.house.now_known();
    let typed = |name: &str, otherwise: String| {
        if posted.has(name) { posted.text(name).chars().take(100).collect() } else { otherwise }
    };
    let desks = known.desks_of_level(it.procedure.tab.as_str(), now.date());
    let chosen = typed("thu-noi", desks.first().map(ToString::to_string).unwrap_or_default());
    let desks = desks.iter().map(|unit| {
        let key = unit.to_string();
        let name = known.organisation.name_on(*unit, now.date());
        ChoiceView { chosen: key == chosen, ..ChoiceView::new(key, name).as_name() }
    });
    let way = typed("thu-kenh", it.channels.first().map_or("", |own| own.as_str()).to_owned());
    let ways = Channel::ALL
        .into_iter()
        .map(|own| ChoiceView { chosen: own.as_str() == way, ..ChoiceView::new(own.as_str(), texts::channel(own)) });
    let clock = format!("{}:{:02}", now.hour(), now.minute());
    let fields = vec![
        StaffField::select("thu-noi", say("keeping-trial-desk"), desks.collect()),
        StaffField::select("thu-kenh", say("keeping-trial-way"), ways.collect()),
        StaffField::day("thu-ngay", say("keeping-trial-on"))
            .with_value(typed("thu-ngay", words::short_day(now.date()))),
        StaffField::line("thu-gio", say("keeping-trial-at"))
            .with_hint(say("keeping-trial-at-hint"))
            .with_value(typed("thu-gio", clock)),
        StaffField::digits("thu-trang", say("keeping-trial-pages")).with_value(typed("thu-trang", "1".to_owned())),
        StaffField::digits("thu-ban", say("keeping-trial-copies")).with_value(typed("thu-ban", "1".to_owned())),
    ];
    fields
        .into_iter()
        .map(|field| match wrong.iter().find(|own| own.0 == field.name) {
            Some((_, words)) => field.with_error(words),
            None => field,
        })
        .collect()
}

fn papers(it: &ProcedureRevision, posted: &Posted) -> StaffField {
    let ticked = posted.all("thu-giay");
    let choices = it.requirements.iter().filter(|own| own.need != Need::Never).map(|own| ChoiceView {
        chosen: ticked.contains(&own.id),
        ..ChoiceView::new(own.id.as_str(), own.name.as_str()).as_name().with_note(super::comparing::need(own.need))
    });
    StaffField::ticks("thu-giay", say("keeping-trial-papers"), choices.collect()).as_optional()
}

fn result(web: &Web, asked: &TrialAsked, trial: &Trial) -> TrialResult {
    let known = web.house.now_known();
    let day = asked.at.day();
    let mut refused = Vec::new();
    if let Some(why) = &trial.refused {
        let said = texts::refusal(why);
        let text = [Some(said.what), said.why].into_iter().flatten().collect::<Vec<_>>().join(" ");
        refused.push(FieldLink { href: String::new(), text });
    }
    refused.extend(trial.missing.iter().map(|(_, name)| FieldLink {
        href: "#thu-giay".to_owned(),
        text: say_with("keeping-trial-missing", &[("name", name)]),
    }));
    refused.extend(error_links(&trial.gaps, day));
    let moment = |at: Instant| spoken::moment(at.local());
    let stated = |words: &str| ProcedureLine::default().stated(words);
    let mut facts = vec![fact(say("dossier-filed-at"), moment(asked.at))];
    if let Some(at) = trial.answer_by {
        facts.push(fact(say("keeping-trial-answer-by"), moment(at)));
    }
    if let Some(due) = &trial.due {
        let online = asked.channel == Channel::Online;
        let label = say(if online { "keeping-trial-due-online" } else { "keeping-trial-due" });
        let at = moment(due.at);
        let at = if due.provisional { say_with("keeping-trial-provisional", &[("at", &at)]) } else { at };
        facts.push(fact(say("keeping-trial-counted-from"), moment(due.counted_from)));
        facts.push(fact(label, at));
        if due.legal_at != due.at {
            facts.push(fact(say("keeping-trial-legal"), moment(due.legal_at)));
        }
    }
    let total = spoken::dong(trial.fee.total_vnd);
    let fee = if trial.fee.lines.is_empty() {
        say("difference-none").to_owned()
    } else if trial.fee.is_whole() {
        total
    } else {
        say_with("keeping-trial-fee-open", &[("amount", &total)])
    };
    facts.push(fact(say("procedure-fees"), fee));
    facts.push(fact(say("keeping-trial-decides"), stated(known.organisation.name_on(trial.competent, day))));
    if let Some(post) = trial.next {
        facts.push(fact(say("keeping-trial-next"), texts::post(post)));
    }
    let given: Vec<&str> = asked
        .revision
        .requirements
        .iter()
        .filter(|it| asked.papers.contains(&it.id))
        .map(|it| it.name.as_str())
        .collect();
    if !given.is_empty() {
        facts.push(fact(say("keeping-trial-given"), stated(&given.join("; "))));
    }
    let passes = trial.passes();
    TrialResult {
        sentence: match (passes, refused.len()) {
            (true, _) => say("keeping-trial-passes").to_owned(),
            (false, count) => say_with("keeping-trial-refused", &[("count", &count)]),
        },
        passes,
        refused,
        facts: if trial.refused.is_some() { Vec::new() } else { facts },
    }
}
