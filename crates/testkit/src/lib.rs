//! Builders for tests: an office with people and a clock one can turn ([`Office`]), a browser without a screen ([`Browser`]).
//!
//! Only tests use this crate. It may know everything; nothing of the product knows it.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot be set up must stop")]

mod browser;
mod office;
mod partner;
mod postgres;
mod s3;

pub use browser::{Answer, Browser, site, site_of};
pub use office::{Office, PASSWORD, Staff, at, bucket_of};
pub use partner::Partner;
pub use postgres::{Postgres, SHARED, Server};
pub use s3::{BUCKET, S3};
