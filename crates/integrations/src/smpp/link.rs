//! One bound connection at a time: sending, hearing, staying alive, and coming back.

use super::{Heard, Hearing, Order, ReceiptNames, Taken, receipt};
use crate::Refused;
use futures_util::{SinkExt, StreamExt};
use rusmpp::pdus::{BindTransceiver, DeliverSmResp};
use rusmpp::tokio_codec::CommandCodec;
use rusmpp::{Command, CommandId, CommandStatus, Pdu};
use std::collections::HashMap;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};
use tokio_rustls::TlsConnector;
use tokio_util::codec::Framed;

/// Largest packet that is read, in bytes.
const PACKET_BYTES_MAX: usize = 4_096;
/// Parts that may wait for their answer at the same time.
const WINDOW: usize = 10;
/// Parts whose answer is still heard though nobody waits for it.
const REMEMBERED_MAX: usize = 1_000;
/// Longest pause between two tries to connect.
const PAUSE_MAX: Duration = Duration::from_secs(60);
/// A receipt that is not kept within this is refused; the centre sends it again.
const KEPT_WITHIN: Duration = Duration::from_secs(10);

/// Whom to connect to, and as whom.
pub(super) struct Target {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) tls: Option<TlsConnector>,
    pub(super) bind: BindTransceiver,
    pub(super) receipt_names: ReceiptNames,
    pub(super) answer_within: Duration,
    pub(super) enquire_every: Duration,
    pub(super) again_after: Duration,
}

trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

type Line = Framed<Box<dyn Wire>, CommandCodec>;

/// Why a connection ended.
enum End {
    /// Nobody wants it any more.
    Unwanted,
    /// It was lost.
    Lost(String),
}

/// Keeps a connection until nobody can send orders any more.
pub(super) async fn keep(target: Target, mut orders: mpsc::Receiver<Order>, tell: mpsc::Sender<Hearing>) {
    let mut pause = target.again_after;
    loop {
        let end = match timeout(target.answer_within, connected(&target)).await {
            Ok(Ok(line)) => {
                tracing::info!("bound to the message centre");
                pause = target.again_after;
                Link::new(line, target.receipt_names, &tell).run(&mut orders, target.enquire_every).await
            }
            Ok(Err(why)) => End::Lost(why),
            Err(_) => End::Lost("no answer in time".to_owned()),
        };
        match end {
            End::Unwanted => return,
            End::Lost(why) => tracing::warn!(error = %why, "not bound to the message centre; it is tried again"),
        }
        if refuse_until(&mut orders, Instant::now() + pause).await.is_none() {
            return;
        }
        pause = (pause * 2).min(PAUSE_MAX);
    }
}

/// While there is no connection, whoever has something to send is told at once. None where nobody is there any more.
async fn refuse_until(orders: &mut mpsc::Receiver<Order>, until: Instant) -> Option<()> {
    loop {
        tokio::select! {
            () = sleep_until(until) => return Some(()),
            order = orders.recv() => {
                let why = "there is no connection to the message centre".to_owned();
                drop(order?.answer.send(Err(Refused::Later(why))));
            }
        }
    }
}

async fn connected(target: &Target) -> Result<Line, String> {
    let stream = TcpStream::connect((target.host.as_str(), target.port)).await.map_err(|why| why.to_string())?;
    stream.set_nodelay(true).map_err(|why| why.to_string())?;
    let wire: Box<dyn Wire> = match &target.tls {
        None => Box::new(stream),
        Some(tls) => {
            let name = rustls::pki_types::ServerName::try_from(target.host.clone()).map_err(|why| why.to_string())?;
            Box::new(tls.connect(name, stream).await.map_err(|why| why.to_string())?)
        }
    };
    let mut line = Framed::new(wire, CommandCodec::new().with_max_length(PACKET_BYTES_MAX));
    let bind = Command::new(CommandStatus::EsmeRok, 1, target.bind.clone());
    line.send(bind).await.map_err(|why| why.to_string())?;
    loop {
        let command = line.next().await.ok_or("closed before it was bound")?.map_err(|why| why.to_string())?;
        let is_answer = command.id() == CommandId::BindTransceiverResp || command.id() == CommandId::GenericNack;
        match command.status() {
            CommandStatus::EsmeRok if is_answer => return Ok(line),
            refused if is_answer => return Err(format!("the message centre does not let us in: {refused:?}")),
            _ => {}
        }
    }
}

