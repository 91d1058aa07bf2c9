//! How the words of the office lie in columns: ids as 16 bytes, moments as microseconds, days as yyyymmdd.

use crate::engine::{Column, Mismatch, Param, Value};
use domain::dossier::{DossierCode, Status};
use domain::ids::{
    DocumentId, DossierId, DraftId, ExchangeId, MessageId, PersonId, ReformId, ShareId, SlipId, TicketId, UnitId,
};
use domain::post::Post;
use domain::procedure::Channel;
use domain::queue::{Lane, Series, TicketState};
use domain::time::Instant;
use jiff::civil::Date;
use uuid::Uuid;

macro_rules! ids {
    ($($id:ty),+) => {$(
        impl Param for $id {
            fn value(&self) -> Value<'_> {
                Value::Bytes(self.as_bytes())
            }
        }

        impl Column for $id {
            fn read(value: Value<'_>) -> Result<Self, Mismatch> {
                match value {
                    Value::Bytes(bytes) => {
                        Uuid::from_slice(bytes).map(Self::from_uuid).map_err(|_| Mismatch("an id of 16 bytes"))
                    }
                    Value::Null | Value::Int(_) | Value::Text(_) => Err(Mismatch("an id of 16 bytes")),
                }
            }
        }
    )+};
}

ids!(DossierId, PersonId, UnitId, DocumentId, DraftId, ExchangeId, MessageId, ReformId, ShareId, SlipId, TicketId);

impl Param for Instant {
    fn value(&self) -> Value<'_> {
        Value::Int(self.micros())
    }
}

impl Column for Instant {
    fn read(value: Value<'_>) -> Result<Self, Mismatch> {
        i64::read(value).map(Self::from_micros)
    }
}

/// A local day as a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub Date);

impl Day {
    /// The number stored: yyyymmdd.
    pub fn number(self) -> i64 {
        i64::from(self.0.year()) * 10_000 + i64::from(self.0.month()) * 100 + i64::from(self.0.day())
    }
}

impl Param for Day {
    fn value(&self) -> Value<'_> {
        Value::Int(self.number())
    }
}

impl Column for Day {
    fn read(value: Value<'_>) -> Result<Self, Mismatch> {
        let number = i64::read(value)?;
        let part = |n: i64| i8::try_from(n).map_err(|_| Mismatch("a day"));
        let year = i16::try_from(number / 10_000).map_err(|_| Mismatch("a day"))?;
        Date::new(year, part(number / 100 % 100)?, part(number % 100)?).map(Self).map_err(|_| Mismatch("a day"))
    }
}

/// A text that is only looked at.
fn text(value: Value<'_>) -> Result<&str, Mismatch> {
    match value {
        Value::Text(text) => Ok(text),
        Value::Null | Value::Int(_) | Value::Bytes(_) => Err(Mismatch("text")),
    }
}

impl Param for DossierCode {
    fn value(&self) -> Value<'_> {
        Value::Text(self.as_str())
    }
}

impl Column for DossierCode {
    fn read(value: Value<'_>) -> Result<Self, Mismatch> {
        Self::parse(text(value)?).map_err(|_| Mismatch("a dossier code"))
    }
}

impl Param for Post {
    fn value(&self) -> Value<'_> {
        Value::Text(self.as_str())
    }
}

impl Column for Post {
    fn read(value: Value<'_>) -> Result<Self, Mismatch> {
        text(value)?.parse().map_err(|_| Mismatch("a post"))
    }
}

impl Param for Status {
    fn value(&self) -> Value<'_> {
        Value::Int(i64::from(self.national_code()))
    }
}

impl Column for Status {
    fn read(value: Value<'_>) -> Result<Self, Mismatch> {
        let code = i64::read(value)?;
        Self::ALL.into_iter().find(|it| i64::from(it.national_code()) == code).ok_or(Mismatch("a national status code"))
    }
}

impl Param for Channel {
    fn value(&self) -> Value<'_> {
        Value::Int(match self {
            Self::Counter => 1,
            Self::Online => 2,
            Self::Post => 3,
        })
    }
}

impl Column for Channel {
    fn read(value: Value<'_>) -> Result<Self, Mismatch> {
        match i64::read(value)? {
            1 => Ok(Self::Counter),
            2 => Ok(Self::Online),
            3 => Ok(Self::Post),
            _ => Err(Mismatch("a channel, 1 to 3")),
        }
    }
}

impl Param for Series {
    fn value(&self) -> Value<'_> {
        // One letter of ASCII is its own place in this table.
        const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        let place = LETTERS.find(self.letter()).unwrap_or(0);
        Value::Text(LETTERS.get(place..=place).unwrap_or("A"))
    }
}

impl Column for Series {
    fn read(value: Value<'_>) -> Result<Self, Mismatch> {
        String::read(value)?.parse().map_err(|_| Mismatch("a letter from A to Z"))
    }
}

impl Param for Lane {
    fn value(&self) -> Value<'_> {
        Value::Int(match self {
            Self::Ordinary => 1,
            Self::Priority => 2,
        })
    }
}

impl Column for Lane {
    fn read(value: Value<'_>) -> Result<Self, Mismatch> {
        match i64::read(value)? {
            1 => Ok(Self::Ordinary),
            2 => Ok(Self::Priority),
            _ => Err(Mismatch("a lane, 1 or 2")),
        }
    }
}

impl Param for TicketState {
    fn value(&self) -> Value<'_> {
        Value::Int(match self {
            Self::Waiting => 1,
            Self::Called => 2,
            Self::Absent => 3,
            Self::Served => 4,
        })
    }
}

impl Column for TicketState {
    fn read(value: Value<'_>) -> Result<Self, Mismatch> {
        match i64::read(value)? {
            1 => Ok(Self::Waiting),
            2 => Ok(Self::Called),
            3 => Ok(Self::Absent),
            4 => Ok(Self::Served),
            _ => Err(Mismatch("the state of a ticket, 1 to 4")),
        }
    }
}
