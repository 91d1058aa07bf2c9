//! The citizen's page of a dossier: status, holder, what is next, how long is left, in words, at every moment.

use super::files;
use super::views::{
    ApologyView, DossierPage, Fact, GivenPaper, IssuedPaper, Link, PaperName, ReviewSection, Sentence, TalkView, Todo,
    WhomToAsk,
};
use super::words::{Correcting, answered};
use super::{Asked as Query, dossier_address, own_dossier};
use crate::Web;
use crate::frame::{self, html};
use crate::page::{Page, Section, Tone};
use crate::problem::Problem;
use crate::spoken;
use crate::telling::{self, Audience};
use crate::texts;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::AppError;
use app::dossiers::DossierView;
use app::usual::Usual;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::dossier::{Act, Collection, DossierCode, Event, FiledPaper, Filing, Holder, Recorded, Status};
use std::sync::Arc;

/// How the decision comes to its applicant: an address may stand there.
const COLLECTED: &str = "dossier-collected";

/// The dossier's page: status, holder, what is next, how long is left, in words, at every moment.
///
/// # Errors
/// Not theirs, or not there.
pub async fn page(
    State(web): State<Web>,
    visitor: Visitor,
    Path(code): Path<String>,
    asked: Query,
) -> Result<Response, Problem> {
    if let Some(followed) = followed(&web, &visitor, &code, &asked).await? {
        return Ok(followed);
    }
    let view = own_dossier(&web, &visitor, &code, "trang hồ sơ").await?;
    let page =
        frame::citizen(&web, &visitor, say_with("dossier-page", &[("code", &view.dossier.code)]), Section::MyDossiers);
    let page = match asked.get("xong").map(String::as_str) {
        Some("bo-sung") => frame::flash(page, Tone::Good, say("dossier-done-supply")),
        Some("rut") => frame::flash(page, Tone::Good, say("dossier-done-withdraw")),
        Some("xac-nhan") => frame::flash(page, Tone::Good, say("dossier-done-confirm")),
        Some("cach-nhan") => frame::flash(page, Tone::Good, say("dossier-done-collect")),
        Some("tin-nhan") => frame::flash(page, Tone::Good, say("dossier-done-message")),
        Some("danh-gia") => frame::flash(page, Tone::Good, say("dossier-done-rating")),
        _ => page,
    };
    Ok(html(&own_page(&web, page, &view, "", None).await?))
}

/// The page of one's own dossier, with what stands beside it: rating, messages, usual times.
pub(super) async fn own_page(
    web: &Web,
    page: Page,
    view: &DossierView,
    typed: &str,
    wrong: Option<String>,
) -> Result<DossierPage, Problem> {
    let rating = app::ratings::state(&web.house, view).await?;
    let messages = app::exchanges::of_dossier(&web.house, view.dossier.id).await?;
    let it = &view.dossier;
    let base = dossier_address(&it.code);
    let mut shown = dossier_page(page, view);
    shown.share = Some(format!("{base}/chia-se"));
    match (rating.until, &rating.given) {
        (Some(until), None) => shown.todo = shown.todo.or_else(|| Some(rating_todo(until, &base))),
        (until, Some(given)) => {
            let words = super::rating::grade_in_words(given.rating.grade);
            let href = if until.is_some() { format!("{base}/danh-gia") } else { String::new() };
            shown.rated = Some(Link { href, label: words.to_owned() });
        }
        (None, None) => {}
    }
    shown.talk = Some(TalkView {
        messages: telling::messages(view, &messages, Audience::Citizen),
        action: it.filing.get().map(|_| format!("{base}/trao-doi")),
        text: typed.to_owned(),
        error: wrong,
    });
    shown.collecting = view.can(Act::ChooseCollection).then(|| format!("{base}/cach-nhan"));
    shown.deposit = crate::papers::has_deposit(view).then(|| format!("{base}/xac-nhan-nop"));
    if it.status.is_open() && it.finished_at.is_none() {
        let procedure = it.procedure.to_string();
        if let Some(usual) = app::usual::usual(&web.house, &procedure, view.responsible(), &view.regime).await? {
            (shown.usual, shown.usual_note) = usual_times(view, &usual);
        }
    }
    Ok(shown)
}

