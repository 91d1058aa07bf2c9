//! What happened to a dossier, line by line, for whoever reads it.

use super::{Audience, opening, stopped, when, within};
use crate::citizen::views::{HistoryLine, HistoryMark, Link, Sentence};
use crate::citizen::words::answer_in_words;
use crate::spoken;
use crate::staff::masked_number;
use crate::texts;
use crate::{say, say_with};
use app::dossiers::DossierView;
use domain::dossier::{
    Change, Collection, Correction, Event, Evidence, Examination, Mark, Outcome, PutRight, Recorded, StepAt, Supplied,
    form_of, moved_between,
};
use domain::ids::PersonId;
use domain::post::Post;
use domain::procedure::{Channel, Field};

/// What happened, newest first. Papers of acts lie under `base`, the dossier's address.
pub fn history(view: &DossierView, audience: Audience, base: &str) -> Vec<HistoryLine> {
    let open = view.dossier.status.is_open();
    // How the office looks papers through is told by what it asks for.
    let is_told = |it: &&Recorded| audience == Audience::Staff || !matches!(it.event, Event::Examined { .. });
    let newest = view.log.iter().rfind(is_told).map_or(0, |it| it.seq);
    view.log.iter().rev().filter(is_told).map(|it| line(view, it, audience, base, open && it.seq == newest)).collect()
}

fn line(view: &DossierView, it: &Recorded, audience: Audience, base: &str, is_now: bool) -> HistoryLine {
    let account = view.dossier.filing.get().and_then(|it| it.account);
    let is_theirs = it.actor.is_some() && account == it.actor;
    let own = audience == Audience::Citizen && is_theirs;
    let strong = match (&it.event, own) {
        // A citizen has one way to send a dossier on.
        (Event::Forwarded { .. }, true) => say("told-you-confirmed").to_owned(),
        (Event::Forwarded { .. }, false) if is_theirs => say("told-they-confirmed").to_owned(),
        (Event::Filed { channel: Channel::Online, .. }, true) => say("told-you-filed").to_owned(),
        (Event::Supplemented { .. }, true) => say("told-you-supplied").to_owned(),
        (Event::CollectionChosen { .. }, true) => say("told-you-chose-collection").to_owned(),
        (Event::Withdrawn { .. }, true) => say("told-you-withdrew").to_owned(),
        (event, _) => format!("{}.", texts::event(event)),
    };
    HistoryLine {
        when: when(it.at),
        what: Sentence { strong, rest: told(view, it, audience) },
        who: if own { None } else { doer(view, it, audience) },
        paper: paper(view, it, base).filter(|_| audience != Audience::Public),
        mark: if is_now { HistoryMark::Now } else { HistoryMark::Past },
    }
}

/// What else is to be said of an event; of a reorganisation to everybody, for it tells no matter and no name.
fn told(view: &DossierView, it: &Recorded, audience: Audience) -> String {
    let Event::Transferred { instrument, needs_routing, fell_to_head, .. } = &it.event else {
        return detail(view, it, audience);
    };
    let called = |unit, at| within(view.unit_name(unit, at));
    let moved = moved_between(&view.log, it.seq);
    // What a plan took away comes back when the plan is taken back: to the unit of before, not to a new one that is called as it.
    let before = view.log.iter().filter(|earlier| earlier.seq < it.seq);
    let mut earlier = before.filter(|it| matches!(it.event, Event::Transferred { .. }));
    let is_back =
        earlier.any(|it| moved_between(&view.log, it.seq).is_some_and(|(from, to)| moved == Some((to, from))));
    let moved = moved.map(|(from, to)| (called(from, it.at), called(to, it.at)));
    let moved = moved.map_or_else(String::new, |(from, to)| match from == to {
        _ if is_back => say_with("told-moved-back", &[("to", &to)]),
        true => say_with("told-moved-same-name", &[("from", &opening(&from)), ("to", &to)]),
        false => say_with("told-moved", &[("from", &opening(&from)), ("to", &to)]),
    });
    let kept = say("told-moved-keeps");
    let inside = match (audience, needs_routing, fell_to_head) {
        (Audience::Staff, true, _) => say("told-moved-to-route"),
        (Audience::Staff, false, true) => say("told-moved-to-head"),
        _ => "",
    };
    let by = if is_back { "told-moved-back-by" } else { "told-moved-by" };
    let by = say_with(by, &[("instrument", &stopped(instrument))]);
    format!("{moved}{by} {kept}{inside}")
}

