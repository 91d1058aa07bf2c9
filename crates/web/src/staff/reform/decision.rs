//! The decision: the plans there are, the text of one, and where a new one is brought in.

use super::begun::leave_unreadable;
use super::said;
use super::{ADDRESS, Away, Step, about, address, id_of, marks};
use crate::Web;
use crate::frame::{self, html, html_as};
use crate::page::{FieldLink, Tone};
use crate::posted::{Part, Posted, PostedFiles, same};
use crate::problem::Problem;
use crate::spoken;
use crate::staff::phrases;
use crate::staff::views::{
    ChipView, LinkView, PlanProblem, ReformDecisionPage, ReformHead, ReformRow, ReformsPage, ShippedPlan, StaffField,
};
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::AppError;
use app::reform::{Listed, State as Became};
use app::reform_drafts::{self, DraftError, PLAN_BYTES_MAX, ReformDraft};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::ReformId;
use domain::organisation::reform::{Plan, Reorganisation};
use domain::procedure::ImportProblem;

/// Plans that come with the program: the two reforms of Lê Chân, to learn on.
const SHIPPED: [(&str, &str); 2] = [
    ("le-chan-2025-01-01.toml", include_str!("../../../../../catalogue/reforms/le-chan-2025-01-01.toml")),
    ("le-chan-2025-07-01.toml", include_str!("../../../../../catalogue/reforms/le-chan-2025-07-01.toml")),
];
/// Longest text that is taken from a box, in bytes: less than a form keeps of one, so that nothing is cut unsaid.
const PASTED_BYTES_MAX: usize = 60 << 10;
/// Lines of the box a text is written in.
const BOX_LINES: u8 = 18;

/// A plan as it was sent.
#[derive(Default)]
struct Sent {
    file: String,
    text: String,
    fields: Vec<(String, String)>,
    error: Option<&'static str>,
}

/// Reads the form with a plan: a file, a text, or the name of one that comes with the program.
async fn read(mut form: PostedFiles) -> Result<Sent, Problem> {
    let mut sent = Sent::default();
    let (mut is_ours, mut file_came_first) = (false, false);
    let token = form.visitor.csrf.clone();
    let mut bytes = Vec::new();
    loop {
        match form.next().await? {
            None => break,
            Some(Part::Field(name, value)) => {
                is_ours = is_ours || (name == "csrf" && !token.is_empty() && same(&value, &token));
                sent.fields.push((name, value));
            }
            Some(Part::File(mut file)) => {
                file_came_first |= !is_ours;
                let name = file.file_name.clone();
                while let Some(piece) = file.piece().await? {
                    // What is too large, or of nobody, is read to its end and dropped, so that the rest of the form is heard.
                    if is_ours && bytes.len() <= PLAN_BYTES_MAX {
                        bytes.extend_from_slice(&piece);
                    }
                }
                if !name.is_empty() || !bytes.is_empty() {
                    sent.file = name;
                }
            }
        }
    }
    if !is_ours || file_came_first {
        return Err(Problem::OldForm);
    }
    let posted = Posted::from_pairs(sent.fields.iter().cloned());
    let typed = posted.text("van-ban");
    if bytes.len() > PLAN_BYTES_MAX {
        sent.error = Some(say("plans-too-large"));
        return Ok(sent);
    }
    if !sent.file.is_empty() {
        match String::from_utf8(bytes) {
            Ok(text) => sent.text = text,
            Err(_) => sent.error = Some(say("plans-not-utf8")),
        }
    } else if let Some((file, text)) = SHIPPED.iter().find(|(file, _)| *file == posted.trimmed("san-co")) {
        sent.file = (*file).to_owned();
        sent.text = (*text).to_owned();
    } else {
        sent.text = typed.to_owned();
        if typed.len() > PASTED_BYTES_MAX {
            sent.error = Some(say("plans-pasted-too-large"));
        }
    }
    if sent.text.trim().is_empty() && sent.error.is_none() {
        sent.error = Some(say("plans-none-sent"));
    }
    Ok(sent)
}