/// Three lines of habit beside the date of the law.
fn usual_times(view: &DossierView, usual: &Usual) -> (Vec<Fact>, String) {
    let day = view.revision.time_limit.map(|limit| spoken::term(limit.binding()));
    let mut facts = vec![
        fact(say("dossier-usual-fast"), spoken::working(usual.fast_minutes)),
        fact(say("dossier-usual-middle"), spoken::working(usual.middle_minutes)),
        fact(say("dossier-usual-slow"), spoken::working(usual.slow_minutes)),
    ];
    facts.extend(day.map(|term| fact(say("dossier-usual-law"), term)));
    let unit = telling::within(view.unit_name(view.responsible(), view.now));
    let note = say_with("dossier-usual-note", &[("count", &usual.count), ("unit", &unit)]);
    (facts, note)
}

fn rating_todo(until: jiff::civil::Date, base: &str) -> Todo {
    Todo {
        what: sentence(say("dossier-rate-what"), say("dossier-rate-how")),
        act: Some(Link { href: format!("{base}/danh-gia"), label: say("dossier-rate").to_owned() }),
        note: Some(say_with("dossier-rate-note", &[("day", &spoken::day(until))])),
        ..Todo::default()
    }
}

/// The page for somebody its applicant lets follow it: without answers, papers and acts.
async fn followed(web: &Web, visitor: &Visitor, code: &str, asked: &Query) -> Result<Option<Response>, Problem> {
    let Ok(code) = DossierCode::parse(code) else { return Ok(None) };
    let person = visitor.person()?;
    let (mut view, share) = match app::sharing::open(&web.house, person, &code).await {
        Ok(found) => found,
        Err(AppError::NotFound) => return Ok(None),
        Err(other) => return Err(other.into()),
    };
    super::note_reading(web, person, view.dossier.id, "trang hồ sơ, được chia sẻ")?;
    let page =
        frame::citizen(web, visitor, say_with("dossier-page", &[("code", &view.dossier.code)]), Section::MyDossiers);
    let page = match asked.get("xong").map(String::as_str) {
        Some("nhan") => frame::flash(page, Tone::Good, say("dossier-done-accept")),
        _ => page,
    };
    // What the applicant did is not what "you" did.
    if let Some(filing) = view.dossier.filing.0.as_mut() {
        filing.account = None;
        if let Collection::Post { address } = &mut filing.collection {
            address.clear();
        }
    }
    view.log = Arc::new(view.log.iter().cloned().map(discreet).collect());
    let mut shown = dossier_page(page, &view);
    shown.chip = telling::chip(view.dossier.status, &view.clock, view.now, Audience::Staff);
    if let Some(todo) = &mut shown.todo {
        todo.act = None;
    }
    if let Some(late) = &mut shown.late {
        late.complain.clear();
    }
    for line in &mut shown.history {
        line.paper = None;
    }
    if let Some(apology) = &mut shown.apology {
        apology.letter = None;
    }
    shown.facts.retain(|it| it.label != say(COLLECTED));
    Ok(Some(html(&DossierPage {
        issued: Vec::new(),
        papers: Vec::new(),
        sections: Vec::new(),
        followed: Some(share.to_string()),
        ..shown
    })))
}

/// An event without what was declared, where the decision goes and who took it: a follower is told that it happened.
fn discreet(mut it: Recorded) -> Recorded {
    match &mut it.event {
        Event::CollectionChosen { body } => body.0 = None,
        Event::Corrected { body, .. } => body.0 = None,
        Event::Supplemented { body, .. } => body.0 = None,
        Event::Delivered { body, .. } => body.0 = None,
        _ => {}
    }
    it
}