/// Who did it, in which post and unit, as called then.
fn doer(view: &DossierView, it: &Recorded, audience: Audience) -> Option<String> {
    if matches!(it.event, Event::Transferred { .. }) {
        return Some(say("told-reform").to_owned());
    }
    let Some(person) = it.actor else { return Some(say("told-by-system").to_owned()) };
    let Some(unit) = it.unit else {
        return Some(view.name(person).to_owned()).filter(|name| !name.is_empty() && audience == Audience::Staff);
    };
    let called = within(view.unit_name(unit, it.at));
    let post = view.known.mandates.of(person, it.at.day()).find(|held| held.unit == unit).map(|held| held.post);
    let place = match post {
        Some(Post::Reception) => say_with("told-desk-of", &[("called", &called)]),
        Some(post) => format!("{}, {called}", texts::post(post)),
        None => called,
    };
    Some(match view.name(person) {
        "" => opening(&place),
        name => format!("{name}, {}", if post == Some(Post::Reception) { place } else { within(&place) }),
    })
}

fn paper(view: &DossierView, it: &Recorded, base: &str) -> Option<Link> {
    let letter = |label: &str| Some(Link { href: format!("{base}/phieu/{}", it.seq), label: label.to_owned() });
    // Each stays as it was given.
    let slip = |key| {
        let is_given = view.slips().any(|own| own.seq == it.seq);
        is_given.then(|| Link { href: format!("{base}/giay-hen?ban={}", it.seq), label: say(key).to_owned() })
    };
    match &it.event {
        Event::Received { .. } => slip("told-slip"),
        Event::SupplementRequested { .. } => letter(say("told-letter-supplement")),
        Event::NotAccepted { .. } => letter(say("told-letter-refusal")),
        Event::Corrected { .. } | Event::FeeSet { .. } => slip("told-slip-again"),
        Event::Delivered { .. } => letter(say("told-letter-delivery")),
        Event::Apologised { .. } => letter(say("told-letter-apology")),
        Event::Issued { document: Some(document), .. } => {
            Some(Link { href: format!("/tep/{document}"), label: say("told-decision").to_owned() })
        }
        Event::Filed { .. }
        | Event::Supplemented { .. }
        | Event::SupplementLapsed {}
        | Event::Examined { .. }
        | Event::Assigned { .. }
        | Event::Forwarded { .. }
        | Event::SubmittedForSignature { .. }
        | Event::SentBack { .. }
        | Event::Recalled { .. }
        | Event::ObligationNotified { .. }
        | Event::Paid { .. }
        | Event::Refunded { .. }
        | Event::Withdrawn { .. }
        | Event::CollectionChosen { .. }
        | Event::Discontinued { .. }
        | Event::Signed { .. }
        | Event::Issued { document: None, .. }
        | Event::Transferred { .. }
        | Event::Routed { .. }
        | Event::Erased { .. } => None,
    }
}

