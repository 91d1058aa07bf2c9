//! How a bucket is asked, of files and of backups alike: by a client that goes to the server the office named, and nowhere else.
//! A server that answers "look over there" is not followed: what is signed for one would be shown to another, and the office's
//! program would knock at whatever address a partner chose.

use object_store::client::{HttpClient, HttpConnector};
use object_store::{ClientOptions, aws::AmazonS3Builder};
use reqwest::redirect;
use std::time::Duration;

/// So long we wait until it takes a connection: somebody is waiting for a page.
const CONNECT_SECONDS: u64 = 3;
/// So long one question may take, with a part of a file up or down.
const REQUEST_SECONDS: u64 = 60;

/// The way to a server.
#[derive(Debug)]
struct Straight {
    allow_http: bool,
    ca_pem: Vec<u8>,
}

/// Asks the bucket that `builder` describes straight: without TLS only where that is allowed, with these certificates (PEM) beside
/// those of the system.
pub(crate) fn asked_straight(builder: AmazonS3Builder, allow_http: bool, ca_pem: Option<&[u8]>) -> AmazonS3Builder {
    // The client takes the provider of the process; where somebody set one already, it is the same.
    drop(rustls::crypto::ring::default_provider().install_default());
    let way = Straight { allow_http, ca_pem: ca_pem.unwrap_or_default().to_vec() };
    builder.with_allow_http(allow_http).with_http_connector(way)
}

impl Straight {
    fn client(&self) -> reqwest::Result<reqwest::Client> {
        reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .tls_certs_merge(reqwest::Certificate::from_pem_bundle(&self.ca_pem)?)
            .https_only(!self.allow_http)
            .http1_only()
            // An answer's length is the file's.
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .connect_timeout(Duration::from_secs(CONNECT_SECONDS))
            .timeout(Duration::from_secs(REQUEST_SECONDS))
            .build()
    }
}

impl HttpConnector for Straight {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        let client = self.client().map_err(|why| object_store::Error::Generic { store: "S3", source: why.into() })?;
        Ok(HttpClient::new(client))
    }
}
