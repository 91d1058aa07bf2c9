//! A dossier in words: how it stands, who holds it, what is next, how long is left, what happened. One voice for citizens, the
//! public and the office; nothing is decided here. What happened lies in [`history`].

mod history;

pub use app::words::within;
pub use history::history;

use crate::citizen::views::{Chip, MessageView, Sentence, StepMark, StepState, When};
use crate::page::Tone;
use crate::spoken;
use crate::texts;
use crate::{say, say_with};
use app::dossiers::DossierView;
use app::exchanges::Written;
use domain::dossier::{ClockView, Collection, Event, Holder, NextAct, Outcome, Owner, PauseCause, Recorded, Status};
use domain::ids::UnitId;
use domain::post::Post;
use domain::procedure::StepKind;
use domain::time::Instant;
use jiff::civil::Date;

/// Working minutes left from which a running dossier is said to be close to its date.
const SOON_MINUTES: i64 = 480;

/// Who reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// The citizen whose dossier it is.
    Citizen,
    /// Somebody with the code and four digits: no names of people, no reasons.
    Public,
    /// The office.
    Staff,
}

impl Audience {
    /// Whom the ball is with, where it is the citizen.
    fn you(self) -> &'static str {
        match self {
            Self::Citizen | Self::Public => say("told-you"),
            Self::Staff => say("told-citizen"),
        }
    }
}

/// A moment with its machine form.
pub fn when(at: Instant) -> When {
    let local = at.local();
    When {
        iso: local.strftime("%Y-%m-%dT%H:%M").to_string(),
        day: spoken::day_in_a_column(local.date()),
        clock: Some(spoken::time(local)),
    }
}

/// The same text beginning with a capital letter.
pub fn opening(text: &str) -> String {
    let mut letters = text.chars();
    let mut opened = String::with_capacity(text.len());
    opened.extend(letters.next().into_iter().flat_map(char::to_uppercase));
    opened.push_str(letters.as_str());
    opened
}

/// A text of people with its full stop.
pub fn stopped(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['.', '!', '?', '…']) { text.to_owned() } else { format!("{text}.") }
}

/// What a unit is called today, within a sentence.
fn unit_now(view: &DossierView, unit: UnitId) -> String {
    within(view.unit_name(unit, view.now))
}

/// What became of a unit since a day, a phrase: "Phường An Biên nay thuộc phường Lê Chân, từ ngày 01/07/2025"; none where it stands
/// and is called as it was.
#[doc(alias = "nay thuộc")]
pub fn since_then(view: &DossierView, unit: UnitId, on: Date) -> Option<String> {
    let units = &view.known.organisation;
    let heir = view.today_of(unit);
    let then = units.name_on(unit, on);
    // What is told of nearly every dossier: nothing.
    if heir == unit && then == view.unit_name(unit, view.now) {
        return None;
    }
    let (then, now) = (opening(then), unit_now(view, heir));
    if heir == unit {
        return (within(&then) != now).then(|| say_with("told-now-called", &[("then", &then), ("now", &now)]));
    }
    let since = units
        .came_to(unit, heir)
        .map(|it| say_with("told-since", &[("day", &spoken::short_day(it))]))
        .unwrap_or_default();
    if !view.dossier.status.is_open() {
        // What is closed stays with whoever keeps the archive, and is not said to be of ground it may not be of.
        match view.ground_of(unit) {
            (ground, true) if ground == heir => {}
            (ground, true) => {
                let ground = unit_now(view, ground);
                return Some(say_with(
                    "told-ground",
                    &[("then", &then), ("ground", &ground), ("since", &since), ("now", &now)],
                ));
            }
            (_, false) => return Some(say_with("told-divided", &[("then", &then), ("since", &since), ("now", &now)])),
        }
    }
    let same = if within(&then) == now { say("told-same-name") } else { "" };
    Some(say_with("told-now-part", &[("then", &then), ("now", &now), ("same", &same), ("since", &since)]))
}

