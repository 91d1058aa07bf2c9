//! Events as their rows keep them: what happened, for ever, and the words of people, which may be erased.

use crate::engine::StorageError;
use crate::undecodable;
use domain::dossier::Event;
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, VariantAccess, Visitor};
use serde::ser::{Impossible, SerializeStructVariant, Serializer};
use serde::{Deserialize, Serialize, forward_to_deserialize_any};
use serde_json::error::Error as JsonError;

/// The field of an event that holds what people said: it may be erased.
const BODY: &str = "body";

/// Room ahead for a fact with its name, in bytes.
const FIELD_BYTES: usize = 40;

/// Cuts an event into its facts and its body.
pub(crate) fn split(event: &Event) -> Result<(String, Option<String>), StorageError> {
    let (kind, facts, body) = event.serialize(Halves::default()).map_err(|why| undecodable("writing an event", why))?;
    if kind != event.kind() {
        return Err(undecodable("writing an event", format!("{kind} is not what it is called")));
    }
    Ok((facts, body))
}

/// Puts an event together again.
pub(crate) fn join(kind: &str, facts: &str, body: Option<&str>) -> Result<Event, StorageError> {
    let Some(body) = body else { return of_facts(kind, facts) };
    let failed = |why: &dyn std::fmt::Display| undecodable("reading an event", why);
    let inner = facts.strip_prefix('{').and_then(|it| it.strip_suffix('}')).ok_or_else(|| failed(&"no object"))?;
    let mut whole = String::with_capacity(kind.len() + facts.len() + body.len() + 24);
    whole.push('{');
    whole.push_str(&serde_json::to_string(kind).map_err(|why| failed(&why))?);
    whole.push_str(":{");
    whole.push_str(inner);
    whole.push_str(if inner.trim().is_empty() { "\"body\":" } else { ",\"body\":" });
    whole.push_str(body);
    whole.push_str("}}");
    serde_json::from_str(&whole).map_err(|why| failed(&why))
}

/// An event of its facts alone, as if its words were erased: read where they lie.
pub(crate) fn of_facts(kind: &str, facts: &str) -> Result<Event, StorageError> {
    Event::deserialize(Facts { kind, facts }).map_err(|why| undecodable("reading an event", why))
}

/// The enum an event is written as, cut into its kind and the text of its facts.
#[derive(Clone, Copy)]
struct Facts<'a> {
    kind: &'a str,
    facts: &'a str,
}

impl<'de> Deserializer<'de> for Facts<'de> {
    type Error = JsonError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        visitor.visit_enum(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct seq
        tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> EnumAccess<'de> for Facts<'de> {
    type Error = JsonError;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), JsonError> {
        let kind: StrDeserializer<'de, JsonError> = self.kind.into_deserializer();
        Ok((seed.deserialize(kind)?, self))
    }
}

