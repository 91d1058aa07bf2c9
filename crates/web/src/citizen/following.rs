//! Following dossiers: look-up without signing in, my dossiers.

use super::dossier::{fact, late, shared_facts, unit_note};
use super::views::{
    AcceptForm, DossierCard, Link, LookUpAnswer, LookUpForm, LookUpPage, MyDossiersPage, PublicStatus, Tab,
};
use super::{Asked as Query, dossier_address};
use crate::Web;
use crate::frame::{self, html, html_as};
use crate::page::{Section, Tone};
use crate::posted::Posted;
use crate::problem::Problem;
use crate::spoken;
use crate::staff::work_list::short;
use crate::telling::{self, Audience};
use crate::texts;
use crate::visitor::{Visitor, first_chars};
use crate::{say, say_with};
use app::AppError;
use app::applying::OwnDraft;
use app::dossiers::{self, DossierView};
use app::rows::ListCard;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::dossier::{ClockView, Status};
use domain::procedure::StepKind;

/// Most of one's own dossiers that the look-up offers.
const OWN_MAX: usize = 3;
/// Longest code that is looked at and shown again, in characters.
const CODE_CHARS_MAX: usize = 60;

// ---- look-up ----

/// The two questions of a look-up.
///
/// # Errors
/// The house failed.
pub async fn look_up_page(State(web): State<Web>, visitor: Visitor, asked: Query) -> Result<Response, Problem> {
    let code = first_chars(asked.get("ma").map_or("", String::as_str), CODE_CHARS_MAX).to_owned();
    Ok(html(&LookUpPage {
        page: frame::citizen(&web, &visitor, say("frame-look-up-dossier"), Section::LookUp),
        form: LookUpForm { code, ..LookUpForm::default() },
        answer: LookUpAnswer::Blank,
        own: own_links(&web, &visitor).await?,
    }))
}

/// The open dossiers of whoever is signed in, latest first: they need no code.
async fn own_links(web: &Web, visitor: &Visitor) -> Result<Vec<Link>, Problem> {
    let Ok(person) = visitor.person() else { return Ok(Vec::new()) };
    let cards = dossiers::of_citizen(&web.house, person).await?;
    let open = cards.iter().filter(|it| it.is_open).take(OWN_MAX);
    let link = |it: &ListCard| Link {
        href: dossier_address(&it.code),
        label: format!("{} · {}", short(&it.procedure_name), it.code),
    };
    Ok(open.map(link).collect())
}

/// Answers a look-up. Every miss is the same.
///
/// # Errors
/// The house failed.
pub async fn look_up(State(web): State<Web>, visitor: Visitor, posted: Posted) -> Result<Response, Problem> {
    let form = look_up_form(&posted);
    let found = looked_up(&web, &visitor, &form).await?;
    let mut page = frame::citizen(&web, &visitor, say("frame-look-up-dossier"), Section::LookUp);
    // The answer of a form has no address of its own: in the other language the code stands ready.
    if !form.code.is_empty()
        && let Some(other) = &mut page.other_language
    {
        other.href.push_str(&format!("&ma={}", frame::encoded(&form.code)));
    }
    Ok(match found {
        Ok(view) => {
            let answer = LookUpAnswer::Found(Box::new(public_status(&view)));
            html(&LookUpPage { page, form, answer, own: Vec::new() })
        }
        Err((status, answer)) => {
            let own = own_links(&web, &visitor).await?;
            html_as(status, &LookUpPage { page: page.with_error_title(), form, answer, own })
        }
    })
}

/// Code and digits as they were sent; what was left out is wrong.
pub(crate) fn look_up_form(posted: &Posted) -> LookUpForm {
    let typed = |name: &str| first_chars(posted.trimmed(name), CODE_CHARS_MAX).to_owned();
    let missing = |text: &str| text.is_empty().then(|| say("answer-missing").to_owned());
    let (code, digits) = (typed("ma"), typed("so"));
    LookUpForm { code_error: missing(&code), digits_error: missing(&digits), code, digits }
}

/// The dossier of code and digits; or with which status a page says that there is none, and how.
///
/// # Errors
/// The house failed.
pub(crate) async fn looked_up(
    web: &Web,
    visitor: &Visitor,
    form: &LookUpForm,
) -> Result<Result<Box<DossierView>, (StatusCode, LookUpAnswer)>, Problem> {
    if form.is_wrong() {
        return Ok(Err((StatusCode::UNPROCESSABLE_ENTITY, LookUpAnswer::Blank)));
    }
    match app::lookup::look_up(&web.house, &form.code, &form.digits, visitor.address).await {
        Ok(view) => Ok(Ok(view)),
        Err(why) => Ok(Err(missed(web, why)?)),
    }
}

