//! The parts of a dossier's page: status, clocks, papers, money, minutes, history, people, the menu of acts.

use super::super::marks;
use super::super::phrases;
use super::super::staged;
use super::super::views::{
    ActView, ChipView, ClockView, FactView, HistoryLine, HistoryMark, LedgerBar, LedgerLine, LedgerView, Left,
    LinkView, Num, PaperMark, PaperView,
};
use crate::Web;
use crate::citizen::views::PaperName;
use crate::page::{Icon, Tone};
use crate::problem::Problem;
use crate::spoken;
use crate::telling::{self, Audience, within};
use crate::texts;
use crate::{say, say_with};
use app::desk;
use app::dossiers::DossierView;
use domain::calendar::{Timeliness, timeliness};
use domain::dossier::{
    Act, ClockView as Clock, DossierRefusal, Event, FiledPaper, Holder, Mark, NextAct, Outcome, Party, PaymentMethod,
    Share, Status,
};
use domain::ids::PersonId;
use domain::procedure::{FeeRule, Quantity, RequirementGroup, day_typed};
use domain::time::Instant;

/// Colours of the bar of minutes.
const COLOURS: usize = 7;

pub(super) fn status_chip(view: &DossierView) -> ChipView {
    let chip = telling::chip(view.dossier.status, &view.clock, view.now, Audience::Staff);
    let words = telling::opening(&texts::status(view.dossier.status));
    let words = match telling::minutes_late(&view.clock, view.now) {
        Some(minutes) => say_with("case-status-late", &[("status", &words), ("time", &spoken::working(minutes))]),
        None => words,
    };
    ChipView::new(chip.tone, words)
}

pub(super) fn flags(view: &DossierView) -> Vec<ChipView> {
    let it = &view.dossier;
    let mut flags = Vec::new();
    if it.status.is_open() && it.still_owed_vnd() > 0 {
        let words = say_with("case-flag-owed", &[("amount", &spoken::dong(it.still_owed_vnd()))]);
        flags.push(ChipView::new(Tone::Warn, words).with_icon(Icon::Money));
    }
    if let Some(counted) = fee_by_answers(view).filter(|counted| *counted != it.fee_vnd && it.status.is_open()) {
        let (fee, counted) = (spoken::dong(it.fee_vnd), spoken::dong(counted));
        let words = say_with("case-flag-fee", &[("fee", &fee), ("counted", &counted)]);
        flags.push(ChipView::new(Tone::Warn, words).with_icon(Icon::Money));
    }
    if it.overpaid_vnd() > 0 {
        let words = say_with("case-flag-overpaid", &[("amount", &spoken::dong(it.overpaid_vnd()))]);
        flags.push(ChipView::new(Tone::Warn, words).with_icon(Icon::Money));
    }
    if it.status.is_open() && it.due.is_some_and(|due| due.provisional) {
        flags.push(ChipView::new(Tone::Warn, say("case-flag-provisional")).with_icon(Icon::Clock));
    }
    if it.status.is_open() && it.fell_to_head {
        flags.push(ChipView::new(Tone::Warn, say("case-flag-head")).with_icon(Icon::Alert));
    }
    if it.apology.is_some() {
        // The new date does not make the first one kept.
        let missed = it.due.map(|due| due.at).filter(|at| it.status.is_open() && at.day() < view.now.day());
        flags.push(match missed {
            Some(at) => {
                let words = say_with("case-flag-missed", &[("day", &spoken::short_day(at.day()))]);
                ChipView::new(Tone::Bad, words).with_icon(Icon::Mail)
            }
            None => ChipView::new(Tone::Warn, say("case-flag-apologised")).with_icon(Icon::Mail),
        });
    }
    let (wrong, unseen) = (it.not_in_order(), it.not_looked_at());
    if it.status.is_open() && wrong > 0 {
        flags.push(ChipView::new(Tone::Bad, say_with("case-flag-wrong", &[("count", &wrong)])));
    } else if view.can(Act::Examine) && unseen > 0 {
        let words = say_with("case-flag-unseen", &[("count", &unseen)]);
        flags.push(ChipView::new(Tone::Plain, words).with_icon(Icon::Doc));
    }
    if it.draft.as_ref().is_some_and(|it| it.0 == Outcome::Declined) {
        flags.push(ChipView::new(Tone::Bad, say("case-draft-declined")));
    }
    flags
}