fn dossier_page(page: Page, view: &DossierView) -> DossierPage {
    let it = &view.dossier;
    let base = dossier_address(&it.code);
    let nothing = domain::dossier::Filing::default();
    let filing = it.filing.get().unwrap_or(&nothing);
    let mut facts = shared_facts(view, Audience::Citizen);
    facts.push(fact(say("procedure-fees"), telling::money(view)));
    facts.push(fact(say(COLLECTED), telling::collection(view)));
    DossierPage {
        page,
        title: view.revision.name.clone(),
        code: it.code.to_string(),
        submitter: submitter(view),
        unit_note: unit_note(view),
        steps: telling::steps(view),
        status: telling::status(view, Audience::Citizen),
        late: late(view, "#trao-doi"),
        todo: todo(view, &base),
        apology: apology(view, &base),
        issued: issued(view, &base),
        papers: given(view, filing),
        sections: declared(view),
        history: telling::history(view, Audience::Citizen, &base),
        chip: telling::chip(it.status, &view.clock, view.now, Audience::Citizen),
        facts,
        usual: Vec::new(),
        withdraw: view.can(Act::Withdraw).then(|| format!("{base}/rut")),
        share: None,
        talk: None,
        collecting: None,
        deposit: None,
        usual_note: String::new(),
        rated: None,
        followed: None,
    }
}

/// What was declared on the form, in words.
pub(super) fn declared(view: &DossierView) -> Vec<ReviewSection> {
    let raw = view.dossier.filing.get().map(|it| it.answers.to_raw()).unwrap_or_default();
    let form = view.revision.forms.first().filter(|_| !raw.is_empty());
    form.map(|form| answered(form, &raw, Correcting::default())).unwrap_or_default()
}

fn submitter(view: &DossierView) -> String {
    let it = &view.dossier;
    let unit = telling::within(view.unit_name(view.received_by(), it.filed_at));
    let how = texts::channel(it.channel);
    match it.filing.get() {
        Some(filing) => match &filing.applicant {
            Some(own) => say_with(
                "dossier-applicant-submitter",
                &[("applicant", &own.name), ("submitter", &filing.submitter.name), ("how", &how), ("unit", &unit)],
            ),
            None => {
                say_with("dossier-submitter", &[("submitter", &filing.submitter.name), ("how", &how), ("unit", &unit)])
            }
        },
        None => say_with("dossier-erased", &[("how", &how), ("unit", &unit)]),
    }
}

fn sentence(strong: impl Into<String>, rest: impl Into<String>) -> Sentence {
    Sentence { strong: strong.into(), rest: rest.into() }
}

fn todo(view: &DossierView, base: &str) -> Option<Todo> {
    let it = &view.dossier;
    match it.status {
        Status::AwaitingSupplement => Some(supplement_todo(view, base)),
        Status::AwaitingPayment => Some(payment_todo(view)),
        Status::Decided => collect_todo(view),
        Status::Received | Status::InProgress if *it.holder() == Holder::Citizen => Some(Todo {
            what: sentence(say("dossier-confirm-what"), ""),
            act: view
                .can(Act::Confirm)
                .then(|| Link { href: format!("{base}/xac-nhan"), label: say("dossier-confirm-act").to_owned() }),
            note: Some(it.confirm_by().map_or_else(
                || say("dossier-confirm-note").to_owned(),
                |last| {
                    let left = telling::days_left(view.now.day(), last);
                    say_with("dossier-confirm-until", &[("day", &spoken::day(last)), ("left", &left)])
                },
            )),
            ..Todo::default()
        }),
        Status::New
        | Status::Received
        | Status::InProgress
        | Status::NotAccepted
        | Status::Withdrawn
        | Status::Discontinued
        | Status::Delivered => None,
    }
}

/// What is done at the step it stands at.
pub(super) fn step_action(view: &DossierView) -> String {
    view.revision.step(view.dossier.step.number).map_or_else(String::new, |step| step.action.clone())
}

