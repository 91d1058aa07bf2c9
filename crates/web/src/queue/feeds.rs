//! Streams of news of a queue: a board that hangs in a hall hears that something changed, and asks for its page again.
//!
//! One look a second at the house serves every stream of a unit on this node, so that a change made on any node is seen on all. What
//! is sent is a number that rises, nothing else. Streams end when the house is closed, and by themselves after a while: whoever is
//! still there comes back.

use crate::Web;
use app::AppError;
use app::house::House;
use axum::http::header::{self, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use domain::ids::UnitId;
use futures_util::stream::unfold;
use std::collections::HashMap;
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, sleep, sleep_until};

/// Most streams of one node.
pub const STREAMS_MAX: usize = 400;
/// Most streams of one address: a hall shares one.
pub const ADDRESS_STREAMS_MAX: u32 = 100;
/// Between two looks at the house.
const LOOKED_EVERY: Duration = Duration::from_secs(1);
/// A sign of life on a stream without news.
const ALIVE_EVERY: Duration = Duration::from_secs(15);
/// Longest life of one stream.
const STREAM_LIFE: Duration = Duration::from_secs(30 * 60);

/// All streams of this node.
pub struct Feeds {
    places: Arc<Semaphore>,
    by_address: Arc<Mutex<HashMap<IpAddr, u32>>>,
    units: Arc<Mutex<HashMap<UnitId, watch::Sender<i64>>>>,
    closing: watch::Sender<bool>,
}

impl Default for Feeds {
    fn default() -> Self {
        Self {
            places: Arc::new(Semaphore::new(STREAMS_MAX)),
            by_address: Arc::default(),
            units: Arc::default(),
            closing: watch::Sender::new(false),
        }
    }
}

/// One stream's place; it is free again when this is dropped.
struct Place {
    address: IpAddr,
    by_address: Arc<Mutex<HashMap<IpAddr, u32>>>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut all = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = all.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                all.remove(&self.address);
            }
        }
    }
}

/// One stream.
struct Feed {
    news: watch::Receiver<i64>,
    closing: watch::Receiver<bool>,
    ends_at: Instant,
    is_new: bool,
    _place: Place,
}

impl Feeds {
    /// Ends every stream: the house is being closed.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    fn place(&self, address: IpAddr) -> Option<Place> {
        let permit = Arc::clone(&self.places).try_acquire_owned().ok()?;
        let mut all = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        let count = all.entry(address).or_default();
        if *count >= ADDRESS_STREAMS_MAX {
            return None;
        }
        *count += 1;
        drop(all);
        Some(Place { address, by_address: Arc::clone(&self.by_address), _permit: permit })
    }

    /// News of a unit from now on; whoever asks first lets somebody look.
    fn news(&self, house: &Arc<House>, unit: UnitId, now: i64) -> watch::Receiver<i64> {
        let mut units = self.units.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = units.get(&unit) {
            return sender.subscribe();
        }
        let (sender, receiver) = watch::channel(now);
        units.insert(unit, sender);
        drop(units);
        tokio::spawn(look(Arc::clone(house), unit, Arc::clone(&self.units), self.closing.subscribe()));
        receiver
    }
}

/// Looks at the queue of a unit for as long as anybody listens.
async fn look(
    house: Arc<House>,
    unit: UnitId,
    units: Arc<Mutex<HashMap<UnitId, watch::Sender<i64>>>>,
    closing: watch::Receiver<bool>,
) {
    loop {
        sleep(LOOKED_EVERY).await;
        let found = app::queue::edition(&house, unit).await;
        let mut all = units.lock().unwrap_or_else(PoisonError::into_inner);
        let is_heard = all.get(&unit).is_some_and(|it| it.receiver_count() > 0);
        if !is_heard || *closing.borrow() {
            all.remove(&unit);
            return;
        }
        match (found, all.get(&unit)) {
            (Ok(found), Some(sender)) => {
                sender.send_if_modified(|known| std::mem::replace(known, found) != found);
            }
            // The database cannot be asked now: nothing is known to have changed, and it is asked again in a second.
            (Err(error), _) => tracing::warn!(error = %error, "news of a queue could not be read"),
            (Ok(_), None) => {}
        }
    }
}

async fn closed(closing: &mut watch::Receiver<bool>) {
    drop(closing.wait_for(|it| *it).await);
}

/// The stream of a unit for one visitor.
///
/// Where there are too many already, here or from that address, the answer says so: their page asks by itself from time to time.
///
/// # Errors
/// The house failed.
pub async fn stream(web: &Web, unit: UnitId, address: IpAddr) -> Result<Response, AppError> {
    let Some(place) = web.feeds.place(address) else {
        return Ok((StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "10")]).into_response());
    };
    let now = app::queue::edition(&web.house, unit).await?;
    let feed = Feed {
        news: web.feeds.news(&web.house, unit, now),
        closing: web.feeds.closing.subscribe(),
        ends_at: Instant::now() + STREAM_LIFE,
        is_new: true,
        _place: place,
    };
    let events = unfold(feed, |mut feed| async move {
        if !std::mem::take(&mut feed.is_new) {
            tokio::select! {
                changed = feed.news.changed() => changed.ok()?,
                () = closed(&mut feed.closing) => return None,
                () = sleep_until(feed.ends_at) => return None,
            }
        }
        let edition = *feed.news.borrow_and_update();
        let event = Event::default().data(edition.to_string()).retry(Duration::from_secs(3));
        Some((Ok::<_, Infallible>(event), feed))
    });
    let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE_EVERY)).into_response();
    // As of every other page: nothing is kept on the way.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    fn an_address_has_so_many_streams_and_a_place_is_free_again() {
        let feeds = Feeds::default();
        let (here, there) = (IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)));
        let mut held: Vec<Place> = (0..ADDRESS_STREAMS_MAX).filter_map(|_| feeds.place(here)).collect();
        assert_eq!(held.len(), 100);
        assert!(feeds.place(here).is_none(), "one more from there");
        assert!(feeds.place(there).is_some(), "others have theirs");
        drop(held.pop());
        assert!(feeds.place(here).is_some());
        drop(held);
        assert!(feeds.by_address.lock().unwrap().is_empty(), "nothing is kept of those who left");
        let others = (0..4_u8).flat_map(|it| (0..100).map(move |_| IpAddr::V4(Ipv4Addr::new(10, 0, 1, it))));
        let all: Vec<Place> = others.filter_map(|it| feeds.place(it)).collect();
        assert_eq!((all.len(), feeds.place(here).is_none()), (STREAMS_MAX, true));
    }
}
