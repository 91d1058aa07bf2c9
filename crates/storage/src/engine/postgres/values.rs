//! Values as PostgreSQL knows them: every integer travels in 8 bytes, and nothing but integers, text and bytes travels.

use std::{error::Error, fmt};

use bytes::BytesMut;
use tokio_postgres::{
    Row, Statement,
    types::{FromSql, IsNull, ToSql, Type, to_sql_checked},
};

use crate::engine::row::{Args, Value};

/// No value may be longer.
const VALUE_BYTES_MAX: usize = 256 << 20;

/// The kind an argument is declared as: where a statement compares it with a small constant (`$3 = 0`), the server takes it
/// for a number of 32 bits, and a moment would not fit.
pub(super) fn widened(kind: &Type) -> Type {
    match *kind {
        Type::INT2 | Type::INT4 => Type::INT8,
        ref other => other.clone(),
    }
}

/// Arguments and columns of a statement that are neither integers nor text nor bytes.
pub(super) fn strange(statement: &Statement) -> Vec<String> {
    let is_strange = |kind: &Type| !matches!(*kind, Type::INT8 | Type::TEXT | Type::BYTEA);
    let arguments = statement.params().iter().enumerate();
    let arguments = arguments.filter(|(_, kind)| is_strange(kind)).map(|(at, kind)| format!("${} is {kind}", at + 1));
    let columns = statement.columns().iter().filter(|column| is_strange(column.type_()));
    arguments.chain(columns.map(|column| format!("{} is {}", column.name(), column.type_()))).collect()
}

/// Checks the arguments before anything is sent: a statement that could not be put into bytes would be left out of a message
/// whose commit goes through.
pub(super) fn fit(statement: &Statement, args: Args<'_>) -> Result<(), String> {
    let kinds = statement.params();
    if kinds.len() != args.len() {
        return Err(format!("it takes {} arguments and got {}", kinds.len(), args.len()));
    }
    for (at, (kind, value)) in kinds.iter().zip(args).enumerate() {
        if !takes(kind, value) {
            return Err(format!("${} is {kind} and got {}", at + 1, value.kind()));
        }
        if let Value::Text(text) = value
            && text.contains('\0')
        {
            return Err(format!("${} has a zero character, which PostgreSQL cannot keep", at + 1));
        }
    }
    Ok(())
}

fn takes(kind: &Type, value: &Value<'_>) -> bool {
    match value {
        Value::Null => true,
        Value::Int(_) => *kind == Type::INT8,
        Value::Text(text) => matches!(*kind, Type::TEXT | Type::VARCHAR) && text.len() <= VALUE_BYTES_MAX,
        Value::Bytes(bytes) => *kind == Type::BYTEA && bytes.len() <= VALUE_BYTES_MAX,
    }
}

/// An argument on its way. The driver writes arguments into its log of the finest level: there it is its kind only.
pub(super) struct Bound<'v>(pub(super) Value<'v>);

impl fmt::Debug for Bound<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.kind())
    }
}

impl ToSql for Bound<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self.0 {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(number) => number.to_sql(kind, out),
            Value::Text(text) => text.to_sql(kind, out),
            Value::Bytes(bytes) => bytes.to_sql(kind, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// One cell of a row; the error says what else was there.
pub(in crate::engine) fn cell(row: &Row, column: usize) -> Result<Value<'_>, &'static str> {
    let Some(kind) = row.columns().get(column).map(|it| it.type_()) else { return Err("no such column") };
    match *kind {
        Type::INT8 => of(row, column, Value::Int),
        Type::INT4 => of(row, column, |number: i32| Value::Int(number.into())),
        Type::INT2 => of(row, column, |number: i16| Value::Int(number.into())),
        // A comparison is 0 or 1 to SQLite.
        Type::BOOL => of(row, column, |flag: bool| Value::Int(flag.into())),
        Type::TEXT | Type::VARCHAR | Type::NAME => of(row, column, Value::Text),
        Type::BYTEA => of(row, column, Value::Bytes),
        Type::NUMERIC | Type::FLOAT4 | Type::FLOAT8 => Err("a real number"),
        _ => Err("a value of another kind"),
    }
}

fn of<'r, T: FromSql<'r>>(
    row: &'r Row,
    column: usize,
    value: impl FnOnce(T) -> Value<'r>,
) -> Result<Value<'r>, &'static str> {
    match row.try_get::<_, Option<T>>(column) {
        Ok(found) => Ok(found.map_or(Value::Null, value)),
        Err(_) => Err("broken text"),
    }
}
