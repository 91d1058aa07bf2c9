//! Who carries what: letters to the folder or a mail server, text messages to the folder, a gateway or a message centre.

use super::{Carried, Carrier, Folder, Taken};
use crate::notices::Details;
use domain::notice::NoticeChannel;
use integrations::mail::{Letter, Mailer};
use integrations::smpp::{self, Smpp};
use integrations::text_gateway::{Gateway, TextMessage};
use jiff::Timestamp;
use std::path::PathBuf;
use std::time::{Duration, UNIX_EPOCH};
use storage::outbox::Message;

/// What a gateway's and a message centre's names are kept under.
pub(super) const GATEWAY: &str = "http";
pub(super) const CENTRE: &str = "smpp";

/// How text messages leave the house.
#[derive(Debug)]
pub enum TextWay {
    /// As files.
    Folder,
    /// Through a gateway.
    Gateway(Gateway),
    /// Through a message centre.
    Centre(Smpp),
}

/// The carriers of a house.
#[derive(Debug)]
pub struct Carriers {
    /// Where whatever has no partner is written.
    pub folder: Folder,
    /// The mail server; none: letters are written to the folder.
    pub mail: Option<Mailer>,
    /// How text messages leave the house.
    pub text: TextWay,
}

impl Carriers {
    /// Everything to the folder.
    pub fn to_folder(root: PathBuf) -> Self {
        Self { folder: Folder::new(root), mail: None, text: TextWay::Folder }
    }
}

impl Carrier for Carriers {
    async fn carry(&self, message: Message, taken: Vec<u16>) -> Carried {
        match (NoticeChannel::of_key(&message.channel), &self.mail, &self.text) {
            (Some(NoticeChannel::Mail), Some(mailer), _) => Carried::whole(mailer.send(&letter(&message)).await),
            (Some(NoticeChannel::Text), _, TextWay::Gateway(gateway)) => through_gateway(gateway, &message).await,
            (Some(NoticeChannel::Text), _, TextWay::Centre(centre)) => through_centre(centre, &message, taken).await,
            (None | Some(NoticeChannel::Mail | NoticeChannel::Text), _, _) => {
                Carried::whole(self.folder.write(message).await)
            }
        }
    }
}

fn letter(message: &Message) -> Letter {
    Letter {
        id: message.id.to_string(),
        to: message.recipient.clone(),
        subject: message.subject.clone(),
        text: message.body.clone(),
        written_at: UNIX_EPOCH + Duration::from_micros(u64::try_from(message.created_at.micros()).unwrap_or(0)),
    }
}

async fn through_gateway(gateway: &Gateway, message: &Message) -> Carried {
    // Written before messages knew their templates: the text alone goes.
    let details: Details = serde_json::from_str(&message.details).unwrap_or_default();
    let (template, revision) = message.template.split_once('#').unwrap_or((message.kind.as_str(), "0"));
    let text = TextMessage {
        id: message.id.to_string(),
        to: message.recipient.clone(),
        text: message.body.clone(),
        template: template.to_owned(),
        revision: revision.parse().unwrap_or(0),
        registered_as: details.registered_as,
        values: details.values,
    };
    match gateway.send(&text, world_seconds()).await {
        Ok(reference) => Carried { taken: vec![Taken { partner: GATEWAY, part: 1, reference }], outcome: Ok(()) },
        Err(why) => Carried::whole(Err(why)),
    }
}

async fn through_centre(centre: &Smpp, message: &Message, taken: Vec<u16>) -> Carried {
    let text = smpp::TextMessage {
        id: message.id.to_string(),
        to: message.recipient.clone(),
        text: message.body.clone(),
        taken,
    };
    let (taken, outcome) = centre.send(&text).await;
    let named = |it: smpp::Taken| Taken { partner: CENTRE, part: it.part, reference: it.reference };
    Carried { taken: taken.into_iter().map(named).collect(), outcome }
}

/// The world's moment, in seconds since 1970: the other side judges a signature by a clock of its own.
#[expect(clippy::disallowed_methods, reason = "a partner's clock is not one that a demo or a test can turn")]
pub(super) fn world_seconds() -> i64 {
    Timestamp::now().as_second()
}
