//! Plain data: what an answer says, what a declaration declares.
//!
//! A tree instead of one derived type per answer, for two reasons. Where a
//! member stands in an answer is itself data ([`crate::provider::Fields`]), for
//! the built-in services and for declared ones alike. And a derived
//! `Deserialize` brings serde's messages along, which format floats: more
//! wasm than everything in this file.
//!
//! ```
//! use keylatch::value::Value;
//!
//! let answer: Value = serde_json::from_str(r#"{"data":{"id":"k1","size":2}}"#)?;
//! assert_eq!(answer.find("data.id").and_then(Value::text), Some("k1"));
//! assert_eq!(answer.find("id|data.size").and_then(Value::number), Some(2.0));
//! assert!(answer.find("data.name").is_none());
//! # Ok::<(), serde_json::Error>(())
//! ```

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::json;
use crate::secret::Secret;
use crate::text::{integer, parts};

/// Deeper data is refused: no service answers so, and a cyclic object of
/// JavaScript would otherwise be walked until the stack ends.
pub const MAX_DEPTH: u8 = 24;

/// A value of JSON. Every text is held as a [`Secret`], because an answer may
/// carry a key anywhere: it is wiped when dropped and there is no `Debug`.
#[derive(Clone)]
pub enum Value {
    /// `null`, and a member that is not there.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A number that an `f64` cannot hold to the last digit, as it was written:
    /// ids of 64 bits are such.
    Digits(String),
    /// A text.
    Text(Secret),
    /// An array.
    List(Vec<Value>),
    /// An object, in the order of its members.
    Map(Vec<(Cow<'static, str>, Value)>),
}

impl Value {
    /// The value at a path of member names joined by `.`; alternatives are
    /// separated by `|` and the first that is there and not null wins. The empty
    /// path is the value itself.
    pub fn find(&self, path: &str) -> Option<&Value> {
        parts(path, "|").find_map(|path| {
            let mut at = self;
            for name in parts(path, ".").filter(|name| !name.is_empty()) {
                at = at.member(name)?;
            }
            (!matches!(at, Value::Null)).then_some(at)
        })
    }

    /// The member of an object.
    pub fn member(&self, name: &str) -> Option<&Value> {
        self.members().iter().find(|(n, _)| n == name).map(|(_, value)| value)
    }

    /// The members of an object; none of anything else.
    pub fn members(&self) -> &[(Cow<'static, str>, Value)] {
        match self {
            Value::Map(members) => members,
            _ => &[],
        }
    }

    /// The items of an array; none of anything else.
    pub fn items(&self) -> &[Value] {
        match self {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text.expose()),
            _ => None,
        }
    }

    /// The number, if it is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Value::Number(number) => Some(*number),
            Value::Digits(digits) => Some(json::approximately(digits)),
            _ => None,
        }
    }

    /// The digits of a whole number that an `f64` cannot hold.
    pub fn digits(&self) -> Option<&str> {
        match self {
            Value::Digits(digits) if digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') => {
                Some(digits)
            }
            _ => None,
        }
    }

    /// The truth value, if it is one.
    pub fn bool(&self) -> Option<bool> {
        match self {
            Value::Bool(bool) => Some(*bool),
            _ => None,
        }
    }

    /// A text, or a whole number written as one: services give codes and ids as
    /// either.
    pub fn to_text(&self) -> Option<String> {
        match self {
            Value::Text(text) => Some(text.expose().into()),
            Value::Number(number) => Some(integer(*number as i64)),
            Value::Digits(digits) => Some(digits.clone()),
            _ => None,
        }
    }

    /// What JavaScript calls it, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) | Value::Digits(_) => "a number",
            Value::Text(_) => "a string",
            Value::List(_) => "an array",
            Value::Map(_) => "an object",
        }
    }
}