/// How a page says why nothing was found.
///
/// # Errors
/// It is none of the reasons of a look-up.
pub(crate) fn missed(web: &Web, why: AppError) -> Result<(StatusCode, LookUpAnswer), Problem> {
    match why {
        AppError::NotFound => Ok((StatusCode::NOT_FOUND, LookUpAnswer::NotFound)),
        AppError::Locked { minutes } => {
            let until = spoken::time(web.house.clock.now().plus_seconds(minutes.saturating_mul(60)).local());
            Ok((StatusCode::TOO_MANY_REQUESTS, LookUpAnswer::Locked { until }))
        }
        other => Err(other.into()),
    }
}

/// What everybody who knows code and digits may know of a dossier.
pub(crate) fn public_status(view: &DossierView) -> PublicStatus {
    let it = &view.dossier;
    let your_turn = match it.status {
        Status::AwaitingSupplement => it.supplement.as_ref().map(|open| {
            let left = telling::days_left(view.now.day(), open.reply_by);
            say_with("look-up-supply", &[("day", &spoken::day(open.reply_by)), ("left", &left)])
        }),
        Status::AwaitingPayment => Some(say_with("look-up-pay", &[("amount", &spoken::dong(it.still_owed_vnd()))])),
        Status::Received | Status::InProgress if it.step.kind == StepKind::Citizen => {
            Some(say("look-up-confirm").to_owned())
        }
        _ => None,
    };
    let mut facts = vec![fact(say("apply-unit"), frame_name(view, view.desk()))];
    if it.status.is_open() {
        let unit = if it.status == Status::Decided { view.collect() } else { view.desk() };
        facts.push(fact(say("look-up-desk"), telling::desk_with_seat(view, unit)));
    }
    facts.extend(shared_facts(view, Audience::Public));
    if it.status.is_open() && it.still_owed_vnd() > 0 {
        facts.push(fact(say("procedure-fees"), telling::money(view)));
    }
    PublicStatus {
        code: it.code.to_string(),
        unit_note: unit_note(view),
        steps: telling::steps(view),
        chip: telling::chip(it.status, &view.clock, view.now, Audience::Public),
        status: telling::status(view, Audience::Public),
        late: late(view, &format!("{}#trao-doi", dossier_address(&it.code))),
        your_turn,
        facts,
        dossier_href: dossier_address(&it.code),
        asked_at: spoken::moment(view.now.local()),
    }
}

fn frame_name(view: &DossierView, unit: domain::ids::UnitId) -> String {
    view.unit_name(unit, view.now).to_owned()
}

// ---- my dossiers ----

/// The parts of the list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Running,
    Drafts,
    Shared,
    Done,
}

impl Part {
    const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Running, "dang-lam", "mine-running"),
        (Self::Drafts, "ban-nhap", "mine-drafts"),
        (Self::Shared, "duoc-chia-se", "mine-shared"),
        (Self::Done, "da-xong", "mine-done"),
    ];
}

/// My dossiers.
///
/// # Errors
/// The house failed.
pub async fn mine(State(web): State<Web>, visitor: Visitor, asked: Query) -> Result<Response, Problem> {
    let part = Part::ALL.iter().find(|(_, key, _)| asked.get("muc").map(String::as_str) == Some(*key));
    let part = part.map_or(Part::Running, |(part, ..)| *part);
    let mut view = mine_view(&web, &visitor, part, AcceptForm::default()).await?;
    if asked.get("xong").map(String::as_str) == Some("thoi") {
        view.page = frame::flash(view.page, Tone::Good, say("mine-unfollowed"));
    }
    Ok(html(&view))
}

/// The part of what one follows again, with what is wrong with the code that was typed.
pub async fn followed_again(
    web: &Web,
    visitor: &Visitor,
    typed: &str,
    why: String,
    status: StatusCode,
) -> Result<Response, Problem> {
    let form = AcceptForm { code: typed.to_owned(), error: Some(why) };
    let mut view = mine_view(web, visitor, Part::Shared, form).await?;
    view.page = view.page.with_error_title();
    Ok(html_as(status, &view))
}

