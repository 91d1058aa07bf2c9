//! What is measured of the program and the house, in the form Prometheus reads. Labels are routes, methods and statuses: never an
//! address, a code or a person.

use app::health::{self, Figures};
use app::house::House;
use axum::extract::{MatchedPath, Request};
use axum::response::Response;
use ipnet::IpNet;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// The form the figures are told in.
pub const FORM: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// Counting the house's dossiers reads all that are open: not oftener than this.
const COUNTED_EVERY: Duration = Duration::from_secs(15);
/// The route of what no route matches.
const ELSEWHERE: &str = "(none)";

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Asked {
    route: String,
    method: &'static str,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Route {
    route: String,
}

type Durations = Family<Route, Histogram, fn() -> Histogram>;

/// What is measured, and who may read it.
#[derive(Debug)]
pub struct Meters {
    allowed: Vec<IpNet>,
    registry: Registry,
    requests: Family<Asked, Counter>,
    durations: Durations,
    commits: Gauge,
    counted: Counted,
    last: Mutex<Option<Instant>>,
}

/// The figures of the house.
#[derive(Debug, Default)]
struct Counted {
    open: Gauge,
    late: Gauge,
    paused: Gauge,
    waiting: Gauge,
    dead: Gauge,
    oldest: Gauge,
    proved: Gauge,
    stalled: Gauge,
    known: Gauge,
}

impl Meters {
    /// Everything at nought, for readers at these addresses.
    pub fn new(allowed: Vec<IpNet>) -> Self {
        let mut registry = Registry::with_prefix("motcua");
        let requests = Family::<Asked, Counter>::default();
        registry.register("http_requests", "Requests answered", requests.clone());
        let durations: Durations = Family::new_with_constructor(buckets);
        let words = "From the first byte of a request to the head of its answer";
        registry.register_with_unit("http_request_duration", words, Unit::Seconds, durations.clone());
        let commits = Gauge::default();
        registry.register("database_commits", "Commits of this node since it began", commits.clone());
        let build: Family<Vec<(String, String)>, Gauge> = Family::default();
        build.get_or_create(&vec![("version".to_owned(), env!("CARGO_PKG_VERSION").to_owned())]).set(1);
        registry.register("build", "The program", build);
        let counted = Counted::default();
        counted.register(&mut registry);
        Self { allowed, registry, requests, durations, commits, counted, last: Mutex::new(None) }
    }

    /// Whether somebody at this address may read them.
    pub fn may_read(&self, address: IpAddr) -> bool {
        self.allowed.iter().any(|it| it.contains(&address))
    }

    /// All of it, counted now or a moment ago. Where the house cannot be counted, the rest is told and `house_known` is 0.
    pub async fn told(&self, house: &Arc<House>) -> String {
        self.commits.set(i64::try_from(house.db.commits()).unwrap_or(i64::MAX));
        let mut last = self.last.lock().await;
        if last.is_none_or(|it| it.elapsed() >= COUNTED_EVERY) {
            match health::figures(house).await {
                Ok(figures) => {
                    self.counted.set(&figures);
                    *last = Some(Instant::now());
                }
                Err(error) => {
                    self.counted.known.set(0);
                    tracing::warn!(error = %error, "the house could not be counted");
                }
            }
        }
        drop(last);
        let mut text = String::new();
        if encode(&mut text, &self.registry).is_err() {
            tracing::error!("the figures could not be written down");
        }
        text
    }

    fn note(&self, route: &str, method: &'static str, status: u16, took: Duration) {
        let asked = Asked { route: route.to_owned(), method, status };
        self.requests.get_or_create(&asked).inc();
        self.durations.get_or_create(&Route { route: route.to_owned() }).observe(took.as_secs_f64());
    }
}

/// From half a millisecond to eight seconds.
fn buckets() -> Histogram {
    Histogram::new(exponential_buckets(0.000_5, 4.0, 8))
}

impl Counted {
    fn register(&self, registry: &mut Registry) {
        registry.register("dossiers_open", "Dossiers received and not finished", self.open.clone());
        registry.register("dossiers_late", "Open dossiers past their day", self.late.clone());
        registry.register("dossiers_paused", "Open dossiers whose clock stands", self.paused.clone());
        registry.register("outbox_waiting", "Messages that wait to leave", self.waiting.clone());
        registry.register("outbox_dead", "Messages that were given up", self.dead.clone());
        let words = "How long the oldest waiting message waits";
        registry.register_with_unit("outbox_oldest", words, Unit::Seconds, self.oldest.clone());
        let words = "When a backup was last put back and found whole, since 1970; 0 for never";
        registry.register_with_unit("backup_proved_at", words, Unit::Seconds, self.proved.clone());
        let words = "Plans of reorganisation that could not be put in force at their instant, or cannot be read";
        registry.register("reorganisations_stalled", words, self.stalled.clone());
        registry.register("house_known", "1 where the figures of the house are those of now", self.known.clone());
    }

    fn set(&self, it: &Figures) {
        let pairs = [
            (&self.open, it.open),
            (&self.late, it.late),
            (&self.paused, it.paused),
            (&self.waiting, it.outbox_waiting),
            (&self.dead, it.outbox_dead),
            (&self.stalled, it.plans_stalled),
            (&self.oldest, it.outbox_oldest_seconds),
            (&self.proved, it.proved_at_seconds),
            (&self.known, 1),
        ];
        for (gauge, value) in pairs {
            gauge.set(value);
        }
    }
}

/// One request while it is answered: counted, timed, and a line in the log where that asks for it.
pub struct Measured {
    began: Instant,
    matched: Option<MatchedPath>,
    method: &'static str,
}

impl Measured {
    /// It came.
    pub fn begin(request: &Request) -> Self {
        let matched = request.extensions().get::<MatchedPath>().cloned();
        Self { began: Instant::now(), matched, method: known_method(request) }
    }

    fn route(&self) -> &str {
        self.matched.as_ref().map_or(ELSEWHERE, MatchedPath::as_str)
    }

    /// Around whatever is said of it meanwhile.
    pub fn span(&self) -> tracing::Span {
        tracing::info_span!(
            "request",
            http.route = self.route(),
            http.method = self.method,
            http.status = tracing::field::Empty
        )
    }

    /// It is answered.
    pub fn end(&self, meters: &Meters, response: &Response, span: &tracing::Span) {
        let (status, took) = (response.status().as_u16(), self.began.elapsed());
        span.record("http.status", status);
        meters.note(self.route(), self.method, status, took);
        let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let (route, method) = (self.route(), self.method);
        tracing::info!(http.route = route, http.method = method, http.status = status, duration_ms, "answered");
    }
}

/// A visitor may invent methods: they must not become labels.
fn known_method(request: &Request) -> &'static str {
    match request.method().as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "HEAD" => "HEAD",
        _ => "other",
    }
}