/// What else is to be said of an event: reasons and things for those concerned, notes of colleagues for the office only.
pub(super) fn detail(view: &DossierView, recorded: &Recorded, audience: Audience) -> String {
    if audience == Audience::Public {
        return String::new();
    }
    let reason = |text: Option<&str>| match text.map(str::trim) {
        Some(text) if !text.is_empty() => say_with("told-reason", &[("reason", &stopped(text))]),
        Some(_) | None => String::new(),
    };
    let inside = |text: Option<&str>| match audience {
        Audience::Staff => text.map(stopped).unwrap_or_default(),
        Audience::Citizen | Audience::Public => String::new(),
    };
    match &recorded.event {
        Event::NotAccepted { body }
        | Event::Withdrawn { body }
        | Event::Discontinued { body }
        | Event::FeeSet { body, .. }
        | Event::Apologised { body, .. } => reason(body.get().map(|it| it.text.as_str())),
        Event::SupplementRequested { body, .. } => {
            let asked: Vec<String> =
                body.get().map(|it| it.items.iter().map(spoken::asked).collect()).unwrap_or_default();
            say_with("told-clock-stops", &[("asked", &stopped(&asked.join("; ")))]).trim().to_owned()
        }
        Event::Supplemented { body, .. } => body.get().map_or_else(String::new, |it| supplied(view, it)),
        Event::ObligationNotified { body, .. } => {
            let items: Vec<String> = body
                .get()
                .map(|it| it.items.iter().map(|it| format!("{}: {}", it.name, spoken::dong(it.amount_vnd))).collect())
                .unwrap_or_default();
            stopped(&items.join("; "))
        }
        Event::Paid { body, .. } => numbered("told-receipt", body.get().map(|it| it.text.as_str())),
        Event::Refunded { body, .. } => numbered("told-voucher", body.get().map(|it| it.text.as_str())),
        Event::Issued { outcome, body, .. } => {
            let number =
                body.get().map(|it| say_with("told-number", &[("number", &stopped(&it.text))])).unwrap_or_default();
            match outcome {
                Outcome::Granted => number,
                Outcome::Declined => say_with("told-declined-number", &[("number", &number)]).trim().to_owned(),
            }
        }
        Event::Delivered { by_proxy, body } => body.get().map(|it| received(it, *by_proxy)).unwrap_or_default(),
        Event::Corrected { body, .. } => body.get().map(|it| corrected(view, it)).unwrap_or_default(),
        Event::Forwarded { step, body, .. }
        | Event::SentBack { step, body, .. }
        | Event::Recalled { step, body, .. } => {
            format!("{} {}", now_at(view, *step), inside(body.get().map(|it| it.text.as_str()))).trim().to_owned()
        }
        Event::Examined { body, .. } => match (audience, body.get()) {
            (Audience::Staff, Some(said)) => examined(view, said),
            _ => String::new(),
        },
        Event::Assigned { body, .. } => inside(body.get().map(|it| it.text.as_str())),
        Event::SubmittedForSignature { body, .. } => inside(body.get().map(|it| it.text.as_str())),
        Event::Routed { from_unit, competent_unit, body, .. } => {
            let unit = view.unit_name(*competent_unit, recorded.at);
            let said = if from_unit == competent_unit { say("told-stays") } else { say("told-goes") };
            format!("{said} {}. {}", unit, inside(body.get().map(|it| it.text.as_str()))).trim().to_owned()
        }
        Event::CollectionChosen { body } => body.get().map(chosen).unwrap_or_default(),
        Event::Erased { basis } => stopped(basis),
        Event::Filed { body, .. } => {
            body.get().and_then(|it| it.assisted_by).map(|it| helped(view, it)).unwrap_or_default()
        }
        // A reorganisation is told to everybody, with its units.
        Event::Transferred { .. } | Event::Received { .. } | Event::SupplementLapsed {} | Event::Signed { .. } => {
            String::new()
        }
    }
}

/// The paper of money given or taken; nothing where it has no number.
fn numbered(key: &'static str, number: Option<&str>) -> String {
    match number.map(str::trim) {
        Some(number) if !number.is_empty() => say_with(key, &[("number", &stopped(number))]),
        Some(_) | None => String::new(),
    }
}

/// A way to get the decision, a whole sentence.
fn chosen(it: &Collection) -> String {
    match it {
        Collection::Desk => say("told-chosen-desk").to_owned(),
        Collection::Post { address } => say_with("told-chosen-post", &[("address", &stopped(address))]),
        Collection::Electronic => say("told-chosen-electronic").to_owned(),
    }
}

/// Who typed the form in for somebody.
fn helped(view: &DossierView, helper: PersonId) -> String {
    say_with("told-helped", &[("name", &view.known.staff_name(helper))])
}

/// Who took a decision: "Người nhận: Trần Văn Mẫu (nhận thay, giấy ủy quyền 12/2025), giấy tờ số cuối 6218."
fn received(it: &Evidence, by_proxy: bool) -> String {
    let mut text = say_with("told-receiver", &[("name", &it.receiver)]);
    if by_proxy || !it.proxy_paper.is_empty() {
        let paper = if it.proxy_paper.is_empty() {
            String::new()
        } else {
            say_with("told-proxy-paper", &[("paper", &it.proxy_paper)])
        };
        text.push_str(&say_with("told-proxy", &[("paper", &paper)]));
    }
    if !it.number_tail.is_empty() {
        text.push_str(&say_with("told-tail", &[("tail", &it.number_tail)]));
    }
    stopped(&text)
}

/// What was corrected: "họ tên người nộp: từ “Lê Thu Trang” thành “Lê Thị Thu Trang”. Lý do: ghi thiếu chữ."
fn corrected(view: &DossierView, it: &Correction) -> String {
    let changes: Vec<String> = it
        .changes
        .iter()
        .map(|it| {
            let (was, is) = masked(it);
            say_with("told-changed", &[("what", &changed(view, &it.what)), ("was", &was), ("is", &is)])
        })
        .collect();
    say_with(
        "told-changed-reason",
        &[("changes", &stopped(&opening(&changes.join("; ")))), ("reason", &stopped(&it.reason))],
    )
}

