//! What people are told, by text message and e-mail: written in the transaction of what it tells, with the texts that speak then.

use crate::error::AppError;
use crate::house::{House, Snapshot};
use crate::notice_texts::{Spoken, marked, text_message};
use crate::words;
use domain::dossier::{Dossier, Event, Status, StepAt};
use domain::ids::{MessageId, UnitId};
use domain::notice::{NoticeChannel, NoticeKind, Placeholder, Values};
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use storage::dossiers::NewEvent;
use storage::engine::Tx;
use storage::outbox::{self, Message};

/// What an event tells the citizen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    kind: NoticeKind,
    values: Values,
    /// What a text message says more briefly than a letter: each of its parts costs.
    brief: Values,
}

/// What a text message was made of, beside its text: for a partner who fills registered templates itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Details {
    /// The name the template is registered under; empty where it is not.
    #[serde(default)]
    pub(crate) registered_as: String,
    /// What its places were filled with.
    #[serde(default)]
    pub(crate) values: BTreeMap<String, String>,
}

/// Puts the messages of new events in the outbox.
pub(crate) fn enqueue(
    tx: &mut Tx,
    house: &House,
    known: &Snapshot,
    dossier: &Dossier,
    events: &[NewEvent],
    ids: &[MessageId],
) -> Result<(), AppError> {
    let messages = of_events(house, known, dossier, events, ids)?;
    Ok(messages.iter().try_for_each(|it| outbox::add(tx, it))?)
}

/// The messages of new events, as they are to be put in the outbox.
pub(crate) fn of_events(
    house: &House,
    known: &Snapshot,
    dossier: &Dossier,
    events: &[NewEvent],
    ids: &[MessageId],
) -> Result<Vec<Message>, AppError> {
    let Some(notice) = events.iter().rev().find_map(|it| told(known, dossier, &it.recorded.event)) else {
        return Ok(Vec::new());
    };
    let at = events.last().map_or(dossier.filed_at, |it| it.recorded.at);
    written(house, known, dossier, &notice, at, ids)
}

/// Whether somebody can be told anything of a dossier: a telephone with the wish to be told, or an e-mail address.
pub(crate) fn reaches(dossier: &Dossier) -> bool {
    let Some(filing) = dossier.filing.get() else { return false };
    (filing.by_message && !filing.submitter.phone.is_empty()) || !filing.submitter.email.is_empty()
}

/// Tells that the decision still lies at the desk; false where nobody can be told.
pub(crate) fn remind(
    tx: &mut Tx,
    house: &House,
    known: &Snapshot,
    dossier: &Dossier,
    at: Instant,
    ids: &[MessageId],
) -> Result<bool, AppError> {
    let place = place_of(known, known.organisation.collect_now(dossier));
    let notice = notice_of(known, dossier, NoticeKind::Uncollected, vec![(Placeholder::Place, place)]);
    send(tx, house, known, dossier, &notice, at, ids)
}

/// Puts one notice in the outbox, by the ways its citizen wants to hear; false where nobody can be told.
pub(crate) fn send(
    tx: &mut Tx,
    house: &House,
    known: &Snapshot,
    dossier: &Dossier,
    notice: &Notice,
    at: Instant,
    ids: &[MessageId],
) -> Result<bool, AppError> {
    let messages = written(house, known, dossier, notice, at, ids)?;
    messages.iter().try_for_each(|it| outbox::add(tx, it))?;
    Ok(!messages.is_empty())
}

