//! What partners report of text messages they took: kept under the partner's name for each part, shown beside the message.

use super::carriers::{CENTRE, GATEWAY, world_seconds};
use crate::accounts::assert_administrator;
use crate::error::AppError;
use crate::house::House;
use domain::ids::{MessageId, PersonId};
use integrations::smpp::{Heard, Hearing};
use integrations::text_gateway::{self, BadReport};
use integrations::{Reach, Report};
use std::collections::HashMap;
use std::sync::Arc;
use storage::delivery;
pub use storage::delivery::PartReach;
use storage::outbox::Message;
use tokio::sync::{mpsc, watch};

/// Most parts of one message that are asked for (a long one has 20), and of a whole list.
const PARTS_ASKED_MAX: u32 = 100;
const LIST_PARTS_MAX: u32 = 2_000;

fn word(reach: Reach) -> &'static str {
    match reach {
        Reach::Taken => "taken",
        Reach::Delivered => "delivered",
        Reach::Failed => "failed",
    }
}

/// The parts of a message its partner has.
pub(super) async fn parts_taken(house: &House, id: MessageId) -> Result<Vec<u16>, AppError> {
    let parts = house.db.read(move |tx| delivery::of_message(tx, id, PARTS_ASKED_MAX)).await?;
    Ok(parts.into_iter().map(|it| it.part).collect())
}

async fn keep(house: &House, partner: &'static str, report: Report) -> Result<(), AppError> {
    let now = house.clock.now();
    let (reference, reason) = (report.reference, report.reason);
    let reach = word(report.reach);
    house.db.write(move |tx| delivery::reported(tx, partner, &reference, (reach, &reason), now)).await?;
    Ok(())
}

/// Whether a gateway may report here at all.
pub fn gateway_reports(house: &House) -> bool {
    house.rules.gateway_secret.is_some()
}

/// Keeps a report of the gateway's: its three signature headers (id, moment, signatures) and its body.
///
/// # Errors
/// There is no gateway, or the report is not its ([`AppError::Forbidden`]); it is not in its form ([`AppError::Invalid`]); or the
/// house failed, and the gateway should send it again.
pub async fn report_of_gateway(house: &Arc<House>, signature: (&str, &str, &str), body: &[u8]) -> Result<(), AppError> {
    let secret = house.rules.gateway_secret.as_ref().ok_or(AppError::Forbidden)?;
    let report = match text_gateway::report(secret, signature, body, world_seconds()) {
        Ok(report) => report,
        Err(why @ BadReport::Signature(_)) => {
            tracing::warn!(error = %why, "somebody reported in the gateway's name");
            return Err(AppError::Forbidden);
        }
        Err(BadReport::Form) => return Err(AppError::invalid("report", "gap-missing")),
    };
    keep(house, GATEWAY, report).await
}

/// Keeps what the message centre says by itself, until told to stop or nobody speaks any more. What cannot be kept now is not
/// acknowledged, so that the centre says it again.
pub async fn hear(house: Arc<House>, mut heard: mpsc::Receiver<Hearing>, mut stop: watch::Receiver<bool>) {
    loop {
        let hearing = tokio::select! {
            hearing = heard.recv() => hearing,
            _ = stop.wait_for(|it| *it) => return,
        };
        let Some(Hearing { heard, kept }) = hearing else { return };
        let outcome = match heard {
            Heard::Report(report) => keep(&house, CENTRE, report).await,
            Heard::Late { message, taken } => keep_late(&house, &message, taken.part, taken.reference).await,
        };
        match outcome {
            // Whoever does not wait does not need to know.
            Ok(()) => drop(kept.send(())),
            Err(error) => tracing::error!(error = %error, "a report of the message centre was not kept"),
        }
    }
}

async fn keep_late(house: &House, message: &str, part: u16, reference: String) -> Result<(), AppError> {
    let Ok(id) = message.parse::<MessageId>() else { return Ok(()) };
    let now = house.clock.now();
    house.db.write(move |tx| delivery::taken(tx, CENTRE, &reference, (id, part), now)).await?;
    Ok(())
}

/// How far the text messages of a list came, part by part.
///
/// # Errors
/// Not an administrator, or the house failed.
pub async fn reach_of(
    house: &Arc<House>,
    administrator: PersonId,
    messages: &[Message],
) -> Result<HashMap<MessageId, Vec<PartReach>>, AppError> {
    assert_administrator(house, administrator)?;
    let Some(first) = messages.iter().map(|it| it.id).min() else { return Ok(HashMap::new()) };
    let parts = house.db.read(move |tx| delivery::since(tx, first, LIST_PARTS_MAX)).await?;
    let mut reach: HashMap<MessageId, Vec<PartReach>> = HashMap::new();
    for part in parts {
        reach.entry(part.message).or_default().push(part);
    }
    Ok(reach)
}
