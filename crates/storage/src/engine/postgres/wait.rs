//! Waiting for a server on this thread, whether a runtime of tokio runs on it or not.

use std::{
    cell::RefCell,
    future::poll_fn,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};

use tokio::task::unconstrained;
use tokio_postgres::Error;

/// The half of a connection that sends and receives; `None` once it has ended. Nobody else drives it: whoever waits does.
pub(super) type Running = RefCell<Option<Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>>>;

/// Does the work and drives the connection beneath it, until the work is done.
pub(super) fn wait<T>(running: &Running, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    block_on(poll_fn(|cx| match work.as_mut().poll(cx) {
        Poll::Ready(done) => Poll::Ready(done),
        Poll::Pending => {
            drive(running, cx);
            Poll::Pending
        }
    }))
}

/// Hands the work to the connection and sends it as far as that goes without waiting; nobody hears the answer.
pub(super) fn tell(running: &Running, work: impl Future) {
    let mut work = pin!(work);
    block_on(poll_fn(|cx| {
        drop(work.as_mut().poll(cx));
        drive(running, cx);
        Poll::Ready(())
    }));
}

/// Has the connection look whether the server has gone.
pub(super) fn look(running: &Running) -> bool {
    tell(running, std::future::pending::<()>());
    running.borrow().is_some()
}

fn drive(running: &Running, cx: &mut Context<'_>) {
    let mut running = running.borrow_mut();
    let Some(connection) = running.as_mut() else { return };
    if let Poll::Ready(end) = connection.as_mut().poll(cx) {
        if let Err(error) = end {
            tracing::debug!(error = %super::said::in_words(&error), "a connection to the database ended");
        }
        // With it go its promises: whoever waits for an answer hears that the connection is closed.
        *running = None;
        cx.waker().wake_by_ref();
    }
}

/// Runs on this thread alone. Tokio's own would refuse to on a thread that serves its tasks; and without the second line its
/// fairness between tasks, whose budget this thread may have used up, would let the connection wait for ever.
fn block_on<T>(work: impl Future<Output = T>) -> T {
    let mut work = pin!(unconstrained(work));
    let waker = Waker::from(Arc::new(Sleeper(thread::current())));
    let mut cx = Context::from_waker(&waker);
    loop {
        match work.as_mut().poll(&mut cx) {
            Poll::Ready(done) => return done,
            Poll::Pending => thread::park(),
        }
    }
}

struct Sleeper(Thread);

impl Wake for Sleeper {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.unpark();
    }
}

/// Begins all of it in this order, so that it leaves in one message, and waits for all the answers.
pub(super) async fn together<R, T>(
    mut first: Vec<Pin<Box<dyn Future<Output = R> + '_>>>,
    last: impl Future<Output = T>,
) -> (Vec<R>, T) {
    let mut answers: Vec<Option<R>> = first.iter().map(|_| None).collect();
    let mut last = pin!(last);
    let mut end = None;
    let end = poll_fn(|cx| {
        for (work, answer) in first.iter_mut().zip(&mut answers) {
            if answer.is_none()
                && let Poll::Ready(it) = work.as_mut().poll(cx)
            {
                *answer = Some(it);
            }
        }
        if end.is_none()
            && let Poll::Ready(it) = last.as_mut().poll(cx)
        {
            end = Some(it);
        }
        match end.take() {
            Some(it) if answers.iter().all(Option::is_some) => Poll::Ready(it),
            other => {
                end = other;
                Poll::Pending
            }
        }
    })
    .await;
    (answers.into_iter().flatten().collect(), end)
}