/// One notice, by each of the ways its citizen wants to hear.
fn written(
    house: &House,
    known: &Snapshot,
    dossier: &Dossier,
    notice: &Notice,
    at: Instant,
    ids: &[MessageId],
) -> Result<Vec<Message>, AppError> {
    let Some(filing) = dossier.filing.get() else { return Ok(Vec::new()) };
    let mut ids = ids.iter();
    let mut messages = Vec::new();
    let to_phone = filing.by_message && !filing.submitter.phone.is_empty();
    let ways = [
        (NoticeChannel::Text, to_phone, &filing.submitter.phone),
        (NoticeChannel::Mail, !filing.submitter.email.is_empty(), &filing.submitter.email),
    ];
    for (channel, wanted, recipient) in ways {
        let Some(id) = ids.next().filter(|_| wanted) else { continue };
        let spoken = known.notices.spoken(notice.kind, channel)?;
        let (body, details) = match channel {
            NoticeChannel::Text => (notice.text_message(house, spoken), notice.details(spoken)?),
            NoticeChannel::Mail => (letter(house, dossier, notice, spoken), String::new()),
        };
        messages.push(Message {
            id: *id,
            channel: channel.key().to_owned(),
            dossier: Some(dossier.id),
            kind: notice.kind.key().to_owned(),
            recipient: recipient.clone(),
            subject: format!("Hồ sơ {}", dossier.code),
            body,
            created_at: at,
            tries: 0,
            next_try_at: at,
            delivered_at: None,
            dead_at: None,
            last_error: String::new(),
            template: format!("{}#{}", notice.kind.key(), spoken.number),
            details,
        });
    }
    Ok(messages)
}

impl Notice {
    /// A notice that says nothing but which dossier it is about, and who speaks.
    pub(crate) fn plain(known: &Snapshot, it: &Dossier, kind: NoticeKind, at: Instant) -> Self {
        let unit = known.organisation.name_on(known.organisation.desk_now(it), at.day()).to_owned();
        let values = [(Placeholder::Code, it.code.to_string()), (Placeholder::Unit, unit)].into();
        Self { kind, values, brief: Values::default() }
    }

    /// The text message, no longer than the office pays for.
    pub(crate) fn text_message(&self, house: &House, spoken: &Spoken) -> String {
        text_message(house, &spoken.template, &self.values_in_brief(), spoken.marks)
    }

    fn values_in_brief(&self) -> Values {
        let mut values = self.values.clone();
        values.extend(self.brief.clone());
        values
    }

    /// The text message as it would be sent now.
    pub(crate) fn foretold(&self, house: &House, known: &Snapshot) -> Result<String, AppError> {
        Ok(self.text_message(house, known.notices.spoken(self.kind, NoticeChannel::Text)?))
    }

    /// The letter as it would be sent now.
    pub(crate) fn letter_foretold(
        &self,
        house: &House,
        known: &Snapshot,
        dossier: &Dossier,
    ) -> Result<String, AppError> {
        Ok(letter(house, dossier, self, known.notices.spoken(self.kind, NoticeChannel::Mail)?))
    }

    fn details(&self, spoken: &Spoken) -> Result<String, AppError> {
        let values = self.values_in_brief().into_iter().map(|(place, value)| (place.key().to_owned(), value)).collect();
        let details = Details { registered_as: spoken.registered_as.clone(), values };
        serde_json::to_string(&details).map_err(|why| AppError::fault("writing down what a message is made of", why))
    }
}

fn letter(house: &House, dossier: &Dossier, notice: &Notice, spoken: &Spoken) -> String {
    let text = marked(house, &spoken.template.filled(&notice.values));
    let link = format!("{}/tra-cuu?ma={}", house.rules.public_url, dossier.code);
    let mark = if house.rules.demo { "\n\nMẪU - bản trình diễn, không có giá trị pháp lý." } else { "" };
    format!("{text}\n\nXem tiến trình: {link}{mark}")
}

