//! How letters and text messages leave the house: each way with what it needs.

use super::{Secret, Settings};
use std::path::PathBuf;

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
    pub(super) fn message_values(&self) -> Vec<(&'static str, String)> {
        const UNSET: &str = "(chưa đặt)";
        let or = |value: &Option<String>| value.clone().unwrap_or_else(|| UNSET.to_owned());
        let path =
            |value: &Option<PathBuf>| value.as_ref().map_or_else(|| UNSET.to_owned(), |it| it.display().to_string());
        let price = self.text.part_price_vnd.map(|it| it.to_string());
        vec![
            ("outbox.mail", self.outbox.mail.word().to_owned()),
            ("outbox.text", self.outbox.text.word().to_owned()),
            ("text.part_price_vnd", or(&price)),
            ("text.parts_max", self.text.parts_max.to_string()),
            ("smtp.host", or(&self.smtp.host)),
            ("smtp.port", self.smtp.port.to_string()),
            ("smtp.security", self.smtp.security.clone()),
            ("smtp.user", or(&self.smtp.user)),
            ("smtp.from", or(&self.smtp.from)),
            ("smtp.ca_file", path(&self.smtp.ca_file)),
            ("gateway.url", or(&self.gateway.url)),
            ("gateway.sender", or(&self.gateway.sender)),
            ("gateway.ca_file", path(&self.gateway.ca_file)),
            ("smpp.host", or(&self.smpp.host)),
            ("smpp.port", self.smpp.port.to_string()),
            ("smpp.encrypted", if self.smpp.encrypted { "có" } else { "không" }.to_owned()),
            ("smpp.ca_file", path(&self.smpp.ca_file)),
            ("smpp.system_id", or(&self.smpp.system_id)),
            ("smpp.system_type", or(&self.smpp.system_type)),
            ("smpp.sender", or(&self.smpp.sender)),
            ("smpp.receipt_names", self.smpp.receipt_names.clone()),
        ]
    }
}

/// What each of those keys decides, in the same order.
pub(super) const MESSAGE_MEANINGS: [&str; 21] = [
    "Thư điện tử đi đường nào: tệp hoặc máy chủ thư",
    "Tin nhắn đi đường nào: tệp, cổng HTTP hoặc trung tâm tin nhắn",
    "Giá một phần tin nhắn, đồng",
    "Số phần nhiều nhất của một tin nhắn",
    "Máy chủ thư",
    "Cổng của máy chủ thư",
    "Mã hóa đường tới máy chủ thư",
    "Tài khoản ở máy chủ thư",
    "Người gửi ghi trên thư",
    "Chứng thư dùng để kiểm tra máy chủ thư",
    "Địa chỉ cổng tin nhắn",
    "Tên người gửi qua cổng tin nhắn",
    "Chứng thư dùng để kiểm tra cổng tin nhắn",
    "Trung tâm tin nhắn",
    "Cổng của trung tâm tin nhắn",
    "Mã hóa đường tới trung tâm tin nhắn",
    "Chứng thư dùng để kiểm tra trung tâm tin nhắn",
    "Tài khoản ở trung tâm tin nhắn",
    "Loại máy khách khai với trung tâm tin nhắn",
    "Tên người gửi qua trung tâm tin nhắn",
    "Cách trung tâm tin nhắn viết mã trong báo phát",
];
