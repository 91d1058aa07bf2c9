//! A body handed on piece by piece to a reader that keeps what it does not understand yet.
//!
//! The reader of forms with files takes all that has come before it looks for the next part. Without a limit, a part whose head
//! never ends would be kept until memory is gone.

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::Request;
use futures_core::Stream;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

/// Most bytes that may come, beside the last piece, while no part of the form goes on.
pub const HELD_BYTES_MAX: usize = 1 << 20;

/// Where the reader says that it went on.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<AtomicUsize>);

impl Progress {
    /// A part, or a piece of one, was understood.
    pub fn made(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    fn holds(&self, bytes: usize) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }

    fn holds_too_much(&self) -> bool {
        self.0.load(Ordering::Relaxed) > HELD_BYTES_MAX
    }
}

#[derive(Debug, thiserror::Error)]
#[error("a part of the form has no end")]
struct Endless;

struct Paced {
    body: BodyDataStream,
    progress: Progress,
    gave: bool,
}

impl Stream for Paced {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if std::mem::take(&mut self.gave) {
            // The reader looks at what it has before it gets more.
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.progress.holds_too_much() {
            return Poll::Ready(Some(Err(axum::Error::new(Endless))));
        }
        let piece = Pin::new(&mut self.body).poll_next(context);
        if let Poll::Ready(Some(Ok(piece))) = &piece {
            self.progress.holds(piece.len());
            self.gave = true;
        }
        piece
    }
}

/// The same request with its body paced.
pub fn paced(request: Request) -> (Request, Progress) {
    let progress = Progress::default();
    let (parts, body) = request.into_parts();
    let paced = Paced { body: body.into_data_stream(), progress: progress.clone(), gave: false };
    (Request::from_parts(parts, Body::from_stream(paced)), progress)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::extract::{DefaultBodyLimit, FromRequest, Multipart};
    use std::collections::VecDeque;
    use std::convert::Infallible;

    const PIECE_BYTES: usize = 64 << 10;

    /// Pieces as a network brings them, those taken counted.
    struct Pieces(VecDeque<Bytes>, Arc<AtomicUsize>);

    impl Stream for Pieces {
        type Item = Result<Bytes, Infallible>;

        fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            self.1.fetch_add(1, Ordering::Relaxed);
            Poll::Ready(self.0.pop_front().map(Ok))
        }
    }

    async fn sent(head: &str, pieces: usize, foot: &str) -> (Multipart, Progress, Arc<AtomicUsize>) {
        let mut body = VecDeque::from([Bytes::copy_from_slice(head.as_bytes())]);
        body.extend(std::iter::repeat_n(Bytes::from(vec![b'a'; PIECE_BYTES]), pieces));
        body.push_back(Bytes::copy_from_slice(foot.as_bytes()));
        let taken = Arc::new(AtomicUsize::new(0));
        let request = Request::builder().header("content-type", "multipart/form-data; boundary=x");
        let mut request = request.body(Body::from_stream(Pieces(body, taken.clone()))).unwrap();
        DefaultBodyLimit::disable().apply(&mut request);
        let (request, progress) = paced(request);
        (Multipart::from_request(request, &()).await.unwrap(), progress, taken)
    }

    #[tokio::test]
    async fn a_head_without_an_end_is_given_up_before_it_fills_memory() {
        let (mut parts, _, taken) = sent("--x\r\nX: ", 5_000, "\r\n\r\n\r\n--x--\r\n").await;
        assert!(parts.next_field().await.is_err());
        let most = HELD_BYTES_MAX / PIECE_BYTES + 2;
        assert!(taken.load(Ordering::Relaxed) <= most, "{taken:?} pieces were taken");
    }

    #[tokio::test]
    async fn a_large_file_passes_piece_by_piece() {
        let head = "--x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"b.pdf\"\r\n\r\n";
        let (mut parts, progress, taken) = sent(head, 500, "\r\n--x--\r\n").await;
        let mut field = parts.next_field().await.unwrap().unwrap();
        let (mut bytes, mut ahead_most) = (0, 0);
        while let Some(piece) = field.chunk().await.unwrap() {
            progress.made();
            bytes += piece.len();
            ahead_most = ahead_most.max(taken.load(Ordering::Relaxed) * PIECE_BYTES - bytes);
        }
        assert_eq!(bytes, 500 * PIECE_BYTES);
        assert!(ahead_most <= 4 * PIECE_BYTES, "{ahead_most} bytes were held");
    }
}