fn supplement_todo(view: &DossierView, base: &str) -> Todo {
    let it = &view.dossier;
    let open = it.supplement.as_ref();
    let request = open.and_then(|own| own.request.get());
    let items: Vec<Sentence> = request
        .map(|own| {
            own.items
                .iter()
                .map(|item| {
                    let what = telling::stopped(&item.what);
                    let name = telling::opening(&spoken::asked(item));
                    if what.is_empty() { sentence(format!("{name}."), "") } else { sentence(format!("{name}:"), what) }
                })
                .collect()
        })
        .unwrap_or_default();
    let until = open.map_or_else(String::new, |own| {
        say_with(
            "dossier-until",
            &[("day", &spoken::day(own.reply_by)), ("left", &telling::days_left(view.now.day(), own.reply_by))],
        )
    });
    let wrong = it.asked_fields().count();
    let (count, act) = asked_for(items.len().saturating_sub(wrong), wrong);
    let reason =
        request.map(|own| say_with("told-reason", &[("reason", &telling::stopped(&own.reason))])).unwrap_or_default();
    let lapses = say("dossier-lapses");
    Todo {
        what: sentence(count, until),
        items,
        facts: Vec::new(),
        act: view.can(Act::Supply).then(|| Link { href: format!("{base}/bo-sung"), label: act.to_owned() }),
        note: Some(format!("{reason} {lapses}").trim().to_owned()),
    }
}

/// What is asked, counted, and the words of the button that leads to it.
pub(super) fn asked_for(papers: usize, answers: usize) -> (String, &'static str) {
    match (papers, answers) {
        (0, 1..) => (say_with("dossier-asked-answers", &[("answers", &answers)]), say("dossier-put-right")),
        (_, 0) => (say_with("dossier-asked-papers", &[("papers", &papers.max(1))]), say("dossier-send-this")),
        _ => (
            say_with("dossier-asked-both", &[("papers", &papers), ("answers", &answers)]),
            say("dossier-send-and-put-right"),
        ),
    }
}

fn payment_todo(view: &DossierView) -> Todo {
    let it = &view.dossier;
    let asked = view.log.iter().rev().find_map(|own| match &own.event {
        Event::ObligationNotified { pay_by, body, .. } => Some((*pay_by, body.get())),
        _ => None,
    });
    let mut facts = Vec::new();
    if let Some((pay_by, body)) = asked {
        facts.extend(
            body.map(|own| own.items.as_slice())
                .unwrap_or_default()
                .iter()
                .map(|item| fact(&item.name, spoken::dong(item.amount_vnd))),
        );
        if let Some(day) = pay_by {
            let left = telling::days_left(view.now.day(), day);
            facts.push(fact(
                say("dossier-pay-by"),
                say_with("dossier-pay-until", &[("day", &spoken::day(day)), ("left", &left)]),
            ));
        }
    }
    facts.push(fact(say("dossier-pay-where"), place(view, view.collect())));
    Todo {
        what: sentence(
            say_with("dossier-pay", &[("amount", &spoken::dong(it.still_owed_vnd()))]),
            say("dossier-pay-why"),
        ),
        facts,
        note: Some(say("dossier-pay-note").to_owned()),
        ..Todo::default()
    }
}

fn collect_todo(view: &DossierView) -> Option<Todo> {
    let it = &view.dossier;
    let owed = it.still_owed_vnd();
    let mut facts = Vec::new();
    if owed > 0 {
        facts.push(fact(say("dossier-still-owed"), spoken::dong(owed)));
    }
    let (what, rest) = match it.filing.get().map(|own| &own.collection) {
        Some(Collection::Desk) | None => {
            facts.push(fact(say("dossier-where"), place(view, view.collect())));
            facts.push(fact(say("dossier-bring"), say("dossier-bring-what")));
            (say("dossier-come"), say("dossier-come-hours"))
        }
        Some(Collection::Post { .. } | Collection::Electronic) if owed > 0 => {
            facts.push(fact(say("dossier-pay-where"), place(view, view.collect())));
            (say("dossier-pay-fees"), say("dossier-pay-fees-why"))
        }
        Some(Collection::Post { .. } | Collection::Electronic) => return None,
    };
    Some(Todo { what: sentence(what, rest), facts, ..Todo::default() })
}