/// The clocks of a dossier: of its step, of what was promised, of the law.
pub fn clocks(web: &Web, view: &DossierView) -> Result<Vec<ClockView>, Problem> {
    let it = &view.dossier;
    let mut clocks = Vec::new();
    if let Clock::Answering { by, minutes_left } = view.clock {
        clocks.push(clock(say("case-clock-answer"), by, phrases::left_of(minutes_left)));
    }
    let runs = matches!(view.clock, Clock::Running { .. });
    if let Some(budget) = view.revision.step(it.step.number).and_then(|step| step.budget_minutes).filter(|_| runs) {
        let until = desk::after(&web.house, view, held_at_step_since(view), i64::from(budget))?;
        let left = desk::minutes(&web.house, view, view.now, until)?;
        clocks.push(clock(say("case-clock-step"), until, phrases::left_of(left)));
    }
    if let (Some(promised), Some(due)) = (it.promised_at(), it.due) {
        let mut shown = clock(say("case-clock-promised"), promised, time_left(view, it.due.map(|due| due.at)));
        shown.note = match it.first_due {
            Some(first) if it.apology.is_some() => say_with("case-clock-apologised", &[("at", &short(first.at))]),
            Some(first) if first.at != due.at => say_with("case-clock-moved", &[("at", &short(first.at))]),
            Some(_) | None => String::new(),
        };
        clocks.push(shown);
        if due.legal_at != due.at {
            let left = match view.clock {
                Clock::Running { .. } => phrases::left_of(desk::minutes(&web.house, view, view.now, due.legal_at)?),
                Clock::Answering { .. } | Clock::Paused { .. } | Clock::Ended => time_left(view, Some(due.legal_at)),
            };
            clocks.push(clock(say("case-clock-law"), due.legal_at, left));
        }
    }
    Ok(clocks)
}

/// Since when its holder has it at this step: a reorganisation or a routing hands on the time that was used, with the work.
fn held_at_step_since(view: &DossierView) -> Instant {
    let moved = |at: Instant| {
        let is_move = |it: &Event| matches!(it, Event::Transferred { .. } | Event::Routed { .. });
        view.log.iter().any(|it| it.at == at && is_move(&it.event))
    };
    let own = view.dossier.holdings.iter().rev().map(|it| it.since).find(|at| !moved(*at));
    own.unwrap_or_else(|| view.dossier.held_since())
}

fn clock(label: &str, at: Instant, left: Left) -> ClockView {
    ClockView { label: label.to_owned(), at: spoken::moment(at.local()), left, note: String::new() }
}

fn short(at: Instant) -> String {
    spoken::short_moment(at.local())
}

fn time_left(view: &DossierView, due: Option<Instant>) -> Left {
    match (&view.clock, view.dossier.finished_at) {
        (Clock::Ended, Some(finished)) => match timeliness(finished.day(), due.map(Instant::day)) {
            Timeliness::Early => Left::Done(say("case-clock-early").to_owned()),
            Timeliness::OnTime => Left::Done(say("case-clock-on-time").to_owned()),
            Timeliness::Late => Left::Done(say("case-clock-late").to_owned()),
        },
        (Clock::Paused { minutes_left: Some(minutes), .. }, _) => {
            Left::Hold(say_with("case-clock-paused", &[("time", &spoken::working(*minutes))]))
        }
        (clock, _) => phrases::left(clock),
    }
}

pub(super) fn holder_note(view: &DossierView) -> String {
    if view.dossier.status.is_open() {
        say_with("case-since", &[("at", &phrases::list_moment(view.dossier.held_since()))])
    } else {
        String::new()
    }
}

pub(super) fn owner_words(view: &DossierView) -> String {
    if view.dossier.status.is_open() {
        telling::owner(view, &view.owner(), Audience::Staff)
    } else {
        say("case-owned-by-nobody").to_owned()
    }
}

pub(super) fn no_act(view: &DossierView) -> String {
    if view.dossier.status.is_open() {
        say_with("case-no-act", &[("holder", &telling::holder(view, Audience::Staff))])
    } else {
        say("case-no-act-ended").to_owned()
    }
}

