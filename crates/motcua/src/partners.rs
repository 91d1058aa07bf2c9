//! The partners outside, from the settings: who carries letters and text messages.

use crate::ended::Stop;
use crate::settings::{MailWay, Secret, Settings, TextWay};
use app::house::House;
use app::outbox::{Carriers, Folder, TextWay as Way};
use integrations::Unusable;
use integrations::mail::{MailSettings, Mailer, Security};
use integrations::smpp::{self, Hearing, ReceiptNames, Smpp, SmppSettings};
use integrations::text_gateway::{Gateway, GatewaySettings};
use std::time::Duration;
use tokio::sync::mpsc;

/// So long one answer of a partner may take: several fit into what the outbox grants one message.
const ANSWER_WITHIN: Duration = Duration::from_secs(8);
/// So long one letter may take, or all parts of one text message together.
const WHOLE_WITHIN: Duration = Duration::from_secs(25);
/// How often a message centre is asked whether it lives.
const ENQUIRE_EVERY: Duration = Duration::from_secs(30);
/// How long after a loss a message centre is tried again first.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Who carries, and what a message centre says by itself.
pub struct Partners {
    /// Who carries.
    pub carriers: Carriers,
    /// What the message centre says; none where there is none.
    pub heard: Option<mpsc::Receiver<Hearing>>,
}

/// What a gateway signs its reports with; none where text messages leave another way. A demo speaks to nobody.
pub fn gateway_secret(settings: &Settings, demo: bool) -> Option<integrations::Secret> {
    let is_chosen = settings.outbox.text == TextWay::Http && !demo;
    settings.gateway.secret.as_ref().filter(|_| is_chosen).map(known)
}

/// The partners of a house; a demo has none, whatever the settings say. Must be called inside a runtime.
///
/// # Errors
/// What is set cannot be used, as a call that makes no sense.
pub fn open(house: &House, settings: &Settings) -> Result<Partners, Stop> {
    let folder = Folder::new(house.rules.outbox_folder.clone());
    let (mut mail, mut text, mut heard) = (None, Way::Folder, None);
    if !house.rules.demo {
        let unusable = |why: Unusable| Stop::Usage(why.to_string());
        if settings.outbox.mail == MailWay::Smtp {
            mail = Some(Mailer::new(&mail_settings(settings)).map_err(unusable)?);
        }
        match settings.outbox.text {
            TextWay::File => {}
            TextWay::Http => text = Way::Gateway(Gateway::new(&gateway_settings(settings)).map_err(unusable)?),
            TextWay::Smpp => {
                let (centre, says) = Smpp::start(&centre_settings(settings)).map_err(unusable)?;
                (text, heard) = (Way::Centre(centre), Some(says));
            }
        }
    }
    Ok(Partners { carriers: Carriers { folder, mail, text }, heard })
}

/// Looks at what is set without speaking to anybody.
///
/// # Errors
/// What cannot be used, in words.
pub fn check(settings: &Settings) -> Result<(), Unusable> {
    if settings.outbox.mail == MailWay::Smtp {
        Mailer::new(&mail_settings(settings))?;
    }
    match settings.outbox.text {
        TextWay::File => Ok(()),
        TextWay::Http => Gateway::new(&gateway_settings(settings)).map(drop),
        TextWay::Smpp => smpp::check(&centre_settings(settings)),
    }
}

fn known(secret: &Secret) -> integrations::Secret {
    integrations::Secret::new(secret.reveal())
}

fn word(value: &Option<String>) -> String {
    value.clone().unwrap_or_default()
}

fn mail_settings(settings: &Settings) -> MailSettings {
    let it = &settings.smtp;
    MailSettings {
        host: word(&it.host),
        port: it.port,
        security: match it.security.as_str() {
            "tls" => Security::Tls,
            "none" => Security::Plain,
            _ => Security::StartTls,
        },
        account: it.user.clone().zip(it.password.as_ref().map(known)),
        from: word(&it.from),
        ca_file: it.ca_file.clone(),
        letter_within: WHOLE_WITHIN,
    }
}

fn gateway_settings(settings: &Settings) -> GatewaySettings {
    let it = &settings.gateway;
    GatewaySettings {
        url: word(&it.url),
        secret: it.secret.as_ref().map_or_else(|| integrations::Secret::new(""), known),
        sender: word(&it.sender),
        ca_file: it.ca_file.clone(),
        answer_within: ANSWER_WITHIN,
    }
}

fn centre_settings(settings: &Settings) -> SmppSettings {
    let it = &settings.smpp;
    SmppSettings {
        host: word(&it.host),
        port: it.port,
        encrypted: it.encrypted,
        ca_file: it.ca_file.clone(),
        system_id: word(&it.system_id),
        password: it.password.as_ref().map_or_else(|| integrations::Secret::new(""), known),
        system_type: word(&it.system_type),
        sender: word(&it.sender),
        receipt_names: match it.receipt_names.as_str() {
            "decimal" => ReceiptNames::Decimal,
            "hexadecimal" => ReceiptNames::Hexadecimal,
            _ => ReceiptNames::Same,
        },
        answer_within: ANSWER_WITHIN,
        whole_within: WHOLE_WITHIN,
        enquire_every: ENQUIRE_EVERY,
        again_after: AGAIN_AFTER,
    }
}