/// What an event tells the citizen; none where it is the office's own matter.
pub(crate) fn told(known: &Snapshot, it: &Dossier, event: &Event) -> Option<Notice> {
    use Placeholder::{Amount, By, Papers, Place, Reason};
    let day = event_day(it);
    let promised = || (By, it.promised_at().map_or_else(String::new, |at| words::moment(at.local())));
    let (kind, own) = match event {
        Event::Filed { answer_by: Some(by), .. } => (NoticeKind::Filed, vec![(By, words::moment(by.local()))]),
        Event::Received { .. } => (NoticeKind::Received, vec![promised()]),
        Event::NotAccepted { body } => {
            (NoticeKind::NotAccepted, vec![(Reason, body.get().map_or_else(String::new, |it| it.text.clone()))])
        }
        Event::SupplementRequested { reply_by, body, .. } => {
            let items: Vec<String> =
                body.get().map(|it| it.items.iter().map(words::asked).collect()).unwrap_or_default();
            (NoticeKind::SupplementRequested, vec![(Papers, items.join("; ")), (By, words::day(*reply_by))])
        }
        Event::Supplemented { .. } => (NoticeKind::Supplemented, Vec::new()),
        Event::SupplementLapsed {} => (NoticeKind::SupplementLapsed, Vec::new()),
        Event::Apologised { new_date, body, .. } => {
            let reason = body.get().map_or_else(String::new, |it| stopped(&it.text));
            (NoticeKind::Apologised, vec![(Reason, reason), (By, words::moment(new_date.local()))])
        }
        Event::Forwarded { step: StepAt { reply_by: Some(last), .. }, .. } => {
            (NoticeKind::ConfirmationAsked, vec![(By, words::day(*last))])
        }
        Event::ObligationNotified { amount_vnd, .. } => {
            (NoticeKind::ObligationNotified, vec![(Amount, words::dong(*amount_vnd))])
        }
        Event::Withdrawn { .. } => (NoticeKind::Withdrawn, Vec::new()),
        Event::Discontinued { body } => {
            (NoticeKind::Discontinued, vec![(Reason, body.get().map_or_else(String::new, |it| it.text.clone()))])
        }
        Event::Issued { .. } => {
            let at = known.organisation.name_on(known.organisation.collect_now(it), day);
            (NoticeKind::Issued, vec![(Place, at.to_owned())])
        }
        Event::Corrected { body, .. } => {
            let reason = body.get().map_or_else(String::new, |it| stopped(&it.reason));
            (NoticeKind::Corrected, vec![(Reason, reason), promised()])
        }
        Event::Delivered { .. } if it.status == Status::Delivered => (NoticeKind::Delivered, Vec::new()),
        Event::Transferred { instrument, desk, .. } => {
            (NoticeKind::Transferred, vec![(Reason, instrument.clone()), (Place, place_of(known, *desk))])
        }
        Event::Routed { from_unit, competent_unit, desk, .. } if from_unit != competent_unit => {
            (NoticeKind::Routed, vec![(Place, place_of(known, *desk))])
        }
        Event::Filed { .. }
        | Event::Examined { .. }
        | Event::Routed { .. }
        | Event::Assigned { .. }
        | Event::Forwarded { .. }
        | Event::SubmittedForSignature { .. }
        | Event::SentBack { .. }
        | Event::Recalled { .. }
        | Event::Paid { .. }
        | Event::FeeSet { .. }
        | Event::Refunded { .. }
        | Event::Signed { .. }
        | Event::CollectionChosen { .. }
        | Event::Delivered { .. }
        | Event::Erased { .. } => return None,
    };
    let notice = notice_of(known, it, kind, own);
    Some(match event {
        Event::SupplementRequested { reply_by, body, .. } => {
            let items = body.get().map(|it| it.items.as_slice()).unwrap_or_default();
            let brief = [(Papers, words::asked_in_brief(items)), (By, words::short_day(*reply_by))].into();
            Notice { brief, ..notice }
        }
        _ => notice,
    })
}

/// A notice with what every notice tells: the code, and the unit as it is called.
fn notice_of(known: &Snapshot, it: &Dossier, kind: NoticeKind, own: Vec<(Placeholder, String)>) -> Notice {
    let unit = known.organisation.name_on(known.organisation.desk_now(it), event_day(it)).to_owned();
    let mut values: Values = own.into_iter().collect();
    values.extend([(Placeholder::Code, it.code.to_string()), (Placeholder::Unit, unit)]);
    Notice { kind, values, brief: Values::default() }
}

/// A reason as a sentence of its own.
fn stopped(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['.', '!', '?', '…']) { text.to_owned() } else { format!("{text}.") }
}

fn event_day(it: &Dossier) -> jiff::civil::Date {
    it.finished_at.or(it.received_at).unwrap_or(it.filed_at).day()
}

/// A desk with its address, as they are where a reorganisation brings a dossier.
fn place_of(known: &Snapshot, desk: UnitId) -> String {
    let begun = known.organisation.find_unit(desk).map(domain::organisation::Unit::began_on);
    let Some(it) = begun.and_then(|day| known.organisation.attributes_on(desk, day)) else { return String::new() };
    if it.seat.is_empty() { it.name.clone() } else { format!("{}, {}", it.name, it.seat) }
}