/// A part that was sent and not answered yet.
struct Waiting {
    message: String,
    part: u16,
    answer: oneshot::Sender<Result<String, Refused>>,
}

struct Link<'a> {
    line: Line,
    names: ReceiptNames,
    tell: &'a mpsc::Sender<Hearing>,
    waiting: HashMap<u32, Waiting>,
    sequence: u32,
    /// An enquiry was sent and not answered yet.
    enquired: bool,
    acknowledge: mpsc::Sender<(u32, CommandStatus)>,
    acknowledged: mpsc::Receiver<(u32, CommandStatus)>,
}

impl<'a> Link<'a> {
    fn new(line: Line, names: ReceiptNames, tell: &'a mpsc::Sender<Hearing>) -> Self {
        let (acknowledge, acknowledged) = mpsc::channel(WINDOW);
        Self { line, names, tell, waiting: HashMap::new(), sequence: 1, enquired: false, acknowledge, acknowledged }
    }

    async fn run(mut self, orders: &mut mpsc::Receiver<Order>, enquire_every: Duration) -> End {
        let mut enquiries = interval(enquire_every);
        enquiries.set_missed_tick_behavior(MissedTickBehavior::Delay);
        enquiries.tick().await;
        loop {
            let has_room = self.waiting.values().filter(|it| !it.answer.is_closed()).count() < WINDOW;
            let step = tokio::select! {
                order = orders.recv(), if has_room => match order {
                    Some(order) => self.hand_in(order).await,
                    None => {
                        drop(self.send(Pdu::Unbind).await);
                        return End::Unwanted;
                    }
                },
                command = self.line.next() => match command {
                    Some(Ok(command)) => self.hear(command).await,
                    Some(Err(why)) => Err(why.to_string()),
                    None => Err("the message centre closed the connection".to_owned()),
                },
                Some((sequence, status)) = self.acknowledged.recv() => {
                    self.answer(sequence, status, DeliverSmResp::default()).await
                }
                _ = enquiries.tick() => self.enquire().await,
            };
            if let Err(why) = step {
                return End::Lost(why);
            }
        }
    }

    /// Sequence numbers of ours go from 1 to 0x7FFFFFFF and then begin again.
    fn next_sequence(&mut self) -> u32 {
        self.sequence = if self.sequence >= 0x7fff_ffff { 1 } else { self.sequence + 1 };
        self.sequence
    }

    async fn send(&mut self, pdu: impl Into<Pdu>) -> Result<u32, String> {
        let sequence = self.next_sequence();
        self.put(Command::new(CommandStatus::EsmeRok, sequence, pdu)).await?;
        Ok(sequence)
    }

    async fn answer(&mut self, sequence: u32, status: CommandStatus, pdu: impl Into<Pdu>) -> Result<(), String> {
        self.put(Command::new(status, sequence, pdu)).await
    }

    /// A centre that does not read is as good as lost.
    async fn put(&mut self, command: Command) -> Result<(), String> {
        match timeout(KEPT_WITHIN, self.line.send(command)).await {
            Ok(sent) => sent.map_err(|why| why.to_string()),
            Err(_) => Err("the message centre does not read".to_owned()),
        }
    }

    async fn hand_in(&mut self, order: Order) -> Result<(), String> {
        if order.answer.is_closed() {
            return Ok(());
        }
        if self.waiting.len() >= REMEMBERED_MAX {
            self.waiting.retain(|_, it| !it.answer.is_closed());
        }
        let sequence = self.send(order.submit).await?;
        self.waiting.insert(sequence, Waiting { message: order.message, part: order.part, answer: order.answer });
        Ok(())
    }

    async fn enquire(&mut self) -> Result<(), String> {
        if self.enquired {
            return Err("the message centre no longer answers".to_owned());
        }
        self.enquired = true;
        self.send(Pdu::EnquireLink).await.map(drop)
    }

