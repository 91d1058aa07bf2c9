//! What people are told, by text message and e-mail: written in the transaction of what it tells.

use crate::error::AppError;
use crate::handle::Minted;
use crate::house::{House, Snapshot};
use crate::words;
use domain::dossier::{Dossier, DossierCode, Event, Status, StepAt};
use domain::ids::MessageId;
use storage::dossiers::NewEvent;
use storage::engine::Tx;
use storage::outbox::{self, Message};

/// Puts the messages of new events in the outbox.
pub(crate) fn enqueue(
    tx: &mut Tx,
    house: &House,
    known: &Snapshot,
    dossier: &Dossier,
    events: &[NewEvent],
    minted: &Minted,
) -> Result<(), AppError> {
    let Some(filing) = dossier.filing.get() else { return Ok(()) };
    let mut ids = minted.messages.iter();
    let Some((kind, subject, text)) =
        events.iter().rev().find_map(|it| told(house, known, dossier, &it.recorded.event))
    else {
        return Ok(());
    };
    let to_phone = filing.by_message && !filing.submitter.phone.is_empty();
    let ways = [
        ("sms", to_phone, &filing.submitter.phone),
        ("email", !filing.submitter.email.is_empty(), &filing.submitter.email),
    ];
    for (channel, wanted, recipient) in ways {
        let Some(id) = ids.next().filter(|_| wanted) else { continue };
        let body = if channel == "sms" { text.clone() } else { letter(house, dossier, &text) };
        outbox::add(tx, &message(*id, channel, dossier, kind, recipient, &subject, body, events))?;
    }
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "a row has that many columns")]
fn message(
    id: MessageId,
    channel: &str,
    dossier: &Dossier,
    kind: &str,
    recipient: &str,
    subject: &str,
    body: String,
    events: &[NewEvent],
) -> Message {
    let at = events.last().map_or(dossier.filed_at, |it| it.recorded.at);
    Message {
        id,
        channel: channel.to_owned(),
        dossier: Some(dossier.id),
        kind: kind.to_owned(),
        recipient: recipient.to_owned(),
        subject: subject.to_owned(),
        body,
        created_at: at,
        tries: 0,
        next_try_at: at,
        delivered_at: None,
        dead_at: None,
        last_error: String::new(),
    }
}

fn letter(house: &House, dossier: &Dossier, text: &str) -> String {
    let link = format!("{}/tra-cuu?ma={}", house.rules.public_url, dossier.code);
    let mark = if house.rules.demo { "\n\nMẪU - bản trình diễn, không có giá trị pháp lý." } else { "" };
    format!("{text}\n\nXem tiến trình: {link}{mark}")
}

/// What an event tells the citizen; none where it is the office's own matter.
pub(crate) fn told(
    house: &House,
    known: &Snapshot,
    it: &Dossier,
    event: &Event,
) -> Option<(&'static str, String, String)> {
    let code = &it.code;
    let day = event_day(it);
    let unit = known.organisation.name_on(known.organisation.desk_now(it), day).to_owned();
    let due = it.promised_at().map_or_else(String::new, |at| words::moment(at.local()));
    let (kind, text) = match event {
        Event::SupplementRequested { .. } | Event::Forwarded { .. } | Event::ObligationNotified { .. } => {
            asked(code, event)?
        }
        Event::Filed { answer_by: Some(by), .. } => (
            "filed",
            format!(
                "{unit} đã nhận được hồ sơ {code} bạn gửi. Bộ phận Một cửa trả lời chậm nhất {}.",
                words::moment(by.local())
            ),
        ),
        Event::Received { .. } => {
            ("received", format!("Hồ sơ {code} đã được {unit} tiếp nhận. Hẹn trả kết quả: {due}."))
        }
        Event::NotAccepted { body } => (
            "not_accepted",
            format!("Hồ sơ {code} không được tiếp nhận. Lý do: {}", body.get().map_or("", |it| it.text.as_str())),
        ),
        Event::Supplemented { .. } => ("supplemented", format!("{unit} đã nhận giấy tờ bổ sung của hồ sơ {code}.")),
        Event::SupplementLapsed {} => (
            "supplement_lapsed",
            format!("Hồ sơ {code} đã kết thúc vì quá hạn bổ sung giấy tờ. Bạn có thể nộp lại hồ sơ mới."),
        ),
        Event::Apologised { new_date, body, .. } => (
            "apologised",
            format!(
                "{unit} xin lỗi vì chưa trả kết quả hồ sơ {code} đúng hẹn. Lý do: {} Ngày hẹn mới: {}.",
                body.get().map_or("", |it| it.text.as_str()),
                words::moment(new_date.local())
            ),
        ),
        Event::Withdrawn { .. } => ("withdrawn", format!("Hồ sơ {code} đã được rút theo yêu cầu của bạn.")),
        Event::Discontinued { body } => (
            "discontinued",
            format!("Hồ sơ {code} đã dừng giải quyết. Lý do: {}", body.get().map_or("", |it| it.text.as_str())),
        ),
        Event::Issued { .. } => {
            let at = known.organisation.name_on(known.organisation.collect_now(it), day);
            ("issued", format!("Hồ sơ {code} đã có kết quả. Nơi trả kết quả: Bộ phận Một cửa {at}."))
        }
        Event::Delivered { .. } if it.status == Status::Delivered => {
            ("delivered", format!("Kết quả hồ sơ {code} đã được trả. Cảm ơn bạn."))
        }
        Event::Filed { .. }
        | Event::Assigned { .. }
        | Event::SubmittedForSignature { .. }
        | Event::SentBack { .. }
        | Event::Recalled { .. }
        | Event::Paid { .. }
        | Event::Signed { .. }
        | Event::Delivered { .. }
        | Event::Erased { .. } => return None,
    };
    let text = if house.rules.demo { format!("[MẪU] {text}") } else { text };
    Some((kind, format!("Hồ sơ {code}"), text))
}

/// What an event asks of the citizen, with the day until when; none where it asks nothing.
fn asked(code: &DossierCode, event: &Event) -> Option<(&'static str, String)> {
    Some(match event {
        Event::SupplementRequested { reply_by, body, .. } => {
            let items: Vec<&str> =
                body.get().map(|it| it.items.iter().map(|it| it.name.as_str()).collect()).unwrap_or_default();
            (
                "supplement_requested",
                format!("Hồ sơ {code} cần bổ sung: {}. Bạn gửi trước {}.", items.join("; "), words::day(*reply_by)),
            )
        }
        Event::Forwarded { step: StepAt { reply_by: Some(last), .. }, .. } => (
            "confirmation_asked",
            format!(
                "Hồ sơ {code} cần bạn xác nhận, chậm nhất hết {}. Quá hạn mà bạn chưa trả lời thì coi như bạn đồng ý.",
                words::day(*last)
            ),
        ),
        Event::ObligationNotified { amount_vnd, .. } => (
            "obligation_notified",
            format!("Hồ sơ {code} cần nộp {}. Nộp xong, hồ sơ được giải quyết tiếp.", words::dong(*amount_vnd)),
        ),
        _ => return None,
    })
}

fn event_day(it: &Dossier) -> jiff::civil::Date {
    it.finished_at.or(it.received_at).unwrap_or(it.filed_at).day()
}