/// An object in the making.
#[derive(Default)]
pub struct Object(Vec<(Cow<'static, str>, Value)>);

impl Object {
    /// One without members.
    pub fn new() -> Self {
        Object::default()
    }

    /// The same with one more member.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.set(name, value.into());
        self
    }

    /// The same with one more member, if there is something to put there.
    #[must_use]
    pub fn with_some(mut self, name: &'static str, value: Option<impl Into<Value>>) -> Self {
        if let Some(value) = value {
            self.set(name, value.into());
        }
        self
    }

    #[inline(never)]
    fn set(&mut self, name: &'static str, value: Value) {
        self.0.push((Cow::Borrowed(name), value));
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Value::Map(object.0)
    }
}

impl FromIterator<(&'static str, Value)> for Object {
    fn from_iter<I: IntoIterator<Item = (&'static str, Value)>>(members: I) -> Self {
        Object(members.into_iter().map(|(name, value)| (Cow::Borrowed(name), value)).collect())
    }
}

impl FromIterator<Value> for Value {
    fn from_iter<I: IntoIterator<Item = Value>>(items: I) -> Self {
        Value::List(items.into_iter().collect())
    }
}

impl From<bool> for Value {
    fn from(bool: bool) -> Self {
        Value::Bool(bool)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Value::Number(number.into())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(Secret::from(text))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(Secret::new(text))
    }
}

impl From<Secret> for Value {
    fn from(text: Secret) -> Self {
        Value::Text(text)
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(bool) => serializer.serialize_bool(*bool),
            // Whole where it is: a body must say 30 and not 30.0. In JavaScript both
            // are the same number.
            Value::Number(number)
                if cfg!(not(target_arch = "wasm32")) && *number as i64 as f64 == *number =>
            {
                serializer.serialize_i64(*number as i64)
            }
            Value::Number(number) => serializer.serialize_f64(*number),
            Value::Digits(digits) => serializer.serialize_f64(json::approximately(digits)),
            Value::Text(text) => serializer.serialize_str(text.expose()),
            Value::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                items.iter().try_for_each(|item| list.serialize_element(item))?;
                list.end()
            }
            Value::Map(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                members.iter().try_for_each(|(name, value)| map.serialize_entry(name, value))?;
                map.end()
            }
        }
    }
}

impl<'de> de::Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Tree { depth: MAX_DEPTH }.deserialize(deserializer)
    }
}

/// A whole number, with all its digits.
fn whole(number: i128) -> Value {
    match i64::try_from(number) {
        Ok(small) if small.unsigned_abs() <= json::LARGEST_SAFE => Value::Number(small as f64),
        Ok(large) => Value::Digits(integer(large)),
        Err(_) => Value::Number(number as f64),
    }
}

/// Reads one value, and what is in it, down to a depth.
#[derive(Clone, Copy)]
struct Tree {
    depth: u8,
}

impl Tree {
    fn below<E: de::Error>(self) -> Result<Tree, E> {
        self.depth.checked_sub(1).map(|depth| Tree { depth }).ok_or_else(|| E::custom("nested too deeply"))
    }
}

impl<'de> DeserializeSeed<'de> for Tree {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// Every method is overridden, those that cannot happen in JSON too: the
/// defaults build serde's "invalid type" message.
impl<'de> Visitor<'de> for Tree {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("data")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(whole(value.into()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Value, E> {
        Ok(whole(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(whole(value.into()))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Value, E> {
        Ok(Value::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Number(value))
    }

    fn visit_char<E>(self, value: char) -> Result<Value, E> {
        Ok(String::from(value).into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_bytes<E>(self, _: &[u8]) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let below = self.below()?;
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(below)? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let below = self.below()?;
        let mut members = Vec::new();
        while let Some(name) = access.next_key_seed(below)? {
            let value = access.next_value_seed(below)?;
            if let Some(name) = name.to_text() {
                members.push((Cow::Owned(name), value));
            }
        }
        Ok(Value::Map(members))
    }

    fn visit_enum<A: de::EnumAccess<'de>>(self, _: A) -> Result<Value, A::Error> {
        Ok(Value::Null)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn json_survives_the_round_trip() {
        let text = r#"{"a":[1,true,null,"x"],"b":{"c":-2.5}}"#;
        assert_eq!(serde_json::to_string(&parse(text)).unwrap(), text);
    }

    #[test]
    fn find_takes_the_first_alternative_that_is_there() {
        let answer = parse(r#"{"data":{"created_at":7,"createdAt":null}}"#);
        assert_eq!(answer.find("data.createdAt|data.created_at").unwrap().number(), Some(7.0));
        assert!(answer.find("data.createdAt").is_none());
        assert_eq!(answer.find("").unwrap().kind(), "an object");
    }

    #[test]
    fn nesting_has_an_end() {
        let text = |depth| "[".repeat(depth) + &"]".repeat(depth);
        assert!(serde_json::from_str::<Value>(&text(20)).is_ok());
        assert!(serde_json::from_str::<Value>(&text(40)).is_err());
    }
}