/// Where its citizen turns to today, with seat and telephone: what stands on an old paper is of the unit of then. Nothing of a dossier
/// that is done, or whose decision comes to them.
pub fn turn_to(view: &DossierView) -> String {
    let comes = view.dossier.filing.get().is_some_and(|it| !matches!(it.collection, Collection::Desk));
    let is_decided = view.dossier.status == Status::Decided;
    if !view.dossier.status.is_open() || (is_decided && comes) {
        return String::new();
    }
    let at = desk_with_seat(view, if is_decided { view.collect() } else { view.desk() });
    format!(" {}", say_with(if comes { "told-ask-at" } else { "told-turn-to" }, &[("at", &at)]))
}

/// The desk of a unit as called today, with its seat and telephone.
pub fn desk_with_seat(view: &DossierView, unit: UnitId) -> String {
    let mut text = desk(view, unit);
    if let Some(it) = view.known.organisation.attributes_on(unit, view.now.day()) {
        if !it.seat.is_empty() {
            text.push_str(&format!(", {}", it.seat));
        }
        if !it.phone.is_empty() {
            text.push_str(&say_with("told-phone", &[("phone", &it.phone)]));
        }
    }
    text
}

/// The desk of a unit as called today.
pub fn desk(view: &DossierView, unit: UnitId) -> String {
    say_with("told-desk", &[("unit", &unit_now(view, unit))])
}

/// Who owes the next act, with post and unit as called today.
pub fn owner(view: &DossierView, it: &Owner, audience: Audience) -> String {
    let unit = unit_now(view, it.unit);
    let post = texts::post(it.post);
    let name = it.person.map(|person| view.name(person)).unwrap_or_default();
    let named = !name.is_empty() && audience != Audience::Public;
    match it.post {
        _ if named => format!("{name}, {post}, {unit}"),
        Post::Reception => desk(view, it.unit),
        Post::Specialist if it.person.is_none() => say_with("told-no-officer", &[("unit", &opening(&unit))]),
        Post::Specialist | Post::Head | Post::Leader | Post::Clerk | Post::ControlOfficer | Post::Administrator => {
            format!("{}, {unit}", opening(&post))
        }
    }
}

/// Who is asked outside the house at a step.
fn partner(view: &DossierView, number: u16, audience: Audience) -> String {
    // Whom the office asks can tell what the matter is.
    if audience == Audience::Public {
        return say("told-partner").to_owned();
    }
    let step = view.revision.step(number);
    let named = step.and_then(|it| it.partner.clone()).or_else(|| step.map(|it| it.stated_unit.clone()));
    named.filter(|it| !it.is_empty()).unwrap_or_else(|| say("told-partner").to_owned())
}

/// In whose hands it lies.
pub fn holder(view: &DossierView, audience: Audience) -> String {
    match view.dossier.holder() {
        Holder::Post { owner: it } => owner(view, it, audience),
        Holder::Citizen => opening(audience.you()),
        Holder::Payment => say_with("told-waits-payment", &[("who", &opening(audience.you()))]),
        Holder::Outside { step } => partner(view, *step, audience),
        Holder::Nobody => say("told-nobody-holds").to_owned(),
    }
}

/// In whose hands it lies, and since when.
pub fn holder_since(view: &DossierView, audience: Audience) -> String {
    match view.dossier.holder() {
        Holder::Nobody => holder(view, audience),
        Holder::Post { .. } | Holder::Citizen | Holder::Payment | Holder::Outside { .. } => say_with(
            "told-holder-since",
            &[("who", &holder(view, audience)), ("at", &spoken::moment(view.dossier.held_since().local()))],
        ),
    }
}

