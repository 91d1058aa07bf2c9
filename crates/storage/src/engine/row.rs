//! Values in and out of the database: what may be an argument, what may be a column, how a row becomes a thing.

use std::{cell::Cell, fmt};

use super::{error::StorageError, postgres, sql::Sql};

/// One value as the databases know it: the smallest set both share. Money, instants and flags are integers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'v> {
    /// Nothing.
    Null,
    /// An integer.
    Int(i64),
    /// Text.
    Text(&'v str),
    /// Bytes.
    Bytes(&'v [u8]),
}

impl Value<'_> {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Int(_) => "an integer",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
        }
    }
}

/// The arguments of a statement, `$1` first; made by [`args!`](crate::args).
pub type Args<'a> = &'a [Value<'a>];

/// The arguments of a statement, `$1` first: `args![id, name]`, or `args![]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { &[$($crate::engine::Param::value(&$value)),*] };
}

/// What may be an argument of a statement. Implement it for a newtype by passing on what is inside.
pub trait Param {
    /// The value as the database knows it.
    fn value(&self) -> Value<'_>;
}

/// What may stand in a column. Implement it for a newtype by reading what is inside.
pub trait Column: Sized {
    /// Reads it, or says what should have been there.
    fn read(value: Value<'_>) -> Result<Self, Mismatch>;
}

/// What a column should have held, in words: `"a dossier code"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mismatch(pub &'static str);

/// What a row becomes. Implemented for a single column, for tuples of up to twelve, and by hand for larger things:
///
/// ```
/// use storage::engine::{Cursor, Row, StorageError};
///
/// struct Unit { code: String, name: String, closed_at: Option<i64> }
///
/// impl Row for Unit {
///     fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
///         Ok(Self { code: row.take()?, name: row.take()?, closed_at: row.take()? })
///     }
/// }
/// ```
pub trait Row: Sized {
    /// Reads the row.
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError>;
}

/// One row while it is being read.
pub struct Cursor<'r> {
    cells: Cells<'r>,
    statement: Sql,
    next: Cell<usize>,
}

enum Cells<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r tokio_postgres::Row),
}

impl<'r> Cursor<'r> {
    pub(super) fn sqlite(row: &'r rusqlite::Row<'r>, statement: Sql) -> Self {
        Self { cells: Cells::Sqlite(row), statement, next: Cell::new(0) }
    }

    pub(super) fn postgres(row: &'r tokio_postgres::Row, statement: Sql) -> Self {
        Self { cells: Cells::Postgres(row), statement, next: Cell::new(0) }
    }

    /// How many columns there are.
    pub fn width(&self) -> usize {
        match &self.cells {
            Cells::Sqlite(row) => row.as_ref().column_count(),
            Cells::Postgres(row) => row.len(),
        }
    }

    /// The next column, from the left.
    pub fn take<C: Column>(&self) -> Result<C, StorageError> {
        let column = self.next.replace(self.next.get() + 1);
        self.get(column)
    }

    /// The column with this number, from 0.
    pub fn get<C: Column>(&self, column: usize) -> Result<C, StorageError> {
        let (expected, found) = match self.cell(column) {
            Ok(value) => match C::read(value) {
                Ok(read) => return Ok(read),
                Err(Mismatch(expected)) => (expected, value.kind()),
            },
            Err(found) => ("an integer, text or bytes", found),
        };
        Err(StorageError::Column { doing: self.statement.to_string(), column, expected, found })
    }

    /// The next column, a text, as long as the row is looked at: for what is read from it and not kept.
    pub(crate) fn text(&self) -> Result<&str, StorageError> {
        let column = self.next.replace(self.next.get() + 1);
        let found = match self.cell(column) {
            Ok(Value::Text(text)) => return Ok(text),
            Ok(other) => other.kind(),
            Err(found) => found,
        };
        Err(StorageError::Column { doing: self.statement.to_string(), column, expected: "text", found })
    }

    fn cell(&self, column: usize) -> Result<Value<'_>, &'static str> {
        use rusqlite::types::ValueRef;
        match &self.cells {
            Cells::Sqlite(row) => match row.get_ref(column) {
                Ok(ValueRef::Null) => Ok(Value::Null),
                Ok(ValueRef::Integer(number)) => Ok(Value::Int(number)),
                Ok(ValueRef::Text(text)) => std::str::from_utf8(text).map(Value::Text).map_err(|_| "broken text"),
                Ok(ValueRef::Blob(bytes)) => Ok(Value::Bytes(bytes)),
                Ok(ValueRef::Real(_)) => Err("a real number"),
                Err(_) => Err("no such column"),
            },
            Cells::Postgres(row) => postgres::cell(row, column),
        }
    }
}