/// All plans.
pub async fn list(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let view = list_view(&web, &visitor, "", None, &[])?;
    Ok(html(&view))
}

fn list_view(
    web: &Web,
    visitor: &Visitor,
    text: &str,
    error: Option<&str>,
    problems: &[ImportProblem],
) -> Result<ReformsPage, Problem> {
    let by = visitor.person()?;
    let known = web.house.now_known();
    let begun = app::reform::list(&web.house)?;
    let drafts = reform_drafts::all(&web.house, by)?;
    let drafted = |it: &&ReformDraft| !begun.iter().any(|reform| reform.id == it.id);
    let row = |it: &ReformDraft| ReformRow {
        title: said::title_of(&it.file, &it.text),
        href: address(it.id, Step::Decision),
        about: say_with("plans-version", &[("file", &it.file), ("version", &it.version)]),
        by: format!("{}, {}", known.staff_name(it.changed_by), spoken::moment(it.changed_at.local())),
        state: ChipView::new(Tone::Act, say("plans-preparing")),
    };
    let page = frame::staff(web, visitor, say("frame-reform"), "/kiem-soat");
    let asked = phrases::asked(visitor);
    let page = if asked.has("bo") { frame::flash(page, Tone::Good, say("plans-thrown-away")) } else { page };
    let (shipped, not_here) = shipped(web, &drafts, &begun);
    let is_wrong = error.is_some() || !problems.is_empty();
    let file = StaffField::file("tep", say("plans-file"), ".toml,text/plain");
    let box_ = StaffField::lines("van-ban", say("plans-text"), BOX_LINES).with_value(text);
    let first = problems.first().map(|it| say_with("plans-line-wrong", &[("line", &it.line)]));
    let error = error.map(str::to_owned).or(first);
    Ok(ReformsPage {
        page: if is_wrong { page.with_error_title() } else { page },
        drafts: drafts.iter().filter(drafted).map(row).collect(),
        reforms: begun.iter().rev().map(super::begun::row).collect(),
        shipped,
        not_here,
        errors: error.iter().map(|it| FieldLink { href: "#van-ban".to_owned(), text: it.clone() }).collect(),
        problems: said::problems(text, problems),
        file,
        text: match error {
            Some(said) => box_.with_error(said),
            None => box_,
        },
    })
}

/// How a plan that comes with the program stands to the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stands {
    /// It was begun, and neither given up nor taken back.
    Begun,
    /// Somebody prepares it.
    Drafted,
    /// Its instant has passed.
    Passed,
    /// Its units are not the units of this house.
    Unfit,
    /// It can be begun.
    Fits,
}

/// The plans that come with the program: the next one where it fits the house as it is, and the others with the reason why not.
fn shipped(web: &Web, drafts: &[ReformDraft], begun: &[Listed]) -> (Vec<ShippedPlan>, Vec<ShippedPlan>) {
    let goes_on = |it: &&Listed| !matches!(it.state, Became::GivenUp | Became::Undone);
    let plans = SHIPPED.iter().filter_map(|(file, text)| {
        let plan = Plan::read(file, text).ok()?;
        let is_begun = begun.iter().filter(goes_on).any(|it| it.key == plan.key);
        let is_drafted = drafts.iter().any(|it| it.file == *file && !begun.iter().any(|reform| reform.id == it.id));
        let stands = if is_begun {
            Stands::Begun
        } else if is_drafted {
            Stands::Drafted
        } else if plan.effective_at() <= web.house.clock.now() {
            Stands::Passed
        } else if app::reform::check(&web.house, file, text).is_err() {
            Stands::Unfit
        } else {
            Stands::Fits
        };
        Some((*file, plan, stands))
    });
    offered(plans)
}