/// The papers with their marks; of a dossier whose papers nobody marked, what was asked for and granted says what was thought of them.
pub(super) fn papers(view: &DossierView, base: &str) -> Vec<PaperView> {
    let Some(filing) = view.dossier.filing.get() else { return Vec::new() };
    filing.papers.iter().enumerate().map(|(place, it)| paper(view, place, it, base)).collect()
}

fn paper(view: &DossierView, place: usize, it: &FiledPaper, base: &str) -> PaperView {
    let files: Vec<LinkView> = it
        .documents
        .iter()
        .filter_map(|id| view.documents.iter().find(|document| document.id == *id))
        .map(|it| LinkView { label: staged::described(it), href: format!("{base}/tep/{}", it.id) })
        .collect();
    let shown = view.revision.requirement(&it.requirement).is_some_and(|it| it.group == RequirementGroup::Present);
    let kind = match (it.from_data, it.originals, it.copies, files.is_empty()) {
        (true, ..) => say("case-kind-data"),
        (false, 1.., _, _) if shown => say("case-kind-shown"),
        (false, 1.., 1.., _) => say("case-kind-both"),
        (false, 1.., 0, _) => say("case-kind-original"),
        (false, 0, 1.., _) => say("case-kind-copy"),
        (false, 0, 0, false) => say("dossier-electronic"),
        (false, 0, 0, true) => say("case-kind-unknown"),
    };
    let count = u64::from(it.originals) + u64::from(it.copies);
    let wrong =
        view.dossier.supplement.as_ref().and_then(|open| open.request.get()).and_then(|asked| {
            asked.items.iter().find(|item| item.requirement.as_deref() == Some(it.requirement.as_str()))
        });
    let replaced = view.dossier.filing.get().is_some_and(|it| it.is_replaced(place));
    let wrong = wrong.filter(|_| !replaced);
    let (own, reason) = view.dossier.marks.paper(place);
    let passed = view.dossier.draft.as_ref().is_some_and(|it| it.0 == Outcome::Granted);
    PaperView {
        key: place.to_string(),
        name: PaperName::of(&it.name),
        kind: kind.to_owned(),
        count: Num(if count == 0 { files.len() as u64 } else { count }),
        files,
        mark: match (own, wrong.is_some(), passed) {
            (Mark::Good | Mark::Wrong, ..) => marks::shown(own),
            (Mark::Unseen, true, _) => PaperMark::Wrong,
            (Mark::Unseen, false, true) => PaperMark::Good,
            (Mark::Unseen, false, false) => PaperMark::Unseen,
        },
        reason: match (own, wrong) {
            (Mark::Unseen, Some(it)) => it.what.clone(),
            _ => reason.to_owned(),
        },
        error: String::new(),
        replaced,
    }
}

fn fact(label: &str, value: impl Into<String>) -> FactView {
    FactView { label: label.to_owned(), value: value.into(), ..FactView::default() }
}

/// The same of what is not in our words.
fn data(label: &str, value: &str) -> FactView {
    FactView { is_data: true, ..fact(label, value) }
}

/// What the form as it stands now makes the dossier cost, where its questions say all the fee is counted by and nobody set the fee since.
fn fee_by_answers(view: &DossierView) -> Option<i64> {
    let form = view.revision.forms.first()?;
    let owed = view.revision.fees.iter().filter(|it| !it.optional);
    let is_asked = |of: &Quantity| form.fields().any(|it| it.counts == Some(*of));
    if !form.fields().any(|it| it.counts.is_some()) || !owed.flat_map(FeeRule::counted_by).all(is_asked) {
        return None;
    }
    let set_or_answered = view.log.iter().rev().find_map(|it| match it.event {
        Event::FeeSet { .. } => Some(true),
        Event::Filed { .. } | Event::Supplemented { .. } | Event::Corrected { .. } => Some(false),
        _ => None,
    });
    if set_or_answered == Some(true) {
        return None;
    }
    let answers = &view.dossier.filing.get()?.answers;
    Some(view.revision.fee_of(answers)).filter(|it| it.is_whole() && !answers.0.is_empty()).map(|it| it.total_vnd)
}

