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

mod serde;

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

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
