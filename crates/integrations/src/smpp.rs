//! Text messages through an operator's message centre: SMPP 3.4 over one connection that is kept open.
//!
//! [`Smpp::start`] keeps a transceiver bound for as long as anybody holds the [`Smpp`]: it binds, asks every while whether the
//! other side still lives, and binds again after a loss. What the centre says by itself (delivery receipts, and answers that
//! came after nobody waited any more) comes out as [`Heard`]; a receipt is acknowledged only once it is kept.

mod link;
mod names;
mod receipt;

pub use names::ReceiptNames;

use crate::{Refused, Report, Secret, Unusable, network_number, tls};
use domain::text_message::{Alphabet, alphabet, encoded, parts};
use rusmpp::pdus::{BindTransceiver, SubmitSm};
use rusmpp::types::{COctetString, OctetString};
use rusmpp::values::{DataCoding, EsmClass, InterfaceVersion, Npi, RegisteredDelivery, Ton};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;

/// Longest a brand name may be as a sender, in characters.
pub const BRAND_CHARS_MAX: usize = 11;
/// Messages and reports that may wait for the connection.
const WAITING_MAX: usize = 64;
/// `esm_class` of a part that carries the header which joins it to the others.
const HAS_HEADER: u8 = 0x40;
/// `registered_delivery`: a receipt for good and for bad ends.
const ASK_RECEIPT: u8 = 0x01;

/// Where text messages are handed in, and as whom.
#[derive(Clone, Debug)]
pub struct SmppSettings {
    /// Name or address of the message centre.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Whether the connection is encrypted; message centres are mostly reached over a private line.
    pub encrypted: bool,
    /// Certificates (PEM) to check the centre's with; none: those of the system.
    pub ca_file: Option<PathBuf>,
    /// Who we are to the centre, at most 15 letters.
    pub system_id: String,
    /// Our password there, at most 8 letters.
    pub password: Secret,
    /// What kind of client we are; mostly empty.
    pub system_type: String,
    /// The sender people see: a registered brand name of at most 11 letters, or a short number.
    pub sender: String,
    /// How receipts name parts.
    pub receipt_names: ReceiptNames,
    /// How long the centre may take to answer for one part.
    pub answer_within: Duration,
    /// How long all parts of one message may take together.
    pub whole_within: Duration,
    /// How often it is asked whether it still lives.
    pub enquire_every: Duration,
    /// How long after a loss it is tried first; each further try waits twice as long, at most a minute.
    pub again_after: Duration,
}

/// One text message, and which of its parts the centre has already.
#[derive(Clone, Debug)]
pub struct TextMessage {
    /// Its id.
    pub id: String,
    /// The phone, as its owner writes it.
    pub to: String,
    /// The text.
    pub text: String,
    /// Numbers of the parts the centre took before, from 1: they are not sent again.
    pub taken: Vec<u16>,
}

/// A part the centre has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Its number, from 1.
    pub part: u16,
    /// The centre's name for it.
    pub reference: String,
}

/// What the centre said by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It has taken a part after all; nobody waits for this answer any more.
    Late {
        /// The id of the message.
        message: String,
        /// The part.
        taken: Taken,
    },
    /// How far a part came.
    Report(Report),
}

/// Something heard, and where to say that it is kept: the centre repeats what it is not told that of.
#[derive(Debug)]
pub struct Hearing {
    /// What.
    pub heard: Heard,
    /// To be told once it is kept.
    pub kept: oneshot::Sender<()>,
}

/// A part on its way to the connection.
struct Order {
    message: String,
    part: u16,
    submit: SubmitSm,
    answer: oneshot::Sender<Result<String, Refused>>,
}

/// Address, type and plan of the sender people see.
type Sender = (COctetString<1, 21>, Ton, Npi);

/// A message centre that takes our text messages. The connection ends when this is dropped.
pub struct Smpp {
    orders: mpsc::Sender<Order>,
    sender: Sender,
    answer_within: Duration,
    whole_within: Duration,
}

impl fmt::Debug for Smpp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Smpp({})", self.sender.0)
    }
}

impl Smpp {
    /// Begins to keep a connection. Must be called inside a runtime.
    ///
    /// # Errors
    /// The settings do not fit into what the protocol has room for, or the certificates cannot be used.
    pub fn start(settings: &SmppSettings) -> Result<(Self, mpsc::Receiver<Hearing>), Unusable> {
        let (target, sender) = prepared(settings)?;
        let (orders, to_send) = mpsc::channel(WAITING_MAX);
        let (tell, heard) = mpsc::channel(WAITING_MAX);
        tokio::spawn(link::keep(target, to_send, tell));
        let (answer_within, whole_within) = (settings.answer_within, settings.whole_within);
        Ok((Self { orders, sender, answer_within, whole_within }, heard))
    }

    /// Hands in what the centre does not have yet of a message, part after part. Gives the parts it took now, also where it did
    /// not take all of them: those need not be sent again.
    pub async fn send(&self, message: &TextMessage) -> (Vec<Taken>, Result<(), Refused>) {
        let mut taken = Vec::new();
        let orders = match self.submits(message) {
            Ok(orders) => orders,
            Err(why) => return (taken, Err(why)),
        };
        let until = Instant::now() + self.whole_within;
        for (part, submit) in orders {
            match self.hand_in(&message.id, part, submit, until).await {
                Ok(reference) => taken.push(Taken { part, reference }),
                Err(why) => return (taken, Err(why)),
            }
        }
        (taken, Ok(()))
    }