pub(super) fn fees(view: &DossierView) -> Vec<FactView> {
    let it = &view.dossier;
    if it.owed_vnd == 0 && it.paid_vnd == 0 {
        return Vec::new();
    }
    let mut facts = vec![
        fact(say("case-fee-owed"), spoken::dong(it.owed_vnd)),
        fact(say("case-fee-paid"), spoken::dong(it.paid_vnd)),
    ];
    let left = it.still_owed_vnd();
    let remark = if left > 0 { say("case-fee-first").to_owned() } else { String::new() };
    facts.push(FactView { remark, ..fact(say("dossier-still-owed"), spoken::dong(left)) });
    if it.overpaid_vnd() > 0 {
        facts.push(fact(say("case-fee-over"), spoken::dong(it.overpaid_vnd())));
    }
    for recorded in view.log.iter() {
        let (amount_vnd, method, body, alone, numbered) = match &recorded.event {
            Event::Paid { amount_vnd, method, body, .. } => {
                (amount_vnd, method, body, "case-paid", "case-paid-receipt")
            }
            Event::Refunded { amount_vnd, method, body } => {
                (amount_vnd, method, body, "case-refunded", "case-refunded-slip")
            }
            _ => continue,
        };
        let method = match method {
            PaymentMethod::Cash => say("case-by-cash"),
            PaymentMethod::Transfer => say("case-by-transfer"),
            PaymentMethod::Online => say("case-by-online"),
        };
        let amount = spoken::dong(*amount_vnd);
        let words = match body.get().map(|it| &it.text).filter(|it| !it.is_empty()) {
            Some(number) => say_with(numbered, &[("amount", &amount), ("method", &method), ("number", number)]),
            None => say_with(alone, &[("amount", &amount), ("method", &method)]),
        };
        facts.push(fact(&phrases::list_moment(recorded.at), words));
    }
    facts
}

/// Minutes from the reception on; none before it.
pub(super) fn ledger(web: &Web, view: &DossierView) -> Result<Option<LedgerView>, Problem> {
    let Some(received) = view.dossier.received_at else { return Ok(None) };
    let shares: Vec<&Share> = view.shares.iter().filter(|it| it.from >= received).collect();
    let end = view.dossier.finished_at.map_or(view.now, |it| it.min(view.now));
    let total = desk::minutes(&web.house, view, received, end)?;
    let sum: i64 = shares.iter().map(|it| it.minutes).sum();
    let mut lines: Vec<LedgerLine> = Vec::new();
    let mut bars = Vec::new();
    let mut before: i64 = 0;
    for share in shares {
        let name = share_holder(view, share);
        let place = match lines.iter().position(|it| it.holder == name) {
            Some(place) => place,
            None => {
                let colour = u8::try_from(lines.len() % COLOURS + 1).unwrap_or(1);
                lines.push(LedgerLine {
                    holder: name,
                    note: String::new(),
                    minutes: Num(0),
                    words: String::new(),
                    colour,
                });
                lines.len() - 1
            }
        };
        let Some(line) = lines.get_mut(place) else { continue };
        line.minutes = Num(line.minutes.0 + u64::try_from(share.minutes).unwrap_or(0));
        let (from, to) = (thousandth(before, sum), thousandth(before + share.minutes, sum));
        before += share.minutes;
        if to > from {
            bars.push(LedgerBar { from, length: to - from, colour: line.colour });
        }
    }
    if lines.is_empty() {
        return Ok(None);
    }
    for line in &mut lines {
        line.words = spoken::working(i64::try_from(line.minutes.0).unwrap_or(i64::MAX));
    }
    let ended = view.dossier.finished_at.is_some();
    Ok(Some(LedgerView {
        bars,
        turns: Vec::new(),
        from: short(received),
        to: if ended { short(end) } else { say("case-ledger-now").to_owned() },
        lines,
        total: Num(u64::try_from(total).unwrap_or(0)),
        total_words: spoken::working(total),
        sum_holds: sum == total,
    }))
}

fn thousandth(part: i64, whole: i64) -> u16 {
    if whole <= 0 { 0 } else { u16::try_from(part.saturating_mul(1_000) / whole).unwrap_or(1_000).min(1_000) }
}