impl<C: Column> Row for C {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        row.take()
    }
}

macro_rules! tuples {
    ($($column:ident)+) => {
        impl<$($column: Column),+> Row for ($($column,)+) {
            fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
                Ok(($(row.take::<$column>()?,)+))
            }
        }
        tuples!(@shorter $($column)+);
    };
    (@shorter $first:ident) => {};
    (@shorter $first:ident $($rest:ident)+) => { tuples!($($rest)+); };
}

tuples!(A B C D E F G H I J K L);

macro_rules! integers {
    ($($kind:ty = $words:literal),+) => {
        $(
            impl Param for $kind {
                fn value(&self) -> Value<'_> {
                    Value::Int(i64::from(*self))
                }
            }
            impl Column for $kind {
                fn read(value: Value<'_>) -> Result<Self, Mismatch> {
                    match value {
                        Value::Int(number) => Self::try_from(number).map_err(|_| Mismatch($words)),
                        Value::Null | Value::Text(_) | Value::Bytes(_) => Err(Mismatch($words)),
                    }
                }
            }
        )+
    };
}

integers!(
    i64 = "an integer",
    i32 = "an integer of 32 bits",
    u32 = "an integer from 0 of 32 bits",
    u16 = "an integer from 0 of 16 bits",
    u8 = "an integer from 0 of 8 bits"
);

impl Param for bool {
    fn value(&self) -> Value<'_> {
        Value::Int(i64::from(*self))
    }
}

impl Column for bool {
    fn read(value: Value<'_>) -> Result<Self, Mismatch> {
        match value {
            Value::Int(0) => Ok(false),
            Value::Int(1) => Ok(true),
            Value::Int(_) | Value::Null | Value::Text(_) | Value::Bytes(_) => Err(Mismatch("0 or 1")),
        }
    }
}

impl Param for str {
    fn value(&self) -> Value<'_> {
        Value::Text(self)
    }
}

impl Param for String {
    fn value(&self) -> Value<'_> {
        Value::Text(self)
    }
}

impl Column for String {
    fn read(value: Value<'_>) -> Result<Self, Mismatch> {
        match value {
            Value::Text(text) => Ok(text.to_owned()),
            Value::Int(_) | Value::Null | Value::Bytes(_) => Err(Mismatch("text")),
        }
    }
}

impl Param for [u8] {
    fn value(&self) -> Value<'_> {
        Value::Bytes(self)
    }
}

impl Param for Vec<u8> {
    fn value(&self) -> Value<'_> {
        Value::Bytes(self)
    }
}

impl<const N: usize> Param for [u8; N] {
    fn value(&self) -> Value<'_> {
        Value::Bytes(self)
    }
}

impl Column for Vec<u8> {
    fn read(value: Value<'_>) -> Result<Self, Mismatch> {
        match value {
            Value::Bytes(bytes) => Ok(bytes.to_owned()),
            Value::Int(_) | Value::Null | Value::Text(_) => Err(Mismatch("bytes")),
        }
    }
}

impl<const N: usize> Column for [u8; N] {
    fn read(value: Value<'_>) -> Result<Self, Mismatch> {
        match value {
            Value::Bytes(bytes) => Self::try_from(bytes).map_err(|_| Mismatch("bytes of another length")),
            Value::Int(_) | Value::Null | Value::Text(_) => Err(Mismatch("bytes")),
        }
    }
}

impl<P: Param> Param for Option<P> {
    fn value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, Param::value)
    }
}

impl<C: Column> Column for Option<C> {
    fn read(value: Value<'_>) -> Result<Self, Mismatch> {
        if value == Value::Null { Ok(None) } else { C::read(value).map(Some) }
    }
}

impl<P: Param + ?Sized> Param for &P {
    fn value(&self) -> Value<'_> {
        P::value(self)
    }
}

/// One value that stands on its own: told to a server together with what follows, or carried from one database to another.
#[derive(Clone, PartialEq, Eq)]
pub enum Kept {
    /// Nothing.
    Null,
    /// An integer.
    Int(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl fmt::Debug for Kept {
    /// The kind only: values are people's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.value().kind())
    }
}

impl From<Value<'_>> for Kept {
    fn from(value: Value<'_>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Int(number) => Self::Int(number),
            Value::Text(text) => Self::Text(text.to_owned()),
            Value::Bytes(bytes) => Self::Bytes(bytes.to_owned()),
        }
    }
}

impl Param for Kept {
    fn value(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Int(number) => Value::Int(*number),
            Self::Text(text) => Value::Text(text),
            Self::Bytes(bytes) => Value::Bytes(bytes),
        }
    }
}

impl Column for Kept {
    fn read(value: Value<'_>) -> Result<Self, Mismatch> {
        Ok(value.into())
    }
}