/// The one thing that must happen next.
pub fn next(view: &DossierView, audience: Audience) -> String {
    let it = &view.dossier;
    let Some(act) = it.next_act() else { return say("told-nothing-next").to_owned() };
    let is_staff = audience == Audience::Staff;
    match act {
        NextAct::Supply => {
            let key = if is_staff { "case-citizen-supplies" } else { "told-supply" };
            say_with(key, &[("who", &opening(audience.you()))])
        }
        NextAct::Pay => {
            let (who, amount) = (opening(audience.you()), spoken::dong(it.still_owed_vnd()));
            let key = if is_staff { "case-citizen-pays" } else { "told-pay" };
            say_with(key, &[("who", &who), ("amount", &amount)])
        }
        NextAct::AwaitOutside if it.step.kind == StepKind::Citizen => {
            let asked = asked_of_citizen(&step_action(view, audience));
            let key = if is_staff { "case-citizen-confirms" } else { "told-confirm" };
            with_action(&say_with(key, &[("who", &opening(audience.you()))]), &within(&asked))
        }
        NextAct::AwaitOutside => {
            let who = partner(view, it.step.number, audience);
            with_action(&say_with("told-answers", &[("who", &who)]), &step_action(view, audience))
        }
        NextAct::Work => match step_action(view, audience) {
            action if action.is_empty() => opening(&texts::next_act(act)),
            action => opening(&action),
        },
        NextAct::HandOver => match it.filing.get().map(|it| &it.collection) {
            Some(Collection::Post { .. }) => say("told-send-by-post").to_owned(),
            Some(Collection::Electronic) => say("told-send-electronic").to_owned(),
            Some(Collection::Desk) | None => say_with("told-hand-over", &[("who", &audience.you())]),
        },
        NextAct::Assign if !is_staff => say("told-assign").to_owned(),
        NextAct::Answer | NextAct::Assign | NextAct::Sign | NextAct::Issue => opening(&texts::next_act(act)),
    }
}

fn with_action(who: &str, action: &str) -> String {
    if action.is_empty() { who.to_owned() } else { format!("{who}: {action}") }
}

/// What a waiting step asks of the citizen, as the published procedure says it, without the words that are for the office.
pub fn asked_of_citizen(action: &str) -> String {
    let action = action.trim();
    let plain = match action.strip_prefix('(').and_then(|it| it.split_once(')')) {
        Some((_, rest)) => rest.trim(),
        None => action,
    };
    opening(plain)
}

/// What is done at the step; not for the public, because it can tell what the matter is.
fn step_action(view: &DossierView, audience: Audience) -> String {
    if audience == Audience::Public {
        return String::new();
    }
    view.revision.step(view.dossier.step.number).map_or_else(String::new, |it| within(&it.action))
}

/// How long is left, a whole phrase.
pub fn time_left(view: &DossierView) -> String {
    match view.clock {
        ClockView::Answering { minutes_left, .. } => {
            say_with("told-left-to-answer", &[("left", &spoken::remaining(minutes_left))])
        }
        ClockView::Running { minutes_left, .. } => spoken::remaining(minutes_left),
        ClockView::Paused { cause, minutes_left: Some(minutes) } => {
            let until = match cause {
                PauseCause::Supplement => say("told-once-supplied"),
                PauseCause::Payment => say("told-once-paid"),
                PauseCause::Outside => say("told-once-answered"),
                PauseCause::Confirmation => say("told-once-confirmed"),
            };
            say_with("told-goes-on", &[("left", &spoken::remaining(minutes)), ("until", &until)])
        }
        ClockView::Paused { minutes_left: None, .. } => say("told-not-counted").to_owned(),
        ClockView::Ended => say("told-clock-stopped").to_owned(),
    }
}

/// The date promised, where there is one.
pub fn due(view: &DossierView) -> Option<String> {
    view.dossier.promised_at().map(|at| spoken::moment(at.local()))
}

/// Days of the calendar until a day, as people say it: "còn 24 ngày", "hết hạn hôm nay".
pub fn days_left(today: Date, until: Date) -> String {
    match until.since(today).map_or(0, |span| span.get_days()) {
        0 => say("told-today").to_owned(),
        days if days > 0 => say_with("told-days-left", &[("days", &days)]),
        days => say_with("told-days-over", &[("days", &-days)]),
    }
}

/// The line of four steps.
pub fn steps(view: &DossierView) -> Vec<StepMark> {
    use StepState::{Ahead, Current, Done, Ended, Paused};
    let it = &view.dossier;
    let received = it.received_at.is_some();
    let states = match it.status {
        Status::New => [Done, Current, Ahead, Ahead],
        Status::NotAccepted => [Done, Ended, Ahead, Ahead],
        Status::AwaitingSupplement | Status::AwaitingPayment if !received => [Done, Paused, Ahead, Ahead],
        Status::AwaitingSupplement | Status::AwaitingPayment => [Done, Done, Paused, Ahead],
        Status::Received | Status::InProgress if it.pause.is_some() => [Done, Done, Paused, Ahead],
        Status::Received | Status::InProgress => [Done, Done, Current, Ahead],
        Status::Withdrawn | Status::Discontinued if !received => [Done, Ended, Ahead, Ahead],
        Status::Withdrawn | Status::Discontinued => [Done, Done, Ended, Ahead],
        Status::Decided => [Done, Done, Done, Current],
        Status::Delivered => [Done, Done, Done, Done],
    };
    let labels = [say("told-step-filed"), say("told-step-received"), say("told-step-work"), say("told-step-decision")];
    labels
        .into_iter()
        .zip(states)
        .map(|(label, state)| StepMark { label: label.to_owned(), state, href: None })
        .collect()
}