/// Who had it, by the names of that day.
fn share_holder(view: &DossierView, share: &Share) -> String {
    match &share.holder {
        Holder::Post { owner } => {
            let unit = view.unit_name(owner.unit, share.from);
            match owner.person.map(|it| view.name(it)).filter(|it| !it.is_empty()) {
                Some(name) => format!("{name}, {}, {}", texts::post(owner.post), within(unit)),
                None => format!("{}, {}", telling::opening(&texts::post(owner.post)), within(unit)),
            }
        }
        Holder::Citizen => say("case-share-citizen").to_owned(),
        Holder::Payment => say("case-share-payment").to_owned(),
        Holder::Outside { step } => {
            let step = view.revision.step(*step);
            step.and_then(|it| it.partner.clone()).unwrap_or_else(|| say("case-share-outside").to_owned())
        }
        Holder::Nobody => String::new(),
    }
}

/// The history, newest first.
pub fn history(view: &DossierView, base: &str) -> Vec<HistoryLine> {
    let told = telling::history(view, Audience::Staff, base);
    view.log
        .iter()
        .rev()
        .zip(told)
        .enumerate()
        .map(|(place, (recorded, it))| HistoryLine {
            datetime: it.when.iso,
            at: phrases::list_moment(recorded.at),
            what: it.what.strong,
            who: it.who.unwrap_or_default(),
            note: it.what.rest,
            papers: it
                .paper
                .into_iter()
                .map(|link| LinkView {
                    href: link.href.replacen(
                        "/tep/",
                        &format!("{base}/tep/"),
                        usize::from(link.href.starts_with("/tep/")),
                    ),
                    label: link.label,
                })
                .collect(),
            mark: if place == 0 { HistoryMark::Now } else { HistoryMark::Past },
        })
        .collect()
}

pub(super) fn people(view: &DossierView) -> Vec<FactView> {
    let Some(filing) = view.dossier.filing.get() else {
        return vec![fact(say("case-personal-data"), say("case-personal-erased"))];
    };
    let mut facts = party("", &filing.submitter);
    if let Some(applicant) = &filing.applicant {
        facts.push(fact(say("case-capacity"), say("case-capacity-for")));
        facts.extend(party(say("case-applicant"), applicant));
    }
    facts.push(fact(say("case-channel"), texts::channel(view.dossier.channel)));
    if let Some(helper) = filing.assisted_by {
        let words = say_with("case-typed-by", &[("name", &view.known.staff_name(helper))]);
        facts.push(fact(say("case-typed"), words));
    }
    facts.push(fact(say("dossier-collected"), telling::collection(view)));
    let notices = if filing.by_message { say("case-notices-text") } else { say("case-notices-none") };
    facts.push(fact(say("case-notices"), notices));
    if !filing.identity_override.is_empty() {
        let words = say_with("case-mismatch-why", &[("reason", &filing.identity_override)]);
        facts.push(fact(say("case-mismatch"), words));
    }
    let rules = say_with("case-rules-revision", &[("number", &view.revision.number)]);
    facts.push(fact(say("case-rules"), rules));
    facts
}

/// What is known of a person; `whose` stands before each label, unless it is empty.
fn party(whose: &str, it: &Party) -> Vec<FactView> {
    let label = |of: &str| if whose.is_empty() { of.to_owned() } else { format!("{whose}: {}", within(of)) };
    let masked = |of: &str, value: &str| FactView { code: true, ..fact(&label(of), phrases::masked_number(value)) };
    let mut facts = vec![data(&label(say("account-name")), &it.name)];
    if !it.number.is_empty() {
        facts.push(masked(say("case-number"), &it.number));
    }
    if !it.birth.is_empty() {
        let birth =
            it.birth.parse().ok().or_else(|| day_typed(&it.birth)).map_or_else(|| it.birth.clone(), spoken::short_day);
        facts.push(fact(&label(say("account-birth")), birth));
    }
    if !it.phone.is_empty() {
        facts.push(masked(say("account-phone"), &it.phone));
    }
    if !it.address.is_empty() {
        facts.push(data(&label(say("account-address")), &it.address));
    }
    facts
}

