//! One procedure with everything that is kept of it.

use super::comparing::{beside, changes, fees, term};
use super::{address, of_address, row_of};
use crate::Web;
use crate::frame::{self, encoded, html};
use crate::page::Tone;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::spoken;
use crate::staff::phrases;
use crate::staff::views::{CatalogueProcedurePage, ChoiceView, Comparison, LinkView, ProcedureFact, ProcedureLine};
use crate::texts;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::publication::{self, Kept, RevisionDraft};
use axum::extract::{Path, State};
use axum::response::Response;
use domain::procedure::ProcedureRevision;

/// The revision on its way, in the choices of a comparison.
const DRAFT: &str = "soan";

/// A fact.
pub fn fact(label: &'static str, value: impl Into<ProcedureLine>) -> ProcedureFact {
    ProcedureFact { label, value: value.into() }
}

/// The page.
pub async fn page(State(web): State<Web>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Problem> {
    let asked = phrases::asked(&visitor);
    let current = of_address(&web, &id)?;
    let kept = publication::kept(&web.house, &current.procedure).await?;
    let row = row_of(&web, &current).await?;
    let mut page = frame::staff(&web, &visitor, current.name.clone(), "/kiem-soat");
    if let Some(said) = said(asked.trimmed("xong")) {
        page = frame::flash(page, Tone::Good, said);
    }
    let known = web.house.now_known();
    let history = kept.history.iter().map(|(it, at, by, basis)| {
        let who = by.map(|it| format!(", {}", known.staff_name(it))).unwrap_or_default();
        let basis = if basis.is_empty() { String::new() } else { format!(": {basis}") };
        let running = kept.running.iter().find(|own| own.0 == it.id).map_or(0, |own| own.1);
        let running = if running > 0 {
            format!(" · {}", say_with("keeping-history-running", &[("count", &running)]))
        } else {
            String::new()
        };
        let number = say_with("difference-revision", &[("number", &it.number)]);
        ProcedureLine::from(format!("{number}, {}", spoken::short_day(at.day())))
            .stated(format!("{who}{basis}"))
            .said(running)
    });
    Ok(html(&CatalogueProcedurePage {
        facts: facts(&web, &kept),
        acts: acts(&kept, row.chips.iter().any(|it| it.tone == Tone::Bad)),
        public: format!("/thu-tuc/{}", encoded(&current.procedure.to_string())),
        on_its_way: kept.draft.as_ref().map(|it| on_its_way(&web, &kept, it)).unwrap_or_default(),
        comparison: comparison(&kept, &asked),
        history: history.collect(),
        locals: super::locals::rows(&web, &current),
        page,
        row,
    }))
}

fn said(done: &str) -> Option<&'static str> {
    Some(match done {
        "soan" => say("keeping-done-written"),
        "cong-bo" => say("keeping-done-published"),
        "chot" => say("keeping-done-day-set"),
        "bo-soan" => say("keeping-done-given-up"),
        "bai-bo" => say("keeping-done-withdrawn"),
        "nhan-lai" => say("keeping-done-offered-again"),
        "khac-biet" => say("keeping-done-local"),
        _ => return None,
    })
}

fn facts(web: &Web, kept: &Kept) -> Vec<ProcedureFact> {
    let it = &kept.current;
    let term = it.time_limit.map_or_else(|| say("keeping-term-not-stated").to_owned(), term);
    let channels: Vec<String> = it.channels.iter().map(|own| texts::channel(*own)).collect();
    let announced = match it.announced_by.as_str() {
        "" => ProcedureLine::from(say("keeping-not-stated")),
        own => ProcedureLine::default().stated(own),
    };
    let mut facts = vec![
        fact(say("keeping-term"), term),
        fact(say("procedure-fees"), fees(it)),
        fact(say("keeping-ways"), channels.join(", ")),
        fact(say("apply-papers"), say_with("keeping-papers-count", &[("count", &it.requirements.len())])),
        fact(say("keeping-published-under"), announced),
        fact(say("keeping-running"), running(kept)),
    ];
    let known = web.house.now_known();
    if let Some((from, basis)) = known.catalogue.withdrawal(&it.procedure) {
        let day = say_with("keeping-from", &[("day", &spoken::short_day(*from))]);
        facts.push(fact(say("keeping-withdrawn"), ProcedureLine::from(format!("{day}, ")).stated(basis.as_str())));
    }
    facts
}