/// In the order of their instants. One that is only being prepared is no plan of the house yet: what comes after it waits for it.
fn offered<'a>(plans: impl Iterator<Item = (&'a str, Plan, Stands)>) -> (Vec<ShippedPlan>, Vec<ShippedPlan>) {
    let (mut fit, mut others): (Vec<ShippedPlan>, Vec<ShippedPlan>) = (Vec::new(), Vec::new());
    let mut awaited: Option<String> = None;
    for (file, plan, stands) in plans {
        let at = spoken::moment(plan.effective_at().local());
        let one = |about: String| ShippedPlan { file: file.to_owned(), title: plan.title.clone(), about };
        match (stands, &awaited) {
            (Stands::Begun, _) => others.push(one(say("plans-is-begun").to_owned())),
            (Stands::Drafted, _) => others.push(one(say("plans-is-drafted").to_owned())),
            (Stands::Passed, _) => others.push(one(say_with("plans-is-passed", &[("at", &at)]))),
            (Stands::Unfit | Stands::Fits, Some(first)) => {
                others.push(one(say_with("plans-comes-after", &[("plan", first)])));
            }
            (Stands::Unfit, None) => others.push(one(say("plans-is-unfit").to_owned())),
            (Stands::Fits, None) => fit.push(one(say_with("plans-fits", &[("at", &at)]))),
        }
        if matches!(stands, Stands::Drafted | Stands::Fits) {
            awaited.get_or_insert(plan.title);
        }
    }
    (fit, others)
}

/// A plan is brought in.
pub async fn bring_in(State(web): State<Web>, visitor: Visitor, form: PostedFiles) -> Result<Response, Problem> {
    let sent = read(form).await?;
    let text = reform_drafts::plain(&sent.text);
    let refused = |error: Option<&str>, problems: &[ImportProblem]| {
        let view = list_view(&web, &visitor, &text, error, problems)?;
        Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &view))
    };
    if let Some(error) = sent.error {
        return refused(Some(error), &[]);
    }
    match reform_drafts::bring_in(&web.house, visitor.person()?, &sent.file, &text).await {
        Ok(id) => Ok(Redirect::to(&address(id, Step::Map)).into_response()),
        Err(DraftError::Wrong(problems)) => refused(None, &problems),
        Err(DraftError::Refused(no)) => refused(Some(&said::refused(&no)), &[]),
        Err(DraftError::House(error)) => Err(error.into()),
    }
}

/// A text as it was typed, what is said of it as a whole, and what is wrong in it.
type Typed = (String, Option<String>, Vec<ImportProblem>);

/// The text of a plan, with what is wrong with it in the house as it is now.
fn page_of(web: &Web, visitor: &Visitor, id: &str, typed: Option<Typed>) -> Result<ReformDecisionPage, Problem> {
    let (id, by) = (id_of(id)?, visitor.person()?);
    let begun = reform_drafts::progress(&web.house, by, id)?;
    let draft = match reform_drafts::find(&web.house, by, id) {
        Ok(draft) => Some(draft),
        Err(AppError::NotFound) if begun.is_some() => None,
        Err(error) => return Err(error.into()),
    };
    let (file, kept) = draft.as_ref().map_or(("", ""), |it| (it.file.as_str(), it.text.as_str()));
    let (text, error, problems) = match typed {
        Some(typed) => typed,
        None if begun.is_some() => (kept.to_owned(), None, Vec::new()),
        None => match app::reform::check(&web.house, file, kept) {
            Ok(_) => (kept.to_owned(), None, Vec::new()),
            Err(app::reform::PlanError::Wrong(problems)) => (kept.to_owned(), None, problems),
            Err(app::reform::PlanError::House(error)) => return Err(error.into()),
            Err(other) => return Err(AppError::fault("reading a plan", other).into()),
        },
    };
    let plan = match &begun {
        Some((reform, _)) => Some(reform.plan.clone()),
        None => app::reform::check(&web.house, file, kept).ok(),
    };
    Ok(view(web, visitor, (id, draft.as_ref()), (plan.as_ref(), begun.is_some()), (text, error, problems)))
}

