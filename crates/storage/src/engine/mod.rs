//! The engine: durable transactions, many readers, one SQL text for two databases.
//!
//! It knows nothing of dossiers. A transaction is a synchronous closure over [`Tx`], so it can never wait for a
//! network of somebody else's, and it is an `Fn`, so it may run again. Statements are written once with `$n`, in the subset of
//! SQL that both databases accept, and registered through [`statements!`](crate::statements).
//! No type of a database driver appears in what this module offers.
//!
//! Start reading at [`Db`], then [`Tx`]. `in_file` is how SQLite is used (one writer that gathers, `readers` beside it),
//! `on_server` how PostgreSQL is (a transaction for each closure, on whichever connection is warmest). Whatever the two
//! databases do not do alike stands in `sqlite` and `postgres`, and nowhere else.

mod address;
mod batch;
mod db;
mod error;
mod in_file;
mod migrate;
mod on_server;
mod portable;
mod postgres;
mod readers;
mod row;
mod sql;
mod sqlite;
mod tx;
mod writer;

pub use address::Address;
pub use batch::Batch;
pub use db::{Db, Durability, Options, Place};
pub use error::{Constraint, StorageError};
pub use migrate::schema_step_known;
pub use portable::portable_problems;
pub use row::{Args, Column, Cursor, Kept, Mismatch, Param, Row, Value};
pub use sql::Sql;
#[doc(hidden)]
pub use sql::numbered;
pub use tx::{Shape, Tx};
