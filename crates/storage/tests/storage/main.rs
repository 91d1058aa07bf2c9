//! The storage as one binary: its engine on both databases, its statements, its migrations, its way from one to the other.

#[cfg(test)]
mod both;
#[cfg(test)]
mod bucket;
#[cfg(test)]
mod copying;
#[cfg(test)]
mod encrypted;
#[cfg(test)]
mod engine;
#[cfg(test)]
mod log_cut;
#[cfg(test)]
mod nodes;
#[cfg(test)]
#[path = "../../../testkit/src/postgres.rs"]
#[allow(dead_code, reason = "other tests need the rest of it")]
mod postgres;
#[cfg(test)]
#[path = "../../../testkit/src/s3.rs"]
mod s3;
#[cfg(test)]
mod server;
#[cfg(test)]
mod statements;
#[cfg(test)]
mod world;