/// A desk with its seat and hours.
fn place(view: &DossierView, unit: domain::ids::UnitId) -> String {
    let desk = telling::desk(view, unit);
    match view.known.organisation.attributes_on(unit, view.now.day()) {
        Some(it) if !it.seat.is_empty() => format!("{desk}, {}; {}", it.seat, frame::hours_in_words(&it.hours)),
        Some(it) => format!("{desk}; {}", frame::hours_in_words(&it.hours)),
        None => desk,
    }
}

fn apology(view: &DossierView, base: &str) -> Option<ApologyView> {
    let it = view.dossier.apology.as_ref()?;
    let recorded = view.log.iter().rev().find(|own| matches!(own.event, Event::Apologised { .. }))?;
    let Event::Apologised { body, .. } = &recorded.event else { return None };
    Some(ApologyView {
        promised: spoken::moment(it.promised.local()),
        now: spoken::moment(it.new_date.local()),
        reason: body.get().map_or_else(|| say("dossier-text-erased").to_owned(), |own| telling::stopped(&own.text)),
        letter: Some(Link {
            href: format!("{base}/phieu/{}", recorded.seq),
            label: say("dossier-apology-letter").to_owned(),
        }),
    })
}

/// Whom to ask about a dossier that is late; none while it is not.
pub(super) fn late(view: &DossierView, complain: &str) -> Option<WhomToAsk> {
    telling::minutes_late(&view.clock, view.now)
        .map(|_| WhomToAsk { complain: complain.to_owned(), ..whom_to_ask(view) })
}

/// The desk of the dossier with its telephone.
pub(super) fn whom_to_ask(view: &DossierView) -> WhomToAsk {
    let unit = view.desk();
    let phone = view.known.organisation.attributes_on(unit, view.now.day()).map(|it| it.phone.clone());
    WhomToAsk {
        ask: say_with("dossier-ask-desk", &[("desk", &telling::desk(view, unit))]),
        phone: phone.unwrap_or_default(),
        complain: String::new(),
    }
}

/// The paper the procedure ends with: "Giấy khai sinh".
pub(super) fn outcome_paper(view: &DossierView) -> Option<String> {
    let papers = view.revision.outcomes.iter().filter(|it| !it.negative);
    papers.map(|it| it.name.trim()).find(|it| !it.is_empty()).map(str::to_owned)
}

/// Papers of the office: the slip, the letters, the decision; newest first.
fn issued(view: &DossierView, base: &str) -> Vec<IssuedPaper> {
    telling::history(view, Audience::Citizen, base)
        .into_iter()
        .filter_map(|line| {
            let paper = line.paper?;
            let clock = line.when.clock.map(|at| format!(", {at}")).unwrap_or_default();
            let who = line.who.map(|who| format!(" · {who}")).unwrap_or_default();
            Some(IssuedPaper { name: paper.label, href: paper.href, issued: format!("{}{clock}{who}", line.when.day) })
        })
        .collect()
}

/// What was handed in and stands: what a later paper replaced is told in the history.
fn given(view: &DossierView, filing: &Filing) -> Vec<GivenPaper> {
    let standing = filing.papers.iter().enumerate().filter(|(place, _)| !filing.is_replaced(*place));
    standing
        .flat_map(|(_, paper)| {
            let (tone, check) = check_of(view, paper);
            let row = |href: Option<String>, name: String| GivenPaper {
                name: PaperName::of(&name),
                href,
                form: form_of(paper),
                tone,
                check: check.clone(),
            };
            match paper.documents.as_slice() {
                [] => vec![row(None, paper.name.clone())],
                [one] => vec![row(file_of(view, *one), paper.name.clone())],
                many => many
                    .iter()
                    .zip(1..)
                    .map(|(one, place)| {
                        let short = PaperName::of(&paper.name).short;
                        row(file_of(view, *one), say_with("dossier-file", &[("name", &short), ("place", &place)]))
                    })
                    .collect(),
            }
        })
        .collect()
}