fn view(
    web: &Web,
    visitor: &Visitor,
    (id, draft): (ReformId, Option<&ReformDraft>),
    (plan, is_begun): (Option<&Reorganisation>, bool),
    (text, error, problems): Typed,
) -> ReformDecisionPage {
    let frame = super::page(web, visitor, Step::Decision);
    let is_wrong = error.is_some() || !problems.is_empty();
    let next = (!is_begun && !is_wrong)
        .then(|| LinkView { label: Step::Map.label().to_owned(), href: address(id, Step::Map) });
    let field = StaffField::lines("van-ban", say("plans-text"), 30).with_value(&text);
    let known = web.house.now_known();
    let mut facts = plan.map(facts).unwrap_or_default();
    if let Some(it) = draft {
        let (by, at) = (known.staff_name(it.changed_by), spoken::moment(it.changed_at.local()));
        let written = say_with("plan-written", &[("name", &by), ("version", &it.version), ("at", &at)]);
        facts.push((say("plan-fact-file").to_owned(), it.file.clone()));
        facts.push((say("plan-fact-written").to_owned(), written));
    }
    let shown: Vec<PlanProblem> = said::problems(&text, &problems);
    let first = problems.first().map(|it| say_with("plans-line-wrong", &[("line", &it.line)]));
    let error = error.or(first);
    let lines = text.lines().count();
    ReformDecisionPage {
        page: if is_wrong { frame.with_error_title() } else { frame },
        head: ReformHead {
            title: plan.map_or_else(|| said::title_of(say("plan-untitled"), &text), |it| it.title.clone()),
            about: plan.map(about).unwrap_or_default(),
            invented: plan.map(|it| it.invented.clone()).unwrap_or_default(),
            steps: marks(id, Step::Decision, is_begun),
            base: address(id, Step::Decision),
            version: draft.map(|it| it.version.to_string()).unwrap_or_default(),
            next,
        },
        facts,
        errors: error.iter().map(|it| FieldLink { href: "#van-ban".to_owned(), text: it.clone() }).collect(),
        problems: shown,
        lines,
        length: say_with("plan-lines", &[("count", &lines)]),
        file: StaffField::file("tep", say("plan-other-file"), ".toml,text/plain")
            .with_hint(say("plan-other-file-hint"))
            .as_optional(),
        text: match error {
            Some(said) => field.with_error(said),
            None => field,
        },
        is_fixed: is_begun,
    }
}

fn facts(plan: &Reorganisation) -> Vec<(String, String)> {
    let count = |label, count: usize, what| (say(label).to_owned(), say_with(what, &[("count", &count)]));
    let day = spoken::short_day(plan.signed_on);
    let signed = say_with("plan-signed", &[("instrument", &plan.instrument), ("day", &day)]);
    let mut facts = vec![
        (say("plan-fact-instrument").to_owned(), signed),
        (say("plan-fact-in-force").to_owned(), spoken::moment(plan.effective_at.local())),
        count("plan-fact-begins", plan.begins.len(), "plan-units"),
        count("plan-fact-ends", plan.ends.len(), "plan-units"),
        count("plan-fact-changes", plan.changes.len(), "plan-units"),
        count("plan-fact-territory", plan.territory.len(), "plan-rules"),
    ];
    if !plan.settled.is_empty() {
        facts.push(count("plan-settled", plan.settled.len(), "plan-conflicts"));
    }
    facts
}