/// The short state: words, and how good or bad it is. Late is judged by the day.
pub fn chip(status: Status, clock: &ClockView, now: Instant, audience: Audience) -> Chip {
    let you = audience.you();
    let chip = |tone, words: String| Chip { tone, words };
    let running = |minutes: i64, by: Instant, calm: String| {
        if now.day() > by.day() {
            chip(Tone::Bad, spoken::remaining(minutes.min(-1)))
        } else if minutes < SOON_MINUTES {
            let words = if minutes < 0 { say("told-due-today").to_owned() } else { spoken::remaining(minutes) };
            chip(Tone::Warn, words)
        } else {
            chip(Tone::Act, calm)
        }
    };
    match (status, clock) {
        (Status::New, ClockView::Answering { by, minutes_left }) if *minutes_left < 0 => {
            running(*minutes_left, *by, String::new())
        }
        (Status::New, _) => chip(Tone::Act, say("told-awaits-reception").to_owned()),
        (Status::Received | Status::InProgress, ClockView::Running { promised, minutes_left }) => running(
            *minutes_left,
            *promised,
            say_with("told-in-progress-left", &[("left", &within(&spoken::remaining(*minutes_left)))]),
        ),
        (Status::Received | Status::InProgress, ClockView::Paused { cause: PauseCause::Confirmation, .. }) => {
            chip(Tone::Hold, say_with("told-paused-confirm", &[("you", &you)]))
        }
        (Status::Received | Status::InProgress, ClockView::Paused { .. }) => {
            chip(Tone::Hold, say("told-paused-outside").to_owned())
        }
        (Status::Received | Status::InProgress, _) => chip(Tone::Act, say("told-in-progress").to_owned()),
        (Status::AwaitingSupplement, _) => chip(Tone::Hold, say_with("told-paused-supply", &[("you", &you)])),
        (Status::AwaitingPayment, _) => chip(Tone::Hold, say_with("told-paused-pay", &[("you", &you)])),
        (Status::NotAccepted, _) => chip(Tone::Bad, say("told-not-accepted").to_owned()),
        (Status::Withdrawn, _) => chip(Tone::Plain, say("told-withdrawn").to_owned()),
        (Status::Discontinued, _) => chip(Tone::Bad, say("told-discontinued").to_owned()),
        (Status::Decided, _) => chip(Tone::Good, say("told-decided").to_owned()),
        (Status::Delivered, _) => chip(Tone::Good, say("told-delivered").to_owned()),
    }
}

/// By how many working minutes a dossier in work is late; none while its day has not passed.
pub fn minutes_late(clock: &ClockView, now: Instant) -> Option<i64> {
    match clock {
        ClockView::Running { promised, minutes_left } if now.day() > promised.day() => Some((-*minutes_left).max(1)),
        ClockView::Answering { .. } | ClockView::Running { .. } | ClockView::Paused { .. } | ClockView::Ended => None,
    }
}

