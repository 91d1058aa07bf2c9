//! The engine: one durable transaction at a time for the office, many readers, one SQL text for two databases.
//!
//! It knows nothing of dossiers. A transaction is a synchronous closure over [`Tx`], so it can never wait for a
//! network, and it is an `Fn`, so it may run again. Statements are written once with `$n`, in the subset of SQL that
//! both databases accept, and registered through [`statements!`](crate::statements).
//! No type of a database driver appears in what this module offers.
//!
//! Start reading at [`Db`], then [`Tx`].

mod db;
mod error;
mod migrate;
mod portable;
mod row;
mod sql;
mod sqlite;
mod tx;
mod writer;

pub use db::{Db, Durability, Options};
pub use error::{Constraint, StorageError};
pub use portable::portable_problems;
pub use row::{Args, Column, Cursor, Mismatch, Param, Row, Value};
pub use sql::Sql;
#[doc(hidden)]
pub use sql::numbered;
pub use tx::{Shape, Tx};
pub use writer::Batch;