/// The page.
pub async fn page(State(web): State<Web>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Away> {
    leave_unreadable(&web, visitor.person()?, id_of(&id)?)?;
    let mut view = page_of(&web, &visitor, &id, None)?;
    if phrases::asked(&visitor).has("xong") {
        view.page = frame::flash(view.page, Tone::Good, say("plan-written-now"));
    }
    Ok(html(&view))
}

/// The text of a plan is written anew.
pub async fn amend(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<String>,
    form: PostedFiles,
) -> Result<Response, Away> {
    // The token first: who sends none learns of no plan.
    let sent = read(form).await?;
    let (known, by) = (id_of(&id)?, visitor.person()?);
    leave_unreadable(&web, by, known)?;
    let text = reform_drafts::plain(&sent.text);
    let seen: u32 = Posted::from_pairs(sent.fields).version("phien-ban")?;
    let refused = |status, error: Option<String>, problems: Vec<ImportProblem>| {
        let view = page_of(&web, &visitor, &id, Some((text.clone(), error, problems)))?;
        Ok::<_, Away>(html_as(status, &view))
    };
    if let Some(error) = sent.error {
        return refused(StatusCode::UNPROCESSABLE_ENTITY, Some(error.to_owned()), Vec::new());
    }
    match reform_drafts::amend(&web.house, by, known, seen, &text).await {
        Ok(()) => Ok(Redirect::to(&format!("{}?xong=1", address(known, Step::Decision))).into_response()),
        Err(DraftError::Wrong(problems)) => refused(StatusCode::UNPROCESSABLE_ENTITY, None, problems),
        Err(DraftError::Refused(no)) => refused(StatusCode::CONFLICT, Some(said::refused(&no)), Vec::new()),
        Err(DraftError::House(error)) => Err(error.into()),
    }
}

/// A plan is thrown away.
pub async fn throw_away(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Away> {
    let (known, by, seen) = (id_of(&id)?, visitor.person()?, posted.version("phien-ban")?);
    leave_unreadable(&web, by, known)?;
    match reform_drafts::throw_away(&web.house, by, known, seen).await {
        Ok(()) => Ok(Redirect::to(&format!("{ADDRESS}?bo=1")).into_response()),
        Err(DraftError::Refused(no)) => {
            let view = page_of(&web, &visitor, &id, None)?;
            let view = ReformDecisionPage { page: frame::flash(view.page, Tone::Bad, said::refused(&no)), ..view };
            Ok(html_as(StatusCode::CONFLICT, &view))
        }
        Err(DraftError::Wrong(_)) => Err(Problem::BadForm.into()),
        Err(DraftError::House(error)) => Err(error.into()),
    }
}

/// A new plan with the text of one that was given up or taken back.
pub async fn again(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<String>,
    _: Posted,
) -> Result<Response, Problem> {
    let (id, by) = (id_of(&id)?, visitor.person()?);
    let draft = reform_drafts::find(&web.house, by, id)?;
    match reform_drafts::bring_in(&web.house, by, &draft.file, &draft.text).await {
        Ok(id) => Ok(Redirect::to(&address(id, Step::Decision)).into_response()),
        Err(DraftError::Wrong(problems)) => {
            let view = list_view(&web, &visitor, &draft.text, None, &problems)?;
            Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &view))
        }
        Err(DraftError::Refused(no)) => {
            let view = list_view(&web, &visitor, &draft.text, Some(&said::refused(&no)), &[])?;
            Ok(html_as(StatusCode::CONFLICT, &view))
        }
        Err(DraftError::House(error)) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_plan_of_the_checkout_comes_with_the_program() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue/reforms");
        let names = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().file_name().to_string_lossy().into_owned());
        let mut there: Vec<String> = names.filter(|it| it.ends_with(".toml")).collect();
        there.sort();
        assert_eq!(there, SHIPPED.map(|it| it.0));
    }

    #[test]
    fn a_plan_waits_for_the_one_before_it_until_that_one_is_begun() {
        let with = |first: Stands, second: Stands| {
            let plans = SHIPPED.iter().zip([first, second]);
            let plans = plans.map(|((file, text), stands)| (*file, Plan::read(file, text).unwrap(), stands));
            let (fit, others) = offered(plans);
            let told = |all: Vec<ShippedPlan>| all.into_iter().map(|it| it.about).collect::<Vec<_>>();
            (told(fit), told(others).pop().unwrap_or_default())
        };
        for first in [Stands::Fits, Stands::Drafted] {
            for second in [Stands::Fits, Stands::Unfit] {
                let (fit, last) = with(first, second);
                assert_eq!(fit.len(), usize::from(first == Stands::Fits), "{first:?}: {fit:?}");
                assert!(last.starts_with("làm sau kế hoạch “"), "{first:?}, {second:?}: {last}");
            }
        }
        for first in [Stands::Begun, Stands::Passed, Stands::Unfit] {
            let (fit, _) = with(first, Stands::Fits);
            assert!(fit.len() == 1 && fit[0].contains("01/07/2025"), "{first:?}: {fit:?}");
        }
    }
}
