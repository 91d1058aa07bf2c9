//! The load generator: so many connections that each ask, wait for the whole answer, and ask again.

use crate::ended::Stop;
use anyhow::{Context, bail};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Largest head of an answer, in bytes.
const HEAD_BYTES_MAX: usize = 64 << 10;
/// So long one answer may take: 64 who ask for a form over millions of dossiers at once wait for each other.
const PATIENCE: Duration = Duration::from_secs(1_200);

/// What is asked, how often, and by how many at once.
#[derive(Clone)]
pub struct Load {
    /// Where.
    pub to: SocketAddr,
    /// Whole requests, asked in this order; from the beginning again where `total` is more.
    pub requests: Arc<Vec<Vec<u8>>>,
    /// How many are asked in all.
    pub total: usize,
    /// How many ask at the same time.
    pub connections: usize,
    /// The status every answer must have.
    pub expects: u16,
    /// No request is begun after that.
    pub at_most: Duration,
    /// No request is begun after this was set.
    pub stop: Arc<AtomicBool>,
    /// So long each one thinks between an answer and the next question.
    pub thinks: Duration,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Answers {
    /// How long each took, shortest first, in microseconds.
    micros: Vec<u64>,
    /// How long all of it took.
    pub took: Duration,
}

impl Answers {
    /// How many came.
    pub fn count(&self) -> usize {
        self.micros.len()
    }

    /// Answers in a second.
    pub fn rate(&self) -> f64 {
        self.count() as f64 / self.took.as_secs_f64().max(1e-6)
    }

    /// So many hundredths of the answers took no longer, in milliseconds.
    pub fn within_ms(&self, hundredths: usize) -> f64 {
        let place = (self.micros.len() * hundredths).div_ceil(100).saturating_sub(1);
        self.micros.get(place).map_or(0.0, |micros| *micros as f64 / 1e3)
    }
}

/// Asks it all.
///
/// # Errors
/// The server went away, or answered something else than expected.
pub async fn ask(load: &Load) -> Result<Answers, Stop> {
    let next = Arc::new(AtomicUsize::new(0));
    let began = Instant::now();
    let mut connections = JoinSet::new();
    for _ in 0..load.connections.min(load.total) {
        connections.spawn(ask_in_turn(load.clone(), Arc::clone(&next), began));
    }
    let mut micros = Vec::new();
    while let Some(ended) = connections.join_next().await {
        micros.append(&mut ended.context("asking the server")??);
    }
    let took = began.elapsed();
    micros.sort_unstable();
    Ok(Answers { micros, took })
}

async fn ask_in_turn(load: Load, next: Arc<AtomicUsize>, began: Instant) -> anyhow::Result<Vec<u64>> {
    let mut stream = TcpStream::connect(load.to).await.context("connecting to the server")?;
    stream.set_nodelay(true)?;
    let mut answer = Vec::with_capacity(HEAD_BYTES_MAX);
    let mut micros = Vec::new();
    while began.elapsed() < load.at_most && !load.stop.load(Ordering::Relaxed) {
        let turn = next.fetch_add(1, Ordering::Relaxed);
        if turn >= load.total {
            break;
        }
        let Some(request) = load.requests.get(turn % load.requests.len().max(1)) else { break };
        let asked = Instant::now();
        stream.write_all(request).await.context("asking the server")?;
        let answered = tokio::time::timeout(PATIENCE, read_answer(&mut stream, &mut answer)).await;
        let status = answered.with_context(|| format!("no answer within {} seconds", PATIENCE.as_secs()))??;
        if status != load.expects {
            bail!("expected {}, and the server answered {}", load.expects, shown(&answer));
        }
        micros.push(u64::try_from(asked.elapsed().as_micros()).unwrap_or(u64::MAX));
        if !load.thinks.is_zero() {
            tokio::time::sleep(load.thinks).await;
        }
    }
    Ok(micros)
}

/// The head of an answer and where it came from, for words: what people typed stays out of them.
fn shown(answer: &[u8]) -> String {
    let head = answer.split(|it| *it == b'\r').next().unwrap_or_default();
    String::from_utf8_lossy(head).into_owned()
}

/// Reads one whole answer; says its status.
async fn read_answer(stream: &mut TcpStream, answer: &mut Vec<u8>) -> anyhow::Result<u16> {
    answer.clear();
    let body_at = loop {
        if let Some(at) = answer.windows(4).position(|it| it == b"\r\n\r\n") {
            break at + 4;
        }
        if answer.len() > HEAD_BYTES_MAX || stream.read_buf(answer).await? == 0 {
            bail!("the server closed the connection in the middle of an answer");
        }
    };
    let head = Head::read(answer.get(..body_at).unwrap_or_default())?;
    while !head.is_whole(answer.get(body_at..).unwrap_or_default()) {
        if stream.read_buf(answer).await? == 0 {
            bail!("the server closed the connection in the middle of an answer");
        }
    }
    Ok(head.status)
}

struct Head {
    status: u16,
    /// None where the body comes in pieces.
    body_bytes: Option<usize>,
}

impl Head {
    fn read(bytes: &[u8]) -> anyhow::Result<Self> {
        let text = std::str::from_utf8(bytes).context("reading the head of an answer")?;
        let mut lines = text.lines();
        let status = lines.next().and_then(|it| it.split(' ').nth(1)).and_then(|it| it.parse().ok());
        let status = status.context("reading the status of an answer")?;
        let mut body_bytes = Some(0);
        for (name, value) in lines.filter_map(|it| it.split_once(':')) {
            if name.eq_ignore_ascii_case("content-length") {
                body_bytes = Some(value.trim().parse().context("reading the length of an answer")?);
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                body_bytes = None;
            }
        }
        Ok(Self { status, body_bytes })
    }

    fn is_whole(&self, body: &[u8]) -> bool {
        match self.body_bytes {
            Some(bytes) => body.len() >= bytes,
            None => body.ends_with(b"0\r\n\r\n"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_ends_where_its_head_says() {
        let sized = Head::read(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n").unwrap();
        assert_eq!((sized.status, sized.is_whole(b"1234"), sized.is_whole(b"12345")), (200, false, true));
        let pieces = Head::read(b"HTTP/1.1 303 See Other\r\ntransfer-encoding: chunked\r\n\r\n").unwrap();
        assert_eq!(
            (pieces.status, pieces.is_whole(b"2\r\nok\r\n"), pieces.is_whole(b"2\r\nok\r\n0\r\n\r\n")),
            (303, false, true)
        );
        assert!(Head::read(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap().is_whole(b""));
        assert!(Head::read(b"nonsense\r\n\r\n").is_err());
    }

    #[test]
    fn hundredths_are_those_of_the_sorted_answers() {
        let answers = Answers { micros: (1..=200).map(|it| it * 1_000).collect(), took: Duration::from_secs(2) };
        assert_eq!((answers.within_ms(50), answers.within_ms(99), answers.within_ms(100)), (100.0, 198.0, 200.0));
        assert!((answers.rate() - 100.0).abs() < 1e-9);
        let one = Answers { micros: vec![7_000], took: Duration::from_secs(1) };
        assert_eq!((one.within_ms(50), one.within_ms(99)), (7.0, 7.0));
    }
}