/// How it stands, in a sentence whose first part weighs.
pub fn status(view: &DossierView, audience: Audience) -> Sentence {
    let it = &view.dossier;
    let you = audience.you();
    if audience != Audience::Staff
        && let Some(minutes) = minutes_late(&view.clock, view.now)
    {
        return sorry(view, minutes, audience);
    }
    let (strong, rest) = match it.status {
        Status::New => (say("told-filed-waits").to_owned(), format!("{} {}", desk(view, view.desk()), answering(view))),
        Status::Received | Status::InProgress if it.pause.is_some() => {
            if it.step.kind == StepKind::Citizen {
                (say_with("told-clock-paused-confirm", &[("you", &you)]), later(view, say("told-after-confirming")))
            } else {
                let who = within(&partner(view, it.step.number, audience));
                (say_with("told-clock-paused-answer", &[("who", &who)]), later(view, say("told-after-answer")))
            }
        }
        Status::Received | Status::InProgress => (say("told-in-progress-stop").to_owned(), working(view, audience)),
        Status::AwaitingSupplement => {
            (say_with("told-clock-paused-supply", &[("you", &you)]), later(view, say("told-after-supply")))
        }
        Status::AwaitingPayment => (
            say_with("told-clock-paused-pay", &[("you", &you), ("amount", &spoken::dong(it.still_owed_vnd()))]),
            later(view, say("told-after-payment")),
        ),
        Status::NotAccepted => (say("told-not-accepted-stop").to_owned(), reason_of_end(view, audience)),
        Status::Withdrawn => (say_with("told-withdrew", &[("who", &opening(you))]), ended(view, audience)),
        Status::Discontinued => (say("told-discontinued-stop").to_owned(), reason_of_end(view, audience)),
        Status::Decided => (decided(view), collecting(view, audience)),
        Status::Delivered => (say("told-delivered-stop").to_owned(), ended(view, audience)),
    };
    Sentence { strong, rest }
}

/// Late: said first, with whom it lies.
fn sorry(view: &DossierView, minutes: i64, audience: Audience) -> Sentence {
    let at = due(view).unwrap_or_default();
    Sentence {
        strong: say_with("told-late", &[("late", &spoken::working(minutes))]),
        rest: say_with("told-late-holder", &[("at", &at), ("who", &holder(view, audience))]),
    }
}

fn answering(view: &DossierView) -> String {
    match view.clock {
        ClockView::Answering { by, minutes_left } if minutes_left >= 0 => say_with(
            "told-answers-by",
            &[("at", &spoken::moment(by.local())), ("left", &within(&spoken::remaining(minutes_left)))],
        ),
        ClockView::Answering { by, minutes_left } => say_with(
            "told-should-have-answered",
            &[("at", &spoken::moment(by.local())), ("late", &within(&spoken::remaining(minutes_left)))],
        ),
        ClockView::Running { .. } | ClockView::Paused { .. } | ClockView::Ended => say("told-will-answer").to_owned(),
    }
}

fn working(view: &DossierView, audience: Audience) -> String {
    let who = holder(view, audience);
    let next = within(&next(view, audience));
    let time = match view.clock {
        ClockView::Running { promised, minutes_left } if minutes_left >= 0 => say_with(
            "told-due",
            &[("at", &spoken::moment(promised.local())), ("left", &within(&spoken::remaining(minutes_left)))],
        ),
        ClockView::Running { promised, minutes_left } => say_with(
            "told-was-due",
            &[("at", &spoken::moment(promised.local())), ("late", &within(&spoken::remaining(minutes_left)))],
        ),
        ClockView::Answering { .. } | ClockView::Paused { .. } | ClockView::Ended => String::new(),
    };
    say_with("told-working", &[("who", &who), ("next", &next), ("time", &time)])
}

/// What follows once the pause ends.
fn later(view: &DossierView, once: &str) -> String {
    let unit = unit_now(view, view.responsible());
    match view.clock {
        ClockView::Paused { minutes_left: Some(minutes), .. } if minutes > 0 => {
            say_with("told-then-left", &[("once", &once), ("unit", &unit), ("left", &spoken::working(minutes))])
        }
        ClockView::Paused { minutes_left: Some(minutes), .. } => {
            say_with("told-then-late", &[("once", &once), ("late", &within(&spoken::remaining(minutes)))])
        }
        ClockView::Paused { minutes_left: None, .. } => say_with(
            "told-then-answers",
            &[("once", &once), ("desk", &desk(view, view.desk())), ("hours", &view.regime.answer_working_hours)],
        ),
        ClockView::Answering { .. } | ClockView::Running { .. } | ClockView::Ended => String::new(),
    }
}

fn decided(view: &DossierView) -> String {
    match view.dossier.decision.as_ref().map(|it| it.outcome) {
        Some(Outcome::Declined) => say("told-declined").to_owned(),
        Some(Outcome::Granted) | None => say("told-decided-stop").to_owned(),
    }
}