impl<'de> VariantAccess<'de> for Facts<'de> {
    type Error = JsonError;

    fn unit_variant(self) -> Result<(), JsonError> {
        Err(JsonError::custom("an event has facts"))
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, _: S) -> Result<S::Value, JsonError> {
        Err(JsonError::custom("an event has named facts"))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, JsonError> {
        Err(JsonError::custom("an event has named facts"))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, JsonError> {
        let mut text = serde_json::Deserializer::from_str(self.facts);
        let read = text.deserialize_map(visitor)?;
        text.end()?;
        Ok(read)
    }
}

/// The kind of an event, its facts and its body.
type Parts = (&'static str, String, Option<String>);

/// The two texts of an event while it is written: an event is an enum whose kinds have named fields, and nothing else.
#[derive(Default)]
struct Halves {
    kind: &'static str,
    facts: Vec<u8>,
    body: Option<String>,
}

impl SerializeStructVariant for Halves {
    type Ok = Parts;
    type Error = JsonError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), JsonError> {
        if name == BODY {
            self.body = Some(serde_json::to_string(value)?).filter(|it| it != "null");
            return Ok(());
        }
        self.facts.push(if self.facts.is_empty() { b'{' } else { b',' });
        serde_json::to_writer(&mut self.facts, name)?;
        self.facts.push(b':');
        serde_json::to_writer(&mut self.facts, value)
    }

    fn end(mut self) -> Result<Self::Ok, JsonError> {
        if self.facts.is_empty() {
            self.facts.push(b'{');
        }
        self.facts.push(b'}');
        Ok((self.kind, String::from_utf8(self.facts).map_err(JsonError::custom)?, self.body))
    }
}

fn no_event<T>() -> Result<T, JsonError> {
    Err(<JsonError as serde::ser::Error>::custom("no event is written so"))
}

macro_rules! no_events {
    ($($write:ident: $kind:ty),*) => {
        $(fn $write(self, _: $kind) -> Result<Self::Ok, JsonError> {
            no_event()
        })*
    };
}

impl Serializer for Halves {
    type Ok = Parts;
    type Error = JsonError;
    type SerializeSeq = Impossible<Self::Ok, JsonError>;
    type SerializeTuple = Impossible<Self::Ok, JsonError>;
    type SerializeTupleStruct = Impossible<Self::Ok, JsonError>;
    type SerializeTupleVariant = Impossible<Self::Ok, JsonError>;
    type SerializeMap = Impossible<Self::Ok, JsonError>;
    type SerializeStruct = Impossible<Self::Ok, JsonError>;
    type SerializeStructVariant = Self;

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        kind: &'static str,
        fields: usize,
    ) -> Result<Self, JsonError> {
        Ok(Self { kind, facts: Vec::with_capacity(fields * FIELD_BYTES), body: None })
    }

    no_events!(
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_u8: u8,
        serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_f32: f32, serialize_f64: f64, serialize_char: char,
        serialize_str: &str, serialize_bytes: &[u8], serialize_unit_struct: &'static str
    );

    fn serialize_none(self) -> Result<Self::Ok, JsonError> {
        no_event()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<Self::Ok, JsonError> {
        no_event()
    }

    fn serialize_unit(self) -> Result<Self::Ok, JsonError> {
        no_event()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<Self::Ok, JsonError> {
        no_event()
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, _: &T) -> Result<Self::Ok, JsonError> {
        no_event()
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Self::Ok, JsonError> {
        no_event()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, JsonError> {
        no_event()
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, JsonError> {
        no_event()
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, JsonError> {
        no_event()
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, JsonError> {
        no_event()
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, JsonError> {
        no_event()
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeStruct, JsonError> {
        no_event()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn samples() -> Vec<Event> {
        let texts = [
            r#"{"supplement_lapsed":{}}"#,
            r#"{"examined":{"good":1,"wrong":2}}"#,
            r#"{"not_accepted":{"body":{"text":"thiếu \"giấy\" \\ tờ"}}}"#,
            r#"{"supplemented":{"due":null,"answer_by":1743379200000000}}"#,
            r#"{"supplement_requested":{"stage":"appraisal","reply_by":"2025-04-30","beyond_list":false,"overridden":true,
                "body":{"items":[],"reason":"body","legal_basis":"","override_reason":""}}}"#,
        ];
        texts.iter().map(|it| serde_json::from_str(it).unwrap()).collect()
    }

    /// What serde makes of it without us: all of it in one object.
    fn whole(event: &Event) -> Value {
        serde_json::to_value(event).unwrap()[event.kind()].take()
    }

    #[test]
    fn an_event_is_cut_and_put_together_again_with_its_words_and_without() {
        for event in samples() {
            let (facts, body) = split(&event).unwrap();
            let mut cut: Value = serde_json::from_str(&facts).unwrap();
            assert!(cut.get(BODY).is_none(), "{facts}");
            if let Some(body) = &body {
                cut[BODY] = serde_json::from_str(body).unwrap();
            }
            let mut expected = whole(&event);
            if expected[BODY].is_null() {
                expected.as_object_mut().unwrap().remove(BODY);
            }
            assert_eq!(cut, expected);
            assert_eq!(join(event.kind(), &facts, body.as_deref()).unwrap(), event);
            let (again, none) = split(&join(event.kind(), &facts, None).unwrap()).unwrap();
            assert_eq!((again, none), (facts, None), "without its words its facts are the same");
        }
    }

    #[test]
    fn what_is_no_event_is_refused() {
        for (kind, facts) in
            [("taken_on", "[]"), ("taken_on", "{"), ("no_such_kind", "{}"), ("taken_on", "{} {}"), ("", "")]
        {
            assert!(of_facts(kind, facts).is_err(), "{kind} {facts}");
        }
    }
}