fn file_of(view: &DossierView, id: domain::ids::DocumentId) -> Option<String> {
    view.documents.iter().find(|it| it.id == id).map(|it| files::address(it.id))
}

fn form_of(paper: &FiledPaper) -> String {
    if paper.from_data {
        return say("dossier-from-data").to_owned();
    }
    let mut parts = Vec::new();
    if paper.originals > 0 {
        parts.push(say_with("copies-originals", &[("count", &paper.originals)]));
    }
    if paper.copies > 0 {
        parts.push(say_with("copies-copies", &[("count", &paper.copies)]));
    }
    if !paper.documents.is_empty() {
        parts.push(if parts.is_empty() {
            say("dossier-electronic").to_owned()
        } else {
            say("dossier-digitised").to_owned()
        });
    }
    if parts.is_empty() { say("dossier-noted").to_owned() } else { parts.join(", ") }
}

/// What the office made of a paper, as far as its acts say.
fn check_of(view: &DossierView, paper: &FiledPaper) -> (Tone, String) {
    let asked = view.dossier.supplement.as_ref().and_then(|open| open.request.get());
    let again = asked
        .and_then(|own| own.items.iter().find(|item| item.requirement.as_deref() == Some(paper.requirement.as_str())));
    match (again, view.dossier.received_at) {
        (Some(item), _) if item.what.is_empty() => (Tone::Bad, say("dossier-send-again").to_owned()),
        (Some(item), _) => (Tone::Bad, say_with("dossier-send-again-why", &[("why", &telling::stopped(&item.what))])),
        (None, Some(_)) => (Tone::Good, say("dossier-paper-received").to_owned()),
        (None, None) => (Tone::Plain, say("dossier-paper-unseen").to_owned()),
    }
}

/// One fact.
pub(super) fn fact(label: &str, value: impl Into<String>) -> Fact {
    Fact { label: label.to_owned(), value: value.into(), note: None }
}

/// Said when the unit that took it in is another or is called otherwise today.
pub(super) fn unit_note(view: &DossierView) -> Option<String> {
    let filed_on = view.dossier.filed_at.day();
    let since = telling::since_then(view, view.received_by(), filed_on)?;
    let (day, turn) = (spoken::short_day(filed_on), telling::turn_to(view));
    let key = if view.dossier.status.is_open() { "dossier-unit-note" } else { "dossier-unit-note-done" };
    Some(say_with(key, &[("day", &day), ("since", &since), ("turn", &turn)]))
}

/// Holder, next, time left, dates.
pub(super) fn shared_facts(view: &DossierView, audience: Audience) -> Vec<Fact> {
    let it = &view.dossier;
    let mut facts = vec![
        fact(say("dossier-holder"), telling::holder_since(view, audience)),
        fact(say("dossier-next"), telling::next(view, audience)),
        fact(
            say(if telling::minutes_late(&view.clock, view.now).is_some() {
                "dossier-against-due"
            } else {
                "dossier-left"
            }),
            telling::time_left(view),
        ),
        fact(say("dossier-filed-at"), spoken::moment(it.filed_at.local())),
    ];
    if let Some(at) = it.received_at {
        facts.push(fact(say("dossier-received-at"), spoken::moment(at.local())));
    }
    if let Some(due) = telling::due(view) {
        let provisional = it.due.is_some_and(|own| own.provisional);
        let note = provisional.then(|| say("dossier-provisional").to_owned());
        let label = if it.pause.is_some() { say("dossier-due-before-pause") } else { say("dossier-due") };
        facts.push(Fact { note, ..fact(label, due) });
    }
    facts
}
