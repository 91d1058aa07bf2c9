//! Rows of the house that pages show as they are, and the one they write: who read what.

pub use storage::blobs::WrappedKey;
pub use storage::drafts::{Document, Draft};
pub use storage::lists::{ListCard, ListCard as Card};
pub use storage::people::Person;
pub use storage::readings::{IN_A_LIST, Reading};
