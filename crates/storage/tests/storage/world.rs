//! A database to try things on, on either engine, with three small tables.

use std::path::PathBuf;

use crate::postgres::Postgres;
use storage::{
    args,
    engine::{Cursor, Db, Options, Place, Row, StorageError, Tx},
};
use tempfile::TempDir;

storage::statements! {
    CREATE: "CREATE TABLE try_slip (code TEXT PRIMARY KEY, number INTEGER NOT NULL CHECK (number >= 0), note TEXT) STRICT";
    CREATE_ON_SERVER: "CREATE TABLE try_slip (code TEXT PRIMARY KEY, number BIGINT NOT NULL CHECK (number >= 0), note TEXT)";
    CREATE_FILE: "CREATE TABLE try_file (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT";
    CREATE_FILE_ON_SERVER: "CREATE TABLE try_file (id BIGINT PRIMARY KEY, body BYTEA NOT NULL)";
    CREATE_KINDS: "CREATE TABLE try_kinds (flag INTEGER, bytes BLOB, id BLOB, absent INTEGER, number INTEGER, word TEXT) STRICT";
    CREATE_KINDS_ON_SERVER: "CREATE TABLE try_kinds (flag BIGINT, bytes BYTEA, id BYTEA, absent BIGINT, number BIGINT, word TEXT)";
    CREATE_CHILD: "CREATE TABLE try_child (code TEXT NOT NULL REFERENCES try_slip (code))";
    pub INSERT: "INSERT INTO try_slip (code, number, note) VALUES ($1, $2, $3)";
    pub COUNT: "SELECT count(*) FROM try_slip";
    pub ALL: "SELECT code, number, note FROM try_slip ORDER BY code";
    pub FIND: "SELECT code, number, note FROM try_slip WHERE code = $1";
    pub SET: "UPDATE try_slip SET number = $2 WHERE code = $1";
}

/// Which engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    InFile,
    OnServer,
}

/// Runs each of these tests once on each engine, as `in_file::NAME` and `on_server::NAME`.
macro_rules! on_both {
    ($($test:ident),+ $(,)?) => {
        mod in_file {
            $(#[test] fn $test() { super::$test($crate::world::Kind::InFile); })+
        }
        mod on_server {
            $(#[test] fn $test() { super::$test($crate::world::Kind::OnServer); })+
        }
    };
}
pub(crate) use on_both;

#[derive(Debug, PartialEq)]
pub struct Slip {
    pub code: String,
    pub number: i64,
    pub note: Option<String>,
}

impl Row for Slip {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self { code: row.take()?, number: row.take()?, note: row.take()? })
    }
}

/// A database with its place; the place goes last.
pub struct World {
    pub db: Db,
    pub kind: Kind,
    pub place: Place,
    held: Held,
}

enum Held {
    Folder(TempDir),
    Server(Postgres),
}

impl World {
    /// An empty database with the schema of the office.
    pub fn founded(kind: Kind, options: Options) -> Self {
        let (place, held) = match kind {
            Kind::InFile => {
                let folder = tempfile::tempdir().unwrap();
                (Place::File(folder.path().join("office.db")), Held::Folder(folder))
            }
            Kind::OnServer => {
                let server = Postgres::start();
                (Place::parse(&server.url()).unwrap(), Held::Server(server))
            }
        };
        Self { db: Db::at(&place, options).unwrap(), kind, place, held }
    }

    /// The same with the small tables.
    pub fn new(kind: Kind, options: Options) -> Self {
        let world = Self::founded(kind, options);
        world
            .db
            .write_now(|tx| {
                let tables = match kind {
                    Kind::InFile => [CREATE, CREATE_FILE, CREATE_KINDS, CREATE_CHILD],
                    Kind::OnServer => [CREATE_ON_SERVER, CREATE_FILE_ON_SERVER, CREATE_KINDS_ON_SERVER, CREATE_CHILD],
                };
                tables.into_iter().try_for_each(|table| tx.exec(table, args![]).map(|_| ()))
            })
            .unwrap();
        world
    }

    /// Another node, or another program.
    pub fn another(&self) -> Db {
        Db::at(&self.place, Options::default()).unwrap()
    }

    /// Closes the database in good order and opens it again.
    pub fn reopened(self) -> Self {
        let Self { db, kind, place, held } = self;
        drop(db);
        Self { db: Db::at(&place, Options::default()).unwrap(), kind, place, held }
    }

    /// The folder of the file.
    pub fn folder(&self) -> PathBuf {
        match &self.held {
            Held::Folder(folder) => folder.path().to_owned(),
            Held::Server(server) => panic!("there is no folder: {}", server.log()),
        }
    }
}

pub fn insert(tx: &mut Tx, code: &str, number: i64) -> Result<u64, StorageError> {
    tx.exec(INSERT, args![code, number, None::<String>])
}

pub fn count(db: &Db) -> i64 {
    db.read_now(|tx| tx.one::<i64>(COUNT, args![])).unwrap()
}

/// Runs a test on a runtime of one thread.
pub fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(test)
}
