//! Spans for a collector that speaks OTLP, built with the feature `otel` and sent where `OTEL_EXPORTER_OTLP_ENDPOINT` says. A span is a
//! request with its route, method, status and time: never an address, a query or a person.

use crate::ended::say;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{Protocol, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::{Layer, Registry};

/// Where the collector is.
const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
/// The one place spans come from.
const SOURCE: &str = "web::measure";

/// Spans that wait to be sent; sent when this is dropped.
pub struct Spans(SdkTracerProvider);

impl Drop for Spans {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown() {
            say(&format!("motcua: the last spans were not sent: {error}"));
        }
    }
}

/// The lines of the log with spans beside them, where a collector is named.
pub fn beside(
    lines: Box<dyn Layer<Registry> + Send + Sync>,
) -> (Box<dyn Layer<Registry> + Send + Sync>, Option<Spans>) {
    let Ok(endpoint) = std::env::var(ENDPOINT) else { return (lines, None) };
    // Whoever is first decides for the whole program; it is the same one everywhere.
    drop(rustls::crypto::ring::default_provider().install_default());
    let address = format!("{}/v1/traces", endpoint.trim_end_matches('/'));
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(address);
    match exporter.build() {
        Ok(exporter) => {
            let resource = Resource::builder().with_service_name("motcua").build();
            let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
            let only_requests = Targets::new().with_target(SOURCE, LevelFilter::INFO);
            let spans =
                tracing_opentelemetry::layer().with_tracer(provider.tracer("motcua")).with_filter(only_requests);
            (Box::new(lines.and_then(spans)), Some(Spans(provider)))
        }
        Err(error) => {
            say(&format!("motcua: spans cannot be sent to {endpoint}: {error}"));
            (lines, None)
        }
    }
}