/// What it was, in words: a part of a person, or a question of the form.
fn changed(view: &DossierView, what: &str) -> String {
    let Some(question) = what.strip_prefix("answer.") else { return texts::word(&format!("change-{what}")) };
    let last = question.rsplit('.').find(|it| it.parse::<usize>().is_err()).unwrap_or(question);
    let label = view.revision.forms.first().and_then(|form| label_of(form.fields(), last));
    within(&label.unwrap_or_else(|| last.to_owned()))
}

fn label_of<'a>(fields: impl Iterator<Item = &'a Field>, id: &str) -> Option<String> {
    for field in fields {
        if field.id == id {
            return Some(field.label.clone());
        }
        if let Some(label) = label_of(field.children.iter(), id) {
            return Some(label);
        }
    }
    None
}

/// As it was and as it is, in words: numbers, telephones and addresses of letters as far as they need be seen.
fn masked(it: &Change) -> (String, String) {
    let is_secret = ["-number", "-phone", "-email"].iter().any(|end| it.what.ends_with(end));
    let shown = |text: &str| match text {
        "" => texts::word("change-empty"),
        "yes" | "no" if it.what == "by-message" => texts::word(&format!("change-{text}")),
        _ if it.what == "collection" => {
            let (way, address) = text.split_once(": ").unwrap_or((text, ""));
            let way = texts::word(&format!("change-{way}"));
            if address.is_empty() { way } else { format!("{way}, {address}") }
        }
        _ => text.to_owned(),
    };
    let (was, is) = (shown(&it.was), shown(&it.is));
    if !is_secret {
        return (was, is);
    }
    let (hidden_was, hidden_is) = (masked_number(&was), masked_number(&is));
    if hidden_was == hidden_is { (was, is) } else { (hidden_was, hidden_is) }
}

/// What came, and the message with it.
fn supplied(view: &DossierView, it: &Supplied) -> String {
    let papers = it.papers.iter().map(|it| it.name.clone());
    let sent: Vec<String> = papers.chain(it.answers.iter().map(|it| put_right(view, it))).collect();
    format!("{} {}", stopped(&sent.join("; ")), stopped(&it.note)).trim().to_owned()
}

/// Papers and answers with what was said of them.
fn examined(view: &DossierView, said: &Examination) -> String {
    let papers = view.dossier.filing.get().map(|it| it.papers.as_slice()).unwrap_or_default();
    let name = |place: u16| papers.get(usize::from(place)).map_or(say("told-a-paper"), |it| it.name.as_str());
    let of_papers = said.papers.iter().map(|it| match it.mark {
        Mark::Good => say_with("told-mark-good", &[("paper", &name(it.place))]),
        Mark::Wrong => say_with("told-mark-wrong", &[("paper", &name(it.place)), ("reason", &it.reason)]),
        Mark::Unseen => say_with("told-mark-unseen", &[("paper", &name(it.place))]),
    });
    let of_answers = said.answers.iter().map(|it| {
        let question = form_of(&view.revision).and_then(|form| form.answerable(&it.field)).unwrap_or_default();
        match it.note.is_empty() {
            true => say_with("told-mark-taken-back", &[("question", &question)]),
            false => say_with("told-mark-answer", &[("question", &question), ("note", &it.note)]),
        }
    });
    stopped(&of_papers.chain(of_answers).collect::<Vec<_>>().join("; "))
}

/// "Ngày sinh: 01/02/2025 → 01/01/2025".
fn put_right(view: &DossierView, it: &PutRight) -> String {
    let Some(form) = form_of(&view.revision) else { return String::new() };
    let said = |answer: Option<&domain::procedure::Answer>| match answer {
        Some(answer) => answer_in_words(form, &it.field, answer),
        None => say("told-left-empty").to_owned(),
    };
    format!(
        "{}: {} → {}",
        form.answerable(&it.field).unwrap_or_default(),
        said(it.before.as_ref()),
        said(it.after.as_ref())
    )
}

/// What is done at the step it came to.
fn now_at(view: &DossierView, step: StepAt) -> String {
    let action = view.revision.step(step.number).map_or("", |it| it.action.trim());
    if action.is_empty() { String::new() } else { say_with("told-at-step", &[("step", &stopped(&within(action)))]) }
}
