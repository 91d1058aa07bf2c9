//! How letters and text messages leave the house: each way with what it needs.

use super::shown::{or_unset, path_or_unset, text};
use super::{Secret, Settings};
use std::path::PathBuf;
use web::SettingValue;

/// How letters leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MailWay {
    /// As files in the outbox folder.
    #[default]
    File,
    /// Through a mail server.
    Smtp,
}

/// How text messages leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextWay {
    /// As files in the outbox folder.
    #[default]
    File,
    /// Through a gateway over HTTP.
    Http,
    /// Through a message centre.
    Smpp,
}

/// What text messages cost, and how long they may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Price of one part, in đồng; none: nobody said.
    pub part_price_vnd: Option<u32>,
    /// Most parts of one message.
    pub parts_max: u32,
}

impl Default for Text {
    fn default() -> Self {
        Self { part_price_vnd: None, parts_max: 5 }
    }
}

/// The office's mail server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailServer {
    /// Its name or address.
    pub host: Option<String>,
    /// Its port.
    pub port: u16,
    /// `tls`, `starttls` or `none`.
    pub security: String,
    /// The user it knows us as; none: it asks for none.
    pub user: Option<String>,
    /// That user's password.
    pub password: Option<Secret>,
    /// Who letters are from.
    pub from: Option<String>,
    /// The certificates its own is checked with; none: the system's.
    pub ca_file: Option<PathBuf>,
}

impl Default for MailServer {
    fn default() -> Self {
        let (security, port) = ("starttls".to_owned(), 587);
        Self { host: None, port, security, user: None, password: None, from: None, ca_file: None }
    }
}

/// A gateway of text messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gateway {
    /// The address messages are posted to.
    pub url: Option<String>,
    /// What requests and reports are signed with.
    pub secret: Option<Secret>,
    /// The sender people see.
    pub sender: Option<String>,
    /// The certificates its own is checked with; none: the system's.
    pub ca_file: Option<PathBuf>,
}

/// An operator's message centre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Centre {
    /// Its name or address.
    pub host: Option<String>,
    /// Its port.
    pub port: u16,
    /// Whether the connection is encrypted.
    pub encrypted: bool,
    /// The certificates its own is checked with; none: the system's.
    pub ca_file: Option<PathBuf>,
    /// Who we are to it.
    pub system_id: Option<String>,
    /// Our password there.
    pub password: Option<Secret>,
    /// What kind of client we are.
    pub system_type: Option<String>,
    /// The sender people see.
    pub sender: Option<String>,
    /// How receipts name parts beside its answers: `same`, `decimal` or `hexadecimal`.
    pub receipt_names: String,
}

impl Default for Centre {
    fn default() -> Self {
        Self {
            host: None,
            port: 2775,
            encrypted: false,
            ca_file: None,
            system_id: None,
            password: None,
            system_type: None,
            sender: None,
            receipt_names: "same".to_owned(),
        }
    }
}

impl MailWay {
    /// The word it is chosen by.
    pub const fn word(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Smtp => "smtp",
        }
    }
}

impl TextWay {
    /// The word it is chosen by.
    pub const fn word(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Http => "http",
            Self::Smpp => "smpp",
        }
    }
}

impl Settings {
    /// What a chosen way lacks, beside the key that chose it.
    pub(super) fn lacking_for_messages(&self) -> Vec<([&'static str; 2], String)> {
        let (smtp, gateway, smpp) = (&self.smtp, &self.gateway, &self.smpp);
        let needs: &[(&str, bool)] = match self.outbox.mail {
            MailWay::File => &[],
            MailWay::Smtp => &[
                ("smtp.host", smtp.host.is_some()),
                ("smtp.from", smtp.from.is_some()),
                ("MOTCUA_SMTP_PASSWORD", smtp.user.is_none() || smtp.password.is_some()),
            ],
        };
        let text_needs: &[(&str, bool)] = match self.outbox.text {
            TextWay::File => &[],
            TextWay::Http => &[
                ("gateway.url", gateway.url.is_some()),
                ("gateway.sender", gateway.sender.is_some()),
                ("MOTCUA_GATEWAY_SECRET", gateway.secret.is_some()),
            ],
            TextWay::Smpp => &[
                ("smpp.host", smpp.host.is_some()),
                ("smpp.system_id", smpp.system_id.is_some()),
                ("smpp.sender", smpp.sender.is_some()),
                ("MOTCUA_SMPP_PASSWORD", smpp.password.is_some()),
            ],
        };
        let lacking = |key: &'static str, needs: &[(&str, bool)]| {
            let missing: Vec<&str> = needs.iter().filter(|it| !it.1).map(|it| it.0).collect();
            (!missing.is_empty()).then(|| ([key, key], format!("this way needs {} too", missing.join(", "))))
        };
        [lacking("outbox.mail", needs), lacking("outbox.text", text_needs)].into_iter().flatten().collect()
    }

    /// Every key about messages with its value, in the order of the manual; secrets are not among them.
    pub(super) fn message_values(&self) -> Vec<(&'static str, SettingValue)> {
        vec![
            ("outbox.mail", text(self.outbox.mail.word())),
            ("outbox.text", text(self.outbox.text.word())),
            ("text.part_price_vnd", or_unset(self.text.part_price_vnd)),
            ("text.parts_max", text(self.text.parts_max)),
            ("smtp.host", or_unset(self.smtp.host.as_ref())),
            ("smtp.port", text(self.smtp.port)),
            ("smtp.security", text(&self.smtp.security)),
            ("smtp.user", or_unset(self.smtp.user.as_ref())),
            ("smtp.from", or_unset(self.smtp.from.as_ref())),
            ("smtp.ca_file", path_or_unset(self.smtp.ca_file.as_deref())),
            ("gateway.url", or_unset(self.gateway.url.as_ref())),
            ("gateway.sender", or_unset(self.gateway.sender.as_ref())),
            ("gateway.ca_file", path_or_unset(self.gateway.ca_file.as_deref())),
            ("smpp.host", or_unset(self.smpp.host.as_ref())),
            ("smpp.port", text(self.smpp.port)),
            ("smpp.encrypted", SettingValue::Flag(self.smpp.encrypted)),
            ("smpp.ca_file", path_or_unset(self.smpp.ca_file.as_deref())),
            ("smpp.system_id", or_unset(self.smpp.system_id.as_ref())),
            ("smpp.system_type", or_unset(self.smpp.system_type.as_ref())),
            ("smpp.sender", or_unset(self.smpp.sender.as_ref())),
            ("smpp.receipt_names", text(&self.smpp.receipt_names)),
        ]
    }
}