/// How the decision reaches its owner, a whole sentence.
pub fn collecting(view: &DossierView, audience: Audience) -> String {
    let at = desk(view, view.collect());
    match view.dossier.filing.get().map(|it| &it.collection) {
        Some(Collection::Post { address }) if audience != Audience::Public && !address.is_empty() => {
            say_with("told-posts-to", &[("at", &at), ("address", &stopped(address))])
        }
        Some(Collection::Post { .. }) => say_with("told-posts", &[("at", &at)]),
        Some(Collection::Electronic) => say("told-electronic").to_owned(),
        Some(Collection::Desk) | None => say_with("told-collect-at", &[("at", &at)]),
    }
}

/// How the decision comes back, short.
pub fn collection(view: &DossierView) -> String {
    match view.dossier.filing.get().map(|it| &it.collection) {
        Some(Collection::Post { address }) => say_with("told-by-post-to", &[("address", &address)]),
        Some(Collection::Electronic) => say("told-by-electronic").to_owned(),
        Some(Collection::Desk) | None => desk(view, view.collect()),
    }
}

/// Fees and duties in words.
pub fn money(view: &DossierView) -> String {
    let it = &view.dossier;
    match (it.owed_vnd, it.still_owed_vnd()) {
        (..) if it.overpaid_vnd() > 0 => {
            let (paid, over) = (spoken::dong(it.paid_vnd), spoken::dong(it.overpaid_vnd()));
            say_with("told-overpaid", &[("paid", &paid), ("over", &over)])
        }
        (0, _) => say("told-nothing-to-pay").to_owned(),
        (all, 0) => say_with("told-all-paid", &[("amount", &spoken::dong(all))]),
        (all, left) if left == all => {
            say_with(unpaid(it.filing.get().map(|it| &it.collection)), &[("amount", &spoken::dong(all))])
        }
        (all, left) => say_with("told-still-owed", &[("amount", &spoken::dong(all)), ("left", &spoken::dong(left))]),
    }
}

/// Where and until when what is owed is paid: before the decision is sent, where it is sent.
fn unpaid(collection: Option<&Collection>) -> &'static str {
    match collection {
        Some(Collection::Desk) => "told-not-paid",
        Some(Collection::Post { .. } | Collection::Electronic) => "told-not-paid-before-sending",
        None => "told-not-paid-yet",
    }
}

/// Messages in words, the oldest first.
pub fn messages(view: &DossierView, all: &[Written], audience: Audience) -> Vec<MessageView> {
    all.iter().map(|it| message(view, it, audience)).collect()
}

fn message(view: &DossierView, it: &Written, audience: Audience) -> MessageView {
    let message = &it.message;
    let who = match (message.unit, audience) {
        (None, Audience::Citizen) => say("told-you-alone").to_owned(),
        (None, Audience::Staff | Audience::Public) => say_with("told-submitter", &[("name", &it.name)]),
        (Some(unit), _) => {
            let called = within(view.unit_name(unit, message.at));
            match it.post {
                Some(Post::Reception) => say_with("told-desk-officer", &[("name", &it.name), ("called", &called)]),
                Some(post) => format!("{}, {}, {called}", it.name, within(&texts::post(post))),
                None => format!("{}, {called}", it.name),
            }
        }
    };
    let waits = message.answer_by.filter(|_| message.is_open());
    MessageView {
        who,
        at: spoken::moment(message.at.local()),
        lines: message.body.lines().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect(),
        own: message.unit.is_some() == (audience == Audience::Staff),
        waits: waits.map(|by| say_with("told-answer-by", &[("at", &spoken::moment(by.local()))])),
        late: waits.is_some_and(|by| by.day() < view.now.day()),
    }
}

fn last_event(view: &DossierView) -> Option<&Recorded> {
    view.log.iter().rev().find(|it| !matches!(it.event, Event::Erased { .. }))
}

fn ended(view: &DossierView, audience: Audience) -> String {
    let Some(last) = last_event(view) else { return String::new() };
    let detail = history::detail(view, last, audience);
    say_with("told-on-day", &[("day", &spoken::short_day(last.at.day())), ("detail", &detail)]).trim().to_owned()
}

fn reason_of_end(view: &DossierView, audience: Audience) -> String {
    match audience {
        Audience::Public => say("told-sign-in-for-reason").to_owned(),
        Audience::Citizen | Audience::Staff => ended(view, audience),
    }
}
