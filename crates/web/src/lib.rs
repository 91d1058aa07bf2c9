//! Pages and routes of the one-stop shop.
//!
//! A handler parses once, asks one function of `app`, fills a view struct and renders it. There are no rules about dossiers
//! here, no SQL, and no second way round `app`. Start with [`door`] (every route with who may open it), then [`citizen`] and
//! [`staff`].

pub mod address;
mod around;
pub mod assets;
pub mod citizen;
pub mod delivery_reports;
pub mod door;
pub mod frame;
pub mod health;
pub mod kept;
pub mod measure;
pub mod outgoing;
pub mod paced;
pub mod page;
pub mod pairs;
pub mod paper;
pub mod papers;
pub mod posted;
pub mod problem;
pub mod qr;
pub mod queue;
pub mod reform_picture;
pub mod security;
pub mod setting;
pub mod spoken;
pub mod staff;
pub mod telling;
pub mod texts;
pub mod visitor;

pub use setting::{Setting, SettingValue};
pub use texts::{Escaped, VI, counted, say, say_with};

use app::accounts::Journal;
use app::house::House;
use axum::Router;
pub use axum::serve::Listener;
use door::{Door, RouteInfo, Routes};
use ipnet::IpNet;
use measure::Meters;
use std::collections::HashMap;
use std::future::Future;
use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::Arc;

/// What every handler needs. Every request copies it: one count, not one for each of its parts.
#[derive(Clone)]
pub struct Web(Arc<Parts>);

/// The parts of [`Web`].
pub struct Parts {
    /// The house.
    pub house: Arc<House>,
    /// Who was seen and who read what, written down within a second.
    pub journal: Journal,
    /// The settings as they are, for the administrator's page.
    pub settings: Vec<Setting>,
    /// Proxies whose word about a visitor's address is believed.
    pub proxies: Vec<IpNet>,
    /// What is measured, and who may read it.
    pub meters: Meters,
    /// Streams of news of the queues.
    pub feeds: Arc<queue::feeds::Feeds>,
}

impl From<Parts> for Web {
    fn from(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for Web {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// All routes of the house, with who may open each.
pub fn routes() -> Routes {
    let routes = Routes::default();
    delivery_reports::routes(queue::routes(staff::routes(citizen::routes(assets::routes(routes)))))
}

/// The list of routes, taken from the router itself: for the sweep that tries every one as everybody.
pub fn route_list() -> Vec<RouteInfo> {
    let mut list = routes().list;
    list.extend(health::routes().list);
    list
}

/// The whole site.
pub fn router(web: Web) -> Router {
    // Probes ask no cookie, no session and no page: they answer also where those cannot.
    let health = health::routes().router.layer(around::layer(&web, around::Kind::Probe));
    let Routes { router, list } = routes();
    let doors: Arc<HashMap<&str, Door>> = Arc::new(list.iter().map(|it| (it.path, it.door)).collect());
    router
        .method_not_allowed_fallback(move |request| door::other_method(Arc::clone(&doors), request))
        .fallback(|| async { problem::Problem::from(app::AppError::NotFound) })
        .layer(around::layer(&web, around::Kind::Page))
        .merge(health)
        .with_state(web)
}

/// Serves the site until `stop`.
///
/// # Errors
/// The listener failed.
pub async fn serve<L: Listener<Addr = SocketAddr>>(
    web: Web,
    listener: L,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let journal = web.journal.clone();
    let feeds = Arc::clone(&web.feeds);
    let stop = async move {
        stop.await;
        // A stream would never end by itself, and whoever stops waits for every answer to be whole.
        feeds.close();
    };
    let site = router(web).into_make_service_with_connect_info::<address::Peer>();
    axum::serve(address::Neighbours(listener), site).with_graceful_shutdown(stop).await?;
    journal.flush().await;
    Ok(())
}