/// "12 hồ sơ: 10 theo bản 1, 2 theo bản 2".
pub fn running(kept: &Kept) -> String {
    let parts: Vec<String> = kept
        .running
        .iter()
        .map(|(revision, count)| {
            let number = revision.parts().map_or(0, |it| it.1);
            say_with("keeping-running-by", &[("count", count), ("number", &number)])
        })
        .collect();
    match kept.open() {
        0 => say("difference-none").to_owned(),
        all => say_with("keeping-running-all", &[("count", &all), ("parts", &parts.join(", "))]),
    }
}

fn acts(kept: &Kept, withdrawn: bool) -> Vec<LinkView> {
    let id = &kept.current.procedure;
    let link = |key, part: &str| LinkView { label: say(key).to_owned(), href: address(id, part) };
    let mut acts = match &kept.draft {
        None => vec![link("keeping-write", "soan"), link("keeping-try", "nop-thu")],
        Some(it) => {
            let publish = if it.publish_on.is_some() { "keeping-change-day" } else { "keeping-publish" };
            vec![link("keeping-try-new", "nop-thu"), link(publish, "cong-bo"), link("keeping-mend-draft", "soan")]
        }
    };
    acts.push(link("keeping-locals", "khac-biet"));
    acts.push(link(if withdrawn { "keeping-withdraw-or-offer" } else { "keeping-withdraw" }, "bai-bo"));
    acts
}

fn on_its_way(web: &Web, kept: &Kept, it: &RevisionDraft) -> String {
    let who = web.house.now_known().staff_name(it.changed_by).to_owned();
    let when = spoken::moment(it.changed_at.local());
    let said = match it.publish_on {
        Some(day) => {
            let day = spoken::short_day(day);
            say_with("keeping-way-day", &[("day", &day), ("basis", &it.basis), ("who", &who), ("when", &when)])
        }
        None => say_with("keeping-way-draft", &[("who", &who), ("when", &when)]),
    };
    if it.base == kept.current.number {
        return said;
    }
    format!("{said} {}", say_with("keeping-way-stale", &[("base", &it.base), ("now", &kept.current.number)]))
}

fn comparison(kept: &Kept, asked: &Posted) -> Option<Comparison> {
    let mut all: Vec<(String, String, &ProcedureRevision)> =
        kept.draft.iter().map(|it| (DRAFT.to_owned(), say("keeping-draft").to_owned(), &it.revision)).collect();
    let title = |it: &ProcedureRevision| say_with("difference-revision", &[("number", &it.number)]);
    all.extend(kept.history.iter().map(|(it, ..)| (it.number.to_string(), title(it), it)));
    if all.len() < 2 {
        return None;
    }
    let find = |key: &str| all.iter().find(|it| it.0 == key);
    let new = find(asked.trimmed("moi")).or_else(|| all.first())?;
    let old = find(asked.trimmed("cu")).or_else(|| all.get(1))?;
    let choices = |chosen: &str| {
        all.iter()
            .map(|(key, label, _)| ChoiceView {
                chosen: key == chosen,
                ..ChoiceView::new(key.as_str(), label.as_str())
            })
            .collect::<Vec<_>>()
    };
    Some(Comparison {
        olds: choices(&old.0),
        news: choices(&new.0),
        old: old.1.clone(),
        new: new.1.clone(),
        changes: changes(old.2, new.2),
        beside: beside(old.2, new.2),
    })
}