    async fn hear(&mut self, command: Command) -> Result<(), String> {
        let (sequence, status) = (command.sequence_number(), command.status());
        match (command.id(), command.pdu()) {
            (CommandId::SubmitSmResp, pdu) => {
                let reference = match pdu {
                    Some(Pdu::SubmitSmResp(it)) => self.names.of_answer(it.message_id().as_str()),
                    _ => String::new(),
                };
                self.submitted(sequence, answered(status, reference));
            }
            (CommandId::GenericNack, _) => {
                let why = format!("the message centre did not understand: {status:?}");
                self.submitted(sequence, Err(Refused::Later(why)));
            }
            (CommandId::DeliverSm, Some(Pdu::DeliverSm(it))) => match receipt::read(it, self.names) {
                Some(report) => self.keep_first(sequence, Heard::Report(report)),
                // What people answer to a notice is not ours to read.
                None => self.answer(sequence, CommandStatus::EsmeRok, DeliverSmResp::default()).await?,
            },
            (CommandId::EnquireLink, _) => self.answer(sequence, CommandStatus::EsmeRok, Pdu::EnquireLinkResp).await?,
            (CommandId::EnquireLinkResp, _) => self.enquired = false,
            (CommandId::Unbind, _) => {
                self.answer(sequence, CommandStatus::EsmeRok, Pdu::UnbindResp).await?;
                return Err("the message centre ended the connection".to_owned());
            }
            (id, _) if u32::from(id) & 0x8000_0000 == 0 => {
                self.answer(sequence, CommandStatus::EsmeRinvcmdid, Pdu::GenericNack).await?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Whoever waits is told; an acceptance nobody waits for any more is kept, so that the part is not sent again. A second
    /// answer to the same part finds nobody.
    fn submitted(&mut self, sequence: u32, outcome: Result<String, Refused>) {
        let Some(waiting) = self.waiting.remove(&sequence) else { return };
        // A centre that takes a part and gives it no name will not report of it; the part has to be called something here.
        let own = || format!("{}.{}", waiting.message, waiting.part);
        let outcome = outcome.map(|name| if name.is_empty() { own() } else { name });
        if let Err(Ok(reference)) = waiting.answer.send(outcome) {
            let taken = Taken { part: waiting.part, reference };
            let (kept, _) = oneshot::channel();
            let heard = Heard::Late { message: waiting.message, taken };
            if self.tell.try_send(Hearing { heard, kept }).is_err() {
                tracing::warn!("a late answer of the message centre could not be kept");
            }
        }
    }

    /// Acknowledges a receipt once it is kept, or refuses it so that it comes again.
    fn keep_first(&self, sequence: u32, heard: Heard) {
        let (tell, acknowledge) = (self.tell.clone(), self.acknowledge.clone());
        let (kept, is_kept) = oneshot::channel();
        tokio::spawn(async move {
            let keeping = async {
                tell.send(Hearing { heard, kept }).await.ok()?;
                is_kept.await.ok()
            };
            let status = match timeout(KEPT_WITHIN, keeping).await {
                Ok(Some(())) => CommandStatus::EsmeRok,
                Ok(None) | Err(_) => CommandStatus::EsmeRxTAppn,
            };
            if acknowledge.send((sequence, status)).await.is_err() {
                tracing::debug!("the connection went before a receipt was acknowledged; it comes again");
            }
        });
    }
}

/// What an answer to a part means. Unknown refusals are tried again: every operator has codes of its own.
fn answered(status: CommandStatus, reference: String) -> Result<String, Refused> {
    use CommandStatus as S;
    let words = || format!("the message centre refused: {status:?} ({:#x})", u32::from(status));
    match status {
        S::EsmeRok => Ok(reference),
        S::EsmeRinvmsglen
        | S::EsmeRinvdstadr
        | S::EsmeRinvdstton
        | S::EsmeRinvdstnpi
        | S::EsmeRinvesmclass
        | S::EsmeRinvdcs
        | S::EsmeRxPAppn
        | S::EsmeRxRAppn
        | S::EsmeRprohibited => Err(Refused::Never(words())),
        _ => Err(Refused::Later(words())),
    }
}
