//! Of `crates/storage` only what the settings read, so that fuzzing them builds no database.

/// As in `crates/storage`.
#[path = "../../crates/storage/src/backup"]
pub mod backup {
    #[allow(dead_code, reason = "the rest of it is the backup's business")]
    mod keys;

    pub use keys::PublicKey;
}

/// As in `crates/storage`.
#[path = "../../crates/storage/src/engine"]
pub mod engine {
    #[allow(dead_code, reason = "the rest of it is the engine's business")]
    mod address;

    pub use address::Address;
}