async fn mine_view(web: &Web, visitor: &Visitor, part: Part, form: AcceptForm) -> Result<MyDossiersPage, Problem> {
    let person = visitor.person()?;
    let cards = dossiers::of_citizen(&web.house, person).await?;
    let drafts = app::applying::drafts_of(&web.house, person).await?;
    let followed = app::sharing::followed(&web.house, person).await?;
    let running = cards.iter().filter(|it| it.is_open).count();
    let tabs = Part::ALL.iter().map(|(own, key, label)| Tab {
        label: say(label).to_owned(),
        count: match own {
            Part::Running => running,
            Part::Drafts => drafts.len(),
            Part::Shared => followed.len(),
            Part::Done => cards.len() - running,
        },
        href: format!("/ho-so-cua-toi?muc={key}"),
        current: *own == part,
    });
    let name = visitor.who.as_ref().map_or("", |it| it.name.as_str());
    let shown = match part {
        Part::Drafts => drafts.iter().map(|it| draft_card(web, it, name)).collect(),
        Part::Shared => followed.iter().map(|it| followed_card(web, it)).collect::<Result<Vec<_>, _>>()?,
        Part::Running | Part::Done => cards
            .iter()
            .filter(|it| it.is_open == (part == Part::Running))
            .map(|it| card(web, it))
            .collect::<Result<Vec<_>, _>>()?,
    };
    for it in followed.iter().filter(|_| part == Part::Shared) {
        super::note_reading(web, person, it.id, app::rows::IN_A_LIST)?;
    }
    let empty = match part {
        Part::Running => say("mine-none-running"),
        Part::Drafts => say("mine-none-drafts"),
        Part::Shared => say("mine-none-shared"),
        Part::Done => say("mine-none-done"),
    };
    Ok(MyDossiersPage {
        page: frame::citizen(web, visitor, say("frame-mine"), Section::MyDossiers),
        tabs: tabs.collect(),
        cards: shown,
        empty: empty.to_owned(),
        accept: (part == Part::Shared).then_some(form),
    })
}

/// Of somebody else: nothing of it is the reader's turn.
fn followed_card(web: &Web, it: &ListCard) -> Result<DossierCard, Problem> {
    let waits = matches!(it.status, Status::AwaitingSupplement | Status::AwaitingPayment | Status::Decided);
    let mut card = card(web, it)?;
    if waits && let Some(turn) = card.your_turn.take() {
        card.line = say_with("mine-submitter-must", &[("line", &card.line), ("turn", &turn)]);
    }
    let (known, now) = (web.house.now_known(), web.house.clock.now());
    let clock = app::work::clock_of(&web.house, &known, it, now)?;
    card.chip = telling::chip(it.status, &clock, now, Audience::Staff);
    Ok(DossierCard { your_turn: None, ..card })
}

fn draft_card(web: &Web, own: &OwnDraft, name: &str) -> DossierCard {
    let draft = &own.draft;
    DossierCard {
        href: super::applying::step_address(draft.id, "to-khai"),
        title: short(&own.title),
        code: None,
        applicant: own.about.clone().unwrap_or_else(|| name.to_owned()),
        unit: frame::unit_today(web, own.desk),
        chip: super::views::Chip { tone: Tone::Plain, words: say("mine-draft").to_owned() },
        line: say("mine-draft-line").to_owned(),
        your_turn: None,
        last_act: say_with("mine-saved", &[("at", &spoken::moment(draft.updated_at.local()))]),
        discard: Some(super::applying::step_address(draft.id, "bo")),
    }
}

fn card(web: &Web, it: &ListCard) -> Result<DossierCard, Problem> {
    let known = web.house.now_known();
    let now = web.house.clock.now();
    let clock = app::work::clock_of(&web.house, &known, it, now)?;
    let until = it.reply_by.map_or_else(String::new, |day| {
        say_with("mine-until", &[("day", &spoken::day(day.0)), ("left", &telling::days_left(now.day(), day.0))])
    });
    let your_turn = match it.status {
        Status::AwaitingSupplement => Some(say_with("mine-supply", &[("until", &until)])),
        Status::AwaitingPayment => Some(say_with("look-up-pay", &[("amount", &spoken::dong(it.owed_vnd))])),
        Status::Received | Status::InProgress if it.holder == "citizen" => {
            Some(say_with("mine-confirm", &[("until", &until)]))
        }
        Status::Decided => Some(say("mine-collect").to_owned()),
        _ => None,
    };
    Ok(DossierCard {
        href: dossier_address(&it.code),
        title: short(&it.procedure_name),
        code: Some(it.code.to_string()),
        applicant: it.applicant.clone(),
        unit: frame::unit_today(web, web.house.now_known().organisation.responsible_now(it)),
        chip: telling::chip(it.status, &clock, now, Audience::Citizen),
        line: card_line(it, &clock),
        your_turn,
        last_act: say_with("mine-changed", &[("at", &spoken::moment(it.changed_at.local()))]),
        discard: None,
    })
}

fn card_line(it: &ListCard, clock: &ClockView) -> String {
    let status = telling::opening(&texts::status(it.status));
    match clock {
        ClockView::Answering { by, .. } => {
            say_with("mine-answers", &[("status", &status), ("at", &spoken::moment(by.local()))])
        }
        ClockView::Running { promised, minutes_left } => say_with(
            "mine-due",
            &[
                ("status", &status),
                ("at", &spoken::moment(promised.local())),
                ("left", &telling::within(&spoken::remaining(*minutes_left))),
            ],
        ),
        ClockView::Paused { .. } => say_with("mine-paused", &[("status", &status)]),
        ClockView::Ended => format!("{status}."),
    }
}
