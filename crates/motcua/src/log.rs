//! The log of the program: lines on stderr for people, or JSON for machines; with the feature `otel` also spans for a collector.
//! Nobody's name, number, address or papers are ever in it.

use crate::ended::say;
use tracing_subscriber::filter::Directive;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

/// Which lines are written: `MOTCUA_LOG=info`, `MOTCUA_LOG=warn,app=debug`.
const LEVEL: &str = "MOTCUA_LOG";
/// Unless somebody says otherwise: what went wrong, and everybody who signs in.
const USUAL: &str = "warn,app::accounts=info";
/// How: `json`, or else as text.
const FORMAT: &str = "MOTCUA_LOG_FORMAT";

/// What must be told when the program ends; keep it until then.
#[must_use = "what was not sent yet is sent when this is dropped"]
pub struct Log {
    #[cfg(feature = "otel")]
    _spans: Option<crate::otel::Spans>,
}

/// Opens the log.
pub fn start() -> Log {
    let filter = EnvFilter::try_from_env(LEVEL).unwrap_or_else(|_| EnvFilter::new(USUAL));
    // At its finest level the driver writes down every statement.
    let filter = quiet().into_iter().fold(filter, EnvFilter::add_directive);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match std::env::var(FORMAT).as_deref() {
        Ok("json") => lines.json().flatten_event(true).with_filter(filter).boxed(),
        _ => lines.with_filter(filter).boxed(),
    };
    #[cfg(feature = "otel")]
    let (lines, spans) = crate::otel::beside(lines);
    if tracing_subscriber::registry().with(lines).try_init().is_err() {
        say("motcua: nhật ký đã được mở trước đó.");
    }
    Log {
        #[cfg(feature = "otel")]
        _spans: spans,
    }
}

/// Nobody may turn these up: they would write down what is in statements, headers and forms.
fn quiet() -> Vec<Directive> {
    ["tokio_postgres=warn", "rustls=warn", "hyper=warn", "reqwest=warn", "object_store=warn", "tantivy=warn"]
        .iter()
        .filter_map(|it| it.parse().ok())
        .collect()
}
