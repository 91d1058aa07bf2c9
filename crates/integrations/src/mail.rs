//! Mail through the office's mail server: SMTP, encrypted unless the settings say otherwise, one connection a letter.

use crate::{Refused, Secret, Unusable, plain};
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};
use tokio::time::timeout;

/// How the connection is kept from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Encrypted from the first byte (port 465).
    Tls,
    /// Encrypted before anything is said (port 587).
    StartTls,
    /// Not at all: for a server on the same machine.
    Plain,
}

/// Where letters are handed in, and as whom.
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// Name or address of the server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is kept from others.
    pub security: Security,
    /// User and password, where the server asks for them.
    pub account: Option<(String, Secret)>,
    /// Who the letters are from: `Một cửa phường Lê Chân <motcua@lechan.example>`.
    pub from: String,
    /// Certificates (PEM) to check the server's with; none: those of the system.
    pub ca_file: Option<PathBuf>,
    /// How long the server may take for one letter, from the connection to its last word.
    pub letter_within: Duration,
}

/// One letter.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Its id: the same however often it is sent, so that a mailbox which has it shows it once.
    pub id: String,
    /// The recipient's address.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// Text.
    pub text: String,
    /// When it was written.
    pub written_at: SystemTime,
}

/// A mail server that takes our letters.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    letter_within: Duration,
}

impl fmt::Debug for Mailer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Mailer({})", self.from)
    }
}

impl Mailer {
    /// A server to hand letters in at; nothing is said to it yet.
    ///
    /// # Errors
    /// The sender's address or the certificates cannot be used.
    pub fn new(settings: &MailSettings) -> Result<Self, Unusable> {
        let from: Mailbox =
            settings.from.parse().map_err(|_| Unusable(format!("`{}` is not a sender's address", settings.from)))?;
        let hello = ClientId::Domain(from.email.domain().to_owned());
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(settings.host.as_str())
            .port(settings.port)
            .hello_name(hello)
            .timeout(Some(settings.letter_within))
            .tls(match settings.security {
                Security::Tls => Tls::Wrapper(certificates(settings)?),
                Security::StartTls => Tls::Required(certificates(settings)?),
                Security::Plain => Tls::None,
            });
        if let Some((user, password)) = &settings.account {
            builder = builder.credentials(Credentials::new(user.clone(), password.reveal().to_owned()));
        }
        Ok(Self { transport: builder.build(), from, letter_within: settings.letter_within })
    }

    /// Hands one letter in; returns when the server has taken it.
    ///
    /// # Errors
    /// It has not: [`Refused::Never`] where it refuses this letter for good, [`Refused::Later`] for everything else.
    pub async fn send(&self, letter: &Letter) -> Result<(), Refused> {
        let message = self.written(letter)?;
        // The transport's own limit is for connecting only: a server that falls silent later would hold us for ever.
        match timeout(self.letter_within, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(why)) => Err(refused(&why)),
            Err(_) => Err(Refused::Later("the mail server did not answer in time".to_owned())),
        }
    }

    fn written(&self, letter: &Letter) -> Result<Message, Refused> {
        let to: Mailbox =
            letter.to.parse().map_err(|_| Refused::Never("the address is no e-mail address".to_owned()))?;
        Message::builder()
            .message_id(Some(format!("<{}@{}>", letter.id, self.from.email.domain())))
            .date(letter.written_at)
            .from(self.from.clone())
            .to(to)
            .subject(one_line(&letter.subject))
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text.clone())
            .map_err(|why| Refused::Never(format!("the letter cannot be written: {why}")))
    }
}

fn certificates(settings: &MailSettings) -> Result<TlsParameters, Unusable> {
    let unusable = |why: &dyn fmt::Display| Unusable(format!("the certificates for {}: {why}", settings.host));
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(path) = &settings.ca_file {
        let pem = std::fs::read(path).map_err(|why| unusable(&why))?;
        builder = builder.certificate_store(CertificateStore::None);
        builder = builder.add_root_certificate(Certificate::from_pem(&pem).map_err(|why| unusable(&why))?);
    }
    builder.build_rustls().map_err(|why| unusable(&why))
}

/// A letter is refused for good where the server says so of the letter; that it does not let *us* in (530, 534, 535, 538) is
/// a matter of the settings, which somebody will put right.
fn refused(why: &lettre::transport::smtp::Error) -> Refused {
    let code = why.status().map(|it| it.to_string()).unwrap_or_default();
    let ours = ["530", "534", "535", "538"].contains(&code.as_str());
    let words = plain(&why.to_string());
    if why.is_permanent() && !ours { Refused::Never(words) } else { Refused::Later(words) }
}

fn one_line(text: &str) -> String {
    text.chars().map(|it| if it.is_control() { ' ' } else { it }).collect()
}