/// What is said of a dossier whose unit was split while nobody knows where it belongs.
pub(super) fn routing(view: &DossierView, list: &str) -> Option<(String, Option<String>)> {
    let waits = view.dossier.needs_routing && view.dossier.status.is_open();
    let base = phrases::dossier_address(&view.dossier.code);
    let act = view.can(Act::Route).then(|| phrases::from_list(&format!("{base}/viec/{}", Act::Route), list));
    let unit = view.unit_name(view.responsible(), view.now);
    waits.then(|| (say_with("case-to-route-why", &[("unit", &unit)]), act))
}

pub(super) fn issued(view: &DossierView, base: &str) -> Vec<LinkView> {
    let mut links: Vec<LinkView> = history(view, base).into_iter().rev().flat_map(|it| it.papers).collect();
    let filed: Vec<_> = view
        .dossier
        .filing
        .get()
        .map(|it| it.papers.iter().flat_map(|it| it.documents.clone()).collect())
        .unwrap_or_default();
    for document in view.documents.iter().filter(|it| !filed.contains(&it.id)) {
        let href = format!("{base}/tep/{}", document.id);
        if !links.iter().any(|it| it.href == href) {
            links.push(LinkView { label: staged::described(document), href });
        }
    }
    links
}

/// Acts that end the matter against somebody's wish, or cannot be taken back.
pub fn is_grave(act: Act) -> bool {
    matches!(act, Act::Refuse | Act::Withdraw | Act::Discontinue | Act::Erase)
}

/// A no that only says "not this": the menu leaves it out.
fn is_noise(refusal: &DossierRefusal) -> bool {
    matches!(
        refusal,
        DossierRefusal::NotInThisStatus { .. }
            | DossierRefusal::NotAtThisStep
            | DossierRefusal::NotInThatPost
            | DossierRefusal::NoFurtherStep
            | DossierRefusal::CannotRecall
            | DossierRefusal::ReceivedAlready
            | DossierRefusal::NotToBeRouted
            | DossierRefusal::MoreThanOwed { owed_vnd: 0 }
            | DossierRefusal::MoreThanOverpaid { over_vnd: 0 }
    )
}

/// The act a dossier waits for from this person.
fn awaited(view: &DossierView, person: PersonId) -> Option<Act> {
    let it = &view.dossier;
    let nobody = view.owner().person.is_none();
    let candidates: &[Act] = match it.next_act()? {
        NextAct::Answer => &[Act::Accept],
        NextAct::Assign => &[Act::TakeOn, Act::Assign],
        NextAct::Work if nobody => &[Act::TakeOn, Act::SubmitForSignature, Act::Forward],
        NextAct::Work | NextAct::AwaitOutside => &[Act::SubmitForSignature, Act::Forward],
        NextAct::Supply => &[Act::Supply],
        NextAct::Pay => &[Act::RecordPayment],
        NextAct::Sign => &[Act::Sign],
        NextAct::Issue => &[Act::Issue],
        NextAct::HandOver if it.still_owed_vnd() > 0 => &[Act::RecordPayment],
        NextAct::HandOver => &[Act::Deliver],
    };
    let others = view.owner().person.is_some_and(|owner| owner != person) && it.status != Status::Decided;
    candidates.iter().copied().find(|act| view.can(*act)).filter(|_| !others)
}

/// The one menu of acts of this reader.
pub fn act_menu(view: &DossierView, person: PersonId, list: &str) -> Vec<ActView> {
    let main = awaited(view, person);
    let base = phrases::dossier_address(&view.dossier.code);
    let mut acts: Vec<ActView> = view
        .acts
        .iter()
        .filter(|(act, _)| {
            !matches!(
                act,
                Act::Examine
                    | Act::Confirm
                    | Act::ChooseCollection
                    | Act::TakeSilence
                    | Act::LapseSupplement
                    | Act::Transfer
            )
        })
        .filter(|(_, answer)| answer.as_ref().err().is_none_or(|it| !is_noise(it)))
        .map(|(act, answer)| ActView {
            key: act.key().to_owned(),
            label: texts::act(*act),
            explains: texts::act_explains(*act),
            href: phrases::from_list(&format!("{base}/viec/{act}"), list),
            disabled: answer.as_ref().err().map(|it| texts::refusal(it).what).unwrap_or_default(),
            main: Some(*act) == main,
            grave: is_grave(*act),
        })
        .collect();
    acts.sort_by_key(|it| (!it.main, !it.disabled.is_empty(), it.grave));
    acts
}