    async fn hand_in(&self, message: &str, part: u16, submit: SubmitSm, until: Instant) -> Result<String, Refused> {
        let until = until.min(Instant::now() + self.answer_within);
        let late = || Refused::Later("the message centre did not answer in time".to_owned());
        let lost = || Refused::Later("the connection to the message centre was lost".to_owned());
        let (answer, answered) = oneshot::channel();
        let order = Order { message: message.to_owned(), part, submit, answer };
        timeout_at(until, self.orders.send(order)).await.map_err(|_| late())?.map_err(|_| lost())?;
        timeout_at(until, answered).await.map_err(|_| late())?.map_err(|_| lost())?
    }

    /// The parts the centre does not have yet, as they travel.
    fn submits(&self, message: &TextMessage) -> Result<Vec<(u16, SubmitSm)>, Refused> {
        let to =
            network_number(&message.to).ok_or_else(|| Refused::Never("the number is no phone number".to_owned()))?;
        let alphabet = alphabet(&message.text);
        let parts = parts(&message.text);
        let too_long = || Refused::Never("the text has too many parts".to_owned());
        let of = u8::try_from(parts.len()).map_err(|_| too_long())?;
        let mut submits = Vec::new();
        for (number, part) in (1..=of).zip(&parts) {
            if message.taken.contains(&u16::from(number)) {
                continue;
            }
            let mut bytes = Vec::new();
            if of > 1 {
                // Six bytes: concatenated, 8-bit reference, which message, how many parts, which of them.
                bytes.extend_from_slice(&[5, 0, 3, joint(&message.id), of, number]);
            }
            bytes.extend_from_slice(&encoded(part, alphabet));
            let text = OctetString::from_vec(bytes).map_err(|_| too_long())?;
            let submit = self.submit(&to, alphabet, text, if of > 1 { HAS_HEADER } else { 0 })?;
            submits.push((u16::from(number), submit));
        }
        Ok(submits)
    }

    fn submit(&self, to: &str, alphabet: Alphabet, text: OctetString<0, 255>, class: u8) -> Result<SubmitSm, Refused> {
        let (sender, ton, npi) = self.sender.clone();
        let to = COctetString::from_string(to.to_owned());
        Ok(SubmitSm::builder()
            .source_addr_ton(ton)
            .source_addr_npi(npi)
            .source_addr(sender)
            .dest_addr_ton(Ton::International)
            .dest_addr_npi(Npi::Isdn)
            .destination_addr(to.map_err(|_| Refused::Never("the number is no phone number".to_owned()))?)
            .esm_class(EsmClass::from(class))
            .registered_delivery(RegisteredDelivery::from(ASK_RECEIPT))
            .data_coding(match alphabet {
                Alphabet::Gsm7 => DataCoding::McSpecific,
                Alphabet::Ucs2 => DataCoding::Ucs2,
            })
            .short_message(text)
            .build())
    }
}

/// Looks at settings without speaking to anybody.
///
/// # Errors
/// As [`Smpp::start`].
pub fn check(settings: &SmppSettings) -> Result<(), Unusable> {
    prepared(settings).map(drop)
}

fn prepared(settings: &SmppSettings) -> Result<(link::Target, Sender), Unusable> {
    let tls = match settings.encrypted {
        true => Some(TlsConnector::from(Arc::new(tls::client(settings.ca_file.as_deref())?))),
        false => None,
    };
    let target = link::Target {
        host: settings.host.clone(),
        port: settings.port,
        tls,
        bind: bind(settings)?,
        receipt_names: settings.receipt_names,
        answer_within: settings.answer_within,
        enquire_every: settings.enquire_every,
        again_after: settings.again_after,
    };
    Ok((target, sender(&settings.sender)?))
}

/// What a phone joins the parts of one message by: the same however often it is sent, so that a part which comes twice is one.
fn joint(id: &str) -> u8 {
    id.bytes().fold(0, |sum: u8, byte| sum.wrapping_mul(31).wrapping_add(byte))
}

fn sender(name: &str) -> Result<Sender, Unusable> {
    let wrong = || Unusable(format!("`{name}` is neither a brand name of at most 11 plain letters nor a number"));
    let is_number = !name.is_empty() && name.bytes().all(|it| it.is_ascii_digit());
    let fits = !name.is_empty() && name.is_ascii() && name.len() <= if is_number { 20 } else { BRAND_CHARS_MAX };
    let address = COctetString::from_string(name.to_owned()).map_err(|_| wrong())?;
    let (ton, npi) = if is_number { (Ton::Unknown, Npi::Isdn) } else { (Ton::Alphanumeric, Npi::Unknown) };
    if fits { Ok((address, ton, npi)) } else { Err(wrong()) }
}

fn bind(settings: &SmppSettings) -> Result<BindTransceiver, Unusable> {
    let long = |what: &str, most: usize| {
        Unusable(format!("the {what} for the message centre has more than {most} plain letters"))
    };
    let system_id = COctetString::from_string(settings.system_id.clone()).map_err(|_| long("system id", 15))?;
    let password = COctetString::from_string(settings.password.reveal().to_owned()).map_err(|_| long("password", 8))?;
    let system_type = COctetString::from_string(settings.system_type.clone()).map_err(|_| long("system type", 12))?;
    Ok(BindTransceiver::builder()
        .system_id(system_id)
        .password(password)
        .system_type(system_type)
        .interface_version(InterfaceVersion::Smpp3_4)
        .build())
}
