//! The one program of the office: settings, wiring of the real parts, and the command line.
//!
//! It must never hold a rule about dossiers: those are `domain`'s, and what people do is `app`'s. Here stands what an
//! installation needs: [`settings`], [`wiring`], [`serve`], the [`commands`], the [`demo`] and the [`bench`]. Start reading at [`cli`].
//!
//! Results go to stdout, progress and words to stderr; the exit code is 0 for done, 1 for refused or found wanting, 2 for
//! a call that makes no sense.

pub mod bench;
pub mod cli;
pub mod commands;
pub mod demo;
pub mod embedded;
pub mod ended;
pub mod log;
#[cfg(feature = "otel")]
pub mod otel;
pub mod partners;
pub mod serve;
pub mod settings;
pub mod tls;
pub mod wiring;

pub use cli::run;
