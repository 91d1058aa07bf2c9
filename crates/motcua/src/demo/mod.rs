//! `motcua demo`: an invented quarter of a one-stop shop, lived through the functions the pages call.

use crate::ended::{Outcome, Stop};
use crate::wiring::Place;

/// What is asked of the demo.
#[derive(Clone, Debug, clap::Args)]
pub struct DemoArgs {
    /// Live it and stop there.
    #[arg(long)]
    pub no_serve: bool,
    /// Listen at this port (0: any free one).
    #[arg(long, value_name = "N")]
    pub port: Option<u16>,
    /// The same seed gives the same world.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// A smaller world, for tests: so many hundredths of the figures.
    #[arg(long, value_name = "N", default_value_t = 100, hide = true, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub scale_percent: u32,
}

/// Lives the demo, then serves it.
///
/// # Errors
/// The folder holds something else, or something broke.
pub fn command(_place: &Place, _asked: &DemoArgs) -> Outcome {
    Err(Stop::refused("not yet"))
}
