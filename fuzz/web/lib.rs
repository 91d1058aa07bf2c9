//! Of `crates/web` only what the settings read and show, so that fuzzing them builds no pages.

/// As in `crates/web`.
#[path = "../../crates/web/src/address"]
pub mod address {
    mod network;

    pub use network::network;
}

/// As in `crates/web`.
#[path = "../../crates/web/src/setting.rs"]
pub mod setting;

pub use setting::{Setting, SettingValue};
