//! A bucket that speaks S3: where it is, who asks, and how often we try.

use std::{fmt, sync::Arc, time::Duration};

use object_store::{BackoffConfig, ObjectStore, RetryConfig, aws::AmazonS3Builder};

use super::BlobError;
use crate::bucket::asked_straight;

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
            .with_retry(retry);
        if let Some(endpoint) = &self.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        let store = asked_straight(builder, self.allow_http, self.ca_pem.as_deref()).build().map_err(unusable)?;
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
