//! A bucket that speaks S3: where it is, who asks, and how long we wait for it.

use std::{fmt, sync::Arc, time::Duration};

use object_store::{BackoffConfig, Certificate, ClientOptions, ObjectStore, RetryConfig, aws::AmazonS3Builder};

use super::BlobError;

/// So long we wait until it takes a connection: somebody is waiting for a page.
const CONNECT_SECONDS: u64 = 3;
/// So long one question may take, with a part of a file up or down.
const REQUEST_SECONDS: u64 = 60;
/// What failed is tried so often again.
const RETRIES: usize = 3;
/// After so long nothing is tried again.
const RETRY_SECONDS: u64 = 10;

/// A bucket and whoever may use it. Its `Debug` shows no key.
#[derive(Clone, PartialEq, Eq)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// The server's address; none: Amazon's own of the region.
    pub endpoint: Option<String>,
    /// The region that requests are signed for.
    pub region: String,
    /// Whether the way there may be without TLS.
    pub allow_http: bool,
    /// Certificates (PEM) the server's is checked with, beside those of the system.
    pub ca_pem: Option<Vec<u8>>,
    /// Who asks.
    pub access_key: String,
    /// The secret that requests are signed with.
    pub secret_key: String,
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Bucket");
        shown.field("name", &self.name).field("endpoint", &self.endpoint).field("region", &self.region);
        shown.field("allow_http", &self.allow_http).finish_non_exhaustive()
    }
}

impl Bucket {
    pub(super) fn store(&self) -> Result<Arc<dyn ObjectStore>, BlobError> {
        let unusable = |why: object_store::Error| BlobError::Bucket { why: why.to_string() };
        // The client takes the provider of the process; where somebody set one already, it is the same.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut options = ClientOptions::new()
            .with_allow_http(self.allow_http)
            .with_connect_timeout(Duration::from_secs(CONNECT_SECONDS))
            .with_timeout(Duration::from_secs(REQUEST_SECONDS));
        for certificate in Certificate::from_pem_bundle(self.ca_pem.as_deref().unwrap_or_default()).map_err(unusable)? {
            options = options.with_root_certificate(certificate);
        }
        let backoff = BackoffConfig {
            init_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(1),
            ..BackoffConfig::default()
        };
        let retry = RetryConfig { backoff, max_retries: RETRIES, retry_timeout: Duration::from_secs(RETRY_SECONDS) };
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&self.name)
            .with_region(&self.region)
            .with_access_key_id(&self.access_key)
            .with_secret_access_key(&self.secret_key)
            .with_client_options(options)
            .with_retry(retry);
        if let Some(endpoint) = &self.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        // The builder keeps its own word on that, which would win.
        let store = builder.with_allow_http(self.allow_http).build().map_err(unusable)?;
        Ok(Arc::new(store))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_opens_a_bucket_is_shown() {
        let bucket = Bucket {
            name: "tep".to_owned(),
            endpoint: Some("https://s3.example".to_owned()),
            region: "us-east-1".to_owned(),
            allow_http: false,
            ca_pem: None,
            access_key: "WHO-ASKS".to_owned(),
            secret_key: "A-SECRET".to_owned(),
        };
        let shown = format!("{bucket:?} {:?}", bucket.store().unwrap());
        assert!(!shown.contains("A-SECRET"), "{shown}");
        assert!(!format!("{bucket:?}").contains("WHO-ASKS"));
    }
}
